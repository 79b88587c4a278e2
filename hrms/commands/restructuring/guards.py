"""What stands in the way of a step: by law (each with its article), by the dossier, by the order of work.

Guards look at the case as it is stored, and never write. ``blocks=False`` only warns: a request that the law refuses
may still be submitted, so that it can be refused in writing with reasons (Điều 17 NĐ 178/2024/NĐ-CP).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.restructuring import calculation
from hrms.commands.restructuring.words import DECIDED, OPEN, PAID
from hrms.kernel import clock, history
from hrms.kernel.db import db
from hrms.kernel.text import add_months, format_date
from hrms.kernel.workflow import Obstacle, TransitionRecord, performed
from models.restructuring import DownsizingCase

ARTICLE_6 = "Điều 6 NĐ 178/2024/NĐ-CP"
ARTICLE_17 = "Điều 17 NĐ 178/2024/NĐ-CP"
POINT_G = "Điểm g khoản 1 Điều 2 NĐ 178/2024/NĐ-CP (sửa đổi bởi NĐ 67/2025/NĐ-CP)"
YEARS_ASSESSED = 3  # "03 năm gần nhất"
INSURANCE_PAPER, INSURANCE_PAPER_MONTHS = "insurance_record", 3


def calculated(case: DownsizingCase) -> Iterable[Obstacle]:
    """There is an answer to look at: the facts of the calculation are complete."""
    if case.calculation_id is not None:
        return
    for fault in calculation.calculate(case).faults:
        yield Obstacle(fault.message, fault.article, fault.code or "incomplete", field=fault.field)


def eligible(case: DownsizingCase) -> Iterable[Obstacle]:
    """The law grants it: otherwise every reason of the refusal, each with its article."""
    yield from _refusals(case, blocks=True)


def eligible_or_known(case: DownsizingCase) -> Iterable[Obstacle]:
    """The same reasons as a warning to the one who submits."""
    yield from _refusals(case, blocks=False)


def _refusals(case: DownsizingCase, *, blocks: bool) -> Iterable[Obstacle]:
    row = calculation.current(case)
    if row is None or row.result["eligible"]:
        return
    for reason in row.result["reasons"]:
        yield Obstacle(reason["message"], reason["article"], reason["code"], blocks)


def doubtful_law(case: DownsizingCase) -> Iterable[Obstacle]:
    """Amounts that rest on a value nobody has checked against the official text: whoever approves must have seen it."""
    row = calculation.current(case)
    if row is None:
        return
    for warning in row.result["warnings"]:
        yield Obstacle(warning["message"], warning["article"], warning["code"], blocks=False)


def application_there(case: DownsizingCase) -> Iterable[Obstacle]:
    """Who leaves by own wish has asked for it in writing."""
    if case.voluntary and case.application_on is None:
        yield Obstacle(
            _("Chưa ghi ngày đơn tự nguyện xin nghỉ."), ARTICLE_17, "application_missing", field="application_on"
        )


def leaders_above_quota(case: DownsizingCase) -> Iterable[Obstacle]:
    """Point g is there so that the number of leaders can be brought down to what is allowed."""
    if case.ground != "2.1.g":
        return
    row = calculation.current(case)
    if row is not None and not row.inputs["person"].get("leader"):
        yield Obstacle(
            _("Diện điểm g chỉ dành cho người giữ chức vụ lãnh đạo, quản lý; hồ sơ cán bộ không ghi chức vụ."),
            POINT_G,
            "not_a_leader",
            field="ground",
        )
    present, allowed = case.deputies_present, case.deputies_allowed
    if present is None or allowed is None:
        yield Obstacle(
            _("Chưa ghi số lãnh đạo cùng cấp hiện có và số được bố trí."),
            POINT_G,
            "leaders_unknown",
            field="deputies_present",
        )
        return
    if present <= allowed:
        yield Obstacle(
            _(
                "Đơn vị có %(present)s lãnh đạo cùng cấp, được bố trí %(allowed)s: không dôi dư nên ngoài diện điểm g.",
                present=present,
                allowed=allowed,
            ),
            POINT_G,
            "no_surplus_of_leaders",
            field="deputies_present",
        )
        return
    others = (
        db.session.scalar(
            select(func.count())
            .select_from(DownsizingCase)
            .where(
                DownsizingCase.unit_id == case.unit_id,
                DownsizingCase.ground == "2.1.g",
                DownsizingCase.id != case.id,
                DownsizingCase.state.in_((*OPEN[1:], DECIDED, PAID)),
                DownsizingCase.person_id != case.person_id,
            )
        )
        or 0
    )
    if others >= present - allowed:
        yield Obstacle(
            _(
                "Đơn vị dôi dư %(surplus)s lãnh đạo cùng cấp nhưng đã có %(others)s hồ sơ khác theo điểm g. "
                "Hãy đối chiếu số lượng trước khi thông qua.",
                surplus=present - allowed,
                others=others,
            ),
            POINT_G,
            "more_leavers_than_surplus",
            blocks=False,
        )


def assessed_three_years(case: DownsizingCase) -> Iterable[Obstacle]:
    """Everybody is assessed on the last three years, volunteers too; a year without a level needs a word why."""
    rows = [row for row in case.assessments if row.level or row.remark.strip()]
    if len(rows) < YEARS_ASSESSED:
        yield Obstacle(
            _(
                "Đánh giá 03 năm gần nhất mới có %(have)s năm. "
                "Hãy ghi mức xếp loại từng năm, hoặc nhận xét lý do năm không xếp loại.",
                have=len(rows),
            ),
            ARTICLE_6,
            "assessment_incomplete",
            field="assessments",
        )
        return
    years = sorted(row.year for row in rows)[-YEARS_ASSESSED:]
    if years[-1] - years[0] != YEARS_ASSESSED - 1:
        yield Obstacle(
            _(
                "Các năm đánh giá (%(years)s) không liền nhau. Hãy bổ sung năm còn thiếu.",
                years=", ".join(map(str, years)),
            ),
            ARTICLE_6,
            "assessment_gap",
            field="assessments",
        )


def meeting_held(case: DownsizingCase) -> Iterable[Obstacle]:
    """The unit's leadership met and wrote it down."""
    if case.meeting_on is None or not case.meeting_minutes.strip():
        yield Obstacle(
            _("Chưa ghi biên bản họp xét của đơn vị (số và ngày)."),
            ARTICLE_17,
            "minutes_missing",
            field="meeting_minutes",
        )
        return
    if not case.meeting_conclusion.strip():
        yield Obstacle(
            _("Chưa ghi kết luận của cuộc họp xét."), ARTICLE_17, "conclusion_missing", field="meeting_conclusion"
        )
    if case.meeting_present and case.meeting_agree is not None and case.meeting_agree * 2 <= case.meeting_present:
        yield Obstacle(
            _(
                "Chỉ %(agree)s trên %(present)s người dự họp đồng ý.",
                agree=case.meeting_agree,
                present=case.meeting_present,
            ),
            ARTICLE_17,
            "no_majority",
            blocks=False,
        )


def dossier_complete(case: DownsizingCase) -> Iterable[Obstacle]:
    """Every required paper is there."""
    for item in case.checklist:
        if item.required and not item.present:
            yield Obstacle(
                _("Hồ sơ còn thiếu: %(paper)s.", paper=item.label), ARTICLE_17, "paper_missing", field=item.code
            )


def dossier_known(case: DownsizingCase) -> Iterable[Obstacle]:
    """The missing papers as a warning, and an insurance record that is too old by the usual practice."""
    for obstacle in dossier_complete(case):
        yield Obstacle(obstacle.message, obstacle.article, obstacle.code, blocks=False, field=obstacle.field)
    yield from fresh_insurance_record(case)


def fresh_insurance_record(case: DownsizingCase) -> Iterable[Obstacle]:
    """Practice asks for a record within three months of the leave date; it is not law, so it warns."""
    for item in case.checklist:
        if item.code == INSURANCE_PAPER and item.present and item.document_date is not None:
            oldest = add_months(case.leave_date, -INSURANCE_PAPER_MONTHS)
            if item.document_date < oldest:
                yield Obstacle(
                    _(
                        "Xác nhận BHXH ngày %(day)s cũ hơn 03 tháng so với ngày nghỉ %(leave)s. Hãy xin xác nhận mới.",
                        day=format_date(item.document_date),
                        leave=format_date(case.leave_date),
                    ),
                    code="insurance_record_old",
                    blocks=False,
                    field=item.code,
                )


def one_case_at_a_time(case: DownsizingCase) -> Iterable[Obstacle]:
    """One person, one policy (Điều 3 khoản 7): another case that is open or settled stands in the way."""
    query = select(DownsizingCase).where(
        DownsizingCase.person_id == case.person_id,
        DownsizingCase.id != case.id,
        DownsizingCase.state.in_((*OPEN, DECIDED, PAID)),
    )
    chain = ancestors(case)
    for other in db.session.scalars(query):
        if other.id not in chain:
            yield Obstacle(
                _("Người này còn hồ sơ %(other)s chưa kết thúc hoặc đã quyết định.", other=other.label),
                "Điều 3 khoản 7 NĐ 178/2024/NĐ-CP",
                "other_case",
            )


def ancestors(case: DownsizingCase) -> set[int]:
    """Ids of the versions this case amends, directly or further back."""
    found: set[int] = set()
    link = case.amends
    while link is not None and link.id not in found:
        found.add(link.id)
        link = link.amends
    return found


def sent_back(case: DownsizingCase, past: list[TransitionRecord] | None = None) -> list[history.Comment]:
    """Lines finance objected to that nobody has answered since (an answer is a later remark on the same line)."""
    waiting: dict[str, history.Comment] = {}
    finance = {row.actor_user_id for row in past or performed(case) if row.transition == "return_to_appraisal"}
    for remark in history.comments_of(case):
        if not remark.subject.startswith("line:"):
            continue
        if remark.author_user_id in finance:
            waiting[remark.subject] = remark
        else:
            waiting.pop(remark.subject, None)
    return list(waiting.values())


def lines_answered(case: DownsizingCase) -> Iterable[Obstacle]:
    """What finance sent back got an answer before it goes there again."""
    for remark in sent_back(case):
        yield Obstacle(
            _(
                "Khoản “%(line)s” bị tài chính trả lại chưa có ý kiến giải trình: %(body)s",
                line=line_label(case, remark.subject.removeprefix("line:")),
                body=remark.body,
            ),
            "",
            "line_unanswered",
            blocks=False,
            field=remark.subject,
        )


def line_label(case: DownsizingCase, code: str) -> str:
    """The label of a line of the calculation in force."""
    row = calculation.current(case)
    lines: list[dict[str, Any]] = row.result["lines"] if row is not None else []
    return next((line["label"] for line in lines if line["code"] == code), code)


def not_endorsed_yet(case: DownsizingCase) -> Iterable[Obstacle]:
    if case.finance_endorsed_at is not None:
        yield Obstacle(_("%(who)s đã xác nhận kinh phí.", who=case.finance_endorsed_by), code="already_endorsed")


def endorsed(case: DownsizingCase) -> Iterable[Obstacle]:
    """Nothing is decided on money that finance has not endorsed."""
    if case.finance_endorsed_at is None:
        yield Obstacle(
            _("Sở Tài chính chưa xác nhận số tiền và nguồn kinh phí."),
            "Điều 16 NĐ 178/2024/NĐ-CP; TT 07/2025/TT-BTC",
            "not_endorsed",
        )


def no_open_amendment(case: DownsizingCase) -> Iterable[Obstacle]:
    """One amendment at a time."""
    query = select(DownsizingCase).where(DownsizingCase.amends_id == case.id, DownsizingCase.state.in_(OPEN))
    other = db.session.scalar(query.limit(1))
    if other is not None:
        yield Obstacle(_("Đang có bản điều chỉnh %(other)s chưa quyết định.", other=other.label), code="amendment_open")


def leave_date_not_long_past(case: DownsizingCase) -> Iterable[Obstacle]:
    """A leave that began before the papers: possible by law, worth a look."""
    if case.leave_date < clock.today():
        yield Obstacle(
            _("Ngày nghỉ %(day)s đã qua. Hãy kiểm tra trước khi quyết định.", day=format_date(case.leave_date)),
            code="leave_date_past",
            blocks=False,
            field="leave_date",
        )
