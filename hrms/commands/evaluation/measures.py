"""What is stated beside the points of a sheet: figures, yes and no, grounds; which of them each regime asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from hrms.commands.evaluation.words import N_
from hrms.kernel.errors import Fault
from models.evaluation import EvaluationTask
from policies.evaluation import LEADERS
from policies.evaluation.explain import rounded
from policies.evaluation.facts import GRADE_LABELS as GRADES
from policies.evaluation.facts import QUALITIES, read_facts

# What a person or the unit states beside the points, by kind of value; the keys are those of the rules.
MEASURES: dict[str, tuple[str, str]] = {
    "criteria_1_4": ("quality", N_("Tiêu chí chung (khoản 1 đến khoản 4 Điều 3 NĐ 90/2020/NĐ-CP)")),
    "criterion_5a": ("quality", N_("Tiêu chí kết quả lãnh đạo, quản lý")),
    "done_percent": ("percent", N_("Tỷ lệ nhiệm vụ hoàn thành (%)")),
    "not_assured_percent": ("percent", N_("Tỷ lệ nhiệm vụ chưa bảo đảm chất lượng, tiến độ (%)")),
    "over_percent": ("percent", N_("Tỷ lệ nhiệm vụ vượt mức (%)")),
    "late_percent": ("percent", N_("Tỷ lệ nhiệm vụ chậm tiến độ (%)")),
    "on_time": ("flag", N_("Đúng tiến độ, bảo đảm chất lượng")),
    "high_efficiency": ("flag", N_("Hiệu quả cao")),
    "faults_repaired": ("flag", N_("Đã khắc phục hạn chế, khuyết điểm được chỉ ra")),
    "unit_done_percent": ("percent", N_("Đơn vị: tỷ lệ chỉ tiêu, nhiệm vụ hoàn thành (%)")),
    "unit_on_time_percent": ("percent", N_("Đơn vị: tỷ lệ đúng tiến độ (%)")),
    "unit_over_percent": ("percent", N_("Đơn vị: tỷ lệ vượt mức (%)")),
    "sub_ok_percent": ("percent", N_("Đơn vị trực thuộc hoàn thành nhiệm vụ trở lên (%)")),
    "sub_good_percent": ("percent", N_("Đơn vị trực thuộc hoàn thành tốt trở lên (%)")),
    "units_kht_percent": ("percent", N_("Đơn vị phụ trách không hoàn thành nhiệm vụ (%)")),
    "low_confidence_percent": ("percent", N_("Phiếu tín nhiệm thấp (%)")),
    "tasks_not_completed_percent": ("percent", N_("Nhiệm vụ trong năm không hoàn thành (%)")),
    "degradation": ("flag", N_("Có kết luận về suy thoái, tự diễn biến, tự chuyển hóa")),
    "forbidden_acts": ("flag", N_("Vi phạm những điều đảng viên không được làm")),
    "example_setting_breach": ("flag", N_("Vi phạm trách nhiệm nêu gương")),
    "unit_corruption_handled": ("flag", N_("Đơn vị trực tiếp phụ trách có tham nhũng, lãng phí bị xử lý")),
    "five_targets_missed": ("flag", N_("Không đạt năm chỉ tiêu kinh tế - xã hội")),
    "listed_case": ("flag", N_("Thuộc trường hợp phải xếp không hoàn thành")),
    "grades": ("grades", N_("Mức từng tiêu chí (QĐ 124-QĐ/TW)")),
}
UNIT_MEASURES: dict[str, tuple[str, str]] = {
    "done_percent": ("percent", N_("Tỷ lệ chỉ tiêu, nhiệm vụ hoàn thành (%)")),
    "on_time_percent": ("percent", N_("Tỷ lệ đúng tiến độ (%)")),
    "over_percent": ("percent", N_("Tỷ lệ vượt mức (%)")),
    "late_percent": ("percent", N_("Tỷ lệ chậm tiến độ (%)")),
    "on_time": ("flag", N_("Tất cả đúng tiến độ, bảo đảm chất lượng")),
    "faults_repaired": ("flag", N_("Đã khắc phục hạn chế được chỉ ra")),
    "wrongdoing": ("flag", N_("Có kết luận sai phạm công tác cán bộ, mất đoàn kết")),
    "member_disciplined": ("flag", N_("Có thành viên bị kỷ luật liên quan đến nhiệm vụ")),
    "subunit_disciplined": ("flag", N_("Có đơn vị trực thuộc bị kỷ luật")),
    "force_majeure": ("flag", N_("Do bất khả kháng, có văn bản xác nhận")),
    "five_targets_missed": ("flag", N_("Không đạt năm chỉ tiêu kinh tế - xã hội")),
    "grades": ("grades", N_("Mức từng tiêu chí (QĐ 124-QĐ/TW)")),
    "degradation": ("flag", N_("Có kết luận về suy thoái, tự diễn biến, tự chuyển hóa")),
    "listed_case": ("flag", N_("Thuộc trường hợp phải xếp không hoàn thành")),
}
UNIT_ONLY = frozenset({"on_time_percent"})  # told to the head's rating, not to the rating of the unit
# Stated by those who rate, never by who is rated: grounds for KHT and what others were found to be.
GROUNDS = frozenset({
    "degradation", "forbidden_acts", "example_setting_breach", "unit_corruption_handled", "five_targets_missed",
    "units_kht_percent", "low_confidence_percent", "tasks_not_completed_percent", "listed_case",
})  # fmt: skip
QUALITY_LABELS = {"good": N_("Thực hiện tốt"), "ok": N_("Đáp ứng"), "fail": N_("Không đáp ứng")}
GRADE_LABELS = {code: N_(label) for code, label in reversed(GRADES.items())}  # from the best, as lists show them
TREE = frozenset({"ND90", "ND90_48"})

# What each regime asks beside the points: of everybody, of leaders, and the grounds that those above state.
_ASKED: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "TREE": (
        ("criteria_1_4", "done_percent", "not_assured_percent", "over_percent", "high_efficiency"),
        ("criterion_5a", "faults_repaired"),
        ("degradation",),
    ),
    "ND335": ((), (), ("degradation", "forbidden_acts")),
    "ND233": ((), (), ("degradation",)),
    "QD124": (("done_percent", "on_time", "over_percent"), (), ("listed_case",)),
    "QD366": (
        ("done_percent", "on_time", "over_percent", "late_percent", "faults_repaired"),
        ("unit_done_percent", "unit_on_time_percent", "unit_over_percent"),
        ("degradation",),
    ),
}
_LEADERS_GROUNDS = {
    "TREE": ("unit_corruption_handled",),
    "ND335": ("unit_corruption_handled",),
    "ND233": ("unit_corruption_handled",),
    "QD366": ("five_targets_missed", "units_kht_percent", "low_confidence_percent", "unit_corruption_handled"),
}
_STAFF_GROUNDS = {"QD366": ("forbidden_acts", "example_setting_breach", "tasks_not_completed_percent")}
_ASKED_OF_UNITS: dict[str, tuple[str, ...]] = {
    "QD124": ("done_percent", "on_time_percent", "over_percent", "on_time", "member_disciplined",
              "subunit_disciplined", "listed_case"),
    "QD366": ("done_percent", "on_time_percent", "over_percent", "late_percent", "on_time", "faults_repaired",
              "five_targets_missed", "force_majeure", "wrongdoing", "degradation", "member_disciplined",
              "subunit_disciplined"),
    "ND233": ("done_percent", "on_time_percent", "over_percent", "late_percent", "on_time", "faults_repaired",
              "wrongdoing", "force_majeure"),
}  # fmt: skip


def asked(regime: str, klass: str, *, graded: bool = False, grounds: bool = False) -> tuple[str, ...]:
    """Keys of :data:`MEASURES` that a sheet asks for; ``grounds`` adds what only those above state.

    ``graded``: the lines of the sheet answer the criteria themselves.
    """
    rule = "TREE" if regime in TREE else regime
    own, of_leaders, against = _ASKED.get(rule, ((), (), ()))
    leads = klass in LEADERS
    found = [*own, *(of_leaders if leads else ())]
    if graded:
        found = [key for key in found if key not in ("criteria_1_4", "criterion_5a")]
    if grounds:
        found += [*against, *(_LEADERS_GROUNDS if leads else _STAFF_GROUNDS).get(rule, ())]
    return tuple(found)


def asked_of_unit(regime: str) -> tuple[str, ...]:
    """Keys of :data:`UNIT_MEASURES` that the sheet of a collective asks for; without rules of its own all of them."""
    return _ASKED_OF_UNITS.get(regime, tuple(key for key in UNIT_MEASURES if key not in ("grades", "listed_case")))


def measure_faults(given: Mapping[str, Any], known: Mapping[str, tuple[str, str]] = MEASURES) -> list[Fault]:
    """Every measure that is unknown, no percent from 0 to 100, or no word of its list."""
    found: list[Fault] = []
    for key, value in given.items():
        if key not in known:
            found.append(Fault(f"measures.{key}", _("Không có số liệu “%(key)s”.", key=key), code="measure"))
        elif message := _wrong(known[key][0], value):
            found.append(Fault(f"measures.{key}", f"{_(known[key][1])}: {message}", code="measure"))
    return found


def _wrong(kind: str, value: Any) -> str:
    if value is None or value == "":
        return ""
    if kind == "flag":
        return "" if isinstance(value, bool) else _("phải là có hoặc không")
    if kind == "quality":
        return "" if value in QUALITIES else _("phải là thực hiện tốt, đáp ứng hoặc không đáp ứng")
    if kind == "grades":
        faults: list[tuple[str, str]] = []
        read_facts({"person_class": "CC0", "year": 2024, "grades": value}, faults)
        return "; ".join(message for _path, message in faults)
    number = _decimal(value)
    if number is None or not 0 <= number <= 100:
        return _("“%(value)s” phải là số từ 0 đến 100", value=value)
    return ""


def _decimal(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value).replace(",", ".")) if not isinstance(value, bool) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def plain_measures(given: Mapping[str, Any], known: Mapping[str, tuple[str, str]] = MEASURES) -> dict[str, Any]:
    """Measures as they are kept: exact texts, blanks left out."""
    found: dict[str, Any] = {}
    for key, value in given.items():
        if value is None or value == "" or key not in known:
            continue
        found[key] = str(_decimal(value)) if known[key][0] == "percent" else value
    return found


def task_measures(tasks: Sequence[EvaluationTask]) -> dict[str, Any]:
    """What the rule trees ask, counted from the tasks: the share done in full, beyond plan, late, not assured."""
    if not tasks:
        return {}
    number = Decimal(len(tasks))

    def percent(count: int) -> str:
        return format(rounded(Decimal(count) * 100 / number, 4).normalize(), "f")

    late = sum(1 for task in tasks if task.delays and not task.excused)
    flawed = sum(1 for task in tasks if (task.delays or task.faults) and not task.excused)
    return {
        "done_percent": percent(sum(1 for task in tasks if task.done >= task.assigned)),
        "over_percent": percent(sum(1 for task in tasks if task.beyond or task.done > task.assigned)),
        "late_percent": percent(late),
        "not_assured_percent": percent(flawed),
        "on_time": late == 0,
    }
