"""The security log: what happened, to which record, by which account, from where. Never what the data said (DP-20)."""

from __future__ import annotations

from flask import has_request_context, request

from hrms.kernel import actor
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.account import SecurityEvent

DETAIL = 400  # characters the table keeps
TARGET = 120


def record(kind: str, target: str = "", detail: str = "", user_id: int | None = None) -> None:
    """Write one event of the current actor (or of ``user_id``). Joins the transaction it is called in.

    ``target`` names a record by type and id (“person 12”), never by a person's name.
    """
    who = actor.current()
    with transaction():
        db.session.add(
            SecurityEvent(
                kind=kind,
                user_id=user_id if user_id is not None else who.user_id,
                target=target[:TARGET],
                detail=detail[:DETAIL],
                source=_source(),
            )
        )


def _source() -> str:
    """The address a request came from; for jobs and the command line, what they are (LOG-02: never empty)."""
    if has_request_context():
        return (request.remote_addr or "")[:64]
    return actor.current().kind
