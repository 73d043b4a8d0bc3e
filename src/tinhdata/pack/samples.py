"""Simulated rows for the datasets of a pack: made by functions of the pack, the same everywhere.

Owns how these functions are found and what they are given; what they make up belongs to the pack.
"""

import csv
import importlib
import random
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import TypeAlias

from tinhdata.contracts import Contract
from tinhdata.kernel import sha256_hex, t
from tinhdata.pack.errors import SampleUnusable
from tinhdata.pack.model import CodeEntry, Pack
from tinhdata.pack.sample_files import SampleForm, read_rows, write_rows
from tinhdata.vietnam import Unit

Row: TypeAlias = "Mapping[str, object]"
"""Values by the names of the contract's columns: str, int, float, Decimal, date, datetime, bool."""
Generator: TypeAlias = "Callable[[World], Iterable[Row]]"
Samples: TypeAlias = "Mapping[str, Generator]"
"""What a module of generators calls SAMPLES: for each dataset the function that makes its rows."""

_NAME = "SAMPLES"


@dataclass(frozen=True, slots=True)
class Commune:
    """A row of units.csv with what a sample needs: where the unit lies and how large it is."""

    unit: Unit
    lat: float
    lon: float
    area_km2: float

    @property
    def code(self) -> str:
        """Give its code."""
        return self.unit.code

    @property
    def name(self) -> str:
        """Give its name with the kind in front."""
        return self.unit.name

    @property
    def is_ward(self) -> bool:
        """Say whether it is a ward (phường)."""
        return self.name.startswith("Phường ")


class World:
    """What a generator may look at: the facts of the pack, the other samples, and seeded chance.

    Nothing here depends on the clock, the machine or the order in which samples are asked for.
    """

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._made: dict[str, tuple[Row, ...]] = {}
        self._under_way: list[str] = []
        self._sectors: dict[str, dict[str, tuple[Generator, Path]]] = {}
        self.communes: tuple[Commune, ...] = _communes(pack)
        self.agencies: tuple[str, ...] = tuple(entry.agency.code for entry in pack.agencies)

    @property
    def day(self) -> date:
        """Give the day of the samples; everything in them lies before it, or on it."""
        return self._pack.sample_day

    def rng(self, name: str) -> random.Random:
        """Give chance of its own for `name`: the same numbers on every machine, in every run."""
        return random.Random(f"{self._pack.id}/{name}")  # noqa: S311 - made-up rows, no secret

    def code_list(self, list_id: str) -> tuple[CodeEntry, ...]:
        """Give the entries of the pack's code list; raises SampleUnusable where there is none."""
        entries = self._pack.code_lists.get(list_id)
        if entries is None:
            raise SampleUnusable(
                t("The pack has no code list {id}.", id=list_id),
                fix=t("Add code-lists/{id}.csv, or correct the name.", id=list_id),
            )
        return entries

    def contract(self, dataset_id: str) -> Contract:
        """Give the contract of a dataset; raises SampleUnusable where the pack has none."""
        try:
            return self._pack.dataset(dataset_id).contract
        except KeyError:
            raise SampleUnusable(
                t("The pack has no dataset {id}.", id=dataset_id),
                fix=t("Check the spelling; tinhdata sample --all makes every sample there is."),
            ) from None

    def has(self, dataset_id: str) -> bool:
        """Say whether the dataset has a sample, kept as a file or made by a function."""
        contract = self.contract(dataset_id)
        if self._pack.dataset(dataset_id).sample is not None:
            return True
        return dataset_id in self._generators(contract.sector)

    def rows(self, dataset_id: str) -> tuple[Row, ...]:
        """Give the rows of a sample; a kept file as it would be released, without its wrong rows.

        Made once. Raises SampleUnusable where there is no sample, where samples need each other in
        a circle, where a function fails or gives a column that the contract does not have.
        """
        if dataset_id not in self._made:
            if dataset_id in self._under_way:
                circle = [*self._under_way[self._under_way.index(dataset_id) :], dataset_id]
                raise SampleUnusable(
                    t("These samples need each other: {datasets}.", datasets=" → ".join(circle)),
                    fix=t("Let one of them be made without the other."),
                )
            self._under_way.append(dataset_id)
            try:
                self._made[dataset_id] = self._make(dataset_id)
            finally:
                self._under_way.pop()
        return self._made[dataset_id]

    def file(self, dataset_id: str, folder: Path) -> Path:
        """Give the sample as a file to deliver: the kept one, or a CSV written into `folder`.

        Raises what `rows` raises.
        """
        kept = self._pack.dataset(dataset_id).sample
        return kept or self.write(dataset_id, folder / f"{dataset_id}.csv", SampleForm.CSV)

    def write(self, dataset_id: str, path: Path, form: SampleForm) -> Path:
        """Write the rows of a sample to `path` in the form asked for; raises what `rows` raises."""
        contract = self.contract(dataset_id)
        write_rows(contract, self.rows(dataset_id), path, form)
        return path

    def _make(self, dataset_id: str) -> tuple[Row, ...]:
        contract = self.contract(dataset_id)
        kept = self._pack.dataset(dataset_id).sample
        if kept is not None:
            return tuple(MappingProxyType(row) for row in read_rows(contract, kept))
        found = self._generators(contract.sector).get(dataset_id)
        if found is None:
            raise SampleUnusable(
                t("The pack has no sample of {dataset}.", dataset=dataset_id),
                fix=t(
                    "Add the file samples/{dataset}.csv, or a function to samples/{module}.py.",
                    dataset=dataset_id,
                    module=_module_name(contract.sector),
                ),
            )
        generate, source = found
        return tuple(_fitting(row, contract, source) for row in _run(generate, self, source))

    def _generators(self, sector: str) -> Mapping[str, tuple[Generator, Path]]:
        """Give the functions of `samples/<sector>.py` and of modules whose name begins so."""
        if sector not in self._sectors:
            found: dict[str, tuple[Generator, Path]] = {}
            stem = _module_name(sector)
            for path in sorted((self._pack.root / "samples").glob(f"{stem}*.py")):
                samples = _samples_of(_load(path), path)
                for dataset_id, generate in samples.items():
                    if dataset_id in found:
                        raise SampleUnusable(
                            t("Two functions make the sample of {dataset}.", dataset=dataset_id),
                            fix=t("Keep one of them."),
                            where=path.name,
                        )
                    found[dataset_id] = (generate, path)
            self._sectors[sector] = found
        return self._sectors[sector]


def _module_name(sector: str) -> str:
    return sector.replace("-", "_")


def _communes(pack: Pack) -> tuple[Commune, ...]:
    with (pack.root / "units.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    return tuple(
        Commune(
            unit,
            float(rows[unit.code].get("lat") or 0),
            float(rows[unit.code].get("lon") or 0),
            float(rows[unit.code].get("area_km2") or 0),
        )
        for unit in pack.units
    )


def _load(path: Path) -> ModuleType:
    """Run the module; the folder becomes a package, so that its modules may share helpers."""
    folder = str(path.parent.resolve())
    package = f"tinhdata_samples_{sha256_hex(folder.encode())[:12]}"
    if package not in sys.modules:
        module = ModuleType(package)
        module.__path__ = [folder]
        sys.modules[package] = module
    importlib.invalidate_caches()
    try:
        return importlib.import_module(f"{package}.{path.stem}")
    except Exception as error:
        raise _failed(path, error) from error


def _samples_of(module: ModuleType, path: Path) -> Samples:
    found = getattr(module, _NAME, None)
    if not isinstance(found, Mapping):
        raise SampleUnusable(
            t("The file {file} does not say which samples it makes.", file=path.name),
            fix=t("End it with a mapping {name} from dataset to function.", name=_NAME),
            where=path.name,
        )
    return found


def _run(generate: Generator, world: World, source: Path) -> Iterable[Row]:
    try:
        return tuple(generate(world))
    except SampleUnusable:
        raise
    except Exception as error:
        raise _failed(source, error) from error


def _failed(path: Path, error: Exception) -> SampleUnusable:
    detail = f"{type(error).__name__}: {error}"
    return SampleUnusable(
        t("The file {file} cannot be run: {detail}.", file=path.name, detail=detail),
        fix=t("Correct the function that makes the sample."),
        where=path.name,
    )


def _fitting(row: Row, contract: Contract, source: Path) -> Row:
    odd = [name for name in row if name not in contract.column_names]
    if odd:
        raise SampleUnusable(
            t(
                "The sample of {dataset} has columns that its contract does not have: {columns}.",
                dataset=contract.id,
                columns=", ".join(odd),
            ),
            fix=t("Use the names of the contract's columns as keys."),
            where=source.name,
        )
    return MappingProxyType({name: row.get(name) for name in contract.column_names})
