"""What the papers of evaluation are printed from: sheets with their people, forms, tasks and decisions, in scope.

Who is evaluated reads the own sheet at any time, but points, level and remarks of others on it only once the result was
told (``TOLD``): before that the parts of the unit and of the decider stay blank.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hrms.kernel import access, actor
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused
from models.account import Account
from models.evaluation import (
    EvaluationCycle,
    EvaluationDecision,
    EvaluationMeeting,
    EvaluationPetition,
    EvaluationTask,
    PersonEvaluation,
    UnitEvaluation,
)
from models.organization import OrgUnit
from policies.evaluation import LEADERS, Sheet, level_label, sheet_from, sheet_total
from policies.evaluation.configuration import Configuration
from policies.evaluation.facts import GRADE_LABELS
from reports.letter import Body, body_of, issuing_unit

TOLD = ("notified", "published", "filed", "petitioned", "reopened")
SETTLED = ("decided", *TOLD)
PUBLIC = ("published", "filed", "petitioned")
OUT = ("not_rated", "removed", "blocked")
LEVELS = ("HTXS", "HTT", "HT", "KHT")
ROMAN = ("", "I", "II", "III", "IV")
GRADES = {"good": "Thực hiện tốt", "ok": "Đáp ứng", "fail": "Không đáp ứng", **GRADE_LABELS}


def period_text(cycle: EvaluationCycle) -> str:
    """``Năm 2024``, ``Quý I năm 2025``."""
    if cycle.period_kind == "YEAR":
        return f"Năm {cycle.year}"
    if cycle.period_kind == "QUARTER":
        return f"Quý {ROMAN[cycle.number]} năm {cycle.year}"
    if cycle.period_kind == "MONTH":
        return f"Tháng {cycle.number:02d} năm {cycle.year}"
    return f"6 tháng kỳ {ROMAN[cycle.number]} năm {cycle.year}"


@dataclass(frozen=True)
class CycleFile:
    """A cycle with what it froze: forms and configuration. Kept for many sheets of the same cycle."""

    cycle: EvaluationCycle
    forms: dict[str, Sheet] = field(default_factory=dict, hash=False)

    @property
    def period(self) -> str:
        return period_text(self.cycle)

    @property
    def period_in_text(self) -> str:
        return self.period[:1].lower() + self.period[1:]

    def form(self, code: str) -> Sheet | None:
        """The frozen form of a code; ``None`` where the regime has none."""
        if code not in self.forms:
            kept = (self.cycle.frozen or {}).get("sheets", {}).get(code)
            if kept is None:
                return None
            self.forms[code] = sheet_from(kept)
        return self.forms[code]

    def configuration(self) -> Configuration | None:
        """The rules of the cycle; ``None`` before it was opened."""
        kept = (self.cycle.frozen or {}).get("snapshot")
        return Configuration.restored(kept) if kept else None


@dataclass
class Points:
    """Points of one hand on a sheet: by line as shown, and the sums."""

    given: Mapping[str, str]
    form: Sheet | None
    total: Decimal | None

    @cached_property
    def _sums(self) -> Any:
        if self.form is None or self.form.scale_max is None or not self.given:
            return None
        try:
            return sheet_total(self.form, self.given)
        except (ValueError, ArithmeticError):
            return None  # a draft may hold anything

    def line(self, code: str) -> Any:
        """Points of a line (of a percentage what it is worth), or the word of a grade."""
        value = self.given.get(code)
        if value in GRADES:
            return GRADES[str(value)]
        worth = self._sums.lines.get(code) if self._sums is not None else None
        return _two(worth) if worth is not None else value

    def percent(self, code: str) -> str:
        """``95%`` where the line is a percentage."""
        value = str(self.given.get(code) or "")
        return value.replace(".", ",") if value.endswith("%") else ""

    def group(self, codes: Sequence[str]) -> Decimal | None:
        if self._sums is None:
            return None
        found = [self._sums.lines[code] for code in codes if code in self._sums.lines]
        return _two(sum(found)) if found else None

    @property
    def general(self) -> Decimal | None:
        return None if self._sums is None else _two(self._sums.general)

    @property
    def result(self) -> Decimal | None:
        return None if self._sums is None else _two(self._sums.result)


def _two(value: Any) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"))


@dataclass
class SheetFile:
    """One person's sheet as its papers see it. ``hidden``: the reader may not see what others wrote yet."""

    sheet: PersonEvaluation
    of: CycleFile
    body: Body
    decision: EvaluationDecision | None = None
    meeting: EvaluationMeeting | None = None
    hidden: bool = False

    @property
    def cycle(self) -> EvaluationCycle:
        return self.of.cycle

    @property
    def form(self) -> Sheet | None:
        return self.of.form(self.sheet.sheet_code)

    @property
    def name(self) -> str:
        return self.sheet.person.full_name

    @property
    def honorific(self) -> str:
        return "bà" if self.sheet.person.sex == "female" else "ông"

    @property
    def place(self) -> str:
        """``Phòng A, Sở B``."""
        unit, agency = self.sheet.unit, self.sheet.agency
        return unit.name if unit.id == agency.id else f"{unit.name}, {agency.name}"

    @property
    def leads(self) -> bool:
        return self.sheet.klass in LEADERS

    @property
    def settled(self) -> bool:
        """Whether a decision is in force."""
        return self.sheet.state in SETTLED

    @property
    def label(self) -> str:
        """What the sheet is called in file names and bookmarks: never the name of the person."""
        return f"DG-{self.cycle.year}-{self.cycle.period_kind[0]}{self.cycle.number}-{self.sheet.id}"

    @cached_property
    def own(self) -> Points:
        return Points(self.sheet.points_self or {}, self.form, self.sheet.score_self)

    @cached_property
    def unit(self) -> Points:
        given = {} if self.hidden else self.sheet.points_unit or {}
        return Points(given, self.form, None if self.hidden else self.sheet.score_unit)

    @cached_property
    def decided(self) -> Points:
        if self.hidden or not self.settled:
            return Points({}, self.form, None)
        given = self.sheet.points_decided or self.sheet.points_unit or self.sheet.points_self or {}
        return Points(given, self.form, self.sheet.score)

    @property
    def tasks(self) -> Sequence[EvaluationTask]:
        return self.sheet.tasks

    @property
    def level(self) -> str:
        return "" if self.hidden or not self.settled else self.sheet.level

    def text(self, section: str) -> str:
        return (self.sheet.texts_self or {}).get(section, "")

    def unit_text(self, section: str) -> str:
        return "" if self.hidden else (self.sheet.texts_unit or {}).get(section, "")

    def of_unit(self, name: str) -> Any:
        """A column the unit, the Party or the decider wrote; blank while hidden."""
        return None if self.hidden else getattr(self.sheet, name) or None

    @property
    def votes(self) -> list[tuple[str, int]]:
        """Votes of the meeting by level, in words."""
        given = {} if self.hidden else self.sheet.meeting_votes or {}
        return [(level_label(level), given[level]) for level in LEVELS if level in given]


def own_person_id() -> int | None:
    """The person behind the acting account."""
    user_id = actor.current().user_id
    if user_id is None:
        return None
    return db.session.scalar(select(Account.person_id).where(Account.user_id == user_id))


_PARTS = (
    joinedload(PersonEvaluation.person),
    joinedload(PersonEvaluation.unit),
    joinedload(PersonEvaluation.agency),
    joinedload(PersonEvaluation.cycle),
    selectinload(PersonEvaluation.tasks),
)


def _number(key: int | str) -> int:
    """An id as it was asked for. Raises :class:`NotFound` for anything else."""
    if isinstance(key, str) and not (key.isascii() and key.isdigit() and len(key) < 19):
        raise NotFound()
    return int(key)


def find_sheet(key: int | str) -> PersonEvaluation:
    """A sheet the actor may print."""
    return access.get(PersonEvaluation, _number(key), "print")


def find_collective(key: int | str) -> UnitEvaluation:
    return access.get(UnitEvaluation, _number(key), "print")


def find_meeting(key: int | str) -> EvaluationMeeting:
    return access.get(EvaluationMeeting, _number(key), "print")


def find_evaluation_decision(key: int | str) -> EvaluationDecision:
    return access.get(EvaluationDecision, _number(key), "print")


def find_petition(key: int | str) -> EvaluationPetition:
    return access.get(EvaluationPetition, _number(key), "print")


def find_cycle(key: int | str) -> EvaluationCycle:
    return access.get(EvaluationCycle, _number(key))


def find_evaluated_unit(key: int | str) -> OrgUnit:
    """A unit whose evaluation the actor may print. Raises :class:`NotFound` outside."""
    unit = db.session.get(OrgUnit, _number(key))
    if unit is None or not access.in_scope(unit.id, "evaluation", "print"):
        raise NotFound()
    return unit


def find_any_unit(key: int | str) -> OrgUnit:
    """A unit by id, whatever its scope: the published list says itself who may read it."""
    unit = db.session.get(OrgUnit, _number(key))
    if unit is None:
        raise NotFound()
    return unit


FINDERS: Mapping[str, Callable[[str], Any]] = {
    "sheet": find_sheet,
    "collective": find_collective,
    "meeting": find_meeting,
    "evaluation_decision": find_evaluation_decision,
    "petition": find_petition,
    "cycle": find_cycle,
    "evaluated_unit": find_evaluated_unit,
    "any_unit": find_any_unit,
}


def stem_of(values: Mapping[str, Any]) -> str:
    """``DG-2024-Y0-15``: how a file of evaluation is named after its records; empty for other papers."""
    for key, sign in (("sheet", "DG"), ("collective", "TT"), ("meeting", "BB"), ("evaluation_decision", "QD"),
                      ("petition", "KN")):  # fmt: skip
        if key in values and hasattr(values[key], "id"):
            return f"{sign}-{values[key].id}"
    cycle, unit = values.get("cycle"), values.get("unit")
    if isinstance(cycle, EvaluationCycle) and isinstance(unit, OrgUnit):
        return f"DG-{cycle.year}-{cycle.period_kind[0]}{cycle.number}-{unit.code}"
    return ""


class Files:
    """Reads sheets for printing, a few statements for many: bodies, decisions and forms are kept between them."""

    def __init__(self) -> None:
        self._cycles: dict[int, CycleFile] = {}
        self._bodies: dict[int, Body] = {}
        self._me = own_person_id()

    def cycle(self, cycle: EvaluationCycle) -> CycleFile:
        if cycle.id not in self._cycles:
            self._cycles[cycle.id] = CycleFile(cycle)
        return self._cycles[cycle.id]

    def body(self, unit: OrgUnit) -> Body:
        if unit.id not in self._bodies:
            self._bodies[unit.id] = body_of(issuing_unit(unit))
        return self._bodies[unit.id]

    def load(self, ids: Sequence[int]) -> list[SheetFile]:
        """Sheets the actor may print, in the order asked."""
        query = access.restrict(select(PersonEvaluation).where(PersonEvaluation.id.in_(list(ids))), PersonEvaluation,
                                "print").options(*_PARTS)  # fmt: skip
        found = {row.id: row for row in db.session.scalars(query)}
        sheets = [found[number] for number in ids if number in found]
        decisions = _by_id(EvaluationDecision, [row.decision_id for row in sheets])
        meetings = _by_id(EvaluationMeeting, [row.meeting_id for row in sheets])
        return [self._file(row, decisions, meetings) for row in sheets]

    def _file(self, row: PersonEvaluation, decisions: Mapping[int, Any], meetings: Mapping[int, Any]) -> SheetFile:
        hidden = row.person_id == self._me and row.state not in TOLD
        return SheetFile(
            row, self.cycle(row.cycle), self.body(row.agency), decisions.get(row.decision_id or 0),
            meetings.get(row.meeting_id or 0), hidden,
        )  # fmt: skip

    def one(self, sheet: PersonEvaluation) -> SheetFile:
        found = self.load([sheet.id])
        if not found:
            raise NotFound()
        return found[0]


def _by_id(model: Any, ids: Sequence[int | None]) -> dict[int, Any]:
    wanted = sorted({number for number in ids if number is not None})
    if not wanted:
        return {}
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(wanted)))}


def refused(field_name: str, message: str, code: str) -> Refused:
    """A paper that cannot be printed yet, with the reason."""
    return Refused([Fault(field_name, message, code=code)])


def need_decision(file: SheetFile) -> None:
    """A notice tells a decision: there must be one, and to the person it is shown once it was told."""
    if not file.settled or file.hidden or not file.sheet.level:
        raise refused("sheet", _("Chưa có quyết định về kết quả xếp loại nên chưa in được thông báo."), "not_decided")
