"""NĐ 154, NĐ 29, NQ 07 and NĐ 179 for many, from the same parameters as their one-case rules."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np

from policies.batch.exact import Bools, Ints, digits_of, product, round_half_up, scaled, total
from policies.batch.group import Answer, Group, Refusals, among, benefits, only, ordinal
from policies.engine import case as schema
from policies.engine.dates import MONTHS_PER_YEAR
from policies.engine.money import percent

EARLY, SEVERANCE = "early_retirement", "severance"


def reduction(g: Group, decree: str) -> Answer:
    """Staff reduction under NĐ 154 or NĐ 29: early retirement where possible, else severance."""
    prefix = f"nd{decree}"
    p = g.p
    asks_severance = g.asks(SEVERANCE)
    first: date = g.first_value(f"{prefix}.window.first")
    last: date = g.first_value(f"{prefix}.window.last")
    if g.day < first:
        found = g.not_yet(decree, EARLY)
        found.benefit = benefits(asks_severance, SEVERANCE, EARLY)
        return found
    salary = g.salary(g.param(f"{prefix}.salary.components", min(g.day, last)))
    closed = g.day > last
    early_refused, severance_refused = _common(g, closed), _common(g, closed)
    if closed:
        early = g.answer(decree, EARLY, early_refused, salary)
        severance = g.answer(decree, SEVERANCE, severance_refused, salary)
        return severance.where(asks_severance, early)
    band = g.param(f"{prefix}.early.band_months" if decree == "154" else f"{prefix}.early.band")
    early_refused.add("over_five_years", g.longer_than(band["most"]))
    early_refused.add("insurance_too_short", g.insured_too_short())
    possible = ~early_refused.any()
    short = g.shorter_than(g.param(f"{prefix}.severance.min_months_left"))
    severance_refused.add("under_two_years", short & ~g.age_reached)
    severance_refused.add("early_retirement_available", possible)
    unpaid = g.shorter_than(band["least"])
    granted = ~severance_refused.any()
    missing = p.average < 0 if decree == "29" else g.nobody()
    early_refused.add("facts_missing", possible & ~unpaid & missing)
    severance_refused.add("facts_missing", granted & missing)
    early = g.answer(decree, EARLY, early_refused, salary)
    severance = g.answer(decree, SEVERANCE, severance_refused, salary)
    lines = _lines_154 if decree == "154" else _lines_29
    early.lines, severance.lines = lines(g, salary, early.eligible & ~unpaid, severance.eligible)
    early.lines["local_top_up"] = only(early.eligible, g.top_up())
    severance.lines["local_top_up"] = only(severance.eligible, g.top_up())
    return severance.where(asks_severance | ((p.benefit == 0) & ~possible & granted), early)


def _common(g: Group, closed: bool) -> Refusals:
    p = g.p
    r = Refusals(g.size)
    r.add("window_closed", np.full(g.size, closed, dtype=np.bool_))
    r.add("already_paid", p.earlier >= 0)
    r.add("pregnant_or_small_child", p.child & ~p.voluntary)
    r.add("discipline_or_investigation", p.discipline)
    r.add("retirement_age_reached", g.age_reached)
    return r


def _lines_154(g: Group, salary: Ints, early: Bools, severance: Bools) -> tuple[dict[str, Ints], dict[str, Ints]]:
    form = g.param("nd154.early.service")
    flat = g.pay(g.param("nd154.early.service_15_20"), 1, salary)
    service = np.where(g.insured_years_from(form["first_years"]), g.pay_service(form, salary), flat)
    per_year = g.param("nd154.early.per_year")
    return {
        "early_years": only(early, g.pay(per_year, g.years, salary, tenths=True)),
        "service_years": only(early, service),
    }, {
        "severance_years": only(
            severance, g.pay(g.param("nd154.severance.per_year"), g.insurance_years, salary, tenths=True)
        ),
        "job_search": only(severance, g.pay(g.param("nd154.severance.job_search"), 1, salary)),
    }


def _lines_29(g: Group, salary: Ints, early: Bools, severance: Bools) -> tuple[dict[str, Ints], dict[str, Ints]]:
    average = np.maximum(g.p.average, 0)
    search_base = average if g.param("nd29.severance.job_search_base") == "average" else salary
    return {
        "early_years": only(early, g.pay(g.param("nd29.early.per_year"), g.years, average, tenths=True)),
        "service_years": only(early, g.pay_service(g.param("nd29.early.service"), average)),
    }, {
        "severance_years": only(
            severance, g.pay(g.param("nd29.severance.per_year"), g.insurance_years, average, tenths=True)
        ),
        "job_search": only(severance, g.pay(g.param("nd29.severance.job_search"), 1, search_base)),
    }


def resolution_07(g: Group) -> Answer:
    """NQ 07: a lump sum for those who had passed the age."""
    p = g.p
    if g.day < g.first_value("nq07.window.first"):
        return g.not_yet("NQ07", EARLY)
    r = Refusals(g.size)
    r.add("window_closed", p.leave.number > ordinal(g.first_value("nq07.window.last")))
    r.add("already_paid", p.earlier >= 0)
    codes = schema.GROUPS_NQ07
    group = np.where(p.group_nq07 >= 0, p.group_nq07, np.where(p.annex_2, codes.index("k1"), codes.index("k2")))
    by_age = among(group, codes, g.param("nq07.age_groups"))
    drawn = (group == codes.index("k2")) & p.drawn.known
    since_index = np.where(drawn, np.minimum(p.drawn.index, g.pension_index), g.pension_index)
    since_day = np.where(drawn, np.minimum(p.drawn.number, g.pension_day), g.pension_day)
    r.add("retirement_age_not_reached", by_age & (p.leave.number < since_day))
    fits = (group == codes.index("k1")) & p.annex_2
    for name, kinds in g.param("nq07.categories").items():
        fits = fits | ((group == codes.index(name)) & g.category_in(kinds))
    r.add("outside_group", ~fits)
    least = g.param("nq07.group1.min_insurance_months")
    r.add("insurance_too_short", (group == codes.index("k1")) & (p.insured < least))
    of_union = group == codes.index("k5")
    under_two = of_union & ~g.age_reached & g.shorter_than(g.param("nq07.union.under_two_years_months"))
    province = Decimal(g.param("nq07.group4.months"))
    others = Decimal(g.param("nq07.union.others_months"))
    r.add("facts_missing", (group == codes.index("k4")) & (province == 0))
    r.add("facts_missing", of_union & ~under_two & (others == 0))
    salary = g.salary(g.param("nq07.salary.components"))
    found = g.answer("NQ07", EARLY, r, salary)
    worked = np.maximum(0, p.leave.index - since_index)
    floor, within, cap = g.param("nq07.floor_months"), g.param("nq07.floor_within_months"), g.param("nq07.cap")
    step, union = Decimal(g.param("nq07.step")), Decimal(g.param("nq07.union.under_two_years"))
    digits = max(digits_of(value) for value in (step, union, province, others))
    more = total(product(scaled(step, digits), worked - within), scaled(floor, digits))
    months = np.where(worked <= within, scaled(floor, digits), np.minimum(more, scaled(cap, digits)))
    months = np.where(by_age, months, scaled(province, digits))
    months = np.where(of_union, np.where(under_two, g.months * scaled(union, digits), scaled(others, digits)), months)
    found.lines = {"lump_sum": only(found.eligible, round_half_up(product(months, salary), digits))}
    return found


def talent(g: Group) -> Answer:
    """NĐ 179: one month of the allowance of the three groups."""
    p = g.p
    if g.day < g.first_value("nd179.in_force"):
        return g.not_yet("179", "talent_allowance").without_months()
    r = Refusals(g.size)
    base = g.current_base()
    whole = g.salary(g.param("nd179.salary.components"), base)
    bare = g.salary(g.param("nd179.coefficient_only"), base)
    salary, amount, fits = bare, g.zeros(), g.nobody()
    kinds = g.param("nd179.categories")
    for position, group in enumerate(schema.GROUPS_179):
        mask = p.group_179 == position
        mine = bare if group == "k2" or g.param(f"nd179.{group}.base") != "with_allowances" else whole
        salary = np.where(mask, mine, salary)
        rate = percent(g.param(f"nd179.{group}.extra"))
        mine_paid = g.pay(rate, 1, mine)
        if group == "k2":
            kept = percent(max(g.param("nd179.k2.extra"), g.param("nd179.nd140.extra")))
            mine_paid = np.where(p.from_140, g.pay(kept, 1, mine), mine_paid)
        amount = np.where(mask, mine_paid, amount)
        fits = fits | (mask & g.category_in(kinds[group]))
    r.add("outside_group", ~fits)
    recognised = p.group_179 == schema.GROUPS_179.index("k1")
    number = np.where(recognised, p.recognised.number, p.recruited.number)
    known = np.where(recognised, p.recognised.known, p.recruited.known)
    r.add("not_yet_in_force", known & (p.leave.number < number))
    is_k2 = p.group_179 == schema.GROUPS_179.index("k2")
    end = p.recruited.add_months(MONTHS_PER_YEAR * g.param("nd179.k2.years"))
    r.add("window_closed", is_k2 & p.recruited.known & (p.leave.number >= end))
    r.add("window_closed", p.stopped.known & (p.leave.number >= p.stopped.number))
    found = g.answer("179", "talent_allowance", r, salary)
    found.lines = {"talent_allowance": only(found.eligible, amount)}
    return found.without_months()
