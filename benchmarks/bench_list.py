"""How fast pages answer in a province of 3,000 people (``--people`` for more): lists, search, home, one record.

The server's own work is measured (WSGI, no network, no browser), with the number of SQL statements beside it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.figures import Figure, median_ms, table  # noqa: E402

PEOPLE = 3000
ROUNDS = 15
BUDGET_MS = 500.0


def figures(people: int = PEOPLE) -> list[Figure]:
    """Every list page and a few records, as ``sonoivu`` (who sees everybody) and ``donvi`` (one department)."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HRMS_DATA_DIR=folder, HRMS_ENV="test")
        for arguments in (["setup"], ["demo", "--people", str(people)]):
            subprocess.run([sys.executable, "run.py", *arguments], cwd=ROOT, capture_output=True, check=True)
        return _measure()


def _measure() -> list[Figure]:
    from sqlalchemy import Engine, event

    from hrms.app import create_app
    from hrms.kernel.db import db
    from models.account import Account
    from views.rules import rule_of

    app = create_app()
    sent: list[str] = []
    event.listen(Engine, "before_cursor_execute", lambda *details: sent.append(details[2]))
    found: list[Figure] = []
    health = median_ms(lambda: app.test_client().get("/health"), ROUNDS)
    for username in ("sonoivu", "donvi"):
        browser = app.test_client()
        with app.app_context():
            user_id = db.session.query(Account.user_id).filter_by(username=username).scalar()
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"] = str(user_id), True
        for address in app.url_map.iter_rules():
            rule = rule_of(app, address.endpoint)
            if address.arguments or rule is None or rule.kind == "public" or address.rule.startswith("/api/"):
                continue
            if not address.endpoint.endswith((".list", ".tree", ".index")):
                continue
            if browser.get(address.rule).status_code != 200:
                continue
            sent.clear()
            browser.get(address.rule)
            statements = len([one for one in sent if not one.startswith(("BEGIN", "PRAGMA"))])
            value = median_ms(lambda where=address.rule, who=browser: who.get(where), ROUNDS)
            name = f"{username} {address.rule} ({statements} SQL)"
            found.append(Figure(name, value, "ms", health, "/health", BUDGET_MS))
    return found


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--people", type=int, default=PEOPLE)
    print(table(figures(arguments.parse_args().people)))
