"""Collectives: self-assessment, opinions, proposal, recognition, notice; parts before the unit, the unit before heads.

The index of administrative reform recorded for the unit answers its line of the sheet when nobody wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation import order
from hrms.commands.evaluation.flow import ManyCommand, many_faults
from hrms.commands.evaluation.measures import (
    UNIT_MEASURES,
    UNIT_ONLY,
    asked_of_unit,
    measure_faults,
    plain_measures,
)
from hrms.commands.evaluation.rights import collective_for_step
from hrms.commands.evaluation.scoring import Scorer, question_faults
from hrms.commands.evaluation.sheets import Content, clean_points, label
from hrms.commands.evaluation.stepping import StepResult, load_many, step_many
from hrms.commands.evaluation.words import DRAFT, MANUAL, OPINIONS_IN, PROPOSED, SELF_ASSESSED
from hrms.commands.evaluation.workflow import UNIT
from hrms.kernel import access, clock, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from models.evaluation import UnitEvaluation
from models.vocabulary import RATINGS
from policies.evaluation import RATED, Rating, rate_unit
from policies.questions import BadQuestion


def machine_level(record: UnitEvaluation, scorer: Scorer, values: Mapping[str, Any]) -> Rating:
    """The machine's level of a collective. Raises :class:`BadQuestion` with what is missing."""
    form = scorer.sheet(record.sheet_code)
    given: dict[str, Any] = {"year": record.cycle.year, "side": record.cycle.side}
    given |= {key: value for key, value in (record.measures or {}).items() if key not in UNIT_ONLY}
    if form is not None:
        if form.scale_max is None:
            given |= scorer.graded(form, values)
        score = scorer.score(form, values, record.regime)
        if score is not None:
            given["score"] = format(score, "f")
    below = select(UnitEvaluation.level).where(
        UnitEvaluation.cycle_id == record.cycle_id, UnitEvaluation.parent_unit_id == record.unit_id
    )
    given["subunit_kht"] = sum(1 for level in db.session.scalars(below) if level == "KHT")
    return rate_unit(given, record.regime, scorer.configuration)


# Figures of the collective that the levels of its head and deputies are counted from.
NEEDED_BY_LEADERS = ("done_percent", "on_time_percent", "over_percent")


def missing_figures(record: UnitEvaluation) -> list[str]:
    """Labels of the figures that are asked of the collective and stand nowhere yet."""
    asked, given = asked_of_unit(record.regime), record.measures or {}
    return [_(UNIT_MEASURES[key][1]) for key in NEEDED_BY_LEADERS if key in asked and given.get(key) in (None, "")]


@dataclass
class SaveCollective(Command[UnitEvaluation]):
    """A collective's self-assessment, opinions and proposal: ``step`` is "" (keep), self_assess, opinions or propose.

    ``content``: points, texts, measures, level (the wished level; at ``propose`` the proposed one). Needs ``meet``.
    """

    evaluation_id: int
    version: int | None
    content: Content
    step: str = ""
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        self._record = record = collective_for_step(self.evaluation_id)
        if not access.may("evaluation", "meet", record):
            raise NotAllowed()
        self._field = "points_self" if record.state == DRAFT else "points_proposed"
        proposed = {self._field: clean_points(self.content.points), "texts": dict(self.content.texts)}
        check_version(record, self.version, proposed, label)
        faults = [*self.content.faults(), *measure_faults(self.content.measures, UNIT_MEASURES)]
        if record.state not in (DRAFT, SELF_ASSESSED, OPINIONS_IN, PROPOSED):
            faults.append(Fault("", _("Mức của tập thể đã được công nhận nên không sửa được."), code="locked_state"))
        self._scorer = Scorer(record.cycle)
        form = self._scorer.sheet(record.sheet_code)
        self._values: dict[str, Any] = {}
        if form is not None:
            given = clean_points(self.content.points) or record.points_proposed or record.points_self
            self._values = self._scorer.values(form, given, (), record.unit_id)
            complete = bool(self.step) and self.step != "opinions"
            faults += self._scorer.faults(form, self._values, "TT", complete=complete)
        if self.step == "self_assess" and not self.content.level:
            faults.append(Fault("level_self", _("Hãy tự xếp loại một mức."), code="level_missing"))
        if self.step == "opinions" and not self.content.texts.get("opinions", "").strip():
            faults.append(Fault("texts.opinions", _("Chưa ghi ý kiến góp ý."), code="opinions_missing"))
        if self.step:
            if self.step not in ("self_assess", "opinions", "propose"):
                faults.append(Fault("step", _("Thao tác này không có trong quy trình."), code="unknown_action"))
            else:
                faults += UNIT.faults(record, self.step, reason=self.reason)
        if self.step == "propose" and not faults:
            faults += self._propose(record)
        return faults

    def _propose(self, record: UnitEvaluation) -> Iterable[Fault]:
        kept = record.measures
        record.measures = {**(kept or {}), **plain_measures(self.content.measures, UNIT_MEASURES)}
        try:
            self._answer = machine_level(record, self._scorer, self._values)
        except BadQuestion as error:
            record.measures = kept
            yield from question_faults(error)

    def run(self) -> UnitEvaluation:
        record = self._record
        if self.content.points:
            setattr(record, self._field, clean_points(self.content.points))
        if self.content.texts:
            texts = {key: value.strip() for key, value in self.content.texts.items() if value.strip()}
            record.texts = {**(record.texts or {}), **texts}
        if self.content.measures:
            record.measures = {**(record.measures or {}), **plain_measures(self.content.measures, UNIT_MEASURES)}
        form = self._scorer.sheet(record.sheet_code)
        score = None
        if form is not None and not self._scorer.faults(form, self._values, "TT", complete=True):
            score = self._scorer.score(form, self._values, record.regime)
        if record.state == DRAFT:
            record.score_self, record.level_self = score, self.content.level or record.level_self
        else:
            record.score_proposed = score
        if self.step:
            UNIT.perform(record, self.step, reason=self.reason)
        if self.step == "propose":
            answer = self._answer
            record.points_proposed = record.points_proposed or dict(record.points_self or {})
            record.score_proposed = answer.total if answer.total is not None else score
            record.level_machine = answer.level if answer.outcome == RATED and answer.level else MANUAL
            record.level_proposed = self.content.level or answer.level or answer.proposed_level or ""
            record.reasons, record.trace = [*answer.reasons, *answer.warnings], [answer.explained()]
        return record

    def replay(self, receipt: Any) -> UnitEvaluation:
        return access.get(UnitEvaluation, receipt)


@dataclass(frozen=True)
class RecogniseRow:
    """One collective: the level recognised ("" = as proposed) and, where it departs from the rule, the reason."""

    evaluation_id: int
    level: str = ""
    reason: str = ""
    outstanding_document: str = ""


@dataclass
class RecogniseCollectives(ManyCommand):
    """Recognise levels of collectives by one decision; each moves or tells its fault. Parts before the whole.

    Within one decision the deepest units come first, so that a unit and its parts may be recognised together.
    """

    rows: Sequence[RecogniseRow]
    decision_number: str
    decision_date: date | None
    signer: str

    def validate(self) -> Iterable[Fault]:
        yield from many_faults([row.evaluation_id for row in self.rows])
        if not self.decision_number.strip():
            yield Fault("decision_number", _("Cần số quyết định."), code="decision_missing")
        if self.decision_date is None:
            yield Fault("decision_date", _("Cần ngày quyết định (dd/mm/yyyy)."), code="decision_missing")
        elif self.decision_date > clock.today():
            yield Fault("decision_date", _("Ngày quyết định còn ở tương lai."))
        if not self.signer.strip():
            yield Fault("signer", _("Cần người ký quyết định."), code="signer_missing")

    def run(self) -> StepResult:
        rows = {row.evaluation_id: row for row in self.rows}
        records = load_many(UnitEvaluation, list(rows))
        result = StepResult()
        by_depth: dict[int, list[UnitEvaluation]] = {}
        for record in records:
            by_depth.setdefault(record.unit.depth, []).append(record)
        for depth in sorted(by_depth, reverse=True):
            one = step_many(
                UNIT, by_depth[depth], "recognise", document=self.decision_number, document_date=self.decision_date,
                check=lambda record: self._check(record, rows[record.id]),
                prepare=lambda record: self._write(record, rows[record.id]),
            )  # fmt: skip
            db.session.flush()
            order.forget()
            result.moved += one.moved
            result.stayed |= one.stayed
        return result

    def _check(self, record: UnitEvaluation, row: RecogniseRow) -> Iterable[Fault]:
        level = row.level or record.level_proposed
        if level not in RATINGS:
            yield Fault(
                "level", _("Chưa chọn mức xếp loại của “%(unit)s”.", unit=record.unit.name), code="level_missing"
            )
        elif level != record.level_machine and not row.reason.strip():
            yield Fault(
                "reason",
                _("Mức khác với mức theo quy tắc nên phải ghi lý do."),
                code="reason_missing",
            )

    def _write(self, record: UnitEvaluation, row: RecogniseRow) -> None:
        record.level = row.level or record.level_proposed
        record.level_reason = row.reason.strip()
        record.score = record.score_proposed
        record.points_decided = dict(record.points_proposed or {})
        record.outstanding_document = row.outstanding_document.strip()
        record.decision_number, record.decision_date = self.decision_number.strip(), self.decision_date
        record.decided_by = self.signer.strip()


@dataclass
class StepCollectives(ManyCommand):
    """One other step for many collectives: notify_unit, return_unit, withdraw_unit, reopen_unit, remove_unit …"""

    ids: Sequence[int]
    action: str
    reason: str = ""
    document: str = ""
    document_date: date | None = None

    def validate(self) -> Iterable[Fault]:
        yield from many_faults(self.ids)
        if self.action in ("self_assess", "opinions", "propose", "recognise"):
            yield Fault("action", _("Bước này cần nội dung; hãy làm trên trang của tập thể."), code="needs_content")

    def run(self) -> StepResult:
        records = load_many(UnitEvaluation, self.ids)
        result = step_many(
            UNIT, records, self.action, reason=self.reason, document=self.document, document_date=self.document_date,
            prepare=self._before,
        )  # fmt: skip
        for record in records:
            if record.id in result.moved and self.reason.strip():
                history.note(record, self.reason.strip())
        return result

    def _before(self, record: UnitEvaluation) -> None:
        if self.action == "reopen_unit":  # the decision that stood is in the history of the record
            record.level = ""
