"""Reading the facts of a question: every fault with its path, value and remedy, all at once.

A key that looks like a slip of a known one is a fault; a key that is nothing like any known one is set aside and named
in the explanation (``unused``), because it may belong to a rule that a later version knows.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from policies.engine.money import HUNDRED
from policies.engine.reading import shown
from policies.questions import BadQuestion

T = TypeVar("T")

# How alike two keys must be to be taken for a slip of the keyboard.
_SLIP = Decimal("0.88")
_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,20})?\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def as_decimal(value: object) -> Decimal | None:
    """An exact number from int, Decimal or decimal text; None for anything else, binary floats included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, str) and _NUMBER.match(value.strip()):
        return Decimal(value.strip())
    return None


class Given:
    """The keys of one mapping under one path. ``faults`` is shared by all parts of a question."""

    def __init__(self, data: object, path: str, known: Iterable[str], faults: list[tuple[str, str]]) -> None:
        self.path = path
        self.faults = faults
        self.data: dict[str, Any] = {}
        self.unused: list[str] = []
        if not isinstance(data, Mapping):
            self.fault("", f"cần một nhóm khóa, nhận {shown(data)}")
            return
        names = frozenset(known)
        given = {str(key): value for key, value in data.items()}
        for key, value in given.items():
            if key in names:
                self.data[key] = value
                continue
            near = difflib.get_close_matches(
                key, [n for n in sorted(names) if n not in given], n=1, cutoff=float(_SLIP)
            )
            if near:
                self.fault(key, f"khóa '{key}' không có trong biểu; có phải là '{near[0]}'?")
            else:
                self.unused.append(key)

    def fault(self, key: str, message: str) -> None:
        """Record a fault at ``key``."""
        self.faults.append((f"{self.path}.{key}" if key else self.path, message))

    def has(self, key: str) -> bool:
        """True when the key is given and not null."""
        return self.data.get(key) is not None

    def decimal(self, key: str, default: Decimal | None = None, *, high: Decimal | int = HUNDRED) -> Decimal | None:
        """A number from 0 to ``high``."""
        value = self.data.get(key)
        if value is None:
            return default
        number = as_decimal(value)
        if number is None:
            self.fault(key, f'{shown(value)} không phải số; ghi số thập phân trong dấu nháy, ví dụ "69.99"')
        elif number < 0:
            self.fault(key, f"{shown(value)} là số âm; ghi số từ 0 đến {high}")
        elif number > high:
            self.fault(key, f"{shown(value)} quá lớn; ghi số từ 0 đến {high}")
        else:
            return number
        return default

    def whole(self, key: str, default: int | None = None, *, high: int = 10**6) -> int | None:
        """A whole number from 0 to ``high``."""
        number = self.decimal(key, high=high)
        if number is None:
            return default
        if number != number.to_integral_value():
            self.fault(key, f"{shown(self.data[key])} không phải số nguyên")
            return default
        return int(number)

    def boolean(self, key: str, default: bool | None = None) -> bool | None:
        """true or false."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, bool):
            return value
        self.fault(key, f"{shown(value)} không phải đúng/sai; ghi true hoặc false")
        return default

    def flag(self, key: str, default: bool = False) -> bool:
        """true or false with a default."""
        return bool(self.boolean(key, default))

    def choice(self, key: str, options: Iterable[str], default: str | None = None) -> str | None:
        """One word out of ``options``."""
        value = self.data.get(key)
        if value is None:
            return default
        words = tuple(options)
        if isinstance(value, str) and value in words:
            return value
        near = difflib.get_close_matches(str(value), words, n=1)
        hint = f" (có phải '{near[0]}'?)" if near else ""
        self.fault(key, f"{shown(value)} không hợp lệ{hint}; chọn một trong: {', '.join(words)}")
        return default

    def text(self, key: str, default: str = "") -> str:
        """Text; numbers are taken as written."""
        value = self.data.get(key)
        if value is None:
            return default
        if isinstance(value, (str, int, Decimal)) and not isinstance(value, bool):
            return str(value)
        self.fault(key, f"{shown(value)} không phải chữ")
        return default

    def day(self, key: str) -> date | None:
        """A date ``YYYY-MM-DD``."""
        value = self.data.get(key)
        if value is None or type(value) is date:
            return value
        return self.as_day(key, value)

    def as_day(self, key: str, value: object) -> date | None:
        """A date out of a value that stands at ``key``."""
        if type(value) is date:
            return value
        if isinstance(value, str) and _DAY.match(value):
            try:
                found = date.fromisoformat(value)
            except ValueError:
                self.fault(key, f"{shown(value)} không phải ngày có thật; hãy kiểm tra lại ngày, tháng")
                return None
            if _FIRST_YEAR <= found.year <= _LAST_YEAR:
                return found
            self.fault(key, f"{shown(value)} ngoài khoảng {_FIRST_YEAR}–{_LAST_YEAR}; hãy kiểm tra lại năm")
            return None
        self.fault(key, f"{shown(value)} không phải ngày; ghi dạng YYYY-MM-DD, ví dụ 2026-12-14")
        return None

    def year(self, key: str) -> int | None:
        """A year."""
        found = self.whole(key)
        if found is not None and not _FIRST_YEAR <= found <= _LAST_YEAR:
            self.fault(key, f"{shown(self.data[key])} không phải năm; ghi năm bốn chữ số")
            return None
        return found

    def items(self, key: str) -> list[Any]:
        """A list; empty when left out."""
        value = self.data.get(key)
        if value is None:
            return []
        if isinstance(value, (list, tuple)):
            return list(value)
        self.fault(key, f"{shown(value)} không phải danh sách")
        return []

    def groups(self, key: str, known: Iterable[str], make: Callable[[Given], T]) -> tuple[T, ...]:
        """A list of mappings, each read by ``make``."""
        names = tuple(known)
        return tuple(
            make(Given(item, f"{self.path}.{key}[{i}]", names, self.faults)) for i, item in enumerate(self.items(key))
        )

    def part(self, key: str, known: Iterable[str]) -> Given:
        """A mapping inside this one; empty when left out."""
        value = self.data.get(key)
        return Given({} if value is None else value, f"{self.path}.{key}", known, self.faults)

    def require(self, *keys: str, why: str = "") -> None:
        """Faults for keys that are left out."""
        for key in keys:
            if not self.has(key):
                self.fault(key, f"thiếu{'; ' + why if why else '; hãy ghi dữ kiện này'}")

    def check(self) -> None:
        """Raise ``BadQuestion`` when anything was wrong so far."""
        if self.faults:
            raise BadQuestion(self.faults)
