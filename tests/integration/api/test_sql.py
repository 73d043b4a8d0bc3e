"""Questions in SQL over the interface: answers, refusals, and readers who go away."""

import socket
import threading
import time
from urllib.parse import quote, urlsplit

import httpx
from httpx import Client

from tests.integration.api.asking import PROCEDURES, SIZES, UNITS, Site

TYPES = f'select loai_don_vi, count(*) as so from "{UNITS}" group by 1 order by 2 desc'


def test_a_question_in_the_address_is_answered_with_fields_and_provenance(anyone: Client) -> None:
    got = anyone.get("/sql", params={"sql": f'select count(*) as n from "{UNITS}"'}).json()
    assert got["fields"] == [{"name": "n", "type": "integer"}]
    assert got["rows"] == [{"n": anyone.get(f"/datasets/{UNITS}/rows").json()["total"]}]
    assert got["truncated"] is False
    (asked,) = got["datasets"]
    assert (asked["dataset"], asked["release"]) == (UNITS, 1)


def test_a_question_in_the_body_joins_two_open_datasets(anyone: Client) -> None:
    first, second = UNITS.replace("-", "_"), SIZES.replace("-", "_")
    sql = f"select count(*) as n from {first} u, {second} s where u.rowid_ is null"
    answer = anyone.post("/sql", json={"sql": sql})
    assert (answer.status_code, answer.json()["code"]) == (400, "sql-unfit")
    got = anyone.post("/sql", json={"sql": sql.partition(" where")[0]})
    assert got.status_code == 200
    assert {each["dataset"] for each in got.json()["datasets"]} == {UNITS, SIZES}
    assert got.json()["rows"][0]["n"] > 0


def test_an_answer_as_csv_is_what_a_spreadsheet_reads(anyone: Client) -> None:
    sql = f'select * from "{UNITS}"'
    answer = anyone.get("/sql", params={"sql": sql, "format": "csv", "limit": 5})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["x-truncated"] == "true"
    assert len(answer.text.splitlines()) == 6
    empty = anyone.get("/sql", params={"sql": f"{sql} where 1 = 0", "format": "csv"})
    assert len(empty.text.splitlines()) == 1


def test_what_may_not_be_asked_is_a_problem_with_a_way_out(anyone: Client) -> None:
    cases = {
        "drop table x": "sql-refused",
        "select * from nothing": "sql-table-unknown",
        f'select nothing from "{PROCEDURES}"': "sql-unfit",
    }
    for sql, code in cases.items():
        answer = anyone.get("/sql", params={"sql": sql})
        assert (answer.status_code, answer.json()["code"]) == (400, code), sql
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["fix"]
        assert "parquet" not in answer.text
    assert anyone.get("/sql").status_code == 422
    assert anyone.post("/sql", json={"sql": "select 1", "limit": 0}).status_code == 422


def test_other_sites_may_ask_and_a_key_that_delivers_may_not(site: Site, anyone: Client) -> None:
    answer = anyone.get("/sql", params={"sql": "select 1"})
    assert answer.headers["access-control-allow-origin"] == "*"
    posted = anyone.post("/sql", json={"sql": "select 1"})
    assert posted.headers["access-control-allow-origin"] == "*"
    preflight = anyone.options("/sql", headers={"Access-Control-Request-Method": "POST"})
    assert "POST" in preflight.headers["access-control-allow-methods"]
    with site.program(UNITS) as program:
        assert program.get("/sql", params={"sql": TYPES}).status_code == 403


def test_the_engine_is_free_again_when_the_reader_goes_away(site: Site) -> None:
    """Two readers ask what takes seconds and hang up; the next one does not wait for them."""
    slow = (
        f"select sum(levenshtein(a.v || c.v, b.v)) from (select ma_thu_tuc as v from "
        f'"{PROCEDURES}") a, (select ma_thu_tuc as v from "{PROCEDURES}") b, '
        f'(select ma_thu_tuc as v from "{PROCEDURES}") c'
    )
    where = urlsplit(site.address)
    assert where.hostname is not None
    assert where.port is not None
    for _ in range(2):
        with socket.create_connection((where.hostname, where.port)) as line:
            line.sendall(
                f"GET /api/v1/sql?sql={quote(slow)} HTTP/1.1\r\n"
                f"Host: {where.hostname}\r\n\r\n".encode()
            )
            time.sleep(0.4)
    started = time.monotonic()
    answer = httpx.get(f"{site.address}/api/v1/sql", params={"sql": "select 1 as one"}, timeout=30)
    assert answer.json()["rows"] == [{"one": 1}]
    assert time.monotonic() - started < 4
    assert threading.active_count() < 60
