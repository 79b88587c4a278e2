"""Movement cases: the list, opening, the page of a case with its steps, and every small form on it."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from hrms.commands.rotation import cases, files, guards, papers, queries, remarks, steps, targets
from hrms.commands.rotation import checks as law_checks
from hrms.commands.rotation.words import OPEN, PROPOSED, RUNNING
from hrms.commands.rotation.workflow import WORKFLOW
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound, Refused, Stale
from hrms.kernel.text import fold
from models.organization import OrgUnit
from models.rotation import MovementCase, RotationPlanLine
from models.staff import Person
from models.vocabulary import MOVEMENT_KINDS
from reports.registry import produce
from reports.rotation.makers import PAPERS, offered
from views import movement_page
from views.lists import show as show_list
from views.movement_forms import REQUEST_GROUPS, MoveForm, RemarkForm, StepForm, first_year, step_fields
from views.movement_list import MOVEMENTS, from_words, state_badge, to_words, until_badge
from views.papers import answer as show_file
from views.papers import record_event
from views.posted import identifier, request_key, seen_version, whole
from views.rules import needs
from views.templating import page

STEP_RIGHTS = tuple(dict.fromkeys(("movement", step.permission) for step in WORKFLOW.transitions if not step.automatic))
WORKERS = tuple(("movement", action) for action in files.WORKERS)


def load(move_id: int) -> MovementCase:
    """The case with person, units and posts in one statement; outside the scope it does not exist."""
    case = db.session.scalar(
        queries.case_query()
        .where(MovementCase.id == move_id)
        .options(
            joinedload(MovementCase.from_unit).joinedload(OrgUnit.parent),
            joinedload(MovementCase.to_unit).joinedload(OrgUnit.parent),
            joinedload(MovementCase.from_appointment),
        )
    )
    if case is None:
        raise NotFound()
    return case


def render(
    case: MovementCase, *, faults: Any = (), posted: Any = None, open_step: str = "", stale: Any = None, **forms: Any
) -> Any:
    """The page; ``faults`` are those of no single field, ``posted`` a step's form that came back."""
    shown = movement_page.assemble(case, **forms)
    full = request.args.get("history") == "full"
    return page(
        "movement/show.html",
        title=case.number,
        p=shown,
        case=case,
        faults=list(faults),
        stale=stale,
        step_forms=movement_page.step_forms(shown, posted),
        open_step=open_step,
        step_fields=step_fields,
        kind_words=_(MOVEMENT_KINDS[case.kind]),
        reached=set() if WORKFLOW.state_of(case).on_bar else {row.source for row in shown.steps},
        foot=movement_page.foot(case, full),
        full=full,
        all_labels=movement_page.all_labels(),
        until=until_badge(case),
        from_words=from_words(case),
        to_words=to_words(case),
        state_badge=state_badge,
        state_label=lambda code: _(WORKFLOW.state(code).label),
        step_label=lambda code: _(WORKFLOW.transition(code).label),
        long_schedule=movement_page.LONG_SCHEDULE,
        first_year=first_year(case),
    )


def done(move_id: int, message: str, anchor: str = "") -> Any:
    flash(message, "success")
    return redirect(url_for("MovementView.show", move_id=move_id, _anchor=anchor or None))


def overtaken(move_id: int, error: Stale) -> Any:
    """Somebody was faster and there is nothing typed to compare: show the page as it is now."""
    flash(error.message, "warning")
    return redirect(url_for("MovementView.show", move_id=move_id))


class MovementView(BaseView):
    """``/movements/``"""

    route_base = "/movements"

    @expose("/")
    @needs("movement", "read")
    def list(self) -> Any:
        counts = queries.counts_by_state()
        return show_list(
            MOVEMENTS,
            "movement/list.html",
            counts=counts,
            in_work=sum(counts.get(code, 0) for code in OPEN),
            running=counts.get(RUNNING, 0),
            states=[
                (state.code, _(state.label), counts[state.code]) for state in WORKFLOW.states if counts.get(state.code)
            ],
        )

    # -- look-ups that reach beyond the own scope: names of units and posts, never of people

    @expose("/lookup/units")
    @needs("movement", "propose")
    def lookup_units(self) -> Any:
        found = targets.receiving_units(request.args.get("q", "")[:120])
        return jsonify({"result": [{"id": row.id, "text": row.name, "note": row.detail} for row in found]})

    @expose("/lookup/posts")
    @needs("movement", "propose")
    def lookup_posts(self) -> Any:
        """``unit=7``: the posts of that unit, with how many places are free."""
        unit_id = identifier(request.args.get("unit", ""))
        words = fold(request.args.get("q", "")).split()
        found = targets.posts_of_unit(unit_id) if unit_id is not None else []
        rows = [row for row in found if all(word in fold(row.name) for word in words)]
        typed = " ".join(words)  # “Trưởng phòng” means that, not “Phó Trưởng phòng”
        rows.sort(key=lambda row: (fold(row.name) != typed, not fold(row.name).startswith(typed)))
        return jsonify({"result": [{"id": row.id, "text": row.name, "note": _place_note(row)} for row in rows[:20]]})

    # -- opening and editing

    @expose("/new", methods=["GET", "POST"])
    @needs("movement", "propose")
    def new(self) -> Any:
        """Pick a person, say where to; “Kiểm tra trước” asks the rules and stores nothing."""
        number = whole("person_id") if request.method == "POST" else identifier(request.args.get("person", ""))
        line_id = whole("plan_line_id") if request.method == "POST" else identifier(request.args.get("line", ""))
        line = access.get(RotationPlanLine, line_id, "propose") if line_id is not None else None
        if line is not None:
            number = line.person_id
        person = access.get(Person, number) if number is not None else None
        form = MoveForm(data=None if request.method == "POST" else _beginning(line))
        faults: list[Any] = []
        looked = None
        if request.method == "POST" and person is not None and form.validate():
            if request.form.get("only_check"):
                looked, faults = _look(person, form)
            else:
                try:
                    case = execute(cases.OpenCase(person.id, form.request(), plan_line_id=line_id), key=request_key())
                    return done(case.id, _("Đã lập hồ sơ %(number)s.", number=case.number))
                except Refused as error:
                    faults = form.take_faults(error)
        busy = queries.open_cases_of([person.id]).get(person.id) if person is not None else None
        return page(
            "movement/new.html",
            title=_("Lập hồ sơ luân chuyển, điều động"),
            person=person,
            form=form if person is not None else None,
            groups=REQUEST_GROUPS,
            faults=faults,
            looked=looked,
            line=line,
            busy=busy if busy is not None and access.may("movement", "read", busy) else None,
        )

    @expose("/<int:move_id>/")
    @needs("movement", "read")
    def show(self, move_id: int) -> Any:
        return render(load(move_id))

    @expose("/<int:move_id>/edit", methods=["GET", "POST"])
    @needs("movement", "prepare")
    def edit(self, move_id: int) -> Any:
        """Change the request; a second editor sees both versions and loses nothing."""
        case = load(move_id)
        form = MoveForm(obj=case if request.method == "GET" else None)
        del form["kind"]  # the number of the case is of its kind
        if case.state != PROPOSED:
            for name in ("to_unit_id", "to_position_id", "to_title"):
                del form[name]
        version: int | None = seen_version() if request.method == "POST" else case.version
        faults: list[Any] = []
        differences: Any = None
        if request.method == "POST" and form.validate():
            try:
                execute(cases.EditCase(move_id, version, form.request(case)), key=request_key())
                return done(move_id, _("Đã lưu và rà soát lại điều kiện."))
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                differences, version = error, load(move_id).version
        case = load(move_id)
        return page(
            "movement/edit.html",
            title=_("Sửa hồ sơ %(number)s", number=case.number),
            case=case,
            form=form,
            groups=REQUEST_GROUPS,
            version=version,
            faults=faults,
            stale=differences,
            kind_words=_(MOVEMENT_KINDS[case.kind]),
            to_words=to_words(case),
        )

    @expose("/<int:move_id>/steps/<step>", methods=["POST"])
    @needs(*STEP_RIGHTS[0], *STEP_RIGHTS[1:])
    def step(self, move_id: int, step: str) -> Any:
        """Take one step. What was typed comes back with the dialog open when it is refused."""
        case = load(move_id)
        form = StepForm(prefix=f"{step}-")
        if not form.validate():
            return render(case, posted={step: form}, open_step=step)
        command = steps.Perform(move_id, step, version=seen_version(), **form.values())
        try:
            moved = execute(command, key=request_key())
        except Refused as error:
            rest = form.take_faults(error)
            return render(load(move_id), posted={step: form}, open_step=step, faults=rest)
        except Stale as error:
            return overtaken(move_id, error)
        message = _("Đã thực hiện “%(step)s”.", step=_(WORKFLOW.transition(step).label))
        if access.may("movement", "read", moved):
            return done(moved.id, message)
        flash(message + " " + _("Hồ sơ đã chuyển khỏi phạm vi của bạn."), "success")
        return redirect(url_for("MovementView.list"))

    @expose("/<int:move_id>/look", methods=["POST"])
    @needs("movement", "prepare")
    def look(self, move_id: int) -> Any:
        """Ask the rules and the records anew."""
        return self._simple(cases.LookAgain(move_id), move_id, _("Đã rà soát lại theo hồ sơ hôm nay."))

    # -- remarks, notes, files (the hand-over: views/movement_handover.py)

    @expose("/<int:move_id>/remarks", methods=["POST"])
    @needs("movement", "remark")
    def remark(self, move_id: int) -> Any:
        """The receiving side's remark for a year or at the end."""
        load(move_id)
        form = RemarkForm()
        faults: list[Any] = []
        if form.validate():
            command = remarks.WriteRemark(
                move_id, form.year.data, form.remark.data or "", form.level.data or "", form.document.data or "",
                form.at_end.data, version=seen_version(),
            )  # fmt: skip
            try:
                execute(command, key=request_key())
                return done(move_id, _("Đã ghi nhận xét."), "nhan-xet")
            except Refused as error:
                faults = form.take_faults(error)
            except Stale as error:
                return render(load(move_id), remark=form, stale=error)
        return render(load(move_id), faults=faults, remark=form)

    @expose("/<int:move_id>/notes", methods=["POST"])
    @needs(*WORKERS[0], *WORKERS[1:])
    def note(self, move_id: int) -> Any:
        return self._simple(files.WriteNote(move_id, request.form.get("body", "")), move_id, _("Đã ghi chú."))

    @expose("/<int:move_id>/files", methods=["POST"])
    @needs(*WORKERS[0], *WORKERS[1:])
    def attach(self, move_id: int) -> Any:
        upload = request.files.get("file")
        name = upload.filename if upload is not None and upload.filename else ""
        content = upload.stream if upload is not None and name else None
        command = files.AttachFile(move_id, name, request.form.get("item_code", "")[:40], content)
        return self._simple(command, move_id, _("Đã đính kèm tệp “%(name)s”.", name=name), "tep")

    @expose("/<int:move_id>/files/<int:attachment_id>/remove", methods=["POST"])
    @needs(*WORKERS[0], *WORKERS[1:])
    def detach(self, move_id: int, attachment_id: int) -> Any:
        command = files.RemoveFile(move_id, attachment_id, request.form.get("reason", ""))
        return self._simple(command, move_id, _("Đã gỡ tệp."), "tep")

    # -- papers

    @expose("/<int:move_id>/papers/<paper>.pdf")
    @needs("movement", "print")
    def paper(self, move_id: int, paper: str) -> Any:
        """One paper of the case as it stands now; looking at it is logged."""
        if paper not in PAPERS:
            raise NotFound()
        given = {name: request.args[name] for name in ("issuer",) if name in request.args}
        return self._printed(move_id, paper, given)

    @expose("/<int:move_id>/papers/<paper>", methods=["POST"])
    @needs("movement", "print")
    def print_paper(self, move_id: int, paper: str) -> Any:
        """The copy for the signatory, noted in the history. It is made first: nothing unprintable is recorded."""
        if paper not in PAPERS:
            raise NotFound()
        given = {"for_signature": "1"}
        if request.form.get("issuer"):
            given["issuer"] = request.form["issuer"]
        case = load(move_id)
        if paper not in offered(case, two_bodies=guards.two_bodies(case)):
            early = _("Hồ sơ chưa đến hoặc đã qua bước có văn bản này; bản dự thảo vẫn xem được.")
            return render(case, faults=[Fault("", early, code="not_offered")])
        answer = self._printed(move_id, paper, given)
        execute(papers.RecordPrint(move_id, paper), key=request_key())
        return answer

    def _printed(self, move_id: int, paper: str, given: dict[str, str]) -> Any:
        case = load(move_id)
        name = f"movement_{paper}"
        try:
            output = produce(name, "pdf", {**given, "move": str(move_id)})
        except Refused as error:
            return render(case, faults=error.faults)
        record_event("print", f"movement {move_id}", name, 1)
        return show_file(output)

    def _simple(self, command: Any, move_id: int, message: str, anchor: str = "") -> Any:
        """A command of a small form: done, refused with its faults above the page, or overtaken."""
        load(move_id)
        try:
            execute(command, key=request_key())
        except Refused as error:
            return render(load(move_id), faults=error.faults)
        except Stale as error:
            return overtaken(move_id, error)
        return done(move_id, message, anchor)


def _place_note(row: targets.Target) -> str:
    places = _("%(free)s/%(all)s chỗ trống", free=row.free, all=row.approved)
    listed = _("mã %(code)s", code=row.detail) if row.detail else ""
    return " · ".join(part for part in (places, listed) if part)


def _beginning(line: RotationPlanLine | None) -> dict[str, Any]:
    """What a new case is filled in with: the kind asked for, the line of the yearly plan it carries out."""
    kind = request.args.get("kind", "")
    found: dict[str, Any] = {"kind": kind if kind in MOVEMENT_KINDS else "DIEU_DONG"}
    for name, key in (("to_unit_id", "unit"), ("to_position_id", "post")):
        found[name] = identifier(request.args.get(key, ""))
    if line is not None:
        found |= {
            "kind": "CDVTCT",
            "to_unit_id": line.target_unit_id,
            "to_position_id": line.target_position_id,
            "to_title": line.target_position.title if line.target_position is not None else "",
            "effective_on": line.planned_on,
            "reason": _("Thực hiện kế hoạch định kỳ chuyển đổi vị trí công tác năm %(year)s", year=line.plan.year),
        }
    return found


def _look(person: Person, form: MoveForm) -> tuple[Any, list[Any]]:
    """What the rules would say of the move as typed; nothing is stored."""
    with db.session.no_autoflush:
        case, faults = cases.draft(person, form.request())
        found = law_checks.examine(case) if case is not None else None
    rest = form.take_faults(Refused(faults)) if faults else []
    return found, rest


__all__ = ["MovementView", "done", "load", "render"]
