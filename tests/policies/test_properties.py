"""What must hold for every person: totals, monotony, limits, complete answers and complete explanations."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies import calculate, default_store, leave_profile, parse_one
from policies.decrees import BY_CODE, DECREES
from policies.engine import case as schema
from policies.engine.dates import first_of_index, month_index
from policies.labels import BENEFIT_LABELS, LINE_LABELS, REFUSAL_LABELS, WARNING_LABELS
from policies.legal import funding_sources, legal_bases
from policies.render import as_table
from tests.policies.conftest import base_case
from tests.policies.people import random_case

people = st.integers(0, 10**9).map(lambda seed: random_case(random.Random(seed)))


@settings(max_examples=300, deadline=None)
@given(case=people)
def test_a_total_is_the_sum_of_its_lines_and_a_refusal_is_nothing(case):
    result = calculate(case)
    assert result.total == sum(line.amount for line in result.lines)
    assert all(line.amount >= 0 for line in result.lines)
    assert result.eligible or (result.total == 0 and not result.lines)
    assert result.reasons
    if not result.eligible:
        assert all(r.code in REFUSAL_LABELS for r in result.reasons)
    assert all(w.code in WARNING_LABELS for w in result.warnings)
    assert all(line.code in LINE_LABELS for line in result.lines)
    assert result.benefit in BENEFIT_LABELS
    json.dumps(result.to_dict())
    assert as_table([result]).endswith("\n")
    assert len(funding_sources(result)) == len(result.lines) or result.decree_code == "179"
    assert legal_bases(result)


@settings(max_examples=200, deadline=None)
@given(case=people)
def test_auto_takes_the_highest_of_the_eligible(case):
    case = {**case, "decree": "auto", "benefit": "auto"}
    best = calculate(case)
    singles = [calculate({**case, "decree": d.code}) for d in DECREES if d.in_auto(parse_one(case))]
    totals = [r.total for r in singles if r.eligible]
    assert best.total == max(totals, default=0)
    assert best.eligible is bool(totals)
    assert len(best.alternatives) == len(singles) - 1
    assert all(a.total <= best.total for a in best.alternatives)


@settings(max_examples=150, deadline=None)
@given(case=people, step=st.integers(1, 300))
def test_a_higher_coefficient_never_pays_less(case, step):
    parsed = parse_one(case)
    if parsed.salary.coefficient is None:
        return
    higher = replace(parsed, salary=replace(parsed.salary, coefficient=parsed.salary.coefficient + step))
    assert calculate(higher).total >= calculate(parsed).total


@settings(max_examples=150, deadline=None)
@given(insured=st.integers(180, 500), more=st.integers(0, 12), leave=st.sampled_from(["2025-06-01", "2025-08-01"]))
def test_more_insurance_never_pays_less_within_early_retirement(insured, more, leave):
    low = max(insured, 240 if leave < "2025-07-01" else 180)
    case = base_case(leave__date=leave)
    totals = []
    for months in (low, min(low + more, 517)):
        case["person"] = {**case["person"], "social_insurance_months": min(months, 517)}
        totals.append(calculate(case).total)
    assert totals[0] <= totals[1]


@settings(max_examples=200, deadline=None)
@given(case=people)
def test_nobody_is_paid_early_retirement_beyond_ten_years(case):
    result = calculate({**case, "decree": "178", "benefit": "early_retirement"})
    if result.eligible:
        assert 0 < result.months_early <= 120
        factor = {line.code: line.factor for line in result.lines}
        assert factor["early_months"] <= 60


@pytest.mark.parametrize("category", schema.CATEGORIES)
@pytest.mark.parametrize("code", list(BY_CODE))
def test_every_month_from_2019_to_2031_answers_for_every_benefit(code, category):
    decree = BY_CODE[code]
    for index in range(month_index(date(2019, 1, 1)), month_index(date(2031, 6, 1))):
        for benefit in decree.benefits:
            for annex, affected in (("I", True), ("I", False), ("II", True)):
                case = base_case(
                    decree=code,
                    benefit=benefit,
                    person__category=category,
                    person__birth_date="1970-04-15",
                    person__retirement_annex=annex,
                    person__group_177="k1",
                    person__group_179="k1",
                    leave__date=first_of_index(index).isoformat(),
                    restructuring__directly_affected=affected,
                )
                result = calculate(case)
                assert result.reasons, (code, benefit, index)


def nodes(node):
    yield node
    for child in node["children"]:
        yield from nodes(child)


@settings(max_examples=150, deadline=None)
@given(case=people)
def test_every_amount_opens_into_numbers_article_parameter_and_branches(case):
    result = calculate(case).to_dict()
    tree = result["trace"]
    assert tree["schema"] == "trace.v1"
    keys = {"label", "value", "unit", "formula", "article", "parameter", "branch", "children"}
    found = {}
    for node in nodes(tree):
        assert keys <= set(node)
        assert node["label"]
        parameter = node["parameter"]
        if parameter is not None:
            assert parameter["name"] and parameter["article"] and parameter["from"]
            assert parameter["mark"] in {"P", "S", "U", "C"}
        if node["branch"] is not None:
            assert node["branch"]["taken"]
            assert all(r["label"] and r["article"] and r["reason"] for r in node["branch"]["refused"])
        found.setdefault(node["label"], node)
    for line in result["lines"]:
        node = found[line["label"]]
        assert node["value"] == line["amount"]
        assert node["formula"] == line["formula"]
        assert node["article"] == line["article"]
        if line["code"] != "local_top_up":
            assert node["parameter"] is not None
            assert node["branch"] is not None
    if result["monthly_salary"]:
        salary = next(n for n in nodes(tree) if n["unit"] == "đồng/tháng")
        assert salary["value"] == result["monthly_salary"]


def test_a_salary_names_the_allowances_it_leaves_out():
    case = base_case()
    case["salary"]["allowances"] = {"public_service_percent": "25", "area": "0.2", "attraction": "0.7"}
    tree = calculate(case).to_dict()["trace"]
    salary = next(n for n in nodes(tree) if n["unit"] == "đồng/tháng")
    assert [r["label"] for r in salary["branch"]["refused"]] == ["Phụ cấp khu vực", "Phụ cấp thu hút"]
    assert salary["formula"] == "2.340.000 × 4,98 × (1 + 25%)"


def test_a_line_reads_as_a_vietnamese_formula():
    line = calculate(base_case(person__birth_date="1966-05-20")).lines[0].to_dict()
    assert line["formula"] == "1,0 × 36 tháng × 14.566.500"
    assert line["factor"] == "36"
    assert line["amount"] == 524_394_000


def test_the_example_of_the_contract():
    result = calculate(base_case(person__birth_date="1966-05-20")).to_dict()
    assert (result["monthly_salary"], result["retirement_date"], result["months_early"]) == (
        14_566_500,
        "2028-06-01",
        36,
    )
    assert (result["years_early"], result["social_insurance_years"]) == ("3.0", "25.0")
    assert result["total"] == 852_140_250
    assert result["law_version"] == "2025-03-15"


def test_the_same_case_gives_the_same_answer_every_time():
    case = parse_one(base_case(decree="auto"))
    assert calculate(case).to_dict() == calculate(case).to_dict()


def test_a_profile_shows_the_cliffs_of_the_law_by_name():
    points = leave_profile(base_case(decree="auto"), 15)
    assert [p.date.isoformat() for p in points[:2]] == ["2025-06-01", "2025-07-01"]
    assert points[0].total == calculate(base_case(decree="auto")).total
    by_date = {p.date.isoformat(): {c.label for c in p.cliffs} for p in points}
    assert "cách tính trợ cấp theo thời gian đóng BHXH thay đổi" in by_date["2025-07-01"]
    assert "hết 12 tháng đầu kể từ ngày sắp xếp" in by_date["2026-03-01"]
    assert "lương cơ sở mới được tính vào tiền lương tháng" in by_date["2026-08-01"]
    assert {p.decree for p in points} == {"178/2024/NĐ-CP", "154/2025/NĐ-CP"}


def test_a_profile_counts_insurance_on_unless_told_otherwise():
    case = base_case(leave__date="2025-07-01")
    onward, still = leave_profile(case, 2), leave_profile(case, 2, accrue_insurance=False)
    assert onward[0] == still[0]
    assert onward[1].total > still[1].total


def test_ties_go_to_the_older_scheme_in_the_order_of_precedence():
    assert [d.code for d in DECREES] == ["178", "177", "154", "NQ07", "29", "179"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"leave__date": "2024-12-01"}, "29/2023/NĐ-CP"),
        ({"leave__date": "2025-02-01", "restructuring__directly_affected": False}, "29/2023/NĐ-CP"),
        ({"leave__date": "2025-06-01"}, "178/2024/NĐ-CP"),
        ({"leave__date": "2025-08-01", "restructuring__directly_affected": False}, "178/2024/NĐ-CP"),
        (
            {
                "leave__date": "2025-08-01",
                "restructuring__directly_affected": False,
                "person__birth_date": "1975-01-01",
            },
            "154/2025/NĐ-CP",
        ),
        ({"leave": {"date": "2025-10-01", "decision_date": "2025-08-15"}}, "154/2025/NĐ-CP"),
        ({"leave": {"date": "2025-10-01", "decision_date": "2025-07-15"}}, "178/2024/NĐ-CP"),
        ({"leave__date": "2026-02-01"}, "154/2025/NĐ-CP"),
        ({"leave__date": "2025-06-01", "person__group_177": "k1", "person__category": "cadre"}, "178/2024/NĐ-CP"),
        ({"leave__date": "2026-02-01", "person__group_177": "k1", "person__category": "cadre"}, "177/2024/NĐ-CP"),
    ],
)
def test_where_every_decree_refuses_the_leave_date_names_the_one_that_answers(change, named):
    case = base_case(
        decree="auto",
        circumstances={"under_discipline_or_investigation": True, "earlier_benefit": "178"},
        **change,
    )
    result = calculate(case)
    assert not result.eligible
    assert result.decree == named
    assert all(not a.eligible for a in result.alternatives)


def test_the_store_is_untouched_by_calculations():
    mark = default_store().fingerprint
    calculate(base_case(decree="auto"))
    assert default_store().fingerprint == mark


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, ["nd178.months.factor.first12", "nd178.per_early_year.2_5", "nd178.service"]),
        (
            {"restructuring__effective_date": "2024-01-01"},
            ["nd178.months.factor.month13", "nd178.per_early_year.2_5", "nd178.service"],
        ),
        (
            {"benefit": "severance", "person__social_insurance_months": 200},
            ["nd178.severance.factor.first12", "nd178.severance.per_year", "nd178.severance.job_search"],
        ),
        ({"decree": "154", "leave__date": "2025-07-01"}, ["nd154.early.per_year", "nd154.early.service"]),
    ],
)
def test_a_line_shows_the_parameter_that_sets_its_rate(change, names):
    assert [line.node.parameter.name for line in calculate(base_case(**change)).lines] == names


def test_the_first_twelve_months_show_both_doubtful_readings_beside_the_answer():
    tree = calculate(base_case()).to_dict()["trace"]
    node = next(n for n in nodes(tree) if n["label"] == "Nghỉ trong 12 tháng đầu")
    assert node["value"] is True
    assert {c["parameter"]["name"] for c in node["children"]} == {
        "nd178.first12.anniversary_inside",
        "nd178.first12.measured_on",
    }


@settings(max_examples=100, deadline=None)
@given(case=people)
def test_messages_are_vietnamese_sentences_without_words_of_the_code(case):
    result = calculate(case)
    for note in (*result.reasons, *result.warnings):
        message = note.message
        assert message[0].isupper() or message[0] in "“0123456789"
        assert message.endswith((".", ")"))
        for word in ("floor", "with_allowances", "leave_date", "civil_servant", "public_service_percent", "None"):
            assert word not in message


def test_parameters_are_shown_in_words_beside_the_machine_value():
    store, day = default_store(), date(2025, 6, 1)
    assert store.at("nd178.first12.measured_on", day).trace_dict["shown"] == "ngày nghỉ"
    assert store.at("salary.base", day).trace_dict["shown"] == "2.340.000"
    assert store.at("nd178.7a.excluded_categories", day).trace_dict["shown"] == "Người làm việc tại hội"
    assert store.at("nd178.window.leave_last", day).trace_dict["shown"] == "01/09/2025"
