"""Dated parameters: one value for a date or an error that names articles; scenarios never touch the law in force."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from policies import Override, calculate, check_law, default_store, parameters_fingerprint
from policies.engine.errors import MalformedLawData, ParameterConflict, ParameterGap, RuleConflict, RuleGap
from policies.engine.parameters import ParameterStore, Version, load_parameters
from policies.engine.rules import RuleBook
from tests.policies.conftest import base_case


def version(value, start, end, article):
    return Version("x.y", "Thử", value, date.fromisoformat(start), date.fromisoformat(end), article, "P")


def test_no_value_for_a_date_is_an_error_that_names_the_articles():
    store = ParameterStore(
        [version(1, "2025-01-01", "2025-03-31", "Điều 1"), version(2, "2025-05-01", "2025-06-30", "Điều 2")]
    )
    with pytest.raises(ParameterGap, match=r"Điều 1.*Điều 2"):
        store.at("x.y", date(2025, 4, 15))
    assert store.problems()


def test_two_values_for_a_date_are_an_error_that_names_both_articles():
    store = ParameterStore(
        [version(1, "2025-01-01", "2025-03-31", "Điều 1"), version(2, "2025-03-01", "2025-06-30", "Điều 2")]
    )
    with pytest.raises(ParameterConflict, match=r"Điều 1; Điều 2"):
        store.at("x.y", date(2025, 3, 15))
    assert store.at("x.y", date(2025, 2, 1)).value == 1


def test_an_unknown_name_names_the_nearest_one():
    with pytest.raises(KeyError, match=r"nd178\.service"):
        default_store().at("nd178.servise", date(2025, 6, 1))


def test_the_law_of_the_project_has_no_gap_and_no_conflict_from_2019_to_2030():
    assert check_law() == []


def test_the_check_finds_a_gap_and_a_conflict_in_rules():
    book = RuleBook("thử")

    def nothing(_):
        return None

    book.rule("q", code="a", label="A", article="Điều 1", valid_from="2025-01-01", valid_to="2025-03-31")(nothing)
    book.rule("q", code="b", label="B", article="Điều 2", valid_from="2025-05-01")(nothing)
    book.rule("q", code="c", label="C", article="Điều 3", valid_from="2025-06-01")(nothing)
    assert "Điều 1; Điều 2" in book.problems(date(2025, 4, 1))[0]
    assert "Điều 2; Điều 3" in book.problems(date(2025, 7, 1))[0]
    with pytest.raises(RuleGap, match="Điều 1"):
        book.select("q", date(2025, 4, 1), None)
    with pytest.raises(RuleConflict, match="Điều 2 và Điều 3"):
        book.select("q", date(2025, 7, 1), None)
    assert book.select("q", date(2025, 2, 1), None).rule.code == "a"


def test_every_value_carries_article_mark_and_label():
    store = default_store()
    for name in store.names():
        for v in store.versions(name):
            assert v.article and v.label and v.mark in "PSUC" and v.verified_on, name


def test_a_conflicting_value_names_the_other_reading():
    store = default_store()
    for name in store.names():
        for v in store.versions(name):
            assert v.mark != "C" or v.alternatives, name


def test_a_scenario_is_a_new_store_and_leaves_the_law_alone():
    store = default_store()
    before, mark = calculate(base_case()).total, store.fingerprint
    scenario = store.overlay(
        {"nd178.per_early_year.2_5": Override(Decimal(6), document="Phương án 2", article="Dự thảo Điều 7")}
    )
    changed = calculate(base_case(), scenario)
    line = next(x for x in changed.lines if x.code == "early_years")
    assert line.amount == calculate(base_case()).monthly_salary * 24
    assert line.node.parameter.document == "Phương án 2"
    assert calculate(base_case()).total == before
    assert store.fingerprint == mark != scenario.fingerprint
    assert parameters_fingerprint() == mark
    assert scenario.overridden == {"nd178.per_early_year.2_5"}


def test_a_scenario_for_a_period_keeps_the_law_outside_it():
    store = default_store().overlay(
        {
            "salary.base": Override(
                3_000_000, document="Dự thảo", article="Điều 3", valid_from=date(2027, 1, 1), valid_to=date(2027, 6, 30)
            )
        }
    )
    day = date(2027, 1, 1)
    assert store.at("salary.base", day - timedelta(days=1)).value == 2_530_000
    assert store.at("salary.base", day).value == 3_000_000
    assert store.at("salary.base", date(2027, 6, 30)).value == 3_000_000
    assert store.at("salary.base", date(2027, 7, 1)).value == 2_530_000
    assert store.problems() == []


@pytest.mark.parametrize("value", [4.5, "4", True, None])
def test_a_scenario_of_another_kind_of_value_is_refused(value):
    with pytest.raises(MalformedLawData):
        default_store().overlay({"nd178.per_early_year.2_5": Override(value, document="x", article="y")})


def test_a_scenario_on_an_unknown_parameter_is_refused():
    with pytest.raises(KeyError):
        default_store().overlay({"nd178.per_early_yaer.2_5": Override(6, document="x", article="y")})


def test_a_misspelt_key_in_a_law_file_is_an_error_with_file_and_name(tmp_path):
    path = tmp_path / "parameters.yaml"
    path.write_text(
        "parameters:\n  - name: a.b\n    label: Thử\n    values:\n"
        "      - {value: 1, form: 2025-01-01, article: Điều 1, mark: P}\n",
        encoding="utf-8",
    )
    with pytest.raises(MalformedLawData, match=r"a\.b.*form"):
        load_parameters(path)


@pytest.mark.parametrize(
    ("day", "amount"),
    [("2026-06-30", 2_340_000), ("2026-07-01", 2_530_000), ("2023-06-30", 1_490_000), ("2023-07-01", 1_800_000)],
)
def test_base_salary_changes_on_its_day(day, amount):
    assert default_store().at("salary.base", date.fromisoformat(day)).value == amount
