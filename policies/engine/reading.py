"""Readers of single values: each checks one kind of value and records a fault with path, value and remedy."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from policies.engine.dates import PartialDate
from policies.engine.errors import Fault
from policies.engine.money import format_int, vietnamese

_FULL = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z", re.ASCII)
_YEAR = re.compile(r"\d{4}\Z", re.ASCII)
_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,6})?\Z", re.ASCII)
_DIGITS = re.compile(r"-?\d{1,15}\Z", re.ASCII)

FIRST_YEAR = 1900
LAST_YEAR = 2200
MISSING = object()


def shown(value: object) -> str:
    """A value inside a message, shortened."""
    text = "trống" if value is None else str(value)
    return f"'{text if len(text) <= 40 else text[:37] + '…'}'"


def nearest(key: str, known: Iterable[str]) -> str | None:
    """The known word closest to ``key``, None when nothing is near."""
    found = difflib.get_close_matches(key, list(known), n=1)
    return found[0] if found else None


class Reader:
    """Reads the values of one mapping under one path; all faults of a document share one list."""

    def __init__(
        self, data: Any, path: str, known: Iterable[str], faults: list[Fault], *, required: bool = True
    ) -> None:
        self.path = path
        self.faults = faults
        self.given = isinstance(data, Mapping)
        self.data: Mapping[Any, Any] = data if isinstance(data, Mapping) else {}
        names = tuple(known)
        if not self.given:
            if data is not None and data is not MISSING:
                self.fault("", f"cần một nhóm khóa, nhận {shown(data)}")
            elif required:
                self.fault("", f"thiếu; cần khai báo các khóa {', '.join(names[:4])}…")
        for key in self.data:
            if key not in names:
                near = nearest(str(key), names)
                hint = f"; có phải là '{near}'?" if near else f"; các khóa được dùng: {', '.join(names)}"
                self.fault(str(key), f"khóa '{key}' không có trong biểu{hint}")

    def fault(self, key: str, message: str) -> None:
        """Record a fault at ``key`` under this reader's path."""
        path = f"{self.path}.{key}" if key and self.path else key or self.path
        self.faults.append(Fault(path, message))

    def raw(self, key: str) -> Any:
        """The value as given; None when left out."""
        return self.data.get(key)

    def choice(
        self, key: str, options: tuple[str, ...], default: str | None = None, *, required: bool = False
    ) -> str | None:
        """One word out of ``options``."""
        value = self.raw(key)
        if value is None:
            if required:
                self.fault(key, f"thiếu; chọn một trong: {', '.join(options)}")
            return default
        if isinstance(value, str) and value in options:
            return value
        near = nearest(str(value), options)
        hint = f" (có phải '{near}'?)" if near else ""
        self.fault(key, f"{shown(value)} không hợp lệ{hint}; chọn một trong: {', '.join(options)}")
        return default

    def boolean(self, key: str, default: bool | None = None, *, required: bool = False) -> bool | None:
        """true or false."""
        value = self.raw(key)
        if value is None:
            if required:
                self.fault(key, "thiếu; ghi true hoặc false")
            return default
        if isinstance(value, bool):
            return value
        self.fault(key, f"{shown(value)} không phải đúng/sai; ghi true hoặc false")
        return default

    def whole(self, key: str, *, required: bool = False, largest: int, unit: str) -> int | None:
        """A whole number from 0 to ``largest``."""
        value = self.raw(key)
        if value is None:
            if required:
                self.fault(key, f"thiếu; ghi số nguyên {unit}")
            return None
        number = _as_int(value)
        if number is None:
            remedy = "; không dùng số thực nhị phân" if isinstance(value, float) else ""
            self.fault(key, f"{shown(value)} không phải số nguyên {unit}{remedy}; ghi số nguyên, không dấu phân cách")
            return None
        if number < 0:
            self.fault(key, f"{shown(value)} là số âm; ghi số {unit} từ 0 trở lên")
            return None
        if number > largest:
            self.fault(key, f"{shown(value)} quá lớn; ghi số {unit} không quá {format_int(largest)}")
            return None
        return number

    def decimal(self, key: str, *, largest: int, what: str) -> Decimal | None:
        """A decimal number from 0 to ``largest``, at most four digits after the point."""
        value = self.raw(key)
        if value is None:
            return None
        number = _as_decimal(value)
        if number is None:
            if isinstance(value, float):
                remedy = 'là số thực nhị phân; ghi số thập phân trong dấu nháy, ví dụ "4.98"'
            elif isinstance(value, str) and "," in value:
                remedy = 'dùng dấu phẩy; ghi dấu chấm thập phân, ví dụ "4.98"'
            else:
                remedy = f'không phải {what}; ghi số thập phân, ví dụ "4.98"'
            self.fault(key, f"{shown(value)} {remedy}")
            return None
        if number < 0:
            self.fault(key, f"{shown(value)} là số âm; {what} phải từ 0 trở lên")
            return None
        if number > largest:
            self.fault(key, f"{shown(value)} quá lớn; {what} không quá {vietnamese(largest)}")
            return None
        exponent = number.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -4:
            self.fault(key, f"{shown(value)} có quá 4 chữ số thập phân; hãy ghi lại {what}")
            return None
        return number

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A full date ``YYYY-MM-DD``."""
        value = self.raw(key)
        if value is None:
            if required:
                self.fault(key, "thiếu; ghi ngày dạng YYYY-MM-DD")
            return None
        if type(value) is date:
            return self._in_range(key, value)
        match = _FULL.match(value) if isinstance(value, str) else None
        if match is None:
            self.fault(key, f"{shown(value)} không phải ngày; ghi dạng YYYY-MM-DD, ví dụ 2025-06-01")
            return None
        return self._date(key, value, int(match[1]), int(match[2]), int(match[3]))

    def partial_date(self, key: str) -> PartialDate | None:
        """A date known to the day, month or year."""
        value = self.raw(key)
        if value is None:
            self.fault(key, "thiếu; ghi ngày sinh dạng YYYY-MM-DD, YYYY-MM hoặc YYYY")
            return None
        if isinstance(value, PartialDate):
            return value
        if type(value) is date:
            found = self._in_range(key, value)
            return None if found is None else PartialDate(found, "day")
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if isinstance(text, str):
            if match := _FULL.match(text):
                full = self._date(key, text, int(match[1]), int(match[2]), int(match[3]))
                return None if full is None else PartialDate(full, "day")
            if match := _MONTH.match(text):
                month = self._date(key, text, int(match[1]), int(match[2]), 1)
                return None if month is None else PartialDate(month, "month")
            if _YEAR.match(text):
                year = self._date(key, text, int(text), 1, 1)
                return None if year is None else PartialDate(year, "year")
        self.fault(key, f"{shown(value)} không phải ngày sinh; ghi dạng YYYY-MM-DD, YYYY-MM hoặc YYYY")
        return None

    def _date(self, key: str, text: str, year: int, month: int, day: int) -> date | None:
        try:
            found = date(year, month, day)
        except ValueError:
            self.fault(key, f"{shown(text)} không phải ngày có thật; hãy kiểm tra lại ngày, tháng")
            return None
        return self._in_range(key, found)

    def _in_range(self, key: str, found: date) -> date | None:
        if FIRST_YEAR <= found.year <= LAST_YEAR:
            return found
        self.fault(key, f"'{found.isoformat()}' ngoài khoảng {FIRST_YEAR}–{LAST_YEAR}; hãy kiểm tra lại năm")
        return None


def _as_int(value: Any) -> int | None:
    if isinstance(value, (bool, float)):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, Decimal):
        return int(value) if value.is_finite() and value == value.to_integral_value() else None
    if isinstance(value, str) and _DIGITS.match(value.strip()):
        return int(value)
    return None


def _as_decimal(value: Any) -> Decimal | None:
    if isinstance(value, (bool, float)):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, str) and _DECIMAL.match(value.strip()):
        return Decimal(value.strip())
    return None
