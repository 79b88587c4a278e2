"""Words the tables use: code → Vietnamese label. Codes are those of the entitlement contract where it names them."""

from __future__ import annotations

CATEGORIES = {
    "cadre": "Cán bộ",
    "civil_servant": "Công chức",
    "public_employee": "Viên chức",
    "contract_worker": "Người lao động",
    "commune_official": "Cán bộ, công chức cấp xã",
    "association_staff": "Người làm việc tại hội",
}
SEXES = {"male": "Nam", "female": "Nữ"}
PRECISIONS = {"day": "ngày", "month": "tháng", "year": "năm"}
UNIT_LEVELS = {"PROVINCE": "Cấp tỉnh", "DISTRICT": "Cấp huyện", "COMMUNE": "Cấp xã", "INTERNAL": "Bên trong cơ quan"}
UNIT_KINDS = {
    "province": "Tỉnh",
    "party": "Cơ quan Đảng",
    "front": "Mặt trận, đoàn thể",
    "department": "Sở và tương đương",
    "branch": "Chi cục",
    "division": "Phòng, ban thuộc cơ quan",
    "district": "Huyện, thị xã, thành phố",
    "commune": "Xã, phường",
    "commune_office": "Cơ quan chuyên môn cấp xã",
    "service_unit": "Đơn vị sự nghiệp công lập",
    "association": "Hội được giao biên chế",
}
# NĐ 60/2021: who pays decides the funding source of a leave (TT 07/2025/TT-BTC).
FUNDING_KINDS = {
    "budget": "Ngân sách bảo đảm toàn bộ",
    "partly": "Tự bảo đảm một phần chi thường xuyên",
    "self": "Tự bảo đảm chi thường xuyên",
}
ESTABLISHMENT_KINDS = {
    "civil_servant": "Công chức",
    "public_employee": "Viên chức",
    "contract": "Hợp đồng theo NĐ 111/2022/NĐ-CP",
    "commune": "Cán bộ, công chức cấp xã",
}
ESTABLISHMENT_OF_CATEGORY = {
    "cadre": "civil_servant",
    "civil_servant": "civil_servant",
    "public_employee": "public_employee",
    "contract_worker": "contract",
    "commune_official": "commune",
    "association_staff": "contract",
}
POSITION_GROUPS = {
    "LANH_DAO_QUAN_LY": "Lãnh đạo, quản lý",
    "CHUYEN_NGANH": "Nghiệp vụ chuyên ngành",
    "DUNG_CHUNG": "Nghiệp vụ chuyên môn dùng chung",
    "HO_TRO_PHUC_VU": "Hỗ trợ, phục vụ",
}
LEADER_RANKS = {"": "Không giữ chức vụ", "head": "Cấp trưởng", "deputy": "Cấp phó"}
APPOINTMENT_KINDS = {"main": "Vị trí chính", "concurrent": "Kiêm nhiệm", "secondment": "Biệt phái"}
STAFF_STATUSES = {"active": "Đang làm việc", "seconded": "Đang biệt phái", "left": "Đã nghỉ, đã chuyển"}
SUCCESSION_KINDS = {
    "merge": "Sáp nhập, hợp nhất",
    "split": "Chia, tách",
    "rename": "Đổi tên",
    "transfer": "Chuyển chức năng, tổ chức",
    "end": "Kết thúc hoạt động, giải thể",
}
ABSENCE_KINDS = {
    "maternity": "Nghỉ thai sản",
    "sick": "Nghỉ ốm đau, điều trị",
    "unpaid": "Nghỉ không hưởng lương",
    "study": "Đi học tập trung",
    "suspension": "Tạm đình chỉ công tác",
    "other": "Nghỉ khác theo quy định",
}
MOVEMENT_KINDS = {
    "LUAN_CHUYEN": "Luân chuyển",
    "DIEU_DONG": "Điều động",
    "BIET_PHAI": "Biệt phái",
    "CDVTCT": "Định kỳ chuyển đổi vị trí công tác",
    "NOI_BO": "Bố trí, phân công lại trong đơn vị",
}
# Who a cycle of evaluation is about: everybody it covers, or leaders alone (KL 198-KL/TW: leaders by quarter and year).
EVALUATION_CIRCLES = {"all": "Tất cả người thuộc phạm vi", "leaders": "Chỉ người giữ chức vụ lãnh đạo, quản lý"}
EVALUATION_SIDES = {"STATE": "Chính quyền", "PARTY": "Đảng"}
PERIOD_KINDS = {"MONTH": "Tháng", "QUARTER": "Quý", "HALF_YEAR": "6 tháng", "YEAR": "Năm"}
EVALUATION_CLASSES = {
    "CB": "Cán bộ",
    "CC0": "Công chức không giữ chức vụ lãnh đạo, quản lý",
    "CC1": "Công chức lãnh đạo, quản lý",
    "VC0": "Viên chức không giữ chức vụ quản lý",
    "VC1": "Viên chức quản lý",
    "HD": "Người lao động hợp đồng",
    "TT": "Tập thể",
}
DISCIPLINE_KINDS = {"administrative": "Hành chính", "party": "Đảng"}
RATINGS = {
    "HTXS": "Hoàn thành xuất sắc nhiệm vụ",
    "HTT": "Hoàn thành tốt nhiệm vụ",
    "HT": "Hoàn thành nhiệm vụ",
    "KHT": "Không hoàn thành nhiệm vụ",
}
# Điều 2 NĐ 178/2024/NĐ-CP as amended by NĐ 67/2025/NĐ-CP: the group a person falls under.
GROUNDS_178 = {
    "2.1.a": "Công chức, viên chức không giữ chức vụ, chịu tác động trực tiếp (điểm a khoản 1 Điều 2)",
    "2.1.b": "Cán bộ, công chức cấp xã (điểm b khoản 1 Điều 2)",
    "2.1.c": "Người làm việc theo hợp đồng lao động (điểm c khoản 1 Điều 2)",
    "2.1.g": "Lãnh đạo, quản lý có nguyện vọng nghỉ để bố trí số lượng cấp phó (điểm g khoản 1 Điều 2)",
    "2.2": "Không chịu tác động trực tiếp, còn đủ 5 năm trở xuống đến tuổi nghỉ hưu (khoản 2 Điều 2)",
    "2.3": "Người trong chỉ tiêu biên chế của hội được sáp nhập (khoản 3 Điều 2)",
    "2.4": "Cán bộ không tái cử, cấp ủy viên kết thúc hoạt động (khoản 4 Điều 2)",
}
# How one becomes the words of an act in a sentence.
ACT_KINDS = {"province": "Sắp xếp cấp tỉnh", "commune": "Sắp xếp cấp xã", "agency": "Sắp xếp cơ quan, đơn vị"}
