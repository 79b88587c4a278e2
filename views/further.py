"""Policies beside a grant for leaving: choose the question, answer its few boxes, read months, sums and articles.

As with the calculator, a question is one address (GET) and nothing is stored.
"""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from wtforms import BooleanField

from hrms.commands import further
from hrms.kernel import access
from hrms.kernel.errors import NotFound, Refused
from models.staff import Person
from views.fields import ChoiceField, DateField, Form, MoneyField, PartialDateField, WholeField
from views.rules import needs
from views.templating import page

FIELDS = {
    further.DAY: DateField,
    further.MONEY: MoneyField,
    further.WHOLE: WholeField,
    further.PARTIAL: PartialDateField,
    further.FLAG: BooleanField,
}
DAY = "on"  # the day a question about a person is asked for


class FurtherView(BaseView):
    """``/calculator/further/``"""

    route_base = "/calculator/further"

    @expose("/")
    @needs("calculator", "use")
    def index(self) -> Any:
        return page("further/index.html", title=_("Chế độ khác"), questions=further.QUESTIONS.values())

    @expose("/<code>")
    @needs("calculator", "use")
    def ask(self, code: str) -> Any:
        question = further.QUESTIONS.get(code)
        if question is None:
            raise NotFound()
        asked = "tinh" in request.args
        person = _person(question)
        form = _form(question)(request.args if asked else None)
        answer, faults = None, []
        if asked:
            readable = form.validate()
            values = {box.code: form[box.code].data for box in question.boxes}
            day = form[DAY].data if question.person else None
            try:
                if readable:
                    answer = further.ask(code, person, day, values)
                else:  # what is missing is told together with what cannot be read
                    faults = form.take_faults(Refused(further.missing(question, person, day, values)))
            except Refused as error:
                faults = form.take_faults(error)
        return page(
            "further/ask.html",
            title=str(question.title),
            question=question,
            form=form,
            person=person,
            answer=answer,
            faults=faults,
            day=DAY,
            may_choose=access.may("staff", "read"),
        )


def _person(question: further.Question) -> Person | None:
    wanted = request.args.get("person", "")
    return access.get(Person, wanted) if question.person and wanted else None


def _form(question: further.Question) -> type[Form]:
    """The form of a question, from its declared boxes."""
    fields: dict[str, Any] = {}
    if question.person:
        fields[DAY] = DateField(question.day_label)
    for box in question.boxes:
        if box.kind == further.CHOICE:
            choices = [(code, str(label)) for code, label in box.choices]
            fields[box.code] = ChoiceField(box.label, choices=choices)
        else:
            fields[box.code] = FIELDS[box.kind](box.label)
    return type("QuestionForm", (Form,), fields)
