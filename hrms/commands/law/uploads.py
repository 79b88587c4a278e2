"""A new version of the law as a file: parameter versions in the form of ``policies/*/parameters.yaml``, as proposals.

What the law in force already says is passed over, so that a whole file with one changed value may be sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _

from hrms.commands.law.current import OVERRIDE
from hrms.commands.law.proposals import (
    OverrideContent,
    already_so,
    check_content,
    check_document,
    check_overlap,
    check_store,
    override_of,
    row_of,
)
from hrms.kernel import access
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from models.law import ParameterOverride
from policies.engine import errors
from policies.engine.yamlio import read_yaml

LARGEST = 512 * 1024  # bytes
MOST_ROWS = 500
PARAMETER_KEYS = {"name", "label", "unit", "by", "type", "options", "values"}
VALUE_KEYS = {"value", "from", "to", "article", "mark", "source", "note", "verified_on", "alternatives"}


@dataclass
class ProposeFile(Command[list[ParameterOverride]]):
    """Propose every value of a file that the law in force does not have yet; one document and reason for all.

    A row's own ``note`` stands beside the reason. Faults name their place in the file. Needs ``parameter:propose``.
    """

    text: str
    file_name: str
    document_number: str
    document_date: date | None
    document_issuer: str
    reason: str

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "propose")
        faults = check_document(self.document_number, self.document_date, self.document_issuer, self.reason)
        self._rows: list[ParameterOverride] = []
        bundle = f"{self.file_name[:60]}#{uuid4().hex[:8]}"
        for where, content, bad in self._contents():
            if content is None:
                faults += bad
                continue
            value, found = check_content(content)
            found = [fault for fault in found if not fault.field.startswith("document") and fault.field != "reason"]
            faults += [_placed(where, fault) for fault in [*bad, *found]]
            if bad or found or already_so(content, value):
                continue
            start = content.valid_from
            assert start is not None
            faults += [_placed(where, f) for f in check_overlap(OVERRIDE, content.name, start, content.valid_to)]
            if not faults:
                self._rows.append(row_of(content, value, bundle=bundle))
        if not faults and not self._rows:
            faults.append(Fault("file", _("Tệp không có giá trị nào khác với luật đang áp dụng."), code="no_change"))
        return faults or check_store(self._rows)

    def _contents(self) -> Iterator[tuple[str, OverrideContent | None, list[Fault]]]:
        """Every row of the file: its place, what it says, and what is wrong with its form."""
        data, faults = _read(self.text)
        if faults:
            yield "", None, faults
            return
        for place, entry in enumerate(data):
            where = f"parameters[{place}]"
            if not isinstance(entry, Mapping) or not isinstance(entry.get("values"), list) or "name" not in entry:
                text = _("%(where)s: mỗi tham số cần “name” và danh sách “values”.", where=where)
                yield where, None, [Fault("file", text, code="shape")]
                continue
            strange = set(entry) - PARAMETER_KEYS
            if strange:
                yield where, None, [_unknown_keys(where, strange)]
            for index, row in enumerate(entry["values"]):
                spot = f"{where}.values[{index}]"
                if not isinstance(row, Mapping) or not {"value", "from"} <= set(row):
                    text = _("%(where)s: mỗi giá trị cần ít nhất “value” và “from”.", where=spot)
                    yield spot, None, [Fault("file", text, code="shape")]
                    continue
                yield spot, *self._content(str(entry["name"]), row, spot)

    def _content(self, name: str, row: Mapping[str, Any], where: str) -> tuple[OverrideContent, list[Fault]]:
        faults = [_unknown_keys(where, strange)] if (strange := set(row) - VALUE_KEYS) else []
        days: dict[str, date | None] = {}
        for key in ("from", "to"):
            try:
                days[key] = None if row.get(key) is None else date.fromisoformat(str(row[key]))
            except ValueError:
                days[key] = None
                text = _("“%(value)s” không phải ngày, hãy ghi yyyy-mm-dd.", value=str(row[key])[:40])
                faults.append(Fault("valid_from" if key == "from" else "valid_to", text))
        note = str(row.get("note") or "")
        content = OverrideContent(
            name,
            row["value"],
            days["from"],
            days["to"],
            str(row.get("article") or ""),
            str(row.get("mark") or "P"),
            self.document_number,
            self.document_date,
            self.document_issuer,
            f"{self.reason} {note}".strip(),
            plain=True,
        )
        if faults and days["from"] is None:
            content = replace(content, valid_from=date(2000, 1, 1), valid_to=None)  # its own fault is told already
        return content, faults

    def run(self) -> list[ParameterOverride]:
        db.session.add_all(self._rows)
        db.session.flush()
        return self._rows

    def receipt(self, outcome: list[ParameterOverride]) -> Any:
        return [row.id for row in outcome]

    def replay(self, receipt: Any) -> list[ParameterOverride]:
        return [override_of(number) for number in receipt]


def _read(text: str) -> tuple[list[Any], list[Fault]]:
    if len(text.encode()) > LARGEST:
        return [], [Fault("file", _("Tệp lớn hơn 512 KB. Hãy chỉ gửi các tham số thay đổi."), code="too_large")]
    faults: list[errors.Fault] = []
    try:
        data = read_yaml(text, "parameters", faults)
    except errors.CaseFaults as broken:
        return [], [Fault("file", str(fault), code="syntax") for fault in broken.faults]
    if faults:
        return [], [Fault("file", str(fault), code="syntax") for fault in faults]
    rows = data.get("parameters") if isinstance(data, Mapping) else None
    if not isinstance(rows, list) or not rows:
        text_ = _("Tệp cần mục “parameters” là danh sách các tham số, như tệp parameters.yaml của phần mềm.")
        return [], [Fault("file", text_, code="shape")]
    if (
        sum(len(row["values"]) for row in rows if isinstance(row, Mapping) and isinstance(row.get("values"), list))
        > MOST_ROWS
    ):
        return [], [Fault("file", _("Tệp có hơn %(n)s giá trị. Hãy chia nhỏ.", n=MOST_ROWS), code="too_large")]
    return rows, []


def _unknown_keys(where: str, keys: set[str]) -> Fault:
    text = _("%(where)s: không hiểu khóa %(keys)s.", where=where, keys=", ".join(sorted(map(str, keys))))
    return Fault("file", text, code="unknown_key")


def _placed(where: str, fault: Fault) -> Fault:
    """The fault with its place in the file; on the page it belongs to the file, not to a field."""
    if fault.message.startswith(where):
        return fault
    return Fault("file", f"{where}: {fault.message}", fault.article, fault.code)


__all__ = ["ProposeFile"]
