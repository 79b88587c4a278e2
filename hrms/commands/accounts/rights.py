"""Which role an account has on which unit, from when to when; and which roles one account must not hold together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from hrms.commands import security_log
from hrms.kernel import access, actor, clock, history
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, normalize
from hrms.kernel.validity import lasts
from models.account import Account, RoleAssignment
from models.organization import OrgUnit
from models.staff import Appointment

ADMIN, OWN = "system_admin", "staff_member"
OF_ONE_UNIT = ("unit_hr", "unit_head", "province_head")  # never over the whole province
# SEC-07: who enters does not approve, who computes does not pay, who supervises does not do, who runs the system sees
# nobody's record. Pairs of roles that one account must not hold over the same unit.
APART: dict[frozenset[str], str] = {
    frozenset({"unit_hr", "unit_head"}): "người lập hồ sơ không đồng thời là người duyệt",
    frozenset({"province_hr", "unit_head"}): "người thẩm định không đồng thời là người duyệt ở đơn vị",
    frozenset({"province_hr", "province_head"}): "người tham mưu, tổng hợp không đồng thời là người quyết định",
    frozenset({"unit_hr", "province_head"}): "người tham mưu, tổng hợp không đồng thời là người quyết định",
    frozenset({"auditor", "province_head"}): "người kiểm tra không đồng thời là người thực hiện",
    frozenset({"unit_hr", "finance"}): "người lập hồ sơ không đồng thời là người thẩm tra, chi trả",
    frozenset({"province_hr", "finance"}): "người thẩm định không đồng thời là người thẩm tra, chi trả",
    frozenset({"unit_head", "finance"}): "người duyệt không đồng thời là người thẩm tra, chi trả",
    frozenset({"auditor", "unit_hr"}): "người kiểm tra không đồng thời là người thực hiện",
    frozenset({"auditor", "province_hr"}): "người kiểm tra không đồng thời là người thực hiện",
    frozenset({"auditor", "unit_head"}): "người kiểm tra không đồng thời là người thực hiện",
    frozenset({"auditor", "finance"}): "người kiểm tra không đồng thời là người thực hiện",
}


def role_label(code: str) -> str:
    """What the role is called."""
    role = access.roles().get(code)
    return role.label if role is not None else code


def in_force(day: date) -> Any:
    """The condition of an assignment that holds on ``day`` or begins later and has not been taken back."""
    return and_(
        lasts(RoleAssignment, day),
        lasts(RoleAssignment, RoleAssignment.valid_from),
    )


def assigned_today(account_ids: Sequence[int]) -> dict[int, list[RoleAssignment]]:
    """Assignments in force or to come, by account; their units come along. One statement."""
    found: dict[int, list[RoleAssignment]] = {number: [] for number in account_ids}
    query: Select[Any] = (
        select(RoleAssignment, OrgUnit)
        .outerjoin(OrgUnit, OrgUnit.id == RoleAssignment.unit_id)
        .where(RoleAssignment.account_id.in_(list(account_ids)), in_force(clock.today()))
        .order_by(RoleAssignment.id)
    )
    for row, _unit in db.session.execute(query):
        found[row.account_id].append(row)
    return found


def role_faults(
    role: str,
    unit_id: int | None,
    valid_from: date | None,
    valid_to: date | None,
    *,
    has_person: bool,
    whole_province: bool = False,
) -> Iterator[Fault]:
    """Everything wrong with a role on a unit for a time, whoever gets it.

    A role over the whole province is asked for aloud (``whole_province``), never by leaving the unit empty.
    """
    declared = access.roles().get(role)
    if declared is None:
        yield Fault("role", _("Chưa chọn vai trò. Hãy chọn một vai trò trong danh sách."))
        return
    if declared.own:
        if not has_person:
            yield Fault("role", _("Vai trò “%(role)s” cần gắn với hồ sơ cán bộ. Hãy chọn cán bộ.", role=declared.label))
    elif declared.unit_level and unit_id is None and (role in OF_ONE_UNIT or not whole_province):
        if role in OF_ONE_UNIT:
            message = _("Vai trò “%(role)s” cần một đơn vị. Hãy chọn đơn vị.", role=declared.label)
        else:
            message = _(
                "Vai trò “%(role)s” cần một đơn vị. Hãy chọn đơn vị, hoặc đánh dấu “Toàn tỉnh”.", role=declared.label
            )
        yield Fault("unit_id", message)
    elif unit_id is not None and whole_province:
        yield Fault("unit_id", _("Đã đánh dấu “Toàn tỉnh” thì để trống đơn vị."))
    elif not declared.unit_level and unit_id is not None:
        yield Fault("unit_id", _("Vai trò “%(role)s” có phạm vi toàn tỉnh. Hãy để trống đơn vị.", role=declared.label))
    if unit_id is not None and not access.in_scope(unit_id, "account", "manage"):
        yield Fault("unit_id", _("Không tìm thấy đơn vị này trong phạm vi của bạn. Hãy chọn đơn vị khác."))
    if valid_from is None:
        yield Fault("valid_from", _("Chưa nhập ngày bắt đầu. Hãy nhập ngày, ví dụ hôm nay."))
    elif valid_from < clock.today():
        yield Fault(
            "valid_from",
            _(
                "Ngày bắt đầu %(day)s đã qua. Quyền không cấp lùi ngày; hãy nhập từ hôm nay.",
                day=format_date(valid_from),
            ),
        )
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        yield Fault(
            "valid_to",
            _(
                "Ngày kết thúc %(end)s trước ngày bắt đầu %(start)s. Hãy sửa một trong hai ngày.",
                end=format_date(valid_to),
                start=format_date(valid_from),
            ),
        )


def together_faults(role: str, unit_id: int | None, others: Iterable[RoleAssignment]) -> Iterator[Fault]:
    """Why ``role`` on the unit must not stand beside the ``others`` of the same account."""
    unit = db.session.get(OrgUnit, unit_id) if unit_id is not None else None
    for other in others:
        if other.role == role and other.unit_id == unit_id:
            yield Fault("role", _("Tài khoản đã có vai trò này ở đơn vị này."))
            continue
        pair = frozenset({role, other.role})
        if ADMIN in pair and len(pair) > 1 and OWN not in pair:
            yield Fault(
                "role",
                _(
                    "Vai trò “%(one)s” không đi cùng “%(two)s”: người quản trị hệ thống không được xem hồ sơ cán bộ. "
                    "Hãy lập tài khoản cho hai người khác nhau.",
                    one=role_label(role),
                    two=role_label(other.role),
                ),
            )
        elif (why := APART.get(pair)) and _meet(unit, other.unit):
            yield Fault(
                "role",
                _(
                    "Vai trò “%(one)s” không đi cùng “%(two)s” trên cùng đơn vị: %(why)s.",
                    one=role_label(role),
                    two=role_label(other.role),
                    why=_(why),
                ),
            )


def _meet(one: OrgUnit | None, two: OrgUnit | None) -> bool:
    """Whether two scopes share a unit; ``None`` is the whole province."""
    return one is None or two is None or one.path.startswith(two.path) or two.path.startswith(one.path)


def account_to_manage(account_id: int) -> Account:
    """The account, when the actor may manage it. Raises NotFound or NotAllowed."""
    access.require("account", "manage")
    return access.get(Account, account_id, "manage")


def not_oneself(account: Account) -> Iterator[Fault]:
    """Nobody changes the own rights."""
    if account.user_id == actor.current().user_id:
        yield Fault("", _("Bạn không tự thay đổi quyền của chính mình. Hãy nhờ quản trị viên khác."))


def note_rights(account: Account, words: str, kind: str = "rights_changed") -> None:
    """One line in the account's history and one event in the security log (LOG-01: rights changed)."""
    history.note(account, words)
    security_log.record(kind, f"account {account.id}", words)


def describe(row: RoleAssignment) -> str:
    """The assignment in one sentence, without anybody's name."""
    unit = db.session.get(OrgUnit, row.unit_id) if row.unit_id is not None else None
    place = unit.code if unit is not None else _("toàn tỉnh")
    end = format_date(row.valid_to) if row.valid_to else "…"
    return f"{role_label(row.role)}, {place}, {format_date(row.valid_from)} – {end}"


@dataclass
class AssignRole(Command[RoleAssignment]):
    """One more role for an account."""

    account_id: int
    role: str
    unit_id: int | None
    valid_from: date | None
    valid_to: date | None = None
    whole_province: bool = False
    replaced_id: int | None = None  # an assignment that ends when this one begins

    def validate(self) -> Iterator[Fault]:
        self._account = account_to_manage(self.account_id)
        yield from not_oneself(self._account)
        yield from role_faults(
            self.role,
            self.unit_id,
            self.valid_from,
            self.valid_to,
            has_person=self._account.person_id is not None,
            whole_province=self.whole_province,
        )
        others = assigned_today([self.account_id])[self.account_id]
        self._old = next((row for row in others if row.id == self.replaced_id), None)
        if self.replaced_id is not None and self._old is None:
            yield Fault("", _("Quyền cần thay không còn hiệu lực. Hãy tải lại trang."))
        yield from together_faults(self.role, self.unit_id, [row for row in others if row is not self._old])

    def run(self) -> RoleAssignment:
        assert self.valid_from is not None
        if self._old is not None:
            self._old.valid_to = self.valid_from - timedelta(days=1)
        row = RoleAssignment(
            account_id=self.account_id,
            role=self.role,
            unit_id=self.unit_id,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )
        db.session.add(row)
        db.session.flush()
        if self._old is not None:
            words = _("Đổi vai trò: %(old)s → %(new)s", old=describe(self._old), new=describe(row))
        else:
            words = _("Cấp vai trò: %(new)s", new=describe(row))
        note_rights(self._account, words)
        access.forget_grants()
        return row

    def replay(self, receipt: Any) -> RoleAssignment:
        return access.get(RoleAssignment, receipt, "manage")


def ChangeRole(
    assignment_id: int,
    role: str,
    unit_id: int | None,
    valid_from: date | None,
    valid_to: date | None = None,
    whole_province: bool = False,
) -> AssignRole:
    """Another role or unit in the place of an assignment, from a day on."""
    old = access.get(RoleAssignment, assignment_id, "manage")
    return AssignRole(old.account_id, role, unit_id, valid_from, valid_to, whole_province, replaced_id=assignment_id)


@dataclass
class EndAssignment(Command[RoleAssignment]):
    """A role ends. ``last_day`` empty: at once."""

    assignment_id: int
    reason: str
    last_day: date | None = None

    def validate(self) -> Iterator[Fault]:
        access.require("account", "manage")
        self._row = access.get(RoleAssignment, self.assignment_id, "manage")
        yield from not_oneself(self._row.account)
        if not normalize(self.reason):
            yield Fault("reason", _("Chưa ghi lý do thu hồi quyền. Hãy ghi lý do, ví dụ số quyết định điều động."))
        if self.last_day is not None and self.last_day < clock.today() - timedelta(days=1):
            yield Fault(
                "last_day", _("Ngày cuối %(day)s đã qua. Để trống để thu hồi ngay.", day=format_date(self.last_day))
            )
        if self._row.valid_to is not None and self._row.valid_to < clock.today():
            yield Fault("", _("Quyền này đã kết thúc ngày %(day)s.", day=format_date(self._row.valid_to)))

    def run(self) -> RoleAssignment:
        self._row.valid_to = self.last_day or clock.today() - timedelta(days=1)
        note_rights(
            self._row.account,
            _("Thu hồi vai trò: %(row)s. Lý do: %(reason)s", row=describe(self._row), reason=normalize(self.reason)),
        )
        access.forget_grants()
        return self._row


def end_rights_of_moved(day: date | None = None) -> int:
    """SEC-08: rights follow posts. A role on a unit ends for somebody who held a post there and holds none now.

    Only accounts of people with a record; who never had a post in the unit got the role for another reason and keeps
    it. The role ends on the day before ``day`` (today). Returns how many ended. For the daily action.
    """
    from hrms.kernel.commands import transaction

    day = day or clock.today()
    post_unit = aliased(OrgUnit)
    posts = (
        select(Appointment.id)
        .join(post_unit, post_unit.id == Appointment.unit_id)
        .where(
            Appointment.person_id == Account.person_id,
            Appointment.valid_from <= day,
            post_unit.path.like(OrgUnit.path + "%"),
        )
    )
    serving = posts.where(lasts(Appointment, day)).exists()
    held = posts.where(Appointment.valid_to < day, Appointment.valid_to >= RoleAssignment.valid_from).exists()
    query = (
        select(RoleAssignment)
        .join(Account, Account.id == RoleAssignment.account_id)
        .join(OrgUnit, OrgUnit.id == RoleAssignment.unit_id)
        .where(
            Account.person_id.is_not(None),
            RoleAssignment.role != OWN,
            RoleAssignment.valid_from <= day,
            in_force(day),
            held,
            ~serving,
        )
    )
    with transaction():
        rows = list(db.session.scalars(query))
        for row in rows:
            row.valid_to = day - timedelta(days=1)
            note_rights(
                row.account,
                _("Vai trò hết hiệu lực vì người dùng không còn công tác tại đơn vị: %(row)s", row=describe(row)),
            )
    return len(rows)
