"""The administrative-reform index (chỉ số CCHC) of a unit and year: results, weaknesses, whose they are, the remedy.

Point 1.a of the directive of 2025: weaknesses and responsibility are named by organisation and by person. The result
stands on the unit's and on the head's sheet; its weight in the score is the configuration key ``cchc_index_weight``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from hrms.kernel import access, clock
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date, format_decimal
from models.evaluation import ReformIndexResult
from models.organization import OrgUnit
from models.staff import Person

CENT = Decimal("0.01")
EARLIEST_YEAR = 2012  # the index was first measured for the year 2012
LONGEST = {"indicator": 250, "document": 200}


@dataclass(frozen=True)
class IndexContent:
    """One line of the result. ``score`` of ``maximum`` points; ``rank`` among the units measured."""

    indicator: str
    score: Decimal | None = None
    maximum: Decimal | None = None
    rank: int | None = None
    weakness: str = ""
    responsible_unit_id: int | None = None
    responsible_person_id: int | None = None
    remedy: str = ""
    remedy_by: date | None = None
    document: str = ""

    def values(self) -> dict[str, Any]:
        """Attribute name → value, as the table stores them."""
        return {name: value.strip() if isinstance(value, str) else value for name, value in asdict(self).items()}


def _check(content: IndexContent) -> Iterable[Fault]:
    values = content.values()
    if not values["indicator"]:
        yield Fault("indicator", _("Cần tên chỉ số hoặc lĩnh vực của chỉ số cải cách hành chính."))
    for name, limit in LONGEST.items():
        if len(values[name]) > limit:
            yield Fault(name, _("Nội dung dài quá %(limit)s ký tự.", limit=limit))
    for name in ("score", "maximum"):
        value = values[name]
        if value is not None and (value < 0 or value != round(value, 4)):
            yield Fault(
                name,
                _("Điểm %(value)s phải từ 0 trở lên và có tối đa bốn chữ số sau dấu phẩy.", value=value),
            )
    if content.maximum is not None and content.maximum == 0:
        yield Fault("maximum", _("Điểm tối đa phải lớn hơn 0."))
    if content.score is not None and content.maximum is None:
        yield Fault("maximum", _("Đã ghi điểm đạt thì cần điểm tối đa."))
    elif content.score is not None and content.maximum is not None and content.score > content.maximum:
        yield Fault(
            "score",
            _(
                "Điểm đạt %(score)s lớn hơn điểm tối đa %(maximum)s.",
                score=format_decimal(content.score),
                maximum=format_decimal(content.maximum),
            ),
        )
    if content.rank is not None and content.rank < 1:
        yield Fault("rank", _("Thứ hạng phải từ 1 trở lên (%(value)s).", value=content.rank))
    if values["weakness"] and content.responsible_unit_id is None and content.responsible_person_id is None:
        yield Fault(
            "responsible_person_id",
            _("Đã nêu hạn chế thì phải nêu tổ chức hoặc cá nhân chịu trách nhiệm."),
            code="responsible_missing",
        )
    if values["remedy"] and content.remedy_by is None:
        yield Fault("remedy_by", _("Đã nêu biện pháp khắc phục thì cần thời hạn (dd/mm/yyyy)."))


def _check_links(unit: OrgUnit, content: IndexContent) -> Iterable[Fault]:
    """Who is responsible must be in the actor's sight and inside the unit: nobody else answers for its index."""
    if content.responsible_unit_id is not None:
        responsible = access.get(OrgUnit, content.responsible_unit_id)
        if not responsible.path.startswith(unit.path):
            yield Fault(
                "responsible_unit_id",
                _("%(other)s không thuộc %(unit)s.", other=responsible.name, unit=unit.name),
            )
    if content.responsible_person_id is not None:
        person = access.get(Person, content.responsible_person_id)
        if person.unit is None or not person.unit.path.startswith(unit.path):
            yield Fault(
                "responsible_person_id",
                _("%(person)s hiện không công tác tại %(unit)s.", person=person.full_name, unit=unit.name),
            )


@dataclass
class RecordReformIndex(Command[ReformIndexResult]):
    """Enter one line of a unit's result of ``year``. Needs ``evaluation:index`` in the unit."""

    unit_id: int
    year: int
    content: IndexContent

    def validate(self) -> Iterable[Fault]:
        self._unit = access.get(OrgUnit, self.unit_id)
        if not access.in_scope(self._unit.id, "evaluation", "index"):
            raise NotAllowed()
        if not EARLIEST_YEAR <= self.year <= clock.today().year:
            yield Fault(
                "year",
                _("Năm %(year)s không hợp lệ: từ %(first)s đến năm nay.", year=self.year, first=EARLIEST_YEAR),
            )
        yield from _check(self.content)
        yield from _check_links(self._unit, self.content)
        same = select(ReformIndexResult.id).where(
            ReformIndexResult.unit_id == self.unit_id,
            ReformIndexResult.year == self.year,
            func.lower(ReformIndexResult.indicator) == self.content.indicator.strip().lower(),
        )
        if self.content.indicator.strip() and db.session.scalar(same.limit(1)) is not None:
            yield Fault(
                "indicator",
                _(
                    "Năm %(year)s đơn vị đã có kết quả “%(indicator)s”. Hãy sửa dòng đó.",
                    year=self.year,
                    indicator=self.content.indicator.strip(),
                ),
                code="double",
            )

    def run(self) -> ReformIndexResult:
        row = ReformIndexResult(unit_id=self.unit_id, year=self.year, **self.content.values())
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> ReformIndexResult:
        return access.get(ReformIndexResult, receipt)


@dataclass
class ChangeReformIndex(Command[ReformIndexResult]):
    """Correct a line; ``version`` is the one the editor saw."""

    result_id: int
    version: int | None
    content: IndexContent

    def validate(self) -> Iterable[Fault]:
        self._row = access.get(ReformIndexResult, self.result_id)
        access.require("evaluation", "index", self._row)
        check_version(self._row, self.version, self.content.values())
        yield from _check(self.content)
        yield from _check_links(self._row.unit, self.content)

    def run(self) -> ReformIndexResult:
        for name, value in self.content.values().items():
            if getattr(self._row, name) != value:
                setattr(self._row, name, value)
        return self._row

    def replay(self, receipt: Any) -> ReformIndexResult:
        return access.get(ReformIndexResult, receipt)


@dataclass
class CloseRemedy(Command[ReformIndexResult]):
    """Note that a weakness was repaired on ``done_on``, resting on ``document``."""

    result_id: int
    done_on: date | None
    document: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._row = access.get(ReformIndexResult, self.result_id)
        access.require("evaluation", "index", self._row)
        check_version(self._row, self.version, {})
        if not self._row.weakness:
            yield Fault("", _("Dòng này không nêu hạn chế nên không có gì phải khắc phục."))
        if self._row.remedied_on is not None:
            yield Fault("", _("Hạn chế này đã khắc phục ngày %(day)s.", day=format_date(self._row.remedied_on)))
        if self.done_on is None:
            yield Fault("done_on", _("Cần ngày khắc phục xong (dd/mm/yyyy)."))
        elif self.done_on > clock.today():
            yield Fault("done_on", _("Ngày khắc phục %(day)s còn ở tương lai.", day=format_date(self.done_on)))
        if not self.document.strip() and not self._row.document:
            yield Fault("document", _("Cần nêu văn bản, báo cáo chứng minh việc khắc phục."))
        elif len(self.document.strip()) > LONGEST["document"]:
            yield Fault("document", _("Nội dung dài quá %(limit)s ký tự.", limit=LONGEST["document"]))

    def run(self) -> ReformIndexResult:
        self._row.remedied_on = self.done_on
        if self.document.strip():
            self._row.document = self.document.strip()
        return self._row

    def replay(self, receipt: Any) -> ReformIndexResult:
        return access.get(ReformIndexResult, receipt)


@dataclass(frozen=True)
class ReformIndexOfUnit:
    """What the unit's sheet shows: the lines of the latest measured year not after the wished one."""

    year: int | None
    rows: tuple[ReformIndexResult, ...]
    score: Decimal | None  # sums of the lines that carry both numbers
    maximum: Decimal | None
    open_weaknesses: int

    def points(self, weight: Decimal) -> Decimal | None:
        """The unit's points of the configured ``weight``: weight × score / maximum, two decimals, half up."""
        if self.score is None or not self.maximum:
            return None
        return (weight * self.score / self.maximum).quantize(CENT, ROUND_HALF_UP)

    @property
    def percent(self) -> Decimal | None:
        return self.points(Decimal(100))


def of_unit(unit_id: int, year: int) -> ReformIndexOfUnit:
    """The index of a unit as it stands on the sheets of ``year`` (in the actor's scope; else an empty answer)."""
    latest = select(func.max(ReformIndexResult.year)).where(
        ReformIndexResult.unit_id == unit_id, ReformIndexResult.year <= year
    )
    query = select(ReformIndexResult).where(
        ReformIndexResult.unit_id == unit_id, ReformIndexResult.year == latest.scalar_subquery()
    )
    query = access.restrict(query, ReformIndexResult).options(joinedload(ReformIndexResult.responsible_person))
    rows = tuple(db.session.scalars(query.order_by(ReformIndexResult.id)))
    measured = [(row.score, row.maximum) for row in rows if row.score is not None and row.maximum is not None]
    return ReformIndexOfUnit(
        year=rows[0].year if rows else None,
        rows=rows,
        score=sum((score for score, _most in measured), Decimal(0)) if measured else None,
        maximum=sum((most for _score, most in measured), Decimal(0)) if measured else None,
        open_weaknesses=sum(1 for row in rows if row.weakness and row.remedied_on is None),
    )


def charged_to(person_id: int, unit_ids: Iterable[int], year: int) -> list[ReformIndexResult]:
    """What the index lays on a person: lines naming the person, and the lines of the units the person heads."""
    headed = list(unit_ids)
    mine = or_(
        ReformIndexResult.responsible_person_id == person_id,
        ReformIndexResult.unit_id.in_(headed) if headed else ReformIndexResult.id.is_(None),
    )
    query = select(ReformIndexResult).where(mine, ReformIndexResult.year.in_((year - 1, year)))
    query = access.restrict(query, ReformIndexResult).options(joinedload(ReformIndexResult.unit))
    return list(db.session.scalars(query.order_by(ReformIndexResult.year.desc(), ReformIndexResult.id)))


def listing(year: int | None = None, unit_id: int | None = None, overdue: bool = False) -> Any:
    """The query of index lines in scope for a list; ``overdue``: the remedy's day has passed and it is not done."""
    query = access.restrict(select(ReformIndexResult), ReformIndexResult)
    if year is not None:
        query = query.where(ReformIndexResult.year == year)
    if unit_id is not None:
        query = query.where(ReformIndexResult.unit_id == unit_id)
    if overdue:
        query = query.where(ReformIndexResult.remedied_on.is_(None), ReformIndexResult.remedy_by < clock.today())
    return query.options(joinedload(ReformIndexResult.unit), joinedload(ReformIndexResult.responsible_person))
