"""Reports produced, drafted, signed and filed. The definitions are in :mod:`reports.catalogue`."""

from hrms.commands.reporting.archive import FileReport, SignReport, snapshot
from hrms.commands.reporting.drafts import CreateDraft, DropDraft, EditDraft, draft, produced_of
from hrms.commands.reporting.producing import asked_for, produce
from hrms.commands.rotation import periodic_facts as _periodic_facts  # noqa: F401 - provides rows to the catalogue

__all__ = [
    "CreateDraft",
    "DropDraft",
    "EditDraft",
    "FileReport",
    "SignReport",
    "asked_for",
    "draft",
    "produce",
    "produced_of",
    "snapshot",
]
