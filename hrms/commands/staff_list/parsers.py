"""Cells that only a staff list has: ngạch codes, bậc, salary in one cell, insurance time, sex, membership."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from hrms.kernel.spreadsheets import CellValue, FieldError, show
from hrms.kernel.spreadsheets.fields import decimal_between, mark, text
from hrms.kernel.text import (
    DateFormatError,
    exact,
    fold,
    normalize,
    parse_date,
    parse_decimal,
    parse_integer,
    proper_name,
)

_GRADE_CODE = re.compile(r"\d{2}[A-Z]?\.\d{3}|V\.\d{2}\.\d{2}\.\d{2}")
_CODE_IN_TEXT = re.compile(r"\bV[.\s]?\s?\d{2}[.\s]\d{2}[.\s]\d{2}\b|\b\d{2}[a-zA-Z]?\.\d{3}\b")
_STEP_IN_TEXT = re.compile(
    r"\b(?:bậc|bac|b)\s*[:=]?\s*(\d{1,2})(?:\s*/\s*(\d{1,2}))?|\b(\d{1,2})\s*/\s*(\d{1,2})\b", re.IGNORECASE
)
_BEYOND_IN_TEXT = re.compile(
    r"(?:\(?\+?\s*)(?:vượt khung|vuot khung|tnvk|vk)\s*[:=]?\s*(\d{1,2}(?:[.,]\d)?)\s*%?\)?", re.IGNORECASE
)
_COEFFICIENT_IN_TEXT = re.compile(
    r"(?:\b(?:hệ số lương|hệ số|he so|hsl|hs)\b\s*[:=]?\s*)?(\d{1,2}(?:[.,]\d{1,3})?)", re.IGNORECASE
)
_GRADE_WORDS = re.compile(r"\b(?:mã số|mã|ngạch|lương|cdnn|hệ số|bậc|hs|hsl)\b|[;,:()\-–/+.]", re.IGNORECASE)
_YEARS_MONTHS = re.compile(
    r"(?:(\d{1,2})\s*(?:năm|nam|n)(?![^\W\d_])\.?)?(?:\s|,|;|và)*(?:(\d{1,3})\s*(?:tháng|thang|th|t)(?![^\W\d_])\.?)?",
    re.IGNORECASE,
)
_NAME = re.compile(r"[^\W\d_][^\W\d_'’.\- ]*(?:[ '’.\-]+[^\W\d_]+)*\.?")
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]?$")
_MALE = frozenset({"nam", "m", "male", "ong", "trai"})
_FEMALE = frozenset({"nu", "f", "female", "ba", "gai"})
_ANNEX = {"i": "I", "1": "I", "ii": "II", "2": "II"}


@dataclass(frozen=True, slots=True)
class Step:
    """Bậc ``number`` of ``of`` (where the cell says so), with the thâm niên vượt khung written beside it."""

    number: int
    of: int | None = None
    beyond_frame_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Grade:
    """A ngạch by its code, or by its name where the list writes no code."""

    code: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class SalaryGrade:
    """What one cell says about the salary, in any order."""

    coefficient: Decimal | None = None
    step: Step | None = None
    grade: Grade | None = None


def person_name(value: CellValue) -> str:
    """A name as it is written on papers; capitals become ordinary writing, a remark in brackets is dropped."""
    if not isinstance(value, str):
        raise FieldError(_("“%(value)s” không phải họ tên. Hãy ghi họ và tên bằng chữ.", value=show(value)))
    bare = normalize(value)
    bare = _REMARK.sub("", bare) or bare
    if not _NAME.fullmatch(bare):
        message = _("“%(value)s” có ký tự không dùng trong họ tên. Hãy chỉ ghi họ và tên.", value=show(value))
        raise FieldError(message)
    if len(bare) > 150:
        raise FieldError(_("“%(value)s…” dài quá 150 ký tự. Hãy rút gọn.", value=bare[:30]))
    return proper_name(bare)


def sex(value: CellValue) -> str:
    """``Nam`` → male, ``Nữ`` → female."""
    word = fold(text(value)).strip(" .")
    if word in _MALE:
        return "male"
    if word in _FEMALE:
        return "female"
    raise FieldError(_("“%(value)s” không rõ giới tính. Hãy ghi Nam hoặc Nữ.", value=show(value)))


def membership(value: CellValue) -> bool:
    """``x``; a date stands for the day of admission and means yes."""
    try:
        return mark(value)
    except FieldError:
        try:
            parse_date(value)
        except DateFormatError:
            if fold(text(value)) in {"dang vien", "chinh thuc", "du bi"}:
                return True
            raise FieldError(
                _("“%(value)s” không rõ là đảng viên hay không. Hãy ghi x hoặc để trống.", value=show(value))
            ) from None
        return True


def annex(value: CellValue) -> str:
    """Annex I (ordinary conditions) or II (hazardous work, hard areas) of NĐ 135/2020/NĐ-CP."""
    word = re.sub(r"^(?:phu luc|pl)\s*", "", fold(text(value))).strip(" .")
    if word not in _ANNEX:
        raise FieldError(_("“%(value)s” không phải phụ lục. Hãy ghi I hoặc II.", value=show(value)))
    return _ANNEX[word]


def _turned_into_date(value: CellValue, example: str) -> FieldError:
    message = _(
        "Excel đã đổi ô này thành ngày %(value)s. Hãy định dạng ô là văn bản (Text) rồi ghi lại, ví dụ %(example)s.",
        value=show(value),
        example=example,
    )
    return FieldError(message)


_PLAUSIBLE_COEFFICIENT = decimal_between(Decimal(1), Decimal(13))


def coefficient(value: CellValue) -> Decimal | SalaryGrade:
    """``4,98``; a cell that tells the whole salary (``4,98 bậc 9``) is read as such."""
    if isinstance(value, date):
        raise _turned_into_date(value, "4,98")
    if isinstance(value, str):
        words = normalize(value)
        if re.search(r"\d", words) and re.search(r"[^\W\d_]|[;/]", words):
            return salary_grade(value)
    return _PLAUSIBLE_COEFFICIENT(value)


def step(value: CellValue) -> Step:
    """``6/9``, ``6``, ``bậc 6``, ``9/9 VK 7%``."""
    if isinstance(value, date):
        raise _turned_into_date(value, "6/9")
    if not isinstance(value, str):
        return _step(value, parse_integer(exact(value)) if isinstance(value, float) else value, None, None)
    words = normalize(value)
    beyond = _BEYOND_IN_TEXT.search(words)
    rest = words.replace(beyond.group(), " ") if beyond else words
    found = re.fullmatch(r"\s*(?:bậc|bac|b)?\s*[:.]?\s*(\d{1,2})(?:\s*/\s*(\d{1,2}))?\s*", rest, re.IGNORECASE)
    if not found:
        raise FieldError(_("“%(value)s” không phải bậc lương. Hãy ghi như 6 hoặc 6/9.", value=show(value)))
    return _step(value, int(found.group(1)), found.group(2), beyond.group(1) if beyond else None)


def _step(value: CellValue, number: object, of: str | None, beyond: str | None) -> Step:
    last = int(of) if of else None
    if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= (last or 16) <= 16:
        raise FieldError(_("“%(value)s” không phải bậc lương có thật. Hãy ghi như 6 hoặc 6/9.", value=show(value)))
    return Step(number, last, parse_decimal(beyond) if beyond else None)


def _code(raw: str) -> str:
    code = re.sub(r"[\s,]+", ".", raw.upper().strip(" ."))
    code = re.sub(r"\.{2,}", ".", re.sub(r"^V(?=\d)", "V.", code))
    return f"0{code}" if re.fullmatch(r"\d[A-Z]?\.\d{3}", code) else code


def _no_grade(value: CellValue) -> FieldError:
    return FieldError(_("“%(value)s” không phải mã ngạch. Hãy ghi như 01.003 hoặc V.07.03.29.", value=show(value)))


def grade(value: CellValue) -> Grade:
    """``01.003``, ``V.07.03.29``; a number cell has lost its zeros (1.003), a name (``Chuyên viên``) stays a name."""
    if isinstance(value, date):
        raise _turned_into_date(value, "01.003")
    if isinstance(value, str):
        raw = normalize(value)
    elif isinstance(value, float) and math.isfinite(value) and value % 1:
        raw = f"{exact(value):.3f}"
    else:
        raise _no_grade(value)
    if not any(char.isdigit() for char in raw):
        return Grade(name=raw[:120])
    code = _code(raw)
    if not _GRADE_CODE.fullmatch(code):
        inside = _CODE_IN_TEXT.search(raw)
        if inside is None:
            raise _no_grade(value)
        return Grade(_code(inside.group()), _GRADE_WORDS.sub(" ", raw.replace(inside.group(), " ")).strip()[:120])
    return Grade(code)


def salary_grade(value: CellValue) -> SalaryGrade:
    """``Hệ số 4,98; bậc 9; 01.003`` in any order, with or without words."""
    if isinstance(value, date):
        raise _turned_into_date(value, "4,98")
    if not isinstance(value, str):
        number = _PLAUSIBLE_COEFFICIENT(value)
        return SalaryGrade(number if isinstance(number, Decimal) else None)
    rest = normalize(value)
    found_code, rest = _take(_CODE_IN_TEXT, rest)
    found_beyond, rest = _take(_BEYOND_IN_TEXT, rest)
    found_step, rest = _take(_STEP_IN_TEXT, rest)
    found_coefficient, rest = _take(_COEFFICIENT_IN_TEXT, rest)
    name = " ".join(_GRADE_WORDS.sub(" ", rest).split())
    if any(char.isdigit() for char in name) or not (found_code or found_step or found_coefficient):
        message = _("“%(value)s” không đọc được. Hãy ghi như: Hệ số 4,98; bậc 9; 01.003.", value=show(value))
        raise FieldError(message)
    step_value = None
    if found_step:
        number, of = (found_step.group(1), found_step.group(2)) if found_step.group(1) else found_step.group(3, 4)
        step_value = _step(value, int(number), of, found_beyond.group(1) if found_beyond else None)
    return SalaryGrade(
        _PLAUSIBLE_COEFFICIENT(found_coefficient.group(1)) if found_coefficient else None,
        step_value,
        Grade(_code(found_code.group()) if found_code else "", name[:120]) if found_code or name else None,
    )


def _take(pattern: re.Pattern[str], words: str) -> tuple[re.Match[str] | None, str]:
    found = pattern.search(words)
    return (found, f"{words[: found.start()]} {words[found.end() :]}") if found else (None, words)


def insurance_time(value: CellValue) -> int:
    """``25 năm 3 tháng`` → 303 months. A bare number is refused: nobody can tell years from months."""
    if isinstance(value, str):
        found = _YEARS_MONTHS.fullmatch(normalize(value))
        if found and (found.group(1) or found.group(2)):
            years, months = int(found.group(1) or 0), int(found.group(2) or 0)
            if found.group(1) and months > 11:
                raise FieldError(
                    _("“%(value)s” có số tháng lẻ quá 11. Hãy đổi 12 tháng thành 1 năm.", value=show(value))
                )
            return 12 * years + months
    raise FieldError(_("“%(value)s” không rõ năm hay tháng. Hãy ghi như 25 năm 3 tháng.", value=show(value)))


@dataclass(frozen=True, slots=True)
class WholeTime:
    """A duration of insurance in months, written in words into a column meant for years or months alone."""

    months: int


def insurance_years_part(value: CellValue) -> int | WholeTime:
    """The years; ``25 năm 3 tháng`` in this column tells the whole time."""
    if isinstance(value, str) and re.search(r"[^\W\d_]", value):
        return WholeTime(insurance_time(value))
    return _part(value, 60)


def insurance_months_part(value: CellValue) -> int | WholeTime:
    """The months beside the years, 0 to 11; ``303 tháng`` in this column tells the whole time."""
    if isinstance(value, str) and re.search(r"[^\W\d_]", value):
        months = insurance_time(value)
        return months if months <= 11 else WholeTime(months)
    return _part(value, 11)


def _part(value: CellValue, high: int) -> int:
    if isinstance(value, (bool, date)) or not isinstance(value, (str, int, float)):
        raise FieldError(_("“%(value)s” không phải số nguyên. Hãy ghi số.", value=show(value)))
    number = parse_integer(value)
    if not 0 <= number <= high:
        message = _("“%(value)s” ngoài khoảng từ 0 đến %(high)s. Hãy kiểm tra lại.", value=show(value), high=high)
        raise FieldError(message)
    return number
