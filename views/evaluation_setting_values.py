"""Values of the evaluation regulation on a form: the kind of each key, its words, what was typed as plain JSON."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from hrms.commands.evaluation.configuration import PROCEDURE, procedure_defaults
from hrms.commands.evaluation.words import STEPS
from hrms.kernel import clock
from hrms.kernel.text import format_date, format_decimal, parse_decimal, parse_full_date
from hrms.kernel.text.dates import DateFormatError
from hrms.kernel.text.numbers import NumberFormatError
from models.vocabulary import PERIOD_KINDS
from policies.engine.parameters import Version, jsonable
from policies.evaluation import default_configuration, sheets

OPEN_END_YEAR = 9999
DAY_OF_YEAR = re.compile(r"\d\d-\d\d")  # as kept: month, day


@dataclass(frozen=True)
class Editor:
    """How a key is edited. ``kind``: flag | choice | many | table | number | date | codes | numbers | text.

    ``choices`` are the words of its codes, or of the rows of a table.
    """

    key: str
    kind: str
    choices: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    default: Any = None

    def words(self, value: Any) -> str:
        """A plain JSON value as a person reads it."""
        if value is None or value == "":
            return _("không có")
        if self.kind == "flag":
            return _("Có") if value else _("Không")
        if self.kind == "date":
            return _day_words(value)
        if isinstance(value, Mapping):
            return "; ".join(f"{_(self.choices.get(key, key))}: {_number(one)}" for key, one in value.items())
        if isinstance(value, list | tuple):
            return ", ".join(str(_(self.choices[one])) if one in self.choices else str(one) for one in value) or _(
                "không có"
            )
        if isinstance(value, int | Decimal) or self.kind == "number":
            return f"{_number(value)}{'' if self.unit == '%' else ' '}{self.unit}".strip()
        if value in self.choices:
            return str(_(self.choices[value]))
        if DAY_OF_YEAR.fullmatch(str(value)):
            month, day = str(value).split("-")
            return f"{day}/{month}"
        return sheets()[value].title if value in sheets() else str(value)

    def allowed(self) -> str:
        """What may be entered, in words."""
        told = {
            "flag": _("Có hoặc Không"),
            "number": _("Số từ 0 trở lên"),
            "date": _("Ngày dd/mm/yyyy"),
            "codes": _("Danh sách mã đơn vị"),
            "numbers": _("Danh sách số ngày"),
            "text": _("Ghi theo đúng dạng của giá trị mặc định"),
        }
        if self.kind == "table":
            return _("Một số cho từng mục: %(rows)s", rows=", ".join(str(_(word)) for word in self.choices.values()))
        if self.choices:
            joined = "; ".join(str(_(word)) for word in self.choices.values())
            return (
                _("Một hoặc nhiều trong: %(words)s", words=joined)
                if self.kind == "many"
                else _("Một trong: %(words)s", words=joined)
            )
        if self.kind == "text" and DAY_OF_YEAR.fullmatch(str(self.default)):
            return _("Ghi tháng rồi ngày: 12-15 là ngày 15/12")
        if self.kind == "text" and self.default in sheets():
            return _("Mã của phiếu, ví dụ %(code)s; xem ở trang Phiếu chấm điểm", code=self.default)
        return told[self.kind]

    def typed(self, value: Any) -> dict[str, str]:
        """The fields of the form for a value: ``value`` or ``value.<key>``."""
        if self.kind == "table":
            return {f"value.{key}": _number(one) for key, one in (value or {}).items()}
        if self.kind == "many":
            return {f"value.{code}": "1" for code in value or ()}
        if self.kind == "flag":
            return {"value": "1" if value else "0"}
        if self.kind == "date":
            return {"value": "" if _is_open(value) else _day_words(value)}
        if self.kind in ("codes", "numbers"):
            return {"value": ", ".join(str(one) for one in value or ())}
        return {"value": _number(value) if self.kind == "number" else str(value)}

    def read(self, form: Mapping[str, str]) -> Any:
        """Plain JSON out of the fields. Raises ``ValueError`` in Vietnamese naming what was typed."""
        if self.kind == "table":
            return {
                key: _whole_or_decimal(form.get(f"value.{key}", ""), str(_(word))) for key, word in self.choices.items()
            }
        if self.kind == "many":
            return [code for code in self.choices if form.get(f"value.{code}")]
        raw = form.get("value", "").strip()
        if self.kind == "flag":
            if raw not in ("0", "1"):
                raise ValueError(_("Hãy chọn Có hoặc Không."))
            return raw == "1"
        if self.kind == "number":
            return _whole_or_decimal(raw, "")
        if self.kind == "date":
            try:
                return parse_full_date(raw).isoformat() if raw else None
            except DateFormatError as error:
                raise ValueError(str(error)) from error
        if self.kind in ("codes", "numbers"):
            parts = [part.strip() for part in raw.replace("\n", ",").replace(";", ",").split(",") if part.strip()]
            return [_whole_or_decimal(part, "") for part in parts] if self.kind == "numbers" else parts
        if not raw:
            raise ValueError(_("Hãy nhập giá trị."))
        return raw


def editor_of(key: str, day: date | None = None) -> Editor | None:
    """How ``key`` is edited; ``None`` for a key there is not."""
    if key.startswith(PROCEDURE):
        return _procedure_editor(key)
    version = default_configuration(day or clock.today()).values.get(key)
    return None if version is None else _editor(version)


def _editor(version: Version) -> Editor:
    value: Any = version.value
    options: dict[str, str] = dict(version.options or {})
    unit = version.unit or ""
    plain = jsonable(value)
    if isinstance(value, bool):
        return Editor(version.name, "flag", {}, "", plain)
    if isinstance(value, Mapping):
        return Editor(version.name, "table", {str(key): options.get(str(key), str(key)) for key in value}, unit, plain)
    if isinstance(value, tuple):
        return Editor(version.name, "many" if options else "codes", options, unit, plain)
    if isinstance(value, date):
        return Editor(version.name, "date", {}, "", plain)
    if isinstance(value, int | Decimal):
        return Editor(version.name, "number", {}, unit, plain)
    return Editor(version.name, "choice" if options else "text", options, unit, plain)


def _procedure_editor(key: str) -> Editor | None:
    found = procedure_defaults().get(key)
    if found is None:
        return None
    if found.kind == "periods":
        return Editor(key, "many", PERIOD_KINDS, "", found.value)
    if found.kind == "choice":
        return Editor(key, "choice", found.options, "", found.value)
    if found.kind in ("days_by_step", "days_by_period"):
        return Editor(key, "table", STEPS if found.kind == "days_by_step" else PERIOD_KINDS, _("ngày"), found.value)
    return Editor(key, "numbers" if found.kind == "day_list" else "codes", {}, "", found.value)


def _is_open(value: Any) -> bool:
    return value is None or str(value).startswith(str(OPEN_END_YEAR))


def _day_words(value: Any) -> str:
    if _is_open(value):
        return _("chưa có ngày")
    return format_date(value if isinstance(value, date) else date.fromisoformat(str(value)))


def _number(value: Any) -> str:
    try:
        return format_decimal(Decimal(str(value)))
    except (ArithmeticError, ValueError):
        return str(value)


def _whole_or_decimal(raw: str, label: str) -> int | str:
    """A whole number, or an exact decimal as text: JSON has no exact decimals."""
    before = f"{label}: " if label else ""
    if not raw.strip():
        raise ValueError(_("Chưa nhập “%(label)s”.", label=label) if label else _("Hãy nhập một số."))
    try:
        negative = raw.strip().startswith("-")
        number = parse_decimal(raw.strip().removeprefix("-"))
    except (NumberFormatError, ValueError) as error:
        raise ValueError(f"{before}{error}") from error
    number = -number if negative else number
    return int(number) if number == number.to_integral_value() else str(number)
