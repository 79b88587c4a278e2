"""Forms of a downsizing case: the request, the steps, meeting, assessment, dossier, corrected facts, papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields as fields_of
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands.restructuring.requests import CaseRequest
from hrms.commands.restructuring.review import YearAssessment
from hrms.commands.restructuring.words import (
    ANNEXES,
    BENEFITS,
    CORRECTABLE,
    DECREES,
    FUNDING_SOURCES,
    GROUPS_177,
    LABELS,
)
from hrms.kernel import access
from hrms.kernel.text import parse_date, parse_decimal, parse_integer
from models.restructuring import DownsizingCase, RestructuringAct
from models.vocabulary import GROUNDS_178, RATINGS
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    DecimalCommaField,
    Form,
    LongTextField,
    LookupField,
    MoneyField,
    TextField,
    WholeField,
    required,
)

ACTS = "/lookup/acts?q="
PEOPLE = "/lookup/people?q="


def words(table: Mapping[str, str], *, empty: str = "") -> list[tuple[str, str]]:
    """Choices of a select; ``empty`` is what the empty choice says."""
    chosen = [(code, _(label)) for code, label in table.items()]
    return [("", empty), *chosen] if empty else chosen


def label(name: str) -> Any:
    return _l(LABELS[name])


class RequestForm(Form):
    """What a case asks for. Field names are those of :class:`CaseRequest`, so faults find their place."""

    leave_date = DateField(label("leave_date"), [required()], description=_l("Ngày đầu tiên không làm việc."))
    ground = ChoiceField(label("ground"))
    act_id = LookupField(label("act_id"), url=ACTS)
    directly_affected = BooleanField(label("directly_affected"))
    decree = ChoiceField(label("decree"))
    benefit = ChoiceField(label("benefit"))
    retirement_annex = ChoiceField(label("retirement_annex"))
    roadmap_decided_on = DateField(
        label("roadmap_decided_on"), description=_l("Chỉ ghi khi lộ trình đã được quyết định trước ngày 01/08/2025.")
    )
    voluntary = BooleanField(label("voluntary"))
    application_on = DateField(label("application_on"))
    reason = LongTextField(label("reason"))
    pregnant_or_small_child = BooleanField(label("pregnant_or_small_child"))
    under_discipline = BooleanField(label("under_discipline"))
    group_177 = ChoiceField(label("group_177"))
    deputies_present = WholeField(label("deputies_present"))
    deputies_allowed = WholeField(label("deputies_allowed"))
    local_top_up = MoneyField(label("local_top_up"))
    local_top_up_decision = TextField(label("local_top_up_decision"))
    local_top_up_on = DateField(label("local_top_up_on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ground.choices = words(GROUNDS_178)
        self.decree.choices = words(DECREES)
        self.benefit.choices = words(BENEFITS)
        self.retirement_annex.choices = words(ANNEXES)
        self.group_177.choices = words(GROUPS_177, empty=_("– không thuộc –"))
        if self.group_177.data is None:
            self.group_177.data = ""
        self.act_id.text = act_words(self.act_id.data)

    def request(self) -> CaseRequest:
        """The request as typed."""
        values = {f.name: self[f.name].data for f in fields_of(CaseRequest)}
        values["group_177"] = values["group_177"] or None
        for name in ("reason", "local_top_up_decision"):
            values[name] = (values[name] or "").strip()
        return CaseRequest(**values)


# How the form of a request is laid out: legend, fields with their width, folded away while empty or not.
REQUEST_GROUPS: tuple[tuple[Any, tuple[tuple[str, str], ...], bool], ...] = (
    (
        _l("Nghỉ việc"),
        (
            ("leave_date", "w3"),
            ("act_id", "w8"),
            ("ground", "w8"),
            ("directly_affected", ""),
            ("decree", ""),
            ("benefit", ""),
            ("retirement_annex", ""),
        ),
        False,
    ),
    (
        _l("Nguyện vọng và hoàn cảnh"),
        (
            ("voluntary", "w3"),
            ("application_on", "w3"),
            ("pregnant_or_small_child", "w6"),
            ("under_discipline", "w12"),
            ("reason", "w12"),
        ),
        False,
    ),
    (
        _l("Lãnh đạo, quản lý dôi dư (điểm g khoản 1 Điều 2)"),
        (("deputies_present", "w3"), ("deputies_allowed", "w3")),
        True,
    ),
    (
        _l("Lộ trình, không tái cử, hỗ trợ của địa phương"),
        (
            ("roadmap_decided_on", ""),
            ("group_177", "w8"),
            ("local_top_up", ""),
            ("local_top_up_decision", ""),
            ("local_top_up_on", ""),
        ),
        True,
    ),
)


def act_words(act_id: int | None) -> str:
    """The act as a lookup field shows it; nothing for one out of scope."""
    if act_id is None:
        return ""
    act = access.get(RestructuringAct, act_id)
    return str(act)


class OpenForm(RequestForm):
    """A new case: the person and perhaps the round, beside the request."""

    person_id = LookupField(label("person_id"), [required(_l("Hãy chọn người nghỉ."))], url=PEOPLE)
    batch_id = ChoiceField(label("batch_id"), coerce=lambda value: int(value) if value else None)


class ManyForm(Form):
    """Cases for many people at once."""

    leave_date = DateField(label("leave_date"), [required()])
    act_id = LookupField(label("act_id"), url=ACTS)
    batch_id = ChoiceField(label("batch_id"), coerce=lambda value: int(value) if value else None)
    reason = TextField(label("reason"))


class StepForm(Form):
    """What the steps of the workflow ask for; which fields a step shows, :data:`STEP_FIELDS` says."""

    reason = LongTextField(_l("Lý do"))
    article = TextField(_l("Căn cứ điều, khoản"))
    document = TextField(_l("Số, ký hiệu văn bản"))
    document_date = DateField(_l("Ngày văn bản"))
    decision_number = TextField(label("decision_number"))
    decision_date = DateField(label("decision_date"))
    decided_by = TextField(label("decided_by"))
    paid_on = DateField(label("paid_on"))
    payment_reference = TextField(label("payment_reference"))
    funding_source = ChoiceField(label("funding_source"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.funding_source.choices = words(FUNDING_SOURCES, empty=_("– chọn nguồn –"))
        if self.funding_source.data is None:
            self.funding_source.data = ""
        for name in DEMANDED:  # shown only by the steps that cannot do without them
            self[name].flags.required = True

    def values(self) -> dict[str, Any]:
        """Keyword arguments of the command."""
        return {
            name: (field.data.strip() if isinstance(field.data, str) else field.data) or ("" if name in TEXTS else None)
            for name, field in self._fields.items()
        }


TEXTS = frozenset(
    {"reason", "article", "document", "decision_number", "decided_by", "payment_reference", "funding_source"}
)
STEP_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "decide": (("decision_number", "w6"), ("decision_date", "w6"), ("decided_by", "w12")),
    "pay": (("paid_on", "w6"), ("payment_reference", "w6")),
    "endorse": (("funding_source", "w12"),),
    "amend": (("document", "w8"), ("document_date", "")),
}
DEMANDED = frozenset({"decision_number", "decision_date", "decided_by", "paid_on", "payment_reference"})


def step_defaults(case: DownsizingCase, decision: Any = None) -> dict[str, Any]:
    """What a step's dialog is filled in with: the numbered decision, the source of funds."""
    values: dict[str, Any] = {"funding_source": case.funding_source}
    if decision is not None:
        values.update(decision_number=decision.number, decision_date=decision.issued_on)
    return values


class MeetingForm(Form):
    """The meeting that reviewed the request."""

    meeting_on = DateField(label("meeting_on"))
    meeting_minutes = TextField(label("meeting_minutes"))
    meeting_present = WholeField(label("meeting_present"))
    meeting_agree = WholeField(label("meeting_agree"))
    meeting_conclusion = LongTextField(label("meeting_conclusion"))

    def values(self) -> dict[str, Any]:
        return {name: field.data if field.data is not None else _blank(name) for name, field in self._fields.items()}


def _blank(name: str) -> str | None:
    return "" if name in ("meeting_minutes", "meeting_conclusion") else None


class YearForm(Form):
    """One year of the three-year assessment; used with a prefix per year."""

    level = ChoiceField(label("level"))
    conduct_score = DecimalCommaField(label("conduct_score"))
    capacity_score = DecimalCommaField(label("capacity_score"))
    result_score = DecimalCommaField(label("result_score"))
    remark = TextField(label("remark"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = words(RATINGS, empty=_("– chưa xếp loại –"))
        if self.level.data is None:
            self.level.data = ""

    def assessment(self, year: int) -> YearAssessment:
        return YearAssessment(
            year,
            self.level.data or "",
            self.conduct_score.data,
            self.capacity_score.data,
            self.result_score.data,
            (self.remark.data or "").strip(),
        )


class PaperItemForm(Form):
    """One paper of the dossier."""

    present = BooleanField(_l("Đã có"))
    document = TextField(_l("Số, ký hiệu; nơi cấp"))
    document_date = DateField(_l("Ngày"))
    note = TextField(_l("Ghi chú"))


class FactForm(Form):
    """A fact of the calculation set by hand, with the document it rests on."""

    key = ChoiceField(_l("Dữ liệu cần sửa"), [required()])
    value = TextField(_l("Giá trị đúng"), [required()])
    document = TextField(_l("Theo văn bản (số, ngày, cơ quan)"), [required()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.key.choices = [("", _("– chọn –")), *((code, _(spec.label)) for code, spec in CORRECTABLE.items())]
        if self.key.data is None:
            self.key.data = ""

    def contract_value(self) -> Any:
        """The typed value in the contract's form; what cannot be read goes through as it is, and is refused there."""
        text = (self.value.data or "").strip()
        spec = CORRECTABLE.get(self.key.data)
        if spec is None:
            return text
        try:
            if spec.kind == "date":
                found = parse_date(text)
                return found.iso() if found.precision == "day" else text
            if spec.kind == "whole":
                return parse_integer(text)
            if spec.kind == "decimal":
                return format(parse_decimal(text), "f")
        except ValueError:
            return text
        return text


class NumberForm(Form):
    """The number a printed paper got from the records office."""

    number = TextField(_l("Số văn bản"), [required()])
    issued_on = DateField(_l("Ngày văn bản"), [required()])


class BatchForm(Form):
    """A round."""

    unit_id = LookupField(label("unit_id"), [required(_l("Hãy chọn đơn vị của đợt."))], url="/lookup/units?q=")
    year = WholeField(label("year"), [required()])
    round = WholeField(label("round"), description=_l("Để trống để lấy số kế tiếp."))
    name = TextField(label("name"), description=_l("Để trống: “Đợt số/năm”."))
    deadline = DateField(label("deadline"))
    note = LongTextField(label("note"))


class ActForm(Form):
    """A restructuring act."""

    unit_id = LookupField(label("unit_id"), [required(_l("Hãy chọn đơn vị được sắp xếp."))], url="/lookup/units?q=")
    number = TextField(_l("Số, ký hiệu"), [required()])
    issued_on = DateField(label("issued_on"), [required()])
    effective_on = DateField(
        label("effective_on"), [required()], description=_l("Mốc tính 12 tháng (Điều 3 khoản 1 TT 01/2025/TT-BNV).")
    )
    title = TextField(label("title"), [required()])
    issuer = TextField(label("issuer"))
    kind = ChoiceField(label("kind"))


def day_or_none(text: str) -> date | None:
    """The full day in an address (``dd/mm/yyyy``), ``None`` when it is none."""
    try:
        found = parse_date(text)
    except ValueError:
        return None
    return found.value if found.precision == "day" else None
