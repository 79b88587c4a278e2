"""A round as its papers see it: the cases in work, in the order of units and names, with sums by policy and purse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, func, not_, select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused
from models.organization import OrgUnit
from models.restructuring import CaseBatch, DownsizingCase
from policies.labels import BENEFIT_LABELS
from reports.case_file import SETTLED, WITH_PARTS, CaseFile, case_files
from reports.letter import Body, body_of, issuing_unit
from reports.wording import SOURCE_HEADINGS

# A refused, withdrawn or replaced case is no longer part of what the round asks for.
OUT = ("refused", "withdrawn", "superseded")
BENEFIT_ORDER = (
    "early_retirement",
    "severance",
    "waiting_leave",
    "retained_leadership_allowance",
    "grassroots_secondment",
    "talent_allowance",
)
UNKNOWN_SOURCE = ""


@dataclass
class BatchFile:
    """``files``: cases with an eligible calculation; ``skipped``: numbers of those without, told under the list."""

    batch: CaseBatch
    agency: OrgUnit
    body: Body
    files: list[CaseFile]
    skipped: list[str]
    for_signature: bool = False

    @property
    def total(self) -> int:
        """The budget of the round, đồng."""
        return sum(file.total for file in self.files)

    @property
    def draft(self) -> bool:
        """Until every case is decided the list is a draft."""
        return not self.for_signature and any(file.draft for file in self.files)

    def sections(self, files: Sequence[CaseFile] | None = None) -> list[tuple[OrgUnit, list[CaseFile]]]:
        """Cases by agency, agencies in the order of the unit tree, people by given name."""
        grouped: dict[int, tuple[OrgUnit, list[CaseFile]]] = {}
        for file in self.files if files is None else files:
            grouped.setdefault(file.agency.id, (file.agency, []))[1].append(file)
        return sorted(grouped.values(), key=lambda pair: _unit_order(pair[0]))

    def of_benefit(self, benefit: str) -> list[CaseFile]:
        return [file for file in self.files if file.benefit == benefit]

    @property
    def benefits(self) -> list[str]:
        """The policies that occur, in the order of the decree."""
        return sorted({file.benefit for file in self.files}, key=_benefit_order)

    def benefit_totals(self) -> list[tuple[str, int, int]]:
        """Label, number of people and đồng per policy."""
        return [
            (BENEFIT_LABELS.get(code, code), len(found), sum(file.total for file in found))
            for code in self.benefits
            if (found := self.of_benefit(code))
        ]

    @property
    def sources(self) -> list[str]:
        """The purses that occur, in a fixed order; the empty one last: finance has not said."""
        found = {code for file in self.files for code, amount in by_source(file).items() if amount}
        return [code for code in (*SOURCE_HEADINGS, UNKNOWN_SOURCE) if code in found]

    def source_totals(self) -> list[tuple[str, int]]:
        """Label and đồng per purse."""
        return [
            (source_heading(code), sum(by_source(file).get(code, 0) for file in self.files)) for code in self.sources
        ]


def _unit_order(unit: OrgUnit) -> tuple[Any, ...]:
    return (unit.depth, unit.display_order, unit.sort_key or unit.name, unit.id)


def _benefit_order(code: str) -> tuple[int, str]:
    return (BENEFIT_ORDER.index(code) if code in BENEFIT_ORDER else len(BENEFIT_ORDER), code)


def source_heading(code: str) -> str:
    return SOURCE_HEADINGS.get(code, "Chưa xác định nguồn")


def by_source(file: CaseFile) -> dict[str, int]:
    """The amount of a case by purse: the local top-up and what the unit's estimate pays have purses of their own."""
    case = file.case
    main = case.funding_source or UNKNOWN_SOURCE
    top_up = case.top_up_part or 0
    estimate = 0 if main == "own_revenue" else case.estimate_part or 0
    parts = {main: file.total - top_up - estimate}
    for code, amount in (("local_top_up", top_up), ("unit_estimate", estimate)):
        if amount:
            parts[code] = parts.get(code, 0) + amount
    return {code: amount for code, amount in parts.items() if amount or len(parts) == 1}


def find_batch(key: int | str) -> CaseBatch:
    """A round in the actor's scope, for somebody who may print cases there."""
    batch = access.get(CaseBatch, key)
    if not access.in_scope(batch.unit_id, "case", "print"):
        access.require("case", "print", batch)
    return batch


def cases_of(batch: CaseBatch) -> list[DownsizingCase]:
    """The cases of a round that the actor may print, without those that came to nothing."""
    query = select(DownsizingCase).where(DownsizingCase.batch_id == batch.id, in_budget())
    query = access.restrict(query.options(*WITH_PARTS), DownsizingCase, "print")
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda case: (case.person.sort_key, case.id))


def in_budget() -> ColumnElement[bool]:
    """What a list counts: nothing that came to nothing, and no amendment before it takes the place of the first."""
    open_amendment = and_(DownsizingCase.amends_id.is_not(None), DownsizingCase.state.not_in(SETTLED))
    return and_(DownsizingCase.state.not_in(OUT), not_(open_amendment))


def case_count(batch: CaseBatch) -> int:
    """How many cases of a round a list would hold."""
    query = select(func.count(DownsizingCase.id)).where(DownsizingCase.batch_id == batch.id, in_budget())
    return db.session.scalar(access.restrict(query, DownsizingCase, "print")) or 0


def batch_file(batch: CaseBatch, *, for_signature: bool = False) -> BatchFile:
    """Everything lists and submissions of a round need. Raises :class:`Refused` for a round without cases."""
    every = case_files(cases_of(batch), for_signature=for_signature)
    files = [file for file in every if file.result.get("eligible")]
    skipped = [file.case.label for file in every if not file.result.get("eligible")]
    if not files:
        raise Refused(
            [
                Fault(
                    "batch",
                    _(
                        "%(batch)s chưa có hồ sơ nào đủ điều kiện và đã tính chế độ. "
                        "Hãy thêm hồ sơ vào đợt, tính lại rồi in.",
                        batch=batch.name,
                    ),
                    code="empty_batch",
                )
            ]
        )
    agency = issuing_unit(batch.unit)
    return BatchFile(batch, agency, body_of(agency), files, skipped, for_signature)


def unit_totals(file: BatchFile) -> list[tuple[str, int, int]]:
    """Agency, number of people, đồng."""
    return [(unit.name, len(files), sum(one.total for one in files)) for unit, files in file.sections()]
