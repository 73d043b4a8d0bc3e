"""What a reader with a masked permit sees of an item: nothing of the value, in any place."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tests.integration.quality.builders import column, contract
from tinhdata.access import Action, Actor, ActorKind, Permit, Resource, Role, decide
from tinhdata.contracts.model import (
    BatchRule,
    Bilingual,
    Column,
    Contract,
    Dimension,
    Personal,
    RowRule,
    Severity,
)
from tinhdata.kernel import t
from tinhdata.quality.held import StoredItem
from tinhdata.quality.holding import ItemKind, Mend, QuarantinedItem
from tinhdata.quality.judgement import Counts, judge_batch
from tinhdata.quality.masks import shown
from tinhdata.quality.model import Reason
from tinhdata.quality.rules import compile_checks
from tinhdata.quality.showing import in_language, show_item

SECRET = "00119000123"
MENDED = "001190004567"


def card(mask: str) -> Column:
    return replace(
        column("the"), label=Bilingual("Số thẻ", "Card"), personal=Personal.BASIC, mask=mask
    )


def of(mask: str = "last-four") -> Contract:
    return replace(
        contract([column("ma"), card(mask)], ("the",)),
        row_rules=(
            RowRule(
                "thu", "ma <> the", Severity.ERROR, Dimension.ACCURATE,
                Bilingual("Mã trùng số thẻ.", "Code and card are the same."), ("ma", "the"),
            ),
        ),
    )  # fmt: skip


def permit(role: Role, mask: str = "last-four") -> Permit:
    """Give the permit of someone of the owning agency: approvers see masked columns."""
    actor = Actor("per_1", "Ma Thị Lan", ActorKind.PERSON, frozenset({role}), "H00.1")
    found = decide(actor, Action.READ_ROWS, Resource.of(of(mask)), "test")
    assert isinstance(found, Permit)
    return found


STORED = StoredItem(
    item=1,
    kind=ItemKind.ROW,
    record=4,
    first=1204,
    last=1206,
    cells={"ma": "b", "the": SECRET},
    raw=f"b;{SECRET}",
    reasons=(
        Reason(
            "pattern:the",
            ("the",),
            t("Line {line}, column {column}: “{value}” does not have the form asked for."),
            t("Perhaps “{suggestion}” is meant; write it exactly so.", suggestion=f"0{SECRET}"),
        ),
        Reason(
            "key", ("the",), t("Line {line}: several rows have the key {key}, and they differ.")
        ),
        Reason("row:thu", ("ma", "the"), t("Line {line}: {message}")),
        Reason("too-many-cells", (), t("Line {line}: too many cells: “{surplus}”", surplus=SECRET)),
    ),
)
MENDS = {"the": Mend(1, "the", SECRET, MENDED, "per_1", datetime(2026, 11, 23, tzinfo=UTC))}


def show(role: Role, language: str = "vi") -> QuarantinedItem:
    return show_item(STORED, "dlv_1", of(), permit(role), MENDS, None, language)


def test_whoever_sees_everything_gets_the_value_in_cell_reason_and_hint() -> None:
    item = show(Role.OFFICER)
    assert item.raw == f"b;{SECRET}"
    assert [str(reason.text) for reason in item.reasons] == [
        f"Line 1204–1206, column Số thẻ: “{SECRET}” does not have the form asked for.",
        f"Line 1204–1206: several rows have the key {SECRET}, and they differ.",
        "Line 1204–1206: Mã trùng số thẻ.",
        f"Line 1204–1206: too many cells: “{SECRET}”",
    ]
    assert (item.current("the"), item.current("ma")) == (MENDED, "b")


def test_a_masked_value_shows_in_no_cell_reason_hint_mend_or_source_line() -> None:
    item = show(Role.APPROVER)
    assert SECRET not in repr(item)
    assert MENDED not in repr(item)
    assert item.cells["the"] == "•••••••0123"
    assert item.current("the") == "••••••••4567"
    assert item.raw is None
    assert item.reasons[0].fix is None
    assert "•••••••0123" in str(item.reasons[0].text)
    assert str(item.reasons[3].text) == "Line 1204–1206: too many cells: “…”"


def test_labels_and_messages_come_in_the_readers_language() -> None:
    texts = [str(reason.text) for reason in show(Role.OFFICER, "en").reasons]
    assert "column Card" in texts[0]
    assert texts[2] == "Line 1204–1206: Code and card are the same."


@pytest.mark.parametrize(
    ("mask", "cell", "seen"),
    [
        ("last-four", "001190001234", "••••••••1234"),
        ("last-four", "123", "••••"),
        ("first-letters", "Nguyễn Thị Hoà", "N••••• T•• H••"),
        ("year", "31/02/1990", "1990"),
        ("year", "không rõ", "••••"),
        ("token", "abc", "••••"),
        ("hide", "abc", None),
        ("last-four", None, None),
    ],
)
def test_each_mask_covers_a_raw_cell(mask: str, cell: str | None, seen: str | None) -> None:
    assert shown(permit(Role.APPROVER, mask), "the", cell) == seen


def test_findings_and_results_speak_the_contracts_message_in_the_readers_language() -> None:
    batch = BatchRule(
        "it", "rowCount", None, None, Severity.ERROR, Bilingual("Thiếu dòng.", "Rows are missing.")
    )
    strict = replace(of(), batch_rules=(replace(batch, minimum=Decimal(5)),))
    findings, _ = judge_batch(strict, Counts(1, 1, 0, 0, 0), (), (), is_batch=True)
    said = [
        in_language(f.text, f.rule, strict, language) for f in findings for language in ("vi", "en")
    ]
    assert [str(text) for text in said] == [
        "The delivery has 1 rows: Thiếu dòng.",
        "The delivery has 1 rows: Rows are missing.",
    ]
    rule = compile_checks(strict, "0" * 64).rule("row:thu")
    assert str(in_language(rule.message, rule.id, strict, "en")) == "Code and card are the same."
    plain = t("The value is a number.")
    assert in_language(plain, "type:ma", strict, "en") == plain
