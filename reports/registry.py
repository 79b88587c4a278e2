"""Every report by name: its parameters, the right it needs, its formats, and how it is made.

The command line, the pages and the background jobs ask :func:`produce`; a new report is one entry in ``REPORTS``.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from flask_babel import gettext as _

from hrms.kernel import access, actor, clock
from hrms.kernel.errors import Fault, HrmsError, NotAllowed, NotFound, Refused
from models.restructuring import CaseBatch, DownsizingCase
from models.rotation import MovementCase
from reports.batch_file import find_batch
from reports.batch_lists import Prepared
from reports.case_file import find_case
from reports.evaluation import files as evaluation_files
from reports.rotation.move_file import find_move

Format = Literal["pdf", "xlsx"]
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TRUE, FALSE = {"1", "true", "yes", "co", "có", "on"}, {"", "0", "false", "no", "khong", "không", "off"}


def N_(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


class UnknownReport(HrmsError):
    """No report of that name; the message names the nearest ones."""

    status = 404


@dataclass(frozen=True)
class Parameter:
    """``kind``: case, move (id or number), batch (id), choice, flag, words (separated by commas)."""

    name: str
    label: str
    kind: Literal[
        "case", "batch", "move", "choice", "flag", "words", "sheet", "collective", "meeting", "evaluation_decision",
        "petition", "cycle", "evaluated_unit", "any_unit",
    ]  # fmt: skip
    required: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    default: str = ""


@dataclass(frozen=True)
class Asked:
    """A request with its values read: ``case`` and ``batch`` hold records, choices hold codes, flags hold bools."""

    format: str
    values: Mapping[str, Any]
    prepared: Prepared

    @property
    def case(self) -> DownsizingCase:
        found = self.values["case"]
        assert isinstance(found, DownsizingCase)
        return found

    @property
    def batch(self) -> CaseBatch:
        found = self.values["batch"]
        assert isinstance(found, CaseBatch)
        return found


@dataclass
class Output:
    """A finished report. ``filename`` holds record numbers only; ``rows`` counts people, for the log."""

    content: bytes
    media_type: str
    filename: str
    rows: int = 1
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Made:
    """What a maker returns: the file, how many people are in it, what there is to warn about."""

    content: bytes
    rows: int = 1
    warnings: Sequence[str] = ()


@dataclass(frozen=True)
class Report:
    """One report. ``subject`` is the record it is about: the file is named after it."""

    name: str
    title: str
    about: str
    slug: str
    subject: Literal["case", "batch", "move", "evaluation"]
    formats: tuple[Format, ...]
    parameters: tuple[Parameter, ...]
    make: Callable[[Asked], Made]
    # Taking a list out as a spreadsheet needs a right of its own (DP-10); printing needs the right to print.
    sheet_permission: tuple[str, str] = ("case", "export")

    @property
    def permission(self) -> tuple[str, str]:
        if self.subject in ("move", "evaluation"):
            return ("movement" if self.subject == "move" else "evaluation", "print")
        return ("case", "print") if self.subject == "case" else ("batch", "read")

    @property
    def paper_kind(self) -> str:
        """The kind under which a printed paper is filed (``CasePaper.kind``)."""
        return self.name.removeprefix("batch_").removeprefix("movement_")

    def parameter(self, name: str) -> Parameter | None:
        return next((p for p in self.parameters if p.name == name), None)


def reports() -> dict[str, Report]:
    """Every report by its name, in the order in which they are listed."""
    from reports.evaluation.makers import REPORTS as EVALUATION
    from reports.makers import REPORTS
    from reports.rotation.makers import REPORTS as MOVEMENTS

    return {report.name: report for report in (*REPORTS, *MOVEMENTS, *EVALUATION)}


def report_named(name: str) -> Report:
    """The report; a hyphen is as good as an underscore. Raises :class:`UnknownReport`."""
    known = reports()
    found = known.get(name.replace("-", "_"))
    if found is not None:
        return found
    near = difflib.get_close_matches(name.replace("-", "_"), known, n=3, cutoff=0.5)
    hint = (
        _("Có phải: %(names)s?", names=", ".join(near))
        if near
        else _("Các báo cáo có: %(names)s.", names=", ".join(known))
    )
    raise UnknownReport(_("Không có báo cáo “%(name)s”. %(hint)s", name=name, hint=hint))


def produce(name: str, style: str, given: Mapping[str, str], prepared: Prepared | None = None) -> Output:
    """Make a report as ``style`` (pdf, xlsx). ``given`` are texts as typed.

    Raises :class:`UnknownReport`, :class:`NotAllowed`, :class:`NotFound`, and :class:`Refused` with every fault of the
    parameters (``field`` is the parameter's name).
    """
    report = report_named(name)
    values = _read(report, style, given)
    if not access.may(*report.permission):
        raise NotAllowed()
    if style == "xlsx" and not access.may(*report.sheet_permission):
        raise NotAllowed(_("Bạn không có quyền xuất danh sách ra tệp bảng tính."))
    _find_records(report, values)
    made = report.make(Asked(style, values, prepared or prepared_now()))
    return Output(made.content, MEDIA_TYPES[style], file_name(report, values, style), made.rows, list(made.warnings))


def prepared_now(purpose: str = "", moment: datetime | None = None) -> Prepared:
    """Who takes a file out, when and for what: the present actor, now."""
    local = clock.local(moment or clock.now())
    return Prepared(actor.current().name, f"{local:%H:%M} ngày {local:%d/%m/%Y}", purpose, local)


def _read(report: Report, style: str, given: Mapping[str, str]) -> dict[str, Any]:
    faults: list[Fault] = []
    if style not in report.formats:
        faults.append(
            Fault(
                "format",
                _(
                    "Báo cáo “%(name)s” không có định dạng %(format)s. Hãy chọn: %(known)s.",
                    name=report.name,
                    format=style,
                    known=", ".join(report.formats),
                ),
            )
        )
    for key in given:
        if report.parameter(key) is None:
            near = difflib.get_close_matches(key, [p.name for p in report.parameters], n=1, cutoff=0.5)
            hint = _(" Có phải “%(name)s”?", name=near[0]) if near else ""
            faults.append(
                Fault(key, _("Báo cáo “%(name)s” không có tham số “%(key)s”.", name=report.name, key=key) + hint)
            )
    values: dict[str, Any] = {}
    for parameter in report.parameters:
        text = str(given.get(parameter.name, "")).strip() or parameter.default
        if parameter.required and not text:
            faults.append(
                Fault(
                    parameter.name,
                    _("Thiếu tham số “%(name)s” (%(label)s).", name=parameter.name, label=_(parameter.label)),
                )
            )
            continue
        try:
            values[parameter.name] = _value(parameter, text)
        except ValueError as error:
            faults.append(Fault(parameter.name, str(error)))
    if faults:
        raise Refused(faults)
    return values


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.kind == "flag":
        lowered = text.lower()
        if lowered in TRUE:
            return True
        if lowered in FALSE:
            return False
        raise ValueError(_("“%(name)s”: dùng 1 hoặc 0, không phải “%(value)s”.", name=parameter.name, value=text))
    if parameter.kind == "choice":
        if text in parameter.choices or not text:
            return text
        raise ValueError(
            _(
                "“%(name)s”: không có lựa chọn “%(value)s”. Hãy chọn: %(known)s.",
                name=parameter.name,
                value=text,
                known=", ".join(parameter.choices),
            )
        )
    if parameter.kind == "words":
        return tuple(word for part in text.split(",") if (word := part.strip()))
    return text


def _find_records(report: Report, values: dict[str, Any]) -> None:
    """Ids become records of the actor's scope; what is outside looks like what does not exist."""
    for parameter in report.parameters:
        text = values.get(parameter.name)
        finder = FINDERS.get(parameter.kind)
        if finder is None or not text:
            continue
        try:
            values[parameter.name] = finder(text)
        except NotFound:
            raise NotFound(
                _(
                    "Không tìm thấy %(label)s “%(value)s” trong phạm vi của bạn.",
                    label=_(parameter.label).lower(),
                    value=text,
                )
            ) from None


FINDERS: Mapping[str, Callable[[str], Any]] = {
    "case": find_case,
    "batch": find_batch,
    "move": find_move,
    **evaluation_files.FINDERS,
}


def file_name(report: Report, values: Mapping[str, Any], style: str) -> str:
    """``NV-SXD-2025-0001-quyet-dinh.pdf``: numbers of records, never a name (DP-20)."""
    record = values.get(report.subject)
    if isinstance(record, DownsizingCase):
        stem = record.number if record.revision == 1 else f"{record.number}-lan-{record.revision}"
    elif isinstance(record, MovementCase):
        stem = record.number
    elif isinstance(record, CaseBatch):
        stem = f"DOT-{record.year}-{record.round}-{record.id}"
    else:
        stem = evaluation_files.stem_of(values) or "van-ban"
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in stem)
    return f"{safe}-{report.slug}.{style}"


__all__ = [
    "MEDIA_TYPES",
    "N_",
    "Asked",
    "Made",
    "Output",
    "Parameter",
    "Report",
    "UnknownReport",
    "file_name",
    "prepared_now",
    "produce",
    "report_named",
    "reports",
]
