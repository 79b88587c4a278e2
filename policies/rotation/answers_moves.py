"""Answers about movements: ``family_bar``, ``secondment``, ``rotation``, ``transfer``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from policies.engine.money import plain
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node
from policies.rotation.allowance import KeptAllowance, kept_allowance
from policies.rotation.asked import LATEST, PERSON_KEYS, Asked, configured
from policies.rotation.clock import person_classes
from policies.rotation.family import Tie, family_bar, family_bar_of_move
from policies.rotation.grounds import (
    bar_words,
    deferral_words,
    periodic_bars,
    transfer_bars,
)
from policies.rotation.law import reason_node, words
from policies.rotation.moves import (
    rotation,
    rotation_outcome,
    rotation_progress,
    secondment,
    secondment_extension,
    secondment_payers,
    secondment_state,
)

Found = tuple[dict[str, Any], list[Node]]


def _jobs() -> tuple[str, ...]:
    data = words()["family"]
    named = [r["code"] for name in ("barred_jobs", "accounting_jobs", "near_jobs", "council_jobs") for r in data[name]]
    return (*named, *data["other_jobs"])


def _roles() -> tuple[str, ...]:
    data = words()["family"]
    return (*data["head_roles"], *data["manager_roles"], *data["other_roles"])


def _relations() -> tuple[str, ...]:
    data = words()["family"]
    return (*data["relations"], *data["near_relations"])


def answer_family_bar(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """The bar from either side: a relative's job under a head, or a move among relatives already there."""
    keys = ("head_role", "relation", "relative_job", "same_agency", "move", "existing", "as_of", "config")
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    on = asked.day("as_of") or LATEST
    if asked.has("move"):
        move = asked.group("move", ("person_becomes",))
        everything = (*_roles(), *_jobs())
        becomes = None if move is None else move.open_word("person_becomes", everything)
        ties = []
        for row in asked.groups("existing", ("relation", "job", "role", "same_agency")):
            relation = row.choice("relation", _relations(), required=True)
            job = row.open_word("role" if row.has("role") else "job", everything)
            same = row.boolean("same_agency", True)
            if relation is not None and job is not None:
                ties.append(Tie(relation, job, bool(same)))
        if move is None:
            asked.fault("move", "thiếu; ghi person_becomes")
        asked.stop()
        assert becomes is not None
        found = family_bar_of_move(becomes, ties, on, store)
    else:
        relation = asked.choice("relation", _relations(), required=True)
        job = asked.open_word("relative_job", _jobs())
        # Any role is known to be none of the two the law names, unless it looks like one of them misspelt.
        role = asked.open_word("head_role", _roles(), "HEAD" if job in _council() else None)
        same = asked.boolean("same_agency", True)
        asked.stop()
        assert relation is not None and job is not None and role is not None
        found = family_bar(role, relation, job, on, same_agency=bool(same), store=store)
    output: dict[str, Any] = {"allowed": found.allowed, "reason": found.reason}
    if found.severity is not None:
        output["severity"] = found.severity
    return output, [found.node, *asked.left_aside()]


def _council() -> tuple[str, ...]:
    return tuple(row["code"] for row in words()["family"]["council_jobs"])


_BAR_KEYS = ("facts", "wishes", "meeting_recorded")


def _bars(asked: Asked, kind: str, output: dict[str, Any], nodes: list[Node]) -> bool:
    """Bars and the meeting, for every kind that asks for them; False when something stands against the movement."""
    known = {**bar_words(), **(deferral_words() if kind == "CDVTCT" else {})}
    facts = asked.words("facts", known)
    wishes = asked.boolean("wishes", False)
    met = asked.boolean("meeting_recorded")
    if asked.faults:
        return True
    free = True
    bars = {bar_words()[f] for f in facts if f in bar_words()}
    if kind == "CDVTCT":
        both = periodic_bars({deferral_words()[f] for f in facts if f in deferral_words()}, bars, bool(wishes))
        output.update(state=both.state, reason=both.reason)
        if both.warning is not None:
            output["warning"] = both.warning
        nodes.append(both.node)
        free = both.state == "DUE"
    elif asked.has("facts", "wishes") or met is True:
        check = transfer_bars(bars, bool(wishes))
        output.update(allowed=check.allowed, reason=check.reason)
        nodes.append(check.node)
        free = check.allowed
    if met is False:
        output["state"] = "BLOCKED"
        if free:
            output["reason"] = "MEETING_WITH_PERSON_REQUIRED"
            output.pop("allowed", None)
        nodes.append(reason_node("MEETING_WITH_PERSON_REQUIRED"))
        return False
    return free


def answer_secondment(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """Length, extension, end, payers and bars of a secondment."""
    keys = (
        *_BAR_KEYS,
        "kind",
        "from",
        "to",
        "months",
        "special_law",
        "first",
        "extension_months",
        "planned_end",
        "decision",
        "as_of",
        "sender",
        "receiver",
        "agreement_in_writing",
        "config",
    )
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    asked.choice("kind", ("BIET_PHAI",), "BIET_PHAI")
    output: dict[str, Any] = {}
    nodes: list[Node] = []
    special = asked.given_reference("special_law")
    planned_end = asked.day("planned_end")
    ends = _secondment_length(asked, special, store, output, nodes)
    ends = _secondment_extension(asked, special, store, output, nodes) or ends
    on = asked.day("as_of")
    decision = asked.open_word("decision", ("END", "ENDED", "EXTEND", "EXTENDED"), "") or None
    if on is not None:
        end = planned_end or ends
        if end is None and not asked.faults:
            asked.day("planned_end", required=True)
        elif end is not None and not asked.faults:
            state = secondment_state(end, on, decision, store)
            output.update(state=state.state, owner=state.owner)
            nodes.append(state.node)
    if asked.has("sender", "receiver"):
        sender, receiver = asked.open_word("sender", ("A",)), asked.open_word("receiver", ("B",))
        if sender is not None and receiver is not None:
            output.update(secondment_payers(sender, receiver))
            article = "Điều 26 khoản 3, Điều 27 khoản 2 NĐ 170/2025/NĐ-CP"
            nodes.append(Node("Nơi cử trả lương, nơi nhận đánh giá", sender, article=article))
    blocked = output.get("allowed") is False
    if asked.has(*_BAR_KEYS):
        before = dict(output)
        free = _bars(asked, "BIET_PHAI", output, nodes)
        if blocked and free:
            output.update({k: before[k] for k in ("allowed", "reason")})
        elif free and before.get("reason") is not None:
            output["reason"] = before["reason"]
    if asked.boolean("agreement_in_writing") is False:
        output.update(state="BLOCKED", reason=output.get("reason") or "AGREEMENT_IN_WRITING_REQUIRED")
        nodes.append(reason_node("AGREEMENT_IN_WRITING_REQUIRED"))
    if not output and not asked.faults:
        asked.day("from", required=True)
    asked.stop()
    return output, [*nodes, *asked.left_aside()]


def _secondment_length(
    asked: Asked, special: bool, store: ParameterStore, output: dict[str, Any], nodes: list[Node]
) -> date | None:
    start = asked.day("from", required=asked.has("months", "to") and not asked.has("first"))
    months = asked.months("months")
    end = asked.day("to", required=start is not None and months is None and not asked.has("months"))
    if start is not None and end is not None and end < start:
        asked.fault("to", "trước ngày bắt đầu biệt phái; hãy kiểm tra lại")
    if start is None or (months is None and end is None) or asked.faults:
        return None
    found = secondment(start, months, end=end, special_law=special, store=store)
    output.update(allowed=found.allowed, reason=found.reason, ends_on=found.ends_on)
    nodes.append(found.node)
    return found.ends_on


def _secondment_extension(
    asked: Asked, special: bool, store: ParameterStore, output: dict[str, Any], nodes: list[Node]
) -> date | None:
    if not asked.has("first", "extension_months"):
        return None
    first = asked.group("first", ("from", "to", "months"))
    more = asked.months("extension_months", required=True)
    if first is None:
        asked.fault("first", "thiếu; ghi thời hạn biệt phái đang thực hiện: from, to")
        return None
    start, months = first.day("from", required=True), first.months("months")
    end = first.day("to", required=months is None)
    if start is not None and end is not None and end < start:
        first.fault("to", "trước ngày bắt đầu biệt phái; hãy kiểm tra lại")
    if start is None or more is None or asked.faults:
        return None
    if end is None:
        end = secondment(start, months, store=store).ends_on
    found = secondment_extension(start, end, more, special_law=special, store=store)
    nodes.append(found.node)
    if found.outcome is not None:
        output.update(outcome=found.outcome, total_months=found.total_months, reason=found.reason)
        return None
    output.update(allowed=found.allowed, total_months=found.total_months, reason=found.reason, ends_on=found.ends_on)
    return found.ends_on


_HEALTH = ("health_certificate", "health_certificate_date", "health_certificate_on")


def answer_rotation(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """Conditions of a luân chuyển, the allowance kept, what a decision at its end does."""
    keys = (
        *PERSON_KEYS,
        *_BAR_KEYS,
        *_HEALTH,
        "kind",
        "group",
        "from",
        "months",
        "special_case",
        "target_level",
        "dossier_date",
        "old_allowance",
        "new_allowance",
        "state",
        "decision",
        "as_of",
        "config",
    )
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    asked.choice("kind", ("LUAN_CHUYEN",), "LUAN_CHUYEN")
    output: dict[str, Any] = {}
    nodes: list[Node] = []
    start = asked.day("from")
    months = asked.months("months")
    paid = asked.has("old_allowance", "new_allowance")
    if paid:
        _kept(asked, "LUAN_CHUYEN", start, True, months, store, output, nodes)
    if asked.has("state", "decision"):
        _rotation_end(asked, output, nodes)
    planned = asked.has("group", "from", "special_case", "target_level", "sex", "birth_date", *_HEALTH)
    if planned or (asked.has("months") and not paid):
        _rotation_planned(asked, start, months, store, output, nodes)
    if asked.has(*_BAR_KEYS):
        _bars(asked, "LUAN_CHUYEN", output, nodes)
    if not output and not asked.faults:
        asked.day("from", required=True)
    asked.stop()
    return output, [*nodes, *asked.left_aside()]


def _rotation_planned(
    asked: Asked,
    start: date | None,
    months: int | None,
    store: ParameterStore,
    output: dict[str, Any],
    nodes: list[Node],
) -> None:
    group = asked.choice("group", ("a", "b", "c"), "a") or "a"
    sex, birth, annex = asked.person()
    level = asked.choice("target_level", ("CENTRAL", "PROVINCE", "PROVINCIAL", "DISTRICT", "COMMUNE"))
    special = asked.given_reference("special_case")
    certificate, seen = asked.first_day(*_HEALTH), asked.day("dossier_date")
    on = asked.day("as_of")
    if start is None and (sex is not None or certificate is not None):
        asked.day("from", required=True)
    if asked.faults:
        return
    found = rotation(
        start or LATEST,
        group=group,
        months=months,
        sex=sex,
        birth=birth,
        annex=annex,
        health_certificate=certificate,
        certificate_seen_on=seen,
        target_level=level,
        special_case=special,
        store=store,
    )
    output["allowed"] = found.allowed
    if found.age_date is not None:
        output.update(age_date=found.age_date, needed_until=found.needed_until)
    if found.earliest_end is not None and start is not None and found.reason != "SPECIAL_CASE":
        output["earliest_end"] = found.earliest_end
    if found.reason is not None:
        output["reason"] = found.reason
    if start is not None and on is not None and "state" not in output:
        progress = rotation_progress(start, on, store)
        output.update(state=progress.state, due_on=progress.due_on, next_remark=progress.next_remark)
    nodes.append(found.node)


_DECISIONS = ("SETTLED_AT_DESTINATION", "RETURNED", "PROMOTED", "EXTENDED", "EARLY_END")


def _rotation_end(asked: Asked, output: dict[str, Any], nodes: list[Node]) -> None:
    state = asked.choice("state", ("RUNNING", "DUE", "REVIEWED", "CLOSED"), "DUE") or "DUE"
    decision = asked.choice("decision", _DECISIONS)
    special = asked.given_reference("special_case")
    if asked.faults:
        return
    found = rotation_outcome(state, decision)
    if decision == "EARLY_END" and not special:
        output.update(state=state, reason="EARLY_END_NEEDS_DECISION", keeps_rotation_benefits=True)
        nodes.append(reason_node("EARLY_END_NEEDS_DECISION"))
        return
    output.update(state=found.state, keeps_rotation_benefits=found.keeps_rotation_benefits)
    nodes.append(found.node)


def _kept(
    asked: Asked,
    kind: str,
    effective: date | None,
    leader: bool,
    months: int | None,
    store: ParameterStore,
    output: dict[str, Any],
    nodes: list[Node],
) -> None:
    old, new = asked.coefficient("old_allowance"), asked.coefficient("new_allowance")
    if kind == "LUAN_CHUYEN":
        months = asked.months("months", required=True)
    if old is None or new is None or asked.faults:
        return
    found: KeptAllowance = kept_allowance(kind, old, new, effective, leader=leader, months=months, store=store)
    output["kept_allowance"] = None if found.kept is None else plain(found.kept)
    if kind == "LUAN_CHUYEN":
        output["kept_months"] = found.months
    else:
        output["kept_until"] = found.kept_until
    nodes.append(found.node)


def answer_transfer(given: Any, store: ParameterStore, faults: list[Any]) -> Found:
    """Bars, wish and meeting of a điều động or a periodic change; the allowance a leader keeps."""
    keys = (
        *_BAR_KEYS,
        "kind",
        "leader",
        "person_class",
        "effective",
        "old_allowance",
        "new_allowance",
        "must_change_by",
        "config",
    )
    asked = Asked(given, "input", keys, faults)
    store = configured(asked, store)
    kind = asked.choice("kind", ("DIEU_DONG", "CDVTCT", "BIET_PHAI", "THAY_DOI_VTVL"), "DIEU_DONG") or "DIEU_DONG"
    person = asked.choice("person_class", tuple(person_classes()))
    leader = asked.boolean("leader", True if person is None else person_classes()[person]["leader"])
    paid = asked.has("old_allowance", "new_allowance")
    effective = asked.day("effective", required=paid)
    asked.day("must_change_by")
    output: dict[str, Any] = {}
    nodes: list[Node] = []
    if paid:
        _kept(asked, kind, effective, bool(leader), None, store, output, nodes)
    if asked.has(*_BAR_KEYS) or not paid:
        _bars(asked, kind, output, nodes)
    if not output:
        output.update(allowed=True, reason=None)
    asked.stop()
    return output, [*nodes, *asked.left_aside()]


ANSWERS: Mapping[str, Any] = {
    "family_bar": answer_family_bar,
    "secondment": answer_secondment,
    "rotation": answer_rotation,
    "transfer": answer_transfer,
}
