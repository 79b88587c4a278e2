"""What the security log says in codes, as a person reads it: the report behind a key, rows, the role."""

from __future__ import annotations

import re

from flask_babel import gettext as _

from hrms.kernel import access
from reports.framework.definition import definitions
from views.listing import specs
from views.words import event_target, word

_PART = re.compile(r"(rows|role)=(\w+)")


def target_words(target: str) -> str:
    """“report payments” → the report's title; “list cases” → the list's; everything else as :func:`event_target`."""
    kind, _space, rest = target.partition(" ")
    if kind == "report" and rest in definitions():
        return _("báo cáo “%(title)s”", title=_(definitions()[rest].title))
    if kind == "dashboard":
        return _("bảng điều hành")
    if kind == "list" and rest in specs():
        return _("danh sách “%(title)s”", title=specs()[rest].title())
    return event_target(target)


def detail_words(detail: str) -> str:
    """“xlsx; rows=12” → “xlsx; 12 dòng”."""

    def said(found: re.Match[str]) -> str:
        what, value = found.groups()
        if what == "rows" and value.isdigit():
            return _("%(n)s dòng", n=value)
        role = access.roles().get(value) if what == "role" else None
        return _("vai trò %(role)s", role=word(role.label)) if role is not None else found.group()

    return _PART.sub(said, detail)
