"""Steps of the yearly plan, notices to the people of it, cases out of its lines, and what became of each line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.law.current import current_store
from hrms.commands.notifications.outbox import Message, send
from hrms.commands.rotation.cases import MoveRequest
from hrms.commands.rotation.opening import Opening, open_moves, opening_faults
from hrms.commands.rotation.plan_workflow import (
    DONE,
    IN_CASE,
    ISSUED,
    KIND,
    NOTIFIED,
    PLANNED,
    PUBLISHED,
    REPLACED,
    TO_DO,
    WORKFLOW,
    lines_of,
)
from hrms.commands.rotation.plans import plan_to_edit
from hrms.commands.rotation.words import CLOSED
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, transaction
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, normalize
from models.account import Account
from models.rotation import MovementCase, RotationPlan, RotationPlanLine
from models.staff import Person
from policies.rotation import notify_by

OWN_PATH = "/rotation/mine"  # where a person reads what the plan says of the own post
LONGEST = {"number": 80, "signer": 200, "publication": 250}
NOTICE = "movement_notice"


@dataclass
class PlanStep(Command[RotationPlan]):
    """Take one step of a plan. ``issue`` needs number, day and signer; ``publish`` day and place of publication."""

    plan_id: int
    action: str
    version: int | None = None
    reason: str = ""
    document: str = ""
    document_date: date | None = None
    number: str = ""
    issued_on: date | None = None
    signer: str = ""
    published_on: date | None = None
    publication: str = ""

    def validate(self) -> Iterable[Fault]:
        db.session.execute(select(RotationPlan.id).where(RotationPlan.id == self.plan_id).with_for_update())
        plan = self._plan = access.get(RotationPlan, self.plan_id)
        if self.version is not None and plan.version != self.version:
            yield Fault("action", _("Kế hoạch đã được người khác sửa. Hãy tải lại trang."), code="stale")
        self.number, self.signer = normalize(self.number), normalize(self.signer)
        self.publication = normalize(self.publication)
        today = clock.today()
        if self.action == "issue":
            if not self.number:
                yield Fault("number", _("Cần số văn bản ban hành kế hoạch."), code="missing")
            if not self.signer:
                yield Fault("signer", _("Cần người ký ban hành."), code="missing")
            if self.issued_on is None or self.issued_on > today:
                yield Fault("issued_on", _("Cần ngày ban hành, không sau hôm nay (dd/mm/yyyy)."), code="missing")
        if self.action == "publish":
            if not self.publication:
                yield Fault(
                    "publication", _("Cần ghi nơi và cách công khai trong cơ quan."),
                    "Điều 24 khoản 3 Luật 36/2018/QH14", "missing",
                )  # fmt: skip
            if self.published_on is None or self.published_on > today:
                yield Fault("published_on", _("Cần ngày công khai, không sau hôm nay (dd/mm/yyyy)."), code="missing")
            elif plan.issued_on is not None and self.published_on < plan.issued_on:
                yield Fault(
                    "published_on",
                    _("Ngày công khai trước ngày ban hành %(day)s.", day=format_date(plan.issued_on)),
                )
        for name, limit in LONGEST.items():
            if len(getattr(self, name)) > limit:
                yield Fault(name, _("Nội dung dài quá %(limit)s ký tự.", limit=limit))
        if self.action == "execute":
            settle([plan.id])
        yield from WORKFLOW.faults(
            plan, self.action, reason=self.reason, document=self.document, document_date=self.document_date
        )

    def run(self) -> RotationPlan:
        plan = self._plan
        if self.action == "issue":
            plan.number, plan.issued_on, plan.signer = self.number, self.issued_on, self.signer
            self._replace()
        elif self.action == "publish":
            plan.published_on, plan.publication = self.published_on, self.publication
        elif self.action == "report":
            plan.reported_on = self.document_date or clock.today()
        WORKFLOW.perform(
            plan, self.action, reason=self.reason, document=self.document, document_date=self.document_date
        )
        return plan

    def _replace(self) -> None:
        """The revision takes the place of what was in force; cases of its lines go on under the new ones."""
        query = select(RotationPlan).where(
            RotationPlan.unit_id == self._plan.unit_id, RotationPlan.year == self._plan.year,
            RotationPlan.revision < self._plan.revision,
            RotationPlan.state.in_(WORKFLOW.transition("replace").sources),
        )  # fmt: skip
        for old in db.session.scalars(query):
            moved = {line.person_id: line for line in self._plan.lines}
            for line in old.lines:
                new = moved.get(line.person_id)
                if line.case_id is not None and new is not None:
                    new.case_id, new.state, new.notified_on = line.case_id, line.state, line.notified_on
                    case = db.session.get(MovementCase, line.case_id)
                    if case is not None:
                        case.plan_line_id = new.id
            WORKFLOW.perform(old, "replace", reason=_("Thay bằng bản sửa đổi lần %(n)s", n=self._plan.revision - 1))
            assert old.state == REPLACED

    def replay(self, receipt: Any) -> RotationPlan:
        return access.get(RotationPlan, receipt)


def latest_notice(line: RotationPlanLine) -> date | None:
    """The last day to tell the person of the line; ``None`` without a planned day."""
    return None if line.planned_on is None else notify_by(line.planned_on, current_store())[0]


@dataclass
class SendNotices(Command[list[RotationPlanLine]]):
    """Tell the people of a published plan: all not told yet, or the lines named. The day told is kept on the line."""

    plan_id: int
    line_ids: list[int] | None = None

    def validate(self) -> Iterable[Fault]:
        plan = self._plan = access.get(RotationPlan, self.plan_id, "notify")
        if plan.state not in (ISSUED, PUBLISHED):
            yield Fault("", _("Chỉ thông báo theo kế hoạch đã ban hành, chưa thực hiện xong."), code="wrong_state")
        lines = lines_of(plan.id, (PLANNED,))
        if self.line_ids is not None:
            wanted = set(self.line_ids)
            lines = [line for line in lines if line.id in wanted]
        self._lines = lines
        if not lines:
            yield Fault("line_ids", _("Không có ai trong kế hoạch còn phải thông báo."), code="nobody")

    def run(self) -> list[RotationPlanLine]:
        today = clock.today()
        accounts = accounts_of([line.person_id for line in self._lines])
        messages = []
        for line in self._lines:
            line.state, line.notified_on = NOTIFIED, today
            if line.person_id in accounts:
                messages.append(notice(line, self._plan, accounts[line.person_id]))
        send(messages)
        return self._lines

    def receipt(self, outcome: list[RotationPlanLine]) -> Any:
        return [line.id for line in outcome]

    def replay(self, receipt: Any) -> list[RotationPlanLine]:
        return [line for line in lines_of(self.plan_id) if line.id in set(receipt)]


def accounts_of(person_ids: Sequence[int]) -> dict[int, int]:
    """Person id → account id, of those who have one."""
    found: dict[int, int] = {}
    for ids in in_chunks(list(person_ids)):
        query = select(Account.person_id, Account.id).where(Account.person_id.in_(ids))
        found.update({person: account for person, account in db.session.execute(query) if person is not None})
    return found


def notice(line: RotationPlanLine, plan: RotationPlan, account_id: int) -> Message:
    """What the person reads: by which plan, where to, when."""
    with force_locale("vi"):
        where = line.target_position.title if line.target_position is not None else ""
        unit = line.target_unit.name if line.target_unit is not None else ""
        body = _(
            "Theo kế hoạch số %(number)s ngày %(day)s, ông (bà) phải chuyển đổi vị trí công tác.", number=plan.number,
            day=format_date(plan.issued_on) if plan.issued_on else "",
        )  # fmt: skip
        if unit:
            body += " " + _("Vị trí dự kiến: %(title)s, %(unit)s.", title=where or _("do đơn vị phân công"), unit=unit)
        if line.planned_on is not None:
            body += " " + _("Thời gian thực hiện: từ ngày %(day)s.", day=format_date(line.planned_on))
        title = _("Thông báo định kỳ chuyển đổi vị trí công tác")
    return Message(account_id, NOTICE, f"rotation_line:{line.id}", title, body, OWN_PATH, due_on=line.planned_on)


@dataclass
class OpenLineCases(Command[list[MovementCase]]):
    """Open the cases of lines of a plan in force, in one transaction; moves that hang on each other become chains."""

    plan_id: int
    line_ids: list[int] | None = None

    def validate(self) -> Iterable[Fault]:
        plan = self._plan = plan_to_edit(self.plan_id)
        access.require("movement", "propose", plan)
        if plan.state not in (ISSUED, PUBLISHED):
            yield Fault("", _("Chỉ lập hồ sơ theo kế hoạch đã ban hành."), code="wrong_state")
            return
        lines = [line for line in lines_of(plan.id, (PLANNED, NOTIFIED)) if line.case_id is None]
        if self.line_ids is not None:
            wanted = set(self.line_ids)
            lines = [line for line in lines if line.id in wanted]
        if not lines:
            yield Fault("line_ids", _("Không có dòng nào còn phải lập hồ sơ."), code="nobody")
            return
        openings = []
        for line in lines:
            target = line.target_unit_id
            if target is None and line.target_position is not None:
                target = line.target_position.unit_id
            if target is None or line.planned_on is None:
                yield Fault(
                    f"lines.{line.id}",
                    _("%(name)s chưa có nơi chuyển đến hoặc thời gian thực hiện.", name=line.person.full_name),
                    code="target_missing",
                )
                continue
            title = "" if line.target_position_id is not None else (line.position.title if line.position else "")
            request = MoveRequest(
                KIND, target, line.target_position_id, title, reason=plan.name, effective_on=line.planned_on
            )
            openings.append(Opening(line.person, request, plan_line_id=line.id, label=f"lines.{line.id}"))
        self._openings = openings
        yield from opening_faults(openings)

    def run(self) -> list[MovementCase]:
        cases = open_moves(self._openings, self._plan.name)
        for case in cases:
            db.session.get_one(RotationPlanLine, case.plan_line_id).state = IN_CASE
        return cases

    def receipt(self, outcome: list[MovementCase]) -> Any:
        return [case.id for case in outcome]

    def replay(self, receipt: Any) -> list[MovementCase]:
        return [access.get(MovementCase, one) for one in receipt]


def settle(plan_ids: Sequence[int] = ()) -> int:
    """Bring lines to what their cases came to: in effect → done, stopped → open again. Inside a transaction."""
    query = (
        select(RotationPlanLine, MovementCase)
        .join(MovementCase, MovementCase.id == RotationPlanLine.case_id)
        .where(RotationPlanLine.state.in_((*TO_DO, DONE)))
    )
    if plan_ids:
        query = query.where(RotationPlanLine.plan_id.in_(list(plan_ids)))
    changed = 0
    for line, case in db.session.execute(query).tuples():
        state: str = IN_CASE
        if case.effect == "applied":
            state = DONE
        elif case.state in CLOSED or case.effect == "undone":
            state, line.case_id = (NOTIFIED if line.notified_on is not None else PLANNED), None
        if line.state != state:
            line.state = state
            changed += 1
    return changed


def settle_all(day: date) -> str:
    """The scheduled job: every plan in force."""
    with transaction():
        plans = list(db.session.scalars(select(RotationPlan.id).where(RotationPlan.state.in_((ISSUED, PUBLISHED)))))
        changed = settle(plans) if plans else 0
    return _("%(count)s dòng kế hoạch chuyển đổi vị trí được cập nhật.", count=changed)


def my_lines(person_id: int) -> list[RotationPlanLine]:
    """What plans in force say of this person, newest first."""
    query = (
        select(RotationPlanLine)
        .join(RotationPlanLine.plan)
        .join(Person, Person.id == RotationPlanLine.person_id)
        .where(
            RotationPlanLine.person_id == person_id,
            RotationPlan.state.in_((ISSUED, PUBLISHED, "executed", "reported")),
        )
        .order_by(RotationPlan.year.desc(), RotationPlanLine.id.desc())
    )
    return list(db.session.scalars(access.restrict(query, RotationPlanLine).limit(50)))
