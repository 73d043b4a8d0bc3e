"""The real app over the demo pack on a free port, and people and programs that ask it."""

from collections.abc import Iterator

import pytest
from httpx import Client

from tests.integration.api.asking import Site
from tests.support.office import office
from tests.support.served import served
from tinhdata.bootstrap import Platform


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with office(tmp_path_factory.mktemp("api") / "store") as opened:
        yield opened


@pytest.fixture(scope="package")
def site(platform: Platform) -> Iterator[Site]:
    with served(platform) as address:
        yield Site(platform, address)


@pytest.fixture
def anyone(site: Site) -> Iterator[Client]:
    with site.anyone() as client:
        yield client
