"""Which stored person a row means: identity number first, then staff code, then name with birth date and sex."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.staff.lookup import in_chunks
from hrms.commands.staff_list import StaffRow
from hrms.kernel import access, crypto
from hrms.kernel.db import db
from hrms.kernel.text import fold, name_sort_key
from models.staff import Person

NameKey = tuple[str, Any, str]


@dataclass
class Matcher:
    """Looks rows up slice by slice; a number that belongs to a record out of sight is told without naming anybody."""

    unit_path: str
    by_digest: dict[str, Person] = field(default_factory=dict)
    by_code: dict[str, Person] = field(default_factory=dict)
    hidden_digests: set[str] = field(default_factory=set)
    hidden_codes: set[str] = field(default_factory=set)
    _by_name: dict[NameKey, list[int]] | None = None

    def load(self, rows: Iterable[StaffRow]) -> None:
        """Fetch the people the identity numbers and codes of these rows belong to."""
        rows = list(rows)
        digests = [crypto.digest(row.values["identity_number"]) for row in rows if "identity_number" in row.values]
        codes = [row.values["code"] for row in rows if "code" in row.values]
        self.by_digest, self.by_code = {}, {}
        self.hidden_digests, self.hidden_codes = set(), set()
        for column, wanted, visible, hidden in (
            (Person.identity_digest, digests, self.by_digest, self.hidden_digests),
            (Person.code, codes, self.by_code, self.hidden_codes),
        ):
            for part in in_chunks(wanted):
                query = access.restrict(select(Person).where(column.in_(part)), Person, "import")
                for person in db.session.scalars(query):
                    visible[getattr(person, column.key)] = person
                every = set(db.session.scalars(select(column).where(column.in_(part))))
                hidden |= every - visible.keys()

    def find(self, row: StaffRow) -> tuple[Person | None, str, str]:
        """(person, key of the faulty field, error). No person and no error: the row is somebody new."""
        values = row.values
        number, code = values.get("identity_number"), values.get("code")
        digest = crypto.digest(number) if number else ""
        other_unit = _("đã thuộc hồ sơ của một đơn vị khác. Hãy làm thủ tục chuyển đơn vị hoặc liên hệ Sở Nội vụ.")
        if digest in self.hidden_digests:
            return None, "identity_number", other_unit
        if code in self.hidden_codes:
            return None, "code", other_unit
        by_number = self.by_digest.get(digest) if digest else None
        by_code = self.by_code.get(code) if code else None
        if by_number is not None and by_code is not None and by_number.id != by_code.id:
            return None, "code", _(
                "số định danh thuộc hồ sơ %(a)s nhưng mã cán bộ thuộc hồ sơ %(b)s. Hãy sửa một trong hai.",
                a=by_number.code, b=by_code.code,
            )  # fmt: skip
        found = by_number or by_code
        if found is None:
            return self._by_name_and_birth(row)
        if found is by_code and found is not by_number and not _same_human(found, values):
            return (
                None,
                "code",
                _(
                    "mã cán bộ này là của %(name)s, khác họ tên và ngày sinh trên dòng. Hãy kiểm tra mã.",
                    name=found.full_name,
                ),
            )
        if number and found.identity_digest and found.identity_digest != digest:
            return (
                None,
                "identity_number",
                _(
                    "hồ sơ %(code)s đã có số định danh khác. Nếu số mới đúng, hãy sửa trên hồ sơ kèm giấy tờ.",
                    code=found.code,
                ),
            )
        return found, "", ""

    def _by_name_and_birth(self, row: StaffRow) -> tuple[Person | None, str, str]:
        """Lists without numbers: the same name, birth date and sex in the receiving unit is the same person."""
        if self._by_name is None:
            self._by_name = {}
            query = access.restrict(select(Person.id, Person.sort_key, Person.birth_date, Person.sex), Person, "import")
            for person_id, name, birth, sex in db.session.execute(query):
                self._by_name.setdefault((name, birth, sex), []).append(person_id)
        values = row.values
        key = (name_sort_key(values["full_name"])[:400], values["birth_date"].value, values["sex"])
        ids = self._by_name.get(key, [])
        if not ids:
            return None, "", ""
        candidates = [person for one in ids if (person := db.session.get(Person, one)) is not None]
        if values.get("identity_number"):
            candidates = [person for person in candidates if person.identity_digest is None]
        if values.get("code"):
            # A code the system gave out may give way to the agency's own; another agency code means another person.
            given = current_app.config["HRMS"].province_code + "-"
            candidates = [person for person in candidates if person.code.startswith(given)]
        if len(candidates) == 1:
            return candidates[0], "", ""
        if len(candidates) > 1:
            return (
                None,
                "full_name",
                _(
                    "có %(n)s hồ sơ cùng họ tên, ngày sinh, giới tính. Hãy ghi thêm số CCCD hoặc mã cán bộ.",
                    n=len(candidates),
                ),
            )
        return None, "", ""


def _same_human(person: Person, values: dict[str, Any]) -> bool:
    return bool(fold(person.full_name) == fold(values["full_name"]) or person.birth_date == values["birth_date"].value)
