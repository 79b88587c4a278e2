"""Retirement age, pension day and the time of early leave (BLLĐ 2019 Điều 169, NĐ 135/2020/NĐ-CP)."""

from policies.retirement.age import (
    RetirementAge,
    notice_dates,
    pension_date,
    retirement_age,
)

__all__ = ["RetirementAge", "notice_dates", "pension_date", "retirement_age"]
