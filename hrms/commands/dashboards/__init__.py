"""Dashboards: the figures of the reports at one glance for leaders, Sở Nội vụ, units and finance.

A panel is a table (and its chart) of a report, asked of the very same facts (:mod:`reports.facts`), so that a figure
here and in the report is one figure; each opens the rows behind it or the list it counts.
"""

from hrms.commands.dashboards.boards import BOARDS, KINDS, Board, allowed_boards, ask_board, board
from hrms.commands.dashboards.shape import Panel, Target, Tile

__all__ = ["BOARDS", "KINDS", "Board", "Panel", "Target", "Tile", "allowed_boards", "ask_board", "board"]
