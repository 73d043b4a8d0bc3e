"""A process that changes rows by key and stops once that is committed: `upserting.py FOLDER`."""

import sys
import time
from dataclasses import replace
from pathlib import Path

from tests.integration.warehouse.builders import contract, desk
from tinhdata.contracts import DeliveryMode
from tinhdata.warehouse import Change

KEYED = replace(contract(), mode=DeliveryMode.UPSERT)


def main(folder: Path) -> None:
    with desk(folder) as here:
        rows = [("a", "Mất", None, None), ("x", "Không còn", None, None)]
        here.commit(KEYED, Change.upsert(), [here.stage(KEYED, rows)])
        print("committed", flush=True)  # noqa: T201 -- the report
        time.sleep(60)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
