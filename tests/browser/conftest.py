"""A real server with the demonstration province, and a real Chromium in front of it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from config import DEMO_PASSWORD, Settings

ROOT = Path(__file__).resolve().parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome")
DAY = "2025-06-15"
PEOPLE = 600
READY_SECONDS = 60
SHOWN = 4_000  # characters of a failed page
NETWORK = ("http", "https", "ws", "wss")


def find_browser() -> str | None:
    """Where Chromium is, or ``None``."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """The running application: its address and its data, for looking up whom to click on."""

    base: str
    settings: Settings

    def ask(self, question: Callable[[], Any]) -> Any:
        """Run ``question`` against the server's database, in an application context of the test's own."""
        from hrms.app import create_app

        with create_app(self.settings, web=False).app_context():
            return question()


@dataclass
class Visitor:
    """One browser window; remembers every address it asked for and everything that went wrong in it."""

    page: Any
    base: str
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def log_in(self, username: str) -> None:
        """Log in, whoever was in before."""
        self.page.goto("about:blank")  # what the page before still asks for ends here
        # An answer still on its way from the page before may bring its session back: then once more.
        for _attempt in range(3):
            self.page.context.clear_cookies()
            self.go("/login/")
            if self.page.get_by_label("Tên đăng nhập").count():
                break
        self.page.get_by_label("Tên đăng nhập").fill(username)
        self.page.get_by_label("Mật khẩu", exact=True).fill(DEMO_PASSWORD)
        self.page.get_by_role("button", name="Đăng nhập").click()
        self.page.wait_for_url(self.base + "/")

    def listen(self, message: Any) -> None:
        """Keep what the browser complains about, with the address it complains of."""
        if message.type == "error":
            self.errors.append(f"{message.text} [{message.location.get('url', '')}]")

    @property
    def foreign(self) -> list[str]:
        """Requests that went anywhere but to our own server."""
        own = urlsplit(self.base).netloc
        return [
            url for url in self.asked if urlsplit(url).scheme in ("http", "https", "ws") and urlsplit(url).netloc != own
        ]


@contextlib.contextmanager
def province(folder: Path, day: date, people: int, as_of: date | None = None) -> Iterator[Site]:
    """A server of the demonstration province on ``day``, its data in ``folder``, its story told up to ``as_of``."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HRMS_")},
        "HRMS_DATA_DIR": str(folder),
        "HRMS_TODAY": day.isoformat(),
        "HRMS_LOGIN_RATE": "1000 per minute",
        "HRMS_LOG_LEVEL": "WARNING",
    }

    def run(*arguments: str) -> None:
        made = subprocess.run(
            [sys.executable, "run.py", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, f"run.py {' '.join(arguments)}: {made.stderr[-2000:]}"

    run("setup")
    run("demo", "--people", str(people), "--as-of", (as_of or day).isoformat())
    log = (folder / "server.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "run.py", "serve", "--port", str(port), "--no-scheduler"],
        cwd=ROOT,
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    base = f"http://127.0.0.1:{port}"
    try:
        _wait(base, server, folder / "server.log")
        yield Site(base, Settings(env="test", data_dir=folder, today=day))
    finally:
        server.terminate()
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The server on a free port, filled with the demonstration province."""
    if find_browser() is None:
        pytest.skip("no Chromium found: apt-get install chromium")
    with province(tmp_path_factory.mktemp("site"), date.fromisoformat(DAY), PEOPLE) as made:
        yield made


def _wait(base: str, server: subprocess.Popen[bytes], log: Path) -> None:
    limit = time.monotonic() + READY_SECONDS
    while time.monotonic() < limit:
        assert server.poll() is None, f"the server ended at once:\n{log.read_text()[-2000:]}"
        try:
            with urllib.request.urlopen(f"{base}/health", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server was not ready after {READY_SECONDS} s:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def browser(site: Site) -> Iterator[Any]:
    """One Chromium for all tests; each gets a window with a session of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        yield made
        made.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """A test that failed in a browser says what stood on the page."""
    report = yield
    seen = getattr(item, "funcargs", {}).get("visitor")
    if report.when == "call" and report.failed and seen is not None:
        with contextlib.suppress(Exception):  # the page may be gone: then the failure speaks alone
            report.sections.append((f"page {seen.page.url}", seen.page.inner_text("body", timeout=5_000)[:SHOWN]))
    return report


@pytest.fixture
def visitor(site: Site, browser: Any) -> Iterator[Visitor]:
    """A window of 1366×768 in which nobody is logged in."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN", accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(15_000)
    made = Visitor(page, site.base)
    page.on("request", lambda request: made.asked.append(request.url))
    page.on("pageerror", lambda error: made.errors.append(str(error)))
    page.on("console", made.listen)
    yield made
    context.close()
