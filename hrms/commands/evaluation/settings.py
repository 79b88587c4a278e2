"""The evaluation regulation of the province as dated values: proposed with a document, approved by a second person.

A cycle keeps what held when it was opened; a change never reaches back into it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from hrms.commands.evaluation.configuration import PROCEDURE, configuration_on, procedure_defaults, unfit
from hrms.commands.law.deciding import same_person
from hrms.kernel import access, actor, clock, history
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_decimal
from models.evaluation_settings import EvaluationSetting, ScoreSheet
from policies.engine.errors import MalformedLawData
from policies.engine.parameters import MARKS
from policies.evaluation.sheets import sheet_from

PROPOSED, APPROVED, REJECTED = "proposed", "approved", "rejected"


@dataclass
class ProposeSetting(Command[EvaluationSetting]):
    """Propose a value of ``hy1071.<key>`` (or ``hy1071.procedure.<key>``) from a day, with the document it rests on.

    ``value``: plain JSON of the kind the key has. Needs ``evaluation_setting:propose``.
    """

    key: str
    value: Any
    valid_from: date
    document_number: str
    document_date: date | None
    valid_to: date | None = None
    article: str = ""
    mark: str = "P"
    reason: str = ""

    def validate(self) -> Iterable[Fault]:
        access.require("evaluation_setting", "propose")
        if message := unfit(self.key, self.value, self.valid_from):
            yield Fault("value", message, code="value")
        if not self.document_number.strip():
            yield Fault("document_number", _("Cần số, ký hiệu văn bản làm căn cứ."), code="document_missing")
        if self.document_date is None:
            yield Fault("document_date", _("Cần ngày của văn bản (dd/mm/yyyy)."), code="document_date_missing")
        elif self.document_date > clock.today():
            yield Fault("document_date", _("Ngày của văn bản còn ở tương lai."))
        if self.valid_to is not None and self.valid_to < self.valid_from:
            yield Fault("valid_to", _("Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi."))
        if self.mark not in MARKS:
            yield Fault("mark", _("Mức kiểm chứng phải là một trong: %(marks)s.", marks=", ".join(MARKS)))

    def run(self) -> EvaluationSetting:
        assert self.document_date is not None
        row = EvaluationSetting(
            key=self.key, value=self.value, valid_from=self.valid_from, valid_to=self.valid_to, mark=self.mark,
            article=self.article.strip(), document_number=self.document_number.strip(),
            document_date=self.document_date, reason=self.reason.strip(),
        )  # fmt: skip
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> EvaluationSetting:
        return access.get(EvaluationSetting, receipt)


@dataclass
class DecideSetting(Command[EvaluationSetting]):
    """Approve or reject a proposed value, never by who proposed it. Needs ``evaluation_setting:approve``."""

    setting_id: int
    approve: bool
    reason: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("evaluation_setting", "approve")
        self._row = row = access.get(EvaluationSetting, self.setting_id)
        faults = _second_person(row, self.approve, self.reason, self.version)
        if not faults and self.approve and (message := unfit(row.key, row.value, row.valid_from)):
            faults.append(Fault("value", message, code="value"))
        return faults

    def run(self) -> EvaluationSetting:
        _decide(self._row, self.approve, self.reason)
        return self._row

    def replay(self, receipt: Any) -> EvaluationSetting:
        return access.get(EvaluationSetting, receipt)


def _second_person(row: EvaluationSetting | ScoreSheet, approve: bool, reason: str, version: int | None) -> list[Fault]:
    """Why the actor may not decide on a proposal: already done, the own one, refused without a word."""
    if row.state != PROPOSED:
        return [Fault("", _("Đề nghị này đã được xử lý. Hãy mở lại trang."), code="not_proposed")]
    check_version(row, version, {})
    faults: list[Fault] = []
    if same_person(row.proposed_user_id, row.proposed_by):
        text = _("Người đề nghị không được tự duyệt. Hãy để một người khác có quyền duyệt xem xét.")
        faults.append(Fault("", text, code="same_person"))
    if not approve and not reason.strip():
        faults.append(Fault("reason", _("Không duyệt thì phải nêu lý do."), code="reason_missing"))
    return faults


def _decide(row: EvaluationSetting | ScoreSheet, approve: bool, reason: str) -> None:
    who = actor.current()
    row.state = APPROVED if approve else REJECTED
    row.decided_by, row.decided_user_id, row.decided_at = who.name, who.user_id, clock.now()
    if reason.strip():
        history.note(row, reason.strip())


@dataclass
class LoadSheet(Command[ScoreSheet]):
    """Propose a score sheet, or a new version of one: ``content`` in the shape of ``Sheet.to_dict()``.

    Refused with every fault of its sums: lines add up to their group, groups to the scale. Needs ``propose``; it counts
    once a second account approves it (:class:`DecideSheet`).
    """

    content: dict[str, Any]
    valid_from: date
    document: str
    valid_to: date | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("evaluation_setting", "propose")
        try:
            self._sheet = sheet_from(self.content)
        except MalformedLawData as error:
            yield Fault("content", str(error), code="sheet")
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            yield Fault("content", _("Nội dung phiếu thiếu hoặc sai mục %(key)s.", key=str(error)), code="sheet")
        if not self.document.strip():
            yield Fault("document", _("Cần số, ngày văn bản ban hành phiếu."), code="document_missing")
        if self.valid_to is not None and self.valid_to < self.valid_from:
            yield Fault("valid_to", _("Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi."))

    def run(self) -> ScoreSheet:
        sheet = self._sheet
        query = select(func.coalesce(func.max(ScoreSheet.edition), 0)).where(ScoreSheet.code == sheet.code)
        row = ScoreSheet(
            code=sheet.code, edition=int(db.session.scalar(query) or 0) + 1, title=sheet.title, content=self.content,
            valid_from=self.valid_from, valid_to=self.valid_to, document=self.document.strip(),
        )  # fmt: skip
        db.session.add(row)
        return row

    def replay(self, receipt: Any) -> ScoreSheet:
        return access.get(ScoreSheet, receipt)


@dataclass
class DecideSheet(Command[ScoreSheet]):
    """Approve a proposed sheet (it serves cycles opened from its day on) or reject it; never by who proposed it."""

    sheet_id: int
    approve: bool
    reason: str = ""
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("evaluation_setting", "approve")
        self._row = access.get(ScoreSheet, self.sheet_id)
        return _second_person(self._row, self.approve, self.reason, self.version)

    def run(self) -> ScoreSheet:
        _decide(self._row, self.approve, self.reason)
        self._row.in_use = self.approve
        return self._row

    def replay(self, receipt: Any) -> ScoreSheet:
        return access.get(ScoreSheet, receipt)


@dataclass(frozen=True)
class SheetChange:
    """One place where a proposed sheet departs from the one in use; an empty side: added or dropped."""

    where: str
    old: str
    new: str


def sheet_changes(content: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[SheetChange]:
    """What a second person looks at: title, scale, groups and lines that differ, by their codes."""
    old, new = _flat(before or {}), _flat(content)
    return [
        SheetChange(key, old.get(key, ""), new.get(key, ""))
        for key in dict.fromkeys([*old, *new])
        if old.get(key, "") != new.get(key, "")
    ]


def _flat(content: Mapping[str, Any]) -> dict[str, str]:
    def points(value: Any) -> str:
        return "" if value is None else format_decimal(Decimal(str(value)))

    if not content:
        return {}
    found = {_("Tên phiếu"): str(content.get("title", "")), _("Thang điểm"): points(content.get("scale_max"))}
    for group in content.get("groups", ()):
        found[_("Nhóm %(code)s", code=group["code"])] = f"{group['name']} ({points(group.get('max'))})"
        for line in group.get("lines", ()):
            most = line.get("proposed") if line.get("proposed") is not None else line.get("max")
            found[_("Dòng %(code)s", code=line["code"])] = f"{line['name']} ({points(most)})"
    return found


@dataclass
class WithdrawSheet(Command[ScoreSheet]):
    """Take a loaded sheet out of use for cycles opened from now on; those that froze it keep it."""

    sheet_id: int
    reason: str
    version: int | None = None

    def validate(self) -> Iterable[Fault]:
        access.require("evaluation_setting", "approve")
        self._row = access.get(ScoreSheet, self.sheet_id)
        check_version(self._row, self.version, {})
        if not self._row.in_use:
            yield Fault("", _("Phiếu này đã thôi dùng."), code="not_in_use")
        if not self.reason.strip():
            yield Fault("reason", _("Cần ghi lý do thôi dùng phiếu."), code="reason_missing")

    def run(self) -> ScoreSheet:
        self._row.in_use = False
        history.note(self._row, self.reason.strip())
        return self._row


@dataclass(frozen=True)
class SettingLine:
    """One key with its value in force on the day, and what was proposed or decided about it (newest first)."""

    key: str
    label: str
    value: Any
    article: str
    mark: str
    document: str
    is_default: bool
    rows: tuple[EvaluationSetting, ...]


def setting_lines(day: date | None = None) -> list[SettingLine]:
    """Every value of the province's layer and procedure on ``day`` (today), for the page of the regulation. Two SQL."""
    access.require("evaluation_setting", "read")
    on = day or clock.today()
    rows: dict[str, list[EvaluationSetting]] = {}
    for row in db.session.scalars(select(EvaluationSetting).order_by(EvaluationSetting.id.desc())):
        rows.setdefault(row.key, []).append(row)
    configuration = configuration_on(on)
    lines: list[SettingLine] = []
    for key, version in configuration.values.items():
        if key.startswith("hy1071."):
            lines.append(
                SettingLine(
                    key, version.label or key, version.value, version.article, version.mark, version.document or "",
                    key not in configuration.changed, tuple(rows.get(key, ())),
                )
            )  # fmt: skip
    for key, default in procedure_defaults().items():
        found = next((row for row in rows.get(key, ()) if _in_force(row, on)), None)
        source = found or default
        number = found.document_number if found else ""
        lines.append(
            SettingLine(
                key, default.label, source.value, source.article, source.mark, number, found is None,
                tuple(rows.get(key, ())),
            )
        )  # fmt: skip
    return lines


def _in_force(row: EvaluationSetting, day: date) -> bool:
    return row.state == APPROVED and row.valid_from <= day and (row.valid_to is None or row.valid_to >= day)


__all__ = [
    "PROCEDURE",
    "DecideSetting",
    "DecideSheet",
    "LoadSheet",
    "ProposeSetting",
    "SettingLine",
    "SheetChange",
    "WithdrawSheet",
    "setting_lines",
    "sheet_changes",
]
