"""Calibration: a sitting that compares ratings across units and heads before the decision.

It opens with the distribution as it stands, shows what stands out (``policies.calibration``), takes proposals with
reason and votes, and is locked with its minutes: only then the accepted changes reach the sheets, the quota is
distributed anew and the distribution afterwards is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from hrms.commands.evaluation import quota
from hrms.commands.evaluation.history import distribution
from hrms.commands.evaluation.standing import HTXS, LEVELS, OUT, SETTLED, level_column, level_of
from hrms.commands.evaluation.stepping import load_many
from hrms.commands.evaluation.terms import thresholds_of
from hrms.commands.evaluation.territory import INSIDE
from hrms.commands.law.current import current_store
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound
from hrms.kernel.text import format_date
from models.evaluation import CalibrationChange, CalibrationSession, EvaluationCycle, PersonEvaluation
from models.organization import OrgUnit
from models.staff import Person
from models.vocabulary import RATINGS
from policies import calibration as rules

OPEN, LOCKED = "open", "locked"
CLOSED_CYCLES = ("planned", "published", "reported", "closed")
MOST_MEMBERS = 200


def _check_head(chair: str, members: int, held_on: date | None) -> Iterable[Fault]:
    if held_on is None:
        yield Fault("held_on", _("Cần ngày họp rà soát (dd/mm/yyyy)."))
    elif held_on > clock.today():
        yield Fault("held_on", _("Ngày họp %(day)s còn ở tương lai.", day=format_date(held_on)))
    if not chair.strip():
        yield Fault("chair", _("Cần tên người chủ trì."))
    elif len(chair.strip()) > 150:
        yield Fault("chair", _("Nội dung dài quá %(limit)s ký tự.", limit=150))
    if not 1 <= members <= MOST_MEMBERS:
        yield Fault(
            "members",
            _("Số thành viên biểu quyết phải từ 1 đến %(most)s (%(value)s).", most=MOST_MEMBERS, value=members),
        )


@dataclass
class OpenCalibration(Command[CalibrationSession]):
    """Open a sitting for a unit with everything below it. Needs ``evaluation:calibrate`` there."""

    cycle_id: int
    unit_id: int
    held_on: date | None
    chair: str
    members: int
    participants: str = ""

    def validate(self) -> Iterable[Fault]:
        self._cycle = access.get(EvaluationCycle, self.cycle_id)
        unit = access.get(OrgUnit, self.unit_id)
        if not access.in_scope(unit.id, "evaluation", "calibrate"):
            raise NotAllowed()
        yield from _check_head(self.chair, self.members, self.held_on)
        if self._cycle.state in CLOSED_CYCLES:
            yield Fault("cycle_id", _("“%(cycle)s” không ở giai đoạn đánh giá.", cycle=self._cycle.name))
        db.session.execute(select(OrgUnit.id).where(OrgUnit.id == unit.id).with_for_update())
        running = select(CalibrationSession.id).where(
            CalibrationSession.cycle_id == self.cycle_id,
            CalibrationSession.unit_id == self.unit_id,
            CalibrationSession.state == OPEN,
        )
        if db.session.scalar(running.limit(1)) is not None:
            yield Fault("", _("%(unit)s đang có một phiên rà soát chưa khóa.", unit=unit.name), code="session_open")
        self._before = distribution(self.cycle_id, inside=under_review(unit))
        if not self._before.whole().rated:
            yield Fault("", _("Chưa có ai được đề xuất mức xếp loại nên chưa có gì để rà soát."), code="nothing_rated")

    def run(self) -> CalibrationSession:
        row = CalibrationSession(
            cycle_id=self.cycle_id, unit_id=self.unit_id, held_on=self.held_on, chair=self.chair.strip(),
            participants=self.participants.strip(), members=self.members, state=OPEN,
            before=self._before.whole().plain(),
        )  # fmt: skip
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> CalibrationSession:
        return access.get(CalibrationSession, receipt)


def under_review(unit: OrgUnit) -> ColumnElement[bool]:
    """Whom a sitting of ``unit`` looks at: of an agency everybody it is rated with, wherever their division belongs
    today (units move while a period runs); of a division the people in it."""
    below = select(OrgUnit.id).where(OrgUnit.path.like(f"{unit.path}%"))
    column = PersonEvaluation.unit_id if unit.kind in INSIDE else PersonEvaluation.agency_id
    return column.in_(below)


def _to_write(session_id: int) -> tuple[CalibrationSession, list[Fault]]:
    """The sitting, its row held, and why it may not be written any more."""
    held = select(CalibrationSession.id).where(CalibrationSession.id == session_id)
    db.session.execute(held.with_for_update())
    row = access.get(CalibrationSession, session_id, "calibrate")
    if row.state == LOCKED:
        return row, [Fault("", _("Phiên rà soát đã khóa, không sửa được."), code="locked_state")]
    return row, []


@dataclass
class WriteMinutes(Command[CalibrationSession]):
    """Who sat, who chaired, what was said; until the sitting is locked."""

    session_id: int
    version: int | None
    held_on: date | None
    chair: str
    members: int
    participants: str = ""
    minutes: str = ""

    def _values(self) -> dict[str, Any]:
        return {
            "held_on": self.held_on, "chair": self.chair.strip(), "members": self.members,
            "participants": self.participants.strip(), "minutes": self.minutes.strip(),
        }  # fmt: skip

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _to_write(self.session_id)
        yield from faults
        check_version(self._row, self.version, self._values())
        yield from _check_head(self.chair, self.members, self.held_on)
        voted = max((change.votes_for + change.votes_against for change in self._row.changes), default=0)
        if self.members < voted:
            yield Fault("members", _("Đã có %(count)s phiếu cho một đề xuất, nhiều hơn số thành viên.", count=voted))

    def run(self) -> CalibrationSession:
        for name, value in self._values().items():
            if getattr(self._row, name) != value:
                setattr(self._row, name, value)
        return self._row

    def replay(self, receipt: Any) -> CalibrationSession:
        return access.get(CalibrationSession, receipt)


@dataclass
class ProposeChange(Command[CalibrationChange]):
    """Propose another level for one person; a second proposal for the same person replaces the first."""

    session_id: int
    evaluation_id: int
    level_after: str
    reason: str

    def validate(self) -> Iterable[Fault]:
        self._session, faults = _to_write(self.session_id)
        yield from faults
        self._sheet = sheet = access.get(PersonEvaluation, self.evaluation_id)
        reviewed = select(PersonEvaluation.id).where(PersonEvaluation.id == sheet.id, under_review(self._session.unit))
        if sheet.cycle_id != self._session.cycle_id or db.session.scalar(reviewed) is None:
            raise NotFound()
        who = sheet.person.full_name
        if self.level_after not in LEVELS:
            yield Fault("level_after", _("Hãy chọn một mức xếp loại."))
        elif self.level_after == level_of(sheet):
            yield Fault(
                "level_after",
                _("%(who)s đang ở mức “%(level)s” rồi.", who=who, level=RATINGS[self.level_after]),
            )
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do đề xuất thay đổi mức xếp loại."), code="reason_missing")
        if sheet.state in OUT:
            yield Fault("evaluation_id", _("%(who)s thuộc diện không xếp loại.", who=who), code="not_rated")
        elif sheet.state in SETTLED:
            yield Fault(
                "evaluation_id",
                _("%(who)s đã có quyết định. Muốn thay đổi phải mở lại kết quả.", who=who),
                code="decided",
            )
        elif not level_of(sheet):
            yield Fault("evaluation_id", _("%(who)s chưa được đề xuất mức xếp loại.", who=who), code="not_rated_yet")
        yield from quota.own_rating(sheet, "evaluation_id")

    def run(self) -> CalibrationChange:
        known = select(CalibrationChange).where(
            CalibrationChange.session_id == self.session_id, CalibrationChange.evaluation_id == self.evaluation_id
        )
        row = db.session.scalar(known)
        if row is None:
            row = CalibrationChange(session_id=self.session_id, evaluation_id=self.evaluation_id)
            db.session.add(row)
        row.level_before, row.level_after = level_of(self._sheet), self.level_after
        row.reason, row.votes_for, row.votes_against, row.accepted = self.reason.strip(), 0, 0, None
        return row

    def replay(self, receipt: Any) -> CalibrationChange:
        return access.get(CalibrationChange, receipt)


@dataclass
class VoteOnChange(Command[CalibrationChange]):
    """Note the votes on a proposal and what they mean; a majority of those voting accepts, a draw does not."""

    change_id: int
    votes_for: int
    votes_against: int
    accepted: bool
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row = access.get(CalibrationChange, self.change_id, "calibrate")
        session, faults = _to_write(self._row.session_id)
        yield from faults
        check_version(self._row, self.version, {})
        if min(self.votes_for, self.votes_against) < 0:
            yield Fault("votes_for", _("Số phiếu không thể là số âm."))
        elif not 1 <= self.votes_for + self.votes_against <= session.members:
            yield Fault(
                "votes_for",
                _(
                    "Tổng số phiếu %(votes)s phải từ 1 đến số thành viên %(members)s.",
                    votes=self.votes_for + self.votes_against,
                    members=session.members,
                ),
            )
        elif self.accepted and self.votes_for <= self.votes_against:
            yield Fault(
                "accepted",
                _(
                    "Không thông qua được: %(yes)s phiếu thuận, %(no)s phiếu chống.",
                    yes=self.votes_for,
                    no=self.votes_against,
                ),
                code="no_majority",
            )

    def run(self) -> CalibrationChange:
        self._row.votes_for, self._row.votes_against = self.votes_for, self.votes_against
        self._row.accepted = self.accepted
        return self._row

    def replay(self, receipt: Any) -> CalibrationChange:
        return access.get(CalibrationChange, receipt)


@dataclass
class WithdrawChange(Command[int]):
    """Take a proposal off the table before the sitting is locked. Returns its id."""

    change_id: int

    def validate(self) -> Iterable[Fault]:
        self._row = access.get(CalibrationChange, self.change_id, "calibrate")
        _session, faults = _to_write(self._row.session_id)
        return faults

    def run(self) -> int:
        db.session.delete(self._row)
        return self.change_id

    def receipt(self, outcome: int) -> Any:
        return outcome

    def replay(self, receipt: Any) -> int:
        return int(receipt)


@dataclass
class LockCalibration(Command[CalibrationSession]):
    """Approve the minutes and lock: accepted changes reach the sheets, the quota is distributed anew.

    Where the quota had been checked before, ``seen_quota`` must name the difference that was shown (the fault with
    code ``quota_changed`` carries it in ``field``); a first try without it changes nothing.
    """

    session_id: int
    version: int | None
    seen_quota: str = ""

    def validate(self) -> Iterable[Fault]:
        self._row, faults = _to_write(self.session_id)
        yield from faults
        if faults:
            return
        check_version(self._row, self.version, {})
        if not self._row.minutes.strip():
            yield Fault("minutes", _("Cần nội dung biên bản trước khi khóa phiên rà soát."), code="minutes_missing")
        waiting = [change for change in self._row.changes if change.accepted is None]
        if waiting:
            yield Fault("", _("Còn %(count)s đề xuất chưa biểu quyết.", count=len(waiting)), code="not_voted")
        self._accepted = {change.evaluation_id: change for change in self._row.changes if change.accepted}
        self._sheets = load_many(PersonEvaluation, list(self._accepted), options=(joinedload(PersonEvaluation.person),))
        for sheet in self._sheets:
            change = self._accepted[sheet.id]
            if sheet.state in (*SETTLED, *OUT) or level_of(sheet) != change.level_before:
                yield Fault(
                    "",
                    _(
                        "%(who)s đã thay đổi từ khi đề xuất. Hãy rút đề xuất rồi xem xét lại.",
                        who=sheet.person.full_name,
                    ),
                    code="moved_on",
                )
        self._effect = quota.effect_of(
            self._row.cycle_id, {sheet.id: self._accepted[sheet.id].level_after for sheet in self._sheets}
        )
        yield from self._effect.faults(self.seen_quota)

    def run(self) -> CalibrationSession:
        for sheet in self._sheets:
            change = self._accepted[sheet.id]
            sheet.level_proposed, sheet.level_reason = change.level_after, change.reason
        quota.settle(self._effect)
        db.session.flush()
        row = self._row
        row.after = distribution(row.cycle_id, inside=under_review(row.unit)).whole().plain()
        row.state, row.locked_at = LOCKED, clock.now()
        return row

    def replay(self, receipt: Any) -> CalibrationSession:
        return access.get(CalibrationSession, receipt)


@dataclass(frozen=True)
class HeadLine:
    """The ratings of the people of one unit, under the head who rates them."""

    unit_id: int
    unit: str
    head: str
    people: int
    levels: dict[str, int]
    htxs_percent: Decimal | None
    mean_score: Decimal | None
    findings: tuple[rules.Finding, ...]


@dataclass(frozen=True)
class Misfit:
    """One person whose score fits no level given to it."""

    evaluation_id: int
    name: str
    unit_id: int
    score: Decimal
    level: str
    code: str


@dataclass(frozen=True)
class Overview:
    """What the sitting looks at. ``tolerance.mark`` is [U]: no text says what is conspicuous."""

    heads: tuple[HeadLine, ...]
    misfits: tuple[Misfit, ...]
    tolerance: rules.Tolerance


def overview(cycle_id: int, unit_id: int) -> Overview:
    """Distribution by unit and head with what stands out, in the actor's scope: four statements.

    Several agencies are compared agency by agency, one agency division by division.
    """
    cycle = access.get(EvaluationCycle, cycle_id)
    whole = db.session.get(OrgUnit, unit_id)
    if whole is None:
        raise NotFound()
    sheet, person, agency = PersonEvaluation, Person, aliased(OrgUnit)
    query = (
        select(
            sheet.id, sheet.unit_id, sheet.agency_id, agency.name.label("agency"), OrgUnit.name.label("unit"),
            person.full_name, sheet.is_head, sheet.state,
            sheet.score, sheet.score_unit, sheet.reasons, sheet.level_reason, level_column().label("level"),
        )
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .join(agency, agency.id == sheet.agency_id)
        .join(person, person.id == sheet.person_id)
        .where(sheet.cycle_id == cycle_id, under_review(whole), sheet.state.not_in(OUT))
        .order_by(agency.path, OrgUnit.path, sheet.sort_key)
    )  # fmt: skip
    rows = list(db.session.execute(access.restrict(query, sheet)))
    allowed = rules.tolerance(cycle.ends_on, current_store())
    by_agency = len({row.agency_id for row in rows}) > 1

    def group(row: Any) -> int:
        return int(row.agency_id if by_agency else row.unit_id)

    # A head is rated one level up: beside the people of the own unit it would look like self-praise.
    members = [row for row in rows if row.level and not (row.is_head and row.unit_id == group(row))]
    found = rules.conspicuous_groups([rules.Rated(group(row), row.level, _score(row)) for row in members], allowed)
    thresholds = thresholds_of(cycle)
    heads = {row.unit_id: row.full_name for row in rows if row.is_head}
    names = {group(row): row.agency if by_agency else row.unit for row in rows}
    lines: list[HeadLine] = []
    for unit, name in names.items():
        own = [row for row in members if group(row) == unit]
        lines.append(_line(unit, name, heads.get(unit, ""), own, [one for one in found if one.group == unit]))
    misfits = []
    for row in rows:
        explained = bool(row.reasons) or bool(row.level_reason)
        score = _score(row)
        code = rules.misfit(score, row.level, thresholds, explained) if thresholds else ""
        if code and score is not None:
            misfits.append(Misfit(row.id, row.full_name, row.unit_id, score, row.level, code))
    return Overview(tuple(lines), tuple(misfits), allowed)


def _score(row: Any) -> Decimal | None:
    found: Decimal | None = row.score if row.score is not None else row.score_unit
    return found


def _line(unit: int, name: str, head: str, own: list[Any], findings: list[rules.Finding]) -> HeadLine:
    scores = [score for row in own if (score := _score(row)) is not None]
    levels = {level: sum(1 for row in own if row.level == level) for level in LEVELS}
    cent = Decimal("0.01")
    return HeadLine(
        unit, name, head, len(own), levels,
        (Decimal(100 * levels[HTXS]) / len(own)).quantize(cent) if own else None,
        (sum(scores, Decimal(0)) / len(scores)).quantize(cent) if scores else None,
        tuple(findings),
    )  # fmt: skip


def changes_of(session_id: int) -> list[CalibrationChange]:
    """The proposals of a sitting with sheet, person and unit loaded along: one statement."""
    sheet = aliased(PersonEvaluation)
    query = (
        select(CalibrationChange)
        .join(sheet, CalibrationChange.evaluation_id == sheet.id)
        .join(sheet.person)
        .join(sheet.unit)
        .options(
            contains_eager(CalibrationChange.evaluation.of_type(sheet)).options(
                contains_eager(sheet.person), contains_eager(sheet.unit)
            )
        )
        .where(CalibrationChange.session_id == session_id)
    )
    return list(db.session.scalars(access.restrict(query, CalibrationChange).order_by(CalibrationChange.id)))


def sessions_of(cycle_id: int) -> Any:
    """The query of a cycle's sittings in scope, newest first."""
    query = select(CalibrationSession).where(CalibrationSession.cycle_id == cycle_id)
    return access.restrict(query, CalibrationSession).order_by(CalibrationSession.id.desc())
