"""The steps of an invented cycle and what each writes: states, moments, columns of sheets and collectives."""

from __future__ import annotations

from collections.abc import Iterable

from models.evaluation import PersonEvaluation

# State → (step that leads there, moment of the cycle it falls in).
STEPS = {
    "self_submitted": ("submit", "self"),
    "remarked": ("remark", "remark"),
    "meeting_held": ("hold_meeting", "meeting"),
    "party_opinion": ("party_opinion", "meeting"),
    "synthesised": ("synthesise", "synthesise"),
    "quota_checked": ("quota_check", "quota"),
    "decided": ("decide", "decide"),
    "notified": ("notify", "notify"),
    "published": ("publish", "publish"),
    "filed": ("file", "file"),
}
ORDER = ("draft", *STEPS)
UNIT_STEPS = {"self_assessed": "self_assess", "opinions_in": "opinions", "proposed": "propose",
              "recognised": "recognise", "notified": "notify_unit"}  # fmt: skip
UNIT_ORDER = ("draft", *UNIT_STEPS)
# Columns a step writes; they are blank on sheets it has not reached.
WRITTEN: dict[str, tuple[str, ...]] = {
    "self_submitted": ("points_self", "score_self", "level_self", "texts_self", "evidence", "measures",
                       "self_submitted_at"),
    "remarked": ("points_unit", "score_unit", "level_unit", "texts_unit", "manager_remark", "manager_remark_by"),
    "meeting_held": ("meeting_id", "meeting_remark", "meeting_votes"),
    "party_opinion": ("party_opinion", "party_document", "party_opinion_on"),
    "synthesised": ("level_machine", "level_proposed", "score", "reasons", "trace"),
    "quota_checked": ("quota_outcome",),
    "decided": ("level", "level_reason", "decision_id", "decided_at", "decided_by"),
    "notified": ("notified_at",),
    "published": ("published_at", "seen_at"),
}  # fmt: skip
ALWAYS = ("state", "facts", "exit_code", "old_agency_remarks", "old_agency_document", "autosaved_at", "version")
COLUMNS = (*ALWAYS, *(name for names in WRITTEN.values() for name in names))
UNIT_COLUMNS = (
    "state", "measures", "points_self", "points_proposed", "points_decided", "texts", "score_self", "score_proposed",
    "score", "level_self", "level_machine", "level_proposed", "level", "reasons", "trace", "decision_number",
    "decision_date", "decided_by", "version",
)  # fmt: skip


def blank(sheet: PersonEvaluation, names: Iterable[str]) -> None:
    """Back to what an untouched sheet has."""
    for name in names:
        column = PersonEvaluation.__table__.c[name]
        setattr(sheet, name, None if column.nullable else "")
