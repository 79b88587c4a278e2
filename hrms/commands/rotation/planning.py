"""Planner runs: the problem frozen, pinned, solved in the background, solved again, chosen into cases.

A run is ``draft`` (pins and forbids may be set), ``running``, ``solved``, ``failed`` or ``chosen``. What is set after
it was solved makes another run (``parent_id``), so that plans can be compared side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.rotation.plan_workflow import KIND
from hrms.commands.rotation.planning_problem import WEIGHTS, PlannerSettings, build, decimal_text
from hrms.commands.rotation.planning_results import (
    kept_result,
    problem_of,
)
from hrms.commands.rotation.rotation_terms import rotation_terms
from hrms.commands.rotation.words import LUAN_CHUYEN
from hrms.kernel import access, jobs
from hrms.kernel.commands import Command, check_version, execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, HrmsError, NotAllowed
from hrms.kernel.text import format_date, normalize
from models.organization import OrgUnit
from models.rotation import PlannerRun, RotationPlan
from policies.engine.errors import CaseFaults
from policies.planner import PlannerStopped, parse, solve

JOB = "rotation_planner"
DRAFT, RUNNING, SOLVED, FAILED, CHOSEN = "draft", "running", "solved", "failed", "chosen"
STATES = {DRAFT: "Chưa giải", RUNNING: "Đang giải", SOLVED: "Đã có phương án", FAILED: "Không giải được",
          CHOSEN: "Đã chọn"}  # fmt: skip
LONGEST_SECONDS, LONGEST_MONTHS = 3600, 120
RUN_PATH = "/rotation/runs/{id}"


def state_of(run: PlannerRun) -> str:
    """The state, a run whose job ended without an answer being told as failed (a process died)."""
    if run.state == RUNNING and run.job_run_id is not None:
        job = db.session.get(jobs.JobRun, run.job_run_id)
        if job is None or job.is_over:
            return DRAFT if job is not None and job.status == jobs.CANCELLED else FAILED
    return run.state


def job_of(run: PlannerRun) -> jobs.JobRun | None:
    """The background work of a run: percent, message, cancel."""
    return db.session.get(jobs.JobRun, run.job_run_id) if run.job_run_id is not None else None


def run_to_change(run_id: int) -> PlannerRun:
    """The run in scope, its row held."""
    db.session.execute(select(PlannerRun.id).where(PlannerRun.id == run_id).with_for_update())
    return access.get(PlannerRun, run_id, "solve")


def settings_faults(settings: PlannerSettings, seconds: int) -> Iterator[Fault]:
    """Numbers the planner would refuse are told by field."""
    for name, value in settings.weights.items():
        if name not in WEIGHTS:
            yield Fault(f"weights.{name}", _("Không có trọng số “%(name)s”.", name=name))
            continue
        try:
            settings.weights[name] = decimal_text(value)
        except ArithmeticError:
            yield Fault(f"weights.{name}", _("“%(value)s” không phải số.", value=value))
    for key, value in settings.distance.items():
        try:
            settings.distance[key] = decimal_text(value)
        except ArithmeticError:
            yield Fault(f"distance.{key}", _("“%(value)s” không phải số km.", value=value))
    if not 1 <= seconds <= LONGEST_SECONDS:
        yield Fault("seconds", _("Thời gian giải từ 1 đến %(most)s giây.", most=LONGEST_SECONDS))
    if not 0 <= settings.months <= LONGEST_MONTHS:
        yield Fault("months", _("Thời gian luân chuyển từ 1 đến %(most)s tháng.", most=LONGEST_MONTHS))
    if settings.group not in ("a", "b", "c"):
        yield Fault("group", _("Nhóm luân chuyển là a, b hoặc c."))
    if not 0 <= settings.no_return_years <= 100:
        yield Fault("no_return_years", _("Số năm không trở lại từ 0 đến 100."))


def contract_faults(contract: Mapping[str, Any]) -> Iterator[Fault]:
    try:
        parse(contract)
    except CaseFaults as broken:
        yield from (Fault(fault.path, fault.message) for fault in broken.faults)


def nobody(busy: Sequence[Mapping[str, Any]], kind: str = KIND) -> Fault:
    """There is nobody to place; those whose case is not finished are named, for one would look for them."""
    words = _("Không có ai phải chuyển đổi trong phạm vi này vào ngày đã chọn.")
    if kind == LUAN_CHUYEN:
        words = _("Chưa chọn người nào đủ điều kiện luân chuyển, hoặc người được chọn đang có hồ sơ chưa kết thúc.")
    elif busy:
        words = _(
            "Không còn ai phải sắp xếp trong phạm vi này: %(n)s người phải chuyển đổi đều đang có hồ sơ chưa kết thúc "
            "(%(names)s).", n=len(busy), names=", ".join(one["name"] for one in busy[:5]) + ("…" if busy[5:] else ""),
        )  # fmt: skip
    return Fault("unit_id", words, code="nobody")


@dataclass
class CreateRun(Command[PlannerRun]):
    """Freeze the problem of a unit for moves that take effect on ``as_of``; of a plan: its lines are who must move.

    ``kind``: periodic change, or ``LUAN_CHUYEN`` of the leaders picked in ``settings.people`` (no plan then).
    """

    unit_id: int
    as_of: date | None
    name: str = ""
    plan_id: int | None = None
    settings: PlannerSettings = field(default_factory=PlannerSettings)
    seconds: int = 60
    seed: int = 1
    kind: str = KIND

    def validate(self) -> Iterable[Fault]:
        if not access.may("movement", "solve"):
            raise NotAllowed()
        unit = access.get(OrgUnit, self.unit_id, "solve", "movement")
        if self.as_of is None:
            yield Fault("as_of", _("Cần ngày dự kiến có hiệu lực (dd/mm/yyyy)."), code="missing")
            return
        self.name = normalize(self.name) or _(
            "Phương án %(unit)s, có hiệu lực %(day)s", unit=unit.name, day=format_date(self.as_of)
        )[:250]  # fmt: skip
        if len(self.name) > 250:
            yield Fault("name", _("Tên phương án dài quá %(limit)s ký tự.", limit=250))
        if self.kind not in (KIND, LUAN_CHUYEN):
            yield Fault("kind", _("Chỉ lập phương án chuyển đổi định kỳ hoặc luân chuyển."), code="unknown")
            return
        if self.plan_id is not None:
            plan = access.get(RotationPlan, self.plan_id, "solve")
            if plan.unit_id != self.unit_id:
                yield Fault("plan_id", _("Kế hoạch là của đơn vị khác."))
        faults = list(settings_faults(self.settings, self.seconds))
        yield from faults
        if faults:
            return
        if self.kind == LUAN_CHUYEN and not self.settings.months:
            self.settings = replace(self.settings, months=rotation_terms(self.as_of).months)
        self._built = build(self.unit_id, self.as_of, self.settings, plan_id=self.plan_id, kind=self.kind)
        if not any(person.get("due") for person in self._built.contract["people"]):
            yield nobody(self._built.busy, self.kind)
        if not self._built.contract["posts"]:
            yield Fault("unit_id", _("Không có vị trí nào trong phạm vi này."), code="no_posts")
        yield from contract_faults(self._built.contract)

    def run(self) -> PlannerRun:
        assert self.as_of is not None
        run = PlannerRun(
            unit_id=self.unit_id, plan_id=self.plan_id, name=self.name, kind=self.kind, as_of=self.as_of, state=DRAFT,
            problem=self._built.to_plain(), weights=self.settings.weights, rules=self.settings.to_plain(), pinned=[],
            forbidden=[], seed=self.seed, seconds=self.seconds,
        )  # fmt: skip
        db.session.add(run)
        return run

    def replay(self, receipt: Any) -> PlannerRun:
        return access.get(PlannerRun, receipt)


def _pairs(given: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    return [dict(pair) for pair in {(p["person"], p["post"]): {"person": p["person"], "post": p["post"]}
                                    for p in given}.values()]  # fmt: skip


def pair_faults(run: PlannerRun, pinned: Sequence[Mapping[str, str]], forbidden: Sequence[Mapping[str, str]]) -> Any:
    """Unknown people and posts, two pins of one person or post, a pair both pinned and forbidden."""
    known = run.problem or {}
    for name, pairs in (("pinned", pinned), ("forbidden", forbidden)):
        for pair in pairs:
            if pair["person"] not in known.get("people", {}) or pair["post"] not in known.get("posts", {}):
                yield Fault(name, _("Không có người hoặc vị trí này trong phương án."), code="unknown")
    for what in ("person", "post"):
        seen: set[str] = set()
        for pair in pinned:
            if pair[what] in seen:
                words = known["people"].get(pair[what], {}).get("name") or known["posts"].get(pair[what], {}).get(
                    "title"
                )
                yield Fault("pinned", _("“%(what)s” được ghim hai lần.", what=words or pair[what]), code="twice")
            seen.add(pair[what])
    both = {(p["person"], p["post"]) for p in pinned} & {(p["person"], p["post"]) for p in forbidden}
    if both:
        yield Fault("pinned", _("Một cặp không thể vừa ghim vừa cấm."), code="both")


@dataclass
class SetPins(Command[PlannerRun]):
    """Pinned and forbidden pairs (``{"person": code, "post": id}``) of a run not solved yet; the whole lists."""

    run_id: int
    pinned: list[dict[str, str]]
    forbidden: list[dict[str, str]]
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        run = self._run = run_to_change(self.run_id)
        self.pinned, self.forbidden = _pairs(self.pinned), _pairs(self.forbidden)
        check_version(run, self.version, {"pinned": self.pinned, "forbidden": self.forbidden})
        if state_of(run) not in (DRAFT, FAILED):
            yield Fault("", _("Phương án đã giải: hãy giải lại thành phương án mới."), code="locked_state")
        yield from pair_faults(run, self.pinned, self.forbidden)

    def run(self) -> PlannerRun:
        self._run.pinned, self._run.forbidden = self.pinned, self.forbidden
        return self._run

    def replay(self, receipt: Any) -> PlannerRun:
        return access.get(PlannerRun, receipt)


@dataclass
class SolveAgain(Command[PlannerRun]):
    """A child of a run: the same people and posts with other pins, forbids, weights or rules; ``fresh`` reads the
    records again. It is a draft; :class:`SolveRun` solves it."""

    run_id: int
    pinned: list[dict[str, str]] | None = None
    forbidden: list[dict[str, str]] | None = None
    settings: PlannerSettings | None = None
    name: str = ""
    seconds: int | None = None
    seed: int | None = None
    fresh: bool = False

    def validate(self) -> Iterable[Fault]:
        parent = self._parent = access.get(PlannerRun, self.run_id, "solve")
        if state_of(parent) == RUNNING:
            yield Fault("", _("Phương án đang được giải; hãy đợi hoặc hủy."), code="running")
        self._settings = self.settings or PlannerSettings.from_plain(parent.rules)
        self._pinned = _pairs(parent.pinned or [] if self.pinned is None else self.pinned)
        self._forbidden = _pairs(parent.forbidden or [] if self.forbidden is None else self.forbidden)
        faults = list(settings_faults(self._settings, self.seconds or parent.seconds))
        yield from faults
        if faults:
            return
        rebuilt = self.fresh or self._settings.to_plain() != parent.rules
        if rebuilt:
            built = build(parent.unit_id, parent.as_of, self._settings, plan_id=parent.plan_id, kind=parent.kind)
            self._problem = built.to_plain()
            yield from contract_faults(built.contract)
        else:
            self._problem = dict(parent.problem or {})
        probe = PlannerRun(problem=self._problem)
        # People and posts that are gone since take their pins with them when the records are read again.
        if rebuilt:
            people, posts = self._problem["people"], self._problem["posts"]
            self._pinned, self._forbidden = (
                [p for p in pairs if p["person"] in people and p["post"] in posts]
                for pairs in (self._pinned, self._forbidden)
            )
        yield from pair_faults(probe, self._pinned, self._forbidden)

    def run(self) -> PlannerRun:
        parent = self._parent
        number = len(list(db.session.scalars(select(PlannerRun.id).where(PlannerRun.parent_id == parent.id)))) + 1
        run = PlannerRun(
            unit_id=parent.unit_id, plan_id=parent.plan_id, parent_id=parent.id,
            name=normalize(self.name)[:250] or f"{parent.name[:230]} ({number})", kind=parent.kind,
            as_of=parent.as_of, state=DRAFT, problem=self._problem, weights=self._settings.weights,
            rules=self._settings.to_plain(), pinned=self._pinned, forbidden=self._forbidden,
            seed=self.seed if self.seed is not None else parent.seed, seconds=self.seconds or parent.seconds,
        )  # fmt: skip
        db.session.add(run)
        return run

    def replay(self, receipt: Any) -> PlannerRun:
        return access.get(PlannerRun, receipt)


@dataclass
class SolveRun(Command[PlannerRun]):
    """Put the run into the queue; its job reports progress and can be cancelled."""

    run_id: int

    def validate(self) -> Iterable[Fault]:
        run = self._run = run_to_change(self.run_id)
        state = state_of(run)
        if state == RUNNING:
            yield Fault("", _("Phương án đang được giải."), code="running")
        elif state not in (DRAFT, FAILED):
            yield Fault("", _("Phương án đã giải: hãy giải lại thành phương án mới."), code="locked_state")

    def run(self) -> PlannerRun:
        run = self._run
        run.state, run.progress, run.result, run.status = RUNNING, 0, None, ""
        run.job_run_id = jobs.enqueue(JOB, _("Giải phương án “%(name)s”", name=run.name), {"run_id": run.id}).id
        return run

    def replay(self, receipt: Any) -> PlannerRun:
        return access.get(PlannerRun, receipt)


@dataclass
class CancelRun(Command[PlannerRun]):
    """Stop solving; the run is a draft again."""

    run_id: int

    def validate(self) -> Iterable[Fault]:
        run = self._run = access.get(PlannerRun, self.run_id, "solve")
        if state_of(run) != RUNNING:
            yield Fault("", _("Phương án không ở trạng thái đang giải."), code="wrong_state")

    def run(self) -> PlannerRun:
        job = job_of(self._run)
        if job is not None and job.status == jobs.QUEUED:
            self._run.state = DRAFT
        if job is not None:
            jobs.ask_cancel(job)
        return self._run

    def replay(self, receipt: Any) -> PlannerRun:
        return access.get(PlannerRun, receipt)


@dataclass
class KeepResult(Command[PlannerRun]):
    """What the job found; inside the job only."""

    run_id: int
    state: str
    result: dict[str, Any] | None = None
    status: str = ""

    def validate(self) -> Iterable[Fault]:
        self._run = run_to_change(self.run_id)
        if self._run.state in (SOLVED, CHOSEN):
            yield Fault("", _("Phương án đã có kết quả."), code="locked_state")

    def run(self) -> PlannerRun:
        run = self._run
        run.state, run.status = self.state, self.status
        run.progress = 100 if self.state == SOLVED else 0
        if self.result is not None:
            run.result = self.result
        return run


@jobs.kind(JOB)
def _solve(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    run = access.get(PlannerRun, payload["run_id"], "solve")
    link = RUN_PATH.format(id=run.id)
    if run.state in (SOLVED, CHOSEN):  # an attempt before this one kept its answer and died
        return {"message": _("Phương án đã có kết quả."), "link": link}
    run_id, seconds, seed = run.id, run.seconds, run.seed
    problem = problem_of(run)
    db.session.rollback()  # solving takes a while and needs no transaction
    try:
        plan = solve(
            problem, seconds=seconds, seed=seed,
            on_progress=lambda at: progress.step(at.done, max(1, at.total), at.message, force=True),
        )  # fmt: skip
    except jobs.Cancelled:
        execute(KeepResult(run_id, DRAFT))
        raise
    except (PlannerStopped, CaseFaults) as error:
        words = str(error) if isinstance(error, PlannerStopped) else "; ".join(f.message for f in error.faults[:5])
        execute(KeepResult(run_id, FAILED, {"message": words}))
        raise HrmsError(words) from error
    result = kept_result(problem, plan)
    execute(KeepResult(run_id, SOLVED, result, plan.status))
    if plan.status == "infeasible":
        return {"message": _("Không có phương án: %(n)s quy tắc mâu thuẫn nhau.", n=len(plan.conflict)), "link": link}
    return {
        "message": _("Xếp được %(placed)s người, chưa xếp được %(left)s người.", placed=len(plan.moves),
                     left=len(plan.unplaced)),
        "link": link,
    }  # fmt: skip
