"""Which papers a case or a round can be printed as now, for the pages that link them."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from hrms.kernel import access
from models.restructuring import CaseBatch, DownsizingCase
from reports.registry import Report, report_named, reports

# From the appraisal on, Sở Nội vụ has something to submit and a decision can be drafted.
LATER = ("appraisal", "finance_review", "decided", "paid", "superseded")


def offered(case: DownsizingCase) -> list[Report]:
    """The papers that make sense for a case as it stands; the others would be refused or say nothing."""
    names = ["minutes"]
    if case.calculation_id is not None:
        names.insert(0, "calculation_sheet")
        if case.eligible:
            names.append("submission")
            if case.state in LATER:
                names += ["submission_province", "decision"]
    if case.state == "refused" or (case.eligible is False and case.state not in LATER):
        names.append("refusal")
    return [report_named(name) for name in names]


def batch_reports() -> list[Report]:
    """Everything a round can be printed as."""
    return [report for report in reports().values() if report.subject == "batch"]


def paper_urls(case: DownsizingCase) -> list[tuple[str, str]]:
    """(address, words) of every paper of the case, and of the page where papers for signature are printed."""
    links = [(url_for("PaperView.case", case_id=case.id, kind=r.name), _(r.title)) for r in offered(case)]
    if access.may("paper", "write"):
        links.append((url_for("PaperView.desk", case_id=case.id), _("In bản trình ký…")))
    return links


def batch_paper_urls(batch: CaseBatch) -> list[tuple[str, str]]:
    """(address, words) of every paper and spreadsheet of a round; none without the right to print cases."""
    if not access.may("case", "print"):
        return []
    links = []
    for report in batch_reports():
        links.append((url_for("PaperView.batch", batch_id=batch.id, kind=report.name), _(report.title)))
        if "xlsx" in report.formats and access.may(*report.sheet_permission):
            sheet = url_for("PaperView.sheet", batch_id=batch.id, kind=report.name)
            links.append((sheet, _("%(title)s (Excel)", title=_(report.title))))
    words = _("In bản trình ký, in hàng loạt…") if access.may("paper", "write") else _("In hàng loạt…")
    links.append((url_for("PaperView.round", batch_id=batch.id), words))
    return links
