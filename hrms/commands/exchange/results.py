"""Results of evaluation out (level, day, number, for the national database) and in (decided elsewhere)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands import security_log
from hrms.commands.evaluation.configuration import configuration_on
from hrms.commands.evaluation.standing import SETTLED
from hrms.commands.exchange.people import Page
from hrms.commands.staff.records import record_faults
from hrms.kernel import access, history
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import normalize
from models.evaluation import EvaluationCycle, EvaluationDecision, PersonEvaluation
from models.organization import OrgUnit
from models.staff import Person, YearRating
from policies.evaluation.deadlines import in_days

MOST = 2_000
SIDES = ("STATE", "PARTY")
SYNCED_REGIME = "ND233"  # Điều 18 khoản 1 điểm b NĐ 233/2026 binds results of viên chức
RESULT_FIELDS = (
    "id", "person_id", "code", "full_name", "birth_date", "unit_code", "unit_name", "title", "klass", "side",
    "period_kind", "year", "number", "regime", "level", "decision_number", "decision_date",
)  # fmt: skip


def results_page(after: int = 0, size: int = 100, *, cycle_id: int | None = None) -> Page:
    """Decided results with a sheet number above ``after``. Needs ``evaluation:export`` on every row; logged.

    ``send_by``: the last day to send the result to the national database, where the law sets one.
    """
    access.require("evaluation", "export")
    sheet = PersonEvaluation
    query = (
        select(
            sheet.id, sheet.person_id, Person.code, Person.full_name, Person.birth_date,
            OrgUnit.code.label("unit_code"), OrgUnit.name.label("unit_name"), sheet.title, sheet.klass,
            EvaluationCycle.side, EvaluationCycle.period_kind, EvaluationCycle.year, EvaluationCycle.number,
            sheet.regime, sheet.level, EvaluationDecision.number.label("decision_number"),
            EvaluationDecision.signed_on.label("decision_date"),
        )
        .join(Person, Person.id == sheet.person_id)
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .join(EvaluationCycle, EvaluationCycle.id == sheet.cycle_id)
        .join(EvaluationDecision, EvaluationDecision.id == sheet.decision_id)
        .where(sheet.id > after, sheet.state.in_(SETTLED), sheet.level != "")
        .order_by(sheet.id)
        .limit(size + 1)
    )  # fmt: skip
    if cycle_id is not None:
        query = query.where(sheet.cycle_id == cycle_id)
    found = [dict(row) for row in db.session.execute(access.restrict(query, sheet, "export")).mappings()]
    for row in found:
        row["send_by"] = _send_by(row)
    rows = found[:size]
    security_log.record("export", "exchange results", f"rows={len(rows)}; after={after}")
    return Page(rows, rows[-1]["id"] if len(found) > size else None)


def _send_by(row: dict[str, Any]) -> date | None:
    if row["regime"] != SYNCED_REGIME:
        return None
    return in_days("sync_days", row["decision_date"], configuration_on(row["decision_date"])).last_day


@dataclass(frozen=True)
class ResultRow:
    """One yearly result decided elsewhere: the person by the staff code, the level, the document it rests on."""

    code: str
    year: int
    level: str
    decision_number: str


@dataclass
class ImportResults(Command[list[int]]):
    """Take over yearly results decided in another system: all of them or none, each checked like on the screen.

    Faults name the row: ``results[3].level``. Needs ``staff:write`` on every person.
    """

    results: Sequence[ResultRow]

    def validate(self) -> Iterator[Fault]:
        access.require("staff", "write")
        if not self.results:
            yield Fault("results", _("Chưa có kết quả nào."))
        if len(self.results) > MOST:
            yield Fault("results", _("Mỗi lần gửi nhiều nhất %(most)s kết quả.", most=MOST))
            return
        self._people = self._known()
        seen: dict[tuple[str, int], int] = {}
        for position, row in enumerate(self.results):
            for fault in self._row_faults(row):
                yield Fault(f"results[{position}].{fault.field}", fault.message, fault.article, fault.code)
            first = seen.setdefault((row.code.strip(), row.year), position)
            if first != position:
                yield Fault(f"results[{position}].year", _("Trùng người và năm với dòng %(n)s.", n=first),
                            code="duplicate")  # fmt: skip

    def _known(self) -> dict[str, Person]:
        codes = sorted({row.code.strip() for row in self.results})
        found: dict[str, Person] = {}
        for start in range(0, len(codes), 500):
            query = select(Person).where(Person.code.in_(codes[start : start + 500]))
            for person in db.session.scalars(access.restrict(query, Person, "write")):
                found[person.code] = person
        return found

    def _row_faults(self, row: ResultRow) -> Iterator[Fault]:
        person = self._people.get(row.code.strip())
        if person is None:
            yield Fault("code", _("Không có người mang số hiệu “%(code)s” trong phạm vi của bạn.", code=row.code[:40]))
            return
        yield from record_faults(YearRating, self._values(row), person)
        if not normalize(row.decision_number):
            yield Fault("decision_number", _("Chưa ghi số, ký hiệu văn bản công nhận kết quả."))

    def _values(self, row: ResultRow) -> dict[str, Any]:
        values = asdict(row)
        values.pop("code")
        return {**values, "decision_number": normalize(row.decision_number), "side": "STATE", "regime": "",
                "evaluation_id": None}  # fmt: skip

    def run(self) -> list[int]:
        made = []
        for row in self.results:
            rating = YearRating(person_id=self._people[row.code.strip()].id, **self._values(row))
            db.session.add(rating)
            made.append(rating)
        db.session.flush()
        for rating in made:
            history.note(rating, _("Nhận từ hệ thống khác"))
        security_log.record("import", "exchange results", f"rows={len(made)}")
        return [rating.id for rating in made]

    def receipt(self, outcome: list[int]) -> Any:
        return outcome

    def replay(self, receipt: Any) -> list[int]:
        return [int(number) for number in receipt]
