"""Filters that several lists share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select

from hrms.kernel import access
from hrms.kernel.db import db
from models.organization import OrgUnit
from views.listing import Filter, FilterFault


def _unit(value: str) -> tuple[str, str] | None:
    """Name and path of the unit a filter was set to, when it is in scope; asked for once a request."""
    known: dict[str, tuple[str, str] | None] = g.setdefault("hrms_filter_units", {})
    if value not in known:
        row = None
        if value.isascii() and value.isdigit() and len(value) < 19:
            query = access.restrict(select(OrgUnit.name, OrgUnit.path).where(OrgUnit.id == int(value)), OrgUnit)
            row = db.session.execute(query).one_or_none()
        known[value] = (row.name, row.path) if row is not None else None
    return known[value]


def unit_words(value: str) -> str:
    """The name of the unit a filter was set to; the bare id when it is out of scope."""
    found = _unit(value)
    return found[0] if found is not None else value


def subtree_of(value: str) -> str:
    """The path of the unit a filter was set to. Raises :class:`FilterFault` for none in scope."""
    found = _unit(value)
    if found is None:
        raise FilterFault(_("Không tìm thấy đơn vị này trong phạm vi của bạn. Hãy chọn lại từ danh sách gợi ý."))
    return found[1]


def unit_filter(column: Any, key: str = "unit", label: Callable[[], str] | None = None) -> Filter:
    """Rows of a unit and everything below it; ``column`` holds the unit id."""

    def apply(query: Select[Any], value: str) -> Select[Any]:
        return query.where(column.in_(select(OrgUnit.id).where(OrgUnit.path.like(f"{subtree_of(value)}%"))))

    return Filter(
        key,
        label or (lambda: _("Đơn vị")),
        apply,
        kind="lookup",
        text_of=unit_words,
        url=lambda: url_for("LookupView.units") + "?q=",
    )
