"""Registers, terms of use and statistics of use: pages and interface over a real platform."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from tests.data.expectations import PACK
from tests.support.office import office
from tinhdata.app import create_app
from tinhdata.bootstrap import Platform
from tinhdata.kernel import FixedClock
from tinhdata.registers import Registers, Shelves
from tinhdata.settings import Settings

PLAN, SERVICES, UNITS = "ke-hoach-du-lieu-mo", "dich-vu-lgsp", "danh-muc-don-vi-hanh-chinh"
NAMES = ("shared-databases", "sectoral-databases", "datasets", "services", "open-data-plan")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    wanted = {PLAN, SERVICES, UNITS}
    with office(tmp_path_factory.mktemp("published") / "store", datasets=wanted) as opened:
        yield opened


@pytest.fixture
async def client(platform: Platform) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_app(platform))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as opened:
        yield opened


@pytest.mark.anyio
async def test_each_register_is_published_with_edition_decision_and_date(
    client: httpx.AsyncClient,
) -> None:
    listed = (await client.get("/api/v1/registers")).json()
    assert [each["name"] for each in listed] == list(NAMES)
    page = (await client.get("/registers")).text
    for each in listed:
        edition = each["edition"]
        assert edition["version"]
        assert edition["decision"]["date"] <= edition["valid_from"]
        assert edition["decision"]["certainty"] == "simulated"
        assert each["review_rule"]["months"] == 6
        assert "47/2020" in each["review_rule"]["basis"]
        assert f"/registers/{each['name']}" in page
        assert edition["decision"]["number"] in page


@pytest.mark.anyio
@pytest.mark.parametrize("name", NAMES)
async def test_the_same_entries_stand_on_the_page_in_json_and_in_csv(
    client: httpx.AsyncClient, name: str
) -> None:
    answer = await client.get(f"/api/v1/registers/{name}")
    items = answer.json()["items"]
    assert items
    file = await client.get(f"/api/v1/registers/{name}.csv")
    assert file.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.text)))
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    assert all(row["decision"] and row["decision_date"] for row in rows)
    page = (await client.get(f"/registers/{name}")).text
    assert items[0]["id"] in page or name.endswith("databases")
    again = await client.get(
        f"/api/v1/registers/{name}", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


@pytest.mark.anyio
async def test_datasets_say_layer_sector_cycle_basis_and_whom_to_ask(
    client: httpx.AsyncClient,
) -> None:
    found = (await client.get("/api/v1/registers/datasets?layer=reference")).json()["items"]
    (units,) = (item for item in found if item["id"] == UNITS)
    assert units["update_cycle"]
    assert units["sector"]
    assert "@" in units["contact"]
    assert units["legal_basis"][0]["urn"].startswith("urn:vn:")
    assert units["contract_version"]
    assert units["contract_approved"]
    assert units["limit"]["date"] is None, "a code list changes when a decision changes it"
    assert {item["layer"] for item in found} == {"reference"}


@pytest.mark.anyio
async def test_services_are_those_of_the_portal_and_those_of_the_sharing_platform(
    client: httpx.AsyncClient,
) -> None:
    items = (await client.get("/api/v1/registers/services")).json()["items"]
    own = [item for item in items if item["origin"] is None]
    declared = [item for item in items if item["origin"] == SERVICES]
    assert {item["dataset"] for item in own} >= {UNITS, PLAN, SERVICES}
    assert declared
    for item in own:
        if item["serving"]:
            assert (await client.get(item["address"])).status_code == 200
            assert (await client.get(item["structure"])).status_code == 200
    assert any(item["publication"]["days_late"] for item in declared)


def test_reviews_and_updates_become_overdue_by_themselves(platform: Platform) -> None:
    def on(day: str) -> Registers:
        clock = FixedClock(datetime.fromisoformat(f"{day}T05:00:00").replace(tzinfo=UTC))
        shelves = Shelves(
            platform.catalogue, platform.registry, platform.warehouse, platform.pack.calendar
        )
        return Registers(platform.pack.registers, shelves, clock)

    early, late = on("2026-10-06"), on("2026-10-09")
    plan = early.register("open-data-plan")
    assert early.review(plan).days_late == 0
    assert late.review(plan).days_late == 3
    assert on("2019-01-01").review_rule is None
    assert early.edition(plan) is not None
    assert on("2026-01-30").edition(plan) is None
    shared = on("2026-05-01")
    before = shared.edition(shared.register("shared-databases"))
    assert before is not None
    assert before.version == "1"


@pytest.mark.anyio
async def test_every_agency_has_a_page_with_its_contact_point(
    client: httpx.AsyncClient, platform: Platform
) -> None:
    agencies = (await client.get("/api/v1/agencies")).json()
    assert len(agencies) > 100
    for each in agencies:
        assert "@" in each["contact_point"]["email"]
        assert each["contact_point"]["certainty"] == "simulated"
    commune = next(each for each in agencies if each["kind"] == "commune")
    page = (await client.get(f"/agencies/{commune['code']}")).text
    assert commune["contact_point"]["email"] in page
    assert "Mô phỏng" in page


@pytest.mark.anyio
async def test_the_terms_of_use_are_a_page_and_a_policy_that_forbids_resale(
    client: httpx.AsyncClient,
) -> None:
    page = (await client.get("/terms")).text
    assert "bán lại" in page
    assert (await client.get("/terms/1.0")).status_code == 200
    assert (await client.get("/terms/0.1")).status_code == 404
    answer = await client.get("/api/v1/terms/1.0")
    assert answer.headers["content-type"] == "application/ld+json"
    policy = answer.json()
    assert policy["@type"] == "odrl:Policy"
    assert {"action": "odrl:sell"} in policy["prohibition"]
    assert {"action": "odrl:attribute"} in policy["obligation"]
    assert policy["is_open_licence"] is False
    assert (await client.get("/api/v1/terms")).json()[0]["@id"] == policy["@id"]


@pytest.mark.anyio
async def test_licences_of_datasets_lead_to_pages_that_are_there(client: httpx.AsyncClient) -> None:
    graph = (await client.get(f"/dataset/{UNITS}.jsonld")).text
    assert "http://127.0.0.1/terms/1.0" in graph
    assert (await client.get("/terms/1.0")).status_code == 200
    licences = (await client.get("/api/3/action/license_list")).json()["result"]
    (own,) = (each for each in licences if each["url"].startswith("http://127.0.0.1"))
    assert (await client.get(own["url"])).status_code == 200
    package = (await client.get(f"/api/3/action/package_show?id={UNITS}")).json()["result"]
    assert package["license_url"] == own["url"]
    assert package["isopen"] is False
    page = (await client.get(f"/datasets/{UNITS}")).text
    assert 'href="/terms/1.0" rel="license"' in page


@pytest.mark.anyio
async def test_use_is_counted_by_dataset_day_and_form_and_robots_apart(
    client: httpx.AsyncClient, platform: Platform
) -> None:
    browser = {"User-Agent": "Mozilla/5.0 Firefox/141.0", "Cookie": "language=vi"}
    robot = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}

    async def uses() -> dict[str, int]:
        platform.usage.write()
        found = (await client.get(f"/api/v1/datasets/{PLAN}/statistics")).json()
        return {name: found["total"][name] for name in ("views", "downloads", "calls", "robots")}

    before = await uses()
    name = (await client.get("/api/3/action/package_show", params={"id": PLAN})).json()
    resource = name["result"]["resources"][0]["id"]
    for path in (f"/datasets/{PLAN}", f"/datasets/{PLAN}/quality"):
        assert (await client.get(path, headers=browser)).status_code == 200
    await client.get(f"/datasets/{PLAN}", headers=robot)
    await client.head(f"/datasets/{PLAN}", headers=browser)
    for path in (f"/api/v1/datasets/{PLAN}/rows.csv", f"/datastore/dump/{resource}"):
        assert (await client.get(path)).status_code == 200
    await client.get("/api/3/action/datastore_search", params={"resource_id": resource})
    await client.post("/api/v1/sql", json={"sql": f'SELECT count(*) FROM "{PLAN}"'})
    await client.get("/api/v1/datasets/khong-co/rows")
    after = await uses()
    grown = {name: after[name] - before[name] for name in after}
    # package_show, datastore_search and the question in SQL are calls by programs.
    assert grown == {"views": 2, "downloads": 2, "calls": 3, "robots": 1}
    forms = (await client.get(f"/api/v1/datasets/{PLAN}/statistics")).json()["forms"]
    assert {each["form"] for each in forms} >= {"page", "csv", "ckan", "sql"}
    whole = (await client.get("/api/v1/statistics")).json()
    assert PLAN in {each["dataset"] for each in whole["datasets"]}
    assert whole["kept"]
    page = (await client.get("/statistics")).text
    assert "Không giữ kèm địa chỉ" in page
    own = (await client.get(f"/statistics?dataset={PLAN}&days=90")).text
    assert "<svg" in own
    shown = (await client.get(f"/datasets/{PLAN}")).text
    assert f"/statistics?dataset={PLAN}" in shown


def test_counts_survive_the_end_of_the_process(platform: Platform, tmp_path: object) -> None:
    from tinhdata.bootstrap import open_platform

    store = platform.settings.store
    first = open_platform(Settings(store=store, pack=PACK, demo=True))
    before = first.usage.by_dataset(1).get("x-thu")
    app = create_app(first)
    assert app is not None
    from tinhdata.usage import Act, Use

    first.usage.note(Use("x-thu", Act.VIEW, "page"))
    first.close()
    again = open_platform(Settings(store=store, pack=PACK, demo=True))
    assert before is None
    assert again.usage.by_dataset(1)["x-thu"].views == 1
    again.close()


def test_a_dataset_takes_an_open_licence_only_where_its_agency_has_approved_it(
    platform: Platform,
) -> None:
    from tinhdata.contracts import LicenceApproval

    contract = platform.registry.active(UNITS).contract
    check = platform.publishing_check
    opened = replace(contract, licence="CC-BY-4.0")
    (refused,) = [c for c in check.complaints(opened) if c.forbids]
    assert refused.rule == "licence-approval"
    day = datetime(2026, 9, 1, tzinfo=UTC).date()
    other = replace(opened, licence_approval=LicenceApproval("H99.99", day, "Công văn 1"))
    assert [c.rule for c in check.complaints(other) if c.forbids] == ["licence-approval"]
    approval = LicenceApproval(contract.agency, day, "Công văn 1")
    own = replace(opened, licence_approval=approval)
    assert [c.rule for c in check.complaints(own) if c.forbids] == []
