"""The rows of a person as spans of time, and where a new one fits among them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import inspect, select

from hrms.commands.staff.counting import last_day, month_index
from hrms.commands.timeline import Placement, Span, decision_text, place
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date, format_decimal, format_money, months_to_words, normalize
from models.organization import OrgUnit
from models.staff import Appointment, InsurancePeriod, SalaryRow

_OWN = {"id", "person_id", "created_at", "created_by", "updated_at", "updated_by", "version"}


def columns(model: type[Any]) -> list[str]:
    """The columns of a row that carry its content."""
    return [column.key for column in inspect(model).column_attrs if column.key not in _OWN]


def columns_of(source: Any, model: type[Any]) -> dict[str, Any]:
    """The content columns of ``model`` taken from a command or a row; texts in one form."""
    return {
        name: normalize(value) if isinstance(value := getattr(source, name), str) else value
        for name in columns(model)
        if hasattr(source, name)
    }


def appointment_span(values: dict[str, Any], key: int | None = None, unit_name: str = "") -> Span:
    label = ", ".join(part for part in (values["title"], unit_name) if part)
    decision = decision_text(values["decision_number"], values["decision_date"])
    return Span(values["valid_from"], values["valid_to"], label, decision, key)


def salary_span(values: dict[str, Any], key: int | None = None) -> Span:
    if values["coefficient"] is not None:
        label = _("hệ số %(value)s", value=format_decimal(values["coefficient"]))
        if values["grade_code"]:
            label = f"{values['grade_code']}, {label}"
    else:
        label = format_money(values["agreed_amount"] or 0)
    decision = decision_text(values["decision_number"], values["decision_date"])
    return Span(values["valid_from"], values["valid_to"], label, decision, key)


def appointment_place(
    person_id: int, values: dict[str, Any], close_previous: bool, gap_reason: str, key: int | None = None
) -> Placement:
    """One main post and one secondment at a time; the same concurrent post is not held twice."""
    query = (
        select(Appointment, OrgUnit.name)
        .join(OrgUnit, OrgUnit.id == Appointment.unit_id)
        .where(Appointment.person_id == person_id, Appointment.kind == values["kind"])
    )
    if values["kind"] == "concurrent":
        query = query.where(Appointment.unit_id == values["unit_id"], Appointment.title == values["title"])
    stored = [appointment_span(columns_of(row, Appointment), row.id, name) for row, name in db.session.execute(query)]
    names = {"main": _("Vị trí chính"), "concurrent": _("Vị trí kiêm nhiệm"), "secondment": _("Biệt phái")}
    return place(
        appointment_span(values, key),
        stored,
        what=names.get(values["kind"], _("Vị trí")),
        close_previous=close_previous,
        gap_reason=gap_reason,
        gaps_matter=values["kind"] == "main",
    )


def salary_place(
    person_id: int, values: dict[str, Any], close_previous: bool, gap_reason: str, key: int | None = None
) -> Placement:
    """One salary at a time, without gaps."""
    rows = db.session.scalars(select(SalaryRow).where(SalaryRow.person_id == person_id))
    stored = [salary_span(columns_of(row, SalaryRow), row.id) for row in rows]
    return place(
        salary_span(values, key), stored, what=_("Hàng lương"), close_previous=close_previous, gap_reason=gap_reason
    )


def normal_period(kind: str, starts_on: date | None, ends_on: date | None) -> tuple[date | None, date | None]:
    """Periods run from the first day of a month to the last of one; an opening keeps the day it was confirmed on."""
    if kind != "period":
        return None, ends_on
    start = starts_on.replace(day=1) if starts_on else None
    return start, last_day(month_index(ends_on)) if ends_on else None


def period_span(values: dict[str, Any], key: int | None = None) -> Span:
    return Span(values["starts_on"], values["ends_on"], values["employer"], values["document"], key)


def insurance_place(person_id: int, values: dict[str, Any], close_previous: bool, key: int | None = None) -> Placement:
    """No month in two periods; not twice the same part of a total confirmed on one day. Gaps are as life was."""
    rows = list(db.session.scalars(select(InsurancePeriod).where(InsurancePeriod.person_id == person_id)))
    if values["kind"] == "opening":
        return Placement(faults=list(_same_opening(rows, values, key)))
    stored = [
        period_span(columns_of(row, InsurancePeriod), row.id)
        for row in rows
        if row.kind == "period" and row.starts_on is not None
    ]
    return place(
        period_span(values, key),
        stored,
        what=_("Giai đoạn đóng BHXH"),
        field_name="starts_on",
        close_previous=close_previous,
        gaps_matter=False,
    )


def _same_opening(rows: Iterable[InsurancePeriod], values: dict[str, Any], key: int | None) -> Iterable[Fault]:
    parts = ("in_public_body", "hazardous", "special_area", "paid_out", "ends_on")
    for row in rows:
        if row.kind == "opening" and row.id != key and all(getattr(row, name) == values[name] for name in parts):
            yield Fault(
                "ends_on",
                _(
                    "Đã có tổng %(months)s xác nhận đến ngày %(day)s cho cùng loại thời gian. Hãy sửa dòng đó.",
                    months=months_to_words(row.months or 0),
                    day=format_date(row.ends_on) if row.ends_on else "",
                ),
                code="overlap",
            )


def apply(placement: Placement, model: type[Any]) -> None:
    """Shorten the row that a new one replaces, and store what remains of it behind the new one."""
    start, end = ("starts_on", "ends_on") if model is InsurancePeriod else ("valid_from", "valid_to")
    kept = {key: db.session.get(model, key) for key in {*placement.shorten, *(row[0] for row in placement.remainders)}}
    for key, first, last in placement.remainders:
        row = kept[key]
        assert row is not None
        values = columns_of(row, model) | {start: first, end: last}
        db.session.add(model(person_id=row.person_id, **values))
    for key, last in placement.shorten.items():
        setattr(kept[key], end, last)
    db.session.flush()
