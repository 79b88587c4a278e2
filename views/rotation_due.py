"""Who has to change post: the due list on any day, the forecast, one person's standing with its reasons, deferrals."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from hrms.commands.rotation import deferrals as deferring
from hrms.commands.rotation.clocks import roll
from hrms.commands.rotation.due import MUST_MOVE, STATES, due_list, fields, standing_of
from hrms.commands.rotation.forecast import forecast
from hrms.commands.rotation.paths import path_of_posts
from hrms.commands.rotation.wishes import wish_query
from hrms.kernel import access, clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from models.organization import OrgUnit
from models.rotation import RotationDeferral
from models.staff import Person
from reports.framework.charts import column_chart, svg
from views.fields import BooleanField, ChoiceField, DateField, Form, LongTextField, TextField, required
from views.posted import request_key, seen_version
from views.rotation_mine import wishes_in_words
from views.rotation_support import (
    day_asked,
    ground_words,
    number_asked,
    room_page,
    state_badge,
    state_words,
    trace_in_words,
)
from views.rules import needs
from views.words_rotation import deferral_labels

PAGE = 50
DRAWN = 4  # fields with a colour of their own in the chart


class DeferralForm(Form):
    """A ground that keeps somebody in the post for a time."""

    ground = ChoiceField(validators=[required()])
    starts_on = DateField(validators=[required()])
    ends_on = DateField()
    recheck_on = DateField()
    document = TextField(validators=[required()])
    own_wish_to_move = BooleanField()
    wish_document = TextField()
    note = LongTextField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in deferral_labels().items():
            self[name].label.text = label
        self.ground.choices = [
            ("", _("— chọn trường hợp —")), *((code, _(found.text)) for code, found in deferring.grounds().items())
        ]  # fmt: skip

    def values(self) -> dict[str, Any]:
        return {
            "ground": self.ground.data or "", "starts_on": self.starts_on.data, "ends_on": self.ends_on.data,
            "recheck_on": self.recheck_on.data, "document": self.document.data or "",
            "own_wish_to_move": bool(self.own_wish_to_move.data), "wish_document": self.wish_document.data or "",
            "note": self.note.data or "",
        }  # fmt: skip


def _short(name: str) -> str:
    """As much of a field's name as the legend has room for."""
    return name if len(name) <= 22 else name[:21].rstrip(" ,") + "…"


def unit_asked() -> OrgUnit | None:
    """The unit the list is narrowed to, inside the scope."""
    number = number_asked("unit")
    return None if number is None else access.get(OrgUnit, number, "read", "movement")


class RotationDueView(BaseView):
    """``/rotation/due``"""

    route_base = "/rotation/due"

    @expose("/")
    @needs("movement", "read")
    def list(self) -> Any:
        on, wrong = day_asked()
        unit = unit_asked()
        wanted = [state for state in request.args.getlist("state") if state in STATES]
        if request.args.get("state") == "must":
            wanted = [*MUST_MOVE]
        area, text = request.args.get("field", "")[:120], request.args.get("q", "").strip()[:100]
        found = due_list(
            on, unit_id=unit.id if unit else None, states=wanted, field_name=area if area in fields() else "",
            search=text,
        )  # fmt: skip
        last = max(1, -(-len(found.rows) // PAGE))
        number = min(max(1, number_asked("page") or 1), last)
        return room_page(
            "rotation/due.html",
            title=_("Đến hạn chuyển đổi vị trí công tác"),
            found=found,
            rows=found.rows[(number - 1) * PAGE : number * PAGE],
            number=number,
            last=last,
            unit=unit,
            states=STATES,
            wanted=wanted,
            area=area,
            areas=fields(),
            text=text,
            wrong=wrong,
            badge=state_badge,
            words=state_words,
        )

    @expose("/forecast")
    @needs("movement", "read")
    def forecast(self) -> Any:
        """Three years ahead by quarter, if nobody moves."""
        on, wrong = day_asked()
        unit = unit_asked()
        loaded = roll(on, unit_id=unit.id if unit else None)
        quarters = forecast(on, roll_=loaded)
        sums = Counter({name: 0 for quarter in quarters for name in quarter.by_field})
        for quarter in quarters:
            sums.update(quarter.by_field)
        areas = [name for name, _sum in sums.most_common()]
        series = [(_short(_(name)), [q.by_field.get(name, 0) for q in quarters]) for name in areas[:DRAWN]]
        if areas[DRAWN:]:
            rest = [sum(q.by_field.get(name, 0) for name in areas[DRAWN:]) for q in quarters]
            series.append((_("Lĩnh vực khác"), rest))
        chart = column_chart(
            "stacked", _("Số người đến hạn phải chuyển đổi theo quý"), [q.label for q in quarters], series
        )
        return room_page(
            "rotation/forecast.html", title=_("Dự báo đến hạn chuyển đổi ba năm"), quarters=quarters, areas=areas,
            chart=svg(chart, "du-bao"), on=on, unit=unit, wrong=wrong,
        )  # fmt: skip

    @expose("/<int:person_id>")
    @needs("movement", "read")
    def person(self, person_id: int) -> Any:
        return self._person(person_id)

    def _person(self, person_id: int, form: Any = None, faults: Any = (), deferral: Any = None, stale: Any = None,
                end_faults: Any = ()) -> Any:  # fmt: skip
        on, wrong = day_asked()
        person = access.get(Person, person_id, "read", "movement", options=(joinedload(Person.unit),))
        may_plan = access.may("movement", "plan", person)
        return room_page(
            "rotation/person.html",
            title=_("%(name)s: thời hạn chuyển đổi vị trí", name=person.full_name),
            person=person,
            on=on,
            wrong=wrong,
            standing=standing_of(person_id, on),
            path=path_of_posts(person_id),
            rows=db.session.scalars(deferring.deferral_query(person_id=person_id)).all(),
            wishes=wishes_in_words(wish_query(person_id=person_id)),
            badge=state_badge,
            ground=ground_words,
            trace=trace_in_words,
            may_plan=may_plan,
            form=(form or DeferralForm(None, data={"starts_on": clock.today()})) if may_plan else None,
            faults=faults,
            deferral=deferral,
            stale=stale,
            end_faults=end_faults,
        )

    @expose("/<int:person_id>/deferrals", methods=["POST"])
    @needs("movement", "plan")
    def defer(self, person_id: int) -> Any:
        """Record why somebody is not moved for a time."""
        access.get(Person, person_id, "plan", "movement")
        form = DeferralForm()
        faults: Any = []
        if form.validate():
            try:
                execute(deferring.RecordDeferral(person_id, **form.values()), key=request_key())
                flash(_("Đã ghi trường hợp chưa chuyển đổi."), "success")
                return redirect(url_for("RotationDueView.person", person_id=person_id))
            except Refused as error:
                faults = form.take_faults(error)
        return self._person(person_id, form, faults)

    @expose("/deferrals/<int:deferral_id>", methods=["GET", "POST"])
    @needs("movement", "plan")
    def change(self, deferral_id: int) -> Any:
        """Correct a recorded ground."""
        row = access.get(RotationDeferral, deferral_id, "plan")
        person_id = row.person_id
        stale: Stale | None = None
        faults: Any = []
        form = DeferralForm(None, obj=row) if request.method == "GET" else DeferralForm()
        if request.method == "POST" and form.validate():
            try:
                command = deferring.RecordDeferral(
                    person_id, **form.values(), deferral_id=deferral_id, version=seen_version()
                )
                execute(command, key=request_key())
                flash(_("Đã lưu trường hợp chưa chuyển đổi."), "success")
                return redirect(url_for("RotationDueView.person", person_id=person_id))
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                stale = error
        row = access.get(RotationDeferral, deferral_id, "plan")
        return room_page(
            "rotation/deferral.html", title=_("Sửa trường hợp chưa chuyển đổi"), row=row, form=form, faults=faults,
            stale=stale, version=row.version if stale or request.method == "GET" else seen_version(),
        )  # fmt: skip

    @expose("/deferrals/<int:deferral_id>/end", methods=["POST"])
    @needs("movement", "plan")
    def end(self, deferral_id: int) -> Any:
        """The ground no longer holds from the day after."""
        row = access.get(RotationDeferral, deferral_id, "plan")
        person_id = row.person_id
        form = EndForm()
        faults: Any = []
        if form.validate():
            try:
                execute(
                    deferring.EndDeferral(deferral_id, form.last_day.data, form.end_document.data or ""),
                    key=request_key(),
                )
                flash(_("Đã ghi ngày cuối của trường hợp chưa chuyển đổi."), "success")
                return redirect(url_for("RotationDueView.person", person_id=person_id))
            except Refused as error:
                faults = error.faults
        else:
            faults = [fault for field in form for fault in _faults_of(field)]
        return self._person(person_id, end_faults=faults)


class EndForm(Form):
    """The last day a ground held."""

    last_day = DateField(validators=[required()])
    end_document = TextField()


def _faults_of(field: Any) -> list[Fault]:
    return [Fault(field.name, f"{_('Ngày cuối')}: {message}") for message in field.errors]
