"""Contracts checked and tried out by program, before and after someone proposes them."""

from collections.abc import Iterator

import pytest

from tests.data.expectations import PACK
from tests.integration.api.asking import PROCEDURES, Site
from tests.support.office import office
from tests.support.served import served
from tinhdata.access import Role


@pytest.fixture(scope="module")
def own_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        office(tmp_path_factory.mktemp("trials") / "store") as platform,
        served(platform) as address,
    ):
        yield Site(platform, address)


def contract(**changes: str) -> bytes:
    """Give the contract of the pack with parts of its text replaced."""
    text = next((PACK / "contracts").rglob(f"{PROCEDURES}.yaml")).read_text("utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


def longer() -> bytes:
    return contract(**{'version: "1.0.0"': 'version: "2.0.0"', "minLength: 1": "minLength: 40"})


def renamed() -> bytes:
    text = contract().decode()
    assert "name: ten_thu_tuc" in text or "name: ten" in text
    return text.replace("accessLevel, value: open", "accessLevel, value: shared").encode()


def test_a_check_says_what_is_wrong_and_what_would_change(own_site: Site) -> None:
    with own_site.officer(PROCEDURES) as officer:
        broken = officer.post("/contracts/check?filename=a.yaml", content=b"id: x\nid: y\n").json()
        assert not broken["sound"]
        assert broken["findings"][0]["where"] == "a.yaml:2"
        changed = officer.post("/contracts/check?filename=a.yaml", content=renamed()).json()
        assert changed["dataset"] == PROCEDURES
        assert (changed["sound"], changed["next_version"]) == (False, "2.0.0")
        assert changed["comparison"]["breaks_consumers"]
        assert changed["refusals"]
        same = officer.post("/contracts/check?filename=a.yaml", content=contract()).json()
        assert (same["sound"], same["next_version"], same["refusals"]) == (True, None, [])
        assert same["comparison"]["changes"] == []
    with own_site.anyone() as anyone:
        assert anyone.post("/contracts/check", content=contract()).status_code == 401


def test_a_dry_run_is_asked_for_and_looked_at_by_its_id(own_site: Site) -> None:
    text = renamed().replace(b'version: "1.0.0"', b'version: "2.0.0"')
    with own_site.officer(PROCEDURES) as officer:
        asked = officer.post("/contracts/dry-runs?filename=a.yaml", content=text)
        assert asked.status_code == 202, asked.text
        path = f"/contracts/dry-runs/{asked.json()['id']}"
        own_site.platform.work.run_until_idle("test")
        done = officer.get(path).json()
        assert done["state"] == "done", done
        found = done["outcome"]
        assert found["made"] == found["released"] + found["held"] + found["linked"]
        assert (found["newly_held"], found["newly_released"]) == (0, 0)
    with own_site.anyone() as anyone:
        assert anyone.get(path).status_code == 401
    with own_site.officer("quan-trac-bui-khong-khi") as stranger:
        assert stranger.get(path).status_code == 403
        assert stranger.post("/contracts/dry-runs", content=text).status_code == 403


def test_an_officer_of_the_owner_proposes_and_the_text_is_kept(own_site: Site) -> None:
    text = b"# Ghi ch\xc3\xba c\xe1\xbb\xa7a c\xc3\xa1n b\xe1\xbb\x99\n" + contract(
        **{'version: "1.0.0"': 'version: "1.0.7"', '  usage: "': '  usage: "Bản sửa lời. '}
    )
    with own_site.officer("quan-trac-bui-khong-khi") as stranger:
        assert stranger.post("/contracts?filename=a.yaml", content=text).status_code == 403
    with own_site.officer(PROCEDURES) as officer:
        made = officer.post("/contracts?filename=a.yaml", content=text)
        assert made.status_code == 201, made.text
        assert not made.json()["may_approve"]
    assert own_site.platform.registry.text(made.json()["hash"]) == text
    with own_site.officer(PROCEDURES, Role.APPROVER) as approver:
        path = f"/contracts/{made.json()['hash']}"
        assert approver.post(f"{path}/approval", json={}).status_code == 200
