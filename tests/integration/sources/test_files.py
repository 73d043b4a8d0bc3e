"""Files of a folder, an FTP and an SFTP server: each new one once, in order, over cut lines."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.deliveries.packing import LIST, READINGS
from tests.integration.sources.servers import (
    PASSWORD,
    USER,
    FileServer,
    ftp_server,
    sftp_server,
    sha256,
)
from tests.integration.sources.yard import OPERATOR, Yard
from tinhdata.kernel import JSON
from tinhdata.sources import Outcome

HEADER = "Mã số,Tên gọi,Số lượng,Ngày ghi"


@dataclass
class Box:
    """A folder that somebody puts files into, as the platform reaches it."""

    folder: Path
    document: dict[str, JSON]
    server: FileServer | None = None

    def put(
        self, name: str, *lines: str, age: timedelta = timedelta(hours=1), clock: float
    ) -> Path:
        path = self.folder / name
        path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
        os.utime(path, (clock - age.total_seconds(),) * 2)
        return path


@pytest.fixture(params=["folder", "ftp", "sftp"])
def box(request: pytest.FixtureRequest, tmp_path: Path, office: Yard) -> Iterator[Box]:
    folder = tmp_path / "giao-nhan"
    common: dict[str, JSON] = {"id": "hop-thu", "dataset": LIST, "kind": request.param}
    with ExitStack() as stack:
        if request.param == "folder":
            yield Box(folder, {**common, "path": str(folder)})
            return
        serve = ftp_server if request.param == "ftp" else sftp_server
        server = stack.enter_context(serve(folder))
        reached: dict[str, JSON] = {"host": "127.0.0.1", "port": server.port, "user": USER}
        reached["password"] = office.secret("hop", PASSWORD)
        if server.host_key:
            reached["host_key"] = server.host_key
        yield Box(folder, {**common, **reached, "path": "/"}, server)


def now(office: Yard) -> float:
    return office.clock.now().timestamp()


def test_each_new_file_is_one_delivery_in_the_order_of_its_time(office: Yard, box: Box) -> None:
    clock = now(office)
    box.put("b.csv", "M1,Một,1,", age=timedelta(hours=3), clock=clock)
    box.put("a.csv", "M2,Hai,2,", age=timedelta(hours=2), clock=clock)
    box.put("c.xyz.tmp", "M3,Ba,3,", clock=clock)
    box.put(".an.csv", "M4,Bốn,4,", clock=clock)
    name = office.add({**box.document, "pattern": "*.csv"})
    run = office.pull(name)
    assert [office.get(each).filename for each in run.deliveries] == ["b.csv", "a.csv"]
    assert run.bytes == sum((box.folder / n).stat().st_size for n in ("a.csv", "b.csv"))
    assert office.pull(name).outcome is Outcome.UNCHANGED
    box.put("a.csv", "M2,Hai nữa,2,", age=timedelta(hours=1), clock=clock)
    assert office.brought(name).filename == "a.csv"


def test_a_file_that_is_still_being_written_waits(office: Yard, box: Box) -> None:
    box.put("a.csv", "M1,Một,1,", age=timedelta(0), clock=now(office))
    name = office.add(box.document)
    run = office.pull(name)
    assert run.outcome is Outcome.UNCHANGED
    assert len(run.notes) == 1
    office.later(seconds=30)
    box.put("a.csv", "M1,Một,1,", "M2,Hai,2,", age=timedelta(0), clock=now(office))
    assert office.pull(name).outcome is Outcome.UNCHANGED
    office.later(seconds=61)
    assert office.brought(name).rows.made == 2


def test_a_clock_that_runs_ahead_keeps_no_file_back(office: Yard, box: Box) -> None:
    box.put("a.csv", "M1,Một,1,", age=timedelta(hours=-8), clock=now(office))
    name = office.add(box.document)
    assert office.pull(name).outcome is Outcome.UNCHANGED
    office.later(seconds=61)
    assert office.brought(name).rows.made == 1


def test_a_file_that_was_only_touched_is_not_delivered_again(office: Yard, box: Box) -> None:
    box.put("a.csv", "M1,Một,1,", age=timedelta(hours=3), clock=now(office))
    name = office.add(box.document)
    office.pulled(name)
    box.put("b.csv", "M2,Hai,2,", age=timedelta(hours=2), clock=now(office))
    office.pulled(name)
    box.put("a.csv", "M1,Một,1,", age=timedelta(hours=1), clock=now(office))
    assert office.pull(name).outcome is Outcome.UNCHANGED
    assert office.keys(LIST, "ma") == {("M2",)}


@pytest.mark.parametrize("after", ["archive", "delete"])
def test_taken_files_are_put_away_as_declared(office: Yard, box: Box, after: str) -> None:
    (box.folder / "da-lay").mkdir()
    box.put("a.csv", "M1,Một,1,", clock=now(office))
    name = office.add({**box.document, "after": after, "archive": "da-lay"})
    delivery = office.brought(name)
    assert [p.name for p in box.folder.iterdir()] == ["da-lay"]
    kept = [p.name for p in (box.folder / "da-lay").iterdir()]
    assert kept == ([f"{(delivery.sha256 or '')[:12]}-a.csv"] if after == "archive" else [])
    box.put("a.csv", "M2,Hai,2,", clock=now(office))
    assert office.brought(name).rows.made == 1


def test_a_checksum_beside_the_file_is_held_against_it(office: Yard, box: Box) -> None:
    path = box.put("a.csv", "M1,Một,1,", clock=now(office))
    (box.folder / "a.csv.sha256").write_text(f"{'0' * 64}  a.csv\n")
    name = office.add(box.document)
    run = office.pull(name)
    assert (run.outcome, run.problem_code) == (Outcome.FAILED, "source-changing")
    (box.folder / "a.csv.sha256").write_text(f"{sha256(path.read_bytes())}  a.csv\n")
    assert office.brought(name).sha256 == sha256(path.read_bytes())


def test_a_place_that_is_not_there_is_told(office: Yard, box: Box) -> None:
    name = office.add(box.document)
    shutil.rmtree(box.folder)
    assert office.pull(name).outcome is Outcome.FAILED


def test_what_a_look_shows_is_masked_and_delivers_nothing(office: Yard, box: Box) -> None:
    box.put("a.csv", "M1,Một,1,05/01/2026", clock=now(office))
    name = office.add(box.document)
    look = office.sources.test(OPERATOR, name)
    assert [column.column for column in look.columns] == ["ma", "ten", "so", "ngay"]
    assert look.rows == (("x9", "xxx", "9", "99/99/9999"),)
    assert [file.name for file in look.files] == ["a.csv"]
    assert office.deliveries.page(OPERATOR).items == ()


@pytest.mark.parametrize("kind", ["ftp", "sftp"])
def test_a_download_that_is_cut_again_and_again_comes_whole(
    office: Yard, tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "giao-nhan"
    serve = ftp_server if kind == "ftp" else sftp_server
    lines = [f"M{n},Tên gọi thứ {n},{n % 900},05/01/2026" for n in range(9_000)]
    with serve(folder) as server:
        reached: dict[str, JSON] = {"host": "127.0.0.1", "port": server.port, "user": USER}
        if server.host_key:
            reached["host_key"] = server.host_key
        password = office.secret("hop", PASSWORD)
        box = Box(folder, {**reached, "id": "hop-thu", "dataset": LIST, "kind": kind, "path": "/"})
        path = box.put("a.csv", *lines, clock=now(office))
        server.cut_every = 100_000
        name = office.add({**box.document, "password": password})
        delivery = office.brought(name)
    assert delivery.sha256 == sha256(path.read_bytes())
    assert delivery.rows.made == 9_000


def test_another_server_than_the_pinned_one_gets_no_password(office: Yard, tmp_path: Path) -> None:
    folder = tmp_path / "giao-nhan"
    with sftp_server(folder) as right, sftp_server(folder) as wrong:
        document: dict[str, JSON] = {
            "id": "hop-thu",
            "dataset": LIST,
            "kind": "sftp",
            "path": "/",
            "user": USER,
            "host": "127.0.0.1",
            "port": wrong.port,
            "host_key": right.host_key,
            "password": office.secret("hop", PASSWORD),
        }
        run = office.pull(office.add(document))
    assert (run.problem_code, run.attempts) == ("source-denied", 1)
    assert "host_key" in str(run.problem) or "key" in str(run.problem)


def test_a_folder_outside_of_the_allowed_ones_is_not_watched(office: Yard) -> None:
    name = office.add(
        {
            "id": "hop-thu",
            "dataset": LIST,
            "kind": "folder",
            "path": str(office.store / "keys"),
        }
    )
    assert office.pull(name).problem_code == "address-forbidden"


def test_a_link_in_a_watched_folder_leads_nowhere(office: Yard, tmp_path: Path) -> None:
    folder = tmp_path / "giao-nhan"
    (folder / "a.csv").symlink_to(office.store / "keys" / "access.key")
    name = office.add({"id": "hop-thu", "dataset": LIST, "kind": "folder", "path": str(folder)})
    assert office.pull(name).outcome is Outcome.UNCHANGED


def test_files_of_periods_add_up(office: Yard, tmp_path: Path) -> None:
    folder = tmp_path / "giao-nhan"
    for month in (9, 10, 11):
        path = folder / f"{month:02}.csv"
        path.write_text(f"Trạm,Ngày đo,Giá trị\nA,{month:02}/{month:02}/2026,1\n")
        os.utime(path, (now(office) - 9_000 + month,) * 2)
    document = {"id": "hop-thu", "dataset": READINGS, "kind": "folder", "path": str(folder)}
    run = office.pull(office.add(document))
    assert len(run.deliveries) == 3
    for each in run.deliveries:
        office.accept(office.get(each))
    assert len(office.rows(READINGS, "tram")) == 3
