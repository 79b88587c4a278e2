"""Why somebody is not moved for a time: the ground, its spell and the paper it rests on.

Điều 38 NĐ 59/2019/NĐ-CP and Điều 25 khoản 5 NĐ 170/2025/NĐ-CP. What the staff records say already (discipline under
way, long study, maternity, secondment) defers by itself and needs no row here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from hrms.commands.law.current import current_store
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date, normalize, normalize_multiline
from models.organization import OrgUnit
from models.rotation import RotationDeferral
from models.staff import Person
from policies.engine.dates import add_months
from policies.rotation import Reason, reason
from policies.rotation.grounds import bar_order, bar_words, deferral_words
from policies.rotation.law import at

FIELDS = ("ground", "starts_on", "ends_on", "recheck_on", "document", "own_wish_to_move", "wish_document", "note")
LONGEST = {"document": 200, "wish_document": 200}


def grounds() -> dict[str, Reason]:
    """Every ground that can be recorded, by code: the groups of Điều 38, then what only Điều 25 khoản 5 knows."""
    groups = dict.fromkeys(deferral_words().values())
    known = {bar_words()[code] for code in groups if code in bar_words()}
    return {code: reason(code) for code in (*groups, *(bar for bar in bar_order() if bar not in known))}


def lifted_by_wish(code: str) -> bool:
    """Whether a signed wish to move can stand against the ground at all: what only NĐ 170 knows, điểm đ and e."""
    return code not in set(deferral_words().values()) and bar_words().get(code) == "SPECIAL_HARDSHIP_CONFIRMED"


@dataclass
class RecordDeferral(Command[RotationDeferral]):
    """Record a ground for a person, or change a recorded one (``deferral_id``). Open end: asked again every month."""

    person_id: int
    ground: str
    starts_on: date | None
    document: str
    ends_on: date | None = None
    recheck_on: date | None = None
    own_wish_to_move: bool = False
    wish_document: str = ""
    note: str = ""
    deferral_id: int | None = None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        if not access.may("movement", "plan"):
            raise NotAllowed()
        self._row: RotationDeferral | None = None
        if self.deferral_id is not None:
            self._row = access.get(RotationDeferral, self.deferral_id, "plan")
            self.person_id = self._row.person_id
            check_version(self._row, self.version, {name: getattr(self, name) for name in FIELDS})
        self._person = access.get(Person, self.person_id, "plan", "movement")
        self.document, self.wish_document = normalize(self.document), normalize(self.wish_document)
        self.note = normalize_multiline(self.note)
        if self.ground not in grounds():
            yield Fault("ground", _("Không có trường hợp “%(value)s” trong quy định.", value=self.ground))
        if not self.document:
            yield Fault("document", _("Cần số, ngày của văn bản xác nhận."), code="missing")
        for name, limit in LONGEST.items():
            if len(getattr(self, name)) > limit:
                yield Fault(name, _("Nội dung dài quá %(limit)s ký tự.", limit=limit))
        if self.own_wish_to_move and not self.wish_document:
            yield Fault(
                "wish_document",
                _("Nguyện vọng phải bằng văn bản: hãy ghi số, ngày đơn."),
                "Điều 25 khoản 5 NĐ 170/2025/NĐ-CP",
            )
        yield from self._dates()

    def _dates(self) -> Iterator[Fault]:
        if self.starts_on is None:
            yield Fault("starts_on", _("Cần ngày bắt đầu (dd/mm/yyyy)."), code="missing")
            return
        if self.ends_on is not None and self.ends_on < self.starts_on:
            yield Fault(
                "ends_on",
                _("Ngày kết thúc %(end)s trước ngày bắt đầu %(start)s.", end=format_date(self.ends_on),
                  start=format_date(self.starts_on)),
            )  # fmt: skip
            return
        if self.recheck_on is not None and self.recheck_on < self.starts_on:
            yield Fault("recheck_on", _("Ngày xem xét lại trước ngày bắt đầu."))
        query = select(RotationDeferral).where(
            RotationDeferral.person_id == self.person_id,
            RotationDeferral.ground == self.ground,
            or_(RotationDeferral.ends_on.is_(None), RotationDeferral.ends_on >= self.starts_on),
        )
        if self.ends_on is not None:
            query = query.where(RotationDeferral.starts_on <= self.ends_on)
        if self.deferral_id is not None:
            query = query.where(RotationDeferral.id != self.deferral_id)
        if (other := db.session.scalar(query.limit(1))) is not None:
            yield Fault(
                "starts_on",
                _("Trường hợp này đã được ghi từ ngày %(day)s (%(document)s). Hãy sửa dòng đó.",
                  day=format_date(other.starts_on), document=other.document),
                code="overlap",
            )  # fmt: skip

    def run(self) -> RotationDeferral:
        assert self.starts_on is not None
        row = self._row
        if row is None:
            row = RotationDeferral(person_id=self._person.id)
            db.session.add(row)
        for name in FIELDS:
            setattr(row, name, getattr(self, name))
        if row.recheck_on is None:
            months = at(current_store(), "periodic.open_recheck_months", self.starts_on).value
            row.recheck_on = self.ends_on or add_months(max(clock.today(), self.starts_on), months)
        return row

    def replay(self, receipt: Any) -> RotationDeferral:
        return access.get(RotationDeferral, receipt)


@dataclass
class EndDeferral(Command[RotationDeferral]):
    """The ground holds no longer: its last day, and the paper that says so."""

    deferral_id: int
    last_day: date | None
    document: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        row = self._row = access.get(RotationDeferral, self.deferral_id, "plan")
        check_version(row, self.version, {"ends_on": self.last_day})
        if self.last_day is None:
            yield Fault("last_day", _("Cần ngày cuối của thời gian chưa chuyển đổi (dd/mm/yyyy)."), code="missing")
        elif self.last_day < row.starts_on:
            yield Fault("last_day", _("Ngày cuối trước ngày bắt đầu %(start)s.", start=format_date(row.starts_on)))
        elif row.ends_on is not None and row.ends_on <= self.last_day:
            yield Fault(
                "last_day", _("Trường hợp này đã kết thúc ngày %(day)s.", day=format_date(row.ends_on)), code="ended"
            )

    def run(self) -> RotationDeferral:
        row = self._row
        row.ends_on = row.recheck_on = self.last_day
        if words := normalize(self.document):
            row.note = f"{row.note}\n{words}".strip()
        return row

    def replay(self, receipt: Any) -> RotationDeferral:
        return access.get(RotationDeferral, receipt)


@dataclass
class AskAgain(Command[RotationDeferral]):
    """The ground was looked at again and still holds: the next day to look."""

    deferral_id: int
    recheck_on: date | None
    note: str = ""

    def validate(self) -> Iterable[Fault]:
        row = self._row = access.get(RotationDeferral, self.deferral_id, "plan")
        if self.recheck_on is None or self.recheck_on <= clock.today():
            yield Fault("recheck_on", _("Ngày xem xét lại phải sau hôm nay."))
        elif row.ends_on is not None and self.recheck_on > row.ends_on + timedelta(days=1):
            yield Fault(
                "recheck_on",
                _("Trường hợp này kết thúc ngày %(day)s; không cần xem xét lại sau đó.", day=format_date(row.ends_on)),
            )

    def run(self) -> RotationDeferral:
        self._row.recheck_on = self.recheck_on
        if words := normalize_multiline(self.note):
            self._row.note = f"{self._row.note}\n{words}".strip()
        return self._row

    def replay(self, receipt: Any) -> RotationDeferral:
        return access.get(RotationDeferral, receipt)


def deferral_query(
    *, unit_id: int | None = None, person_id: int | None = None, on: date | None = None, recheck_by: date | None = None
) -> Select[Any]:
    """Deferrals in the actor's scope with their people; in force ``on``, or to be looked at again by ``recheck_by``."""
    query = access.restrict(
        select(RotationDeferral).join(RotationDeferral.person).options(joinedload(RotationDeferral.person)),
        RotationDeferral,
    )
    if person_id is not None:
        query = query.where(RotationDeferral.person_id == person_id)
    if unit_id is not None:
        path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
        query = query.where(Person.unit_id.in_(select(OrgUnit.id).where(OrgUnit.path.like(path + "%"))))
    if on is not None:
        query = query.where(
            RotationDeferral.starts_on <= on, or_(RotationDeferral.ends_on.is_(None), RotationDeferral.ends_on >= on)
        )
    if recheck_by is not None:
        query = query.where(RotationDeferral.recheck_on.is_not(None), RotationDeferral.recheck_on <= recheck_by)
    return query.order_by(RotationDeferral.recheck_on, Person.sort_key, RotationDeferral.id)
