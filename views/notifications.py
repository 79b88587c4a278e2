"""The inbox, what one wants to be told and how, and the address of the private calendar."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from hrms.commands.notifications import calendar, inbox
from hrms.commands.notifications.kinds import EMAIL_MODES, KINDS
from hrms.commands.notifications.mailing import configured
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused
from views.posted import identifier, picked, request_key
from views.rules import public, signed_in
from views.templating import page

SHOWN_ONCE = "calendar_token"


class InboxView(BaseView):
    """``/inbox/``: one's own messages only."""

    route_base = "/inbox"

    @expose("/")
    @signed_in
    def list(self) -> Any:
        account_id = inbox.own_account_id()
        kind = request.args.get("kind", "")
        unread_only = request.args.get("unread") == "1"
        rows = db.session.scalars(inbox.mine(account_id, unread_only=unread_only, kind=kind)).all()
        return page("inbox/list.html", title=_("Thông báo"), rows=rows, kinds=KINDS, kind=kind, unread_only=unread_only)

    @expose("/open/<number>", methods=["POST"])
    @signed_in
    def open(self, number: str) -> Any:
        """Mark as read and go where the message points."""
        found = inbox.opened(identifier(number) or 0)
        link = found.link
        execute(inbox.MarkRead([found.id]))
        inside = link.startswith("/") and not link.startswith("//")
        return redirect(link if inside else url_for("InboxView.list"))

    @expose("/read", methods=["POST"])
    @signed_in
    def read(self) -> Any:
        everything = request.form.get("everything") == "1"
        try:
            execute(inbox.MarkRead(picked(), everything), key=request_key())
        except Refused as error:
            flash(error.faults[0].message, "warning")
        return redirect(url_for("InboxView.list"))

    @expose("/settings", methods=["GET", "POST"])
    @signed_in
    def settings(self) -> Any:
        if request.method == "POST":
            wishes = {
                code: (bool(request.form.get(f"inbox-{code}")) or kind.fixed, request.form.get(f"email-{code}", ""))
                for code, kind in KINDS.items()
            }
            try:
                execute(inbox.SetPreferences(wishes), key=request_key())
            except Refused as error:
                return self._settings(wishes, error.faults), 422
            flash(_("Đã lưu cách nhận thông báo."), "success")
            return redirect(url_for("InboxView.settings"))
        return self._settings(inbox.preferences(inbox.own_account_id()))

    def _settings(self, wishes: Any, faults: Any = ()) -> Any:
        token = session.pop(SHOWN_ONCE, "")
        return page(
            "inbox/settings.html",
            title=_("Cách nhận thông báo"),
            kinds=KINDS,
            modes=EMAIL_MODES,
            wishes=wishes,
            faults=faults,
            mail=configured(),
            feed=calendar.current(inbox.own_account_id()),
            address=url_for("CalendarView.feed", token=token, _external=True) if token else "",
        )

    @expose("/calendar", methods=["POST"])
    @signed_in
    def calendar(self) -> Any:
        """A new secret address, or none any more."""
        if request.form.get("end") == "1":
            execute(calendar.EndAddress(), key=request_key())
            flash(_("Đã ngừng địa chỉ lịch."), "success")
        else:
            session[SHOWN_ONCE] = execute(calendar.NewAddress())
        return redirect(url_for("InboxView.settings"))


class CalendarView(BaseView):
    """``/calendar/<token>.ics``: read by calendar programs, which cannot log in; the token is the key."""

    route_base = "/calendar"

    @expose("/<token>.ics")
    @public
    def feed(self, token: str) -> Any:
        if not 20 <= len(token) <= 80:
            raise NotFound()
        answer = Response(calendar.feed(token), mimetype="text/calendar; charset=utf-8")
        answer.headers["Content-Disposition"] = "inline; filename=thoi-han.ics"
        return answer
