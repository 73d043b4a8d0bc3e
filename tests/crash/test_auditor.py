"""The auditor of these tests sees what is wrong: each kind of damage, done by hand."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.crash.account import Auditor
from tests.crash.children import PACK
from tests.crash.files import Act, Mode
from tests.crash.lives import People, Said
from tinhdata.bootstrap import install_pack, open_platform
from tinhdata.settings import Settings


class Shop:
    """A store in which everything is well, the place it is copied from, and what was said."""

    def __init__(self, folder: Path) -> None:
        self.store = folder / "store"
        self._kept = folder / "kept"
        self.said: list[Said] = []
        platform = open_platform(self._settings())
        install_pack(platform)
        people = People(platform, Mode.APPEND, self.said.append)
        people.do(Act.BEGIN)
        people.do(Act.DELIVER)
        platform.close()
        shutil.copytree(self.store, self._kept)

    def restore(self) -> None:
        shutil.rmtree(self.store)
        shutil.copytree(self._kept, self.store)

    def faults(self, *, of_said: bool = True) -> list[str]:
        platform = open_platform(self._settings())
        try:
            return Auditor(platform, Mode.APPEND).faults(self.said if of_said else ())
        finally:
            platform.close()

    def sql(self, statement: str) -> None:
        with closing(sqlite3.connect(self.store / "tinhdata.db")) as database:
            assert database.execute(statement).rowcount > 0
            database.commit()

    def one_of(self, pattern: str) -> Path:
        return min(self.store.glob(pattern))

    def _settings(self) -> Settings:
        return Settings(store=self.store, pack=PACK, demo=True)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return Shop(tmp_path_factory.mktemp("auditor"))


@pytest.fixture
def shop(prepared: Shop) -> Shop:
    prepared.restore()
    return prepared


def test_nothing_is_found_where_nothing_is_wrong(shop: Shop) -> None:
    assert shop.faults() == []


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("landing/??/??/*", "landed bytes"),
        ("quarantine/*/*.parquet", "The quarantine file is missing"),
    ],
)
def test_a_file_that_is_gone_is_found(shop: Shop, pattern: str, said: str) -> None:
    shop.one_of(pattern).unlink()
    assert said in "\n".join(shop.faults(of_said=False))


def test_a_file_that_was_altered_is_found(shop: Shop) -> None:
    path = shop.one_of("warehouse/tables/so-do-thang/data/*.parquet")
    content = bytearray(path.read_bytes())
    content[8] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)
    assert "is altered" in "\n".join(shop.faults())


def _of_last(table: str, change: str) -> str:
    return (
        f"UPDATE {table} SET {change} WHERE id = "
        f"(SELECT max(id) FROM {table} WHERE dataset = 'so-do-thang')"
    )


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (_of_last("delivery", "rows = json_set(rows, '$.made', 99)"), "account for its rows"),
        (_of_last("delivery", "units = json_set(units, '$.units', 9)"), "account for its lines"),
        (_of_last("delivery", "state = 'publishing'"), "although all work is done"),
        (_of_last("delivery", "state = 'checked'"), "lost: Said(verb='publish'"),
        (_of_last("delivery", "release = NULL"), "do not belong together"),
        (_of_last("release", "rows = rows + 1"), "does not add up"),
        (_of_last("release", "rows = rows - 1, inserted = inserted - 1"), "rows and holds"),
        (_of_last("release", "state = 'superseded'"), "current are releases []"),
        (_of_last("release", "number = 9"), "releases are numbered"),
        ("DELETE FROM quarantine_mend", "lost: Said(verb='mend'"),
        ("UPDATE quarantine_decision SET release = NULL", "name no release"),
        ("UPDATE catalogue_record SET release = 'rel_0'", "the catalogue names"),
        ("UPDATE work_item SET state = 'waiting'", "pieces of work are waiting"),
    ],
)
def test_a_row_that_says_something_else_is_found(shop: Shop, statement: str, said: str) -> None:
    shop.sql(statement)
    assert said in "\n".join(shop.faults())


def _twice(shop: Shop) -> None:
    shop.sql("UPDATE delivery SET filename = 'lan-1.csv' WHERE dataset = 'so-do-thang'")


def _forgotten(shop: Shop) -> None:
    shop.sql("DELETE FROM delivery_step")
    shop.sql("DELETE FROM delivery WHERE id = (SELECT max(id) FROM delivery)")


@pytest.mark.parametrize(
    ("damage", "said"), [(_twice, "was taken in 2 times"), (_forgotten, "lost: Said(verb=")]
)
def test_a_delivery_that_is_double_or_lost_is_found(
    shop: Shop, damage: Callable[[Shop], None], said: str
) -> None:
    damage(shop)
    assert said in "\n".join(shop.faults())
