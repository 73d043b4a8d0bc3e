"""Makes the serving cache of a release over and over, until it is killed."""

import contextlib
import sys
from pathlib import Path

from tests.integration.warehouse.big_tables import CACHED
from tests.integration.warehouse.builders import desk
from tinhdata.warehouse import Wishes, WriterBusy


def main() -> None:
    """Make the cache of the release that the command line names, in the desk of its folder."""
    folder, release_id = Path(sys.argv[1]), sys.argv[2]
    with desk(folder, limits=CACHED) as here:
        sys.stdout.write("making\n")
        sys.stdout.flush()
        while True:
            with contextlib.suppress(WriterBusy):
                here.warehouse.prepare(release_id, Wishes(looked_up=("commune",)))
            for path in (here.warehouse_folder / "cache").rglob("*.json"):
                path.unlink()


if __name__ == "__main__":
    main()
