"""One calculation in progress: the case, the parameters, and what was used and flagged on the way."""

from __future__ import annotations

from datetime import date
from typing import Any

from policies.engine.case import Case
from policies.engine.parameters import ParameterStore, Version
from policies.engine.result import Reason
from policies.engine.trace import Node, parameter_node, text

# The two marks whose values need a look at the official text before money is paid on them.
DOUBTFUL = frozenset("UC")


class Workspace:
    """Collects the parameters each clause used and the warnings they give rise to.

    ``param`` looks a parameter up for ``day`` and remembers it for the clause being run. A doubtful value warns when it
    is *decisive*: when the other reading would change this case. Clauses that know better pass ``decisive=False``.
    """

    __slots__ = ("_flagged", "case", "day", "store", "used", "warnings")

    def __init__(self, case: Case, store: ParameterStore, day: date) -> None:
        self.case = case
        self.store = store
        self.day = day
        self.used: list[Version] = []
        self.warnings: list[Reason] = []
        self._flagged: set[str] = set()

    def version(self, name: str, *, decisive: bool = True, day: date | None = None) -> Version:
        """The dated value with its article and mark."""
        found = self.store.at(name, day or self.day)
        self.used.append(found)
        if decisive and found.mark in DOUBTFUL:
            self.flag(found)
        return found

    def param(self, name: str, *, decisive: bool = True, day: date | None = None) -> Any:
        """The bare value."""
        return self.version(name, decisive=decisive, day=day).value

    def flag(self, version: Version) -> None:
        """Warn once about a doubtful value that decided this case."""
        if version.name in self._flagged:
            return
        self._flagged.add(version.name)
        self.warnings.append(doubt(version))

    def warn(self, code: str, article: str, template: str, *args: object) -> None:
        """Add a warning of the contract."""
        self.warnings.append(Reason(code, article, text(template, *args)))

    def take_used(self) -> list[Version]:
        """What was looked up since the last call, without repetitions."""
        used, self.used = self.used, []
        if len(used) < 2:
            return used
        return list({id(v): v for v in used}.values())


def doubt(version: Version) -> Reason:
    """The warning a doubtful value deserves."""
    value = version.shown
    if version.mark == "C":
        others = ", ".join(version.words_for(a) for a in version.alternatives)
        return Reason(
            "conflicting_sources",
            version.article,
            text(
                "Các nguồn chưa thống nhất về “{0}” ({1}): đang áp dụng {2}{3}. {4}",
                version.label,
                version.name,
                value,
                f", cách hiểu khác: {others}" if others else "",
                version.note or "Cần đối chiếu văn bản gốc.",
            ),
        )
    return Reason(
        "unverified_parameter",
        version.article,
        text(
            "“{0}” ({1}) = {2} chưa được kiểm chứng với văn bản gốc; cần đối chiếu trước khi chi trả.{3}",
            version.label,
            version.name,
            value,
            f" {version.note}" if version.note else "",
        ),
    )


def parameter_children(used: list[Version], skip: Version | None = None) -> list[Node]:
    """Leaves for the parameters a clause used, without the one its node already shows."""
    return [parameter_node(v) for v in used if v is not skip]
