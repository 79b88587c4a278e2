"""Results as a plain text table for the command line."""

from __future__ import annotations

from collections.abc import Sequence

from policies.engine.money import format_date, format_int
from policies.engine.result import Result
from policies.labels import BENEFIT_LABELS

_HEADINGS = (
    "STT",
    "Mã",
    "Văn bản",
    "Chế độ",
    "Đủ ĐK",
    "Lương tháng",
    "Nghỉ sớm",
    "Ngày hưởng lương hưu",
    "Tổng (đồng)",
)
_RIGHT = frozenset({0, 5, 6, 8})


def as_table(results: Sequence[Result]) -> str:
    """One row per case, its lines below; amounts in đồng with Vietnamese separators. Ends with a newline."""
    rows = [_row(i, r) for i, r in enumerate(results, 1)]
    widths = [max(len(row[c]) for row in [_HEADINGS, *rows]) for c in range(len(_HEADINGS))]
    rule = "-+-".join("-" * w for w in widths)
    parts = [_line(_HEADINGS, widths), rule]
    for row, result in zip(rows, results, strict=True):
        parts.append(_line(row, widths))
        parts.extend(f"    {text}" for text in _details(result))
    if len(results) > 1:
        parts += [rule, f"Cộng {len(results)} hồ sơ: {format_int(sum(r.total for r in results))} đồng"]
    return "\n".join(parts) + "\n"


def _row(number: int, result: Result) -> tuple[str, ...]:
    return (
        str(number),
        "" if result.id is None else str(result.id),
        result.decree,
        BENEFIT_LABELS.get(result.benefit, result.benefit),
        "có" if result.eligible else "không",
        "" if result.monthly_salary is None else format_int(result.monthly_salary),
        "" if result.months_early is None else f"{result.months_early} tháng",
        "" if result.retirement_date is None else format_date(result.retirement_date),
        format_int(result.total),
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return " | ".join(
        cell.rjust(width) if i in _RIGHT else cell.ljust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ).rstrip()


def _details(result: Result) -> list[str]:
    found: list[str] = []
    for line in result.lines:
        data = line.to_dict()
        found.append(f"{line.label}: {data['formula']} = {format_int(line.amount)} đồng ({line.article})")
    if not result.eligible:
        found += [f"Không đủ điều kiện: {r.message} ({r.article})" for r in result.reasons]
    found += [f"Lưu ý: {w.message} ({w.article})" for w in result.warnings]
    return found
