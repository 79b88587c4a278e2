"""The sheet of moves of a solved run: which of them become cases now; those that hang on each other go together."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.rotation import planning
from hrms.commands.rotation import planning_results as results
from hrms.commands.rotation.planning_choice import ChooseRun, cases_of_run
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.errors import Refused
from models.rotation import PlannerRun
from views.posted import request_key
from views.rotation_support import room_page, state_badge
from views.rules import needs


class RotationChoiceView(BaseView):
    """``/rotation/runs/<run_id>/choose``"""

    route_base = "/rotation/runs"

    @expose("/<int:run_id>/choose")
    @needs("movement", "propose")
    def show(self, run_id: int) -> Any:
        """Every move with a box, all of them ticked."""
        return self._sheet(run_id)

    def _sheet(self, run_id: int, faults: Any = (), ticked: set[str] | None = None) -> Any:
        access.get(PlannerRun, run_id, "propose")
        found = results.board(run_id)
        run = found.run
        rows = results.offers(found, cases_of_run(run))
        open_now = planning.state_of(run) == planning.SOLVED and run.status != "infeasible"
        wrong = {fault.field.removeprefix("people.") for fault in faults if fault.field.startswith("people.")}
        return room_page(
            "rotation/choose.html",
            title=_("Lập hồ sơ theo phương án"),
            run=run,
            rows=rows,
            waiting=sum(1 for row in rows if row.case is None),
            ticked=ticked,
            wrong=wrong,
            open_now=open_now,
            names={one.code: one.name for one in found.people},
            readable={row.case.id for row in rows if row.case is not None and access.may("movement", "read", row.case)},
            badge=state_badge,
            faults=list(faults),
        )  # fmt: skip

    @expose("/<int:run_id>/choose", methods=["POST"])
    @needs("movement", "propose")
    def choose(self, run_id: int) -> Any:
        """Turn the ticked moves (all, from the board) into cases and chains; what changed since is told instead."""
        access.get(PlannerRun, run_id, "propose")
        people = request.form.getlist("pick") if "some" in request.form else None
        try:
            cases = execute(ChooseRun(run_id, people), key=request_key())
        except Refused as error:
            return self._sheet(run_id, error.faults, None if people is None else set(people))
        flash(_("Đã lập %(n)s hồ sơ theo phương án.", n=len(cases)), "success")
        return redirect(url_for("RotationRunView.show", run_id=run_id))
