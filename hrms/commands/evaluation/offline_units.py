"""Sheets of collectives out to a spreadsheet and back in: one worksheet per score sheet, one row per collective.

What comes back goes through the command of the screen; errors are named by their cell.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from flask_babel import gettext as _

from hrms.commands.evaluation import queries
from hrms.commands.evaluation.measures import UNIT_MEASURES, asked_of_unit
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
from hrms.commands.evaluation.stepping import StepResult
from hrms.commands.evaluation.units import SaveCollective
from hrms.commands.evaluation.words import DRAFT
from hrms.kernel import access
from hrms.kernel.commands import Command
from hrms.kernel.errors import Fault, HrmsError, Refused
from models.evaluation import UnitEvaluation

MOST_UNITS = 500
KEY = "collective_id"
FIXED = (KEY, "version", "code", "name")
TEXTS = ("results", "strengths", "weaknesses", "causes", "remedies")


def workbook(cycle_id: int) -> bytes:
    """The XLSX of the collectives that still assess themselves, in scope. Raises :class:`Refused` without any."""
    cycle = cycle_for(cycle_id)
    found = [
        row for row in queries.collectives(cycle_id) if row.state == DRAFT and access.may("evaluation", "meet", row)
    ]
    if not found:
        raise Refused([Fault("", _("Không có tập thể nào đang tự đánh giá để tải phiếu."), code="nothing_to_give")])
    if len(found) > MOST_UNITS:
        raise Refused([Fault("", _("Mỗi tệp tối đa %(most)s tập thể.", most=MOST_UNITS), code="too_many")])
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles, scorer = styles_of(book), Scorer(cycle)
    kinds = dict.fromkeys((row.sheet_code, row.regime) for row in found)
    for number, (code, regime) in enumerate(kinds, start=1):
        some = [row for row in found if (row.sheet_code, row.regime) == (code, regime)]
        table = book.add_worksheet(_("Tập thể %(number)s", number=number))
        write_table(table, _columns(scorer, code, regime), [_values(row) for row in some], styles, FIXED)
    book.close()
    return target.getvalue()


def _columns(scorer: Scorer, code: str, regime: str) -> list[Column]:
    return [
        (KEY, "", None), ("version", "", None), ("code", _("Mã đơn vị"), None), ("name", _("Tập thể"), None),
        *line_columns(scorer.sheet(code)), *measure_columns(asked_of_unit(regime), UNIT_MEASURES),
        *closing_columns(TEXTS),
    ]  # fmt: skip


def _values(record: UnitEvaluation) -> dict[str, Any]:
    return {
        KEY: record.id, "version": record.version, "code": record.unit.code, "name": record.unit.name,
        "level": record.level_self, **shown_values(record.points_self, record.measures, record.texts),
    }  # fmt: skip


@dataclass
class ReadCollectives(Command[StepResult]):
    """Take back a file given out by :func:`workbook`; all rows or none. Faults are named by cell (``Tập thể 1!H3``).

    A collective changed here after the file was given out is refused row by row. ``submit`` closes the
    self-assessment of every row as well.
    """

    cycle_id: int
    content: bytes
    submit: bool = False

    def validate(self) -> Iterable[Fault]:
        cycle_for(self.cycle_id)
        self._saves: dict[int, SaveCollective] = {}
        faults: list[Fault] = []
        for row in read_rows(self.content, KEY):
            faults.extend(self._row(row))
        return faults

    def _row(self, row: Row) -> Sequence[Fault]:
        number = number_of(row, KEY)
        if number is None or number in self._saves:
            return [Fault(row.at(KEY), _("Dòng này thiếu hoặc trùng mã phiếu."), code="row")]
        content, wrong = content_of(row, UNIT_MEASURES)
        if wrong:
            return wrong
        version = str(row.cells.get("version", ""))
        command = SaveCollective(
            number, int(version) if version.isdigit() else -1, content, "self_assess" if self.submit else ""
        )
        try:
            faults = list(command.validate())
            if command._record.cycle_id != self.cycle_id:
                faults = [Fault("", _("Phiếu không thuộc kỳ đánh giá này."), code="other_cycle")]
            elif command._record.state != DRAFT:
                faults = [
                    Fault("", _("Tập thể đã gửi tự đánh giá; hãy sửa trên trang của tập thể."), code="locked_state")
                ]
        except HrmsError as error:
            return [Fault(row.at("name"), f"{row.at('name')}: {error.message}", code="row")]
        self._saves[number] = command
        found = []
        for one in faults:
            key = "level" if one.field == "level_self" else one.field
            where = row.at(key if key in row.columns else "name")
            found.append(Fault(where, f"{where}: {one.message}", one.article, one.code))
        return found

    def run(self) -> StepResult:
        for command in self._saves.values():
            command.run()
        return StepResult(moved=[*self._saves])

    def receipt(self, outcome: StepResult) -> Any:
        return outcome.to_plain()

    def replay(self, receipt: Any) -> StepResult:
        return StepResult.from_plain(receipt)
