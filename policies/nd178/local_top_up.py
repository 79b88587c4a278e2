"""NĐ 178/2024 Điều 19 khoản 6 (repealed by NĐ 67/2025): the local top-up and the day it closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from policies.engine.money import mul, percent, round_dong
from policies.engine.parameters import ParameterStore, Version
from policies.engine.trace import Node, Text, parameter_node
from policies.store import default_store

THAI_BINH = "nd178.local_top_up.thai_binh"


@dataclass(frozen=True, slots=True)
class TopUp:
    """``amount`` đồng of the local grant, 0 with ``reason`` where it is closed or nothing was set for the day."""

    amount: int
    percent: int
    reason: str
    trace: Node


def local_top_up(
    grant: int, filed_on: date, granted_on: date, store: ParameterStore | None = None, *, scheme: str = THAI_BINH
) -> TopUp:
    """A share of the grant of NĐ 178 by the day of filing; only what was granted before 15/03/2025 is kept.

    ``scheme``: parameter of the province's resolution; an approved override of it carries another one.
    """
    store = store or default_store()
    ended = store.versions("nd178.local_top_up.ended_on")[0]
    rate: Version | None = next((v for v in store.versions(scheme) if v.covers(filed_on)), None)
    label = "Hỗ trợ của địa phương"
    if granted_on >= ended.value:
        text: Text = ("quyết định ngày {0}, từ {1} không còn căn cứ", (granted_on, ended.value))
        return TopUp(0, 0, "closed", Node(label, 0, "đồng", text, ended.article, ended))
    if rate is None:
        text = ("nộp hồ sơ ngày {0}, ngoài các đợt của nghị quyết", (filed_on,))
        return TopUp(0, 0, "outside", Node(label, 0, "đồng", text, ended.article, ended))
    amount = round_dong(mul(percent(rate.value), grant))
    node = Node(
        label, amount, "đồng", ("{0}% × {1}", (rate.value, grant)), rate.article, rate, None, [parameter_node(ended)]
    )
    return TopUp(amount, rate.value, "", node)
