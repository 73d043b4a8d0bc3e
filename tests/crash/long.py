"""Long loads, each in a process of its own: one large file that is killed again and again, and
hundreds of small ones one after the other.

`python -m tests.crash.long big FOLDER ROWS KILLS SEED SECONDS` or `... chain FOLDER FILES` prints
one JSON object with figures and with `faults`, which must be empty.
"""

import json
import os
import random
import resource
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median

from tests.crash.account import Auditor, ordered
from tests.crash.children import PACK
from tests.crash.clock import MovedClock
from tests.crash.files import Mode, Row, nth, published
from tests.crash.lives import People
from tests.support.big_delivery import DATASET, make_csv, make_pack
from tests.support.peak import peak_mib
from tinhdata.access import Action, Actor, ActorKind, Resource, Role, require
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.deliveries import Delivery, State
from tinhdata.settings import Settings
from tinhdata.warehouse import Query

_WORKER = "long"


@dataclass(frozen=True, slots=True)
class Big:
    """What came of a large file that was killed `kills` times on its way."""

    rows: int
    kills: int
    released: int
    quarantined: int
    seconds: float
    seconds_last: float
    """Of the start that brought it to its end."""
    peak_mib: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """What many deliveries one after the other took, at the beginning and at the end."""

    files: int
    seconds_first: float
    """Median of the first tenth."""
    seconds_last: float
    memory_first_mib: int
    memory_last_mib: int
    descriptors_first: int
    descriptors_last: int
    store_mib: int
    seconds_open: float
    faults: tuple[str, ...]


# --- one large file


def big(folder: Path, rows: int, kills: int, seed: int, seconds: int) -> Big:
    """Bring a file of `rows` rows to its release through `kills` deaths.

    Each comes at a moment of `seed` within `seconds` after a start.
    """
    chance = random.Random(seed)
    pack, store, report = make_pack(folder / "pack"), folder / "store", folder / "report.json"
    begun = time.monotonic()
    died = 0
    for start in range(kills):
        going_on = partial(_go_on, store, pack, rows, start)
        died += _killed(going_on, chance.uniform(0.2, seconds))
    begun_last = time.monotonic()
    _killed(lambda: _finish(store, pack, rows, kills, report), None)
    found = json.loads(report.read_text())
    return Big(
        rows=rows,
        kills=died,
        released=found["released"],
        quarantined=found["quarantined"],
        seconds=round(time.monotonic() - begun, 1),
        seconds_last=round(time.monotonic() - begun_last, 1),
        peak_mib=found["peak_mib"],
        faults=tuple(found["faults"]),
    )


def _killed(work: Callable[[], object], seconds: float | None) -> bool:
    """Do `work` in a child and kill it after `seconds`; say whether that was needed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    until = None if seconds is None else time.monotonic() + seconds
    while True:
        ended, status = os.waitpid(child, 0 if until is None else os.WNOHANG)
        if ended:
            if os.WIFEXITED(status) and status != 0:
                raise RuntimeError(f"the load ended with status {status}")
            return os.WIFSIGNALED(status)
        if until is not None and time.monotonic() >= until:
            os.kill(child, signal.SIGKILL)
            until = None
        time.sleep(0.01)


def _go_on(store: Path, pack: Path, rows: int, number: int) -> tuple[Platform, Delivery]:
    """Start, and do what is missing until the file is released."""
    clock = MovedClock(number * timedelta(minutes=2))
    platform = open_platform(Settings(store=store, pack=pack, demo=True), clock)
    install_pack(platform)
    platform.work.run_until_idle(_WORKER)
    officer = _officer(platform)
    deliveries = platform.deliveries
    delivery = deliveries.receive(officer, DATASET, make_csv(rows), "thu-tai.csv").delivery
    platform.work.run_until_idle(_WORKER)
    delivery = deliveries.get(officer, delivery.id)
    if delivery.state is State.FAILED:
        # A piece that took five workers with it is given up; a person has it tried again.
        delivery = deliveries.retry(officer, delivery.id)
        platform.work.run_until_idle(_WORKER)
        delivery = deliveries.get(officer, delivery.id)
    if delivery.state is State.CHECKED:
        deliveries.publish(officer, delivery.id)
        platform.work.run_until_idle(_WORKER)
        delivery = deliveries.get(officer, delivery.id)
    return platform, delivery


def _finish(store: Path, pack: Path, rows: int, number: int, report: Path) -> None:
    platform, delivery = _go_on(store, pack, rows, number)
    found = {
        "released": delivery.rows.released,
        "quarantined": delivery.rows.quarantined,
        "peak_mib": peak_mib(),
        "faults": list(_faults_of_big(platform, delivery, rows)),
    }
    report.write_text(json.dumps(found))
    platform.close()


def _faults_of_big(platform: Platform, delivery: Delivery, rows: int) -> list[str]:
    bad = rows // 1000
    releases = platform.warehouse.releases(DATASET)
    contract = platform.registry.active(DATASET).contract
    permit = require(
        _officer(platform), Action.READ_ROWS, Resource.of(contract), "test of a large load"
    )
    wanted = {
        "state": (delivery.state, State.RELEASED),
        "rows made": (delivery.rows.made, rows),
        "rows released": (delivery.rows.released, rows - bad),
        "rows quarantined": (delivery.rows.quarantined, bad),
        "releases": (len(releases), 1),
        "rows of the release": (releases[0].rows if releases else None, rows - bad),
        "damaged files": (platform.warehouse.verify(), ()),
        "damaged bytes": (platform.landing.verify(), ()),
        "faults of quarantine": (platform.quarantine.faults(delivery.id), ()),
        "deliveries": (
            platform.deliveries.page(_officer(platform), dataset=DATASET).total,
            1,
        ),
    }
    found = [f"{what}: {is_} instead of {must}" for what, (is_, must) in wanted.items()]
    found = [text for text, (is_, must) in zip(found, wanted.values(), strict=True) if is_ != must]
    if releases:
        counted = 0
        seen: set[object] = set()
        query = Query(columns=("ma",))
        for batch in platform.warehouse.stream(permit, releases[0].id, query):
            counted += batch.num_rows
            seen.update(batch.column(0).to_pylist())
        if not counted == len(seen) == rows - bad:
            found.append(f"{counted} rows with {len(seen)} keys are read")
    return found


def _officer(platform: Platform) -> Actor:
    agency = platform.registry.active(DATASET).contract.agency
    return Actor("per_load", "", ActorKind.PERSON, frozenset({Role.OFFICER}), agency)


# --- many small files


def chain(folder: Path, files: int) -> Chain:
    """Deliver and publish `files` files one after the other, each dataset its share."""
    settings = Settings(store=folder / "store", pack=PACK, demo=True)
    platform = open_platform(settings)
    install_pack(platform)
    people = {mode: People(platform, mode) for mode in Mode}
    tables: dict[Mode, list[Row]] = {mode: [] for mode in Mode}
    seconds: list[float] = []
    memory: list[tuple[int, int]] = []
    for number in range(files):
        mode = tuple(Mode)[number % len(Mode)]
        sent = nth(mode, number)
        begun = time.perf_counter()
        people[mode].deliver(sent)
        seconds.append(time.perf_counter() - begun)
        tables[mode] = published(tables[mode], sent)
        memory.append((_resident_mib(), len(list(Path("/proc/self/fd").iterdir()))))
    platform.close()
    begun = time.perf_counter()
    platform = open_platform(settings)
    opened = time.perf_counter() - begun
    faults: list[str] = []
    for mode, table in tables.items():
        auditor = Auditor(platform, mode, (nth(mode, number) for number in range(files)))
        faults += auditor.faults()
        if auditor.table() != ordered(table):
            faults.append(f"the table of {mode} is another one")
    platform.close()
    tenth = max(files // 10, 1)
    return Chain(
        files=files,
        seconds_first=round(median(seconds[:tenth]), 2),
        seconds_last=round(median(seconds[-tenth:]), 2),
        memory_first_mib=memory[tenth - 1][0],
        memory_last_mib=memory[-1][0],
        descriptors_first=memory[tenth - 1][1],
        descriptors_last=memory[-1][1],
        store_mib=_size_mib(settings.store),
        seconds_open=round(opened, 2),
        faults=tuple(faults),
    )


def _resident_mib() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 2**20


def _size_mib(store: Path) -> int:
    return sum(path.stat().st_size for path in store.rglob("*") if path.is_file()) // 2**20


def main() -> None:
    """Run what the command line names and print its figures."""
    what, folder, *numbers = sys.argv[1:]
    given = [int(number) for number in numbers]
    found: Big | Chain = (
        chain(Path(folder), *given) if what == "chain" else big(Path(folder), *given)
    )
    sys.stdout.write(json.dumps(asdict(found)) + "\n")


if __name__ == "__main__":
    main()
