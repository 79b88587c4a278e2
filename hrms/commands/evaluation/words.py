"""Names people see in evaluation: states of sheets, collectives and cycles, steps, fields. Codes are what is stored."""

from __future__ import annotations

from flask_babel import gettext as _


def N_(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


# A person's sheet
DRAFT, SELF_SUBMITTED, REMARKED, MEETING_HELD = "draft", "self_submitted", "remarked", "meeting_held"
PARTY_OPINION, SYNTHESISED, QUOTA_CHECKED = "party_opinion", "synthesised", "quota_checked"
DECIDED, NOTIFIED, PUBLISHED, FILED = "decided", "notified", "published", "filed"
PETITIONED, REOPENED = "petitioned", "reopened"
NOT_RATED, BLOCKED, REMOVED = "not_rated", "blocked", "removed"
BEFORE_DECISION = (DRAFT, SELF_SUBMITTED, REMARKED, MEETING_HELD, PARTY_OPINION, SYNTHESISED, QUOTA_CHECKED)
AFTER_DECISION = (DECIDED, NOTIFIED, PUBLISHED, FILED, PETITIONED, REOPENED)
IN_UNIT = (SELF_SUBMITTED, REMARKED, MEETING_HELD, PARTY_OPINION)  # the unit works on it
OUT = (NOT_RATED, REMOVED)  # nobody waits for these

# A collective
SELF_ASSESSED, OPINIONS_IN, PROPOSED, RECOGNISED = "self_assessed", "opinions_in", "proposed", "recognised"

# A cycle
PLANNED, OPEN, COLLECTIVES_RATED, PERSONS_RATED = "planned", "open", "collectives_rated", "persons_rated"
QUOTA_DONE, REPORTED, CLOSED, CANCELLED = "quota_done", "reported", "closed", "cancelled"
RUNNING = (OPEN, COLLECTIVES_RATED, PERSONS_RATED, QUOTA_DONE, PUBLISHED, REPORTED)

MANUAL = "MANUAL_DECISION_REQUIRED"
OLD_AGENCY = "OLD_AGENCY_REMARKS_REQUIRED"

# Steps that have a deadline, in order: what is due, and the states of a sheet that still owe it.
STEPS: dict[str, str] = {
    "self": N_("Tự đánh giá"),
    "remark": N_("Nhận xét của người đứng đầu"),
    "meeting": N_("Họp đơn vị"),
    "collectives": N_("Xếp loại tập thể"),
    "synthesise": N_("Tổng hợp, đề xuất mức"),
    "quota": N_("Kiểm tra tỷ lệ"),
    "decide": N_("Quyết định"),
    "notify": N_("Thông báo"),
    "publish": N_("Công khai"),
}
OWED_IN_STATE: dict[str, str] = {
    DRAFT: "self",
    SELF_SUBMITTED: "remark",
    REMARKED: "meeting",
    MEETING_HELD: "synthesise",
    PARTY_OPINION: "synthesise",
    BLOCKED: "synthesise",
    SYNTHESISED: "quota",
    QUOTA_CHECKED: "decide",
    REOPENED: "decide",
    DECIDED: "notify",
    NOTIFIED: "publish",
}

LABELS: dict[str, str] = {
    "unit_id": N_("Đơn vị"),
    "person_id": N_("Người được đánh giá"),
    "period_kind": N_("Loại kỳ"),
    "year": N_("Năm"),
    "number": N_("Số thứ tự kỳ"),
    "name": N_("Tên kỳ đánh giá"),
    "side": N_("Bên đánh giá"),
    "circle": N_("Phạm vi người được đánh giá"),
    "starts_on": N_("Từ ngày"),
    "ends_on": N_("Đến ngày"),
    "as_of": N_("Danh sách tính đến ngày"),
    "categories": N_("Nhóm đối tượng"),
    "deadlines": N_("Thời hạn"),
    "document": N_("Văn bản"),
    "points_self": N_("Điểm tự chấm"),
    "points_unit": N_("Điểm của người quản lý trực tiếp"),
    "points_decided": N_("Điểm của cấp có thẩm quyền"),
    "points_proposed": N_("Điểm đề nghị"),
    "texts_self": N_("Tự nhận xét"),
    "texts_unit": N_("Nhận xét của đơn vị"),
    "texts": N_("Nội dung đánh giá"),
    "evidence": N_("Minh chứng"),
    "measures": N_("Số liệu đánh giá"),
    "level_self": N_("Mức tự xếp loại"),
    "level_unit": N_("Mức đơn vị đề nghị"),
    "level_proposed": N_("Mức đề nghị"),
    "level": N_("Mức xếp loại"),
    "level_reason": N_("Lý do xếp loại"),
    "manager_remark": N_("Nhận xét của người quản lý trực tiếp"),
    "meeting_remark": N_("Ý kiến tại cuộc họp"),
    "meeting_votes": N_("Phiếu biểu quyết"),
    "party_opinion": N_("Ý kiến của cấp ủy"),
    "party_document": N_("Văn bản của cấp ủy"),
    "party_opinion_on": N_("Ngày ý kiến của cấp ủy"),
    "old_agency_remarks": N_("Nhận xét của cơ quan cũ"),
    "old_agency_document": N_("Văn bản của cơ quan cũ"),
    "tasks": N_("Công việc, sản phẩm"),
    "reason": N_("Lý do"),
    "held_on": N_("Ngày họp"),
    "place": N_("Địa điểm"),
    "chair": N_("Người chủ trì"),
    "secretary": N_("Thư ký"),
    "attendees": N_("Có mặt"),
    "absentees": N_("Vắng mặt"),
    "minutes": N_("Biên bản"),
    "minutes_number": N_("Số biên bản"),
    "approved": N_("Biên bản được thông qua tại cuộc họp"),
}
# What a head or deputy, a member of staff and a collective write about themselves (NĐ 90/2020 Mẫu 01-03; HD 43).
TEXT_SECTIONS: dict[str, str] = {
    "strengths": N_("Ưu điểm"),
    "weaknesses": N_("Khuyết điểm, hạn chế"),
    "causes": N_("Nguyên nhân"),
    "remedies": N_("Biện pháp khắc phục"),
    "results": N_("Kết quả thực hiện chức trách, nhiệm vụ"),
    "outlook": N_("Chiều hướng, triển vọng phát triển"),
    "opinions": N_("Ý kiến góp ý"),
    "repaired": N_("Kết quả khắc phục hạn chế, khuyết điểm đã được chỉ ra"),
}
PARTY_REGIMES = frozenset({"QD124", "QD366"})


def self_sections(regime: str) -> tuple[str, ...]:
    """The sections a person writes; the review of the Party side also asks what became of earlier shortcomings."""
    own = ("strengths", "weaknesses", "causes", "remedies", "results")
    return (*own, "repaired") if regime in PARTY_REGIMES else own


# Exits that come from the records or from a hand; all other codes have their sentence in the rules.
EXIT_LABELS: dict[str, str] = {
    "NO_WORK_IN_PERIOD": N_("Không có thời gian làm việc trong kỳ: không có kết quả để xếp loại"),
    "DECIDED_BY_HAND": N_("Không xếp loại theo lý do ghi tại phiếu"),
}


def exit_text(code: str) -> str:
    """The sentence of an exit code."""
    from policies.evaluation import reason_text  # the home page needs these words, not the rules

    return str(_(EXIT_LABELS[code])) if code in EXIT_LABELS else reason_text(code)
