"""A changed contract waits for an approver, who reads it before it comes into force."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.data.expectations import PACK
from tests.integration.web.officers import sit_down
from tests.support.served import served
from tests.support.small_pack import FIRST
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.contracts import load_contract
from tinhdata.registry import ContractState
from tinhdata.settings import Settings

FILE = next(PACK.glob("contracts/*/danh-muc-ma-thu-tuc.yaml"))


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    store = tmp_path_factory.mktemp("contracts") / "store"
    opened = open_platform(Settings(store=store, pack=PACK, demo=True))
    install_pack(opened, only=FIRST)
    yield opened
    opened.close()


def proposed(platform: Platform) -> str:
    """Propose the next version of a contract as the operator; give its hash."""
    text = FILE.read_text(encoding="utf-8").replace('version: "1.0.0"', 'version: "1.0.1"')
    text = text.replace('  usage: "', '  usage: "Bản sửa lời. ', 1)
    loaded = load_contract(text.encode(), FILE.name)
    operator = platform.access.actor("vanhanh").id
    with platform.db.transaction() as tx:
        platform.registry.propose(tx, operator, loaded, FILE.name)
    return loaded.hash


def test_an_approver_reads_a_contract_and_puts_it_into_force(platform: Platform) -> None:
    contract = proposed(platform)
    path = f"/approvals/contracts/{contract}"
    with served(platform) as site, ExitStack() as leaving:
        stranger = sit_down(platform, site, "duyet.nnmt")
        leaving.callback(stranger.client.close)
        assert f"{path}/approve" not in stranger.get("/approvals")
        assert stranger.post(f"{path}/approve").status_code == 403
        stranger.get(f"{path}.yaml", 403)
        approver = sit_down(platform, site, "duyet.vanphong")
        leaving.callback(approver.client.close)
        shown = approver.get("/approvals")
        assert 'href="/contracts/danh-muc-ma-thu-tuc/1.0.1"' in shown
        assert "Bản sửa lời" in approver.get(f"{path}.yaml")
        answer = approver.post(f"{path}/approve")
        assert answer.status_code == 303, answer.text
    now = platform.registry.by_hash(contract)
    assert now.state is ContractState.ACTIVE
    assert not now.is_approved_automatically
    before = [v for v in platform.registry.versions(now.dataset) if v.hash != contract]
    assert [version.state for version in before] == [ContractState.RETIRED]
