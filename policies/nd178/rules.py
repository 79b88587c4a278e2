"""NĐ 178: what is granted. One function per clause, its article and validity beside it.

Entry points: ``early.months`` (số tháng nghỉ sớm), ``early.years`` (số năm nghỉ sớm), ``early.service`` (thời gian đóng
BHXH), ``severance.months``, ``severance.years``, ``severance.job_search``. Exactly one clause answers each.
"""

from __future__ import annotations

from decimal import Decimal

from policies import exclusions
from policies.amounts import Amount, by_months, early_years, insured_years, job_search, service
from policies.engine.trace import Text
from policies.nd178.conditions import AMENDED, BOOK, IN_FORCE
from policies.nd178.facts import ARTICLE_7A, ARTICLE_7B, Facts178

MONTHS_LABEL = "Trợ cấp hưu trí một lần cho thời gian nghỉ sớm"

EARLY_ENTRIES = ("early.months", "early.years", "early.service")
SEVERANCE_ENTRIES = ("severance.months", "severance.years", "severance.job_search")


def _other_path(f: Facts178, path: str) -> Text | None:
    """None on the path, else why the path was not taken."""
    if f.path == path:
        return None
    return f.path_reasons.get(path, ("áp dụng Điều {0}", (f.path or "",)))


# --- Điều 7 khoản 1, Điều 7a, Điều 7b: the lump sum for the months -------------------------------------------------


def _under_two(f: Facts178) -> Text | None:
    return _other_path(f, "7") or exclusions.shorter(f, f.param("nd178.band.two_years"))


def _two_to_five(f: Facts178) -> Text | None:
    return (
        _other_path(f, "7")
        or exclusions.not_shorter(f, f.param("nd178.band.two_years"))
        or exclusions.not_longer(f, f.param("nd178.band.five_years"))
    )


def _over_five(f: Facts178) -> Text | None:
    return _other_path(f, "7") or exclusions.longer(f, f.param("nd178.band.five_years"))


def _per_month(f: Facts178, factor: Decimal, months: int, article: str) -> Amount:
    f.note_partial_month()
    return by_months("early_months", MONTHS_LABEL, factor, months, f.salary.amount, article)


@BOOK.rule(
    "early.months",
    code="7.1_under_two",
    label="Điều 7 khoản 1, còn dưới 02 năm",
    article="Điều 7 khoản 1, khoản 2 điểm d, đ NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_under_two,
)
def months_under_two_years(f: Facts178) -> Amount:
    """1.0 a month within the first 12 months, from month 13 half of it (the circular says otherwise: [C])."""
    if f.first12:
        return _per_month(
            f, f.param("nd178.months.factor.first12"), f.months, "Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP"
        )
    factor = f.param("nd178.under_two_years.month13_factor")
    return _per_month(f, factor, f.months, "Điều 7 khoản 1 điểm b NĐ 178/2024/NĐ-CP")


@BOOK.rule(
    "early.months",
    code="7.1_to_five",
    label="Điều 7 khoản 1, còn từ đủ 02 năm đến đủ 05 năm",
    article="Điều 7 khoản 1 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_two_to_five,
)
def months_two_to_five_years(f: Facts178) -> Amount:
    """1.0 a month within the first 12 months, 0.5 from month 13."""
    if f.first12:
        return _per_month(
            f, f.param("nd178.months.factor.first12"), f.months, "Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP"
        )
    factor = f.param("nd178.months.factor.month13")
    return _per_month(f, factor, f.months, "Điều 7 khoản 1 điểm b NĐ 178/2024/NĐ-CP")


@BOOK.rule(
    "early.months",
    code="7.1_over_five",
    label="Điều 7 khoản 1, còn trên 05 năm đến đủ 10 năm",
    article="Điều 7 khoản 1 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_over_five,
)
def months_over_five_years(f: Facts178) -> Amount:
    """0.9 × 60 within the first 12 months, 0.45 × 60 from month 13."""
    if f.first12:
        factor, article = f.param("nd178.over5.factor.first12"), "Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP"
    else:
        factor, article = f.param("nd178.over5.factor.month13"), "Điều 7 khoản 1 điểm b NĐ 178/2024/NĐ-CP"
    return _per_month(f, factor, f.param("nd178.over5.months"), article)


def _path_7a_first12(f: Facts178) -> Text | None:
    return _other_path(f, "7a") or (None if f.first12 else ("nghỉ sau 12 tháng kể từ ngày 15/03/2025", ()))


def _path_7a_month13(f: Facts178) -> Text | None:
    return _other_path(f, "7a") or (("nghỉ trong 12 tháng kể từ ngày 15/03/2025", ()) if f.first12 else None)


@BOOK.rule(
    "early.months",
    code="7a.1",
    label="Điều 7a khoản 1, trong 12 tháng kể từ 15/03/2025",
    article="Điều 7a khoản 1 NĐ 178/2024/NĐ-CP (bổ sung bởi NĐ 67/2025/NĐ-CP)",
    valid_from=AMENDED,
    applies=_path_7a_first12,
)
def months_7a_first12(f: Facts178) -> Amount:
    """1.0 a month, whatever the restructuring date."""
    return _per_month(f, f.param("nd178.7a.factor.first12"), f.months, ARTICLE_7A.replace("7a", "7a khoản 1"))


@BOOK.rule(
    "early.months",
    code="7a.2",
    label="Điều 7a khoản 2, từ tháng thứ 13 kể từ 15/03/2025",
    article="Điều 7a khoản 2 NĐ 178/2024/NĐ-CP (bổ sung bởi NĐ 67/2025/NĐ-CP)",
    valid_from=AMENDED,
    applies=_path_7a_month13,
)
def months_7a_month13(f: Facts178) -> Amount:
    """Half of khoản 1."""
    return _per_month(f, f.param("nd178.7a.factor.month13"), f.months, ARTICLE_7A.replace("7a", "7a khoản 2"))


@BOOK.rule(
    "early.months",
    code="7b",
    label="Điều 7b, không tái cử, tái bổ nhiệm",
    article=ARTICLE_7B,
    valid_from=IN_FORCE,
    applies=lambda f: _other_path(f, "7b"),
)
def months_7b(f: Facts178) -> Amount:
    """1.0 a month up to the cap; no 12-month condition and no reduction."""
    factor = f.param("nd178.7b.factor")
    cap = f.param("nd178.7b.cap_months")
    return _per_month(f, factor, min(f.months, cap), ARTICLE_7B)


# --- Điều 7 khoản 2: the years and the service ---------------------------------------------------------------------


def _band_under_two(f: Facts178) -> Text | None:
    return exclusions.shorter(f, f.param("nd178.band.two_years"))


def _from_two_years(f: Facts178) -> Text | None:
    return exclusions.not_shorter(f, f.param("nd178.band.two_years"))


def _band_two_to_five(f: Facts178) -> Text | None:
    return _from_two_years(f) or exclusions.not_longer(f, f.param("nd178.band.five_years"))


def _band_over_five(f: Facts178) -> Text | None:
    return exclusions.longer(f, f.param("nd178.band.five_years"))


@BOOK.rule(
    "early.years",
    code="7.2d",
    label="Khoản 2 điểm d, đ: còn dưới 02 năm, không có trợ cấp theo năm nghỉ sớm",
    article="Điều 7 khoản 2 điểm d, đ NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_band_under_two,
)
def no_years_under_two(f: Facts178) -> None:
    """Under two years only the months are paid."""


@BOOK.rule(
    "early.years",
    code="7.2a",
    label="Khoản 2 điểm a, c: từ đủ 02 năm đến đủ 05 năm",
    article="Điều 7 khoản 2 điểm a, c NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_band_two_to_five,
)
def years_two_to_five(f: Facts178) -> Amount:
    """5 months of salary for each early year."""
    point = "c" if f.case.person.retirement_annex == "II" else "a"
    article = f"Điều 7 khoản 2 điểm {point} NĐ 178/2024/NĐ-CP"
    return early_years(f, f.param("nd178.per_early_year.2_5"), f.salary.amount, article)


@BOOK.rule(
    "early.years",
    code="7.2b",
    label="Khoản 2 điểm b: trên 05 năm đến đủ 10 năm",
    article="Điều 7 khoản 2 điểm b NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_band_over_five,
)
def years_over_five(f: Facts178) -> Amount:
    """4 months of salary for each early year."""
    article = "Điều 7 khoản 2 điểm b NĐ 178/2024/NĐ-CP"
    return early_years(f, f.param("nd178.per_early_year.5_10"), f.salary.amount, article)


@BOOK.rule(
    "early.service",
    code="7.2d_service",
    label="Khoản 2 điểm d, đ: còn dưới 02 năm, không có trợ cấp theo thời gian đóng BHXH",
    article="Điều 7 khoản 2 điểm d, đ NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_band_under_two,
)
def no_service_under_two(f: Facts178) -> None:
    """Under two years only the months are paid."""


@BOOK.rule(
    "early.service",
    code="7.2_service",
    label="Khoản 2 điểm a, b, c: trợ cấp theo thời gian đóng BHXH",
    article="Điều 7 khoản 2 điểm a, b, c NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_from_two_years,
)
def service_years(f: Facts178) -> Amount:
    """5 months for 20 years and 0.5 a year after (leave to 30/06/2025); 4 months for 15 years and 0.5 after."""
    return service(f, f.version("nd178.service"), f.salary.amount)


# --- Điều 9, Điều 10: severance ------------------------------------------------------------------------------------


def _article(f: Facts178) -> str:
    return "Điều 9" if f.case.person.category in f.param("nd178.article9.categories") else "Điều 10"


@BOOK.rule(
    "severance.months",
    code="9.1_10.1",
    label="Khoản 1: trợ cấp theo số tháng tính hưởng trợ cấp thôi việc",
    article="Điều 9 khoản 1, Điều 10 khoản 1 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
)
def severance_months(f: Facts178) -> Amount:
    """0.8 (from month 13: 0.4) for each month in the bodies of Điều 1, at most 60 months."""
    first12 = f.first12
    factor = f.param("nd178.severance.factor.first12" if first12 else "nd178.severance.factor.month13")
    months = min(f.case.person.public_service_months, f.param("nd178.severance.cap_months"))
    article = f"{_article(f)} khoản 1 điểm {'a' if first12 else 'b'} NĐ 178/2024/NĐ-CP"
    label = "Trợ cấp thôi việc theo số tháng đóng BHXH"
    return by_months("severance_months", label, factor, months, f.salary.amount, article)


@BOOK.rule(
    "severance.years",
    code="9.2_10.2",
    label="Khoản 2: trợ cấp theo số năm đóng BHXH bắt buộc",
    article="Điều 9 khoản 2, Điều 10 khoản 2 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
)
def severance_years(f: Facts178) -> Amount:
    """1.5 months of salary for each year of compulsory insurance."""
    factor = f.param("nd178.severance.per_year")
    return insured_years(f, factor, f.salary.amount, f"{_article(f)} khoản 2 NĐ 178/2024/NĐ-CP")


def _article_9(f: Facts178) -> Text | None:
    if f.case.person.category in f.param("nd178.article9.categories"):
        return None
    return ("viên chức, người lao động theo Điều 10, không có khoản tìm việc làm", ())


def _article_10(f: Facts178) -> Text | None:
    if f.case.person.category in f.param("nd178.article9.categories"):
        return ("cán bộ, công chức, người làm việc ở hội theo Điều 9", ())
    return None


@BOOK.rule(
    "severance.job_search",
    code="9.4",
    label="Điều 9 khoản 4: trợ cấp tìm việc làm",
    article="Điều 9 khoản 4 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_article_9,
)
def to_look_for_work(f: Facts178) -> Amount:
    """3 months of salary to look for work."""
    return job_search(f.param("nd178.severance.job_search"), f.salary.amount)


@BOOK.rule(
    "severance.job_search",
    code="10.4",
    label="Điều 10: hưởng bảo hiểm thất nghiệp, không có trợ cấp tìm việc làm",
    article="Điều 10 NĐ 178/2024/NĐ-CP",
    valid_from=IN_FORCE,
    applies=_article_10,
)
def no_job_search(f: Facts178) -> None:
    """Public employees and contract workers draw unemployment insurance instead."""
