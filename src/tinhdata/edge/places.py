"""Where rows lie: in a geometry or coordinates of their own, or where the code they name lies.

Which columns those are is read from contracts alone: a code lies where the dataset that it refers
to has coordinates, and its area is that of a layer whose key refers to the same codes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from starlette.datastructures import QueryParams

from tinhdata.access import ANONYMOUS, Actor
from tinhdata.bootstrap import Platform
from tinhdata.catalogue import Area, DatasetRecord, NoSuchRecord
from tinhdata.contracts import Column, Contract, GeometryType, LogicalType, Reference
from tinhdata.edge.rows import Opened, open_release, visible_columns
from tinhdata.kernel import Refused
from tinhdata.warehouse import Filter, NoRelease, Op, Query, Value

LONGITUDE, LATITUDE = "longitude", "latitude"
MOST_PLACES = 20_000
"""Codes of one register whose coordinates are held at once."""

_FEW_CODES = 5_000
"""Rows of a register whose names are all held at once."""

_PURPOSE = "places of a map"
_AREAS = frozenset({GeometryType.POLYGON, GeometryType.MULTI_POLYGON})

Coordinates: TypeAlias = tuple[float, float]
"""Longitude and latitude in WGS 84."""


@dataclass(frozen=True, slots=True)
class Register:
    """The open dataset in which codes stand with their coordinates."""

    opened: Opened
    key: str
    longitude: str
    latitude: str


@dataclass(frozen=True, slots=True)
class Boundaries:
    """A layer with one area for each code of a register."""

    opened: Opened
    code: str
    shape: str


@dataclass(frozen=True, slots=True)
class Placing:
    """What puts rows on a map: `shape`, or `longitude` and `latitude`, or `code` of `register`."""

    shape: str | None = None
    longitude: str | None = None
    latitude: str | None = None
    code: str | None = None
    register: Register | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Give the columns of the rows that say where they lie."""
        named = (self.shape, self.longitude, self.latitude, self.code)
        return tuple(name for name in named if name is not None)


def own_placing(columns: Sequence[Column]) -> Placing | None:
    """Say which of `columns` say themselves where a row lies, None where none do. Pure.

    The first geometry goes before coordinates; of several coordinates the first ones count.
    """
    shape = next((column.name for column in columns if column.geometry is not None), None)
    if shape is not None:
        return Placing(shape=shape)
    kinds = {column.semantic_type: column.name for column in reversed(columns)}
    if LONGITUDE in kinds and LATITUDE in kinds:
        return Placing(longitude=kinds[LONGITUDE], latitude=kinds[LATITUDE])
    return None


def placing_of(platform: Platform, columns: Sequence[Column]) -> Placing | None:
    """Say how rows of `columns` get on a map, None where they do not.

    Where they have no place of their own, it is that of the first column whose codes lie somewhere.
    """
    own = own_placing(columns)
    return own if own is not None else code_placing(platform, columns)


def code_placing(platform: Platform, columns: Sequence[Column]) -> Placing | None:
    """Give the first of `columns` whose codes lie somewhere."""
    for column in columns:
        if column.reference is not None:
            register = register_of(platform, column.reference)
            if register is not None:
                return Placing(code=column.name, register=register)
    return None


def register_of(platform: Platform, reference: Reference) -> Register | None:
    """Give where the codes of `reference` stand with coordinates that anyone may read."""

    def found() -> Register | None:
        opened = opened_for(platform, ANONYMOUS, reference.dataset)
        if opened is None:
            return None
        columns = visible_columns(opened)
        own = own_placing(columns)
        has_key = any(column.name == reference.column for column in columns)
        if own is None or own.longitude is None or own.latitude is None or not has_key:
            return None
        return Register(opened, reference.column, own.longitude, own.latitude)

    return platform.standing.remembered(("register", reference), found)


def opened_for(platform: Platform, actor: Actor, dataset: str) -> Opened | None:
    """Open the current release of another dataset; None where there is nothing to read."""
    try:
        return open_release(platform, actor, dataset, QueryParams(), _PURPOSE)
    except (NoSuchRecord, NoRelease, Refused):
        return None


def coordinates_of(platform: Platform, register: Register) -> Mapping[str, Coordinates]:
    """Give where each code of `register` lies; codes without coordinates are left out."""

    def read() -> Mapping[str, Coordinates]:
        columns = (register.key, register.longitude, register.latitude)
        found = {}
        for code, longitude, latitude in _rows(platform, register.opened, columns):
            if is_place(longitude, latitude):
                found[str(code)] = (float(str(longitude)), float(str(latitude)))
        return MappingProxyType(found)

    question = ("coordinates", register.opened.release.id, register.key)
    return platform.standing.remembered(question, read)


def is_place(longitude: Value, latitude: Value) -> bool:
    """Say whether the two are a place on earth; a mask may have left text, or nothing."""
    if isinstance(longitude, str | bool | None) or isinstance(latitude, str | bool | None):
        return False
    try:
        return -180 <= float(str(longitude)) <= 180 and -90 <= float(str(latitude)) <= 90
    except ValueError:
        return False


def boundaries_of(platform: Platform, wanted: Reference) -> Boundaries | None:
    """Give the open layer with one area for each code `wanted`, None where none was released.

    A measured layer goes before a simulated one, and a newer release before an older one.
    """

    def found() -> Boundaries | None:
        records = sorted(
            (each for each in platform.catalogue.records(ANONYMOUS) if _may_hold_areas(each)),
            key=lambda each: (not each.simulated, str(each.up_to), each.dataset),
            reverse=True,
        )
        layers = (_layer(platform, record, wanted) for record in records)
        return next((layer for layer in layers if layer is not None), None)

    return platform.standing.remembered(("boundaries", wanted), found)


def shapes_of(platform: Platform, boundaries: Boundaries) -> Mapping[str, str]:
    """Give the area of each code as WKT."""
    columns = (boundaries.code, boundaries.shape)
    rows = _rows(platform, boundaries.opened, columns)
    return {str(code): shape for code, shape in rows if isinstance(shape, str)}


def names_of(
    platform: Platform, actor: Actor, column: Column, values: Sequence[Value]
) -> Mapping[str, str]:
    """Give what the codes `values` of `column` are called where they are looked up.

    The name is the first text beside the code there; codes that nobody names are left out.
    """
    reference = column.reference
    codes = tuple(dict.fromkeys(str(value) for value in values if value is not None))
    opened = opened_for(platform, actor, reference.dataset) if reference and codes else None
    if reference is None or opened is None:
        return {}
    name = name_column(opened.contract, visible_columns(opened), reference.column)
    if name is None:
        return {}
    if opened.release.rows <= _FEW_CODES:
        return _every_name(platform, opened, reference.column, name)
    condition = Filter(reference.column, Op.IN, codes)
    asked = Query((reference.column, name), (condition,), limit=len(codes))
    page = platform.warehouse.read(opened.permit, opened.release.id, asked)
    return {str(code): text for code, text in page.rows if isinstance(text, str)}


def _every_name(platform: Platform, opened: Opened, key: str, name: str) -> Mapping[str, str]:
    """Give the names of a small register, read once for all who may see them under one rule."""

    def read() -> Mapping[str, str]:
        rows = _rows(platform, opened, (key, name))
        return {str(code): text for code, text in rows if isinstance(text, str)}

    permit = opened.permit
    if permit.row_filter is not None or permit.masks:
        return read()
    return platform.standing.remembered(("names", opened.release.id, key, name), read)


def name_column(contract: Contract, columns: Sequence[Column], key: str) -> str | None:
    """Say which of `columns` names what `key` stands for: the first free text that is required."""
    for column in columns:
        is_text = column.logical_type is LogicalType.STRING and column.geometry is None
        is_free = not column.allowed and column.reference is None and column.semantic_type is None
        if is_text and is_free and column.required and column.name not in (key, *contract.key):
            return column.name
    return None


def _rows(
    platform: Platform, opened: Opened, columns: tuple[str, ...]
) -> Iterator[tuple[Value, ...]]:
    """Read `columns` of the first MOST_PLACES rows."""
    left = MOST_PLACES
    with closing(
        platform.warehouse.stream(opened.permit, opened.release.id, Query(columns=columns))
    ) as batches:
        for batch in batches:
            taken = batch.slice(0, left)
            yield from zip(*(column.to_pylist() for column in taken.columns), strict=True)
            left -= taken.num_rows
            if left <= 0:
                return


def _may_hold_areas(record: DatasetRecord) -> bool:
    return record.release is not None and Area.POINT in record.areas


def _layer(platform: Platform, record: DatasetRecord, wanted: Reference) -> Boundaries | None:
    """Give the dataset as boundaries where its key refers to `wanted` and it holds areas."""
    contract = platform.registry.by_hash(record.contract_hash).contract
    shape = next((c for c in contract.columns if c.geometry is not None), None)
    if shape is None or shape.geometry is None or not set(shape.geometry.types) <= _AREAS:
        return None
    code = next((c.name for c in contract.columns if c.reference == wanted), None)
    if code is None or contract.key != (code,):
        return None
    opened = opened_for(platform, ANONYMOUS, record.dataset)
    if opened is None:
        return None
    seen = {column.name for column in visible_columns(opened)}
    return Boundaries(opened, code, shape.name) if {code, shape.name} <= seen else None
