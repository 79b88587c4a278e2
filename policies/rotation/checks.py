"""One call for a proposed movement: every refusal and every warning at once, with sentences (for commands)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from policies.engine.dates import add_months
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, parameter_node
from policies.rotation.clock import Tenure, change_allowed, person_classes
from policies.rotation.family import Tie, family_bar_of_move
from policies.rotation.grounds import (
    PersonFacts,
    bar_words,
    deferral,
    deferral_words,
    exemption,
    general_bars,
    periodic_bars,
    transfer_bars,
)
from policies.rotation.law import Birth, Reason, at, law, reason, words
from policies.rotation.moves import rotation, secondment


@dataclass(frozen=True, slots=True)
class MoveFacts:
    """What is known of a proposed movement; None means not known and is not tested.

    ``facts``: words of Điều 25 khoản 5 and Điều 38 (``PREGNANT``, ``INSPECTION``, ``SECONDED`` …). ``person``: dated
    facts for the deferral. ``becomes``: head role or job taken, ``relatives`` those in the agency of destination.
    ``establishment``: whether the receiver has a number left; ``grade``: (held, asked for by the post).
    ``discipline``: (KHIEN_TRACH | CANH_CAO | CACH_CHUC, effective day). ``months``: of a secondment or rotation.
    """

    effective: date
    person_class: str = "CC0"
    facts: frozenset[str] = frozenset()
    wishes: bool = False
    person: PersonFacts | None = None
    tenure: Tenure | None = None
    meeting_recorded: bool | None = None
    agreement_recorded: bool | None = None
    months: int | None = None
    special_law: bool = False
    special_case: bool = False
    group: str = "a"
    sex: str | None = None
    birth: Birth | None = None
    annex: str = "I"
    health_certificate: date | None = None
    target_level: str | None = None
    vacancy: bool | None = None
    qualified: bool | None = None
    establishment: bool | None = None
    grade: tuple[str, str] | None = None
    same_profession: bool | None = None
    rated_good: bool | None = None
    higher_post: bool = False
    discipline: tuple[str, date] | None = None
    becomes: str | None = None
    relatives: tuple[Tie, ...] = ()


@dataclass(frozen=True, slots=True)
class MoveCheck:
    """All that stands against a movement and all that is to be weighed; ``nodes`` explain."""

    allowed: bool
    refusals: tuple[Reason, ...]
    warnings: tuple[Reason, ...]
    nodes: tuple[Node, ...]


class _Found:
    def __init__(self) -> None:
        self.refusals: dict[str, Reason] = {}
        self.warnings: dict[str, Reason] = {}
        self.nodes: list[Node] = []

    def refuse(self, code: str | None, node: Node | None = None) -> None:
        if code is not None:
            self.refusals.setdefault(code, reason(code))
        if node is not None:
            self.nodes.append(node)

    def warn(self, code: str | None) -> None:
        if code is not None:
            self.warnings.setdefault(code, reason(code))


def check_move(kind: str, facts: MoveFacts, store: ParameterStore | None = None) -> MoveCheck:
    """Test one proposed movement of ``kind`` (LUAN_CHUYEN, DIEU_DONG, BIET_PHAI, CDVTCT, THAY_DOI_VTVL)."""
    law_ = law(store)
    found = _Found()
    _grounds(kind, facts, law_, found)
    if kind == "CDVTCT":
        _periodic(facts, law_, found)
    elif kind == "BIET_PHAI":
        _secondment(facts, law_, found)
    elif kind == "LUAN_CHUYEN":
        _rotation(facts, law_, found)
    if kind in ("DIEU_DONG", "BIET_PHAI", "CDVTCT") and facts.meeting_recorded is False:
        found.refuse("MEETING_WITH_PERSON_REQUIRED")
    if facts.vacancy is False:
        found.refuse("NO_VACANCY")
    if facts.qualified is False:
        found.refuse("NOT_QUALIFIED")
    if facts.establishment is False and kind != "BIET_PHAI":  # a seconded person stays in the sender's number
        over = at(law_, "establishment.over", facts.effective)
        (found.warn if over.value == "WARN" else found.refuse)("OVER_ESTABLISHMENT")
        found.nodes.append(parameter_node(over))
    _grade(kind, facts, found)
    if kind == "THAY_DOI_VTVL" and facts.rated_good is False:
        found.refuse("RATING_BELOW_GOOD")
    _discipline(facts, law_, found)
    if facts.becomes is not None and facts.relatives:
        family = family_bar_of_move(facts.becomes, facts.relatives, facts.effective, law_)
        found.nodes.append(family.node)
        (found.refuse if family.severity == "BLOCK" else found.warn)(family.reason)
    return MoveCheck(
        not found.refusals,
        tuple(found.refusals.values()),
        tuple(found.warnings.values()),
        tuple(found.nodes),
    )


def _grounds(kind: str, facts: MoveFacts, store: ParameterStore, found: _Found) -> None:
    bars = {bar_words()[f] for f in facts.facts if f in bar_words()}
    if kind in ("LUAN_CHUYEN", "THAY_DOI_VTVL"):
        # Luật 80/2025 Điều 38 bars every movement of those under review; a seconded person belongs to two agencies [U].
        bars = {b for b in bars if b in general_bars() or b == "LONG_STUDY_OR_SECONDED"}
    if kind == "CDVTCT":
        groups = {deferral_words()[f] for f in facts.facts if f in deferral_words()}
        both = periodic_bars(groups, bars, facts.wishes)
        found.nodes.append(both.node)
        if both.state == "DEFERRED":
            found.refuse(both.reason)
            found.warn(both.warning)
        else:
            found.warn(both.reason)
        if facts.person is not None:
            put_off = deferral(facts.person, facts.effective, store)
            found.refuse(put_off.reason, put_off.node)
        return
    check = transfer_bars(bars, facts.wishes)
    if check.allowed:
        found.warn(check.reason)
        found.nodes.append(check.node)
    else:
        found.refuse(check.reason, check.node)


def _periodic(facts: MoveFacts, store: ParameterStore, found: _Found) -> None:
    if facts.tenure is None:
        found.refuse("NOT_LISTED")
    else:
        change = change_allowed(facts.tenure, facts.effective, store)
        found.refuse(change.reason, change.node)
        for code in change.warnings:
            found.warn(code)
    if facts.sex is not None and facts.birth is not None:
        exempt = exemption(facts.sex, facts.birth, facts.effective, facts.annex, store)
        found.refuse("UNDER_18_MONTHS_TO_RETIREMENT" if exempt.exempt else None, exempt.node)
    if facts.same_profession is False:
        found.refuse("OTHER_PROFESSION")


def _secondment(facts: MoveFacts, store: ParameterStore, found: _Found) -> None:
    if facts.agreement_recorded is False:
        found.refuse("AGREEMENT_IN_WRITING_REQUIRED")
    if facts.months is not None:
        length = secondment(facts.effective, facts.months, special_law=facts.special_law, store=store)
        if length.allowed:
            found.warn(length.reason)
            found.nodes.append(length.node)
        else:
            found.refuse(length.reason, length.node)


def _rotation(facts: MoveFacts, store: ParameterStore, found: _Found) -> None:
    if not person_classes()[facts.person_class]["leader"]:
        found.refuse("NOT_A_LEADER")
    result = rotation(
        facts.effective,
        group=facts.group,
        months=facts.months,
        sex=facts.sex,
        birth=facts.birth,
        annex=facts.annex,
        health_certificate=facts.health_certificate,
        target_level=facts.target_level,
        special_case=facts.special_case,
        store=store,
    )
    found.nodes.append(result.node)
    for code in result.refusals:
        found.refuse(code)
    if result.allowed:
        found.warn(result.reason)


def _grade(kind: str, facts: MoveFacts, found: _Found) -> None:
    """A change of position asks for the qualification of the post (Điều 23); elsewhere a lower grade is weighed."""
    if facts.grade is None:
        return
    meets = grade_meets(*facts.grade)
    if meets is None:
        found.warn("GRADE_DIFFERS")
    elif not meets:
        (found.refuse if kind == "THAY_DOI_VTVL" else found.warn)(
            "NOT_QUALIFIED" if kind == "THAY_DOI_VTVL" else "GRADE_BELOW"
        )


def grade_meets(held: str, asked: str) -> bool | None:
    """Whether a grade is as high as the one a post asks for; ``None`` across lines of work, where nobody can tell."""
    if held == asked:
        return True
    for line in words()["grade_lines"]:
        if held in line and asked in line:
            return bool(line.index(held) <= line.index(asked))
    return None


@lru_cache(maxsize=1)
def waivable() -> frozenset[str]:
    """Refusals that whoever may decide can set aside with a reason and a document [U]."""
    return frozenset(words()["waivable"]["codes"])


def _discipline(facts: MoveFacts, store: ParameterStore, found: _Found) -> None:
    if facts.discipline is None or not facts.higher_post:
        return
    measure, since = facts.discipline
    in_force = at(store, "discipline.appointment_months", facts.effective).value
    if facts.effective < add_months(since, in_force):
        found.refuse("DISCIPLINE_IN_FORCE")
    waits = at(store, "discipline.higher_post_months", facts.effective).value
    if measure in waits and facts.effective < add_months(since, waits[measure]):
        found.refuse("NO_PROMOTION_AFTER_DISCIPLINE")
