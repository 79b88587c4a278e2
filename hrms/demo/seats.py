"""Which invented people sit behind the demonstration accounts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import TypeVar

from hrms import demo_accounts
from hrms.demo.land import Land, UnitPlan
from hrms.demo.people import PersonPlan, Population
from hrms.kernel.db import db
from models.organization import OrgUnit
from models.staff import Person

T = TypeVar("T")
HOME_CODE, OTHER_CODE = "SNNMT", "SXD"
PLACES = {
    demo_accounts.HOME: HOME_CODE,
    demo_accounts.OTHER: OTHER_CODE,
    demo_accounts.INTERIOR: "SNV",
    demo_accounts.FINANCE: "STC",
    demo_accounts.GOVERNMENT: "HY",
    demo_accounts.INSPECTORATE: "TTT",
}


def open_accounts(land: Land, population: Population, password: str, as_of: date) -> None:
    """Choose the people and write the accounts; call inside a transaction, after the people are written."""
    seated = seats(land, population, as_of)
    places = {place: _stored(OrgUnit, land.by_code[code].id) for place, code in PLACES.items()}
    people = {username: _stored(Person, plan.id) for username, plan in seated.items()}
    demo_accounts.create_demo_accounts(places, people, password, min(as_of, date(2025, 1, 1)))


def _stored(model: type[T], key: int) -> T:
    found = db.session.get(model, key)
    assert found is not None
    return found


def seats(land: Land, population: Population, as_of: date) -> dict[str, PersonPlan]:
    """User name → person. ``admin`` is nobody's: an administrator of the system, not of the province's affairs."""
    inside = {place: list(people_of(land, population.people, land.by_code[code])) for place, code in PLACES.items()}
    taken: set[int] = set()
    found: dict[str, PersonPlan] = {}

    def seat(username: str, place: str, *wishes: Callable[[PersonPlan], bool]) -> None:
        """The first person of the place who fulfils every wish, else all but the last, and so on."""
        for count in range(len(wishes), -1, -1):
            for person in inside[place]:
                if person.id not in taken and all(wish(person) for wish in wishes[:count]):
                    taken.add(person.id)
                    found[username] = person
                    return

    def plain(person: PersonPlan) -> bool:
        return not person.current.rank and person.category == "civil_servant"

    def leads(person: PersonPlan) -> bool:
        return person.current.rank == "head" and person.current.unit.code == HOME_CODE

    def heads_it(person: PersonPlan) -> bool:
        return person.current.rank == "head"

    def deputy(person: PersonPlan) -> bool:
        return person.current.rank == "deputy"

    def old(person: PersonPlan) -> bool:
        return 54 <= as_of.year - person.birth.year <= 59

    def young(person: PersonPlan) -> bool:
        return as_of.year - person.birth.year < 50

    seat("thutruong", demo_accounts.HOME, leads)
    seat("donvi", demo_accounts.HOME, plain, young)
    seat("canbo", demo_accounts.HOME, plain, old)
    seat("donvi2", demo_accounts.OTHER, plain, young)
    seat("sonoivu", demo_accounts.INTERIOR, plain)
    seat("taichinh", demo_accounts.FINANCE, plain)
    seat("kiemtra", demo_accounts.INSPECTORATE, plain)
    seat("chutich", demo_accounts.GOVERNMENT, heads_it)
    seat("lanhdao", demo_accounts.GOVERNMENT, deputy)
    return found


def people_of(land: Land, people: Iterable[PersonPlan], top: UnitPlan) -> Iterable[PersonPlan]:
    """People in service whose last post is in the unit or below it; from the bodies of old Hưng Yên first."""

    def below(unit: UnitPlan) -> bool:
        current: UnitPlan | None = unit
        while current is not None and current is not top:
            current = land.by_id[current.parent] if current.parent is not None else None
        return current is top and (top.kind != "province" or unit is top)

    here = [person for person in people if person.left_on is None and below(person.current.unit)]
    return sorted(here, key=lambda person: (person.posts[0].unit.code.startswith("TB"), person.id))
