"""Cycles and sheets of evaluation as rows, for tests of what comes after the sheets are filled in.

The flow itself has its own tests; these need many people at one state without walking each of them there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.commands.evaluation.configuration import freeze
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, PersonEvaluation, QuotaGroup, UnitEvaluation
from models.organization import OrgUnit
from tests.support.builders import Factory
from tests.support.world import World


@dataclass
class Rated:
    """One cycle of the world's province; ``sheet`` adds a person with a sheet, ``many`` a row of them."""

    world: World
    factory: Factory
    cycle_id: int = 0
    groups: dict[str, int] = field(default_factory=dict)
    sheets: dict[str, int] = field(default_factory=dict)  # name → sheet id
    number: int = 0

    def cycle(
        self, year: int = 2024, kind: str = "YEAR", number: int = 0, *, unit: str = "hy", side: str = "STATE"
    ) -> EvaluationCycle:
        """An open cycle; the last one made is the one sheets go into."""
        first, last = (1, 12) if kind == "YEAR" else (3 * number - 2, 3 * number)
        ends = date(year, last, 31 if last in (1, 3, 5, 7, 8, 10, 12) else 30)
        with transaction():
            row = EvaluationCycle(
                unit_id=self.world.units[unit], side=side, period_kind=kind, year=year, number=number,
                name=f"Năm {year}" if kind == "YEAR" else f"Quý {number} năm {year}", starts_on=date(year, first, 1),
                ends_on=ends, as_of=ends, state="persons_rated", frozen=freeze(ends),
            )  # fmt: skip
            db.session.add(row)
        self.cycle_id = row.id
        return row

    def collective(self, unit: str, level: str = "HTT", **more: Any) -> UnitEvaluation:
        with transaction():
            row = UnitEvaluation(
                cycle_id=self.cycle_id, unit_id=self.world.units[unit], regime="HY1071", state="recognised",
                decider_unit_id=self.world.units["hy"], level=level, **more,
            )  # fmt: skip
            db.session.add(row)
        return row

    def group(self, code: str, unit: str = "a") -> int:
        with transaction():
            row = QuotaGroup(cycle_id=self.cycle_id, unit_id=self.world.units[unit], code=code, name=f"Nhóm {code}")
            db.session.add(row)
        self.groups[code] = row.id
        return row.id

    def sheet(
        self,
        name: str,
        proposed: str = "HTT",
        score: str | None = None,
        *,
        unit: str = "a1",
        agency: str = "a",
        state: str = "synthesised",
        group: str = "",
        person: int | None = None,
        **more: Any,
    ) -> int:
        """The sheet of ``person`` (or of somebody new) ``proposed`` at a level."""
        place = self.world.unit(unit)
        with transaction():
            if person is None:
                person = self._person(place, name)
            values = {
                "level_proposed": proposed, "level_unit": proposed, "level_machine": proposed, "regime": "ND90_48",
                "klass": "CC0", "score_unit": None if score is None else Decimal(score),
                "decider_unit_id": self.world.units[agency],
                "quota_group_id": self.groups[group] if group else None, "sort_key": f"{self.number:05d}",
                **more,
            }  # fmt: skip
            row = PersonEvaluation(
                cycle_id=self.cycle_id, person_id=person, unit_id=place.id, agency_id=self.world.units[agency],
                state=state, **values,
            )  # fmt: skip
            db.session.add(row)
        self.number += 1
        self.sheets[name] = row.id
        return row.id

    def _person(self, unit: OrgUnit, name: str) -> int:
        return self.factory.person(unit, name, coefficient=None, insurance=False, ratings=False).id

    def many(self, levels: Mapping[str, int], *, prefix: str = "P", **more: Any) -> list[int]:
        """``{"HTXS": 2, "HTT": 10}``: so many new people at each level, named ``P-HTXS-1`` …"""
        made = []
        for level, count in levels.items():
            made += [self.sheet(f"{prefix}-{level}-{n}", level, **more) for n in range(1, count + 1)]
        return made

    def row(self, key: str | int) -> PersonEvaluation:
        """The sheet as it is stored now."""
        found = db.session.get(PersonEvaluation, self.sheets[key] if isinstance(key, str) else key)
        assert found is not None
        db.session.refresh(found)
        return found

    def ids(self, *names: str) -> list[int]:
        return [self.sheets[name] for name in names]

    def set(self, names: Iterable[str], **values: Any) -> None:
        with transaction():
            for name in names:
                row = self.row(name)
                for attribute, value in values.items():
                    setattr(row, attribute, value)
