"""One step of the workflow for many records in one transaction: each row moves or tells every reason why it stays.

``Workflow.perform`` asks the database several times per record; two thousand sheets must move in seconds. The rights
are checked with one restricted query, separation of duties with one, guards share what :mod:`order` remembers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select

from hrms.commands.evaluation import order
from hrms.kernel import access, actor, clock
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.history import record_type
from hrms.kernel.workflow import TransitionRecord, Workflow

CHUNK = 500  # ids per IN list: SQLite and PostgreSQL both like it
LIMIT = 2000


def parts(ids: Iterable[int]) -> Iterator[list[int]]:
    """``ids`` in pieces a database takes in one IN list."""
    every = list(ids)
    for start in range(0, len(every), CHUNK):
        yield every[start : start + CHUNK]


Check = Callable[[Any], Iterable[Fault]]


@dataclass
class StepResult:
    """``moved`` ids; ``stayed``: id → every fault."""

    moved: list[int] = field(default_factory=list)
    stayed: dict[int, list[Fault]] = field(default_factory=dict)

    def to_plain(self) -> dict[str, Any]:
        return {
            "moved": self.moved,
            "stayed": {str(key): [fault.to_dict() for fault in faults] for key, faults in self.stayed.items()},
        }

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> StepResult:
        faults = {
            int(key): [Fault(**{"field": "", "message": "", **one}) for one in rows]
            for key, rows in plain["stayed"].items()
        }
        return cls(list(plain["moved"]), faults)


def load_many(model: type[Any], ids: Sequence[int], *, lock: bool = True, options: tuple[Any, ...] = ()) -> list[Any]:
    """The records of ``ids`` the actor may read, in the order asked, their rows held. Ids out of scope are left out."""
    found: dict[int, Any] = {}
    for part in parts(ids):
        query = access.restrict(select(model).where(model.id.in_(part)), model).options(*options)
        query = query.execution_options(populate_existing=True)
        if lock:
            query = query.with_for_update(of=model)
        found.update((record.id, record) for record in db.session.scalars(query))
    return [found[number] for number in dict.fromkeys(ids) if number in found]


def permitted(model: type[Any], ids: Iterable[int], action: str) -> set[int]:
    """Those of ``ids`` on which the actor may do ``action``."""
    found: set[int] = set()
    for part in parts(ids):
        found.update(db.session.scalars(access.restrict(select(model.id).where(model.id.in_(part)), model, action)))
    return found


def _mine(kind: str, ids: Iterable[int]) -> dict[int, set[str]]:
    """Steps the actor took on each record."""
    me = actor.current().user_id
    found: dict[int, set[str]] = {}
    if me is None:
        return found
    for part in parts(ids):
        query = select(TransitionRecord.record_id, TransitionRecord.transition).where(
            TransitionRecord.record_type == kind,
            TransitionRecord.record_id.in_(part),
            TransitionRecord.actor_user_id == me,
        )
        for record_id, step in db.session.execute(query):
            found.setdefault(record_id, set()).add(step)
    return found


def step_many(
    workflow: Workflow,
    records: Sequence[Any],
    code: str,
    *,
    reason: str = "",
    document: str = "",
    document_date: date | None = None,
    check: Check | None = None,
    prepare: Callable[[Any], None] | None = None,
) -> StepResult:
    """Take ``code`` on every record that may take it; call inside a command's transaction.

    ``check`` adds faults of a record; ``prepare`` writes on a record about to move. Raises :class:`Refused` for a step
    nobody declared or whose reason or document is missing (that is one fault, not one per row).
    """
    if not records:
        return StepResult()
    try:
        step = workflow.transition(code)
    except KeyError:
        raise Refused([Fault("action", _("Thao tác này không có trong quy trình."), code="unknown_action")]) from None
    common: list[Fault] = []
    if step.needs_reason and not reason.strip():
        common.append(Fault("reason", _("Cần ghi lý do khi “%(step)s”.", step=_(step.label)), code="reason_missing"))
    if step.needs_document and not (document.strip() and document_date):
        text = _("Cần nêu số, ngày văn bản làm căn cứ khi “%(step)s”.", step=_(step.label))
        common.append(Fault("document", text, code="document_missing"))
    if common:
        raise Refused(common)
    model = type(records[0])
    kind = record_type(model)
    ids = [record.id for record in records]
    allowed = permitted(model, ids, step.permission)
    mine = _mine(kind, ids) if step.not_by_performer_of else {}
    result, rows = StepResult(), []
    who, moment = actor.current(), clock.now()
    with order.shared():
        for record in records:
            faults = _faults(workflow, step, record, allowed, mine)
            if not faults and check is not None:
                faults = list(check(record))
            if faults:
                result.stayed[record.id] = faults
                continue
            if prepare is not None:
                prepare(record)
            source = getattr(record, workflow.attribute)
            target = step.target or source
            setattr(record, workflow.attribute, target)
            rows.append(
                {
                    "record_type": kind, "record_id": record.id, "transition": code, "source": source,
                    "target": target, "reason": reason.strip() or None, "document": document.strip() or None,
                    "document_date": document_date, "actor_name": who.name, "actor_user_id": who.user_id, "at": moment,
                }
            )  # fmt: skip
            result.moved.append(record.id)
    if rows:
        db.session.execute(insert(TransitionRecord), rows)
    return result


def _faults(workflow: Workflow, step: Any, record: Any, allowed: set[int], mine: dict[int, set[str]]) -> list[Fault]:
    if record.id not in allowed:
        return [Fault("", _("Bạn không có quyền thực hiện bước này với hồ sơ này."), code="not_allowed")]
    source = getattr(record, workflow.attribute)
    if source not in step.sources:
        text = _(
            "Phiếu đang ở bước “%(state)s”, không thực hiện được “%(step)s”.",
            state=_(workflow.state(source).label),
            step=_(step.label),
        )
        return [Fault("action", text, code="wrong_state")]
    found = [
        Fault(obstacle.field, obstacle.message, obstacle.article, obstacle.code)
        for guard in step.guards
        for obstacle in guard(record)
        if obstacle.blocks
    ]
    for other in step.not_by_performer_of:
        if other in mine.get(record.id, ()):
            label = _(workflow.transition(other).label)
            found.append(
                Fault("", _("Bạn đã thực hiện bước “%(step)s” của phiếu này.", step=label), code="same_person")
            )
    return found


def record_step(
    workflow: Workflow, record: Any, code: str, *, reason: str = "", document: str = "", day: date | None = None
) -> None:
    """Take an automatic step that follows from a command the actor was allowed to give: no right of its own."""
    step = workflow.transition(code)
    source = getattr(record, workflow.attribute)
    if source not in step.sources:
        raise ValueError(f"{code} does not start from {source}")
    who, target = actor.current(), step.target or source
    setattr(record, workflow.attribute, target)
    db.session.add(
        TransitionRecord(
            record_type=record_type(record), record_id=record.id, transition=code, source=source, target=target,
            reason=reason.strip() or None, document=document.strip() or None, document_date=day, actor_name=who.name,
            actor_user_id=who.user_id,
        )
    )  # fmt: skip
