"""Rows of a release as one Parquet file to hand out, written batch by batch."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tinhdata.warehouse.model import Release


def write_batches(
    path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch], release: Release
) -> int:
    """Write `batches` to `path` and give how many rows they had.

    The file's metadata name dataset, release and contract, since a file travels without its page.
    """
    about = {
        "tinhdata.dataset": release.dataset,
        "tinhdata.release": str(release.number),
        "tinhdata.release_id": release.id,
        "tinhdata.contract": release.contract_hash,
    }
    rows = 0
    with pq.ParquetWriter(path, schema.with_metadata(about), compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch.replace_schema_metadata(about))
            rows += batch.num_rows
    return rows
