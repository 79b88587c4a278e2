"""Cases that the Department signed may not be edited to make a run green."""

from __future__ import annotations

import copy
from pathlib import Path

from policies.signed import LEDGER, broken, every_case, ledger, seal
from tools import sign_case


def test_every_signed_case_stands_as_it_was_signed() -> None:
    assert broken(ledger(), every_case()) == []


def sign(path: Path, title: str) -> int:
    words = ["nd178", title, "--by", "Sở Nội vụ", "--document", "12/SNV-TCCB", "--on", "2026-11-20"]
    return sign_case.main(words, path)


def test_a_changed_renamed_or_removed_case_is_told(tmp_path: Path) -> None:
    path = tmp_path / "signed.yaml"
    path.write_text("signed: []\n", encoding="utf-8")
    cases = every_case()
    titles = [row["title"] for decree, row in cases if decree == "nd178"][:2]
    assert [sign(path, title) for title in titles] == [0, 0]
    assert sign(path, titles[0]) == 2, "a signature is entered once"
    assert sign(path, "no such case") == 2
    signatures = ledger(path)
    assert [one["confirmed_by"] for one in signatures] == ["Sở Nội vụ", "Sở Nội vụ"]
    assert broken(signatures, cases) == []

    edited = copy.deepcopy(cases)
    row = next(row for decree, row in edited if decree == "nd178")
    row["expect"]["monthly_salary"] += 1  # type: ignore[index]
    (told,) = broken(signatures, edited)
    assert "Sở Nội vụ" in told and "12/SNV-TCCB" in told and titles[0] in told
    gone = [pair for pair in cases if pair[1]["title"] != titles[1]]
    assert len(broken(signatures, gone)) == 1


def test_wording_may_improve_the_question_and_the_answer_may_not() -> None:
    row = dict(every_case()[0][1])
    assert seal({**row, "title": "Better words"}) == seal(row)
    assert seal({**row, "case": {**row["case"], "decree": "other"}}) != seal(row)
    assert LEDGER.exists()
