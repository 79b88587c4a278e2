"""Articles as decisions cite them: from the small to the large, documents by their full names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.bases import act_title, decree_documents, kind_of_number, laws_on
from reports.citations import in_text, only_article, small_to_large

AMENDED = " (được sửa đổi, bổ sung bởi Nghị định số 67/2025/NĐ-CP)"


@pytest.mark.parametrize(
    ("engine", "paper"),
    [
        ("Điều 7 khoản 2 điểm a NĐ 178/2024/NĐ-CP", "điểm a khoản 2 Điều 7 Nghị định số 178/2024/NĐ-CP"),
        (
            "Điều 7 khoản 1 điểm a, khoản 2 điểm b, c NĐ 178/2024/NĐ-CP",
            "điểm a khoản 1, điểm b, c khoản 2 Điều 7 Nghị định số 178/2024/NĐ-CP",
        ),
        (
            "Điều 5 khoản 1, Điều 7 khoản 1 điểm đ NĐ 178/2024/NĐ-CP",
            "khoản 1 Điều 5, điểm đ khoản 1 Điều 7 Nghị định số 178/2024/NĐ-CP",
        ),
        ("Điều 9 NĐ 178/2024/NĐ-CP", "Điều 9 Nghị định số 178/2024/NĐ-CP"),
        (
            "Điều 7 khoản 2 điểm a, b, c NĐ 178/2024/NĐ-CP (sửa đổi, 15 năm đầu)",
            "điểm a, b, c khoản 2 Điều 7 Nghị định số 178/2024/NĐ-CP" + AMENDED,
        ),
        (
            "Điều 7b NĐ 178/2024/NĐ-CP (bổ sung bởi NĐ 67/2025/NĐ-CP)",
            "Điều 7b Nghị định số 178/2024/NĐ-CP (được bổ sung bởi Nghị định số 67/2025/NĐ-CP)",
        ),
        (
            "Điều 169 BLLĐ 2019; Điều 4 NĐ 135/2020/NĐ-CP",
            "Điều 169 Bộ luật Lao động năm 2019; Điều 4 Nghị định số 135/2020/NĐ-CP",
        ),
        ("CV 6383/BNV-TCBC ngày 13/08/2025", "Công văn số 6383/BNV-TCBC ngày 13/08/2025"),
        ("Điều 64 Luật BHXH 41/2024/QH15", "Điều 64 Luật Bảo hiểm xã hội số 41/2024/QH15"),
        ("Điều 3 khoản 2 điểm c NĐ 177/2024/NĐ-CP (đoạn 1)", "điểm c khoản 2 Điều 3 Nghị định số 177/2024/NĐ-CP"),
        ("Phụ lục II NĐ 135/2020/NĐ-CP", "Phụ lục II Nghị định số 135/2020/NĐ-CP"),
        ("", ""),
    ],
)
def test_an_article_of_the_engine_on_paper(engine, paper):
    assert in_text(engine) == paper


def test_after_the_document_was_named_the_article_alone():
    assert only_article("Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP; Điều 4 TT 01/2025/TT-BNV") == "điểm a khoản 1 Điều 7"
    assert only_article("NQ 07/2025/NQ-CP") == ""


def test_what_is_not_made_of_articles_alone_stays_as_it_is():
    assert small_to_large("Điều 33 và văn bản khác") == "Điều 33 và văn bản khác"
    assert small_to_large("khoản 2") == "khoản 2"


@given(st.integers(1, 200), st.integers(1, 9), st.sampled_from("abcdđe"))
def test_nothing_is_lost_on_the_way(article, clause, point):
    text = in_text(f"Điều {article} khoản {clause} điểm {point} NĐ 178/2024/NĐ-CP")
    assert text == f"điểm {point} khoản {clause} Điều {article} Nghị định số 178/2024/NĐ-CP"


def quoted(day, body="committee", category="civil_servant", benefit="early_retirement"):
    from datetime import date

    return laws_on(date.fromisoformat(day), body=body, categories=(category,), benefits=(benefit,))


@pytest.mark.parametrize(
    ("day", "local", "staff", "insurance"),
    [
        ("2025-02-28", "19 tháng 6 năm 2015", "13 tháng 11 năm 2008", "20 tháng 11 năm 2014"),
        ("2025-03-01", "19 tháng 02 năm 2025", "13 tháng 11 năm 2008", "20 tháng 11 năm 2014"),
        ("2025-06-15", "19 tháng 02 năm 2025", "13 tháng 11 năm 2008", "20 tháng 11 năm 2014"),
        ("2025-06-16", "16 tháng 6 năm 2025", "13 tháng 11 năm 2008", "20 tháng 11 năm 2014"),
        ("2025-06-30", "16 tháng 6 năm 2025", "13 tháng 11 năm 2008", "20 tháng 11 năm 2014"),
        ("2025-07-01", "16 tháng 6 năm 2025", "24 tháng 6 năm 2025", "29 tháng 6 năm 2024"),
    ],
)
def test_the_laws_quoted_are_those_in_force_on_the_day_of_issue(day, local, staff, insurance):
    lines = quoted(day)
    assert len(lines) == 3
    assert f"Luật Tổ chức chính quyền địa phương ngày {local}" in lines[0]
    assert f"Luật Cán bộ, công chức ngày {staff}" in lines[1]
    assert f"Luật Bảo hiểm xã hội ngày {insurance}" in lines[2]


def test_who_decides_and_about_whom_choose_the_laws():
    assert not any("chính quyền địa phương" in line for line in quoted("2025-07-01", body="department"))
    assert any("Luật Viên chức" in line for line in quoted("2026-06-30", category="public_employee"))
    assert any("ngày 10 tháng 12 năm 2025" in line for line in quoted("2026-07-01", category="public_employee"))
    assert any("Bộ luật Lao động" in line for line in quoted("2025-07-01", category="contract_worker"))
    assert not any("Bảo hiểm xã hội" in line for line in quoted("2025-07-01", benefit="talent_allowance"))


def test_the_amending_decree_is_quoted_only_where_the_amended_text_applied():
    before, after = decree_documents("178", "2025-01-01"), decree_documents("178", "2025-03-15")
    assert not any("67/2025" in title for title in before)
    assert any(title.startswith("Nghị định số 67/2025/NĐ-CP ngày 15 tháng 3 năm 2025") for title in after)
    assert after[0].startswith("Nghị định số 178/2024/NĐ-CP ngày 31 tháng 12 năm 2024 của Chính phủ")
    assert decree_documents("no such decree", "") == []


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("18/NQ-HĐND", "Nghị quyết"),
        ("1666/NQ-UBTVQH15", "Nghị quyết"),
        ("45/QĐ-UBND", "Quyết định"),
        ("12/KH-UBND", "Kế hoạch"),
        ("77-KL/TW", "Văn bản"),
    ],
)
def test_the_kind_of_a_document_from_its_number(number, kind):
    assert kind_of_number(number) == kind


def test_the_restructuring_document_is_quoted_with_everything_that_identifies_it():
    from datetime import date

    from models.restructuring import RestructuringAct

    act = RestructuringAct(
        number="18/NQ-HĐND", issued_on=date(2025, 2, 20), issuer="HĐND tỉnh", title="Về sắp xếp các sở"
    )
    assert act_title(act) == "Nghị quyết số 18/NQ-HĐND ngày 20 tháng 02 năm 2025 của HĐND tỉnh về sắp xếp các sở"
    act.title, act.issuer = "Hợp nhất các sở", ""
    assert act_title(act) == "Nghị quyết số 18/NQ-HĐND ngày 20 tháng 02 năm 2025 về việc hợp nhất các sở"
