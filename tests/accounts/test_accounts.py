"""Accounts: what one may not have together, passwords by SEC-02, ends by SEC-08, many at once from the staff."""

from __future__ import annotations

import re
from datetime import date, timedelta

import openpyxl
import pytest
from flask_appbuilder.security.sqla.models import User
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from hrms.commands import accounts, upkeep
from hrms.commands.accounts.passwords import is_too_old, user_of
from hrms.commands.accounts.usernames import username_for
from hrms.kernel import access, clock, jobs
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from hrms.kernel.jobs import work_path
from models.account import Account, PasswordUsed, RoleAssignment, SecurityEvent
from models.staff import Appointment
from tests.support.builders import PASSWORD

TODAY = date(2025, 6, 15)
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def admin(world, actor_as):
    with actor_as("system_admin"):
        yield world


def faults_of(command):
    with pytest.raises(Refused) as caught:
        execute(command)
    return caught.value.faults


def words(command):
    return " ".join(fault.message for fault in faults_of(command))


def events(session, kind):
    return session.scalars(select(SecurityEvent).where(SecurityEvent.kind == kind)).all()


# -- passwords


@pytest.mark.parametrize(
    ("password", "missing"),
    [
        ("Abcd12!", "7 ký tự"),
        ("Abcd123!", ""),
        ("ABCD123!", "chữ thường"),
        ("abcd123!", "chữ hoa"),
        ("Abcdefg!", "chữ số"),
        ("Abcd1234", "ký tự đặc biệt"),
        ("Abcd 1234", "ký tự đặc biệt"),
        ("Xin-LANHS-9", "tên đăng nhập"),
        ("Mật-khẩu-9", ""),
        ("A1!" + "a" * 126, "128"),
        ("A1!" + "a" * 125, ""),
    ],
)
def test_a_password_at_and_around_the_border_of_the_rule(password, missing):
    faults = " ".join(fault.message for fault in accounts.password_faults(password, "lanhs"))
    assert missing in faults
    assert bool(faults) is bool(missing)


def test_all_that_a_password_lacks_is_said_at_once():
    faults = accounts.password_faults("abc", "x")
    assert len(faults) == 2 and "chữ hoa, chữ số, ký tự đặc biệt" in faults[1].message


def test_made_passwords_keep_the_rule_begin_with_a_letter_and_never_repeat():
    made = [accounts.generate() for _number in range(300)]
    assert len(set(made)) == 300
    for password in made:
        assert accounts.password_faults(password, "ducpv") == []
        assert password[0].isalpha() and not re.search("[0O1lI]", password)


# -- user names


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Phạm Văn Đức", "ducpv"), ("Nguyễn Thị Ánh Tuyết", "tuyetnta"), ("Ý", "yxx"), ("Đỗ  Mười", "muoid")],
)
def test_a_user_name_is_the_given_name_and_the_initials(name, expected):
    assert username_for(name, set()) == expected


def test_namesakes_get_numbers():
    taken: set[str] = set()
    assert [username_for("Phạm Văn Đức", taken) for _n in range(3)] == ["ducpv", "ducpv2", "ducpv3"]


@given(st.lists(st.text(max_size=40), max_size=20))
def test_whatever_the_name_the_user_name_is_valid_and_free(names):
    taken: set[str] = set()
    made = [username_for(name, taken) for name in names]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"[a-z][a-z0-9._-]{2,63}", name) for name in made)


# -- creating


def test_a_new_account_has_a_one_time_password_and_must_change_it(admin, session):
    made = execute(accounts.CreateAccount("lanhs", "unit_hr", admin.units["a"], person_id=admin.people["a1.1"]))
    account = made.account
    assert account.must_change_password and account.display_name == admin.person("a1.1").full_name
    assert user_of(account).password != made.password
    assert [(row.role, row.unit_id) for row in account.assignments] == [("unit_hr", admin.units["a"])]
    assert "unit_hr" in [role.name for role in user_of(account).roles]
    (event,) = events(session, "account_created")
    assert event.target == f"account {account.id}" and account.display_name not in event.detail
    assert made.password not in event.detail


def test_every_fault_of_a_new_account_is_told_at_once(admin):
    fields = {
        fault.field
        for fault in faults_of(
            accounts.CreateAccount("Ô!", "unit_hr", None, valid_from=YESTERDAY, valid_to=date(2025, 1, 1))
        )
    }
    assert fields == {"username", "display_name", "unit_id", "valid_from", "valid_to"}


def test_one_person_has_one_account(admin):
    message = words(accounts.CreateAccount("moi", "staff_member", person_id=admin.people["a1.2"]))
    assert "đã có tài khoản “staff_member_a”" in message


def test_a_name_never_passes_on_even_of_an_ended_account(admin):
    execute(accounts.EndAccount(admin.account("unit_hr_a").id, "Nghỉ hưu"))
    assert "đã có người dùng" in words(
        accounts.CreateAccount("unit_hr_a", "unit_hr", admin.units["a"], display_name="Người khác")
    )


def test_the_same_form_sent_twice_makes_one_account_and_hides_the_password(admin, session):
    first = execute(accounts.CreateAccount("mot", "unit_hr", admin.units["a"], "Một"), key="k1")
    again = execute(accounts.CreateAccount("mot", "unit_hr", admin.units["a"], "Một"), key="k1")
    assert again.account.id == first.account.id and again.password == ""
    assert session.scalar(select(func.count(Account.id)).where(Account.username == "mot")) == 1


@pytest.mark.parametrize("username", ["province_hr", "unit_hr_a", "auditor"])
def test_only_who_manages_accounts_makes_them(world, actor_as, username):
    with actor_as(username), pytest.raises(NotAllowed):
        execute(accounts.CreateAccount("moi", "unit_hr", world.units["a"], "Mới"))


# -- rights


@pytest.mark.parametrize("role", ["province_hr", "unit_hr", "unit_head", "finance", "leadership", "auditor"])
def test_an_administrator_never_gets_a_right_over_peoples_records(admin, role):
    """SEC-07: administrators do not see C3–C4 content, in whichever order the roles come."""
    made = execute(accounts.CreateAccount("quantri2", "system_admin", display_name="Quản trị hai"))
    unit = admin.units["a"] if role != "province_hr" else None
    message = words(accounts.AssignRole(made.account.id, role, unit, TODAY))
    assert "không được xem hồ sơ" in message
    other = execute(accounts.CreateAccount("moi2", role, unit, "Mới Hai"))
    assert "không được xem hồ sơ" in words(accounts.AssignRole(other.account.id, "system_admin", None, TODAY))


def test_an_administrator_may_be_a_member_of_staff_with_the_own_record(admin):
    made = execute(accounts.CreateAccount("qt3", "system_admin", person_id=admin.people["a2.1"]))
    execute(accounts.AssignRole(made.account.id, "staff_member", None, TODAY))


def test_who_enters_does_not_approve_in_the_same_unit_but_may_elsewhere(admin):
    account = admin.account("unit_hr_a")
    assert "không đồng thời" in words(accounts.AssignRole(account.id, "unit_head", admin.units["a1"], TODAY))
    execute(accounts.AssignRole(account.id, "unit_head", admin.units["b"], TODAY))


def test_the_whole_province_is_asked_for_aloud(admin):
    account = admin.account("unit_head_b")
    assert "Toàn tỉnh" in words(accounts.AssignRole(account.id, "leadership", None, TODAY))
    execute(accounts.AssignRole(account.id, "leadership", None, TODAY, whole_province=True))
    assert "cần một đơn vị" in words(accounts.AssignRole(account.id, "unit_hr", None, TODAY, whole_province=True))


def test_nobody_changes_the_own_rights(admin):
    mine = admin.account("system_admin")
    assert "của chính mình" in words(accounts.AssignRole(mine.id, "staff_member", None, TODAY))
    assert "của chính mình" in words(accounts.EndAccount(mine.id, "thử"))
    assert "của chính mình" in words(accounts.EndAssignment(mine.assignments[0].id, "thử"))


def test_a_role_in_the_place_of_another_ends_the_old_one_the_day_before(admin, session, actor_as):
    account = admin.account("unit_hr_a")
    (old,) = account.assignments
    execute(accounts.ChangeRole(old.id, "unit_hr", admin.units["b"], date(2025, 7, 1)))
    session.refresh(old)
    assert old.valid_to == date(2025, 6, 30)
    with actor_as("unit_hr_a"):
        assert access.in_scope(admin.units["a"], "staff", "write")
        with clock.travel_to(date(2025, 7, 1)):
            access.forget_grants()
            assert not access.in_scope(admin.units["a"], "staff", "write")
            assert access.in_scope(admin.units["b"], "staff", "write")
        access.forget_grants()


def test_a_role_taken_back_is_gone_at_once_and_said_why(admin, session, actor_as):
    account = admin.account("unit_hr_a")
    assert "lý do" in words(accounts.EndAssignment(account.assignments[0].id, " "))
    execute(accounts.EndAssignment(account.assignments[0].id, "Điều động theo QĐ 12"))
    with actor_as("unit_hr_a"):
        assert access.grants() == ()
    assert any("Thu hồi" in event.detail for event in events(session, "rights_changed"))


def test_a_role_given_today_and_taken_back_today_does_not_hold_today(admin, actor_as):
    made = execute(accounts.CreateAccount("tam", "unit_hr", admin.units["a"], "Tạm Thời"))
    execute(accounts.EndAssignment(made.account.assignments[0].id, "cấp nhầm"))
    with actor_as("tam"):
        assert access.grants() == ()
    assert accounts.assigned_today([made.account.id]) == {made.account.id: []}


# -- the end


def test_an_ended_account_has_no_rights_and_no_way_in(admin, session, actor_as):
    account = admin.account("unit_hr_a")
    execute(accounts.EndAccount(account.id, "Chuyển công tác theo QĐ 5"))
    session.refresh(account)
    assert account.valid_to == YESTERDAY and account.ended_reason.startswith("Chuyển")
    assert user_of(account).active is False
    assert all(row.valid_to == YESTERDAY for row in account.assignments)


def test_an_end_in_the_future_leaves_the_account_until_then(admin, session):
    account = admin.account("unit_hr_a")
    execute(accounts.EndAccount(account.id, "Nghỉ hưu", date(2025, 6, 30)))
    session.refresh(account)
    assert account.valid_to == date(2025, 6, 30) and user_of(account).active
    assert [row.valid_to for row in account.assignments] == [date(2025, 6, 30)]


def test_the_last_administrator_stays(world, session):
    """The command line, too, may not lock everybody out."""
    only = world.account("system_admin")
    assert "quản trị viên cuối cùng" in words(accounts.EndAccount(only.id, "thử"))
    execute(accounts.CreateAccount("qt2", "system_admin", display_name="Quản trị hai"))
    execute(accounts.EndAccount(only.id, "thử"))


def test_a_reopened_account_begins_without_roles_and_with_a_new_password(admin, session):
    account = admin.account("unit_hr_a")
    execute(accounts.EndAccount(account.id, "nhầm"))
    made = execute(accounts.ReopenAccount(account.id, "kết thúc nhầm"))
    session.refresh(account)
    assert account.valid_to is None and user_of(account).active and made.password
    assert accounts.assigned_today([account.id]) == {account.id: []}


def test_who_has_left_is_not_opened_again(admin, session):
    with transaction():
        person = admin.person("a1.2")
        person.status, person.left_on = "left", TODAY
    account = admin.account("staff_member_a")
    assert accounts.end_accounts_of_leavers(TODAY) == 1
    session.refresh(account)
    assert account.valid_to == YESTERDAY
    assert "đã nghỉ" in words(accounts.ReopenAccount(account.id, "thử"))


@pytest.mark.parametrize(("left_on", "ended"), [(TODAY, 1), (TODAY + timedelta(days=1), 0), (None, 0)])
def test_the_account_ends_with_the_last_day_of_service_not_before(world, left_on, ended):
    with transaction():
        world.person("a1.2").left_on = left_on
    assert accounts.end_accounts_of_leavers(TODAY) == ended


def move(world, session, person, unit, on):
    """The person's main post ends the day before ``on`` and another begins there."""
    with transaction():
        post = session.scalars(select(Appointment).where(Appointment.person_id == world.people[person])).one()
        post.valid_to = on - timedelta(days=1)
        session.add(
            Appointment(
                person_id=world.people[person],
                unit_id=world.units[unit],
                title="Chuyên viên",
                valid_from=on,
                decision_number="9/QĐ",
            )
        )


def test_rights_follow_posts(world, session, factory):
    """SEC-08: somebody who moved loses the role on the old unit on the first day of the new post."""
    account = factory.account("chuyen", "unit_hr", world.unit("a"), world.person("a1.1"))
    stays = factory.account("olai", "unit_hr", world.unit("a"), world.person("a2.1"))
    move(world, session, "a1.1", "b1", TODAY)
    assert accounts.end_rights_of_moved(YESTERDAY) == 0
    assert accounts.end_rights_of_moved(TODAY) == 1
    session.refresh(account.assignments[0])
    assert account.assignments[0].valid_to == YESTERDAY
    session.refresh(stays.assignments[0])
    assert stays.assignments[0].valid_to is None
    assert accounts.end_rights_of_moved(TODAY) == 0


def test_the_nightly_action_takes_rights_back_too(world, session, factory):
    account = factory.account("chuyen", "unit_hr", world.unit("a"), world.person("a1.1"))
    move(world, session, "a1.1", "b1", TODAY)
    assert "thu hồi 1 vai trò" in upkeep.end_accounts(TODAY)
    session.refresh(account.assignments[0])
    assert account.assignments[0].valid_to == YESTERDAY


def test_a_move_inside_the_unit_of_the_role_changes_nothing(world, session, factory):
    factory.account("trong", "unit_hr", world.unit("a"), world.person("a1.1"))
    move(world, session, "a1.1", "a2", TODAY)
    assert accounts.end_rights_of_moved(TODAY) == 0


def test_a_role_given_without_a_post_there_is_no_right_that_follows_a_post(world, factory):
    factory.account("kiemnhiem", "unit_hr", world.unit("b"), world.person("a1.1"))
    assert accounts.end_rights_of_moved(TODAY) == 0


# -- locks and passwords


def test_an_administrator_opens_a_lock_and_only_a_lock(admin, session):
    account = admin.account("unit_hr_a")
    assert "không bị khóa" in words(accounts.UnlockAccount(account.id))
    with transaction():
        account.locked_until = clock.now() + timedelta(hours=3)
    execute(accounts.UnlockAccount(account.id))
    session.refresh(account)
    assert account.locked_until is None and events(session, "unlocked")


def test_a_reset_gives_a_password_opens_the_lock_and_remembers_the_old_one(admin, session):
    account = admin.account("unit_hr_a")
    old = user_of(account).password
    with transaction():
        account.locked_until = clock.now() + timedelta(hours=3)
    made = execute(accounts.ResetPassword(account.id))
    session.refresh(account)
    assert account.must_change_password and account.locked_until is None and account.password_changed_at is not None
    assert session.scalars(select(PasswordUsed.hash)).all() == [old]
    assert made.password and made.password not in user_of(account).password


def test_ones_own_password_needs_the_old_one_and_nothing_else_is_told(world, actor_as):
    with actor_as("unit_hr_a"):
        faults = faults_of(accounts.ChangeOwnPassword("sai", "x", "y"))
        assert [(fault.field, fault.code) for fault in faults] == [("old", "wrong_password")]
        fields = [fault.field for fault in faults_of(accounts.ChangeOwnPassword(PASSWORD, PASSWORD, "khác"))]
        assert fields == ["again", "new"]
        account = execute(accounts.ChangeOwnPassword(PASSWORD, "Moi-hoan-toan-7", "Moi-hoan-toan-7"))
        assert not account.must_change_password


def test_an_administrator_does_not_return_to_one_of_the_last_ten(world, session, actor_as):
    with actor_as("system_admin"):
        current = PASSWORD
        for number in range(10):
            fresh = f"Mat-khau-so-{number}!"
            execute(accounts.ChangeOwnPassword(current, fresh, fresh))
            current = fresh
        assert "không dùng lại" in words(accounts.ChangeOwnPassword(current, "Mat-khau-so-0!", "Mat-khau-so-0!"))
        execute(accounts.ChangeOwnPassword(current, PASSWORD, PASSWORD))  # the eleventh back


@pytest.mark.parametrize(("age", "old"), [(timedelta(days=60), True), (timedelta(days=60, seconds=-30), False)])
def test_an_administrators_password_lasts_two_months(world, session, age, old):
    with transaction():
        for username in ("system_admin", "unit_hr_a"):
            world.account(username).password_changed_at = clock.now() - age
    assert is_too_old(world.account("system_admin")) is old
    assert is_too_old(world.account("unit_hr_a")) is False


def test_five_wrong_old_passwords_lock_the_account(world, session, actor_as):
    with actor_as("unit_hr_a"):
        assert [accounts.remember_wrong_password() for _n in range(5)] == [False] * 4 + [True]
    assert world.account("unit_hr_a").locked_until > clock.now() + timedelta(hours=11)


# -- many at once


def run_bulk(world, unit, role):
    job = accounts.ask_for_accounts(world.units[unit], role)
    done = jobs.run_next()
    assert done is not None and done.id == job.id
    return done


def test_everybody_in_the_unit_without_an_account_gets_one_and_a_password_on_the_sheet(admin, session):
    done = run_bulk(admin, "a", "staff_member")
    assert done.status == jobs.DONE and done.result["once"]
    sheet = openpyxl.load_workbook(work_path(done.result_file)).active
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int | float)]
    assert len(rows) == 5  # six people in a, a1 and a2, one of whom has an account
    for _number, name, code, _unit, username, password in rows:
        account = admin.account(username)
        assert account.must_change_password and account.display_name == name and account.person.code == code
        assert accounts.password_faults(password, username) == []
        assert [(row.role, row.unit_id) for row in account.assignments] == [("staff_member", None)]
        assert session.scalar(select(User.active).where(User.id == account.user_id))
    assert "đều đã có tài khoản" in " ".join(
        fault.message for fault in _refused(lambda: accounts.ask_for_accounts(admin.units["a"], "staff_member"))
    )


def _refused(call):
    with pytest.raises(Refused) as caught:
        call()
    return caught.value.faults


def test_heads_get_the_role_of_head_on_the_unit_they_head(admin, session):
    run_bulk(admin, "b", "unit_head")
    rows = session.execute(
        select(RoleAssignment.unit_id, Account.person_id)
        .join(Account, Account.id == RoleAssignment.account_id)
        .where(RoleAssignment.role == "unit_head", Account.person_id.is_not(None))
    ).all()
    assert {tuple(row) for row in rows} == {(admin.units[key], admin.people[f"{key}.1"]) for key in ("b", "b1", "b2")}


def test_roles_over_others_are_not_given_by_the_dozen(admin):
    assert "không cấp hàng loạt" in " ".join(
        fault.message for fault in _refused(lambda: accounts.candidates(admin.units["a"], "unit_hr"))
    )


def test_an_account_out_of_scope_looks_like_none(world, actor_as, factory):
    factory.account("qta", "system_admin", world.unit("a"))
    with actor_as("qta"), pytest.raises(NotFound):
        execute(accounts.ResetPassword(world.account("unit_hr_b").id))
