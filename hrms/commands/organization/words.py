"""Labels of fields in messages and comparisons: the Vietnamese word a user sees on the form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.kernel.errors import Fault
from hrms.kernel.text import normalize

LABELS: dict[str, Any] = {
    "code": _l("Mã đơn vị"),
    "name": _l("Tên đơn vị"),
    "short_name": _l("Tên viết tắt"),
    "kind": _l("Loại đơn vị"),
    "level": _l("Cấp"),
    "parent_id": _l("Đơn vị cấp trên"),
    "display_order": _l("Thứ tự"),
    "funding": _l("Mức tự bảo đảm kinh phí"),
    "valid_from": _l("Ngày bắt đầu"),
    "valid_to": _l("Ngày kết thúc"),
    "decision_number": _l("Số quyết định"),
    "decision_date": _l("Ngày quyết định"),
    "paper_name": _l("Tên cơ quan ban hành trên văn bản"),
    "paper_superior": _l("Tên cơ quan chủ quản trên văn bản"),
    "paper_symbol": _l("Ký hiệu văn bản"),
    "paper_place": _l("Địa danh trên văn bản"),
    "signer_title": _l("Chức vụ người ký"),
    "signer_name": _l("Họ tên người ký"),
    "numbers_papers_here": _l("Lấy số văn bản tại phần mềm"),
    "title": _l("Tên vị trí việc làm"),
    "group": _l("Nhóm vị trí"),
    "leader_rank": _l("Chức vụ lãnh đạo"),
    "grade_code": _l("Mã ngạch, chức danh"),
    "leadership_coefficient": _l("Hệ số phụ cấp chức vụ"),
    "approved_number": _l("Số lượng được duyệt"),
    "listed_code": _l("Mã danh mục định kỳ chuyển đổi"),
    "description": _l("Bản mô tả công việc"),
    "requirements": _l("Khung năng lực"),
    "number": _l("Số lượng"),
    "deputies": _l("Số cấp phó"),
    "article": _l("Căn cứ"),
}


def label(name: str) -> str:
    """The label of a field; the field's own name when it has none."""
    return str(LABELS.get(name, name))


def required(values: dict[str, Any], labels: Callable[[str], str] = label) -> list[Fault]:
    """A fault for every value that is empty."""
    return [
        Fault(name, _("%(label)s còn trống. Hãy nhập.", label=labels(name)), code="missing")
        for name, value in values.items()
        if value is None or (isinstance(value, str) and not normalize(value))
    ]


def one_of(name: str, value: str, options: dict[str, str], labels: Callable[[str], str] = label) -> list[Fault]:
    """A fault when the value is none of the codes of a vocabulary."""
    if value in options:
        return []
    return [
        Fault(
            name,
            _(
                "%(label)s “%(value)s” không có trong danh mục. Hãy chọn một trong: %(options)s.",
                label=labels(name),
                value=value,
                options=", ".join(options.values()),
            ),
            code="not_in_list",
        )
    ]


def too_long(values: dict[str, tuple[str, int]], labels: Callable[[str], str] = label) -> list[Fault]:
    """A fault for every text longer than its column."""
    return [
        Fault(
            name,
            _("%(label)s dài quá %(limit)s ký tự. Hãy viết gọn lại.", label=labels(name), limit=limit),
            code="too_long",
        )
        for name, (value, limit) in values.items()
        if len(value) > limit
    ]


def decision_faults(number: str, day: date | None) -> list[Fault]:
    """An organisational change rests on a decision: number and date are both needed."""
    return required({"decision_number": number, "decision_date": day})
