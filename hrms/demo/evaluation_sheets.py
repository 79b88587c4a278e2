"""What stands on the sheets of an invented cycle: points, tasks, texts and the level the real rules give them.

Outcome first: a person is drawn excellent, good, fair or weak and the points, tasks and measures are made to fit; the
level is then asked from ``policies.evaluation`` through the commands' own scorer, never written by hand.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from hrms.commands.evaluation.contexts import unit_figures
from hrms.commands.evaluation.measures import asked, asked_of_unit
from hrms.commands.evaluation.scoring import Context, Scorer
from hrms.commands.evaluation.units import machine_level
from hrms.commands.evaluation.words import MANUAL, OLD_AGENCY, PARTY_REGIMES
from hrms.demo import evaluation_texts as texts
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation
from policies.evaluation import LEADERS, RATED, Rating, Sheet

EXCELLENT, GOOD, FAIR, WEAK = "HTXS", "HTT", "HT", "KHT"
BANDS = {EXCELLENT: (90, 101), GOOD: (70, 90), FAIR: (50, 70), WEAK: (0, 50)}
VARIANTS = 18  # filled sheets of a kind and quality; enough that neighbours differ
QUARTER = Decimal("0.25")
# Share of the highest points a line gets, in percent, by quality.
SHARES = {EXCELLENT: (90, 100), GOOD: (74, 92), FAIR: (52, 72), WEAK: (25, 52)}
# Grades of the criteria and of the result by quality (QĐ 124-QĐ/TW).
GRADED = {
    EXCELLENT: (("TOT", "XUAT_SAC"), "XUAT_SAC"), GOOD: (("TOT", "TOT", "TRUNG_BINH"), "TOT"),
    FAIR: (("TOT", "TRUNG_BINH"), "TRUNG_BINH"), WEAK: (("KEM", "TRUNG_BINH"), "KEM"),
}  # fmt: skip
MEASURES: dict[str, dict[str, Any]] = {
    EXCELLENT: {"criteria_1_4": "good", "criterion_5a": "good", "high_efficiency": True},
    GOOD: {"criteria_1_4": "good", "criterion_5a": "ok", "high_efficiency": False},
    FAIR: {"criteria_1_4": "ok", "criterion_5a": "ok", "high_efficiency": False},
    WEAK: {"criteria_1_4": "ok", "criterion_5a": "ok", "high_efficiency": False},
}
UNIT_MEASURES: dict[str, dict[str, Any]] = {
    EXCELLENT: {"done_percent": "100", "on_time_percent": "100", "over_percent": "55", "late_percent": "0",
                "on_time": True, "faults_repaired": True},
    GOOD: {"done_percent": "100", "on_time_percent": "94", "over_percent": "18", "late_percent": "6",
           "on_time": False, "faults_repaired": True},
    FAIR: {"done_percent": "92", "on_time_percent": "80", "over_percent": "0", "late_percent": "20",
           "on_time": False, "faults_repaired": True},
}  # fmt: skip
# For the two or three at the top, above whom no unit is rated: what the province itself reached.
PROVINCE = {"unit_done_percent": "100", "unit_on_time_percent": "95", "unit_over_percent": "30"}


@dataclass(frozen=True)
class Filled:
    """One way to fill a sheet of a kind."""

    points: dict[str, str]
    score: Decimal | None  # none where criteria are graded


class Forms:
    """Filled sheets by code and quality, and the ratings already asked for."""

    def __init__(self, rng: random.Random, cycle: EvaluationCycle) -> None:
        self._rng = rng
        self.scorer = Scorer(cycle)
        self._filled: dict[tuple[str, str, str], list[Filled]] = {}
        self._ratings: dict[Any, Rating] = {}

    def fill(self, code: str, klass: str, quality: str, rng: random.Random) -> Filled:
        """Points of the quality's band, drawn from a stock."""
        key = (code, "leader" if klass in LEADERS else "", quality)
        if key not in self._filled:
            form = self.scorer.sheet(code)
            assert form is not None
            self._filled[key] = [self._draw(form, quality, klass) for _number in range(VARIANTS)]
        return rng.choice(self._filled[key])

    def _draw(self, form: Sheet, quality: str, klass: str) -> Filled:
        if form.scale_max is None:
            return Filled(self._graded(form, quality, klass), None)
        low, high = BANDS[quality]
        while True:
            least, most = SHARES[quality]
            points: dict[str, str] = {}
            for group in form.groups:
                if group.leaders not in (None, klass in LEADERS):
                    continue
                for line in group.lines:
                    share = self._rng.randrange(least, most + 1)
                    if line.scoring == "RATIO":
                        points[line.code] = f"{share}%"
                    elif line.max is not None:
                        points[line.code] = str((line.max * share / 100 / QUARTER).to_integral_value() * QUARTER)
            score = self.scorer.score(form, points, "ND90_48")
            assert score is not None
            if low <= score < high:
                return Filled(points, score)

    def _graded(self, form: Sheet, quality: str, klass: str) -> dict[str, str]:
        """Grades that lead to the quality: the result decides, no criterion may lie below it by a level."""
        criteria, result = GRADED[quality]
        return {
            line.code: result if group.part == "RESULT" else self._rng.choice(criteria)
            for group in form.groups
            if group.leaders in (None, klass in LEADERS)
            for line in group.lines
        }

    def rate(self, sheet: PersonEvaluation, context: Context) -> Rating:
        """The machine's answer; equal questions are asked once."""
        given = self.scorer.given(sheet, context)
        rule = (sheet.facts or {}).get("rule")
        key = None if rule else (sheet.regime, sheet.sheet_code, tuple(sorted((k, str(v)) for k, v in given.items())))
        if key is None or key not in self._ratings:
            answer = self.scorer.machine(sheet, context)
            if key is None:
                return answer
            self._ratings[key] = answer
        return self._ratings[key]


@dataclass
class Person:
    """A sheet with what the filling needs of its person and unit."""

    sheet: PersonEvaluation
    name: str
    code: str  # of the agency
    kind: str  # of the agency
    path: str
    quality: str = ""
    tasks: list[dict[str, Any]] = field(default_factory=list)


def fill_units(forms: Forms, units: Sequence[UnitEvaluation], seed: str) -> None:
    """Qualities and levels of the collectives, parts first (``units`` deepest first), as after their recognition."""
    for record in units:
        rng = random.Random(f"{seed}:unit:{record.unit_id}")  # noqa: S311 - invented data
        quality = rng.choices((EXCELLENT, GOOD, FAIR), (17, 77, 6))[0]
        filled = forms.fill(record.sheet_code, "TT", quality, rng)
        wanted = asked_of_unit(record.regime)
        record.measures = {key: value for key, value in UNIT_MEASURES[quality].items() if key in wanted}
        record.points_self = record.points_proposed = filled.points
        record.score_self = record.score_proposed = filled.score
        record.level_self = quality
        record.texts = {
            "strengths": texts.COLLECTIVE_STRENGTHS[quality], "weaknesses": texts.COLLECTIVE_WEAKNESSES[quality],
            "causes": rng.choice(texts.CAUSES), "remedies": rng.choice(texts.REMEDIES),
            "opinions": rng.choice(texts.COLLECTIVE_OPINIONS),
        }  # fmt: skip
        answer = machine_level(record, forms.scorer, filled.points)
        record.level_machine = answer.level if answer.outcome == RATED and answer.level else MANUAL
        record.level_proposed = answer.level or answer.proposed_level or quality
        record.reasons, record.trace = [*answer.reasons, *answer.warnings], [answer.explained()]


@dataclass
class Filler:
    """Fills the persons' sheets of one cycle. ``bad``: people who do not complete their tasks in this period."""

    forms: Forms
    cycle: EvaluationCycle
    units: Mapping[int, UnitEvaluation]
    seed: str
    bad: frozenset[int] = frozenset()
    keen: frozenset[str] = frozenset()  # agencies where many claim excellence: their ceiling is exceeded
    figures: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def read_figures(self) -> None:
        """What leaders answer for: the unit's figures as the commands read them. Call once the units are stored."""
        self.figures = unit_figures(self.cycle)

    def fill(self, one: Person) -> None:
        """Everything up to the synthesis, complete: who stops earlier has the rest blanked by the flow."""
        sheet = one.sheet
        rng = random.Random(f"{self.seed}:{sheet.cycle_id}:{sheet.person_id}")  # noqa: S311 - invented data
        one.quality = quality = self._quality(one, rng)
        form = sheet.sheet_code
        leads = sheet.is_head or sheet.is_deputy
        claimed = self._claimed(quality, rng)
        own = self.forms.fill(form, sheet.klass, claimed, rng)
        given = own if claimed == quality else self.forms.fill(form, sheet.klass, quality, rng)
        sheet.points_self, sheet.score_self, sheet.level_self = own.points, own.score, claimed
        sheet.points_unit, sheet.score_unit, sheet.level_unit = given.points, given.score, quality
        wanted = asked(sheet.regime, sheet.klass)
        sheet.measures = {key: value for key, value in MEASURES[quality].items() if key in wanted}
        if sheet.klass in LEADERS and not (leads and sheet.unit_id in self.units):
            sheet.measures |= PROVINCE
        lines = [code for code in own.points if code.startswith("5.")][:3]
        sheet.evidence = {code: rng.choice(texts.EVIDENCE) for code in lines}
        sheet.texts_self = {
            "results": texts.RESULTS[claimed], "strengths": rng.choice(texts.STRENGTHS[claimed]),
            "weaknesses": rng.choice(texts.WEAKNESSES[claimed]), "causes": rng.choice(texts.CAUSES),
            "remedies": rng.choice(texts.REMEDIES),
        }  # fmt: skip
        if sheet.regime in PARTY_REGIMES:
            sheet.texts_self["repaired"] = "Đã khắc phục các hạn chế, khuyết điểm được chỉ ra ở kỳ kiểm điểm trước."
        sheet.texts_unit = {"outlook": rng.choice(texts.OUTLOOK)}
        sheet.manager_remark = rng.choice(texts.REMARKS[quality])
        one.tasks = self._tasks(one, quality, texts.trade_of(sheet.klass, one.code, one.kind, leads), rng)

    def _quality(self, one: Person, rng: random.Random) -> str:
        sheet = one.sheet
        if sheet.person_id in self.bad:
            return WEAK
        if sheet.is_head or sheet.is_deputy:
            above = self.units.get(sheet.unit_id)
            of_unit = above.level_proposed if above is not None else GOOD
            if of_unit == EXCELLENT:
                return EXCELLENT if rng.random() < 0.55 else GOOD
            return of_unit if of_unit == FAIR else GOOD
        talent = random.Random(f"{self.seed}:{sheet.person_id}").random()  # noqa: S311 - stays with the person
        draw = 0.65 * talent + 0.35 * rng.random()
        least = 0.52 if one.code in self.keen else 0.78
        return EXCELLENT if draw > least else GOOD if draw > 0.2 else FAIR

    @staticmethod
    def _claimed(quality: str, rng: random.Random) -> str:
        """People see themselves as they are, or a step better."""
        better = {EXCELLENT: (EXCELLENT, 0.0), GOOD: (EXCELLENT, 0.1), FAIR: (GOOD, 0.5), WEAK: (FAIR, 0.9)}
        other, often = better[quality]
        return other if rng.random() < often else quality

    def _tasks(self, one: Person, quality: str, trade: str, rng: random.Random) -> list[dict[str, Any]]:
        pool = texts.TASKS[trade]
        number = 5 if quality in (FAIR, WEAK) else 4
        flawed = {FAIR: 1, WEAK: 3}.get(quality, 0)
        times = 4 if self.cycle.period_kind == "YEAR" else 1
        beyond = {EXCELLENT: 2 + (rng.random() < 0.4), GOOD: int(rng.random() < 0.5)}.get(quality, 0)
        chosen = rng.sample(pool, number)
        rows: list[dict[str, Any]] = []
        for order, (name, unit, count) in enumerate(chosen, start=1):
            assigned = max(1, round(count * times * rng.uniform(0.85, 1.15)))
            done, faults, delays, note = assigned, 0, 0, ""
            over = order <= beyond
            if over:
                done += max(1, assigned // 8)
            if order > number - flawed:
                delays, faults = (1, 0) if order % 2 else (0, 1)
                note = "Chậm so với thời hạn giao" if delays else "Phải làm lại một phần do sai sót nội dung"
                if quality == WEAK and order % 2 == 0:
                    done = max(0, assigned - max(1, assigned // 3))
            excused = ""
            if quality == GOOD and not over and rng.random() < 0.05:
                delays, excused = 1, "Chờ ý kiến của cơ quan phối hợp, có văn bản xác nhận"
            due = self._due(rng)
            rows.append(
                {"evaluation_id": one.sheet.id, "order": order, "name": name, "unit_of_count": unit,
                 "weight": Decimal(rng.choice(("1", "1", "1", "1.5", "2"))), "assigned": Decimal(assigned),
                 "done": Decimal(done), "faults": faults, "delays": delays, "excused": excused, "due_on": due,
                 "done_on": due + timedelta(days=rng.randrange(2, 12)) if delays else due - timedelta(
                     days=rng.randrange(0, 6)), "beyond": over, "note": note}
            )  # fmt: skip
        return rows

    def _due(self, rng: random.Random) -> date:
        """A working day late in the period, or late in what has passed of it."""
        last = min(self.cycle.ends_on, self.cycle.as_of)
        length = max(1, (last - self.cycle.starts_on).days)
        day = last - timedelta(days=rng.randrange(0, max(1, length // 2)))
        return day - timedelta(days=max(0, day.weekday() - 4))

    def synthesise(self, one: Person) -> Rating:
        """The machine's level on the sheet, as :class:`~hrms.commands.evaluation.flow.Synthesise` writes it."""
        sheet = one.sheet
        if sheet.exit_code == OLD_AGENCY:
            sheet.exit_code = ""
            sheet.old_agency_remarks = "Hoàn thành tốt nhiệm vụ trong thời gian công tác tại cơ quan."
            sheet.old_agency_document = f"Văn bản ngày {self.cycle.as_of:%d/%m/%Y} của cơ quan cũ"
        context = Context(
            [SimpleNamespace(**task) for task in one.tasks],  # type: ignore[misc]
            self.figures.get(sheet.unit_id, {}) if sheet.is_head or sheet.is_deputy else {},
        )
        answer = self.forms.rate(sheet, context)
        sheet.level_machine = answer.level if answer.outcome == RATED and answer.level else MANUAL
        sheet.level_proposed = answer.level or answer.proposed_level or ""
        sheet.score = answer.total if answer.total is not None else sheet.score_unit
        sheet.reasons, sheet.trace = [*answer.reasons, *answer.warnings], [answer.explained()]
        if answer.consumed:
            sheet.facts = {**(sheet.facts or {}), "consumed": answer.consumed}
        return answer
