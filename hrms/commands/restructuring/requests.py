"""What a case asks for: the request of one person, its checks, and what the records suggest for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from hrms.commands.facts import EntitlementFacts
from hrms.commands.law.current import current_store
from hrms.commands.restructuring.words import ANNEXES, BENEFITS, CORRECTABLE, DECREES, GROUPS_177, label
from hrms.kernel import clock
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date
from models.restructuring import DownsizingCase
from models.staff import Person
from models.vocabulary import GROUNDS_178

GROUND_OF_CATEGORY = {
    "commune_official": "2.1.b",
    "contract_worker": "2.1.c",
    "association_staff": "2.3",
}
TOP_UP_ARTICLE = "Điều 19 khoản 6 NĐ 178/2024/NĐ-CP (bãi bỏ); điều khoản chuyển tiếp NĐ 67/2025/NĐ-CP"


@dataclass(frozen=True)
class CaseRequest:
    """The fields of a request; the same set opens and edits a case. Money in đồng, dates as days."""

    leave_date: date | None = None
    decree: str = "178"
    benefit: str = "auto"
    ground: str = "2.1.a"
    directly_affected: bool = True
    act_id: int | None = None
    roadmap_decided_on: date | None = None
    retirement_annex: str = "I"
    voluntary: bool = True
    application_on: date | None = None
    pregnant_or_small_child: bool = False
    under_discipline: bool = False
    group_177: str | None = None
    reason: str = ""
    local_top_up: int | None = None
    local_top_up_decision: str = ""
    local_top_up_on: date | None = None
    deputies_present: int | None = None
    deputies_allowed: int | None = None

    def values(self) -> dict[str, Any]:
        """Attribute name → value, as the case stores them."""
        return asdict(self)

    def write(self, case: DownsizingCase) -> None:
        for name, value in self.values().items():
            if getattr(case, name) != value:
                setattr(case, name, value)

    @classmethod
    def of(cls, case: DownsizingCase) -> CaseRequest:
        """The request a case holds now."""
        return cls(**{field.name: getattr(case, field.name) for field in fields(cls)})


def suggest(person: Person, facts: EntitlementFacts, leave_date: date, act_id: int | None = None) -> CaseRequest:
    """The request as the staff records would fill it in; the officer confirms or corrects it."""
    case = facts.case
    leader = bool(case["person"].get("leader"))
    affected = bool(case["restructuring"].get("directly_affected"))
    ground = GROUND_OF_CATEGORY.get(person.category) or ("2.1.g" if leader else "2.1.a")
    if act_id is not None and not affected and ground != "2.3":
        ground = "2.2"
    return CaseRequest(
        leave_date=leave_date,
        ground=ground,
        directly_affected=affected or act_id is None,
        act_id=act_id,
        retirement_annex=person.retirement_annex,
        pregnant_or_small_child=bool(case["circumstances"].get("pregnant_or_child_under_36_months")),
        under_discipline=bool(case["circumstances"].get("under_discipline_or_investigation")),
    )


def check(request: CaseRequest) -> list[Fault]:
    """Every fault of the request in itself; the law's own answer comes with the calculation."""
    faults: list[Fault] = []
    add = faults.append
    if request.leave_date is None:
        add(Fault("leave_date", _("Cần ngày bắt đầu nghỉ (ngày đầu tiên không làm việc), dạng dd/mm/yyyy.")))
    for name, known in (
        ("decree", DECREES),
        ("benefit", BENEFITS),
        ("ground", GROUNDS_178),
        ("retirement_annex", ANNEXES),
    ):
        if getattr(request, name) not in known:
            add(
                Fault(
                    name,
                    _(
                        "%(label)s: không có lựa chọn “%(value)s”. Hãy chọn một mục trong danh sách.",
                        label=label(name),
                        value=getattr(request, name),
                    ),
                )
            )
    if request.group_177 is not None and request.group_177 not in GROUPS_177:
        add(
            Fault(
                "group_177",
                _(
                    "Nhóm “%(value)s” không có trong NĐ 177/2024/NĐ-CP. Hãy chọn k1 đến k5 hoặc để trống.",
                    value=request.group_177,
                ),
            )
        )
    if request.ground == "2.4" and request.group_177 is None:
        add(Fault("group_177", _("Diện khoản 4 Điều 2 cần nêu nhóm đối tượng theo NĐ 177/2024/NĐ-CP.")))
    today = clock.today()
    if request.application_on is not None and request.application_on > today:
        add(
            Fault(
                "application_on",
                _("Ngày viết đơn %(day)s còn ở tương lai. Hãy kiểm tra lại.", day=format_date(request.application_on)),
            )
        )
    roadmap = request.roadmap_decided_on
    if roadmap is not None and request.leave_date is not None and roadmap > request.leave_date:
        add(
            Fault(
                "roadmap_decided_on",
                _(
                    "Lộ trình nghỉ quyết định ngày %(day)s, sau ngày nghỉ %(leave)s. Hãy kiểm tra hai ngày.",
                    day=format_date(roadmap),
                    leave=format_date(request.leave_date),
                ),
            )
        )
    faults.extend(_check_top_up(request))
    for name in ("deputies_present", "deputies_allowed"):
        value = getattr(request, name)
        if value is not None and value < 0:
            add(Fault(name, _("%(label)s không thể là số âm (%(value)s).", label=label(name), value=value)))
    return faults


def _check_top_up(request: CaseRequest) -> list[Fault]:
    """A local top-up survives only when it was granted before the day the clause was repealed."""
    if request.local_top_up is None:
        if request.local_top_up_decision or request.local_top_up_on:
            return [
                Fault(
                    "local_top_up",
                    _("Có quyết định hỗ trợ thêm nhưng chưa có số tiền. Hãy nhập số tiền hoặc xóa quyết định."),
                )
            ]
        return []
    faults: list[Fault] = []
    if request.local_top_up <= 0:
        faults.append(Fault("local_top_up", _("Số tiền hỗ trợ thêm phải lớn hơn 0 đồng.")))
    if not request.local_top_up_decision.strip():
        faults.append(
            Fault("local_top_up_decision", _("Cần số quyết định hỗ trợ thêm của địa phương."), TOP_UP_ARTICLE)
        )
    if request.local_top_up_on is None:
        faults.append(Fault("local_top_up_on", _("Cần ngày của quyết định hỗ trợ thêm."), TOP_UP_ARTICLE))
        return faults
    repealed = current_store().at("nd178.amended_from", request.leave_date or request.local_top_up_on).value
    if request.local_top_up_on >= repealed:
        faults.append(
            Fault(
                "local_top_up_on",
                _(
                    "Hỗ trợ thêm chỉ được giữ khi quyết định trước ngày %(limit)s; quyết định này ngày %(day)s.",
                    limit=format_date(repealed),
                    day=format_date(request.local_top_up_on),
                ),
                TOP_UP_ARTICLE,
                "top_up_too_late",
            )
        )
    return faults


def read_correction(key: str, raw: Any) -> tuple[Any, str]:
    """The value of a hand-corrected fact in the contract's form, and a sentence when it cannot be read.

    Whole numbers come back as ``int``, fractions as decimal text, dates as ISO text, flags as ``bool``.
    """
    spec = CORRECTABLE[key]
    text = "" if raw is None else str(raw).strip()
    if text == "":
        return None, _("%(label)s: cần giá trị.", label=spec.label)
    if spec.kind == "flag":
        if isinstance(raw, bool):
            return raw, ""
        known = {"1": True, "true": True, "có": True, "0": False, "false": False, "không": False}
        if text.lower() in known:
            return known[text.lower()], ""
        return None, _("%(label)s: “%(value)s” không rõ, hãy chọn có hoặc không.", label=spec.label, value=text)
    if spec.kind == "choice":
        if text in spec.choices:
            return text, ""
        return None, _(
            "%(label)s: “%(value)s” không có trong danh sách %(known)s.",
            label=spec.label,
            value=text,
            known=", ".join(spec.choices),
        )
    if spec.kind == "date":
        try:
            return date.fromisoformat(text).isoformat(), ""
        except ValueError:
            return None, _("%(label)s: “%(value)s” không phải ngày có thật.", label=spec.label, value=text)
    return _number(spec.label, spec.kind, raw, text)


def _number(name: str, kind: str, raw: Any, text: str) -> tuple[Any, str]:
    try:
        # A float has already lost what the law counts in; it is refused rather than guessed at.
        number = None if isinstance(raw, float) else Decimal(text.replace(",", "."))
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0:
        return None, _(
            "%(label)s: “%(value)s” không phải số hợp lệ (số không âm, phần lẻ sau dấu phẩy).", label=name, value=text
        )
    if kind == "whole":
        if number != number.to_integral_value():
            return None, _("%(label)s: “%(value)s” phải là số nguyên.", label=name, value=text)
        return int(number), ""
    return format(number, "f"), ""


def overrides_of(case: DownsizingCase) -> Mapping[str, Mapping[str, Any]]:
    """The facts of a case set by hand: key → ``{"value": …, "document": …}``."""
    return case.overrides or {}
