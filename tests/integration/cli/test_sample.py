"""Samples as files from the command line."""

from pathlib import Path

from tests.integration.cli.running import Shell

UNITS = "danh-muc-don-vi-hanh-chinh"
AIR = "quan-trac-bui-khong-khi"


def test_a_sample_is_written_where_and_as_what_one_says(demo: Shell, tmp_path: Path) -> None:
    ran = demo.json("sample", UNITS, "--out", tmp_path / "a.xlsx")
    assert ran.code == 0
    file = str(tmp_path / "a.xlsx")
    written = {"dataset": UNITS, "rows": 92, "file": file, "simulated": False}
    assert ran.document["samples"] == [written]
    assert (tmp_path / "a.xlsx").read_bytes().startswith(b"PK")
    assert demo.json("sample", UNITS, "--format", "json", "--out", tmp_path / "b").code == 0
    assert (tmp_path / "b").read_text(encoding="utf-8").startswith("[\n {")


def test_all_samples_go_into_a_folder_and_say_that_they_are_simulated(
    demo: Shell, tmp_path: Path
) -> None:
    ran = demo.run("sample", "--all", "--out", tmp_path / "all")
    assert ran.code == 0
    assert "never for decisions" in ran.out
    assert len(list((tmp_path / "all").glob("*.csv"))) == 9
    assert f"{AIR}.csv" in ran.out


def test_what_cannot_be_written_is_refused_with_the_remedy(demo: Shell, tmp_path: Path) -> None:
    for words, said in (
        (["sample"], "Name one dataset"),
        (["sample", UNITS, "--all"], "Name one dataset"),
        (["sample", "khong-co"], "The pack has no dataset khong-co."),
        (["sample", UNITS, "--out", str(tmp_path / "a.pdf")], "csv, xlsx and json"),
    ):
        ran = demo.run(*words)
        assert ran.code == 5
        assert said in ran.err
