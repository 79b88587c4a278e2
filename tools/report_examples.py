"""Pictures of every report for docs/reports: run on the demonstration province, one or two pages each, small PNGs.

    HRMS_DATA_DIR=/tmp/demo HRMS_TODAY=2025-06-15 .venv/bin/python run.py setup
    HRMS_DATA_DIR=/tmp/demo HRMS_TODAY=2025-06-15 .venv/bin/python run.py demo --people 3000
    HRMS_DATA_DIR=/tmp/demo HRMS_TODAY=2025-06-15 .venv/bin/python tools/report_examples.py

Needs pdftoppm (poppler-utils). Only the first pages are drawn; every figure comes from the invented people.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config import ROOT
from hrms.app import create_app

FOLDER = ROOT / "docs" / "reports"
MOST = 150 * 1024
PAGES = 2
# What a visitor would ask for where the default, the quarter or year in course, shows little in June.
ASKED = {"not_completing": {"period": "2024"}, "evaluation_results": {"period": "2024"}}


def draw(content: bytes, stem: str) -> list[Path]:
    """The first pages of a PDF as grey-scale PNGs of at most 150 KB each."""
    made = []
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "report.pdf"
        source.write_bytes(content)
        for page in range(1, PAGES + 1):
            for resolution in (80, 70, 60, 50, 40):
                target = FOLDER / f"{stem}-{page}"
                command = ["pdftoppm", "-png", "-r", str(resolution), "-f", str(page), "-l", str(page), "-singlefile"]
                done = subprocess.run([*command, str(source), str(target)], check=False, capture_output=True)
                picture = target.with_suffix(".png")
                if done.returncode or not picture.exists():
                    break
                if picture.stat().st_size <= MOST:
                    made.append(picture)
                    break
    return made


def main(keys: list[str]) -> None:
    from hrms.commands.reporting import produce
    from hrms.kernel import actor
    from reports.framework import definitions, group_title
    from reports.framework.paper import paper

    FOLDER.mkdir(parents=True, exist_ok=True)
    lines = ["# Reports, as they look", "",
             "Made by `tools/report_examples.py` on the demonstration province: everybody, every figure is invented.",
             ""]  # fmt: skip
    group = ""
    with create_app(web=False).app_context(), actor.acting(actor.Actor("system", "Ví dụ")):
        for key, report in definitions().items():
            if report.group != group:
                group = report.group
                lines += [f"## {group_title(group)}", ""]
            stem = key.replace("_", "-")
            if not keys or key in keys:
                for old in FOLDER.glob(f"{stem}-?.png"):
                    old.unlink()
                draw(paper(produce(key, ASKED.get(key, {}))).write(), stem)
            lines += [f"### {report.title}", "", report.about, ""]
            lines += [f"![{report.title}]({picture.name})" for picture in sorted(FOLDER.glob(f"{stem}-?.png"))] + [""]
    (FOLDER / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
