"""The folder in which a delivery's files are prepared before they become part of a release."""

import shutil
from datetime import datetime
from pathlib import Path

from tinhdata.kernel import new_id


class Staging:
    """Folders `<root>/<delivery>/<part>`, one part per run; anything in them can be made again."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def fresh(self, delivery: str) -> Path:
        """Give a new, empty folder for one run; two runs of one delivery never share a folder."""
        folder = self._root / delivery / new_id("run")
        folder.mkdir(parents=True)
        return folder

    def folder(self, delivery: str, part: str) -> Path:
        """Give the folder of a run made before."""
        return self._root / delivery / part

    def drop_run(self, delivery: str, part: str) -> None:
        """Remove the folder of one run."""
        shutil.rmtree(self._root / delivery / part, ignore_errors=True)

    def drop_but(self, delivery: str, part: str | None) -> None:
        """Remove the folders of all runs of a delivery but `part` (None: of all)."""
        folder = self._root / delivery
        for run in folder.iterdir() if folder.is_dir() else ():
            if run.name != part:
                shutil.rmtree(run, ignore_errors=True)
        if part is None:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, keep: frozenset[str], before: datetime) -> int:
        """Remove folders untouched since `before` of deliveries not in `keep`; give how many."""
        if not self._root.exists():
            return 0
        gone = [
            item.name
            for item in self._root.iterdir()
            if item.name not in keep and item.stat().st_mtime < before.timestamp()
        ]
        for name in gone:
            self.drop_but(name, None)
        return len(gone)
