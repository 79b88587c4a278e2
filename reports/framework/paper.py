"""A report as a paper: BÁO CÁO of the unit by NĐ 30/2020/NĐ-CP, tables and charts inside, upright or lying down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from hrms.kernel.db import db
from models.organization import OrgUnit
from reports import pdf
from reports.framework.charts import svg
from reports.framework.result import Block, Column, Produced, RowFailed
from reports.letter import Recipients, Signature, body_of, issuing_unit, province_body
from reports.tables import Column as Printed
from reports.tables import Section, Table, page_table, shown

UPRIGHT, LYING = 165.0, 262.0  # mm between the margins
POINTS = 10.5


@dataclass(frozen=True)
class Signed:
    """What the records office and the signer gave a report; empty: a draft."""

    number: str = ""
    issued_on: date | None = None
    signer_title: str = ""
    signer_name: str = ""
    digest: str = ""

    @property
    def final(self) -> bool:
        return self.issued_on is not None


def _value(key: str, row: Any) -> Any:
    return row.get(key)


def printed(block: Block, column: Column) -> Printed:
    """The column as the tables of papers know it."""
    foot = partial(block.foot, column) if column.share is not None else None
    return Printed(
        column.key, column.title, partial(_value, column.key), column.kind, column.group, column.mm, column.chars,
        total=column.total, foot=foot,
    )  # fmt: skip


def table_of(block: Block) -> Table:
    """The block with a running number in front."""
    columns = [
        Printed("tt", "TT", lambda _row: None, "mark", mm=9, chars=6),
        *(printed(block, one) for one in block.columns),
    ]
    return Table(columns, [Section(title, rows) for title, rows in block.sections()], notes=block.notes)


def checked(produced: Produced) -> None:
    """Raises :class:`RowFailed` for the first row with a cell no form can write."""
    for block in produced.blocks:
        for position, row in enumerate(block.rows, start=1):
            for column in block.columns:
                try:
                    shown(row.get(column.key), column.kind)
                except Exception as error:
                    raise RowFailed(produced.title, block.title, position, row, error) from error


def paper(produced: Produced, signed: Signed | None = None) -> pdf.Paper:
    """Lay the report out. Without ``signed`` it carries DỰ THẢO and the blanks of a draft."""
    signed = signed or Signed()
    checked(produced)
    unit = db.session.get(OrgUnit, produced.unit_id) if produced.unit_id is not None else None
    body = body_of(issuing_unit(unit)) if unit is not None else province_body()
    wide = any(_width(block) > UPRIGHT * 1.15 for block in produced.blocks)
    head = body.letterhead(
        "BC", number=signed.number, issued_on=signed.issued_on, year=None if signed.final else produced.produced_on.year
    )
    signature = body.signature()
    if signed.signer_title or signed.signer_name:
        lines = (signed.signer_title.upper(),) if signed.signer_title else signature.lines
        signature = Signature(lines, signed.signer_name)
    context = {
        "draft": not signed.final,
        "letter": head,
        "report": produced,
        "wide": wide,
        "sections": [_section(produced, number, block, wide) for number, block in enumerate(produced.blocks, start=1)],
        "closing": produced.text_before(""),
        "said": [(label, words) for label, words in produced.said],
        "recipients": Recipients.of(["Cấp có thẩm quyền (để báo cáo)"], "hồ sơ").lines,
        "signature": signature,
        "digest": signed.digest,
    }
    return pdf.render("report.html", context, title=produced.title, subject=produced.unit_name)


def _width(block: Block) -> float:
    return sum(column.mm for column in block.columns) + 9


def _section(produced: Produced, number: int, block: Block, wide: bool) -> dict[str, Any]:
    table = page_table(table_of(block), points=POINTS, room=LYING if wide else UPRIGHT) if block.rows else None
    return {
        "title": block.title if len(produced.blocks) > 1 else "",
        "texts": produced.text_before(block.key),
        "unit_note": block.unit_note,
        "table": table,
        "sums": block.sums,
        "total_label": block.total_label,
        "notes": block.notes,
        "empty": block.empty,
        "chart": svg(block.chart, ident=f"bieu-do-{number}", width=1100 if wide else 720) if block.chart else "",
    }
