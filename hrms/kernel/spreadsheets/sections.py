"""Tell the rows of a list apart: people or things, unit headings between them, totals, repeated headers, signatures."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from hrms.kernel.spreadsheets.fields import is_blank, show
from hrms.kernel.spreadsheets.header import Header, is_column_numbers
from hrms.kernel.spreadsheets.limits import CellValue
from hrms.kernel.spreadsheets.mapping import title_words
from hrms.kernel.text import fold

RowKind = Literal["data", "section", "total", "blank", "header", "footer", "note"]

_ROMAN = re.compile(r"(?=[IVXLC])(XC|XL|L?X{0,4})(IX|IV|V?I{0,4})", re.IGNORECASE)
_NUMBER = re.compile(r"\d+(?:\.0)?\.?")
_NESTED_NUMBER = re.compile(r"\d+(?:\.\d+)+\.?")
_PREFIX = re.compile(r"\s*(?:([IVXLC]{1,7}|[A-ZĐ]|\d+(?:\.\d+)*)\s*[.):\-–]\s*|[-–+*•]\s*)(?=\S)")
_COUNT = re.compile(
    r"\s*[(:\[]?\s*\d+\s*(?:người|cán bộ|công chức|viên chức|biên chế|đồng chí|đ/c|cb|cc|nv)\b[^)\]]*[)\]]?\s*$",
    re.IGNORECASE,
)
_TOTAL = re.compile(r"(?:tổng cộng(?! ty)|tổng số|cộng)\b.*")
_PLAIN_TOTAL = re.compile(r"(?:tong cong(?! ty)|tong so|cong)\b.*")
_SIGNATURE = re.compile(
    r".*\b(?:nguoi lap|lap bieu|lap bang|thu truong|ky ten|ky, ghi ro|ghi ro ho ten|ky va ghi|xac nhan cua|dai dien"
    r"|t/?m\.|k/?t\.|t/?l\.|giam doc|chu tich|truong phong|hieu truong|ke toan truong|phu trach ke toan)\b.*"
    r"|.*\bngay\b.*\bthang\b.*\bnam\b.*"
)


_MUCH = 4  # so many filled cells beside the name make a row data whatever its words say


@dataclass(frozen=True, slots=True)
class SectionHeading:
    """A heading between rows: ``ordinal`` as printed (I, A, 2.1 or empty), ``level`` 0 is the outermost in use."""

    ordinal: str
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class ClassifiedRow:
    """The kind of a row; ``text`` is its heading, total or signature text."""

    kind: RowKind
    text: str = ""
    heading: SectionHeading | None = None


class RowClassifier:
    """Follows one table from top to bottom.

    ``name`` is the column every data row fills, ``ordinal`` the running number (or ``None``), ``evidence`` the other
    mapped columns: where some of them are filled, the row tells about somebody. ``heading_words`` are words by which
    a text without a number is known as a heading (small letters). In doubt a row is data: reported rather than lost.
    """

    def __init__(
        self,
        header: Header,
        name: int,
        ordinal: int | None,
        evidence: Collection[int],
        heading_words: Collection[str] = (),
    ) -> None:
        self._name = name
        self._ordinal = ordinal
        self._evidence = tuple(sorted(set(evidence) - {name, ordinal}))
        self._titles = frozenset(title_words(column.path[-1]) for column in header.columns)
        self._name_title = next((title_words(c.path[-1]) for c in header.columns if c.index == name), "")
        self._heading_words = frozenset(heading_words)
        self._styles: list[str] = []
        self._open: list[SectionHeading] = []
        self._closed = False

    @property
    def section(self) -> tuple[str, ...]:
        """The names of the headings in force, from the outermost."""
        return tuple(heading.name for heading in self._open)

    def classify(self, cells: Sequence[CellValue]) -> ClassifiedRow:
        width = len(cells)
        name = cells[self._name] if self._name < width else ""
        ordinal = cells[self._ordinal] if self._ordinal is not None and self._ordinal < width else ""
        evidence = 0
        for index in self._evidence:
            if index < width and cells[index] != "" and not is_blank(cells[index]):
                evidence += 1
                if evidence == _MUCH:
                    break
        named = name != "" and not is_blank(name)
        if named and evidence and _is_running_number(ordinal) and (not self._closed or evidence >= 2):
            self._closed = False
            return _DATA
        return self._classify_slowly(cells, named, ordinal, evidence)

    def _classify_slowly(
        self, cells: Sequence[CellValue], named: bool, ordinal: CellValue, evidence: int
    ) -> ClassifiedRow:
        texts = [(index, show(value)) for index, value in enumerate(cells) if value != "" and not is_blank(value)]
        words = [text for index, text in texts if index != self._ordinal or not _is_running_number(cells[index])]
        if not words:
            return _BLANK  # nothing at all, or a row that was only numbered in advance
        if self._repeats_header(cells, words):
            return ClassifiedRow("header", words[0])
        if _is_total(words[0]):
            return ClassifiedRow("total", words[0])
        if evidence < _MUCH and self._is_signature(cells, named, words):
            self._closed = True
            return ClassifiedRow("footer", words[0])
        if self._closed:
            if named and evidence >= _MUCH:
                self._closed = False
                return _DATA
            return ClassifiedRow("footer", words[0])
        heading = self._heading(cells, named, ordinal, evidence)
        if heading is not None:
            return ClassifiedRow("section", heading.name, heading)
        if not named and evidence == 0:
            return ClassifiedRow("note", words[0])
        return _DATA

    @staticmethod
    def _ordinal_text(ordinal: CellValue) -> str:
        return "" if _is_running_number(ordinal) else show(ordinal)

    def _repeats_header(self, cells: Sequence[CellValue], words: list[str]) -> bool:
        if is_column_numbers(cells):
            return True
        same = sum(title_words(word) in self._titles for word in words)
        return same >= 2 and same * 2 > len(words) and any(title_words(word) == self._name_title for word in words)

    def _is_signature(self, cells: Sequence[CellValue], named: bool, words: list[str]) -> bool:
        """Places for signing below the table; a row that names somebody is none, whatever the post is called."""
        if named and not _SIGNATURE.fullmatch(fold(show(cells[self._name]))):
            return False
        return len(words) <= 5 and any(_SIGNATURE.fullmatch(fold(word)) for word in words)

    def _heading(
        self, cells: Sequence[CellValue], named: bool, ordinal: CellValue, evidence: int
    ) -> SectionHeading | None:
        """A row with a Roman, lettered or nested number, or a lone text; numbers beside it count the section."""
        if _is_running_number(ordinal):
            return None
        own = self._ordinal_text(ordinal)
        texts = [show(value) for value in cells if isinstance(value, str) and not is_blank(value)]
        others = {text for text in texts if text != own and not _NUMBER.fullmatch(text)}
        if not others:  # everything stands in the ordinal's column: "I. Văn phòng" in a merged row
            number, name = _split_ordinal(own)
            return self._enter(number, name) if name and not _style_of(own) else None
        if len(others) > 1 or (own and not _style_of(own)):
            return None
        number, name = _split_ordinal(others.pop())
        number = own.strip(" .):") or number
        if not number and named and not self._reads_like_heading(name, evidence):
            return None
        return self._enter(number, name)

    def _reads_like_heading(self, name: str, evidence: int) -> bool:
        """A text alone in the name column without any number: somebody's name, unless it speaks of a unit."""
        if not self._heading_words:
            return evidence == 0
        words = f" {title_words(name)} "
        return any(f" {word} " in words for word in self._heading_words)

    def _enter(self, ordinal: str, name: str) -> SectionHeading:
        style = _style_of(ordinal)
        if style not in self._styles:
            self._styles.append(style)
        level = self._styles.index(style)
        heading = SectionHeading(ordinal, _COUNT.sub("", name).strip(" :.-–"), level)
        self._open = [*(outer for outer in self._open if outer.level < level), heading]
        return heading


_DATA = ClassifiedRow("data")
_BLANK = ClassifiedRow("blank")


def _is_running_number(value: CellValue) -> bool:
    if isinstance(value, str):
        return bool(_NUMBER.fullmatch(value.strip()))
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_total(text: str) -> bool:
    """``Tổng cộng``, ``Cộng: 25 người``; but neither ``Tổng công ty`` nor somebody of the family Công."""
    lower = text.lower()
    return bool(_TOTAL.fullmatch(lower) or (lower.isascii() and _PLAIN_TOTAL.fullmatch(lower)))


def _style_of(ordinal: str) -> str:
    bare = ordinal.strip(" .):")
    if not bare:
        return ""
    if _ROMAN.fullmatch(bare) and (len(bare) > 1 or bare.upper() in {"I", "V", "X"}):
        return "roman"
    if len(bare) == 1 and bare.isalpha():
        return "letter"
    return "nested" if _NESTED_NUMBER.fullmatch(bare) else ""


def _split_ordinal(text: str) -> tuple[str, str]:
    match = _PREFIX.match(text)
    return ((match.group(1) or ""), text[match.end() :]) if match else ("", text)
