"""The list of people: columns, filters and groups of a staff list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, extract, or_, select
from sqlalchemy.orm import joinedload

from hrms.commands import finding
from hrms.commands.staff.search import retiring_by, words_match
from hrms.commands.staff_overview import overviews
from hrms.kernel import access, clock, crypto
from hrms.kernel.db import db
from hrms.kernel.text import PartialDate, add_years, format_integer, months_to_words
from models.organization import OrgUnit
from models.staff import Person
from models.vocabulary import CATEGORIES, SEXES, STAFF_STATUSES
from views.filters import unit_filter
from views.listing import Bulk, Column, Filter, Group, ListSpec, day_of, declare, whole_of
from views.words import unit_in_full, word

UNIT_PATH = select(OrgUnit.path).where(OrgUnit.id == Person.unit_id).correlate(Person).scalar_subquery()
IN_SERVICE = "in"  # everybody who has not left


def _search(query: Select[Any], text: str) -> Select[Any]:
    conditions = [words_match(text), Person.code == text.strip()]
    if finding.looks_like_identity(text) and access.may("staff", "identity"):
        conditions.append(Person.identity_digest == crypto.digest(text.replace(" ", "")))
    return query.where(or_(*conditions))


def _status(query: Select[Any], value: str) -> Select[Any]:
    if value == IN_SERVICE:
        return query.where(Person.status.in_(("active", "seconded")))
    return query.where(Person.status == value)


def _enrich(people: Sequence[Person]) -> None:
    found = overviews(people)
    for person in people:
        person.overview = found[person.id]


def _birth(person: Any) -> PartialDate:
    return PartialDate(person.birth_date, person.birth_precision)


def _salary(person: Any) -> str:
    salary = person.overview.salary
    if salary is None:
        return ""
    if salary.agreed_amount is not None:
        return _("%(amount)s đồng", amount=format_integer(salary.agreed_amount))
    return str(salary.grade_code or salary.grade_name)


def _unit_names(values: Sequence[Any]) -> Mapping[Any, str]:
    ids = [value for value in values if value is not None]
    names = dict(db.session.execute(select(OrgUnit.id, OrgUnit.name).where(OrgUnit.id.in_(ids))).tuples().all())
    return {**names, None: _("Chưa có đơn vị")}


def _choices(options: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(code, word(label)) for code, label in options.items()]


def _age(query: Select[Any], value: str) -> Select[Any]:
    return query.where(Person.birth_date <= add_years(clock.today(), -whole_of(value, 15, 100)))


def _retires(query: Select[Any], value: str) -> Select[Any]:
    day: date = day_of(value)
    return query.where(retiring_by(day))


STAFF = declare(
    ListSpec(
        name="staff",
        title=lambda: _("Cán bộ, công chức, viên chức"),
        model=Person,
        columns=(
            Column("code", lambda: _("Số hiệu"), "code", sort=(Person.code,), width=14, code=True, nowrap=True),
            Column("name", lambda: _("Họ và tên"), "full_name", sort=(Person.sort_key,), width=28, nowrap=True),
            Column("birth", lambda: _("Ngày sinh"), _birth, kind="partial", sort=(Person.birth_date,), width=12),
            Column("sex", lambda: _("Giới tính"), lambda row: word(SEXES[row.sex]), sort=(Person.sex,), width=8),
            Column("unit", lambda: _("Đơn vị"), lambda row: unit_in_full(row.unit),
                   sort=(UNIT_PATH, Person.sort_key), width=40),
            Column("title", lambda: _("Chức vụ, chức danh"), "title", sort=(Person.title,), width=26),
            Column("category", lambda: _("Đối tượng"), lambda row: word(CATEGORIES[row.category]),
                   sort=(Person.category,), width=18),
            Column("grade", lambda: _("Ngạch"), _salary, width=14, code=True),
            Column("step", lambda: _("Bậc"), "overview.salary.step", kind="number", width=7),
            Column("coefficient", lambda: _("Hệ số"), "overview.salary.coefficient", kind="decimal", width=9),
            Column("insurance", lambda: _("Đóng BHXH"),
                   lambda row: months_to_words(row.overview.insurance.total) if row.overview.insurance.known else "",
                   width=16, nowrap=True),
            Column("insurance_months", lambda: _("Số tháng BHXH"),
                   lambda row: row.overview.insurance.total if row.overview.insurance.known else None, kind="number",
                   shown=False, width=10),
            Column("retires", lambda: _("Nghỉ hưu từ"), "overview.retires_on", kind="date", width=12),
            Column("age", lambda: _("Tuổi"), "overview.age", kind="number", shown=False, width=7),
            Column("recruited", lambda: _("Tuyển dụng"), "recruited_on", kind="date", sort=(Person.recruited_on,),
                   shown=False, width=12),
            Column("qualification", lambda: _("Trình độ chuyên môn"), "qualification", shown=False, width=30),
            Column("theory", lambda: _("Lý luận chính trị"), "political_theory", shown=False, width=16),
            Column("party", lambda: _("Đảng viên"), "is_party_member", kind="bool", shown=False, width=9),
            Column("status", lambda: _("Tình trạng"), lambda row: word(STAFF_STATUSES[row.status]), shown=False,
                   sort=(Person.status,), width=18),
        ),
        search=_search,
        search_hint=lambda: _("Họ tên hoặc số hiệu, có dấu hoặc không"),
        filters=(
            unit_filter(Person.unit_id),
            Filter("category", lambda: _("Đối tượng"), lambda query, value: query.where(Person.category == value),
                   choices=lambda: _choices(CATEGORIES)),
            Filter("status", lambda: _("Tình trạng"), _status, default=IN_SERVICE,
                   choices=lambda: [(IN_SERVICE, _("Chưa nghỉ")), *_choices(STAFF_STATUSES)]),
            Filter("sex", lambda: _("Giới tính"), lambda query, value: query.where(Person.sex == value),
                   choices=lambda: _choices(SEXES)),
            Filter("leader", lambda: _("Lãnh đạo"),
                   lambda query, value: query.where(Person.is_leader.is_(value == "1")),
                   choices=lambda: [("1", _("Giữ chức vụ")), ("0", _("Không giữ chức vụ"))]),
            Filter("age", lambda: _("Từ tuổi"), _age, kind="number"),
            Filter("retires", lambda: _("Nghỉ hưu đến ngày"), _retires, kind="date"),
        ),
        groups=(
            Group("unit", lambda: _("Đơn vị"), Person.unit_id, narrow="unit", labels_of=_unit_names),
            Group("category", lambda: _("Đối tượng"), Person.category, lambda value: word(CATEGORIES.get(value, value)),
                  "category"),
            Group("sex", lambda: _("Giới tính"), Person.sex, lambda value: word(SEXES.get(value, value)), "sex"),
            Group("birth_year", lambda: _("Năm sinh"), extract("year", Person.birth_date), str),
            Group("status", lambda: _("Tình trạng"), Person.status,
                  lambda value: word(STAFF_STATUSES.get(value, value)), "status"),
        ),
        default_sort=(Person.sort_key,),
        options=(joinedload(Person.unit).joinedload(OrgUnit.parent),),
        enrich=_enrich,
        row_url=lambda row: url_for("StaffView.show", person_id=row.id),
        bulk=(Bulk(lambda: _("Lập hồ sơ nghỉ"), lambda: url_for("CaseView.many"), ("case", "create")),),
        export_permission=("staff", "export"),
        empty=lambda: _("Không có ai phù hợp. Hãy bỏ bớt bộ lọc."),
    )
)  # fmt: skip
