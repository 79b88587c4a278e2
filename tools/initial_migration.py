"""Rewrite r0001_initial.py from the models. Only until the first release; afterwards ``make migration``."""

from __future__ import annotations

import fcntl
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config import ROOT, Settings
from hrms.app import create_app
from hrms.migrate import write_revision


def main() -> None:
    versions = ROOT / "migrations" / "versions"
    # Two at once would each take the other's file away; and a model that cannot be imported must not cost the old one.
    with (versions / "__init__.py").open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        kept = {path: path.read_text(encoding="utf-8") for path in versions.glob("r*.py")}
        try:
            rewrite(versions, kept)
        except BaseException:
            for path, text in kept.items():
                path.write_text(text, encoding="utf-8")
            raise


def rewrite(versions: Path, kept: dict[Path, str]) -> None:
    """Make the first revision anew beside the later ones, which are put back afterwards."""
    for path in kept:
        path.unlink()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(env="test", data_dir=Path(folder), database_url=f"sqlite:///{folder}/x.db")
        app = create_app(settings, web=False)
        with app.app_context():
            import flask_appbuilder.security.sqla.models  # noqa: F401 - ab_* tables belong to our schema

            made = write_revision("initial", "r0001")
    made.rename(versions / "r0001_initial.py")
    for path, text in kept.items():
        if not path.name.startswith("r0001_"):
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
