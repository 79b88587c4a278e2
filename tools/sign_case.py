"""Enter a case that the Department signed into policies/signed_cases.yaml; from then on it may not be edited.

    python tools/sign_case.py nd178 "beginning of the title" --by "Sở Nội vụ" --document "12/SNV" --on 2026-11-23

Exit 0: entered. Exit 2: no such case, more than one, or signed already.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from policies.signed import LEDGER, every_case, ledger, seal


def main(arguments: Sequence[str] | None = None, path: Path = LEDGER) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("decree", help="folder of the decree: nd178")
    parser.add_argument("title", help="the title of the case, or its beginning")
    parser.add_argument("--by", required=True, help="who signed")
    parser.add_argument("--document", required=True, help="number of the signed paper")
    parser.add_argument("--on", required=True, type=date.fromisoformat, help="day of the signature, YYYY-MM-DD")
    asked = parser.parse_args(arguments)
    rows = [row for decree, row in every_case() if decree == asked.decree and row["title"].startswith(asked.title)]
    if len(rows) != 1:
        print(f"{asked.decree}: {len(rows)} cases begin with {asked.title!r}; name exactly one", file=sys.stderr)
        return 2
    mark = seal(rows[0])
    signatures = ledger(path)
    if any(one["decree"] == asked.decree and one["seal"] == mark for one in signatures):
        print("signed already", file=sys.stderr)
        return 2
    entry = {"decree": asked.decree, "title": rows[0]["title"], "seal": mark, "confirmed_by": asked.by,
             "document": asked.document, "on": asked.on.isoformat()}  # fmt: skip
    lines = path.read_text(encoding="utf-8").replace("signed: []\n", "signed:\n")
    path.write_text(f"{lines}  - {json.dumps(entry, ensure_ascii=False)}\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
