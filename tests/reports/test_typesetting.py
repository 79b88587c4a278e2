"""The page of NĐ 30/2020/NĐ-CP: size, margins, type, page numbers, heads of tables, signatures; nothing fetched."""

from __future__ import annotations

import io
import socket

import pytest
from jinja2 import DictLoader
from pypdf import PdfReader

from reports import pdf

LETTERS = (
    "a à á ả ã ạ ă ằ ắ ẳ ẵ ặ â ầ ấ ẩ ẫ ậ b c d đ e è é ẻ ẽ ẹ ê ề ế ể ễ ệ g h i ì í ỉ ĩ ị k l m n o ò ó ỏ õ ọ "
    "ô ồ ố ổ ỗ ộ ơ ờ ớ ở ỡ ợ p q r s t u ù ú ủ ũ ụ ư ừ ứ ử ữ ự v x y ỳ ý ỷ ỹ ỵ"
)
PAGE = """{% extends "paper.html" %}{% import "parts.html" as parts %}{% block body_class %}{{ css }}{% endblock %}
{% block content %}{{ body|safe }}
{% if sign %}{{ parts.sign(["Như trên", "Lưu: VT, TCCB (02)"], sign) }}{% endif %}{% endblock %}"""
MM = 72 / 25.4


class Signature:
    lines = ("GIÁM ĐỐC",)
    name = "Nguyễn Văn An"


@pytest.fixture
def paper(monkeypatch):
    """Lay out a body of one's own on the real style sheet and the real parts."""
    environment = pdf.environment().overlay()
    environment.loader = DictLoader(
        {"own.html": PAGE, **{name: (pdf.TEMPLATES / name).read_text("utf-8") for name in ("paper.html", "parts.html")}}
    )
    environment.cache.clear()
    monkeypatch.setattr(pdf, "environment", lambda: environment)

    def make(body="", *, draft=False, css="", sign=None, title="Thử"):
        return pdf.render("own.html", {"body": body, "draft": draft, "css": css, "sign": sign}, title=title)

    return make


def paragraphs(count, words=40):
    return "".join(
        f'<p class="body">Đoạn {n} ' + "sắp xếp tổ chức bộ máy " * (words // 5) + "</p>" for n in range(count)
    )


def faces(content):
    found = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for entry in page["/Resources"]["/Font"].values():
            font = entry.get_object()
            descendant = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            found[str(font["/BaseFont"])] = descendant["/FontDescriptor"].get_object()
    return found


def test_a4_upright_with_the_margins_of_the_decree(paper):
    document = paper(paragraphs(1)).document
    page = document.pages[0]._page_box
    assert (round(page.margin_width() / 96 * 25.4), round(page.margin_height() / 96 * 25.4)) == (210, 297)
    margins = [page.margin_top, page.margin_right, page.margin_bottom, page.margin_left]
    assert [round(value / 96 * 25.4) for value in margins] == [20, 15, 20, 30]


def test_lists_lie_down_on_a4_and_on_a3_when_asked(paper):
    for css, size in (("landscape", (297, 210)), ("a3", (420, 297))):
        content = paper(paragraphs(1), css=css).write()
        box = PdfReader(io.BytesIO(content)).pages[0].mediabox
        assert (round(float(box.width) / MM), round(float(box.height) / MM)) == size


def test_every_vietnamese_letter_is_in_the_embedded_face(paper, pages):
    made = paper(f'<p class="body">{LETTERS}</p><p class="body">{LETTERS.upper()}</p>')
    content = made.write()
    # A letter without a glyph would come from another face: that is warned about, and extraction would lose it.
    assert made.warnings == []
    text = pages(content)[0].replace(" ", "")
    assert LETTERS.replace(" ", "") in text
    assert LETTERS.upper().replace(" ", "") in text


def test_every_face_is_embedded_and_as_wide_as_times(paper):
    content = paper('<p class="body">Thường <b>đậm</b> <i>nghiêng</i></p>').write()
    found = faces(content)
    assert len(found) == 3
    assert all("/FontFile2" in descriptor or "/FontFile3" in descriptor for descriptor in found.values())
    known = [name.replace(" ", "-") for name in pdf.TEXT_FACES]
    assert all(any(name.split("+")[1].startswith(face) for face in known) for name in found)


def test_a_computer_without_such_a_face_is_warned(paper, monkeypatch, caplog):
    monkeypatch.setattr(pdf, "TEXT_FACES", ("Some Other Face",))
    made = paper(paragraphs(1))
    made.write()
    assert "Times New Roman" in made.warnings[0] and "hãy cài" in made.warnings[0]
    assert made.warnings[0] in caplog.text
    assert pdf.missing_font() == made.warnings[0]


def test_this_computer_has_a_face():
    assert pdf.missing_font() == ""


def number_of(page):
    """The text in the top margin: (text, distance from the upper edge, from the left edge) in mm, or None."""
    found = []

    def look(text, cm, tm, _font, _size):
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        down = (float(page.mediabox.height) - y) / MM
        if text.strip() and down < 20:
            found.append((text.strip(), down, x / MM))

    page.extract_text(visitor_text=look)
    return found[0] if found else None


def numbers_of(content):
    return [found[0] if (found := number_of(page)) else None for page in PdfReader(io.BytesIO(content)).pages]


def test_the_first_page_has_no_number_and_the_second_has(paper):
    assert numbers_of(paper(paragraphs(30)).write())[:3] == [None, "2", "3"]


def test_the_number_stands_in_the_middle_of_the_top_margin(paper):
    _text, down, left = number_of(PdfReader(io.BytesIO(paper(paragraphs(30)).write())).pages[1])
    assert 8 < down < 18
    assert abs(left - (30 + 165 / 2)) < 3  # the middle of the text, between 30 mm left and 15 mm right


def test_bound_papers_keep_their_own_page_numbers(paper):
    bound = pdf.bind([paper(paragraphs(14)), paper(paragraphs(14))], title="Hai văn bản")
    assert numbers_of(bound.write()) == [None, "2", None, "2"]


def test_merged_files_are_one_file_with_title_and_language(paper):
    content = pdf.merge([paper(paragraphs(14)).write(), paper(paragraphs(14)).write()], title="Hai tệp")
    reader = PdfReader(io.BytesIO(content))
    assert numbers_of(content) == [None, "2", None, "2"]
    assert reader.metadata.title == "Hai tệp"
    assert reader.trailer["/Root"]["/Lang"] == "vi"


def test_the_head_of_a_list_comes_again_on_every_page_and_no_row_is_torn(paper, pages):
    rows = "".join(f"<tr><td>{n}</td><td>Người {n:03}<br>dòng hai {n:03}</td></tr>" for n in range(80))
    table = f'<table class="list"><thead><tr><th>TT</th><th>Họ và tên</th></tr></thead><tbody>{rows}</tbody></table>'
    texts = pages(paper(table, css="landscape").write())
    assert len(texts) > 2
    assert all("Họ và tên" in text for text in texts)
    for text in texts:
        for n in range(80):
            assert (f"Người {n:03}" in text) == (f"dòng hai {n:03}" in text)


@pytest.mark.parametrize("count", range(8, 22))
def test_the_signature_never_stands_alone(paper, pages, count):
    """Wherever the page ends, recipients, post, name and the last paragraph are on one page."""
    body = paragraphs(count, words=30) + '<p class="body last">Đoạn kết của văn bản./.</p>'
    for text in pages(paper(body, sign=Signature).write()):
        parts = ["Đoạn kết" in text, "Nơi nhận" in text, "Lưu: VT" in text, "GIÁM ĐỐC" in text, "Nguyễn Văn An" in text]
        assert all(parts) or not any(parts)


def test_only_a_draft_says_so_and_on_every_page(paper, pages):
    assert all("DỰ THẢO" in text for text in pages(paper(paragraphs(20), draft=True).write()))
    assert not any("DỰ THẢO" in text for text in pages(paper(paragraphs(20)).write()))


def test_the_same_data_give_the_same_bytes_without_a_moment_inside(paper):
    first, second = paper(paragraphs(12)).write(), paper(paragraphs(12)).write()
    assert first == second
    assert b"CreationDate" not in first and b"ModDate" not in first


def test_the_file_says_its_title_and_language(paper):
    reader = PdfReader(io.BytesIO(paper(paragraphs(1), title="Quyết định – hồ sơ NV-1").write()))
    assert reader.metadata.title == "Quyết định – hồ sơ NV-1"
    assert reader.trailer["/Root"]["/Lang"] == "vi"


@pytest.mark.parametrize(
    "address",
    [
        "http://example.invalid/a.png",
        "https://example.invalid/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "../../config.py",
        "//example.invalid/a.png",
    ],
)
def test_nothing_outside_the_templates_is_read(paper, monkeypatch, address):
    def never(*_args, **_kwargs):
        raise AssertionError("a paper opened a connection")

    monkeypatch.setattr(socket, "create_connection", never)
    monkeypatch.setattr(socket.socket, "connect", never)
    style = f'<style>@import url("{address}"); body {{ background: url("{address}") }}</style>'
    content = paper(f'{style}<img src="{address}" alt=""><p class="body">Nội dung</p>').write()
    assert b"/Image" not in content
    with pytest.raises(pdf.FetchRefused):
        pdf.own_files_only(address)


def test_a_name_of_the_template_folder_cannot_be_left_by_dots():
    with pytest.raises(pdf.FetchRefused):
        pdf.own_files_only(pdf.TEMPLATES.as_uri() + "/../registry.py")
    assert pdf.own_files_only(pdf.TEMPLATES.as_uri() + "/paper.css")["string"]


def test_text_from_records_cannot_become_markup():
    template = pdf.environment().from_string("<p>{{ name }}</p>")
    assert template.render(name="<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"


def test_a_total_is_never_alone_on_a_page(paper):
    """Whatever the number of rows: the page that holds the total also holds the last row it adds up."""
    head = '<table class="list"><thead><tr><th>Đơn vị</th><th>Số</th></tr></thead><tbody>'
    foot = '<tr class="total"><td>Tổng cộng</td><td class="num">9</td></tr></tbody></table>'
    broken = 0
    for count in range(38, 48):
        rows = "".join(f'<tr><td>Dòng {n}</td><td class="num">1</td></tr>' for n in range(count))
        printed = PdfReader(io.BytesIO(paper(head + rows + foot).write())).pages
        last = next(page.extract_text() for page in printed if "Tổng cộng" in page.extract_text())
        assert f"Dòng {count - 1}" in last
        broken += len(printed) > 1
    assert 0 < broken < 10, "the numbers of rows tried must lie on both sides of the end of the page"
