"""Cases of the law files that the Department signed (``confirmed_by``): their seals, and what no longer fits them.

A signed case is evidence: it may not be edited to make a run green. The ledger keeps the seal of its question and its
expected answer; a case that was changed, renamed or removed is told.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from policies.engine.parameters import jsonable
from policies.engine.yamlio import load_law_yaml

HERE = Path(__file__).parent
LEDGER = HERE / "signed_cases.yaml"


def seal(row: Mapping[str, Any]) -> str:
    """SHA-256 of what was signed: the case and the expected answer; title and source may be worded better."""
    text = json.dumps([jsonable(row["case"]), jsonable(row["expect"])], ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def every_case() -> list[tuple[str, Mapping[str, Any]]]:
    """Folder of the decree and row of every case with an expected answer."""
    found: list[tuple[str, Mapping[str, Any]]] = []
    for path in sorted(HERE.glob("*/cases.yaml")):
        rows = load_law_yaml(path)["cases"]
        found += [(path.parent.name, row) for row in rows if "case" in row and "expect" in row]
    return found


def ledger(path: Path = LEDGER) -> list[Mapping[str, Any]]:
    """The signatures: ``decree`` (folder), ``title``, ``seal``, ``confirmed_by``, ``document``, ``on``."""
    return list(load_law_yaml(path).get("signed") or [])


def broken(signatures: Sequence[Mapping[str, Any]], cases: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    """One sentence for every signature whose case is no longer there as it was signed; empty when all hold."""
    standing = {(decree, seal(row)) for decree, row in cases}
    return [
        f"{one['decree']}: hồ sơ mẫu “{one['title']}” do {one['confirmed_by']} ký xác nhận ({one['document']}, "
        f"{one['on']}) đã bị sửa hoặc xóa; hãy khôi phục nguyên văn"
        for one in signatures
        if (one["decree"], one["seal"]) not in standing
    ]
