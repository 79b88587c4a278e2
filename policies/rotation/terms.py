"""Terms of leading posts: dates, reappointment, votes, resignation, removal, suspension (NĐ 170/2025 Điều 28–56)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from policies.engine.dates import add_months, day_before
from policies.engine.money import percent
from policies.engine.parameters import ParameterStore
from policies.engine.trace import Node, fact_node, parameter_node, text
from policies.engine.workdays import Days, add_working_days, last_of_working_days
from policies.rotation.law import Birth, age_date, at, law, reason_node, words


@dataclass(frozen=True, slots=True)
class TermDates:
    """``expires_on`` is the first day after the term, ``last_day`` the day before; the two others are latest days."""

    expires_on: date
    last_day: date
    notice_by: date
    decision_by: date
    node: Node


def term_dates(
    effective: date, *, months: int | None = None, holidays: Days = (), store: ParameterStore | None = None
) -> TermDates:
    """The term of an appointment effective on that day; ``months`` where a special law sets another length."""
    law_ = law(store)
    length = at(law_, "term.months", effective)
    expires = add_months(effective, length.value if months is None else months)
    notice, decision = at(law_, "term.notice_days", expires), at(law_, "term.decision_working_days", expires)
    node = Node(
        "Thời hạn giữ chức vụ",
        expires,
        None,
        text("{0} + {1} tháng", effective, length.value if months is None else months),
        length.article,
        children=[parameter_node(length), parameter_node(notice), parameter_node(decision)],
    )
    return TermDates(
        expires,
        day_before(expires),
        expires - timedelta(days=notice.value),
        add_working_days(expires, -decision.value, holidays),
        node,
    )


@dataclass(frozen=True, slots=True)
class Reappointment:
    """``procedure`` REAPPOINT, REAPPOINT_SHORT or EXTEND_TO_RETIREMENT, and when the new term would end."""

    procedure: str
    new_term_ends: date
    age_date: date
    node: Node


def reappointment(
    expires_on: date,
    sex: str,
    birth: Birth,
    annex: str = "I",
    *,
    months: int | None = None,
    store: ParameterStore | None = None,
) -> Reappointment:
    """What follows a term that ends: a full term, one to the age, or an extension to the age (Điều 36 khoản 2)."""
    law_ = law(store)
    reached = age_date(law_, sex, birth, annex, expires_on)
    extend, short = at(law_, "term.extension_below_months", expires_on), at(law_, "term.short_below_months", expires_on)
    if reached < add_months(expires_on, extend.value):
        procedure, ends = "EXTEND_TO_RETIREMENT", reached
    elif reached < add_months(expires_on, short.value):
        procedure, ends = "REAPPOINT_SHORT", reached
    else:
        full = at(law_, "term.months", expires_on).value if months is None else months
        procedure, ends = "REAPPOINT", add_months(expires_on, full)
    node = reason_node(procedure)
    node.children += [fact_node("Ngày đủ tuổi nghỉ hưu", reached), parameter_node(extend), parameter_node(short)]
    return Reappointment(procedure, ends, reached, node)


@dataclass(frozen=True, slots=True)
class TermAfterEvent:
    """The term after a restructuring: when it ends now, and whether the full appointment procedure is owed."""

    expires_on: date
    full_procedure: bool
    new_term: bool
    node: Node


ACTING = ("ACTING", "ACTING_HEAD", "GIAO_QUYEN")
RENEWING = ("MERGER", "DIVISION", "SPLIT", "CONSOLIDATION", "REORGANISATION", "DISSOLUTION")


def term_after_event(
    effective: date,
    kind: str,
    new_effective: date | None = None,
    new_post: str = "EQUIVALENT",
    *,
    no_collective: bool = False,
    store: ParameterStore | None = None,
) -> TermAfterEvent:
    """Điều 34: a merger or division with an equivalent or lower post starts a new term without the full procedure.

    A renaming leaves the old term (b); a higher post needs the procedure for candidates from outside (c), except by the
    approved scheme where no collective is left (d); acting as head (``ACTING``, giao quyền) is never counted (khoản 3).
    """
    law_ = law(store)
    if kind in RENEWING and new_effective is not None:
        dates = term_dates(new_effective, store=law_)
        higher = new_post == "HIGHER" and not no_collective
        node = Node("Bổ nhiệm khi sắp xếp tổ chức", dates.expires_on, children=[dates.node])
        node.article = f"Điều 34 khoản 1 điểm {'d' if no_collective else 'c' if higher else 'a'} NĐ 170/2025/NĐ-CP"
        return TermAfterEvent(dates.expires_on, higher, True, node)
    dates = term_dates(effective, store=law_)
    article = "Điều 34 khoản 3" if kind in ACTING else "Điều 34 khoản 1 điểm b"
    node = Node("Thời hạn cũ tiếp tục", dates.expires_on, None, None, f"{article} NĐ 170/2025/NĐ-CP")
    node.children.append(dates.node)
    return TermAfterEvent(dates.expires_on, False, False, node)


@dataclass(frozen=True, slots=True)
class TermFacts:
    """What keeps a reappointment from being considered now; months are of an absence that lasts."""

    discipline: bool = False
    investigation: bool = False
    abroad_months: int = 0
    inpatient_months: int = 0
    maternity_leave: bool = False


def term_obstacles(facts: TermFacts, on: date, store: ParameterStore | None = None) -> tuple[str, ...]:
    """Grounds of Điều 36 khoản 5 that hold: the procedure waits, a written notice is owed."""
    least = at(law(store), "term.absence_months", on).value
    held = {
        "DISCIPLINE_REVIEW": facts.discipline,
        "INVESTIGATION": facts.investigation,
        "ABROAD": facts.abroad_months >= least,
        "INPATIENT": facts.inpatient_months >= least,
        "MATERNITY_LEAVE": facts.maternity_leave,
    }
    return tuple(row["code"] for row in words()["term_obstacles"] if held[row["code"]])


@dataclass(frozen=True, slots=True)
class TermState:
    """Where a term stands on a day: RUNNING, NOTICE_OWED, DECIDED or EXPIRED_WITHOUT_DECISION."""

    state: str
    may_exercise_powers: bool
    node: Node


def term_state(dates: TermDates, on: date, decided: bool = False) -> TermState:
    """From the day the term has ended without a decision nobody may exercise the powers (Điều 36 khoản 4)."""
    if decided:
        return TermState("DECIDED", True, dates.node)
    if on >= dates.expires_on:
        node = reason_node("EXPIRED_WITHOUT_DECISION")
        node.children.append(dates.node)
        return TermState("EXPIRED_WITHOUT_DECISION", False, node)
    return TermState("NOTICE_OWED" if on >= dates.notice_by else "RUNNING", True, dates.node)


@dataclass(frozen=True, slots=True)
class TermsAllowed:
    """May the post be held for one term more? ``suggest`` names the way out."""

    allowed: bool
    reason: str | None
    suggest: str | None
    node: Node


def another_term(
    terms_done: int, capped: bool | None, on: date, post: str = "", store: ParameterStore | None = None
) -> TermsAllowed:
    """Điều 28 khoản 2: any number of terms, except posts of the configured list. ``capped`` None: ask the list."""
    law_ = law(store)
    cap, listed = at(law_, "term.cap", on), at(law_, "term.capped_posts", on)
    applies = post in listed.value if capped is None else capped
    node = Node("Số thời hạn liên tiếp đã giữ", terms_done, "thời hạn", None, cap.article)
    if applies and terms_done >= cap.value:
        node.children += [parameter_node(cap), reason_node("TWO_TERM_CAP")]
        return TermsAllowed(False, "TWO_TERM_CAP", "LUAN_CHUYEN", node)
    return TermsAllowed(True, None, None, node)


@dataclass(frozen=True, slots=True)
class Vote:
    """APPROVED, HEAD_DECIDES or REPORT_TO_COMPETENT_LEVEL."""

    result: str
    node: Node


def vote(procedure: str, members: int, votes_for: int, on: date, store: ParameterStore | None = None) -> Vote:
    """More than half approves, exactly half is for the head, fewer are reported up with all opinions.

    At a removal (``REMOVAL``, Điều 53) the head decides or submits whenever there is no majority.
    """
    limit = at(law(store), "vote.approve_percent", on)
    share, need = Fraction(votes_for, members), Fraction(percent(limit.value))
    result = "APPROVED" if share > need else "HEAD_DECIDES"
    if share < need and procedure != "REMOVAL":
        result = "REPORT_TO_COMPETENT_LEVEL"
    node = Node("Kết quả bỏ phiếu", result, None, text("{0} / {1} phiếu", votes_for, members), limit.article)
    node.children += [parameter_node(limit), reason_node(result)]
    return Vote(result, node)


def council_vote(
    members: int, present: int, votes_for: int, chair_for: bool, on: date, store: ParameterStore | None = None
) -> str:
    """The council for a higher rank (Điều 24 khoản 2): APPROVED, REJECTED, EVEN_NUMBER or NO_QUORUM."""
    quorum = at(law(store), "council.quorum", on).value
    if not members & 1:
        return "EVEN_NUMBER"
    if Fraction(present, members) < Fraction(quorum["part"], quorum["of"]):
        return "NO_QUORUM"
    against = present - votes_for
    return "APPROVED" if votes_for > against or (votes_for == against and chair_for) else "REJECTED"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Latest days of a procedure by name, in order, with the explanation."""

    days: dict[str, date]
    node: Node


def leaving_deadlines(kind: str, start: date, holidays: Days = (), store: ParameterStore | None = None) -> Deadlines:
    """Resignation (``resignation``, Điều 52) and removal (``removal``, Điều 53): report, decide, extended decision."""
    rule = at(law(store), f"{kind}.working_days", start)
    report = add_working_days(start, rule.value["report"], holidays)
    decide = add_working_days(report, rule.value["decide"], holidays)
    extended = add_working_days(decide, rule.value["extension"], holidays)
    node = Node("Thời hạn xem xét", decide, None, None, rule.article, children=[parameter_node(rule)])
    return Deadlines({"report_by": report, "decide_by": decide, "decide_by_extended": extended}, node)


@dataclass(frozen=True, slots=True)
class Suspension:
    """Last day of a suspension; ``allowed`` False when it is longer than the limit and its extension."""

    last_day: date
    allowed: bool
    needs_extension: bool
    node: Node


def suspension(
    start: date,
    working_days: int | None = None,
    holidays: Days = (),
    store: ParameterStore | None = None,
) -> Suspension:
    """Điều 56 khoản 3: at most 15 working days and 15 more; the first day counts."""
    rule = at(law(store), "suspension.working_days", start)
    limit, most = rule.value["limit"], rule.value["limit"] + rule.value["extension"]
    days = limit if working_days is None else working_days
    last = last_of_working_days(start, days, holidays)
    node = Node("Tạm đình chỉ công tác đến hết ngày", last, None, text("{0} ngày làm việc", days), rule.article)
    node.children.append(parameter_node(rule))
    if days > most:
        node.children.append(reason_node("OVER_15_WORKING_DAYS"))
    return Suspension(last, days <= most, days > limit, node)


def suspension_pay(monthly_salary: int, on: date, store: ParameterStore | None = None) -> Fraction:
    """Đồng a month paid during the suspension, exact; the caller rounds the sum it pays."""
    return monthly_salary * Fraction(percent(at(law(store), "suspension.pay_percent", on).value))


def removal_by_low_votes(low: int, voters: int, on: date, store: ParameterStore | None = None) -> bool:
    """More than two thirds low votes of confidence: removal is considered (Điều 53)."""
    rule = at(law(store), "removal.low_votes", on).value
    return Fraction(low, voters) > Fraction(rule["part"], rule["of"])
