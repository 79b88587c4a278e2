"""Rows with ``valid_from`` and ``valid_to`` (last day included, empty: open end): the conditions every query shares."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def lasts(model: Any, day: Any) -> ColumnElement[bool]:
    """Not over before ``day`` (a day, or a column with one); it may begin later."""
    return or_(model.valid_to.is_(None), model.valid_to >= day)


def holds(model: Any, day: Any) -> ColumnElement[bool]:
    """In force on ``day``."""
    return and_(model.valid_from <= day, lasts(model, day))
