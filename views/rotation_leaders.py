"""A planner run for luân chuyển: leaders picked by hand, what bars each of them told, then the same board."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.rotation.planning import LONGEST_MONTHS, CreateRun
from hrms.commands.rotation.planning_leaders import MOST, to_pick
from hrms.commands.rotation.planning_problem import PlannerSettings
from hrms.commands.rotation.rotation_terms import rotation_terms
from hrms.commands.rotation.words import LUAN_CHUYEN
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.errors import Refused
from hrms.kernel.text import DateFormatError, parse_full_date
from models.organization import OrgUnit
from views.posted import request_key
from views.rotation_board import format_decimal_text, settings_posted, whole_posted
from views.rotation_plans import units_of_actor
from views.rotation_support import by_field, day_posted, ground_words, number_asked, room_page
from views.rules import needs
from views.words_rotation import weight_labels


class RotationLeadersView(BaseView):
    """``/rotation/runs/leaders``"""

    route_base = "/rotation/runs"

    @expose("/leaders", methods=["GET", "POST"])
    @needs("movement", "solve")
    def new(self) -> Any:
        """First the scope and the day; then the leaders there, those the law bars told with the reason."""
        faults: list[Any] = []
        settings = _settings(faults)
        unit_id = number_asked("unit_id")
        unit = access.get(OrgUnit, unit_id, "solve", "movement") if unit_id else None
        day = _day()
        text = request.values.get("q", "")[:100]
        if request.method == "POST" and unit is not None and "look" not in request.form:
            day = day_posted("as_of", faults, _("Ngày có hiệu lực"))
            seconds = whole_posted("seconds", 60, faults, _("Thời gian giải"))
            if not faults:
                try:
                    command = CreateRun(
                        unit.id, day, request.form.get("name", ""), None, settings, seconds, kind=LUAN_CHUYEN
                    )
                    run = execute(command, key=request_key())
                    return redirect(url_for("RotationRunView.show", run_id=run.id))
                except Refused as error:
                    faults = [*error.faults]
        # A number that is none is told at its field; the list then asks for the months of the law.
        law = rotation_terms(day or clock.today())
        shown = settings if 1 <= settings.months <= LONGEST_MONTHS else replace(settings, months=law.months)
        rows = to_pick(unit.id, day, shown, text) if unit is not None and day is not None else []
        return room_page(
            "rotation/leaders.html",
            title=_("Lập phương án luân chuyển"),
            unit=unit,
            day=day,
            units=units_of_actor(),
            rows=rows,
            most=MOST,
            text=text,
            months=LONGEST_MONTHS,
            law=law,
            picked=set(settings.people),
            faults=faults,
            errors=by_field(faults),
            settings=settings,
            weights=weight_labels(),
            number=format_decimal_text,
            ground=ground_words,
        )  # fmt: skip


def _day() -> date | None:
    """The day of the address or the form; none while it is not one."""
    try:
        return parse_full_date(request.values.get("as_of", "").strip())
    except DateFormatError:
        return None


def _settings(faults: list[Any]) -> PlannerSettings:
    """Weights and rules of the form, the people ticked, months, group; commands judge them."""
    base = PlannerSettings(keep_single_posts=False, same_profession=False)
    if request.method == "POST":
        base = settings_posted(base, faults)
        base.people[:] = request.form.getlist("pick")
    months = request.values.get("months", "").strip() or "0"
    known = {name: getattr(base, name) for name in PlannerSettings.__dataclass_fields__}
    known |= {
        "months": int(months) if months.isascii() and months.isdigit() and len(months) < 4 else -1,
        "group": request.values.get("group", "a")[:1],
        "may_rise": "may_rise" in request.values,
    }
    return PlannerSettings(**known)
