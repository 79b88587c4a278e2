"""Several people at one moment: one case a person, one step a case, one amendment, no number twice, no gap."""

from __future__ import annotations

import pytest

from hrms.commands.restructuring.amendments import AmendCase
from hrms.commands.restructuring.batches import CreateBatch
from hrms.commands.restructuring.cases import OpenCase
from hrms.commands.restructuring.steps import Perform
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Refused, Stale
from hrms.kernel.workflow import performed
from models.restructuring import DownsizingCase
from tests.support.desk import LEAVE

HANDS = 4


@pytest.fixture
def at_once(concurrently, actor_as):
    """``at_once(command, who)``: executed by several hands; returns the ids of what succeeded and the failures."""

    def run(make, who="unit_hr_a", key=""):
        def one(number):
            with actor_as(who):
                return execute(make(number), key=key).id

        outcomes = concurrently(one, HANDS)
        done = [outcome for outcome in outcomes if isinstance(outcome, int)]
        failed = [outcome for outcome in outcomes if not isinstance(outcome, int)]
        assert all(isinstance(error, (Refused, Stale)) for error in failed), failed
        return done, failed

    return run


def test_a_person_gets_one_case_however_many_open_it(desk, world, at_once):
    act = desk.act()
    done, _failed = at_once(lambda _n: OpenCase(world.people["a1.2"], leave_date=LEAVE, act_id=act))
    assert len(done) == 1
    db.session.rollback()
    assert db.session.query(DownsizingCase).count() == 1


def test_different_people_at_once_get_numbers_without_double_or_gap(desk, world, at_once):
    act = desk.act()
    people = [world.people[name] for name in ("a.1", "a.2", "a1.2", "a2.2")]
    done, failed = at_once(lambda number: OpenCase(people[number], leave_date=LEAVE, act_id=act))
    assert (len(done), failed) == (HANDS, [])
    db.session.rollback()
    numbers = sorted(row.number for row in db.session.query(DownsizingCase))
    assert numbers == [f"NV-SXD-2025-{n:04d}" for n in range(1, HANDS + 1)]


def test_a_step_is_taken_once(desk, at_once):
    case_id = desk.open()
    done, failed = at_once(lambda _n: Perform(case_id, "submit"))
    assert (len(done), len(failed)) == (1, HANDS - 1)
    assert [row.transition for row in performed(desk.case(case_id))] == ["submit"]


def test_one_request_sent_several_times_is_one_step_and_everybody_hears_so(desk, at_once):
    case_id = desk.open()
    done, failed = at_once(lambda _n: Perform(case_id, "submit"), key="one")
    assert (len(done), failed) == (HANDS, [])
    assert len(performed(desk.case(case_id))) == 1


def test_one_amendment_is_begun(desk, at_once):
    case_id = desk.bring("decided")
    done, failed = at_once(lambda _n: AmendCase(case_id, "Tính thiếu"))
    assert (len(done), len(failed)) == (1, HANDS - 1)


def test_rounds_opened_at_once_count_up(world, at_once):
    done, failed = at_once(lambda _n: CreateBatch(world.units["a"]))
    assert (len(done), failed) == (HANDS, [])
