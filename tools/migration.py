"""Write the next migration from the difference between the models and the migrated schema: ``make migration M="why"``.

Read what it wrote before committing it: a renamed column looks like one dropped and one added.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from config import ROOT, Settings
from hrms.app import create_app
from hrms.migrate import differences, head, upgrade, write_revision


def main(message: str) -> int:
    if not message:
        print('Say why: make migration M="establishment by year"')
        return 2
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(env="test", data_dir=Path(folder), database_url=f"sqlite:///{folder}/x.db")
        app = create_app(settings, web=False)
        with app.app_context():
            import flask_appbuilder.security.sqla.models  # noqa: F401 - ab_* tables belong to our schema

            upgrade()
            if not differences():
                print("The models and the migrations agree; nothing to write.")
                return 0
            number = int(head().removeprefix("r")) + 1
            print(write_revision(message, f"r{number:04d}").relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:]).strip()))
