"""What a change of the law moves: open cases whose amount changes, decided cases that would have come out otherwise.

Both are asked with the facts of their stored calculation, so that what differs is the law's doing alone. Nothing of a
case is touched; where the change is already law, amendments of the decided cases are opened from here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, insert, select, update

from hrms.commands.law.current import PROPOSED, current_store
from hrms.commands.law.proposals import bundle_of, laid_over, override_of
from hrms.commands.restructuring.amendments import AmendCase
from hrms.commands.restructuring.comparison import Answer, Comparison, difference
from hrms.commands.restructuring.words import DECIDED, OPEN, PAID, REFUSED, WITHDRAWN
from hrms.kernel import access, clock, jobs
from hrms.kernel.commands import Command, execute, transaction
from hrms.kernel.db import db, dump_json
from hrms.kernel.errors import Fault, HrmsError, Refused
from models.law import LawImpact, LawImpactRow, ParameterOverride
from models.restructuring import CaseCalculation, DownsizingCase
from models.staff import Person
from policies import api
from policies.engine.errors import CaseFaults
from policies.engine.parameters import ParameterStore

KIND, AMEND_KIND = "law_impact", "law_amendments"
CHUNK = 100  # cases looked at together
IN_OPEN, IN_DECIDED = "open", "decided"
SETTLED = (DECIDED, PAID)


@dataclass(frozen=True)
class Moved:
    """One case under the other law: ``comparison`` is ``None`` where that law gives no answer (``note`` says why)."""

    case_id: int
    part: str
    old_total: int
    comparison: Comparison | None
    note: str = ""


def impact_of_store(store: ParameterStore, case_ids: Sequence[int]) -> Iterator[Moved]:
    """The cases among ``case_ids`` that ``store`` moves, in order. Two statements; reads nothing outside the scope."""
    query = access.restrict(
        select(DownsizingCase.id, DownsizingCase.state, CaseCalculation)
        .join(CaseCalculation, CaseCalculation.id == DownsizingCase.calculation_id)
        .where(DownsizingCase.id.in_(case_ids))
        .order_by(DownsizingCase.id),
        DownsizingCase,
    )
    for case_id, state, known in db.session.execute(query):
        part = IN_OPEN if state in OPEN else IN_DECIDED
        try:
            result = json.loads(dump_json(api.calculate(known.inputs, store).to_dict()))
        except CaseFaults as error:
            yield Moved(case_id, part, known.total, None, "; ".join(fault.message for fault in error.faults)[:400])
            continue
        found = difference(known, Answer(known.inputs, result, api.ENGINE_VERSION, store.fingerprint))
        if not found.same:
            yield Moved(case_id, part, known.total, found)


def looked_at() -> Select[Any]:
    """Ids of the cases an impact looks at: open ones and decided ones in force, with a calculation, in scope."""
    query = select(DownsizingCase.id).where(
        DownsizingCase.state.in_((*OPEN, *SETTLED)), DownsizingCase.calculation_id.is_not(None)
    )
    return access.restrict(query, DownsizingCase).order_by(DownsizingCase.id)


def store_with(override_ids: Iterable[int]) -> ParameterStore:
    """The law in force with these proposals laid over it; what was approved or rejected meanwhile adds nothing."""
    query = select(ParameterOverride).where(
        ParameterOverride.id.in_(list(override_ids)), ParameterOverride.state == PROPOSED
    )
    return laid_over(current_store(), db.session.scalars(query.order_by(ParameterOverride.id)))


@dataclass
class MeasureImpact(Command[LawImpact]):
    """Look in the background at what a proposal (with all of its file) would move; without one, at the law in force.

    Needs ``parameter:impact``; the list holds the cases the asker may read.
    """

    override_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "impact")
        access.require("case", "read")
        self._rows = [] if self.override_id is None else bundle_of(override_of(self.override_id))
        return ()

    def run(self) -> LawImpact:
        waiting = [row for row in self._rows if row.state == PROPOSED]
        if waiting:
            title = _("Tác động nếu duyệt %(document)s", document=waiting[0].document)
        else:
            title = _("Tác động của luật đang áp dụng đến các hồ sơ")
        impact = LawImpact(title=title[:200], override_ids=[row.id for row in waiting])
        db.session.add(impact)
        db.session.flush()
        impact.job_id = jobs.enqueue(KIND, title, {"impact_id": impact.id}).id
        return impact

    def replay(self, receipt: Any) -> LawImpact:
        return access.get(LawImpact, receipt)


@jobs.kind(KIND)
def _run(payload: Any, progress: jobs.Progress) -> Any:
    impact_id = int(payload["impact_id"])
    impact = access.get(LawImpact, impact_id, "impact")
    store = store_with(impact.override_ids)
    ids = list(db.session.scalars(looked_at()))
    with transaction():  # also when a crashed run begins again
        db.session.execute(delete(LawImpactRow).where(LawImpactRow.impact_id == impact_id))
    counts: dict[str, int] = dict.fromkeys(("open_moved", "decided_moved", "failed", "open_delta", "decided_delta"), 0)
    for start in range(0, len(ids), CHUNK):
        rows = [_row(impact_id, moved, counts) for moved in impact_of_store(store, ids[start : start + CHUNK])]
        if rows:
            with transaction():
                db.session.execute(insert(LawImpactRow), rows)
        db.session.expunge_all()
        progress.step(min(start + CHUNK, len(ids)), len(ids))
    with transaction():
        values = {**counts, "looked_at": len(ids), "finished": True, "fingerprint": store.fingerprint}
        db.session.execute(update(LawImpact).where(LawImpact.id == impact_id).values(**values))
    return {
        "message": _(
            "Đã xem %(n)s hồ sơ: %(open)s hồ sơ đang xử lý đổi số tiền, %(decided)s hồ sơ đã quyết định sẽ khác.",
            n=len(ids),
            open=counts["open_moved"],
            decided=counts["decided_moved"],
        ),
        "link": f"/parameters/law/impacts/{impact_id}",
    }


def _row(impact_id: int, moved: Moved, counts: dict[str, int]) -> dict[str, Any]:
    found = moved.comparison
    if found is None:
        counts["failed"] += 1
    else:
        counts[f"{moved.part}_moved"] += 1
        counts[f"{moved.part}_delta"] += found.delta
    changed = [line for line in found.lines if line.changed] if found else []
    note = moved.note
    if found is not None and not found.delta and found.figures:
        note = "; ".join(figure.label for figure in found.figures)[:400]
    return {
        "impact_id": impact_id,
        "case_id": moved.case_id,
        "part": moved.part,
        "old_total": moved.old_total,
        "new_total": found.new_total if found else None,
        "delta": found.delta if found else None,
        "lines": [{"code": x.code, "label": x.label, "old": x.old, "new": x.new} for x in changed],
        "parameters": [value.label for value in found.parameters] if found else [],
        "note": note,
    }


def is_law_now(impact: LawImpact) -> bool:
    """Whether the values the list was made with are those in force: only then amendments would show the new amounts."""
    return impact.finished and impact.fingerprint == current_store().fingerprint


def amendments_of(case_ids: Iterable[int]) -> dict[int, str]:
    """By case id, the label of the amendment that is under way or already decided; one statement."""
    query = select(DownsizingCase).where(
        DownsizingCase.amends_id.in_(list(case_ids)), DownsizingCase.state.not_in((REFUSED, WITHDRAWN))
    )
    return {case.amends_id: case.label for case in db.session.scalars(query) if case.amends_id is not None}


@dataclass(frozen=True)
class AmendOutcome:
    """What became of one case: the amendment's id and number, or every reason why there is none."""

    case_id: int
    label: str
    person: str
    amendment_id: int | None = None
    amendment: str = ""
    messages: list[str] = field(default_factory=list)


def check_amending(impact: LawImpact, reason: str) -> list[Fault]:
    """Why no amendments can be opened from this list now; empty when they can."""
    faults: list[Fault] = []
    if not is_law_now(impact):
        text = _("Danh sách này không còn khớp luật đang áp dụng. Hãy duyệt thay đổi rồi lập lại danh sách tác động.")
        faults.append(Fault("", text, code="other_law"))
    if not reason.strip():
        faults.append(Fault("reason", _("Chưa ghi lý do điều chỉnh.")))
    return faults


def decided_rows(impact: LawImpact, row_ids: Sequence[int]) -> list[tuple[int, str, str, int, int | None]]:
    """Of the picked rows the decided cases: case id, label, person, old and new total (đồng)."""
    query = access.restrict(
        select(LawImpactRow, DownsizingCase, Person.full_name)
        .join(DownsizingCase, DownsizingCase.id == LawImpactRow.case_id)
        .join(Person, Person.id == DownsizingCase.person_id)
        .where(LawImpactRow.impact_id == impact.id, LawImpactRow.id.in_(list(row_ids)), LawImpactRow.part == IN_DECIDED)
        .order_by(LawImpactRow.id),
        LawImpactRow,
    )
    return [(case.id, case.label, name, row.old_total, row.new_total) for row, case, name in db.session.execute(query)]


def open_amendments(
    impact: LawImpact,
    row_ids: Sequence[int],
    *,
    reason: str,
    document: str,
    document_date: date | None,
    key: str,
    progress: jobs.Progress | None = None,
) -> list[AmendOutcome]:
    """Open the amendment of every picked decided case, each in its own transaction; the same ``key`` opens none twice.

    Raises :class:`Refused` when the list is not of the law in force or the reason is missing.
    """
    faults = check_amending(impact, reason)
    if faults:
        raise Refused(faults)
    found: list[AmendOutcome] = []
    rows = decided_rows(impact, row_ids)
    for number, (case_id, label, person, _old, _new) in enumerate(rows, start=1):
        command = AmendCase(case_id, reason, document, document_date)
        try:
            made = execute(command, key=f"{key}:{case_id}" if key else "")
            found.append(AmendOutcome(case_id, label, person, made.id, made.label))
        except Refused as error:
            found.append(AmendOutcome(case_id, label, person, messages=[fault.message for fault in error.faults]))
        except HrmsError as error:
            found.append(AmendOutcome(case_id, label, person, messages=[error.message]))
        if progress is not None:
            db.session.expunge_all()
            progress.step(number, len(rows))
    return found


def amend_in_background(
    impact: LawImpact, row_ids: Sequence[int], *, reason: str, document: str, document_date: date | None, key: str
) -> jobs.JobRun:
    """The same for a long list; refused at once when it cannot be done."""
    faults = check_amending(impact, reason)
    if faults:
        raise Refused(faults)
    title = _("Lập bản điều chỉnh cho %(n)s hồ sơ đã quyết định", n=len(row_ids))
    return jobs.enqueue(
        AMEND_KIND,
        title,
        {
            "impact_id": impact.id,
            "rows": list(row_ids),
            "reason": reason,
            "document": document,
            "document_date": document_date.isoformat() if document_date else None,
            "key": key or f"law-{impact.id}-{clock.now():%Y%m%d%H%M%S}",
        },
    )


@jobs.kind(AMEND_KIND)
def _amend(payload: Any, progress: jobs.Progress) -> Any:
    impact = access.get(LawImpact, payload["impact_id"], "impact")
    day = payload["document_date"]
    outcomes = open_amendments(
        impact,
        payload["rows"],
        reason=payload["reason"],
        document=payload["document"],
        document_date=date.fromisoformat(day) if day else None,
        key=payload["key"],
        progress=progress,
    )
    made = sum(1 for outcome in outcomes if outcome.amendment_id is not None)
    stayed = [f"{o.label}: {'; '.join(o.messages)}" for o in outcomes if o.amendment_id is None]
    return {
        "message": _("%(made)s bản điều chỉnh đã lập, %(stayed)s hồ sơ không lập được.", made=made, stayed=len(stayed)),
        "lines": stayed[:200],
        "outcomes": [asdict(outcome) for outcome in outcomes],
        "link": f"/parameters/law/impacts/{payload['impact_id']}",
    }
