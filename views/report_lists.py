"""The archive of reports and the drafts, as lists."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from models.organization import OrgUnit
from models.reporting import OPEN, SIGNED, ReportDraft, ReportSnapshot
from reports.framework import GROUPS, group_title
from views.listing import Column, Filter, ListSpec, declare


def kind_badge(row: ReportSnapshot) -> tuple[str, str]:
    return ("done", _("Đã ký")) if row.kind == SIGNED else ("open", _("Đã lập, chưa ký"))


def state_badge(row: ReportDraft) -> tuple[str, str]:
    return ("open", _("Đang soạn")) if row.state == OPEN else ("done", _("Đã ký"))


def _archive() -> Select[Any]:
    return select(ReportSnapshot).join(ReportSnapshot.unit)


def _search(query: Select[Any], text: str) -> Select[Any]:
    return query.where(ReportSnapshot.number.contains(text, autoescape=True))


ARCHIVE = declare(
    ListSpec(
        name="reports",
        title=lambda: _("Lưu trữ báo cáo"),
        model=ReportSnapshot,
        columns=(
            Column("title", lambda: _("Báo cáo"), "title", width=46),
            Column("about", lambda: _("Phạm vi, kỳ"), "about", width=40),
            Column("group", lambda: _("Nhóm"), lambda row: _(group_title(row.group)), width=24),
            Column("kind", lambda: _("Trạng thái"), kind_badge, kind="badge", width=16),
            Column("number", lambda: _("Số, ký hiệu"), "number", (ReportSnapshot.number,), width=16),
            Column("issued", lambda: _("Ngày ký"), "issued_on", (ReportSnapshot.issued_on,), "date", width=12),
            Column("rows", lambda: _("Số dòng"), "rows", (ReportSnapshot.rows,), "number", width=10),
            Column("at", lambda: _("Lập lúc"), "produced_at", (ReportSnapshot.produced_at,), "date", width=18),
            Column("by", lambda: _("Người lập"), "produced_by", width=22),
        ),
        options=(joinedload(ReportSnapshot.unit), defer(ReportSnapshot.content)),
        base=_archive,
        search=_search,
        search_hint=lambda: _("Số, ký hiệu"),
        filters=(
            Filter(
                "group",
                lambda: _("Nhóm"),
                lambda query, value: query.where(ReportSnapshot.group == value),
                choices=lambda: [(code, _(label)) for code, label in GROUPS.items()],
            ),
            Filter(
                "kind",
                lambda: _("Trạng thái"),
                lambda query, value: query.where(ReportSnapshot.kind == value),
                choices=lambda: [("signed", _("Đã ký")), ("produced", _("Đã lập, chưa ký"))],
            ),
        ),
        default_sort=(ReportSnapshot.id.desc(),),
        row_url=lambda row: url_for("ReportView.kept", snapshot_id=row.id),
        empty=lambda: _("Chưa có báo cáo nào được lưu. Báo cáo được lưu khi ký, hoặc khi lập theo lịch."),
    )
)


def _drafts() -> Select[Any]:
    return select(ReportDraft).join(ReportDraft.unit)


DRAFTS = declare(
    ListSpec(
        name="report_drafts",
        title=lambda: _("Báo cáo đang soạn"),
        model=ReportDraft,
        columns=(
            Column("title", lambda: _("Báo cáo"), "title", width=60),
            Column("unit", lambda: _("Đơn vị"), "unit.name", (OrgUnit.sort_key,), width=34),
            Column("state", lambda: _("Trạng thái"), state_badge, kind="badge", width=14),
            Column("by", lambda: _("Người soạn"), "created_by", width=22),
            Column("at", lambda: _("Sửa lúc"), "updated_at", (ReportDraft.updated_at,), "date", width=18),
        ),
        options=(joinedload(ReportDraft.unit),),
        base=_drafts,
        default_sort=(ReportDraft.id.desc(),),
        row_url=lambda row: url_for("ReportView.edit", draft_id=row.id),
        empty=lambda: _("Không có báo cáo đang soạn. Mở một báo cáo có phần lời rồi chọn “Soạn báo cáo”."),
    )
)
