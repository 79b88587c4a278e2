"""The demonstration province: same seed, same data; sound records; every state of a case; nothing real in it."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash

from config import DEMO_PASSWORD, Settings
from hrms.commands.organization import establishment_balance, project_units, tree_on
from hrms.commands.restructuring.workflow import STATES
from hrms.commands.staff import looks_national, project_people
from hrms.commands.staff.spans import appointment_span, columns_of, salary_span
from hrms.commands.timeline import Span, check_all
from hrms.demo import DemoRefused, fill
from hrms.demo.names import REAL
from hrms.demo_accounts import ACCOUNTS, OWN, default_passwords_left
from hrms.kernel import access, actor
from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.history import HistoryEntry
from models.account import Account, RoleAssignment
from models.organization import OrgUnit, OrgUnitVersion, UnitSuccession
from models.restructuring import CaseBatch, DownsizingCase, RestructuringAct
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow, YearRating

AS_OF = date(2025, 6, 15)
PEOPLE = 500


def application(folder: Path) -> Flask:
    from hrms.app import create_app
    from hrms.setup import set_up

    app = create_app(
        Settings(
            env="test", data_dir=folder, database_url=f"sqlite:///{folder}/demo.db", today=AS_OF, log_level="WARNING"
        ),
        web=False,
    )
    with app.app_context():
        set_up()
    return app


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    app = application(tmp_path_factory.mktemp("province"))
    with app.app_context():
        fill(PEOPLE, 1, AS_OF, lambda _line: None)
        db.session.remove()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def demo(province: Flask) -> Iterator[Any]:
    """A session on the filled province; tests leave it as it was."""
    from hrms.kernel import clock

    clock.configure("Asia/Ho_Chi_Minh", AS_OF)
    with province.app_context():
        yield db.session
        db.session.rollback()
        db.session.remove()


def fingerprint() -> str:
    """Everything that was told, without moments of writing, ciphers and password hashes."""
    left_out = {"created_at", "updated_at", "at", "identity_number", "insurance_number", "finance_endorsed_at"}
    digest = hashlib.sha256()
    told = (OrgUnit, OrgUnitVersion, UnitSuccession, RestructuringAct, Person, Appointment, SalaryRow, YearRating)
    for model in (*told, InsurancePeriod, CaseBatch, DownsizingCase, RoleAssignment):
        columns = [column for column in model.__table__.columns if column.key not in left_out]
        for row in db.session.execute(select(*columns).order_by(model.__table__.c.id)):
            digest.update(repr(tuple(row)).encode())
    # Changes of one flush are written in no particular order.
    changes = select(HistoryEntry.record_type, HistoryEntry.record_id, HistoryEntry.field, HistoryEntry.new)
    for entry in sorted(
        repr(tuple(row)) for row in db.session.execute(changes.where(HistoryEntry.field.not_in(left_out)))
    ):
        digest.update(entry.encode())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_province(tmp_path: Path) -> None:
    found: list[str] = []
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        folder = tmp_path / name
        folder.mkdir()
        app = application(folder)
        with app.app_context():
            fill(60, seed, AS_OF, lambda _line: None)
            found.append(fingerprint())
            db.session.remove()
            db.engine.dispose()
    assert found[0] == found[1]
    assert found[0] != found[2]


def test_a_database_with_real_records_is_refused(world: Any) -> None:
    with pytest.raises(DemoRefused, match="hồ sơ thật"):
        fill(60, 1, AS_OF, lambda _line: None)
    assert db.session.scalar(select(Person.id).where(Person.is_demo.is_(True))) is None


def test_a_database_with_real_units_is_refused(factory: Any) -> None:
    factory.unit("HY", "Tỉnh")
    with pytest.raises(DemoRefused, match="đơn vị thật"):
        fill(60, 1, AS_OF, lambda _line: None)


def test_a_taken_user_name_is_refused(factory: Any) -> None:
    factory.account("sonoivu", "province_hr")
    with pytest.raises(DemoRefused, match="sonoivu"):
        fill(60, 1, AS_OF, lambda _line: None)


def test_a_second_filling_is_refused(demo: Any) -> None:
    with pytest.raises(DemoRefused, match="đã có dữ liệu trình diễn"):
        fill(60, 1, AS_OF, lambda _line: None)


def test_as_many_people_as_asked_for_all_marked_as_invented(demo: Any) -> None:
    people = demo.scalars(select(Person)).all()
    assert len(people) == PEOPLE
    assert all(person.is_demo for person in people)
    assert not any(looks_national(person.identity_number or "") for person in people)
    assert len({person.identity_number for person in people}) == PEOPLE


def test_place_names_are_invented(demo: Any) -> None:
    """Only the provinces and the generic names of departments are real."""
    for name in demo.scalars(select(OrgUnitVersion.name).where(OrgUnitVersion.kind.in_(("commune", "district")))):
        bare = name.split(" ", 1)[1].removeprefix("phố ")
        assert bare not in REAL


def test_the_province_before_and_after_the_two_tiers(demo: Any) -> None:
    before, after = tree_on(date(2025, 6, 30)), tree_on(date(2025, 7, 1))
    count = Counter(node.kind for node in before.nodes.values())
    assert count["district"] == 18 and count["province"] == 2 and count["commune"] == 312
    count = Counter(node.kind for node in after.nodes.values())
    assert (count["district"], count["province"], count["commune"], count["commune_office"]) == (0, 1, 104, 416)
    words = Counter(node.name.split()[0] for node in after.nodes.values() if node.kind == "commune")
    assert words == {"Xã": 93, "Phường": 11}


def test_departments_of_the_old_provinces_became_one(demo: Any) -> None:
    tree = tree_on(date(2025, 7, 1))
    names = Counter(node.name for node in tree.nodes.values() if node.kind == "department")
    assert max(names.values()) == 1
    arrows = demo.execute(select(UnitSuccession).where(UnitSuccession.kind == "merge")).scalars().all()
    assert all(arrow.to_unit_id is not None and arrow.decision_number for arrow in arrows)


def assert_sound() -> None:
    """What the commands would refuse is not in the data either: overlaps, gaps, posts in units that are not there."""
    for kind, model, span in (("main", Appointment, appointment_span), ("", SalaryRow, salary_span)):
        rows: dict[int, list[Span]] = {}
        query = select(model).where(model.kind == kind) if kind else select(model)
        for row in db.session.scalars(query):
            rows.setdefault(row.person_id, []).append(span(columns_of(row, model), row.id))
        for spans in rows.values():
            assert check_all(spans, what="hàng") == []

    units = {unit.id: unit for unit in db.session.scalars(select(OrgUnit))}
    for post in db.session.scalars(select(Appointment)):
        unit = units[post.unit_id]
        assert post.valid_from >= unit.valid_from
        assert unit.valid_to is None or (post.valid_to is not None and post.valid_to <= unit.valid_to)


def test_every_record_is_sound(demo: Any) -> None:
    assert_sound()


@pytest.mark.parametrize("as_of", [date(2025, 2, 1), date(2026, 3, 1)])
def test_other_days_give_a_sound_province_too(tmp_path: Path, as_of: date) -> None:
    """Before the reorganisation and after it; the projection is that of today, whatever day the story ends on."""
    app = application(tmp_path)
    with app.app_context():
        fill(80, 3, as_of, lambda _line: None)
        assert_sound()
        with transaction():
            assert (project_units(), project_people()) == (0, 0)
        db.session.remove()
        db.engine.dispose()


def test_the_projection_is_that_of_today(demo: Any) -> None:
    with transaction():
        assert project_units() == 0
        assert project_people() == 0


def test_everybody_can_be_computed(demo: Any) -> None:
    """A leave in two months: no fact is missing for anybody in service, and the engine takes every case."""
    from hrms.commands.facts import entitlement_facts_many
    from policies.engine.parsing import parse_cases

    people = demo.scalars(select(Person).where(Person.status != "left", Person.left_on.is_(None)).limit(200)).all()
    facts = entitlement_facts_many(people, {person.id: date(2025, 8, 1) for person in people}, {})
    assert [fault for found in facts.values() for fault in found.missing] == []
    _cases, faults = parse_cases([found.case for found in facts.values()])
    assert faults == []


def test_some_bodies_have_people_too_many_and_some_places_free(demo: Any) -> None:
    top = demo.scalar(select(OrgUnit.id).where(OrgUnit.code == "HY"))
    lines = [line for child in establishment_balance(top, AS_OF).children for line in child.lines.values()]
    assert any(line.surplus for line in lines) and any(line.unused for line in lines)


def test_cases_stand_in_every_state(demo: Any) -> None:
    states = Counter(demo.scalars(select(DownsizingCase.state)))
    assert set(states) == {state.code for state in STATES}
    home = demo.scalar(select(OrgUnit.path).where(OrgUnit.code == "SNNMT"))
    at_home = demo.scalars(
        select(DownsizingCase).join(OrgUnit, OrgUnit.id == DownsizingCase.unit_id).where(OrgUnit.path.like(f"{home}%"))
    ).all()
    assert len(at_home) >= 15
    assert len({case.state for case in at_home}) >= 7


def test_the_cases_tell_of_the_law(demo: Any) -> None:
    cases = demo.scalars(select(DownsizingCase)).all()
    assert {case.benefit_found for case in cases} >= {"early_retirement", "severance"}
    assert any(case.eligible is False for case in cases)
    assert any(case.revision > 1 for case in cases)
    for case in cases:
        if case.state in ("decided", "paid"):
            assert case.total and case.decision_number and case.finance_endorsed_by


def test_who_was_paid_and_whose_day_has_come_has_left(demo: Any) -> None:
    for case in demo.scalars(select(DownsizingCase).where(DownsizingCase.state == "paid")):
        if case.leave_date <= AS_OF:
            assert case.person.left_on == case.leave_date
            assert case.person.status == "left"


def test_every_account_of_the_contract_is_there_with_its_role(demo: Any) -> None:
    held = demo.execute(select(Account.username, Account.person_id, RoleAssignment.role).join(RoleAssignment)).all()
    roles = {name: role for name, _person, role in held if role != OWN or name == "canbo"}
    assert roles == {account.username: account.role for account in ACCOUNTS}
    # Who has a record is rated like everybody: the own sheet belongs to the duty.
    own = {name for name, _person, role in held if role == OWN}
    assert own == {name for name, person, role in held if person is not None and role != "system_admin"}
    for account in demo.scalars(select(Account)):
        assert account.is_demo and not account.must_change_password
        user = demo.get(User, account.user_id)
        assert check_password_hash(user.password, DEMO_PASSWORD)
        assert user.roles[0].name == roles[account.username]


def test_the_accounts_of_one_department_sit_together(demo: Any) -> None:
    units = dict(demo.execute(select(Account.username, Account.unit_id)).all())
    assert units["donvi"] == units["thutruong"] == units["canbo"] != units["donvi2"]
    head = demo.scalar(select(Account).where(Account.username == "thutruong")).person
    assert head is not None and head.is_leader and head.unit_id == units["donvi"]


@pytest.mark.parametrize(
    ("username", "sees"), [("donvi", True), ("donvi2", False), ("canbo", False), ("sonoivu", True)]
)
def test_what_the_accounts_see(demo: Any, username: str, sees: bool) -> None:
    home = demo.scalar(select(OrgUnit).where(OrgUnit.code == "SNNMT"))
    account = demo.scalar(select(Account).where(Account.username == username))
    with actor.acting(actor.Actor("user", account.display_name, account.user_id)):
        access.forget_grants()
        people = demo.scalars(access.restrict(select(Person), Person)).all()
        units = {person.unit_id for person in people}
        assert (home.id in units and len(people) > 20) is sees
        if username == "canbo":
            assert [person.id for person in people] == [account.person_id]
            cases = demo.scalars(access.restrict(select(DownsizingCase), DownsizingCase)).all()
            assert len(cases) == 1  # the own case is in work
    access.forget_grants()


def test_known_passwords_are_found_until_they_are_changed(demo: Any) -> None:
    assert default_passwords_left() == sorted(account.username for account in ACCOUNTS)
    account = demo.scalar(select(Account).where(Account.username == "admin"))
    demo.get(User, account.user_id).password = generate_password_hash("Mat-khau-khac-2025", method="pbkdf2:sha256:1")
    other = demo.scalar(select(Account).where(Account.username == "canbo"))
    other.valid_to = AS_OF - timedelta(days=1)
    demo.flush()
    left = default_passwords_left()
    assert "admin" not in left and "canbo" not in left and "donvi" in left


@pytest.mark.parametrize(
    ("report", "block"), [("refund_register", "list"), ("talent_roll", "group"), ("payments", "top_ups")]
)
def test_registers_that_few_people_stand_in_are_not_empty(demo: Any, report: str, block: str) -> None:
    """Money paid too much, people of talent, what the province paid on top: a visitor sees how they look."""
    from hrms.commands.reporting import produce

    with actor.acting(actor.SYSTEM):
        rows = next(one.rows for one in produce(report, {}).blocks if one.key == block)
    assert rows


# One figure each line: the same people or đồng, wherever a report adds them up. "#" counts the rows of a table.
AGREED = (
    (("rating_history", "", "years", "y1"), ("rating_history", "", "years", "y3"),
     ("rating_history", "", "unit", "count")),
    (("rating_history", "", "unit", "once"), ("rating_history", "", "bad", "#")),
    (("not_completing", "2024", "unit", "count"), ("not_completing", "2024", "list", "#"),
     ("evaluation_results", "2024", "unit", "KHT"), ("evaluation_results", "2024", "class", "KHT")),
    (("evaluation_results", "2024", "unit", "HTXS"), ("evaluation_results", "2024", "ceiling", "HTXS")),
    (("evaluation_petitions", "", "state", "count"), ("evaluation_petitions", "", "unit", "count"),
     ("evaluation_petitions", "", "list", "#")),
    (("rotation_plan", "", "outcome", "count"), ("rotation_plan", "", "list", "#"),
     ("rotation_compliance", "", "outcome", "count"), ("rotation_compliance", "", "unit", "all")),
    (("rotation_compliance", "", "unit", "not_yet"), ("rotation_compliance", "", "left", "#")),
    (("rotation_due", "", "state", "count"), ("rotation_due", "", "unit", "all"), ("rotation_due", "", "field", "all")),
    (("movement_progress", "", "kind", "all"), ("movement_progress", "", "unit", "all"),
     ("movement_progress", "", "state", "count")),
    (("kept_allowances", "", "month", "difference"), ("kept_allowances", "", "unit", "difference"),
     ("kept_allowances", "", "people", "difference")),
    (("retirement_forecast", "", "year", "count"), ("retirement_forecast", "", "category", "count"),
     ("retirement_forecast", "", "unit", "count")),
    (("salary_steps_due", "", "unit", "count"), ("salary_steps_due", "", "list", "#")),
    (("talent_roll", "", "group", "allowance"), ("talent_roll", "", "list", "allowance")),
    (("talent_roll", "", "group", "count"), ("talent_roll", "", "list", "#")),
    (("refund_register", "", "kind", "due_back"), ("refund_register", "", "list", "due_back")),
    (("payments", "", "unit", "paid"), ("case_progress", "", "month", "paid")),
)  # fmt: skip


def test_tables_of_reports_agree_with_one_another(demo: Any) -> None:
    """What docs/reports.md says of every report, on people nobody arranged for it."""
    from functools import cache

    from hrms.commands.reporting import produce

    made = cache(lambda key, period: produce(key, {"period": period} if period else {}))

    def figure(key: str, period: str, block: str, column: str) -> int:
        found = made(key, period).block(block)
        return len(found.rows) if column == "#" else found.total(column)

    with actor.acting(actor.SYSTEM):
        told = [{where: figure(*where) for where in places} for places in AGREED]
    assert [line for line in told if len(set(line.values())) > 1] == []
