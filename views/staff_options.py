"""The tab "Phương án" of a person: every way to leave side by side, month by month, with the pension beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import request, url_for

from hrms.commands.facts import entitlement_facts
from hrms.commands.trial import act_for, try_out
from hrms.kernel import clock
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import DateFormatError, add_months, first_of_month, parse_full_date
from models.staff import Person
from views.charting import leave_figure


def options_of(person: Person) -> dict[str, Any]:
    """The answers of every decree for ``person``, who was found in scope, leaving on the day of the address.

    ``missing`` says what the records lack; ``refusals`` what in them contradicts itself.
    """
    day = leave_day()
    act = act_for(person, day)
    facts = entitlement_facts(person, day, act)
    found: dict[str, Any] = {
        "leave_day": day,
        "act": act,
        "missing": facts.missing,
        "refusals": [],
        "trial": None,
        "figure": None,
        "day_url": lambda day: url_for("StaffView.show", person_id=person.id, tab="options", day=f"{day:%d/%m/%Y}"),
    }
    if facts.missing:
        return found
    try:
        trial = try_out(facts.case, salaries=facts.salaries)
    except Refused as error:
        refusals: list[Fault] = error.faults
        return {**found, "refusals": refusals}
    return {**found, "trial": trial, "figure": leave_figure(trial, day)}


def leave_day() -> date:
    """The day asked for, else the first of next month; what cannot be read is as if nothing was asked."""
    default = add_months(first_of_month(clock.today()), 1)
    try:
        return parse_full_date(request.args.get("day", ""))
    except DateFormatError:
        return default
