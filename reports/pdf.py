"""From a template and data to a PDF typeset by NĐ 30/2020/NĐ-CP: fonts embedded, nothing fetched, the same every time.

A paper is a Jinja template under ``reports/templates`` and a context; :func:`render` lays it out, :class:`Paper` holds
the pages until they are written. Nothing inside depends on the clock: the same data give the same bytes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports import formats

if TYPE_CHECKING:  # loaded with the first paper: it costs the start of every process half a second, and most print none
    from weasyprint import CSS, Document
    from weasyprint.text.fonts import FontConfiguration

log = logging.getLogger(__name__)

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
# The decree asks for Times New Roman; the others have its widths, so that lines break at the same places.
TEXT_FACES = ("Times New Roman", "Liberation Serif", "Tinos", "Nimbus Roman")
# Charts are lettered without serifs, whatever face of that kind the computer has.
CHART_FACES = ("Liberation Sans", "Arial", "Noto Sans", "Segoe UI", "Inter", "DejaVu Sans")
CREATOR = "Hệ thống quản lý nhân sự tỉnh Hưng Yên"

# Pango's font map is not made for several threads laying out at once; a paper takes tenths of a second.
_press = threading.Lock()


class FetchRefused(ValueError):
    """A paper asked for something outside its own templates."""


def own_files_only(url: str, timeout: int = 10, ssl_context: Any = None) -> dict[str, Any]:
    """WeasyPrint's fetcher: files beside the templates and nothing else, so that a paper never calls the network.

    Raises :class:`FetchRefused`; WeasyPrint then leaves the picture out, it never waits for a server.
    """
    prefix = TEMPLATES.as_uri() + "/"
    if url.startswith(prefix):
        path = (TEMPLATES / url[len(prefix) :]).resolve()
        if path.is_relative_to(TEMPLATES) and path.is_file():
            return {"string": path.read_bytes(), "redirected_url": url}
    raise FetchRefused("papers use only files of their own template folder")


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Templates with the filters of Vietnamese offices; an undefined name is an error, not a blank on a paper."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(formats.FILTERS)
    made.globals.update(formats.GLOBALS)
    return made


@dataclass
class Paper:
    """A laid-out paper: ``pages`` of WeasyPrint, and what its file says about itself."""

    document: Document
    title: str
    warnings: list[str] = field(default_factory=list)
    with_chart: bool = False

    @property
    def page_count(self) -> int:
        return len(self.document.pages)

    def write(self) -> bytes:
        """The PDF (1.7). The fonts that were really used are checked on the way, see :attr:`warnings`."""
        with _press:
            content = self.document.write_pdf()
        assert isinstance(content, bytes)
        for warning in _strange_faces(self.document, with_chart=self.with_chart):
            if warning not in self.warnings:
                self.warnings.append(warning)
                log.warning("%s", warning)
        return content


def html(template: str, context: Mapping[str, Any]) -> str:
    """The filled-in template, before it is laid out."""
    return environment().get_template(template).render(**context)


@dataclass(frozen=True)
class Filled:
    """A filled-in template that is not laid out yet: plain text, which another process can take."""

    text: str
    title: str
    subject: str = ""


def filled(template: str, context: Mapping[str, Any], *, title: str, subject: str = "") -> Filled:
    """What :func:`render` would lay out."""
    return Filled(html(template, context), title, subject)


def render(template: str, context: Mapping[str, Any], *, title: str, subject: str = "") -> Paper:
    """Lay out ``template``. ``title`` and ``subject`` go into the file's metadata: no personal data in them."""
    with _press:
        return _laid_out(filled(template, context, title=title, subject=subject))


def _laid_out(one: Filled) -> Paper:
    from weasyprint import HTML

    source = HTML(string=one.text, base_url=TEMPLATES.as_uri() + "/", url_fetcher=own_files_only)
    document = source.render(font_config=_faces(), stylesheets=[_style()])
    _describe(document, one.title, one.subject)
    return Paper(document, one.title, with_chart="<svg" in one.text)


def lay_out(papers: Sequence[Filled], title: str) -> bytes:
    """Several filled-in papers as one finished file; what a worker process does for :mod:`reports.press`."""
    with _press:
        laid = [_laid_out(one) for one in papers]
    return bind(laid, title=title).write()


def bind(papers: Sequence[Paper], *, title: str, subject: str = "") -> Paper:
    """Several laid-out papers as one file, every one with the page numbers it was laid out with."""
    pages = [page for paper in papers for page in paper.document.pages]
    document = papers[0].document.copy(pages)
    # The first paper's own title must not name the whole.
    document.metadata = type(document.metadata)()
    _describe(document, title, subject)
    warnings = [warning for paper in papers for warning in paper.warnings]
    return Paper(document, title, warnings, any(paper.with_chart for paper in papers))


@lru_cache(maxsize=1)
def _faces() -> FontConfiguration:
    """The faces of this computer, looked up once: papers bring none of their own. Used under the lock of the press."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()


@lru_cache(maxsize=1)
def _style() -> CSS:
    """The style sheet, read once: it brings no faces of its own, so it needs no font configuration."""
    from weasyprint import CSS

    return CSS(string=_stylesheet(), url_fetcher=own_files_only)


@lru_cache(maxsize=1)
def _stylesheet() -> str:
    return (TEMPLATES / "paper.css").read_text(encoding="utf-8")


def _describe(document: Document, title: str, subject: str) -> None:
    about = document.metadata
    about.title, about.description, about.lang = title, subject or None, "vi"
    about.authors, about.generator = [CREATOR], CREATOR
    about.created = about.modified = None  # a file printed twice from the same data is the same file


def merge(files: Iterable[bytes], *, title: str) -> bytes:
    """Finished PDFs as one, with their bookmarks: for hundreds of papers, whose pages would fill the memory."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for content in files:
        writer.append(BytesIO(content), import_outline=True)
    writer.add_metadata({"/Title": title, "/Author": CREATOR, "/Creator": CREATOR, "/Producer": "WeasyPrint, pypdf"})
    writer.root_object[_name("/Lang")] = _text("vi")
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def _name(value: str) -> Any:
    from pypdf.generic import NameObject

    return NameObject(value)


def _text(value: str) -> Any:
    from pypdf.generic import TextStringObject

    return TextStringObject(value)


def _strange_faces(document: Document, *, with_chart: bool = False) -> list[str]:
    """A sentence for every face that is neither Times nor as wide as Times, nor one of a chart."""
    found = {font.family.decode("utf-8", "replace") for font in document.fonts.values()}
    known = {*TEXT_FACES, *(CHART_FACES if with_chart else ())}
    return [_face_warning(name) for name in sorted(found - known)]


def _face_warning(name: str) -> str:
    return (
        f"Phông chữ “{name}” thay cho Times New Roman: hãy cài Times New Roman, Liberation Serif hoặc Tinos "
        "để văn bản đúng thể thức NĐ 30/2020/NĐ-CP."
    )


def missing_font() -> str:
    """Empty when this computer has a face with the widths of Times New Roman; else the sentence that says so."""
    from weasyprint import HTML

    page = '<html lang="vi"><body>Độc lập - Tự do - Hạnh phúc</body></html>'
    with _press:
        document = HTML(string=page, url_fetcher=own_files_only).render(font_config=_faces(), stylesheets=[_style()])
        document.write_pdf()
    return "".join(_strange_faces(document)[:1])


__all__ = ["CREATOR", "FetchRefused", "Paper", "bind", "html", "merge", "missing_font", "own_files_only", "render"]
