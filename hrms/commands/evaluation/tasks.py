"""Tasks and products of a person's period: written on the sheet, copied from the last period, pasted from a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.rights import sheet_for_step
from hrms.commands.evaluation.sheets import writable
from hrms.commands.evaluation.words import N_
from hrms.kernel import access, clock, history
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Stale
from hrms.kernel.text import (
    DateFormatError,
    NumberFormatError,
    fold,
    parse_decimal,
    parse_full_date,
    parse_integer,
)
from models.evaluation import EvaluationCycle, EvaluationTask, PersonEvaluation

MOST_TASKS = 300
MOST = Decimal(1_000_000)
COLUMNS: dict[str, str] = {
    "name": N_("Tên công việc, sản phẩm"),
    "unit_of_count": N_("Đơn vị tính"),
    "weight": N_("Hệ số quy đổi"),
    "assigned": N_("Số lượng giao"),
    "done": N_("Số lượng hoàn thành"),
    "faults": N_("Lỗi chất lượng"),
    "delays": N_("Lần chậm tiến độ"),
    "excused": N_("Lý do khách quan"),
    "due_on": N_("Hạn"),
    "done_on": N_("Ngày xong"),
    "beyond": N_("Vượt kế hoạch"),
    "note": N_("Ghi chú"),
}
_LONGEST = {"name": 400, "unit_of_count": 60, "excused": 250, "note": 400}
_YES = frozenset({"co", "x", "yes", "true", "1", "vuot"})
_NO = frozenset({"", "khong", "no", "false", "0"})


@dataclass(frozen=True)
class TaskLine:
    """One task: quantities and weight exact, faults and delays counted, ``excused`` the confirmed objective cause."""

    name: str
    unit_of_count: str = ""
    weight: Decimal = Decimal(1)
    assigned: Decimal = Decimal(1)
    done: Decimal = Decimal(0)
    faults: int = 0
    delays: int = 0
    excused: str = ""
    due_on: date | None = None
    done_on: date | None = None
    beyond: bool = False
    note: str = ""

    def faults_at(self, row: int) -> Iterable[Fault]:
        """What is wrong in line ``row`` (from 1)."""

        def fault(column: str, message: str) -> Fault:
            where = _("Dòng %(row)s, cột “%(column)s”: ", row=row, column=_(COLUMNS[column]))
            return Fault(f"tasks.{row}.{column}", where + message, code="task")

        if not self.name.strip():
            yield fault("name", _("chưa ghi tên."))
        for column, longest in _LONGEST.items():
            if len(getattr(self, column)) > longest:
                yield fault(column, _("dài quá %(limit)s ký tự.", limit=longest))
        for column in ("weight", "assigned", "done"):
            value: Decimal = getattr(self, column)
            if not 0 <= value <= MOST:
                yield fault(column, _("phải từ 0 đến %(most)s.", most=MOST))
            elif value != value.quantize(Decimal("0.0001")):
                yield fault(column, _("nhận tối đa bốn chữ số thập phân."))
        if not self.weight:
            yield fault("weight", _("phải lớn hơn 0."))
        for column in ("faults", "delays"):
            if not 0 <= getattr(self, column) <= 1000:
                yield fault(column, _("phải từ 0 đến 1000."))


NAMES = tuple(one.name for one in fields(TaskLine))


@dataclass
class SaveTasks(Command[PersonEvaluation]):
    """Replace the list of tasks of a sheet by ``lines`` (in this order). ``version``: of the sheet on the screen."""

    evaluation_id: int
    version: int | None
    lines: Sequence[TaskLine]

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = sheet_for_step(self.evaluation_id)
        yield from writable(sheet)
        if self.version is not None and sheet.version != self.version:
            raise Stale(editor=sheet.updated_by)
        yield from line_faults(self.lines)

    def run(self) -> PersonEvaluation:
        store(self._sheet, self.lines)
        return self._sheet

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


def line_faults(lines: Sequence[TaskLine]) -> Iterable[Fault]:
    """Every fault of a list of tasks."""
    if len(lines) > MOST_TASKS:
        yield Fault("tasks", _("Danh mục có tối đa %(most)s dòng.", most=MOST_TASKS), code="too_many")
        return
    for number, line in enumerate(lines, start=1):
        yield from line.faults_at(number)


def store(sheet: PersonEvaluation, lines: Sequence[TaskLine]) -> None:
    """Write the lines over the tasks that stand there; only what differs is written."""
    kept = list(sheet.tasks)
    changed = False
    for number, line in enumerate(lines):
        if number < len(kept):
            row = kept[number]
        else:
            row = EvaluationTask(name=line.name, order=number)
            sheet.tasks.append(row)
            changed = True
        for name in NAMES:
            value = getattr(line, name)
            if getattr(row, name) != value:
                setattr(row, name, value)
                changed = True
        row.order = number
    for row in kept[len(lines) :]:
        sheet.tasks.remove(row)
        changed = True
    if changed:  # the sheet's version moves with its tasks, so that a second editor is told
        history.note(sheet, _("Cập nhật danh mục công việc: %(count)s dòng.", count=len(lines)))
        sheet.autosaved_at = clock.now()
        db.session.flush()


@dataclass
class CopyTasks(Command[PersonEvaluation]):
    """Take over the tasks of the person's previous period (quantities asked, nothing done yet) behind those here."""

    evaluation_id: int
    version: int | None
    source_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = sheet_for_step(self.evaluation_id)
        yield from writable(sheet)
        if self.version is not None and sheet.version != self.version:
            raise Stale(editor=sheet.updated_by)
        found = previous_sheet(sheet) if self.source_id is None else access.get(PersonEvaluation, self.source_id)
        if found is None or found.person_id != sheet.person_id or not found.tasks:
            yield Fault("source_id", _("Kỳ trước không có danh mục công việc để chép."), code="nothing_to_copy")
            return
        known = {fold(task.name) for task in sheet.tasks}
        fresh = [
            TaskLine(task.name, task.unit_of_count, task.weight, task.assigned)
            for task in found.tasks
            if fold(task.name) not in known
        ]
        self._lines = [*map(line_of, sheet.tasks), *fresh]
        yield from line_faults(self._lines)

    def run(self) -> PersonEvaluation:
        store(self._sheet, self._lines)
        return self._sheet

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


def previous_sheet(sheet: PersonEvaluation) -> PersonEvaluation | None:
    """The person's last sheet before this period that lists tasks."""
    query = (
        access.restrict(select(PersonEvaluation), PersonEvaluation)
        .join(PersonEvaluation.cycle)
        .where(
            PersonEvaluation.person_id == sheet.person_id,
            PersonEvaluation.id != sheet.id,
            EvaluationCycle.ends_on <= sheet.cycle.ends_on,
            PersonEvaluation.id.in_(select(EvaluationTask.evaluation_id)),
        )
        .order_by(EvaluationCycle.ends_on.desc(), PersonEvaluation.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def line_of(task: EvaluationTask) -> TaskLine:
    """A stored task as a line."""
    return TaskLine(**{name: getattr(task, name) for name in NAMES})


@dataclass
class PasteTasks(Command[PersonEvaluation]):
    """Add tasks from cells copied out of a spreadsheet: tab separated, a header row in any order, or :data:`COLUMNS`.

    ``replace``: instead of those here. Faults name row and column.
    """

    evaluation_id: int
    version: int | None
    text: str
    replace: bool = False

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = sheet_for_step(self.evaluation_id)
        yield from writable(sheet)
        if self.version is not None and sheet.version != self.version:
            raise Stale(editor=sheet.updated_by)
        lines, faults = read_table(self.text)
        yield from faults
        if not lines and not faults:
            yield Fault("text", _("Không có dòng công việc nào trong nội dung dán."), code="nothing_to_paste")
        self._lines = lines if self.replace else [*map(line_of, sheet.tasks), *lines]
        if not faults:
            yield from line_faults(self._lines)

    def run(self) -> PersonEvaluation:
        store(self._sheet, self._lines)
        return self._sheet

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


def read_table(text: str) -> tuple[list[TaskLine], list[Fault]]:
    """Lines out of tab separated text, with every fault by row and column (rows counted as pasted, from 1)."""
    rows = [(number, line.split("\t")) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not rows:
        return [], []
    labels = {fold(title): name for name, title in COLUMNS.items()}
    heading = [labels.get(fold(cell)) for cell in rows[0][1]]
    if "name" in heading:
        order, rows = heading, rows[1:]
    else:
        order = list(COLUMNS)
    lines: list[TaskLine] = []
    faults: list[Fault] = []
    for number, cells in rows:
        line, wrong = read_row(dict(zip((name or "" for name in order), cells, strict=False)), number)
        faults.extend(wrong)
        if not wrong:
            lines.append(line)
            faults.extend(line.faults_at(number))
    return lines, faults


def read_row(cells: dict[str, Any], number: int) -> tuple[TaskLine, list[Fault]]:
    """One line out of cells by column; every cell that cannot be read is a fault."""
    line, faults = TaskLine(""), []
    for name in NAMES:
        raw = cells.get(name)
        if raw is None or str(raw).strip() == "":
            continue
        try:
            line = replace(line, **{name: _read(name, raw)})
        except (ValueError, NumberFormatError, DateFormatError) as error:
            where = _("Dòng %(row)s, cột “%(column)s”: ", row=number, column=_(COLUMNS[name]))
            faults.append(Fault(f"tasks.{number}.{name}", where + str(error), code="task"))
    return line, faults


def _read(name: str, raw: Any) -> Any:
    text = str(raw).strip()
    if name in ("weight", "assigned", "done"):
        return raw if isinstance(raw, Decimal) else parse_decimal(text)
    if name in ("faults", "delays"):
        return parse_integer(text)
    if name in ("due_on", "done_on"):
        return raw if isinstance(raw, date) else parse_full_date(text)
    if name == "beyond":
        word = fold(text)
        if word in _YES or word in _NO:
            return word in _YES
        raise ValueError(_("“%(value)s” phải là có hoặc không.", value=text))
    return text
