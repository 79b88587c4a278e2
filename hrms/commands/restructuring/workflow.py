"""The declared life of a downsizing case: states, steps, who may take them, what stands in the way.

draft → unit review → appraisal (Sở Nội vụ) → finance review → decided → paid, with ways back, out and anew. Duties that
are kept apart: who submits does not review; who did either does not appraise, endorse or decide; who decides does not
pay. The appraiser may record the decision: between the two stands finance's endorsement, and the decision itself is
signed by the competent authority named in it.
"""

from __future__ import annotations

from hrms.commands.restructuring import guards
from hrms.commands.restructuring.words import (
    APPRAISAL,
    DECIDED,
    DRAFT,
    FINANCE_REVIEW,
    N_,
    OPEN,
    PAID,
    REFUSED,
    SUPERSEDED,
    UNIT_REVIEW,
    WITHDRAWN,
)
from hrms.kernel.workflow import State, Transition, Workflow

STATES = (
    State(DRAFT, N_("Dự thảo")),
    State(UNIT_REVIEW, N_("Đơn vị rà soát")),
    State(APPRAISAL, N_("Sở Nội vụ thẩm định")),
    State(FINANCE_REVIEW, N_("Sở Tài chính thẩm tra")),
    State(DECIDED, N_("Đã quyết định"), "done"),
    State(PAID, N_("Đã chi trả"), "done"),
    State(REFUSED, N_("Không giải quyết"), "closed", on_bar=False),
    State(WITHDRAWN, N_("Đã rút"), "closed", on_bar=False),
    State(SUPERSEDED, N_("Đã thay bằng bản điều chỉnh"), "closed", on_bar=False),
)

BY_LAW = (guards.calculated, guards.eligible, guards.leaders_above_quota, guards.one_case_at_a_time)

TRANSITIONS = (
    Transition(
        "submit",
        N_("Trình thủ trưởng đơn vị"),
        (DRAFT,),
        UNIT_REVIEW,
        "submit",
        primary=True,
        guards=(
            guards.calculated,
            guards.application_there,
            guards.one_case_at_a_time,
            guards.eligible_or_known,
            guards.dossier_known,
        ),
    ),
    Transition(
        "review",
        N_("Thông qua, chuyển Sở Nội vụ"),
        (UNIT_REVIEW,),
        APPRAISAL,
        "review",
        primary=True,
        not_by_performer_of=("submit",),
        guards=(
            *BY_LAW,
            guards.meeting_held,
            guards.assessed_three_years,
            guards.dossier_complete,
            guards.fresh_insurance_record,
        ),
    ),
    Transition(
        "appraise",
        N_("Thẩm định xong, chuyển Sở Tài chính"),
        (APPRAISAL,),
        FINANCE_REVIEW,
        "appraise",
        primary=True,
        not_by_performer_of=("submit", "review"),
        guards=(*BY_LAW, guards.dossier_complete, guards.lines_answered, guards.doubtful_law),
    ),
    Transition(
        "endorse",
        N_("Xác nhận kinh phí"),
        (FINANCE_REVIEW,),
        "",
        "finance",
        primary=True,
        not_by_performer_of=("submit", "review", "appraise"),
        guards=(guards.not_endorsed_yet, *BY_LAW, guards.doubtful_law),
    ),
    Transition(
        "decide",
        N_("Ghi quyết định"),
        (FINANCE_REVIEW,),
        DECIDED,
        "decide",
        primary=True,
        not_by_performer_of=("submit", "review", "endorse"),
        guards=(guards.endorsed, *BY_LAW, guards.doubtful_law, guards.leave_date_not_long_past),
        confirm=N_("Sau khi ghi quyết định, số tiền và cách tính được khóa. Muốn thay đổi phải lập bản điều chỉnh."),
    ),
    Transition(
        "pay",
        N_("Ghi chi trả"),
        (DECIDED,),
        PAID,
        "pay",
        primary=True,
        not_by_performer_of=("decide",),
        guards=(guards.no_open_amendment,),
    ),
    # Ways back: to the previous level or to the draft, always with the reason.
    Transition("return_from_review", N_("Trả lại dự thảo"), (UNIT_REVIEW,), DRAFT, "review", needs_reason=True),
    Transition(
        "return_to_unit", N_("Trả lại đơn vị rà soát"), (APPRAISAL,), UNIT_REVIEW, "appraise", needs_reason=True
    ),
    Transition("return_from_appraisal", N_("Trả lại dự thảo"), (APPRAISAL,), DRAFT, "appraise", needs_reason=True),
    Transition(
        "return_to_appraisal", N_("Trả lại Sở Nội vụ"), (FINANCE_REVIEW,), APPRAISAL, "finance", needs_reason=True
    ),
    Transition("return_from_finance", N_("Trả lại dự thảo"), (FINANCE_REVIEW,), DRAFT, "finance", needs_reason=True),
    Transition("recall", N_("Rút về thẩm định lại"), (FINANCE_REVIEW,), APPRAISAL, "decide", needs_reason=True),
    # Ways out.
    Transition(
        "refuse",
        N_("Không giải quyết"),
        (UNIT_REVIEW,),
        REFUSED,
        "refuse",
        needs_reason=True,
        needs_article=True,
        danger=True,
        not_by_performer_of=("submit",),
        confirm=N_("Người xin nghỉ phải được trả lời bằng văn bản, nêu rõ lý do (Điều 17 NĐ 178/2024/NĐ-CP)."),
    ),
    Transition(
        "refuse_appraisal",
        N_("Không giải quyết"),
        (APPRAISAL, FINANCE_REVIEW),
        REFUSED,
        "appraise",
        needs_reason=True,
        needs_article=True,
        danger=True,
        not_by_performer_of=("submit",),
        confirm=N_("Người xin nghỉ phải được trả lời bằng văn bản, nêu rõ lý do (Điều 17 NĐ 178/2024/NĐ-CP)."),
    ),
    Transition("withdraw", N_("Rút hồ sơ"), OPEN, WITHDRAWN, "withdraw", needs_reason=True, danger=True),
    # Anew: the decided version stays as it is; the amendment is a version of its own.
    Transition(
        "amend",
        N_("Lập bản điều chỉnh"),
        (DECIDED, PAID),
        "",
        "amend",
        needs_reason=True,
        guards=(guards.no_open_amendment,),
    ),
    Transition("supersede", N_("Thay bằng bản điều chỉnh"), (DECIDED, PAID), SUPERSEDED, "decide", automatic=True),
)

WORKFLOW = Workflow("case", STATES, TRANSITIONS)
STATE_LABELS = {state.code: state.label for state in STATES}
# The step that moves a case on, per state: what the work queue shows as the next step.
NEXT_STEP = {DRAFT: "submit", UNIT_REVIEW: "review", APPRAISAL: "appraise", FINANCE_REVIEW: "decide", DECIDED: "pay"}
