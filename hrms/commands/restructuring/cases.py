"""Opening cases (one or many in a round), editing the request, correcting facts with their document, recomputing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.facts import EntitlementFacts, entitlement_facts, entitlement_facts_many
from hrms.commands.restructuring import calculation, dossier, requests
from hrms.commands.restructuring.requests import CaseRequest
from hrms.commands.restructuring.rights import case_for, work_fault
from hrms.commands.restructuring.words import CORRECTABLE, DECIDED, OPEN, PAID, label
from hrms.kernel import access, clock, history, numbering, text
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from models.organization import OrgUnit
from models.restructuring import CaseAssessment, CaseBatch, DownsizingCase, RestructuringAct
from models.staff import Person, YearRating

SERIES = "downsizing_case"
ONE_POLICY = "Điều 3 khoản 7 NĐ 178/2024/NĐ-CP"


def agency_of(unit: OrgUnit) -> OrgUnit:
    """The agency (first level under the province) whose code stands in the case number."""
    return db.session.scalar(select(OrgUnit).where(OrgUnit.path == unit.root_agency_path)) or unit


def take_number(unit: OrgUnit) -> str:
    """``NV-<agency code>-<year>-<0001>``: counted per agency and year, without gaps (inside the command only)."""
    agency, year = agency_of(unit), clock.today().year
    return f"NV-{agency.code}-{year}-{numbering.take(SERIES, agency.code, year):04d}"


def assessed_years(leave_date: date) -> tuple[int, int, int]:
    """The last three years (Điều 6): the three full years before the leave, or before today when the leave is later."""
    year = min(leave_date, clock.today()).year
    return year - 3, year - 2, year - 1


def search_text(number: str, person: Person) -> str:
    return text.fold(f"{number} {person.full_name} {person.code}")[:260]


def busy_people(person_ids: Sequence[int]) -> dict[int, DownsizingCase]:
    """Person id → a case that is open or settled: one person gets one policy.

    Inside a command the people are held until it ends, so that two officers do not open two cases at one moment.
    """
    people = select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    db.session.execute(people.with_for_update())
    query = select(DownsizingCase).where(
        DownsizingCase.person_id.in_(person_ids), DownsizingCase.state.in_((*OPEN, DECIDED, PAID))
    )
    return {case.person_id: case for case in db.session.scalars(query)}


def people_in_scope(person_ids: Sequence[int]) -> list[Person]:
    """The people the actor may read, in the order given; the others do not exist from here."""
    query = access.restrict(select(Person).where(Person.id.in_(person_ids)), Person)
    found = {person.id: person for person in db.session.scalars(query)}
    return [found[key] for key in dict.fromkeys(person_ids) if key in found]


def check_batch(batch_id: int | None, units: Iterable[OrgUnit | None]) -> tuple[CaseBatch | None, list[Fault]]:
    """The round in scope, and what speaks against putting cases of these units into it."""
    if batch_id is None:
        return None, []
    batch = access.get(CaseBatch, batch_id)
    faults = [
        Fault(
            "batch_id",
            _(
                "%(batch)s là của %(owner)s, không nhận hồ sơ của %(unit)s.",
                batch=batch.name,
                owner=batch.unit.name,
                unit=unit.name,
            ),
        )
        for unit in {unit.id: unit for unit in units if unit is not None}.values()
        if not unit.path.startswith(batch.unit.path)
    ]
    return batch, faults


def create(person: Person, request: CaseRequest, batch: CaseBatch | None, facts: EntitlementFacts) -> DownsizingCase:
    """Store one new case with number, assessment years, checklist and first calculation. Inside a command."""
    assert person.unit is not None and request.leave_date is not None
    years = assessed_years(request.leave_date)
    ratings = select(YearRating).where(
        YearRating.person_id == person.id, YearRating.year.in_(years), YearRating.side == "STATE"
    )
    rated = {row.year: row.level for row in db.session.scalars(ratings)}
    number = take_number(person.unit)
    case = DownsizingCase(
        number=number,
        person=person,
        unit=person.unit,
        batch=batch,
        folded=search_text(number, person),
        assessments=[CaseAssessment(year=year, level=rated.get(year, "")) for year in years],
        checklist=[],
    )
    request.write(case)
    dossier.converge(case)
    db.session.add(case)
    db.session.flush()
    calculation.refresh(case, facts)
    return case


@dataclass
class OpenCase(Command[DownsizingCase]):
    """Open the case of one person, as a draft. ``request=None`` takes what the staff records suggest."""

    person_id: int
    leave_date: date | None = None
    request: CaseRequest | None = None
    batch_id: int | None = None
    act_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        if not access.may("case", "create"):
            raise NotAllowed()
        self._person = access.get(Person, self.person_id)
        self._batch, faults = check_batch(self.batch_id, [self._person.unit])
        yield from faults
        yield from _check_people([self._person], "person_id")
        leave = self.request.leave_date if self.request is not None else self.leave_date
        act_id = self.request.act_id if self.request is not None else self.act_id
        act = access.get(RestructuringAct, act_id) if act_id is not None else None
        if leave is None:
            yield from requests.check(self.request or CaseRequest())
            return
        self._facts = entitlement_facts(
            self._person, leave, act, directly_affected=self.request.directly_affected if self.request else None
        )
        self._request = self.request or requests.suggest(self._person, self._facts, leave, act_id)
        yield from requests.check(self._request)

    def run(self) -> DownsizingCase:
        return create(self._person, self._request, self._batch, self._facts)

    def replay(self, receipt: Any) -> DownsizingCase:
        return case_for(receipt)


def _check_people(people: Sequence[Person], field_name: str) -> Iterable[Fault]:
    busy = busy_people([person.id for person in people])
    for person in people:
        who = f"{person.full_name} ({person.code})"
        if person.unit is None:
            yield Fault(
                field_name, _("%(who)s không có đơn vị công tác nên không lập được hồ sơ.", who=who), code="no_unit"
            )
        elif not access.in_scope(person.unit_id, "case", "create"):
            raise NotAllowed()
        if person.status == "left":
            yield Fault(field_name, _("%(who)s đã nghỉ hoặc chuyển công tác.", who=who), code="has_left")
        if person.id in busy:
            yield Fault(
                field_name,
                _(
                    "%(who)s đã có hồ sơ %(case)s (chưa kết thúc hoặc đã quyết định).",
                    who=who,
                    case=busy[person.id].label,
                ),
                ONE_POLICY,
                "other_case",
            )


@dataclass
class OpenCases(Command[list[DownsizingCase]]):
    """Open the cases of many people of a round at once; what differs by person comes from the staff records."""

    person_ids: list[int]
    leave_date: date | None
    batch_id: int | None = None
    act_id: int | None = None
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        if not access.may("case", "create"):
            raise NotAllowed()
        self._people = people_in_scope(self.person_ids)
        if not self.person_ids:
            yield Fault("person_ids", _("Chưa chọn người nào."))
        elif len(self._people) < len(set(self.person_ids)):
            missing = len(set(self.person_ids)) - len(self._people)
            yield Fault(
                "person_ids",
                _(
                    "Không tìm thấy %(count)s người đã chọn trong phạm vi của bạn. Hãy tải lại danh sách.",
                    count=missing,
                ),
            )
        self._batch, faults = check_batch(self.batch_id, [person.unit for person in self._people])
        yield from faults
        yield from _check_people(self._people, "person_ids")
        if self.leave_date is None:
            yield from requests.check(CaseRequest())
            return
        act = access.get(RestructuringAct, self.act_id) if self.act_id is not None else None
        self._facts = entitlement_facts_many(
            self._people, {p.id: self.leave_date for p in self._people}, {p.id: act for p in self._people}
        )

    def run(self) -> list[DownsizingCase]:
        assert self.leave_date is not None
        made: list[DownsizingCase] = []
        for person in self._people:
            facts = self._facts[person.id]
            request = requests.suggest(person, facts, self.leave_date, self.act_id)
            made.append(create(person, replace(request, reason=self.reason.strip()), self._batch, facts))
        return made

    def receipt(self, outcome: list[DownsizingCase]) -> Any:
        return [case.id for case in outcome]

    def replay(self, receipt: Any) -> list[DownsizingCase]:
        return [case_for(number) for number in receipt]


@dataclass
class EditCase(Command[DownsizingCase]):
    """Change the request. ``version`` is the one the editor saw: a later one raises ``Stale`` with the comparison."""

    case_id: int
    version: int | None
    request: CaseRequest = field(default_factory=CaseRequest)

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        faults = work_fault(self._case)
        if faults:
            yield from faults
            return
        check_version(self._case, self.version, self.request.values(), label)
        if self.request.act_id is not None and self.request.act_id != self._case.act_id:
            access.get(RestructuringAct, self.request.act_id)
        yield from requests.check(self.request)

    def run(self) -> DownsizingCase:
        self.request.write(self._case)
        db.session.flush()
        db.session.expire(self._case, ["act"])
        dossier.converge(self._case)
        calculation.refresh(self._case)
        return self._case

    def replay(self, receipt: Any) -> DownsizingCase:
        return case_for(receipt)


@dataclass
class CorrectFact(Command[DownsizingCase]):
    """Set one fact of the calculation by hand, resting on a document; ``value=None`` goes back to the records."""

    case_id: int
    key: str
    value: Any = None
    document: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        faults = work_fault(self._case)
        if faults:
            yield from faults
            return
        check_version(self._case, self.version, {})
        if self.key not in CORRECTABLE:
            yield Fault("key", _("Không có dữ liệu “%(key)s” để sửa.", key=self.key))
            return
        if self.value is None:
            return
        self._read, message = requests.read_correction(self.key, self.value)
        if message:
            yield Fault("value", message)
        if not self.document.strip():
            yield Fault("document", _("Sửa dữ liệu tính chế độ phải nêu văn bản làm căn cứ (số, ngày, cơ quan)."))

    def run(self) -> DownsizingCase:
        case = self._case
        kept = {key: dict(entry) for key, entry in requests.overrides_of(case).items() if key != self.key}
        name = CORRECTABLE[self.key].label
        if self.value is None:
            history.note(case, _("%(fact)s: lấy lại theo hồ sơ cán bộ.", fact=name), field="overrides")
        else:
            kept[self.key] = {"value": self._read, "document": self.document.strip()}
            history.note(
                case,
                _(
                    "%(fact)s: sửa thành %(value)s theo %(document)s.",
                    fact=name,
                    value=self._read,
                    document=self.document.strip(),
                ),
                field="overrides",
            )
        case.overrides = kept or None
        db.session.flush()
        calculation.refresh(case)
        return case

    def replay(self, receipt: Any) -> DownsizingCase:
        return case_for(receipt)


@dataclass
class RecomputeCase(Command[DownsizingCase]):
    """Compute one open case again now. Whoever works on it at its present step may ask for it."""

    case_id: int

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        if not any(access.may("case", action, self._case) for action in ("edit", "review", "appraise", "finance")):
            raise NotAllowed()
        if self._case.state not in OPEN:
            yield Fault(
                "",
                _("Hồ sơ đã quyết định hoặc đã kết thúc: số tiền đã khóa. Dùng “So sánh với quy định hiện nay”."),
                code="locked_state",
            )

    def run(self) -> DownsizingCase:
        calculation.refresh(self._case)
        return self._case

    def replay(self, receipt: Any) -> DownsizingCase:
        return case_for(receipt)


@dataclass
class RecomputeOpen(Command[calculation.Recomputed]):
    """Compute the open cases the actor may edit: of a unit's subtree, of a round, or all; in one transaction."""

    unit_id: int | None = None
    batch_id: int | None = None
    case_ids: list[int] | None = None

    def validate(self) -> Iterable[Fault]:
        if not access.may("case", "edit"):
            raise NotAllowed()
        self._cases = list(db.session.scalars(open_cases(self.unit_id, self.batch_id, self.case_ids)))
        return ()

    def run(self) -> calculation.Recomputed:
        return calculation.refresh_many(self._cases)

    def receipt(self, outcome: calculation.Recomputed) -> Any:
        return [outcome.looked_at, outcome.changed, outcome.incomplete]

    def replay(self, receipt: Any) -> calculation.Recomputed:
        return calculation.Recomputed(receipt[0], [tuple(row) for row in receipt[1]], receipt[2])


def open_cases(unit_id: int | None = None, batch_id: int | None = None, case_ids: list[int] | None = None) -> Any:
    """The query of open cases the actor may edit, oldest first."""
    query = access.restrict(select(DownsizingCase).where(DownsizingCase.state.in_(OPEN)), DownsizingCase, "edit")
    if unit_id is not None:
        unit = access.get(OrgUnit, unit_id)
        query = query.where(DownsizingCase.unit_id.in_(select(OrgUnit.id).where(OrgUnit.path.like(f"{unit.path}%"))))
    if batch_id is not None:
        query = query.where(DownsizingCase.batch_id == access.get(CaseBatch, batch_id).id)
    if case_ids is not None:
        query = query.where(DownsizingCase.id.in_(case_ids))
    return query.order_by(DownsizingCase.id)
