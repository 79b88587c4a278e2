"""The pension beside every way to leave: an estimate from the records, by the law of the application, told as such."""

from __future__ import annotations

from datetime import date
from typing import Any

from hrms.commands.pension import AT_AGE, AT_ONCE
from hrms.commands.trial import leave_days, try_out
from policies.pension import PensionQuestion, estimate

CASE: dict[str, Any] = {
    "person": {
        "sex": "male", "birth_date": "1966-05-20", "category": "civil_servant", "social_insurance_months": 360,
    },
    "salary": {"coefficient": "5.00"},
    "restructuring": {"effective_date": "2025-03-01", "directly_affected": True},
    "leave": {"date": "2025-07-01"},
}  # fmt: skip


def options(trial: Any) -> dict[tuple[str, str, str], Any]:
    return {(o.kind, o.decree[:3], o.title): o for o in trial.options if o.eligible}


def test_leaving_early_and_staying_are_estimated_side_by_side(ctx: Any) -> None:
    found = options(try_out(CASE))
    early = found["leave", "178", "Nghỉ hưu trước tuổi"].pension
    stay = next(o for o in found.values() if o.kind == "stay").pension
    assert (early.when, early.starts_on, early.insured_months, early.cut) == (AT_ONCE, date(2025, 7, 1), 360, 0)
    assert early.monthly == estimate(PensionQuestion("male", 360, 5 * 2_340_000, date(2025, 7, 1))).monthly
    assert (stay.when, stay.starts_on, stay.insured_months) == (AT_AGE, date(2028, 6, 1), 395)
    assert stay.monthly > early.monthly


def test_the_difference_is_that_of_the_day_both_are_drawn(ctx: Any) -> None:
    """The increase of 01/07/2026 belongs to the pension that was drawn before it."""
    found = options(try_out(CASE))
    early = found["leave", "178", "Nghỉ hưu trước tuổi"].pension
    stay = next(o for o in found.values() if o.kind == "stay").pension
    ((since, raised),) = early.raised
    assert since == date(2026, 7, 1) and raised == early.monthly + round(early.monthly * 0.08)
    assert stay.raised == () and early.less == stay.monthly - raised


def test_severance_keeps_its_months_until_the_age(ctx: Any) -> None:
    young = {**CASE, "person": {**CASE["person"], "birth_date": "1986-05-20", "social_insurance_months": 200}}
    found = options(try_out(young))
    severance = found["leave", "178", "Thôi việc"].pension
    assert (severance.when, severance.insured_months) == (AT_AGE, 200)
    assert severance.starts_on == date(2048, 6, 1)
    short = {**CASE, "person": {**CASE["person"], "birth_date": "1986-05-20", "social_insurance_months": 100}}
    lacking = options(try_out(short))["leave", "178", "Thôi việc"].pension
    assert not lacking.entitled and lacking.reason and lacking.article and lacking.less is None


def test_everything_taken_for_granted_is_told(ctx: Any) -> None:
    told = " ".join(try_out(CASE).assumptions)
    assert "07/1995" in told and "2.530.000" in told and "toàn bộ thời gian" in told


def test_an_approved_value_is_used_for_the_pension_too(ctx: Any, monkeypatch: Any) -> None:
    from policies import Override, default_store

    before = next(o for o in try_out(CASE).options if o.kind == "stay").pension
    dearer = default_store().overlay(
        {"salary.base": Override(3_000_000, "Nghị định mới", "Điều 3", valid_from=date(2027, 1, 1))}
    )
    monkeypatch.setattr("hrms.commands.trial.current_store", lambda: dearer)
    after = next(o for o in try_out(CASE).options if o.kind == "stay").pension
    assert (before.average, after.average) == (5 * 2_530_000, 15_000_000)


def test_the_months_go_on_to_the_normal_age_and_the_best_of_each_decree_is_among_them(ctx: Any) -> None:
    trial = try_out(CASE)
    assert len(leave_days(date(2025, 7, 1), date(2050, 1, 1))) == 295
    assert trial.looked_until == date(2028, 6, 1)
    best = {row.code: row for row in trial.best}
    assert best["178"].total == max(m.total for m in trial.months if m.decree.startswith("178"))
    assert best["154"].day is not None and best["29"].day is None
    assert [row.total for row in trial.best] == sorted((row.total for row in trial.best), reverse=True)


def test_months_that_bring_nothing_are_looked_at_and_not_drawn(ctx: Any) -> None:
    young = {**CASE, "person": {**CASE["person"], "birth_date": "1986-05-20", "social_insurance_months": 200}}
    trial = try_out(young)
    assert trial.looked_until == date(2048, 6, 1)
    assert trial.months[-1].day < date(2031, 12, 1) and not trial.months[-1].eligible
    assert any(m.eligible for m in trial.months[-6:])


def test_the_named_turns(ctx: Any) -> None:
    """Month 13, two and five years, 01/07/2025, closing days, a new base salary: each with its article."""
    case = {**CASE, "person": {**CASE["person"], "birth_date": "1968-05-20"}, "leave": {"date": "2025-04-01"}}
    turns = try_out(case).turns
    words = " | ".join(turn.label for turn in turns)
    for expected in ("12 tháng", "02 năm", "05 năm", "cách tính trợ cấp theo thời gian đóng BHXH", "hết thời hạn",
                     "lương cơ sở mới"):  # fmt: skip
        assert expected in words
    assert all(turn.article for turn in turns)
