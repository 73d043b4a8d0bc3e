"""A process that pulls and may be killed: `python -m tests.integration.sources.puller FOLDER ...`.

Says `begun` on standard output once the pull has begun, then works until nothing is left to do.
"""

import sys
from pathlib import Path

from tests.integration.sources.yard import LOOPBACK
from tinhdata.bootstrap import open_platform
from tinhdata.settings import Settings


def main() -> None:
    """Open the store of the test and do all work that is due."""
    folder, watched = Path(sys.argv[1]), Path(sys.argv[2])
    settings = Settings(
        store=folder / "kho",
        pack=folder / "pack",
        demo=True,
        upload_limit_mb=64,
        source_private_hosts=LOOPBACK,
        source_folders=(watched,),
    )
    platform = open_platform(settings)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    platform.work.run_until_idle(f"puller-{sys.argv[3]}")
    platform.close()


if __name__ == "__main__":
    main()
