"""The facts that a rating asks for, and how they are read from a question, a stored row or a form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from policies.engine.dates import MONTHS_PER_YEAR, add_months, first_of_index, month_index
from policies.engine.money import HUNDRED
from policies.evaluation.data import CLASSES, LEVELS, SIDES
from policies.evaluation.given import Given, as_decimal

GOOD, OK, FAIL = "good", "ok", "fail"
QUALITIES = (GOOD, OK, FAIL)
# QĐ 124-QĐ/TW: how a criterion is graded, from the weakest.
GRADE_LABELS = {"KEM": "Kém", "TRUNG_BINH": "Trung bình", "TOT": "Tốt", "XUAT_SAC": "Xuất sắc"}
GRADE_WORDS = tuple(GRADE_LABELS)
LEAVE_KINDS = ("SICK", "MATERNITY", "UNPAID", "STUDY", "OTHER")
DECISION_KINDS = ("ADMIN", "PARTY")
MOST_MONTHS = 1200  # of membership: a slip of the keyboard, no law

_DECISION = ("kind", "effective", "form", "by")
_VIOLATION = (
    "id", "duty_related", "decisions", "used_for_kht_year", "unit_of_act", "act_year", "liability_excluded",
)  # fmt: skip
CONFIG = (
    "good_requires_70_percent_good_subunits", "level_rule", "kht_quarter_blocks_annual_htxs", "covers_contract_workers",
    "has_score_scale", "thresholds",
)  # fmt: skip
KEYS = (
    "person_class", "year", "period", "side", "criteria_1_4", "criterion_5a", "done_percent", "not_assured_percent",
    "high_efficiency", "over_percent", "on_time", "late_percent", "faults_repaired", "unit_done_percent",
    "unit_on_time_percent", "unit_over_percent", "sub_ok_percent", "sub_good_percent", "unit_corruption_handled",
    "degradation", "forbidden_acts", "example_setting_breach", "worked_months", "leave_months", "leave_spells_months",
    "leave", "maternity", "maternity_months", "violations", "consumed", "suspensions", "postings", "rating_agency",
    "old_agency_exists", "old_agency_remarks", "general_score", "task_score", "score", "points", "total", "is_head",
    "unit_level", "five_targets_missed", "units_kht_percent", "low_confidence_percent", "tasks_not_completed_percent",
    "not_completed_percent", "grades", "listed_case", "member_disciplined", "subunit_disciplined", "tree_level",
    "tree_reason", "quarters", "config", "wrongdoing", "subunit_kht", "force_majeure",
    "party_months",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """A disciplinary decision: ADMIN or PARTY, the day it takes effect, form in words, agency that took it."""

    kind: str
    effective: date
    form: str
    by: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One act. ``used_for_kht_year``: year whose KHT it already made; ``unit_of_act``: agency where it was done."""

    id: str
    duty_related: bool
    decisions: tuple[Decision, ...]
    used_for_kht_year: int | None
    unit_of_act: str
    act_year: int | None
    liability_excluded: bool


@dataclass(frozen=True, slots=True)
class Posting:
    """Months served at an agency in the year."""

    agency: str
    months: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of one person (or collective, class TT) for one period. Percents 0–100, months and points as Decimal.

    None means not stated. Defaults of what may be left out: achievements false or 0, nothing against the person, no
    leave, twelve months worked less the leave, every fault repaired, the unit on time.
    """

    klass: str
    year: int | None
    side: str | None
    criteria: str | None
    criterion_5a: str | None
    done: Decimal | None
    not_assured: Decimal
    high_efficiency: bool
    over: Decimal
    on_time: bool | None
    late: Decimal | None
    faults_repaired: bool
    unit_done: Decimal | None
    unit_on_time: Decimal
    unit_over: Decimal
    sub_ok: Decimal | None
    sub_good: Decimal | None
    unit_corruption: bool
    degradation: bool
    forbidden_acts: bool
    worked: Decimal
    leave: Decimal
    insured_leave: Decimal
    away: bool
    maternity: bool
    violations: tuple[Violation, ...]
    consumed: Mapping[str, int]
    suspensions: tuple[date, ...]
    postings: tuple[Posting, ...]
    agency: str
    old_agency_exists: bool
    old_agency_remarks: bool
    points: Decimal | None
    is_head: bool
    unit_level: str | None
    five_targets_missed: bool
    units_kht: Decimal
    low_confidence: Decimal
    not_completed: Decimal
    grades: tuple[str, ...]
    result_grade: str | None
    listed_case: bool
    others_disciplined: bool
    duty_disciplined: bool
    wrongdoing: bool
    subunit_kht: int
    force_majeure: bool
    party_months: Decimal | None
    tree_known: bool
    tree_level: str | None
    tree_reason: str
    quarters: tuple[str, ...]
    config: Mapping[str, Any]
    unused: tuple[str, ...]

    @property
    def period_end(self) -> date:
        """Last day of the year rated."""
        assert self.year is not None
        return date(self.year, MONTHS_PER_YEAR, 1) + timedelta(days=30)

    @property
    def prompt(self) -> bool:
        """Everything on time: stated, or no task late; not stated at all is not proven."""
        if self.on_time is not None:
            return self.on_time
        return self.late == 0


def read_facts(given: Mapping[str, Any], faults: list[tuple[str, str]], path: str = "input") -> Facts:
    """Facts out of plain data; faults are added to ``faults`` (then the facts must not be used)."""
    g = Given(given, path, KEYS, faults)
    klass = g.choice("person_class", CLASSES)
    if klass is None and not g.has("person_class"):
        g.require("person_class", why=f"chọn một trong: {', '.join(CLASSES)}")
    year = g.year("year")
    if year is None and not g.has("year"):
        g.require("year", why="ghi năm đánh giá")
    worked, leave, insured, away, maternity = _time(g)
    grades, result = _grades(g)
    quarters = tuple(str(q) for q in g.items("quarters"))
    for i, quarter in enumerate(quarters):
        if quarter not in LEVELS:
            g.fault(f"quarters[{i}]", f"'{quarter}' không phải mức xếp loại; chọn một trong: {', '.join(LEVELS)}")
    late = g.decimal("late_percent")
    return Facts(
        klass=klass or "CC0",
        year=year,
        side=g.choice("side", SIDES),
        criteria=g.choice("criteria_1_4", QUALITIES),
        criterion_5a=g.choice("criterion_5a", QUALITIES),
        done=g.decimal("done_percent"),
        not_assured=g.decimal("not_assured_percent") or Decimal(0),
        high_efficiency=g.flag("high_efficiency"),
        over=g.decimal("over_percent") or Decimal(0),
        on_time=g.boolean("on_time"),
        late=late,
        faults_repaired=g.flag("faults_repaired", True),
        unit_done=g.decimal("unit_done_percent"),
        unit_on_time=_or(g.decimal("unit_on_time_percent"), HUNDRED),
        unit_over=g.decimal("unit_over_percent") or Decimal(0),
        sub_ok=g.decimal("sub_ok_percent"),
        sub_good=g.decimal("sub_good_percent"),
        unit_corruption=g.flag("unit_corruption_handled"),
        degradation=g.flag("degradation"),
        forbidden_acts=g.flag("forbidden_acts") or g.flag("example_setting_breach"),
        worked=worked,
        leave=leave,
        insured_leave=insured,
        away=away,
        maternity=maternity,
        violations=g.groups("violations", _VIOLATION, _violation),
        consumed=_consumed(g),
        suspensions=tuple(
            d for d in g.groups("suspensions", ("effective", "until"), lambda s: _day(s, "effective")) if d is not None
        ),
        postings=g.groups(
            "postings", ("agency", "months"), lambda p: Posting(p.text("agency"), p.decimal("months") or Decimal(0))
        ),
        agency=g.text("rating_agency"),
        old_agency_exists=g.flag("old_agency_exists", True),
        old_agency_remarks=g.flag("old_agency_remarks"),
        points=_points(g),
        is_head=g.flag("is_head"),
        unit_level=g.choice("unit_level", LEVELS),
        five_targets_missed=g.flag("five_targets_missed"),
        units_kht=g.decimal("units_kht_percent") or Decimal(0),
        low_confidence=g.decimal("low_confidence_percent") or Decimal(0),
        not_completed=_or(g.decimal("tasks_not_completed_percent"), g.decimal("not_completed_percent") or Decimal(0)),
        grades=grades,
        result_grade=result,
        listed_case=g.flag("listed_case"),
        others_disciplined=_count(g, "member_disciplined") or _count(g, "subunit_disciplined"),
        duty_disciplined=_count(g, "member_disciplined"),
        wrongdoing=g.flag("wrongdoing"),
        subunit_kht=g.whole("subunit_kht") or 0,
        force_majeure=g.flag("force_majeure"),
        party_months=g.decimal("party_months", high=MOST_MONTHS),
        tree_known="tree_level" in g.data,
        tree_level=g.choice("tree_level", LEVELS),
        tree_reason=g.text("tree_reason"),
        quarters=quarters,
        config=_config(g),
        unused=tuple(g.unused),
    )


def _or(value: Decimal | None, otherwise: Decimal) -> Decimal:
    return otherwise if value is None else value


def _day(g: Given, key: str) -> date | None:
    found = g.day(key)
    if found is None and not g.has(key):
        g.require(key, why="ghi ngày dạng YYYY-MM-DD")
    return found


def _count(g: Given, key: str) -> bool:
    """A flag that may be given as a number of cases."""
    value = g.data.get(key)
    return bool(g.flag(key) if value is None or isinstance(value, bool) else g.whole(key))


def _decision(g: Given) -> Decision | None:
    effective = _day(g, "effective")
    kind = g.choice("kind", DECISION_KINDS, "ADMIN")
    return None if effective is None else Decision(kind or "ADMIN", effective, g.text("form"), g.text("by"))


def _violation(g: Given) -> Violation:
    if not g.has("id"):
        g.require("id", why="mỗi hành vi vi phạm cần một mã riêng")
    decisions = g.groups("decisions", _DECISION, _decision)
    return Violation(
        g.text("id"),
        g.flag("duty_related", True),
        tuple(d for d in decisions if d is not None),
        g.year("used_for_kht_year"),
        g.text("unit_of_act"),
        g.year("act_year"),
        g.flag("liability_excluded"),
    )


def _consumed(g: Given) -> dict[str, int]:
    found: dict[str, int] = {}
    for i, entry in enumerate(g.items("consumed")):
        violation, _, year = str(entry).rpartition(":")
        if violation and year.isdigit():
            found[violation] = int(year)
        else:
            g.fault(f"consumed[{i}]", f"'{entry}' không hợp lệ; ghi mã vi phạm và năm, ví dụ V1:2024")
    return found


def _grades(g: Given) -> tuple[tuple[str, ...], str | None]:
    if not g.has("grades"):
        return (), None
    part = g.part("grades", ("criteria", "result"))
    criteria = tuple(str(x) for x in part.items("criteria"))
    for i, word in enumerate(criteria):
        if word not in GRADE_WORDS:
            part.fault(f"criteria[{i}]", f"'{word}' không hợp lệ; chọn một trong: {', '.join(GRADE_WORDS)}")
    return criteria, part.choice("result", GRADE_WORDS)


def _time(g: Given) -> tuple[Decimal, Decimal, Decimal, bool, bool]:
    """Months worked; months away without maternity; months away with insurance; away at all; maternity."""
    maternity = g.flag("maternity")
    spells = g.items("leave_spells_months")
    away = Decimal(0)
    for i, spell in enumerate(spells):
        months = as_decimal(spell)
        if months is None or not 0 <= months <= MONTHS_PER_YEAR:
            g.fault(f"leave_spells_months[{i}]", f"'{spell}' không phải số tháng từ 0 đến {MONTHS_PER_YEAR}")
        else:
            away += months
    total = g.decimal("leave_months", high=MONTHS_PER_YEAR)
    away = away if total is None else total
    kinds = g.groups(
        "leave",
        ("kind", "months", "document"),
        lambda x: (x.choice("kind", LEAVE_KINDS, "OTHER"), x.decimal("months", high=MONTHS_PER_YEAR) or Decimal(0)),
    )
    born = g.decimal("maternity_months", high=MONTHS_PER_YEAR)
    if kinds:
        if total is None and not spells:
            away = sum((m for _k, m in kinds), Decimal(0))
        listed = sum((m for k, m in kinds if k == "MATERNITY"), Decimal(0))
        maternity = maternity or listed > 0
        born = listed if born is None else born
    if born is None:
        born = away if maternity else Decimal(0)
    insured = sum((m for k, m in kinds if k in ("SICK", "MATERNITY")), Decimal(0)) or (
        born if maternity else Decimal(0)
    )
    served = sum((as_decimal(p.get("months")) or Decimal(0) for p in g.items("postings") if isinstance(p, Mapping)),
                 Decimal(0))  # fmt: skip
    worked = g.decimal("worked_months", high=MONTHS_PER_YEAR)
    if worked is None:
        worked = max(Decimal(0), (served or Decimal(MONTHS_PER_YEAR)) - away)
    return worked, max(Decimal(0), away - born), insured, away > 0 or bool(kinds) or maternity, maternity


def _points(g: Given) -> Decimal | None:
    """Points out of ``points``, ``score``, ``total``, or general plus task points; not rounded."""
    for key in ("points", "score", "total"):
        if g.has(key):
            return g.decimal(key)
    if g.has("general_score") or g.has("task_score"):
        g.require("general_score", "task_score", why="cần cả điểm tiêu chí chung và điểm kết quả nhiệm vụ")
        general, task = g.decimal("general_score"), g.decimal("task_score")
        return None if general is None or task is None else general + task
    return None


def _config(g: Given) -> dict[str, Any]:
    if not g.has("config"):
        return {}
    part = g.part("config", CONFIG)
    return {key: part.data[key] for key in CONFIG if key in part.data}


def months_between(start: date, last: date) -> Decimal:
    """Months from ``start`` to ``last`` (both inclusive) in full precision: days over the days of their month.

    Rounded to six places, which separates every two numbers of days.
    """
    if last < start:
        return Decimal(0)
    total = Decimal(0)
    for index in range(month_index(start), month_index(last) + 1):
        first = first_of_index(index)
        end = add_months(first, 1) - timedelta(days=1)
        days = (min(end, last) - max(first, start)).days + 1
        total += Decimal(1) if days == end.day else (Decimal(days) / Decimal(end.day)).quantize(Decimal("0.000001"))
    return total
