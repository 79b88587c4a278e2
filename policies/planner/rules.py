"""The hard rules of the planner as declared objects: code, Vietnamese name, article.

Codes follow the keys of the contract where a rule has one. A *fixed* rule takes a post away from a person whatever the
others do (``Compiled.removed``); a *joint* rule holds between moves.
"""

from __future__ import annotations

from dataclasses import dataclass

OWN_POST = "own_post"
EXEMPT = "exempt"
NOT_DUE = "not_due"
GRADES = "grades"
QUALIFICATIONS = "qualifications"
NO_RETURN = "no_return_years"
FORBIDDEN = "forbidden"
OCCUPIED = "occupied"
FAMILY = "family_bar"
PINNED = "pinned"
TAKEN = "taken"
ONE_POST = "one_person_per_post"
LEAVE = "must_leave"
STAFFING = "min_staffing"
TIME = "time_limit"


@dataclass(frozen=True, slots=True)
class Rule:
    """One hard rule. ``article``: the source, or who sets it when no law does. ``fixed``: see the module."""

    code: str
    name: str
    article: str
    fixed: bool


_RULES = (
    Rule(OWN_POST, "Không bố trí lại vào chính vị trí phải rời", "Điều 24, Điều 25 Luật 36/2018/QH14", True),
    Rule(EXEMPT, "Người được hoãn, miễn, hạn chế thì không chuyển", "Điều 38, Điều 39 NĐ 59/2019/NĐ-CP", True),
    Rule(NOT_DUE, "Người không đến hạn chỉ chuyển khi được ghim", "Người lập phương án", True),
    Rule(GRADES, "Ngạch phù hợp với vị trí", "Điều 23 NĐ 170/2025/NĐ-CP", True),
    Rule(QUALIFICATIONS, "Đủ trình độ của bản mô tả vị trí", "Điều 23 NĐ 170/2025/NĐ-CP", True),
    Rule(NO_RETURN, "Không trở lại vị trí đã giữ", "Người lập phương án (số năm không trở lại)", True),
    Rule(FORBIDDEN, "Cặp người và vị trí bị cấm", "Người lập phương án", True),
    Rule(OCCUPIED, "Vị trí có người đang giữ và người đó không chuyển", "Điều 23 NĐ 170/2025/NĐ-CP", True),
    Rule(FAMILY, "Người thân của người đứng đầu không giữ vị trí kế toán trong đơn vị",
         "Điều 20 khoản 3 Luật 36/2018/QH14", True),
    Rule(PINNED, "Vị trí hoặc người đã ghim", "Người lập phương án", True),
    Rule(TAKEN, "Vị trí đã xếp cho người khác", "Mỗi vị trí chỉ nhận một người", False),
    Rule(ONE_POST, "Mỗi vị trí chỉ nhận một người, mỗi người chỉ nhận một vị trí", "Điều 23 NĐ 170/2025/NĐ-CP", False),
    Rule(LEAVE, "Người đến hạn, không được hoãn, miễn, phải rời vị trí", "Điều 24, Điều 25 Luật 36/2018/QH14", False),
    Rule(STAFFING, "Số người tối thiểu của đơn vị", "Người lập phương án", False),
    Rule(TIME, "Hết thời gian tính, chưa xét hết", "Người lập phương án", False),
)  # fmt: skip

HARD_RULES: dict[str, Rule] = {rule.code: rule for rule in _RULES}
FIXED: tuple[str, ...] = tuple(rule.code for rule in _RULES if rule.fixed)

# What the plan is for says in which words, and by which article, the same rules are told.
ROTATION = "LUAN_CHUYEN"
_OF_ROTATION = (
    Rule(OWN_POST, "Không luân chuyển vào chính chức vụ đang giữ", "Điều 42 NĐ 170/2025/NĐ-CP", True),
    Rule(EXEMPT, "Người chưa đủ điều kiện luân chuyển thì không chuyển",
         "Điều 38 Luật 80/2025/QH15; Điều 43 NĐ 170/2025/NĐ-CP", True),
    Rule(NOT_DUE, "Người không được chọn luân chuyển chỉ chuyển khi được ghim", "Người lập phương án", True),
    Rule(GRADES, "Ngạch phù hợp với chức vụ", "Điều 43 NĐ 170/2025/NĐ-CP", True),
    Rule(QUALIFICATIONS, "Chức vụ đến tương đương, đủ điều kiện", "Điều 42, Điều 43 NĐ 170/2025/NĐ-CP", True),
    Rule(FORBIDDEN, "Cùng cơ quan với chức vụ đang giữ, hoặc cặp bị cấm", "Người lập phương án", True),
    Rule(LEAVE, "Người được chọn luân chuyển rời chức vụ đang giữ", "Điều 42, Điều 45 NĐ 170/2025/NĐ-CP", False),
)  # fmt: skip
_BY_PURPOSE = {ROTATION: HARD_RULES | {rule.code: rule for rule in _OF_ROTATION}}


def rules_for(purpose: str) -> dict[str, Rule]:
    """The declared rules in the words of a purpose: ``""`` periodic change, ``LUAN_CHUYEN`` rotation of leaders."""
    return _BY_PURPOSE.get(purpose, HARD_RULES)
