"""Lists of a unit: the published one (level only), the one with points, the consolidated tables; PDF and XLSX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from models.evaluation import EvaluationCycle, PersonEvaluation, UnitEvaluation
from models.organization import OrgUnit
from models.staff import Person
from policies.evaluation import level_label, reason_text
from reports import pdf
from reports.batch_lists import Prepared
from reports.evaluation.figures import Ceiling, Line, ceilings, lines_of
from reports.evaluation.files import LEVELS, PUBLIC, SETTLED, Files, own_person_id, refused
from reports.letter import Body, Hand, body_of, issuing_unit
from reports.tables import Column, Section, Table, page_table
from reports.xlsx import Book, Headings

HANDS = (Hand("NGƯỜI LẬP"), Hand("THỦ TRƯỞNG ĐƠN VỊ", "", "Ký, ghi rõ họ tên, đóng dấu"))
ROOM, POINTS = 262.0, 10.5


@dataclass(frozen=True)
class ListRow:
    """A row of a list."""

    name: str
    title: str
    unit: str
    score_self: Decimal | None
    score_unit: Decimal | None
    score: Decimal | None
    level_self: str
    level: str
    note: str


def _title(cycle: EvaluationCycle) -> str:
    return Files().cycle(cycle).period_in_text


def _rows(cycle: EvaluationCycle, unit: OrgUnit, states: Sequence[str] = (), *, scoped: bool = True) -> list[Any]:
    sheet = PersonEvaluation
    query = (
        select(sheet, Person.full_name, OrgUnit.name)
        .join(Person, Person.id == sheet.person_id)
        .join(OrgUnit, OrgUnit.id == sheet.unit_id)
        .where(sheet.cycle_id == cycle.id, sheet.state != "removed")
        .order_by(OrgUnit.path, sheet.sort_key, sheet.id)
    )
    if scoped:
        query = access.restrict(query.where(OrgUnit.path.startswith(unit.path, autoescape=True)), sheet, "print")
    else:
        query = query.where(sheet.agency_id == unit.id)
    if states:
        query = query.where(sheet.state.in_(states))
    return list(db.session.execute(query))


def published_rows(cycle: EvaluationCycle, unit: OrgUnit) -> list[ListRow]:
    """Name, post, unit and level of published results; for those in scope and for the agency's own people.

    Raises :class:`NotFound` for anybody else.
    """
    mine = own_person_id()
    scoped = access.in_scope(unit.id, "evaluation", "print")
    if not scoped:
        sheet = PersonEvaluation
        own = select(sheet.id).where(sheet.cycle_id == cycle.id, sheet.agency_id == unit.id, sheet.person_id == mine)
        if mine is None or db.session.scalar(own.limit(1)) is None:
            raise NotFound()
    rows = [row for row in _rows(cycle, unit, PUBLIC, scoped=scoped) if row[0].published_at is not None]
    return [ListRow(name, sheet.title, place, None, None, None, "", level_label(sheet.level), "")
            for sheet, name, place in rows]  # fmt: skip


def result_rows(cycle: EvaluationCycle, unit: OrgUnit) -> list[ListRow]:
    """Everybody in the unit, with points; own rows before the notice stay blank of what others wrote."""
    mine = own_person_id()
    found = []
    for sheet, name, place in _rows(cycle, unit):
        hidden = sheet.person_id == mine and sheet.state not in SETTLED[1:]
        settled = sheet.state in SETTLED and not hidden
        note = reason_text(sheet.exit_code) if sheet.exit_code and sheet.state not in SETTLED else ""
        if settled and "QUOTA_DEMOTED" in (sheet.reasons or ()):
            note = "Điều chỉnh theo tỷ lệ"
        elif settled and sheet.level_reason:
            note = sheet.level_reason
        found.append(
            ListRow(name, sheet.title, place, sheet.score_self, None if hidden else sheet.score_unit,
                    sheet.score if settled else None, sheet.level_self, sheet.level if settled else "", note)
        )  # fmt: skip
    return found


def _people(rows: Sequence[ListRow]) -> list[Section]:
    grouped: dict[str, list[ListRow]] = {}
    for row in rows:
        grouped.setdefault(row.unit, []).append(row)
    return [Section(name, people) for name, people in grouped.items()]


def _tt() -> Column:
    return Column("tt", "TT", lambda _row: None, "integer", mm=9, chars=5)


PUBLISHED = (
    _tt(),
    Column("name", "Họ và tên", lambda row: row.name, mm=60, chars=28),
    Column("title", "Chức vụ, chức danh", lambda row: row.title, mm=80, chars=34),
    Column("level", "Mức xếp loại", lambda row: row.level, mm=80, chars=32),
)
RESULTS = (
    _tt(),
    Column("name", "Họ và tên", lambda row: row.name, mm=45, chars=26),
    Column("title", "Chức vụ, chức danh", lambda row: row.title, mm=52, chars=30),
    Column("score_self", "Tự chấm", lambda row: row.score_self, "decimal", group="Điểm", mm=17, chars=9),
    Column("score_unit", "Đơn vị", lambda row: row.score_unit, "decimal", group="Điểm", mm=17, chars=9),
    Column("score", "Quyết định", lambda row: row.score, "decimal", group="Điểm", mm=17, chars=10),
    Column("level_self", "Tự xếp", lambda row: row.level_self, "code", group="Mức", mm=17, chars=9),
    Column("level", "Quyết định", lambda row: row.level, "code", group="Mức", mm=20, chars=10),
    Column("note", "Ghi chú", lambda row: row.note, mm=60, chars=36),
)


def _count(code: str) -> Callable[[Any], int]:
    return lambda row: int(row.count(code))


def _share(code: str) -> Callable[[Any], Any]:
    return lambda row: row.share(code)


def _level_columns() -> list[Column]:
    columns: list[Column] = []
    names = {"HTXS": "Xuất sắc", "HTT": "Tốt", "HT": "Hoàn thành", "KHT": "Không hoàn thành"}
    for code in LEVELS:
        group = names[code]
        columns.append(Column(code, "Số", _count(code), "integer", group=group, mm=13, chars=7, total=True))
        columns.append(Column(f"{code}_share", "%", _share(code), "percent", group=group, mm=13, chars=7))
    return columns


SUMMARY = (
    _tt(),
    Column("name", "Đối tượng", lambda row: row.label, mm=70, chars=40),
    Column("total", "Tổng số", lambda row: row.total, "integer", mm=15, chars=8, total=True),
    Column("rated", "Đã xếp loại", lambda row: row.rated, "integer", mm=15, chars=8, total=True),
    *_level_columns(),
    Column("not_rated", "Không xếp loại", lambda row: row.not_rated, "integer", mm=16, chars=9, total=True),
    Column("waiting", "Chưa có kết quả", lambda row: row.waiting, "integer", mm=16, chars=9, total=True),
)
CEILINGS = (
    _tt(),
    Column("name", "Nhóm nhiệm vụ tương đồng", lambda row: row.name, mm=70, chars=36),
    Column("people", "Số người", lambda row: row.people, "integer", mm=16, chars=8),
    Column("candidates", "Ứng viên xuất sắc", lambda row: row.candidates, "integer", mm=20, chars=10),
    Column("htt_other", "Hoàn thành tốt", lambda row: row.htt_other, "integer", mm=20, chars=10),
    Column("base", "Số làm căn cứ", lambda row: row.base, "integer", mm=16, chars=8),
    Column("percent", "Tỷ lệ", lambda row: row.percent, "code", mm=16, chars=8),
    Column("limit", "Trần", lambda row: row.limit, "integer", mm=16, chars=8),
    Column("recognised", "Được công nhận", lambda row: row.recognised, "integer", mm=22, chars=10),
    Column("demoted", "Xuống hoàn thành tốt", lambda row: row.demoted, "integer", mm=24, chars=12),
    Column("check", "Kiểm tra", lambda row: f"Vượt {row.over}" if row.over else "Trong trần", mm=24, chars=12),
)


def _by_agency(rows: Sequence[Any]) -> list[Section]:
    grouped: dict[str, list[Any]] = {}
    for row in rows:
        grouped.setdefault(row.agency, []).append(row)
    return [Section(name, found) for name, found in grouped.items()]


@dataclass(frozen=True)
class UnitLevel:
    """A collective in the table of collectives."""

    agency: str
    name: str
    measures: dict[str, Any]
    score: Decimal | None
    level: str
    code: str


def _measure(key: str) -> Any:
    return lambda row: Decimal(str(row.measures[key])) if key in row.measures else None


COLLECTIVES = (
    _tt(),
    Column("name", "Tập thể", lambda row: row.name, mm=90, chars=44),
    Column("score", "Điểm", lambda row: row.score, "decimal", mm=18, chars=9),
    Column("done", "Hoàn thành (%)", _measure("done_percent"), "percent", mm=22, chars=11),
    Column("on_time", "Đúng hạn (%)", _measure("on_time_percent"), "percent", mm=22, chars=11),
    Column("over", "Vượt mức (%)", _measure("over_percent"), "percent", mm=22, chars=11),
    Column("level", "Mức", lambda row: row.level, mm=55, chars=30),
)


def collective_rows(cycle: EvaluationCycle, unit: OrgUnit) -> list[UnitLevel]:
    """Collectives of the unit and below it; levels once recognised."""
    query = (
        select(UnitEvaluation, OrgUnit.name)
        .join(OrgUnit, OrgUnit.id == UnitEvaluation.unit_id)
        .where(UnitEvaluation.cycle_id == cycle.id, UnitEvaluation.state != "removed",
               OrgUnit.path.startswith(unit.path, autoescape=True))
        .order_by(OrgUnit.path)
    )  # fmt: skip
    found = []
    for row, name in db.session.execute(access.restrict(query, UnitEvaluation, "print")):
        level = row.level if row.state in ("recognised", "notified") else ""
        found.append(UnitLevel("", name, row.measures or {}, row.score, level_label(level) if level else "", level))
    return found


def _page(table: Table, title: str, subtitle: str, body: Body, *, annex: str = "", notes: Sequence[str] = ()) -> Any:
    context = {
        "draft": False, "page_class": "landscape", "annex": annex or body.paper_name, "title": title, "with_paper": "",
        "subtitle": subtitle, "unit_note": "", "table": page_table(table, points=POINTS, room=ROOM), "wide": True,
        "hands": HANDS, "notes": list(notes),
    }  # fmt: skip
    return pdf.render("list.html", context, title=title)


def _headings(title: str, subtitle: str, body: Body, prepared: Prepared) -> Headings:
    issuer = [line for line in (body.superior, body.paper_name) if line]
    return Headings(title, subtitle=subtitle, issuer=issuer, unit_note="", prepared=prepared.line)


@dataclass
class Listing:
    """A list with several tables, as pages or as a workbook. ``rows`` counts people or lines, for the log."""

    body: Body
    tables: list[tuple[str, str, Table]]  # name of the worksheet, title, table
    subtitle: str
    rows: int
    notes: tuple[str, ...] = ()

    def pdf(self) -> pdf.Paper:
        papers = [_page(table, title, self.subtitle, self.body, notes=self.notes if number == len(self.tables) else ())
                  for number, (_name, title, table) in enumerate(self.tables, start=1)]  # fmt: skip
        return papers[0] if len(papers) == 1 else pdf.bind(papers, title=self.tables[0][1])

    def xlsx(self, prepared: Prepared) -> bytes:
        book = Book(title=self.tables[0][1], author=prepared.by, created=prepared.moment)
        for name, title, table in self.tables:
            book.add(name, table, _headings(title, self.subtitle, self.body, prepared), HANDS)
        return book.finish()


def _body(unit: OrgUnit) -> Body:
    return body_of(issuing_unit(unit))


def published_list(cycle: EvaluationCycle, unit: OrgUnit) -> Listing:
    """The list on the notice board: level only."""
    rows = published_rows(cycle, unit)
    if not rows:
        raise refused("unit", _("Đơn vị chưa có kết quả nào được công khai trong kỳ này."), "nothing_public")
    title = f"DANH SÁCH KẾT QUẢ XẾP LOẠI CHẤT LƯỢNG {_title(cycle).upper()}"
    return Listing(_body(unit), [("Công khai", title, Table(PUBLISHED, _people(rows)))], unit.name, len(rows))


def result_list(cycle: EvaluationCycle, unit: OrgUnit) -> Listing:
    """Everybody with points and levels, for those in charge."""
    rows = result_rows(cycle, unit)
    if not rows:
        raise refused("unit", _("Đơn vị không có ai trong kỳ đánh giá này."), "empty")
    title = f"DANH SÁCH ĐÁNH GIÁ, XẾP LOẠI CHẤT LƯỢNG {_title(cycle).upper()}"
    notes = ("HTXS: hoàn thành xuất sắc; HTT: hoàn thành tốt; HT: hoàn thành; KHT: không hoàn thành nhiệm vụ.",)
    return Listing(_body(unit), [("Danh sách", title, Table(RESULTS, _people(rows)))], unit.name, len(rows), notes)


def summary(cycle: EvaluationCycle, unit: OrgUnit) -> Listing:
    """Results by agency and class with ratios, the test of the ceiling by group, the collectives."""
    lines: list[Line] = lines_of(cycle, unit)
    if not lines:
        raise refused("unit", _("Đơn vị không có ai trong kỳ đánh giá này."), "empty")
    limits: list[Ceiling] = ceilings(cycle, unit, Files().cycle(cycle).configuration())
    units = collective_rows(cycle, unit)
    period = _title(cycle).upper()
    tables = [
        ("Cá nhân", f"TỔNG HỢP KẾT QUẢ XẾP LOẠI CÁ NHÂN {period}", Table(SUMMARY, _by_agency(lines))),
        ("Tỷ lệ xuất sắc", f"KIỂM TRA TỶ LỆ HOÀN THÀNH XUẤT SẮC NHIỆM VỤ {period}",
         Table(CEILINGS, _by_agency(limits))),
    ]  # fmt: skip
    if units:
        title = f"KẾT QUẢ XẾP LOẠI TẬP THỂ {period}"
        tables.append(("Tập thể", title, Table(COLLECTIVES, [Section("", units)])))
    over = sum(1 for one in limits if one.over)
    total, rated = sum(line.total for line in lines), sum(line.rated for line in lines)
    notes = (
        f"Tổng số {total} người, đã xếp loại {rated}; "
        + (f"{over} nhóm vượt trần tỷ lệ." if over else "không có nhóm vượt trần tỷ lệ."),
    )
    return Listing(_body(unit), tables, unit.name, total, notes)
