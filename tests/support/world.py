"""A small province that many tests share; built once a worker and copied.

::

    hy    UBND tỉnh Hưng Yên
    ├─ a      Sở Xây dựng (department)      a1, a2 its divisions
    ├─ b      Sở Y tế (department)          b1, b2 its divisions
    └─ xa     Xã Thanh Bình (commune)

People: two in every unit but the province (``a.1``, ``a.2``, ``a1.1`` …; ``x.1`` heads its unit, ``x.2`` does not).
Accounts: every role on the whole province under its own code (``province_hr``), every role that is assigned to a unit
also on ``a``, ``b`` and ``xa`` (``unit_hr_a``, ``unit_head_b``, ``staff_member_xa`` …). All have the password
``builders.PASSWORD``. ``staff_member_a`` is the person ``a1.2``, ``_b`` is ``b1.2``, ``_xa`` is ``xa.2``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from hrms.kernel import access
from hrms.kernel.db import db
from models.account import Account
from models.organization import OrgUnit
from models.staff import Person
from tests.support.builders import Factory

SUFFIXES = ("a", "b", "xa")
OWN_PERSON = {"a": "a1.2", "b": "b1.2", "xa": "xa.2"}


@dataclass
class World:
    """Ids by name; the methods load the records into the present session."""

    units: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    accounts: dict[str, int] = field(default_factory=dict)  # username → FAB user id

    def unit(self, name: str) -> OrgUnit:
        found = db.session.get(OrgUnit, self.units[name])
        assert found is not None
        return found

    def person(self, name: str) -> Person:
        found = db.session.get(Person, self.people[name])
        assert found is not None
        return found

    def account(self, username: str) -> Account:
        found = db.session.query(Account).filter_by(username=username).one_or_none()
        assert found is not None, f"no account {username!r}; there are {sorted(self.accounts)}"
        return found


def build(factory: Factory) -> World:
    """Fill an empty database with the province above."""
    world = World()
    made: dict[str, OrgUnit] = {}

    def unit(
        key: str,
        code: str,
        name: str,
        parent: str = "",
        kind: str = "department",
        level: str = "PROVINCE",
        **more: object,
    ) -> None:
        made[key] = factory.unit(code, name, made.get(parent), kind=kind, level=level, **more)
        world.units[key] = made[key].id

    unit("hy", "HY", "Ủy ban nhân dân tỉnh Hưng Yên", kind="province")
    unit("a", "SXD", "Sở Xây dựng", "hy", signer_title="Giám đốc", signer_name="Nguyễn Văn An")
    unit("a1", "SXD-TCCB", "Phòng Tổ chức cán bộ Sở Xây dựng", "a", kind="division", level="INTERNAL")
    unit("a2", "SXD-QH", "Phòng Quy hoạch", "a", kind="division", level="INTERNAL")
    unit("b", "SYT", "Sở Y tế", "hy", signer_title="Giám đốc", signer_name="Trần Thị Bình")
    unit("b1", "SYT-TCCB", "Phòng Tổ chức cán bộ Sở Y tế", "b", kind="division", level="INTERNAL")
    unit("b2", "SYT-NV", "Phòng Nghiệp vụ Y", "b", kind="division", level="INTERNAL")
    unit("xa", "X-TB", "Ủy ban nhân dân xã Thanh Bình", "hy", kind="commune", level="COMMUNE")
    for key, row in made.items():
        if key == "hy":
            continue
        commune = key == "xa"
        post = factory.position(row, f"{row.code}.CV", "Chuyên viên")
        head = factory.position(
            row,
            f"{row.code}.TP",
            "Người đứng đầu",
            group="LANH_DAO_QUAN_LY",
            leader_rank="head",
            approved_number=1,
            leadership_coefficient="0.5",
        )
        factory.establishment(row, 12, "commune" if commune else "civil_servant")
        factory.quota(row, 2)
        category = "commune_official" if commune else "civil_servant"
        for number, (title, place, rank, birth, sex) in enumerate(
            (
                ("Trưởng phòng", head, "head", date(1966, 9, 20), "male"),
                ("Chuyên viên", post, "", date(1972, 2, 5), "female"),
            ),
            start=1,
        ):
            person = factory.person(
                row,
                code=f"{row.code}-{number}",
                title=title,
                position=place,
                leader_rank=rank,
                birth=birth,
                sex=sex,
                category=category,
            )
            world.people[f"{key}.{number}"] = person.id
    for role in access.roles().values():
        if not role.own:
            world.accounts[role.code] = factory.account(role.code, role.code, display_name=role.label).user_id
        if not role.unit_level:
            continue
        for suffix in SUFFIXES:
            person = world.person(OWN_PERSON[suffix]) if role.own else None
            account = factory.account(
                f"{role.code}_{suffix}",
                role.code,
                made[suffix],
                person,
                display_name=f"{role.label} – {made[suffix].name}"[:150],
            )
            world.accounts[account.username] = account.user_id
    return world
