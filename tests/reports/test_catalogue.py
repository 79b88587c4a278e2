"""Every report of the catalogue: figures are the rows behind them, totals are their rows, and reports agree."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from hrms.commands.reporting import produce
from hrms.commands.reporting.producing import asked_for
from hrms.kernel.commands import transaction
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.restructuring import DownsizingCase
from reports.framework import Block, Produced, RowFailed, definitions, make
from reports.framework.paper import paper, table_of
from reports.framework.parameters import period_of
from reports.framework.result import Column
from reports.framework.workbook import write_report
from reports.tables import page_table, shown

# Beside the units of a kind these columns add up posts and people; the figure opens the units.
ADDED_UP = re.compile(r"^(posts|people|heads|deputies)_(before|after)$")
KEYS = sorted(definitions())


def add_cases(world: Any, session: Any) -> list[int]:
    """A case of every kind: in work, decided, paid, refused, and a paid one that was amended downwards."""
    plan = [
        ("a1.1", "draft", "178", 100, None, None),
        ("a1.2", "finance_review", "178", 250, None, None),
        ("b1.1", "decided", "178", 400, date(2025, 5, 20), None),
        ("b1.2", "paid", "154", 300, date(2025, 4, 2), 300),
        ("xa.1", "refused", "178", 70, None, None),
        ("xa.2", "superseded", "178", 900, date(2025, 3, 1), 900),
    ]
    ids = []
    with transaction():
        for number, (key, state, decree, total, decided, paid) in enumerate(plan, start=1):
            person = world.person(key)
            row = DownsizingCase(
                number=f"NV-2025-{number:04d}", person_id=person.id, unit_id=person.unit_id, state=state,
                decree=decree, decree_found=decree, benefit_found="severance", leave_date=date(2025, 6, 1),
                eligible=state != "refused", total=total * 1_000_000, monthly_salary=10_000_000,
                top_up_part=5_000_000 if state == "decided" else 0, funding_source="salary_reform",
                decision_number="9/QĐ-UBND" if decided else "", decision_date=decided,
                paid_on=date(2025, 5, 30) if paid else None, paid_amount=paid * 1_000_000 if paid else None,
                folded=person.folded, created_at=datetime(2025, 5, 10, 2, tzinfo=UTC),
            )  # fmt: skip
            session.add(row)
            session.flush()
            ids.append(row.id)
        last = session.get(DownsizingCase, ids[-1])
        session.add(
            DownsizingCase(
                number=last.number,
                revision=2,
                amends_id=last.id,
                person_id=last.person_id,
                unit_id=last.unit_id,
                state="decided",
                decree="178",
                decree_found="178",
                benefit_found="severance",
                eligible=True,
                leave_date=last.leave_date,
                total=850_000_000,
                decision_number="10/QĐ-UBND",
                decision_date=date(2025, 6, 2),
                folded=last.folded,
                created_at=datetime(2025, 6, 1, 2, tzinfo=UTC),
            )
        )
    return ids


@pytest.fixture
def province(world: Any, session: Any, actor_as: Any) -> Iterator[Any]:
    """The small province with cases, seen by Sở Nội vụ."""
    add_cases(world, session)
    with actor_as("province_hr"):
        yield world


@pytest.mark.parametrize("key", KEYS)
def test_every_figure_is_the_number_of_rows_behind_it(key: str, province: Any) -> None:
    """Any figure opens into the rows it counted, its total into all of them."""
    asked = asked_for(key, {})
    opened = 0
    for block in make(asked).blocks:
        fact = asked.definition.fact(block.fact) if block.fact else None
        for column in block.columns:
            if fact is None or column.kind != "integer" or ADDED_UP.match(column.key):
                continue
            for row in [*block.rows, None]:
                where = block.conditions(column, row)
                if where is None:
                    continue
                value = block.total(column.key) if row is None else row[column.key]
                assert fact.number(asked, where) == value, (block.key, column.key, row)
                assert len(list(fact.rows(asked, where))) == value
                opened += 1
    assert opened or not any(block.rows for block in make(asked).blocks)


@pytest.mark.parametrize("key", KEYS)
def test_the_page_the_paper_and_the_spreadsheet_say_the_same(key: str, province: Any) -> None:
    """PDF and XLSX hold every cell of the report; sums of the spreadsheet are formulas over exactly its rows."""
    produced = produce(key, {})
    text = re.sub(
        r"\s+", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(paper(produced).write())).pages)
    )
    target = io.BytesIO()
    assert write_report(target, produced) == produced.rows
    book = openpyxl.load_workbook(target)
    assert len(book.worksheets) == len(produced.blocks)
    for block, sheet in zip(produced.blocks, book.worksheets, strict=True):
        for row in block.rows:
            for column in block.columns:
                assert re.sub(r"\s+", "", shown(row.get(column.key), column.kind)) in text
        if not block.rows or not block.sums:
            continue
        assert sheet.freeze_panes and sheet.print_title_rows and sheet.print_area
        total = next(row for row in sheet.iter_rows() if row[1].value == block.total_label)
        for index, column in enumerate(block.columns, start=1):
            if column.total:
                found = total[index].value
                assert isinstance(found, str) and found.startswith("=SUM(")
                cells = [cell for part in found[5:-1].split(",") for line in _cells(sheet, part) for cell in line]
                values = [cell.value or 0 for cell in cells]
                assert all(isinstance(value, int) for value in values)
                assert sum(values) == block.total(column.key)


def _cells(sheet: Any, part: str) -> Any:
    found = sheet[part]
    return found if isinstance(found, tuple) else ((found,),)


@pytest.mark.parametrize("key", KEYS)
def test_a_snapshot_reads_back_as_it_was(key: str, province: Any) -> None:
    """What is kept as JSON is the same report again: values, types, charts, digest."""
    import json

    from hrms.kernel.db import dump_json

    produced = produce(key, {})
    again = Produced.from_plain(json.loads(dump_json(produced.to_plain())))
    assert again.digest == produced.digest
    assert [block.rows for block in again.blocks] == [block.rows for block in produced.blocks]


def test_reports_agree_on_people(province: Any) -> None:
    """Present people: structure, establishment, units, and the section for the steering committee."""
    structure, numbers = produce("staff_structure", {}), produce("establishment", {})
    units, cchc = produce("units_before_after", {}), produce("cchc_staff", {})
    whole = structure.block("unit").total("count")
    assert whole == 14
    assert {block.total("count") for block in structure.blocks} == {whole}
    assert numbers.block("kind").total("present") == numbers.block("unit").total("all_present") == whole
    assert units.block("kind").total("people_after") == whole
    assert cchc.block("staff").total("count") == cchc.block("age").total("count") == whole
    sums = [numbers.block("kind").total(key) for key in ("assigned", "present", "vacant", "surplus")]
    assert sums[0] - sums[1] == sums[2] - sums[3]


def test_no_number_is_counted_twice_where_two_provinces_stand_side_by_side(
    world: Any, factory: Any, actor_as: Any
) -> None:
    """A province of the past is a line of its own; its departments' numbers are theirs alone."""
    other = factory.unit("TB", "Tỉnh cũ", kind="province")
    department = factory.unit("TB-SXD", "Sở Xây dựng", other)
    factory.establishment(department, 30)
    with actor_as("province_hr"):
        found = produce("establishment", {}).block("unit").rows
    lines = {row["label"]: row["all_assigned"] for row in found}
    assert lines["Sở Xây dựng (Tỉnh cũ)"] == 30 and lines["Sở Xây dựng"] == 12
    assert "Tỉnh cũ" not in lines and sum(lines.values()) == 30 + 12 + 12 + 12


def test_reports_agree_on_money(province: Any) -> None:
    """Decided, paid, budgeted: each amount is one amount wherever it stands."""
    progress, decrees = produce("case_progress", {}), produce("cases_by_decree", {})
    budget, payments = produce("budget_dossier", {}), produce("payments", {})
    cchc = produce("cchc_staff", {})
    assert progress.block("state").total("count") == decrees.block("decree").total("count") == 6
    whole = 100 + 250 + 400 + 300 + 850
    for amount in (
        progress.block("state").total("total"), decrees.block("decree").total("total"),
        decrees.block("unit").total("total"), budget.block("source").total("total"),
        budget.block("unit").total("total"), budget.block("list").total("total"), cchc.block("decree").total("total"),
    ):  # fmt: skip
        assert amount == whole * 1_000_000
    source = budget.block("source")
    assert sum(source.total(key) for key in ("main_part", "estimate_part", "top_up_part")) == source.total("total")
    paid = 1_200 * 1_000_000  # also what was paid on the version replaced since
    assert payments.block("unit").total("paid") == payments.block("list").total("paid") == paid
    assert progress.block("month").total("paid") == cchc.block("month").total("paid") == paid
    assert payments.block("unit").total("total") == progress.block("unit").total("decided_total")


def test_the_refund_register_names_what_was_paid_too_much(province: Any) -> None:
    """Paid 900 million, then 850 by the amendment: 50 million come back."""
    block = produce("refund_register", {}).block("list")
    assert [(row["number"], row["due_back"]) for row in block.rows] == [("NV-2025-0006", 50_000_000)]


def test_somebody_taken_on_again_pays_back_only_within_the_time_of_the_decree(province: Any, session: Any) -> None:
    """NĐ 154: 60 months; the day before they end counts, the day they end does not. NĐ 178 asks for nothing."""
    from models.staff import Appointment

    case = session.query(DownsizingCase).filter_by(number="NV-2025-0004").one()
    with transaction():
        case.leave_date = date(2025, 7, 1)
        post = Appointment(person_id=case.person_id, unit_id=case.unit_id, valid_from=date(2030, 6, 30), title="CV")
        session.add(post)
    rows = produce("refund_register", {}).block("list").rows
    assert [row["number"] for row in rows if row["kind"].startswith("Được tuyển dụng lại")] == ["NV-2025-0004"]
    with transaction():
        post.valid_from = date(2030, 7, 1)
    rows = produce("refund_register", {}).block("list").rows
    assert not [row for row in rows if row["number"] == "NV-2025-0004"]


def test_notice_and_decision_stand_beside_the_day_of_retirement(province: Any) -> None:
    """Born 20/09/1966, a man: 62 years in September 2028; written notice six, decision three months before."""
    block = produce("retirement_forecast", {"years": "5", "list_years": "5"}).block("list")
    row = next(row for row in block.rows if row["birth_date"] == date(1966, 9, 20))
    assert row["pension_from"] == date(2028, 10, 1)
    assert (row["notice_on"], row["decision_on"]) == (date(2028, 4, 1), date(2028, 7, 1))
    assert produce("retirement_forecast", {"years": "3"}).block("year").total("count") == 0
    assert produce("retirement_forecast", {"years": "4"}).block("year").total("count") == 7


def test_a_step_is_due_when_the_scale_says_so(province: Any, session: Any) -> None:
    """Step 9 of A1 is the last: 36 months after it began (01/01/2023) the allowance beyond the frame is due."""
    from models.staff import SalaryRow

    assert produce("salary_steps_due", {"period": "2025-Q4"}).block("unit").total("count") == 0
    found = produce("salary_steps_due", {"period": "2026-Q1"})
    assert found.block("unit").total("k_first_beyond") == found.block("unit").total("count") == 14
    with transaction():
        row = session.query(SalaryRow).first()
        row.step, row.step_counted_from = 8, date(2022, 10, 1)
    found = produce("salary_steps_due", {"period": "2025-Q4"}).block("list")
    assert [(row["due_on"], row["kind"], row["next_step"]) for row in found.rows] == [
        (date(2025, 10, 1), "Nâng một bậc", 9)
    ]
    late = produce("salary_steps_due", {"period": "2026-Q1"}).block("unit")
    assert late.total("overdue") == 1


def test_units_before_and_after_tell_what_became_of_what(province: Any, session: Any) -> None:
    """A unit that ended between the two days is counted before and not after, and its heir is named."""
    from models.organization import OrgUnitVersion, UnitSuccession

    with transaction():
        version = session.query(OrgUnitVersion).filter_by(unit_id=province.units["a2"]).one()
        version.valid_to = date(2025, 2, 28)
        session.add(
            UnitSuccession(
                from_unit_id=province.units["a2"],
                to_unit_id=province.units["a1"],
                kind="merge",
                on=date(2025, 3, 1),
                decision_number="45/QĐ-UBND",
            )
        )
    found = produce("units_before_after", {"before": "2025-02-28", "on": "2025-03-01"})
    row = next(row for row in found.block("kind").rows if row["kind"] == "division")
    assert (row["units_before"], row["units_after"], row["units_delta"]) == (4, 3, -1)
    listed = found.block("list").rows
    assert [(row["unit_before"], row["change"], row["decision"]) for row in listed] == [
        ("Phòng Quy hoạch", "Kết thúc hoạt động", "45/QĐ-UBND")
    ]
    assert "Phòng Tổ chức cán bộ Sở Xây dựng" in listed[0]["became"]


def test_a_unit_sees_itself_and_what_is_below(province: Any, actor_as: Any) -> None:
    """Scope: Sở Xây dựng counts its own six people; another department looks like one that does not exist."""
    with actor_as("unit_hr_a"):
        assert produce("staff_structure", {}).block("unit").total("count") == 6
        assert produce("cases_by_decree", {}).block("decree").total("count") == 2
        with pytest.raises(NotFound):
            produce("staff_structure", {"unit": str(province.units["b"])})


def test_figures_without_names_for_those_who_may_not_read_records(province: Any, actor_as: Any) -> None:
    """Leaders of the province see how many retire, not who; finance sees no case before it comes to it."""
    with actor_as("leadership"):
        asked = asked_for("retirement_forecast", {"years": "5"})
        assert [block.key for block in make(asked).blocks] == ["year", "category", "unit"]
        with pytest.raises(NotAllowed):
            list(asked.definition.fact("retiring").rows(asked, {}))
    with actor_as("finance"):
        assert produce("budget_dossier", {}).block("source").total("count") == 4  # not the draft
    with actor_as("system_admin"), pytest.raises(NotFound):
        produce("staff_structure", {})


def test_rights_on_records_of_one_unit_open_no_rows_of_another(province: Any, factory: Any, actor_as: Any) -> None:
    """Two roles: figures of the whole province as leader, names of one's own agency as its staff officer."""
    account = province.account("leadership")
    factory.assign(account, "unit_hr", province.unit("a"))
    with actor_as("leadership"):
        asked = asked_for("retirement_forecast", {"years": "15"})
        fact = asked.definition.fact("retiring")
        assert fact.number(asked) > fact.seen(asked, {}) == 6
        assert len(list(fact.rows(asked, {}))) == 6
        people = asked_for("staff_structure", {})
        staff = people.definition.fact("staff")
        assert (staff.number(people), staff.seen(people, {})) == (14, 6)


def test_every_fault_of_the_parameters_is_told_at_once(province: Any) -> None:
    with pytest.raises(Refused) as refused:
        produce("retirement_forecast", {"on": "31/02/2025", "years": "99", "yeers": "1"})
    assert {fault.field for fault in refused.value.faults} == {"on", "years", "yeers"}


def test_conditions_on_what_a_fact_does_not_have_are_refused(province: Any) -> None:
    asked = asked_for("staff_structure", {})
    fact = asked.definition.fact("staff")
    for where in ({"salary": "1"}, {"birth_date": "hôm qua"}, {"sex__like": "m"}, {"branch": "x"}):
        with pytest.raises(Refused):
            fact.number(asked, where)
    assert fact.number(asked, {"birth_date__from": "1970-01-01"}) == 7
    assert fact.number(asked, {"sex__in": "male,female"}) == 14
    assert fact.number(asked, {"leader_rank__not": ""}) == 7
    assert fact.number(asked, {"leader_rank": ""}) == 7


def test_a_row_that_cannot_be_written_is_named() -> None:
    """Not “lỗi hệ thống”: the report, the table, the number of the row and who it is about."""
    bad = {"code": "HY-000123", "total": object()}
    block = Block("list", "Danh sách", [Column("code", "Số hiệu", "code"), Column("total", "Tiền", "money")],
                  [{"code": "HY-1", "total": 1}, bad])  # fmt: skip
    produced = Produced("x", "Báo cáo thử", {}, [], [block], date(2025, 6, 15))
    for write in (lambda: write_report(io.BytesIO(), produced), lambda: paper(produced)):
        with pytest.raises(RowFailed, match=r"“Báo cáo thử”.*“Danh sách”.*dòng 2 \(HY-000123\)"):
            write()


@given(st.integers(1990, 2100), st.sampled_from(["", "-Q1", "-Q4", "-H1", "-H2", "-01", "-02", "-12"]))
def test_periods_cover_their_months_and_nothing_else(year: int, part: str) -> None:
    found = period_of(f"{year}{part}")
    months = found.months()
    assert months[0][0] == found.first and months[-1][1] == found.last
    assert len(months) == {"": 12, "-Q": 3, "-H": 6}.get(part[:2], 1)
    for (_first, last), (first, _last) in pairwise(months):
        assert (first - last).days == 1


@pytest.mark.parametrize("text", ["", "25", "2025-Q5", "2025-13", "2025-00", "2025-H3", "2025-Q", "1800", "²025"])
def test_what_is_no_period_is_refused(text: str, ctx: Any) -> None:
    with pytest.raises(ValueError, match="Kỳ báo cáo"):
        period_of(text)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=8))
def test_the_foot_of_a_percentage_is_the_share_of_the_totals_on_every_form(pairs: list[tuple[int, int]]) -> None:
    """5 of 10 and 5 of 100 are 9,1 %, not 55 %; nothing of nothing has no share."""
    rows = [{"label": f"Đơn vị {n}", "best": best, "rated": best + other} for n, (best, other) in enumerate(pairs)]
    columns = (Column("label", "Đơn vị"), Column("rated", "Đã xếp loại", "integer", total=True),
               Column("best", "Số", "integer", total=True),
               Column("share", "%", "percent", share=("best", "rated")))  # fmt: skip
    block = Block("unit", "Kết quả", columns, rows)
    best, rated = (sum(row[key] for row in rows) for key in ("best", "rated"))
    foot = block.foot(columns[3])
    assert foot is None if not rated else abs(foot - Decimal(best * 100) / rated) <= Decimal("0.05")
    assert page_table(table_of(block), points=10, room=165)["totals"][-1][0] == shown(foot, "percent")
    produced = Produced("x", "Kết quả", {}, [], [block], date(2025, 6, 15))
    assert (
        Produced.from_plain(json.loads(json.dumps(produced.to_plain(), default=str))).block("unit").columns == columns
    )
    target = io.BytesIO()
    write_report(target, produced)
    sheets = openpyxl.load_workbook(io.BytesIO(target.getvalue()), data_only=False)
    formulas = [
        cell.value for page in sheets for line in page.iter_rows() for cell in line if "ROUND" in str(cell.value)
    ]
    assert len(formulas) == 1
