"""A process that lays out hundreds of papers, and what makes it twice as fast there without changing one byte.

``benchmarks/bench_sheets.py`` measures. The page boxes are hundreds of thousands of small objects that live until the
file is written, and the cyclic collector walks through them again and again; and WeasyPrint computes eighty properties
for each of 230 cells of a sheet, of which there are three kinds. Both are put right here, in processes that do nothing
else; the processes of the application keep plain WeasyPrint.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Sequence
from multiprocessing import parent_process
from typing import Any

from reports import pdf

# The release whose function is wrapped. Another one is used as it is: slower, never different.
RELEASE = "66.0"
# Elements a paper has by the hundred. What WeasyPrint reads from the element itself (anchor, language, link) comes by
# other attributes than these.
TAGS = frozenset({"td", "th", "tr", "col", "p", "b"})
ATTRIBUTES = frozenset({"class", "style", "colspan", "rowspan"})


def ready() -> None:
    """Make this process a press; the first thing a worker does."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    gc.disable()
    share_styles()


def _end_with(parent: Any) -> None:
    """A press whose application was killed would wait for papers for ever, with all its memory."""
    parent.join()
    os._exit(1)


def lay_out(papers: Sequence[pdf.Filled], title: str) -> bytes:
    """:func:`reports.pdf.lay_out`, then everything of it is given back at once."""
    content = pdf.lay_out(papers, title)
    gc.collect()
    return content


def share_styles() -> bool:
    """Cells of one parent with the same declarations get one computed style; false for another release."""
    import weasyprint
    from weasyprint import css

    if weasyprint.__version__ != RELEASE:
        return False
    if not hasattr(css.computed_from_cascaded, "plain"):
        css.computed_from_cascaded = sharing(css.computed_from_cascaded)
    return True


def sharing(plain: Any) -> Any:
    """``computed_from_cascaded`` of WeasyPrint that answers with the style it gave a sibling of the same declarations.

    The declarations are compared by identity: those of a style sheet are the same objects for every element they
    match, and a style keeps its own alive, so that an identity is never taken twice.
    """

    def computed(
        element: Any, cascaded: Any, parent_style: Any, pseudo_type: Any = None, *rest: Any, **more: Any
    ) -> Any:
        if (
            not cascaded
            or pseudo_type is not None
            or parent_style is None
            or getattr(element, "tag", None) not in TAGS
            or not ATTRIBUTES.issuperset(element.attrib)
        ):
            return plain(element, cascaded, parent_style, pseudo_type, *rest, **more)
        family = parent_style.__dict__.setdefault("family", {})
        key = frozenset([(name, id(value)) for name, (value, _weight) in cascaded.items()])
        if (style := family.get(key)) is None:
            style = family[key] = plain(element, cascaded, parent_style, pseudo_type, *rest, **more)
        return style

    computed.plain = plain  # type: ignore[attr-defined]
    return computed
