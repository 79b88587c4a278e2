"""What the evaluation screens share: a score sheet made ready to print, posted maps, results of bulk steps in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.measures import GRADE_LABELS, QUALITY_LABELS
from hrms.commands.evaluation.scoring import RATIO_LINES, Scorer, led_unit, task_ratios
from hrms.commands.evaluation.stepping import StepResult, parts
from hrms.commands.evaluation.words import NOTIFIED, PUBLISHED
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Difference, Fault, Stale
from hrms.kernel.text import format_decimal
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.staff import Person
from models.vocabulary import EVALUATION_CLASSES, RATINGS
from policies.evaluation import Sheet, level_label, sheet_total
from policies.evaluation.scores import score_sheet

LEVEL_KEYS = tuple(RATINGS)  # keys 1-4 of the rating board, in this order
SHOWN_TO_PERSON = (NOTIFIED, PUBLISHED, "filed", "petitioned")
BADGES = {"HTXS": "done", "HTT": "open", "HT": "", "KHT": "bad", "MANUAL_DECISION_REQUIRED": "warn"}


def level_word(code: str | None) -> str:
    """“Hoàn thành tốt nhiệm vụ”; a manual decision in words; nothing for nothing."""
    if not code:
        return ""
    if code in RATINGS:
        return str(_(RATINGS[code]))
    return _("Cần quyết định của người có thẩm quyền") if code == "MANUAL_DECISION_REQUIRED" else level_label(code)


def class_word(code: str) -> str:
    return str(_(EVALUATION_CLASSES[code])) if code in EVALUATION_CLASSES else code


def points_text(value: Any) -> str:
    """Points as read: 86,5; nothing for nothing."""
    return "" if value is None or value == "" else format_decimal(Decimal(str(value)))


def posted_map(prefix: str, form: Mapping[str, str] | None = None) -> dict[str, str]:
    """``points.1a=2`` … of a form as ``{"1a": "2"}``."""
    source = request.form if form is None else form
    return {name[len(prefix) :]: value for name, value in source.items() if name.startswith(prefix)}


@dataclass
class LineView:
    """One line of a sheet on a page; ``own``, ``unit``, ``decided``: values as typed (percents without their sign)."""

    code: str
    name: str
    maximum: Decimal | None
    scoring: str
    own: str = ""
    unit: str = ""
    decided: str = ""
    evidence: str = ""
    computed: str = ""  # percent counted from the tasks, or the index of administrative reform
    proposed: bool = False
    options: tuple[tuple[str, str], ...] = ()  # the words of a line that is graded: code, word

    @property
    def graded(self) -> bool:
        return bool(self.options)

    def word(self, value: str) -> str:
        """A value as read: the word of a grade, “95%” of a ratio."""
        if not value:
            return "—"
        if self.graded:
            return dict(self.options).get(value, value)
        return f"{value}%" if self.scoring == "RATIO" else value


@dataclass
class GroupView:
    code: str
    name: str
    maximum: Decimal | None
    formula: bool
    lines: list[LineView] = field(default_factory=list)


@dataclass
class SheetView:
    """A score sheet with a person's or a collective's values; ``form`` None: the regime has no sheet."""

    form: Sheet | None
    groups: list[GroupView] = field(default_factory=list)
    graded: bool = False

    @property
    def lines(self) -> Iterable[LineView]:
        return (line for group in self.groups for line in group.lines)


OPTIONS = {"GRADE": QUALITY_LABELS, "GRADE4": GRADE_LABELS}


def options_of(scoring: str) -> tuple[tuple[str, str], ...]:
    """The words a graded line offers, as (code, word); none for lines with points."""
    return tuple((code, str(_(label))) for code, label in OPTIONS.get(scoring, {}).items())


def grade_word(value: Any) -> str:
    """The word of a grade of any kind; nothing for what is none."""
    label = next((words[value] for words in OPTIONS.values() if isinstance(value, str) and value in words), "")
    return str(_(label)) if label else ""


def typed(line: Any, value: Any) -> str:
    """A stored value as it stands in its field: “95%” of a ratio as 95, 1.5 as 1,5; what is no number as typed."""
    text = "" if value is None else str(value).strip()
    if line.scoring in OPTIONS:
        return text
    return text.removesuffix("%").strip().replace(".", ",")


def sheet_view(
    form: Sheet | None,
    klass: str,
    *,
    own: Mapping[str, Any] | None = None,
    unit: Mapping[str, Any] | None = None,
    decided: Mapping[str, Any] | None = None,
    evidence: Mapping[str, str] | None = None,
    computed: Mapping[str, Any] | None = None,
) -> SheetView:
    """The lines of ``form`` with the three columns of points; groups for leaders only where the class is one."""
    from policies.evaluation import LEADERS

    found = SheetView(form, graded=form is not None and form.scale_max is None)
    if form is None:
        return found
    leader = klass in LEADERS
    for group in form.groups:
        if group.leaders is not None and group.leaders != leader:
            continue
        row = GroupView(group.code, group.name, group.max, group.formula is not None)
        for line in group.lines:
            row.lines.append(
                LineView(
                    line.code, line.name, line.max, line.scoring,
                    typed(line, (own or {}).get(line.code)), typed(line, (unit or {}).get(line.code)),
                    typed(line, (decided or {}).get(line.code)), (evidence or {}).get(line.code, ""),
                    typed(line, (computed or {}).get(line.code)), line.proposed, options_of(line.scoring),
                )
            )  # fmt: skip
        found.groups.append(row)
    return found


def computed_values(scorer: Scorer, form: Sheet | None, tasks: Any, unit_id: int | None) -> dict[str, Any]:
    """What nobody types: ratios counted from the tasks, the unit's index of administrative reform."""
    return scorer.values(form, {}, tasks, unit_id) if form is not None else {}


def plain_points(form: Sheet | None, values: Mapping[str, str]) -> dict[str, str]:
    """Values of fields as the commands take them: the percent sign back on ratios."""
    found = {}
    for code, value in values.items():
        text = str(value).strip()
        line = form.line(code) if form is not None else None
        if text and line is not None and line.scoring == "RATIO" and not text.endswith("%"):
            text = f"{text.replace(',', '.')}%"
        found[code] = text
    return found


def totals(scorer: Scorer, sheet: PersonEvaluation, points: Mapping[str, Any] | None) -> dict[str, Any]:
    """Points of a sheet as far as it is filled, by the rules: {total, general, result, of, faults by line, missing}."""
    return totals_of(scorer, scorer.sheet(sheet.sheet_code), sheet.regime, sheet.klass, points, sheet.tasks,
                     led_unit(sheet))  # fmt: skip


def totals_of(
    scorer: Scorer,
    form: Sheet | None,
    regime: str,
    klass: str,
    points: Mapping[str, Any] | None,
    tasks: Any = (),
    unit_id: int | None = None,
) -> dict[str, Any]:
    """The same for any sheet; wrong lines are told and left out of the sums."""
    if form is None:
        return {"total": "", "of": "", "faults": {}, "missing": 0}
    values = scorer.values(form, points, tasks, unit_id)
    wrong = {fault.field.removeprefix("points."): fault.message
             for fault in scorer.faults(form, values, klass, complete=False)}  # fmt: skip
    missing = scorer.faults(form, values, klass, complete=True)
    found: dict[str, Any] = {"faults": wrong, "missing": max(0, len(missing) - len(wrong)), "total": "", "of": ""}
    if form.scale_max is None:
        return found
    counted = {key: value for key, value in values.items() if key not in wrong and form.line(key) is not None}
    if not missing:  # a whole sheet scores by its regime
        found["total"] = points_text(
            score_sheet(form, counted, scorer.configuration, regime=scorer.rule_regime(regime, form.code)).total
        )
    sums = sheet_total(form, counted)
    found |= {
        "general": points_text(_two(sums.general)), "result": points_text(_two(sums.result)),
        "of": points_text(form.scale_max), "lines": {key: points_text(_two(one)) for key, one in sums.lines.items()},
    }  # fmt: skip
    found["total"] = found["total"] or points_text(_two(sums.general + sums.result))
    return found


def _two(value: Any) -> Decimal:
    from policies.evaluation.explain import rounded

    return rounded(value, 2)


def ratios_in_words(scorer: Scorer, tasks: Any) -> list[tuple[str, str]]:
    """Quantity, quality and progress counted from the tasks (NĐ 335/2025 Điều 14), to be shown beside the sheet."""
    found = task_ratios(tasks, scorer.configuration) if tasks else {}
    words = dict(zip(RATIO_LINES, (_("Số lượng"), _("Chất lượng"), _("Tiến độ")), strict=True))
    return [(words[key], f"{points_text(_two(Decimal(value)))}%") for key, value in found.items()]


def trace_in_words(nodes: Iterable[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    """A stored trace with levels, chosen options and numbers as a person reads them; codes stay in the record."""
    return [_node_in_words(node) for node in nodes or ()]


def _node_in_words(node: Mapping[str, Any]) -> dict[str, Any]:
    label = str(node.get("label", ""))
    for code in RATINGS:  # “Xét mức HTXS”
        if label.endswith(f" {code}"):
            label = f"{label.removesuffix(code)}“{level_word(code)}”"
    value, parameter = node.get("value"), node.get("parameter")
    if parameter and parameter.get("shown") not in (None, ""):
        if value == parameter.get("value"):
            value = parameter["shown"]
        parameter = {**parameter, "name": parameter.get("label") or parameter.get("name"), "value": parameter["shown"]}
    elif value in LEVEL_KEYS:
        value = None if label.endswith(level_word(value)) else level_word(value)
    if isinstance(value, str) and value.replace(".", "", 1).isdigit():
        value = value.replace(".", ",")
    return {**node, "label": label, "value": value, "parameter": parameter,
            "children": trace_in_words(node.get("children"))}  # fmt: skip


def hidden_from(sheet: PersonEvaluation, own: bool) -> bool:
    """The person learns the result with the notice, not while others still work on it."""
    return own and sheet.notified_at is None and sheet.state not in SHOWN_TO_PERSON


@dataclass(frozen=True)
class Stayed:
    """People who did not move for one reason."""

    message: str
    article: str
    names: list[str]
    count: int


@dataclass(frozen=True)
class Told:
    """The outcome of a bulk step in words: how many moved, who stayed and why (each reason once)."""

    label: str
    moved: int
    stayed: list[Stayed]

    @property
    def left(self) -> int:
        return sum(one.count for one in self.stayed)


def told(label: str, result: StepResult, names: Mapping[int, str] | None = None, most: int = 30) -> Told:
    """``result`` grouped by reason; at most ``most`` names each, the count tells the rest."""
    known = dict(names or {})
    missing = [one for one in result.stayed if one not in known]
    for part in parts(missing):
        query = select(PersonEvaluation.id, Person.full_name).join(Person, Person.id == PersonEvaluation.person_id)
        known.update(
            db.session.execute(
                access.restrict(query.where(PersonEvaluation.id.in_(part)), PersonEvaluation)
            ).tuples().all()
        )  # fmt: skip
    groups: dict[tuple[str, str], list[str]] = {}
    for number, faults in result.stayed.items():
        fault = faults[0] if faults else Fault("", _("Không rõ lý do."))
        groups.setdefault((fault.message, fault.article), []).append(known.get(number, str(number)))
    stayed = [Stayed(message, article, names[:most], len(names)) for (message, article), names in groups.items()]
    return Told(label, len(result.moved), sorted(stayed, key=lambda one: -one.count))


def differences(stale: Stale | None, words: Mapping[str, str] | None = None) -> list[Difference]:
    """What two editors wrote, as texts a person can compare."""
    if stale is None:
        return []
    return [Difference(one.field, one.label, _shown(one.yours), _shown(one.theirs)) for one in stale.differences]


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        rows = []
        for key, one in value.items():
            shown = grade_word(one) or one
            rows.append(f"{key}: {shown}")
        return "; ".join(rows)
    return level_word(value) if isinstance(value, str) and value in RATINGS else value


def tabs(cycle: EvaluationCycle, current: str) -> list[dict[str, Any]]:
    """The pages of a cycle that the actor may open."""
    rows: tuple[tuple[str, str, str, dict[str, Any], str], ...] = (
        ("progress", _("Tiến độ"), "EvaluationView.show", {"cycle_id": cycle.id}, "read"),
        ("collectives", _("Tập thể"), "EvaluationCollectiveView.list", {"cycle_id": cycle.id}, "export"),
        *(
            (code, label(), endpoint, {name: cycle.id}, action)
            for code, label, endpoint, name, action in MORE_TABS
        ),
    )  # fmt: skip
    known = current_app.view_functions
    return [
        {"code": code, "label": label, "href": url_for(endpoint, **values), "selected": code == current}
        for code, label, endpoint, values, action in rows
        if endpoint in known and access.may("evaluation", action)
    ]


# Pages of a cycle that other modules own: code, label, endpoint, name of the cycle's parameter, action.
MORE_TABS: list[tuple[str, Any, str, str, str]] = []
