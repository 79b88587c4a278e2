"""People: a new record, changes with a comparison for the second of two editors, leaving and returning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.organization.words import one_of, required, too_long
from hrms.commands.staff.identity import birth_value, clean_identity, identity_faults, search_columns
from hrms.commands.staff.leaving import close_everything, reopen_everything
from hrms.commands.staff.lookup import appointment_on
from hrms.commands.staff.projection import project_people
from hrms.commands.staff.rows import AddAppointment
from hrms.commands.staff.words import label
from hrms.kernel import access, clock, crypto, history, numbering
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import add_years, format_date, normalize, normalize_multiline
from models.staff import Appointment, Person
from models.vocabulary import CATEGORIES, PRECISIONS, SEXES

WORKING_AGE = 15
REQUIRED = ("full_name", "sex", "birth_date", "category")
TEXTS = {
    name: getattr(Person.__table__.c[name].type, "length", None) or 2000
    for name in (
        "code", "full_name", "other_name", "recruited_by", "birth_place", "home_place", "permanent_address",
        "current_address", "phone", "email", "ethnicity", "religion", "general_education", "qualification",
        "political_theory", "state_management", "foreign_language", "informatics", "health", "source", "note",
    )
}  # fmt: skip
DATES = (
    "identity_issued_on", "recruited_on", "state_service_from", "party_joined_on", "party_official_on",
    "child_under_36_months_until", "pregnant_until", "checked_on",
)  # fmt: skip
EDITABLE = (
    *TEXTS, *DATES, "sex", "birth_date", "birth_precision", "category", "identity_number", "insurance_number",
    "retirement_annex", "is_party_member",
)  # fmt: skip
SENSITIVE = ("identity_number", "insurance_number")  # changing them needs the right to see them in clear


def clean(values: dict[str, Any]) -> dict[str, Any]:
    """Texts in one form, the birth date on the first day of what is known, the numbers without spaces."""
    cleaned = dict(values)
    for name in TEXTS:
        if isinstance(cleaned.get(name), str):
            cleaned[name] = normalize_multiline(cleaned[name]) if name == "note" else normalize(cleaned[name])
    for name in SENSITIVE:
        if name in cleaned:
            cleaned[name] = clean_identity(cleaned[name]) or None
    if isinstance(cleaned.get("birth_date"), date):
        cleaned["birth_date"] = birth_value(cleaned["birth_date"], cleaned.get("birth_precision", "day"))
    return cleaned


def value_faults(values: dict[str, Any], person: Person | None = None) -> Iterable[Fault]:
    """Everything wrong with the values of a (new or changed) person; unchanged fields are taken from ``person``."""

    def now(name: str) -> Any:
        return values[name] if name in values else getattr(person, name, None)

    for name in values:
        if name not in EDITABLE:
            yield Fault(name, _("Không có mục “%(name)s” trong hồ sơ.", name=name), code="unknown_field")
    yield from required({name: values.get(name) for name in REQUIRED if person is None or name in values}, label)
    yield from too_long({name: (values[name], limit) for name, limit in TEXTS.items() if values.get(name)}, label)
    vocabularies = (("sex", SEXES), ("category", CATEGORIES), ("birth_precision", PRECISIONS))
    for name, options in (*vocabularies, ("retirement_annex", {"I": "I", "II": "II"})):
        if values.get(name):
            yield from one_of(name, values[name], options, label)
    yield from identity_faults(values.get("identity_number") or "", person.id if person else None)
    if values.get("code"):
        yield from _code_faults(values["code"], person)
    birth, today = now("birth_date"), clock.today()
    if birth is None:
        return
    if birth > today:
        yield Fault("birth_date", _("Ngày sinh %(day)s ở sau hôm nay. Hãy sửa.", day=format_date(birth)))
        return
    for name in ("recruited_on", "state_service_from", "party_joined_on"):
        day = now(name)
        if day is not None and day < add_years(birth, WORKING_AGE):
            yield Fault(
                name,
                _(
                    "%(label)s %(day)s khi chưa đủ %(age)s tuổi (sinh %(birth)s). Hãy kiểm tra lại hai ngày.",
                    label=label(name),
                    day=format_date(day),
                    age=WORKING_AGE,
                    birth=format_date(birth),
                ),
                code="too_young",
            )
    joined, official = now("party_joined_on"), now("party_official_on")
    if joined is not None and official is not None and official < joined:
        yield Fault("party_official_on", _("Ngày chính thức vào Đảng trước ngày kết nạp. Hãy sửa một trong hai ngày."))


def _code_faults(code: str, person: Person | None) -> Iterable[Fault]:
    holder = db.session.scalar(select(Person.id).where(Person.code == code))
    if holder is not None and holder != (person.id if person else None):
        yield Fault(
            "code",
            _("Số hiệu cán bộ “%(code)s” đã dùng cho hồ sơ khác. Hãy chọn số khác.", code=code),
            code="duplicate",
        )


@dataclass
class FirstPost:
    """The main post a record begins with."""

    unit_id: int
    title: str
    valid_from: date | None
    leader_rank: str = ""
    position_id: int | None = None
    valid_to: date | None = None
    term_ends: date | None = None
    decision_number: str = ""
    decision_date: date | None = None


@dataclass
class CreatePerson(Command[Person]):
    """A new record with its first main post. ``values``: any of :data:`EDITABLE`; without a code one is given."""

    values: dict[str, Any]
    post: FirstPost
    is_demo: bool = False

    def validate(self) -> Iterable[Fault]:
        access.require("staff", "write")
        self.values = clean(self.values)
        yield from value_faults(self.values)
        self._first = AddAppointment(person_id=0, kind="main", **vars(self.post))
        yield from self._first.faults_for(None)
        birth = self.values.get("birth_date")
        begins = self.post.valid_from
        if isinstance(birth, date) and begins is not None and begins < add_years(birth, WORKING_AGE):
            yield Fault("valid_from", _("Bắt đầu giữ vị trí khi chưa đủ %(age)s tuổi.", age=WORKING_AGE))

    def run(self) -> Person:
        values = dict(self.values)
        if not values.get("code"):
            values["code"] = next_code()
        person = Person(is_demo=self.is_demo, **values)
        _set_keys(person)
        db.session.add(person)
        db.session.flush()
        self._first.person_id = person.id
        self._first.store(person)
        project_people([person.id])
        return person

    def replay(self, receipt: Any) -> Person:
        return access.get(Person, receipt)


def next_code() -> str:
    """The next free staff number of the province."""
    prefix = current_app.config["HRMS"].province_code
    while True:
        code = f"{prefix}-{numbering.take('staff', prefix, 0):06d}"
        if db.session.scalar(select(Person.id).where(Person.code == code)) is None:
            return code


def _set_keys(person: Person) -> None:
    for name, value in search_columns(person.full_name, person.code, person.other_name or "").items():
        setattr(person, name, value)
    person.identity_digest = crypto.digest(person.identity_number) if person.identity_number else None


@dataclass
class ChangePerson(Command[Person]):
    """Changes to the record itself. With ``seen_version``, somebody else's change in between raises ``Stale``."""

    person_id: int
    changes: dict[str, Any]
    seen_version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("staff", "write")
        self._person = access.get(Person, self.person_id, "write")
        precision = self.changes.get("birth_precision", self._person.birth_precision)
        if "birth_date" not in self.changes and precision != self._person.birth_precision:
            self.changes = {**self.changes, "birth_date": self._person.birth_date}
        self.changes = clean({"birth_precision": precision, **self.changes})
        check_version(self._person, self.seen_version, self.changes, label)
        if any(name in self.changes for name in SENSITIVE):
            access.require("staff", "identity", self._person)
        yield from value_faults(self.changes, self._person)

    def run(self) -> Person:
        for name, value in self.changes.items():
            if getattr(self._person, name) != value:
                setattr(self._person, name, value)
        _set_keys(self._person)
        return self._person


@dataclass
class LeaveService(Command[Person]):
    """The person leaves: ``left_on`` is the first day away. Posts, salary, insurance and account end the day before."""

    person_id: int
    left_on: date | None
    reason: str
    decision_number: str = ""
    decision_date: date | None = None
    seen_version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("staff", "write")
        person = self._person = access.get(Person, self.person_id, "write")
        check_version(person, self.seen_version, {"left_on": self.left_on}, label)
        yield from required(
            {"left_on": self.left_on, "reason": self.reason}, lambda n: label("left_reason" if n == "reason" else n)
        )
        yield from too_long({"reason": (self.reason, 200)}, label)
        if person.left_on is not None:
            yield Fault(
                "left_on",
                _("%(name)s đã nghỉ từ ngày %(day)s.", name=person.full_name, day=format_date(person.left_on)),
                code="already_left",
            )
        elif self.left_on is not None and appointment_on(person, self.left_on - timedelta(days=1)) is None:
            yield Fault(
                "left_on",
                _(
                    "%(name)s không giữ vị trí nào vào ngày %(day)s, là ngày cuối còn làm việc. "
                    "Hãy kiểm tra ngày nghỉ.",
                    name=person.full_name,
                    day=format_date(self.left_on - timedelta(days=1)),
                ),
                code="not_in_service",
            )

    def run(self) -> Person:
        assert self.left_on is not None
        person = self._person
        person.left_on = self.left_on
        person.left_reason = normalize(self.reason)
        close_everything(person, self.left_on - timedelta(days=1), person.left_reason)
        if self.decision_number:
            history.note(person, _("Thôi làm việc theo %(decision)s", decision=normalize(self.decision_number)))
        project_people([person.id])
        return person


@dataclass
class ReturnToService(Command[Person]):
    """A leave that was recorded wrongly, or whose decision was revoked, is taken back: what it ended goes on."""

    person_id: int
    reason: str

    def validate(self) -> Iterable[Fault]:
        access.require("staff", "write")
        self._person = access.get(Person, self.person_id, "write")
        yield from required({"reason": self.reason}, label)
        if self._person.left_on is None:
            yield Fault("", _("%(name)s đang làm việc, không có gì để hủy.", name=self._person.full_name))
            return
        later = db.session.scalar(
            select(Appointment.id).where(
                Appointment.person_id == self.person_id, Appointment.valid_from >= self._person.left_on
            )
        )
        if later is not None:
            yield Fault("", _("Đã có vị trí mới sau ngày nghỉ. Hãy sửa quá trình công tác trước."))

    def run(self) -> Person:
        person = self._person
        assert person.left_on is not None
        reopen_everything(person, person.left_on - timedelta(days=1))
        history.note(person, _("Hủy việc ghi nhận thôi làm việc: %(reason)s", reason=normalize(self.reason)))
        person.left_on, person.left_reason = None, ""
        project_people([person.id])
        return person
