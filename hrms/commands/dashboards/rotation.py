"""Panels of the periodic change of positions: who is overdue, due, due soon; agency by agency."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from hrms.commands.dashboards.shape import Context, Panel, Target, Tile
from hrms.kernel import access
from reports.framework import Block, Column
from reports.framework.charts import column_chart

# What the plan is about, most urgent first; LISTED (nothing to do yet) is told as the rest.
STATE_LABELS = {
    "OVERDUE": "Quá hạn chuyển đổi",
    "DUE": "Đến hạn chuyển đổi",
    "DUE_SOON": "Sắp đến hạn",
    "IN_WINDOW": "Đã đủ thời hạn tối thiểu",
    "SINGLE_POST_REFERRED": "Vị trí duy nhất, đề nghị cấp trên",
    "DEFERRED": "Chưa thực hiện chuyển đổi",
    "EXEMPT": "Không phải chuyển đổi",
    "LISTED": "Chưa đến hạn",
}
ALERT = ("OVERDUE", "DUE", "DUE_SOON")


def _found(context: Context) -> Any:
    if not access.may("movement", "read"):
        return None
    memo = context.asked.memo
    if "rotation" not in memo:
        from hrms.commands.rotation.due import due_list  # reads the law of positions: only where it is asked for

        memo["rotation"] = due_list(context.asked.on, unit_id=context.asked.unit.id, with_cases=False)
    return memo["rotation"]


def _opens(context: Context, **where: Any) -> Target:
    return Target("RotationDueView.list", {"unit": context.asked.unit.id, "on": context.asked.on.isoformat(), **where})


def due_states(context: Context) -> Panel | None:
    """People in listed positions by where their clock stands."""
    found = _found(context)
    if found is None:
        return None
    rows = [{"state": s, "label": label, "count": found.counts.get(s, 0)} for s, label in STATE_LABELS.items()]
    columns = (Column("label", "Tình trạng", mm=70, chars=34),
               Column("count", "Số người", "integer", total=True, mm=24, opens=True))  # fmt: skip
    chart = column_chart("bars", "Người ở vị trí phải định kỳ chuyển đổi", [str(row["label"]) for row in rows],
                         [("Người", [int(row["count"]) for row in rows])])  # fmt: skip
    block = Block("rotation_states", "Định kỳ chuyển đổi vị trí công tác", columns, rows, fact="rotation",
                  by=("state",), keys=("state",), chart=chart)  # fmt: skip
    overdue = found.counts.get("OVERDUE", 0)
    tiles = (
        Tile(_("người quá hạn chuyển đổi vị trí"), overdue, alert=overdue > 0,
             target=_opens(context, state="OVERDUE")),
        Tile(_("người đến hạn, sắp đến hạn chuyển đổi"), found.counts.get("DUE", 0) + found.counts.get("DUE_SOON", 0)),
    )  # fmt: skip
    return Panel(block, tiles, lambda where: _opens(context, **where), _opens(context), "Xem danh sách")


def due_agencies(context: Context) -> Panel | None:
    """Agencies with somebody overdue or due, the worst first."""
    found = _found(context)
    if found is None:
        return None
    rows = [
        {"agency": number, "label": name, **{state: counts.get(state, 0) for state in ALERT}}
        for number, name, counts in found.by_unit()
        if any(counts.get(state) for state in ALERT)
    ]
    rows.sort(key=lambda row: tuple(-row[state] for state in ALERT))
    columns = (Column("label", "Cơ quan, đơn vị", mm=62, chars=40),
               *(Column(s, STATE_LABELS[s], "integer", total=True, mm=24, opens=True, where={"state": s})
                 for s in ALERT))  # fmt: skip
    block = Block("rotation_agencies", "Chuyển đổi vị trí theo cơ quan, đơn vị", columns, rows, fact="rotation",
                  by=("agency",), keys=("agency",), empty="Không có ai quá hạn, đến hạn hoặc sắp đến hạn.")  # fmt: skip

    def opens(where: dict[str, str]) -> Target:
        return _opens(context, unit=where.get("agency", context.asked.unit.id), state=where["state"])

    return Panel(block, (), opens, _opens(context), "Xem danh sách")
