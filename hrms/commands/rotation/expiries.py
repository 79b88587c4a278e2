"""What ends when: terms of leading posts, secondments, rotations, last days of the periodic change, days to look again.

The calendar of a scope, and the source of the morning's reminders. The days before which people are reminded, and the
latest days to act, are those of ``policies.rotation``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from hrms.commands.law.current import current_store
from hrms.commands.notifications.reminders import Due, source
from hrms.commands.rotation.clocks import Roll, roll, units_named
from hrms.commands.rotation.due import judge
from hrms.commands.rotation.plan_workflow import ISSUED, PLANNED, PUBLISHED
from hrms.commands.rotation.words import BIET_PHAI, CASE_PATH, LUAN_CHUYEN, N_, RUNNING
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.organization import OrgUnit
from models.rotation import MovementCase, RotationDeferral, RotationPlan, RotationPlanLine
from models.staff import Appointment, Person
from policies.engine.dates import add_months
from policies.engine.parameters import ParameterStore
from policies.rotation import notify_by, reminder_days, rotation_progress, term_dates
from policies.rotation.law import at

TERM_END, SECONDMENT_END, ROTATION_DUE = "TERM_END", "SECONDMENT_END", "ROTATION_DUE"
REMARK_DUE, PERIODIC_LIMIT, DEFERRAL_RECHECK, NOTICE_DUE = (
    "REMARK_DUE",
    "PERIODIC_LIMIT",
    "DEFERRAL_RECHECK",
    "NOTICE_DUE",
)
KINDS = {
    TERM_END: N_("Hết thời hạn giữ chức vụ"),
    SECONDMENT_END: N_("Hết thời hạn biệt phái"),
    ROTATION_DUE: N_("Đến hạn luân chuyển"),
    REMARK_DUE: N_("Nhận xét hằng năm người luân chuyển"),
    PERIODIC_LIMIT: N_("Hạn phải chuyển đổi vị trí công tác"),
    DEFERRAL_RECHECK: N_("Xem xét lại trường hợp chưa chuyển đổi"),
    NOTICE_DUE: N_("Hạn thông báo cho người phải chuyển đổi"),
}
DUE_PATH, PLAN_PATH, EXPIRIES_PATH = "/rotation/due", "/rotation/plans/{id}", "/rotation/expiries"
NOTICE = "movement_due"
AHEAD = timedelta(days=200)  # the farthest reminder of the law's settings is 180 days before


@dataclass(frozen=True, slots=True)
class Expiry:
    """One day on the calendar. ``must_act_by``: latest day of what has to be done before it, if the law sets one."""

    kind: str
    day: date
    person_id: int
    name: str
    unit_id: int
    unit: str
    what: str
    case_id: int | None = None
    plan_id: int | None = None
    appointment_id: int | None = None
    must_act_by: date | None = None
    article: str = ""

    @property
    def link(self) -> str:
        if self.case_id is not None:
            return CASE_PATH.format(id=self.case_id)
        if self.plan_id is not None:
            return PLAN_PATH.format(id=self.plan_id)
        return DUE_PATH if self.kind == PERIODIC_LIMIT else EXPIRIES_PATH


def expiries(
    first: date, last: date, *, unit_id: int | None = None, kinds: Collection[str] = (), roll_: Roll | None = None
) -> list[Expiry]:
    """Everything of the actor's scope that ends between two days, by day and name."""
    wanted = frozenset(kinds) or frozenset(KINDS)
    store = current_store()
    found: list[Expiry] = []
    if TERM_END in wanted:
        found += _terms(first, last, unit_id, store)
    if wanted & {SECONDMENT_END, ROTATION_DUE, REMARK_DUE}:
        found += [one for one in _cases(first, last, unit_id, store) if one.kind in wanted]
    if PERIODIC_LIMIT in wanted:
        found += _limits(first, last, unit_id, roll_)
    if DEFERRAL_RECHECK in wanted:
        found += _rechecks(first, last, unit_id)
    if NOTICE_DUE in wanted:
        found += _notices(first, last, unit_id, store)
    return sorted(found, key=lambda one: (one.day, one.kind, one.name, one.person_id))


def _below(column: Any, unit_id: int | None) -> Any:
    if unit_id is None:
        return True
    path = select(OrgUnit.path).where(OrgUnit.id == unit_id).scalar_subquery()
    return column.in_(select(OrgUnit.id).where(OrgUnit.path.like(path + "%")))


def _mine(query: Select[Any], column: Any) -> Select[Any]:
    units = access.units_for("movement", "read")
    return query if units is None else query.where(column.in_(units))


def _terms(first: date, last: date, unit_id: int | None, store: ParameterStore) -> Iterator[Expiry]:
    """Leading posts in force whose term is over between the days; a term written on the post speaks first."""
    today = clock.today()
    months = at(store, "term.months", today).value
    query = (
        select(
            Appointment.id, Appointment.person_id, Person.full_name, Appointment.unit_id, OrgUnit.name,
            Appointment.title, Appointment.valid_from, Appointment.term_ends,
        )
        .join(Person, Person.id == Appointment.person_id)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
        .where(
            Appointment.kind == "main", Appointment.leader_rank != "", holds(Appointment, today),
            or_(
                Appointment.term_ends.between(first, last),
                Appointment.term_ends.is_(None)
                & Appointment.valid_from.between(
                    add_months(first, -months) - timedelta(days=31), add_months(last, -months) + timedelta(days=31)
                ),
            ),
            _below(Appointment.unit_id, unit_id),
        )
    )  # fmt: skip
    for number, person, name, unit, unit_name, title, begun, ends in db.session.execute(
        _mine(query, Appointment.unit_id)
    ):
        dates = term_dates(begun, store=store)
        day = ends or dates.last_day
        if first <= day <= last:
            notice = dates.notice_by if ends is None else notice_before(ends, store)
            yield Expiry(
                TERM_END, day, person, name, unit, unit_name, title, appointment_id=number, must_act_by=notice,
                article=dates.node.article or "",
            )  # fmt: skip


def notice_before(last_day: date, store: ParameterStore) -> date:
    """Latest day of the notice before the end of a term that a decision dates (Điều 39, 40 NĐ 170/2025/NĐ-CP)."""
    expires = last_day + timedelta(days=1)
    return expires - timedelta(days=at(store, "term.notice_days", expires).value)


def _cases(first: date, last: date, unit_id: int | None, store: ParameterStore) -> Iterator[Expiry]:
    query = (
        select(MovementCase, Person.full_name, OrgUnit.name)
        .join(Person, Person.id == MovementCase.person_id)
        .join(OrgUnit, OrgUnit.id == MovementCase.to_unit_id)
        .where(
            MovementCase.state == RUNNING, MovementCase.kind.in_((BIET_PHAI, LUAN_CHUYEN)),
            MovementCase.effective_on.is_not(None),
        )
    )  # fmt: skip
    if unit_id is not None:
        query = query.where(_below(MovementCase.unit_id, unit_id) | _below(MovementCase.to_unit_id, unit_id))
    for case, name, unit in db.session.execute(access.restrict(query, MovementCase)).tuples():
        assert case.effective_on is not None
        common = (case.person_id, name, case.to_unit_id, unit, case.number)
        if case.kind == BIET_PHAI:
            if case.ends_on is not None and first <= case.ends_on <= last:
                yield Expiry(SECONDMENT_END, case.ends_on, *common, case_id=case.id, must_act_by=case.ends_on,
                             article="Điều 26 NĐ 170/2025/NĐ-CP")  # fmt: skip
            continue
        progress = rotation_progress(case.effective_on, max(first, case.effective_on), store)
        due = case.ends_on or progress.due_on
        if first <= due <= last:
            yield Expiry(ROTATION_DUE, due, *common, case_id=case.id, article="Điều 48 NĐ 170/2025/NĐ-CP")
        if first <= progress.next_remark <= last:
            yield Expiry(REMARK_DUE, progress.next_remark, *common, case_id=case.id,
                         article="Điều 49 NĐ 170/2025/NĐ-CP")  # fmt: skip


def _limits(first: date, last: date, unit_id: int | None, roll_: Roll | None) -> Iterator[Expiry]:
    loaded = roll_ or roll(clock.today(), unit_id=unit_id)
    for holder in loaded.holders:
        answer, _why, _warnings = judge(holder, loaded.on, store=loaded.store)
        if answer.clock is None or answer.state in ("EXEMPT", "DEFERRED"):
            continue
        day = answer.clock.must_change_by
        if first <= day <= last:
            yield Expiry(
                PERIODIC_LIMIT, day, holder.person_id, holder.name, holder.unit_id,
                units_named(loaded.units, holder.unit_id), holder.title, appointment_id=holder.appointment_id,
                must_act_by=day, article=answer.clock.node.article or "",
            )  # fmt: skip


def _rechecks(first: date, last: date, unit_id: int | None) -> Iterator[Expiry]:
    query = (
        select(RotationDeferral, Person.full_name, Person.unit_id, OrgUnit.name)
        .join(Person, Person.id == RotationDeferral.person_id)
        .join(OrgUnit, OrgUnit.id == Person.unit_id)
        .where(
            RotationDeferral.recheck_on.between(first, last),
            or_(RotationDeferral.ends_on.is_(None), RotationDeferral.ends_on >= first),
            _below(Person.unit_id, unit_id),
        )
    )
    for row, name, unit, unit_name in db.session.execute(access.restrict(query, RotationDeferral)).tuples():
        assert row.recheck_on is not None
        yield Expiry(
            DEFERRAL_RECHECK, row.recheck_on, row.person_id, name, unit or 0, unit_name, row.document,
            article="Điều 38 NĐ 59/2019/NĐ-CP",
        )  # fmt: skip


def _notices(first: date, last: date, unit_id: int | None, store: ParameterStore) -> Iterator[Expiry]:
    query = (
        select(RotationPlanLine, Person.full_name, OrgUnit.name, RotationPlan.name)
        .join(RotationPlan, RotationPlan.id == RotationPlanLine.plan_id)
        .join(Person, Person.id == RotationPlanLine.person_id)
        .join(OrgUnit, OrgUnit.id == RotationPlanLine.unit_id)
        .where(
            RotationPlan.state.in_((ISSUED, PUBLISHED)), RotationPlanLine.state == PLANNED,
            RotationPlanLine.planned_on.is_not(None), RotationPlanLine.planned_on >= first,
            _below(RotationPlanLine.unit_id, unit_id),
        )
    )  # fmt: skip
    for line, name, unit_name, plan in db.session.execute(access.restrict(query, RotationPlanLine)).tuples():
        assert line.planned_on is not None
        day, node = notify_by(line.planned_on, store)
        if first <= day <= last:
            yield Expiry(
                NOTICE_DUE, day, line.person_id, name, line.unit_id, unit_name, plan, plan_id=line.plan_id,
                must_act_by=day, article=node.article or "",
            )  # fmt: skip


# --- reminders -----------------------------------------------------------------------------------------------------
REMINDED = {TERM_END: "term", SECONDMENT_END: "secondment", PERIODIC_LIMIT: "periodic"}
FEW = (30, 7, 0)  # days before, where no rule names any


def reminded_before(kind: str, day: date, store: ParameterStore) -> tuple[int, ...]:
    """How many days before ``day`` people are reminded."""
    name = REMINDED.get(kind)
    return FEW if name is None else tuple((day - one).days for one in reminder_days(name, day, store))


@source
def movement_days(day: date) -> Iterator[Due]:
    """Every day of the calendar worth a word, to those who plan movements there; lists of the overdue are monthly."""
    store = current_store()
    with force_locale("vi"):
        for one in expiries(day, day + AHEAD):
            remind = reminded_before(one.kind, one.day, store)
            if (one.day - day).days not in remind:
                continue
            yield Due(
                NOTICE, f"{one.kind}:{one.person_id}:{one.day}",
                _("%(what)s: %(name)s, %(unit)s", what=_(KINDS[one.kind]), name=one.name, unit=one.unit), one.day,
                one.link, unit_id=one.unit_id, resource="movement", action="plan", about=one.person_id, remind=remind,
            )  # fmt: skip
