from pathlib import Path

from tests.integration.cli.running import PACK, Shell
from tinhdata.contracts import example_contract


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_every_contract_of_the_pack_is_in_order(shell: Shell) -> None:
    ran = shell.json("contract check", PACK / "contracts")
    assert ran.code == 0
    files = ran.document["files"]
    assert isinstance(files, list)
    assert len(files) == len(list((PACK / "contracts").rglob("*.yaml")))
    assert not shell.store.exists()


def test_a_faulty_contract_is_named_with_line_and_remedy(shell: Shell, tmp_path: Path) -> None:
    text = example_contract().replace('version: "1.0.0"', 'version: "1.0"')
    line = text.splitlines().index('version: "1.0"') + 1
    faulty = written(tmp_path / "faulty.yaml", text)
    ran = shell.run("contract", "check", faulty)
    assert ran.code == 5
    assert f"{faulty}:{line}:" in ran.out
    assert "1.0.0" in ran.out


def test_the_faults_are_said_in_the_language_of_the_settings(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "store", {"TINHDATA_LANGUAGE": "vi"})
    faulty = written(tmp_path / "faulty.yaml", example_contract().replace("domain:", "vung:"))
    assert "có" in shell.run("contract", "check", faulty).out
    assert "Hợp đồng dữ liệu" in shell.run("contract", "--help").out


def test_a_breaking_change_under_the_old_number_is_refused(shell: Shell, tmp_path: Path) -> None:
    old = written(tmp_path / "old.yaml", example_contract())
    changed = example_contract().replace("name: ma\n", "name: ma_so\n")
    new = written(tmp_path / "new.yaml", changed)
    ran = shell.json("contract compare", old, new)
    assert ran.code == 5
    assert ran.document["breaks_consumers"] is True
    assert ran.document["least_version"] == "2.0.0"
    told = written(tmp_path / "told.yaml", changed.replace('"1.0.0"', '"2.0.0"'))
    assert shell.json("contract compare", old, told).code == 0


def test_a_file_that_is_not_there_is_a_problem_of_its_own(shell: Shell, tmp_path: Path) -> None:
    ran = shell.json("contract check", tmp_path / "nothing.yaml")
    assert (ran.code, ran.problem) == (4, "file-missing")


def test_contracts_of_two_datasets_cannot_be_compared(shell: Shell, tmp_path: Path) -> None:
    one = written(tmp_path / "one.yaml", example_contract())
    other = written(
        tmp_path / "other.yaml", example_contract().replace("danh-muc-vi-du", "danh-muc-khac")
    )
    ran = shell.json("contract compare", one, other)
    assert (ran.code, ran.problem) == (5, "contracts-not-comparable")
