"""Typed looks into a contract document, each part knowing its path."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tinhdata.contracts.place import Path
from tinhdata.kernel import JSON


@dataclass(frozen=True, slots=True)
class Part:
    """A value of the document and where it stands. A missing part has the value None."""

    value: JSON
    path: Path = ()

    @property
    def is_there(self) -> bool:
        """Say whether the document has this part."""
        return self.value is not None

    def get(self, key: str) -> "Part":
        """Give the part under `key`."""
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Part(value, (*self.path, key))

    def at(self, *keys: str) -> "Part":
        """Give the part down the way of `keys`."""
        part = self
        for key in keys:
            part = part.get(key)
        return part

    def items(self) -> "tuple[Part, ...]":
        """Give the parts of a list, none where there is no list."""
        if not isinstance(self.value, Sequence) or isinstance(self.value, str):
            return ()
        return tuple(Part(item, (*self.path, index)) for index, item in enumerate(self.value))

    def text(self) -> str | None:
        """Give the text, None where there is none."""
        return self.value if isinstance(self.value, str) else None

    def texts(self) -> tuple[str, ...]:
        """Give the texts of a list."""
        return tuple(text for item in self.items() if (text := item.text()) is not None)

    def names(self) -> tuple[str, ...]:
        """Give the keys of a mapping, none where there is no mapping."""
        return tuple(self.value) if isinstance(self.value, Mapping) else ()

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Give the keys of a mapping with their texts."""
        return tuple((k, text) for k in self.names() if (text := self.get(k).text()) is not None)

    def flag(self, default: bool) -> bool:
        """Give a yes or no, `default` where there is none."""
        return self.value if isinstance(self.value, bool) else default

    def integer(self) -> int | None:
        """Give a whole number, None where there is none."""
        value = self.value
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def decimal(self) -> Decimal | None:
        """Give a number exactly as it was written, None where there is none."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return Decimal(str(value))

    def custom(self, name: str) -> "Part":
        """Give the value of the customProperty called `name`."""
        for item in self.get("customProperties").items():
            if item.get("property").text() == name:
                return item.get("value")
        return Part(None, self.path)
