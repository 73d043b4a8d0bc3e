"""Tries out whether a file can be loaded, in a process of its own, which may die of it.

The readers of values take memory for everything that a file only claims to have, and are written in
languages in which a crafted file can end the process: one of a few kilobytes can do it.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tinhdata.intake.errors import FileRefused, NoRoom, damaged

_MOST_BYTES = 2 << 30
"""Address space of the trial: what the largest workbook that is read needs, twice."""

_MOST_SECONDS = 240

_NO_ROOM = 75
"""What a trial ends with that found the disk full, as far as its program is written in Python."""

_LIMITS = f"""
import errno, os, resource, sys
def told(kind, error, trace):
    os._exit({_NO_ROOM} if getattr(error, "errno", 0) in (errno.ENOSPC, errno.EDQUOT) else 1)
sys.excepthook = told
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]), int(sys.argv[3])))
"""

WORKBOOK = """
from python_calamine import CalamineWorkbook, SheetTypeEnum
book = CalamineWorkbook.from_path(sys.argv[1])
sheets = [book.get_sheet_by_name(sheet.name) for sheet in book.sheets_metadata
          if sheet.typ is SheetTypeEnum.WorkSheet]
for sheet in sheets:
    sheet.end, sheet.merged_cell_ranges
"""
"""Loads every sheet of a workbook."""

PARQUET = """
import pyarrow
pyarrow.set_memory_pool(pyarrow.system_memory_pool())
import pyarrow.parquet
file = pyarrow.parquet.ParquetFile(sys.argv[1], page_checksum_verification=True)
left = int(sys.argv[6])
for batch in file.iter_batches(batch_size=int(sys.argv[4]), use_threads=False):
    batch.validate(full=True)
    size = sum((column.dictionary_decode() if pyarrow.types.is_dictionary(column.type) else column)
               .nbytes for column in batch.columns)
    left -= size
    if left < 0 or size > int(sys.argv[5]):
        sys.exit(1)
"""
"""Reads every value of a Parquet file in pieces of as many rows as the reader takes.

One value can stand in millions of rows: a piece, and all of them, may have so many bytes unpacked.
"""


def require_loadable(
    path: Path,
    program: str = WORKBOOK,
    *more: str,
    otherwise: Callable[[], FileRefused] = damaged,
) -> None:
    """Do `program` with the file at `path` elsewhere; raises `otherwise` if that fails.

    Raises NoRoom where it could not write what it should because the disk is full.
    """
    with Trial(path, program, *more) as trial:
        trial.require(otherwise)


class Trial:
    """A trial that goes on beside other work. Use it in a `with`, which ends it."""

    def __init__(self, path: Path, program: str = WORKBOOK, *more: str) -> None:
        """Begin to do `program` with the file at `path`."""
        arguments = (str(path.resolve()), str(_MOST_BYTES), str(_MOST_SECONDS), *more)
        self._process = subprocess.Popen(  # noqa: S603 -- our own interpreter and program
            [sys.executable, "-I", "-c", _LIMITS + program, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()

    def require(self, otherwise: Callable[[], FileRefused] = damaged) -> None:
        """Wait for the end; raises `otherwise` where it failed, NoRoom where the disk is full."""
        try:
            code = self._process.wait(2 * _MOST_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise otherwise() from error
        if code == _NO_ROOM:
            raise NoRoom
        if code != 0:
            raise otherwise()
