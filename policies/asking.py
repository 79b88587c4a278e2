"""A file of questions in, all answers out: reading, checking of shapes, and the room that answers each kind.

The rooms are imported when a question of theirs comes up: a file of evaluation does not pay for rotation.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from policies.api import load_text
from policies.engine.errors import CaseFaults, Fault
from policies.engine.reading import shown
from policies.questions import Answer, BadQuestion

ROOMS = ("policies.evaluation", "policies.rotation")
ROOT = "cases"


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its place in the file, ``id`` as given (None when left out), kind, regime (None: any), input."""

    position: int
    id: str | int | None
    kind: str
    regime: str | None
    given: Mapping[str, Any]


def kinds() -> dict[str, str]:
    """Every kind of question and the room that answers it."""
    return {kind: room for room in ROOMS for kind in import_module(room).KINDS}


def read_questions(text: str) -> tuple[list[Question], list[Fault]]:
    """Questions of a YAML or JSON text, a list or ``{cases: [...]}``; never raises, all faults together."""
    try:
        data = load_text(text)
    except CaseFaults as broken:
        return [], [Fault(_own_path(f.path), f.message) for f in broken.faults]
    if isinstance(data, Mapping) and isinstance(data.get(ROOT), list):
        data = data[ROOT]
    if data is None:
        return [], [Fault(ROOT, "tệp trống; cần một danh sách câu hỏi")]
    if not isinstance(data, list):
        return [], [Fault(ROOT, "cần một danh sách câu hỏi, hoặc {cases: [...]}")]
    known, faults, found = kinds(), list[Fault](), list[Question]()
    for position, item in enumerate(data):
        question = _question(item, position, known, faults)
        if question is not None:
            found.append(question)
    return found, faults


def _own_path(path: str) -> str:
    """A file ``{cases: [...]}`` counts its own list, not the mapping around it."""
    return path.replace(f"{ROOT}[0].{ROOT}", ROOT, 1)


def _question(item: object, position: int, known: Mapping[str, str], faults: list[Fault]) -> Question | None:
    path = f"{ROOT}[{position}]"
    if not isinstance(item, Mapping):
        faults.append(Fault(path, f"cần một câu hỏi (nhóm khóa id, kind, regime, input), nhận {shown(item)}"))
        return None
    before = len(faults)
    identity, kind, regime, given = (item.get(key) for key in ("id", "kind", "regime", "input"))
    if identity is not None and (isinstance(identity, bool) or not isinstance(identity, (str, int))):
        faults.append(Fault(f"{path}.id", f"{shown(identity)} không hợp lệ; ghi chữ hoặc số nguyên"))
    if kind is None:
        faults.append(Fault(f"{path}.kind", f"thiếu; chọn một trong: {', '.join(known)}"))
    elif kind not in known if isinstance(kind, str) else True:
        near = difflib.get_close_matches(str(kind), list(known), n=1)
        hint = f"; có phải là '{near[0]}'?" if near else f"; chọn một trong: {', '.join(known)}"
        faults.append(Fault(f"{path}.kind", f"{shown(kind)} không có{hint}"))
    if regime is not None and not isinstance(regime, str):
        faults.append(Fault(f"{path}.regime", f"{shown(regime)} không hợp lệ; ghi mã chế độ hoặc any"))
    if given is None:
        faults.append(Fault(f"{path}.input", "thiếu; ghi các dữ kiện của câu hỏi"))
    elif not isinstance(given, Mapping):
        faults.append(Fault(f"{path}.input", f"cần một nhóm khóa, nhận {shown(given)}"))
    if len(faults) > before:
        return None
    return Question(position, identity, str(kind), regime, given)  # type: ignore[arg-type]


def answer_questions(questions: list[Question]) -> tuple[list[dict[str, Any]], list[Fault]]:
    """``{id, kind, output, trace}`` in the order given, or all faults with their paths."""
    room_of = kinds()
    answers: list[dict[str, Any]] = []
    faults: list[Fault] = []
    for question in questions:
        room: Callable[[str, Mapping[str, Any], str | None], Answer] = import_module(room_of[question.kind]).answer
        try:
            found = room(question.kind, question.given, question.regime)
        except BadQuestion as bad:
            faults.extend(Fault(f"{ROOT}[{question.position}].{path}", message) for path, message in bad.faults)
            continue
        answers.append({"id": question.id, "kind": question.kind, "output": found.output, "trace": found.trace})
    return answers, faults


def answer_text(text: str) -> tuple[list[dict[str, Any]], list[Fault]]:
    """Answers of a whole file; with any fault there is no answer at all and every fault is told."""
    questions, faults = read_questions(text)
    # Sound questions are tried beside malformed ones, so that one look shows everything that is wrong.
    answers, found = answer_questions(questions)
    if faults or found:
        return [], faults + found
    return answers, []
