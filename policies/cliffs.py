"""Dates on which the law changes the answer for a person.

All of them are read from parameters (their values, or the first day of a later version), so a new version of a
parameter shows up here and on the charts without a line of code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from policies.engine.case import Case
from policies.engine.dates import add_months, first_of_index, month_index
from policies.engine.parameters import ParameterStore
from policies.retirement.age import pension_date


@dataclass(frozen=True, slots=True)
class Cliff:
    """From ``date`` on (a leave date) the answer may be another; ``label`` says what changes, ``article`` by what."""

    date: date
    label: str
    article: str


# Parameters whose value is the last day of a period: the change comes the day after.
_LAST_DAYS = {
    "nd178.window.leave_last": "hết thời hạn nghỉ theo NĐ 178/2024/NĐ-CP",
    "nd178.window.roadmap_leave_last": "hết thời hạn nghỉ theo lộ trình của NĐ 178/2024/NĐ-CP",
    "nd154.window.last": "hết thời hạn của NĐ 154/2025/NĐ-CP",
    "nd29.window.last": "hết hiệu lực NĐ 29/2023/NĐ-CP",
}
_FIRST_DAYS = {
    "nd178.window.first_leave": "bắt đầu áp dụng NĐ 178/2024/NĐ-CP",
    "nd178.amended_from": "NĐ 67/2025/NĐ-CP sửa đổi có hiệu lực",
    "nd154.window.first": "bắt đầu áp dụng NĐ 154/2025/NĐ-CP",
}
# Months before the pension day at which a band begins or ends.
_BANDS = {
    "nd178.band.two_years": "còn dưới 02 năm đến tuổi nghỉ hưu",
    "nd178.band.five_years": "còn từ đủ 05 năm trở xuống đến tuổi nghỉ hưu",
}
_DATED = {
    "nd178.service": "cách tính trợ cấp theo thời gian đóng BHXH thay đổi",
    "pension.min_insurance_months": "thời gian đóng BHXH tối thiểu để hưởng lương hưu thay đổi",
}


def named_cliffs(case: Case, store: ParameterStore) -> list[Cliff]:
    """Every cliff of the leave decrees for this person, by date; several on one day stay separate."""
    known = set(store.names())
    found: list[Cliff] = []
    for name, label in _LAST_DAYS.items():
        if name in known:
            found += [Cliff(v.value + timedelta(days=1), label, v.article) for v in store.versions(name)]
    for name, label in _FIRST_DAYS.items():
        if name in known:
            found += [Cliff(v.value, label, v.article) for v in store.versions(name)]
    for name, label in _DATED.items():
        found += [Cliff(v.valid_from, label, v.article) for v in store.versions(name)[1:]]
    for version in store.versions("salary.base"):
        # The base salary of the month before the leave counts, so a new one is felt one month later.
        start = add_months(version.valid_from, 1)
        found.append(Cliff(start, "lương cơ sở mới được tính vào tiền lương tháng", version.article))
    pension = pension_date(
        store, case.person.sex, case.person.birth_date, case.person.retirement_annex, case.leave_date
    )
    found += _bands(case, store, pension)
    found.append(Cliff(pension, "đủ tuổi nghỉ hưu", "Điều 169 BLLĐ 2019; NĐ 135/2020/NĐ-CP"))
    months = store.versions("nd178.first12.months")[0]
    if case.effective_date is not None and case.directly_affected:
        found.append(
            Cliff(add_months(case.effective_date, months.value), "hết 12 tháng đầu kể từ ngày sắp xếp", months.article)
        )
    if not case.directly_affected:
        start_7a = store.versions("nd178.7a.first12.starts")[0]
        found.append(
            Cliff(add_months(start_7a.value, months.value), "hết 12 tháng kể từ 15/03/2025 (Điều 7a)", start_7a.article)
        )
    return sorted(found, key=lambda c: (c.date, c.label))


def _bands(case: Case, store: ParameterStore, pension: date) -> list[Cliff]:
    found: list[Cliff] = []
    for name, label in _BANDS.items():
        version = store.versions(name)[0]
        border = add_months(pension, -version.value)
        # Exactly the limit still belongs to the longer band at two years and to the shorter one at five.
        day = border if name.endswith("five_years") else add_months(border, 1)
        found.append(Cliff(day, label, version.article))
    if case.person.retirement_annex == "I":
        ten = store.versions("nd178.early.max_months")[0]
        found.append(
            Cliff(add_months(pension, -ten.value["I"]), "còn từ đủ 10 năm trở xuống đến tuổi nghỉ hưu", ten.article)
        )
    return found


def profile_dates(start: date, months: int) -> list[date]:
    """First days of ``months`` months, beginning with the month of ``start``."""
    index = month_index(start)
    return [first_of_index(index + i) for i in range(months)]
