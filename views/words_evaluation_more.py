"""Words of the quota, calibration, decisions, petitions, consequences and settings that data and rules declare."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

# What the ceiling does with a candidate
OUTCOMES = {
    "kept": _l("Giữ Hoàn thành xuất sắc"),
    "demoted": _l("Chuyển xuống Hoàn thành tốt"),
    "tied": _l("Bằng điểm, chờ chọn"),
    "": _l("Chưa kiểm tra"),
}
# What a good year may lead to (policies/evaluation/consequences.yaml, follow_ups)
FOLLOW_UPS = {
    "PREPARE_TALENT": _l("Thu hút, trọng dụng người có tài năng (NĐ 179)"),
    "PREPARE_EARLY_RAISE": _l("Nâng bậc lương trước thời hạn, khen thưởng"),
    "PREPARE_PLANNING": _l("Đưa vào quy hoạch"),
}
STATES = (
    _l("Đang giải quyết"), _l("Giữ nguyên kết quả"), _l("Đã thay đổi kết quả"), _l("Gửi quá hạn, lưu hồ sơ"),
    _l("Đã rút"), _l("Chờ xử lý"), _l("Đã xử lý"), _l("Không áp dụng"),
)  # fmt: skip
CHANNELS = (_l("Điện tử"), _l("Văn bản giấy"), _l("Trao trực tiếp tại cuộc họp"))
GROUNDS = (
    _l("Số liệu, hồ sơ đánh giá không đúng sự thật"), _l("Cấp trên yêu cầu xét lại"),
    _l("Có quyết định kỷ luật hoặc kết luận vi phạm mới"),
)  # fmt: skip
FINDINGS = (
    _l("Tỷ lệ Hoàn thành xuất sắc cao hơn hẳn các nơi khác"),
    _l("Tỷ lệ Hoàn thành xuất sắc thấp hơn hẳn các nơi khác"),
    _l("Điểm trung bình cao hơn hẳn các nơi khác"), _l("Điểm trung bình thấp hơn hẳn các nơi khác"),
    _l("Mức xếp loại cao hơn mức theo điểm"), _l("Mức xếp loại thấp hơn mức theo điểm mà không nêu lý do"),
)  # fmt: skip
