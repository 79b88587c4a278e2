"""``decree: auto``: one person, one policy, the highest (NĐ 178 Điều 3 khoản 7; NĐ 154 Điều 3)."""

from __future__ import annotations

from collections.abc import Sequence

from policies.decrees import BY_CODE, DECREES, Decree
from policies.engine.case import Case
from policies.engine.errors import CaseFaults, Fault
from policies.engine.parameters import ParameterStore
from policies.engine.result import Result
from policies.engine.trace import Branch, Refused, render
from policies.leave import Shared

PRINCIPLE = "Điều 3 khoản 7 NĐ 178/2024/NĐ-CP; Điều 3 NĐ 154/2025/NĐ-CP"


def answer(case: Case, store: ParameterStore) -> Result:
    """The result of a case: of the decree named, or of the best of all that may apply."""
    shared = Shared(case, store)
    if case.decree != "auto":
        decree = BY_CODE[case.decree]
        if case.benefit != "auto" and case.benefit not in decree.benefits:
            raise CaseFaults([_no_such_benefit(case, decree)])
        return decree.evaluate(shared, case.benefit)
    tried = [d for d in DECREES if _knows(d, case.benefit) and d.in_auto(case)]
    results = [d.evaluate(shared, case.benefit) for d in tried]
    if not results:
        raise CaseFaults([Fault("cases[0].benefit", f"chưa có văn bản nào cho chế độ '{case.benefit}'")])
    best = _best(case, shared, results)
    best.alternatives = [r for r in results if r is not best]
    best.trace.branch = Branch(
        best.decree,
        [Refused(r.decree, PRINCIPLE, _why_not(r, best)) for r in best.alternatives],
    )
    return best


def _knows(decree: Decree, benefit: str) -> bool:
    return benefit == "auto" or benefit in decree.benefits


def _best(case: Case, shared: Shared, results: Sequence[Result]) -> Result:
    """Highest total among the eligible (the order of ``DECREES`` breaks ties), else the decree the leave date names."""
    eligible = [r for r in results if r.eligible]
    if eligible:
        return max(eligible, key=lambda r: r.total)
    if len(results) == 1:
        return results[0]
    first = next((r for r in results if r.decree_code == "178"), results[0])
    named = decree_by_date(case, shared, open_178=all(r.code != "window_closed" for r in first.reasons))
    return next((r for r in results if r.decree_code == named), results[0])


def _why_not(result: Result, best: Result) -> tuple[str, tuple[object, ...]]:
    if not result.eligible:
        return ("{0}", ("; ".join(render(r.text) for r in result.reasons),))
    if result.total == best.total:
        return ("mức bằng nhau {0}, xếp sau theo thứ tự ưu tiên", (result.total,))
    return ("mức thấp hơn: {0}", (result.total,))


def decree_by_date(case: Case, shared: Shared, *, open_178: bool) -> str:
    """The decree that governs a leave on this date for this kind of person, used when every decree refuses.

    The table of the law pack: NĐ 178 while its window is open (``open_178``), NĐ 177 for its groups after it, else the
    staff reduction decree in force on the day.
    """
    store, day, group = shared.store, case.leave_date, case.person.group_177
    if day < store.versions("nd178.window.first_leave")[0].value:
        in_force_177 = store.versions("nd177.in_force")[0].value
        # NĐ 177 knows no severance, so a question for it falls to the staff reduction of the time.
        asks_177 = group is not None and case.benefit != "severance"
        return "177" if asks_177 and day >= in_force_177 else "29"
    if group in store.versions("nd178.7b.groups")[0].value:
        return "178" if open_178 else "177"
    if group is not None and not case.directly_affected:
        return "177"
    reduction = "154" if day >= store.versions("nd154.window.first")[0].value else "29"
    if case.directly_affected:
        return "178" if open_178 or reduction == "29" else reduction
    limit = store.versions("nd178.7a.max_months")[0]
    excluded = store.versions("nd178.7a.excluded_categories")[0].value
    covered = day >= limit.valid_from and shared.gap <= limit.value and case.person.category not in excluded
    return "178" if open_178 and covered else reduction


def _no_such_benefit(case: Case, decree: Decree) -> Fault:
    known = ", ".join(("auto", *decree.benefits))
    return Fault("cases[0].benefit", f"văn bản {decree.identity.name} không có chế độ '{case.benefit}'; chọn: {known}")
