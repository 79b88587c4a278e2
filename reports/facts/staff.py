"""People in service on a day: every report that counts people counts these rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, case, literal, or_, select

from hrms.kernel.text import add_months
from hrms.kernel.validity import holds
from models.organization import OrgUnit
from models.staff import Appointment, Person, SalaryRow
from models.vocabulary import CATEGORIES, ESTABLISHMENT_KINDS, ESTABLISHMENT_OF_CATEGORY, LEADER_RANKS, SEXES
from reports.facts.tree import ABOVE, unit_name
from reports.framework.asking import Asked
from reports.framework.facts import FactColumn, SqlFact, by_model, by_unit

# Age groups as the statistics of staff have them: the last year a group covers.
AGE_GROUPS: dict[str, tuple[str, int]] = {
    "u30": ("Dưới 30 tuổi", 29),
    "30-34": ("30 đến 34", 34),
    "35-39": ("35 đến 39", 39),
    "40-44": ("40 đến 44", 44),
    "45-49": ("45 đến 49", 49),
    "50-54": ("50 đến 54", 54),
    "55-59": ("55 đến 59", 59),
    "60": ("Từ 60 tuổi", 200),
}
AGE_LABELS = {code: label for code, (label, _last) in AGE_GROUPS.items()}
ORDER = ("unit_order", "sort_key", "id")


def in_service(day: date) -> Any:
    """The main post held on ``day`` by somebody who had not left by then."""
    return and_(
        Appointment.kind == "main",
        holds(Appointment, day),
        or_(Person.left_on.is_(None), Person.left_on > day),
    )


def age_group(day: date) -> Any:
    """The age group on ``day`` from the date of birth."""
    parts = []
    for code, (_label, last) in list(AGE_GROUPS.items())[:-1]:
        # Younger than last + 1 years: born after the day that many years before.
        parts.append((Person.birth_date > add_months(day, -12 * (last + 1)), literal(code)))
    return case(*parts, else_=literal("60"))


def scope(query: Select[Any], resource: str, action: str) -> Select[Any]:
    """Figures belong to the unit the post was in on the day; whoever moved on since is told by name only to those who
    hold the record today."""
    if resource == "report":
        return by_unit(Appointment.unit_id)(query, resource, action)
    return by_model(Person)(query, resource, action)


def _source(asked: Asked) -> Select[Any]:
    day = asked.on
    kind = case(ESTABLISHMENT_OF_CATEGORY, value=Person.category, else_="contract")
    return (
        select(
            Person.id.label("id"),
            Person.code.label("code"),
            Person.full_name.label("name"),
            Person.sex.label("sex"),
            Person.birth_date.label("birth_date"),
            age_group(day).label("age_group"),
            Person.category.label("category"),
            kind.label("kind"),
            Appointment.unit_id.label("unit_id"),
            unit_name().label("unit"),
            Appointment.title.label("title"),
            Appointment.leader_rank.label("leader_rank"),
            Person.qualification.label("qualification"),
            Person.political_theory.label("political_theory"),
            Person.ethnicity.label("ethnicity"),
            Person.is_party_member.label("party"),
            Person.sort_key.label("sort_key"),
            OrgUnit.sort_key.label("unit_order"),
        )
        .join(Appointment, Appointment.person_id == Person.id)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
        .outerjoin(ABOVE, ABOVE.id == OrgUnit.parent_id)
        .where(in_service(day), asked.inside(Appointment.unit_id))
    )


def _with_salary(asked: Asked) -> Select[Any]:
    """The same people with the salary in force on the day; whoever has none stays, without a grade."""
    day = asked.on
    return (
        _source(asked)
        .outerjoin(
            SalaryRow,
            and_(
                SalaryRow.person_id == Person.id,
                holds(SalaryRow, day),
            ),
        )
        .add_columns(
            SalaryRow.grade_code.label("grade_code"),
            SalaryRow.grade_name.label("grade_name"),
            SalaryRow.scale_code.label("scale_code"),
            SalaryRow.step.label("step"),
            SalaryRow.coefficient.label("coefficient"),
        )
    )


_COLUMNS = {
    "id": FactColumn("Mã", "integer", listed=False),
    "code": FactColumn("Số hiệu", "code", mm=22, chars=14),
    "name": FactColumn("Họ và tên", mm=42, chars=28),
    "sex": FactColumn("Giới tính", words=SEXES, mm=13, chars=10),
    "birth_date": FactColumn("Ngày sinh", "date", mm=19, chars=12),
    "age_group": FactColumn("Nhóm tuổi", words=AGE_LABELS, mm=20, chars=14),
    "category": FactColumn("Loại", words=CATEGORIES, mm=30, chars=22),
    "kind": FactColumn("Loại biên chế", words=ESTABLISHMENT_KINDS, listed=False),
    "unit_id": FactColumn("Mã đơn vị", "integer", listed=False),
    "unit": FactColumn("Đơn vị", mm=46, chars=34),
    "title": FactColumn("Chức vụ, chức danh", mm=36, chars=26),
    "leader_rank": FactColumn("Lãnh đạo, quản lý", words=LEADER_RANKS, listed=False),
    "qualification": FactColumn("Trình độ chuyên môn", mm=28, chars=22),
    "political_theory": FactColumn("Lý luận chính trị", mm=20, chars=14),
    "ethnicity": FactColumn("Dân tộc", mm=14, chars=10),
    "party": FactColumn("Đảng viên", "mark", mm=12, chars=9),
    "sort_key": FactColumn("", listed=False),
    "unit_order": FactColumn("", listed=False),
}

PEOPLE = SqlFact(
    key="staff",
    title="Người đang làm việc",
    columns=_COLUMNS,
    rows_need=(("staff", "read"),),
    link=("StaffView.show", "person_id", "id"),
    source=_source,
    scope=scope,
    order=ORDER,
    cube=("sex", "party", "age_group", "qualification", "political_theory", "ethnicity", "leader_rank", "category"),
)
GRADED = SqlFact(
    key="staff_grade",
    title="Người đang làm việc theo ngạch, chức danh nghề nghiệp",
    columns={
        **_COLUMNS,
        "grade_code": FactColumn("Mã ngạch", "code", mm=18, chars=12),
        "grade_name": FactColumn("Ngạch, chức danh nghề nghiệp", mm=34, chars=26),
        "scale_code": FactColumn("Bảng lương", "code", listed=False),
        "step": FactColumn("Bậc", "integer", mm=10, chars=8),
        "coefficient": FactColumn("Hệ số", "factor", mm=14, chars=9),
    },
    rows_need=(("staff", "read"),),
    link=("StaffView.show", "person_id", "id"),
    source=_with_salary,
    scope=scope,
    order=ORDER,
)
