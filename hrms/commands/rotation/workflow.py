"""The declared life of a movement case, one for every kind; guards tell the kinds apart.

proposed → checked (the rules were asked) → heard (the person was met) → agreed (the receiver, where there are two
agencies) → decided → effective or, for a time, running → handed over → done. Duties kept apart: who proposed does not
decide; the receiver's agreement is given by the receiver.
"""

from __future__ import annotations

from hrms.commands.rotation import guards
from hrms.commands.rotation.words import (
    AGREED,
    CHECKED,
    DECIDED,
    DONE,
    EFFECTIVE,
    HANDED_OVER,
    HEARD,
    N_,
    PREPARING,
    PROPOSED,
    REFUSED,
    REVOKED,
    RUNNING,
    WITHDRAWN,
)
from hrms.kernel.workflow import State, Transition, Workflow

STATES = (
    State(PROPOSED, N_("Đề xuất")),
    State(CHECKED, N_("Đã rà soát điều kiện")),
    State(HEARD, N_("Đã gặp gỡ, nghe ý kiến")),
    State(AGREED, N_("Nơi tiếp nhận thống nhất")),
    State(DECIDED, N_("Đã quyết định")),
    State(EFFECTIVE, N_("Đã có hiệu lực")),
    State(RUNNING, N_("Đang thực hiện có thời hạn")),
    State(HANDED_OVER, N_("Đã bàn giao")),
    State(DONE, N_("Hoàn thành"), "done"),
    State(WITHDRAWN, N_("Đã rút"), "closed", on_bar=False),
    State(REFUSED, N_("Không chấp thuận"), "closed", on_bar=False),
    State(REVOKED, N_("Đã thu hồi quyết định"), "closed", on_bar=False),
)

BY_LAW = (guards.lawful, guards.records_fit)

TRANSITIONS = (
    Transition("check", N_("Rà soát điều kiện"), (PROPOSED,), CHECKED, "prepare", primary=True, guards=BY_LAW),
    Transition(
        "hear", N_("Ghi biên bản gặp gỡ"), (CHECKED,), HEARD, "prepare", primary=True, guards=(guards.dossier_known,)
    ),
    Transition(
        "agree", N_("Thống nhất tiếp nhận"), (HEARD,), AGREED, "agree", primary=True,
        guards=(guards.speaks_for_receiver, guards.dossier_known),
    ),
    Transition(
        "decide",
        N_("Ghi quyết định"),
        (HEARD, AGREED),
        DECIDED,
        "decide",
        primary=True,
        not_by_performer_of=("propose",),
        guards=(
            guards.decides_for_both,
            guards.person_heard,
            guards.receiver_agreed,
            guards.health_certificate,
            guards.dossier_complete,
            *BY_LAW,
            guards.chain_in_step,
            guards.by_plan,
        ),
        confirm=N_("Đến ngày có hiệu lực, hệ thống tự ghi vị trí mới vào quá trình công tác."),
    ),
    Transition("notify", N_("Thông báo cho người được điều động"), (*PREPARING, DECIDED), "", "notify"),
    Transition(
        "hand_over_early", N_("Ghi đã bàn giao"), (DECIDED, RUNNING), "", "hand_over",
        guards=(guards.handed_everything_over,),
    ),
    Transition(
        "hand_over", N_("Ghi đã bàn giao"), (EFFECTIVE,), HANDED_OVER, "hand_over", primary=True,
        guards=(guards.handed_everything_over,),
    ),
    Transition("close", N_("Kết thúc hồ sơ"), (HANDED_OVER,), DONE, "prepare", primary=True),
    # A move for a time: it goes on, ends early, ends as planned with the return, or stays for good.
    Transition(
        "extend", N_("Gia hạn"), (RUNNING,), "", "decide", needs_document=True,
        guards=(guards.last_post_stands, guards.end_decision_owed),
    ),
    Transition(
        "end_early", N_("Kết thúc sớm"), (RUNNING,), DONE, "decide", needs_reason=True, needs_document=True,
        guards=(guards.last_post_stands,),
    ),
    Transition(
        "return", N_("Kết thúc, trở về đơn vị"), (RUNNING,), DONE, "decide", primary=True, needs_document=True,
        guards=(guards.last_post_stands, guards.end_decision_owed, guards.remarked),
    ),
    Transition(
        "settle", N_("Bố trí ổn định tại nơi đến"), (RUNNING,), DONE, "decide", needs_document=True,
        guards=(guards.last_post_stands, guards.remarked),
    ),
    # Ways back and out.
    Transition(
        "send_back", N_("Trả lại để đề xuất lại"), (CHECKED, HEARD, AGREED), PROPOSED, "prepare", needs_reason=True
    ),
    Transition(
        "decline", N_("Nơi tiếp nhận không thống nhất"), (HEARD,), PROPOSED, "agree", needs_reason=True,
        guards=(guards.speaks_for_receiver,),
    ),
    Transition(
        "refuse", N_("Không chấp thuận"), (CHECKED, HEARD, AGREED), REFUSED, "decide", needs_reason=True, danger=True,
        guards=(guards.outside_chain,),
    ),
    Transition(
        "withdraw", N_("Rút đề xuất"), PREPARING, WITHDRAWN, "propose", needs_reason=True, danger=True,
        guards=(guards.outside_chain,),
    ),
    Transition(
        "revoke",
        N_("Thu hồi quyết định"),
        (DECIDED, EFFECTIVE, RUNNING, HANDED_OVER),
        REVOKED,
        "decide",
        needs_reason=True,
        needs_document=True,
        danger=True,
        guards=(guards.last_post_stands,),
        confirm=N_("Phần chưa thực hiện bị hủy; phần đã qua giữ nguyên trong quá trình công tác."),
    ),
    # What follows by itself.
    Transition("propose", N_("Đề xuất"), (PROPOSED,), "", "propose", automatic=True),
    Transition("take_effect", N_("Có hiệu lực"), (DECIDED,), EFFECTIVE, "decide", automatic=True),
    Transition("start", N_("Bắt đầu thực hiện"), (DECIDED,), RUNNING, "decide", automatic=True),
    Transition("was_handed_over", N_("Đã bàn giao trước"), (EFFECTIVE,), HANDED_OVER, "decide", automatic=True),
)  # fmt: skip

WORKFLOW = Workflow("movement", STATES, TRANSITIONS)
STATE_LABELS = {state.code: state.label for state in STATES}
# The step that moves a case on, per state: what the work queue shows as the next step.
NEXT_STEP = {PROPOSED: "check", CHECKED: "hear", HEARD: "agree", AGREED: "decide", EFFECTIVE: "hand_over",
             HANDED_OVER: "close", RUNNING: "return"}  # fmt: skip
