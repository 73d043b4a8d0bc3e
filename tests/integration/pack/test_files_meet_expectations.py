"""The six contracts over files with the quirks of real ones, and over the real ones if here."""

import json
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.data.expectations import (
    PACK,
    REAL_FILES,
    Cell,
    Expectation,
    made_here,
    of_real_files,
)
from tests.data.planting import plant
from tinhdata.contracts import (
    SYSTEM_COLUMNS,
    LoadedContract,
    LogicalType,
    TableColumn,
    TableSpec,
    load_contract,
    sql_type,
)
from tinhdata.intake import Account, ReadingChoice, read, understand
from tinhdata.quality import CheckContext, CheckResult, check, compile_checks

MADE_HERE = made_here()
REAL = of_real_files()
needs_real_files = pytest.mark.skipif(
    not REAL_FILES.is_dir(), reason=f"the real files are not at {REAL_FILES}"
)


def contract_of(dataset: str) -> LoadedContract:
    (path,) = PACK.glob(f"contracts/*/{dataset}.yaml")
    return load_contract(path.read_bytes(), path.name)


def table_of(loaded: LoadedContract) -> TableSpec:
    contract = loaded.contract
    types = {**SYSTEM_COLUMNS, **{column.name: sql_type(column) for column in contract.columns}}
    columns = tuple(TableColumn(name, kind, at) for at, (name, kind) in enumerate(types.items(), 1))
    return TableSpec(contract.id, columns, contract.filter_key or contract.key)


def pass_through(
    path: Path, dataset: str, out: Path, sheet: str | None = None
) -> tuple[Account, CheckResult]:
    """Read and check a file as a delivery does."""
    loaded = contract_of(dataset)
    understood = understand(path, path.name, loaded.contract, ReadingChoice(sheet=sheet))
    assert understood.is_ready, (understood.questions, understood.refusal, understood.notes)
    staged = read(path, loaded.contract, understood, out / "staged")
    result = check(
        compile_checks(loaded.contract, loaded.hash),
        staged.rows.path,
        table_of(loaded),
        CheckContext(
            delivery="dlv_1",
            number_forms=staged.number_forms,
            date_orders=staged.date_orders,
            rejects=staged.rejects.path,
        ),
        out / "checked",
    )
    return staged.account, result


def held_lines(result: CheckResult) -> dict[int, frozenset[str]]:
    if result.quarantine is None:
        return {}
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT _first, _reasons FROM read_parquet(?)", [str(result.quarantine.path)]
        ).fetchall()
    return {first: frozenset(r["rule"] for r in json.loads(reasons)) for first, reasons in rows}


def released_value(result: CheckResult, dataset: str, cell: Cell) -> object:
    where = " AND ".join(f'CAST("{name}" AS VARCHAR) = ?' for name in cell.key)
    files = [str(good.path) for good in result.good]
    key = [re.sub(r"(?<=\d)T(?=\d)", " ", value) for value in cell.key.values()]
    with duckdb.connect() as connection:
        rows = connection.execute(
            f'SELECT "{cell.column}" FROM read_parquet(?) WHERE {where}', [files, *key]
        ).fetchall()
    assert len(rows) == 1, (dataset, cell, rows)
    return rows[0][0]


def typed(text: str | None, kind: LogicalType) -> object:
    if text is None:
        return None
    match kind:
        case LogicalType.NUMBER:
            return float(Decimal(text))
        case LogicalType.INTEGER:
            return int(text)
        case LogicalType.BOOLEAN:
            return text == "true"
        case LogicalType.TIMESTAMP:
            return datetime.fromisoformat(text)
        case _:
            return text


def warnings_by_line(result: CheckResult, account: Account) -> dict[int, str]:
    files = [str(good.path) for good in result.good]
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT _record, _warnings FROM read_parquet(?) WHERE _warnings IS NOT NULL", [files]
        ).fetchall()
    assert account.is_balanced
    return dict(rows)


def meets(expected: Expectation, account: Account, result: CheckResult) -> None:
    assert {
        "all": account.units,
        "titles": account.title,
        "header": account.header,
        "blank": account.blank,
        "records": account.record_units,
        "rejected": account.rejected_units,
        "dropped": account.dropped_units,
    } == expected.units
    assert result.made == expected.made
    assert held_lines(result) == {held.line: held.rules for held in expected.quarantined}
    assert result.released == expected.made - len(expected.quarantined)
    assert result.held is None
    contract = contract_of(expected.dataset).contract
    for cell in expected.cells:
        kind = contract.column(cell.column).logical_type
        found = released_value(result, expected.dataset, cell)
        assert found == typed(cell.value, kind), cell


@pytest.mark.parametrize("expected", MADE_HERE, ids=lambda e: e.name)
def test_a_file_with_known_quirks_becomes_what_was_written_down_by_hand(
    expected: Expectation, tmp_path: Path
) -> None:
    account, result = pass_through(expected.path, expected.dataset, tmp_path, expected.sheet)
    meets(expected, account, result)


@needs_real_files
@pytest.mark.parametrize("expected", REAL, ids=lambda e: e.dataset)
def test_a_real_file_becomes_what_was_counted_by_hand(
    expected: Expectation, tmp_path: Path
) -> None:
    account, result = pass_through(expected.path, expected.dataset, tmp_path, expected.sheet)
    meets(expected, account, result)
    assert result.released >= 0.95 * result.made
    if expected.warned_count is not None:
        assert len(warnings_by_line(result, account)) == expected.warned_count


@needs_real_files
@pytest.mark.parametrize("expected", REAL, ids=lambda e: e.dataset)
def test_wrong_cells_planted_in_a_real_file_are_held_for_the_right_reason(
    expected: Expectation, tmp_path: Path
) -> None:
    copy = tmp_path / expected.path.name
    plant(expected.path, copy, [planted.cell for planted in expected.planted], expected.sheet)
    _, result = pass_through(copy, expected.dataset, tmp_path, expected.sheet)
    held = held_lines(result)
    for planted in expected.planted:
        for line in (planted.cell.line, *planted.also):
            assert planted.rule in held.get(line, ()), (planted, held.get(line))
    before = {held.line for held in expected.quarantined}
    planted_lines = {x for p in expected.planted for x in (p.cell.line, *p.also)}
    assert set(held) == before | planted_lines


SAMPLES = sorted(path for path in (PACK / "samples").glob("*.*") if path.suffix != ".py")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_of_the_pack_is_understood_at_once_and_nearly_all_of_it_is_released(
    sample: Path, tmp_path: Path
) -> None:
    account, result = pass_through(sample, sample.stem, tmp_path)
    assert account.is_balanced
    assert account.rejected_units == 0
    assert result.held is None
    assert result.released >= 0.9 * result.made
    if not contract_of(sample.stem).contract.simulated:
        assert held_lines(result) == {}
