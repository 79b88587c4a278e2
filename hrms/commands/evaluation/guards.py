"""What stands in the way of a step of evaluation, each with the article it rests on.

The guards ask :mod:`order` for what a whole cycle shares (levels of its units, the actor's reach), so that a step for
two thousand people does not ask the database for each of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.evaluation import order
from hrms.commands.evaluation.rights import own_person_id
from hrms.commands.evaluation.words import (
    BEFORE_DECISION,
    BLOCKED,
    DRAFT,
    FILED,
    IN_UNIT,
    NOTIFIED,
    OLD_AGENCY,
    OUT,
    PETITIONED,
    PUBLISHED,
    RECOGNISED,
    REMOVED,
    REOPENED,
)
from hrms.kernel.db import db
from hrms.kernel.workflow import Obstacle
from models.evaluation import EvaluationCycle, EvaluationPetition, PersonEvaluation, UnitEvaluation

ORDER_ARTICLE = "Điều 7 QĐ 366-QĐ/TW; Điều 11 QĐ 124-QĐ/TW"
MEETING_ARTICLE = "Điều 17, 18, 19 NĐ 90/2020/NĐ-CP; Điều 15 NĐ 233/2026/NĐ-CP"
TRANSFER_ARTICLE = "Khoản 1 Điều 20 NĐ 90/2020/NĐ-CP"
AUTHORITY_ARTICLE = "Điều 16 NĐ 90/2020/NĐ-CP; Điều 13 NĐ 233/2026/NĐ-CP"


def not_oneself(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """Nobody rates, decides or reopens the own result."""
    if sheet.person_id == own_person_id():
        yield Obstacle(
            _("Đây là phiếu của chính bạn: người được đánh giá không tự nhận xét, tổng hợp hoặc quyết định cho mình."),
            AUTHORITY_ARTICLE,
            "own_sheet",
        )


def competent_decider(record: PersonEvaluation | UnitEvaluation) -> Iterable[Obstacle]:
    """The competent person decides: a head and a collective are rated by the superior level."""
    if not order.may_decide_for(record.decider_unit_id):
        unit = order.unit_name(record.decider_unit_id)
        yield Obstacle(
            _("Thẩm quyền quyết định thuộc người đứng đầu “%(unit)s”.", unit=unit), AUTHORITY_ARTICLE, "not_competent"
        )


def synthesis_for_the_decider(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """What the superior level decides is put together by its own officers: no agency weighs its own head."""
    if not order.may_synthesise_for(sheet.decider_unit_id):
        unit = order.unit_name(sheet.decider_unit_id)
        yield Obstacle(
            _("Do “%(unit)s” quyết định nên cán bộ tổ chức của cấp đó tổng hợp.", unit=unit),
            AUTHORITY_ARTICLE,
            "not_competent",
        )


def superior_reopens(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """Only the level above the one that decided reopens a result."""
    above = order.parent_of(sheet.decider_unit_id) or sheet.decider_unit_id
    if not order.may_reopen_for(above):
        yield Obstacle(
            _("Chỉ cấp trên của cấp đã quyết định (“%(unit)s”) mới được mở lại kết quả.", unit=order.unit_name(above)),
            "Điều 15 khoản 4 NĐ 233/2026/NĐ-CP; Điều 13 QĐ 366-QĐ/TW",
            "not_superior",
        )


def collectives_first(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """A head is not rated before the unit; others not before their unit where the procedure says so."""
    yield from _collectives_first(sheet, blocks=True)


def collectives_first_known(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """The same as a warning while the result is only put together."""
    yield from _collectives_first(sheet, blocks=False)


def _collectives_first(sheet: PersonEvaluation, *, blocks: bool) -> Iterable[Obstacle]:
    state = order.unit_states(sheet.cycle_id).get(sheet.unit_id)
    if state is None or state in (RECOGNISED, NOTIFIED, REMOVED):
        return
    if sheet.is_head or order.setting(sheet.cycle_id, "hy1071.collectives_before_persons", True):
        yield Obstacle(
            _(
                "Tập thể “%(unit)s” chưa được công nhận mức xếp loại: phải xếp loại tập thể trước, cá nhân sau.",
                unit=order.unit_name(sheet.unit_id),
            ),
            ORDER_ARTICLE,
            "unit_first",
            blocks,
        )


def sub_units_first(record: UnitEvaluation) -> Iterable[Obstacle]:
    """A unit is not rated before the units that belong to it."""
    yield from _sub_units_first(record, blocks=True)


def sub_units_first_known(record: UnitEvaluation) -> Iterable[Obstacle]:
    yield from _sub_units_first(record, blocks=False)


def _sub_units_first(record: UnitEvaluation, *, blocks: bool) -> Iterable[Obstacle]:
    if not order.setting(record.cycle_id, "hy1071.sub_units_first", True):
        return
    waiting = order.open_sub_units(record.cycle_id, record.unit_id)
    if waiting:
        yield Obstacle(
            _(
                "Còn %(count)s đơn vị trực thuộc chưa được công nhận mức xếp loại: %(units)s.",
                count=len(waiting),
                units=", ".join(order.unit_name(unit_id) for unit_id in waiting[:5]),
            ),
            ORDER_ARTICLE,
            "sub_units_first",
            blocks,
        )


def minutes_approved(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """What was said of the person stands in minutes approved at the meeting."""
    if sheet.meeting_id is None:
        yield Obstacle(_("Chưa ghi cuộc họp đơn vị."), MEETING_ARTICLE, "meeting_missing", field="meeting_id")
    elif not order.meeting_approved(sheet.meeting_id):
        yield Obstacle(
            _("Biên bản họp chưa được thông qua tại cuộc họp."), MEETING_ARTICLE, "minutes_open", field="meeting_id"
        )


def meeting_where_required(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """A year is not closed without the meeting of the unit; a quarter only where the procedure asks it."""
    if order.period_in(sheet.cycle_id, "hy1071.procedure.meeting_periods"):
        yield from minutes_approved(sheet)


def party_opinion_needed(sheet: PersonEvaluation) -> bool:
    """Whether the Party committee is asked about this person (cán bộ, heads, deputies by default)."""
    if not order.period_in(sheet.cycle_id, "hy1071.procedure.party_opinion_periods"):
        return False
    asked = order.setting(sheet.cycle_id, "hy1071.party_opinion_required_for", ())
    if sheet.klass == "CB" and "CB" in asked:
        return True
    role = "HEAD" if sheet.is_head else "DEPUTY" if sheet.is_deputy else "STAFF"
    return role in asked


def party_opinion_where_required(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    if party_opinion_needed(sheet):
        yield from party_opinion_there(sheet)


def party_opinion_there(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """The opinion is in writing, with the paper it stands in."""
    if not sheet.party_opinion.strip() or not sheet.party_document.strip():
        yield Obstacle(
            _("Chưa có ý kiến bằng văn bản của cấp ủy nơi công tác."),
            MEETING_ARTICLE,
            "party_opinion_missing",
            field="party_opinion",
        )


def old_agency_remarks_there(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """Who came from another agency after six months there: its remarks are owed unless it no longer exists."""
    if sheet.exit_code == OLD_AGENCY and not sheet.old_agency_remarks.strip():
        old = (sheet.facts or {}).get("transferred", {}).get("agency", "")
        yield Obstacle(
            _("Chưa có nhận xét bằng văn bản của cơ quan cũ (%(agency)s).", agency=old),
            TRANSFER_ARTICLE,
            OLD_AGENCY,
            field="old_agency_remarks",
        )


def notified(sheet: PersonEvaluation) -> Iterable[Obstacle]:
    """Nothing is published before the person was told in writing."""
    if sheet.notified_at is None:
        yield Obstacle(
            _("Chưa thông báo bằng văn bản cho người được đánh giá nên chưa công khai được."),
            "Điều 19 NĐ 90/2020/NĐ-CP; Điều 15 NĐ 233/2026/NĐ-CP",
            "notice_first",
        )


# What must be over before a cycle goes on.


def _waiting(cycle: EvaluationCycle, model: Any, states: Iterable[str]) -> int:
    query = select(func.count()).where(model.cycle_id == cycle.id, model.state.in_(list(states)))
    return int(db.session.scalar(query) or 0)


def all_collectives_recognised(cycle: EvaluationCycle) -> Iterable[Obstacle]:
    query = select(func.count()).where(
        UnitEvaluation.cycle_id == cycle.id, UnitEvaluation.state.not_in((RECOGNISED, NOTIFIED, REMOVED))
    )
    if left := db.session.scalar(query):
        yield Obstacle(
            _("Còn %(count)s tập thể chưa được công nhận mức xếp loại.", count=left), ORDER_ARTICLE, "collectives_open"
        )


def all_persons_synthesised(cycle: EvaluationCycle) -> Iterable[Obstacle]:
    if left := _waiting(cycle, PersonEvaluation, (DRAFT, *IN_UNIT, BLOCKED)):
        yield Obstacle(_("Còn %(count)s người chưa được tổng hợp.", count=left), MEETING_ARTICLE, "persons_open")


def all_persons_decided(cycle: EvaluationCycle) -> Iterable[Obstacle]:
    if left := _waiting(cycle, PersonEvaluation, (*BEFORE_DECISION, BLOCKED, REOPENED)):
        yield Obstacle(_("Còn %(count)s người chưa có quyết định.", count=left), AUTHORITY_ARTICLE, "persons_undecided")


def all_persons_published(cycle: EvaluationCycle) -> Iterable[Obstacle]:
    query = select(func.count()).where(
        PersonEvaluation.cycle_id == cycle.id,
        PersonEvaluation.state.not_in((*OUT, PUBLISHED, FILED, PETITIONED)),
    )
    if left := db.session.scalar(query):
        yield Obstacle(
            _("Còn %(count)s người chưa được thông báo hoặc công khai kết quả.", count=left),
            "Điều 19 NĐ 90/2020/NĐ-CP",
            "persons_unpublished",
        )


def nothing_pending(cycle: EvaluationCycle) -> Iterable[Obstacle]:
    """No petition waits for its answer, no reopened result for its decision."""
    petitions = db.session.scalar(
        select(func.count())
        .select_from(EvaluationPetition)
        .join(PersonEvaluation, PersonEvaluation.id == EvaluationPetition.evaluation_id)
        .where(PersonEvaluation.cycle_id == cycle.id, EvaluationPetition.state == "filed")
    )
    if petitions:
        yield Obstacle(_("Còn %(count)s kiến nghị chưa trả lời.", count=petitions), code="petitions_open")
    left = db.session.scalar(
        select(func.count()).where(
            PersonEvaluation.cycle_id == cycle.id, PersonEvaluation.state.not_in((*OUT, PUBLISHED, FILED))
        )
    )
    if left:
        yield Obstacle(_("Còn %(count)s phiếu chưa xong.", count=left), code="sheets_open")
