"""What the page of one movement case shows, put together from its record; each part asks the database once."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from hrms.commands.dossiers import missing
from hrms.commands.rotation import dossier, guards, handover, queries, remarks, waivers
from hrms.commands.rotation.files import may_work
from hrms.commands.rotation.papers import PAPER_KINDS
from hrms.commands.rotation.words import DECIDED, DONE, FOR_A_TIME, LABELS, LUAN_CHUYEN, PREPARING, PROPOSED, RUNNING
from hrms.commands.rotation.workflow import WORKFLOW
from hrms.kernel import access, attachments, history
from hrms.kernel.workflow import AllowedAction, TransitionRecord, performed
from models.rotation import MovementCase, MovementRemark, MovementWaiver
from reports.rotation.makers import EXCEPTIONAL, offered
from views.dossier_sheet import papers_of
from views.handover_sheet import rows_of
from views.movement_forms import RemarkForm, StepForm, WaiverForm, step_defaults

# Columns the effects keep for themselves: the steps beside them say what happened.
TECHNICAL = frozenset(
    {"kept_allowance", "made_appointment_id", "applied_at", "undone_at", "effect", "checked_on", "from_appointment_id"}
)
LONG_SCHEDULE = 12  # months of a kept allowance shown at once; a longer schedule is folded


@dataclass(frozen=True)
class Check:
    """One line of the card of conditions: ``kind`` y (nothing against it), x (a warning), b (refused)."""

    kind: str
    text: str
    article: str = ""
    mark: str = ""


@dataclass
class MovePage:
    """Everything the template asks for."""

    case: MovementCase
    actions: list[AllowedAction]
    steps: list[TransitionRecord]
    bar: Any
    checks: list[Check]
    trace: list[dict[str, Any]]
    next_step: str
    status: str
    two_bodies: bool
    remarks: list[MovementRemark]
    files: list[attachments.Attachment]
    papers: list[tuple[str, str, bool]]
    may_edit: bool
    may_work: bool
    may_hand_over: bool
    may_remark: bool
    may_print: bool = False
    may_note: bool = False
    waivers: list[MovementWaiver] = field(default_factory=list)
    waivable: list[dict[str, Any]] = field(default_factory=list)
    may_waive: bool = False
    forms: dict[str, Any] = field(default_factory=dict)

    @property
    def preparing(self) -> bool:
        return self.case.state in PREPARING

    @property
    def target_open(self) -> bool:
        """Whether kind and target may still change."""
        return self.case.state == PROPOSED

    @property
    def absent(self) -> int:
        """Papers of the dossier that are required and not there."""
        return len(missing(self.case.dossier)) if self.case.kind == LUAN_CHUYEN else 0

    @property
    def kept(self) -> dict[str, Any] | None:
        return self.case.kept_allowance or None

    @property
    def kept_total(self) -> int:
        return sum(row["difference"] for row in (self.kept or {}).get("rows", ()))

    @property
    def handed(self) -> int:
        return sum(1 for item in self.case.handover if item.done_on is not None)


def assemble(case: MovementCase, **forms: Any) -> MovePage:
    """The page; ``forms`` are those that came back with errors."""
    both = guards.two_bodies(case)
    following = queries.next_step(case)
    files = attachments.of(case)
    with_remarks = case.kind in FOR_A_TIME and case.state in (RUNNING, DONE)
    hands_over = (
        case.state in handover.WHILE and case.handed_over_on is None and access.may("movement", "hand_over", case)
    )
    concerned = case.state in PREPARING and waivers.concerned(case)
    with_papers = {"dossier": papers_of(case, files) if case.kind == LUAN_CHUYEN else []}
    return MovePage(
        case=case,
        actions=queries.actions(case),
        steps=performed(case),
        bar=bar_of(case, both),
        checks=checks_of(case),
        trace=list((case.checks or {}).get("trace") or ()),
        next_step=_(WORKFLOW.transition(following).label) if following else "",
        status=queries.status_text(case),
        two_bodies=both,
        remarks=remarks.remarks_of(case.id) if with_remarks else [],
        files=files,
        papers=paper_urls(case, both),
        may_edit=case.state in PREPARING and access.may("movement", "prepare", case),
        may_work=may_work(case),
        may_hand_over=hands_over,
        may_remark=with_remarks
        and access.may("movement", "remark", case)
        and access.in_scope(case.to_unit_id, "movement", "remark"),
        may_print=access.may("movement", "print", case),
        may_note=dossier.may_note(case),
        waivers=list(case.waivers) if concerned else [],
        waivable=waivers.standing(case) if concerned else [],
        may_waive=concerned and waivers.may_grant(case),
        forms={
            "remark": RemarkForm(None),
            "waiver": WaiverForm(None),
            **with_papers,
            **({"handover": rows_of(case)} if hands_over else {}),
            **forms,
        },
    )


def bar_of(case: MovementCase, two_bodies: bool) -> Any:
    """The states this case goes through: no agreement inside one agency, no running of a move for good."""
    left_out = {"running"} if case.kind not in FOR_A_TIME else {"effective", "handed_over"}
    if not two_bodies:
        left_out.add("agreed")
    states = [state for state in WORKFLOW.states if state.code not in left_out or state.code == case.state]
    return SimpleNamespace(states=states, state_of=WORKFLOW.state_of)


def checks_of(case: MovementCase) -> list[Check]:
    """What the rules and the records said when they were last asked, what refuses first."""
    kept = case.checks or {}
    found = [Check("b", row["text"], row["article"], row["mark"]) for row in kept.get("refusals") or ()]
    warned = [Check("x", row["text"], row["article"], row["mark"]) for row in kept.get("warnings") or ()]
    if case.state in (*PREPARING, DECIDED):
        for row in kept.get("records") or ():
            (found if row["blocks"] else warned).append(
                Check("b" if row["blocks"] else "x", row["message"], row["article"])
            )
    if kept and not found and "allowed" in kept:
        warned.append(Check("y", _("Không có quy định nào ngăn cản việc này.")))
    return [*found, *warned]


def paper_urls(case: MovementCase, two_bodies: bool) -> list[tuple[str, str, bool]]:
    """(address, words, whether it is for what may happen later) of every paper the case can be printed as now; none
    without the right to print."""
    if not access.may("movement", "print", case):
        return []
    later = EXCEPTIONAL if case.state not in ("done", "revoked") else ()
    return [
        (url_for("MovementView.paper", move_id=case.id, paper=kind), _(PAPER_KINDS[kind]), kind in later)
        for kind in offered(case, two_bodies=two_bodies)
    ]


def step_forms(page: MovePage, posted: dict[str, StepForm] | None = None) -> dict[str, StepForm]:
    """A form per offered step; the one that came back with errors as it was typed."""
    made = {
        action.transition.code: StepForm(
            None, data=step_defaults(page.case, action.transition.code), prefix=f"{action.transition.code}-"
        )
        for action in page.actions
    }
    made.update(posted or {})
    for action in page.actions:
        made[action.transition.code].reason.flags.required = action.transition.needs_reason
    return made


def foot(case: MovementCase, full: bool) -> dict[str, Any]:
    """The history at the foot, by right."""
    if not access.may("history", "read"):
        return {"entries": [], "comments": []}
    entries = [entry for entry in history.of(case, limit=300 if full else 16) if entry.field not in TECHNICAL]
    return {"entries": entries, "comments": history.comments_of(case)}


def all_labels() -> dict[str, str]:
    """Names of the fields of a case, for its history."""
    return {name: _(words) for name, words in LABELS.items()}


__all__ = ["MovePage", "all_labels", "assemble", "foot", "paper_urls", "step_forms"]
