"""Invented people's names with the distribution of names in the Red River delta: frequent stays frequent."""

from __future__ import annotations

import random


def _words(text: str) -> list[str]:
    return text.split()


FAMILY = {
    "Nguyễn": 36, "Trần": 11, "Phạm": 9, "Lê": 7, "Vũ": 7, "Đỗ": 4, "Bùi": 4, "Hoàng": 4, "Đặng": 3, "Đào": 2,
    "Ngô": 2, "Dương": 2, "Đoàn": 2, "Lương": 1, "Trịnh": 1, "Đinh": 1, "Phan": 1, "Lưu": 1, "Tạ": 1, "Mai": 1,
    "Chu": 1, "Quách": 1, "Cao": 1, "Hà": 1, "Tô": 1, "An": 1,
}  # fmt: skip
MALE_MIDDLE = {
    "Văn": 30, "Đức": 8, "Quang": 7, "Hữu": 5, "Xuân": 5, "Minh": 6, "Thanh": 4, "Ngọc": 4, "Công": 4, "Đình": 5,
    "Trọng": 4, "Tiến": 4, "Mạnh": 4, "Việt": 3, "Huy": 3, "Duy": 3, "Thế": 3, "Anh": 2,
}  # fmt: skip
FEMALE_MIDDLE = {
    "Thị": 42, "Thị Thu": 7, "Thị Thanh": 7, "Thị Ngọc": 6, "Thị Hồng": 5, "Thị Minh": 4, "Thị Bích": 4, "Thị Kim": 4,
    "Thu": 4, "Ngọc": 4, "Phương": 4, "Thanh": 3, "Minh": 3, "Hồng": 2, "Quỳnh": 2, "Khánh": 2,
}  # fmt: skip
MALE_GIVEN = _words(
    "Anh An Bách Bắc Bảo Bình Cường Chiến Chính Công Dũng Duy Dương Đại Đạt Đông Đức Giang Hà Hải Hảo Hậu Hiền "
    "Hiếu Hiệp Hoà Hoàn Hoàng Hội Huân Hùng Huy Hưng Hướng Khải Khánh Khoa Kiên Lâm Linh Long Luân Lương Mạnh "
    "Minh Nam Ngọc Nghĩa Nguyên Nhân Ninh Phong Phú Phúc Phương Quân Quang Quyết Quyền Sáng Sơn Tài Tâm Tân Thái "
    "Thắng Thành Thảo Thiện Thịnh Thông Thuận Thủy Tiến Tiệp Toàn Trí Trung Trường Tú Tuân Tuấn Tuyên Tùng Việt "
    "Vinh Vũ Vượng Xuân Ý"
)
FEMALE_GIVEN = _words(
    "An Anh Ánh Bích Bình Châu Chi Chinh Dịu Dung Duyên Đào Giang Hà Hạnh Hảo Hằng Hậu Hiên Hiền Hiếu Hoa Hoà "
    "Hoài Hồng Huế Huệ Hương Hường Huyền Khuyên Lan Lành Lê Liên Liễu Linh Loan Luyến Lương Lý Mai Mến Minh My "
    "Nga Ngà Ngân Ngọc Nguyệt Nhàn Nhung Ninh Nụ Oanh Phương Phượng Quyên Quỳnh Sen Tâm Thanh Thảo Thắm Thoa "
    "Thơm Thu Thuận Thúy Thủy Thư Thương Tình Trang Trinh Tuyết Tươi Uyên Vân Xuân Xuyến Yên Yến"
)


class Names:
    """A stream of full names from one source of chance."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._family = (list(FAMILY), _cumulated(FAMILY))
        self._middle = {
            "male": (list(MALE_MIDDLE), _cumulated(MALE_MIDDLE)),
            "female": (list(FEMALE_MIDDLE), _cumulated(FEMALE_MIDDLE)),
        }

    def full(self, sex: str, birth_year: int) -> str:
        """A full name; Văn and Thị are more frequent among the older."""
        family = self._pick(self._family)
        if self._rng.random() < max(0.0, min(0.5, (1985 - birth_year) / 40)):
            middle = "Văn" if sex == "male" else "Thị"
        else:
            middle = self._pick(self._middle[sex])
        given = self._rng.choice(MALE_GIVEN if sex == "male" else FEMALE_GIVEN)
        if given in middle.split():
            middle = middle.split()[0] if " " in middle else ("Văn" if sex == "male" else "Thị")
        return f"{family} {middle} {given}"

    def _pick(self, table: tuple[list[str], list[int]]) -> str:
        words, weights = table
        return self._rng.choices(words, cum_weights=weights)[0]


def _cumulated(table: dict[str, int]) -> list[int]:
    total, sums = 0, []
    for weight in table.values():
        total += weight
        sums.append(total)
    return sums


_FIRST = _words(
    "An Bình Cát Châu Diên Đại Đông Đồng Hải Hoà Hồng Hưng Khánh Kim Lạc Liên Long Lương Mai Minh Mỹ Nam Nghĩa "
    "Ngọc Nguyên Nhân Ninh Phú Phúc Quang Sơn Tân Tây Thái Thanh Thiên Thịnh Thuận Tiên Trung Tường Vân Việt "
    "Vĩnh Xuân Yên"
)
_SECOND = _words(
    "An Bảo Bình Châu Cường Dân Dương Đạo Điền Đoài Đức Giang Hà Hải Hiệp Hoà Hội Hưng Khê Lãng Lâm Lập Lễ Lộc "
    "Long Lộ Lương Ninh Phong Phú Phương Quang Quý Sơn Tân Thái Thành Thắng Thịnh Thọ Thủy Tiến Trạch Trị Vinh "
    "Xá Yên"
)


def places(rng: random.Random, count: int, taken: set[str]) -> list[str]:
    """``count`` different invented place names, none of ``taken``; real names of the two old provinces are left out."""
    found: list[str] = []
    while len(found) < count:
        first, second = rng.choice(_FIRST), rng.choice(_SECOND)
        name = f"{first} {second}"
        if first != second and name not in taken and name not in REAL:
            taken.add(name)
            found.append(name)
    return found


# Districts and towns of the two old provinces, and well-known communes: an invented province must not look like theirs.
REAL = {
    "Ân Thi", "Khoái Châu", "Kim Động", "Mỹ Hào", "Phù Cừ", "Tiên Lữ", "Văn Giang", "Văn Lâm", "Yên Mỹ", "Hưng Yên",
    "Đông Hưng", "Hưng Hà", "Kiến Xương", "Quỳnh Phụ", "Thái Thụy", "Tiền Hải", "Vũ Thư", "Thái Bình", "Phố Hiến",
    "Như Quỳnh", "Nghĩa Trụ", "Đông Quan", "Minh Thọ", "Tân Hưng", "Hồng Châu", "Đồng Châu", "Nam Cường", "Hưng Phú",
    "Tây Tiền Hải", "Đông Tiền Hải", "Bình Thanh", "Hồng Vũ", "Tân Tiến", "Vạn Xuân", "Lạc Đạo", "Đại Đồng", "Việt Yên",
    "Hoàn Long", "Triệu Việt Vương", "Việt Tiến", "Châu Ninh", "Chí Minh", "Hiệp Cường", "Đức Hợp", "Lương Bằng",
    "Nghĩa Dân", "Tống Trân", "Đoàn Đào", "Quang Hưng", "Xuân Trúc", "Phạm Ngũ Lão", "Nguyễn Trãi", "Hồng Quang",
    "Thái Ninh", "Thụy Anh", "Bắc Thụy Anh", "Đông Thụy Anh", "Bắc Thái Ninh", "Nam Thái Ninh", "Nam Thụy Anh",
    "Đồng Bằng", "Tiên La", "Long Hưng", "Diên Hà", "Thư Trì", "Thư Vũ", "Vũ Tiên", "Vũ Quý", "Lê Lợi", "Trà Giang",
    "Bình Nguyên", "Bình Định", "Hồng Minh", "Thần Khê", "Lê Quý Đôn", "Tiên Hưng", "Nam Tiên Hưng", "Bắc Tiên Hưng",
    "Đông Tiên Hưng", "Bắc Đông Hưng", "Bắc Đông Quan", "Nam Đông Hưng", "Đông Thái Ninh", "Ái Quốc",
}  # fmt: skip
