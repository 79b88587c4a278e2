"""Questions of evaluation and rotation, put from outside: what a room that answers them takes and gives.

A room (``policies.evaluation``, ``policies.rotation``) offers ``KINDS``, the kinds of question it answers, and
``answer(kind, given, regime) -> Answer``. ``given`` is the question's ``input`` as read by ``engine.yamlio``: text,
int, Decimal, bool, None, lists and mappings, never a binary float; dates are ISO text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from policies.engine.errors import Fault, PolicyError

JsonDict = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """``output`` in the form of the case files, ``trace`` the explanation; both ready for JSON.

    Levels, codes and ISO dates are text, points and percents decimal strings, counts int. ``trace`` is a list of trees
    as ``engine.trace.Node.to_dict`` makes them. MANUAL_DECISION_REQUIRED and the like are answers, never errors.
    """

    output: JsonDict
    trace: list[JsonDict] = field(default_factory=list)


class BadQuestion(PolicyError):
    """A malformed question; ``faults`` holds all of them as (path, Vietnamese message with the remedy).

    A path is relative to the question: ``input.done_percent``, ``input.violations[0].id``, ``regime``, ``kind``.
    """

    def __init__(self, faults: Iterable[tuple[str, str] | Fault]) -> None:
        self.faults: list[tuple[str, str]] = [(f.path, f.message) if isinstance(f, Fault) else f for f in faults]
        super().__init__("\n".join(f"{path}: {message}" for path, message in self.faults))


def require_mapping(given: object) -> Mapping[str, Any]:
    """The ``input`` of a question; anything but a group of keys is a fault."""
    if not isinstance(given, Mapping):
        raise BadQuestion([("input", "cần một nhóm khóa; hãy ghi các dữ kiện của câu hỏi")])
    return given
