"""Data exchange with other systems: staff and results out, results in, and a feed of what changed.

The field list of the national database (QĐ 893/QĐ-TTg of 2020, TT 06/2023/TT-BNV) is not public; what is exchanged are
the fields of the staff record HS02/SYLL (TT 06/2023) that this system keeps, under names of our own
(:data:`people.FIELDS`), with the personal identity number as the key. See ``docs/exchange.md``.
"""

from hrms.commands.exchange.changes import FEED, Change, changes_since
from hrms.commands.exchange.people import FIELDS, SENSITIVE, Page, people_page
from hrms.commands.exchange.results import ImportResults, ResultRow, results_page

__all__ = [
    "FEED",
    "FIELDS",
    "SENSITIVE",
    "Change",
    "ImportResults",
    "Page",
    "ResultRow",
    "changes_since",
    "people_page",
    "results_page",
]
