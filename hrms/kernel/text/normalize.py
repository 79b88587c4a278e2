"""One form for the same Vietnamese text, however it was typed, pasted or converted."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Invisible characters that Word, Excel and web pages leave behind: zero-width space and joiners, direction marks,
# word joiner, soft hyphen, byte order mark.
_INVISIBLE = dict.fromkeys(
    [0x00AD, 0x034F, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF]
)
# Letters that look like Đ/đ but are Icelandic or African; old font converters produce them.
_LOOK_ALIKES = {0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ", 0x0256: "đ"}
_CONTROL = dict.fromkeys(code for code in [*range(0x20), *range(0x7F, 0xA0)] if chr(code) not in "\t\n\v\f\r\x85")
_TRANSLATION: dict[int, str | None] = {**_INVISIBLE, **_CONTROL, **_LOOK_ALIKES}

_SPACES = re.compile(r"\s+")
_LINE_SPACES = re.compile(r"[^\S\n]+")
_NEWLINES = re.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
# A tone typed before the shape of the vowel (é + ̂ ) is canonically different from ế; people mean the same letter.
_TONE_BEFORE_SHAPE = re.compile("([\u0300\u0301\u0303\u0309])([\u0302\u0306\u031b])")


def _compose(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    if any(unicodedata.combining(char) for char in composed):
        swapped = _TONE_BEFORE_SHAPE.sub(r"\2\1", unicodedata.normalize("NFD", composed))
        composed = unicodedata.normalize("NFC", swapped)
    return composed


def normalize(text: str) -> str:
    """NFC on one line: no invisible characters, every kind of space a single plain one, none at the ends.

    >>> normalize("  Nguye\\u0302\\u0303n\\u00a0 Va\\u0306n\\u200b A ")
    'Nguyễn Văn A'
    """
    if _PLAIN.fullmatch(text):
        return text
    return _SPACES.sub(" ", _compose(text.translate(_TRANSLATION))).strip()


def normalize_multiline(text: str) -> str:
    """Like :func:`normalize`, but line breaks stay (as ``\\n``), with no more than one blank line in a row."""
    text = _NEWLINES.sub("\n", text)
    text = _LINE_SPACES.sub(" ", _compose(text.translate(_TRANSLATION)))
    lines = [line.strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _strip_marks(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if not unicodedata.combining(char))


@lru_cache(maxsize=16384)
def fold(text: str) -> str:
    """The search form: normalised, lower case, no diacritics, đ → d. ``fold(fold(x)) == fold(x)``.

    >>> fold("ĐẶNG  Thị Hường")
    'dang thi huong'
    """
    plain = normalize(text).lower()
    if not plain.isascii():
        plain = _strip_marks(plain.replace("đ", "d")).lower()
        # Removing marks can leave a lone mark's neighbour spaces and compatibility leftovers: settle once more.
        plain = _SPACES.sub(" ", unicodedata.normalize("NFC", plain)).strip()
    return plain


def in_sentence(label: str) -> str:
    """A label as it stands inside a sentence: its first letter small, unless it begins with an abbreviation.

    >>> in_sentence("Ngày họp"), in_sentence("BHXH đã đóng")
    ('ngày họp', 'BHXH đã đóng')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def matches(query: str, text: str) -> bool:
    """Whether every word of the query occurs in the text, without regard to case and diacritics.

    For lists too small to deserve a search column; a table searches its own folded column instead.
    """
    folded = fold(text)
    return all(word in folded for word in fold(query).split())
