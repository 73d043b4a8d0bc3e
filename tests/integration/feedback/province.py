"""A small platform with a clock that is moved, a mail server and a receiver of webhooks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.data.expectations import PACK
from tests.support.mailbox import Mailbox, Receiver, mailbox, receiver
from tinhdata.access import Actor, Role
from tinhdata.bootstrap import Platform, open_platform
from tinhdata.contracts import load_contract
from tinhdata.kernel import FixedClock
from tinhdata.settings import Settings

GROUPS = "danh-muc-dan-toc"
FORMS = "danh-muc-loai-hinh-doanh-nghiep"
_VERSIONS = ('version: "1.0.0"', 'version: "9.0.0"')


@dataclass
class Province:
    """The platform and those around it."""

    platform: Platform
    clock: FixedClock
    box: Mailbox
    hook: Receiver

    def work(self) -> None:
        self.platform.work.run_until_idle("test")

    def person(self, role: Role, dataset: str = GROUPS) -> Actor:
        agency = self.platform.registry.active(dataset).contract.agency
        login = next(
            each.login
            for each in self.platform.pack.people
            if each.agency == agency and role in each.roles
        )
        return self.platform.access.actor(login)

    def make_private(self, dataset: str) -> None:
        """Bring a version of the contract into force that closes the dataset."""
        registry = self.platform.registry
        text = next((PACK / "contracts").rglob(f"{dataset}.yaml")).read_text(encoding="utf-8")
        for old, new in (("accessLevel, value: open", "accessLevel, value: private"), _VERSIONS):
            assert text.count(old) == 1
            text = text.replace(old, new)
        loaded = load_contract(text.encode(), "closed.yaml")
        with self.platform.db.transaction() as tx:
            registry.propose(tx, "test", loaded)
        with self.platform.db.transaction() as tx:
            registry.approve(tx, "pack", loaded.hash)
            registry.activate(tx, "pack", loaded.hash)
        self.work()

    def operator(self) -> Actor:
        return self.platform.access.actor("vanhanh")

    def events(self, kind: str) -> list[dict[str, object]]:
        with self.platform.db.read() as tx:
            entries = self.platform.journal.read(tx, limit=100_000)
            return [dict(entry.data) for entry in entries if entry.kind == kind]


@contextmanager
def small_province(installed: Path) -> Iterator[Province]:
    """Open the platform that was copied into place, with a mail server and a receiver."""
    clock = first_moment()
    with mailbox() as box, receiver() as hook:
        settings = Settings(
            store=installed / "store",
            pack=PACK,
            demo=True,
            public_url="https://dulieu.example",
            mail_host="127.0.0.1",
            mail_port=box.port,
            mail_tls="none",
            mail_sender="dulieu@example.vn",
            webhook_private_hosts=frozenset({"127.0.0.1"}),
            proxies=("127.0.0.1",),
        )
        platform = open_platform(settings, clock)
        yield Province(platform, clock, box, hook)
        platform.close()


def first_moment() -> FixedClock:
    """Give the clock at which every test begins."""
    return FixedClock(datetime(2026, 11, 23, 2, tzinfo=UTC))
