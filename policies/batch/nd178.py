"""NĐ 178 for many: the clauses of ``policies.nd178`` column by column, from the same parameters."""

from __future__ import annotations

from copy import copy
from datetime import date
from decimal import Decimal

import numpy as np

from policies.batch.exact import Bools, Ints, digits_of, product, scaled
from policies.batch.group import Answer, Group, Refusals, benefits, few, only, ordinal
from policies.batch.nd177 import group_refused
from policies.engine import case as schema
from policies.engine.dates import add_months

EARLY, SEVERANCE = "early_retirement", "severance"


class Text178:
    """One consolidated text: ``amended`` or the original one (leaves before 15/03/2025 are read under both)."""

    def __init__(self, g: Group, *, amended: bool, amended_from: date) -> None:
        self.g = g
        p = g.p
        self.law_day = max(g.day, amended_from) if amended else g.day
        in_7b = g.nobody()
        if amended:
            groups = g.group_177_in(g.param("nd178.7b.groups", self.law_day))
            if groups.any():
                in_7b = groups & p.voluntary & ~group_refused(g)
        self.on_7b = in_7b
        self.on_7 = ~in_7b & p.affected
        after = p.leave.number >= ordinal(amended_from)
        self.on_7a = ~in_7b & ~p.affected & after
        self.no_path = ~in_7b & ~p.affected & ~after
        self.first12 = self._first12()
        self.inside_7a = self._within_7a()
        self.salary = g.salary(g.param("nd178.salary.components", self.law_day))

    def _first12(self) -> Bools:
        g, p = self.g, self.g.p
        months = g.param("nd178.first12.months")
        limit = p.effective.add_months(months)
        measured = p.leave.number
        if g.param("nd178.first12.measured_on") == "decision_date":
            measured = np.where(p.decided.known, p.decided.number, measured)
        inside = measured <= limit if g.param("nd178.first12.anniversary_inside") else measured < limit
        return inside & p.effective.known

    def common(self, r: Refusals) -> None:
        """The refusals of every leave benefit."""
        g, p = self.g, self.g.p
        r.add("window_closed", window_closed(g))
        paid = (p.earlier >= 0) & (p.earlier != schema.DECREES.index("177"))
        r.add("already_paid", paid)
        r.add("pregnant_or_small_child", p.child & ~p.voluntary)
        r.add("discipline_or_investigation", p.discipline)
        r.add("retirement_age_reached", g.age_reached)

    def early_refusals(self) -> Refusals:
        """Điều 7, 7a, 7b."""
        g, p = self.g, self.g.p
        r = Refusals(g.size)
        self.common(r)
        r.add("not_directly_affected", self.no_path)
        if self.on_7a.any():
            excluded = g.category_in(g.param("nd178.7a.excluded_categories"))
            teachers = g.category_in(("public_employee",)) & p.education
            r.add("outside_group", self.on_7a & (excluded | teachers))
        r.add("outside_group", g.category_in(("contract_worker",)) & p.old_contract_false)
        most = g.param("nd178.early.max_months")
        r.add("over_five_years", (self.on_7 | self.on_7b) & p.annex_2 & g.longer_than(most["II"]))
        if self.on_7a.any():
            r.add("over_five_years", self.on_7a & g.longer_than(g.param("nd178.7a.max_months")))
        r.add("over_ten_years", (self.on_7 | self.on_7b) & ~p.annex_2 & g.longer_than(most["I"]))
        r.add("insurance_too_short", g.insured_too_short())
        return r

    def severance_refusals(self, early_possible: Bools) -> Refusals:
        """Điều 9, Điều 10."""
        g, p = self.g, self.g.p
        r = Refusals(g.size)
        self.common(r)
        r.add("not_directly_affected", ~p.affected)
        r.add("outside_group", g.category_in(("contract_worker",)) & p.old_contract_false)
        short = g.shorter_than(g.param("nd178.severance.min_months_left"))
        r.add("under_two_years", short & ~g.age_reached)
        r.add("early_retirement_available", early_possible)
        return r

    def early_lines(self, eligible: Bools) -> dict[str, Ints]:
        """Months, years and service of early retirement; where few are eligible, computed for those alone."""
        rows: Ints = np.flatnonzero(eligible).astype(np.int64, copy=False)
        if not few(rows, self.g.size):
            return self._early_lines(eligible)
        found: dict[str, Ints] = {}
        for code, amount in self._some(rows)._early_lines(np.ones(len(rows), dtype=np.bool_)).items():
            found[code] = self.g.zeros()
            found[code][rows] = amount
        return found

    def _some(self, rows: Ints) -> Text178:
        """The same text for some rows, as far as the lines of early retirement go."""
        found = copy(self)
        found.g = self.g.some(rows)
        found.on_7, found.on_7a, found.on_7b = self.on_7[rows], self.on_7a[rows], self.on_7b[rows]
        found.first12, found.salary = self.first12[rows], self.salary[rows]
        found.inside_7a = self.inside_7a[rows]
        return found

    def _early_lines(self, eligible: Bools) -> dict[str, Ints]:
        g, s = self.g, self.salary
        two = g.shorter_than(g.param("nd178.band.two_years"))
        over = g.longer_than(g.param("nd178.band.five_years"))
        first, later = self.first12, ~self.first12
        over5 = g.param("nd178.over5.months")
        parts = [
            (self.on_7 & ~over & first, "nd178.months.factor.first12", g.months),
            (self.on_7 & ~over & ~two & later, "nd178.months.factor.month13", g.months),
            (self.on_7 & ~over & two & later, "nd178.under_two_years.month13_factor", g.months),
            (self.on_7 & over & first, "nd178.over5.factor.first12", over5),
            (self.on_7 & over & later, "nd178.over5.factor.month13", over5),
            (self.on_7b, "nd178.7b.factor", np.minimum(g.months, g.param("nd178.7b.cap_months"))),
        ]
        if self.on_7a.any():
            inside = self.inside_7a
            parts.append((self.on_7a & inside, "nd178.7a.factor.first12", g.months))
            parts.append((self.on_7a & ~inside, "nd178.7a.factor.month13", g.months))
        factors = [(mask, Decimal(g.param(name)), count) for mask, name, count in parts if mask.any()]
        digits = max((digits_of(factor) for _, factor, _ in factors), default=0)
        salaries = g.zeros()  # months of salary, scaled
        for mask, factor, count in factors:
            salaries = np.where(mask, product(count, scaled(factor, digits)), salaries)
        per_year = np.where(over, g.param("nd178.per_early_year.5_10"), g.param("nd178.per_early_year.2_5"))
        return {
            "early_months": only(eligible, g.scaled_times(salaries, digits, s)),
            "early_years": only(eligible & ~two, g.pay(1, product(per_year, g.years), s, tenths=True)),
            "service_years": only(eligible & ~two, g.pay_service(g.param("nd178.service"), s)),
        }

    def _within_7a(self) -> Bools:
        g = self.g
        limit = add_months(g.param("nd178.7a.first12.starts"), g.param("nd178.first12.months"))
        found: Bools = g.p.leave.number < ordinal(limit)
        return found

    def counted_months(self) -> Ints:
        """Months of the severance allowance."""
        found: Ints = np.minimum(self.g.p.public, self.g.param("nd178.severance.cap_months"))
        return found

    def severance_lines(self, eligible: Bools) -> dict[str, Ints]:
        """Months, years and the search for work."""
        g, s = self.g, self.salary
        first = g.pay(g.param("nd178.severance.factor.first12"), self.counted_months(), s)
        later = g.pay(g.param("nd178.severance.factor.month13"), self.counted_months(), s)
        article_9 = g.category_in(g.param("nd178.article9.categories"))
        return {
            "severance_months_amount": only(eligible, np.where(self.first12, first, later)),
            "severance_years": only(
                eligible, g.pay(g.param("nd178.severance.per_year"), g.insurance_years, s, tenths=True)
            ),
            "job_search": only(eligible & article_9, g.pay(g.param("nd178.severance.job_search"), 1, s)),
        }

    def answer(self) -> Answer:
        """The answer of this text for the benefit each row asks for."""
        g, p = self.g, self.g.p
        wants_severance = g.asks(SEVERANCE)
        open_wish = p.benefit == 0
        early_refused = self.early_refusals()
        early = g.answer("178", EARLY, early_refused, self.salary)
        early.lines = self.early_lines(early.eligible)
        if p.top_up.any():
            early.lines["local_top_up"] = only(early.eligible, g.top_up())
        if not wants_severance.any() and not open_wish.any():
            return early
        severance_refused = self.severance_refusals(early.eligible)
        severance = g.answer("178", SEVERANCE, severance_refused, self.salary)
        severance.severance_months = only(severance.eligible, self.counted_months())
        severance.lines = self.severance_lines(severance.eligible)
        if p.top_up.any():
            severance.lines["local_top_up"] = only(severance.eligible, g.top_up())
        takes_severance = wants_severance | (open_wish & ~early.eligible & severance.eligible)
        return severance.where(takes_severance, early)


def window_closed(g: Group) -> Bools:
    """Too late by the leave date, or by the decision date where it is known."""
    p = g.p
    leave, decided, known = p.leave.number, p.decided.number, p.decided.known
    normal = leave <= ordinal(g.param("nd178.window.leave_last"))
    late_decision = known & (decided > ordinal(g.param("nd178.window.decision_last")))
    too_late = leave > ordinal(g.param("nd178.window.roadmap_leave_last"))
    no_roadmap = known & (decided >= ordinal(g.param("nd178.window.roadmap_decision_before")))
    found: Bools = np.where(normal, late_decision, too_late | no_roadmap)
    return found


def answer(g: Group) -> Answer:
    """NĐ 178 for a leave: before the amendment both texts, the higher one is owed."""
    asked = benefits(g.asks(SEVERANCE), SEVERANCE, EARLY)
    if g.day < g.first_value("nd178.window.first_leave"):
        found = g.not_yet("178", EARLY)
        found.benefit = asked
        return found
    amended_from: date = g.first_value("nd178.amended_from")
    amended = Text178(g, amended=True, amended_from=amended_from).answer()
    if g.day >= amended_from:
        return amended
    original = Text178(g, amended=False, amended_from=amended_from).answer()
    better = amended.eligible & ~(original.eligible & (amended.total <= original.total))
    return amended.where(better, original)


def other(g: Group, benefit: str) -> Answer:
    """Điều 11 and Điều 12: one amount, no leave."""
    if g.day < g.first_value("nd178.versions"):
        return g.not_yet("178", benefit).without_months()
    p = g.p
    base = g.current_base()
    salary = g.salary(g.param("nd178.salary.components"), base)
    r = Refusals(g.size)
    if benefit == "grassroots_secondment":
        r.add("outside_group", p.special_area)
        found = g.answer("178", benefit, r, salary)
        commune, province = g.param("nd178.secondment.commune"), g.param("nd178.secondment.province")
        amount = np.where(p.to_province, g.pay(province, 1, base), g.pay(commune, 1, base))
        found.lines = {"secondment_allowance": only(found.eligible, amount)}
        return found.without_months()
    old = np.where(p.old_given, p.old_allowance, p.allowances["leadership"])
    r.add("outside_group", old <= 0)
    r.add("outside_group", p.new_given & (p.new_allowance >= old))
    least = p.effective.add_months(g.param("nd178.retained.min_months")) - 1  # the last of so many months
    last = np.where(p.effective.known, np.maximum(p.term_ends.number, least), p.term_ends.number)
    r.add("window_closed", p.term_ends.known & (p.leave.number > last))
    found = g.answer("178", benefit, r, salary)
    amount = g.scaled_times(old, p.coefficient_digits, base)
    found.lines = {"retained_allowance": only(found.eligible, amount)}
    return found.without_months()
