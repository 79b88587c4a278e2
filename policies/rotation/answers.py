"""The door for questions from outside: ``answer(kind, given, regime)`` in the form of the case file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policies.engine.errors import Fault
from policies.engine.parameters import ParameterStore, jsonable
from policies.engine.reading import shown
from policies.engine.trace import Node
from policies.questions import Answer, BadQuestion, require_mapping
from policies.rotation import answers_moves, answers_periodic, answers_terms
from policies.rotation.law import law

_ANSWERS: Mapping[str, Callable[[Any, ParameterStore, list[Fault]], tuple[dict[str, Any], list[Node]]]] = {
    **answers_periodic.ANSWERS,
    **answers_terms.ANSWERS,
    **answers_moves.ANSWERS,
}
KINDS: tuple[str, ...] = (
    "due",
    "change",
    "deferral",
    "exemption",
    "term",
    "family_bar",
    "secondment",
    "rotation",
    "transfer",
    "special",
    "plan",
    "conflict",
)


def answer(kind: str, given: object, regime: object = None, store: ParameterStore | None = None) -> Answer:
    """Answer one question; ``BadQuestion`` names every fault with its path (``input.probation.to``).

    ``regime`` belongs to evaluation: the rules of rotation go by their dates, and a regime given here is left aside.
    """
    if kind not in _ANSWERS:
        raise BadQuestion([("kind", f"{shown(kind)} không phải loại câu hỏi; chọn một trong: {', '.join(KINDS)}")])
    if regime is not None and not isinstance(regime, str):
        raise BadQuestion([("regime", f"{shown(regime)} không phải mã chữ; hãy bỏ trống")])
    output, nodes = _ANSWERS[kind](require_mapping(given), law(store), [])
    return Answer({key: jsonable(value) for key, value in output.items()}, [node.to_dict() for node in nodes])
