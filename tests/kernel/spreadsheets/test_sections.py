"""Rows of a list are told apart: people, unit headings, totals, repeated headers, signatures; nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from hrms.kernel.spreadsheets import Header, HeaderColumn, RowClassifier

TITLES = ("STT", "Họ và tên", "Năm sinh", "Chức vụ", "Hệ số", "Mã ngạch", "Ghi chú")
HEADER = Header(1, 1, 2, tuple(HeaderColumn(index, (title,)) for index, title in enumerate(TITLES)), ())
DATA = [1, "Nguyễn Văn An", 1970, "Chuyên viên", 4.98, "01.003", ""]


def classifier(*, ordinal: int | None = 0) -> RowClassifier:
    return RowClassifier(HEADER, 1, ordinal, range(len(TITLES)), heading_words=("phòng", "văn phòng", "sở", "trường"))


def kinds(*rows: list[Any]) -> list[str]:
    one = classifier()
    return [one.classify(row).kind for row in rows]


def test_somebody_with_a_running_number_is_data() -> None:
    assert kinds(DATA, [2.0, "Trần Thị B", "", "Văn thư"], ["3", "Lê C", 1980]) == ["data", "data", "data"]


def test_somebody_without_a_running_number_is_data() -> None:
    assert kinds(["", "Nguyễn Văn An", 1970, "Chuyên viên"], ["", "Nguyễn Văn An"]) == ["data", "data"]


def test_a_row_with_cells_but_no_name_is_data_and_will_be_reported() -> None:
    assert kinds([2, "", 1970, "Chuyên viên", 4.98]) == ["data"]


@pytest.mark.parametrize("row", [[], ["", "", ""], [45, "", ""], ["", " ", "-"]])
def test_blank_rows_and_rows_only_numbered_in_advance(row: list[Any]) -> None:
    assert kinds(row) == ["blank"]


@pytest.mark.parametrize(
    ("row", "ordinal", "name"),
    [
        (["I", "Văn phòng Sở"], "I", "Văn phòng Sở"),
        (["II.", "PHÒNG TỔ CHỨC (12 người)"], "II", "PHÒNG TỔ CHỨC"),
        (["A", "Khối cơ quan"], "A", "Khối cơ quan"),
        (["I. Văn phòng Sở"], "I", "Văn phòng Sở"),
        (["", "III. Thanh tra"], "III", "Thanh tra"),
        (["", "Phòng Nghiệp vụ 1"], "", "Phòng Nghiệp vụ 1"),
        (["", "", "", "", "Phòng Kế toán"], "", "Phòng Kế toán"),
        (["IV", "Ban Tôn giáo", "", "", 12, "", ""], "IV", "Ban Tôn giáo"),
        (["2.1", "Tổ hành chính"], "2.1", "Tổ hành chính"),
        (["Phòng Văn thư: 5 người"], "", "Phòng Văn thư"),
    ],
)
def test_unit_headings_between_people(row: list[Any], ordinal: str, name: str) -> None:
    found = classifier().classify(row)
    assert found.kind == "section"
    assert found.heading is not None
    assert (found.heading.ordinal, found.heading.name) == (ordinal, name)


def test_headings_nest_in_the_order_in_which_their_numbering_first_appears() -> None:
    one = classifier()
    seen = []
    for row in (
        ["A", "Sở Nội vụ"],
        ["I", "Văn phòng"],
        ["II", "Phòng Tổ chức"],
        ["", "Tổ phòng máy"],
        ["B", "Sở Y tế"],
        ["I", "Văn phòng"],
    ):
        one.classify(row)
        seen.append(one.section)
    assert seen == [
        ("Sở Nội vụ",),
        ("Sở Nội vụ", "Văn phòng"),
        ("Sở Nội vụ", "Phòng Tổ chức"),
        ("Sở Nội vụ", "Phòng Tổ chức", "Tổ phòng máy"),
        ("Sở Y tế",),
        ("Sở Y tế", "Văn phòng"),
    ]


@pytest.mark.parametrize(
    "text", ["Tổng cộng", "TỔNG CỘNG (I+II):", "Tổng số: 25 người", "Cộng", "Cộng mục I", "Tong cong", "Cộng: 12 người"]
)
def test_totals(text: str) -> None:
    assert kinds(["", text, "", "", 120.5]) == ["total"]
    assert kinds([text]) == ["total"]


def test_names_and_units_that_begin_like_totals_are_none() -> None:
    assert kinds([1, "Tổng Văn Cộng", 1970]) == ["data"]
    assert kinds(["", "Công Thị Nghĩa", 1970, "Chuyên viên"]) == ["data"]
    assert kinds(["I", "Tổng công ty Phát triển"]) == ["section"]


def test_a_header_repeated_on_each_printed_page_is_skipped() -> None:
    assert kinds(list(TITLES), ["(1)", "(2)", "(3)", "(4)"], DATA) == ["header", "header", "data"]


def test_signatures_below_the_table_and_what_follows_them() -> None:
    rows = [
        DATA,
        ["", "", "", "", "Hưng Yên, ngày 05 tháng 01 năm 2025"],
        ["", "NGƯỜI LẬP BIỂU", "", "", "GIÁM ĐỐC"],
        ["", "(Ký, ghi rõ họ tên)"],
        ["", "Nguyễn Văn Lập", "", "", "Trần Văn Ký"],
    ]
    assert kinds(*rows) == ["data", "footer", "footer", "footer", "footer"]


def test_a_director_is_not_a_signature() -> None:
    assert kinds([1, "Nguyễn Văn An", 1970, "Giám đốc"]) == ["data"]
    assert kinds(["", "Nguyễn Văn An", "", "Giám đốc"]) == ["data"]


def test_people_after_a_signature_are_still_read() -> None:
    """Two lists pasted below each other: the second one is not lost."""
    assert kinds(["", "Người lập biểu"], DATA) == ["footer", "data"]


def test_a_note_outside_the_table_is_reported_as_such() -> None:
    one = RowClassifier(HEADER, 1, 0, (0, 1, 2), heading_words=("phòng",))
    assert one.classify(["", "", "", "xem thêm", "trang sau"]).kind == "note"


def test_without_a_number_column_people_are_still_found() -> None:
    one = classifier(ordinal=None)
    assert one.classify(["", "Nguyễn Văn An", 1970, "Chuyên viên"]).kind == "data"
    assert one.classify(["", "Phòng Tổ chức"]).kind == "section"
