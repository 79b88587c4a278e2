"""Units: create, change from a day on (rename, move under another unit), correct, and the details without dates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.organization.tree import keys_of, project_units, tree_on
from hrms.commands.organization.words import decision_faults, label, one_of, required, too_long
from hrms.kernel import access, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, normalize
from hrms.kernel.validity import lasts
from models.organization import OrgUnit, OrgUnitVersion, UnitSuccession
from models.vocabulary import FUNDING_KINDS, UNIT_KINDS, UNIT_LEVELS

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,39}", re.ASCII)
DATED = ("name", "short_name", "kind", "level", "parent_id")
DETAILS = (
    "display_order",
    "funding",
    "paper_name",
    "paper_superior",
    "paper_symbol",
    "paper_place",
    "signer_title",
    "signer_name",
    "numbers_papers_here",
)


@dataclass
class NewUnit:
    """What a unit needs to exist. ``parent_id`` empty: a top of the tree (the province)."""

    code: str
    name: str
    kind: str
    level: str
    parent_id: int | None
    short_name: str = ""
    details: dict[str, Any] = field(default_factory=dict)  # any of DETAILS

    def faults(self, valid_from: date | None) -> list[Fault]:
        """Everything wrong with it as a unit that begins on ``valid_from``."""
        self.code = normalize(self.code).upper()
        self.name, self.short_name = normalize(self.name), normalize(self.short_name)
        faults = required({"code": self.code, "name": self.name})
        faults += one_of("kind", self.kind, UNIT_KINDS) + one_of("level", self.level, UNIT_LEVELS)
        faults += too_long({"name": (self.name, 250), "short_name": (self.short_name, 100)})
        if self.code and not CODE.fullmatch(self.code):
            faults.append(
                Fault(
                    "code",
                    _(
                        "Mã đơn vị “%(code)s” chỉ được gồm chữ không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới; "
                        "không quá 40 ký tự.",
                        code=self.code,
                    ),
                    code="bad_code",
                )
            )
        elif self.code and (taken := db.session.scalar(select(OrgUnit.name).where(OrgUnit.code == self.code))):
            faults.append(
                Fault(
                    "code",
                    _("Mã đơn vị “%(code)s” đã dùng cho %(unit)s. Hãy chọn mã khác.", code=self.code, unit=taken),
                    code="duplicate",
                )
            )
        if valid_from is not None:
            faults += parent_faults(self.parent_id, valid_from)
        return faults + detail_faults(self.details)

    def make(self, valid_from: date, decision_number: str, decision_date: date | None) -> OrgUnit:
        """Store the unit and its first version."""
        unit = OrgUnit(
            code=self.code,
            name=self.name,
            short_name=self.short_name,
            kind=self.kind,
            level=self.level,
            parent_id=self.parent_id,
            valid_from=valid_from,
            **keys_of(self.name, self.short_name, self.code),
            **self.details,
        )
        db.session.add(unit)
        db.session.flush()
        db.session.add(
            OrgUnitVersion(
                unit_id=unit.id,
                valid_from=valid_from,
                decision_number=normalize(decision_number),
                decision_date=decision_date,
                **{name: getattr(self, name) for name in DATED},
            )
        )
        db.session.flush()
        return unit


def parent_faults(parent_id: int | None, day: date) -> list[Fault]:
    """The parent must exist on ``day`` and be one the actor may write under."""
    if parent_id is None:
        if access.in_scope(None, "unit", "write"):
            return []
        return required({"parent_id": None})
    if not access.in_scope(parent_id, "unit", "write") or db.session.get(OrgUnit, parent_id) is None:
        return [
            Fault(
                "parent_id",
                _("Không tìm thấy đơn vị cấp trên trong phạm vi của bạn. Hãy chọn đơn vị khác."),
                code="unknown_parent",
            )
        ]
    parent = version_on(parent_id, day)
    if parent is None:
        unit = db.session.get(OrgUnit, parent_id)
        return [
            Fault(
                "parent_id",
                _(
                    "%(unit)s không hoạt động vào ngày %(day)s. Hãy chọn đơn vị cấp trên khác hoặc sửa ngày.",
                    unit=unit.name if unit else parent_id,
                    day=format_date(day),
                ),
                code="parent_not_live",
            )
        ]
    return []


def detail_faults(details: dict[str, Any]) -> list[Fault]:
    """Details without dates: known names, known codes."""
    faults = [
        Fault(name, _("Không có mục “%(name)s” trong thông tin đơn vị.", name=name), code="unknown_field")
        for name in details
        if name not in DETAILS
    ]
    if "funding" in details:
        faults += one_of("funding", details["funding"], FUNDING_KINDS)
    texts = {"paper_name": 250, "paper_superior": 250, "paper_symbol": 30, "paper_place": 60, "signer_title": 120}
    faults += too_long({name: (details[name], limit) for name, limit in texts.items() if name in details})
    return faults


def version_on(unit_id: int, day: date) -> OrgUnitVersion | None:
    """The version of a unit in force on ``day``."""
    return db.session.scalar(
        select(OrgUnitVersion)
        .where(
            OrgUnitVersion.unit_id == unit_id,
            OrgUnitVersion.valid_from <= day,
            lasts(OrgUnitVersion, day),
        )
        .order_by(OrgUnitVersion.valid_from.desc())
        .limit(1)
    )


@dataclass
class CreateUnit(Command[OrgUnit]):
    """A new unit from ``valid_from`` on, by a decision."""

    unit: NewUnit
    valid_from: date | None
    decision_number: str
    decision_date: date | None

    def validate(self) -> Iterable[Fault]:
        access.require("unit", "write")
        yield from required({"valid_from": self.valid_from})
        yield from self.unit.faults(self.valid_from)
        yield from decision_faults(self.decision_number, self.decision_date)

    def run(self) -> OrgUnit:
        assert self.valid_from is not None
        unit = self.unit.make(self.valid_from, self.decision_number, self.decision_date)
        project_units()
        return unit

    def replay(self, receipt: Any) -> OrgUnit:
        return access.get(OrgUnit, receipt)


@dataclass
class ChangeUnit(Command[OrgUnit]):
    """Name, kind, level or parent become different from ``from_date`` on; what was before stays as it was.

    ``changes`` holds the new values of any of ``name, short_name, kind, level, parent_id``. A change that begins on the
    very day a version begins is a correction and needs :class:`CorrectUnitVersion`.
    """

    unit_id: int
    from_date: date | None
    changes: dict[str, Any]
    decision_number: str
    decision_date: date | None
    seen_version: int | None = None
    succession: str = ""  # rename | transfer: also recorded among what units became
    note: str = ""

    def validate(self) -> Iterable[Fault]:
        access.require("unit", "write")
        self._unit = access.get(OrgUnit, self.unit_id, "write")
        check_version(self._unit, self.seen_version, self.changes, label)
        for name in ("name", "short_name"):
            if name in self.changes:
                self.changes[name] = normalize(self.changes[name])
        yield from required({"from_date": self.from_date}, lambda _name: _("Ngày có hiệu lực"))
        yield from decision_faults(self.decision_number, self.decision_date)
        yield from self._value_faults()
        if self.from_date is None:
            return
        found = version_on(self.unit_id, self.from_date)
        if found is None:
            yield Fault(
                "from_date",
                _("%(unit)s không hoạt động vào ngày %(day)s.", unit=self._unit.name, day=format_date(self.from_date)),
                code="not_live",
            )
            return
        self._current = found
        if found.valid_from == self.from_date:
            yield Fault(
                "from_date",
                _(
                    "Đã có thay đổi khác từ đúng ngày %(day)s. Hãy chọn ngày khác, hoặc đính chính thay đổi đó.",
                    day=format_date(self.from_date),
                ),
                code="same_day",
            )
        if all(getattr(found, name) == value for name, value in self.changes.items()):
            yield Fault("", _("Không có nội dung nào thay đổi so với hiện tại."), code="no_change")
        if "parent_id" in self.changes:
            yield from parent_faults(self.changes["parent_id"], self.from_date)
            yield from _loop_faults(self.unit_id, self.changes["parent_id"], self.from_date)

    def _value_faults(self) -> Iterable[Fault]:
        for name in self.changes:
            if name not in DATED:
                yield Fault(name, _("Không có mục “%(name)s” trong thông tin đơn vị.", name=name), code="unknown_field")
        if "name" in self.changes:
            yield from required({"name": self.changes["name"]})
            yield from too_long({"name": (self.changes["name"], 250)})
        if "kind" in self.changes:
            yield from one_of("kind", self.changes["kind"], UNIT_KINDS)
        if "level" in self.changes:
            yield from one_of("level", self.changes["level"], UNIT_LEVELS)

    def run(self) -> OrgUnit:
        assert self.from_date is not None
        old = self._current
        values = {name: self.changes.get(name, getattr(old, name)) for name in DATED}
        new = OrgUnitVersion(
            unit_id=self.unit_id,
            valid_from=self.from_date,
            valid_to=old.valid_to,
            decision_number=normalize(self.decision_number),
            decision_date=self.decision_date,
            **values,
        )
        old.valid_to = self.from_date - timedelta(days=1)
        db.session.add(new)
        if self.succession:
            db.session.add(
                UnitSuccession(
                    from_unit_id=self.unit_id,
                    to_unit_id=self.unit_id,
                    kind=self.succession,
                    on=self.from_date,
                    decision_number=normalize(self.decision_number),
                    decision_date=self.decision_date,
                    note=self.note.strip(),
                )
            )
        project_units()
        return self._unit


def _loop_faults(unit_id: int, parent_id: int | None, day: date) -> Iterable[Fault]:
    """A unit cannot stand under itself, on that day or at any later change already planned."""
    if parent_id is None:
        return
    later = select(OrgUnitVersion.valid_from).where(OrgUnitVersion.valid_from > day).distinct()
    for when in (day, *sorted(db.session.scalars(later))):
        tree = tree_on(when, everything=True)
        if unit_id in tree and parent_id in tree.inside(unit_id):
            yield Fault(
                "parent_id",
                _(
                    "%(parent)s nằm dưới chính đơn vị này (ngày %(day)s). Hãy chọn đơn vị cấp trên khác.",
                    parent=tree.nodes[parent_id].name,
                    day=format_date(when),
                ),
                code="loop",
            )
            return


def RenameUnit(
    unit_id: int,
    from_date: date | None,
    name: str,
    decision_number: str,
    decision_date: date | None,
    short_name: str | None = None,
    seen_version: int | None = None,
) -> ChangeUnit:
    """The unit carries another name from a day on; old papers keep the old one."""
    changes: dict[str, Any] = {"name": name}
    if short_name is not None:
        changes["short_name"] = short_name
    return ChangeUnit(unit_id, from_date, changes, decision_number, decision_date, seen_version, "rename")


def TransferUnit(
    unit_id: int,
    from_date: date | None,
    parent_id: int,
    decision_number: str,
    decision_date: date | None,
    seen_version: int | None = None,
    note: str = "",
) -> ChangeUnit:
    """The unit, with everything below it, stands under another unit from a day on."""
    changes = {"parent_id": parent_id}
    return ChangeUnit(unit_id, from_date, changes, decision_number, decision_date, seen_version, "transfer", note)


@dataclass
class CorrectUnitVersion(Command[OrgUnit]):
    """A version was entered wrongly: its content is set right, its dates stay."""

    version_id: int
    changes: dict[str, Any]
    reason: str

    def validate(self) -> Iterable[Fault]:
        access.require("unit", "write")
        self._version = access.get(OrgUnitVersion, self.version_id, "write")
        yield from required({"reason": self.reason}, lambda _name: _("Lý do đính chính"))
        for name in self.changes:
            if name not in (*DATED, "decision_number", "decision_date"):
                yield Fault(name, _("Không có mục “%(name)s” trong thông tin đơn vị.", name=name), code="unknown_field")
        if "name" in self.changes:
            self.changes["name"] = normalize(self.changes["name"])
            yield from required({"name": self.changes["name"]})
        if "kind" in self.changes:
            yield from one_of("kind", self.changes["kind"], UNIT_KINDS)
        if "level" in self.changes:
            yield from one_of("level", self.changes["level"], UNIT_LEVELS)
        if "parent_id" in self.changes:
            yield from parent_faults(self.changes["parent_id"], self._version.valid_from)
            yield from _loop_faults(self._version.unit_id, self.changes["parent_id"], self._version.valid_from)

    def run(self) -> OrgUnit:
        for name, value in self.changes.items():
            setattr(self._version, name, value)
        history.note(self._version, _("Đính chính: %(reason)s", reason=self.reason.strip()))
        project_units()
        return self._version.unit


@dataclass
class ChangeUnitDetails(Command[OrgUnit]):
    """Order, funding, and what stands on the unit's papers: facts without a history of dates."""

    unit_id: int
    changes: dict[str, Any]
    seen_version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("unit", "write")
        self._unit = access.get(OrgUnit, self.unit_id, "write")
        check_version(self._unit, self.seen_version, self.changes, label)
        yield from detail_faults(self.changes)

    def run(self) -> OrgUnit:
        for name, value in self.changes.items():
            setattr(self._unit, name, normalize(value) if isinstance(value, str) else value)
        return self._unit
