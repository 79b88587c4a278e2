"""One search over people, units and cases, and the look-ups behind every field that searches while one types."""

from __future__ import annotations

from typing import Any

from flask import jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands import finding
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import access, clock
from hrms.kernel.text import PartialDate, format_date, normalize
from models import vocabulary
from views.posted import identifier
from views.rules import needs, signed_in
from views.templating import page
from views.words import unit_in_full

SHOWN = 10  # of each kind on the result page
LONGEST = 120
# What a unit field is for, and the right its unit must be open to.
WITHIN = {"import": ("staff", "import"), "staff": ("staff", "write"), "unit": ("unit", "write")}


def asked() -> str:
    """What was typed, in one form of writing."""
    return normalize(request.args.get("q", ""))[:LONGEST]


def answer(rows: list[dict[str, Any]]) -> Any:
    """The form every look-up answers in."""
    return jsonify({"result": rows})


def person_note(person: Any) -> str:
    """What tells namesakes apart: code, year of birth, title and unit."""
    birth = PartialDate(person.birth_date, person.birth_precision)
    parts = [person.code, str(birth.value.year), person.title, unit_in_full(person.unit)]
    if person.status == "left":
        parts.append(vocabulary.STAFF_STATUSES["left"])
    return " · ".join(part for part in parts if part)


def unit_note(unit: Any) -> str:
    """Code, superior, and the end of a unit that is no more."""
    parts = [unit.code, unit.parent.name if unit.parent else ""]
    if unit.valid_to is not None and unit.valid_to < clock.today():
        parts.append(_("đã kết thúc ngày %(day)s", day=format_date(unit.valid_to)))
    return " · ".join(part for part in parts if part)


class SearchView(BaseView):
    """``/search``"""

    route_base = "/search"

    @expose("/")
    @signed_in
    def index(self) -> Any:
        """Results by kind. A code or number that names exactly one record leads straight to it."""
        words = asked()
        found: dict[str, Any] = {"people": [], "units": [], "cases": []}
        if words:
            if access.may("staff", "read"):
                found["people"] = finding.people(words, SHOWN + 1)
            if access.may("unit", "read"):
                found["units"] = finding.units(words, SHOWN + 1)
            if access.may("case", "read"):
                found["cases"] = finding.cases(words, SHOWN + 1)
            if (target := _only_one(words, found)) is not None:
                return redirect(target)
        return page(
            "search.html",
            title=_("Tìm kiếm"),
            q=words,
            shown=SHOWN,
            person_note=person_note,
            unit_note=unit_note,
            workflow=WORKFLOW,
            **found,
        )


def _only_one(words: str, found: dict[str, Any]) -> str | None:
    """Where to go at once: the record whose code or number was typed whole."""
    people, units, cases = found["people"], found["units"], found["cases"]
    if len(people) == 1 and not units and not cases:
        # An identity number must not stay in the address of a page one keeps open.
        if people[0].code == words or finding.looks_like_identity(words):
            return url_for("StaffView.show", person_id=people[0].id)
    elif len(cases) == 1 and not people and not units and cases[0].number == words and "CaseView.show" in _endpoints():
        return url_for("CaseView.show", case_id=cases[0].id)
    return None


def _endpoints() -> Any:
    from flask import current_app

    return current_app.view_functions


class LookupView(BaseView):
    """``/lookup/…?q=``: ``{"result": [{"id", "text", "note"}]}``, at most 20, inside the scope of whoever asks."""

    route_base = "/lookup"

    @expose("/people")
    @needs("staff", "read")
    def people(self) -> Any:
        in_service = request.args.get("in_service") == "1"
        return answer(
            [
                {"id": row.id, "text": row.full_name, "note": person_note(row)}
                for row in finding.people(asked(), in_service=in_service)
            ]
        )

    @expose("/units")
    @needs("unit", "read")
    def units(self) -> Any:
        """``live=1``: only units that exist today. ``action``: only those where one may do that (:data:`WITHIN`)."""
        day = clock.today() if request.args.get("live") == "1" else None
        rows = finding.units(asked(), day=day, within=WITHIN.get(request.args.get("action", "")))
        return answer([{"id": row.id, "text": row.name, "note": unit_note(row)} for row in rows])

    @expose("/positions")
    @needs("position", "read")
    def positions(self) -> Any:
        """``unit=7``: of that unit only."""
        rows = finding.positions(asked(), unit_id=identifier(request.args.get("unit", "")))
        return answer([{"id": row.id, "text": row.title, "note": f"{row.code} · {row.unit.name}"} for row in rows])

    @expose("/acts")
    @needs("act", "read")
    def acts(self) -> Any:
        return answer(
            [
                {
                    "id": row.id,
                    "text": row.number,
                    "note": _("%(title)s · hiệu lực %(day)s", title=row.title, day=format_date(row.effective_on)),
                }
                for row in finding.acts(asked())
            ]
        )
