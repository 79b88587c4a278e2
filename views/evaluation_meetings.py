"""Meetings of a unit: who was there, what was said of each person with the votes, the minutes and their approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation import queries
from hrms.commands.evaluation.flow import ApproveMinutes, RecordMeeting, SpokenOf
from hrms.commands.evaluation.words import IN_UNIT, LABELS
from hrms.commands.evaluation.workflow import STATE_LABELS
from hrms.kernel import access, clock, history
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from models.evaluation import EvaluationCycle, EvaluationMeeting, PersonEvaluation
from models.organization import OrgUnit
from models.vocabulary import RATINGS
from views.evaluation_rating import unit_of
from views.evaluation_support import LEVEL_KEYS, differences, told
from views.fields import BooleanField, DateField, Form, LongTextField, Optional, TextField, WholeField, required
from views.posted import identifier, request_key, seen_version
from views.rules import needs
from views.templating import page

MOST = 200  # people one set of minutes speaks of


class MeetingForm(Form):
    held_on = DateField(LABELS["held_on"], [required(_l("Cần ngày họp."))])
    place = TextField(LABELS["place"])
    chair = TextField(LABELS["chair"], [required(_l("Cần ghi người chủ trì."))])
    secretary = TextField(LABELS["secretary"], [required(_l("Cần ghi thư ký."))])
    invited = WholeField(_l("Số người được triệu tập"), [Optional()])
    others = LongTextField(_l("Người khác có mặt (mỗi người một dòng)"))
    minutes_number = TextField(LABELS["minutes_number"])
    minutes = LongTextField(LABELS["minutes"])
    approved = BooleanField(LABELS["approved"])


def people_of(cycle_id: int, unit_id: int, meeting_id: int | None) -> list[PersonEvaluation]:
    """Whom the meeting may speak of: sheets the unit works on, and those it already spoke of."""
    wanted = queries.SheetFilter(cycle_id=cycle_id, unit_id=unit_id, states=IN_UNIT)
    query = queries.sheet_query(wanted, "meet").order_by(
        OrgUnit.path, PersonEvaluation.is_head.desc(), PersonEvaluation.is_deputy.desc(), PersonEvaluation.sort_key,
        PersonEvaluation.id,
    )  # fmt: skip
    found = list(db.session.scalars(query.limit(MOST)))
    if meeting_id is None:
        return [one for one in found if one.meeting_id is None] or found
    return [one for one in found if one.meeting_id in (None, meeting_id)]


class EvaluationMeetingView(BaseView):
    """``/evaluation/<cycle>/units/<unit>/meetings``, ``/evaluation/meetings/<id>``"""

    route_base = "/evaluation"

    @expose("/<int:cycle_id>/units/<int:unit_id>/meetings")
    @needs("evaluation", "meet")
    def list(self, cycle_id: int, unit_id: int) -> Any:
        cycle, unit = unit_of(cycle_id, unit_id)
        query = access.restrict(select(EvaluationMeeting), EvaluationMeeting).options(
            joinedload(EvaluationMeeting.unit)
        )
        query = query.where(EvaluationMeeting.cycle_id == cycle_id,
                            EvaluationMeeting.unit_id.in_(queries.below(unit_id)))  # fmt: skip
        rows = list(db.session.scalars(query.order_by(EvaluationMeeting.held_on.desc(), EvaluationMeeting.id.desc())))
        return page("evaluation/meetings.html", title=_("Họp đơn vị"), cycle=cycle, unit=unit, rows=rows)

    @expose("/<int:cycle_id>/units/<int:unit_id>/meetings/new", methods=["GET", "POST"])
    @needs("evaluation", "meet")
    def new(self, cycle_id: int, unit_id: int) -> Any:
        cycle, unit = unit_of(cycle_id, unit_id)
        return self._form(cycle, unit, None)

    @expose("/meetings/<int:meeting_id>", methods=["GET", "POST"])
    @needs("evaluation", "meet")
    def show(self, meeting_id: int) -> Any:
        """The minutes: to be changed until they are approved, then to be read."""
        row = access.get(EvaluationMeeting, meeting_id, "meet")
        cycle, unit = unit_of(row.cycle_id, row.unit_id)
        if row.approved and request.method == "GET":
            return self._read(cycle, unit, row)
        return self._form(cycle, unit, row)

    @expose("/meetings/<int:meeting_id>/approve", methods=["POST"])
    @needs("evaluation", "meet")
    def approve(self, meeting_id: int) -> Any:
        row = access.get(EvaluationMeeting, meeting_id, "meet")
        cycle_id, unit_id = row.cycle_id, row.unit_id
        try:
            result = execute(ApproveMinutes(meeting_id, seen_version()), key=request_key())
        except Refused as error:
            cycle, unit = unit_of(cycle_id, unit_id)
            return self._form(cycle, unit, access.get(EvaluationMeeting, meeting_id, "meet"), error.faults)
        if result.stayed:
            outcome = told(_("Ghi kết quả họp đơn vị"), result)
            cycle, unit = unit_of(cycle_id, unit_id)
            return self._read(cycle, unit, access.get(EvaluationMeeting, meeting_id, "meet"), outcome)
        flash(_("Biên bản đã thông qua; %(n)s người đã sang bước tiếp theo.", n=len(result.moved)), "success")
        return redirect(url_for("EvaluationMeetingView.show", meeting_id=meeting_id))

    def _read(self, cycle: EvaluationCycle, unit: OrgUnit, row: EvaluationMeeting, outcome: Any = None) -> Any:
        query = queries.sheet_query(queries.SheetFilter(cycle_id=cycle.id)).where(PersonEvaluation.meeting_id == row.id)
        people = list(db.session.scalars(query.order_by(PersonEvaluation.sort_key, PersonEvaluation.id)))
        return page("evaluation/meeting.html", title=_("Biên bản họp đơn vị"), cycle=cycle, unit=unit, row=row,
                    people=people, levels=LEVEL_KEYS, feed=history.of(row, 20), outcome=outcome,
                    labels={key: _(value) for key, value in LABELS.items()})  # fmt: skip

    def _form(self, cycle: EvaluationCycle, unit: OrgUnit, row: EvaluationMeeting | None,
              faults: Sequence[Fault] = ()) -> Any:  # fmt: skip
        people = people_of(cycle.id, unit.id, row.id if row else None)
        stale: Stale | None = None
        if request.method == "GET" or faults:
            form = MeetingForm(None, data=_start(unit, row))
        else:
            form = MeetingForm(request.form)
            if form.validate():
                try:
                    saved = execute(self._command(form, cycle, unit, row, people), key=request_key())
                    flash(_("Đã ghi biên bản họp."), "success")
                    return redirect(url_for("EvaluationMeetingView.show", meeting_id=saved.id))
                except Refused as error:
                    faults = form.take_faults(error)
                except Stale as error:
                    stale = error
                cycle, unit = unit_of(cycle.id, unit.id)
                row = access.get(EvaluationMeeting, row.id, "meet") if row else None
                people = people_of(cycle.id, unit.id, row.id if row else None)
        status = 409 if stale else 400 if faults or form.errors else 200
        return page(
            "evaluation/meeting_edit.html",
            title=_("Biên bản họp đơn vị"),
            cycle=cycle,
            unit=unit,
            row=row,
            form=form,
            people=people,
            typed=dict(request.form) if request.method == "POST" else {},
            present=_present(people, row),
            levels=[(code, str(_(RATINGS[code]))) for code in LEVEL_KEYS],
            state_words={code: str(_(label)) for code, label in STATE_LABELS.items()},
            faults=faults,
            differences=differences(stale),
            editor=stale.editor if stale else "",
        ), status

    def _command(self, form: MeetingForm, cycle: EvaluationCycle, unit: OrgUnit, row: EvaluationMeeting | None,
                 people: Sequence[PersonEvaluation]) -> RecordMeeting:  # fmt: skip
        here = {identifier(raw) for raw in request.form.getlist("present")}
        names = [one.person.full_name for one in people if one.id in here]
        others = [line.strip() for line in (form.others.data or "").splitlines() if line.strip()]
        absent = [one.person.full_name for one in people if one.id not in here]
        spoken = [_spoken(one.id, request.form) for one in people if request.form.get(f"of.{one.id}")]
        return RecordMeeting(
            cycle.id, unit.id, form.held_on.data or clock.today(), form.chair.data or "", form.secretary.data or "",
            [*names, *others], absent, form.invited.data, form.place.data or "", form.minutes.data or "",
            form.minutes_number.data or "", bool(form.approved.data), spoken, row.id if row else None,
            seen_version() if row else None,
        )  # fmt: skip


def _spoken(number: int, form: Mapping[str, str]) -> SpokenOf:
    votes = {}
    for level in LEVEL_KEYS:
        raw = form.get(f"votes.{number}.{level}", "").strip()
        if raw:
            count = identifier(raw)
            votes[level] = count if count is not None else -1  # told as a fault of the row, not passed over
    return SpokenOf(number, form.get(f"remark.{number}", ""), votes)


def _present(people: Sequence[PersonEvaluation], row: EvaluationMeeting | None) -> set[int]:
    if request.method == "POST":
        return {number for raw in request.form.getlist("present") if (number := identifier(raw)) is not None}
    if row is None:
        return {one.id for one in people}
    names = set(row.attendees or ())
    return {one.id for one in people if one.person.full_name in names}


def _start(unit: OrgUnit, row: EvaluationMeeting | None) -> dict[str, Any]:
    if row is None:
        return {"held_on": clock.today(), "place": unit.name}
    absent = set(row.absentees or ())
    known = {one.person.full_name for one in people_of(row.cycle_id, row.unit_id, row.id)} | absent
    return {
        "held_on": row.held_on, "place": row.place, "chair": row.chair, "secretary": row.secretary,
        "invited": row.invited, "minutes": row.minutes, "minutes_number": row.minutes_number, "approved": row.approved,
        "others": "\n".join(name for name in row.attendees or () if name not in known),
    }  # fmt: skip
