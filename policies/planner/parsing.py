"""JSON data of the contract → ``Problem``; every fault with its path, all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policies.engine.errors import CaseFaults, Fault
from policies.engine.reading import Reader, shown
from policies.planner.problem import KINDS, Pair, Person, Post, Problem, Rules, Weights
from policies.planner.rules import ROTATION

PERSON_KEYS = (
    "id", "grade", "qualifications", "held", "relatives", "unit", "due", "exempt", "wishes",
    "name", "field", "home", "overdue_months", "years",
)  # fmt: skip
POST_KEYS = ("id", "unit", "kind", "grades", "qualifications", "occupant", "name", "field")
ROOT_KEYS = ("people", "posts", "rules", "weights", "distance", "pinned", "forbidden", "unit_names", "purpose")
RULE_KEYS = ("no_return_years", "min_staffing", "experienced_years")
WEIGHT_KEYS = ("wish", "same_unit", "distance", "same_field", "overdue", "chain", "continuity", "experience")

MOST_PEOPLE = 50_000
LARGEST_WEIGHT = 1_000_000
LARGEST_DISTANCE = 100_000
DECIMALS = 3
LARGEST_COUNT = 100_000


def parse(data: Any) -> Problem:
    """The problem of plain data (as ``yamlio.read_json`` gives it); raises ``CaseFaults`` with every fault."""
    faults: list[Fault] = []
    root = Reader(data, "", ROOT_KEYS, faults)
    if not root.given:
        raise CaseFaults([Fault("problem", "cần một đối tượng JSON có các khóa people, posts, rules, weights…")])
    people = tuple(_person(item, f"people[{at}]", faults) for at, item in _items(root, "people", required=True))
    posts = tuple(_post(item, f"posts[{at}]", faults) for at, item in _items(root, "posts", required=True))
    problem = Problem(
        people=people,
        posts=posts,
        rules=_rules(root.raw("rules"), faults),
        weights=_weights(root.raw("weights"), faults),
        distance=_distance(root, faults),
        pinned=_pairs(root, "pinned", faults),
        forbidden=_pairs(root, "forbidden", faults),
        unit_names=_names(root),
        purpose=_purpose(root),
    )
    faults += faults_of(problem)
    if faults:
        raise CaseFaults(faults)
    return problem


def faults_of(problem: Problem) -> list[Fault]:
    """What is wrong between the parts: ids given twice, references to nobody, a person in two posts."""
    faults: list[Fault] = []
    people = _unique((p.id for p in problem.people), "people", faults)
    posts = _unique((p.id for p in problem.posts), "posts", faults)
    for at, person in enumerate(problem.people):
        for key, given, known in (("relatives", person.relatives, people), ("wishes", person.wishes, posts)):
            for value in sorted(set(given) - known):
                what = "người nào trong people" if known is people else "vị trí nào trong posts"
                faults.append(Fault(f"people[{at}].{key}", f"{shown(value)} không phải {what}"))
        if person.id in person.relatives:
            faults.append(Fault(f"people[{at}].relatives", "một người không thể là người thân của chính mình"))
    seat: dict[str, int] = {}
    for at, post in enumerate(problem.posts):
        if post.occupant is None:
            continue
        if post.occupant not in people:
            faults.append(Fault(f"posts[{at}].occupant", f"{shown(post.occupant)} không phải người nào trong people"))
        elif post.occupant in seat:
            before = f"posts[{seat[post.occupant]}]"
            faults.append(Fault(f"posts[{at}].occupant", f"{shown(post.occupant)} đã giữ vị trí ở {before}"))
        seat.setdefault(post.occupant, at)
    units = {post.unit for post in problem.posts}
    for unit, least in problem.rules.min_staffing.items():
        if unit not in units and least > 0:
            faults.append(Fault(f"rules.min_staffing.{unit}", "đơn vị không có vị trí nào trong posts"))
    for key, pairs in (("pinned", problem.pinned), ("forbidden", problem.forbidden)):
        for at, pair in enumerate(pairs):
            if pair.person and pair.person not in people:
                faults.append(Fault(f"{key}[{at}].person", f"{shown(pair.person)} không phải người nào trong people"))
            if pair.post and pair.post not in posts:
                faults.append(Fault(f"{key}[{at}].post", f"{shown(pair.post)} không phải vị trí nào trong posts"))
    return faults


def _unique(ids: Iterable[str], what: str, faults: list[Fault]) -> set[str]:
    seen: dict[str, int] = {}
    for at, value in enumerate(ids):
        if value and value in seen:
            faults.append(Fault(f"{what}[{at}].id", f"mã {shown(value)} đã dùng ở {what}[{seen[value]}]"))
        seen.setdefault(value, at)
    return set(seen)


def _items(root: Reader, key: str, *, required: bool = False) -> list[tuple[int, Any]]:
    value = root.raw(key)
    if value is None:
        if required:
            root.fault(key, "thiếu; ghi một danh sách")
        return []
    if not isinstance(value, list):
        root.fault(key, f"cần một danh sách, nhận {shown(value)}")
        return []
    if len(value) > MOST_PEOPLE:
        root.fault(key, f"có {len(value)} dòng; không quá {MOST_PEOPLE}")
        return []
    return list(enumerate(value))


def _text(reader: Reader, key: str, *, required: bool = False) -> str:
    value = reader.raw(key)
    if value is None:
        if required:
            reader.fault(key, "thiếu; ghi một mã bằng chữ")
        return ""
    if not isinstance(value, str) or (required and not value.strip()):
        reader.fault(key, f"{shown(value)} không phải mã bằng chữ; đặt trong dấu nháy")
        return ""
    return value


def _texts(reader: Reader, key: str) -> tuple[str, ...]:
    value = reader.raw(key)
    if value is None:
        return ()
    if not isinstance(value, list):
        reader.fault(key, f"cần một danh sách mã, nhận {shown(value)}")
        return ()
    for at, item in enumerate(value):
        if not isinstance(item, str) or not item.strip():
            reader.fault(f"{key}[{at}]", f"{shown(item)} không phải mã bằng chữ; đặt trong dấu nháy")
    return tuple(item for item in value if isinstance(item, str) and item.strip())


def _person(item: Any, path: str, faults: list[Fault]) -> Person:
    reader = Reader(item, path, PERSON_KEYS, faults)
    return Person(
        id=_text(reader, "id", required=reader.given),
        grade=_text(reader, "grade"),
        qualifications=frozenset(_texts(reader, "qualifications")),
        held=_texts(reader, "held"),
        relatives=frozenset(_texts(reader, "relatives")),
        unit=_text(reader, "unit"),
        due=bool(reader.boolean("due", default=False)),
        exempt=bool(reader.boolean("exempt", default=False)),
        wishes=_texts(reader, "wishes"),
        name=_text(reader, "name"),
        field=_text(reader, "field"),
        home=_text(reader, "home"),
        overdue_months=reader.whole("overdue_months", largest=1200, unit="tháng") or 0,
        years=reader.whole("years", largest=100, unit="năm") or 0,
    )


def _post(item: Any, path: str, faults: list[Fault]) -> Post:
    reader = Reader(item, path, POST_KEYS, faults)
    kind = reader.choice("kind", KINDS, "other")
    return Post(
        id=_text(reader, "id", required=reader.given),
        unit=_text(reader, "unit", required=reader.given),
        kind=next((known for known in KINDS if known == kind), "other"),
        grades=frozenset(_texts(reader, "grades")),
        qualifications=frozenset(_texts(reader, "qualifications")),
        occupant=_text(reader, "occupant") or None,
        name=_text(reader, "name"),
        field=_text(reader, "field"),
    )


def _pairs(root: Reader, key: str, faults: list[Fault]) -> tuple[Pair, ...]:
    found = []
    for at, item in _items(root, key):
        reader = Reader(item, f"{key}[{at}]", ("person", "post"), faults)
        pair = Pair(
            _text(reader, "person", required=reader.given),
            _text(reader, "post", required=reader.given),
        )
        found.append(pair)
    return tuple(dict.fromkeys(found))


def _rules(data: Any, faults: list[Fault]) -> Rules:
    reader = Reader(data, "rules", RULE_KEYS, faults, required=False)
    usual = Rules()
    years = reader.whole("no_return_years", largest=100, unit="năm")
    experienced = reader.whole("experienced_years", largest=100, unit="năm")
    staffing: dict[str, int] = {}
    given = reader.raw("min_staffing")
    if given is not None and not isinstance(given, Mapping):
        reader.fault("min_staffing", f"cần một nhóm đơn vị: số người, nhận {shown(given)}")
    elif given:
        units = Reader(given, "rules.min_staffing", given, faults)
        for unit in given:
            least = units.whole(unit, largest=LARGEST_COUNT, unit="người", required=True)
            if least is not None:
                staffing[unit] = least
    return Rules(
        no_return_years=usual.no_return_years if years is None else years,
        min_staffing=staffing,
        experienced_years=usual.experienced_years if experienced is None else experienced,
    )


def _weights(data: Any, faults: list[Fault]) -> Weights:
    reader = Reader(data, "weights", WEIGHT_KEYS, faults, required=False)
    usual = Weights()
    values = {key: _amount(reader, key, LARGEST_WEIGHT, signed=True) for key in WEIGHT_KEYS}
    for key in ("continuity", "experience"):
        value = values[key]
        if value is not None and value < 0:
            reader.fault(key, f"{shown(value)} là số âm; trọng số này phải từ 0 trở lên")
            values[key] = None
    return Weights(**{key: getattr(usual, key) if value is None else value for key, value in values.items()})


def _amount(reader: Reader, key: str, largest: int, *, signed: bool) -> Fraction | None:
    """An exact number; JSON numbers arrive as ``int`` or ``Decimal``, decimal strings are read as well."""
    value = reader.raw(key)
    if value is None:
        return None
    exact: Decimal | None = None
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        exact = Decimal(value)
    elif isinstance(value, str):
        try:
            exact = Decimal(value)
        except ArithmeticError:
            exact = None
    if exact is None or not exact.is_finite():
        reader.fault(key, f"{shown(value)} không phải số")
        return None
    if abs(exact) > largest or (exact < 0 and not signed):
        reader.fault(key, f"{shown(value)} ngoài khoảng {-largest if signed else 0}–{largest}")
        return None
    found = Fraction(exact)
    if (found * 10**DECIMALS).denominator != 1:
        reader.fault(key, f"{shown(value)} có quá {DECIMALS} chữ số thập phân")
        return None
    return found


def _distance(root: Reader, faults: list[Fault]) -> dict[tuple[str, str], Fraction]:
    given = root.raw("distance")
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        root.fault("distance", f'cần một nhóm "đơn vị A|đơn vị B": km, nhận {shown(given)}')
        return {}
    reader = Reader(given, "distance", given, faults)
    found: dict[tuple[str, str], Fraction] = {}
    for key in given:
        one, bar, other = str(key).partition("|")
        if not bar or not one or not other or "|" in other:
            reader.fault(str(key), 'cần dạng "đơn vị A|đơn vị B"')
            continue
        amount = _amount(reader, key, LARGEST_DISTANCE, signed=False)
        if amount is None:
            if given[key] is None:
                reader.fault(str(key), "thiếu số km")
            continue
        found[one, other] = amount
    return found


def _purpose(root: Reader) -> str:
    given = root.raw("purpose")
    if given not in (None, "", ROTATION):
        root.fault("purpose", f"cần để trống hoặc {ROTATION}")
        return ""
    return str(given or "")


def _names(root: Reader) -> dict[str, str]:
    given = root.raw("unit_names")
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given.values()):
        root.fault("unit_names", "cần một nhóm mã đơn vị: tên đơn vị")
        return {}
    return {str(unit): name for unit, name in given.items()}
