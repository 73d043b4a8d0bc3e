"""What waits: read, mended, decided, superseded, and never lost."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.quality.builders import (
    DATE,
    INTEGER,
    Cell,
    column,
    contract,
    good_rows,
    run,
    table_spec,
    write_rejects,
)
from tinhdata.access import Action, Actor, ActorKind, Permit, Resource, Role, decide
from tinhdata.contracts.model import (
    Bilingual,
    Contract,
    Dimension,
    Personal,
    RowRule,
    Severity,
)
from tinhdata.db import Database
from tinhdata.journal import Journal
from tinhdata.kernel import FixedClock, Refused, new_id, t
from tinhdata.quality import (
    Batch,
    CellMend,
    CheckContext,
    CheckResult,
    DecisionImpossible,
    ItemKind,
    ItemQuery,
    ItemState,
    Quarantine,
    QuarantineCounts,
    QuarantineUnknown,
    check,
    compile_checks,
    demand_no_faults,
)

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
RULE = RowRule(
    "thu-tu",
    "tra >= nop",
    Severity.ERROR,
    Dimension.ACCURATE,
    Bilingual("Ngày trả trước ngày nộp.", "Returned before it was handed in."),
    ("nop", "tra"),
)
CONTRACT = replace(
    contract(
        [
            replace(column("ma"), label=Bilingual("Mã", "Code")),
            replace(column("so", INTEGER, minimum=0), label=Bilingual("Số", "Number")),
            replace(
                column("the"),
                label=Bilingual("Số thẻ", "Card"),
                personal=Personal.BASIC,
                mask="last-four",
                pattern="[0-9]{12}",
            ),
            column("nop", DATE),
            column("tra", DATE),
        ],
        ("ma",),
    ),
    row_rules=(RULE,),
)
GOOD: tuple[Cell, ...] = ("a", "1", None, None, None)
ROWS: tuple[tuple[Cell, ...], ...] = (
    GOOD,
    ("b", "x", "00119000123", None, None),
    ("c", "-5", None, "02/01/2025", "01/01/2025"),
    ("d", "7", None, None, None),
)


def permit(action: Action, role: Role = Role.OFFICER) -> Permit:
    actor = Actor(new_id("per"), "Ma Thị Lan", ActorKind.PERSON, frozenset({role}), "H00.1")
    resource = Resource.of(CONTRACT).sent(new_id("per"), "H00.1")
    found = decide(actor, action, resource, "test")
    assert isinstance(found, Permit), found
    return found


@dataclass
class Held:
    """A quarantine with one delivery in it."""

    quarantine: Quarantine
    database: Database
    journal: Journal
    folder: Path
    delivery: str
    result: CheckResult

    def states(self) -> QuarantineCounts:
        return self.quarantine.counts(delivery=self.delivery)

    def decide(self, items: list[int], state: ItemState, **more: str) -> int:
        with self.database.transaction() as tx:
            return self.quarantine.decide(
                tx, self.delivery, items, state, "per_01", release=more.get("release"),
                reason=more.get("reason"),
            )  # fmt: skip

    def mend(self, *mends: CellMend) -> int:
        return self.quarantine.mend(
            permit(Action.MEND), CONTRACT, self.delivery, mends, new_id("per")
        )


def deliver(
    quarantine: Quarantine,
    database: Database,
    folder: Path,
    rows: tuple[tuple[Cell, ...], ...],
    *,
    rejects: Path | None = None,
    of: Contract = CONTRACT,
) -> tuple[str, CheckResult, Batch]:
    """Check rows as a new delivery and record what waits."""
    delivery = new_id("dlv")
    result = run(folder / delivery, of, rows, CheckContext(delivery, rejects=rejects))
    held = result.quarantine
    batch = Batch(
        delivery=delivery,
        dataset=of.id,
        contract_hash=result.contract_hash,
        made=result.made,
        released=result.released,
        linked=result.linked,
        rows=result.quarantined,
        units=result.rejected_units,
        file=quarantine.keep(held.path, delivery) if held else None,
    )
    with database.transaction() as tx:
        quarantine.record(tx, batch, "system:worker")
        quarantine.record(tx, batch, "system:worker")
    return delivery, result, batch


@pytest.fixture
def held(database: Database, tmp_path: Path) -> Held:
    clock = FixedClock(NOW)
    journal = Journal(clock, b"k" * 32)
    quarantine = Quarantine(tmp_path / "quarantine", database, journal, clock)
    text = json.dumps(t("The quote is never closed.").to_json())
    rejects = write_rejects(tmp_path / "rejects.parquet", [(6, "unit:quote", text, 'e;"5')])
    delivery, result, _ = deliver(quarantine, database, tmp_path, ROWS, rejects=rejects)
    return Held(quarantine, database, journal, tmp_path, delivery, result)


READ = ItemQuery()


def test_items_say_in_the_readers_language_what_is_wrong_where(held: Held) -> None:
    page = held.quarantine.items(permit(Action.READ_QUARANTINE), CONTRACT, held.delivery, READ)
    assert (page.total, [item.item for item in page.items]) == (3, [1, 2, 3])
    first, second, third = page.items
    assert [str(reason.text) for reason in first.reasons] == [
        "Line 3, column Số: “x” is not a number.",
        "Line 3, column Số thẻ: “00119000123” does not have the form asked for.",
    ]
    assert [str(reason.text) for reason in second.reasons] == [
        "Line 4, column Số: “-5” is less than the smallest value allowed, 0.",
        "Line 4: Ngày trả trước ngày nộp.",
    ]
    assert second.bad_columns == {"so", "nop", "tra"}
    assert (third.kind, third.raw, third.first) == (ItemKind.UNIT, 'e;"5', 6)
    english = held.quarantine.items(
        permit(Action.READ_QUARANTINE), CONTRACT, held.delivery, READ, "en"
    )
    assert str(english.items[0].reasons[0].text) == "Line 3, column Number: “x” is not a number."
    assert str(english.items[1].reasons[1].text) == "Line 4: Returned before it was handed in."


def test_a_permit_for_something_else_opens_nothing(held: Held) -> None:
    with pytest.raises(Refused):
        held.quarantine.items(permit(Action.READ_DELIVERY), CONTRACT, held.delivery, READ)
    with pytest.raises(Refused):
        held.quarantine.mend(
            permit(Action.READ_QUARANTINE),
            CONTRACT,
            held.delivery,
            [CellMend(1, "so", "1")],
            "per_1",
        )
    other = replace(CONTRACT, id="bang-khac")
    delivery, _, _ = deliver(held.quarantine, held.database, held.folder, ROWS, of=other)
    with pytest.raises(Refused):
        held.quarantine.items(permit(Action.READ_QUARANTINE), CONTRACT, delivery, READ)


@pytest.mark.parametrize(
    ("query", "items"),
    [
        (ItemQuery(rule="type:so"), [1]),
        (ItemQuery(column="so"), [1, 2]),
        (ItemQuery(column="nop"), [2]),
        (ItemQuery(kind=ItemKind.UNIT), [3]),
        (ItemQuery(items=frozenset({2, 3})), [2, 3]),
        (ItemQuery(offset=1, limit=1), [2]),
        (ItemQuery(states=frozenset({ItemState.OPEN})), [2, 3]),
        (ItemQuery(states=frozenset({ItemState.RETURNED})), [1]),
        (ItemQuery(states=frozenset({ItemState.RETURNED, ItemState.OPEN}), column="so"), [1, 2]),
        (ItemQuery(states=frozenset({ItemState.WAIVED})), []),
    ],
)
def test_items_are_filtered_by_state_rule_column_and_kind(
    held: Held, query: ItemQuery, items: list[int]
) -> None:
    held.decide([1], ItemState.RETURNED, reason="Gửi lại đơn vị.")
    page = held.quarantine.items(permit(Action.READ_QUARANTINE), CONTRACT, held.delivery, query)
    assert [item.item for item in page.items] == items
    assert page.total == (3 if query.limit == 1 else len(items))


def test_shares_say_how_many_items_each_rule_holds(held: Held) -> None:
    shares = held.quarantine.shares(permit(Action.READ_QUARANTINE), held.delivery)
    assert {share.rule: share.items for share in shares} == {
        "minimum:so": 1, "pattern:the": 1, "row:thu-tu": 1, "type:so": 1, "unit:quote": 1,
    }  # fmt: skip


def test_a_mend_keeps_the_old_value_the_author_and_the_time_and_the_latest_counts(
    held: Held,
) -> None:
    assert held.mend(CellMend(1, "so", "5"), CellMend(1, "the", None)) == 2
    assert held.mend(CellMend(1, "so", "6"), CellMend(1, "the", None)) == 1
    page = held.quarantine.items(permit(Action.READ_QUARANTINE), CONTRACT, held.delivery, READ)
    item = page.items[0]
    assert (item.cells["so"], item.current("so"), item.current("the")) == ("x", "6", None)
    history = held.quarantine.history(permit(Action.READ_QUARANTINE), held.delivery, 1)
    assert [(m.column, m.old_value, m.new_value, m.at) for m in history] == [
        ("so", "x", "5", NOW),
        ("the", "00119000123", None, NOW),
        ("so", "5", "6", NOW),
    ]
    assert held.quarantine.mended(held.delivery) == (1,)


def test_neither_values_nor_people_reach_the_journal(held: Held) -> None:
    author = new_id("per")
    held.quarantine.mend(
        permit(Action.MEND), CONTRACT, held.delivery, [CellMend(1, "so", "987654")], author
    )
    with held.database.read() as tx:
        entries = held.journal.read(tx)
    assert [entry.kind for entry in entries] == ["quarantine.recorded", "quarantine.mended"]
    written = repr(entries)
    assert "987654" not in written
    assert author not in written


def test_mends_go_only_to_open_items_and_known_columns(held: Held) -> None:
    with pytest.raises(QuarantineUnknown):
        held.mend(CellMend(9, "so", "1"))
    with pytest.raises(QuarantineUnknown):
        held.mend(CellMend(1, "khong-co", "1"))
    held.decide([1], ItemState.RETURNED, reason="Gửi lại.")
    with pytest.raises(DecisionImpossible):
        held.mend(CellMend(1, "so", "1"))


def correct(
    held: Held, items: list[int], *, waived: bool = False
) -> tuple[CheckResult, dict[int, int]]:
    """Check the items again with their mends, as deliveries do."""
    corrections = held.quarantine.corrections(
        permit(Action.MEND), CONTRACT, held.delivery, items, held.folder / "fix" / "rows.parquet"
    )
    context = CheckContext(
        held.delivery,
        is_batch=False,
        waived=frozenset(corrections.items) if waived else frozenset(),
    )
    plan = compile_checks(CONTRACT, "0" * 64)
    result = check(
        plan, corrections.path, table_spec(CONTRACT), context, held.folder / "fix" / "out"
    )
    return result, dict(corrections.items)


def test_a_mended_row_passes_the_same_check_under_its_own_record_number(held: Held) -> None:
    held.mend(CellMend(1, "so", "5"), CellMend(1, "the", None))
    result, items = correct(held, [1, 2])
    assert items == {2: 1, 3: 2}
    assert [(row["_record"], row["ma"], row["so"]) for row in good_rows(result)] == [(2, "b", 5)]
    assert (result.released, result.quarantined, result.held) == (1, 1, None)


def test_a_line_that_was_never_read_becomes_a_row_once_its_cells_are_filled_in(held: Held) -> None:
    with pytest.raises(DecisionImpossible):
        correct(held, [3])
    held.mend(CellMend(3, "ma", "e"), CellMend(3, "so", "5"))
    result, items = correct(held, [3])
    assert items == {7: 3}  # after the four rows made
    assert [(row["_record"], row["ma"]) for row in good_rows(result)] == [(7, "e")]


def test_a_row_is_waived_as_it_is_but_a_line_without_cells_never(held: Held) -> None:
    result, _ = correct(held, [2], waived=True)
    assert good_rows(result)[0]["_warnings"] == "minimum:so row:thu-tu"
    held.quarantine.refuse_units(held.delivery, [1, 2])
    with pytest.raises(DecisionImpossible):
        held.quarantine.refuse_units(held.delivery, [2, 3])


def test_each_item_takes_one_decision_and_the_counts_always_add_up(held: Held) -> None:
    assert held.states() == QuarantineCounts(open=3)
    held.decide([1], ItemState.CORRECTED, release=new_id("rel"))
    held.decide([2], ItemState.WAIVED, release=new_id("rel"), reason="Số liệu đúng, ngày cũ.")
    with pytest.raises(DecisionImpossible):
        held.decide([2, 3], ItemState.RETURNED, reason="Trả lại.")
    assert held.states() == QuarantineCounts(open=1, corrected=1, waived=1)
    assert held.states().total == 3
    assert held.quarantine.open_items(held.delivery) == (3,)
    assert held.quarantine.faults(held.delivery) == ()
    assert held.quarantine.counts(dataset=CONTRACT.id).total == 3


@pytest.mark.parametrize(
    ("state", "release", "reason"),
    [
        (ItemState.CORRECTED, None, None),
        (ItemState.WAIVED, None, "Vì đúng."),
        (ItemState.WAIVED, "rel_1", " "),
        (ItemState.RETURNED, None, None),
        (ItemState.SUPERSEDED, None, None),
        (ItemState.OPEN, None, None),
    ],
)
def test_a_decision_that_lacks_its_release_or_reason_is_refused(
    held: Held, state: ItemState, release: str | None, reason: str | None
) -> None:
    with held.database.transaction() as tx, pytest.raises(DecisionImpossible):
        held.quarantine.decide(
            tx, held.delivery, [1], state, "per_1", release=release, reason=reason
        )
    assert held.states().open == 3


def test_a_later_delivery_that_releases_or_holds_the_key_supersedes_what_is_open(
    held: Held,
) -> None:
    held.decide([2], ItemState.RETURNED, reason="Trả lại.")
    rows: tuple[tuple[Cell, ...], ...] = (
        ("b", "2", None, None, None),
        ("c", "3", None, None, None),
        ("z", "y", None, None, None),
    )
    later, result, batch = deliver(held.quarantine, held.database, held.folder, rows)
    found = held.quarantine.superseded_by(
        CONTRACT, later, [file.path for file in result.good], batch.file
    )
    assert [(each.delivery, each.item) for each in found] == [(held.delivery, 1)]
    with held.database.transaction() as tx:
        assert held.quarantine.supersede(tx, found, later, "system:worker") == 1
        assert held.quarantine.supersede(tx, found, later, "system:worker") == 0
    assert held.states() == QuarantineCounts(open=1, returned=1, superseded=1)
    again, _, batch = deliver(held.quarantine, held.database, held.folder, rows)
    found = held.quarantine.superseded_by(CONTRACT, again, [], batch.file)
    assert [(each.delivery, each.item) for each in found] == [(later, 1)]


def test_a_file_that_was_touched_breaks_the_equation(held: Held) -> None:
    batch = held.quarantine.batch(held.delivery)
    assert batch.file is not None
    path = held.folder / "quarantine" / batch.file.path
    path.write_bytes(path.read_bytes() + b" ")
    (fault,) = held.quarantine.faults(held.delivery)
    assert "changed" in str(fault.text)
    demand_no_faults(())


def test_keeping_the_same_file_twice_changes_nothing(held: Held) -> None:
    batch = held.quarantine.batch(held.delivery)
    assert held.result.quarantine is not None
    kept = held.quarantine.keep(held.result.quarantine.path, held.delivery)
    assert kept == batch.file


def test_an_unknown_delivery_is_named(held: Held) -> None:
    with pytest.raises(QuarantineUnknown, match="dlv_x"):
        held.quarantine.batch("dlv_x")
    assert [batch.delivery for batch in held.quarantine.batches(CONTRACT.id)] == [held.delivery]
    held.decide([1, 2, 3], ItemState.RETURNED, reason="Trả lại cả lượt.")
    assert held.quarantine.batches(CONTRACT.id, only_open=True) == ()


def test_what_waits_of_a_delivery_is_never_exchanged(held: Held) -> None:
    other = replace(held.quarantine.batch(held.delivery), made=5, released=3)
    with held.database.transaction() as tx, pytest.raises(ValueError, match="another batch"):
        held.quarantine.record(tx, other, "system:worker")
