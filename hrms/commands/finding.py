"""Finding records by a few typed words: people, units, positions, acts and cases, always inside the actor's scope.

Words are compared without case and diacritics, in any order. A staff code, an identity number or a case number
typed whole finds its one record. Every function is one statement unless it says otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from hrms.commands.staff.search import words_match
from hrms.kernel import access, clock, crypto
from hrms.kernel.db import db
from hrms.kernel.text import fold
from hrms.kernel.validity import holds
from models.organization import OrgUnit, Position
from models.restructuring import DownsizingCase, RestructuringAct
from models.staff import Person

MOST = 20
WORDS = 8  # more words than a name has only slow the search down
IDENTITY_DIGITS = (9, 12)  # old and new identity numbers


def pattern(word: str) -> str:
    """``word`` for LIKE, its wildcards escaped by a backslash."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def words_in(column: Any, text: str) -> ColumnElement[bool]:
    """Every word of ``text`` occurs in the folded ``column``; no word finds nothing."""
    words = fold(text).split()[:WORDS]
    if not words:
        return false()
    return and_(*[column.like(f"%{pattern(word)}%", escape="\\") for word in words])


def begins(column: Any, text: str) -> Any:
    """An order: rows whose folded column begins with ``text`` come first."""
    return case((column.like(f"{pattern(fold(text))}%", escape="\\"), 0), else_=1)


def looks_like_identity(text: str) -> bool:
    """Whether the text has the form of an identity number (9 or 12 digits)."""
    digits = text.replace(" ", "")
    return digits.isascii() and digits.isdigit() and len(digits) in IDENTITY_DIGITS


def _people(text: str, identity: bool) -> ColumnElement[bool]:
    conditions = [words_match(text) if fold(text) else false(), Person.code == text.strip()]
    if identity and looks_like_identity(text):
        conditions.append(Person.identity_digest == crypto.digest(text.replace(" ", "")))
    return or_(*conditions)


def people(text: str, limit: int = MOST, *, action: str = "read", in_service: bool = False) -> Sequence[Person]:
    """People by name, staff code or (for those who may see it) identity number; their units come along.

    ``in_service`` leaves out those who have left.
    """
    query = (
        select(Person)
        .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
        .options(contains_eager(Person.unit).joinedload(OrgUnit.parent))
        .where(_people(text, access.may("staff", "identity")))
        .order_by(Person.status == "left", Person.sort_key, Person.id)
        .limit(limit)
    )
    if in_service:
        query = query.where(Person.status != "left")
    return db.session.scalars(access.restrict(query, Person, action)).all()


def units(
    text: str, limit: int = MOST, *, day: date | None = None, within: tuple[str, str] | None = None
) -> Sequence[OrgUnit]:
    """Units by name or code, the higher in the tree first.

    ``day``: only those that exist on that day. ``within``: only those open for another (resource, action), too, such
    as ``("staff", "write")`` for the unit of a post.
    """
    query = (
        select(OrgUnit)
        .where(or_(words_in(OrgUnit.folded, text), OrgUnit.code == text.strip()))
        .options(joinedload(OrgUnit.parent))
        .order_by(
            begins(OrgUnit.folded, text),
            OrgUnit.valid_to.is_not(None),
            OrgUnit.depth,
            OrgUnit.sort_key,
            OrgUnit.id,
        )
        .limit(limit)
    )
    if day is not None:
        query = query.where(holds(OrgUnit, day))
    if within is not None and (open_units := access.units_for(*within)) is not None:
        query = query.where(OrgUnit.id.in_(open_units))
    return db.session.scalars(access.restrict(query, OrgUnit)).all()


def positions(text: str, limit: int = MOST, *, unit_id: int | None = None) -> Sequence[Position]:
    """Positions in force today whose title, code or unit holds every word; of one unit when ``unit_id`` is given.

    Without words: the positions of the unit. Two statements: titles carry no folded column, so they are compared
    here, on narrow rows, and only what was found is loaded.
    """
    today = clock.today()
    query = (
        select(Position.id, Position.title, Position.code, OrgUnit.folded)
        .join(OrgUnit, OrgUnit.id == Position.unit_id)
        .where(holds(Position, today))
        .order_by(OrgUnit.path, Position.code, Position.id)
    )
    if unit_id is not None:
        query = query.where(Position.unit_id == unit_id)
    words = fold(text).split()[:WORDS]
    if not words and unit_id is None:
        return []
    chosen: list[int] = []
    for row in db.session.execute(access.restrict(query, Position)):
        label = f"{fold(row.title)} {fold(row.code)} {row.folded}"
        if all(word in label for word in words):
            chosen.append(row.id)
            if len(chosen) == limit:
                break
    found = db.session.scalars(select(Position).where(Position.id.in_(chosen)).options(joinedload(Position.unit))).all()
    return sorted(found, key=lambda row: chosen.index(row.id))


def acts(text: str, limit: int = MOST) -> Sequence[RestructuringAct]:
    """Restructuring acts by number, title or unit, the newest first. There are few: words are compared here."""
    query = access.restrict(
        select(RestructuringAct)
        .options(joinedload(RestructuringAct.unit))
        .order_by(RestructuringAct.effective_on.desc(), RestructuringAct.id.desc())
        .limit(2000),
        RestructuringAct,
    )
    words = fold(text).split()[:WORDS]
    found: list[RestructuringAct] = []
    for row in db.session.scalars(query):
        label = fold(f"{row.number} {row.title} {row.unit.name}")
        if all(word in label for word in words):
            found.append(row)
            if len(found) == limit:
                break
    return found


def cases(text: str, limit: int = MOST) -> Sequence[DownsizingCase]:
    """Cases by number or by the person's name and code, the newest first."""
    query = (
        select(DownsizingCase)
        .where(or_(words_in(DownsizingCase.folded, text), DownsizingCase.number == text.strip()))
        .options(joinedload(DownsizingCase.person), joinedload(DownsizingCase.unit))
        .order_by(DownsizingCase.id.desc())
        .limit(limit)
    )
    return db.session.scalars(access.restrict(query, DownsizingCase)).all()
