"""Which decree answers: the one that is asked for, or the best one for every row that leaves it open."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from policies.batch import nd177, nd178, others
from policies.batch.exact import Bools, Ints, Words
from policies.batch.group import Answer, Group
from policies.batch.people import BENEFIT_WORDS, DECREE_WORDS

# The order breaks equal totals, as in ``policies.decrees``.
LEAVES: tuple[tuple[str, Callable[[Group], Answer]], ...] = (
    ("178", nd178.answer),
    ("177", nd177.answer),
    ("154", lambda g: others.reduction(g, "154")),
    ("NQ07", others.resolution_07),
    ("29", lambda g: others.reduction(g, "29")),
)
_CODES = {word: np.int8(code) for code, word in enumerate(DECREE_WORDS)}
_WAITING = BENEFIT_WORDS.index("waiting_leave")
_SEVERANCE = BENEFIT_WORDS.index("severance")


def by_name(g: Group, decree: str) -> Answer:
    """The answer of one decree."""
    return others.talent(g) if decree == "179" else dict(LEAVES)[decree](g)


def special(g: Group, benefit: str) -> Answer:
    """Monthly allowances, which have nothing to do with a leave."""
    return others.talent(g) if benefit == "talent_allowance" else nd178.other(g, benefit)


def best(g: Group) -> tuple[Answer, Words, dict[str, Ints]]:
    """The highest total among the eligible; where nobody is, the decree that the leave date names.

    Returns the answer, the decree of each row (position in ``DECREE_WORDS``) and the total under each decree tried.
    """
    p = g.p
    waiting, severance = p.benefit == _WAITING, p.benefit == _SEVERANCE
    tried: list[tuple[str, Answer, Bools]] = []
    for code, function in LEAVES:
        if code == "177":
            applies = ((p.group_177 >= 0) & ~severance) | waiting
        elif code == "NQ07":
            applies = ~severance & ~waiting
        else:
            applies = ~waiting
        if applies.any():
            tried.append((code, function(g), applies))
    chosen: Words = np.where(waiting, _CODES["177"], _named(g))
    highest = np.full(g.size, -1, dtype=np.int64)
    for code, answer, applies in tried:
        better = applies & answer.eligible & (answer.total > highest)
        np.putmask(chosen, better, _CODES[code])
        np.copyto(highest, answer.total, where=better)
    result: Answer | None = None
    for code, answer, _ in tried:
        mask = chosen == _CODES[code]
        if result is None:
            result = answer
        elif mask.any():
            result = answer.where(mask, result)
    assert result is not None
    return result, chosen, {code: answer.total for code, answer, _ in tried}


def _named(g: Group) -> Words:
    """The table of the law pack (see ``policies.selection.decree_by_date``)."""
    p = g.p
    has_group = p.group_177 >= 0
    no_177 = p.benefit == _SEVERANCE
    if g.day < g.first_value("nd178.window.first_leave"):
        use_177 = has_group & (g.day >= g.first_value("nd177.in_force")) & ~no_177
        return np.where(use_177, _CODES["177"], _CODES["29"])
    open_178 = ~nd178.window_closed(g)
    reduction = "154" if g.day >= g.first_value("nd154.window.first") else "29"
    limit = g.store.versions("nd178.7a.max_months")[0]
    excluded = g.store.versions("nd178.7a.excluded_categories")[0].value
    covered = (g.gap <= limit.value) & ~g.category_in(excluded) & (g.day >= limit.valid_from)
    found: Words = np.where(open_178 & covered, _CODES["178"], _CODES[reduction])
    by_change = np.where(open_178 | (reduction == "29"), _CODES["178"], _CODES[reduction])
    np.copyto(found, by_change, where=p.affected)
    np.putmask(found, has_group & ~p.affected, _CODES["177"])
    in_7b = g.group_177_in(g.store.versions("nd178.7b.groups")[0].value)
    np.copyto(found, np.where(open_178, _CODES["178"], _CODES["177"]), where=in_7b)
    # Without the decree the table names among those tried, the first tried stands for it.
    np.putmask(found, (found == _CODES["177"]) & no_177, _CODES["178"])
    return found
