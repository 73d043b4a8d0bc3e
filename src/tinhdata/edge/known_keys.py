"""The keys of datasets that exist, for drafting: a new dataset refers to codes that are known."""

from collections.abc import Iterator

from tinhdata.access import Action, Actor, Permit, Resource, decide
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Column, Contract, KnownKey, LogicalType
from tinhdata.pack import Pack, SampleUnusable, World
from tinhdata.warehouse import Query

_MOST_VALUES = 50_000
_LISTS = frozenset({"reference", "master"})
"""Layers of data whose keys others refer to."""


def keys_of_pack(pack: Pack) -> tuple[KnownKey, ...]:
    """Give the keys of the lists of `pack`, with the values of their samples."""
    world = World(pack)
    found = []
    for dataset in pack.datasets:
        contract = dataset.contract
        column = _key_column(contract)
        if column is None or not world.has(contract.id):
            continue
        try:
            rows = world.rows(contract.id)
        except SampleUnusable:
            continue  # the pack's own tests say what is wrong with it
        values = frozenset(str(row[column.name]) for row in rows if row.get(column.name))
        found.append(KnownKey(contract.id, column.name, column.label.vi, values))
    return tuple(found)


def keys_of_store(platform: Platform, actor: Actor) -> tuple[KnownKey, ...]:
    """Give the keys of the lists that `actor` may read, with the values released now."""
    return tuple(_keys_of_store(platform, actor))


def _keys_of_store(platform: Platform, actor: Actor) -> Iterator[KnownKey]:
    for registered in platform.registry.all_active():
        contract = registered.contract
        column = _key_column(contract)
        release = platform.warehouse.current(contract.id) if column else None
        if column is None or release is None or release.rows > _MOST_VALUES:
            continue
        permit = decide(actor, Action.READ_ROWS, Resource.of(contract), "known-keys")
        if not isinstance(permit, Permit):
            continue
        if permit.columns is not None and column.name not in permit.columns:
            continue
        query = Query(columns=(column.name,), limit=_MOST_VALUES)
        batches = platform.warehouse.stream(permit, release.id, query)
        values = frozenset(str(value) for batch in batches for value in batch.column(0).to_pylist())
        yield KnownKey(contract.id, column.name, column.label.vi, values)


def _key_column(contract: Contract) -> Column | None:
    """Give the one column that is the key of a list of codes; None for other datasets."""
    if len(contract.key) != 1 or contract.data_layer not in _LISTS:
        return None
    column = contract.column(contract.key[0])
    is_code = column.logical_type is LogicalType.STRING and column.personal is None
    return column if is_code else None
