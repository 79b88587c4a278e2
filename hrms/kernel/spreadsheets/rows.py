"""Read the cells of a row through the fields they are mapped to, and collect everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from flask_babel import gettext as _

from hrms.kernel.spreadsheets.fields import FieldSpec, is_blank, show
from hrms.kernel.spreadsheets.header import Header
from hrms.kernel.spreadsheets.limits import UNCALCULATED, CellFault, CellValue, column_letter
from hrms.kernel.spreadsheets.mapping import Mapping

Severity = Literal["error", "warning"]
_CACHE_SIZE = 20_000  # distinct texts remembered per column; enough for repeated values, bounded for unique ones


@dataclass(frozen=True, slots=True)
class CellError:
    """One thing wrong in one row. ``column_letter`` is empty where the row as a whole is meant.

    ``message`` names the value and ends with the remedy; ``text`` adds where. Warnings do not stop the row.
    """

    row: int
    column_letter: str
    column_label: str
    value: str
    message: str
    severity: Severity = "error"
    key: str = ""

    @property
    def text(self) -> str:
        """``Dòng 45, cột Ngày sinh: '31/02/1975' không phải ngày có thật. Hãy sửa thành ngày dd/mm/yyyy.``"""
        if not self.column_label:
            return _("Dòng %(row)s: %(message)s", row=self.row, message=self.message)
        return _(
            "Dòng %(row)s, cột %(column)s: %(message)s", row=self.row, column=self.column_label, message=self.message
        )

    def __str__(self) -> str:
        return self.text

    def to_dict(self) -> dict[str, Any]:
        return {
            "row": self.row,
            "column": self.column_letter,
            "label": self.column_label,
            "value": self.value,
            "message": self.message,
            "severity": self.severity,
            "text": self.text,
        }


@dataclass(slots=True)
class _Column:
    spec: FieldSpec
    index: int
    title: str
    known: dict[CellValue, Any]


class RowParser:
    """Reads rows of one table. Values that occur again (units, posts, codes) are parsed once per column."""

    def __init__(self, specs: Sequence[FieldSpec], mapping: Mapping, header: Header) -> None:
        self._columns = [
            _Column(spec, index, header.title_of(index) or spec.label, {})
            for spec in specs
            if (index := mapping.columns.get(spec.key)) is not None
        ]
        self._by_key = {column.spec.key: column for column in self._columns}

    def parse(self, number: int, cells: Sequence[CellValue]) -> tuple[dict[str, Any], list[CellError]]:
        """Typed values by field key (empty cells are left out) and the errors of the row."""
        values: dict[str, Any] = {}
        errors: list[CellError] = []
        width = len(cells)
        for column in self._columns:
            cell = cells[column.index] if column.index < width else ""
            kind = type(cell)
            if cell == "":
                if column.spec.required:
                    errors.append(self._missing(number, column))
                continue
            # Only texts and binary numbers are remembered: 1, 1.0 and True would share a place.
            memorable = kind is str or kind is float
            if memorable and cell in column.known:
                value = column.known[cell]
                if value is not None:
                    values[column.spec.key] = value
                elif column.spec.required:
                    errors.append(self._missing(number, column))
                continue
            try:
                value = None if is_blank(cell) else self._read(column, cell)
            except ValueError as problem:
                errors.append(self._error(number, column, show(cell), str(problem)))
                continue
            if memorable and len(column.known) < _CACHE_SIZE:
                column.known[cell] = value
            if value is not None:
                values[column.spec.key] = value
            elif column.spec.required:
                errors.append(self._missing(number, column))
        return values, errors

    @staticmethod
    def _read(column: _Column, cell: CellValue) -> Any:
        if isinstance(cell, CellFault):
            if cell == UNCALCULATED:
                raise ValueError(
                    _("ô là công thức chưa có kết quả. Hãy mở tệp bằng Excel rồi lưu lại, hoặc ghi giá trị.")
                )
            raise ValueError(_("ô báo lỗi “%(value)s”. Hãy sửa công thức hoặc ghi giá trị.", value=str(cell)))
        return column.spec.parser(cell)

    def _missing(self, number: int, column: _Column) -> CellError:
        example = _(", ví dụ %(example)s", example=column.spec.example) if column.spec.example else ""
        return self._error(number, column, "", _("chưa có giá trị. Hãy điền ô này%(example)s.", example=example))

    @staticmethod
    def _error(number: int, column: _Column, value: str, message: str, severity: Severity = "error") -> CellError:
        return CellError(number, column_letter(column.index), column.title, value, message, severity, column.spec.key)

    def problem(
        self, number: int, key: str, message: str, value: str = "", severity: Severity = "error", label: str = ""
    ) -> CellError:
        """An error found by comparing cells, put on the column of ``key`` (or on the row if the file has none)."""
        column = self._by_key.get(key)
        if column is None:
            return CellError(number, "", label, value, message, severity, key)
        return self._error(number, column, value, message, severity)

    def label(self, key: str, default: str = "") -> str:
        """The title of a field's column in this file."""
        column = self._by_key.get(key)
        return column.title if column else default


def errors_by_row(errors: Sequence[CellError]) -> MappingOf[int, list[CellError]]:
    """Errors in the order found, grouped by row number."""
    grouped: dict[int, list[CellError]] = {}
    for error in errors:
        grouped.setdefault(error.row, []).append(error)
    return grouped
