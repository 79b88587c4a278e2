"""Spreadsheets from outside and to the outside: opened safely, understood by their headers, given back with reasons.

See ``docs/spreadsheets.md``. Nothing here knows what the rows are about.
"""

from hrms.kernel.spreadsheets.content import Source
from hrms.kernel.spreadsheets.error_book import write_error_workbook
from hrms.kernel.spreadsheets.export import Column, Headings, SectionRow, escape, write_table
from hrms.kernel.spreadsheets.fields import FieldError, FieldSpec, is_blank, show
from hrms.kernel.spreadsheets.header import FoundTable, Header, find_table, header_at
from hrms.kernel.spreadsheets.limits import (
    DEFAULT_LIMITS,
    CellFault,
    CellValue,
    Limits,
    SpreadsheetRefused,
    column_index,
    column_letter,
)
from hrms.kernel.spreadsheets.mapping import HeaderColumn, Mapping, MappingGuess, Match, guess_mapping
from hrms.kernel.spreadsheets.rows import CellError, RowParser, errors_by_row
from hrms.kernel.spreadsheets.sections import ClassifiedRow, RowClassifier, SectionHeading
from hrms.kernel.spreadsheets.workbook import Merge, Sheet, Workbook, open_workbook

__all__ = [
    "DEFAULT_LIMITS",
    "CellError",
    "CellFault",
    "CellValue",
    "ClassifiedRow",
    "Column",
    "FieldError",
    "FieldSpec",
    "FoundTable",
    "Header",
    "HeaderColumn",
    "Headings",
    "Limits",
    "Mapping",
    "MappingGuess",
    "Match",
    "Merge",
    "RowClassifier",
    "RowParser",
    "SectionHeading",
    "SectionRow",
    "Sheet",
    "Source",
    "SpreadsheetRefused",
    "Workbook",
    "column_index",
    "column_letter",
    "errors_by_row",
    "escape",
    "find_table",
    "guess_mapping",
    "header_at",
    "is_blank",
    "open_workbook",
    "show",
    "write_error_workbook",
    "write_table",
]
