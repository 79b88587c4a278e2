"""``run.py plan-rotation`` as the contract writes it: the JSON in, the JSON out, faults with their paths."""

from __future__ import annotations

import copy
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from config import ROOT
from hrms.cli.planning import plan_rotation_command

PROBLEM = {
    "people": [
        {"id": "A", "grade": "01.003", "qualifications": ["kế toán"], "held": ["P0", "P1"], "relatives": [],
         "unit": "U1", "due": True, "exempt": False, "wishes": ["P2"]},
        {"id": "B", "grade": "01.003", "qualifications": [], "held": ["P2"], "relatives": ["A"],
         "unit": "U2", "due": True, "exempt": False, "wishes": []},
        {"id": "C", "grade": "01.002", "qualifications": [], "held": ["P4"], "relatives": ["A"],
         "unit": "U3", "due": False, "exempt": False, "wishes": []},
    ],
    "posts": [
        {"id": "P1", "unit": "U1", "kind": "other", "grades": ["01.003"], "qualifications": [], "occupant": "A"},
        {"id": "P2", "unit": "U2", "kind": "other", "grades": ["01.003"], "qualifications": [], "occupant": "B"},
        {"id": "P3", "unit": "U3", "kind": "accounting", "grades": ["01.003"], "qualifications": ["kế toán"],
         "occupant": None},
        {"id": "P4", "unit": "U3", "kind": "head", "grades": ["01.002"], "qualifications": [], "occupant": "C"},
    ],
    "rules": {"no_return_years": 5, "min_staffing": {"U1": 1}},
    "weights": {"wish": 3, "same_unit": 0, "distance": 0.1},
    "distance": {"U1|U2": 12.5},
    "pinned": [],
    "forbidden": [],
}  # fmt: skip


def run(data, *options):
    text = data if isinstance(data, str) else json.dumps(data)
    return CliRunner().invoke(plan_rotation_command, ["-", *options], input=text)


def changed(**parts):
    data = copy.deepcopy(PROBLEM)
    data.update(parts)
    return data


def test_the_answer_has_the_shape_of_the_contract():
    plan = json.loads(run(PROBLEM).stdout)
    assert list(plan) == ["status", "objective", "bound", "gap", "moves", "unplaced", "conflict"]
    assert (plan["status"], plan["objective"], plan["bound"], plan["gap"]) == ("optimal", 0.5, 0.5, 0)
    assert [list(move) for move in plan["moves"]] == [["person", "from", "to", "score", "why"]] * 2
    assert [(m["person"], m["from"], m["to"], m["score"]) for m in plan["moves"]] == [
        ("A", "P1", "P2", 1.75),
        ("B", "P2", "P1", -1.25),
    ]
    assert all(isinstance(sentence, str) and sentence.endswith(".") for m in plan["moves"] for sentence in m["why"])
    assert (plan["unplaced"], plan["conflict"]) == ([], [])


def test_the_command_runs_as_a_program_and_twice_the_same(tmp_path):
    path = tmp_path / "problem.json"
    path.write_text(json.dumps(PROBLEM), encoding="utf-8")
    command = [sys.executable, "run.py", "plan-rotation", str(path), "--seconds", "5", "--seed", "7"]
    outputs = [subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout for _run in range(2)]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0])["status"] == "optimal"


def test_an_infeasible_problem_is_an_answer_with_the_rules_in_words():
    answer = run(changed(pinned=[{"person": "A", "post": "P3"}]))
    plan = json.loads(answer.stdout)
    assert answer.exit_code == 0
    assert plan["status"] == "infeasible"
    assert (plan["objective"], plan["bound"], plan["gap"], plan["moves"]) == (None, None, None, [])
    assert plan["conflict"][0] == "Đã ghim A vào vị trí P3. [pinned]"
    assert "Điều 20 khoản 3" in plan["conflict"][1]


def test_an_unplaced_person_comes_with_numbers_of_posts_by_rule():
    data = changed(forbidden=[{"person": "A", "post": "P2"}], rules={"no_return_years": 5, "min_staffing": {}})
    plan = json.loads(run(data).stdout)
    assert [entry["person"] for entry in plan["unplaced"]] == ["A", "B"]
    removed = plan["unplaced"][0]["removed_by"]
    assert removed == {"own_post": 1, "grades": 1, "no_return_years": 1, "forbidden": 1, "occupied": 1, "family_bar": 1}


def test_rules_weights_and_lists_may_be_left_out():
    plan = json.loads(run({"people": PROBLEM["people"], "posts": PROBLEM["posts"]}).stdout)
    assert plan["objective"] == 3


def test_nobody_to_move_is_a_plan_without_moves():
    plan = json.loads(run({"people": [], "posts": []}).stdout)
    assert (plan["status"], plan["objective"], plan["moves"]) == ("optimal", 0, [])


def test_faults_of_every_part_are_told_at_once_with_their_paths():
    data = changed(
        rules={"no_return_years": -1, "min_staffing": {"U1": "two", "nowhere": 1}},
        weights={"wish": "many", "whish": 1},
        distance={"U1": 3, "U1|U2": -1},
        pinned=[{"person": "Z", "post": "P1"}, {"person": "A"}],
        forbidden=[{"person": "A", "post": "P9"}],
    )
    data["people"][0]["wishes"] = ["P9"]
    data["people"][1]["due"] = "yes"
    data["people"][2]["id"] = "A"
    data["posts"][0]["kind"] = "boss"
    data["posts"][1]["occupant"] = "A"
    data["posts"][2]["occupant"] = "Z"
    del data["posts"][3]["unit"]
    answer = run(data)
    paths = {line.split(":")[0] for line in answer.stderr.splitlines()}
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert paths == {
        "rules.no_return_years", "rules.min_staffing.U1", "rules.min_staffing.nowhere", "weights.wish", "weights.whish",
        "distance.U1", "distance.U1|U2", "pinned[0].person", "pinned[1].post", "forbidden[0].post", "people[0].wishes",
        "people[1].due", "people[2].id", "people[2].relatives", "posts[0].kind",
        "posts[1].occupant", "posts[2].occupant", "posts[3].occupant",
        "posts[3].unit",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "null", "3", '{"people": 3, "posts": []}', '{"people": []}', '{"people": [], "posts": [7]}',
     '{"people": [{"id": 5}], "posts": []}', '{"people": [], "people": [], "posts": []}',
     '{"people": [], "posts": [], "weights": {"wish": NaN}}',
     '{"people": [], "posts": [], "weights": {"wish": 0.12345}}'],
)  # fmt: skip
def test_malformed_input_is_refused_with_nothing_on_standard_output(text):
    answer = run(text)
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert answer.stderr.strip()
    assert all(": " in line for line in answer.stderr.splitlines())


def test_the_server_does_not_import_the_solver():
    code = "import sys, policies.planner, hrms.app; print([m for m in sys.modules if m.startswith('ortools')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
