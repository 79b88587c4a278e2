"""Every screen and API of the application, imported here once. The menu is in :mod:`views.menu`."""

from __future__ import annotations

from typing import Any


def views() -> list[type[Any]]:
    """The screens, in the order in which their addresses are registered."""
    return []


def apis() -> list[type[Any]]:
    """The REST resources."""
    from views.api_records import StaffApi, UnitApi

    return [UnitApi, StaffApi]
