"""The average a pension is worked out from: State scale, employer-set pay, one after the other; only known months."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from policies.engine.case import Salary
from policies.pension import Pay, average_of_career, insured_coefficient
from policies.store import default_store

BEFORE, AFTER = date(2015, 12, 1), date(2016, 1, 1)
PENSION = date(2025, 8, 1)


def scale(coefficient: str, **allowances: str) -> Salary:
    return Salary(
        coefficient=Decimal(coefficient), allowances={name: Decimal(value) for name, value in allowances.items()}
    )


def test_only_the_named_parts_are_insured() -> None:
    """Điều 31 khoản 1: rank, leadership, over-frame, seniority, retained difference; no public-service allowance."""
    components = default_store().at("pension.base_components", PENSION)
    every = scale(
        "4", leadership="0.5", beyond_frame_percent="10", seniority_percent="20", retained_difference="0.3",
        public_service_percent="25", profession_preferential_percent="30", area="0.7",
    )  # fmt: skip
    assert insured_coefficient(every, components) == (Decimal("4.9")) * Decimal("1.2") + Decimal("0.3")


def test_who_began_before_2016_is_averaged_on_the_base_salary_of_the_pension_day() -> None:
    pays = [Pay(date(2010, 1, 1), date(2025, 7, 31), scale("4.00"))]
    found = average_of_career(pays, BEFORE, PENSION)
    assert (found.amount, found.by_year) == (4 * 2_340_000, False)


def test_who_began_in_2016_is_averaged_on_what_was_paid_then_raised_by_the_year() -> None:
    pays = [Pay(date(2016, 1, 1), date(2016, 12, 31), scale("2.34"))]
    found = average_of_career(pays, AFTER, PENSION)
    paid = 4 * 2.34 * 1_150_000 + 8 * 2.34 * 1_210_000
    assert found.by_year and abs(found.amount - paid * 1.32 / 12) <= 1


def test_one_career_after_the_other_is_weighted_by_months() -> None:
    """Điều 72 khoản 3: the State part by its coefficients, the rest by its years."""
    pays = [
        Pay(date(2023, 1, 1), date(2023, 12, 31), scale("3.00")),
        Pay(date(2025, 1, 1), date(2025, 6, 30), Salary(agreed_amount=10_000_000)),
    ]
    found = average_of_career(pays, BEFORE, PENSION)
    assert found.amount == (12 * 3 * 2_340_000 + 6 * 10_000_000) // 18
    assert found.months == 18
