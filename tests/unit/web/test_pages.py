"""Each page is written whole, in both languages, with nothing that the security policy forbids."""

import gzip
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.sample_pages import citizen, pages
from tinhdata.kernel import Text
from tinhdata.web.assets import STATIC, asset
from tinhdata.web.contexts.portal import ProblemPage
from tinhdata.web.pages import render

TEMPLATES = STATIC.parent / "templates"
NAMES = list(pages())
BUDGET = 100 * 1024


class Reader(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, dict(attrs)))


def _written(name: str) -> str:
    page, shell = pages()[name]
    return render(page, shell)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_holds_no_script_style_or_handler_of_its_own(name: str) -> None:
    for tag, attributes in Reader(_written(name)).tags:
        assert tag != "style"
        assert tag != "script" or attributes.get("src")
        assert "style" not in attributes
        assert not [key for key in attributes if key.startswith("on")]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_asks_no_other_host_for_anything(name: str) -> None:
    for tag, attributes in Reader(_written(name)).tags:
        if tag in ("link", "script", "img", "use", "form", "iframe"):
            for key in ("src", "href", "action"):
                assert not re.match(r"(https?:)?//", attributes.get(key) or "")


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_unique_and_labels_point_to_fields(name: str) -> None:
    tags = Reader(_written(name)).tags
    ids = [attributes["id"] for _, attributes in tags if attributes.get("id")]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        for key in ("for", "aria-describedby", "aria-labelledby", "form"):
            for target in (attributes.get(key) or "").split():
                assert target in ids, (key, target)


@pytest.mark.parametrize("name", NAMES)
def test_every_form_that_changes_something_carries_the_token(name: str) -> None:
    html = _written(name)
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", html, re.DOTALL):
        assert 'name="csrf"' in form


@pytest.mark.parametrize("name", NAMES)
def test_a_page_with_its_styles_and_scripts_is_at_most_100_kb_compressed(name: str) -> None:
    html = _written(name)
    files = re.findall(r'(?:href|src)="/static/[0-9a-f]+/([^"#]+\.(?:css|js))"', html)
    files += ["vendor/icons.svg"]
    sent = len(gzip.compress(html.encode()))
    sent += sum(len(gzip.compress((STATIC / file).read_bytes())) for file in set(files))
    assert sent <= BUDGET


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_written_in_english_too(name: str) -> None:
    page, shell = pages()[name]
    html = render(page, replace(shell, language="en"))
    assert '<html lang="en">' in html
    assert ">Datasets</a>" in html


def test_what_people_wrote_is_never_taken_for_markup() -> None:
    text = Text("The file {name} cannot be read.", {"name": "<script>alert(1)</script>"})
    html = render(ProblemPage(422, text, text), citizen())
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_numbers_and_dates_are_written_as_the_reader_does() -> None:
    assert "28.470" in _written("home")
    assert "09:15, 23/11/2026" in _written("status")


def test_icons_in_use_are_in_the_sprite_and_no_others() -> None:
    named = set((STATIC / "icons.txt").read_text().split())
    sources = [*TEMPLATES.rglob("*.html"), *Path(STATIC.parent).rglob("*.py")]
    text = "".join(source.read_text(encoding="utf-8") for source in sources)
    text += (STATIC.parents[3] / "tests/support/sample_dataset.py").read_text(encoding="utf-8")
    quoted = set(re.findall(r'"([a-z0-9-]+)"', text))
    assert named <= quoted
    drawn = set(re.findall(r'icons\.svg#([a-z0-9-]+)"', "".join(map(_written, NAMES))))
    assert drawn <= named


def test_the_address_of_a_file_carries_a_hash_and_a_missing_file_is_refused() -> None:
    assert re.fullmatch(r"/static/[0-9a-f]{12}/css/base\.css", asset("css/base.css"))
    with pytest.raises(FileNotFoundError):
        asset("css/none.css")
