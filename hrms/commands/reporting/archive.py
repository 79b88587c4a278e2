"""The archive: reports filed with the data they were made of, signed ones with number, day and signer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from hrms.commands.reporting.drafts import draft, produced_of
from hrms.commands.reporting.producing import asked_for
from hrms.kernel import access, clock, history
from hrms.kernel.commands import Command
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed, NotFound
from hrms.kernel.text import format_date, normalize
from models.reporting import OPEN, PRODUCED, SIGNED, USED, ReportDraft, ReportSnapshot
from reports.framework import Definition, Produced, make


def snapshot(snapshot_id: int | str) -> ReportSnapshot:
    """A filed report in the actor's scope, if the actor holds every right its data ask for (else NotAllowed)."""
    found = access.get(ReportSnapshot, snapshot_id, options=(joinedload(ReportSnapshot.unit),))
    for pair in found.needs:
        resource, _colon, action = pair.partition(":")
        if not access.in_scope(found.unit_id, resource, action):
            raise NotAllowed(_("Báo cáo này có dữ liệu bạn không được xem."))
    return found


def needs_of(report: Definition, produced: Produced) -> list[str]:
    """The rights beside (report, read) that the data of this very report ask for."""
    pairs = set(report.needs)
    if produced.named:
        pairs |= {pair for fact in report.facts for pair in fact.rows_need}
    return sorted(f"{resource}:{action}" for resource, action in pairs)


def kept(report: Definition, produced: Produced, kind: str) -> ReportSnapshot:
    """The row that keeps ``produced``."""
    content = produced.to_plain()
    unit_id = produced.unit_id
    if unit_id is None:
        raise NotFound()
    return ReportSnapshot(
        key=report.key,
        group=report.group,
        title=report.title[:250],
        about="; ".join(f"{label}: {words}" for label, words in produced.said)[:250],
        kind=kind,
        unit_id=unit_id,
        parameters=produced.values,
        needs=needs_of(report, produced),
        content=content,
        digest=produced.digest,
        rows=produced.rows,
        parameters_fingerprint=produced.law,
    )


@dataclass
class FileReport(Command[ReportSnapshot]):
    """Produce a report and file it unsigned."""

    key: str
    given: Mapping[str, str]

    def validate(self) -> Iterator[Fault]:
        self._asked = asked_for(self.key, self.given)
        if not access.in_scope(self._asked.unit.id, "report", "write"):
            raise NotAllowed(_("Bạn không có quyền lưu báo cáo của đơn vị này."))
        yield from ()

    def run(self) -> ReportSnapshot:
        record = kept(self._asked.definition, make(self._asked), PRODUCED)
        db.session.add(record)
        return record

    def replay(self, receipt: int) -> ReportSnapshot:
        return snapshot(receipt)


@dataclass
class SignReport(Command[ReportSnapshot]):
    """Keep a report as signed, of ``key`` and ``given`` or of a draft. ``seen`` is the digest of what the signer saw.

    The number and day are those of the records office; nothing of it can be changed afterwards.
    """

    key: str
    given: Mapping[str, str]
    number: str
    issued_on: date | None
    signer_title: str
    signer_name: str
    seen: str
    draft_id: int | None = None

    def validate(self) -> Iterator[Fault]:
        self.number = normalize(self.number)
        self.signer_title, self.signer_name = normalize(self.signer_title), normalize(self.signer_name)
        self._draft: ReportDraft | None = None
        if self.draft_id is not None:
            self._draft = draft(self.draft_id)
            self.key, self.given = self._draft.key, self._draft.parameters
            if self._draft.state != OPEN:
                yield Fault("", _("Bản thảo này đã được ký."))
        self._asked = asked_for(self.key, self.given)
        if not access.in_scope(self._asked.unit.id, "report", "sign"):
            raise NotAllowed(_("Bạn không có quyền ký, lưu báo cáo của đơn vị này."))
        for name, value, label in (
            ("number", self.number, _("Số, ký hiệu")),
            ("signer_title", self.signer_title, _("Chức vụ người ký")),
            ("signer_name", self.signer_name, _("Họ tên người ký")),
        ):
            if not value:
                yield Fault(name, _("Chưa nhập “%(label)s”.", label=label))
        if self.issued_on is None:
            yield Fault("issued_on", _("Chưa nhập ngày ký."))
        elif self.issued_on > clock.today():
            yield Fault("issued_on", _("Ngày ký %(day)s sau hôm nay. Hãy nhập ngày đã ký.",
                                       day=format_date(self.issued_on)))  # fmt: skip
        self._produced = produced_of(self._draft) if self._draft is not None else make(self._asked)
        if self.seen != self._produced.digest:
            yield Fault("", _("Số liệu hoặc nội dung đã thay đổi từ lúc bạn mở trang. Hãy xem lại báo cáo rồi ký."),
                        code="changed")  # fmt: skip

    def run(self) -> ReportSnapshot:
        record = kept(self._asked.definition, self._produced, SIGNED)
        record.number, record.issued_on = self.number, self.issued_on
        record.signer_title, record.signer_name = self.signer_title, self.signer_name
        if self._draft is not None:
            record.draft_id = self._draft.id
            self._draft.state = USED
            history.note(self._draft, _("Ký, lưu báo cáo số %(number)s", number=self.number))
        db.session.add(record)
        return record

    def replay(self, receipt: int) -> ReportSnapshot:
        return snapshot(receipt)
