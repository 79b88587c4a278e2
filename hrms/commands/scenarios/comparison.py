"""Two scenarios side by side: sums, units, and who gains and loses among those asked about in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from models.organization import OrgUnit
from models.scenario import Scenario, ScenarioResult
from models.staff import Person

if TYPE_CHECKING:
    from hrms.commands.scenarios.computing import Answers

SHOWN = 50  # names on each side
AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True)
class Change:
    """One person, or one line of a table: đồng under the first and under the second scenario."""

    label: str
    before: int
    after: int
    people_before: int = 0
    people_after: int = 0
    person_id: int | None = None

    @property
    def difference(self) -> int:
        return self.after - self.before


@dataclass
class Comparison:
    """``winners`` and ``losers`` are totals; ``most_gained`` and ``most_lost`` name people the actor may read."""

    first: Scenario
    second: Scenario
    in_both: int = 0
    only_first: int = 0
    only_second: int = 0
    winners: int = 0
    losers: int = 0
    gained: int = 0
    lost: int = 0
    now_leaving: int = 0
    no_longer_leaving: int = 0
    by_unit: list[Change] = field(default_factory=list)
    by_month: list[Change] = field(default_factory=list)
    by_decree: list[Change] = field(default_factory=list)
    by_source: list[Change] = field(default_factory=list)
    most_gained: list[Change] = field(default_factory=list)
    most_lost: list[Change] = field(default_factory=list)

    @property
    def difference(self) -> int:
        return (self.second.total or 0) - (self.first.total or 0)


def answers_of(scenario: Scenario) -> Answers:
    """The stored answer person by person. Raises :class:`NotFound` where there is none yet."""
    content = db.session.scalar(select(ScenarioResult.content).where(ScenarioResult.scenario_id == scenario.id))
    if content is None:
        raise NotFound()
    from hrms.commands.scenarios.computing import Answers  # pandas comes with the first comparison, not with the server

    return Answers.unpack(content)


def compare(first_id: int, second_id: int) -> Comparison:
    """What changes from the first scenario to the second. Both must have an answer and be in scope."""
    first, second = access.get(Scenario, first_id), access.get(Scenario, second_id)
    a, b = answers_of(first), answers_of(second)
    found = Comparison(first, second)
    _ids, left, right = np.intersect1d(a.ids, b.ids, assume_unique=True, return_indices=True)
    found.in_both = len(left)
    found.only_first, found.only_second = len(a.ids) - len(left), len(b.ids) - len(right)
    difference = b.total[right] - a.total[left]
    found.winners, found.losers = int((difference > 0).sum()), int((difference < 0).sum())
    found.gained = int(difference[difference > 0].sum())
    found.lost = int(-difference[difference < 0].sum())
    found.now_leaving = int((b.eligible[right] & ~a.eligible[left]).sum())
    found.no_longer_leaving = int((a.eligible[left] & ~b.eligible[right]).sum())
    one, two = first.summary, second.summary
    found.by_unit = _joined(one["by_unit"], two["by_unit"], (0,), 3, 4, label=1)
    found.by_month = _joined(one["by_month"], two["by_month"], (0,), 1, 2)
    found.by_decree = _joined(one["by_decree"], two["by_decree"], (0, 1), 2, 3)
    found.by_source = _joined(one["by_source"], two["by_source"], (0,), 1, 2)
    if access.may("staff", "read"):
        order = np.argsort(difference, kind="stable")
        lost = [i for i in order[:SHOWN].tolist() if difference[i] < 0]
        gained = [i for i in order[::-1][:SHOWN].tolist() if difference[i] > 0]
        names = _names([int(a.ids[left[i]]) for i in (*lost, *gained)])

        def people(rows: Sequence[int]) -> list[Change]:
            return [
                Change(names[person], int(a.total[left[i]]), int(b.total[right[i]]), person_id=person)
                for i in rows
                if (person := int(a.ids[left[i]])) in names
            ]

        found.most_lost, found.most_gained = people(lost), people(gained)
    return found


@dataclass(frozen=True)
class PersonChange:
    """One person under both scenarios: who, where, under what (codes), how much (đồng)."""

    code: str
    name: str
    unit: str
    decree_before: str
    benefit_before: str
    before: int
    decree_after: str
    benefit_after: str
    after: int

    @property
    def difference(self) -> int:
        return self.after - self.before


def changed_people(first_id: int, second_id: int) -> tuple[list[PersonChange], int]:
    """Everybody of both scenarios whose amount changes and whom the actor may take out of the records, and how many
    more there are that the actor may not. Who gains most comes first. Both scenarios must be in scope.
    """
    from policies.batch.people import BENEFIT_WORDS, DECREE_WORDS

    first = access.get(Scenario, first_id, "people")
    second = access.get(Scenario, second_id, "people")
    a, b = answers_of(first), answers_of(second)
    _ids, left, right = np.intersect1d(a.ids, b.ids, assume_unique=True, return_indices=True)
    difference = b.total[right] - a.total[left]
    moved = np.flatnonzero(difference)
    order = moved[np.argsort(-difference[moved], kind="stable")].tolist()
    who = _records([int(a.ids[left[i]]) for i in order])
    rows = []
    for i in order:
        person = who.get(int(a.ids[left[i]]))
        if person is None:
            continue
        here, there = int(left[i]), int(right[i])
        one = (DECREE_WORDS[a.decree[here]], BENEFIT_WORDS[a.benefit[here]]) if a.eligible[here] else ("", "")
        two = (DECREE_WORDS[b.decree[there]], BENEFIT_WORDS[b.benefit[there]]) if b.eligible[there] else ("", "")
        rows.append(
            PersonChange(
                person.code, person.full_name, person.unit or "", *one, int(a.total[here]), *two, int(b.total[there])
            )
        )
    return rows, len(order) - len(rows)


def _records(ids: list[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for start in range(0, len(ids), AT_ONCE):
        query = (
            select(Person.id, Person.code, Person.full_name, OrgUnit.name.label("unit"))
            .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
            .where(Person.id.in_(ids[start : start + AT_ONCE]))
        )
        found |= {row.id: row for row in db.session.execute(access.restrict(query, Person, "export"))}
    return found


def _names(ids: list[int]) -> dict[int, str]:
    query = select(Person.id, Person.full_name, Person.code).where(Person.id.in_(ids))
    return {row.id: f"{row.full_name} ({row.code})" for row in db.session.execute(access.restrict(query, Person))}


def _joined(
    one: list[list[Any]], two: list[list[Any]], key: tuple[int, ...], people: int, amount: int, label: int | None = None
) -> list[Change]:
    """Lines of two tables by key, in the order of the first, then what only the second has."""
    rows: dict[str, list[Any]] = {}
    for position, table in enumerate((one, two)):
        for row in table:
            name = "/".join(str(row[k]) for k in key)
            entry = rows.setdefault(name, [name if label is None else row[label], 0, 0, 0, 0])
            entry[1 + position] += row[amount]
            entry[3 + position] += row[people]
    return [Change(*entry) for entry in rows.values()]
