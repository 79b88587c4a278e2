"""Meetings of a unit: who was there, what was said of each person with the votes, the minutes and their approval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
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
from models.staff import Person
from models.vocabulary import RATINGS
from views.evaluation_bulk import unit_of
from views.evaluation_support import LEVEL_KEYS, differences, told
from views.fields import BooleanField, DateField, Form, LongTextField, Optional, TextField, WholeField, required
from views.posted import identifier, request_key, seen_version
from views.rules import needs
from views.templating import page

PAGE = 100  # people on one page of the minutes; the pages of a large unit are filled one after another


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


@dataclass(frozen=True)
class People:
    """One page of whom the meeting may speak of. ``known``: names of everybody of the unit in the cycle."""

    rows: list[PersonEvaluation]
    total: int
    at: int
    q: str
    known: frozenset[str]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def people_of(cycle_id: int, unit_id: int, meeting_id: int | None) -> People:
    """Sheets the unit works on, and those the meeting already spoke of: the page and the search of the request."""
    q = request.values.get("q", "").strip()[:100]
    wanted = queries.SheetFilter(cycle_id=cycle_id, unit_id=unit_id, states=IN_UNIT, q=q)
    query = queries.sheet_query(wanted, "meet")
    free = query.where(or_(PersonEvaluation.meeting_id.is_(None), PersonEvaluation.meeting_id == (meeting_id or 0)))
    total = _count(free)
    if not total and meeting_id is None:  # everybody was spoken of: a second meeting may speak of them again
        free, total = query, _count(query)
    at = min(max(1, identifier(request.values.get("page", "1")) or 1), max(1, -(-total // PAGE)))
    ordered = free.order_by(
        OrgUnit.path, PersonEvaluation.is_head.desc(), PersonEvaluation.is_deputy.desc(), PersonEvaluation.sort_key,
        PersonEvaluation.id,
    )  # fmt: skip
    rows = list(db.session.scalars(ordered.limit(PAGE).offset((at - 1) * PAGE)))
    everybody = queries.sheet_query(queries.SheetFilter(cycle_id=cycle_id, unit_id=unit_id), "meet")
    names = db.session.scalars(everybody.with_only_columns(Person.full_name, maintain_column_froms=True))
    return People(rows, total, at, q, frozenset(names))


def _count(query: Select[Any]) -> int:
    counted = query.with_only_columns(func.count(PersonEvaluation.id), maintain_column_froms=True)
    return int(db.session.scalar(counted) or 0)


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
            form = MeetingForm(None, data=_start(unit, row, people.known))
        else:
            form = MeetingForm(request.form)
            if form.validate():
                try:
                    saved = execute(self._command(form, cycle, unit, row, people), key=request_key())
                    flash(_("Đã ghi biên bản họp."), "success")
                    where: dict[str, Any] = {"meeting_id": saved.id}
                    if people.at < people.pages and not saved.approved:
                        # What was spoken of on this page stays with the meeting, so its place in the list stays too.
                        where["page"] = people.at + 1
                        flash(_("Còn trang sau: ghi tiếp những người còn lại rồi mới thông qua biên bản."), "info")
                    return redirect(url_for("EvaluationMeetingView.show", **where))
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
            people=people.rows,
            listed=people,
            typed=dict(request.form) if request.method == "POST" else {},
            present=_present(people.rows, row),
            spoken_of=_spoken_of(people.rows, row),
            levels=[(code, str(_(RATINGS[code]))) for code in LEVEL_KEYS],
            state_words={code: str(_(label)) for code, label in STATE_LABELS.items()},
            faults=faults,
            differences=differences(stale),
            editor=stale.editor if stale else "",
        ), status

    def _command(self, form: MeetingForm, cycle: EvaluationCycle, unit: OrgUnit, row: EvaluationMeeting | None,
                 people: People) -> RecordMeeting:  # fmt: skip
        here = {identifier(raw) for raw in request.form.getlist("present")}
        shown = Counter(one.person.full_name for one in people.rows)
        names = [*_elsewhere(row.attendees if row else (), shown, people.known),
                 *(one.person.full_name for one in people.rows if one.id in here)]  # fmt: skip
        others = [line.strip() for line in (form.others.data or "").splitlines() if line.strip()]
        absent = [*_elsewhere(row.absentees if row else (), shown, people.known),
                  *(one.person.full_name for one in people.rows if one.id not in here)]  # fmt: skip
        spoken = [_spoken(one.id, request.form) for one in people.rows if request.form.get(f"of.{one.id}")]
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


def _spoken_of(people: Sequence[PersonEvaluation], row: EvaluationMeeting | None) -> set[int]:
    """Whom the minutes speak of: those kept, and those on a page nobody has filled yet."""
    written = {*(row.attendees or ()), *(row.absentees or ())} if row else set()
    return {one.id for one in people if (row and one.meeting_id == row.id) or one.person.full_name not in written}


def _elsewhere(names: Sequence[str] | None, shown: Counter[str], known: frozenset[str]) -> list[str]:
    """Names written down on other pages: the list before, without the people of this page and without guests."""
    left, found = Counter(shown), []
    for name in names or ():
        if left[name]:
            left[name] -= 1
        elif name in known:
            found.append(name)
    return found


def _present(people: Sequence[PersonEvaluation], row: EvaluationMeeting | None) -> set[int]:
    if request.method == "POST":
        return {number for raw in request.form.getlist("present") if (number := identifier(raw)) is not None}
    if row is None:
        return {one.id for one in people}
    names, absent = set(row.attendees or ()), set(row.absentees or ())
    # Who was on no page yet counts as present until somebody says otherwise.
    return {one.id for one in people if one.person.full_name in names or one.person.full_name not in absent}


def _start(unit: OrgUnit, row: EvaluationMeeting | None, known: frozenset[str]) -> dict[str, Any]:
    if row is None:
        return {"held_on": clock.today(), "place": unit.name}
    return {
        "held_on": row.held_on, "place": row.place, "chair": row.chair, "secretary": row.secretary,
        "invited": row.invited, "minutes": row.minutes, "minutes_number": row.minutes_number, "approved": row.approved,
        "others": "\n".join(name for name in row.attendees or () if name not in known),
    }  # fmt: skip
