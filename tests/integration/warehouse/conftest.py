from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.warehouse.builders import Desk, desk


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Desk]:
    with desk(tmp_path) as made:
        yield made
