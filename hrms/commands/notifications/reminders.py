"""Deadlines told in time: rooms declare sources, the morning's job gathers what each person must hear in one message.

A source yields :class:`Due` rows for the whole province; which are worth a word today follows from the days left
(:data:`REMIND_DAYS` before, then daily while overdue, weekly to the head: law/evaluation.md §10, marked [U]). However
many matters of one kind there are, a person gets one message about them.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flask_babel import force_locale
from flask_babel import gettext as _

from hrms.commands.notifications.audience import Audience
from hrms.commands.notifications.outbox import Message, send
from hrms.kernel import jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import HrmsError
from hrms.kernel.text import format_date

log = logging.getLogger(__name__)

REMIND_DAYS = (30, 14, 7, 3, 1, 0)
LISTED = 12  # matters named in one message; the rest are counted


@dataclass(frozen=True)
class Due:
    """One matter with a deadline: of a person, or of those who may do ``action`` on ``resource`` in a unit.

    ``text`` names it in a few words; ``about`` is the person the matter is about, who is never told as an official.
    ``remind`` overrides the days before; ``escalate`` is the action of those told weekly once it is overdue.
    """

    kind: str
    key: str
    text: str
    due_on: date
    link: str
    person_id: int | None = None
    unit_id: int | None = None
    resource: str = ""
    action: str = ""
    about: int | None = None
    remind: tuple[int, ...] = REMIND_DAYS
    escalate: str = ""


Source = Callable[[date], Iterable[Due]]
_sources: list[Source] = []


def source(found: Source) -> Source:
    """Declare where deadlines come from: ``found(day)`` yields every open matter near or past its deadline."""
    _sources.append(found)
    return found


def worth_a_word(due: Due, day: date) -> bool:
    """Whether today is a day to speak of it: one of its reminder days, or any day after it is overdue."""
    left = (due.due_on - day).days
    return left < 0 or left in due.remind


def recipients(due: Due, day: date, audience: Audience) -> Iterator[int]:
    if due.person_id is not None and (own := audience.person(due.person_id)) is not None:
        yield own
    if due.unit_id is not None and due.resource:
        yield from audience.holders(due.unit_id, due.resource, due.action, without=due.about)
        if due.escalate and due.due_on < day and day.weekday() == 0:
            yield from audience.holders(due.unit_id, due.resource, due.escalate, without=due.about)


def gather(matters: Iterable[Due], day: date, audience: Audience) -> list[Message]:
    """One message per account and kind about everything worth a word on ``day``; ``key`` is of the day."""
    boxes: dict[tuple[int, str], dict[str, Due]] = defaultdict(dict)
    for due in matters:
        if worth_a_word(due, day):
            for account_id in recipients(due, day, audience):
                boxes[(account_id, due.kind)][due.key] = due
    return [_message(account_id, kind, list(found.values()), day) for (account_id, kind), found in boxes.items()]


def _message(account_id: int, kind: str, found: list[Due], day: date) -> Message:
    found.sort(key=lambda due: (due.due_on, due.text, due.key))
    late = sum(1 for due in found if due.due_on < day)
    with force_locale("vi"):
        if len(found) == 1:
            only = found[0]
            title = (
                _("Quá hạn từ %(day)s: %(text)s", day=format_date(only.due_on), text=only.text)
                if late
                else _("Đến hạn %(day)s: %(text)s", day=format_date(only.due_on), text=only.text)
            )
        elif late:
            title = _("%(n)s việc đến hạn, trong đó %(late)s việc quá hạn", n=len(found), late=late)
        else:
            title = _("%(n)s việc đến hạn", n=len(found))
        lines = [f"{format_date(due.due_on)} – {due.text}" for due in found[:LISTED]]
        if len(found) > LISTED:
            lines.append(_("… và %(n)s việc khác.", n=len(found) - LISTED))
    links = {due.link for due in found}
    return Message(
        account_id, kind, f"{kind}:{day.isoformat()}", title, "\n".join(lines),
        link=found[0].link if len(links) == 1 else "/", level="late" if late else "due", due_on=found[0].due_on,
        count=len(found),
    )  # fmt: skip


def remind(day: date) -> str:
    """Gather every source and send. A source that fails does not silence the others; it is told at the end."""
    matters: list[Due] = []
    failed: list[str] = []
    for found in _sources:
        try:
            matters += list(found(day))
        except Exception as error:
            failed.append(f"{found.__module__.rsplit('.', 1)[-1]}.{found.__name__}: {type(error).__name__}")
            log.exception("source of deadlines")
            db.session.rollback()
    with transaction():
        sent = send(gather(matters, day, Audience()))
    told = f"Xem {len(matters)} việc có hạn, gửi {sent} thông báo."
    if failed:
        raise HrmsError(f"{told} Không đọc được: {', '.join(failed)}.")
    return told


jobs.scheduled(jobs.ScheduledAction("remind", "Nhắc việc đến hạn, quá hạn", {"hour": "6", "minute": "30"}, remind))
