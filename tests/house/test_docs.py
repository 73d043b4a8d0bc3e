"""The documentation says what the code does: generated pages are fresh, names in texts exist."""

import io
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from tools import reference

from tinhdata.cli import children, command, exit_of, listed_codes
from tinhdata.contracts import load_contract
from tinhdata.kernel import Problem
from tinhdata.settings import Settings

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
WRITTEN = sorted(
    [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    + [*(ROOT / "docs" / "tutorial").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")]
)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return dict(reference.pages())


def test_the_reference_is_what_the_code_writes_today(pages: dict[str, str]) -> None:
    stale = [
        name
        for name, text in pages.items()
        if not (REFERENCE / name).exists() or (REFERENCE / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make docs`"
    measured = "performance.md"  # `make bench` writes it from the results of its measurements.
    assert {path.name for path in REFERENCE.glob("*.md")} == {*pages, measured}


def test_every_setting_is_named(pages: dict[str, str]) -> None:
    names = {f"TINHDATA_{name.upper()}" for name in Settings.model_fields}
    assert len(names) > 10
    assert {name for name in names if f"`{name}`" not in pages["settings.md"]} == set()


def test_every_command_is_named_in_reference_and_readme(pages: dict[str, str]) -> None:
    names = {name for name, _leaf in reference.leaves(command("en"))}
    assert {"deliver", "quarantine retry", "contract compare", "doctor"} <= names
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in names if f"\n## tinhdata {name}\n" not in pages["cli.md"]} == set()
    assert {name for name in names if f"`{name}`" not in readme} == set()


def test_every_route_and_event_kind_has_its_meaning(pages: dict[str, str]) -> None:
    for line in pages["routes.md"].splitlines():
        if line.startswith("| ") and "`/" in line:
            assert not line.endswith("|  |"), line
    assert "`/health`" in pages["routes.md"]
    assert "`/api/v1/datasets/{dataset}/deliveries`" in pages["routes.md"]
    for kind in ("delivery.released", "release.withdrawn", "contract.activated", "person.added"):
        assert f"| `{kind}` |" in pages["events.md"]


def test_every_problem_has_its_row_and_no_row_is_left_over(pages: dict[str, str]) -> None:
    problems = reference.problems()
    assert Problem in problems
    assert {p.code for p in problems if f"| `{p.code}` |" not in pages["problems.md"]} == set()
    assert listed_codes() - {problem.code for problem in problems} == set()
    assert {int(exit_of(problem)) for problem in problems} == {1, 3, 4, 5, 7, 8}


def blocks(text: str) -> Iterator[str]:
    for match in re.finditer(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE):
        yield match.group(1)


def test_the_readme_begins_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    first = next(blocks(readme)).splitlines()
    assert [line.split("#")[0].strip() for line in first] == ["make run", "make test"]
    assert readme.index("make run") < 40
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    wanted = {name for text in WRITTEN for name in re.findall(r"`make (\w+)`", text.read_text())}
    assert {name for name in wanted if not re.search(rf"^{name}:", makefile, re.MULTILINE)} == set()


def commands_in_texts() -> Iterator[tuple[str, list[str]]]:
    for path in WRITTEN:
        for block in blocks(path.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.startswith("tinhdata "):
                    plain = line.split("#")[0].split(">")[0]
                    yield f"{path.name}: {line}", shlex.split(plain)[1:]


def test_commands_in_texts_exist_with_their_options() -> None:
    lines = list(commands_in_texts())
    assert len(lines) > 10
    for where, words in lines:
        node: object = command("en")
        while words and words[0] in children(node):
            node = children(node)[words.pop(0)]
        known = {option for param in getattr(node, "params", ()) for option in param.opts}
        assert known, where
        assert {word for word in words if word.startswith("--")} <= known, where


def test_the_contract_of_the_tutorial_is_in_order() -> None:
    text = (ROOT / "docs" / "tutorial" / "contract.md").read_text(encoding="utf-8")
    parts = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    loaded = load_contract("".join(parts[:3]).encode(), "contract.md")
    assert loaded.findings == ()


def test_settings_and_files_named_in_texts_exist() -> None:
    known = {f"TINHDATA_{name.upper()}" for name in Settings.model_fields}
    for path in WRITTEN:
        text = path.read_text(encoding="utf-8")
        assert set(re.findall(r"TINHDATA_[A-Z_]+", text)) <= known, path
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in target:
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_words_of_the_pages_that_the_texts_quote_are_those_of_the_pages() -> None:
    known = {str(message.string) for message in vietnamese()}
    quoted = {
        (path.name, word)
        for path in WRITTEN
        for word in re.findall(r"\*\*([^*]+)\*\*", " ".join(path.read_text("utf-8").split()))
        if not word.isascii()
    }
    assert len(quoted) > 10
    assert {(name, word) for name, word in quoted if word not in known} == set()


def vietnamese() -> Iterator[Message]:
    for path in (ROOT / "src" / "tinhdata" / "locale" / "vi").glob("*.po"):
        yield from read_po(io.BytesIO(path.read_bytes()))


def test_no_text_names_a_machine() -> None:
    pattern = re.compile(r"(?<![\w.])/(?:work|root|home|tmp|Users)/|\bpypi\b|npmjs", re.IGNORECASE)
    found = [
        f"{path.name}: {match.group()}"
        for path in [*WRITTEN, *REFERENCE.glob("*.md")]
        for match in pattern.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []
