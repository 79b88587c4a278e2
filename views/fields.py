"""Form fields in Vietnamese office formats, on WTForms: dd/mm/yyyy, decimal commas, thousands dots, server selects.

What was typed stays in the field when it is wrong, and the message names the value and the remedy.
"""

from __future__ import annotations

import json
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import BooleanField, Field, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional, StopValidation, ValidationError

from hrms.kernel.errors import Refused
from hrms.kernel.text import (
    format_date,
    format_decimal,
    format_integer,
    format_partial,
    normalize,
    parse_date,
    parse_decimal,
    parse_full_date,
    parse_money,
)
from hrms.kernel.text.dates import DateFormatError, PartialDate
from hrms.kernel.text.numbers import NumberFormatError
from views.posted import identifier


class Form(FlaskForm):
    """A form of the application. CSRF is checked once for the whole application, not again by each form."""

    class Meta:
        csrf = False
        locales = ["vi"]

        def get_translations(self, form: Any) -> Any:
            return None

    def take_faults(self, error: Refused) -> list[Any]:
        """Hang the command's faults on their fields; returns those that belong to no field of this form."""
        rest = []
        for fault in error.faults:
            target = self._fields.get(fault.field)
            if target is None:
                rest.append(fault)
            else:
                target.errors = [*target.errors, fault.message]
        return rest

    def snapshot(self) -> dict[str, str]:
        """Every field as text, to tell later which ones the user has changed (:meth:`changed_since`)."""
        kept: dict[str, str] = {}
        for name, field in self._fields.items():
            if isinstance(field, BooleanField):
                kept[name] = "1" if field.data else ""
            elif isinstance(field, SelectField | LookupField):
                kept[name] = "" if field.data is None else str(field.data)
            else:
                kept[name] = str(field._value()) if hasattr(field, "_value") else str(field.data or "")
        return kept

    def changed_since(self, original: str) -> set[str]:
        """Names of fields the browser sent whose text differs from ``original`` (the JSON of a snapshot).

        What was not sent is not changed. Without a readable snapshot, everything sent counts as changed.
        """
        now = self.snapshot()
        sent = {name for name, field in self._fields.items() if field.raw_data}
        try:
            before = json.loads(original)
        except ValueError:
            return sent
        if not isinstance(before, dict):
            return sent
        # A box that was ticked and is not sent was unticked: browsers send ticked boxes only.
        boxes = {name for name, field in self._fields.items() if isinstance(field, BooleanField) and name in before}
        return {name for name in sent | boxes if before.get(name) != now[name].replace("\r\n", "\n")}


class _Required(InputRequired):
    """Spaces alone are nothing."""

    def __call__(self, form: Any, field: Any) -> None:
        sent = field.raw_data[0] if field.raw_data else None
        if not sent or (isinstance(sent, str) and not sent.strip()):
            field.errors[:] = []
            raise StopValidation(str(self.message or missing_words(field)))


def required(message: Any = None) -> InputRequired:
    """What must be there; without ``message`` the fault names the field by its label."""
    return _Required(message)


def missing_words(field: Any) -> str:
    """“Chưa nhập “Ngày sinh”.”: what an empty field is told; labels are of every kind, so they stand in quotes."""
    if isinstance(field, SelectField | LookupField):
        return _("Chưa chọn “%(label)s”.", label=field.label.text)
    return _("Chưa nhập “%(label)s”.", label=field.label.text)


class TextField(StringField):
    """One line of text: NFC, no stray spaces."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = normalize(valuelist[0]) if valuelist else (self.data or "")


class LongTextField(TextAreaField):
    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = valuelist[0].strip() if valuelist else (self.data or "")


class _Typed(StringField):
    """Text that stands for a value: keeps what was typed, says what is wrong with it."""

    data: Any
    attributes: dict[str, str] = {}
    errors_of = (ValueError,)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def read(self, text: str) -> Any:
        raise NotImplementedError

    def write(self, value: Any) -> str:
        raise NotImplementedError

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.write(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and str(valuelist[0]).strip():
            try:
                self.data = self.read(str(valuelist[0]))
            except (DateFormatError, NumberFormatError, ValueError) as error:
                raise ValueError(str(error)) from error

    def __call__(self, **kwargs: Any) -> Any:
        return super().__call__(**{**self.attributes, **kwargs})


class DateField(_Typed):
    """A full date, dd/mm/yyyy."""

    attributes = {"data-date": "", "placeholder": "dd/mm/yyyy", "inputmode": "numeric", "autocomplete": "off"}

    def read(self, text: str) -> Any:
        return parse_full_date(text)

    def write(self, value: Any) -> str:
        return format_date(value)


class PartialDateField(_Typed):
    """A birth date as far as it is known: dd/mm/yyyy, mm/yyyy or yyyy. Data is a :class:`PartialDate`."""

    attributes = {"placeholder": "dd/mm/yyyy, mm/yyyy, yyyy", "inputmode": "numeric", "autocomplete": "off"}

    def read(self, text: str) -> PartialDate:
        return parse_date(text)

    def write(self, value: Any) -> str:
        return format_partial(value)


class DecimalCommaField(_Typed):
    """An exact decimal, 4,98. Never a float."""

    attributes = {"class": "num", "inputmode": "decimal", "autocomplete": "off"}

    def read(self, text: str) -> Any:
        return parse_decimal(text)

    def write(self, value: Any) -> str:
        return format_decimal(value)


class MonthField(_Typed):
    """A month, mm/yyyy, kept as its first day; a full date is taken as it is written."""

    attributes = {"placeholder": "mm/yyyy", "inputmode": "numeric", "autocomplete": "off"}

    def read(self, text: str) -> Any:
        found = parse_date(text)
        if found.precision == "year":
            raise ValueError(str(_l("“%(value)s” thiếu tháng. Hãy ghi mm/yyyy.", value=text)))
        return found.value

    def write(self, value: Any) -> str:
        return format_date(value)[3:]


class MoneyField(_Typed):
    """Whole đồng, 1.234.567."""

    attributes = {"class": "num", "inputmode": "numeric", "data-money": "", "autocomplete": "off"}

    def read(self, text: str) -> int:
        return parse_money(text)

    def write(self, value: Any) -> str:
        return format_integer(int(value))


MOST_DIGITS = 9  # what a column of whole numbers holds on every database


class WholeField(_Typed):
    """A whole number that is not money: months, people, steps."""

    attributes = {"class": "num", "inputmode": "numeric", "autocomplete": "off"}

    def read(self, text: str) -> int:
        cleaned = text.strip()
        digits = cleaned.removeprefix("-")
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError(_("“%(value)s” không phải số nguyên. Hãy nhập chữ số, ví dụ 12.", value=cleaned))
        if len(digits.lstrip("0")) > MOST_DIGITS:
            told = _("“%(value)s” quá lớn. Hãy nhập số không quá %(most)s chữ số.", value=cleaned, most=MOST_DIGITS)
            raise ValueError(told)
        return int(cleaned)

    def write(self, value: Any) -> str:
        return str(value)


class MonthsField(Field):
    """A length of time as years and months in two boxes of one name; data is months, ``None`` when both are empty."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = [*(str(value).strip() for value in valuelist[:2]), "", ""][:2]
        self.data = None
        if not any(typed):
            return
        years, months = (int(text) if text.isascii() and text.isdigit() else None for text in (t or "0" for t in typed))
        if years is None or months is None:
            wrong = next(text for text in typed if text and not (text.isascii() and text.isdigit()))
            told = _l("“%(value)s” không phải số nguyên. Hãy nhập số năm và số tháng bằng chữ số.", value=wrong)
            raise ValueError(str(told))
        self.data = years * 12 + months

    def _typed(self) -> list[str]:
        if self.raw_data:
            return [*(str(value) for value in self.raw_data[:2]), "", ""][:2]
        return ["", ""] if self.data is None else [str(self.data // 12), str(self.data % 12)]

    def widget(self, field: Any, **kwargs: Any) -> Markup:
        kwargs.pop("class", None)
        more = Markup(" ").join(Markup('{}="{}"').format(k, v) for k, v in kwargs.items())
        years, months = self._typed()
        return Markup(
            '<span class="duration"><input id="{id}" name="{name}" value="{years}" class="num" inputmode="numeric" '
            'autocomplete="off" {more}><span aria-hidden="true">{y}</span>'
            '<input name="{name}" value="{months}" class="num" inputmode="numeric" autocomplete="off" '
            'aria-label="{label}: {m}"><span aria-hidden="true">{m}</span></span>'
        ).format(
            id=self.id,
            name=self.name,
            years=years,
            months=months,
            more=more,
            label=self.label.text,
            y=_l("năm"),
            m=_l("tháng"),
        )


class ChoiceField(SelectField):
    """A select over declared words; an unknown value is named."""

    def pre_validate(self, form: Any) -> None:
        if self.data is None and any(value == "" for value, *_rest in self.iter_choices()):
            self.data = self.coerce("")  # not sent at all is the empty choice, where there is one
        try:
            super().pre_validate(form)
        except ValidationError:
            raise ValidationError(str(_l("Giá trị này không có trong danh sách. Hãy chọn lại."))) from None


class LookupField(Field):
    """A select that searches the server (trap 23). Data is the chosen id; ``text`` is what is shown.

    ``depends`` ("unit:unit_id") sends the value of another field along; ``fills`` names a text field that takes over
    what was chosen when it is empty.
    """

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        url: str = "",
        depends: str = "",
        fills: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self.url, self.text, self.depends, self.fills = url, "", depends, fills

    def process_formdata(self, valuelist: list[Any]) -> None:
        raw = valuelist[0].strip() if valuelist else ""
        self.data = identifier(raw)

    def widget(self, field: Any, **kwargs: Any) -> Markup:
        kwargs.pop("class", None)
        more = Markup(" ").join(Markup('{}="{}"').format(name, value) for name, value in kwargs.items())
        return Markup(
            '<div class="combo" data-combo="{url}" data-combo-with="{depends}" data-combo-fill="{fills}"'
            ' data-none="{none}">'
            '<input id="{id}" data-combo-text value="{text}" {more}>'
            '<input type="hidden" name="{name}" value="{value}"></div>'
        ).format(
            url=self.url,
            id=self.id,
            text=self.text,
            name=self.name,
            more=more,
            depends=self.depends,
            fills=self.fills,
            none=_l("Không tìm thấy"),
            value="" if self.data is None else self.data,
        )


__all__ = [
    "BooleanField",
    "ChoiceField",
    "DateField",
    "DecimalCommaField",
    "Form",
    "HiddenField",
    "IntegerField",
    "LongTextField",
    "LookupField",
    "MoneyField",
    "MonthsField",
    "Optional",
    "PartialDateField",
    "TextField",
    "WholeField",
    "required",
]
