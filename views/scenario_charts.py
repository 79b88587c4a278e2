"""The drawings of a scenario's page: cost by month, people left month by month, headcount by unit."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from hrms.kernel.text import format_integer
from reports.scenario import in_service, month_words
from reports.scenario_charts import MILLION, Entry, bar_chart, column_chart

MOST_UNITS = 20


def charts_of(found: dict[str, Any]) -> dict[str, Any]:
    """``cost`` and ``left`` by leave month (only where people leave in more than one), ``units``: before and after."""
    charts: dict[str, Any] = dict.fromkeys(("cost", "left", "curve", "units"))
    months = [row for row in found["by_month"] if row[1]]
    if len(months) > 1:
        charts["cost"] = column_chart(
            [Entry(_month(day), total, _amount_words(day, people, total)) for day, people, total in months],
            title=_("Kinh phí theo tháng nghỉ"),
            description=_("Số liệu nằm ở bảng “Theo tháng nghỉ”."),
            ident="kinh-phi",
            unit=_("triệu đồng"),
            scale=MILLION,
        )
        charts["left"] = _people_left(sum(in_service(row) for row in found["by_unit"]), months)
    if len(found["curve"]) > 1:
        charts["curve"] = column_chart(
            [Entry(_month(day), total, _amount_words(day, people, total)) for day, people, total in found["curve"]],
            title=_("Nếu tất cả cùng nghỉ từ một ngày"),
            description=_("Số liệu nằm ở bảng ngay dưới."),
            ident="duong-chi",
            unit=_("triệu đồng"),
            scale=MILLION,
            tone=1,
        )
    units = sorted((row for row in found["by_unit"] if row[3]), key=lambda row: -row[3])[:MOST_UNITS]
    if units:
        charts["units"] = bar_chart(
            [
                Entry(
                    name,
                    present,
                    _(
                        "%(unit)s: %(people)s người đang làm việc, %(leaving)s nghỉ, còn %(left)s",
                        unit=name,
                        people=format_integer(present),
                        leaving=format_integer(leaving),
                        left=format_integer(present - leaving),
                    ),
                    present - leaving,
                )
                for name, leaving, present in ((row[1], row[3], in_service(row)) for row in units)
            ],
            title=_("Số người còn lại theo đơn vị"),
            description=_("Đơn vị có nhiều người nghỉ nhất trước; số liệu đầy đủ nằm ở bảng ngay dưới."),
            ident="bien-che",
        )
    return charts


def _people_left(people: int, months: list[Any]) -> Any:
    entries, left = [], people
    for day, leaving, _total in months:
        left -= leaving
        words = _(
            "từ %(day)s: %(n)s người nghỉ, còn %(left)s",
            day=month_words(day),
            n=format_integer(leaving),
            left=format_integer(left),
        )
        entries.append(Entry(_month(day), left, words))
    return column_chart(
        entries,
        title=_("Số người còn lại sau mỗi tháng"),
        description=_("Người đang làm việc ở các đơn vị có người được xem xét, giảm theo số người nghỉ từng tháng."),
        ident="con-lai",
        unit=_("người"),
        tone=2,
    )


def _month(iso: str) -> str:
    return f"{iso[5:7]}/{iso[:4]}"


def _amount_words(day: str, people: int, total: int) -> str:
    return _(
        "từ %(day)s: %(people)s người, %(total)s đồng",
        day=month_words(day),
        people=format_integer(people),
        total=format_integer(total),
    )
