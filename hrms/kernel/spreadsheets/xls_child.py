"""Reads an ``.xls`` from standard input and writes its cells as lines of JSON; runs alone, in a process of its own.

A broken ``.xls`` can make the library ask for terabytes, which ends the whole process at once. Here that is a process
with a memory limit that nobody misses. Imports nothing of ours, so that it starts fast.

Lines: ``[[name, is worksheet, is visible], …]``, then for each sheet ``{"merges": [[top, left, bottom, right], …],
"left": first column}``, one list per row, and ``null``. Arguments: bytes of memory, bytes of output.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum


def limit_memory(size: int) -> None:
    """Where the system can: a request for more memory then fails instead of taking it from everybody."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def plain(value: Any) -> dict[str, Any]:
    """What JSON does not know, with one letter for its kind."""
    if isinstance(value, datetime):
        return {"m": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, time):
        return {"t": value.isoformat()}
    if isinstance(value, timedelta):
        return {"s": value.total_seconds()}
    raise TypeError(type(value))


def main(memory: int, room: int) -> None:
    limit_memory(memory)
    out = sys.stdout.buffer
    written = 0

    def say(line: Any) -> None:
        nonlocal written
        encoded = json.dumps(line, ensure_ascii=False, default=plain, separators=(",", ":")).encode() + b"\n"
        written += len(encoded)
        if written > room:
            sys.exit(4)
        out.write(encoded)

    book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = book.sheets_metadata
    say([[s.name, s.typ is SheetTypeEnum.WorkSheet, s.visible is SheetVisibleEnum.Visible] for s in sheets])
    for meta in sheets:
        sheet = book.get_sheet_by_name(meta.name)
        merges = [[top, left, bottom, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()]
        say({"merges": merges, "left": sheet.start[1] if sheet.start else 0})
        if sheet.start:
            for row in sheet.iter_rows():
                say(row)
        say(None)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
