"""Early retirement goes before severance: who may retire early may not take severance instead.

NĐ 178, NĐ 154 and NĐ 29 share this order; each brings its own articles.
"""

from __future__ import annotations

from policies.engine.result import Reason
from policies.engine.trace import Branch, Node, Refused
from policies.leave import LeaveFacts, Outcome

_LABEL = "Không đủ điều kiện nghỉ hưu trước tuổi"


def refuse_for_early(severance: Outcome, article: str) -> None:
    """Refuse severance because early retirement is available; other refusals stand beside it."""
    reason = Reason(
        "early_retirement_available", article, ("đủ điều kiện nghỉ hưu trước tuổi, không hưởng thôi việc", ())
    )
    severance.reasons.append(reason)
    severance.conditions.value = False
    severance.conditions.children.append(Node(_LABEL, False, "điều kiện", reason.text, article))


def note_early_refused(severance: Outcome, early: Outcome, article: str) -> None:
    """Show in the conditions of severance why early retirement was not open."""
    branch = Branch("Thôi việc", [Refused("Nghỉ hưu trước tuổi", r.article, r.text) for r in early.reasons])
    severance.conditions.children.append(Node(_LABEL, True, "điều kiện", None, article, None, branch))


def carry_over(early: LeaveFacts, severance: LeaveFacts) -> None:
    """Early retirement may have been missed by months that can be paid in: worth knowing whatever is granted."""
    severance.warnings.extend(w for w in early.warnings if w.code == "months_can_be_paid_in")


def join_refusals(early: Outcome, severance: Outcome) -> None:
    """Neither is open: the refusal of early retirement takes in the further reasons of severance."""
    known = {r.code for r in early.reasons}
    early.reasons.extend(r for r in severance.reasons if r.code not in known)
    severance.conditions.label = "Điều kiện hưởng chính sách thôi việc"
    early.conditions.children.append(severance.conditions)
