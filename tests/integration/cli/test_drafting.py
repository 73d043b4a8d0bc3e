from pathlib import Path

import yaml

from tests.integration.cli.running import PACK, Shell
from tinhdata.contracts import example_contract

SCHEMAS = Path(__file__).parents[2] / "data" / "schemas"


def sample(folder: Path) -> Path:
    rows = "".join(f"{number:05d},Xã {number},{number}\n" for number in range(1, 40))
    path = folder / "xa.csv"
    path.write_text(f"Mã xã,Tên xã,Dân số\n{rows}", encoding="utf-8")
    return path


def test_a_draft_is_written_checked_and_lists_what_is_left(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "hop-dong" / "xa.yaml"
    ran = shell.json(
        "contract new", sample(tmp_path), "--id", "xa-vi-du", "--agency", "A99.1", "-o", target
    )
    assert ran.code == 0
    drafts = ran.document["drafts"]
    assert isinstance(drafts, list)
    (draft,) = drafts
    assert isinstance(draft, dict)
    assert (draft["dataset"], draft["key"], draft["columns"]) == ("xa-vi-du", ["ma_xa"], 3)
    assert target.read_text(encoding="utf-8") == draft["yaml"]
    checked = shell.run("contract", "check", target)
    assert checked.code == 0
    assert "This fact is still to be written: purpose." in checked.out
    assert "This is a draft" in checked.out
    assert "still to be written: agency" not in checked.out
    assert not shell.store.exists()


def test_without_a_file_to_write_the_draft_itself_is_the_output(
    shell: Shell, tmp_path: Path
) -> None:
    ran = shell.run("contract", "new", sample(tmp_path), "--sector", "linh-vuc")
    assert ran.code == 0
    document = yaml.safe_load(ran.out)
    assert (document["id"], document["domain"], document["status"]) == ("xa", "linh-vuc", "draft")
    assert "# Soạn từ xa.csv: 39 bản ghi, 3 cột." in ran.out


def test_a_file_that_is_there_is_never_written_over(shell: Shell, tmp_path: Path) -> None:
    target = tmp_path / "xa.yaml"
    target.write_text("mine")
    ran = shell.json("contract new", sample(tmp_path), "-o", target)
    assert (ran.code, ran.problem) == (7, "output-there")
    assert target.read_text() == "mine"


def test_codes_of_the_pack_become_references(shell: Shell, tmp_path: Path) -> None:
    lines = (PACK / "units.csv").read_text(encoding="utf-8").splitlines()[1:]
    codes = [line.split(",")[0] for line in lines if len(line.split(",")[0]) == 5][:40]
    path = tmp_path / "tram.csv"
    rows = "".join(f"T{number},{code}\n" for number, code in enumerate(codes))
    path.write_text(f"Mã trạm,Nơi đặt\n{rows}", encoding="utf-8")
    ran = shell.run("contract", "new", path, "--pack", PACK)
    columns = yaml.safe_load(ran.out)["schema"][0]["properties"]
    (relationship,) = columns[1]["relationships"]
    dataset, _, column = relationship["to"].partition(".")
    assert column
    assert any(file.stem == dataset for file in (PACK / "contracts").rglob("*.yaml"))


def test_a_file_that_is_no_table_and_one_that_is_missing_are_problems(
    shell: Shell, tmp_path: Path
) -> None:
    picture = tmp_path / "x.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 100)
    ran = shell.json("contract new", picture)
    assert ran.code == 5
    assert "picture" in str(ran.document["problem"])
    assert shell.json("contract new", tmp_path / "none.csv").problem == "file-missing"


def test_schemas_of_others_give_a_draft_per_table(shell: Shell, tmp_path: Path) -> None:
    for kind, file, count in (
        ("ckan", "ckan-package.json", 2),
        ("frictionless", "datapackage.json", 2),
        ("sql", "postgres.sql", 2),
    ):
        folder = tmp_path / kind
        words: list[str | Path] = [SCHEMAS / file, "--from", kind, "-o", folder]
        if kind == "sql":
            words += ["--dialect", "postgres"]
        ran = shell.json("contract import", *words)
        assert ran.code == 0, ran.err
        assert len(list(folder.glob("*.yaml"))) == count
        checked = shell.json("contract check", folder)
        assert checked.code == 0
    again = shell.json("contract import", SCHEMAS / "postgres.sql", "--from", "sql", "-o", folder)
    assert again.problem == "output-there"


def test_a_schema_of_another_kind_is_refused(shell: Shell) -> None:
    ran = shell.json("contract import", SCHEMAS / "postgres.sql", "--from", "ckan")
    assert (ran.code, ran.problem) == (5, "schema-unreadable")


def test_a_comparison_shows_its_four_axes_to_people_and_to_scripts(
    shell: Shell, tmp_path: Path
) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(example_contract(), encoding="utf-8")
    text = example_contract().replace("Mã và tên dùng chung", "Mã và tên")
    text = text.replace("        required: true\n        classification: public\n      - id: het",
                        "        classification: public\n      - id: het")  # fmt: skip
    new.write_text(text, encoding="utf-8")
    ran = shell.json("contract compare", old, new)
    changes = ran.document["changes"]
    assert isinstance(changes, list)
    judged = {
        (c["kind"], c["consumer"], c["producer"], c["privacy"], c["bump"])
        for c in changes
        if isinstance(c, dict)
    }
    assert judged == {
        ("now-optional", "break", "ok", "ok", "major"),
        ("text-changed", "ok", "ok", "ok", "patch"),
    }
    said = shell.run("contract", "compare", old, new).out
    for word in ("Readers", "Senders", "Protection", "Version", "first number", "third number"):
        assert word in said
