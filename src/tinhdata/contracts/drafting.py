"""What was seen in a sample file becomes the draft of a contract. Pure.

`draft_values` says what the values are, `draft_meaning` what they are about, `draft_keys` which
columns name a row; here this is put together so that nearly all records of the sample would pass.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tinhdata.contracts import draft_meaning, draft_names, draft_ranges
from tinhdata.contracts.draft_geometry import geometry_of
from tinhdata.contracts.draft_keys import (
    find_key,
    find_reference,
    is_running_number,
    names_codes,
    partly_known,
)
from tinhdata.contracts.draft_meaning import Meaning
from tinhdata.contracts.draft_model import DraftColumn, DraftTable, DraftWishes
from tinhdata.contracts.draft_seen import ColumnSeen, KnownKey, TableSeen
from tinhdata.contracts.draft_values import Kind, kind_of, odd_values
from tinhdata.contracts.draft_wide import Wide, find_wide
from tinhdata.contracts.model import (
    AccessLevel,
    Bilingual,
    Classification,
    Column,
    Contract,
    Importance,
    LogicalType,
    NumberForm,
)
from tinhdata.contracts.semantics import SEMANTIC_TYPES
from tinhdata.kernel import JSON, Text, t
from tinhdata.vietnam import match_key, tidy

_MOST_FAILING = 0.03
"""Share of the records that may fail a draft; above it the strictest columns become texts."""

_LONGEST_NAME = 200
_LONGEST_SHOWN = 20
_MANY_EMPTY = 10
"""Percent of empty cells from which a comment says so."""

_DULL_SHEETS = ("sheet", "trang tinh", "trang_tinh", "bang")


@dataclass(frozen=True, slots=True)
class _Looked:
    """A column with what was found out about it."""

    seen: ColumnSeen
    kind: Kind
    meaning: Meaning
    label: str
    unit: str | None

    @property
    def is_personal(self) -> bool:
        return self.meaning.personal is not None


def draft_of_table(
    seen: TableSeen, wishes: DraftWishes, known: Sequence[KnownKey] = ()
) -> DraftTable:
    """Draft the contract of the dataset that `seen` is a file of.

    `known` are keys of other datasets, to which columns may refer. The same input gives the same
    draft.
    """
    name = _title(seen)
    original, wide = seen, find_wide(seen)
    seen = wide.table if wide else seen
    slug = wishes.id or draft_names.dataset_id(name)
    looked = _looked(seen)
    key = find_key([one.seen for one in looked], [one.kind for one in looked])
    names = draft_names.unique_names(one.label for one in looked)
    positions = draft_names.repeated_positions([one.seen.header for one in looked])
    common = _common_missing(looked, seen.missing)
    of_persons = any(one.is_personal for one in looked)
    columns = []
    for at, one in enumerate(looked):
        drafted = _column(one, names[at], set(common), known, is_key=at in key.columns)
        if _names_persons(drafted.allowed, of_persons=of_persons):
            drafted = replace(drafted, allowed=())
        drafted = replace(drafted, position=positions[at])
        remarks = (*_seen_remarks(one, may_show=not of_persons), *drafted.remarks)
        if at not in key.columns and is_running_number(one.seen.header):
            # The next file may number its lines anew, or not at all.
            drafted = replace(drafted, required=False)
            remarks = (*remarks, t("The column only numbers the lines: it may be missing."))
        columns.append(replace(drafted, remarks=remarks))
    if wide:
        columns = _with_marks(columns, wide, names)
    return DraftTable(
        id=slug,
        name=name,
        name_en=name if seen.title and draft_names.is_english(name) else None,
        table=draft_names.table_name(slug)[:60],
        columns=tuple(columns),
        key=tuple(names[at] for at in key.columns),
        sector=wishes.sector,
        agency=wishes.agency,
        missing_values=common,
        layout=seen.layout if wide is None else {**seen.layout, "unpivot": wide.unpivot(names)},
        remarks=tuple(_table_remarks(original, wide, key.failing)),
    )


def _names_persons(listed: Sequence[str], *, of_persons: bool) -> bool:
    """Say whether a list of values would carry data of persons into the draft."""
    if of_persons and any(map(draft_meaning.may_be_of_a_person, listed)):
        return True
    return bool(listed) and draft_meaning.are_of_persons(listed)


def _title(seen: TableSeen) -> str:
    """Give the name of the dataset: the title in the file, a telling sheet, or the file's name."""
    stem = seen.filename.rpartition("/")[2].rpartition(".")[0] or seen.filename
    if seen.title and len(seen.title) >= 10:
        return tidy(seen.title)[:_LONGEST_NAME].strip()
    sheet = tidy(seen.sheet or "")
    telling = len(sheet) > 8 and not match_key(sheet).startswith(_DULL_SHEETS)
    return (sheet if telling else tidy(draft_names.without_day(stem).replace("_", " ")))[
        :_LONGEST_NAME
    ].strip() or "Bảng"


def _looked(seen: TableSeen) -> tuple[_Looked, ...]:
    named = [
        column
        if match_key(column.header) or tidy(column.header)
        else replace(column, header=f"Cột {at}")
        for at, column in enumerate(seen.columns, 1)
    ]
    seen = replace(seen, columns=tuple(named))
    first = [_look(column, seen, None) for column in seen.columns]
    # Numbers that can be read in two ways are written as the certain ones of the same file.
    forms = [one.kind.number_form for one in first if one.kind.is_form_certain]
    certain = next((form for form in forms if form is not None), None)
    looked = [one if one.kind.is_form_certain else _look(one.seen, seen, certain) for one in first]
    looked = _loosened(_labelled(looked))
    if draft_meaning.names_persons(one.meaning for one in looked):
        looked = [
            replace(one, meaning=draft_meaning.in_table_of_persons(one.meaning, one.seen, one.kind))
            for one in looked
        ]
    return tuple(looked)


def _look(column: ColumnSeen, table: TableSeen, form: NumberForm | None) -> _Looked:
    label, unit = draft_names.split_unit(column.header)
    kind = kind_of(column, is_typed=table.is_typed, form=form)
    is_number = kind.logical_type in (LogicalType.INTEGER, LogicalType.NUMBER)
    if is_number and unit is None and not draft_meaning.is_share(column.header):
        unit = table.unit
    meaning = draft_meaning.meaning_of(column, kind, unit)
    if meaning.semantic_type in (
        "latitude",
        "longitude",
        "year",
        "month",
        "quarter",
        "numeric-code",
    ):
        unit = None
    return _Looked(column, kind, meaning, label, unit if is_number else None)


def _labelled(looked: Sequence[_Looked]) -> list[_Looked]:
    """Keep the unit in the label where without it two columns were called the same."""
    keys = [match_key(one.label) for one in looked]
    return [
        one if keys.count(key) == 1 and key else replace(one, label=tidy(one.seen.header))
        for one, key in zip(looked, keys, strict=True)
    ]


def _loosened(looked: list[_Looked]) -> list[_Looked]:
    """Make texts of the columns with most odd values until nearly all records pass."""
    rows = looked[0].seen.rows if looked else 0
    while rows:
        bad = [_bad_rows(one) for one in looked]
        failing = set().union(*bad)
        if len(failing) <= _MOST_FAILING * rows:
            break
        worst = max(range(len(looked)), key=lambda at: len(bad[at]))
        looked[worst] = _as_text(looked[worst])
    return looked


def _bad_rows(one: _Looked) -> set[int]:
    odd = one.kind.odd
    return {row for row, code in enumerate(one.seen.codes) if code in odd} if odd else set()


def _as_text(one: _Looked) -> _Looked:
    texts = {at: value for at, value in enumerate(one.seen.values) if at not in one.kind.missing}
    kind = Kind(LogicalType.STRING, texts, missing=one.kind.missing)
    return replace(one, kind=kind, meaning=replace(one.meaning, semantic_type=None), unit=None)


def _common_missing(looked: Sequence[_Looked], gone: Sequence[str]) -> tuple[str, ...]:
    """Give the words for no value that stand in several columns, or in cells of a wide table."""
    words: dict[str, int] = {}
    for one in looked:
        for word in {one.seen.values[at] for at in one.kind.missing}:
            words[word] = words.get(word, 0) + 1
    common = {word for word, columns in words.items() if columns > 1}
    return tuple(sorted(common.union(gone)))


def _column(
    one: _Looked, name: str, common: set[str], known: Sequence[KnownKey], *, is_key: bool
) -> DraftColumn:
    seen, kind, meaning = one.seen, one.kind, one.meaning
    empty = seen.rows - seen.filled + sum(seen.counts[at] for at in kind.missing)
    own_words = tuple(sorted({seen.values[at] for at in kind.missing} - common))
    low, high = draft_ranges.range_of(kind, meaning.semantic_type)
    header = tidy(seen.header)
    drafted = DraftColumn(
        name=name,
        label=one.label,
        label_en=one.label if draft_names.is_english(one.label) else None,
        logical_type=kind.logical_type,
        required=is_key or (empty == 0 and seen.rows > 0),
        classification=Classification.RESTRICTED if one.is_personal else Classification.INTERNAL,
        minimum=low,
        maximum=high,
        semantic_type=meaning.semantic_type,
        unit=_own_unit(one),
        decimals=kind.decimals,
        number_form=kind.number_form,
        date_formats=kind.date_formats,
        missing_values=own_words,
        synonyms=(header,) if header != one.label else (),
        personal=meaning.personal,
        mask=meaning.mask if meaning.personal else None,
    )
    if not kind.read:
        return drafted
    if kind.logical_type is LogicalType.STRING:
        drafted = _text_column(drafted, one, known)
    return drafted


def _own_unit(one: _Looked) -> str | None:
    entry = SEMANTIC_TYPES.get(one.meaning.semantic_type or "")
    return None if entry is not None and entry.unit == one.unit else one.unit


def _text_column(drafted: DraftColumn, one: _Looked, known: Sequence[KnownKey]) -> DraftColumn:
    values = [one.seen.values[at] for at in one.kind.read]
    if (geometry := geometry_of(values)) is not None:
        return replace(drafted, semantic_type=None, properties={"geometry": geometry})
    listed = () if one.is_personal else draft_ranges.values_to_list(one.seen, one.kind)
    found = None if one.is_personal else find_reference(one.seen, one.kind, known)
    bundle = SEMANTIC_TYPES.get(drafted.semantic_type or "")
    pattern = None if bundle and bundle.pattern else draft_ranges.code_pattern(values)
    has_length = (bundle is not None and bundle.pattern is not None) or bool(listed or pattern)
    drafted = replace(
        drafted,
        pattern=pattern,
        allowed=() if found or pattern else listed,
        max_length=None if has_length else draft_ranges.longest(values),
        unique=_is_unique_code(one, values),
    )
    if found is None:
        return replace(drafted, remarks=tuple(_nearly(one, known)))
    reference, lacking = found
    drafted = replace(drafted, unique=False)
    remarks = (_lacking(lacking, reference.dataset),) if lacking else ()
    drafted = replace(drafted, reference=reference, remarks=remarks)
    commune = SEMANTIC_TYPES["commune-code"]
    if pattern is not None and pattern == commune.pattern and drafted.semantic_type is None:
        return replace(drafted, semantic_type=commune.name, pattern=None)
    return drafted


def _is_unique_code(one: _Looked, values: Sequence[str]) -> bool:
    """Say whether the column is called a code, and its many values are never the same."""
    if one.is_personal or not names_codes(one.seen.header):
        return False
    if len(values) < 20 or one.kind.missing or any(one.seen.counts[at] > 1 for at in one.kind.read):
        return False
    return all(len(value) <= 30 and any(c.isdigit() for c in value) for value in values)


def _nearly(one: _Looked, known: Sequence[KnownKey]) -> Iterator[Text]:
    if not one.is_personal:
        for place, count in partly_known(one.seen, one.kind, known).items():
            yield t(
                "Most values stand in {place}, but {count} do not: no reference was written.",
                place=place,
                count=count,
            )


def _lacking(count: int, dataset: str) -> Text:
    return t("{count} values do not stand in {dataset}.", count=count, dataset=dataset)


def _seen_remarks(one: _Looked, *, may_show: bool) -> Iterator[Text]:
    """Say what a person should know of the column; no value of a person is ever repeated."""
    seen, kind = one.seen, one.kind
    missing = sum(seen.counts[at] for at in kind.missing)
    empty = seen.rows - seen.filled + missing
    if not kind.read:
        yield t("Nothing stands in this column, so its type is not known.")
        return
    if seen.rows and empty * 100 >= _MANY_EMPTY * seen.rows:
        yield t("{percent} % of the cells are empty.", percent=100 * empty // seen.rows)
    if kind.odd:
        yield _odd_remark(one, may_show=may_show)
    if not kind.is_form_certain:
        yield t("Its numbers can be read in two ways (1.234). Say in numberForm which is right.")
    if one.is_personal:
        yield t("It looks like personal data. Look at kind, mask and legal basis.")


def _odd_remark(one: _Looked, *, may_show: bool) -> Text:
    odd = list(odd_values(one.seen, one.kind))
    shown = [
        value
        for value, times in odd
        if times > 1
        and len(value) <= _LONGEST_SHOWN
        and not any(c.isdigit() for c in value)
        and not draft_meaning.may_be_of_a_person(value)
    ][:3]
    count = sum(times for _value, times in odd)
    if not shown or not may_show:
        return t("{count} cells do not fit the type.", count=count)
    words = "; ".join(f"“{tidy(value)}”" for value in shown)
    return t("{count} cells do not fit the type, such as {values}.", count=count, values=words)


def _with_marks(
    columns: Sequence[DraftColumn], wide: Wide, names: Sequence[str]
) -> list[DraftColumn]:
    """Let the year of a wide table cut off the marks beside it, into a column of its own."""
    marked = list(columns)
    year = marked[wide.year]
    marked[wide.year] = replace(year, label_en="Year", required=True)
    if wide.status is not None:
        marks: JSON = wide.marks_of_year(names)
        marked[wide.year] = replace(marked[wide.year], properties={"marks": marks})
        marked[wide.status] = replace(
            marked[wide.status],
            label_en="Status of the figure",
            required=False,
            allowed=wide.meanings,
            remarks=(t("Filled from the marks that stand beside the years."),),
        )
    return marked


def _table_remarks(seen: TableSeen, wide: Wide | None, failing: int) -> Iterator[Text]:
    rows = seen.columns[0].rows if seen.columns else 0
    yield t(
        "Drafted from {file}: {rows} records, {columns} columns.",
        file=tidy(seen.filename.rpartition("/")[2]),
        rows=rows,
        columns=len(seen.columns),
    )
    if wide is not None:
        yield t("The file is wide: a column per year. Each year becomes a row (layout.unpivot).")
    if seen.is_cut:
        yield t("Only the first {rows} records were looked at.", rows=rows)
    for number in seen.headless:
        yield t("Column {number} of the file has no header and is left out.", number=number)
    if failing:
        yield t(
            "No columns name every row: {count} records have an empty or repeated key. Look at the "
            "key.",
            count=failing,
        )


def contract_of_texts(headers: Sequence[str]) -> Contract:
    """Give a contract that reads the columns called `headers` as texts, to look at a file with.

    It was never checked and is no dataset; its columns are called `c0`, `c1` and so on.
    """
    columns = tuple(
        Column(f"c{at}", f"c{at}", Bilingual(header), LogicalType.STRING)
        for at, header in enumerate(headers)
    )
    return Contract(
        id="",
        version="0.0.0",
        name=Bilingual(""),
        description=Bilingual(""),
        sector="",
        agency="",
        table="",
        columns=columns,
        key=(),
        access_level=AccessLevel.PRIVATE,
        importance=Importance.ORDINARY,
        data_layer="",
        legal_basis=(),
    )
