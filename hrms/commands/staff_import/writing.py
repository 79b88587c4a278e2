"""Writing a plan: bulk inserts inside one transaction, history included, projections last."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import bindparam, delete, insert, select, update

from hrms.commands.staff.identity import search_columns
from hrms.commands.staff.projection import project_people
from hrms.commands.staff_import.plan import Plan, PlannedRow, Progress, in_slices
from hrms.commands.staff_import.units import UnitBook
from hrms.kernel import actor, clock, crypto, history, numbering
from hrms.kernel.db import db, gather_statistics
from hrms.kernel.errors import Stale
from hrms.kernel.validity import lasts
from models.importing import StaffImport
from models.staff import Appointment, InsurancePeriod, Person, SalaryRow

_DEFAULTS_NOT_NULL = {
    column.name: column.default.arg
    for column in Person.__table__.columns
    if column.default is not None and column.default.is_scalar
}

MANY = 1_000  # rows at once that the database must not learn of only by and by


class Writer:
    """Writes the rows of a plan. Call :meth:`write` inside a command's transaction."""

    def __init__(self, request: StaffImport, book: UnitBook) -> None:
        self.request, self.book = request, book
        self.source = _("Nhập danh sách #%(id)s", id=request.id)
        who, moment = actor.current().name, clock.now()
        self.stamp = {"created_at": moment, "created_by": who, "updated_at": moment, "updated_by": who, "version": 1}

    def write(self, plan: Plan, progress: Progress | None = None) -> None:
        total, done = len(plan.rows), 0
        touched: list[int] = []
        for part in in_slices(plan.rows):
            for row in part:
                row.unit = self.book.store(row.unit)
            fresh = [row for row in part if row.kind == "new"]
            known = [row for row in part if row.kind == "changed"]
            if fresh:
                self._people(fresh)
            if known:
                self._changes(known)
                touched += [row.person_id for row in known if row.person_id and (row.post or "code" in row.person)]
            self._posts(part)
            self._salaries(part)
            self._insurance(part)
            self._history(part)
            done += len(part)
            if progress is not None:
                progress(done, total)
        if touched:
            project_people(touched)
        if total >= MANY:
            gather_statistics(Person, Appointment, SalaryRow, InsurancePeriod)
        db.session.expire_all()

    # -- people
    def _people(self, rows: list[PlannedRow]) -> None:
        without = [row for row in rows if not row.person.get("code")]
        if without:
            prefix = current_app.config["HRMS"].province_code
            first = numbering.take("staff", prefix, 0, len(without))
            for offset, row in enumerate(without):
                row.person["code"] = f"{prefix}-{first + offset:06d}"
        today = clock.today()
        records = []
        for row in rows:
            post = row.post or {}
            number = row.person.get("identity_number")
            records.append({
                **_DEFAULTS_NOT_NULL, **row.person, **self.stamp,
                **search_columns(row.person["full_name"], row.person["code"]),
                "identity_number": number, "identity_digest": crypto.digest(number) if number else None,
                "insurance_number": row.person.get("insurance_number"),
                **{key: row.person.get(key) for key in ("recruited_on", "party_joined_on", "party_official_on")},
                "unit_id": row.unit.id, "title": post.get("title", ""), "status": "active",
                "is_leader": bool(post.get("leader_rank")), "source": self.source,
                "checked_on": min(self.request.as_of, today),
            })  # fmt: skip
        statement = insert(Person).returning(Person.id, sort_by_parameter_order=True)
        for row, person_id in zip(rows, db.session.scalars(statement, records), strict=True):
            row.person_id = person_id

    def _changes(self, rows: list[PlannedRow]) -> None:
        ids = [row.person_id for row in rows]
        found = {
            p.id: p
            for p in db.session.scalars(
                select(Person).where(Person.id.in_(ids)).execution_options(populate_existing=True)
            )
        }
        updates = []
        for row in rows:
            person = found.get(row.person_id or 0)
            if person is None or person.version != row.person_version:
                raise Stale(
                    message=_(
                        "Hồ sơ ở dòng %(row)s vừa được người khác sửa trong lúc nhập. Chưa ghi gì; hãy nhập lại.",
                        row=row.row,
                    )
                )
            values = dict(row.person)
            if "full_name" in values or "code" in values:
                values.update(
                    search_columns(values.get("full_name", person.full_name), values.get("code", person.code))
                )
            if values.get("identity_number"):
                values["identity_digest"] = crypto.digest(values["identity_number"])
            updates.append((person.id, person.version, values))
        moment, who = clock.now(), actor.current().name
        for person_id, version, values in updates:
            # Rows differ in which columns they change; each is one small UPDATE by primary key.
            db.session.execute(
                update(Person.__table__)
                .where(Person.__table__.c.id == person_id)
                .values(**values, version=version + 1, updated_at=moment, updated_by=who)
            )

    # -- dated rows
    def _posts(self, rows: list[PlannedRow]) -> None:
        table, correct, close, fresh = Appointment.__table__, [], [], []
        for row in rows:
            if row.post is None:
                continue
            values = {**row.post, "unit_id": row.unit.id}
            if row.correct_post_id is not None:
                correct.append(
                    {
                        "row_id": row.correct_post_id,
                        "unit": row.unit.id,
                        "new_title": row.post["title"],
                        "rank": row.post["leader_rank"],
                    }
                )
                continue
            if row.kind == "changed":
                close.append(
                    {
                        "of": row.person_id,
                        "last": row.post["valid_from"] - timedelta(days=1),
                        "start": row.post["valid_from"],
                    }
                )
            fresh.append({**values, "person_id": row.person_id, "kind": "main", "decision_number": "", **self.stamp})
        if correct:
            db.session.execute(
                update(table)
                .where(table.c.id == bindparam("row_id"))
                .values(unit_id=bindparam("unit"), title=bindparam("new_title"), leader_rank=bindparam("rank")),
                correct,
            )
        if close:
            db.session.execute(
                update(table)
                .where(
                    table.c.person_id == bindparam("of"),
                    table.c.kind == "main",
                    table.c.valid_from < bindparam("start"),
                    lasts(table.c, bindparam("start")),
                )
                .values(valid_to=bindparam("last"), version=table.c.version + 1),
                close,
            )
        if fresh:
            db.session.execute(insert(Appointment), fresh)

    def _salaries(self, rows: list[PlannedRow]) -> None:
        table, close, fresh = SalaryRow.__table__, [], []
        for row in rows:
            if row.salary is None:
                continue
            if row.correct_salary_id is not None:
                db.session.execute(
                    update(SalaryRow)
                    .where(SalaryRow.id == row.correct_salary_id)
                    .values(**row.salary)
                    .execution_options(synchronize_session=False)
                )
                continue
            if row.kind == "changed":
                close.append(
                    {
                        "of": row.person_id,
                        "last": row.salary["valid_from"] - timedelta(days=1),
                        "start": row.salary["valid_from"],
                    }
                )
            fresh.append({**_blank_salary(), **row.salary, "person_id": row.person_id, **self.stamp})
        if close:
            db.session.execute(
                update(table)
                .where(
                    table.c.person_id == bindparam("of"),
                    table.c.valid_from < bindparam("start"),
                    lasts(table.c, bindparam("start")),
                )
                .values(valid_to=bindparam("last"), version=table.c.version + 1),
                close,
            )
        if fresh:
            db.session.execute(insert(SalaryRow), fresh)

    def _insurance(self, rows: list[PlannedRow]) -> None:
        given = [row for row in rows if row.insurance_months is not None]
        if not given:
            return
        as_of: date = self.request.as_of
        known = [row.person_id for row in given if row.kind == "changed"]
        if known:  # a second total confirmed on the same day replaces the first: parts of one day would be added up
            db.session.execute(
                delete(InsurancePeriod)
                .where(
                    InsurancePeriod.person_id.in_(known),
                    InsurancePeriod.kind == "opening",
                    InsurancePeriod.ends_on == as_of,
                )
                .execution_options(synchronize_session=False)
            )
        db.session.execute(insert(InsurancePeriod), [
            {"person_id": row.person_id, "kind": "opening", "starts_on": None, "ends_on": as_of,
             "months": row.insurance_months, "employer": "", "in_public_body": True, "hazardous": False,
             "special_area": False, "paid_out": False, "document": self.source, **self.stamp}
            for row in given
        ])  # fmt: skip

    def _history(self, rows: list[PlannedRow]) -> None:
        entries: list[dict[str, Any]] = []
        for row in rows:
            assert row.person_id is not None
            note = _("%(source)s, dòng %(row)s", source=self.source, row=row.row)
            if row.kind == "new":
                entries.append(history.entry("person", row.person_id, history.CREATED, note=note))
            for d in row.differences:
                entries.append(history.entry("person", row.person_id, history.CHANGED, d.field, d.old, d.new, note))
        if entries:
            db.session.execute(history.HistoryEntry.__table__.insert(), entries)


def _blank_salary() -> dict[str, Any]:
    """Every column of a salary row, so that rows of one INSERT have the same columns."""
    return {
        "valid_to": None, "scale_code": "", "grade_code": "", "grade_name": "", "step": None, "coefficient": None,
        "agreed_amount": None, "other_allowances": None, "step_counted_from": None, "decision_number": "",
        "decision_date": None, **dict.fromkeys(SalaryRow.ALLOWANCES, 0),
    }  # fmt: skip
