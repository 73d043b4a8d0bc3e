"""Full files of open releases over HTTP: whole, in part, unchanged, withdrawn, closed, cut off."""

import base64
import gzip
import hashlib
import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from httpx import Client, Response

from tests.data.expectations import PACK
from tests.integration.api.asking import SENSOR, SIZES, Site
from tests.support.office import person, send, settled
from tests.support.served import served
from tests.support.small_pack import small_pack
from tinhdata.access import Role
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.contracts import load_contract
from tinhdata.settings import Settings
from tinhdata.warehouse import Release

DATASETS = frozenset({SENSOR, SIZES, "danh-muc-don-vi-hanh-chinh"})
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_pack(tmp_path_factory.mktemp("open") / "pack", DATASETS)


@pytest.fixture(scope="module")
def platform(pack: Path) -> Iterator[Platform]:
    settings = Settings(store=pack.parent / "store", pack=pack, demo=True, open_files_kept=2)
    opened = open_platform(settings)
    install_pack(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def site(platform: Platform) -> Iterator[Site]:
    with served(platform) as address:
        yield Site(platform, address)


@pytest.fixture(scope="module")
def made_to_order(site: Site) -> dict[str, Response]:
    """Ask while there are no files, and have them made again."""
    shutil.rmtree(site.platform.settings.store / "open-files")
    with site.anyone() as client:
        answers = {
            form: client.get(f"/datasets/{SENSOR}/rows.{form}", headers=PLAIN)
            for form in ("csv", "csv?bom=true", "parquet")
        }
    for dataset in DATASETS:
        make_again(site.platform, dataset)
    return answers


@pytest.fixture
def ready(site: Site, made_to_order: dict[str, Response]) -> Iterator[Client]:
    """Give a client that takes bytes as they are, once the files are made."""
    assert made_to_order
    with site.anyone() as client:
        client.headers.update(PLAIN)
        yield client


def make_again(platform: Platform, dataset: str) -> None:
    """Do what the housework of every hour does."""
    with platform.db.transaction() as tx:
        platform.open_files.on_release(tx, dataset, current(platform, dataset))
    platform.work.run_until_idle("tests")


def csv_of(client: Client, **headers: str) -> Response:
    return client.get(f"/datasets/{SENSOR}/rows.csv", headers=headers)


def files_of(platform: Platform, dataset: str) -> list[str]:
    folder = platform.settings.store / "open-files" / dataset
    return sorted(path.name for path in folder.glob("*")) if folder.is_dir() else []


def current(platform: Platform, dataset: str) -> Release:
    release = platform.warehouse.current(dataset)
    assert release is not None
    return release


def test_the_file_that_lies_ready_has_the_bytes_that_are_made_to_order(
    ready: Client, made_to_order: dict[str, Response]
) -> None:
    for form, before in made_to_order.items():
        after = ready.get(f"/datasets/{SENSOR}/rows.{form}")
        assert before.status_code == after.status_code == 200
        assert (before.headers["ETag"][:2], after.headers["ETag"][:1]) == ("W/", '"')
        assert after.headers["Content-Length"] == str(len(after.content))
        if form != "parquet":
            assert after.content == before.content
    parquet = ready.get(f"/datasets/{SENSOR}/rows.parquet").content
    rows = pq.read_table(io.BytesIO(parquet))
    assert rows.equals(pq.read_table(io.BytesIO(made_to_order["parquet"].content)))


def test_a_file_says_its_hash_its_time_and_its_name(ready: Client, platform: Platform) -> None:
    answer = csv_of(ready)
    digest = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    assert hashlib.sha256(answer.content).hexdigest().startswith(answer.headers["ETag"].strip('"'))
    release = current(platform, SENSOR)
    published = format_datetime(release.published_at, usegmt=True)
    assert answer.headers["Last-Modified"] == published
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "public, no-cache"
    assert f"{SENSOR}-r{release.number}" in answer.headers["Content-Disposition"]


def test_a_file_that_became_shorter_is_not_sent_and_made_again(
    ready: Client, platform: Platform
) -> None:
    before = csv_of(ready)
    folder = platform.settings.store / "open-files" / SENSOR
    (file,) = (path for path in folder.iterdir() if path.name.endswith(".csv"))
    os.truncate(file, file.stat().st_size // 2)
    answer = csv_of(ready)
    assert answer.content == before.content
    assert answer.headers["ETag"] != before.headers["ETag"]
    make_again(platform, SENSOR)
    assert csv_of(ready).headers["ETag"] == before.headers["ETag"]


def test_parts_are_sent_as_they_are_asked_for(ready: Client) -> None:
    whole = csv_of(ready).content
    size = len(whole)
    for wanted, part in (
        ("bytes=0-9", whole[:10]),
        ("bytes=10-", whole[10:]),
        ("bytes=-7", whole[-7:]),
        (f"bytes=5-{size * 2}", whole[5:]),
        (f"bytes={size - 1}-", whole[-1:]),
        (f"bytes=-{size * 2}", whole),
    ):
        answer = csv_of(ready, Range=wanted)
        assert (answer.status_code, answer.content) == (206, part)
        start = size - len(part) if wanted.endswith("-") or "=-" in wanted else int(wanted[6])
        stop = start + len(part) - 1
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop}/{size}"
        assert answer.headers["Content-Length"] == str(len(part))


def test_parts_that_are_not_there_are_refused_and_odd_wishes_get_the_whole(ready: Client) -> None:
    whole = csv_of(ready).content
    for wanted in (f"bytes={len(whole)}-", "bytes=-0", "bytes=99999999999-"):
        answer = csv_of(ready, Range=wanted)
        assert (answer.status_code, answer.content) == (416, b"")
        assert answer.headers["Content-Range"] == f"bytes */{len(whole)}"
    for wanted in ("bytes=9-1", "bytes=a-b", "bytes=", "rows=0-9", "bytes=0-1,4-5", "bytes=--1"):
        answer = csv_of(ready, Range=wanted)
        assert (answer.status_code, answer.content) == (200, whole)


def test_a_download_goes_on_only_with_the_same_bytes(ready: Client) -> None:
    answer = csv_of(ready)
    whole, tag, time = answer.content, answer.headers["ETag"], answer.headers["Last-Modified"]
    for same in (tag, time):
        assert csv_of(ready, Range="bytes=9-", **{"If-Range": same}).content == whole[9:]
    for other in ('"abc"', f"W/{tag}", "Sat, 01 Jan 2000 00:00:00 GMT"):
        restarted = csv_of(ready, Range="bytes=9-", **{"If-Range": other})
        assert (restarted.status_code, restarted.content) == (200, whole)


def test_who_has_the_file_is_told_so(ready: Client) -> None:
    headers = csv_of(ready).headers
    tag, time = headers["ETag"], headers["Last-Modified"]
    for had in ({"If-None-Match": f'"x", {tag}'}, {"If-Modified-Since": time}):
        answer = csv_of(ready, **had)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == tag
    old = {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}
    assert csv_of(ready, **old).status_code == 200
    assert csv_of(ready, **{"If-Modified-Since": time, "If-None-Match": '"x"'}).status_code == 200
    assert csv_of(ready, **{"If-Modified-Since": "yesterday"}).status_code == 200


def test_head_tells_all_of_a_file_but_its_bytes(ready: Client) -> None:
    got = csv_of(ready)
    asked = ready.head(f"/datasets/{SENSOR}/rows.csv", headers={"Range": "bytes=0-1"})
    assert (asked.status_code, asked.content) == (200, b"")
    for name in ("ETag", "Content-Length", "Last-Modified", "Content-Type", "Repr-Digest"):
        assert asked.headers[name] == got.headers[name]
    filtered = ready.head(f"/datasets/{SENSOR}/rows.csv?f.pm25.from=30")
    assert (filtered.status_code, filtered.headers["ETag"][:2]) == (200, "W/")


def test_readers_who_take_gzip_get_the_packed_file_with_a_tag_of_its_own(ready: Client) -> None:
    plain = csv_of(ready)
    for path in ("csv", "csv?f.pm25.from=0", "json", "jsonl"):
        packed = ready.get(f"/datasets/{SENSOR}/rows.{path}", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert int(packed.headers["Content-Length"]) < len(packed.content)
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert packed.content == ready.get(f"/datasets/{SENSOR}/rows.{path}").content
    packed = csv_of(ready, **{"Accept-Encoding": "gzip;q=0.5, br"})
    assert packed.content == plain.content
    assert packed.headers["ETag"] != plain.headers["ETag"]
    refused = csv_of(ready, **{"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in refused.headers


def test_the_packed_file_is_sent_in_parts_too(ready: Client) -> None:
    with ready.stream(
        "GET", f"/datasets/{SENSOR}/rows.csv", headers={"Accept-Encoding": "gzip"}
    ) as answer:
        packed = b"".join(answer.iter_raw())
    assert gzip.decompress(packed) == csv_of(ready).content
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=4-19"}
    with ready.stream("GET", f"/datasets/{SENSOR}/rows.csv", headers=headers) as part:
        assert part.status_code == 206
        assert b"".join(part.iter_raw()) == packed[4:20]


def test_csv_for_excel_is_the_same_file_behind_its_mark(ready: Client) -> None:
    plain = csv_of(ready)
    marked = ready.get(f"/datasets/{SENSOR}/rows.csv?bom=true")
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert marked.headers["ETag"] != plain.headers["ETag"]
    # Browsers take gzip; this file is sent as it lies all the same.
    by_browser = {"Accept-Encoding": "gzip, deflate, br"}
    unpacked = ready.get(f"/datasets/{SENSOR}/rows.csv?bom=true", headers=by_browser)
    assert "Content-Encoding" not in unpacked.headers
    assert unpacked.headers["Content-Length"] == str(len(marked.content))
    for start, stop in ((0, 4), (2, 3), (3, 9), (1, 1)):
        wanted = {"Range": f"bytes={start}-{stop}"}
        part = ready.get(f"/datasets/{SENSOR}/rows.csv?bom=true", headers=wanted)
        assert (part.status_code, part.content) == (206, marked.content[start : stop + 1])


def test_json_lines_are_the_rows_of_the_json_file(ready: Client) -> None:
    query = "f.pm25.from=30&sort=-pm25"
    rows = ready.get(f"/datasets/{SENSOR}/rows.json?{query}").json()["rows"]
    lines = ready.get(f"/datasets/{SENSOR}/rows.jsonl?{query}")
    assert lines.headers["Content-Type"] == "application/x-ndjson"
    assert [Response(200, text=line).json() for line in lines.text.splitlines()] == rows
    assert len(rows) > 1
    none = ready.get(f"/datasets/{SENSOR}/rows.json?f.pm25.from=100000").json()
    assert none["rows"] == []


def test_the_page_links_to_the_same_files(site: Site, ready: Client) -> None:
    with Client(base_url=site.address, headers=PLAIN) as pages:
        page = pages.get(f"/datasets/{SENSOR}/download.csv")
    assert page.content == csv_of(ready).content
    assert page.headers["ETag"] == csv_of(ready).headers["ETag"]


def test_people_who_read_by_another_right_get_the_rows_made_to_order(
    site: Site, ready: Client
) -> None:
    with site.officer(SENSOR) as officer:
        own = officer.get(f"/datasets/{SENSOR}/rows.csv", headers=PLAIN)
    assert own.headers["ETag"].startswith("W/")
    assert "no-store" in own.headers["Cache-Control"]


def publish(platform: Platform, dataset: str, path: Path) -> Release:
    officer = person(platform, dataset, Role.OFFICER)
    sent = send(platform, officer, dataset, path).delivery
    settled(platform, officer, sent.id)
    platform.deliveries.publish(officer, sent.id)
    approver = person(platform, dataset, Role.APPROVER)
    if current(platform, dataset).delivery_id != sent.id:
        platform.deliveries.approve(approver, sent.id)
    settled(platform, officer, sent.id)
    return current(platform, dataset)


def shorter(pack: Path, dataset: str, folder: Path, lines: int) -> Path:
    (sample,) = (pack / "samples").glob(f"{dataset}.csv")
    path = folder / f"bot-{lines}.csv"
    kept = sample.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(kept[: len(kept) - lines]))
    return path


def test_files_of_the_newest_releases_stay_and_a_withdrawn_one_is_gone_at_once(
    site: Site, ready: Client, pack: Path, tmp_path: Path
) -> None:
    platform = site.platform
    first = current(platform, SIZES)
    files = [shorter(pack, SIZES, tmp_path, lines) for lines in (1, 2)]
    releases = [first, *(publish(platform, SIZES, path) for path in files)]
    kept = {name.partition(".")[0] for name in files_of(platform, SIZES)}
    assert kept == {releases[1].id, releases[2].id}
    address = f"/datasets/{SIZES}/rows.csv"
    for release in releases:
        answer = ready.get(f"{address}?release={release.number}")
        assert len(answer.text.splitlines()) == release.rows + 1
        assert answer.headers["ETag"].startswith("W/") == (release is first)

    approver = person(platform, SIZES, Role.APPROVER)
    platform.deliveries.withdraw(approver, releases[2].id, "công bố nhầm", "Điều 1")
    # The file is still there, yet no door leads to it.
    assert {name.partition(".")[0] for name in files_of(platform, SIZES)} == kept
    had = {"If-None-Match": "*", "Range": "bytes=0-1"}
    for headers in ({}, had):
        gone = ready.get(f"{address}?release={releases[2].number}", headers=headers)
        assert (gone.status_code, gone.json()["code"]) == (410, "release-withdrawn")
    assert len(ready.get(address).text.splitlines()) == releases[1].rows + 1
    platform.work.run_until_idle("tests")
    left = {name.partition(".")[0] for name in files_of(platform, SIZES)}
    assert left == {releases[1].id}


def put_into_force(
    platform: Platform, pack: Path, dataset: str, version: str, change: tuple[str, str]
) -> None:
    path = next((pack / "contracts").rglob(f"{dataset}.yaml"))
    text = path.read_text(encoding="utf-8")
    for old, new in (('"1.0.0"', f'"{version}"'), change):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    loaded = load_contract(text.encode(), path.name)
    signer = person(platform, dataset, Role.OFFICER)
    with platform.db.transaction() as tx:
        platform.registry.propose(tx, "pack", loaded)
    needs_signature = platform.registry.needs_signature(loaded.hash)
    with platform.db.transaction() as tx:
        if needs_signature:
            platform.registry.sign(tx, signer.id, loaded.hash)
        platform.registry.approve(tx, "pack", loaded.hash)
        platform.registry.activate(tx, "pack", loaded.hash)


def test_what_a_later_contract_closes_is_not_in_the_files_any_more(
    site: Site, ready: Client, pack: Path
) -> None:
    platform, address = site.platform, f"/datasets/{SIZES}/rows.csv"
    before = ready.get(address)
    names = before.text.splitlines()[0].split(",")
    column = names[-1]
    text = next((pack / "contracts").rglob(f"{SIZES}.yaml")).read_text(encoding="utf-8")
    label = text[text.index(f"name: {column}\n") :].partition("{property: labels")[2]
    label = "{property: labels" + label.partition("\n")[0]
    closed = f"{label}\n          - {{property: openData, value: exclude}}"
    put_into_force(platform, pack, SIZES, "2.0.0", (label, closed))
    # At once, from the rows: the files show a column too much.
    after = ready.get(address)
    assert after.headers["ETag"].startswith("W/")
    assert after.text.splitlines()[0].split(",") == names[:-1]
    platform.work.run_until_idle("tests")
    again = ready.get(address)
    assert again.headers["ETag"].startswith('"')
    assert again.content == after.content
    assert again.headers["ETag"] != before.headers["ETag"]


def test_a_dataset_that_is_open_no_more_is_served_to_nobody_as_a_file(
    site: Site, ready: Client, pack: Path
) -> None:
    platform, address = site.platform, f"/datasets/{SIZES}/rows.csv"
    assert files_of(platform, SIZES)
    level = "{property: accessLevel, value: open}"
    put_into_force(platform, pack, SIZES, "3.0.0", (level, level.replace("open", "shared")))
    for headers in ({}, {"If-None-Match": "*"}, {"Range": "bytes=0-1"}):
        assert ready.get(address, headers=headers).status_code == 401
    platform.work.run_until_idle("tests")
    assert files_of(platform, SIZES) == []


_KILLED = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from tinhdata.warehouse.static_files import StaticFiles, StaticForm
files = StaticFiles(Path(sys.argv[1]))
def write(path):
    with path.open("wb") as file:
        file.write(b"ma,ten\\r\\n")
        file.flush()
        print("half", flush=True)
        time.sleep(600)
with files.lock(sys.argv[2]):
    files.put(sys.argv[2], sys.argv[3], sys.argv[4], StaticForm.CSV, datetime.now(UTC), write)
"""


def test_a_file_that_was_half_written_when_the_power_went_is_never_served(
    site: Site, ready: Client
) -> None:
    platform = site.platform
    whole = csv_of(ready)
    folder = platform.settings.store / "open-files"
    (name,) = (n for n in files_of(platform, SENSOR) if n.endswith(".csv"))
    release, view, *_ = name.split(".")
    for path in (folder / SENSOR).iterdir():
        path.unlink()
    writer = subprocess.Popen(
        [sys.executable, "-c", _KILLED, str(folder), SENSOR, release, view], stdout=subprocess.PIPE
    )
    assert writer.stdout is not None
    assert writer.stdout.readline() == b"half\n"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    (left,) = files_of(platform, SENSOR)
    assert left.startswith(".making-")
    meanwhile = csv_of(ready)
    assert (meanwhile.content, meanwhile.headers["ETag"][:2]) == (whole.content, "W/")
    # The lock of the dead holds nobody up.
    make_again(platform, SENSOR)
    assert len(files_of(platform, SENSOR)) == 3
    assert name in files_of(platform, SENSOR)
    assert csv_of(ready).headers["ETag"] == whole.headers["ETag"]


def test_where_no_file_can_be_kept_rows_are_made_to_order(pack: Path, tmp_path: Path) -> None:
    in_the_way = tmp_path / "no-folder"
    in_the_way.write_text("")
    settings = Settings(store=tmp_path / "store", pack=PACK, demo=True, open_files=in_the_way)
    platform = open_platform(settings)
    install_pack(platform, only=DATASETS)
    platform.work.run_until_idle("tests")
    with served(platform) as address, Client(base_url=address) as client:
        answer = client.get(f"/datasets/{SENSOR}/download.csv")
        assert (answer.status_code, answer.headers["ETag"][:2]) == (200, "W/")
    platform.close()
