"""What the page of one case shows, put together tab by tab; each tab asks the database only for what it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hrms.commands.explanation import Explained, explain, value_words
from hrms.commands.pension import salary_history
from hrms.commands.restructuring import amendments, calculation, comparison, dossier, funding, guards, papers, queries
from hrms.commands.restructuring.requests import overrides_of
from hrms.commands.restructuring.rights import may_attach, may_work
from hrms.commands.restructuring.words import (
    ANNEXES,
    BENEFITS,
    CORRECTABLE,
    DECREES,
    FINANCE_REVIEW,
    LABELS,
    N_,
    OPEN,
    PAPER_KINDS,
    SETTLED,
)
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.commands.trial import Trial, try_out
from hrms.kernel import access, attachments, history
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import months_to_words
from hrms.kernel.workflow import AllowedAction, Obstacle, TransitionRecord, performed
from models.restructuring import CaseCalculation, DownsizingCase
from models.vocabulary import CATEGORIES, SEXES
from views.case_forms import FactForm, MeetingForm, StepForm, YearForm, step_defaults
from views.charting import leave_figure

TABS = ("entitlement", "options", "review", "dossier", "facts", "finance", "papers", "history")
# What a passed check is called; a check that did not pass speaks for itself.
PASSED = {
    guards.calculated: N_("Đủ số liệu để tính chế độ"),
    guards.eligible: N_("Đủ điều kiện theo quy định"),
    guards.eligible_or_known: N_("Đủ điều kiện theo quy định"),
    guards.application_there: N_("Đã có đơn hoặc không thuộc diện tự nguyện"),
    guards.one_case_at_a_time: N_("Không có hồ sơ khác của người này"),
    guards.meeting_held: N_("Đã họp xét, có biên bản và kết luận"),
    guards.assessed_three_years: N_("Đã đánh giá 03 năm gần nhất"),
    guards.dossier_complete: N_("Đủ giấy tờ bắt buộc"),
    guards.dossier_known: N_("Đủ giấy tờ bắt buộc"),
    guards.lines_answered: N_("Đã giải trình các khoản bị trả lại"),
    guards.endorsed: N_("Tài chính đã xác nhận kinh phí"),
}


_ORDER = ("decree", "benefit", "person", "salary", "restructuring", "leave", "circumstances", "facts")
_TABLES = {
    "person.sex": SEXES,
    "person.category": CATEGORIES,
    "person.retirement_annex": ANNEXES,
    "decree": DECREES,
    "benefit": BENEFITS,
}


@dataclass(frozen=True)
class Check:
    """One line of the side card: ``kind`` y (passed), x (a warning), b (blocks)."""

    kind: str
    text: str
    article: str = ""


@dataclass
class CasePage:
    """Everything the template asks for. ``explained`` is None while the case cannot be computed."""

    case: DownsizingCase
    tab: str
    actions: list[AllowedAction]
    steps: list[TransitionRecord]
    row: CaseCalculation | None
    explained: Explained | None
    faults: list[Fault]
    checks: list[Check]
    next_step: str
    versions: list[DownsizingCase]
    papers_there: int
    papers_wanted: int
    may_edit: bool
    may_attach: bool
    may_recompute: bool
    more: dict[str, Any] = field(default_factory=dict)


def assemble(case: DownsizingCase, tab: str, **forms: Any) -> CasePage:
    """The page for ``tab``; ``forms`` replace the tab's own when they come back with errors."""
    row = calculation.current(case)
    steps = performed(case)
    following = queries.next_step(case)
    required = [item for item in case.checklist if item.required]
    page = CasePage(
        case=case,
        tab=tab if tab in TABS else TABS[0],
        actions=WORKFLOW.allowed_actions(case),
        steps=steps,
        row=row,
        explained=explain(row.result) if row is not None else None,
        faults=calculation.calculate(case).faults if row is None else [],
        checks=_checks(case, following),
        next_step=_(queries.next_step_label(case)) if following else "",
        versions=amendments.versions_of(case)
        if case.revision > 1 or case.state in (*SETTLED, "superseded")
        else [case],
        papers_there=sum(1 for item in required if item.present),
        papers_wanted=len(required),
        may_edit=may_work(case),
        may_attach=may_attach(case),
        may_recompute=case.state in OPEN
        and any(access.may("case", action, case) for action in ("edit", "review", "appraise", "finance")),
    )
    builder = {
        "entitlement": _entitlement,
        "options": _options,
        "review": _review,
        "dossier": _dossier,
        "facts": _facts,
        "finance": _finance,
        "papers": _papers,
        "history": _history,
    }[page.tab]
    page.more = {**builder(page), **forms}
    return page


def _checks(case: DownsizingCase, following: str) -> list[Check]:
    """What the next step asks for, passed or not, each with its article."""
    if not following:
        return []
    found: list[Check] = []
    for guard in WORKFLOW.transition(following).guards:
        met = list(guard(case))
        if met:
            found.extend(_check(obstacle) for obstacle in met)
        elif guard in PASSED:
            found.append(Check("y", _(PASSED[guard])))
    return sorted(found, key=lambda check: "bxy".index(check.kind))


def _check(obstacle: Obstacle) -> Check:
    return Check("b" if obstacle.blocks else "x", obstacle.message, obstacle.article)


def _entitlement(page: CasePage) -> dict[str, Any]:
    trial = _trial(page)
    changed = None
    if page.row is not None:
        if page.case.revision > 1 and page.case.amends_id is not None:
            changed = comparison.amendment_difference(page.case)
        else:
            older = [row for row in calculation.calculations_of(page.case) if row.id < page.row.id]
            changed = comparison.difference(older[0], page.row) if older else None
    return {
        "changed": changed if changed is not None and not changed.same else None,
        "figure": leave_figure(trial, page.case.leave_date, small=True) if trial else None,
        "reasons": comparison.REASONS,
        "value_words": value_words,
        "remarks": _line_remarks(page.case),
        "may_answer": _may_answer(page.case),
        "sends_back": page.case.state == FINANCE_REVIEW and access.may("case", "finance", page.case),
    }


def _may_answer(case: DownsizingCase) -> bool:
    return WORKFLOW.state_of(case).kind != "closed" and any(
        access.may("case", action, case) for action in ("finance", "appraise", "edit", "review")
    )


def _line_remarks(case: DownsizingCase) -> dict[str, list[history.Comment]]:
    found: dict[str, list[history.Comment]] = {}
    for comment in history.comments_of(case):
        if comment.subject.startswith("line:"):
            found.setdefault(comment.subject.removeprefix("line:"), []).append(comment)
    return found


def _trial(page: CasePage, *, every_decree: bool = True) -> Trial | None:
    if page.row is None:
        return None
    try:
        return try_out(page.row.inputs, every_decree=every_decree, salaries=salary_history(page.case.person_id))
    except Refused:
        return None


def _options(page: CasePage) -> dict[str, Any]:
    trial = _trial(page)
    return {"trial": trial, "figure": leave_figure(trial, page.case.leave_date) if trial else None}


def _review(page: CasePage) -> dict[str, Any]:
    case = page.case
    years = {
        row.year: YearForm(None, obj=row, prefix=f"y{row.year}-")
        for row in sorted(case.assessments, key=lambda r: r.year)
    }
    return {"meeting_form": MeetingForm(None, obj=case), "years": years}


def _dossier(page: CasePage) -> dict[str, Any]:
    files: dict[str, list[attachments.Attachment]] = {}
    for file in attachments.of(page.case):
        files.setdefault(file.kind, []).append(file)
    return {"files": files, "paper_of": dossier.paper, "item_form": None, "item_id": None}


def _facts(page: CasePage) -> dict[str, Any]:
    inputs = calculation.inputs_of(page.case)
    stored = page.row.inputs if page.row is not None else inputs.case
    rows = []
    for path, label in sorted(comparison.INPUT_LABELS.items(), key=lambda pair: _ORDER.index(pair[0].split(".")[0])):
        value = _look_up(stored, path)
        if value is not None:
            rows.append((path, label, value_words(_in_words(path, value)), inputs.sources.get(path)))
    return {
        "fact_rows": rows,
        "remarks_of_facts": inputs.remarks,
        "missing": inputs.missing,
        "overrides": [
            (key, CORRECTABLE[key].label, value_words(entry["value"]), entry["document"])
            for key, entry in overrides_of(page.case).items()
            if key in CORRECTABLE
        ],
        "fact_form": FactForm(None),
        "frozen": page.row is not None and page.row.frozen,
    }


def _in_words(path: str, value: Any) -> Any:
    """A fact of the contract's case as people read it; what needs no special word goes through."""
    if path.endswith("_months") and isinstance(value, int) and not isinstance(value, bool):
        return _("%(words)s (%(months)s tháng)", words=months_to_words(value), months=value)
    table = _TABLES.get(path)
    return _(table.get(value, value)) if table is not None else value


def _look_up(case: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(case, dict) or name not in case:
            return None
        case = case[name]
    return case


def _finance(page: CasePage) -> dict[str, Any]:
    case = page.case
    lines = []
    if page.row is not None:
        lines = funding.funded_lines(
            page.row.result,
            case.decree_found,
            case.funding_source,
            public_service_unit=case.unit.kind == "service_unit",
        )
    return {
        "funded": lines,
        "remarks": _line_remarks(case),
        "waiting": {c.subject.removeprefix("line:") for c in guards.sent_back(case, page.steps)},
        "may_answer": _may_answer(case),
        "sends_back": case.state == FINANCE_REVIEW and access.may("case", "finance", case),
        "paid_before": amendments.paid_before(case) if case.amends_id else 0,
        "payable": amendments.payable(case),
    }


def _papers(page: CasePage) -> dict[str, Any]:
    return {"printed": papers.papers_of(page.case), "kinds": PAPER_KINDS, "signs": papers.SIGNS, "number_forms": {}}


def _history(page: CasePage) -> dict[str, Any]:
    return {}


def foot(case: DownsizingCase, full: bool) -> dict[str, Any]:
    """The history at the foot: everything on its own tab, the latest entries elsewhere; by right."""
    if not access.may("history", "read"):
        return {"entries": [], "comments": []}
    return {"entries": history.of(case, limit=300 if full else 12), "comments": history.comments_of(case)}


def all_labels() -> dict[str, str]:
    """Names of the fields of a case, for its history."""
    return {name: _(words) for name, words in LABELS.items()}


def step_forms(page: CasePage, posted: dict[str, StepForm] | None = None) -> dict[str, StepForm]:
    """A form per offered step; the one that came back with errors as it was typed."""
    decision = None
    if any(action.transition.code == "decide" for action in page.actions):
        decision = papers.numbered_decision(page.case)
    defaults = step_defaults(page.case, decision)
    made = {
        action.transition.code: StepForm(None, data=defaults, prefix=f"{action.transition.code}-")
        for action in page.actions
    }
    made.update(posted or {})
    for action in page.actions:
        form = made[action.transition.code]
        form.reason.flags.required = action.transition.needs_reason
        form.article.flags.required = action.transition.needs_article
    return made


def tab_url(case: DownsizingCase, tab: str) -> str:
    return url_for("CaseView.show", case_id=case.id, tab=None if tab == TABS[0] else tab)
