"""Schemas of others (CKAN, Frictionless, SQL) become drafts of contracts: what they have in common.

Pure: text in, drafts out. What a schema says and a contract cannot is a remark, never silence.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from tinhdata.contracts import draft_names
from tinhdata.contracts.draft_meaning import personal_by_name
from tinhdata.contracts.draft_model import DraftColumn, DraftTable
from tinhdata.contracts.errors import SchemaUnreadable
from tinhdata.contracts.model import Bound, Classification, LogicalType
from tinhdata.contracts.part import Part
from tinhdata.contracts.patterns import does_match, fault_of_pattern
from tinhdata.kernel import JSON, Text, t
from tinhdata.vietnam import match_key, tidy

MOST_BYTES = 5_000_000
MOST_COLUMNS = 400
MOST_TABLES = 200
_LONGEST_LABEL = 120
_LONGEST_TEXT = 1_000
_LONGEST_SHOWN = 120
_MOST_VALUES = 500
_MOST_DEPTH = 60
_CODE_NAME = re.compile(r"(?:.*_)?(?:id|ma|code|key|gid|so_hieu)(?:_.*)?|ma[a-z]{1,3}")
_SIGNS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Imported:
    """The drafts made of one schema, and what of it belongs to none of them."""

    tables: tuple[DraftTable, ...]
    notes: tuple[Text, ...] = ()


def text_of(data: bytes, source: str) -> str:
    """Give the text of a schema file; raises SchemaUnreadable where it is none or too long."""
    if len(data) > MOST_BYTES:
        raise SchemaUnreadable(
            source,
            t("it has {size} bytes, at most {limit} are read", size=len(data), limit=MOST_BYTES),
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SchemaUnreadable(source, t("it is not UTF-8")) from None


def json_of(data: bytes, source: str) -> Part:
    """Give the JSON document in `data`; raises SchemaUnreadable where it is none."""
    text = text_of(data, source)
    try:
        if _depth(text) > _MOST_DEPTH:
            raise ValueError("nested too deeply")
        value: JSON = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise SchemaUnreadable(source, t("it is no JSON ({detail})", detail=str(error))) from None
    if not isinstance(value, Mapping):
        raise SchemaUnreadable(source, t("it is no JSON object"))
    return Part(value)


def _no_constant(name: str) -> JSON:
    raise ValueError(f"{name} is no number of JSON")


def _depth(text: str) -> int:
    """Say how deeply brackets are nested, those in texts aside."""
    deepest = depth = 0
    for found in _SIGNS.finditer(text):
        if not found[0].startswith('"'):
            depth += 1 if found[0] in "[{" else -1
            deepest = max(deepest, depth)
    return deepest


def words(text: str | None, longest: int = _LONGEST_TEXT) -> str | None:
    """Give a text for people in one line, None where nothing is in it."""
    said = tidy(_CONTROL.sub(" ", text or ""))[:longest].strip()
    return said or None


def shown(value: JSON) -> str:
    """Give a value for a remark, cut where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    said = tidy(_CONTROL.sub(" ", text))
    return said if len(said) <= _LONGEST_SHOWN else f"{said[:_LONGEST_SHOWN]}…"


def not_taken(part: Part, known: Iterable[str]) -> Iterator[Text]:
    """Name the keys of `part` that say something and are not among `known`."""
    if isinstance(part.value, Mapping):
        left = sorted(
            key for key, value in part.value.items() if key not in known and value not in _NOTHING
        )
        if left:
            yield t("Not taken over: {names}.", names=shown(", ".join(left)))


def too_many(count: int) -> tuple[Text, ...]:
    """Say that a schema has more tables than are drafted at once, nothing where it has not."""
    if count <= MOST_TABLES:
        return ()
    return (
        t(
            "Only the first {limit} of {count} tables were taken over.",
            limit=MOST_TABLES,
            count=count,
        ),
    )


_NOTHING: tuple[JSON, ...] = (None, "", [], {})


def labelled(name: str, label: str | None, description: str | None) -> DraftColumn:
    """Begin a column called `name` elsewhere: a short label is its header, a long one describes."""
    said = words(label)
    header = words(name, _LONGEST_LABEL) or "?"
    told = words(description)
    if said and len(said) > _LONGEST_LABEL:
        said, told = None, told or said
    column = DraftColumn(name="", label=said or header, description=told)
    if said and match_key(said) != match_key(header):
        column = replace(column, synonyms=(header,))
    if not said and draft_names.is_english(header):
        column = replace(column, label_en=header)
    return column


def finished_table(table: DraftTable, key: Sequence[int]) -> DraftTable:
    """Give names to the columns of `table`, mend what a contract cannot hold, and set the key.

    Where `key` names none, the column that looks most like a code is taken, and a remark says so.
    """
    columns = _distinct(table.columns[:MOST_COLUMNS])
    remarks = list(table.remarks)
    if len(table.columns) > MOST_COLUMNS:
        remarks.append(t("Only the first {limit} columns were taken over.", limit=MOST_COLUMNS))
    places = [at for at in key if at < len(columns)] or [_likeliest_key(columns)]
    if not key:
        remarks.append(
            t("No key is declared; “{column}” was taken.", column=columns[places[0]].label)
        )
    own = {column.name for column in columns}
    fitted = tuple(_fitted(_with_own_target(column, table.id, own)) for column in columns)
    names = tuple(fitted[at].name for at in places)
    return replace(table, columns=fitted, key=names, remarks=tuple(remarks))


def _distinct(columns: Sequence[DraftColumn]) -> list[DraftColumn]:
    """Name the columns; labels that say the same are told apart by what the column was called."""
    originals = [column.name or column.label for column in columns]
    taken: set[str] = set()
    labelled_columns = []
    for column, original in zip(columns, originals, strict=True):
        label, number = column.label, 2
        if match_key(label) in taken or not match_key(label):
            label = f"{column.label} ({column.synonyms[0] if column.synonyms else original})"
        while match_key(label) in taken or not match_key(label):
            label, number = f"{column.label} {number}", number + 1
        taken.add(match_key(label))
        labelled_columns.append(replace(column, label=label))
    sources = [
        column.name or (column.synonyms[0] if column.synonyms else column.label)
        for column in labelled_columns
    ]
    names = draft_names.unique_names(sources)
    return [replace(c, name=name) for c, name in zip(labelled_columns, names, strict=True)]


def _likeliest_key(columns: Sequence[DraftColumn]) -> int:
    for at, column in enumerate(columns):
        if column.unique or _CODE_NAME.fullmatch(column.name):
            return at
    return 0


def _fitted(column: DraftColumn) -> DraftColumn:
    """Take away what would make no contract, and say so; mark what is personal by its name."""
    remarks = list(column.remarks)
    if column.pattern is not None and (fault := _fault(column.pattern)):
        remarks.append(fault)
        column = replace(column, pattern=None)
    pattern = column.pattern
    if pattern is not None and not all(does_match(pattern, value) for value in column.allowed):
        remarks.append(t("The pattern does not fit the list of values and was left out."))
        column = replace(column, pattern=None)
    if len(column.allowed) > _MOST_VALUES:
        remarks.append(
            t("The list has {count} values: make a code list of it.", count=len(column.allowed))
        )
        column = replace(column, allowed=())
    if _is_crossed(column.minimum, column.maximum) or _is_crossed(
        column.min_length, column.max_length
    ):
        remarks.append(t("The smallest value is above the largest; both were left out."))
        column = replace(column, minimum=None, maximum=None, min_length=None, max_length=None)
    text = " ".join((column.label, *column.synonyms))
    found = personal_by_name(text, column.logical_type)
    if found is not None:
        remarks.append(t("It looks like personal data. Look at kind, mask and legal basis."))
        column = replace(
            column,
            personal=found.personal,
            mask=found.mask,
            classification=Classification.RESTRICTED,
        )
    return replace(column, remarks=tuple(remarks))


def _with_own_target(column: DraftColumn, dataset: str, names: set[str]) -> DraftColumn:
    target = column.reference
    if target is None or target.dataset != dataset or target.column in names:
        return column
    remark = t("It refers to {column}, which is no column.", column=target.column)
    return replace(column, reference=None, remarks=(*column.remarks, remark))


def _fault(pattern: str) -> Text | None:
    fault = fault_of_pattern(pattern)
    if fault is None:
        return None
    return t("The pattern {pattern} was left out: it cannot be used here.", pattern=shown(pattern))


def _is_crossed(low: Bound | None, high: Bound | None) -> bool:
    if low is None or high is None or type(low) is not type(high):
        return False
    return _order(low) > _order(high)


def _order(bound: Bound) -> tuple[Decimal, str]:
    """Give what bounds of one type are ordered by; days in ISO form sort as texts."""
    if isinstance(bound, int | Decimal):
        return Decimal(bound), ""
    return Decimal(0), bound.isoformat()


IS_NUMBER = (LogicalType.INTEGER, LogicalType.NUMBER)
