"""The usual staff list of an agency: its fields, its reading and its writing. See ``docs/spreadsheets.md``."""

from hrms.commands.staff_list.export import COLUMNS, SENSITIVE_KEYS, write_staff_list
from hrms.commands.staff_list.fields import FIELDS, LABELS
from hrms.commands.staff_list.grades import KNOWN_GRADES
from hrms.commands.staff_list.reading import (
    SheetChoice,
    SkippedRow,
    StaffListReading,
    StaffRow,
    Summary,
    read_staff_list,
)

__all__ = [
    "COLUMNS",
    "FIELDS",
    "KNOWN_GRADES",
    "LABELS",
    "SENSITIVE_KEYS",
    "SheetChoice",
    "SkippedRow",
    "StaffListReading",
    "StaffRow",
    "Summary",
    "read_staff_list",
    "write_staff_list",
]
