"""Collect the sentences people read: ``make messages``.

Our msgids are the Vietnamese sentences themselves, so only the English catalogue translates them. The Vietnamese
catalogue translates what Flask-AppBuilder brings along. This tool adds what is new with no translation, drops what
is gone, never guesses (no fuzzy entries), and says what is left to translate.
"""

from __future__ import annotations

import sys
from pathlib import Path

import flask_appbuilder
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "_n": (1, 2), "N_": None}
HEADER = {
    "vi": "# What Flask-AppBuilder says, in Vietnamese. Our own sentences are Vietnamese already.\n",
    "en": "# What this application says, in English. The msgids are the Vietnamese sentences themselves.\n",
}
MessageId = str | tuple[str, str]


def _found(
    folder: Path, methods: list[tuple[str, str]], options: dict[str, dict[str, str]]
) -> dict[MessageId, list[str]]:
    places: dict[MessageId, list[str]] = {}
    for name, _line, message, _comments, _context in extract_from_dir(
        folder, method_map=methods, options_map=options, keywords=KEYWORDS
    ):
        if message and message != ("", ""):
            places.setdefault(message, []).append(name)
    return places


def own_messages() -> dict[MessageId, list[str]]:
    """Every sentence of our code and templates, with the files it stands in."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as config:
        methods, options = parse_mapping_cfg(config)
    return _found(ROOT, methods, options)


def fab_messages() -> dict[MessageId, list[str]]:
    """Every sentence of the installed Flask-AppBuilder."""
    folder = Path(flask_appbuilder.__file__).parent
    return _found(folder, [("**.py", "python"), ("**/templates/**.html", "jinja2")], {})


def catalogue_path(locale: str) -> Path:
    return ROOT / "translations" / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    """The catalogue as it is; an empty one when there is none yet."""
    path = catalogue_path(locale)
    if not path.exists():
        return Catalog(locale=locale)
    with path.open("rb") as source:
        return read_po(source, locale=locale)


def update(locale: str, messages: dict[MessageId, list[str]]) -> list[MessageId]:
    """Bring the catalogue of ``locale`` to ``messages``; returns those without a translation."""
    old = read(locale)
    new = Catalog(locale=locale, project="hrms", charset="utf-8", fuzzy=False, header_comment=HEADER[locale].rstrip())
    missing: list[MessageId] = []
    for message in sorted(messages, key=lambda item: item if isinstance(item, str) else item[0]):
        key = message if isinstance(message, str) else message[0]
        known = old.get(key)
        text = known.string if known is not None else ""
        places = [(name, None) for name in sorted(set(messages[message]))]
        new.add(message, text if text else None, locations=[] if locale == "vi" else places)  # type: ignore[arg-type]
        if not text or (isinstance(text, tuple) and not all(text)):
            missing.append(message)
    path = catalogue_path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as target:
        write_po(target, new, width=118, omit_header=False, sort_output=True, include_lineno=False)
    _without_dates(path)
    return missing


def _without_dates(path: Path) -> None:
    """Times of generation would make every run a change."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    dropped = ('"POT-Creation-Date', '"PO-Revision-Date', '"Last-Translator', '"Language-Team', '"Report-Msgid-Bugs-To')
    path.write_text("".join(line for line in lines if not line.startswith(dropped)), encoding="utf-8")


def main() -> int:
    for locale, messages in (("vi", fab_messages()), ("en", own_messages())):
        missing = update(locale, messages)
        print(f"{locale}: {len(messages)} sentences, {len(missing)} to translate")
        for message in missing[:20]:
            print(f"  {message!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
