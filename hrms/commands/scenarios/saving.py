"""Writing scenarios: asked for, computed in the background, kept as they came out, removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.scenarios.definition import Definition, holder_of
from hrms.kernel import access, clock, jobs
from hrms.kernel.commands import Command, execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, NotFound
from hrms.kernel.text import fold, format_integer, normalize
from models.scenario import Scenario, ScenarioResult
from policies.api import ENGINE_VERSION

if TYPE_CHECKING:
    from hrms.commands.scenarios.computing import Outcome

KIND = "scenario"
LONGEST_NAME, LONGEST_NOTE = 200, 2000


@dataclass
class CreateScenario(Command[Scenario]):
    """Keep the question and put its computation into the queue of background work."""

    name: str
    definition: Definition
    note: str = ""

    def validate(self) -> Iterable[Fault]:
        self._name = normalize(self.name)
        if not self._name:
            yield Fault("name", _("Chưa đặt tên kịch bản. Hãy ghi ngắn gọn điều muốn hỏi."))
        elif len(self._name) > LONGEST_NAME:
            yield Fault("name", _("Tên kịch bản dài quá %(limit)s ký tự.", limit=LONGEST_NAME))
        if len(self.note) > LONGEST_NOTE:
            yield Fault("note", _("Ghi chú dài quá %(limit)s ký tự.", limit=LONGEST_NOTE))
        try:
            self._holder = holder_of(self.definition.unit_ids)
        except NotFound:
            yield Fault("unit_ids", _("Có đơn vị không tồn tại hoặc ngoài phạm vi của bạn. Hãy chọn lại."))
        else:
            if not access.in_scope(self._holder.id, "scenario", "write"):
                raise NotAllowed()
        yield from self.definition.faults()

    def run(self) -> Scenario:
        scenario = Scenario(
            unit_id=self._holder.id,
            name=self._name,
            folded=fold(self._name)[:300],
            note=self.note.strip(),
            definition=self.definition.to_plain(),
        )
        db.session.add(scenario)
        db.session.flush()
        _enqueue(scenario)
        return scenario

    def replay(self, receipt: Any) -> Scenario:
        return access.get(Scenario, receipt)


@dataclass
class RunAgain(Command[Scenario]):
    """Compute a scenario whose computation failed or was cancelled. One that has an answer keeps it."""

    scenario_id: int

    def validate(self) -> Iterable[Fault]:
        self._scenario = access.get(Scenario, self.scenario_id, "write")
        if self._scenario.computed_at is not None:
            yield Fault("", _("Kịch bản đã có kết quả và được giữ nguyên. Hãy sao chép thành kịch bản mới."))
        elif is_waiting(self._scenario):
            yield Fault("", _("Kịch bản đang được tính."))

    def run(self) -> Scenario:
        _enqueue(self._scenario)
        return self._scenario

    def replay(self, receipt: Any) -> Scenario:
        return access.get(Scenario, receipt)


@dataclass
class RemoveScenario(Command[None]):
    """Remove a scenario with its answer; nothing of the records rests on it."""

    scenario_id: int

    def validate(self) -> Iterable[Fault]:
        self._scenario = access.get(Scenario, self.scenario_id, "write")
        if is_waiting(self._scenario):
            yield Fault("", _("Kịch bản đang được tính. Hãy hủy công việc nền trước khi xóa."))

    def run(self) -> None:
        result = db.session.scalar(select(ScenarioResult).where(ScenarioResult.scenario_id == self._scenario.id))
        if result is not None:
            db.session.delete(result)
            db.session.flush()
        db.session.delete(self._scenario)


@dataclass
class KeepAnswer(Command[Scenario]):
    """Freeze the answer of a scenario; a second one is refused."""

    scenario_id: int
    outcome: Outcome

    def validate(self) -> Iterable[Fault]:
        self._scenario = access.get(Scenario, self.scenario_id, "write")
        if self._scenario.computed_at is not None:
            yield Fault("", _("Kịch bản đã có kết quả và được giữ nguyên."))

    def run(self) -> Scenario:
        summary = self.outcome.summary
        scenario = self._scenario
        scenario.summary = summary
        scenario.people, scenario.leaving, scenario.total = summary["people"], summary["leaving"], summary["total"]
        scenario.parameters_fingerprint = self.outcome.fingerprint
        scenario.engine_version = ENGINE_VERSION
        scenario.computed_at = clock.now()
        db.session.add(ScenarioResult(scenario_id=scenario.id, content=self.outcome.answers.pack()))
        return scenario


def job_of(scenario: Scenario) -> jobs.JobRun | None:
    """The background work that computes or computed it."""
    return db.session.get(jobs.JobRun, scenario.job_id) if scenario.job_id is not None else None


def is_waiting(scenario: Scenario) -> bool:
    job = job_of(scenario)
    return scenario.computed_at is None and job is not None and not job.is_over


def _enqueue(scenario: Scenario) -> None:
    title = _("Tính kịch bản “%(name)s”", name=scenario.name)
    scenario.job_id = jobs.enqueue(KIND, title, {"scenario_id": scenario.id}).id


@jobs.kind(KIND)
def _run(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    scenario = access.get(Scenario, payload["scenario_id"], "write")
    if scenario.computed_at is not None:  # an attempt before this one ended after its answer was kept
        return {"message": _("Kịch bản đã có kết quả."), "link": f"/scenarios/{scenario.id}"}
    definition = Definition.from_plain(scenario.definition)
    faults = list(definition.faults())
    if faults:  # the law changed while the question waited
        raise HrmsError("; ".join(fault.message for fault in faults))
    from hrms.commands.scenarios.computing import compute  # pandas comes with the first scenario, not with the server

    outcome = compute(definition, lambda done, total, message: progress.step(done, total, message, force=True))
    kept = execute(KeepAnswer(scenario.id, outcome))
    return {
        "message": _(
            "%(leaving)s/%(people)s người đủ điều kiện, %(total)s đồng.",
            leaving=format_integer(kept.leaving or 0),
            people=format_integer(kept.people or 0),
            total=format_integer(kept.total or 0),
        ),
        "link": f"/scenarios/{kept.id}",
    }
