"""Names people see: states, case fields, facts that may be corrected by hand, funding sources, papers.

Codes are what the database and the API hold; every label is a Vietnamese sentence part that the catalogue translates
(:func:`N_` marks it for the extraction, the screens translate it when they show it).
"""

from __future__ import annotations

from dataclasses import dataclass

from policies.engine import case
from policies.labels import BENEFIT_LABELS, DECREE_LABELS


def N_(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


DRAFT, UNIT_REVIEW, APPRAISAL, FINANCE_REVIEW = "draft", "unit_review", "appraisal", "finance_review"
DECIDED, PAID = "decided", "paid"
REFUSED, WITHDRAWN, SUPERSEDED = "refused", "withdrawn", "superseded"
OPEN = (DRAFT, UNIT_REVIEW, APPRAISAL, FINANCE_REVIEW)
SETTLED = (DECIDED, PAID)
CLOSED = (REFUSED, WITHDRAWN, SUPERSEDED)

LABELS: dict[str, str] = {
    "person_id": N_("Người nghỉ"),
    "unit_id": N_("Đơn vị"),
    "batch_id": N_("Đợt giải quyết"),
    "act_id": N_("Văn bản sắp xếp"),
    "decree": N_("Nghị định áp dụng"),
    "benefit": N_("Chính sách đề nghị"),
    "ground": N_("Diện đối tượng"),
    "directly_affected": N_("Chịu sự tác động trực tiếp của việc sắp xếp"),
    "leave_date": N_("Nghỉ từ ngày"),
    "roadmap_decided_on": N_("Ngày quyết định lộ trình nghỉ"),
    "retirement_annex": N_("Phụ lục tuổi nghỉ hưu (NĐ 135/2020/NĐ-CP)"),
    "voluntary": N_("Tự nguyện xin nghỉ"),
    "application_on": N_("Ngày viết đơn"),
    "pregnant_or_small_child": N_("Đang mang thai, nghỉ thai sản hoặc nuôi con dưới 36 tháng tuổi"),
    "under_discipline": N_("Đang bị xem xét kỷ luật, truy cứu trách nhiệm hình sự hoặc thanh tra, kiểm tra"),
    "group_177": N_("Nhóm đối tượng theo NĐ 177/2024/NĐ-CP"),
    "reason": N_("Lý do, hoàn cảnh"),
    "overrides": N_("Dữ liệu sửa theo văn bản"),
    "local_top_up": N_("Hỗ trợ thêm của địa phương"),
    "local_top_up_decision": N_("Quyết định hỗ trợ thêm"),
    "local_top_up_on": N_("Ngày quyết định hỗ trợ thêm"),
    "deputies_present": N_("Số lãnh đạo cùng cấp hiện có"),
    "deputies_allowed": N_("Số lãnh đạo cùng cấp được bố trí"),
    "meeting_on": N_("Ngày họp xét"),
    "meeting_minutes": N_("Số biên bản họp"),
    "meeting_present": N_("Số người dự họp"),
    "meeting_agree": N_("Số người đồng ý"),
    "meeting_conclusion": N_("Kết luận cuộc họp"),
    "funding_source": N_("Nguồn kinh phí"),
    "decision_number": N_("Số quyết định"),
    "decision_date": N_("Ngày quyết định"),
    "decided_by": N_("Cấp có thẩm quyền quyết định"),
    "paid_on": N_("Ngày chi trả"),
    "payment_reference": N_("Chứng từ chi trả"),
    "paid_amount": N_("Số tiền chi trả lần này"),
    "state": N_("Trạng thái"),
    "number": N_("Số hồ sơ"),
    "total": N_("Tổng trợ cấp"),
    "monthly_salary": N_("Tiền lương tháng hiện hưởng"),
    "months_early": N_("Số tháng nghỉ sớm"),
    "level": N_("Mức xếp loại"),
    "conduct_score": N_("Điểm phẩm chất, trách nhiệm, kỷ luật"),
    "capacity_score": N_("Điểm năng lực, tiến độ, chất lượng"),
    "result_score": N_("Điểm kết quả, sản phẩm"),
    "remark": N_("Nhận xét"),
    "deadline": N_("Hạn hoàn thành"),
    "name": N_("Tên đợt"),
    "year": N_("Năm"),
    "round": N_("Đợt số"),
    "note": N_("Ghi chú"),
    "issued_on": N_("Ngày ban hành"),
    "effective_on": N_("Ngày có hiệu lực"),
    "issuer": N_("Cơ quan ban hành"),
    "title": N_("Trích yếu"),
    "kind": N_("Loại"),
}


def label(field: str) -> str:
    """The label of a field; the field itself when it has none (never an error on a screen)."""
    return LABELS.get(field, field)


DECREES = dict(DECREE_LABELS)
BENEFITS = {code: BENEFIT_LABELS[code] for code in ("auto", *case.BENEFITS)}
GROUPS_177 = {  # Điều 2 NĐ 177/2024/NĐ-CP
    "k1": N_("Khoản 1: cán bộ giữ chức vụ bầu cử, không đủ tuổi tái cử, tái bổ nhiệm cấp ủy"),
    "k2": N_("Khoản 2: lực lượng vũ trang, cơ yếu trong cơ cấu cấp ủy"),
    "k3": N_("Khoản 3: công chức bổ nhiệm theo thời hạn trong cơ cấu cấp ủy, không đủ tuổi tái cử"),
    "k4": N_("Khoản 4: còn đủ tuổi, còn 30 đến 60 tháng đến tuổi nghỉ hưu, có nguyện vọng nghỉ"),
    "k5": N_("Khoản 5: cán bộ thuộc diện Bộ Chính trị, Ban Bí thư quản lý"),
}
ANNEXES = {"I": N_("Phụ lục I (điều kiện bình thường)"), "II": N_("Phụ lục II (tuổi thấp hơn 5 năm)")}


@dataclass(frozen=True)
class Correctable:
    """A fact of the calculation that may be set by hand: where it stands in the contract's case, and how it is read."""

    path: str
    label: str
    kind: str  # whole | decimal | date | flag | choice
    choices: tuple[str, ...] = ()


CORRECTABLE: dict[str, Correctable] = {
    "social_insurance_months": Correctable(
        "person.social_insurance_months", N_("Số tháng đóng BHXH bắt buộc"), "whole"
    ),
    "public_service_months": Correctable(
        "person.public_service_months", N_("Số tháng công tác có đóng BHXH tại cơ quan của Điều 1"), "whole"
    ),
    "leader": Correctable("person.leader", N_("Giữ chức vụ lãnh đạo, quản lý"), "flag"),
    "group_179": Correctable("person.group_179", N_("Nhóm theo NĐ 179/2024/NĐ-CP"), "choice", ("k1", "k2", "k3")),
    "coefficient": Correctable("salary.coefficient", N_("Hệ số lương"), "decimal"),
    "agreed_amount": Correctable("salary.agreed_amount", N_("Lương theo thỏa thuận (đồng/tháng)"), "whole"),
    "average_60_months": Correctable("salary.average_60_months", N_("Lương bình quân 60 tháng (đồng)"), "whole"),
    "leadership": Correctable("salary.allowances.leadership", N_("Hệ số phụ cấp chức vụ"), "decimal"),
    "beyond_frame_percent": Correctable(
        "salary.allowances.beyond_frame_percent", N_("Thâm niên vượt khung (%)"), "decimal"
    ),
    "seniority_percent": Correctable("salary.allowances.seniority_percent", N_("Thâm niên nghề (%)"), "decimal"),
    "profession_preferential_percent": Correctable(
        "salary.allowances.profession_preferential_percent", N_("Ưu đãi theo nghề (%)"), "decimal"
    ),
    "profession_responsibility_percent": Correctable(
        "salary.allowances.profession_responsibility_percent", N_("Trách nhiệm theo nghề (%)"), "decimal"
    ),
    "public_service_percent": Correctable(
        "salary.allowances.public_service_percent", N_("Phụ cấp công vụ (%)"), "decimal"
    ),
    "party_union_percent": Correctable(
        "salary.allowances.party_union_percent", N_("Phụ cấp công tác đảng, đoàn thể (%)"), "decimal"
    ),
    "retained_difference": Correctable(
        "salary.allowances.retained_difference", N_("Hệ số chênh lệch bảo lưu lương"), "decimal"
    ),
    "earlier_benefit": Correctable(
        "circumstances.earlier_benefit",
        N_("Nghị định đã hưởng trước đây"),
        "choice",
        ("29", "154", "177", "178", "179"),
    ),
    "congress_date": Correctable("facts.congress_date", N_("Ngày khai mạc đại hội, ngày bầu cử"), "date"),
    "term_ends": Correctable("facts.term_ends", N_("Ngày hết nhiệm kỳ, hết thời hạn bổ nhiệm"), "date"),
    "old_leadership_allowance": Correctable(
        "facts.old_leadership_allowance", N_("Hệ số phụ cấp chức vụ cũ"), "decimal"
    ),
    "new_leadership_allowance": Correctable(
        "facts.new_leadership_allowance", N_("Hệ số phụ cấp chức vụ mới"), "decimal"
    ),
    "secondment_level": Correctable(
        "facts.secondment_level", N_("Cấp đến tăng cường"), "choice", ("commune", "province")
    ),
    "ground_154": Correctable(
        "facts.ground_154",
        N_("Trường hợp tinh giản (khoản 1 Điều 2 NĐ 154/2025/NĐ-CP)"),
        "choice",
        ("a", "b", "c", "d", "đ", "e", "g", "h"),
    ),
    "recruited_on": Correctable("facts.recruited_on", N_("Ngày tuyển dụng"), "date"),
    "recognised_on": Correctable("facts.recognised_on", N_("Ngày được công nhận là người có tài năng"), "date"),
    "contract_before_2019": Correctable("facts.contract_before_2019", N_("Hợp đồng ký trước 15/01/2019"), "flag"),
    "education_or_health": Correctable("facts.education_or_health", N_("Viên chức ngành giáo dục, y tế"), "flag"),
}

FUNDING_SOURCES = {
    "salary_reform": N_("Nguồn cải cách tiền lương (ngân sách địa phương, trung ương bổ sung phần thiếu)"),
    "unit_estimate": N_("Dự toán chi thường xuyên của cơ quan, đơn vị"),
    "own_revenue": N_("Nguồn thu của đơn vị sự nghiệp"),
    "local_top_up": N_("Ngân sách địa phương theo quyết định hỗ trợ thêm"),
}
PAPER_KINDS = {
    "calculation_sheet": N_("Phiếu tính chế độ"),
    "submission": N_("Tờ trình của đơn vị"),
    "submission_province": N_("Tờ trình của Sở Nội vụ"),
    "decision": N_("Quyết định"),
    "refusal": N_("Thông báo không giải quyết"),
    "minutes": N_("Biên bản họp xét"),
    "budget_list": N_("Danh sách và dự toán kinh phí"),
    "estimate": N_("Tổng hợp dự toán theo đơn vị và nguồn"),
    "published_list": N_("Danh sách công khai"),
}
