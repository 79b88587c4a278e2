"""Job positions (vị trí việc làm), the numbers assigned (biên chế giao), and the numbers of deputies by decision."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from hrms.commands.organization.units import version_on
from hrms.commands.organization.words import label, one_of, required, too_long
from hrms.commands.timeline import Span, decision_text, place
from hrms.kernel import access
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, format_integer, normalize
from hrms.kernel.validity import lasts
from models.organization import Establishment, LeadershipQuota, OrgUnit, Position
from models.staff import Appointment
from models.vocabulary import ESTABLISHMENT_KINDS, LEADER_RANKS, POSITION_GROUPS

CODE = re.compile(r"[A-Za-z0-9Đđ][\w./-]{0,39}")
LARGEST_NUMBER = 100_000  # a slip of the keyboard, not an establishment
CHANGEABLE = (
    "title",
    "group",
    "leader_rank",
    "grade_code",
    "leadership_coefficient",
    "approved_number",
    "listed_code",
    "description",
    "requirements",
)


def unit_faults(unit_id: int, day: date | None, resource: str) -> list[Fault]:
    """The unit must be in the actor's scope for writing and live on ``day``."""
    unit = access.get(OrgUnit, unit_id, "write", resource)
    if day is not None and version_on(unit_id, day) is None:
        return [
            Fault(
                "valid_from",
                _("%(unit)s không hoạt động vào ngày %(day)s. Hãy sửa ngày.", unit=unit.name, day=format_date(day)),
                code="unit_not_live",
            )
        ]
    return []


def position_labels(name: str) -> str:
    return _("Mã vị trí") if name == "code" else label(name)


@dataclass
class CreatePosition(Command[Position]):
    """A job position of a unit with the number approved."""

    unit_id: int
    code: str
    title: str
    group: str
    valid_from: date | None
    approved_number: int = 1
    leader_rank: str = ""
    grade_code: str = ""
    leadership_coefficient: Decimal | None = None
    listed_code: str = ""
    description: str = ""
    requirements: str = ""
    valid_to: date | None = None
    decision_number: str = ""
    decision_date: date | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("position", "write")
        yield from unit_faults(self.unit_id, self.valid_from, "position")
        self.code, self.title = normalize(self.code), normalize(self.title)
        yield from required({"code": self.code, "title": self.title, "valid_from": self.valid_from}, position_labels)
        if self.code and not CODE.fullmatch(self.code):
            yield Fault(
                "code", _("Mã vị trí “%(code)s” không hợp lệ. Hãy dùng chữ, số, dấu chấm, gạch.", code=self.code)
            )
        yield from position_value_faults({name: getattr(self, name) for name in CHANGEABLE})
        if self.valid_from is not None and self.code:
            stored = [
                Span(
                    row.valid_from,
                    row.valid_to,
                    row.title,
                    decision_text(row.decision_number, row.decision_date),
                    row.id,
                )
                for row in db.session.scalars(
                    select(Position).where(Position.unit_id == self.unit_id, Position.code == self.code)
                )
            ]
            new = Span(self.valid_from, self.valid_to, self.title)
            what = _("Vị trí mã %(code)s", code=self.code)
            yield from place(new, stored, what=what, gaps_matter=False).faults

    def run(self) -> Position:
        assert self.valid_from is not None
        row = Position(
            unit_id=self.unit_id,
            code=self.code,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            decision_number=normalize(self.decision_number),
            decision_date=self.decision_date,
            **{name: getattr(self, name) for name in CHANGEABLE},
        )
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> Position:
        return access.get(Position, receipt)


def position_value_faults(values: dict[str, Any]) -> Iterable[Fault]:
    """Vocabulary, lengths and plausible numbers of a position."""
    if "group" in values:
        yield from one_of("group", values["group"], POSITION_GROUPS)
    if "leader_rank" in values:
        yield from one_of("leader_rank", values["leader_rank"], LEADER_RANKS)
    if "title" in values:
        yield from too_long({"title": (values["title"], 200)})
    if "approved_number" in values and not 0 <= values["approved_number"] <= LARGEST_NUMBER:
        yield Fault(
            "approved_number",
            _("Số lượng được duyệt “%(n)s” không hợp lệ. Hãy nhập số từ 0 trở lên.", n=values["approved_number"]),
        )
    coefficient = values.get("leadership_coefficient")
    if coefficient is not None and not 0 <= coefficient <= 2:
        yield Fault(
            "leadership_coefficient",
            _("Hệ số phụ cấp chức vụ “%(n)s” ngoài khoảng 0–2. Hãy kiểm tra lại.", n=coefficient),
        )


@dataclass
class ChangePosition(Command[Position]):
    """The description of a position is edited; with ``from_date``, a new row begins that day and the old one ends."""

    position_id: int
    changes: dict[str, Any]
    seen_version: int | None = None
    from_date: date | None = None
    decision_number: str = ""
    decision_date: date | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("position", "write")
        self._position = access.get(Position, self.position_id, "write")
        check_version(self._position, self.seen_version, self.changes, position_labels)
        for name in self.changes:
            if name not in CHANGEABLE:
                yield Fault(name, _("Không có mục “%(name)s” trong vị trí việc làm.", name=name), code="unknown_field")
        if "title" in self.changes:
            self.changes["title"] = normalize(self.changes["title"])
            yield from required({"title": self.changes["title"]}, position_labels)
        yield from position_value_faults(self.changes)
        row = self._position
        if self.from_date is not None and not (
            row.valid_from < self.from_date and (row.valid_to is None or self.from_date <= row.valid_to)
        ):
            yield Fault(
                "from_date",
                _(
                    "Ngày %(day)s phải nằm trong thời gian hiệu lực của vị trí, sau ngày %(start)s.",
                    day=format_date(self.from_date),
                    start=format_date(row.valid_from),
                ),
            )

    def run(self) -> Position:
        row = self._position
        if self.from_date is None:
            for name, value in self.changes.items():
                setattr(row, name, value)
            return row
        new = Position(
            unit_id=row.unit_id,
            code=row.code,
            valid_from=self.from_date,
            valid_to=row.valid_to,
            decision_number=normalize(self.decision_number),
            decision_date=self.decision_date,
            **{name: self.changes.get(name, getattr(row, name)) for name in CHANGEABLE},
        )
        db.session.add(new)
        row.valid_to = self.from_date - timedelta(days=1)
        db.session.flush()
        # Who holds the post on that day goes on holding it under the new row.
        for post in db.session.scalars(
            select(Appointment).where(
                Appointment.position_id == row.id,
                lasts(Appointment, self.from_date),
            )
        ):
            post.position_id = new.id
        return new


@dataclass
class EndPosition(Command[Position]):
    """The position's last day; refused while somebody holds it beyond that day."""

    position_id: int
    last_day: date | None
    decision_number: str = ""

    def validate(self) -> Iterable[Fault]:
        access.require("position", "write")
        self._position = access.get(Position, self.position_id, "write")
        yield from required({"last_day": self.last_day}, lambda _name: _("Ngày kết thúc"))
        if self.last_day is None:
            return
        if self.last_day < self._position.valid_from:
            yield Fault("last_day", _("Ngày kết thúc trước ngày bắt đầu của vị trí. Hãy sửa ngày."))
        holders = [
            post.person
            for post in db.session.scalars(
                select(Appointment).where(
                    Appointment.position_id == self.position_id,
                    or_(Appointment.valid_to.is_(None), Appointment.valid_to > self.last_day),
                )
            )
        ]
        if holders:
            yield Fault(
                "last_day",
                _(
                    "Còn %(n)s người giữ vị trí này sau ngày %(day)s: %(names)s. Hãy chuyển vị trí cho họ trước.",
                    n=len(holders),
                    day=format_date(self.last_day),
                    names=", ".join(f"{person.full_name} ({person.code})" for person in holders[:10]),
                ),
                code="occupied",
            )

    def run(self) -> Position:
        self._position.valid_to = self.last_day
        return self._position


@dataclass
class SetEstablishment(Command[Establishment]):
    """The number assigned to a unit for one kind of staff from a day on; the row in force ends the day before."""

    unit_id: int
    kind: str
    number: int
    valid_from: date | None
    valid_to: date | None = None
    decision_number: str = ""
    decision_date: date | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("establishment", "write")
        yield from unit_faults(self.unit_id, self.valid_from, "establishment")
        yield from required(
            {
                "valid_from": self.valid_from,
                "decision_number": self.decision_number,
                "decision_date": self.decision_date,
            }
        )
        yield from one_of("kind", self.kind, ESTABLISHMENT_KINDS, lambda _name: _("Loại biên chế"))
        if not 0 <= self.number <= LARGEST_NUMBER:
            yield Fault(
                "number",
                _("Số giao “%(n)s” không hợp lệ. Hãy nhập số nguyên từ 0 trở lên.", n=format_integer(self.number)),
            )
        if self.valid_from is None:
            return
        self._rows = list(
            db.session.scalars(
                select(Establishment).where(Establishment.unit_id == self.unit_id, Establishment.kind == self.kind)
            )
        )
        spans = [
            Span(
                row.valid_from,
                row.valid_to,
                format_integer(row.number),
                decision_text(row.decision_number, row.decision_date),
                row.id,
            )
            for row in self._rows
        ]
        self._placement = place(
            Span(self.valid_from, self.valid_to, format_integer(self.number)),
            spans,
            what=_("Biên chế %(kind)s", kind=ESTABLISHMENT_KINDS.get(self.kind, self.kind).lower()),
            close_previous=True,
            gaps_matter=False,
        )
        yield from self._placement.faults

    def run(self) -> Establishment:
        assert self.valid_from is not None
        by_id = {row.id: row for row in self._rows}
        for row_id, last in self._placement.shorten.items():
            by_id[row_id].valid_to = last
        for row_id, start, end in self._placement.remainders:
            old = by_id[row_id]
            db.session.add(
                Establishment(
                    unit_id=old.unit_id,
                    kind=old.kind,
                    number=old.number,
                    valid_from=start,
                    valid_to=end,
                    decision_number=old.decision_number,
                    decision_date=old.decision_date,
                )
            )
        row = Establishment(
            unit_id=self.unit_id,
            kind=self.kind,
            number=self.number,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            decision_number=normalize(self.decision_number),
            decision_date=self.decision_date,
        )
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> Establishment:
        return access.get(Establishment, receipt)


@dataclass
class SetLeadershipQuota(Command[LeadershipQuota]):
    """How many deputies a unit may have from a day on, where a decision says so instead of the general rule."""

    unit_id: int
    deputies: int
    valid_from: date | None
    article: str
    decision_number: str = ""
    valid_to: date | None = None
    mark: str = "U"

    def validate(self) -> Iterable[Fault]:
        access.require("establishment", "write")
        yield from unit_faults(self.unit_id, self.valid_from, "establishment")
        yield from required({"valid_from": self.valid_from, "article": self.article})
        if not 0 <= self.deputies <= 20:
            yield Fault("deputies", _("Số cấp phó “%(n)s” không hợp lệ. Hãy nhập từ 0 đến 20.", n=self.deputies))
        if self.mark not in ("P", "S", "U", "C"):
            yield Fault("mark", _("Mức độ kiểm chứng phải là P, S, U hoặc C."))
        if self.valid_from is None:
            return
        self._rows = list(db.session.scalars(select(LeadershipQuota).where(LeadershipQuota.unit_id == self.unit_id)))
        spans = [
            Span(row.valid_from, row.valid_to, _("%(n)s cấp phó", n=row.deputies), row.decision_number, row.id)
            for row in self._rows
        ]
        new = Span(self.valid_from, self.valid_to, _("%(n)s cấp phó", n=self.deputies))
        self._placement = place(new, spans, what=_("Số lượng cấp phó"), close_previous=True, gaps_matter=False)
        yield from self._placement.faults

    def run(self) -> LeadershipQuota:
        assert self.valid_from is not None
        by_id = {row.id: row for row in self._rows}
        for row_id, last in self._placement.shorten.items():
            by_id[row_id].valid_to = last
        for row_id, start, end in self._placement.remainders:
            old = by_id[row_id]
            db.session.add(
                LeadershipQuota(
                    unit_id=old.unit_id,
                    deputies=old.deputies,
                    article=old.article,
                    mark=old.mark,
                    valid_from=start,
                    valid_to=end,
                    decision_number=old.decision_number,
                )
            )
        row = LeadershipQuota(
            unit_id=self.unit_id,
            deputies=self.deputies,
            article=normalize(self.article),
            mark=self.mark,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            decision_number=normalize(self.decision_number),
        )
        db.session.add(row)
        return row
