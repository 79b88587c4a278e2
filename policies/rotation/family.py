"""The family bar of Điều 20 khoản 3 Luật 36/2018, asked from both sides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, fact_node, parameter_node
from policies.rotation.law import at, law, reason_node, words


@dataclass(frozen=True, slots=True)
class Tie:
    """A relative: relation to the person asked about, job (or head role) held, in the same agency or not."""

    relation: str
    job: str
    same_agency: bool = True


@dataclass(frozen=True, slots=True)
class FamilyCheck:
    """``severity`` BLOCK (refused), WARN (allowed, to be weighed) or None (no obstacle)."""

    allowed: bool
    reason: str | None
    severity: str | None
    node: Node


class _Lists(NamedTuple):
    heads: frozenset[str]
    managers: frozenset[str]
    relations: frozenset[str]
    barred: frozenset[str]
    accounting: frozenset[str]
    near: frozenset[str]
    council: frozenset[str]


@lru_cache(maxsize=1)
def lists() -> _Lists:
    """Roles, relations and jobs of the bar as sets."""
    data = words()["family"]

    def codes(name: str) -> frozenset[str]:
        return frozenset(row["code"] for row in data[name])

    return _Lists(
        frozenset(data["head_roles"]),
        frozenset(data["manager_roles"]),
        frozenset(data["relations"]),
        codes("barred_jobs"),
        codes("accounting_jobs"),
        codes("near_jobs"),
        codes("council_jobs"),
    )


def family_bar(
    head_role: str,
    relation: str,
    relative_job: str,
    on: date,
    *,
    same_agency: bool = True,
    store: ParameterStore | None = None,
) -> FamilyCheck:
    """May the relative of somebody in ``head_role`` hold ``relative_job``?

    Blocked: a listed relation of the head or a deputy head in a barred job of the same agency. Plain accountants follow
    ``rotation.family_bar.accounting_scope``. In-laws, division heads and plain personnel work only warn [U].
    """
    known = lists()
    node = Node("Quan hệ gia đình và công việc", None, None, None, words()["family"]["article"])
    node.children += [
        fact_node("Chức vụ của người có quan hệ", head_role),
        fact_node("Quan hệ", relation),
        fact_node("Công việc", relative_job),
    ]
    if relative_job in known.council:
        return _close(node, "FAMILY_BAR", "BLOCK")
    sensitive = relative_job in known.barred or relative_job in known.accounting or relative_job in known.near
    if not same_agency or not sensitive:
        return _close(node, None, None)
    if relation not in known.relations:
        return _close(node, "FAMILY_NOT_LISTED", "WARN")
    if head_role not in known.heads:
        return _close(node, "NOT_HEAD_OR_DEPUTY", "WARN")
    if relative_job in known.near:
        return _close(node, "FAMILY_NEAR", "WARN")
    if relative_job in known.accounting:
        scope = at(law(store), "family_bar.accounting_scope", on)
        node.children.append(parameter_node(scope))
        if scope.value == "MANAGEMENT_ONLY":
            return _close(node, "FAMILY_NEAR", "WARN")
    return _close(node, "FAMILY_BAR", "BLOCK")


def _close(node: Node, code: str | None, severity: str | None) -> FamilyCheck:
    allowed = severity != "BLOCK"
    node.value = allowed
    if code is not None:
        node.children.append(reason_node(code))
    return FamilyCheck(allowed, code, severity, node)


_WORST_FIRST = ("BLOCK", "WARN", None)


def family_bar_of_move(
    becomes: str, relatives: Iterable[Tie], on: date, store: ParameterStore | None = None
) -> FamilyCheck:
    """The same bar for somebody who takes up ``becomes`` (a head role or a job) among these relatives.

    Becoming head or deputy, the jobs of the relatives are asked; taking a job, their head roles. The worst answers.
    """
    roles = lists().heads | lists().managers
    found: list[FamilyCheck] = []
    for tie in relatives:
        if becomes in roles:
            found.append(family_bar(becomes, tie.relation, tie.job, on, same_agency=tie.same_agency, store=store))
        if tie.job in roles:
            found.append(family_bar(tie.job, tie.relation, becomes, on, same_agency=tie.same_agency, store=store))
    node = Node("Rà soát người thân tại nơi đến", None, None, None, words()["family"]["article"])
    node.children.extend(check.node for check in found)
    worst = min(found, key=lambda c: _WORST_FIRST.index(c.severity), default=None)
    if worst is None:
        node.value = True
        return FamilyCheck(True, None, None, node)
    node.value = worst.allowed
    return FamilyCheck(worst.allowed, worst.reason, worst.severity, node)
