import contextlib
import hashlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tinhdata.access import Action, system_permit
from tinhdata.db import Database
from tinhdata.kernel import SystemClock
from tinhdata.landing import (
    BytesNotFound,
    Damage,
    FileEmpty,
    FileTooLarge,
    Landed,
    Landing,
    RawDoorClosed,
)

DATASET = "bo-du-lieu-thu"
RAW = system_permit(Action.READ_RAW, DATASET, "test")
LIMIT = 1 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "landing"


@pytest.fixture
def landing(folder: Path, database: Database) -> Landing:
    return Landing(folder, database, SystemClock())


def keep(landing: Landing, database: Database, *chunks: bytes) -> Landed:
    landed = landing.receive(chunks, LIMIT)
    with database.transaction() as tx:
        landing.record(tx, landed, DATASET)
    return landed


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]


def test_bytes_are_named_by_their_hash_and_come_back_as_they_were(
    landing: Landing, database: Database
) -> None:
    landed = keep(landing, database, b"ma,ten\n", b"1,\xc4\x90\n")
    assert landed.sha256 == hashlib.sha256(b"ma,ten\n1,\xc4\x90\n").hexdigest()
    assert landed.size == 12
    assert landing.path(RAW, landed.sha256).read_bytes() == b"ma,ten\n1,\xc4\x90\n"


def test_the_same_bytes_are_kept_once(landing: Landing, database: Database, folder: Path) -> None:
    first = keep(landing, database, b"abc")
    assert keep(landing, database, b"a", b"bc") == first
    assert len(files(folder)) == 1


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(
    landing: Landing, folder: Path
) -> None:
    with pytest.raises(FileTooLarge):
        landing.receive([b"x" * 600, b"x" * 600], 1000)
    assert landing.receive([b"x" * 1000], 1000).size == 1000
    assert len(files(folder)) == 1


def test_an_empty_file_is_refused(landing: Landing, folder: Path) -> None:
    with pytest.raises(FileEmpty):
        landing.receive([b"", b""], LIMIT)
    assert files(folder) == []


def test_an_upload_that_breaks_off_leaves_nothing(landing: Landing, folder: Path) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        landing.receive(chunks(), LIMIT)
    assert files(folder) == []


def test_equal_uploads_at_the_same_time_all_succeed(
    landing: Landing, database: Database, folder: Path
) -> None:
    seen: list[Landed] = []
    start = threading.Barrier(6)

    def send() -> None:
        start.wait()
        seen.append(keep(landing, database, *[b"x" * 1000] * 50))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert len(set(seen)) == 1
    assert len(files(folder)) == 1


def test_the_door_opens_only_for_raw_bytes_of_the_right_dataset(
    landing: Landing, database: Database
) -> None:
    landed = keep(landing, database, b"abc")
    with pytest.raises(RawDoorClosed):
        landing.path(system_permit(Action.READ_ROWS, DATASET, "test"), landed.sha256)
    with pytest.raises(BytesNotFound):
        landing.path(system_permit(Action.READ_RAW, "another", "test"), landed.sha256)
    for unknown in ("f" * 64, "../../etc/passwd", ""):
        with pytest.raises(BytesNotFound):
            landing.path(RAW, unknown)


def test_a_rolled_back_delivery_leaves_the_bytes_closed(
    landing: Landing, database: Database
) -> None:
    landed = landing.receive([b"abc"], LIMIT)
    with contextlib.suppress(RuntimeError), database.transaction() as tx:
        landing.record(tx, landed, DATASET)
        raise RuntimeError
    with pytest.raises(BytesNotFound):
        landing.path(RAW, landed.sha256)


def test_missing_and_altered_bytes_are_found(landing: Landing, database: Database) -> None:
    lost, changed, _ = (keep(landing, database, text) for text in (b"a", b"b", b"c"))
    landing.path(RAW, lost.sha256).unlink()
    path = landing.path(RAW, changed.sha256)
    path.chmod(0o600)
    path.write_bytes(b"x")
    assert set(landing.verify()) == {
        Damage(lost.sha256, "missing"),
        Damage(changed.sha256, "altered"),
    }


def test_bytes_cut_short_are_mended_by_sending_them_again(
    landing: Landing, database: Database
) -> None:
    landed = keep(landing, database, b"abcdef")
    path = landing.path(RAW, landed.sha256)
    path.chmod(0o600)
    path.write_bytes(b"abc")
    keep(landing, database, b"abcdef")
    assert landing.verify() == ()


KILLED = """
import os, signal, sys
from pathlib import Path
from tinhdata.landing.files import Files

def chunks():
    yield b"half of the file"
    os.kill(os.getpid(), signal.SIGKILL)

Files(Path(sys.argv[1])).keep(chunks(), 1000)
"""


def test_what_a_killed_upload_left_is_swept_after_its_grace(landing: Landing, folder: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", KILLED, str(folder)], check=False)
    assert ended.returncode == -signal.SIGKILL
    (left,) = files(folder)
    assert landing.sweep(timedelta(hours=1)) == 0
    os.utime(left, (0, 0))
    assert landing.sweep(timedelta(hours=1)) == 1
    assert files(folder) == []


def test_bytes_that_never_became_a_delivery_are_swept_after_their_grace(
    landing: Landing, database: Database, folder: Path
) -> None:
    noted = keep(landing, database, b"abc")
    landing.receive([b"never noted"], LIMIT)
    again = landing.receive([b"sent again"], LIMIT)
    for path in files(folder):
        os.utime(path, (0, 0))
    landing.receive([b"sent again"], LIMIT)
    assert landing.sweep(timedelta(hours=1)) == 1
    assert {path.name for path in files(folder)} == {noted.sha256, again.sha256}
