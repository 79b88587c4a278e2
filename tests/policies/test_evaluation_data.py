"""The data of evaluation is sound, and configuration and sheets refuse what does not fit."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from policies.engine.errors import MalformedLawData
from policies.engine.workdays import WorkCalendar, add_working_days
from policies.evaluation import (
    ASSUMED,
    CLASSES,
    Configuration,
    assumptions,
    check_sheet,
    default_configuration,
    province_store,
    rate,
    regimes,
    score_sheet,
    sheet_for,
    sheet_from,
    sheet_total,
    sheets,
)
from policies.evaluation.sheets import grades_of

DAY = date(2026, 12, 31)
CONFIGURATION = default_configuration(DAY)


def full(sheet):
    return {x.code: "100%" if x.scoring == "RATIO" else str(x.max) for g in sheet.groups for x in g.lines}


@pytest.mark.parametrize("sheet", [s for s in sheets().values() if s.scale_max], ids=lambda s: s.code)
def test_a_sheet_filled_to_the_top_gives_its_whole_scale(sheet):
    assert check_sheet(sheet, full(sheet)) == []
    assert sheet_total(sheet, full(sheet)).total == sheet.scale_max == 100
    assert (sheet.part_max("GENERAL"), sheet.part_max("RESULT")) == (30, 70)


def test_a_sheet_of_grades_takes_four_grades_and_gives_the_rule_what_it_asks():
    sheet = sheet_for("QD124", "CC1", date(2024, 12, 31))
    every = {x.code: "TOT" for g in sheet.groups for x in g.lines}
    assert check_sheet(sheet, every) == []
    assert [f.line for f in check_sheet(sheet, {**every, "1.1": "good", "2.1": ""})] == ["1.1", "2.1"]
    assert grades_of(sheet, {"1.1": "TOT"}) == {}  # no result graded: the rule asks, nothing is guessed
    facts = {"person_class": "CC1", "year": 2024, "done_percent": 100, "on_time": True, "over_percent": "50"}
    best = {**every, "2.1": "XUAT_SAC"}
    for values, level in ((best, "HTXS"), (every, "HTT"), ({**best, "1.5": "TRUNG_BINH"}, "HTT"),
                          ({**best, "1.5": "KEM"}, "KHT"), ({**every, "2.1": "TRUNG_BINH"}, "HT")):  # fmt: skip
        assert rate({**facts, "grades": grades_of(sheet, values)}, "QD124").level == level


@pytest.mark.parametrize("sheet", sheets().values(), ids=lambda s: s.code)
def test_a_cycle_gets_back_the_sheet_it_kept(sheet):
    assert sheet_from(json.loads(json.dumps(sheet.to_dict()))) == sheet


def test_every_sheet_of_the_layer_says_that_it_is_assumed():
    assert all(s.assumption for s in sheets().values() if "HY1071" in s.regimes)
    assert "chưa phải quy định của tỉnh" in ASSUMED


def test_every_class_has_its_sheet():
    for klass in CLASSES:
        found = sheet_for("HY1071", klass, DAY)
        assert found is not None and klass in found.classes
    assert sheet_for("ND335", "CC1", DAY).code == "ND335_M01_LEADER"
    assert sheet_for("ND335", "VC0", DAY) is None


def test_the_party_line_has_a_sheet_for_everybody_and_says_where_its_text_is_missing():
    for regime, day in (("QD124", date(2024, 12, 31)), ("QD366", DAY)):
        for klass in CLASSES:
            found = sheet_for(regime, klass, day)
            assert found is not None and klass in found.classes and regime in found.regimes, (regime, klass)
            assert found.assumption or found.mark == "P"
    assert sheet_for("QD366", "TT", DAY).assumption


@pytest.mark.parametrize(
    ("line", "value", "wrong"),
    [
        ("1a", "2", False), ("1a", "2.25", True), ("1a", "-0.25", True), ("1a", "1.75", False), ("1a", "1.8", True),
        ("1a", "hai", True), ("1a", "50%", True), ("5.1", "100%", False), ("5.1", "100.01%", True),
        ("5.1", "-1%", True),
        ("5.1", "abc", True), ("9z", "1", True),
    ],
)  # fmt: skip
def test_a_line_takes_points_up_to_its_maximum_in_quarter_steps_and_ratios_to_a_hundred(line, value, wrong):
    sheet = sheets()["HY1071_DEFAULT_STAFF"]
    faults = check_sheet(sheet, {line: value}, complete=False)
    assert [f.line for f in faults] == ([line] if wrong else [])


def test_missing_lines_are_named_but_a_draft_may_have_gaps():
    sheet = sheets()["HY1071_DEFAULT_STAFF"]
    values = full(sheet)
    del values["1a"], values["5.3"]
    assert {f.line for f in check_sheet(sheet, values)} == {"1a", "5.3"}
    assert check_sheet(sheet, values, complete=False) == []


def test_a_leader_without_sub_units_has_their_points_on_the_line_before():
    sheet = sheets()["HY1071_DEFAULT_LEADER"]
    values = full(sheet)
    del values["5.5"]
    assert check_sheet(sheet, values) == []
    assert sheet_total(sheet, values).total == 100
    assert sheet_total(sheet, {**values, "5.4": "50%"}).total == 90
    assert sheet_total(sheet, {**values, "5.4": "50%", "5.5": "100%"}).total == Decimal("92.5")


def test_a_unit_may_set_the_points_the_text_leaves_open_and_no_others():
    sheet = sheets()["ND233_STAFF"]
    own = sheet.with_points({"4a": "30", "4b": "20"})
    assert own.line("4a").max == 30
    with pytest.raises(MalformedLawData, match="cộng lại"):
        sheet.with_points({"4a": "30"})
    with pytest.raises(MalformedLawData, match="tự đặt"):
        sheets()["ND335_M01_STAFF"].with_points({"I.1": "6"})


def test_a_filled_sheet_gives_points_level_and_explanation():
    sheet = sheets()["ND335_M01_LEADER"]
    found = score_sheet(sheet, {**full(sheet), "d": "50%"}, CONFIGURATION)
    assert (str(found.total), found.level) == ("94.17", "HTXS")
    assert found.trace.children


def test_a_cycle_keeps_the_configuration_it_began_with():
    changed = CONFIGURATION.with_values({"quota.percent": "25", "level_rule": "POINTS"}, document="QĐ 99", mark="P")
    kept = Configuration.restored(json.loads(json.dumps(changed.snapshot())))
    assert kept.value("hy1071.quota.percent") == 25
    assert kept.value("hy1071.level_rule") == "POINTS"
    assert kept.version("hy1071.level_rule").mark == "P"
    assert kept.snapshot() == changed.snapshot()
    assert CONFIGURATION.value("hy1071.level_rule") == "NATIONAL_TREE_AND_POINTS", "the default must not move"


@pytest.mark.parametrize(
    "values",
    [{"level_rule": "BOTH"}, {"quota.percent": "nhiều"}, {"quota.percent": 20.5}, {"thresholds": {"HTXS": 90}},
     {"covers_contract_workers": "true"}, {"no.such.key": 1}, {"periods": ["WEEK"]}, {"effective_to": "hôm nay"}],
)  # fmt: skip
def test_a_configuration_value_of_the_wrong_kind_is_refused(values):
    with pytest.raises(MalformedLawData):
        CONFIGURATION.with_values(values)


def test_the_thresholds_of_the_configuration_decide():
    facts = {"person_class": "HD", "year": 2024, "points": "91"}
    changed = default_configuration(date(2024, 12, 31)).with_values({"thresholds": {"HTXS": 92, "HTT": 80, "HT": 50}})
    assert rate(facts, "HY1071").level == "HTXS"
    assert rate(facts, "HY1071", changed).level == "HTT"


def test_the_assumptions_about_the_regulation_are_listed_with_their_marks():
    found = {v.name: v for v in assumptions()}
    assert set(province_store().names()) <= set(found)
    assert found["hy1071.quota.base"].mark == "U"
    assert found["evaluation.quota.base"].mark == "C"
    assert all(v.label and v.article for v in found.values())


def test_regimes_of_one_side_do_not_overlap_for_one_class():
    party = sorted((r.valid_from, r.valid_to) for r in regimes().values() if r.side == "PARTY")
    assert all(a[1] < b[0] for a, b in pairwise(party))


def test_working_days_pass_over_weekends_and_holidays():
    friday = date(2026, 12, 11)
    assert add_working_days(friday, 1) == date(2026, 12, 14)
    assert add_working_days(friday, 1, {date(2026, 12, 14)}) == date(2026, 12, 15)
    assert add_working_days(friday, -3) == date(2026, 12, 8)
    assert add_working_days(friday, 0) == friday


def test_a_calendar_knows_days_worked_in_exchange_and_years_nobody_has_filled_in():
    friday, saturday, monday = date(2026, 12, 11), date(2026, 12, 12), date(2026, 12, 14)
    swapped = WorkCalendar({monday: "Nghỉ bù"}, {saturday: "Làm bù"}, frozenset({2026}))
    assert add_working_days(friday, 1, swapped) == saturday
    assert add_working_days(friday, 2, swapped) == date(2026, 12, 15)
    assert add_working_days(date(2026, 12, 15), -1, swapped) == saturday
    assert swapped.unknown(friday, monday) == () and swapped.unknown(friday, date(2027, 1, 4)) == (2027,)
    assert swapped.unknown(date(2027, 1, 4), friday) == (2027,)
