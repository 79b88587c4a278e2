"""Planner runs and the planning board: people and posts, pins and forbids, weights, comparison, choosing into cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from hrms.commands.rotation import planning
from hrms.commands.rotation import planning_results as results
from hrms.commands.rotation.planning_choice import cases_of_run
from hrms.commands.rotation.planning_problem import WEIGHTS, PlannerSettings
from hrms.kernel import access, actor
from hrms.kernel.commands import execute
from hrms.kernel.errors import Fault, NotFound, Refused, Stale
from hrms.kernel.text import fold, format_decimal
from models.organization import OrgUnit
from models.rotation import PlannerRun, RotationPlan
from models.vocabulary import MOVEMENT_KINDS
from views.listing import Bulk, Column, ListSpec, declare
from views.lists import show as show_list
from views.posted import picked, request_key
from views.rotation_plans import units_of_actor
from views.rotation_support import by_field, day_posted, ground_words, number_asked, room_page, state_badge, tabs
from views.rules import needs
from views.words_rotation import weight_labels

SHOWN = 100  # people and posts drawn at once; the rest are on further pages
MOST_OPTIONS = 1000  # of the list of posts a person may be pinned to; beyond, the filter of posts narrows it
TESTS: dict[str, Callable[[Any], bool]] = {  # what the list of people is narrowed to
    "due": lambda p: p.due and not p.exempt,
    "placed": lambda p: bool(p.to),
    "pinned": lambda p: bool(p.pinned_to),
    "unplaced": lambda p: p.due and not p.exempt and not p.to,
}


POST_TESTS: dict[str, Callable[[Any], bool]] = {  # and the list of posts
    "vacant": lambda p: not p.occupant,
    "given": lambda p: bool(p.proposed),
    "left": lambda p: not p.proposed,
}


def _anybody(_row: Any) -> bool:
    return True


@dataclass(frozen=True)
class Leaf:
    """One page of a column of the board: ``rows`` are numbers ``first`` to ``last`` of ``total``."""

    rows: list[Any]
    name: str  # of the page number in the address
    number: int
    pages: int
    first: int
    last: int
    total: int


def leaf(rows: list[Any], name: str, at: Callable[[Any], bool] | None = None) -> Leaf:
    """The page asked for in the address; without one, the page on which ``at`` holds first."""
    pages = max(1, -(-len(rows) // SHOWN))
    asked = number_asked(name)
    if asked is None and at is not None:
        asked = next((place // SHOWN + 1 for place, row in enumerate(rows) if at(row)), None)
    number = min(max(asked or 1, 1), pages)
    start = (number - 1) * SHOWN
    part = rows[start : start + SHOWN]
    return Leaf(part, name, number, pages, start + 1 if part else 0, start + len(part), len(rows))


STATE_TONES = {"draft": "", "running": "open", "solved": "done", "failed": "bad", "chosen": "done"}


def run_badge(run: PlannerRun) -> tuple[str, str]:
    """Tone and words of a run's state."""
    state = planning.state_of(run)
    if state == planning.SOLVED and run.status == "infeasible":
        return "bad", _("Mâu thuẫn, không có phương án")
    return STATE_TONES[state], _(planning.STATES[state])


RUNS = declare(
    ListSpec(
        name="rotation_runs",
        title=lambda: _("Phương án sắp xếp"),
        model=PlannerRun,
        columns=(
            Column("name", lambda: _("Phương án"), "name", (PlannerRun.name,), width=50),
            Column("unit", lambda: _("Phạm vi"), "unit.name", (OrgUnit.sort_key,), width=34),
            Column("kind", lambda: _("Hình thức"), lambda run: _(MOVEMENT_KINDS[run.kind]), width=28),
        Column("as_of", lambda: _("Ngày có hiệu lực"), "as_of", (PlannerRun.as_of,), "date", width=14),
            Column("state", lambda: _("Trạng thái"), run_badge, kind="badge", width=22),
            Column("by", lambda: _("Người lập"), "created_by", width=20),
            Column("at", lambda: _("Lập lúc"), "created_at", (PlannerRun.created_at,), "date", width=16),
        ),
        base=lambda: select(PlannerRun).join(PlannerRun.unit),
        options=(joinedload(PlannerRun.unit), defer(PlannerRun.problem), defer(PlannerRun.result)),
        search=lambda query, text: query.where(PlannerRun.name.contains(text, autoescape=True)),
        search_hint=lambda: _("Tên phương án"),
        default_sort=(PlannerRun.id.desc(),),
        row_url=lambda run: url_for("RotationRunView.show", run_id=run.id),
        bulk=(Bulk(lambda: _("So sánh các phương án"), lambda: url_for("RotationRunView.pick"), ("movement", "read")),),
        empty=lambda: _("Chưa có phương án nào."),
    )
)


def settings_posted(base: PlannerSettings, faults: list[Any]) -> PlannerSettings:
    """Weights and rules of the form over those of ``base``; the commands judge them."""
    weights = {
        name: request.form.get(f"weight-{name}", format_decimal_text(base.weights.get(name, "0"))).replace(",", ".")
        for name in WEIGHTS
    }
    years = request.form.get("no_return_years", str(base.no_return_years)).strip()
    if not (years.isascii() and years.isdigit() and len(years) < 4):
        faults.append(Fault("no_return_years", _("“%(value)s” không phải số năm. Hãy nhập số nguyên.", value=years)))
        years = str(base.no_return_years)
    staffing = dict(base.min_staffing)
    if "min_staffing" in request.form:
        staffing = {}
        for line in request.form["min_staffing"].splitlines():
            code, _gap, number = line.strip().rpartition(" ")
            if not line.strip():
                continue
            if not code or not (number.isascii() and number.isdigit() and len(number) < 5):
                told = _("“%(line)s”: hãy ghi mã cơ quan rồi số người, ví dụ: SXD 3.", line=line.strip())
                faults.append(Fault("min_staffing", told))
                continue
            staffing[code.strip()] = int(number)
    return replace(
        base, weights=weights, no_return_years=int(years), min_staffing=staffing,
        keep_single_posts="keep_single_posts" in request.form, same_profession="same_profession" in request.form,
    )  # fmt: skip


def format_decimal_text(text: str) -> str:
    """A decimal of the settings with the comma of the office."""
    from decimal import Decimal

    return format_decimal(Decimal(text))


def whole_posted(name: str, default: int, faults: list[Any], label: str) -> int:
    text = request.form.get(name, str(default)).strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return int(text)
    faults.append(Fault(name, _("%(label)s: “%(value)s” không phải số nguyên.", label=label, value=text)))
    return default


class RotationRunView(BaseView):
    """``/rotation/runs``"""

    route_base = "/rotation/runs"

    @expose("/")
    @needs("movement", "read")
    def list(self) -> Any:
        return show_list(RUNS, "rotation/runs.html", room_tabs=tabs)

    @expose("/new", methods=["GET", "POST"])
    @needs("movement", "solve")
    def new(self) -> Any:
        """Freeze a problem: a unit, the day the moves take effect, perhaps the plan whose people are to be placed."""
        plan_id = number_asked("plan")
        plan = access.get(RotationPlan, plan_id, "solve") if plan_id else None
        faults: list[Any] = []
        if request.method == "POST":
            day = day_posted("as_of", faults, _("Ngày có hiệu lực"))
            seconds = whole_posted("seconds", 60, faults, _("Thời gian giải"))
            settings = settings_posted(PlannerSettings(), faults)
            if plan is None and number_asked("unit_id") is None:
                faults.append(Fault("unit_id", _("Hãy chọn đơn vị.")))
            if not faults:
                try:
                    run = execute(
                        planning.CreateRun(
                            plan.unit_id if plan else number_asked("unit_id") or 0, day, request.form.get("name", ""),
                            plan.id if plan else None, settings, seconds,
                        ), key=request_key(),
                    )  # fmt: skip
                    return redirect(url_for("RotationRunView.show", run_id=run.id))
                except Refused as error:
                    faults = [*error.faults]
        return room_page(
            "rotation/run_new.html", title=_("Lập phương án sắp xếp"), plan=plan,
            units=[] if plan else units_of_actor(),
            faults=faults, errors=by_field(faults), settings=PlannerSettings(), weights=weight_labels(),
            number=format_decimal_text,
        )  # fmt: skip

    @expose("/<int:run_id>")
    @needs("movement", "read")
    def show(self, run_id: int) -> Any:
        return self._board(run_id)

    def _board(self, run_id: int, faults: Any = ()) -> Any:
        found = results.board(run_id)
        run = found.run
        state = planning.state_of(run)
        chosen = request.values.get("person", "")[:40]
        text, kind = fold(request.args.get("q", "")[:100]), request.args.get("show", "")
        post_text, post_kind = fold(request.args.get("vtq", "")[:100]), request.args.get("vtshow", "")
        test, post_test = TESTS.get(kind, _anybody), POST_TESTS.get(post_kind, _anybody)
        people = [
            p for p in found.people
            if test(p) and (not text or text in fold(f"{p.name} {p.code} {p.unit} {p.title}"))
        ]  # fmt: skip
        people.sort(key=lambda p: (not (p.due and not p.exempt), bool(p.to) if state == "solved" else False))
        posts = [
            p for p in found.posts
            if post_test(p) and (not post_text or post_text in fold(f"{p.title} {p.unit} {p.agency} {p.listed_code}"))
        ]  # fmt: skip
        posts.sort(key=lambda p: p.agency)  # an agency stands together; inside it as the planner has them
        person = next((p for p in found.people if p.code == chosen), None)
        taken = cases_of_run(run) if state == planning.SOLVED else {}
        job = planning.job_of(run) if state == planning.RUNNING else None
        names = {p.code: p.name for p in found.people}
        return room_page(
            "rotation/board.html",
            title=run.name,
            run=run,
            state=state,
            badge=state_badge,
            run_badge=run_badge(run),
            people=leaf(people, "page", lambda p: p.code == chosen),
            places=leaf(posts, "vtpage"),
            post_kind=post_kind,
            posts=found.posts,
            other_posts=posts if len(found.posts) > MOST_OPTIONS else found.posts,
            busy=found.busy,
            waiting=sum(1 for p in found.people if p.to and p.person_id not in taken),
            taken=len(taken),
            post_of={p.id: p for p in found.posts},
            names=names,
            person=person,
            alternatives=results.alternatives(run_id, person.code) if person else [],
            removed=results.explain(run_id, person.code) if person else [],
            conflict=found.conflict,
            result=found.result,
            forbidden=[(pair["person"], pair["post"]) for pair in run.forbidden or ()],
            counts={name: sum(1 for p in found.people if check(p)) for name, check in TESTS.items()},
            kind=kind,
            job=job,
            own_job=job is not None and not job.is_over and job.owner_user_id == actor.current().user_id,
            settings=PlannerSettings.from_plain(run.rules),
            weights=weight_labels(),
            number=format_decimal_text,
            may_solve=access.may("movement", "solve", run) and state != planning.CHOSEN,
            may_choose=access.may("movement", "propose", run) and state == planning.SOLVED,
            changes=results.changes_since(run_id) if request.args.get("check") and state == planning.SOLVED else None,
            faults=faults,
            errors=by_field(faults),
            ground=ground_words,
        )  # fmt: skip

    @expose("/<int:run_id>/why")
    @needs("movement", "read")
    def why(self, run_id: int) -> Any:
        """``{"allowed", "reasons"}`` for a person and a post: asked at every drag."""
        access.get(PlannerRun, run_id)
        try:
            reasons = results.why_not(run_id, request.args.get("person", "")[:40], request.args.get("post", "")[:60])
        except NotFound:
            reasons = [_("Không có người hoặc vị trí này trong phương án.")]
        return jsonify({"allowed": not reasons, "reasons": reasons})

    @expose("/<int:run_id>/pins", methods=["POST"])
    @needs("movement", "solve")
    def pins(self, run_id: int) -> Any:
        """Pin, forbid or let go one pair (or put whole lists back: undo). A solved run gets a child to change."""
        run = access.get(PlannerRun, run_id, "solve")
        act, person, post = (request.form.get(name, "")[:60] for name in ("act", "person", "post"))
        pinned, forbidden = [dict(p) for p in run.pinned or ()], [dict(p) for p in run.forbidden or ()]
        faults: list[Any] = []
        before = {"pinned": pinned, "forbidden": forbidden}
        if act == "replace":
            pinned, forbidden = _pairs("pinned"), _pairs("forbidden")
        elif act == "pin":
            try:
                reasons = results.why_not(run_id, person, post) if post else [_("Hãy chọn vị trí.")]
            except NotFound:
                reasons = [_("Không có người hoặc vị trí này trong phương án.")]
            faults = [Fault("post", reason, code="rule") for reason in reasons]
            pinned = [p for p in pinned if p["person"] != person and p["post"] != post]
            pinned.append({"person": person, "post": post})
            forbidden = [p for p in forbidden if p != pinned[-1]]
        elif act == "unpin":
            pinned = [p for p in pinned if p["person"] != person]
        elif act == "forbid":
            pinned = [p for p in pinned if p != {"person": person, "post": post}]
            forbidden.append({"person": person, "post": post})
        elif act == "allow":
            forbidden = [p for p in forbidden if p != {"person": person, "post": post}]
        else:
            raise NotFound()
        if not faults:
            try:
                if planning.state_of(run) in (planning.DRAFT, planning.FAILED):
                    run = execute(planning.SetPins(run_id, pinned, forbidden), key=request_key())
                else:
                    run = execute(planning.SolveAgain(run_id, pinned, forbidden), key=request_key())
            except Refused as error:
                faults = [*error.faults]
        wants_json = request.accept_mimetypes.best == "application/json"
        if faults:
            if wants_json:
                return jsonify({"ok": False, "reasons": [fault.message for fault in faults]}), 422
            return self._board(run_id, faults)
        target = url_for("RotationRunView.show", run_id=run.id, person=person or None)
        if wants_json:
            return jsonify({"ok": True, "to": target, "before": before, "run": run.id})
        return redirect(target)

    @expose("/<int:run_id>/solve", methods=["POST"])
    @needs("movement", "solve")
    def solve(self, run_id: int) -> Any:
        return self._do(run_id, planning.SolveRun(run_id))

    @expose("/<int:run_id>/cancel", methods=["POST"])
    @needs("movement", "solve")
    def cancel(self, run_id: int) -> Any:
        return self._do(run_id, planning.CancelRun(run_id))

    def _do(self, run_id: int, command: Any) -> Any:
        access.get(PlannerRun, run_id, "solve")
        try:
            run = execute(command, key=request_key())
        except (Refused, Stale) as error:
            return self._board(run_id, error.faults if isinstance(error, Refused) else [Fault("", str(error))])
        return redirect(url_for("RotationRunView.show", run_id=run.id))

    @expose("/<int:run_id>/again", methods=["POST"])
    @needs("movement", "solve")
    def again(self, run_id: int) -> Any:
        """The same question with other weights or rules, or with the records read anew; solved at once."""
        run = access.get(PlannerRun, run_id, "solve")
        faults: list[Any] = []
        settings = settings_posted(PlannerSettings.from_plain(run.rules), faults)
        seconds = whole_posted("seconds", run.seconds, faults, _("Thời gian giải"))
        seed = whole_posted("seed", run.seed, faults, _("Số khởi tạo (để giải lại ra cùng kết quả)"))
        if faults:
            return self._board(run_id, faults)
        try:
            child = execute(
                planning.SolveAgain(run_id, settings=settings, name=request.form.get("name", ""), seconds=seconds,
                                    seed=seed, fresh="fresh" in request.form),
                key=request_key(),
            )  # fmt: skip
            number = child.id
            execute(planning.SolveRun(number))
        except Refused as error:
            return self._board(run_id, error.faults)
        return redirect(url_for("RotationRunView.show", run_id=number))

    @expose("/<int:run_id>/contract.json")
    @needs("movement", "solve")
    def contract(self, run_id: int) -> Response:
        """The question as the planner reads it: codes of people, no names."""
        run = access.get(PlannerRun, run_id, "solve")
        found = Response(json.dumps(results.run_contract(run), ensure_ascii=False, indent=1), 200)
        found.mimetype = "application/json"
        found.headers["Content-Disposition"] = f'attachment; filename="phuong-an-{run_id}.json"'
        return found

    @expose("/compare", methods=["POST"])
    @needs("movement", "read")
    def pick(self) -> Any:
        """Runs picked on the list."""
        ids = picked()
        if not 2 <= len(ids) <= 4:
            flash(_("Hãy chọn từ hai đến bốn phương án để so sánh (đang chọn %(n)s).", n=len(ids)), "warning")
            return redirect(url_for("RotationRunView.list"))
        return redirect(url_for("RotationRunView.compare", pick=ids))

    @expose("/compare")
    @needs("movement", "read")
    def compare(self) -> Any:
        """Up to four runs side by side."""
        ids = picked()[:4]
        found, differing = results.compare(ids)
        return room_page(
            "rotation/compare.html", title=_("So sánh phương án"), found=found, differing=differing, badge=run_badge,
            number=format_decimal_text,
        )  # fmt: skip


def _pairs(name: str) -> list[dict[str, str]]:
    """Whole lists of pairs out of a hidden field; what is no such list is none."""
    try:
        given = json.loads(request.form.get(name, "[]"))
    except ValueError:
        return []
    if not isinstance(given, list):
        return []
    return [
        {"person": str(p["person"]), "post": str(p["post"])}
        for p in given
        if isinstance(p, dict) and {"person", "post"} <= set(p)
    ]
