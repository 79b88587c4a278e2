"""Score sheets: which one lies before whom, what may be written on its lines, and what the lines add up to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from policies.engine.dates import OPEN_END
from policies.engine.errors import MalformedLawData
from policies.engine.money import HUNDRED
from policies.engine.reading import shown
from policies.evaluation.configuration import Configuration, default_configuration
from policies.evaluation.data import day_of, rows
from policies.evaluation.facts import GRADE_LABELS, GRADE_WORDS
from policies.evaluation.given import as_decimal

GENERAL, RESULT = "GENERAL", "RESULT"
SCORINGS = ("GRADE", "GRADE4", "FREE", "FULL_OR_ZERO", "RATIO")
GRADES = ("good", "ok", "fail")
ASSUMED = "Bộ tiêu chí mặc định, chưa phải quy định của tỉnh"
_PERCENT = re.compile(r"(-?\d{1,6}(?:\.\d{1,10})?)\s*%\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One line. ``max`` in points (None: not scored, or by the formula of its group); ``proposed``: not by the text."""

    code: str
    name: str
    max: Decimal | None
    proposed: bool
    scoring: str
    mark: str
    void_to: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one criterion. ``formula`` MEAN: ``max`` x mean of the percents; ``leaders``: see the data file."""

    code: str
    name: str
    part: str
    max: Decimal | None
    mark: str
    formula: str | None
    leaders: bool | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A versioned score sheet; ``scale_max`` None: graded, not scored. ``assumption``: print ``ASSUMED`` on it."""

    code: str
    title: str
    regimes: tuple[str, ...]
    classes: tuple[str, ...]
    scale_max: Decimal | None
    valid_from: date
    valid_to: date
    mark: str
    assumption: bool
    article: str
    note: str
    groups: tuple[Group, ...]

    def line(self, code: str) -> Line | None:
        """A line by its code."""
        return next((x for g in self.groups for x in g.lines if x.code == code), None)

    def part_max(self, part: str) -> Decimal:
        """Highest points of GENERAL or RESULT."""
        return sum((g.max for g in self.groups if g.part == part and g.max is not None), Decimal(0))

    def with_points(self, points: Mapping[str, Any]) -> Sheet:
        """The sheet with the unit's own points for lines that the text leaves open (``proposed``); sums are checked."""
        for code in points:
            found = self.line(code)
            if found is None or not found.proposed:
                raise MalformedLawData(f"phiếu {self.code}: dòng '{code}' không phải dòng đơn vị được tự đặt điểm")
        groups = []
        for group in self.groups:
            lines = []
            for x in group.lines:
                value = as_decimal(points[x.code]) if x.code in points else x.max
                if x.code in points and (value is None or value < 0):
                    raise MalformedLawData(f"phiếu {self.code}: điểm '{points[x.code]}' của dòng {x.code} không hợp lệ")
                lines.append(replace(x, max=value))
            groups.append(replace(group, lines=tuple(lines)))
        return _checked(replace(self, groups=tuple(groups)))

    def to_dict(self) -> dict[str, Any]:
        """JSON form, which a cycle keeps."""
        return {
            "code": self.code,
            "title": self.title,
            "scale_max": None if self.scale_max is None else str(self.scale_max),
            "from": self.valid_from.isoformat(),
            "to": None if self.valid_to == OPEN_END else self.valid_to.isoformat(),
            "regimes": list(self.regimes),
            "classes": list(self.classes),
            "mark": self.mark,
            "assumption": self.assumption,
            "article": self.article,
            "note": self.note,
            "groups": [
                {
                    "code": g.code,
                    "name": g.name,
                    "part": g.part,
                    "max": None if g.max is None else str(g.max),
                    "mark": g.mark,
                    "formula": g.formula,
                    "leaders": g.leaders,
                    "lines": [
                        {
                            "code": x.code,
                            "name": x.name,
                            "max": None if x.proposed or x.max is None else str(x.max),
                            "proposed": str(x.max) if x.proposed else None,
                            "scoring": x.scoring,
                            "mark": x.mark,
                            "void_to": x.void_to,
                        }
                        for x in g.lines
                    ],
                }
                for g in self.groups
            ],
        }


def sheet_from(data: Mapping[str, Any]) -> Sheet:
    """A sheet out of its data form (the file, or what ``to_dict`` gave); ``MalformedLawData`` when unsound."""
    groups = tuple(
        Group(
            str(g["code"]),
            g["name"],
            g["part"],
            as_decimal(g.get("max")),
            g["mark"],
            g.get("formula"),
            g.get("leaders"),
            tuple(
                Line(
                    str(x["code"]),
                    x["name"],
                    as_decimal(x.get("max") if x.get("proposed") is None else x["proposed"]),
                    x.get("proposed") is not None,
                    x["scoring"],
                    x["mark"],
                    x.get("void_to"),
                )
                for x in g["lines"]
            ),
        )
        for g in data["groups"]
    )
    return _checked(
        Sheet(
            data["code"],
            data["title"],
            tuple(data["regimes"]),
            tuple(data["classes"]),
            as_decimal(data.get("scale_max")),
            day_of(data.get("from"), date.min),
            day_of(data.get("to"), OPEN_END),
            data["mark"],
            data["assumption"],
            data["article"],
            data.get("note", ""),
            groups,
        )
    )


def _checked(sheet: Sheet) -> Sheet:
    """Codes are unique, points add up: lines to their group, groups to the scale."""
    codes = [x.code for g in sheet.groups for x in g.lines]
    if len(codes) != len(set(codes)):
        raise MalformedLawData(f"phiếu {sheet.code}: mã dòng ghi hai lần")
    for group in sheet.groups:
        for x in group.lines:
            if x.scoring not in SCORINGS:
                raise MalformedLawData(f"phiếu {sheet.code}, dòng {x.code}: cách chấm '{x.scoring}' không có")
        if group.max is not None and group.formula is None:
            total = sum((x.max or Decimal(0) for x in group.lines), Decimal(0))
            if total != group.max:
                raise MalformedLawData(
                    f"phiếu {sheet.code}, nhóm {group.code}: các dòng cộng lại {total} điểm, nhóm có {group.max} điểm"
                )
    if sheet.scale_max is not None:
        total = sum((g.max or Decimal(0) for g in sheet.groups), Decimal(0))
        if total != sheet.scale_max:
            raise MalformedLawData(f"phiếu {sheet.code}: các nhóm cộng lại {total} điểm, thang {sheet.scale_max} điểm")
    return sheet


@lru_cache(maxsize=1)
def sheets() -> Mapping[str, Sheet]:
    """Every sheet of the software by code."""
    found: dict[str, Sheet] = {}
    for row in rows("sheets", "sheets"):
        if row["code"] in found:
            raise MalformedLawData(f"phiếu {row['code']} ghi hai lần")
        found[row["code"]] = sheet_from(row)
    return MappingProxyType(found)


def sheet_for(
    regime: str,
    klass: str,
    on: date,
    configuration: Configuration | None = None,
    own: Mapping[str, Sheet] | None = None,
) -> Sheet | None:
    """The sheet of a class under a regime on a day; None where the regime has none (QĐ 124 grades, no points).

    Under HY1071 the configuration names the set (``hy1071.criteria_set.{class}``); ``own`` holds sheets that the
    province loaded, by code, and goes before those of the software.
    """
    known = {**sheets(), **(own or {})}
    if regime == "HY1071":
        chosen = configuration or default_configuration(on)
        return known.get(chosen.value(f"hy1071.criteria_set.{klass}"))
    for row in _choice():
        if regime in row["regimes"] and klass in row["classes"]:
            sheet = known[row["sheet"]]
            # A regime may outlive its sheet's date (units without Quy chế in 2026): the same sheet goes on.
            return sheet if sheet.valid_from <= on else None
    return None


@lru_cache(maxsize=1)
def _choice() -> tuple[dict[str, Any], ...]:
    return tuple(rows("regimes", "sheets"))


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong with a line: ``line`` its code, ``message`` Vietnamese with the remedy."""

    line: str
    message: str


@dataclass(frozen=True, slots=True)
class SheetTotal:
    """Points of a filled sheet, exact: by line, ``general``, ``result`` and their sum ``total``."""

    lines: Mapping[str, Fraction]
    general: Fraction
    result: Fraction

    @property
    def total(self) -> Fraction:
        """All points, not rounded."""
        return self.general + self.result


def percent_of(value: object) -> Decimal | None:
    """``"95%"``, ``95`` or ``"95"`` as 95; None for anything else."""
    if isinstance(value, str) and (match := _PERCENT.match(value.strip())):
        return Decimal(match[1])
    return as_decimal(value)


def check_sheet(
    sheet: Sheet,
    values: Mapping[str, Any],
    *,
    complete: bool = True,
    step: Decimal | None = None,
    parts: tuple[str, ...] = (GENERAL, RESULT),
    leader: bool | None = None,
) -> list[SheetFault]:
    """Every fault of a filled sheet: unknown and missing lines, points outside 0..max or off the step, bad percents.

    ``complete`` False accepts lines not yet written (drafts). A line that may be void (``void_to``) may be left out.
    ``leader`` leaves out groups meant for the other kind of people.
    """
    step = step or _step()
    faults: list[SheetFault] = []
    for code in values:
        if sheet.line(str(code)) is None:
            faults.append(SheetFault(str(code), f"dòng '{code}' không có trong phiếu {sheet.code}; hãy bỏ dòng này"))
    for group in _groups(sheet, parts, leader):
        for x in group.lines:
            value = values.get(x.code)
            if value is None or value == "":
                if complete and x.void_to is None:
                    faults.append(SheetFault(x.code, f"chưa chấm dòng {x.code} “{x.name}”"))
                continue
            message = _wrong(x, value, step)
            if message:
                faults.append(SheetFault(x.code, message))
    return faults


def _step() -> Decimal:
    return default_configuration(date.max).number("evaluation.points.step")


def _groups(sheet: Sheet, parts: tuple[str, ...], leader: bool | None) -> list[Group]:
    return [g for g in sheet.groups if g.part in parts and (leader is None or g.leaders in (None, leader))]


def _wrong(line: Line, value: object, step: Decimal) -> str | None:
    if line.scoring == "GRADE":
        if value in GRADES:
            return None
        return f"dòng {line.code}: {shown(value)} không hợp lệ; chọn good (thực hiện tốt), ok (đáp ứng) hoặc fail"
    if line.scoring == "GRADE4":
        if value in GRADE_WORDS:
            return None
        words = ", ".join(f"{code} ({word})" for code, word in GRADE_LABELS.items())
        return f"dòng {line.code}: {shown(value)} không hợp lệ; chọn một trong: {words}"
    if line.scoring == "RATIO":
        percent = percent_of(value)
        if percent is None:
            return f"dòng {line.code}: {shown(value)} không phải tỷ lệ; ghi từ 0% đến 100%"
        if not 0 <= percent <= HUNDRED:
            return f"dòng {line.code}: tỷ lệ {shown(value)} phải từ 0% đến 100%"
        return None
    points = as_decimal(value)
    if points is None:
        return f"dòng {line.code}: {shown(value)} không phải điểm; ghi số, ví dụ 4,5"
    if line.max is None:
        return f"dòng {line.code}: phiếu chưa có điểm tối đa; đơn vị cần đặt điểm cho dòng này"
    if not 0 <= points <= line.max:
        return f"dòng {line.code}: điểm {_read(value)} phải từ 0 đến {_comma(line.max)}"
    if line.scoring == "FULL_OR_ZERO":
        return None if points in (0, line.max) else f"dòng {line.code}: chỉ chấm 0 hoặc {_comma(line.max)} điểm"
    # The highest points may lie off the step (a line of 1.1): full marks are always allowed.
    if points % step and points != line.max:
        return f"dòng {line.code}: điểm {_read(value)} phải là bội của {_comma(step)}"
    return None


def _comma(number: object) -> str:
    return str(number).replace(".", ",")


def _read(value: object) -> str:
    """A number as it is read in Vietnamese, inside a message."""
    return shown(_comma(value))


def sheet_total(sheet: Sheet, values: Mapping[str, Any], *, parts: tuple[str, ...] = (GENERAL, RESULT)) -> SheetTotal:
    """Points of a sheet as far as it is filled; ``check_sheet`` first: a wrong value raises ``ValueError``."""
    if sheet.scale_max is None:
        raise ValueError(f"phiếu {sheet.code} không chấm điểm")
    points: dict[str, Fraction] = {}
    sums = {GENERAL: Fraction(0), RESULT: Fraction(0)}
    for group in _groups(sheet, parts, None):
        if group.formula is not None:
            percents = [percent_of(values[x.code]) for x in group.lines if values.get(x.code) not in (None, "")]
            mean = Fraction(0) if not percents else sum((_number(p) for p in percents), Fraction(0)) / len(group.lines)
            sums[group.part] += Fraction(group.max or 0) * mean / Fraction(HUNDRED)
            continue
        extra = {x.void_to: x.max or Decimal(0) for x in group.lines if x.void_to and values.get(x.code) in (None, "")}
        for x in group.lines:
            value = values.get(x.code)
            if value is None or value == "":
                continue
            top = Fraction(x.max or 0) + Fraction(extra.get(x.code, Decimal(0)))
            if x.scoring == "RATIO":
                points[x.code] = top * _number(percent_of(value)) / Fraction(HUNDRED)
            else:
                points[x.code] = _number(as_decimal(value))
            sums[group.part] += points[x.code]
    return SheetTotal(MappingProxyType(points), sums[GENERAL], sums[RESULT])


def grades_of(sheet: Sheet, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a sheet of grades (GRADE4) says as the fact ``grades``: every criterion, and the weakest line of the result.

    Empty while no criterion or no line of the result is graded.
    """
    criteria: list[str] = []
    result: list[str] = []
    for group in sheet.groups:
        found = [values[x.code] for x in group.lines if x.scoring == "GRADE4" and values.get(x.code) in GRADE_WORDS]
        (result if group.part == RESULT else criteria).extend(found)
    return {"criteria": criteria, "result": min(result, key=GRADE_WORDS.index)} if criteria and result else {}


def _number(value: Decimal | None) -> Fraction:
    if value is None:
        raise ValueError("giá trị của phiếu không phải số; hãy kiểm tra bằng check_sheet")
    return Fraction(value)
