"""Drafts: the application writes the paragraphs, an editor finishes them; figures stay those of the day until then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from hrms.commands.reporting.producing import asked_for
from hrms.kernel import access
from hrms.kernel.commands import Command, check_version
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotAllowed
from models.reporting import OPEN, ReportDraft
from reports.framework import Produced, definition, make
from reports.framework.result import with_texts

MOST = 10_000  # characters of a paragraph


def draft(draft_id: int | str, action: str = "read") -> ReportDraft:
    """The draft with its unit; outside the scope it does not exist."""
    return access.get(ReportDraft, draft_id, action, options=(joinedload(ReportDraft.unit),))


def produced_of(record: ReportDraft) -> Produced:
    """The report of a draft: today's figures, the editor's paragraphs where there are any."""
    produced = make(asked_for(record.key, record.parameters))
    texts = [(key, title, record.texts.get(key, text), before) for key, title, text, before in produced.texts]
    return with_texts(produced, texts)


@dataclass
class CreateDraft(Command[ReportDraft]):
    """Begin a draft of report ``key`` with the paragraphs the application writes."""

    key: str
    given: Mapping[str, str]

    def validate(self) -> Iterator[Fault]:
        self._asked = asked_for(self.key, self.given)
        if not self._asked.definition.texts:
            yield Fault("", _("Báo cáo này không có phần lời để biên tập. Hãy ký và lưu trực tiếp."))
        if not access.in_scope(self._asked.unit.id, "report", "write"):
            raise NotAllowed(_("Bạn không có quyền soạn báo cáo của đơn vị này."))

    def run(self) -> ReportDraft:
        produced = make(self._asked)
        record = ReportDraft(
            key=self.key,
            title=_with_period(produced),
            unit_id=self._asked.unit.id,
            parameters=produced.values,
            texts={key: text for key, _title, text, _before in produced.texts},
        )
        db.session.add(record)
        return record

    def replay(self, receipt: int) -> ReportDraft:
        return draft(receipt)


def _with_period(produced: Produced) -> str:
    said = dict(produced.said)
    words = said.get("Kỳ báo cáo") or next(iter(list(said.values())[1:]), "")
    return f"{produced.title}, {words}"[:250] if words else produced.title[:250]


@dataclass
class EditDraft(Command[ReportDraft]):
    """Write the paragraphs anew; a key that is left out keeps its text."""

    draft_id: int
    texts: Mapping[str, str]
    seen_version: int | None = None
    _titles: dict[str, str] = field(default_factory=dict)

    def validate(self) -> Iterator[Fault]:
        self._record = draft(self.draft_id, "write")
        check_version(self._record, self.seen_version, {})
        if self._record.state != OPEN:
            yield Fault("", _("Báo cáo đã ký, không sửa được nữa. Hãy lập bản mới nếu cần thay thế."))
        known = {text.key: text.title for text in definition(self._record.key).texts}
        for key, text in self.texts.items():
            if key not in known:
                yield Fault(key, _("Báo cáo không có phần “%(key)s”.", key=key[:60]))
            elif len(text) > MOST:
                yield Fault(key, _("Phần “%(title)s” dài %(n)s ký tự, tối đa %(most)s. Hãy viết ngắn lại.",
                                   title=known[key] or key, n=len(text), most=MOST))  # fmt: skip

    def run(self) -> ReportDraft:
        kept = {key: text.replace("\r\n", "\n").strip() for key, text in self.texts.items()}
        self._record.texts = {**self._record.texts, **kept}
        return self._record

    def replay(self, receipt: int) -> ReportDraft:
        return draft(receipt)


@dataclass
class DropDraft(Command[None]):
    """Throw an unsigned draft away."""

    draft_id: int

    def validate(self) -> Iterator[Fault]:
        self._record = draft(self.draft_id, "write")
        if self._record.state != OPEN:
            yield Fault("", _("Báo cáo đã ký thì không xóa được."))

    def run(self) -> None:
        db.session.delete(self._record)
