"""Proposing a value of the law: an override with its document, or the proof of a value nobody had checked.

A proposal changes nothing; another account approves it (:mod:`hrms.commands.law.deciding`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from hrms.commands.law.current import APPROVED, CONFIRMATION, OVERRIDE, as_overrides, current_store
from hrms.commands.law.values import UnfitValue, read_plain, read_typed
from hrms.kernel import access, clock
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault
from hrms.kernel.text import format_date
from hrms.kernel.validity import lasts
from models.law import ParameterOverride
from policies import api
from policies.engine.errors import PolicyError
from policies.engine.parameters import MARKS, WEAKNESS, ParameterStore, Version, jsonable
from policies.rehearsal import Rehearsal, rehearse
from policies.store import default_store

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
MOST_NAMED = 5


@dataclass(frozen=True)
class OverrideContent:
    """What a proposal says. ``value`` is what was typed, or plain data when it comes from a file (``plain``)."""

    name: str
    value: Any
    valid_from: date | None
    valid_to: date | None = None
    article: str = ""
    mark: str = "P"
    document_number: str = ""
    document_date: date | None = None
    document_issuer: str = ""
    reason: str = ""
    plain: bool = False


def check_document(number: str, day: date | None, issuer: str, reason: str) -> list[Fault]:
    """A value of the law rests on a document that exists, and on a reason somebody wrote down."""
    faults: list[Fault] = []
    if not number.strip():
        faults.append(Fault("document_number", _("Chưa ghi số, ký hiệu văn bản. Hãy ghi, ví dụ 12/2025/NQ-HĐND.")))
    if day is None:
        faults.append(Fault("document_date", _("Chưa ghi ngày văn bản, dạng dd/mm/yyyy.")))
    elif not FIRST_DAY <= day <= clock.today():
        text = _("Ngày văn bản %(day)s không hợp lý: văn bản phải đã ban hành.", day=format_date(day))
        faults.append(Fault("document_date", text))
    if not issuer.strip():
        faults.append(Fault("document_issuer", _("Chưa ghi cơ quan ban hành, ví dụ HĐND tỉnh Hưng Yên.")))
    if not reason.strip():
        faults.append(Fault("reason", _("Chưa ghi lý do. Hãy ghi vì sao cần giá trị này và văn bản nói gì.")))
    return faults


def versions_of(name: str) -> Sequence[Version] | None:
    """The values of ``name`` in the engine's law, by which a new one is judged; ``None`` for an unknown name."""
    try:
        return default_store().versions(name)
    except KeyError:
        return None


def unknown_name(name: str) -> Fault:
    """The fault of a name the engine does not have, with the nearest one it has."""
    try:
        default_store().versions(name)
    except KeyError as error:
        return Fault("name", _("Không có tham số này: %(why)s.", why=str(error.args[0])))
    raise AssertionError(name)


def check_content(content: OverrideContent) -> tuple[Any, list[Fault]]:
    """The value in the engine's type (``None`` when it cannot be read) and every fault of the content."""
    faults = check_document(content.document_number, content.document_date, content.document_issuer, content.reason)
    value: Any = None
    versions = versions_of(content.name)
    if versions is None:
        faults.append(unknown_name(content.name))
    else:
        try:
            value = (read_plain if content.plain else read_typed)(versions, content.value)
        except UnfitValue as error:
            text = _("%(label)s (%(name)s): %(why)s", label=versions[-1].label, name=content.name, why=str(error))
            faults.append(Fault("value", text, code="unfit_value"))
    faults += _check_days(content)
    if not content.article.strip():
        faults.append(Fault("article", _("Chưa ghi điều, khoản của văn bản, ví dụ Khoản 2 Điều 1.")))
    if content.mark not in MARKS:
        faults.append(
            Fault("mark", _("Mức độ kiểm chứng “%(mark)s” không có. Hãy chọn P, S, U hoặc C.", mark=content.mark[:10]))
        )
    return value, faults


def _check_days(content: OverrideContent) -> list[Fault]:
    start, end = content.valid_from, content.valid_to
    if start is None:
        return [Fault("valid_from", _("Chưa ghi ngày bắt đầu áp dụng, dạng dd/mm/yyyy."))]
    faults: list[Fault] = []
    for field, day in (("valid_from", start), ("valid_to", end)):
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            text = _("Ngày %(day)s nằm ngoài khoảng năm 1990–2100. Hãy kiểm tra lại.", day=format_date(day))
            faults.append(Fault(field, text))
    if end is not None and end < start:
        text = _("Ngày cuối %(end)s trước ngày bắt đầu %(start)s.", end=format_date(end), start=format_date(start))
        faults.append(Fault("valid_to", text))
    return faults


def check_overlap(kind: str, name: str, start: date, end: date | None, *, but: Iterable[int] = ()) -> list[Fault]:
    """Two approved values of one kind may not hold on one day; the older one is ended first."""
    query = select(ParameterOverride).where(
        ParameterOverride.name == name,
        ParameterOverride.kind == kind,
        ParameterOverride.state == APPROVED,
        lasts(ParameterOverride, start),
        ParameterOverride.id.not_in(list(but)),
    )
    if end is not None:
        query = query.where(ParameterOverride.valid_from <= end)
    return [
        Fault(
            "valid_from",
            _(
                "Khoảng thời gian trùng với giá trị đã duyệt theo %(document)s (%(name)s, từ %(start)s%(until)s). "
                "Hãy kết thúc giá trị đó trước, hoặc chọn ngày khác.",
                document=row.document,
                name=name,
                start=format_date(row.valid_from),
                until=_(" đến %(day)s", day=format_date(row.valid_to)) if row.valid_to else "",
            ),
            code="overlap",
        )
        for row in db.session.scalars(query.order_by(ParameterOverride.valid_from))
    ]


def check_store(rows: Iterable[ParameterOverride]) -> list[Fault]:
    """The law with ``rows`` laid over it must still answer: no gap, no conflict, every sample case computed."""
    store = current_store()
    try:
        changed = laid_over(store, rows)
        problems = [*changed.problems(), *api.check_law(changed)]
    except PolicyError as error:
        return [Fault("value", _("Giá trị không đặt được vào luật: %(why)s.", why=str(error)), code="unfit_value")]
    faults = [
        Fault("valid_from", _("Luật không còn liền mạch: %(why)s.", why=problem), code="law_gap")
        for problem in problems[:MOST_NAMED]
    ]
    failed = rehearse(changed).failed
    if failed:
        text = _(
            "Với giá trị này, %(n)s trường hợp mẫu không tính được nữa (%(why)s). "
            "Hãy kiểm tra lại giá trị và thời gian.",
            n=len(failed),
            why=failed[0][1][:200],
        )
        faults.append(Fault("value", text, code="rehearsal"))
    return faults


def rehearsed(rows: Iterable[ParameterOverride]) -> Rehearsal | None:
    """What ``rows`` would change in the cases of the law files, beside the law in force; None where they do not fit."""
    store = current_store()
    try:
        return rehearse(laid_over(store, rows), store)
    except PolicyError:
        return None


def laid_over(store: ParameterStore, rows: Iterable[ParameterOverride]) -> ParameterStore:
    """``store`` with the rows on top; what has no place in it is left out."""
    given: dict[str, list[Any]] = {}
    for row in rows:
        given.setdefault(row.name, []).extend(as_overrides(row, store))
    return store.overlay({name: parts for name, parts in given.items() if parts})


def row_of(content: OverrideContent, value: Any, *, kind: str = OVERRIDE, bundle: str = "") -> ParameterOverride:
    """The proposal as it is stored; ``content`` was checked."""
    assert content.valid_from is not None
    assert content.document_date is not None
    return ParameterOverride(
        kind=kind,
        name=content.name,
        value=jsonable(value),
        valid_from=content.valid_from,
        valid_to=content.valid_to,
        article=content.article.strip(),
        mark=content.mark,
        document_number=content.document_number.strip(),
        document_date=content.document_date,
        document_issuer=content.document_issuer.strip(),
        reason=content.reason.strip(),
        bundle=bundle,
    )


@dataclass
class ProposeOverride(Command[ParameterOverride]):
    """Propose a value for a period, on the strength of a document. Needs ``parameter:propose``."""

    content: OverrideContent

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "propose")
        content = self.content
        self._value, faults = check_content(content)
        if faults:
            return faults
        assert content.valid_from is not None
        faults = check_overlap(OVERRIDE, content.name, content.valid_from, content.valid_to)
        if already_so(content, self._value):
            text = _("Luật đang có đúng giá trị này trong thời gian đó. Nếu chỉ để chứng minh, hãy dùng “Xác nhận”.")
            faults.append(Fault("value", text, code="no_change"))
        return faults or check_store([row_of(content, self._value)])

    def run(self) -> ParameterOverride:
        row = row_of(self.content, self._value)
        db.session.add(row)
        db.session.flush()
        return row

    def replay(self, receipt: Any) -> ParameterOverride:
        return override_of(receipt)


def already_so(content: OverrideContent, value: Any) -> bool:
    """Whether one value of the law in force covers the period with the same value."""
    assert content.valid_from is not None
    start, end = content.valid_from, content.valid_to
    return any(
        version.covers(start) and version.value == value and (version.end is None or (end and end <= version.end))
        for version in current_store().versions(content.name)
    )


@dataclass
class ConfirmValue(Command[ParameterOverride]):
    """Propose that a value somebody doubted was read in its document: the warning goes once another account agrees."""

    name: str
    valid_from: date | None  # first day of the value that is confirmed
    document_number: str
    document_date: date | None
    document_issuer: str
    reason: str
    article: str = ""  # empty: the article the value carries
    mark: str = "P"

    def validate(self) -> Iterable[Fault]:
        access.require("parameter", "propose")
        versions = versions_of(self.name)
        if versions is None:
            return [unknown_name(self.name)]
        day = self.valid_from
        # What the administration added carries its document already: only the engine's own values are confirmed.
        self._version = next((v for v in versions if day is not None and v.covers(day)), None)
        faults = check_document(self.document_number, self.document_date, self.document_issuer, self.reason)
        if self._version is None:
            text = _("Phần mềm không có giá trị nào của tham số này vào ngày đó. Hãy mở lại trang tham số.")
            return [*faults, Fault("valid_from", text)]
        if self.mark not in ("P", "S") or WEAKNESS[self.mark] >= WEAKNESS[self._version.mark]:
            text = _(
                "Giá trị đang mang dấu %(old)s; xác nhận phải nâng lên dấu tốt hơn (P hoặc S).", old=self._version.mark
            )
            faults.append(Fault("mark", text))
        return faults + check_overlap(CONFIRMATION, self.name, self._version.valid_from, self._version.end)

    def run(self) -> ParameterOverride:
        version = self._version
        assert version is not None
        content = OverrideContent(
            self.name,
            None,
            version.valid_from,
            version.end,
            self.article.strip() or version.article,
            self.mark,
            self.document_number,
            self.document_date,
            self.document_issuer,
            self.reason,
        )
        row = row_of(content, version.value, kind=CONFIRMATION)
        db.session.add(row)
        db.session.flush()
        return row

    def replay(self, receipt: Any) -> ParameterOverride:
        return override_of(receipt)


def override_of(override_id: int) -> ParameterOverride:
    """One proposal; whoever reads parameters reads it. Raises :class:`NotFound`."""
    return access.get(ParameterOverride, override_id)


def bundle_of(row: ParameterOverride) -> list[ParameterOverride]:
    """The proposals that came in one file with ``row``, itself among them; alone when it came alone."""
    if not row.bundle:
        return [row]
    query = select(ParameterOverride).where(ParameterOverride.bundle == row.bundle)
    return list(db.session.scalars(query.order_by(ParameterOverride.id)))


__all__ = [
    "ConfirmValue",
    "OverrideContent",
    "ProposeOverride",
    "already_so",
    "bundle_of",
    "check_content",
    "check_overlap",
    "check_store",
    "laid_over",
    "override_of",
    "row_of",
    "unknown_name",
    "versions_of",
]
