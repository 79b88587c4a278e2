"""One person's whole path of posts as a timeline, with the moves that are on the way."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _

from hrms.commands.rotation import paths, queries
from hrms.commands.rotation.words import OPEN
from hrms.kernel import access, clock
from hrms.kernel.db import db
from models.rotation import MovementCase
from models.staff import Person
from models.vocabulary import APPOINTMENT_KINDS, LEADER_RANKS
from views.movement_list import state_badge, to_words
from views.rules import needs
from views.templating import page


class MovementPersonView(BaseView):
    """``/movements/people/``"""

    route_base = "/movements/people"

    @expose("/<int:person_id>/")
    @needs("movement", "read")
    def show(self, person_id: int) -> Any:
        person = access.get(Person, person_id, "read", "movement")
        wanted = queries.MoveFilter(person_id=person_id)
        cases = list(db.session.scalars(queries.case_query(wanted).order_by(MovementCase.id.desc())))
        return page(
            "movement/person.html",
            title=person.full_name,
            person=person,
            path=list(reversed(paths.path_of_posts(person_id))),
            cases=cases,
            open_cases=[case for case in cases if case.state in OPEN],
            on=clock.today(),
            state_badge=state_badge,
            to_words=to_words,
            kinds=APPOINTMENT_KINDS,
            ranks=LEADER_RANKS,
            may_open=access.may("movement", "propose") and person.left_on is None,
            heading=_("Quá trình vị trí công tác"),
        )
