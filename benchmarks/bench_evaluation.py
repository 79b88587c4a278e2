"""Closing a unit of 2,000 people through real requests: overview, synthesis, quota, decision, notice, publication.

Run: ``python benchmarks/bench_evaluation.py [--people 2000]``. SQLite in a temporary folder; the server's own work is
measured (WSGI, no network) with the SQL statements beside it. Promises: overview under 300 ms and 12 statements, a
bulk step for everybody in seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.figures import Figure, median_ms, table  # noqa: E402

PEOPLE = 2000
TODAY = "2025-06-15"
ROUNDS = 5
PORTION = 500  # as the page sends them
OVERVIEW_MS, STEP_SECONDS = 300.0, 20.0
POINTS = {
    **dict.fromkeys(("1a", "1b", "1c", "1d", "2a", "2b", "2c", "2d", "3a", "3b", "4a", "4b"), "2"),
    **dict.fromkeys(("3c", "3d", "4c", "4d"), "1.5"),
    "5.1": "100%", "5.2": "95%", "5.3": "90%", "5.4": "4.5", "5.5": "80%",
}  # fmt: skip
MEASURES = {"criteria_1_4": "good", "done_percent": "100", "not_assured_percent": "0"}


def figures(people: int = PEOPLE) -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HRMS_DATA_DIR=folder, HRMS_ENV="test", HRMS_TODAY=TODAY, HRMS_LOG_LEVEL="ERROR")
        subprocess.run([sys.executable, "run.py", "setup"], cwd=ROOT, capture_output=True, check=True)
        from hrms.app import create_app

        app = create_app()
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            cycle, unit = _made(people)
        return _measure(app, cycle, unit, people)


def _made(people: int) -> tuple[int, int]:
    """An agency with a division for every hundred, its people in a quarter, everybody remarked by the head."""
    from sqlalchemy import update

    from hrms.commands.evaluation.cycles import OpenCycle, PlanCycle
    from hrms.commands.evaluation.opening import fill
    from hrms.kernel.commands import execute, transaction
    from hrms.kernel.db import db
    from models.evaluation import PersonEvaluation, UnitEvaluation
    from tests.support.builders import Factory

    factory = Factory()
    root = factory.unit("HY", "Tỉnh", None, kind="province")
    agency = factory.unit("BV", "Bệnh viện tỉnh", root, kind="department")
    divisions = [
        factory.unit(f"BV-{n}", f"Khoa {n}", agency, kind="division", level="INTERNAL") for n in range(people // 100)
    ]
    with transaction():
        for number in range(people):
            factory.person(divisions[number % len(divisions)], f"Nguyễn Văn {number:04d}", coefficient=None,
                           insurance=False, ratings=False)  # fmt: skip
    for name, role in (("hr", "unit_hr"), ("head", "unit_head")):
        factory.account(name, role, agency)
    cycle = execute(PlanCycle(agency.id, "QUARTER", 2025, 2)).id
    execute(OpenCycle(cycle))
    fill(cycle)
    with transaction():
        rows = update(PersonEvaluation).where(PersonEvaluation.cycle_id == cycle)
        scored = {"points_self": POINTS, "points_unit": POINTS, "measures": MEASURES, "level_self": "HTT",
                  "level_unit": "HTT", "manager_remark": "Hoàn thành tốt", "state": "remarked"}  # fmt: skip
        db.session.execute(rows.values(score_self="85", score_unit="85", **scored))
        db.session.execute(rows.where(PersonEvaluation.id % 4 == 0).values(
            measures={**MEASURES, "over_percent": "60", "high_efficiency": True}, score_unit="95", level_unit="HTXS"
        ))  # fmt: skip
        done = update(UnitEvaluation).where(UnitEvaluation.cycle_id == cycle)
        db.session.execute(done.values(state="recognised", level="HTXS"))
    return cycle, agency.id


def _measure(app: Any, cycle: int, unit: int, people: int) -> list[Figure]:
    from sqlalchemy import Engine, event

    from hrms.kernel.db import db
    from models.account import Account
    from models.evaluation import PersonEvaluation

    sent: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *details: sent.append(details[2]))
    found: list[Figure] = []

    def browser(username: str) -> Any:
        made = app.test_client()
        with app.app_context():
            user_id = db.session.query(Account.user_id).filter_by(username=username).scalar()
        with made.session_transaction() as session:
            session["_user_id"], session["_fresh"] = str(user_id), True
        return made

    def ids(state: str) -> list[int]:
        with app.app_context():
            query = db.session.query(PersonEvaluation.id).filter_by(cycle_id=cycle, state=state)
            return [number for (number,) in query.order_by(PersonEvaluation.id)]

    def once(name: str, work: Callable[[], object]) -> None:
        sent.clear()
        began, before = time.perf_counter(), time.process_time()
        work()
        seconds, processor = time.perf_counter() - began, time.process_time() - before
        number = len([one for one in sent if not one.startswith(("BEGIN", "PRAGMA"))])
        found.append(Figure(f"{name} ({number} SQL)", seconds, "s", processor, "processor", STEP_SECONDS))

    hr, head = browser("hr"), browser("head")
    where = f"/evaluation/{cycle}/units/{unit}"

    def look(name: str, address: str, who: Any) -> None:
        sent.clear()
        answer = who.get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        number = len([one for one in sent if not one.startswith(("BEGIN", "PRAGMA"))])
        before = time.process_time()
        value = median_ms(lambda: who.get(address), ROUNDS)
        processor = (time.process_time() - before) * 1000 / (ROUNDS + 1)
        found.append(Figure(f"{name} ({number} SQL)", value, "ms", processor, "processor", OVERVIEW_MS))

    def bulk(step: str, state: str, **more: str) -> None:
        """As the page does it: portions of five hundred, one after another."""
        picked = ids(state)
        assert len(picked) == people, (step, len(picked))
        for start in range(0, people, PORTION):
            data = {"step": step, "everyone": "1", "request_key": f"{step}-{start}",
                    "pick": [str(one) for one in picked[start : start + PORTION]], **more}  # fmt: skip
            answer = hr.post(f"{where}/bulk", data=data, headers={"Accept": "application/json"})
            assert answer.status_code == 200, answer.text[:500]
            assert not answer.json["stayed"], answer.json["stayed"]

    look(f"overview of {people}", where, hr)
    look("overview, one division of it", f"{where}?q=0001", hr)
    look("the head's board", f"{where}/board", head)
    look("the desk", "/", hr)
    once("synthesise everybody", lambda: bulk("synthesise", "remarked"))
    look("quota page", f"/evaluation/{cycle}/quota/{unit}", hr)
    once("check the quota", lambda: _ok(hr.post(f"/evaluation/{cycle}/quota/{unit}/check", data={"request_key": "q"})))
    tied = ids("synthesised")
    if tied:
        with app.app_context():
            from hrms.commands.evaluation import quota

            ties = quota.compute(cycle, unit).ties
        keep = [str(one) for tie in ties for one in tie.among[: tie.places]]
        data = {"choose": "1", "keep": keep, "reason": "Thành tích nổi bật", "request_key": "k"}
        once("choose among equals", lambda: _ok(hr.post(f"/evaluation/{cycle}/quota/{unit}/check", data=data)))
    look("list of decisions", f"/evaluation/{cycle}/decision?stage=decide", head)
    paper = {"all": "1", "number": "5/QĐ", "signed_on": "15/06/2025", "signer": "Giám đốc", "request_key": "d"}
    once("decide everybody", lambda: _ok(head.post(f"/evaluation/{cycle}/decision/decide", data=paper)))
    once("notify everybody", lambda: bulk("notify", "decided"))
    once("publish everybody", lambda: bulk("publish", "notified"))
    once("file everybody", lambda: bulk("file", "published"))
    assert len(ids("filed")) == people
    return found


def _ok(answer: Any) -> None:
    assert answer.status_code == 302, answer.text[:3000]


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--people", type=int, default=PEOPLE)
    lines = figures(arguments.parse_args().people)
    print(table(lines))
