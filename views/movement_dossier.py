"""The dossier of a luân chuyển, and conditions set aside for a case."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.rotation.dossier import SaveDossier
from hrms.commands.rotation.waivers import GrantWaiver, WithdrawWaiver
from hrms.kernel import attachments
from hrms.kernel.commands import execute
from hrms.kernel.errors import Refused, Stale
from views.dossier_sheet import lines_of, papers_of, typed
from views.handover_sheet import take_faults
from views.movement_cases import done, load, render
from views.movement_forms import WaiverForm
from views.posted import request_key
from views.rules import needs


class MovementDossierView(BaseView):
    """``/movements/<move_id>/dossier``, ``/movements/<move_id>/waivers``"""

    route_base = "/movements"

    @expose("/<int:move_id>/dossier", methods=["POST"])
    @needs("movement", "prepare")
    def save(self, move_id: int) -> Any:
        """Every tick, number, day and note at once; what is wrong is told on its paper, nothing is lost."""
        case = load(move_id)
        rows = typed(papers_of(case, attachments.of(case)))
        lines, sources = lines_of(rows)
        if any(row.errors for row in rows):
            return render(case, dossier=rows)
        if not lines:
            return done(move_id, _("Hồ sơ không có thay đổi."), "ho-so")
        try:
            execute(SaveDossier(move_id, lines), key=request_key())
        except Refused as error:
            return render(load(move_id), faults=take_faults(error.faults, sources), dossier=rows)
        except Stale as error:
            case = load(move_id)
            versions = {item.id: item.version for item in case.dossier}
            for row in sources:
                row.version = versions.get(row.item_id, row.version)
            return render(case, dossier=rows, stale=error)
        return done(move_id, _("Đã lưu thành phần hồ sơ."), "ho-so")

    @expose("/<int:move_id>/waivers", methods=["POST"])
    @needs("movement", "decide")
    def waive(self, move_id: int) -> Any:
        """Set a condition aside, with reason and document."""
        load(move_id)
        form = WaiverForm()
        faults: list[Any] = []
        if form.validate():
            command = GrantWaiver(
                move_id, request.form.get("code", "")[:40], form.reason.data or "", form.document.data or "",
                form.document_date.data,
            )  # fmt: skip
            try:
                execute(command, key=request_key())
                return done(move_id, _("Đã ghi văn bản cho phép và rà soát lại điều kiện."), "dieu-kien")
            except Refused as error:
                faults = form.take_faults(error)
        return render(load(move_id), faults=faults, waiver=form)

    @expose("/<int:move_id>/waivers/<int:waiver_id>/withdraw", methods=["POST"])
    @needs("movement", "decide")
    def withdraw(self, move_id: int, waiver_id: int) -> Any:
        """The condition holds again."""
        load(move_id)
        try:
            execute(WithdrawWaiver(move_id, waiver_id), key=request_key())
        except Refused as error:
            return render(load(move_id), faults=error.faults)
        return done(move_id, _("Đã thôi cho phép; điều kiện được xét lại."), "dieu-kien")
