"""The values a cycle works by: the law, the province's layer over it, the procedure; and what a cycle froze of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.evaluation.words import STEPS
from hrms.commands.law.current import current_store
from hrms.kernel.db import db
from hrms.kernel.validity import holds
from models.evaluation import EvaluationCycle
from models.evaluation_settings import EvaluationSetting, ScoreSheet
from models.vocabulary import PERIOD_KINDS
from policies.engine.errors import MalformedLawData
from policies.engine.parameters import jsonable
from policies.engine.yamlio import load_law_yaml
from policies.evaluation.configuration import LAYER, Configuration, configuration_of, default_configuration
from policies.evaluation.sheets import Sheet, sheet_from, sheets

PROCEDURE = LAYER + "procedure."
APPROVED = "approved"
FARTHEST = 400  # days: a deadline or a reminder farther away is a slip


@dataclass(frozen=True)
class ProcedureValue:
    """A value of the procedure: its name, kind, default and the article (or assumption) it rests on."""

    key: str
    label: str
    kind: str
    value: Any
    article: str
    mark: str
    options: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=1)
def procedure_defaults() -> Mapping[str, ProcedureValue]:
    """Defaults of the procedure by full key (``hy1071.procedure.meeting_periods``)."""
    rows = load_law_yaml(Path(__file__).with_name("procedure.yaml"))
    return {
        PROCEDURE + key: ProcedureValue(
            PROCEDURE + key, r["label"], r["kind"], r["value"], r["article"], r["mark"], r.get("options", {})
        )
        for key, r in rows.items()
    }


def settings_on(day: date) -> list[EvaluationSetting]:
    """Approved values valid on ``day``, the oldest first: a later one wins."""
    query = select(EvaluationSetting).where(
        EvaluationSetting.state == APPROVED,
        holds(EvaluationSetting, day),
    )
    return list(db.session.scalars(query.order_by(EvaluationSetting.valid_from, EvaluationSetting.id)))


def configuration_on(day: date) -> Configuration:
    """The law with the approved changes of the province, the layer ``hy1071.*`` with the approved settings over it."""
    found = configuration_of(current_store(), day)
    for row in settings_on(day):
        if not row.key.startswith(PROCEDURE):
            found = found.with_values(
                {row.key: row.value},
                document=row.document_number,
                article=row.article or row.document_number,
                mark=row.mark,
            )
    return found


def procedure_on(day: date) -> dict[str, Any]:
    """The procedure on ``day`` by full key."""
    found = {key: one.value for key, one in procedure_defaults().items()}
    found.update({row.key: row.value for row in settings_on(day) if row.key in found})
    return found


def own_sheets(day: date) -> dict[str, Sheet]:
    """Sheets the administrator loaded, the newest version in use on ``day``, by code."""
    query = select(ScoreSheet).where(
        ScoreSheet.in_use.is_(True),
        holds(ScoreSheet, day),
    )
    return {row.code: sheet_from(row.content) for row in db.session.scalars(query.order_by(ScoreSheet.edition))}


def sheet_on(code: str, day: date) -> Sheet | None:
    """The sheet ``code`` on ``day``: what the province loaded goes before what comes with the software."""
    return own_sheets(day).get(code) or sheets().get(code)


def plain_layer(configuration: Configuration) -> dict[str, Any]:
    """The layer's values as plain JSON by full key."""
    return {name: jsonable(v.value) for name, v in configuration.values.items() if name.startswith(LAYER)}


def freeze(day: date) -> dict[str, Any]:
    """What a cycle keeps when it is opened: configuration (flat, for the flow; whole, for the rules) and sheets."""
    configuration = configuration_on(day)
    loaded = own_sheets(day)
    return {
        "configuration": {**plain_layer(configuration), **procedure_on(day)},
        "snapshot": configuration.snapshot(),
        "sheets": {code: sheet.to_dict() for code, sheet in {**sheets(), **loaded}.items()},
        "quota": {name.removeprefix(f"{LAYER}quota."): jsonable(version.value)
                  for name, version in configuration.values.items() if name.startswith(f"{LAYER}quota.")},
        "on": day.isoformat(),
    }  # fmt: skip


def frozen_configuration(cycle: EvaluationCycle) -> Configuration:
    """The configuration the cycle began with; of a cycle not opened yet, that of its last day."""
    kept = (cycle.frozen or {}).get("snapshot")
    return Configuration.restored(kept) if kept else configuration_on(cycle.ends_on)


def frozen_sheet(cycle: EvaluationCycle, code: str) -> Sheet | None:
    """The sheet ``code`` as it was when the cycle was opened."""
    kept = (cycle.frozen or {}).get("sheets", {}).get(code)
    return sheet_from(kept) if kept else sheet_on(code, cycle.ends_on)


def unfit(key: str, value: Any, day: date) -> str:
    """Why ``value`` may not stand for ``key``, in Vietnamese; empty when it may."""
    found = procedure_defaults().get(key)
    if found is not None:
        return _unfit_procedure(found, value)
    if key not in default_configuration(day).values or not key.startswith(LAYER):
        return _("Không có tham số “%(key)s” trong cấu hình đánh giá.", key=key)
    try:
        default_configuration(day).with_values({key: value})
    except MalformedLawData as error:
        return str(error)
    return ""


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -FARTHEST <= value <= FARTHEST


def _unfit_procedure(found: ProcedureValue, value: Any) -> str:
    wrong = ""
    if found.kind == "periods":
        if not isinstance(value, list) or any(kind not in PERIOD_KINDS for kind in value):
            wrong = _("chọn trong: %(kinds)s", kinds=", ".join(PERIOD_KINDS))
    elif found.kind in ("days_by_step", "days_by_period"):
        keys = STEPS if found.kind == "days_by_step" else PERIOD_KINDS
        if not isinstance(value, dict) or set(value) != set(keys) or not all(map(_whole, value.values())):
            wrong = _("cần số ngày nguyên cho từng mục: %(keys)s", keys=", ".join(keys))
    elif found.kind == "choice":
        if value not in found.options:
            wrong = _("chọn một trong: %(kinds)s", kinds="; ".join(found.options.values()))
    elif found.kind == "day_list":
        if not isinstance(value, list) or not all(_whole(day) and day >= 0 for day in value):
            wrong = _("cần danh sách số ngày")
    elif not isinstance(value, list) or not all(isinstance(code, str) for code in value):
        wrong = _("cần danh sách mã đơn vị")
    return _("Giá trị của “%(label)s” chưa hợp lệ: %(wrong)s.", label=found.label, wrong=wrong) if wrong else ""
