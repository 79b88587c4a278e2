"""Reading a page like a person: its words, what stands at a field, what a browser would send back."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

BUDGET = 8  # statements a page may cost, whatever the number of rows


def text_of(answer: Any) -> str:
    """The words of a page, without marks and double spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def error_of(answer: Any, box: str) -> str:
    """What stands as an error under the field with this id."""
    found = re.search(rf'id="{box}-err">(.*?)</div>', answer.get_data(as_text=True), re.S)
    return unescape(found.group(1)).strip() if found else ""


def fields_of(answer: Any) -> dict[str, str]:
    """Names and values of the inputs and selects of a page. Unticked boxes are not sent; text areas are left out."""
    html = answer.get_data(as_text=True)
    found: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([\w-]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and 'type="checkbox"' in tag:
            if " checked" in tag:
                found[name[1]] = value[1] if value else "y"
        elif name:
            found[name[1]] = unescape(value[1]) if value else ""
    for match in re.finditer(r'<select[^>]*name="([\w-]+)"[^>]*>(.*?)</select>', html, re.S):
        options = re.findall(r"<option[^>]*>", match[2])
        chosen = [option for option in options if " selected" in option] or options[:1]
        value = re.search(r'value="([^"]*)"', chosen[0]) if chosen else None
        found[match[1]] = unescape(value[1]) if value else ""
    return found
