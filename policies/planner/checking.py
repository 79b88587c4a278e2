"""An independent look at a plan: every hard rule once more, from the problem and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from policies.planner import rules as r
from policies.planner.plan import Plan
from policies.planner.problem import Person, Post, Problem

PLACE = "moves"  # code of a plan that does not fit the problem: unknown ids, a wrong "from"
SCORE = "score"


@dataclass(frozen=True, slots=True)
class Violation:
    """A hard rule that a plan breaks, for whom and where, with a Vietnamese sentence."""

    rule: str
    person: str
    post: str
    text: str


def check(problem: Problem, plan: Plan) -> list[Violation]:
    """Every hard rule the plan breaks; [] for a lawful plan. An infeasible plan moves nobody and is not judged."""
    if plan.status == "infeasible":
        return []
    return _Look(problem, plan).all()


class _Look:
    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.people = {person.id: person for person in problem.people}
        self.posts = {post.id: post for post in problem.posts}
        self.seat = {post.occupant: post for post in problem.posts if post.occupant is not None}
        self.goes = {move.person: move.to_post for move in plan.moves}
        self.pins = {(pair.person, pair.post) for pair in problem.pinned}
        self.found: list[Violation] = []

    def say(self, rule: str, person: str, post: str, text: str) -> None:
        self.found.append(Violation(rule, person, post, text))

    def all(self) -> list[Violation]:
        known = all(move.person in self.people and move.to_post in self.posts for move in self.plan.moves)
        if not known:
            for move in self.plan.moves:
                if move.person not in self.people or move.to_post not in self.posts:
                    self.say(
                        PLACE, move.person, move.to_post, "Phương án nói về người hoặc vị trí không có trong bài toán."
                    )
            return self.found
        self._once()
        for move in self.plan.moves:
            self._move(self.people[move.person], self.posts[move.to_post], move.from_post)
        self._everybody()
        self._vacated()
        self._pinned()
        self._staffing()
        self._family()
        return self.found

    def _once(self) -> None:
        for person, times in Counter(move.person for move in self.plan.moves).items():
            if times > 1:
                self.say(r.ONE_POST, person, "", f"{self.people[person].label} được xếp {times} lần.")
        for post, times in Counter(move.to_post for move in self.plan.moves).items():
            if times > 1:
                self.say(r.ONE_POST, "", post, f"Vị trí {self.posts[post].label} được xếp cho {times} người.")

    def _move(self, who: Person, where: Post, said: str | None) -> None:
        own = self.seat.get(who.id)
        names = f"{who.label} và vị trí {where.label}"
        if said != (own.id if own else None):
            self.say(PLACE, who.id, where.id, f"Vị trí đi của {who.label} không đúng.")
        if own is not None and own.id == where.id:
            self.say(r.OWN_POST, who.id, where.id, f"{who.label} được xếp lại vào vị trí đang giữ.")
        if who.exempt:
            self.say(r.EXEMPT, who.id, where.id, f"{who.label} được hoãn, miễn hoặc chưa đủ điều kiện mà vẫn chuyển.")
        if not who.due and (who.id, where.id) not in self.pins:
            self.say(r.NOT_DUE, who.id, where.id, f"{who.label} chưa đến hạn, không được chọn và không được ghim.")
        if where.grades and who.grade not in where.grades:
            self.say(r.GRADES, who.id, where.id, f"Ngạch không phù hợp: {names}.")
        if not where.qualifications.issubset(who.qualifications):
            self.say(r.QUALIFICATIONS, who.id, where.id, f"Thiếu trình độ: {names}.")
        if self.problem.rules.no_return_years > 0 and where.id in who.held:
            self.say(r.NO_RETURN, who.id, where.id, f"{who.label} trở lại vị trí đã giữ {where.label}.")
        if any(pair.person == who.id and pair.post == where.id for pair in self.problem.forbidden):
            self.say(r.FORBIDDEN, who.id, where.id, f"Cặp bị cấm: {names}.")

    def _everybody(self) -> None:
        left = {entry.person for entry in self.plan.unplaced}
        for person in self.problem.people:
            leaves = person.due and not person.exempt
            if leaves and (person.id in self.goes) == (person.id in left):
                self.say(
                    r.LEAVE, person.id, "", f"{person.label} phải rời vị trí: hoặc được xếp, hoặc nêu là chưa xếp được."
                )
            if not leaves and person.id in left:
                self.say(r.LEAVE, person.id, "", f"{person.label} không phải rời vị trí mà bị nêu là chưa xếp được.")

    def _vacated(self) -> None:
        for move in self.plan.moves:
            holder = self.posts[move.to_post].occupant
            if holder is not None and holder not in self.goes:
                text = f"Vị trí {self.posts[move.to_post].label} vẫn do {self.people[holder].label} giữ."
                self.say(r.OCCUPIED, move.person, move.to_post, text)

    def _pinned(self) -> None:
        for pair in self.problem.pinned:
            own = self.seat.get(pair.person)
            who = self.people[pair.person]
            may_stay = who.exempt or not who.due
            rests = may_stay and own is not None and own.id == pair.post and pair.person not in self.goes
            if self.goes.get(pair.person) != pair.post and not rests:
                self.say(
                    r.PINNED, pair.person, pair.post, f"{self.people[pair.person].label} không đến vị trí đã ghim."
                )

    def _staffing(self) -> None:
        """Who must leave and has no post does not count: the unit cannot be built on them."""
        after: Counter[str] = Counter(self.posts[post].unit for post in self.goes.values())
        for person, post in self.seat.items():
            who = self.people[person]
            if person not in self.goes and (who.exempt or not who.due):
                after[post.unit] += 1
        for unit, least in self.problem.rules.min_staffing.items():
            if after[unit] < least:
                text = f"Đơn vị {self.problem.unit_label(unit)} còn {after[unit]} người, cần ít nhất {least}."
                self.say(r.STAFFING, "", "", text)

    def _family(self) -> None:
        """Head and accounting of one unit after the moves; a pair that sat so before and did not move is no move's
        fault.
        """
        heads: dict[str, list[str]] = {}
        books: dict[str, list[str]] = {}
        for person in self.people:
            post = self.posts[self.goes[person]] if person in self.goes else self.seat.get(person)
            if post is not None and post.kind != "other":
                (heads if post.kind == "head" else books).setdefault(post.unit, []).append(person)
        for unit, leaders in heads.items():
            for head in leaders:
                for book in books.get(unit, ()):
                    related = book in self.people[head].relatives or head in self.people[book].relatives
                    if related and (head in self.goes or book in self.goes):
                        label = self.problem.unit_label(unit)
                        chief = self.people[head].label
                        text = f"{self.people[book].label} giữ kế toán ở {label}, nơi người thân {chief} đứng đầu."
                        self.say(r.FAMILY, book, "", text)


def score(problem: Problem, person: Person, post: Post) -> Fraction:
    """The points of one move, straight from the weights (the planner counts in whole units)."""
    weights, own = problem.weights, Fraction(0)
    own += weights.wish * (post.id in person.wishes) + weights.same_unit * (post.unit == person.unit)
    own += weights.same_field * bool(person.field and person.field == post.field)
    own += weights.overdue * person.overdue_months - weights.chain * (post.occupant is not None)
    return own - weights.distance * (problem.kilometres(person.home or person.unit, post.unit) or 0)
