"""What papers quote beside the amounts: legal bases ("Căn cứ …") and the source of funds of every line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from policies.engine.parameters import ParameterStore, Version
from policies.engine.result import Result
from policies.engine.yamlio import load_law_yaml
from policies.store import HERE, default_store


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """One document to quote: number, date of issue (dd/mm/yyyy), what it is about; ``line`` is the whole sentence."""

    number: str
    issued: str
    title: str

    @property
    def line(self) -> str:
        """``Căn cứ Nghị định số … ngày … của … về …;``"""
        return f"Căn cứ {self.title};"


@dataclass(frozen=True, slots=True)
class FundingSource:
    """Who pays one line, by which article, how well proven."""

    line_code: str
    amount: int
    source: str
    article: str
    mark: str


@lru_cache(maxsize=1)
def _data() -> dict[str, list[dict[str, str]]]:
    return load_law_yaml(HERE / "legal_bases.yaml")["bases"]  # type: ignore[no-any-return]


def legal_bases(result: Result) -> list[LegalBasis]:
    """The documents a result rests on, in the order in which papers quote them."""
    amended = result.law_version != "2025-01-01"
    rows = _data()[result.decree_code]
    return [
        LegalBasis(row["number"], row["issued"], row["title"])
        for row in rows
        if row.get("only") is None or (row["only"] == "amended" and amended)
    ]


# Pay that goes on (Điều 11, the salary of Điều 12) is the unit's ordinary spending; the grant of Điều 12 is paid once.
_PAY_LINES = frozenset({"retained_allowance"})


def funding_sources(
    result: Result, *, public_service_unit: bool = False, store: ParameterStore | None = None
) -> list[FundingSource]:
    """The source of funds of every line of a result; units that earn their own revenue have a rule of their own."""
    store = store or default_store()
    found: list[FundingSource] = []
    for line in result.lines:
        version = _source(result.decree_code, line.code, public_service_unit, store)
        if version is not None:
            found.append(FundingSource(line.code, line.amount, version.value, version.article, version.mark))
    return found


def _source(decree: str, line: str, public_unit: bool, store: ParameterStore) -> Version | None:
    if line == "local_top_up":
        name = "nd178.funding.local"
    elif decree == "178":
        if line in _PAY_LINES:
            name = "nd178.funding.pay"
        else:
            name = "nd178.funding.public_units" if public_unit else "nd178.funding.benefits"
    elif decree == "154" and line == "job_search":
        name = "nd154.funding.grants"
    else:
        prefix = {"177": "nd177", "154": "nd154", "29": "nd29", "179": "nd179", "NQ07": "nq07", "170": "nd170"}[decree]
        name = f"{prefix}.funding"
    try:
        return store.versions(name)[-1]
    except KeyError:
        return None
