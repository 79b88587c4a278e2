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
from policies.nd29 import rules as nd29
from policies.nd154 import rules as nd154
from policies.nd177 import rules as nd177
from policies.nd178 import decree as nd178
from policies.nd178 import other_benefits as nd178_other
from policies.nd178.conditions import BOOK as BOOK_178
from policies.nd179 import rules as nd179
from policies.nq07 import rules as nq07


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


def _has_group_177(case: Case) -> bool:
    return case.person.group_177 is not None or case.benefit == "waiting_leave"


def _asks_for_talent(case: Case) -> bool:
    """A monthly allowance is never weighed against a grant for leaving."""
    return case.benefit == "talent_allowance"


DECREES: tuple[Decree, ...] = (
    Decree(
        nd178.IDENTITY,
        ("early_retirement", "severance", "retained_leadership_allowance", "grassroots_secondment"),
        nd178.evaluate,
        _always,
        (BOOK_178, nd178_other.BOOK),
    ),
    Decree(nd177.IDENTITY, nd177.BOTH, nd177.evaluate, _has_group_177, (nd177.BOOK,)),
    Decree(nd154.SCHEME.identity, ("early_retirement", "severance"), nd154.evaluate, _always, (nd154.BOOK,)),
    Decree(nq07.IDENTITY, nq07.BENEFITS, nq07.evaluate, _always, (nq07.BOOK,)),
    Decree(nd29.SCHEME.identity, ("early_retirement", "severance"), nd29.evaluate, _always, (nd29.BOOK,)),
    Decree(nd179.IDENTITY, nd179.BENEFITS, nd179.evaluate, _asks_for_talent, (nd179.BOOK,)),
)
BY_CODE = {decree.code: decree for decree in DECREES}
