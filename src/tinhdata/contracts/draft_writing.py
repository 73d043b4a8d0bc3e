"""A draft as the text of a contract file: well-formed YAML, quoted codes, comments as sentences.

The same draft always gives the same text. What only a person knows stands as a placeholder.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from tinhdata.contracts.draft_model import DraftColumn, DraftContract, DraftRule, DraftTable
from tinhdata.contracts.load import load_contract
from tinhdata.contracts.model import Bound
from tinhdata.contracts.placeholders import DRAFT_STATUS, MARK, SLUG_MARK, URN_MARK
from tinhdata.kernel import JSON, Text, t

Say = Callable[[Text], str]
"""Puts a text into the language of the comments."""

_PLAIN = re.compile(r"[^\W\d_][\w/%²³ ]*(?:[-.][\w]+)*\Z")
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "none", "nan"})
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")
_WIDTH = 100
_COUNTING = "SELECT COUNT(*) FROM ${{object}} WHERE NOT ({})"


def write_draft(table: DraftTable, say: Say) -> DraftContract:
    """Write `table` as a contract file, with comments in the words of `say`.

    Raises ContractInvalid where what it holds is no contract, which is a mistake of ours.
    """
    text = "\n".join(_lines(table, say)) + "\n"
    loaded = load_contract(text.encode(), f"{table.id}.yaml")
    return DraftContract(
        table.id, text, len(table.columns), table.key, loaded.findings, table.remarks
    )


def scalar(text: str) -> str:
    """Give `text` as a YAML scalar that every reader takes for this text."""
    if _PLAIN.match(text) and text.casefold() not in _WORDS and text == text.strip():
        return text
    quoted = "".join(_ESCAPES.get(char, char) for char in text)
    return '"' + _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted) + '"'


def flow(value: JSON) -> str:
    """Give a value in one line."""
    if isinstance(value, str):
        return scalar(value)
    if value is True or value is False:
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)


def bound_value(bound: Bound) -> JSON:
    """Give a smallest or largest value as it stands in the file."""
    if isinstance(bound, datetime):
        return bound.isoformat()
    if isinstance(bound, date):
        return bound.isoformat()
    if isinstance(bound, Decimal):
        whole = bound == bound.to_integral_value()
        return int(bound) if whole else float(bound)
    return bound


def _comment(text: str, indent: int) -> Iterator[str]:
    """Break a comment into lines; no word of it can become a key or end the comment."""
    words = _CONTROL.sub(" ", text).split()
    line = " " * indent + "#"
    for word in words:
        if len(line) + len(word) + 1 > _WIDTH and not line.endswith("#"):
            yield line
            line = " " * indent + "#"
        line += f" {word}"
    yield line


def _lines(table: DraftTable, say: Say) -> Iterator[str]:
    yield from _comment(say(_OPENING), 0)
    for remark in table.remarks:
        yield from _comment(say(remark), 0)
    yield "apiVersion: v3.1.0"
    yield "kind: DataContract"
    yield f"id: {_slug(table.id)}"
    yield 'version: "1.0.0"'
    yield f"status: {DRAFT_STATUS}"
    yield f"name: {scalar(table.name)}"
    yield f"domain: {_slug(table.sector or SLUG_MARK)}"
    if table.tags:
        yield f"tags: {flow(list(table.tags))}"
    yield from _description(table)
    yield "schema:"
    yield f"  - id: {table.table}"
    yield f"    name: {table.table}"
    yield f"    businessName: {scalar(table.name)}"
    if table.granularity:
        yield f"    dataGranularityDescription: {scalar(table.granularity)}"
    if table.rules:
        yield "    quality:"
        for rule in table.rules:
            yield from _rule(rule, say)
    yield "    properties:"
    for column in table.columns:
        yield from _column(column, table, say)
    yield "customProperties:"
    for name, value in _properties(table):
        yield f"  - {{property: {name}, value: {flow(value)}}}"


def _slug(text: str) -> str:
    return text if text[:1].isalpha() and text not in _WORDS else f'"{text}"'


def _description(table: DraftTable) -> Iterator[str]:
    purpose = table.purpose or f"{MARK}: bộ dữ liệu dùng để làm gì, ai dùng."
    yield "description:"
    yield f"  purpose: {scalar(purpose)}"
    if table.usage:
        yield f"  usage: {scalar(table.usage)}"
    basis = f"{MARK}: văn bản pháp luật làm căn cứ thu thập"
    yield "  authoritativeDefinitions:"
    yield f"    - {{type: legalBasis, url: {scalar(URN_MARK)}, description: {scalar(basis)}}}"


def _rule(rule: DraftRule, say: Say) -> Iterator[str]:
    yield f"      - id: {rule.id}"
    yield "        type: sql"
    yield f"        query: {scalar(_COUNTING.format(rule.predicate))}"
    yield "        mustBe: 0"
    yield "        dimension: consistency"
    yield "        customProperties:"
    yield f"          - {{property: rowPredicate, value: {scalar(rule.predicate)}}}"
    yield f"          - {{property: messageVi, value: {scalar(say(rule.message))}}}"


def _column(column: DraftColumn, table: DraftTable, say: Say) -> Iterator[str]:
    for remark in column.remarks:
        yield from _comment(say(remark), 6)
    yield f"      - id: {column.name}"
    yield from (f"        {key}: {value}" for key, value in _keys(column, table))
    if column.allowed:
        yield from _allowed(column)
    if properties := tuple(_column_properties(column)):
        yield "        customProperties:"
        yield from (f"          - {{property: {n}, value: {flow(v)}}}" for n, v in properties)


def _keys(column: DraftColumn, table: DraftTable) -> Iterator[tuple[str, str]]:
    yield "name", column.name
    yield "businessName", scalar(column.label)
    yield "logicalType", column.logical_type
    if "geometry" in column.properties:
        yield "physicalType", "geometry"
    is_key = column.name in table.key
    if is_key:
        yield "primaryKey", "true"
        yield "primaryKeyPosition", str(table.key.index(column.name) + 1)
    if column.required or is_key:
        yield "required", "true"
    if column.unique:
        yield "unique", "true"
    yield "classification", column.classification
    if column.description:
        yield "description", scalar(column.description)
    if options := _options(column):
        yield "logicalTypeOptions", flow(options)
    if target := column.reference:
        yield "relationships", f"[{{to: {scalar(f'{target.dataset}.{target.column}')}}}]"


def _options(column: DraftColumn) -> dict[str, JSON]:
    found: dict[str, JSON | None] = {
        "minLength": column.min_length,
        "maxLength": column.max_length,
        "pattern": column.pattern,
        "minimum": None if column.minimum is None else bound_value(column.minimum),
        "maximum": None if column.maximum is None else bound_value(column.maximum),
    }
    return {name: value for name, value in found.items() if value is not None}


def _allowed(column: DraftColumn) -> Iterator[str]:
    yield "        quality:"
    yield f"          - id: {column.name.replace('_', '-')}-hop-le"
    yield "            metric: invalidValues"
    yield "            mustBe: 0"
    yield "            arguments:"
    yield "              validValues:"
    yield from (f"                - {scalar(value)}" for value in column.allowed)


def _column_properties(column: DraftColumn) -> Iterator[tuple[str, JSON]]:
    label = {"en": {"name": column.label_en}} if column.label_en else None
    found: tuple[tuple[str, JSON], ...] = (
        ("labels", label),
        ("semanticType", column.semantic_type),
        ("unit", column.unit),
        ("decimals", column.decimals),
        ("synonyms", list(column.synonyms) or None),
        ("missingValues", list(column.missing_values) or None),
        ("numberForm", column.number_form.value if column.number_form else None),
        ("dateFormats", list(column.date_formats) or None),
        ("position", column.position),
        ("personal", column.personal.value if column.personal else None),
        ("mask", column.mask),
        *column.properties.items(),
    )
    yield from ((name, value) for name, value in found if value is not None)


def _properties(table: DraftTable) -> Iterator[tuple[str, JSON]]:
    yield "agency", table.agency or MARK
    yield "accessLevel", "private"
    yield "importance", "ordinary"
    yield "dataLayer", "original"
    if table.is_simulated:
        yield "simulated", True
    yield "delivery", {"mode": "replace"}
    if table.licence:
        yield "licence", table.licence
    if table.missing_values:
        yield "missingValues", list(table.missing_values)
    if table.layout:
        yield "layout", table.layout
    if table.name_en:
        yield "labels", {"en": {"name": table.name_en}}


_OPENING = t(
    "A draft. Look at every line, replace what begins with {mark}, and run “tinhdata contract "
    "check” on the file: it lists what is left to finish.",
    mark=MARK,
)
