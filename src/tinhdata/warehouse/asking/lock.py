"""The fourth layer: an engine of one's own that reaches the files of the answer and nothing else.

Made for one question and thrown away: no file but those named, no network, no extension, no
variable of the program, no temporary folder, no setting that can be changed back.
"""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from tinhdata.warehouse.model import Bounds


def locked(paths: Sequence[Path], bounds: Bounds) -> duckdb.DuckDBPyConnection:
    """Open an engine that can read `paths` and do nothing else; the caller closes it."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": f"{bounds.memory_mb}MB",
            "threads": bounds.threads,
            # Without a folder to put rows aside, what does not fit into memory ends.
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "python_enable_replacements": False,
        },
    )
    # Folders that may be read may be written, too; single paths may only be read.
    connection.execute("SET allowed_paths = ?", [[str(path) for path in paths]])
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection
