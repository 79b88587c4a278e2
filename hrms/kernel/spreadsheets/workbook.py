"""Open a spreadsheet from outside safely and give its rows with the coordinates the sender sees."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from hrms.kernel.spreadsheets import archive, biff, csvfile
from hrms.kernel.spreadsheets.archive import Extent
from hrms.kernel.spreadsheets.content import Kind, Source, corrupt, identify, read_source
from hrms.kernel.spreadsheets.limits import DEFAULT_LIMITS, CellFault, CellValue, Limits, SpreadsheetRefused
from hrms.kernel.spreadsheets.old_excel import OldSheet, read_old_excel

T = TypeVar("T")
Row = tuple[int, list[CellValue]]
"""The row number a spreadsheet program shows (from 1) and the cells from column A on."""


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range; rows are numbers as shown (from 1), columns are indexes (A is 0); both ends belong to it."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Sheet:
    """One worksheet. ``last_row`` is the number of its last filled row."""

    def __init__(self, name: str, *, visible: bool, extent: Extent) -> None:
        self.name = name
        self.visible = visible
        self.extent = extent
        self.last_row = extent.rows
        self.columns = extent.columns
        self.filled = extent.filled

    @property
    def merges(self) -> Sequence[Merge]:
        return ()

    def rows(self) -> Iterator[Row]:
        """Every row from 1 to the last filled one, hidden rows included; may be called again."""
        raise NotImplementedError

    def head(self, count: int) -> list[list[CellValue]]:
        """The first rows, as far as there are any: ``head(n)[i]`` is row i + 1."""
        found: list[list[CellValue]] = []
        for _number, values in self.rows():
            found.append(values)
            if len(found) == count:
                break
        return found


class _ExcelSheet(Sheet):
    """Puts the marks of cells without usable value into the rows of the library, which shows such cells as empty."""

    def __init__(self, name: str, *, visible: bool, extent: Extent) -> None:
        super().__init__(name, visible=visible, extent=extent)
        self._faults_by_row: dict[int, list[tuple[int, CellFault]]] = {}
        for (row, column), fault in extent.faults.items():
            self._faults_by_row.setdefault(row + 1, []).append((column, fault))

    def _cells(self) -> Iterator[list[CellValue]]:
        raise NotImplementedError

    def rows(self) -> Iterator[Row]:
        if not self.filled:
            return
        faults = self._faults_by_row
        number = 0
        for number, values in enumerate(self._cells(), start=1):
            if number in faults:
                self._put(faults[number], values)
            yield number, values
        for number in sorted(row for row in faults if row > number):  # rows of nothing but faults at the very end
            values = []
            self._put(faults[number], values)
            yield number, values

    @staticmethod
    def _put(faults: list[tuple[int, CellFault]], values: list[CellValue]) -> None:
        for column, fault in faults:
            if column >= len(values):
                values.extend([""] * (column + 1 - len(values)))
            if values[column] == "":
                values[column] = fault


class _NewExcelSheet(_ExcelSheet):
    def __init__(self, name: str, source: CalamineWorkbook, *, visible: bool, extent: Extent) -> None:
        super().__init__(name, visible=visible, extent=extent)
        self._source = source
        self._loaded: CalamineSheet | None = None

    def _sheet(self) -> CalamineSheet:
        if self._loaded is None:
            self._loaded = _guarded(lambda: self._source.get_sheet_by_name(self.name))
        return self._loaded

    @property
    def merges(self) -> Sequence[Merge]:
        ranges = self._sheet().merged_cell_ranges or ()
        return [Merge(top + 1, left, bottom + 1, right) for (top, left), (bottom, right) in ranges]

    def _cells(self) -> Iterator[list[CellValue]]:
        sheet = self._sheet()
        left = sheet.start[1] if sheet.start else 0
        rows: Iterator[list[CellValue]] = sheet.iter_rows()
        if not left:
            return rows
        offset: list[CellValue] = [""] * left
        return (offset + cells for cells in rows)


class _OldExcelSheet(_ExcelSheet):
    def __init__(self, sheet: OldSheet, extent: Extent) -> None:
        super().__init__(sheet.name, visible=sheet.visible, extent=extent)
        self._sheet = sheet

    @property
    def merges(self) -> Sequence[Merge]:
        return [Merge(top + 1, left, bottom + 1, right) for top, left, bottom, right in self._sheet.merges]

    def _cells(self) -> Iterator[list[CellValue]]:
        return self._sheet.rows()


class _TextSheet(Sheet):
    def __init__(self, text: str, separator: str, extent: Extent) -> None:
        super().__init__("CSV", visible=True, extent=extent)
        self._text = text
        self._separator = separator

    def rows(self) -> Iterator[Row]:
        for number, values in csvfile.rows(self._text, self._separator):
            if number > self.last_row:
                return
            yield number, values  # type: ignore[misc]


class TranslatedSheet(Sheet):
    """Another sheet with every text put through a function (fonts of before Unicode)."""

    def __init__(self, sheet: Sheet, translate: Callable[[str], str]) -> None:
        super().__init__(sheet.name, visible=sheet.visible, extent=sheet.extent)
        self._sheet = sheet
        self._translate = translate

    @property
    def merges(self) -> Sequence[Merge]:
        return self._sheet.merges

    def rows(self) -> Iterator[Row]:
        translate = self._translate
        for number, cells in self._sheet.rows():
            yield number, [translate(cell) if type(cell) is str else cell for cell in cells]


@dataclass(frozen=True, slots=True)
class Workbook:
    """An opened spreadsheet: its kind by content and its worksheets in their order, hidden ones too."""

    kind: Kind
    sheets: tuple[Sheet, ...]

    def sheet(self, name: str) -> Sheet:
        """Raises :class:`KeyError` if there is no sheet of that name."""
        for sheet in self.sheets:
            if sheet.name == name:
                return sheet
        raise KeyError(name)

    @property
    def with_data(self) -> tuple[Sheet, ...]:
        """Sheets that hold something, visible ones first."""
        return tuple(sorted((sheet for sheet in self.sheets if sheet.filled), key=lambda sheet: not sheet.visible))


def open_workbook(source: Source, limits: Limits = DEFAULT_LIMITS) -> Workbook:
    """Open a path, bytes or a binary file object. Raises :class:`SpreadsheetRefused` with the reason."""
    kind, data = identify(read_source(source, limits))
    sheets = {"csv": _open_csv, "xls": _open_old_excel, "xlsx": _open_excel}[kind](data, limits)
    book = Workbook(kind, tuple(sheets))
    if not book.with_data:
        raise SpreadsheetRefused("empty", _("Bảng tính không có dữ liệu. Hãy kiểm tra lại tệp rồi tải lên lần nữa."))
    return book


def _open_csv(data: bytes, limits: Limits) -> list[Sheet]:
    text = csvfile.decode(data)
    separator = csvfile.separator_of(text)
    return [_TextSheet(text, separator, csvfile.measure(text, separator, limits))]


def _open_old_excel(data: bytes, limits: Limits) -> list[Sheet]:
    extents = biff.measure(data, limits)
    sheets = read_old_excel(data, limits)
    if len(extents) != len(sheets):
        raise corrupt()
    return [_OldExcelSheet(sheet, extent) for sheet, extent in zip(sheets, extents, strict=True) if sheet.is_worksheet]


def _open_excel(data: bytes, limits: Limits) -> list[Sheet]:
    extents = archive.measure(data, limits)
    source = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
    sheets: list[Sheet] = []
    for meta in source.sheets_metadata:
        if meta.typ is not SheetTypeEnum.WorkSheet:
            continue
        extent = extents.get(meta.name)
        if extent is None:  # the library sees a sheet that was not measured: never read it
            raise corrupt()
        visible = meta.visible is SheetVisibleEnum.Visible
        sheets.append(_NewExcelSheet(meta.name, source, visible=visible, extent=extent))
    return sheets


def _guarded(action: Callable[[], T]) -> T:
    """Run the library; whatever it stumbles over in a broken file becomes one refusal."""
    try:
        return action()
    except (CalamineError, ValueError, OSError, OverflowError):
        raise corrupt() from None
    except BaseException as failure:
        if type(failure).__name__ == "PanicException":  # how Rust code says that it met the impossible
            raise corrupt() from None
        raise
