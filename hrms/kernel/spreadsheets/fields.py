"""What a column may be called and how its cells are read: the vocabulary an import hands to the machinery."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from hrms.kernel.spreadsheets.limits import CellFault, CellValue
from hrms.kernel.text import (
    PartialDate,
    exact,
    fold,
    format_date,
    format_decimal,
    normalize,
    parse_date,
    parse_decimal,
    parse_full_date,
    parse_integer,
    parse_money,
    parse_percent,
)

Parser = Callable[[CellValue], Any]
"""Turns a cell that is not empty into a typed value; raises :class:`ValueError` with a Vietnamese sentence."""

_DASHES = re.compile(r"[\s\-–—_.…/]*")
_LOST_ZEROS = 2
_MARKS_OF_YES = frozenset({"x", "v", "✓", "✔", "co", "yes", "true", "1", "dung", "r", "þ"})
_MARKS_OF_NO = frozenset({"khong", "ko", "k", "no", "false", "0", "chua", "o"})


class FieldError(ValueError):
    """A cell's value does not suit its field."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One thing a table can tell.

    ``synonyms`` are the titles columns carry in the wild; ``"Phụ cấp > Khác"`` wants the column *Khác* under the
    group *Phụ cấp*. ``label`` is what people read, ``example`` a correct cell. ``required`` cells may not be empty.
    """

    key: str
    label: str
    synonyms: tuple[str, ...]
    parser: Parser
    required: bool = False
    example: str = ""

    @property
    def titles(self) -> tuple[str, ...]:
        return (self.label, *self.synonyms)


def show(value: CellValue) -> str:
    """The cell as a person sees it, for messages and for the workbook of errors."""
    if isinstance(value, str):
        return normalize(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return format_decimal(exact(value)) if -1e15 < value < 1e15 else f"{value:g}"
    if isinstance(value, datetime):
        return f"{format_date(value)} {value:%H:%M}" if value.time() != time() else format_date(value)
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, timedelta):
        return f"{value.total_seconds() / 3600:g} giờ"
    return str(value)


def is_blank(value: CellValue) -> bool:
    """Nothing, spaces, or the dashes and dots people put where there is nothing to say."""
    if not isinstance(value, str):
        return False
    return not value[:1].isalnum() and not isinstance(value, CellFault) and bool(_DASHES.fullmatch(value))


def _scalar(value: CellValue, wanted: str) -> str | int | float:
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return value
    raise FieldError(_("“%(value)s” không phải %(wanted)s.", value=show(value), wanted=wanted))


def text(value: CellValue) -> str:
    """One line of normalised text; a number as a person would write it (``2010``, not ``2010.0``)."""
    if isinstance(value, str):
        cleaned = normalize(value)
        # Our own exports put an apostrophe before text that a spreadsheet would take for a formula.
        return cleaned[1:] if cleaned[:1] == "'" and cleaned[1:2] in {"=", "+", "-", "@"} else cleaned
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"{exact(value):f}".removesuffix(".0")
    return show(value)


def text_at_most(length: int) -> Parser:
    """Text of no more than ``length`` characters."""

    def parse(value: CellValue) -> str:
        cleaned = text(value)
        if len(cleaned) > length:
            start = cleaned[:30]
            message = _(
                "“%(value)s…” dài %(count)s ký tự, quá %(limit)s. Hãy rút gọn.",
                value=start,
                count=len(cleaned),
                limit=length,
            )
            raise FieldError(message)
        return cleaned

    return parse


def partial_date(value: CellValue) -> PartialDate:
    """A date with the precision it is written with."""
    return parse_date(value)


def full_date(value: CellValue) -> date:
    """A date that must name its day."""
    return parse_full_date(value)


def decimal(value: CellValue) -> Decimal:
    """A plain quantity with a decimal comma or dot."""
    return parse_decimal(_scalar(value, _("số; hãy ghi số như 4,98")))


def decimal_between(low: Decimal, high: Decimal) -> Parser:
    """A quantity from ``low`` to ``high``, both included."""

    def parse(value: CellValue) -> Decimal:
        number = decimal(value)
        if not low <= number <= high:
            raise _outside(value, format_decimal(low), format_decimal(high))
        return number

    return parse


def percent_between(low: Decimal, high: Decimal) -> Parser:
    """Hundredths from ``low`` to ``high``; a cell formatted as a percentage (0.06) counts as 6."""

    def parse(value: CellValue) -> Decimal:
        number = parse_percent(_scalar(value, _("tỷ lệ phần trăm; hãy ghi 6 hoặc 6%%")), cell_fraction=True)
        if not low <= number <= high:
            raise _outside(value, f"{format_decimal(low)}%", f"{format_decimal(high)}%")
        return number

    return parse


def integer_between(low: int, high: int) -> Parser:
    """A whole number from ``low`` to ``high``, both included."""

    def parse(value: CellValue) -> int:
        number = parse_integer(_scalar(value, _("số nguyên")))
        if not low <= number <= high:
            raise _outside(value, str(low), str(high))
        return number

    return parse


def _outside(value: CellValue, low: str, high: str) -> FieldError:
    return FieldError(
        _(
            "“%(value)s” ngoài khoảng từ %(low)s đến %(high)s. Hãy kiểm tra lại.",
            value=show(value),
            low=low,
            high=high,
        )
    )


def money(value: CellValue) -> int:
    """Whole đồng, not negative."""
    amount = parse_money(_scalar(value, _("số tiền; hãy ghi số đồng như 1.234.567")))
    if amount < 0:
        raise FieldError(_("“%(value)s” là số âm. Hãy kiểm tra lại số tiền.", value=show(value)))
    return amount


def mark(value: CellValue) -> bool:
    """A ticked cell: ``x``, ``có``, 1 for yes; ``không``, 0 for no."""
    if isinstance(value, bool):
        return value
    sign = fold(text(value)).strip(" .")
    if sign in _MARKS_OF_YES:
        return True
    if sign in _MARKS_OF_NO:
        return False
    raise FieldError(_("“%(value)s” không rõ là có hay không. Hãy ghi x hoặc để trống.", value=show(value)))


def choice(words: Mapping[str, str], expected: str) -> Parser:
    """One of several codes by the words people use for it (compared without case and diacritics).

    ``words`` maps folded words to codes; ``expected`` is the end of the sentence that refuses anything else.
    """

    def parse(value: CellValue) -> str:
        code = words.get(fold(text(value)).strip(" ."))
        if code is None:
            message = _(
                "“%(value)s” không có trong danh mục. Hãy ghi %(expected)s.", value=show(value), expected=expected
            )
            raise FieldError(message)
        return code

    return parse


def digits(lengths: tuple[int, ...], what: str) -> Parser:
    """An identity number kept as text: only digits, of one of the lengths.

    A number cell has lost the leading zeros: up to two are put back, more would be another number filled up.
    """

    def parse(value: CellValue) -> str:
        number = re.sub(r"[\s.\-']", "", text(value))
        if not isinstance(value, str) and number.isdigit():
            missing = min((length - len(number) for length in lengths if length >= len(number)), default=0)
            if missing <= _LOST_ZEROS:
                number = "0" * missing + number
        if not (number.isascii() and number.isdigit() and len(number) in lengths):
            wanted = _(" hoặc ").join(str(length) for length in lengths)
            message = _(
                "“%(value)s” không phải %(what)s. Hãy ghi đủ %(wanted)s chữ số.",
                value=show(value),
                what=what,
                wanted=wanted,
            )
            raise FieldError(message)
        return number

    return parse
