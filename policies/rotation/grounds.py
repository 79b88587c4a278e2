"""Who is not moved now: the groups of Điều 38 and 39 NĐ 59/2019, the seven cases of Điều 25 khoản 5 NĐ 170/2025."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from policies.engine.dates import add_months
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, fact_node, parameter_node, text
from policies.rotation.law import Birth, age_date, at, law, reason, reason_node, words

CHILD = "PREGNANT_OR_CHILD_UNDER_36_MONTHS"
FATHER = "FATHER_ALONE_CHILD_UNDER_36_MONTHS"
STUDY = "STUDY_12_MONTHS"
TEAM = "LEADING_AN_INSPECTION_TEAM"


@dataclass(frozen=True, slots=True)
class Spell:
    """A time during which a ground of Điều 38 holds: ``code`` of the group, first and last day (None: not known).

    Of full-time study ``end`` is the first day back at work (``study_spell`` makes it).
    """

    code: str
    start: date | None = None
    end: date | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What Điều 38 asks about a person. ``births`` are the birth dates of the person's small children.

    ``alone``: the wife died, or another objective case leaves the father alone with the child.
    """

    sex: str | None = None
    births: tuple[date, ...] = ()
    pregnant: bool = False
    alone: bool = False
    spells: tuple[Spell, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """One ground that holds on the day: its code and when to look again (None: ask every month)."""

    code: str
    recheck_on: date | None


@dataclass(frozen=True, slots=True)
class Deferral:
    """``state`` DEFERRED or DUE; the first ground of the law's order speaks, all that hold are in ``grounds``."""

    state: str
    reason: str | None
    recheck_on: date | None
    recheck_every_months: int | None
    grounds: tuple[Ground, ...]
    node: Node


@dataclass(frozen=True, slots=True)
class Exemption:
    """Under 18 months to the age on the day of the change. ``threshold_date`` is that day and 18 months."""

    exempt: bool
    age_date: date
    threshold_date: date
    node: Node


@lru_cache(maxsize=1)
def deferral_words() -> Mapping[str, str]:
    """Words of a case to the code of a group of Điều 38."""
    return MappingProxyType({f: r["code"] for r in words()["deferrals"] for f in r["facts"]})


@lru_cache(maxsize=1)
def bar_words() -> Mapping[str, str]:
    """Words of a case to the code of a case of Điều 25 khoản 5."""
    return MappingProxyType({f: r["code"] for r in words()["transfer_bars"] for f in r["facts"]})


@lru_cache(maxsize=1)
def _order() -> tuple[str, ...]:
    return tuple(r["code"] for r in words()["deferrals"])


@lru_cache(maxsize=1)
def bar_order() -> tuple[str, ...]:
    """The seven cases in the order of the law."""
    return tuple(r["code"] for r in words()["transfer_bars"])


@lru_cache(maxsize=1)
def _lifted() -> frozenset[str]:
    return frozenset(r["code"] for r in words()["transfer_bars"] if r["lifted_by_wish"])


@lru_cache(maxsize=1)
def general_bars() -> frozenset[str]:
    """The bars that stand against every movement (Điều 38 khoản 2 Luật 80/2025)."""
    return frozenset(words()["general_bars"])


def deferral(facts: PersonFacts, on: date, store: ParameterStore | None = None) -> Deferral:
    """Does a ground of Điều 38 hold on ``on``? Deferral never shifts the day by which the change is due."""
    law_ = law(store)
    grounds = sorted(_grounds(facts, on, law_), key=lambda g: _order().index(g.code))
    node = Node("Xét các trường hợp chưa chuyển đổi", None, None, None, reason(CHILD).article)
    node.children.append(fact_node("Ngày xét", on))
    if not grounds:
        node.value = "DUE"
        return Deferral("DUE", None, None, None, (), node)
    node.value = "DEFERRED"
    node.children.extend(reason_node(g.code) for g in grounds)
    first = grounds[0]
    every = None if first.recheck_on is not None else at(law_, "periodic.open_recheck_months", on)
    if every is not None:
        node.children.append(parameter_node(every))
    return Deferral(
        "DEFERRED", first.code, first.recheck_on, None if every is None else every.value, tuple(grounds), node
    )


def _grounds(facts: PersonFacts, on: date, store: ParameterStore) -> Iterable[Ground]:
    child = _child_ground(facts, on, store)
    if child is not None:
        yield child
    elif facts.pregnant and facts.sex != "male":
        yield Ground(CHILD, None)
    seen = {None if child is None else child.code}
    for spell in facts.spells:
        if spell.code not in seen and _holds(spell, on, store):
            seen.add(spell.code)
            yield Ground(spell.code, spell.end)


def _child_ground(facts: PersonFacts, on: date, store: ParameterStore) -> Ground | None:
    """The youngest child decides: the ground ends on the day it is 36 months old."""
    father = facts.sex == "male"
    if not facts.births or (father and not facts.alone):
        return None
    months = at(store, "deferral.child_months", on).value
    ends = [add_months(birth, months) for birth in facts.births if birth <= on]
    latest = max((end for end in ends if on < end), default=None)
    return None if latest is None else Ground(FATHER if father else CHILD, latest)


def _holds(spell: Spell, on: date, store: ParameterStore) -> bool:
    if spell.start is not None and on < spell.start:
        return False
    if spell.code == TEAM and not at(store, "deferral.inspection_team", on).value:
        return False
    if spell.end is None:
        return True
    if spell.code != STUDY:
        return on <= spell.end
    least = at(store, "deferral.study_months", on).value
    return on < spell.end and (spell.start is None or spell.end >= add_months(spell.start, least))


def study_spell(start: date, months: int | None, last_day: date | None) -> Spell:
    """Full-time study from ``start`` for ``months``, or to its last day; it ends on the day after (back at work)."""
    if months is not None:
        return Spell(STUDY, start, add_months(start, months))
    return Spell(STUDY, start, None if last_day is None else date.fromordinal(last_day.toordinal() + 1))


def exemption(
    sex: str, birth: Birth, planned: date, annex: str = "I", store: ParameterStore | None = None
) -> Exemption:
    """Is the person under 18 months to the age when the change is planned (Điều 39 khoản 2)? Exactly 18: not exempt."""
    law_ = law(store)
    months = at(law_, "exemption.months", planned)
    reached = age_date(law_, sex, birth, annex, planned)
    threshold = add_months(planned, months.value)
    exempt = reached < threshold
    node = Node(
        "Thời gian công tác còn lại đến tuổi nghỉ hưu",
        exempt,
        None,
        text("{0} < {1} + {2} tháng = {3}", reached, planned, months.value, threshold)
        if exempt
        else text("{0} ≥ {1} + {2} tháng = {3}", reached, planned, months.value, threshold),
        months.article,
        children=[parameter_node(months), fact_node("Ngày đủ tuổi nghỉ hưu", reached)],
    )
    return Exemption(exempt, reached, threshold, node)


@dataclass(frozen=True, slots=True)
class BarCheck:
    """The seven cases for one person: ``reason`` the case that bars, or OWN_WISH when a wish lifted all that held."""

    allowed: bool
    reason: str | None
    held: tuple[str, ...]
    node: Node


def transfer_bars(codes: Collection[str], wishes: bool = False) -> BarCheck:
    """Điều 25 khoản 5, Điều 26 khoản 7 NĐ 170/2025: may a person with these cases be transferred or seconded?

    A signed wish lifts only maternity and small child (đ) and confirmed hardship (e).
    """
    held = tuple(code for code in bar_order() if code in codes)
    node = Node("Các trường hợp không điều động, biệt phái", not held, None, None, "Điều 25 khoản 5 NĐ 170/2025/NĐ-CP")
    node.children.extend(reason_node(code) for code in held)
    standing = [code for code in held if not (wishes and code in _lifted())]
    if standing:
        node.value = False
        return BarCheck(False, standing[0], held, node)
    node.value = True
    if held:
        node.children.append(reason_node("OWN_WISH"))
        return BarCheck(True, "OWN_WISH", held, node)
    return BarCheck(True, None, held, node)


@dataclass(frozen=True, slots=True)
class PeriodicBar:
    """A periodic change tested against both lists: ``state`` DEFERRED or DUE, with the warning where they differ."""

    state: str
    reason: str | None
    warning: str | None
    node: Node


def periodic_bars(deferrals: Collection[str], bars: Collection[str], wishes: bool = False) -> PeriodicBar:
    """A periodic change is also a điều động (Điều 25 khoản 1 điểm c): both lists are asked, the wider one wins [U].

    A wish lifts what only NĐ 170 knows; NĐ 59 knows no wish.
    """
    first = next((code for code in _order() if code in deferrals), None)
    check = transfer_bars(bars, wishes)
    node = Node("Chuyển đổi định kỳ: xét cả hai danh mục", None, None, None, reason("NOT_A_GROUND_OF_ND59").article)
    node.children.append(check.node)
    if first is not None:
        node.value = "DEFERRED"
        node.children.append(reason_node(first))
        return PeriodicBar("DEFERRED", first, None, node)
    if not check.allowed:
        node.value = "DEFERRED"
        node.children.append(reason_node("NOT_A_GROUND_OF_ND59"))
        return PeriodicBar("DEFERRED", check.reason, "NOT_A_GROUND_OF_ND59", node)
    node.value = "DUE"
    return PeriodicBar("DUE", check.reason, None, node)
