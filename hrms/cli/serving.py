"""``serve``: the web server, with the scheduler beside it as a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import Any

import click

from hrms.cli.common import check_database, fail, refuse_demo_passwords

WARM = ("dashboards/", "reports/")  # folders of templates


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--no-scheduler", is_flag=True, help="Only the web server; background jobs wait for a scheduler.")
def serve_command(host: str, port: int, no_scheduler: bool) -> None:
    """Serve the application; ready when GET /health answers 200.

    \b
    Example:
      python run.py serve --host 127.0.0.1 --port 8080
    """
    from waitress.server import create_server

    from config import SettingError, Settings
    from hrms.app import RefusesToStart, create_app

    try:
        settings = Settings.from_environment()
        app = create_app(settings)
    except (SettingError, RefusesToStart) as error:
        fail(str(error))
        return
    with app.app_context():
        check_database()
        refuse_demo_passwords()
    try:
        server = create_server(app, host=host, port=port, threads=settings.web_threads,
                               max_request_body_size=(settings.upload_mb + 2) << 20, ident=None)
    except OSError as error:
        fail(f"Không mở được địa chỉ {host}:{port}: {error.strerror}. Hãy chọn cổng khác bằng --port.")
        return
    scheduler = None if no_scheduler else Beside()

    def _stop(_signal: int, _frame: Any) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, _stop)
    click.echo(f"Đang phục vụ tại http://{host}:{port}  (Ctrl+C để dừng)")
    threading.Thread(target=warm, args=(app,), name="warm", daemon=True).start()
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()
        if scheduler is not None:
            scheduler.stop()


def warm(app: Any) -> None:
    """Load beside the first pages what the first dashboard or report would wait half a second for.

    The start of the server does not: a start is also a restart, and pages without figures need none of it.
    """
    import pandas  # noqa: F401

    from reports.framework import definitions

    with app.app_context():
        definitions()
        for name in app.jinja_env.list_templates(filter_func=lambda name: name.startswith(WARM)):
            app.jinja_env.get_template(name)


class Beside:
    """The scheduler as a child process, started again when it dies, ended with the web server."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._watch, name="scheduler-watch", daemon=True).start()

    def _watch(self) -> None:
        pause = 1.0
        while not self._stopping.is_set():
            started = time.monotonic()
            environment = {**os.environ, "HRMS_PARENT_PID": str(os.getpid())}
            self._child = subprocess.Popen([sys.executable, "run.py", "scheduler"], env=environment, cwd=_root())
            self._child.wait()
            # A child that dies at once must not be restarted in a tight circle.
            pause = 1.0 if time.monotonic() - started > 60 else min(pause * 2, 60.0)
            self._stopping.wait(pause)

    def stop(self) -> None:
        self._stopping.set()
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()
            try:
                self._child.wait(10)
            except subprocess.TimeoutExpired:
                self._child.kill()


def _root() -> str:
    from config import ROOT

    return str(ROOT)
