"""Trying a calculation out: one case of the contract in; the answer, the other ways to leave and other months out.

Nothing is stored. The calculator and the "options" of a downsizing case ask here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.explanation import Explained, Remark, explain, remark_of, sentence
from hrms.commands.law.current import current_store
from hrms.commands.pension import Outlook, Pension
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import add_months, first_of_month, format_date
from models.organization import OrgUnit
from models.restructuring import RestructuringAct
from models.staff import Person, SalaryRow
from policies import api, cliffs
from policies.decrees import DECREES
from policies.engine.case import Case
from policies.engine.errors import CaseFaults
from policies.engine.result import Result
from policies.labels import BENEFIT_LABELS, DECREE_LABELS, REFUSAL_LABELS

# What may be asked for, and what may have been received before: only what the engine knows how to answer.
_ASKED = {b for decree in DECREES for b in decree.benefits}
BENEFITS = {code: label for code, label in BENEFIT_LABELS.items() if code == "auto" or code in _ASKED}
EARLIER = {decree.code: DECREE_LABELS[decree.code] for decree in DECREES}
DECREE_CHOICES = {"auto": DECREE_LABELS["auto"], **EARLIER}
LEAVES = ("early_retirement", "severance", "waiting_leave")  # benefits of somebody who goes
SHORTEST, LONGEST = 12, 50 * 12  # months a profile looks at
AFTER_THE_LAST = 3  # months shown after the last one that brings anything


@dataclass(frozen=True)
class Option:
    """One way to leave (or to stay), to be put beside the others. ``total`` in đồng; ``kind``: leave | later | stay."""

    kind: str
    title: str
    decree: str
    day: date
    eligible: bool
    total: int
    months_early: int | None = None
    chosen: bool = False
    reasons: tuple[Remark, ...] = ()
    difference: int = 0  # against the chosen one
    pension: Pension | None = None


@dataclass(frozen=True)
class MonthAmount:
    """The answer for one leave date; ``decree`` and ``benefit`` say under what, ``reason`` why or why not."""

    day: date
    total: int
    eligible: bool
    decree: str
    benefit: str
    benefit_label: str
    reason: str


@dataclass(frozen=True)
class BestMonth:
    """The leave month in which one decree pays most; ``day`` is None where it never pays."""

    code: str
    decree: str
    day: date | None
    benefit_label: str = ""
    total: int = 0


@dataclass(frozen=True)
class Turn:
    """A day from which the law answers otherwise, with the article."""

    day: date
    label: str
    article: str


@dataclass
class Trial:
    """Everything a page shows about one case. ``result`` is the contract's plain data."""

    result: dict[str, Any]
    explained: Explained
    options: list[Option] = field(default_factory=list)
    months: list[MonthAmount] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    best: list[BestMonth] = field(default_factory=list)
    looked_until: date | None = None  # months after the last one of ``months`` bring nothing up to here
    assumptions: list[str] = field(default_factory=list)  # of the pensions beside the options


def act_for(person: Person, day: date) -> RestructuringAct | None:
    """The document that restructured the person's unit, or else the nearest one above it, in effect on ``day``.

    Of several for the same unit the last one counts; which one starts the 12 months is the officer's choice in the end
    (law pack, question 8). The person is in the caller's scope; the act says nothing about anybody.
    """
    if person.unit is None:
        return None
    above = [int(part) for part in person.unit.path.split("/") if part]
    query = (
        select(RestructuringAct)
        .join(OrgUnit, OrgUnit.id == RestructuringAct.unit_id)
        .where(RestructuringAct.unit_id.in_(above), RestructuringAct.effective_on <= day)
        .order_by(OrgUnit.depth.desc(), RestructuringAct.effective_on.desc(), RestructuringAct.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def read(data: Mapping[str, Any]) -> Case:
    """The case of ``data``; :class:`Refused` with every fault, ``field`` being the contract's path (person.sex)."""
    try:
        return api.parse_one(data)
    except CaseFaults as error:
        raise _refused(error) from error


def try_out(
    data: Mapping[str, Any], *, profile: bool = True, every_decree: bool = False, salaries: Sequence[SalaryRow] = ()
) -> Trial:
    """Compute ``data`` (a case of the contract). Raises :class:`Refused` with every fault.

    ``every_decree`` compares with all decrees and benefits, also when the case names one. ``salaries``: the rows of the
    records that a pension is estimated from; without them the present pay counts for the whole career.
    """
    case = read(data)
    try:
        result = api.calculate(case, current_store())
        plain = result.to_dict()
        trial = Trial(plain, explain(plain))
        if case.benefit in ("auto", *LEAVES):
            wider = replace(case, decree="auto", benefit="auto") if every_decree else case
            outlook = Outlook(case, result.retirement_date, current_store(), salaries)
            trial.options = _ways(wider, result, outlook)
            if profile:
                _look_ahead(wider, result, trial, outlook)
            if any(option.pension is not None for option in trial.options):
                trial.assumptions = outlook.assumptions()
    except CaseFaults as error:
        raise _refused(error) from error
    return trial


def _refused(error: CaseFaults) -> Refused:
    return Refused(
        [Fault(f.path.partition(".")[2] or f.path, sentence(f.message), code="case_fault") for f in error.faults]
    )


def _ways(case: Case, result: Result, outlook: Outlook) -> list[Option]:
    """The chosen way first, then every other decree and benefit for the same day: granted by amount, refused after."""
    others: list[Option] = []
    for decree in DECREES:
        if case.decree not in ("auto", decree.code) or not decree.in_auto(case):
            continue
        for benefit in (b for b in decree.benefits if b in LEAVES):
            if (decree.code, benefit) == (result.decree_code, result.benefit):
                continue
            found = _answer(replace(case, decree=decree.code, benefit=benefit))
            if found is not None:
                others.append(_option(found, case, against=result, outlook=outlook))
    others.sort(key=lambda option: (not option.eligible, -option.total, option.decree))
    ways = [replace(_option(result, case, against=result, outlook=outlook), chosen=True), *others]
    other_annex = "II" if case.person.retirement_annex == "I" else "I"
    # Whoever fits both annexes may look at both; Phụ lục I is always open, Phụ lục II needs its evidence.
    if other_annex == "I":
        found = _answer(replace(case, person=replace(case.person, retirement_annex=other_annex)))
        if found is not None:
            label = _("%(benefit)s, tuổi theo Phụ lục I", benefit=BENEFIT_LABELS[found.benefit])
            ways.append(replace(_option(found, case, against=result, outlook=outlook), title=label))
    return ways


def _answer(case: Case) -> Result | None:
    """The answer, or None where the decree cannot even look at the case (facts of its own are missing)."""
    try:
        return api.calculate(case, current_store())
    except CaseFaults:
        return None


def _option(found: Result, case: Case, *, against: Result, outlook: Outlook) -> Option:
    return Option(
        kind="leave",
        title=BENEFIT_LABELS.get(found.benefit, found.benefit),
        decree=found.decree,
        day=case.leave_date,
        eligible=found.eligible,
        total=found.total,
        months_early=found.months_early,
        reasons=tuple(remark_of(reason.to_dict(), REFUSAL_LABELS) for reason in found.reasons),
        difference=found.total - against.total,
        pension=outlook.of(case, found),
    )


def _look_ahead(case: Case, result: Result, trial: Trial, outlook: Outlook) -> None:
    """The amount by leave month up to the normal age, the turns of the law on the way, and the options they open."""
    days = leave_days(case.leave_date, result.retirement_date)
    points = api.leave_profile(case, days, current_store())
    trial.best = _best_by_decree(points)
    trial.looked_until = days[-1]
    paying = max((i for i, p in enumerate(points) if p.eligible), default=0)
    # The longest look there can be is for somebody who has just begun; nothing is drawn where nothing can be had.
    points = points[: max(SHORTEST, paying + 1 + AFTER_THE_LAST)]
    days = [p.date for p in points]
    trial.months = [
        MonthAmount(
            p.date,
            p.total,
            p.eligible,
            p.decree,
            p.benefit,
            BENEFIT_LABELS.get(p.benefit, p.benefit),
            sentence(p.reason),
        )
        for p in points
    ]
    first, last = days[0], days[-1]
    trial.turns = [
        Turn(c.date, c.label, c.article) for c in cliffs.named_cliffs(case, current_store()) if first < c.date <= last
    ]
    best = max(trial.months, key=lambda m: (m.eligible, m.total))
    if best.eligible and best.total > trial.result["total"]:
        later = api.moved(case, best.day)
        then = _answer(later)
        trial.options.append(
            Option(
                kind="later",
                title=_("Nghỉ từ %(day)s", day=format_date(best.day)),
                decree=best.decree,
                day=best.day,
                eligible=True,
                total=best.total,
                difference=best.total - trial.result["total"],
                reasons=(Remark("best_month", _("Tháng có mức cao nhất"), best.reason, ""),),
                pension=outlook.of(later, then) if then is not None else None,
            )
        )
    if result.retirement_date is not None and case.leave_date < result.retirement_date:
        trial.options.append(
            Option(
                kind="stay",
                title=_("Làm việc đến tuổi nghỉ hưu"),
                decree="",
                day=result.retirement_date,
                eligible=True,
                total=0,
                months_early=0,
                difference=-trial.result["total"],
                pension=outlook.staying,
                reasons=(
                    Remark(
                        "normal_age",
                        _("Không có trợ cấp"),
                        _(
                            "Hưởng nguyên lương đến hết tháng trước ngày %(day)s, sau đó nghỉ hưu đúng tuổi.",
                            day=format_date(result.retirement_date),
                        ),
                        "Điều 169 Bộ luật Lao động 2019; NĐ 135/2020/NĐ-CP",
                    ),
                ),
            )
        )


def _best_by_decree(points: Sequence[api.ProfilePoint]) -> list[BestMonth]:
    """For every decree that was asked the month in which it pays most, the earliest of equal ones; highest first."""
    found: dict[str, BestMonth] = {}
    for point in points:
        for answer in point.decrees:
            known = found.setdefault(answer.code, BestMonth(answer.code, answer.decree, None))
            if answer.eligible and (known.day is None or answer.total > known.total):
                found[answer.code] = BestMonth(
                    answer.code,
                    answer.decree,
                    point.date,
                    BENEFIT_LABELS.get(answer.benefit, answer.benefit),
                    answer.total,
                )
    return sorted(found.values(), key=lambda best: (best.day is None, -best.total))


def leave_days(start: date, normal_age: date | None) -> list[date]:
    """``start`` and the first days of the months after it, until the normal age; a year at least."""
    days = [start]
    first = first_of_month(start)
    while len(days) < LONGEST:
        following = add_months(first, len(days))
        if normal_age is not None and following > normal_age and len(days) >= SHORTEST:
            break
        days.append(following)
    return days


__all__ = ["LEAVES", "BestMonth", "MonthAmount", "Option", "Trial", "Turn", "act_for", "leave_days", "read", "try_out"]
