"""Lists of a round: list with estimate (sets B, C), estimate by unit and purse (set I), the published list."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hrms.kernel.text import amount_in_words
from models.vocabulary import GROUNDS_178
from policies.labels import BENEFIT_LABELS
from reports import pdf
from reports.batch_file import BatchFile, by_source, source_heading
from reports.case_file import CaseFile
from reports.columns import list_columns
from reports.letter import list_hands
from reports.tables import Column, Section, Table, page_table, roman
from reports.wording import money
from reports.xlsx import Book, Headings

TITLES = {
    "early_retirement": "DANH SÁCH VÀ DỰ TOÁN KINH PHÍ NGHỈ HƯU TRƯỚC TUỔI",
    "severance": "DANH SÁCH VÀ DỰ TOÁN KINH PHÍ NGHỈ THÔI VIỆC",
}
OTHER_TITLE = "DANH SÁCH VÀ DỰ TOÁN KINH PHÍ THỰC HIỆN CHÍNH SÁCH, CHẾ ĐỘ KHÁC"
ESTIMATE_TITLE = "TỔNG HỢP DỰ TOÁN KINH PHÍ THEO ĐƠN VỊ VÀ NGUỒN"
PUBLISHED_TITLE = "DANH SÁCH NGƯỜI NGHỈ THEO CHÍNH SÁCH SẮP XẾP TỔ CHỨC BỘ MÁY"
SHEET_NAMES = {"early_retirement": "Nghỉ hưu trước tuổi", "severance": "Nghỉ thôi việc"}
WIDE_POINTS = {"A4": 7.6, "A3": 10.8}
ROOM = {"A4": 262.0, "A3": 385.0}  # mm between the margins of a landscape page
# The only facts a list on a notice board may carry (DP-09): no birth date, no salary, no amount, no number.
PUBLISHED = ("tt", "name", "unit", "ground")


@dataclass(frozen=True)
class Prepared:
    """Who takes the file out, when (ready-made local text) and for what; empty on a paper that is signed anyway."""

    by: str = ""
    at: str = ""
    purpose: str = ""
    moment: datetime | None = None

    @property
    def line(self) -> str:
        if not self.by:
            return ""
        purpose = f"; mục đích: {self.purpose}" if self.purpose else ""
        return f"Người xuất: {self.by}; lúc {self.at}{purpose}. Tài liệu có dữ liệu cá nhân, chỉ dùng đúng mục đích."


@dataclass(frozen=True)
class Part:
    """One annex: the list of one policy."""

    benefit: str
    title: str
    table: Table
    total: int


def parts_of(file: BatchFile, *, identity: bool = False, keys: Sequence[str] = ()) -> list[Part]:
    """One list per policy that occurs; the policies without a column set of their own share one."""
    plain = [benefit for benefit in file.benefits if benefit in TITLES]
    others = [one for one in file.files if one.benefit not in TITLES]
    groups: list[tuple[str, list[CaseFile]]] = [(benefit, file.of_benefit(benefit)) for benefit in plain]
    if others:
        groups.append(("other", others))
    parts = []
    for benefit, files in groups:
        columns = _chosen(list_columns(benefit, files, identity=identity), keys)
        sections = [Section(unit.name, rows) for unit, rows in file.sections(files)]
        total = sum(one.total for one in files)
        words = f"(Số tiền bằng chữ: {amount_in_words(total)})"
        parts.append(Part(benefit, TITLES.get(benefit, OTHER_TITLE), Table(columns, sections, words), total))
    return parts


def _chosen(columns: list[Column], keys: Sequence[str]) -> list[Column]:
    """The columns asked for; number, name, parts and sum stay: without them a row says nothing or does not add up."""
    if not keys:
        return columns
    return [c for c in columns if c.key in keys or c.key in ("tt", "name", "name_post") or c.part or c.sums]


def _round(file: BatchFile) -> str:
    return (
        f"{file.batch.name}"
        if "/" in file.batch.name
        else f"{file.batch.name} (đợt {file.batch.round} năm {file.batch.year})"
    )


def _with_paper(file: BatchFile) -> str:
    return f"Kèm theo Tờ trình số ……/TTr-{file.body.symbol} ngày …… tháng …… năm …… của {file.body.name}"


def budget_list_pdf(file: BatchFile, *, paper: str = "A4") -> pdf.Paper:
    """Every list as an annex with page numbers of its own, landscape, three signatures under each."""
    parts = parts_of(file)
    papers = []
    for position, part in enumerate(parts, start=1):
        context = {
            "draft": file.draft,
            "page_class": "a3" if paper == "A3" else "landscape",
            "annex": f"Phụ lục {roman(position)}" if len(parts) > 1 else "Phụ lục",
            "title": part.title,
            "subtitle": _round(file),
            "with_paper": _with_paper(file),
            "unit_note": "Đơn vị tính: đồng",
            "table": page_table(part.table, points=WIDE_POINTS[paper], room=ROOM[paper]),
            "wide": True,
            "hands": list_hands(file.body),
            "notes": _notes(file, last=position == len(parts)),
        }
        papers.append(pdf.render("list.html", context, title=part.title))
    title = f"Danh sách và dự toán – {file.batch.name}"
    return pdf.bind(papers, title=title)


def _notes(file: BatchFile, *, last: bool) -> list[str]:
    notes = []
    if last and len(file.benefits) > 1:
        notes.append(f"Tổng kinh phí của các Phụ lục: {money(file.total)}.")
    if last and file.skipped and file.draft:
        notes.append(
            "Chưa đưa vào danh sách vì chưa đủ điều kiện hoặc chưa tính được: " + ", ".join(file.skipped) + "."
        )
    return notes


def budget_list_xlsx(
    file: BatchFile, prepared: Prepared, *, identity: bool = False, keys: Sequence[str] = (), paper: str = "A3"
) -> bytes:
    """The same lists with numbers and formulas, and the estimate by unit and purse on a last sheet."""
    parts = parts_of(file, identity=identity, keys=keys)
    book = Book(title=f"Danh sách và dự toán – {file.batch.name}", author=prepared.by, created=prepared.moment)
    issuer = [line for line in (file.body.superior, file.body.paper_name) if line]
    links: dict[tuple[str, str], str] = {}
    for position, part in enumerate(parts, start=1):
        headings = Headings(
            part.title,
            subtitle=_round(file),
            issuer=issuer,
            annex=f"Phụ lục {roman(position)}" if len(parts) > 1 else "Phụ lục",
            prepared=prepared.line,
        )
        sheet = book.add(
            SHEET_NAMES.get(part.benefit, "Chính sách khác"), part.table, headings, list_hands(file.body), paper=paper
        )
        if part.benefit in TITLES:
            links.update(
                ((part.benefit, section.title), sheet.section_cell(section.title, "total"))
                for section in part.table.sections
            )
    headings = Headings(ESTIMATE_TITLE, subtitle=_round(file), issuer=issuer, prepared=prepared.line)
    book.add("Tổng hợp", estimate_table(file, links), headings, list_hands(file.body))
    return book.finish()


@dataclass(frozen=True)
class UnitRow:
    """One agency in the estimate; amounts in đồng."""

    unit: str
    people: int
    by_benefit: dict[str, int]
    by_source: dict[str, int]
    paid: int

    @property
    def total(self) -> int:
        return sum(self.by_benefit.values())


def unit_rows(file: BatchFile) -> list[UnitRow]:
    """Sums per agency by policy and purse; ``paid`` is what has been paid out so far."""
    rows = []
    for unit, files in file.sections():
        benefits: dict[str, int] = {}
        sources: dict[str, int] = {}
        paid = 0
        for one in files:
            benefits[one.benefit] = benefits.get(one.benefit, 0) + one.total
            for code, amount in by_source(one).items():
                sources[code] = sources.get(code, 0) + amount
            paid += _paid(one)
        rows.append(UnitRow(unit.name, len(files), benefits, sources, paid))
    return rows


def _paid(file: CaseFile) -> int:
    case = file.case
    if case.paid_on is None:
        return 0
    return case.paid_amount if case.paid_amount is not None else file.total


def estimate_table(file: BatchFile, links: Mapping[tuple[str, str], str] | None = None) -> Table:
    """Column set I: unit, people, every policy, total, every purse, paid, still to be paid.

    ``links`` maps (policy, unit) to the cell of another sheet that already holds the sum.
    """
    cells = links or {}

    def link(code: str) -> Callable[[UnitRow], str]:
        return lambda row: cells.get((code, row.unit), "")

    def benefit(code: str) -> Callable[[UnitRow], int]:
        return lambda row: row.by_benefit.get(code, 0)

    def source(code: str) -> Callable[[UnitRow], int]:
        return lambda row: row.by_source.get(code, 0)

    columns = [
        Column("tt", "TT", lambda row: None, "mark", mm=9, chars=6),
        Column("unit", "Cơ quan, đơn vị", lambda row: row.unit, mm=58, chars=40),
        Column("people", "Số người", lambda row: row.people, "integer", mm=13, chars=9, total=True),
        *(
            Column(
                f"benefit_{code}",
                BENEFIT_LABELS.get(code, code),
                benefit(code),
                "money",
                "Chính sách, chế độ",
                mm=27,
                chars=18,
                part=True,
                total=True,
                link=link(code),
            )
            for code in file.benefits
        ),
        Column("total", "Tổng kinh phí", lambda row: row.total, "money", mm=28, chars=18, sums=True, total=True),
        *(
            Column(
                f"source_{code or 'open'}",
                source_heading(code),
                source(code),
                "money",
                "Trong đó, theo nguồn",
                mm=27,
                chars=18,
                total=True,
            )
            for code in file.sources
        ),
        Column("paid", "Đã chi trả, tạm ứng", lambda row: row.paid, "money", mm=27, chars=18, total=True),
        Column(
            "left",
            "Còn phải chi",
            lambda row: row.total - row.paid,
            "money",
            mm=27,
            chars=18,
            total=True,
            minus=("total", "paid"),
        ),
    ]
    words = f"(Số tiền bằng chữ: {amount_in_words(file.total)})"
    return Table(columns, [Section("", unit_rows(file))], words)


def estimate_pdf(file: BatchFile) -> pdf.Paper:
    """The estimate by unit and purse as one landscape list."""
    context = _plain_list(file, ESTIMATE_TITLE, estimate_table(file), unit_note="Đơn vị tính: đồng")
    return pdf.render("list.html", context, title=f"Tổng hợp dự toán – {file.batch.name}")


def _plain_list(
    file: BatchFile, title: str, table: Table, *, unit_note: str = "", hands: Sequence[Any] | None = None
) -> dict[str, Any]:
    return {
        "draft": file.draft,
        "page_class": "landscape",
        "annex": "",
        "title": title,
        "subtitle": _round(file),
        "with_paper": "",
        "unit_note": unit_note,
        "table": page_table(table, points=11, room=ROOM["A4"]),
        "wide": False,
        "hands": list_hands(file.body) if hands is None else hands,
        "notes": [],
    }


def estimate_xlsx(file: BatchFile, prepared: Prepared) -> bytes:
    """The estimate alone."""
    book = Book(title=f"Tổng hợp dự toán – {file.batch.name}", author=prepared.by, created=prepared.moment)
    issuer = [line for line in (file.body.superior, file.body.paper_name) if line]
    headings = Headings(ESTIMATE_TITLE, subtitle=_round(file), issuer=issuer, prepared=prepared.line)
    book.add("Tổng hợp", estimate_table(file), headings, list_hands(file.body))
    return book.finish()


def published_table(file: BatchFile) -> Table:
    """Name, unit and ground, nothing else (DP-09)."""
    columns = [
        Column("tt", "TT", lambda one: None, "mark", mm=10, chars=6),
        Column("name", "Họ và tên", lambda one: one.name, mm=60, chars=30),
        Column("unit", "Đơn vị công tác", lambda one: one.place, mm=90, chars=46),
        Column("ground", "Diện đối tượng", _published_ground, mm=102, chars=70),
    ]
    assert tuple(column.key for column in columns) == PUBLISHED
    return Table(columns, [Section(unit.name, files) for unit, files in file.sections()])


def _published_ground(file: CaseFile) -> str:
    return (
        GROUNDS_178.get(file.case.ground, "")
        if file.decree == "178"
        else BENEFIT_LABELS.get(file.benefit, file.benefit)
    )


def published_pdf(file: BatchFile) -> pdf.Paper:
    """The list for the notice board."""
    context = _plain_list(file, PUBLISHED_TITLE, published_table(file), hands=list_hands(file.body)[2:])
    return pdf.render("list.html", context, title=f"Danh sách công khai – {file.batch.name}")


def published_xlsx(file: BatchFile, prepared: Prepared) -> bytes:
    book = Book(title=f"Danh sách công khai – {file.batch.name}", author=prepared.by, created=prepared.moment)
    issuer = [line for line in (file.body.superior, file.body.paper_name) if line]
    headings = Headings(PUBLISHED_TITLE, subtitle=_round(file), issuer=issuer, unit_note="", prepared=prepared.line)
    book.add("Danh sách", published_table(file), headings, list_hands(file.body)[2:])
    return book.finish()
