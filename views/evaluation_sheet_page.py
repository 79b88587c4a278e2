"""The two faces of a sheet's page: the form of whoever writes it, and the whole sheet for whoever reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from hrms.commands.evaluation import order, reform_index, sheets, tasks
from hrms.commands.evaluation.deadlines import due_of, step_of
from hrms.commands.evaluation.measures import MEASURES, QUALITY_LABELS, asked, task_measures
from hrms.commands.evaluation.rating import MOST_ROWS
from hrms.commands.evaluation.rights import own_person_id
from hrms.commands.evaluation.scoring import Scorer, led_unit
from hrms.commands.evaluation.sheets import Content
from hrms.commands.evaluation.words import (
    DRAFT,
    LABELS,
    MANUAL,
    NOT_RATED,
    OUT,
    REMARKED,
    SELF_SUBMITTED,
    TEXT_SECTIONS,
    exit_text,
    self_sections,
)
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, history
from hrms.kernel.errors import Fault, Stale
from hrms.kernel.text import format_date
from hrms.kernel.workflow import performed
from models.evaluation import PersonEvaluation
from models.vocabulary import ABSENCE_KINDS, RATINGS
from policies.evaluation import reason_text, regimes
from policies.evaluation.data import reasons
from views.evaluation_support import (
    BADGES,
    LEVEL_KEYS,
    class_word,
    computed_values,
    differences,
    hidden_from,
    level_word,
    points_text,
    ratios_in_words,
    sheet_view,
    tabs,
    totals,
    trace_in_words,
)
from views.templating import dmy, page

# Figures of the unit led: the sheet of the collective answers them where they are left blank.
OF_UNIT = ("unit_done_percent", "unit_on_time_percent", "unit_over_percent", "units_kht_percent")
FLAGS: dict[Any, str] = {True: "1", False: "0"}  # yes and no as they stand in a select


def editable(sheet: PersonEvaluation) -> bool:
    """Whether the actor may write the self-assessment now."""
    return sheets.may_write(sheet) and sheet.state in (DRAFT, NOT_RATED) and sheet.cycle.state != "closed"


def read_measures(given: Mapping[str, str]) -> dict[str, Any]:
    """Fields of measures as the rules take them: yes and no as booleans, percents with a point."""
    found: dict[str, Any] = {}
    for key, raw in given.items():
        kind, text = MEASURES.get(key, ("", ""))[0], raw.strip()
        if kind == "flag":
            found[key] = {"1": True, "0": False}.get(text, text)
        elif kind == "percent":
            found[key] = text.removesuffix("%").strip().replace(",", ".")
        else:
            found[key] = text
    return found


def measure_rows(
    sheet: PersonEvaluation, given: Mapping[str, Any] | None, graded: bool, *, grounds: bool = False
) -> list[dict[str, Any]]:
    """The measures to be asked for, with what the tasks propose; ``grounds``: also what only those above state."""
    proposed = task_measures(sheet.tasks)
    rows = []
    for key in asked(sheet.regime, sheet.klass, graded=graded, grounds=grounds):
        kind, label = MEASURES[key]
        value = (given or {}).get(key)
        shown = FLAGS.get(value, value) if kind == "flag" else value
        hint = proposed.get(key)
        rows.append({"key": key, "kind": kind, "label": _(label), "value": "" if shown is None else str(shown),
                     "hint": points_text(hint) if kind == "percent" and hint is not None else "",
                     "note": _("Để trống: theo số liệu của tập thể.") if key in OF_UNIT else ""})  # fmt: skip
    return rows


def facts_in_words(sheet: PersonEvaluation) -> list[str]:
    """The special cases found for the period, as sentences."""
    facts = sheet.facts or {}
    found = []
    if "worked_months" in facts:
        found.append(_("Thời gian làm việc trong kỳ: %(n)s tháng.", n=points_text(facts["worked_months"])))
    for kind, months in (facts.get("leave") or {}).items():
        found.append(_("%(kind)s: %(n)s tháng.", kind=_(ABSENCE_KINDS.get(kind, kind)), n=points_text(months)))
    if moved := facts.get("transferred"):
        text = _("Chuyển đến từ %(agency)s (ở đó %(n)s tháng trong kỳ).", agency=moved.get("agency", ""),
                 n=points_text(moved.get("months")))  # fmt: skip
        if not moved.get("exists", True):
            text += " " + _("Cơ quan cũ không còn nên không cần nhận xét của cơ quan cũ.")
        found.append(text)
    if away := facts.get("seconded"):
        found.append(_("Biệt phái từ %(agency)s, từ ngày %(day)s.", agency=away.get("from", ""),
                       day=_day(away.get("since"))))  # fmt: skip
    for post in facts.get("concurrent") or ():
        found.append(_("Kiêm nhiệm: %(title)s, %(unit)s.", title=post.get("title", ""), unit=post.get("unit", "")))
    found += _discipline(facts.get("disciplined") or ())
    for day in facts.get("suspended") or ():
        found.append(_("Tạm đình chỉ công tác từ ngày %(day)s.", day=_day(day)))
    if facts.get("retired_on"):
        found.append(_("Thôi làm việc từ ngày %(day)s.", day=_day(facts["retired_on"])))
    if facts.get("warning"):
        found.append(reason_text(str(facts["warning"])))
    return found


def _discipline(decisions: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence for each act, however many decisions there are on it."""
    acts: dict[str, list[str]] = {}
    for number, one in enumerate(decisions):
        who = _("Đảng") if one.get("kind") == "PARTY" else _("chính quyền")
        text = _("%(form)s (%(who)s) ngày %(day)s", form=one.get("form", ""), who=who, day=_day(one.get("on")))
        acts.setdefault(str(one.get("act") or number), []).append(text)
    told = [_("Bị kỷ luật: %(decisions)s.", decisions="; ".join(texts)) for texts in acts.values()]
    return [
        f"{text} {_('Cùng một hành vi nên tính một lần.')}" if len(texts) > 1 else text
        for text, texts in zip(told, acts.values(), strict=True)
    ]


def cell_text(line: tasks.TaskLine, key: str) -> str:
    """A value of a task as it stands in its field."""
    value = getattr(line, key)
    if isinstance(value, Decimal):
        return points_text(value)
    if isinstance(value, date):
        return format_date(value)
    return str(value) if value else ""


def _day(text: Any) -> str:
    return dmy(str(text)) if text else ""


def _common(sheet: PersonEvaluation) -> dict[str, Any]:
    return {
        "sheet": sheet,
        "cycle": sheet.cycle,
        "workflow": PERSON,
        "regime": regimes()[sheet.regime],
        "klass": class_word(sheet.klass),
        "facts": facts_in_words(sheet),
        "exit_text": exit_text(sheet.exit_code) if sheet.exit_code else "",
        "level_word": level_word,
        "badges": BADGES,
        "levels": [(code, str(_(RATINGS[code]))) for code in LEVEL_KEYS],
        "qualities": [(code, str(_(label))) for code, label in QUALITY_LABELS.items()],
        "points_text": points_text,
        "labels": {key: _(value) for key, value in LABELS.items()},
        "due": due_of(sheet.cycle, step_of(sheet.cycle, sheet.state)),
        "task_words": {key: _(value) for key, value in tasks.COLUMNS.items()},
        "mine": sheets.mine(sheet),
    }


def write_page(
    sheet: PersonEvaluation,
    content: Content | None = None,
    faults: Sequence[Fault] = (),
    stale: Stale | None = None,
    lines: Sequence[tasks.TaskLine] | None = None,
    cells: Mapping[str, str] | None = None,
    pasted: str = "",
) -> str:
    """The form of the self-assessment; what was typed stays where it was wrong."""
    scorer = Scorer(sheet.cycle)
    form = scorer.sheet(sheet.sheet_code)
    points = content.points if content is not None else sheet.points_self or {}
    evidence = content.evidence if content is not None else sheet.evidence or {}
    measures = content.measures if content is not None else sheet.measures or {}
    view = sheet_view(form, sheet.klass, own=points, evidence=evidence,
                      computed=computed_values(scorer, form, sheet.tasks, led_unit(sheet)))  # fmt: skip
    by_field: dict[str, list[str]] = {}
    for fault in faults:
        by_field.setdefault(fault.field, []).append(fault.message)
    return page(
        "evaluation/sheet_edit.html",
        title=_("Phiếu đánh giá") + f" · {sheet.person.full_name}",
        **_common(sheet),
        view=view,
        texts=content.texts if content is not None else sheet.texts_self or {},
        sections=[(key, _(TEXT_SECTIONS[key])) for key in self_sections(sheet.regime)],
        measures=measure_rows(sheet, measures, view.graded),
        level=content.level if content is not None else sheet.level_self,
        sums=totals(scorer, sheet, sheets.clean_points(points)),
        lines=lines if lines is not None else [tasks.line_of(task) for task in sheet.tasks],
        typed_cells=dict(cells or {}),
        cell_text=cell_text,
        ratios=ratios_in_words(scorer, sheet.tasks),
        previous=tasks.previous_sheet(sheet),
        pasted=pasted,
        faults=list(faults),
        by_field=by_field,
        differences=differences(stale),
        editor=stale.editor if stale else "",
        reform=_reform(sheet),
    )


def read_page(sheet: PersonEvaluation, faults: Sequence[Fault] = (), stale: Stale | None = None,
              rated: Mapping[str, Any] | None = None) -> str:  # fmt: skip
    """The whole sheet: points of all three columns, remarks, meeting, decision, why this level, history."""
    own = sheets.mine(sheet)
    hidden = hidden_from(sheet, own)
    scorer = Scorer(sheet.cycle)
    form = scorer.sheet(sheet.sheet_code)
    with order.shared():
        actions = [one.transition.code for one in PERSON.allowed_actions(sheet)]
    view = sheet_view(
        form, sheet.klass, own=sheet.points_self, unit={} if hidden else sheet.points_unit,
        decided={} if hidden else sheet.points_decided, evidence=sheet.evidence,
        computed=computed_values(scorer, form, sheet.tasks, led_unit(sheet)),
    )  # fmt: skip
    may_rate = sheet.state in (SELF_SUBMITTED, REMARKED) and not own and access.may("evaluation", "rate", sheet)
    return page(
        "evaluation/sheet.html",
        title=f"{sheet.person.full_name} · {sheet.cycle.name}",
        **_common(sheet),
        view=view,
        hidden=hidden,
        sums=totals(scorer, sheet, sheet.points_self),
        unit_sums=None if hidden or sheet.points_unit is None else totals(scorer, sheet, sheet.points_unit),
        texts=_texts(sheet.texts_self),
        texts_unit=[] if hidden else _texts(sheet.texts_unit),
        measures=measure_rows(sheet, sheet.measures, view.graded, grounds=not own),
        ratios=ratios_in_words(scorer, sheet.tasks),
        reasons=[] if hidden else _reasons(sheet),
        trace=[] if hidden else trace_in_words(sheet.trace),
        manual=MANUAL,
        may_rate=may_rate,
        rated=rated or {},
        may_edit=editable(sheet),
        actions=actions,
        feed=[] if hidden else _feed(sheet),
        passed=performed(sheet),
        state_label=lambda code: _(PERSON.state(code).label),
        step_label=lambda code: _(PERSON.transition(code).label),
        faults=list(faults),
        differences=differences(stale),
        editor=stale.editor if stale else "",
        reform=_reform(sheet),
        tabs=tabs(sheet.cycle, ""),
        out=sheet.state in OUT,
        more=[(label(), endpoint) for label, endpoint in MORE_LINKS if endpoint in current_app.view_functions],
        most=MOST_ROWS,
    )  # fmt: skip


# Pages about one sheet that other modules own: label, endpoint that takes ``evaluation_id``.
MORE_LINKS: list[tuple[Any, str]] = []


def _texts(given: Mapping[str, str] | None) -> list[tuple[str, str]]:
    return [(_(TEXT_SECTIONS[key]), value) for key, value in (given or {}).items() if key in TEXT_SECTIONS]


def _feed(sheet: PersonEvaluation) -> list[Any]:
    return history.of(sheet, 40) if access.may("evaluation", "export") or sheet.person_id == own_person_id() else []


def _reasons(sheet: PersonEvaluation) -> list[tuple[str, str]]:
    known = reasons()
    return [
        (reason_text(code), known[code].article_of(sheet.regime) if code in known else "")
        for code in sheet.reasons or ()
    ]


def _reform(sheet: PersonEvaluation) -> Any:
    """The index of administrative reform of the unit led, as it stands on its head's sheet."""
    unit_id = led_unit(sheet)
    if unit_id is None:
        return None
    found = reform_index.of_unit(unit_id, sheet.cycle.year)
    return found if found.rows else None


def lines_of(sheet: PersonEvaluation) -> dict[str, Any]:
    """The lines for the head's points, the own points beside them."""
    scorer = Scorer(sheet.cycle)
    form = scorer.sheet(sheet.sheet_code)
    unit = sheet.points_unit if sheet.points_unit is not None else sheet.points_self
    view = sheet_view(form, sheet.klass, own=sheet.points_self, unit=unit, evidence=sheet.evidence,
                      computed=computed_values(scorer, form, sheet.tasks, led_unit(sheet)))  # fmt: skip
    return {
        "title": "", "sheet": sheet, "view": view, "prefix": f"points.{sheet.id}.", "by_field": {},
        "texts": _texts(sheet.texts_self),
        "sums": totals(scorer, sheet, unit),
    }  # fmt: skip
