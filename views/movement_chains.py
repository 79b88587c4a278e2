"""Chains of moves: which cases hang on each other, in which order, and what each still waits for."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.rotation import chains, queries
from hrms.commands.rotation.words import DECIDED, PREPARING
from hrms.commands.rotation.workflow import WORKFLOW
from hrms.kernel import access
from hrms.kernel.commands import execute
from hrms.kernel.db import db
from hrms.kernel.errors import NotFound, Refused, Stale
from models.rotation import MovementCase, MovementChain
from views.movement_forms import ChainForm
from views.movement_list import from_words, state_badge, to_words
from views.posted import picked, request_key, seen_version
from views.rules import needs
from views.templating import page

MOST = 200  # chains on the list; the newest


def load(chain_id: int) -> MovementChain:
    """The chain with its cases in the actor's scope."""
    chain = db.session.scalar(queries.chain_query().where(MovementChain.id == chain_id))
    if chain is None:
        raise NotFound()
    return chain


def standing(chain: MovementChain) -> tuple[str, str]:
    """Colour and words: in effect, waiting for its day, waiting for decisions, broken."""
    if chain.applied_at is not None:
        return ("done", _("đã có hiệu lực"))
    states = [case.state for case in chain.cases]
    if any(state not in (*PREPARING, DECIDED) for state in states):
        return ("bad", _("có hồ sơ đã dừng"))
    decided = sum(1 for state in states if state == DECIDED)
    if decided == len(states):
        return ("open", _("chờ đến ngày"))
    return ("warn", _("đã quyết định %(n)s/%(all)s", n=decided, all=len(states)))


class MovementChainView(BaseView):
    """``/movements/chains/``"""

    route_base = "/movements/chains"

    @expose("/")
    @needs("movement", "read")
    def list(self) -> Any:
        rows = list(db.session.scalars(queries.chain_query().order_by(MovementChain.id.desc()).limit(MOST)))
        return page("movement/chains.html", title=_("Chuỗi điều động"), rows=rows, standing=standing)

    @expose("/new", methods=["POST"])
    @needs("movement", "propose")
    def new(self) -> Any:
        """The picked cases (``pick``) as one chain; asked for its name and day first."""
        ids = picked()
        query = queries.case_query(action="propose").where(MovementCase.id.in_(ids)).order_by(MovementCase.id)
        found = list(db.session.scalars(query)) if ids else []
        if not found:
            flash(_("Hãy chọn các hồ sơ trong danh sách trước."), "warning")
            return redirect(url_for("MovementView.list"))
        named = request.form.get("confirm") == "1"
        form = ChainForm() if named else ChainForm(None, data={"effective_on": _common_day(found)})
        faults: list[Any] = []
        if named and form.validate():
            try:
                ids = [case.id for case in found]
                chain = execute(chains.FormChain(ids, form.name.data or "", form.effective_on.data), key=request_key())
                flash(_("Đã lập chuỗi."), "success")
                return redirect(url_for("MovementChainView.show", chain_id=chain.id))
            except Refused as error:
                faults = form.take_faults(error)
        return page("movement/chain_new.html", title=_("Lập chuỗi"), form=form, cases=found, faults=faults,
                    from_words=from_words, to_words=to_words)  # fmt: skip

    @expose("/<int:chain_id>/", methods=["GET", "POST"])
    @needs("movement", "read")
    def show(self, chain_id: int) -> Any:
        """The order of the moves; POST changes name and day."""
        chain = load(chain_id)
        form = ChainForm(obj=chain if request.method == "GET" else None)
        version: int | None = seen_version() if request.method == "POST" else chain.version
        faults: list[Any] = []
        stale: Any = None
        if request.method == "POST":
            access.require("movement", "propose", chain)
            if form.validate():
                command = chains.ChangeChain(chain_id, form.name.data or "", form.effective_on.data, version)
                try:
                    execute(command, key=request_key())
                    flash(_("Đã lưu chuỗi."), "success")
                    return redirect(url_for("MovementChainView.show", chain_id=chain_id))
                except Refused as error:
                    faults = form.take_faults(error)
                except Stale as error:
                    stale, version = error, load(chain_id).version
        return self._page(load(chain_id), form, version, faults, stale)

    @expose("/<int:chain_id>/leave/<int:move_id>", methods=["POST"])
    @needs("movement", "propose")
    def leave(self, chain_id: int, move_id: int) -> Any:
        """Take a case out of the chain; a chain of one is dissolved."""
        chain = load(chain_id)
        if all(case.id != move_id for case in chain.cases):
            raise NotFound()
        try:
            execute(chains.LeaveChain(move_id, request.form.get("reason", "")), key=request_key())
        except Refused as error:
            chain = load(chain_id)
            return self._page(chain, ChainForm(None, obj=chain), chain.version, error.faults, None)
        flash(_("Đã tách hồ sơ khỏi chuỗi."), "success")
        left = db.session.scalar(select(MovementChain.id).where(MovementChain.id == chain_id))
        if left is None:
            return redirect(url_for("MovementView.show", move_id=move_id))
        return redirect(url_for("MovementChainView.show", chain_id=chain_id))

    def _page(self, chain: MovementChain, form: ChainForm, version: int | None, faults: Any, stale: Any) -> Any:
        waits = {case.id: queries.next_step_label(case) for case in chain.cases}
        return page(
            "movement/chain.html",
            title=chain.name,
            chain=chain,
            rows=chains.steps(chain.cases),
            is_swap=chains.is_swap,
            standing=standing(chain),
            state_badge=state_badge,
            from_words=from_words,
            to_words=to_words,
            waits=waits,
            form=form,
            version=version,
            faults=list(faults),
            stale=stale,
            may_change=chain.applied_at is None and access.may("movement", "propose", chain),
            readable={case.id for case in chain.cases if access.may("movement", "read", case)},
            workflow=WORKFLOW,
        )


def _common_day(found: list[MovementCase]) -> Any:
    """The last of the days the cases ask for: nothing takes effect before it was meant to."""
    days = [case.effective_on for case in found if case.effective_on is not None]
    return max(days, default=None)
