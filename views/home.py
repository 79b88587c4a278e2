"""The home page: what waits for me, what is late, what comes next; what it shows follows from one's rights."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands import desk
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.commands.staff_overview import retirement_of
from hrms.kernel import access
from hrms.kernel.jobs import actions
from views.case_list import state_badge
from views.guard import current_account
from views.rules import signed_in
from views.templating import page
from views.words import EVENT_KINDS
from views.words_policies import action_title


class HomeView(BaseView):
    """``/``: one's own desk."""

    route_base = ""
    default_view = "index"  # where FAB sends people who ask for "home"

    @expose("/")
    @signed_in
    def index(self) -> Any:
        works = access.may("case", "read") and access.may("unit", "read")  # a member of staff sees the own case only
        seen = desk.overview() if works else desk.Overview()
        queue = desk.waiting() if works else None
        evaluation, movements = desk.evaluation_work(), desk.movement_work()
        return page(
            "home.html",
            title="",
            works=works,
            queue=queue,
            awaiting=(queue.total if queue else 0) + movements.total + sum(one.count for one in evaluation),
            overdue=(queue.late if queue else 0) + sum(one.late for one in evaluation),
            states=_states(seen),
            rounds=seen.rounds,
            recent=desk.recent_steps() if works else [],
            retiring=desk.retiring_soon() if works and access.may("staff", "read") else None,
            own=None if works else _own(),
            health=_health() if access.may("system", "read") else None,
            step_label=lambda code: _(WORKFLOW.transition(code).label),
            state_label=lambda code: _(WORKFLOW.state(code).label),
            state_badge=state_badge,
            movements=movements,
            evaluation=[_evaluation_row(one) for one in evaluation],
            event_label=lambda kind: str(EVENT_KINDS.get(kind, kind)),
        )


# What waits for the actor in evaluation, in words, and the page where it is done.
EVALUATION_WORK: dict[str, Any] = {
    "own": _l("Tự đánh giá: phiếu của bạn"),
    "rate": _l("Nhận xét, đề nghị mức"),
    "synthesise": _l("Tổng hợp, đề xuất mức"),
    "quota": _l("Kiểm tra tỷ lệ"),
    "decide": _l("Quyết định mức"),
    "notify": _l("Thông báo kết quả"),
    "publish": _l("Công khai kết quả"),
    "petition": _l("Trả lời kiến nghị"),
    "collective": _l("Đánh giá tập thể"),
    "recognise": _l("Công nhận mức của tập thể"),
    "notify_unit": _l("Thông báo kết quả tập thể"),
}


def _evaluation_row(work: Any) -> dict[str, Any]:
    """A line of evaluation work: words, how many, until when, and where to."""
    if work.kind == "petition":
        href = url_for("EvaluationPetitionView.list", cycle_id=work.cycle_id, state="filed")
        if work.record_id is not None:
            href = url_for("EvaluationPetitionView.show", petition_id=work.record_id)
    elif work.record_id is not None:
        href = url_for("EvaluationSheetView.show", evaluation_id=work.record_id)
    elif work.kind in ("collective", "recognise", "notify_unit"):
        href = url_for("EvaluationCollectiveView.list", cycle_id=work.cycle_id)
    elif work.kind in ("decide", "notify", "publish"):
        href = url_for("EvaluationDecisionView.index", cycle_id=work.cycle_id, stage=work.kind)
    else:
        account = current_account()
        unit_id = account.unit_id if account is not None else None
        href = url_for("EvaluationView.show", cycle_id=work.cycle_id)
        if unit_id is not None:
            endpoint = "EvaluationUnitView.board" if work.kind == "rate" else "EvaluationUnitView.overview"
            href = url_for(endpoint, cycle_id=work.cycle_id, unit_id=unit_id)
    return {"label": str(EVALUATION_WORK[work.kind]), "work": work, "href": href}


def _states(seen: desk.Overview) -> list[dict[str, Any]]:
    """The states on the way, in order, with their cases: the numbers on top of the page."""
    return [
        {"code": state.code, "label": _(state.label), "cases": cases, "total": total}
        for state in WORKFLOW.states
        if state.kind != "closed"
        for cases, total in [seen.states.get(state.code, (0, 0))]
        if cases
    ]


def _own() -> dict[str, Any] | None:
    """A member of staff: the own record, cases and normal age."""
    account = current_account()
    if account is None or account.person_id is None or not access.may("staff", "read"):
        return None
    person = desk.own_person(account.person_id)
    if person is None:
        return None
    return {"person": person, "retirement": retirement_of(person), "cases": desk.own_cases(person.id)}


def _health() -> dict[str, Any]:
    found = desk.health()
    titles = {name: action_title(action.title) for name, action in actions().items()}
    never = [title for name, title in titles.items() if name not in {run.action for run in found.last_runs}]
    return {"found": found, "titles": titles, "never": never}
