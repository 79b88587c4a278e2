"""Accounts: who may log in, with which role on which unit, from when to when; passwords; accounts for many at once.

Managing accounts is no right to see people's records (SEC-07): these commands show names, codes and units, nothing
else of anybody.
"""

from hrms.commands.accounts.bulk import BULK_ROLES, ask_for_accounts, candidates
from hrms.commands.accounts.lifecycle import (
    CreateAccount,
    EndAccount,
    NewAccount,
    ReopenAccount,
    ResetPassword,
    UnlockAccount,
    end_accounts_of_leavers,
)
from hrms.commands.accounts.own import ChangeOwnPassword, remember_wrong_password
from hrms.commands.accounts.passwords import generate, password_faults
from hrms.commands.accounts.rights import (
    AssignRole,
    ChangeRole,
    EndAssignment,
    assigned_today,
    end_rights_of_moved,
    role_faults,
)
from hrms.commands.accounts.usernames import username_for

__all__ = [
    "BULK_ROLES",
    "AssignRole",
    "ChangeOwnPassword",
    "ChangeRole",
    "CreateAccount",
    "EndAccount",
    "EndAssignment",
    "NewAccount",
    "ReopenAccount",
    "ResetPassword",
    "UnlockAccount",
    "ask_for_accounts",
    "assigned_today",
    "candidates",
    "end_accounts_of_leavers",
    "end_rights_of_moved",
    "generate",
    "password_faults",
    "remember_wrong_password",
    "role_faults",
    "username_for",
]
