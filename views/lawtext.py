"""The project's own summaries of the law as safe HTML: headings, paragraphs, numbered points, code words.

The texts are plain Markdown of a small kind written in this project; still every character is escaped first, so that a
text can never become markup by accident.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape

from hrms.kernel.text import fold

_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_CODE = re.compile(r"`([^`]+)`")
_POINT = re.compile(r"^(\s*)(\d{1,2}\.|[a-zđ](?:, [a-zđ])*\)|-)\s+(.*)$")


@dataclass(frozen=True)
class Section:
    """One article: anchor, title, body as HTML."""

    anchor: str
    title: str
    body: Markup


def sections(text: str) -> tuple[str, Markup, list[Section]]:
    """Title, introduction and the articles of a text. An empty text has no title and no articles."""
    title, intro, found = "", "", []
    for number, block in enumerate(re.split(r"(?m)^## ", text)):
        if number == 0:
            first, _newline, rest = block.strip().partition("\n")
            title, rest = (first[2:].strip(), rest) if first.startswith("# ") else ("", block)
            # The first lines tell programmers which files to read beside the text.
            intro = "\n".join(line for line in rest.split("\n") if ".py`" not in line)
            continue
        heading, _newline, body = block.partition("\n")
        found.append(Section(anchor_of(heading), heading.strip(), _body(body)))
    return title, _body(intro), found


def anchor_of(heading: str) -> str:
    """``Điều 7a. Người …`` → ``dieu-7a``; other headings by their first words."""
    words = fold(heading).replace(",", " ").replace(".", " ").split()
    return "-".join(words[:2]) or "muc"


def _body(text: str) -> Markup:
    parts: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line for line in block.split("\n") if line.strip()]
        if lines:
            parts.append("".join(_line(line) for line in lines))
    return Markup("\n".join(parts))  # noqa: S704 - made of escaped text in _line


def _line(line: str) -> str:
    if match := _POINT.match(line):
        depth = min(len(match[1]) // 3, 2)
        return f'<p class="point d{depth}"><b>{escape(match[2])}</b> {_inline(match[3])}</p>'
    return f"<p>{_inline(line.strip())}</p>"


def _inline(text: str) -> str:
    safe = str(escape(text))
    return _CODE.sub(r"<code>\1</code>", _BOLD.sub(r"<b>\1</b>", safe))
