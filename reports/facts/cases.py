"""Cases of leave: what stands where, what it costs, what was paid. Every report on the policies counts these rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, String, and_, case, func, literal, not_, or_, select

from hrms.kernel import clock
from models.organization import OrgUnit
from models.restructuring import CaseBatch, DownsizingCase
from models.staff import Person
from policies.labels import BENEFIT_LABELS, DECREE_LABELS
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, SqlFact, by_model
from reports.wording import SOURCE_HEADINGS

CASE_STATES = {
    "draft": "Dự thảo",
    "unit_review": "Đơn vị rà soát",
    "appraisal": "Sở Nội vụ thẩm định",
    "finance_review": "Sở Tài chính thẩm tra",
    "decided": "Đã quyết định",
    "paid": "Đã chi trả",
    "refused": "Không giải quyết",
    "withdrawn": "Đã rút",
}
# Without what amended it: columns of tables are narrow.
MONTHLY_NOTE = "Số tiền theo NĐ 179/2024/NĐ-CP là phụ cấp tăng thêm của một tháng."
DECREES = {code: label.partition(" (")[0] for code, label in DECREE_LABELS.items()}
IN_WORK = ("draft", "unit_review", "appraisal", "finance_review")
SETTLED = ("decided", "paid")
REPLACED = "superseded"
SOURCES = {**SOURCE_HEADINGS, "": "Chưa xác định nguồn"}


def monthly_note(decrees: Iterable[str]) -> tuple[str, ...]:
    """Where the talents' decree is among them: its amount is that of a month, not a grant paid once."""
    return (MONTHLY_NOTE,) if "179" in set(decrees) else ()


def standing() -> Any:
    """One row for every matter: neither the version that was replaced, nor an amendment before it takes its place."""
    waiting = and_(DownsizingCase.amends_id.is_not(None), DownsizingCase.state.not_in(SETTLED))
    return and_(DownsizingCase.state != REPLACED, not_(waiting))


def month_of(column: Any, months: Sequence[tuple[date, date]], moment: bool = False) -> Any:
    """The month (2025-06) of the period a date falls in; nothing outside. ``moment``: the column holds a moment."""
    parts = []
    for first, last in months:
        low, high = (clock.start_of(first), clock.end_of(last)) if moment else (first, last)
        parts.append((and_(column >= low, column <= high), literal(f"{first:%Y-%m}")))
    return case(*parts, else_=literal("", String))


def _months(asked: Asked) -> list[tuple[date, date]]:
    span = asked.values.get("period")
    if span is not None:
        return span.months()
    from reports.framework.parameters import period_of

    return period_of(str(asked.on.year)).months()


def _source(asked: Asked) -> Select[Any]:
    row = DownsizingCase
    months = _months(asked)
    decree = case((row.decree_found != "", row.decree_found), else_=row.decree)
    benefit = case((row.benefit_found != "", row.benefit_found), else_=row.benefit)
    total = func.coalesce(row.total, 0)
    top_up = func.coalesce(row.top_up_part, 0)
    estimate = case((row.funding_source == "own_revenue", 0), else_=func.coalesce(row.estimate_part, 0))
    counted = and_(row.state.in_((*IN_WORK, *SETTLED)), row.eligible.is_(True))
    return (
        select(
            row.id.label("id"),
            row.number.label("number"),
            row.revision.label("revision"),
            Person.code.label("code"),
            Person.full_name.label("name"),
            row.unit_id.label("unit_id"),
            unit_name().label("unit"),
            func.coalesce(CaseBatch.name, "").label("batch"),
            row.state.label("state"),
            decree.label("decree"),
            benefit.label("benefit"),
            row.eligible.label("eligible"),
            case((counted, 1), else_=0).label("budgeted"),
            row.leave_date.label("leave_date"),
            row.months_early.label("months_early"),
            row.monthly_salary.label("monthly_salary"),
            case((counted, total), else_=0).label("total"),
            case((counted, total - top_up - estimate), else_=0).label("main_part"),
            case((counted, estimate), else_=0).label("estimate_part"),
            case((counted, top_up), else_=0).label("top_up_part"),
            row.funding_source.label("source"),
            row.local_top_up_decision.label("top_up_decision"),
            row.decision_number.label("decision_number"),
            row.decision_date.label("decision_date"),
            month_of(row.decision_date, months).label("decided_in"),
            month_of(row.created_at, months, moment=True).label("opened_in"),
            case((row.created_at <= clock.end_of(asked.on), 1), else_=0).label("opened"),
            row.paid_on.label("paid_on"),
            Person.sort_key.label("sort_key"),
            OrgUnit.sort_key.label("unit_order"),
        )
        .join(Person, Person.id == row.person_id)
        .join(OrgUnit, OrgUnit.id == row.unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .outerjoin(CaseBatch, CaseBatch.id == row.batch_id)
        .where(standing(), asked.inside(row.unit_id))
    )


_COLUMNS = {
    "id": FactColumn("Mã", "integer", listed=False),
    "number": FactColumn("Số hồ sơ", "code", mm=32, chars=20),
    "revision": FactColumn("Lần", "integer", mm=9, chars=6, listed=False),
    "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
    "name": FactColumn("Họ và tên", mm=38, chars=26),
    "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
    "unit": FactColumn("Đơn vị", mm=42, chars=32),
    "batch": FactColumn("Đợt", mm=26, chars=18, listed=False),
    "state": FactColumn("Trạng thái", words=CASE_STATES, mm=28, chars=20),
    "decree": FactColumn("Nghị định", words=DECREES, mm=28, chars=22),
    "benefit": FactColumn("Chính sách", words=BENEFIT_LABELS, mm=32, chars=24),
    "eligible": FactColumn("Đủ điều kiện", "mark", listed=False),
    "budgeted": FactColumn("Trong dự toán", "integer", listed=False),
    "leave_date": FactColumn("Nghỉ từ", "date", mm=18, chars=12),
    "months_early": FactColumn("Số tháng nghỉ sớm", "integer", listed=False),
    "monthly_salary": FactColumn("Lương tháng", "money", mm=22, chars=15),
    "total": FactColumn("Số tiền", "money", mm=26, chars=17),
    "main_part": FactColumn("Từ nguồn chính", "money", listed=False),
    "estimate_part": FactColumn("Từ dự toán đơn vị", "money", listed=False),
    "top_up_part": FactColumn("Địa phương hỗ trợ", "money", listed=False),
    "source": FactColumn("Nguồn", words=SOURCES, mm=26, chars=20),
    "top_up_decision": FactColumn("Quyết định hỗ trợ", listed=False),
    "decision_number": FactColumn("Quyết định", "code", mm=26, chars=18),
    "decision_date": FactColumn("Ngày quyết định", "date", mm=18, chars=12),
    "decided_in": FactColumn("Tháng quyết định", "code", listed=False),
    "opened_in": FactColumn("Tháng lập hồ sơ", "code", listed=False),
    "opened": FactColumn("Đã lập đến ngày báo cáo", "integer", listed=False),
    "paid_on": FactColumn("Ngày chi trả", "date", listed=False),
    "sort_key": FactColumn("", listed=False),
    "unit_order": FactColumn("", listed=False),
}
CASES = SqlFact(
    key="cases",
    title="Hồ sơ nghỉ việc, hưởng chính sách",
    columns=_COLUMNS,
    rows_need=(("case", "read"),),
    needs=(("case", "read"),),
    link=("CaseView.show", "case_id", "id"),
    source=_source,
    scope=by_model(DownsizingCase),
    order=("unit_order", "sort_key", "id"),
)


def _payments(asked: Asked) -> Select[Any]:
    """Every payment made, also on versions that were replaced since: the money went out."""
    row = DownsizingCase
    decree = case((row.decree_found != "", row.decree_found), else_=row.decree)
    return (
        select(
            row.id.label("id"),
            row.number.label("number"),
            row.revision.label("revision"),
            Person.code.label("code"),
            Person.full_name.label("name"),
            row.unit_id.label("unit_id"),
            unit_name().label("unit"),
            decree.label("decree"),
            row.paid_on.label("paid_on"),
            month_of(row.paid_on, _months(asked)).label("paid_in"),
            row.payment_reference.label("reference"),
            row.funding_source.label("source"),
            func.coalesce(row.total, 0).label("due"),
            func.coalesce(row.paid_amount, 0).label("paid"),
            func.coalesce(row.top_up_part, 0).label("top_up"),
            Person.sort_key.label("sort_key"),
        )
        .join(Person, Person.id == row.person_id)
        .join(OrgUnit, OrgUnit.id == row.unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(row.paid_on.is_not(None), row.paid_on <= asked.on, asked.inside(row.unit_id))
        .where(or_(row.state == "paid", row.state == REPLACED))
    )


PAYMENTS = SqlFact(
    key="payments",
    title="Các lần chi trả",
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "number": FactColumn("Số hồ sơ", "code", mm=32, chars=20),
        "revision": FactColumn("Lần", "integer", mm=10, chars=6),
        "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
        "name": FactColumn("Họ và tên", mm=38, chars=26),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Đơn vị", mm=42, chars=32),
        "decree": FactColumn("Nghị định", words=DECREES, mm=28, chars=22),
        "paid_on": FactColumn("Ngày chi", "date", mm=18, chars=12),
        "paid_in": FactColumn("Tháng chi", "code", listed=False),
        "reference": FactColumn("Chứng từ", "code", mm=28, chars=18),
        "source": FactColumn("Nguồn", words=SOURCES, mm=26, chars=20),
        "due": FactColumn("Số được hưởng", "money", mm=26, chars=17),
        "paid": FactColumn("Số đã chi lần này", "money", mm=26, chars=17),
        "top_up": FactColumn("Trong đó địa phương hỗ trợ", "money", mm=26, chars=17),
        "sort_key": FactColumn("", listed=False),
    },
    rows_need=(("case", "read"),),
    needs=(("case", "read"),),
    link=("CaseView.show", "case_id", "id"),
    source=_payments,
    scope=by_model(DownsizingCase),
    order=("paid_on", "sort_key", "id"),
)
