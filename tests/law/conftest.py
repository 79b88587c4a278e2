"""Proposals made and approved the way two officers would."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from hrms.commands.law.deciding import DecideEnd, DecideOverride, EndOverride
from hrms.commands.law.proposals import ConfirmValue, OverrideContent, ProposeOverride
from hrms.kernel.commands import execute
from models.law import ParameterOverride
from tests.support.desk import Desk
from tests.support.world import World

PROPOSER, APPROVER = "province_hr", "system_admin"


@dataclass
class Office:
    """``propose`` as the proposer, ``approve`` as the approver; ``settle`` does both."""

    actor_as: Callable[[str], AbstractContextManager[Any]]

    def propose(self, name: str, value: Any, start: date, end: date | None = None, **more: Any) -> ParameterOverride:
        words = {"article": "Khoản 2 Điều 1", "document_number": "12/2025/NQ-HĐND", "document_date": date(2025, 6, 1),
                 "document_issuer": "HĐND tỉnh Hưng Yên", "reason": "Nghị quyết quy định mức của tỉnh"}  # fmt: skip
        by = more.pop("by", PROPOSER)
        with self.actor_as(by):
            return execute(ProposeOverride(OverrideContent(name, value, start, end, **{**words, **more})))

    def confirm(self, name: str, day: date, **more: Any) -> ParameterOverride:
        words = {"document_number": "67/2025/NĐ-CP", "document_date": date(2025, 3, 15), "document_issuer": "Chính phủ",
                 "reason": "Đã đọc bản chính"}  # fmt: skip
        with self.actor_as(PROPOSER):
            return execute(ConfirmValue(name, day, **{**words, **more}))

    def approve(self, row: ParameterOverride, by: str = APPROVER) -> list[ParameterOverride]:
        with self.actor_as(by):
            return execute(DecideOverride(row.id, True))

    def settle(self, *args: Any, **more: Any) -> ParameterOverride:
        return self.approve(self.propose(*args, **more))[0]

    def end(self, row: ParameterOverride, last_day: date | None = None) -> ParameterOverride:
        with self.actor_as(PROPOSER):
            execute(EndOverride(row.id, last_day, "Nghị quyết đã bãi bỏ"))
        with self.actor_as(APPROVER):
            return execute(DecideEnd(row.id, True))


@pytest.fixture
def office(world: World, actor_as: Callable[[str], AbstractContextManager[Any]]) -> Office:
    return Office(actor_as)


@pytest.fixture
def desk(world: World, actor_as: Callable[[str], AbstractContextManager[Any]]) -> Desk:
    return Desk(world, actor_as)
