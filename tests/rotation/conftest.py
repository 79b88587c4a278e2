"""The desk of movement cases."""

from __future__ import annotations

import pytest

from tests.rotation.movement import Desk


@pytest.fixture
def moves(world, factory, actor_as, session):
    """Cases of movement in the small province (``tests/rotation/movement.py``)."""
    return Desk(world, factory, actor_as)
