"""Papers of a dossier noted, answered by a file, taken off again: the same for downsizing cases and rotations.

Inside commands only; which papers a case needs, and who works on it, the rooms say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from flask_babel import gettext as _

from hrms.kernel import actor, clock
from hrms.kernel.attachments import Attachment
from hrms.kernel.commands import check_version
from hrms.kernel.errors import Fault, NotFound
from hrms.kernel.text import format_date
from models.dossier import DossierPaper

P = TypeVar("P", bound=DossierPaper)
LONGEST_DOCUMENT = 200


def item_of(papers: Sequence[P], item_id: int) -> P:
    """The paper of this very dossier. Raises :class:`NotFound`."""
    found = next((row for row in papers if getattr(row, "id", None) == item_id), None)
    if found is None:
        raise NotFound()
    return found


def answered_by(papers: Sequence[P], code: str) -> P | None:
    """The paper a file is said to answer; ``None`` for a file of no paper."""
    return next((row for row in papers if row.code == code), None)


def missing(papers: Iterable[P]) -> list[P]:
    """The required papers that are not there."""
    return [row for row in papers if row.required and not row.present]


def note_faults(
    item: DossierPaper, *, present: bool, document: str, document_date: date | None, note: str, version: int | None,
    label: Callable[[str], str],
) -> Iterable[Fault]:  # fmt: skip
    """What is wrong with a paper as noted. Raises :class:`Stale` when somebody else noted it first."""
    proposed = {
        "present": present, "document": document.strip(), "document_date": document_date, "note": note.strip(),
    }  # fmt: skip
    check_version(item, version, proposed, label)
    if document_date is not None and document_date > clock.today():
        yield Fault("document_date", _("Ngày văn bản %(day)s còn ở tương lai.", day=format_date(document_date)))
    if len(document.strip()) > LONGEST_DOCUMENT:
        yield Fault("document", _("Số, ký hiệu văn bản dài quá 200 ký tự."))


def note(item: DossierPaper, *, present: bool, document: str, document_date: date | None, note: str) -> None:
    """Write what was noted; whoever says it is there has seen it."""
    item.present, item.document, item.document_date = present, document.strip(), document_date
    item.note = note.strip()
    item.checked_by = actor.current().name if present else None


def answer(item: DossierPaper | None) -> None:
    """A file for the paper came: it is there."""
    if item is not None and not item.present:
        item.present, item.checked_by = True, actor.current().name


def file_taken_off(papers: Iterable[DossierPaper], removed: Attachment, left: Iterable[Attachment]) -> None:
    """A paper whose last file goes is missing again; one noted with its number stays: it lies in the paper file."""
    kinds = {row.kind for row in left}
    for item in papers:
        if item.code == removed.kind and item.code not in kinds and not item.document:
            item.present, item.checked_by = False, None
