"""The few shapes in which the decrees grant money, each with its formula in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from policies.engine.money import Number, add, mul, sub
from policies.engine.parameters import Version

if TYPE_CHECKING:
    from policies.leave import LeaveFacts

ZERO = Decimal(0)
SERVICE_LABEL = "Trợ cấp theo thời gian công tác có đóng BHXH bắt buộc"


@dataclass(frozen=True, slots=True)
class Amount:
    """What a clause grants: ``factor`` times ``base`` đồng. ``article`` overrides that of the clause."""

    code: str
    label: str
    factor: Decimal
    base: int
    template: str
    args: tuple[object, ...]
    article: str | None = None


def flat(code: str, label: str, months: Number, base: int, article: str | None = None) -> Amount:
    """A number of months of salary."""
    return Amount(code, label, Decimal(months), base, "{0} tháng × {1}", (months, base), article)


def by_months(code: str, label: str, factor: Number, months: int, base: int, article: str | None = None) -> Amount:
    """So much salary for each of a number of months."""
    return Amount(code, label, mul(factor, months), base, "{0} × {1} tháng × {2}", (factor, months, base), article)


def by_years(code: str, label: str, months: Number, years: Decimal, base: int, article: str | None = None) -> Amount:
    """Months of salary for each year, years in halves."""
    return Amount(code, label, mul(months, years), base, "{0} tháng × {1} năm × {2}", (months, years, base), article)


def early_years(f: LeaveFacts, months: Number, base: int, article: str | None = None) -> Amount:
    """Months of salary for each year of early leave."""
    f.note_partial_month()
    return by_years("early_years", "Trợ cấp theo số năm nghỉ hưu trước tuổi", months, f.years, base, article)


def insured_years(f: LeaveFacts, months: Number, base: int, article: str | None = None) -> Amount:
    """Months of salary for each year of compulsory insurance (severance)."""
    label = "Trợ cấp theo số năm đóng BHXH bắt buộc"
    return by_years("severance_years", label, months, f.insurance_years, base, article)


def job_search(months: Number, base: int) -> Amount:
    """Months of salary to look for work."""
    return flat("job_search", "Trợ cấp tìm việc làm", months, base)


def service(f: LeaveFacts, form: Version, base: int) -> Amount:
    """So many months for the first years of insurance and a part of a month for each year after them."""
    first, months, further = (form.value[k] for k in ("first_years", "first_months", "per_further_year"))
    more = max(ZERO, sub(f.insurance_years, first))
    return Amount(
        "service_years",
        SERVICE_LABEL,
        add(months, mul(further, more)),
        base,
        "({0} + {1} × {2} năm) × {3}",
        (months, further, more, base),
        form.article,
    )
