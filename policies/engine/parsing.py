"""From plain data (YAML, JSON, a request body) to frozen cases, collecting every fault with its path."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from policies.engine import case as schema
from policies.engine.case import Case, Facts, LocalTopUp, Person, Salary
from policies.engine.dates import MONTHS_PER_YEAR, month_index
from policies.engine.errors import Fault
from policies.engine.reading import MISSING, Reader, nearest, shown

TOP = ("id", "decree", "benefit", "person", "salary", "restructuring", "leave", "circumstances", "facts")
PERSON = (
    "sex",
    "birth_date",
    "category",
    "leader",
    "retirement_annex",
    "social_insurance_months",
    "public_service_months",
    "group_177",
    "group_179",
)
SALARY = ("coefficient", "agreed_amount", "average_60_months", "allowances")
RESTRUCTURING = ("effective_date", "directly_affected")
LEAVE = ("date", "decision_date")
CIRCUMSTANCES = (
    "voluntary",
    "pregnant_or_child_under_36_months",
    "under_discipline_or_investigation",
    "earlier_benefit",
)
FACTS = tuple(Facts.__dataclass_fields__)

# Plausibility bounds of an input form (not law): they catch slips of the keyboard.
WORKING_AGE_YEARS = 15
LONGEST_MONTHS = 900
HIGHEST_COEFFICIENT = 20
HIGHEST_PERCENT = 200
HIGHEST_AMOUNT = 10_000_000_000_000


def parse_cases(data: Any) -> tuple[list[Case], list[Fault]]:
    """Parse one case (a mapping) or a list of cases.

    Returns the good cases in order and all faults; callers that need all or nothing look at the faults first.
    """
    faults: list[Fault] = []
    if isinstance(data, Mapping):
        items: list[Any] = [data]
    elif isinstance(data, (list, tuple)):
        items = list(data)
    else:
        return [], [Fault("cases", f"cần một hồ sơ hoặc một danh sách hồ sơ, nhận {shown(data)}")]
    cases: list[Case] = []
    for position, item in enumerate(items):
        parsed = parse_case(item, f"cases[{position}]", faults)
        if parsed is not None:
            cases.append(parsed)
    return cases, faults


def parse_case(data: Any, path: str, faults: list[Fault]) -> Case | None:
    """Parse one case; None (and at least one more fault) when it cannot be used."""
    before = len(faults)
    if not isinstance(data, Mapping):
        faults.append(Fault(path, f"cần một hồ sơ (nhóm khóa), nhận {shown(data)}"))
        return None
    top = Reader(data, path, TOP, faults)
    decree = read_decree(top, "decree", ("auto", *schema.DECREES), "auto")
    benefit = top.choice("benefit", ("auto", *schema.BENEFITS), "auto")
    person = _person(data.get("person", MISSING), f"{path}.person", faults)
    salary = _salary(data.get("salary", MISSING), f"{path}.salary", faults)

    change = Reader(data.get("restructuring"), f"{path}.restructuring", RESTRUCTURING, faults, required=False)
    effective = change.day("effective_date")
    affected = change.boolean("directly_affected", required=change.given)
    if affected and effective is None and change.raw("effective_date") is None:
        change.fault("effective_date", "thiếu; người chịu tác động trực tiếp cần ngày hiệu lực của văn bản sắp xếp")

    leave = Reader(data.get("leave", MISSING), f"{path}.leave", LEAVE, faults)
    leave_date = leave.day("date", required=leave.given)
    decision = leave.day("decision_date")

    about = Reader(data.get("circumstances"), f"{path}.circumstances", CIRCUMSTANCES, faults, required=False)
    voluntary = about.boolean("voluntary", True)
    child = about.boolean("pregnant_or_child_under_36_months", False)
    discipline = about.boolean("under_discipline_or_investigation", False)
    earlier = read_decree(about, "earlier_benefit", schema.DECREES, None)
    facts = _facts(data.get("facts"), f"{path}.facts", faults)

    identity = data.get("id")
    if isinstance(identity, bool) or not isinstance(identity, (str, int, type(None))):
        top.fault("id", f"{shown(identity)} không phải mã hồ sơ; ghi chữ hoặc số nguyên")

    if person is not None and leave_date is not None:
        _check_times(person, leave_date, decision, path, faults)
    if len(faults) > before or person is None or salary is None or leave_date is None:
        return None
    return Case(
        person=person,
        salary=salary,
        leave_date=leave_date,
        decision_date=decision,
        effective_date=effective,
        directly_affected=bool(affected),
        voluntary=bool(voluntary),
        pregnant_or_child_under_36_months=bool(child),
        under_discipline_or_investigation=bool(discipline),
        earlier_benefit=earlier,
        facts=facts,
        decree=decree or "auto",
        benefit=benefit or "auto",
        id=identity,
    )


def read_decree(reader: Reader, key: str, options: tuple[str, ...], default: str | None) -> str | None:
    """A decree named by text or number; ``nq07`` in any case of letters."""
    value = reader.raw(key)
    if value is None:
        return default
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    word = text.upper() if text.upper() in options else text
    if word in options:
        return word
    reader.fault(key, f"{shown(value)} không phải văn bản được hỗ trợ; chọn một trong: {', '.join(options)}")
    return default


def _person(data: Any, path: str, faults: list[Fault]) -> Person | None:
    reader = Reader(data, path, PERSON, faults)
    if not reader.given:
        return None
    sex = reader.choice("sex", schema.SEXES, required=True)
    birth = reader.partial_date("birth_date")
    category = reader.choice("category", schema.CATEGORIES, required=True)
    leader = reader.boolean("leader", False)
    annex = reader.choice("retirement_annex", schema.ANNEXES, "I")
    insured = reader.whole("social_insurance_months", required=True, largest=LONGEST_MONTHS, unit="tháng")
    public = reader.whole("public_service_months", largest=LONGEST_MONTHS, unit="tháng")
    group_177 = reader.choice("group_177", schema.GROUPS_177)
    group_179 = reader.choice("group_179", schema.GROUPS_179)
    if insured is not None and public is not None and public > insured:
        reader.fault(
            "public_service_months",
            f"'{public}' lớn hơn {insured} tháng đóng bảo hiểm xã hội; đây là số tháng trong tổng số đó",
        )
    if sex is None or birth is None or category is None or insured is None:
        return None
    return Person(
        sex=sex,
        birth_date=birth,
        category=category,
        social_insurance_months=insured,
        public_service_months=insured if public is None else public,
        leader=bool(leader),
        retirement_annex=annex or "I",
        group_177=group_177,
        group_179=group_179,
    )


def _salary(data: Any, path: str, faults: list[Fault]) -> Salary | None:
    reader = Reader(data, path, SALARY, faults)
    if not reader.given:
        return None
    coefficient = reader.decimal("coefficient", largest=HIGHEST_COEFFICIENT, what="hệ số lương")
    agreed = reader.whole("agreed_amount", largest=HIGHEST_AMOUNT, unit="đồng")
    average = reader.whole("average_60_months", largest=HIGHEST_AMOUNT, unit="đồng")
    allowances = _allowances(reader.raw("allowances"), f"{path}.allowances", faults)
    both = (reader.raw("coefficient"), reader.raw("agreed_amount"))
    if both == (None, None):
        reader.fault("coefficient", "thiếu; ghi hệ số lương (coefficient) hoặc lương thỏa thuận (agreed_amount)")
        return None
    if None not in both:
        reader.fault("agreed_amount", "chỉ ghi một trong hai: hệ số lương hoặc lương thỏa thuận; hãy bỏ một")
        return None
    for key, amount in (("coefficient", coefficient), ("agreed_amount", agreed)):
        if amount is not None and amount <= 0:
            reader.fault(key, f"{shown(reader.raw(key))} phải lớn hơn 0")
    if coefficient is None and agreed is None:
        return None
    return Salary(coefficient, agreed, average, allowances)


def _allowances(data: Any, path: str, faults: list[Fault]) -> Mapping[str, Decimal]:
    if data is None:
        return schema.NO_ALLOWANCES
    reader = Reader(data, path, (*schema.COUNTED_ALLOWANCES, *schema.OTHER_ALLOWANCES), faults)
    result: dict[str, Decimal] = {}
    for key in reader.data:
        if key in schema.COUNTED_ALLOWANCES or key in schema.OTHER_ALLOWANCES:
            is_rate = key.endswith("_percent")
            value = reader.decimal(
                key,
                largest=HIGHEST_PERCENT if is_rate else HIGHEST_COEFFICIENT,
                what="tỷ lệ phần trăm" if is_rate else "hệ số phụ cấp",
            )
            if value:
                result[key] = value
    return MappingProxyType(result) if result else schema.NO_ALLOWANCES


def _facts(data: Any, path: str, faults: list[Fault]) -> Facts:
    if data is None:
        return schema.NO_FACTS
    reader = Reader(data, path, FACTS, faults)
    what = "hệ số phụ cấp chức vụ"
    return Facts(
        congress_date=reader.day("congress_date"),
        term_ends=reader.day("term_ends"),
        old_leadership_allowance=reader.decimal("old_leadership_allowance", largest=HIGHEST_COEFFICIENT, what=what),
        new_leadership_allowance=reader.decimal("new_leadership_allowance", largest=HIGHEST_COEFFICIENT, what=what),
        secondment_level=reader.choice("secondment_level", schema.SECONDMENT_LEVELS),
        ground_154=_ground(reader),
        recruited_on=reader.day("recruited_on"),
        recognised_on=reader.day("recognised_on"),
        contract_before_2019=reader.boolean("contract_before_2019"),
        education_or_health=reader.boolean("education_or_health"),
        leaders_above_quota=reader.boolean("leaders_above_quota"),
        local_top_up=_top_up(reader.raw("local_top_up"), f"{path}.local_top_up", faults),
        retirement_notice_on=reader.day("retirement_notice_on"),
        continues_working=reader.boolean("continues_working"),
        group_nq07=reader.choice("group_nq07", schema.GROUPS_NQ07),
        benefit_drawn_from=reader.day("benefit_drawn_from"),
        special_area=reader.boolean("special_area"),
        recruited_under_140=reader.boolean("recruited_under_140"),
        talent_stopped_on=reader.day("talent_stopped_on"),
        talent_stop_event=reader.choice("talent_stop_event", schema.TALENT_STOPS),
    )


def _ground(reader: Reader) -> str | None:
    value = reader.raw("ground_154")
    if isinstance(value, str) and value.strip().lower() in schema.GROUNDS_154:
        return value.strip().lower()
    return reader.choice("ground_154", schema.GROUNDS_154)


def _top_up(data: Any, path: str, faults: list[Fault]) -> LocalTopUp | None:
    if data is None:
        return None
    reader = Reader(data, path, ("amount", "decision", "decided_on"), faults)
    amount = reader.whole("amount", required=True, largest=HIGHEST_AMOUNT, unit="đồng")
    decision = reader.raw("decision")
    decided_on = reader.day("decided_on")
    if not isinstance(decision, str) or not decision.strip():
        reader.fault("decision", "thiếu; ghi số, ngày quyết định hỗ trợ của địa phương")
        return None
    return None if amount is None else LocalTopUp(amount, decision.strip(), decided_on)


def _check_times(person: Person, leave: date, decision: date | None, path: str, faults: list[Fault]) -> None:
    """Times that contradict each other: leave before birth, insurance longer than a working life."""
    birth = person.birth_date.value
    if leave <= birth:
        faults.append(
            Fault(f"{path}.leave.date", f"'{leave}' không sau ngày sinh {person.birth_date}; hãy kiểm tra hai ngày")
        )
        return
    if decision is not None and decision <= birth:
        faults.append(
            Fault(
                f"{path}.leave.decision_date", f"'{decision}' không sau ngày sinh {person.birth_date}; hãy kiểm tra lại"
            )
        )
    working = month_index(leave) - month_index(birth) - WORKING_AGE_YEARS * MONTHS_PER_YEAR
    if person.social_insurance_months > max(working, 0):
        faults.append(
            Fault(
                f"{path}.person.social_insurance_months",
                f"'{person.social_insurance_months}' tháng dài hơn đời làm việc (từ đủ {WORKING_AGE_YEARS} tuổi đến "
                f"ngày nghỉ là {max(working, 0)} tháng); hãy kiểm tra ngày sinh, ngày nghỉ và số tháng",
            )
        )


__all__ = ["nearest", "parse_case", "parse_cases"]
