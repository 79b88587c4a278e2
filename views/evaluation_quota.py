"""The quota of “Hoàn thành xuất sắc” of an agency, live while ratings move; its check, its groups, the higher per cent.

The board of ratings includes the panel (``evaluation/quota_panel.html``) and asks ``…/quota/<agency>.json`` for it
anew; ``levels=12:HTXS,15:HT`` lays over what is typed and not saved yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from hrms.commands.evaluation import quota_steps
from hrms.commands.evaluation.quota import quota_state
from hrms.commands.evaluation.quota_overview import agencies
from hrms.commands.evaluation.quota_state import GroupState, QuotaState
from hrms.commands.evaluation.rights import cycle_for
from hrms.commands.evaluation.words import RUNNING
from hrms.kernel import access, attachments, clock
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, Refused, Stale
from models.evaluation import PersonEvaluation, UnitEvaluation
from models.organization import OrgUnit
from models.vocabulary import RATINGS
from policies.evaluation import default_configuration, reason_text
from views.evaluation_support import BADGES, MORE_TABS, level_word, points_text, tabs
from views.fields import Form, LongTextField, TextField, required
from views.posted import identifier, picked, request_key, seen_version
from views.rules import needs
from views.templating import page
from views.words_evaluation_more import OUTCOMES

MOST_TYPED = 500  # levels a board may lay over at once


@dataclass(frozen=True)
class Gauge:
    """One bar: a group or the whole agency."""

    name: str
    people: int
    candidates: int
    base: int
    limit: int
    used: int
    left: int
    over: int
    waiting: int
    tied: tuple[int, ...]
    falling: tuple[int, ...]

    @property
    def width(self) -> int:
        """Per cent of the bar that is full; a bar without places is full as soon as one is used."""
        if not self.limit:
            return 100 if self.used else 0
        return min(100, round(100 * self.used / self.limit))


@dataclass(frozen=True)
class TieShown:
    places: int
    names: list[str]


@dataclass(frozen=True)
class Panel:
    """What ``quota_panel.html`` draws."""

    agency: Gauge
    groups: list[Gauge]
    ties: list[TieShown]
    rule: str
    article: str
    mark: str
    error: str


def gauge(state: GroupState, name: str = "") -> Gauge:
    one = state.ceiling
    return Gauge(name or state.name, one.people, one.candidates, one.base_count, one.limit, one.used, one.left,
                 one.over, one.waiting, state.tied, state.falling)  # fmt: skip


def rule_in_words(state: QuotaState) -> str:
    """“Tối đa 20% số xếp loại Hoàn thành tốt nhiệm vụ; bỏ phần lẻ; theo đúng phép tính”."""
    return _(
        "Tối đa %(percent)s%% của: %(base)s; %(rounding)s; nhóm ít người: %(small)s.",
        percent=state.percent.replace(".", ","), base=_option("base", state.base),
        rounding=_option("rounding", state.rounding), small=_option("small_group", state.small_group),
    )  # fmt: skip


def _option(key: str, code: str) -> str:
    version = default_configuration(clock.today()).values.get(f"hy1071.quota.{key}")
    found = str((version.options or {}).get(code, code)) if version is not None else code
    return found[:1].lower() + found[1:]


def panel(state: QuotaState) -> Panel:
    """The state of an agency ready to draw."""
    return Panel(
        gauge(state.agency, _("Cả cơ quan")),
        [gauge(group) for group in state.groups],
        [TieShown(tie.places, [state.people[key].name for key in tie.among if key in state.people])
         for tie in state.ties],
        rule_in_words(state), state.article, state.mark, reason_text(state.error) if state.error else "",
    )  # fmt: skip


def typed_levels() -> dict[int, str]:
    """``levels=12:HTXS,15:`` of the address: sheet → level, unknown levels as none."""
    found: dict[int, str] = {}
    for part in request.args.get("levels", "").split(",")[:MOST_TYPED]:
        key, _colon, level = part.partition(":")
        number = identifier(key)
        if number is not None:
            found[number] = level if level in RATINGS else ""
    return found


class CheckForm(Form):
    reason = LongTextField(_l("Lý do chọn trong số người bằng điểm"))


class HighForm(Form):
    document = TextField(
        _l("Quyết định công nhận (số, ngày, cơ quan ban hành)"),
        description=_l("Để trống: trở lại tỷ lệ thông thường."),
    )


class GroupForm(Form):
    code = TextField(_l("Mã nhóm"), [required(_l("Cần mã nhóm."))])
    name = TextField(_l("Tên nhóm nhiệm vụ tương đồng"), [required(_l("Cần tên nhóm nhiệm vụ tương đồng."))])


class RenameForm(Form):
    name = TextField(_l("Tên nhóm nhiệm vụ tương đồng"), [required(_l("Cần tên nhóm nhiệm vụ tương đồng."))])


class EvaluationQuotaView(BaseView):
    """``/evaluation/<cycle>/quota/…``"""

    route_base = "/evaluation"

    @expose("/<int:cycle_id>/quota/<int:agency_id>.json")
    @needs("evaluation", "read")
    def live(self, cycle_id: int, agency_id: int) -> Any:
        """Used, left, over, ties, and the panel drawn: what a board asks while one rates."""
        state = quota_state(cycle_id, agency_id, typed_levels())
        shown = panel(state)
        return jsonify(
            agency=state.agency.ceiling.plain(),
            groups=[{"ids": group.ids, "name": group.name, "tied": group.tied, "falling": group.falling,
                     **group.ceiling.plain()} for group in state.groups],
            outcomes={str(key): value for key, value in state.outcomes.items()},
            changed=len(state.changes()) if state.checked else 0,
            checked=state.checked,
            html=render_template("evaluation/quota_live.html", quota=shown),
        )  # fmt: skip

    @expose("/<int:cycle_id>/quota")
    @needs("evaluation", "export")
    def index(self, cycle_id: int) -> Any:
        """The agencies of a cycle; straight to the only one."""
        cycle = cycle_for(cycle_id)
        rows = agencies(cycle_id)
        if len(rows) == 1:
            return redirect(url_for("EvaluationQuotaView.show", cycle_id=cycle_id, agency_id=rows[0].agency_id))
        return page("evaluation/quotas.html", title=_("Tỷ lệ Hoàn thành xuất sắc"), cycle=cycle, rows=rows,
                    tabs=tabs(cycle, "quota"))  # fmt: skip

    @expose("/<int:cycle_id>/quota/<int:agency_id>")
    @needs("evaluation", "read")
    def show(self, cycle_id: int, agency_id: int) -> Any:
        return self._page(cycle_id, agency_id)

    def _page(
        self,
        cycle_id: int,
        agency_id: int,
        faults: Any = (),
        forms: Mapping[str, Form] | None = None,
        status: int = 200,
    ) -> Any:
        cycle = cycle_for(cycle_id)
        state = quota_state(cycle_id, agency_id)
        agency = db.session.get(OrgUnit, agency_id)
        assert agency is not None
        may_check = access.in_scope(agency_id, "evaluation", "synthesise")
        collective = _collective(cycle_id, agency_id)
        made: dict[str, Form] = {
            "check": CheckForm(None), "group": GroupForm(None), "rename": RenameForm(None),
            "high": HighForm(None, data={"document": state.high_document}), **(forms or {}),
        }  # fmt: skip
        in_ties = {key: number for number, tie in enumerate(state.ties) for key in tie.among}
        posted = request.method == "POST"
        return page(
            "evaluation/quota.html",
            title=_("Tỷ lệ Hoàn thành xuất sắc"),
            cycle=cycle,
            agency=agency,
            state=state,
            quota=panel(state),
            lines=_lines(state, in_ties),
            groups=quota_steps.groups_of(cycle_id, agency_id) if may_check else [],
            collective=collective,
            files=[one for one in attachments.of(collective) if one.kind == quota_steps.OUTSTANDING]
            if collective is not None and may_check else [],
            may_check=may_check and cycle.state in RUNNING,
            ready=sum(1 for line in state.people.values() if line.state == "synthesised"),
            changes=len(state.changes()) if state.checked else 0,
            forms=made,
            faults=faults,
            outcomes=OUTCOMES,
            badges=BADGES,
            level_word=level_word,
            points=points_text,
            ticked=set(picked("keep")) if posted else set(),
            chosen=set(picked()) if posted else set(),
            tabs=tabs(cycle, "quota"),
        ), status  # fmt: skip

    def _done(self, cycle_id: int, agency_id: int, told: str) -> Any:
        flash(told, "success")
        return redirect(url_for("EvaluationQuotaView.show", cycle_id=cycle_id, agency_id=agency_id))

    @expose("/<int:cycle_id>/quota/<int:agency_id>/check", methods=["POST"])
    @needs("evaluation", "synthesise")
    def check(self, cycle_id: int, agency_id: int) -> Any:
        """Distribute the places; ``choose`` says that the ticks decide between equals."""
        form = CheckForm(request.form)
        form.validate()
        keep = picked("keep") if request.form.get("choose") else None
        try:
            state = execute(quota_steps.CheckQuota(cycle_id, agency_id, keep, form.reason.data or ""),
                            key=request_key())  # fmt: skip
        except Refused as error:
            return self._page(cycle_id, agency_id, form.take_faults(error), {"check": form}, 400)
        if state.ties:
            told = _("Đã kiểm tra tỷ lệ. Còn người bằng điểm ở ranh giới: hãy chọn người được giữ.")
        else:
            told = _("Đã kiểm tra tỷ lệ: %(used)s người Hoàn thành xuất sắc, trần %(limit)s.",
                     used=state.agency.ceiling.used, limit=state.agency.ceiling.limit)  # fmt: skip
        return self._done(cycle_id, agency_id, told)

    @expose("/<int:cycle_id>/quota/<int:agency_id>/high", methods=["POST"])
    @needs("evaluation", "synthesise")
    def high(self, cycle_id: int, agency_id: int) -> Any:
        """The higher percentage, with the decision that recognises the unit attached."""
        form = HighForm(request.form)
        form.validate()
        sent = request.files.get("file")
        stream = sent.stream if sent is not None and sent.filename else None
        try:
            execute(
                quota_steps.UseHighQuota(cycle_id, agency_id, form.document.data or "",
                                         (sent.filename or "") if sent is not None else "", seen_version(), stream),
                key=request_key(),
            )  # fmt: skip
        except Refused as error:
            return self._page(cycle_id, agency_id, form.take_faults(error), {"high": form}, 400)
        except Stale as error:
            return self._page(cycle_id, agency_id, [Fault("", error.message)], {"high": form}, 409)
        return self._done(cycle_id, agency_id, _("Đã ghi tỷ lệ áp dụng cho cơ quan. Hãy kiểm tra lại tỷ lệ."))

    @expose("/<int:cycle_id>/quota/<int:agency_id>/groups", methods=["POST"])
    @needs("evaluation", "synthesise")
    def group(self, cycle_id: int, agency_id: int) -> Any:
        """A new group of the people ticked."""
        form = GroupForm(request.form)
        faults: list[Any] = []
        if form.validate():
            try:
                execute(quota_steps.CreateGroup(cycle_id, agency_id, form.code.data or "", form.name.data or "",
                                                picked()), key=request_key())  # fmt: skip
                return self._done(cycle_id, agency_id, _("Đã lập nhóm."))
            except Refused as error:
                faults = form.take_faults(error)
        return self._page(cycle_id, agency_id, faults, {"group": form}, 400)

    @expose("/<int:cycle_id>/quota/<int:agency_id>/assign", methods=["POST"])
    @needs("evaluation", "synthesise")
    def assign(self, cycle_id: int, agency_id: int) -> Any:
        """The people ticked into a group."""
        return self._grouped(cycle_id, agency_id, lambda into: quota_steps.AssignToGroup(into, picked()),
                             _("Đã chuyển nhóm."))  # fmt: skip

    @expose("/<int:cycle_id>/quota/<int:agency_id>/merge", methods=["POST"])
    @needs("evaluation", "synthesise")
    def merge(self, cycle_id: int, agency_id: int) -> Any:
        return self._grouped(cycle_id, agency_id, lambda into: quota_steps.MergeGroups(into, picked("group")),
                             _("Đã gộp nhóm."))  # fmt: skip

    @expose("/<int:cycle_id>/quota/<int:agency_id>/rename", methods=["POST"])
    @needs("evaluation", "synthesise")
    def rename(self, cycle_id: int, agency_id: int) -> Any:
        form = RenameForm(request.form)
        form.validate()
        try:
            return self._grouped(
                cycle_id, agency_id,
                lambda into: quota_steps.RenameGroup(into, form.name.data or "", seen_version()), _("Đã đổi tên nhóm."),
            )  # fmt: skip
        except Stale as error:
            return self._page(cycle_id, agency_id, [Fault("", error.message)], {"rename": form}, 409)

    def _grouped(self, cycle_id: int, agency_id: int, command: Any, told: str) -> Any:
        into = identifier(request.form.get("into", ""))
        if into is None:
            return self._page(cycle_id, agency_id, [Fault("into", _("Hãy chọn nhóm."))], None, 400)
        try:
            execute(command(into), key=request_key())
        except Refused as error:
            return self._page(cycle_id, agency_id, error.faults, None, 400)
        return self._done(cycle_id, agency_id, told)


def _collective(cycle_id: int, agency_id: int) -> UnitEvaluation | None:
    query = select(UnitEvaluation).where(UnitEvaluation.cycle_id == cycle_id, UnitEvaluation.unit_id == agency_id)
    return db.session.scalar(access.restrict(query, UnitEvaluation))


@dataclass(frozen=True)
class Row:
    """One candidate in the table, best first: where the rule puts the person and what the last check said."""

    id: int
    name: str
    group: str
    score: Any
    level: str
    outcome: str
    stored: str
    state: str
    tie: int | None
    href: str


def _lines(state: QuotaState, in_ties: Mapping[int, int]) -> list[Row]:
    """The candidates in scope by group, as the rule ranks them."""
    names = {key: group.name for group in state.groups for key in group.ids}
    order = {"kept": 0, "tied": 1, "demoted": 2}
    rows = [
        Row(key, line.name, names.get(line.group_id, ""), line.score, line.level, state.outcomes[key], line.stored,
            line.state, in_ties.get(key), _sheet_url(key))
        for key, line in state.people.items() if key in state.outcomes
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (row.group, order[row.outcome], -(row.score or 0), row.name))


def _sheet_url(evaluation_id: int) -> str:
    return url_for("EvaluationSheetView.show", evaluation_id=evaluation_id)


def panel_of(cycle_id: int, agency_id: int) -> Panel:
    """The panel for a page that includes it."""
    return panel(quota_state(cycle_id, agency_id))


def agency_of(cycle_id: int, unit_id: int) -> int | None:
    """The agency whose ceiling counts most of the people of a unit in a cycle: what its board shows."""
    query = select(PersonEvaluation.agency_id).where(
        PersonEvaluation.cycle_id == cycle_id, PersonEvaluation.unit_id == unit_id
    )
    return db.session.scalar(query.limit(1))


# The pages of a cycle after the rating, in the order of the work.
MORE_TABS.extend(
    (
        ("quota", lambda: _("Tỷ lệ"), "EvaluationQuotaView.index", "cycle_id", "export"),
        ("calibration", lambda: _("Rà soát, cân đối"), "EvaluationCalibrationView.index", "cycle_id", "calibrate"),
        ("decision", lambda: _("Quyết định, công khai"), "EvaluationDecisionView.index", "cycle_id", "export"),
        ("petitions", lambda: _("Kiến nghị"), "EvaluationPetitionView.list", "cycle_id", "export"),
    )
)
