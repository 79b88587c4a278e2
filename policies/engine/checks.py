"""Soundness of the law data: every entry point and parameter, every month, neither silence nor two voices."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from policies.engine.dates import first_of_index, month_index
from policies.engine.errors import ParameterConflict, ParameterGap
from policies.engine.parameters import ParameterStore
from policies.engine.rules import RuleBook


def months_between(first: date, last: date) -> list[date]:
    """First days of all months from ``first`` to ``last``."""
    return [first_of_index(i) for i in range(month_index(first), month_index(last) + 1)]


def check_gaps_and_conflicts(store: ParameterStore, books: Iterable[RuleBook], first: date, last: date) -> list[str]:
    """Sentences about every gap and conflict between two dates; empty when sound.

    A parameter answers from its first day to its last; an entry point likewise. Overlaps and inner gaps are found to
    the day, months are walked besides so that every look-up is really made once.
    """
    found = store.problems()
    days = months_between(first, last)
    for name in store.names():
        versions = store.versions(name)
        for day in days:
            if versions[0].valid_from <= day <= versions[-1].valid_to:
                try:
                    store.at(name, day)
                except (ParameterGap, ParameterConflict) as error:
                    found.append(str(error))
    for book in books:
        for day in days:
            found.extend(book.problems(day))
    return list(dict.fromkeys(found))
