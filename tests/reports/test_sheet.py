"""The calculation sheet: every đồng with its article, the parameters, what was refused, what it was made with."""

from __future__ import annotations

import json

import pytest

from policies import api
from reports import sheet as sheets
from reports.charts import Bar, leave_chart
from reports.sheet import Computed, Sheet, Subject, render_sheet
from reports.tree import tree_lines, value_text


def asked(**changes):
    case = {
        "person": {
            "sex": "male", "birth_date": "1966-05-20", "category": "civil_servant", "leader": True,
            "social_insurance_months": 366, "public_service_months": 366,
        },
        "salary": {
            "coefficient": "4.98", "allowances": {"leadership": "0.5", "public_service_percent": "25", "area": "0.2"},
        },
        "restructuring": {"effective_date": "2025-03-01", "directly_affected": True},
        "leave": {"date": "2025-07-01", "decision_date": "2025-06-20"},
    }  # fmt: skip
    for path, value in changes.items():
        group, key = path.split("__")
        case[group][key] = value
    return case


def made(case, **more):
    plain = json.loads(json.dumps(case, default=str))
    result = json.loads(json.dumps(api.calculate(case).to_dict(), default=str))
    computed = Computed(api.ENGINE_VERSION, result["law_version"], api.parameters_fingerprint())
    return Sheet(plain, result, computed, **more)


@pytest.fixture
def printed(words):
    def text(sheet):
        return words(render_sheet(sheet).write())

    return text


def test_amounts_words_articles_and_formulas(printed):
    text = printed(made(asked()))
    for expected in (
        "561.015.000", "240.435.000", "188.340.750", "989.790.750",
        "Chín trăm tám mươi chín triệu bảy trăm chín mươi nghìn bảy trăm năm mươi đồng",
        "Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP", "1,0 × 35 tháng × 16.029.000", "5 tháng × 3,0 năm × 16.029.000",
        "2.340.000 × (4,98 + 0,5) × (1 + 25%)", "16.029.000", "Phụ cấp khu vực", "không tính hưởng",
        "01/06/2028", "35 tháng", "30,5 năm", "366 tháng (30 năm 6 tháng)",
    ):  # fmt: skip
        assert expected in text


def test_the_explanation_names_parameters_with_validity_and_mark_and_what_was_refused(printed):
    text = printed(made(asked()))
    assert "Mức lương cơ sở" in text and "áp dụng từ 01/07/2024 đến 30/06/2026" in text
    assert "[S] nguồn thứ cấp" in text and "[U] chưa kiểm chứng" in text
    assert "Không áp dụng: Điều 7b" in text
    assert "hồ sơ không thuộc nhóm nào của NĐ 177/2024/NĐ-CP" in text


def test_what_the_answer_was_made_with_stands_at_the_end(printed):
    text = printed(made(asked()))
    assert f"phiên bản {api.ENGINE_VERSION}" in text
    assert api.parameters_fingerprint() in text.replace(" ", "")
    assert "bản ngày 15/03/2025" in text


def test_the_policies_that_were_compared_with_their_sums(printed):
    sheet = made(asked())
    text = printed(sheet)
    assert len(sheet.options) > 1
    for _decree, _benefit, eligible, total, _why in sheet.options:
        if eligible:
            assert f"{total:,}".replace(",", ".") in text
    assert "NĐ 154/2025/NĐ-CP" in text


def test_a_refusal_says_every_reason_with_its_article(printed):
    text = printed(
        made({**asked(person__social_insurance_months=100, person__public_service_months=100), "decree": "178"})
    )
    assert "Không đủ điều kiện hưởng" in text or "Thôi việc" in text
    refused = made({**asked(leave__date="2028-06-01"), "decree": "178", "benefit": "early_retirement"})
    text = printed(refused)
    assert "Không đủ điều kiện hưởng" in text
    for reason in refused.result["reasons"]:
        assert reason["article"] in text


def test_warnings_are_told_without_the_names_of_the_program(printed):
    sheet = made(asked())
    assert any("facts." in warning["message"] for warning in sheet.result["warnings"])
    text = printed(sheet)
    assert "số người lãnh đạo, quản lý vượt số lượng quy định" in text
    assert "facts." not in text


def test_a_birth_known_to_the_year_is_not_given_a_day(printed):
    assert "01/01/1966" not in printed(made(asked(person__birth_date="1966")))


def test_a_draft_says_so_and_a_trial_says_trial(printed):
    assert "DỰ THẢO" in printed(made(asked()))
    assert "DỰ THẢO" not in printed(made(asked(), draft=False))
    trial = printed(made(asked(), watermark="TÍNH THỬ", hands=()))
    assert "TÍNH THỬ" in trial and "NGƯỜI LẬP" not in trial


def test_the_name_is_on_the_paper_and_not_in_the_files_description(printed):
    sheet = made(asked(), subject=Subject("Nguyễn Thị Bưởi", "Chuyên viên", "Sở Xây dựng", "", "NV-SXD-2025-0001"))
    paper = render_sheet(sheet)
    assert "Nguyễn Thị Bưởi" in printed(sheet)
    assert "Bưởi" not in f"{paper.title} {paper.document.metadata.title} {paper.document.metadata.description}"


def test_the_chart_of_the_page_is_in_the_paper_with_an_embedded_face(printed):
    from datetime import date

    chart = leave_chart([Bar(date(2025, 7, 1), 900_000_000, True, "tháng 7")], title="Tổng", description="Theo tháng")
    paper = render_sheet(made(asked(), chart=chart, chart_note="(1) hết 12 tháng đầu"))
    paper.write()
    assert paper.warnings == []
    assert "hết 12 tháng đầu" in printed(made(asked(), chart=chart, chart_note="(1) hết 12 tháng đầu"))


def test_the_sheet_prints_what_is_stored_and_computes_nothing(monkeypatch, printed):
    sheet = made(asked())
    sheet.result["total"] = 123_456_789

    def never(*_args, **_kwargs):
        raise AssertionError("the sheet asked the engine again")

    monkeypatch.setattr(api, "calculate", never)
    assert "123.456.789" in printed(sheet)


def test_steps_are_numbered_as_they_hang_together():
    numbers = [line.number for line in tree_lines(made(asked()).result["trace"])]
    assert numbers[0] == "1" and len(numbers) == len(set(numbers))
    for number in numbers:
        parent = number.rpartition(".")[0]
        assert not parent or parent in numbers


def test_values_in_office_form():
    assert value_text(2340000, "đồng") == "2.340.000 đồng"
    assert value_text("30.5", "năm") == "30,5 năm"
    assert value_text("2028-06-01") == "01/06/2028"
    assert value_text("25", "%") == "25%"
    assert value_text(["coefficient", "leadership"]) == "Hệ số lương, Phụ cấp chức vụ lãnh đạo"
    assert value_text({"I": 120, "II": 60}) == "Phụ lục I: 120; Phụ lục II: 60"
    assert value_text({str(year): year for year in range(2020, 2036)}) == "theo bảng của văn bản"
    assert value_text(True) == "có"


def test_decrees_by_their_kind():
    assert sheets.document_of("178/2024/NĐ-CP") == "NĐ 178/2024/NĐ-CP"
    assert sheets.document_of("07/2025/NQ-CP") == "NQ 07/2025/NQ-CP"
