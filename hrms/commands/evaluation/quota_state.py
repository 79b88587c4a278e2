"""The shape of a ceiling of "Hoàn thành xuất sắc": a counted person, numbers, groups, ties, the whole agency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hrms.commands.evaluation.standing import SETTLED
from hrms.commands.evaluation.words import QUOTA_CHECKED


class Line(NamedTuple):  # thousands are made at every change of a rating: a tuple costs a third of a frozen dataclass
    """One counted person. ``before``: the level without the ceiling; ``stored``: what the last check said."""

    id: int
    name: str
    group_id: int | None
    state: str
    level: str
    before: str
    stored: str
    score: Any
    htxs_quarters: int  # counted where scores are equal: only there it decides
    regime: str
    person_id: int


@dataclass(frozen=True)
class Ceiling:
    """The numbers of a group or of the agency. ``base_count`` is what the per cent is taken of, at the ceiling."""

    people: int
    candidates: int  # HTXS before the quota
    htt_other: int
    below: int
    waiting: int  # nobody has rated them yet
    base_count: int
    limit: int
    used: int  # stand at HTXS now

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)

    @property
    def over(self) -> int:
        return max(0, self.used - self.limit)

    def plain(self) -> dict[str, int]:
        return {**vars(self), "left": self.left, "over": self.over}


@dataclass(frozen=True)
class GroupState:
    """A group of similar tasks (or several small ones merged): ``ids`` of the groups, who ties and who would fall."""

    ids: tuple[int | None, ...]
    name: str
    ceiling: Ceiling
    tied: tuple[int, ...] = ()
    falling: tuple[int, ...] = ()


@dataclass(frozen=True)
class Tie:
    """``places`` for the sheets ``among``, equal at the border: a person chooses, with a reason."""

    places: int
    among: tuple[int, ...]


@dataclass(frozen=True)
class QuotaState:
    """The ceilings of an agency in a cycle as of now."""

    cycle_id: int
    agency_id: int
    groups: tuple[GroupState, ...]
    agency: GroupState
    base: str
    percent: str
    rounding: str
    small_group: str
    article: str
    mark: str
    high: bool
    high_document: str
    error: str  # a reason code of policies.evaluation, when the ceiling asked for may not be used
    ties: tuple[Tie, ...]
    outcomes: Mapping[int, str] = field(repr=False)  # kept | demoted | tied, of every candidate
    people: Mapping[int, Line] = field(repr=False)

    @property
    def checked(self) -> bool:
        """Whether the quota of this agency was distributed already."""
        return any(line.state == QUOTA_CHECKED or line.state in SETTLED for line in self.people.values())

    def changes(self) -> dict[int, tuple[str, str]]:
        """Sheet → (what the last check said, what holds now), where they differ."""
        found = {}
        for key, line in self.people.items():
            now = self.outcomes.get(key, "")
            if now != line.stored:
                found[key] = (line.stored, now)
        return found

    def plain(self) -> dict[str, Any]:
        """As kept with the decision: numbers only, no people."""
        return {
            "base": self.base, "percent": self.percent, "rounding": self.rounding, "small_group": self.small_group,
            "high": self.high, "high_document": self.high_document, "agency": self.agency.ceiling.plain(),
            "groups": [{"name": group.name, **group.ceiling.plain()} for group in self.groups],
        }  # fmt: skip
