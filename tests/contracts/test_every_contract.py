"""Each contract of each pack tests itself: nothing here knows what any of them is about."""

import csv
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tinhdata.access import ANONYMOUS, Action, Permit, Resource, decide
from tinhdata.contracts import (
    AccessLevel,
    Contract,
    LoadedContract,
    Severity,
    compare,
    load_contract,
    restore_contract,
)
from tinhdata.edge.language import say
from tinhdata.intake import read, template, understand
from tinhdata.pack import load_pack
from tinhdata.quality import compile_checks

PACKS = Path(__file__).parents[2] / "packs"
FILES = sorted(PACKS.glob("*/contracts/**/*.yaml"))
SIMULATED = ("mô phỏng", "(simulated)")
every_contract = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


def loaded(file: Path) -> LoadedContract:
    return load_contract(file.read_bytes(), file.name)


def test_there_are_contracts_of_six_sectors_at_least() -> None:
    assert len({file.parent.name for file in FILES}) >= 6


@pytest.mark.parametrize("folder", sorted(p for p in PACKS.iterdir() if p.is_dir()))
def test_a_pack_has_no_fault(folder: Path) -> None:
    pack = load_pack(folder, date(2026, 11, 23))
    assert {d.contract.id for d in pack.datasets} == {
        file.stem for file in folder.glob("contracts/**/*.yaml")
    }


@every_contract
def test_it_has_no_finding_above_a_note_and_is_named_as_its_file(file: Path) -> None:
    contract = loaded(file)
    assert contract.contract.id == file.stem
    assert contract.contract.sector == file.parent.name
    assert [f for f in contract.findings if f.severity is not Severity.INFO] == []


@every_contract
def test_its_canonical_bytes_say_all_of_it(file: Path) -> None:
    first = loaded(file)
    again = restore_contract(first.canonical)
    assert again.hash == first.hash
    assert again.contract == first.contract
    assert compare(first.contract, again.contract).changes == ()


@every_contract
def test_everything_that_people_read_of_it_is_there_in_both_languages(file: Path) -> None:
    contract = loaded(file).contract
    texts = [contract.name, contract.description, *(c.label for c in contract.columns)]
    texts += [rule.message for rule in contract.row_rules]
    texts += [rule.message for rule in contract.batch_rules]
    assert [text.vi for text in texts if not text.en] == []
    assert [c.name for c in contract.columns if not c.description.vi] == []


@every_contract
def test_it_has_a_key_an_owner_and_a_legal_basis(file: Path) -> None:
    contract = loaded(file).contract
    assert contract.key
    assert contract.legal_basis
    assert contract.agency


@every_contract
def test_each_of_its_rules_has_a_message_in_words(file: Path) -> None:
    plan = compile_checks(loaded(file).contract, "0" * 64)
    assert plan.rules
    unfilled = re.compile(r"\{[a-z_]+\}")
    for text in (rule.message for rule in plan.rules):
        assert unfilled.sub("", say(text, "vi")).strip()
        assert set(unfilled.findall(say(text, "vi"))) == set(unfilled.findall(say(text, "en")))


@every_contract
def test_its_excel_template_filled_in_is_understood_wholly(file: Path, tmp_path: Path) -> None:
    contract = loaded(file).contract
    path = tmp_path / "template.xlsx"
    for language in ("vi", "en"):
        path.write_bytes(template(contract, {}, language, lambda text: say(text, "vi")))
        book = openpyxl.load_workbook(path)
        sheet = book.worksheets[0]
        header = next(
            number
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1)
            if sum(cell is not None for cell in row) == len(contract.columns)
        )
        for at in range(1, len(contract.columns) + 1):
            sheet.cell(header + 1, at).value = "1"
        book.save(path)
        understood = understand(path, path.name, contract)
        assert understood.is_ready, (understood.refusal, understood.questions)
        assert understood.match_percent == 100
        staged = read(path, contract, understood, tmp_path / language)
        assert staged.account.records == 1


@every_contract
def test_simulated_data_says_so_in_its_name(file: Path) -> None:
    contract = loaded(file).contract
    says = SIMULATED[0] in contract.name.vi and SIMULATED[1] in (contract.name.en or "")
    assert says == contract.simulated


@every_contract
def test_strangers_see_open_datasets_and_no_personal_column(file: Path) -> None:
    contract = loaded(file).contract
    decision = decide(ANONYMOUS, Action.READ_ROWS, Resource.of(contract), "test")
    assert isinstance(decision, Permit) == (contract.access_level is AccessLevel.OPEN)
    if isinstance(decision, Permit):
        personal = {c.name for c in contract.columns if c.personal is not None}
        shown = decision.columns if decision.columns is not None else set(contract.column_names)
        assert not personal & set(shown)


def columns_of(contract: Contract) -> set[str]:
    return set(contract.column_names)


@every_contract
def test_a_csv_under_its_own_column_names_is_understood(file: Path, tmp_path: Path) -> None:
    contract = loaded(file).contract
    path = tmp_path / "plain.csv"
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, delimiter=contract.layout.delimiter or ",")
        writer.writerow(contract.column_names)
        writer.writerow(["1"] * len(contract.columns))
    understood = understand(path, path.name, contract)
    assert {match.column for match in understood.mapping} == columns_of(contract)
