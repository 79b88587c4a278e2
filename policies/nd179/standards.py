"""NĐ 179/2024 Điều 4: the standards of the three groups as checklists, with the province's own criteria beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from policies.engine.parameters import ParameterStore, Version
from policies.engine.result import Reason
from policies.engine.session import DOUBTFUL, doubt
from policies.engine.trace import Node, parameter_node
from policies.store import default_store

# The points of khoản 2 that ask for the age of youth when the file is handed in.
_OF_YOUTH = frozenset({"a", "b"})
OWN = "own"


@dataclass(frozen=True, slots=True)
class Standard:
    """One line of the checklist. ``own`` marks one of the province; ``met`` is None while nobody has answered."""

    code: str
    text: str
    article: str
    own: bool
    met: bool | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """``met``: True, False, or None while the answers given leave it open. ``needs_all`` tells how khoản reads."""

    group: str
    needs_all: bool
    met: bool | None
    standards: tuple[Standard, ...]
    warnings: tuple[Reason, ...]
    trace: Node


def checklist(group: str, day: date, store: ParameterStore | None = None) -> tuple[Standard, ...]:
    """The lines to answer for ``k1``, ``k2`` or ``k3`` on ``day``; codes of the province's criteria: own1, own2, …"""
    return assess(group, {}, day, store=store).standards


def assess(
    group: str,
    answers: Mapping[str, bool | None],
    day: date,
    *,
    age: int | None = None,
    store: ParameterStore | None = None,
) -> Assessment:
    """Whether a person meets the standards of a group.

    ``answers``: by the codes of :func:`checklist`. ``age``: whole years on the day of filing; group k2, points a and b,
    asks for the age of youth. Raises ``KeyError`` for an unknown group or code.
    """
    store = store or default_store()
    national = store.at(f"nd179.{group}.standards", day)
    province = store.at("nd179.own_standards", day)
    own = {f"{OWN}{number}": text for number, text in enumerate(province.value[group], start=1)}
    unknown = set(answers) - set(national.value) - set(own)
    if unknown:
        raise KeyError(f"nhóm {group} không có tiêu chuẩn {', '.join(sorted(unknown))}")
    used: list[Version] = [national]
    lines: list[Standard] = []
    for code, text in national.value.items():
        met = answers.get(code)
        if group == "k2" and code in _OF_YOUTH and met:
            youth = store.at("nd179.youth_ages", day)
            used.append(youth)
            least, most = youth.value
            met = None if age is None else least <= age <= most
        lines.append(Standard(code, text, f"{national.article}, điểm {code}", False, met))
    lines.extend(Standard(code, text, province.article, True, answers.get(code)) for code, text in own.items())
    needs_all = group == "k1"
    mine = [line.met for line in lines if not line.own]
    found = _every(mine) if needs_all else _some(mine)
    if own:
        used.append(province)
        found = _every([found, *(line.met for line in lines if line.own)])
    node = Node(
        f"Tiêu chuẩn người có tài năng, nhóm {group}",
        found,
        "điều kiện",
        ("phải đạt tất cả" if needs_all else "đạt một trong các tiêu chuẩn", ()),
        national.article,
        national,
        None,
        [
            *(Node(f"{line.code}) {line.text}", line.met, "điều kiện", None, line.article) for line in lines),
            *(parameter_node(version) for version in used[1:]),
        ],
    )
    warnings = tuple(doubt(version) for version in used if version.mark in DOUBTFUL)
    return Assessment(group, needs_all, found, tuple(lines), warnings, node)


def _every(answers: list[bool | None]) -> bool | None:
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def _some(answers: list[bool | None]) -> bool | None:
    if any(answers):
        return True
    return None if None in answers else False
