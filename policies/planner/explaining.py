"""Words for what the planner did: why a post, why not a post, which rules took which posts away."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from policies.engine.money import vietnamese
from policies.planner import rules as r
from policies.planner.compiled import Compiled, Flags, compiled
from policies.planner.plan import Move, Unplaced, number
from policies.planner.problem import Problem
from policies.planner.relaxation import clash

# In the words of periodic change, and of a rotation of leaders.
EXEMPT_WORDS = ("được hoãn, được miễn hoặc đang bị hạn chế", "chưa đủ điều kiện luân chuyển")
NOT_DUE_WORDS = ("chưa đến hạn", "không được chọn luân chuyển")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post a person may get by every fixed rule. ``occupant``: who must leave it first, None when vacant."""

    post: str
    score: Fraction
    occupant: str | None


def points(value: Fraction) -> str:
    """Points in Vietnamese writing."""
    found = number(value)
    return vietnamese(found if found is not None else 0)


def sentence(c: Compiled, code: str, person: int, post: int) -> str:
    """Why a fixed rule keeps ``person`` from ``post``."""
    who, where = c.people[person], c.posts[post]
    rule = r.rules_for(c.problem.purpose)[code]
    if code == r.GRADES:
        wanted = ", ".join(sorted(where.grades))
        text = f"{who.label} có ngạch {who.grade or 'chưa ghi'}; vị trí {where.label} cần ngạch {wanted}"
    elif code == r.QUALIFICATIONS:
        lacking = ", ".join(sorted(where.qualifications - who.qualifications))
        text = f"{who.label} chưa có {lacking} mà vị trí {where.label} yêu cầu"
    elif code == r.NO_RETURN:
        years = c.problem.rules.no_return_years
        text = f"{who.label} đã giữ vị trí {where.label}; không trở lại trong {years} năm"
    elif code == r.OWN_POST:
        text = f"{where.label} là vị trí {who.label} đang giữ"
    elif code == r.OCCUPIED:
        text = f"Vị trí {where.label} do {c.people[int(c.occupant[post])].label} giữ và người này không chuyển"
    elif code == r.FAMILY:
        names = ", ".join(c.people[x].label for x in sorted(_barring(c, person, post)))
        text = f"{names} là người thân của {who.label}; {_family_words(c, post)}"
    elif code == r.FORBIDDEN:
        text = f"Người lập phương án không cho xếp {who.label} vào vị trí {where.label}"
    elif code == r.PINNED and person in c.pins:
        text = f"{who.label} đã được ghim vào {', '.join(c.posts[p].label for p in c.pins[person])}"
    elif code == r.PINNED:
        holder = next(p for p, posts in c.pins.items() if post in posts)
        text = f"Vị trí {where.label} đã ghim cho {c.people[holder].label}"
    elif code == r.EXEMPT:
        text = f"{who.label} {EXEMPT_WORDS[c.problem.purpose == r.ROTATION]} nên không chuyển"
    else:
        text = f"{who.label} {NOT_DUE_WORDS[c.problem.purpose == r.ROTATION]} và không được ghim"
    return f"{text} ({rule.article})."


def _barring(c: Compiled, person: int, post: int) -> list[int]:
    wanted = "accounting" if c.posts[post].kind == "head" else "head"
    found = []
    for relative in c.relatives[person]:
        own = int(c.own[relative])
        if own >= 0 and c.unit_of[own] == c.unit_of[post] and c.posts[own].kind == wanted:
            found.append(relative)
    return found


def _family_words(c: Compiled, post: int) -> str:
    unit = c.problem.unit_label(c.posts[post].unit)
    if c.posts[post].kind == "head":
        return f"người đó giữ vị trí kế toán của đơn vị {unit}"
    return f"người đó đứng đầu đơn vị {unit}, nên không nhận vị trí kế toán ở đây"


# --- for the board ---------------------------------------------------------------------------------------------------
def explain(problem: Problem, person_id: str) -> dict[str, tuple[str, ...]]:
    """Fixed rule → ids of the posts it takes away from a person; rules that take none are left out. A post that
    several rules take away stands under each. Raises ``KeyError`` for an unknown person.
    """
    c = compiled(problem)
    removed = c.removed(c.person_at[person_id])
    return {
        code: tuple(c.posts[at].id for at in np.flatnonzero(flags).tolist())
        for code, flags in removed.items()
        if flags.any()
    }


def candidates(problem: Problem, person_id: str) -> list[Candidate]:
    """The posts a person may get by every fixed rule, best points first, then in the order of the problem."""
    c = compiled(problem)
    person = c.person_at[person_id]
    gone = np.logical_or.reduce(list(c.removed(person).values()))
    scores = c.scores(person)
    free = sorted(np.flatnonzero(~gone).tolist(), key=lambda at: (-int(scores[at]), at))
    return [Candidate(c.posts[at].id, Fraction(int(scores[at]), c.scale), c.posts[at].occupant) for at in free]


def why_not(problem: Problem, person_id: str, post_id: str) -> list[str]:
    """Sentences that keep a person from a post, [] when every fixed rule lets them. As if pinned there: that the
    person is not due, or pinned elsewhere, is no obstacle. Raises ``KeyError`` for unknown ids.
    """
    c = compiled(problem)
    person, post = c.person_at[person_id], c.post_at[post_id]
    found = []
    for code, flags in c.removed(person).items():
        if not flags[post] or code == r.NOT_DUE or (code == r.PINNED and person in c.pins):
            continue
        found.append(sentence(c, code, person, post))
    return found


# --- for a plan ------------------------------------------------------------------------------------------------------
def tell_plan(c: Compiled, places: list[int], *, proven: bool) -> tuple[tuple[Move, ...], tuple[Unplaced, ...]]:
    """Moves and unplaced people with their reasons, in the order of the people."""
    taken = np.full(len(c.posts), -1, dtype=np.int64)
    for mover, post in enumerate(places):
        if post >= 0:
            taken[post] = mover
    moves: list[Move] = []
    left: list[Unplaced] = []
    for mover, post in enumerate(places):
        person = c.movers[mover]
        removed = c.removed(person)
        gone: Flags = np.logical_or.reduce(list(removed.values()))
        if post >= 0:
            moves.append(_move(c, person, post, removed, gone, taken))
        else:
            left.append(_unplaced(c, mover, removed, gone, taken, places, proven))
    return tuple(moves), tuple(left)


def _move(c: Compiled, person: int, post: int, removed: dict[str, Flags], gone: Flags, taken: object) -> Move:
    who, where = c.people[person], c.posts[post]
    weights = c.problem.weights
    own = int(c.own[person])
    why = []
    rules = r.rules_for(c.problem.purpose)
    if person in c.pins:
        why.append(f"Người lập phương án đã ghim {who.label} vào vị trí này.")
    if c.must_leave(person):
        late = f", quá hạn {who.overdue_months} tháng" if who.overdue_months else ""
        called = "được chọn luân chuyển" if c.problem.purpose == r.ROTATION else f"đến hạn phải rời vị trí{late}"
        why.append(f"{who.label} {called} ({rules[r.LEAVE].article}).")
    grade = f"ngạch {who.grade} phù hợp" if where.grades else "vị trí không giới hạn ngạch"
    skills = f"có {', '.join(sorted(where.qualifications))}" if where.qualifications else "không yêu cầu trình độ riêng"
    why.append(f"Đủ điều kiện của vị trí {where.label}: {grade}; {skills} ({rules[r.GRADES].article}).")
    if where.id in who.wishes:
        why.append(f"Đúng nguyện vọng thứ {who.wishes.index(where.id) + 1} (điểm {points(weights.wish)}).")
    elif who.wishes:
        why.append(_wishes(c, person, gone, taken))
    if weights.same_unit and where.unit == who.unit:
        why.append(f"Cùng đơn vị {c.problem.unit_label(where.unit)} (điểm {points(weights.same_unit)}).")
    if weights.same_field and who.field and where.field == who.field:
        why.append(f"Cùng lĩnh vực {who.field} (điểm {points(weights.same_field)}).")
    kilometres = c.problem.kilometres(who.home or who.unit, where.unit)
    if weights.distance and kilometres is None:
        why.append("Không có số liệu khoảng cách đến đơn vị này, tính 0 km.")
    elif weights.distance and kilometres:
        why.append(f"Cách {points(kilometres)} km (trừ {points(kilometres * weights.distance)} điểm).")
    if where.occupant is not None:
        why.append(f"Vị trí do {c.people[int(c.occupant[post])].label} chuyển đi để lại.")
    why.append(_choice(rules, removed, gone))
    score = Fraction(int(c.scores(person)[post]), c.scale)
    return Move(who.id, c.posts[own].id if own >= 0 else None, where.id, score, tuple(why))


def _wishes(c: Compiled, person: int, gone: Flags, taken: object) -> str:
    seats = np.asarray(taken)
    wished = [c.post_at[post] for post in c.people[person].wishes if post in c.post_at]
    barred = sum(bool(gone[post]) for post in wished)
    given = sum(not gone[post] and int(seats[post]) >= 0 for post in wished)
    rest = len(wished) - barred - given
    text = f"Không được nguyện vọng nào: {barred} vị trí bị quy tắc loại, {given} đã xếp cho người khác"
    return f"{text}, {rest} chưa trống hoặc không lợi cho toàn phương án." if rest else f"{text}."


def _choice(rules: dict[str, r.Rule], removed: dict[str, Flags], gone: Flags) -> str:
    parts = [f"{rules[code].name.lower()}: {int(flags.sum())}" for code, flags in removed.items() if flags.any()]
    kept = int((~gone).sum())
    total = f"Có {kept} vị trí khả dụng trong {len(gone)} vị trí"
    return f"{total}; số vị trí bị loại theo từng quy tắc: {'; '.join(parts)}." if parts else f"{total}."


def _unplaced(
    c: Compiled, mover: int, removed: dict[str, Flags], gone: Flags, taken: object, places: list[int], proven: bool
) -> Unplaced:
    person = c.movers[mover]
    counts = {code: int(flags.sum()) for code, flags in removed.items() if flags.any()}
    seats = np.asarray(taken)
    for post in np.flatnonzero(~gone).tolist():
        if seats[post] >= 0:
            code = r.TAKEN
        elif c.occupant[post] >= 0 and places[c.mover_at[int(c.occupant[post])]] < 0:
            code = r.OCCUPIED
        elif any(clash(c, mover, post, other, places[other]) for other in _related(c, mover)):
            code = r.FAMILY
        else:
            code = r.STAFFING if proven else r.TIME
        counts[code] = counts.get(code, 0) + 1
    who = c.people[person]
    rules = r.rules_for(c.problem.purpose)
    why = [f"{who.label} phải rời vị trí nhưng chưa xếp được; phải xem xét riêng."]
    why += [f"{rules[code].name} ({rules[code].article}): {n} vị trí." for code, n in counts.items()]
    return Unplaced(who.id, counts, tuple(why))


def _related(c: Compiled, mover: int) -> list[int]:
    return [c.mover_at[x] for x in sorted(c.relatives[c.movers[mover]]) if x in c.mover_at]
