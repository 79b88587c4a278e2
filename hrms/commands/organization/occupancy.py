"""Who and what is still in a unit: main posts held there, units below it, and the faults that name them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date
from hrms.kernel.validity import lasts
from models.organization import OrgUnitVersion
from models.staff import Appointment, Person

SHOWN = 10  # names listed in one message


def posts_in(unit_ids: Iterable[int], day: date) -> list[tuple[Appointment, Person]]:
    """Main posts held directly in the units on ``day`` or later, with their people."""
    rows = db.session.execute(
        select(Appointment, Person)
        .join(Person, Person.id == Appointment.person_id)
        .where(
            Appointment.unit_id.in_(list(unit_ids)),
            Appointment.kind == "main",
            lasts(Appointment, day),
        )
        .order_by(Person.sort_key)
    )
    return [(post, person) for post, person in rows]


def stranded_faults(
    unit_ids: list[int], on: date, *, but_people: set[int] | None, but_units: set[int] | None
) -> list[Fault]:
    """People with posts and units below that nobody has a place for; ``None`` = all of them are placed."""
    faults: list[Fault] = []
    people = [] if but_people is None else [p for _post, p in posts_in(unit_ids, on) if p.id not in but_people]
    if people:
        more = _(" và %(n)s người khác", n=len(people) - SHOWN) if len(people) > SHOWN else ""
        faults.append(
            Fault(
                "staff",
                _(
                    "Còn %(n)s người giữ vị trí từ ngày %(day)s: %(names)s%(more)s. "
                    "Hãy nêu đơn vị tiếp nhận, hoặc ghi nhận nghỉ, chuyển công tác trước.",
                    n=len(people),
                    day=format_date(on),
                    names=", ".join(f"{person.full_name} ({person.code})" for person in people[:SHOWN]),
                    more=more,
                ),
                code="staff_remain",
            )
        )
    units = [] if but_units is None else [name for unit, name in _children(unit_ids, on) if unit not in but_units]
    if units:
        faults.append(
            Fault(
                "children",
                _(
                    "Còn đơn vị trực thuộc đang hoạt động: %(names)s. Hãy nêu đơn vị tiếp nhận hoặc kết thúc trước.",
                    names=", ".join(units[:SHOWN]),
                ),
                code="children_remain",
            )
        )
    return faults


def _children(unit_ids: list[int], on: date) -> list[tuple[int, str]]:
    rows = db.session.execute(
        select(OrgUnitVersion.unit_id, OrgUnitVersion.name)
        .where(
            OrgUnitVersion.parent_id.in_(unit_ids),
            lasts(OrgUnitVersion, on),
        )
        .order_by(OrgUnitVersion.name)
    )
    found: dict[int, str] = defaultdict(str)
    for unit_id, name in rows:
        found[unit_id] = name
    return list(found.items())
