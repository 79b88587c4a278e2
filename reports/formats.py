"""How values are written on papers: dd/mm/yyyy in tables, ``ngày … tháng … năm …`` in text, 1.234.567, 4,98."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from markupsafe import Markup, escape

from hrms.kernel.text import (
    PartialDate,
    amount_in_words,
    format_date,
    format_decimal,
    format_integer,
    format_partial,
    integer_in_words,
    long_date,
    months_to_words,
    parse_date,
)

DOTS = "…………"


def day(value: date | str | None) -> str:
    """``05/01/2026``; an ISO text is read first; nothing stays nothing."""
    if not value:
        return ""
    return format_date(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


def day_in_text(value: date | str | None) -> str:
    """``ngày 05 tháng 01 năm 2026``; without a date the blanks a clerk fills in."""
    if not value:
        return "ngày …… tháng …… năm ……"
    return long_date(date.fromisoformat(value[:10]) if isinstance(value, str) else value)


def birth(value: date | None, precision: str = "day") -> str:
    """A birth date as precisely as it is known."""
    return "" if value is None else format_partial(PartialDate(value, precision))  # type: ignore[arg-type]


def birth_text(value: str | None) -> str:
    """The contract's birth date (``1966-05-20``, ``1966-05``, ``1966``) in office form."""
    return "" if not value else format_partial(parse_date(value))


def amount(value: int | None) -> str:
    """``1.234.567``, without the unit."""
    return "" if value is None else format_integer(value)


def number(value: Decimal | int | str | None) -> str:
    """``4,98``; what is not a number stays as it is."""
    if value is None or value == "":
        return ""
    try:
        return format_decimal(Decimal(value))
    except ArithmeticError:
        return str(value)


def two_digits(value: int | None) -> str:
    """Counts below ten take a zero in administrative text: ``03 người``."""
    return "" if value is None else f"{value:02d}"


def first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def first_lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def without_stop(text: str) -> str:
    """A sentence that is going to stand inside a list: its last stop is taken off."""
    return text.rstrip().rstrip(".;")


def unbroken(text: str) -> Markup:
    """Spaces that must not part: a name, a number with its unit."""
    return Markup(str(escape(text)).replace(" ", "&nbsp;"))  # noqa: S704 - escaped in the same breath


_NUMBER_OF_DOCUMENT = re.compile(r"\d+[\w.]*/[\w/-]+")


def refs(text: Any) -> Markup:
    """Numbers of documents (178/2024/NĐ-CP) stay on one line."""
    parts: list[Markup] = []
    source, at = str(text), 0
    for match in _NUMBER_OF_DOCUMENT.finditer(source):
        parts.append(escape(source[at : match.start()]))
        parts.append(Markup('<span class="ref">{}</span>').format(match.group()))
        at = match.end()
    parts.append(escape(source[at:]))
    return Markup("").join(parts)


FILTERS: Mapping[str, Callable[..., Any]] = {
    "day": day,
    "day_in_text": day_in_text,
    "amount": amount,
    "number": number,
    "words": amount_in_words,
    "count_words": integer_in_words,
    "months_words": months_to_words,
    "two": two_digits,
    "birth_text": birth_text,
    "first_upper": first_upper,
    "first_lower": first_lower,
    "without_stop": without_stop,
    "unbroken": unbroken,
    "refs": refs,
}
GLOBALS: Mapping[str, Any] = {"DOTS": DOTS}
