"""The parameters of a report as fields of a page, and the form under which a report is signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.kernel import clock
from hrms.kernel.text import format_date
from reports.framework import Asked, Definition
from reports.framework.parameters import Period, recent_periods
from views.fields import DateField, Form, TextField, required


@dataclass
class ParameterField:
    """One parameter on the page: what was typed or chosen, the choices, its faults."""

    name: str
    label: str
    kind: str
    value: str
    text: str = ""  # of a unit: its name
    groups: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    url: str = ""
    hint: str = ""
    errors: list[str] = field(default_factory=list)


def fields_of(definition: Definition, asked: Asked | None, faults: dict[str, list[str]]) -> list[ParameterField]:
    """The parameters with their values: of the report that was made, or as they were typed when it could not be."""
    found = []
    for parameter in definition.parameters:
        value: Any = asked.values.get(parameter.name) if asked is not None else None
        typed = request.args.get(parameter.name, "")
        shown = parameter.plain(value) if asked is not None else typed
        one = ParameterField(parameter.name, _(parameter.label), parameter.kind, shown, hint=parameter.hint,
                             errors=faults.get(parameter.name, []))  # fmt: skip
        if parameter.kind == "unit":
            one.text = str(getattr(value, "name", "") or "")
            one.url = url_for("LookupView.units") + "?q="
        elif parameter.kind == "date":
            one.value = format_date(value) if value is not None else typed
        elif parameter.kind == "choice":
            one.groups = [("", [(code, _(label)) for code, label in parameter.choices.items()])]
        elif parameter.kind == "period":
            one.groups = _periods(value)
        found.append(one)
    return found


def _periods(chosen: Period | None) -> list[tuple[str, list[tuple[str, str]]]]:
    groups = [
        (_(heading), [(period.code, _upper(period.label)) for period in periods])
        for heading, periods in recent_periods(clock.today())
    ]
    if chosen is not None and chosen.code not in {code for _heading, pairs in groups for code, _label in pairs}:
        groups.insert(0, (_("Đang chọn"), [(chosen.code, _upper(chosen.label))]))
    return groups


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


class SignForm(Form):
    """What the records office and the signer give a report."""

    number = TextField(_l("Số, ký hiệu"), [required()], description=_l("Do văn thư cấp, ví dụ 125/BC-SNV."))
    issued_on = DateField(_l("Ngày ký"), [required()])
    signer_title = TextField(_l("Chức vụ người ký"), [required()])
    signer_name = TextField(_l("Họ tên người ký"), [required()])


def sign_values(asked: Asked) -> dict[str, Any]:
    """Today, and the head of the unit as its papers have it."""
    title = asked.unit.signer_title
    return {
        "issued_on": clock.today(),
        "signer_title": title.capitalize() if title.isupper() else title,
        "signer_name": asked.unit.signer_name,
    }


__all__ = ["ParameterField", "SignForm", "fields_of", "sign_values"]
