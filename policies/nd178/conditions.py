"""NĐ 178: who is not considered, from when to when, and what a benefit asks for. One function per clause."""

from __future__ import annotations

from policies import exclusions
from policies.engine.rules import SKIP, RuleBook
from policies.engine.trace import Text
from policies.nd178.facts import Facts178

BOOK = RuleBook("nd178")

EARLY = "early_retirement"
SEVERANCE = "severance"
LEAVING = (EARLY, SEVERANCE)

IN_FORCE = "2025-01-01"
AMENDED = "2025-03-15"


@BOOK.condition(
    code="not_yet_in_force",
    label="Nghỉ sau ngày 01/01/2025",
    article="Điều 24, Điều 25 NĐ 178/2024/NĐ-CP",
    benefits=LEAVING,
    valid_from="1900-01-01",
)
def leave_after_entry_into_force(f: Facts178) -> Text | None:
    """Only leaves after 01/01/2025."""
    return exclusions.starts_with(f, "nd178.window.first_leave")


@BOOK.condition(
    code="window_closed",
    label="Trong thời hạn giải quyết chính sách",
    article="CV 6383/BNV-TCBC ngày 13/08/2025; KL 183-KL/TW",
    benefits=LEAVING,
    valid_from=IN_FORCE,
)
def decided_and_left_in_time(f: Facts178) -> Text | None:
    """Decision by 31/08/2025 and leave by 01/09/2025; on a roadmap decided before 01/08/2025 leave by 31/12/2025.

    Without a decision date the window is tested on the leave date alone.
    """
    decided = f.case.decision_date
    leave_last = f.param("nd178.window.leave_last")
    decision_last = f.version("nd178.window.decision_last", decisive=False)
    if f.day <= leave_last:
        if decided is None:
            return None
        if decided == decision_last.value and decision_last.mark in "UC":
            f.flag(decision_last)
        if decided <= decision_last.value:
            return None
        return ("quyết định ngày {0}, sau hạn {1}", (decided, decision_last.value))
    roadmap_last = f.param("nd178.window.roadmap_leave_last")
    before = f.param("nd178.window.roadmap_decision_before")
    if f.day > roadmap_last:
        return ("nghỉ từ {0}, sau ngày nghỉ cuối cùng {1}", (f.day, roadmap_last))
    if decided is None:
        f.warn(
            "decision_date_missing",
            "CV 6383/BNV-TCBC ngày 13/08/2025",
            "Chưa có ngày quyết định: nghỉ sau {0} chỉ được giải quyết khi lộ trình đã được quyết định trước {1}.",
            leave_last,
            before,
        )
        return None
    if decided < before:
        return None
    return (
        "nghỉ từ {0} (sau {1}) nhưng lộ trình quyết định ngày {2}, không trước {3}",
        (f.day, leave_last, decided, before),
    )


@BOOK.condition(
    code="already_paid",
    label="Chưa hưởng chính sách theo văn bản khác",
    article="Điều 3 khoản 7, Điều 24 khoản 2 NĐ 178/2024/NĐ-CP; Điều 8 khoản 2 TT 01/2025/TT-BNV",
    benefits=LEAVING,
    valid_from=IN_FORCE,
)
def not_paid_before(f: Facts178) -> Text | None:
    """Paid under NĐ 29 (or another decree): nothing here. A lower grant under NĐ 177 is made up, not refused."""
    return exclusions.paid_before(f, made_up=("177",))


@BOOK.condition(
    code="pregnant_or_small_child",
    label="Không đang mang thai, nghỉ thai sản, nuôi con dưới 36 tháng (trừ khi tự nguyện)",
    article="Điều 4 NĐ 178/2024/NĐ-CP",
    benefits=LEAVING,
    valid_from=IN_FORCE,
)
def no_pregnancy_or_small_child(f: Facts178) -> Text | None:
    """Not considered unless the person asks."""
    return exclusions.pregnant_or_small_child(f)


@BOOK.condition(
    code="discipline_or_investigation",
    label="Không đang bị xem xét kỷ luật, truy cứu trách nhiệm hình sự, thanh tra, kiểm tra do có dấu hiệu vi phạm",
    article="Điều 4 NĐ 178/2024/NĐ-CP",
    benefits=LEAVING,
    valid_from=IN_FORCE,
)
def no_discipline(f: Facts178) -> Text | None:
    """No exception, not even on request."""
    return exclusions.under_discipline(f)


@BOOK.condition(
    code="retirement_age_reached",
    label="Chưa đủ tuổi nghỉ hưu",
    article="Điều 7 NĐ 178/2024/NĐ-CP; Điều 169 BLLĐ 2019",
    benefits=LEAVING,
    valid_from=IN_FORCE,
)
def before_the_age(f: Facts178) -> Text | None:
    """Leave before the pension day of the annex."""
    return exclusions.age_reached(f)


@BOOK.condition(
    code="not_directly_affected",
    label="Thuộc đối tượng của Điều 2 (chịu tác động trực tiếp, hoặc khoản 2, khoản 4)",
    article="Điều 2 NĐ 178/2024/NĐ-CP",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def covered_by_article_2(f: Facts178) -> Text | None:
    """Directly affected, or Điều 7b, or (from 15/03/2025) Điều 7a."""
    if f.path is not None:
        return None
    return (
        "không chịu sự tác động trực tiếp; Điều 7a chỉ áp dụng cho người nghỉ từ {0}",
        (f.amended_from,),
    )


@BOOK.condition(
    code="not_directly_affected",
    label="Chịu sự tác động trực tiếp của việc sắp xếp",
    article="Điều 2 khoản 1, khoản 3, Điều 9, Điều 10 NĐ 178/2024/NĐ-CP",
    benefits=(SEVERANCE,),
    valid_from=IN_FORCE,
)
def severance_for_the_affected(f: Facts178) -> Text | None:
    """Điều 9 and 10 name khoản 1 and 3 of Điều 2 only."""
    if f.case.directly_affected:
        return None
    return ("chính sách thôi việc chỉ dành cho người chịu sự tác động trực tiếp", ())


@BOOK.condition(
    code="outside_group",
    label="Không thuộc nhóm loại trừ của Điều 7a",
    article="Điều 2 khoản 2, khoản 3 NĐ 178/2024/NĐ-CP; CV 2034/BNV-TCBC",
    benefits=(EARLY,),
    valid_from=AMENDED,
)
def not_excluded_from_7a(f: Facts178) -> Text | None:
    """Association staff and public employees of education and health are outside Điều 2 khoản 2."""
    if f.path != "7a":
        return SKIP
    if f.case.person.category in f.param("nd178.7a.excluded_categories"):
        return ("người làm việc ở hội không chịu tác động trực tiếp không thuộc Điều 2 khoản 2", ())
    if f.case.person.category == "public_employee" and f.case.facts.education_or_health:
        return ("viên chức giáo dục, y tế không thuộc Điều 2 khoản 2", ())
    return None


@BOOK.condition(
    code="outside_group",
    label="Hợp đồng lao động ký trước ngày 15/01/2019",
    article="Điều 2 khoản 1 điểm c NĐ 178/2024/NĐ-CP",
    benefits=LEAVING,
    valid_from=IN_FORCE,
)
def contract_old_enough(f: Facts178) -> Text | None:
    """Refuses only where the file says the contract is younger."""
    if f.case.person.category != "contract_worker":
        return SKIP
    if f.case.facts.contract_before_2019 is False:
        return ("hợp đồng lao động ký từ ngày 15/01/2019 trở đi", ())
    return None


@BOOK.condition(
    code="over_five_years",
    label="Còn từ đủ 05 năm trở xuống đến tuổi nghỉ hưu",
    article="Điều 2 khoản 2; Điều 7 khoản 1 điểm a, khoản 2 điểm b, c NĐ 178/2024/NĐ-CP",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def within_five_years(f: Facts178) -> Text | None:
    """Điều 7a at any annex, and Phụ lục II on every path, end at five years."""
    if f.path == "7a":
        return exclusions.beyond(f, f.param("nd178.7a.max_months"))
    if f.path is not None and f.case.person.retirement_annex == "II":
        return exclusions.beyond(f, f.param("nd178.early.max_months")["II"])
    return SKIP


@BOOK.condition(
    code="over_ten_years",
    label="Còn từ đủ 10 năm trở xuống đến tuổi nghỉ hưu",
    article="Điều 7 khoản 1 điểm a, khoản 2 điểm b NĐ 178/2024/NĐ-CP",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def within_ten_years(f: Facts178) -> Text | None:
    """Phụ lục I on the paths of Điều 7 and 7b ends at ten years."""
    if f.path not in ("7", "7b") or f.case.person.retirement_annex != "I":
        return SKIP
    return exclusions.beyond(f, f.param("nd178.early.max_months")["I"])


@BOOK.condition(
    code="insurance_too_short",
    label="Đủ thời gian đóng BHXH bắt buộc để hưởng lương hưu",
    article="Điều 7 khoản 2 NĐ 178/2024/NĐ-CP; Luật BHXH",
    benefits=(EARLY,),
    valid_from=IN_FORCE,
)
def insured_long_enough(f: Facts178) -> Text | None:
    """240 months for a leave to 30/06/2025, 180 after."""
    return exclusions.insured_too_short(f)


@BOOK.condition(
    code="under_two_years",
    label="Còn từ đủ 02 năm trở lên đến tuổi nghỉ hưu",
    article="Điều 9, Điều 10 NĐ 178/2024/NĐ-CP",
    benefits=(SEVERANCE,),
    valid_from=IN_FORCE,
)
def two_years_left(f: Facts178) -> Text | None:
    """Severance asks for at least 24 months to the age."""
    least = f.param("nd178.severance.min_months_left")
    return None if f.age_reached else exclusions.too_close(f, least)
