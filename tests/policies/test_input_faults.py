"""Malformed input: every fault at once, each with its path, the value and the remedy; never a guess."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import CaseFaults, calculate, calculate_many, calculate_text, load_text, parse_cases, read_cases
from tests.policies.conftest import base_case


def faults(*cases) -> dict[str, str]:
    return {f.path: f.message for f in parse_cases(list(cases))[1]}


def test_all_faults_of_all_cases_are_reported_together():
    found = faults(
        base_case(person__birth_date="1967-02-30", person__social_insurance_months=-3),
        base_case(),
        base_case(leave__date="hôm qua", decree="187", salary__coefficient="abc"),
    )
    assert set(found) == {
        "cases[0].person.birth_date",
        "cases[0].person.social_insurance_months",
        "cases[2].leave.date",
        "cases[2].decree",
        "cases[2].salary.coefficient",
    }
    assert "1967-02-30" in found["cases[0].person.birth_date"]


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"person__birth_date": "1967-13"}, "person.birth_date", "không phải ngày có thật"),
        ({"person__birth_date": "67"}, "person.birth_date", "YYYY"),
        ({"person__birth_date": None}, "person.birth_date", "thiếu"),
        ({"person__sex": "nam"}, "person.sex", "male"),
        ({"person__category": "civil_servent"}, "person.category", "civil_servant"),
        ({"person__retirement_annex": "III"}, "person.retirement_annex", "I, II"),
        ({"person__social_insurance_months": 300.0}, "person.social_insurance_months", "nhị phân"),
        ({"person__social_insurance_months": "300.5"}, "person.social_insurance_months", "số nguyên"),
        ({"person__social_insurance_months": True}, "person.social_insurance_months", "số nguyên"),
        ({"person__public_service_months": 301}, "person.public_service_months", "300"),
        ({"person__social_insurance_months": 600}, "person.social_insurance_months", "đời làm việc"),
        ({"person__group_177": "k6"}, "person.group_177", "k1"),
        ({"person__leader": "yes"}, "person.leader", "true"),
        ({"salary__coefficient": 4.98}, "salary.coefficient", "nhị phân"),
        ({"salary__coefficient": "4,98"}, "salary.coefficient", "dấu chấm"),
        ({"salary__coefficient": "-1"}, "salary.coefficient", "âm"),
        ({"salary__coefficient": "0"}, "salary.coefficient", "lớn hơn 0"),
        ({"salary__coefficient": "NaN"}, "salary.coefficient", "thập phân"),
        ({"salary__coefficient": "498"}, "salary.coefficient", "quá lớn"),
        ({"salary__coefficient": None}, "salary.coefficient", "thiếu"),
        ({"salary__agreed_amount": 12000000}, "salary.agreed_amount", "một trong hai"),
        ({"salary__allowances": {"leadershp": "0.4"}}, "salary.allowances.leadershp", "leadership"),
        ({"salary__allowances": {"leadership": 0.4}}, "salary.allowances.leadership", "nhị phân"),
        ({"leave__date": None}, "leave.date", "thiếu"),
        ({"leave__date": "1960-01-01"}, "leave.date", "sau ngày sinh"),
        ({"leave__date": "2025-06"}, "leave.date", "YYYY-MM-DD"),
        ({"leave__decision": "2025-05-20"}, "leave.decision", "decision_date"),
        ({"restructuring__effective_date": None}, "restructuring.effective_date", "thiếu"),
        ({"restructuring__directly_affected": None}, "restructuring.directly_affected", "thiếu"),
        ({"circumstances": {"voluntry": True}}, "circumstances.voluntry", "voluntary"),
        ({"circumstances": {"earlier_benefit": "30"}}, "circumstances.earlier_benefit", "29"),
        ({"facts": {"congres_date": "2025-06-01"}}, "facts.congres_date", "congress_date"),
        ({"facts": {"local_top_up": {"amount": 5}}}, "facts.local_top_up.decision", "quyết định"),
        ({"benefit": "pension"}, "benefit", "early_retirement"),
        ({"persn": {}}, "persn", "person"),
        ({"person": None}, "person", "thiếu"),
        ({"person": "ông A"}, "person", "nhóm khóa"),
    ],
)
def test_a_fault_names_path_value_and_remedy(change, path, words):
    found = faults(base_case(**change))
    assert f"cases[0].{path}" in found
    assert words in found[f"cases[0].{path}"]


@pytest.mark.parametrize("months_more", [0, 1])
def test_insurance_may_fill_a_working_life_and_not_a_month_more(months_more):
    # Born 05/1967, fifteen in 05/1982, leaves 06/2025: 517 months.
    found = faults(base_case(person__social_insurance_months=517 + months_more))
    assert bool(found) is bool(months_more)


@pytest.mark.parametrize("data", [None, 5, "text", True])
def test_what_is_neither_case_nor_list_is_a_fault(data):
    cases, found = parse_cases(data)
    assert cases == []
    assert [f.path for f in found] == ["cases"]


def test_items_that_are_no_cases_are_named_by_position():
    assert set(faults(base_case(), 7, None)) == {"cases[1]", "cases[2]"}


def test_keys_given_twice_are_faults_in_yaml_and_json():
    for text in (
        "- person: {sex: male, sex: female}\n  leave: {date: 2025-06-01, date: 2025-07-01}\n",
        '[{"person": {"sex": "male", "sex": "female"}, "leave": {"date": "2025-06-01", "date": "2025-07-01"}}]',
    ):
        with pytest.raises(CaseFaults) as caught:
            load_text(text)
        assert [f.path for f in caught.value.faults] == ["cases[0].person.sex", "cases[0].leave.date"]


def test_faults_of_writing_and_of_content_come_together():
    cases, found = read_cases("- {person: {sex: x, sex: y}, leave: {date: 2025-13-01}}\n- {salary: {}}\n")
    assert cases == []
    paths = [f.path for f in found]
    assert paths[0] == "cases[0].person.sex"
    assert {"cases[0].leave.date", "cases[0].person.birth_date", "cases[1].person", "cases[1].leave"} <= set(paths)


def test_fractions_are_read_exactly_and_dates_stay_text():
    for text in ('{"a": 4.98, "d": "2025-06-01"}', "a: 4.98\nd: 2025-06-01\n"):
        data = load_text(text)
        assert data == {"a": Decimal("4.98"), "d": "2025-06-01"}
        assert isinstance(data["a"], Decimal)


@pytest.mark.parametrize(
    "text",
    ["- {a: [}", '{"a": NaN}', '{"a" 1}', "a: &x [1]\nb: *x\n", "[" * 3000, "- " * 3000 + "1", "\x00", "!!python/x 1"],
)
def test_broken_or_hostile_text_is_a_fault_not_a_crash(text):
    with pytest.raises(CaseFaults):
        calculate_text(text)


@pytest.mark.parametrize("syntax", ["auto", "yaml", "json"])
@pytest.mark.parametrize("piece", ["[", "{a: ", '{"a": ', "- ", "? ", "[{a: "])
def test_a_text_nested_without_end_is_a_fault_and_never_a_crash(piece, syntax):
    cases, found = read_cases(piece * 150_000, syntax)
    assert cases == []
    assert found


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x\n", "- &x {sex: male}\n- *x\n", "a: 1\n---\nb: 2\n", "? [1, 2]\n: 3\n", "<<: {a: 1}\n"]
)
def test_anchors_several_documents_and_odd_keys_are_faults(text):
    assert read_cases(text)[1]


def test_an_empty_text_is_a_fault_and_an_empty_list_is_an_empty_answer():
    with pytest.raises(CaseFaults):
        calculate_text("")
    assert calculate_text("[]") == []


def test_a_benefit_the_decree_does_not_know_is_a_fault_of_its_case():
    with pytest.raises(CaseFaults) as caught:
        calculate_many([base_case(), base_case(benefit="waiting_leave")])
    assert [f.path for f in caught.value.faults] == ["cases[1].benefit"]


def test_a_leave_before_the_law_data_begin_is_a_fault_of_the_date():
    with pytest.raises(CaseFaults) as caught:
        calculate(base_case(leave__date="1999-06-01", person__social_insurance_months=100))
    assert [f.path for f in caught.value.faults] == ["cases[0].leave.date"]


def test_decree_is_accepted_as_text_and_number():
    assert calculate(base_case(decree=178)).total == calculate(base_case(decree="178")).total


def test_one_mapping_and_a_list_of_one_are_the_same():
    text = "person: {sex: male, birth_date: 1967, category: cadre, social_insurance_months: 300}\n"
    text += "salary: {agreed_amount: 10000000}\nrestructuring: {effective_date: 2025-03-01, directly_affected: true}\n"
    text += "leave: {date: 2025-06-01}\ndecree: 178\n"
    listed = "-\n" + "".join(f"  {line}\n" for line in text.splitlines())
    assert calculate_text(text) == calculate_text(listed)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)


@given(data=plain, key=st.sampled_from(["person", "salary", "leave", "facts", "circumstances", "restructuring", "id"]))
def test_any_data_gives_a_case_or_faults_never_another_error(data, key):
    parse_cases(data)
    parse_cases(base_case(**{key: data}))


@pytest.mark.parametrize("identity", ["HS-01", 7, None])
def test_the_id_is_echoed_as_it_came(identity):
    assert calculate({**base_case(), "id": identity}).to_dict()["id"] == identity


@pytest.mark.parametrize("identity", [True, ["a"], {"a": 1}, 1.5])
def test_an_id_is_text_or_a_whole_number(identity):
    assert set(faults({**base_case(), "id": identity})) == {"cases[0].id"}


def test_half_a_character_in_json_is_a_fault_that_can_itself_be_written():
    r"""A JSON text may name one half of a surrogate pair (``\ud800``): no door could send the answer back."""
    text = r'{"id": "\ud800", "\udc00": 1, "person": {"sex": "nam\udfff"}}'
    found = read_cases(text)[1]
    words = "\n".join(str(fault) for fault in found)
    assert words.encode("utf-8")
    paths = [fault.path for fault in found]
    assert {"cases[0].id", "cases[0].person.sex"} <= set(paths)
    whole = load_text(r'{"id": "\ud83d\ude00"}')
    assert whole == {"id": "\N{GRINNING FACE}"}
