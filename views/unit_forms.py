"""Forms of units: new, changed from a day on, details of papers, positions, numbers, and reorganisations."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands import organization
from hrms.commands.organization.words import LABELS
from models.organization import OrgUnit
from models.vocabulary import ESTABLISHMENT_KINDS, FUNDING_KINDS, LEADER_RANKS, POSITION_GROUPS, UNIT_KINDS, UNIT_LEVELS
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    DecimalCommaField,
    Form,
    LongTextField,
    LookupField,
    Optional,
    TextField,
    WholeField,
    required,
)
from views.staff_forms import choices, show_record

MARKS = {
    "P": _l("P – đã đọc văn bản gốc"),
    "S": _l("S – nguồn thứ cấp"),
    "U": _l("U – chưa kiểm chứng"),
    "C": _l("C – các nguồn không thống nhất"),
}


def _text(name: str, *validators: Any) -> TextField:
    return TextField(LABELS[name], list(validators))


def _day(name: str, *validators: Any) -> DateField:
    return DateField(LABELS[name], list(validators) or [Optional()])


class DecisionForm(Form):
    """The decision a change rests on. It is checked by the command: number and date are both needed."""

    decision_number = _text("decision_number")
    decision_date = _day("decision_date")


class UnitForm(DecisionForm):
    """What a unit is from a day on."""

    name = _text("name", required())
    short_name = _text("short_name")
    kind = ChoiceField(LABELS["kind"])
    level = ChoiceField(LABELS["level"])
    parent_id = LookupField(LABELS["parent_id"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices, self.level.choices = choices(UNIT_KINDS), choices(UNIT_LEVELS)
        self.parent_id.url = url_for("LookupView.units", action="unit") + "&q="
        show_record(self.parent_id, OrgUnit)

    def dated(self) -> dict[str, Any]:
        return {name: self[name].data for name in ("name", "short_name", "kind", "level", "parent_id")}


class NewUnitForm(UnitForm):
    code = _text("code", required())
    valid_from = _day("valid_from", required())
    funding = ChoiceField(LABELS["funding"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.funding.choices = choices(FUNDING_KINDS)

    def new_unit(self) -> organization.NewUnit:
        details = {"funding": self.funding.data}
        return organization.NewUnit(code=self.code.data or "", details=details, **self.dated())


class ChangeUnitForm(UnitForm):
    from_date = DateField(_l("Có hiệu lực từ ngày"), [required()])
    note = TextField(_l("Ghi chú"))


class CorrectUnitForm(UnitForm):
    reason = TextField(_l("Lý do đính chính"), [required()])


class DetailsForm(Form):
    """What stands on the unit's papers, who signs, who gives the number; funding and order."""

    paper_superior = _text("paper_superior")
    paper_name = _text("paper_name")
    paper_symbol = _text("paper_symbol")
    paper_place = _text("paper_place")
    signer_title = _text("signer_title")
    signer_name = _text("signer_name")
    numbers_papers_here = BooleanField(LABELS["numbers_papers_here"])
    funding = ChoiceField(LABELS["funding"])
    display_order = WholeField(LABELS["display_order"], [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.funding.choices = choices(FUNDING_KINDS)

    def values(self, names: set[str]) -> dict[str, Any]:
        found = {name: field.data for name, field in self._fields.items() if name in names}
        if "display_order" in found:
            found["display_order"] = found["display_order"] or 0
        return found


class PositionForm(DecisionForm):
    code = TextField(_l("Mã vị trí"), [required()])
    title = _text("title", required())
    group = ChoiceField(LABELS["group"])
    leader_rank = ChoiceField(LABELS["leader_rank"])
    approved_number = WholeField(LABELS["approved_number"], [required()])
    grade_code = _text("grade_code")
    leadership_coefficient = DecimalCommaField(LABELS["leadership_coefficient"], [Optional()])
    listed_code = _text("listed_code")
    description = LongTextField(LABELS["description"])
    requirements = LongTextField(LABELS["requirements"])
    valid_from = _day("valid_from", Optional())

    CONTENT = (
        "title", "group", "leader_rank", "approved_number", "grade_code", "leadership_coefficient", "listed_code",
        "description", "requirements",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group.choices, self.leader_rank.choices = choices(POSITION_GROUPS), choices(LEADER_RANKS)

    def content(self, names: set[str] | None = None) -> dict[str, Any]:
        return {name: self[name].data for name in self.CONTENT if names is None or name in names}


class EditPositionForm(PositionForm):
    """``from_date`` empty: the position is set right as it stands."""

    from_date = DateField(_l("Có hiệu lực từ ngày"), [Optional()])


class EstablishmentForm(DecisionForm):
    kind = ChoiceField(_l("Loại biên chế"))
    number = WholeField(_l("Số giao"), [required()])
    valid_from = _day("valid_from", required())
    valid_to = _day("valid_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(ESTABLISHMENT_KINDS)


class QuotaForm(Form):
    deputies = WholeField(LABELS["deputies"], [required()])
    article = _text("article", required())
    mark = ChoiceField(_l("Mức độ kiểm chứng"), default="U")
    decision_number = _text("decision_number")
    valid_from = _day("valid_from", required())
    valid_to = _day("valid_to")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mark.choices = list(MARKS.items())


class ReorganiseForm(DecisionForm):
    """The decision and the day of a merger, a split or an end; what goes where stands beside it, row by row."""

    on = DateField(_l("Có hiệu lực từ ngày"), [required()])
    note = TextField(_l("Ghi chú"))


class TargetForm(Form):
    """A unit that receives: one that is there, or a new one."""

    existing = LookupField(_l("Đơn vị đang có"))
    code = TextField(_l("Mã đơn vị mới"))
    name = TextField(_l("Tên đơn vị mới"))
    short_name = TextField(LABELS["short_name"])
    kind = ChoiceField(LABELS["kind"])
    level = ChoiceField(LABELS["level"])
    parent_id = LookupField(LABELS["parent_id"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices, self.level.choices = choices(UNIT_KINDS), choices(UNIT_LEVELS)
        for field in (self.existing, self.parent_id):
            field.url = url_for("LookupView.units", action="unit") + "&q="
            show_record(field, OrgUnit)

    @property
    def empty(self) -> bool:
        return self.existing.data is None and not (self.code.data or self.name.data)

    def target(self) -> int | organization.NewUnit:
        """The unit's id, or what the new one is to be."""
        if self.existing.data is not None:
            return int(self.existing.data)
        return organization.NewUnit(
            code=self.code.data or "",
            name=self.name.data or "",
            kind=self.kind.data or "",
            level=self.level.data or "",
            parent_id=self.parent_id.data,
            short_name=self.short_name.data or "",
        )

    @property
    def words(self) -> str:
        return self.existing.text if self.existing.data is not None else str(self.name.data or _("đơn vị mới"))


def like(unit: OrgUnit) -> dict[str, Any]:
    """The kind, level and parent a unit born from ``unit`` usually has."""
    return {"kind": unit.kind, "level": unit.level, "parent_id": unit.parent_id}


