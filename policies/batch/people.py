"""The frame as arrays: what the clauses of every decree ask about a person, read and checked once."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from policies.batch.columns import NO_DAY, Columns
from policies.batch.exact import Bools, Column, Ints, looked_up
from policies.engine import case as schema
from policies.engine import parsing
from policies.engine.dates import MONTHS_PER_YEAR

DECREE_WORDS = ("auto", *schema.DECREES)
BENEFIT_WORDS = ("auto", *schema.BENEFITS)

# Day numbers (``date.toordinal``) count from year 1, months of datetime64 from January 1970.
_EPOCH_INDEX = 1970 * MONTHS_PER_YEAR
_EPOCH_DAY = 719163
# First day of every month by its index; wide enough for any date the readers accept and what is added to it.
_MONTHS = 2400 * MONTHS_PER_YEAR
_FIRST_DAYS = (np.arange(_MONTHS, dtype=np.int64) - _EPOCH_INDEX).astype("datetime64[M]").astype(
    "datetime64[D]"
).astype(np.int64) + _EPOCH_DAY


@dataclass(frozen=True, slots=True)
class Days:
    """Day numbers with month index and day of month; ``known`` is False for empty cells."""

    number: Ints
    index: Ints
    day: Ints
    known: Bools
    # Congress, reorganisation and term lie still while the leave month moves: their borders are computed once.
    memo: dict[int, Ints] = field(default_factory=dict, compare=False)

    def take(self, rows: Ints | slice) -> Days:
        """Some rows; a slice shares the memory."""
        return Days(self.number[rows], self.index[rows], self.day[rows], self.known[rows])

    def add_months(self, months: int | Ints) -> Ints:
        """Day numbers ``months`` later; a day that does not exist becomes the last of its month."""
        known = self.memo.get(months) if isinstance(months, int) else None
        if known is not None:
            return known
        if self.index.strides == (0,) and isinstance(months, int) and len(self.index) > 1:
            return np.broadcast_to(self.take(np.zeros(1, dtype=np.int64)).add_months(months)[0], self.index.shape)
        index = self.index + months
        first = first_day(index)
        length = first_day(index + 1) - first
        found: Ints = first + np.minimum(self.day, length) - 1
        if isinstance(months, int):
            self.memo[months] = found
        return found


def first_day(index: Ints) -> Ints:
    """Day number (``date.toordinal``) of the first day of a month index."""
    found: Ints = looked_up(_FIRST_DAYS, index)
    return found


def split_days(number: Ints) -> Days:
    """Month index and day of month of day numbers."""
    if number.strides == (0,) and len(number) > 1:  # one day for everybody: computed once
        one = split_days(number[:1])
        shape = number.shape
        parts = (one.number, one.index, one.day, one.known)
        return Days(*(np.broadcast_to(part[0], shape) for part in parts))  # type: ignore[arg-type]
    known = number != NO_DAY
    safe = np.where(known, number, _EPOCH_DAY)
    months = (safe - _EPOCH_DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    index = months + _EPOCH_INDEX
    return Days(safe, index, safe - first_day(index) + 1, known)


@dataclass(frozen=True, slots=True)
class People:
    """One array per fact, all of the same length. Words are positions in the tuples of ``policies.engine.case``."""

    decree: Ints
    benefit: Ints
    male: Bools
    birth_index: Ints
    category: Ints
    annex_2: Bools
    insured: Ints
    public: Ints
    group_177: Ints
    group_179: Ints
    coefficient: Column
    agreed: Ints
    average: Ints
    affected: Bools
    effective: Days
    leave: Days
    decided: Days
    voluntary: Bools
    child: Bools
    discipline: Bools
    earlier: Ints
    congress: Days
    term_ends: Days
    old_allowance: Column
    old_given: Bools
    new_allowance: Column
    new_given: Bools
    to_province: Bools
    recruited: Days
    recognised: Days
    old_contract_false: Bools
    education: Bools
    top_up: Ints
    staff_reduction: Bools
    notice: Days
    goes_on: Bools
    group_nq07: Ints
    drawn: Days
    special_area: Bools
    from_140: Bools
    stopped: Days
    top_up_decided: Days
    allowances: dict[str, Column]
    coefficient_digits: int
    percent_digits: int
    # What does not change with the leave month (pension months, salary in shares of the base): computed once.
    memo: dict[Any, Any] = field(default_factory=dict, compare=False)

    @property
    def any_agreed(self) -> bool:
        """Whether anybody has an agreed salary."""
        found = self.memo.get("any agreed")
        if found is None:
            found = self.memo["any agreed"] = bool((self.agreed > 0).any())
        return bool(found)

    @property
    def size(self) -> int:
        """Number of rows."""
        return len(self.decree)

    def take(self, rows: Ints | slice) -> People:
        """Some rows in ascending order; a slice shares the memory, all rows are the people themselves."""
        if not isinstance(rows, slice) and len(rows) == self.size:
            return self
        values: dict[str, Any] = {}
        for item in fields(self):
            if item.name == "memo":
                continue
            value = getattr(self, item.name)
            if isinstance(value, np.ndarray):
                value = value[rows]
            elif isinstance(value, Days):
                value = value.take(rows)
            elif isinstance(value, dict):
                value = {name: column[rows] for name, column in value.items()}
            values[item.name] = value
        return People(**values)


def _days(c: Columns, name: str) -> Days:
    """The days of a column; where all are the same, split once for all parts of a size."""
    number = c.days(name, required=name == "leave_date")
    if number.strides != (0,) or not len(number):
        return split_days(number)
    key = (int(number[0]), len(number))
    known: Days | None = c.split.get(key)
    if known is None:
        known = c.split[key] = split_days(number)
    return known


def read_people(c: Columns) -> People:
    """All columns of a frame; faults are collected in ``c.faults``."""
    birth_index, birth_day = c.birth()
    insured = c.wholes("social_insurance_months", parsing.LONGEST_MONTHS, "tháng", required=True)
    public = c.wholes("public_service_months", parsing.LONGEST_MONTHS, "tháng", empty=-1)
    leave = _days(c, "leave_date")
    affected = c.booleans("directly_affected", False)
    effective = _days(c, "restructuring_effective_date")
    level, digits = c.decimals(_COEFFICIENTS, parsing.HIGHEST_COEFFICIENT)
    rate, rate_digits = c.decimals(_PERCENTS, parsing.HIGHEST_PERCENT)
    if c.rows.start == 0:
        _check_unused(c)
    agreed = c.wholes("agreed_amount", parsing.HIGHEST_AMOUNT, "đồng")
    people = People(
        decree=c.decrees("decree", DECREE_WORDS, "auto"),
        benefit=c.words("benefit", BENEFIT_WORDS, "auto"),
        male=c.words("sex", schema.SEXES, None, required=True) == 0,
        birth_index=birth_index,
        category=c.words("category", schema.CATEGORIES, None, required=True),
        annex_2=c.words("retirement_annex", schema.ANNEXES, "I") == 1,
        insured=insured,
        public=np.where(public < 0, insured, public) if c.has("public_service_months") else insured,
        group_177=c.words("group_177", schema.GROUPS_177, None),
        group_179=c.words("group_179", schema.GROUPS_179, None),
        coefficient=level["coefficient"],
        agreed=agreed,
        average=c.wholes("average_60_months", parsing.HIGHEST_AMOUNT, "đồng", empty=-1),
        affected=affected,
        effective=effective,
        leave=leave,
        decided=_days(c, "decision_date"),
        voluntary=c.booleans("voluntary", True),
        child=c.booleans("pregnant_or_child_under_36_months", False),
        discipline=c.booleans("under_discipline_or_investigation", False),
        earlier=c.decrees("earlier_benefit", schema.DECREES, None),
        congress=_days(c, "congress_date"),
        term_ends=_days(c, "term_ends"),
        old_allowance=level["old_leadership_allowance"],
        old_given=c.given("old_leadership_allowance"),
        new_allowance=level["new_leadership_allowance"],
        new_given=c.given("new_leadership_allowance"),
        to_province=c.words("secondment_level", schema.SECONDMENT_LEVELS, None) == 1,
        recruited=_days(c, "recruited_on"),
        recognised=_days(c, "recognised_on"),
        old_contract_false=c.given("contract_before_2019") & ~c.booleans("contract_before_2019", True),
        education=c.booleans("education_or_health", False),
        top_up=c.wholes("local_top_up", parsing.HIGHEST_AMOUNT, "đồng"),
        staff_reduction=c.given("ground_154"),
        notice=_days(c, "retirement_notice_on"),
        goes_on=c.booleans("continues_working", False),
        group_nq07=c.words("group_nq07", schema.GROUPS_NQ07, None),
        drawn=_days(c, "benefit_drawn_from"),
        special_area=c.booleans("special_area", False),
        from_140=c.booleans("recruited_under_140", False),
        stopped=_days(c, "talent_stopped_on"),
        top_up_decided=_days(c, "local_top_up_decided_on"),
        allowances={**{n: level[n] for n in ("leadership", "retained_difference")}, **rate},
        coefficient_digits=digits,
        percent_digits=rate_digits,
    )
    _check_rows(c, people, birth_day, public)
    return people


_COEFFICIENTS = (
    "coefficient",
    "leadership",
    "retained_difference",
    "old_leadership_allowance",
    "new_leadership_allowance",
)
_PERCENTS = ("beyond_frame_percent", *schema.PERCENT_ALLOWANCES)


def _check_unused(c: Columns) -> None:
    """What decides no amount is checked like the rest, once for the whole frame."""
    for name in schema.OTHER_ALLOWANCES:
        c.decimals((name,), parsing.HIGHEST_PERCENT if name.endswith("_percent") else parsing.HIGHEST_COEFFICIENT)
    c.words("ground_154", schema.GROUNDS_154, None)
    c.words("talent_stop_event", schema.TALENT_STOPS, None)
    c.booleans("leader", False)
    c.booleans("leaders_above_quota", False)


def _check_rows(c: Columns, p: People, birth_day: Ints, public: Ints) -> None:
    """The faults of a single case that join two columns; cells already found wrong are not compared."""
    bad = c.bad[c.rows].copy()

    def fault_where(wrong: Bools, name: str, message: str) -> None:
        if wrong.any():
            c.fault_where(wrong & ~bad, name, message)

    if c.has("public_service_months"):
        fault_where(public > p.insured, "public_service_months", "lớn hơn số tháng đóng bảo hiểm xã hội")
    paid, coefficient = c.given("agreed_amount"), c.given("coefficient")
    if c.has("agreed_amount"):
        fault_where(paid & coefficient, "agreed_amount", "chỉ ghi một trong hai: hệ số lương hoặc lương thỏa thuận")
        fault_where(paid & (p.agreed <= 0), "agreed_amount", "phải lớn hơn 0")
    fault_where(~paid & ~coefficient, "coefficient", "thiếu; ghi hệ số lương hoặc lương thỏa thuận")
    fault_where(coefficient & (p.coefficient <= 0), "coefficient", "phải lớn hơn 0")
    fault_where(
        p.affected & ~p.effective.known,
        "restructuring_effective_date",
        "thiếu; người chịu tác động trực tiếp cần ngày hiệu lực của văn bản sắp xếp",
    )
    early = p.leave.number <= birth_day
    fault_where(early, "leave_date", "không sau ngày sinh; hãy kiểm tra hai ngày")
    if c.has("decision_date"):
        fault_where(p.decided.known & (p.decided.number <= birth_day), "decision_date", "không sau ngày sinh")
    working = p.leave.index - p.birth_index - parsing.WORKING_AGE_YEARS * MONTHS_PER_YEAR
    fault_where(
        ~early & (p.insured > np.maximum(working, 0)),
        "social_insurance_months",
        "dài hơn đời làm việc; hãy kiểm tra ngày sinh, ngày nghỉ và số tháng",
    )
