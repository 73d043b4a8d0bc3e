"""People at their desks: a signed-in client that fills in the forms it is shown."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from pathlib import Path

from httpx import Client, Response

from tests.data.expectations import PACK
from tests.integration.deliveries.packing import Set, contract_text
from tests.support.served import served
from tests.support.small_pack import FIRST
from tinhdata.bootstrap import Platform, demo_accounts, install_pack, open_platform
from tinhdata.contracts import load_contract
from tinhdata.settings import Settings

DATA = Path(__file__).parents[2] / "data"
_ID = re.compile(r"dlv_[0-9a-z]+")
_STATISTICS = "dan-so-dien-tich-mat-do"


@dataclass
class Desk:
    """A person with a browser."""

    platform: Platform
    client: Client
    csrf: str = field(default="", repr=False)

    def get(self, path: str, status: int = 200) -> str:
        """Open a page and give its text."""
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    def post(
        self,
        path: str,
        fields: Mapping[str, str | Sequence[str]] | None = None,
        file: Path | None = None,
    ) -> Response:
        """Send a form with its token; redirects are not followed."""
        sent = {"file": (file.name, file.read_bytes())} if file else None
        data = {"csrf": self.csrf, **(fields or {})}
        return self.client.post(path, data=data, files=sent)

    def follow(self, answer: Response) -> str:
        """Go where an answer leads and give the page."""
        assert answer.status_code == 303, answer.text
        return self.get(answer.headers["location"])

    def deliver(self, dataset: str, file: Path) -> str:
        """Send a file and wait for its check; give the delivery's id."""
        answer = self.post(f"/deliveries/new/{dataset}", file=file)
        assert answer.status_code == 303, answer.text
        found = _ID.search(answer.headers["location"])
        assert found is not None
        self.work()
        return found.group()

    def work(self) -> None:
        """Let the platform do what waits."""
        self.platform.work.run_until_idle("test")


def sit_down(platform: Platform, address: str, login: str) -> Desk:
    """Sign in as one of the demo's people, through the page."""
    client = Client(base_url=address, headers={"Accept-Language": "vi"}, timeout=60)
    (password,) = {each.password for each in demo_accounts(platform)}
    answer = client.post("/sign-in", data={"login": login, "password": password, "back": "/desk"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/desk").text)
    assert token is not None
    return Desk(platform, client, token.group(1))


@contextmanager
def officer_of(dataset: Set, store: Path) -> Iterator[Desk]:
    """Serve a new platform that also has `dataset`, with an officer of its agency signed in."""
    platform = open_platform(Settings(store=store, pack=PACK, demo=True))
    install_pack(platform, only=FIRST)
    agency = platform.registry.active(_STATISTICS).contract.agency
    loaded = load_contract(contract_text(replace(dataset, agency=agency)).encode(), "bang.yaml")
    with platform.db.transaction() as tx:
        platform.registry.propose(tx, "pack", loaded)
        platform.registry.approve(tx, "pack", loaded.hash)
        platform.registry.activate(tx, "pack", loaded.hash)
    with served(platform) as address:
        desk = sit_down(platform, address, "canbo.taichinh")
        yield desk
        desk.client.close()
    platform.close()
