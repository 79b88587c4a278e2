"""The coverage registry: generated from the declarations, complete, and tied to the text beside the code."""

from __future__ import annotations

import json
import re

import pytest

from policies import further
from policies.decrees import DECREES
from policies.nd170 import rules as nd170
from policies.registry import coverage, doubtful
from policies.store import HERE, default_store
from tools import law_coverage

FOLDERS = {"178": "nd178", "177": "nd177", "154": "nd154", "29": "nd29", "179": "nd179", "NQ07": "nq07", "170": "nd170"}
BOOKS = {**{d.code: (*d.books, *further.BOOKS.get(d.code, ())) for d in DECREES}, "170": (nd170.BOOK,)}


def test_every_decree_and_every_parameter_is_in_the_registry():
    entries = {c.code: c for c in coverage()}
    assert set(FOLDERS) <= set(entries)
    for code in FOLDERS:
        entry = entries[code]
        assert entry.clauses
        assert entry.parameters
        assert entry.verified_from is not None
        assert entry.missing
        json.dumps(entry.to_dict())


def test_no_parameter_is_left_out():
    covered = [version.name for entry in coverage() for version in entry.parameters]
    store = default_store()
    assert sorted(covered) == sorted(version.name for name in store.names() for version in store.versions(name))


def test_the_page_of_the_documentation_is_up_to_date():
    assert law_coverage.main(["--check"]) == 0, "run python tools/law_coverage.py"


def test_the_registry_tells_the_weakest_evidence():
    entries = {c.code: c for c in coverage()}
    assert entries["178"].weakest_mark == "C"
    assert entries["29"].weakest_mark == "U"
    assert entries["170"].weakest_mark == "P"


def test_every_doubtful_value_is_listed_for_the_lawyer():
    names = {v.name for v in doubtful()}
    assert {"nd178.first12.measured_on", "nd178.under_two_years.month13_factor", "early.partial_month"} <= names
    assert "salary.base" not in names


@pytest.mark.parametrize("code", FOLDERS)
def test_every_article_a_clause_names_stands_in_the_text_beside_it(code):
    text = (HERE / FOLDERS[code] / "text.md").read_text(encoding="utf-8")
    own = "NQ" if code == "NQ07" else f"NĐ {code}/"
    for book in BOOKS[code]:
        articles = [c.article for c in book.conditions] + [r.article for r in book.all_rules()]
        for article in articles:
            for part in article.split(";"):
                if own in part:
                    for number in re.findall(r"Điều (\d+[ab]?)", part):
                        assert re.search(rf"Điều {number}\b|–{number}\b", text), (number, part)


@pytest.mark.parametrize("code", FOLDERS)
def test_a_decree_folder_is_complete(code):
    names = {p.name for p in (HERE / FOLDERS[code]).iterdir()}
    assert {"__init__.py", "text.md", "parameters.yaml", "rules.py"} <= names
