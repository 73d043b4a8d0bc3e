"""Codes of a semantic type are put into the one writing of their kind, counted, raw kept."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.integration.quality.builders import column, contract, good_rows, held_rows, run
from tinhdata.access import Action, system_permit
from tinhdata.contracts import SEMANTIC_TYPES
from tinhdata.contracts.model import Contract
from tinhdata.kernel import Text
from tinhdata.quality import Step, failing_lines
from tinhdata.quality.model import CheckResult


def checked(folder: Path, kind: str, cells: list[str], pattern: str | None = None) -> CheckResult:
    """Check each cell as a row whose one other column is of `kind`."""
    rows = [(str(number), cell) for number, cell in enumerate(cells)]
    return run(folder, coded(kind, pattern), rows)


def coded(kind: str, pattern: str | None = None) -> Contract:
    """Give a contract with a column of `kind` and the rules it has once a file is loaded."""
    bundle = SEMANTIC_TYPES[kind]
    what = column("ma", semantic_type=kind, pattern=pattern or bundle.pattern)
    return contract([column("so_dong"), what], ("so_dong",))


def stored(result: CheckResult) -> dict[int, object]:
    return {int(str(row["so_dong"])): row["ma"] for row in good_rows(result)}


READ = {
    "phone": {
        "0912 345 678": "0912345678",
        "+84 912 345 678": "0912345678",
        "+84912345678": "0912345678",
        "ĐT: (0208) 3855.123": "02083855123",
        "0123 456 7890": "0834567890",
        "1900 1009": "19001009",
        "0912345678": "0912345678",
    },
    "personal-phone": {"0912.345.678": "0912345678"},
    "vehicle-plate": {
        "20a 123.45": "20A-123.45",
        "20-b1 12345": "20-B1 123.45",
        "tm 12 34": "TM-12-34",
        "20A-123.45": "20A-123.45",
    },
    "social-insurance-number": {"0190 123 456": "0190123456"},
    "health-card-number": {"dn 4 19 0190123456": "DN4190190123456"},
    "citizen-number": {"019 190 001 234": "019190001234"},
    "tax-code": {"0100109106 - 001": "0100109106-001", "0100 109 106": "0100109106"},
    "procedure-code": {
        "1.015027.000.00.00.h00": "1.015027.000.00.00.H00",
        "1.015027": "1.015027",
    },
    "dossier-code": {"h00.18 - 260415 - 0001": "H00.18-260415-0001"},
    "old-procedure-code": {"b – btp – 278897": "B-BTP-278897-TT"},
    "agency-code": {"h00.18": "H00.18"},
    "vsic-code": {"c": "C", "0111": "0111"},
    "legal-document": {"47/2020/ND - CP": "47/2020/NĐ-CP"},
}


@pytest.mark.parametrize("kind", sorted(READ))
def test_a_code_that_is_read_in_one_way_is_stored_in_the_writing_of_its_kind(
    kind: str, tmp_path: Path
) -> None:
    table = READ[kind]
    result = checked(tmp_path, kind, list(table))
    assert dict(zip(table, (stored(result).get(n) for n in range(len(table))), strict=True)) == (
        table
    )
    changed = sum(1 for cell, value in table.items() if cell != value)
    counted = [each.rows for each in result.standardised if each.step is Step.CODE]
    assert counted == [changed]


HELD = {
    "phone": [
        ("912345678", "has lost its first 0"),
        ("0912345678 / 0987654321", "more than one telephone number"),
        ("0208 3855 123 máy lẻ 12", "extension"),
    ],
    "personal-phone": [("1900 1009", "is a service")],
    "vehicle-plate": [("20B12345", "a car or, of before 2010, of a motorcycle"), ("20I12345", "I")],
    "social-insurance-number": [("190123456", "Zeros in front may have been lost")],
    "tax-code": [("0100109107 ", "check digit")],
    "procedure-code": [("1.01502", "“1.01502” has too few digits")],
    "agency-code": [("000.00.18.H00", "before 2020")],
    "vsic-code": [("C10", "not both"), ("6", "Excel may have dropped")],
    "legal-document": [("Luật 60/2024/QH15", "The kind or the day")],
    "dossier-code": [("H00.18-260415", "is not a dossier code")],
}


@pytest.mark.parametrize("kind", sorted(HELD))
def test_a_code_that_no_one_reading_fits_is_held_with_what_its_parser_says(
    kind: str, tmp_path: Path
) -> None:
    result = checked(tmp_path, kind, [cell for cell, _ in HELD[kind]])
    assert stored(result) == {}
    permit = system_permit(Action.READ_QUARANTINE, "bang-thu", "test")
    said = failing_lines(result, coded(kind), permit, "en")
    for line, (cell, words) in enumerate(HELD[kind], 2):
        assert words in str(said[line][0].text), cell


def test_the_reason_of_a_held_code_does_not_store_the_cell_a_second_time(tmp_path: Path) -> None:
    result = checked(tmp_path, "procedure-code", ["2.00987"])
    (row,) = held_rows(result)
    assert "2.00987" not in str(row["_reasons"])


def test_a_contract_that_asks_for_another_writing_gets_no_other(tmp_path: Path) -> None:
    spaced = checked(
        tmp_path / "a", "phone", ["0912 345 678", "0912345678"], r"0[0-9]{3} [0-9]{3} [0-9]{3}"
    )
    assert stored(spaced) == {0: "0912 345 678"}
    mobile = checked(tmp_path / "b", "phone", ["0912 345 678", "0208 3855 123"], r"09[0-9]{8}")
    assert stored(mobile) == {0: "0912345678"}


def test_a_list_of_values_says_itself_how_they_are_written(tmp_path: Path) -> None:
    what = replace(column("ma", semantic_type="phone"), allowed=("1900 1009",))
    of = contract([column("so_dong"), what], ("so_dong",))
    assert stored(run(tmp_path, of, [("0", "1900 1009")])) == {0: "1900 1009"}


def test_many_different_codes_are_read_without_a_statement_for_each(tmp_path: Path) -> None:
    cells = [f"20a {number:05d}" for number in range(5_000)] * 2
    result = checked(tmp_path, "vehicle-plate", cells)
    assert len(stored(result)) == 10_000
    assert stored(result)[4_999] == "20A-049.99"
    assert isinstance(result.rules[0].message, Text)
