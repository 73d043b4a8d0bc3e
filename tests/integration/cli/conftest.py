"""Stores for the command line: an empty one per test, one with the pack for a whole module."""

from pathlib import Path

import pytest

from tests.integration.cli.running import Shell
from tests.support.small_pack import small_pack


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "store")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    folder = tmp_path_factory.mktemp("demo")
    pack = small_pack(folder / "pack")
    shell = Shell(folder / "store", {"TINHDATA_DEMO": "true", "TINHDATA_PACK": str(pack)})
    loaded = shell.json("pack load")
    assert loaded.code == 0, loaded.out + loaded.err
    return shell
