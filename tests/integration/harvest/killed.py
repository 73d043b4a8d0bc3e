"""A walk in a process of its own, to be killed; its argument is the folder of the store."""

import sys
from pathlib import Path

from tests.integration.harvest.shelf import shelf


def main() -> None:
    """Do the work that waits in the store given, as a worker does."""
    with shelf(Path(sys.argv[1])) as desk:
        desk.work.run_until_idle("killed")


if __name__ == "__main__":
    main()
