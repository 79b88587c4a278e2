"""The declared life of a yearly plan, and what stands in its way (Luật PCTN Điều 24, 26; NĐ 59/2019 Điều 36–39).

DRAFT → CHECKED → ISSUED → PUBLISHED → EXECUTED → REPORTED. Who checked a plan does not issue it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from hrms.commands.law.current import current_store
from hrms.commands.rotation.clocks import Holder, roll
from hrms.commands.rotation.due import judge
from hrms.commands.rotation.words import N_
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel.db import db
from hrms.kernel.text import format_date
from hrms.kernel.validity import holds
from hrms.kernel.workflow import Obstacle, State, Transition, Workflow
from models.organization import Position
from models.rotation import RotationPlan, RotationPlanLine
from models.staff import Appointment, Person
from policies.rotation import change_allowed, check_plan, notify_by, plan_fields, reason, reasons, rule_of
from policies.rotation.plans import plan_kinds

KIND = "CDVTCT"
DRAFT, CHECKED, ISSUED, PUBLISHED = "draft", "checked", "issued", "published"
EXECUTED, REPORTED, WITHDRAWN, REPLACED = "executed", "reported", "withdrawn", "replaced"
EDITABLE = (DRAFT,)
IN_FORCE = (ISSUED, PUBLISHED, EXECUTED, REPORTED)
ARTICLE = "Điều 26 Luật 36/2018/QH14"

PLANNED, NOTIFIED, IN_CASE, DONE = "planned", "notified", "in_case", "done"
DEFERRED, EXEMPT, REFERRED, DROPPED = "deferred", "exempt", "referred", "dropped"
TO_DO = (PLANNED, NOTIFIED, IN_CASE)
LINE_STATES = {
    PLANNED: N_("Phải chuyển đổi"), NOTIFIED: N_("Đã thông báo"), IN_CASE: N_("Đã lập hồ sơ"),
    DONE: N_("Đã chuyển đổi"), DEFERRED: N_("Chưa chuyển đổi"), EXEMPT: N_("Không chuyển đổi"),
    REFERRED: N_("Cấp trên lập kế hoạch chung"), DROPPED: N_("Đưa ra khỏi kế hoạch"),
}  # fmt: skip
FORMS = {
    "SECTION": N_("Giữa các bộ phận trong đơn vị"), "FIELD": N_("Giữa các lĩnh vực được phân công"),
    "AREA": N_("Giữa các địa bàn được phân công"), "AGENCY": N_("Giữa các cơ quan, đơn vị"),
}  # fmt: skip


def lines_of(plan_id: int, states: Sequence[str] = ()) -> list[RotationPlanLine]:
    """The lines of a plan in the order of names, with what a list shows of each in one statement."""
    query = (
        select(RotationPlanLine)
        .join(RotationPlanLine.person)
        .where(RotationPlanLine.plan_id == plan_id)
        .options(
            contains_eager(RotationPlanLine.person),
            joinedload(RotationPlanLine.unit),
            joinedload(RotationPlanLine.position),
            joinedload(RotationPlanLine.target_unit),
            joinedload(RotationPlanLine.target_position).joinedload(Position.unit),
        )
        .order_by(Person.sort_key, RotationPlanLine.id)
    )
    if states:
        query = query.where(RotationPlanLine.state.in_(states))
    return list(db.session.scalars(query))


def contents_missing(plan: RotationPlan) -> Iterable[Obstacle]:
    """The six contents the law asks of a plan."""
    given = [code for code, words in (plan.contents or {}).items() if words.strip()]
    found = check_plan(given, KIND)
    labels = {row["code"]: row["text"] for row in plan_kinds()[KIND]["fields"]}
    for code in found.missing:
        yield Obstacle(
            _("Kế hoạch thiếu nội dung: %(what)s.", what=labels[code]), found.node.article or "", "content_missing",
            field=f"contents.{code}",
        )  # fmt: skip


def lines_ready(plan: RotationPlan) -> Iterable[Obstacle]:
    """Every line to carry out has a day inside the window, a target with a free place, and no ground against it."""
    every = lines_of(plan.id)
    lines = [line for line in every if line.state in TO_DO]
    if not every:
        yield Obstacle(_("Kế hoạch chưa có người nào."), ARTICLE, "no_lines", blocks=False)
        return
    holders = {holder.person_id: holder for holder in roll(plan.as_of, unit_id=plan.unit_id).holders}
    for line in lines:
        yield from line_obstacles(line, holders.get(line.person_id), plan)
    yield from places_short(lines)


def line_obstacles(line: RotationPlanLine, holder: Holder | None, plan: RotationPlan) -> Iterable[Obstacle]:
    """What stands against one line by itself."""
    name, where = line.person.full_name, f"lines.{line.id}"
    if holder is None:
        yield Obstacle(
            _("%(name)s không còn giữ vị trí thuộc danh mục vào ngày %(day)s.", name=name,
              day=format_date(plan.as_of)),
            code="not_holding", field=where,
        )  # fmt: skip
        return
    if line.target_position_id is None and line.target_unit_id is None:
        yield Obstacle(_("%(name)s chưa có nơi chuyển đến.", name=name), ARTICLE, "target_missing", field=where)
    if line.planned_on is None:
        yield Obstacle(_("%(name)s chưa có thời gian thực hiện.", name=name), ARTICLE, "day_missing", field=where)
        return
    target = line.target_position
    if target is not None and (target.unit_id, target.listed_code) == (holder.unit_id, holder.work):
        yield Obstacle(
            _("%(name)s: vị trí đến cùng công việc trong cùng đơn vị nên không phải là chuyển đổi.", name=name),
            "Điều 37 NĐ 59/2019/NĐ-CP", "same_work", field=where,
        )  # fmt: skip
    store = current_store()
    work = target.listed_code if target is not None else holder.work
    found = change_allowed(holder.tenure, line.planned_on, store, new_rule=rule_of(work) if work else None)
    if not found.allowed and found.reason is not None:
        why = reason(found.reason)
        yield Obstacle(
            _("%(name)s, dự kiến ngày %(day)s: %(why)s", name=name, day=format_date(line.planned_on), why=why.text),
            why.article, found.reason, field=where,
        )  # fmt: skip
    answer, code, _warnings = judge(holder, plan.as_of, line.planned_on, store)
    if answer.state in ("DEFERRED", "EXEMPT") and code in reasons():
        why = reason(code)
        yield Obstacle(
            _("%(name)s: %(why)s. Hãy làm mới danh sách của kế hoạch.", name=name, why=why.text), why.article, code,
            field=where,
        )  # fmt: skip
    if line.must_change_by is not None and line.planned_on > max(line.must_change_by, plan.as_of):
        yield Obstacle(
            _("%(name)s: dự kiến ngày %(day)s sau hạn phải chuyển đổi %(limit)s.", name=name,
              day=format_date(line.planned_on), limit=format_date(line.must_change_by)),
            "Điều 25 khoản 2 Luật 36/2018/QH14", "after_limit", blocks=False, field=where,
        )  # fmt: skip
    latest, node = notify_by(line.planned_on, store)
    if latest < plan.as_of:
        yield Obstacle(
            _("%(name)s: không còn đủ thời gian thông báo trước (chậm nhất %(day)s).", name=name,
              day=format_date(latest)),
            node.article or "", "notice_late", blocks=False, field=where,
        )  # fmt: skip


def places_short(lines: Sequence[RotationPlanLine]) -> Iterable[Obstacle]:
    """No more people into a post than it has places once those of the plan have left it."""
    coming: dict[int, list[RotationPlanLine]] = defaultdict(list)
    for line in lines:
        if line.target_position_id is not None:
            coming[line.target_position_id].append(line)
    if not coming:
        return
    leaving = {line.person_id for line in lines}
    day = max((line.planned_on for line in lines if line.planned_on is not None), default=None)
    staying = holders_of(sorted(coming), day, leaving) if day is not None else {}
    for position_id, arriving in coming.items():
        post = arriving[0].target_position
        assert post is not None
        stay = staying.get(position_id, 0)
        if stay + len(arriving) > post.approved_number:
            yield Obstacle(
                _("“%(title)s” của %(unit)s có %(places)s chỗ, còn %(stay)s người ở lại và %(come)s người đến "
                  "(%(names)s).", title=post.title, unit=post.unit.name, places=post.approved_number, stay=stay,
                  come=len(arriving), names=", ".join(line.person.full_name for line in arriving[:5])),
                reason("NO_VACANCY").article, "NO_VACANCY", field=f"lines.{arriving[0].id}",
            )  # fmt: skip


def holders_of(position_ids: Sequence[int], day: date, without: set[int]) -> dict[int, int]:
    """Position id → people who hold it on ``day`` and are not among ``without``."""
    found: dict[int, set[int]] = defaultdict(set)
    for ids in in_chunks(list(position_ids)):
        rows = db.session.execute(
            select(Appointment.position_id, Appointment.person_id).where(
                Appointment.position_id.in_(ids),
                Appointment.kind == "main",
                holds(Appointment, day),
            )
        )
        for position_id, person_id in rows:
            if person_id not in without and position_id is not None:
                found[position_id].add(person_id)
    return {position_id: len(people) for position_id, people in found.items()}


def another_in_force(plan: RotationPlan) -> Iterable[Obstacle]:
    """One plan of a unit and year in force: a new revision replaces the one before, another plan is refused."""
    query = select(RotationPlan).where(
        RotationPlan.unit_id == plan.unit_id, RotationPlan.year == plan.year, RotationPlan.id != plan.id,
        RotationPlan.state.in_(IN_FORCE), RotationPlan.revision > plan.revision,
    )  # fmt: skip
    if (other := db.session.scalar(query.limit(1))) is not None:
        yield Obstacle(_("Đã ban hành bản sửa đổi sau bản này: %(name)s.", name=other.name), code="newer_in_force")


def everyone_settled(plan: RotationPlan) -> Iterable[Obstacle]:
    """Each line is done, or says why not."""
    left = [line for line in lines_of(plan.id, TO_DO) if not line.outcome_note.strip()]
    for line in left[:20]:
        yield Obstacle(
            _("%(name)s chưa chuyển đổi: hãy ghi lý do.", name=line.person.full_name), code="outcome_missing",
            field=f"lines.{line.id}",
        )  # fmt: skip
    if len(left) > 20:
        yield Obstacle(_("… và %(n)s người khác chưa chuyển đổi.", n=len(left) - 20), code="outcome_missing")


STATES = (
    State(DRAFT, N_("Dự thảo")),
    State(CHECKED, N_("Đã rà soát")),
    State(ISSUED, N_("Đã ban hành")),
    State(PUBLISHED, N_("Đã công khai")),
    State(EXECUTED, N_("Đã thực hiện")),
    State(REPORTED, N_("Đã báo cáo kết quả"), "done"),
    State(WITHDRAWN, N_("Đã hủy dự thảo"), "closed", on_bar=False),
    State(REPLACED, N_("Đã thay bằng bản sửa đổi"), "closed", on_bar=False),
)
TRANSITIONS = (
    Transition(
        "check", N_("Rà soát kế hoạch"), (DRAFT,), CHECKED, "plan", primary=True,
        guards=(contents_missing, lines_ready, another_in_force),
    ),
    Transition("reopen", N_("Trả lại để sửa"), (CHECKED,), DRAFT, "plan", needs_reason=True),
    Transition(
        "issue", N_("Ban hành"), (CHECKED,), ISSUED, "issue", primary=True, not_by_performer_of=("check",),
        guards=(contents_missing, another_in_force),
    ),
    Transition("publish", N_("Công khai trong cơ quan"), (ISSUED,), PUBLISHED, "plan", primary=True),
    Transition(
        "execute", N_("Ghi đã thực hiện xong"), (PUBLISHED,), EXECUTED, "plan", primary=True,
        guards=(everyone_settled,),
    ),
    Transition(
        "report", N_("Ghi đã báo cáo kết quả"), (EXECUTED,), REPORTED, "plan", primary=True, needs_document=True
    ),
    Transition(
        "withdraw", N_("Hủy dự thảo"), (DRAFT, CHECKED), WITHDRAWN, "plan", needs_reason=True, danger=True
    ),
    Transition("draft", N_("Lập dự thảo"), (DRAFT,), "", "plan", automatic=True),
    Transition(
        "replace", N_("Thay bằng bản sửa đổi"), (ISSUED, PUBLISHED, EXECUTED), REPLACED, "issue", automatic=True
    ),
)  # fmt: skip
WORKFLOW = Workflow("movement", STATES, TRANSITIONS)
STATE_LABELS = {state.code: state.label for state in STATES}


def contents_asked() -> list[tuple[str, str]]:
    """Code and label of the contents the law asks of a yearly plan, in its order."""
    labels = {row["code"]: row["text"] for row in plan_kinds()[KIND]["fields"]}
    return [(code, labels[code]) for code in plan_fields(KIND)]
