"""Organisation: the unit tree through time, positions, establishment and leadership posts.

The names other rooms use; see the modules for what each does.
"""

from hrms.commands.organization.balance import (
    Average,
    Leaders,
    Line,
    UnitBalance,
    averages,
    balances,
    establishment_balance,
    surplus_deputies,
)
from hrms.commands.organization.positions import (
    ChangePosition,
    CreatePosition,
    EndPosition,
    SetEstablishment,
    SetLeadershipQuota,
)
from hrms.commands.organization.reorganisation import EndUnit, MergeUnits, NewPost, SplitUnit
from hrms.commands.organization.tree import (
    Node,
    Tree,
    predecessors_of,
    project_units,
    successors_of,
    tree_on,
)
from hrms.commands.organization.units import (
    ChangeUnit,
    ChangeUnitDetails,
    CorrectUnitVersion,
    CreateUnit,
    NewUnit,
    RenameUnit,
    TransferUnit,
)
from hrms.commands.organization.words import LABELS, label

__all__ = [
    "LABELS",
    "Average",
    "ChangePosition",
    "ChangeUnit",
    "ChangeUnitDetails",
    "CorrectUnitVersion",
    "CreatePosition",
    "CreateUnit",
    "EndPosition",
    "EndUnit",
    "Leaders",
    "Line",
    "MergeUnits",
    "NewPost",
    "NewUnit",
    "Node",
    "RenameUnit",
    "SetEstablishment",
    "SetLeadershipQuota",
    "SplitUnit",
    "TransferUnit",
    "Tree",
    "UnitBalance",
    "averages",
    "balances",
    "establishment_balance",
    "label",
    "predecessors_of",
    "project_units",
    "successors_of",
    "surplus_deputies",
    "tree_on",
]
