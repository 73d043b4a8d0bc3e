"""Faults of CKAN that people complain about, each of them a test that it is not one of ours.

They were measured on CKAN 2.12 or stand in its issues: errors that print SQL, a list of all tables
for anyone, members of organizations, no CORS, no ETag, no site map, endless facets, no budget.
"""

import re
from xml.etree import ElementTree

import httpx
import pytest

from tests.conformance.portal import Portal

UNITS = "danh-muc-don-vi-hanh-chinh"
INSIDE = re.compile(
    r"traceback|duckdb|sqlite|postgres|psycopg|sqlalchemy|parquet_scan|read_parquet|line \d+, in|"
    r"/[a-z]+/[\w/.-]+\.(py|parquet|db|duckdb)",
    re.IGNORECASE,
)


def resource_of(portal: Portal) -> str:
    package = portal.get(f"/api/3/action/package_show?id={UNITS}").json()["result"]
    return str(package["resources"][0]["id"])


@pytest.mark.parametrize(
    "asked",
    [
        {"distinct": "true", "q": '{"ma": "x"}'},
        {"filters": '{"khong_co": 1}'},
        {"filters": "{"},
        {"filters": '{"ma": {"gte": {}}}'},
        {"sort": "ma; DROP TABLE x"},
        {"sort": "khong_co desc"},
        {"fields": "ma, (SELECT 1)"},
        {"limit": "'; --"},
        {"q": "'\" \\ % _ )) OR 1=1"},
        {"plain": "false", "q": "& | ! :*"},
        {"offset": "999999999999999999999"},
    ],
)
def test_no_error_of_the_datastore_prints_sql(open_portal: Portal, asked: dict[str, str]) -> None:
    answer = httpx.get(
        f"{open_portal.site}/api/3/action/datastore_search",
        params={"resource_id": resource_of(open_portal), **asked},
        timeout=60,
    )
    assert answer.status_code < 500
    if not answer.json()["success"]:
        said = str(answer.json()["error"])
        assert not re.search(r"\bSELECT\b.*\bFROM\b", said, re.IGNORECASE | re.DOTALL)
        assert not INSIDE.search(said)


@pytest.mark.parametrize(
    "sql",
    [
        f'SELECT khong_co FROM "{UNITS}"',
        f'SELECT * FROM "{UNITS}" WHERE ma = ',
        f'SELECT sum(ten) FROM "{UNITS}"',
        f"SELECT 1/0, CAST('x' AS INTEGER) FROM \"{UNITS}\"",
        "SELECT * FROM pg_catalog.pg_tables",
        "DROP TABLE x",
    ],
)
def test_no_error_of_a_question_in_sql_tells_what_runs_inside(
    open_portal: Portal, sql: str
) -> None:
    for path in ("/api/v1/sql", "/api/3/action/datastore_search_sql"):
        answer = httpx.get(f"{open_portal.site}{path}", params={"sql": sql}, timeout=60)
        assert answer.status_code < 500
        said = answer.text.replace(sql, "")
        assert answer.status_code == 200 or not INSIDE.search(said)


@pytest.mark.parametrize(
    "name",
    ["_table_metadata", "pg_tables", "pg_catalog.pg_class", "information_schema.tables",
     "sqlite_master", "duckdb_tables", "main", "usage_day", "access_account"],
)  # fmt: skip
def test_nobody_gets_a_list_of_tables(open_portal: Portal, name: str) -> None:
    for path, params in (
        ("/api/3/action/datastore_search", {"resource_id": name}),
        ("/api/3/action/datastore_info", {"id": name}),
        ("/api/3/action/datastore_search_sql", {"sql": f'SELECT * FROM "{name}"'}),
        ("/api/v1/sql", {"sql": f'SELECT * FROM "{name}"'}),
    ):
        answer = httpx.get(f"{open_portal.site}{path}", params=params, timeout=60)
        assert 400 <= answer.status_code < 500, path
    assert open_portal.get(f"/datastore/dump/{name}").status_code == 404
    assert open_portal.get(f"/api/v1/datasets/{name}/rows").status_code == 404


def test_organizations_and_groups_name_no_member_and_nobody_lists_people(
    open_portal: Portal,
) -> None:
    people = [each.name for each in open_portal.platform.pack.people]
    people += [each.login for each in open_portal.platform.pack.people]
    for action in ("organization", "group"):
        names = open_portal.get(f"/api/3/action/{action}_list").json()["result"]
        for query in (f"id={names[0]}", f"id={names[0]}&include_users=true"):
            answer = open_portal.get(f"/api/3/action/{action}_show?{query}")
            assert answer.json()["result"].get("users", []) == []
            assert not any(person in answer.text for person in people)
    for action in ("user_list", "user_show", "member_list", "organization_member_list"):
        answer = open_portal.get(f"/api/3/action/{action}?id=admin")
        assert answer.status_code >= 400 or not answer.json()["result"]
        assert not any(person in answer.text for person in people)
    assert open_portal.get("/people").status_code in {401, 303, 403}


PUBLIC = (
    "/api/v1/datasets",
    f"/api/v1/datasets/{UNITS}",
    f"/api/v1/datasets/{UNITS}/rows?limit=2",
    f"/api/v1/datasets/{UNITS}/rows.csv",
    f"/api/v1/datasets/{UNITS}/rows.json",
    "/api/v1/registers",
    "/api/v1/registers/datasets",
    "/api/v1/registers/datasets.csv",
    "/api/v1/terms",
    "/api/v1/statistics",
    "/api/v1/sql?sql=SELECT+1+AS+a",
    "/api/3/action/package_search",
    f"/api/3/action/package_show?id={UNITS}",
    f"/api/3/action/datastore_search?resource_id={UNITS}",
    f"/datastore/dump/{UNITS}",
    "/catalog.ttl",
    f"/dataset/{UNITS}.jsonld",
    "/feeds/dataset.atom",
    "/sitemap.xml",
)


@pytest.mark.parametrize("path", PUBLIC)
def test_pages_of_other_sites_may_read_what_is_public(open_portal: Portal, path: str) -> None:
    answer = open_portal.get(path, Origin="https://example.org")
    assert answer.status_code in {200, 400}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    assert "set-cookie" not in answer.headers
    asked = httpx.options(
        f"{open_portal.site}{path}",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "GET"},
    )
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == "*"


TAGGED = tuple(path for path in PUBLIC if not path.startswith("/api/v1/sql"))


@pytest.mark.parametrize("path", TAGGED)
def test_what_was_read_is_not_sent_again(open_portal: Portal, path: str) -> None:
    first = open_portal.get(path)
    assert first.status_code == 200
    again = open_portal.get(path, If_None_Match=first.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_site_map_names_every_public_dataset_and_page(open_portal: Portal) -> None:
    def places(path: str) -> list[str]:
        root = ElementTree.fromstring(open_portal.get(path).content)
        return [element.text or "" for element in root.iter() if element.tag.endswith("loc")]

    index = places("/sitemap.xml")
    named = {address for part in index for address in places(part.removeprefix(open_portal.site))}
    records = open_portal.get("/api/v1/datasets?limit=1000").json()["items"]
    assert {f"{open_portal.site}/datasets/{each['id']}" for each in records} <= named
    assert {
        f"{open_portal.site}{page}" for page in ("/registers", "/terms", "/statistics")
    } <= named


def is_closed(path: str, robots: str) -> bool:
    """Say whether robots.txt closes `path` (RFC 9309 section 2.2.3: * is any text)."""
    rules = (line.partition(":")[2].strip() for line in robots.splitlines() if "allow:" in line)
    return any(re.match(re.escape(rule).replace(r"\*", ".*"), path) for rule in rules)


def test_crawlers_are_led_past_the_endless_pages_of_facets(open_portal: Portal) -> None:
    robots = open_portal.get("/robots.txt").text
    assert f"Sitemap: {open_portal.site}/sitemap.xml" in robots
    for path in (
        "/datasets?agency=H55.09",
        "/datasets?q=dan+so&topic=dan-so&page=9",
        f"/datasets/{UNITS}?f.ma=1&sort=-ten",
        "/registers/datasets?agency=H55.09",
        "/statistics?days=90",
    ):
        assert is_closed(path, robots), path
    for path in ("/", "/datasets", f"/datasets/{UNITS}", "/registers/datasets", "/terms"):
        assert not is_closed(path, robots), path
    narrowed = open_portal.get("/datasets?sector=dan-so")
    assert '<meta name="robots" content="noindex' in narrowed.text
    assert "noindex" not in open_portal.get("/datasets").text


def test_the_interface_says_what_is_left_of_the_budget(open_portal: Portal) -> None:
    answer = open_portal.get("/api/v1/datasets?limit=1")
    assert re.fullmatch(r'"requests";r=\d+;t=\d+', answer.headers["ratelimit"])
