"""The cycles of the demonstration's evaluation: which, when each step was taken, how far the agencies have come."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

ROOT, HOME, OTHER = "HY", "SNNMT", "SXD"
YEAR_TOLD, QUARTER_TOLD, QUARTER_NOW = date(2025, 1, 20), date(2025, 4, 30), date(2025, 6, 15)
# Of the year: more excellent people than the ceiling bears, settled in a sitting of the first that is large enough.
CALIBRATED = ("BV-HY-001", "STC", "SXD")
# How far the agencies of the running quarter have come (HY: the heads of agencies); the others draw lots.
NOW = {"SXD": "synthesised", "STC": "quota_checked", "SNV": "decided", "SKHCN": "published", "STP": "published",
       "VP": "notified", "TTT": "decided", "HY": "self_submitted"}  # fmt: skip
LOTS = (("draft", 12), ("self_submitted", 22), ("remarked", 30), ("synthesised", 26), ("quota_checked", 10))
HOME_LOTS = ("self_submitted", "remarked", "draft", "self_submitted", "remarked")
CALL = "Kế hoạch đánh giá, xếp loại chất lượng ban hành kèm theo Công văn của Sở Nội vụ"


@dataclass(frozen=True)
class Plan:
    """A cycle of the story."""

    kind: str
    year: int
    number: int
    opened: date
    days: dict[str, date]
    deadlines: dict[str, date] = field(default_factory=dict)
    note: str = ""
    side: str = "STATE"
    circle: str = "all"
    unit: str = ROOT


def _d(text: str, year: int) -> date:
    day, month = text.split("/")
    return date(year, int(month), int(day))


def _days(year: int, **moments: str) -> dict[str, date]:
    return {name: _d(text, year) for name, text in moments.items()}


PLANS = {
    "year": Plan("YEAR", 2024, 0, date(2024, 11, 4), _days(
        2024, self="12/11", remark="15/11", meeting="21/11", collectives="27/11", synthesise="29/11", quota="5/12",
        decide="9/12", notify="11/12", publish="13/12", file="31/12")),
    "quarter": Plan("QUARTER", 2025, 1, date(2025, 3, 17), _days(
        2025, self="25/3", remark="28/3", meeting="31/3", collectives="1/4", synthesise="3/4", quota="4/4",
        decide="7/4", notify="8/4", publish="9/4", file="25/4")),
    "now": Plan("QUARTER", 2025, 2, date(2025, 5, 26), _days(
        2025, self="3/6", remark="5/6", meeting="6/6", collectives="9/6", synthesise="10/6", quota="11/6",
        decide="12/6", notify="12/6", publish="12/6", file="14/6"), _days(
        2025, self="5/6", remark="9/6", collectives="12/6", meeting="12/6", synthesise="13/6", quota="16/6",
        decide="18/6", notify="19/6", publish="23/6"),
        "Hoàn thành trước khi tổ chức chính quyền địa phương 02 cấp hoạt động từ ngày 01/7/2025."),
    # After the State side and for the leaders of one department alone: who is in it carries two results of the year.
    "party": Plan("YEAR", 2024, 0, date(2024, 12, 16), _days(
        2024, self="18/12", remark="20/12", meeting="23/12", collectives="24/12", synthesise="25/12", quota="26/12",
        decide="27/12", notify="30/12", publish="30/12", file="31/12"), _days(
        2024, self="18/12", remark="20/12", collectives="24/12", meeting="24/12", synthesise="25/12", quota="26/12",
        decide="27/12", notify="30/12", publish="31/12"), side="PARTY", circle="leaders", unit=OTHER),
}  # fmt: skip
