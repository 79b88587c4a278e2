"""Which unit a row means: names as lists write them against the unit tree, and what to do with unknown ones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.organization.tree import keys_of, project_units
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.text import fold, normalize
from hrms.kernel.validity import holds
from models.organization import OrgUnit, OrgUnitVersion

HERE, NEW = "here", "new"
ALIKE = 0.92  # share of equal letters from which two names are one name typed twice
_NOT_WORDS = re.compile(r"[^0-9a-z]+")
# The first words of a name tell its kind; what is none of these is a division of the receiving unit.
_KINDS = (
    ("so ", "department", "PROVINCE"), ("chi cuc", "branch", "PROVINCE"), ("ubnd xa", "commune", "COMMUNE"),
    ("ubnd phuong", "commune", "COMMUNE"), ("xa ", "commune", "COMMUNE"), ("phuong ", "commune", "COMMUNE"),
    ("truong ", "service_unit", "INTERNAL"), ("trung tam", "service_unit", "INTERNAL"),
    ("benh vien", "service_unit", "INTERNAL"),
    ("hoi ", "association", "PROVINCE"), ("lien minh", "association", "PROVINCE"),
)  # fmt: skip
# Headings that sort people inside a unit and name none: they stay with the unit above.
_NOT_UNITS = re.compile(
    r"(ban )?(lanh dao|giam doc|giam hieu|thuong truc|thuong vu)\b|(can bo|cong chuc|vien chuc|hop dong|nguoi lao dong"
    r"|bien che|nhan vien|lao dong|khoi|dien)\b"
)


def name_key(name: str) -> str:
    """A name without case, marks, punctuation: “Phòng Tổ chức - Cán bộ” and “PHÒNG TỔ CHỨC CÁN BỘ” are one."""
    return _NOT_WORDS.sub(" ", fold(name)).strip()


def _sentence_case(name: str) -> str:
    """“PHÒNG CHUYỂN ĐỔI SỐ” is how lists print a heading, not how the unit is called."""
    return name.capitalize() if name.isupper() else name


@dataclass
class UnitBook:
    """The units a list may speak of: the receiving unit's subtree inside the actor's import scope."""

    target: OrgUnit
    as_of: date
    choices: dict[str, str]
    may_create: bool
    by_key: dict[str, list[OrgUnit]] = field(default_factory=dict)
    by_id: dict[int, OrgUnit] = field(default_factory=dict)
    unknown: dict[str, dict[str, object]] = field(default_factory=dict)  # key → name, rows, choice
    _alike: dict[str, str] = field(default_factory=dict)  # key → the one known key that is nearly the same, or ""

    @classmethod
    def load(cls, target: OrgUnit, as_of: date, choices: dict[str, str]) -> UnitBook:
        query = access.restrict(select(OrgUnit), OrgUnit, "import", "staff").where(
            OrgUnit.path.like(f"{target.path}%"),
            holds(OrgUnit, as_of),
        )
        book = cls(target, as_of, choices, access.may("unit", "write", target))
        for unit in db.session.scalars(query):
            book.remember(unit)
        return book

    def remember(self, unit: OrgUnit) -> None:
        self.by_id[unit.id] = unit
        for name in {name_key(unit.name), name_key(unit.short_name), name_key(unit.code)} - {""}:
            self.by_key.setdefault(name, []).append(unit)

    def resolve(self, name: str, section: tuple[str, ...]) -> tuple[OrgUnit | None, str, str]:
        """(unit, error, warning) for the name on the row and the headings above it. No name: the receiving unit."""
        path = [heading for heading in section if heading]
        if name and (not path or name_key(path[-1]) != name_key(name)):
            path = [*path, name]
        found, warning = self.target, ""
        for step in path:
            unit, error, remark = self._step(step, found)
            if error:
                return None, error, ""
            assert unit is not None
            found, warning = unit, warning or remark
        return found, "", warning

    def _step(self, name: str, under: OrgUnit) -> tuple[OrgUnit | None, str, str]:
        key = name_key(name)
        candidates = self.by_key.get(key, [])
        inside = [unit for unit in candidates if unit.path.startswith(under.path)]
        if len(inside) == 1 or (not inside and len(candidates) == 1):
            return (inside or candidates)[0], "", ""
        if len(candidates) > 1:
            nearest = min(inside or candidates, key=lambda unit: unit.depth)
            same_depth = [unit for unit in inside or candidates if unit.depth == nearest.depth]
            if len(same_depth) == 1:
                return nearest, "", ""
            where = "; ".join(f"{unit.code} ({unit.parent.name if unit.parent else ''})" for unit in same_depth[:4])
            return (
                None,
                _("“%(name)s” có ở nhiều nơi: %(where)s. Hãy ghi mã đơn vị thay cho tên.", name=name, where=where),
                "",
            )
        alike = self._nearly(key)
        if alike and len(self.by_key[alike]) == 1:
            unit = self.by_key[alike][0]
            return unit, "", _("“%(name)s” được hiểu là “%(unit)s”.", name=name, unit=unit.name)
        return self._unknown(key, name, under)

    def _nearly(self, key: str) -> str:
        """The known name that is this one mistyped; looked for once a name, not once a row."""
        if key not in self._alike:
            found = get_close_matches(key, self.by_key, n=1, cutoff=ALIKE)
            self._alike[key] = found[0] if found else ""
        return self._alike[key]

    def _unknown(self, key: str, name: str, under: OrgUnit) -> tuple[OrgUnit | None, str, str]:
        choice = self.choices.get(key, NEW if self.may_create else HERE)
        if _NOT_UNITS.match(key) and key not in self.choices:
            return under, "", ""
        entry = self.unknown.setdefault(key, {"name": normalize(name), "rows": 0, "choice": choice, "under": under.id})
        entry["rows"] = int(str(entry["rows"])) + 1
        if choice == NEW and self.may_create:
            return (
                self._planned(key, _sentence_case(normalize(name)), under),
                "",
                _("đơn vị “%(name)s” chưa có, sẽ được tạo mới.", name=name),
            )
        if choice in (HERE, NEW):
            return under, "", _("“%(name)s” chưa có trong cây tổ chức, ghi vào “%(unit)s”.", name=name, unit=under.name)
        unit = self.by_id.get(int(choice)) if choice.isascii() and choice.isdigit() else None
        if unit is None:
            return None, _("“%(name)s” được ghép với một đơn vị ngoài phạm vi. Hãy chọn lại đơn vị.", name=name), ""
        return unit, "", ""

    def _planned(self, key: str, name: str, under: OrgUnit) -> OrgUnit:
        """A unit that will be stored when the import is written; until then it only has a place in this book."""
        kind, level = next(
            ((k, lv) for start, k, lv in _KINDS if f"{key} ".startswith(start)), ("division", "INTERNAL")
        )
        unit = OrgUnit(
            code="", name=name, short_name="", kind=kind, level=level, parent_id=under.id, valid_from=self.as_of,
            path=f"{under.path}new-{len(self.by_key)}/", depth=under.depth + 1,
        )  # fmt: skip
        unit.__dict__["_hrms_under"] = under
        self.by_key.setdefault(key, []).append(unit)
        return unit

    def store(self, unit: OrgUnit) -> OrgUnit:
        """Store a planned unit (and, before it, a planned parent). A stored one is returned as it is."""
        if unit.id is not None:
            return unit
        under = self.store(unit.__dict__.pop("_hrms_under"))
        unit.parent_id = under.id
        unit.code = self._free_code(under)
        for name, value in keys_of(unit.name, unit.short_name, unit.code).items():
            setattr(unit, name, value)
        db.session.add(unit)
        db.session.flush()
        unit.path = f"{under.path}{unit.id}/"
        db.session.add(
            OrgUnitVersion(unit_id=unit.id, name=unit.name, short_name="", kind=unit.kind, level=unit.level,
                           parent_id=under.id, valid_from=self.as_of)
        )  # fmt: skip
        db.session.flush()
        self.by_id[unit.id] = unit
        return unit

    def _free_code(self, under: OrgUnit) -> str:
        number = 1
        while True:
            code = f"{under.code[:34]}.{number:02d}"
            if db.session.scalar(select(OrgUnit.id).where(OrgUnit.code == code)) is None:
                return code
            number += 1


__all__ = ["HERE", "NEW", "UnitBook", "name_key", "project_units"]
