"""Vietnamese names for every code a result may carry, for pages and papers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LINE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "early_months": "Trợ cấp hưu trí một lần cho số tháng nghỉ sớm",
        "early_years": "Trợ cấp theo số năm nghỉ sớm",
        "service_years": "Trợ cấp theo thời gian công tác có đóng BHXH bắt buộc",
        "severance_months": "Trợ cấp thôi việc theo số tháng đóng BHXH",
        "severance_years": "Trợ cấp theo số năm đóng BHXH bắt buộc",
        "job_search": "Trợ cấp tìm việc làm",
        "talent_allowance": "Phụ cấp tăng thêm đối với người có tài năng",
        "retained_allowance": "Phụ cấp chức vụ được bảo lưu",
        "secondment_allowance": "Trợ cấp một lần khi tăng cường về cơ sở",
        "lump_sum": "Trợ cấp một lần",
        "local_top_up": "Hỗ trợ của địa phương",
        "study_pay": "Tiền lương trong thời gian đi học nghề",
        "course_fee": "Kinh phí học nghề",
        "part_time_months": "Trợ cấp theo số tháng phụ cấp",
        "service_allowance": "Trợ cấp theo số năm công tác",
    }
)
REFUSAL_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "not_yet_in_force": "Nghỉ trước thời điểm áp dụng",
        "window_closed": "Ngoài thời hạn giải quyết chính sách",
        "already_paid": "Đã hưởng chính sách theo văn bản khác",
        "retirement_age_reached": "Đã đủ tuổi nghỉ hưu",
        "retirement_age_not_reached": "Chưa đủ tuổi nghỉ hưu",
        "not_directly_affected": "Không chịu sự tác động trực tiếp của việc sắp xếp",
        "over_five_years": "Còn trên 05 năm đến tuổi nghỉ hưu",
        "over_ten_years": "Còn trên 10 năm đến tuổi nghỉ hưu",
        "insurance_too_short": "Chưa đủ thời gian đóng BHXH để hưởng lương hưu",
        "early_retirement_available": "Đủ điều kiện nghỉ hưu trước tuổi nên không hưởng thôi việc",
        "under_two_years": "Còn dưới 02 năm đến tuổi nghỉ hưu",
        "pregnant_or_small_child": "Đang mang thai, nghỉ thai sản, nuôi con dưới 36 tháng tuổi",
        "discipline_or_investigation": "Đang bị xem xét kỷ luật, truy cứu trách nhiệm, thanh tra, kiểm tra",
        "not_voluntary": "Không có nguyện vọng nghỉ",
        "outside_group": "Không thuộc nhóm đối tượng",
        "remaining_24_months_or_more": "Còn từ đủ 24 tháng trở lên đến tuổi nghỉ hưu",
        "facts_missing": "Hồ sơ thiếu dữ kiện để tính",
        "under_three_years": "Còn từ đủ 03 năm trở xuống đến tuổi nghỉ hưu",
        "age_limit": "Đã quá độ tuổi quy định",
        "not_higher": "Mức mới không cao hơn mức đã hưởng",
        "faulty_facts": "Dữ liệu của dòng sai hoặc mâu thuẫn",
    }
)
WARNING_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "unverified_parameter": "Thông số chưa kiểm chứng",
        "conflicting_sources": "Các nguồn chưa thống nhất",
        "not_checked": "Chưa kiểm tra",
        "decision_date_missing": "Thiếu ngày quyết định",
        "transitional_top_up": "Được cấp bổ sung theo điều khoản chuyển tiếp",
        "months_can_be_paid_in": "Được đóng số tháng BHXH còn thiếu",
        "coefficient_not_on_scale": "Hệ số lương không trùng bậc nào của bảng lương",
        "local_top_up_closed": "Hỗ trợ của địa phương đã hết căn cứ",
    }
)
BENEFIT_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "auto": "Chế độ cao nhất",
        "early_retirement": "Nghỉ hưu trước tuổi",
        "severance": "Thôi việc",
        "waiting_leave": "Nghỉ công tác chờ đủ tuổi nghỉ hưu",
        "talent_allowance": "Phụ cấp người có tài năng",
        "retained_leadership_allowance": "Bảo lưu phụ cấp chức vụ lãnh đạo",
        "grassroots_secondment": "Tăng cường về cơ sở",
        "lump_sum": "Trợ cấp một lần",
        "transfer": "Chuyển sang tổ chức không hưởng lương từ ngân sách",
        "training_then_severance": "Thôi việc sau khi đi học nghề",
        "part_time_leave": "Nghỉ đối với người hoạt động không chuyên trách",
        "preserved_insurance": "Bảo lưu thời gian đóng bảo hiểm xã hội",
    }
)
CATEGORY_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "cadre": "Cán bộ",
        "civil_servant": "Công chức",
        "public_employee": "Viên chức",
        "contract_worker": "Người lao động hợp đồng",
        "commune_official": "Cán bộ, công chức cấp xã",
        "association_staff": "Người làm việc tại hội",
    }
)
DECREE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "auto": "Văn bản có lợi nhất",
        "178": "NĐ 178/2024/NĐ-CP (sửa đổi, bổ sung bởi NĐ 67/2025/NĐ-CP)",
        "177": "NĐ 177/2024/NĐ-CP",
        "154": "NĐ 154/2025/NĐ-CP",
        "29": "NĐ 29/2023/NĐ-CP",
        "179": "NĐ 179/2024/NĐ-CP",
        "NQ07": "NQ 07/2025/NQ-CP",
        "170": "NĐ 170/2025/NĐ-CP (thôi việc thông thường)",
    }
)
TALENT_STOP_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "own_wish": "tự nguyện",
        "duties_not_met": "không hoàn thành nhiệm vụ, không đáp ứng vị trí",
        "breach": "vi phạm đến mức bị xử lý kỷ luật, truy cứu trách nhiệm hình sự",
        "field_changed": "thay đổi ngành, lĩnh vực ưu tiên",
    }
)
MARK_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "P": "đã đọc văn bản",
        "S": "nguồn thứ cấp",
        "U": "chưa kiểm chứng",
        "C": "các nguồn chưa thống nhất",
    }
)
SEX_LABELS: Mapping[str, str] = MappingProxyType({"male": "Nam", "female": "Nữ"})
ANNEX_LABELS: Mapping[str, str] = MappingProxyType({"I": "Phụ lục I", "II": "Phụ lục II"})


def label_of(code: str) -> str:
    """Label of a line, refusal or warning code; the code itself where none is known."""
    for table in (LINE_LABELS, REFUSAL_LABELS, WARNING_LABELS):
        if code in table:
            return table[code]
    return code
