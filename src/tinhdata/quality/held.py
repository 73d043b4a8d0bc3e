"""Reading quarantine files: pages of items, shares per rule, keys. It decides nothing."""

# ruff: noqa: S608 -- names and literals are quoted by the kernel, values bound

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tinhdata.contracts.model import Contract
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.quality.files import content_hash, locked, sync_file, sync_folder
from tinhdata.quality.holding import (
    ItemKind,
    ItemQuery,
    ItemState,
    KeptFile,
    RuleShare,
    Superseded,
)
from tinhdata.quality.model import Limits, Reason
from tinhdata.quality.statements import key_text

_LOCK = "quarantine.lock"
_SPILL = ".spill"
"""Where DuckDB keeps what does not fit into memory; it cleans up after dead processes itself."""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item as it lies in its file: nothing masked, nothing mended, reasons unfilled."""

    item: int
    kind: ItemKind
    record: int | None
    first: int
    last: int
    cells: Mapping[str, str | None]
    raw: str | None
    reasons: tuple[Reason, ...]


class HeldFiles:
    """The quarantine files under one folder, one folder per delivery, named by their content."""

    def __init__(self, root: Path, limits: Limits) -> None:
        self._root = root
        self._limits = limits

    def keep(self, path: Path, delivery: str) -> KeptFile:
        """Put the file `path` in its place for good; doing it again changes nothing."""
        sha256 = content_hash(path)
        folder = self._root / delivery
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{sha256}.parquet"
        beside = folder / f".{sha256}.{os.getpid()}"
        with locked(self._root / _LOCK, fcntl.LOCK_SH):
            if target.exists():
                os.utime(target)  # young again, so that no sweep takes it before it is recorded
            else:
                shutil.copyfile(path, beside)
                sync_file(beside)
                beside.replace(target)
            sync_folder(folder)
            sync_folder(self._root)
        return KeptFile(f"{delivery}/{target.name}", sha256)

    def sweep(self, before: float, recorded: Callable[[], Container[str]]) -> int:
        """Remove files older than `before` (seconds since 1970) that are not `recorded`.

        They are what checks left that were cut off between a file and its row; `recorded` gives the
        paths that batches name. Gives how many files went.
        """
        gone = 0
        self._root.mkdir(parents=True, exist_ok=True)
        with locked(self._root / _LOCK, fcntl.LOCK_EX):
            known = recorded()
            for path in self._root.rglob("*"):
                # What an engine had spilled when it was killed is nobody's any more, too.
                name = path.relative_to(self._root).as_posix()
                is_kept = name in known or name == _LOCK or path.is_dir()
                if not is_kept and path.stat().st_mtime < before:
                    path.unlink()
                    gone += 1
        return gone

    def path(self, file: KeptFile) -> Path:
        """Give where `file` lies."""
        return self._root / file.path

    def page(
        self,
        file: KeptFile,
        contract: Contract,
        query: ItemQuery,
        decided: Mapping[int, ItemState],
    ) -> tuple[tuple[StoredItem, ...], int]:
        """Give the items that `query` asks for, and how many there are in all."""
        where, values = _conditions(query, decided)
        names = ", ".join(quote_identifier(column) for column in contract.column_names)
        source = self._source(file)
        with self._connection() as connection:
            ((total,),) = connection.execute(
                f"SELECT count(*) FROM {source} WHERE {where}", values
            ).fetchall()
            rows = connection.execute(
                f"SELECT _item, _kind, _record, _first, _last, _raw, _reasons, {names} "
                f"FROM {source} WHERE {where} ORDER BY _item LIMIT ? OFFSET ?",
                [*values, query.limit, query.offset],
            ).fetchall()
        return tuple(_stored(row, contract) for row in rows), int(total)

    def shares(self, file: KeptFile) -> tuple[RuleShare, ...]:
        """Give how many items each rule or reading code holds, most first."""
        with self._connection() as connection:
            each = f"SELECT unnest(_rules) AS rule FROM {self._source(file)}"
            rows = connection.execute(
                f"SELECT rule, count(*) FROM ({each}) GROUP BY rule ORDER BY 2 DESC, 1"
            ).fetchall()
        return tuple(RuleShare(str(rule), int(items)) for rule, items in rows)

    def numbers(self, file: KeptFile, kind: ItemKind | None = None) -> tuple[int, ...]:
        """Give the numbers of all items of a file, of one kind or of both."""
        where = "true" if kind is None else f"_kind = {quote_literal(str(kind))}"
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT _item FROM {self._source(file)} WHERE {where} ORDER BY 1"
            ).fetchall()
        return tuple(int(item) for (item,) in rows)

    def units(self, file: KeptFile, items: Sequence[int]) -> tuple[int, ...]:
        """Give those of `items` that never became rows."""
        with self._connection() as connection:
            rows = connection.execute(
                f"SELECT _item FROM {self._source(file)} WHERE _kind = 'unit' "
                "AND _item IN (SELECT unnest(?::BIGINT[])) ORDER BY 1",
                [list(items)],
            ).fetchall()
        return tuple(int(item) for (item,) in rows)

    def same_keys(
        self,
        earlier: Sequence[tuple[str, KeptFile, frozenset[int]]],
        contract: Contract,
        released: Sequence[Path],
        held: KeptFile | None,
    ) -> tuple[Superseded, ...]:
        """Give the open items of `earlier` batches whose key is released or held by later files.

        Each earlier batch comes with its delivery and the items that are decided already.
        """
        later = [f"SELECT {key_text(contract)} AS _key FROM {_parquet(path)}" for path in released]
        if held is not None:
            later.append(f"SELECT _key FROM {self._source(held)}")
        if not later or not contract.key:
            return ()
        found: list[Superseded] = []
        with self._connection() as connection:
            connection.execute(
                "CREATE TEMP TABLE later AS SELECT DISTINCT _key FROM "
                f"({' UNION ALL '.join(later)}) WHERE _key IS NOT NULL"
            )
            for delivery, file, decided in earlier:
                source = self._source(file)
                rows = connection.execute(
                    f"SELECT _item FROM {source} SEMI JOIN later USING (_key) ORDER BY 1"
                ).fetchall()
                found += [
                    Superseded(delivery, int(item)) for (item,) in rows if int(item) not in decided
                ]
        return tuple(found)

    @contextmanager
    def _connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        connection = duckdb.connect(
            ":memory:",
            config={
                "memory_limit": f"{self._limits.memory_mb}MiB",
                "threads": self._limits.threads,
                "temp_directory": str(self._root / _SPILL),
                "autoinstall_known_extensions": False,
                "autoload_known_extensions": False,
            },
        )
        try:
            yield connection
        finally:
            connection.close()

    def _source(self, file: KeptFile) -> str:
        return _parquet(self.path(file))


def write_rows(path: Path, contract: Contract, rows: Sequence[tuple[int, StoredItem]]) -> None:
    """Write items as a rows file that a check reads, each with the record number given."""
    columns: dict[str, pa.Array] = {
        "_record": pa.array([record for record, _ in rows], pa.int64()),
        "_first": pa.array([item.first for _, item in rows], pa.int64()),
        "_last": pa.array([item.last for _, item in rows], pa.int64()),
    }
    for column in contract.column_names:
        columns[column] = pa.array([item.cells.get(column) for _, item in rows], pa.string())
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path)
    sync_file(path)
    sync_folder(path.parent)


def stored_items(table: pa.Table, contract: Contract) -> tuple[StoredItem, ...]:
    """Give the rows of a quarantine file that was read whole."""
    fixed = ("_item", "_kind", "_record", "_first", "_last", "_raw", "_reasons")
    columns = [table[name].to_pylist() for name in (*fixed, *contract.column_names)]
    return tuple(_stored(row, contract) for row in zip(*columns, strict=True))


def _conditions(
    query: ItemQuery, decided: Mapping[int, ItemState]
) -> tuple[str, list[str | list[int]]]:
    parts, values = ["true"], list[str | list[int]]()
    if query.states:
        asked = [item for item, state in decided.items() if state in query.states]
        if ItemState.OPEN in query.states:
            others = sorted(set(decided) - set(asked))
            parts.append("_item NOT IN (SELECT unnest(?::BIGINT[]))")
            values.append(others)
        else:
            parts.append("_item IN (SELECT unnest(?::BIGINT[]))")
            values.append(asked)
    if query.items is not None:
        parts.append("_item IN (SELECT unnest(?::BIGINT[]))")
        values.append(sorted(query.items))
    for condition, value in (
        ("list_contains(_rules, ?)", query.rule),
        ("list_contains(_columns, ?)", query.column),
        ("_kind = ?", None if query.kind is None else str(query.kind)),
    ):
        if value is not None:
            parts.append(condition)
            values.append(value)
    return " AND ".join(parts), values


def _stored(row: tuple[object, ...], contract: Contract) -> StoredItem:
    item, kind, record, first, last, raw, reasons, *cells = row
    texts = [None if cell is None else str(cell) for cell in cells]
    return StoredItem(
        item=int(str(item)),
        kind=ItemKind(str(kind)),
        record=None if record is None else int(str(record)),
        first=int(str(first)),
        last=int(str(last)),
        cells=dict(zip(contract.column_names, texts, strict=True)),
        raw=None if raw is None else str(raw),
        reasons=tuple(Reason.from_json(reason) for reason in json.loads(str(reasons))),
    )


def _parquet(path: Path) -> str:
    return f"read_parquet({quote_literal(str(path))})"
