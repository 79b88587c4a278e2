"""Random people for property tests: plausible files with dates crowded around the borders of the law."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from policies.engine import case as schema

BORDERS = [
    date(2023, 7, 20),
    date(2025, 1, 1),
    date(2025, 1, 2),
    date(2025, 3, 15),
    date(2025, 6, 16),
    date(2025, 7, 1),
    date(2025, 8, 1),
    date(2025, 8, 31),
    date(2025, 9, 1),
    date(2025, 12, 31),
    date(2026, 3, 15),
    date(2026, 7, 1),
    date(2026, 8, 1),
    date(2030, 12, 31),
]


def random_day(rng: random.Random) -> date:
    kind = rng.random()
    if kind < 0.35:
        return rng.choice(BORDERS) + timedelta(days=rng.randint(-1, 1))
    day = date(2023, 6, 1) + timedelta(days=rng.randint(0, 2900 if kind < 0.5 else 1300))
    return day.replace(day=1) if rng.random() < 0.8 else day


def random_case(rng: random.Random) -> dict[str, Any]:
    leave = random_day(rng)
    sex = rng.choice(schema.SEXES)
    annex = rng.choice(["I", "I", "I", "II"])
    typical = (61 if sex == "male" else 57) - (5 if annex == "II" else 0)
    birth = date(
        leave.year - typical + rng.choice([-2, 0, 1, 2, 3, 5, 5, 8, 10, 12, 20]), rng.randint(1, 12), rng.randint(1, 28)
    )
    working = (leave.year - birth.year - 15) * 12 + leave.month - birth.month
    insured = min(working, max(0, rng.choice([rng.randint(0, 480), 180, 240, rng.randint(170, 250)])))
    case: dict[str, Any] = {
        "decree": rng.choice(["auto", "auto", "auto", *schema.DECREES]),
        "person": {
            "sex": sex,
            "birth_date": rng.choice([birth.isoformat(), birth.isoformat(), birth.isoformat()[:7], str(birth.year)]),
            "category": rng.choice(schema.CATEGORIES),
            "leader": rng.random() < 0.3,
            "retirement_annex": annex,
            "social_insurance_months": insured,
        },
        "restructuring": {
            "effective_date": (leave - timedelta(days=rng.choice([10, 100, 364, 365, 366, 500]))).isoformat(),
            "directly_affected": rng.random() < 0.7,
        },
        "leave": {"date": leave.isoformat()},
    }
    if birth.year > leave.year - 15:
        return random_case(rng)
    if str(birth.year) == case["person"]["birth_date"] or len(case["person"]["birth_date"]) == 7:
        case["person"]["social_insurance_months"] = min(insured, max(0, working - 12))
    if rng.random() < 0.3:
        case["person"]["public_service_months"] = rng.randint(0, case["person"]["social_insurance_months"])
    _benefit(rng, case)
    _salary(rng, case)
    _circumstances(rng, case, leave)
    return case


def _benefit(rng: random.Random, case: dict[str, Any]) -> None:
    known = {
        "178": ("early_retirement", "severance", "retained_leadership_allowance", "grassroots_secondment"),
        "177": ("early_retirement", "waiting_leave"),
        "154": ("early_retirement", "severance"),
        "29": ("early_retirement", "severance"),
        "NQ07": ("early_retirement",),
        "179": ("talent_allowance",),
        "auto": schema.BENEFITS,
    }[case["decree"]]
    case["benefit"] = rng.choice(["auto", "auto", rng.choice(known)])
    if rng.random() < 0.4:
        case["person"]["group_177"] = rng.choice(schema.GROUPS_177)
    if rng.random() < 0.5:
        case["person"]["group_179"] = rng.choice(schema.GROUPS_179)


def _salary(rng: random.Random, case: dict[str, Any]) -> None:
    salary: dict[str, Any] = {}
    if rng.random() < 0.3:
        salary["agreed_amount"] = rng.randint(3_000_000, 60_000_000)
    else:
        salary["coefficient"] = rng.choice(["4.98", "6.78", "2.34", str(rng.randint(100, 1000) / 100), "3.6675"])
    if rng.random() < 0.5:
        salary["average_60_months"] = rng.randint(3_000_000, 40_000_000)
    allowances: dict[str, str] = {}
    for name in (*schema.COUNTED_ALLOWANCES, "area"):
        if rng.random() < 0.35:
            percent = name.endswith("_percent")
            allowances[name] = (
                rng.choice(["5", "25", "30", "7.5", "12.25"]) if percent else f"0.{rng.randint(0, 99):02d}"
            )
    if allowances:
        salary["allowances"] = allowances
    case["salary"] = salary


def _circumstances(rng: random.Random, case: dict[str, Any], leave: date) -> None:
    about: dict[str, Any] = {}
    if rng.random() < 0.2:
        about["voluntary"] = rng.random() < 0.5
    if rng.random() < 0.1:
        about["pregnant_or_child_under_36_months"] = True
    if rng.random() < 0.05:
        about["under_discipline_or_investigation"] = True
    if rng.random() < 0.07:
        about["earlier_benefit"] = rng.choice(schema.DECREES)
    if about:
        case["circumstances"] = about
    if rng.random() < 0.5:
        decided = rng.choice(
            [leave - timedelta(days=rng.randint(0, 200)), date(2025, 8, 31), date(2025, 7, 31), date(2025, 8, 1)]
        )
        case["leave"]["decision_date"] = decided.isoformat()
    facts: dict[str, Any] = {}
    for name in ("congress_date", "term_ends", "recruited_on", "recognised_on"):
        if rng.random() < 0.2:
            days = rng.choice([-2000, -1826, -400, -31, 0, 20, 180, 900, 1500])
            facts[name] = (leave + timedelta(days=days)).isoformat()
    for name in ("old_leadership_allowance", "new_leadership_allowance"):
        if rng.random() < 0.2:
            facts[name] = rng.choice(["0.3", "0.5", "0.70"])
    if rng.random() < 0.2:
        facts["secondment_level"] = rng.choice(schema.SECONDMENT_LEVELS)
    for name in ("contract_before_2019", "education_or_health", "leaders_above_quota"):
        if rng.random() < 0.15:
            facts[name] = rng.random() < 0.5
    if rng.random() < 0.05:
        facts["local_top_up"] = {"amount": rng.randint(1, 90_000_000), "decision": "QĐ 12/QĐ-UBND"}
        if rng.random() < 0.6:
            facts["local_top_up"]["decided_on"] = rng.choice(["2025-03-14", "2025-03-15", "2025-03-16"])
    for name in ("retirement_notice_on", "benefit_drawn_from", "talent_stopped_on"):
        if rng.random() < 0.1:
            facts[name] = (leave + timedelta(days=rng.choice([-900, -450, -31, -1, 0, 1, 40]))).isoformat()
    for name in ("continues_working", "special_area", "recruited_under_140"):
        if rng.random() < 0.12:
            facts[name] = rng.random() < 0.5
    for name, words in (
        ("group_nq07", schema.GROUPS_NQ07),
        ("talent_stop_event", schema.TALENT_STOPS),
        ("ground_154", schema.GROUNDS_154),
    ):
        if rng.random() < 0.15:
            facts[name] = rng.choice(words)
    if facts:
        case["facts"] = facts


def flat_row(case: dict[str, Any]) -> dict[str, Any]:
    """The row of the many-persons door for a case."""
    row: dict[str, Any] = {"decree": case.get("decree", "auto"), "benefit": case.get("benefit", "auto")}
    row.update(case["person"])
    row.update({k: v for k, v in case["salary"].items() if k != "allowances"})
    row.update(case["salary"].get("allowances", {}))
    change = case.get("restructuring", {})
    row["restructuring_effective_date"] = change.get("effective_date")
    row["directly_affected"] = change.get("directly_affected")
    row["leave_date"] = case["leave"]["date"]
    row["decision_date"] = case["leave"].get("decision_date")
    row.update(case.get("circumstances", {}))
    facts = dict(case.get("facts", {}))
    if "local_top_up" in facts:
        row["local_top_up_decided_on"] = facts["local_top_up"].get("decided_on")
        facts["local_top_up"] = facts["local_top_up"]["amount"]
    row.update(facts)
    return row
