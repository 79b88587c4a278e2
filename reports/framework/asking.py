"""A report asked for: its parameters read and checked, the law and the unit tree it is answered with."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, true

from hrms.kernel import access, clock
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound, Refused
from models.organization import OrgUnit
from policies.engine.parameters import ParameterStore
from reports.facts.tree import UnitTree, tree_on

if TYPE_CHECKING:
    from reports.framework.definition import Definition
    from reports.framework.parameters import Period


@dataclass
class Asked:
    """One run of one report for the present actor. Facts keep what they loaded in ``memo``, so that two tables of
    one report ask the database once."""

    definition: Definition
    values: dict[str, Any]
    store: ParameterStore
    today: date
    memo: dict[Any, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def unit(self) -> OrgUnit:
        """The unit the report is about, with everything below it."""
        found = self.values["unit"]
        assert isinstance(found, OrgUnit)
        return found

    @property
    def on(self) -> date:
        """The day the figures describe: of parameter ``on``, else the last day of ``period``, else today."""
        found = self.values.get("on")
        if isinstance(found, date):
            return found
        span = self.values.get("period")
        return span.last if span is not None else self.today

    @property
    def period(self) -> Period:
        return self.values["period"]

    @property
    def plain(self) -> dict[str, str]:
        """The parameters as text: an address, a snapshot."""
        return {p.name: p.plain(self.values.get(p.name)) for p in self.definition.parameters}

    @property
    def said(self) -> list[tuple[str, str]]:
        """Label and words of every parameter, for headings."""
        pairs = ((p.label, p.words(self.values.get(p.name))) for p in self.definition.parameters)
        return [(label, words) for label, words in pairs if words]

    @property
    def everything(self) -> bool:
        """The root asked by somebody of the whole tree: other provinces of the past belong to it too."""
        return self.unit.parent_id is None and access.units_for("report", "read") is None

    def inside(self, column: Any) -> ColumnElement[bool]:
        """The condition that ``column`` (a unit id) lies in the unit asked about: with what was merged into it."""
        if self.everything:
            return true()
        return column.in_(select(OrgUnit.id).where(OrgUnit.path.like(f"{self.unit.path}%")))

    def tree(self, day: date | None = None) -> UnitTree:
        """The units below the one asked about as they stood on ``day`` (:attr:`on`)."""
        wanted = day or self.on
        key = ("tree", wanted)
        if key not in self.memo:
            self.memo[key] = tree_on(self.unit, wanted, whole=self.everything)
        found = self.memo[key]
        assert isinstance(found, UnitTree)
        return found

    def may_see_rows(self, key: str) -> bool:
        """Whether whoever asks may see the rows behind the figures of a fact."""
        return all(access.may(*pair) for pair in self.definition.fact(key).rows_need)


def ask(definition: Definition, given: Mapping[str, str], store: ParameterStore, today: date | None = None) -> Asked:
    """Read the parameters of ``definition`` from texts.

    Raises :class:`NotAllowed`, and :class:`Refused` with every fault (``field`` is the parameter's name); a unit out
    of scope looks like one that does not exist (:class:`NotFound`).
    """
    if not definition.allowed:
        raise NotAllowed()
    day = today or clock.today()
    faults: list[Fault] = []
    known = [parameter.name for parameter in definition.parameters]
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
            hint = _(" Có phải “%(name)s”?", name=near[0]) if near else ""
            faults.append(Fault(name, _("Báo cáo này không có tham số “%(key)s”.", key=name[:40]) + hint))
    values: dict[str, Any] = {}
    for parameter in definition.parameters:
        text = str(given.get(parameter.name, "")).strip() or parameter.default(day)
        if parameter.kind == "unit":
            values[parameter.name] = _unit(text)
        elif not text:
            if parameter.required:
                faults.append(Fault(parameter.name, _("Chưa chọn “%(label)s”.", label=_(parameter.label))))
            values[parameter.name] = None
        else:
            try:
                values[parameter.name] = parameter.read(text)
            except ValueError as error:
                faults.append(Fault(parameter.name, str(error)))
    if faults:
        raise Refused(faults)
    return Asked(definition, values, store, day)


def _unit(text: str) -> OrgUnit:
    if text:
        return access.get(OrgUnit, text, "read", "report")
    query = access.restrict(select(OrgUnit), OrgUnit, "read", "report")
    found = db.session.scalar(query.order_by(OrgUnit.depth, OrgUnit.id).limit(1))
    if found is None:
        raise NotFound(_("Bạn chưa được giao đơn vị nào để lập báo cáo."))
    return found
