"""What the screens of periodic change share: words, tabs, numbers out of forms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app, request, url_for
from flask_babel import gettext as _

from hrms.kernel import access, clock
from hrms.kernel.errors import Fault
from hrms.kernel.text import DateFormatError, format_date, parse_full_date
from policies.rotation import labels, reason, reasons
from views.posted import identifier
from views.templating import page

TONES = {
    "OVERDUE": "bad", "DUE": "bad", "DUE_SOON": "warn", "IN_WINDOW": "open", "SINGLE_POST_REFERRED": "warn",
    "DEFERRED": "closed", "EXEMPT": "closed", "LISTED": "", "ADDED": "open",
    "CANDIDATE": "open", "BARRED": "closed", "RELATIVE": "",
}  # fmt: skip


@dataclass(frozen=True)
class Tab:
    label: str
    href: str
    selected: bool


def tabs() -> list[Tab]:
    """The pages of the room, as far as the account may see them and they exist."""
    entries = (
        (_("Hồ sơ"), "MovementView.list", "read"),
        (_("Đến hạn chuyển đổi"), "RotationDueView.list", "read"),
        (_("Dự báo"), "RotationDueView.forecast", "read"),
        (_("Kế hoạch năm"), "RotationPlanView.list", "read"),
        (_("Phương án sắp xếp"), "RotationRunView.list", "read"),
        (_("Của tôi"), "RotationMineView.show", "wish"),
    )
    here = (request.endpoint or "").partition(".")[0]
    return [
        Tab(label, url_for(endpoint), request.endpoint == endpoint or (
            here == endpoint.partition(".")[0]
            and not (here == "RotationDueView" and "forecast" in f"{request.endpoint}{endpoint}".lower())
        ))
        for label, endpoint, action in entries
        if endpoint in current_app.view_functions and access.may("movement", action)
    ]  # fmt: skip


def state_words(code: str) -> str:
    """The state of a person's clock in words."""
    ours = {
        "ADDED": _("Bổ sung theo yêu cầu"), "CANDIDATE": _("Được chọn luân chuyển"),
        "BARRED": _("Chưa đủ điều kiện luân chuyển"), "RELATIVE": _("Người thân"),
    }  # fmt: skip
    if code in ours:
        return str(ours[code])
    return str(_(labels().get(code, code)))


def state_badge(code: str) -> tuple[str, str]:
    """Tone and words of a state."""
    return TONES.get(code, ""), state_words(code)


def ground_words(code: str) -> str:
    """The sentence behind a code of the rules."""
    return str(_(reason(code).text)) if code in reasons() else code


def day_asked(name: str = "on") -> tuple[date, str]:
    """The day of the address, today without one; and what is wrong with it."""
    text = request.args.get(name, "").strip()
    if not text:
        return clock.today(), ""
    try:
        return parse_full_date(text), ""
    except DateFormatError as error:
        return clock.today(), str(error)


def day_posted(name: str, faults: list[Any], label: str = "") -> date | None:
    """A day typed into a form; a wrong one becomes a fault."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return parse_full_date(text)
    except DateFormatError as error:
        faults.append(Fault(name, f"{label}: {error}" if label else str(error)))
        return None


def number_asked(name: str) -> int | None:
    """An id of the address or the form."""
    return identifier((request.values.get(name) or "").strip())


def day_words(day: date | None) -> str:
    return format_date(day) if day is not None else ""


def by_field(faults: Iterable[Any]) -> dict[str, str]:
    """Messages by field, for forms written by hand."""
    found: dict[str, str] = defaultdict(str)
    for fault in faults:
        found[fault.field] = f"{found[fault.field]} {fault.message}".strip()
    return found


def room_page(template: str, **context: Any) -> str:
    """A page of the room: with its tabs and the reports there are."""
    from reports.framework.definition import definitions

    return page(template, room_tabs=tabs, report_keys=definitions, **context)


def trace_in_words(node: dict[str, Any] | None) -> dict[str, Any] | None:
    """The explanation with codes of states and reasons as sentences, and days as an office writes them."""
    if node is None:
        return None
    value = node.get("value")
    if isinstance(value, str):
        if value in labels():
            value = state_words(value)
        elif value in reasons():
            value = ground_words(value)
        elif len(value) == 10 and value[4:5] == "-" and value[7:8] == "-":
            value = format_date(date.fromisoformat(value))
    children = [trace_in_words(child) for child in node.get("children") or ()]
    return {**node, "value": value, "children": children}
