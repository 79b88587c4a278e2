"""Papers of evaluation: what the forms ask for stands on them, and nobody reads before being told."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from hrms.kernel.commands import transaction
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed, NotFound, Refused
from models.evaluation import (
    EvaluationCycle,
    EvaluationDecision,
    EvaluationMeeting,
    EvaluationPetition,
    EvaluationTask,
    PersonEvaluation,
    UnitEvaluation,
)
from policies.evaluation import ASSUMED, sheets
from reports import pdf, press
from reports.evaluation import many
from reports.evaluation.figures import ceilings, lines_of, share_of
from reports.evaluation.files import CycleFile, Files
from reports.evaluation.sheet import person_sheet
from reports.registry import produce
from tests.support.rated import Rated

STAFF = "HY1071_DEFAULT_STAFF"


def full_marks(code: str) -> dict[str, str]:
    """Full marks on every line of a form, whole percentages where a line is a ratio."""
    lines = [line for group in sheets()[code].groups for line in group.lines]
    return {line.code: "90%" if line.scoring == "RATIO" else str(line.max) for line in lines}


@pytest.fixture
def told(world: Any, factory: Any) -> Rated:
    """A closed year of department A: one notified at HTT, one demoted by the ceiling, one still a draft."""
    rated = Rated(world, factory)
    rated.cycle(2024)
    rated.group("CHUYEN_NGANH")
    with transaction():
        paper = EvaluationDecision(
            cycle_id=rated.cycle_id, unit_id=world.units["a"], number="15/QĐ-A", signed_on=date(2024, 12, 9),
            signer="Trần Văn Đứng, Giám đốc", quota={},
        )  # fmt: skip
        db.session.add(paper)
    points = full_marks(STAFF)
    common: dict[str, Any] = {
        "sheet_code": STAFF, "points_self": points, "points_unit": points, "score_self": Decimal("94"),
        "texts_self": {"strengths": "Chủ động trong công việc.", "weaknesses": "Còn nóng vội."},
        "manager_remark": "Nhất trí với tự đánh giá.", "group": "CHUYEN_NGANH",
    }  # fmt: skip
    done = {"state": "notified", "decision_id": paper.id, "decided_by": "Trần Văn Đứng, Giám đốc",
            "notified_at": datetime(2024, 12, 11, 3, tzinfo=UTC)}  # fmt: skip
    rated.sheet("tot", "HTT", "82.5", level="HTT", **common, **done)
    rated.sheet("ha", "HTT", "95", level="HTT", quota_outcome="demoted", reasons=["QUOTA_DEMOTED"], **common, **done)
    rated.sheet("nhap", "", None, state="draft", level_self="HTT", group="CHUYEN_NGANH", sheet_code=STAFF)
    with transaction():
        db.session.add(
            EvaluationTask(
                evaluation_id=rated.sheets["tot"],
                order=1,
                name="Thẩm định hồ sơ đất đai",
                unit_of_count="hồ sơ",
                assigned=Decimal(12),
                done=Decimal(14),
                beyond=True,
            )
        )
    return rated


def text(words: Any, name: str, **given: Any) -> str:
    return str(words(produce(name, "pdf", {key: str(value) for key, value in given.items()}).content))


def test_the_sheet_has_the_parts_of_the_national_form_and_says_that_its_points_are_assumed(
    told: Rated, words: Any, actor_as: Any
) -> None:
    with actor_as("unit_hr_a"):
        found = text(words, "evaluation_sheet", sheet=told.sheets["tot"])
    for part in ("PHIẾU ĐÁNH GIÁ, XẾP LOẠI CHẤT LƯỢNG CÔNG CHỨC", "Năm 2024", "I. KẾT QUẢ TỰ ĐÁNH GIÁ",
                 "II. TỰ NHẬN XÉT, XẾP LOẠI CHẤT LƯỢNG", "III. Ý KIẾN NHẬN XÉT",
                 "KẾT QUẢ ĐÁNH GIÁ, XẾP LOẠI CHẤT LƯỢNG", ASSUMED,
                 "Thẩm định hồ sơ đất đai", "Hoàn thành tốt nhiệm vụ", "82,5", "15/QĐ-A"):  # fmt: skip
        assert part in found, part


@pytest.mark.parametrize(
    ("regime", "code", "wanted"),
    [
        ("ND335", "ND335_M01_STAFF", ("PHIẾU THEO DÕI, ĐÁNH GIÁ CÔNG CHỨC", "II. TỔNG HỢP", "BẢNG KÊ CÔNG VIỆC")),
        ("ND233", "", ("VÀ ĐỀ XUẤT PHƯƠNG ÁN XỬ LÝ", "III. KẾT QUẢ ĐÁNH GIÁ")),
        ("QD366", "", ("A. NỘI DUNG KIỂM ĐIỂM", "B. CHẤM ĐIỂM VÀ ĐỀ XUẤT MỨC XẾP LOẠI")),
        ("ND90_48", "ND90_ART3", ("Nhận định theo tiêu chí", "Thực hiện tốt")),
    ],
)
def test_every_regime_has_its_own_layout(
    told: Rated, words: Any, actor_as: Any, regime: str, code: str, wanted: tuple[str, ...]
) -> None:
    points = {"1a": "good", "1b": "good"} if code == "ND90_ART3" else {"I.1": "4.5"} if code else None
    told.set(["tot"], regime=regime, sheet_code=code, points_self=points, points_unit=points)
    with actor_as("unit_hr_a"):
        found = text(words, "evaluation_sheet", sheet=told.sheets["tot"])
    assert all(part in found for part in wanted)
    assert ASSUMED not in found


def test_others_words_stay_hidden_from_the_person_until_the_result_is_told(
    told: Rated, words: Any, actor_as: Any, world: Any
) -> None:
    person = world.account("staff_member_a").person_id
    with transaction():
        sheet = PersonEvaluation(
            cycle_id=told.cycle_id, person_id=person, unit_id=world.units["a1"], agency_id=world.units["a"],
            klass="CC0", regime="ND90_48", sheet_code=STAFF, state="decided", level="HT", level_unit="HT",
            points_unit=full_marks(STAFF), manager_remark="Chậm nhiều việc.", score=Decimal("61.25"),
        )  # fmt: skip
        db.session.add(sheet)
    with actor_as("staff_member_a"):
        before = text(words, "evaluation_sheet", sheet=sheet.id)
        with pytest.raises(Refused, match="Chưa có quyết định"):
            produce("evaluation_notice", "pdf", {"sheet": str(sheet.id)})
    assert "Chậm nhiều việc" not in before
    assert "61,25" not in before
    with transaction():
        db.session.get(PersonEvaluation, sheet.id).state = "notified"
    with actor_as("staff_member_a"):
        after = text(words, "evaluation_sheet", sheet=sheet.id)
    assert "Chậm nhiều việc" in after
    assert "61,25" in after


def test_papers_of_another_unit_do_not_exist_for_those_outside(told: Rated, actor_as: Any) -> None:
    with actor_as("unit_hr_b"), pytest.raises(NotFound):
        produce("evaluation_sheet", "pdf", {"sheet": str(told.sheets["tot"])})
    with actor_as("unit_hr_b"), pytest.raises((NotFound, NotAllowed)):
        produce("evaluation_results", "xlsx", {"cycle": str(told.cycle_id), "unit": str(told.world.units["a"])})


def test_the_notice_tells_the_reason_and_the_right_to_petition(told: Rated, words: Any, actor_as: Any) -> None:
    with actor_as("unit_hr_a"):
        found = text(words, "evaluation_notice", sheet=told.sheets["ha"])
    assert "Vượt tỷ lệ Hoàn thành xuất sắc nhiệm vụ" in found
    assert "có quyền kiến nghị" in found
    assert "05 ngày làm việc" in found


def test_the_decision_lists_levels_and_never_points(told: Rated, words: Any, actor_as: Any) -> None:
    decision = told.row("tot").decision_id
    with actor_as("unit_hr_a"):
        found = text(words, "evaluation_decision", evaluation_decision=decision)
    assert "02 người" in found
    assert "82,5" not in found
    assert "1071-QĐ/TU" in found


def test_the_published_list_has_levels_only(told: Rated, words: Any, actor_as: Any) -> None:
    told.set(["tot"], state="published", published_at=datetime(2024, 12, 13, 3, tzinfo=UTC))
    with actor_as("unit_hr_a"):
        found = text(words, "evaluation_published", cycle=told.cycle_id, unit=told.world.units["a"])
    assert "tot" in found
    assert "82,5" not in found
    assert " ha " not in found  # told, not published yet


def test_minutes_unit_sheet_and_answer_can_be_printed(told: Rated, words: Any, actor_as: Any, world: Any) -> None:
    with transaction():
        meeting = EvaluationMeeting(
            cycle_id=told.cycle_id, unit_id=world.units["a1"], held_on=date(2024, 11, 21), chair="Trần Văn Đứng",
            secretary="Lê Thị Ghi", attendees=["Trần Văn Đứng", "Lê Thị Ghi"], invited=2, present=2,
            minutes="Thảo luận từng người.", approved=True,
        )  # fmt: skip
        unit = UnitEvaluation(
            cycle_id=told.cycle_id, unit_id=world.units["a"], regime="HY1071", state="recognised", level="HTT",
            sheet_code="HY1071_DEFAULT_COLLECTIVE", points_self=full_marks("HY1071_DEFAULT_COLLECTIVE"),
            measures={"done_percent": "100"},
        )  # fmt: skip
        sheet = told.row("tot")
        petition = EvaluationPetition(
            evaluation_id=sheet.id, person_id=sheet.person_id, unit_id=sheet.unit_id, filed_on=date(2024, 12, 16),
            file_by=date(2024, 12, 18), content="Đề nghị xem lại.", state="upheld", answer="Kết quả đúng quy định.",
            answered_on=date(2024, 12, 20), answer_number="3/A",
        )  # fmt: skip
        db.session.add_all([meeting, unit, petition])
    told.set(["tot"], meeting_id=meeting.id, meeting_remark="Nhất trí.", meeting_votes={"HTT": 2})
    with actor_as("unit_hr_a"):
        minutes = text(words, "evaluation_minutes", meeting=meeting.id)
        collective = text(words, "evaluation_unit_sheet", collective=unit.id)
        answer = text(words, "petition_answer", petition=petition.id)
    assert "BIÊN BẢN" in minutes
    assert "Nhất trí." in minutes
    assert ASSUMED in collective
    assert "giữ nguyên kết quả xếp loại: Hoàn thành tốt nhiệm vụ" in answer


def test_the_whole_set_of_a_unit_is_one_file_and_notices_skip_who_has_none(
    told: Rated, pages: Any, actor_as: Any, world: Any
) -> None:
    cycle = db.session.get(EvaluationCycle, told.cycle_id)
    with actor_as("unit_hr_a"):
        whole = many.print_unit(cycle, world.unit("a"))
        notices = many.print_unit(cycle, world.unit("a"), "evaluation_notice")
    assert whole.count == 3
    assert sum("PHIẾU ĐÁNH GIÁ" in page for page in pages(whole.content)) == 3
    assert notices.count == 2
    assert len(notices.skipped) == 1


def test_a_press_that_shares_styles_writes_the_same_bytes_and_fewer_styles(
    told: Rated, actor_as: Any, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weasyprint import css

    reader = Files()
    with actor_as("unit_hr_a"):
        sheets_of_unit = [
            person_sheet(file, pdf.filled)
            for file in reader.load(many.sheet_ids(db.session.get(EvaluationCycle, told.cycle_id), world.unit("a")))
        ]  # fmt: skip
    plain = pdf.lay_out(sheets_of_unit, "Bộ phiếu")
    monkeypatch.setattr(css, "computed_from_cascaded", css.computed_from_cascaded)  # put back afterwards
    assert press.share_styles(), "WeasyPrint was changed: measure and check reports/press.py against it"
    made: list[str] = []
    shared = press.sharing(lambda element, *rest, **more: made.append(element.tag) or object())
    parent = css.AnonymousStyle(None)
    cells = [ElementTree.Element("td", given) for given in ({"class": "num"}, {"class": "num"}, {"lang": "en"})]
    for cell in cells:
        shared(cell, {"text_align_all": ("right", (1, (0, 1, 0)))}, parent)
    assert made == ["td", "td"]  # what an attribute of the element itself may change is never shared
    assert pdf.lay_out(sheets_of_unit, "Bộ phiếu") == plain


def test_consolidated_numbers_are_those_of_the_sheets(told: Rated, actor_as: Any, world: Any) -> None:
    told.many({"HTXS": 1, "HTT": 9}, state="notified", level="HTT", group="CHUYEN_NGANH")
    cycle = db.session.get(EvaluationCycle, told.cycle_id)
    with actor_as("unit_hr_a"):
        (line,) = lines_of(cycle, world.unit("a"))
        group, whole = ceilings(cycle, world.unit("a"), CycleFile(cycle).configuration())
    assert (line.total, line.rated, line.count("HTT"), line.waiting) == (13, 12, 12, 1)
    assert line.share("HTT") == Decimal(100)
    assert group.candidates == 1  # the demoted one would be excellent without the ceiling
    assert group.demoted == 1
    assert group.limit == whole.limit == 1


@pytest.mark.parametrize(("part", "whole", "share"), [(1, 3, "33.3"), (2, 3, "66.7"), (1, 8, "12.5"), (5, 0, None)])
def test_a_share_is_rounded_half_up_to_one_decimal(part: int, whole: int, share: str | None) -> None:
    assert share_of(part, whole) == (None if share is None else Decimal(share))
