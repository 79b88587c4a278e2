"""A planner run of luân chuyển: leaders picked by hand, posts of other agencies, the law's bars, cases of 36 months."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hrms.commands.rotation import planning_results as results
from hrms.commands.rotation.planning import CreateRun, SolveAgain, SolveRun
from hrms.commands.rotation.planning_choice import ChooseRun
from hrms.commands.rotation.planning_leaders import to_pick
from hrms.commands.rotation.planning_problem import PlannerSettings
from hrms.kernel import jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.rotation import PlannerRun
from models.staff import Discipline, FamilyRelation
from tests.rotation.movement import codes
from tests.support.statements import counted

DAY = date(2025, 8, 1)


@pytest.fixture
def stage(moves: Any, world: Any) -> dict[str, Any]:
    """A deputy in each department, and a free deputy's and a free head's post in the other one."""

    def post(unit: str, code: str, rank: str) -> Any:
        title = "Trưởng phòng" if rank == "head" else "Phó trưởng phòng"
        return moves.post(unit, code, title, leader_rank=rank, approved_number=1)

    own = post("a1", "PTP", "deputy")
    posts = {"own": own, "inside": post("a2", "PTP", "deputy"), "deputy": post("b1", "PTP", "deputy"),
             "head": post("b2", "TPX", "head")}  # fmt: skip
    return posts | {"person": moves.person("a1", own)}


def run_of(stage: Any, world: Any, **more: Any) -> PlannerRun:
    settings = PlannerSettings(people=[stage["person"].code, *more.pop("others", [])], keep_single_posts=False, **more)
    return execute(CreateRun(world.units["hy"], DAY, settings=settings, kind="LUAN_CHUYEN"))


def solved(run: PlannerRun) -> PlannerRun:
    execute(SolveRun(run.id))
    job = jobs.run_next()
    assert job is not None and job.status == jobs.DONE, job and (job.message, job.trace)
    db.session.expire_all()
    return db.session.get_one(PlannerRun, run.id)


def place(post: Any) -> str:
    return f"{post.unit.code}/{post.code}"


def test_a_deputy_goes_to_a_deputys_post_of_another_agency_for_36_months(stage: Any, world: Any) -> None:
    run = solved(run_of(stage, world))
    person = stage["person"].code
    (move,) = run.result["moves"]
    assert move["to"] == place(stage["deputy"])
    told = " ".join(move["why"])
    assert "được chọn luân chuyển" in told and "NĐ 170/2025" in told and "đến hạn" not in told
    (inside,) = results.why_not(run.id, person, place(stage["inside"]))
    assert "không cho xếp" in inside
    (head,) = results.why_not(run.id, person, place(stage["head"]))
    assert "chức vụ cấp trưởng" in head
    (case,) = execute(ChooseRun(run.id))
    assert (case.kind, case.effective_on, case.ends_on) == ("LUAN_CHUYEN", DAY, date(2028, 7, 31))
    assert len(case.dossier) == 10


def test_a_deputy_rises_only_where_the_manager_allows_it(stage: Any, world: Any) -> None:
    run = run_of(stage, world, may_rise=True)
    assert results.why_not(run.id, stage["person"].code, place(stage["head"])) == []
    back = execute(SolveAgain(run.id, settings=PlannerSettings(people=[stage["person"].code])))
    assert results.why_not(back.id, stage["person"].code, place(stage["head"]))


def test_who_the_law_bars_is_told_with_the_reason_and_stays(stage: Any, world: Any, moves: Any, session: Any) -> None:
    """Under ten years left of group a, under disciplinary review, under 36 months: no rotation (Điều 43, 48)."""
    old = moves.person("a2", moves.post("a2", "PTP2", "Phó trưởng phòng", leader_rank="deputy"), birth=date(1969, 1, 1))
    with transaction():
        session.add(Discipline(person_id=stage["person"].id, kind="administrative", opened_on=date(2025, 6, 1)))
    reasons = {one.code: one.reason for one in to_pick(world.units["a"], DAY, PlannerSettings())}
    assert reasons[stage["person"].code] == "DISCIPLINE_REVIEW" and reasons[old.code] == "NOT_ENOUGH_YEARS_LEFT"
    with pytest.raises(Refused) as refused:
        run_of(stage, world, others=[old.code])
    assert codes(refused) == {"nobody"}
    with counted() as few:
        to_pick(world.units["a1"], DAY, PlannerSettings())
    with counted() as many:
        to_pick(world.units["hy"], DAY, PlannerSettings())
    assert len(many) <= len(few) <= 8  # however many leaders there are
    short = {one.reason for one in to_pick(world.units["a"], DAY, PlannerSettings(months=24))}
    assert "UNDER_36_MONTHS" in short


def test_nobody_rotates_above_a_relative_who_keeps_the_accounts(
    stage: Any, world: Any, moves: Any, session: Any
) -> None:
    """Luật PCTN Điều 20 khoản 3, both directions: the deputy director's wife is accountant there."""
    deputy = moves.post("b", "PGD", "Phó giám đốc", leader_rank="deputy", approved_number=1)
    wife = moves.person("b1", moves.post("b1", "KT", "Kế toán viên", listed_code="B0202"), sex="female")
    with transaction():
        session.add(
            FamilyRelation(person_id=stage["person"].id, relation="Vợ", full_name=wife.full_name, relative_id=wife.id)
        )
    run = run_of(stage, world)
    assert any("người thân" in why for why in results.why_not(run.id, stage["person"].code, place(deputy)))
