"""Opens the platform for one command and says who acts.

Whoever may read the store's key files can do anything there, so on the machine itself a login name
is enough and no password is asked; what that person may do is decided as everywhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tinhdata.access import ANONYMOUS, Actor
from tinhdata.bootstrap import Platform, open_platform
from tinhdata.cli.errors import NoStore
from tinhdata.kernel import t
from tinhdata.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """The open platform and the person at it."""

    platform: Platform
    actor: Actor


@contextmanager
def at_desk(settings: Settings, login: str | None) -> Iterator[Desk]:
    """Open the store that is there for the person `login`; raises NoStore, AccessNotFound."""
    demand_store(settings)
    with opened(settings) as platform:
        actor = ANONYMOUS if login is None else platform.access.actor(login)
        yield Desk(platform, actor)


@contextmanager
def opened(settings: Settings) -> Iterator[Platform]:
    """Open the platform, making the store if it is new, and close it at the end."""
    platform = open_platform(settings)
    try:
        yield platform
    finally:
        platform.close()


def demand_store(settings: Settings) -> None:
    """Raise NoStore unless the store's folder is there."""
    if not settings.store.is_dir():
        raise NoStore(
            t("There is no store at {folder}.", folder=str(settings.store)),
            fix=t("Make one with tinhdata init, or name another folder in TINHDATA_STORE."),
        )
