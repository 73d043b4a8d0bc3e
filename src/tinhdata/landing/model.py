"""The nouns of landing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Landed:
    """Bytes that are kept: their SHA-256 in hexadecimal and how many they are."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Damage:
    """Bytes that are recorded but `missing` or `altered`."""

    sha256: str
    what: str
