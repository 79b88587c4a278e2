"""Commands of the quota: the check that distributes the places, the exceptional percentage, groups of similar tasks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import func, select, update
from sqlalchemy.orm import defer

from hrms.commands.evaluation import quota
from hrms.commands.evaluation.quota_state import QuotaState
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.standing import DEMOTED, KEPT, SETTLED, TIED
from hrms.commands.evaluation.stepping import StepResult, load_many, step_many
from hrms.commands.evaluation.words import BLOCKED, DRAFT, IN_UNIT, OUT, QUOTA_CHECKED, RUNNING, SYNTHESISED
from hrms.commands.evaluation.workflow import PERSON
from hrms.kernel import access, attachments, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound, Refused
from models.evaluation import EvaluationCycle, PersonEvaluation, QuotaGroup, UnitEvaluation
from models.organization import OrgUnit
from policies.evaluation.data import reason_text

UNFINISHED = (DRAFT, *IN_UNIT, BLOCKED)
OUTSTANDING = "outstanding"  # kind of the file that recognises a unit as outstanding
CODE = re.compile(r"[A-Za-z0-9._-]{1,40}\Z", re.ASCII)


def _agency(cycle_id: int, agency_id: int) -> tuple[EvaluationCycle, OrgUnit]:
    """The running cycle and the agency, in whose scope the actor may put results together; the agency's row is held."""
    cycle = cycle_for(cycle_id)
    agency = access.get(OrgUnit, agency_id)
    if not access.in_scope(agency_id, "evaluation", "synthesise"):
        raise NotAllowed()
    db.session.execute(select(OrgUnit.id).where(OrgUnit.id == agency_id).with_for_update())
    return cycle, agency


def _running(cycle: EvaluationCycle) -> Iterable[Fault]:
    if cycle.state not in RUNNING:
        yield Fault("cycle_id", _("“%(cycle)s” không ở giai đoạn đánh giá.", cycle=cycle.name), code="cycle_not_open")


@dataclass
class CheckQuota(Command[QuotaState]):
    """Distribute the places of HTXS of an agency: kept, demoted to HTT (``QUOTA_DEMOTED``), tied.

    Sheets move to “Đã kiểm tra tỷ lệ”; the tied wait until ``keep`` names who of them is kept, with ``reason``
    (an empty list keeps nobody; ``None`` leaves ties open). May be run again: it converges to the rows as they are.
    """

    cycle_id: int
    agency_id: int
    keep: list[int] | None = None
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        cycle, _agency_row = _agency(self.cycle_id, self.agency_id)
        yield from _running(cycle)
        self._state = state = quota.compute(self.cycle_id, self.agency_id)
        if state.error:
            yield Fault("high_document", reason_text(state.error), state.article, state.error)
        unfinished = self._unfinished()
        if unfinished:
            yield Fault(
                "",
                _("Còn %(count)s người chưa được tổng hợp: kiểm tra tỷ lệ khi đã có kết quả của cả cơ quan.",
                  count=unfinished),
                state.article,
                "persons_open",
            )  # fmt: skip
        self._open = [key for key, line in state.people.items() if line.state in (SYNTHESISED, QUOTA_CHECKED)]
        if not self._open and not unfinished:
            yield Fault("", _("Cơ quan không còn ai chờ kiểm tra tỷ lệ."), code="nothing_to_check")
        if self.keep is not None:
            yield from self._check_choice()

    def _unfinished(self) -> int:
        query = select(func.count(PersonEvaluation.id)).where(
            PersonEvaluation.cycle_id == self.cycle_id,
            PersonEvaluation.agency_id == self.agency_id,
            PersonEvaluation.state.in_(UNFINISHED),
        )
        return int(db.session.scalar(query) or 0)

    def _check_choice(self) -> Iterable[Fault]:
        assert self.keep is not None
        state, chosen = self._state, set(self.keep)
        among = {key for tie in state.ties for key in tie.among}
        if not state.ties:
            yield Fault("keep", _("Không có ai bằng điểm ở ranh giới trần tỷ lệ để chọn."), code="no_tie")
            return
        if chosen - among:
            yield Fault("keep", _("Có người được chọn không thuộc diện bằng điểm. Hãy tải lại trang."), code="not_tied")
        for tie in state.ties:
            taken = len(chosen & set(tie.among))
            if taken > tie.places:
                yield Fault(
                    "keep",
                    _("Chọn %(taken)s người, chỉ còn %(places)s chỗ.", taken=taken, places=tie.places),
                    state.article,
                    "too_many",
                )
        for group in state.groups:
            members = [key for key, line in state.people.items() if line.group_id in group.ids]
            taken = sum(1 for key in members if key in chosen or state.outcomes.get(key) == KEPT)
            if chosen & set(members) and taken > group.ceiling.limit:
                yield Fault(
                    "keep",
                    _("Nhóm “%(group)s” chỉ có %(limit)s chỗ.", group=group.name, limit=group.ceiling.limit),
                    state.article,
                    "too_many",
                )
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do chọn trong số những người bằng điểm."), code="reason_missing")

    def run(self) -> QuotaState:
        outcomes = dict(self._state.outcomes)
        picked: set[int] = set()
        if self.keep is not None:
            picked = {key for tie in self._state.ties for key in tie.among}
            outcomes.update({key: KEPT if key in self.keep else DEMOTED for key in picked})
        sheets = load_many(PersonEvaluation, self._open, options=(defer(PersonEvaluation.trace),))
        ready = [s for s in sheets if s.state == SYNTHESISED and outcomes.get(s.id) != TIED]
        moved = step_many(PERSON, ready, "quota_check") if ready else StepResult()
        if moved.stayed:
            raise Refused([fault for faults in moved.stayed.values() for fault in faults])
        for sheet in sheets:
            quota.write_outcome(sheet, outcomes.get(sheet.id, ""))
            if sheet.id in picked:
                kept = sheet.id in (self.keep or ())
                why = self.reason.strip()
                sheet.level_reason = (
                    why if kept else _("Không được chọn trong số những người bằng điểm. Lý do chọn: %(why)s", why=why)
                )
                history.note(sheet, _("Chọn trong số những người bằng điểm: %(why)s", why=self.reason.strip()))
        db.session.flush()
        return quota.compute(self.cycle_id, self.agency_id)

    def receipt(self, outcome: QuotaState) -> Any:
        return [outcome.cycle_id, outcome.agency_id]

    def replay(self, receipt: Any) -> QuotaState:
        return quota.quota_state(receipt[0], receipt[1])


@dataclass
class UseHighQuota(Command[UnitEvaluation]):
    """Use the higher percentage for an agency recognised as outstanding: only with the recognising decision attached.

    ``document`` names the decision (number, day, who issued it); its file comes with the command or was attached
    before. An empty ``document`` goes back to the usual percentage. Sheets checked before go back one
    step, to be checked again.
    """

    cycle_id: int
    agency_id: int
    document: str
    file_name: str = ""
    version: int | None = None
    stream: InitVar[IO[bytes] | None] = None

    def __post_init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream

    def validate(self) -> Iterable[Fault]:
        cycle, agency = _agency(self.cycle_id, self.agency_id)
        yield from _running(cycle)
        query = select(UnitEvaluation).where(
            UnitEvaluation.cycle_id == self.cycle_id, UnitEvaluation.unit_id == self.agency_id
        )
        found = db.session.scalar(access.restrict(query, UnitEvaluation))
        if found is None:
            yield Fault("agency_id", _("%(unit)s không có phiếu tập thể trong kỳ này.", unit=agency.name))
            return
        self._row = found
        check_version(found, self.version, {})
        wanted = self.document.strip()
        if len(wanted) > 200:
            yield Fault("document", _("Nội dung dài quá %(limit)s ký tự.", limit=200))
        if not wanted:
            if not found.outstanding_document:
                yield Fault("document", _("Cần số, ngày, cơ quan ban hành quyết định công nhận."))
            return
        attached = any(row.kind == OUTSTANDING for row in attachments.of(found))
        if self._stream is None and not attached:
            yield Fault("file", _("Tỷ lệ cao hơn chỉ dùng khi đính kèm quyết định công nhận."), code="document_missing")
        state = quota.compute(self.cycle_id, self.agency_id, outstanding=wanted)
        if state.error:
            yield Fault("document", reason_text(state.error), state.article, state.error)

    def run(self) -> UnitEvaluation:
        self._row.outstanding_document = self.document.strip()
        if self._stream is not None and self.document.strip():
            attachments.attach(self._row, self._stream, self.file_name, kind=OUTSTANDING)
        db.session.flush()
        _check_again(self.cycle_id, self.agency_id, _("Tỷ lệ tối đa của cơ quan thay đổi."))
        return self._row

    def replay(self, receipt: Any) -> UnitEvaluation:
        return access.get(UnitEvaluation, receipt)


def _check_again(cycle_id: int, agency_id: int, reason: str) -> None:
    """Sheets checked but not decided go back one step: places are distributed anew by :class:`CheckQuota`."""
    query = select(PersonEvaluation).where(
        PersonEvaluation.cycle_id == cycle_id,
        PersonEvaluation.agency_id == agency_id,
        PersonEvaluation.state == QUOTA_CHECKED,
    )
    sheets = list(db.session.scalars(query.order_by(PersonEvaluation.id)))
    if sheets:
        outcome = step_many(PERSON, sheets, "requota", reason=reason)
        if outcome.stayed:
            raise Refused([fault for faults in outcome.stayed.values() for fault in faults])


def _no_decision(cycle_id: int, agency_id: int) -> Iterable[Fault]:
    decided = select(PersonEvaluation.id).where(
        PersonEvaluation.cycle_id == cycle_id,
        PersonEvaluation.agency_id == agency_id,
        PersonEvaluation.state.in_(SETTLED),
    )
    if db.session.scalar(decided.limit(1)) is not None:
        yield Fault("", _("Đã có người được quyết định nên không đổi nhóm tính tỷ lệ nữa."), code="decided")


def _check_name(code: str, name: str) -> Iterable[Fault]:
    if not CODE.match(code.strip()):
        yield Fault("code", _("Mã nhóm gồm 1 đến 40 chữ không dấu, số, dấu chấm hoặc gạch nối."))
    if not name.strip():
        yield Fault("name", _("Cần tên nhóm nhiệm vụ tương đồng."))
    elif len(name.strip()) > 250:
        yield Fault("name", _("Nội dung dài quá %(limit)s ký tự.", limit=250))


@dataclass
class CreateGroup(Command[QuotaGroup]):
    """A group with similar tasks; ``evaluation_ids`` move into it (that is how a group is split)."""

    cycle_id: int
    agency_id: int
    code: str
    name: str
    evaluation_ids: list[int] = field(default_factory=list)

    def validate(self) -> Iterable[Fault]:
        cycle, _row = _agency(self.cycle_id, self.agency_id)
        yield from _running(cycle)
        yield from _no_decision(self.cycle_id, self.agency_id)
        yield from _check_name(self.code, self.name)
        same = select(QuotaGroup.id).where(
            QuotaGroup.cycle_id == self.cycle_id,
            QuotaGroup.unit_id == self.agency_id,
            func.lower(QuotaGroup.code) == self.code.strip().lower(),
        )
        if db.session.scalar(same.limit(1)) is not None:
            yield Fault("code", _("Mã nhóm “%(code)s” đã có.", code=self.code.strip()), code="double")
        self._sheets = load_many(PersonEvaluation, self.evaluation_ids)
        yield from _of_agency(self._sheets, self.evaluation_ids, self.cycle_id, self.agency_id)

    def run(self) -> QuotaGroup:
        group = QuotaGroup(
            cycle_id=self.cycle_id, unit_id=self.agency_id, code=self.code.strip(), name=self.name.strip()
        )
        db.session.add(group)
        db.session.flush()
        _assign(group, self._sheets)
        return group

    def replay(self, receipt: Any) -> QuotaGroup:
        return access.get(QuotaGroup, receipt)


def _of_agency(sheets: list[PersonEvaluation], asked: list[int], cycle_id: int, agency_id: int) -> Iterable[Fault]:
    missing = len(set(asked)) - len(sheets)
    foreign = [s for s in sheets if s.cycle_id != cycle_id or s.agency_id != agency_id or s.state in OUT]
    if missing or foreign:
        yield Fault(
            "evaluation_ids",
            _("%(count)s người đã chọn không thuộc diện xếp loại của cơ quan.", count=missing + len(foreign)),
        )


def _assign(group: QuotaGroup, sheets: Iterable[PersonEvaluation]) -> None:
    for sheet in sheets:
        if sheet.quota_group_id != group.id:
            sheet.quota_group_id = group.id
    db.session.flush()
    _check_again(group.cycle_id, group.unit_id, _("Nhóm tính tỷ lệ thay đổi."))


def _group(group_id: int) -> tuple[QuotaGroup, EvaluationCycle]:
    group = access.get(QuotaGroup, group_id)
    cycle, _row = _agency(group.cycle_id, group.unit_id)
    return group, cycle


@dataclass
class RenameGroup(Command[QuotaGroup]):
    """Another name for a group."""

    group_id: int
    name: str
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        self._group, _cycle = _group(self.group_id)
        check_version(self._group, self.version, {"name": self.name.strip()})
        yield from _check_name(self._group.code, self.name)

    def run(self) -> QuotaGroup:
        self._group.name = self.name.strip()
        return self._group

    def replay(self, receipt: Any) -> QuotaGroup:
        return access.get(QuotaGroup, receipt)


@dataclass
class AssignToGroup(Command[QuotaGroup]):
    """Move people into a group; what had been checked is checked again."""

    group_id: int
    evaluation_ids: list[int]

    def validate(self) -> Iterable[Fault]:
        self._group, cycle = _group(self.group_id)
        yield from _running(cycle)
        yield from _no_decision(self._group.cycle_id, self._group.unit_id)
        if not self.evaluation_ids:
            yield Fault("evaluation_ids", _("Chưa chọn người nào."))
        self._sheets = load_many(PersonEvaluation, self.evaluation_ids)
        yield from _of_agency(self._sheets, self.evaluation_ids, self._group.cycle_id, self._group.unit_id)

    def run(self) -> QuotaGroup:
        _assign(self._group, self._sheets)
        return self._group

    def replay(self, receipt: Any) -> QuotaGroup:
        return access.get(QuotaGroup, receipt)


@dataclass
class MergeGroups(Command[QuotaGroup]):
    """Everybody of ``group_ids`` into ``into_id``; the emptied groups go."""

    into_id: int
    group_ids: list[int]

    def validate(self) -> Iterable[Fault]:
        self._into, cycle = _group(self.into_id)
        yield from _running(cycle)
        yield from _no_decision(self._into.cycle_id, self._into.unit_id)
        self._others = [access.get(QuotaGroup, key) for key in dict.fromkeys(self.group_ids) if key != self.into_id]
        if not self._others:
            yield Fault("group_ids", _("Hãy chọn ít nhất một nhóm khác để gộp."))
        if any((g.cycle_id, g.unit_id) != (self._into.cycle_id, self._into.unit_id) for g in self._others):
            raise NotFound()

    def run(self) -> QuotaGroup:
        ids = [group.id for group in self._others]
        query = select(PersonEvaluation).where(PersonEvaluation.quota_group_id.in_(ids)).order_by(PersonEvaluation.id)
        _assign(self._into, list(db.session.scalars(query)))
        # Removed people keep a group too; without this the row they point at could not go.
        db.session.execute(
            update(PersonEvaluation)
            .where(PersonEvaluation.quota_group_id.in_(ids))
            .values(quota_group_id=self._into.id)
        )
        for group in self._others:
            db.session.delete(group)
        return self._into

    def replay(self, receipt: Any) -> QuotaGroup:
        return access.get(QuotaGroup, receipt)


def groups_of(cycle_id: int, agency_id: int) -> list[tuple[QuotaGroup, int]]:
    """The groups of an agency with the number of people counted in each: one statement."""
    counted = select(func.count(PersonEvaluation.id)).where(
        PersonEvaluation.quota_group_id == QuotaGroup.id, PersonEvaluation.state.not_in(OUT)
    )
    query = select(QuotaGroup, counted.scalar_subquery()).where(
        QuotaGroup.cycle_id == cycle_id, QuotaGroup.unit_id == agency_id
    )
    rows = db.session.execute(access.restrict(query, QuotaGroup).order_by(QuotaGroup.code))
    return [(group, int(number)) for group, number in rows]
