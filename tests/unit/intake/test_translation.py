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


def catalogue(path: Path) -> dict[str, str]:
    with path.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file) if entry.id}


def test_every_text_of_intake_is_translated_with_its_places() -> None:
    folder = FOLDER.parent / "locale" / "vi"
    known: dict[str, str] = {}
    for path in folder.glob("*.po"):
        known |= catalogue(path)
    texts = set().union(*(texts_in(path.read_text()) for path in FOLDER.glob("*.py")))
    assert texts <= set(known)
    assert set(catalogue(folder / "intake.po")) <= texts
    for text in texts:
        assert known[text]
        assert set(PLACE.findall(text)) == set(PLACE.findall(known[text]))
