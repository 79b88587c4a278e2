"""Base salary, scales, allowances and the monthly salary on which benefits are counted."""

from policies.salary.formula import MonthlySalary, monthly_salary
from policies.salary.scales import (
    PositionAllowance,
    Scale,
    is_on_scale,
    position_allowances,
    scales,
    steps_with_coefficient,
)

__all__ = [
    "MonthlySalary",
    "PositionAllowance",
    "Scale",
    "is_on_scale",
    "monthly_salary",
    "position_allowances",
    "scales",
    "steps_with_coefficient",
]
