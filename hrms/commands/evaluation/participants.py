"""Who is in a cycle after it was opened: added, taken out, moved to another unit or group; with reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.flow import ManyCommand, many_faults
from hrms.commands.evaluation.opening import already_in, insert_collectives, insert_sheets
from hrms.commands.evaluation.rights import cycle_for, sheet_for_step
from hrms.commands.evaluation.roll import Roll, Rules, people_query
from hrms.commands.evaluation.stepping import StepResult, load_many, step_many
from hrms.commands.evaluation.territory import territory_on
from hrms.commands.evaluation.words import BEFORE_DECISION, BLOCKED, LABELS, NOT_RATED, REMOVED, RUNNING
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from models.evaluation import PersonEvaluation, QuotaGroup
from models.organization import OrgUnit
from models.staff import Person


@dataclass
class AddParticipants(Command[list[int]]):
    """Add people of the cycle's territory that the list left out (late records, people who left in the period).

    Returns the ids of their sheets. ``unit_id``: where they are rated when they hold no post on the day of the list.
    """

    cycle_id: int
    person_ids: Sequence[int]
    reason: str
    unit_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._cycle = cycle = cycle_for(self.cycle_id)
        yield from many_faults(self.person_ids)
        if cycle.state not in RUNNING:
            yield Fault("", _("Chỉ thêm người vào kỳ đang mở."), code="cycle_not_open")
            return
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do thêm người."), code="reason_missing")
        query = access.restrict(select(Person.id, Person.full_name).where(Person.id.in_(list(self.person_ids))), Person)
        names = dict(db.session.execute(query).tuples().all())
        if missing := set(self.person_ids) - names.keys():
            yield Fault("person_ids", _("Không tìm thấy %(count)s người trong phạm vi.", count=len(missing)))
        for person_id in sorted(already_in(cycle) & names.keys()):
            text = _("%(name)s đã có phiếu trong kỳ này.", name=names[person_id])
            yield Fault("person_ids", text, code="already_in")
        self._land = land = territory_on(cycle.as_of)
        units = land.below(cycle.unit_id)
        if self.unit_id is not None and self.unit_id not in units:
            yield Fault("unit_id", _("Đơn vị không thuộc phạm vi của kỳ."))
            return
        self._roll = Roll(cycle, land, Rules(cycle))
        people = list(db.session.execute(people_query(names)))
        self._rows = self._roll.rows(people, units, rated_in=self.unit_id, everyone=True)
        for person_id in sorted(names.keys() - {row["person_id"] for row in self._rows}):
            text = _(
                "%(name)s không giữ vị trí nào trong phạm vi của kỳ vào ngày chốt danh sách; hãy chọn đơn vị đánh giá.",
                name=names[person_id],
            )
            yield Fault("unit_id", text, code="no_post")
        for unit_id in {row["unit_id"] for row in self._rows}:
            if not access.in_scope(unit_id, "evaluation", "open"):
                raise NotAllowed()
        self._units = units

    def run(self) -> list[int]:
        insert_sheets(self._cycle, self._rows)
        insert_collectives(self._cycle, self._land, self._units, self._roll.rules)
        query = select(PersonEvaluation).where(
            PersonEvaluation.cycle_id == self.cycle_id, PersonEvaluation.person_id.in_(list(self.person_ids))
        )
        rows = list(db.session.scalars(query))
        for row in rows:
            history.note(row, _("Thêm vào kỳ đánh giá: %(reason)s", reason=self.reason.strip()))
        return [row.id for row in rows]

    def receipt(self, outcome: list[int]) -> Any:
        return outcome

    def replay(self, receipt: Any) -> list[int]:
        return list(receipt)


@dataclass
class StepParticipants(ManyCommand):
    """``action``: remove, reenter or exit_not_rated, for many, with the reason. Each moves or tells why not."""

    ids: Sequence[int]
    action: str
    reason: str

    def validate(self) -> Iterable[Fault]:
        yield from many_faults(self.ids)
        if self.action not in ("remove", "reenter", "exit_not_rated"):
            yield Fault("action", _("Thao tác này không có trong quy trình."), code="unknown_action")
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do."), code="reason_missing")

    def run(self) -> StepResult:
        def prepare(sheet: PersonEvaluation) -> None:
            sheet.exit_code = "DECIDED_BY_HAND" if self.action == "exit_not_rated" else ""

        sheets = load_many(PersonEvaluation, self.ids)
        return step_many(PERSON, sheets, self.action, reason=self.reason, prepare=prepare)


@dataclass
class MoveParticipant(Command[PersonEvaluation]):
    """Rate a person in another unit or group of similar tasks, or by another decider; before the decision only."""

    evaluation_id: int
    version: int | None
    reason: str
    unit_id: int | None = None
    quota_group_id: int | None = None
    decider_unit_id: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._sheet = sheet = sheet_for_step(self.evaluation_id)
        access.require("evaluation", "open", sheet)
        check_version(sheet, self.version, {"unit_id": self.unit_id}, lambda name: _(LABELS.get(name, name)))
        if sheet.state not in (*BEFORE_DECISION, BLOCKED, NOT_RATED, REMOVED):
            yield Fault("", _("Phiếu đã có quyết định nên không chuyển được."), code="locked_state")
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do."), code="reason_missing")
        self._land = land = territory_on(sheet.cycle.as_of)
        units = land.below(sheet.cycle.unit_id)
        if self.unit_id is not None:
            if self.unit_id not in units:
                yield Fault("unit_id", _("Đơn vị không thuộc phạm vi của kỳ."))
            elif not access.in_scope(self.unit_id, "evaluation", "open"):
                raise NotAllowed()
        if self.decider_unit_id is not None and self.decider_unit_id not in land.standing:
            yield Fault("decider_unit_id", _("Đơn vị có thẩm quyền không còn hoạt động."))
        agency = self._agency()
        if self.quota_group_id is not None:
            group = access.get(QuotaGroup, self.quota_group_id)
            if group.cycle_id != sheet.cycle_id or group.unit_id != agency:
                yield Fault("quota_group_id", _("Nhóm nhiệm vụ không thuộc cơ quan này trong kỳ."))

    def _agency(self) -> int:
        if self.unit_id is None:
            return self._sheet.agency_id
        return self._land.agency_of(self.unit_id) or self.unit_id

    def run(self) -> PersonEvaluation:
        sheet, agency = self._sheet, self._agency()
        if self.unit_id is not None and self.unit_id != sheet.unit_id:
            if agency != sheet.agency_id:
                code = sheet.quota_group.code if sheet.quota_group else "CHUYEN_NGANH"
                sheet.quota_group_id = self._group(agency, code)
                sheet.decider_unit_id = agency
            sheet.unit_id, sheet.agency_id = self.unit_id, agency
        if self.quota_group_id is not None:
            sheet.quota_group_id = self.quota_group_id
        if self.decider_unit_id is not None:
            sheet.decider_unit_id = self.decider_unit_id
        history.note(sheet, self.reason.strip())
        db.session.flush()
        return sheet

    def _group(self, agency: int, code: str) -> int:
        query = select(QuotaGroup).where(
            QuotaGroup.cycle_id == self._sheet.cycle_id, QuotaGroup.unit_id == agency, QuotaGroup.code == code
        )
        row = db.session.scalar(query)
        if row is None:
            name = self._sheet.quota_group.name if self._sheet.quota_group else code
            row = QuotaGroup(cycle_id=self._sheet.cycle_id, unit_id=agency, code=code, name=name)
            db.session.add(row)
            db.session.flush()
        return row.id

    def replay(self, receipt: Any) -> PersonEvaluation:
        return access.get(PersonEvaluation, receipt)


@dataclass
class SaveGroup(Command[QuotaGroup]):
    """Name a group of similar tasks of an agency, or add one (``group_id`` None). Needs ``evaluation:open``."""

    cycle_id: int
    agency_id: int
    code: str
    name: str
    group_id: int | None = None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        cycle_for(self.cycle_id)
        access.get(OrgUnit, self.agency_id)
        if not access.in_scope(self.agency_id, "evaluation", "open"):
            raise NotAllowed()
        self._row = access.get(QuotaGroup, self.group_id) if self.group_id is not None else None
        if self._row is not None:
            check_version(self._row, self.version, {"name": self.name})
        if not self.name.strip():
            yield Fault("name", _("Cần tên nhóm nhiệm vụ tương đồng."))
        if not self.code.strip():
            yield Fault("code", _("Cần mã nhóm."))
        same = select(QuotaGroup.id).where(
            QuotaGroup.cycle_id == self.cycle_id, QuotaGroup.unit_id == self.agency_id,
            QuotaGroup.code == self.code.strip(),
        )  # fmt: skip
        if db.session.scalar(same) not in (None, self.group_id):
            yield Fault("code", _("Cơ quan đã có nhóm mang mã này."), code="code_taken")

    def run(self) -> QuotaGroup:
        row = self._row or QuotaGroup(cycle_id=self.cycle_id, unit_id=self.agency_id, code="", name="")
        row.code, row.name = self.code.strip(), self.name.strip()
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> QuotaGroup:
        return access.get(QuotaGroup, receipt)
