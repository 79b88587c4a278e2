"""Work on many cases in the background: recomputing a round or a unit on request, and every open case each night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _

from hrms.commands.restructuring.cases import RecomputeOpen, open_cases
from hrms.kernel import access, jobs
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotAllowed
from models.restructuring import DownsizingCase

KIND = "recompute_cases"
CHUNK = 100  # cases per transaction: the write lock is given back often enough for people to work meanwhile


def recompute_in_background(unit_id: int | None = None, batch_id: int | None = None) -> jobs.JobRun:
    """Queue the recomputation of the open cases the actor may edit, of a unit's subtree or a round."""
    if not access.may("case", "edit"):
        raise NotAllowed()
    return jobs.enqueue(KIND, _("Tính lại các hồ sơ đang xử lý"), {"unit_id": unit_id, "batch_id": batch_id})


def _ids(unit_id: int | None, batch_id: int | None) -> list[int]:
    query = open_cases(unit_id, batch_id)
    return list(db.session.scalars(query.with_only_columns(DownsizingCase.id)))


def _recompute(ids: Sequence[int], progress: jobs.Progress | None = None) -> str:
    changed = incomplete = 0
    for start in range(0, len(ids), CHUNK):
        found = execute(RecomputeOpen(case_ids=list(ids[start : start + CHUNK])))
        changed += len(found.changed)
        incomplete += len(found.incomplete)
        db.session.expunge_all()
        if progress is not None:
            progress.step(min(start + CHUNK, len(ids)), len(ids))
    return _(
        "Đã tính lại %(count)s hồ sơ: %(changed)s hồ sơ đổi số tiền, %(incomplete)s hồ sơ thiếu dữ liệu.",
        count=len(ids),
        changed=changed,
        incomplete=incomplete,
    )


@jobs.kind(KIND)
def _run(payload: Any, progress: jobs.Progress) -> Any:
    return {"message": _recompute(_ids(payload.get("unit_id"), payload.get("batch_id")), progress)}


def _nightly(_day: date) -> str:
    return _recompute(_ids(None, None))


NIGHTLY = jobs.scheduled(
    jobs.ScheduledAction(
        "recompute_open_cases",
        "Tính lại các hồ sơ nghỉ việc đang xử lý",
        {"hour": "2", "minute": "30"},
        _nightly,
    )
)
