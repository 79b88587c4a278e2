"""The stored explanation of a calculation as numbered lines of a paper: steps, parameters, refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from hrms.kernel.text import format_date, format_decimal, format_integer
from policies.labels import ANNEX_LABELS, CATEGORY_LABELS, MARK_LABELS, SEX_LABELS
from policies.salary.labels import ALLOWANCE_LABELS

_ISO = re.compile(r"(?a)\b(\d{4})-(\d{2})-(\d{2})\b")
_NUMBER = re.compile(r"(?a)-?\d+(?:\.\d+)?")
# Names of the program in brackets ("facts.congress_date") say nothing to the reader of a paper.
_CODE = re.compile(r"\s*\([a-z][a-z0-9]*(?:\.[a-z0-9_]+)+\)")
_ARITHMETIC = re.compile(r"[\d(\[].*[×+]")
_LONG_TABLE = 6  # values of a parameter; a longer table is named, not printed
_ALWAYS = "2019-01-01"  # first day the law data cover: "valid from the beginning"
_WORDS: Mapping[str, str] = {
    **CATEGORY_LABELS,
    **ALLOWANCE_LABELS,
    **SEX_LABELS,
    **ANNEX_LABELS,
    "leave_date": "theo ngày nghỉ",
    "decision_date": "theo ngày quyết định",
    "floor": "chỉ tính tháng trọn",
    "first_years": "số năm đầu",
    "first_months": "số tháng lương cho các năm đầu",
    "per_further_year": "mỗi năm tiếp theo",
    **{f"k{n}": f"nhóm khoản {n}" for n in range(1, 6)},
}


@dataclass(frozen=True)
class TreeLine:
    """One step. ``met`` says yes or no for a condition; ``parameter`` is one readable sentence."""

    number: str
    depth: int
    label: str
    value: str
    formula: str
    article: str
    parameter: str
    taken: str
    refused: tuple[str, ...]
    met: bool | None

    @property
    def joint(self) -> str:
        """What stands between value and formula: an equals sign only where the formula is arithmetic."""
        return "=" if _ARITHMETIC.match(self.formula) else "–"


def tree_lines(trace: Mapping[str, Any]) -> list[TreeLine]:
    """The tree from the root down, numbered 1, 1.1, 1.1.1; the root itself is the total and is left out."""
    found: list[TreeLine] = []
    for position, child in enumerate(trace.get("children") or (), start=1):
        _walk(child, str(position), 0, found)
    return found


def _walk(node: Mapping[str, Any], number: str, depth: int, found: list[TreeLine]) -> None:
    value, unit = node.get("value"), node.get("unit") or ""
    branch = node.get("branch") or {}
    parameter = node.get("parameter")
    label = str(node["label"])
    # A leaf that only shows a parameter says everything in the parameter's sentence.
    only_parameter = parameter is not None and not node.get("formula") and parameter.get("label") == label
    met = value if isinstance(value, bool) and not only_parameter else None
    found.append(
        TreeLine(
            number=number,
            depth=depth,
            label=label,
            value="" if met is not None or value is None or only_parameter else value_text(value, unit),
            formula=plain(node.get("formula") or ""),
            article=str(node.get("article") or ""),
            parameter="" if parameter is None else parameter_text(parameter, with_label=not only_parameter),
            taken=str(branch.get("taken") or ""),
            refused=tuple(_refusal(entry) for entry in branch.get("refused") or ()),
            met=met,
        )
    )
    for position, child in enumerate(node.get("children") or (), start=1):
        _walk(child, f"{number}.{position}", depth + 1, found)


def _refusal(entry: Mapping[str, Any]) -> str:
    article = f" ({entry['article']})" if entry.get("article") else ""
    return f"{entry['label']}{article}: {plain(entry['reason'])}"


def plain(text: str) -> str:
    """A sentence of the engine without the program's own names."""
    return _CODE.sub("", text)


def value_text(value: Any, unit: str = "") -> str:
    """A value of the trace in Vietnamese office form."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, int):
        text = format_integer(value)
    elif isinstance(value, Decimal):
        text = format_decimal(value)
    elif isinstance(value, str):
        text = _text(value)
    elif isinstance(value, Mapping):
        if len(value) > _LONG_TABLE or any(isinstance(v, (Mapping, list)) for v in value.values()):
            return "theo bảng của văn bản"
        text = "; ".join(f"{_WORDS.get(str(k), str(k))}: {value_text(v)}" for k, v in value.items())
    elif isinstance(value, Sequence):
        text = ", ".join(value_text(v) for v in value)
    else:
        text = str(value)
    if not unit or unit in ("điều kiện", "ngày"):
        return text
    if unit == "%":
        return f"{text}%"
    return f"hệ số {text}" if unit == "hệ số" else f"{text} {unit}"


def _text(value: str) -> str:
    if value in _WORDS:
        return _WORDS[value]
    if _NUMBER.fullmatch(value):
        return format_decimal(Decimal(value))
    return _ISO.sub(lambda m: f"{m[3]}/{m[2]}/{m[1]}", value)


def parameter_text(parameter: Mapping[str, Any], *, with_label: bool = True) -> str:
    """``Mức lương cơ sở: 2.340.000; áp dụng từ 01/07/2024 đến 30/06/2026; NĐ 73/2024/NĐ-CP; [S] nguồn thứ cấp``."""
    mark = str(parameter.get("mark") or "")
    value = value_text(parameter.get("value"), str(parameter.get("unit") or ""))
    parts = [f"{parameter['label']}: {value}" if with_label else value]
    since, until = parameter.get("from"), parameter.get("to")
    if since and since != _ALWAYS:
        parts.append(f"áp dụng từ {_day(since)}" + (f" đến {_day(until)}" if until else ""))
    elif until:
        parts.append(f"áp dụng đến {_day(until)}")
    if parameter.get("article"):
        parts.append(str(parameter["article"]))
    if mark:
        parts.append(f"[{mark}] {MARK_LABELS.get(mark, '')}".strip())
    if parameter.get("document"):
        parts.append(str(parameter["document"]))
    return "; ".join(parts)


def _day(value: Any) -> str:
    return format_date(value if isinstance(value, date) else date.fromisoformat(str(value)[:10]))
