"""Answers about terms of leading posts (``term``) and conflicts of interest (``conflict``)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node
from policies.rotation.asked import LATEST, MOST_DAYS, PERSON_KEYS, Asked, configured
from policies.rotation.law import reason_node
from policies.rotation.plans import after_leaving, conflict_days
from policies.rotation.terms import (
    RENEWING,
    TermDates,
    TermFacts,
    another_term,
    leaving_deadlines,
    reappointment,
    suspension,
    term_after_event,
    term_dates,
    term_obstacles,
    term_state,
    vote,
)

_KEYS = (
    *PERSON_KEYS,
    "appointment_effective",
    "term_months",
    "holidays",
    "event",
    "on_maternity_leave",
    "maternity_leave",
    "under_discipline",
    "discipline_review",
    "under_investigation",
    "investigation",
    "abroad_months",
    "inpatient_months",
    "decision",
    "as_of",
    "post",
    "terms_done",
    "two_term_cap",
    "procedure",
    "members",
    "votes_for",
    "config",
    "resignation_received",
    "removal_proposed",
)
_EVENT_KEYS = ("kind", "date", "new_appointment_effective", "new_post", "no_collective", "from", "to")
_EVENTS = (*RENEWING, "RENAMED", "RENAMING", "ACTING", "ACTING_HEAD", "GIAO_QUYEN")
_POSTS = ("EQUIVALENT", "LOWER", "HIGHER")
_PROCEDURES = ("REAPPOINT", "REAPPOINT_SHORT", "EXTEND_TO_RETIREMENT", "REMOVAL")
_OBSTACLES = (
    "on_maternity_leave",
    "maternity_leave",
    "under_discipline",
    "discipline_review",
    "under_investigation",
    "investigation",
    "abroad_months",
    "inpatient_months",
)


@dataclass
class _Term:
    """The answer while it grows."""

    output: dict[str, Any]
    nodes: list[Node]


def answer_term(given: Any, store: ParameterStore, faults: list[Any]) -> tuple[dict[str, Any], list[Node]]:
    """Dates, reappointment, what an event changes, obstacles, state on a day, number of terms, votes, deadlines."""
    asked = Asked(given, "input", _KEYS, faults)
    store = configured(asked, store)
    answer = _Term({}, [])
    holidays = asked.days("holidays")
    on = asked.day("as_of")
    effective = asked.day("appointment_effective")
    parts = [
        _about_votes(asked, on, store, answer),
        _about_number(asked, on, store, answer),
        _about_leaving(asked, holidays, store, answer),
        _about_event(asked, effective, store, answer),
    ]
    if effective is not None and not asked.has("event"):
        _about_dates(asked, effective, on, holidays, store, answer)
    elif not any(parts):
        asked.day("appointment_effective", required=True)
    asked.stop()
    return answer.output, [*answer.nodes, *asked.left_aside()]


def _about_votes(asked: Asked, on: date | None, store: ParameterStore, answer: _Term) -> bool:
    if not asked.has("members", "votes_for"):
        return False
    procedure = asked.choice("procedure", _PROCEDURES, "REAPPOINT") or "REAPPOINT"
    members = asked.whole("members", required=True, largest=MOST_DAYS, unit="người")
    votes = asked.whole("votes_for", required=True, largest=MOST_DAYS, unit="phiếu")
    if members == 0:
        asked.fault("members", "phải có ít nhất một người")
    elif members is not None and votes is not None and votes > members:
        asked.fault("votes_for", f"'{votes}' nhiều hơn số người bỏ phiếu ({members}); hãy kiểm tra lại")
    elif members is not None and votes is not None:
        found = vote(procedure, members, votes, on or LATEST, store)
        answer.output["result"] = found.result
        answer.nodes.append(found.node)
    return True


def _about_number(asked: Asked, on: date | None, store: ParameterStore, answer: _Term) -> bool:
    if not asked.has("terms_done", "two_term_cap"):
        return False
    done = asked.whole("terms_done", required=True, largest=MOST_DAYS, unit="thời hạn")
    capped = asked.boolean("two_term_cap")
    post = asked.open_word("post", (), "") or ""
    if done is not None:
        found = another_term(done, capped, on or LATEST, post, store)
        answer.output["allowed"] = found.allowed
        if found.reason is not None:
            answer.output.update(reason=found.reason, suggest=found.suggest)
        answer.nodes.append(found.node)
    return True


def _about_leaving(asked: Asked, holidays: Collection[date], store: ParameterStore, answer: _Term) -> bool:
    asked_for = False
    for key, kind in (("resignation_received", "resignation"), ("removal_proposed", "removal")):
        if asked.has(key):
            asked_for = True
            start = asked.day(key, required=True)
            if start is not None:
                found = leaving_deadlines(kind, start, holidays, store)
                answer.output.update(found.days)
                answer.nodes.append(found.node)
    return asked_for


def _about_event(asked: Asked, effective: date | None, store: ParameterStore, answer: _Term) -> bool:
    event = asked.group("event", _EVENT_KEYS)
    if event is None:
        return False
    kind = event.choice("kind", _EVENTS, required=True)
    post = event.choice("new_post", _POSTS, "EQUIVALENT") or "EQUIVALENT"
    no_collective = bool(event.boolean("no_collective", False))
    renews = kind in RENEWING
    new = event.first_day("new_appointment_effective", "date", required=renews) if renews else None
    event.first_day("date", "from")
    if effective is None and not renews:
        asked.day("appointment_effective", required=True)
    asked.unused.extend(f"event.{key}" for key in event.unused)
    if kind is None or (effective is None and new is None) or asked.faults:
        return True
    base = effective or new
    assert base is not None
    found = term_after_event(base, kind, new, post, no_collective=no_collective, store=store)
    answer.output.update(expires_on=found.expires_on, full_procedure=found.full_procedure)
    answer.nodes.append(found.node)
    return True


def _about_dates(
    asked: Asked,
    effective: date,
    on: date | None,
    holidays: Collection[date],
    store: ParameterStore,
    answer: _Term,
) -> None:
    months = asked.months("term_months")
    sex, birth, annex = asked.person()
    facts = TermFacts(
        bool(asked.boolean("under_discipline", False)) or bool(asked.boolean("discipline_review", False)),
        bool(asked.boolean("under_investigation", False)) or bool(asked.boolean("investigation", False)),
        asked.whole("abroad_months", largest=MOST_DAYS, unit="tháng") or 0,
        asked.whole("inpatient_months", largest=MOST_DAYS, unit="tháng") or 0,
        bool(asked.boolean("on_maternity_leave", False)) or bool(asked.boolean("maternity_leave", False)),
    )
    if asked.faults:
        return
    dates = term_dates(effective, months=months, holidays=holidays, store=store)
    answer.nodes.append(dates.node)
    waiting = term_obstacles(facts, dates.expires_on, store)
    if waiting:
        answer.output.update(procedure="NOT_YET", notice_required=True, may_exercise_powers=False)
        answer.nodes.append(reason_node("NOT_YET"))
        answer.nodes.extend(reason_node(code) for code in waiting)
        if on is None or on >= dates.expires_on:
            return
        # Until the term ends the powers are not lost by a procedure that waits.
        answer.output["may_exercise_powers"] = True
        return
    if on is not None or asked.raw("decision") is not None:
        _about_state(asked, dates, on, months, store, answer)
        if on is not None and on >= dates.expires_on:
            return
    answer.output.update(
        expires_on=dates.expires_on,
        last_day=dates.last_day,
        notice_by=dates.notice_by,
        decision_by=dates.decision_by,
    )
    if asked.has(*_OBSTACLES):
        answer.output["notice_required"] = False
    if sex is not None and birth is not None:
        found = reappointment(dates.expires_on, sex, birth, annex, months=months, store=store)
        answer.output.update(procedure=found.procedure, new_term_ends=found.new_term_ends, age_date=found.age_date)
        answer.nodes.append(found.node)


def _about_state(
    asked: Asked, dates: TermDates, on: date | None, months: int | None, store: ParameterStore, answer: _Term
) -> None:
    decision = asked.raw("decision")
    decided = decision is not None and decision is not False
    if decided:
        # A late decision still counts the new term from the old end (Điều 36 khoản 3).
        renewed = term_dates(dates.expires_on, months=months, store=store)
        answer.output.update(new_term_starts=dates.expires_on, new_term_ends=renewed.expires_on)
    state = term_state(dates, on if on is not None else dates.expires_on, decided)
    answer.output.update(state=state.state, may_exercise_powers=state.may_exercise_powers)
    answer.nodes.append(state.node)


def answer_conflict(given: Any, store: ParameterStore, faults: list[Any]) -> tuple[dict[str, Any], list[Node]]:
    """Days of a conflict of interest, the last day of a suspension, the time after leaving."""
    keys = (
        "known_on",
        "reported_on",
        "handled_on",
        "holidays",
        "suspension_from",
        "working_days",
        "left_on",
        "field_group",
        "config",
    )
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    holidays = asked.days("holidays")
    known, suspended, left = asked.day("known_on"), asked.day("suspension_from"), asked.day("left_on")
    reported, handled = asked.day("reported_on"), asked.day("handled_on")
    number = asked.whole("working_days", largest=MOST_DAYS, unit="ngày")
    if number == 0:
        asked.fault("working_days", "phải từ 1 ngày trở lên")
    field = asked.raw("field_group")
    if left is not None and str(field) not in ("1", "2"):
        asked.fault("field_group", "chọn nhóm lĩnh vực 1 hoặc 2")
    if known is None and suspended is None and left is None:
        asked.day("known_on", required=True)
    asked.stop()
    output: dict[str, Any] = {}
    nodes: list[Node] = []
    if known is not None:
        days = conflict_days(known, holidays, reported_on=reported, handled_on=handled, store=store)
        output.update(report_by=days.report_by, handle_by=days.handle_by, inform_by=days.inform_by)
        nodes.append(days.node)
    if suspended is not None:
        found = suspension(suspended, number, holidays, store)
        output["last_day"] = found.last_day
        if not found.allowed:
            output.update(allowed=False, reason="OVER_15_WORKING_DAYS")
        nodes.append(found.node)
    if left is not None:
        after = after_leaving(left, str(field), store)
        output.update(barred_until_earliest=after.earliest, barred_until_latest=after.latest)
        nodes.append(after.node)
    return output, [*nodes, *asked.left_aside()]


ANSWERS: Mapping[str, Any] = {"term": answer_term, "conflict": answer_conflict}
