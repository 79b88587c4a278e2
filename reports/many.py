"""Many papers of a round as one file, with memory that does not grow with their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from flask_babel import gettext as _

from hrms.kernel.errors import Fault, Refused
from models.restructuring import CaseBatch
from reports import pdf
from reports.batch_file import cases_of
from reports.case_file import CaseFile, case_file
from reports.makers import CASE_PAPERS
from reports.registry import report_named

AT_A_TIME = 25  # papers laid out together; their pages are written and forgotten


@dataclass
class Printed:
    """``numbers`` of the cases in the file, in order; ``skipped``: case number and why it has no such paper."""

    content: bytes
    numbers: list[str]
    skipped: list[tuple[str, str]] = field(default_factory=list)


def print_many(
    batch: CaseBatch,
    kind: str,
    *,
    for_signature: bool = False,
    issuer: str = "",
    tell: Callable[[int, int], None] = lambda done, total: None,
) -> Printed:
    """Paper ``kind`` of every case of ``batch`` that has one, each with its own page numbers and a bookmark.

    Raises :class:`Refused` when not one could be printed, naming the reasons.
    """
    cases = cases_of(batch)
    files: list[bytes] = []
    waiting: list[pdf.Paper] = []
    printed = Printed(b"", [])
    for done, case in enumerate(cases):
        tell(done, len(cases))
        file: CaseFile = case_file(case, for_signature=for_signature)
        try:
            waiting.append(CASE_PAPERS[kind](file, issuer))
            printed.numbers.append(case.label)
        except Refused as refused:
            printed.skipped.append((case.label, refused.message))
        if len(waiting) >= AT_A_TIME:
            files.append(_written(waiting))
            waiting = []
    if waiting:
        files.append(_written(waiting))
    tell(len(cases), len(cases))
    if not files:
        raise Refused(_why_nothing(batch, printed.skipped))
    title = f"{report_named(kind).title} – {batch.name}"
    printed.content = files[0] if len(files) == 1 else pdf.merge(files, title=title)
    return printed


def _written(papers: Sequence[pdf.Paper]) -> bytes:
    return pdf.bind(papers, title=papers[0].title if len(papers) == 1 else "Văn bản của một đợt").write()


def _why_nothing(batch: CaseBatch, skipped: Sequence[tuple[str, str]]) -> list[Fault]:
    if not skipped:
        return [Fault("batch", _("%(batch)s không có hồ sơ nào để in.", batch=batch.name), code="empty_batch")]
    return [Fault("batch", message, code="nothing_to_print") for _number, message in skipped[:20]]
