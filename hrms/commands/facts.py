"""Facts for an entitlement, drawn from the staff records: the case of the contract, each fact with its source.

The calculator and the downsizing case start from here. What the records do not say is listed as missing, with the
remedy; what they say weakly (a birth date known to the year, months without a confirmation) is a remark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from hrms.commands.organization.tree import chain_on
from hrms.commands.staff import counting
from hrms.commands.staff.lookup import Rows, load_rows, main_posts, on_day, services
from hrms.commands.timeline import decision_text
from hrms.kernel.errors import Fault
from hrms.kernel.text import add_months, format_date, format_integer, months_to_words
from models.restructuring import RestructuringAct
from models.staff import Appointment, Person, SalaryRow
from policies.engine.case import DECREES, OTHER_ALLOWANCES

# The occupational series of the national list of titles: V.07 education, V.08 health.
EDUCATION_AND_HEALTH = ("V.07.", "V.08.")


@dataclass(frozen=True)
class Source:
    """Where a fact comes from: a sentence for people, and the stored row behind it."""

    text: str
    record_type: str = ""
    record_id: int | None = None


@dataclass
class EntitlementFacts:
    """``case`` has the form of the entitlement contract; ``sources`` are keyed by path (``person.birth_date``).

    ``missing`` stops a calculation from being trusted; ``remarks`` do not. Both name the field path and the remedy.
    """

    case: dict[str, Any]
    sources: dict[str, Source] = field(default_factory=dict)
    missing: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    insurance: counting.InsuranceCount = field(default_factory=counting.InsuranceCount)
    appointment: Appointment | None = None
    salary_row: SalaryRow | None = None
    salaries: list[SalaryRow] = field(default_factory=list)  # the whole history: the average of a pension

    @property
    def complete(self) -> bool:
        return not self.missing


def entitlement_facts(
    person: Person, leave_date: date, act: RestructuringAct | None = None, *, directly_affected: bool | None = None
) -> EntitlementFacts:
    """Facts of ``person`` for a leave whose first day away is ``leave_date``, under ``act`` (may be unknown yet).

    ``directly_affected`` is taken from the act's unit when left out: a person of that unit or below it is affected.
    """
    rows = load_rows([person.id])
    return _build(person, rows.get(person.id, Rows()), leave_date, act, directly_affected)


def entitlement_facts_many(
    people: Sequence[Person],
    leave_dates: Mapping[int, date],
    acts: Mapping[int, RestructuringAct | None],
) -> dict[int, EntitlementFacts]:
    """The same for many people with a handful of queries; ``leave_dates`` and ``acts`` are keyed by person id."""
    rows = load_rows([person.id for person in people])
    return {
        person.id: _build(person, rows.get(person.id, Rows()), leave_dates[person.id], acts.get(person.id), None)
        for person in people
    }


def _build(
    person: Person, rows: Rows, leave_date: date, act: RestructuringAct | None, affected: bool | None
) -> EntitlementFacts:
    facts = EntitlementFacts(case={})
    last_day = leave_date - timedelta(days=1)
    facts.appointment = on_day(main_posts(rows.appointments), last_day)
    facts.salary_row, facts.salaries = on_day(rows.salaries, last_day), rows.salaries
    facts.case["person"] = _person(facts, person, rows, leave_date)
    facts.case["salary"] = _salary(facts, last_day)
    facts.case["restructuring"] = _restructuring(facts, rows, act, affected)
    facts.case["leave"] = {"date": leave_date.isoformat()}
    facts.case["circumstances"] = _circumstances(facts, person, rows, leave_date)
    if known := _further(facts, person):
        facts.case["facts"] = known
    return facts


def _person(facts: EntitlementFacts, person: Person, rows: Rows, leave_date: date) -> dict[str, Any]:
    record = Source(_("Hồ sơ %(code)s", code=person.code), "person", person.id)
    length = {"day": 10, "month": 7, "year": 4}[person.birth_precision]
    values: dict[str, Any] = {
        "sex": person.sex,
        "birth_date": person.birth_date.isoformat()[:length],
        "category": person.category,
        "retirement_annex": person.retirement_annex,
    }
    for name in values:
        facts.sources[f"person.{name}"] = record
    if person.birth_precision != "day":
        facts.remarks.append(
            Fault(
                "person.birth_date",
                _(
                    "Ngày sinh chỉ biết đến %(precision)s. Hãy bổ sung đủ ngày, tháng, năm theo giấy khai sinh.",
                    precision={"month": _("tháng"), "year": _("năm")}[person.birth_precision],
                ),
                code="birth_precision",
            )
        )
    post = facts.appointment
    if post is None:
        values["leader"] = person.is_leader
        facts.sources["person.leader"] = record
        facts.missing.append(
            Fault(
                "person.leader",
                _(
                    "Không có vị trí công tác chính vào ngày %(day)s (ngày cuối còn làm việc). "
                    "Hãy bổ sung quyết định bổ nhiệm, điều động trong hồ sơ.",
                    day=format_date(leave_date - timedelta(days=1)),
                ),
                code="no_appointment",
            )
        )
    else:
        values["leader"] = bool(post.leader_rank)
        facts.sources["person.leader"] = _row_source(post, post.title or _("Vị trí công tác"))
    _insurance(facts, person, rows, leave_date, values)
    return values


def _insurance(facts: EntitlementFacts, person: Person, rows: Rows, leave_date: date, values: dict[str, Any]) -> None:
    count = counting.count_months(rows.insurance, services(rows.appointments, person), leave_date, person.left_on)
    facts.insurance = count
    values["social_insurance_months"] = count.total
    values["public_service_months"] = count.in_public_body
    if not count.known:
        facts.missing.append(
            Fault(
                "person.social_insurance_months",
                _(
                    "Chưa có thời gian đóng bảo hiểm xã hội. Hãy nhập tổng số năm, tháng theo xác nhận của cơ quan "
                    "bảo hiểm xã hội hoặc từng giai đoạn đóng."
                ),
                code="no_insurance",
            )
        )
        return
    parts: list[str] = []
    if count.confirmed_on is not None:
        parts.append(
            _(
                "%(months)s xác nhận đến ngày %(day)s",
                months=months_to_words(count.opening),
                day=format_date(count.confirmed_on),
            )
        )
    if count.recorded:
        parts.append(_("%(months)s theo các giai đoạn đã nhập", months=months_to_words(count.recorded)))
    if count.implied:
        parts.append(_("%(months)s tính tiếp theo quá trình công tác", months=months_to_words(count.implied)))
        facts.remarks.append(
            Fault(
                "person.social_insurance_months",
                _(
                    "%(months)s sau ngày xác nhận được tính theo quá trình công tác. "
                    "Hãy bổ sung xác nhận của cơ quan bảo hiểm xã hội trước khi trình.",
                    months=months_to_words(count.implied),
                ),
                code="insurance_implied",
            )
        )
    if count.paid_out:
        parts.append(_("đã trừ %(months)s đã hưởng một lần", months=months_to_words(count.paid_out)))
    text = "; ".join(parts)
    facts.sources["person.social_insurance_months"] = Source(text, "insurance_period")
    facts.sources["person.public_service_months"] = Source(text, "insurance_period")
    if person.retirement_annex == "II" and max(count.hazardous, count.special_area) == 0:
        facts.remarks.append(
            Fault(
                "person.retirement_annex",
                _(
                    "Hồ sơ ghi tuổi nghỉ hưu theo Phụ lục II nhưng chưa có giai đoạn làm nghề nặng nhọc, độc hại, "
                    "nguy hiểm hoặc vùng đặc biệt khó khăn. Hãy nhập các giai đoạn này kèm tài liệu chứng minh."
                ),
                code="annex_without_evidence",
            )
        )


def _salary(facts: EntitlementFacts, last_day: date) -> dict[str, Any]:
    row = facts.salary_row
    if row is None:
        facts.missing.append(
            Fault(
                "salary",
                _(
                    "Không có hàng lương có hiệu lực ngày %(day)s. Hãy nhập quyết định lương gần nhất.",
                    day=format_date(last_day),
                ),
                code="no_salary",
            )
        )
        return {}
    if row.agreed_amount is not None:
        facts.sources["salary.agreed_amount"] = _row_source(
            row, _("Lương thỏa thuận %(amount)s đồng/tháng", amount=format_integer(row.agreed_amount))
        )
        return {"agreed_amount": row.agreed_amount}
    label = row.grade_name or row.grade_code or _("Ngạch, chức danh chưa ghi")
    if row.step is not None:
        label = _("%(grade)s, bậc %(step)s", grade=label, step=row.step)
    source = _row_source(row, label)
    values: dict[str, Any] = {"coefficient": str(row.coefficient)}
    facts.sources["salary.coefficient"] = source
    allowances: dict[str, str] = {}
    for name in SalaryRow.ALLOWANCES:
        value = getattr(row, name)
        if value:
            allowances[name] = str(value)
            facts.sources[f"salary.allowances.{name}"] = source
    for name, coefficient in (row.other_allowances or {}).items():
        if name in OTHER_ALLOWANCES and name not in allowances:
            allowances[name] = str(coefficient)
    if allowances:
        values["allowances"] = allowances
    return values


def _restructuring(
    facts: EntitlementFacts, rows: Rows, act: RestructuringAct | None, affected: bool | None
) -> dict[str, Any]:
    if act is None:
        if affected:
            facts.missing.append(
                Fault(
                    "restructuring.effective_date",
                    _("Chưa chọn văn bản sắp xếp tổ chức. Hãy chọn văn bản có hiệu lực đối với đơn vị của người này."),
                    code="no_act",
                )
            )
        return {"directly_affected": bool(affected)}
    source = Source(
        _(
            "%(act)s, hiệu lực từ ngày %(day)s",
            act=decision_text(act.number, act.issued_on) or act.title,
            day=format_date(act.effective_on),
        ),
        "restructuring_act",
        act.id,
    )
    if affected is None:
        affected = _touched(facts.appointment, rows, act)
    facts.sources["restructuring.effective_date"] = source
    facts.sources["restructuring.directly_affected"] = source
    return {"effective_date": act.effective_on.isoformat(), "directly_affected": affected}


def _touched(post: Appointment | None, rows: Rows, act: RestructuringAct) -> bool:
    """Whether the act restructures a body the person works in, or worked in on the day before it took effect."""
    if post is not None and post.unit.path.startswith(act.unit.path):
        return True
    before = on_day(main_posts(rows.appointments), before_act(act))
    return before is not None and act.unit_id in chain_on(before.unit_id, before_act(act))


def before_act(act: RestructuringAct) -> date:
    """The last day of the old state."""
    return act.effective_on - timedelta(days=1)


def _circumstances(facts: EntitlementFacts, person: Person, rows: Rows, leave_date: date) -> dict[str, Any]:
    values: dict[str, Any] = {"voluntary": True}
    record = Source(_("Hồ sơ %(code)s", code=person.code), "person", person.id)
    if until := protected_until(person):
        protected = leave_date < until
        values["pregnant_or_child_under_36_months"] = protected
        facts.sources["circumstances.pregnant_or_child_under_36_months"] = Source(
            _("Mang thai hoặc nuôi con dưới 36 tháng tuổi, đến ngày %(day)s", day=format_date(until)),
            "person",
            person.id,
        )
    else:
        values["pregnant_or_child_under_36_months"] = False
        facts.sources["circumstances.pregnant_or_child_under_36_months"] = record
    open_rows = [
        row
        for row in rows.disciplines
        if row.opened_on <= leave_date
        and row.decided_on is None
        and (row.closed_on is None or row.closed_on > leave_date)
    ]
    values["under_discipline_or_investigation"] = bool(open_rows)
    facts.sources["circumstances.under_discipline_or_investigation"] = (
        Source(
            _("Đang xem xét từ ngày %(day)s", day=format_date(open_rows[0].opened_on)), "discipline", open_rows[0].id
        )
        if open_rows
        else record
    )
    values["earlier_benefit"] = None
    for benefit in rows.benefits:
        code = decree_code(benefit.decree)
        if code is None:
            facts.remarks.append(
                Fault(
                    "circumstances.earlier_benefit",
                    _(
                        "Đã hưởng chế độ theo %(decree)s, là văn bản phần mềm không tính. "
                        "Hãy đối chiếu điều kiện bằng tay.",
                        decree=benefit.decree,
                    ),
                    code="benefit_outside",
                )
            )
            continue
        values["earlier_benefit"] = code
        facts.sources["circumstances.earlier_benefit"] = Source(
            decision_text(benefit.decision_number, benefit.paid_on) or benefit.decree, "earlier_benefit", benefit.id
        )
    return values


def protected_until(person: Person) -> date | None:
    """First day a mother's protection no longer holds: the child turns 36 months, or would after an expected birth."""
    ends = [person.child_under_36_months_until] if person.child_under_36_months_until else []
    if person.pregnant_until:
        ends.append(add_months(person.pregnant_until, 36))
    return max(ends) if ends else None


def decree_code(decree: str) -> str | None:
    """``29/2023/NĐ-CP``, ``NĐ 29`` or ``29`` → ``29``; ``None`` when the engine does not know the decree."""
    text = decree.upper().replace("NĐ-CP", "").replace("NĐ", "").strip(" /.-")
    if text.replace(" ", "").startswith(("NQ07", "NQ7", "07/2025/NQ")):
        return "NQ07"
    number = text.split("/")[0].strip()
    return number if number in DECREES else None


def _further(facts: EntitlementFacts, person: Person) -> dict[str, Any]:
    known: dict[str, Any] = {}
    if facts.appointment is not None and facts.appointment.term_ends is not None:
        known["term_ends"] = facts.appointment.term_ends.isoformat()
        facts.sources["facts.term_ends"] = _row_source(facts.appointment, facts.appointment.title)
    if person.recruited_on is not None:
        known["recruited_on"] = person.recruited_on.isoformat()
        facts.sources["facts.recruited_on"] = Source(_("Hồ sơ %(code)s", code=person.code), "person", person.id)
    row = facts.salary_row
    # Other grades say nothing: an accountant of a school is education staff too. The engine then names it unchecked.
    if person.category == "public_employee" and row is not None and row.grade_code.startswith(EDUCATION_AND_HEALTH):
        known["education_or_health"] = True
        facts.sources["facts.education_or_health"] = _row_source(row, row.grade_name or row.grade_code)
    return known


def _row_source(row: Any, label: str) -> Source:
    text = _("%(label)s, từ ngày %(day)s", label=label, day=format_date(row.valid_from))
    decision = decision_text(row.decision_number, row.decision_date)
    if decision:
        text = f"{text} ({decision})"
    return Source(text, row.__tablename__, row.id)
