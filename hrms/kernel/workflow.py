"""Workflow: declared states and transitions, who may, what stands in the way by law, and a record of every step.

A domain declares one :class:`Workflow`; pages and the API ask :meth:`Workflow.allowed_actions` which buttons exist and
commands call :meth:`Workflow.perform`. The declaration is the only place that knows the order of the states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask_appbuilder import Model
from flask_babel import gettext as _
from sqlalchemy import Date, Index, Integer, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from hrms.kernel import access, actor, clock
from hrms.kernel.db import BigInt, UtcDateTime, db
from hrms.kernel.errors import Fault, NotAllowed, Refused
from hrms.kernel.history import record_type


@dataclass(frozen=True)
class State:
    """``kind``: open (work goes on), done (good end), closed (ended without effect)."""

    code: str
    label: str
    kind: str = "open"
    on_bar: bool = True  # shown in the status bar of the record page


@dataclass(frozen=True)
class Obstacle:
    """What stands in the way of a transition: blocks it, or only warns. ``article`` is the legal reason."""

    message: str
    article: str = ""
    code: str = ""
    blocks: bool = True
    field: str = ""


Guard = Callable[[Any], Iterable[Obstacle]]


@dataclass(frozen=True)
class Transition:
    """One declared step. ``permission`` is the action on the workflow's resource that the actor needs.

    An empty ``target`` records the step and leaves the record where it is (an endorsement, an amendment begun).
    ``automatic`` steps follow from another command and are never offered as a button.
    """

    code: str
    label: str
    sources: tuple[str, ...]
    target: str
    permission: str
    guards: tuple[Guard, ...] = ()
    needs_reason: bool = False
    needs_document: bool = False
    needs_article: bool = False  # a refusal names the article it rests on
    primary: bool = False
    danger: bool = False
    confirm: str = ""
    # Separation of duties: the person who performed one of these transitions may not perform this one.
    not_by_performer_of: tuple[str, ...] = ()
    automatic: bool = False


@dataclass(frozen=True)
class AllowedAction:
    """One button: shown when the role allows it; ``obstacles`` that block leave it visible but disabled."""

    transition: Transition
    obstacles: tuple[Obstacle, ...] = ()

    @property
    def enabled(self) -> bool:
        return not any(obstacle.blocks for obstacle in self.obstacles)

    def to_dict(self) -> dict[str, Any]:
        step = self.transition
        return {
            "code": step.code,
            "label": step.label,
            "target": step.target,
            "enabled": self.enabled,
            "needs_reason": step.needs_reason,
            "needs_document": step.needs_document,
            "needs_article": step.needs_article,
            "obstacles": [
                {"message": o.message, "article": o.article, "code": o.code, "blocks": o.blocks} for o in self.obstacles
            ],
        }


class TransitionRecord(Model):
    """A performed step: from, to, who, when, why, and the document it rests on. Append-only."""

    __tablename__ = "transition_record"
    __table_args__ = (Index("ix_transition_record", "record_type", "record_id"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    record_type: Mapped[str] = mapped_column(String(60), nullable=False)
    record_id: Mapped[int] = mapped_column(BigInt, nullable=False)
    transition: Mapped[str] = mapped_column(String(40), nullable=False)
    source: Mapped[str] = mapped_column(String(40), nullable=False)
    target: Mapped[str] = mapped_column(String(40), nullable=False)
    reason: Mapped[str | None] = mapped_column(Text)
    article: Mapped[str | None] = mapped_column(String(200))
    document: Mapped[str | None] = mapped_column(String(200))  # number and issuer of the paper it rests on
    document_date: Mapped[date | None] = mapped_column(Date)
    attachment_id: Mapped[int | None] = mapped_column(BigInt)
    actor_name: Mapped[str] = mapped_column(String(120), nullable=False)
    actor_user_id: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)


@dataclass
class Workflow:
    """The life of one kind of record. ``resource`` is the name permissions are granted on."""

    resource: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]
    attribute: str = "state"
    _by_code: dict[str, State] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_code = {state.code: state for state in self.states}
        for step in self.transitions:
            for code in (*step.sources, step.target or step.sources[0]):
                if code not in self._by_code:
                    raise ValueError(f"{self.resource}.{step.code}: unknown state {code!r}")

    def state(self, code: str) -> State:
        return self._by_code[code]

    def state_of(self, record: Any) -> State:
        return self._by_code[getattr(record, self.attribute)]

    def transition(self, code: str) -> Transition:
        for step in self.transitions:
            if step.code == code:
                return step
        raise KeyError(code)

    def steps_from(self, record: Any) -> list[Transition]:
        current = getattr(record, self.attribute)
        return [step for step in self.transitions if current in step.sources]

    def allowed_actions(self, record: Any) -> list[AllowedAction]:
        """The actions the current actor may see on ``record`` now, with what blocks or warns."""
        found: list[AllowedAction] = []
        held: dict[str, bool] = {}  # several buttons hang on one permission: ask the database once
        met: dict[Guard, list[Obstacle]] = {}
        past: list[TransitionRecord] | None = None
        for step in self.steps_from(record):
            if step.automatic:
                continue
            if step.permission not in held:
                held[step.permission] = access.may(self.resource, step.permission, record)
            if not held[step.permission]:
                continue
            obstacles: list[Obstacle] = []
            if step.not_by_performer_of:
                past = performed(record) if past is None else past
                obstacles.extend(self._same_hand(past, step))
            for guard in step.guards:
                if guard not in met:
                    met[guard] = list(guard(record))
                obstacles.extend(met[guard])
            found.append(AllowedAction(step, tuple(obstacles)))
        return found

    def _same_hand(self, past: list[TransitionRecord], step: Transition) -> list[Obstacle]:
        """The obstacle of one person holding two duties that the declaration keeps apart."""
        me = actor.current().user_id
        if me is None:
            return []
        taken = {row.transition for row in past if row.actor_user_id == me}
        clash = [self.transition(code).label for code in step.not_by_performer_of if code in taken]
        if not clash:
            return []
        return [
            Obstacle(
                _(
                    "Bạn đã thực hiện bước “%(done)s” của hồ sơ này nên không thực hiện bước “%(step)s”: "
                    "người lập không đồng thời là người duyệt.",
                    done=_(clash[0]),
                    step=_(step.label),
                ),
                code="same_person",
            )
        ]

    def faults(
        self,
        record: Any,
        code: str,
        *,
        reason: str = "",
        article: str = "",
        document: str = "",
        document_date: date | None = None,
        accept_warnings: bool = True,
    ) -> list[Fault]:
        """Everything that stands against transition ``code`` now, without moving the record.

        Raises :class:`NotAllowed` without the right and :class:`Refused` for a step that was never declared.
        """
        try:
            step = self.transition(code)
        except KeyError:
            raise Refused([Fault("action", "Thao tác này không có trong quy trình.", code="unknown_action")]) from None
        source = getattr(record, self.attribute)
        if not access.may(self.resource, step.permission, record):
            raise NotAllowed()
        if source not in step.sources:
            return [
                Fault(
                    "action",
                    _(
                        "Hồ sơ đang ở bước “%(state)s”, không thực hiện được “%(step)s”. "
                        "Hãy tải lại trang để xem trạng thái mới.",
                        state=_(self.state(source).label),
                        step=_(step.label),
                    ),
                    code="wrong_state",
                )
            ]
        found: list[Fault] = []
        if step.needs_reason and not reason.strip():
            found.append(Fault("reason", _("Cần ghi lý do khi “%(step)s”.", step=_(step.label)), code="reason_missing"))
        if step.needs_article and not article.strip():
            found.append(
                Fault(
                    "article",
                    _("Cần nêu điều, khoản làm căn cứ khi “%(step)s”.", step=_(step.label)),
                    code="article_missing",
                )
            )
        if step.needs_document and not document.strip():
            found.append(
                Fault(
                    "document",
                    _("Cần nêu số, ngày văn bản làm căn cứ khi “%(step)s”.", step=_(step.label)),
                    code="document_missing",
                )
            )
        if step.needs_document and document.strip() and document_date is None:
            found.append(Fault("document_date", "Cần nêu ngày của văn bản (dd/mm/yyyy).", code="document_date_missing"))
        obstacles = self._same_hand(performed(record), step) if step.not_by_performer_of else []
        obstacles.extend(obstacle for guard in step.guards for obstacle in guard(record))
        found.extend(
            Fault(obstacle.field, obstacle.message, obstacle.article, obstacle.code)
            for obstacle in obstacles
            if obstacle.blocks or not accept_warnings
        )
        return found

    def perform(
        self,
        record: Any,
        code: str,
        *,
        reason: str = "",
        article: str = "",
        document: str = "",
        document_date: date | None = None,
        attachment_id: int | None = None,
        accept_warnings: bool = True,
    ) -> TransitionRecord:
        """Move ``record`` along transition ``code``. Call inside a command's transaction.

        Raises :class:`NotAllowed` without the right, :class:`Refused` with every missing field and blocking obstacle.
        """
        faults = self.faults(
            record,
            code,
            reason=reason,
            article=article,
            document=document,
            document_date=document_date,
            accept_warnings=accept_warnings,
        )
        if faults:
            raise Refused(faults)
        step = self.transition(code)
        source = getattr(record, self.attribute)
        target = step.target or source
        setattr(record, self.attribute, target)
        who = actor.current()
        row = TransitionRecord(
            record_type=record_type(record),
            record_id=record.id,
            transition=code,
            source=source,
            target=target,
            reason=reason.strip() or None,
            article=article.strip() or None,
            document=document.strip() or None,
            document_date=document_date,
            attachment_id=attachment_id,
            actor_name=who.name,
            actor_user_id=who.user_id,
        )
        db.session.add(row)
        return row


def performed(record: Any) -> list[TransitionRecord]:
    """Every step a record went through, oldest first."""
    query = select(TransitionRecord).where(
        TransitionRecord.record_type == record_type(record), TransitionRecord.record_id == record.id
    )
    return list(db.session.scalars(query.order_by(TransitionRecord.id)))
