"""The list of movement cases: columns, filters, groups, bulk actions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import defaultload

from hrms.commands.rotation.queries import MoveFilter, case_query, is_stuck, narrow, status_text, waits_for_me
from hrms.commands.rotation.words import CLOSED, OPEN, RUNNING, UNDER_WAY
from hrms.commands.rotation.workflow import WORKFLOW
from hrms.kernel import access, clock
from hrms.kernel.db import db
from models.organization import OrgUnit
from models.rotation import MovementCase, MovementChain
from models.staff import Person
from models.vocabulary import MOVEMENT_KINDS
from views.listing import Bulk, Column, Filter, FilterFault, Group, ListSpec, day_of, declare, search_folded
from views.posted import identifier
from views.words import unit_in_full

SHORT_KINDS = {
    "LUAN_CHUYEN": "Luân chuyển",
    "DIEU_DONG": "Điều động",
    "BIET_PHAI": "Biệt phái",
    "CDVTCT": "Chuyển đổi vị trí",
    "NOI_BO": "Bố trí nội bộ",
}


def state_badge(case: MovementCase) -> tuple[str, str]:
    """Colour and words of the state."""
    state = WORKFLOW.state_of(case)
    return ("bad" if case.state in ("refused", "revoked") else state.kind, _(state.label))


def verdict(case: MovementCase) -> tuple[str, str] | None:
    """What the rules said when they were last asked; nothing once the case is closed or not asked yet."""
    if not case.checks or "allowed" not in case.checks or case.state not in OPEN:
        return None
    if not case.checks["allowed"]:
        return ("bad", _("có quy định ngăn cản"))
    return ("warn", _("có lưu ý")) if case.checks.get("warnings") else ("done", _("đủ điều kiện"))


def until_badge(case: MovementCase) -> tuple[str, str] | None:
    """How long a running move still runs."""
    if case.state != RUNNING or case.ends_on is None:
        return None
    days = (case.ends_on - clock.today()).days
    if days < 0:
        return ("bad", _("quá hạn %(n)s ngày", n=-days))
    return ("warn", _("còn %(n)s ngày", n=days)) if days <= 90 else None


def _by_state(query: Select[Any], value: str) -> Select[Any]:
    groups = {"open": OPEN, "under_way": UNDER_WAY, "closed": CLOSED}
    if value not in groups and value not in {state.code for state in WORKFLOW.states}:
        raise FilterFault(_("không có trạng thái “%(value)s”.", value=value))
    return query.where(MovementCase.state.in_(groups.get(value, (value,))))


def _states() -> list[tuple[str, str]]:
    return [
        ("open", _("Đang chuẩn bị, chờ hiệu lực")),
        ("under_way", _("Đang thực hiện")),
        *((state.code, _(state.label)) for state in WORKFLOW.states),
    ]


def _of_unit(name: str) -> Any:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        number = identifier(value)
        if number is None:
            raise FilterFault(_("hãy chọn trong danh sách."))
        return narrow(query, replace(MoveFilter(), **{name: number}))  # type: ignore[arg-type]

    return apply


def _named(model: type[Any], attribute: str) -> Any:
    def words(value: str) -> str:
        number = identifier(value)
        if number is None:
            return value
        row = db.session.scalar(access.restrict(select(model).where(model.id == number), model))
        return str(getattr(row, attribute)) if row is not None else f"#{number}"

    return words


def _unit_words(value: str) -> str:
    number = identifier(value)
    unit = db.session.get(OrgUnit, number) if number is not None else None
    return unit.name if unit is not None else value


def _unit_names(ids: Any) -> dict[int, str]:
    rows = db.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(list(ids))))
    return dict(rows.tuples().all())


def place(unit: OrgUnit, title: str) -> str:
    return f"{title} · {unit_in_full(unit)}" if title else unit_in_full(unit)


def from_words(case: MovementCase) -> str:
    return place(case.from_unit, case.from_position.title if case.from_position else "")


def to_words(case: MovementCase) -> str:
    return place(case.to_unit, case.to_title or (case.to_position.title if case.to_position else ""))


COLUMNS = (
    Column("number", lambda: _("Số hồ sơ"), "number", (MovementCase.number,), code=True, width=22),
    Column("kind", lambda: _("Hình thức"), lambda case: _(SHORT_KINDS[case.kind]), (MovementCase.kind,), width=18,
           nowrap=True),
    Column("person", lambda: _("Họ và tên"), "person.full_name", (MovementCase.sort_key,), width=26),
    Column("from", lambda: _("Đơn vị đi"), lambda case: unit_in_full(case.from_unit), width=34),
    Column("from_post", lambda: _("Vị trí chuyển đi"), "from_position.title", shown=False, width=26),
    Column("to", lambda: _("Đến"), to_words, width=36),
    Column("state", lambda: _("Trạng thái"), state_badge, (MovementCase.state,), "badge", width=24),
    Column("effective_on", lambda: _("Có hiệu lực"), "effective_on", (MovementCase.effective_on,), "date", width=12),
    Column("ends_on", lambda: _("Đến hết"), "ends_on", (MovementCase.ends_on,), "date", shown=False,
           width=12),
    Column("until", lambda: _("Thời hạn"), until_badge, kind="badge", shown=False, width=16),
    Column("verdict", lambda: _("Quy định"), verdict, kind="badge", width=18),
    Column("status", lambda: _("Tình hình"), status_text, shown=False, width=36),
    Column("code", lambda: _("Số hiệu"), "person.code", shown=False, code=True, width=12),
    Column("chain", lambda: _("Chuỗi"), "chain.name", shown=False, width=26),
    Column("decision_number", lambda: _("Số quyết định"), "decision_number", (MovementCase.decision_number,),
           shown=False, code=True, width=20),
    Column("decision_date", lambda: _("Ngày quyết định"), "decision_date", (MovementCase.decision_date,), "date",
           shown=False, width=12),
    Column("reason", lambda: _("Lý do"), "reason", shown=False, width=40),
)  # fmt: skip
FILTERS = (
    Filter("state", lambda: _("Trạng thái"), _by_state, _states),
    Filter(
        "kind", lambda: _("Hình thức"), lambda q, v: q.where(MovementCase.kind == v),
        lambda: [(code, _(words)) for code, words in MOVEMENT_KINDS.items()],
    ),
    Filter("waiting", lambda: _("Chờ ai"), lambda q, v: q.where(waits_for_me()), lambda: [("1", _("Chờ tôi xử lý"))]),
    Filter("unit", lambda: _("Đơn vị đi hoặc đến"), _of_unit("unit_id"), kind="lookup",
           url=lambda: "/lookup/units?q=", text_of=_unit_words),
    Filter("stuck", lambda: _("Vướng mắc"), lambda q, v: q.where(is_stuck()),
           lambda: [("1", _("Đến ngày, chưa thực hiện được"))], hidden=True),
    Filter("ends_to", lambda: _("Hết hạn trước ngày"), lambda q, v: narrow(q, MoveFilter(ends_to=day_of(v))),
           kind="date", hidden=True),
    Filter("from_day", lambda: _("Có hiệu lực từ ngày"), lambda q, v: narrow(q, MoveFilter(effective_from=day_of(v))),
           kind="date", hidden=True),
    Filter("to_day", lambda: _("Có hiệu lực đến ngày"), lambda q, v: narrow(q, MoveFilter(effective_to=day_of(v))),
           kind="date", hidden=True),
    Filter("from_unit", lambda: _("Đơn vị đi"), _of_unit("from_unit_id"), text_of=_unit_words, hidden=True),
    Filter("to_unit", lambda: _("Đơn vị đến"), _of_unit("to_unit_id"), text_of=_unit_words, hidden=True),
    Filter("person", lambda: _("Người"), _of_unit("person_id"), text_of=_named(Person, "full_name"), hidden=True),
    Filter("chain", lambda: _("Chuỗi"), _of_unit("chain_id"), text_of=_named(MovementChain, "name"), hidden=True),
    Filter("plan", lambda: _("Kế hoạch"), _of_unit("plan_id"), hidden=True),
    Filter("run", lambda: _("Phương án"), _of_unit("planner_run_id"), hidden=True),
)  # fmt: skip
GROUPS = (
    Group("state", lambda: _("Trạng thái"), MovementCase.state, lambda v: _(WORKFLOW.state(v).label), "state"),
    Group("kind", lambda: _("Hình thức"), MovementCase.kind, lambda v: _(MOVEMENT_KINDS[v]), "kind"),
    Group("from", lambda: _("Đơn vị đi"), MovementCase.from_unit_id, str, "from_unit", labels_of=_unit_names),
    Group("to", lambda: _("Đơn vị đến"), MovementCase.to_unit_id, str, "to_unit", labels_of=_unit_names),
)  # fmt: skip


MOVEMENTS = declare(
    ListSpec(
        name="movements",
        title=lambda: _("Luân chuyển, điều động, biệt phái"),
        model=MovementCase,
        columns=COLUMNS,
        search=search_folded(MovementCase.folded),
        search_hint=lambda: _("Số hồ sơ, họ tên, số hiệu"),
        filters=FILTERS,
        groups=GROUPS,
        default_sort=(MovementCase.id.desc(),),
        base=case_query,
        options=(
            defaultload(MovementCase.from_unit).joinedload(OrgUnit.parent),
            defaultload(MovementCase.to_unit).joinedload(OrgUnit.parent),
        ),
        row_url=lambda case: url_for("MovementView.show", move_id=case.id),
        row_class=lambda case: "late" if (until_badge(case) or ("",))[0] == "bad" else "",
        bulk=(Bulk(lambda: _("Lập chuỗi…"), lambda: url_for("MovementChainView.new"), ("movement", "propose")),),
        export_permission=("movement", "export"),
        empty=lambda: _("Chưa có hồ sơ nào, hoặc bộ lọc quá hẹp."),
    )
)
__all__ = ["MOVEMENTS", "from_words", "place", "state_badge", "to_words", "until_badge", "verdict"]
