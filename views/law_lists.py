"""Lists of the law: what was proposed and approved, impacts that were measured, the cases of one impact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, false, select
from sqlalchemy.orm import contains_eager

from hrms.commands import law
from hrms.commands.law import impact
from hrms.commands.restructuring.workflow import STATE_LABELS
from hrms.kernel.text import fold, format_integer
from models.law import LawImpact, LawImpactRow, ParameterOverride
from models.organization import OrgUnit
from models.restructuring import DownsizingCase
from models.staff import Person
from views.listing import Bulk, Column, Filter, ListSpec, declare, search_plain

KINDS: dict[str, Any] = {"override": _l("Giá trị thay thế"), "confirmation": _l("Xác nhận giá trị")}
STATES: dict[str, tuple[str, Any]] = {
    "proposed": ("warn", _l("Chờ duyệt")),
    "approved": ("done", _l("Đang áp dụng")),
    "rejected": ("closed", _l("Không duyệt")),
    "ended": ("closed", _l("Đã hủy")),
}
LABELS: dict[str, Any] = {"state": _l("Trạng thái"), "valid_to": _l("Đến hết ngày")}
PARTS: dict[str, tuple[str, Any]] = {
    "open": ("open", _l("Đang xử lý")),
    "decided": ("warn", _l("Đã quyết định")),
}
MOST_LINES = 3


def state_badge(row: ParameterOverride) -> tuple[str, str]:
    css, label = STATES[row.state]
    return css, str(label)


def end_badge(row: ParameterOverride) -> tuple[str, str] | None:
    """What is shown beside the state while an end is waiting."""
    return ("warn", _("chờ duyệt kết thúc")) if row.state == "approved" and row.end_state == "asked" else None


OVERRIDES = declare(
    ListSpec(
        name="law_overrides",
        title=lambda: _("Giá trị do địa phương bổ sung, xác nhận"),
        model=ParameterOverride,
        columns=(
            Column("label", lambda: _("Tham số"), lambda row: law.label_of(row.name), width=40),
            Column("name", lambda: _("Tên"), "name", (ParameterOverride.name,), width=34, code=True, shown=False),
            Column("kind", lambda: _("Loại"), lambda row: str(KINDS[row.kind]), (ParameterOverride.kind,), nowrap=True),
            Column("value", lambda: _("Giá trị"), lambda row: law.value_of(row, short=True), width=24),
            Column("valid_from", lambda: _("Từ ngày"), "valid_from", (ParameterOverride.valid_from,), "date"),
            Column("valid_to", lambda: _("Đến ngày"), "valid_to", (ParameterOverride.valid_to,), "date"),
            Column("document", lambda: _("Văn bản"), "document", (ParameterOverride.document_number,), width=40),
            Column("mark", lambda: _("Dấu"), "mark", (ParameterOverride.mark,), width=6),
            Column("state", lambda: _("Trạng thái"), state_badge, (ParameterOverride.state,), "badge", width=14),
            Column("end", lambda: _("Kết thúc"), end_badge, kind="badge", width=14),
            Column("proposed_by", lambda: _("Người đề nghị"), "proposed_by", width=26),
            Column("decided_by", lambda: _("Người duyệt"), "decided_by", width=26),
        ),
        search=search_plain(ParameterOverride.name, ParameterOverride.document_number),
        search_hint=lambda: _("Tên tham số, số văn bản"),
        filters=(
            Filter(
                "state",
                lambda: _("Trạng thái"),
                lambda query, value: query.where(ParameterOverride.state == value),
                choices=lambda: [(code, str(label)) for code, (_css, label) in STATES.items()],
            ),
            Filter(
                "kind",
                lambda: _("Loại"),
                lambda query, value: query.where(ParameterOverride.kind == value),
                choices=lambda: [(code, str(label)) for code, label in KINDS.items()],
            ),
            Filter(
                "name", lambda: _("Tham số"), lambda query, value: query.where(ParameterOverride.name == value),
                hidden=True,
            ),
        ),
        default_sort=(ParameterOverride.id.desc(),),
        row_url=lambda row: url_for("LawView.show", override_id=row.id),
        export_permission=("parameter", "propose"),
        empty=lambda: _("Chưa có giá trị nào được bổ sung: phần mềm tính theo các giá trị có sẵn."),
    )
)  # fmt: skip

IMPACTS = declare(
    ListSpec(
        name="law_impacts",
        title=lambda: _("Tác động của thay đổi luật"),
        model=LawImpact,
        action="impact",
        columns=(
            Column("title", lambda: _("Thay đổi"), "title", (LawImpact.title,), width=50),
            Column("asked_at", lambda: _("Lập lúc"), "asked_at", (LawImpact.id,), "date"),
            Column("asked_by", lambda: _("Người lập"), "asked_by", width=26),
            Column("looked_at", lambda: _("Hồ sơ đã xem"), "looked_at", kind="number"),
            Column("open_moved", lambda: _("Đang xử lý, đổi"), "open_moved", kind="number"),
            Column("decided_moved", lambda: _("Đã quyết định, khác"), "decided_moved", kind="number"),
            Column(
                "finished",
                lambda: _("Tình trạng"),
                lambda row: ("done", _("xong")) if row.finished else ("warn", _("đang lập")),
                kind="badge",
            ),
        ),
        default_sort=(LawImpact.id.desc(),),
        row_url=lambda row: url_for("LawView.impacted", impact_id=row.id, impact=row.id),
        empty=lambda: _("Chưa lập danh sách tác động nào."),
    )
)


def _rows() -> Select[Any]:
    return (
        select(LawImpactRow)
        .join(LawImpactRow.case)
        .join(DownsizingCase.person)
        .join(DownsizingCase.unit)
        .options(
            contains_eager(LawImpactRow.case).contains_eager(DownsizingCase.person),
            contains_eager(LawImpactRow.case).contains_eager(DownsizingCase.unit),
        )
    )


def _of_impact(query: Select[Any], value: str) -> Select[Any]:
    known = value.isascii() and value.isdigit() and len(value) < 19
    return query.where(LawImpactRow.impact_id == int(value)) if known else query.where(false())


def _search(query: Select[Any], text: str) -> Select[Any]:
    for word in fold(text).split():
        query = query.where(DownsizingCase.folded.contains(word, autoescape=True))
    return query


def remember_amendments(rows: Sequence[LawImpactRow]) -> None:
    """Which of the page's decided cases have an amendment already; one statement."""
    known = impact.amendments_of(row.case_id for row in rows if row.part == impact.IN_DECIDED)
    for row in rows:
        row.__dict__["amendment"] = known.get(row.case_id, "")


def lines_of(row: LawImpactRow) -> str:
    """The lines that change, in words: “Trợ cấp …: 1.000 → 2.000”."""
    words = [
        f"{line['label']}: {_amount(line['old'])} → {_amount(line['new'])}" for line in (row.lines or [])[:MOST_LINES]
    ]
    return "; ".join([*words, *([row.note] if row.note else [])])


def _amount(value: int | None) -> str:
    return _("không có") if value is None else format_integer(value)


def _part(row: LawImpactRow) -> tuple[str, str]:
    css, label = PARTS[row.part]
    return css, str(label)


IMPACTED = declare(
    ListSpec(
        name="law_impact",
        title=lambda: _("Hồ sơ chịu tác động của thay đổi luật"),
        model=LawImpactRow,
        base=_rows,
        columns=(
            Column("case", lambda: _("Số hồ sơ"), "case.label", (DownsizingCase.number,), width=20, nowrap=True),
            Column("person", lambda: _("Họ và tên"), "case.person.full_name", (Person.sort_key,), width=26),
            Column("unit", lambda: _("Đơn vị"), "case.unit.name", (OrgUnit.sort_key,), width=36),
            Column("part", lambda: _("Loại"), _part, (LawImpactRow.part,), "badge", width=14),
            Column("state", lambda: _("Trạng thái"), lambda row: _(STATE_LABELS[row.case.state]), width=18,
                   shown=False),
            Column("leave", lambda: _("Nghỉ từ"), "case.leave_date", (DownsizingCase.leave_date,), "date"),
            Column("old", lambda: _("Đang tính (đồng)"), "old_total", (LawImpactRow.old_total,), "money", width=16),
            Column("new", lambda: _("Sẽ là (đồng)"), "new_total", (LawImpactRow.new_total,), "money", width=16),
            Column("delta", lambda: _("Chênh lệch (đồng)"), "delta", (LawImpactRow.delta,), "money", width=16),
            Column("lines", lambda: _("Khoản thay đổi"), lines_of, width=60, shown=False),
            Column("parameters", lambda: _("Do tham số"), lambda row: "; ".join(row.parameters or []), width=40,
                   shown=False),
            Column("amendment", lambda: _("Bản điều chỉnh"), "amendment", width=22),
        ),
        search=_search,
        search_hint=lambda: _("Họ tên, số hồ sơ"),
        enrich=remember_amendments,
        filters=(
            Filter(
                "impact", lambda: _("Danh sách"), _of_impact, text_of=lambda value: _("số %(n)s", n=value), hidden=True
            ),
            Filter(
                "part",
                lambda: _("Loại"),
                lambda query, value: query.where(LawImpactRow.part == value),
                choices=lambda: [(code, str(label)) for code, (_css, label) in PARTS.items()],
            ),
        ),
        default_sort=(LawImpactRow.part, LawImpactRow.id),
        row_url=lambda row: url_for("CaseView.show", case_id=row.case_id),
        bulk=(
            Bulk(
                lambda: _("Lập bản điều chỉnh cho hồ sơ đã quyết định…"),
                lambda: url_for("LawView.amend", impact_id=(request.view_args or {})["impact_id"]),
                ("case", "amend"),
            ),
        ),
        export_permission=("case", "export"),
        empty=lambda: _("Không hồ sơ nào đổi số tiền."),
        page_size=100,
    )
)  # fmt: skip
