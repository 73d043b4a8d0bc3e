"""A real platform over the demo pack, and the people who work with it, for journeys."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.data.expectations import PACK
from tests.support.small_pack import FIRST
from tinhdata.access import Actor, Role
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.deliveries import Delivery, Received
from tinhdata.settings import Settings


@contextmanager
def office(
    store: Path, *, demo: bool = True, datasets: Collection[str] = FIRST
) -> Iterator[Platform]:
    """Open a platform with the pack's agencies, simulated people and some of its datasets."""
    platform = open_platform(Settings(store=store, pack=PACK, demo=demo))
    try:
        install_pack(platform, only=datasets)
        yield platform
    finally:
        platform.close()


def person(platform: Platform, dataset: str, role: Role) -> Actor:
    """Give the simulated person with `role` in the agency that owns `dataset`."""
    agency = platform.registry.active(dataset).contract.agency
    for each in platform.pack.people:
        if each.agency == agency and role in each.roles:
            return platform.access.actor(each.login)
    raise LookupError(f"nobody is {role} for {dataset}")


def send(platform: Platform, actor: Actor, dataset: str, path: Path) -> Received:
    """Deliver the file at `path`."""
    return platform.deliveries.receive(actor, dataset, [path.read_bytes()], path.name)


def settled(platform: Platform, actor: Actor, delivery: str) -> Delivery:
    """Let all work be done and give the delivery as it stands then."""
    platform.work.run_until_idle("tests")
    return platform.deliveries.get(actor, delivery)
