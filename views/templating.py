"""How pages are made: one context for every page, the filters of Vietnamese office formats, and the menu."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from flask import Flask, g, get_flashed_messages, render_template, request, session, url_for
from flask_babel import get_locale
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from hrms.kernel import access, clock
from hrms.kernel.text import (
    PartialDate,
    amount_in_words,
    format_date,
    format_decimal,
    format_integer,
    format_partial,
    months_to_words,
)


def page(template: str, **context: Any) -> str:
    """Render ``template`` with what every page has: the account, the menu, the queue size, the nonce."""
    account = None
    if current_user.is_authenticated:
        from views.guard import current_account

        account = current_account()
    from views.menu import menu_for

    unread = g.get("hrms_unread", 0)
    return render_template(
        template, account=account, unread=unread, menu=menu_for(request.path) if account else [], **context
    )


def dmy(value: Any) -> str:
    """A date as dd/mm/yyyy; a moment as HH:MM · dd/mm/yyyy in local time; nothing as an em dash's absence."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        return clock.local(value).strftime("%H:%M · %d/%m/%Y")
    if isinstance(value, date):
        return format_date(value)
    if isinstance(value, str):
        try:
            return format_date(date.fromisoformat(value[:10]))
        except ValueError:
            return value
    raise TypeError(type(value).__name__)


def partial(value: date | None, precision: str = "day") -> str:
    """A birth date as precisely as it is known: dd/mm/yyyy, mm/yyyy or yyyy."""
    return "" if value is None else format_partial(PartialDate(value, precision))  # type: ignore[arg-type]


def vnd(value: int | None) -> str:
    """1.234.567"""
    return "" if value is None else format_integer(int(value))


def dec(value: Any) -> str:
    """4,98 — trailing zeros dropped, comma as the decimal sign."""
    if value is None or value == "":
        return ""
    return format_decimal(Decimal(str(value)))


def new_key() -> str:
    """A request key for a form: the same form sent twice is one request."""
    return uuid4().hex


def url_with(**changes: Any) -> str:
    """This page's address with some query parameters changed; ``None`` removes one."""
    args: dict[str, Any] = request.args.to_dict(flat=False)
    for name, value in changes.items():
        if value is None:
            args.pop(name, None)
        else:
            args[name] = value if isinstance(value, list) else [str(value)]
    return url_for(str(request.endpoint), **(request.view_args or {}), **args)


def merged(entries: Any, comments: Any = (), transitions: Any = ()) -> list[dict[str, Any]]:
    """History entries, comments and performed steps as one list, newest first, ready to print."""
    items = [
        {"kind": e.kind, "who": e.actor_name, "at": e.at, "field": e.field, "old": e.old, "new": e.new, "note": e.note,
         "what": getattr(e, "what", "")}  # a row of the record: "hàng lương"
        for e in entries
        if not (e.kind == "changed" and e.field == "state")  # the transition says it better
    ]
    items += [{"kind": "comment", "who": c.author, "at": c.at, "text": c.body, "subject": c.subject} for c in comments]
    items += [
        {"kind": "transition", "who": t.actor_name, "at": t.at, "step": t.transition, "source": t.source,
         "target": t.target, "reason": t.reason, "article": t.article, "document": t.document,
         "document_date": t.document_date}
        for t in transitions
    ]
    return sorted(items, key=lambda item: item["at"], reverse=True)


def csrf_field() -> Markup:
    """The hidden CSRF field of a form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def install(app: Flask) -> None:
    """Filters and globals of every template; strict about undefined names so that a typo is an error, not a blank."""
    from jinja2 import StrictUndefined

    from models import vocabulary
    from views.words import unit_in_full

    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.add_extension("jinja2.ext.do")
    app.jinja_env.filters.update(
        dmy=dmy, partial=partial, vnd=vnd, dec=dec, words=amount_in_words, months=months_to_words
    )
    app.jinja_env.globals.update(
        may=access.may, today=clock.today, new_key=new_key, url_with=url_with, csrf_field=csrf_field,
        vocabulary=vocabulary,
        flashes=lambda: get_flashed_messages(with_categories=True), locale=lambda: str(get_locale() or "vi"),
        languages=app.config["LANGUAGES"], session_minutes=app.config["HRMS"].session_minutes,
        is_demo=lambda: bool(g.get("hrms_is_demo", False)), current_locale=lambda: session.get("locale", "vi"),
        nonce=lambda: g.get("nonce", ""), view_functions=lambda: app.view_functions, merged=merged,
        unit_in_full=unit_in_full,
    )
