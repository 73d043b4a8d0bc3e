"""Reads the expectations of real files, one delivery or more for every folder of them."""

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from tests.data.expectations import REAL_FILES, Cell

REAL_PACK = Path(__file__).parent / "real"
"""A pack whose contracts were drafted from the real files and finished by hand."""


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """A unit whose row waits, and the rules it fails; `required:*` stands for any such rule."""

    unit: int
    rules: tuple[str, ...]

    def is_met_by(self, rules: frozenset[str]) -> bool:
        """Say whether the row failed rules of each kind named here, and no others."""
        asked = {name for name in rules for asked in self.rules if fnmatchcase(name, asked)}
        met = {asked for name in rules for asked in self.rules if fnmatchcase(name, asked)}
        return asked == rules and met == set(self.rules)


@dataclass(frozen=True, slots=True)
class RealDelivery:
    """What must become of one file of a folder, or of several sent together as a ZIP."""

    dataset: str
    files: tuple[Path, ...]
    is_zip: bool
    units: Mapping[str, int]
    records: int
    spread: int | None
    empty: int
    made: int
    linked: int
    true: int
    held: tuple[HeldUnit, ...]
    cells: tuple[Cell, ...]

    def sent(self, folder: Path) -> Path:
        """Give the file to be sent; several are packed into a ZIP in `folder`, once."""
        if not self.is_zip:
            return self.files[0]
        packed = folder / f"{self.dataset}.zip"
        if not packed.is_file():
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                for path in self.files:
                    archive.write(path, path.name)
        return packed


@dataclass(frozen=True, slots=True)
class RealFolder:
    """A folder of real files: what is sent of it, and files the pack of the province takes."""

    name: str
    deliveries: tuple[RealDelivery, ...]
    contracted: tuple[Path, ...]


def real_folders() -> tuple[RealFolder, ...]:
    """Give the expectations of all folders."""
    listing = yaml.safe_load((REAL_PACK / "expectations.yaml").read_text(encoding="utf-8"))
    return tuple(
        RealFolder(
            entry["folder"],
            tuple(_deliveries(REAL_FILES / entry["folder"], entry["deliveries"])),
            tuple(REAL_FILES / entry["folder"] / name for name in entry.get("contracted", ())),
        )
        for entry in listing["folders"]
    )


def _deliveries(folder: Path, entries: list[dict[str, object]]) -> Iterator[RealDelivery]:
    for entry in entries:
        yield _delivery(folder, entry)


def _delivery(folder: Path, entry: Mapping[str, object]) -> RealDelivery:
    units = _counts(entry["units"])
    wide = _counts(entry.get("wide", {}))
    records = entry.get("records", units["records"])
    made, true, linked = entry["made"], entry["true_rows"], entry.get("linked", 0)
    held, cells = entry.get("held", []), entry["cells"]
    members = entry.get("members")
    assert isinstance(records, int)
    assert isinstance(made, int)
    assert isinstance(true, int)
    assert isinstance(linked, int)
    assert isinstance(held, list)
    assert isinstance(cells, list)
    return RealDelivery(
        dataset=str(entry["dataset"]),
        files=tuple(sorted(folder.glob(str(members))))
        if members
        else (folder / str(entry["file"]),),
        is_zip=members is not None,
        units=units,
        records=records,
        spread=records * wide["columns"] if wide else None,
        empty=wide.get("empty", 0),
        made=made,
        linked=linked,
        true=true,
        held=tuple(HeldUnit(each["unit"], tuple(each["rules"])) for each in held),
        cells=tuple(Cell(each["key"], each["column"], each["value"]) for each in cells),
    )


def _counts(entry: object) -> Mapping[str, int]:
    assert isinstance(entry, dict)
    return entry
