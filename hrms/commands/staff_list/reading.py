"""Read a staff list as agencies send it: find the table, guess the columns, give typed rows with all that is wrong.

Nothing is stored and nothing is asked of the database here; the command that imports decides what becomes of a row.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.staff_list.checks import RowChecks, same_person_key
from hrms.commands.staff_list.fields import FIELDS, LABELS, PERSONAL_KEYS
from hrms.commands.staff_list.grades import KNOWN_GRADES
from hrms.kernel import clock
from hrms.kernel.spreadsheets import (
    DEFAULT_LIMITS,
    CellError,
    FoundTable,
    Header,
    HeaderColumn,
    Limits,
    Mapping,
    MappingGuess,
    Match,
    RowClassifier,
    RowParser,
    Sheet,
    Source,
    SpreadsheetRefused,
    Workbook,
    find_table,
    guess_mapping,
    header_at,
    is_blank,
    open_workbook,
)
from hrms.kernel.spreadsheets.error_book import ERROR_TITLE, WARNING_TITLE
from hrms.kernel.spreadsheets.header import SEARCHED_ROWS
from hrms.kernel.spreadsheets.workbook import TranslatedSheet
from hrms.kernel.text.legacy import from_tcvn3, looks_like_tcvn3

Progress = Callable[[int, int], None]
"""Called with (rows done, rows in all) now and then."""

PROGRESS_EVERY = 500
_KEPT_SKIPS = 200  # skipped rows listed one by one; the rest are only counted
_REPEATED_NAMES = 3
_OLD_FONT_TEXTS = 3
# Words by which a text alone on its row is a unit and not somebody's name.
_UNIT_WORDS = (
    "sở", "ban", "phòng", "văn phòng", "chi cục", "trung tâm", "trường", "bệnh viện", "trạm", "thanh tra", "ubnd",
    "hđnd", "ủy ban", "uỷ ban", "hội đồng", "đảng ủy", "đảng uỷ", "tỉnh ủy", "tỉnh uỷ", "huyện ủy", "huyện uỷ", "xã",
    "phường", "thị trấn", "huyện", "thành phố", "tổ", "đội", "bộ phận", "khối", "đơn vị", "cơ quan", "hội", "liên đoàn",
    "đoàn", "mặt trận", "hạt", "quỹ", "viện", "báo", "đài", "lãnh đạo", "khoa", "cục", "nhà", "thư viện", "bảo tàng",
    "công chức", "viên chức", "hợp đồng", "cán bộ", "biên chế",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """One sheet of the file: whether it looks like a staff list and whether it is the one being read."""

    name: str
    visible: bool
    rows: int
    strength: float
    chosen: bool


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One person's row. ``values`` are typed and complete only where ``errors`` is empty.

    Keys are those of ``FIELDS`` with these joined: ``birth_date`` (PartialDate) and ``sex`` (male, female) whatever the
    columns were; ``coefficient``, ``step``, ``steps``, ``grade_code``, ``grade_name``; ``social_insurance_months``.
    ``section`` holds the headings above the row, outermost first; ``unit`` falls back on the innermost.
    """

    row_number: int
    values: dict[str, Any]
    errors: list[CellError]
    warnings: list[CellError]
    section: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that tells about nobody: its kind (section, total, header, footer, note) and its text."""

    row_number: int
    kind: str
    text: str


@dataclass(slots=True)
class Summary:
    """What the reading found, complete once all rows have been read."""

    people: int = 0
    rejected: int = 0
    with_warnings: int = 0
    sections: int = 0
    skipped_count: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        return self.people - self.rejected


@dataclass(slots=True)
class StaffListReading:
    """An opened staff list: show ``header``, ``guess``, ``unknown_columns``, let the user correct, then read ``rows``.

    ``problems`` are reasons why the rows cannot be read yet (no name column …); until then :meth:`rows` refuses.
    """

    kind: str
    sheets: tuple[SheetChoice, ...]
    sheet: Sheet
    header: Header
    guess: MappingGuess
    mapping: Mapping
    unknown_columns: tuple[HeaderColumn, ...]
    problems: tuple[str, ...]
    as_of: date
    known_grades: Collection[str]
    summary: Summary = field(default_factory=Summary)

    def mapping_dict(self) -> dict[str, Any]:
        """The mapping as plain data: correct it and hand it back to :func:`read_staff_list`."""
        return {
            **self.mapping.to_dict(),
            "sheet": self.sheet.name,
            "header_rows": [self.header.first_row, self.header.last_row],
        }

    @property
    def total_rows(self) -> int:
        return max(0, self.sheet.last_row - self.header.first_data_row + 1)

    def rows(self, progress: Progress | None = None) -> Iterator[StaffRow]:
        """Every person's row in order, good and bad. Starts the summary anew. Raises :class:`SpreadsheetRefused`."""
        if self.problems:
            raise SpreadsheetRefused("no_table", " ".join(self.problems))
        self.summary = Summary()
        reader = _Reader(self)
        total, first = self.total_rows, self.header.first_data_row
        for number, cells in self.sheet.rows():
            if number < first:
                continue
            if progress is not None and (number - first) % PROGRESS_EVERY == 0:
                progress(number - first, total)
            row = reader.read(number, cells)
            if row is not None:
                yield row
        if progress is not None:
            progress(total, total)


class _Reader:
    """The state of one pass over the rows."""

    def __init__(self, reading: StaffListReading) -> None:
        columns = reading.mapping.columns
        self._summary = reading.summary
        self._parser = RowParser(FIELDS, reading.mapping, reading.header)
        self._checks = RowChecks(self._parser, columns.keys(), reading.as_of, reading.known_grades)
        name = columns.get("full_name", columns.get("family_name", 0))
        self._classifier = RowClassifier(
            reading.header, name, columns.get("ordinal"), columns.values(), heading_words=_UNIT_WORDS
        )
        self._duplicates = _find_duplicates(reading.sheet, reading.header, columns)
        self._seen: dict[tuple[str, str], int] = {}

    def read(self, number: int, cells: Sequence[Any]) -> StaffRow | None:
        found = self._classifier.classify(cells)
        if found.kind != "data":
            self._skip(number, found.kind, found.text)
            return None
        values, problems = self._parser.parse(number, cells)
        values.pop("ordinal", None)
        self._checks.run(number, values, problems)
        self._report_duplicates(number, values, problems)
        section = self._classifier.section
        if "unit" not in values and section:
            values["unit"] = section[-1]
        errors = [problem for problem in problems if problem.severity == "error"]
        warnings = [problem for problem in problems if problem.severity == "warning"] if problems else []
        self._summary.people += 1
        self._summary.rejected += bool(errors)
        self._summary.with_warnings += bool(warnings)
        return StaffRow(number, values, errors, warnings, section)

    def _skip(self, number: int, kind: str, text: str) -> None:
        if kind == "blank":
            return
        summary = self._summary
        summary.skipped_count += 1
        summary.sections += kind == "section"
        if len(summary.skipped) < _KEPT_SKIPS:
            summary.skipped.append(SkippedRow(number, kind, text))

    def _report_duplicates(self, number: int, values: dict[str, Any], problems: list[CellError]) -> None:
        for key, rows_of in self._duplicates.items():
            value = values.get(key)
            others = [row for row in rows_of.get(value, ()) if row != number] if value else []
            if others:
                shown = ", ".join(map(str, others[:_REPEATED_NAMES]))
                message = _(
                    "“%(value)s” trùng với dòng %(rows)s. Mỗi người chỉ ghi một dòng; hãy sửa hoặc xóa một dòng.",
                    value=value,
                    rows=shown,
                )
                problems.append(self._parser.problem(number, key, message, str(value)))
        person = same_person_key(values)
        if person is not None:
            earlier = self._seen.setdefault(person, number)
            told = any(problem.key in PERSONAL_KEYS for problem in problems)
            if earlier != number and not told:
                message = _(
                    "cùng họ tên và ngày sinh với dòng %(row)s. Hãy kiểm tra có phải ghi trùng không.", row=earlier
                )
                problems.append(self._parser.problem(number, "full_name", message, values["full_name"], "warning"))


def _find_duplicates(sheet: Sheet, header: Header, columns: MappingOf[str, int]) -> dict[str, dict[str, list[int]]]:
    """Values of identifying fields that stand on more than one row: field → value → row numbers.

    A pass of its own, because the first of two equal rows must be refused as well, before the second has been seen.
    """
    specs = [(spec, columns[spec.key]) for spec in FIELDS if spec.key in PERSONAL_KEYS and spec.key in columns]
    if not specs:
        return {}
    first_rows: dict[str, dict[str, int]] = {spec.key: {} for spec, _index in specs}
    repeated: dict[str, dict[str, list[int]]] = {spec.key: {} for spec, _index in specs}
    name = columns.get("full_name", columns.get("family_name", 0))
    for number, cells in sheet.rows():
        if number < header.first_data_row or name >= len(cells) or is_blank(cells[name]):
            continue
        for spec, index in specs:
            cell = cells[index] if index < len(cells) else ""
            if is_blank(cell):
                continue
            try:
                value = spec.parser(cell)
            except ValueError:
                continue
            first = first_rows[spec.key].setdefault(value, number)
            if first != number:
                repeated[spec.key].setdefault(value, [first]).append(number)
    return repeated


def read_staff_list(
    file: Source,
    limits: Limits = DEFAULT_LIMITS,
    mapping: MappingOf[str, Any] | None = None,
    *,
    sheet: str | None = None,
    as_of: date | None = None,
    known_grades: Collection[str] = KNOWN_GRADES,
) -> StaffListReading:
    """Open a staff list (path, bytes or binary file) and find its table; rows are read later, one by one.

    ``mapping`` is a corrected :meth:`StaffListReading.mapping_dict`; ``sheet`` picks a sheet by name; ``as_of`` is the
    day against which ages are judged (today). Raises :class:`SpreadsheetRefused` with the reason in Vietnamese.
    """
    book = open_workbook(file, limits)
    wanted = sheet or (str(mapping["sheet"]) if mapping and mapping.get("sheet") else None)
    tables = _tables(book)
    if any(map(_in_old_font, book.with_data)):
        translated = Workbook(book.kind, tuple(TranslatedSheet(one, from_tcvn3) for one in book.sheets))
        if max(map(_strength, (found := _tables(translated)).values())) > max(map(_strength, tables.values())):
            book, tables = translated, found
    chosen = _choose(book, tables, wanted)
    table = _table(chosen, tables.get(chosen.name), mapping)
    header, guess = table.header, table.guess
    columns = Mapping.from_dict(mapping, FIELDS) if mapping is not None else _with_split_name(header, guess)
    used = set(columns.columns.values())
    unknown = tuple(
        column
        for column in header.columns
        if column.index not in used and column.title not in (ERROR_TITLE, WARNING_TITLE)
    )
    choices = tuple(
        SheetChoice(
            candidate.name,
            candidate.visible,
            candidate.last_row,
            round(_strength(tables.get(candidate.name)), 1),
            candidate is chosen,
        )
        for candidate in book.sheets
    )
    return StaffListReading(
        kind=book.kind,
        sheets=choices,
        sheet=chosen,
        header=header,
        guess=guess,
        mapping=columns,
        unknown_columns=unknown,
        problems=_problems(columns),
        as_of=as_of or clock.today(),
        known_grades=known_grades,
    )


def _tables(book: Workbook) -> dict[str, FoundTable | None]:
    return {sheet.name: find_table(sheet, FIELDS) for sheet in book.with_data}


def _strength(table: FoundTable | None) -> float:
    return table.guess.strength if table else 0.0


def _in_old_font(sheet: Sheet) -> bool:
    """Whether the sheet was typed in a font of before Unicode: several of its first texts give it away."""
    texts = (value for row in sheet.head(SEARCHED_ROWS) for value in row if isinstance(value, str))
    return sum(map(looks_like_tcvn3, texts)) >= _OLD_FONT_TEXTS


def _choose(book: Workbook, tables: MappingOf[str, FoundTable | None], wanted: str | None) -> Sheet:
    """The sheet asked for, else the visible sheet with the best header, the longer one of two alike."""
    if wanted is not None:
        try:
            return book.sheet(wanted)
        except KeyError:
            names = ", ".join(candidate.name for candidate in book.sheets)
            message = _("Tệp không có trang tính “%(name)s”. Các trang tính: %(names)s.", name=wanted, names=names)
            raise SpreadsheetRefused("bad_mapping", message) from None

    def rank(candidate: Sheet) -> tuple[bool, float, int]:
        strength = _strength(tables.get(candidate.name))
        return (candidate.visible or strength == 0, round(strength), candidate.last_row)

    return max(book.with_data, key=rank)


def _table(sheet: Sheet, found: FoundTable | None, mapping: MappingOf[str, Any] | None) -> FoundTable:
    rows = mapping.get("header_rows") if mapping else None
    if (
        isinstance(rows, Sequence)
        and len(rows) == 2
        and all(isinstance(row, int) and 0 < row <= sheet.last_row for row in rows)
    ):
        header = header_at(sheet, min(rows), max(rows))
        return FoundTable(header, guess_mapping(header.columns, FIELDS))
    if found is None:
        message = _(
            "Không tìm thấy bảng danh sách trong tệp. Bảng cần có dòng tiêu đề với ít nhất cột Họ và tên, Ngày sinh."
        )
        raise SpreadsheetRefused("no_table", message)
    return found


def _with_split_name(header: Header, guess: MappingGuess) -> Mapping:
    """ "Họ và tên" merged over two columns holds họ đệm in the first and tên in the second."""
    columns = dict(guess.mapping.columns)
    name = columns.get("full_name")
    if name is not None and "given_name" not in columns:
        paths = {column.index: column.path for column in header.columns}
        if paths.get(name + 1) == paths[name] and name + 1 not in columns.values():
            columns["given_name"] = name + 1
    return Mapping(columns)


def _problems(mapping: Mapping) -> tuple[str, ...]:
    """Columns without which no row can become a person."""
    have = mapping.columns.keys()
    missing = []
    if not have & {"full_name", "family_name"}:
        missing.append(LABELS["full_name"])
    if not have & {"birth_date", "birth_date_male", "birth_date_female"}:
        missing.append(LABELS["birth_date"])
    if not have & {"sex", "male_mark", "female_mark", "birth_date_male", "birth_date_female"}:
        missing.append(LABELS["sex"])
    return tuple(
        _("Chưa ghép được cột “%(label)s”. Hãy chọn cột tương ứng hoặc thêm cột vào tệp.", label=label)
        for label in missing
    )


def match_of(reading: StaffListReading, key: str) -> Match | None:
    """The guess for one field, with its confidence, for the page that lets the user correct it."""
    return reading.guess.matches.get(key)
