"""Forms of a cycle: plan, edit, add a person, grounds of a step; what they begin with and the commands they become."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from hrms.commands.evaluation import cycles
from hrms.commands.evaluation.words import LABELS, STEPS
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.errors import Refused
from models.organization import OrgUnit
from models.vocabulary import CATEGORIES, EVALUATION_CIRCLES, EVALUATION_SIDES, PERIOD_KINDS
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    LookupField,
    Optional,
    TextField,
    WholeField,
    required,
)


class PlanForm(Form):
    unit_id = LookupField(LABELS["unit_id"], [required(_l("Hãy chọn đơn vị mở kỳ."))], url="/lookup/units?q=")
    period_kind = ChoiceField(LABELS["period_kind"], choices=[(code, label) for code, label in PERIOD_KINDS.items()])
    year = WholeField(LABELS["year"], [required(_l("Hãy ghi năm."))])
    number = WholeField(LABELS["number"], [Optional()], description=_l("Tháng 1–12, quý 1–4; kỳ năm để trống."))
    side = ChoiceField(LABELS["side"], choices=[(code, label) for code, label in EVALUATION_SIDES.items()])
    circle = ChoiceField(
        LABELS["circle"], choices=list(EVALUATION_CIRCLES.items()),
        description=_l("Bên Đảng chỉ lấy đảng viên và người giữ chức vụ lãnh đạo, quản lý."),
    )  # fmt: skip
    name = TextField(LABELS["name"], description=_l("Để trống: đặt theo loại kỳ."))
    as_of = DateField(LABELS["as_of"], [Optional()], description=_l("Để trống: ngày cuối kỳ, hoặc ngày mở kỳ."))
    document = TextField(_l("Văn bản triển khai"))
    note = LongTextField(_l("Ghi chú"))


for _code in CATEGORIES:
    setattr(PlanForm, f"category_{_code}", BooleanField(CATEGORIES[_code]))


class EditForm(Form):
    name = TextField(LABELS["name"], [required(_l("Cần tên kỳ đánh giá."))])
    document = TextField(_l("Văn bản triển khai"))
    as_of = DateField(LABELS["as_of"], [Optional()])
    note = LongTextField(_l("Ghi chú"))


for _code, _label in STEPS.items():
    setattr(EditForm, f"due_{_code}", DateField(_label, [Optional()]))


class AddForm(Form):
    person_id = LookupField(_l("Người cần thêm"), [required(_l("Hãy chọn người."))], url="/lookup/people?q=")
    unit_id = LookupField(_l("Đơn vị đánh giá (khi người này không giữ vị trí nào)"), url="/lookup/units?q=")
    reason = TextField(LABELS["reason"], [required(_l("Cần ghi lý do thêm người."))])


class GroundsForm(Form):
    reason = LongTextField(LABELS["reason"])
    document = TextField(LABELS["document"])
    document_date = DateField(_l("Ngày văn bản"), [Optional()])


def start() -> dict[str, Any]:
    """What a new plan begins with: the widest unit, the present quarter."""
    today = clock.today()
    units: Select[Any] | None = access.units_for("evaluation", "open")
    query = select(OrgUnit.id).order_by(func.length(OrgUnit.path), OrgUnit.id).limit(1)
    if units is not None:
        query = query.where(OrgUnit.id.in_(units))
    else:
        query = query.where(OrgUnit.parent_id.is_(None))
    return {"unit_id": db.session.scalar(query), "period_kind": "QUARTER", "year": today.year, "side": "STATE",
            "number": (today.month - 1) // 3 + 1}  # fmt: skip


def unit_text(unit_id: int | None) -> str:
    """The name of a chosen unit."""
    if unit_id is None:
        return ""
    return db.session.scalar(access.restrict(select(OrgUnit.name).where(OrgUnit.id == unit_id), OrgUnit)) or ""


def plan_of(form: PlanForm) -> cycles.PlanCycle:
    """The command of a filled form."""
    picked = [code for code in CATEGORIES if form[f"category_{code}"].data]
    return cycles.PlanCycle(
        form.unit_id.data or 0, form.period_kind.data or "", form.year.data or 0, form.number.data or 0,
        form.side.data or "STATE", form.name.data or "", form.as_of.data, picked or None, None,
        form.document.data or "", form.note.data or "", form.circle.data or "all",
    )  # fmt: skip


def steps_renamed(error: Refused) -> Refused:
    """Faults of deadlines under the names of their fields."""
    return Refused([replace(fault, field=fault.field.replace("deadlines.", "due_")) for fault in error.faults])


def people_renamed(error: Refused) -> Refused:
    """Faults of people under the one field of the form."""
    names = {"person_ids": "person_id", "ids": "person_id"}
    return Refused([replace(fault, field=names.get(fault.field, fault.field)) for fault in error.faults])
