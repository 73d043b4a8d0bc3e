"""A contract proposed by program, compared, approved and put into force by people."""

from collections.abc import Iterator

import pytest

from tests.data.expectations import PACK
from tests.integration.api.asking import PROCEDURES, SENSOR, Site
from tests.support.office import office
from tests.support.served import served
from tinhdata.access import Role


@pytest.fixture
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        office(tmp_path_factory.mktemp("contracts") / "store") as platform,
        served(platform) as address,
    ):
        yield Site(platform, address)


def closed_contract() -> bytes:
    """Give the contract of the pack with a higher version and another access level."""
    text = next((PACK / "contracts").rglob(f"{PROCEDURES}.yaml")).read_text("utf-8")
    changes = {
        'version: "1.0.0"': 'version: "2.0.0"',
        "{property: accessLevel, value: open}": "{property: accessLevel, value: private}",
    }
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text.encode()


def test_a_dataset_is_closed_by_a_contract_that_two_people_decide(own_site: Site) -> None:
    closed = closed_contract()
    with own_site.officer(SENSOR) as elsewhere:
        assert elsewhere.post("/contracts?filename=a.yaml", content=closed).status_code == 403
    with own_site.officer(PROCEDURES, Role.APPROVER) as approver:
        assert approver.post("/contracts?filename=a.yaml", content=closed).status_code == 403
    with own_site.operator() as operator:
        broken = operator.post("/contracts?filename=a.yaml", content=b"id: x\nid: y\n")
        assert (broken.status_code, broken.json()["code"]) == (422, "contract-invalid")
        assert broken.json()["findings"][0]["where"].startswith("a.yaml:")
        made = operator.post("/contracts?filename=a.yaml", content=closed)
        assert made.status_code == 201, made.text
        path = f"/contracts/{made.json()['hash']}"
        assert operator.post(f"{path}/approval", json={}).status_code == 403
    with own_site.anyone() as anyone:
        assert anyone.get("/contracts/waiting").status_code == 401
        assert anyone.get(f"{path}/comparison").status_code == 401
        assert anyone.get(f"/datasets/{PROCEDURES}/rows").status_code == 200
    with own_site.officer(PROCEDURES, Role.APPROVER) as approver:
        waiting = approver.get("/contracts/waiting").json()
        assert [(each["hash"], each["may_approve"]) for each in waiting] == [
            (made.json()["hash"], True)
        ]
        compared = approver.get(f"{path}/comparison").json()
        assert compared["breaks_consumers"]
        assert compared["changes"][0]["text"]
        early = approver.post(f"{path}/activation")
        assert (early.status_code, early.json()["code"]) == (409, "contract-wrong-state")
        assert approver.post(f"{path}/approval", json={}).status_code == 200
        assert approver.post(f"{path}/activation").json()["state"] == "active"
        masked = approver.get(f"/datasets/{PROCEDURES}/rows")
        assert masked.status_code == 200
        assert masked.headers["cache-control"] == "no-store"
    with own_site.anyone() as anyone:
        # Closed from now on, its open past included; a stranger is not even told that it exists.
        hidden = ("", "/rows", "/rows.csv?release=1", "/releases", "/contract.json", "/dictionary")
        for path in (*hidden, "/template.xlsx", "/diff?from=1&to=1"):
            assert anyone.get(f"/datasets/{PROCEDURES}{path}").status_code == 404, path
