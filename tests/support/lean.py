"""Leaves a process without pandas, which tests alone install: the platform runs without it.

Where pandas is installed pyarrow loads it by itself, which takes memory that nothing here needs.
`python -m tests.support.lean` is the command line as it starts where the platform runs.
"""

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class _NoPandas(MetaPathFinder):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "pandas":
            raise ModuleNotFoundError(f"{name} is no part of the platform", name=name)
        return None


def without_pandas() -> None:
    """Have `import pandas` fail in this process, as it does where the platform runs."""
    sys.meta_path.insert(0, _NoPandas())


if __name__ == "__main__":
    without_pandas()
    # Imported only now: what it imports would load pandas.
    from tinhdata.cli import main

    main()
