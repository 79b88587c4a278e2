"""Reading planner runs: the board, why (not), alternatives, comparison; and whether a run still fits the records."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import defer

from hrms.commands.rotation.opening import groups
from hrms.commands.rotation.planning_problem import Built
from hrms.commands.staff.lookup import in_chunks
from hrms.kernel import access
from hrms.kernel.db import db
from hrms.kernel.errors import Fault, NotFound
from models.rotation import MovementCase, PlannerRun
from policies import planner
from policies.planner import Move, Plan, Problem, Unplaced, rules_for
from policies.planner.plan import number

_cache: OrderedDict[tuple[Any, ...], Problem] = OrderedDict()
_MOST = 6  # problems kept per process: the boards people have open


def run_contract(run: PlannerRun) -> dict[str, Any]:
    """The planner contract of a run with its pins and forbids: what ``run.py plan-rotation`` reads."""
    known = run.problem or {}
    contract: dict[str, Any] = dict(known.get("contract", {}))
    contract["pinned"] = list(run.pinned or [])
    contract["forbidden"] = [*(run.forbidden or []), *contract.get("forbidden", [])]
    if run.weights:
        contract["weights"] = dict(run.weights)
    return contract


def problem_of(run: PlannerRun) -> Problem:
    """The parsed problem of a run, kept in this process while the run does not change."""
    key = (db.engine.url.render_as_string(), run.id, run.version, run.created_at)
    found = _cache.get(key)
    if found is None:
        found = _cache[key] = planner.parse(run_contract(run))
        while len(_cache) > _MOST:
            _cache.popitem(last=False)
    _cache.move_to_end(key)
    return found


def _text(value: Fraction | None) -> str | None:
    found = number(value)
    return None if found is None else format(found, "f")


def kept_result(problem: Problem, plan: Plan) -> dict[str, Any]:
    """A plan as it is kept on the run; numbers are decimal text. With the greedy plan of the same problem beside it."""
    rules = rules_for(problem.purpose)
    by_hand = planner.greedy(problem) if plan.status != "infeasible" else None
    return {
        "status": plan.status,
        "objective": _text(plan.objective),
        "bound": _text(plan.bound),
        "gap": _text(plan.gap),
        "unit_penalty": _text(plan.unit_penalty),
        "moves": [
            {"person": m.person, "from": m.from_post, "to": m.to_post, "score": _text(m.score), "why": list(m.why)}
            for m in plan.moves
        ],
        "unplaced": [
            {"person": u.person, "removed_by": dict(u.removed_by), "why": list(u.why)} for u in plan.unplaced
        ],
        "conflict": [
            {"rule": c.rule, "text": c.text, "article": rules[c.rule].article if c.rule in rules else "",
             "people": list(c.people), "posts": list(c.posts), "unit": c.unit}
            for c in plan.conflict
        ],
        "conflict_proven": plan.conflict_proven,
        "greedy": None if by_hand is None else {
            "status": by_hand.status, "objective": _text(by_hand.objective), "placed": len(by_hand.moves),
            "unplaced": len(by_hand.unplaced),
        },
    }  # fmt: skip


def plan_of(moves: Sequence[Mapping[str, Any]], unplaced: Sequence[str]) -> Plan:
    """The moves of a run as a plan to be checked."""
    return Plan(
        "feasible",
        moves=tuple(Move(m["person"], m["from"], m["to"], Fraction(m["score"] or 0)) for m in moves),
        unplaced=tuple(Unplaced(person, {}) for person in unplaced),
    )


# --- lists and the board -----------------------------------------------------------------------------------------
def run_query(*, unit_id: int | None = None, plan_id: int | None = None, parent_id: int | None = None) -> Select[Any]:
    """Runs in the actor's scope, newest first, without their large columns."""
    query = access.restrict(select(PlannerRun).options(defer(PlannerRun.problem), defer(PlannerRun.result)), PlannerRun)
    for column, value in (
        (PlannerRun.unit_id, unit_id), (PlannerRun.plan_id, plan_id), (PlannerRun.parent_id, parent_id)
    ):  # fmt: skip
        if value is not None:
            query = query.where(column == value)
    return query.order_by(PlannerRun.id.desc())


@dataclass(frozen=True)
class BoardPost:
    """A post on the board. ``occupant``/``proposed``: codes of people now and after the plan; ``pinned`` likewise."""

    id: str
    title: str
    unit: str
    agency: str
    field: str
    listed_code: str
    position_id: int | None
    unit_id: int | None
    occupant: str | None
    proposed: str | None
    pinned: str | None


@dataclass(frozen=True)
class BoardPerson:
    """A person on the board. ``to``: the post the plan gives; ``why`` of the move, or why there is none."""

    code: str
    name: str
    person_id: int
    title: str
    unit: str
    post: str | None
    state: str
    reason: str
    due: bool
    exempt: bool
    to: str | None
    why: tuple[str, ...]
    score: str | None
    pinned_to: str | None
    forbidden: tuple[str, ...]
    must_change_by: str | None


@dataclass(frozen=True)
class Busy:
    """Who would have to move but has a case under way; ``case``: that case, where the actor may read it."""

    name: str
    title: str
    unit: str
    state: str
    case: MovementCase | None


@dataclass
class Board:
    """Everything the planning board shows of a run."""

    run: PlannerRun
    people: list[BoardPerson]
    posts: list[BoardPost]
    conflict: list[dict[str, Any]] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)
    busy: list[Busy] = field(default_factory=list)


def board(run_id: int) -> Board:
    """The board of a run in scope, solved or not."""
    run = access.get(PlannerRun, run_id)
    known, result = run.problem or {}, run.result or {}
    contract = known.get("contract", {})
    if contract.get("people"):
        planner.explain(problem_of(run), contract["people"][0]["id"])  # the first drag need not wait for the numbers
    moves = {move["person"]: move for move in result.get("moves", ())}
    arrives = {move["to"]: move["person"] for move in result.get("moves", ())}
    left = {one["person"]: one for one in result.get("unplaced", ())}
    pins = {pair["person"]: pair["post"] for pair in run.pinned or ()}
    pinned_posts = {post: person for person, post in pins.items()}
    barred: dict[str, list[str]] = {}
    for pair in run.forbidden or ():
        barred.setdefault(pair["person"], []).append(pair["post"])
    people = []
    for row in contract.get("people", ()):
        code = row["id"]
        meta, move, rest = known["people"][code], moves.get(code), left.get(code)
        why = tuple(move["why"]) if move else tuple(rest["why"]) if rest else ()
        people.append(
            BoardPerson(
                code, meta["name"], meta["person_id"], meta["title"], meta["unit"], meta["post"], meta["state"],
                meta["reason"], bool(row.get("due")), bool(row.get("exempt")), move["to"] if move else None, why,
                move["score"] if move else None, pins.get(code), tuple(barred.get(code, ())), meta["must_change_by"],
            )
        )  # fmt: skip
    posts = [
        BoardPost(
            row["id"], known["posts"][row["id"]]["title"], known["posts"][row["id"]]["unit"],
            known["posts"][row["id"]]["agency"], known["posts"][row["id"]]["field"],
            known["posts"][row["id"]]["listed_code"], known["posts"][row["id"]]["position_id"],
            known["posts"][row["id"]]["unit_id"], row.get("occupant"), arrives.get(row["id"]),
            pinned_posts.get(row["id"]),
        )
        for row in contract.get("posts", ())
    ]  # fmt: skip
    return Board(run, people, posts, list(result.get("conflict", ())), result, busy_of(run))


def busy_of(run: PlannerRun) -> list[Busy]:
    """The people left out of a run for their open case, as the records were when it was frozen."""
    rows = (run.problem or {}).get("busy", ())
    cases: dict[int, MovementCase] = {}
    for ids in in_chunks([row["case_id"] for row in rows]):
        query = access.restrict(select(MovementCase).where(MovementCase.id.in_(ids)), MovementCase)
        cases.update({case.id: case for case in db.session.scalars(query)})
    return [Busy(row["name"], row["title"], row["unit"], row["state"], cases.get(row["case_id"])) for row in rows]


@dataclass(frozen=True)
class Offer:
    """A move of a solved run that may be taken. ``chain``: number of those that hang on each other (0: alone);
    ``case``: the one already opened for it."""

    person: BoardPerson
    post: BoardPost
    chain: int
    case: MovementCase | None


def offers(found: Board, taken: Mapping[int, MovementCase]) -> list[Offer]:
    """The moves of a run, those that hang on each other side by side; ``taken``: person id → case."""
    posts = {post.id: post for post in found.posts}
    moving = [one for one in found.people if one.to]
    together = groups([(one.post, one.to) for one in moving])
    together.sort(key=lambda part: (len(part) == 1, part[0]))
    rows: list[Offer] = []
    for place, part in enumerate(together, start=1):
        for at in part:
            one = moving[at]
            rows.append(Offer(one, posts[one.to or ""], place if len(part) > 1 else 0, taken.get(one.person_id)))
    return rows


def _known(run_id: int, person: str, post: str | None = None) -> tuple[PlannerRun, Problem]:
    run = access.get(PlannerRun, run_id)
    known = run.problem or {}
    if person not in known.get("people", {}) or (post is not None and post not in known.get("posts", {})):
        raise NotFound()
    return run, problem_of(run)


def why_not(run_id: int, person: str, post: str) -> list[str]:
    """Sentences that keep a person (code) from a post (id), [] when nothing fixed does: asked at every drag."""
    _run, problem = _known(run_id, person, post)
    return planner.why_not(problem, person, post)


@dataclass(frozen=True)
class Alternative:
    """A post a person may get by every fixed rule; ``occupant``: name of who must leave it first."""

    post: str
    title: str
    unit: str
    score: str
    occupant: str


def alternatives(run_id: int, person: str, limit: int = 20) -> list[Alternative]:
    """The best posts for a person of a run, whatever the others do."""
    run, problem = _known(run_id, person)
    known = run.problem or {}
    return [
        Alternative(
            one.post, known["posts"][one.post]["title"], known["posts"][one.post]["unit"], _text(one.score) or "0",
            known["people"][one.occupant]["name"] if one.occupant else "",
        )
        for one in planner.candidates(problem, person)[:limit]
    ]  # fmt: skip


@dataclass(frozen=True)
class Removed:
    """One rule of the explanation: name, article, and the posts it takes away from the person."""

    rule: str
    name: str
    article: str
    posts: tuple[str, ...]


def explain(run_id: int, person: str) -> list[Removed]:
    """Which rules removed which posts for a person of a run."""
    _run, problem = _known(run_id, person)
    rules = rules_for(problem.purpose)
    return [
        Removed(code, rules[code].name, rules[code].article, posts)
        for code, posts in planner.explain(problem, person).items()
    ]


# --- comparison ----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Compared:
    """One run beside others: figures, and for each person the title of the post it gives ("" stays)."""

    run: PlannerRun
    objective: str | None
    gap: str | None
    placed: int
    unplaced: int
    chains: int
    wishes: int
    moves: dict[str, str]


def compare(run_ids: Sequence[int]) -> tuple[list[Compared], list[tuple[str, str]]]:
    """The runs side by side, and the people (code, name) whom they treat differently, by name."""
    found: list[Compared] = []
    names: dict[str, str] = {}
    for run_id in dict.fromkeys(run_ids):
        run = access.get(PlannerRun, run_id)
        known, result = run.problem or {}, run.result or {}
        contract = known.get("contract", {"people": (), "posts": ()})
        seats = {post["id"]: post.get("occupant") for post in contract["posts"]}
        wished = {person["id"]: set(person.get("wishes", ())) for person in contract["people"]}
        names |= {code: row["name"] for code, row in known.get("people", {}).items()}
        moves = result.get("moves", ())
        posts = known.get("posts", {})
        found.append(
            Compared(
                run, result.get("objective"), result.get("gap"), len(moves), len(result.get("unplaced", ())),
                sum(1 for move in moves if seats.get(move["to"]) is not None),
                sum(1 for move in moves if move["to"] in wished[move["person"]]),
                {m["person"]: f"{posts[m['to']]['title']}, {posts[m['to']]['unit']}" for m in moves},
            )
        )  # fmt: skip
    differing = [
        (code, name) for code, name in names.items() if len({one.moves.get(code, "") for one in found}) > 1
    ]  # fmt: skip
    return found, sorted(differing, key=lambda pair: (pair[1], pair[0]))


# --- does the run still fit ---------------------------------------------------------------------------------------
def drifted(run: PlannerRun, now: Built, moves: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What the records say otherwise than the frozen problem, as far as these moves rest on it."""
    known = run.problem or {}
    seats = {post["id"]: post.get("occupant") for post in now.contract["posts"]}
    people = {person["id"]: person for person in now.contract["people"]}
    moving = {move["person"] for move in moves}
    for move in moves:
        meta, post = known["people"][move["person"]], known["posts"][move["to"]]
        row = people.get(move["person"])
        if row is None:
            yield _("%(name)s không còn ở vị trí này hoặc đã có hồ sơ điều động khác.", name=meta["name"])
            continue
        if now.people[move["person"]]["position_id"] != meta["position_id"]:
            yield _("%(name)s đã chuyển sang vị trí khác.", name=meta["name"])
        if row.get("exempt"):
            yield _("%(name)s nay thuộc trường hợp chưa hoặc không chuyển đổi.", name=meta["name"])
        if move["to"] not in seats:
            yield _("Vị trí “%(title)s” (%(unit)s) không còn trống hoặc không còn hiệu lực.", title=post["title"],
                    unit=post["unit"])  # fmt: skip
        elif seats[move["to"]] is not None and seats[move["to"]] not in moving:
            holder = now.people[seats[move["to"]] or ""]["name"]
            yield _("Vị trí “%(title)s” (%(unit)s) nay do %(name)s giữ.", title=post["title"], unit=post["unit"],
                    name=holder)  # fmt: skip


def still_lawful(
    run: PlannerRun, now: Built, moves: Sequence[Mapping[str, Any]], *, whole: bool
) -> Iterator[Fault]:  # fmt: skip
    """Every hard rule the moves would break by the records of now, found independently of the solver."""
    pins = [pair for pair in run.pinned or () if pair["person"] in {move["person"] for move in moves}]
    contract = dict(now.contract) | {"pinned": pins}
    if not whole:  # a part of the plan: the minimum numbers are those of the whole
        contract["rules"] = dict(contract["rules"]) | {"min_staffing": {}}
    problem = planner.parse(contract)
    goes = {move["person"] for move in moves}
    leave = [person.id for person in problem.people if person.due and not person.exempt and person.id not in goes]
    for broken in planner.check(problem, plan_of(moves, leave)):
        if broken.rule == "score":
            continue
        rule = rules_for(problem.purpose).get(broken.rule)
        yield Fault(
            f"people.{broken.person}" if broken.person else "", broken.text, rule.article if rule else "", broken.rule
        )


def changes_since(run_id: int) -> list[str]:
    """What changed in the records since the problem of a solved run was frozen, as far as its moves rest on it."""
    from hrms.commands.rotation.planning_problem import PlannerSettings, build

    run = access.get(PlannerRun, run_id)
    if not run.result or not run.result.get("moves"):
        return []
    now = build(
        run.unit_id, run.as_of, PlannerSettings.from_plain(run.rules), plan_id=run.plan_id, pinned=run.pinned or (),
        forbidden=run.forbidden or (), action="read", kind=run.kind,
    )  # fmt: skip
    return list(drifted(run, now, run.result["moves"]))
