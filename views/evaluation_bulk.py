"""What the overview of a unit offers: the filter of its people and the bulk steps with what they ask."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from hrms.commands.evaluation import decisions
from hrms.commands.evaluation.flow import RecordPartyOpinion, Synthesise
from hrms.commands.evaluation.participants import StepParticipants
from hrms.commands.evaluation.queries import OverviewRow
from hrms.commands.evaluation.rating import ReturnSheets
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.words import (
    DECIDED,
    IN_UNIT,
    MEETING_HELD,
    NOTIFIED,
    PARTY_OPINION,
    PUBLISHED,
    QUOTA_CHECKED,
    REMARKED,
    SYNTHESISED,
)
from hrms.kernel import access, clock
from hrms.kernel.text import fold
from models.evaluation import EvaluationCycle
from models.organization import OrgUnit
from views.fields import DateField, Form, LongTextField, Optional, TextField
from views.posted import identifier


class OpinionForm(Form):
    """What the bulk steps ask beside the people."""

    opinion = LongTextField(_l("Ý kiến của cấp ủy"))
    document = TextField(_l("Số, ngày văn bản"))
    given_on = DateField(_l("Ngày ý kiến"), [Optional()])
    reason = LongTextField(_l("Lý do"))
    number = TextField(_l("Số thông báo"))


@dataclass(frozen=True)
class Step:
    """A bulk step of the overview: who may, from which states it starts, what it asks (fields of the dialog)."""

    code: str
    label: Any
    action: str
    states: tuple[str, ...]
    asks: tuple[str, ...] = ()
    danger: bool = False

    def concerns(self, state: str) -> bool:
        """Whether the step starts from a state; a step without states asks the workflow."""
        return not self.states or state in self.states


_BEFORE = (*IN_UNIT, SYNTHESISED, QUOTA_CHECKED)
BULK = (
    Step("synthesise", _l("Tổng hợp, đề xuất mức"), "synthesise", (REMARKED, MEETING_HELD, PARTY_OPINION)),
    Step("party", _l("Ghi ý kiến cấp ủy"), "synthesise", (REMARKED, MEETING_HELD), ("opinion", "document", "given_on")),
    Step("notify", _l("Thông báo kết quả"), "notify", (DECIDED,), ("number",)),
    Step("publish", _l("Công khai kết quả"), "publish", (NOTIFIED,)),
    Step("file", _l("Lưu hồ sơ"), "publish", (PUBLISHED,)),
    Step("return", _l("Trả lại người tự đánh giá"), "meet", _BEFORE, ("reason",), True),
    Step("return_unit", _l("Trả lại đơn vị nhận xét"), "synthesise", (SYNTHESISED, QUOTA_CHECKED), ("reason",), True),
    Step("send_back", _l("Trả lại để tổng hợp lại"), "decide", (SYNTHESISED, QUOTA_CHECKED), ("reason",), True),
    Step("exit_not_rated", _l("Không xếp loại"), "synthesise", (), ("reason",), True),
)


def unit_of(cycle_id: int, unit_id: int) -> tuple[EvaluationCycle, OrgUnit]:
    """Cycle and unit, both in sight. Raises :class:`NotFound`."""
    cycle = cycle_for(cycle_id)
    unit = access.get(OrgUnit, unit_id, options=(joinedload(OrgUnit.parent),))
    return cycle, unit


@dataclass
class Wanted:
    """The filter of the overview as the address or the bulk form carries it."""

    q: str = ""
    state: str = ""
    level: str = ""
    klass: str = ""
    part: int | None = None
    late: bool = False
    misfit: bool = False

    @classmethod
    def of_request(cls) -> Wanted:
        source = request.values
        return cls(
            source.get("q", "").strip()[:100], source.get("state", ""), source.get("level", ""),
            source.get("klass", ""), identifier(source.get("part", "")), source.get("late") == "1",
            source.get("differs") == "1",
        )  # fmt: skip

    def matches(self, row: OverviewRow, words: Sequence[str]) -> bool:
        if self.state and row.state != self.state:
            return False
        if self.level and (row.standing or "-") != self.level:
            return False
        if self.klass and row.klass != self.klass:
            return False
        if self.part is not None and row.unit_id != self.part:
            return False
        if self.late and not row.late:
            return False
        if self.misfit and (not row.level_machine or row.level_machine == (row.level or row.level_unit)):
            return False
        if words:
            name = fold(row.name)
            return all(word in name for word in words)
        return True

    def plain(self) -> dict[str, Any]:
        found = {"q": self.q, "state": self.state, "level": self.level, "klass": self.klass,
                 "part": str(self.part) if self.part else "", "late": "1" if self.late else "",
                 "differs": "1" if self.misfit else ""}  # fmt: skip
        return {key: value for key, value in found.items() if value}

    def choose(self, rows: Sequence[OverviewRow]) -> list[OverviewRow]:
        words = fold(self.q).split()
        return [row for row in rows if self.matches(row, words)]


def command_of(code: str, ids: list[int], form: OpinionForm) -> Any:
    """The command of a bulk step."""
    reason = form.reason.data or ""
    makers: dict[str, Callable[[], Any]] = {
        "synthesise": lambda: Synthesise(ids),
        "party": lambda: RecordPartyOpinion(ids, form.opinion.data or "", form.document.data or "",
                                            form.given_on.data or clock.today()),
        "notify": lambda: decisions.Notify(ids, number=form.number.data or ""),
        "publish": lambda: decisions.Publish(ids),
        "file": lambda: decisions.FileAway(ids),
        "return": lambda: ReturnSheets(ids, reason),
        "return_unit": lambda: ReturnSheets(ids, reason, to_unit=True),
        "send_back": lambda: ReturnSheets(ids, reason, to_synthesis=True),
        "exit_not_rated": lambda: StepParticipants(ids, "exit_not_rated", reason),
    }  # fmt: skip
    return makers[code]()


def quota_url(cycle_id: int, unit: OrgUnit, rows: Sequence[Any]) -> str:
    """Where the live quota is told: of the unit itself when it is an agency, else of the one agency of the people."""
    agencies = {row.agency_id for row in rows}
    agency_id = unit.id if unit.id in agencies else agencies.pop() if len(agencies) == 1 else None
    return f"/evaluation/{cycle_id}/quota/{agency_id}.json" if agency_id is not None else ""
