"""Words of screens that are kept as codes in the database. Declared once, so that the catalogues hold them.

Labels that other rooms declare as plain Vietnamese (vocabularies, roles) are named here too: the catalogue is made
from what this module and the templates say.
"""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

EVENT_KINDS: dict[str, Any] = {
    "login": _l("Đăng nhập"),
    "login_failed": _l("Đăng nhập sai"),
    "login_locked": _l("Đăng nhập khi đang khóa"),
    "login_ended": _l("Đăng nhập khi đã kết thúc"),
    "logout": _l("Đăng xuất"),
    "locked": _l("Khóa vì sai mật khẩu"),
    "unlocked": _l("Mở khóa"),
    "account_created": _l("Lập tài khoản"),
    "accounts_created": _l("Lập tài khoản hàng loạt"),
    "account_ended": _l("Kết thúc tài khoản"),
    "account_reopened": _l("Mở lại tài khoản"),
    "rights_changed": _l("Thay đổi quyền"),
    "password_changed": _l("Đổi mật khẩu"),
    "password_refused": _l("Đổi mật khẩu, nhập sai mật khẩu cũ"),
    "password_reset": _l("Đặt lại mật khẩu"),
    "identity_view": _l("Xem thông tin nhạy cảm"),
    "identity_change": _l("Sửa thông tin nhạy cảm"),
    "discipline_view": _l("Xem kỷ luật"),
    "export": _l("Xuất danh sách"),
    "print": _l("In văn bản"),
    "file": _l("Tải tệp đính kèm"),
    "job_file": _l("Tải kết quả công việc nền"),
    "import": _l("Nhập danh sách"),
    "action_run": _l("Chạy việc theo lịch"),
    "backup": _l("Sao lưu"),
    "files_damaged": _l("Tệp lưu trữ bị thay đổi"),
}


def event_kind(code: str) -> str:
    """What an event of the security log is called."""
    return str(EVENT_KINDS.get(code, code))


TARGETS: dict[str, Any] = {
    "person": _l("hồ sơ cán bộ"),
    "account": _l("tài khoản"),
    "unit": _l("đơn vị"),
    "list": _l("danh sách"),
    "job": _l("công việc nền"),
    "action": _l("việc theo lịch"),
    "downsizing_case": _l("hồ sơ nghỉ"),
    "case": _l("hồ sơ nghỉ"),
    "batch": _l("đợt giải quyết"),
}


def event_target(target: str) -> str:
    """“person 12” as a person reads it: “hồ sơ cán bộ 12”. What is not known is shown as it is."""
    kind, _space, rest = target.partition(" ")
    return f"{TARGETS[kind]} {rest}" if rest and kind in TARGETS else target


def word(label: str) -> str:
    """A label declared as plain Vietnamese elsewhere, in the language of the reader."""
    return _(label) if label else ""


def unit_in_full(unit: Any) -> str:
    """The unit's name; of a division with the agency it belongs to, because every agency has its “Văn phòng”.

    Within the reader's own agency that goes without saying. The parent should come along with the unit, or it costs
    a statement.
    """
    if unit is None:
        return ""
    reader = g.get("hrms_account")
    if reader is not None and reader.unit_id == unit.parent_id:
        return str(unit.name)
    if unit.level == "INTERNAL" and unit.parent is not None:
        return f"{unit.name}, {unit.parent.short_name or unit.parent.name}"
    return str(unit.name)


# Declared in models.vocabulary and models.roles; here for the catalogue only.
NAMED_ELSEWHERE = (
    _l("Cán bộ"), _l("Công chức"), _l("Viên chức"), _l("Người lao động"), _l("Cán bộ, công chức cấp xã"),
    _l("Người làm việc tại hội"), _l("Nam"), _l("Nữ"), _l("ngày"), _l("tháng"), _l("năm"), _l("Cấp tỉnh"),
    _l("Cấp huyện"),
    _l("Cấp xã"), _l("Bên trong cơ quan"), _l("Tỉnh"), _l("Cơ quan Đảng"), _l("Mặt trận, đoàn thể"),
    _l("Sở và tương đương"), _l("Chi cục"), _l("Phòng, ban thuộc cơ quan"), _l("Huyện, thị xã, thành phố"),
    _l("Xã, phường"), _l("Cơ quan chuyên môn cấp xã"), _l("Đơn vị sự nghiệp công lập"), _l("Hội được giao biên chế"),
    _l("Ngân sách bảo đảm toàn bộ"), _l("Tự bảo đảm một phần chi thường xuyên"), _l("Tự bảo đảm chi thường xuyên"),
    _l("Hợp đồng theo NĐ 111/2022/NĐ-CP"), _l("Lãnh đạo, quản lý"), _l("Nghiệp vụ chuyên ngành"),
    _l("Nghiệp vụ chuyên môn dùng chung"), _l("Hỗ trợ, phục vụ"), _l("Không giữ chức vụ"), _l("Cấp trưởng"),
    _l("Cấp phó"), _l("Vị trí chính"), _l("Kiêm nhiệm"), _l("Biệt phái"), _l("Đang làm việc"), _l("Đang biệt phái"),
    _l("Đã nghỉ, đã chuyển"), _l("Sáp nhập, hợp nhất"), _l("Chia, tách"), _l("Đổi tên"),
    _l("Chuyển chức năng, tổ chức"), _l("Kết thúc hoạt động, giải thể"), _l("Hành chính"), _l("Đảng"),
    _l("Hoàn thành xuất sắc nhiệm vụ"), _l("Hoàn thành tốt nhiệm vụ"), _l("Hoàn thành nhiệm vụ"),
    _l("Không hoàn thành nhiệm vụ"), _l("Sắp xếp cấp tỉnh"), _l("Sắp xếp cấp xã"), _l("Sắp xếp cơ quan, đơn vị"),
    _l("Quản trị hệ thống"), _l("Cán bộ tổ chức cấp tỉnh (Sở Nội vụ)"), _l("Cán bộ tổ chức của đơn vị"),
    _l("Thủ trưởng đơn vị"), _l("Cán bộ tài chính"), _l("Lãnh đạo tỉnh (xem)"),
    _l("Người có thẩm quyền cấp tỉnh (quyết định xếp loại)"),
    _l("Thanh tra, kiểm tra (xem và lịch sử)"), _l("Cán bộ, công chức, viên chức (hồ sơ của mình)"),
    _l("người lập hồ sơ không đồng thời là người duyệt"),
    _l("người thẩm định không đồng thời là người duyệt ở đơn vị"),
    _l("người lập hồ sơ không đồng thời là người thẩm tra, chi trả"),
    _l("người thẩm định không đồng thời là người thẩm tra, chi trả"),
    _l("người duyệt không đồng thời là người thẩm tra, chi trả"),
    _l("người kiểm tra không đồng thời là người thực hiện"),
)  # fmt: skip
