"""The monthly salary of a benefit: ``S = base × [(coefficient + leadership + over-frame) × (1 + Σ%) + retained]``.

Which parts count is a dated parameter of each decree (a list of names); what the case draws besides is named as a
refused branch of the trace. Rounded once, half up, to the đồng. An agreed salary is the amount of the contract alone
(TT 01/2025/TT-BNV Điều 3 khoản 2 điểm b).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from policies.engine.case import PERCENT_ALLOWANCES, ZERO, Salary
from policies.engine.money import ONE, add, mul, percent, round_dong
from policies.engine.parameters import Version
from policies.engine.trace import Branch, Node, Refused, parameter_node
from policies.salary.labels import ALLOWANCE_LABELS

AGREED_ARTICLE = "Điều 3 khoản 2 điểm b TT 01/2025/TT-BNV"


@dataclass(frozen=True, slots=True)
class MonthlySalary:
    """``amount`` in đồng a month, the base salary it stands on, and its explanation."""

    amount: int
    base: int
    node: Node


def monthly_salary(salary: Salary, base: Version, components: Version) -> MonthlySalary:
    """Compute the monthly salary from the parts listed in ``components`` (names of the case's keys)."""
    if salary.agreed_amount is not None:
        return _agreed(salary, base)
    counted = components.value
    coefficient = salary.coefficient or ZERO
    children: list[Node] = [parameter_node(base), parameter_node(components)]
    children.append(Node("Hệ số lương", coefficient, "hệ số"))

    core = coefficient
    args: list[object] = [base.value, coefficient]
    inner = "{1}"
    leadership = salary.allowance("leadership")
    if leadership and "leadership" in counted:
        core = add(core, leadership)
        inner += f" + {{{len(args)}}}"
        args.append(leadership)
        children.append(Node(ALLOWANCE_LABELS["leadership"], leadership, "hệ số"))
    beyond = salary.allowance("beyond_frame_percent")
    if beyond and "beyond_frame_percent" in counted:
        part = mul(coefficient, percent(beyond))
        core = add(core, part)
        inner += f" + {{1}} × {{{len(args)}}}%"
        args.append(beyond)
        children.append(
            Node(ALLOWANCE_LABELS["beyond_frame_percent"], part, "hệ số", ("{0} × {1}%", (coefficient, beyond)))
        )
    formula = f"({inner})" if len(args) > 2 else inner

    rate = ZERO
    rates = ""
    for name in PERCENT_ALLOWANCES:
        value = salary.allowance(name)
        if value and name in counted:
            rate = add(rate, value)
            rates += f" + {{{len(args)}}}%"
            args.append(value)
            children.append(Node(ALLOWANCE_LABELS[name], value, "%"))
    exact = core
    if rates:
        exact = mul(core, add(ONE, percent(rate)))
        formula += f" × (1{rates})"
    retained = salary.allowance("retained_difference")
    if retained and "retained_difference" in counted:
        exact = add(exact, retained)
        formula = f"[{formula} + {{{len(args)}}}]"
        args.append(retained)
        children.append(Node(ALLOWANCE_LABELS["retained_difference"], retained, "hệ số"))
    exact = mul(exact, Decimal(base.value))
    amount = round_dong(exact)
    node = Node(
        "Tiền lương tháng hiện hưởng",
        amount,
        "đồng/tháng",
        ("{0} × " + formula, tuple(args)),
        components.article,
        base,
        Branch("Các khoản được tính", _left_out(salary, components)),
        children,
    )
    return MonthlySalary(amount, base.value, node)


def _left_out(salary: Salary, components: Version) -> list[Refused]:
    return [
        Refused(
            ALLOWANCE_LABELS[name],
            components.article,
            ("không thuộc các khoản tính vào tiền lương tháng ({0})", (value,)),
        )
        for name, value in salary.allowances.items()
        if name not in components.value
    ]


def _agreed(salary: Salary, base: Version) -> MonthlySalary:
    amount = salary.agreed_amount or 0
    refused = [
        Refused(ALLOWANCE_LABELS[name], AGREED_ARTICLE, ("lương thỏa thuận không cộng thêm phụ cấp ({0})", (value,)))
        for name, value in salary.allowances.items()
    ]
    node = Node(
        "Tiền lương tháng hiện hưởng (lương thỏa thuận)",
        amount,
        "đồng/tháng",
        ("mức lương ghi trong hợp đồng lao động: {0}", (amount,)),
        AGREED_ARTICLE,
        None,
        Branch("Tiền lương theo hợp đồng lao động", refused),
    )
    return MonthlySalary(amount, base.value, node)
