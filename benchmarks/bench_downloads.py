"""Downloads: full files against nginx, filtered files against COPY TO of PostgreSQL."""

import random
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from tests.integration.api.test_behind_nginx import in_front_of
from tests.support.nginx import nginx
from tests.support.postgres import postgres
from tests.support.server import Server, serve

from benchmarks.api import table
from benchmarks.harness import (
    Goal,
    Options,
    Report,
    Sample,
    Target,
    cpu_seconds,
    in_turn,
    measure,
    measure_module,
    options,
    resident_mib,
    seconds,
)

_ABOUT = """A table of a million rows and twelve columns. The full file lies ready and is sent by
one process, or by nginx to which it refers (X-Accel-Redirect); the peer is nginx sending the same
file of its own accord. Filtered files hold nearly all rows, their condition is drawn anew each
time; the peer is COPY TO of PostgreSQL with psycopg, on a server that need not reach its disk.
Clients read over the loopback, filtered files into a file."""
_DRAW = random.Random(20_261_123)


def main() -> None:
    """Measure and report."""
    given = options(__doc__ or "", rounds=9)
    rows = 50_000 if given.small else 1_000_000
    report = Report("downloads", "Downloads", _ABOUT.replace("\n", " "))
    folder = store_of(rows)
    with tempfile.TemporaryDirectory(prefix="tinhdata-downloads-") as name:
        _full_files(report, given, folder)
        with serve(folder / "store", folder / "pack") as server:
            _filtered(report, given, server, rows, Path(name))
            _workbooks(report, given, server, Path(name))
    report.save(given)


def store_of(rows: int) -> Path:
    """Give a store with the table, made once."""
    source, is_made = table.ready("table", rows)
    if not is_made:
        table.make_csv(source / "table.csv", rows)
        (source / "ready").touch()
    folder, is_made = table.ready("downloads", rows)
    if not is_made:
        table.make_store(folder, source / "table.csv")
        (folder / "ready").touch()
    return folder


# -- full files


def _full_files(report: Report, given: Options, folder: Path) -> None:
    files = folder / "store" / "open-files"
    path = f"/datasets/{table.DATASET}/download.csv"
    redirecting = {"TINHDATA_ACCEL_REDIRECT": "/open-files/"}
    with (
        serve(folder / "store", folder / "pack") as alone,
        serve(folder / "store", folder / "pack", redirecting) as behind,
        nginx(in_front_of(behind.address, files)) as front,
        nginx(f"server {{ listen 127.0.0.1:PORT; root {files}; }}") as direct,
    ):
        _until_it_lies_ready(alone.address + path)
        (kept,) = files.glob(f"{table.DATASET}/*.csv")
        sides = {
            "alone": alone.address + path,
            "front": front + path,
            "nginx": f"{direct}/{table.DATASET}/{kept.name}",
        }
        size = kept.stat().st_size
        found = in_turn(
            {name: _taking(address, size) for name, address in sides.items()},
            given.rounds * 3,
            warm=1,
        )
        held = resident_mib(alone.pid)
    mb = f"{size / 1e6:.0f} MB"
    nginx_seconds = seconds(found["nginx"])
    report.against(
        f"full CSV of {mb}, nginx in front",
        "s",
        seconds(found["front"]),
        "nginx alone",
        nginx_seconds,
        Target(Goal.TIMES_PEER, 1.5),
    )
    speeds = [size / 1e6 / sample.seconds for sample in found["alone"]]
    report.against(
        "full CSV, one process without nginx",
        "MB/s",
        speeds,
        "nginx alone",
        [size / 1e6 / taken for taken in nginx_seconds],
        note="shown beside",
    )
    report.alone("the same", "MB/s", speeds, Target(Goal.LEAST, 300))
    report.alone("resident memory of that process afterwards", "MiB", [held])


def _until_it_lies_ready(address: str) -> None:
    until = time.monotonic() + 600
    while time.monotonic() < until:
        asked = urllib.request.Request(address, method="HEAD")
        with urllib.request.urlopen(asked, timeout=60) as answer:
            if answer.headers["ETag"].startswith('"'):
                return
        time.sleep(0.5)
    raise RuntimeError("the full file was not made")


class _taking:  # noqa: N801 -- reads as what it does
    """Takes a file with curl and gives curl's own time; raises where it is not whole."""

    def __init__(self, address: str, size: int) -> None:
        self._address, self._size = address, size

    def __call__(self) -> Sample:
        told = "%{http_code} %{size_download} %{time_total}"
        done = measure(["curl", "-s", "-o", "/dev/null", "-w", told, self._address])
        status, size, taken = done.printed.split()
        if (status, int(size)) != ("200", self._size):
            raise RuntimeError(f"{self._address} answered {status} with {size} bytes")
        return Sample(float(taken))


# -- filtered files


def _filtered(report: Report, given: Options, server: Server, rows: int, own: Path) -> None:
    base = f"{server.address}/datasets/{table.DATASET}/download"
    ours, theirs = own / "ours.csv", own / "theirs.csv"
    with postgres() as running, running.database() as url:
        address = url.replace("postgresql+psycopg", "postgresql")
        table.make_postgres(address, table.ready("table", rows)[0] / "table.csv")
        names = ", ".join(table.NAMES)

        def take_ours() -> Sample:
            least = _DRAW.uniform(0.01, 500)
            return _measured("by_http", f"{base}.csv?f.phi.from={least:.2f}", str(ours))

        def take_theirs() -> Sample:
            select = f"SELECT {names} FROM rows WHERE phi >= {_DRAW.uniform(0.01, 500):.2f}"
            return _measured("by_postgresql", address, select, str(theirs))

        before = cpu_seconds(server.pid)
        with _watched(server) as peaks:
            found = in_turn({"ours": take_ours, "theirs": take_theirs}, given.rounds, warm=1)
        spent = (cpu_seconds(server.pid) - before) / (given.rounds + 1)
    _same_rows(ours, theirs, rows)
    report.against(
        f"filtered CSV of nearly {rows:,} rows ({ours.stat().st_size / 1e6:.0f} MB)",
        "s",
        seconds(found["ours"]),
        "COPY TO through psycopg",
        seconds(found["theirs"]),
        Target(Goal.TIMES_PEER, 1.5),
    )
    report.alone("CPU of our server for it", "s", [spent])
    large = max(peaks)
    report.alone("peak of our server over all of them", "MiB", [large], Target(Goal.MOST, 700))
    for form in ("jsonl", "json", "parquet"):
        target = own / f"rows.{form}"
        taken = in_turn({form: partial(_take_form, base, form, target)}, max(given.rounds // 3, 1))
        size = f"{target.stat().st_size / 1e6:.0f} MB"
        report.alone(f"the same rows as {form} ({size})", "s", seconds(taken[form]))


def _take_form(base: str, form: str, target: Path) -> Sample:
    least = _DRAW.uniform(0.01, 500)
    return _measured("by_http", f"{base}.{form}?f.phi.from={least:.2f}", str(target))


def _measured(module: str, *arguments: str) -> Sample:
    """Run one side and give the seconds that it counted itself, without its imports."""
    done = measure_module(f"benchmarks.downloads.{module}", *arguments)
    return Sample(float(str(done.value()["seconds"])))


def _same_rows(ours: Path, theirs: Path, rows: int) -> None:
    """Make sure that neither side left rows out: conditions differ, by at most 0.1 %."""
    counts = [sum(1 for _ in path.open("rb")) for path in (ours, theirs)]
    if min(counts) < rows * 0.998:
        raise RuntimeError(f"a side left rows out: {counts}")


def _workbooks(report: Report, given: Options, server: Server, own: Path) -> None:
    base = f"{server.address}/datasets/{table.DATASET}/download"
    source = own / "some.csv"
    share = 500_000 if given.small else 900_000
    query = f"f.phi.from={share}"
    _measured("by_http", f"{base}.csv?{query}", str(source))
    rows = sum(1 for _ in source.open("rb")) - 1
    with _watched(server) as peaks:
        found = in_turn(
            {
                "ours": lambda: _measured("by_http", f"{base}.xlsx?{query}", str(own / "a.xlsx")),
                "xlsxwriter": lambda: _measured("by_xlsxwriter", str(source), str(own / "b.xlsx")),
            },
            max(given.rounds // 3, 1),
        )
    report.against(
        f"workbook of {rows:,} rows",
        "s",
        seconds(found["ours"]),
        "xlsxwriter cell by cell",
        seconds(found["xlsxwriter"]),
    )
    report.alone("peak of our server meanwhile", "MiB", [max(peaks)])


@contextmanager
def _watched(server: Server) -> Iterator[list[float]]:
    """Note the resident memory of the server while the block runs."""
    peaks, ended = [resident_mib(server.pid)], threading.Event()

    def watch() -> None:
        while not ended.wait(0.02):
            peaks.append(resident_mib(server.pid))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        ended.set()
        thread.join()


if __name__ == "__main__":
    main()
