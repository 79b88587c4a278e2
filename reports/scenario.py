"""Scenarios on paper and as spreadsheets: the sums of one, and two side by side. No names: sums only (DP-09)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from hrms.kernel.text import amount_in_words, format_date
from models.scenario import Scenario
from policies.labels import BENEFIT_LABELS, DECREE_LABELS, REFUSAL_LABELS
from reports import pdf
from reports.batch_file import source_heading
from reports.batch_lists import ROOM, Prepared
from reports.tables import Column, Section, Table, page_table
from reports.xlsx import Book, Headings

TITLE = "KẾT QUẢ KỊCH BẢN SẮP XẾP, TINH GIẢN BIÊN CHẾ"
COMPARISON_TITLE = "SO SÁNH HAI KỊCH BẢN"
PEOPLE_TITLE = "NGƯỜI CÓ MỨC HƯỞNG THAY ĐỔI GIỮA HAI KỊCH BẢN"


class Line(Protocol):
    """One line of a comparison."""

    @property
    def label(self) -> str: ...
    @property
    def before(self) -> int: ...
    @property
    def after(self) -> int: ...
    @property
    def people_before(self) -> int: ...
    @property
    def people_after(self) -> int: ...
    @property
    def difference(self) -> int: ...


@dataclass(frozen=True)
class Part:
    """One table with its heading and the name of its sheet."""

    name: str
    title: str
    table: Table
    unit_note: str = "Đơn vị tính: đồng"


def decree_words(decree: str, benefit: str) -> str:
    """``Nghỉ hưu trước tuổi (NĐ 178/2024/NĐ-CP …)``."""
    return f"{BENEFIT_LABELS.get(benefit, benefit)} ({DECREE_LABELS.get(decree, decree)})"


def month_words(iso: str) -> str:
    return format_date(date.fromisoformat(iso))


def in_service(row: Sequence[Any]) -> int:
    """People in service of a line by unit; answers kept before that was counted know those asked about alone."""
    return int(row[5] if len(row) > 5 else row[2])


def source_words(code: str) -> str:
    """The purse; the open one says whose it is: the records do not tell whom the budget pays there."""
    return source_heading(code) if code else "Chưa xác định nguồn (đơn vị tự bảo đảm một phần chi thường xuyên)"


def _cell(position: int) -> Callable[[list[Any]], Any]:
    return lambda row: row[position]


def _number(key: str, title: str, position: int, *, total: bool = True) -> Column:
    return Column(key, title, _cell(position), "integer", mm=26, chars=14, total=total)


def _money(key: str, title: str, position: int, *, total: bool = True) -> Column:
    return Column(key, title, _cell(position), "money", mm=44, chars=22, total=total)


def _first(title: str, words: Callable[[list[Any]], str]) -> list[Column]:
    return [
        Column("tt", "TT", lambda _row: None, "mark", mm=12, chars=6),
        Column("what", title, words, mm=110, chars=60),
    ]


def _table(columns: Sequence[Column], rows: Sequence[Any], words: str = "") -> Table:
    return Table(columns, [Section("", rows)], words)


def parts_of(scenario: Scenario) -> list[Part]:
    """The tables of a computed scenario, empty ones left out."""
    found: dict[str, Any] = scenario.summary
    words = f"(Số tiền bằng chữ: {amount_in_words(found['total'])})"
    amount = [_number("people", "Số người", -2), _money("total", "Kinh phí", -1)]
    units = [
        Column("present", "Đang làm việc", in_service, "integer", mm=26, chars=14, total=True),
        _number("asked", "Số người xem xét", 2),
        _number("leaving", "Đủ điều kiện nghỉ", 3),
        Column("staying", "Còn lại", lambda row: in_service(row) - row[3], "integer", mm=26, chars=14, total=True),
        _money("total", "Kinh phí", 4),
    ]
    parts = [
        Part("Theo đơn vị", "Theo cơ quan, đơn vị",
             _table([*_first("Cơ quan, đơn vị", _cell(1)), *units], found["by_unit"], words)),
        Part("Theo tháng nghỉ", "Theo tháng nghỉ",
             _table([*_first("Nghỉ từ ngày", lambda r: month_words(r[0])), *amount], found["by_month"])),
        Part("Theo văn bản", "Theo chính sách và văn bản",
             _table([*_first("Chính sách", lambda r: decree_words(r[0], r[1])), *amount], found["by_decree"])),
        Part("Theo nguồn", "Theo nguồn kinh phí",
             _table([*_first("Nguồn kinh phí", lambda r: source_words(r[0])), *amount], found["by_source"])),
        Part("Đường chi theo tháng", "Nếu tất cả cùng nghỉ từ một ngày",
             _table([*_first("Nghỉ từ ngày", lambda r: month_words(r[0])),
                     _number("people", "Số người", 1, total=False), _money("total", "Kinh phí", 2, total=False)],
                    found["curve"])),
        Part("Không đủ điều kiện", "Người không đủ điều kiện, theo lý do đầu tiên",
             _table([*_first("Lý do", lambda r: REFUSAL_LABELS.get(r[0], r[0])), _number("people", "Số người", 1)],
                    found["by_reason"]), ""),
    ]  # fmt: skip
    return [part for part in parts if part.table.rows]


def comparison_parts(tables: Sequence[tuple[str, str, Sequence[Line]]], first: str, second: str) -> list[Part]:
    """``tables``: title, heading of the first column, lines with their labels in words."""

    def people(key: str, title: str, value: Callable[[Line], int]) -> Column:
        return Column(key, "Số người", value, "integer", title, mm=20, chars=12, total=True)

    def money(key: str, title: str, value: Callable[[Line], int]) -> Column:
        return Column(key, "Kinh phí", value, "money", title, mm=40, chars=22, total=True)

    found = []
    for title, heading, lines in tables:
        columns = [
            Column("tt", "TT", lambda _row: None, "mark", mm=10, chars=6),
            Column("what", heading, lambda row: row.label, mm=80, chars=52),
            people("people_before", first, lambda row: row.people_before),
            money("before", first, lambda row: row.before),
            people("people_after", second, lambda row: row.people_after),
            money("after", second, lambda row: row.after),
            Column("difference", "Chênh lệch", lambda row: row.difference, "money", mm=40, chars=22, total=True),
        ]
        if lines:
            found.append(Part(title, title, _table(columns, lines)))
    return found


def paper(title: str, subtitle: str, parts: Sequence[Part], notes: Sequence[str]) -> pdf.Paper:
    """Every table as a landscape list with its own heading; what was asked stands under the first."""
    papers = []
    for position, part in enumerate(parts):
        context = {
            "draft": False,
            "page_class": "landscape",
            "annex": title if position == 0 else "",
            "title": part.title,
            "subtitle": subtitle,
            "with_paper": "",
            "unit_note": part.unit_note,
            "table": page_table(part.table, points=11, room=ROOM["A4"]),
            "wide": False,
            "hands": [],
            "notes": list(notes) if position == 0 else [],
        }
        papers.append(pdf.render("list.html", context, title=part.title))
    return pdf.bind(papers, title=title)


def workbook(title: str, subtitle: str, parts: Sequence[Part], notes: Sequence[str], prepared: Prepared) -> bytes:
    """Every table on a sheet of its own, sums as formulas."""
    book = Book(title=title, author=prepared.by, created=prepared.moment)
    for position, part in enumerate(parts):
        table = part.table
        if position == 0:
            table = Table(table.columns, table.sections, table.words, tuple(notes))
        headings = Headings(
            title, subtitle=f"{subtitle} – {part.title}", unit_note=part.unit_note, prepared=prepared.line
        )
        book.add(part.name, table, headings)
    return book.finish()


class PersonLine(Protocol):
    """One person under two scenarios."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def decree_before(self) -> str: ...
    @property
    def benefit_before(self) -> str: ...
    @property
    def before(self) -> int: ...
    @property
    def decree_after(self) -> str: ...
    @property
    def benefit_after(self) -> str: ...
    @property
    def after(self) -> int: ...
    @property
    def difference(self) -> int: ...


def people_parts(rows: Sequence[PersonLine], first: str, second: str) -> list[Part]:
    """Who gains and who loses from the first scenario to the second, one sheet each."""

    def policy(decree: str, benefit: str) -> str:
        return decree_words(decree, benefit) if decree else "Không đủ điều kiện"

    columns = [
        Column("tt", "TT", lambda _row: None, "mark", mm=10, chars=6),
        Column("code", "Số hiệu", lambda row: row.code, "code", mm=24, chars=14),
        Column("name", "Họ và tên", lambda row: row.name, mm=44, chars=28),
        Column("unit", "Đơn vị", lambda row: row.unit, mm=60, chars=40),
        Column("policy_before", "Chính sách", lambda row: policy(row.decree_before, row.benefit_before), "text", first,
               mm=50, chars=36),
        Column("before", "Số tiền", lambda row: row.before, "money", first, mm=34, chars=18, total=True),
        Column("policy_after", "Chính sách", lambda row: policy(row.decree_after, row.benefit_after), "text", second,
               mm=50, chars=36),
        Column("after", "Số tiền", lambda row: row.after, "money", second, mm=34, chars=18, total=True),
        Column("difference", "Chênh lệch", lambda row: row.difference, "money", mm=34, chars=18, total=True),
    ]  # fmt: skip
    gained = [row for row in rows if row.difference > 0]
    lost = [row for row in reversed(rows) if row.difference < 0]
    parts = [
        Part("Được hưởng cao hơn", "Người được hưởng cao hơn", _table(columns, gained)),
        Part("Được hưởng thấp hơn", "Người được hưởng thấp hơn", _table(columns, lost)),
    ]
    return [part for part in parts if part.table.rows] or parts[:1]
