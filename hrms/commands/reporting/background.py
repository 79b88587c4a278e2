"""Long files in the background: a whole report as PDF or spreadsheet, or every row behind a figure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from flask_babel import gettext as _

from hrms.commands import security_log
from hrms.commands.reporting.producing import asked_for
from hrms.kernel import actor, clock, jobs
from hrms.kernel.text import format_integer
from reports.framework import Asked, Block, Column, Fact, make
from reports.framework.facts import Conditions, Row
from reports.framework.paper import paper
from reports.framework.workbook import write_report, write_rows

REPORT_KIND, ROWS_KIND = "report_file", "report_rows"


def ask_for_file(key: str, given: Mapping[str, str], style: str) -> jobs.JobRun:
    """Queue a file of the report for the present actor, with the actor's rights."""
    title = _("Báo cáo: %(title)s", title=_(asked_for(key, given).definition.title))
    return jobs.enqueue(REPORT_KIND, title, {"key": key, "given": dict(given), "style": style})


def ask_for_rows(key: str, given: Mapping[str, str], fact: str, where: Conditions) -> jobs.JobRun:
    """Queue the rows behind a figure as a spreadsheet."""
    title = _("Danh sách: %(title)s", title=_(asked_for(key, given).definition.fact(fact).title))
    payload = {"key": key, "given": dict(given), "fact": fact, "where": dict(where)}
    return jobs.enqueue(ROWS_KIND, title, payload)


def prepared() -> str:
    """Who took a file out and when: stands under every spreadsheet."""
    local = clock.local(clock.now())
    return _("Người xuất: %(who)s; lúc %(at)s.", who=actor.current().name, at=f"{local:%H:%M} ngày {local:%d/%m/%Y}")


def rows_block(fact: Fact) -> Block:
    """The shape of a fact's rows as a table."""
    columns = [
        Column(name, column.label, column.kind, mm=column.mm, chars=column.chars)
        for name, column in fact.columns.items()
        if column.listed
    ]
    return Block("rows", fact.title, columns, [], named=True)


def said_rows(asked: Asked, fact: Fact, where: Conditions, **window: Any) -> Any:
    """The rows of a fact in words, one by one."""
    for row in fact.rows(asked, where, **window):
        yield said(fact, row)


def said(fact: Fact, row: Row) -> Row:
    return {name: column.say(row[name]) for name, column in fact.columns.items() if column.listed}


@jobs.kind(REPORT_KIND)
def report_job(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    """Make the file of a report; told row by row for spreadsheets."""
    asked = asked_for(payload["key"], payload["given"])
    progress.step(0, 0, _("Đang tổng hợp số liệu"), force=True)
    produced = make(asked)
    style = payload["style"]
    name = f"report-{uuid4().hex}.{style}"
    path = jobs.work_path(name)
    total = produced.rows
    progress.step(0, total, _("Đang ghi %(n)s dòng", n=format_integer(total)), force=True)
    if style == "pdf":
        with open(path, "wb") as target:
            target.write(paper(produced).write())
    else:
        write_report(path, produced, prepared(), actor.current().name, lambda done: progress.step(done, total))
    progress.step(total, total, force=True)
    security_log.record("export", f"report {asked.definition.key}", f"{style}; rows={total}")
    return {"file": name, "name": f"{asked.definition.key.replace('_', '-')}.{style}",
            "message": _("Đã lập báo cáo, %(n)s dòng.", n=format_integer(total))}  # fmt: skip


@jobs.kind(ROWS_KIND)
def rows_job(payload: Any, progress: jobs.Progress) -> dict[str, Any]:
    """Stream the rows behind a figure into a spreadsheet."""
    asked = asked_for(payload["key"], payload["given"])
    fact = asked.definition.fact(payload["fact"])
    where = payload["where"]
    total = fact.seen(asked, where)
    name = f"rows-{uuid4().hex}.xlsx"
    written = write_rows_file(jobs.work_path(name), asked, fact, where, lambda done: progress.step(done, total))
    progress.step(written, total, force=True)
    return {"file": name, "name": f"{fact.key.replace('_', '-')}.xlsx",
            "message": _("Đã xuất %(n)s dòng.", n=format_integer(written))}  # fmt: skip


def write_rows_file(target: Any, asked: Asked, fact: Fact, where: Conditions, tell: Any = None) -> int:
    """Write the rows behind a figure to ``target``; the export is kept in the security log with its number of rows."""
    heading = [f"{label}: {words}" for label, words in asked.said]
    written = write_rows(
        target, rows_block(fact), said_rows(asked, fact, where), asked.definition.title, heading, prepared(),
        actor.current().name, tell or (lambda _done: None),
    )  # fmt: skip
    security_log.record("export", f"report {asked.definition.key}", f"{fact.key}; rows={written}")
    return written
