"""The calculator: what would a leave bring? Facts typed in or taken from the records, nothing stored.

A question is one address (GET), so that it survives a reload and can be shared; the address holds no name, number or
identity of a person unless a person was chosen, and then only the internal id, which opens nothing without the right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.facts import EntitlementFacts, entitlement_facts
from hrms.commands.trial import Trial, act_for, try_out
from hrms.kernel import access, clock
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import add_months, first_of_month, format_date
from models.restructuring import RestructuringAct
from models.staff import Person
from views.calculator_form import (
    BOX_OF_PATH,
    FOLDED,
    GROUPS,
    PATHS,
    CalculatorForm,
    changed_boxes,
    start_values,
    values_of,
)
from views.charting import leave_figure
from views.guard import current_account
from views.rules import needs
from views.templating import page


@dataclass
class Records:
    """What the staff records say about the chosen person."""

    person: Person
    act: RestructuringAct | None
    facts: EntitlementFacts
    recorded: dict[str, Any]


class CalculatorView(BaseView):
    """``/calculator/``: one form, one answer."""

    route_base = "/calculator"

    @expose("/")
    @needs("calculator", "use")
    def index(self) -> Any:
        asked = "tinh" in request.args
        records = _records(asked)
        form = _form(records, asked)
        trial, faults = _answer(form, records, asked)
        return page(
            "calculator.html",
            title=_("Tính thử"),
            form=form,
            groups=GROUPS,
            folded=FOLDED,
            records=records,
            changed=dict(changed_boxes(form, records.recorded)) if records else {},
            labels={box: form[box].label.text for box in PATHS},
            paths=PATHS,
            boxes=BOX_OF_PATH,
            asked=asked,
            trial=trial,
            faults=faults,
            figure=leave_figure(trial, form.leave_date.data) if trial else None,
            may_choose=access.may("staff", "read"),
            shared=_without_person(asked),
            show_box=form.words_of,
            day_url=lambda day: _with_day(form, day),
        )


def _records(asked: bool) -> Records | None:
    """The person asked for, in scope; a member of staff who asks nothing sees the own record."""
    wanted = request.args.get("person", "")
    if not wanted and not asked and not request.args.get("vi-du"):
        account = current_account()
        if account is not None and account.person_id and not _chooses_others():
            wanted = str(account.person_id)
    if not wanted:
        return None
    person = access.get(Person, wanted)
    leave = _leave_day(asked)
    act = act_for(person, leave)
    facts = entitlement_facts(person, leave, act)
    return Records(person, act, facts, values_of(facts.case))


def _chooses_others() -> bool:
    return access.may("unit", "read")


def _leave_day(asked: bool) -> date:
    """The leave date of the question where it can be read: the records are asked for that day."""
    default = add_months(first_of_month(clock.today()), 1)
    if not asked:
        return default
    probe = CalculatorForm(request.args)
    return probe.leave_date.data or default


def _form(records: Records | None, asked: bool) -> CalculatorForm:
    if asked:
        return CalculatorForm(request.args)
    return CalculatorForm(None, data=records.recorded if records else start_values())


def _answer(form: CalculatorForm, records: Records | None, asked: bool) -> tuple[Trial | None, list[Fault]]:
    """The answer, or the faults that belong to no box; faults of boxes stand on the boxes."""
    if asked and not form.validate():
        return None, []
    if not asked and records is not None and not records.facts.complete:
        return None, []
    try:
        return try_out(question_of(form, records), salaries=records.facts.salaries if records else ()), []
    except Refused as error:
        named = Refused([Fault(BOX_OF_PATH.get(f.field, f.field), f.message, f.article, f.code) for f in error.faults])
        return None, form.take_faults(named)


def question_of(form: CalculatorForm, records: Records | None) -> dict[str, Any]:
    """The case of the contract that the form asks about; allowances it has no box for come from the records."""
    others = {}
    if records is not None:
        known = {path.rpartition(".")[2] for path in PATHS.values() if path.startswith("salary.allowances.")}
        allowances = records.facts.case["salary"].get("allowances", {})
        others = {name: value for name, value in allowances.items() if name not in known}
    return form.case(others)


@dataclass
class Asked:
    """A question of an address with its answer, as the page shows it and the sheet prints it."""

    question: dict[str, Any]
    trial: Trial
    records: Records | None
    leave_date: date | None


def asked() -> Asked | None:
    """The question of this address and its answer; ``None`` where it cannot be answered (the page says why)."""
    given = "tinh" in request.args
    records = _records(given)
    form = _form(records, given)
    trial, _faults = _answer(form, records, given)
    return None if trial is None else Asked(question_of(form, records), trial, records, form.leave_date.data)


def _without_person(asked: bool) -> str:
    """The address of this question without the person: to be shared."""
    if not asked:
        return ""
    args: dict[str, Any] = {k: v for k, v in request.args.to_dict(flat=False).items() if k != "person" and any(v)}
    return url_for("CalculatorView.index", **args)


def _with_day(form: CalculatorForm, day: date) -> str:
    """The same question for another leave date."""
    args: dict[str, Any] = request.args.to_dict(flat=False) if "tinh" in request.args else form.as_query()
    return url_for("CalculatorView.index", **{**args, "tinh": "1", "leave_date": format_date(day)})
