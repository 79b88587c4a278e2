"""Which panels each dashboard has, and who may open it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _

from hrms.commands.dashboards import evaluation, panels, rotation
from hrms.commands.dashboards.shape import Context, Panel, Tile
from hrms.commands.law.current import current_store
from hrms.kernel import access
from hrms.kernel.errors import NotAllowed, NotFound
from reports.framework import Asked, Block, Definition, Produced, ask, day, period, pick, unit

Build = Callable[[Context], Panel | None]

KINDS: Mapping[str, str] = {
    "all": "Tổng quan",
    "evaluation": "Đánh giá, xếp loại",
    "restructuring": "Sắp xếp, tinh giản biên chế",
    "cost": "Kinh phí, chi trả",
    "rotation": "Chuyển đổi vị trí công tác",
    "staff": "Biên chế, nghỉ hưu",
}
ROOMS: Mapping[str, tuple[Build, ...]] = {
    "evaluation": (evaluation.progress, evaluation.levels, evaluation.quota),
    "restructuring": (panels.cases_by_state, panels.cases_by_month, panels.rounds_due, panels.cases_by_unit),
    "cost": (panels.budget_by_source, panels.payments_by_month, panels.payments_by_unit, panels.refunds_owed),
    "rotation": (rotation.due_states, rotation.due_agencies),
    "staff": (panels.establishment_by_kind, panels.retirement_long),
}


@dataclass(frozen=True)
class BoardKind:
    """One dashboard. ``needs``: rights beside (report, read); ``whole``: for those who see the whole tree."""

    code: str
    title: str
    about: str
    overview: tuple[Build, ...]
    needs: tuple[tuple[str, str], ...] = ()
    whole: bool = False

    @property
    def allowed(self) -> bool:
        if not access.may("report", "read") or not all(access.may(*pair) for pair in self.needs):
            return False
        return not self.whole or _root()


def _root() -> bool:
    """Whether a right to reports is held on the whole tree, or on a unit at its top ("/" and "/1/")."""
    if access.units_for("report", "read") is None:
        return True
    return any(
        grant.unit_path is not None and grant.unit_path.count("/") <= 2 and grant.role.allows("report", "read")
        for grant in access.grants()
    )


BOARDS: Mapping[str, BoardKind] = {
    one.code: one
    for one in (
        BoardKind(
            "leadership",
            "Lãnh đạo tỉnh",
            "Tiến độ, kinh phí, biên chế và dự báo của cả tỉnh.",
            (panels.cases_by_month, evaluation.levels, panels.establishment_by_kind, panels.retirement_soon),
            whole=True,
        ),
        BoardKind(
            "hr",
            "Sở Nội vụ",
            "Việc đến hạn, tiến độ đánh giá, tỷ lệ xếp loại, hồ sơ nghỉ việc và thông báo nghỉ hưu.",
            (panels.cases_by_state, evaluation.progress, evaluation.quota, panels.rounds_due, panels.retirement_soon,
             panels.establishment_by_kind),
            (("staff", "read"),),
            whole=True,
        ),
        BoardKind(
            "unit",
            "Đơn vị",
            "Biên chế, hồ sơ, đánh giá và nghỉ hưu của một đơn vị cùng các đơn vị bên dưới.",
            (panels.establishment_by_kind, panels.cases_by_state, evaluation.progress, panels.retirement_soon),
        ),
        BoardKind(
            "finance",
            "Tài chính",
            "Dự toán, chi trả, còn phải chi và các khoản phải thu hồi.",
            (panels.budget_by_source, panels.payments_by_month, panels.payments_by_unit, panels.refunds_owed),
            (("case", "read"),),
        ),
    )
}  # fmt: skip
# The dashboard one lands on: the first of these whose right one holds, else the first that is open.
HOME = (("finance", ("case", "finance")), ("hr", ("case", "appraise")))


def allowed_boards() -> list[BoardKind]:
    """The dashboards the actor may open, the own one first."""
    found = [one for one in BOARDS.values() if one.allowed]
    own = next((code for code, pair in HOME if access.may(*pair)), "")
    return sorted(found, key=lambda one: one.code != own)


def _nothing(_asked: Asked) -> list[Block]:
    return []


def definition_of(kind: BoardKind) -> Definition:
    """The parameters of a dashboard, read like those of a report."""
    return Definition(
        key=f"dashboard_{kind.code}",
        title=f"Bảng điều hành: {kind.title}",
        group="staff",
        about=kind.about,
        parameters=(unit(), period(), day(), pick("kind", "Nội dung", KINDS, "all")),
        build=_nothing,
        needs=kind.needs,
    )


@dataclass
class Board:
    """A dashboard ready to show."""

    kind: BoardKind
    asked: Asked
    panels: list[Panel] = field(default_factory=list)

    @property
    def tiles(self) -> list[Tile]:
        """The figures on top; those somebody has to act upon first."""
        return sorted((tile for panel in self.panels for tile in panel.tiles), key=lambda tile: not tile.alert)

    def produced(self) -> Produced:
        """The tables and charts as a report, for the PDF: the very same drawings."""
        asked = self.asked
        blocks = [replace(panel.block, title=panel.heading) for panel in self.panels]
        return Produced(
            key=asked.definition.key,
            title=asked.definition.title,
            values=asked.plain,
            said=asked.said,
            blocks=blocks,
            produced_on=asked.today,
            unit_id=asked.unit.id,
            unit_name=asked.unit.name,
            law=asked.store.fingerprint,
        )


def ask_board(code: str, given: Mapping[str, str]) -> Asked:
    """The parameters of the dashboard ``code``. Raises NotFound, NotAllowed, and Refused with every fault."""
    kind = BOARDS.get(code)
    if kind is None:
        raise NotFound()
    if not kind.allowed:
        raise NotAllowed(_("Bạn không được xem bảng điều hành này."))
    return ask(definition_of(kind), given, current_store())


def board(code: str, asked: Asked) -> Board:
    """Every panel the actor may see, in the scope of the actor and below the unit asked about."""
    kind = BOARDS[code]
    context = Context(asked)
    builds = kind.overview if asked["kind"] == "all" else ROOMS[asked["kind"]]
    found = [panel for build in builds if (panel := build(context)) is not None]
    return Board(kind, asked, found)
