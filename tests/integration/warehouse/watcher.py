"""A process that publishes once and prints what it forced to disk: `watcher.py FOLDER`."""

import os
import sys
import threading
from pathlib import Path
from types import FrameType

from tests.integration.warehouse.builders import contract, desk

_seen: set[str] = set()


def watch(frame: FrameType, event: str, called: object) -> None:
    if event == "c_call" and called is os.fsync and "path" in frame.f_locals:
        _seen.add(str(frame.f_locals["path"]))


def main(folder: Path) -> None:
    # The library writes some files in threads of its own, which are not started yet.
    threading.setprofile(watch)
    sys.setprofile(watch)
    with desk(folder) as here:
        here.replace(contract(), ("a", None, None, None))
    sys.setprofile(None)
    print("\n".join(sorted(_seen)))  # noqa: T201 -- the report


if __name__ == "__main__":
    main(Path(sys.argv[1]))
