"""Everything that can run in the background declares itself on import; this imports it all.

A web process only needs what its pages import. The scheduler must know every kind of job and every scheduled action.
"""

from __future__ import annotations

import importlib
import pkgutil

USE_CASES = ("hrms.commands",)  # where scheduled actions are declared; kinds of jobs are in the other rooms too
ROOMS = ("hrms.commands", "reports", "views")


def register(rooms: tuple[str, ...] = ROOMS) -> list[str]:
    """Import every module of the rooms that declare jobs and actions; returns their names."""
    names: list[str] = []
    for room in rooms:
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, prefix=f"{room}."):
            importlib.import_module(module.name)
            names.append(module.name)
    return names
