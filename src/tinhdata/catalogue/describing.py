"""Contract -> what it can be found by: its texts, one part each, and what its rows place. Pure."""

from collections.abc import Iterator

from tinhdata.catalogue.model import Area, DatasetRecord, ExternalEntry, Part, Place
from tinhdata.contracts import AccessLevel, Column, Contract, LogicalType
from tinhdata.contracts.model import Bilingual, Classification
from tinhdata.registry import RegisteredContract
from tinhdata.vietnam import tidy

_COMMUNE = "commune-code"
_COORDINATES = frozenset({"latitude", "longitude"})
_CODE_LIST_LAYER = "reference"
_DATED = frozenset({LogicalType.DATE, LogicalType.TIMESTAMP})
_NO_NAMES = frozenset({"url", "legal-document", _COMMUNE})


def record_of(registered: RegisteredContract) -> DatasetRecord:
    """Give what the catalogue says from a contract alone."""
    contract = registered.contract
    return DatasetRecord(
        dataset=contract.id,
        name=contract.name,
        description=contract.description,
        sector=contract.sector,
        agency=contract.agency,
        database=contract.database,
        access_level=contract.access_level,
        simulated=contract.simulated,
        update_cycle=contract.update_cycle,
        contract_hash=registered.hash,
        contract_version=contract.version,
        tags=contract.tags,
        licence=contract.licence,
        areas=areas_of(contract),
        registered_at=registered.activated_at,
        changed_at=registered.activated_at,
    )


EXTERNAL = "external:"
"""Begins the ids under which datasets of other portals stand in the catalogue."""


def external_record(entry: ExternalEntry) -> DatasetRecord:
    """Give the record under which a dataset of another portal is found."""
    return DatasetRecord(
        dataset=f"{EXTERNAL}{entry.id}",
        name=entry.title,
        description=entry.description,
        sector="",
        agency="",
        database=None,
        access_level=AccessLevel.OPEN,
        simulated=False,
        update_cycle=None,
        contract_hash="",
        contract_version="",
        tags=entry.tags,
        licence=entry.licence,
        changed_at=entry.changed_at,
        external=entry,
    )


def external_parts(entry: ExternalEntry) -> tuple[Part, ...]:
    """Give the searchable texts of a dataset of another portal."""
    said = (
        (Place.NAME, entry.title.vi),
        (Place.NAME, entry.title.en or ""),
        (Place.DESCRIPTION, entry.description.vi),
        (Place.DESCRIPTION, entry.description.en or ""),
        (Place.AGENCY, entry.publisher),
        *((Place.TAG, tag) for tag in entry.tags),
    )
    return tuple(Part(place, text) for place, words in said if (text := tidy(words)))


def areas_of(contract: Contract) -> tuple[Area, ...]:
    """Say how closely the rows of a contract say where something is."""
    found = []
    if any(column.semantic_type == _COMMUNE for column in contract.columns):
        found.append(Area.COMMUNE)
    kinds = {column.semantic_type for column in contract.columns}
    if kinds >= _COORDINATES or any(column.geometry is not None for column in contract.columns):
        found.append(Area.POINT)
    return tuple(found) or (Area.PROVINCE,)


def parts_of(contract: Contract) -> tuple[Part, ...]:
    """Give the searchable texts of a contract."""
    return tuple(
        Part(part.place, text, part.label) for part in _parts(contract) if (text := tidy(part.text))
    )


def _parts(contract: Contract) -> Iterator[Part]:
    yield Part(Place.NAME, contract.name.vi)
    yield Part(Place.NAME, contract.name.en or "")
    yield Part(Place.NAME, contract.id)
    yield Part(Place.DESCRIPTION, contract.description.vi)
    yield Part(Place.DESCRIPTION, contract.description.en or "")
    for tag in contract.tags:
        yield Part(Place.TAG, tag)
    for column in contract.columns:
        yield from _column_parts(column)


def _column_parts(column: Column) -> Iterator[Part]:
    label = column.label
    names = dict.fromkeys((label.vi, label.en or "", column.name, *column.synonyms))
    for name in names:
        yield Part(Place.COLUMN, name, label)
    yield Part(Place.DESCRIPTION, column.description.vi, label)
    yield Part(Place.COLUMN, (column.semantic_type or "").replace("-", " "), label)
    marks = column.marks.values if column.marks else ()
    yield Part(Place.VALUE, "; ".join([*column.allowed, *(said for _, said in marks)]), label)


def is_code_list(contract: Contract) -> bool:
    """Say whether the rows themselves are names that people search for."""
    return contract.data_layer == _CODE_LIST_LAYER


def name_columns(contract: Contract) -> tuple[Column, ...]:
    """Give the columns of an open dataset whose values may be names; none where it is not open."""
    if contract.access_level is not AccessLevel.OPEN:
        return ()
    return tuple(
        column
        for column in contract.columns
        if column.logical_type is LogicalType.STRING
        and column.in_open_data
        and column.personal is None
        and column.classification is not Classification.RESTRICTED
        and column.geometry is None
        and not column.allowed
        and column.reference is None
        and column.semantic_type not in _NO_NAMES
    )


def year_columns(contract: Contract) -> tuple[Column, ...]:
    """Give the columns that say to which time a row belongs, the surest first."""
    named = contract.period.column if contract.period else None
    dated = [c for c in contract.columns if c.logical_type in _DATED]
    choices = (
        [c for c in contract.columns if c.name == named],
        [c for c in contract.columns if c.semantic_type == "year"],
        [c for c in dated if c.name in contract.key],
        dated,
    )
    return tuple(next((columns for columns in choices if columns), []))


def topic_part(name: Bilingual) -> Part:
    """Give the searchable text of a topic."""
    return Part(Place.TOPIC, f"{name.vi} · {name.en}" if name.en else name.vi)
