"""How many deputies a body may have: NĐ 150/2025/NĐ-CP, NĐ 120/2020/NĐ-CP Điều 6, NQ 332/NQ-CP.

The numbers stand in ``parameters.yaml``; this module only knows which of them speaks for which body.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from policies.engine.dates import add_months
from policies.engine.errors import MalformedLawData, ParameterGap
from policies.engine.parameters import ParameterStore, Version
from policies.store import default_store

# Kinds of bodies under which a division is a division of a public service unit, not of an administrative body.
SERVICE_KINDS = ("service_unit",)


@dataclass(frozen=True, slots=True)
class DeputiesAllowed:
    """The answer: at most ``number`` deputies, by ``article`` with its evidence ``mark``.

    ``average``: the number is a mean over all such bodies of the province or commune; one body may have more while the
    sum stays within. ``reason`` says in Vietnamese which line of the rule was taken.
    """

    number: int
    article: str
    mark: str
    parameter: str
    average: bool
    reason: str


def deputies_allowed(
    kind: str,
    headcount: int,
    subunits: int = 0,
    *,
    day: date,
    parent_kind: str = "",
    large: bool = False,
    store: ParameterStore | None = None,
) -> DeputiesAllowed | None:
    """Deputies allowed on ``day`` for a body of ``kind`` with ``headcount`` people on quota and ``subunits`` divisions.

    ``parent_kind`` tells a division of a department from one of a public service unit, and a service unit of a
    department from one of a commune; ``large`` marks hospitals of class I and above and schools of 40 classes and more.
    ``None``: no rule in this store for such a body on that day (the number is then set by decision).
    """
    if headcount < 0 or subunits < 0:
        raise ValueError("headcount and subunits are not negative")
    law = store or default_store()
    try:
        return _answer(law, kind, headcount, subunits, day, parent_kind, large)
    except ParameterGap:
        return None


def _answer(
    law: ParameterStore, kind: str, headcount: int, subunits: int, day: date, parent_kind: str, large: bool
) -> DeputiesAllowed | None:
    if kind == "department":
        found = law.at("positions.deputies.department", day)
        return _allowed(found, found.value, "bình quân mỗi sở", average=True)
    if kind == "commune_office":
        found = law.at("positions.deputies.commune_office", day)
        return _allowed(found, found.value, "bình quân mỗi phòng chuyên môn cấp xã", average=True)
    if kind == "division" and parent_kind in SERVICE_KINDS:
        return _banded(law.at("positions.deputies.service_division", day), headcount, "người làm việc")
    if kind == "division":
        return _banded(law.at("positions.deputies.division", day), headcount, "biên chế")
    if kind == "branch":
        return _branch(law.at("positions.deputies.branch", day), subunits)
    if kind == "service_unit" and parent_kind == "department":
        found = law.at("positions.deputies.service_unit_of_department", day)
        reason = "bệnh viện hạng I trở lên, trường từ 40 lớp trở lên" if large else "đơn vị sự nghiệp thuộc sở"
        return _allowed(found, found.value["large" if large else "usual"], reason)
    if kind == "service_unit":
        return _banded(law.at("positions.deputies.service_unit", day), headcount, "người làm việc")
    return None


def _branch(found: Version, subunits: int) -> DeputiesAllowed:
    few: Mapping[str, Any] = found.value["few_divisions"]
    if few["from"] <= subunits <= few["to"]:
        return _allowed(found, few["deputies"], f"chi cục có {subunits} phòng")
    reason = f"chi cục có {subunits} phòng" if subunits else "chi cục không có phòng"
    return _allowed(found, found.value["otherwise"], reason)


def _banded(found: Version, headcount: int, counted: str) -> DeputiesAllowed:
    bands: Iterable[Mapping[str, Any]] = found.value
    for band in bands:
        if band["up_to"] is None or headcount <= band["up_to"]:
            return _allowed(found, band["deputies"], f"{headcount} {counted}")
    raise MalformedLawData(f"{found.name}: the last band has no open end")


def _allowed(found: Version, number: int, reason: str, *, average: bool = False) -> DeputiesAllowed:
    return DeputiesAllowed(number, found.article, found.mark, found.name, average, reason)


def surplus_deadline(decided_on: date, *, store: ParameterStore | None = None) -> date:
    """Day by which surplus deputies must be arranged, counted from the restructuring decision."""
    law = store or default_store()
    return add_months(decided_on, law.at("positions.surplus_deputies_months", decided_on).value)
