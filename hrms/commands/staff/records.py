"""The lesser rows of a record: discipline, training, family, benefits received, yearly ratings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.organization.words import one_of, required, too_long
from hrms.commands.staff.spans import columns, columns_of
from hrms.commands.staff.words import label
from hrms.kernel import access, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date
from models.staff import Discipline, EarlierBenefit, FamilyRelation, Person, TrainingRecord, YearRating
from models.vocabulary import DISCIPLINE_KINDS, EVALUATION_SIDES, RATINGS

RECORDS: tuple[type[Any], ...] = (TrainingRecord, Discipline, FamilyRelation, EarlierBenefit, YearRating)
FIRST_YEAR = 1900
PARTY = "party"
NEAR = timedelta(days=180)  # how far apart the bodies take up one act: a help for the eye, no law
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]{0,19}\Z", re.ASCII)
_NUMBERED = re.compile(r"VP(\d{1,6})\Z", re.ASCII)


def record_faults(
    model: type[Any], values: dict[str, Any], person: Person, row_id: int | None = None
) -> Iterable[Fault]:
    """Everything wrong with the values of one of :data:`RECORDS`."""
    limits = {
        name: (values[name], model.__table__.c[name].type.length)
        for name in columns(model)
        if isinstance(values.get(name), str) and getattr(model.__table__.c[name].type, "length", None)
    }
    yield from too_long(limits, label)
    checks = {
        Discipline: _discipline,
        TrainingRecord: _training,
        FamilyRelation: _family,
        EarlierBenefit: _benefit,
        YearRating: _rating,
    }
    yield from checks[model](values, person, row_id)


def _ordered(values: dict[str, Any], earlier: str, later: str) -> Iterable[Fault]:
    start, end = values.get(earlier), values.get(later)
    if start is not None and end is not None and end < start:
        yield Fault(
            later,
            _(
                "%(later)s %(end)s trước %(earlier)s %(start)s. Hãy sửa một trong hai ngày.",
                later=label(later),
                end=format_date(end),
                earlier=label(earlier).lower(),
                start=format_date(start),
            ),
        )


def _discipline(values: dict[str, Any], _person: Person, _row_id: int | None) -> Iterable[Fault]:
    yield from one_of("kind", values["kind"], DISCIPLINE_KINDS, label)
    yield from required({"opened_on": values["opened_on"]}, label)
    yield from _ordered(values, "opened_on", "decided_on")
    yield from _ordered(values, "opened_on", "closed_on")
    if values["decided_on"] is not None:
        yield from required({"form": values["form"]}, label)
    key = values.get("violation_key") or ""
    if key and not _KEY.match(key):
        yield Fault(
            "violation_key",
            _("Mã hành vi “%(key)s” chỉ gồm chữ không dấu, số, dấu chấm, gạch, ví dụ VP1.", key=key),
        )


def act_key(person_id: int, opened_on: date) -> str:
    """The key proposed for a disciplinary row: that of a row opened on the same day, else the next one (VP1, VP2 …).

    A proposal: the same act may be taken up on two days, and two acts on one day; whoever records it says so.
    """
    db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())  # no number is taken twice
    rows = list(db.session.scalars(select(Discipline).where(Discipline.person_id == person_id).order_by(Discipline.id)))
    same = next((row for row in rows if row.opened_on == opened_on), None)
    if same is not None and same.violation_key:
        return same.violation_key
    numbers = [int(found[1]) for row in rows if (found := _NUMBERED.match(row.violation_key))]
    key = f"VP{max(numbers, default=0) + 1}"
    if same is not None:
        same.violation_key = key
    return key


def same_act_offers(rows: Iterable[Discipline]) -> list[tuple[Discipline, Discipline]]:
    """Pairs that may be about one act: by the Party and by another body, begun near each other, under two keys.

    Each row is offered once, the later begun one to take the key of the earlier; somebody says whether it is so.
    """
    begun = sorted((row for row in rows if row.violation_key), key=lambda row: (row.opened_on, row.id))
    keys: dict[str, set[str]] = {}
    for row in begun:
        keys.setdefault(row.violation_key, set()).add(row.kind)
    found: list[tuple[Discipline, Discipline]] = []
    for number, later in enumerate(begun):
        for earlier in reversed(begun[:number]):
            if earlier.violation_key == later.violation_key or later.opened_on - earlier.opened_on > NEAR:
                continue
            party_and_other = (PARTY in (earlier.kind, later.kind)) and earlier.kind != later.kind
            if party_and_other and not keys[earlier.violation_key] & {later.kind}:
                found.append((later, earlier))
                break
    return found


def _training(values: dict[str, Any], _person: Person, _row_id: int | None) -> Iterable[Fault]:
    yield from required({"subject": values["subject"]}, label)
    yield from _ordered(values, "starts_on", "ends_on")


def _family(values: dict[str, Any], person: Person, _row_id: int | None) -> Iterable[Fault]:
    yield from required({"relation": values["relation"], "full_name": values["full_name"]}, label)
    year = values["birth_year"]
    if year is not None and not FIRST_YEAR <= year <= clock.today().year:
        yield Fault("birth_year", _("Năm sinh “%(year)s” không hợp lệ.", year=year))
    relative = values["relative_id"]
    if relative is not None:
        if relative == person.id:
            yield Fault("relative_id", _("Một người không là thân nhân của chính mình."))
        elif db.session.get(Person, relative) is None:
            yield Fault("relative_id", _("Không tìm thấy hồ sơ thân nhân."))


def _benefit(values: dict[str, Any], _person: Person, _row_id: int | None) -> Iterable[Fault]:
    yield from required({"decree": values["decree"]}, label)
    if values["amount"] is not None and values["amount"] < 0:
        yield Fault("amount", _("Số tiền không được âm."))


def _rating(values: dict[str, Any], person: Person, row_id: int | None) -> Iterable[Fault]:
    yield from one_of("level", values["level"], RATINGS, label)
    if not FIRST_YEAR <= values["year"] <= clock.today().year:
        yield Fault("year", _("Năm “%(year)s” không hợp lệ.", year=values["year"]))
    side = values.get("side") or "STATE"
    yield from one_of("side", side, EVALUATION_SIDES, label)
    taken = db.session.scalar(
        select(YearRating).where(
            YearRating.person_id == person.id, YearRating.year == values["year"], YearRating.side == side
        )
    )
    if taken is not None and taken.id != row_id:
        yield Fault(
            "year",
            _(
                "Năm %(year)s đã xếp loại “%(level)s”. Hãy đính chính dòng đó thay vì thêm dòng mới.",
                year=values["year"],
                level=RATINGS.get(taken.level, taken.level),
            ),
            code="duplicate",
        )


class _AddRecord(Command[Any]):
    """Adding one of :data:`RECORDS`: the fields of the command are the columns of its row."""

    MODEL: type[Any]
    person_id: int

    def validate(self) -> Iterable[Fault]:
        access.require("staff", "write")
        person = access.get(Person, self.person_id, "write")
        self._values = columns_of(self, self.MODEL)
        yield from record_faults(self.MODEL, self._values, person)

    def run(self) -> Any:
        row = self.MODEL(person_id=self.person_id, **self._values)
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> Any:
        return access.get(self.MODEL, receipt)


@dataclass
class AddDiscipline(_AddRecord):
    """A disciplinary decision, or (``decided_on`` empty) a review, inspection or prosecution under way.

    ``violation_key`` names the act; left out: as :func:`act_key` proposes.
    """

    MODEL = Discipline
    person_id: int
    kind: str
    opened_on: date | None
    form: str = ""
    decided_on: date | None = None
    closed_on: date | None = None
    decision_number: str = ""
    duty_related: bool = True
    note: str = ""
    violation_key: str = ""

    def run(self) -> Any:
        if not self._values["violation_key"]:
            self._values["violation_key"] = act_key(self.person_id, self._values["opened_on"])
        return super().run()


@dataclass
class AddTraining(_AddRecord):
    """A course or degree."""

    MODEL = TrainingRecord
    person_id: int
    subject: str
    school: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    form: str = ""
    certificate: str = ""


@dataclass
class AddFamilyRelation(_AddRecord):
    """A relative, for the bar of the anti-corruption law."""

    MODEL = FamilyRelation
    person_id: int
    relation: str
    full_name: str
    birth_year: int | None = None
    work: str = ""
    relative_id: int | None = None


@dataclass
class AddEarlierBenefit(_AddRecord):
    """A restructuring benefit already received."""

    MODEL = EarlierBenefit
    person_id: int
    decree: str
    decision_number: str = ""
    paid_on: date | None = None
    amount: int | None = None


@dataclass
class AddYearRating(_AddRecord):
    """The classification of one year, of the State side or of the Party's: one of each at most."""

    MODEL = YearRating
    person_id: int
    year: int
    level: str
    decision_number: str = ""
    side: str = "STATE"
