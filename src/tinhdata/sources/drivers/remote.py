"""What every place with files can do: list them, give their bytes, put a taken file away."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from tinhdata.sources.model import RemoteFile, TakenFile


@dataclass(frozen=True, slots=True)
class Fetched:
    """The bytes of a file from `start` on; a place that cannot go on begins again at 0."""

    start: int
    pieces: Iterator[bytes]


class FileDriver(Protocol):
    """An open connection to a place with files. Every verb raises only Problems of `errors`."""

    def files(self, known: Mapping[str, TakenFile]) -> tuple[RemoteFile, ...]:
        """Give the files there are; one that is as `known` says may be left out."""
        ...

    def fetch(self, file: RemoteFile, start: int) -> AbstractContextManager[Fetched]:
        """Open the bytes of a file from `start` on, where the place can do that."""
        ...

    def is_same(self, file: RemoteFile) -> bool:
        """Say whether the file is still as it was listed."""
        ...

    def put_away(self, file: RemoteFile, name: str | None) -> None:
        """Move a taken file into the archive under `name`, or delete it (None)."""
        ...
