"""The processes that lay out hundreds of papers."""

from __future__ import annotations

import subprocess
import sys

from config import ROOT

SCRIPT = """
import os, signal, time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from reports import press

if __name__ == "__main__":
    pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"), initializer=press.ready)
    print(pool.submit(os.getppid).result() == os.getpid(), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_press_ends_with_the_application_that_was_killed() -> None:
    """The press holds the standard output it was given: reading to its end waits until it is gone."""
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    ) as killed:
        try:
            said, _errors = killed.communicate(timeout=60)
        finally:
            killed.kill()
    assert said.strip() == "True"
