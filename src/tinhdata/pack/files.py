"""Opens the files of a pack: YAML and CSV become forms and rows, faults become findings."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from tinhdata.kernel import JSON, Text, t
from tinhdata.pack.errors import PackFinding

AnyForm = TypeVar("AnyForm", bound=BaseModel)
Place: TypeAlias = "tuple[str | int, ...]"

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(slots=True)
class PackFiles:
    """The folder of a pack and everything found to be wrong in it."""

    root: Path
    findings: list[PackFinding] = field(default_factory=list)

    def say(self, where: str, text: Text, fix: Text | None = None) -> None:
        """Note a fault."""
        self.findings.append(PackFinding(where, text, fix))

    def path(self, name: str, named_in: str) -> Path | None:
        """Give the file `name` of the pack; None, and a finding, where it is missing or outside."""
        path = (self.root / name).resolve()
        if not path.is_relative_to(self.root.resolve()):
            self.say(named_in, t("{file} lies outside of the pack.", file=name))
            return None
        if not path.is_file():
            self.say(
                named_in,
                t("The file {file} is missing.", file=name),
                t("Add the file, or take away the line that names it."),
            )
            return None
        return path

    def form(self, name: str, shape: type[AnyForm]) -> AnyForm | None:
        """Read the YAML file `name` as `shape`; None, and findings, where it is not one."""
        path = self.path(name, name)
        if path is None:
            return None
        lines: dict[Place, int] = {}
        try:
            value = _Reader(name, lines).read(path.read_text(encoding="utf-8"))
            return shape.model_validate(value)
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            detail = " ".join(str(error).split())
            self.say(name, t("The file cannot be read: {detail}.", detail=detail))
        except ValidationError as error:
            for fault in error.errors(include_url=False):
                where = f"{name}:{_line(lines, fault['loc'])}"
                place = ".".join(str(step) for step in fault["loc"])
                self.say(where, t("{place}: {detail}.", place=place, detail=fault["msg"]))
        return None

    def rows(self, name: str, columns: tuple[str, ...]) -> tuple[Mapping[str, str], ...]:
        """Read the CSV file `name`, which must have `columns`; empty, and a finding, where not."""
        path = self.path(name, name)
        if path is None:
            return ()
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.DictReader(file, strict=True)
                rows = tuple(reader)
        except (UnicodeDecodeError, csv.Error) as error:
            self.say(name, t("The file cannot be read: {detail}.", detail=str(error)))
            return ()
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            self.say(
                f"{name}:1", t("The columns {columns} are missing.", columns=", ".join(missing))
            )
            return ()
        for line, row in enumerate(rows, start=2):
            if None in row or None in row.values():
                self.say(f"{name}:{line}", t("The line has more or fewer cells than the header."))
                return ()
        return rows


def _line(lines: Mapping[Place, int], place: Place) -> int:
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


class _Reader:
    """YAML to plain values in which every scalar stays text, so that a code keeps its zeros."""

    def __init__(self, name: str, lines: dict[Place, int]) -> None:
        self._name, self._lines = name, lines

    def read(self, text: str) -> JSON:
        node = yaml.compose(text, Loader=_LOADER)
        return None if node is None else self._value(node, ())

    def _value(self, node: yaml.Node, place: Place) -> JSON:
        self._lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*place, at)) for at, item in enumerate(node.value)]
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> JSON:
        found: dict[str, JSON] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key} stands twice", problem_mark=key_node.start_mark
                )
            found[key] = self._value(value_node, (*place, key))
        return found
