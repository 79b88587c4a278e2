"""The sensitive facts of a person (class C4): masked until somebody entitled asks with a reason, and every look logged.

Entitled are roles with ``staff:identity`` over the person, and the person. DP-05, DP-06, LOG-03.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands import security_log
from hrms.kernel import access, actor, history
from hrms.kernel.commands import Command
from hrms.kernel.crypto import masked
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import normalize
from models.account import Account
from models.staff import Person

FIELDS = ("identity_number", "insurance_number", "health", "ethnicity", "religion")
SHORTEST = 5


def is_own(person: Person) -> bool:
    """Whether the record is the actor's own."""
    user_id = actor.current().user_id
    if user_id is None:
        return False
    found = db.session.scalar(select(Account.id).where(Account.user_id == user_id, Account.person_id == person.id))
    return found is not None


def hidden(person: Person) -> dict[str, str]:
    """What a page shows before anybody asked: numbers by their ends, the rest as nothing but “there is something”."""
    shown = {name: masked(getattr(person, name)) for name in ("identity_number", "insurance_number")}
    return {
        **shown,
        **{name: "••••••" if getattr(person, name) else "" for name in ("health", "ethnicity", "religion")},
    }


@dataclass
class RevealSensitive(Command[dict[str, str]]):
    """The facts in clear, for one look. The reason stays in the record's history and in the security log."""

    person_id: int
    reason: str = ""

    def validate(self) -> Iterator[Fault]:
        person = self._person = access.get(Person, self.person_id)
        own = is_own(person)
        if not own and not access.may("staff", "identity", person):
            raise NotAllowed()
        self.reason = normalize(self.reason)
        if own and not self.reason:
            self.reason = _("xem hồ sơ của mình")
        if len(self.reason) < SHORTEST:
            yield Fault(
                "reason", _("Chưa ghi lý do xem. Hãy ghi việc cần dùng, ví dụ “đối chiếu căn cước khi lập hồ sơ nghỉ”.")
            )

    def run(self) -> dict[str, str]:
        words = _("Xem thông tin nhạy cảm: %(reason)s", reason=self.reason[:300])
        history.note(self._person, words, kind=history.VIEWED)
        security_log.record("identity_view", f"person {self._person.id}", self.reason[:300])
        return {name: str(getattr(self._person, name) or "") for name in FIELDS}
