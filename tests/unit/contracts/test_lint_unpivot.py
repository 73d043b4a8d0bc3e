"""What a contract says of wide tables and marks is checked, with the line and how to mend it."""

from dataclasses import replace

import pytest

from tests.integration.deliveries.packing import Set, contract_text
from tests.integration.deliveries.wide_sets import AREAS_SET, PIGS_SET
from tinhdata.contracts import (
    ContractInvalid,
    Finding,
    Severity,
    Unpivot,
    compare,
    load_contract,
)


def findings(of: Set, old: str = "", new: str = "") -> tuple[Finding, ...]:
    text = contract_text(of)
    assert old in text
    try:
        load_contract(text.replace(old, new, 1).encode(), "bang.yaml")
    except ContractInvalid as invalid:
        return invalid.findings
    return ()


def test_what_is_declared_is_what_is_read() -> None:
    assert findings(PIGS_SET) == findings(AREAS_SET) == ()
    contract = load_contract(contract_text(AREAS_SET).encode(), "bang.yaml").contract
    assert contract.layout.unpivot == Unpivot(
        ("{nam} {value}",),
        (
            ("Area", "dien_tich"),
            ("Average population", "dan_so"),
            ("Population density", "mat_do"),
        ),
    )
    marks = contract.column("nam").marks
    assert marks is not None
    assert (marks.into, marks.values[0], marks.default) == (
        "tinh_trang",
        ("Prel.", "sơ bộ"),
        "chính thức",
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("'{nam}'", "'{nm}'", "unknown-column", "nm, which is no column"),
        ("'{nam}'", "Năm", "unpivot", "names no column"),
        ("'{nam}'", "'{nam} {nam}'", "unpivot", "twice"),
        ("'{nam}'", "'{nam} {tinh}'", "unpivot", "do not all name the same"),
        ("'{nam}'", "'{nam} {value}'", "unpivot", "{value}"),
        ("values: so_con", "values: so_meo", "unknown-column", "so_meo"),
        ("values: so_con", "values: nam", "unpivot", "cannot be in the header"),
        ("values: so_con", "values: so_con\n      words: {tinh: {A: B}}", "unpivot", "No template"),
        ("values: so_con", "values: so_con\n      words: {nam: {A: B}}", "unpivot", "no value of"),
        ("values: so_con", "values: so_con\n      empty: maybe", "", ""),
        ("into: tinh_trang", "into: khong_co", "unknown-column", "khong_co"),
        ("into: tinh_trang", "into: so_con", "marks", "cannot take what marks mean"),
        ("into: tinh_trang", "into: nam", "marks", "cannot take what marks mean"),
        ("(*): có ghi chú", "prel.: có ghi chú", "marks", "stands there twice"),
    ],
)
def test_a_fault_is_named_with_its_line(old: str, new: str, code: str, said: str) -> None:
    found = findings(PIGS_SET, old, new)
    assert found
    assert all(finding.fix is not None for finding in found)
    line = 1 + contract_text(PIGS_SET).replace(old, new, 1)[
        : contract_text(PIGS_SET).index(old)
    ].count("\n")
    lines = [int(finding.where.rpartition(":")[2]) for finding in found]
    assert any(abs(each - line) <= 6 for each in lines)
    if code:
        assert any(f.code == code and said in str(f.text) for f in found), [
            str(f.text) for f in found
        ]


def test_rows_of_one_line_need_a_key_from_the_headers() -> None:
    tinh, nam, *others = PIGS_SET.columns
    found = findings(replace(PIGS_SET, columns=(tinh, replace(nam, key=0), *others)))
    errors = [str(f.text) for f in found if f.severity is Severity.ERROR]
    assert errors == ["Rows made of one line would all have the same key."]


def test_another_way_of_unpivoting_or_marking_is_a_change_for_senders() -> None:
    text = contract_text(PIGS_SET)
    old = load_contract(text.encode(), "bang.yaml").contract
    other = load_contract(text.replace("Prel. {nam}", "Sơ bộ {nam}").encode(), "bang.yaml").contract
    assert {change.kind for change in compare(old, other).changes} == {"layout-changed"}
    marked = load_contract(text.replace("có ghi chú", "ước tính").encode(), "bang.yaml").contract
    assert {change.kind for change in compare(old, marked).changes} == {"reading-changed"}
