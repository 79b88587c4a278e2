"""What does not fit in the records, as far as one may see them; each row leads to where it is put right."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands import consistency
from hrms.kernel import access
from views.rules import needs
from views.templating import page


class CheckView(BaseView):
    """``/checks/``"""

    route_base = "/checks"

    @expose("/")
    @needs("staff", "write")
    def list(self) -> Any:
        order = list(consistency.CHECKS)
        found = sorted(consistency.findings(), key=lambda row: (order.index(row.check), row.unit, row.record))
        groups = [
            (consistency.CHECKS[check], len(rows), rows[: consistency.MOST])
            for check, members in groupby(found, key=lambda row: row.check)
            for rows in [list(members)]
        ]
        orphans = consistency.orphan_files() if access.may("system", "read") else []
        return page("checks.html", title=_("Kiểm tra dữ liệu"), groups=groups, total=len(found), orphans=orphans)
