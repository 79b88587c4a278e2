"""Files typed in the fonts of before Unicode are recognised and converted, and Unicode text is left in peace."""

from __future__ import annotations

import pytest

from hrms.kernel.text.legacy import from_tcvn3, looks_like_tcvn3


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Hä vµ tªn", "Họ và tên"),
        ("Ngµy sinh", "Ngày sinh"),
        ("§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("NGUYÔN V¡N AN", "NGUYỄN VĂN AN"),
        ("Phã Tr\u00adëng phßng", "Phó Trưởng phòng"),
        ("01.003", "01.003"),
    ],
)
def test_old_text_is_converted(typed: str, shown: str) -> None:
    assert from_tcvn3(typed) == shown


@pytest.mark.parametrize("text", ["Hä vµ tªn", "Ngµy sinh", "§éc lËp", "ch÷ vµ sè"])
def test_old_text_gives_itself_away(text: str) -> None:
    assert looks_like_tcvn3(text)


@pytest.mark.parametrize(
    "text", ["Họ và tên", "Ngày sinh", "Nữ", "Tên", "à la carte", "Ghi chú", "", "01.003", "Độc lập"]
)
def test_unicode_text_does_not(text: str) -> None:
    assert not looks_like_tcvn3(text)
