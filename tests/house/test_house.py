"""The rules of the house that no library checks: doors, names, translations, facades."""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest
import yaml
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tinhdata.edge.language import translations

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tinhdata"
CAPABILITIES = {
    "access", "catalogue", "contracts", "db", "deliveries", "dictionary", "feedback", "harvest",
    "intake", "journal", "kernel", "landing", "locale", "notify", "pack", "quality", "registers",
    "registry", "sources", "standards", "usage", "vietnam", "warehouse", "work",
}  # fmt: skip
SHARED_MODULES = {"tinhdata.contracts.model"}
"""Modules below a facade that others may name: the nouns every compiler reads."""


def python_files() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def capability_of(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0]


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            found = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if found == name:
                yield node


def test_others_import_a_capability_only_through_its_facade() -> None:
    graph = grimp.build_graph("tinhdata", cache_dir=None)
    past = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if len(imported.split(".")) > 2
        and imported.split(".")[1] in CAPABILITIES
        and importer.split(".")[1:2] != imported.split(".")[1:2]
        and imported not in SHARED_MODULES
        and not imported.startswith("tinhdata.kernel.")
    ]
    assert past == []


def test_a_permit_is_made_only_inside_access() -> None:
    made = [
        f"{path.relative_to(SOURCE)}:{call.lineno}"
        for path in python_files()
        if capability_of(path) != "access"
        for call in calls(ast.parse(path.read_text()), "Permit")
    ]
    assert made == []


def test_tables_are_opened_only_where_the_doors_are() -> None:
    doors = {"warehouse", "intake", "quality"}
    openers = re.compile(
        r"\bimport (duckdb|pyiceberg)|\bfrom (duckdb|pyiceberg)|pyarrow\.(parquet|dataset)"
        r"|\bfrom pyarrow import [^\n]*(parquet|dataset)|read_parquet"
    )
    past = [
        str(path.relative_to(SOURCE))
        for path in python_files()
        if capability_of(path) not in doors and openers.search(path.read_text())
    ]
    assert past == []


def pack_names() -> set[str]:
    names: set[str] = set()
    for pack in (ROOT / "packs").iterdir():
        for contract in (pack / "contracts").rglob("*.yaml"):
            names |= {contract.stem, contract.parent.name}
            names.add(yaml.safe_load(contract.read_text())["id"])
        for line in (pack / "units.csv").read_text().splitlines()[1:]:
            names.add(line.split(",")[0])
        agencies = yaml.safe_load((pack / "agencies.yaml").read_text())
        names |= {str(item["code"]) for item in agencies["agencies"]}
    return names


def texts_of_source() -> Iterator[tuple[str, str]]:
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node.value
    for path in sorted((SOURCE / "web" / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            yield f"{path.relative_to(SOURCE)}:{number}", line


def test_no_dataset_sector_agency_or_commune_of_a_pack_is_named_in_the_source() -> None:
    names = pack_names()
    assert len(names) > 100
    pattern = re.compile(r"[\w.-]+")
    found = [
        f"{where}: {word}"
        for where, text in texts_of_source()
        for word in pattern.findall(text)
        if word in names
    ]
    assert found == []


def source_messages() -> set[str]:
    found: set[str] = set()
    for pattern, extractor in (("**.py", "python"), ("**.html", "jinja2")):
        for *_, message, _comments, _context in extract_from_dir(
            SOURCE,
            method_map=[(pattern, extractor)],
            keywords={"t": None, "_": None, "gettext": None, "ngettext": (1, 2)},
            options_map={
                pattern: {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}
            },
        ):
            found |= {message} if isinstance(message, str) else {message[0]}
    return found


def test_every_text_for_people_has_its_vietnamese() -> None:
    messages = source_messages()
    assert len(messages) > 200
    catalogue = translations("vi")
    worded = {m for m in messages if re.search(r"[A-Za-z]", re.sub(r"\{\w+\}", "", m))}
    missing = sorted(message for message in worded if catalogue.gettext(message) == message)
    assert missing == []


def places(message: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}|%\((\w+)\)", message))


def test_a_translation_has_the_same_places_as_its_english() -> None:
    catalogue = translations("vi")
    differing = [m for m in source_messages() if places(m) != places(catalogue.gettext(m))]
    assert differing == []


@pytest.mark.parametrize("limit", [500])
def test_no_file_has_grown_past_the_limit(limit: int) -> None:
    long = [
        f"{path.relative_to(ROOT)}: {count}"
        for path in [*python_files(), *(ROOT / "tests").rglob("*.py")]
        if (count := len(path.read_text().splitlines())) > limit
    ]
    assert long == []


def test_nothing_of_ours_is_patched_in_tests() -> None:
    patched = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("*.py")
        if path != Path(__file__)
        and re.search(r"monkeypatch\.setattr|mock\.patch|mocker\.", path.read_text())
    ]
    assert patched == []


def test_no_text_is_translated_in_two_ways() -> None:
    said: dict[str, set[str]] = {}
    for path in sorted((SOURCE / "locale" / "vi").glob("*.po")):
        for message in read_po(io.BytesIO(path.read_bytes())):
            if message.id:
                said.setdefault(str(message.id), set()).add(str(message.string))
    # Catalogues are merged at the start: of two translations nobody knows which one is shown.
    assert {english: words for english, words in said.items() if len(words) > 1} == {}


def test_no_folder_of_tests_is_run_twice() -> None:
    (named,) = re.findall(
        r"^PIECES := \\\n((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE
    )
    folders = [Path(each) for each in re.split(r"[,\s\\]+", named) if each]
    assert len(folders) > 8
    assert {path for path in folders if not any((ROOT / path).rglob("test_*.py"))} == set()
    # All that no piece names is one more piece, so nothing can be left out; only named twice.
    assert len(set(folders)) == len(folders)
    assert {path for path in folders if set(path.parents) & set(folders)} == set()
