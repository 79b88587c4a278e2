"""The list of downsizing cases: columns, filters, groups and bulk actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import defaultload

from hrms.commands.restructuring.queries import CaseFilter, batches_query, case_query, is_late, narrow, waits_for_me
from hrms.commands.restructuring.words import BENEFITS, DECREES, OPEN
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.workflow import TransitionRecord
from models.organization import OrgUnit
from models.restructuring import CaseBatch, DownsizingCase, RestructuringAct
from models.staff import Person
from models.vocabulary import GROUNDS_178
from views.listing import Bulk, Column, Filter, FilterFault, Group, ListSpec, day_of, declare, search_folded
from views.posted import identifier
from views.words import unit_in_full

KINDS = {"open": "open", "done": "done", "closed": "closed"}


def state_badge(case: DownsizingCase) -> tuple[str, str]:
    """Colour and words of the state."""
    state = WORKFLOW.state_of(case)
    return ("bad" if case.state == "refused" else KINDS[state.kind], _(state.label))


def ground_short(code: str) -> str:
    """The group a person falls under, as short as a column needs it: "Điểm g khoản 1"."""
    clause, _dot, point = code.removeprefix("2.").partition(".")
    if point:
        return _("Điểm %(point)s khoản %(clause)s Điều 2", point=point, clause=clause)
    return _("Khoản %(clause)s Điều 2", clause=clause)


def benefit_words(case: DownsizingCase) -> str:
    """The benefit as computed, or as asked for while there is no answer."""
    return _(BENEFITS.get(case.benefit_found or case.benefit, ""))


def verdict(case: DownsizingCase) -> tuple[str, str] | None:
    """Whether the law grants it, as a badge; ``None`` while nothing was computed."""
    if case.eligible is None:
        return ("warn", _("thiếu số liệu")) if case.state in OPEN else None
    return ("done", _("đủ điều kiện")) if case.eligible else ("bad", _("không đủ"))


def late_badge(case: DownsizingCase) -> tuple[str, str] | None:
    deadline = case.batch.deadline if case.batch is not None else None
    if deadline is None or deadline >= clock.today() or case.state not in OPEN:
        return None
    return ("bad", _("quá hạn %(days)s ngày", days=(clock.today() - deadline).days))


def remember_waiting(cases: Sequence[DownsizingCase]) -> None:
    """Since when each case stands where it stands: the day of its last step. One statement for the page."""
    query = (
        select(TransitionRecord.record_id, func.max(TransitionRecord.at))
        .where(
            TransitionRecord.record_type == DownsizingCase.__tablename__,
            TransitionRecord.record_id.in_([case.id for case in cases]),
        )
        .group_by(TransitionRecord.record_id)
    )
    moved = dict(db.session.execute(query).tuples().all())
    for case in cases:
        case.__dict__["waiting_since"] = clock.local(moved.get(case.id) or case.created_at).date()


def _states() -> list[tuple[str, str]]:
    return [("open", _("Đang xử lý")), *((s.code, _(s.label)) for s in WORKFLOW.states)]


def _by_state(query: Select[Any], value: str) -> Select[Any]:
    if value == "open":
        return query.where(DownsizingCase.state.in_(OPEN))
    return query.where(DownsizingCase.state == value)


def batch_choices() -> list[tuple[str, str]]:
    """The rounds in scope, newest first."""
    rows = db.session.scalars(batches_query().limit(100))
    return [(str(batch.id), f"{batch.name} · {batch.unit.short_name or batch.unit.name}") for batch in rows]


def _number(value: str) -> int:
    number = identifier(value)
    if number is None:
        raise FilterFault(_("“%(value)s” không phải mã số. Hãy chọn lại.", value=value))
    return number


def _flag(condition: Any) -> Any:
    return lambda query, value: query.where(condition()) if value == "1" else query


def _unit_words(value: str) -> str:
    query = access.restrict(select(OrgUnit.name).where(OrgUnit.id == _number(value)), OrgUnit)
    return str(db.session.scalar(query) or "")


def _person_words(value: str) -> str:
    query = access.restrict(select(Person.full_name).where(Person.id == _number(value)), Person)
    return str(db.session.scalar(query) or "")


def _act_words(value: str) -> str:
    query = access.restrict(
        select(RestructuringAct.number).where(RestructuringAct.id == _number(value)), RestructuringAct
    )
    return str(db.session.scalar(query) or "")


def _batch_words(value: str) -> str:
    query = access.restrict(select(CaseBatch.name).where(CaseBatch.id == _number(value)), CaseBatch)
    return str(db.session.scalar(query) or "")


def _narrowed(name: str) -> Any:
    def apply(query: Select[Any], value: str) -> Select[Any]:
        wanted: dict[str, Any] = {name: _number(value)}
        return narrow(query, CaseFilter(**wanted))

    return apply


COLUMNS = (
    Column(
        "number", lambda: _("Số hồ sơ"), "label", (DownsizingCase.number, DownsizingCase.revision), code=True, width=24
    ),
    Column("state", lambda: _("Trạng thái"), state_badge, (DownsizingCase.state,), "badge", width=22),
    Column("person", lambda: _("Họ và tên"), "person.full_name", (Person.sort_key,), width=26),
    Column("code", lambda: _("Số hiệu"), "person.code", (Person.code,), shown=False, code=True, width=12),
    Column("title", lambda: _("Chức vụ, chức danh"), "person.title", shown=False, width=26),
    Column("unit", lambda: _("Đơn vị"), lambda case: unit_in_full(case.unit), (OrgUnit.sort_key,), width=34),
    Column(
        "ground",
        lambda: _("Diện"),
        lambda case: ground_short(case.ground),
        (DownsizingCase.ground,),
        shown=False,
        width=24,
    ),
    Column("leave_date", lambda: _("Nghỉ từ"), "leave_date", (DownsizingCase.leave_date,), "date", width=12),
    Column("benefit", lambda: _("Chính sách"), benefit_words, (DownsizingCase.benefit_found,), width=24),
    Column(
        "decree",
        lambda: _("Nghị định"),
        lambda case: DECREES.get(case.decree_found, ""),
        (DownsizingCase.decree_found,),
        shown=False,
        width=20,
    ),
    Column("eligible", lambda: _("Điều kiện"), verdict, (DownsizingCase.eligible,), "badge", shown=False, width=16),
    Column(
        "months_early",
        lambda: _("Số tháng sớm"),
        "months_early",
        (DownsizingCase.months_early,),
        "number",
        shown=False,
        width=10,
    ),
    Column(
        "monthly_salary",
        lambda: _("Lương tháng"),
        "monthly_salary",
        (DownsizingCase.monthly_salary,),
        "money",
        shown=False,
        width=16,
    ),
    Column("total", lambda: _("Tổng (đồng)"), "total", (DownsizingCase.total,), "money", width=18),
    Column("batch", lambda: _("Đợt"), "batch.name", (CaseBatch.year, CaseBatch.round), width=20),
    Column("waiting", lambda: _("Chờ từ"), "waiting_since", kind="date", width=12),
    Column("late", lambda: _("Hạn"), late_badge, (CaseBatch.deadline,), "badge", width=18),
    Column(
        "decision_number",
        lambda: _("Số quyết định"),
        "decision_number",
        (DownsizingCase.decision_number,),
        shown=False,
        code=True,
        width=20,
    ),
    Column(
        "decision_date",
        lambda: _("Ngày quyết định"),
        "decision_date",
        (DownsizingCase.decision_date,),
        "date",
        shown=False,
        width=12,
    ),
)
FILTERS = (
    Filter("state", lambda: _("Trạng thái"), _by_state, _states),
    Filter("waiting", lambda: _("Chờ ai"), _flag(waits_for_me), lambda: [("1", _("Chờ tôi xử lý"))]),
    Filter(
        "benefit",
        lambda: _("Chính sách"),
        lambda q, v: q.where(DownsizingCase.benefit_found == v),
        lambda: [(code, _(words)) for code, words in BENEFITS.items() if code != "auto"],
    ),
    Filter(
        "batch",
        lambda: _("Đợt"),
        _narrowed("batch_id"),
        kind="lookup",
        url=lambda: url_for("BatchView.lookup") + "?q=",
        text_of=_batch_words,
    ),
    Filter(
        "unit",
        lambda: _("Đơn vị"),
        _narrowed("unit_id"),
        kind="lookup",
        url=lambda: "/lookup/units?q=",
        text_of=_unit_words,
    ),
    Filter("late", lambda: _("Hạn"), _flag(is_late), lambda: [("1", _("Quá hạn"))], hidden=True),
    Filter(
        "decree",
        lambda: _("Nghị định"),
        lambda q, v: q.where(DownsizingCase.decree_found == v),
        lambda: [(code, words) for code, words in DECREES.items() if code != "auto"],
        hidden=True,
    ),
    Filter(
        "ground",
        lambda: _("Diện"),
        lambda q, v: q.where(DownsizingCase.ground == v),
        lambda: [(code, _(words)) for code, words in GROUNDS_178.items()],
        hidden=True,
    ),
    Filter(
        "eligible",
        lambda: _("Điều kiện"),
        lambda q, v: q.where(DownsizingCase.eligible.is_(v == "1")),
        lambda: [("1", _("Đủ điều kiện")), ("0", _("Không đủ điều kiện"))],
        hidden=True,
    ),
    Filter(
        "funding", lambda: _("Nguồn kinh phí"), lambda q, v: q.where(DownsizingCase.funding_source == v), hidden=True
    ),
    Filter("person", lambda: _("Người"), _narrowed("person_id"), text_of=_person_words, hidden=True),
    Filter("act", lambda: _("Văn bản sắp xếp"), _narrowed("act_id"), text_of=_act_words, hidden=True),
    Filter(
        "from",
        lambda: _("Nghỉ từ ngày"),
        lambda q, v: narrow(q, CaseFilter(leave_from=day_of(v))),
        kind="date",
        hidden=True,
    ),
    Filter(
        "to",
        lambda: _("Nghỉ đến ngày"),
        lambda q, v: narrow(q, CaseFilter(leave_to=day_of(v))),
        kind="date",
        hidden=True,
    ),
)
GROUPS = (
    Group("state", lambda: _("Trạng thái"), DownsizingCase.state, lambda v: _(WORKFLOW.state(v).label), "state"),
    Group(
        "benefit",
        lambda: _("Chính sách"),
        DownsizingCase.benefit_found,
        lambda v: _(BENEFITS[v]) if v in BENEFITS else _("Chưa tính"),
        "benefit",
    ),
    Group("ground", lambda: _("Diện"), DownsizingCase.ground, lambda v: _(GROUNDS_178.get(v, v)), "ground"),
    Group("unit", lambda: _("Đơn vị"), OrgUnit.name, str),
    Group("batch", lambda: _("Đợt"), CaseBatch.name, lambda v: v or _("Chưa vào đợt")),
)

CASES = declare(
    ListSpec(
        name="cases",
        title=lambda: _("Hồ sơ nghỉ việc"),
        model=DownsizingCase,
        columns=COLUMNS,
        search=search_folded(DownsizingCase.folded),
        search_hint=lambda: _("Số hồ sơ, họ tên, số hiệu"),
        filters=FILTERS,
        groups=GROUPS,
        default_sort=(DownsizingCase.id.desc(),),
        base=case_query,
        options=(defaultload(DownsizingCase.unit).joinedload(OrgUnit.parent),),
        enrich=remember_waiting,
        row_url=lambda case: url_for("CaseView.show", case_id=case.id),
        row_class=lambda case: "late" if late_badge(case) else "",
        bulk=(
            Bulk(lambda: _("Đưa vào đợt…"), lambda: url_for("CaseView.to_batch"), ("case", "edit")),
            Bulk(lambda: _("Tính lại"), lambda: url_for("CaseView.recompute_many"), ("case", "edit")),
        ),
        export_permission=("case", "export"),
        empty=lambda: _("Chưa có hồ sơ nào, hoặc bộ lọc quá hẹp."),
    )
)
