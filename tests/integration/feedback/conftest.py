"""Datasets installed once; each test, or each module of pages, begins with a copy of them."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.expectations import PACK
from tests.integration.feedback.province import (
    FORMS,
    GROUPS,
    Province,
    first_moment,
    small_province,
)
from tests.integration.feedback.town import Town
from tests.support.served import served
from tinhdata.bootstrap import install_pack, open_platform
from tinhdata.settings import Settings


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the datasets once; what a test changes is put back before the next."""
    folder = tmp_path_factory.mktemp("feedback")
    platform = open_platform(Settings(store=folder / "store", pack=PACK, demo=True), first_moment())
    install_pack(platform, only={GROUPS, FORMS})
    platform.work.run_until_idle("test")
    platform.close()
    shutil.copytree(folder / "store", folder / "kept")
    return folder


@pytest.fixture
def province(installed: Path) -> Iterator[Province]:
    _put_back(installed)
    with small_province(installed) as opened:
        yield opened


@pytest.fixture(scope="module")
def town(installed: Path) -> Iterator[Town]:
    _put_back(installed)
    with small_province(installed) as opened, served(opened.platform) as site:
        found = Town(opened, site)
        yield found
        for client in found.clients:
            client.close()


def _put_back(installed: Path) -> None:
    # Iceberg holds absolute places, so the copy has to stand where the store was made.
    shutil.rmtree(installed / "store")
    shutil.copytree(installed / "kept", installed / "store")
