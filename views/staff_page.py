"""What the record page of a person shows: head, tabs with their counters, rows, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import aliased, joinedload

from hrms.commands import sensitive
from hrms.commands.facts import protected_until
from hrms.commands.record_feed import Feed, feed
from hrms.commands.staff.records import same_act_offers
from hrms.commands.staff_overview import Overview, overviews
from hrms.kernel import access, attachments, clock, history
from hrms.kernel.attachments import Attachment
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from hrms.kernel.text import format_date
from hrms.kernel.validity import holds
from models.account import Account
from models.organization import OrgUnit, OrgUnitVersion
from models.restructuring import DownsizingCase
from models.staff import (
    Appointment,
    Discipline,
    EarlierBenefit,
    FamilyRelation,
    InsurancePeriod,
    Person,
    SalaryRow,
    TrainingRecord,
    YearRating,
)  # fmt: skip
from models.vocabulary import (
    APPOINTMENT_KINDS,
    CATEGORIES,
    DISCIPLINE_KINDS,
    LEADER_RANKS,
    RATINGS,
    SEXES,
    STAFF_STATUSES,
)
from views.guard import current_account
from views.staff_options import options_of
from views.staff_rows import INSURANCE_KINDS, KINDS, OTHERS
from views.words import word

OF_PERSON: tuple[type[Any], ...] = (
    Appointment, SalaryRow, InsurancePeriod, TrainingRecord, Discipline, FamilyRelation, EarlierBenefit, YearRating,
)  # fmt: skip
# Tab → its words and the models counted on it.
TABS: dict[str, tuple[Any, tuple[type[Any], ...]]] = {
    "profile": (_l("Hồ sơ"), ()),
    "posts": (_l("Công tác"), (Appointment,)),
    "salary": (_l("Lương"), (SalaryRow,)),
    "insurance": (_l("Bảo hiểm"), (InsurancePeriod,)),
    "training": (_l("Đảng, đào tạo"), (TrainingRecord,)),
    "ratings": (_l("Xếp loại, kỷ luật"), (YearRating, Discipline)),
    "family": (_l("Gia đình"), (FamilyRelation,)),
    "benefits": (_l("Chế độ đã hưởng"), (EarlierBenefit,)),
    "cases": (_l("Hồ sơ nghỉ"), (DownsizingCase,)),
    "options": (_l("Phương án"), ()),
    "files": (_l("Tệp"), (Attachment,)),
}
CODED: dict[str, dict[str, str]] = {
    "category": CATEGORIES, "sex": SEXES, "status": STAFF_STATUSES, "level": RATINGS, "leader_rank": LEADER_RANKS,
    "kind": {**APPOINTMENT_KINDS, **DISCIPLINE_KINDS},
}  # fmt: skip


@dataclass
class Head:
    """The person and what the current user may do with the record, read in one statement."""

    person: Person
    may_write: bool
    may_unmask: bool
    may_see_family: bool
    own: bool
    counts: dict[str, int] = field(default_factory=dict)
    overview: Overview | None = None

    @property
    def day(self) -> date:
        """The day the head speaks of: today, or the last day in service."""
        today, left = clock.today(), self.person.left_on
        return left - timedelta(days=1) if left is not None and left <= today else today

    @property
    def may_see_discipline(self) -> bool:
        """Details of discipline are class C4: for the personnel unit, the supervisor and the person."""
        return self.may_unmask or self.may_see_family

    @property
    def tabs(self) -> list[tuple[str, str, int | None]]:
        """Code, words and counter of the tabs the user may open."""
        shown = []
        for code, (words, _models) in TABS.items():
            if code == "family" and not self.may_see_family:
                continue
            if code == "cases" and not access.may("case", "read"):
                continue
            if code == "options" and not (access.may("calculator", "use") and self.person.status != "left"):
                continue
            shown.append((code, str(words), self.counts.get(code)))
        return shown


def head_of(person_id: int, *, counted: bool = True) -> Head:
    """Load the record in the actor's scope. Raises :class:`NotFound`."""
    columns: list[Any] = [
        _exists("write", person_id).label("may_write"),
        _exists("identity", person_id).label("unmask"),
    ]
    if counted:
        columns += [_count(code, models, person_id).label(code) for code, (_words, models) in TABS.items() if models]
    query = access.restrict(select(Person, *columns).where(Person.id == person_id), Person)
    row = db.session.execute(query.options(joinedload(Person.unit).joinedload(OrgUnit.parent))).one_or_none()
    if row is None:
        raise NotFound()
    person: Person = row[0]
    account = current_account()
    own = account is not None and account.person_id == person.id
    supervises = access.may("security_log", "read")
    head = Head(person, bool(row.may_write), bool(row.unmask), bool(row.may_write) or own or supervises, own)
    if counted:
        head.counts = {code: getattr(row, code) for code, (_words, models) in TABS.items() if models}
        head.overview = overviews([person], head.day)[person.id]
    return head


def _exists(action: str, person_id: int) -> Any:
    if not access.may("staff", action):
        return literal(False)
    inside = select(Person.id).where(Person.id == person_id).correlate(None)
    return access.restrict(inside, Person, action).exists()


def _count(code: str, models: tuple[type[Any], ...], person_id: int) -> Any:
    parts = []
    for model in models:
        if model is Attachment:
            query = select(func.count(Attachment.id)).where(
                Attachment.record_type == "person", Attachment.record_id == person_id, Attachment.removed_at.is_(None)
            )
        else:
            query = select(func.count(model.id)).where(model.person_id == person_id)
            if model is DownsizingCase:
                query = access.restrict(query, DownsizingCase)
        parts.append(query.correlate(None).scalar_subquery())
    total: Any = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def rows_of(model: type[Any], person_id: int, *order: Any) -> list[Any]:
    """The rows of a person whose record was already found in scope."""
    return list(db.session.scalars(select(model).where(model.person_id == person_id).order_by(*order)))


def tab_context(tab: str, head: Head) -> dict[str, Any]:
    """What the template of ``tab`` needs besides the head."""
    person_id = head.person.id
    makers: dict[str, Any] = {
        "profile": lambda: {"hidden": sensitive.hidden(head.person)},
        "posts": lambda: _posts(person_id),
        "salary": lambda: {"rows": rows_of(SalaryRow, person_id, SalaryRow.valid_from.desc()), "others": OTHERS},
        "insurance": lambda: {
            "rows": rows_of(
                InsurancePeriod, person_id, InsurancePeriod.starts_on.desc(), InsurancePeriod.ends_on.desc()
            ),
            "insurance_kinds": INSURANCE_KINDS,
        },
        "training": lambda: {
            "rows": rows_of(TrainingRecord, person_id, TrainingRecord.starts_on.desc(), TrainingRecord.id)
        },
        "ratings": lambda: {
            "ratings": rows_of(YearRating, person_id, YearRating.year.desc()),
            **_disciplines(head),
        },
        "family": lambda: {"rows": rows_of(FamilyRelation, person_id, FamilyRelation.id)},
        "benefits": lambda: {"rows": rows_of(EarlierBenefit, person_id, EarlierBenefit.paid_on.desc())},
        "cases": lambda: _cases(person_id),
        "options": lambda: options_of(head.person),
        "files": lambda: {"files": attachments.of(head.person)},
    }
    found: dict[str, Any] = makers[tab]()
    return found


def _disciplines(head: Head) -> dict[str, Any]:
    """Rows of discipline, and which of them may be about one act (for who may write them)."""
    rows = rows_of(Discipline, head.person.id, Discipline.opened_on.desc())
    offers = same_act_offers(rows) if head.may_see_discipline and head.may_write else []
    return {"disciplines": rows, "same_acts": offers}


def _posts(person_id: int) -> dict[str, Any]:
    """Posts with the names their units, and the agencies above them, had when they began: old papers, old names."""
    above, day = aliased(OrgUnitVersion), Appointment.valid_from

    def then(version: Any, unit_id: Any) -> Any:
        on_time = holds(version, day)
        return and_(version.unit_id == unit_id, *on_time)

    query = (
        select(Appointment, func.coalesce(OrgUnitVersion.name, OrgUnit.name), OrgUnitVersion.level, above.name)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
        .outerjoin(OrgUnitVersion, then(OrgUnitVersion, Appointment.unit_id))
        .outerjoin(above, then(above, OrgUnitVersion.parent_id))
        .where(Appointment.person_id == person_id)
        .order_by(Appointment.valid_from.desc(), Appointment.id.desc())
    )
    rows = [
        (post, f"{name}, {agency}" if level == "INTERNAL" and agency else name)
        for post, name, level, agency in db.session.execute(query)
    ]
    return {"rows": rows, "post_kinds": APPOINTMENT_KINDS, "ranks": LEADER_RANKS}


def _cases(person_id: int) -> dict[str, Any]:
    from hrms.commands.restructuring.workflow import WORKFLOW

    query = (
        select(DownsizingCase)
        .where(DownsizingCase.person_id == person_id)
        .order_by(DownsizingCase.id.desc())
        .options(joinedload(DownsizingCase.batch))
    )
    return {"rows": list(db.session.scalars(access.restrict(query, DownsizingCase))), "workflow": WORKFLOW}


def remarks_on(head: Head) -> list[tuple[str, str]]:
    """What somebody opening the record should see at once: (kind of message, words)."""
    person, today = head.person, clock.today()
    found: list[tuple[str, str]] = []
    if person.left_on is not None and person.left_on <= today:
        words = _("Đã thôi làm việc từ ngày %(day)s.", day=format_date(person.left_on))
        found.append(("info", f"{words} {person.left_reason}".strip()))
    if (until := protected_until(person)) is not None and until > today:
        found.append(
            (
                "warning",
                _(
                    "Mang thai hoặc nuôi con dưới 36 tháng tuổi đến ngày %(day)s: chỉ giải quyết nghỉ khi "
                    "người đó tự nguyện.",
                    day=format_date(until),
                ),
            )
        )
    if head.may_write and not person.identity_digest:
        found.append(("warning", _("Chưa có số định danh. Hãy bổ sung để đối chiếu, tránh trùng hồ sơ.")))
    if head.may_write and not person.source and person.checked_on is None:
        found.append(("info", _("Hồ sơ chưa ghi nguồn và ngày đối chiếu. Hãy bổ sung khi đối chiếu với hồ sơ giấy.")))
    return found


def history_of(head: Head) -> Feed | None:
    """History with the rows of the record, in words; only for those who may read histories, and for the person."""
    if not (access.may("history", "read") or head.own):
        return None
    rows = dict.fromkeys(OF_PERSON, "person_id")
    if not head.may_see_family:
        rows.pop(FamilyRelation)
    if not head.may_see_discipline:
        rows.pop(Discipline)
    found = feed(head.person, rows)
    for entry in found.entries:
        if entry.record_type != history.record_type(Person):
            entry.what = str(KINDS[entry.record_type].one)
        entry.old, entry.new = _in_words(entry.field, entry.old), _in_words(entry.field, entry.new)
    return found


def _in_words(name: str, value: str | None) -> str | None:
    return word(CODED[name][value]) if value is not None and value in CODED.get(name, {}) else value


def accounts_of(person_id: int) -> Sequence[Account]:
    """The account behind the person, for those who may see accounts."""
    if not access.may("account", "read"):
        return ()
    return db.session.scalars(access.restrict(select(Account).where(Account.person_id == person_id), Account)).all()


def has(endpoint: str) -> bool:
    """Whether a screen of another room is there to link to."""
    return endpoint in current_app.view_functions


__all__ = [
    "OF_PERSON", "TABS", "Head", "accounts_of", "has", "head_of", "history_of", "remarks_on",
    "rows_of", "tab_context",
]  # fmt: skip
