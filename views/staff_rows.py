"""The dated rows around a person: for each kind its form, its command, its words and its place on the record page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from hrms.commands import staff
from hrms.commands.staff.words import LABELS
from hrms.kernel import clock
from hrms.kernel.text import add_months, end_of_month
from models.organization import OrgUnit, Position
from models.staff import Person, SalaryRow
from models.vocabulary import APPOINTMENT_KINDS, DISCIPLINE_KINDS, EVALUATION_SIDES, LEADER_RANKS, RATINGS
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    DecimalCommaField,
    Form,
    LongTextField,
    LookupField,
    MoneyField,
    MonthField,
    Optional,
    TextField,
    WholeField,
    required,
)
from views.staff_forms import choices, show_record

# Allowances of Person.salary beside those with a column of their own; the codes are those of the entitlement contract.
OTHERS: dict[str, Any] = {
    "job_responsibility": _l("Trách nhiệm công việc (hệ số)"),
    "hazard": _l("Độc hại, nguy hiểm (hệ số)"),
    "party_committee": _l("Trách nhiệm cấp ủy viên (hệ số)"),
    "chief_accountant": _l("Kế toán trưởng (hệ số)"),
    "mobility": _l("Lưu động (hệ số)"),
    "attraction_percent": _l("Thu hút (%)"),
    "concurrent_percent": _l("Kiêm nhiệm (%)"),
    "special_area_percent": _l("Đặc biệt (%)"),
    "longevity_special_area": _l("Lâu năm ở vùng đặc biệt khó khăn (hệ số)"),
}
INSURANCE_KINDS = {"period": _l("Giai đoạn đóng"), "opening": _l("Tổng thời gian đã xác nhận")}
DECREES = {
    number: f"Nghị định {number}"
    for number in (f"{n}/NĐ-CP" for n in ("178/2024", "177/2024", "154/2025", "29/2023", "108/2014", "26/2015"))
}


def _label(name: str) -> Any:
    return LABELS[name]


def _text(name: str, *validators: Any) -> TextField:
    return TextField(_label(name), list(validators))


def _day(name: str, *validators: Any) -> DateField:
    return DateField(_label(name), list(validators) or [Optional()])


class RowForm(Form):
    """What every row form can do. ``LAYOUT``: groups of (field, width class)."""

    LAYOUT: tuple[tuple[Any, tuple[tuple[str, str], ...]], ...] = ()
    EXTRA: tuple[str, ...] = ()  # fields that only adding takes, not correcting

    def begin(self, person: Person) -> None:
        """Sensible values for a new row of ``person``."""

    def finish(self) -> None:
        """Addresses and words of look-up fields, choices; after the data is in."""

    def values(self, names: set[str] | None = None) -> dict[str, Any]:
        """Field data as the command takes it: all of it, or only the named fields."""
        return {name: field.data for name, field in self._fields.items() if names is None or name in names}

    def load(self, row: Any) -> None:
        """Fields that do not carry the name of a column, filled from the row to be corrected."""

    def keep(self, row: Any) -> None:
        """What the row holds and the form does not show."""


class AppointmentForm(RowForm):
    kind = ChoiceField(_label("kind"))
    unit_id = LookupField(_label("unit_id"), [required()])
    position_id = LookupField(_label("position_id"), depends="unit:unit_id", fills="title")
    title = _text("title", required())
    leader_rank = ChoiceField(_label("leader_rank"))
    valid_from = _day("valid_from", required())
    valid_to = _day("valid_to")
    term_ends = _day("term_ends")
    decision_number = _text("decision_number")
    decision_date = _day("decision_date")
    close_previous = BooleanField(_l("Kết thúc hàng đang có hiệu lực vào ngày liền trước"), default=True)
    gap_reason = TextField(_l("Lý do gián đoạn (nếu để trống một khoảng thời gian)"))

    LAYOUT = (
        (None, (("kind", ""), ("unit_id", "w8"), ("position_id", "w6"), ("title", "w6"), ("leader_rank", ""),
                ("valid_from", ""), ("valid_to", ""), ("term_ends", ""))),
        (_l("Quyết định"), (("decision_number", "w6"), ("decision_date", "w3"))),
        (_l("Nối tiếp các hàng khác"), (("close_previous", "w6"), ("gap_reason", "w6"))),
    )  # fmt: skip
    EXTRA = ("close_previous",)

    def begin(self, person: Person) -> None:
        self.unit_id.data = person.unit_id

    def finish(self) -> None:
        self.kind.choices, self.leader_rank.choices = choices(APPOINTMENT_KINDS), choices(LEADER_RANKS)
        self.unit_id.url = url_for("LookupView.units", action="staff") + "&q="
        self.position_id.url = url_for("LookupView.positions") + "?q="
        show_record(self.unit_id, OrgUnit)
        show_record(self.position_id, Position)


class SalaryForm(RowForm):
    valid_from = _day("valid_from", required())
    valid_to = _day("valid_to")
    scale_code = _text("scale_code")
    grade_code = _text("grade_code")
    grade_name = _text("grade_name")
    step = WholeField(_label("step"), [Optional()])
    coefficient = DecimalCommaField(_label("coefficient"), [Optional()])
    step_counted_from = _day("step_counted_from")
    agreed_amount = MoneyField(_label("agreed_amount"), [Optional()])
    leadership = DecimalCommaField(_label("leadership"), [Optional()])
    beyond_frame_percent = DecimalCommaField(_label("beyond_frame_percent"), [Optional()])
    seniority_percent = DecimalCommaField(_label("seniority_percent"), [Optional()])
    profession_preferential_percent = DecimalCommaField(_label("profession_preferential_percent"), [Optional()])
    profession_responsibility_percent = DecimalCommaField(_label("profession_responsibility_percent"), [Optional()])
    public_service_percent = DecimalCommaField(_label("public_service_percent"), [Optional()])
    party_union_percent = DecimalCommaField(_label("party_union_percent"), [Optional()])
    retained_difference = DecimalCommaField(_label("retained_difference"), [Optional()])
    area = DecimalCommaField(_label("area"), [Optional()])
    decision_number = _text("decision_number")
    decision_date = _day("decision_date")
    close_previous = BooleanField(_l("Kết thúc hàng đang có hiệu lực vào ngày liền trước"), default=True)
    gap_reason = TextField(_l("Lý do gián đoạn (nếu để trống một khoảng thời gian)"))

    LAYOUT = (
        (None, (("valid_from", "w3"), ("valid_to", "w3"), ("grade_code", "w3"), ("scale_code", "w3"),
                ("grade_name", "w6"), ("step", "w2"), ("coefficient", "w2"), ("step_counted_from", "w2"))),
        (_l("Phụ cấp"), tuple((name, "w3") for name in SalaryRow.ALLOWANCES)),
        (_l("Phụ cấp khác"), tuple((f"other_{name}", "w3") for name in OTHERS)),
        (_l("Hợp đồng thỏa thuận lương"), (("agreed_amount", ""),)),
        (_l("Quyết định"), (("decision_number", "w6"), ("decision_date", "w3"))),
        (_l("Nối tiếp các hàng khác"), (("close_previous", "w6"), ("gap_reason", "w6"))),
    )  # fmt: skip
    EXTRA = ("close_previous",)

    def values(self, names: set[str] | None = None) -> dict[str, Any]:
        found = super().values(names)
        others = {name.removeprefix("other_") for name in list(found) if name.startswith("other_")}
        for name in list(found):
            if name.startswith("other_"):
                del found[name]
            elif name in SalaryRow.ALLOWANCES and found[name] is None:
                found[name] = Decimal(0)
        if others:
            filled = {name: self[f"other_{name}"].data for name in OTHERS}
            found["other_allowances"] = {**self._kept, **{n: str(v) for n, v in filled.items() if v}} or None
        return found

    _kept: dict[str, str] = {}

    def keep(self, row: Any) -> None:
        # What an import brought under another name stays as it is.
        self._kept = {name: value for name, value in (row.other_allowances or {}).items() if name not in OTHERS}

    def load(self, row: Any) -> None:
        stored = row.other_allowances or {}
        for name in OTHERS:
            self[f"other_{name}"].data = Decimal(stored[name]) if name in stored else None


for _name, _words in OTHERS.items():
    setattr(SalaryForm, f"other_{_name}", DecimalCommaField(_words, [Optional()]))


class InsuranceForm(RowForm):
    kind = ChoiceField(_label("kind"))
    starts_on = MonthField(_l("Từ tháng"), [Optional()])
    until = MonthField(_l("Đến hết tháng"), [Optional()])
    confirmed_on = DateField(_l("Xác nhận đến ngày"), [Optional()])
    years = WholeField(_l("Số năm"), [Optional()])
    months = WholeField(_l("Số tháng lẻ"), [Optional()])
    employer = _text("employer")
    document = _text("document")
    in_public_body = BooleanField(_label("in_public_body"), default=True)
    hazardous = BooleanField(_label("hazardous"))
    special_area = BooleanField(_label("special_area"))
    paid_out = BooleanField(_label("paid_out"))
    close_previous = BooleanField(_l("Kết thúc giai đoạn đang mở vào tháng liền trước"), default=True)

    LAYOUT = (
        (None, (("kind", ""), ("employer", ""), ("document", ""))),
        (_l("Giai đoạn đóng"), (("starts_on", "w3"), ("until", "w3"))),
        (_l("Tổng thời gian đã xác nhận"), (("confirmed_on", "w3"), ("years", "w2"), ("months", "w2"))),
        (_l("Tính chất thời gian"), (("in_public_body", "w6"), ("hazardous", "w6"), ("special_area", "w6"),
                                     ("paid_out", "w6"))),
        (_l("Nối tiếp các hàng khác"), (("close_previous", "w6"),)),
    )  # fmt: skip
    EXTRA = ("close_previous",)

    def finish(self) -> None:
        self.kind.choices = list(INSURANCE_KINDS.items())

    def values(self, names: set[str] | None = None) -> dict[str, Any]:
        opening = self.kind.data == "opening"
        months = None
        if self.years.data is not None or self.months.data is not None:
            months = (self.years.data or 0) * 12 + (self.months.data or 0)
        until: date | None = end_of_month(self.until.data) if self.until.data else None
        found: dict[str, Any] = {
            "kind": self.kind.data,
            "starts_on": None if opening else self.starts_on.data,
            "ends_on": self.confirmed_on.data if opening else until,
            "months": months,
        }
        rest = ("employer", "document", "in_public_body", "hazardous", "special_area", "paid_out", "close_previous")
        return {**found, **{name: self[name].data for name in rest if name in self._fields}}

    def load(self, row: Any) -> None:
        if row.kind == "opening":
            self.confirmed_on.data = row.ends_on
            self.years.data, self.months.data = divmod(row.months or 0, 12)
        else:
            self.until.data = row.ends_on
            self.months.data = None


class TrainingForm(RowForm):
    subject = _text("subject", required())
    school = _text("school")
    starts_on = DateField(_l("Từ ngày"), [Optional()])
    ends_on = DateField(_l("Đến ngày"), [Optional()])
    form = _text("form")
    certificate = _text("certificate")

    LAYOUT = ((None, (("subject", "w6"), ("school", "w6"), ("starts_on", "w3"), ("ends_on", "w3"), ("form", "w3"),
                      ("certificate", "w6"))),)  # fmt: skip


class DisciplineForm(RowForm):
    kind = ChoiceField(_label("kind"))
    form = _text("form")
    opened_on = _day("opened_on", required())
    decided_on = _day("decided_on")
    closed_on = _day("closed_on")
    decision_number = _text("decision_number")
    violation_key = TextField(_label("violation_key"), description=_l(
        "Các lần xử lý cùng một mã là một hành vi, khi đánh giá chỉ tính một lần (kể cả Đảng và chính quyền cùng kỷ "
        "luật). Để trống: cùng ngày bắt đầu thì cùng hành vi, nếu không thì đặt mã mới. Hai hành vi cùng ngày: ghi hai "
        "mã khác nhau."))  # fmt: skip
    duty_related = BooleanField(_label("duty_related"), default=True)
    note = LongTextField(_label("note"))

    LAYOUT = ((None, (("kind", ""), ("form", ""), ("decision_number", ""), ("opened_on", ""), ("decided_on", ""),
                      ("closed_on", ""), ("violation_key", "w12"), ("duty_related", "w12"),
                      ("note", "w12"))),)  # fmt: skip

    def finish(self) -> None:
        self.kind.choices = choices(DISCIPLINE_KINDS)


class FamilyForm(RowForm):
    relation = _text("relation", required())
    full_name = TextField(_l("Họ và tên"), [required()])
    birth_year = WholeField(_label("birth_year"), [Optional()])
    work = _text("work")
    relative_id = LookupField(_label("relative_id"))

    LAYOUT = ((None, (("relation", "w3"), ("full_name", "w6"), ("birth_year", "w3"), ("work", "w6"),
                      ("relative_id", "w6"))),)  # fmt: skip

    def finish(self) -> None:
        self.relative_id.url = url_for("LookupView.people") + "?q="
        show_record(self.relative_id, Person)


class BenefitForm(RowForm):
    decree = ChoiceField(_label("decree"))
    decision_number = _text("decision_number")
    paid_on = _day("paid_on")
    amount = MoneyField(_label("amount"), [Optional()])

    LAYOUT = ((None, (("decree", "w6"), ("decision_number", "w6"), ("paid_on", ""), ("amount", ""))),)

    def finish(self) -> None:
        known = dict(DECREES)
        if self.decree.data:
            known.setdefault(self.decree.data, self.decree.data)
        self.decree.choices = list(known.items())


class RatingForm(RowForm):
    year = WholeField(_label("year"), [required()])
    side = ChoiceField(_label("side"), default="STATE")
    level = ChoiceField(_label("level"))
    decision_number = _text("decision_number")

    LAYOUT = ((None, (("year", "w3"), ("side", "w3"), ("level", "w6"), ("decision_number", "w6"))),)

    def begin(self, person: Person) -> None:
        self.year.data = add_months(clock.today(), -12).year

    def finish(self) -> None:
        self.level.choices, self.side.choices = choices(RATINGS), choices(EVALUATION_SIDES)
        self.side.data = self.side.data or "STATE"  # files and scripts of before name no side


@dataclass(frozen=True)
class RowKind:
    """``tab`` is where the rows stand on the record page; ``add`` the command that stores a new one."""

    kind: str
    tab: str
    form: type[RowForm]
    add: Callable[..., Any]
    new: Any
    edit: Any
    one: Any  # the row in a sentence of the history
    hint: Any = ""
    ends: bool = False  # can be ended on a day


KINDS: dict[str, RowKind] = {
    row.kind: row
    for row in (
        RowKind("appointment", "posts", AppointmentForm, staff.AddAppointment, _l("Thêm vị trí công tác"),
                _l("Đính chính vị trí công tác"), _l("vị trí công tác"),
                _l("Mỗi thời điểm chỉ có một vị trí chính. Hàng chồng lên nhau hoặc để trống sẽ được nêu rõ."), True),
        RowKind("salary_row", "salary", SalaryForm, staff.AddSalaryRow, _l("Thêm quyết định lương"),
                _l("Đính chính hàng lương"), _l("hàng lương"),
                _l("Nhập hệ số theo thang, bảng lương của Nhà nước, hoặc lương thỏa thuận; chỉ một trong hai.")),
        RowKind("insurance_period", "insurance", InsuranceForm, staff.AddInsurancePeriod,
                _l("Thêm thời gian đóng BHXH"), _l("Đính chính thời gian đóng BHXH"), _l("thời gian đóng BHXH"),
                _l("Tổng đã xác nhận: số năm, tháng theo xác nhận của cơ quan bảo hiểm xã hội đến một ngày; "
                   "phần mềm tính tiếp từ ngày đó. Giai đoạn: từ tháng đến tháng; để trống “đến” nếu còn đóng.")),
        RowKind("training_record", "training", TrainingForm, staff.AddTraining, _l("Thêm đào tạo, bồi dưỡng"),
                _l("Đính chính đào tạo, bồi dưỡng"), _l("đào tạo, bồi dưỡng")),
        RowKind("year_rating", "ratings", RatingForm, staff.AddYearRating, _l("Thêm xếp loại năm"),
                _l("Đính chính xếp loại"), _l("xếp loại năm")),
        RowKind("discipline", "ratings", DisciplineForm, staff.AddDiscipline, _l("Thêm kỷ luật, xem xét kỷ luật"),
                _l("Đính chính kỷ luật"), _l("kỷ luật"),
                _l("Đang xem xét, thanh tra, truy tố: nhập ngày bắt đầu, để trống ngày quyết định.")),
        RowKind("family_relation", "family", FamilyForm, staff.AddFamilyRelation, _l("Thêm quan hệ gia đình"),
                _l("Đính chính quan hệ gia đình"), _l("quan hệ gia đình")),
        RowKind("earlier_benefit", "benefits", BenefitForm, staff.AddEarlierBenefit, _l("Thêm chế độ đã hưởng"),
                _l("Đính chính chế độ đã hưởng"), _l("chế độ đã hưởng")),
    )
}  # fmt: skip


def rebuild(kind: RowKind, **kwargs: Any) -> RowForm:
    """The form of a kind with its choices and look-ups ready."""
    form = kind.form(**kwargs)
    form.finish()
    return form


__all__ = ["DECREES", "INSURANCE_KINDS", "KINDS", "OTHERS", "RowForm", "RowKind", "rebuild"]
