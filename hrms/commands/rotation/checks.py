"""The facts of a case put to ``policies.rotation``: what the law refuses, what it warns of, with articles and trace.

Facts come from the records (posts, absences, discipline, deferrals, family, ratings); no rule is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select

from hrms.commands.evaluation.roll import klass_of
from hrms.commands.law.current import current_store
from hrms.commands.rotation import kinsfolk, vacancies
from hrms.commands.rotation.clocks import tenure_before
from hrms.commands.rotation.words import BIET_PHAI, DIEU_DONG, FOR_A_TIME, LUAN_CHUYEN, NOI_BO, PROPOSED
from hrms.commands.staff.lookup import covers, in_chunks, on_day, salary_on
from hrms.kernel import clock
from hrms.kernel.db import db
from hrms.kernel.text import add_months, fold, format_date, full_months
from hrms.kernel.validity import holds
from models.rotation import MovementCase, PostRule, RotationDeferral
from models.staff import Absence, Appointment, Discipline, SalaryRow, YearRating
from policies.engine.dates import PartialDate, day_before
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node
from policies.rotation import (
    MoveFacts,
    PersonFacts,
    Reason,
    allowance_schedule,
    check_move,
    deferral,
    family_bar_of_move,
    kept_allowance,
    reason,
    study_spell,
    waivable,
)

GOOD = ("HTXS", "HTT")
MEASURES = {"khien trach": "KHIEN_TRACH", "canh cao": "CANH_CAO", "cach chuc": "CACH_CHUC"}
LEADER_ORDER = {"": 0, "deputy": 1, "head": 2}
SCHEDULE_ARTICLE = {
    LUAN_CHUYEN: "Điều 51 khoản 1 NĐ 170/2025/NĐ-CP",
    DIEU_DONG: "Điều 27 khoản 1 NĐ 170/2025/NĐ-CP",
}


@dataclass
class Examination:
    """What the rules say of a case on a day: ``refusals`` stand against it, ``warnings`` are to be weighed."""

    on: date
    kind: str
    refusals: list[Reason] = field(default_factory=list)
    warnings: list[Reason] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def allowed(self) -> bool:
        return not self.refusals

    def to_dict(self) -> dict[str, Any]:
        """The form kept in ``MovementCase.checks``."""
        return {
            "on": self.on.isoformat(),
            "kind": self.kind,
            "allowed": self.allowed,
            "refusals": [_plain(one) for one in self.refusals],
            "warnings": [_plain(one) for one in self.warnings],
            "facts": self.facts,
            "trace": [node.to_dict() for node in self.nodes],
        }


def _plain(one: Reason) -> dict[str, str]:
    return {"code": one.code, "text": one.text, "article": one.article, "mark": one.mark}


def rule_kind(case: MovementCase) -> str:
    """The kind of the law: a change inside the agency to other work is a change of position, else a transfer [U]."""
    if case.kind != NOI_BO:
        return case.kind
    before, after = case.from_position, case.to_position
    other = before is not None and after is not None and fold(before.title) != fold(after.title)
    return "THAY_DOI_VTVL" if other else DIEU_DONG


def day_of(case: MovementCase) -> date:
    """The day the rules are asked about: when it shall take effect, else today."""
    return case.effective_on or clock.today()


def months_of(case: MovementCase) -> int | None:
    """The months asked for: begun ones of a secondment (a limit above), full ones of a rotation (a limit below)."""
    if case.effective_on is None or case.ends_on is None or case.kind not in FOR_A_TIME:
        return None
    after = date.fromordinal(case.ends_on.toordinal() + 1)
    whole = full_months(case.effective_on, after)
    begun = add_months(case.effective_on, whole) != after
    return whole + 1 if begun and case.kind == BIET_PHAI else whole


def ground_codes(person_id: int, day: date, store: ParameterStore, *, sex: str, seconded: bool) -> set[str]:
    """Words of Điều 25 khoản 5 and Điều 38 that hold on ``day`` by the person's rows (not the person's own columns)."""
    return grounds_of({person_id: sex}, day, store)[person_id] | ({"SECONDED"} if seconded else set())


def grounds_of(sexes: Mapping[int, str], day: date, store: ParameterStore) -> dict[int, set[str]]:
    """The same for many (person id → sex): three statements for every few hundred people."""
    found: dict[int, set[str]] = {number: set() for number in sexes}
    for ids in in_chunks(sorted(sexes)):
        under_review = select(Discipline.person_id).where(
            Discipline.person_id.in_(ids),
            Discipline.opened_on <= day,
            Discipline.decided_on.is_(None),
            or_(Discipline.closed_on.is_(None), Discipline.closed_on > day),
        )
        for number in db.session.scalars(under_review):
            found[number].add("DISCIPLINE_REVIEW")
        deferrals = select(RotationDeferral.person_id, RotationDeferral.ground).where(
            RotationDeferral.person_id.in_(ids),
            RotationDeferral.starts_on <= day,
            or_(RotationDeferral.ends_on.is_(None), RotationDeferral.ends_on >= day),
        )
        for number, ground in db.session.execute(deferrals):
            found[number].add(ground)
        away = select(Absence).where(
            Absence.person_id.in_(ids), Absence.starts_on <= day, or_(Absence.ends_on.is_(None), Absence.ends_on >= day)
        )
        for spell in db.session.scalars(away):
            codes = found[spell.person_id]
            if spell.kind == "maternity":
                codes.add("MATERNITY_LEAVE")
            elif spell.kind == "suspension":
                codes.add("DISCIPLINE_REVIEW")
            elif spell.kind == "study":
                study = PersonFacts(sexes[spell.person_id], spells=(study_spell(spell.starts_on, None, spell.ends_on),))
                if deferral(study, day, store).state == "DEFERRED":
                    codes.add("LONG_STUDY")
    return found


def _discipline(person_id: int, day: date) -> tuple[str, date] | None:
    """The latest administrative measure with a form the rules know."""
    rows = db.session.execute(
        select(Discipline.form, Discipline.decided_on)
        .where(
            Discipline.person_id == person_id,
            Discipline.kind == "administrative",
            Discipline.decided_on.is_not(None),
            Discipline.decided_on <= day,
        )
        .order_by(Discipline.decided_on.desc())
    )
    for form, decided in rows:
        if (measure := MEASURES.get(fold(form))) is not None:
            return measure, decided
    return None


def rated_good(person_id: int, year: int) -> bool | None:
    """Whether the State side rated the year good or better; ``None`` without a rating."""
    level = db.session.scalar(
        select(YearRating.level)
        .where(YearRating.person_id == person_id, YearRating.year == year, YearRating.side == "STATE")
        .order_by(YearRating.id.desc())
        .limit(1)
    )
    return None if level is None else level in GOOD


def _group(case: MovementCase, day: date) -> str:
    """Group of Điều 42 khoản 1: c a post closed to locals, b a post under the two-term cap, else a (quy hoạch)."""
    rules = list(db.session.scalars(select(PostRule).where(holds(PostRule, day))))

    def under(kind: str, title: str, unit_kind: str) -> bool:
        return any(
            rule.kind == kind and fold(rule.title) == fold(title) and rule.unit_kind in ("", unit_kind)
            for rule in rules
        )

    target = case.to_title or (case.to_position.title if case.to_position is not None else "")
    if under("NOT_LOCAL", target, case.to_unit.kind):
        return "c"
    held = case.from_appointment.title if case.from_appointment is not None else ""
    return "b" if under("TWO_TERM_CAP", held, case.from_unit.kind) else "a"


def coefficients(case: MovementCase, day: date) -> tuple[Decimal, Decimal | None]:
    """Leadership coefficient drawn before the move, and that of the post to take (``None``: not known)."""
    salary: SalaryRow | None = salary_on(case.person, day_before(day))
    old = salary.leadership if salary is not None else Decimal(0)
    post = case.to_position
    if post is None:
        return old, None
    if not post.leader_rank:
        return old, post.leadership_coefficient or Decimal(0)
    return old, post.leadership_coefficient


def _higher(case: MovementCase) -> bool:
    post = case.to_position
    before = case.from_position
    held = case.from_appointment.leader_rank if case.from_appointment is not None else ""
    if post is None or not post.leader_rank:
        return False
    if before is not None and before.leadership_coefficient is not None and post.leadership_coefficient is not None:
        return post.leadership_coefficient > before.leadership_coefficient
    return LEADER_ORDER[post.leader_rank] > LEADER_ORDER[held]


def mates(case: MovementCase) -> list[MovementCase]:
    """The cases that take effect together with this one, itself included."""
    return list(case.chain.cases) if case.chain is not None else [case]


def _vacancy(case: MovementCase, day: date) -> bool | None:
    if case.to_position is None or case.kind == BIET_PHAI:
        return None
    together = mates(case)
    places = vacancies.places_on(case.to_position, day, [one.id for one in together if one.id is not None])
    leaving = frozenset(one.person_id for one in together if one.from_position_id == case.to_position_id)
    arriving = frozenset(
        one.person_id for one in together if one.to_position_id == case.to_position_id and one is not case
    )
    if len(arriving) >= case.to_position.approved_number:
        return False
    return replace(places, coming=places.coming | arriving).free_for(case.person_id, leaving - arriving)


def facts_of(case: MovementCase, store: ParameterStore) -> MoveFacts:
    """Everything the records and the case say. What belongs to a later step is not tested before it (``None``)."""
    person, day = case.person, day_of(case)
    posts = list(db.session.scalars(select(Appointment).where(Appointment.person_id == person.id)))
    seconded = any(post.kind == "secondment" and covers(post, day) for post in posts)
    main = on_day([post for post in posts if post.kind == "main"], day_before(day))
    leader = bool(main is not None and main.leader_rank)
    codes = ground_codes(person.id, day, store, sex=person.sex, seconded=seconded)
    if person.sex == "female":
        if person.pregnant_until is not None and person.pregnant_until >= day:
            codes.add("PREGNANT")
        if person.child_under_36_months_until is not None and person.child_under_36_months_until > day:
            codes.add("CHILD_UNDER_36_MONTHS")
    past_meeting = case.state != PROPOSED
    return MoveFacts(
        effective=day,
        person_class=klass_of(person.category, leader),
        facts=frozenset(codes),
        wishes=case.own_wish and bool(case.wish_document.strip()),
        tenure=tenure_before(person, day, store) if case.kind == "CDVTCT" else None,
        meeting_recorded=case.meeting_on is not None if past_meeting and case.state != "checked" else None,
        agreement_recorded=case.agreed_on is not None if case.state not in (PROPOSED, "checked", "heard") else None,
        months=months_of(case),
        special_law=case.kind == BIET_PHAI and bool(case.special_document.strip()),
        special_case=case.kind == LUAN_CHUYEN and bool(case.special_document.strip()),
        group=_group(case, day) if case.kind == LUAN_CHUYEN else "a",
        sex=person.sex,
        birth=PartialDate(person.birth_date, person.birth_precision),  # type: ignore[arg-type]
        annex=person.retirement_annex,
        health_certificate=case.health_certificate_on,
        target_level=case.to_unit.level,
        vacancy=_vacancy(case, day),
        establishment=None if case.kind == BIET_PHAI else not vacancies.overfilled(case, mates(case), day),
        grade=_grades(case, day),
        rated_good=rated_good(person.id, day.year - 1),
        higher_post=_higher(case),
        discipline=_discipline(person.id, day),
    )


def examine(case: MovementCase) -> Examination:
    """Ask the rules about the case as it stands now; writes nothing."""
    store = current_store()
    facts = facts_of(case, store)
    kind = rule_kind(case)
    found = check_move(kind, facts, store)
    over = vacancies.overfilled(case, mates(case), facts.effective) if facts.establishment is False else []
    result = Examination(
        facts.effective, kind, [_in_full(one, facts, over) for one in found.refusals],
        [_in_full(one, facts, over) for one in found.warnings], list(found.nodes), _shown(facts),
    )  # fmt: skip
    _family(case, facts.effective, store, result)
    result.warnings.extend(_ours(kind, facts))
    _waived(case, result)
    return result


def _family(case: MovementCase, day: date, store: ParameterStore, result: Examination) -> None:
    """Both directions: the mover among relatives as head or in a job; relatives under the mover as head."""
    place = kinsfolk.place_of_target(case.to_unit, case.to_position, case.to_title)
    together = [one.id for one in mates(case) if one.id is not None]
    relatives = kinsfolk.ties(case.person_id, place.body_id, day, together)
    if not relatives:
        return
    for role in place.roles or ("NONE",):
        check = family_bar_of_move(role, relatives, day, store)
        if check.reason is None:
            continue
        result.nodes.append(check.node)
        into = result.refusals if check.severity == "BLOCK" else result.warnings
        if all(one.code != check.reason for one in into):
            into.append(reason(check.reason))


def _ours(kind: str, facts: MoveFacts) -> Iterable[Reason]:
    """What the law leaves open and a person should weigh."""
    if kind == "THAY_DOI_VTVL" and facts.rated_good is None:
        yield Reason(
            "RATING_UNKNOWN",
            _("Chưa có kết quả xếp loại năm %(year)s nên chưa xét được điều kiện hoàn thành tốt nhiệm vụ.",
              year=facts.effective.year - 1),
            "Điều 23 NĐ 170/2025/NĐ-CP",
            "P",
        )  # fmt: skip


def _grades(case: MovementCase, day: date) -> tuple[str, str] | None:
    """Grade held the day before, and the one the post asks for; ``None`` when one of them is not known."""
    asked = case.to_position.grade_code if case.to_position is not None else ""
    salary = salary_on(case.person, day_before(day)) if asked else None
    return (salary.grade_code, asked) if salary is not None and salary.grade_code else None


def _in_full(found: Reason, facts: MoveFacts, over: Sequence[vacancies.Filled]) -> Reason:
    """The sentence of the rules with the numbers and codes of this case."""
    if found.code in ("NOT_QUALIFIED", "GRADE_BELOW", "GRADE_DIFFERS") and facts.grade is not None:
        held, asked = facts.grade
        more = _("Đang giữ %(held)s, vị trí đến cần %(asked)s.", held=held, asked=asked)
    elif found.code == "OVER_ESTABLISHMENT" and over:
        more = " ".join(
            _("%(unit)s được giao %(given)s, sẽ có %(after)s người.", unit=one.unit, given=one.given, after=one.after)
            for one in over
        )
    else:
        return found
    return replace(found, text=f"{found.text} {more}")


def _waived(case: MovementCase, result: Examination) -> None:
    """Conditions set aside for this case by a document are told, and stand no longer in the way."""
    asked = [row for row in result.refusals if row.code in waivable()]
    granted = {one.code: one for one in case.waivers if one.withdrawn_on is None} if asked else {}
    for one in [row for row in asked if row.code in granted]:
        waiver = granted[one.code]
        more = _("Được cho phép theo %(document)s ngày %(day)s.", document=waiver.document,
                 day=format_date(waiver.document_date))  # fmt: skip
        result.refusals.remove(one)
        result.warnings.append(replace(one, text=f"{one.text} {more}"))


def _shown(facts: MoveFacts) -> dict[str, Any]:
    """The facts as plain JSON, for the page and for whoever asks later what was known."""
    shown: dict[str, Any] = {
        "effective": facts.effective.isoformat(),
        "person_class": facts.person_class,
        "facts": sorted(facts.facts),
        "wishes": facts.wishes,
        "months": facts.months,
        "vacancy": facts.vacancy,
        "rated_good": facts.rated_good,
        "higher_post": facts.higher_post,
        "group": facts.group,
    }
    if facts.discipline is not None:
        shown["discipline"] = [facts.discipline[0], facts.discipline[1].isoformat()]
    return shown


def kept_schedule(case: MovementCase, last_day: date | None = None) -> dict[str, Any] | None:
    """The allowance kept and what finance pays month by month; ``None`` when nothing is kept or the post is unknown.

    ``last_day``: the rotation really ended then; the allowance with it.
    """
    if case.effective_on is None:
        return None
    old, new = coefficients(case, case.effective_on)
    if new is None:
        return None
    leader = bool(case.from_appointment is not None and case.from_appointment.leader_rank)
    store = current_store()
    kept = kept_allowance(
        rule_kind(case), old, new, case.effective_on, leader=leader, months=months_of(case), store=store
    )
    if kept.kept is None or kept.kept_from is None or kept.kept_until is None:
        return None
    first = kept.kept_from
    until = case.ends_on if case.kind == LUAN_CHUYEN and case.ends_on is not None else kept.kept_until
    if last_day is not None:
        until = min(until, last_day)
    if until < first:
        return None
    kept = replace(kept, kept_until=until)
    return {
        "kept": str(kept.kept),
        "new": str(kept.new),
        "from": first.isoformat(),
        "until": until.isoformat(),
        "months": kept.months,
        "article": kept.node.article or SCHEDULE_ARTICLE.get(case.kind, ""),
        "rows": [
            {
                "month": row.month.isoformat(),
                "first_day": row.first_day.isoformat(),
                "last_day": row.last_day.isoformat(),
                "base": row.base,
                "kept_amount": row.kept_amount,
                "new_amount": row.new_amount,
                "difference": row.difference,
            }
            for row in allowance_schedule(kept, store)
        ],
    }
