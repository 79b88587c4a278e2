"""Sentences that several papers share: who the person is, what is paid from which purse, under which article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from hrms.kernel.text import amount_in_words, format_integer, months_to_words
from models.vocabulary import GROUNDS_178
from reports.case_file import CaseFile
from reports.citations import in_text, only_article
from reports.formats import day_in_text

# Sources of funds in the words of a decision; codes are those the finance step stores on a case.
SOURCES: Mapping[str, str] = {
    "salary_reform": (
        "nguồn cải cách tiền lương của ngân sách địa phương; trường hợp thiếu, ngân sách trung ương bổ sung"
    ),
    "unit_estimate": "dự toán chi thường xuyên được giao hằng năm của cơ quan, đơn vị",
    "own_revenue": "nguồn thu của đơn vị sự nghiệp công lập",
    "local_top_up": "ngân sách địa phương theo quyết định hỗ trợ của địa phương",
}
SOURCE_HEADINGS: Mapping[str, str] = {
    "salary_reform": "Cải cách tiền lương",
    "unit_estimate": "Chi thường xuyên",
    "own_revenue": "Nguồn thu đơn vị",
    "local_top_up": "Hỗ trợ của địa phương",
}
FUNDING_RULE = {"178": "Thông tư số 07/2025/TT-BTC"}
LETTERS = "abcdđeghiklm"
NOTHING = "…………"


def money(amount: int) -> str:
    """``852.140.250 đồng (bằng chữ: Tám trăm …)``."""
    return f"{format_integer(amount)} đồng (bằng chữ: {amount_in_words(amount)})"


def ground_in_text(code: str) -> str:
    """The group of Điều 2 a person falls under, as a sentence part; empty for a code the decree does not have."""
    label = GROUNDS_178.get(code, "")
    return label[:1].lower() + label[1:]


def ground_article(code: str) -> str:
    """``2.1.g`` → ``điểm g khoản 1 Điều 2``."""
    parts = code.split(".")
    if len(parts) == 3:
        return f"điểm {parts[2]} khoản {parts[1]} Điều {parts[0]}"
    return f"khoản {parts[1]} Điều {parts[0]}" if len(parts) == 2 else code


def insured(file: CaseFile) -> str:
    """Insurance time as counted: ``366 tháng (30 năm 6 tháng)``."""
    months = (file.inputs.get("person") or {}).get("social_insurance_months")
    return NOTHING if months is None else f"{months} tháng ({months_to_words(int(months))})"


def right_article(file: CaseFile) -> str:
    """The clause the whole right rests on, in full: ``điểm a khoản 2 Điều 7 Nghị định số 178/2024/NĐ-CP``."""
    reasons = file.result.get("reasons") or []
    return in_text(str(reasons[0]["article"])) if reasons and file.result.get("eligible") else file.decree_name


def paid_lines(file: CaseFile) -> list[dict[str, Any]]:
    """The lines of the calculation lettered a), b) …, each with its article in the order of papers."""
    return [
        {
            "letter": LETTERS[position],
            "label": spelled_out(str(line["label"])),
            "formula": line["formula"],
            "amount": line["amount"],
            "article": only_article(str(line["article"])) or in_text(str(line["article"])),
        }
        for position, line in enumerate(file.lines)
    ]


def funding(file: CaseFile) -> str:
    """Where the money comes from; blanks while finance has not said it."""
    source = SOURCES.get(file.case.funding_source, "")
    top_up = file.case.top_up_part or 0
    rule = FUNDING_RULE.get(file.decree)
    text = source or NOTHING * 3
    if source and rule and file.case.funding_source in ("salary_reform", "unit_estimate", "own_revenue"):
        text += f", theo quy định tại {rule}"
    estimate = file.case.estimate_part or 0
    if estimate and file.case.funding_source not in ("unit_estimate", "own_revenue"):
        text += f"; riêng {format_integer(estimate)} đồng từ {SOURCES['unit_estimate']}"
    if top_up:
        text += f"; riêng {format_integer(top_up)} đồng hỗ trợ thêm từ {SOURCES['local_top_up']}"
        if file.case.local_top_up_decision:
            text += f" (Quyết định số {file.case.local_top_up_decision}"
            text += f" {day_in_text(file.case.local_top_up_on)})" if file.case.local_top_up_on else ")"
    return text


def spelled_out(text: str) -> str:
    """Abbreviations that have no place in the text of a decision."""
    return text.replace("BHXH", "bảo hiểm xã hội")


def joined(parts: Sequence[str]) -> str:
    """``a, b và c``."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} và {parts[-1]}"
