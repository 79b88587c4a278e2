"""An ``.xlsx`` is a ZIP of XML. Before any library unpacks it, its cost is measured here, in bounded memory.

The directory of a ZIP can lie and a few bytes of XML can claim a cell in the last row and column of the sheet, which a
reader would answer with gigabytes. So every part is inflated once with a counter running, and every sheet is walked
for the rectangle it fills.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from array import array
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from xml.parsers import expat

from flask_babel import gettext as _

from hrms.kernel.spreadsheets.content import corrupt
from hrms.kernel.spreadsheets.limits import UNCALCULATED, CellFault, Limits, SpreadsheetRefused, column_index

_CHUNK = 1 << 18
_LOCAL_HEADER = 30
_MAX_FAULTS = 10_000
_WORKBOOK, _RELATIONS, _STRINGS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml"


@dataclass(slots=True)
class Extent:
    """What a sheet holds: rows and columns up to the last filled cell, filled cells, and cells without usable value."""

    rows: int = 0
    columns: int = 0
    filled: int = 0
    shared_strings: int = 0
    faults: dict[tuple[int, int], CellFault] = field(default_factory=dict)

    def add(self, row: int, column: int) -> None:
        """Count one filled cell (zero-based)."""
        if row < 0:
            raise ValueError(row)
        self.filled += 1
        if row >= self.rows:
            self.rows = row + 1
        if column >= self.columns:
            self.columns = column + 1

    def fault(self, row: int, column: int, shown: CellFault) -> None:
        if len(self.faults) < _MAX_FAULTS:
            self.add(row, column)
            self.faults[(row, column)] = shown

    def check(self, limits: Limits) -> None:
        if self.rows > limits.max_rows:
            message = _("Bảng có hơn %(limit)s dòng. Hãy chia danh sách thành nhiều tệp.", limit=limits.max_rows)
            raise SpreadsheetRefused("too_many_rows", message)
        if self.columns > limits.max_columns:
            message = _("Bảng có hơn %(limit)s cột. Hãy xóa các cột thừa.", limit=limits.max_columns)
            raise SpreadsheetRefused("too_many_columns", message)
        check_cells(self.rows * self.columns, limits)


def check_cells(cells: int, limits: Limits) -> None:
    """Refuse more cells than the limit, in one sheet or in all sheets of a workbook together."""
    if cells > limits.max_cells:
        message = _(
            "Bảng có hơn %(limit)s ô. Hãy xóa dòng, cột thừa hoặc chia thành nhiều tệp.", limit=limits.max_cells
        )
        raise SpreadsheetRefused("too_many_cells", message)


def bomb() -> SpreadsheetRefused:
    message = _(
        "Tệp nén bất thường, khi mở ra quá lớn nên không được nhận. Hãy lưu lại thành .xlsx chỉ gồm bảng cần nhập."
    )
    return SpreadsheetRefused("bomb", message)


class Archive:
    """The parts of one ``.xlsx``, each inflated under the limits."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._data = data
        self._limits = limits
        self._unpacked = 0
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            raise corrupt() from None
        self._entries = {entry.filename: entry for entry in entries}
        self._check_directory(entries)

    def _check_directory(self, entries: list[zipfile.ZipInfo]) -> None:
        limits = self._limits
        if len(entries) > limits.max_entries:
            raise bomb()
        if len(self._entries) != len(entries):  # two parts of one name: readers would disagree which one counts
            raise corrupt()
        position = 0
        for entry in sorted(entries, key=lambda item: item.header_offset):
            self._content_start(entry)
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or entry.flag_bits & 1:
                raise corrupt()
            if entry.header_offset < position:  # parts that share bytes are how a small file unpacks without end
                raise bomb()
            position = entry.header_offset + _LOCAL_HEADER + entry.compress_size
            self._check_ratio(entry.file_size, entry.compress_size)
        if position > len(self._data):
            raise corrupt()
        if sum(entry.file_size for entry in entries) > limits.max_unpacked_bytes:
            raise bomb()

    def _check_ratio(self, unpacked: int, packed: int) -> None:
        if unpacked > self._limits.ratio_free_bytes and unpacked > packed * self._limits.max_ratio:
            raise bomb()

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> list[str]:
        return list(self._entries)

    def size_of(self, name: str) -> int:
        """The unpacked size in bytes, as promised by the directory and held by :meth:`inflate`."""
        return self._entries[name].file_size

    def inflate(self, name: str) -> Iterator[bytes]:
        """The part in pieces. Stops with a refusal as soon as it grows beyond what its directory entry promised."""
        entry = self._entries[name]
        start = self._content_start(entry)
        packed = memoryview(self._data)[start : start + entry.compress_size]
        size = 0
        for piece in self._pieces(entry, packed):
            size += len(piece)
            self._unpacked += len(piece)
            if self._unpacked > 2 * self._limits.max_unpacked_bytes:
                raise bomb()
            if size > entry.file_size:  # a little more is damage; a full piece means that it goes on and on
                raise bomb() if len(piece) == _CHUNK else corrupt()
            yield piece

    def _content_start(self, entry: zipfile.ZipInfo) -> int:
        header = self._data[entry.header_offset : entry.header_offset + _LOCAL_HEADER]
        if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            raise corrupt()
        name_length = int.from_bytes(header[26:28], "little")
        extra_length = int.from_bytes(header[28:30], "little")
        return entry.header_offset + _LOCAL_HEADER + name_length + extra_length

    @staticmethod
    def _pieces(entry: zipfile.ZipInfo, packed: memoryview) -> Iterator[bytes]:
        if entry.compress_type == zipfile.ZIP_STORED:
            for at in range(0, len(packed), _CHUNK):
                yield bytes(packed[at : at + _CHUNK])
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            for at in range(0, len(packed), _CHUNK):
                waiting = bytes(packed[at : at + _CHUNK])
                while waiting and not inflater.eof:
                    yield inflater.decompress(waiting, _CHUNK)
                    waiting = inflater.unconsumed_tail
            while not inflater.eof and (rest := inflater.decompress(b"", _CHUNK)):
                yield rest
        except zlib.error:
            raise corrupt() from None
        if not inflater.eof:
            raise corrupt()

    def read(self, name: str) -> bytes:
        return b"".join(self.inflate(name))


def measure(data: bytes, limits: Limits) -> dict[str, Extent]:
    """Walk a whole ``.xlsx`` and return the extent of each worksheet by its name; refuse what breaks a limit."""
    archive = Archive(data, limits)
    if _RELATIONS not in archive:
        raise corrupt()
    sheets = _sheet_parts(archive)
    if len(sheets) > limits.max_sheets:
        message = _("Tệp có hơn %(limit)s trang tính. Hãy giữ lại trang cần nhập.", limit=limits.max_sheets)
        raise SpreadsheetRefused("too_many_sheets", message)
    scanned: dict[str, Extent] = {}
    for part in sheets.values():
        if part in archive and part not in scanned:
            scanned[part] = _scan_sheet(archive.inflate(part), limits)
    check_cells(sum(extent.rows * extent.columns for extent in scanned.values()), limits)
    for name in archive.names():
        if name not in scanned and name != _STRINGS:
            for _piece in archive.inflate(name):
                pass
    cells_of_text = sum(extent.shared_strings for extent in scanned.values())
    if _STRINGS in archive:
        _check_text_volume(archive, scanned, _string_lengths(archive), cells_of_text, limits)
    return {name: scanned[part] for name, part in sheets.items() if part in scanned}


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_doctype(*_parts: object) -> None:
        raise corrupt()  # no Office file has a DTD; entities are only good for attacks

    parser.StartDoctypeDeclHandler = refuse_doctype
    return parser


def _feed(parser: expat.XMLParserType, pieces: Iterator[bytes]) -> None:
    try:
        for piece in pieces:
            parser.Parse(piece)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):  # no XML, an encoding nobody knows, a number that is none
        raise corrupt() from None


def _sheet_parts(archive: Archive) -> dict[str, str]:
    """Sheet name → part of the archive, the way a reader resolves them."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            identity = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            target = targets.get(identity, "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            sheets[attributes.get("name", "")] = target if target.startswith("xl/") else path

    for part, handler in ((_RELATIONS, relation), (_WORKBOOK, sheet)):
        parser = _parser()
        parser.StartElementHandler = handler
        _feed(parser, archive.inflate(part))
    return sheets


def _scan_sheet(pieces: Iterator[bytes], limits: Limits) -> Extent:
    """One pass over the sheet's XML. A cell without ``r`` stands right of the one before, a row without, below."""
    extent = Extent()
    parser = _parser()
    row, column = -1, -1
    kind = ""
    has_value = has_formula = watching = False
    shown = ""
    columns: dict[str, int] = {}

    def close_cell() -> None:
        nonlocal has_value, has_formula
        if has_value:
            if kind == "e":
                extent.fault(row, column, CellFault(shown))
            elif has_formula and not shown:  # a text result may be empty; any other was never calculated
                if kind != "str":
                    extent.fault(row, column, UNCALCULATED)
            else:
                extent.add(row, column)
                if kind == "s":
                    extent.shared_strings += 1
        elif has_formula:
            extent.fault(row, column, UNCALCULATED)
        has_value = has_formula = False

    def shown_text(text: str) -> None:
        nonlocal shown
        shown += text

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column, kind, has_value, has_formula, watching, shown
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            if has_value or has_formula:
                close_cell()
            if watching:
                watching = False
                parser.CharacterDataHandler = None
            kind = attributes.get("t", "")
            reference = attributes.get("r")
            if reference is None:
                column += 1
            else:
                letters = reference.rstrip("0123456789")
                row = int(reference[len(letters) :]) - 1
                if letters not in columns:
                    columns[letters] = column_index(letters)
                column = columns[letters]
        elif tag in ("v", "is"):
            has_value = True
            if has_formula or kind == "e":
                shown = ""
                watching = True
                parser.CharacterDataHandler = shown_text
        elif tag == "f":
            has_formula = True
        elif tag == "row":
            if has_value or has_formula:
                close_cell()
            extent.check(limits)
            row = int(attributes["r"]) - 1 if "r" in attributes else row + 1
            column = -1

    parser.StartElementHandler = start
    _feed(parser, pieces)
    close_cell()
    extent.check(limits)
    return extent


def _string_lengths(archive: Archive) -> Sequence[int]:
    """The length of each shared string. The reader makes room for as many as the table announces: it may not lie."""
    lengths = array("L")
    room = archive.size_of(_STRINGS) // len("<si/>")

    def start(tag: str, attributes: dict[str, str]) -> None:
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "si":
            lengths.append(0)
        elif tag == "sst" and int(attributes.get("uniqueCount") or 0) > room:
            raise bomb()

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser = _parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    _feed(parser, archive.inflate(_STRINGS))
    return lengths


def _check_text_volume(
    archive: Archive, parts: Collection[str], lengths: Sequence[int], cells_of_text: int, limits: Limits
) -> None:
    """A long shared string used by a million cells is copied a million times: refuse what would fill the memory.

    The exact count is only taken where the longest string in every cell would be too much.
    """
    if max(lengths, default=0) * cells_of_text <= limits.max_text_bytes:
        return
    volume = 0
    for part in parts:
        volume += _text_of_sheet(archive.inflate(part), lengths)
        if volume > limits.max_text_bytes:
            raise bomb()


def _text_of_sheet(pieces: Iterator[bytes], lengths: Sequence[int]) -> int:
    volume = 0
    in_text_cell = in_value = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal in_text_cell, in_value
        tag = tag.rpartition(":")[2]
        if tag == "c":
            in_text_cell = attributes.get("t") == "s"
        in_value = in_text_cell and tag == "v"

    def characters(text: str) -> None:
        nonlocal volume
        if in_value and text.strip():
            volume += lengths[int(text)]

    parser = _parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    _feed(parser, pieces)
    return volume
