"""Forms of a movement case: what is asked for, the details of each step, hand-over, remarks, chains."""

from __future__ import annotations

from dataclasses import fields as fields_of
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands.rotation.cases import MoveRequest
from hrms.commands.rotation.words import FOR_A_TIME, LABELS
from hrms.kernel import clock
from hrms.kernel.db import db
from models.organization import OrgUnit, Position
from models.rotation import MovementCase
from models.vocabulary import MOVEMENT_KINDS, RATINGS
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    LookupField,
    TextField,
    WholeField,
    required,
)

UNITS, POSTS = "/movements/lookup/units?q=", "/movements/lookup/posts?q="


def label(name: str) -> Any:
    return _l(LABELS[name])


class MoveForm(Form):
    """What a case asks for. Field names are those of :class:`MoveRequest`, so faults find their place."""

    kind = ChoiceField(label("kind"), [required()])
    to_unit_id = LookupField(label("to_unit_id"), [required(_l("Hãy chọn đơn vị đến."))], url=UNITS)
    to_position_id = LookupField(
        label("to_position_id"),
        url=POSTS,
        depends="unit:to_unit_id",
        fills="to_title",
        description=_l("Vị trí việc làm của đơn vị đến; gõ một vài chữ hoặc dấu cách để xem danh sách."),
    )
    to_title = TextField(label("to_title"), description=_l("Ghi khi nơi đến chưa lập vị trí việc làm."))
    effective_on = DateField(label("effective_on"))
    ends_on = DateField(label("ends_on"), description=_l("Ngày cuối của thời hạn biệt phái, luân chuyển."))
    reason = LongTextField(label("reason"))
    own_wish = BooleanField(label("own_wish"))
    wish_document = TextField(label("wish_document"))
    special_document = TextField(label("special_document"))
    health_certificate_on = DateField(
        label("health_certificate_on"), description=_l("Cần khi luân chuyển; cấp trong 06 tháng.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [(code, _(words)) for code, words in MOVEMENT_KINDS.items()]
        # Names of units and posts are no secret: whoever may propose finds them all through the look-up.
        if self.to_unit_id.data is not None:
            unit = db.session.get(OrgUnit, self.to_unit_id.data)
            self.to_unit_id.text = unit.name if unit is not None else ""
        if self.to_position_id.data is not None:
            post = db.session.get(Position, self.to_position_id.data)
            self.to_position_id.text = post.title if post is not None else ""

    def request(self, case: MovementCase | None = None) -> MoveRequest:
        """The request as typed; what the form does not offer (fixed by now) is the case's own."""
        values: dict[str, Any] = {}
        for one in fields_of(MoveRequest):
            field = self._fields.get(one.name)
            values[one.name] = field.data if field is not None else getattr(case, one.name)
            if isinstance(one.default, str) or one.name == "kind":
                values[one.name] = (values[one.name] or "").strip()
        values["to_unit_id"] = values["to_unit_id"] or 0
        return MoveRequest(**values)


REQUEST_GROUPS: tuple[tuple[Any, tuple[tuple[str, str], ...], bool], ...] = (
    (
        _l("Nơi đến, vị trí, thời gian"),
        (
            ("kind", "w6"), ("effective_on", "w3"), ("ends_on", "w3"),
            ("to_unit_id", "w6"), ("to_position_id", "w6"), ("to_title", "w6"),
        ),
        False,
    ),
    (_l("Lý do, nguyện vọng"), (("reason", "w12"), ("own_wish", "w3"), ("wish_document", "w6")), False),
    (
        _l("Trường hợp đặc biệt, sức khỏe"),
        (("special_document", "w6"), ("health_certificate_on", "w6")),
        True,
    ),
)  # fmt: skip


class StepForm(Form):
    """What the steps ask for; which fields a step shows, :data:`STEP_FIELDS` says."""

    reason = LongTextField(_l("Lý do"))
    document = TextField(_l("Số, ký hiệu văn bản"))
    document_date = DateField(_l("Ngày văn bản"))
    meeting_on = DateField(label("meeting_on"))
    meeting_minutes = TextField(label("meeting_minutes"))
    person_opinion = LongTextField(label("person_opinion"))
    agreed_on = DateField(label("agreed_on"))
    agreement_document = TextField(label("agreement_document"))
    decision_number = TextField(label("decision_number"))
    decision_date = DateField(label("decision_date"))
    decided_by = TextField(label("decided_by"))
    effective_on = DateField(label("effective_on"))
    ends_on = DateField(label("ends_on"))
    notified_on = DateField(label("notified_on"))
    handed_over_on = DateField(label("handed_over_on"))
    ended_on = DateField(_l("Ngày cuối ở nơi đến"))
    revoked_on = DateField(_l("Thôi có hiệu lực từ ngày"))
    accept_over_limit = BooleanField(_l("Người có thẩm quyền đã xem xét việc gia hạn quá 36 tháng"))
    whole_chain = BooleanField(_l("Thu hồi cả chuỗi"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in DEMANDED:  # shown only by the steps that cannot do without them
            self[name].flags.required = True

    def values(self) -> dict[str, Any]:
        """Keyword arguments of the command."""
        found: dict[str, Any] = {}
        for name, field in self._fields.items():
            value = field.data.strip() if isinstance(field.data, str) else field.data
            found[name] = bool(value) if isinstance(field, BooleanField) else value or ("" if name in TEXTS else None)
        return found


TEXTS = frozenset(
    {"reason", "document", "meeting_minutes", "person_opinion", "agreement_document", "decision_number", "decided_by"}
)
DEMANDED = (
    "meeting_on", "meeting_minutes", "agreed_on", "agreement_document", "decision_number", "decision_date",
    "decided_by", "document", "document_date",
)  # fmt: skip
_DOCUMENT = (("document", "w8"), ("document_date", ""))
STEP_FIELDS: dict[str, tuple[tuple[str, str], ...]] = {
    "hear": (("meeting_on", "w6"), ("meeting_minutes", "w6"), ("person_opinion", "w12")),
    "agree": (("agreed_on", "w6"), ("agreement_document", "w6")),
    "decide": (("decision_number", "w6"), ("decision_date", "w6"), ("decided_by", "w12"), ("effective_on", "w6"),
               ("ends_on", "w6")),
    "notify": (("notified_on", "w6"),),
    "hand_over": (("handed_over_on", "w6"),),
    "hand_over_early": (("handed_over_on", "w6"),),
    "extend": (("ends_on", "w6"), *_DOCUMENT, ("accept_over_limit", "w12")),
    "end_early": (("ended_on", "w6"), *_DOCUMENT),
    "return": (("ended_on", "w6"), *_DOCUMENT),
    "settle": (("ended_on", "w6"), *_DOCUMENT),
    "revoke": (*_DOCUMENT, ("revoked_on", "w6"), ("whole_chain", "w6")),
}  # fmt: skip


def step_fields(case: MovementCase, code: str) -> tuple[tuple[str, str], ...]:
    """The fields of a step on this case: an end only where there is one, the whole chain only in a chain."""
    left_out = set()
    if case.kind not in FOR_A_TIME:
        left_out.add("ends_on")
    if case.chain_id is None:
        left_out.add("whole_chain")
    return tuple(pair for pair in STEP_FIELDS.get(code, ()) if pair[0] not in left_out)


def step_defaults(case: MovementCase, code: str) -> dict[str, Any]:
    """What a step's dialog is filled in with."""
    if code == "decide":
        return {"effective_on": case.effective_on, "ends_on": case.ends_on, "decision_date": clock.today()}
    if code in ("return", "settle"):
        return {"ended_on": case.ends_on}
    today = {"hear": "meeting_on", "agree": "agreed_on", "notify": "notified_on", "hand_over": "handed_over_on",
             "hand_over_early": "handed_over_on"}  # fmt: skip
    return {today[code]: clock.today()} if code in today else {}


class RemarkForm(Form):
    """What the receiving side says for a year, or at the end."""

    year = WholeField(label("year"), [required()])
    level = ChoiceField(label("level"))
    remark = LongTextField(label("remark"), [required()])
    document = TextField(label("document"))
    at_end = BooleanField(_l("Nhận xét khi kết thúc"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.level.choices = [("", _("– chưa đánh giá –")), *((code, _(words)) for code, words in RATINGS.items())]
        if self.level.data is None:
            self.level.data = ""


class WaiverForm(Form):
    """Why a condition is set aside, by which document."""

    reason = LongTextField(_l("Lý do cho phép"), [required()])
    document = TextField(_l("Văn bản cho phép (số, ký hiệu)"), [required()])
    document_date = DateField(_l("Ngày văn bản"), [required()])


class ChainForm(Form):
    """Name and common day of a chain."""

    name = TextField(label("name"), [required()])
    effective_on = DateField(_l("Cùng có hiệu lực từ ngày"), [required()])


def first_year(case: MovementCase) -> int:
    """The first year a remark can be for."""
    day: date = case.effective_on or clock.today()
    return day.year
