"""The ceiling of "Hoàn thành xuất sắc" of an agency in a cycle, live: what counts, what is used, who ties, who falls.

The rule is ``policies.evaluation`` under the configuration the cycle froze; here are only the rows it works on. Once
the quota was checked, a change of a level goes through :func:`effect_of`: it distributes anew and shows the difference,
and only a command that names the difference it saw (``seen_quota``) saves it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from hrms.commands.evaluation.allocation import Allocated, Candidate, Group, allocate
from hrms.commands.evaluation.quota_state import Ceiling, GroupState, Line, QuotaState, Tie
from hrms.commands.evaluation.rights import own_person_id
from hrms.commands.evaluation.standing import (
    DEMOTED,
    HTT,
    HTXS,
    KEPT,
    LEVELS,
    OUT,
    QUOTA_DEMOTED,
    SETTLED,
    TIED,
    before_quota,
    standing_level,
    with_reason,
)  # fmt: skip
from hrms.commands.evaluation.stepping import record_step
from hrms.commands.evaluation.words import QUOTA_CHECKED
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from models.evaluation import EvaluationCycle, PersonEvaluation, QuotaGroup, UnitEvaluation
from models.organization import OrgUnit
from models.staff import Person
from models.vocabulary import RATINGS

OUTCOMES = (KEPT, DEMOTED, TIED)
SHOWN_NAMES = 5


def quota_state(cycle_id: int, agency_id: int, changed: Mapping[int, str] | None = None) -> QuotaState:
    """The ceilings for the actor: numbers of the whole agency; people only where the actor may read their sheets.

    Who rates a part of the agency, or is in it, may know the ceilings. Raises :class:`NotFound` for anybody else.
    ``changed`` (sheet → level) lays levels over that are typed but not saved; of sheets in scope only.
    """
    if access.in_scope(agency_id, "evaluation", "read"):
        return compute(cycle_id, agency_id, changed)
    query = select(PersonEvaluation.id).where(
        PersonEvaluation.cycle_id == cycle_id, PersonEvaluation.agency_id == agency_id
    )
    mine = set(db.session.scalars(access.restrict(query, PersonEvaluation)))
    if not mine:
        raise NotFound()
    laid_over = {key: level for key, level in (changed or {}).items() if key in mine}
    return _only(compute(cycle_id, agency_id, laid_over), mine)


def _only(state: QuotaState, ids: set[int]) -> QuotaState:
    def cut(group: GroupState) -> GroupState:
        return GroupState(
            group.ids, group.name, group.ceiling, tuple(i for i in group.tied if i in ids),
            tuple(i for i in group.falling if i in ids),
        )  # fmt: skip

    values = {**vars(state)}
    values["groups"] = tuple(cut(group) for group in state.groups)
    values["agency"] = cut(state.agency)
    values["ties"] = tuple(Tie(tie.places, tuple(i for i in tie.among if i in ids)) for tie in state.ties)
    values["outcomes"] = {key: value for key, value in state.outcomes.items() if key in ids}
    values["people"] = {key: value for key, value in state.people.items() if key in ids}
    return QuotaState(**values)


def compute(
    cycle_id: int, agency_id: int, changed: Mapping[int, str] | None = None, *, outstanding: str | None = None
) -> QuotaState:
    """The ceilings from the rows as they are, with ``changed`` (sheet → level) laid over: two statements
    (a third where scores are equal), no scope.

    ``outstanding``: the document of the higher percentage as it would be, instead of the stored one.

    For commands that have checked the scope; screens ask :func:`quota_state`.
    """
    top = aliased(UnitEvaluation)
    head = db.session.execute(
        select(EvaluationCycle, top.level, top.outstanding_document)
        .outerjoin(top, and_(top.cycle_id == EvaluationCycle.id, top.unit_id == agency_id))
        .where(EvaluationCycle.id == cycle_id)
    ).first()
    if head is None:
        raise NotFound()
    cycle, unit_level, document = head
    if outstanding is not None:
        document = outstanding
    rows = db.session.execute(_rows(cycle, agency_id)).all()
    lines: dict[int, Line] = {}
    names: dict[int | None, str] = {}
    overlaid = changed or {}
    level_of, before_of = cache(standing_level), cache(before_quota)  # a handful of combinations, thousands of rows
    for key, group, group_name, name, state, decided, proposed, unit, machine, stored, score, own, regime, who in rows:
        if group not in names:
            names[group] = group_name or _("Chưa xếp nhóm")
        if key in overlaid:
            level = overlaid[key]
            before = before_of(level, "")
        else:
            level = level_of(decided, proposed, unit, machine)
            before = before_of(level, stored)
        lines[key] = Line(
            key, name, group, state, level, before, stored, own if score is None else score, 0, regime, who
        )  # fmt: skip
    if cycle.period_kind == "YEAR":
        _count_quarters(cycle, lines)
    return _state(cycle, agency_id, lines, names, unit_level or "", document or "")


def _count_quarters(cycle: EvaluationCycle, lines: dict[int, Line]) -> None:
    """HTXS quarters of the year, of candidates whose score somebody else has too: a third statement only for ties."""
    same: dict[Any, list[Line]] = {}
    for line in lines.values():
        if line.before == HTXS:
            same.setdefault(line.score, []).append(line)
    equal = {line.person_id: line for found in same.values() if len(found) > 1 for line in found}
    people = sorted(equal)
    for start in range(0, len(people), 5000):
        query = (
            select(PersonEvaluation.person_id, func.count())
            .join(EvaluationCycle, EvaluationCycle.id == PersonEvaluation.cycle_id)
            .where(
                PersonEvaluation.person_id.in_(people[start : start + 5000]),
                PersonEvaluation.level == HTXS,
                EvaluationCycle.period_kind == "QUARTER",
                EvaluationCycle.year == cycle.year,
                EvaluationCycle.side == cycle.side,
            )
            .group_by(PersonEvaluation.person_id)
        )
        for person_id, number in db.session.execute(query):
            line = equal[person_id]
            lines[line.id] = line._replace(htxs_quarters=int(number))


def _rows(cycle: EvaluationCycle, agency_id: int) -> Any:
    sheet = PersonEvaluation
    return (
        select(
            sheet.id, sheet.quota_group_id, QuotaGroup.name.label("group_name"), Person.full_name, sheet.state,
            sheet.level, sheet.level_proposed, sheet.level_unit, sheet.level_machine, sheet.quota_outcome, sheet.score,
            sheet.score_unit, sheet.regime, sheet.person_id,
        )
        .join(Person, Person.id == sheet.person_id)
        .outerjoin(QuotaGroup, QuotaGroup.id == sheet.quota_group_id)
        .where(sheet.cycle_id == cycle.id, sheet.agency_id == agency_id, sheet.state.not_in(OUT))
        .order_by(QuotaGroup.code, sheet.quota_group_id, sheet.sort_key, sheet.id)
    )  # fmt: skip


def _state(
    cycle: EvaluationCycle,
    agency_id: int,
    lines: dict[int, Line],
    names: dict[int | None, str],
    unit_level: str,
    document: str,
) -> QuotaState:
    groups: dict[int | None, Group] = {}
    for line in lines.values():
        group = groups.setdefault(line.group_id, Group())
        if line.before == HTXS:
            group.candidates.append(Candidate(line.id, line.score, line.htxs_quarters))
        elif line.before == HTT:
            group.htt_other += 1
        elif line.before in LEVELS:
            group.below += 1
    regimes = Counter(line.regime for line in lines.values())
    regime = regimes.most_common(1)[0][0] if regimes else ""
    found = allocate(cycle, agency_id, groups, regime=regime, unit_level=unit_level, high=bool(document))
    ties, outcomes = _chosen_before(found, lines)
    states = []
    for limited in found.groups:
        members = [line for line in lines.values() if line.group_id in limited.keys]
        name = " + ".join(names[key] for key in limited.keys)
        states.append(_group(limited.keys, name, members, limited.limit, limited.base_count, outcomes))
    whole = _group((), "", list(lines.values()), found.agency_limit, found.agency_base, outcomes)
    return QuotaState(
        cycle_id=cycle.id, agency_id=agency_id, groups=tuple(states), agency=whole, base=found.base,
        percent=found.percent, rounding=found.rounding, small_group=found.small_group, article=found.article,
        mark=found.mark, high=bool(document) and not found.error, high_document=document, error=found.error,
        ties=ties, outcomes=outcomes, people=lines,
    )  # fmt: skip


def _chosen_before(found: Allocated, lines: Mapping[int, Line]) -> tuple[tuple[Tie, ...], dict[int, str]]:
    """Ties a person has already decided stay decided; where a place came free among them, only that place is open."""
    outcomes = {**dict.fromkeys(found.candidates, DEMOTED), **dict.fromkeys(found.kept, KEPT)}
    open_ties: list[Tie] = []
    for places, among in found.ties:
        stored = {key: lines[key].stored for key in among}
        kept = [key for key, outcome in stored.items() if outcome == KEPT]
        decided = set(stored.values()) <= {KEPT, DEMOTED} and 0 < len(kept) <= places
        if decided:
            outcomes.update(stored)
        if decided and len(kept) == places:
            continue
        left = [key for key in among if not decided or key not in kept]
        open_ties.append(Tie(places - len(kept) if decided else places, tuple(left)))
        outcomes.update(dict.fromkeys(left, TIED))
    return tuple(open_ties), outcomes


def _group(
    ids: tuple[int | None, ...],
    name: str,
    members: list[Line],
    limit: int,
    base_count: int,
    outcomes: Mapping[int, str],
) -> GroupState:
    levels = [line.before for line in members]
    ceiling = Ceiling(
        people=len(members),
        candidates=levels.count(HTXS),
        htt_other=levels.count(HTT),
        below=sum(1 for level in levels if level in LEVELS[2:]),
        waiting=sum(1 for level in levels if not level),
        base_count=base_count,
        limit=limit,
        used=sum(1 for line in members if line.level == HTXS),
    )
    tied = tuple(line.id for line in members if outcomes.get(line.id) == TIED)
    falling = tuple(line.id for line in members if outcomes.get(line.id) == DEMOTED)
    return GroupState(ids, name, ceiling, tied, falling)


def own_rating(sheet: PersonEvaluation, field_name: str = "") -> Iterable[Fault]:
    """Nobody moves the own rating."""
    if sheet.person_id == own_person_id():
        yield Fault(field_name, _("Không ai được đề xuất, quyết định mức xếp loại của chính mình."), code="own_sheet")


@dataclass(frozen=True)
class Moved:
    """One person whose place under the ceiling changes."""

    evaluation_id: int
    name: str
    before: str
    after: str
    settled: bool  # a decision is in force: reported, never rewritten by the machine


@dataclass(frozen=True)
class Effect:
    """What changed levels do to the agencies that had been checked. Empty ``states``: nothing was checked yet."""

    changed: Mapping[int, str]
    states: tuple[QuotaState, ...]
    moved: tuple[Moved, ...]
    before: tuple[QuotaState, ...] = ()

    @property
    def fingerprint(self) -> str:
        """Names the difference; empty when nobody moves."""
        if not self.moved:
            return ""
        parts = [f"{one.evaluation_id}:{one.before}:{one.after}" for one in self.moved]
        parts += [f"{state.agency_id}={state.agency.ceiling.limit}" for state in self.states]
        parts += [f"{key}={level}" for key, level in sorted(self.changed.items())]
        return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]

    def sentence(self) -> str:
        """The difference in words: limits, and who moves how."""
        shown = [
            _("%(who)s: %(old)s → %(new)s", who=one.name, old=_word(one.before), new=_word(one.after))
            for one in self.moved[:SHOWN_NAMES]
        ]
        more = len(self.moved) - len(shown)
        if more > 0:
            shown.append(_("và %(count)s người khác", count=more))
        return "; ".join(shown)

    def faults(self, seen: str) -> Iterable[Fault]:
        """What stops saving: a level above the ceiling; a difference nobody has looked at yet.

        The field of the fault ``quota_changed`` is ``seen_quota:<fingerprint>``: sending the fingerprint confirms it.
        """
        for state in self.states:
            for key, level in self.changed.items():
                outcome = state.outcomes.get(key)
                if key not in state.people or level != HTXS or outcome == KEPT:
                    continue
                yield Fault(
                    "level",
                    _(
                        "%(who)s không xếp “%(level)s” được: cơ quan có trần %(agency)s người, đã dùng hết, "
                        "hoặc bằng điểm với người khác ở ranh giới của nhóm.",
                        who=state.people[key].name,
                        level=RATINGS[HTXS],
                        agency=state.agency.ceiling.limit,
                    ),
                    state.article,
                    "quota_exceeded",
                )
        if self.fingerprint and seen != self.fingerprint:
            yield Fault(
                f"seen_quota:{self.fingerprint}",
                _("Thay đổi này làm phân bổ lại tỷ lệ Hoàn thành xuất sắc: %(moved)s. Hãy xem lại rồi xác nhận.",
                  moved=self.sentence()),
                code="quota_changed",
            )  # fmt: skip


def _word(outcome: str) -> str:
    return {
        KEPT: _("giữ Hoàn thành xuất sắc"),
        DEMOTED: _("chuyển xuống Hoàn thành tốt"),
        TIED: _("chờ chọn do bằng điểm"),
    }.get(outcome, _("ngoài diện xét tỷ lệ"))


def effect_of(cycle_id: int, changed: Mapping[int, str]) -> Effect:
    """What ``changed`` (sheet → new level) does to the ceilings of the agencies already checked. Writes nothing."""
    if not changed:
        return Effect({}, (), ())
    agencies: set[int] = set()
    ids = list(changed)
    for start in range(0, len(ids), 500):
        query = select(PersonEvaluation.agency_id).where(PersonEvaluation.id.in_(ids[start : start + 500]))
        agencies.update(db.session.scalars(query.distinct()))
    states, before, moved = [], [], []
    if db.session.info.get("hrms_in_command"):
        hold_agencies(agencies)
    for agency_id in sorted(agencies):
        was = compute(cycle_id, agency_id)
        if not was.checked:
            continue
        state = compute(cycle_id, agency_id, changed)
        before.append(was)
        states.append(state)
        for key in sorted(state.people):
            line, now = state.people[key], state.outcomes.get(key, "")
            # The changed themselves are named by their level; who is not checked yet has no place to lose.
            then = was.outcomes.get(key, "")
            if key not in changed and now != then and line.state in (QUOTA_CHECKED, *SETTLED):
                moved.append(Moved(key, line.name, then, now, line.state in SETTLED))
    return Effect(dict(changed), tuple(states), tuple(moved), tuple(before))


def hold_agencies(agency_ids: Iterable[int]) -> None:
    """Inside a command: two changes of one agency's ceiling queue, or both would take the same last place."""
    query = select(OrgUnit.id).where(OrgUnit.id.in_(list(agency_ids))).order_by(OrgUnit.id)
    db.session.execute(query.with_for_update())


def settle(effect: Effect) -> None:
    """Save what :func:`effect_of` found, inside the command: sheets without a decision take their new outcome.

    Decisions in force stay as they are; the state shows what is over, and the level above may reopen.
    """
    ids = [one.evaluation_id for one in effect.moved if not one.settled] + list(effect.changed)
    for sheet in load_unscoped(ids):
        state = next((one for one in effect.states if one.agency_id == sheet.agency_id), None)
        if state is not None:
            write_outcome(sheet, state.outcomes.get(sheet.id, ""), decided=sheet.state in SETTLED)


def load_unscoped(ids: Iterable[int]) -> list[PersonEvaluation]:
    """Sheets of the agency whose quota moves, also those the actor has not in scope: the ceiling is one."""
    wanted = sorted(set(ids))
    found: list[PersonEvaluation] = []
    for start in range(0, len(wanted), 500):
        query = select(PersonEvaluation).where(PersonEvaluation.id.in_(wanted[start : start + 500]))
        found.extend(db.session.scalars(query.order_by(PersonEvaluation.id)))
    return found


def write_outcome(sheet: PersonEvaluation, outcome: str, *, decided: bool = False) -> None:
    """Write kept, demoted, tied or none on a sheet: proposal and reason follow, the decided level never."""
    if sheet.quota_outcome != outcome:
        sheet.quota_outcome = outcome
    wanted = with_reason(sheet.reasons, QUOTA_DEMOTED, outcome == DEMOTED)
    if wanted != list(sheet.reasons or []):
        sheet.reasons = wanted
    if decided:
        return
    level = {KEPT: HTXS, TIED: HTXS, DEMOTED: HTT}.get(outcome, "")
    if level and sheet.level_proposed != level:
        sheet.level_proposed = level
    if outcome == TIED and sheet.state == QUOTA_CHECKED:
        record_step(PERSON, sheet, "requota", reason=_("Bằng điểm ở ranh giới trần tỷ lệ, phải chọn lại."))
