"""One JSON value -> one flat record of typed cells, or why it is none. Pure.

An object inside an object becomes columns with dots (`address.commune`); a list inside a record
stays one cell, as JSON.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from tinhdata.intake.cells import Value, Written, written
from tinhdata.intake.delimited import UNDECODED, ZERO
from tinhdata.intake.encodings import has_undecoded
from tinhdata.intake.jsontext import Node, Twice, Unnumbered
from tinhdata.intake.lines import Fault
from tinhdata.kernel import t

Record: TypeAlias = "Mapping[str, Value] | Sequence[Value]"
"""A record by the names of its fields, or a bare list of cells."""

_DEEPEST = 12
_DEEPEST_CELL = 100


class NoRecord(Exception):
    """A value is no record; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.code)
        self.fault = fault


def record_of(node: Node) -> Record:
    """Give the record that `node` is; raises NoRecord."""
    if isinstance(node, Mapping):
        return _flat(node)
    if isinstance(node, list):
        return [_cell(value) for value in node]
    raise NoRecord(_twice(node) if isinstance(node, Twice) else _NO_RECORD)


def _flat(node: Mapping[str, Node]) -> Mapping[str, Value]:
    cells: dict[str, Value] = {}
    for name, value in _fields(node, "", 0):
        if name in cells:
            raise NoRecord(_twice(name))
        cells[name] = value
    return cells


def _fields(node: Mapping[str, Node], prefix: str, depth: int) -> Iterator[tuple[str, Value]]:
    if depth > _DEEPEST:
        raise NoRecord(_TOO_DEEP)
    for key, value in node.items():
        name = f"{prefix}{_sound(key)}"
        if isinstance(value, dict):
            yield from _fields(value, f"{name}.", depth + 1)
        else:
            yield name, _cell(value)


def _cell(node: Node) -> Value:
    if node is None:
        return ""
    if isinstance(node, bool):
        return node
    if isinstance(node, dict | list):
        return _compact(node, 0)
    return written(node) if isinstance(node, Written) else _sound(node)


def _sound(text: str) -> str:
    if isinstance(text, Twice):
        raise NoRecord(_twice(text))
    if isinstance(text, Unnumbered):
        raise NoRecord(Fault("not-a-number", t("JSON knows no number {value}.", value=str(text))))
    if "\0" in text:
        raise NoRecord(ZERO)
    if has_undecoded(text):
        raise NoRecord(UNDECODED)
    return text


def _compact(node: Node, depth: int) -> str:
    """Give `node` as JSON without blanks, its numbers as they were written."""
    if depth > _DEEPEST_CELL:
        raise NoRecord(_TOO_DEEP)
    if isinstance(node, dict):
        pairs = (f"{_quoted(key)}:{_compact(value, depth + 1)}" for key, value in node.items())
        return "{" + ",".join(pairs) + "}"
    if isinstance(node, list):
        return "[" + ",".join(_compact(value, depth + 1) for value in node) + "]"
    if node is None or isinstance(node, bool):
        return json.dumps(node)
    text = _sound(node)
    return str(text) if isinstance(text, Written) else _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(_sound(text), ensure_ascii=False)


def _twice(key: str) -> Fault:
    return Fault(
        "repeated-key",
        t("“{key}” occurs twice in this record, so its value is not certain.", key=str(key)[:80]),
    )


_NO_RECORD = Fault(
    "no-record", t("This is neither an object nor a list of cells, so it is no row.")
)
_TOO_DEEP = Fault(
    "too-deep", t("The record is nested too deeply. Write its values beside one another.")
)
MIXED = Fault(
    "mixed-records", t("Rows of this file are objects and lists in turn; write all the same way.")
)


def broken(column: int) -> Fault:
    """Say where a line is no JSON, `column` counted from 1."""
    text = t("The line is no JSON from character {column} on. Write it again.", column=str(column))
    return Fault("broken-json", text)
