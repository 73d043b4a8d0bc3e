"""Pulls whose process is killed (kill -9) at moments of the clock: nothing lost, nothing double."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.integration.deliveries.packing import LIST as LIST_DATASET
from tests.integration.deliveries.packing import write_pack
from tests.integration.sources.databases import LIST, TableSource
from tests.integration.sources.servers import PASSWORD, USER, Offered, ftp_server, sha256, website
from tests.integration.sources.yard import OPERATOR, Yard
from tinhdata.bootstrap import install_pack, open_platform
from tinhdata.kernel import JSON, SystemClock
from tinhdata.settings import Settings
from tinhdata.sources import Outcome, Run

_ROOT = Path(__file__).parents[3]
HEADER = "Mã số,Tên gọi,Số lượng,Ngày ghi"


def content(count: int) -> bytes:
    rows = (f"M{n},Tên gọi thứ {n},{n % 900},05/01/2026" for n in range(count))
    return ("\n".join((HEADER, *rows)) + "\n").encode()


class Store:
    """A store that processes work on; this one only looks and asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.watched = folder / "giao-nhan"
        self.watched.mkdir()
        write_pack(folder / "pack")
        with self.opened() as office:
            assert install_pack(office.platform).refused == ()

    def opened(self) -> "_Opened":
        return _Opened(self._folder, self.watched)

    def life(self, number: int, seconds: float | None) -> bool:
        """Let a process work, killed after `seconds` of it; say if it was killed."""
        command = [sys.executable, "-m", "tests.integration.sources.puller"]
        process = subprocess.Popen(
            [*command, str(self._folder), str(self.watched), str(number)],
            cwd=_ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            return True
        finally:
            process.stdout.close()
        return False

    def until_done(self, source: str, chance: random.Random) -> tuple[Run, int]:
        """Ask for a pull and let one process after the other die over it; give the run."""
        with self.opened() as office:
            work = office.sources.pull(OPERATOR, source)
        deaths = 0
        for number in range(7):
            # The last ones may live, since work that dies each time is given up.
            deaths += self.life(number, chance.uniform(0.02, 0.9) if number < 5 else None)
            with self.opened() as office:
                run = office.sources.run_of(work)
                office.free(work)
            if run is not None and run.ended_at is not None:
                return run, deaths
        raise AssertionError("the pull never ended")


class _Opened:
    """The store, open for looking at it."""

    def __init__(self, folder: Path, watched: Path) -> None:
        self._settings = Settings(
            store=folder / "kho",
            pack=folder / "pack",
            demo=True,
            upload_limit_mb=64,
            source_folders=(watched,),
        )

    def __enter__(self) -> "_Looking":
        self._platform = open_platform(self._settings)
        return _Looking(self._platform, SystemClock(), self._settings.store)  # type: ignore[arg-type] # a real clock does what tests of deaths need

    def __exit__(self, *_: object) -> None:
        self._platform.close()


class _Looking(Yard):
    """A yard in real time."""

    def free(self, work: str) -> None:
        """Make the lease of a dead worker end now, where one would wait 15 s for it."""
        with self.platform.db.transaction() as tx:
            tx.execute(
                sa.text("UPDATE work_item SET due_at = :past WHERE finished_at IS NULL"),
                {"past": (self.platform.clock.now() - timedelta(hours=1)).replace(tzinfo=None)},
            )


@pytest.mark.parametrize("seed", range(2))
def test_a_table_is_pulled_once_however_often_its_worker_dies(
    tmp_path: Path, town: TableSource, seed: int
) -> None:
    store = Store(tmp_path)
    chance = random.Random(seed)
    rows = ", ".join(f"('M{n}', 'Tên gọi thứ {n}', {n % 900}, NULL)" for n in range(20_000))
    town.run(LIST, f"INSERT INTO danh_sach VALUES {rows}")
    with store.opened() as office:
        name = office.add(town.document(dataset=LIST_DATASET, table="danh_sach"))
    run, deaths = store.until_done(name, chance)
    assert deaths > 0
    assert run.outcome is Outcome.DELIVERED
    with store.opened() as office:
        office.platform.work.run_until_idle("tests")
        (delivery,) = office.deliveries.page(OPERATOR, dataset=LIST_DATASET).items
        assert run.deliveries == (delivery.id,)
        assert delivery.rows.made == 20_000
        office.assert_accounts()
        town.run("DELETE FROM danh_sach WHERE ma = 'M1'")
        assert office.brought(name).rows.made == 19_999


@pytest.mark.parametrize("kind", ["http", "ftp"])
def test_files_are_taken_once_however_often_their_worker_dies(tmp_path: Path, kind: str) -> None:
    store = Store(tmp_path)
    chance = random.Random(7)
    content_ = content(9_000)
    with store.opened() as office:
        secret = office.secret("hop", PASSWORD)
    with website() as site, ftp_server(store.watched) as server:
        site.offered["/a.csv"] = Offered(content_, cut_every=30_000)
        server.cut_every = 90_000
        (store.watched / "a.csv").write_bytes(content_)
        os.utime(store.watched / "a.csv", (time.time() - 3_600,) * 2)
        with store.opened() as office:
            if kind == "http":
                place = {"kind": "http", "url": site.url("/a.csv")}
                name = office.add({"id": "tep", "dataset": LIST_DATASET, **place})
            else:
                reached: dict[str, JSON] = {
                    "host": "127.0.0.1",
                    "user": USER,
                    "password": secret,
                    "path": "/",
                }
                ending: dict[str, JSON] = {"after": "delete", "port": server.port}
                document: dict[str, JSON] = {"id": "tep", "dataset": LIST_DATASET, "kind": "ftp"}
                name = office.add({**document, **reached, **ending})
        run, deaths = store.until_done(name, chance)
    assert deaths > 0
    assert run.outcome is Outcome.DELIVERED
    with store.opened() as office:
        office.platform.work.run_until_idle("tests")
        (delivery,) = office.deliveries.page(OPERATOR, dataset=LIST_DATASET).items
        assert delivery.sha256 == sha256(content_)
        office.assert_accounts()
    if kind == "ftp":
        assert list(store.watched.iterdir()) == []
