"""Every benchmark of this folder, each in a process of its own: ``make bench [NAMES="boot calc"]``.

A benchmark is a module ``bench_<name>.py`` that prints its table when it is run.
"""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main(names: list[str]) -> int:
    modules = {path.stem.removeprefix("bench_"): path for path in sorted(HERE.glob("bench_*.py"))}
    unknown = [name for name in names if name not in modules]
    if unknown:
        print(f"No benchmark named {', '.join(unknown)}; there are: {', '.join(modules)}.")
        return 2
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores")
    summary: list[tuple[str, float, float, int]] = []
    for name in names or list(modules):
        print(f"\n=== {name} ===", flush=True)
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        code = subprocess.run([sys.executable, str(modules[name])], cwd=HERE.parent, check=False).returncode
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        summary.append((name, time.perf_counter() - began, processor, code))
    print(f"\n{'benchmark':<12} {'seconds':>8} {'processor':>10}  outcome")
    for name, seconds, processor, code in summary:
        print(f"{name:<12} {seconds:>8.1f} {processor:>10.1f}  {'ok' if code == 0 else f'failed ({code})'}")
    return max(code for *_rest, code in summary)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
