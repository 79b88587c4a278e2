"""After the effect: extension, early end, return, settlement; and revoking a decision, before or after its day."""

from __future__ import annotations

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.organization.units import version_on
from hrms.commands.rotation.effects import ONE_DAY, write_post
from hrms.commands.rotation.words import APPLIED, BIET_PHAI, UNDONE
from hrms.commands.staff.projection import project_people
from hrms.commands.staff.spans import columns_of
from hrms.kernel import clock, history
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import format_date
from models.rotation import MovementCase
from models.staff import Appointment


def made_post(case: MovementCase) -> Appointment:
    """The appointment the decision made."""
    assert case.made_appointment_id is not None
    return db.session.get_one(Appointment, case.made_appointment_id)


def prolong(case: MovementCase, new_end: date) -> None:
    """A secondment or rotation runs on to ``new_end``; the schedule of kept allowances is the step's to renew."""
    if case.kind == BIET_PHAI:
        made_post(case).valid_to = new_end
    history.note(case, _("Gia hạn đến %(day)s.", day=format_date(new_end)), field="ends_on")
    case.ends_on = new_end
    db.session.flush()
    project_people([case.person_id])


def post_before(case: MovementCase) -> tuple[Appointment, date | None] | None:
    """The main post the move ended, and the last day that post had had of its own."""
    kept = (case.checks or {}).get("ended_post")
    if not kept:
        return None
    row = db.session.get(Appointment, kept["id"])
    if row is None:
        return None
    return row, date.fromisoformat(kept["valid_to"]) if kept["valid_to"] else None


def go_back(case: MovementCase, last_day: date, number: str, decided_on: date | None) -> None:
    """The person is at the destination until ``last_day`` and in the old post from the day after.

    Of a secondment the main post never ended; of a rotation the old post begins anew, by the decision named.
    """
    made = made_post(case)
    if case.kind == BIET_PHAI:
        made.valid_to = last_day
    else:
        found = post_before(case)
        if found is None:
            raise Refused([Fault("", _("Không tìm thấy vị trí trước quyết định này."), code="post_gone")])
        before, until = found
        first = last_day + ONE_DAY
        if version_on(before.unit_id, first) is None:
            raise Refused(
                [Fault("", _("%(unit)s không còn hoạt động: hãy bố trí bằng quyết định khác.", unit=before.unit.name),
                       code="unit_not_live")]
            )  # fmt: skip
        values = columns_of(before, Appointment) | {
            "valid_from": first, "valid_to": until if until is not None and until >= first else None,
            "decision_number": number, "decision_date": decided_on,
        }  # fmt: skip
        write_post(case.person_id, values)
    db.session.flush()
    project_people([case.person_id])


def undo(case: MovementCase, on: date, number: str, decided_on: date | None) -> None:
    """The decision is revoked from ``on``: what lies before stays as it was lived, what lies after is taken back.

    Of a decision that never took effect there is nothing to undo: the state alone keeps the job from it.
    """
    if case.effect == APPLIED:
        assert case.effective_on is not None
        made = made_post(case)
        if on <= case.effective_on:
            # Not one day of it was served: the post goes, the one before runs on to where it would have.
            found = post_before(case)
            if found is not None:
                found[0].valid_to = found[1]
            # Proposals that were dropped may still point at the post that goes.
            dropped = select(MovementCase).where(MovementCase.from_appointment_id == made.id)
            for other in db.session.scalars(dropped):
                other.from_appointment_id = None
            history.note(case.person, _("Thu hồi quyết định %(number)s: hủy vị trí mới.", number=case.decision_number))
            db.session.delete(made)
        else:
            go_back(case, on - ONE_DAY, number, decided_on)
        case.ended_on = max(on - ONE_DAY, case.effective_on - ONE_DAY)
        case.effect, case.undone_at = UNDONE, clock.now()
        db.session.flush()
        project_people([case.person_id])
