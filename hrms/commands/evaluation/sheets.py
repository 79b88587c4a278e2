"""A person's own sheet: points with evidence, texts, tasks, kept while it is written, sent when it is complete.

An autosave keeps whatever was typed, right or wrong, without noise in the history; sending checks everything. Two
editors of one sheet are told from each other by its version: the second sees both and loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import contains_eager, defer

from hrms.commands.evaluation.measures import GROUNDS, MEASURES, measure_faults, plain_measures
from hrms.commands.evaluation.rights import own_person_id, sheet_for_step
from hrms.commands.evaluation.scoring import Scorer, led_unit
from hrms.commands.evaluation.words import CLOSED, DRAFT, LABELS, NOT_RATED, TEXT_SECTIONS
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, actor, clock, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, Stale
from hrms.kernel.text import normalize_multiline
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.vocabulary import RATINGS

LONGEST_TEXT, LONGEST_POINTS, MOST_LINES = 6000, 20, 200


def label(name: str) -> str:
    """What a field is called, for the comparison of two editors."""
    return _(LABELS.get(name, name))


def mine(sheet: PersonEvaluation) -> bool:
    return sheet.person_id == own_person_id()


def may_write(sheet: PersonEvaluation) -> bool:
    """Whether the actor may write the self-assessment: its person, or HR for people without an account."""
    return (mine(sheet) and access.may("evaluation", "self", sheet)) or access.may("evaluation", "synthesise", sheet)


def writable(sheet: PersonEvaluation) -> Iterable[Fault]:
    """Why the self-assessment may not be changed now. Raises :class:`NotAllowed` without the right."""
    if not may_write(sheet):
        raise NotAllowed()
    if sheet.cycle.state == CLOSED:
        yield Fault("", _("Kỳ đánh giá đã đóng."), code="cycle_over")
    elif sheet.state not in (DRAFT, NOT_RATED):
        text = _("Phiếu đã gửi nên không sửa được. Muốn sửa, hãy đề nghị người quản lý trả lại phiếu.")
        yield Fault("", text, code="locked_state")


@dataclass
class Content:
    """What a person writes: points and evidence by line, texts by section, measures, the level wished for."""

    points: dict[str, str] = field(default_factory=dict)
    evidence: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    measures: dict[str, Any] = field(default_factory=dict)
    level: str = ""

    def faults(self) -> Iterable[Fault]:
        """What cannot even be kept: too long, too many, unknown sections."""
        for name, rows, longest in (
            ("points", self.points, LONGEST_POINTS),
            ("evidence", self.evidence, LONGEST_TEXT),
            ("texts", self.texts, LONGEST_TEXT),
        ):
            if len(rows) > MOST_LINES:
                yield Fault(name, _("Phiếu có quá nhiều dòng."), code="too_many")
            for key, value in rows.items():
                if len(str(value)) > longest:
                    yield Fault(f"{name}.{key}", _("Nội dung dài quá %(limit)s ký tự.", limit=longest), code="too_long")
        for key in self.texts.keys() - TEXT_SECTIONS.keys():
            yield Fault(f"texts.{key}", _("Không có mục “%(key)s”.", key=key))
        if self.level and self.level not in RATINGS:
            yield Fault("level_self", _("Không có mức xếp loại “%(value)s”.", value=self.level))

    def plain(self) -> dict[str, Any]:
        """Columns of the sheet."""
        return {
            "points_self": clean_points(self.points),
            "evidence": _texts(self.evidence),
            "texts_self": _texts(self.texts),
            "level_self": self.level,
        }


def clean_points(points: Mapping[str, Any]) -> dict[str, str]:
    """Points as they are kept: trimmed, a decimal comma read as a point, blanks left out."""
    return {key: str(value).strip().replace(",", ".") for key, value in points.items() if str(value).strip()}


def _texts(rows: Mapping[str, str]) -> dict[str, str]:
    return {key: normalize_multiline(value).strip() for key, value in rows.items() if value.strip()}


@dataclass
class AutosaveSheet(Command[int]):
    """Keep a draft as it is being typed; returns the new version. Neither checked for completeness nor in the history.

    ``version`` is the one on the screen: when somebody else saved meanwhile, :class:`Stale` compares both.
    """

    evaluation_id: int
    version: int
    content: Content

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = access.get(PersonEvaluation, self.evaluation_id)
        faults = [*writable(sheet), *self.content.faults()]
        check_version(sheet, self.version, self._values(sheet), label)
        return faults

    def _values(self, sheet: PersonEvaluation) -> dict[str, Any]:
        return {**self.content.plain(), "measures": _measures(sheet, self.content)}

    def run(self) -> int:
        values = self._values(self._sheet)
        moment = clock.now()
        # Straight to the table: the history would fill with every pause in somebody's typing.
        written = db.session.execute(
            update(PersonEvaluation)
            .where(PersonEvaluation.id == self.evaluation_id, PersonEvaluation.version == self.version)
            .values(**values, version=self.version + 1, updated_at=moment, updated_by=actor.current().name,
                    autosaved_at=moment)
            .execution_options(synchronize_session=False)
        )  # fmt: skip
        if not getattr(written, "rowcount", 0):
            raise Stale()
        db.session.expire(self._sheet)
        return self.version + 1

    def receipt(self, outcome: int) -> Any:
        return outcome

    def replay(self, receipt: Any) -> int:
        return int(receipt)


def _measures(sheet: PersonEvaluation, content: Content) -> dict[str, Any]:
    """The figures stated; what those above stated stands when the person writes again."""
    kept = dict(sheet.measures or {})
    if not content.measures:
        return kept
    own = mine(sheet)
    given = {key: value for key, value in plain_measures(content.measures).items() if not (own and key in GROUNDS)}
    return {**{key: value for key, value in kept.items() if key in GROUNDS}, **given}


@dataclass
class SaveSheet(Command[PersonEvaluation]):
    """Save the draft for good; with ``submit`` check that it is complete and send it to the head.

    Sending for somebody else (HR, a paper sheet) needs ``reason``. Faults name the line: ``points.1a``, ``measures.…``.
    """

    evaluation_id: int
    version: int | None
    content: Content
    submit: bool = False
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = sheet_for_step(self.evaluation_id)
        proposed = {**self.content.plain(), "measures": _measures(sheet, self.content)}
        faults = [*writable(sheet), *self.content.faults(), *measure_faults(self.content.measures)]
        if mine(sheet):
            for key in sorted(self.content.measures.keys() & GROUNDS):
                text = _("“%(name)s” do người quản lý ghi, không phải người tự đánh giá.", name=_(MEASURES[key][1]))
                faults.append(Fault(f"measures.{key}", text, code="not_yours"))
        check_version(sheet, self.version, proposed, label)
        self._proposed = proposed
        self._scorer = Scorer(sheet.cycle)
        faults += self._points(sheet)
        if self.submit:
            faults += self._complete(sheet)
            faults += PERSON.faults(sheet, self._step(sheet), reason=self.reason)
        return faults

    def _step(self, sheet: PersonEvaluation) -> str:
        return "submit" if mine(sheet) else "submit_for"

    def _points(self, sheet: PersonEvaluation) -> list[Fault]:
        form = self._scorer.sheet(sheet.sheet_code)
        if form is None:
            return []
        self._values = self._scorer.values(form, self._proposed["points_self"], sheet.tasks, led_unit(sheet))
        return self._scorer.faults(form, self._values, sheet.klass, complete=self.submit)

    def _complete(self, sheet: PersonEvaluation) -> Iterable[Fault]:
        if sheet.state == NOT_RATED:
            return
        if not self.content.level:
            yield Fault("level_self", _("Hãy tự xếp loại một mức."), code="level_missing")
        texts = self._proposed["texts_self"]
        for key in ("strengths", "weaknesses"):
            if not texts.get(key):
                text = _("Mục “%(section)s” còn trống.", section=_(TEXT_SECTIONS[key]))
                yield Fault(f"texts.{key}", text, code="text_missing")

    def run(self) -> PersonEvaluation:
        sheet = self._sheet
        for name, value in self._proposed.items():
            setattr(sheet, name, value)
        form = self._scorer.sheet(sheet.sheet_code)
        if form is not None:
            whole = not self._scorer.faults(form, self._values, sheet.klass, complete=True)
            sheet.score_self = self._scorer.score(form, self._values, sheet.regime) if whole else None
        if self.submit:
            PERSON.perform(sheet, self._step(sheet), reason=self.reason)
            sheet.self_submitted_at, sheet.late = clock.now(), False
            history.note(sheet, _("Gửi phiếu tự đánh giá."))
        return sheet

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


def own_sheets(person_id: int, limit: int = 40) -> list[PersonEvaluation]:
    """Every sheet of one's own person, the newest period first."""
    query = (
        access.restrict(select(PersonEvaluation), PersonEvaluation)
        .join(PersonEvaluation.cycle)
        .options(contains_eager(PersonEvaluation.cycle).defer(EvaluationCycle.frozen), defer(PersonEvaluation.trace))
        .where(PersonEvaluation.person_id == person_id, PersonEvaluation.state != "removed")
        .order_by(EvaluationCycle.ends_on.desc(), PersonEvaluation.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))
