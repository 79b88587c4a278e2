"""The desk of these tests (``tests/support/desk.py``)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.support.desk import Desk
from tests.support.world import World


@pytest.fixture
def desk(world: World, actor_as: Callable[[str], AbstractContextManager[Any]]) -> Desk:
    """Takes cases through the offices."""
    return Desk(world, actor_as)
