"""Names people see: states of a movement case, its fields, the hand-over checklist; and how jobs are told from titles.

Codes are what the database and the API hold; every label is a Vietnamese sentence part the catalogue translates
(:func:`N_` marks it; ``views/words`` lists what stands only here).
"""

from __future__ import annotations

from dataclasses import dataclass

from hrms.kernel.text import fold


def N_(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


PROPOSED, CHECKED, HEARD, AGREED = "proposed", "checked", "heard", "agreed"
DECIDED, EFFECTIVE, RUNNING = "decided", "effective", "running"
HANDED_OVER, DONE = "handed_over", "done"
WITHDRAWN, REFUSED, REVOKED = "withdrawn", "refused", "revoked"
PREPARING = (PROPOSED, CHECKED, HEARD, AGREED)  # no decision yet
OPEN = (*PREPARING, DECIDED)  # a second move of the same person has to wait
UNDER_WAY = (EFFECTIVE, RUNNING, HANDED_OVER)
CLOSED = (WITHDRAWN, REFUSED, REVOKED)

NONE, APPLIED, UNDONE = "none", "applied", "undone"  # MovementCase.effect

LUAN_CHUYEN, DIEU_DONG, BIET_PHAI, CDVTCT, NOI_BO = "LUAN_CHUYEN", "DIEU_DONG", "BIET_PHAI", "CDVTCT", "NOI_BO"
FOR_A_TIME = (LUAN_CHUYEN, BIET_PHAI)  # these end or are extended; the others are for good
NUMBER_SIGNS = {LUAN_CHUYEN: "LC", DIEU_DONG: "DD", BIET_PHAI: "BP", CDVTCT: "CD", NOI_BO: "NB"}
INSIDE = frozenset({"division", "commune_office"})  # parts of an agency; every other kind is an agency of its own
CASE_PATH = "/movements/{id}"  # where notices lead


LABELS: dict[str, str] = {
    "person_id": N_("Người được đề xuất"),
    "kind": N_("Hình thức"),
    "unit_id": N_("Đơn vị đề xuất"),
    "from_unit_id": N_("Đơn vị đi"),
    "from_position_id": N_("Vị trí đang giữ"),
    "to_unit_id": N_("Đơn vị đến"),
    "to_position_id": N_("Vị trí đến"),
    "to_title": N_("Chức danh, vị trí đến"),
    "reason": N_("Lý do, yêu cầu nhiệm vụ"),
    "own_wish": N_("Có nguyện vọng bằng văn bản"),
    "wish_document": N_("Đơn nguyện vọng (số, ngày)"),
    "special_document": N_("Văn bản về trường hợp đặc biệt hoặc luật chuyên ngành"),
    "health_certificate_on": N_("Ngày giấy chứng nhận sức khỏe"),
    "meeting_on": N_("Ngày gặp gỡ"),
    "meeting_minutes": N_("Số biên bản gặp gỡ"),
    "person_opinion": N_("Ý kiến của người được đề xuất"),
    "agreed_on": N_("Ngày nơi tiếp nhận thống nhất"),
    "agreement_document": N_("Văn bản thống nhất của nơi tiếp nhận"),
    "decision_number": N_("Số quyết định"),
    "decision_date": N_("Ngày quyết định"),
    "decided_by": N_("Cấp có thẩm quyền quyết định"),
    "effective_on": N_("Có hiệu lực từ ngày"),
    "ends_on": N_("Đến hết ngày"),
    "notified_on": N_("Ngày thông báo cho người được điều động"),
    "handed_over_on": N_("Ngày bàn giao xong"),
    "ended_on": N_("Ngày kết thúc thực tế"),
    "ended_reason": N_("Lý do kết thúc"),
    "revoked_number": N_("Số quyết định thu hồi"),
    "revoked_on": N_("Ngày thu hồi"),
    "chain_id": N_("Chuỗi điều động"),
    "name": N_("Tên chuỗi"),
    "label": N_("Nội dung bàn giao"),
    "done_on": N_("Ngày bàn giao"),
    "receiver": N_("Người nhận"),
    "note": N_("Ghi chú"),
    "year": N_("Năm"),
    "remark": N_("Nhận xét"),
    "level": N_("Mức đánh giá"),
    "document": N_("Văn bản"),
}
# Longest text of the columns people type into.
LONGEST = {
    "to_title": 200, "wish_document": 200, "special_document": 200, "meeting_minutes": 200, "agreement_document": 200,
    "decision_number": 80, "decided_by": 200, "revoked_number": 80, "label": 250, "receiver": 150, "note": 400,
    "document": 200, "name": 250,
}  # fmt: skip


def label(name: str) -> str:
    """The label of a field; the field's own name when it has none."""
    return LABELS.get(name, name)


HANDOVER_ITEMS = (
    N_("Hồ sơ, tài liệu, văn bản đang quản lý"),
    N_("Công việc đang giải quyết và thời hạn"),
    N_("Tài sản, trang thiết bị được giao"),
    N_("Tài khoản, quyền truy cập hệ thống thông tin"),
    N_("Con dấu, tiền, quỹ, kho (nếu có)"),
)

# How a relation in the register reads as a code of policies.rotation (folded words; the longest match wins).
RELATIONS: dict[str, str] = {
    "vo": "WIFE", "chong": "HUSBAND", "vo/chong": "SPOUSE",
    "bo": "FATHER", "cha": "FATHER", "bo de": "FATHER", "cha de": "FATHER", "me": "MOTHER", "me de": "MOTHER",
    "con": "CHILD", "con de": "CHILD", "con trai": "SON", "con gai": "DAUGHTER",
    "anh": "BROTHER", "anh ruot": "BROTHER", "anh trai": "BROTHER", "chi": "SISTER", "chi ruot": "SISTER",
    "chi gai": "SISTER", "em": "SIBLING", "em ruot": "SIBLING", "em trai": "BROTHER", "em gai": "SISTER",
    "anh chi em ruot": "SIBLING",
    "bo vo": "FATHER_IN_LAW", "bo chong": "FATHER_IN_LAW", "me vo": "MOTHER_IN_LAW", "me chong": "MOTHER_IN_LAW",
    "con re": "SON_IN_LAW", "con dau": "DAUGHTER_IN_LAW", "anh re": "BROTHER_IN_LAW", "em re": "BROTHER_IN_LAW",
    "chi dau": "SISTER_IN_LAW", "em dau": "SISTER_IN_LAW", "anh vo": "BROTHER_IN_LAW", "em vo": "SIBLING_IN_LAW",
    "anh chong": "BROTHER_IN_LAW", "em chong": "SIBLING_IN_LAW", "chi vo": "SISTER_IN_LAW",
    "chi chong": "SISTER_IN_LAW", "bo duong": "STEP_PARENT", "me ke": "STEP_PARENT", "con rieng": "STEP_CHILD",
    "bo nuoi": "ADOPTIVE_PARENT", "me nuoi": "ADOPTIVE_PARENT", "con nuoi": "ADOPTED_CHILD",
    "chu": "UNCLE", "bac": "UNCLE", "cau": "UNCLE", "co": "AUNT", "di": "AUNT", "chau": "NEPHEW",
    "ong": "GRANDPARENT", "ba": "GRANDPARENT", "anh ho": "COUSIN", "chi ho": "COUSIN", "em ho": "COUSIN",
}  # fmt: skip
INVERSE = {
    "FATHER": "CHILD", "MOTHER": "CHILD", "PARENT": "CHILD", "CHILD": "PARENT", "SON": "PARENT", "DAUGHTER": "PARENT",
    "WIFE": "SPOUSE", "HUSBAND": "SPOUSE", "SPOUSE": "SPOUSE", "BROTHER": "SIBLING", "SISTER": "SIBLING",
    "FATHER_IN_LAW": "CHILD_IN_LAW", "MOTHER_IN_LAW": "CHILD_IN_LAW", "SON_IN_LAW": "PARENT_IN_LAW",
    "DAUGHTER_IN_LAW": "PARENT_IN_LAW", "BROTHER_IN_LAW": "SIBLING_IN_LAW", "SISTER_IN_LAW": "SIBLING_IN_LAW",
    "STEP_PARENT": "STEP_CHILD", "STEP_CHILD": "STEP_PARENT", "ADOPTIVE_PARENT": "ADOPTED_CHILD",
    "ADOPTED_CHILD": "ADOPTIVE_PARENT", "UNCLE": "NEPHEW", "AUNT": "NEPHEW", "NEPHEW": "UNCLE",
    "GRANDPARENT": "GRANDCHILD", "GRANDCHILD": "GRANDPARENT",
}  # fmt: skip


def relation_code(words: str) -> str:
    """The code of a relation as written in the register (“vợ”, “Em ruột”, ``SPOUSE``); ``OTHER`` for any other."""
    text = " ".join(fold(words).replace(",", " ").split())
    if text in RELATIONS:
        return RELATIONS[text]
    code = words.strip().upper()
    return code if code in INVERSE or code in {"SIBLING_IN_LAW", "COUSIN"} else "OTHER"


@dataclass(frozen=True)
class JobRule:
    """Words of a title (folded) or listed codes that mean a job of the family bar; ``leader``: only with a post."""

    job: str
    words: tuple[str, ...]
    listed: tuple[str, ...] = ()
    leader: bool | None = None


# The law names jobs, records hold titles: how the one is told from the other is ours [U]; the first that fits speaks.
JOB_RULES = (
    JobRule("ACCOUNTING_MANAGEMENT_POST", ("ke toan truong", "phu trach ke toan")),
    JobRule("ACCOUNTING_MANAGEMENT_POST", ("ke toan", "tai chinh"), leader=True),
    JobRule("TREASURER", ("thu quy",)),
    JobRule("STOREKEEPER", ("thu kho",)),
    JobRule("PERSONNEL_MANAGEMENT_POST", ("to chuc can bo", "to chuc nhan su", "to chuc hanh chinh"), leader=True),
    JobRule("CONTRACTING", ("mua sam", "dau thau"), ("A03", "B0203")),
    JobRule("ACCOUNTANT", ("ke toan",), ("A02", "B0202")),
    JobRule(
        "PERSONNEL_SPECIALIST",
        ("to chuc can bo", "to chuc nhan su"),
        ("B0101", "B0102", "B0103", "B0104", "B0105", "B0106"),
    ),
)
