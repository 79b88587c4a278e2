"""``run.py rules``: answers on stdout, or every fault with its path on stderr, exit 2 and nothing else."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hrms.cli.rules import rules_command
from policies.evaluation.data import HERE

GOOD = {"id": "a", "kind": "rating", "regime": "ND335",
        "input": {"person_class": "CC0", "year": 2026, "score": "89.995"}}  # fmt: skip


def run(text):
    return CliRunner().invoke(rules_command, ["-"], input=text if isinstance(text, (str, bytes)) else json.dumps(text))


def test_answers_come_in_the_order_of_the_questions():
    second = {"id": 7, "kind": "deadline", "input": {"regime": "ND335", "year": 2026}}
    result = run([second, GOOD])
    assert result.exit_code == 0 and not result.stderr
    found = json.loads(result.stdout)
    assert [(a["id"], a["kind"]) for a in found] == [(7, "deadline"), ("a", "rating")]
    assert set(found[0]) == {"id", "kind", "output", "trace"}
    assert found[1]["output"] == {"outcome": "RATED", "level": "HTXS", "total": "90.00"}


def test_the_projects_own_case_file_is_answered_in_yaml():
    result = run((HERE / "cases.yaml").read_text(encoding="utf-8"))
    assert result.exit_code == 0, result.stderr
    assert len(json.loads(result.stdout)) > 150


def test_a_list_and_a_mapping_with_cases_say_the_same():
    assert run([GOOD]).stdout == run({"version": 1, "cases": [GOOD]}).stdout


def test_manual_decision_is_an_answer():
    question = {**GOOD, "regime": "ND90_48", "input": {"person_class": "CC0", "year": 2024, "criteria_1_4": "ok",
                                                       "done_percent": 95}}  # fmt: skip
    result = run([question])
    assert result.exit_code == 0
    assert json.loads(result.stdout)[0]["output"]["outcome"] == "MANUAL_DECISION_REQUIRED"


def with_input(**changes):
    return [GOOD, {**GOOD, "input": {**GOOD["input"], **changes}}]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", "cases"), ("5", "cases"), ("kind: rating", "cases"), ("[1", "cases"), ("- 3", "cases[0]"),
        (b"\xff\xfe\x00", "cases"),
        ([{"id": "a", "input": {}}], "cases[0].kind"),
        ([{**GOOD, "kind": "ratings"}], "cases[0].kind"),
        ([{**GOOD, "kind": ["rating"]}], "cases[0].kind"),
        ([{**GOOD, "input": []}], "cases[0].input"),
        ([{**GOOD, "input": None}], "cases[0].input"),
        ([{**GOOD, "regime": "ND336"}], "cases[0].regime"),
        ([{**GOOD, "regime": 5}], "cases[0].regime"),
        ([{**GOOD, "id": {}}], "cases[0].id"),
        (with_input(score="chín mươi"), "cases[1].input.score"),
        (with_input(score="101"), "cases[1].input.score"),
        (with_input(score=-1), "cases[1].input.score"),
        (with_input(score="9e9"), "cases[1].input.score"),
        (with_input(person_class="CC2"), "cases[1].input.person_class"),
        (with_input(year="năm nay"), "cases[1].input.year"),
        (with_input(year=None), "cases[1].input.year"),
        (with_input(done_precent=90), "cases[1].input.done_precent"),
        (with_input(violations="V1"), "cases[1].input.violations"),
        (with_input(violations=[{"decisions": [{"effective": "2026-02-30"}]}]),
         "cases[1].input.violations[0].decisions[0].effective"),
        (with_input(config={"level_rule": "X"}), "cases[1].input.config"),
        ('{"cases": [{"id": 1, "id": 2, "kind": "rating", "regime": "ND335", "input": {}}]}', "cases[0].id"),
        ([{"id": 1, "kind": "quota_vector", "input": {"candidates": "60..1"}}], "cases[0].input.candidates"),
        ([{"id": 1, "kind": "quota_vector", "input": {"candidates": 5, "base": "ALL"}}], "cases[0].input.base"),
        ([{"id": 1, "kind": "quota_vector", "input": {"candidates": 5, "base": "PARTY_SHARE"}}],
         "cases[0].input.party_share"),
        ([{"id": 1, "kind": "year_score", "regime": "ND335", "input": {"period_scores": []}}],
         "cases[0].input.period_scores"),
        ([{"id": 1, "kind": "score", "regime": "HY1071", "input": {"set": "HY1071_DEFAULT_STAFF", "general_score": "28",
                                                                  "lines": {"5.1": "101%"}}}],
         "cases[0].input.lines.5.1"),
        ([{"id": 1, "kind": "regime", "input": {"person_type": "cadre", "period_start": "2026-12-31",
                                                "period_end": "2026-01-01"}}], "cases[0].input.period_end"),
        ([{"id": 1, "kind": "consequence", "input": {"person_class": "CC0", "history": {"2024": "BAD"}}}],
         "cases[0].input.history.2024"),
    ],
)  # fmt: skip
def test_malformed_input_answers_nothing_and_names_the_place(text, path):
    result = run(text)
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert any(line.startswith(f"{path}: ") for line in lines), lines


def test_every_fault_of_every_question_is_told_at_once():
    result = run([{**GOOD, "kind": "x"}, *with_input(score="x", done_percent=200), {**GOOD, "input": 3}])
    starts = [line.split(": ")[0] for line in result.stderr.splitlines()]
    assert {"cases[0].kind", "cases[2].input.score", "cases[2].input.done_percent", "cases[3].input"} <= set(starts)
