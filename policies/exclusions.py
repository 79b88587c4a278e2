"""What several decrees ask in the same words; each decree declares it with its own article and validity."""

from __future__ import annotations

from policies.engine.trace import Text
from policies.labels import DECREE_LABELS
from policies.leave import LeaveFacts


def starts_with(f: LeaveFacts, name: str) -> Text | None:
    """The leave is not before the first day that the parameter names."""
    first = f.store.versions(name)[0]
    f.used.append(first)
    return None if f.day >= first.value else ("ngày {0} trước ngày được áp dụng {1}", (f.day, first.value))


def ends_with(f: LeaveFacts, name: str) -> Text | None:
    """The leave is not after the last day that the parameter names."""
    last = f.store.versions(name)[0]
    f.used.append(last)
    return None if f.day <= last.value else ("ngày {0} sau ngày cuối cùng {1}", (f.day, last.value))


def paid_before(f: LeaveFacts, made_up: tuple[str, ...] = ()) -> Text | None:
    """One person, one policy; a lower grant under a decree in ``made_up`` is made up instead."""
    earlier = f.case.earlier_benefit
    if earlier is None or earlier in made_up:
        return None
    return ("đã hưởng chính sách theo {0}; mỗi người chỉ hưởng một chính sách", (DECREE_LABELS[earlier],))


def pregnant_or_small_child(f: LeaveFacts) -> Text | None:
    """Pregnant, on maternity leave or raising a child under 36 months, and not asking to leave."""
    if f.case.pregnant_or_child_under_36_months and not f.case.voluntary:
        return ("đang mang thai, nghỉ thai sản hoặc nuôi con dưới 36 tháng tuổi và không tự nguyện nghỉ", ())
    return None


def under_discipline(f: LeaveFacts) -> Text | None:
    """Disciplinary review, prosecution, or inspection for signs of violation; no exception."""
    if f.case.under_discipline_or_investigation:
        return ("đang trong thời gian xem xét kỷ luật, truy cứu trách nhiệm hoặc thanh tra, kiểm tra", ())
    return None


def age_reached(f: LeaveFacts) -> Text | None:
    """The leave is on or after the pension day of the annex."""
    return ("nghỉ từ {0}, đã đến ngày hưởng lương hưu {1}", (f.day, f.pension_from)) if f.age_reached else None


def shorter(f: LeaveFacts, months: int) -> Text | None:
    """None when less than ``months`` remain to the age: the clause for the short band."""
    return None if f.shorter_than(months) else ("còn {0} tháng, từ đủ {1} tháng trở lên", (f.months, months))


def not_shorter(f: LeaveFacts, months: int) -> Text | None:
    """None when at least ``months`` remain to the age."""
    return ("còn {0} tháng, dưới {1} tháng", (f.months, months)) if f.shorter_than(months) else None


def longer(f: LeaveFacts, months: int) -> Text | None:
    """None when more than ``months`` remain to the age: the clause for the long band."""
    return None if f.longer_than(months) else ("còn {0} tháng, không quá {1} tháng", (f.months, months))


def not_longer(f: LeaveFacts, months: int) -> Text | None:
    """None when at most ``months`` remain to the age."""
    return ("còn {0} tháng, trên {1} tháng", (f.months, months)) if f.longer_than(months) else None


def beyond(f: LeaveFacts, months: int) -> Text | None:
    """A refusal because more than ``months`` remain."""
    if not f.longer_than(months):
        return None
    f.note_partial_month()
    return ("còn {0} tháng đến ngày {1}, quá {2} tháng", (f.months, f.pension_from, months))


def too_close(f: LeaveFacts, months: int) -> Text | None:
    """A refusal because less than ``months`` remain."""
    if not f.shorter_than(months):
        return None
    f.note_partial_month()
    return ("còn {0} tháng đến ngày {1}, dưới {2} tháng", (f.months, f.pension_from, months))


def insured_too_short(f: LeaveFacts) -> Text | None:
    """Too little compulsory insurance for a pension; up to 6 missing months may be paid in, which the result says."""
    least = f.param("pension.min_insurance_months")
    have = f.case.person.social_insurance_months
    if have >= least:
        return None
    missing = least - have
    payable = f.store.at("pension.pay_in_months", f.day)
    if missing <= payable.value:
        f.warn(
            "months_can_be_paid_in",
            payable.article,
            "Thiếu {0} tháng BHXH: được đóng một lần cho tối đa {1} tháng còn thiếu để đủ điều kiện hưởng lương hưu.",
            missing,
            payable.value,
        )
    return ("có {0} tháng đóng BHXH bắt buộc, cần đủ {1} tháng", (have, least))
