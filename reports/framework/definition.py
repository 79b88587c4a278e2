"""What a report is: one frozen declaration per module of :mod:`reports.catalogue`, found by itself."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from hrms.kernel import access
from hrms.kernel.errors import NotFound
from reports.framework.facts import Fact
from reports.framework.parameters import Parameter
from reports.framework.result import Block, Produced

if TYPE_CHECKING:
    from reports.framework.asking import Asked

# Key → heading of the catalogue page, in the order of the page.
GROUPS: Mapping[str, str] = {
    "evaluation": "Đánh giá, xếp loại",
    "restructuring": "Sắp xếp, tinh giản biên chế",
    "rotation": "Luân chuyển, chuyển đổi vị trí công tác",
    "staff": "Nhân sự",
}


@dataclass(frozen=True)
class Schedule:
    """When the scheduler produces and files the report by itself. ``cron`` in APScheduler's fields, local time.

    ``role`` is the role whose holders are told; ``parameters`` are texts as typed ("" asks for each default).
    """

    cron: Mapping[str, str]
    role: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TextBlock:
    """A paragraph the application drafts and an editor finishes before the report is signed.

    ``draft`` writes it from the produced figures; ``before`` is the key of the block it stands in front of ("": the
    end of the report).
    """

    key: str
    title: str
    draft: Callable[[Asked, Produced], str]
    before: str = ""


@dataclass(frozen=True)
class Definition:
    """One report.

    ``build`` returns the blocks of tables in order. ``facts`` are those its figures open into. ``needs`` are the
    rights beside (report, read) without which there is no report at all.
    """

    key: str
    title: str
    group: str
    about: str
    parameters: tuple[Parameter, ...]
    build: Callable[[Asked], list[Block]]
    facts: tuple[Fact, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    schedule: Schedule | None = None
    texts: tuple[TextBlock, ...] = ()
    bases: tuple[str, ...] = ()  # the legal documents the report rests on, printed under its heading
    paper: str = "A4"

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)

    def fact(self, key: str) -> Fact:
        """The fact of that key. Raises :class:`NotFound` for one that is not of this report."""
        found = next((fact for fact in self.facts if fact.key == key), None)
        if found is None:
            raise NotFound()
        return found

    @property
    def allowed(self) -> bool:
        """Whether the actor may see this report at all."""
        return access.may("report", "read") and all(access.may(*pair) for pair in self.needs)


def group_title(group: str) -> str:
    return GROUPS[group]


@lru_cache(maxsize=1)
def definitions() -> dict[str, Definition]:
    """Every definition by its key: each module of :mod:`reports.catalogue` with a ``REPORT`` in it."""
    import reports.catalogue

    found: dict[str, Definition] = {}
    for module in pkgutil.walk_packages(reports.catalogue.__path__, prefix="reports.catalogue."):
        loaded = importlib.import_module(module.name)
        for report in getattr(loaded, "REPORTS", None) or [r for r in [getattr(loaded, "REPORT", None)] if r]:
            if report.key in found:
                raise ValueError(f"two reports are called {report.key!r}")
            if report.group not in GROUPS:
                raise ValueError(f"report {report.key!r}: unknown group {report.group!r}")
            found[report.key] = report
    order = list(GROUPS)
    return dict(sorted(found.items(), key=lambda pair: (order.index(pair[1].group), pair[1].title)))


def definition(key: str) -> Definition:
    """The report of that key for the present actor. Unknown or not allowed look the same: :class:`NotFound`."""
    found = definitions().get(key)
    if found is None or not found.allowed:
        raise NotFound()
    return found
