"""The head's part: remarks, points and a proposed level for many people on one screen; returning what is not ready."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import defer, joinedload, selectinload

from hrms.commands.evaluation import order
from hrms.commands.evaluation.guards import not_oneself
from hrms.commands.evaluation.measures import measure_faults, plain_measures
from hrms.commands.evaluation.scoring import Scorer, led_unit
from hrms.commands.evaluation.sheets import LONGEST_TEXT, clean_points, label
from hrms.commands.evaluation.stepping import StepResult, load_many, permitted, step_many
from hrms.commands.evaluation.words import IN_UNIT, REMARKED, SELF_SUBMITTED
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import actor
from hrms.kernel.commands import Command, check_version
from hrms.kernel.errors import Fault, Refused, Stale
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.vocabulary import RATINGS

MOST_ROWS = 200
# What the cycle froze is read once, not with every row.
SHEET = (
    joinedload(PersonEvaluation.cycle).defer(EvaluationCycle.frozen),
    selectinload(PersonEvaluation.tasks),
    defer(PersonEvaluation.trace),
)


@dataclass(frozen=True)
class RateRow:
    """One person on the head's screen. ``version``: as shown. ``points`` None keeps what stands (the own points)."""

    evaluation_id: int
    version: int | None = None
    points: dict[str, str] | None = None
    level: str = ""
    remark: str = ""
    texts: dict[str, str] | None = None
    measures: dict[str, Any] | None = None


@dataclass
class RateMany(Command[StepResult]):
    """A head's remarks, points and proposed levels for up to 200 people; ``submit`` passes them on to the meeting.

    All or nothing by default; with ``each`` every good row is kept and the others tell their faults. The faults of row
    3 are named ``rows.3.…``. Points left out of a submitted row: the person's own points stand as the unit's.
    """

    rows: Sequence[RateRow]
    submit: bool = False
    each: bool = False

    def validate(self) -> Iterable[Fault]:
        if not self.rows:
            return [Fault("rows", _("Chưa chọn người nào."), code="empty")]
        if len(self.rows) > MOST_ROWS:
            return [Fault("rows", _("Mỗi lần nhận tối đa %(most)s người.", most=MOST_ROWS), code="too_many")]
        ids = [row.evaluation_id for row in self.rows]
        self._sheets = {one.id: one for one in load_many(PersonEvaluation, ids, options=SHEET)}
        self._allowed = permitted(PersonEvaluation, ids, "rate")
        self._scorers: dict[int, Scorer] = {}
        self._bad: dict[int, list[Fault]] = {}
        with order.shared():
            for number, row in enumerate(self.rows, start=1):
                faults = [
                    Fault(
                        f"rows.{number}.{one.field}", f"{self._who(number, row)}: {one.message}", one.article, one.code
                    )
                    for one in self._faults(row)
                ]
                if faults:
                    self._bad[row.evaluation_id] = faults
        if self.each:
            return []
        return [fault for faults in self._bad.values() for fault in faults]

    def _who(self, number: int, row: RateRow) -> str:
        sheet = self._sheets.get(row.evaluation_id)
        return _("Dòng %(row)s (%(name)s)", row=number, name=sheet.person.full_name if sheet else row.evaluation_id)

    def scorer(self, cycle: EvaluationCycle) -> Scorer:
        if cycle.id not in self._scorers:
            self._scorers[cycle.id] = Scorer(cycle)
        return self._scorers[cycle.id]

    def _faults(self, row: RateRow) -> Iterable[Fault]:
        sheet = self._sheets.get(row.evaluation_id)
        if sheet is None or sheet.id not in self._allowed:
            yield Fault("", _("không tìm thấy phiếu, hoặc không thuộc phạm vi của bạn."), code="not_found")
            return
        for obstacle in not_oneself(sheet):
            yield Fault("", obstacle.message, obstacle.article, obstacle.code)
        if sheet.state not in (SELF_SUBMITTED, REMARKED):
            text = _("phiếu đang ở bước “%(state)s”.", state=_(PERSON.state(sheet.state).label))
            yield Fault("", text, code="wrong_state")
            return
        try:
            check_version(sheet, row.version, {"manager_remark": row.remark.strip(), "level_unit": row.level}, label)
        except Stale:
            if len(self.rows) == 1:
                raise
            yield Fault("", _("phiếu vừa được %(who)s sửa. Hãy tải lại.", who=sheet.updated_by), code="stale")
        if row.level and row.level not in RATINGS:
            yield Fault("level", _("không có mức xếp loại “%(value)s”.", value=row.level))
        if self.submit and not row.level:
            yield Fault("level", _("chưa chọn mức đề nghị."), code="level_missing")
        if self.submit and not row.remark.strip():
            yield Fault("remark", _("chưa ghi nhận xét."), code="remark_missing")
        if len(row.remark) > LONGEST_TEXT:
            yield Fault("remark", _("nhận xét dài quá %(limit)s ký tự.", limit=LONGEST_TEXT), code="too_long")
        yield from measure_faults(row.measures or {})
        form = self.scorer(sheet.cycle).sheet(sheet.sheet_code)
        if form is not None and (row.points is not None or self.submit):
            yield from self.scorer(sheet.cycle).faults(
                form, self._values(sheet, row, form), sheet.klass, complete=self.submit
            )

    def _values(self, sheet: PersonEvaluation, row: RateRow, form: Any) -> dict[str, Any]:
        points = clean_points(row.points) if row.points is not None else sheet.points_unit or sheet.points_self
        return self.scorer(sheet.cycle).values(form, points, sheet.tasks, led_unit(sheet))

    def run(self) -> StepResult:
        good: list[PersonEvaluation] = []
        for row in self.rows:
            if row.evaluation_id in self._bad:
                continue
            sheet = self._sheets[row.evaluation_id]
            self._write(sheet, row)
            good.append(sheet)
        result = StepResult(stayed=dict(self._bad))
        fresh = [sheet for sheet in good if sheet.state == SELF_SUBMITTED]
        if not self.submit:
            result.moved = [sheet.id for sheet in good]
            return result
        moved = step_many(PERSON, fresh, "remark")
        if moved.stayed and not self.each:
            raise Refused([fault for faults in moved.stayed.values() for fault in faults])
        result.moved = [*moved.moved, *(sheet.id for sheet in good if sheet not in fresh)]
        result.stayed |= moved.stayed
        return result

    def _write(self, sheet: PersonEvaluation, row: RateRow) -> None:
        scorer = self.scorer(sheet.cycle)
        form = scorer.sheet(sheet.sheet_code)
        if row.points is not None:
            sheet.points_unit = clean_points(row.points)
        elif self.submit and sheet.points_unit is None:
            sheet.points_unit = dict(sheet.points_self or {})
        if form is not None:
            values = scorer.values(form, sheet.points_unit, sheet.tasks, led_unit(sheet))
            whole = not scorer.faults(form, values, sheet.klass, complete=True)
            sheet.score_unit = scorer.score(form, values, sheet.regime) if whole else None
        if row.texts is not None:
            sheet.texts_unit = {key: value.strip() for key, value in row.texts.items() if value.strip()}
        if row.measures is not None:
            sheet.measures = {**(sheet.measures or {}), **plain_measures(row.measures)}
        sheet.level_unit, sheet.manager_remark = row.level, row.remark.strip()
        sheet.manager_remark_by = actor.current().name[:120]
        if self.submit:
            sheet.late = False

    def receipt(self, outcome: StepResult) -> Any:
        return outcome.to_plain()

    def replay(self, receipt: Any) -> StepResult:
        return StepResult.from_plain(receipt)


@dataclass
class ReturnSheets(Command[StepResult]):
    """Give sheets back with the reason: to their people, or ``to_unit`` (from the synthesis to the head).

    ``to_synthesis``: the decider sends them back to be put together again.
    """

    ids: Sequence[int]
    reason: str
    to_unit: bool = False
    to_synthesis: bool = False

    def validate(self) -> Iterable[Fault]:
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do trả lại."), code="reason_missing")
        if not self.ids:
            yield Fault("ids", _("Chưa chọn người nào."), code="empty")

    def run(self) -> StepResult:
        sheets = load_many(PersonEvaluation, self.ids)
        rated = permitted(PersonEvaluation, self.ids, "rate")
        result = StepResult()
        groups: dict[str, list[PersonEvaluation]] = {}
        for sheet in sheets:
            if self.to_synthesis:
                code = "send_back"
            elif self.to_unit:
                code = "return_to_unit"
            else:
                code = "return_to_draft" if sheet.id in rated and sheet.state in IN_UNIT else "return_by_hr"
            groups.setdefault(code, []).append(sheet)
        for code, some in groups.items():
            clear = _clear if code == "send_back" else _clear_all
            one = step_many(PERSON, some, code, reason=self.reason, prepare=clear)
            result.moved += one.moved
            result.stayed |= one.stayed
        return result

    def receipt(self, outcome: StepResult) -> Any:
        return outcome.to_plain()

    def replay(self, receipt: Any) -> StepResult:
        return StepResult.from_plain(receipt)


def _clear(sheet: PersonEvaluation) -> None:
    """What was put together from the old version no longer stands; what the head wrote is kept for the next time."""
    sheet.level_machine = sheet.level_proposed = sheet.quota_outcome = ""
    sheet.reasons = sheet.trace = None


def _clear_all(sheet: PersonEvaluation) -> None:
    """The sheet starts again: the meeting will have to speak of the new one."""
    _clear(sheet)
    sheet.meeting_id = sheet.self_submitted_at = None
