"""Every text that intake shows has its Vietnamese, with the same places to fill."""

import ast
import re
from pathlib import Path

from babel.messages.pofile import read_po

import tinhdata.intake

FOLDER = Path(tinhdata.intake.__file__).parent
PLACE = re.compile(r"\{(\w+)\}")


def texts_in(source: str) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "t"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_text_of_intake_is_translated_with_its_places() -> None:
    with (FOLDER.parent / "locale" / "vi" / "intake.po").open("rb") as file:
        catalogue = {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}
    texts = set().union(*(texts_in(path.read_text()) for path in FOLDER.glob("*.py")))
    assert texts == set(catalogue)
    for text, vietnamese in catalogue.items():
        assert vietnamese
        assert set(PLACE.findall(text)) == set(PLACE.findall(vietnamese))
