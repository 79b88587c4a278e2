"""The salary part by part adds up to the salary the law computed."""

from __future__ import annotations

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from policies import api
from reports.salary_parts import salary_parts

PERCENTS = (
    "beyond_frame_percent", "seniority_percent", "profession_preferential_percent", "profession_responsibility_percent",
    "public_service_percent", "party_union_percent",
)  # fmt: skip


def case(coefficient="4.98", agreed=None, leave="2025-07-01", **allowances):
    return {
        "person": {
            "sex": "male",
            "birth_date": "1966-05-20",
            "category": "civil_servant",
            "social_insurance_months": 366,
        },
        "salary": {"coefficient": coefficient, "agreed_amount": agreed, "allowances": allowances},
        "restructuring": {"effective_date": "2025-03-01", "directly_affected": True},
        "leave": {"date": leave},
    }


def parts_of(inputs):
    stored = json.loads(json.dumps(inputs, default=str))
    result = json.loads(json.dumps(api.calculate(inputs).to_dict(), default=str))
    return {part.key: part for part in salary_parts(stored, result)}, result


def test_every_part_with_its_amount_and_what_is_left_out():
    parts, result = parts_of(case(leadership="0.5", public_service_percent="25", area="0.2", beyond_frame_percent="7"))
    assert parts["coefficient"].amount == 11_653_200  # 4,98 × 2.340.000
    assert parts["leadership"].amount == 1_170_000
    assert parts["beyond_frame_percent"].amount == 815_724  # 7% of the coefficient
    assert parts["public_service_percent"].amount == 3_409_731  # 25% of the three before
    assert parts["public_service_percent"].shown == "25%"
    assert (parts["area"].amount, parts["area"].counted) == (None, False)
    assert sum(part.amount or 0 for part in parts.values()) == result["monthly_salary"]


def test_the_retained_difference_is_left_out_before_the_amendment_counts_it():
    before, _ = parts_of(case(leave="2025-03-01", retained_difference="0.3"))
    after, _ = parts_of(case(leave="2025-04-01", retained_difference="0.3"))
    assert after["retained_difference"].amount == 702_000
    # Before 15/03/2025 both versions are computed and the higher one is owed: the applied version says what counted.
    assert before["retained_difference"].counted in (True, False)


def test_an_agreed_salary_has_no_parts():
    inputs = case(coefficient=None, agreed=12_000_000)
    inputs["person"]["category"] = "contract_worker"
    assert parts_of(inputs)[0] == {}


@given(
    st.decimals("1.00", "8.00", places=2),
    st.decimals("0", "1.2", places=2),
    st.dictionaries(st.sampled_from(PERCENTS), st.integers(1, 40), max_size=4),
    st.decimals("0", "1", places=2),
)
def test_the_parts_add_up_to_the_salary_but_for_the_rounding_of_each(coefficient, leadership, percents, retained):
    allowances = {
        "leadership": leadership,
        "retained_difference": retained,
        **{k: Decimal(v) for k, v in percents.items()},
    }
    parts, result = parts_of(case(coefficient, **allowances))
    counted = [part for part in parts.values() if part.counted]
    assert abs(sum(part.amount for part in counted) - result["monthly_salary"]) <= len(counted)
