"""Writes the records and rejects of a file as Parquet, batch by batch, and flushes them to disk."""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tinhdata.contracts import Contract
from tinhdata.intake.errors import FileRefused
from tinhdata.intake.looking import Looking
from tinhdata.intake.model import Account, Passed, StagedFile
from tinhdata.intake.odd_lines import blank
from tinhdata.intake.sorting import LineKind, Place, Sorted, SortedRegion
from tinhdata.intake.spreading import Spreader
from tinhdata.kernel import Progress, t
from tinhdata.kernel.progress import Report

_BATCH = 50_000
_NUMBERS = 3
"""Columns before those of the contract."""
_MOST_PASSED = 200
_LONGEST_PASSED = 300
_READ = 1 << 20
_REJECT_COLUMNS = pa.schema(
    [
        ("_first", pa.int64()),
        ("_last", pa.int64()),
        ("code", pa.string()),
        ("params", pa.string()),
        ("raw", pa.string()),
    ]
)


@dataclass(slots=True)
class Tally:
    """What was counted and shown while a file was staged."""

    units: int = 0
    records: int = 0
    made: int = 0
    """Rows written."""
    spread: int = 0
    """Rows that the records could give."""
    empty: int = 0
    is_wide: bool = False
    places: dict[LineKind, int] = field(default_factory=lambda: dict.fromkeys(LineKind, 0))
    reject_counts: dict[str, int] = field(default_factory=dict)
    passed: list[Passed] = field(default_factory=list)

    def add(self, line: Sorted) -> None:
        """Count one line; remember it where it was passed over or dropped."""
        count = line.last - line.first + 1
        self.places[line.kind] += count
        self.units = max(self.units, line.last)
        if line.kind in _SHOWN and len(self.passed) < _MOST_PASSED:
            text = line.raw[:_LONGEST_PASSED]
            self.passed.append(Passed(line.kind.value, line.first, line.last, text))
        if line.fault is not None:
            code = line.fault.code
            self.reject_counts[code] = self.reject_counts.get(code, 0) + 1

    def add_records(self, first: int, last: int) -> None:
        """Count units that are one record each."""
        self.places[LineKind.RECORD] += last - first + 1
        self.units = max(self.units, last)

    def account(self) -> Account:
        """Give the account; raises FileRefused where a unit is missing or counted twice."""
        account = Account(
            units=self.units,
            title=self.places[LineKind.TITLE],
            header=self.places[LineKind.HEADER],
            total=self.places[LineKind.TOTAL],
            blank=self.places[LineKind.BLANK],
            note=self.places[LineKind.NOTE],
            record_units=self.places[LineKind.RECORD],
            rejected_units=self.places[LineKind.REJECTED],
            dropped_units=self.places[LineKind.DROPPED],
            records=self.records,
            spread=self.spread if self.is_wide else None,
            empty=self.empty,
        )
        if not account.is_balanced or account.made != self.made:
            raise FileRefused(
                "lost-lines",
                t(
                    "The file has {units} lines, but {counted} were counted. Nothing was taken "
                    "over.",
                    units=account.units,
                    counted=sum(self.places.values()),
                ),
                t("Please send the file to the operators of the platform: this is our fault."),
            )
        return account


_SHOWN = frozenset({LineKind.TOTAL, LineKind.NOTE, LineKind.DROPPED})


class Stage:
    """The two Parquet files of one reading, in the folder `folder`. Use it in a `with`."""

    def __init__(self, folder: Path, contract: Contract) -> None:
        """Begin the files."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        numbers = [("_record", pa.int64()), ("_first", pa.int64()), ("_last", pa.int64())]
        texts = [(name, pa.string()) for name in contract.column_names]
        self._schema = pa.schema([*numbers, *texts])
        self._rows_path = folder / "rows.parquet"
        self._rejects_path = folder / "rejects.parquet"
        self._rows = pq.ParquetWriter(self._rows_path, self._schema, compression="zstd")
        self._rejects = pq.ParquetWriter(self._rejects_path, _REJECT_COLUMNS, compression="zstd")
        self._look: Looking | None = None
        self._ready: list[pa.RecordBatch] = []
        """Rows of regions that are not written yet."""
        self._writer = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self.tally = Tally()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.shutdown(cancel_futures=True)
        self._rows.close()
        self._rejects.close()

    def write(self, lines: Iterable[Place], look: Looking, report: Report, total: int = 0) -> None:
        """Write all `lines` of a part, whose units follow those written before.

        `look` is shown the cells of each column; `report` is told how many of `total` units were
        read.
        """
        self._look = look
        before = self.tally.units
        rows: list[Sorted] = []
        rejects: list[Sorted] = []
        for each in lines:
            if isinstance(each, SortedRegion):
                self._write_rows(rows)
                rows = []
                self._add_region(each, before)
                if self._flush(_BATCH):
                    report(Progress("reading", self.tally.units, total))
                continue
            line = each._replace(first=each.first + before, last=each.last + before)
            self.tally.add(line)
            if line.kind is LineKind.RECORD:
                if rows and (line.spreader is not rows[0].spreader or len(rows) >= _most(line)):
                    self._write_rows(rows)
                    rows = []
                    report(Progress("reading", self.tally.units, total))
                rows.append(line)
            elif line.kind is LineKind.REJECTED:
                rejects.append(line)
                if len(rejects) == _BATCH:
                    self._write_rejects(rejects)
                    rejects = []
        self._write_rows(rows)
        self._flush(1)
        self._write_rejects(rejects)
        report(Progress("reading", self.tally.units, total))

    def _add_region(self, region: SortedRegion, before: int) -> None:
        """Take in units that are one record each."""
        first, last = region.first + before, region.last + before
        count = last - first + 1
        self.tally.add_records(first, last)
        self.tally.records += count
        self.tally.spread += count
        columns = [self._looked_at(at, each, count) for at, each in enumerate(region.columns)]
        units = pa.array(np.arange(first, last + 1))
        self._add_columns(units, units, columns)

    def _looked_at(self, at: int, column: pa.StringArray | str, count: int) -> pa.Array:
        """Give the cells of a column as they are stored, and show them to the forms."""
        if isinstance(column, str):
            text = column if column and not column.isspace() else None
            if text is not None and self._look is not None:
                self._look.texts(at, [text])
            return pa.repeat(pa.scalar(text, pa.string()), count)
        blanks = blank(column)
        if blanks.any():
            column = pc.if_else(pa.array(blanks), pa.scalar(None, pa.string()), column)
        if self._look is not None:
            self._look.column(at, column)
        return column

    def _write_rows(self, rows: Sequence[Sorted]) -> None:
        if not rows:
            return
        self.tally.records += len(rows)
        spreader = rows[0].spreader
        if spreader is not None:
            self._write_spread(rows, spreader)
            return
        columns = list(zip(*(row.cells for row in rows), strict=True))
        self.tally.spread += len(rows)
        firsts, lasts = [row.first for row in rows], [row.last for row in rows]
        self._write_columns(firsts, lasts, [self._seen(at, c) for at, c in enumerate(columns)])

    def _write_spread(self, rows: Sequence[Sorted], spreader: Spreader) -> None:
        """Write the rows that records of a wide table give."""
        spread = spreader.spread([row.cells for row in rows])
        self.tally.is_wide = True
        self.tally.spread += len(rows) * spreader.count
        self.tally.empty += spread.empty
        sources = pa.array(spread.sources, pa.int64())
        groups = pa.array(spread.groups, pa.int64())
        places = spreader.places()
        columns: list[pa.Array] = []
        for at in range(len(self._schema) - _NUMBERS):
            if (values := spread.values.get(at)) is not None:
                columns.append(self._seen(at, values))
            elif (texts := places.get(at)) is not None:
                columns.append(self._seen(at, texts).take(groups))
            else:
                columns.append(self._seen(at, [row.cells[at] for row in rows]).take(sources))
        firsts = pa.array([row.first for row in rows], pa.int64()).take(sources)
        lasts = pa.array([row.last for row in rows], pa.int64()).take(sources)
        self._write_columns(firsts, lasts, columns)

    def _seen(self, at: int, column: Sequence[str | None]) -> pa.Array:
        """Give the cells of the column at `at` as they are stored, and show them to the forms."""
        texts = [text if text and not text.isspace() else None for text in column]
        if self._look is not None:
            self._look.texts(at, texts)
        return pa.array(texts, pa.string())

    def _write_columns(
        self, firsts: pa.Array | list[int], lasts: pa.Array | list[int], columns: list[pa.Array]
    ) -> None:
        self._add_columns(firsts, lasts, columns)
        self._flush(_BATCH)

    def _add_columns(
        self, firsts: pa.Array | list[int], lasts: pa.Array | list[int], columns: list[pa.Array]
    ) -> None:
        start = self.tally.made
        self.tally.made += len(firsts)
        numbers = (np.arange(start + 1, self.tally.made + 1), firsts, lasts)
        arrays = [*(pa.array(each, pa.int64()) for each in numbers), *columns]
        self._ready.append(pa.record_batch(arrays, schema=self._schema))

    def _flush(self, least: int) -> bool:
        """Have the rows that are ready written, if there are as many as `least`; say whether.

        They are written while the next ones are read.
        """
        if sum(len(batch) for batch in self._ready) < least:
            return False
        table, self._ready = pa.Table.from_batches(self._ready).combine_chunks(), []
        self._written()
        self._writing = self._writer.submit(self._rows.write_table, table)
        return True

    def _written(self) -> None:
        """Wait until what was handed over is written; raises what writing raised."""
        if self._writing is not None:
            self._writing.result()

    def _write_rejects(self, rejects: Sequence[Sorted]) -> None:
        faults = [(line, line.fault) for line in rejects if line.fault is not None]
        if not faults:
            return
        texts = [json.dumps(fault.text.to_json(), ensure_ascii=False) for _, fault in faults]
        arrays = [
            pa.array([line.first for line, _ in faults], pa.int64()),
            pa.array([line.last for line, _ in faults], pa.int64()),
            pa.array([fault.code for _, fault in faults], pa.string()),
            pa.array(texts, pa.string()),
            pa.array([line.raw for line, _ in faults], pa.string()),
        ]
        self._rejects.write_batch(pa.record_batch(arrays, schema=_REJECT_COLUMNS))

    def finish(self) -> tuple[StagedFile, StagedFile]:
        """Close both files, flush them and their folder, and give rows and rejects."""
        self._written()
        self._rows.close()
        self._rejects.close()
        rejected = sum(self.tally.reject_counts.values())
        files = (
            _flushed(self._rows_path, self.tally.made),
            _flushed(self._rejects_path, rejected),
        )
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return files


def _most(line: Sorted) -> int:
    """Say how many records are written at once: fewer, where each gives many rows."""
    return _BATCH if line.spreader is None else max(_BATCH // max(line.spreader.count, 1), 1)


def _flushed(path: Path, rows: int) -> StagedFile:
    digest = hashlib.sha256()
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        while piece := file.read(_READ):
            digest.update(piece)
    return StagedFile(path, digest.hexdigest(), rows)
