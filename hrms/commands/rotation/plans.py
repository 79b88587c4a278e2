"""The yearly plan of periodic change of an agency: drafted from the due list, edited line by line, revised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.rotation.clocks import Holder, Roll, roll
from hrms.commands.rotation.due import judge
from hrms.commands.rotation.plan_workflow import (
    DEFERRED,
    DRAFT,
    DROPPED,
    EXEMPT,
    FORMS,
    IN_CASE,
    IN_FORCE,
    NOTIFIED,
    PLANNED,
    REFERRED,
    TO_DO,
    WORKFLOW,
    contents_asked,
)
from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date, normalize, normalize_multiline
from models.organization import OrgUnit, Position
from models.rotation import RotationPlan, RotationPlanLine
from policies.rotation import Due, yearly_plan_days

YEARS = (2019, 2100)  # the decree on the list is of 2019; beyond the other end lies a slip of the keyboard
CONTENT_LENGTH = 20_000


def plan_to_edit(plan_id: int, version: int | None = None, values: dict[str, Any] | None = None) -> RotationPlan:
    """The plan in scope, its row held; the caller still looks at its state."""
    db.session.execute(select(RotationPlan.id).where(RotationPlan.id == plan_id).with_for_update())
    plan = access.get(RotationPlan, plan_id, "plan")
    check_version(plan, version, values or {})
    return plan


def locked(plan: RotationPlan) -> Iterator[Fault]:
    """A plan is changed as a draft; later, a revision takes its place."""
    if plan.state != DRAFT:
        yield Fault(
            "",
            _("Kế hoạch “%(name)s” không còn là dự thảo. Hãy trả lại để sửa, hoặc lập bản sửa đổi.", name=plan.name),
            code="locked_state",
        )


# --- lines from the due list ---------------------------------------------------------------------------------------
def belongs(answer: Due, year: int) -> bool:
    """Whether somebody stands in the plan of ``year``: the last day falls in it or before it."""
    return answer.subject and answer.clock is not None and answer.clock.must_change_by <= date(year, 12, 31)


def line_values(holder: Holder, loaded: Roll, plan: RotationPlan, year: int) -> dict[str, Any] | None:
    """What the due list says of a holder, as columns of a line; ``None`` when not of this plan.

    Exemption is measured on the day the change falls due in the year; a single post of an agency below is planned
    by the unit above it, the own one is referred upwards (NĐ 59 Điều 39 khoản 1).
    """
    answer, why, warnings = judge(holder, plan.as_of, store=loaded.store)
    if not belongs(answer, year) or answer.clock is None:
        return None
    if answer.state not in ("EXEMPT", "DEFERRED"):
        planned = max(plan.as_of, answer.clock.must_change_by)
        answer, why, warnings = judge(holder, plan.as_of, planned, loaded.store)
    state = {"DEFERRED": DEFERRED, "EXEMPT": EXEMPT}.get(answer.state or "", PLANNED)
    if answer.state == "SINGLE_POST_REFERRED" and loaded.body_of(holder.unit_id).id == loaded.body_of(plan.unit_id).id:
        state = REFERRED
    assert answer.clock is not None
    return {
        "unit_id": holder.unit_id,
        "position_id": holder.position_id,
        "listed_code": holder.work,
        "clock_start": answer.clock.clock_start,
        "window_opens": answer.clock.window_opens,
        "must_change_by": answer.clock.must_change_by,
        "due_state": answer.state or "",
        "reasons": [code for code in (why, *warnings) if code],
        "trace": [answer.node.to_dict()],
        "state": state,
    }


def draw_lines(plan: RotationPlan) -> int:
    """Fill the plan from the due list of its day; targets, days and notes of people who stay in it are kept."""
    loaded = roll(plan.as_of, unit_id=plan.unit_id, action="plan")
    known = {line.person_id: line for line in plan.lines}
    wanted: dict[int, dict[str, Any]] = {}
    for holder in loaded.holders:
        values = line_values(holder, loaded, plan, plan.year)
        if values is not None:
            wanted[holder.person_id] = values
    for person_id, values in wanted.items():
        line = known.get(person_id)
        if line is None:
            db.session.add(RotationPlanLine(plan_id=plan.id, person_id=person_id, **values))
            continue
        if line.state == DROPPED or (line.state in (NOTIFIED, IN_CASE) and values["state"] == PLANNED):
            values = {name: value for name, value in values.items() if name != "state"}
        for name, value in values.items():
            if getattr(line, name) != value:
                setattr(line, name, value)
    for person_id, line in known.items():
        if person_id not in wanted and line.case_id is None and line.due_state != ADDED:
            db.session.delete(line)
    db.session.flush()
    db.session.expire(plan, ["lines"])
    return len(wanted)


ADDED = "ADDED"  # a line HR added though the last day falls after the year


@dataclass
class DraftPlan(Command[RotationPlan]):
    """Draft the plan of a unit and year from the due list on ``as_of`` (today when left out)."""

    unit_id: int
    year: int
    name: str = ""
    as_of: date | None = None

    def validate(self) -> Iterable[Fault]:
        if not access.may("movement", "plan"):
            raise NotAllowed()
        self._unit = access.get(OrgUnit, self.unit_id, "plan", "movement")
        self.as_of = self.as_of or clock.today()
        self.name = normalize(self.name) or _(
            "Kế hoạch định kỳ chuyển đổi vị trí công tác năm %(year)s của %(unit)s", year=self.year,
            unit=self._unit.name,
        )[:250]  # fmt: skip
        if not YEARS[0] <= self.year <= YEARS[1]:
            yield Fault("year", _("Năm %(year)s ngoài khoảng %(a)s–%(b)s.", year=self.year, a=YEARS[0], b=YEARS[1]))
        if len(self.name) > 250:
            yield Fault("name", _("Tên kế hoạch dài quá %(limit)s ký tự.", limit=250))
        db.session.execute(select(OrgUnit.id).where(OrgUnit.id == self.unit_id).with_for_update())
        query = select(RotationPlan).where(
            RotationPlan.unit_id == self.unit_id, RotationPlan.year == self.year,
            RotationPlan.state.in_((DRAFT, "checked", *IN_FORCE)),
        )  # fmt: skip
        if (other := db.session.scalar(query.limit(1))) is not None:
            yield Fault(
                "year",
                _("Đã có kế hoạch năm %(year)s của đơn vị này: %(name)s. Hãy sửa hoặc lập bản sửa đổi.",
                  year=self.year, name=other.name),
                code="exists",
            )  # fmt: skip

    def run(self) -> RotationPlan:
        assert self.as_of is not None
        last = db.session.scalar(
            select(func.max(RotationPlan.revision)).where(
                RotationPlan.unit_id == self.unit_id, RotationPlan.year == self.year
            )
        )
        plan = RotationPlan(
            unit_id=self.unit_id, year=self.year, revision=(last or 0) + 1, name=self.name, as_of=self.as_of,
            state=DRAFT, contents={},
        )  # fmt: skip
        db.session.add(plan)
        db.session.flush()
        WORKFLOW.perform(plan, "draft")
        draw_lines(plan)
        return plan

    def replay(self, receipt: Any) -> RotationPlan:
        return access.get(RotationPlan, receipt)


@dataclass
class RefreshPlan(Command[RotationPlan]):
    """Draw the lines of a draft again from the due list of a day; what was set by hand is kept."""

    plan_id: int
    as_of: date | None = None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._plan = plan_to_edit(self.plan_id, self.version)
        yield from locked(self._plan)

    def run(self) -> RotationPlan:
        self._plan.as_of = self.as_of or clock.today()
        draw_lines(self._plan)
        return self._plan

    def replay(self, receipt: Any) -> RotationPlan:
        return access.get(RotationPlan, receipt)


@dataclass
class RevisePlan(Command[RotationPlan]):
    """A new draft of a plan in force; the old one holds until the new one is issued. Open lines go along."""

    plan_id: int
    as_of: date | None = None

    def validate(self) -> Iterable[Fault]:
        plan = self._plan = plan_to_edit(self.plan_id)
        if plan.state not in IN_FORCE[:3]:
            yield Fault("", _("Chỉ sửa đổi kế hoạch đã ban hành, chưa báo cáo kết quả."), code="wrong_state")
        query = select(RotationPlan.name).where(
            RotationPlan.unit_id == plan.unit_id, RotationPlan.year == plan.year, RotationPlan.revision > plan.revision,
            RotationPlan.state.in_((DRAFT, "checked", *IN_FORCE)),
        )  # fmt: skip
        if (name := db.session.scalar(query.limit(1))) is not None:
            yield Fault("", _("Đã có bản sửa đổi sau bản này: %(name)s.", name=name), code="exists")

    def run(self) -> RotationPlan:
        old = self._plan
        last = db.session.scalar(
            select(func.max(RotationPlan.revision)).where(
                RotationPlan.unit_id == old.unit_id, RotationPlan.year == old.year
            )
        )
        plan = RotationPlan(
            unit_id=old.unit_id, year=old.year, revision=(last or 0) + 1, name=old.name,
            as_of=self.as_of or clock.today(), state=DRAFT, contents=dict(old.contents or {}),
        )  # fmt: skip
        db.session.add(plan)
        db.session.flush()
        WORKFLOW.perform(plan, "draft")
        copied = (
            "person_id", "unit_id", "position_id", "listed_code", "clock_start", "window_opens", "must_change_by",
            "due_state", "reasons", "trace", "state", "target_unit_id", "target_position_id", "form", "planned_on",
            "notified_on", "case_id", "outcome_note",
        )  # fmt: skip
        for line in old.lines:
            db.session.add(RotationPlanLine(plan_id=plan.id, **{name: getattr(line, name) for name in copied}))
        db.session.flush()
        db.session.expire(plan, ["lines"])
        draw_lines(plan)
        return plan

    def replay(self, receipt: Any) -> RotationPlan:
        return access.get(RotationPlan, receipt)


@dataclass
class EditPlan(Command[RotationPlan]):
    """Name, contents (code → text, :func:`plan_workflow.contents_asked`) and note of a draft."""

    plan_id: int
    version: int | None
    name: str
    contents: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def validate(self) -> Iterable[Fault]:
        self.name, self.note = normalize(self.name), normalize_multiline(self.note)
        self.contents = {code: normalize_multiline(words) for code, words in self.contents.items()}
        values = {"name": self.name, "note": self.note, "contents": self.contents}
        self._plan = plan_to_edit(self.plan_id, self.version, values)
        yield from locked(self._plan)
        if not self.name:
            yield Fault("name", _("Cần tên kế hoạch."), code="missing")
        elif len(self.name) > 250:
            yield Fault("name", _("Tên kế hoạch dài quá %(limit)s ký tự.", limit=250))
        known = dict(contents_asked())
        for code, words in self.contents.items():
            if code not in known:
                yield Fault(f"contents.{code}", _("Kế hoạch không có nội dung “%(code)s”.", code=code))
            elif len(words) > CONTENT_LENGTH:
                yield Fault(
                    f"contents.{code}",
                    _("%(label)s dài quá %(limit)s ký tự.", label=known[code], limit=CONTENT_LENGTH),
                )

    def run(self) -> RotationPlan:
        self._plan.name, self._plan.contents, self._plan.note = self.name, self.contents, self.note
        return self._plan

    def replay(self, receipt: Any) -> RotationPlan:
        return access.get(RotationPlan, receipt)


@dataclass
class AddLine(Command[RotationPlanLine]):
    """Add somebody in a listed position whose last day falls after the year (a wish, a need, a swap)."""

    plan_id: int
    person_id: int

    def validate(self) -> Iterable[Fault]:
        plan = self._plan = plan_to_edit(self.plan_id)
        yield from locked(plan)
        if any(line.person_id == self.person_id for line in plan.lines):
            yield Fault("person_id", _("Người này đã có trong kế hoạch."), code="twice")
        loaded = roll(plan.as_of, unit_id=plan.unit_id, action="plan")
        holder = next((one for one in loaded.holders if one.person_id == self.person_id), None)
        self._values = line_values(holder, loaded, plan, YEARS[1]) if holder is not None else None
        if self._values is None:
            yield Fault(
                "person_id", _("Người này không giữ vị trí thuộc danh mục phải định kỳ chuyển đổi trong đơn vị."),
                code="not_subject",
            )  # fmt: skip

    def run(self) -> RotationPlanLine:
        assert self._values is not None
        late = self._values["must_change_by"] > date(self._plan.year, 12, 31)
        values = self._values | ({"due_state": ADDED} if late else {})
        line = RotationPlanLine(plan_id=self._plan.id, person_id=self.person_id, **values)
        db.session.add(line)
        return line

    def replay(self, receipt: Any) -> RotationPlanLine:
        return access.get(RotationPlanLine, receipt)


@dataclass
class SetLine(Command[RotationPlanLine]):
    """Where to, when, how; ``drop`` takes the person out with the reason in ``note``, ``restore`` brings back.

    Targets and days only in a draft; ``note`` (why not done, where it stands) until the plan is reported.
    """

    line_id: int
    version: int | None = None
    target_unit_id: int | None = None
    target_position_id: int | None = None
    form: str = ""
    planned_on: date | None = None
    note: str = ""
    drop: bool = False
    restore: bool = False

    def validate(self) -> Iterable[Fault]:
        line = self._line = access.get(RotationPlanLine, self.line_id, "plan")
        self.note = normalize_multiline(self.note)
        self._plan = plan_to_edit(line.plan_id)
        self._target = (self.target_unit_id, self.target_position_id, self.form, self.planned_on)
        names = ("target_unit_id", "target_position_id", "form", "planned_on")
        check_version(line, self.version, dict(zip(names, self._target, strict=True)) | {"outcome_note": self.note})
        now = (line.target_unit_id, line.target_position_id, line.form, line.planned_on)
        if self._target != now or self.drop or self.restore:
            yield from locked(self._plan)
        elif self._plan.state not in (DRAFT, "checked", *IN_FORCE[:3]):
            yield Fault("", _("Kế hoạch đã báo cáo kết quả nên không sửa được."), code="locked_state")
        if self.drop and not self.note:
            yield Fault("note", _("Cần lý do đưa người này ra khỏi kế hoạch."), code="missing")
        if self.form and self.form not in FORMS:
            yield Fault("form", _("Không có hình thức “%(value)s”.", value=self.form))
        yield from self._places()
        if self.planned_on is not None and self.planned_on.year != self._plan.year:
            yield Fault(
                "planned_on",
                _("Thời gian thực hiện %(day)s ngoài năm %(year)s của kế hoạch.", day=format_date(self.planned_on),
                  year=self._plan.year),
            )  # fmt: skip

    def _places(self) -> Iterator[Fault]:
        day = self.planned_on or clock.today()
        if self.target_position_id is not None:
            position = db.session.get(Position, self.target_position_id)
            if position is None or (position.valid_to is not None and position.valid_to < day):
                yield Fault("target_position_id", _("Vị trí đến không còn hiệu lực vào ngày %(day)s.",
                                                    day=format_date(day)))  # fmt: skip
                return
            if self.target_unit_id is None:
                self.target_unit_id = position.unit_id
            elif position.unit_id != self.target_unit_id:
                yield Fault("target_position_id", _("Vị trí việc làm không thuộc đơn vị đã chọn."), code="other_unit")
            if position.leader_rank:
                yield Fault(
                    "target_position_id", _("Vị trí lãnh đạo, quản lý không nhận người chuyển đổi định kỳ."),
                    "Điều 24 khoản 1 Luật 36/2018/QH14", "leader_post",
                )  # fmt: skip
            if position.id == self._line.position_id:
                yield Fault("target_position_id", _("Vị trí đến là vị trí đang giữ."), code="same_post")
        if self.target_unit_id is not None:
            unit = db.session.get(OrgUnit, self.target_unit_id)
            if unit is None or (unit.valid_to is not None and unit.valid_to < day):
                yield Fault("target_unit_id", _("Đơn vị đến không hoạt động vào ngày %(day)s.", day=format_date(day)))

    def run(self) -> RotationPlanLine:
        line = self._line
        line.target_unit_id, line.target_position_id = self.target_unit_id, self.target_position_id
        line.form, line.planned_on, line.outcome_note = self.form, self.planned_on, self.note
        if self.drop and line.state in (*TO_DO, REFERRED):
            line.state = DROPPED
        elif self.restore and line.state in (DROPPED, REFERRED):
            line.state = PLANNED
        return line

    def replay(self, receipt: Any) -> RotationPlanLine:
        return access.get(RotationPlanLine, receipt)


def plan_days(year: int, store: Any = None) -> dict[str, date]:
    """``draft_by`` and ``issue_by`` of the plan of a year."""
    return yearly_plan_days(year, store)
