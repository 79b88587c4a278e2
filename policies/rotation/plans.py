"""Contents and days of plans, reminders, conflicts of interest, and what stands after leaving."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from policies.engine.dates import add_months
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, parameter_node
from policies.engine.workdays import Days, add_working_days
from policies.rotation.law import at, law, words


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """``missing`` in the order of the law; ``publish`` says where a complete plan is made public."""

    complete: bool
    missing: tuple[str, ...]
    publish: str | None
    node: Node


@lru_cache(maxsize=1)
def plan_kinds() -> Mapping[str, Mapping[str, Any]]:
    """CDVTCT, LUAN_CHUYEN, THAY_DOI_VTVL to what their plan must contain."""
    return {row["code"]: row for row in words()["plans"]}


def plan_fields(kind: str = "CDVTCT") -> tuple[str, ...]:
    """The contents the law asks for, in its order."""
    return tuple(f["code"] for f in plan_kinds()[kind]["fields"])


def check_plan(given: Collection[str], kind: str = "CDVTCT") -> PlanCheck:
    """Does a plan hold all the law asks for (yearly plan: Điều 26 khoản 2 Luật 36/2018)?"""
    row = plan_kinds()[kind]
    absent = [f for f in row["fields"] if f["code"] not in given]
    node = Node("Nội dung kế hoạch", not absent, None, None, row["article"])
    node.children = [Node(f"Thiếu: {f['text']}", f["code"]) for f in absent]
    return PlanCheck(not absent, tuple(f["code"] for f in absent), None if absent else row["publish"], node)


@dataclass(frozen=True, slots=True)
class DossierItem:
    """One paper of the dossier of a luân chuyển or appointment (Điều 35, 47 NĐ 170/2025)."""

    code: str
    text: str


@lru_cache(maxsize=1)
def dossier_items() -> tuple[DossierItem, ...]:
    """The ten papers, in the order of the law."""
    return tuple(DossierItem(row["code"], row["text"]) for row in words()["dossier"]["items"])


def missing_papers(given: Collection[str]) -> tuple[DossierItem, ...]:
    """The papers of the dossier that are not among the codes given."""
    return tuple(item for item in dossier_items() if item.code not in given)


def notify_by(planned: date, store: ParameterStore | None = None) -> tuple[date, Node]:
    """Latest day of the notice to the person (30 days, a setting [U])."""
    rule = at(law(store), "periodic.notice_days", planned)
    day = planned - timedelta(days=rule.value)
    return day, Node("Thông báo chậm nhất ngày", day, article=rule.article, children=[parameter_node(rule)])


def yearly_plan_days(year: int, store: ParameterStore | None = None) -> dict[str, date]:
    """When the yearly plan is drafted and issued at the latest [U]."""
    rule = at(law(store), "periodic.yearly_plan", date(year, 1, 1)).value
    return {
        "draft_by": date(year, rule["draft_month"], rule["draft_day"]),
        "issue_by": date(year, rule["issue_month"], rule["issue_day"]),
    }


def reminder_days(kind: str, limit: date, store: ParameterStore | None = None) -> tuple[date, ...]:
    """Days on which to remind before ``limit``, earliest first: ``periodic``, ``secondment``, ``term``."""
    law_ = law(store)
    value = at(law_, f"{kind}.reminders", limit).value
    if isinstance(value, Mapping):
        days = [add_months(limit, -m) for m in value["months"]] + [limit - timedelta(days=d) for d in value["days"]]
    else:
        days = [limit - timedelta(days=d) for d in value]
    return tuple(sorted(days))


@dataclass(frozen=True, slots=True)
class ConflictDays:
    """Latest days to report, to handle and to inform."""

    report_by: date
    handle_by: date
    inform_by: date
    node: Node


def conflict_days(
    known_on: date,
    holidays: Days = (),
    *,
    reported_on: date | None = None,
    handled_on: date | None = None,
    store: ParameterStore | None = None,
) -> ConflictDays:
    """Điều 30 khoản 3, 31 NĐ 59/2019: five working days each; what really happened starts the next period."""
    rule = at(law(store), "conflict.working_days", known_on)
    report = add_working_days(known_on, rule.value["report"], holidays)
    handle = add_working_days(reported_on or report, rule.value["handle"], holidays)
    inform = add_working_days(handled_on or handle, rule.value["inform"], holidays)
    node = Node("Thời hạn về xung đột lợi ích", inform, None, None, rule.article, children=[parameter_node(rule)])
    return ConflictDays(report, handle, inform, node)


@dataclass(frozen=True, slots=True)
class AfterLeaving:
    """Until when a person may not found or run a business in the field managed: between the two days, by ministry."""

    earliest: date
    latest: date
    node: Node


def after_leaving(left_on: date, group: str, store: ParameterStore | None = None) -> AfterLeaving:
    """Điều 22, 23 NĐ 59/2019: groups ``1`` and ``2`` of fields (group 4 ends with its programme)."""
    rule = at(law(store), "after_leaving.months", left_on)
    span = rule.value[group]
    earliest, latest = add_months(left_on, span["from"]), add_months(left_on, span["to"])
    return AfterLeaving(earliest, latest, Node("Hạn chế sau khi thôi chức vụ", latest, None, None, rule.article))
