"""One served portal for all tests that let other people's clients and validators look at it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conformance.portal import Portal
from tests.support.office import office
from tests.support.served import served


@pytest.fixture(scope="session")
def open_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    store: Path = tmp_path_factory.mktemp("portal") / "store"
    with office(store) as platform:
        platform.work.run_until_idle("tests")
        with served(platform) as site:
            yield Portal(platform, site)
