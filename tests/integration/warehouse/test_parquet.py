"""A release handed out as one Parquet file: what the permit shows, nothing else."""

from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from tests.integration.warehouse.builders import Desk, contract, permit
from tinhdata.access import Action
from tinhdata.warehouse import DoorClosed, Filter, Op, Query, ReleaseWithdrawn, Sort

CONTRACT = contract()
ROWS = (
    ("a", "Đại Từ", Decimal("1.25"), date(2025, 7, 1)),
    ("b", None, None, date(2025, 7, 2)),
    ("c", "Phổ Yên", Decimal("-3.00"), None),
)


def test_the_file_holds_the_filtered_rows_typed_and_says_what_it_is(here: Desk) -> None:
    release = here.replace(CONTRACT, *ROWS)
    path = here.folder / "out.parquet"
    everything = Query(sort=(Sort("code"),))
    assert here.warehouse.write_parquet(permit(CONTRACT.id), release.id, everything, path) == 3
    table = pq.read_table(path)
    assert table.column_names == ["code", "name", "amount", "day"]
    assert [tuple(row.values()) for row in table.to_pylist()] == list(ROWS)
    assert table.schema.metadata[b"tinhdata.release_id"].decode() == release.id

    some = Query(("code",), (Filter("code", Op.IN, ("c", "x")),))
    assert here.warehouse.write_parquet(permit(CONTRACT.id), release.id, some, path) == 1
    assert pq.read_table(path).to_pylist() == [{"code": "c"}]

    none = Query(filters=(Filter("code", Op.EQ, ("x",)),))
    assert here.warehouse.write_parquet(permit(CONTRACT.id), release.id, none, path) == 0
    assert pq.read_table(path).column_names == table.column_names


def test_the_door_stays_closed_to_other_permits_and_withdrawn_releases(here: Desk) -> None:
    release = here.replace(CONTRACT, *ROWS)
    path = here.folder / "out.parquet"
    with pytest.raises(DoorClosed):
        here.warehouse.write_parquet(
            permit(CONTRACT.id, Action.READ_RAW), release.id, Query(), path
        )
    here.withdraw(release)
    with pytest.raises(ReleaseWithdrawn):
        here.warehouse.write_parquet(permit(CONTRACT.id), release.id, Query(), path)
    assert not path.exists()
