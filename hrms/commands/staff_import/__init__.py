"""Import of a staff list into the records: units found, people matched, differences shown, everything written at once.

``check_import`` is the dry run, ``run_import`` writes; both work from the same plan. See ``docs/import.md``.
"""

from hrms.commands.staff_import.plan import Plan, PlannedRow, Planner
from hrms.commands.staff_import.requests import ChooseMapping, DropImport, StartImport, open_list
from hrms.commands.staff_import.work import check_import, run_import

__all__ = [
    "ChooseMapping",
    "DropImport",
    "Plan",
    "PlannedRow",
    "Planner",
    "StartImport",
    "check_import",
    "open_list",
    "run_import",
]
