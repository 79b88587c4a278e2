"""A person's own page: what the plans say of the own post, the own clock, and wishes for another post."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import flash, redirect, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from hrms.commands.rotation.due import standing_of
from hrms.commands.rotation.plan_steps import my_lines
from hrms.commands.rotation.plan_workflow import LINE_STATES
from hrms.commands.rotation.wishes import FileWish, WithdrawWish, wish_query
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused
from hrms.kernel.text import fold
from models.organization import OrgUnit, Position
from views.fields import Form, LongTextField, TextField, required
from views.guard import current_account
from views.posted import request_key
from views.rotation_support import ground_words, number_asked, room_page, state_badge, trace_in_words
from views.rules import needs
from views.words import unit_in_full

FOUND = 30


@dataclass(frozen=True)
class WishWords:
    """A wish as it is read."""

    id: int
    unit: str
    title: str
    filed_on: date
    reason: str
    withdrawn_on: date | None


def wishes_in_words(query: Select[Any]) -> list[WishWords]:
    """Wishes with the names of units and posts, three statements."""
    rows = db.session.scalars(query).all()
    units = {u.id: u for u in _some(OrgUnit, {r.unit_id for r in rows}, (joinedload(OrgUnit.parent),))}
    posts = {p.id: p.title for p in _some(Position, {r.position_id for r in rows})}
    return [
        WishWords(r.id, unit_in_full(units[r.unit_id]) if r.unit_id in units else "", posts.get(r.position_id, ""),
                  r.filed_on, r.reason, r.withdrawn_on)
        for r in rows
    ]  # fmt: skip


def _some(model: Any, ids: set[int | None], options: Any = ()) -> Any:
    wanted = [number for number in ids if number is not None]
    return db.session.scalars(select(model).where(model.id.in_(wanted)).options(*options)) if wanted else ()


class WishForm(Form):
    """The unit is found by its name: names only, the whole province may be asked for."""

    unit_name = TextField(_l("Đơn vị mong muốn"), validators=[required()])
    reason = LongTextField(_l("Lý do"))


def _own_person() -> int | None:
    account = current_account()
    return account.person_id if account is not None else None


class RotationMineView(BaseView):
    """``/rotation/mine``"""

    route_base = "/rotation/mine"

    @expose("/")
    @needs("movement", "wish")
    def show(self) -> Any:
        return self._page()

    def _page(self, faults: Any = (), form: Any = None, units: Any = ()) -> Any:
        person_id = _own_person()
        return room_page(
            "rotation/mine.html",
            title=_("Vị trí công tác của tôi"),
            standing=standing_of(person_id) if person_id else None,
            lines=my_lines(person_id) if person_id else [],
            line_states=LINE_STATES,
            wishes=wishes_in_words(wish_query(person_id=person_id, withdrawn=True)) if person_id else [],
            form=form or WishForm(None),
            units=units,
            unit_words=unit_in_full,
            faults=faults,
            badge=state_badge,
            trace=trace_in_words,
            ground=ground_words,
        )

    @expose("/wishes", methods=["POST"])
    @needs("movement", "wish")
    def wish(self) -> Any:
        """File a wish; where the name fits several units, they are offered to choose from."""
        person_id = _own_person()
        if person_id is None:
            raise NotFound()
        form = WishForm()
        unit_id = number_asked("unit_id")
        if not form.validate() and unit_id is None:
            return self._page(form=form)
        if unit_id is None:
            units = _units(form.unit_name.data or "")
            if len(units) != 1:
                told = (
                    _("Không có đơn vị nào tên như vậy đang hoạt động. Hãy nhập lại tên.")
                    if not units
                    else _("Có nhiều đơn vị cùng tên. Hãy chọn một đơn vị bên dưới.")
                )
                form.unit_name.errors = [told]
                return self._page(form=form, units=units)
            unit_id = units[0].id
        try:
            execute(FileWish(person_id, unit_id, reason=form.reason.data or ""), key=request_key())
        except Refused as error:
            return self._page(faults=error.faults, form=form)
        flash(_("Đã ghi nguyện vọng."), "success")
        return redirect(url_for("RotationMineView.show"))

    @expose("/wishes/<int:wish_id>/withdraw", methods=["POST"])
    @needs("movement", "wish")
    def withdraw(self, wish_id: int) -> Any:
        try:
            execute(WithdrawWish(wish_id), key=request_key())
        except Refused as error:
            return self._page(faults=error.faults)
        flash(_("Đã rút nguyện vọng."), "success")
        return redirect(url_for("RotationMineView.show"))


def _units(text: str) -> list[OrgUnit]:
    query = select(OrgUnit).where(OrgUnit.valid_to.is_(None)).options(joinedload(OrgUnit.parent))
    for word in fold(text).split():
        query = query.where(OrgUnit.folded.contains(word, autoescape=True))
    rows = list(db.session.scalars(query.order_by(OrgUnit.depth, OrgUnit.sort_key).limit(FOUND)))
    exact = [row for row in rows if fold(row.name) == fold(text)]
    return exact if len(exact) == 1 else rows
