"""Which papers a case or a round can be printed as, for the pages that link them."""

from __future__ import annotations

from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _


def paper_urls(case: Any) -> list[tuple[str, str]]:
    """(address, words) of every paper of the case that the room of papers offers now."""
    if "PaperView.case" not in current_app.view_functions:
        return []
    return [(url_for("PaperView.case", case_id=case.id, kind="calculation_sheet"), _("Phiếu tính chế độ"))]


def batch_paper_urls(batch: Any) -> list[tuple[str, str]]:
    """(address, words) of every paper and spreadsheet of a round."""
    if "PaperView.batch" not in current_app.view_functions:
        return []
    return [(url_for("PaperView.batch", batch_id=batch.id, kind="budget_list"), _("Danh sách kèm dự toán"))]
