"""The tenure clock of periodic change: when it starts, when the window opens, by when the change is due.

Luật 36/2018 Điều 24–26, NĐ 59/2019 Điều 36–39 and the sector circulars. All months are calendar months; a day that the
month does not have becomes its last day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from policies.engine.dates import add_months, whole_months
from policies.engine.parameters import ParameterStore, Version
from policies.engine.trace import Node, fact_node, parameter_node, text
from policies.rotation.grounds import PersonFacts, deferral, exemption
from policies.rotation.law import Birth, at, law, listed_positions, reason_node, words

DAY = timedelta(days=1)
Cause = Literal["WRITTEN", "MERGER", "RENAMED"]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to the post after the assignment: restarts the clock or leaves it running."""

    day: date
    different_work: bool = True
    cause: Cause = "WRITTEN"


@dataclass(frozen=True, slots=True)
class Held:
    """One effective-dated appointment: listed work (code of the list), unit, and what brought it about."""

    start: date
    work: str
    unit: str = ""
    cause: Cause = "WRITTEN"


@dataclass(frozen=True, slots=True)
class Tenure:
    """A person in a listed position.

    ``rule`` is the sector circular's code, None where there is none; ``person_class`` CB, CC0, CC1, VC0, VC1, HD;
    ``leader`` overrules what the class says. Sex, birth and annex serve the exemption, ``facts`` the deferral.
    ``planned`` is the day for which the exemption is measured; without it the day asked about.
    """

    assigned: date
    rule: str | None = None
    person_class: str = "CC0"
    leader: bool | None = None
    probation_from: date | None = None
    probation_to: date | None = None
    changes: tuple[Change, ...] = ()
    sex: str | None = None
    birth: Birth | None = None
    annex: str = "I"
    facts: PersonFacts | None = None
    planned: date | None = None
    single_post: bool = False
    changed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The four days of the clock; ``warnings`` are reason codes."""

    clock_start: date
    window_opens: date
    must_change_by: date
    warn_from: date
    warnings: tuple[str, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Due:
    """Where a person stands on a day. ``subject`` False: the rules do not apply, ``reason`` says why and no day is set.

    ``owner`` is who has to act: AGENCY or SUPERIOR_AGENCY. ``held_months`` are the whole months held.
    """

    subject: bool
    state: str | None
    reason: str | None
    clock: Clock | None
    held_months: int
    days_overdue: int
    recheck_on: date | None
    recheck_every_months: int | None
    owner: str | None
    node: Node


@lru_cache(maxsize=1)
def person_classes() -> Mapping[str, Mapping[str, Any]]:
    """Class of person to its row: ``leader``, ``who``."""
    return {row["code"]: row for row in words()["person_classes"]}


def not_subject(tenure: Tenure) -> str | None:
    """Why the rules on periodic change do not apply to the person; None when they do (Điều 24 khoản 1)."""
    row = person_classes()[tenure.person_class]
    if tenure.leader if tenure.leader is not None else row["leader"]:
        return "LEADER_USES_LUAN_CHUYEN"
    return "CONTRACT_WORKER" if row["who"] == "contract" else None


def period(rule: str | None, person_class: str, day: date, store: ParameterStore) -> tuple[Version, bool]:
    """The period for a circular and a class of person: (parameter, is it the sector's own)."""
    if rule is not None:
        found = at(store, f"sector.{rule}", day)
        if person_classes()[person_class]["who"] in found.value["who"]:
            return found, True
    return at(store, "periodic.period", day), False


def tenure_from(history: Iterable[Held], *, merger_restarts: bool = False) -> tuple[date, tuple[Change, ...]]:
    """``assigned`` and ``changes`` for a Tenure out of effective-dated appointments, in any order.

    A written move to other listed work or to another unit restarts the clock; the same listed work that only changed
    its unit or name by a merger does not, unless ``merger_restarts``.
    """
    rows = sorted(history, key=lambda h: h.start)
    if not rows:
        raise ValueError("no appointment")
    changes = []
    for before, now in pairwise(rows):
        other = now.work != before.work
        moved = now.cause == "WRITTEN" and now.unit != before.unit
        changes.append(Change(now.start, other or moved or (merger_restarts and now.cause != "WRITTEN"), now.cause))
    return rows[0].start, tuple(changes)


def clock(tenure: Tenure, on: date | None = None, store: ParameterStore | None = None) -> Clock:
    """The clock of a tenure under the circular in force on ``on`` (without it: the latest)."""
    law_ = law(store)
    start = tenure.assigned
    restarts = None
    for change in sorted(tenure.changes, key=lambda c: c.day):
        again = change.different_work or (
            change.cause != "WRITTEN" and bool(at(law_, "periodic.merger_restarts", change.day).value)
        )
        if again and (on is None or change.day <= on) and change.day > start:
            start, restarts = change.day, change
    # A circular also counts time held before it; which one speaks is asked for the day looked at, not for the past.
    day = on if on is not None else date.max
    spell, own = period(tenure.rule, tenure.person_class, day, law_)
    node = Node("Thời hạn giữ vị trí", None, None, None, spell.article)
    node.children.append(fact_node("Ngày được bố trí", tenure.assigned))
    if restarts is not None:
        node.children.append(
            Node("Chuyển vị trí bằng văn bản: tính lại thời hạn", start, article="Điều 37 khoản 2 NĐ 59/2019/NĐ-CP")
        )
    start = _after_probation(tenure, start, spell, day, law_, node)
    value = spell.value
    window, due_by = add_months(start, value["min_months"]), add_months(start, value["max_months"])
    warn = at(law_, "periodic.warn_months", due_by)
    node.children += [
        parameter_node(spell),
        Node("Được chuyển đổi từ ngày", window, None, text("{0} + {1} tháng", start, value["min_months"])),
        Node("Phải chuyển đổi chậm nhất ngày", due_by, None, text("{0} + {1} tháng", start, value["max_months"])),
        parameter_node(warn),
    ]
    node.value = due_by
    warnings: tuple[str, ...] = ()
    if not own:
        warnings = ("SECTOR_RULE_NOT_AVAILABLE",)
        node.children.append(reason_node("SECTOR_RULE_NOT_AVAILABLE"))
    return Clock(start, window, due_by, add_months(due_by, -warn.value), warnings, node)


def _after_probation(tenure: Tenure, start: date, spell: Version, day: date, store: ParameterStore, node: Node) -> date:
    """The day after the probation when it does not count and lies at or after the start."""
    if tenure.probation_to is None or tenure.probation_to < start:
        return start
    counts = spell.value.get("probation_counts")
    if counts is None:
        rule = at(store, "periodic.probation_excluded", day)
        counts = not rule.value
        node.children.append(parameter_node(rule))
    if counts:
        return start
    later = tenure.probation_to + DAY
    node.children.append(Node("Không tính thời gian tập sự, thử việc", later, article=spell.article))
    return later


def due(tenure: Tenure, on: date, store: ParameterStore | None = None) -> Due:
    """Where the person stands on ``on``: state, reason, days, whether overdue and by how many days.

    Exemption speaks before deferral, deferral before the single post; all three only tell of a window that has come.
    Deferral does not move ``must_change_by``.
    """
    law_ = law(store)
    why = not_subject(tenure)
    if why is not None:
        return Due(False, None, why, None, 0, 0, None, None, None, reason_node(why))
    found = clock(tenure, on, law_)
    held = max(0, whole_months(found.clock_start, on))
    node = Node("Tình trạng định kỳ chuyển đổi", None, None, None, found.node.article, children=[found.node])
    node.children.append(fact_node("Ngày xét", on))
    state, late = _by_days(found, on)
    node.value = state

    def answer(state: str, reason: str | None, owner: str | None = "AGENCY", **more: Any) -> Due:
        node.value = state
        return Due(
            True,
            state,
            reason,
            found,
            held,
            more.get("late", 0),
            more.get("recheck_on"),
            more.get("every"),
            owner,
            node,
        )

    if tenure.changed_on is not None and tenure.changed_on <= on:
        return answer("CHANGED", None, None)
    if tenure.birth is not None and tenure.sex is not None:
        exempt = exemption(tenure.sex, tenure.birth, tenure.planned or on, tenure.annex, law_)
        if exempt.exempt:
            node.children.append(exempt.node)
            return answer("EXEMPT", "UNDER_18_MONTHS_TO_RETIREMENT", None)
    if state != "LISTED":
        if tenure.facts is not None:
            put_off = deferral(tenure.facts, on, law_)
            if put_off.state == "DEFERRED":
                node.children.append(put_off.node)
                return answer(
                    "DEFERRED", put_off.reason, recheck_on=put_off.recheck_on, every=put_off.recheck_every_months
                )
        if tenure.single_post:
            node.children.append(reason_node("SINGLE_POST"))
            return answer("SINGLE_POST_REFERRED", "SINGLE_POST", "SUPERIOR_AGENCY")
    return answer(state, None, late=late)


def _by_days(found: Clock, on: date) -> tuple[str, int]:
    if on > found.must_change_by:
        return "OVERDUE", (on - found.must_change_by).days
    if on == found.must_change_by:
        return "DUE", 0
    if on >= found.warn_from:
        return "DUE_SOON", 0
    return ("IN_WINDOW" if on >= found.window_opens else "LISTED"), 0


@dataclass(frozen=True, slots=True)
class PeriodicChange:
    """May this person be changed on the planned day as a periodic change? Days of the new clock when allowed."""

    allowed: bool
    reason: str | None
    window_opens: date | None
    new_clock_start: date | None
    must_change_by: date | None
    warnings: tuple[str, ...]
    node: Node


def change_allowed(
    tenure: Tenure, planned: date, store: ParameterStore | None = None, *, new_rule: str | None = ""
) -> PeriodicChange:
    """A periodic change on ``planned``: refused before the window; done, the clock restarts on that day.

    ``new_rule`` is the circular of the post taken, by default the same. Too late is allowed: the change is still owed.
    """
    law_ = law(store)
    why = not_subject(tenure)
    if why is not None:
        return PeriodicChange(False, why, None, None, None, (), reason_node(why))
    found = clock(tenure, None if planned < tenure.assigned else planned, law_)
    node = Node("Chuyển đổi vào ngày", planned, None, None, found.node.article, children=[found.node])
    if planned < tenure.assigned:
        node.children.append(reason_node("BEFORE_APPOINTMENT"))
        return PeriodicChange(False, "BEFORE_APPOINTMENT", found.window_opens, None, None, found.warnings, node)
    if planned < found.window_opens:
        node.children.append(reason_node("BEFORE_WINDOW"))
        return PeriodicChange(False, "BEFORE_WINDOW", found.window_opens, None, None, found.warnings, node)
    rule = tenure.rule if new_rule == "" else new_rule
    after = clock(Tenure(planned, rule, tenure.person_class, tenure.leader), None, law_)
    return PeriodicChange(True, None, found.window_opens, planned, after.must_change_by, found.warnings, node)


@dataclass(frozen=True, slots=True)
class SinglePost:
    """Who plans the change of a post: the agency, or its superior when it has no second listed post."""

    state: str
    owner: str
    node: Node


def single_post(listed: int, different_expertise: bool, on: date, store: ParameterStore | None = None) -> SinglePost:
    """Điều 39 khoản 1: one listed position only, with other expertise than the rest: the superior makes the plan."""
    limit = at(law(store), "single_post.listed_positions", on)
    referred = 0 < listed <= limit.value and different_expertise
    node = Node("Cơ quan lập kế hoạch chuyển đổi", None, None, None, limit.article)
    node.children += [parameter_node(limit), fact_node("Số vị trí thuộc danh mục", listed)]
    if referred:
        node.children.append(reason_node("SINGLE_POST"))
        return SinglePost("SINGLE_POST_REFERRED", "SUPERIOR_AGENCY", node)
    return SinglePost("LISTED", "AGENCY", node)


def rule_of(position: str) -> str | None:
    """The sector circular of a listed position's code; None where the law's own period holds."""
    return listed_positions()[position].rule
