"""A solved run turned into cases and chains, after the records were asked whether it still holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.rotation.cases import MoveRequest
from hrms.commands.rotation.opening import Opening, open_moves, opening_faults
from hrms.commands.rotation.plan_workflow import IN_CASE
from hrms.commands.rotation.planning import CHOSEN, SOLVED, run_to_change
from hrms.commands.rotation.planning_problem import PlannerSettings, build
from hrms.commands.rotation.planning_results import drifted, still_lawful
from hrms.commands.rotation.words import LUAN_CHUYEN, REFUSED, WITHDRAWN
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel import access, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import add_months, format_date
from models.rotation import MovementCase, PlannerRun, RotationPlan, RotationPlanLine
from models.staff import Person

ONE_DAY = timedelta(days=1)


def cases_of_run(run: PlannerRun) -> dict[int, MovementCase]:
    """Person id → the case opened from this run; one that was withdrawn or refused gives the move back."""
    query = select(MovementCase).where(
        MovementCase.planner_run_id == run.id, MovementCase.state.not_in((WITHDRAWN, REFUSED))
    )
    return {case.person_id: case for case in db.session.scalars(query.order_by(MovementCase.id))}


@dataclass
class ChooseRun(Command[list[MovementCase]]):
    """Turn the moves of a solved run into cases and chains, in one transaction.

    ``people``: codes of those whose moves are taken; left out: all that have no case yet. The records are read again
    first: what changed since the problem was frozen, and every rule the moves would now break, is told instead. A run
    some of whose moves wait stays solved, so that they can be taken later; with the last one it is chosen.
    """

    run_id: int
    people: list[str] | None = None

    def validate(self) -> Iterable[Fault]:
        run = self._run = run_to_change(self.run_id)
        access.require("movement", "propose", run)
        if run.state != SOLVED or not run.result or run.status == "infeasible":
            yield Fault("", _("Chỉ chọn phương án đã giải được."), code="wrong_state")
            return
        if run.as_of < clock.today():
            yield Fault(
                "",
                _("Ngày dự kiến có hiệu lực %(day)s đã qua: hãy giải lại với ngày mới.", day=format_date(run.as_of)),
                code="past",
            )
            return
        wanted = None if self.people is None else set(self.people)
        known = (run.problem or {}).get("people", {})
        taken = cases_of_run(run)
        waiting = [move for move in run.result["moves"] if known[move["person"]]["person_id"] not in taken]
        moves = [move for move in waiting if wanted is None or move["person"] in wanted]
        for code in sorted(wanted or ()):
            case = taken.get(known[code]["person_id"]) if code in known else None
            if case is not None:
                words = _(
                    "%(name)s đã có hồ sơ %(case)s lập từ phương án này.", name=known[code]["name"], case=case.number
                )
                yield Fault("people", words, code="has_case")
        if not moves:
            yield Fault("people", _("Chưa chọn lượt chuyển nào của phương án."), code="nobody")
            return
        self._rest = len(waiting) - len(moves)
        left = {move["person"] for move in waiting} - {move["person"] for move in moves}
        problem = run.problem or {}
        occupants = {post["id"]: post.get("occupant") for post in problem["contract"]["posts"]}
        cut = [move for move in moves if occupants.get(move["to"]) in left]
        if cut:
            for move in cut:
                yield Fault(
                    "people",
                    _("%(name)s nhận vị trí của người không được chọn; hãy chọn cả chuỗi.",
                      name=problem["people"][move["person"]]["name"]),
                    code="chain_cut",
                )  # fmt: skip
        if cut:
            return
        now = build(
            run.unit_id, run.as_of, PlannerSettings.from_plain(run.rules), plan_id=run.plan_id,
            pinned=run.pinned or (), forbidden=run.forbidden or (), action="propose", kind=run.kind,
        )  # fmt: skip
        changed = [*drifted(run, now, moves)]
        yield from (Fault("", words, code="stale") for words in changed)
        if changed:
            return
        yield from still_lawful(run, now, moves, whole=len(moves) == len(run.result["moves"]))
        self._openings = self._open(run, moves)
        yield from opening_faults(self._openings)

    def _open(self, run: PlannerRun, moves: Sequence[Mapping[str, Any]]) -> list[Opening]:
        known = run.problem or {}
        people: dict[int, Person] = {}
        for ids in in_chunks([known["people"][move["person"]]["person_id"] for move in moves]):
            people.update({one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(ids)))})
        lines: dict[int, int] = {}
        if run.plan_id is not None:
            rows = db.session.execute(
                select(RotationPlanLine.person_id, RotationPlanLine.id).where(
                    RotationPlanLine.plan_id == run.plan_id, RotationPlanLine.case_id.is_(None)
                )
            )
            lines = dict(rows.tuples().all())
        plan = run.plan_id and db.session.get(RotationPlan, run.plan_id)
        # The reason is printed in the papers of the case: the plan behind it, not the name of a calculation.
        reason = (
            _("Thực hiện kế hoạch định kỳ chuyển đổi vị trí công tác năm %(year)s", year=plan.year)
            if plan
            else run.name
        )
        settings = PlannerSettings.from_plain(run.rules)
        until = add_months(run.as_of, settings.months) - ONE_DAY if run.kind == LUAN_CHUYEN else None
        found = []
        for move in moves:
            number, post = known["people"][move["person"]]["person_id"], known["posts"][move["to"]]
            request = MoveRequest(
                run.kind, post["unit_id"], post["position_id"], reason=reason, effective_on=run.as_of, ends_on=until
            )
            found.append(Opening(people[number], request, lines.get(number), run.id, label=f"people.{move['person']}"))
        return found

    def run(self) -> list[MovementCase]:
        cases = open_moves(self._openings, self._run.name)
        for one in self._openings:
            if one.plan_line_id is not None and one.case is not None:
                line = db.session.get_one(RotationPlanLine, one.plan_line_id)
                line.state = IN_CASE
                line.target_unit_id, line.target_position_id = one.case.to_unit_id, one.case.to_position_id
                line.planned_on = self._run.as_of
        if not self._rest:
            self._run.state = CHOSEN
        return cases

    def receipt(self, outcome: list[MovementCase]) -> Any:
        return [case.id for case in outcome]

    def replay(self, receipt: Any) -> list[MovementCase]:
        return [access.get(MovementCase, one) for one in receipt]
