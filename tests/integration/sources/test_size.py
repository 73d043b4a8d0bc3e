"""A table of a million rows: read in batches, whatever its size; the memory is that of a batch."""

import json
import subprocess
import sys
from pathlib import Path

import sqlalchemy as sa

from tests.integration.sources.databases import TableSource

ROWS = {"postgresql": 1_000_000, "mysql": 200_000}
_MOST_MB = 60
_ROOT = Path(__file__).parents[3]
_SCRIPT = """
import json, sys
from tests.support.peak import peak_mib as peak
from tinhdata.contracts import NumberForm
from tinhdata.sources.drivers.database import snapshot
from tinhdata.sources.drivers.kinds import SERVERS
from tinhdata.sources.drivers.selecting import Selection
from tinhdata.sources.model import DatabasePlace, SourceKind
from tinhdata.sources.values import write_rows

kind, host, port, database, user, password, target = sys.argv[1:]
place = DatabasePlace(host, int(port), database, user, None, "lon")
chosen = Selection(place, ("ma", "ten", "so"), mark="so", key=("ma",))
server = SERVERS[SourceKind(kind)]
with snapshot(server, place, password or None) as view, open(target, "wb") as out:
    view.first_rows(chosen, 5)
    before = peak()
    *_, spooled = write_rows(out, chosen.columns, view.rows(chosen, None), (NumberForm.AUTO,) * 3)
print(json.dumps({"rows": spooled.rows, "grown": peak() - before}))
"""


def test_a_million_rows_are_read_in_the_memory_of_a_batch(
    base: TableSource, tmp_path: Path
) -> None:
    base.run("CREATE TABLE lon (ma VARCHAR(20) PRIMARY KEY, ten VARCHAR(80), so INTEGER)")
    count = ROWS[base.kind]
    series = {
        "postgresql": f"generate_series(1, {count}) AS n(seq)",
        "mysql": f"seq_1_to_{count}",
    }
    numbers = series[base.kind]
    name = "CONCAT('Tên gọi khá dài của dòng thứ ', seq)"
    base.run(f"INSERT INTO lon SELECT CONCAT('M', seq), {name}, seq FROM {numbers}")
    found = sa.make_url(base.url)
    words = [base.kind, found.host, found.port, found.database, found.username, found.password]
    target = tmp_path / "lon.csv"
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *(str(word or "") for word in words), str(target)],
        cwd=_ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    said = json.loads(done.stdout)
    assert said["rows"] == count
    assert said["grown"] < _MOST_MB
    with target.open("rb") as file:
        assert sum(1 for _ in file) == count + 1
