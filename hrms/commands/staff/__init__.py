"""Staff: records and the dated rows around them, what is true on a day, and finding people.

The names other rooms use; see the modules for what each does.
"""

from hrms.commands.staff.corrections import CorrectRow, RemoveRow
from hrms.commands.staff.counting import InsuranceCount, count_months
from hrms.commands.staff.identity import clean_identity, identity_faults, looks_national, search_columns
from hrms.commands.staff.lookup import appointment_on, insurance_months, salary_on, unit_name_on, unit_on
from hrms.commands.staff.people import ChangePerson, CreatePerson, FirstPost, LeaveService, ReturnToService, next_code
from hrms.commands.staff.projection import project_people
from hrms.commands.staff.records import (
    AddDiscipline,
    AddEarlierBenefit,
    AddFamilyRelation,
    AddTraining,
    AddYearRating,
)
from hrms.commands.staff.rows import AddAppointment, AddInsurancePeriod, AddSalaryRow, EndAppointment
from hrms.commands.staff.search import StaffFilter, search, staff_query
from hrms.commands.staff.words import LABELS, label

__all__ = [
    "LABELS",
    "AddAppointment",
    "AddDiscipline",
    "AddEarlierBenefit",
    "AddFamilyRelation",
    "AddInsurancePeriod",
    "AddSalaryRow",
    "AddTraining",
    "AddYearRating",
    "ChangePerson",
    "CorrectRow",
    "CreatePerson",
    "EndAppointment",
    "FirstPost",
    "InsuranceCount",
    "LeaveService",
    "RemoveRow",
    "ReturnToService",
    "StaffFilter",
    "appointment_on",
    "clean_identity",
    "count_months",
    "identity_faults",
    "insurance_months",
    "label",
    "looks_national",
    "next_code",
    "project_people",
    "salary_on",
    "search",
    "search_columns",
    "staff_query",
    "unit_name_on",
    "unit_on",
]
