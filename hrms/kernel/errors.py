"""One class per way a request can fail; each carries a Vietnamese message a user can act on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input. ``field`` is the form field or path; empty for the whole record."""

    field: str
    message: str
    article: str = ""
    code: str = ""

    def to_dict(self) -> dict[str, str]:
        return {k: v for k, v in vars(self).items() if v}


class HrmsError(Exception):
    """Base of the application's own errors. ``status`` is the HTTP status of the answer."""

    status = 400
    message = "Yêu cầu không thực hiện được."

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)
        if message:
            self.message = message


class Refused(HrmsError):
    """``validate()`` found faults: all of them at once. Nothing was written."""

    status = 400
    message = "Dữ liệu chưa hợp lệ."

    def __init__(self, faults: list[Fault], message: str = "") -> None:
        super().__init__(message or "; ".join(fault.message for fault in faults))
        self.faults = faults

    def by_field(self) -> dict[str, list[str]]:
        grouped: dict[str, list[str]] = {}
        for fault in self.faults:
            grouped.setdefault(fault.field, []).append(fault.message)
        return grouped


class NotAllowed(HrmsError):
    """The actor's role, unit or the record's state does not allow it."""

    status = 403
    message = "Bạn không có quyền thực hiện việc này. Hãy liên hệ quản trị hệ thống nếu cần được cấp quyền."


class NotFound(HrmsError):
    """No such record, or none in the actor's scope: the two answers must not differ."""

    status = 404
    message = "Không tìm thấy hồ sơ, hoặc hồ sơ không thuộc phạm vi của bạn."


@dataclass(frozen=True)
class Difference:
    """One field that two editors changed differently."""

    field: str
    label: str
    yours: Any
    theirs: Any


class Stale(HrmsError):
    """Somebody else saved the record first. ``differences`` compares; nothing the user typed is lost."""

    status = 409
    message = "Hồ sơ vừa được người khác sửa. Hãy xem phần so sánh, giữ hoặc bỏ thay đổi của bạn rồi lưu lại."

    def __init__(self, differences: list[Difference] | None = None, editor: str = "", message: str = "") -> None:
        super().__init__(message)
        self.differences = differences or []
        self.editor = editor


@dataclass
class Warnings:
    """Collected remarks that do not stop a command."""

    items: list[Fault] = field(default_factory=list)

    def add(self, field_name: str, message: str, article: str = "", code: str = "") -> None:
        self.items.append(Fault(field_name, message, article, code))
