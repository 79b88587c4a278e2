"""What leaves the engine besides the result: the table, the schema of a case, legal bases, sources of funds."""

from __future__ import annotations

from dataclasses import fields

import pytest

from policies import calculate
from policies.engine import parsing
from policies.engine.case import Facts
from policies.legal import funding_sources, legal_bases
from policies.render import as_table
from policies.schema import case_schema
from tests.policies.conftest import base_case


def test_the_table_shows_each_case_its_lines_refusals_and_the_sum():
    paid = calculate({**base_case(person__birth_date="1966-05-20"), "id": "HS-01"})
    refused = calculate(base_case(leave__date="2026-01-01"))
    text = as_table([paid, refused])
    assert "HS-01" in text
    assert "14.566.500" in text
    assert "1,0 × 36 tháng × 14.566.500 = 524.394.000 đồng (Điều 7 khoản 1 điểm a NĐ 178/2024/NĐ-CP)" in text
    assert "Không đủ điều kiện: Nghỉ từ 01/01/2026, sau ngày nghỉ cuối cùng 31/12/2025." in text
    assert "Cộng 2 hồ sơ: 852.140.250 đồng" in text
    assert "Cộng" not in as_table([paid])


def test_the_schema_names_exactly_the_keys_the_parser_reads():
    schema = case_schema()["properties"]
    assert set(schema) == set(parsing.TOP)
    assert set(schema["person"]["properties"]) == set(parsing.PERSON)
    assert set(schema["salary"]["properties"]) == set(parsing.SALARY)
    assert set(schema["restructuring"]["properties"]) == set(parsing.RESTRUCTURING)
    assert set(schema["leave"]["properties"]) == set(parsing.LEAVE)
    assert set(schema["circumstances"]["properties"]) == set(parsing.CIRCUMSTANCES)
    assert set(schema["facts"]["properties"]) == {f.name for f in fields(Facts)}


@pytest.mark.parametrize(
    ("change", "numbers"),
    [
        ({"leave__date": "2025-02-01"}, ["178/2024/NĐ-CP", "01/2025/TT-BNV", "07/2025/TT-BTC", "135/2020/NĐ-CP"]),
        (
            {},
            [
                "178/2024/NĐ-CP",
                "67/2025/NĐ-CP",
                "01/2025/TT-BNV",
                "002/2025/TT-BNV",
                "07/2025/TT-BTC",
                "135/2020/NĐ-CP",
            ],
        ),
        ({"decree": "154", "leave__date": "2025-07-01"}, ["154/2025/NĐ-CP", "135/2020/NĐ-CP"]),
    ],
)
def test_papers_quote_the_documents_that_applied(change, numbers):
    found = legal_bases(calculate(base_case(**change)))
    assert [b.number for b in found] == numbers
    assert found[0].line.startswith("Căn cứ Nghị định số ")
    assert found[0].line.endswith(";")


def test_the_state_budget_pays_leave_and_the_unit_pays_kept_allowances():
    leave = funding_sources(calculate(base_case()))
    assert {s.line_code for s in leave} == {"early_months", "early_years", "service_years"}
    assert all("cải cách tiền lương" in s.source and s.mark == "P" for s in leave)
    secondment = funding_sources(calculate(base_case(benefit="grassroots_secondment")))
    assert all("cải cách tiền lương" in s.source for s in secondment)
    kept = calculate(
        base_case(
            benefit="retained_leadership_allowance",
            salary__allowances__leadership="0.5",
            facts__old_leadership_allowance="0.5",
            facts__new_leadership_allowance="0.3",
        )
    )
    assert [s.source for s in funding_sources(kept)] == ["Dự toán chi thường xuyên hằng năm của cơ quan, đơn vị"]
    unit = funding_sources(calculate(base_case()), public_service_unit=True)
    assert all("Đơn vị tự bảo đảm chi" in s.source for s in unit)


def test_the_grant_for_finding_work_under_154_is_paid_by_the_unit():
    case = base_case(decree="154", leave__date="2025-07-01", person__social_insurance_months=100)
    sources = {s.line_code: s.source for s in funding_sources(calculate(case))}
    assert sources["job_search"].startswith("Dự toán chi thường xuyên")
    assert sources["severance_years"].startswith("Ngân sách nhà nước")


def test_the_trace_tells_why_each_other_decree_was_not_taken():
    tree = calculate(base_case(decree="auto", leave__date="2025-07-01")).to_dict()["trace"]
    assert tree["branch"]["taken"] == "178/2024/NĐ-CP"
    why = {r["label"]: r["reason"] for r in tree["branch"]["refused"]}
    assert why["154/2025/NĐ-CP"].startswith("mức thấp hơn: ")
    assert why["29/2023/NĐ-CP"].startswith("ngày 01/07/2025 sau ngày cuối cùng 15/06/2025")
