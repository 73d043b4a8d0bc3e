"""CKAN's clients at work on our interface: ckanapi itself, and the request forms of the others.

What harvesters, plugins and libraries send is written down from their sources: how they page, where
they put parameters and keys, which keys of the answer they read.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckanapi
import httpx
import pandas as pd
import pytest

from tests.conformance.portal import Portal

AIR = "quan-trac-bui-khong-khi"
UNITS = "danh-muc-don-vi-hanh-chinh"
PACKAGE_KEYS = {
    "id", "name", "title", "notes", "author", "author_email", "maintainer", "maintainer_email",
    "license_id", "license_title", "license_url", "isopen", "url", "version", "state", "type",
    "private", "owner_org", "organization", "metadata_created", "metadata_modified",
    "num_resources", "num_tags", "tags", "groups", "extras", "relationships_as_subject",
    "relationships_as_object", "resources",
}  # fmt: skip
RESOURCE_KEYS = {
    "id", "package_id", "name", "description", "format", "url", "url_type", "mimetype",
    "mimetype_inner", "size", "hash", "created", "last_modified", "metadata_modified", "position",
    "state", "resource_type", "cache_url", "cache_last_updated", "datastore_active",
}  # fmt: skip


@pytest.fixture(params=["post", "get", "key"])
def remote(request: pytest.FixtureRequest, open_portal: Portal) -> Iterator[ckanapi.RemoteCKAN]:
    with ckanapi.RemoteCKAN(
        open_portal.site,
        get_only=request.param == "get",
        apikey="5f6a0c1e-not-a-key-of-ours" if request.param == "key" else None,
    ) as made:
        yield made


# -- ckanapi


def test_ckanapi_lists_and_shows_what_there_is(remote: ckanapi.RemoteCKAN) -> None:
    names = remote.action.package_list()
    assert names == sorted(names)
    assert AIR in names
    package = remote.action.package_show(id=AIR)
    assert package.keys() >= PACKAGE_KEYS
    assert all(resource.keys() == RESOURCE_KEYS for resource in package["resources"])
    assert remote.action.package_show(id=package["id"]) == package
    resource = package["resources"][0]
    assert remote.action.resource_show(id=resource["id"]) == resource
    organization = remote.action.organization_show(id=package["organization"]["name"])
    assert organization["id"] == package["owner_org"]
    assert organization["users"] == []
    assert organization["name"] in remote.action.organization_list()
    assert package["groups"][0]["name"] in remote.action.group_list()
    assert {tag["name"] for tag in package["tags"]} <= set(remote.action.tag_list())
    assert package["license_id"] in {each["id"] for each in remote.action.license_list()}
    assert remote.action.user_list() == []
    assert remote.action.status_show()["ckan_version"].startswith("2.")


def test_ckanapi_turns_our_refusals_into_its_own_errors(remote: ckanapi.RemoteCKAN) -> None:
    with pytest.raises(ckanapi.NotFound):
        remote.action.package_show(id="there-is-none")
    with pytest.raises(ckanapi.ValidationError) as missing:
        remote.action.package_show()
    assert missing.value.error_dict["name_or_id"] == ["Missing value"]
    with pytest.raises(ckanapi.SearchQueryError):
        remote.action.package_search(q="title:(đất")
    with pytest.raises(ckanapi.SearchQueryError):
        remote.action.package_search(nonsense="x")
    with pytest.raises(ckanapi.NotAuthorized):
        remote.action.member_list(id="h55")
    with pytest.raises(ckanapi.NotFound):
        remote.action.datastore_search(resource_id="_table_metadata")
    with pytest.raises(ckanapi.ValidationError) as unknown:
        remote.action.datastore_search(resource_id=AIR, filters='{"zzz": 1}')
    assert unknown.value.error_dict["filters"] == ["Unknown field: zzz"]
    with pytest.raises(ckanapi.CKANAPIError, match="Action name not known"):
        remote.action.package_destroy(id=AIR)


def test_ckanapi_reads_all_rows_page_by_page(remote: ckanapi.RemoteCKAN) -> None:
    rows: list[dict[str, Any]] = []
    while True:
        found = remote.action.datastore_search(
            resource_id=AIR, limit=100, offset=len(rows), filters={}
        )
        if not found["records"]:
            break
        rows += found["records"]
    assert [row["_id"] for row in rows] == list(range(1, found["total"] + 1))
    sql = f'select count(*) as n, avg(pm25) as trung_binh from "{AIR}"'
    answer = remote.action.datastore_search_sql(sql=sql)
    assert answer["records"][0]["n"] == len(rows)


def run_ckanapi(portal: Portal, *arguments: str) -> str:
    program = "import sys; from ckanapi.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-W", "ignore", "-c", program, *arguments, "-r", portal.site]
    # It starts workers of its own by its name.
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=environment
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_command_of_ckanapi_dumps_and_searches(open_portal: Portal) -> None:
    dumped = [
        json.loads(line)
        for line in run_ckanapi(
            open_portal, "dump", "datasets", "--all", "-p", "1", "-q"
        ).splitlines()
    ]
    listed = open_portal.get("/api/3/action/package_list").json()["result"]
    assert sorted(package["name"] for package in dumped) == listed
    organizations = run_ckanapi(open_portal, "dump", "organizations", "--all", "-p", "1", "-q")
    assert len(organizations.splitlines()) == len(
        open_portal.get("/api/3/action/organization_list").json()["result"]
    )
    found = run_ckanapi(open_portal, "search", "datasets", f"q=name:{AIR}")
    assert [json.loads(line)["name"] for line in found.splitlines()] == [AIR]


def test_the_command_of_ckanapi_makes_a_data_package(open_portal: Portal, tmp_path: Path) -> None:
    run_ckanapi(
        open_portal, "dump", "datasets", UNITS, "-D", str(tmp_path), "-p", "1", "-q",
        "-a", "some-key-from-elsewhere",
    )  # fmt: skip
    folder = tmp_path / UNITS
    package = json.loads((folder / "datapackage.json").read_text())
    tables = {each["format"]: each for each in package["resources"]}
    assert {"CSV", "XLSX", "JSON", "Parquet"} <= tables.keys()
    # Version 4.11 fetches the last resource of the package under the name of each; ours is the
    # interface, which a key from elsewhere must not close.
    for table in tables.values():
        fetched = json.loads((folder / table["path"]).read_text())
        assert fetched["success"] is True
        assert fetched["result"]["total"] > 0


# -- the harvester of other CKANs


def harvested(portal: Portal, terms: list[str], rows: int) -> list[dict[str, Any]]:
    """Page as ckanext-harvest does: until a page is empty; two equal pages are an error."""
    found: list[dict[str, Any]] = []
    previous: str | None = None
    params: dict[str, Any] = {"rows": str(rows), "start": "0", "sort": "id asc"}
    if terms:
        params["fq"] = " ".join(terms)
    while True:
        url = f"{portal.site}/api/3/action/package_search"
        answer = httpx.get(url, params=params, headers={"Authorization": "a-key"}, timeout=60)
        answer.raise_for_status()
        page = answer.json()["result"]["results"]
        ids = json.dumps([package["id"] for package in page])
        assert ids != previous, "the same page came twice"
        previous = ids
        if not page:
            return found
        found += page
        params["start"] = str(int(params["start"]) + rows)


def test_the_harvester_of_another_portal_gets_every_dataset_once(open_portal: Portal) -> None:
    every = harvested(open_portal, [], rows=2)
    ids = [package["id"] for package in every]
    assert ids == sorted(set(ids))
    listed = open_portal.get("/api/3/action/package_list").json()["result"]
    assert sorted(package["name"] for package in every) == listed
    assert all(package.keys() >= PACKAGE_KEYS for package in every)


def test_the_harvester_filters_as_it_does_elsewhere(open_portal: Portal) -> None:
    every = harvested(open_portal, [], rows=100)
    owners = sorted({package["organization"]["name"] for package in every})
    first, second = owners[:2]
    chosen = harvested(open_portal, [f"organization:{first} OR organization:{second}"], rows=3)
    assert {package["organization"]["name"] for package in chosen} == {first, second}
    assert len(chosen) == sum(p["organization"]["name"] in {first, second} for p in every)
    without = harvested(open_portal, [f"-organization:{first}"], rows=100)
    assert first not in {package["organization"]["name"] for package in without}
    group = every[0]["groups"][0]["name"]
    others = harvested(open_portal, [f"-groups:{group}"], rows=100)
    assert group not in {package["groups"][0]["name"] for package in others}
    newest = max(package["metadata_modified"] for package in every)
    since = harvested(open_portal, [f"metadata_modified:[{newest}Z TO *]"], rows=100)
    assert newest in {package["metadata_modified"] for package in since}
    both = f"organization:{first} OR organization:{second}"
    mixed = harvested(open_portal, [f"metadata_modified:[{newest}Z TO *]", both], rows=100)
    assert {p["id"] for p in mixed} == {p["id"] for p in since} & {p["id"] for p in chosen}
    later = harvested(open_portal, ["metadata_modified:[2199-01-01T00:00:00Z TO *]"], rows=100)
    assert later == []
    for kind, name in (("group", group), ("organization", first)):
        shown = open_portal.get(f"/api/3/action/{kind}_show?id={name}").json()
        assert shown["result"]["name"] == name


# -- others


def test_a_file_that_lies_ready_is_told_with_size_and_hash_and_read_in_parts(
    open_portal: Portal,
) -> None:
    package = open_portal.get(f"/api/3/action/package_show?id={UNITS}").json()["result"]
    (table,) = (each for each in package["resources"] if each["format"] == "CSV")
    key = {"Authorization": "a-key-of-elsewhere", "Accept-Encoding": "identity"}
    whole = httpx.get(table["url"], headers=key)
    assert whole.status_code == 200
    assert table["size"] == len(whole.content)
    assert table["hash"] == f"sha256:{hashlib.sha256(whole.content).hexdigest()}"
    part = httpx.get(table["url"], headers={**key, "Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    again = httpx.get(table["url"], headers={**key, "If-None-Match": whole.headers["etag"]})
    assert again.status_code == 304
    wrong = table["url"].replace("-csv/", "-pdf/")
    assert httpx.get(wrong).status_code == 404


def test_udata_filters_in_the_question_and_posts_an_empty_object(open_portal: Portal) -> None:
    owner = open_portal.get("/api/3/action/organization_list").json()["result"][0]
    params = {"q": f"organization:{owner} AND -tags:nosuch", "rows": "1000"}
    url = f"{open_portal.site}/api/3/action/package_search"
    got = httpx.get(url, params=params).json()["result"]
    assert got["count"] == len(got["results"]) > 0
    posted = httpx.post(url, params=params, json={}).json()["result"]
    assert posted["count"] == got["count"]
    assert open_portal.get("/api/util/status").json()["ckan_version"]
    name = got["results"][0]["name"]
    shown = httpx.post(
        f"{open_portal.site}/api/3/action/package_show", params={"id": name}, json={}
    )
    assert shown.json()["result"]["name"] == name


def test_the_browser_in_qgis_searches_groups_and_looks_before_it_fetches(
    open_portal: Portal,
) -> None:
    base = f"{open_portal.site}/api/3/"
    assert httpx.get(base).json() == {"version": 3}
    groups = httpx.get(f"{base}action/group_list?all_fields=true").json()["result"]
    first, second = groups[0]["name"], groups[1]["name"]
    search = f"action/package_search?q=&fq=(groups:{first}+OR+groups:{second})"
    found = httpx.get(f"{base}{search}&sort=name+asc&rows=10&start=0").json()["result"]
    assert found["count"] == groups[0]["package_count"] + groups[1]["package_count"]
    names = [package["name"] for package in found["results"]]
    assert names == sorted(names)
    (table,) = (r for r in found["results"][0]["resources"] if r["format"] == "CSV")
    looked = httpx.head(table["url"])
    fetched = httpx.get(table["url"])
    assert looked.status_code == fetched.status_code == 200
    assert int(looked.headers["Content-Length"]) == int(fetched.headers["Content-Length"]) > 0


def test_ckanr_posts_an_empty_body_with_everything_in_the_address(open_portal: Portal) -> None:
    headers = {"X-CKAN-API-Key": "nobody", "Content-Type": "application/json"}
    params: dict[str, str | int] = {
        "resource_id": UNITS,
        "filters": "{}",
        "limit": 3,
        "offset": 1,
        "sort": "_id desc",
    }
    url = f"{open_portal.site}/api/3/action/datastore_search"
    found = httpx.post(url, params=params, headers=headers, content=b"").json()["result"]
    numbers = [row["_id"] for row in found["records"]]
    assert numbers == [found["total"] - 1, found["total"] - 2, found["total"] - 3]
    sql = {"sql": f'SELECT * FROM "{UNITS}" LIMIT 2'}
    url = f"{open_portal.site}/api/3/action/datastore_search_sql"
    assert len(httpx.post(url, params=sql, headers=headers).json()["result"]["records"]) == 2


def test_assistants_send_lists_and_filters_as_texts_in_the_address(open_portal: Portal) -> None:
    params = {
        "q": "*:*",
        "facet.field": '["organization","tags","res_format"]',
        "facet.limit": "3",
        "rows": "0",
    }
    found = httpx.get(f"{open_portal.site}/api/3/action/package_search", params=params).json()
    result = found["result"]
    assert result["results"] == []
    assert {len(counts) <= 3 for counts in result["facets"].values()} == {True}
    for field, counts in result["facets"].items():
        items = result["search_facets"][field]["items"]
        assert {item["name"]: item["count"] for item in items} == counts
    asked = {"resource_id": AIR, "fields": "thoi_diem,pm25", "filters": '{"pm25":{"gte":20}}'}
    rows = httpx.get(f"{open_portal.site}/api/3/action/datastore_search", params=asked).json()
    assert {tuple(row) for row in rows["result"]["records"]} == {("thoi_diem", "pm25")}
    assert min(row["pm25"] for row in rows["result"]["records"]) >= 20


def test_pandas_reads_the_dump_and_the_file_by_their_addresses(open_portal: Portal) -> None:
    dump = f"{open_portal.site}/datastore/dump/{AIR}?bom=true"
    table = pd.read_csv(dump, encoding="utf-8-sig", parse_dates=["thoi_diem"])
    package = open_portal.get(f"/api/3/action/package_show?id={AIR}").json()["result"]
    by_format = {resource["format"]: resource["url"] for resource in package["resources"]}
    plain = pd.read_csv(by_format["CSV"], parse_dates=["thoi_diem"])
    assert list(table.columns) == ["_id", *plain.columns]
    assert len(table) == len(plain)
    assert (table["pm25"].dropna().to_numpy() == plain["pm25"].dropna().to_numpy()).all()
    parquet = pd.read_parquet(io.BytesIO(httpx.get(by_format["Parquet"]).content))
    assert len(parquet) == len(plain)
    part = pd.read_csv(f"{open_portal.site}/datastore/dump/{AIR}?format=tsv&limit=5", sep="\t")
    assert part["_id"].tolist() == [1, 2, 3, 4, 5]
