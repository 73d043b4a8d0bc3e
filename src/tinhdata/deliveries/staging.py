"""The folder in which a delivery's files are prepared before they become part of a release."""

import shutil
from pathlib import Path


class Staging:
    """Folders `<root>/<delivery>/<check number>`; anything in them can be made again."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def fresh(self, delivery: str, part: str) -> Path:
        """Give an empty folder for one run of `part`, such as a check's number."""
        folder = self._root / delivery / part
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        return folder

    def folder(self, delivery: str, part: str) -> Path:
        """Give the folder of a run made before."""
        return self._root / delivery / part

    def drop(self, delivery: str) -> None:
        """Remove what was prepared for a delivery whose life has ended."""
        shutil.rmtree(self._root / delivery, ignore_errors=True)

    def sweep(self, keep: frozenset[str]) -> int:
        """Remove the folders of deliveries that are not in `keep`; give how many."""
        if not self._root.exists():
            return 0
        gone = [item.name for item in self._root.iterdir() if item.name not in keep]
        for name in gone:
            self.drop(name)
        return len(gone)
