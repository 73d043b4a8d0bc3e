"""What the JSON Schema of ODCS wants at each place, and a file turned into plain values by it.

What a scalar is does not depend on how it looks but on where it stands: `05000` is a text wherever
the standard wants a text, and a number nowhere.
"""

import difflib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TypeAlias, TypeGuard

from tinhdata.contracts.custom_properties import Place, lookup
from tinhdata.contracts.place import Findings, Path
from tinhdata.contracts.reader import Block, Items, Node, Scalar
from tinhdata.kernel import JSON, JSONObject, t

Shape: TypeAlias = "tuple[JSONObject, ...]"
"""The schema fragments that all may describe one place; empty where anything goes."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,14})\Z")
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+\Z")
BRANCHES = ("allOf", "anyOf", "oneOf")
_ANY = {"string", "array", "object"}
_NUMBERS: Shape = ({"type": "number"},)
_UNTYPED_NUMBERS = frozenset({"mustBe", "mustNotBe"})
"""The standard gives these no type; every rule that we compile compares them with a number."""


@cache
def odcs_schema() -> JSONObject:
    """Give the JSON Schema of the standard."""
    # Their own way to it stands on a function that Python has marked as going away.
    text = files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    schema = json.loads(text)
    if not isinstance(schema, dict):
        raise TypeError("the schema of the standard is not an object")
    return schema


@cache
def _root_shape() -> Shape:
    return _expanded(odcs_schema())


def to_document(node: Node, findings: Findings, lines: dict[Path, int]) -> JSON:
    """Give `node` as plain values, each scalar read as its place in the standard wants it.

    Fills `lines`; unknown keys and keys without a value go to `findings`.
    """
    return _Conversion(findings, lines).value(node, _root_shape(), ())


def place_of(path: Path) -> Place | None:
    """Say what kind of place has its customProperties at `path`, None where we read none."""
    match path:
        case ():
            return Place.CONTRACT
        case ("schema", int()):
            return Place.TABLE
        case ("schema", int(), "properties", int()):
            return Place.COLUMN
        case (*_, "quality", int()):
            return Place.RULE
    return None


def is_list(value: JSON) -> TypeGuard[Sequence[JSON]]:
    """Say whether `value` is a list, which a text is not."""
    return isinstance(value, Sequence) and not isinstance(value, str)


class _Conversion:
    def __init__(self, findings: Findings, lines: dict[Path, int]) -> None:
        self._findings = findings
        self._lines = lines

    def value(self, node: Node, shape: Shape, path: Path) -> JSON:
        self._lines.setdefault(path, node.line)
        match node:
            case Scalar(text="", plain=True):
                self._no_value(path)
                return ""
            case Scalar():
                return _scalar(node, _types(shape))
            case Items():
                inner = _items(shape)
                return [self.value(n, inner, (*path, i)) for i, n in enumerate(node.nodes)]
            case Block():
                return dict(self._pairs(node, shape, path))

    def _pairs(self, block: Block, shape: Shape, path: Path) -> Iterator[tuple[str, JSON]]:
        known = _known_keys(shape)
        for entry in block.entries:
            place = (*path, entry.key)
            self._lines[place] = entry.line
            if known and entry.key not in known:
                self._unknown(entry.key, known, place)
            else:
                inner = self._inner(block, entry.key, shape, path)
                yield entry.key, self.value(entry.value, inner, place)

    def _inner(self, block: Block, key: str, shape: Shape, path: Path) -> Shape:
        if key in _UNTYPED_NUMBERS:
            return _NUMBERS
        if key == "value" and len(path) >= 2 and path[-2] == "customProperties":
            place, name = place_of(path[:-2]), block.get("property")
            entry = lookup(place, name.text) if place and isinstance(name, Scalar) else None
            return _expanded(entry.schema) if entry else ()
        return _property(shape, key)

    def _no_value(self, path: Path) -> None:
        key = next((step for step in reversed(path) if isinstance(step, str)), "contract")
        text = t("{key} has no value.", key=key)
        self._findings.add(path, "no-value", text, t("Write a value or take the key away."))

    def _unknown(self, key: str, known: Iterable[str], path: Path) -> None:
        near = difflib.get_close_matches(key, known, n=1)
        fix = (
            t("Write {key}.", key=near[0])
            if near
            else t("Put a text that holds a comma in quotes; our own keys go to customProperties.")
        )
        text = t("The standard knows no key {key} here.", key=key)
        self._findings.add(path, "unknown-key", text, fix)


def _expanded(schema: JSON) -> Shape:
    if not isinstance(schema, Mapping):
        return ()
    found: list[JSONObject] = [schema]
    if isinstance(ref := schema.get("$ref"), str):
        definition: JSON = odcs_schema()
        for step in ref.removeprefix("#/").split("/"):
            definition = definition[step] if isinstance(definition, Mapping) else None
        found.extend(_expanded(definition))
    for word in BRANCHES:
        branch = schema.get(word)
        if is_list(branch):
            for part in branch:
                found.extend(_expanded(part))
    for word in ("then", "else"):
        found.extend(_expanded(schema.get(word)))
    return tuple(found)


def _property(shape: Shape, key: str) -> Shape:
    found: list[JSONObject] = []
    for part in shape:
        properties = part.get("properties")
        if isinstance(properties, Mapping) and key in properties:
            found.extend(_expanded(properties[key]))
    return tuple(found)


def _items(shape: Shape) -> Shape:
    return tuple(inner for part in shape for inner in _expanded(part.get("items")))


def _known_keys(shape: Shape) -> frozenset[str]:
    keys: set[str] = set()
    for part in shape:
        properties = part.get("properties")
        if isinstance(properties, Mapping):
            keys.update(properties)
    return frozenset(keys)


def _types(shape: Shape) -> frozenset[str]:
    types = frozenset(word for part in shape if isinstance(word := part.get("type"), str))
    return frozenset() if types >= _ANY else types


def _scalar(scalar: Scalar, types: frozenset[str]) -> JSON:
    text = scalar.text
    if not scalar.plain:
        return text
    if "boolean" in types and text in ("true", "false"):
        return text == "true"
    if types & {"integer", "number"} and _INTEGER.match(text):
        return int(text)
    if "number" in types and _DECIMAL.match(text) and len(text) <= 16:
        number = float(text)
        # What Python writes with an exponent has another canonical form elsewhere; it stays text.
        shortest = int(number) if number.is_integer() else number
        return text if "e" in repr(shortest) else shortest
    return text
