"""Whether a text file is JSON, and if so a document or a record per line; told by its beginning."""

import re
from pathlib import Path

from tinhdata.intake.encodings import unicode_codec
from tinhdata.intake.jsontext import stands_alone
from tinhdata.intake.model import FileKind

_HEAD = 1 << 20
_LINES = 50
_START = re.compile(r'\ufeff?\s*(?:\{|\[\s*(?:[\[{"\]]|$))')


def json_kind(path: Path) -> FileKind | None:
    """Give JSON or JSON_LINES, None where the file does not begin as either.

    A file is one of lines where its first line is a whole object and others follow, or where most
    of its first lines are: the first one may be the one that is broken.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    text = head.decode(unicode_codec(path), "replace")
    if not _START.match(text):
        return None
    lines = [line for line in text.splitlines() if line.strip("\ufeff \t")]
    if len(head) == _HEAD and len(lines) > 1:
        lines.pop()  # it may be cut off
    lines = lines[:_LINES]
    if len(lines) < 2:
        return FileKind.JSON
    alone = [stands_alone(line) for line in lines]
    begins = alone[0] and lines[0].lstrip("\ufeff \t").startswith("{")
    return FileKind.JSON_LINES if begins or 2 * sum(alone) > len(alone) else FileKind.JSON
