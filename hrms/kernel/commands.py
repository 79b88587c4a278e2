"""Commands: ``validate()`` collects every fault, ``run()`` is one transaction, a key makes a retry harmless.

A view, a job or the command line builds a command and hands it to :func:`execute`. Nothing else writes business data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flask_appbuilder import Model
from sqlalchemy import String, UniqueConstraint, delete, inspect, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.exc import StaleDataError

from hrms.kernel import actor, clock
from hrms.kernel.db import BigInt, JsonText, UtcDateTime, db, dump_json
from hrms.kernel.errors import Difference, Fault, Refused, Stale

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")
KEY_LIFETIME = timedelta(days=2)


class IdempotencyRecord(Model):
    """The answer given to a request key, so that a double click or a retried request does the thing once."""

    __tablename__ = "idempotency_record"
    __table_args__ = (UniqueConstraint("actor_name", "command", "key", name="uq_idempotency_key"),)

    id: Mapped[int] = mapped_column(BigInt, primary_key=True)
    actor_name: Mapped[str] = mapped_column(String(120), nullable=False)  # the sender, see _whose
    command: Mapped[str] = mapped_column(String(120), nullable=False)
    key: Mapped[str] = mapped_column(String(80), nullable=False)
    fingerprint: Mapped[str] = mapped_column(String(64), nullable=False)
    result: Mapped[Any] = mapped_column(JsonText, nullable=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False, default=clock.now)


class Command(Generic[T]):
    """One use case. Subclasses are dataclasses whose fields are the request.

    ``validate`` yields :class:`Fault` s and may load records for ``run``; ``run`` writes and returns the outcome.
    ``receipt`` turns the outcome into plain JSON for the idempotency record, ``replay`` turns it back.
    """

    def validate(self) -> Iterable[Fault]:
        return ()

    def run(self) -> T:
        raise NotImplementedError

    def receipt(self, outcome: T) -> Any:
        identifier = getattr(outcome, "id", None)
        return identifier if identifier is not None else None

    def replay(self, receipt: Any) -> T:
        raise NotImplementedError(f"{type(self).__name__} does not take an idempotency key")


@contextmanager
def transaction() -> Iterator[None]:
    """One write transaction on the session: everything or nothing.

    Nested use joins the outer transaction, so commands may call commands.
    """
    session = db.session
    if session.info.get("hrms_in_command"):
        yield
        return
    session.rollback()  # a read transaction begun by the page (who is logged in) must not turn into a write half-way
    session.connection(execution_options={"hrms_write": True})
    session.info["hrms_in_command"] = True
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("hrms_in_command", None)


def execute(command: Command[T], *, key: str = "") -> T:
    """Validate and run ``command`` in one transaction; with ``key``, at most once for this actor.

    Raises :class:`Refused` with every fault, :class:`Stale` when another editor was faster.
    """
    if key:
        # A replay is recognised before validation: the first run changed the state that validation would look at.
        found = _known(command, key)
        if found is not None:
            return command.replay(found.result)
    try:
        with transaction():
            claim = None
            if key:
                found = _known(command, key)  # again, now behind the write lock
                if found is not None:
                    return command.replay(found.result)
                # Claimed before anything else: the same request arriving twice waits here for the first one's end,
                # instead of running beside it and failing on what the first one wrote.
                claim = IdempotencyRecord(
                    actor_name=_whose(),
                    command=type(command).__name__,
                    key=key,
                    fingerprint=_fingerprint(command),
                )
                db.session.add(claim)
                db.session.flush()
            faults = list(command.validate())
            if faults:
                raise Refused(faults)
            outcome = command.run()
            db.session.flush()
            if claim is not None:
                claim.result = command.receipt(outcome)
            return outcome
    except StaleDataError as error:
        raise Stale() from error
    except IntegrityError as error:
        if key and "idempotency" in str(error.orig):
            found = _known(command, key)
            if found is not None:
                return command.replay(found.result)
        raise


def _whose() -> str:
    """Two people of one name are two senders: the account decides, the name only where there is none."""
    who = actor.current()
    return f"user {who.user_id}" if who.user_id is not None else f"{who.kind} {who.name}"[:120]


def _fingerprint(command: Command[Any]) -> str:
    plain = {name: str(value) for name, value in vars(command).items() if not name.startswith("_")}
    return hashlib.sha256(dump_json(plain).encode()).hexdigest()


def _known(command: Command[Any], key: str) -> IdempotencyRecord | None:
    record = db.session.scalar(
        select(IdempotencyRecord).where(
            IdempotencyRecord.actor_name == _whose(),
            IdempotencyRecord.command == type(command).__name__,
            IdempotencyRecord.key == key,
        )
    )
    if record is not None and record.fingerprint != _fingerprint(command):
        raise Refused(
            [Fault("idempotency_key", "Mã yêu cầu này đã dùng cho một nội dung khác. Hãy tải lại trang rồi gửi lại.")]
        )
    return record


def forget_old_keys() -> int:
    """Delete request keys older than two days. Returns how many (a scheduled action calls this)."""
    with transaction():
        outcome = db.session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.at < clock.now() - KEY_LIFETIME))
        return int(getattr(outcome, "rowcount", 0) or 0)


def check_version(
    record: Any,
    seen_version: int | None,
    proposed: dict[str, Any],
    labels: Callable[[str], str] = str,
) -> None:
    """Raise :class:`Stale` when ``record`` moved on since the editor loaded version ``seen_version``.

    ``proposed`` maps attribute names to what the editor wants; the comparison lists every field whose stored value
    differs from it, so that the second editor sees both and loses nothing.
    """
    if seen_version is None or record.version == seen_version:
        return
    known = set(inspect(type(record)).columns.keys())
    differences = [
        Difference(name, labels(name), value, getattr(record, name))
        for name, value in proposed.items()
        if name in known and getattr(record, name) != value
    ]
    raise Stale(differences, editor=record.updated_by)
