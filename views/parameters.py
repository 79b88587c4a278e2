"""The law for reading: every parameter with validity, article and proof; every document with its text and its gaps."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands import law
from views.lawtext import sections
from views.rules import needs
from views.templating import page


class ParameterView(BaseView):
    """``/parameters/``"""

    route_base = "/parameters"

    @expose("/")
    @needs("parameter", "read")
    def list(self) -> Any:
        wanted = law.Filter(
            q=request.args.get("q", "").strip()[:100],
            family=request.args.get("family", "")[:20],
            mark=request.args.get("mark", "")[:1],
        )
        return page(
            "parameters/list.html",
            title=_("Tham số pháp luật"),
            wanted=wanted,
            listed=law.parameters(wanted),
            families=law.families(),
            marks=law.marks(),
            documents=law.documents(),
        )

    @expose("/<name>")
    @needs("parameter", "read")
    def show(self, name: str) -> Any:
        found = law.parameter(name)
        code = found.family.removeprefix("nd")
        return page(
            "parameters/show.html",
            title=found.label,
            item=found,
            family=law.FAMILIES.get(found.family, found.family),
            marks=law.marks(),
            document=next((d for d in law.documents() if d.code.lower() == code), None),
        )

    @expose("/documents/<code>")
    @needs("parameter", "read")
    def document(self, code: str) -> Any:
        """One document: our summary by article, the clauses in the engine, what is missing."""
        found = law.document(code)
        title, intro, articles = sections(law.text_of(code))
        return page(
            "parameters/document.html",
            title=title or found.name,
            document=found,
            intro=intro,
            articles=articles,
            marks=law.marks(),
            family=f"nd{found.code.lower()}" if found.code.isdigit() else found.code.lower(),
        )
