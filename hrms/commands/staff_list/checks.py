"""What the cells of one row say together: one birth date and sex, one salary, one insurance time, a possible order."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from hrms.commands.staff_list.fields import LABELS
from hrms.commands.staff_list.parsers import Grade, SalaryGrade, Step, WholeTime
from hrms.kernel.spreadsheets import CellError, RowParser
from hrms.kernel.text import (
    PartialDate,
    add_years,
    age_on,
    format_decimal,
    format_partial,
    full_months,
    months_to_words,
    name_sort_key,
    split_name,
)
from policies.salary import is_on_scale

# Bounds of what can be, not of what the law grants: work before 15 or after 80 is a slip of the keyboard.
YOUNGEST, OLDEST = 15, 80

Values = dict[str, Any]


class RowChecks:
    """Joins and compares the parsed cells of a row. ``as_of`` is the day the list is read."""

    def __init__(self, parser: RowParser, mapped: Collection[str], as_of: date, known_grades: Collection[str]) -> None:
        self._parser = parser
        self._mapped = frozenset(mapped)
        self._as_of = as_of
        self._known_grades = known_grades

    def run(self, number: int, values: Values, errors: list[CellError]) -> None:
        """Turn field values into record values in place, adding what is wrong to ``errors``."""
        broken = {error.key for error in errors}
        report = _Report(self._parser, number, errors)
        self._name(values, broken, report)
        self._sex_and_birth(values, broken, report)
        self._salary(values, report)
        self._insurance(values, report)
        self._order_of_life(values, report)
        self._identity(values, report)

    @staticmethod
    def _name(values: Values, broken: set[str], report: _Report) -> None:
        family = values.pop("family_name", "")
        given = values.pop("given_name", "")
        full = values.get("full_name", "") or family
        if given and split_name(full).given.lower() != given.lower():
            full = f"{full} {given}".strip()
        if full:
            values["full_name"] = full
        elif not broken & {"full_name", "family_name", "given_name"}:
            report("full_name", _("chưa có họ tên. Hãy điền họ và tên, hoặc xóa dòng này."))

    def _sex_and_birth(self, values: Values, broken: set[str], report: _Report) -> None:
        male, female = values.pop("birth_date_male", None), values.pop("birth_date_female", None)
        man, woman = values.pop("male_mark", False), values.pop("female_mark", False)
        told: set[str] = {values["sex"]} if "sex" in values else set()
        if male is not None and female is not None:
            message = _("ngày sinh ghi ở cả cột Nam và cột Nữ. Hãy chỉ ghi ở cột đúng giới tính.")
            report("birth_date_female", message, format_partial(female))
            broken = broken | {"sex"}
        elif male is not None or female is not None:
            values.setdefault("birth_date", male or female)
            told.add("male" if male is not None else "female")
        told |= ({"male"} if man else set()) | ({"female"} if woman else set())
        if not told and "female_mark" in self._mapped and not self._mapped & {"male_mark", "sex", "birth_date_male"}:
            told.add("male")  # a single column "Nữ" ticks the women
        if len(told) == 1:
            values["sex"] = told.pop()
        elif told:
            values.pop("sex", None)
            report("sex", _("giới tính ghi không thống nhất giữa các cột. Hãy sửa cho khớp."))
        elif not broken & {"sex", "birth_date_male", "birth_date_female", "male_mark", "female_mark"}:
            in_pair = self._mapped & {"birth_date_male", "birth_date_female"}
            key = "birth_date_male" if in_pair and "sex" not in self._mapped else "sex"
            if not in_pair or "sex" in self._mapped or "birth_date" in values:
                report(key, _("chưa có giới tính. Hãy ghi Nam hoặc Nữ."))
        if "birth_date" not in values and not broken & {"birth_date", "birth_date_male", "birth_date_female", "sex"}:
            if self._mapped & {"birth_date_male", "birth_date_female"}:
                report("birth_date_male", _("chưa có ngày sinh ở cả cột Nam và cột Nữ. Hãy ghi ở cột đúng giới tính."))
            else:
                report("birth_date", _("chưa có ngày sinh. Hãy ghi dd/mm/yyyy, mm/yyyy hoặc yyyy."))

    def _salary(self, values: Values, report: _Report) -> None:
        parts: dict[str, tuple[str, Any]] = {}

        def tell(key: str, source: str, value: Any) -> None:
            if value is None:
                return
            if key in parts and parts[key][1] != value:
                other = self._parser.label(parts[key][0])
                report(source, _("không khớp với cột %(other)s. Hãy sửa cho khớp.", other=other), str(value))
                return
            parts.setdefault(key, (source, value))

        for source in ("coefficient", "step", "grade_code", "salary_grade"):
            cell = values.pop(source, None)
            if isinstance(cell, SalaryGrade):
                tell("coefficient", source, cell.coefficient)
                cell_step, cell_grade = cell.step, cell.grade
            else:
                cell_step = cell if isinstance(cell, Step) else None
                cell_grade = cell if isinstance(cell, Grade) else None
                tell("coefficient", source, cell if isinstance(cell, Decimal) else None)
            if cell_step:
                tell("step", source, cell_step.number)
                tell("steps", source, cell_step.of)
                if cell_step.beyond_frame_percent is not None and "beyond_frame_percent" not in values:
                    values["beyond_frame_percent"] = cell_step.beyond_frame_percent
            if cell_grade:
                tell("grade_code", source, cell_grade.code or None)
                tell("grade_name", source, cell_grade.name or None)
        values.update({key: value for key, (_source, value) in parts.items()})
        self._salary_makes_sense(values, {key: source for key, (source, _value) in parts.items()}, report)

    def _salary_makes_sense(self, values: Values, sources: dict[str, str], report: _Report) -> None:
        coefficient = values.get("coefficient")
        if coefficient is not None and "agreed_amount" in values:
            message = _("có cả lương thỏa thuận và hệ số lương. Hãy chỉ giữ một trong hai.")
            report("agreed_amount", message, str(values["agreed_amount"]))
        if coefficient is not None and not is_on_scale(coefficient):
            shown = format_decimal(coefficient)
            message = _("hệ số %(value)s không có trong các bảng lương. Hãy kiểm tra lại.", value=shown)
            report.warn(sources["coefficient"], message, shown)
        code = values.get("grade_code")
        if code and code not in self._known_grades:
            message = _("mã ngạch %(value)s chưa có trong danh mục. Hãy kiểm tra lại.", value=code)
            report.warn(sources["grade_code"], message, code)
        step, steps = values.get("step"), values.get("steps")
        if values.get("beyond_frame_percent") and step and steps and step < steps:
            message = _(
                "có phụ cấp vượt khung khi chưa ở bậc cuối (%(step)s/%(steps)s). Hãy kiểm tra lại.",
                step=step,
                steps=steps,
            )
            report.warn("beyond_frame_percent", message, format_decimal(values["beyond_frame_percent"]))

    def _insurance(self, values: Values, report: _Report) -> None:
        told: dict[str, int] = {}
        years, months = values.pop("insurance_years", None), values.pop("insurance_months", None)
        for key, part in (("insurance_years", years), ("insurance_months", months)):
            if isinstance(part, WholeTime):
                told[key] = part.months
        if not told and (years is not None or months is not None):
            told["insurance_years" if years is not None else "insurance_months"] = 12 * (years or 0) + (months or 0)
        for key in ("insurance_total_months", "insurance_time"):
            if (whole := values.pop(key, None)) is not None:
                told[key] = whole
        if not told:
            return
        if len(set(told.values())) > 1:
            key, total = list(told.items())[-1]
            report(key, _("thời gian đóng BHXH ghi không thống nhất giữa các cột. Hãy sửa cho khớp."), str(total))
            return
        values["social_insurance_months"] = next(iter(told.values()))
        birth: PartialDate | None = values.get("birth_date")
        if birth is not None:
            working_life = full_months(add_years(birth.value, YOUNGEST), self._as_of)
            if values["social_insurance_months"] > max(0, working_life):
                shown = months_to_words(values["social_insurance_months"])
                message = _(
                    "đóng BHXH %(value)s là dài hơn quãng đời làm việc của người sinh %(birth)s. Hãy kiểm tra lại.",
                    value=shown,
                    birth=format_partial(birth),
                )
                report(next(iter(told)), message, shown)

    def _order_of_life(self, values: Values, report: _Report) -> None:
        birth: PartialDate | None = values.get("birth_date")
        if birth is None:
            return
        shown = format_partial(birth)
        birth_key = report.first_of(
            "birth_date", "birth_date_male" if values.get("sex") != "female" else "birth_date_female"
        )
        oldest_possible, youngest_possible = age_on(birth.value, self._as_of), age_on(birth.last, self._as_of)
        if oldest_possible < YOUNGEST:
            message = _(
                "người sinh %(value)s chưa đủ %(age)s tuổi. Hãy kiểm tra lại năm sinh.", value=shown, age=YOUNGEST
            )
            report(birth_key, message, shown)
            return
        if youngest_possible > OLDEST:
            message = _("người sinh %(value)s đã quá %(age)s tuổi. Hãy kiểm tra lại năm sinh.", value=shown, age=OLDEST)
            report.warn(birth_key, message, shown)
        first_day = add_years(birth.value, YOUNGEST)
        for key in ("recruited_on", "step_counted_from", "party_joined_on"):
            day: PartialDate | None = values.get(key)
            if day is None or (first_day <= day.last and day.value <= self._as_of):
                continue
            what = LABELS[key]
            if day.last < first_day:
                message = _(
                    "%(what)s %(value)s trước khi đủ %(age)s tuổi (sinh %(birth)s). Hãy kiểm tra lại.",
                    what=what,
                    value=format_partial(day),
                    age=YOUNGEST,
                    birth=shown,
                )
                report(key, message, format_partial(day))
            else:
                message = _("%(what)s %(value)s ở tương lai. Hãy kiểm tra lại.", what=what, value=format_partial(day))
                (report if key == "recruited_on" else report.warn)(key, message, format_partial(day))

    @staticmethod
    def _identity(values: Values, report: _Report) -> None:
        """The number tells century and sex in its fourth digit and the year of birth in the next two."""
        number: str = values.get("identity_number", "")
        birth: PartialDate | None = values.get("birth_date")
        if not number:
            return
        century_and_sex = int(number[3])
        if birth is not None and (
            birth.value.year % 100 != int(number[4:6]) or (birth.value.year - 1900) // 100 != century_and_sex // 2
        ):
            message = _("số định danh không khớp năm sinh %(year)s. Hãy kiểm tra lại.", year=birth.value.year)
            report.warn("identity_number", message, number)
        sex = values.get("sex")
        if sex is not None and (sex == "female") != bool(century_and_sex % 2):
            report.warn("identity_number", _("số định danh không khớp giới tính. Hãy kiểm tra lại."), number)


class _Report:
    """Adds errors of one row, each on the column of its field."""

    def __init__(self, parser: RowParser, number: int, errors: list[CellError]) -> None:
        self._parser = parser
        self._number = number
        self._errors = errors

    def __call__(self, key: str, message: str, value: str = "") -> None:
        self._errors.append(self._parser.problem(self._number, key, message, value))

    def warn(self, key: str, message: str, value: str = "") -> None:
        self._errors.append(self._parser.problem(self._number, key, message, value, "warning"))

    def first_of(self, *keys: str) -> str:
        """The first of the fields that the file has a column for."""
        return next((key for key in keys if self._parser.label(key)), keys[0])


def same_person_key(values: Values) -> tuple[str, str] | None:
    """What two rows share when they may be one person entered twice: name, birth date to the day."""
    birth: PartialDate | None = values.get("birth_date")
    if birth is None or birth.precision != "day" or "full_name" not in values:
        return None
    return name_sort_key(values["full_name"]), birth.iso()
