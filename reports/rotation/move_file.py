"""One movement case as its papers see it: the person, where from and to, the two bodies, what the law lets be kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound
from hrms.kernel.text import add_months, full_months
from hrms.kernel.workflow import TransitionRecord, performed
from models.organization import OrgUnit, Position
from models.rotation import MovementCase, RotationPlan, RotationPlanLine
from policies.rotation.law import listed_positions
from reports import bases
from reports.case_file import HONORIFICS
from reports.formats import day_in_text
from reports.letter import Body, body_of, home_affairs_body, issuing_unit, province_body

HERE = Path(__file__).resolve().parent
# What is done to the person, as a sentence part before the name.
VERBS = {
    "DIEU_DONG": "điều động",
    "BIET_PHAI": "biệt phái",
    "LUAN_CHUYEN": "luân chuyển",
    "CDVTCT": "chuyển đổi vị trí công tác đối với",
    "NOI_BO": "bố trí, phân công công tác đối với",
}
NOUNS = {
    "DIEU_DONG": "điều động",
    "BIET_PHAI": "biệt phái",
    "LUAN_CHUYEN": "luân chuyển",
    "CDVTCT": "định kỳ chuyển đổi vị trí công tác",
    "NOI_BO": "bố trí, phân công công tác",
}
STAFF = {
    "cadre": "cán bộ",
    "civil_servant": "công chức",
    "commune_official": "công chức",
    "public_employee": "viên chức",
    "contract_worker": "người lao động",
}
FOR_A_TIME = ("BIET_PHAI", "LUAN_CHUYEN")
SETTLED = ("decided", "effective", "running", "handed_over", "done", "revoked")  # there is a decision
ISSUERS = ("province", "home_affairs", "agency")


@dataclass
class MoveFile:
    """``body`` writes for the agency the person leaves, ``receiver`` for the one the person goes to."""

    case: MovementCase
    agency: OrgUnit
    body: Body
    receiving: OrgUnit
    receiver: Body
    steps: list[TransitionRecord]
    for_signature: bool = False

    @property
    def inside(self) -> bool:
        """Both ends belong to one agency."""
        return self.agency.id == self.receiving.id

    @property
    def honorific(self) -> str:
        return HONORIFICS.get(self.case.person.sex, "ông (bà)")

    @property
    def name(self) -> str:
        return self.case.person.full_name

    @property
    def who(self) -> str:
        return f"{self.honorific} {self.name}"

    @property
    def centred_name(self) -> str:
        """The name for a centred title: it is not torn at the end of a line."""
        return f"{self.honorific} {self.name}".replace(" ", "\u00a0")

    @property
    def staff(self) -> str:
        return STAFF.get(self.case.person.category, "công chức")

    @property
    def verb(self) -> str:
        return VERBS[self.case.kind]

    @property
    def noun(self) -> str:
        return NOUNS[self.case.kind]

    @property
    def born(self) -> str:
        """``ngày 20 tháng 5 năm 1966``, or no more than is known."""
        person = self.case.person
        text = day_in_text(person.birth_date)
        if person.birth_precision == "day":
            return text
        return text[text.index("tháng") if person.birth_precision == "month" else text.index("năm") :]

    @property
    def from_post(self) -> str:
        held, position = self.case.from_appointment, self.case.from_position
        return (held.title if held is not None else "") or (position.title if position else "") or ""

    @property
    def to_post(self) -> str:
        position = self.case.to_position
        return self.case.to_title or (position.title if position is not None else "")

    @property
    def from_place(self) -> str:
        return place_of(self.case.from_unit, self.agency)

    @property
    def to_place(self) -> str:
        return place_of(self.case.to_unit, self.receiving)

    @property
    def agency_named(self) -> str:
        """``Sở Xây dựng``; inside a sentence, as offices name themselves."""
        return self.body.name

    @property
    def receiving_named(self) -> str:
        return self.receiver.name

    @property
    def months(self) -> int | None:
        """Whole months of a move for a time; ``None`` while a day is open or the span is not whole."""
        first, last = self.case.effective_on, self.case.ends_on
        if first is None or last is None:
            return None
        after = last + timedelta(days=1)
        count = full_months(first, after)
        return count if count and add_months(first, count) == after else None

    @property
    def term(self) -> str:
        """``trong thời hạn 36 tháng, kể từ ngày … đến hết ngày …``; for good: ``kể từ ngày …``."""
        since = f"kể từ {day_in_text(self.case.effective_on)}"
        if self.case.kind not in FOR_A_TIME:
            return since
        until = f"đến hết {day_in_text(self.case.ends_on)}"
        return f"trong thời hạn {self.months} tháng, {since} {until}" if self.months else f"{since} {until}"

    @property
    def kept_until(self) -> date | None:
        """Last day on which the old allowance is kept; ``None`` where nothing is."""
        until = (self.case.kept_allowance or {}).get("until")
        return date.fromisoformat(until[:10]) if until else None

    @property
    def kept_article(self) -> str:
        return str((self.case.kept_allowance or {}).get("article", ""))

    @property
    def hand_over_by(self) -> date | None:
        """The day before the move takes effect."""
        return self.case.effective_on - timedelta(days=1) if self.case.effective_on else None

    def last(self, *codes: str) -> TransitionRecord | None:
        """The newest step of these codes."""
        return next((row for row in reversed(self.steps) if row.transition in codes), None)

    def plan(self) -> RotationPlan | None:
        """The yearly plan the case carries out."""
        if self.case.plan_line_id is None:
            return None
        line = db.session.get(RotationPlanLine, self.case.plan_line_id)
        return line.plan if line is not None else None

    def citations(self, day: date, body: Body) -> list[str]:
        """Every "Căn cứ" of the case's papers on ``day``, without the word itself."""
        category = self.case.person.category
        laws = bases.laws_on(day, body=body.kind, categories=(category,), benefits=())
        return [*laws, *documents_on(day, self.case.kind, category)]

    def articles(self, day: date) -> str:
        return articles_on(day, self.case.kind, self.case.person.category)

    def short_citations(self, day: date) -> list[str]:
        """Type and number alone, for running text."""
        found = documents_on(day, self.case.kind, self.case.person.category)
        return [title.split(" ngày ")[0] for title in found]


def place_of(unit: OrgUnit, agency: OrgUnit) -> str:
    """``Phòng Quy hoạch, Sở Xây dựng``; the agency only once."""
    return unit.name if unit.id == agency.id or agency.name in unit.name else f"{unit.name}, {agency.name}"


def listed_name(position: Position | None) -> str:
    """How a listed position stands on the list of periodic change; empty for any other."""
    code = position.listed_code if position is not None else ""
    if not code:
        return ""
    found = listed_positions().get(code)
    return f"thuộc danh mục “{found.name}”, mã {code}" if found is not None else f"mã danh mục {code}"


@lru_cache(maxsize=1)
def _rows() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load((HERE / "bases.yaml").read_text(encoding="utf-8"))
    return found


def _holding(group: str, day: date, kind: str, category: str) -> list[dict[str, Any]]:
    return [
        row
        for row in _rows()[group]
        if row.get("from", date.min) <= day <= row.get("to", date.max)
        and kind in row.get("kinds", (kind,))
        and category in row.get("categories", (category,))
    ]


def documents_on(day: date, kind: str, category: str) -> list[str]:
    """Titles of the documents to quote on a paper of ``day``."""
    return [row["title"] for row in _holding("documents", day, kind, category)]


def articles_on(day: date, kind: str, category: str) -> str:
    """The clauses a move of this kind rests on; empty where the law has none of its own."""
    return " và ".join(row["text"] for row in _holding("articles", day, kind, category))


def issuer_of(file: MoveFile, choice: str = "", number: str = "") -> tuple[str, Body]:
    """Who decides: the choice made, else the body whose sign the paper's ``number`` carries (else the decision's),
    else by the reach of the move: inside one agency and secondments its head, beyond it the province [U]."""
    number = number or file.case.decision_number
    if not choice and number:
        for code, body in (("home_affairs", home_affairs_body()), ("agency", file.body), ("province", province_body())):
            if number.endswith((f"-{body.symbol}", f"/{body.symbol}")):
                choice = code
                break
    if not choice:
        choice = "agency" if file.inside or file.case.kind == "BIET_PHAI" else "province"
    if choice == "agency":
        return choice, file.body
    return choice, home_affairs_body() if choice == "home_affairs" else province_body()


def find_move(key: int | str, action: str = "print") -> MovementCase:
    """A case by id or number inside the actor's scope. Raises :class:`NotFound`."""
    text = str(key).strip()
    if text.isascii() and text.isdigit():
        return access.get(MovementCase, text, action)
    query = access.restrict(select(MovementCase).where(MovementCase.number == text), MovementCase, action)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound()
    return found


def move_file(case: MovementCase, *, for_signature: bool = False) -> MoveFile:
    """Gather what the papers of one case need."""
    agency, receiving = issuing_unit(case.from_unit), issuing_unit(case.to_unit)
    return MoveFile(case, agency, body_of(agency), receiving, body_of(receiving), performed(case), for_signature)
