"""Words of the evaluation room that its commands and data declare as plain Vietnamese; here for the catalogue.

The lists are made from what :mod:`hrms.commands.evaluation` names: states, steps, fields, measures, sections, columns.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATES = (
    _l("Đang tự đánh giá"), _l("Đã gửi phiếu"), _l("Đã có nhận xét"), _l("Đã họp đơn vị"), _l("Có ý kiến cấp ủy"),
    _l("Đã tổng hợp"), _l("Đã kiểm tra tỷ lệ"), _l("Đã quyết định"), _l("Đã thông báo"), _l("Đã công khai"),
    _l("Đã lưu hồ sơ"), _l("Đang có kiến nghị"), _l("Đang xét lại"), _l("Không xếp loại, chỉ kiểm điểm"),
    _l("Chờ nhận xét của cơ quan cũ"), _l("Đã đưa ra khỏi kỳ"), _l("Chưa tự đánh giá"), _l("Đã tự đánh giá"),
    _l("Đã có ý kiến"), _l("Đã đề nghị mức"), _l("Đã công nhận"), _l("Dự kiến"), _l("Đang đánh giá"),
    _l("Đã xong phần tập thể"), _l("Đã xong phần cá nhân"), _l("Đã xong tỷ lệ, quyết định"), _l("Đã báo cáo"),
    _l("Đã đóng"), _l("Đã hủy"),
)  # fmt: skip
TRANSITIONS = (
    _l("Gửi phiếu tự đánh giá"), _l("Ghi nhận phiếu thay"), _l("Nhận xét, đề nghị mức"), _l("Ghi kết quả họp đơn vị"),
    _l("Ghi ý kiến cấp ủy"), _l("Tổng hợp, đề xuất mức"), _l("Đã có nhận xét của cơ quan cũ"), _l("Kiểm tra tỷ lệ"),
    _l("Kiểm tra lại tỷ lệ"), _l("Quyết định mức"), _l("Thông báo kết quả"), _l("Công khai kết quả"), _l("Lưu hồ sơ"),
    _l("Trả lại người tự đánh giá"), _l("Trả lại đơn vị nhận xét"), _l("Trả lại để tổng hợp lại"), _l("Gửi kiến nghị"),
    _l("Ghi nhận kiến nghị"), _l("Giữ nguyên kết quả"), _l("Giữ nguyên kết quả (chưa công khai)"),
    _l("Chấp nhận kiến nghị, quyết định lại"), _l("Rút kiến nghị"), _l("Ghi nhận rút kiến nghị"),
    _l("Mở lại để xét lại"), _l("Quyết định lại"), _l("Không xếp loại"), _l("Đưa ra khỏi kỳ đánh giá"),
    _l("Đưa vào xếp loại"), _l("Tập thể tự đánh giá"), _l("Ghi ý kiến góp ý"), _l("Đề nghị mức của tập thể"),
    _l("Công nhận mức của tập thể"), _l("Trả lại để đánh giá lại"), _l("Rút lại để sửa"), _l("Đưa vào kỳ đánh giá"),
    _l("Mở kỳ đánh giá"), _l("Kết thúc phần tập thể"), _l("Kết thúc phần cá nhân"), _l("Kết thúc tỷ lệ, quyết định"),
    _l("Kết thúc thông báo, công khai"), _l("Ghi đã báo cáo cấp trên"), _l("Đóng kỳ đánh giá"), _l("Hủy kỳ dự kiến"),
    _l("Quyết định đang có hiệu lực được giữ trong hồ sơ và sẽ bị thay bằng quyết định mới."),
    _l("Sau khi đóng kỳ, muốn sửa kết quả phải mở lại từng phiếu theo quyết định của cấp trên."),
)  # fmt: skip
STEPS = (
    _l("Tự đánh giá"), _l("Nhận xét của người đứng đầu"), _l("Xếp loại tập thể"), _l("Họp đơn vị"), _l("Quyết định"),
    _l("Thông báo"), _l("Công khai"),
)  # fmt: skip
FIELDS = (
    _l("Đơn vị"), _l("Người được đánh giá"), _l("Loại kỳ"), _l("Năm"), _l("Số thứ tự kỳ"), _l("Tên kỳ đánh giá"),
    _l("Bên đánh giá"), _l("Phạm vi người được đánh giá"), _l("Tất cả người thuộc phạm vi"),
    _l("Chỉ người giữ chức vụ lãnh đạo, quản lý"),
    _l("Từ ngày"), _l("Đến ngày"), _l("Danh sách tính đến ngày"), _l("Nhóm đối tượng"),
    _l("Thời hạn"), _l("Văn bản"), _l("Điểm tự chấm"), _l("Điểm của người quản lý trực tiếp"),
    _l("Điểm của cấp có thẩm quyền"), _l("Điểm đề nghị"), _l("Tự nhận xét"), _l("Nhận xét của đơn vị"),
    _l("Nội dung đánh giá"), _l("Minh chứng"), _l("Số liệu đánh giá"), _l("Mức tự xếp loại"),
    _l("Mức đơn vị đề nghị"), _l("Mức đề nghị"), _l("Mức xếp loại"), _l("Lý do xếp loại"),
    _l("Nhận xét của người quản lý trực tiếp"), _l("Ý kiến tại cuộc họp"), _l("Phiếu biểu quyết"),
    _l("Ý kiến của cấp ủy"), _l("Văn bản của cấp ủy"), _l("Ngày ý kiến của cấp ủy"), _l("Nhận xét của cơ quan cũ"),
    _l("Văn bản của cơ quan cũ"), _l("Công việc, sản phẩm"), _l("Lý do"), _l("Ngày họp"), _l("Địa điểm"),
    _l("Người chủ trì"), _l("Thư ký"), _l("Có mặt"), _l("Vắng mặt"), _l("Biên bản"), _l("Số biên bản"),
    _l("Biên bản được thông qua tại cuộc họp"),
)  # fmt: skip
SECTIONS = (
    _l("Ưu điểm"), _l("Khuyết điểm, hạn chế"), _l("Nguyên nhân"), _l("Biện pháp khắc phục"),
    _l("Kết quả thực hiện chức trách, nhiệm vụ"), _l("Chiều hướng, triển vọng phát triển"), _l("Ý kiến góp ý"),
    _l("Kết quả khắc phục hạn chế, khuyết điểm đã được chỉ ra"),
    _l("Không có thời gian làm việc trong kỳ: không có kết quả để xếp loại"),
    _l("Không xếp loại theo lý do ghi tại phiếu"),
)  # fmt: skip
MEASURES = (
    _l("Tiêu chí chung (khoản 1 đến khoản 4 Điều 3 NĐ 90/2020/NĐ-CP)"), _l("Tiêu chí kết quả lãnh đạo, quản lý"),
    _l("Tỷ lệ nhiệm vụ hoàn thành (%)"), _l("Tỷ lệ nhiệm vụ chưa bảo đảm chất lượng, tiến độ (%)"),
    _l("Tỷ lệ nhiệm vụ vượt mức (%)"), _l("Tỷ lệ nhiệm vụ chậm tiến độ (%)"), _l("Đúng tiến độ, bảo đảm chất lượng"),
    _l("Hiệu quả cao"), _l("Đã khắc phục hạn chế, khuyết điểm được chỉ ra"),
    _l("Đơn vị: tỷ lệ chỉ tiêu, nhiệm vụ hoàn thành (%)"), _l("Đơn vị: tỷ lệ đúng tiến độ (%)"),
    _l("Đơn vị: tỷ lệ vượt mức (%)"), _l("Đơn vị trực thuộc hoàn thành nhiệm vụ trở lên (%)"),
    _l("Đơn vị trực thuộc hoàn thành tốt trở lên (%)"), _l("Đơn vị phụ trách không hoàn thành nhiệm vụ (%)"),
    _l("Phiếu tín nhiệm thấp (%)"), _l("Nhiệm vụ trong năm không hoàn thành (%)"),
    _l("Có kết luận về suy thoái, tự diễn biến, tự chuyển hóa"), _l("Vi phạm những điều đảng viên không được làm"),
    _l("Vi phạm trách nhiệm nêu gương"), _l("Đơn vị trực tiếp phụ trách có tham nhũng, lãng phí bị xử lý"),
    _l("Không đạt năm chỉ tiêu kinh tế - xã hội"), _l("Thuộc trường hợp phải xếp không hoàn thành"),
    _l("Mức từng tiêu chí (QĐ 124-QĐ/TW)"), _l("Xuất sắc"), _l("Tốt"), _l("Trung bình"), _l("Kém"),
    _l("Tỷ lệ chỉ tiêu, nhiệm vụ hoàn thành (%)"),
    _l("Tỷ lệ đúng tiến độ (%)"), _l("Tỷ lệ vượt mức (%)"), _l("Tỷ lệ chậm tiến độ (%)"),
    _l("Tất cả đúng tiến độ, bảo đảm chất lượng"), _l("Đã khắc phục hạn chế được chỉ ra"),
    _l("Có kết luận sai phạm công tác cán bộ, mất đoàn kết"),
    _l("Có thành viên bị kỷ luật liên quan đến nhiệm vụ"), _l("Có đơn vị trực thuộc bị kỷ luật"),
    _l("Do bất khả kháng, có văn bản xác nhận"), _l("Thực hiện tốt"), _l("Đáp ứng"), _l("Không đáp ứng"),
)  # fmt: skip
COLUMNS = (
    _l("Tên công việc, sản phẩm"), _l("Đơn vị tính"), _l("Hệ số quy đổi"), _l("Số lượng giao"),
    _l("Số lượng hoàn thành"), _l("Lỗi chất lượng"), _l("Lần chậm tiến độ"), _l("Lý do khách quan"), _l("Hạn"),
    _l("Ngày xong"), _l("Vượt kế hoạch"), _l("Ghi chú"),
)  # fmt: skip
NAMES = (
    _l("Đánh giá tháng %(number)s năm %(year)s"), _l("Đánh giá quý %(number)s năm %(year)s"),
    _l("Đánh giá 6 tháng kỳ %(number)s năm %(year)s"), _l("Đánh giá, xếp loại chất lượng năm %(year)s"),
)  # fmt: skip
VOCABULARY = (
    _l("Chính quyền"), _l("Đảng"), _l("Tháng"), _l("Quý"), _l("6 tháng"), _l("Năm"),
    _l("Công chức không giữ chức vụ lãnh đạo, quản lý"), _l("Công chức lãnh đạo, quản lý"),
    _l("Viên chức không giữ chức vụ quản lý"), _l("Viên chức quản lý"), _l("Người lao động hợp đồng"), _l("Tập thể"),
)  # fmt: skip
