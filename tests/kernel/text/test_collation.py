"""People are listed by tên, then by họ đệm, in the order of the Vietnamese alphabet and tones."""

from __future__ import annotations

import itertools
import random
import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrms.kernel.text import PersonName, name_sort_key, proper_name, sort_key, split_name

ALPHABET = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
TONES = ["ba", "bà", "bả", "bã", "bá", "bạ"]
NAMES_IN_ORDER = [
    "Nguyễn Thị An",
    "Nguyễn Văn An",
    "Trần Thị An",
    "Lê Thị Ánh",
    "Đỗ Thị Ân",
    "Bùi Văn Cường",
    "Nguyễn Văn Dũng",
    "Nguyễn Văn Đạt",
    "Lê Hà",
    "Lê Hạ",
    "Hồ Thị Hoa",
    "Hồ Thị Hòa",
    "Hồ Thị Hoàng",
    "Vũ Thị Lan",
    "Hoàng Thị Ý",
]


def test_the_alphabet_has_its_order() -> None:
    assert sorted(random.Random(1).sample(ALPHABET, len(ALPHABET)), key=sort_key) == ALPHABET
    for first, second in itertools.pairwise(ALPHABET):
        assert sort_key(first + "z") < sort_key(second + "a")


def test_tones_follow_one_another_and_only_decide_between_equal_letters() -> None:
    assert sorted(random.Random(3).sample(TONES, len(TONES)), key=sort_key) == TONES
    assert sort_key("bạ") < sort_key("bab")


def test_people_are_ordered_by_given_name_first() -> None:
    shuffled = random.Random(2).sample(NAMES_IN_ORDER, len(NAMES_IN_ORDER))
    assert sorted(shuffled, key=name_sort_key) == NAMES_IN_ORDER


def test_a_plain_text_column_of_the_database_sorts_the_same_way() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table person (name text, key text)")
    rows = [(name, name_sort_key(name)) for name in reversed(NAMES_IN_ORDER)]
    connection.executemany("insert into person values (?, ?)", rows)
    assert [row[0] for row in connection.execute("select name from person order by key")] == NAMES_IN_ORDER
    connection.close()


def test_family_names_that_differ_by_a_tone_stay_together() -> None:
    names = ["Hô An", "Hồ Bích", "Hô Chi"]
    assert sorted(names, key=sort_key) == ["Hô An", "Hô Chi", "Hồ Bích"]


def test_numbers_in_unit_names_sort_by_value() -> None:
    units = ["Trường số 1", "Trường số 2", "Trường số 09", "Trường số 10", "Trường số 100"]
    assert sorted(random.Random(4).sample(units, len(units)), key=sort_key) == units


def test_spaces_marks_and_case_do_not_change_the_place() -> None:
    assert name_sort_key("LÊ  THỊ\u00a0ÁNH") == name_sort_key(unicodedata.normalize("NFD", "Lê Thị Ánh"))
    assert sort_key("hoà") == sort_key("hòa")


@pytest.mark.parametrize(
    ("full", "family_and_middle", "given_name"),
    [
        ("Nguyễn Thị  Minh Khai", "Nguyễn Thị Minh", "Khai"),
        ("Lê Lợi", "Lê", "Lợi"),
        ("Khai", "", "Khai"),
        ("Nguyễn Văn Nam (B)", "Nguyễn Văn", "Nam"),
        ("", "", ""),
    ],
)
def test_a_name_is_split_at_its_last_word(full: str, family_and_middle: str, given_name: str) -> None:
    assert split_name(full) == PersonName(family_and_middle, given_name)


def test_capitals_become_a_proper_name_and_mixed_writing_is_respected() -> None:
    assert proper_name("NGUYỄN THỊ  HOA") == "Nguyễn Thị Hoa"
    assert proper_name("đỗ văn ý") == "Đỗ Văn Ý"
    assert proper_name("Điểu K'Ré") == "Điểu K'Ré"


@given(st.text())
def test_keys_are_ascii_and_without_letters_in_capitals(text: str) -> None:
    key = name_sort_key(text)
    assert key.isascii() and set(key) <= set("0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWX abcdefghijklmnopqrstuvwxyz~{")


@given(st.lists(st.sampled_from([*NAMES_IN_ORDER, "Lê An Bình", "Lê An"]), min_size=2, max_size=2))
def test_a_shorter_name_that_begins_the_same_comes_first(names: list[str]) -> None:
    first, second = names
    assert sort_key(first) < sort_key(f"{first} {second}")
