"""What a calculation says to people: values in Vietnamese form, every line with its steps, nothing left in code."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal

import pytest

from hrms.commands import law
from hrms.commands.explanation import explain, key_words, remark_of, sentence, value_words
from hrms.commands.trial import leave_days, read, try_out
from hrms.kernel.errors import NotFound, Refused
from policies import calculate
from policies.store import default_store

CASE = {
    "person": {"sex": "male", "birth_date": "1966-05-20", "category": "civil_servant", "social_insurance_months": 300},
    "salary": {"coefficient": "4.98", "allowances": {"public_service_percent": "25", "area": "0.2"}},
    "restructuring": {"effective_date": "2025-03-01", "directly_affected": True},
    "leave": {"date": "2025-06-01", "decision_date": "2025-05-20"},
}


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (1234567, "đồng", "1.234.567 đồng"),
        ("4.98", "hệ số", "4,98"),
        ("25", "%", "25%"),
        ("2025-06-01", "ngày", "01/06/2025"),
        (True, "", "có"),
        (False, "", "không"),
        (None, "", ""),
        ("leave_date", "", "ngày nghỉ"),
        (36, "tháng", "36 tháng"),
        (["coefficient", "leadership"], "", "Hệ số lương; Phụ cấp chức vụ lãnh đạo"),
        ({"I": 120, "II": 60}, "", "Phụ lục I: 120; Phụ lục II: 60"),
        (["178", "29"], "", "NĐ 178/2024/NĐ-CP; NĐ 29/2023/NĐ-CP"),
        ("29", "", "29"),
        (Decimal("0.45"), "tháng lương", "0,45 tháng lương"),
    ],
)
def test_values_are_written_the_office_way(ctx, value, unit, shown):
    assert value_words(value, unit) == shown


def test_a_result_fresh_or_out_of_the_database_is_explained_alike(ctx):
    plain = calculate(CASE).to_dict()
    assert explain(plain) == explain(json.loads(json.dumps(plain)))


def test_every_line_has_its_own_step_and_the_salary_too(ctx):
    found = explain(calculate(CASE).to_dict())
    assert [line.step is not None for line in found.lines] == [True, True, True]
    assert found.salary.amount == 14_566_500
    assert any("không thuộc các khoản tính vào" in no.reason for no in found.salary.refused)
    assert found.total == sum(line.amount for line in found.lines) == 852_140_250
    assert found.total_words.startswith("Tám trăm năm mươi hai triệu")


def test_conditions_are_met_or_not_and_values_are_values(ctx):
    found = explain(calculate(CASE).to_dict())
    assert found.conditions and all(step.met is True for step in found.conditions)
    anniversary = next(s for s in found.tree.walk() if s.label.startswith("Ngày tròn 12 tháng"))
    assert (anniversary.met, anniversary.value) == (None, "không")


def test_no_program_code_reaches_people(ctx):
    """Every word of every parameter and of many traces: no English key, no contract path, no ISO date."""
    texts = []
    for changes in ({}, {"leave": {"date": "2026-03-01"}}, {"person": {**CASE["person"], "leader": True}}):
        for step in explain(calculate({**CASE, **changes}).to_dict()).tree.walk():
            texts += [step.value, step.formula, step.taken, *(r.reason for r in step.refused)]
            texts += [step.parameter.value] if step.parameter else []
    for name in default_store().names():
        item = law.parameter(name)
        texts += [v.value for v in item.values] + [cell for v in item.values for row in v.table for cell in row]
        texts += [a for v in item.values for a in v.alternatives]
    coded = [t for t in texts if re.search(r"\d{4}-\d{2}-\d{2}|\b[a-z]+_[a-z_0-9]+\b|\b(salary|person|facts)\.", t)]
    assert coded == []


def test_what_a_warning_names_by_code_becomes_a_link(ctx):
    warning = remark_of(
        {"code": "x", "article": "Điều 1", "message": "chưa rõ “A” (nd178.first12.measured_on) (facts.term_ends)."}, {}
    )
    assert (warning.message, warning.parameters, warning.facts) == (
        "Chưa rõ “A”.",
        ("nd178.first12.measured_on",),
        ("facts.term_ends",),
    )


def test_sentences_show_vietnamese_dates(ctx):
    assert sentence("'2025-06-01' không sau ngày sinh") == "'01/06/2025' không sau ngày sinh"
    assert key_words("2025-07-01") == "01/07/2025"


# -- trying out


def test_faults_carry_the_path_of_the_contract(ctx):
    with pytest.raises(Refused) as caught:
        read({**CASE, "person": {**CASE["person"], "sex": "x", "birth_date": "1966-02-30"}})
    assert {fault.field for fault in caught.value.faults} == {"person.sex", "person.birth_date"}


def test_the_ways_to_leave_stand_side_by_side_with_the_reason_of_each_refusal(ctx):
    options = try_out(CASE).options
    chosen = [o for o in options if o.chosen]
    assert len(chosen) == 1 and chosen[0].total == 852_140_250 and options[0] is chosen[0]
    for option in options:
        if option.kind == "leave" and not option.eligible:
            assert option.total == 0 and option.reasons and all(r.article for r in option.reasons)
        assert option.difference == option.total - chosen[0].total
    assert {o.kind for o in options} >= {"leave", "stay", "later"}


def test_a_case_bound_to_one_decree_is_compared_with_all_when_asked(ctx):
    bound = {**CASE, "decree": "178"}
    assert {o.decree for o in try_out(bound).options if o.kind == "leave"} == {"178/2024/NĐ-CP"}
    assert len({o.decree for o in try_out(bound, every_decree=True).options if o.kind == "leave"}) > 1


def test_phu_luc_one_is_shown_beside_phu_luc_two(ctx):
    second = {**CASE, "person": {**CASE["person"], "retirement_annex": "II", "birth_date": "1969-05-20"}}
    assert any("Phụ lục I" in o.title for o in try_out(second).options)
    assert not any("Phụ lục" in o.title for o in try_out(CASE).options)


def test_months_run_from_the_leave_to_the_normal_age_and_agree_with_single_calculations(ctx):
    trial = try_out(CASE)
    assert trial.months[0].day == date(2025, 6, 1) and trial.months[-1].day == date(2028, 6, 1)
    assert trial.months[0].total == trial.result["total"]
    moved = {
        **CASE,
        "person": {**CASE["person"], "social_insurance_months": 301},
        "leave": {"date": "2025-07-01", "decision_date": "2025-05-20"},
    }
    assert trial.months[1].total == calculate(moved).total
    best = next(o for o in trial.options if o.kind == "later")
    assert best.total == max(m.total for m in trial.months)


@pytest.mark.parametrize(
    ("start", "age", "count", "last"),
    [
        (date(2025, 6, 15), date(2025, 8, 1), 12, date(2026, 5, 1)),
        (date(2025, 6, 1), date(2027, 6, 1), 25, date(2027, 6, 1)),
        (date(2025, 6, 1), date(2040, 1, 1), 176, date(2040, 1, 1)),
        (date(2025, 6, 1), None, 600, date(2075, 5, 1)),
    ],
)
def test_the_months_looked_at_are_bounded(start, age, count, last):
    days = leave_days(start, age)
    assert (len(days), days[0], days[-1]) == (count, start, last)
    assert days == sorted(set(days))


# -- the law for reading


def test_every_parameter_can_be_read_and_found_by_its_article(ctx):
    listed = law.parameters(law.Filter())
    assert (
        listed.total == listed.shown == len(default_store().names()) == sum(len(items) for _f, items in listed.groups)
    )
    assert sum(listed.marks.values()) == listed.total
    hits = law.parameters(law.Filter(q="tron 12 thang"))
    assert any(p.name == "nd178.first12.anniversary_inside" for _f, items in hits.groups for p in items)


def test_the_list_narrows_by_mark_and_document(ctx):
    doubtful = law.parameters(law.Filter(mark="C"))
    assert doubtful.shown == len(default_store().names()) - sum(
        1 for n in default_store().names() if not any(v.mark == "C" for v in default_store().versions(n))
    )
    of_178 = law.parameters(law.Filter(family="nd178"))
    assert {p.family for _f, items in of_178.groups for p in items} == {"nd178"}


def test_the_value_in_force_today_is_marked(ctx):
    base = law.parameter("salary.base")
    assert [v.now for v in base.values].count(True) == 1
    assert base.current.value == "2.340.000 đồng"  # the day of the tests is 15/06/2025


def test_unknown_names_and_documents_are_not_found(ctx):
    for look in (lambda: law.parameter("nd178.nothing"), lambda: law.document("999")):
        with pytest.raises(NotFound):
            look()
    assert law.text_of("../../etc/passwd") == ""


def test_every_decree_has_its_text(ctx):
    for code in ("178", "177", "154", "29", "179", "NQ07"):
        assert law.document(code).clauses and law.text_of(code).startswith("# ")
