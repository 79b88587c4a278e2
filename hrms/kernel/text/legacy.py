"""Text typed in the TCVN 5712 (".VnTime") fonts of before Unicode, which old files still carry.

Such a file holds Western letters that only the font shows as Vietnamese: ``Hä vµ tªn`` is *Họ và tên*. The capitals
of the ``.VnTimeH`` fonts have the codes of the small letters, so a text in capitals is put back into capitals.
"""

from __future__ import annotations

import re

_SMALL = dict(
    zip(
        "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ",
        "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵ",
        strict=True,
    )
)
_CAPITALS = dict(zip("¡¢§£¤¥¦", "ĂÂĐÊÔƠƯ", strict=True))
_TABLE = str.maketrans({**_SMALL, **_CAPITALS})
# Signs no Vietnamese text in Unicode has inside or beside a word: one of them next to a letter gives the font away.
_TELLTALE = re.compile(
    r"(?<=[A-Za-zÀ-ÿ])[µ¶·¸¹¨»¼½¾©®ª«¬¡¢§£¤¥¦Æ×Þßåæçäþ]|[µ¶·¸¹¨»¼½¾©®ª«¬¡¢§£¤¥¦Æ×Þßåæçäþ](?=[A-Za-zÀ-ÿ])"
)
_UNICODE_ONLY = re.compile(r"[ăđĩũơưĂĐĨŨƠƯ\u0300-\u036f\u1ea0-\u1ef9]")


def looks_like_tcvn3(text: str) -> bool:
    """Whether the text was typed for a TCVN3 font. Texts that hold letters only Unicode has were not."""
    return bool(_TELLTALE.search(text)) and not _UNICODE_ONLY.search(text)


def from_tcvn3(text: str) -> str:
    """The Unicode text that the old font shows.

    >>> from_tcvn3("Hä vµ tªn"), from_tcvn3("NGUYÔN V¡N AN")
    ('Họ và tên', 'NGUYỄN VĂN AN')
    """
    if text.isascii():
        return text
    converted = text.translate(_TABLE)
    plain = [char for char in text if char.isascii() and char.isalpha()]
    return converted.upper() if len(plain) > 1 and all(map(str.isupper, plain)) else converted
