"""The list of cycles, and how far one has come: by the units below it, and by the last day of every step."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from hrms.commands.evaluation import queries
from hrms.commands.evaluation.deadlines import due_of
from hrms.commands.evaluation.words import RUNNING, STEPS
from hrms.commands.evaluation.workflow import CYCLE
from hrms.kernel import access, clock
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle
from models.organization import OrgUnit
from models.vocabulary import EVALUATION_SIDES, PERIOD_KINDS
from views.listing import Column, Filter, ListSpec, declare, search_plain, whole_of


def state_badge(cycle: EvaluationCycle) -> tuple[str, str]:
    state = CYCLE.state(cycle.state)
    return state.kind, str(_(state.label))


def next_due(cycle: EvaluationCycle) -> date | None:
    """The next last day that is still to come, else the last one of all."""
    days = sorted(day for step in STEPS if (day := due_of(cycle, step)) is not None)
    return next((day for day in days if day >= clock.today()), days[-1] if days else None)


def _people(cycle: EvaluationCycle) -> int | None:
    return (cycle.counts or {}).get("people")


CYCLES = declare(
    ListSpec(
        name="evaluation_cycles",
        title=lambda: _("Đánh giá, xếp loại"),
        model=EvaluationCycle,
        columns=(
            Column("name", lambda: _("Kỳ đánh giá"), "name", (EvaluationCycle.name,), width=40),
            Column("unit", lambda: _("Phạm vi"), "unit.name", (OrgUnit.sort_key,), width=34),
            Column("kind", lambda: _("Loại kỳ"), lambda c: _(PERIOD_KINDS[c.period_kind]), width=10),
            Column("side", lambda: _("Bên"), lambda c: _(EVALUATION_SIDES[c.side]), width=12),
            Column("state", lambda: _("Trạng thái"), state_badge, (EvaluationCycle.state,), kind="badge", width=18),
            Column("people", lambda: _("Số người"), _people, kind="number", width=10),
            Column("ends", lambda: _("Đến ngày"), "ends_on", (EvaluationCycle.ends_on,), "date", width=12),
            Column("due", lambda: _("Hạn gần nhất"), next_due, kind="date", width=12),
        ),
        options=(joinedload(EvaluationCycle.unit), defer(EvaluationCycle.frozen)),
        base=lambda: select(EvaluationCycle).join(EvaluationCycle.unit),
        search=search_plain(EvaluationCycle.name),
        search_hint=lambda: _("Tên kỳ đánh giá"),
        filters=(
            Filter("state", lambda: _("Trạng thái"), lambda q, v: q.where(EvaluationCycle.state == v),
                   lambda: [(one.code, str(_(one.label))) for one in CYCLE.states]),
            Filter("kind", lambda: _("Loại kỳ"), lambda q, v: q.where(EvaluationCycle.period_kind == v),
                   lambda: [(code, str(_(label))) for code, label in PERIOD_KINDS.items()]),
            Filter("side", lambda: _("Bên"), lambda q, v: q.where(EvaluationCycle.side == v),
                   lambda: [(code, str(_(label))) for code, label in EVALUATION_SIDES.items()]),
            Filter("year", lambda: _("Năm"), lambda q, v: q.where(EvaluationCycle.year == whole_of(v, 2000, 2100)),
                   kind="number"),
        ),
        default_sort=(EvaluationCycle.ends_on.desc(), EvaluationCycle.number.desc()),
        row_url=lambda cycle: url_for("EvaluationView.show", cycle_id=cycle.id),
        export_permission=("evaluation", "export"),
        empty=lambda: _("Chưa có kỳ đánh giá nào trong phạm vi của bạn."),
    )
)  # fmt: skip


@dataclass
class Branch:
    """One unit of the progress table with everything below it."""

    unit_id: int
    name: str
    total: int = 0
    late: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    collectives: int = 0
    recognised: int = 0
    link: bool = True

    @property
    def done(self) -> int:
        return self.steps.get("done", 0)


def rolled_up(cycle: EvaluationCycle, rows: list[queries.UnitProgress]) -> list[Branch]:
    """Progress by the units right under what the actor sees: a province by agency, an agency by division."""
    if not rows:
        return []
    paths = [[part for part in row.path.split("/") if part] for row in rows]
    common = paths[0]
    for path in paths:
        common = _prefix(common, path)
    depth = len(common)
    if all(len(path) == depth for path in paths):  # one unit only
        depth -= 1
    keys = [int(path[min(depth, len(path) - 1)]) for path in paths]
    names = dict(
        db.session.execute(
            access.restrict(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(set(keys))), OrgUnit)
        ).tuples().all()
    )  # fmt: skip
    found: dict[int, Branch] = {}
    for row, key in zip(rows, keys, strict=True):
        number = key if key in names else row.unit_id
        one = found.setdefault(number, Branch(number, names.get(number, row.unit)))
        one.total += row.total
        one.late += row.late
        for step, count in row.steps.items():
            one.steps[step] = one.steps.get(step, 0) + count
        if row.collective:
            one.collectives += 1
            one.recognised += row.collective in ("recognised", "notified")
    return list(found.values())


def _prefix(first: list[str], second: list[str]) -> list[str]:
    found = []
    for a, b in zip(first, second, strict=False):
        if a != b:
            break
        found.append(a)
    return found


def deadline_rows(cycle: EvaluationCycle, owed: dict[str, int], waiting: int) -> list[dict[str, Any]]:
    """Every step with its last day, how many still owe it and whether that is late."""
    found = []
    for code, label in STEPS.items():
        due = due_of(cycle, code)
        count = waiting if code == "collectives" else owed.get(code, 0)
        left = (due - clock.today()).days if due is not None else None
        late = bool(count) and left is not None and left < 0 and cycle.state in RUNNING
        found.append({"code": code, "label": str(_(label)), "due": due, "count": count, "days": left, "late": late})
    return found
