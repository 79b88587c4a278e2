"""Who rates, puts together and decides whom in a cycle of the whole province; nobody else finds it on the desk."""

from __future__ import annotations

from datetime import date

import pytest

from hrms.commands import desk
from hrms.commands.evaluation import quota
from hrms.commands.evaluation.decisions import Decide
from hrms.commands.evaluation.flow import Synthesise
from hrms.commands.evaluation.petitions import FilePetition
from hrms.commands.evaluation.quota_steps import CheckQuota
from hrms.commands.evaluation.rating import RateMany, RateRow
from hrms.commands.evaluation.settings import DecideSetting, ProposeSetting
from hrms.commands.evaluation.standing import moment
from hrms.kernel.commands import execute, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.evaluation import PersonEvaluation, UnitEvaluation
from tests.evaluation.conftest import collective_of, fresh, sheet_of
from tests.support.statements import counted

DAY = date(2025, 6, 15)
PAPER = {"number": "5/QĐ-UBND", "signed_on": DAY, "signer": "Chủ tịch UBND tỉnh"}


@pytest.fixture
def quarter(opened, world, factory):
    """The second quarter of the province; “chairman” decides for the province, “head_a” is the head of a."""
    factory.account("chairman", "province_head", world.unit("hy"))
    account = factory.account("head_a", "unit_head", world.unit("a"), world.person("a.1"))
    factory.assign(account, "staff_member", None)
    world.accounts |= {name: world.account(name).user_id for name in ("chairman", "head_a")}
    return opened("hy", kind="QUARTER", number=2)


def put(sheets, state, **values):
    """What the steps before would have written."""
    db.session.rollback()
    with transaction():
        for sheet in sheets:
            row = db.session.get(PersonEvaluation, sheet.id)
            row.state = state
            for name, value in values.items():
                setattr(row, name, value)


def work(kind):
    return {one.kind: one.count for one in desk.evaluation_work()}.get(kind, 0)


def heads(quarter, world):
    return [sheet_of(quarter, world.people[name]) for name in ("a.1", "b.1", "xa.1")]


def test_heads_of_agencies_are_one_group_of_the_province_and_keep_out_of_their_own_agency(quarter, world):
    groups = {(one.agency_id, one.quota_group.code) for one in heads(quarter, world)}
    assert groups == {(world.units["hy"], "NGUOI_DUNG_DAU")}
    division = sheet_of(quarter, world.people["a1.1"])
    assert (division.agency_id, division.decider_unit_id) == (world.units["a"], world.units["a"])


def test_the_desks_hold_what_is_theirs(quarter, world, actor_as):
    everybody = [*heads(quarter, world), *(sheet_of(quarter, world.people[n]) for n in ("a.2", "a1.1", "a1.2", "b.2"))]
    put(everybody, "self_submitted")
    with actor_as("chairman"):
        assert work("rate") == 3  # three heads, none of their people
    with actor_as("head_a"):
        assert (work("rate"), work("own")) == (3, 0)  # the own people without the own sheet
    put(everybody, "remarked")
    with actor_as("unit_hr_a"):
        assert work("synthesise") == 3
    with actor_as("province_hr"):
        assert work("synthesise") == 3  # b and xa have officers of their own; the heads are the province's
    put(everybody, "quota_checked")
    for name, number in (("chairman", 3), ("head_a", 3), ("unit_head_b", 1), ("unit_head_xa", 0), ("province_hr", 0)):
        with actor_as(name):
            assert work("decide") == number, name


def test_what_the_chairman_decides_is_put_together_by_the_interior_department(quarter, world, actor_as):
    head, other, _commune = heads(quarter, world)
    rows = [RateRow(one.id, level="HTT", remark="Điều hành tốt") for one in (head, other)]
    put([head, other], "self_submitted")
    with actor_as("chairman"):
        assert sorted(execute(RateMany(rows)).moved) == sorted([head.id, other.id])
    put([head, other], "remarked")
    with actor_as("unit_hr_a"):
        stayed = execute(Synthesise([head.id])).stayed[head.id]
    assert [fault.code for fault in stayed] == ["not_competent"]
    with actor_as("province_hr"):
        faults = {fault.code for fault in execute(Synthesise([head.id])).stayed.get(head.id, [])}
    assert "not_competent" not in faults


def test_the_quota_over_heads_is_checked_and_decided_at_the_province(quarter, world, actor_as):
    with transaction():
        for row in db.session.query(UnitEvaluation).filter_by(cycle_id=quarter.id):
            row.state = "recognised"
    best, second, third = heads(quarter, world)
    put([best, second, third], "synthesised", level_proposed="HTT", level_machine="HTT", level_unit="HTT")
    put([best], "synthesised", level_proposed="HTXS", level_machine="HTXS", level_unit="HTXS", score=95)
    with actor_as("province_hr"):
        state = execute(CheckQuota(quarter.id, world.units["hy"]))
    assert [(one.name, one.ceiling.people, one.ceiling.limit) for one in state.groups] == [
        ("Người đứng đầu cơ quan, đơn vị trực thuộc", 3, 0)
    ]
    assert fresh(PersonEvaluation, best.id).level_proposed == "HTT"  # none of three: 20 % of them is no whole person
    own = sheet_of(quarter, world.people["a1.2"])
    put([own], "quota_checked", level_proposed="HT", level_machine="HT")
    with actor_as("chairman"):
        outcome = execute(Decide(quarter.id, [best.id, second.id, third.id, own.id], **PAPER))
    assert sorted(outcome.moved) == sorted([best.id, second.id, third.id])
    assert [fault.code for fault in outcome.stayed[own.id]] == ["not_competent"]  # the head of a decides
    assert quota.compute(quarter.id, world.units["a"]).agency.ceiling.people == 5


def test_nobody_decides_the_own_level_and_a_head_never_for_heads(quarter, world, actor_as):
    head = heads(quarter, world)[0]
    put([head], "quota_checked", level_proposed="HTT", level_machine="HTT")
    with actor_as("head_a"), pytest.raises(Refused) as refused:
        execute(Decide(quarter.id, [head.id], **PAPER))
    assert {"own_sheet", "not_competent"} <= {fault.code for fault in refused.value.faults}
    with actor_as("head_a"):
        rated = execute(RateMany([RateRow(head.id, level="HTXS", remark="Tốt")], each=True))
    assert "own_sheet" in {fault.code for fault in rated.stayed[head.id]}


def test_the_department_itself_is_recognised_by_the_chairman(quarter, world, actor_as):
    whole, part = collective_of(quarter, world.units["a"]), collective_of(quarter, world.units["a1"])
    with transaction():
        for row in (whole, part):
            db.session.get(UnitEvaluation, row.id).state = "proposed"
    with actor_as("chairman"):
        assert work("recognise") == 1
    with actor_as("head_a"):
        assert work("recognise") == 1
    with actor_as("province_hr"):
        assert work("recognise") == 0


def test_a_petition_waits_on_the_desk_of_who_decided(quarter, world, actor_as):
    sheet = sheet_of(quarter, world.people["a1.2"])
    put([sheet], "published", level="HT", notified_at=moment(), published_at=moment())
    with actor_as("staff_member_a"):
        row = execute(FilePetition(sheet.id, "Đề nghị xem lại"))
    with actor_as("head_a"):
        [found] = [one for one in desk.evaluation_work() if one.kind == "petition"]
        assert (found.count, found.record_id, found.due, found.late) == (1, row.id, row.answer_by, 0)
    for name in ("chairman", "province_hr", "unit_head_b", "staff_member_a"):
        with actor_as(name):
            assert work("petition") == 0, name


def test_the_province_sets_who_decides_and_where_heads_are_counted(opened, world, actor_as):
    for key, value in (("heads_counted_at", "AGENCY"), ("decider_of_staff", "SUPERIOR_HEAD")):
        with actor_as("province_hr"):
            row = execute(ProposeSetting(f"hy1071.procedure.{key}", value, date(2025, 1, 1), "9/QĐ", date(2025, 1, 2)))
            with pytest.raises(Refused, match="chưa hợp lệ"):
                execute(ProposeSetting(f"hy1071.procedure.{key}", "ANYBODY", date(2025, 1, 1), "9/QĐ", DAY))
        with actor_as("system_admin"):
            execute(DecideSetting(row.id, True))
    cycle = opened("hy", kind="QUARTER", number=2)
    head, plain = (sheet_of(cycle, world.people[name]) for name in ("a.1", "a1.2"))
    assert head.agency_id == world.units["a"] and head.decider_unit_id == world.units["hy"]
    assert plain.decider_unit_id == world.units["hy"]


def test_the_head_outside_the_cycle_is_counted_with_the_own_agency(opened, world):
    cycle = opened("a", kind="QUARTER", number=2)
    assert sheet_of(cycle, world.people["a.1"]).agency_id == world.units["a"]


def test_the_desk_asks_the_database_five_times_whatever_there_is_to_do(quarter, world, actor_as):
    put(heads(quarter, world), "self_submitted")
    for name in ("chairman", "head_a", "unit_hr_a", "province_hr", "staff_member_a"):
        with actor_as(name):
            desk.evaluation_work()
            with counted() as sent:
                desk.evaluation_work()
        assert len(sent) <= 6, (name, sent)  # one of them asks whose person the account is
