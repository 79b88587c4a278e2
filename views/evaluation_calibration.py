"""Calibration: what stands out by unit and head, a sitting with proposals and votes, before and after, the lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation import calibration
from hrms.commands.evaluation.queries import SheetFilter, sheet_query
from hrms.commands.evaluation.quota_overview import agencies
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.standing import level_of
from hrms.commands.evaluation.words import exit_text
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from hrms.kernel.text import format_decimal
from models.evaluation import CalibrationChange, CalibrationSession, EvaluationCycle, PersonEvaluation
from models.organization import OrgUnit
from models.vocabulary import RATINGS
from policies.calibration import FINDINGS
from policies.evaluation.explain import rounded
from views.evaluation_confirm import Confirmation, confirmation
from views.evaluation_support import BADGES, level_word, points_text, tabs
from views.fields import ChoiceField, DateField, Form, LongTextField, LookupField, Optional, TextField, WholeField
from views.posted import identifier, request_key, seen_version
from views.rules import needs
from views.templating import page
from views.words_evaluation_more import OUTCOMES

MOST_FOUND = 20


class HeadForm(Form):
    """Who sits; also the head of the minutes."""

    held_on = DateField(_l("Ngày họp"), [Optional()])
    chair = TextField(_l("Người chủ trì"))
    members = WholeField(_l("Số thành viên biểu quyết"), [Optional()])
    participants = LongTextField(_l("Thành phần dự họp"))


class MinutesForm(HeadForm):
    minutes = LongTextField(_l("Nội dung biên bản"))


class ProposeForm(Form):
    evaluation_id = LookupField(_l("Người được đề xuất"))
    level_after = ChoiceField(
        _l("Mức đề xuất"), choices=[("", _l("– chọn –")), *((k, _l(v)) for k, v in RATINGS.items())]
    )
    reason = LongTextField(_l("Lý do"))


class VoteForm(Form):
    votes_for = WholeField(_l("Thuận"), [Optional()])
    votes_against = WholeField(_l("Chống"), [Optional()])


@dataclass(frozen=True)
class Share:
    """One piece of the bar of a distribution."""

    code: str
    label: str
    count: int
    width: float


def shares(plain: Mapping[str, Any] | None) -> list[Share]:
    """A kept distribution as pieces of one bar; who has no level yet is the last piece."""
    if not plain:
        return []
    rows = [(code, level_word(code), int(plain["levels"].get(code, 0))) for code in RATINGS]
    rows.append(("none", _("Chưa xếp mức"), int(plain.get("waiting", 0))))
    total = sum(count for _code, _label, count in rows) or 1
    return [Share(code, label, count, round(100 * count / total, 2)) for code, label, count in rows]


def two_places(value: Any) -> str:
    """An exact figure as read: 33,33."""
    return format_decimal(rounded(Fraction(value), 2))


def finding_words(finding: Any) -> str:
    """“Tỷ lệ Hoàn thành xuất sắc cao hơn hẳn các nơi khác: 30 so với 12”."""
    return _(
        "%(what)s: %(own)s so với %(peers)s", what=_(FINDINGS[finding.code]), own=two_places(finding.own),
        peers=two_places(finding.peers),
    )  # fmt: skip


class EvaluationCalibrationView(BaseView):
    """``/evaluation/<cycle>/calibration`` and the page of a sitting."""

    route_base = "/evaluation"

    @expose("/<int:cycle_id>/calibration", methods=["GET", "POST"])
    @needs("evaluation", "calibrate")
    def index(self, cycle_id: int) -> Any:
        """What stands out in a unit, earlier sittings, and the form that opens a new one."""
        cycle = cycle_for(cycle_id)
        units = access.units_for("evaluation", "calibrate")
        # A head is rated in the agency above: the own sheet is seen, that agency is not theirs to review.
        mine = None if units is None else set(db.session.scalars(units))
        offered = [row for row in agencies(cycle_id) if mine is None or row.agency_id in mine]
        unit = self._unit(cycle, [row.agency_id for row in offered])
        form, faults, status = HeadForm(None, data={"held_on": clock.today()}), [], 200
        if request.method == "POST":
            form = HeadForm(request.form)
            status = 400
            if form.validate():
                try:
                    row = execute(
                        calibration.OpenCalibration(cycle_id, unit.id, form.held_on.data, form.chair.data or "",
                                                    form.members.data or 0, form.participants.data or ""),
                        key=request_key(),
                    )  # fmt: skip
                    return redirect(url_for("EvaluationCalibrationView.show", session_id=row.id))
                except Refused as error:
                    faults = form.take_faults(error)
        sessions = calibration.sessions_of(cycle_id).options(joinedload(CalibrationSession.unit))
        return page(
            "evaluation/calibration_start.html",
            title=_("Rà soát, cân đối kết quả"),
            cycle=cycle,
            unit=unit,
            offered=offered,
            overview=calibration.overview(cycle_id, unit.id),
            sessions=list(db.session.scalars(sessions)),
            form=form,
            faults=faults,
            **_words(),
            tabs=tabs(cycle, "calibration"),
        ), status  # fmt: skip

    @staticmethod
    def _unit(cycle: EvaluationCycle, offered: list[int]) -> OrgUnit:
        """The unit asked for, else the whole of the cycle where the actor has it, else the first agency."""
        asked = identifier(request.values.get("unit") or "")
        if asked is None:
            whole = access.in_scope(cycle.unit_id, "evaluation", "calibrate")
            asked = cycle.unit_id if whole or not offered else offered[0]
        return access.get(OrgUnit, asked)

    @expose("/calibrations/<int:session_id>")
    @needs("evaluation", "calibrate", ("evaluation", "read"))
    def show(self, session_id: int) -> Any:
        return self._page(session_id)

    def _page(
        self,
        session_id: int,
        *,
        faults: Any = (),
        forms: Mapping[str, Form] | None = None,
        vote: tuple[int, Form] | None = None,
        confirm: Confirmation | None = None,
        status: int = 200,
    ) -> Any:
        row = access.get(CalibrationSession, session_id, options=(
            joinedload(CalibrationSession.cycle), joinedload(CalibrationSession.unit),
        ))  # fmt: skip
        writable = row.state == calibration.OPEN and access.may("evaluation", "calibrate", row)
        head = {name: getattr(row, name) for name in ("held_on", "chair", "members", "participants", "minutes")}
        made: dict[str, Form] = {"minutes": MinutesForm(None, data=head), "propose": ProposeForm(None), **(forms or {})}
        propose = made["propose"]
        assert isinstance(propose, ProposeForm)
        propose.evaluation_id.url = url_for("EvaluationCalibrationView.people", session_id=row.id) + "?q="
        if request.args.get("propose"):
            propose.evaluation_id.data = identifier(request.args["propose"])
        propose.evaluation_id.text = _sheet_text(propose.evaluation_id.data)
        changes = calibration.changes_of(session_id)
        return page(
            "evaluation/calibration.html",
            title=_("Phiên rà soát"),
            session=row,
            cycle=row.cycle,
            writable=writable,
            locked=row.state == calibration.LOCKED,
            before=shares(row.before),
            after=shares(row.after),
            exits=[(exit_text(code), n) for code, n in (row.before or {}).get("not_rated", {}).items() if code],
            overview=calibration.overview(row.cycle_id, row.unit_id),
            changes=changes,
            waiting=sum(1 for change in changes if change.accepted is None),
            accepted=sum(1 for change in changes if change.accepted),
            forms=made,
            vote=vote,
            faults=faults,
            confirm=confirm,
            outcomes=OUTCOMES,
            feed=history.of(row, 40) if access.may("history", "read") else [],
            labels=SESSION_LABELS,
            **_words(),
        ), status  # fmt: skip

    @expose("/calibrations/<int:session_id>/people")
    @needs("evaluation", "calibrate")
    def people(self, session_id: int) -> Any:
        """Who may be proposed, while one types: people of the sitting's unit with the level they stand at."""
        row = access.get(CalibrationSession, session_id, "calibrate")
        text = request.args.get("q", "")[:100]
        query = sheet_query(SheetFilter(row.cycle_id, text)).where(calibration.under_review(row.unit))
        query = query.order_by(PersonEvaluation.sort_key)
        found = [
            {"id": sheet.id, "text": sheet.person.full_name,
             "note": " · ".join(part for part in (sheet.unit.name, level_word(level_of(sheet))) if part)}
            for sheet in db.session.scalars(query.limit(MOST_FOUND))
        ]  # fmt: skip
        return jsonify(result=found)

    @expose("/calibrations/<int:session_id>/minutes", methods=["POST"])
    @needs("evaluation", "calibrate")
    def minutes(self, session_id: int) -> Any:
        form = MinutesForm(request.form)
        if not form.validate():
            return self._page(session_id, forms={"minutes": form}, status=400)
        command = calibration.WriteMinutes(
            session_id, seen_version(), form.held_on.data, form.chair.data or "", form.members.data or 0,
            form.participants.data or "", form.minutes.data or "",
        )  # fmt: skip
        return self._taken(session_id, command, _("Đã lưu biên bản."), {"minutes": form})

    @expose("/calibrations/<int:session_id>/changes", methods=["POST"])
    @needs("evaluation", "calibrate")
    def propose(self, session_id: int) -> Any:
        form = ProposeForm(request.form)
        if not form.validate():
            return self._page(session_id, forms={"propose": form}, status=400)
        if form.evaluation_id.data is None:
            form.evaluation_id.errors = [_("Hãy chọn người được đề xuất.")]
            return self._page(session_id, forms={"propose": form}, status=400)
        command = calibration.ProposeChange(session_id, form.evaluation_id.data, form.level_after.data or "",
                                            form.reason.data or "")  # fmt: skip
        return self._taken(session_id, command, _("Đã ghi đề xuất."), {"propose": form})

    @expose("/calibration-changes/<int:change_id>/vote", methods=["POST"])
    @needs("evaluation", "calibrate")
    def vote(self, change_id: int) -> Any:
        change = access.get(CalibrationChange, change_id)
        form = VoteForm(request.form)
        if not form.validate():
            return self._page(change.session_id, vote=(change_id, form), status=400)
        command = calibration.VoteOnChange(
            change_id, form.votes_for.data or 0, form.votes_against.data or 0, request.form.get("accepted") == "1",
            seen_version(),
        )  # fmt: skip
        return self._taken(change.session_id, command, _("Đã ghi kết quả biểu quyết."), {}, (change_id, form))

    @expose("/calibration-changes/<int:change_id>/withdraw", methods=["POST"])
    @needs("evaluation", "calibrate")
    def withdraw(self, change_id: int) -> Any:
        session_id = access.get(CalibrationChange, change_id).session_id
        return self._taken(session_id, calibration.WithdrawChange(change_id), _("Đã rút đề xuất."), {})

    @expose("/calibrations/<int:session_id>/lock", methods=["POST"])
    @needs("evaluation", "calibrate")
    def lock(self, session_id: int) -> Any:
        """The accepted changes reach the sheets; what that does to the quota is shown and confirmed first."""
        command = calibration.LockCalibration(session_id, seen_version(), request.form.get("seen_quota", ""))
        return self._taken(session_id, command, _("Đã khóa phiên rà soát; kết quả đã ghi vào phiếu."), {})

    def _taken(
        self,
        session_id: int,
        command: Any,
        told: str,
        forms: Mapping[str, Form],
        vote: tuple[int, Form] | None = None,
    ) -> Any:
        try:
            execute(command, key=request_key())
        except Refused as error:
            session = access.get(CalibrationSession, session_id)
            confirm, rest = confirmation(
                error.faults, session.cycle_id,
                lambda: {
                    one.evaluation_id: one.level_after
                    for one in calibration.changes_of(session_id)
                    if one.accepted
                },
            )  # fmt: skip
            for form in [*forms.values(), *([vote[1]] if vote else [])]:
                rest = form.take_faults(Refused(rest))
            return self._page(session_id, faults=rest, forms=forms, vote=vote, confirm=confirm, status=400)
        except Stale as error:
            return self._page(session_id, faults=[Fault("", error.message)], forms=forms, vote=vote, status=409)
        flash(told, "success")
        return redirect(url_for("EvaluationCalibrationView.show", session_id=session_id))


def _sheet_text(evaluation_id: int | None) -> str:
    if evaluation_id is None:
        return ""
    query = sheet_query().where(PersonEvaluation.id == evaluation_id)
    sheet = db.session.scalar(query)
    return sheet.person.full_name if sheet is not None else ""


def _words() -> dict[str, Any]:
    return {
        "badges": BADGES, "level_word": level_word, "points": points_text, "finding_words": finding_words,
        "misfit_words": lambda code: _(FINDINGS[code]), "levels": RATINGS, "dec2": two_places,
    }  # fmt: skip


SESSION_LABELS = {
    "held_on": _l("Ngày họp"), "chair": _l("Người chủ trì"), "members": _l("Số thành viên biểu quyết"),
    "participants": _l("Thành phần dự họp"), "minutes": _l("Nội dung biên bản"), "state": _l("Trạng thái"),
    "before": _l("Phân bố trước"), "after": _l("Phân bố sau"), "locked_at": _l("Khóa lúc"),
}  # fmt: skip

__all__ = ["EvaluationCalibrationView", "shares"]
