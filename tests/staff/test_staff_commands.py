"""Records of people and the dated rows around them, through the commands."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from hrms.commands.staff import (
    AddAppointment,
    AddDiscipline,
    AddEarlierBenefit,
    AddFamilyRelation,
    AddInsurancePeriod,
    AddSalaryRow,
    AddTraining,
    AddYearRating,
    ChangePerson,
    CorrectRow,
    CreatePerson,
    EndAppointment,
    FirstPost,
    LeaveService,
    RemoveRow,
    ReturnToService,
    appointment_on,
    insurance_months,
    looks_national,
    project_people,
    salary_on,
    unit_on,
)
from hrms.kernel import clock, history
from hrms.kernel.commands import execute, transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused, Stale
from models.account import Account
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow

BASIC = {"full_name": "Lê Thị Hạnh", "sex": "female", "birth_date": date(1990, 5, 20), "category": "civil_servant"}


def codes(error: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {fault.code for fault in error.value.faults}


def create(world: Any, post: dict[str, Any] | None = None, **values: Any) -> Person:
    first = FirstPost(
        **{"unit_id": world.units["a1"], "title": "Chuyên viên", "valid_from": date(2015, 9, 1), **(post or {})}
    )
    return execute(CreatePerson({**BASIC, **values}, first))


class TestCreate:
    def test_a_new_record_shows_its_post_and_can_be_found(self, session: Any, world: Any) -> None:
        person = create(world, full_name="  LÊ   Thị Hạnh ")
        assert person.full_name == "LÊ Thị Hạnh"
        assert (person.unit_id, person.title, person.status) == (world.units["a1"], "Chuyên viên", "active")
        assert person.code.startswith("HY-")
        assert person.folded == f"le thi hanh {person.code.lower()}"

    def test_numbers_are_given_one_after_another(self, session: Any, world: Any) -> None:
        first, second = create(world), create(world)
        assert int(second.code[3:]) == int(first.code[3:]) + 1

    def test_every_fault_is_said_at_once(self, session: Any, world: Any) -> None:
        with pytest.raises(Refused) as error:
            create(
                world,
                {"unit_id": 10**6, "title": "", "valid_from": None},
                full_name="", sex="x", birth_date=None, category="officer", identity_number="12ab",
            )  # fmt: skip
        assert {
            "full_name",
            "sex",
            "birth_date",
            "category",
            "identity_number",
            "title",
            "valid_from",
            "unit_id",
        } <= set(error.value.by_field())

    def test_nobody_is_recruited_before_fifteen(self, session: Any, world: Any) -> None:
        with pytest.raises(Refused) as error:
            create(world, recruited_on=date(2005, 5, 19))
        assert codes(error) == {"too_young"}
        assert create(world, recruited_on=date(2005, 5, 20)).recruited_on == date(2005, 5, 20)

    def test_a_birth_date_is_kept_as_far_as_it_is_known(self, session: Any, world: Any) -> None:
        person = create(world, birth_date=date(1966, 7, 19), birth_precision="year")
        assert (person.birth_date, person.birth_precision) == (date(1966, 1, 1), "year")

    def test_an_identity_number_belongs_to_one_record_only(self, session: Any, world: Any, actor_as: Any) -> None:
        create(world, identity_number="999 000 111 222")
        with pytest.raises(Refused) as error:
            create(world, identity_number="999000111222")
        assert "Lê Thị Hạnh" in error.value.faults[0].message
        with actor_as("unit_hr_b"), pytest.raises(Refused) as error:
            execute(
                CreatePerson(
                    {**BASIC, "identity_number": "999000111222"},
                    FirstPost(world.units["b1"], "Chuyên viên", date(2015, 9, 1)),
                )
            )
        assert codes(error) == {"duplicate"}
        assert "Hạnh" not in error.value.faults[0].message  # nothing about people of other units

    def test_identity_numbers_do_not_stand_in_the_history(self, session: Any, world: Any) -> None:
        person = create(world, identity_number="999000111222")
        execute(ChangePerson(person.id, {"identity_number": "999000111333"}, person.version))
        entries = [entry for entry in history.of(person) if entry.field == "identity_number"]
        assert entries and all("999" not in f"{entry.old}{entry.new}" for entry in entries)

    def test_records_are_created_in_the_own_units_only(self, world: Any, actor_as: Any) -> None:
        with actor_as("unit_hr_a"):
            create(world)
            with pytest.raises(Refused) as error:
                create(world, {"unit_id": world.units["b1"]})
        assert codes(error) == {"unit_out_of_scope"}
        with actor_as("unit_head_a"), pytest.raises(NotAllowed):
            create(world)


class TestChange:
    def test_a_change_updates_what_is_searched(self, session: Any, world: Any) -> None:
        person = world.person("a.2")
        execute(ChangePerson(person.id, {"full_name": "Đặng Thị Mới"}, person.version))
        assert person.folded.startswith("dang thi moi")

    def test_the_second_editor_gets_a_comparison(self, session: Any, world: Any) -> None:
        person = world.person("a.2")
        seen = person.version
        execute(ChangePerson(person.id, {"phone": "0221 111"}, seen))
        with pytest.raises(Stale) as error:
            execute(ChangePerson(person.id, {"phone": "0221 222", "ethnicity": "Kinh"}, seen))
        found = {difference.field: (difference.yours, difference.theirs) for difference in error.value.differences}
        assert found["phone"] == ("0221 222", "0221 111")
        assert person.phone == "0221 111"

    def test_people_of_other_units_are_not_found(self, world: Any, actor_as: Any) -> None:
        with actor_as("unit_hr_a"), pytest.raises(NotFound):
            execute(ChangePerson(world.people["b.2"], {"phone": "1"}))

    def test_fields_outside_the_record_are_refused(self, session: Any, world: Any) -> None:
        with pytest.raises(Refused) as error:
            execute(ChangePerson(world.people["a.2"], {"status": "left", "version": 9}))
        assert codes(error) == {"unknown_field"}


class TestPosts:
    def test_a_second_main_post_is_refused_with_the_first_one_listed(self, session: Any, world: Any) -> None:
        with pytest.raises(Refused) as error:
            execute(AddAppointment(world.people["a1.2"], world.units["a2"], "Chuyên viên", date(2025, 1, 1)))
        (fault,) = error.value.faults
        assert fault.code == "overlap"
        assert "Phòng Tổ chức cán bộ Sở Xây dựng" in fault.message and "QĐ-SNV" in fault.message

    def test_closing_the_previous_post_moves_the_person(self, session: Any, world: Any) -> None:
        person = world.person("a1.2")
        execute(
            AddAppointment(person.id, world.units["a2"], "Chuyên viên", date(2025, 6, 1), close_previous=True,
                           decision_number="5/QĐ-SXD", decision_date=date(2025, 5, 20))
        )  # fmt: skip
        assert unit_on(person, date(2025, 5, 31)).id == world.units["a1"]
        assert unit_on(person, date(2025, 6, 1)).id == world.units["a2"]
        assert person.unit_id == world.units["a2"]

    def test_a_post_of_tomorrow_shows_tomorrow(self, session: Any, world: Any) -> None:
        person = world.person("a1.2")
        execute(
            AddAppointment(
                person.id,
                world.units["a2"],
                "Phó Trưởng phòng",
                date(2025, 6, 16),
                leader_rank="deputy",
                close_previous=True,
            )
        )
        assert (person.unit_id, person.is_leader) == (world.units["a1"], False)
        with clock.travel_to(date(2025, 6, 16)), transaction():
            assert project_people() == 1
        session.expire_all()
        assert (person.unit_id, person.is_leader, person.title) == (world.units["a2"], True, "Phó Trưởng phòng")

    def test_secondment_leaves_the_person_with_the_sender(self, session: Any, world: Any) -> None:
        person = world.person("a1.2")
        execute(
            AddAppointment(
                person.id,
                world.units["xa"],
                "Biệt phái",
                date(2025, 6, 1),
                kind="secondment",
                valid_to=date(2026, 5, 31),
            )
        )
        assert (person.unit_id, person.status) == (world.units["a1"], "seconded")
        with clock.travel_to(date(2026, 6, 1)), transaction():
            project_people([person.id])
        session.refresh(person)
        assert person.status == "active"

    def test_the_same_concurrent_post_is_not_held_twice(self, session: Any, world: Any) -> None:
        args = (world.people["a.1"], world.units["a2"], "Bí thư chi bộ", date(2024, 1, 1), "concurrent")
        execute(AddAppointment(*args))
        with pytest.raises(Refused) as error:
            execute(AddAppointment(*args))
        assert codes(error) == {"overlap"}
        execute(
            AddAppointment(world.people["a.1"], world.units["a2"], "Chủ tịch công đoàn", date(2024, 1, 1), "concurrent")
        )

    def test_a_post_cannot_outlive_its_unit(self, session: Any, world: Any) -> None:
        with transaction():
            world.unit("a2").valid_to = date(2025, 12, 31)
        order = AddAppointment(
            world.people["a1.2"], world.units["a2"], "Chuyên viên", date(2025, 7, 1), close_previous=True
        )
        with pytest.raises(Refused) as error:
            execute(order)
        assert codes(error) == {"unit_ends"}
        order.valid_to = date(2025, 12, 31)
        execute(order)

    def test_a_position_must_be_one_of_the_unit(self, session: Any, world: Any) -> None:
        other = appointment_on(world.person("b.2"), date(2025, 1, 1)).position_id
        with pytest.raises(Refused) as error:
            execute(
                AddAppointment(
                    world.people["a1.2"],
                    world.units["a2"],
                    "Chuyên viên",
                    date(2025, 7, 1),
                    position_id=other,
                    close_previous=True,
                )
            )
        assert codes(error) == {"other_unit"}

    def test_the_main_post_ends_only_with_a_reason(self, session: Any, world: Any) -> None:
        row = appointment_on(world.person("a1.2"), date(2025, 6, 1))
        with pytest.raises(Refused):
            execute(EndAppointment(row.id, date(2025, 6, 30)))
        execute(EndAppointment(row.id, date(2025, 6, 30), "Nghỉ không lương"))
        with clock.travel_to(date(2025, 7, 15)), transaction():
            project_people()
        assert world.person("a1.2").unit_id == world.units["a1"]  # never out of every unit's sight


class TestSalary:
    def test_one_salary_at_a_time(self, session: Any, world: Any) -> None:
        person = world.person("a.2")
        new = AddSalaryRow(person.id, date(2025, 6, 1), Decimal("5.08"), scale_code="A2.1", step=3, grade_code="01.002")
        with pytest.raises(Refused) as error:
            execute(new)
        assert codes(error) == {"overlap"} and "4,98" in error.value.faults[0].message
        new.close_previous = True
        execute(new)
        assert salary_on(person, date(2025, 5, 31)).coefficient == Decimal("4.98")
        assert salary_on(person, date(2025, 6, 1)).coefficient == Decimal("5.08")

    def test_the_coefficient_must_be_that_of_the_step(self, session: Any, world: Any) -> None:
        with pytest.raises(Refused) as error:
            execute(
                AddSalaryRow(
                    world.people["a.2"], date(2025, 6, 1), Decimal("4.98"), scale_code="A1", step=8, close_previous=True
                )
            )
        (fault,) = error.value.faults
        assert fault.code == "off_scale" and "4,65" in fault.message

    def test_agreed_pay_stands_alone(self, session: Any, world: Any) -> None:
        with pytest.raises(Refused) as error:
            execute(
                AddSalaryRow(
                    world.people["a.2"],
                    date(2025, 6, 1),
                    None,
                    9_000_000,
                    leadership=Decimal("0.3"),
                    close_previous=True,
                )
            )
        assert codes(error) == {"agreed_alone"}
        with pytest.raises(Refused) as error:
            execute(
                AddSalaryRow(world.people["a.2"], date(2025, 6, 1), Decimal("4.98"), 9_000_000, close_previous=True)
            )
        assert "one_salary" in codes(error)
        with pytest.raises(Refused):
            execute(AddSalaryRow(world.people["a.2"], date(2025, 6, 1), close_previous=True))

    def test_a_correction_must_fit_among_its_neighbours(self, session: Any, world: Any) -> None:
        person = world.person("a.2")
        row = execute(AddSalaryRow(person.id, date(2025, 6, 1), Decimal("5.08"), close_previous=True))
        with pytest.raises(Refused) as error:
            execute(CorrectRow("salary_row", row.id, {"valid_from": date(2025, 5, 31)}, "Sai ngày"))
        assert codes(error) == {"overlap"}
        with pytest.raises(Refused) as error:
            execute(CorrectRow("salary_row", row.id, {"valid_from": date(2025, 6, 2)}, "Sai ngày"))
        assert codes(error) == {"gap"}
        execute(CorrectRow("salary_row", row.id, {"coefficient": Decimal("5.42")}, "Nhập sai bậc"))
        assert row.coefficient == Decimal("5.42")
        assert any(entry.field == "coefficient" and entry.old == "5.08" for entry in history.of(row))

    def test_a_row_taken_out_lets_the_one_before_run_on(self, session: Any, world: Any) -> None:
        person = world.person("a.2")
        row = execute(AddSalaryRow(person.id, date(2025, 6, 1), Decimal("5.08"), close_previous=True))
        execute(RemoveRow("salary_row", row.id, "Nhập nhầm người", extend_previous=True))
        assert salary_on(person, date(2025, 6, 15)).coefficient == Decimal("4.98")
        assert any("Nhập nhầm người" in (entry.note or "") for entry in history.of(person))


class TestInsurance:
    def test_months_are_not_entered_twice(self, session: Any, world: Any) -> None:
        person = world.person("a.2")
        with pytest.raises(Refused) as error:
            execute(AddInsurancePeriod(person.id, starts_on=date(2000, 1, 15), ends_on=date(2000, 3, 10)))
        assert codes(error) == {"overlap"}

    def test_a_hazardous_stretch_is_cut_out_of_the_long_period(self, session: Any, world: Any) -> None:
        person = world.person("a.2")
        before = insurance_months(person, date(2025, 6, 1))
        execute(
            AddInsurancePeriod(
                person.id, starts_on=date(2000, 1, 15), ends_on=date(2001, 12, 3), hazardous=True, close_previous=True
            )
        )
        after = insurance_months(person, date(2025, 6, 1))
        assert after.total == before.total
        assert (before.hazardous, after.hazardous) == (0, 24)
        rows = session.scalars(select(InsurancePeriod).where(InsurancePeriod.person_id == person.id)).all()
        assert len(rows) == 3

    def test_more_months_than_a_working_life_are_refused(self, session: Any, world: Any) -> None:
        person = world.person("a.2")  # born 05/02/1972: from fifteen to 31/12/2024 are 454 whole months
        execute(AddInsurancePeriod(person.id, "opening", ends_on=date(2024, 12, 31), months=454))
        with pytest.raises(Refused) as error:
            execute(AddInsurancePeriod(person.id, "opening", ends_on=date(2023, 12, 31), months=443))
        assert codes(error) == {"too_many_months"}

    def test_one_total_a_day(self, session: Any, world: Any) -> None:
        order = AddInsurancePeriod(world.people["a.2"], "opening", ends_on=date(2024, 12, 31), months=300)
        execute(order)
        with pytest.raises(Refused) as error:
            execute(order)
        assert "25 năm" in error.value.faults[0].message


class TestLeaving:
    def test_everything_ends_the_day_before_and_the_account_with_it(self, session: Any, world: Any) -> None:
        person = world.person("a1.2")
        execute(LeaveService(person.id, date(2025, 6, 1), "Nghỉ hưu trước tuổi", "9/QĐ-SNV", date(2025, 5, 20)))
        last = date(2025, 5, 31)
        assert (person.status, person.left_on, person.is_leader) == ("left", date(2025, 6, 1), False)
        assert person.unit_id == world.units["a1"]  # the record stays with its last unit
        assert {
            row.valid_to for row in session.scalars(select(Appointment).where(Appointment.person_id == person.id))
        } == {last}
        assert {row.valid_to for row in session.scalars(select(SalaryRow).where(SalaryRow.person_id == person.id))} == {
            last
        }
        account = session.scalar(select(Account).where(Account.person_id == person.id))
        assert account.valid_to == last and account.assignments[0].valid_to == last
        assert insurance_months(person, date(2026, 1, 1)) == insurance_months(person, date(2025, 6, 1))

    def test_a_leave_planned_for_later_does_not_show_yet(self, session: Any, world: Any) -> None:
        person = world.person("a1.2")
        execute(LeaveService(person.id, date(2025, 9, 1), "Nghỉ hưu trước tuổi"))
        assert person.status == "active"
        with clock.travel_to(date(2025, 9, 1)), transaction():
            project_people()
        session.refresh(person)
        assert person.status == "left"

    def test_nobody_leaves_twice_or_before_coming(self, session: Any, world: Any) -> None:
        person = world.person("a1.2")
        with pytest.raises(Refused) as error:
            execute(LeaveService(person.id, person.recruited_on, "Nghỉ"))
        assert codes(error) == {"not_in_service"}
        execute(LeaveService(person.id, date(2025, 6, 1), "Nghỉ"))
        with pytest.raises(Refused) as error:
            execute(LeaveService(person.id, date(2025, 6, 1), "Nghỉ"))
        assert codes(error) == {"already_left"}
        with pytest.raises(Refused) as error:
            execute(AddAppointment(person.id, world.units["a1"], "Chuyên viên", date(2025, 6, 1)))
        assert codes(error) == {"left"}

    def test_a_leave_taken_back_restores_what_it_ended(self, session: Any, world: Any) -> None:
        person = world.person("a1.2")
        before = insurance_months(person, date(2026, 1, 1))
        execute(LeaveService(person.id, date(2025, 6, 1), "Nghỉ"))
        execute(ReturnToService(person.id, "Thu hồi quyết định"))
        assert (person.status, person.left_on) == ("active", None)
        assert appointment_on(person, date(2026, 1, 1)) is not None
        assert salary_on(person, date(2026, 1, 1)) is not None
        assert insurance_months(person, date(2026, 1, 1)) == before
        assert session.scalar(select(Account).where(Account.person_id == person.id)).valid_to is None


class TestRecords:
    def test_the_lesser_rows_are_kept(self, session: Any, world: Any) -> None:
        person = world.people["a.2"]
        execute(AddDiscipline(person, "administrative", date(2025, 3, 1)))
        execute(
            AddTraining(
                person,
                "Quản lý nhà nước ngạch chuyên viên chính",
                "Trường Chính trị",
                date(2020, 1, 1),
                date(2020, 3, 31),
            )
        )
        execute(AddFamilyRelation(person, "Chồng", "Nguyễn Văn Tám", 1970))
        execute(AddEarlierBenefit(person, "29/2023/NĐ-CP", "3/QĐ-UBND", date(2024, 6, 1), 100_000_000))
        execute(AddYearRating(person, 2021, "HTXS"))

    def test_what_does_not_fit_is_refused(self, session: Any, world: Any) -> None:
        person = world.people["a.2"]
        with pytest.raises(Refused):
            execute(
                AddDiscipline(
                    person, "administrative", date(2025, 3, 1), decided_on=date(2025, 2, 28), form="Khiển trách"
                )
            )
        with pytest.raises(Refused):  # decided without a form
            execute(AddDiscipline(person, "administrative", date(2025, 3, 1), decided_on=date(2025, 3, 1)))
        with pytest.raises(Refused) as error:  # rated already
            execute(AddYearRating(person, 2024, "HTXS"))
        assert "Hoàn thành tốt nhiệm vụ" in error.value.faults[0].message
        with pytest.raises(Refused):
            execute(AddYearRating(person, 2026, "HTXS"))
        with pytest.raises(Refused):
            execute(AddFamilyRelation(person, "Chồng", "Nguyễn Văn Tám", relative_id=person))
        with pytest.raises(Refused):
            execute(AddEarlierBenefit(person, "29", amount=-1))


def test_identity_numbers_of_invented_people_never_look_real() -> None:
    assert looks_national("033066001234")
    assert looks_national("033066001234", "male", 1966)
    assert not looks_national("033066001234", "female")
    assert not looks_national("033066001234", "male", 1967)
    assert not looks_national("999066001234")
    assert not looks_national("000066001234")
