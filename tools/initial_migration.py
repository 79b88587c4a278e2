"""Rewrite r0001_initial.py from the models. Only until the first release; afterwards ``make migration``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config import ROOT, Settings
from hrms.app import create_app
from hrms.migrate import write_revision


def main() -> None:
    versions = ROOT / "migrations" / "versions"
    later = versions / "r0002_append_only.py"
    kept = later.read_text(encoding="utf-8")
    for old in versions.glob("r0001_*.py"):
        old.unlink()
    later.unlink()
    try:
        with tempfile.TemporaryDirectory() as folder:
            settings = Settings(env="test", data_dir=Path(folder), database_url=f"sqlite:///{folder}/x.db")
            app = create_app(settings, web=False)
            with app.app_context():
                import flask_appbuilder.security.sqla.models  # noqa: F401 - ab_* tables belong to our schema

                made = write_revision("initial", "r0001")
        made.rename(versions / "r0001_initial.py")
    finally:
        later.write_text(kept, encoding="utf-8")


if __name__ == "__main__":
    main()
