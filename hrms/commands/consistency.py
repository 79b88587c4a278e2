"""What the records say against each other: establishment against people, overlaps, posts in units that are no more.

Nothing is refused here and nothing mended: each finding names the record, what was found and where to put it right.
The weekly job tells the unit's HR how many there are; the page shows the rows one may see. Files nobody points to are
the administrator's matter and are told by number only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from hrms.commands.notifications.audience import Audience
from hrms.commands.notifications.outbox import Message, send
from hrms.commands.rotation import kinsfolk
from hrms.kernel import access, attachments, clock, jobs
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.text import format_date
from hrms.kernel.validity import holds, lasts
from models.account import Account, RoleAssignment
from models.importing import StaffImport
from models.organization import Establishment, OrgUnit, Position
from models.staff import Appointment, Person, SalaryRow
from models.vocabulary import ESTABLISHMENT_KINDS, ESTABLISHMENT_OF_CATEGORY

CHECKS: dict[str, Any] = {
    "over_establishment": _l("Có mặt nhiều hơn biên chế được giao"),
    "over_position": _l("Vị trí có nhiều người hơn số lượng được duyệt"),
    "no_post": _l("Đang làm việc nhưng chưa có vị trí công tác hiện hành"),
    "two_posts": _l("Hai vị trí chính cùng một ngày"),
    "no_salary": _l("Đang làm việc nhưng chưa có lương hiện hành"),
    "two_salaries": _l("Hai dòng lương cùng một ngày"),
    "ended_unit": _l("Vị trí công tác ở đơn vị đã kết thúc hoạt động"),
    "other_unit": _l("Đơn vị của hồ sơ khác đơn vị của vị trí hiện hành"),
    "family_bar": _l("Người thân cùng cơ quan trái quy định về bố trí người thân"),
    "family_near": _l("Người thân cùng cơ quan cần được xem xét khi bố trí công việc"),
    "rights_of_ended_unit": _l("Tài khoản có vai trò ở đơn vị đã kết thúc hoạt động"),
}
MOST = 500  # rows of one check shown at once; the count is whole


@dataclass(frozen=True)
class Finding:
    """One record that does not fit: ``unit_id`` scopes it, ``link`` leads to where it is put right."""

    check: str
    unit_id: int | None
    unit: str
    record: str
    text: str
    link: str


def _serving(day: date) -> Any:
    return or_(Person.left_on.is_(None), Person.left_on > day)


def findings(day: date | None = None) -> Iterator[Finding]:
    """Everything that does not fit on ``day`` (today) in the actor's scope; one or two statements per check."""
    day = day or clock.today()
    yield from _over_establishment(day)
    yield from _over_position(day)
    yield from _people(day)
    yield from _pairs(day)
    yield from _ended_units(day)
    yield from _family(day)


def _family(day: date) -> Iterator[Finding]:
    """Relatives side by side against the bar of the anti-corruption law, or so that a person should look at it."""
    for one in kinsfolk.in_words(kinsfolk.standing_conflicts(day)):
        yield Finding(
            "family_bar" if one.severity == "BLOCK" else "family_near", one.unit_id, one.unit, one.name,
            f"{one.text} {one.article}", f"/staff/{one.person_id}?tab=family",
        )  # fmt: skip


def _scope(query: Select[Any], unit_column: Any, resource: str) -> Select[Any]:
    units = access.units_for(resource, "read")
    return query if units is None else query.where(unit_column.in_(units))


def _over_establishment(day: date) -> Iterator[Finding]:
    """People of a unit and everything below it, by the kind of establishment they count against."""
    given = db.session.execute(
        _scope(
            select(Establishment.unit_id, Establishment.kind, func.sum(Establishment.number))
            .where(holds(Establishment, day))
            .group_by(Establishment.unit_id, Establishment.kind),
            Establishment.unit_id,
            "establishment",
        )
    ).all()
    if not given:
        return
    present: Counter[tuple[int, str]] = Counter()
    paths = dict(db.session.execute(select(OrgUnit.id, OrgUnit.path)).tuples().all())
    here = select(Appointment.unit_id, Person.category, func.count()).join(Person, Person.id == Appointment.person_id)
    for unit_id, category, number in db.session.execute(
        here.where(holds(Appointment, day), Appointment.kind == "main", _serving(day)).group_by(
            Appointment.unit_id, Person.category
        )
    ):
        kind = ESTABLISHMENT_OF_CATEGORY.get(category, "")
        for part in paths.get(unit_id, "").strip("/").split("/"):
            if part:
                present[(int(part), kind)] += int(number)
    names = _names({unit_id for unit_id, _kind, _number in given})
    for unit_id, kind, number in given:
        over = present[(unit_id, kind)] - int(number)
        if over > 0:
            yield Finding(
                "over_establishment", unit_id, names[unit_id], str(ESTABLISHMENT_KINDS[kind]),
                _("Được giao %(given)s, có mặt %(present)s, vượt %(over)s.", given=int(number),
                  present=int(number) + over, over=over),
                f"/units/{unit_id}",
            )  # fmt: skip


def _names(unit_ids: set[int]) -> dict[int, str]:
    return {
        unit_id: short or name
        for unit_id, short, name in db.session.execute(select(OrgUnit.id, OrgUnit.short_name, OrgUnit.name))
        if unit_id in unit_ids
    }


def _over_position(day: date) -> Iterator[Finding]:
    holders = func.count(Appointment.id)
    query = (
        select(Position.id, Position.title, Position.unit_id, OrgUnit.name, Position.approved_number, holders)
        .join(Appointment, Appointment.position_id == Position.id)
        .join(OrgUnit, OrgUnit.id == Position.unit_id)
        .join(Person, Person.id == Appointment.person_id)
        .where(holds(Appointment, day), Appointment.kind == "main", holds(Position, day), _serving(day))
        .group_by(Position.id, Position.title, Position.unit_id, OrgUnit.name, Position.approved_number)
        .having(holders > Position.approved_number)
    )
    for _id, title, unit_id, unit, approved, number in db.session.execute(_scope(query, Position.unit_id, "position")):
        yield Finding(
            "over_position", unit_id, unit, title,
            _("Duyệt %(given)s người, đang có %(present)s.", given=approved, present=number), f"/units/{unit_id}",
        )  # fmt: skip


def _people(day: date) -> Iterator[Finding]:
    """People in service without a post or without pay on the day, or kept under another unit than their post's."""
    post = select(Appointment.unit_id).where(
        Appointment.person_id == Person.id, Appointment.kind == "main", holds(Appointment, day)
    )
    paid = select(SalaryRow.id).where(SalaryRow.person_id == Person.id, holds(SalaryRow, day))
    base = access.restrict(
        select(Person.id, Person.code, Person.full_name, Person.unit_id, OrgUnit.name)
        .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
        .where(_serving(day)),
        Person,
    )
    asked = (
        ("no_post", ~post.exists(), _("Chưa có quyết định vị trí có hiệu lực ngày %(day)s.", day=format_date(day))),
        ("no_salary", ~paid.exists(), _("Chưa có lương có hiệu lực ngày %(day)s.", day=format_date(day))),
        (
            "other_unit",
            post.where(Appointment.unit_id != Person.unit_id).exists(),
            _("Hãy mở hồ sơ và kiểm tra vị trí hiện hành."),
        ),
    )
    for check, condition, text in asked:
        for person_id, code, name, unit_id, unit in db.session.execute(base.where(condition).limit(MOST)):
            yield Finding(check, unit_id, unit or "", f"{name} ({code})", text, f"/staff/{person_id}")


PAIRS: tuple[tuple[str, Any], ...] = (("two_posts", Appointment), ("two_salaries", SalaryRow))


def _pairs(day: date) -> Iterator[Finding]:
    """Two main posts, or two rows of pay, of one person that share a day."""
    for check, model in PAIRS:
        other = aliased(model)
        query = (
            access.restrict(
                select(Person.id, Person.code, Person.full_name, Person.unit_id, OrgUnit.name, other.valid_from), Person
            )
            .join(model, model.person_id == Person.id)
            .join(other, (other.person_id == Person.id) & (other.id > model.id))
            .outerjoin(OrgUnit, OrgUnit.id == Person.unit_id)
            .where(
                _serving(day),
                lasts(model, other.valid_from),
                lasts(other, model.valid_from),
            )
        )
        if model is Appointment:
            query = query.where(model.kind == "main", other.kind == "main")
        for person_id, code, name, unit_id, unit, since in db.session.execute(query.limit(MOST)):
            text = _("Hai dòng cùng có hiệu lực, dòng sau từ %(day)s.", day=format_date(since))
            yield Finding(check, unit_id, unit or "", f"{name} ({code})", text, f"/staff/{person_id}")


def _ended_units(day: date) -> Iterator[Finding]:
    ended = OrgUnit.valid_to.is_not(None) & (OrgUnit.valid_to < day)
    query = access.restrict(
        select(Person.id, Person.code, Person.full_name, OrgUnit.id, OrgUnit.name, OrgUnit.valid_to), Person
    )
    query = (
        query.join(Appointment, Appointment.person_id == Person.id)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
        .where(holds(Appointment, day), ended, _serving(day))
    )
    for person_id, code, name, unit_id, unit, gone in db.session.execute(query.limit(MOST)):
        text = _("Đơn vị kết thúc ngày %(day)s.", day=format_date(gone))
        yield Finding("ended_unit", unit_id, unit, f"{name} ({code})", text, f"/staff/{person_id}")
    if not access.may("account", "read"):
        return
    rights = (
        access.restrict(select(Account.id, Account.username, OrgUnit.id, OrgUnit.name, OrgUnit.valid_to), Account)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .join(OrgUnit, OrgUnit.id == RoleAssignment.unit_id)
        .where(holds(RoleAssignment, day), ended, lasts(Account, day))
    )
    for account_id, username, unit_id, unit, gone in db.session.execute(rights.limit(MOST)):
        text = _("Đơn vị kết thúc ngày %(day)s; hãy thu hồi vai trò.", day=format_date(gone))
        yield Finding("rights_of_ended_unit", unit_id, unit, username, text, f"/accounts/{account_id}")


def orphan_files() -> list[int]:
    """Numbers of stored files no record points to any more and nobody took off on purpose."""
    pointed = select(attachments.Attachment.id).where(attachments.Attachment.file_id == attachments.StoredFile.id)
    imported = select(StaffImport.id).where(StaffImport.file_id == attachments.StoredFile.id)
    query = select(attachments.StoredFile.id).where(~pointed.exists(), ~imported.exists())
    return list(db.session.scalars(query.order_by(attachments.StoredFile.id)))


def check(day: date) -> str:
    """Count what does not fit by agency and tell those who keep the records there, once a week."""
    found = list(findings(day))
    by_unit = Counter(row.unit_id for row in found)
    audience = Audience()
    boxes: Counter[int] = Counter()
    for unit_id, number in by_unit.items():
        for account_id in audience.holders(unit_id, "staff", "write"):
            boxes[account_id] += number
    with force_locale("vi"), transaction():
        sent = send(
            Message(
                account_id, "consistency", f"consistency:{day.isoformat()}",
                _("%(n)s điểm chưa khớp trong hồ sơ, vị trí, biên chế", n=number), link="/checks/", count=number,
            )
            for account_id, number in boxes.items()
        )  # fmt: skip
    orphans = len(orphan_files())
    return (
        f"Có {len(found)} điểm chưa khớp ở {len(by_unit)} đơn vị, {orphans} tệp không thuộc hồ sơ nào; "
        f"gửi {sent} thông báo."
    )


jobs.scheduled(
    jobs.ScheduledAction(
        "consistency", "Kiểm tra dữ liệu: biên chế, vị trí, lương, quyền",
        {"day_of_week": "mon", "hour": "3", "minute": "30"}, check,
    )
)  # fmt: skip
