"""A value somebody typed, uploaded or stored, read as the type its parameter has in the engine; and written back.

The shape is learned from the values the parameter ever had: the same kinds of leaves, the same keys (tables by year or
by day may get new ones), only words the engine knows. Every message names what was found and what is wanted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _

from hrms.kernel.text import (
    DateFormatError,
    NumberFormatError,
    parse_full_date,
    parse_integer,
    parse_money,
    parse_number,
)
from policies.engine.errors import CaseFaults
from policies.engine.parameters import Version
from policies.engine.yamlio import read_yaml

# Units that count whole things; shares and multiples (“tháng lương”, “%”) may have fractions.
WHOLE_UNITS = frozenset({"đồng", "tháng", "ngày", "người", "năm", "tháng tuổi"})
LONGEST_WORDS = 400
LONGEST_TEXT = 20_000
_TABLE_KEY = re.compile(r"(?a)\d{4}(-\d{2}-\d{2})?\Z")
_NUMBER = re.compile(r"(?a)\d{1,15}(\.\d{1,12})?\Z")
_YES, _NO = {"có", "true", "1"}, {"không", "false", "0"}


class UnfitValue(ValueError):
    """The value does not have the type of its parameter; the message is Vietnamese and says what is wanted."""


def kind_of(version: Version) -> str:
    """``number`` | ``flag`` | ``day`` | ``words`` | ``table`` (anything with parts)."""
    value = version.value
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, (int, Decimal)):
        return "number"
    if isinstance(value, date):
        return "day"
    return "words" if isinstance(value, str) else "table"


def read_typed(versions: Sequence[Version], text: str) -> Any:
    """The value of a form's field: Vietnamese numbers and days; parts as YAML. Raises :class:`UnfitValue`."""
    text = text.strip()
    if not text:
        raise UnfitValue(_("Chưa nhập giá trị."))
    model = versions[-1]
    kind = kind_of(model)
    if kind == "table":
        return read_plain(versions, _yaml(text))
    if kind == "number":
        return read_plain(versions, _number(model, text))
    if kind == "day":
        try:
            return parse_full_date(text)
        except DateFormatError as error:
            raise UnfitValue(str(error)) from None
    if kind == "flag":
        word = text.lower()
        if word not in _YES | _NO:
            raise UnfitValue(_("“%(value)s” không phải có hoặc không. Hãy ghi “có” hoặc “không”.", value=text[:80]))
        return word in _YES
    return read_plain(versions, text)


def _number(model: Version, text: str) -> int | Decimal:
    bare = text.removesuffix("%").strip() if model.unit == "%" else text
    try:
        if model.unit == "đồng":
            return parse_money(bare)
        if model.unit in WHOLE_UNITS:
            return parse_integer(bare)
        return parse_number(bare)
    except NumberFormatError as error:
        raise UnfitValue(str(error)) from None


def _yaml(text: str) -> Any:
    if len(text) > LONGEST_TEXT:
        raise UnfitValue(_("Giá trị dài quá %(n)s ký tự.", n=LONGEST_TEXT))
    try:
        return read_yaml(text, "giá trị")
    except CaseFaults as error:
        raise UnfitValue("; ".join(str(fault) for fault in error.faults)) from None


def read_plain(versions: Sequence[Version], data: Any) -> Any:
    """The engine's value of plain data (JSON, YAML): exact numbers, frozen parts. Raises :class:`UnfitValue`."""
    model = versions[-1]
    return _read([version.value for version in versions], data, model, "")


def _read(samples: list[Any], data: Any, model: Version, path: str) -> Any:
    present = [sample for sample in samples if sample is not None]
    if data is None and len(present) < len(samples):
        return None
    sample = present[0] if present else ""
    if isinstance(sample, bool):
        return _flag(data, path)
    if isinstance(sample, (int, Decimal)):
        return _amount(data, sample, model, path)
    if isinstance(sample, date):
        return _day(data, path)
    if isinstance(sample, str):
        return _words(data, model, path)
    if isinstance(sample, Mapping):
        return _table(present, data, model, path)
    return _list(present, data, model, path)


def _unfit(path: str, data: Any, wanted: str) -> UnfitValue:
    shown = "…" if isinstance(data, (dict, list)) else str(data)[:80]
    if path:
        text = _("Mục %(path)s: “%(value)s” không đúng; cần %(wanted)s.", path=path, value=shown, wanted=wanted)
        return UnfitValue(text)
    return UnfitValue(_("“%(value)s” không đúng; cần %(wanted)s.", value=shown, wanted=wanted))


def _flag(data: Any, path: str) -> bool:
    if not isinstance(data, bool):
        raise _unfit(path, data, _("có hoặc không (true, false)"))
    return data


def _amount(data: Any, sample: Any, model: Version, path: str) -> int | Decimal:
    number: Any = data
    if isinstance(data, str) and _NUMBER.match(data):
        try:
            number = Decimal(data)
        except InvalidOperation:  # pragma: no cover - the pattern lets nothing else through
            number = None
    if isinstance(number, bool) or not isinstance(number, (int, Decimal)):
        raise _unfit(path, data, _("một số chính xác, ví dụ 5 hoặc 0.5"))
    if not Decimal(0) <= Decimal(number) < Decimal(10) ** 13:
        raise _unfit(path, data, _("một số không âm"))
    if model.unit in WHOLE_UNITS and Decimal(number) != Decimal(number).to_integral_value():
        raise _unfit(path, data, _("số nguyên (%(unit)s)", unit=model.unit))
    # The way the law writes it stays: 1.0 a fraction, 5 a whole number.
    if isinstance(sample, Decimal):
        return Decimal(number)
    return int(number) if number == int(number) else number


def _day(data: Any, path: str) -> date:
    if isinstance(data, date):
        return data
    try:
        return date.fromisoformat(data) if isinstance(data, str) and "-" in data else parse_full_date(str(data))
    except (DateFormatError, ValueError):
        raise _unfit(path, data, _("một ngày, dạng dd/mm/yyyy")) from None


def _words(data: Any, model: Version, path: str) -> str:
    if not isinstance(data, str) or not data.strip() or len(data) > LONGEST_WORDS:
        raise _unfit(path, data, _("chữ, tối đa %(n)s ký tự", n=LONGEST_WORDS))
    text = data.strip()
    if model.options and text not in model.options:
        by_label = {label: code for code, label in model.options.items()}
        if text in by_label:
            return by_label[text]
        known = "; ".join(f"{code} ({label})" for code, label in model.options.items())
        raise _unfit(path, data, _("một trong các từ: %(words)s", words=known))
    return text


def _list(samples: list[Any], data: Any, model: Version, path: str) -> tuple[Any, ...]:
    if data in ([], ()) and any(not sample for sample in samples):
        return ()  # the law itself leaves this list empty: there is nothing of the kind yet
    if not isinstance(data, (list, tuple)) or not data:
        raise _unfit(path, data, _("một danh sách, ví dụ [a, b]"))
    elements = [item for sample in samples for item in sample]
    counts = {len(sample) for sample in samples}
    if all(isinstance(item, (int, Decimal)) for item in elements) and len(data) not in counts:
        raise _unfit(path, len(data), _("đúng %(n)s số", n=max(counts)))
    return tuple(_read(elements, item, model, f"{path}[{index}]") for index, item in enumerate(data))


def _table(samples: list[Mapping[str, Any]], data: Any, model: Version, path: str) -> Mapping[str, Any]:
    if data == {} and not all(samples):
        return MappingProxyType({})
    if not isinstance(data, Mapping) or not data:
        raise _unfit(path, data, _("một bảng “khóa: giá trị”"))
    full = [sample for sample in samples if sample]
    keys = {key for sample in full for key in sample}
    needed = set.intersection(*(set(sample) for sample in full))
    dated = all(_TABLE_KEY.match(key) for key in keys)
    if dated:
        wrong = [key for key in data if not _TABLE_KEY.match(str(key))]
        if wrong:
            raise _unfit(path, ", ".join(map(str, wrong)), _("khóa là năm hoặc ngày, ví dụ 2026"))
    else:
        strange, lacking = sorted(set(data) - keys), sorted(needed - set(data))
        if strange:
            raise _unfit(path, ", ".join(strange), _("chỉ các khóa: %(keys)s", keys=", ".join(sorted(keys))))
        if lacking:
            raise _unfit(path, ", ".join(data), _("có thêm các khóa: %(keys)s", keys=", ".join(lacking)))
    everything = [item for sample in samples for item in sample.values()]
    return MappingProxyType(
        {
            str(key): _read(
                [sample[key] for sample in samples if key in sample] or everything,
                item,
                model,
                f"{path}.{key}" if path else str(key),
            )
            for key, item in data.items()
        }
    )


def text_of(version: Version) -> str:
    """The value as :func:`read_typed` reads it back: what a form starts from."""
    value = version.value
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, (int, Decimal, date, str)):
        return version.shown if not isinstance(value, str) else value
    return "\n".join(_yaml_lines(value))


def _yaml_lines(value: Any, depth: int = 0) -> Iterable[str]:
    lead = "  " * depth
    if isinstance(value, Mapping):
        for key, item in value.items():
            if item and isinstance(item, (Mapping, tuple)) and not _flat(item):
                yield f'{lead}"{key}":'
                yield from _yaml_lines(item, depth + 1)
            else:
                yield f'{lead}"{key}": {_flow(item)}'
    elif isinstance(value, tuple) and not _flat(value):
        yield from (f"{lead}- {_flow(item)}" for item in value)
    else:
        yield f"{lead}{_flow(value)}"


def _flat(value: Any) -> bool:
    return isinstance(value, tuple) and not any(isinstance(item, (Mapping, tuple)) for item in value)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f'"{key}": {_flow(item)}' for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
