"""The declared lives of a person's sheet, a collective's and a cycle: states, steps, who may, what stands in the way.

Sheet: NĐ 90/2020 Điều 17-19, NĐ 233/2026 Điều 15 (self, remark, meeting, Party opinion, synthesis, decision, notice,
publication). The meeting and the Party opinion are asked where the procedure of the cycle asks them: the guards look at
what is recorded on the sheet, not at the state it came through, so that a quarter may skip both.
"""

from __future__ import annotations

from hrms.commands.evaluation import guards
from hrms.commands.evaluation.words import (
    AFTER_DECISION,
    BEFORE_DECISION,
    BLOCKED,
    CANCELLED,
    CLOSED,
    COLLECTIVES_RATED,
    DECIDED,
    DRAFT,
    FILED,
    IN_UNIT,
    MEETING_HELD,
    N_,
    NOT_RATED,
    NOTIFIED,
    OPEN,
    OPINIONS_IN,
    PARTY_OPINION,
    PERSONS_RATED,
    PETITIONED,
    PLANNED,
    PROPOSED,
    PUBLISHED,
    QUOTA_CHECKED,
    QUOTA_DONE,
    RECOGNISED,
    REMARKED,
    REMOVED,
    REOPENED,
    REPORTED,
    SELF_ASSESSED,
    SELF_SUBMITTED,
    SYNTHESISED,
)
from hrms.kernel.workflow import State, Transition, Workflow

RESOURCE = "evaluation"

PERSON_STATES = (
    State(DRAFT, N_("Đang tự đánh giá")),
    State(SELF_SUBMITTED, N_("Đã gửi phiếu")),
    State(REMARKED, N_("Đã có nhận xét")),
    State(MEETING_HELD, N_("Đã họp đơn vị")),
    State(PARTY_OPINION, N_("Có ý kiến cấp ủy"), on_bar=False),
    State(SYNTHESISED, N_("Đã tổng hợp")),
    State(QUOTA_CHECKED, N_("Đã kiểm tra tỷ lệ")),
    State(DECIDED, N_("Đã quyết định")),
    State(NOTIFIED, N_("Đã thông báo"), "done"),
    State(PUBLISHED, N_("Đã công khai"), "done"),
    State(FILED, N_("Đã lưu hồ sơ"), "done"),
    State(PETITIONED, N_("Đang có kiến nghị"), on_bar=False),
    State(REOPENED, N_("Đang xét lại"), on_bar=False),
    State(NOT_RATED, N_("Không xếp loại, chỉ kiểm điểm"), "closed", on_bar=False),
    State(BLOCKED, N_("Chờ nhận xét của cơ quan cũ"), on_bar=False),
    State(REMOVED, N_("Đã đưa ra khỏi kỳ"), "closed", on_bar=False),
)
_READY_TO_DECIDE = (guards.not_oneself, guards.competent_decider, guards.collectives_first)

PERSON_TRANSITIONS = (
    Transition("submit", N_("Gửi phiếu tự đánh giá"), (DRAFT,), SELF_SUBMITTED, "self", primary=True),
    Transition("submit_for", N_("Ghi nhận phiếu thay"), (DRAFT,), SELF_SUBMITTED, "synthesise", needs_reason=True),
    Transition(
        "remark",
        N_("Nhận xét, đề nghị mức"),
        (SELF_SUBMITTED,),
        REMARKED,
        "rate",
        primary=True,
        guards=(guards.not_oneself,),
    ),
    Transition(
        "hold_meeting",
        N_("Ghi kết quả họp đơn vị"),
        (REMARKED,),
        MEETING_HELD,
        "meet",
        primary=True,
        guards=(guards.minutes_approved,),
    ),
    Transition(
        "party_opinion",
        N_("Ghi ý kiến cấp ủy"),
        (REMARKED, MEETING_HELD),
        PARTY_OPINION,
        "synthesise",
        guards=(guards.party_opinion_there,),
    ),
    Transition(
        "synthesise",
        N_("Tổng hợp, đề xuất mức"),
        (REMARKED, MEETING_HELD, PARTY_OPINION),
        SYNTHESISED,
        "synthesise",
        primary=True,
        guards=(
            guards.not_oneself,
            guards.synthesis_for_the_decider,
            guards.meeting_where_required,
            guards.party_opinion_where_required,
            guards.old_agency_remarks_there,
            guards.collectives_first_known,
        ),
    ),
    Transition("block", N_("Chờ nhận xét của cơ quan cũ"), IN_UNIT, BLOCKED, "synthesise", automatic=True),
    Transition(
        "unblock",
        N_("Đã có nhận xét của cơ quan cũ"),
        (BLOCKED,),
        REMARKED,
        "synthesise",
        guards=(guards.old_agency_remarks_there,),
        automatic=True,
    ),
    Transition("quota_check", N_("Kiểm tra tỷ lệ"), (SYNTHESISED,), QUOTA_CHECKED, "synthesise", primary=True),
    Transition("requota", N_("Kiểm tra lại tỷ lệ"), (QUOTA_CHECKED,), SYNTHESISED, "synthesise"),
    Transition(
        "decide", N_("Quyết định mức"), (QUOTA_CHECKED,), DECIDED, "decide", primary=True, guards=_READY_TO_DECIDE
    ),
    Transition("notify", N_("Thông báo kết quả"), (DECIDED,), NOTIFIED, "notify", primary=True),
    Transition(
        "publish", N_("Công khai kết quả"), (NOTIFIED,), PUBLISHED, "publish", primary=True, guards=(guards.notified,)
    ),
    Transition("file", N_("Lưu hồ sơ"), (PUBLISHED,), FILED, "publish", primary=True),
    # Ways back, always with the reason.
    Transition("return_to_draft", N_("Trả lại người tự đánh giá"), IN_UNIT, DRAFT, "rate", needs_reason=True),
    Transition(
        "return_by_hr",
        N_("Trả lại người tự đánh giá"),
        (*IN_UNIT, SYNTHESISED, QUOTA_CHECKED, BLOCKED),
        DRAFT,
        "synthesise",
        needs_reason=True,
    ),
    Transition(
        "return_to_unit",
        N_("Trả lại đơn vị nhận xét"),
        (SYNTHESISED, QUOTA_CHECKED),
        SELF_SUBMITTED,
        "synthesise",
        needs_reason=True,
    ),
    Transition(
        "send_back",
        N_("Trả lại để tổng hợp lại"),
        (SYNTHESISED, QUOTA_CHECKED),
        REMARKED,
        "decide",
        needs_reason=True,
        guards=(guards.competent_decider,),
    ),
    # Petition and re-rating (§12).
    Transition("petition", N_("Gửi kiến nghị"), (NOTIFIED, PUBLISHED, FILED), PETITIONED, "petition"),
    Transition("log_petition", N_("Ghi nhận kiến nghị"), (NOTIFIED, PUBLISHED, FILED), PETITIONED, "petition_log"),
    Transition(
        "uphold", N_("Giữ nguyên kết quả"), (PETITIONED,), FILED, "resolve", guards=(guards.not_oneself,), primary=True
    ),
    Transition(
        "uphold_unpublished",
        N_("Giữ nguyên kết quả (chưa công khai)"),
        (PETITIONED,),
        NOTIFIED,
        "resolve",
        guards=(guards.not_oneself,),
        automatic=True,
    ),
    Transition(
        "change",
        N_("Chấp nhận kiến nghị, quyết định lại"),
        (PETITIONED,),
        DECIDED,
        "resolve",
        guards=(guards.not_oneself,),
    ),
    Transition("withdraw_petition", N_("Rút kiến nghị"), (PETITIONED,), FILED, "petition"),
    Transition("log_withdrawal", N_("Ghi nhận rút kiến nghị"), (PETITIONED,), FILED, "petition_log"),
    Transition(
        "reopen",
        N_("Mở lại để xét lại"),
        (DECIDED, NOTIFIED, PUBLISHED, FILED),
        REOPENED,
        "reopen",
        needs_reason=True,
        needs_document=True,
        danger=True,
        guards=(guards.not_oneself, guards.superior_reopens),
        confirm=N_("Quyết định đang có hiệu lực được giữ trong hồ sơ và sẽ bị thay bằng quyết định mới."),
    ),
    Transition("redecide", N_("Quyết định lại"), (REOPENED,), DECIDED, "decide", primary=True, guards=_READY_TO_DECIDE),
    # Ways out and in again.
    Transition(
        "exit_not_rated",
        N_("Không xếp loại"),
        (*BEFORE_DECISION, BLOCKED),
        NOT_RATED,
        "synthesise",
        needs_reason=True,
        danger=True,
    ),
    Transition(
        "remove",
        N_("Đưa ra khỏi kỳ đánh giá"),
        (*BEFORE_DECISION, BLOCKED, NOT_RATED),
        REMOVED,
        "open",
        needs_reason=True,
        danger=True,
    ),
    Transition("reenter", N_("Đưa vào xếp loại"), (NOT_RATED, REMOVED), DRAFT, "open", needs_reason=True),
)

UNIT_STATES = (
    State(DRAFT, N_("Chưa tự đánh giá")),
    State(SELF_ASSESSED, N_("Đã tự đánh giá")),
    State(OPINIONS_IN, N_("Đã có ý kiến")),
    State(PROPOSED, N_("Đã đề nghị mức")),
    State(RECOGNISED, N_("Đã công nhận"), "done"),
    State(NOTIFIED, N_("Đã thông báo"), "done"),
    State(REMOVED, N_("Đã đưa ra khỏi kỳ"), "closed", on_bar=False),
)
UNIT_TRANSITIONS = (
    Transition("self_assess", N_("Tập thể tự đánh giá"), (DRAFT,), SELF_ASSESSED, "meet", primary=True),
    Transition("opinions", N_("Ghi ý kiến góp ý"), (SELF_ASSESSED,), OPINIONS_IN, "meet", primary=True),
    Transition(
        "propose",
        N_("Đề nghị mức của tập thể"),
        (SELF_ASSESSED, OPINIONS_IN),
        PROPOSED,
        "meet",
        primary=True,
        guards=(guards.sub_units_first_known,),
    ),
    Transition(
        "recognise",
        N_("Công nhận mức của tập thể"),
        (PROPOSED,),
        RECOGNISED,
        "decide",
        primary=True,
        guards=(guards.competent_decider, guards.sub_units_first),
    ),
    Transition("notify_unit", N_("Thông báo kết quả"), (RECOGNISED,), NOTIFIED, "notify", primary=True),
    Transition(
        "return_unit",
        N_("Trả lại để đánh giá lại"),
        (SELF_ASSESSED, OPINIONS_IN, PROPOSED),
        DRAFT,
        "decide",
        needs_reason=True,
        guards=(guards.competent_decider,),
    ),
    Transition(
        "withdraw_unit", N_("Rút lại để sửa"), (SELF_ASSESSED, OPINIONS_IN, PROPOSED), DRAFT, "meet", needs_reason=True
    ),
    Transition(
        "reopen_unit",
        N_("Mở lại để xét lại"),
        (RECOGNISED, NOTIFIED),
        PROPOSED,
        "reopen",
        needs_reason=True,
        needs_document=True,
        danger=True,
        guards=(guards.competent_decider,),
    ),
    Transition(
        "remove_unit",
        N_("Đưa ra khỏi kỳ đánh giá"),
        (DRAFT, SELF_ASSESSED, OPINIONS_IN, PROPOSED),
        REMOVED,
        "open",
        needs_reason=True,
        danger=True,
    ),
    Transition("reenter_unit", N_("Đưa vào kỳ đánh giá"), (REMOVED,), DRAFT, "open", needs_reason=True),
)

CYCLE_STATES = (
    State(PLANNED, N_("Dự kiến")),
    State(OPEN, N_("Đang đánh giá")),
    State(COLLECTIVES_RATED, N_("Đã xong phần tập thể")),
    State(PERSONS_RATED, N_("Đã xong phần cá nhân")),
    State(QUOTA_DONE, N_("Đã xong tỷ lệ, quyết định")),
    State(PUBLISHED, N_("Đã công khai")),
    State(REPORTED, N_("Đã báo cáo")),
    State(CLOSED, N_("Đã đóng"), "done"),
    State(CANCELLED, N_("Đã hủy"), "closed", on_bar=False),
)
CYCLE_TRANSITIONS = (
    Transition("open", N_("Mở kỳ đánh giá"), (PLANNED,), OPEN, "open", primary=True),
    Transition(
        "finish_collectives",
        N_("Kết thúc phần tập thể"),
        (OPEN,),
        COLLECTIVES_RATED,
        "open",
        primary=True,
        guards=(guards.all_collectives_recognised,),
    ),
    Transition(
        "finish_persons",
        N_("Kết thúc phần cá nhân"),
        (COLLECTIVES_RATED,),
        PERSONS_RATED,
        "open",
        primary=True,
        guards=(guards.all_persons_synthesised,),
    ),
    Transition(
        "finish_quota",
        N_("Kết thúc tỷ lệ, quyết định"),
        (PERSONS_RATED,),
        QUOTA_DONE,
        "open",
        primary=True,
        guards=(guards.all_persons_decided,),
    ),
    Transition(
        "finish_publication",
        N_("Kết thúc thông báo, công khai"),
        (QUOTA_DONE,),
        PUBLISHED,
        "open",
        primary=True,
        guards=(guards.all_persons_published,),
    ),
    Transition(
        "report",
        N_("Ghi đã báo cáo cấp trên"),
        (PUBLISHED,),
        REPORTED,
        "open",
        primary=True,
        needs_document=True,
    ),
    Transition(
        "close",
        N_("Đóng kỳ đánh giá"),
        (REPORTED,),
        CLOSED,
        "open",
        primary=True,
        guards=(guards.nothing_pending,),
        confirm=N_("Sau khi đóng kỳ, muốn sửa kết quả phải mở lại từng phiếu theo quyết định của cấp trên."),
    ),
    Transition("cancel", N_("Hủy kỳ dự kiến"), (PLANNED,), CANCELLED, "open", needs_reason=True, danger=True),
)

PERSON = Workflow(RESOURCE, PERSON_STATES, PERSON_TRANSITIONS)
UNIT = Workflow(RESOURCE, UNIT_STATES, UNIT_TRANSITIONS)
CYCLE = Workflow(RESOURCE, CYCLE_STATES, CYCLE_TRANSITIONS)
STATE_LABELS = {state.code: state.label for state in PERSON_STATES}
UNIT_STATE_LABELS = {state.code: state.label for state in UNIT_STATES}
CYCLE_STATE_LABELS = {state.code: state.label for state in CYCLE_STATES}
# The step that moves a sheet on, per state: what the work queue shows as the next step.
NEXT_STEP = {
    DRAFT: "submit",
    SELF_SUBMITTED: "remark",
    REMARKED: "hold_meeting",
    MEETING_HELD: "synthesise",
    PARTY_OPINION: "synthesise",
    SYNTHESISED: "quota_check",
    QUOTA_CHECKED: "decide",
    DECIDED: "notify",
    NOTIFIED: "publish",
    PUBLISHED: "file",
    REOPENED: "redecide",
    PETITIONED: "uphold",
}
assert set(AFTER_DECISION).isdisjoint(BEFORE_DECISION)
