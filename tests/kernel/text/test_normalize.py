"""The same Vietnamese text has one form, and searching needs neither marks nor capitals."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.kernel.text import fold, matches, normalize, normalize_multiline

VIETNAMESE = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


@pytest.mark.parametrize("letter", VIETNAMESE + VIETNAMESE.upper())
def test_decomposed_letters_become_the_single_letter(letter: str) -> None:
    assert normalize(unicodedata.normalize("NFD", letter)) == letter


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("e\u0301\u0302", "ế"),  # tone typed before the hat
        ("\u00e9\u0302", "ế"),
        ("o\u0323\u031b", "ợ"),
        ("Nguyễn\u00a0Văn\u202fAn", "Nguyễn Văn An"),
        ("\ufeffTrần\u200b Thị\u00ad  Bích ", "Trần Thị Bích"),
        ("Phạm\tVăn\r\nC", "Phạm Văn C"),
        ("Ðặng", "Đặng"),  # the Icelandic letter of old converters
        ("", ""),
        ("  \u00a0 ", ""),
    ],
)
def test_what_people_paste_becomes_what_they_mean(typed: str, meant: str) -> None:
    assert normalize(typed) == meant


def test_line_breaks_stay_where_the_text_has_paragraphs() -> None:
    assert normalize_multiline("Dòng  một \r\n\r\n\r\n\r\n dòng\u00a0hai\n") == "Dòng một\n\ndòng hai"


@given(st.text())
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once
    assert not once.startswith(" ") and not once.endswith(" ") and "  " not in once


@given(st.text(alphabet=VIETNAMESE + VIETNAMESE.upper() + " -'0123456789"))
def test_vietnamese_folds_to_plain_small_letters(text: str) -> None:
    folded = fold(text)
    assert folded.isascii() and folded == folded.lower()
    assert fold(unicodedata.normalize("NFD", text).upper()) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_search_needs_neither_marks_nor_order() -> None:
    assert matches("huong DANG", "Đặng Thị Hường")
    assert matches("", "Đặng Thị Hường")
    assert not matches("huong tran", "Đặng Thị Hường")
