"""A staff list goes into the records once: new people, shown differences, refused rows with reasons, never doubles."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from hrms.commands.staff.lookup import insurance_months, salary_on
from hrms.commands.staff_import import ChooseMapping, StartImport, check_import, run_import
from hrms.commands.staff_import.plan import leader_rank
from hrms.commands.staff_import.units import name_key
from hrms.kernel import history
from hrms.kernel.commands import execute
from hrms.kernel.errors import NotFound, Refused
from models.importing import StaffImport
from models.organization import OrgUnit
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow
from tests.support.sheets import xlsx
from tests.support.world import World

HEADER = [
    "STT", "Họ và tên", "Giới tính", "Ngày sinh", "Chức vụ", "Đơn vị công tác", "Hệ số", "Mã ngạch", "Bậc",
    "Phụ cấp chức vụ", "Phụ cấp công vụ", "Tổng số tháng đóng BHXH", "Số CCCD", "Mã cán bộ", "Loại cán bộ",
]  # fmt: skip
DAY = date(2025, 6, 1)


def line(
    name: str, cccd: str = "", *, sex: str = "Nam", birth: str = "15/06/1970", title: str = "Chuyên viên",
    unit: str = "", coefficient: str = "4,32", months: Any = 300, code: str = "", category: str = "Công chức",
    leadership: str = "",
) -> list[Any]:  # fmt: skip
    return [
        "1",
        name,
        sex,
        birth,
        title,
        unit,
        coefficient,
        "01.003",
        "7",
        leadership,
        "25",
        months,
        cccd,
        code,
        category,
    ]


def start(world: World, *rows: list[Any], unit: str = "a", header: list[str] = HEADER, **options: Any) -> StaffImport:
    data = xlsx([header, *rows])
    return execute(StartImport(world.units[unit], io.BytesIO(data), "danh-sach.xlsx", DAY, **options))


def bring(world: World, *rows: list[Any], **options: Any) -> dict[str, Any]:
    return run_import(start(world, *rows, **options))


def found(session: Any, name: str) -> Person:
    person = session.scalar(select(Person).where(Person.full_name == name))
    assert isinstance(person, Person)
    return person


def test_a_new_row_becomes_a_person_with_post_salary_insurance_and_history(world: World, session: Any) -> None:
    summary = bring(
        world, line("Phạm Văn Đức", "999070000001", unit="Phòng Quy hoạch", title="Phó Trưởng phòng", leadership="0,3")
    )
    assert (summary["new"], summary["rejected"]) == (1, 0)
    person = found(session, "Phạm Văn Đức")
    assert (person.unit_id, person.title, person.is_leader) == (world.units["a2"], "Phó Trưởng phòng", True)
    assert person.identity_number == "999070000001"
    salary = salary_on(person, date(2025, 6, 15))
    assert salary is not None
    assert (salary.coefficient, salary.leadership, salary.public_service_percent) == (
        Decimal("4.32"),
        Decimal("0.3"),
        25,
    )
    assert insurance_months(person, DAY).total == 300
    (entry,) = history.of(person)
    assert entry.kind == "created" and "dòng 2" in (entry.note or "")


def test_the_same_file_a_second_time_changes_nothing(world: World, session: Any) -> None:
    rows = [line("Phạm Văn Đức", "999070000001"), line("Lê Thị Mai", "999170000002", sex="Nữ", birth="1975")]
    bring(world, *rows)
    counts = [
        session.scalar(select(func.count(model.id))) for model in (Person, Appointment, SalaryRow, InsurancePeriod)
    ]
    summary = bring(world, *rows)
    assert (summary["new"], summary["changed"], summary["same"]) == (0, 0, 2)
    again = [
        session.scalar(select(func.count(model.id))) for model in (Person, Appointment, SalaryRow, InsurancePeriod)
    ]
    assert again == counts


def test_a_list_without_numbers_is_matched_by_name_birth_and_sex(world: World, session: Any) -> None:
    bring(world, line("Phạm Văn Đức"))
    summary = bring(world, line("PHẠM VĂN ĐỨC"))
    assert (summary["new"], summary["same"]) == (0, 1)


def test_two_people_of_one_name_and_birth_date_need_a_number(world: World, session: Any) -> None:
    bring(world, line("Phạm Văn Đức", "999070000001"), line("Phạm Văn Đức", "999070000002", unit="Phòng Quy hoạch"))
    summary, plan = check_import(start(world, line("Phạm Văn Đức")))
    assert summary["rejected"] == 1
    assert "2 hồ sơ cùng họ tên" in plan.errors[2][0].message


def test_differences_are_shown_before_and_stand_in_the_history_after(world: World, session: Any) -> None:
    bring(world, line("Phạm Văn Đức", "999070000001"))
    changed = line("Phạm Văn Đức", "999070000001", coefficient="4,65", title="Trưởng phòng", months=310)
    summary, _plan = check_import(start(world, changed))
    labels = {d["label"]: (d["old"], d["new"]) for d in summary["differences"][0]["fields"]}
    assert labels["Hệ số lương"] == ("4.32", "4.65")
    assert ("25 năm", "25 năm 10 tháng") in labels.values()
    bring(world, changed)
    person = found(session, "Phạm Văn Đức")
    session.refresh(person)
    assert person.title == "Trưởng phòng" and person.is_leader
    assert salary_on(person, date(2025, 6, 15)).coefficient == Decimal("4.65")  # type: ignore[union-attr]
    assert {entry.field for entry in history.of(person)} >= {"coefficient", "title", "social_insurance_months"}


def test_a_later_salary_follows_the_earlier_one_without_overlap(world: World, session: Any) -> None:
    bring(world, line("Phạm Văn Đức", "999070000001"))
    data = xlsx([HEADER, line("Phạm Văn Đức", "999070000001", coefficient="4,65")])
    run_import(execute(StartImport(world.units["a"], io.BytesIO(data), "b.xlsx", date(2025, 6, 10))))
    person = found(session, "Phạm Văn Đức")
    rows = list(
        session.scalars(select(SalaryRow).where(SalaryRow.person_id == person.id).order_by(SalaryRow.valid_from))
    )
    assert [(row.valid_from, row.valid_to) for row in rows] == [(DAY, date(2025, 6, 9)), (date(2025, 6, 10), None)]
    assert rows[1].public_service_percent == 25, "what the list does not say stays as it was"


def test_a_blank_cell_erases_nothing_and_a_coarser_birth_date_replaces_nothing(world: World, session: Any) -> None:
    bring(world, line("Phạm Văn Đức", "999070000001"))
    header = ["Họ và tên", "Giới tính", "Ngày sinh", "Chức vụ", "Số CCCD"]
    summary = bring(world, ["Phạm Văn Đức", "Nam", "1970", "", "999070000001"], header=header)
    assert summary["same"] == 1
    assert found(session, "Phạm Văn Đức").birth_date == date(1970, 6, 15)


def test_all_or_nothing_writes_nothing_when_one_row_is_wrong(world: World, session: Any) -> None:
    before = session.scalar(select(func.count(Person.id)))
    request = start(world, line("Phạm Văn Đức", "999070000001"), line("Lê Văn Sai", birth="31/02/1975"))
    with pytest.raises(Refused, match="1 dòng lỗi"):
        run_import(request)
    assert session.scalar(select(func.count(Person.id))) == before


def test_good_rows_only_writes_the_good_and_names_the_cell_of_the_bad(world: World, session: Any) -> None:
    rows = (line("Phạm Văn Đức", "999070000001"), line("Lê Văn Sai", birth="31/02/1975"))
    summary = bring(world, *rows, mode="good")
    assert (summary["new"], summary["rejected"]) == (1, 1)
    (error,) = summary["errors"]
    assert error["text"].startswith("Dòng 3, cột Ngày sinh: “31/02/1975” không phải ngày có thật")
    assert summary["error_file"]


def test_a_crash_while_writing_leaves_nothing(world: World, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from hrms.commands.staff_import.writing import Writer

    request = start(world, line("Phạm Văn Đức", "999070000001", unit="Phòng hoàn toàn mới"))
    before = (session.scalar(select(func.count(Person.id))), session.scalar(select(func.count(OrgUnit.id))))

    def break_down(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Writer, "_history", break_down)
    with pytest.raises(OSError, match="disk full"):
        run_import(request)
    session.rollback()
    assert (session.scalar(select(func.count(Person.id))), session.scalar(select(func.count(OrgUnit.id)))) == before
    assert session.get(StaffImport, request.id).state != "imported"


def test_an_imported_list_is_not_written_twice(world: World, session: Any) -> None:
    request = start(world, line("Phạm Văn Đức", "999070000001"))
    run_import(request)
    with pytest.raises(Refused, match="đã được ghi"):
        run_import(session.get(StaffImport, request.id))


def test_a_number_held_in_another_unit_is_refused_without_naming_the_person(
    world: World, session: Any, actor_as: Callable[[str], Any]
) -> None:
    bring(world, line("Trần Thị Kín", "999170000009", sex="Nữ"), unit="b")
    with actor_as("unit_hr_a"):
        summary, plan = check_import(start(world, line("Phạm Văn Đức", "999170000009")))
    assert summary["rejected"] == 1
    text = plan.errors[2][0].text
    assert "đơn vị khác" in text and "Kín" not in text and "999170000009" not in text


def test_a_unit_officer_may_not_import_into_another_department(world: World, actor_as: Callable[[str], Any]) -> None:
    with actor_as("unit_hr_a"), pytest.raises(Refused, match="không thuộc phạm vi"):
        start(world, line("Phạm Văn Đức"), unit="b")


def test_an_import_of_another_department_is_not_found(world: World, actor_as: Callable[[str], Any]) -> None:
    request = start(world, line("Phạm Văn Đức"), unit="b")
    with actor_as("unit_hr_a"), pytest.raises(NotFound):
        execute(ChooseMapping(request.id, mode="good"))


def test_who_may_write_units_gets_unknown_headings_as_new_units(
    world: World, session: Any, actor_as: Callable[[str], Any]
) -> None:
    with actor_as("province_hr"):
        bring(world, line("Phạm Văn Đức", "999070000001", unit="Phòng Chuyển đổi số"))
    made = session.scalar(select(OrgUnit).where(OrgUnit.name == "Phòng Chuyển đổi số"))
    assert made is not None and made.parent_id == world.units["a"]
    assert made.path == f"{world.unit('a').path}{made.id}/"
    assert found(session, "Phạm Văn Đức").unit_id == made.id


def test_who_may_not_write_units_gets_unknown_headings_in_the_receiving_unit(
    world: World, session: Any, actor_as: Callable[[str], Any]
) -> None:
    with actor_as("unit_hr_a"):
        request = start(world, line("Phạm Văn Đức", "999070000001", unit="Phòng Chuyển đổi số"))
        summary, _plan = check_import(request)
        assert summary["unknown_units"][0]["name"] == "Phòng Chuyển đổi số"
        execute(ChooseMapping(request.id, unit_choices={name_key("Phòng Chuyển đổi số"): str(world.units["a2"])}))
        run_import(session.get(StaffImport, request.id))
    assert found(session, "Phạm Văn Đức").unit_id == world.units["a2"]


def test_one_person_on_two_rows_is_refused(world: World) -> None:
    bring(world, line("Phạm Văn Đức", "999070000001", code="X-1"))
    summary, _plan = check_import(
        start(world, line("Phạm Văn Đức", "999070000001"), line("Phạm Văn Đức", "", code="X-1"))
    )
    assert summary["rejected"] == 1


@pytest.mark.parametrize(
    ("title", "rank"),
    [
        ("Giám đốc Sở", "head"), ("Phó Giám đốc", "deputy"), ("Trưởng phòng", "head"), ("PHÓ TRƯỞNG PHÒNG", "deputy"),
        ("Phó Chủ tịch UBND", "deputy"), ("Chuyên viên chính", ""), ("Kế toán trưởng", ""), ("", ""),
    ],
)  # fmt: skip
def test_leadership_is_told_from_the_title(title: str, rank: str) -> None:
    assert leader_rank(title) == rank


def test_headings_that_name_no_unit_stay_with_the_unit_above(world: World, session: Any) -> None:
    bring(
        world,
        line("Phạm Văn Đức", "999070000001", unit="LÃNH ĐẠO SỞ"),
        line("Lê Văn Hùng", "999070000003", unit="Công chức"),
    )
    assert found(session, "Phạm Văn Đức").unit_id == world.units["a"]
    assert session.scalar(select(OrgUnit).where(OrgUnit.name.ilike("lãnh đạo sở"))) is None


def test_a_new_unit_is_not_named_in_capitals(world: World, session: Any) -> None:
    bring(world, line("Phạm Văn Đức", "999070000001", unit="PHÒNG CHUYỂN ĐỔI SỐ"))
    assert found(session, "Phạm Văn Đức").unit.name == "Phòng chuyển đổi số"  # type: ignore[union-attr]
