"""Every sentence can be read: FAB's in Vietnamese, ours in Vietnamese by themselves and in English by the catalogue."""

from __future__ import annotations

import re
import sys

import pytest

from config import ROOT

sys.path.insert(0, str(ROOT / "tools"))
import messages

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%|\{(\w*)\}")


def key_of(message):
    return message if isinstance(message, str) else message[0]


def text_of(entry):
    return (entry.string,) if isinstance(entry.string, str) else tuple(entry.string)


@pytest.fixture(scope="module")
def own():
    return messages.own_messages()


def test_everything_flask_appbuilder_says_is_said_in_vietnamese():
    catalogue = messages.read("vi")
    missing = [key_of(m) for m in messages.fab_messages() if not (e := catalogue.get(key_of(m))) or not all(text_of(e))]
    assert missing == [], "make messages, then translate in translations/vi/LC_MESSAGES/messages.po"


def test_our_own_sentences_are_vietnamese_and_need_no_vietnamese_catalogue(own):
    translated = {entry.id for entry in messages.read("vi") if entry.id}
    assert not translated & {key_of(message) for message in own} - {
        key_of(message) for message in messages.fab_messages()
    }


def test_everything_we_say_is_said_in_english(own):
    catalogue = messages.read("en")
    missing = [key_of(m) for m in own if not (e := catalogue.get(key_of(m))) or not all(text_of(e))]
    shown = "\n  ".join(missing[:20])
    assert missing == [], f"{len(missing)} of {len(own)} sentences have no English; make messages:\n  {shown}"


@pytest.mark.parametrize("locale", ["vi", "en"])
def test_a_translation_keeps_every_placeholder(locale):
    def names(text):
        return sorted(match for match in PLACEHOLDER.findall(text) if any(match))

    wrong = []
    for entry in messages.read(locale):
        if not entry.id or not all(text_of(entry)):
            continue
        expected = names(key_of(entry.id))
        wrong += [text for text in text_of(entry) if names(text) != expected]
    assert wrong == []


def test_nothing_is_guessed():
    for locale in ("vi", "en"):
        path = messages.catalogue_path(locale)
        assert not path.exists() or "#, fuzzy" not in path.read_text(encoding="utf-8")


def test_no_sentence_of_ours_is_english(own):
    """A msgid in English would stay English on a Vietnamese page. Vietnamese without any mark is rare, and short."""
    marks = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
    english = re.compile(
        r"\b(the|and|of|is|are|not|please|your|this|with|for|error|file|user|password|save|delete)\b", re.I
    )
    suspicious = [key_of(m) for m in own if not marks.search(key_of(m)) and english.search(key_of(m))]
    assert suspicious == []


def test_a_template_never_says_a_bare_percent_sign(own):
    """Jinja formats what ``_()`` gives it even without values: a lone ``%`` would break the page (write ``%%``)."""
    known = re.compile(r"%\(\w+\)[sd]|%%")
    broken = [
        key_of(message)
        for message, places in own.items()
        if any(place.endswith(".html") for place in places) and "%" in known.sub("", key_of(message))
    ]
    assert broken == []


def test_quotation_marks_are_those_of_administrative_papers(own):
    """“ ” in Vietnamese and in English; neither « » nor ' ' around a value."""
    written = {key_of(message) for message in own} | {
        text for entry in messages.read("en") if entry.id for text in text_of(entry)
    }
    wrong = re.compile(r"[«»]|(?<!\w)'%\(\w+\)s…?'")
    assert sorted(text for text in written if wrong.search(text)) == []
