"""The menu: rooms of the house, shown to whoever has business there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from hrms.kernel import access


@dataclass(frozen=True)
class Item:
    """One entry; shown when one of the (resource, action) pairs is held and its endpoint exists."""

    label: Any  # called at request time, so that the language of the session applies
    icon: str
    endpoint: str
    any_of: tuple[tuple[str, str], ...] = ()
    also: tuple[str, ...] = ()  # beginnings of further addresses that belong to the room


ITEMS = (
    Item(lambda: _("Việc của tôi"), "⌂", "HomeView.index"),
    Item(lambda: _("Bảng điều hành"), "◎", "DashboardView.index", (("report", "read"),)),
    Item(lambda: _("Tổ chức, biên chế"), "☰", "UnitView.tree", (("unit", "read"),)),
    Item(lambda: _("Cán bộ, công chức"), "♟", "StaffView.list", (("staff", "read"),)),
    Item(lambda: _("Nhập danh sách"), "⇪", "ImportView.list", (("staff", "import"),)),
    Item(lambda: _("Nghỉ việc, chế độ"), "§", "CaseView.list", (("case", "read"),)),
    Item(lambda: _("Đợt giải quyết"), "▦", "BatchView.list", (("batch", "read"),)),
    Item(lambda: _("Luân chuyển, điều động"), "⤳", "MovementView.list", (("movement", "read"),), ("/rotation/",)),
    Item(lambda: _("Tính thử"), "∑", "CalculatorView.index", (("calculator", "use"),)),
    Item(lambda: _("Kịch bản"), "⇄", "ScenarioView.list", (("scenario", "read"),)),
    Item(lambda: _("Đánh giá, xếp loại"), "★", "EvaluationView.list", (("evaluation", "read"),)),
    Item(lambda: _("Báo cáo"), "▤", "ReportView.index", (("report", "read"),)),
    Item(lambda: _("Tham số pháp luật"), "¶", "ParameterView.list", (("parameter", "read"),), ("/work-calendar/",)),
    Item(lambda: _("Công việc nền"), "⟳", "JobView.list", (("job", "own"), ("job", "read"))),
    Item(lambda: _("Tài khoản"), "⚙", "AccountView.list", (("account", "read"),)),
    Item(lambda: _("Nhật ký an toàn"), "◉", "AccountView.events", (("security_log", "read"),)),
)


def menu_for(path: str) -> list[dict[str, Any]]:
    """The entries the current actor may see, the one whose address begins ``path`` marked as selected."""
    entries: list[dict[str, Any]] = []
    matched: list[tuple[int, int]] = []  # length of the matching beginning, which entry
    for item in ITEMS:
        if item.endpoint not in current_app.view_functions:
            continue
        if item.any_of and not any(access.may(*pair) for pair in item.any_of):
            continue
        href = url_for(item.endpoint)
        entries.append({"label": item.label(), "icon": item.icon, "href": href, "selected": False})
        for start in (href, *item.also):
            if path == start or (start != "/" and path.startswith(start)):
                matched.append((len(start), len(entries) - 1))
    if matched:
        entries[max(matched)[1]]["selected"] = True
    return entries
