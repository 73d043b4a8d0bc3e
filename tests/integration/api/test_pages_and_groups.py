"""Pages beside each other by their links, groups of rows, and exact values, over HTTP."""

from urllib.parse import parse_qs, urlsplit

import pytest
from httpx import Client, Response

from tests.integration.api.asking import PROCEDURES, SENSOR, UNITS, Site
from tests.integration.api.test_reading import truth

ROWS = f"/datasets/{PROCEDURES}/rows"
GROUPS = f"/datasets/{UNITS}/groups"


def beside(anyone: Client, address: str) -> Response:
    """Follow an address that an answer gave."""
    return anyone.get(str(anyone.base_url.join(address)))


@pytest.mark.parametrize("sort", ["", "{1}", "-{1},{0}"])
def test_next_and_prev_lead_through_all_rows_and_back(
    site: Site, anyone: Client, sort: str
) -> None:
    names, rows = truth(site, PROCEDURES)
    answer = anyone.get(ROWS, params={"limit": "97", "sort": sort.format(*names)})
    pages = [answer.json()]
    while (following := pages[-1]["next"]) is not None:
        assert f'<{following}>; rel="next"' in answer.headers["Link"]
        assert parse_qs(urlsplit(following).query)["release"] == [str(pages[0]["meta"]["release"])]
        answer = beside(anyone, following)
        pages.append(answer.json())
    found = [tuple(row.values()) for page in pages for row in page["rows"]]
    assert len(found) == len(set(found)) == len(rows) == pages[0]["total"]
    assert [page["page"] for page in pages] == list(range(1, len(pages) + 1))
    assert [page["offset"] for page in pages] == [97 * number for number in range(len(pages))]
    for before in reversed(pages[:-1]):
        assert 'rel="prev"' in answer.headers["Link"]
        answer = beside(anyone, answer.json()["prev"])
        assert answer.json()["rows"] == before["rows"]
    assert answer.json()["prev"] is None


def test_page_numbers_and_links_give_the_same_pages(anyone: Client) -> None:
    first = anyone.get(ROWS, params={"limit": "50"}).json()
    second = anyone.get(ROWS, params={"limit": "50", "page": "2"}).json()
    assert beside(anyone, first["next"]).json()["rows"] == second["rows"]
    assert beside(anyone, second["prev"]).json()["rows"] == first["rows"]


def test_a_cursor_of_another_question_is_refused_in_words(anyone: Client) -> None:
    following = anyone.get(ROWS, params={"limit": "5"}).json()["next"]
    cursor = parse_qs(urlsplit(following).query)["cursor"][0]
    answer = anyone.get(ROWS, params={"q": "dat", "cursor": cursor})
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "cursor-unfit"
    assert answer.json()["where"] == "cursor"
    both = anyone.get(ROWS, params={"page": "2", "cursor": cursor})
    assert (both.status_code, both.json()["code"]) == (400, "filter-invalid")


def test_is_finds_the_value_itself_and_not_a_part_of_it(site: Site, anyone: Client) -> None:
    names, rows = truth(site, UNITS)
    column = names.index("ten")
    value = str(rows[0][column])
    part = value[:-2]
    whole = anyone.get(f"/datasets/{UNITS}/rows", params={"f.ten.is": value}).json()
    assert {row["ten"] for row in whole["rows"]} == {value}
    assert anyone.get(f"/datasets/{UNITS}/rows", params={"f.ten.is": part}).json()["total"] == 0
    assert anyone.get(f"/datasets/{UNITS}/rows", params={"f.ten": part}).json()["total"] >= 1
    two = {"f.ten.is": [value, str(rows[1][column])]}
    assert anyone.get(f"/datasets/{UNITS}/rows", params=two).json()["total"] == 2


def test_groups_count_and_sum_what_the_rows_say(site: Site, anyone: Client) -> None:
    names, rows = truth(site, UNITS)
    kind, area = names.index("loai"), names.index("dien_tich")
    answer = anyone.get(
        GROUPS, params={"by": "loai", "measure": "count,sum:dien_tich,max:ten", "sort": "-count"}
    )
    found = answer.json()
    assert found["total"] == len({row[kind] for row in rows}) == len(found["groups"])
    assert found["total_rows"] == len(rows)
    for group in found["groups"]:
        mine = [row for row in rows if row[kind] == group["loai"]]
        assert group["count"] == len(mine)
        assert group["sum:dien_tich"] == pytest.approx(sum(float(str(row[area])) for row in mine))
    counts = [group["count"] for group in found["groups"]]
    assert counts == sorted(counts, reverse=True)
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert anyone.get(str(answer.request.url), headers=tag).status_code == 304


def test_groups_take_the_conditions_of_rows_and_parts_of_days(anyone: Client) -> None:
    asked = {"by": "ngay_hieu_luc:year", "f.loai.is": "xã"}
    found = anyone.get(GROUPS, params=asked).json()
    rows = anyone.get(f"/datasets/{UNITS}/rows", params={"f.loai.is": "xã"}).json()
    assert found["total_rows"] == rows["total"]
    assert [group["ngay_hieu_luc:year"] for group in found["groups"]] == ["2025"]
    assert list(found["groups"][0]) == ["ngay_hieu_luc:year", "count"]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "request-invalid"),
        ({"by": "khong_co"}, "unknown-column"),
        ({"by": "loai", "measure": "median:dien_tich"}, "filter-invalid"),
        ({"by": "loai", "measure": "sum:ten"}, "groups-unfit"),
        ({"by": "loai:year"}, "groups-unfit"),
        ({"by": "loai:week"}, "filter-invalid"),
        ({"by": "loai", "sort": "ten"}, "groups-unfit"),
        ({"by": "loai,ten,ma,dien_tich"}, "groups-unfit"),
        ({"by": "loai", "limit": "10001"}, "request-invalid"),
        ({"by": "loai", "khong": "1"}, "filter-invalid"),
        ({"by": ",".join(["loai"] * 30)}, "filter-invalid"),
    ],
)
def test_groups_that_cannot_be_had_are_refused_with_place_and_fix(
    anyone: Client, asked: dict[str, str], code: str
) -> None:
    answer = anyone.get(GROUPS, params=asked)
    assert answer.status_code in (400, 422)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    assert answer.json()["fix"]


def test_the_description_names_cursor_and_groups(anyone: Client) -> None:
    paths = anyone.get("/../openapi.json").json()["paths"]
    page = paths["/api/v1/datasets/{dataset}/rows"]["get"]
    assert "cursor" in {parameter["name"] for parameter in page["parameters"]}
    groups = paths["/api/v1/datasets/{dataset}/groups"]["get"]
    assert {"by", "measure", "sort"} <= {p["name"] for p in groups["parameters"]}


def test_a_hidden_dataset_has_no_groups(site: Site, anyone: Client) -> None:
    assert anyone.get(f"/datasets/{SENSOR}x/groups", params={"by": "a"}).status_code == 404
