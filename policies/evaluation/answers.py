"""Questions of evaluation from outside, in the form of ``cases.yaml``: kind and input in, output and reasons out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from policies.engine.errors import MalformedLawData
from policies.evaluation import answers_days, answers_points, answers_quota
from policies.evaluation.asked import finished, last_day, opened
from policies.evaluation.data import PERSON_TYPES, REGIMES, SIDES, regimes
from policies.evaluation.given import as_decimal
from policies.evaluation.rating import rate, rate_unit
from policies.evaluation.regimes import select_regime
from policies.questions import Answer, BadQuestion, require_mapping


def _regime(given: Mapping[str, Any], regime: str | None) -> Answer:
    g = opened(
        given,
        (
            "person_type",
            "period_start",
            "period_end",
            "side",
            "unit_rules_issued",
            "head_decides",
            "public_service_unit",
        ),
    )
    g.require("person_type", "period_start", "period_end")
    kind = g.choice("person_type", PERSON_TYPES)
    start, end = g.day("period_start"), g.day("period_end")
    side = g.choice("side", SIDES, "STATE")
    if start and end and end < start:
        g.fault("period_end", f"ngày {end} trước ngày bắt đầu {start}; hãy kiểm tra lại kỳ")
    issued = g.boolean("unit_rules_issued")
    head, public = g.flag("head_decides"), g.flag("public_service_unit")
    g.check()
    assert kind and start and end and side
    found = select_regime(
        kind, start, end, side, unit_rules_issued=issued, head_decides=head, public_service_unit=public
    )
    return finished(found.to_dict(), found.trace)


def _named(regime: str | None, given: Mapping[str, Any]) -> str:
    """The regime of a question; ``any`` and none: the regime that rates the class for the year."""
    if regime in regimes():
        assert regime is not None
        return regime
    klass, year = given.get("person_class"), as_decimal(given.get("year"))
    kind = {"CB": "cadre", "CC": "civil_servant", "VC": "public_employee", "HD": "contract_worker",
            "TT": "collective"}.get(str(klass)[:2])  # fmt: skip
    if regime not in (None, "any") or kind is None or year is None or not 1 <= year <= date.max.year:
        raise BadQuestion([("regime", f"'{regime}' không hợp lệ; chọn một trong: {', '.join(REGIMES)}")])
    end = last_day(int(year))
    found = select_regime(kind, end.replace(month=1, day=1), end, str(given.get("side") or "STATE"))
    if found.regime is None:
        raise BadQuestion([("regime", f"không có chế độ nào cho {klass} năm {year}; hãy ghi rõ chế độ")])
    return found.regime


def _rating(given: Mapping[str, Any], regime: str | None) -> Answer:
    found = rate(given, _named(regime, given))
    return finished(found.to_dict(), found.trace)


def _unit_rating(given: Mapping[str, Any], regime: str | None) -> Answer:
    found = rate_unit(_unit_facts(given), _named(regime, {"person_class": "TT", **given}))
    return finished(found.to_dict(), found.trace)


def _unit_facts(given: Mapping[str, Any]) -> dict[str, Any]:
    """The several wrongdoings of NĐ 233 Điều 7 khoản 4 and QĐ 366 Điều 11 are one ground."""
    facts = dict(given)
    for key in ("cadre_wrongdoing", "disunity", "factions", "chay_chuc"):
        value = facts.pop(key, None)
        if value is not None and not isinstance(value, bool):
            raise BadQuestion([(f"input.{key}", f"'{value}' không phải đúng/sai; ghi true hoặc false")])
        if value:
            facts["wrongdoing"] = True
    return facts


_ANSWERS: Mapping[str, Callable[[Mapping[str, Any], str | None], Answer]] = {
    "regime": _regime,
    "rating": _rating,
    "score": answers_points.score,
    "year_score": answers_points.year,
    "unit_rating": _unit_rating,
    "quota_vector": answers_quota.vector,
    "quota_allocation": answers_quota.allocation,
    "consequence": answers_days.consequence,
    "deadline": answers_days.deadline,
}
KINDS = tuple(_ANSWERS)
KNOWN_REGIMES = (*REGIMES, "any")


def answer(kind: str, given: Mapping[str, Any], regime: str | None = None) -> Answer:
    """Answer one question; ``BadQuestion`` with every fault found. ``regime`` None or ``any``: not bound to one."""
    if kind not in _ANSWERS:
        raise BadQuestion([("kind", f"'{kind}' không có; chọn một trong: {', '.join(KINDS)}")])
    if regime is not None and regime not in KNOWN_REGIMES:
        raise BadQuestion([("regime", f"'{regime}' không có; chọn một trong: {', '.join(KNOWN_REGIMES)}")])
    require_mapping(given)
    try:
        return _ANSWERS[kind](given, regime)
    except MalformedLawData as error:
        raise BadQuestion([("input", str(error))]) from None
