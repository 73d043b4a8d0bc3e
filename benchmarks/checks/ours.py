"""Our path: the contract, its rules, one check as a delivery runs it, through the facade.

Run as `python -m benchmarks.checks.ours FOLDER held|all MEMORY_MB`; `held` writes what waits
with its reasons, as a look before sending does, `all` the good rows, too, as a delivery does. It
prints what became of the rows.
"""

import json
import shutil
import sys
from pathlib import Path

from tests.support.lean import without_pandas

from tinhdata.contracts import Relation, load_contract
from tinhdata.contracts.model import Contract, TableColumn, TableSpec, sql_type
from tinhdata.quality import CheckContext, Limits, ReferenceValues, check, compile_checks

CONTRACT = Path(__file__).with_name("contract.yaml")


def _spec(contract: Contract) -> TableSpec:
    system = (
        TableColumn("_delivery", "VARCHAR", 1),
        TableColumn("_record", "BIGINT", 2),
        TableColumn("_warnings", "VARCHAR", 3),
    )
    own = tuple(
        TableColumn(each.name, sql_type(each), number)
        for number, each in enumerate(contract.columns, 10)
    )
    return TableSpec(contract.id, (*system, *own), ("ma_xa",))


def main(folder: Path, way: str, limits: Limits) -> None:
    """Check `rows.parquet` in `folder`; what waits is then in `ours_{way}`."""
    out = folder / f"ours_{way}"
    shutil.rmtree(out, ignore_errors=True)
    loaded = load_contract(CONTRACT.read_bytes(), CONTRACT.name)
    contract = loaded.contract
    units = Relation(f"read_parquet('{folder / 'units.parquet'}')", ("ma_xa",))
    result = check(
        compile_checks(contract, loaded.hash),
        folder / "rows.parquet",
        _spec(contract),
        CheckContext("dlv_1", references={"ma_xa": ReferenceValues(units, "rel_1", "don-vi")}),
        out,
        limits,
        writes_good=way == "all",
    )
    counts = {rule.rule: rule.failed for rule in result.rules if rule.failed}
    told = {"made": result.made, "released": result.released, "held": result.quarantined}
    sys.stdout.write(json.dumps({**told, "linked": result.linked, "counts": counts}))


if __name__ == "__main__":
    without_pandas()
    main(Path(sys.argv[1]), sys.argv[2], Limits(memory_mb=int(sys.argv[3])))
