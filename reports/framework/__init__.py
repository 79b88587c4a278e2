"""Reports by definition: one declaration gives the page, the paper, the spreadsheet, the snapshot and the drill-down.

``reports/catalogue`` holds the definitions, ``reports/facts`` what they count; ``docs/reports.md`` says how to add one.
"""

from reports.framework.asking import Asked, ask
from reports.framework.charts import Chart, Series
from reports.framework.definition import GROUPS, Definition, Schedule, TextBlock, definition, definitions, group_title
from reports.framework.facts import Fact, FactColumn, FrameFact, SqlFact
from reports.framework.making import make
from reports.framework.parameters import Parameter, day, number, period, pick, unit
from reports.framework.result import Block, Column, Produced, RowFailed, records

__all__ = [
    "GROUPS",
    "Asked",
    "Block",
    "Chart",
    "Column",
    "Definition",
    "Fact",
    "FactColumn",
    "FrameFact",
    "Parameter",
    "Produced",
    "RowFailed",
    "Schedule",
    "Series",
    "SqlFact",
    "TextBlock",
    "ask",
    "day",
    "definition",
    "definitions",
    "group_title",
    "make",
    "number",
    "period",
    "pick",
    "records",
    "unit",
]
