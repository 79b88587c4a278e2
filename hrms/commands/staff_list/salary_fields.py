"""Columns of the salary: ngạch, bậc, hệ số, agreed amounts and allowances."""

from __future__ import annotations

from decimal import Decimal

from hrms.commands.staff_list.parsers import coefficient, grade, salary_grade, step
from hrms.kernel.spreadsheets import FieldSpec
from hrms.kernel.spreadsheets.fields import decimal_between, money, partial_date, percent_between

# Plausible bounds against slips of the keyboard; what the law allows is the calculation's business.
_ALLOWANCE = decimal_between(Decimal(0), Decimal(5))
_PERCENT = percent_between(Decimal(0), Decimal(100))

SALARY: tuple[FieldSpec, ...] = (
    FieldSpec(
        "step_counted_from",
        "Thời gian giữ bậc",
        (
            "Thời gian giữ ngạch (bậc)",
            "Thời gian giữ ngạch, bậc",
            "Thời gian giữ bậc lương",
            "Thời điểm hưởng bậc lương",
            "Thời điểm giữ bậc",
            "Ngày hưởng bậc",
            "Ngày hưởng lương",
            "Mốc nâng lương",
            "Mốc tính nâng bậc lương lần sau",
            "Mức lương > Ngày hưởng",
            "Lương > Thời gian hưởng",
            "Ngày xếp lương",
        ),
        partial_date,
        example="01/03/2023",
    ),
    FieldSpec(
        "salary_grade",
        "Mức lương hiện hưởng",
        (
            "Lương hiện hưởng",
            "Ngạch, bậc, hệ số",
            "Ngạch, bậc, hệ số lương",
            "Hệ số, bậc, mã ngạch",
            "Hệ số, mã ngạch, bậc",
            "Ngạch bậc lương",
            "Hệ số lương, bậc, ngạch",
            "Lương ngạch bậc",
        ),
        salary_grade,
        example="Hệ số 4,98; bậc 9; 01.003",
    ),
    FieldSpec(
        "coefficient",
        "Hệ số lương",
        ("Hệ số", "Mức lương > Hệ số", "Lương > Hệ số", "HSL", "HS lương", "Hệ số lương hiện hưởng", "Ngạch > Hệ số"),
        coefficient,
        example="4,98",
    ),
    FieldSpec(
        "grade_code",
        "Mã ngạch",
        (
            "Mức lương > Mã ngạch",
            "Lương > Mã ngạch",
            "Mã số ngạch",
            "Ngạch",
            "Mã ngạch, CDNN",
            "Mã số chức danh nghề nghiệp",
            "Mã số CDNN",
            "Mã CDNN",
            "Mã ngạch/mã số CDNN",
            "Ngạch công chức",
            "Ngạch, chức danh nghề nghiệp",
        ),
        grade,
        example="01.003",
    ),
    FieldSpec("step", "Bậc", ("Bậc lương", "Mức lương > Bậc", "Lương > Bậc", "Ngạch > Bậc"), step, example="6/9"),
    FieldSpec(
        "agreed_amount",
        "Lương thỏa thuận",
        (
            "Lương hợp đồng",
            "Mức lương thỏa thuận",
            "Tiền lương thỏa thuận",
            "Mức lương theo hợp đồng",
            "Tiền lương theo hợp đồng",
            "Mức lương hợp đồng",
            "Lương thoả thuận (đồng)",
        ),
        money,
        example="6.500.000",
    ),
    FieldSpec(
        "leadership",
        "Phụ cấp > Chức vụ",
        (
            "Phụ cấp chức vụ",
            "PCCV",
            "PC chức vụ",
            "Phụ cấp chức vụ lãnh đạo",
            "Hệ số phụ cấp chức vụ",
            "Phụ cấp > Lãnh đạo",
        ),
        _ALLOWANCE,
        example="0,5",
    ),
    FieldSpec(
        "beyond_frame_percent",
        "Phụ cấp > Vượt khung (%)",
        ("Phụ cấp > Thâm niên vượt khung", "Thâm niên vượt khung", "TNVK", "PC vượt khung", "Vượt khung"),
        _PERCENT,
        example="6%",
    ),
    FieldSpec(
        "seniority_percent",
        "Phụ cấp > Thâm niên nghề (%)",
        ("Thâm niên nghề", "Phụ cấp > Thâm niên", "PC thâm niên nghề", "TNN"),
        _PERCENT,
        example="12%",
    ),
    FieldSpec(
        "public_service_percent",
        "Phụ cấp > Công vụ (%)",
        ("Phụ cấp công vụ", "Công vụ", "PC công vụ", "PCCVụ"),
        _PERCENT,
        example="25%",
    ),
    FieldSpec(
        "profession_preferential_percent",
        "Phụ cấp > Ưu đãi nghề (%)",
        ("Phụ cấp > Ưu đãi theo nghề", "Ưu đãi nghề", "Ưu đãi theo nghề", "Phụ cấp > Ưu đãi", "PC ưu đãi nghề", "PCƯĐ"),
        _PERCENT,
        example="30%",
    ),
    FieldSpec(
        "profession_responsibility_percent",
        "Phụ cấp > Trách nhiệm nghề (%)",
        ("Phụ cấp > Trách nhiệm theo nghề", "Trách nhiệm nghề", "Trách nhiệm theo nghề", "PC trách nhiệm nghề"),
        _PERCENT,
        example="25%",
    ),
    FieldSpec(
        "party_union_percent",
        "Phụ cấp > Đảng, đoàn thể (%)",
        (
            "Phụ cấp > Công tác đảng, đoàn thể",
            "Công tác đảng, đoàn thể",
            "Phụ cấp > Công tác đảng",
            "Phụ cấp đảng, đoàn thể",
        ),
        _PERCENT,
        example="30%",
    ),
    FieldSpec(
        "retained_difference",
        "Phụ cấp > Chênh lệch bảo lưu",
        ("Chênh lệch bảo lưu", "Hệ số chênh lệch bảo lưu", "Hệ số bảo lưu", "Phụ cấp > Bảo lưu", "Bảo lưu"),
        _ALLOWANCE,
        example="0,34",
    ),
    FieldSpec("area", "Phụ cấp > Khu vực", ("Phụ cấp khu vực", "PC khu vực", "PCKV"), _ALLOWANCE, example="0,2"),
    FieldSpec("other", "Phụ cấp > Khác", ("Phụ cấp khác", "PC khác", "Các phụ cấp khác"), _ALLOWANCE, example="0,1"),
)
