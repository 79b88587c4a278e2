"""The decrees the engine knows. A decree plugs in by one entry here; nothing else names them one by one.

``priority`` orders equal totals (law pack, precedence): the first wins. ``in_auto`` says whether ``decree: auto`` with
the given benefit looks at the decree for this case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from policies.engine.case import Case
from policies.engine.result import Result
from policies.engine.rules import RuleBook
from policies.leave import Identity, Shared
from policies.nd178 import decree as nd178
from policies.nd178 import other_benefits as nd178_other
from policies.nd178.conditions import BOOK as BOOK_178


@dataclass(frozen=True, slots=True)
class Decree:
    """One decree: identity, the benefits it knows, its rule books, and the function that answers a case."""

    identity: Identity
    benefits: tuple[str, ...]
    evaluate: Callable[[Shared, str], Result]
    in_auto: Callable[[Case], bool]
    books: tuple[RuleBook, ...]

    @property
    def code(self) -> str:
        """Code of the contract: 178, 177, 154, 29, 179, NQ07."""
        return self.identity.code


def _always(_: Case) -> bool:
    return True


DECREES: tuple[Decree, ...] = (
    Decree(
        nd178.IDENTITY,
        ("early_retirement", "severance", "retained_leadership_allowance", "grassroots_secondment"),
        nd178.evaluate,
        _always,
        (BOOK_178, nd178_other.BOOK),
    ),
)
BY_CODE = {decree.code: decree for decree in DECREES}
