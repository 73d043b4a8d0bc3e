"""The columns of a quarantine file, and how rows with a mask become its items with reasons."""

import pyarrow as pa

from tinhdata.quality.model import CheckPlan
from tinhdata.quality.reasons import Explainer
from tinhdata.quality.standardise import name


def held_schema(plan: CheckPlan) -> pa.Schema:
    """Give the columns of a quarantine file: what it is, the raw cells, and every reason."""
    return pa.schema(
        [
            ("_item", pa.int64()),
            ("_kind", pa.string()),
            ("_record", pa.int64()),
            ("_first", pa.int64()),
            ("_last", pa.int64()),
            *((column, pa.string()) for column in plan.contract.column_names),
            ("_raw", pa.string()),
            ("_reasons", pa.string()),
            ("_rules", pa.list_(pa.string())),
            ("_columns", pa.list_(pa.string())),
            ("_key", pa.string()),
            ("_period", pa.string()),
        ]
    )


def held_batch(
    plan: CheckPlan, batch: pa.RecordBatch, start: int, explainer: Explainer
) -> pa.RecordBatch:
    """Give `batch`, as `statements.held_rows` asks for it, as items numbered from `start` on."""
    given = dict(zip(batch.schema.names, batch.columns, strict=True))
    raw = [given[name("raw", index)] for index in range(len(plan.contract.columns))]
    words = [given[f"_w{word}"].to_pylist() for word in range(plan.words)]
    cells = [column.to_pylist() for column in raw]
    codes, params = given["_code"].to_pylist(), given["_params"].to_pylist()
    explained = [
        explainer.row([word[row] for word in words], [column[row] for column in cells])
        if codes[row] is None
        else explainer.unit(codes[row], params[row])
        for row in range(batch.num_rows)
    ]
    columns: list[pa.Array] = [
        pa.array(range(start, start + batch.num_rows), pa.int64()),
        *(given[column] for column in ("_kind", "_record", "_first", "_last")),
        *raw,
        given["_raw"],
        pa.array([each.reasons for each in explained], pa.string()),
        pa.array([each.rules for each in explained], pa.list_(pa.string())),
        pa.array([each.columns for each in explained], pa.list_(pa.string())),
        given["_key"],
        given["_period"],
    ]
    schema = held_schema(plan)
    cast = [column.cast(field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(cast, schema=schema)
