"""Finding people: a quick search by name, code or identity number, and the query behind the staff list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true
from sqlalchemy.orm import selectinload

from hrms.commands.law.current import current_store
from hrms.commands.staff.identity import clean_identity
from hrms.kernel import access, clock, crypto
from hrms.kernel.db import db
from hrms.kernel.text import add_months, fold, normalize
from models.organization import OrgUnit
from models.staff import Person
from policies.retirement import pension_date

QUICK = 20
OLDEST = 80  # years: where the search for a birth month begins


def like(text: str) -> str:
    """``text`` with the wildcards of LIKE made plain."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def words_match(q: str) -> ColumnElement[bool]:
    """Every word of ``q`` begins a word of the name or the code, without regard to case and diacritics."""
    conditions = [
        or_(Person.folded.like(f"{like(word)}%", escape="\\"), Person.folded.like(f"% {like(word)}%", escape="\\"))
        for word in fold(q).split()
    ]
    return and_(true(), *conditions)


def _matches(q: str) -> ColumnElement[bool]:
    number = clean_identity(q)
    if number.isascii() and number.isdigit() and len(number) in (9, 12):
        return or_(Person.identity_digest == crypto.digest(number), words_match(q))
    return words_match(q)


def search(q: str, limit: int = QUICK, *, with_left: bool = True) -> list[Person]:
    """People in the actor's scope for a few typed words: the exact code first, then by name.

    An identity number finds its owner by digest; it is never searched in parts.
    """
    text = normalize(q)
    if not text:
        return []
    query = access.restrict(select(Person), Person).options(selectinload(Person.unit))
    if not with_left:
        query = query.where(Person.status != "left")
    exact = db.session.scalar(query.where(Person.code == text))
    found = db.session.scalars(
        query.where(_matches(text)).order_by(Person.status, Person.sort_key, Person.id).limit(limit)
    )
    rows = [exact] if exact is not None else []
    return (rows + [person for person in found if exact is None or person.id != exact.id])[:limit]


@dataclass(frozen=True)
class StaffFilter:
    """What the staff list is narrowed to. ``unit_id`` means the unit with everything below it.

    ``retiring_within`` keeps people whose pension day lies within so many months from today.
    """

    q: str = ""
    unit_id: int | None = None
    unit_only: bool = False
    categories: Sequence[str] = ()
    statuses: Sequence[str] = ("active", "seconded")
    sex: str = ""
    leaders: bool | None = None
    party_members: bool | None = None
    annex: str = ""
    born_from: date | None = None
    born_to: date | None = None
    retiring_within: int | None = None
    without_identity: bool = False


def staff_query(filters: StaffFilter | None = None) -> Select[Any]:
    """People in the actor's scope that pass the filters, unordered and unpaged."""
    wanted = filters or StaffFilter()
    query = access.restrict(select(Person), Person)
    if normalize(wanted.q):
        query = query.where(_matches(normalize(wanted.q)))
    if wanted.unit_id is not None:
        query = query.where(Person.unit_id.in_(_units(wanted.unit_id, wanted.unit_only)))
    for column, values in ((Person.category, wanted.categories), (Person.status, wanted.statuses)):
        if values:
            query = query.where(column.in_(list(values)))
    if wanted.sex:
        query = query.where(Person.sex == wanted.sex)
    if wanted.annex:
        query = query.where(Person.retirement_annex == wanted.annex)
    if wanted.leaders is not None:
        query = query.where(Person.is_leader.is_(wanted.leaders))
    if wanted.party_members is not None:
        query = query.where(Person.is_party_member.is_(wanted.party_members))
    if wanted.born_from is not None:
        query = query.where(Person.birth_date >= wanted.born_from)
    if wanted.born_to is not None:
        query = query.where(Person.birth_date <= wanted.born_to)
    if wanted.without_identity:
        query = query.where(Person.identity_digest.is_(None))
    if wanted.retiring_within is not None:
        query = query.where(retiring_by(add_months(clock.today(), wanted.retiring_within)))
    return query


def _units(unit_id: int, only: bool) -> Select[Any]:
    if only:
        return select(OrgUnit.id).where(OrgUnit.id == unit_id)
    path = db.session.scalar(select(OrgUnit.path).where(OrgUnit.id == unit_id)) or "-"
    return select(OrgUnit.id).where(OrgUnit.path.like(f"{path}%"))


def retiring_by(day: date) -> ColumnElement[bool]:
    """People whose pension begins on or before ``day``: the law is asked for the youngest birth month of each group."""
    groups = [
        and_(Person.sex == sex, Person.retirement_annex == annex, Person.birth_date < latest_birth(sex, annex, day))
        for sex in ("male", "female")
        for annex in ("I", "II")
    ]
    return or_(*groups)


def latest_birth(sex: str, annex: str, day: date) -> date:
    """First day of the first birth month whose pension begins after ``day`` (the pension day never falls back)."""
    store = current_store()
    first = add_months(day.replace(day=1), -OLDEST * 12)
    low, high = 0, OLDEST * 12
    while low < high:
        middle = (low + high) // 2
        if pension_date(store, sex, add_months(first, middle), annex, day) > day:
            high = middle
        else:
            low = middle + 1
    return add_months(first, low)
