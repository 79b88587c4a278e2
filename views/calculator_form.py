"""The calculator's form: the case of the entitlement contract in boxes a person can fill in, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands.restructuring.words import GROUPS_177
from hrms.commands.trial import BENEFITS, DECREE_CHOICES, EARLIER
from hrms.kernel import clock
from hrms.kernel.text import PartialDate, add_months, first_of_month, months_to_words, parse_date
from models.vocabulary import CATEGORIES, SEXES
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    DecimalCommaField,
    Form,
    MoneyField,
    MonthsField,
    PartialDateField,
    required,
)

# Where each box stands in the case of the contract, in the order of the form.
PATHS: dict[str, str] = {
    "sex": "person.sex",
    "birth_date": "person.birth_date",
    "category": "person.category",
    "leader": "person.leader",
    "retirement_annex": "person.retirement_annex",
    "social_insurance_months": "person.social_insurance_months",
    "public_service_months": "person.public_service_months",
    "coefficient": "salary.coefficient",
    "agreed_amount": "salary.agreed_amount",
    "leadership": "salary.allowances.leadership",
    "beyond_frame_percent": "salary.allowances.beyond_frame_percent",
    "seniority_percent": "salary.allowances.seniority_percent",
    "profession_preferential_percent": "salary.allowances.profession_preferential_percent",
    "profession_responsibility_percent": "salary.allowances.profession_responsibility_percent",
    "public_service_percent": "salary.allowances.public_service_percent",
    "party_union_percent": "salary.allowances.party_union_percent",
    "retained_difference": "salary.allowances.retained_difference",
    "area": "salary.allowances.area",
    "effective_date": "restructuring.effective_date",
    "directly_affected": "restructuring.directly_affected",
    "leave_date": "leave.date",
    "decision_date": "leave.decision_date",
    "decree": "decree",
    "benefit": "benefit",
    "voluntary": "circumstances.voluntary",
    "pregnant_or_child_under_36_months": "circumstances.pregnant_or_child_under_36_months",
    "under_discipline_or_investigation": "circumstances.under_discipline_or_investigation",
    "earlier_benefit": "circumstances.earlier_benefit",
    "group_177": "person.group_177",
    "congress_date": "facts.congress_date",
    "ground_154": "facts.ground_154",
    "average_60_months": "salary.average_60_months",
    "term_ends": "facts.term_ends",
    "old_leadership_allowance": "facts.old_leadership_allowance",
    "new_leadership_allowance": "facts.new_leadership_allowance",
    "secondment_level": "facts.secondment_level",
    "group_179": "person.group_179",
    "recruited_on": "facts.recruited_on",
    "recognised_on": "facts.recognised_on",
    "contract_before_2019": "facts.contract_before_2019",
    "education_or_health": "facts.education_or_health",
    "leaders_above_quota": "facts.leaders_above_quota",
}
BOX_OF_PATH = {path: box for box, path in PATHS.items()} | {"salary": "coefficient", "restructuring": "effective_date"}
# Boxes grouped as the form shows them; the last two groups are folded away while they are empty.
GROUPS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "person",
        _l("Người"),
        (
            "sex",
            "birth_date",
            "category",
            "retirement_annex",
            "social_insurance_months",
            "public_service_months",
            "leader",
        ),
    ),
    ("salary", _l("Tiền lương"), ("coefficient", "agreed_amount", "leadership", "public_service_percent")),
    (
        "leave",
        _l("Sắp xếp và nghỉ"),
        (
            "effective_date",
            "leave_date",
            "decision_date",
            "earlier_benefit",
            "directly_affected",
            "voluntary",
            "pregnant_or_child_under_36_months",
            "under_discipline_or_investigation",
        ),
    ),
    ("ask", _l("Chính sách"), ("decree", "benefit")),
    (
        "allowances",
        _l("Phụ cấp khác"),
        (
            "beyond_frame_percent",
            "seniority_percent",
            "profession_preferential_percent",
            "profession_responsibility_percent",
            "party_union_percent",
            "retained_difference",
            "area",
        ),
    ),
    (
        "facts",
        _l("Dữ kiện riêng của từng văn bản"),
        (
            "group_177",
            "congress_date",
            "ground_154",
            "average_60_months",
            "contract_before_2019",
            "education_or_health",
            "leaders_above_quota",
            "group_179",
            "recruited_on",
            "recognised_on",
            "term_ends",
            "old_leadership_allowance",
            "new_leadership_allowance",
            "secondment_level",
        ),
    ),
)
FOLDED = frozenset({"allowances", "facts"})
NEUTRAL = frozenset({"", "auto", "I"})
GROUNDS_154 = ("a", "b", "c", "d", "đ", "e", "g", "h")


def codes(field: ChoiceField) -> list[str]:
    """The values a select offers, in order."""
    return [str(choice[0]) for choice in field.choices or ()]


def _words(table: Mapping[str, str], *, empty: bool = False) -> list[tuple[str, str]]:
    chosen = [(code, _(label)) for code, label in table.items()]
    return [("", _("– không –")), *chosen] if empty else chosen


def _known(value: Any) -> Any:
    """A select of yes, no and unknown: empty is unknown."""
    return {"1": True, "0": False}.get(value)


class CalculatorForm(Form):
    """Choices are filled in per request, so that they follow the language of the session."""

    sex = ChoiceField(_l("Giới tính"))
    birth_date = PartialDateField(_l("Ngày sinh"), [required()])
    category = ChoiceField(_l("Đối tượng"))
    leader = BooleanField(_l("Giữ chức vụ lãnh đạo, quản lý"))
    retirement_annex = ChoiceField(_l("Tuổi nghỉ hưu theo (NĐ 135)"))
    social_insurance_months = MonthsField(_l("Thời gian đóng BHXH bắt buộc"), [required()])
    public_service_months = MonthsField(
        _l("Trong đó tại cơ quan Đảng, Nhà nước"), description=_l("Để trống nếu là toàn bộ thời gian.")
    )
    coefficient = DecimalCommaField(_l("Hệ số lương"))
    agreed_amount = MoneyField(_l("hoặc lương thỏa thuận (đồng)"))
    leadership = DecimalCommaField(_l("Phụ cấp chức vụ (hệ số)"))
    public_service_percent = DecimalCommaField(_l("Phụ cấp công vụ (%)"))
    beyond_frame_percent = DecimalCommaField(_l("Thâm niên vượt khung (%)"))
    seniority_percent = DecimalCommaField(_l("Thâm niên nghề (%)"))
    profession_preferential_percent = DecimalCommaField(_l("Ưu đãi theo nghề (%)"))
    profession_responsibility_percent = DecimalCommaField(_l("Trách nhiệm theo nghề (%)"))
    party_union_percent = DecimalCommaField(_l("Công tác đảng, đoàn thể (%)"))
    retained_difference = DecimalCommaField(_l("Chênh lệch bảo lưu (hệ số)"))
    area = DecimalCommaField(_l("Phụ cấp khu vực (hệ số)"), description=_l("Không tính vào tiền lương hưởng chế độ."))
    effective_date = DateField(_l("Quyết định sắp xếp có hiệu lực"))
    directly_affected = BooleanField(_l("Chịu sự tác động trực tiếp của sắp xếp"))
    leave_date = DateField(_l("Nghỉ từ ngày"), [required()], description=_l("Ngày đầu tiên không làm việc."))
    decision_date = DateField(_l("Ngày quyết định nghỉ"))
    decree = ChoiceField(_l("Văn bản"))
    benefit = ChoiceField(_l("Chế độ"))
    voluntary = BooleanField(_l("Có đơn tự nguyện xin nghỉ"))
    pregnant_or_child_under_36_months = BooleanField(_l("Mang thai, nghỉ thai sản, nuôi con dưới 36 tháng"))
    under_discipline_or_investigation = BooleanField(_l("Đang bị xem xét kỷ luật, thanh tra, điều tra"))
    earlier_benefit = ChoiceField(_l("Đã hưởng chế độ theo"))
    group_177 = ChoiceField(_l("Nhóm không tái cử, tái bổ nhiệm (NĐ 177)"))
    congress_date = DateField(_l("Ngày đại hội, bầu cử"))
    ground_154 = ChoiceField(_l("Trường hợp tinh giản (Điều 2 khoản 1 NĐ 154)"))
    average_60_months = MoneyField(_l("Lương bình quân 60 tháng (NĐ 29)"))
    contract_before_2019 = ChoiceField(_l("Hợp đồng ký trước 15/01/2019"))
    education_or_health = ChoiceField(_l("Viên chức giáo dục, y tế"))
    leaders_above_quota = ChoiceField(_l("Số lãnh đạo vượt quy định"))
    group_179 = ChoiceField(_l("Nhóm người có tài năng (NĐ 179)"))
    recruited_on = DateField(_l("Ngày tuyển dụng"))
    recognised_on = DateField(_l("Ngày công nhận tài năng"))
    term_ends = DateField(_l("Ngày hết nhiệm kỳ, thời hạn bổ nhiệm"))
    old_leadership_allowance = DecimalCommaField(_l("Phụ cấp chức vụ cũ (hệ số)"))
    new_leadership_allowance = DecimalCommaField(_l("Phụ cấp chức vụ mới (hệ số)"))
    secondment_level = ChoiceField(_l("Tăng cường về"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        yes_no = [("", _("chưa rõ")), ("1", _("có")), ("0", _("không"))]
        self.sex.choices = _words(SEXES)
        self.category.choices = _words(CATEGORIES)
        self.retirement_annex.choices = [("I", _("Phụ lục I")), ("II", _("Phụ lục II"))]
        self.decree.choices = _words(DECREE_CHOICES)
        self.benefit.choices = _words(BENEFITS)
        self.earlier_benefit.choices = _words(EARLIER, empty=True)
        self.group_177.choices = _words(GROUPS_177, empty=True)
        self.ground_154.choices = [("", _("– không –")), *((g, _("Điểm %(point)s", point=g)) for g in GROUNDS_154)]
        self.group_179.choices = [
            ("", _("– không –")),
            ("k1", _("Cán bộ, công chức, viên chức")),
            ("k2", _("Sinh viên tốt nghiệp xuất sắc, nhà khoa học trẻ")),
            ("k3", _("Chuyên gia")),
        ]
        self.secondment_level.choices = [("", _("– không –")), ("commune", _("Cấp xã")), ("province", _("Cấp tỉnh"))]
        for box in (self.contract_before_2019, self.education_or_health, self.leaders_above_quota):
            box.choices = yes_no
        for field in self:
            # A shortened address leaves out what is empty or on its first, neutral choice.
            if isinstance(field, ChoiceField) and field.data is None and (first := codes(field)[0]) in NEUTRAL:
                field.data = first

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        # The engine would say the same in its own words; here it can name the two boxes.
        if not self.coefficient.errors and not self.agreed_amount.errors:
            if self.coefficient.data is None and self.agreed_amount.data is None:
                self.coefficient.errors = [_("Hãy ghi hệ số lương hoặc lương thỏa thuận.")]
                good = False
            elif self.coefficient.data is not None and self.agreed_amount.data is not None:
                self.agreed_amount.errors = [_("Chỉ ghi một trong hai: hệ số lương hoặc lương thỏa thuận.")]
                good = False
        if self.directly_affected.data and self.effective_date.data is None and not self.effective_date.errors:
            self.effective_date.errors = [
                _("Người chịu tác động trực tiếp cần ngày có hiệu lực của quyết định sắp xếp.")
            ]
            good = False
        return good

    def case(self, extra_allowances: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The case of the contract. ``extra_allowances``: further ones of the records, named but not counted."""
        case: dict[str, Any] = {}
        for box, path in PATHS.items():
            value = _contract_value(box, self[box].data)
            if value is None:
                continue
            *parents, leaf = path.split(".")
            place = case
            for name in parents:
                place = place.setdefault(name, {})
            place[leaf] = value
        if extra_allowances:
            case["salary"].setdefault("allowances", {}).update(extra_allowances)
        return case

    def words_of(self, box: str, value: Any) -> str:
        """A value of a box as people read it."""
        field = self[box]
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return _("có") if value else _("không")
        if isinstance(field, MonthsField):
            return months_to_words(value)
        if isinstance(field, ChoiceField):
            return next((str(choice[1]) for choice in field.choices or () if choice[0] == value), str(value))
        return str(field.write(value))

    def as_query(self) -> dict[str, Any]:
        """The boxes as an address carries them: what a browser would send."""
        sent: dict[str, Any] = {}
        for box in PATHS:
            field, value = self[box], self[box].data
            if value in (None, "", False):
                continue
            if value is True:
                sent[box] = "y"
            elif isinstance(field, MonthsField):
                sent[box] = [str(value // 12), str(value % 12)]
            else:
                sent[box] = str(value) if isinstance(field, ChoiceField) else field.write(value)
        return sent

    def is_open(self, group: str, recorded: Mapping[str, Any]) -> bool:
        """Whether a folded group has something in it that must be seen: an error, or more than the records say."""
        boxes = next(boxes for name, _label, boxes in GROUPS if name == group)
        return any(self[box].errors or self[box].data not in (None, "", False, recorded.get(box, "")) for box in boxes)


YES_NO = frozenset({"contract_before_2019", "education_or_health", "leaders_above_quota"})


def _contract_value(box: str, value: Any) -> Any:
    if box in YES_NO:
        return _known(value)
    if value is None or value == "":
        return None
    if isinstance(value, PartialDate):
        return value.iso()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return None if value == 0 and box not in ("coefficient",) else format(value, "f")
    return value


def start_values() -> dict[str, Any]:
    """An example that computes, so that the page is never empty: leaving on the first of the next month."""
    today = clock.today()
    leave = add_months(first_of_month(today), 1)
    return {
        "sex": "male",
        "birth_date": PartialDate(date(leave.year - 59, 5, 20)),
        "category": "civil_servant",
        "retirement_annex": "I",
        "social_insurance_months": 320,
        "coefficient": Decimal("4.98"),
        "public_service_percent": Decimal(25),
        "effective_date": add_months(leave, -3),
        "directly_affected": True,
        "leave_date": leave,
        "decree": "auto",
        "benefit": "auto",
        "voluntary": True,
    }


def values_of(case: Mapping[str, Any]) -> dict[str, Any]:
    """Box values for a case of the contract, for instance the facts of the staff records."""
    values: dict[str, Any] = {"decree": "auto", "benefit": "auto"}
    for box, path in PATHS.items():
        found = _look_up(case, path)
        if found is not None:
            values[box] = _box_value(box, found)
    return values


def _look_up(case: Mapping[str, Any], path: str) -> Any:
    place: Any = case
    for name in path.split("."):
        if not isinstance(place, Mapping) or name not in place:
            return None
        place = place[name]
    return place


def _box_value(box: str, found: Any) -> Any:
    if box == "birth_date":
        return parse_date(found)
    if box in YES_NO:
        return "1" if found else "0"
    field_class = getattr(CalculatorForm, box).field_class
    if field_class is DateField:
        return date.fromisoformat(str(found))
    if field_class is DecimalCommaField:
        return Decimal(str(found))
    return found


def changed_boxes(form: CalculatorForm, recorded: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Boxes whose value differs from what the records say: the box and the recorded value."""
    for box in PATHS:
        if box in ("decree", "benefit"):
            continue
        before, now = recorded.get(box), form[box].data
        if (before or None) != (now or None) and not (before in (None, "", False) and now in (None, "", False)):
            yield box, before
