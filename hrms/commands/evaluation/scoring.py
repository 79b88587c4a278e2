"""From what stands on a sheet to points and to the machine's level: gathering only, the rules are in ``policies``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from hrms.commands.evaluation import reform_index
from hrms.commands.evaluation.configuration import frozen_configuration
from hrms.commands.evaluation.measures import MEASURES, TREE, UNIT_MEASURES, task_measures
from hrms.kernel import actor
from hrms.kernel.errors import Fault
from hrms.kernel.text import fold
from models.evaluation import EvaluationCycle, EvaluationTask, PersonEvaluation
from policies.evaluation import (
    LEADERS,
    Configuration,
    Product,
    Rating,
    Sheet,
    check_sheet,
    rate,
    score_products,
    score_sheet,
    sheet_from,
    year_score,
)
from policies.evaluation.explain import rounded
from policies.evaluation.facts import KEYS, QUALITIES
from policies.evaluation.sheets import grades_of
from policies.questions import BadQuestion

RATIO_LINES = ("a", "b", "c")  # NĐ 335 Điều 14: quantity, quality, progress, computed from the tasks
GRADED = "ND90_ART3"
REFORM_LINE = "chi so cai cach hanh chinh"  # by its folded name: sheets of the province carry other codes


def products(tasks: Iterable[EvaluationTask]) -> list[Product]:
    """Tasks as products; faults and delays with a confirmed objective cause do not count (NĐ 335 Điều 14)."""
    return [
        Product(
            str(task.order), task.assigned, task.done, task.weight, 0 if task.excused else task.faults,
            0 if task.excused else task.delays,
        )
        for task in tasks
    ]  # fmt: skip


def task_ratios(tasks: Sequence[EvaluationTask], configuration: Configuration) -> dict[str, str]:
    """a, b, c of NĐ 335 Điều 14 in percent as text; empty without tasks. Shown beside every sheet as a proposal."""
    given = products(tasks)
    if not any(one.assigned * one.weight for one in given):
        return {}
    score = score_products(given, [Decimal(0)], "CC0", configuration)
    return {key: format(rounded(score.ratios[key], 10).normalize(), "f") for key in RATIO_LINES}


class Scorer:
    """Sheets and configuration of one cycle, read once for many people."""

    def __init__(self, cycle: EvaluationCycle) -> None:
        self.cycle = cycle
        self.configuration = frozen_configuration(cycle)
        self._kept = (cycle.frozen or {}).get("sheets", {})
        self._sheets: dict[str, Sheet | None] = {}
        self._reform: dict[int, Decimal | None] = {}

    def sheet(self, code: str) -> Sheet | None:
        """The frozen sheet of a code; None for regimes without one."""
        if code not in self._sheets:
            kept = self._kept.get(code)
            self._sheets[code] = sheet_from(kept) if kept else None
        return self._sheets[code]

    def values(
        self,
        sheet: Sheet,
        points: Mapping[str, Any] | None,
        tasks: Sequence[EvaluationTask],
        unit_id: int | None = None,
    ) -> dict[str, Any]:
        """The lines as they count: quantity, quality, progress of a computed group come from the tasks.

        ``unit_id``: the unit led; its recorded index of administrative reform answers its line where it is blank.
        """
        found = {key: value for key, value in (points or {}).items() if value not in (None, "")}
        computed = {line.code for group in sheet.groups if group.formula for line in group.lines}
        if computed & set(RATIO_LINES) and tasks:
            ratios = task_ratios(tasks, self.configuration)
            found.update({key: f"{value}%" for key, value in ratios.items() if key in computed})
        line = next((one for group in sheet.groups for one in group.lines if REFORM_LINE in fold(one.name)), None)
        if unit_id is not None and line is not None and line.code not in found:
            percent = self._reform_percent(unit_id)
            if percent is not None:
                found[line.code] = f"{percent}%"
        return found

    def _reform_percent(self, unit_id: int) -> Decimal | None:
        if unit_id not in self._reform:
            with actor.acting(actor.SYSTEM):  # the unit's own result stands on the sheet, whoever opens it
                self._reform[unit_id] = reform_index.of_unit(unit_id, self.cycle.year).percent
        return self._reform[unit_id]

    def faults(
        self, sheet: Sheet, values: Mapping[str, Any], klass: str, *, complete: bool, prefix: str = "points"
    ) -> list[Fault]:
        """Every line that is out of range, off the step or (``complete``) missing."""
        step = self.configuration.number("evaluation.points.step")
        found = check_sheet(sheet, values, complete=complete, step=step, leader=klass in LEADERS)
        return [Fault(f"{prefix}.{one.line}", one.message[:1].upper() + one.message[1:], sheet.article, "points")
                for one in found]  # fmt: skip

    def score(self, sheet: Sheet, values: Mapping[str, Any], regime: str) -> Decimal | None:
        """Points of a sheet without faults, rounded once; None for a sheet that is graded."""
        if sheet.scale_max is None:
            return None
        return score_sheet(sheet, values, self.configuration, regime=self.rule_regime(regime, sheet.code)).total

    @staticmethod
    def rule_regime(regime: str, sheet_code: str) -> str:
        """Under which rules a sheet is rated: the layer where it laid its sheet over the national tree."""
        return "HY1071" if regime in TREE and sheet_code != GRADED else regime

    def graded(self, sheet: Sheet, values: Mapping[str, Any]) -> dict[str, Any]:
        """Measures that a graded sheet answers: the weakest of its lines (NĐ 90), or the grades of QĐ 124."""
        found: dict[str, Any] = {}
        if grades := grades_of(sheet, values):
            return {"grades": grades}
        for group in sheet.groups:
            key = "criterion_5a" if group.leaders else "criteria_1_4" if group.leaders is None else ""
            marks = [values[line.code] for line in group.lines if values.get(line.code) in QUALITIES]
            if key and marks:
                marks.append(found.get(key, "good"))
                found[key] = max(marks, key=QUALITIES.index)
        return found

    def machine(self, person: PersonEvaluation, context: Context) -> Rating:
        """The machine's level. Raises :class:`BadQuestion` with every fact that is missing or wrong."""
        given = self.given(person, context)
        return rate(given, self.rule_regime(person.regime, person.sheet_code), self.configuration)

    def given(self, person: PersonEvaluation, context: Context) -> dict[str, Any]:
        """The facts of a person as the rules ask for them."""
        sheet = self.sheet(person.sheet_code)
        points = person.points_decided or person.points_unit or person.points_self or {}
        found: dict[str, Any] = {"person_class": person.klass, "year": self.cycle.year, "side": self.cycle.side}
        found |= task_measures(context.tasks)
        if sheet is not None and sheet.scale_max is None:
            found |= self.graded(sheet, points)
        found |= {key: value for key, value in context.of_unit.items() if value is not None}
        found |= person.measures or {}
        found |= (person.facts or {}).get("rule", {})
        score = self.points_of(person, context)
        if score is not None:
            found["score"] = format(score, "f")
        if person.is_head:
            found["is_head"] = True
        if "postings" in found:
            found["old_agency_remarks"] = bool(person.old_agency_remarks.strip())
        if self.cycle.period_kind == "YEAR" and context.quarters:
            found["quarters"] = list(context.quarters)
        return {key: value for key, value in found.items() if key in KEYS}

    def points_of(self, person: PersonEvaluation, context: Context) -> Decimal | None:
        """The points that count: of a scored year the mean of its periods (NĐ 335 Điều 21), else those of the sheet."""
        if self.cycle.period_kind == "YEAR" and person.regime in ("ND335", "ND233") and context.period_scores:
            return year_score(context.period_scores, person.regime, self.configuration).total
        return person.score_unit if person.score_unit is not None else person.score_self


@dataclass
class Context:
    """What of others and of earlier periods a rating needs: tasks, the unit's figures, decided quarters."""

    tasks: Sequence[EvaluationTask] = ()
    of_unit: Mapping[str, Any] = field(default_factory=dict)
    quarters: Sequence[str] = ()
    period_scores: Sequence[Decimal] = ()


def led_unit(person: PersonEvaluation) -> int | None:
    """The unit whose results stand on a leader's sheet."""
    return person.unit_id if person.klass in LEADERS or person.is_head else None


def question_faults(error: BadQuestion) -> list[Fault]:
    """The faults of a question to the rules as faults of the sheet."""
    found = []
    for path, message in error.faults:
        key = path.removeprefix("input.")
        label = MEASURES.get(key, ("", ""))[1] or UNIT_MEASURES.get(key, ("", ""))[1]
        found.append(Fault(f"measures.{key}", f"{_(label)}: {message}" if label else message, code="facts"))
    return found
