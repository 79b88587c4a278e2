"""The kinds of messages, what each is for, and how it is told unless the person asks otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

NOW, DIGEST, NONE = "now", "digest", "none"
EMAIL_MODES = {NOW: _l("Gửi ngay"), DIGEST: _l("Gộp trong thư tổng hợp hằng ngày"), NONE: _l("Không gửi thư")}


@dataclass(frozen=True)
class Kind:
    """``fixed``: always in the inbox, because the law or the safety of the system asks that the person is told."""

    code: str
    label: Any
    email: str = DIGEST
    fixed: bool = False


KINDS = {
    kind.code: kind
    for kind in (
        Kind("evaluation_due", _l("Đánh giá: việc đến hạn, quá hạn")),
        Kind("evaluation_result", _l("Đánh giá: thông báo kết quả"), NOW, fixed=True),
        Kind("petition", _l("Đánh giá: kiến nghị và trả lời"), NOW, fixed=True),
        Kind("case_due", _l("Hồ sơ nghỉ việc, chế độ: đến hạn, quá hạn")),
        Kind("movement_due", _l("Luân chuyển, biệt phái, chuyển đổi vị trí: mốc thời hạn")),
        Kind("movement_notice", _l("Thông báo điều động, chuyển đổi vị trí công tác"), NOW, fixed=True),
        Kind("retirement_due", _l("Thông báo và quyết định nghỉ hưu: mốc thời hạn")),
        Kind("calendar_due", _l("Lịch nghỉ lễ, ngày làm việc của năm sau")),
        Kind("report_ready", _l("Báo cáo định kỳ đã lập"), NOW),
        Kind("job_done", _l("Công việc nền của tôi đã xong"), NONE),
        Kind("job_failed", _l("Việc chạy theo lịch bị lỗi"), NOW, fixed=True),
        Kind("consistency", _l("Kiểm tra dữ liệu: điểm chưa khớp")),
    )
}
