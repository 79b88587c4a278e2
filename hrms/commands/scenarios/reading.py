"""Reading the people of a scenario from the database: nine statements, columns instead of records."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
from sqlalchemy import BigInteger, Select, select, type_coerce

from hrms.commands.facts import EDUCATION_AND_HEALTH, decree_code
from hrms.commands.scenarios import tables
from hrms.commands.scenarios.insurance import Insurance, Stored
from hrms.commands.scenarios.roster import Act, Roster, Unit
from hrms.commands.scenarios.tables import NO_DAY, NONE, Days, Ints, Spans
from hrms.commands.scenarios.vocabulary import CATEGORIES
from hrms.kernel.db import ScaledDecimal, db
from hrms.kernel.text import add_months
from hrms.kernel.validity import lasts
from models.organization import OrgUnit
from models.restructuring import RestructuringAct
from models.staff import Appointment, Discipline, EarlierBenefit, InsurancePeriod, Person, SalaryRow
from policies.engine.case import COUNTED_ALLOWANCES

Say = Callable[[str], None]


def _scaled(column: Any) -> Any:
    """The stored whole number of a decimal column, without making a Decimal of every cell."""
    return type_coerce(column, BigInteger)


assert ScaledDecimal.SCALE == 10_000  # what ``_decimals`` and ``_scaled`` rest on


def load(chosen: Select[Any], first: date, say: Say = lambda _message: None) -> Roster:
    """Read the people of ``chosen``, a select of person ids already narrowed to what the actor may read.

    ``first`` is the earliest leave date that will be asked for: salaries that ended before it are not read.
    """
    eve = first - timedelta(days=1)
    who = chosen.subquery()
    mine = select(who.c[0])
    units = {
        row.id: Unit(row.id, row.name, row.path, row.depth, row.display_order, row.sort_key, row.funding)
        for row in db.session.execute(
            select(
                OrgUnit.id, OrgUnit.name, OrgUnit.path, OrgUnit.depth, OrgUnit.display_order, OrgUnit.sort_key,
                OrgUnit.funding,
            )
        )
    }  # fmt: skip
    acts = [
        Act(*row)
        for row in db.session.execute(
            select(RestructuringAct.id, RestructuringAct.unit_id, RestructuringAct.effective_on).order_by(
                RestructuringAct.id
            )
        )
    ]
    say("people")
    people = _columns(
        select(
            Person.id, Person.unit_id, Person.sex, Person.birth_date, Person.birth_precision, Person.category,
            Person.retirement_annex, Person.recruited_on, Person.child_under_36_months_until, Person.pregnant_until,
            Person.left_on,
        ).where(Person.id.in_(mine)).order_by(Person.id),
        "iiodooodddd",
    )  # fmt: skip
    ids = people[0]
    owner_of = _Owners(ids)
    say("posts")
    posts = _columns(
        select(
            Appointment.person_id, Appointment.unit_id, Appointment.valid_from, Appointment.valid_to,
            Appointment.term_ends, Appointment.leader_rank,
        ).where(Appointment.kind == "main", Appointment.person_id.in_(mine))
        .order_by(Appointment.person_id, Appointment.valid_from, Appointment.id.desc()),
        "iidddb",
    )  # fmt: skip
    post_spans = Spans(owner_of(posts[0]), posts[2], posts[3])
    say("salaries")
    pay = _columns(
        select(
            SalaryRow.person_id, SalaryRow.valid_from, SalaryRow.valid_to, _scaled(SalaryRow.coefficient),
            SalaryRow.agreed_amount, SalaryRow.grade_code,
            *(_scaled(getattr(SalaryRow, name)) for name in COUNTED_ALLOWANCES),
        ).where(SalaryRow.person_id.in_(mine), lasts(SalaryRow, eve))
        .order_by(SalaryRow.person_id, SalaryRow.valid_from, SalaryRow.id.desc()),
        "iddiio" + "i" * len(COUNTED_ALLOWANCES),
    )  # fmt: skip
    say("insurance")
    recruited = people[7]
    insurance = _insurance(mine, owner_of, post_spans, recruited, people[10])
    reviews = _columns(
        select(Discipline.person_id, Discipline.opened_on, Discipline.closed_on)
        .where(Discipline.decided_on.is_(None), Discipline.person_id.in_(mine))
        .order_by(Discipline.person_id, Discipline.opened_on),
        "idd",
    )
    return Roster(
        ids=ids,
        units=units,
        unit_ids=people[1],
        sex=(people[2] == "female").astype(np.int64),
        births=_births(people[3], people[4]),
        category=np.array([CATEGORIES.index(word) for word in people[5]], dtype=np.int64),
        annex_2=people[6] == "II",
        recruited=recruited,
        protected_until=_protection(people[8], people[9]),
        posts=post_spans,
        post_unit=_padded(posts[1]),
        post_term=np.append(posts[4], NO_DAY),
        post_leads=_padded(posts[5]),
        salaries=Spans(owner_of(pay[0]), pay[1], pay[2]),
        coefficient=_padded(pay[3]),
        agreed=_padded(pay[4]),
        allowances={
            name: _padded(np.maximum(0, amounts))
            for name, amounts in zip(COUNTED_ALLOWANCES, pay[6:], strict=True)
            if (amounts > 0).any()
        },
        education_grade=_padded(np.array([(code or "").startswith(EDUCATION_AND_HEALTH) for code in pay[5]], np.bool_)),
        insurance=insurance,
        disciplines=Spans(owner_of(reviews[0]), reviews[1], reviews[2]),
        earlier=_earlier(mine, owner_of, len(ids)),
        acts=acts,
    )


class _Owners:
    """Person ids to positions."""

    def __init__(self, ids: Ints) -> None:
        self._ids = ids

    def __call__(self, person_ids: Ints) -> Ints:
        found: Ints = np.searchsorted(self._ids, person_ids).astype(np.int64)
        return found


CHUNK = 20_000  # rows held as Python objects at once; columns take a tenth of their room


def _columns(query: Select[Any], kinds: str) -> list[Any]:
    """One array per column of ``query``, after ``kinds``: d day, i whole number, b yes/no, o words.

    Empty cells are NaT, ``NONE``, False, None. Read in slices, past the session: nothing of it is a record.
    """
    parts: list[list[Any]] = [[] for _ in kinds]
    for chunk in db.session.connection().execute(query).partitions(CHUNK):
        for part, kind, cells in zip(parts, kinds, zip(*chunk, strict=True), strict=True):
            part.append(_array(kind, cells))
    return [np.concatenate(part) if part else _array(kind, ()) for part, kind in zip(parts, kinds, strict=True)]


def _array(kind: str, cells: Sequence[Any]) -> Any:
    if kind == "d":
        return tables.days(cells)
    if kind == "i":
        return np.array([NONE if cell is None else cell for cell in cells], dtype=np.int64)
    if kind == "b":
        return np.array([bool(cell) for cell in cells], dtype=np.bool_)
    return np.array(cells, dtype=object)


def _padded(column: Any) -> Any:
    """One cell more, so that the position ``NONE`` may be asked and then thrown away."""
    return np.append(column, np.zeros(1, dtype=column.dtype))


def _births(found: Days, kind: Any) -> Days:
    """Known to the month: its first day; to the year: 1 January (NĐ 158/2025 Điều 12)."""
    found = np.where(kind == "month", found.astype("datetime64[M]").astype("datetime64[D]"), found)
    return np.where(kind == "year", found.astype("datetime64[Y]").astype("datetime64[D]"), found)


def _protection(children: Days, births: Days) -> Days:
    """First day a mother's protection no longer holds, as :func:`hrms.commands.facts.protected_until`."""
    found = children.copy()
    for row in np.flatnonzero(~np.isnat(births)).tolist():
        grown = np.datetime64(add_months(births[row].tolist(), 36))
        if np.isnat(found[row]) or grown > found[row]:
            found[row] = grown
    return found


def _insurance(mine: Select[Any], owner_of: _Owners, posts: Spans, recruited: Days, left_on: Days) -> Insurance:
    query = (
        select(
            InsurancePeriod.person_id, InsurancePeriod.kind == "opening", InsurancePeriod.starts_on,
            InsurancePeriod.ends_on, InsurancePeriod.months, InsurancePeriod.in_public_body, InsurancePeriod.paid_out,
        )
        .where(InsurancePeriod.person_id.in_(mine))
        .order_by(InsurancePeriod.person_id, InsurancePeriod.id)
    )  # fmt: skip
    owner_id, opening, starts_on, ends_on, months, public, paid_out = _columns(query, "ibddibb")
    stored = Stored(owner_of(owner_id), opening, starts_on, ends_on, np.maximum(0, months), public, paid_out)
    people = len(recruited)
    posted = np.bincount(posts.owner, minlength=people) > 0
    alone = np.flatnonzero(~posted & ~np.isnat(recruited))
    owner = np.concatenate([posts.owner, alone])
    first = np.concatenate([posts.first, recruited[alone]])
    last = np.concatenate([posts.last, np.full(len(alone), NO_DAY)])
    order = np.argsort(owner, kind="stable")
    return Insurance(people, stored, (owner[order], first[order], last[order]), left_on)


def _earlier(mine: Select[Any], owner_of: _Owners, people: int) -> list[str | None]:
    found: list[str | None] = [None] * people
    query = (
        select(EarlierBenefit.person_id, EarlierBenefit.decree)
        .where(EarlierBenefit.person_id.in_(mine))
        .order_by(EarlierBenefit.id)
    )
    ids, decrees = _columns(query, "io")
    for position, decree in zip(owner_of(ids).tolist(), decrees.tolist(), strict=True):
        found[position] = decree_code(decree) or found[position]
    return found
