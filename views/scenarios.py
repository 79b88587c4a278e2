"""Scenarios: the list, a new question, one answer, two answers side by side; each as a spreadsheet and a paper."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from hrms.commands import security_log
from hrms.commands.scenarios import saving
from hrms.commands.scenarios.comparison import Change, Comparison, changed_people, compare
from hrms.commands.scenarios.definition import Definition
from hrms.kernel import access, actor
from hrms.kernel.commands import execute
from hrms.kernel.errors import NotFound, Refused
from hrms.kernel.jobs import JobRun
from hrms.kernel.text import fold, format_integer
from models.organization import OrgUnit
from models.scenario import Scenario
from policies.labels import REFUSAL_LABELS
from reports import scenario as papers
from reports.registry import MEDIA_TYPES, prepared_now
from views.listing import Bulk, Column, ListSpec, declare
from views.lists import show as show_list
from views.posted import picked, request_key
from views.rules import needs
from views.scenario_charts import charts_of
from views.scenario_forms import UNITS, VALUES, ScenarioForm, form_values, question_words, start_values
from views.templating import page


def state_badge(scenario: Scenario) -> tuple[str, str]:
    return ("done", _("Đã có kết quả")) if scenario.computed_at else ("open", _("Chưa có kết quả"))


def _search(query: Select[Any], text: str) -> Select[Any]:
    for word in fold(text).split():
        query = query.where(Scenario.folded.contains(word, autoescape=True))
    return query


SCENARIOS = declare(
    ListSpec(
        name="scenarios",
        title=lambda: _("Kịch bản"),
        model=Scenario,
        columns=(
            Column("name", lambda: _("Kịch bản"), "name", (Scenario.folded,), width=44),
            Column("unit", lambda: _("Phạm vi"), "unit.name", (OrgUnit.sort_key,), width=34),
            Column("state", lambda: _("Trạng thái"), state_badge, kind="badge", width=16),
            Column("people", lambda: _("Số người xem xét"), "people", (Scenario.people,), "number", width=12),
            Column("leaving", lambda: _("Đủ điều kiện nghỉ"), "leaving", (Scenario.leaving,), "number", width=12),
            Column("total", lambda: _("Kinh phí (đồng)"), "total", (Scenario.total,), "money", width=22),
            Column("by", lambda: _("Người lập"), "created_by", width=20),
            Column("computed", lambda: _("Tính lúc"), "computed_at", (Scenario.computed_at,), "date", width=18),
        ),
        options=(joinedload(Scenario.unit), defer(Scenario.summary), defer(Scenario.definition)),
        base=lambda: _base(),
        search=_search,
        search_hint=lambda: _("Tên kịch bản"),
        default_sort=(Scenario.id.desc(),),
        row_url=lambda scenario: url_for("ScenarioView.show", scenario_id=scenario.id),
        bulk=(Bulk(lambda: _("So sánh hai kịch bản"), lambda: url_for("ScenarioView.pair"), ("scenario", "read")),),
        empty=lambda: _("Chưa có kịch bản nào. Lập kịch bản để biết trước kinh phí, biên chế của một phương án."),
    )
)


def _base() -> Select[Any]:
    return select(Scenario).join(Scenario.unit)


def load(scenario_id: int) -> Scenario:
    """The scenario with its unit; outside the scope it does not exist."""
    return access.get(Scenario, scenario_id, options=(joinedload(Scenario.unit),))


class ScenarioView(BaseView):
    """``/scenarios/``"""

    route_base = "/scenarios"

    @expose("/")
    @needs("scenario", "read")
    def list(self) -> Any:
        return show_list(SCENARIOS, "scenarios/list.html")

    @expose("/new", methods=["GET", "POST"])
    @needs("scenario", "write")
    def new(self) -> Any:
        faults: list[Any] = []
        if request.method == "GET":
            form = ScenarioForm(None, data=_start())
        else:
            form = ScenarioForm(request.form)
            definition = form.definition() if form.validate() else None
            if definition is not None:
                try:
                    command = saving.CreateScenario(form.name.data or "", definition, form.note.data or "")
                    scenario = execute(command, key=request_key())
                    return redirect(url_for("ScenarioView.show", scenario_id=scenario.id))
                except Refused as error:
                    faults = form.take_faults(_on_fields(error, form))
        return page(
            "scenarios/edit.html", title=_("Lập kịch bản"), form=form, faults=faults, units=UNITS, values=VALUES
        )

    @expose("/<int:scenario_id>")
    @needs("scenario", "read")
    def show(self, scenario_id: int) -> Any:
        return self._page(load(scenario_id))

    def _page(self, scenario: Scenario, faults: Any = ()) -> Any:
        job = saving.job_of(scenario) if scenario.computed_at is None else None
        return page(
            "scenarios/show.html",
            title=scenario.name,
            scenario=scenario,
            found=scenario.summary,
            question=question_words(Definition.from_plain(scenario.definition)),
            job=job,
            mine=_mine(job),
            words=WORDS,
            charts=charts_of(scenario.summary) if scenario.summary else None,
            faults=faults,
        )

    @expose("/<int:scenario_id>/again", methods=["POST"])
    @needs("scenario", "write")
    def again(self, scenario_id: int) -> Any:
        try:
            execute(saving.RunAgain(scenario_id), key=request_key())
        except Refused as error:
            return self._page(load(scenario_id), error.faults)
        return redirect(url_for("ScenarioView.show", scenario_id=scenario_id))

    @expose("/<int:scenario_id>/remove", methods=["POST"])
    @needs("scenario", "write")
    def remove(self, scenario_id: int) -> Any:
        try:
            execute(saving.RemoveScenario(scenario_id))
        except Refused as error:
            return self._page(load(scenario_id), error.faults)
        flash(_("Đã xóa kịch bản."), "success")
        return redirect(url_for("ScenarioView.list"))

    @expose("/<int:scenario_id>/file.<style>")
    @needs("scenario", "read")
    def file(self, scenario_id: int, style: str) -> Any:
        """The answer as ``xlsx`` or ``pdf``: sums, no names."""
        scenario = load(scenario_id)
        if scenario.computed_at is None:
            raise NotFound()
        notes = [
            f"{heading}: {words}." for heading, words in question_words(Definition.from_plain(scenario.definition))
        ]
        notes.append(_people_words(scenario.summary))
        return _file(style, papers.TITLE, scenario.name, papers.parts_of(scenario), notes, f"kich-ban-{scenario.id}")

    @expose("/compare", methods=["POST"])
    @needs("scenario", "read")
    def pair(self) -> Any:
        """Two scenarios picked on the list."""
        ids = sorted(picked())
        if len(ids) != 2:
            flash(_("Hãy chọn đúng hai kịch bản để so sánh (đang chọn %(n)s).", n=len(ids)), "warning")
            return redirect(url_for("ScenarioView.list"))
        return redirect(url_for("ScenarioView.compare", first_id=ids[0], second_id=ids[1]))

    @expose("/<int:first_id>/against/<int:second_id>")
    @needs("scenario", "read")
    def compare(self, first_id: int, second_id: int) -> Any:
        found = _compared(first_id, second_id)
        if isinstance(found, str):
            flash(found, "warning")
            return redirect(url_for("ScenarioView.list"))
        return page(
            "scenarios/compare.html",
            title=_("So sánh kịch bản"),
            found=found,
            tables=tables_of(found),
            questions=(
                question_words(Definition.from_plain(found.first.definition)),
                question_words(Definition.from_plain(found.second.definition)),
            ),
        )

    @expose("/<int:first_id>/against/<int:second_id>/file.<style>")
    @needs("scenario", "read")
    def compare_file(self, first_id: int, second_id: int, style: str) -> Any:
        found = _compared(first_id, second_id)
        if isinstance(found, str):
            raise NotFound()
        parts = papers.comparison_parts(tables_of(found), found.first.name, found.second.name)
        notes = [
            _(
                "Số người có trong cả hai kịch bản: %(n)s; được hưởng cao hơn: %(up)s (%(gained)s đồng); thấp hơn: "
                "%(down)s (%(lost)s đồng).",
                n=format_integer(found.in_both),
                up=format_integer(found.winners),
                gained=format_integer(found.gained),
                down=format_integer(found.losers),
                lost=format_integer(found.lost),
            )
        ]
        subtitle = f"{found.first.name} – {found.second.name}"
        name = f"so-sanh-kich-ban-{found.first.id}-{found.second.id}"
        return _file(style, papers.COMPARISON_TITLE, subtitle, parts, notes, name)

    @expose("/<int:first_id>/against/<int:second_id>/people.xlsx")
    @needs("scenario", "people")
    def people_file(self, first_id: int, second_id: int) -> Any:
        """Who gains and who loses, name by name: only people whom the user may take out of the records."""
        first, second = load(first_id), load(second_id)
        if first.computed_at is None or second.computed_at is None:
            raise NotFound()
        rows, hidden = changed_people(first_id, second_id)
        notes = [_("Chỉ gồm người thuộc phạm vi được xuất dữ liệu của người lập bảng.")] if hidden else []
        parts = papers.people_parts(rows, first.name, second.name)
        subtitle = f"{first.name} – {second.name}"
        name = f"nguoi-thay-doi-{first_id}-{second_id}"
        return _file("xlsx", papers.PEOPLE_TITLE, subtitle, parts, notes, name, f"people={len(rows)}")


WORDS: dict[str, Any] = {
    "present": papers.in_service,
    "month": papers.month_words,
    "decree": papers.decree_words,
    "source": papers.source_words,
    "reason": lambda code: _(REFUSAL_LABELS.get(code, code)),
}


def _start() -> dict[str, Any]:
    """A new question, or a copy of the one named in the address."""
    raw = request.args.get("copy", "")
    if not raw:
        return start_values()
    scenario = access.get(Scenario, raw)
    copied = form_values(Definition.from_plain(scenario.definition))
    return {**copied, "name": _("%(name)s (bản sao)", name=scenario.name), "note": scenario.note}


def _on_fields(error: Refused, form: ScenarioForm) -> Refused:
    """Faults under the names of this form's fields."""
    places = {"unit_ids": "unit_1", "values": "p1_value", "categories": "category_cadre"}
    shown = [number for number in VALUES if form[f"p{number}_name"].data]
    places |= {f"values-{i}": f"p{number}_value" for i, number in enumerate(shown)}
    return Refused([replace(fault, field=places.get(fault.field, fault.field)) for fault in error.faults])


def _mine(job: JobRun | None) -> bool:
    """Progress is told to whoever asked; others reload the page."""
    return job is not None and not job.is_over and job.owner_user_id == actor.current().user_id


def _compared(first_id: int, second_id: int) -> Comparison | str:
    first, second = load(first_id), load(second_id)
    for scenario in (first, second):
        if scenario.computed_at is None:
            return _("Kịch bản “%(name)s” chưa có kết quả để so sánh.", name=scenario.name)
    return compare(first.id, second.id)


def tables_of(found: Comparison) -> list[tuple[str, str, Any]]:
    """The tables of a comparison with their lines in words."""

    def said(rows: list[Change], words: Any) -> list[Change]:
        return [replace(row, label=words(row.label)) for row in rows]

    return [
        (_("Theo đơn vị"), _("Cơ quan, đơn vị"), found.by_unit),
        (_("Theo tháng nghỉ"), _("Nghỉ từ ngày"), said(sorted(found.by_month, key=_label), papers.month_words)),
        (
            _("Theo chính sách và văn bản"),
            _("Chính sách"),
            said(found.by_decree, lambda key: papers.decree_words(*key.split("/", 1))),
        ),
        (_("Theo nguồn kinh phí"), _("Nguồn kinh phí"), said(found.by_source, papers.source_words)),
    ]


def _label(row: Change) -> str:
    return row.label


def _people_words(found: dict[str, Any]) -> str:
    return _(
        "Số người xem xét: %(people)s; đủ điều kiện: %(leaving)s; thiếu dữ kiện: %(lacking)s; dữ kiện mâu thuẫn: "
        "%(faulty)s.",
        people=format_integer(found["people"]),
        leaving=format_integer(found["leaving"]),
        lacking=format_integer(found["lacking"]),
        faulty=format_integer(found["faulty"]),
    )


def _file(style: str, title: str, subtitle: str, parts: Any, notes: list[str], name: str, said: str = "") -> Response:
    if style not in MEDIA_TYPES:
        raise NotFound()
    if style == "pdf":
        content = papers.paper(title, subtitle, parts, notes).write()
    else:
        content = papers.workbook(title, subtitle, parts, notes, prepared_now())
    security_log.record("export", name, "; ".join(filter(None, (style, f"tables={len(parts)}", said))))
    response = Response(content, mimetype=MEDIA_TYPES[style])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{style}"'
    return response
