"""Trying a source: what is seen there and how it fits the contract, without delivering anything."""

import re
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tinhdata.access import Action, Actor, Permit, Resource, decide
from tinhdata.contracts import Contract
from tinhdata.intake import understand
from tinhdata.kernel import Text, t
from tinhdata.sources import rules
from tinhdata.sources.drivers.selecting import Selection
from tinhdata.sources.errors import SourceUnreachable
from tinhdata.sources.files import Line
from tinhdata.sources.matching import layout_of, missing_columns
from tinhdata.sources.model import (
    DatabasePlace,
    FilePlace,
    Look,
    RemoteFile,
    SeenColumn,
    Source,
)
from tinhdata.sources.parts import SourceParts
from tinhdata.sources.tables import opened
from tinhdata.sources.values import text_of

_ROWS = 5
_LARGEST = 20 << 20
"""Bytes of a file that is fetched for a look."""

_FILES = 20
_COVERED = "••••"
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")


def look_at(parts: SourceParts, actor: Actor, source: Source, contract: Contract) -> Look:
    """Connect to `source` and say what is there; raises the Problems of `errors`."""
    sees = _sees_values(actor, contract)
    place = source.place
    if isinstance(place, DatabasePlace):
        return _table(parts, source, place, contract, sees=sees)
    return _files(parts, source, contract, sees=sees)


def _table(
    parts: SourceParts, source: Source, place: DatabasePlace, contract: Contract, *, sees: bool
) -> Look:
    with opened(parts, source, place) as view:
        columns = view.columns()
        layout = layout_of(contract, [name for name, _ in columns], source.columns)
        rows: Sequence[Sequence[object]] = ()
        if layout.columns:
            rows = view.first_rows(Selection(place, layout.columns), _ROWS)
    called = {name: column for column, name in layout.matched.items()}
    seen = [SeenColumn(name, kind, called.get(name)) for name, kind in columns]
    shown = [each for each in seen if each.name in layout.columns]
    return Look(
        columns=tuple(seen),
        rows=_masked(contract, [each.column for each in shown], rows, sees=sees),
        missing=missing_columns(contract, layout),
        notes=_notes(source, [name for name, _ in columns]),
    )


def _notes(source: Source, names: Sequence[str]) -> tuple[Text, ...]:
    if source.mark is not None and source.mark not in names:
        return (t("The source has no column {column} for the mark.", column=source.mark),)
    return ()


def _files(parts: SourceParts, source: Source, contract: Contract, *, sees: bool) -> Look:
    line = Line(parts, source)
    place = source.place
    pattern = place.pattern if isinstance(place, FilePlace) else "*"
    try:
        listed = [file for file in line.driver.files({}) if rules.is_wanted(file.name, pattern)]
        files = tuple(reversed(rules.in_order(listed)))
        if not files:
            return Look(notes=(t("There is no file that the definition asks for."),))
        if (files[0].size or 0) > _LARGEST:
            note = t("The newest file is too large for a look; its columns were not read.")
            return Look(files=files[:_FILES], notes=(note,))
        return _first_file(line, files, contract, sees=sees)
    finally:
        line.drop()


def _first_file(
    line: Line, files: tuple[RemoteFile, ...], contract: Contract, *, sees: bool
) -> Look:
    newest = files[0]
    with TemporaryDirectory(prefix="tinhdata-look-") as folder:
        path = Path(folder) / "file"
        with line.driver.fetch(newest, 0) as fetched, path.open("wb") as out:
            for piece in fetched.pieces:
                out.write(piece)
                if out.tell() > _LARGEST:
                    raise SourceUnreachable(
                        t("The newest file is too large for a look; its columns were not read.")
                    )
        found = understand(path, newest.filename or newest.name, contract)
    notes = found.notes if found.refusal is None else (*found.notes, found.refusal.text)
    names = found.header.names if found.header else ()
    called = {match.index: match.column for match in found.mapping}
    matched = [called.get(at) for at in range(len(names))]
    preview = [row[: len(names)] for row in found.preview[:_ROWS]]
    return Look(
        columns=tuple(
            SeenColumn(name, "", column) for name, column in zip(names, matched, strict=True)
        ),
        rows=_masked(contract, matched, preview, sees=sees),
        missing=found.unmatched_columns,
        files=files[:_FILES],
        notes=notes,
    )


def _sees_values(actor: Actor, contract: Contract) -> bool:
    decision = decide(actor, Action.READ_RAW, Resource.of(contract), "look at a source")
    return isinstance(decision, Permit)


def _masked(
    contract: Contract,
    columns: Sequence[str | None],
    rows: Sequence[Sequence[object]],
    *,
    sees: bool,
) -> tuple[tuple[str | None, ...], ...]:
    """Give rows as the reader may see them: columns not of the contract or personal are covered.

    Who may not open files of the dataset sees of each value only its shape.
    """
    resource = Resource.of(contract)
    covered = resource.personal | resource.closed | resource.masks.keys()

    def cell(column: str | None, value: object) -> str | None:
        text = text_of(value)
        if not text:
            return None
        if column is None or column in covered:
            return _COVERED
        return text if sees else _LETTER.sub("x", _DIGIT.sub("9", text))[:40]

    return tuple(
        tuple(cell(column, value) for column, value in zip(columns, row, strict=False))
        for row in rows
    )
