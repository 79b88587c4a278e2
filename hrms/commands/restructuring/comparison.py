"""Two calculations line by line: what changed, by how much, and whether facts, parameters or the engine did it.

A decided case keeps its frozen answer; comparing it with today's answer never touches what is stored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask_babel import gettext as _

from hrms.commands.law.current import current_store
from hrms.commands.restructuring import calculation
from hrms.commands.restructuring.words import CORRECTABLE, N_
from hrms.kernel.db import dump_json
from hrms.kernel.errors import Fault, Refused
from models.restructuring import DownsizingCase
from policies import api
from policies.engine.errors import CaseFaults

INPUT, PARAMETER, ENGINE = "input", "parameter", "engine"
REASONS = {
    INPUT: N_("Dữ liệu thay đổi"),
    PARAMETER: N_("Tham số pháp luật thay đổi"),
    ENGINE: N_("Phiên bản phần mềm tính thay đổi"),
}
FIGURES = {
    "base_salary": N_("Lương cơ sở"),
    "monthly_salary": N_("Tiền lương tháng hiện hưởng"),
    "retirement_date": N_("Ngày hưởng lương hưu theo tuổi quy định"),
    "months_early": N_("Số tháng nghỉ sớm"),
    "years_early": N_("Số năm nghỉ sớm"),
    "social_insurance_years": N_("Số năm đóng BHXH để tính"),
    "severance_months": N_("Số tháng tính trợ cấp thôi việc"),
    "within_first_12_months": N_("Nghỉ trong 12 tháng đầu"),
    "decree": N_("Nghị định áp dụng"),
    "benefit": N_("Chính sách"),
    "eligible": N_("Đủ điều kiện"),
    "law_version": N_("Bản hợp nhất áp dụng"),
}
INPUT_LABELS = {spec.path: spec.label for spec in CORRECTABLE.values()} | {
    "person.birth_date": N_("Ngày sinh"),
    "person.sex": N_("Giới tính"),
    "person.category": N_("Loại cán bộ"),
    "person.retirement_annex": N_("Phụ lục tuổi nghỉ hưu"),
    "person.group_177": N_("Nhóm theo NĐ 177/2024/NĐ-CP"),
    "restructuring.effective_date": N_("Ngày hiệu lực của văn bản sắp xếp"),
    "restructuring.directly_affected": N_("Chịu tác động trực tiếp"),
    "leave.date": N_("Ngày nghỉ"),
    "leave.decision_date": N_("Ngày quyết định"),
    "circumstances.voluntary": N_("Tự nguyện"),
    "circumstances.pregnant_or_child_under_36_months": N_("Mang thai, nuôi con dưới 36 tháng"),
    "circumstances.under_discipline_or_investigation": N_("Đang bị xem xét kỷ luật, thanh tra"),
    "facts.local_top_up.amount": N_("Hỗ trợ thêm của địa phương"),
    "facts.leaders_above_quota": N_("Số lãnh đạo vượt quy định"),
    "decree": N_("Nghị định đề nghị"),
    "benefit": N_("Chính sách đề nghị"),
}


class Calculated(Protocol):
    """As much of a stored calculation as a comparison needs."""

    @property
    def inputs(self) -> Any: ...
    @property
    def result(self) -> Any: ...
    @property
    def engine_version(self) -> str: ...
    @property
    def parameters_fingerprint(self) -> str: ...


@dataclass(frozen=True)
class Answer:
    """A calculation that is not stored."""

    inputs: dict[str, Any]
    result: dict[str, Any]
    engine_version: str
    parameters_fingerprint: str


@dataclass(frozen=True)
class LineDifference:
    """One line: amounts in đồng before and after (``None`` = the line is not there), and why it moved."""

    code: str
    label: str
    old: int | None
    new: int | None
    reasons: tuple[str, ...] = ()

    @property
    def delta(self) -> int:
        return (self.new or 0) - (self.old or 0)

    @property
    def changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class ValueDifference:
    """A fact, a figure or a parameter with its two values as they stand in the calculation."""

    path: str
    label: str
    old: Any
    new: Any


@dataclass
class Comparison:
    """``lines`` holds every line of either side; the other lists only what differs."""

    old_total: int
    new_total: int
    lines: list[LineDifference] = field(default_factory=list)
    figures: list[ValueDifference] = field(default_factory=list)
    inputs: list[ValueDifference] = field(default_factory=list)
    parameters: list[ValueDifference] = field(default_factory=list)
    engine: tuple[str, str] | None = None  # version before and after, when they differ

    @property
    def delta(self) -> int:
        return self.new_total - self.old_total

    @property
    def same(self) -> bool:
        return not (self.figures or self.inputs or self.delta or any(line.changed for line in self.lines))


def difference(old: Calculated, new: Calculated) -> Comparison:
    """Compare two calculations. ``new`` must have been made by the engine and parameters in force now."""
    found = Comparison(old.result["total"], new.result["total"])
    found.inputs = _flat_difference(old.inputs, new.inputs, INPUT_LABELS, leave_out={"id"})
    found.figures = [
        ValueDifference(name, text, old.result.get(name), new.result.get(name))
        for name, text in FIGURES.items()
        if old.result.get(name) != new.result.get(name)
    ]
    if old.engine_version != new.engine_version:
        found.engine = (old.engine_version, new.engine_version)
    between = _again(old.inputs) if found.inputs else new.result
    found.parameters = _parameter_difference(old.result, between if between is not None else new.result)
    found.lines = list(_lines(old, new, between, found))
    return found


def _again(inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """The old facts under today's law: what still differs from the old answer is not the facts' doing."""
    try:
        return api.calculate(inputs, current_store()).to_dict()
    except CaseFaults:
        return None


def _lines(
    old: Calculated, new: Calculated, between: Mapping[str, Any] | None, found: Comparison
) -> Iterator[LineDifference]:
    before, after = _amounts(old.result), _amounts(new.result)
    middle = _amounts(between) if between is not None else {}
    for code in dict.fromkeys([*before, *after]):
        was, now = before.get(code), after.get(code)
        reasons: list[str] = []
        if (was and was[1]) != (now and now[1]):
            under_new_law = middle.get(code)
            if between is None or (under_new_law and under_new_law[1]) != (was and was[1]):
                reasons.append(_law_reason(old, new, found))
            if between is not None and (under_new_law and under_new_law[1]) != (now and now[1]):
                reasons.append(INPUT)
        label = (now or was or ("", 0))[0]
        yield LineDifference(code, label, was and was[1], now and now[1], tuple(reasons))


def _law_reason(old: Calculated, new: Calculated, found: Comparison) -> str:
    if found.parameters or (old.parameters_fingerprint != new.parameters_fingerprint and found.engine is None):
        return PARAMETER
    return ENGINE


def _amounts(result: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    return {line["code"]: (line["label"], line["amount"]) for line in result["lines"]}


def _flat(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _flat(inner, f"{path}.{name}" if path else str(name))
    else:
        yield path, value


def _flat_difference(
    old: Mapping[str, Any], new: Mapping[str, Any], labels: Mapping[str, str], leave_out: set[str]
) -> list[ValueDifference]:
    before, after = dict(_flat(old)), dict(_flat(new))
    return [
        ValueDifference(path, labels.get(path, path), before.get(path), after.get(path))
        for path in dict.fromkeys([*before, *after])
        if path not in leave_out and before.get(path) != after.get(path)
    ]


def _parameter_difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ValueDifference]:
    """Parameters that both looked up for the same facts, with another value: the law changed, not the dates."""
    before, after = dict(_parameters(old.get("trace"))), dict(_parameters(new.get("trace")))
    return [
        ValueDifference(name, str(after[name].get("label") or name), before[name]["value"], after[name]["value"])
        for name in sorted(before.keys() & after.keys())
        if before[name]["value"] != after[name]["value"]
    ]


def _parameters(node: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if not isinstance(node, Mapping):
        return
    parameter = node.get("parameter")
    if isinstance(parameter, Mapping):
        yield str(parameter["name"]), parameter
    for child in node.get("children") or ():
        yield from _parameters(child)


def recalculate_decided(case: DownsizingCase) -> Comparison:
    """The frozen answer of a decided case against what the records and the law of today would give.

    Raises :class:`Refused` when the case has no frozen answer or the records no longer allow one.
    """
    frozen = calculation.current(case)
    if frozen is None or not frozen.frozen:
        raise Refused([Fault("", _("Hồ sơ chưa quyết định nên chưa có số liệu khóa để so sánh."))])
    outcome = calculation.calculate(case)
    if outcome.result is None:
        raise Refused(outcome.faults)
    now = Answer(
        json.loads(dump_json(outcome.inputs.case)),
        json.loads(dump_json(outcome.result.to_dict())),
        api.ENGINE_VERSION,
        current_store().fingerprint,
    )
    return difference(frozen, now)


def amendment_difference(case: DownsizingCase) -> Comparison | None:
    """What an amendment changes against the version it amends; ``None`` when there is nothing to compare."""
    new = calculation.current(case)
    old = calculation.current(case.amends) if case.amends is not None else None
    return None if old is None or new is None else difference(old, new)
