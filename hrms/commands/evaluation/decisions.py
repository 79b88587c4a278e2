"""The decision and what follows it: notice in writing, publication of the level, filing; reopening by the level above.

The machine proposes, a competent person decides; both values are kept. A level other than the machine's, or one the
text leaves open, needs a written reason. A decision in force is never overwritten: what replaces it keeps it in
``replaced`` with the ground. A decided year also becomes the person's yearly rating (``year_rating``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from hrms.commands.evaluation import consequence_finding, quota
from hrms.commands.evaluation.rights import cycle_for, own_person_id, sheet_for_step
from hrms.commands.evaluation.standing import DEMOTED, HTT, LEVELS, TOLD, day_of, moment, standing_level
from hrms.commands.evaluation.stepping import LIMIT, StepResult, load_many, step_many
from hrms.commands.evaluation.words import FILED, N_, PETITIONED, PUBLISHED, REOPENED
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused
from hrms.kernel.text import format_date
from models.evaluation import EvaluationCycle, EvaluationDecision, PersonEvaluation
from models.organization import OrgUnit
from models.staff import Person, YearRating
from models.vocabulary import RATINGS

RECOGNISE, REPLACE = "recognise", "replace"
MANY = (joinedload(PersonEvaluation.person), defer(PersonEvaluation.trace))  # of thousands, nobody reads the reasoning
CHANNELS = {"electronic": N_("Điện tử"), "paper": N_("Văn bản giấy"), "meeting": N_("Trao trực tiếp tại cuộc họp")}
GROUNDS = {
    "false_data": N_("Số liệu, hồ sơ đánh giá không đúng sự thật"),
    "superior": N_("Cấp trên yêu cầu xét lại"),
    "discipline": N_("Có quyết định kỷ luật hoặc kết luận vi phạm mới"),
}
DECIDER_ARTICLE = "Điều 16 NĐ 90/2020/NĐ-CP; Điều 13 NĐ 233/2026/NĐ-CP"
NOTICE_ARTICLE = "Điều 19 NĐ 90/2020/NĐ-CP; Điều 15 NĐ 233/2026/NĐ-CP"


@dataclass(frozen=True)
class DecisionPaper:
    """The paper a decision stands in: number, day and who signed."""

    number: str
    signed_on: date | None
    signer: str

    def check(self, cycle: EvaluationCycle) -> Iterable[Fault]:
        if not self.number.strip():
            yield Fault("number", _("Cần số quyết định."), code="decision_missing")
        elif len(self.number.strip()) > 80:
            yield Fault("number", _("Nội dung dài quá %(limit)s ký tự.", limit=80))
        if not self.signer.strip():
            yield Fault("signer", _("Cần người ký quyết định (họ tên, chức vụ)."), code="authority_missing")
        elif len(self.signer.strip()) > 200:
            yield Fault("signer", _("Nội dung dài quá %(limit)s ký tự.", limit=200))
        if self.signed_on is None:
            yield Fault("signed_on", _("Cần ngày quyết định (dd/mm/yyyy)."), code="decision_missing")
        elif self.signed_on > clock.today():
            yield Fault("signed_on", _("Ngày quyết định %(day)s còn ở tương lai.", day=format_date(self.signed_on)))
        elif self.signed_on < cycle.starts_on:
            yield Fault(
                "signed_on",
                _(
                    "Ngày quyết định %(day)s trước ngày bắt đầu kỳ %(start)s.",
                    day=format_date(self.signed_on),
                    start=format_date(cycle.starts_on),
                ),
            )

    def row(self, cycle_id: int, unit_id: int, kind: str) -> EvaluationDecision:
        """The stored paper; people added later under the same number and day join the same row."""
        assert self.signed_on is not None
        known = select(EvaluationDecision).where(
            EvaluationDecision.cycle_id == cycle_id,
            EvaluationDecision.unit_id == unit_id,
            EvaluationDecision.number == self.number.strip(),
            EvaluationDecision.signed_on == self.signed_on,
            EvaluationDecision.kind == kind,
        )
        found = db.session.scalar(known)
        if found is None:
            found = EvaluationDecision(
                cycle_id=cycle_id, unit_id=unit_id, kind=kind, number=self.number.strip(), signed_on=self.signed_on,
                signer=self.signer.strip(),
            )  # fmt: skip
            db.session.add(found)
            db.session.flush()
        return found


def level_faults(sheet: PersonEvaluation, level: str, reason: str) -> Iterable[Fault]:
    """What speaks against deciding ``level`` with ``reason``, beside right, state and quota."""
    who = sheet.person.full_name
    if level not in LEVELS:
        yield Fault("level", _("%(who)s chưa có mức xếp loại để quyết định.", who=who), code="level_missing")
        return
    if reason.strip():
        return
    machine = sheet.level_machine
    if machine and machine not in LEVELS:
        yield Fault(
            "level_reason",
            _("%(who)s: quy định không xác định được mức, người quyết định phải ghi lý do.", who=who),
            code="level_reason_missing",
        )
    elif machine and level != machine and not (level == HTT and sheet.quota_outcome == DEMOTED):
        yield Fault(
            "level_reason",
            _(
                "%(who)s: mức “%(level)s” khác mức theo quy tắc “%(machine)s”, phải ghi lý do.",
                who=who,
                level=RATINGS[level],
                machine=RATINGS[machine],
            ),
            code="level_reason_missing",
        )


def keep_replaced(sheet: PersonEvaluation, ground: str, reason: str, document: str) -> None:
    """Put the decision in force among those a later one replaces."""
    decision = db.session.get(EvaluationDecision, sheet.decision_id) if sheet.decision_id is not None else None
    entry = {
        "level": sheet.level, "score": None if sheet.score is None else str(sheet.score),
        "decision_id": sheet.decision_id, "number": decision.number if decision else "",
        "signed_on": decision.signed_on.isoformat() if decision else None, "decided_by": sheet.decided_by,
        "level_reason": sheet.level_reason, "ground": ground, "reason": reason.strip(), "document": document.strip(),
        "replaced_at": clock.now().isoformat(),
    }  # fmt: skip
    sheet.replaced = [*(sheet.replaced or []), entry]


def write_decision(sheet: PersonEvaluation, decision: EvaluationDecision, level: str, reason: str) -> None:
    """Write the level decided. Notice, publication and the person's look at it belong to the new decision."""
    sheet.level = sheet.level_proposed = level
    sheet.level_reason = reason.strip()
    sheet.score = sheet.score if sheet.score is not None else sheet.score_unit
    sheet.decision_id, sheet.decided_by, sheet.decided_at = decision.id, decision.signer, moment()
    sheet.notified_at = sheet.published_at = sheet.seen_at = None


def write_year_ratings(cycle: EvaluationCycle, sheets: Sequence[PersonEvaluation], number: str) -> None:
    """The yearly rating of each sheet of a YEAR cycle, written or replaced; other periods leave none."""
    if cycle.period_kind != "YEAR" or not sheets:
        return
    people = [sheet.person_id for sheet in sheets]
    known: dict[int, YearRating] = {}
    for start in range(0, len(people), LIMIT):
        query = select(YearRating).where(
            YearRating.person_id.in_(people[start : start + LIMIT]),
            YearRating.year == cycle.year,
            YearRating.side == cycle.side,
        )
        known.update((row.person_id, row) for row in db.session.scalars(query.order_by(YearRating.id)))
    for sheet in sheets:
        values = {"level": sheet.level, "decision_number": number, "regime": sheet.regime, "evaluation_id": sheet.id}
        row = known.get(sheet.person_id)
        if row is None:
            db.session.add(YearRating(person_id=sheet.person_id, year=cycle.year, side=cycle.side, **values))
            continue
        for name, value in values.items():
            if getattr(row, name) != value:
                setattr(row, name, value)


@dataclass
class Decide(Command[StepResult]):
    """Decide for one or many under one paper. ``levels`` and ``reasons`` depart from the proposal, by sheet id.

    Whoever stays (wrong state, other decider, missing reason …) is told why and the others go on; when nobody can
    move, the command is refused with every fault. A level that moves the quota needs ``seen_quota`` (see
    :mod:`~hrms.commands.evaluation.quota`).
    """

    cycle_id: int
    evaluation_ids: list[int]
    number: str
    signed_on: date | None
    signer: str
    levels: Mapping[int, str] = field(default_factory=dict)
    reasons: Mapping[int, str] = field(default_factory=dict)
    seen_quota: str = ""

    def validate(self) -> Iterable[Fault]:
        self._cycle = cycle_for(self.cycle_id)
        self._paper = DecisionPaper(self.number, self.signed_on, self.signer)
        yield from self._paper.check(self._cycle)
        if not self.evaluation_ids:
            yield Fault("evaluation_ids", _("Chưa chọn người nào."))
        elif len(self.evaluation_ids) > LIMIT:
            yield Fault("evaluation_ids", _("Mỗi lần quyết định cho tối đa %(limit)s người.", limit=LIMIT))
            return
        self._sheets = self._load()
        if len(self._sheets) < len(set(self.evaluation_ids)):
            yield Fault(
                "evaluation_ids",
                _(
                    "Không tìm thấy %(count)s phiếu đã chọn trong phạm vi của bạn. Hãy tải lại danh sách.",
                    count=len(set(self.evaluation_ids)) - len(self._sheets),
                ),
            )
        self._levels = {sheet.id: self._level(sheet) for sheet in self._sheets}
        changed = {
            sheet.id: self._levels[sheet.id]
            for sheet in self._sheets
            if self._levels[sheet.id] in LEVELS and self._levels[sheet.id] != self._stands(sheet)
        }
        self._effect = quota.effect_of(self.cycle_id, changed)
        yield from self._effect.faults(self.seen_quota)
        self._stale = self._no_longer_fitting()

    def _no_longer_fitting(self) -> set[int]:
        """Sheets whose place under the ceiling is not what the last check gave them: others changed since."""
        agencies = sorted({sheet.agency_id for sheet in self._sheets})
        quota.hold_agencies(agencies)
        found: set[int] = set()
        for agency_id in agencies:
            found.update(quota.compute(self.cycle_id, agency_id).changes())
        return found - set(self._effect.changed)

    def _load(self) -> list[PersonEvaluation]:
        found = load_many(PersonEvaluation, self.evaluation_ids, options=MANY)
        return [sheet for sheet in found if sheet.cycle_id == self.cycle_id]

    @staticmethod
    def _stands(sheet: PersonEvaluation) -> str:
        return standing_level(sheet.level, sheet.level_proposed, sheet.level_unit, sheet.level_machine)

    def _level(self, sheet: PersonEvaluation) -> str:
        return self.levels.get(sheet.id) or self._stands(sheet)

    def _reason(self, sheet: PersonEvaluation) -> str:
        return self.reasons.get(sheet.id, "").strip() or sheet.level_reason

    def _check(self, sheet: PersonEvaluation) -> Iterable[Fault]:
        yield from level_faults(sheet, self._levels[sheet.id], self._reason(sheet))
        if sheet.id in self._stale and sheet.state != REOPENED:
            yield Fault(
                "",
                _(
                    "%(who)s: kết quả trong cơ quan đã thay đổi từ lần kiểm tra tỷ lệ. Hãy kiểm tra lại tỷ lệ.",
                    who=sheet.person.full_name,
                ),
                code="quota_stale",
            )

    def run(self) -> StepResult:
        outcome = StepResult()
        deciders = {sheet.decider_unit_id for sheet in self._sheets}
        document = f"{self.number.strip()} – {self.signer.strip()}"[:200]
        for unit_id in sorted(deciders, key=lambda key: key or 0):
            mine = [sheet for sheet in self._sheets if sheet.decider_unit_id == unit_id]
            for code, kind in (("decide", RECOGNISE), ("redecide", REPLACE)):
                part = [sheet for sheet in mine if (sheet.state == REOPENED) == (kind == REPLACE)]
                found = step_many(
                    PERSON, part, code, document=document, document_date=self.signed_on, check=self._check
                )
                outcome.moved.extend(found.moved)
                outcome.stayed.update(found.stayed)
                moved = set(found.moved)
                self._write([sheet for sheet in part if sheet.id in moved], unit_id or self._cycle.unit_id, kind)
        if not outcome.moved:
            raise Refused([fault for faults in outcome.stayed.values() for fault in faults])
        quota.settle(self._effect)
        return outcome

    def _write(self, sheets: list[PersonEvaluation], unit_id: int, kind: str) -> None:
        if not sheets:
            return
        paper = self._paper.row(self.cycle_id, unit_id, kind)
        agencies = sorted({sheet.agency_id for sheet in sheets})
        states = [quota.compute(self.cycle_id, agency_id) for agency_id in agencies]
        paper.quota = {**(paper.quota or {}), **{str(state.agency_id): state.plain() for state in states}}
        paper.high_quota_document = next((state.high_document for state in states if state.high_document), "")
        for sheet in sheets:
            write_decision(sheet, paper, self._levels[sheet.id], self._reason(sheet))
        write_year_ratings(self._cycle, sheets, paper.number)
        if kind == REPLACE:
            consequence_finding.find_for(self._cycle, sheets)

    def receipt(self, outcome: StepResult) -> Any:
        return outcome.to_plain()

    def replay(self, receipt: Any) -> StepResult:
        return StepResult.from_plain(receipt)


@dataclass
class _Many(Command[StepResult]):
    """One step for many sheets: what stays is told why; refused when nothing moves."""

    evaluation_ids: list[int]

    def _take(self, code: str, **more: Any) -> StepResult:
        sheets = load_many(PersonEvaluation, self.evaluation_ids, options=MANY)
        if not sheets:
            raise NotFound()
        outcome = step_many(PERSON, sheets, code, **more)
        if not outcome.moved:
            raise Refused([fault for faults in outcome.stayed.values() for fault in faults])
        return outcome

    def validate(self) -> Iterable[Fault]:
        if not self.evaluation_ids:
            yield Fault("evaluation_ids", _("Chưa chọn người nào."))
        elif len(self.evaluation_ids) > LIMIT:
            yield Fault("evaluation_ids", _("Mỗi lần thực hiện cho tối đa %(limit)s người.", limit=LIMIT))

    def receipt(self, outcome: StepResult) -> Any:
        return outcome.to_plain()

    def replay(self, receipt: Any) -> StepResult:
        return StepResult.from_plain(receipt)


@dataclass
class Notify(_Many):
    """Note that the result was told to the person in writing, by ``channel`` (electronic first, Điều 19 NĐ 90)."""

    channel: str = "electronic"
    number: str = ""
    notified_on: date | None = None

    def validate(self) -> Iterable[Fault]:
        yield from super().validate()
        if self.channel not in CHANNELS:
            yield Fault("channel", _("Hãy chọn hình thức thông báo."), NOTICE_ARTICLE)
        if len(self.number.strip()) > 80:
            yield Fault("number", _("Nội dung dài quá %(limit)s ký tự.", limit=80))
        if self.notified_on is not None and self.notified_on > clock.today():
            yield Fault("notified_on", _("Ngày thông báo %(day)s còn ở tương lai.", day=format_date(self.notified_on)))

    def _check(self, sheet: PersonEvaluation) -> Iterable[Fault]:
        day = self.notified_on
        if day is not None and sheet.decided_at is not None and day < day_of(sheet.decided_at):
            yield Fault(
                "notified_on",
                _("%(who)s: thông báo trước ngày ghi quyết định.", who=sheet.person.full_name),
                NOTICE_ARTICLE,
                "notice_too_early",
            )

    def run(self) -> StepResult:
        at = moment() if self.notified_on in (None, clock.today()) else clock.start_of(self.notified_on)  # type: ignore[arg-type]

        def tell(sheet: PersonEvaluation) -> None:
            sheet.notified_at = at

        return self._take(
            "notify",
            reason=_(CHANNELS[self.channel]),
            document=self.number,
            document_date=self.notified_on or clock.today(),
            check=self._check,
            prepare=tell,
        )


@dataclass
class Publish(_Many):
    """Publish in the agency: the level only. Days to petition run from here; what a bad year calls for is noted."""

    def run(self) -> StepResult:
        at = moment()

        def show(sheet: PersonEvaluation) -> None:
            sheet.published_at = at
            shown.append(sheet)

        shown: list[PersonEvaluation] = []
        outcome = self._take("publish", document_date=clock.today(), prepare=show)
        for cycle_id in sorted({sheet.cycle_id for sheet in shown}):
            cycle = db.session.get(EvaluationCycle, cycle_id)
            assert cycle is not None
            consequence_finding.find_for(cycle, [sheet for sheet in shown if sheet.cycle_id == cycle_id])
        return outcome


@dataclass
class FileAway(_Many):
    """Close the sheets: from here only a petition in its days or the level above opens them."""

    def run(self) -> StepResult:
        return self._take("file")


@dataclass
class Reopen(Command[PersonEvaluation]):
    """The level above opens a decided result for another decision. The old one stands until it is replaced."""

    evaluation_id: int
    ground: str
    reason: str
    document: str = ""
    document_date: date | None = None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet_for_step(self.evaluation_id)
        check_version(self._sheet, self.version, {})
        if self.ground not in GROUNDS:
            yield Fault("ground", _("Hãy chọn căn cứ mở lại."), code="ground_missing")
        yield from PERSON.faults(
            self._sheet, "reopen", reason=self.reason, document=self.document, document_date=self.document_date
        )

    def run(self) -> PersonEvaluation:
        PERSON.perform(
            self._sheet, "reopen", reason=self.reason, document=self.document, document_date=self.document_date
        )
        keep_replaced(self._sheet, self.ground, self.reason, self.document)
        return self._sheet

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


@dataclass
class MarkSeen(Command[PersonEvaluation]):
    """The person opened the own notice: kept once, as proof that it arrived."""

    evaluation_id: int

    def validate(self) -> Iterable[Fault]:
        self._sheet = access.get(PersonEvaluation, self.evaluation_id)
        if self._sheet.person_id != own_person_id() or self._sheet.state not in TOLD:
            raise NotFound()
        return ()

    def run(self) -> PersonEvaluation:
        if self._sheet.seen_at is None:
            self._sheet.seen_at = clock.now()
        return self._sheet

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


@dataclass(frozen=True)
class PublishedLine:
    """What the agency may read of a published result: never a score."""

    name: str
    title: str
    unit: str
    level: str


def published_list(cycle_id: int, agency_id: int) -> list[PublishedLine]:
    """The published levels of an agency, for its people and for whoever has it in scope. Two or three statements."""
    sheet = PersonEvaluation
    if not access.in_scope(agency_id, "evaluation", "read"):
        mine = select(sheet.id).where(
            sheet.cycle_id == cycle_id, sheet.agency_id == agency_id, sheet.person_id == (own_person_id() or 0)
        )
        if db.session.scalar(mine.limit(1)) is None:
            raise NotFound()
    query = (
        select(Person.full_name, sheet.title, OrgUnit.name, sheet.level)
        .join(Person, Person.id == sheet.person_id)
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .where(
            sheet.cycle_id == cycle_id,
            sheet.agency_id == agency_id,
            sheet.state.in_((PUBLISHED, FILED, PETITIONED)),
            sheet.published_at.is_not(None),
        )
        .order_by(OrgUnit.path, sheet.sort_key)
    )
    return [PublishedLine(*row) for row in db.session.execute(query)]
