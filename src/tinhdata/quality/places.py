"""Where in a delivery of several sheets or files a unit stands. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilePart:
    """A sheet or file of a delivery; its units are counted over the whole delivery, from 1."""

    name: str
    first_unit: int
    units: int


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """Lines as a person finds them: counted within their part, where there are several."""

    first: int
    last: int
    part: str | None = None

    @property
    def lines(self) -> str:
        """Give the line or lines; as text, since a number would get signs between thousands."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"

    def __str__(self) -> str:
        """Give the lines and the part in one, in any language."""
        return self.lines if self.part is None else f"{self.lines} (“{self.part}”)"


def place_of(parts: Sequence[FilePart], first: int, last: int) -> UnitPlace:
    """Say where the units `first` to `last` of a delivery with `parts` stand."""
    if len(parts) > 1:
        for part in parts:
            before = part.first_unit - 1
            if before < first <= before + part.units:
                return UnitPlace(first - before, last - before, part.name)
    return UnitPlace(first, last)
