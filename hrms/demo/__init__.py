"""A demonstration province: invented people in a province shaped like Hưng Yên before and after 01/07/2025.

``fill`` is deterministic: the same seed, size and day give the same data (passwords and moments of writing aside). The
organisation, with the two-tier government of 01/07/2025, is always whole; cases are played up to ``as_of``.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from flask import current_app
from sqlalchemy import select

from hrms.commands.organization.tree import project_units
from hrms.commands.staff.projection import project_people
from hrms.demo.land import Land
from hrms.demo.people import Population
from hrms.demo.seats import open_accounts
from hrms.demo.writer import Writer, next_id
from hrms.demo_accounts import ACCOUNTS
from hrms.kernel import actor
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from models.account import Account
from models.organization import OrgUnit
from models.staff import Person

DEMO = actor.Actor("cli", "Dữ liệu trình diễn")
SMALLEST = 50


class DemoRefused(Exception):
    """The database must not receive demonstration data; the message says why and what to do."""


def fill(
    people: int = 3000, seed: int = 1, as_of: date = date(2025, 6, 15), say: Callable[[str], object] = print
) -> str:
    """Fill an empty database. Returns a summary; raises :class:`DemoRefused` on a database that holds records."""
    refuse_real_records()
    if people < SMALLEST:
        raise DemoRefused(f"Cần ít nhất {SMALLEST} người để có đủ đơn vị và tài khoản trình diễn.")
    with actor.acting(DEMO), _fewer_collections():
        with transaction():
            units, persons = _write(people, seed, as_of, _saying(say))
            from hrms.demo.rotation_plans import list_posts

            list_posts(random.Random(seed + 5), as_of)  # noqa: S311 - invented data
        from hrms.demo.cases import play  # the cases' commands load the law: only when it is needed

        played = play(random.Random(seed + 2), as_of, _saying(say))  # noqa: S311 - invented data
        from hrms.demo.evaluation import play as evaluate

        sheets = evaluate(random.Random(seed + 3), as_of, seed, _saying(say))  # noqa: S311 - invented data
        from hrms.demo.movements import play as move

        moved = move(random.Random(seed + 4), as_of, people, _saying(say))  # noqa: S311 - invented data
        from hrms.demo.rotation_plans import play as plan

        plan(random.Random(seed + 6), as_of, _saying(say))  # noqa: S311 - invented data
        with transaction():  # the records were written as they stood on as_of; today may be another day
            project_units()
            project_people()
    names = ", ".join(account.username for account in ACCOUNTS)
    return (
        f"Đã tạo {units} đơn vị, {persons} người, {played} hồ sơ nghỉ, {moved} hồ sơ luân chuyển, điều động, "
        f"{sheets} phiếu đánh giá. "
        f"Tài khoản trình diễn: {names}."
    )


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Tens of thousands of records live until the end: looking through them for rubbish cost a sixth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _saying(say: Callable[[str], object]) -> Callable[[str], None]:
    def speak(line: str) -> None:
        say(line)

    return speak


def _write(people: int, seed: int, as_of: date, say: Callable[[str], None]) -> tuple[int, int]:
    rng = random.Random(seed)  # noqa: S311 - invented data, no secret rests on it
    service = max(0, people - round(min(0.62 * people, 1500 + 0.2 * people)))
    land = Land(rng, next_id(OrgUnit), service)
    population = Population(rng, land, as_of, people, next_id(Person))
    Writer(random.Random(seed + 1), land, population, as_of).write(say)  # noqa: S311 - as above
    open_accounts(land, population, current_app.config["HRMS"].demo_password, as_of)
    return len(land.units), len(population.people)


def refuse_real_records() -> None:
    """Demonstration data never stand beside real records, nor twice in one database."""
    if db.session.scalar(select(Person.id).where(Person.is_demo.is_(False)).limit(1)) is not None:
        raise DemoRefused(
            "Cơ sở dữ liệu đã có hồ sơ thật nên không nạp dữ liệu trình diễn. "
            "Hãy dùng một cơ sở dữ liệu khác (HRMS_DATABASE_URL hoặc HRMS_DATA_DIR)."
        )
    if db.session.scalar(select(Person.id).limit(1)) is not None:
        raise DemoRefused("Cơ sở dữ liệu đã có dữ liệu trình diễn. Muốn tạo lại, hãy dùng một cơ sở dữ liệu mới.")
    if db.session.scalar(select(OrgUnit.id).limit(1)) is not None:
        raise DemoRefused(
            "Cơ sở dữ liệu đã có đơn vị thật nên không nạp dữ liệu trình diễn. "
            "Hãy dùng một cơ sở dữ liệu khác (HRMS_DATABASE_URL hoặc HRMS_DATA_DIR)."
        )
    names = [account.username for account in ACCOUNTS]
    taken = db.session.scalars(select(Account.username).where(Account.username.in_(names))).all()
    if taken:
        raise DemoRefused(
            f"Tên tài khoản trình diễn đã có người dùng: {', '.join(sorted(taken))}. Hãy dùng một cơ sở dữ liệu khác."
        )
