"""The interface of CKAN: its envelope, its ways of asking, and its faults, which are not ours."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.office import office
from tests.support.served import served
from tinhdata.api.ckan.actions import ACTIONS
from tinhdata.bootstrap import Platform, demo_accounts
from tinhdata.edge.visits import SESSION_COOKIE

UNITS = "danh-muc-don-vi-hanh-chinh"
AGENCIES = "danh-muc-co-quan"
SHARED = "nhan-luc-an-ninh-mang"
PRIVATE = "nguoi-lao-dong"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    folder = tmp_path_factory.mktemp("ckan") / "store"
    with office(folder, datasets={UNITS, AGENCIES, SHARED, PRIVATE}) as opened:
        opened.work.run_until_idle("tests")
        yield opened


@pytest.fixture(scope="module")
def client(platform: Platform) -> Iterator[httpx.Client]:
    with served(platform) as address, httpx.Client(base_url=address, timeout=60) as made:
        made.headers["Accept-Language"] = "en"
        yield made


def result(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert said["success"] is True
    return said["result"]


def error(answer: httpx.Response, status: int) -> Any:
    assert answer.status_code == status, answer.text
    said = answer.json()
    assert said["success"] is False
    return said["error"]


# -- the envelope


def test_an_answer_stands_in_the_envelope_under_both_addresses(client: httpx.Client) -> None:
    answers = [client.get(f"/api/{base}/package_list") for base in ("3/action", "action")]
    for answer in answers:
        assert answer.headers["content-type"] == "application/json;charset=utf-8"
        assert set(answer.json()) == {"help", "success", "result"}
        assert answer.json()["help"].endswith("/api/3/action/help_show?name=package_list")
        assert answer.content.isascii()
    assert answers[0].json() == answers[1].json()
    for old in ("/api/1/action/package_list", "/api/2/action/package_list"):
        assert client.get(old).status_code == 404
    assert client.get("/api/3").json() == client.get("/api/3/").json() == {"version": 3}


def test_an_answer_has_a_tag_and_is_not_sent_twice(client: httpx.Client) -> None:
    first = client.get(f"/api/3/action/package_show?id={UNITS}")
    tag = first.headers["etag"]
    again = client.get(f"/api/3/action/package_show?id={UNITS}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(f"/api/3/action/package_show?id={AGENCIES}", headers={"If-None-Match": tag})
    assert other.status_code == 200


def test_pages_of_other_sites_may_ask_with_any_key(client: httpx.Client) -> None:
    key = {"Authorization": "x", "X-CKAN-API-Key": "x"}
    for answer in (
        client.get("/api/3/action/package_list"),
        client.get("/api/3/action/package_list", headers=key),
        client.post("/api/3/action/package_list", json={}, headers=key),
        client.get("/api/3/action/nosuch"),
        client.get(f"/datastore/dump/{UNITS}?limit=1", headers=key),
        client.get("/api/util/status"),
    ):
        assert answer.headers["access-control-allow-origin"] == "*"
    before = client.options("/api/3/action/datastore_search")
    assert "POST" in before.headers["access-control-allow-methods"]
    allowed = before.headers["access-control-allow-headers"].lower()
    assert all(name in allowed for name in ("content-type", "authorization", "x-ckan-api-key"))


def test_a_script_of_another_page_gets_a_call_and_only_what_anyone_sees(
    client: httpx.Client, platform: Platform
) -> None:
    account = demo_accounts(platform)[0]
    token = platform.access.sign_in(account.login, account.password, "127.0.0.1").value
    cookies = {"Cookie": f"{SESSION_COOKIE}={token}"}
    answer = client.get("/api/3/action/package_list?callback=take.it", headers=cookies)
    assert answer.headers["content-type"].startswith("application/javascript")
    assert answer.text.startswith("take.it({")
    assert answer.text.endswith("});")
    names = json.loads(answer.text.removeprefix("take.it(").removesuffix(");"))["result"]
    assert PRIVATE not in names
    assert names == result(client.get("/api/3/action/package_list"))
    evil = client.get("/api/3/action/package_list?callback=alert(1)//")
    assert evil.status_code == 400
    assert "alert" not in evil.text
    # Where it goes wrong the status says so, and nothing is called.
    assert error(client.get("/api/3/action/package_show?callback=f"), 409)


# -- ways of asking


def test_parameters_come_by_address_form_or_body(client: httpx.Client) -> None:
    show = "/api/3/action/package_show"
    wanted = result(client.get(show, params={"id": UNITS}))
    assert result(client.post(show, json={"id": UNITS})) == wanted
    assert result(client.post(show, data={"id": UNITS})) == wanted
    assert result(client.post(show, files={"id": (None, UNITS)})) == wanted
    assert result(client.post(show, params={"id": UNITS}, content=b"")) == wanted
    assert result(client.post(show, params={"id": UNITS}, json={})) == wanted
    # As curl -d '{...}' sends it: a form with one key and no value.
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    body = json.dumps({"id": UNITS}).encode()
    assert result(client.post(show, content=body, headers=sent)) == wanted
    # A form goes before the address, the address before a body.
    assert result(client.post(show, params={"id": AGENCIES}, data={"id": UNITS})) == wanted
    assert result(client.post(show, params={"id": UNITS}, json={"id": AGENCIES})) == wanted


@pytest.mark.parametrize(
    "body", [b"{", b"[1]", b'"x"', b"nonsense", b"[" * 100_000, b'{"a":' * 50_000]
)
def test_a_body_that_is_no_object_is_refused_in_a_bare_sentence(
    client: httpx.Client, body: bytes
) -> None:
    sent = {"Content-Type": "application/json"}
    answer = client.post("/api/3/action/package_list", content=body, headers=sent)
    assert answer.status_code == 400
    assert isinstance(answer.json(), str)
    assert answer.json().startswith("Bad request")


def test_an_unknown_action_is_refused_in_a_bare_sentence(client: httpx.Client) -> None:
    for name in ("nosuch", "package_create", "datastore_upsert", "user_create"):
        answer = client.post(f"/api/3/action/{name}", json={})
        assert answer.status_code == 400
        assert answer.json() == f"Bad request: Action name not known: {name}"


def test_every_action_has_its_help(client: httpx.Client) -> None:
    for name in ACTIONS:
        assert result(client.get("/api/3/action/help_show", params={"name": name}))
    assert error(client.get("/api/3/action/help_show?name=x"), 404)["__type"] == "Not Found Error"


# -- what nobody sees


def test_private_data_is_not_named_and_shared_data_has_no_files(client: httpx.Client) -> None:
    names = result(client.get("/api/3/action/package_list"))
    assert PRIVATE not in names
    assert SHARED in names
    found = result(client.get("/api/3/action/package_search", params={"rows": 1000}))
    assert PRIVATE not in {package["name"] for package in found["results"]}
    assert error(client.get(f"/api/3/action/package_show?id={PRIVATE}"), 404)
    shared = result(client.get(f"/api/3/action/package_show?id={SHARED}"))
    assert shared["resources"] == []
    assert {"key": "access_level", "value": "shared"} in shared["extras"]
    for name in (SHARED, PRIVATE, f"{shared['id']}-csv"):
        said = error(client.get(f"/api/3/action/datastore_search?resource_id={name}"), 404)
        assert said["message"] == f'Not found: Resource "{name}" was not found.'
        assert error(client.get(f"/datastore/dump/{name}"), 404)
        sql = {"sql": f'select * from "{name}"'}
        assert error(client.get("/api/3/action/datastore_search_sql", params=sql), 404)


def test_no_list_of_tables_members_or_accounts_comes_out(
    client: httpx.Client, platform: Platform
) -> None:
    for name in ("_table_metadata", "pg_tables", "duckdb_tables", "sqlite_master"):
        assert error(client.get(f"/api/3/action/datastore_search?resource_id={name}"), 404)
        sql = {"sql": f"select * from {name}"}
        assert error(client.get("/api/3/action/datastore_search_sql", params=sql), 403)["message"]
    owner = result(client.get("/api/3/action/organization_list"))[0]
    shown = result(client.get(f"/api/3/action/organization_show?id={owner}&include_users=true"))
    assert shown["users"] == []
    assert error(client.get(f"/api/3/action/member_list?id={owner}"), 403)
    assert result(client.get("/api/3/action/user_list")) == []
    logins = [account.login for account in demo_accounts(platform)]
    assert logins
    everything = "".join(
        client.get(f"/api/3/action/{name}", params={"id": UNITS, "all_fields": "true"}).text
        for name in ACTIONS
    )
    assert not any(login in everything for login in logins)


def test_no_error_shows_sql_or_a_path(client: httpx.Client) -> None:
    asked: list[dict[str, str]] = [
        {"filters": '{"dien_tich":"abc"}'},
        {"filters": '{"dien_tich":{"gte":"x"}}'},
        {"filters": '{"ngay_hieu_luc":"32/13/2025"}'},
        {"filters": '{"_id":"x"}'},
        {"sort": "ten desc; drop table x"},
        {"fields": 'ten" from x --'},
        {"q": '{"no_such":"x"}'},
        {"limit": "-1"},
        {"offset": "x"},
        {"records_format": "yaml"},
        {"filters": "{"},
        {"filters": '{"$or":"x"}'},
        {"filters": '{"ten":{"like":"%"}}'},
        {"distinct": "true", "fields": "ten", "sort": "_id"},
        {"filters": '{"_delivery":"x"}'},
        {"fields": "_delivery"},
        {"sort": "_record"},
        {"bogus": "x"},
    ]
    for params in asked:
        answer = client.get("/api/3/action/datastore_search", params={"id": UNITS, **params})
        said = error(answer, 409)
        assert said["__type"] == "Validation Error", params
        text = answer.text.lower()
        assert not any(sign in text for sign in ("select ", "parquet", "_row", "/store", "duckdb"))
    # What CKAN answers with the statement that it sent to PostgreSQL.
    distinct = {"id": UNITS, "distinct": "true", "q": '{"ten":"phuong"}', "fields": "ten"}
    assert result(client.get("/api/3/action/datastore_search", params=distinct))["total"] > 0


# -- searching


def test_words_are_searched_with_and_without_marks_and_conditions_are_met(
    client: httpx.Client,
) -> None:
    def names(**params: str) -> list[str]:
        found = result(client.get("/api/3/action/package_search", params=params))
        assert found["count"] == len(found["results"])
        return [package["name"] for package in found["results"]]

    assert UNITS in names(q="đơn vị hành chính", rows="100")
    assert UNITS in names(q="don vi hanh chinh", rows="100")
    assert names(q="don vi hanh chinh", fq=f"name:{UNITS}") == [UNITS]
    assert names(q=f"name:{UNITS}") == [UNITS]
    assert UNITS not in names(q=f"-name:{UNITS}", rows="100")
    assert names(q="khongcochunaonhuthenay") == []
    assert set(names(fq="extras_access_level:shared", rows="100")) == {SHARED}
    assert names(q="title:(hành AND chính)", fq="res_format:CSV", rows="100")
    order = {"sort": "metadata_modified desc", "rows": "100"}
    newest = result(client.get("/api/3/action/package_search", params=order))["results"]
    moments = [package["metadata_modified"] for package in newest]
    assert moments == sorted(moments, reverse=True)
    assert names(sort="name desc", rows="100") == sorted(names(rows="100"), reverse=True)
    # What is no syntax in plain words is looked for as words, as CKAN does.
    assert names(q="hành chính (2025", rows="100") == names(q="hành chính 2025", rows="100")


@pytest.mark.parametrize(
    "params",
    [
        {"q": "title:(x"},
        {"fq": "name:[a b]"},
        {"fq": "nosuch:x"},
        {"q": "name:a~2"},
        {"fq": "{!join from=a to=b}x"},
        {"fq": "metadata_modified:[yesterday TO *]"},
        {"sort": "password asc"},
        {"sort": "name sideways"},
        {"facet.field": '["nosuch"]'},
        {"bogus": "1"},
        {"q": "name:" + "a" * 5_000},
        {"fq": "(" * 100 + "a" + ")" * 100},
    ],
)
def test_a_question_outside_of_the_syntax_is_refused_and_never_an_incident(
    client: httpx.Client, params: dict[str, str]
) -> None:
    said = error(client.get("/api/3/action/package_search", params=params), 400)
    assert said["__type"] == "Search Query Error"
    assert said["message"].startswith("Search Query is invalid")


def test_pages_and_facets_have_an_end(client: httpx.Client) -> None:
    search = "/api/3/action/package_search"
    found = result(client.get(search, params={"rows": "100000", "facet.field": '["tags"]'}))
    assert len(found["results"]) == found["count"] <= 1000
    assert len(found["facets"]["tags"]) <= 50
    many = json.dumps([f"extras_{number}" for number in range(30)])
    assert error(client.get(search, params={"facet.field": many}), 400)
    assert error(client.get(search, params={"rows": "x"}), 409)["rows"] == ["Invalid integer"]
    assert result(client.get(search, params={"start": "5000"}))["results"] == []
    few = result(client.get(search, params={"fl": "id,name", "rows": "2"}))
    assert [set(package) for package in few["results"]] == [{"id", "name"}] * 2


def test_lists_are_completed_sorted_and_cut(client: httpx.Client) -> None:
    every = result(client.get("/api/3/action/group_list?all_fields=true"))
    assert [group["name"] for group in every] == sorted(group["name"] for group in every)
    most = result(client.get("/api/3/action/group_list?all_fields=1&sort=package_count%20desc"))
    counts = [group["package_count"] for group in most]
    assert counts == sorted(counts, reverse=True)
    first = result(client.get("/api/3/action/group_list?limit=1&offset=1"))
    assert first == [every[1]["name"]]
    shown = result(client.get(f"/api/3/action/group_show?id={every[0]['id']}&include_datasets=1"))
    assert len(shown["packages"]) == every[0]["package_count"]
    typed = result(client.get("/api/3/action/package_autocomplete?q=co quan"))
    assert AGENCIES in {each["name"] for each in typed}
    tags = result(client.get("/api/3/action/tag_list"))
    assert result(client.get(f"/api/3/action/tag_show?id={tags[0]}"))["name"] == tags[0]
    found = result(client.get("/api/3/action/resource_search?query=format:CSV"))
    assert found["count"] == len({each["package_id"] for each in found["results"]})
    assert error(client.get("/api/3/action/resource_search?query=CSV"), 409)
    activity = result(client.get(f"/api/3/action/package_activity_list?id={UNITS}"))
    assert [each["activity_type"] for each in activity] == ["new package"]
    assert result(client.get("/api/3/action/recently_changed_packages_activity_list"))
    whole = result(client.get("/api/3/action/current_package_list_with_resources?limit=2"))
    assert len(whole) == 2
