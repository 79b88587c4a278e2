"""Dashboards: the figures of the reports at one glance, each with the rows behind it; the same charts as a PDF."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands import security_log
from hrms.commands.dashboards import BOARDS, Panel, Target, Tile, allowed_boards, ask_board, board
from hrms.commands.dashboards.boards import BoardKind, definition_of
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from reports.framework.charts import svg
from views.report_forms import fields_of
from views.report_pages import Shown, shown
from views.reports import file_answer
from views.rules import needs
from views.templating import page

CHART_WIDTH = 560  # half a page: letters stay readable
MOST_ROWS = 12
HALF = 150  # mm of columns that half a page still holds


@dataclass(frozen=True)
class ShownTile:
    """A figure with its address."""

    tile: Tile
    href: str


@dataclass(frozen=True)
class ShownPanel:
    """A card: the table with its chart, the address of the whole report."""

    shown: Shown
    href: str
    label: str
    wide: bool  # over both columns of the page


class DashboardView(BaseView):
    """``/dashboards/``"""

    route_base = "/dashboards"

    @expose("/")
    @needs("report", "read")
    def index(self) -> Any:
        """The dashboard of one's own work."""
        mine = allowed_boards()
        if not mine:
            raise NotAllowed()
        return redirect(url_for("DashboardView.show", code=mine[0].code))

    @expose("/<code>/")
    @needs("report", "read")
    def show(self, code: str) -> Any:
        try:
            asked = ask_board(code, given())
        except Refused as error:
            return _unread(BOARDS[code], error)
        found = board(code, asked)
        return page(
            "dashboards/show.html", title=_("Bảng điều hành"), kind=found.kind, boards=allowed_boards(),
            fields=fields_of(asked.definition, asked, {}), faults=(), query=asked.plain, asked=asked,
            tiles=[ShownTile(tile, address_of(tile.target)) for tile in found.tiles],
            panels=[_panel(panel, number) for number, panel in enumerate(found.panels)],
        )  # fmt: skip

    @expose("/<code>/file.pdf")
    @needs("report", "read")
    def file(self, code: str) -> Any:
        """The tables and charts of the page as a paper."""
        try:
            asked = ask_board(code, given())
        except Refused as error:
            return _unread(BOARDS[code], error)
        produced = board(code, asked).produced()
        if not produced.blocks:
            raise NotFound()
        security_log.record("export", f"dashboard {code}", f"pdf; rows={produced.rows}")
        return file_answer(produced, "pdf", f"bang-dieu-hanh-{code}")


def given() -> dict[str, str]:
    """The filters out of the address."""
    return {name: request.args[name] for name in ("unit", "period", "on", "kind") if name in request.args}


def _unread(kind: BoardKind, error: Refused) -> Any:
    faults: dict[str, list[str]] = {}
    for fault in error.faults:
        faults.setdefault(fault.field, []).append(fault.message)
    return page(
        "dashboards/show.html", title=_("Bảng điều hành"), kind=kind, boards=allowed_boards(),
        fields=fields_of(definition_of(kind), None, faults), faults=error.faults, query={}, asked=None, tiles=[],
        panels=[],
    )  # fmt: skip


def address_of(target: Target | None) -> str:
    """The address behind a figure; nothing where the page it leads to is not part of this application."""
    if target is None or target.endpoint not in current_app.view_functions:
        return ""
    arguments: Mapping[str, Any] = {name: value for name, value in target.arguments.items() if value != ""}
    # A condition may be "is empty": it stays in the address.
    empty = {name: value for name, value in target.arguments.items() if value == "" and name.startswith("w.")}
    return url_for(target.endpoint, **{**arguments, **empty})


def _panel(panel: Panel, number: int) -> ShownPanel:
    def address(where: dict[str, str]) -> str:
        return address_of(panel.opens(where) if panel.opens is not None else None)

    found = shown(panel.block, number=number, address=address if panel.opens else None, most=MOST_ROWS)
    found = replace(found, title=_(panel.heading))
    wide = sum(column.mm for column in panel.block.columns) > HALF
    if panel.block.chart is not None:
        width = 2 * CHART_WIDTH if wide else CHART_WIDTH
        found = replace(found, chart=svg(panel.block.chart, ident=f"bieu-do-{number}", width=width))
    return ShownPanel(found, address_of(panel.more), _(panel.more_label), wide)
