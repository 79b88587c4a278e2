"""Labels of the law, of the vocabulary and of scheduled actions, declared as plain Vietnamese, for the catalogue."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

PERIODIC = "Báo cáo định kỳ: "


def action_title(title: str) -> str:
    """The title of a scheduled action in the language of the reader."""
    if title.startswith(PERIODIC):
        return _("Báo cáo định kỳ: %(title)s", title=_(title.removeprefix(PERIODIC)))
    return _(title)


# Declared in policies.labels and models.vocabulary.
LABELS = (
    _l("Trợ cấp hưu trí một lần cho số tháng nghỉ sớm"), _l("Trợ cấp theo số năm nghỉ sớm"),
    _l("Trợ cấp theo thời gian công tác có đóng BHXH bắt buộc"), _l("Trợ cấp thôi việc theo số tháng đóng BHXH"),
    _l("Trợ cấp theo số năm đóng BHXH bắt buộc"), _l("Trợ cấp tìm việc làm"),
    _l("Phụ cấp tăng thêm đối với người có tài năng"), _l("Phụ cấp chức vụ được bảo lưu"),
    _l("Trợ cấp một lần khi tăng cường về cơ sở"), _l("Trợ cấp một lần"), _l("Hỗ trợ của địa phương"),
    _l("Tiền lương trong thời gian đi học nghề"), _l("Kinh phí học nghề"), _l("Trợ cấp theo số tháng phụ cấp"),
    _l("Trợ cấp theo số năm công tác"), _l("Nghỉ trước thời điểm áp dụng"),
    _l("Ngoài thời hạn giải quyết chính sách"), _l("Đã hưởng chính sách theo văn bản khác"),
    _l("Đã đủ tuổi nghỉ hưu"), _l("Chưa đủ tuổi nghỉ hưu"), _l("Không chịu sự tác động trực tiếp của việc sắp xếp"),
    _l("Còn trên 05 năm đến tuổi nghỉ hưu"), _l("Còn trên 10 năm đến tuổi nghỉ hưu"),
    _l("Chưa đủ thời gian đóng BHXH để hưởng lương hưu"),
    _l("Đủ điều kiện nghỉ hưu trước tuổi nên không hưởng thôi việc"), _l("Còn dưới 02 năm đến tuổi nghỉ hưu"),
    _l("Đang mang thai, nghỉ thai sản, nuôi con dưới 36 tháng tuổi"),
    _l("Đang bị xem xét kỷ luật, truy cứu trách nhiệm, thanh tra, kiểm tra"), _l("Không có nguyện vọng nghỉ"),
    _l("Không thuộc nhóm đối tượng"), _l("Còn từ đủ 24 tháng trở lên đến tuổi nghỉ hưu"),
    _l("Hồ sơ thiếu dữ kiện để tính"), _l("Còn từ đủ 03 năm trở xuống đến tuổi nghỉ hưu"),
    _l("Đã quá độ tuổi quy định"), _l("Mức mới không cao hơn mức đã hưởng"),
    _l("Dữ liệu của dòng sai hoặc mâu thuẫn"), _l("Thông số chưa kiểm chứng"), _l("Thiếu ngày quyết định"),
    _l("Được cấp bổ sung theo điều khoản chuyển tiếp"), _l("Được đóng số tháng BHXH còn thiếu"),
    _l("Hệ số lương không trùng bậc nào của bảng lương"), _l("Hỗ trợ của địa phương đã hết căn cứ"),
    _l("Chế độ cao nhất"), _l("Thôi việc"), _l("Nghỉ công tác chờ đủ tuổi nghỉ hưu"), _l("Phụ cấp người có tài năng"),
    _l("Bảo lưu phụ cấp chức vụ lãnh đạo"), _l("Tăng cường về cơ sở"),
    _l("Nghỉ đối với người hoạt động không chuyên trách"), _l("Bảo lưu thời gian đóng bảo hiểm xã hội"),
    _l("Văn bản có lợi nhất"), _l("NĐ 178/2024/NĐ-CP (sửa đổi, bổ sung bởi NĐ 67/2025/NĐ-CP)"),
    _l("NĐ 177/2024/NĐ-CP"), _l("NĐ 154/2025/NĐ-CP"), _l("NĐ 29/2023/NĐ-CP"), _l("NĐ 179/2024/NĐ-CP"),
    _l("NQ 07/2025/NQ-CP"), _l("NĐ 170/2025/NĐ-CP (thôi việc thông thường)"), _l("đã đọc văn bản"),
    _l("nguồn thứ cấp"), _l("chưa kiểm chứng"), _l("các nguồn chưa thống nhất"), _l("Nghỉ thai sản"),
    _l("Nghỉ ốm đau, điều trị"), _l("Nghỉ không hưởng lương"), _l("Đi học tập trung"), _l("Tạm đình chỉ công tác"),
    _l("Nghỉ khác theo quy định"),
    _l("Công chức, viên chức không giữ chức vụ, chịu tác động trực tiếp (điểm a khoản 1 Điều 2)"),
    _l("Cán bộ, công chức cấp xã (điểm b khoản 1 Điều 2)"),
    _l("Người làm việc theo hợp đồng lao động (điểm c khoản 1 Điều 2)"),
    _l("Lãnh đạo, quản lý có nguyện vọng nghỉ để bố trí số lượng cấp phó (điểm g khoản 1 Điều 2)"),
    _l("Không chịu tác động trực tiếp, còn đủ 5 năm trở xuống đến tuổi nghỉ hưu (khoản 2 Điều 2)"),
    _l("Người trong chỉ tiêu biên chế của hội được sáp nhập (khoản 3 Điều 2)"),
    _l("Cán bộ không tái cử, cấp ủy viên kết thúc hoạt động (khoản 4 Điều 2)"),
)  # fmt: skip
# Declared with jobs.action.
ACTIONS = (
    _l("Sao lưu cơ sở dữ liệu và tệp đính kèm"), _l("Kiểm tra dữ liệu: biên chế, vị trí, lương, quyền"),
    _l("Xóa kết quả tạm của công việc nền và tệp tải lên dở dang"),
    _l("Mở kỳ đánh giá đến hạn, đánh dấu phiếu quá hạn"), _l("Xóa mã yêu cầu cũ (chống gửi trùng)"),
    _l("Cho thôi làm việc theo quyết định đã đến ngày"), _l("Gửi thư thông báo"), _l("Gửi thư tổng hợp hằng ngày"),
    _l("Thực hiện quyết định điều động, biệt phái, luân chuyển đã đến ngày"),
    _l("Cập nhật tên, cấp trên của đơn vị và vị trí công tác có hiệu lực hôm nay"),
    _l("Lập danh sách việc phải xem xét theo kết quả xếp loại năm"), _l("Tính lại các hồ sơ nghỉ việc đang xử lý"),
    _l("Nhắc việc đến hạn, quá hạn"), _l("Gửi danh sách đến hạn chuyển đổi vị trí công tác hằng tháng"),
    _l("Cập nhật kết quả kế hoạch chuyển đổi vị trí công tác"), _l("Kiểm tra các tệp lưu trữ còn nguyên vẹn"),
)  # fmt: skip
