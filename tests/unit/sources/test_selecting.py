"""The statements of a pull, compiled for each kind of server.

PostgreSQL and MariaDB are asked for real elsewhere. No SQL Server and no Oracle could be had: for
those two the statements are compiled and read here, and were never executed.
"""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql

from tinhdata.contracts import PeriodUnit
from tinhdata.sources.drivers import oracle as oracle_kind
from tinhdata.sources.drivers import sqlserver as sqlserver_kind
from tinhdata.sources.drivers.selecting import Grouping, Selection
from tinhdata.sources.model import DatabasePlace

_CLASSES = {
    "postgresql": postgresql.dialect,
    "mysql": mysql.dialect,
    "sqlserver": mssql.dialect,
    "oracle": oracle.dialect,
}
DIALECTS: dict[str, sa.Dialect] = {name: made() for name, made in _CLASSES.items()}
TABLE = DatabasePlace("h", None, "d", "u", None, table="So Do", schema="dbo")
MONTHLY = Selection(
    TABLE, ("tram", "ngay"), Grouping("ngay", PeriodUnit.MONTH), mark="cap_nhat", key=("tram",)
)


def compiled(statement: sa.ClauseElement, kind: str) -> str:
    text = str(statement.compile(dialect=DIALECTS[kind], compile_kwargs={"literal_binds": True}))
    return " ".join(text.split())


def test_sql_server_reads_months_with_datepart_and_brackets() -> None:
    assert compiled(MONTHLY.groups(7), "sqlserver") == (
        "SELECT DATEPART(year, [dbo].[So Do].ngay) AS anon_1, "
        "DATEPART(month, [dbo].[So Do].ngay) AS anon_2, count(*) AS count_1, "
        "max([dbo].[So Do].cap_nhat) AS max_1, "
        "sum(CASE WHEN ([dbo].[So Do].cap_nhat >= 7) THEN 1 ELSE 0 END) AS sum_1 "
        "FROM [dbo].[So Do] "
        "GROUP BY DATEPART(year, [dbo].[So Do].ngay), DATEPART(month, [dbo].[So Do].ngay)"
    ).replace("[dbo].", "dbo.")


def test_oracle_reads_months_with_extract_and_quotes() -> None:
    found = compiled(MONTHLY.groups(7), "oracle")
    assert 'EXTRACT(year FROM dbo."So Do".ngay)' in found
    assert "CASE WHEN" in found
    assert found.endswith(
        'GROUP BY EXTRACT(year FROM dbo."So Do".ngay), EXTRACT(month FROM dbo."So Do".ngay)'
    )


@pytest.mark.parametrize("kind", DIALECTS)
def test_rows_are_ordered_by_the_mark_and_then_the_key(kind: str) -> None:
    found = compiled(MONTHLY.rows(((2026, 10), (None, None))), kind)
    assert "IS NULL" in found
    order = found.rpartition("ORDER BY ")[2]
    assert ["cap_nhat" in part for part in order.split(",")] == [True, False]


@pytest.mark.parametrize("kind", DIALECTS)
def test_a_stored_query_stands_in_brackets(kind: str) -> None:
    place = DatabasePlace("h", None, "d", "u", None, query="SELECT a FROM b WHERE c = 1")
    found = compiled(Selection(place, ("a",), key=("a",)).rows(None), kind)
    assert "FROM (SELECT a FROM b WHERE c = 1)" in found


@pytest.mark.parametrize("kind", DIALECTS)
def test_many_periods_are_read_without_a_condition(kind: str) -> None:
    many = tuple((2000 + at // 12, at % 12 + 1) for at in range(120))
    assert "WHERE" not in compiled(MONTHLY.rows(many), kind)


@pytest.mark.parametrize("name", ['x"; DROP TABLE y; --', "x]; DROP TABLE y; --", "x`y"])
@pytest.mark.parametrize("kind", DIALECTS)
def test_names_of_a_source_cannot_leave_their_quotes(kind: str, name: str) -> None:
    found = compiled(Selection(TABLE, (name,), key=(name,)).rows(None), kind)
    quotes = {"mysql": ("`", "`"), "sqlserver": ("[", "]")}
    opening, closing = quotes.get(kind, ('"', '"'))
    assert f"{opening}{name.replace(closing, closing * 2)}{closing}" in found


def test_a_snapshot_is_asked_for_in_the_way_of_the_server() -> None:
    assert sqlserver_kind.SERVER.options == {"isolation_level": "SNAPSHOT"}
    assert oracle_kind.SERVER.begin == ("SET TRANSACTION READ ONLY",)
