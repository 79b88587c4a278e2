"""The form of a scenario, and a scenario's question in words for pages and papers."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hrms.commands.law.current import current_store
from hrms.commands.law.reading import FAMILIES
from hrms.commands.law.values import UnfitValue, read_plain, read_typed, text_of
from hrms.commands.scenarios.definition import BEST, ChangedValue, Definition
from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.text import add_months, first_of_month, format_date
from models.organization import OrgUnit
from models.vocabulary import CATEGORIES
from policies.labels import BENEFIT_LABELS, DECREE_LABELS
from views.fields import (
    BooleanField,
    ChoiceField,
    DateField,
    Form,
    LongTextField,
    LookupField,
    TextField,
    WholeField,
    required,
)

UNITS = ("unit_1", "unit_2", "unit_3", "unit_4")
VALUES = (1, 2, 3)
CHOICES = [
    ("fixed", _l("Tất cả nghỉ từ cùng một ngày")),
    ("best", _l("Mỗi người nghỉ vào tháng được hưởng cao nhất trong khoảng thời gian")),
]
AFFECTED = [
    ("records", _l("Theo hồ sơ và văn bản sắp xếp đã nhập")),
    ("everyone", _l("Coi tất cả là chịu tác động trực tiếp")),
    ("nobody", _l("Coi như không ai chịu tác động trực tiếp")),
]
LEADERS = [("", _l("Tất cả")), ("only", _l("Chỉ lãnh đạo, quản lý")), ("none", _l("Chỉ người không giữ chức vụ"))]


def _parameter_choices() -> list[tuple[str, str]]:
    store = current_store()
    found = [(name, store.versions(name)[-1]) for name in store.names()]
    rows = [(name, f"{_family(name)}: {version.label}"[:140]) for name, version in found]
    return [("", _("Không thay đổi")), *sorted(rows, key=lambda row: row[1])]


def _family(name: str) -> str:
    family = name.partition(".")[0]
    return str(FAMILIES.get(family, family))


class ScenarioForm(Form):
    """Everything a scenario asks; :meth:`definition` reads it, faults of values hang on their own fields."""

    name = TextField(_l("Tên kịch bản"), [required()])
    note = LongTextField(_l("Ghi chú"))
    unit_1 = LookupField(_l("Đơn vị (gồm cả đơn vị bên dưới)"), description=_l("Để trống: toàn tỉnh."))
    unit_2 = LookupField(_l("Đơn vị khác"))
    unit_3 = LookupField(_l("Đơn vị khác"))
    unit_4 = LookupField(_l("Đơn vị khác"))
    years_left = WholeField(
        _l("Còn không quá bao nhiêu năm đến tuổi nghỉ hưu"), description=_l("Để trống: không giới hạn.")
    )
    leaders = ChoiceField(_l("Chức vụ"), choices=LEADERS)
    choice = ChoiceField(_l("Cách nghỉ"), choices=CHOICES)
    leave_from = DateField(_l("Nghỉ từ ngày"), [required()])
    leave_to = DateField(_l("Đến hết tháng có ngày"), description=_l("Chỉ dùng khi chọn tháng có lợi nhất."))
    affected = ChoiceField(_l("Tác động trực tiếp của việc sắp xếp"), choices=AFFECTED)
    effective_on = DateField(
        _l("Ngày hiệu lực giả định"), description=_l("Cho người chưa có văn bản sắp xếp, khi coi tất cả chịu tác động.")
    )
    decree = ChoiceField(
        _l("Văn bản"), choices=[(code, DECREE_LABELS[code]) for code in ("auto", "178", "154", "29", "NQ07")]
    )
    benefit = ChoiceField(
        _l("Chính sách"), choices=[(code, BENEFIT_LABELS[code]) for code in ("auto", "early_retirement", "severance")]
    )

    budget_share = WholeField(
        _l("Đơn vị tự bảo đảm một phần: người do ngân sách trả lương (%)"),
        description=_l("Để trống: để riêng phần kinh phí chưa xác định nguồn."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _parameter_choices()
        for number in VALUES:
            self[f"p{number}_name"].choices = choices
        for name in UNITS:
            self[name].url = url_for("LookupView.units") + "?q="
        ids = [self[name].data for name in UNITS if self[name].data]
        names = unit_names(ids)
        for name in UNITS:
            self[name].text = names.get(self[name].data, "")

    def definition(self) -> Definition | None:
        """What was asked; ``None`` when a changed value cannot be read (its field says why)."""
        store = current_store()
        values: list[ChangedValue] = []
        sound = True
        for number in VALUES:
            name = self[f"p{number}_name"].data
            if not name:
                continue
            try:
                value = read_typed(store.versions(name), self[f"p{number}_value"].data or "")
            except UnfitValue as error:
                self[f"p{number}_value"].errors = [str(error)]
                sound = False
                continue
            document = self[f"p{number}_document"].data or ""
            values.append(ChangedValue(name, value, self[f"p{number}_from"].data, None, document))
        if not sound:
            return None
        best = self.choice.data == BEST
        return Definition(
            leave_from=self.leave_from.data,
            leave_to=self.leave_to.data if best else None,
            choice=self.choice.data,
            unit_ids=tuple(dict.fromkeys(self[name].data for name in UNITS if self[name].data)),
            categories=tuple(code for code in CATEGORIES if self[f"category_{code}"].data),
            leaders=self.leaders.data,
            years_left=self.years_left.data,
            affected=self.affected.data,
            effective_on=self.effective_on.data if self.affected.data == "everyone" else None,
            decree=self.decree.data,
            benefit=self.benefit.data,
            budget_share=self.budget_share.data,
            values=tuple(values),
        )


for _code, _label in CATEGORIES.items():
    setattr(ScenarioForm, f"category_{_code}", BooleanField(_l(_label)))
for _n in VALUES:
    setattr(ScenarioForm, f"p{_n}_name", ChoiceField(_l("Tham số")))
    setattr(ScenarioForm, f"p{_n}_value", TextField(_l("Giá trị giả định")))
    setattr(ScenarioForm, f"p{_n}_from", DateField(_l("Áp dụng từ ngày"), description=_l("Để trống: mọi thời điểm.")))
    setattr(ScenarioForm, f"p{_n}_document", TextField(_l("Căn cứ, giả định")))


def start_values() -> dict[str, Any]:
    """A new scenario: everybody, next month, best law."""
    return {
        "leave_from": add_months(first_of_month(clock.today()), 1),
        "choice": "fixed",
        "affected": "records",
        "decree": "auto",
        "benefit": "auto",
        "leaders": "",
    }


def form_values(definition: Definition) -> dict[str, Any]:
    """A stored question as the form shows it, for a copy."""
    values: dict[str, Any] = {
        name: getattr(definition, name)
        for name in (
            "leave_from", "leave_to", "choice", "years_left", "leaders", "affected", "effective_on", "decree",
            "benefit", "budget_share",
        )
    }  # fmt: skip
    values |= dict(zip(UNITS, definition.unit_ids, strict=False))
    values |= {f"category_{code}": True for code in definition.categories}
    store = current_store()
    for number, changed in zip(VALUES, definition.values, strict=False):
        values |= {
            f"p{number}_name": changed.name,
            f"p{number}_value": _value_text(store, changed),
            f"p{number}_from": changed.valid_from,
            f"p{number}_document": changed.document,
        }
    return values


def _value_text(store: Any, changed: ChangedValue) -> str:
    """The value as a form takes it; as it was stored where the law no longer knows such a value."""
    from dataclasses import replace

    if changed.name not in store.names():
        return str(changed.value)
    versions = store.versions(changed.name)
    try:
        return text_of(replace(versions[-1], value=read_plain(versions, changed.value)))
    except UnfitValue:
        return str(changed.value)


def unit_names(ids: list[int]) -> dict[Any, str]:
    """Names of units in the actor's scope."""
    if not ids:
        return {}
    query = access.restrict(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(ids)), OrgUnit)
    return {row.id: row.name for row in db.session.execute(query)}


def question_words(definition: Definition) -> list[tuple[str, str]]:
    """What was asked, as pairs of heading and answer."""
    store = current_store()
    names = unit_names(list(definition.unit_ids))
    found = [
        (_("Đơn vị"), "; ".join(names.get(i, f"#{i}") for i in definition.unit_ids) or _("Tất cả trong phạm vi")),
    ]
    if definition.categories:
        found.append((_("Loại cán bộ"), "; ".join(_(CATEGORIES[code]) for code in definition.categories)))
    if definition.leaders:
        found.append((_("Chức vụ"), str(dict(LEADERS)[definition.leaders])))
    if definition.years_left is not None:
        found.append((_("Đến tuổi nghỉ hưu"), _("còn không quá %(n)s năm", n=definition.years_left)))
    found.append((_("Ngày nghỉ"), _leave_words(definition)))
    affected = str(dict(AFFECTED)[definition.affected])
    if definition.effective_on is not None:
        affected += _(", từ ngày %(day)s nếu chưa có văn bản", day=format_date(definition.effective_on))
    found.append((_("Tác động trực tiếp"), affected))
    law = f"{_(BENEFIT_LABELS[definition.benefit])}, {_(DECREE_LABELS[definition.decree])}"
    found.append((_("Chính sách, văn bản"), law))
    if definition.budget_share is not None:
        words = _("%(n)s%% số người do ngân sách trả lương", n=definition.budget_share)
        found.append((_("Đơn vị tự bảo đảm một phần"), words))
    for changed in definition.values:
        known = changed.name in store.names()
        label = store.versions(changed.name)[-1].label if known else changed.name
        text = _value_text(store, changed)
        if changed.valid_from:
            text = _("%(value)s từ ngày %(day)s", value=text, day=format_date(changed.valid_from))
        if changed.document:
            text = f"{text} ({changed.document})"
        found.append((_("Giả định: %(label)s", label=label), text))
    return found


def _leave_words(definition: Definition) -> str:
    first: date = definition.leave_from
    if definition.choice == BEST and definition.leave_to is not None:
        return _(
            "tháng có lợi nhất cho từng người, từ %(first)s đến %(last)s",
            first=format_date(first),
            last=format_date(definition.leave_to),
        )
    return _("tất cả từ ngày %(day)s", day=format_date(first))
