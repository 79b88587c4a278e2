"""Small helpers of the staff screens: faults brought to the fields of a form, comparisons in words, the record page."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hrms.commands import security_log
from hrms.commands.rotation import kinsfolk
from hrms.commands.staff.corrections import ROWS
from hrms.commands.staff.words import LABELS, label
from hrms.kernel import access, clock
from hrms.kernel.errors import Difference, Fault, NotFound, Refused, Stale
from models.staff import Person
from views.fields import DateField, Form, Optional, TextField
from views.staff_page import CODED, TABS, accounts_of, has, head_of, history_of, remarks_on, tab_context
from views.staff_rows import KINDS, RowKind
from views.templating import page
from views.words import unit_in_full, word


class EndForm(Form):
    last_day = DateField(_l("Ngày cuối giữ vị trí"), [Optional()])
    reason = TextField(LABELS["reason"])


def flat(errors: dict[str, Any]) -> list[Fault]:
    """The errors of a form as faults, for pages that do not show the form again."""
    return [Fault("", str(message)) for messages in errors.values() for message in messages]


def kind_named(kind: str) -> RowKind:
    """The kind of row in an address. Raises :class:`NotFound`."""
    if kind not in KINDS:
        raise NotFound()
    return KINDS[kind]


def row_of_person(kind: str, row_id: int, person_id: int) -> Any:
    """The row, when it is one of this person and may be written. Raises :class:`NotFound`."""
    row = access.get(ROWS[kind_named(kind).kind], row_id, "write")
    if row.person_id != person_id:
        raise NotFound()
    return row


def tell_of_family(kind: str, person_id: int, values: dict[str, Any]) -> None:
    """A relation just written that puts two people side by side against the law is told at once, with the article."""
    relative_id = values.get("relative_id")
    if kind != "family_relation" or relative_id is None:
        return
    found = kinsfolk.conflict(person_id, relative_id, str(values.get("relation") or ""), clock.today())
    for one in kinsfolk.in_words([found] if found is not None else []):
        severe = one.severity == "BLOCK"
        flash(f"{one.text} {one.article}", "error" if severe else "warning")


def renamed(error: Refused, names: dict[str, str]) -> Refused:
    """The same faults under the names the form's fields have."""
    return Refused([replace(fault, field=names.get(fault.field, fault.field)) for fault in error.faults])


def row_faults(error: Refused, kind: str, form: Any) -> Refused:
    """Faults of a row command on the fields of its form."""
    if kind != "insurance_period":
        return error
    opening = form.kind.data == "opening"
    return renamed(error, {"ends_on": "confirmed_on" if opening else "until"})


def comparison(stale: Stale | None) -> dict[str, Any]:
    """What the other editor saved against what was typed, codes and labels in words."""
    if stale is None:
        return {"differences": [], "editor": ""}
    rows = [
        Difference(row.field, label(row.field), _shown(row.field, row.yours), _shown(row.field, row.theirs))
        for row in stale.differences
    ]
    return {"differences": rows, "editor": stale.editor}


def _shown(name: str, value: Any) -> Any:
    known = CODED.get(name, {})
    return word(known[value]) if isinstance(value, str) and value in known else value


def sensitive_form(person: Person, form: Any, faults: list[Fault]) -> str:
    """The form over the sensitive facts; only ever the answer to a request that gave a reason or sent this form."""
    original = json.dumps(form.snapshot(), ensure_ascii=False) if not form.errors and not faults else ""
    return page(
        "staff/sensitive_edit.html",
        title=_("Sửa thông tin nhạy cảm"),
        person=person,
        form=form,
        faults=faults,
        original=original,
    )


def act(person_id: int, tab: str, do: Callable[[], Any], message: str) -> Any:
    """Do it and come back to the tab; what was refused is said there."""
    try:
        do()
    except Refused as error:
        return record_page(person_id, tab, error.faults), 400
    flash(message, "success")
    return redirect(url_for("StaffView.show", person_id=person_id, tab=tab))


def record_page(person_id: int, tab: str, faults: list[Fault] | None = None) -> str:
    """The record page on one of its tabs. Raises :class:`NotFound` for a tab that is not open to the user."""
    if tab not in TABS:
        raise NotFound()
    if tab == "ratings":
        _log_discipline(person_id)
    head = head_of(person_id)
    if tab not in {code for code, _words, _count in head.tabs}:
        raise NotFound()
    return page(
        f"staff/tab_{tab}.html",
        title=head.person.full_name,
        head=head,
        person=head.person,
        overview=head.overview,
        tab=tab,
        remarks=remarks_on(head),
        feed=history_of(head),
        faults=faults or [],
        labels=LABELS,
        row_kinds=KINDS,
        has=has,
        word=word,
        unit_in_full=unit_in_full,
        accounts=accounts_of(person_id) if tab == "profile" else (),
        **tab_context(tab, head),
    )


def _log_discipline(person_id: int) -> None:
    """Details of discipline are class C4: every look of somebody else is an event (LOG-03)."""
    head = head_of(person_id, counted=False)
    if head.may_see_discipline and not head.own:
        security_log.record("discipline_view", f"person {person_id}")


__all__ = [
    "EndForm", "act", "comparison", "flat", "kind_named", "record_page", "renamed", "row_faults",
    "row_of_person", "sensitive_form",
]  # fmt: skip
