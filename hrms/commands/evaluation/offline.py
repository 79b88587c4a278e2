"""Sheets out to a spreadsheet and back in: for one person or a whole unit, structure protected, errors on their cells.

Row 1 (hidden) carries the keys, row 2 the labels, row 3 on one person each; one worksheet per score sheet, because
their lines differ, and one for the tasks. What comes back goes through the same commands as the screen.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager, selectinload

from hrms.commands.evaluation import queries, tasks
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.scoring import MEASURES, QUALITY_LABELS, Scorer
from hrms.commands.evaluation.sheets import Content, SaveSheet, may_write
from hrms.commands.evaluation.stepping import StepResult
from hrms.commands.evaluation.tasks import COLUMNS, NAMES, SaveTasks, line_of, read_row
from hrms.commands.evaluation.words import DRAFT, TEXT_SECTIONS
from hrms.kernel import access
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, Refused
from hrms.kernel.spreadsheets import CellFault, SpreadsheetRefused, column_letter, open_workbook
from hrms.kernel.text import exact, fold
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.vocabulary import RATINGS

MOST_PEOPLE = 500
TASK_SHEET = "Công việc"
FIXED = ("evaluation_id", "version", "code", "name", "title")
TEXTS = ("strengths", "weaknesses", "remedies")
ASKED = ("criteria_1_4", "criterion_5a", "done_percent", "not_assured_percent", "over_percent", "high_efficiency")
EMPTY_TASK_ROWS = 200


def _yes_no() -> dict[str, bool]:
    return {_("có"): True, _("không"): False}


def workbook(cycle_id: int, unit_id: int | None = None, evaluation_id: int | None = None) -> bytes:
    """The XLSX of the drafts of a unit and below, or of one sheet. Raises :class:`Refused` when there are none.

    Only sheets whose self-assessment the actor may write are given out.
    """
    cycle = cycle_for(cycle_id)
    wanted = queries.SheetFilter(cycle_id=cycle_id, unit_id=unit_id, states=(DRAFT,))
    query = queries.sheet_query(wanted).options(
        contains_eager(PersonEvaluation.person), selectinload(PersonEvaluation.tasks)
    )
    if evaluation_id is not None:
        query = query.where(PersonEvaluation.id == evaluation_id)
    order = (PersonEvaluation.unit_id, PersonEvaluation.sort_key, PersonEvaluation.id)
    found = db.session.scalars(query.order_by(*order).limit(MOST_PEOPLE + 1)).all()
    sheets = [one for one in found if may_write(one)] if evaluation_id is not None else _of_hr(found)
    if not sheets:
        raise Refused([Fault("", _("Không có phiếu nào đang tự đánh giá để tải."), code="nothing_to_give")])
    if len(sheets) > MOST_PEOPLE:
        raise Refused([Fault("", _("Mỗi tệp tối đa %(most)s người; hãy chọn đơn vị nhỏ hơn.", most=MOST_PEOPLE))])
    return _write(cycle, sheets)


def _of_hr(found: Sequence[PersonEvaluation]) -> list[PersonEvaluation]:
    if not access.may("evaluation", "synthesise"):
        raise NotAllowed()
    return list(found)


def _write(cycle: EvaluationCycle, sheets: Sequence[PersonEvaluation]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = {
        "head": book.add_format({"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EEF7", "valign": "top"}),
        "fixed": book.add_format({"border": 1, "bg_color": "#F3F3F3", "text_wrap": True}),
        "open": book.add_format({"border": 1, "locked": False, "text_wrap": True}),
    }
    scorer = Scorer(cycle)
    codes = list(dict.fromkeys(sheet.sheet_code for sheet in sheets))
    for number, code in enumerate(codes, start=1):
        some = [sheet for sheet in sheets if sheet.sheet_code == code]
        _people(book.add_worksheet(_("Phiếu %(number)s", number=number)), scorer, code, some, styles)
    _tasks(book.add_worksheet(TASK_SHEET), sheets, styles)
    book.close()
    return target.getvalue()


def _columns(scorer: Scorer, code: str) -> list[tuple[str, str, dict[str, Any] | None]]:
    """Key, label and validation of every column of a worksheet."""
    found: list[tuple[str, str, dict[str, Any] | None]] = [
        ("evaluation_id", "", None), ("version", "", None), ("code", _("Số hiệu"), None),
        ("name", _("Họ và tên"), None), ("title", _("Chức vụ, chức danh"), None),
    ]  # fmt: skip
    form = scorer.sheet(code)
    for group in form.groups if form is not None else ():
        for line in group.lines:
            if line.scoring == "GRADE":
                labels = [_(label) for label in QUALITY_LABELS.values()]
                found.append(
                    (f"points.{line.code}", f"{line.code}. {line.name}", {"validate": "list", "source": labels})
                )
                continue
            top = 100.0 if line.scoring == "RATIO" else float(line.max or 0)
            unit = "%" if line.scoring == "RATIO" else _("tối đa %(max)s điểm", max=line.max)
            label = f"{line.code}. {line.name} ({unit})"
            told = {"error_title": _("Điểm ngoài khoảng"), "error_message": _("Ghi số từ 0 đến %(top)s.", top=top)}
            bounds = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": top, **told}
            found.append((f"points.{line.code}", label, bounds))
    for key in ASKED:
        kind, label = MEASURES[key]
        rule: dict[str, Any] | None = None
        if kind == "quality":
            rule = {"validate": "list", "source": [_(one) for one in QUALITY_LABELS.values()]}
        elif kind == "flag":
            rule = {"validate": "list", "source": list(_yes_no())}
        elif kind == "percent":
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
        found.append((f"measures.{key}", _(label), rule))
    found.extend((f"texts.{key}", _(TEXT_SECTIONS[key]), None) for key in TEXTS)
    levels = {"validate": "list", "source": [*RATINGS]}
    found.append(("level", _("Tự xếp loại (HTXS, HTT, HT, KHT)"), levels))
    return found


def _people(sheet: Any, scorer: Scorer, code: str, people: Sequence[PersonEvaluation], styles: Any) -> None:
    columns = _columns(scorer, code)
    for column, (key, label, _rule) in enumerate(columns):
        sheet.write_string(0, column, key)
        sheet.write_string(1, column, label, styles["head"])
    for row, person in enumerate(people, start=2):
        values = _values(person)
        for column, (key, _label, _rule) in enumerate(columns):
            style = styles["fixed"] if key in FIXED else styles["open"]
            value = values.get(key, "")
            if isinstance(value, Decimal | int):
                sheet.write_number(row, column, float(value), style)
            else:
                sheet.write_string(row, column, str(value), style)
    last = len(people) + 1
    for column, (_key, _label, rule) in enumerate(columns):
        if rule is not None:
            sheet.data_validation(2, column, last, column, {**rule, "ignore_blank": True})
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.set_column(0, 1, None, None, {"hidden": True})
    sheet.set_column(2, len(columns) - 1, 16)
    sheet.freeze_panes(2, len(FIXED))
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _values(person: PersonEvaluation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "evaluation_id": person.id, "version": person.version, "code": person.person.code,
        "name": person.person.full_name, "title": person.title, "level": person.level_self,
    }  # fmt: skip
    for key, value in (person.points_self or {}).items():
        found[f"points.{key}"] = _cell(value.rstrip("%"))
    for key, value in (person.measures or {}).items():
        found[f"measures.{key}"] = _cell(value)
    for key, text in (person.texts_self or {}).items():
        found[f"texts.{key}"] = text
    return found


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return next(word for word, meaning in _yes_no().items() if meaning is value)
    if value in QUALITY_LABELS:
        return _(QUALITY_LABELS[value])
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return str(value)


def _tasks(sheet: Any, people: Sequence[PersonEvaluation], styles: Any) -> None:
    keys = ("evaluation_id", "name_of_person", *(f"task.{name}" for name in NAMES))
    labels = (_("Mã phiếu"), _("Họ và tên"), *(_(COLUMNS[name]) for name in NAMES))
    for column, (key, label) in enumerate(zip(keys, labels, strict=True)):
        sheet.write_string(0, column, key)
        sheet.write_string(1, column, label, styles["head"])
    row = 2
    for person in people:
        for task in person.tasks:
            line = line_of(task)
            sheet.write_number(row, 0, person.id, styles["open"])
            sheet.write_string(row, 1, person.person.full_name, styles["open"])
            for column, name in enumerate(NAMES, start=2):
                value = getattr(line, name)
                if isinstance(value, bool):
                    value = _("có") if value else ""
                if isinstance(value, date):
                    value = value.strftime("%d/%m/%Y")
                if isinstance(value, Decimal | int):
                    sheet.write_number(row, column, float(value), styles["open"])
                else:
                    sheet.write_string(row, column, value or "", styles["open"])
            row += 1
    for empty in range(row, row + EMPTY_TASK_ROWS):
        for column in range(len(keys)):
            sheet.write_blank(empty, column, None, styles["open"])
        if len(people) == 1:
            sheet.write_number(empty, 0, people[0].id, styles["open"])
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.set_column(1, len(keys) - 1, 16)
    sheet.protect("", {"format_columns": True, "format_rows": True, "insert_rows": True})


@dataclass(frozen=True)
class _Row:
    """One person's row: where it stood and what it said."""

    sheet: str
    number: int
    columns: dict[str, int]
    cells: dict[str, Any]

    def at(self, key: str) -> str:
        """«Phiếu 1!H3»."""
        column = self.columns.get(key, 0)
        return f"{self.sheet}!{column_letter(column)}{self.number}"


def _plain(value: Any) -> Any:
    """A cell as text; numbers exact as they are shown, days as days."""
    if isinstance(value, CellFault):
        return f"#{value}"
    if isinstance(value, bool) or value == "":
        return value
    if isinstance(value, int | float):
        return format(exact(value).normalize(), "f")
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else str(value).strip()


def _read(content: bytes) -> tuple[list[_Row], list[_Row]]:
    """Rows of people and rows of tasks. Raises :class:`Refused` for a file that is none of ours."""
    try:
        book = open_workbook(content)
    except SpreadsheetRefused as error:
        raise Refused([Fault("content", str(error), code="file")]) from error
    people: list[_Row] = []
    works: list[_Row] = []
    for sheet in book.sheets:
        keys: dict[int, str] = {}
        for number, values in sheet.rows():
            if number == 1:
                keys = {column: str(value) for column, value in enumerate(values) if str(value).strip()}
                continue
            if number == 2 or "evaluation_id" not in keys.values():
                continue
            cells = {key: _plain(values[column]) for column, key in keys.items() if column < len(values)}
            row = _Row(sheet.name, number, {key: column for column, key in keys.items()}, cells)
            task = "task.name" in cells
            if any(value not in ("", None) for key, value in cells.items() if key not in ("evaluation_id",)):
                (works if task else people).append(row)
    if not people and not works:
        text = _("Tệp không phải mẫu do hệ thống xuất ra. Hãy tải lại mẫu rồi điền.")
        raise Refused([Fault("content", text, code="file")])
    return people, works


@dataclass
class ReadOffline(Command[StepResult]):
    """Take back a file given out by :func:`workbook`; all rows or none. Faults are named by cell (``Phiếu 1!H3``).

    A sheet changed here after the file was given out is refused row by row. ``submit`` sends the sheets as well (by HR
    with ``reason``).
    """

    cycle_id: int
    content: bytes
    submit: bool = False
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        cycle_for(self.cycle_id)
        people, works = _read(self.content)
        self._works: dict[int, SaveTasks] = {}
        self._saves: dict[int, SaveSheet] = {}
        faults = [*self._tasks(works)]
        seen: set[int] = set()
        for row in people:
            faults.extend(self._person(row, seen))
        return faults

    def _number(self, row: _Row) -> int | None:
        text = str(row.cells.get("evaluation_id", ""))
        return int(text) if text.isdigit() and len(text) < 18 else None

    def _person(self, row: _Row, seen: set[int]) -> Iterable[Fault]:
        number = self._number(row)
        if number is None or number in seen:
            yield Fault(row.at("evaluation_id"), _("Dòng này thiếu hoặc trùng mã phiếu."), code="row")
            return
        seen.add(number)
        content, wrong = _content(row)
        yield from wrong
        version = str(row.cells.get("version", ""))
        command = SaveSheet(number, int(version) if version.isdigit() else -1, content, self.submit, self.reason)
        if wrong:
            return
        try:
            faults = list(command.validate())
            if command._sheet.cycle_id != self.cycle_id:
                faults = [Fault("", _("Phiếu không thuộc kỳ đánh giá này."), code="other_cycle")]
        except HrmsError as error:
            yield Fault(row.at("evaluation_id"), f"{row.at('name')}: {error.message}", code="row")
            return
        for one in faults:
            key = "level" if one.field == "level_self" else one.field
            where = row.at(key if key in row.columns else "name")
            yield Fault(where, f"{where}: {one.message}", one.article, one.code)
        self._saves[number] = command

    def _tasks(self, rows: Sequence[_Row]) -> Iterable[Fault]:
        lines: dict[int, list[tasks.TaskLine]] = {}
        for row in rows:
            number = self._number(row)
            if number is None:
                yield Fault(row.at("evaluation_id"), _("Dòng công việc thiếu mã phiếu."), code="row")
                continue
            cells = {name: row.cells.get(f"task.{name}") for name in NAMES}
            line, faults = read_row(cells, row.number)
            if not faults:
                faults = list(line.faults_at(row.number))
                lines.setdefault(number, []).append(line)
            for one in faults:
                where = row.at(f"task.{one.field.rpartition('.')[2]}")
                yield Fault(where, f"{where}: {one.message}", code="task")
        for number, some in lines.items():
            self._works[number] = SaveTasks(number, None, some)
            for one in self._works[number].validate():
                yield Fault(f"{TASK_SHEET}!A{number}", one.message, one.article, one.code)

    def run(self) -> StepResult:
        for number, save in self._works.items():
            if number in self._saves or not self._saves:
                save.run()
        for command in self._saves.values():
            command.version = None
            for fault in command.validate():  # with the tasks of the file in place
                raise Refused([fault])
            command.run()
        return StepResult(moved=[*self._saves])

    def receipt(self, outcome: StepResult) -> Any:
        return outcome.to_plain()

    def replay(self, receipt: Any) -> StepResult:
        return StepResult.from_plain(receipt)


def _content(row: _Row) -> tuple[Content, list[Fault]]:
    """What a row says, its words turned back into codes."""
    content = Content(level=str(row.cells.get("level", "")).upper())
    faults: list[Fault] = []
    words = {fold(_(label)): code for code, label in QUALITY_LABELS.items()}
    answers = {fold(word): meaning for word, meaning in _yes_no().items()}
    for key, value in row.cells.items():
        kind, _dot, name = key.partition(".")
        if not name or value in ("", None):
            continue
        if kind == "points":
            content.points[name] = words.get(fold(str(value)), str(value))
        elif kind == "texts":
            content.texts[name] = str(value)
        elif kind == "measures" and name in MEASURES:
            asked = MEASURES[name][0]
            if asked == "quality":
                value = words.get(fold(str(value)), value)
            elif asked == "flag":
                if fold(str(value)) not in answers:
                    where = row.at(key)
                    faults.append(Fault(where, _("%(where)s: ghi có hoặc không.", where=where), code="measure"))
                    continue
                value = answers[fold(str(value))]
            content.measures[name] = value
    return content, faults
