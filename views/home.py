"""The home page: what waits for me, what is late, what comes next."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import BaseView, expose

from views.rules import signed_in
from views.templating import page


class HomeView(BaseView):
    """``/``: one's own work queue."""

    route_base = ""
    default_view = "index"  # where FAB sends people who ask for "home"

    @expose("/")
    @signed_in
    def index(self) -> Any:
        return page("home.html", title="")
