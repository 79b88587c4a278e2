"""``run.py simulate``: files in, files out; the same answers on this machine, in partitions and on a Dask cluster."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from benchmarks.population import population
from config import ROOT
from hrms import simulation
from hrms.cli.simulate import simulate_command
from policies.batch import calculate_months

DATES = [date(2025, 8, 1), date(2025, 9, 1), date(2025, 10, 1)]
WITH_DASK = all(importlib.util.find_spec(name) for name in ("dask", "distributed", "pyarrow"))
needs_dask = pytest.mark.skipif(not WITH_DASK, reason="optional: pip install -r requirements-dask.lock")


def people(count: int = 300) -> pd.DataFrame:
    frame = population(count)
    frame.insert(0, "id", range(1000, 1000 + count))
    return frame


def as_csv(frame: pd.DataFrame, path: Path) -> Path:
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(autouse=True)
def no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files alone, unless the test brings a database: nothing of the developer's own is read."""
    monkeypatch.setenv("HRMS_DATA_DIR", str(tmp_path / "nowhere"))
    monkeypatch.delenv("HRMS_DATABASE_URL", raising=False)


def asked(*arguments: str | Path) -> object:
    common = ["--leave-from", "2025-08-01", "--leave-months", "3"]
    return CliRunner().invoke(simulate_command, [*map(str, arguments), *common])


def test_a_csv_of_people_becomes_a_csv_of_answers(tmp_path: Path) -> None:
    frame = people()
    source = as_csv(frame, tmp_path / "people.csv")
    answer = asked(tmp_path / "out.csv", "--people", source, "--by-decree")
    assert answer.exit_code == 0, answer.output
    found = pd.read_csv(tmp_path / "out.csv")
    expected = calculate_months(frame, DATES, by_decree=True)
    assert found["id"].tolist() == frame["id"].tolist() * 3
    for name in ("total", "total_178", "months_early", "decree", "reason"):
        assert found[name].tolist() == [v.item() if hasattr(v, "item") else v for v in expected[name]], name
    assert found["leave_date"].drop_duplicates().tolist() == [day.isoformat() for day in DATES]
    assert str(int(expected["total"].sum())) in answer.output


def test_a_folder_is_computed_file_by_file_with_the_same_answers(tmp_path: Path) -> None:
    frame = people()
    (tmp_path / "people").mkdir()
    for number in range(3):
        as_csv(frame.iloc[number * 100 : number * 100 + 100], tmp_path / "people" / f"part-{number}.csv")
    answer = asked(tmp_path / "out", "--people", tmp_path / "people", "--workers", "2")
    assert answer.exit_code == 0, answer.output
    parts = sorted((tmp_path / "out").iterdir())
    assert [part.name for part in parts] == ["part-0.csv", "part-1.csv", "part-2.csv"]
    total = sum(pd.read_csv(part)["total"].sum() for part in parts)
    assert total == calculate_months(frame, DATES)["total"].sum()


def test_coefficients_of_a_csv_stay_exact(tmp_path: Path) -> None:
    frame = people(50)
    frame["coefficient"] = "4.9875"
    as_csv(frame, tmp_path / "people.csv")
    assert asked(tmp_path / "out.csv", "--people", tmp_path / "people.csv").exit_code == 0
    assert (
        pd.read_csv(tmp_path / "out.csv")["monthly_salary"].tolist()
        == calculate_months(frame, DATES)["monthly_salary"].tolist()
    )


def test_a_person_with_contradictory_facts_is_marked_and_the_rest_goes_on(tmp_path: Path) -> None:
    frame = people(20).astype({"sex": object})
    (tmp_path / "people").mkdir()
    for number in range(2):
        part = frame.copy()
        part.loc[3 + number, "sex"] = "x"
        part.loc[9, "social_insurance_months"] = 899
        as_csv(part, tmp_path / "people" / f"part-{number}.csv")
    answer = asked(tmp_path / "out", "--people", tmp_path / "people")
    assert answer.exit_code == 0, answer.output
    assert "part-0.csv: id 1003: sex" in answer.output and "part-1.csv: id 1004: sex" in answer.output
    assert "4 người có dữ kiện" in answer.output
    for number in range(2):
        found = pd.read_csv(tmp_path / "out" / f"part-{number}.csv", keep_default_na=False)
        faulty = found[found["fault"] != ""]
        assert sorted(faulty["id"].unique()) == [1003 + number, 1009] and len(faulty) == 2 * 3
        assert faulty["total"].sum() == 0 and not faulty["eligible"].any()
        sound = frame.drop(index=[3 + number, 9])
        assert found[found["fault"] == ""]["total"].tolist() == calculate_months(sound, DATES)["total"].tolist()


def test_a_column_that_lacks_stops_its_file(tmp_path: Path) -> None:
    as_csv(people(5).drop(columns=["sex"]), tmp_path / "people.csv")
    answer = asked(tmp_path / "out.csv", "--people", tmp_path / "people.csv")
    assert answer.exit_code == 2 and "sex" in answer.output
    assert not (tmp_path / "out.csv").exists()


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "không có tệp" in asked(tmp_path / "out", "--people", tmp_path / "empty").output
    as_csv(people(3), tmp_path / "people.csv")
    assert "cần tệp" in asked(tmp_path / "out.xlsx", "--people", tmp_path / "people.csv").output
    assert "--people-to" in asked(tmp_path / "out.csv", "--engine", "dask").output


def test_a_missing_extra_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert simulation.missing("local", ["a.csv"]) == ""
    told = simulation.missing("dask", ["a.csv", "b.parquet"])
    assert "dask, distributed, pyarrow" in told and "requirements-dask.lock" in told


@needs_dask
def test_dask_gives_the_same_files_as_this_machine(tmp_path: Path) -> None:
    """Parquet partitions on a cluster of two processes, against the local engine, cell by cell."""
    simulation.split(people(400), tmp_path / "people", 4, lambda part, path: part.to_parquet(path, index=False))
    command = [sys.executable, "run.py", "simulate", "--people", str(tmp_path / "people"), "--leave-from",
               "2025-08-01", "--leave-months", "3", "--by-decree"]  # fmt: skip
    said = []
    for engine in ("local", "dask"):
        more = [str(tmp_path / engine), "--engine", engine, "--workers", "2"]
        done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.split(";")[0])
    assert said[0] == said[1]
    names = [path.name for path in sorted((tmp_path / "local").iterdir())]
    assert names == [path.name for path in sorted((tmp_path / "dask").iterdir())] and len(names) == 4
    for name in names:
        here, there = (pd.read_parquet(tmp_path / engine / name) for engine in ("local", "dask"))
        pd.testing.assert_frame_equal(here, there)


def test_the_records_of_the_database(
    world: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: object
) -> None:
    """Without a file the records are read: everybody in service, once per leave date."""
    monkeypatch.setattr("hrms.app.create_app", lambda **_more: app)
    answer = asked(tmp_path / "out.csv")
    assert answer.exit_code == 0, answer.output
    found = pd.read_csv(tmp_path / "out.csv")
    assert len(found) == 14 * 3
    assert sorted(found["person_id"].unique()) == sorted(world.people.values())  # type: ignore[attr-defined]


def test_a_contradiction_in_the_records_is_marked(
    world: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: object
) -> None:
    from hrms.kernel.commands import transaction
    from hrms.kernel.db import db
    from models.staff import Person

    monkeypatch.setattr("hrms.app.create_app", lambda **_more: app)
    wrong = world.people["a.1"]  # type: ignore[attr-defined]
    with transaction():
        db.session.get(Person, wrong).birth_date = date(2004, 1, 1)  # younger than the insurance allows
    answer = asked(tmp_path / "out.csv")
    assert answer.exit_code == 0, answer.output
    found = pd.read_csv(tmp_path / "out.csv", keep_default_na=False)
    assert set(found[found["fault"] != ""]["person_id"]) == {wrong} and len(found) == 14 * 3
    assert f"hồ sơ: id {wrong}: social_insurance_months" in answer.output


def test_files_are_computed_by_the_law_the_administration_approved(
    world: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, app: object, actor_as: object
) -> None:
    """An approved base salary counts with a database, also in other processes; --law engine leaves it out."""
    from policies import Override, default_store
    from tests.law.conftest import Office

    monkeypatch.setattr("hrms.app.create_app", lambda **_more: app)
    Office(actor_as).settle("salary.base", "3000000", date(2025, 7, 1))  # type: ignore[arg-type]
    frame = people(60)
    (tmp_path / "people").mkdir()
    for number in range(2):
        as_csv(frame.iloc[number * 30 : number * 30 + 30], tmp_path / "people" / f"{number}.csv")
    dearer = default_store().overlay({"salary.base": Override(3_000_000, "x", "x", valid_from=date(2025, 7, 1))})

    def total(*more: str) -> int:
        answer = asked(tmp_path / "out", "--people", tmp_path / "people", *more)
        assert answer.exit_code == 0, answer.output
        said.append(answer.output)
        return sum(int(pd.read_csv(part)["total"].sum()) for part in (tmp_path / "out").iterdir())

    said: list[str] = []
    expected = int(calculate_months(frame, DATES, dearer)["total"].sum())
    assert total("--law", "records") == total("--law", "records", "--workers", "2") == expected
    assert "1 giá trị đã duyệt" in said[0]
    assert total("--law", "engine") == total() == int(calculate_months(frame, DATES)["total"].sum()) != expected
    assert "không có giá trị ghi đè" in said[-1]
