"""The shapes of ``/api/v1/cases``: what may be asked, what is answered; complaints in Vietnamese, all at once."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from hrms.commands.restructuring import amendments, calculation, funding
from hrms.commands.restructuring.queries import next_step
from hrms.commands.restructuring.words import FUNDING_SOURCES
from hrms.commands.restructuring.workflow import STATE_LABELS
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.workflow import performed
from models.restructuring import DownsizingCase

MAX_PAGE = 100
BIGGEST = 2**63 - 1  # a record number neither database holds is nobody's
ORDERS = ("id", "number", "leave_date", "total", "state")
WRONG = {
    "required": "Thiếu giá trị.",
    "null": "Không được để trống.",
    "invalid": "Giá trị không đúng kiểu.",
    "invalid_error": "Giá trị không đúng kiểu.",
}


def _words(kind: type[fields.Field], what: str, **more: Any) -> Any:
    """A field whose complaints are Vietnamese."""
    words = {**WRONG, "invalid": what, "format": what, "too_large": what, "invalid_utf8": what}
    return kind(error_messages=words, **more)


def text(**more: Any) -> Any:
    return _words(fields.String, "Cần một chuỗi ký tự.", **more)


def whole(**more: Any) -> Any:
    more.setdefault("validate", at_least(-BIGGEST, BIGGEST))
    return _words(fields.Integer, "Cần một số nguyên.", strict=True, **more)


def number_of(**more: Any) -> Any:
    """A whole number in an address, where everything is text."""
    return _words(fields.Integer, "Cần một số nguyên.", **more)


def day(**more: Any) -> Any:
    return _words(fields.Date, "Cần ngày có thật dạng YYYY-MM-DD.", **more)


def flag(**more: Any) -> Any:
    return _words(fields.Boolean, "Cần true hoặc false.", **more)


def at_least(least: int, most: int | None = None) -> validate.Range:
    words = f"Cần số từ {least}" + (f" đến {most}." if most is not None else " trở lên.")
    return validate.Range(min=least, max=most, error=words)


class CaseListQuery(Schema):
    """What the list may be asked."""

    class Meta:
        unknown = RAISE

    search = text(metadata={"description": "Số hồ sơ, họ tên hoặc mã cán bộ (không cần dấu)"})
    state = fields.List(
        text(validate=validate.OneOf(list(STATE_LABELS), error="Không có trạng thái “{input}”.")),
        metadata={"description": "Mã trạng thái; nhắc lại tham số để chọn nhiều"},
    )
    unit_id = number_of(validate=at_least(0, BIGGEST), metadata={"description": "Đơn vị, gồm mọi đơn vị bên dưới"})
    batch_id = number_of(validate=at_least(0, BIGGEST))
    person_id = number_of(validate=at_least(0, BIGGEST))
    decree = text()
    benefit = text()
    leave_from = day()
    leave_to = day()
    late = flag(metadata={"description": "Chỉ hồ sơ quá hạn của đợt"})
    waiting = flag(metadata={"description": "Chỉ hồ sơ đang chờ chính người gọi"})
    order = text(validate=validate.OneOf(ORDERS, error="Không sắp xếp được theo “{input}”."), load_default="id")
    descending = flag(load_default=True)
    page = number_of(load_default=0, validate=at_least(0, 10**9), metadata={"description": "Trang, tính từ 0"})
    page_size = number_of(load_default=20, validate=at_least(1, MAX_PAGE))


class CasePersonSchema(Schema):
    id = fields.Integer()
    code = fields.String()
    full_name = fields.String()
    title = fields.String()


class CaseUnitSchema(Schema):
    id = fields.Integer()
    code = fields.String()
    name = fields.String()


class CaseBatchSchema(Schema):
    id = fields.Integer()
    name = fields.String()
    deadline = fields.Date(allow_none=True)


class CaseSchema(Schema):
    """A case as lists show it. Amounts in đồng, dates ISO."""

    id = fields.Integer()
    number = fields.String()
    revision = fields.Integer()
    label = fields.String()
    state = fields.String()
    state_label = fields.Function(lambda case: _(STATE_LABELS[case.state]))
    next_step = fields.Function(next_step)
    person = fields.Nested(CasePersonSchema)
    unit = fields.Nested(CaseUnitSchema)
    batch = fields.Nested(CaseBatchSchema, allow_none=True)
    decree = fields.String()
    benefit = fields.String()
    decree_found = fields.String()
    benefit_found = fields.String()
    ground = fields.String()
    leave_date = fields.Date()
    eligible = fields.Boolean(allow_none=True)
    monthly_salary = fields.Integer(allow_none=True)
    months_early = fields.Integer(allow_none=True)
    total = fields.Integer(allow_none=True)
    funding_source = fields.String()
    decision_number = fields.String()
    decision_date = fields.Date(allow_none=True)
    paid_on = fields.Date(allow_none=True)
    version = fields.Integer()


class ChecklistSchema(Schema):
    code = fields.String()
    label = fields.String()
    required = fields.Boolean()
    present = fields.Boolean()
    document = fields.String()
    document_date = fields.Date(allow_none=True)


class AssessmentSchema(Schema):
    year = fields.Integer()
    level = fields.String()
    conduct_score = fields.Decimal(as_string=True, allow_none=True)
    capacity_score = fields.Decimal(as_string=True, allow_none=True)
    result_score = fields.Decimal(as_string=True, allow_none=True)
    remark = fields.String()


class TransitionSchema(Schema):
    transition = fields.String()
    source = fields.String()
    target = fields.String()
    reason = fields.String(allow_none=True)
    article = fields.String(allow_none=True)
    document = fields.String(allow_none=True)
    document_date = fields.Date(allow_none=True)
    actor_name = fields.String()
    at = fields.DateTime(format="iso")


class FundedLineSchema(Schema):
    code = fields.String()
    label = fields.String()
    amount = fields.Integer()
    source = fields.String()
    source_label = fields.String()
    rule = fields.String()
    article = fields.String()
    mark = fields.String()


class CaseDetailSchema(CaseSchema):
    """One case with its request, dossier, calculation in force and the steps it went through."""

    directly_affected = fields.Boolean()
    act = fields.String(allow_none=True)
    roadmap_decided_on = fields.Date(allow_none=True)
    retirement_annex = fields.String()
    voluntary = fields.Boolean()
    application_on = fields.Date(allow_none=True)
    pregnant_or_small_child = fields.Boolean()
    under_discipline = fields.Boolean()
    group_177 = fields.String(allow_none=True)
    reason = fields.String()
    overrides = fields.Dict(allow_none=True)
    local_top_up = fields.Integer(allow_none=True)
    meeting_on = fields.Date(allow_none=True)
    meeting_minutes = fields.String()
    meeting_present = fields.Integer(allow_none=True)
    meeting_agree = fields.Integer(allow_none=True)
    meeting_conclusion = fields.String()
    finance_endorsed_by = fields.String(allow_none=True)
    finance_endorsed_at = fields.DateTime(format="iso", allow_none=True)
    decided_by = fields.String()
    payment_reference = fields.String()
    paid_amount = fields.Integer(allow_none=True)
    payable = fields.Function(amendments.payable)
    amends_id = fields.Integer(allow_none=True)
    checklist = fields.List(fields.Nested(ChecklistSchema))
    assessments = fields.List(fields.Nested(AssessmentSchema))
    steps = fields.Function(lambda case: TransitionSchema(many=True).dump(performed(case)))
    calculation = fields.Function(lambda case: calculation_of(case))


class ObstacleSchema(Schema):
    message = fields.String()
    article = fields.String()
    code = fields.String()
    blocks = fields.Boolean()


class CaseActionSchema(Schema):
    """One step the caller's role may take now; ``enabled`` is false while an obstacle blocks it."""

    code = fields.String()
    label = fields.String()
    target = fields.String(metadata={"description": "Trạng thái sau bước này; rỗng = hồ sơ ở nguyên"})
    enabled = fields.Boolean()
    needs_reason = fields.Boolean()
    needs_document = fields.Boolean()
    needs_article = fields.Boolean()
    obstacles = fields.List(fields.Nested(ObstacleSchema))


class CaseListAnswer(Schema):
    count = fields.Integer(metadata={"description": "Số hồ sơ thỏa điều kiện, trên mọi trang"})
    result = fields.List(fields.Nested(CaseSchema))


class CaseAnswer(Schema):
    result = fields.Nested(CaseDetailSchema)


class CaseActionsAnswer(Schema):
    result = fields.List(fields.Nested(CaseActionSchema))


class CaseActedAnswer(Schema):
    result = fields.Nested(CaseSchema)
    actions = fields.List(fields.Nested(CaseActionSchema))


class CaseActionRequest(Schema):
    """The details of a step; each step needs only its own (see the actions of the case)."""

    class Meta:
        unknown = RAISE

    version = whole(metadata={"description": "Phiên bản hồ sơ người gọi đã xem; khác đi thì trả 409"})
    seen_total = whole(metadata={"description": "Tổng trợ cấp người gọi đã xem (đồng)"})
    reason = text()
    article = text()
    document = text(validate=validate.Length(max=200, error="Dài quá 200 ký tự."))
    document_date = day()
    attachment_id = whole()
    decision_number = text()
    decision_date = day()
    decided_by = text()
    paid_on = day()
    payment_reference = text()
    paid_amount = whole()
    funding_source = text(validate=validate.OneOf(list(FUNDING_SOURCES), error="Không có nguồn kinh phí “{input}”."))


class RefusalSchema(Schema):
    """Why nothing was done: every fault at once."""

    message = fields.String()
    faults = fields.List(fields.Dict(metadata={"description": "field, message, article, code"}))


def calculation_of(case: DownsizingCase) -> dict[str, Any] | None:
    """The calculation in force with the purse of every line."""
    row = calculation.current(case)
    if row is None:
        return None
    lines = funding.funded_lines(
        row.result, case.decree_found, case.funding_source, public_service_unit=case.unit.kind == "service_unit"
    )
    return {
        "at": row.at.isoformat(),
        "by": row.by,
        "frozen": row.frozen,
        "engine_version": row.engine_version,
        "law_version": row.law_version,
        "parameters_fingerprint": row.parameters_fingerprint,
        "inputs": row.inputs,
        "result": row.result,
        "funding": FundedLineSchema(many=True).dump(lines),
    }


def loaded(schema: Schema, data: Any) -> dict[str, Any]:
    """``data`` checked by ``schema``; every fault with its path becomes one refusal."""
    try:
        return dict(schema.load(data))
    except ValidationError as error:
        raise Refused(list(_faults(error.messages, schema))) from None


def _faults(messages: Any, schema: Schema, path: str = "") -> Any:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            place = "" if key == "_schema" else f"{path}.{key}" if path else str(key)
            unknown = not path and key not in schema.fields and key != "_schema"
            if unknown:
                known = ", ".join(schema.fields)
                yield Fault(
                    str(key), _("Không có tham số “%(name)s”. Các tham số nhận: %(known)s.", name=key, known=known)
                )
            else:
                yield from _faults(inner, schema, place)
    else:
        for message in messages:
            yield Fault(path, message if path else _("Cần một đối tượng JSON."))
