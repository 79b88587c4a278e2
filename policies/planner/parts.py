"""Decomposition: people whom no possible move, post, short unit or family pair joins are planned apart."""

from __future__ import annotations

import numpy as np

from policies.planner.compiled import Compiled, Ints
from policies.planner.relaxation import Part


def whole(c: Compiled) -> Part:
    """All movers as one part."""
    who, where, units = c.edges
    movers: Ints = np.arange(len(c.movers), dtype=np.int64)
    return Part(movers, who, where, units + c.step, dict(c.needs), tuple(c.family_pairs))


def split(c: Compiled, part: Part) -> list[Part]:
    """The connected parts, in the order of their first mover."""
    weights = c.problem.weights
    size, posts = len(c.movers), len(c.posts)
    tails, heads = [part.who], [size + part.where]
    own = np.array([c.own[c.movers[m]] for m in part.movers.tolist()], dtype=np.int64)
    tails.append(part.movers[own >= 0])
    heads.append(size + own[own >= 0])
    joined = range(len(c.units)) if weights.continuity or weights.experience else part.needs
    for unit in joined:
        inside = np.array(c.unit_posts[unit], dtype=np.int64)
        tails.append(np.full(len(inside), size + posts + unit))
        heads.append(size + inside)
    if part.pairs:
        tails.append(np.array([a for a, _b in part.pairs]))
        heads.append(np.array([b for _a, b in part.pairs]))
    label = _labels(np.concatenate(tails), np.concatenate(heads), size + posts + len(c.units))
    of_mover = label[part.movers]
    of_edge = label[part.who]
    found = []
    for mark in np.unique(of_mover).tolist():
        rows = np.flatnonzero(of_edge == mark)
        found.append(
            Part(
                part.movers[of_mover == mark],
                part.who[rows],
                part.where[rows],
                part.worth[rows],
                {unit: n for unit, n in part.needs.items() if label[size + posts + unit] == mark},
                tuple(pair for pair in part.pairs if label[pair[0]] == mark),
            )
        )
    return found


def _labels(tail: Ints, head: Ints, nodes: int) -> Ints:
    """The smallest node of each node's component: labels run along the edges, with short cuts, until none falls."""
    label: Ints = np.arange(nodes, dtype=np.int64)
    while True:
        before = label.copy()
        least = np.minimum(label[tail], label[head])
        np.minimum.at(label, tail, least)
        np.minimum.at(label, head, least)
        label = label[label]
        if np.array_equal(before, label):
            return label
