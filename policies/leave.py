"""What every leave benefit has in common: pension day, months and years counted, salary, and how clauses become lines.

``Shared`` holds what several decrees read for the same case, so that ``decree: auto`` computes it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from policies.amounts import Amount
from policies.engine.case import Case
from policies.engine.dates import PartialDate, half_years, month_before, month_index
from policies.engine.money import ONE, format_date, mul, round_dong
from policies.engine.parameters import ParameterStore, Version
from policies.engine.result import Line, Reason, Result
from policies.engine.rules import SKIP, RuleBook
from policies.engine.session import Workspace, parameter_children
from policies.engine.trace import Branch, Node, Text, parameter_node
from policies.retirement.age import ANNEX_2, ROADMAP, retirement_age
from policies.salary.formula import MonthlySalary, monthly_salary
from policies.salary.scales import is_on_scale

ANNEX_LABELS = {"I": "Phụ lục I", "II": "Phụ lục II"}
RETIREMENT_ARTICLE = "Điều 169 BLLĐ 2019; Điều 4 NĐ 135/2020/NĐ-CP"


class Shared:
    """Facts of a case that do not depend on the decree."""

    __slots__ = (
        "_salaries",
        "case",
        "gap",
        "half_limit",
        "insurance_years",
        "months",
        "nodes",
        "partial",
        "pension_from",
        "store",
        "years",
    )

    def __init__(self, case: Case, store: ParameterStore) -> None:
        person, leave = case.person, case.leave_date
        self.case = case
        self.store = store
        age = retirement_age(store, person.sex, person.birth_date, person.retirement_annex, leave)
        self.pension_from: date = age.pension_from
        # Distance in calendar months; an upper bound is exceeded as soon as one day more than it remains.
        self.gap: int = month_index(self.pension_from) - month_index(leave)
        self.partial: Version | None = store.at("early.partial_month", leave) if leave.day != 1 else None
        self.months: int = max(0, self.gap - (0 if self.partial is None else 1))
        half = store.at("counting.half_year_limit", leave)
        self.half_limit: int = half.value
        self.years: Decimal = half_years(self.months, self.half_limit)
        self.insurance_years: Decimal = half_years(person.social_insurance_months, self.half_limit)
        self._salaries: dict[tuple[int, int], MonthlySalary] = {}

        roadmap = store.at(ROADMAP, leave)
        pension = Node(
            f"Ngày hưởng lương hưu theo {ANNEX_LABELS[person.retirement_annex]}",
            self.pension_from,
            "ngày",
            (
                "sinh {0}: đủ {1} tuổi {2} tháng trong tháng {3}",
                (_birth(person.birth_date), age.years, age.months, format_date(age.age_reached_month)[3:]),
            ),
            RETIREMENT_ARTICLE,
            roadmap,
            None,
            [parameter_node(store.at("retirement.pension_from", leave))],
        )
        if person.retirement_annex == "II":
            pension.children.append(parameter_node(store.at(ANNEX_2, leave)))
        self.nodes: list[Node] = [
            pension,
            Node(
                "Số tháng nghỉ sớm",
                self.months,
                "tháng",
                ("từ {0} đến {1}: {2} tháng trọn", (leave, self.pension_from, self.months)),
                "Điều 3 khoản 3 TT 01/2025/TT-BNV",
                self.partial,
            ),
            Node(
                "Số năm nghỉ sớm",
                self.years,
                "năm",
                ("{0} tháng làm tròn theo nửa năm = {1} năm", (self.months, self.years)),
                half.article,
                half,
            ),
            Node(
                "Số năm đóng BHXH bắt buộc",
                self.insurance_years,
                "năm",
                ("{0} tháng làm tròn theo nửa năm = {1} năm", (person.social_insurance_months, self.insurance_years)),
                half.article,
                half,
            ),
        ]

    def base_salary(self) -> Version:
        """Base salary of the month before the leave (TT 01/2025/TT-BNV Điều 3 khoản 2 điểm a)."""
        return self.store.at("salary.base", month_before(self.case.leave_date))

    def salary(self, components: Version, base: Version | None = None) -> MonthlySalary:
        """Monthly salary of these components, computed once."""
        base = base or self.base_salary()
        key = (id(components), id(base))
        found = self._salaries.get(key)
        if found is None:
            found = self._salaries[key] = monthly_salary(self.case.salary, base, components)
        return found


def _birth(birth: PartialDate) -> str:
    """A birth date as precisely as it is known."""
    shown = format_date(birth.value)
    return {"day": shown, "month": shown[3:], "year": shown[6:]}[birth.precision]


class LeaveFacts(Workspace):
    """The workspace of one decree for one leave."""

    __slots__ = ("shared",)

    def __init__(self, shared: Shared) -> None:
        super().__init__(shared.case, shared.store, shared.case.leave_date)
        self.shared = shared

    @property
    def pension_from(self) -> date:
        """First day of pension at the normal age of the annex."""
        return self.shared.pension_from

    @property
    def months(self) -> int:
        """Whole months of early leave, never negative."""
        return self.shared.months

    @property
    def years(self) -> Decimal:
        """Years of early leave in halves."""
        return self.shared.years

    @property
    def insurance_years(self) -> Decimal:
        """Insurance years in halves."""
        return self.shared.insurance_years

    @property
    def age_reached(self) -> bool:
        """True when the leave is on or after the pension day."""
        return self.day >= self.shared.pension_from

    def shorter_than(self, months: int) -> bool:
        """Less than ``months`` remain to the pension day."""
        return self.shared.months < months

    def longer_than(self, months: int) -> bool:
        """More than ``months`` remain, be it by one day."""
        return self.shared.gap > months

    def note_partial_month(self) -> None:
        """A leave inside a month rests on an unverified way of counting."""
        if self.shared.partial is not None and self.shared.partial.mark in "UC":
            self.flag(self.shared.partial)

    def check_scale(self, article: str) -> None:
        """Warn about a coefficient that is no step of any scale."""
        coefficient = self.case.salary.coefficient
        if coefficient is not None and not is_on_scale(coefficient):
            self.warn(
                "coefficient_not_on_scale",
                article,
                "Hệ số {0} không trùng bậc nào của các bảng lương NĐ 204/2004/NĐ-CP; hãy kiểm tra lại hệ số.",
                coefficient,
            )


@dataclass(slots=True)
class Outcome:
    """Conditions and lines of one benefit before they become a result."""

    reasons: list[Reason] = field(default_factory=list)
    conditions: Node = field(default_factory=lambda: Node("Điều kiện hưởng", None))
    lines: list[Line] = field(default_factory=list)
    line_nodes: list[Node] = field(default_factory=list)

    @property
    def total(self) -> int:
        """Sum of the lines, đồng."""
        return sum(line.amount for line in self.lines)


def check_conditions(book: RuleBook, facts: LeaveFacts, benefit: str) -> Outcome:
    """Ask every condition in force; a refusal collects all reasons.

    A decree that is not in force on the leave date refuses with that alone: none of its other clauses exists yet.
    """
    outcome = Outcome()
    nodes = outcome.conditions.children
    for condition in book.conditions_for(benefit):
        if not condition.valid_from <= facts.day <= condition.valid_to:
            continue
        refusal: Text | None = condition.test(facts)
        used = facts.take_used()
        if refusal is SKIP:
            continue
        nodes.append(
            Node(
                condition.label,
                refusal is None,
                "điều kiện",
                refusal,
                condition.article,
                used[0] if used else None,
                None,
                [parameter_node(v) for v in used[1:]] if len(used) > 1 else [],
            )
        )
        if refusal is not None:
            outcome.reasons.append(Reason(condition.code, condition.article, refusal))
            if condition.code == "not_yet_in_force":
                break
    outcome.conditions.value = not outcome.reasons
    return outcome


def grant(book: RuleBook, facts: LeaveFacts, entries: Sequence[str], outcome: Outcome) -> None:
    """Run the one clause that answers each entry point and add its line."""
    for entry in entries:
        selection = book.select(entry, facts.day, facts)
        rule = selection.rule
        before = facts.take_used()
        amount: Amount | None = rule.run(facts)
        used = facts.take_used()
        main = used[0] if used else before[0] if before else None
        children = parameter_children(used, main) + parameter_children(before, main)
        branch = Branch(rule.label, selection.refused)
        if amount is None:
            outcome.line_nodes.append(Node(rule.label, 0, "đồng", None, rule.article, main, branch, children))
            continue
        money = round_dong(mul(amount.factor, amount.base))
        article = amount.article or rule.article
        formula = (amount.template, amount.args)
        node = Node(amount.label, money, "đồng", formula, article, main, branch, children)
        outcome.line_nodes.append(node)
        outcome.lines.append(Line(amount.code, article, amount.label, formula, amount.factor, money, node))


def add_local_top_up(facts: LeaveFacts, outcome: Outcome) -> None:
    """The local grant entered by hand (NĐ 178 Điều 19 khoản 6, kept where decided before its repeal)."""
    given = facts.case.facts.local_top_up
    if given is None:
        return
    article = "Điều 19 khoản 6 NĐ 178/2024/NĐ-CP; NĐ 67/2025/NĐ-CP, điều khoản chuyển tiếp"
    ended = facts.store.versions("nd178.local_top_up.ended_on")[0]
    if given.decided_on is not None and given.decided_on >= ended.value:
        facts.warn(
            "local_top_up_closed",
            ended.article,
            "Hỗ trợ của địa phương theo {0} quyết định ngày {1}, từ ngày {2} không còn căn cứ: không cộng vào.",
            given.decision,
            given.decided_on,
            ended.value,
        )
        return
    formula = ("theo {0}: {1}", (given.decision, given.amount))
    node = Node("Hỗ trợ của địa phương", given.amount, "đồng", formula, article)
    outcome.line_nodes.append(node)
    outcome.lines.append(Line("local_top_up", article, "Hỗ trợ của địa phương", formula, ONE, given.amount, node))
    if given.decided_on is not None:
        return
    facts.warn(
        "not_checked",
        article,
        "Chưa kiểm tra: hỗ trợ của địa phương đã được cấp có thẩm quyền quyết định trước ngày 15/03/2025 ({0}).",
        given.decision,
    )


@dataclass(frozen=True, slots=True)
class Identity:
    """How a decree is called in results."""

    code: str
    name: str
    title: str


def conclude(
    identity: Identity,
    benefit: str,
    facts: LeaveFacts,
    outcome: Outcome,
    *,
    salary: MonthlySalary | None,
    law_version: str,
    yes: Reason | None = None,
    severance_months: int | None = None,
    first12: bool | None = None,
    extra_nodes: Sequence[Node] = (),
) -> Result:
    """Put the parts together as the result of the contract."""
    shared = facts.shared
    eligible = not outcome.reasons
    lines = outcome.lines if eligible else []
    total = sum(line.amount for line in lines)
    amounts = Node("Các khoản trợ cấp", total, "đồng", None, None, None, None, outcome.line_nodes if eligible else [])
    children = [outcome.conditions, *shared.nodes, *extra_nodes]
    if salary is not None:
        children.append(salary.node)
    children.append(amounts)
    formula: Text | None = None
    if lines:
        formula = (" + ".join(f"{{{i}}}" for i in range(len(lines))), tuple(line.amount for line in lines))
    root = Node(identity.title, total, "đồng", formula, outcome_article(yes, outcome), None, None, children)
    return Result(
        decree=identity.name,
        decree_code=identity.code,
        benefit=benefit,
        eligible=eligible,
        reasons=outcome.reasons if outcome.reasons else ([yes] if yes else []),
        base_salary=None if salary is None else salary.base,
        monthly_salary=None if salary is None else salary.amount,
        retirement_date=shared.pension_from,
        months_early=shared.months,
        years_early=shared.years,
        social_insurance_years=shared.insurance_years,
        severance_months=severance_months if eligible else None,
        within_first_12_months=first12,
        lines=lines,
        total=total,
        warnings=facts.warnings,
        law_version=law_version,
        trace=root,
        id=facts.case.id,
    )


def outcome_article(yes: Reason | None, outcome: Outcome) -> str | None:
    """The article the whole result rests on."""
    if outcome.reasons:
        return outcome.reasons[0].article
    return None if yes is None else yes.article
