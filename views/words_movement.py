"""Words of the movement room that its commands, reports and data declare as plain Vietnamese, for the catalogue."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

STATES = (
    _l("Đề xuất"), _l("Đã rà soát điều kiện"), _l("Đã gặp gỡ, nghe ý kiến"), _l("Nơi tiếp nhận thống nhất"),
    _l("Đã quyết định"), _l("Đã có hiệu lực"), _l("Đang thực hiện có thời hạn"), _l("Đã bàn giao"), _l("Hoàn thành"),
    _l("Đã rút"), _l("Không chấp thuận"), _l("Đã thu hồi quyết định"),
)  # fmt: skip
STEPS = (
    _l("Rà soát điều kiện"), _l("Ghi biên bản gặp gỡ"), _l("Thống nhất tiếp nhận"), _l("Ghi quyết định"),
    _l("Thông báo cho người được điều động"), _l("Ghi đã bàn giao"), _l("Kết thúc hồ sơ"), _l("Gia hạn"),
    _l("Kết thúc sớm"), _l("Kết thúc, trở về đơn vị"), _l("Bố trí ổn định tại nơi đến"), _l("Trả lại để đề xuất lại"),
    _l("Nơi tiếp nhận không thống nhất"), _l("Không chấp thuận"), _l("Rút đề xuất"), _l("Thu hồi quyết định"),
    _l("Có hiệu lực"), _l("Bắt đầu thực hiện"), _l("Đã bàn giao trước"),
    _l("Đến ngày có hiệu lực, hệ thống tự ghi vị trí mới vào quá trình công tác."),
    _l("Phần chưa thực hiện bị hủy; phần đã qua giữ nguyên trong quá trình công tác."),
)  # fmt: skip
KINDS = (
    _l("Luân chuyển"), _l("Điều động"), _l("Biệt phái"), _l("Chuyển đổi vị trí"), _l("Bố trí nội bộ"),
    _l("Định kỳ chuyển đổi vị trí công tác"), _l("Bố trí, phân công lại trong đơn vị"),
)  # fmt: skip
FIELDS = (
    _l("Người được đề xuất"), _l("Hình thức"), _l("Đơn vị đề xuất"), _l("Đơn vị đi"), _l("Vị trí đang giữ"),
    _l("Đơn vị đến"), _l("Vị trí đến"), _l("Chức danh, vị trí đến"), _l("Lý do, yêu cầu nhiệm vụ"),
    _l("Có nguyện vọng bằng văn bản"), _l("Đơn nguyện vọng (số, ngày)"),
    _l("Văn bản về trường hợp đặc biệt hoặc luật chuyên ngành"), _l("Ngày giấy chứng nhận sức khỏe"),
    _l("Ngày gặp gỡ"), _l("Số biên bản gặp gỡ"), _l("Ý kiến của người được đề xuất"),
    _l("Ngày nơi tiếp nhận thống nhất"), _l("Văn bản thống nhất của nơi tiếp nhận"), _l("Số quyết định"),
    _l("Ngày quyết định"), _l("Cấp có thẩm quyền quyết định"), _l("Có hiệu lực từ ngày"), _l("Đến hết ngày"),
    _l("Ngày thông báo cho người được điều động"), _l("Ngày bàn giao xong"), _l("Ngày kết thúc thực tế"),
    _l("Lý do kết thúc"), _l("Số quyết định thu hồi"), _l("Ngày thu hồi"), _l("Chuỗi điều động"), _l("Tên chuỗi"),
    _l("Nội dung bàn giao"), _l("Ngày bàn giao"), _l("Người nhận"), _l("Ghi chú"), _l("Năm"), _l("Nhận xét"),
    _l("Mức đánh giá"), _l("Văn bản"),
)  # fmt: skip
PAPERS = (
    _l("Tờ trình"), _l("Quyết định"), _l("Thông báo"), _l("Biên bản gặp gỡ"), _l("Biên bản bàn giao"),
    _l("Công văn trao đổi ý kiến nơi đi, nơi đến"), _l("Quyết định gia hạn"), _l("Quyết định kết thúc, trở về"),
    _l("Quyết định thu hồi"), _l("Công văn trao đổi ý kiến"), _l("Quyết định kết thúc"),
    _l("Hồ sơ luân chuyển, điều động"), _l("Tờ trình của cơ quan đề nghị luân chuyển, điều động, biệt phái."),
    _l("Hỏi ý kiến cơ quan tiếp nhận."), _l("Biên bản làm việc với người được đề xuất."),
    _l("Quyết định điều động, biệt phái, luân chuyển, chuyển đổi."),
    _l("Thông báo cho người được điều động, chuyển đổi."), _l("Bàn giao hồ sơ, công việc, tài sản."),
    _l("Gia hạn biệt phái, luân chuyển."), _l("Kết thúc biệt phái, luân chuyển, trở về đơn vị."),
    _l("Thu hồi quyết định đã ban hành."), _l("Bản trình ký (không in chữ DỰ THẢO)"), _l("Cơ quan ban hành"),
)  # fmt: skip
HANDOVER = (
    _l("Hồ sơ, tài liệu, văn bản đang quản lý"), _l("Công việc đang giải quyết và thời hạn"),
    _l("Tài sản, trang thiết bị được giao"), _l("Tài khoản, quyền truy cập hệ thống thông tin"),
    _l("Con dấu, tiền, quỹ, kho (nếu có)"),
)  # fmt: skip
CALENDAR = (
    _l("Hết thời hạn giữ chức vụ"), _l("Hết thời hạn biệt phái"), _l("Đến hạn luân chuyển"),
    _l("Nhận xét hằng năm người luân chuyển"), _l("Hạn phải chuyển đổi vị trí công tác"),
    _l("Xem xét lại trường hợp chưa chuyển đổi"), _l("Hạn thông báo cho người phải chuyển đổi"),
)  # fmt: skip
REPORTS = (
    _l("Luân chuyển, điều động, biệt phái theo hình thức và trạng thái"),
    _l("Hồ sơ lập, đang giải quyết, đã có hiệu lực theo cơ quan đi, hình thức và trạng thái."),
    _l("Bảo lưu phụ cấp chức vụ theo tháng"),
    _l("Phần chênh lệch phụ cấp bảo lưu phải chi từng tháng, theo cơ quan và từng người, để bố trí kinh phí."),
    _l("Theo cơ quan đi"), _l("Theo trạng thái"), _l("Theo hình thức và trạng thái"), _l("Theo tháng"),
    _l("Danh sách người được bảo lưu"), _l("Hồ sơ luân chuyển, điều động, biệt phái"),
    _l("Phụ cấp bảo lưu từng tháng"), _l("Đang chuẩn bị"), _l("Chờ hiệu lực"), _l("Đang thực hiện, hoàn thành"),
    _l("Đã dừng"), _l("Số người"), _l("Mức bảo lưu (đồng)"), _l("Mức mới (đồng)"), _l("Chênh lệch phải chi (đồng)"),
)  # fmt: skip
