"""Articles as administrative papers cite them: ``điểm a khoản 2 Điều 7 Nghị định số 178/2024/NĐ-CP``.

The engine names articles from the large to the small and with short names of documents, which suits tables; a decision
names them from the small to the large and in full.
"""

from __future__ import annotations

import re

_DOCUMENT = re.compile(r"(?:^|(?<=\s))(?:NĐ|TT|NQ|CV|KL|QĐ|Luật|BLLĐ|Bộ luật)\b")
_TOKEN = re.compile(r"(Điều|khoản|điểm)\s+((?:[\wđĐ]+)(?:,\s*(?!Điều\b|khoản\b|điểm\b)[\wđĐ]+)*)")
_NAMES = (
    (re.compile(r"\bNĐ\s+(?=\d)"), "Nghị định số "),
    (re.compile(r"\bTT\s+(?=\d)"), "Thông tư số "),
    (re.compile(r"\bNQ\s+(?=\d)"), "Nghị quyết số "),
    (re.compile(r"\bCV\s+(?=\d)"), "Công văn số "),
    (re.compile(r"\bKL\s+(?=\d)"), "Kết luận số "),
    (re.compile(r"\bQĐ\s+(?=\d)"), "Quyết định số "),
    (re.compile(r"\bBLLĐ\s+(\d{4})\b"), r"Bộ luật Lao động năm \1"),
    (re.compile(r"\bLuật BHXH\s+(?=\d)"), "Luật Bảo hiểm xã hội số "),
    (re.compile(r"\bLuật BHXH\b"), "Luật Bảo hiểm xã hội"),
)
_AMENDED_BY = re.compile(r"\((sửa đổi|bổ sung)(?:, bổ sung)?(?: bởi| theo)\s+([^)]*)\)")
_AMENDED = re.compile(r"\s*\(sửa đổi[^)]*\)")
_ASIDE = re.compile(r"\s*\((?:đoạn|năm thứ|15 năm|20 năm)[^)]*\)")
_VERBS = {"sửa đổi": "sửa đổi, bổ sung", "bổ sung": "bổ sung"}
AMENDMENT_OF = {"178/2024/NĐ-CP": "67/2025/NĐ-CP"}


def document_names(text: str) -> str:
    """Short names of documents in full: ``NĐ 178/2024/NĐ-CP`` → ``Nghị định số 178/2024/NĐ-CP``."""
    for pattern, name in _NAMES:
        text = pattern.sub(name, text)
    return text


def small_to_large(places: str) -> str:
    """``Điều 7 khoản 1 điểm a, khoản 2 điểm b, c`` → ``điểm a khoản 1, điểm b, c khoản 2 Điều 7``.

    What is not made of Điều, khoản and điểm alone comes back unchanged.
    """
    found = list(_TOKEN.finditer(places))
    rest = _TOKEN.sub("", places).replace(",", "").replace("và", "").strip()
    if not found or rest or not any(token.group(1) == "Điều" for token in found):
        return places
    articles: list[tuple[str, list[tuple[str, str]]]] = []
    for token in found:
        kind, values = token.groups()
        if kind == "Điều":
            articles.append((values, []))
        elif not articles:
            return places
        elif kind == "khoản":
            articles[-1][1].append((values, ""))
        elif articles[-1][1]:
            clauses = articles[-1][1]
            clauses[-1] = (clauses[-1][0], values)
        else:
            articles[-1][1].append(("", values))
    return ", ".join(_one(article, clauses) for article, clauses in articles)


def _one(article: str, clauses: list[tuple[str, str]]) -> str:
    parts = []
    for clause, points in clauses:
        words = ([f"điểm {points}"] if points else []) + ([f"khoản {clause}"] if clause else [])
        parts.append(" ".join(words))
    return f"{', '.join(parts)} Điều {article}" if parts else f"Điều {article}"


def in_text(article: str) -> str:
    """An article of the engine as a sentence of a paper cites it; several stay apart by semicolons."""
    return "; ".join(_piece(piece) for piece in (part.strip() for part in article.split(";")) if piece)


def _piece(piece: str) -> str:
    piece = _AMENDED_BY.sub(lambda m: f"(được {_VERBS[m.group(1)]} bởi {document_names(m.group(2))})", piece)
    amended = _AMENDED.search(piece)
    piece = _ASIDE.sub("", _AMENDED.sub("", piece))
    start = _DOCUMENT.search(piece)
    if start is None:
        return small_to_large(piece)
    places, document = piece[: start.start()].strip(" ,"), document_names(piece[start.start() :])
    text = f"{small_to_large(places)} {document}".strip()
    if amended:
        for number, by in AMENDMENT_OF.items():
            if number in document:
                text += f" (được sửa đổi, bổ sung bởi Nghị định số {by})"
    return text


def only_article(article: str) -> str:
    """The first article without its document, for a paper that has just named it: ``điểm a khoản 1 Điều 7``."""
    piece = _ASIDE.sub("", _AMENDED.sub("", article.split(";")[0].strip()))
    start = _DOCUMENT.search(piece)
    return small_to_large(piece[: start.start()].strip(" ,") if start else piece)
