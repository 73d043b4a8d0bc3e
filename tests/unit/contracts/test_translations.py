import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

SOURCES = Path(__file__).parents[3] / "src" / "tinhdata"


def marked(part: str) -> Iterator[str]:
    """Give every sentence marked with t(...) in the code of `part`."""
    for file in sorted((SOURCES / part).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="t"), args=[ast.Constant(value=str(text)), *_]):
                    yield text


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("part", ["contracts", "registry"])
def test_every_sentence_has_a_vietnamese_one_with_the_same_places(part: str) -> None:
    with (SOURCES / "locale" / "vi" / f"{part}.po").open("rb") as file:
        catalogue = read_po(file)
    translations = {str(m.id): str(m.string) for m in catalogue if m.id}
    sentences = set(marked(part))
    assert sentences - set(translations) == set()
    assert set(translations) - sentences == set()
    assert [s for s in sentences if places(s) != places(translations[s])] == []
    assert all(translations.values())
