"""The shapes of reports and data exchange over REST: what may be asked, what is answered, in words of both sides."""

from __future__ import annotations

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from hrms.commands.exchange import FIELDS
from hrms.commands.exchange.changes import KINDS, names
from hrms.commands.exchange.changes import MOST as MOST_CHANGES
from hrms.commands.exchange.people import MOST as MOST_PEOPLE
from hrms.commands.exchange.results import MOST as MOST_RESULTS
from hrms.commands.exchange.results import SIDES
from models.vocabulary import RATINGS
from views.case_schemas import at_least, flag, number_of, text, whole
from views.words import word

_TYPES: dict[str, type[fields.Field]] = {
    "id": fields.Integer, "version": fields.Integer, "salary_step": fields.Integer,
    **dict.fromkeys(("birth_date", "appointed_on", "recruited_on", "state_service_from", "salary_from",
                     "party_joined_on", "party_official_on", "left_on", "identity_issued_on"), fields.Date),
}  # fmt: skip
_DECIMALS = ("salary_coefficient", "beyond_frame_percent", "leadership_coefficient")
BIG = 2**63 - 1
WORDS = {"cursor": "Con trỏ: số của dòng cuối đã nhận; lần đầu là 0"}


class ExactText(fields.String):
    """A decimal as exact text: described as what it is over the wire."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> str | None:
        return None if value is None else format(value, "f")


def _field(name: str, words: str) -> Any:
    more: dict[str, Any] = {"allow_none": True, "metadata": {"description": words}}
    if name in _DECIMALS:
        return ExactText(**more)
    return _TYPES.get(name, fields.String)(**more)


class PageQuery(Schema):
    """Pages after a cursor."""

    class Meta:
        unknown = RAISE

    after = number_of(load_default=0, validate=at_least(0, BIG), metadata={"description": WORDS["cursor"]})
    page_size = number_of(load_default=100, validate=at_least(1, MOST_PEOPLE))


class PeopleQuery(PageQuery):
    """What may be asked of the staff exchange."""

    sensitive = flag(load_default=False, metadata={"description": "Lấy cả số định danh và dữ liệu nhạy cảm"})
    purpose = text(load_default="", validate=validate.Length(max=300, error="Dài quá 300 ký tự."))


class ResultsQuery(PageQuery):
    cycle_id = number_of(load_default=None, allow_none=True, validate=at_least(1, BIG))


class ChangesQuery(Schema):
    class Meta:
        unknown = RAISE

    after = number_of(load_default=0, validate=at_least(0, BIG), metadata={"description": WORDS["cursor"]})
    page_size = number_of(load_default=200, validate=at_least(1, MOST_CHANGES))
    record = fields.List(text(validate=validate.OneOf(names(), error="Không có loại bản ghi “{input}”.")))


ExchangePersonSchema = Schema.from_dict(
    {name: _field(name, words) for name, words in FIELDS.items()}, name="ExchangePersonSchema"
)
ExchangePersonSchema.__doc__ = "One staff record; sensitive facts only when asked for."


class ExchangePeopleAnswer(Schema):
    result = fields.List(fields.Nested(ExchangePersonSchema))
    next = fields.Integer(allow_none=True, metadata={"description": "Con trỏ của trang sau; null là hết"})


class ExchangeResultSchema(Schema):
    """A decided result of evaluation."""

    id = fields.Integer(metadata={"description": "Số của phiếu đánh giá"})
    person_id = fields.Integer()
    code = fields.String(metadata={"description": "Số hiệu cán bộ"})
    full_name = fields.String()
    birth_date = fields.Date()
    unit_code = fields.String()
    unit_name = fields.String()
    title = fields.String()
    klass = fields.String(metadata={"description": "CB, CC0, CC1, VC0, VC1, HD"})
    side = fields.String(validate=validate.OneOf(SIDES))
    period_kind = fields.String(metadata={"description": "MONTH, QUARTER, HALF_YEAR, YEAR"})
    year = fields.Integer()
    number = fields.Integer(metadata={"description": "Tháng, quý hoặc nửa năm; 0 là cả năm"})
    regime = fields.String()
    level = fields.String(metadata={"description": "HTXS, HTT, HT, KHT"})
    decision_number = fields.String()
    decision_date = fields.Date()
    send_by = fields.Date(allow_none=True, metadata={"description": "Hạn gửi lên cơ sở dữ liệu quốc gia, nếu có"})


class ExchangeResultsAnswer(Schema):
    result = fields.List(fields.Nested(ExchangeResultSchema))
    next = fields.Integer(allow_none=True)


class ChangeSchema(Schema):
    cursor = fields.Integer()
    record = fields.String(metadata={"description": "Loại bản ghi", "enum": names()})
    record_id = fields.Integer()
    kind = fields.String(metadata={"enum": list(KINDS)})
    field = fields.String(metadata={"description": "Trường thay đổi; rỗng là cả bản ghi"})
    at = fields.DateTime(format="iso")


class ChangesAnswer(Schema):
    result = fields.List(fields.Nested(ChangeSchema))
    next = fields.Integer(metadata={"description": "Con trỏ để hỏi lần sau"})


class ImportedResultSchema(Schema):
    """One yearly result decided elsewhere."""

    class Meta:
        unknown = RAISE

    code = text(required=True, validate=validate.Length(1, 40, error="Cần từ 1 đến 40 ký tự."))
    year = whole(required=True, validate=at_least(1900, 2100))
    level = text(required=True, metadata={"enum": list(RATINGS)})
    decision_number = text(required=True, validate=validate.Length(1, 80, error="Cần từ 1 đến 80 ký tự."))


class ImportResultsRequest(Schema):
    class Meta:
        unknown = RAISE

    results = fields.List(
        fields.Nested(ImportedResultSchema), required=True,
        validate=validate.Length(1, MOST_RESULTS, error=f"Cần từ 1 đến {MOST_RESULTS} kết quả."),
        error_messages={"required": "Thiếu giá trị.", "invalid": "Cần một danh sách.", "null": "Không được để trống."},
    )  # fmt: skip


class ImportedAnswer(Schema):
    count = fields.Integer()
    result = fields.List(fields.Integer(), metadata={"description": "Mã bản ghi xếp loại đã lập, theo thứ tự gửi"})


class ReportParameterSchema(Schema):
    name = fields.String()
    label = fields.String()
    kind = fields.String(metadata={"description": "unit, date, period, choice, number"})
    default = fields.String()
    required = fields.Boolean()
    choices = fields.Dict(keys=fields.String(), values=fields.String())


class ReportDefinitionSchema(Schema):
    key = fields.String()
    title = fields.Function(lambda report: word(report["title"]))
    group = fields.String()
    about = fields.Function(lambda report: word(report["about"]))
    parameters = fields.List(fields.Nested(ReportParameterSchema))
    facts = fields.List(fields.String(), metadata={"description": "Danh sách phía sau các con số"})


class ReportListAnswer(Schema):
    result = fields.List(fields.Nested(ReportDefinitionSchema))


class ReportColumnSchema(Schema):
    key = fields.String()
    title = fields.String()
    kind = fields.String()
    group = fields.String()
    total = fields.Boolean()


class ReportBlockSchema(Schema):
    key = fields.String()
    title = fields.String()
    columns = fields.List(fields.Nested(ReportColumnSchema))
    rows = fields.List(fields.Dict(), metadata={"description": "Ô theo mã cột; tiền là số nguyên đồng"})
    totals = fields.Dict(keys=fields.String(), values=fields.Integer())
    notes = fields.List(fields.String())


class ReportSchema(Schema):
    key = fields.String()
    title = fields.String()
    parameters = fields.Dict(keys=fields.String(), values=fields.String())
    unit_id = fields.Integer(allow_none=True)
    unit_name = fields.String()
    produced_on = fields.Date()
    law = fields.String(metadata={"description": "Dấu của bộ tham số pháp luật đã dùng"})
    digest = fields.String(metadata={"description": "SHA-256 của nội dung"})
    blocks = fields.List(fields.Nested(ReportBlockSchema))


class ReportAnswer(Schema):
    result = fields.Nested(ReportSchema)


class ReportRowsAnswer(Schema):
    count = fields.Integer(metadata={"description": "Số dòng người gọi được xem"})
    result = fields.List(fields.Dict())
