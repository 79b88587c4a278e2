"""Numbers the Vietnamese way: dots between thousands, a comma before decimals, and amounts in words.

Nothing here is a binary float on the way to money: a float that comes out of a spreadsheet cell becomes the decimal
the cell shows (:func:`exact`), and money must be whole.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from flask_babel import gettext as _

from hrms.kernel.text.normalize import normalize

Number = int | Decimal

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SPREADSHEET_DIGITS = 15  # what Excel keeps and shows of a number
_GROUPED = re.compile(r"\d{1,3}(?:[., ']\d{3})+", re.ASCII)
_PLAIN_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+", re.ASCII)


class NumberFormatError(ValueError):
    """The text is not the number that was asked for; the message is Vietnamese and ends with the remedy."""


def exact(value: float | int | Decimal) -> Decimal:
    """The decimal a spreadsheet shows for a stored binary number: 4.98, not 4.9800000000000004; finite only."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refuse(value, _("số; hãy ghi số như 4,98"))
        return Decimal(f"{value:.{_SPREADSHEET_DIGITS}g}")
    return Decimal(value)


def format_integer(value: int) -> str:
    """``1234567`` → ``1.234.567``."""
    return f"{value:,}".replace(",", ".")


def format_money(value: int) -> str:
    """``1234567`` → ``1.234.567 đồng``."""
    return f"{format_integer(value)} đồng"


def format_decimal(value: Number, places: int | None = None) -> str:
    """With a decimal comma and thousands dots. ``places`` pads or rounds half up; ``None`` keeps what is significant.

    >>> format_decimal(Decimal("4.980"))
    '4,98'
    >>> format_decimal(Decimal("1234.5"), 2)
    '1.234,50'
    """
    number = Decimal(value)
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
        text = f"{number:,f}"
    else:
        text = f"{number:,f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
    if not number:
        text = text.lstrip("-")
    return text.translate({ord(","): ".", ord("."): ","})


def format_percent(value: Number) -> str:
    """``Decimal("6")`` → ``6%``; the value counts hundredths."""
    return f"{format_decimal(value)}%"


def _refuse(raw: object, wanted: str) -> NumberFormatError:
    return NumberFormatError(_("“%(value)s” không phải %(wanted)s.", value=raw, wanted=wanted))


def _sign(text: str) -> tuple[int, str]:
    if text[:1] in "-−–" and text:  # hyphen, minus sign, dash
        return -1, text[1:].strip()
    if text.startswith("(") and text.endswith(")"):  # accountants' negative
        return -1, text[1:-1].strip()
    return 1, text.removeprefix("+").strip()


def parse_decimal(value: str | float | int | Decimal) -> Decimal:
    """A coefficient or a plain quantity: one comma or one dot, both are the decimal sign (``4,98`` = ``4.98``).

    Raises :class:`NumberFormatError` for anything else, thousands separators included unless there are several of them.
    """
    if not isinstance(value, str):
        if isinstance(value, bool):
            raise _refuse(value, _("số; hãy ghi số như 4,98"))
        return exact(value)
    text = normalize(value)
    sign, body = _sign(text)
    if _PLAIN_NUMBER.fullmatch(body):
        return sign * Decimal(body.replace(",", "."))
    try:
        return sign * _parse_mixed(body)
    except InvalidOperation:
        raise _refuse(value, _("số; hãy ghi số như 4,98")) from None


def _parse_mixed(body: str) -> Decimal:
    """Thousands separators and a decimal sign in one number: the last separator decides."""
    last = max(body.rfind("."), body.rfind(","))
    if last >= 0:
        separator = body[last]
        whole, fraction = body[:last], body[last + 1 :]
        if separator not in whole and _GROUPED.fullmatch(whole) and fraction.isdecimal():
            return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{fraction}")
    if _GROUPED.fullmatch(body) and len(set(re.findall(r"\D", body))) == 1:
        return Decimal(re.sub(r"\D", "", body))
    raise InvalidOperation


def parse_number(value: str | float | int | Decimal) -> Decimal:
    """Vietnamese writing, dots group thousands: ``1.234`` is 1234, ``1.234,5`` is 1234.5, but ``12.5`` is 12.5."""
    if isinstance(value, str):
        sign, body = _sign(normalize(value))
        if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", body):
            return sign * Decimal(body.replace(".", ""))
    return parse_decimal(value)


def parse_integer(value: str | float | int | Decimal) -> int:
    """A whole number; ``12,0`` is 12, ``12,5`` is refused."""
    number = parse_number(value)
    if number != number.to_integral_value():
        raise _refuse(value, _("số nguyên; hãy bỏ phần lẻ"))
    return int(number)


def parse_money(value: str | float | int | Decimal) -> int:
    """Whole đồng: ``1.234.567``, ``1,234,567``, ``1 234 567 đồng``, ``1.234.567,00``. Never a fraction of a đồng."""
    if isinstance(value, str):
        text = re.sub(r"\s*(?:đồng|đ|vnđ|vnd|₫)\.?$", "", normalize(value).lower())
        sign, body = _sign(text)
        if _GROUPED.fullmatch(body):
            separators = set(re.findall(r"\D", body))
            if len(separators) == 1:
                return sign * int(re.sub(r"\D", "", body))
        value = text
    try:
        number = parse_decimal(value)
    except NumberFormatError:
        raise _refuse(value, _("số tiền; hãy ghi số đồng như 1.234.567")) from None
    if number != number.to_integral_value():
        raise _refuse(value, _("số tiền tròn đồng; hãy ghi số đồng như 1.234.567"))
    return int(number)


def parse_percent(value: str | float | int | Decimal, *, cell_fraction: bool = False) -> Decimal:
    """Hundredths: ``6%`` = ``6`` = 6.

    ``cell_fraction``: a *number* strictly between 0 and 1 came from a cell formatted as a percentage (6 % is stored as
    0.06) and is multiplied by 100. Only for quantities that are never below one percent.
    """
    if isinstance(value, str):
        return parse_decimal(normalize(value).removesuffix("%").strip())
    number = parse_decimal(value)
    if cell_fraction and 0 < abs(number) < 1:
        return number * 100
    return number


def _read_group(group: int, leading: bool) -> list[str]:
    """Three digits. A group that is not the first says its empty places: không trăm, linh."""
    hundreds, rest = divmod(group, 100)
    tens, units = divmod(rest, 10)
    words: list[str] = []
    if hundreds or not leading:
        words += [_DIGITS[hundreds], "trăm"]
    if tens == 0:
        if units:
            words += (["linh"] if words else []) + [_DIGITS[units]]
        return words
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if units == 1 and tens > 1:
        words.append("mốt")
    elif units == 4 and tens > 1:
        words.append("tư")
    elif units == 5:
        words.append("lăm")
    elif units:
        words.append(_DIGITS[units])
    return words


def _read(value: int, leading: bool) -> list[str]:
    billions, rest = divmod(value, 10**9)
    words: list[str] = []
    if billions:
        words += [*_read(billions, leading), "tỷ"]
        leading = False
    for size, name in ((10**6, "triệu"), (10**3, "nghìn"), (1, "")):
        group, rest = divmod(rest, size)
        if group:
            words += _read_group(group, leading) + ([name] if name else [])
            leading = False
    return words


def integer_in_words(value: int) -> str:
    """A whole number of any size in words, small letters; thousands of billions are ``nghìn tỷ``.

    >>> integer_in_words(1_024_105)
    'một triệu không trăm hai mươi tư nghìn một trăm linh năm'
    """
    if value == 0:
        return _DIGITS[0]
    words = _read(abs(value), leading=True)
    return " ".join(["âm", *words] if value < 0 else words)


def amount_in_words(amount: int, unit: str = "đồng") -> str:
    """The sentence for "Số tiền bằng chữ": first letter capital, the unit at the end.

    >>> amount_in_words(852_140_250)
    'Tám trăm năm mươi hai triệu một trăm bốn mươi nghìn hai trăm năm mươi đồng'
    """
    words = integer_in_words(amount)
    return f"{words[0].upper()}{words[1:]} {unit}".strip()
