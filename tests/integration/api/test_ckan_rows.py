"""Rows as the datastore gives them: filters, words, order, pages, forms, and the dump."""

import csv
import io
import json
import unicodedata
import xml.etree.ElementTree as ET
from typing import Any

import httpx
import pytest
from httpx import Client

from tests.integration.api.asking import SENSOR, UNITS, Site


@pytest.fixture(scope="module")
def every(site: Site) -> list[dict[str, Any]]:
    params = {"resource_id": UNITS, "limit": "32000"}
    found = httpx.get(f"{site.address}/api/3/action/datastore_search", params=params, timeout=60)
    rows: list[dict[str, Any]] = found.json()["result"]["records"]
    assert len(rows) > 80
    return rows


def search(client: Client, site: Site, **params: Any) -> Any:
    said = {"resource_id": UNITS, **params}
    answer = client.post(f"{site.address}/api/3/action/datastore_search", json=said)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


FILTERS: dict[str, Any] = {
    "one value": ({"loai": "phường"}, lambda r: r["loai"] == "phường"),
    "several values": ({"loai": ["phường", "xã"]}, lambda r: r["loai"] in {"phường", "xã"}),
    "a value or none": (
        {"ngay_hieu_luc": [None, "2025-07-01"]},
        lambda r: r["ngay_hieu_luc"] in {None, "2025-07-01"},
    ),
    "a range": (
        {"dien_tich": {"gte": 50, "lt": "100"}},
        lambda r: r["dien_tich"] is not None and 50 <= r["dien_tich"] < 100,
    ),
    "two columns": (
        {"loai": "xã", "tinh_cu": "Bắc Kạn"},
        lambda r: r["loai"] == "xã" and r["tinh_cu"] == "Bắc Kạn",
    ),
    "either": (
        {"$or": [{"loai": "phường"}, {"dien_tich": {"gt": 150}}]},
        lambda r: r["loai"] == "phường" or (r["dien_tich"] or 0) > 150,
    ),
    "both of either": (
        {"$and": [{"$or": [{"loai": "phường"}, {"loai": "xã"}]}, {"tinh_cu": "Thái Nguyên"}]},
        lambda r: r["loai"] in {"phường", "xã"} and r["tinh_cu"] == "Thái Nguyên",
    ),
    "by number": ({"_id": {"gt": 80}}, lambda r: r["_id"] > 80),
    "by number and value": (
        {"_id": {"gt": 5, "lte": 60}, "loai": "xã"},
        lambda r: 5 < r["_id"] <= 60 and r["loai"] == "xã",
    ),
    "some numbers": ({"_id": [3, 1, 2]}, lambda r: r["_id"] in {1, 2, 3}),
    "nothing asked": ({}, lambda _: True),
    "an empty list": ({"loai": []}, lambda _: True),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters_leave_the_rows_that_meet_them(
    site: Site, anyone: Client, every: list[dict[str, Any]], name: str
) -> None:
    filters, meets = FILTERS[name]
    wanted = [row for row in every if meets(row)]
    found = search(anyone, site, filters=filters, limit=1000)
    assert found["records"] == wanted
    assert found["total"] == len(wanted) > 0
    assert found["total_was_estimated"] is False
    sorted_rows = search(anyone, site, filters=filters, limit=5, offset=1, sort="ten desc, _id")
    assert {row["_id"] for row in sorted_rows["records"]} <= {row["_id"] for row in wanted}
    assert len(sorted_rows["records"]) == min(5, max(len(wanted) - 1, 0))


def test_words_are_found_however_they_are_written(site: Site, anyone: Client) -> None:
    forms = ("Võ Nhai", "vo nhai", "VÕ NHAI", unicodedata.normalize("NFD", "Võ Nhai"))
    answers = [search(anyone, site, q=form)["records"] for form in forms]
    assert all(rows == answers[0] for rows in answers)
    assert any(row["ten"] == "Xã Võ Nhai" for row in answers[0])
    assert search(anyone, site, q="dinh hoa")["total"] > 0
    by_column = search(anyone, site, q={"ten": "vo nhai"})["records"]
    assert [row["ten"] for row in by_column] == ["Xã Võ Nhai"]
    assert search(anyone, site, q="võ:* & nhai", plain=False)["records"] == answers[0]
    assert search(anyone, site, q="khongcochunao")["total"] == 0


def test_fields_order_and_distinct_rows(
    site: Site, anyone: Client, every: list[dict[str, Any]]
) -> None:
    found = search(anyone, site, fields=["ten", "_id"], sort="dien_tich desc", limit=3)
    largest = sorted(every, key=lambda r: -(r["dien_tich"] or 0))[:3]
    assert found["records"] == [{"ten": r["ten"], "_id": r["_id"]} for r in largest]
    assert [field["id"] for field in found["fields"]] == ["ten", "_id"]
    kinds = search(anyone, site, fields="loai", distinct=True, sort="loai desc")
    assert [row["loai"] for row in kinds["records"]] == sorted(
        {row["loai"] for row in every}, reverse=True
    )
    assert kinds["total"] == len(kinds["records"])
    assert "next_page" not in kinds
    without = search(anyone, site, include_total=False)
    assert "total" not in without


def test_pages_are_walked_by_offset_by_link_and_by_number(
    site: Site, anyone: Client, every: list[dict[str, Any]]
) -> None:
    by_link: list[Any] = []
    path = f"/api/3/action/datastore_search?resource_id={UNITS}&limit=20"
    while rows := (page := anyone.get(site.address + path).json()["result"])["records"]:
        by_link += rows
        path = page["_links"]["next"]
        assert page["_links"]["start"].startswith("/api/3/action/datastore_search?")
    assert by_link == every
    by_number: list[Any] = []
    filters: Any = {}
    while True:
        page = search(anyone, site, limit=20, filters=filters, include_total=False)
        by_number += page["records"]
        if "next_page" not in page:
            break
        filters = page["next_page"]
    assert by_number == every
    assert search(anyone, site, limit=0)["records"] == []
    assert search(anyone, site, limit=99_999)["limit"] == 32_000
    assert search(anyone, site, offset=10_000)["records"] == []


def test_records_come_as_objects_lists_and_lines(site: Site, anyone: Client) -> None:
    base = {"fields": ["ma", "ten", "dien_tich"], "limit": 2}
    objects = search(anyone, site, **base)["records"]
    lists = search(anyone, site, **base, records_format="lists")["records"]
    assert lists == [list(row.values()) for row in objects]
    lines = search(anyone, site, **base, records_format="csv")["records"]
    assert list(csv.reader(io.StringIO(lines)))[1][:2] == lists[1][:2]
    assert "\t" in search(anyone, site, **base, records_format="tsv")["records"]
    assert isinstance(objects[0]["dien_tich"], float)


def test_types_and_the_dictionary_come_along(site: Site, anyone: Client) -> None:
    info = anyone.get(f"{site.address}/api/3/action/datastore_info?id={UNITS}").json()["result"]
    types = {field["id"]: field["type"] for field in info["fields"]}
    assert types["ma"] == "text"
    assert types["dien_tich"] == "numeric"
    assert types["ngay_hieu_luc"] == "date"
    assert info["meta"]["count"] > 80
    label = {field["id"]: field["info"]["label"] for field in info["fields"]}
    assert label["ten"]
    found = search(anyone, site, resource_id=SENSOR, limit=1)
    row = found["records"][0]
    assert {field["id"]: field["type"] for field in found["fields"]}["_id"] == "int"
    assert "T" in row["thoi_diem"]
    assert not row["thoi_diem"].endswith("Z")


def test_a_resource_is_named_by_its_own_id_too(site: Site, anyone: Client) -> None:
    show = f"{site.address}/api/3/action/package_show?id={UNITS}"
    resources = anyone.get(show).json()["result"]["resources"]
    (table,) = (each for each in resources if each["datastore_active"])
    assert search(anyone, site, resource_id=table["id"])["total"] > 80
    sql = {"sql": f'select count(*) as n from "{table["id"]}"'}
    answer = anyone.get(f"{site.address}/api/3/action/datastore_search_sql", params=sql).json()
    assert answer["result"]["records"][0]["n"] > 80
    assert answer["result"]["fields"] == [{"id": "n", "type": "int8"}]
    assert "records_truncated" not in answer["result"]
    for wrong in (f"{table['id'][:36]}-pdf", table["id"][:35], "x"):
        params = {"resource_id": wrong}
        got = anyone.get(f"{site.address}/api/3/action/datastore_search", params=params)
        assert got.status_code == 404


# -- the dump


def dump(site: Site, client: Client, **params: str) -> httpx.Response:
    answer = client.get(f"{site.address}/datastore/dump/{UNITS}", params=params)
    assert answer.status_code == 200, answer.text
    return answer


def test_the_dump_has_a_name_a_tag_and_every_row(
    site: Site, anyone: Client, every: list[dict[str, Any]]
) -> None:
    answer = dump(site, anyone, bom="true")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert f'filename="{UNITS}-r1' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["ten"] for row in rows] == [row["ten"] for row in every]
    assert [int(row["_id"]) for row in rows] == [row["_id"] for row in every]
    tag = {"If-None-Match": answer.headers["etag"]}
    url = f"{site.address}/datastore/dump/{UNITS}"
    assert anyone.get(url, params={"bom": "true"}, headers=tag).status_code == 304
    assert anyone.get(url, headers=tag).status_code == 200
    looked = anyone.head(url)
    assert int(looked.headers["content-length"]) == len(anyone.get(url).content)


def test_the_dump_has_four_forms_of_the_same_rows(
    site: Site, anyone: Client, every: list[dict[str, Any]]
) -> None:
    params = {"filters": '{"loai":"phường"}', "sort": "ten", "fields": "_id,ten,dien_tich"}
    wanted = search(anyone, site, **params, limit=1000)["records"]
    comma = list(csv.reader(io.StringIO(dump(site, anyone, **params).text)))
    tab = list(
        csv.reader(io.StringIO(dump(site, anyone, format="tsv", **params).text), delimiter="\t")
    )
    assert comma == tab
    assert [row[1] for row in comma[1:]] == [row["ten"] for row in wanted]
    read = dump(site, anyone, format="json", **params).json()
    assert [field["id"] for field in read["fields"]] == ["_id", "ten", "dien_tich"]
    assert read["records"] == [list(row.values()) for row in wanted]
    tree = ET.fromstring(dump(site, anyone, format="xml", **params).text)
    assert [int(row.attrib["_id"]) for row in tree] == [row["_id"] for row in wanted]
    assert [row.findtext("ten") for row in tree] == [row["ten"] for row in wanted]
    part = dump(site, anyone, limit="3", offset="2").text.splitlines()
    assert [line.split(",")[0] for line in part] == ["_id", "3", "4", "5"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"format": "pdf"}, 409),
        ({"filters": "{"}, 409),
        ({"filters": '{"x":1}'}, 409),
        ({"sort": "x"}, 409),
        ({"bogus": "1"}, 409),
        ({"limit": "-5"}, 409),
    ],
)
def test_a_dump_that_cannot_be_is_refused_in_the_envelope(
    site: Site, anyone: Client, params: dict[str, str], status: int
) -> None:
    answer = anyone.get(f"{site.address}/datastore/dump/{UNITS}", params=params)
    assert answer.status_code == status
    assert answer.json()["success"] is False


def test_deep_and_large_filters_end(site: Site, anyone: Client) -> None:
    url = f"{site.address}/api/3/action/datastore_search"
    deep: Any = {"loai": "xã"}
    for _ in range(50):
        deep = {"$and": [deep]}
    for filters in (deep, {"loai": ["x"] * 1_000}, {"loai": "x" * 5_000}, {"loai": {"a": "b"}}):
        answer = anyone.post(url, json={"resource_id": UNITS, "filters": filters})
        assert answer.status_code == 409
        assert "filters" in answer.json()["error"]
    for odd in ({"ten": "\ud800"}, {"_id": "9" * 50}, {"dien_tich": 1e37}):
        answer = anyone.post(url, content=json.dumps({"resource_id": UNITS, "filters": odd}))
        assert answer.status_code in (200, 409)
        assert answer.status_code == 409 or answer.json()["result"]["total"] == 0
    lone = json.dumps({"resource_id": UNITS, "q": "\ud800"})
    assert anyone.post(url, content=lone).status_code == 409
    huge = {"resource_id": UNITS, "filters": json.dumps({"loai": ["x"]}), "q": "x" * 5_000}
    assert anyone.post(url, json=huge).status_code == 409
