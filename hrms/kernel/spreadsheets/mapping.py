"""Which column tells what: titles are compared as people read them, and the guess stays open to correction."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from flask_babel import gettext as _

from hrms.kernel.spreadsheets.fields import FieldSpec
from hrms.kernel.spreadsheets.limits import SpreadsheetRefused, column_index, column_letter
from hrms.kernel.text import fold, normalize

ACCEPTED = 0.6  # below this a title is not taken for a field without being asked
OFFERED = 0.4  # below this it is not even offered as an alternative
_UNACCENTED = 0.06  # what a match costs when only the letters without diacritics agree
_NEAR = 0.84  # how similar two titles must be for a typing mistake
_PUNCTUATION = re.compile(r"[^\w]+")
_MAPPING_VERSION = 1


@dataclass(frozen=True, slots=True)
class HeaderColumn:
    """A column of the table: ``path`` are its titles from the group down, ``index`` 0 is column A."""

    index: int
    path: tuple[str, ...]

    @property
    def letter(self) -> str:
        return column_letter(self.index)

    @property
    def title(self) -> str:
        """What to call it in a message: the titles joined, the way people say it."""
        return " – ".join(self.path)


@dataclass(frozen=True, slots=True)
class Match:
    """A field that a column may hold, with the confidence of the guess from 0 to 1."""

    key: str
    column: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Mapping:
    """The field of each column: plain data that is shown, corrected by the user, stored and sent back."""

    columns: MappingOf[str, int]

    def to_dict(self) -> dict[str, Any]:
        """``{"version": 1, "columns": {"full_name": "B", …}}``."""
        return {
            "version": _MAPPING_VERSION,
            "columns": {key: column_letter(index) for key, index in self.columns.items()},
        }

    @classmethod
    def from_dict(cls, data: MappingOf[str, Any], specs: Sequence[FieldSpec]) -> Mapping:
        """Read a corrected mapping; a field set to ``None`` or ``""`` is left out.

        Raises :class:`SpreadsheetRefused` (``bad_mapping``) for unknown fields, names of no column, columns used twice.
        """
        labels = {spec.key: spec.label for spec in specs}
        columns: dict[str, int] = {}
        given = data.get("columns")
        if not isinstance(given, MappingOf):
            raise _bad(_("Bảng ghép cột không đúng dạng."))
        for key, letters in given.items():
            if letters in (None, ""):
                continue
            if key not in labels:
                raise _bad(_("Không có trường “%(key)s”.", key=key))
            try:
                columns[key] = column_index(str(letters))
            except ValueError:
                raise _bad(_("“%(value)s” không phải tên cột; hãy ghi như A, B, AA.", value=letters)) from None
        by_column: dict[int, str] = {}
        for key, index in columns.items():
            if index in by_column:
                first, second = labels[by_column[index]], labels[key]
                message = _(
                    "Cột %(column)s được chọn cho cả “%(first)s” và “%(second)s”. Hãy bỏ một trong hai.",
                    column=column_letter(index),
                    first=first,
                    second=second,
                )
                raise _bad(message)
            by_column[index] = key
        return cls(columns)


def _bad(message: str) -> SpreadsheetRefused:
    return SpreadsheetRefused("bad_mapping", message)


@dataclass(frozen=True, slots=True)
class MappingGuess:
    """The proposal. ``alternatives`` lists, per field, other columns it might be; ``unknown`` columns fit no field."""

    mapping: Mapping
    matches: MappingOf[str, Match]
    alternatives: MappingOf[str, tuple[Match, ...]]
    unknown: tuple[HeaderColumn, ...]

    @property
    def strength(self) -> float:
        """How much of a table this header is: the sum of the confidences."""
        return sum(match.confidence for match in self.matches.values())


@lru_cache(maxsize=8192)
def title_words(title: str) -> str:
    """A title as it is compared: one line, small letters, no punctuation."""
    return _PUNCTUATION.sub(" ", normalize(title).lower()).strip()


@dataclass(frozen=True, slots=True)
class _Synonym:
    key: str
    group: str
    leaf: str

    @property
    def phrase(self) -> str:
        return f"{self.group} {self.leaf}".strip()


@lru_cache(maxsize=65536)
def similarity(title: str, synonym: str) -> float:
    """Likeness of two word strings: equal, equal without diacritics, one inside the other, or nearly spelled alike."""
    if not title or not synonym:
        return 0.0
    if title == synonym:
        return 1.0
    plain_title, plain_synonym = fold(title), fold(synonym)
    if plain_title == plain_synonym:
        return 1.0 - _UNACCENTED
    best = max(_containment(title, synonym), _containment(plain_title, plain_synonym) - _UNACCENTED)
    if best <= 0 and len(plain_title) > 4 and abs(len(plain_title) - len(plain_synonym)) <= 3:
        ratio = SequenceMatcher(None, plain_title, plain_synonym, autojunk=False).ratio()
        if ratio >= _NEAR:
            best = 0.85 * ratio
    return max(best, 0.0)


def _containment(title: str, synonym: str) -> float:
    """A title that says more than the synonym is likelier to be it than one that says less."""
    padded_title, padded_synonym = f" {title} ", f" {synonym} "
    if padded_synonym in padded_title:
        return 0.55 + 0.35 * len(synonym) / len(title)
    if padded_title in padded_synonym:
        return 0.35 + 0.35 * len(title) / len(synonym)
    return 0.0


def _group_factor(group: str, wanted: str) -> float:
    if f" {wanted} " in f" {group} ":
        return 1.0
    return 1.0 - _UNACCENTED if f" {fold(wanted)} " in f" {fold(group)} " else 0.0


@lru_cache(maxsize=32768)
def _score(group: str, leaf: str, synonym: _Synonym) -> float:
    whole = f"{group} {leaf}".strip()
    if synonym.group:
        if group and (factor := _group_factor(group, synonym.group)):
            return factor * similarity(leaf, synonym.leaf)
        return 0.97 * similarity(whole, synonym.phrase)
    if not group:
        return similarity(leaf, synonym.leaf)
    return max(0.97 * similarity(whole, synonym.leaf), 0.75 * similarity(leaf, synonym.leaf))


@lru_cache(maxsize=64)
def _synonyms(specs: tuple[FieldSpec, ...]) -> tuple[_Synonym, ...]:
    found = []
    for spec in specs:
        for title in spec.titles:
            group, _arrow, leaf = title.rpartition(">")
            found.append(_Synonym(spec.key, title_words(group), title_words(leaf)))
    return tuple(found)


def known_titles(specs: Sequence[FieldSpec]) -> frozenset[str]:
    """Every title of the vocabulary, folded: rows that carry two of them are worth a closer look as a header."""
    synonyms = _synonyms(tuple(specs))
    return frozenset(fold(words) for item in synonyms for words in (item.leaf, item.group, item.phrase) if words)


def guess_mapping(columns: Sequence[HeaderColumn], specs: Sequence[FieldSpec]) -> MappingGuess:
    """Give each field its best column, surest pairs first; ties go to the earlier field, then the earlier column."""
    order = {spec.key: place for place, spec in enumerate(specs)}
    scores: dict[tuple[str, int], float] = {}
    for column in columns:
        *groups, leaf = column.path or ("",)
        group, leaf = title_words(" ".join(groups)), title_words(leaf)
        for synonym in _synonyms(tuple(specs)):
            score = _score(group, leaf, synonym)
            if score >= OFFERED and score > scores.get((synonym.key, column.index), 0.0):
                scores[(synonym.key, column.index)] = score
    ranked = sorted(scores.items(), key=lambda item: (-item[1], order[item[0][0]], item[0][1]))
    matches: dict[str, Match] = {}
    taken: set[int] = set()
    for (key, index), score in ranked:
        if score >= ACCEPTED and key not in matches and index not in taken:
            matches[key] = Match(key, index, round(score, 2))
            taken.add(index)
    alternatives = {
        spec.key: tuple(
            Match(key, index, round(score, 2))
            for (key, index), score in ranked
            if key == spec.key and matches.get(key, Match(key, -1, 0.0)).column != index
        )
        for spec in specs
    }
    unknown = tuple(column for column in columns if column.index not in taken and any(column.path))
    in_order = dict(sorted(matches.items(), key=lambda item: order[item[0]]))
    mapping = Mapping({key: match.column for key, match in in_order.items()})
    return MappingGuess(mapping, in_order, {key: found for key, found in alternatives.items() if found}, unknown)
