"""One step for many cases: each in its own transaction, so that one case that may not move does not hold the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.restructuring.queries import CaseFilter, case_query
from hrms.commands.restructuring.steps import Perform
from hrms.commands.restructuring.workflow import WORKFLOW
from hrms.kernel import access, jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError, NotAllowed, Refused
from hrms.kernel.workflow import Transition
from models.restructuring import CaseBatch, DownsizingCase

KIND = "advance_cases"
DAYS = frozenset({"decision_date", "paid_on", "document_date"})


@dataclass(frozen=True)
class StepOutcome:
    """What became of one case: moved, or every reason why it stayed."""

    case_id: int
    label: str
    person: str
    moved: bool
    messages: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class OfferedStep:
    """A step the actor may take on cases of a round, and how many of them stand where it begins."""

    transition: Transition
    waiting: int


def offered(batch: CaseBatch) -> list[OfferedStep]:
    """The forward steps of the workflow that apply to cases of the round now; one statement."""
    query = access.restrict(
        select(DownsizingCase.state, func.count()).where(DownsizingCase.batch_id == batch.id), DownsizingCase
    ).group_by(DownsizingCase.state)
    counts = dict(db.session.execute(query).tuples().all())
    found: list[OfferedStep] = []
    for step in WORKFLOW.transitions:
        waiting = sum(counts.get(source, 0) for source in step.sources)
        if step.primary and waiting and access.may(WORKFLOW.resource, step.permission):
            found.append(OfferedStep(step, waiting))
    return found


def waiting_ids(batch: CaseBatch, action: str) -> list[int]:
    """The cases of the round that stand where ``action`` begins, in scope. Raises :class:`NotAllowed`."""
    step = next((s for s in WORKFLOW.transitions if s.code == action and s.primary), None)
    if step is None or not access.may(WORKFLOW.resource, step.permission):
        raise NotAllowed()
    query = case_query(CaseFilter(batch_id=batch.id, states=step.sources)).order_by(DownsizingCase.id)
    return list(db.session.scalars(query.with_only_columns(DownsizingCase.id)))


def advance(
    case_ids: Sequence[int],
    action: str,
    grounds: Mapping[str, Any],
    *,
    key: str,
    progress: jobs.Progress | None = None,
) -> list[StepOutcome]:
    """Take ``action`` on each case; ``grounds`` are the fields of :class:`Perform` that all of them share.

    The same ``key`` again takes no step twice.
    """
    found: list[StepOutcome] = []
    for number, case_id in enumerate(case_ids, start=1):
        case = db.session.scalar(case_query().where(DownsizingCase.id == case_id))
        if case is None:
            continue
        label, person = case.label, case.person.full_name
        try:
            execute(Perform(case_id, action, **grounds), key=f"{key}:{case_id}")
            found.append(StepOutcome(case_id, label, person, True))
        except Refused as error:
            messages = [f"{f.message} ({f.article})" if f.article else f.message for f in error.faults]
            found.append(StepOutcome(case_id, label, person, False, messages))
        except HrmsError as error:
            found.append(StepOutcome(case_id, label, person, False, [error.message]))
        if progress is not None:
            db.session.expunge_all()  # a long list must not grow the session; a page still needs its account
            progress.step(number, len(case_ids))
    return found


def advance_in_background(
    batch: CaseBatch, case_ids: Sequence[int], action: str, grounds: Mapping[str, Any], *, key: str
) -> jobs.JobRun:
    """The same for a long list."""
    title = _(
        "“%(step)s” cho %(count)s hồ sơ của %(batch)s",
        step=_(WORKFLOW.transition(action).label),
        count=len(case_ids),
        batch=batch.name,
    )
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in grounds.items()}
    return jobs.enqueue(
        KIND, title[:200], {"batch_id": batch.id, "ids": list(case_ids), "action": action, "grounds": plain, "key": key}
    )


@jobs.kind(KIND)
def _run(payload: Any, progress: jobs.Progress) -> Any:
    grounds = {
        name: date.fromisoformat(value) if name in DAYS and value else value
        for name, value in payload["grounds"].items()
    }
    outcomes = advance(payload["ids"], payload["action"], grounds, key=payload["key"], progress=progress)
    moved = sum(1 for outcome in outcomes if outcome.moved)
    return {
        "message": _("%(moved)s hồ sơ đã chuyển, %(stayed)s hồ sơ ở lại.", moved=moved, stayed=len(outcomes) - moved),
        "outcomes": [asdict(outcome) for outcome in outcomes],
        "batch_id": payload["batch_id"],
        "link": f"/batches/{payload['batch_id']}/outcomes/{progress.job_id}",
    }
