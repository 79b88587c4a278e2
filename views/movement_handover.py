"""The hand-over checklist of a movement case, saved as one sheet."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.rotation.handover import SaveHandover
from hrms.kernel.commands import execute
from hrms.kernel.errors import Fault, Refused, Stale
from views.handover_sheet import lines_of, take_faults, typed
from views.movement_cases import done, load, render
from views.posted import request_key
from views.rules import needs


class MovementHandoverView(BaseView):
    """``/movements/<move_id>/handover``"""

    route_base = "/movements"

    @expose("/<int:move_id>/handover", methods=["POST"])
    @needs("movement", "hand_over")
    def save(self, move_id: int) -> Any:
        """Every tick, day, receiver, note and new line at once; what is wrong is told on its line, nothing is lost."""
        case = load(move_id)
        rows = typed(case)
        known = {item.id for item in case.handover}
        left = [row for row in rows if row.item_id is None or row.item_id in known]
        if len(left) < len(rows):
            gone = Fault("", _("Có nội dung vừa được người khác bỏ khỏi danh mục. Hãy xem lại rồi lưu."))
            return render(case, faults=[gone], handover=left)
        lines, sources = lines_of(rows)
        if any(row.errors for row in rows):
            return render(case, handover=rows)
        if not lines:
            return done(move_id, _("Danh mục bàn giao không có thay đổi."), "ban-giao")
        try:
            execute(SaveHandover(move_id, lines), key=request_key())
        except Refused as error:
            rest = take_faults(error.faults, sources)
            return render(load(move_id), faults=rest, handover=rows)
        except Stale as error:
            case = load(move_id)
            versions = {item.id: item.version for item in case.handover}
            for row in sources:
                row.version = versions.get(row.item_id or 0, row.version)
            return render(case, handover=rows, stale=error)
        return done(move_id, _("Đã lưu danh mục bàn giao."), "ban-giao")
