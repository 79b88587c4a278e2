"""Secondment (Điều 26 NĐ 170/2025) and luân chuyển (Điều 42–51): may it be, until when, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from policies.engine.dates import add_months, day_before, whole_months
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, fact_node, parameter_node, text
from policies.rotation.law import Birth, age_date, at, law, reason_node

DAY = timedelta(days=1)
SENDER = "SENDING_AGENCY"


@dataclass(frozen=True, slots=True)
class Secondment:
    """``outcome`` is MANUAL_DECISION_REQUIRED where a person must decide; otherwise ``allowed`` answers."""

    allowed: bool
    reason: str | None
    ends_on: date
    total_months: int
    outcome: str | None
    node: Node


def secondment(
    start: date,
    months: int | None = None,
    *,
    end: date | None = None,
    special_law: bool = False,
    store: ParameterStore | None = None,
) -> Secondment:
    """A secondment for so many months, or to its last day: at most 36 months unless a special law says otherwise."""
    law_ = law(store)
    limit = at(law_, "secondment.max_months", start)
    if months is not None:
        end = day_before(add_months(start, months))
    if end is None:
        raise ValueError("months or end")
    total = _months(start, end)
    node = Node("Thời hạn biệt phái", total, "tháng", text("{0} – {1}", start, end), limit.article)
    node.children.append(parameter_node(limit))
    over = end > day_before(add_months(start, limit.value))
    code = None if not over else "SPECIAL_LAW" if special_law else "OVER_36_MONTHS"
    if code is not None:
        node.children.append(reason_node(code))
    return Secondment(not over or special_law, code, end, total, None, node)


def secondment_extension(
    start: date, end: date, months: int, *, special_law: bool = False, store: ParameterStore | None = None
) -> Secondment:
    """An extension by ``months`` after the last day ``end``; over 36 months in all a person decides [C]."""
    law_ = law(store)
    new_end = day_before(add_months(end + DAY, months))
    limit = at(law_, "secondment.max_months", new_end)
    total = _months(start, new_end)
    node = Node("Tổng thời gian biệt phái", total, "tháng", text("{0} – {1}", start, new_end), limit.article)
    node.children.append(parameter_node(limit))
    if new_end <= day_before(add_months(start, limit.value)):
        return Secondment(True, None, new_end, total, None, node)
    if special_law:
        node.children.append(reason_node("SPECIAL_LAW"))
        return Secondment(True, "SPECIAL_LAW", new_end, total, None, node)
    reading = at(law_, "secondment.extension_over_limit", new_end)
    node.children += [parameter_node(reading), reason_node("EXTENSION_OVER_36_MONTHS")]
    if reading.value == "ALLOWED":
        return Secondment(True, "EXTENSION_OVER_36_MONTHS", new_end, total, None, node)
    outcome = None if reading.value == "REFUSED" else "MANUAL_DECISION_REQUIRED"
    return Secondment(False, "EXTENSION_OVER_36_MONTHS", new_end, total, outcome, node)


def _months(start: date, end: date) -> int:
    """Months begun from ``start`` to the last day ``end``."""
    whole = whole_months(start, end + DAY)
    return whole if add_months(start, whole) == end + DAY else whole + 1


@dataclass(frozen=True, slots=True)
class SecondmentState:
    """RUNNING, ENDING_SOON, ENDED, EXTENDED or END_DECISION_MISSING; ``owner`` is who owes the decision."""

    state: str
    owner: str
    node: Node


def secondment_state(
    planned_end: date, on: date, decision: str | None = None, store: ParameterStore | None = None
) -> SecondmentState:
    """Where a secondment stands; the sending agency must end or extend it (Điều 26 khoản 2)."""
    soon = at(law(store), "secondment.ending_soon_days", on)
    if decision is not None:
        state = "EXTENDED" if decision in ("EXTEND", "EXTENDED") else "ENDED"
        return SecondmentState(state, SENDER, fact_node("Quyết định", decision))
    if on > planned_end:
        return SecondmentState("END_DECISION_MISSING", SENDER, reason_node("END_DECISION_MISSING"))
    near = on >= planned_end - timedelta(days=soon.value)
    return SecondmentState("ENDING_SOON" if near else "RUNNING", SENDER, parameter_node(soon))


@dataclass(frozen=True, slots=True)
class Rotation:
    """Is a luân chuyển as planned allowed? The days are None where the question did not ask for them."""

    allowed: bool
    reason: str | None
    refusals: tuple[str, ...]
    earliest_end: date | None
    age_date: date | None
    needed_until: date | None
    node: Node


def rotation(
    start: date,
    *,
    group: str = "a",
    months: int | None = None,
    sex: str | None = None,
    birth: Birth | None = None,
    annex: str = "I",
    health_certificate: date | None = None,
    certificate_seen_on: date | None = None,
    target_level: str | None = None,
    special_case: bool = False,
    store: ParameterStore | None = None,
) -> Rotation:
    """Điều 43, 48: years left by group (a, b, c), at least 36 months, a health certificate of at most six months.

    ``special_case`` is a decision of the competent level: it lifts the length and the years left, nothing else.
    """
    law_ = law(store)
    node = Node("Điều kiện luân chuyển", None, None, None, "Điều 43, 48 NĐ 170/2025/NĐ-CP")
    refusals: list[str] = []
    lifted = False
    if target_level == "DISTRICT":
        ended = at(law_, "luan_chuyen.district_ended", start)
        node.children.append(parameter_node(ended))
        if start >= ended.value:
            refusals.append("LEVEL_ABOLISHED")
    earliest = reached = needed = None
    if months is not None:
        least = at(law_, "luan_chuyen.min_months", start)
        node.children.append(parameter_node(least))
        earliest = day_before(add_months(start, least.value))
        if months < least.value:
            lifted |= special_case
            if not special_case:
                refusals.append("UNDER_36_MONTHS")
    if sex is not None and birth is not None:
        left = at(law_, "luan_chuyen.months_left", start)
        reached, needed = age_date(law_, sex, birth, annex, start), add_months(start, left.value[group])
        node.children += [parameter_node(left), Node("Ngày đủ tuổi nghỉ hưu", reached)]
        if reached < needed:
            lifted |= special_case
            if not special_case:
                refusals.append("NOT_ENOUGH_YEARS_LEFT")
    if health_certificate is not None:
        valid = at(law_, "luan_chuyen.health_months", start)
        node.children.append(parameter_node(valid))
        if add_months(health_certificate, valid.value) < (certificate_seen_on or start):
            refusals.append("HEALTH_CERTIFICATE_OVER_6_MONTHS")
    code = refusals[0] if refusals else "SPECIAL_CASE" if lifted else None
    node.value = not refusals
    node.children += [reason_node(c) for c in (refusals or ([code] if code else []))]
    return Rotation(not refusals, code, tuple(refusals), earliest, reached, needed, node)


@dataclass(frozen=True, slots=True)
class RotationOutcome:
    """State of a running rotation and whether its benefits go on."""

    state: str
    keeps_rotation_benefits: bool
    node: Node


def rotation_outcome(state: str, decision: str | None) -> RotationOutcome:
    """What a decision does to a rotation: settled, returned, promoted or ended early it is closed (Điều 50)."""
    node = Node("Sau luân chuyển", decision, None, None, "Điều 50 NĐ 170/2025/NĐ-CP")
    if decision is None:
        return RotationOutcome(state, state != "CLOSED", node)
    if decision == "EXTENDED":
        return RotationOutcome("RUNNING", True, node)
    return RotationOutcome("CLOSED", False, node)


@dataclass(frozen=True, slots=True)
class RotationProgress:
    """A running rotation on a day: RUNNING or DUE, the next yearly remark, when 36 months are full."""

    state: str
    due_on: date
    next_remark: date
    remind_on: date


def rotation_progress(start: date, on: date, store: ParameterStore | None = None) -> RotationProgress:
    """Yearly remark by the destination on each anniversary (Điều 49); due when 36 months are full (Điều 48)."""
    law_ = law(store)
    due_on = add_months(start, at(law_, "luan_chuyen.min_months", start).value)
    every = at(law_, "luan_chuyen.remark_months", on).value
    passed = max(0, whole_months(start, on)) // every
    remind = due_on - timedelta(days=at(law_, "luan_chuyen.remind_days", on).value)
    return RotationProgress(
        "DUE" if on >= due_on else "RUNNING", due_on, add_months(start, (passed + 1) * every), remind
    )


def secondment_payers(sender: str, receiver: str) -> dict[str, str]:
    """Who keeps on the payroll and pays (the sender) and who evaluates (the receiver): Điều 26 khoản 3, 27 khoản 2."""
    return {"payroll": sender, "salary_paid_by": sender, "evaluated_by": receiver}
