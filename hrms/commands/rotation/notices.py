"""Telling the person: what is planned, decided, prolonged, ended or revoked; once for each matter."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.notifications.outbox import Message, send
from hrms.commands.rotation.words import CASE_PATH
from hrms.kernel.db import db
from hrms.kernel.text import format_date
from models.account import Account
from models.rotation import MovementCase
from models.vocabulary import MOVEMENT_KINDS

KIND = "movement_notice"


def tell(case: MovementCase, matter: str, title: str, body: str = "") -> int:
    """A message to the account of the person moved; without an account nobody is told here (0)."""
    account_id = db.session.scalar(select(Account.id).where(Account.person_id == case.person_id))
    if account_id is None:
        return 0
    return send(
        [
            Message(
                account_id,
                KIND,
                f"movement:{case.id}:{matter}",
                title,
                body,
                CASE_PATH.format(id=case.id),
                due_on=case.effective_on,
            )
        ]
    )


def planned(case: MovementCase) -> int:
    """The notice before the decision: what is planned, where, from when."""
    return tell(case, "planned", _("Dự kiến: %(kind)s", kind=MOVEMENT_KINDS[case.kind]), _line(case))


def decided(case: MovementCase) -> int:
    title = _("Quyết định số %(number)s: %(kind)s", number=case.decision_number, kind=MOVEMENT_KINDS[case.kind])
    return tell(case, f"decided:{case.decision_number}", title, _line(case))


def changed(case: MovementCase, what: str, number: str) -> int:
    """Extension, end, revocation: ``what`` is the label of the step, ``number`` of the decision it rests on."""
    title = _("%(what)s: %(kind)s, quyết định số %(number)s", what=what, kind=MOVEMENT_KINDS[case.kind], number=number)
    return tell(case, f"{what}:{number}", title, _line(case))


def _line(case: MovementCase) -> str:
    title = case.to_title or (case.to_position.title if case.to_position is not None else "")
    text = _("%(unit)s, %(title)s.", unit=case.to_unit.name, title=title)
    if case.effective_on is not None:
        text += " " + _("Từ ngày %(day)s.", day=format_date(case.effective_on))
    if case.ends_on is not None:
        text += " " + _("Đến hết ngày %(day)s.", day=format_date(case.ends_on))
    return text
