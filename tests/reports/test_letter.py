"""Heads, numbers, dates and signatures by NĐ 30/2020/NĐ-CP, from the unit tree."""

from __future__ import annotations

from datetime import date

import pytest

from reports.letter import BLANK_NUMBER, Letterhead, Numbered, body_of, home_affairs_body, issuing_unit, province_body


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        ("", f"{BLANK_NUMBER}/QĐ-SNV"),
        ("5", "05/QĐ-SNV"),
        ("9", "09/QĐ-SNV"),
        ("10", "10/QĐ-SNV"),
        ("15/QĐ-UBND", "15/QĐ-UBND"),
    ],
)
def test_a_number_below_ten_takes_a_zero_and_an_open_one_leaves_room(number, printed):
    assert Letterhead("SỞ NỘI VỤ", symbol="QĐ-SNV", number=number).number_text == printed


def test_days_below_ten_and_the_first_two_months_take_a_zero():
    assert Letterhead("A", issued_on=date(2026, 1, 5)).dated == "ngày 05 tháng 01 năm 2026"
    assert Letterhead("A", issued_on=date(2026, 3, 10)).dated == "ngày 10 tháng 3 năm 2026"


def test_an_open_date_leaves_blanks_with_the_year():
    assert Letterhead("A", year=2025).dated == "ngày …… tháng …… năm 2025"
    assert Numbered().day == "ngày …… tháng …… năm ……"


def test_a_department_stands_under_the_committee_of_the_province(world):
    body = body_of(world.unit("a"))
    assert (body.superior, body.paper_name) == ("UBND TỈNH HƯNG YÊN", "SỞ XÂY DỰNG")
    assert body.decider == "Giám đốc Sở Xây dựng"
    assert body.signature().lines == ("GIÁM ĐỐC",)
    assert body.letterhead("TTr").symbol == "TTr-SXD"


def test_a_committee_has_no_superior_and_stands_on_two_lines(world):
    body = body_of(world.unit("hy"))
    assert body.superior == ""
    assert body.letterhead("QĐ").body_lines == ("ỦY BAN NHÂN DÂN", "TỈNH HƯNG YÊN")
    assert body.authority == "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH HƯNG YÊN"
    assert body.signature().lines == ("CHỦ TỊCH",)
    assert body.signature(collective=True).lines == ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")


def test_a_commune_signs_for_its_committee_when_it_submits(world):
    body = body_of(world.unit("xa"))
    assert body.superior == ""
    assert body.letterhead("TTr").body_lines == ("ỦY BAN NHÂN DÂN", "XÃ THANH BÌNH")
    assert body.signature(collective=True).lines[0] == "TM. ỦY BAN NHÂN DÂN"


def test_a_division_writes_as_its_agency_and_a_service_unit_as_itself(world, factory):
    assert issuing_unit(world.unit("a1")).id == world.units["a"]
    centre = factory.unit("TTQH", "Trung tâm Quy hoạch", world.unit("a"), kind="service_unit")
    room = factory.unit("TTQH-1", "Phòng Một", centre, kind="division", level="INTERNAL")
    assert issuing_unit(room).id == centre.id
    assert body_of(centre).superior == "SỞ XÂY DỰNG"


def test_what_was_entered_for_papers_wins_over_what_is_derived(world, factory):
    party = factory.unit(
        "BTC",
        "Ban Tổ chức",
        world.unit("hy"),
        kind="party",
        paper_superior="Tỉnh ủy Hưng Yên",
        paper_name="Ban Tổ chức",
        paper_symbol="BTCTU",
        paper_place="Phố Hiến",
        signer_title="Trưởng ban",
    )
    body = body_of(party)
    assert (body.superior, body.paper_name, body.place) == ("TỈNH ỦY HƯNG YÊN", "BAN TỔ CHỨC", "Phố Hiến")
    assert body.letterhead("TTr", number="15").number_text == "15-TTr/BTCTU"  # the Party's own way of writing signs
    assert body.kind == "party"
    assert body.decider == "Trưởng Ban Tổ chức"


def test_a_province_or_commune_named_by_its_place_alone_writes_as_its_committee(factory, session):
    root = factory.unit(
        "T", "Tỉnh Hưng Yên", kind="province", paper_name="", paper_symbol="", signer_title="CHỦ TỊCH UBND TỈNH"
    )
    ward = factory.unit(
        "P", "Phường Đông Lâm", root, kind="commune", paper_name="", paper_superior="UBND tỉnh Hưng Yên"
    )
    department = factory.unit("S", "Sở Y tế", root, paper_name="", signer_title="GIÁM ĐỐC")
    assert body_of(root).letterhead("QĐ").body_lines == ("ỦY BAN NHÂN DÂN", "TỈNH HƯNG YÊN")
    assert body_of(root).decider == "Chủ tịch Ủy ban nhân dân tỉnh Hưng Yên"
    assert body_of(root).signature().lines == ("CHỦ TỊCH",)
    assert body_of(ward).letterhead("QĐ").body_lines == ("ỦY BAN NHÂN DÂN", "PHƯỜNG ĐÔNG LÂM")
    assert body_of(ward).superior == ""
    assert body_of(department).decider == "Giám đốc Sở Y tế"
    assert body_of(department).superior == "UBND TỈNH HƯNG YÊN"


def test_bodies_that_the_tree_does_not_hold_are_still_addressed(session):
    assert province_body().paper_name == "ỦY BAN NHÂN DÂN TỈNH HƯNG YÊN"
    assert home_affairs_body().decider == "Giám đốc Sở Nội vụ"


def test_home_affairs_is_found_by_its_sign(world, factory):
    factory.unit("SNV", "Sở Nội vụ", world.unit("hy"), signer_title="Giám đốc", signer_name="Lê Thị Hoa")
    assert home_affairs_body().signer == "Lê Thị Hoa"
