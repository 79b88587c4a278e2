"""The plan of an import: a good row becomes somebody new, somebody changed (with each difference), or nothing to do.

The dry run shows the plan, the import writes it. Blank cells never erase what is stored; a birth date known less
precisely than the stored one does not replace it; the same file twice changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Any

from flask_babel import gettext as _

from hrms.commands.staff import label
from hrms.commands.staff.counting import confirmed_through, count_months, last_day
from hrms.commands.staff.lookup import Rows, load_rows, on_day
from hrms.commands.staff_import.matching import Matcher
from hrms.commands.staff_import.units import UnitBook
from hrms.commands.staff_list import LABELS, StaffListReading, StaffRow
from hrms.kernel.history import as_text
from hrms.kernel.spreadsheets import CellError
from hrms.kernel.text import PartialDate, fold, months_to_words
from models.importing import StaffImport
from models.organization import OrgUnit
from models.staff import Person, SalaryRow
from models.vocabulary import CATEGORIES

SLICE = 1_000
_FINENESS = {"year": 0, "month": 1, "day": 2}
# Columns of the list that are columns of the person, as they are.
PLAIN = (
    "full_name", "sex", "category", "qualification", "general_education", "political_theory", "state_management",
    "foreign_language", "informatics", "is_party_member", "ethnicity", "religion", "home_place", "retirement_annex",
    "identity_number", "insurance_number",
)  # fmt: skip
DATES = ("recruited_on", "party_joined_on", "party_official_on")
SALARY = ("coefficient", "step", "grade_code", "grade_name", "agreed_amount", *SalaryRow.ALLOWANCES)
MASKED = {"identity_number", "insurance_number"}
# Titles of heads by their first words; "phó" before any of them makes a deputy.
_HEAD = re.compile(
    r"(giam doc|tong giam doc|truong phong|truong ban|truong khoa|truong tram|to truong|doi truong|chanh van phong"
    r"|chanh thanh tra|chi cuc truong|cuc truong|chu tich|bi thu|hieu truong|vien truong|chu nhiem|tong bien tap"
    r"|hat truong|ke toan truong)\b"
)
_DEPUTY = re.compile(r"(pho\b|quyen pho\b)")


def leader_rank(title: str) -> str:
    """head, deputy or nothing, from how a title begins."""
    words = fold(title)
    if _DEPUTY.match(words):
        return "deputy"
    return "head" if _HEAD.match(words) and not words.startswith("ke toan truong") else ""


@dataclass(frozen=True)
class Difference:
    """One field of a known person that the list says otherwise."""

    field: str
    label: str
    old: str
    new: str


@dataclass
class PlannedRow:
    """What will happen to one row. ``person_id`` is empty for somebody new."""

    row: int
    name: str
    kind: str  # new | changed | same
    unit: OrgUnit
    person_id: int | None = None
    person_version: int | None = None
    person: dict[str, Any] = field(default_factory=dict)  # columns to set
    post: dict[str, Any] | None = None
    salary: dict[str, Any] | None = None
    correct_salary_id: int | None = None  # a row that begins on or after the day of the list is corrected, not followed
    correct_post_id: int | None = None
    insurance_months: int | None = None
    differences: list[Difference] = field(default_factory=list)


@dataclass
class Plan:
    """The whole plan and what was wrong; ``errors`` and ``warnings`` are by row number."""

    rows: list[PlannedRow] = field(default_factory=list)
    errors: dict[int, list[CellError]] = field(default_factory=dict)
    warnings: dict[int, list[CellError]] = field(default_factory=dict)
    same: int = 0
    people: int = 0

    @property
    def new(self) -> int:
        return sum(row.kind == "new" for row in self.rows)

    @property
    def changed(self) -> int:
        return sum(row.kind == "changed" for row in self.rows)


Progress = Callable[[int, int], None]


@dataclass
class Planner:
    """Builds the :class:`Plan` of one import from its reading. Reads the database, writes nothing."""

    request: StaffImport
    reading: StaffListReading
    book: UnitBook

    def build(self, progress: Progress | None = None) -> Plan:
        plan = Plan()
        matcher = Matcher(self.book.target.path)
        taken: dict[int, int] = {}  # person → first row that means this person
        rows = self.reading.rows(progress)
        while part := list(islice(rows, SLICE)):
            self._slice(part, plan, matcher, taken)
        plan.people = self.reading.summary.people
        return plan

    def _slice(self, part: list[StaffRow], plan: Plan, matcher: Matcher, taken: dict[int, int]) -> None:
        matcher.load(part)
        found: list[tuple[StaffRow, OrgUnit, Person | None]] = []
        for row in part:
            if row.warnings:
                plan.warnings[row.row_number] = list(row.warnings)
            if row.errors:
                plan.errors[row.row_number] = row.errors
                continue
            unit, person, errors = self._place(row, plan, matcher)
            if person is not None and not errors and taken.setdefault(person.id, row.row_number) != row.row_number:
                errors = [
                    self._error(
                        row, "full_name", _("cùng một người với dòng %(row)s. Hãy xóa một dòng.", row=taken[person.id])
                    )
                ]
            if errors or unit is None:
                plan.errors[row.row_number] = errors
                continue
            found.append((row, unit, person))
        stored = load_rows([person.id for _row, _unit, person in found if person is not None])
        for row, unit, person in found:
            planned = (
                self._new(row, unit, plan) if person is None else self._known(row, unit, person, stored[person.id])
            )
            if planned is None:
                continue
            if planned.kind == "same":
                plan.same += 1
            else:
                plan.rows.append(planned)

    def _place(
        self, row: StaffRow, plan: Plan, matcher: Matcher
    ) -> tuple[OrgUnit | None, Person | None, list[CellError]]:
        errors: list[CellError] = []
        unit, problem, remark = self.book.resolve(str(row.values.get("unit", "")), row.section)
        if problem:
            errors.append(self._error(row, "unit", problem))
        elif remark:
            plan.warnings.setdefault(row.row_number, []).append(self._error(row, "unit", remark, "warning"))
        person, key, problem = matcher.find(row)
        if problem:
            errors.append(self._error(row, key, problem))
        return unit, person, errors

    def _error(self, row: StaffRow, key: str, message: str, severity: Any = "error") -> CellError:
        value = "" if key in MASKED else str(row.values.get(key, ""))
        index = self.reading.mapping.columns.get(key)
        letter = "" if index is None else next((c.letter for c in self.reading.header.columns if c.index == index), "")
        return CellError(row.row_number, letter, LABELS.get(key, ""), value, message, severity, key)

    # -- somebody new
    def _new(self, row: StaffRow, unit: OrgUnit, plan: Plan) -> PlannedRow | None:
        values = row.values
        category = values.get("category") or self._category(values, unit)
        if not category:
            plan.errors[row.row_number] = [
                self._error(row, "category", _("chưa biết là cán bộ, công chức, viên chức hay hợp đồng. Hãy thêm cột "
                                               "Loại cán bộ hoặc chọn loại mặc định khi nhập."))
            ]  # fmt: skip
            return None
        if "coefficient" in values and "agreed_amount" in values:
            plan.errors[row.row_number] = [
                self._error(
                    row, "agreed_amount", _("vừa có hệ số lương vừa có lương thỏa thuận. Hãy giữ một trong hai.")
                )
            ]
            return None
        planned = PlannedRow(row.row_number, values["full_name"], "new", unit)
        planned.person = {**self._person_values(values), "category": category}
        if values.get("code"):
            planned.person["code"] = values["code"]
        planned.post = self._post(values, self.request.as_of)
        planned.salary = self._first_salary(values)
        planned.insurance_months = values.get("social_insurance_months")
        return planned

    def _category(self, values: dict[str, Any], unit: OrgUnit) -> str:
        """From the grade code and the unit where the list has no such column; else what the officer chose."""
        grade = str(values.get("grade_code", "")).upper()
        if "agreed_amount" in values:
            return "contract_worker"
        if unit.level == "COMMUNE" or unit.kind in {"commune", "commune_office"}:
            return "commune_official"
        if grade.startswith("V."):
            return "public_employee"
        if grade.startswith(("01.", "06.", "13.", "21.", "07.")):
            return self.request.default_category or "civil_servant"
        return self.request.default_category

    def _person_values(self, values: dict[str, Any]) -> dict[str, Any]:
        birth: PartialDate = values["birth_date"]
        found: dict[str, Any] = {key: values[key] for key in PLAIN if key in values}
        found.update({key: values[key].value for key in DATES if isinstance(values.get(key), PartialDate)})
        found.update(birth_date=birth.value, birth_precision=birth.precision)
        if values.get("party_joined_on") is not None:
            found.setdefault("is_party_member", True)
        if values.get("note"):
            found["note"] = values["note"]
        return found

    def _post(self, values: dict[str, Any], start: date) -> dict[str, Any]:
        title = str(values.get("title", ""))
        return {"title": title, "leader_rank": leader_rank(title), "valid_from": start}

    def _first_salary(self, values: dict[str, Any]) -> dict[str, Any] | None:
        given = self._salary_values(values)
        if "coefficient" not in given and "agreed_amount" not in given:
            return None
        since = values.get("step_counted_from")
        # The step has been held since the day the list names; without it the list's own day is all one knows.
        start = min(since.value, self.request.as_of) if isinstance(since, PartialDate) else self.request.as_of
        return {
            **given,
            "valid_from": start,
            "step_counted_from": since.value if isinstance(since, PartialDate) else None,
        }

    def _salary_values(self, values: dict[str, Any]) -> dict[str, Any]:
        given = {key: values[key] for key in SALARY if key in values}
        if values.get("other"):
            given["other_allowances"] = {_("Phụ cấp khác"): str(values["other"])}
        return given

    # -- somebody known
    def _known(self, row: StaffRow, unit: OrgUnit, person: Person, rows: Rows) -> PlannedRow:
        values, day = row.values, self.request.as_of
        planned = PlannedRow(row.row_number, person.full_name, "same", unit, person.id, person.version)
        for key, new in self._person_values(values).items():
            if key in {"birth_date", "birth_precision", "note"}:
                continue
            old = getattr(person, key)
            if key == "full_name" and fold(str(old)) == fold(str(new)) and str(new).isupper():
                continue  # capitals are the list's way of writing, not another name
            if old != new:
                planned.person[key] = new
                self._differ(planned, key, old, new)
        self._birth(planned, person, values["birth_date"])
        if values.get("code") and values["code"] != person.code:
            planned.person["code"] = values["code"]
            self._differ(planned, "code", person.code, values["code"])
        self._post_change(planned, person, values, unit, rows, day)
        self._salary_change(planned, values, rows, day)
        self._insurance_change(planned, person, values, rows, day)
        planned.kind = "changed" if planned.differences else "same"
        return planned

    def _differ(self, planned: PlannedRow, key: str, old: Any, new: Any, name: str = "") -> None:
        if key in MASKED:
            old, new = ("••••" if old else ""), "••••"
        if key == "category":
            old, new = CATEGORIES.get(str(old), old), CATEGORIES.get(str(new), new)
        planned.differences.append(
            Difference(key, name or LABELS.get(key) or label(key), as_text(old) or "", as_text(new) or "")
        )

    def _birth(self, planned: PlannedRow, person: Person, given: PartialDate) -> None:
        stored = PartialDate(person.birth_date, person.birth_precision)  # type: ignore[arg-type]
        if given == stored:
            return
        coarser = _FINENESS[given.precision] < _FINENESS[stored.precision]
        agrees = given.value.year == stored.value.year and (
            given.precision == "year" or given.value.month == stored.value.month
        )
        if coarser and agrees:
            return
        planned.person.update(birth_date=given.value, birth_precision=given.precision)
        self._differ(planned, "birth_date", str(stored), str(given))

    def _post_change(
        self, planned: PlannedRow, person: Person, values: dict[str, Any], unit: OrgUnit, rows: Rows, day: date
    ) -> None:
        main = [post for post in rows.appointments if post.kind == "main"]
        current = on_day(main, day)
        title = str(values.get("title", "")) or (current.title if current else "")
        if current is not None and current.unit_id == unit.id and fold(current.title) == fold(title):
            return
        planned.post = {"title": title, "leader_rank": leader_rank(title), "valid_from": day}
        if current is not None and current.valid_from >= day:
            planned.correct_post_id = current.id
        if current is None or current.unit_id != unit.id:
            self._differ(planned, "unit", person.unit.name if person.unit else "", unit.name)
        if current is None or fold(current.title) != fold(title):
            self._differ(planned, "title", current.title if current else "", title)

    def _salary_change(self, planned: PlannedRow, values: dict[str, Any], rows: Rows, day: date) -> None:
        given = self._salary_values(values)
        current = on_day(rows.salaries, day)
        if not given:
            return
        if current is None:
            if "coefficient" in given or "agreed_amount" in given:
                planned.salary = {**given, "valid_from": day, "step_counted_from": None}
                for key, new in given.items():
                    self._differ(planned, key, None, new)
            return
        changed = {key: new for key, new in given.items() if _plain(getattr(current, key)) != _plain(new)}
        if not changed:
            return
        for key, new in changed.items():
            self._differ(planned, key, getattr(current, key), new)
        kept = {key: getattr(current, key) for key in (*SALARY, "scale_code", "other_allowances")}
        if "coefficient" in changed:
            kept["agreed_amount"] = None
        if "agreed_amount" in changed:
            kept["coefficient"] = None
        since = values.get("step_counted_from")
        start = day
        if isinstance(since, PartialDate) and current.valid_from < since.value <= day:
            start = since.value
        planned.salary = {
            **kept, **changed, "valid_from": start,
            "step_counted_from": since.value if isinstance(since, PartialDate) else current.step_counted_from,
        }  # fmt: skip
        if current.valid_from >= start:
            planned.correct_salary_id = current.id
            planned.salary["valid_from"] = current.valid_from

    def _insurance_change(
        self, planned: PlannedRow, person: Person, values: dict[str, Any], rows: Rows, day: date
    ) -> None:
        given = values.get("social_insurance_months")
        if given is None:
            return
        services = [(post.valid_from, post.valid_to) for post in rows.appointments if post.kind == "main"]
        until = date.fromordinal(last_day(confirmed_through(day)).toordinal() + 1)
        counted = count_months(rows.insurance, services, until, person.left_on)
        if counted.known and counted.total == given:
            return
        planned.insurance_months = given
        old = months_to_words(counted.total) if counted.known else ""
        planned.differences.append(
            Difference("social_insurance_months", _("Thời gian đóng BHXH"), old, months_to_words(given))
        )


def _plain(value: Any) -> Any:
    """Nothing, an empty text and zero say the same about an allowance."""
    if value is None or value == "":
        return None
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value) if value else None
    return value


def in_slices(rows: Iterable[PlannedRow], size: int = SLICE) -> Iterator[list[PlannedRow]]:
    source = iter(rows)
    while part := list(islice(source, size)):
        yield part
