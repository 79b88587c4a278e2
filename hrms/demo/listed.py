"""Which invented posts stand on the list of periodic change (Luật 36/2018/QH14 Điều 25, NĐ 59/2019/NĐ-CP Phụ lục)."""

from __future__ import annotations

BY_TITLE = {
    "Kế toán viên": "B0202",
    "Thanh tra viên": "B1801",
    "Công chức Tài chính - Kế toán": "A02",
    "Công chức Tư pháp - Hộ tịch": "B1202",
    "Công chức Địa chính - Xây dựng": "B0901",
}
# Specialists, by words of their division; the first that fits.
BY_DIVISION = (
    ("Tổ chức, biên chế", "B0103"),
    ("Tổ chức cán bộ", "B0101"),
    ("Công chức, viên chức", "B0102"),
    ("Quản lý ngân sách", "B0201"),
    ("Tài chính hành chính", "B0204"),
    ("Đấu thầu", "B1103"),
    ("Đăng ký kinh doanh", "B1107"),
    ("Quản lý đầu tư", "B1101"),
    ("Quy hoạch - Kiến trúc", "B0402"),
    ("Quản lý xây dựng", "B0403"),
    ("Quản lý đất đai", "B0901"),
    ("Khoáng sản", "B0903"),
)


def listed_code(title: str, rank: str, division: str) -> str:
    """The code of a post held without a leading rank; empty when it is not on the list."""
    if rank:
        return ""
    if title in BY_TITLE:
        return BY_TITLE[title]
    if title != "Chuyên viên":
        return ""
    return next((code for words, code in BY_DIVISION if words in division), "")
