"""Sheets of an ``.xls``, read by a process of its own (see ``xls_child``)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from hrms.kernel.spreadsheets.archive import bomb
from hrms.kernel.spreadsheets.content import corrupt
from hrms.kernel.spreadsheets.limits import MIB, CellValue, Limits

_CHILD = Path(__file__).with_name("xls_child.py")
_MEMORY = 1536 * MIB
_SECONDS = 120
_TOO_MUCH_OUTPUT = 4


@dataclass(slots=True)
class OldSheet:
    """One sheet as it came through the pipe. ``merges`` are (top, left, bottom, right), all from 0."""

    name: str
    is_worksheet: bool
    visible: bool
    merges: Sequence[tuple[int, int, int, int]] = ()
    _left: int = 0
    _lines: list[bytes] = field(default_factory=list)

    def rows(self) -> Iterator[list[CellValue]]:
        """The rows from the first one on, each from column A."""
        offset: list[CellValue] = [""] * self._left
        for line in self._lines:
            yield offset + json.loads(line, object_hook=_typed)


def _typed(value: dict[str, Any]) -> CellValue:
    ((kind, content),) = value.items()
    if kind == "d":
        return date.fromisoformat(content)
    if kind == "m":
        return datetime.fromisoformat(content)
    if kind == "t":
        return time.fromisoformat(content)
    return timedelta(seconds=content)


def read_old_excel(data: bytes, limits: Limits) -> list[OldSheet]:
    """All sheets of the workbook in their order. Raises :class:`SpreadsheetRefused` for what cannot be read."""
    command = [sys.executable, "-I", str(_CHILD), str(_MEMORY), str(limits.max_text_bytes)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise corrupt() from None
    if done.returncode == _TOO_MUCH_OUTPUT:
        raise bomb()
    if done.returncode != 0:
        raise corrupt()
    lines = iter(done.stdout.splitlines())
    sheets = [OldSheet(*meta) for meta in json.loads(next(lines))]
    for sheet in sheets:
        about = json.loads(next(lines))
        sheet.merges = [tuple(area) for area in about["merges"]]
        sheet._left = about["left"]
        for line in lines:
            if line == b"null":
                break
            sheet._lines.append(line)
    return sheets
