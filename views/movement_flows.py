"""The map of flows between agencies: one chart and the table behind it."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.rotation import queries
from hrms.commands.rotation.queries import Flow, MoveFilter
from hrms.kernel import clock
from hrms.kernel.text import DateFormatError, parse_full_date
from models.vocabulary import MOVEMENT_KINDS
from reports.flow_chart import FlowChart, Ribbon, svg
from views.rules import needs
from views.templating import page

DRAWN = 24  # flows in the chart; the table has all of them


def chart_of(flows: list[Flow]) -> FlowChart:
    """The strongest flows as ribbons; inside one agency the ribbon leads back to its own name."""
    ribbons = tuple(
        Ribbon(flow.from_name, flow.to_name, flow.planned + flow.done, flow.planned,
               url_for("MovementView.list", from_unit=flow.from_id, to_unit=flow.to_id))
        for flow in flows[:DRAWN]
    )  # fmt: skip
    return FlowChart(_("Luồng luân chuyển, điều động giữa các cơ quan"), ribbons)


class MovementFlowView(BaseView):
    """``/movements/flows/``"""

    route_base = "/movements/flows"

    @expose("/")
    @needs("movement", "read")
    def index(self) -> Any:
        faults: list[str] = []
        kind = request.args.get("kind", "")
        kinds = (kind,) if kind in MOVEMENT_KINDS else ()
        days: dict[str, Any] = {"from": None, "to": None}
        for name in days:
            text = request.args.get(name, "").strip()
            if text:
                try:
                    days[name] = parse_full_date(text)
                except DateFormatError as error:
                    faults.append(str(error))
        wanted = MoveFilter(kinds=kinds, effective_from=days["from"], effective_to=days["to"])
        found = [] if faults else queries.flows(wanted)
        inside = request.args.get("inside") == "1"
        rows = [flow for flow in found if inside or flow.from_id != flow.to_id]
        return page(
            "movement/flows.html",
            title=_("Luồng điều động giữa các cơ quan"),
            flows=rows,
            hidden=len(found) - len(rows),
            drawing=svg(chart_of(rows), most=DRAWN),
            drawn=DRAWN,
            kind=kind,
            kinds=[(code, _(words)) for code, words in MOVEMENT_KINDS.items()],
            inside=inside,
            faults=faults,
            on=clock.today(),
        )
