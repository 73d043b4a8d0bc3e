"""A worker process for the tests: `python -m tests.integration.work.worker URL LOG LEASE`.

`quick` writes a line and is done; `long` writes a line, works for as long as its argument says,
reporting unless it is silent, and writes another. Lines go to the file LOG, each in one append.
"""

import os
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from tinhdata.db import Database
from tinhdata.kernel import JSONObject, Progress, SystemClock
from tinhdata.work import LeaseLost, WorkContext, WorkQueue


def build(url: str, log: Path, lease: timedelta) -> tuple[Database, WorkQueue]:
    """Give the queue with both verbs, as each process of the tests has it."""

    def write(line: str) -> None:
        with log.open("a") as file:
            file.write(f"{line} {os.getpid()}\n")

    def quick(context: WorkContext, args: JSONObject) -> None:
        write(f"done {args['n']}")

    def long(context: WorkContext, args: JSONObject) -> None:
        write("began")
        ends = time.monotonic() + float(str(args["seconds"]))
        try:
            while time.monotonic() < ends:
                time.sleep(0.05)
                if not args["silent"]:
                    context.report(Progress("long", 1, 2))
        except LeaseLost:
            write("lost")
            raise
        write("finished")

    database = Database(url)
    queue = WorkQueue(database, SystemClock(), lease=lease, poll=timedelta(seconds=0.1))
    queue.register("quick", quick)
    queue.register("long", long)
    return database, queue


if __name__ == "__main__":
    _, queue_here = build(sys.argv[1], Path(sys.argv[2]), timedelta(seconds=float(sys.argv[3])))
    queue_here.run_forever(threading.Event())
