"""What tests of papers need: a desk that makes cases, the text of a PDF as a reader sees it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from pypdf import PdfReader

from hrms.commands.restructuring.batches import CreateBatch
from hrms.kernel.commands import execute
from tests.support.desk import Desk
from tests.support.world import World


@pytest.fixture
def desk(world: World, actor_as: Callable[[str], AbstractContextManager[Any]]) -> Desk:
    """Takes cases through the offices."""
    return Desk(world, actor_as)


@pytest.fixture
def batch_id(world: World, actor_as: Callable[[str], AbstractContextManager[Any]]) -> int:
    """A round of department A."""
    with actor_as("unit_hr_a"):
        return execute(CreateBatch(world.units["a"], 2025)).id


def pages_of(content: bytes) -> list[str]:
    """The text of every page, every kind of space a plain one."""
    return [re.sub(r"\s+", " ", page.extract_text()) for page in PdfReader(io.BytesIO(content)).pages]


def text_of(content: bytes) -> str:
    return " ".join(pages_of(content))


@pytest.fixture
def pages() -> Callable[[bytes], list[str]]:
    return pages_of


@pytest.fixture
def words() -> Callable[[bytes], str]:
    return text_of
