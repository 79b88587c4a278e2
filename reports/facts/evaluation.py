"""Sheets, collectives, petitions and yearly ratings as reports count them: one row for every sheet of a period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, select

from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, EvaluationPetition, PersonEvaluation, UnitEvaluation
from models.organization import OrgUnit
from models.staff import Person, YearRating
from policies.evaluation import level_label, reason_text
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, SqlFact, by_model

LEVELS = {code: level_label(code) for code in ("HTXS", "HTT", "HT", "KHT")}
STATES = {
    "draft": "Đang tự đánh giá",
    "self_submitted": "Đã gửi phiếu",
    "remarked": "Đã có nhận xét",
    "meeting_held": "Đã họp đơn vị",
    "party_opinion": "Có ý kiến cấp ủy",
    "synthesised": "Đã tổng hợp",
    "quota_checked": "Đã kiểm tra tỷ lệ",
    "decided": "Đã quyết định",
    "notified": "Đã thông báo",
    "published": "Đã công khai",
    "filed": "Đã lưu hồ sơ",
    "petitioned": "Đang có kiến nghị",
    "reopened": "Đang xét lại",
    "not_rated": "Không xếp loại",
    "blocked": "Chờ nhận xét của cơ quan cũ",
}
# Where a sheet stands, in the five steps a report of progress tells apart.
STAGES = {
    "self": "Tự đánh giá",
    "unit": "Đơn vị nhận xét, họp",
    "synthesis": "Tổng hợp, kiểm tra tỷ lệ",
    "decided": "Đã quyết định",
    "published": "Đã công khai",
    "out": "Không xếp loại",
}
_STAGE_OF = {
    "self": ("draft",),
    "unit": ("self_submitted", "remarked", "meeting_held", "party_opinion", "blocked"),
    "synthesis": ("synthesised", "quota_checked"),
    "decided": ("decided", "notified", "reopened"),
    "published": ("published", "filed", "petitioned"),
    "out": ("not_rated",),
}
SETTLED = ("decided", "notified", "published", "filed", "petitioned", "reopened")
CLASSES = {
    "leaders": "Lãnh đạo, quản lý",
    "officials": "Công chức không giữ chức vụ",
    "employees": "Viên chức không giữ chức vụ",
    "contract": "Người lao động hợp đồng",
}
PETITIONS = {
    "filed": "Đang giải quyết",
    "upheld": "Giữ nguyên kết quả",
    "changed": "Đã thay đổi kết quả",
    "late": "Gửi quá hạn",
    "withdrawn": "Đã rút",
}


def _of_period(asked: Asked) -> Any:
    span = asked.period
    return and_(
        EvaluationCycle.starts_on == span.first, EvaluationCycle.ends_on == span.last, EvaluationCycle.side == "STATE"
    )


def _class() -> Any:
    sheet = PersonEvaluation
    return case(
        (sheet.klass.in_(("CB", "CC1", "VC1")), "leaders"), (sheet.klass == "VC0", "employees"),
        (sheet.klass == "HD", "contract"), else_="officials",
    )  # fmt: skip


def _stage() -> Any:
    return case(*((PersonEvaluation.state.in_(states), stage) for stage, states in _STAGE_OF.items()), else_="out")


def _source(asked: Asked) -> Select[Any]:
    sheet = PersonEvaluation
    settled = and_(sheet.state.in_(SETTLED), sheet.level.in_(tuple(LEVELS)))
    return (
        select(
            sheet.id.label("id"),
            sheet.unit_id.label("unit_id"),
            Person.code.label("code"),
            Person.full_name.label("name"),
            sheet.title.label("title"),
            unit_name().label("unit"),
            _class().label("class"),
            _stage().label("stage"),
            sheet.state.label("state"),
            case((sheet.late.is_(True), 1), else_=0).label("late"),
            case((settled, sheet.level), else_="").label("level"),
            case((settled, 1), else_=0).label("rated"),
            case((and_(settled, sheet.quota_outcome == "demoted", sheet.level == "HTT"), 1), else_=0).label("demoted"),
            sheet.level_reason.label("reason"),
            Person.sort_key.label("sort_key"),
            OrgUnit.sort_key.label("unit_order"),
        )
        .join(EvaluationCycle, EvaluationCycle.id == sheet.cycle_id)
        .join(Person, Person.id == sheet.person_id)
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(sheet.state != "removed", _of_period(asked), asked.inside(sheet.unit_id))
    )


def reasons_of(sheets: Sequence[int]) -> dict[int, str]:
    """What the law's reasons for a level say, by sheet: one statement for the rows a report has already been given."""
    query = select(PersonEvaluation.id, PersonEvaluation.reasons).where(PersonEvaluation.id.in_(list(sheets)))
    return {number: "; ".join(map(reason_text, codes or ())) for number, codes in db.session.execute(query)}


_PERSON = {
    "id": FactColumn("Mã", "integer", listed=False),
    "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
    "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
    "name": FactColumn("Họ và tên", mm=38, chars=26),
    "title": FactColumn("Chức vụ, chức danh", mm=36, chars=28),
    "unit": FactColumn("Đơn vị", mm=44, chars=34),
    "sort_key": FactColumn("Thứ tự", listed=False),
    "unit_order": FactColumn("Thứ tự đơn vị", listed=False),
}
SHEETS = SqlFact(
    key="evaluation_sheets",
    title="Phiếu đánh giá, xếp loại",
    source=_source,
    columns={
        **_PERSON,
        "class": FactColumn("Đối tượng", words=CLASSES, mm=30, chars=24),
        "stage": FactColumn("Bước", words=STAGES, mm=28, chars=22, listed=False),
        "state": FactColumn("Trạng thái", words=STATES, mm=28, chars=22),
        "late": FactColumn("Quá hạn", "integer", mm=14, chars=9),
        "level": FactColumn("Mức xếp loại", words=LEVELS, mm=34, chars=28),
        "rated": FactColumn("Đã xếp loại", "integer", listed=False),
        "demoted": FactColumn("Xuống mức do tỷ lệ", "integer", mm=16, chars=9),
        "reason": FactColumn("Lý do", mm=44, chars=36),
    },
    scope=by_model(PersonEvaluation),
    needs=(("evaluation", "read"),),
    rows_need=(("evaluation", "read"),),
    order=("unit_order", "sort_key", "id"),
    link=("EvaluationSheetView.show", "evaluation_id", "id"),
    cube=("unit_id", "class", "stage", "late", "level", "demoted", "rated"),
)


def _collectives(asked: Asked) -> Select[Any]:
    row = UnitEvaluation
    settled = row.state.in_(("recognised", "notified"))
    return (
        select(
            row.id.label("id"),
            row.unit_id.label("unit_id"),
            unit_name().label("unit"),
            case((settled, row.level), else_="").label("level"),
            case((settled, 1), else_=0).label("recognised"),
            OrgUnit.sort_key.label("unit_order"),
        )
        .join(EvaluationCycle, EvaluationCycle.id == row.cycle_id)
        .join(OrgUnit, OrgUnit.id == row.unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(row.state != "removed", _of_period(asked), asked.inside(row.unit_id))
    )


COLLECTIVES = SqlFact(
    key="evaluation_collectives",
    title="Tập thể được đánh giá",
    source=_collectives,
    columns={
        "id": FactColumn("Mã", "integer", listed=False),
        "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
        "unit": FactColumn("Tập thể", mm=60, chars=44),
        "level": FactColumn("Mức xếp loại", words=LEVELS, mm=40, chars=28),
        "recognised": FactColumn("Đã công nhận", "integer", listed=False),
        "unit_order": FactColumn("Thứ tự đơn vị", listed=False),
    },
    scope=by_model(UnitEvaluation),
    needs=(("evaluation", "read"),),
    order=("unit_order", "id"),
)


def _petitions(asked: Asked) -> Select[Any]:
    row, span = EvaluationPetition, asked.period
    late = and_(row.state == "filed", row.answer_by < asked.today)
    return (
        select(
            row.id.label("id"),
            row.evaluation_id.label("evaluation_id"),
            row.unit_id.label("unit_id"),
            Person.code.label("code"),
            Person.full_name.label("name"),
            PersonEvaluation.title.label("title"),
            unit_name().label("unit"),
            EvaluationCycle.name.label("cycle"),
            row.state.label("state"),
            row.filed_on.label("filed_on"),
            row.answer_by.label("answer_by"),
            row.answered_on.label("answered_on"),
            case((late, 1), else_=0).label("overdue"),
            Person.sort_key.label("sort_key"),
            OrgUnit.sort_key.label("unit_order"),
        )
        .join(PersonEvaluation, PersonEvaluation.id == row.evaluation_id)
        .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
        .join(Person, Person.id == row.person_id)
        .join(OrgUnit, OrgUnit.id == row.unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(row.filed_on >= span.first, row.filed_on <= span.last, asked.inside(row.unit_id))
    )


PETITION_ROWS = SqlFact(
    key="evaluation_petitions",
    title="Kiến nghị về kết quả xếp loại",
    source=_petitions,
    columns={
        **_PERSON,
        "evaluation_id": FactColumn("Mã phiếu", "integer", listed=False),
        "cycle": FactColumn("Kỳ đánh giá", mm=40, chars=32),
        "state": FactColumn("Kết quả", words=PETITIONS, mm=30, chars=22),
        "filed_on": FactColumn("Ngày gửi", "date", mm=20, chars=12),
        "answer_by": FactColumn("Hạn trả lời", "date", mm=20, chars=12),
        "answered_on": FactColumn("Ngày trả lời", "date", mm=20, chars=12),
        "overdue": FactColumn("Quá hạn", "integer", mm=14, chars=9),
    },
    scope=by_model(EvaluationPetition),
    needs=(("evaluation", "read"),),
    rows_need=(("evaluation", "read"),),
    order=("filed_on", "sort_key", "id"),
    link=("EvaluationSheetView.show", "evaluation_id", "evaluation_id"),
)


def _years(asked: Asked) -> Select[Any]:
    """One row for everybody in service: the levels of the year asked about and of the two before."""
    last = asked["year"]
    rating = YearRating
    rated = [
        select(rating.person_id, func.max(rating.level).label("level"))
        .where(rating.year == last - back, rating.side == "STATE")
        .group_by(rating.person_id)
        .subquery(f"back{back}")
        for back in (2, 1, 0)
    ]
    shown = [func.coalesce(one.c.level, literal("")) for one in rated]
    kht = [case((level == "KHT", 1), else_=0) for level in shown]
    query = select(
        Person.id.label("id"),
        Person.unit_id.label("unit_id"),
        Person.code.label("code"),
        Person.full_name.label("name"),
        Person.title.label("title"),
        unit_name().label("unit"),
        shown[0].label("first"),
        shown[1].label("second"),
        shown[2].label("third"),
        (kht[0] + kht[1] + kht[2]).label("kht_years"),
        case((and_(shown[1] == "KHT", shown[2] == "KHT"), 1), else_=0).label("twice"),
        case((and_(*(level == "HTXS" for level in shown)), 1), else_=0).label("best"),
        Person.sort_key.label("sort_key"),
        OrgUnit.sort_key.label("unit_order"),
    )
    for one in rated:
        query = query.outerjoin(one, one.c.person_id == Person.id)
    query = query.join(OrgUnit, OrgUnit.id == Person.unit_id).outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
    return query.where(Person.left_on.is_(None), asked.inside(Person.unit_id))


HISTORY = SqlFact(
    key="rating_history",
    title="Kết quả xếp loại 03 năm",
    source=_years,
    columns={
        **_PERSON,
        "first": FactColumn("Năm thứ nhất", words=LEVELS, mm=34, chars=26),
        "second": FactColumn("Năm thứ hai", words=LEVELS, mm=34, chars=26),
        "third": FactColumn("Năm thứ ba", words=LEVELS, mm=34, chars=26),
        "kht_years": FactColumn("Số năm không hoàn thành", "integer", mm=18, chars=10),
        "twice": FactColumn("Hai năm liên tiếp không hoàn thành", "integer", listed=False),
        "best": FactColumn("Ba năm xuất sắc", "integer", listed=False),
    },
    scope=by_model(Person),
    needs=(("evaluation", "read"), ("staff", "read")),
    rows_need=(("evaluation", "read"), ("staff", "read")),
    order=("unit_order", "sort_key", "id"),
    link=("StaffView.show", "person_id", "id"),
    cube=("first", "second", "third"),
)
