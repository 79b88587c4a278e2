"""Answers about periodic change: ``due``, ``change``, ``deferral``, ``exemption``, ``special``, ``plan``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from policies.engine.dates import add_months, day_before
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node
from policies.rotation.asked import LATEST, MOST_DAYS, PERSON_KEYS, SEXES, TENURE_KEYS, Asked, configured, read_tenure
from policies.rotation.clock import Due, change_allowed, clock, due, not_subject, single_post
from policies.rotation.grounds import (
    STUDY,
    PersonFacts,
    Spell,
    deferral,
    deferral_words,
    exemption,
    study_spell,
)
from policies.rotation.law import reason_node
from policies.rotation.plans import check_plan, notify_by, plan_fields, plan_kinds, yearly_plan_days

Found = tuple[dict[str, Any], list[Node]]
_FACT_KEYS = ("sex", "child_birth", "children", "pregnant", "wife_deceased", "objective_case", "alone")
_SPELL_KEYS = ("from", "to", "months", "confirmed")


def answer_due(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """The clock, or with ``as_of`` where the person stands on that day."""
    keys = (*TENURE_KEYS, *PERSON_KEYS, "as_of", "reason_facts", "planned_change", "single_post", "changed_on")
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    tenure = read_tenure(asked, store)
    on = asked.day("as_of")
    sex, birth, annex = asked.person()
    facts = _read_facts(asked)
    planned, changed = asked.day("planned_change"), asked.day("changed_on")
    single = asked.boolean("single_post", False)
    asked.stop()
    assert tenure is not None
    why = not_subject(tenure)
    if why is not None:
        return {"subject": False, "reason": why}, [reason_node(why), *asked.left_aside()]
    if on is None:
        found = clock(tenure, None, store)
        return _with_clock({}, found), [found.node, *asked.left_aside()]
    tenure = replace(
        tenure,
        sex=sex,
        birth=birth,
        annex=annex,
        facts=facts,
        planned=planned,
        single_post=bool(single),
        changed_on=changed,
    )
    stand = due(tenure, on, store)
    return _standing(stand), [stand.node, *asked.left_aside()]


def _with_clock(output: dict[str, Any], found: Any) -> dict[str, Any]:
    output.update(
        clock_start=found.clock_start,
        window_opens=found.window_opens,
        must_change_by=found.must_change_by,
        warn_from=found.warn_from,
    )
    if found.warnings:
        output["warning"] = found.warnings[0]
    return output


def _standing(stand: Due) -> dict[str, Any]:
    assert stand.clock is not None
    if stand.state == "OVERDUE":
        return {
            "state": stand.state,
            "must_change_by": stand.clock.must_change_by,
            "days_overdue": stand.days_overdue,
            **({"warning": stand.clock.warnings[0]} if stand.clock.warnings else {}),
        }
    output: dict[str, Any] = {"state": stand.state}
    if stand.reason is not None:
        output["reason"] = stand.reason
    if stand.state == "DEFERRED":
        output["recheck_on"] = stand.recheck_on
        if stand.recheck_every_months is not None:
            output["recheck_every_months"] = stand.recheck_every_months
    if stand.owner is not None and stand.state == "SINGLE_POST_REFERRED":
        output["owner"] = stand.owner
    return _with_clock(output, stand.clock)


def answer_change(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """A periodic change of one person, or of several who take each other's posts (SWAP, CHAIN)."""
    keys = (*TENURE_KEYS, "kind", "planned", "planned_change", "effective", "persons", "new_rule")
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    several = asked.has("persons")
    kind = asked.choice("kind", ("CDVTCT", "SWAP", "CHAIN", "DIEU_DONG"), "SWAP" if several else "CDVTCT")
    planned = asked.first_day("planned", "planned_change", "effective", required=True)
    if several:
        return _exchange(asked, planned, store)
    tenure = read_tenure(asked, store)
    new_rule = asked.rule("new_rule", store=store) if asked.has("new_rule") else ""
    if kind in ("SWAP", "CHAIN"):
        asked.fault("persons", "thiếu; ghi danh sách những người đổi chỗ")
    asked.stop()
    assert tenure is not None and planned is not None
    found = change_allowed(tenure, planned, store, new_rule=new_rule)
    nodes = [found.node, *asked.left_aside()]
    if kind == "DIEU_DONG" and found.reason != "BEFORE_APPOINTMENT":
        return {"allowed": True, "reason": None, "new_clock_start": planned}, nodes
    output: dict[str, Any] = {"allowed": found.allowed, "reason": found.reason}
    if found.window_opens is not None:
        output["window_opens"] = found.window_opens
    if found.allowed:
        output["new_clock_start"], output["must_change_by"] = found.new_clock_start, found.must_change_by
    if found.warnings:
        output["warning"] = found.warnings[0]
    return output, nodes


def _exchange(asked: Asked, planned: date | None, store: ParameterStore) -> Found:
    """Each takes the post of the next, the last that of the first: all clocks restart, under the rule of the post."""
    common = asked.rule("position_rule", "rule", store=store)
    rows = asked.groups("persons", (*TENURE_KEYS, "person"))
    tenures = [read_tenure(row, store, common) for row in rows]
    if len(rows) <= 1:
        asked.fault("persons", "cần ít nhất hai người để đổi chỗ")
    asked.stop()
    assert planned is not None
    people = [t for t in tenures if t is not None]
    output: dict[str, Any] = {"allowed": True}
    nodes: list[Node] = []
    limits = []
    for i, (row, tenure) in enumerate(zip(rows, people, strict=True)):
        taken = people[(i + 1) % len(people)]
        found = change_allowed(tenure, planned, store, new_rule=taken.rule)
        nodes.append(found.node)
        if not found.allowed and output["allowed"]:
            output = {"allowed": False, "reason": found.reason, "person": row.raw("person")}
            if found.window_opens is not None:
                output["window_opens"] = found.window_opens
        elif found.must_change_by is not None:
            limits.append(found.must_change_by)
    if output["allowed"]:
        output.update(new_clock_start=planned, must_change_by=min(limits))
        if any(t.rule is None for t in people):
            output["warning"] = "SECTOR_RULE_NOT_AVAILABLE"
    for reader in (asked, *rows):
        nodes.extend(reader.left_aside())
    return output, nodes


def answer_deferral(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """Does a group of Điều 38 put the change off, seen on ``as_of``, else on the day by which it is due?"""
    asked = Asked(given, "input", ("reason_facts", "must_change_by", "planned_change", "as_of", "config"), faults)
    store = configured(asked, store)
    on = asked.day("as_of")
    limit = asked.first_day("must_change_by", "planned_change", required=on is None)
    facts = _read_facts(asked, required=True)
    asked.stop()
    day = on or limit
    assert day is not None and facts is not None
    found = deferral(facts, day, store)
    output: dict[str, Any] = {"state": found.state, "reason": found.reason}
    if found.state == "DEFERRED":
        output["recheck_on"] = found.recheck_on
        if found.recheck_every_months is not None:
            output["recheck_every_months"] = found.recheck_every_months
        if len(found.grounds) > 1:
            output["reasons"] = [g.code for g in found.grounds]
    return output, [found.node, *asked.left_aside()]


def _read_facts(asked: Asked, *, required: bool = False) -> PersonFacts | None:
    value = asked.raw("reason_facts")
    if value is None:
        if required:
            asked.fault("reason_facts", "thiếu; ghi các dữ kiện của người được xét")
        return None
    if isinstance(value, (list, tuple)):
        codes = asked.words("reason_facts", deferral_words())
        return PersonFacts(spells=tuple(Spell(deferral_words()[code]) for code in codes))
    spells = {word.lower(): code for word, code in deferral_words().items()} | {"study": STUDY}
    facts = asked.group("reason_facts", (*_FACT_KEYS, *spells))
    assert facts is not None
    births = _births(facts)
    # Pregnancy and small children have keys of their own; who the child's parent is decides the ground.
    sex = facts.choice("sex", SEXES, required=bool(births))
    alone = [facts.boolean(key, False) for key in ("wife_deceased", "objective_case", "alone")]
    pregnant = facts.boolean("pregnant", False)
    found = [
        spell
        for key, code in spells.items()
        if key != "pregnant" and (spell := _read_spell(facts, key, code)) is not None
    ]
    asked.unused.extend(f"reason_facts.{key}" for key in facts.unused)
    return PersonFacts(sex, births, bool(pregnant), any(alone), tuple(found))


def _births(facts: Asked) -> tuple[date, ...]:
    for key in ("child_birth", "children"):
        if isinstance(facts.raw(key), (list, tuple)):
            return tuple(sorted(facts.days(key)))
        if facts.raw(key) is not None:
            day = facts.day(key)
            return () if day is None else (day,)
    return ()


def _read_spell(facts: Asked, key: str, code: str) -> Spell | None:
    value = facts.raw(key)
    if value is None or value is False:
        return None
    if value is True:
        return Spell(code)
    spell = facts.group(key, _SPELL_KEYS)
    assert spell is not None
    start, end, months = spell.day("from"), spell.day("to"), spell.months("months")
    if start is not None and end is not None and end < start:
        spell.fault("to", "trước ngày bắt đầu; hãy kiểm tra lại")
    if spell.boolean("confirmed", True) is False:
        return None
    if code == STUDY:
        if start is None:
            spell.fault("from", "thiếu; ghi ngày bắt đầu học dạng YYYY-MM-DD")
            return None
        return study_spell(start, months, end)
    if end is None and start is not None and months is not None:
        end = day_before(add_months(start, months))
    return Spell(code, start, end)


def answer_exemption(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """Under 18 months to the age on the day of the planned change?"""
    keys = (*PERSON_KEYS, "planned_change", "must_change_by", "config")
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    sex, birth, annex = asked.person(required=True)
    planned = asked.first_day("planned_change", "must_change_by", required=True)
    asked.stop()
    assert sex is not None and birth is not None and planned is not None
    found = exemption(sex, birth, planned, annex, store)
    output = {"age_date": found.age_date, "threshold_date": found.threshold_date, "exempt": found.exempt}
    return output, [found.node, *asked.left_aside()]


def answer_special(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """Who makes the plan when the agency has hardly a second listed post?"""
    keys = ("listed_positions_in_agency", "different_expertise", "as_of", "config")
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    number = asked.whole("listed_positions_in_agency", required=True, largest=MOST_DAYS, unit="vị trí")
    different = asked.boolean("different_expertise", False)
    on = asked.day("as_of") or LATEST
    asked.stop()
    assert number is not None
    found = single_post(number, bool(different), on, store)
    return {"state": found.state, "owner": found.owner}, [found.node, *asked.left_aside()]


def answer_plan(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """Is a plan complete; by when is the person told; by when is the yearly plan made?"""
    asked = Asked(given, "input", ("kind", "plan_fields", "planned_change", "year", "config"), faults)
    store = configured(asked, store)
    kind = asked.choice("kind", tuple(plan_kinds()), "CDVTCT") or "CDVTCT"
    has_fields = asked.has("plan_fields")
    named = asked.open_words("plan_fields", plan_fields(kind))
    planned = asked.day("planned_change")
    year = asked.whole("year", largest=LATEST.year, unit="năm")
    if not has_fields and planned is None and year is None:
        asked.fault("plan_fields", f"thiếu; ghi các nội dung có trong kế hoạch: {', '.join(plan_fields(kind))}")
    if year == 0:
        asked.fault("year", "không phải năm; ghi bốn chữ số")
    asked.stop()
    output: dict[str, Any] = {}
    nodes: list[Node] = []
    if has_fields:
        found = check_plan(named, kind)
        output["complete"] = found.complete
        if not found.complete:
            output["missing"] = list(found.missing)
        elif found.publish is not None:
            output["publish"] = found.publish
        nodes.append(found.node)
    if planned is not None:
        output["notify_by"], node = notify_by(planned, store)
        nodes.append(node)
    if year is not None:
        output.update(yearly_plan_days(year, store))
    return output, [*nodes, *asked.left_aside()]


ANSWERS: Mapping[str, Any] = {
    "due": answer_due,
    "change": answer_change,
    "deferral": answer_deferral,
    "exemption": answer_exemption,
    "special": answer_special,
    "plan": answer_plan,
}
