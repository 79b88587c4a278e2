"""NĐ 177 for many, from the same parameters as ``policies.nd177``."""

from __future__ import annotations

import numpy as np

from policies.batch.exact import Bools
from policies.batch.group import Answer, Group, Refusals, benefits, only

EARLY, WAITING = "early_retirement", "waiting_leave"


def group_refused(g: Group) -> Bools:
    """The named group cannot hold for the person (see ``policies.nd177.groups``)."""
    p = g.p
    day = max(g.day, g.store.versions("nd177.categories")[0].valid_from)
    is_k2 = g.group_177_in(("k2",))
    refused = ~is_k2 & ~g.category_in(g.param("nd177.categories", day))
    excluded = p.congress.add_months(g.param("nd177.excluded_remaining_months", day))
    refused = refused | (p.congress.known & (g.pension_day <= excluded))
    low, high = g.param("nd177.k4_months", day)
    outside = (g.pension_day < p.congress.add_months(low)) | (g.pension_day > p.congress.add_months(high))
    return refused | (p.congress.known & g.group_177_in(("k4",)) & outside)


def answer(g: Group) -> Answer:
    """Early retirement, the waiting leave where it is asked for or where early retirement is refused."""
    p = g.p
    asks_waiting = g.asks(WAITING)
    if g.day < g.first_value("nd177.in_force"):
        found = g.not_yet("177", EARLY)
        found.benefit = benefits(asks_waiting, WAITING, EARLY)
        return found
    early = _early(g)
    waiting = _waiting(g)
    takes_waiting = asks_waiting | ((p.benefit == 0) & ~early.eligible & waiting.eligible)
    return waiting.where(takes_waiting, early)


def _common(g: Group, groups: str) -> Refusals:
    p = g.p
    r = Refusals(g.size)
    r.add("outside_group", ~g.group_177_in(g.param(groups)) | group_refused(g))
    r.add("outside_group", p.staff_reduction | (p.notice.known & (p.notice.number <= p.leave.number)) | p.goes_on)
    r.add("not_voluntary", ~p.voluntary)
    r.add("already_paid", p.earlier >= 0)
    return r


def _early(g: Group) -> Answer:
    p = g.p
    r = _common(g, "nd177.groups")
    window = g.param("nd177.window")
    after_term = (p.term_ends.number > p.congress.number) & p.term_ends.known
    last = np.where(after_term, p.term_ends.add_months(window["after"]), p.congress.add_months(window["after"]))
    outside = (p.leave.number < p.congress.add_months(-window["before"])) | (p.leave.number > last)
    r.add("window_closed", p.congress.known & outside)
    r.add("retirement_age_reached", g.age_reached)
    r.add("insurance_too_short", g.insured_too_short())
    salary = g.salary(g.param("nd177.salary_components"))
    found = g.answer("177", EARLY, r, salary)
    years = g.pay(g.param("nd177.per_early_year"), g.years, salary, tenths=True)
    found.lines = {
        "early_years": only(found.eligible, years),
        "service_years": only(found.eligible, g.pay_service(g.param("nd177.service"), salary)),
    }
    return found


def _waiting(g: Group) -> Answer:
    p = g.p
    r = _common(g, "nd177.waiting_groups")
    r.add("retirement_age_reached", g.age_reached)
    limit = p.leave.add_months(g.param("nd177.waiting_max_months"))
    r.add("remaining_24_months_or_more", g.pension_day >= limit)
    return g.answer("177", WAITING, r, g.salary(g.param("nd177.waiting_components")))
