"""The server as people start it: what it holds while idle, how soon a small file is published."""

import csv
import io
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.support.server import Server, serve

MOST_IDLE_MIB = 350
MOST_SECONDS = 2.0
ROWS = 200
DATASET = "quy-mo-don-vi-hanh-chinh-cap-xa"
FILE = Path(__file__).parents[1] / "data" / "quy-mo-cap-xa.csv"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve(tmp_path_factory.mktemp("served") / "store") as running:
        yield running


@contextmanager
def signed_in(server: Server, login: str) -> Iterator[httpx.Client]:
    """Give a client with the session of a demo account and the token that its forms carry."""
    with httpx.Client(base_url=server.address, follow_redirects=True, timeout=30) as client:
        client.post("/sign-in", data={"login": login, "password": server.password, "csrf": ""})
        found = re.search(r'name="csrf" value="([^"]+)"', client.get("/account").text)
        assert found is not None
        client.headers["X-CSRF-Token"] = found[1]
        yield client


def two_hundred_rows() -> bytes:
    """Repeat a good line of the small file under other keys."""
    lines = list(csv.reader(io.StringIO(FILE.read_text(encoding="utf-8"))))
    good, out = lines[1], io.StringIO()
    writer = csv.writer(out)
    writer.writerow(lines[0])
    for number in range(1, ROWS + 1):
        row = list(good)
        row[0], row[2], row[5] = str(number), f"{number:04}", f"Thử Nghiệm {number}"
        row[6], row[13], row[14] = f"0571.{number:04}", str(900 + number), f"10Thử Nghiệm {number}"
        writer.writerow(row)
    return out.getvalue().encode()


def state_of(client: httpx.Client, delivery: str) -> str:
    return str(client.get(f"/api/v1/deliveries/{delivery}").json()["state"])


def wait_for(client: httpx.Client, delivery: str, *states: str) -> None:
    until = time.monotonic() + 60
    while (state := state_of(client, delivery)) not in states:
        assert time.monotonic() < until, state
        time.sleep(0.02)


def test_a_server_that_nobody_uses_holds_less_than_350_mb(server: Server) -> None:
    for path in ("/", "/datasets", f"/datasets/{DATASET}", "/api/v1/datasets", "/sign-in"):
        assert httpx.get(server.address + path).status_code == 200
    time.sleep(1)
    held = server.resident_mib
    sys.stdout.write(f"idle server holds {held} MiB\n")
    assert held < MOST_IDLE_MIB


def test_two_hundred_rows_are_published_within_two_seconds_of_the_click(server: Server) -> None:
    with signed_in(server, "canbo.noivu") as officer, signed_in(server, "duyet.noivu") as approver:
        sent = officer.post(
            f"/api/v1/datasets/{DATASET}/deliveries",
            params={"filename": "hai-tram-dong.csv"},
            content=two_hundred_rows(),
            headers={"Content-Type": "text/csv"},
        )
        assert sent.status_code in (200, 201, 202), sent.text
        delivery = sent.json()["id"]
        wait_for(officer, delivery, "checked", "held")
        assert officer.post(f"/api/v1/deliveries/{delivery}/publication", json={}).is_success
        clicked = time.perf_counter()
        assert approver.post(f"/api/v1/deliveries/{delivery}/approval", json={}).is_success
        wait_for(approver, delivery, "released")
        took = time.perf_counter() - clicked
        page = httpx.get(f"{server.address}/datasets/{DATASET}")
        assert "Thử Nghiệm 1" in page.text
    sys.stdout.write(f"published after {took:.2f} s\n")
    assert took < MOST_SECONDS
