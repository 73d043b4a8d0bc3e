"""The committed draft of the data dictionary is the one that the contracts of the pack give."""

from pathlib import Path

from tests.integration.cli.running import PACK, Shell


def test_the_dictionary_is_drafted_from_the_contracts_as_they_are(tmp_path: Path) -> None:
    drafted = Shell(tmp_path / "store").json(
        "dictionary draft", "--pack", PACK, "--out", tmp_path / "draft"
    )
    assert drafted.code == 0, drafted.err
    stale = [
        file.name
        for file in (tmp_path / "draft").iterdir()
        if file.read_bytes() != (PACK / "samples" / file.name).read_bytes()
    ]
    assert stale == [], "run `make docs`"
