"""Panels of evaluation: how far the cycle is, the levels, the ceiling of every agency. One statement counts them all.

The counts are those of ``evaluation.history.distribution`` and ``evaluation.queries.progress``; the ceiling is
``policies.evaluation.quota`` over the sheets of an agency, as the quota check has it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from hrms.commands.dashboards.shape import Context, Panel, Target, Tile
from hrms.commands.evaluation.configuration import frozen_configuration
from hrms.commands.evaluation.deadlines import step_of
from hrms.commands.evaluation.queries import cycle_query
from hrms.commands.evaluation.standing import HTXS, LEVELS, UNCOUNTED, before_quota, level_column
from hrms.commands.evaluation.words import (
    CANCELLED,
    NOT_RATED,
    OWED_IN_STATE,
    PLANNED,
    REMOVED,
    STEPS,
)
from hrms.kernel import access
from hrms.kernel.db import db
from models.evaluation import EvaluationCycle, PersonEvaluation
from models.organization import OrgUnit
from models.vocabulary import RATINGS
from policies.evaluation.quota import quota_limit, quota_rule
from reports.framework import Block, Column
from reports.framework.charts import column_chart

DONE = "done"
STEP_LABELS = {**STEPS, DONE: "Đã xong"}


@dataclass
class Agency:
    """The rated people of one agency: what the ceiling is taken of, and how many stand at HTXS."""

    unit_id: int
    before: Counter[str] = field(default_factory=Counter)  # level without the ceiling
    now: Counter[str] = field(default_factory=Counter)
    regimes: Counter[str] = field(default_factory=Counter)


@dataclass
class Standing:
    """A cycle counted once: sheets by step and level, exits, who is late, agency by agency."""

    cycle: EvaluationCycle
    steps: Counter[str] = field(default_factory=Counter)
    levels: Counter[str] = field(default_factory=Counter)
    not_rated: int = 0
    waiting: int = 0
    late: int = 0
    people: int = 0
    agencies: dict[int, Agency] = field(default_factory=dict)

    @property
    def rated(self) -> int:
        return sum(self.levels.values())


def newest_cycle(context: Context) -> EvaluationCycle | None:
    """The cycle of the State side that ends last within (or around) the period, of the widest unit."""
    span = context.asked.period
    query = (
        cycle_query()
        .join(OrgUnit, OrgUnit.id == EvaluationCycle.unit_id)
        .where(
            EvaluationCycle.side == "STATE",
            EvaluationCycle.state.not_in((PLANNED, CANCELLED)),
            EvaluationCycle.starts_on <= span.last,
            or_(EvaluationCycle.ends_on >= span.first, EvaluationCycle.closed_at.is_(None)),
        )
        .order_by(EvaluationCycle.ends_on.desc(), OrgUnit.depth, EvaluationCycle.starts_on, EvaluationCycle.id)
        .limit(1)
    )
    return db.session.scalar(query)


def standing(context: Context) -> Standing | None:
    """The cycle of the period, counted; ``None`` where there is none or the actor may see no evaluation."""
    if not access.may("evaluation", "read"):
        return None
    memo = context.asked.memo
    if "evaluation" not in memo:
        cycle = newest_cycle(context)
        memo["evaluation"] = _count(context, cycle) if cycle is not None else None
    found: Standing | None = memo["evaluation"]
    return found


def _lines(context: Context, cycle: EvaluationCycle) -> Iterator[Any]:
    sheet = PersonEvaluation
    wanted = (sheet.agency_id, sheet.state, level_column(), sheet.quota_outcome, sheet.regime, sheet.late)
    rows = select(*[column.label(f"c{number}") for number, column in enumerate(wanted)]).where(
        sheet.cycle_id == cycle.id, sheet.state != REMOVED, context.asked.inside(sheet.unit_id)
    )
    counted = access.restrict(rows, sheet).subquery()
    yield from db.session.execute(select(*counted.c, func.count()).group_by(*counted.c))


def _count(context: Context, cycle: EvaluationCycle) -> Standing:
    found = Standing(cycle)
    for agency_id, state, level, outcome, regime, late, number in _lines(context, cycle):
        found.people += number
        if state != NOT_RATED:
            found.steps[step_of(cycle, state) if state in OWED_IN_STATE else DONE] += number
            found.late += number if late else 0
        if state in UNCOUNTED:
            found.not_rated += number
        elif level:
            found.levels[level] += number
        else:
            found.waiting += number
        if state == NOT_RATED:
            continue
        agency = found.agencies.setdefault(agency_id, Agency(agency_id))
        agency.regimes[regime] += number
        agency.now[level] += number
        agency.before[before_quota(level, outcome)] += number
    return found


def _opens(cycle: EvaluationCycle, context: Context, **where: Any) -> Target:
    return Target("EvaluationView.show", {"cycle_id": cycle.id, "unit_id": context.asked.unit.id, **where})


def progress(context: Context) -> Panel | None:
    """What the sheets of the cycle wait for."""
    found = standing(context)
    if found is None:
        return None
    rows = [
        {"step": step, "label": label, "count": found.steps[step]}
        for step, label in STEP_LABELS.items()
        if found.steps[step]
    ]
    columns = (Column("label", "Việc tiếp theo của phiếu", mm=70, chars=34),
               Column("count", "Số phiếu", "integer", total=True, mm=24))  # fmt: skip
    chart = column_chart("bars", "Phiếu đánh giá theo việc tiếp theo", [str(row["label"]) for row in rows],
                         [("Phiếu", [int(str(row["count"])) for row in rows])], "phiếu")  # fmt: skip
    block = Block("evaluation_progress", f"Tiến độ đánh giá – {found.cycle.name}", columns, rows, keys=("step",),
                  chart=chart)  # fmt: skip
    whole = _opens(found.cycle, context)
    tiles = (
        Tile(_("phiếu đánh giá chưa xong"), sum(found.steps.values()) - found.steps[DONE], target=whole),
        Tile(_("phiếu quá hạn"), found.late, alert=found.late > 0, target=whole),
    )
    return Panel(block, tiles, more=whole, more_label="Xem kỳ đánh giá")


def levels(context: Context) -> Panel | None:
    """People by the level they stand at, and those without one."""
    found = standing(context)
    if found is None:
        return None
    rows = [{"level": level, "label": RATINGS[level], "count": found.levels[level]} for level in LEVELS]
    rows += [
        {"level": "", "label": "Chưa có mức", "count": found.waiting},
        {"level": "-", "label": "Không xếp loại, đang vướng", "count": found.not_rated},
    ]
    columns = (Column("label", "Mức xếp loại hiện tại", mm=70, chars=34),
               Column("count", "Số người", "integer", total=True, mm=24))  # fmt: skip
    chart = column_chart("bars", "Người theo mức xếp loại hiện tại", [str(row["label"]) for row in rows],
                         [("Người", [int(str(row["count"])) for row in rows])])  # fmt: skip
    block = Block("evaluation_levels", f"Kết quả xếp loại – {found.cycle.name}", columns, rows, keys=("level",),
                  chart=chart)  # fmt: skip
    return Panel(block, (), more=_opens(found.cycle, context), more_label="Xem kỳ đánh giá")


def quota(context: Context) -> Panel | None:
    """Agency by agency: people at HTXS against the ceiling; those above it first."""
    found = standing(context)
    if found is None:
        return None
    tree = context.asked.tree()
    rows = [_quota_row(found.cycle, agency, tree.name(agency.unit_id)) for agency in found.agencies.values()]
    rows.sort(key=lambda row: (-row["over"], tree.order(row["agency"])))
    columns = (
        Column("label", "Cơ quan, đơn vị", mm=62, chars=40), Column("rated", "Đã có mức", "integer", total=True, mm=18),
        Column("used", RATINGS[HTXS], "integer", total=True, mm=22, opens=True),
        Column("limit", "Mức trần", "integer", total=True, mm=18), Column("over", "Vượt", "integer", total=True, mm=16),
    )  # fmt: skip
    note = "Mức trần tính trên toàn cơ quan, chưa tách nhóm nhiệm vụ tương đồng; bấm vào con số để xem từng nhóm."
    block = Block("evaluation_quota", f"Tỷ lệ Hoàn thành xuất sắc nhiệm vụ – {found.cycle.name}", columns, rows,
                  fact="evaluation", by=("agency",), keys=("agency",), notes=(note,))  # fmt: skip
    over = sum(1 for row in rows if row["over"])
    tiles = (Tile(_("cơ quan vượt tỷ lệ"), over, alert=over > 0),)

    def opens(where: dict[str, str]) -> Target | None:
        if "agency" not in where:  # the total: of no agency
            return None
        return Target("EvaluationQuotaView.show", {"cycle_id": found.cycle.id, "agency_id": int(where["agency"])})

    return Panel(block, tiles, opens, _opens(found.cycle, context), "Xem kỳ đánh giá")


def _quota_row(cycle: EvaluationCycle, agency: Agency, name: str) -> dict[str, Any]:
    rated = sum(number for level, number in agency.before.items() if level in LEVELS)
    regime = agency.regimes.most_common(1)[0][0]
    limit = ceiling(cycle, regime, agency.before)
    used = agency.now[HTXS]
    over = max(0, used - limit) if limit is not None else 0
    return {"agency": agency.unit_id, "label": name, "rated": rated, "used": used, "limit": limit, "over": over}


def ceiling(cycle: EvaluationCycle, regime: str, before: Counter[str]) -> int | None:
    """Most HTXS in an agency with these levels; ``None`` where the ceiling follows the Party's own rating."""
    rule = _rule(cycle, regime)
    if rule.base == "PARTY_SHARE":
        return None
    htxs, htt, *below = (before[level] for level in LEVELS)
    return quota_limit(htxs, htt, sum(below), rule)


def _rule(cycle: EvaluationCycle, regime: str) -> Any:
    rules: dict[str, Any] = cycle.__dict__.setdefault("_dashboard_rules", {})
    if regime not in rules:
        rules[regime] = quota_rule(frozen_configuration(cycle), regime)
    return rules[regime]
