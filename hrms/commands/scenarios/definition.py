"""What a scenario asks: which people, when they leave, under which options and values of the law."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, or_, select

from hrms.commands.law.current import current_store
from hrms.commands.law.values import UnfitValue, read_plain
from hrms.commands.scenarios.vocabulary import AFFECTED, CATEGORIES
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from hrms.kernel.text import add_months, first_of_month, format_date
from models.organization import OrgUnit
from models.staff import Person
from policies.decrees import BY_CODE
from policies.engine.errors import MalformedLawData
from policies.engine.parameters import Override, ParameterStore, jsonable

LONGEST_STRETCH = 36  # leave months of one scenario
MOST_VALUES = 10
MOST_YEARS = 50
FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2035, 12, 31)
FIXED, BEST = "fixed", "best"
CHOICES = (FIXED, BEST)
LEADERS = ("", "only", "none")
# What a leave may bring; the monthly allowances of Điều 11, 12 and NĐ 179 are no leaves.
BENEFITS = ("auto", "early_retirement", "severance")
DECREES = ("auto", "178", "154", "29", "NQ07")


@dataclass(frozen=True)
class ChangedValue:
    """A value of the law laid over the one in force: ``value`` is plain exact data, fractions as text."""

    name: str
    value: Any
    valid_from: date | None = None
    valid_to: date | None = None
    document: str = ""


@dataclass(frozen=True)
class Definition:
    """``unit_ids``: these units and everything below them; none: everybody in scope. ``years_left``: years to pension.

    ``choice``: everybody leaves on ``leave_from`` (fixed), or each on the first of that month up to ``leave_to`` that
    pays the person most (best). ``affected``: see :meth:`Roster.frame`. ``budget_share``: of the people of bodies that
    cover a part of their spending, how many percent are paid by the budget; None: their purse stays open.
    """

    leave_from: date
    leave_to: date | None = None
    choice: str = FIXED
    unit_ids: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    leaders: str = ""
    years_left: int | None = None
    affected: str = "records"
    effective_on: date | None = None
    decree: str = "auto"
    benefit: str = "auto"
    budget_share: int | None = None
    values: tuple[ChangedValue, ...] = field(default=())

    def leave_dates(self) -> list[date]:
        """The days everybody is asked for, in order."""
        found = [self.leave_from]
        if self.choice == BEST and self.leave_to is not None:
            day = add_months(first_of_month(self.leave_from), 1)
            while day <= self.leave_to and len(found) < LONGEST_STRETCH:
                found.append(day)
                day = add_months(day, 1)
        return found

    def to_plain(self) -> dict[str, Any]:
        """For storage: JSON without loss."""
        plain = asdict(self)
        plain["values"] = [{**asdict(value), "value": jsonable(value.value)} for value in self.values]
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Definition:
        def day(value: str | None) -> date | None:
            return date.fromisoformat(value) if value else None

        values = tuple(
            ChangedValue(v["name"], v["value"], day(v["valid_from"]), day(v["valid_to"]), v["document"])
            for v in plain["values"]
        )
        leave_from = day(plain["leave_from"])
        assert leave_from is not None
        return replace(
            cls(leave_from),
            **{
                **plain,
                "leave_from": leave_from,
                "leave_to": day(plain["leave_to"]),
                "effective_on": day(plain["effective_on"]),
                "unit_ids": tuple(plain["unit_ids"]),
                "categories": tuple(plain["categories"]),
                "values": values,
            },
        )

    def store(self) -> ParameterStore:
        """The law in force with the scenario's values laid over it. Raises :class:`UnfitValue`, ``KeyError``."""
        base = current_store()
        found: dict[str, list[Override]] = {}
        for changed in self.values:
            versions = base.versions(changed.name)
            document = changed.document or _("Giả định của kịch bản")
            found.setdefault(changed.name, []).append(
                Override(
                    read_plain(versions, changed.value),
                    document=document,
                    article=document,
                    valid_from=changed.valid_from,
                    valid_to=changed.valid_to,
                )
            )
        return base.overlay(found) if found else base

    def chosen(self) -> Select[Any]:
        """Ids of the people asked about whom the actor may read; years to pension are judged later."""
        query = select(Person.id).where(Person.status != "left")
        query = access.restrict(query, Person, "read")
        if self.unit_ids:
            paths = db.session.scalars(select(OrgUnit.path).where(OrgUnit.id.in_(self.unit_ids))).all()
            below = select(OrgUnit.id).where(or_(*[OrgUnit.path.like(f"{path}%") for path in paths]))
            query = query.where(Person.unit_id.in_(below))
        else:
            query = query.where(Person.unit_id.is_not(None))
        if self.categories:
            query = query.where(Person.category.in_(self.categories))
        if self.leaders:
            query = query.where(Person.is_leader.is_(self.leaders == "only"))
        return query

    def present(self) -> dict[int, int]:
        """Everybody in service whom the actor may read, by unit: what is left when the people asked about go."""
        query = select(Person.unit_id, func.count()).where(Person.status != "left", Person.unit_id.is_not(None))
        query = access.restrict(query, Person, "read").group_by(Person.unit_id)
        return dict(db.session.execute(query).tuples().all())

    def faults(self) -> Iterable[Fault]:
        """Everything wrong with the question, by the field of the form."""
        yield from self._dates()
        if self.years_left is not None and not 1 <= self.years_left <= MOST_YEARS:
            yield Fault(
                "years_left",
                _("Số năm còn lại là %(n)s; hãy ghi từ 1 đến %(most)s.", n=self.years_left, most=MOST_YEARS),
            )
        if self.budget_share is not None and not 0 <= self.budget_share <= 100:
            yield Fault("budget_share", _("Tỷ lệ %(n)s%% không đúng; hãy ghi từ 0 đến 100.", n=self.budget_share))
        for name, value, known in (
            ("affected", self.affected, AFFECTED),
            ("choice", self.choice, CHOICES),
            ("leaders", self.leaders, LEADERS),
            ("decree", self.decree, DECREES),
            ("benefit", self.benefit, BENEFITS),
        ):
            if value not in known:
                yield Fault(name, _("“%(value)s” không có trong danh sách để chọn.", value=str(value)[:40]))
        unknown = [code for code in self.categories if code not in CATEGORIES]
        if unknown:
            yield Fault("categories", _("Không có loại cán bộ “%(value)s”.", value=", ".join(unknown)[:80]))
        known_decree = BY_CODE.get(self.decree)
        if known_decree is not None and self.benefit != "auto" and self.benefit not in known_decree.benefits:
            yield Fault("benefit", _("%(decree)s không có chế độ này.", decree=known_decree.identity.name))
        yield from self._values()

    def _dates(self) -> Iterable[Fault]:
        for name, day in (("leave_from", self.leave_from), ("leave_to", self.leave_to)):
            if day is not None and not FIRST_DAY <= day <= LAST_DAY:
                yield Fault(
                    name,
                    _(
                        "Ngày %(day)s ngoài khoảng %(first)s – %(last)s.",
                        day=format_date(day),
                        first=format_date(FIRST_DAY),
                        last=format_date(LAST_DAY),
                    ),
                )
        if self.choice == BEST:
            if self.leave_to is None:
                yield Fault("leave_to", _("Hãy ghi tháng cuối của khoảng thời gian được chọn ngày nghỉ."))
            elif self.leave_to < self.leave_from:
                yield Fault("leave_to", _("Ngày cuối phải từ ngày %(day)s trở đi.", day=format_date(self.leave_from)))
            elif add_months(first_of_month(self.leave_from), LONGEST_STRETCH) <= self.leave_to:
                yield Fault("leave_to", _("Khoảng thời gian dài nhất là %(n)s tháng.", n=LONGEST_STRETCH))

    def _values(self) -> Iterable[Fault]:
        if len(self.values) > MOST_VALUES:
            yield Fault("values", _("Một kịch bản thay đổi nhiều nhất %(n)s tham số.", n=MOST_VALUES))
        store = current_store()
        sound = True
        for position, changed in enumerate(self.values):
            where = f"values-{position}"
            if changed.name not in store.names():
                sound = False
                yield Fault(
                    where,
                    _("Không có tham số “%(name)s”. Hãy chọn trong danh sách gợi ý.", name=changed.name[:80]),
                )
                continue
            try:
                read_plain(store.versions(changed.name), changed.value)
            except UnfitValue as error:
                sound = False
                yield Fault(where, f"{store.versions(changed.name)[-1].label}: {error}")
            if changed.valid_from and changed.valid_to and changed.valid_from > changed.valid_to:
                sound = False
                yield Fault(where, _("Ngày bắt đầu sau ngày kết thúc."))
        if sound:
            try:
                self.store()
            except MalformedLawData as error:
                yield Fault("values", str(error))


def holder_of(unit_ids: Iterable[int]) -> OrgUnit:
    """The smallest unit that holds all these units; without any the top one in the actor's scope.

    Raises :class:`NotFound` for a unit outside the scope.
    """
    units = [access.get(OrgUnit, unit_id) for unit_id in unit_ids]
    if not units:
        query = access.restrict(select(OrgUnit), OrgUnit).order_by(OrgUnit.depth, OrgUnit.id).limit(1)
        top = db.session.scalar(query)
        if top is None:
            raise NotFound()
        return top
    shared = [part for part in units[0].path.split("/") if part]
    for unit in units[1:]:
        parts = [part for part in unit.path.split("/") if part]
        shared = [a for a, b in zip(shared, parts, strict=False) if a == b]
    if not shared:
        raise NotFound()
    return access.get(OrgUnit, int(shared[-1]))
