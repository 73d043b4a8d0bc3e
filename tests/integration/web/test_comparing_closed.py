"""Two releases compared: what the contract of either of them hides stays hidden."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Client

from tests.support.office import person, send, settled
from tests.support.served import served
from tests.support.small_pack import small_pack
from tinhdata.access import Role
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.contracts import load_contract
from tinhdata.deliveries import State
from tinhdata.settings import Settings

DATASET = "danh-muc-co-quan"
COLUMN = "ten"
MASKED = "{property: mask, value: first-letters}"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the pack in which the names of agencies are masked for the public."""
    folder = tmp_path_factory.mktemp("masked") / "pack"
    small_pack(folder)
    path = contract_of(folder)
    text = path.read_text(encoding="utf-8")
    label = "{property: labels, value: {en: {name: Agency name}}}"
    assert text.count(label) == 1
    path.write_text(text.replace(label, f"{label}\n          - {MASKED}"), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def platform(pack: Path) -> Iterator[Platform]:
    opened = open_platform(Settings(store=pack.parent / "store", pack=pack, demo=True))
    install_pack(opened)
    yield opened
    opened.close()


def contract_of(pack: Path) -> Path:
    return next((pack / "contracts").rglob(f"{DATASET}.yaml"))


def unmask(platform: Platform, pack: Path) -> None:
    """Put a contract into force that masks nothing any more, signed for as the rules want."""
    text = contract_of(pack).read_text(encoding="utf-8")
    text = text.replace(f"          - {MASKED}\n", "").replace('"1.0.0"', '"2.0.0"')
    loaded = load_contract(text.encode(), "open.yaml")
    approver = person(platform, DATASET, Role.APPROVER)
    signer = person(platform, DATASET, Role.OFFICER)
    with platform.db.transaction() as tx:
        platform.registry.propose(tx, platform.access.actor("vanhanh").id, loaded)
        platform.registry.sign(tx, signer.id, loaded.hash)
        platform.registry.approve(tx, approver.id, loaded.hash)
        platform.registry.activate(tx, approver.id, loaded.hash)


def test_a_name_that_was_masked_is_not_shown_beside_its_successor(
    platform: Platform, pack: Path, tmp_path: Path
) -> None:
    unmask(platform, pack)
    lines = (pack / "samples" / f"{DATASET}.csv").read_text(encoding="utf-8").splitlines()
    code, old, *rest = lines[2].split(",")
    changed = tmp_path / "moi.csv"
    changed.write_text("\n".join([*lines[:2], ",".join([code, "Tên mới", *rest]), *lines[3:]]))
    officer = person(platform, DATASET, Role.OFFICER)
    sent = send(platform, officer, DATASET, changed).delivery
    settled(platform, officer, sent.id)
    platform.deliveries.publish(officer, sent.id)
    platform.deliveries.approve(person(platform, DATASET, Role.APPROVER), sent.id)
    assert settled(platform, officer, sent.id).state is State.RELEASED

    with served(platform) as address, Client(base_url=address) as site:
        assert "Tên mới" in site.get(f"/datasets/{DATASET}?q=ten+moi").text
        for path in (f"/datasets/{DATASET}/diff?old=1&new=2",
                     f"/api/v1/datasets/{DATASET}/diff?from=1&to=2"):  # fmt: skip
            compared = site.get(path)
            assert compared.status_code == 200
            assert code in compared.text
            assert old not in compared.text, path
