"""What stands in the way of a step of a movement case: by law (each with its article), by the records, by the order.

Guards look at the case as it is stored, and never write. ``blocks=False`` only warns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.dossiers import missing
from hrms.commands.law.current import current_store
from hrms.commands.organization.units import version_on
from hrms.commands.rotation import checks, kinsfolk, vacancies
from hrms.commands.rotation.words import (
    BIET_PHAI,
    CDVTCT,
    DECIDED,
    FOR_A_TIME,
    LUAN_CHUYEN,
    OPEN,
    PREPARING,
    REVOKED,
    RUNNING,
)
from hrms.commands.staff.lookup import appointment_on, covers
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.text import format_date
from hrms.kernel.workflow import Obstacle
from models.organization import OrgUnit
from models.rotation import MovementCase, MovementRemark, RotationPlanLine
from models.staff import Appointment, Person
from policies.rotation import notify_by, reason

MEETING = "Điều 25 khoản 4, Điều 26 khoản 6, Điều 46 NĐ 170/2025/NĐ-CP"
BOTH_SIDES = "Điều 25 khoản 3, Điều 26 khoản 5, Điều 46 NĐ 170/2025/NĐ-CP"
SECONDMENT = "Điều 26 khoản 2 NĐ 170/2025/NĐ-CP"
HEALTH = "Điều 35, Điều 43 khoản 5 NĐ 170/2025/NĐ-CP"
DOSSIER = "Điều 35, Điều 47 NĐ 170/2025/NĐ-CP"
BY_PLAN = "Điều 24 khoản 3 Luật 36/2018/QH14"


_as_stored: ContextVar[bool] = ContextVar("movement_guards_as_stored", default=False)


@contextmanager
def as_last_looked() -> Iterator[None]:
    """Pages show what the rules said when they were last asked (``case.checks``); the step itself asks anew."""
    token = _as_stored.set(True)
    try:
        yield
    finally:
        _as_stored.reset(token)


def look(case: MovementCase) -> dict[str, Any]:
    """Ask the rules and the records; what ``MovementCase.checks`` keeps."""
    return checks.examine(case).to_dict() | {"records": [vars(one) for one in _records(case)]}


def two_bodies(case: MovementCase) -> bool:
    """Whether the move leads from one agency to another: then both have a say."""
    if case.from_unit_id == case.to_unit_id:
        return False
    return len(set(kinsfolk.bodies_of([case.from_unit, case.to_unit]).values())) > 1


def lawful(case: MovementCase) -> Iterable[Obstacle]:
    """Everything the rules refuse, and what they warn of."""
    if _as_stored.get() and case.checks is not None and "refusals" in case.checks:
        for blocks, name in ((True, "refusals"), (False, "warnings")):
            for row in case.checks[name]:
                yield Obstacle(row["text"], row["article"], row["code"], blocks)
        return
    found = checks.examine(case)
    for one in found.refusals:
        text = one.text
        if one.code == "NO_VACANCY" and case.chain is None:
            text += " " + _("Nếu người đang giữ vị trí cũng được điều động, hãy gộp các hồ sơ thành một chuỗi.")
        yield Obstacle(text, one.article, one.code)
    for one in found.warnings:
        yield Obstacle(one.text, one.article, one.code, blocks=False)


def records_fit(case: MovementCase) -> Iterable[Obstacle]:
    """The person still holds the post, the units live on the day, the dates are in order, nobody else is coming."""
    if _as_stored.get() and case.checks is not None and "records" in case.checks:
        yield from (Obstacle(**row) for row in case.checks["records"])
    else:
        yield from _records(case)


def _records(case: MovementCase) -> Iterable[Obstacle]:
    yield from person_obstacles(case.person)
    day = case.effective_on
    if day is None:
        yield Obstacle(_("Chưa ghi ngày có hiệu lực."), "", "effective_missing", field="effective_on")
    else:
        yield from post_held(case)
        yield from unit_obstacles(case.to_unit, case)
    yield from period_obstacles(case)
    yield from rival_obstacles(case)
    yield from other_case_obstacles(case)


def person_obstacles(person: Person) -> Iterable[Obstacle]:
    """Who has left the service is not moved."""
    if person.left_on is not None:
        yield Obstacle(
            _("%(name)s đã nghỉ từ ngày %(day)s.", name=person.full_name, day=format_date(person.left_on)),
            code="left", field="person_id",
        )  # fmt: skip


def post_held(case: MovementCase) -> Iterable[Obstacle]:
    """The move comes after the post began, and the post is still the one the case names."""
    day = case.effective_on
    assert day is not None
    post = case.from_appointment
    if post is not None and day <= post.valid_from:
        yield Obstacle(
            _(
                "Ngày có hiệu lực %(day)s không sau ngày bắt đầu giữ vị trí hiện nay (%(start)s).",
                day=format_date(day),
                start=format_date(post.valid_from),
            ),
            reason("BEFORE_APPOINTMENT").article,
            "BEFORE_APPOINTMENT",
            field="effective_on",
        )
        return
    held = appointment_on(case.person, day - timedelta(days=1))
    if held is None or (held.unit_id, held.position_id) != (case.from_unit_id, case.from_position_id):
        yield Obstacle(
            _(
                "%(name)s không còn giữ vị trí ghi trong hồ sơ (%(unit)s) vào ngày %(day)s. Hãy lập hồ sơ mới.",
                name=case.person.full_name,
                unit=case.from_unit.name,
                day=format_date(day - timedelta(days=1)),
            ),
            code="post_changed",
        )


def unit_obstacles(unit: OrgUnit, case: MovementCase) -> Iterable[Obstacle]:
    """The receiving unit, and the post there, exist on the day, and to the end of a move for a time."""
    day = case.effective_on or clock.today()
    if version_on(unit.id, day) is None or (unit.valid_to is not None and unit.valid_to < day):
        yield Obstacle(
            _("%(unit)s không hoạt động vào ngày %(day)s.", unit=unit.name, day=format_date(day)),
            code="unit_not_live", field="to_unit_id",
        )  # fmt: skip
    elif unit.valid_to is not None and (case.ends_on is None or case.ends_on > unit.valid_to):
        yield Obstacle(
            _("%(unit)s kết thúc hoạt động ngày %(day)s.", unit=unit.name, day=format_date(unit.valid_to)),
            code="unit_ends", field="to_unit_id",
        )  # fmt: skip
    post = case.to_position
    if post is not None and not covers(post, day):
        yield Obstacle(
            _("Vị trí “%(title)s” không có hiệu lực vào ngày %(day)s.", title=post.title, day=format_date(day)),
            code="position_not_live", field="to_position_id",
        )  # fmt: skip


def period_obstacles(case: MovementCase) -> Iterable[Obstacle]:
    """A secondment and a rotation have an end; the others are for good."""
    if case.kind in FOR_A_TIME and case.ends_on is None:
        article = SECONDMENT if case.kind == BIET_PHAI else "Điều 48 NĐ 170/2025/NĐ-CP"
        yield Obstacle(
            _("Cần ngày kết thúc của thời hạn biệt phái, luân chuyển."), article, "end_missing", field="ends_on"
        )
    if case.effective_on is not None and case.ends_on is not None and case.ends_on < case.effective_on:
        yield Obstacle(
            _(
                "Ngày kết thúc %(end)s trước ngày có hiệu lực %(day)s.",
                end=format_date(case.ends_on),
                day=format_date(case.effective_on),
            ),
            code="end_before_start",
            field="ends_on",
        )


def rival_obstacles(case: MovementCase) -> Iterable[Obstacle]:
    """Two moves into one post: no more open cases than the post has places."""
    post = case.to_position
    if post is None or case.kind == BIET_PHAI:
        return
    others = [other for other in vacancies.rivals(post.id, case.person_id) if other.id != case.id]
    if len(others) >= post.approved_number:
        yield Obstacle(
            _(
                "Đã có hồ sơ %(cases)s đưa người khác vào “%(title)s”, vị trí có %(count)s chỗ. "
                "Hãy chọn vị trí khác hoặc rút một hồ sơ.",
                cases=", ".join(other.number for other in others[:3]),
                title=post.title,
                count=post.approved_number,
            ),
            reason("NO_VACANCY").article,
            "two_into_one_post",
            field="to_position_id",
        )


def other_case_obstacles(case: MovementCase) -> Iterable[Obstacle]:
    """One person, one move at a time; a running secondment ends before another move."""
    query = select(MovementCase).where(
        MovementCase.person_id == case.person_id, MovementCase.state.in_((*OPEN, RUNNING))
    )
    if case.id is not None:
        query = query.where(MovementCase.id != case.id)
    for other in db.session.scalars(query.order_by(MovementCase.id)):
        if other.state == RUNNING:
            if other.kind == BIET_PHAI:
                last = other.ends_on
                if case.effective_on is not None and last is not None and last < case.effective_on:
                    continue
                yield Obstacle(
                    _("Đang biệt phái theo hồ sơ %(number)s; kết thúc biệt phái trước.", number=other.number),
                    reason("LONG_STUDY_OR_SECONDED").article,
                    "LONG_STUDY_OR_SECONDED",
                    field="person_id",
                )
            else:
                yield Obstacle(
                    _("Đang luân chuyển theo hồ sơ %(number)s: người có thẩm quyền cân nhắc.", number=other.number),
                    "Điều 48, Điều 50 NĐ 170/2025/NĐ-CP", "on_rotation", blocks=False, field="person_id",
                )  # fmt: skip
            continue
        yield Obstacle(
            _("Đã có hồ sơ %(number)s chưa kết thúc của người này.", number=other.number),
            code="other_case", field="person_id",
        )  # fmt: skip


def person_heard(case: MovementCase) -> Iterable[Obstacle]:
    """The person was met, told purpose and need, and heard; minutes were taken."""
    if case.meeting_on is None or not case.meeting_minutes.strip():
        yield Obstacle(
            reason("MEETING_WITH_PERSON_REQUIRED").text, MEETING, "MEETING_WITH_PERSON_REQUIRED", field="meeting_on"
        )


def receiver_agreed(case: MovementCase) -> Iterable[Obstacle]:
    """Between two agencies both agree in writing."""
    if not two_bodies(case):
        return
    if case.agreed_on is None or not case.agreement_document.strip():
        yield Obstacle(
            reason("AGREEMENT_IN_WRITING_REQUIRED").text, BOTH_SIDES, "AGREEMENT_IN_WRITING_REQUIRED", field="agreed_on"
        )


def speaks_for_receiver(case: MovementCase) -> Iterable[Obstacle]:
    """The agreement is the receiver's: whoever only works for the sender does not give it."""
    if not access.in_scope(case.to_unit_id, "movement", "agree"):
        yield Obstacle(
            _("Ý kiến thống nhất do nơi tiếp nhận (%(unit)s) ghi.", unit=case.to_unit.name),
            BOTH_SIDES, "not_receiver",
        )  # fmt: skip


def decides_for_both(case: MovementCase) -> Iterable[Obstacle]:
    """A head decides inside the own agency, and seconds the own staff; a move elsewhere is decided above [U]."""
    if case.kind == BIET_PHAI or access.in_scope(case.to_unit_id, "movement", "decide"):
        return
    yield Obstacle(
        _("Điều động sang cơ quan khác do cấp quản lý cả hai nơi quyết định."),
        "Điều 25 NĐ 170/2025/NĐ-CP",
        "deciding_level",
    )


def health_certificate(case: MovementCase) -> Iterable[Obstacle]:
    """The dossier of a rotation has a health certificate of at most six months (its age is judged by the rules)."""
    if case.kind == LUAN_CHUYEN and case.health_certificate_on is None:
        yield Obstacle(
            _("Chưa ghi ngày giấy chứng nhận sức khỏe."), HEALTH, "health_missing", field="health_certificate_on"
        )


def dossier_complete(case: MovementCase) -> Iterable[Obstacle]:
    """A luân chuyển is decided on a dossier that has every paper of the list (Điều 47 with Điều 35)."""
    absent = missing(case.dossier) if case.kind == LUAN_CHUYEN else []
    if absent:
        names = "; ".join(item.label for item in absent)
        yield Obstacle(
            _("Hồ sơ còn thiếu %(n)s giấy tờ: %(names)s.", n=len(absent), names=names), DOSSIER, "DOSSIER_INCOMPLETE",
            field="dossier",
        )  # fmt: skip


def dossier_known(case: MovementCase) -> Iterable[Obstacle]:
    """Before the decision what is missing is told, and stands not in the way."""
    for one in dossier_complete(case):
        yield replace(one, blocks=False)


def by_plan(case: MovementCase) -> Iterable[Obstacle]:
    """A periodic change follows the published plan, and the person was told in time."""
    if case.kind != CDVTCT:
        return
    if case.plan_line_id is None:
        yield Obstacle(_("Hồ sơ không thuộc kế hoạch năm nào."), BY_PLAN, "not_in_plan", blocks=False)
    if case.effective_on is None:
        return
    line = db.session.get(RotationPlanLine, case.plan_line_id) if case.plan_line_id is not None else None
    told = min((day for day in (case.notified_on, line.notified_on if line else None) if day), default=None)
    latest, node = notify_by(case.effective_on, current_store())
    if told is None or told > latest:
        yield Obstacle(
            _("Chưa thông báo cho người được chuyển đổi chậm nhất ngày %(day)s.", day=format_date(latest)),
            node.article or "", "notice_late", blocks=False,
        )  # fmt: skip


def chain_in_step(case: MovementCase) -> Iterable[Obstacle]:
    """Moves of a chain take effect on one day."""
    chain = case.chain
    if chain is not None and chain.effective_on is not None and case.effective_on != chain.effective_on:
        yield Obstacle(
            _("Các hồ sơ của chuỗi “%(chain)s” cùng có hiệu lực ngày %(day)s.", chain=chain.name,
              day=format_date(chain.effective_on)),
            code="chain_day", field="effective_on",
        )  # fmt: skip
    if chain is not None and any(other.state in (REVOKED, "withdrawn", "refused") for other in chain.cases):
        yield Obstacle(
            _("Một hồ sơ của chuỗi “%(chain)s” đã dừng; hãy tách hồ sơ này khỏi chuỗi.", chain=chain.name),
            code="chain_broken",
        )


def handed_everything_over(case: MovementCase) -> Iterable[Obstacle]:
    """Every line of the checklist is done."""
    left = [item.label for item in case.handover if item.done_on is None]
    if left:
        yield Obstacle(
            _("Chưa bàn giao: %(items)s.", items="; ".join(left[:5])), code="handover_open", field="handover"
        )


def outside_chain(case: MovementCase) -> Iterable[Obstacle]:
    """A case of a chain is withdrawn or refused only after it was taken out of the chain."""
    chain = case.chain
    if chain is not None and any(other.id != case.id and other.state in (*PREPARING, DECIDED) for other in chain.cases):
        yield Obstacle(_("Hồ sơ thuộc chuỗi “%(chain)s”: tách khỏi chuỗi trước.", chain=chain.name), code="in_chain")


def last_post_stands(case: MovementCase) -> Iterable[Obstacle]:
    """What the case brought about can be ended or undone only while nothing later rests on it."""
    if case.made_appointment_id is None:
        return
    made = db.session.get(Appointment, case.made_appointment_id)
    if made is None:
        yield Obstacle(_("Vị trí do quyết định này lập đã bị xóa khỏi quá trình công tác."), code="post_gone")
        return
    later = db.session.scalar(
        select(Appointment.id).where(
            Appointment.person_id == case.person_id,
            Appointment.kind == made.kind,
            Appointment.valid_from > made.valid_from,
        )
    )
    if later is not None:
        yield Obstacle(_("Sau quyết định này đã có vị trí khác; hãy xử lý quyết định sau trước."), code="later_post")
    follower = db.session.scalar(
        select(MovementCase.number).where(
            MovementCase.from_appointment_id == made.id, MovementCase.state.in_(OPEN), MovementCase.id != case.id
        )
    )
    if follower is not None:
        yield Obstacle(
            _("Hồ sơ %(number)s đi từ vị trí do quyết định này lập; hãy rút hồ sơ đó trước.", number=follower),
            code="later_case",
        )


def remarked(case: MovementCase) -> Iterable[Obstacle]:
    """At the end of a rotation the destination remarks on the person (Điều 49): told, never in the way."""
    if case.kind != LUAN_CHUYEN:
        return
    there = select(MovementRemark.id).where(MovementRemark.case_id == case.id, MovementRemark.at_end.is_(True))
    if db.session.scalar(there.limit(1)) is None:
        yield Obstacle(
            _("Chưa có nhận xét kết thúc luân chuyển của nơi đến."), "Điều 49 NĐ 170/2025/NĐ-CP", "remark_missing",
            blocks=False,
        )  # fmt: skip


def end_decision_owed(case: MovementCase) -> Iterable[Obstacle]:
    """A secondment or rotation past its planned end is owed a decision: told, never in the way."""
    if case.ends_on is not None and clock.today() > case.ends_on and case.kind == BIET_PHAI:
        yield Obstacle(reason("END_DECISION_MISSING").text, SECONDMENT, "END_DECISION_MISSING", blocks=False)
