"""Panels out of the reports on cases, money, establishment and retirement."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import gettext as _

from hrms.commands.dashboards.shape import Context, Panel, Target, Tile, figure, of_report, rows_page
from hrms.commands.desk import overview
from hrms.kernel import access
from hrms.kernel.text import add_months, format_date
from models.restructuring import DownsizingCase
from reports.catalogue.restructuring import budget, payments, progress, refunds
from reports.catalogue.staff import establishment, retirement
from reports.facts.cases import CASES, IN_WORK
from reports.facts.refunds import REFUNDS
from reports.facts.retirement import RETIRING
from reports.framework import Block, Column

NOTICE_AHEAD = timedelta(days=30)
SHOWN, MOST = 8, 500  # rounds in the table, rounds looked at
SHORT, LONG = 2, 5  # years of the retirement forecast: at a glance, in its own room


def cases_by_state(context: Context) -> Panel | None:
    """Where the cases stand now, with what they cost."""
    asked = context.report("case_progress")
    if asked is None:
        return None
    block = progress.by_state(asked)
    work = sum(row["count"] for row in block.rows if row["state"] in IN_WORK)
    where = {"state__in": ",".join(IN_WORK), "opened": "1"}
    settled = sum(row["total"] for row in block.rows if row["state"] in ("decided", "paid"))
    tiles = (
        Tile(_("hồ sơ nghỉ việc đang giải quyết"), work, target=rows_page(asked, CASES.key, where)),
        Tile(_("kinh phí đã quyết định (đồng)"), settled, "money",
             rows_page(asked, CASES.key, {"state__in": "decided,paid", "opened": "1"})),
    )  # fmt: skip
    return of_report(asked, block, tiles)


def cases_by_month(context: Context) -> Panel | None:
    """Opened, decided and paid, month by month."""
    asked = context.report("case_progress")
    if asked is None:
        return None
    block = progress.by_month(asked)
    tiles = (
        Tile(_("hồ sơ quyết định trong kỳ"), block.total("decided"),
             target=rows_page(asked, CASES.key, {"decided_in__not": "", "state__in": progress.DONE})),
        Tile(_("đã chi trả trong kỳ (đồng)"), block.total("paid"), "money",
             rows_page(asked, "payments", {"paid_in__not": ""})),
    )  # fmt: skip
    return of_report(asked, block, tiles)


def cases_by_unit(context: Context) -> Panel | None:
    asked = context.report("case_progress")
    return None if asked is None else of_report(asked, progress.by_unit(asked))


def rounds_due(context: Context) -> Panel | None:
    """Rounds of cases whose deadline is near or past."""
    if not (access.may("batch", "read") and access.may("case", "read")):
        return None
    rounds = overview(limit=MOST, inside=context.asked.inside(DownsizingCase.unit_id)).rounds
    rows = [
        {"id": one.batch_id, "label": one.name, "unit": one.unit, "deadline": one.deadline, "left": one.days_left,
         "count": one.open_cases}
        for one in rounds[:SHOWN]
    ]  # fmt: skip
    columns = (
        Column("label", "Đợt", mm=50, chars=30), Column("unit", "Đơn vị", mm=50, chars=30),
        Column("deadline", "Hạn", "date", mm=20), Column("left", "Còn (ngày)", "integer", mm=16),
        Column("count", "Hồ sơ chưa xong", "integer", mm=20, opens=True),
    )  # fmt: skip
    block = Block("rounds", "Đợt giải quyết sắp đến hạn, quá hạn", columns, rows, fact="batch", by=("id",),
                  keys=("id",), empty="Không có đợt nào đến hạn trong 30 ngày tới.")  # fmt: skip
    late = sum(one.open_cases for one in rounds if one.days_left < 0)
    listed = Target("CaseView.list", {"late": 1, "unit": context.asked.unit.id})
    tiles = (Tile(_("hồ sơ thuộc đợt quá hạn"), late, alert=late > 0, target=listed),)

    def opens(where: dict[str, str]) -> Target | None:
        return Target("BatchView.show", {"batch_id": int(where["id"])}) if "id" in where else None

    return Panel(block, tiles, opens, Target("BatchView.list"), "Các đợt giải quyết")


def budget_by_source(context: Context) -> Panel | None:
    """What the policies will cost by decree and purse."""
    asked = context.report("budget_dossier")
    if asked is None:
        return None
    block = budget.by_source(asked)
    tiles = (
        figure(asked, block, "count", _("người trong dự toán")),
        figure(asked, block, "total", _("dự toán kinh phí (đồng)")),
    )
    return of_report(asked, block, tiles)


def payments_by_month(context: Context) -> Panel | None:
    asked = context.report("payments")
    if asked is None:
        return None
    block = payments.by_month(asked)
    return of_report(asked, block, (figure(asked, block, "paid", _("đã chi trả trong kỳ (đồng)")),))


def payments_by_unit(context: Context) -> Panel | None:
    """Decided, paid, still to be paid."""
    asked = context.report("payments")
    if asked is None:
        return None
    block = payments.by_unit(asked)
    left = block.total("left")
    return of_report(asked, block, (Tile(_("còn phải chi (đồng)"), left, "money", alert=left > 0),))


def refunds_owed(context: Context) -> Panel | None:
    """Money to be paid back."""
    asked = context.report("refund_register")
    if asked is None:
        return None
    block = refunds.by_kind(asked)
    owed = block.total("due_back")
    where = rows_page(asked, REFUNDS.key, {})
    found = of_report(asked, block, (Tile(_("phải thu hồi (đồng)"), owed, "money", where, alert=owed > 0),))
    found.title = REFUNDS.title
    return found


def establishment_by_kind(context: Context) -> Panel | None:
    asked = context.report("establishment")
    if asked is None:
        return None
    block = establishment.by_kind(asked)
    surplus = block.total("surplus")
    tiles = (
        figure(asked, block, "present", _("người có mặt")),
        Tile(_("biên chế chưa sử dụng"), block.total("vacant")),
        Tile(_("vượt biên chế được giao"), surplus, alert=surplus > 0),
    )
    return of_report(asked, block, tiles)


def retirement_soon(context: Context) -> Panel | None:
    """The forecast at a glance, with the notices and decisions that are due."""
    return _retirement(context, SHORT)


def retirement_long(context: Context) -> Panel | None:
    return _retirement(context, LONG)


def _retirement(context: Context, years: int) -> Panel | None:
    asked = context.report("retirement_forecast", years=years)
    if asked is None:
        return None
    block = retirement.by_year(asked)
    year = add_months(asked.on, 12).isoformat()
    until = (asked.on + NOTICE_AHEAD).isoformat()
    ahead = {"notice_on__from": asked.on.isoformat(), "notice_on__to": until}
    decisions = {"decision_on__from": asked.on.isoformat(), "decision_on__to": until}
    coming = {"pension_from__from": (asked.on + timedelta(days=1)).isoformat(), "pension_from__to": year}
    day = format_date(asked.on + NOTICE_AHEAD)
    tiles = tuple(
        Tile(label, RETIRING.number(asked, where), target=rows_page(asked, RETIRING.key, where), note=note)
        for label, where, note in (
            (_("người nghỉ hưu trong 12 tháng"), coming, ""),
            (_("thông báo nghỉ hưu phải ra"), ahead, _("đến %(day)s", day=day)),
            (_("quyết định nghỉ hưu phải ra"), decisions, _("đến %(day)s", day=day)),
        )
    )
    return of_report(asked, block, tiles)
