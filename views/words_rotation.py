"""Words of the periodic change that data and rules declare as plain Vietnamese; here for the catalogue."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

STATES = (
    _l("Thuộc diện theo dõi"), _l("Đã đến thời hạn có thể chuyển đổi"), _l("Sắp đến hạn phải chuyển đổi"),
    _l("Đến hạn phải chuyển đổi"), _l("Quá hạn phải chuyển đổi"), _l("Chưa thực hiện chuyển đổi"),
    _l("Không thực hiện chuyển đổi"), _l("Cấp trên trực tiếp lập kế hoạch chung"), _l("Đã chuyển đổi"),
)  # fmt: skip
PLAN_STATES = (
    _l("Dự thảo"), _l("Đã rà soát"), _l("Đã ban hành"), _l("Đã công khai"), _l("Đã thực hiện"),
    _l("Đã báo cáo kết quả"), _l("Đã hủy dự thảo"), _l("Đã thay bằng bản sửa đổi"),
)  # fmt: skip
PLAN_STEPS = (
    _l("Rà soát kế hoạch"), _l("Trả lại để sửa"), _l("Ban hành"), _l("Công khai trong cơ quan"),
    _l("Ghi đã thực hiện xong"), _l("Ghi đã báo cáo kết quả"), _l("Hủy dự thảo"), _l("Lập dự thảo"),
    _l("Thay bằng bản sửa đổi"),
)  # fmt: skip
LINE_STATES = (
    _l("Phải chuyển đổi"), _l("Đã thông báo"), _l("Đã lập hồ sơ"), _l("Chưa chuyển đổi"), _l("Không chuyển đổi"),
    _l("Cấp trên lập kế hoạch chung"), _l("Đưa ra khỏi kế hoạch"),
)  # fmt: skip
FORMS = (
    _l("Giữa các bộ phận trong đơn vị"), _l("Giữa các lĩnh vực được phân công"), _l("Giữa các địa bàn được phân công"),
    _l("Giữa các cơ quan, đơn vị"),
)  # fmt: skip
CONTENTS = (
    _l("Mục đích"), _l("Yêu cầu"), _l("Trường hợp cụ thể phải chuyển đổi"), _l("Thời gian thực hiện"),
    _l("Quyền, nghĩa vụ của người phải chuyển đổi"), _l("Biện pháp tổ chức thực hiện"),
)  # fmt: skip
RUN_STATES = (
    _l("Chưa giải"), _l("Đang giải"), _l("Đã có phương án"), _l("Không giải được"), _l("Đã chọn"),
)  # fmt: skip
GROUNDS = (
    _l("Người đang trong thời gian bị xem xét, xử lý kỷ luật"),
    _l("Người đang bị kiểm tra, xác minh, thanh tra, điều tra, truy tố, xét xử"),
    _l("Người đang điều trị bệnh hiểm nghèo được cơ quan y tế có thẩm quyền xác nhận"),
    _l("Người đang đi học tập trung từ 12 tháng trở lên"), _l("Người đang biệt phái"),
    _l("Phụ nữ đang trong thời gian mang thai hoặc nuôi con nhỏ dưới 36 tháng tuổi"),
    _l("Nam giới đang nuôi con nhỏ dưới 36 tháng tuổi do vợ mất hoặc trong trường hợp khách quan khác"),
    _l("Trưởng đoàn thanh tra, tổ trưởng tổ xác minh, tổ trưởng giám sát, xử lý sau thanh tra (ngành thanh tra)"),
    _l("Có hoàn cảnh đặc biệt khó khăn được xác nhận"), _l("Trường hợp khác do người đứng đầu quyết định"),
)  # fmt: skip
REPORTS = (
    _l("Người đến hạn, quá hạn phải định kỳ chuyển đổi vị trí công tác"),
    _l("Theo tình trạng, đơn vị và lĩnh vực của danh mục; danh sách phải đưa vào kế hoạch năm."),
    _l("Danh sách theo kế hoạch định kỳ chuyển đổi vị trí công tác trong năm"),
    _l("Người phải chuyển đổi theo các kế hoạch đã ban hành, nơi đến, thời gian và tình trạng."),
    _l("Kết quả thực hiện kế hoạch định kỳ chuyển đổi vị trí công tác"),
    _l("Đã chuyển đổi, đang làm, chưa làm, quá hạn; chưa, không chuyển đổi theo từng lý do của pháp luật."),
    _l("Theo tình trạng"), _l("Theo lĩnh vực của danh mục"), _l("Danh sách phải đưa vào kế hoạch"), _l("Tình trạng"),
    _l("Kết quả thực hiện"), _l("Chưa, không chuyển đổi theo lý do"), _l("Danh sách chưa thực hiện xong"),
    _l("Danh sách theo kế hoạch"), _l("Quá hạn"), _l("Đến hạn"), _l("Sắp đến hạn"), _l("Có thể chuyển"),
    _l("Cấp trên lập kế hoạch"), _l("Chưa thực hiện"), _l("Không thực hiện"), _l("Theo dõi"), _l("Trong kế hoạch"),
    _l("Chưa chuyển đổi theo luật"), _l("Làm muộn"), _l("Chưa thông báo"), _l("Đang làm hồ sơ"), _l("Đang làm"),
    _l("Chưa làm"), _l("Lĩnh vực"), _l("Vị trí đang giữ"), _l("Mã danh mục"), _l("Nơi chuyển đến"),
    _l("Phải chuyển trước"), _l("Có thể từ"), _l("Tính từ"), _l("Quá hạn (ngày)"), _l("Thời gian thực hiện"),
    _l("Lý do chưa, không chuyển đổi"), _l("Đã chuyển ngày"),
)  # fmt: skip


def deferral_labels() -> dict[str, str]:
    """Labels of the form on why somebody is not moved."""
    return {
        "ground": _("Trường hợp"),
        "starts_on": _("Từ ngày"),
        "ends_on": _("Đến ngày (nếu biết)"),
        "recheck_on": _("Ngày xem xét lại"),
        "document": _("Văn bản xác nhận (số, ngày)"),
        "own_wish_to_move": _("Có nguyện vọng vẫn chuyển đổi bằng văn bản"),
        "wish_document": _("Đơn nguyện vọng (số, ngày)"),
        "note": _("Ghi chú"),
    }


def weight_labels() -> dict[str, tuple[str, str]]:
    """Weights of the planner: label and what a larger number does."""
    return {
        "wish": (_("Nguyện vọng"), _("ưu tiên vị trí người đó đã đăng ký")),
        "same_field": (_("Cùng lĩnh vực"), _("ưu tiên việc cùng lĩnh vực chuyên môn")),
        "overdue": (_("Quá hạn lâu"), _("ưu tiên người quá hạn nhiều tháng")),
        "same_unit": (_("Cùng cơ quan"), _("ưu tiên ở lại cơ quan đang làm")),
        "distance": (_("Khoảng cách"), _("hạn chế chuyển đi xa")),
        "chain": (_("Chuỗi dài"), _("hạn chế chuỗi nhiều người thay nhau")),
        "continuity": (_("Ổn định đơn vị"), _("hạn chế nhiều người rời một đơn vị cùng lúc")),
        "experience": (_("Cân bằng kinh nghiệm"), _("giữ người nhiều kinh nghiệm ở mỗi đơn vị")),
    }


def plan_labels() -> dict[str, str]:
    """Fields of a plan as its history names them."""
    return {
        "name": _("Tên kế hoạch"),
        "as_of": _("Danh sách tính đến ngày"),
        "number": _("Số văn bản"),
        "issued_on": _("Ngày ban hành"),
        "signer": _("Người ký"),
        "published_on": _("Ngày công khai"),
        "publication": _("Nơi và cách công khai"),
        "reported_on": _("Ngày báo cáo kết quả"),
        "note": _("Ghi chú"),
    }
