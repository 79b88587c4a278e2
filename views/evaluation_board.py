"""The rating board as it comes back: rows that changed, saved one by one, each with its version or its faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.rating import RateMany, RateRow
from hrms.commands.evaluation.scoring import Scorer
from hrms.commands.evaluation.stepping import StepResult
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, NotFound, Refused, Stale
from models.evaluation import EvaluationCycle, PersonEvaluation
from views.evaluation_support import (
    plain_points,
    points_text,
    posted_map,
)
from views.posted import identifier, request_key


@dataclass
class Answer:
    """What saving the board did: new versions, faults per person, what another editor saved."""

    saved: dict[int, dict[str, Any]]
    faults: dict[int, list[dict[str, str]]]
    stale: dict[int, dict[str, Any]]
    general: list[str]

    def to_json(self) -> dict[str, Any]:
        return {"saved": self.saved, "faults": self.faults, "stale": self.stale, "message": " ".join(self.general)}


def posted_rows(cycle: EvaluationCycle) -> list[RateRow]:
    """The rows that differ from what the page was made with (``was``), or every row sent by the script."""
    ids = [number for raw in request.form.getlist("row") if (number := identifier(raw)) is not None]
    query = select(PersonEvaluation.id, PersonEvaluation.sheet_code).where(PersonEvaluation.id.in_(ids[:500]))
    sheets = dict(db.session.execute(access.restrict(query, PersonEvaluation)).tuples().all())
    scorer = Scorer(cycle)
    rows = []
    for number in dict.fromkeys(ids):
        level = request.form.get(f"level.{number}", "")
        remark = request.form.get(f"remark.{number}", "").replace("\r\n", "\n")
        version = identifier(request.form.get(f"version.{number}", ""))
        posted = posted_map(f"points.{number}.")
        was = (
            request.form.get(f"was_level.{number}", ""),
            request.form.get(f"was_remark.{number}", "").replace("\r\n", "\n"),
        )
        changed = (level, remark.strip()) != (was[0], was[1].strip()) or bool(posted)
        if not changed and not (request.form.get("do") == "submit" and level and remark.strip()):
            continue
        form = scorer.sheet(sheets.get(number, ""))
        rows.append(RateRow(number, version, plain_points(form, posted) if posted else None, level, remark))
    return rows


def rate(rows: Sequence[RateRow], submit: bool) -> Answer:
    """Save every good row; the others tell their faults, a stale one what stands there now."""
    answer = Answer({}, {}, {}, [])
    if not rows:
        answer.general.append(_("Chưa có dòng nào thay đổi."))
        return answer
    ids = [row.evaluation_id for row in rows]
    try:
        result = execute(RateMany(rows, submit, each=True), key=request_key())
    except Refused as error:
        answer.general = [fault.message for fault in error.faults]
        return answer
    except Stale:
        result = StepResult([], {ids[0]: [Fault("", _("Phiếu vừa được người khác sửa."), code="stale")]})
    except HrmsError as error:
        if isinstance(error, NotAllowed | NotFound):
            raise
        answer.general = [error.message]
        return answer
    query = access.restrict(select(PersonEvaluation).where(PersonEvaluation.id.in_(ids)), PersonEvaluation)
    now = {one.id: one for one in db.session.scalars(query)}
    for number in result.moved:
        if (one := now.get(number)) is not None:
            answer.saved[number] = {"version": one.version, "score": points_text(one.score_unit), "state": one.state}
    for number, faults in result.stayed.items():
        if any(fault.code == "stale" for fault in faults) and (one := now.get(number)) is not None:
            answer.stale[number] = {"version": one.version, "level": one.level_unit, "remark": one.manager_remark,
                                    "by": one.updated_by}  # fmt: skip
        answer.faults[number] = [
            {"field": fault.field.split(".", 2)[-1] if fault.field.startswith("rows.") else fault.field,
             "message": fault.message.split("): ", 1)[-1]}
            for fault in faults
        ]  # fmt: skip
    return answer
