"""Identity numbers, and the search and sort columns of a person."""

from __future__ import annotations

import re
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.kernel import access, crypto
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import fold, name_sort_key, normalize
from models.staff import Person

_FORM = re.compile(r"\d{12}|\d{9}", re.ASCII)
_PROVINCES = range(1, 97)  # 001 Hà Nội … 096 Cà Mau: the codes that begin a national identity number


def clean_identity(number: str | None) -> str:
    """Without the spaces, dots and dashes people type inside it."""
    return re.sub(r"[\s.\-]", "", normalize(number or ""))


def looks_national(number: str, sex: str = "", birth_year: int | None = None) -> bool:
    """Whether a number is built like a real identity number: province, century and sex, year of birth, running number.

    Demonstration and test data must not pass (invented people carry numbers that no province gives out).
    """
    if not re.fullmatch(r"\d{12}", number, re.ASCII) or int(number[:3]) not in _PROVINCES:
        return False
    century_and_sex, year = int(number[3]), int(number[4:6])
    born = 1900 + 100 * (century_and_sex // 2) + year
    if sex and (century_and_sex % 2 == 0) != (sex == "male"):
        return False
    return birth_year is None or born == birth_year


def identity_faults(number: str, person_id: int | None = None) -> list[Fault]:
    """Form and uniqueness. A number held by a record out of the actor's sight is refused without naming anybody."""
    if not number:
        return []
    if not _FORM.fullmatch(number):
        return [
            Fault(
                "identity_number",
                _("Số định danh phải gồm 12 chữ số (CMND cũ: 9 chữ số). Hãy kiểm tra lại với căn cước."),
                code="bad_identity",
            )
        ]
    holder = db.session.scalar(select(Person).where(Person.identity_digest == crypto.digest(number)))
    if holder is None or holder.id == person_id:
        return []
    if access.may("staff", "read", holder):
        message = _("Số định danh này đã có ở hồ sơ %(code)s (%(name)s).", code=holder.code, name=holder.full_name)
    else:
        message = _("Số định danh này đã có ở hồ sơ của một đơn vị khác. Hãy liên hệ Sở Nội vụ để đối chiếu.")
    return [Fault("identity_number", message, code="duplicate")]


def search_columns(full_name: str, code: str, other_name: str = "") -> dict[str, str]:
    """``folded`` and ``sort_key`` of a person."""
    words = " ".join(part for part in (full_name, other_name, code) if part)
    return {"folded": fold(words)[:220], "sort_key": name_sort_key(full_name)[:400]}


def birth_value(day: date, precision: str) -> date:
    """The first day of what is known: a year stands on 1 January, a month on its first."""
    if precision == "year":
        return date(day.year, 1, 1)
    return day.replace(day=1) if precision == "month" else day
