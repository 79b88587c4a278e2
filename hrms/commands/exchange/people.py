"""Staff records as other systems take them over: page by page after a cursor, in scope, every taking logged.

Facts of class C4 (identity and insurance number, ethnic group, religion, health) are left out unless they are asked
for with a purpose by somebody who may see them (DP-05, DP-10).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, select
from sqlalchemy.orm import aliased

from hrms.commands import security_log
from hrms.kernel import access, clock, history
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, Refused
from hrms.kernel.history import HistoryEntry
from hrms.kernel.text import normalize
from hrms.kernel.validity import holds
from models.organization import OrgUnit
from models.staff import Appointment, Person, SalaryRow

MOST = 500
SHORTEST = 5  # characters of a purpose
SENSITIVE = ("identity_number", "identity_issued_on", "insurance_number", "ethnicity", "religion", "health")

# Name → the words of the staff record (document_format: Sơ yếu lý lịch HS02) it stands for.
FIELDS: Mapping[str, str] = {
    "id": "Mã bản ghi",
    "code": "Số hiệu cán bộ, công chức, viên chức",
    "full_name": "Họ và tên khai sinh",
    "other_name": "Tên gọi khác",
    "sex": "Giới tính",
    "birth_date": "Ngày sinh",
    "birth_precision": "Độ chính xác của ngày sinh",
    "birth_place": "Nơi sinh",
    "home_place": "Quê quán",
    "category": "Đối tượng",
    "status": "Trạng thái",
    "unit_code": "Mã cơ quan, đơn vị sử dụng",
    "unit_name": "Cơ quan, đơn vị sử dụng",
    "title": "Chức vụ, chức danh",
    "leader_rank": "Cấp lãnh đạo",
    "appointed_on": "Giữ vị trí từ ngày",
    "appointment_decision": "Quyết định bổ nhiệm, bố trí",
    "recruited_on": "Ngày tuyển dụng",
    "recruited_by": "Cơ quan tuyển dụng",
    "state_service_from": "Vào cơ quan nhà nước",
    "grade_code": "Mã ngạch, chức danh nghề nghiệp",
    "grade_name": "Ngạch, chức danh nghề nghiệp",
    "salary_scale": "Bảng lương",
    "salary_step": "Bậc lương",
    "salary_coefficient": "Hệ số lương",
    "beyond_frame_percent": "Phụ cấp thâm niên vượt khung (%)",
    "leadership_coefficient": "Phụ cấp chức vụ",
    "salary_from": "Ngày hưởng lương",
    "general_education": "Giáo dục phổ thông",
    "qualification": "Trình độ chuyên môn cao nhất",
    "political_theory": "Lý luận chính trị",
    "state_management": "Quản lý nhà nước",
    "foreign_language": "Ngoại ngữ",
    "informatics": "Tin học",
    "party_joined_on": "Ngày vào Đảng",
    "party_official_on": "Ngày chính thức vào Đảng",
    "left_on": "Ngày thôi việc",
    "left_reason": "Lý do thôi việc",
    "version": "Phiên bản của bản ghi",
    "identity_number": "Số định danh cá nhân",
    "identity_issued_on": "Ngày cấp",
    "insurance_number": "Số sổ bảo hiểm xã hội",
    "ethnicity": "Dân tộc",
    "religion": "Tôn giáo",
    "health": "Tình trạng sức khỏe",
}
_POST, _PAY = aliased(Appointment), aliased(SalaryRow)
_COLUMNS = {
    "unit_code": OrgUnit.code, "unit_name": OrgUnit.name, "leader_rank": _POST.leader_rank,
    "appointed_on": _POST.valid_from, "appointment_decision": _POST.decision_number, "grade_code": _PAY.grade_code,
    "grade_name": _PAY.grade_name, "salary_scale": _PAY.scale_code, "salary_step": _PAY.step,
    "salary_coefficient": _PAY.coefficient, "beyond_frame_percent": _PAY.beyond_frame_percent,
    "leadership_coefficient": _PAY.leadership, "salary_from": _PAY.valid_from,
}  # fmt: skip


@dataclass(frozen=True)
class Page:
    """Rows after a cursor; ``next`` is the cursor of the following page, ``None`` at the end."""

    rows: list[dict[str, Any]]
    next: int | None


def people_page(
    after: int = 0, size: int = 100, *, ids: tuple[int, ...] = (), sensitive: bool = False, purpose: str = ""
) -> Page:
    """The next ``size`` people with a record number above ``after`` (of ``ids`` only, when given).

    Needs ``staff:export`` on every row; with ``sensitive`` also ``staff:identity`` and a purpose, which is kept in the
    security log with the number of rows. Raises NotAllowed and Refused.
    """
    access.require("staff", "export")
    purpose = normalize(purpose)
    if sensitive:
        if not access.may("staff", "identity"):
            raise NotAllowed(_("Bạn không có quyền lấy số định danh và dữ liệu nhạy cảm."))
        if len(purpose) < SHORTEST:
            raise Refused([Fault("purpose", _("Chưa ghi mục đích lấy dữ liệu nhạy cảm (ít nhất 5 ký tự)."))])
    names = [name for name in FIELDS if sensitive or name not in SENSITIVE]
    day = clock.today()

    def now(row: Any) -> Any:
        return and_(row.person_id == Person.id, holds(row, day))

    query = (
        select(*[_COLUMNS.get(name, getattr(Person, name, None)).label(name) for name in names])  # type: ignore[union-attr]
        .select_from(Person)
        .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
        .outerjoin(_POST, and_(now(_POST), _POST.kind == "main"))
        .outerjoin(_PAY, now(_PAY))
        .where(Person.id > after)
        .order_by(Person.id, _POST.valid_from.desc(), _PAY.valid_from.desc())
        # Two posts or two salaries on one day are a fault of the records (see the checks): room for each person twice.
        .limit(4 * size + 1)
    )
    if ids:
        query = query.where(Person.id.in_(ids))
    for action in ("export", *(("identity",) if sensitive else ())):
        query = access.restrict(query, Person, action)
    found: dict[int, dict[str, Any]] = {}
    for row in db.session.execute(query).mappings():
        found.setdefault(row["id"], dict(row))
        if len(found) > size:
            break
    rows = list(found.values())[:size]
    _log(rows, after, purpose if sensitive else "")
    return Page(rows, rows[-1]["id"] if len(found) > size else None)


def _log(rows: list[dict[str, Any]], after: int, purpose: str) -> None:
    """Keep the taking in the security log; of sensitive facts also with every person, who may ask who saw them."""
    with transaction():
        kind = "identity_view" if purpose else "export"
        security_log.record(kind, "exchange staff", f"rows={len(rows)}; after={after}; {purpose[:200]}")
        if purpose:
            words = _("Lấy dữ liệu nhạy cảm qua API: %(purpose)s", purpose=purpose[:300])
            db.session.add_all(
                HistoryEntry(**history.entry(Person.__tablename__, row["id"], history.VIEWED, note=words))
                for row in rows
            )
