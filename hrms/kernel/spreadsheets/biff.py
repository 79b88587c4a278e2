"""An ``.xls`` is a stream of small records: the cell records tell what a sheet costs before anything is unpacked."""

from __future__ import annotations

import io
import struct

import olefile

from hrms.kernel.spreadsheets.archive import Extent, check_cells
from hrms.kernel.spreadsheets.content import corrupt
from hrms.kernel.spreadsheets.limits import CellFault, Limits

_BOF, _EOF, _BOUNDSHEET = 0x0809, 0x000A, 0x0085
_SINGLE = frozenset({0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, 0x0205, 0x0006, 0x0206, 0x0406})
_BOOLERR, _FORMULAS, _MULRK = 0x0205, frozenset({0x0006, 0x0206, 0x0406}), 0x00BD
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def measure(data: bytes, limits: Limits) -> list[Extent]:
    """The extent of each sheet in the order of the workbook. Raises :class:`SpreadsheetRefused`."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as compound:
            name = "Workbook" if compound.exists("Workbook") else "Book"
            stream = compound.openstream(name).read()
        return _measure_stream(stream, limits)
    except (OSError, struct.error, IndexError, ValueError):
        raise corrupt() from None


def _measure_stream(stream: bytes, limits: Limits) -> list[Extent]:
    header = struct.Struct("<HH")
    place = struct.Struct("<HH")
    by_offset: dict[int, Extent] = {}
    order: list[int] = []
    extent: Extent | None = None
    depth = 0
    at, end = 0, len(stream)
    while at + 4 <= end:
        kind, size = header.unpack_from(stream, at)
        body = at + 4
        if kind in _SINGLE:
            if extent is not None and depth == 1:
                row, column = place.unpack_from(stream, body)
                shown = _error_of(kind, stream[body : body + size])
                if shown is None:
                    extent.add(row, column)
                else:
                    extent.fault(row, column, shown)
        elif kind == _MULRK:
            if extent is not None and depth == 1:
                row, first = place.unpack_from(stream, body)
                for column in range(first, first + (size - 6) // 6):
                    extent.add(row, column)
        elif kind == _BOF:
            if depth == 0:
                extent = by_offset.setdefault(at, Extent())
            depth += 1  # charts inside a sheet open a level of their own
        elif kind == _EOF:
            depth = max(0, depth - 1)
            if depth == 0 and extent is not None:
                extent.check(limits)
        elif kind == _BOUNDSHEET:
            order.append(int.from_bytes(stream[body : body + 4], "little"))
        at = body + size
    check_cells(sum(extent.rows * extent.columns for extent in by_offset.values()), limits)
    return [by_offset.get(offset, Extent()) for offset in order]


def _error_of(kind: int, body: bytes) -> CellFault | None:
    if kind == _BOOLERR and body[7]:
        return CellFault(_ERRORS.get(body[6], "#ERR!"))
    if kind in _FORMULAS and body[12:14] == b"\xff\xff" and body[6] == 2:
        return CellFault(_ERRORS.get(body[8], "#ERR!"))
    return None
