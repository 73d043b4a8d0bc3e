"""Whether another program takes our contracts and drafts for valid: datacontract-cli.

It lives in an environment of its own, because it wants an older DuckDB than we have. It looks at
files and fetches nothing: references are not followed.
"""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.unit.contracts.drafts import Cells, written
from tinhdata.contracts import (
    SQLDialect,
    example_contract,
    import_ckan,
    import_frictionless,
    import_sql,
    write_draft,
)

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / "var" / "tools" / "datacontract" / "bin" / "python"
COMMAND = PYTHON.with_name("datacontract")
SCHEMAS = ROOT / "tests" / "data" / "schemas"

# One process for all files: loading its libraries takes seconds.
_PROGRAM = """
import json, sys
from datacontract.data_contract import DataContract
for path in sys.argv[1:]:
    run = DataContract(data_contract_file=path, inline_references=False).lint()
    faults = [str(check.reason) for check in run.checks if check.result.value != "passed"]
    print(json.dumps({"path": path, "faults": faults}))
"""

HYPHEN = re.compile(r"relationships\[0\]\.to: '[a-z0-9]+-[a-z0-9-]+\.[a-z0-9_]+' is not valid")

TABLES: dict[str, dict[str, Cells]] = {
    "plain": {"Mã": ["00001", "00002"], "Diện tích (km²)": ["1,5", ".."], "Loại": ["xã", "xã"]},
    "wide": {"Tỉnh": ["A"], "2014": ["1"], "2015": ["2"], "Prel. 2016": ["3"]},
    "persons": {"Số CCCD": ["019190001234", "019190001235"], "Ngày sinh": ["01/02/1990"] * 2},
    "shapes": {"Tên": ["a", "b"], "Vị trí": ["POINT (105.8 21.5)", "POINT (105.9 21.6)"]},
}


@pytest.fixture(scope="session")
def tool() -> Path:
    if not COMMAND.is_file():
        pytest.fail("datacontract-cli is not here. Run: make second-opinion", pytrace=False)
    return PYTHON


def opinions(tool: Path, paths: list[Path]) -> dict[str, list[str]]:
    """Give what the other program has against each file that it does not take for valid."""
    call = [str(tool), "-c", _PROGRAM, *map(str, paths)]
    ran = subprocess.run(call, capture_output=True, text=True, timeout=600, check=False)
    assert ran.returncode == 0, ran.stderr[-2_000:]
    said = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    assert len(said) == len(paths)
    return {each["path"]: each["faults"] for each in said if each["faults"]}


def as_of_3_2(files: list[Path], folder: Path) -> list[Path]:
    """Write each file again as a contract of version 3.2 of the standard."""
    copies = []
    for number, file in enumerate(files):
        copy = folder / f"{number}-{file.name}"
        copy.write_text(file.read_text().replace("apiVersion: v3.1.0", "apiVersion: v3.2.0"))
        copies.append(copy)
    return copies


def test_it_takes_every_contract_of_every_pack_for_valid(tool: Path, tmp_path: Path) -> None:
    files = sorted((ROOT / "packs").glob("*/contracts/**/*.yaml"))
    assert len(files) > 5
    assert opinions(tool, as_of_3_2(files, tmp_path)) == {}


def test_under_3_1_it_has_nothing_against_them_but_hyphens_in_references(tool: Path) -> None:
    # Version 3.2 allows `dataset-id.column` as a target; 3.1 wants names without hyphens there.
    files = sorted((ROOT / "packs").glob("*/contracts/**/*.yaml"))
    faults = [fault for found in opinions(tool, files).values() for fault in found]
    assert [fault for fault in faults if HYPHEN.search(fault) is None] == []


def test_it_takes_every_draft_and_our_example_for_valid(tool: Path, tmp_path: Path) -> None:
    drafts = {name: written(columns).yaml for name, columns in TABLES.items()}
    drafts["example"] = example_contract()
    imported = (
        import_ckan((SCHEMAS / "ckan-package.json").read_bytes(), "c"),
        import_frictionless((SCHEMAS / "datapackage.json").read_bytes(), "f"),
        import_sql((SCHEMAS / "postgres.sql").read_bytes(), "p", None, SQLDialect.POSTGRES),
        import_sql((SCHEMAS / "mysql.sql").read_bytes(), "m", None, SQLDialect.MYSQL),
        import_sql((SCHEMAS / "sqlserver.sql").read_bytes(), "s", None, SQLDialect.TSQL),
    )
    for number, each in enumerate(imported):
        drafts |= {f"{number}-{table.id}": write_draft(table, str).yaml for table in each.tables}
    for name, text in drafts.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    files = sorted(tmp_path.glob("*.yaml"))
    (tmp_path / "3.2").mkdir()
    assert opinions(tool, as_of_3_2(files, tmp_path / "3.2")) == {}


def test_it_sees_faults_so_that_its_yes_means_something(tool: Path, tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text(example_contract().replace("kind: DataContract", "kind: Vertrag"))
    assert list(opinions(tool, [path])) == [str(path)]


def test_its_command_says_the_same_without_following_references(tool: Path, tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(example_contract(), encoding="utf-8")
    call = [str(tool.with_name("datacontract")), "lint", str(file), "--no-inline-references"]
    ran = subprocess.run(call, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stdout
