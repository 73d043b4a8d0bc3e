"""Every sentence of the pages has its Vietnamese with the same places; none is left over."""

import io
import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tinhdata.edge.language import LANGUAGES
from tinhdata.web.assets import STATIC

WEB = STATIC.parent
CATALOGUES = sorted((WEB.parent / "locale" / "vi").glob("web*.po"))
KEYWORDS = {"_": None, "t": None, "ngettext": (1, 2)}


def _used() -> set[str | tuple[str, ...]]:
    methods = [("templates/**.html", "jinja2"), ("**.py", "python")]
    found = extract_from_dir(str(WEB), methods, keywords=KEYWORDS)
    return {
        message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found
    }


def _translated() -> Catalog:
    merged = Catalog(locale="vi")
    for path in CATALOGUES:
        for message in read_po(io.BytesIO(path.read_bytes()), locale="vi"):
            if message.id:
                merged[message.id] = message
    return merged


def test_every_sentence_is_translated_and_none_is_left_over() -> None:
    have = {m.id if isinstance(m.id, str) else tuple(m.id) for m in _translated() if m.id}
    assert have == _used()


@pytest.mark.parametrize(
    "message", [m for m in _translated() if m.id], ids=lambda m: str(m.id)[:40]
)
def test_a_translation_is_filled_and_keeps_the_named_places(message: object) -> None:
    msgid = getattr(message, "id", "")
    string = getattr(message, "string", "")
    many = msgid if isinstance(msgid, str) else msgid[-1]
    words = string if isinstance(string, str) else string[0]
    assert words
    assert set(re.findall(r"\{(\w+)\}", words)) == set(re.findall(r"\{(\w+)\}", many))


def test_vietnamese_stands_first() -> None:
    assert LANGUAGES[0] == "vi"
