"""The functions that commands use: clocks, moves, allowances; properties over all dates and borders of the law."""

from __future__ import annotations

import ast
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import default_store
from policies.engine.dates import add_months, day_before, whole_months
from policies.engine.parameters import Override
from policies.engine.workdays import add_working_days, is_working_day, last_of_working_days
from policies.rotation import (
    Change,
    Held,
    MoveFacts,
    PersonFacts,
    Spell,
    Tenure,
    Tie,
    allowance_schedule,
    assumptions,
    check_move,
    clock,
    council_vote,
    deferral,
    dossier_items,
    due,
    exemption,
    family_bar,
    kept_allowance,
    leaving_deadlines,
    listed_positions,
    missing_papers,
    reappointment,
    reason,
    reminder_days,
    rotation_progress,
    rule_of,
    secondment,
    secondment_state,
    study_spell,
    suspension,
    tenure_from,
    term_dates,
    vote,
    workflow,
)
from policies.rotation.grounds import FATHER
from policies.rotation.law import sector_codes, words
from tests.policies.conftest import POLICIES

DAYS = st.dates(date(2019, 7, 1), date(2035, 12, 31))
RULES = st.sampled_from([None, *sector_codes(default_store())])
DAY = timedelta(days=1)


@given(DAYS, RULES, DAYS)
def test_the_state_follows_the_days_of_the_clock_and_nothing_else(assigned, rule, on):
    tenure = Tenure(assigned, rule)
    stand = due(tenure, on)
    days = clock(tenure, on)
    assert assigned <= days.clock_start <= days.window_opens <= days.must_change_by
    assert (stand.state == "OVERDUE") == (on > days.must_change_by) == (stand.days_overdue > 0)
    assert (stand.state == "DUE") == (on == days.must_change_by)
    if stand.state == "LISTED":
        assert on < days.window_opens


@given(DAYS, RULES, DAYS, st.sampled_from(["MERGER", "RENAMED"]))
def test_a_merger_or_renaming_with_the_same_work_never_moves_the_clock(assigned, rule, day, cause):
    before = clock(Tenure(assigned, rule))
    after = clock(Tenure(assigned, rule, changes=(Change(day, False, cause),)))
    assert (before.clock_start, before.must_change_by) == (after.clock_start, after.must_change_by)


@given(DAYS, RULES, st.lists(st.sampled_from([Spell("SECONDED"), Spell("SERIOUS_ILLNESS")]), max_size=2))
def test_a_deferral_never_moves_the_day_by_which_the_change_is_due(assigned, rule, spells):
    on = add_months(assigned, 61)
    stand = due(Tenure(assigned, rule, facts=PersonFacts(spells=tuple(spells))), on)
    assert stand.clock is not None and stand.clock.must_change_by == clock(Tenure(assigned, rule), on).must_change_by
    assert stand.state == ("DEFERRED" if spells else "OVERDUE")
    assert stand.days_overdue == (0 if spells else (on - stand.clock.must_change_by).days)


@given(st.sampled_from(["male", "female"]), st.dates(date(1955, 1, 1), date(1990, 12, 31)), DAYS)
def test_exempt_is_strictly_under_eighteen_months(sex, birth, planned):
    found = exemption(sex, birth, planned)
    assert found.exempt == (found.age_date < add_months(planned, 18))
    edge = next(d for d in (found.age_date - DAY * n for n in range(500, 600)) if add_months(d, 18) <= found.age_date)
    assert not exemption(sex, birth, edge).exempt


@pytest.mark.parametrize(("planned", "exempt"), [("2025-05-09", False), ("2025-05-10", False), ("2025-05-11", True)])
def test_eighteen_months_to_the_day(planned, exempt):
    assert exemption("male", date(1965, 5, 10), date.fromisoformat(planned)).exempt is exempt


@pytest.mark.parametrize(("on", "state"), [("2028-09-11", "DEFERRED"), ("2028-09-12", "DUE"), ("2028-09-13", "DUE")])
def test_a_child_defers_until_the_day_it_is_36_months_old(on, state):
    facts = PersonFacts("female", (date(2025, 9, 12),))
    assert deferral(facts, date.fromisoformat(on)).state == state


def test_the_youngest_child_decides_and_a_pregnancy_waits_behind_it():
    found = deferral(PersonFacts("female", (date(2024, 1, 5), date(2025, 9, 12)), pregnant=True), date(2026, 12, 1))
    assert found.recheck_on == date(2028, 9, 12)
    alone = deferral(PersonFacts("male", (date(2025, 9, 12),), alone=True), date(2026, 12, 1))
    assert alone.reason == FATHER


@pytest.mark.parametrize(("months", "state"), [(11, "DUE"), (12, "DEFERRED"), (13, "DEFERRED")])
def test_study_defers_from_twelve_months(months, state):
    facts = PersonFacts(spells=(study_spell(date(2026, 9, 1), months, None),))
    assert deferral(facts, date(2026, 12, 1)).state == state


def test_leading_an_inspection_team_defers_only_when_the_province_says_so():
    facts = PersonFacts(spells=(Spell("LEADING_AN_INSPECTION_TEAM"),))
    assert deferral(facts, date(2026, 12, 1)).state == "DUE"
    store = default_store().overlay({"rotation.deferral.inspection_team": Override(True, "Quyết định", "TT 10/2014")})
    assert deferral(facts, date(2026, 12, 1), store).state == "DEFERRED"


def test_a_single_post_goes_to_the_superior_only_once_the_window_is_open():
    tenure = Tenure(date(2022, 3, 15), "TT27_2024_BTC", single_post=True)
    assert due(tenure, date(2024, 3, 14)).state == "LISTED"
    referred = due(tenure, date(2024, 3, 15))
    assert (referred.state, referred.owner) == ("SINGLE_POST_REFERRED", "SUPERIOR_AGENCY")


def test_appointments_tell_the_clock_when_it_starts():
    accountant = [
        Held(date(2021, 2, 1), "A02", "xã A"),
        Held(date(2025, 7, 1), "A02", "xã mới", "MERGER"),
        Held(date(2020, 1, 1), "B0207", "xã A"),
    ]
    assigned, changes = tenure_from(accountant)
    assert clock(Tenure(assigned, "TT27_2024_BTC", changes=changes)).clock_start == date(2021, 2, 1)
    exchanged = [*accountant, Held(date(2026, 12, 1), "A02", "xã B")]
    assigned, changes = tenure_from(exchanged)
    assert clock(Tenure(assigned, "TT27_2024_BTC", changes=changes)).clock_start == date(2026, 12, 1)
    assert clock(Tenure(assigned, "TT27_2024_BTC", changes=changes), date(2026, 11, 30)).clock_start == date(2021, 2, 1)


def test_public_employees_of_a_circular_for_civil_servants_have_the_period_of_the_law():
    assert clock(Tenure(date(2020, 6, 1), "TT01_2024_BYT", "VC0")).warnings == ("SECTOR_RULE_NOT_AVAILABLE",)
    assert clock(Tenure(date(2020, 6, 1), "TT01_2024_BYT", "CC0")).warnings == ()


@given(DAYS, st.integers(1, 60))
def test_a_secondment_is_allowed_exactly_to_36_months(start, months):
    found = secondment(start, months)
    assert found.allowed == (months <= 36)
    assert found.total_months == months
    assert secondment(start, end=found.ends_on).allowed == found.allowed


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2026-03-31", "RUNNING"),
        ("2026-04-01", "ENDING_SOON"),
        ("2026-06-30", "ENDING_SOON"),
        ("2026-07-01", "END_DECISION_MISSING"),
    ],
)
def test_a_secondment_without_a_decision(on, state):
    assert secondment_state(date(2026, 6, 30), date.fromisoformat(on)).state == state


@given(DAYS)
def test_the_days_of_a_term_stand_in_order(effective):
    dates = term_dates(effective)
    assert dates.expires_on == add_months(effective, 60)
    assert dates.last_day == day_before(dates.expires_on)
    assert dates.notice_by < dates.decision_by < dates.expires_on
    assert is_working_day(dates.decision_by)


@pytest.mark.parametrize(
    ("birth", "procedure"),
    [
        ("1966-12-14", "EXTEND_TO_RETIREMENT"),
        ("1966-12-15", "REAPPOINT_SHORT"),
        ("1969-12-14", "REAPPOINT_SHORT"),
        ("1969-12-15", "REAPPOINT"),
    ],
)
def test_two_and_five_years_to_the_age(birth, procedure):
    assert reappointment(date(2026, 12, 15), "male", date.fromisoformat(birth)).procedure == procedure


@given(st.integers(1, 60), st.integers(0, 60))
def test_votes_are_weighed_against_one_half(members, votes_for):
    votes = min(votes_for, members)
    want = (
        "APPROVED" if 2 * votes > members else "HEAD_DECIDES" if 2 * votes == members else "REPORT_TO_COMPETENT_LEVEL"
    )
    assert vote("REAPPOINT", members, votes, date(2026, 1, 1)).result == want
    if want == "REPORT_TO_COMPETENT_LEVEL":
        assert vote("REMOVAL", members, votes, date(2026, 1, 1)).result == "HEAD_DECIDES"


@pytest.mark.parametrize(
    ("members", "present", "votes_for", "chair", "result"),
    [
        (5, 4, 2, True, "APPROVED"),
        (5, 4, 2, False, "REJECTED"),
        (5, 3, 3, True, "NO_QUORUM"),
        (6, 6, 6, True, "EVEN_NUMBER"),
        (9, 6, 4, False, "APPROVED"),
    ],
)
def test_the_council_for_a_higher_rank(members, present, votes_for, chair, result):
    assert council_vote(members, present, votes_for, chair, date(2026, 1, 1)) == result


@given(DAYS, st.integers(1, 40), st.frozensets(DAYS, max_size=5))
def test_working_days_are_counted_one_by_one(start, number, holidays):
    end = add_working_days(start, number, holidays)
    counted = [d for n in range(1, (end - start).days + 1) if is_working_day(d := start + DAY * n, holidays)]
    assert len(counted) == number and counted[-1] == end
    assert last_of_working_days(start, 1, holidays) >= start


def test_resignation_and_suspension_days():
    days = leaving_deadlines("resignation", date(2026, 6, 1)).days
    assert days["report_by"] == date(2026, 6, 15)
    assert days["decide_by"] == date(2026, 6, 29)
    assert (suspension(date(2026, 8, 31), 30).allowed, suspension(date(2026, 8, 31), 31).allowed) == (True, False)


HEADS = ["HEAD", "DEPUTY_HEAD"]


@given(
    st.sampled_from([*HEADS, "DIVISION_HEAD", "STAFF"]),
    st.sampled_from([*words()["family"]["relations"], *words()["family"]["near_relations"]]),
    st.sampled_from(["TREASURER", "STOREKEEPER", "CONTRACTING", "ACCOUNTANT", "PERSONNEL_SPECIALIST", "DRIVER"]),
    st.booleans(),
)
def test_the_family_bar_blocks_only_what_the_law_lists(role, relation, job, same):
    found = family_bar(role, relation, job, date(2026, 1, 1), same_agency=same)
    barred = role in HEADS and relation in words()["family"]["relations"] and same
    assert (found.severity == "BLOCK") == (barred and job not in ("PERSONNEL_SPECIALIST", "DRIVER"))
    assert found.allowed == (found.severity != "BLOCK")


@given(DAYS, st.integers(1, 60), st.decimals("0.1", "1.3", places=2))
def test_a_kept_allowance_is_paid_to_its_last_day(effective, months, old):
    kept = kept_allowance("LUAN_CHUYEN", old, Decimal(0), effective, months=months)
    rows = allowance_schedule(kept)
    assert rows[0].first_day == effective and rows[-1].last_day == day_before(add_months(effective, months))
    assert all(b.first_day == a.last_day + DAY for a, b in pairwise(rows))
    assert all(isinstance(row.kept_amount, int) for row in rows)
    assert whole_months(effective, rows[-1].last_day + DAY) in (months, months - 1)


def test_the_schedule_of_a_transfer_follows_the_base_salary():
    kept = kept_allowance("DIEU_DONG", Decimal("0.9"), Decimal("0.6"), date(2026, 5, 15))
    rows = allowance_schedule(kept)
    assert kept.kept_until == date(2026, 11, 14)
    assert [row.base for row in rows] == [2_340_000, 2_340_000, 2_530_000, 2_530_000, 2_530_000, 2_530_000, 2_530_000]
    assert rows[1].difference == 702_000
    assert (rows[0].kept_amount, rows[-1].kept_amount) == (1_154_903, 1_062_600)


def test_a_move_names_everything_that_stands_against_it():
    facts = MoveFacts(
        date(2026, 5, 10),
        facts=frozenset({"INSPECTION"}),
        tenure=Tenure(date(2024, 5, 10), "TT18_2022_BKHDT"),
        meeting_recorded=False,
        qualified=False,
        becomes="TREASURER",
        relatives=(Tie("SPOUSE", "HEAD"),),
    )
    found = check_move("CDVTCT", facts)
    assert {r.code for r in found.refusals} == {
        "INSPECTION_OR_PROSECUTION",
        "BEFORE_WINDOW",
        "MEETING_WITH_PERSON_REQUIRED",
        "NOT_QUALIFIED",
        "FAMILY_BAR",
    }
    assert all(r.text.strip() and r.article for r in found.refusals)
    assert not found.allowed


def test_moves_of_each_kind():
    day = date(2026, 3, 1)
    assert {r.code for r in check_move("LUAN_CHUYEN", MoveFacts(day, "CC0")).refusals} == {"NOT_A_LEADER"}
    seconded = MoveFacts(day, "CC1", facts=frozenset({"SECONDED"}))
    assert {r.code for r in check_move("LUAN_CHUYEN", seconded).refusals} == {"LONG_STUDY_OR_SECONDED"}
    assert check_move("LUAN_CHUYEN", MoveFacts(day, "CC1", facts=frozenset({"PREGNANT"}))).allowed
    wish = check_move("DIEU_DONG", MoveFacts(day, facts=frozenset({"PREGNANT"}), wishes=True))
    assert wish.allowed and [r.code for r in wish.warnings] == ["OWN_WISH"]
    long = check_move("BIET_PHAI", MoveFacts(day, months=37, agreement_recorded=False))
    assert {r.code for r in long.refusals} == {"OVER_36_MONTHS", "AGREEMENT_IN_WRITING_REQUIRED"}
    promoted = MoveFacts(date(2026, 3, 1), "CC1", higher_post=True, discipline=("KHIEN_TRACH", date(2024, 6, 1)))
    assert {r.code for r in check_move("DIEU_DONG", promoted).refusals} == {"NO_PROMOTION_AFTER_DISCIPLINE"}
    assert {r.code for r in check_move("CDVTCT", MoveFacts(day)).refusals} == {"NOT_LISTED"}


def test_reminders_and_the_progress_of_a_rotation():
    assert reminder_days("term", date(2027, 3, 1))[-1] == date(2027, 3, 1) - timedelta(days=95)
    assert reminder_days("periodic", date(2027, 3, 15)) == (date(2026, 9, 15), date(2026, 12, 15), date(2027, 2, 13))
    on = rotation_progress(date(2026, 1, 1), date(2027, 1, 1))
    assert (on.state, on.next_remark, on.due_on) == ("RUNNING", date(2028, 1, 1), date(2029, 1, 1))


def test_every_listed_position_names_a_period_that_exists():
    rules = set(sector_codes(default_store()))
    positions = listed_positions()
    assert len(positions) == 75
    assert {p.rule for p in positions.values()} - {None} <= rules
    assert rule_of("B0601") == "TT01_2024_BYT"


def test_a_dossier_lacks_what_was_not_handed_in():
    items = dossier_items()
    assert len(items) == 10
    assert [i.code for i in missing_papers([i.code for i in items if i.code != "health_certificate"])] == [
        "health_certificate"
    ]


def test_words_are_complete():
    for kind in ("DIEU_DONG", "BIET_PHAI", "CDVTCT", "LUAN_CHUYEN", "PLAN"):
        steps = workflow(kind)
        codes = {step.code for step in steps}
        assert all(set(step.following) <= codes and step.text for step in steps)
    assert reason("FAMILY_BAR").mark == "P"
    names = {row["name"] for row in assumptions()}
    assert {"rotation.periodic.warn_months", "rotation.secondment.extension_over_limit", "B0206"} <= names
    assert "rotation.exemption.months" not in names


@pytest.mark.parametrize("path", sorted((POLICIES / "rotation").glob("*.py")), ids=lambda p: p.name)
def test_the_rules_hold_no_number_of_the_law(path):
    """Bounds of the reader of questions are no law; everything else stands in parameters.yaml."""
    if path.name == "asked.py":
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, int) and not isinstance(node.value, bool):
            assert node.value in (0, 1), f"{path.name}:{node.lineno} writes {node.value}"
