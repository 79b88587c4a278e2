"""Chains: moves that hang on each other (A→B, B→C, and swaps A→B, B→A) take effect together or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.rotation import guards, vacancies
from hrms.commands.rotation.rights import case_for, cases_to_step
from hrms.commands.rotation.words import BIET_PHAI, DECIDED, LONGEST, NONE, PREPARING
from hrms.kernel import access, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from hrms.kernel.text import format_date, normalize
from models.organization import OrgUnit
from models.rotation import MovementCase, MovementChain


def faults_of(cases: Sequence[MovementCase], day: date | None, name: str) -> list[Fault]:
    """Why these cases cannot be one chain on ``day``; every post must be vacant or left by somebody of the chain."""
    faults: list[Fault] = []
    if not normalize(name):
        faults.append(Fault("name", _("Cần tên chuỗi."), code="missing"))
    elif len(normalize(name)) > LONGEST["name"]:
        faults.append(Fault("name", _("Tên chuỗi dài quá %(limit)s ký tự.", limit=LONGEST["name"])))
    if day is None:
        faults.append(Fault("effective_on", _("Cần ngày cùng có hiệu lực (dd/mm/yyyy)."), code="missing"))
    if len(cases) < 2:
        faults.append(Fault("case_ids", _("Một chuỗi có ít nhất hai hồ sơ."), code="too_few"))
    seen: dict[int, MovementCase] = {}
    for case in cases:
        if case.state not in (*PREPARING, DECIDED) or case.effect != NONE:
            settled = _("Hồ sơ %(number)s đã có hiệu lực hoặc đã dừng.", number=case.number)
            faults.append(Fault("case_ids", settled, code="settled"))
        elif case.state == DECIDED and day is not None and case.effective_on != day:
            faults.append(
                Fault(
                    "effective_on",
                    _("Hồ sơ %(number)s đã quyết định, có hiệu lực ngày %(day)s.", number=case.number,
                      day=format_date(case.effective_on) if case.effective_on else ""),
                    code="other_day",
                )
            )  # fmt: skip
        if case.kind == BIET_PHAI:
            faults.append(
                Fault(
                    "case_ids",
                    _("Hồ sơ biệt phái %(number)s không nhường chỗ nào nên không vào chuỗi.", number=case.number),
                    code="secondment",
                )
            )
        if case.person_id in seen:
            faults.append(
                Fault("case_ids", _("%(name)s có hai hồ sơ trong chuỗi.", name=case.person.full_name), code="twice")
            )
        seen[case.person_id] = case
    faults.extend(_post_faults(cases, day))
    return faults


def _post_faults(cases: Sequence[MovementCase], day: date | None) -> Iterable[Fault]:
    if day is None:
        return
    ids = [case.id for case in cases]
    wanted: dict[int, list[MovementCase]] = {}
    for case in cases:
        if case.to_position_id is not None and case.kind != BIET_PHAI:
            wanted.setdefault(case.to_position_id, []).append(case)
    for position_id, coming in wanted.items():
        post = coming[0].to_position
        assert post is not None
        places = vacancies.places_on(post, day, ids)
        leaving = {case.person_id for case in cases if case.from_position_id == position_id}
        staying = (places.holders | places.coming) - leaving
        if len(staying | {case.person_id for case in coming}) > post.approved_number:
            code = "two_into_one_post" if len(coming) > post.approved_number else "NO_VACANCY"
            yield Fault(
                "case_ids",
                _(
                    "“%(title)s” của %(unit)s có %(places)s chỗ, còn %(stay)s người ở lại và %(come)s người đến "
                    "(%(cases)s).",
                    title=post.title,
                    unit=post.unit.name,
                    places=post.approved_number,
                    stay=len(staying),
                    come=len(coming),
                    cases=", ".join(case.number for case in coming),
                ),
                "Điều 23 NĐ 170/2025/NĐ-CP",
                code,
            )


def link(cases: Sequence[MovementCase], name: str, day: date, unit: OrgUnit) -> MovementChain:
    """Store a chain of cases that :func:`faults_of` let pass; inside a command. Undecided cases take its day."""
    chain = MovementChain(unit_id=unit.id, name=normalize(name), effective_on=day)
    db.session.add(chain)
    db.session.flush()
    for case in cases:
        case.chain_id = chain.id
        if case.effective_on != day:
            case.effective_on = day
    db.session.flush()
    db.session.expire(chain, ["cases"])
    for case in cases:
        db.session.expire(case, ["chain"])
    _look_again(cases)
    return chain


def _look_again(cases: Sequence[MovementCase]) -> None:
    """Who makes place for whom has changed: what the pages show of the undecided cases is found anew."""
    for case in cases:
        if case.state in PREPARING:
            case.checks = guards.look(case)


def steps(cases: Sequence[MovementCase]) -> list[list[MovementCase]]:
    """The cases in order of who makes place for whom, in lists that do not touch each other.

    A list begins with the move into a free post; each next case takes the post the one before leaves. In a swap the
    first takes the post the last leaves (:func:`is_swap`).
    """
    leaving: dict[int, list[MovementCase]] = {}
    for case in cases:
        if case.from_position_id is not None:
            leaving.setdefault(case.from_position_id, []).append(case)
    into: dict[int, list[MovementCase]] = {}
    for case in cases:
        if case.to_position_id is not None:
            into.setdefault(case.to_position_id, []).append(case)
    left = sorted(cases, key=lambda case: case.id)
    found: list[list[MovementCase]] = []
    while left:
        # Begin where nobody leaves the post that is taken; with only circles left, anywhere.
        head = next((case for case in left if not any(o in left for o in leaving.get(case.to_position_id or 0, ()))),
                    left[0])  # fmt: skip
        row = [head]
        left.remove(head)
        while True:
            behind = next((case for case in into.get(row[-1].from_position_id or 0, ()) if case in left), None)
            if behind is None:
                break
            row.append(behind)
            left.remove(behind)
        found.append(row)
    return found


def is_swap(row: Sequence[MovementCase]) -> bool:
    """Whether the list is a circle: the first takes the post the last leaves."""
    return len(row) > 1 and row[0].to_position_id is not None and row[0].to_position_id == row[-1].from_position_id


@dataclass
class FormChain(Command[MovementChain]):
    """Bind open cases together. The chain belongs to the first case's unit."""

    case_ids: list[int]
    name: str
    effective_on: date | None

    def validate(self) -> Iterable[Fault]:
        if not access.may("movement", "propose"):
            raise NotAllowed()
        self._cases = cases_to_step(self.case_ids)
        for case in self._cases:
            access.require("movement", "propose", case)
            if case.chain_id is not None:
                yield Fault(
                    "case_ids",
                    _("Hồ sơ %(number)s đã thuộc một chuỗi khác.", number=case.number),
                    code="in_chain",
                )
        yield from faults_of(self._cases, self.effective_on, self.name)

    def run(self) -> MovementChain:
        assert self.effective_on is not None
        return link(self._cases, self.name, self.effective_on, self._cases[0].unit)

    def replay(self, receipt: Any) -> MovementChain:
        return access.get(MovementChain, receipt)


@dataclass
class ChangeChain(Command[MovementChain]):
    """Another name or day of a chain of which nothing is decided yet."""

    chain_id: int
    name: str
    effective_on: date | None
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._chain = access.get(MovementChain, self.chain_id, "propose")
        check_version(self._chain, self.version, {"name": self.name, "effective_on": self.effective_on})
        self._cases = cases_to_step([case.id for case in self._chain.cases])
        yield from faults_of(self._cases, self.effective_on, self.name)

    def run(self) -> MovementChain:
        self._chain.name, self._chain.effective_on = normalize(self.name), self.effective_on
        for case in self._cases:
            if case.effective_on != self.effective_on:
                case.effective_on = self.effective_on
        db.session.flush()
        _look_again(self._cases)
        return self._chain

    def replay(self, receipt: Any) -> MovementChain:
        return access.get(MovementChain, receipt)


@dataclass
class LeaveChain(Command[MovementCase]):
    """Take a case out of its chain before the effect. A chain of one is no chain: it is dissolved."""

    case_id: int
    reason: str

    def validate(self) -> Iterable[Fault]:
        self._case = case_for(self.case_id)
        access.require("movement", "propose", self._case)
        chain = self._case.chain
        if chain is None:
            yield Fault("", _("Hồ sơ không thuộc chuỗi nào."), code="no_chain")
            return
        self._case = cases_to_step([self.case_id, *(one.id for one in chain.cases)])[0]
        if chain.applied_at is not None:
            yield Fault("", _("Chuỗi đã có hiệu lực."), code="applied")
        if not self.reason.strip():
            yield Fault("reason", _("Cần lý do tách khỏi chuỗi."), code="missing")

    def run(self) -> MovementCase:
        chain = self._case.chain
        assert chain is not None
        history.note(chain, _("Tách %(number)s: %(why)s", number=self._case.number, why=self.reason.strip()))
        leaving = [self._case]
        rest = [one for one in chain.cases if one.id != self._case.id]
        if len(rest) < 2:
            leaving += rest
        for case in leaving:
            case.chain_id = None
        db.session.flush()
        for case in leaving:
            db.session.expire(case, ["chain"])
        db.session.expire(chain, ["cases"])
        if len(rest) < 2:
            db.session.delete(chain)
            db.session.flush()
        _look_again([*leaving, *rest])
        return self._case

    def replay(self, receipt: Any) -> MovementCase:
        return case_for(receipt)
