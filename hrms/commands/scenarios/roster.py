"""The people of a scenario as columns: everything an entitlement rests on, read once, asked for any leave date.

:func:`hrms.commands.facts.entitlement_facts` says what the facts of one person are; this gives the same facts for
everybody in the form of :mod:`policies.batch`, from nine statements whatever the number of people. The tests hold the
two together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import select

from hrms.commands.facts import before_act
from hrms.commands.scenarios import tables
from hrms.commands.scenarios.insurance import Insurance
from hrms.commands.scenarios.tables import NO_DAY, NONE, Bools, Days, Ints, Spans
from hrms.commands.scenarios.vocabulary import CATEGORIES
from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.organization import OrgUnitVersion
from policies.engine.parameters import ParameterStore
from policies.retirement.age import pension_date


@dataclass(frozen=True)
class Unit:
    """A unit as it stands today, with what a scenario sums by."""

    id: int
    name: str
    path: str
    depth: int
    order: int
    sort_key: str
    funding: str

    @property
    def agency_id(self) -> int:
        """The agency (first level under the province) the unit belongs to."""
        parts = [part for part in self.path.split("/") if part]
        return int(parts[1] if len(parts) > 1 else parts[0])


@dataclass(frozen=True)
class Act:
    id: int
    unit_id: int
    effective_on: date


@dataclass
class Roster:
    """People in the order of their ids; ``spans`` and ``salaries`` are sorted by person and first day."""

    ids: Ints
    units: dict[int, Unit]
    unit_ids: Ints
    sex: Ints  # 0 male, 1 female
    births: Days
    category: Ints
    annex_2: Bools
    recruited: Days
    protected_until: Days
    posts: Spans
    post_unit: Ints
    post_term: Days
    post_leads: Bools
    salaries: Spans
    coefficient: Ints  # in 10⁻⁴, NONE for an agreed salary
    agreed: Ints  # đồng, NONE for a coefficient
    allowances: dict[str, Ints]  # in 10⁻⁴
    education_grade: Bools
    insurance: Insurance
    disciplines: Spans
    earlier: list[str | None]
    acts: list[Act]
    _parents: dict[date, dict[int, int | None]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.ids)

    def pension_days(self, store: ParameterStore, day: date) -> Days:
        """First day of pension of every person by the roadmap in force on ``day``."""
        month = tables.months(self.births)
        keys, inverse = np.unique((month * 2 + self.annex_2) * 2 + self.sex, return_inverse=True)
        found = []
        for key in keys.tolist():
            rest, sex = divmod(key, 2)
            index, annex_2 = divmod(rest, 2)
            birth = date(index // 12, index % 12 + 1, 1)
            found.append(pension_date(store, ("male", "female")[sex], birth, "II" if annex_2 else "I", day))
        return tables.days(found)[inverse]

    def unpaid_facts(self, leave: date) -> Bools:
        """People about whom the records say too little on that day: no post, no salary, no insurance."""
        last_day = np.datetime64(leave - timedelta(days=1))
        lacking = self.posts.on(last_day, self.size) == NONE
        lacking |= self.salaries.on(last_day, self.size) == NONE
        return lacking | ~self.insurance.on(leave).known

    def frame(self, leave: date, *, affected: str = "records", effective_on: date | None = None) -> Facts:
        """The facts of a leave whose first day away is ``leave``, as ``policies.batch`` takes them.

        ``affected``: who counts as directly affected by a reorganisation: as the ``records`` of acts and posts say,
        ``everyone`` (with ``effective_on`` for those under no act) or ``nobody``.
        """
        size = self.size
        last_day = np.datetime64(leave - timedelta(days=1))
        post = self.posts.on(last_day, size)
        pay = self.salaries.on(last_day, size)
        counted = self.insurance.on(leave)
        lacking = (post == NONE) | (pay == NONE) | ~counted.known
        columns: dict[str, Any] = {
            "sex": _words(self.sex, ("male", "female")),
            "birth_date": self.births.astype("datetime64[s]"),
            "category": _words(self.category, CATEGORIES),
            "retirement_annex": _words(self.annex_2.astype(np.int64), ("I", "II")),
            "social_insurance_months": counted.total,
            "public_service_months": counted.in_public_body,
            **self._salary(pay),
            **self._change(post, leave, affected, effective_on),
            "pregnant_or_child_under_36_months": ~np.isnat(self.protected_until)
            & (np.datetime64(leave) < self.protected_until),
            "under_discipline_or_investigation": self._under_review(leave),
            "recruited_on": self.recruited.astype("datetime64[s]"),
            "term_ends": np.where(post == NONE, NO_DAY, self.post_term[post]).astype("datetime64[s]"),
            "education_or_health": (self.category == CATEGORIES.index("public_employee"))
            & (pay != NONE)
            & self.education_grade[pay],
            "leave_date": np.full(size, np.datetime64(leave, "s")),
        }
        if any(self.earlier):
            columns["earlier_benefit"] = pd.Series(self.earlier, dtype=object).to_numpy()
        return Facts(pd.DataFrame(columns, copy=False), lacking)

    def _under_review(self, leave: date) -> Bools:
        rows = self.disciplines
        day = np.datetime64(leave)
        under = (rows.first <= day) & (np.isnat(rows.last) | (rows.last > day))
        found: Bools = np.bincount(rows.owner[under], minlength=self.size) > 0
        return found

    def _salary(self, pay: Ints) -> dict[str, Any]:
        known = pay != NONE
        found: dict[str, Any] = {"coefficient": _decimals(np.where(known, self.coefficient[pay], NONE))}
        agreed = np.where(known, self.agreed[pay], NONE)
        if (agreed != NONE).any():
            found["agreed_amount"] = pd.array(agreed, dtype="Int64")
            found["agreed_amount"][agreed == NONE] = pd.NA
        of_scale = found["coefficient"].codes >= 0
        for name, amounts in self.allowances.items():
            found[name] = _decimals(np.where(of_scale, amounts[pay], 0))
        return found

    def _change(self, post: Ints, leave: date, affected: str, effective_on: date | None) -> dict[str, Any]:
        """Which act reorganised each person's unit before the leave, and whether the person is affected by it."""
        position = self._acts_by_unit(leave)
        act = np.array([position.get(unit, NONE) for unit in self.unit_ids.tolist()], dtype=np.int64)
        effective = tables.days([a.effective_on for a in self.acts] or [None])
        started = np.where(act == NONE, NO_DAY, effective[act])
        if affected == "everyone":
            direct = np.ones(self.size, dtype=np.bool_)
            if effective_on is not None:
                started = np.where(act == NONE, np.datetime64(effective_on), started)
            direct &= ~np.isnat(started)
        elif affected == "nobody":
            direct = np.zeros(self.size, dtype=np.bool_)
        else:
            direct = self._touched(act, post)
        return {"directly_affected": direct, "restructuring_effective_date": started.astype("datetime64[s]")}

    def _acts_by_unit(self, day: date) -> dict[int, int]:
        """For every unit the act that counts: of the nearest unit above it, the last in effect on ``day``."""
        usable = sorted(
            (a for a in self.acts if a.effective_on <= day), key=lambda a: (a.effective_on, a.id)
        )  # a later one overwrites
        by_owner = {a.unit_id: self.acts.index(a) for a in usable}
        found: dict[int, int] = {}
        for unit in self.units.values():
            for part in reversed([int(p) for p in unit.path.split("/") if p]):
                if part in by_owner:
                    found[unit.id] = by_owner[part]
                    break
        return found

    def _touched(self, act: Ints, post: Ints) -> Bools:
        """Whether the act restructures the unit of the post, or the unit of the post on the eve of its effect."""
        found = np.zeros(self.size, dtype=np.bool_)
        for number in np.unique(act[act != NONE]).tolist():
            chosen = np.flatnonzero(act == number)
            this = self.acts[number]
            top = self.units[this.unit_id].path
            inside = {unit.id for unit in self.units.values() if unit.path.startswith(top)}
            eve = before_act(this)
            earlier = self.posts.on(np.datetime64(eve), self.size)[chosen]
            below = self._below(this.unit_id, eve)
            now = post[chosen]
            in_unit = np.isin(self.post_unit[now], list(inside)) & (now != NONE)
            was_in_unit = np.isin(self.post_unit[earlier], list(below)) & (earlier != NONE)
            found[chosen] = in_unit | was_in_unit
        return found

    def _below(self, top: int, day: date) -> set[int]:
        """Units that stood at or below ``top`` on ``day``."""
        parents = self._parents.get(day)
        if parents is None:
            query = select(OrgUnitVersion.unit_id, OrgUnitVersion.parent_id).where(holds(OrgUnitVersion, day))
            parents = self._parents[day] = {row.unit_id: row.parent_id for row in db.session.execute(query)}
        found: set[int] = set()
        for unit in parents:
            seen: list[int] = []
            current: int | None = unit
            while current is not None and current in parents and current not in seen:
                seen.append(current)
                if current == top or current in found:
                    found.update(seen)
                    break
                current = parents[current]
        return found


@dataclass
class Facts:
    """``frame`` for ``policies.batch``, one row per person; rows of ``lacking`` are not fit to be calculated."""

    frame: pd.DataFrame
    lacking: Bools


def _words(codes: Ints, words: Sequence[str]) -> Any:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words)))


def _decimals(scaled: Ints) -> pd.Categorical:
    """Amounts in 10⁻⁴ as exact decimals; ``NONE`` is empty."""
    values, codes = np.unique(scaled, return_inverse=True)
    empty = int((values == NONE).sum())
    words: Any = [Decimal(value).scaleb(-4) for value in values[empty:].tolist()]
    return pd.Categorical.from_codes(codes - empty, words)
