"""The calendar of expiries: terms, secondments, rotations, remarks, last days of the periodic change, by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.rotation.expiries import KINDS, Expiry, expiries
from hrms.kernel import access, clock
from hrms.kernel.text import add_months
from models.organization import OrgUnit
from views.posted import identifier
from views.rules import needs
from views.templating import page

SPANS = (3, 6, 12, 36)  # months shown
LOOK_BACK = timedelta(days=31)  # what ended within a month is still somebody's work
MOST = 400  # rows on a page; the rest by unit or kind


@dataclass(frozen=True)
class Month:
    """The days of one month that end something."""

    first: date
    rows: Sequence[Expiry]


def state_of(one: Expiry, today: date) -> tuple[str, str] | None:
    """Past, or the latest day to act is near."""
    if one.day < today:
        return ("bad", _("đã qua %(n)s ngày", n=(today - one.day).days))
    if one.must_act_by is not None and one.must_act_by < today and one.must_act_by != one.day:
        return ("bad", _("đã quá hạn thông báo"))
    left = (one.day - today).days
    return ("warn", _("còn %(n)s ngày", n=left)) if left <= 90 else None


class MovementCalendarView(BaseView):
    """``/rotation/expiries/``"""

    route_base = "/rotation/expiries"

    @expose("/")
    @needs("movement", "read")
    def index(self) -> Any:
        today = clock.today()
        span = identifier(request.args.get("months", ""))
        months = span if span in SPANS else 6
        kind = request.args.get("kind", "")
        unit_id = identifier(request.args.get("unit", ""))
        unit = access.get(OrgUnit, unit_id) if unit_id is not None and access.may("unit", "read") else None
        last = add_months(today, months)
        found = expiries(today - LOOK_BACK, last, unit_id=unit.id if unit is not None else None)
        counts = Counter(one.kind for one in found)
        rows = [one for one in found if not kind or one.kind == kind]
        grouped = groupby(rows[:MOST], key=lambda one: one.day.replace(day=1))
        return page(
            "movement/calendar.html",
            title=_("Lịch hết hạn"),
            months=[Month(first, list(days)) for first, days in grouped],
            counts=[(code, _(words), counts[code]) for code, words in KINDS.items() if counts[code]],
            kind=kind,
            kinds={code: _(words) for code, words in KINDS.items()},
            span=months,
            spans=SPANS,
            unit=unit,
            total=len(rows),
            most=MOST,
            state_of=lambda one: state_of(one, today),
            may_person=access.may("staff", "read"),
        )
