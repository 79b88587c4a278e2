"""Vietnamese order as plain ASCII strings: any byte-ordered index then sorts people and units the way an office does.

The alphabet is a ă â b c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y (with f j w z at their Latin places); the
tones are ngang, huyền, hỏi, ngã, sắc, nặng. Words are compared one after another: letters first, then the tone.

A key holds only ``0-9 a-z ~ {`` and the space; it must be compared byte by byte (SQLite's default, PostgreSQL ``C``).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from hrms.kernel.text.normalize import normalize

# "~" sorts after every letter: ă = a~ stands after a and all its continuations, â = a~~ after ă, both before b.
_SHAPES = {
    ("a", "\u0306"): "a~",
    ("a", "\u0302"): "a~~",
    ("e", "\u0302"): "e~",
    ("o", "\u0302"): "o~",
    ("o", "\u031b"): "o~~",
    ("u", "\u031b"): "u~",
}
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LEVEL = "0"
_TOKEN = re.compile(r"[0-9]+|[^\W\d_]+")
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]?\s*$")
_LONGEST_NUMBER = 40


def _word_key(word: str) -> str:
    letters: list[str] = []
    tone = _LEVEL
    for char in unicodedata.normalize("NFD", word):
        if char in _TONES:
            tone = _TONES[char] if tone == _LEVEL else tone
        elif unicodedata.combining(char):
            if letters:
                letters[-1] = _SHAPES.get((letters[-1], char), letters[-1])
        elif char == "đ":
            letters.append("d~")
        elif "a" <= char <= "z":
            letters.append(char)
        else:  # another script: after z, by code point
            letters.append(f"{{{ord(char):06x}")
    # The tone doubles as the end of the word: a digit is below every letter, so "an" comes before "anh".
    return "".join(letters) + tone


def _number_key(digits: str) -> str:
    # Length first, so that "Trường số 9" comes before "Trường số 10". Digits of a number stay below letters.
    significant = digits.lstrip("0") or "0"
    return chr(ord("0") + min(len(significant), _LONGEST_NUMBER)) + significant


def _tokens_key(text: str) -> str:
    return "".join(_number_key(token) if "0" <= token[0] <= "9" else _word_key(token) for token in _TOKEN.findall(text))


@lru_cache(maxsize=16384)
def sort_key(text: str) -> str:
    """Key of any text: case, spacing and punctuation do not count, numbers sort by value.

    >>> sorted(["Sở Y tế", "Sở Nội vụ", "Đảng ủy", "Ân Thi"], key=sort_key)
    ['Ân Thi', 'Đảng ủy', 'Sở Nội vụ', 'Sở Y tế']
    """
    return _tokens_key(normalize(text).lower())


@dataclass(frozen=True, slots=True)
class PersonName:
    """A Vietnamese full name: ``family_and_middle`` is *họ và tên đệm*, ``given`` is *tên*."""

    family_and_middle: str
    given: str

    @property
    def full(self) -> str:
        return f"{self.family_and_middle} {self.given}".strip()


def split_name(full_name: str) -> PersonName:
    """Split into họ đệm and tên (the last word). A remark in brackets after the name does not belong to it.

    >>> split_name("Nguyễn Thị  Minh Khai")
    PersonName(family_and_middle='Nguyễn Thị Minh', given='Khai')
    """
    text = normalize(full_name)
    bare = _REMARK.sub("", text) or text
    family_and_middle, _, given = bare.rpartition(" ")
    return PersonName(family_and_middle, given)


def name_sort_key(full_name: str) -> str:
    """Key that orders people by tên, then by họ đệm, under the Vietnamese alphabet and tone rules."""
    name = split_name(full_name)
    return f"{sort_key(name.given)} {sort_key(name.family_and_middle)}"


def proper_name(full_name: str) -> str:
    """A name typed all in capitals or all in small letters, written with a capital on each word; any other is kept.

    >>> proper_name("NGUYỄN THỊ  HOA")
    'Nguyễn Thị Hoa'
    """
    text = normalize(full_name)
    if text != text.upper() and text != text.lower():
        return text
    return re.sub(r"[^\W\d_]+", lambda match: match.group()[0].upper() + match.group()[1:].lower(), text)
