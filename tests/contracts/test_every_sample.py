"""Each dataset of each pack has a sample that keeps its contract, whatever it is about."""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import pytest

from tinhdata.contracts import (
    SYSTEM_COLUMNS,
    Contract,
    LoadedContract,
    Relation,
    TableColumn,
    TableSpec,
    sql_type,
)
from tinhdata.intake import read, understand
from tinhdata.kernel import quote_identifier, quote_literal
from tinhdata.pack import Pack, PackDataset, SampleForm, World, load_pack
from tinhdata.quality import (
    CheckContext,
    CheckResult,
    ReferenceValues,
    check,
    compile_checks,
)

PACKS = Path(__file__).parents[2] / "packs"
FILES = sorted(PACKS.glob("*/contracts/**/*.yaml"))
MOST_ROWS, MOST_IN_ALL = 21_000, 150_000
MOST_WRONG = 0.1
every_dataset = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)

_PACKS: dict[Path, tuple[Pack, World]] = {}


def pack_and_world(root: Path) -> tuple[Pack, World]:
    if root not in _PACKS:
        pack = load_pack(root, None)
        _PACKS[root] = (pack, World(pack))
    return _PACKS[root]


def of_file(file: Path) -> tuple[PackDataset, World]:
    (root,) = (parent for parent in file.parents if parent.parent == PACKS)
    pack, world = pack_and_world(root)
    return pack.dataset(file.stem), world


def parents(contract: Contract, world: World, folder: Path) -> Mapping[str, ReferenceValues]:
    """Give what the columns of the contract refer to, out of the samples of the other datasets."""
    found = {}
    for column in contract.columns:
        if column.reference is None or column.reference.dataset == contract.id:
            continue
        target = world.contract(column.reference.dataset)
        values = {row[column.reference.column] for row in world.rows(target.id)} - {None}
        listed = ", ".join(f"({quote_literal(str(value))})" for value in sorted(map(str, values)))
        name = quote_identifier(column.reference.column)
        found[column.name] = ReferenceValues(
            Relation(f"(VALUES {listed}) AS t({name})", (column.reference.column,)),
            column.reference.column,
            target.name.vi,
        )
    return found


def pass_through(loaded: LoadedContract, world: World, path: Path, out: Path) -> CheckResult:
    """Read and check the sample as a delivery does."""
    contract = loaded.contract
    understood = understand(path, path.name, contract)
    assert understood.is_ready, (understood.questions, understood.refusal, understood.notes)
    staged = read(path, contract, understood, out / "staged")
    assert staged.account.is_balanced
    assert staged.account.rejected_units == 0
    types = {**SYSTEM_COLUMNS, **{column.name: sql_type(column) for column in contract.columns}}
    columns = tuple(TableColumn(name, kind, at) for at, (name, kind) in enumerate(types.items(), 1))
    return check(
        compile_checks(contract, loaded.hash),
        staged.rows.path,
        TableSpec(contract.id, columns, contract.filter_key or contract.key),
        CheckContext(
            delivery="dlv_1",
            references=parents(contract, world, out),
            number_forms=staged.number_forms,
            date_orders=staged.date_orders,
            rejects=staged.rejects.path,
        ),
        out / "checked",
    )


@every_dataset
def test_a_sample_is_understood_at_once_and_nearly_all_of_it_is_released(
    file: Path, tmp_path: Path
) -> None:
    dataset, world = of_file(file)
    path = world.file(file.stem, tmp_path)
    result = pass_through(dataset.loaded, world, path, tmp_path)
    assert result.held is None
    wrong = result.made - result.released
    assert wrong <= MOST_WRONG * result.made
    if not dataset.contract.simulated:
        assert wrong == 0
    if dataset.sample is None:
        assert result.made == len(world.rows(file.stem))


@every_dataset
def test_a_sample_that_others_refer_to_has_no_wrong_row(file: Path) -> None:
    dataset, world = of_file(file)
    for column in dataset.contract.columns:
        if column.reference is not None:
            target = world.rows(column.reference.dataset)
            known = {row[column.reference.column] for row in target} | {None}
            odd = [
                row[column.name]
                for row in world.rows(file.stem)
                if str(row[column.name]) not in map(str, known)
            ]
            assert odd == []


@every_dataset
def test_a_sample_is_of_a_size_that_a_demonstration_bears(file: Path) -> None:
    dataset, world = of_file(file)
    assert 1 <= len(world.rows(file.stem)) <= MOST_ROWS
    if dataset.contract.period is not None and dataset.sample is None:
        for row in world.rows(file.stem):
            value = row[dataset.contract.period.column]
            if isinstance(value, date):
                day = value.date() if isinstance(value, datetime) else value
                assert day <= world.day


@pytest.mark.parametrize("root", sorted(p for p in PACKS.iterdir() if p.is_dir()))
def test_all_samples_are_the_same_in_another_process(root: Path, tmp_path: Path) -> None:
    pack, world = pack_and_world(root)
    environment = {**os.environ, "PYTHONHASHSEED": "20261123", "TINHDATA_PACK": str(root)}
    words = ["sample", "--all", "--out", str(tmp_path / "other")]
    command = [sys.executable, "-m", "tinhdata", *words]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    again = World(pack)
    rows = 0
    for dataset in pack.datasets:
        name = f"{dataset.contract.id}.csv"
        rows += len(world.rows(dataset.contract.id))
        here = again.write(dataset.contract.id, tmp_path / "here" / name, SampleForm.CSV)
        assert here.read_bytes() == (tmp_path / "other" / name).read_bytes(), name
    assert rows <= MOST_IN_ALL
