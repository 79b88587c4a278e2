"""Where the quota stands in a cycle, agency by agency: what a province looks at before it asks one agency for more."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import case, func, select

from hrms.commands.evaluation.standing import HTXS, LEVELS, OUT, SETTLED, TIED, level_column
from hrms.commands.evaluation.words import QUOTA_CHECKED, SYNTHESISED
from hrms.kernel import access
from hrms.kernel.db import db
from models.evaluation import PersonEvaluation
from models.organization import OrgUnit


@dataclass(frozen=True)
class AgencyQuota:
    """An agency's people in a cycle as far as they are in scope. ``checked`` includes the decided."""

    agency_id: int
    agency: str
    people: int
    rated: int
    htxs: int
    ready: int  # synthesised, waiting for the check
    checked: int
    decided: int
    tied: int

    @property
    def waiting(self) -> int:
        """Not put together yet."""
        return self.people - self.ready - self.checked


def agencies(cycle_id: int) -> list[AgencyQuota]:
    """The agencies with people in the cycle, in tree order, in the actor's scope: one statement."""
    sheet = PersonEvaluation

    def counted(condition: object) -> object:
        return func.sum(case((condition, 1), else_=0))  # type: ignore[arg-type]

    rows = access.restrict(
        select(
            sheet.agency_id.label("agency_id"), sheet.state.label("state"), sheet.quota_outcome.label("outcome"),
            level_column().label("level"),
        ).where(sheet.cycle_id == cycle_id, sheet.state.not_in(OUT)),
        sheet,
    ).subquery()  # fmt: skip
    level, state = rows.c.level, rows.c.state
    query = (
        select(
            rows.c.agency_id, OrgUnit.name, func.count(), counted(level.in_(LEVELS)), counted(level == HTXS),
            counted(state == SYNTHESISED), counted(state.in_((QUOTA_CHECKED, *SETTLED))), counted(state.in_(SETTLED)),
            counted(rows.c.outcome == TIED),
        )  # type: ignore[call-overload]
        .join(OrgUnit, OrgUnit.id == rows.c.agency_id)
        .group_by(rows.c.agency_id, OrgUnit.name, OrgUnit.path)
        .order_by(OrgUnit.path)
    )  # fmt: skip
    return [AgencyQuota(row[0], row[1], *(int(number) for number in row[2:])) for row in db.session.execute(query)]
