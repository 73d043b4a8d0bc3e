"""Stores for the command line: an empty one per test, one with the pack for a whole module."""

from pathlib import Path

import pytest

from tests.integration.cli.running import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "store")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    shell = Shell(tmp_path_factory.mktemp("demo") / "store", {"TINHDATA_DEMO": "true"})
    loaded = shell.json("pack load")
    assert loaded.code == 0, loaded.out + loaded.err
    return shell
