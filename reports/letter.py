"""Who issues a paper and who signs it: heads, signatures and recipients from the unit tree (NĐ 30/2020/NĐ-CP)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from hrms.kernel.db import db
from models.organization import OrgUnit
from reports.formats import day_in_text

BLANK_NUMBER = "\u2003\u2003"  # room for the number that the records office writes
NUMBER_BLANK = "……"
HOME_AFFAIRS_SYMBOL = "SNV"
FINANCE_SYMBOL = "STC"
_PEOPLES_COMMITTEE = re.compile(r"^(ỦY BAN NHÂN DÂN)\s+(.+)$")
_DIVISIONS = {"division", "commune_office"}
_COMMITTEES = {"province", "district", "commune"}


@dataclass(frozen=True)
class Letterhead:
    """Boxes 2 to 4 of a paper. An empty ``number`` and a missing ``issued_on`` leave the blanks of a draft."""

    body: str
    superior: str = ""
    symbol: str = ""  # TTr-SNV, QĐ-UBND
    number: str = ""
    place: str = "Hưng Yên"
    issued_on: date | None = None
    year: int | None = None  # printed when the day is still open
    about: str = ""  # trích yếu of a letter (công văn)
    party: bool = False  # bodies of the Party write under their own name for the nation's head, with their own signs

    @property
    def body_lines(self) -> tuple[str, ...]:
        """A People's Committee stands on two lines, as on every paper of one."""
        match = _PEOPLES_COMMITTEE.match(self.body)
        return match.groups() if match else (self.body,)

    @property
    def number_text(self) -> str:
        """``05/QĐ-SNV``; ``    /QĐ-SNV`` while the number is not known. A number with its sign stays as it is."""
        if "/" in self.number:
            return self.number
        digits = f"{int(self.number):02d}" if self.number.isdigit() else self.number
        return f"{digits or BLANK_NUMBER}{'-' if self.party else '/'}{self.symbol}"

    @property
    def dated(self) -> str:
        if self.issued_on is not None:
            return day_in_text(self.issued_on)
        return f"ngày …… tháng …… năm {self.year if self.year else '……'}"


@dataclass(frozen=True)
class Numbered:
    """What the records office gave a paper: number and day, or the blanks of a draft."""

    number: str = ""
    issued_on: date | None = None

    @property
    def day(self) -> str:
        return day_in_text(self.issued_on)


@dataclass(frozen=True)
class Signature:
    """Boxes 7a and 7b: authority and post in capitals, one line each; the name, empty while it is not known."""

    lines: tuple[str, ...]
    name: str = ""


@dataclass(frozen=True)
class Hand:
    """One of several signatures side by side."""

    post: str
    name: str = ""
    how: str = "Ký, ghi rõ họ tên"


@dataclass(frozen=True)
class Body:
    """An issuing body as papers speak of it."""

    name: str  # Sở Xây dựng
    short: str  # UBND tỉnh Hưng Yên
    head: str  # Giám đốc
    signer: str
    paper_name: str  # SỞ XÂY DỰNG
    superior: str  # UBND TỈNH HƯNG YÊN
    symbol: str
    place: str
    is_committee: bool = False
    is_party: bool = False

    def letterhead(
        self, kind: str, *, number: str = "", issued_on: date | None = None, year: int | None = None, about: str = ""
    ) -> Letterhead:
        """The head of a paper of ``kind`` (QĐ, TTr, TB, BB)."""
        symbol = f"{kind}{'/' if self.is_party else '-'}{self.symbol}" if kind else self.symbol
        return Letterhead(
            self.paper_name, self.superior, symbol, number, self.place, issued_on, year, about, self.is_party
        )

    def signature(self, *, collective: bool = False) -> Signature:
        """The head of the body signs; for a committee as a whole ``TM. ỦY BAN NHÂN DÂN`` stands above."""
        post = self.head.upper()
        lines = ("TM. ỦY BAN NHÂN DÂN", post) if collective and self.is_committee else (post,)
        return Signature(lines, self.signer)

    @property
    def authority(self) -> str:
        """The line above QUYẾT ĐỊNH: who decides, in capitals."""
        return self.decider.upper()

    @property
    def decider(self) -> str:
        """``Chủ tịch Ủy ban nhân dân tỉnh Hưng Yên``, ``Giám đốc Sở Nội vụ``."""
        return self.head if self.name.lower() in self.head.lower() else overlapped(self.head, self.name)

    @property
    def kind(self) -> str:
        """Which laws speak of it: committee, party or department."""
        return "committee" if self.is_committee else "party" if self.is_party else "department"


def overlapped(post: str, name: str) -> str:
    """``Trưởng ban`` of ``Ban Tổ chức`` → ``Trưởng Ban Tổ chức``: words that end one and begin the other stand once."""
    ends, begins = post.split(), name.split()
    for count in range(min(len(ends), len(begins)), 0, -1):
        if [word.lower() for word in ends[-count:]] == [word.lower() for word in begins[:count]]:
            return " ".join([*ends[:-count], name])
    return f"{post} {name}"


def shortened(name: str) -> str:
    """``Ủy ban nhân dân tỉnh Hưng Yên`` → ``UBND tỉnh Hưng Yên``, as superior bodies may be written."""
    return re.sub(r"(?i)ủy ban nhân dân", "UBND", name)


def issuing_unit(unit: OrgUnit) -> OrgUnit:
    """The agency a unit writes as: itself, or the nearest above that is not merely a part of an agency."""
    found: OrgUnit = unit
    while found.parent is not None and (found.kind in _DIVISIONS or found.level == "INTERNAL"):
        found = found.parent
    return found


def province() -> OrgUnit | None:
    """The root of the unit tree."""
    return db.session.scalar(select(OrgUnit).where(OrgUnit.parent_id.is_(None)).order_by(OrgUnit.id).limit(1))


def by_symbol(symbol: str) -> OrgUnit | None:
    """The body directly under the province whose papers carry ``symbol`` (SNV for Sở Nội vụ)."""
    query = select(OrgUnit).where(OrgUnit.paper_symbol == symbol, OrgUnit.depth <= 1).order_by(OrgUnit.id)
    return db.session.scalar(query.limit(1))


def body_of(unit: OrgUnit) -> Body:
    """How ``unit``, which issues papers itself, stands on them. What was not entered is derived from name and place."""
    committee = unit.kind in _COMMITTEES or unit.name.lower().startswith("ủy ban nhân dân")
    name = unit.name
    if committee and not name.lower().startswith("ủy ban nhân dân"):
        name = f"Ủy ban nhân dân {name[:1].lower()}{name[1:]}"
    superior = unit.paper_superior
    if not superior and unit.parent is not None:
        superior = unit.parent.paper_name or body_of(unit.parent).name
    return Body(
        name=name,
        short=shortened(name),
        head=_post(unit.signer_title, committee),
        signer=unit.signer_name,
        paper_name=(unit.paper_name or name).upper(),
        # A People's Committee writes under its own name alone.
        superior="" if committee else shortened(superior).upper(),
        symbol=_symbol(unit, committee),
        place=unit.paper_place or "Hưng Yên",
        is_committee=committee,
        is_party=unit.kind == "party",
    )


def _post(title: str, committee: bool) -> str:
    """The head's post in sentence case; of a committee without its name, which stands beside the post anyway."""
    if title.isupper():
        title = title.capitalize()
    if committee:
        return re.split(r"(?i)\s+(?:ủy ban|ubnd)", title)[0] or "Chủ tịch"
    return title or "Thủ trưởng"


def _symbol(unit: OrgUnit, committee: bool) -> str:
    """The sign after the kind of paper: every People's Committee writes QĐ-UBND, whatever short name it has here."""
    if committee:
        return unit.paper_symbol if unit.paper_symbol.startswith("UBND") else "UBND"
    return unit.paper_symbol or unit.code


def province_body() -> Body:
    root = province()
    if root is not None:
        return body_of(root)
    name = "Ủy ban nhân dân tỉnh Hưng Yên"
    return Body(name, shortened(name), "Chủ tịch", "", name.upper(), "", "UBND", "Hưng Yên", True)


def home_affairs_body() -> Body:
    """Sở Nội vụ, which appraises; a plain one while the unit tree does not hold it."""
    return _department(HOME_AFFAIRS_SYMBOL, "Sở Nội vụ")


def finance_body() -> Body:
    """Sở Tài chính."""
    return _department(FINANCE_SYMBOL, "Sở Tài chính")


def _department(symbol: str, name: str) -> Body:
    unit = by_symbol(symbol)
    if unit is not None:
        return body_of(unit)
    root = province_body()
    return Body(name, name, "Giám đốc", "", name.upper(), root.short.upper(), symbol, root.place)


def list_hands(body: Body) -> tuple[Hand, ...]:
    """The three signatures under a list with an estimate."""
    return (
        Hand("NGƯỜI LẬP"),
        Hand("PHỤ TRÁCH KẾ TOÁN"),
        Hand("THỦ TRƯỞNG ĐƠN VỊ", body.signer, "Ký, ghi rõ họ tên, đóng dấu"),
    )


@dataclass(frozen=True)
class Recipients:
    """Box 9b: the list ends with the file copy."""

    lines: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, others: Sequence[str], keeper: str) -> Recipients:
        return cls((*others, f"Lưu: VT, {keeper}"))
