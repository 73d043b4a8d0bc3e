"""Reads the hand-made expectations and finds the files they are about."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.data.planting import Planted

ROOT = Path(__file__).resolve().parents[2]
PACK = ROOT / "packs" / "thai-nguyen"
REAL_FILES = Path(os.environ.get("TINHDATA_REAL_DATA", ROOT.parent / "shared" / "real-data"))
"""Files that nobody here wrote; not part of the project, so tests over them may be skipped."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A released value: the key of its row, the column, the value as text (None: no value)."""

    key: Mapping[str, str]
    column: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Held:
    """A line whose row fails, and the rules of severity error that it fails."""

    line: int
    rules: frozenset[str]


@dataclass(frozen=True, slots=True)
class PlantedCell:
    """A wrong cell to be planted, the rule it must break, other lines that then fail as well."""

    cell: Planted
    rule: str
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must become of one file."""

    path: Path
    dataset: str
    sheet: str | None
    units: Mapping[str, int]
    made: int
    cells: tuple[Cell, ...]
    quarantined: tuple[Held, ...]
    warned: tuple[Held, ...] = ()
    warned_count: int | None = None
    planted: tuple[PlantedCell, ...] = field(default=())

    @property
    def name(self) -> str:
        """Give a short name for the output of tests."""
        return self.path.name


def made_here() -> tuple[Expectation, ...]:
    """Give the expectations of the small files beside this module."""
    folder = Path(__file__).parent
    return tuple(_read(folder / "expected.yaml", folder))


def of_real_files() -> tuple[Expectation, ...]:
    """Give the expectations of the files that nobody here wrote."""
    return tuple(_read(ROOT / "tests" / "journeys" / "real_files.yaml", REAL_FILES))


def _read(listing: Path, folder: Path) -> Iterator[Expectation]:
    for entry in yaml.safe_load(listing.read_text(encoding="utf-8"))["files"]:
        yield Expectation(
            path=folder / entry["file"],
            dataset=entry["dataset"],
            sheet=entry.get("sheet"),
            units=entry["units"],
            made=entry["made"],
            cells=tuple(Cell(c["key"], c["column"], c["value"]) for c in entry["cells"]),
            quarantined=tuple(_held(entry["quarantined"])),
            warned=tuple(_held(entry.get("warned", []))),
            warned_count=entry.get("warned_count"),
            planted=tuple(
                PlantedCell(
                    Planted(p["line"], p["cell"], p["write"]), p["rule"], tuple(p.get("also", []))
                )
                for p in entry.get("planted", [])
            ),
        )


def _held(entries: list[dict[str, object]]) -> Iterator[Held]:
    for entry in entries:
        line, rules = entry["line"], entry["rules"]
        assert isinstance(line, int)
        assert isinstance(rules, list)
        yield Held(line, frozenset(rules))
