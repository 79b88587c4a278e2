"""NĐ 178 as one decree: the two consolidated texts, the benefits, the warnings, and how they become a result."""

from __future__ import annotations

from datetime import date

from policies.early_or_severance import carry_over, join_refusals, note_early_refused, refuse_for_early
from policies.engine.result import Reason, Result
from policies.engine.trace import Branch, Node, Refused
from policies.leave import (
    Identity,
    Outcome,
    Shared,
    add_local_top_up,
    check_conditions,
    conclude,
    grant,
)
from policies.nd178 import rules
from policies.nd178.conditions import BOOK, EARLY, SEVERANCE
from policies.nd178.facts import ARTICLE_7, ARTICLE_7A, ARTICLE_7B, Facts178
from policies.nd178.other_benefits import retained_leadership_allowance, secondment_allowance

SEVERANCE_ARTICLE = "Điều 9, Điều 10 NĐ 178/2024/NĐ-CP"
IDENTITY = Identity("178", "178/2024/NĐ-CP", "Chính sách theo NĐ 178/2024/NĐ-CP")

_OTHER = {
    "retained_leadership_allowance": retained_leadership_allowance,
    "grassroots_secondment": secondment_allowance,
}


def benefits_tried() -> tuple[str, ...]:
    """The leave benefits ``benefit: auto`` looks at."""
    return (EARLY, SEVERANCE)


def evaluate(shared: Shared, benefit: str) -> Result:
    """Answer for one benefit (or ``auto``).

    A leave before the amendment is computed under both texts; the later one, if higher, is owed (NĐ 67/2025,
    transitional clause).
    """
    if benefit in _OTHER:
        return _OTHER[benefit](shared, IDENTITY)
    day = shared.case.leave_date
    versions = shared.store.versions("nd178.amended_from")
    amended_from: date = versions[0].value
    if day >= amended_from:
        return _evaluate_text(shared, benefit, amended_from, amended=True)
    original = _evaluate_text(shared, benefit, amended_from, amended=False)
    if any(r.code == "not_yet_in_force" for r in original.reasons):
        return original
    amended = _evaluate_text(shared, benefit, amended_from, amended=True)
    if not amended.eligible or (amended.total <= original.total and original.eligible):
        return original
    article = versions[0].article
    difference = amended.total - original.total
    amended.warnings = [
        *amended.warnings,
        Reason(
            "transitional_top_up",
            article,
            (
                "Nghỉ trước {0}: bản gốc {1} đồng, bản sửa đổi {2} đồng; phần chênh {3} đồng được cấp bổ sung.",
                (amended_from, original.total, amended.total, difference),
            ),
        ),
    ]
    amended.trace.children.append(
        Node(
            "So sánh với bản gốc của nghị định",
            difference,
            "đồng",
            ("{0} − {1}", (amended.total, original.total)),
            article,
            versions[0],
            Branch(
                "Bản sửa đổi (NĐ 67/2025/NĐ-CP)",
                [Refused("Bản gốc", article, ("mức thấp hơn: {0}", (original.total,)))],
            ),
            [original.trace],
        )
    )
    return amended


def _evaluate_text(shared: Shared, benefit: str, amended_from: date, *, amended: bool) -> Result:
    facts = Facts178(shared, amended=amended, amended_from=amended_from)
    early = check_conditions(BOOK, facts, EARLY)
    if benefit == EARLY or not early.reasons:
        if benefit == SEVERANCE:
            return _refuse_severance_for_early(shared, amended_from, amended=amended)
        return _early(facts, early)
    if any(r.code == "not_yet_in_force" for r in early.reasons):
        return _conclude(facts, EARLY if benefit == "auto" else benefit, early, None)
    second = Facts178(shared, amended=amended, amended_from=amended_from)
    severance = check_conditions(BOOK, second, SEVERANCE)
    carry_over(facts, second)
    if benefit == SEVERANCE or not severance.reasons:
        note_early_refused(severance, early, SEVERANCE_ARTICLE)
        return _severance(second, severance)
    join_refusals(early, severance)
    return _conclude(facts, EARLY, early, None)


def _refuse_severance_for_early(shared: Shared, amended_from: date, *, amended: bool) -> Result:
    """Whoever qualifies under Điều 7, 7a or 7b may not take severance instead; other refusals stand beside it."""
    facts = Facts178(shared, amended=amended, amended_from=amended_from)
    outcome = check_conditions(BOOK, facts, SEVERANCE)
    refuse_for_early(outcome, SEVERANCE_ARTICLE)
    return _conclude(facts, SEVERANCE, outcome, None)


_PATH_ARTICLES = {"7": ARTICLE_7, "7a": ARTICLE_7A, "7b": ARTICLE_7B}
_PATH_LABELS = {
    "7": "Điều 7: người chịu sự tác động trực tiếp",
    "7a": "Điều 7a: người còn từ đủ 05 năm trở xuống, không chịu tác động trực tiếp",
    "7b": "Điều 7b: cán bộ không tái cử, tái bổ nhiệm, nghỉ để sắp xếp nhân sự",
}


def _early(facts: Facts178, outcome: Outcome) -> Result:
    if outcome.reasons:
        return _conclude(facts, EARLY, outcome, None)
    grant(BOOK, facts, rules.EARLY_ENTRIES, outcome)
    add_local_top_up(facts, outcome)
    path = facts.path or ""
    if facts.shorter_than(facts.param("nd178.band.two_years")):
        point = "đ" if facts.case.person.retirement_annex == "II" else "d"
    elif facts.longer_than(facts.param("nd178.band.five_years")):
        point = "b"
    else:
        point = "c" if facts.case.person.retirement_annex == "II" else "a"
    article = f"Điều 7 khoản 2 điểm {point} NĐ 178/2024/NĐ-CP"
    if path != "7":
        article = f"{_PATH_ARTICLES[path]}; {article}"
    yes = Reason(
        "eligible",
        article,
        (
            "Nghỉ hưu trước tuổi {0} tháng, đóng BHXH {1} tháng: đủ điều kiện; lương hưu không bị trừ tỷ lệ.",
            (facts.months, facts.case.person.social_insurance_months),
        ),
    )
    _not_checked(facts)
    return _conclude(facts, EARLY, outcome, yes)


def _severance(facts: Facts178, outcome: Outcome) -> Result:
    if outcome.reasons:
        return _conclude(facts, SEVERANCE, outcome, None)
    grant(BOOK, facts, rules.SEVERANCE_ENTRIES, outcome)
    add_local_top_up(facts, outcome)
    in_article_9 = facts.case.person.category in facts.param("nd178.article9.categories")
    yes = Reason(
        "eligible",
        f"{'Điều 9' if in_article_9 else 'Điều 10'} NĐ 178/2024/NĐ-CP",
        ("Không đủ điều kiện nghỉ hưu trước tuổi, còn {0} tháng đến tuổi nghỉ hưu: hưởng thôi việc.", (facts.months,)),
    )
    _not_checked(facts)
    return _conclude(facts, SEVERANCE, outcome, yes)


def _not_checked(facts: Facts178) -> None:
    """Name what the case does not say and the decree asks for."""
    person, given = facts.case.person, facts.case.facts
    if person.category == "contract_worker" and given.contract_before_2019 is None:
        facts.warn(
            "not_checked",
            "Điều 2 khoản 1 điểm c NĐ 178/2024/NĐ-CP",
            "Chưa kiểm tra: hợp đồng lao động ký trước ngày 15/01/2019 (facts.contract_before_2019).",
        )
    if facts.path == "7a" and person.category == "public_employee" and given.education_or_health is None:
        facts.warn(
            "not_checked",
            "CV 2034/BNV-TCBC",
            "Chưa kiểm tra: viên chức không thuộc ngành giáo dục, y tế (facts.education_or_health).",
        )
    if facts.path == "7" and person.leader and facts.amended and given.leaders_above_quota is None:
        facts.warn(
            "not_checked",
            "Điều 2 khoản 1 điểm g NĐ 178/2024/NĐ-CP",
            "Chưa kiểm tra: số người lãnh đạo, quản lý vượt số lượng quy định (facts.leaders_above_quota).",
        )
    if facts.path == "7b" and given.congress_date is None:
        facts.warn(
            "not_checked",
            "Điều 2 khoản 4 NĐ 178/2024/NĐ-CP",
            "Chưa kiểm tra: ngày đại hội, bầu cử và thời gian còn lại đến tuổi nghỉ hưu (facts.congress_date).",
        )
    facts.check_scale("Bảng lương NĐ 204/2004/NĐ-CP")


def _has_first12(facts: Facts178, benefit: str) -> bool:
    """Điều 7b knows no 12 months; Điều 7a counts from its own day, the others from the restructuring date."""
    if benefit == SEVERANCE:
        return facts.case.directly_affected
    return facts.path in ("7", "7a")


def _conclude(facts: Facts178, benefit: str, outcome: Outcome, yes: Reason | None) -> Result:
    in_force = not any(r.code == "not_yet_in_force" for r in outcome.reasons)
    first12: bool | None = None
    if in_force and _has_first12(facts, benefit):
        first12 = facts.first12
    extra: list[Node] = []
    if facts.first12_node is not None and first12 is not None:
        extra.append(facts.first12_node)
    if benefit == EARLY and facts.path is not None:
        extra.append(
            Node(
                "Điều khoản áp dụng",
                f"Điều {facts.path}",
                None,
                None,
                _PATH_ARTICLES[facts.path],
                None,
                Branch(
                    _PATH_LABELS[facts.path],
                    [Refused(_PATH_LABELS[p], _PATH_ARTICLES[p], why) for p, why in facts.path_reasons.items()],
                ),
            )
        )
    months: int | None = None
    if benefit == SEVERANCE and yes is not None:
        cap = facts.store.at("nd178.severance.cap_months", facts.day).value
        months = min(facts.case.person.public_service_months, cap)
    version = facts.store.at("nd178.versions", max(facts.law_day, facts.store.versions("nd178.versions")[0].valid_from))
    return conclude(
        IDENTITY,
        benefit,
        facts,
        outcome,
        salary=facts.salary if in_force else None,
        law_version=version.value.isoformat(),
        yes=yes,
        severance_months=months,
        first12=first12,
        extra_nodes=extra,
    )
