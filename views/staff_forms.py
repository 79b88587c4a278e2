"""Forms of the personnel record: the 2C form, the first post, the sensitive facts, leaving."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from wtforms.validators import Email

from hrms.commands.staff.words import LABELS
from hrms.kernel.db import db
from hrms.kernel.text import PartialDate
from models.organization import OrgUnit, Position
from models.staff import Person
from models.vocabulary import CATEGORIES, LEADER_RANKS, SEXES
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    LookupField,
    Optional,
    PartialDateField,
    TextField,
    required,
)
from views.words import word

SENSITIVE = ("identity_number", "identity_issued_on", "insurance_number", "ethnicity", "religion", "health")


def choices(options: dict[str, str], *, empty: bool = False) -> list[tuple[str, str]]:
    """Codes with their labels in the reader's language; ``empty`` puts “–” in front."""
    words = [(code, word(label)) for code, label in options.items()]
    return [("", "–"), *words] if empty and "" not in options else words


def show_record(field: LookupField, model: type[Any]) -> None:
    """The words of the record whose id a look-up field holds."""
    if field.data is not None:
        record = db.session.get(model, field.data)
        field.text = str(record) if record is not None else ""


def _text(name: str, *validators: Any) -> TextField:
    return TextField(LABELS[name], list(validators))


def _day(name: str) -> DateField:
    return DateField(LABELS[name], [Optional()])


class PersonForm(Form):
    """The 2C items one edits together. The birth date carries its precision."""

    full_name = _text("full_name", required())
    other_name = _text("other_name")
    sex = ChoiceField(LABELS["sex"])
    birth = PartialDateField(LABELS["birth_date"], [required()])
    code = _text("code")
    category = ChoiceField(LABELS["category"])
    retirement_annex = ChoiceField(LABELS["retirement_annex"])
    birth_place = _text("birth_place")
    home_place = _text("home_place")
    permanent_address = _text("permanent_address")
    current_address = _text("current_address")
    phone = _text("phone")
    email = _text("email", Optional(), Email(_l("Địa chỉ thư điện tử không đúng. Hãy nhập dạng ten@coquan.vn.")))
    recruited_on = _day("recruited_on")
    recruited_by = _text("recruited_by")
    state_service_from = _day("state_service_from")
    general_education = _text("general_education")
    qualification = _text("qualification")
    political_theory = _text("political_theory")
    state_management = _text("state_management")
    foreign_language = _text("foreign_language")
    informatics = _text("informatics")
    is_party_member = BooleanField(LABELS["is_party_member"])
    party_joined_on = _day("party_joined_on")
    party_official_on = _day("party_official_on")
    pregnant_until = _day("pregnant_until")
    child_under_36_months_until = _day("child_under_36_months_until")
    source = _text("source")
    checked_on = _day("checked_on")
    note = LongTextField(LABELS["note"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sex.choices = choices(SEXES)
        self.category.choices = choices(CATEGORIES)
        self.retirement_annex.choices = [("I", _l("Phụ lục I – bình thường")), ("II", _l("Phụ lục II – thấp hơn"))]

    @classmethod
    def of(cls, person: Person) -> PersonForm:
        """The form filled from the record."""
        birth = PartialDate(person.birth_date, person.birth_precision)  # type: ignore[arg-type]
        return cls(formdata=None, obj=person, data={"birth": birth})

    def values(self, names: set[str] | None = None) -> dict[str, Any]:
        """What commands take, of all fields or only of ``names``."""
        wanted = set(self._fields) if names is None else names
        found: dict[str, Any] = {}
        for name, field in self._fields.items():
            if name not in wanted or name not in PersonForm._own_names():
                continue
            if name == "birth":
                found["birth_date"] = field.data.value if field.data else None
                found["birth_precision"] = field.data.precision if field.data else "day"
            else:
                found[name] = field.data
        return found

    @staticmethod
    def _own_names() -> set[str]:
        return {name for name in vars(PersonForm) if hasattr(getattr(PersonForm, name), "creation_counter")}


class SensitiveForm(Form):
    """Class C4: opened only after a reason (:mod:`hrms.commands.sensitive`)."""

    identity_number = _text("identity_number")
    identity_issued_on = _day("identity_issued_on")
    insurance_number = _text("insurance_number")
    ethnicity = _text("ethnicity")
    religion = _text("religion")
    health = _text("health")


class NewPersonForm(PersonForm, SensitiveForm):
    """A new record with its first main post."""

    unit_id = LookupField(LABELS["unit_id"], [required()])
    position_id = LookupField(LABELS["position_id"], depends="unit:unit_id", fills="title")
    title = _text("title", required())
    leader_rank = ChoiceField(LABELS["leader_rank"])
    valid_from = DateField(_l("Giữ vị trí từ ngày"), [required()])
    decision_number = _text("decision_number")
    decision_date = _day("decision_date")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leader_rank.choices = choices(LEADER_RANKS)
        self.unit_id.url = url_for("LookupView.units", live=1, action="staff") + "&q="
        self.position_id.url = url_for("LookupView.positions") + "?q="
        show_record(self.unit_id, OrgUnit)
        show_record(self.position_id, Position)

    def all_values(self) -> dict[str, Any]:
        """The record's values, the sensitive ones included."""
        return {
            **self.values(),
            **{
                name: getattr(self, name).data or None
                for name in ("identity_number", "insurance_number", "identity_issued_on")
            },
            **{name: getattr(self, name).data for name in ("ethnicity", "religion", "health")},
        }

    def post_values(self) -> dict[str, Any]:
        names = ("unit_id", "position_id", "title", "leader_rank", "valid_from", "decision_number", "decision_date")
        return {name: getattr(self, name).data for name in names}


class LeaveForm(Form):
    left_on = DateField(_l("Thôi làm việc từ ngày"), [required()])
    reason = TextField(LABELS["left_reason"], [required()])
    decision_number = _text("decision_number")
    decision_date = _day("decision_date")
