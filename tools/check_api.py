"""Hold the description of the REST API against the application: schemathesis on a server with demonstration data.

    python tools/check_api.py var/schemathesis-venv/bin/schemathesis [more arguments for schemathesis run]

Data, port and server are its own and gone afterwards. A refusal (400) of a request that only breaks a rule of the law
or of the records is right, and no description can say it: the check that forbids it is left out.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEOPLE, PATIENCE = "300", 60
USER, PASSWORD = "sonoivu", "Demo@2025"


def ask(address: str, body: dict[str, str] | None = None, token: str = "") -> bytes:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=10) as answer:
        return bytes(answer.read())


def wait_for(address: str) -> None:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            ask(f"{address}/login/")
            return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > limit:
                raise
            time.sleep(0.2)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
        free.close()
        environment = {
            **os.environ,
            "HRMS_DATA_DIR": folder,
            "HRMS_TODAY": "2025-06-15",
            "HRMS_DEMO_PASSWORD": PASSWORD,
        }
        run = [sys.executable, "run.py"]
        for step in (["setup"], ["demo", "--people", PEOPLE]):
            subprocess.run([*run, *step], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        serve = [*run, "serve", "--port", port, "--no-scheduler"]
        server = subprocess.Popen(serve, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address)
            login = {"username": USER, "password": PASSWORD, "provider": "db"}
            token = json.loads(ask(f"{address}/api/v1/security/login", login))["access_token"]
            described = Path(folder) / "openapi.json"
            described.write_bytes(ask(f"{address}/api/v1/_openapi", token=token))
            check = [
                sys.argv[1], "run", str(described), "--url", address, "-H", f"Authorization: Bearer {token}",
                "--phases", "examples,coverage,fuzzing", "--exclude-checks", "positive_data_acceptance",
                "--max-examples", "40", "--seed", "1", *sys.argv[2:],
            ]  # fmt: skip
            return subprocess.run(check, cwd=folder, check=False).returncode
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    raise SystemExit(main())
