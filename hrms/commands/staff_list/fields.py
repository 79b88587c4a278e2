"""The columns of the usual "DANH SÁCH CÁN BỘ, CÔNG CHỨC": how agencies title them and how their cells are read.

Field keys are those of the person and salary records and of the calculation case: nothing is renamed on the way.
"""

from __future__ import annotations

from hrms.commands.staff_list.person_fields import BACKGROUND, WHO
from hrms.commands.staff_list.salary_fields import SALARY
from hrms.kernel.spreadsheets import FieldSpec

FIELDS: tuple[FieldSpec, ...] = (*WHO, *SALARY, *BACKGROUND)
LABELS = {spec.key: spec.label.replace(" > ", " – ") for spec in FIELDS}
PERSONAL_KEYS = ("identity_number", "code", "insurance_number")
"""Fields that tell one person: the same value twice in a file is an error on both rows."""
