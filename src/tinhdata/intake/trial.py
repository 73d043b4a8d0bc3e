"""Tries out whether a workbook can be loaded, in a process of its own, which may die of it.

The reader of values takes memory for every cell that a workbook only claims to have. Where that is
more than there is, it ends the process it runs in: a file of a few kilobytes can do it.
"""

import subprocess
import sys
from pathlib import Path

from tinhdata.intake.errors import damaged

_MOST_BYTES = 2 << 30
"""Address space of the trial: what the largest workbook that is read needs, twice."""

_MOST_SECONDS = 240

_PROGRAM = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[2]), int(sys.argv[2])))
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[3]), int(sys.argv[3])))
from python_calamine import CalamineWorkbook, SheetTypeEnum
book = CalamineWorkbook.from_path(sys.argv[1])
sheets = [book.get_sheet_by_name(sheet.name) for sheet in book.sheets_metadata
          if sheet.typ is SheetTypeEnum.WorkSheet]
for sheet in sheets:
    sheet.end, sheet.merged_cell_ranges
"""


def require_loadable(path: Path) -> None:
    """Load every sheet of the workbook at `path` elsewhere; raises FileRefused if that fails."""
    limits = (str(_MOST_BYTES), str(_MOST_SECONDS))
    try:
        tried = subprocess.run(  # noqa: S603 -- our own interpreter and program; the path is ours
            [sys.executable, "-I", "-c", _PROGRAM, str(path.resolve()), *limits],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2 * _MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise damaged() from error
    if tried.returncode != 0:
        raise damaged()
