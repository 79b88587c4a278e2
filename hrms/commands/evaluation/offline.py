"""Sheets out to a spreadsheet and back in: for one person or a whole unit, structure protected, errors on their cells.

Row 1 (hidden) carries the keys, row 2 the labels, row 3 on one person each; one worksheet per score sheet, because
their lines differ, and one for the tasks. What comes back goes through the same commands as the screen.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from sqlalchemy.orm import contains_eager, selectinload

from hrms.commands.evaluation import queries, tasks
from hrms.commands.evaluation.measures import MEASURES, asked
from hrms.commands.evaluation.offline_book import (
    Column,
    Row,
    closing_columns,
    content_of,
    line_columns,
    measure_columns,
    number_of,
    read_rows,
    shown_values,
    styles_of,
    write_table,
)
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.sheets import SaveSheet, may_write
from hrms.commands.evaluation.stepping import StepResult
from hrms.commands.evaluation.tasks import COLUMNS, NAMES, SaveTasks, line_of, read_row
from hrms.commands.evaluation.words import DRAFT, PARTY_REGIMES
from hrms.kernel import access
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, Refused
from models.evaluation import EvaluationCycle, PersonEvaluation

MOST_PEOPLE = 500
TASK_SHEET = "Công việc"
FIXED = ("evaluation_id", "version", "code", "name", "title")
TEXTS = ("strengths", "weaknesses", "remedies")
EMPTY_TASK_ROWS = 200


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
    styles = styles_of(book)
    scorer = Scorer(cycle)
    codes = list(dict.fromkeys(sheet.sheet_code for sheet in sheets))
    for number, code in enumerate(codes, start=1):
        some = [sheet for sheet in sheets if sheet.sheet_code == code]
        table = book.add_worksheet(_("Phiếu %(number)s", number=number))
        write_table(table, _columns(scorer, code, some), [_values(one) for one in some], styles, FIXED)
    _tasks(book.add_worksheet(TASK_SHEET), sheets, styles)
    book.close()
    return target.getvalue()


def _columns(scorer: Scorer, code: str, people: Sequence[PersonEvaluation]) -> list[Column]:
    """The columns of a worksheet: the lines of its score sheet, and the figures its people are asked for."""
    form = scorer.sheet(code)
    graded = form is not None and form.scale_max is None
    kinds = dict.fromkeys((one.regime, one.klass) for one in people)
    texts = (*TEXTS, "repaired") if any(regime in PARTY_REGIMES for regime, _klass in kinds) else TEXTS
    keys = dict.fromkeys(key for regime, klass in kinds for key in asked(regime, klass, graded=graded))
    return [
        ("evaluation_id", "", None), ("version", "", None), ("code", _("Số hiệu"), None),
        ("name", _("Họ và tên"), None), ("title", _("Chức vụ, chức danh"), None),
        *line_columns(form), *measure_columns([*keys], MEASURES), *closing_columns(texts),
    ]  # fmt: skip


def _values(person: PersonEvaluation) -> dict[str, Any]:
    return {
        "evaluation_id": person.id, "version": person.version, "code": person.person.code,
        "name": person.person.full_name, "title": person.title, "level": person.level_self,
        **shown_values(person.points_self, person.measures, person.texts_self),
    }  # fmt: skip


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
        rows = read_rows(self.content, "evaluation_id")
        works = [row for row in rows if "task.name" in row.cells]
        people = [row for row in rows if "task.name" not in row.cells]
        self._works: dict[int, SaveTasks] = {}
        self._saves: dict[int, SaveSheet] = {}
        faults = [*self._tasks(works)]
        seen: set[int] = set()
        for row in people:
            faults.extend(self._person(row, seen))
        return faults

    def _person(self, row: Row, seen: set[int]) -> Iterable[Fault]:
        number = number_of(row, "evaluation_id")
        if number is None or number in seen:
            yield Fault(row.at("evaluation_id"), _("Dòng này thiếu hoặc trùng mã phiếu."), code="row")
            return
        seen.add(number)
        content, wrong = content_of(row, MEASURES)
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

    def _tasks(self, rows: Sequence[Row]) -> Iterable[Fault]:
        lines: dict[int, list[tasks.TaskLine]] = {}
        for row in rows:
            number = number_of(row, "evaluation_id")
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
