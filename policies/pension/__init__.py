"""Pension law as far as leave benefits and the planner need it (Luật BHXH 41/2024/QH15): conditions and an estimate."""

from policies.pension.average import (
    AveragePart,
    CoefficientPeriod,
    PaidYear,
    average_of_coefficients,
    average_of_paid_years,
    average_of_parts,
    years_counted,
)
from policies.pension.career import CareerAverage, Pay, average_of_career, insured_coefficient
from policies.pension.estimate import PensionEstimate, PensionQuestion, estimate

__all__ = [
    "AveragePart",
    "CareerAverage",
    "CoefficientPeriod",
    "PaidYear",
    "Pay",
    "PensionEstimate",
    "PensionQuestion",
    "average_of_career",
    "average_of_coefficients",
    "average_of_paid_years",
    "average_of_parts",
    "estimate",
    "insured_coefficient",
    "years_counted",
]
