"""The reference page of contracts, written from the vocabulary itself so that it cannot be old."""

from collections.abc import Iterator

from tinhdata.contracts.custom_properties import (
    DATA_LAYERS,
    MASKS,
    SLA_PROPERTIES,
    SLA_UNITS,
    CustomProperty,
    Place,
    vocabulary,
)
from tinhdata.contracts.predicates import WORDS
from tinhdata.contracts.rules import DIMENSIONS
from tinhdata.contracts.semantics import SEMANTIC_TYPES, SemanticType
from tinhdata.kernel import JSON, JSONObject

_PLACES = {
    Place.CONTRACT: "Of the contract (`customProperties` at the top)",
    Place.TABLE: "Of the table (`schema[0].customProperties`)",
    Place.COLUMN: "Of a column (`schema[0].properties[].customProperties`)",
    Place.RULE: "Of a quality rule (`quality[].customProperties`)",
}

_OPENING = """\
# Contracts

<!-- Written by `tinhdata.contracts.reference`; a test compares. Do not edit by hand. -->

A contract is a file of the Open Data Contract Standard (ODCS), `apiVersion: v3.1.0` (`v3.2.0` is
read as well). One file declares one dataset with one table. `tinhdata contract check FILE` says
what is wrong with it, with file, line and how to mend it.

## How the file is read

* UTF-8, one YAML document, no tabs, no anchors (`&`, `*`), no tags (`!`), no merging (`<<`), no
  key twice, no key without a value.
* A scalar is what its place wants: `05000`, `NO` and `1.10` stay texts wherever a text stands.
  Only `true`, `false` and plain decimal numbers become something else, and only where a number or
  a yes or no is wanted. Texts that hold `: # , [ ] { }` go in quotes.
* Keys that the standard or the lists below do not name are errors.

## What every contract says

`id` (small letters, digits, hyphens), `version` (`"1.0.0"`), `status` (`active`, or
`draft` while facts are still to be written), `name` (Vietnamese), `domain` (the sector),
`description.purpose` (Vietnamese), at least one legal basis (`authoritativeDefinitions`
of type `legalBasis` with `url` and `description`), and the customProperties marked *required*
below. An open dataset also names its `licence`.

The table has a stable `id`, a `name` (`a-z0-9_`) and a `businessName` (Vietnamese). So has every
column, with `logicalType` (`string integer number boolean date timestamp`) and `classification`:

| Classification | Meaning |
|---|---|
| `public` | for everyone; in an open dataset every column that is not excluded must be public |
| `internal` | inside the agencies |
| `restricted` | for those who must see it; personal data always is |

At least one column has `primaryKey: true`. Also read at a column: `required`, `unique`,
`description`, `logicalTypeOptions` (`minLength maxLength pattern minimum maximum`, both ends
included), `quality` with `metric: invalidValues`, `arguments: {validValues: [...]}` and
`mustBe: 0`, and one `relationships` entry with `to: dataset.column`, where `dataset` is the id of
another contract (or of this one). Patterns are RE2 and must match the whole value. A column of
geometries is a `string` with `physicalType: geometry` and the customProperty `geometry`.

## Quality rules

| What | How |
|---|---|
| a condition on each row | `type: sql`, `query`, `mustBe: 0`, `dimension`, and `rowPredicate` |
| number of rows of a delivery | `metric: rowCount` with one operator |
| its change against the last releases | the same, `unit: percent`, customProperty `metric` |
| something people check | `type: text` |

Each has a stable `id` and a text for the officer (`messageVi` or `name`). Severities: `info` notes,
`warning` releases the row with a mark, `error` (default) quarantines it, `critical` holds the
delivery.
"""

_EXAMPLE = """\
apiVersion: v3.1.0
kind: DataContract
id: danh-muc-vi-du
version: "1.0.0"
status: active
name: Danh mục ví dụ
domain: linh-vuc-vi-du
description:
  purpose: Mã và tên dùng chung trong tỉnh.
  authoritativeDefinitions:
    - {type: legalBasis, url: "urn:vn:luat:60/2024/QH15", description: Luật Dữ liệu}
schema:
  - id: muc
    name: muc
    businessName: Mục
    quality:
      - {id: co_dong, name: Tệp phải có ít nhất một dòng., metric: rowCount, mustBeGreaterThan: 0}
      - id: con_hieu_luc
        type: sql
        query: SELECT COUNT(*) FROM ${object} WHERE het_hieu_luc < hieu_luc
        mustBe: 0
        dimension: consistency
        customProperties:
          - {property: rowPredicate, value: "het_hieu_luc IS NULL OR het_hieu_luc >= hieu_luc"}
          - {property: messageVi, value: Ngày hết hiệu lực trước ngày có hiệu lực.}
          - {property: messageEn, value: It ends before it begins.}
    properties:
      - id: ma
        name: ma
        businessName: Mã
        logicalType: string
        primaryKey: true
        required: true
        classification: public
        logicalTypeOptions: {pattern: "[A-Z]{2}[0-9]{3}"}
        customProperties:
          - {property: labels, value: {en: {name: Code}}}
          - {property: synonyms, value: [Mã số, Mã mục]}
      - id: hieu_luc
        name: hieu_luc
        businessName: Có hiệu lực từ
        logicalType: date
        required: true
        classification: public
      - id: het_hieu_luc
        name: het_hieu_luc
        businessName: Hết hiệu lực
        logicalType: date
        classification: public
slaProperties:
  - {property: frequency, value: 1, unit: y}
customProperties:
  - {property: agency, value: A99.1}
  - {property: accessLevel, value: open}
  - {property: licence, value: CC-BY-4.0}
  - {property: licenceApproval, value: {agency: A99.1, date: "2026-01-31", document: Công văn 12}}
  - {property: importance, value: ordinary}
  - {property: dataLayer, value: reference}
  - {property: missingValues, value: ["-", "..."]}
"""


def example_contract() -> str:
    """Give a small contract that is valid, as YAML."""
    return _EXAMPLE


def reference_page() -> str:
    """Give docs/reference/contracts.md as Markdown."""
    return "\n".join(
        (
            _OPENING,
            *_dimensions(),
            *_custom_properties(),
            *_wide_tables(),
            *_semantic_types(),
            *_words(),
            *_levels(),
            "## Example",
            "",
            "```yaml",
            f"{example_contract()}```",
            "",
        )
    )


def _dimensions() -> Iterator[str]:
    yield from ("| `dimension` of the rule | measured as |", "|---|---|")
    for name, dimension in DIMENSIONS.items():
        yield f"| `{name}` | {dimension} |"
    yield ""


def _custom_properties() -> Iterator[str]:
    yield "## customProperties"
    yield ""
    yield "Written as `{property: name, value: ...}`."
    for place, title in _PLACES.items():
        yield from ("", f"### {title}", "", "| Property | Value | Meaning |", "|---|---|---|")
        for entry in vocabulary():
            if entry.place is place:
                yield _row(entry)
    yield from ("", "### Data layers and masks", "", "| `dataLayer` | |", "|---|---|")
    yield from (f"| `{name}` | {label} |" for name, label in DATA_LAYERS.items())
    yield from ("", "| `mask` | what is shown |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in MASKS.items())
    yield ""


_WIDE = """\
### Wide tables (`layout.unpivot`)

Where a column per year, place or kind stands in the file, `unpivot` makes a row of each of its
cells. The other columns are found as always; a file that is long already is read as it is.

| Key | Meaning |
|---|---|
| `headers` | templates of the headers: text, and columns in braces. `"{nam}"` is `2016`, \
`"{nam} {loai}"` is `2016 Bệnh viện`; a header of two rows is joined from top to bottom. An \
integer takes digits in its range, a column with a list of values those, any other its pattern or \
any text |
| `values` | the column that takes the value; or words of the header and their columns, for which \
`{value}` stands in the templates |
| `words` | what words of a header mean as values of a column: `{thang: {"Jan.": "1"}}` |
| `empty` | `skip` (default): an empty cell, or one that holds a missing value, makes no row and \
is counted; `keep`: it does |

Text around a place that is a mark of its column counts as that mark. Columns whose values `drop`
names are left out. Rows made = records × unpivoted columns - empty cells.

### Units

A unit in the header (`Diện tích (nghìn ha)`, `Diện tích, ha`) or in a line above it (`Đơn vị tính:
Triệu đồng`) is compared with the column's `unit`. Where both measure the same, values are
multiplied exactly and each is counted; where they do not, the file waits for a person's word.
"""


def _wide_tables() -> Iterator[str]:
    yield _WIDE


def _row(entry: CustomProperty) -> str:
    required = " *(required)*" if entry.required else ""
    value = f"{_shape(entry.schema)}<br>for example `{entry.example}`"
    return f"| `{entry.name}`{required} | {_cell(value)} | {_cell(entry.meaning)} |"


def _shape(schema: JSONObject) -> str:
    choices, properties = schema.get("enum"), schema.get("properties")
    if isinstance(choices, list):
        return " or ".join(f"`{_visible(choice)}`" for choice in choices)
    if isinstance(properties, dict):
        inner = (f"{name}: {_shape(part)}" for name, part in properties.items())
        return "{" + ", ".join(inner) + "}"
    branches, others = schema.get("anyOf"), schema.get("additionalProperties")
    if isinstance(branches, list):
        return " or ".join(_shape(branch) for branch in branches if isinstance(branch, dict))
    if isinstance(others, dict):
        return f"{{word: {_shape(others)}, …}}"
    if schema.get("type") == "array":
        item = schema.get("items")
        return f"list of {_shape(item)}" if isinstance(item, dict) else "list"
    return {"string": "text", "boolean": "`true` or `false`"}.get(
        str(schema.get("type")), str(schema.get("type"))
    )


def _visible(choice: JSON) -> str:
    return "\\t" if choice == "\t" else str(choice)


def _semantic_types() -> Iterator[str]:
    yield from (
        "## Semantic types",
        "",
        "A semantic type brings the rules that its column does not set itself.",
        "",
        "| Type | Meaning | Stored as | Rules | Right, wrong | Source |",
        "|---|---|---|---|---|---|",
    )
    for entry in SEMANTIC_TYPES.values():
        cells = (
            f"`{entry.name}`",
            entry.meaning,
            " or ".join(entry.logical_types),
            "; ".join(_rules_of(entry)) or "none",
            f"`{entry.example}`, not `{entry.counter_example}`",
            entry.source,
        )
        yield "| " + " | ".join(map(_cell, cells)) + " |"
    yield ""


def _rules_of(entry: SemanticType) -> Iterator[str]:
    if entry.pattern:
        # A pattern may hold a backtick itself.
        yield (
            f"pattern `` {entry.pattern} ``"
            if "`" in entry.pattern
            else f"pattern `{entry.pattern}`"
        )
    if entry.minimum is not None:
        yield f"at least {entry.minimum}"
    if entry.maximum is not None:
        yield f"at most {entry.maximum}"
    if entry.max_length is not None:
        yield f"at most {entry.max_length} characters"
    if entry.predicate:
        yield "check digit"
    if entry.unit:
        yield f"unit {entry.unit}"
    if entry.personal:
        yield f"personal data ({entry.personal})"
    if entry.needs_reference:
        yield "needs a reference, unless it is the whole key of the list of codes itself"


def _words() -> Iterator[str]:
    yield from (
        "## Words of a row condition",
        "",
        "Names stand for the columns of the same row. A condition that is neither true nor false,",
        "because a value is missing, counts as met.",
        "",
        "| Word | Meaning | Example |",
        "|---|---|---|",
    )
    for word in WORDS:
        yield f"| `{_cell(word.written)}` | {_cell(word.meaning)} | `{_cell(word.example)}` |"
    yield ""


def _levels() -> Iterator[str]:
    yield from ("## Service levels (`slaProperties`)", "", "| Property | Meaning |", "|---|---|")
    yield from (f"| `{name}` | {meaning} |" for name, meaning in SLA_PROPERTIES.items())
    yield from ("", f"Units: {', '.join(f'`{unit}`' for unit in SLA_UNITS)}.", "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
