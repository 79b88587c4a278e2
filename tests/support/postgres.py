"""A private PostgreSQL server for one test run: own folder, Unix socket only, unprivileged, gone at the end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

SETTINGS = {
    # Durability is not what these tests look at; speed is.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
    "autovacuum": "off",
}
START_SECONDS = 60
ABANDONED_SECONDS = 600  # a folder without a server this long after it was made
PREFIX = "hrms-pg-"
MEMORY_WANTED = 2 * 1024**3  # bytes: templates and databases of the workers, with room to spare


def find_binaries() -> Path | None:
    """The folder with ``initdb`` and ``postgres``, or ``None`` when PostgreSQL is not installed."""
    candidates: list[Path] = []
    if found := shutil.which("initdb"):
        candidates.append(Path(found).resolve().parent)
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    return None


def _unprivileged() -> pwd.struct_passwd | None:
    """``initdb`` refuses root: whom to become. ``None`` when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL cannot run as root and no user 'postgres' or 'nobody' exists: create one")


def _quick_folder() -> str | None:
    """Memory, where the machine offers enough of it: a database for every test is a thousand files copied and removed.

    On a disk's file system that costs ten times the processor time (0.26 s against 0.03 s a test).
    """
    memory = Path("/dev/shm")
    try:
        usable = os.access(memory, os.W_OK | os.X_OK) and shutil.disk_usage(memory).free > MEMORY_WANTED
    except OSError:
        return None
    if not usable:
        return None
    _remove_left_behind(memory)
    return str(memory)


def _remove_left_behind(memory: Path) -> None:
    """Folders of runs that were killed: their server ended with them, their memory is still taken."""
    for folder in memory.glob(f"{PREFIX}*"):
        try:
            server = int((folder / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(server, 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except FileNotFoundError:  # ended with its run (then it takes its mark along), or about to start
            with contextlib.suppress(OSError):
                if time.time() - folder.stat().st_mtime > ABANDONED_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
        except (OSError, ValueError, IndexError):
            continue  # another user's: not ours to judge


def _end_with_parent() -> None:
    """Linux ends the server when the test run is killed; elsewhere this does nothing."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, signal.SIGINT)


class TemporaryServer:
    """``start()`` … ``url(database)`` … ``stop()``."""

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_quick_folder()))
        self._process: subprocess.Popen[bytes] | None = None
        self._identity = _unprivileged()

    def _as_user(self) -> dict[str, object]:
        options: dict[str, object] = {
            "cwd": self._folder,
            "env": {**os.environ, "LC_ALL": "C", "HOME": str(self._folder)},
        }
        if self._identity is not None:
            options |= {"user": self._identity.pw_uid, "group": self._identity.pw_gid, "extra_groups": []}
        return options

    def start(self) -> None:
        if self._identity is not None:
            os.chown(self._folder, self._identity.pw_uid, self._identity.pw_gid)
            self._folder.chmod(0o755)
        data = self._folder / "data"
        made = subprocess.run(
            [
                self._binaries / "initdb",
                "-D",
                data,
                "-U",
                "hrms",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ],
            capture_output=True,
            text=True,
            check=False,
            **self._as_user(),  # type: ignore[call-overload]
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr.strip()}")
        arguments = [self._binaries / "postgres", "-D", data, "-k", self._folder]
        for name, value in SETTINGS.items():
            arguments += ["-c", f"{name}={value}"]
        self._process = subprocess.Popen(
            arguments,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_end_with_parent,
            **self._as_user(),  # type: ignore[call-overload]
        )
        self._wait()

    def _wait(self) -> None:
        import psycopg

        assert self._process is not None
        limit = time.monotonic() + START_SECONDS
        while True:
            if self._process.poll() is not None:
                raise RuntimeError(f"postgres ended at once with code {self._process.returncode}")
            try:
                psycopg.connect(self.address("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError:
                if time.monotonic() > limit:
                    raise
                time.sleep(0.05)

    def address(self, database: str) -> str:
        """A libpq address."""
        return f"postgresql://hrms@/{database}?host={self._folder}"

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
