"""The monthly salary part by part, in đồng, from what the engine was asked and which parts it counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from policies.engine.money import round_dong
from policies.salary.labels import ALLOWANCE_LABELS

COEFFICIENTS = ("coefficient", "leadership", "retained_difference")


@dataclass(frozen=True)
class SalaryPart:
    """``shown``: 4,98 or 25%; ``amount`` in đồng a month, ``None`` for a part that is not counted."""

    key: str
    label: str
    shown: str
    amount: int | None
    counted: bool


def nodes(tree: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every node of a stored trace, from the root down."""
    yield tree
    for child in tree.get("children") or ():
        yield from nodes(child)


def counted_parts(result: Mapping[str, Any]) -> Sequence[str] | None:
    """Names of the salary parts that the applied version counted; ``None`` when the trace does not tell."""
    for node in nodes(result.get("trace") or {}):
        parameter = node.get("parameter") or {}
        value = parameter.get("value")
        if isinstance(value, list) and "coefficient" in value:
            return value
    return None


def salary_parts(inputs: Mapping[str, Any], result: Mapping[str, Any]) -> list[SalaryPart]:
    """The parts of the salary; empty where the benefit does not rest on the State scale.

    Each amount is rounded to the đồng by itself; the engine rounds the sum once, so the two may differ by a đồng.
    """
    salary = inputs.get("salary") or {}
    base = result.get("base_salary")
    counted = counted_parts(result)
    if salary.get("coefficient") is None or base is None or counted is None:
        return []
    allowances = {name: Decimal(str(value)) for name, value in (salary.get("allowances") or {}).items()}
    coefficient = Decimal(str(salary["coefficient"]))
    beyond = allowances.get("beyond_frame_percent", Decimal(0))
    core = coefficient
    if "leadership" in counted:
        core += allowances.get("leadership", Decimal(0))
    if "beyond_frame_percent" in counted:
        core += coefficient * beyond / 100
    parts = [_part("coefficient", coefficient, coefficient, base, True)]
    for name, value in allowances.items():
        if not value:
            continue
        if name == "beyond_frame_percent":
            exact = coefficient * value / 100
        elif name.endswith("_percent"):
            exact = core * value / 100
        else:
            exact = value
        parts.append(_part(name, value, exact, base, name in counted))
    order = list(ALLOWANCE_LABELS)
    return sorted(
        parts, key=lambda part: (not part.counted, order.index(part.key) if part.key in order else len(order))
    )


def _part(key: str, value: Decimal, exact: Decimal, base: int, counted: bool) -> SalaryPart:
    text = format(value.normalize(), "f").replace(".", ",")
    shown = f"{text}%" if key.endswith("_percent") else text
    return SalaryPart(
        key, ALLOWANCE_LABELS.get(key, key), shown, round_dong(exact * base) if counted else None, counted
    )
