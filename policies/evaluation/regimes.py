"""Which regime rates whom for which period (rows of ``regimes.yaml``), and the province's layer over it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from policies.engine.dates import OPEN_END
from policies.engine.trace import Branch, Node, Refused, text
from policies.evaluation.configuration import Configuration, default_configuration
from policies.evaluation.data import day_of, reasons, regimes, rows

CONDITIONS = ("unit_rules", "head_decides", "public_service_unit")


@dataclass(frozen=True, slots=True)
class _Row:
    side: str
    person_types: frozenset[str]
    ends_from: date
    ends_to: date
    starts_from: date
    conditions: tuple[tuple[str, bool], ...]
    regime: str
    article: str
    warning: str | None


@lru_cache(maxsize=1)
def _rows() -> tuple[_Row, ...]:
    return tuple(
        _Row(
            r["side"],
            frozenset(r["person_types"]),
            day_of(r.get("ends_from"), date.min),
            day_of(r.get("ends_to"), OPEN_END),
            day_of(r.get("starts_from"), date.min),
            tuple((key, bool(r[key])) for key in CONDITIONS if key in r),
            r["regime"],
            r["article"],
            r.get("warning"),
        )
        for r in rows("regimes", "selection")
    )


@dataclass(frozen=True, slots=True)
class Selected:
    """``regime`` or ``error`` (NO_REGIME, PERIOD_CROSSES_REGIMES), ``overlay`` HY1071 or None, a warning code."""

    regime: str | None
    overlay: str | None
    warning: str | None
    error: str | None
    trace: Node = field(compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The output of the case files."""
        found: dict[str, Any] = {"regime": self.regime}
        for key in ("overlay", "warning", "error"):
            if value := getattr(self, key):
                found[key] = value
        return found


def select_regime(
    person_type: str,
    period_start: date,
    period_end: date,
    side: str = "STATE",
    *,
    unit_rules_issued: bool | None = None,
    head_decides: bool = False,
    public_service_unit: bool = False,
    configuration: Configuration | None = None,
) -> Selected:
    """The regime of a period. ``unit_rules_issued`` None counts as issued; ``head_decides``: NĐ 233 Điều 20 khoản 2."""
    facts = {
        "unit_rules": unit_rules_issued is not False,
        "head_decides": head_decides,
        "public_service_unit": public_service_unit,
    }
    found: list[_Row] = []
    refused: list[Refused] = []
    spans_two = False
    for row in _rows():
        if row.side != side or person_type not in row.person_types:
            continue
        if any(facts[key] is not wanted for key, wanted in row.conditions):
            refused.append(Refused(regimes()[row.regime].name, row.article, text("điều kiện riêng không có")))
        elif not row.ends_from <= period_end <= row.ends_to:
            refused.append(Refused(regimes()[row.regime].name, row.article, text("kỳ kết thúc ngày {0}", period_end)))
        elif period_start < row.starts_from:
            spans_two = spans_two or period_end >= row.starts_from
            refused.append(Refused(regimes()[row.regime].name, row.article, text("kỳ bắt đầu ngày {0}", period_start)))
        else:
            found.append(row)
    overlay = _overlay(period_end, configuration)
    if len(found) != 1:
        code = "PERIOD_CROSSES_REGIMES" if spans_two or found else "NO_REGIME"
        why = reasons()[code]
        return Selected(None, None, None, code, Node(why.text, code, None, None, why.article, None,
                                                     Branch("Không chọn được", refused)))  # fmt: skip
    row = found[0]
    chosen = regimes()[row.regime]
    node = Node("Chế độ đánh giá", chosen.name, None, None, row.article, None, Branch(chosen.name, refused))
    if row.warning:
        why = reasons()[row.warning]
        node.children.append(Node(why.text, row.warning, None, None, why.article))
    if overlay:
        layer = regimes()["HY1071"]
        node.children.append(Node("Lớp quy định của tỉnh", layer.name, None, None, layer.article))
    return Selected(row.regime, overlay, row.warning, None, node)


def _overlay(period_end: date, configuration: Configuration | None) -> str | None:
    chosen = configuration or default_configuration(period_end)
    covered = chosen.day("hy1071.effective_from") <= period_end <= chosen.day("hy1071.effective_to")
    return "HY1071" if covered and chosen.value("hy1071.status") != "REPLACED" else None
