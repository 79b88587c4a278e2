"""Policies beside a grant for leaving, asked by name: pay by month, transfer, training, refund, later decrees, quotas.

One table of questions (:data:`QUESTIONS`) says what each asks for; the law itself is in ``policies.further``. Nothing
is stored: the answer carries its articles and its trace, as a trial does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands.explanation import Explained, Step, explain, sentence, step_of
from hrms.commands.facts import entitlement_facts
from hrms.commands.law import current_store
from hrms.commands.trial import act_for, read
from hrms.kernel import access
from hrms.kernel.errors import Fault, Refused
from hrms.kernel.text import PartialDate as TypedDate
from models.staff import Person
from policies import further
from policies.engine.case import Case
from policies.engine.dates import PartialDate
from policies.engine.result import Result

DAY, MONEY, WHOLE, CHOICE, FLAG, PARTIAL = "day", "money", "whole", "choice", "flag", "partial"
FIRST_DAY = _l("Ngày đầu tiên nghỉ, chuyển")


@dataclass(frozen=True)
class Box:
    """One thing a question asks for besides the person."""

    code: str
    kind: str
    label: Any
    required: bool = True
    choices: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class MonthRow:
    """A month of a schedule: first day, đồng to pay, base salary, what insurance is paid on."""

    first: date
    amount: int
    base_salary: int
    insured: int
    note: str


@dataclass
class Answer:
    """What a question brought: figures in words, months, the law's own result, and the steps behind it."""

    figures: list[tuple[str, str, str]] = field(default_factory=list)  # label, value, kind: money | text
    months: list[MonthRow] = field(default_factory=list)
    total: int | None = None
    explained: list[tuple[str, Explained]] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lists: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)


@dataclass(frozen=True)
class Question:
    """``person``: asked of somebody in the records, on a day. ``run`` gets the case (or none) and the boxes."""

    code: str
    title: Any
    article: str
    boxes: tuple[Box, ...]
    run: Callable[[Case | None, Mapping[str, Any]], Answer]
    person: bool = True
    day_label: Any = FIRST_DAY


def ask(code: str, person: Person | None, day: date | None, values: Mapping[str, Any]) -> Answer:
    """Answer question ``code``. Raises :class:`Refused` with every fault by the name of its box."""
    access.require("calculator", "use")
    question = QUESTIONS[code]
    faults = missing(question, person, day, values)
    if faults:
        raise Refused(faults)
    case = None
    if question.person and person is not None and day is not None:
        facts = entitlement_facts(person, day, act_for(person, day))
        if facts.missing:
            raise Refused([Fault("", fault.message) for fault in facts.missing])
        case = read(facts.case)
    try:
        return question.run(case, values)
    except (ValueError, KeyError) as error:
        raise Refused([Fault("", sentence(str(error.args[0]) if error.args else str(error)))]) from error


def missing(question: Question, person: Person | None, day: date | None, values: Mapping[str, Any]) -> list[Fault]:
    """What the question still needs, a fault for each box."""
    faults = [
        Fault(box.code, _("Chưa nhập “%(label)s”.", label=str(box.label)))
        for box in question.boxes
        if box.required and values.get(box.code) in (None, "")
    ]
    if question.person and person is None:
        faults.append(Fault("person", _("Hãy chọn người trong danh sách.")))
    if question.person and day is None:
        faults.append(Fault("on", _("Chưa nhập ngày.")))
    return faults


def _case(case: Case | None) -> Case:
    assert case is not None
    return case


def _explained(label: str, result: Result) -> tuple[str, Explained]:
    return label, explain(result.to_dict())


def _schedule(found: further.Schedule) -> Answer:
    answer = Answer(
        months=[MonthRow(m.first, m.amount, m.base_salary, m.insured, m.note) for m in found.months],
        total=found.total if found.months else None,
        explained=[_explained(_("Điều kiện và mức tháng đầu"), found.result)],
    )
    if found.once:
        answer.figures.append((_("Chi một lần"), str(found.once), MONEY))
    if found.last:
        answer.figures.append((_("Ngày cuối cùng được hưởng"), found.last.isoformat(), DAY))
    for label, lines in ((_("Tiếp tục hưởng"), found.goes_on), (_("Thôi hưởng"), found.stops)):
        if lines and found.months:
            answer.lists.append((label, tuple(lines)))
    if found.insurance_help is not None:
        help_ = found.insurance_help
        answer.figures.append((_("Số tháng BHXH còn thiếu khi đủ tuổi"), str(help_.missing), WHOLE))
        answer.steps.append(step_of(help_.trace.to_dict()))
    shown = {remark.message for _label, found_ in answer.explained for remark in found_.warnings}
    answer.notes = [text for text in dict.fromkeys(w.message for w in found.warnings) if text not in shown]
    return answer


def _result(result: Result, label: str = "") -> Answer:
    return Answer(explained=[_explained(label, result)], total=result.total if result.eligible else None)


def _recalculation(found: further.Recalculation) -> Answer:
    answer = Answer(
        figures=[
            (_("Đã tính, đã chi theo văn bản trước"), str(found.paid), MONEY),
            (_("Theo văn bản sau"), str(found.new.total), MONEY),
            (_("Còn được chi trả thêm"), str(found.owed), MONEY),
        ],
        total=found.owed,
        explained=[_explained(_("Theo văn bản trước"), found.old), _explained(_("Theo văn bản sau"), found.new)],
        notes=[reason.message + (f" ({reason.article})" if reason.article else "") for reason in found.reasons],
    )
    answer.steps.append(step_of(found.trace.to_dict()))
    return answer


def _training(case: Case | None, v: Mapping[str, Any]) -> Answer:
    question = further.TrainingQuestion(_case(case), v["study_months"], v["course_fee"])
    return _result(further.training_then_severance(question, current_store()))


def _help(case: Case | None, v: Mapping[str, Any]) -> Answer:
    found = further.help_for(_case(case), v["benefit"], current_store())
    return Answer(
        figures=[
            (_("Số tháng còn thiếu"), str(found.missing), WHOLE),
            (_("Số tháng được hỗ trợ"), str(found.months), WHOLE),
            (_("Mức mỗi tháng"), str(found.monthly), MONEY),
            (_("Số tiền hỗ trợ"), str(found.amount), MONEY),
        ],
        total=found.amount if found.granted else None,
        steps=[step_of(found.trace.to_dict())],
        notes=[found.reason.message, *(w.message for w in found.warnings)],
    )


def _part_time(_none: Case | None, v: Mapping[str, Any]) -> Answer:
    born: TypedDate = v["birth_date"]
    question = further.PartTimeQuestion(
        v["sex"], PartialDate(born.value, born.precision), v["allowance"], v["service_months"], v["leave_date"],
        former_salary=v.get("former_salary") or None, draws_pension=bool(v.get("draws_pension")),
        village=bool(v.get("village")), village_post=bool(v.get("village_post")),
    )  # fmt: skip
    return _result(further.part_time_leave(question, current_store()))


def _refund(_none: Case | None, v: Mapping[str, Any]) -> Answer:
    found = further.refund(v["decree"], v["leave_date"], v["recruited_on"], v["paid"], current_store())
    answer = Answer(
        figures=[(_("Số tiền phải hoàn trả"), str(found.amount), MONEY)],
        total=found.amount,
        steps=[step_of(found.trace.to_dict())],
    )
    if found.until:
        answer.figures.append((_("Hết thời hạn hoàn trả"), found.until.isoformat(), DAY))
    return answer


def _early_step(_none: Case | None, v: Mapping[str, Any]) -> Answer:
    found = further.early_step_quota(v["staff"], v["taken"], v["day"], current_store())
    return Answer(
        figures=[
            (_("Số người được nâng bậc trước thời hạn"), str(found.places), WHOLE),
            (_("Đã dùng"), str(found.taken), WHOLE),
            (_("Còn lại"), str(found.left), WHOLE),
        ],
        steps=[step_of(found.trace.to_dict())],
    )


def _bonus(_none: Case | None, v: Mapping[str, Any]) -> Answer:
    found = further.bonus_room(v["yearly_rank_salaries"], v["day"], current_store())
    return Answer(
        figures=[(_("Quỹ tiền thưởng năm"), str(found.fund), MONEY), (_("Mức tối đa"), str(found.most), MONEY)],
        total=found.most,
        steps=[step_of(found.trace.to_dict())],
    )


def _top_up(_none: Case | None, v: Mapping[str, Any]) -> Answer:
    found = further.local_top_up(v["grant"], v["filed_on"], v["granted_on"], current_store())
    return Answer(
        figures=[(_("Tỷ lệ hỗ trợ (%)"), str(found.percent), WHOLE), (_("Mức hỗ trợ"), str(found.amount), MONEY)],
        total=found.amount,
        steps=[step_of(found.trace.to_dict())],
    )


_PAID = Box("paid", MONEY, _l("Số tiền đã chi (đồng), để trống nếu đúng mức tính"), required=False)
_SEXES = (("male", _l("Nam")), ("female", _l("Nữ")))
_DECREES = tuple((code, f"NĐ {code}") for code in ("154", "178", "177", "29"))

QUESTIONS: dict[str, Question] = {
    question.code: question
    for question in (
        Question("waiting_leave", _l("Nghỉ chờ đủ tuổi nghỉ hưu: tiền lương từng tháng"),
                 "Điều 4 NĐ 177/2024/NĐ-CP", (),
                 lambda case, v: _schedule(further.waiting_leave(_case(case), current_store()))),
        Question("retained_allowance", _l("Bảo lưu phụ cấp chức vụ, chức danh từng tháng"),
                 "Điều 11 NĐ 178/2024/NĐ-CP",
                 (Box("until", DAY, _l("Đến ngày (khi không rõ nhiệm kỳ)"), required=False),),
                 lambda case, v: _schedule(
                     further.retained_allowance(_case(case), current_store(), until=v.get("until")))),
        Question("secondment", _l("Đi công tác tăng cường ở cơ sở: lương và trợ cấp"), "Điều 12 NĐ 178/2024/NĐ-CP", (),
                 lambda case, v: _schedule(further.secondment(_case(case), current_store())),
                 day_label=_l("Ngày nhận nhiệm vụ")),
        Question("talent_allowance", _l("Phụ cấp tăng thêm đối với người có tài năng từng tháng"), "NĐ 179/2024/NĐ-CP",
                 (Box("until", DAY, _l("Đến ngày")),),
                 lambda case, v: _schedule(further.talent_allowance(_case(case), v["until"], current_store()))),
        Question("transfer", _l("Chuyển sang tổ chức không hưởng lương từ ngân sách"), "Điều 7 NĐ 154/2025/NĐ-CP", (),
                 lambda case, v: _result(further.transfer(_case(case), current_store()))),
        Question("training", _l("Thôi việc sau khi đi học nghề"), "Điều 8 khoản 2 NĐ 154/2025/NĐ-CP",
                 (Box("study_months", WHOLE, _l("Số tháng đi học")), Box("course_fee", MONEY, _l("Học phí (đồng)"))),
                 _training),
        Question("insurance_help", _l("Hỗ trợ đóng BHXH còn thiếu"), "Điều 3, Điều 4 NĐ 177/2024/NĐ-CP",
                 (Box("benefit", CHOICE, _l("Chế độ"), choices=(
                     ("early_retirement", _l("Nghỉ hưu trước tuổi")), ("waiting_leave", _l("Nghỉ chờ")))),), _help),
        Question("preserved", _l("Bảo lưu thời gian đóng BHXH (điểm k Điều 3)"), "Điều 3 điểm k NĐ 177/2024/NĐ-CP", (),
                 lambda case, v: _result(further.preserved(_case(case), current_store()))),
        Question("recalculate_29", _l("Tính lại hồ sơ NĐ 29/2023 theo NĐ 154/2025"), "NĐ 154/2025/NĐ-CP",
                 (Box("benefit", CHOICE, _l("Chế độ"), choices=(
                     ("early_retirement", _l("Nghỉ hưu trước tuổi")), ("severance", _l("Thôi việc ngay")))),
                  Box("paid_on", DAY, _l("Ngày đã chi trả (nếu đã chi)"), required=False), _PAID),
                 lambda case, v: _recalculation(further.recalculate_29(
                     replace(_case(case), benefit=v["benefit"]), current_store(), paid_on=v.get("paid_on"),
                     paid=v.get("paid")))),
        Question("top_up_after_177", _l("Chênh lệch NĐ 178 sửa đổi so với mức đã hưởng theo NĐ 177"),
                 "Điều 7b NĐ 178/2024/NĐ-CP", (_PAID,),
                 lambda case, v: _recalculation(further.top_up_after_177(
                     _case(case), current_store(), paid=v.get("paid")))),
        Question("part_time", _l("Người hoạt động không chuyên trách cấp xã nghỉ ngay"), "Điều 9 NĐ 154/2025/NĐ-CP",
                 (Box("sex", CHOICE, _l("Giới tính"), choices=_SEXES), Box("birth_date", PARTIAL, _l("Ngày sinh")),
                  Box("leave_date", DAY, _l("Ngày nghỉ")),
                  Box("allowance", MONEY, _l("Phụ cấp hằng tháng (đồng)")),
                  Box("service_months", WHOLE, _l("Thời gian công tác ở chức danh (tháng)")),
                  Box("former_salary", MONEY, _l("Lương chức danh trước (nếu do sắp xếp 2023–2025)"), required=False),
                  Box("draws_pension", FLAG, _l("Đang hưởng lương hưu, trợ cấp mất sức"), required=False),
                  Box("village", FLAG, _l("Người hoạt động ở thôn, tổ dân phố"), required=False),
                  Box("village_post", FLAG, _l("Đã được bố trí ở thôn, tổ dân phố"), required=False)),
                 _part_time, person=False),
        Question("refund", _l("Hoàn trả trợ cấp khi được tuyển dụng lại"), "Điều 3 NĐ 154/2025/NĐ-CP",
                 (Box("decree", CHOICE, _l("Đã hưởng theo"), choices=_DECREES),
                  Box("leave_date", DAY, _l("Ngày nghỉ")), Box("recruited_on", DAY, _l("Ngày tuyển dụng lại")),
                  Box("paid", MONEY, _l("Số tiền đã nhận (đồng)"))), _refund, person=False),
        Question("early_step_quota", _l("Số người được nâng bậc lương trước thời hạn"), "Điều 13 NĐ 178/2024/NĐ-CP",
                 (Box("staff", WHOLE, _l("Số người trong danh sách trả lương")),
                  Box("taken", WHOLE, _l("Số người đã nâng trong năm")), Box("day", DAY, _l("Ngày xét"))),
                 _early_step, person=False),
        Question("bonus_room", _l("Mức thưởng tối đa cho người nổi trội"), "Điều 13 NĐ 178/2024/NĐ-CP",
                 (Box("yearly_rank_salaries", MONEY, _l("Tổng lương ngạch, bậc cả năm của đơn vị (đồng)")),
                  Box("day", DAY, _l("Ngày xét"))), _bonus, person=False),
        Question("local_top_up", _l("Hỗ trợ thêm của địa phương"),
                 "Nghị quyết của HĐND tỉnh; Điều 19 NĐ 178/2024/NĐ-CP",
                 (Box("grant", MONEY, _l("Mức trợ cấp theo NĐ 178 (đồng)")), Box("filed_on", DAY, _l("Ngày nộp hồ sơ")),
                  Box("granted_on", DAY, _l("Ngày quyết định"))), _top_up, person=False),
    )
}  # fmt: skip
