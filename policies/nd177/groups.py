"""The groups of Điều 2 NĐ 177/2024/NĐ-CP, as NĐ 177 itself and NĐ 178 Điều 7b ask for them."""

from __future__ import annotations

from policies.engine.dates import add_months
from policies.engine.trace import Text
from policies.leave import LeaveFacts


def group_applies(facts: LeaveFacts) -> Text | None:
    """None when the named group can hold for this person, else the reason why not.

    Public employees, contract workers and association staff are in no clause (only defence staff in k2). Where the
    opening day of the congress is known, k4 asks for 30 to 60 months from it to the retirement age (Điều 2 khoản 4)
    and nobody may be within 6 months of it (khoản 6 điểm b).
    """
    person = facts.case.person
    group = person.group_177
    day = max(facts.day, facts.store.versions("nd177.categories")[0].valid_from)
    if group != "k2" and person.category not in facts.store.at("nd177.categories", day).value:
        return ("viên chức, người lao động, người làm việc ở hội không thuộc Điều 2 NĐ 177/2024/NĐ-CP", ())
    congress = facts.case.facts.congress_date
    if congress is None:
        return None
    end = facts.shared.pension_from
    excluded = facts.store.at("nd177.excluded_remaining_months", day).value
    if end <= add_months(congress, excluded):
        return ("từ ngày đại hội {0} đến ngày nghỉ hưu {1} còn từ đủ {2} tháng trở xuống", (congress, end, excluded))
    if group == "k4":
        low, high = facts.store.at("nd177.k4_months", day).value
        if not add_months(congress, low) <= end <= add_months(congress, high):
            return (
                "từ ngày đại hội {0} đến ngày nghỉ hưu {1} không trong khoảng {2} đến {3} tháng",
                (congress, end, low, high),
            )
    return None
