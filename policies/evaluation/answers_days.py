"""Questions about what follows from results, and by when."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from policies.engine.dates import MONTHS_PER_YEAR
from policies.engine.trace import Node
from policies.evaluation import deadlines as due
from policies.evaluation.asked import finished, last_day, opened
from policies.evaluation.configuration import default_configuration
from policies.evaluation.consequences import MOVE, NOT_RATED, TRAINING, consequences, eligibility
from policies.evaluation.data import CLASSES, LEVELS, PERSON_TYPES, REGIMES, regimes
from policies.evaluation.given import Given
from policies.questions import Answer, BadQuestion


def _history(g: Given) -> dict[int, str]:
    raw = g.data.get("history")
    if raw is not None and not isinstance(raw, Mapping):
        g.fault("history", "cần một nhóm khóa: năm và mức xếp loại")
        return {}
    found: dict[int, str] = {}
    for year, level in (raw or {}).items():
        if not str(year).isdigit() or not date.min.year <= int(str(year)) <= date.max.year:
            g.fault(f"history.{year}", f"'{year}' không phải năm")
        elif level not in (*LEVELS, NOT_RATED):
            g.fault(f"history.{year}", f"'{level}' không hợp lệ; chọn một trong: {', '.join((*LEVELS, NOT_RATED))}")
        else:
            found[int(str(year))] = str(level)
    return found


def consequence(given: Mapping[str, Any], regime: str | None) -> Answer:
    g = opened(
        given,
        ("person_class", "decided_on", "result_date", "history", "term", "move_year", "training_year",
         "pregnant_or_child_under_36_months", "voluntary", "holidays"),
    )  # fmt: skip
    g.require("person_class", "history")
    klass = g.choice("person_class", CLASSES) or "CC0"
    history = _history(g)
    decided, result = g.day("decided_on"), g.day("result_date")
    term = _term(g)
    move, training = g.year("move_year"), g.year("training_year")
    protected, voluntary = g.flag("pregnant_or_child_under_36_months"), g.flag("voluntary")
    holidays = _holidays(g)
    g.check()
    if move is not None or training is not None:
        asked = eligibility(MOVE, move, history) if move is not None else eligibility(TRAINING, training or 0, history)
        return finished(asked.to_dict(), asked.trace)
    latest = max(history, default=None)
    on = decided or result or (None if latest is None else last_day(latest))
    if on is None:
        raise BadQuestion([("input.history", "trống; ghi ít nhất một năm và mức xếp loại")])
    found = consequences(klass, history, on, term=term, protected=protected, voluntary=voluntary)
    output: dict[str, Any] = {"actions": [a.code for a in found.actions]}
    for key, values in (("barred", found.barred), ("warnings", found.warnings), ("follow_ups", found.follow_ups)):
        if values:
            output[key] = [v.code for v in values]
    configuration = default_configuration(on)
    start = result or decided
    if start is not None and start >= configuration.version("evaluation.deadline.dismissal_days").valid_from:
        if found.dismissal:
            output["dismissal_decision_by"] = due.in_days("dismissal_days", start, configuration).last_day.isoformat()
        if found.removal:
            propose = due.in_working_days("removal_propose_days", start, configuration, holidays)
            output["removal_proposal_by"] = propose.last_day.isoformat()
            decide = due.in_working_days("removal_decide_days", propose.last_day, configuration, holidays)
            output["removal_decision_by"] = decide.last_day.isoformat()
    return finished(output, found.trace)


def _term(g: Given) -> tuple[date, date] | None:
    items = g.items("term")
    if not items:
        return None
    days = [g.as_day(f"term[{i}]", value) for i, value in enumerate(items)]
    if len(days) != 1 + 1:
        g.fault("term", "ghi hai ngày: đầu và cuối thời hạn bổ nhiệm")
        return None
    start, end = days
    if start is None or end is None:
        return None
    if end < start:
        g.fault("term", f"ngày cuối {end} trước ngày đầu {start}")
        return None
    return start, end


def _holidays(g: Given) -> frozenset[date]:
    found = [g.as_day(f"holidays[{i}]", value) for i, value in enumerate(g.items("holidays"))]
    return frozenset(d for d in found if d is not None)


def deadline(given: Mapping[str, Any], regime: str | None) -> Answer:
    g = opened(
        given,
        ("regime", "person_type", "year", "special_agency", "decided", "published", "petition_received", "holidays",
         "meeting", "quarter", "result_date"),
    )  # fmt: skip
    own = g.choice("regime", (*REGIMES, "any"), regime if regime in REGIMES else None)
    kind = g.choice("person_type", PERSON_TYPES)
    year, special = g.year("year"), g.flag("special_agency")
    decided, published = g.day("decided"), g.day("published")
    received, meeting, result = g.day("petition_received"), g.day("meeting"), g.day("result_date")
    holidays = _holidays(g)
    quarter = re.match(r"(\d{4})-Q([1-4])\Z", g.text("quarter"))
    if g.has("quarter") and quarter is None:
        g.fault("quarter", f"'{g.data['quarter']}' không phải quý; ghi dạng 2026-Q2")
    if (published or received) and kind is None and not g.has("person_type"):
        g.require("person_type", why=f"chọn một trong: {', '.join(PERSON_TYPES)}")
    if received and published and received < published:
        g.fault("petition_received", f"ngày {received} trước ngày công khai {published}")
    if year is not None and own in (None, "any"):
        g.fault("regime", f"thiếu; chọn một trong: {', '.join(REGIMES)}")
    g.check()
    days = [d for d in (published, decided, received, meeting, result) if d is not None]
    on = min(days) if days else date(year or int(quarter[1] if quarter else 0) or regimes()["ND335"].valid_from.year,
                                     MONTHS_PER_YEAR, 1)  # fmt: skip
    configuration = default_configuration(on)
    output: dict[str, Any] = {}
    nodes: list[Node] = []

    def say(key: str, label: str, found: due.Due) -> date:
        output[key] = found.last_day.isoformat()
        nodes.append(Node(label, found.last_day, None, None, found.article))
        return found.last_day

    if own is not None and own != "any" and year is not None:
        last = say(
            "last_day", "Hạn xếp loại năm", due.annual_deadline(own, year, configuration, special_agency=special)
        )
        if decided is not None:
            output["on_time"] = decided <= last
    if own == "ND233" and decided is not None:
        say("sync_by", "Hạn gửi kết quả lên Cơ sở dữ liệu quốc gia", due.in_days("sync_days", decided, configuration))
    if kind is not None and published is not None:
        until = say(
            "petition_until", "Hạn gửi kiến nghị", due.petition_deadline(kind, published, configuration, holidays)
        )
        if received is not None and received > until:
            output["late"], output["reason"] = True, "PETITION_LATE"
    if kind is not None and received is not None:
        say("answer_by", "Hạn trả lời kiến nghị", due.answer_deadline(kind, received, configuration, holidays))
    if meeting is not None:
        say("papers_by", "Hạn gửi tài liệu họp", due.papers_deadline(meeting, configuration, holidays))
    if quarter is not None:
        say("sheet_by", "Hạn nộp phiếu quý", due.sheet_deadline(int(quarter[1]), int(quarter[2]), configuration))
    if result is not None:
        say(
            "dismissal_decision_by",
            "Hạn quyết định cho thôi việc",
            due.in_days("dismissal_days", result, configuration),
        )
    if own == "QD366" and year is not None:
        say("party_dossier_by", "Hạn gửi hồ sơ bên Đảng", due.party_dossier_deadline(year, configuration))
    if not output:
        raise BadQuestion(
            [("input", "không có mốc nào để tính hạn; ghi year, decided, published, meeting hoặc quarter")]
        )
    return finished(output, *nodes)
