"""A contract is tried out on what was delivered last; the answer is figures, and nothing moves."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa

from tests.integration.deliveries.desk import (
    APPROVER,
    BAD_DAY,
    COLLEAGUE,
    GOOD,
    HEADER,
    OFFICER,
    OPERATOR,
    STRANGER,
    Desk,
)
from tests.integration.deliveries.packing import (
    CASES,
    CASES_SET,
    LIST,
    LIST_SET,
    READINGS,
    READINGS_SET,
    Col,
    Set,
    contract_text,
    row_rule,
)
from tinhdata.access import Actor
from tinhdata.contracts import LoadedContract, load_contract
from tinhdata.deliveries import DryRun, DryRunState, NothingToDo, Outcome, RuleOutcome
from tinhdata.edge.language import say
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import Refused


def loaded(of: Set) -> LoadedContract:
    return load_contract(contract_text(of).encode(), "hop-dong.yaml")


def tried(office: Desk, of: Set, by: Actor = OFFICER) -> DryRun:
    run = office.deliveries.dry_run(by, loaded(of))
    office.platform.work.run_until_idle("tests")
    return office.deliveries.dry_run_of(by, run.id)


def outcome(run: DryRun) -> Outcome:
    assert run.problem is None, str(run.problem)
    assert run.outcome is not None
    return run.outcome


def rule(found: Outcome, name: str) -> RuleOutcome:
    (one,) = [each for each in found.rules if each.rule == name]
    return one


def stricter() -> Set:
    """Give the cases with a rule that two of the good rows break."""
    few = row_rule("duoi-hai-nghin", "so_tien < 2000", "Số tiền vượt hai nghìn.")
    return replace(CASES_SET, version="2.0.0", rules=(*CASES_SET.rules, few))


def looser() -> Set:
    """Give the cases with a day that may be missing and is a text now."""
    columns = tuple(
        Col("ngay_nop", "Ngày nộp") if c.name == "ngay_nop" else c for c in CASES_SET.columns
    )
    return replace(CASES_SET, version="2.0.0", columns=columns)


def everything(office: Desk) -> Mapping[str, list[tuple[object, ...]]]:
    """Give all rows of the metadata database but those of work, dry runs and the journal."""
    passing = {"dry_run", "work_item", "work_schedule", "journal_entry"}
    engine = office.platform.db.engine
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        return {
            name: [tuple(row) for row in connection.execute(sa.select(table))]
            for name, table in tables.tables.items()
            if name not in passing and not name.startswith(("work", "journal"))
        }


def test_it_says_how_many_rows_would_be_released_and_how_many_would_newly_wait(
    office: Desk,
) -> None:
    office.codes()
    office.published(office.cases(*GOOD))
    found = outcome(tried(office, stricter()))
    assert (found.made, found.released, found.held) == (3, 1, 2)
    assert (found.newly_held, found.newly_released) == (2, 0)
    new = rule(found, "row:duoi-hai-nghin")
    assert (new.failed, new.before) == (2, None)
    assert [sample.line for sample in new.samples] == [3, 4]
    assert "vượt hai nghìn" in say(new.samples[0].in_language("vi"), "vi")
    assert found.stops is not None  # more than 60 % of the rows fail
    assert found.change is not None
    assert found.change.rows == 1


def test_it_says_how_many_waiting_rows_would_be_released(office: Desk) -> None:
    office.codes()
    office.cases(*GOOD, BAD_DAY)
    found = outcome(tried(office, looser()))
    assert (found.released, found.held) == (4, 0)
    assert (found.newly_held, found.newly_released) == (0, 1)


def test_nothing_moves_but_the_run_itself(office: Desk) -> None:
    office.codes()
    office.published(office.cases(*GOOD, BAD_DAY))
    before, kinds = everything(office), office.journal_kinds()
    added = (*CASES_SET.columns, Col("moi", "Cột mới"))
    tried(office, replace(CASES_SET, version="1.1.0", columns=added))
    assert everything(office) == before
    assert office.journal_kinds() == [*kinds, "delivery.tried"]
    staging = office.store / "staging"
    assert [path.name for path in staging.iterdir() if path.name.startswith("dry")] == []


def test_samples_show_no_personal_value_to_anyone(office: Desk) -> None:
    office.codes()
    office.cases(*GOOD)
    named = tuple(
        replace(c, options={"maxLength": 3}) if c.name == "nguoi_nop" else c
        for c in CASES_SET.columns
    )
    found = outcome(tried(office, replace(CASES_SET, version="2.0.0", columns=named)))
    said = rule(found, "max-length:nguoi_nop").samples
    assert len(said) == 3
    assert all("Người" not in say(sample.vi, "vi").replace("Người nộp", "") for sample in said)
    with office.platform.db.read() as tx:
        kept = str(tx.execute(sa.text("SELECT outcome FROM dry_run")).scalar_one())
    assert "Người hai" not in kept


def test_a_rename_is_no_change_of_what_is_read(office: Desk) -> None:
    office.codes()
    office.cases(*GOOD, BAD_DAY)
    columns = tuple(
        replace(c, name="ma_ho_so", id="ma") if c.name == "ma" else c for c in CASES_SET.columns
    )
    found = outcome(tried(office, replace(CASES_SET, version="2.0.0", columns=columns)))
    assert (found.made, found.held, found.newly_held, found.newly_released) == (4, 1, 0, 0)
    failing = rule(found, "type:ngay_nop")
    assert (failing.failed, failing.before) == (1, 1)


def test_a_column_that_is_called_otherwise_is_found_where_it_stood(office: Desk) -> None:
    office.codes()
    office.cases(*GOOD)
    columns = tuple(
        Col("so_hieu", "Số hiệu văn thư", key=1, required=True, id="ma") if c.name == "ma" else c
        for c in CASES_SET.columns
    )
    found = outcome(tried(office, replace(CASES_SET, version="2.0.0", columns=columns)))
    assert (found.made, found.released, found.newly_held) == (3, 3, 0)


def test_a_new_required_column_is_missing_in_every_row(office: Desk) -> None:
    office.codes()
    office.cases(*GOOD)
    columns = (*CASES_SET.columns, Col("so_dien_thoai", "Số điện thoại", required=True))
    found = outcome(tried(office, replace(CASES_SET, version="2.0.0", columns=columns)))
    (column,) = [each for each in found.columns if each.name == "so_dien_thoai"]
    assert (column.is_new, column.is_found, column.empty, column.rows) == (True, False, 3, 3)
    assert found.newly_held == 3


def test_rows_of_other_deliveries_that_wait_are_judged_too(office: Desk) -> None:
    header = "Trạm,Ngày đo,Giá trị"
    office.published(office.send(READINGS, header, "T1,05/01/2026,10", "T1,06/01/2026,5000"))
    office.published(office.send(READINGS, header, "T1,05/02/2026,20"))
    wider = replace(READINGS_SET.columns[2], options={"maximum": 9999}, name="so_do", id="gia_tri")
    found = outcome(tried(office, replace(
        READINGS_SET, version="2.0.0", columns=(*READINGS_SET.columns[:2], wider)
    )))  # fmt: skip
    assert (found.open_items.waiting, found.open_items.passing) == (1, 1)
    assert found.made == 1


def test_where_the_bytes_are_gone_the_published_rows_are_judged(office: Desk) -> None:
    office.codes()
    sent = office.published(office.cases(*GOOD))
    for path in (office.store / "landing").rglob(f"*{sent.sha256}*"):
        path.unlink()
    found = outcome(tried(office, stricter()))
    assert (found.made, found.released, found.held, found.newly_held) == (3, 1, 2, 2)
    assert rule(found, "row:duoi-hai-nghin").before == 0


def test_a_file_that_cannot_be_read_any_more_fails_with_the_reason(office: Desk) -> None:
    office.published(office.send(READINGS, "Trạm,Ngày đo,Giá trị", "T1,05/01/2026,10"))
    office.published(office.send(READINGS, "Trạm,Ngày đo,Giá trị", "T1,05/02/2026,10"))
    as_text = (*READINGS_SET.columns[:2], Col("gia_tri", "Giá trị"))
    run = tried(office, replace(READINGS_SET, version="2.0.0", columns=as_text))
    assert run.state is DryRunState.FAILED
    assert "new id" in str(run.problem)


def test_asking_twice_while_it_runs_gives_the_same_run(office: Desk) -> None:
    office.codes()
    office.cases(*GOOD)
    first = office.deliveries.dry_run(OFFICER, loaded(stricter()))
    assert office.deliveries.dry_run(APPROVER, loaded(stricter())).id == first.id
    office.platform.work.run_until_idle("tests")
    assert office.deliveries.dry_run(OFFICER, loaded(stricter())).id != first.id
    assert office.deliveries.last_dry_run(OPERATOR, loaded(stricter()).hash) is not None


def test_only_who_may_propose_or_approve_tries_a_contract_out(office: Desk) -> None:
    office.codes()
    office.cases(*GOOD)
    for person in (OFFICER, APPROVER, OPERATOR, COLLEAGUE):
        run = office.deliveries.dry_run(person, loaded(stricter()))
    with pytest.raises(Refused):
        office.deliveries.dry_run(STRANGER, loaded(stricter()))
    with pytest.raises(Refused):
        office.deliveries.dry_run_of(STRANGER, run.id)
    # A text that claims the dataset for one's own agency opens nothing.
    with pytest.raises(Refused):
        office.deliveries.dry_run(STRANGER, loaded(replace(stricter(), agency="T02")))


def test_without_any_row_there_is_nothing_to_try(office: Desk) -> None:
    with pytest.raises(NothingToDo, match=CASES):
        office.deliveries.dry_run(OFFICER, loaded(stricter()))


def test_rows_are_looked_over_before_they_are_sent(office: Desk) -> None:
    office.codes()
    before, kinds = everything(office), office.journal_kinds()
    data = "\n".join((HEADER, *GOOD, BAD_DAY)).encode()
    found = office.deliveries.look_over(OFFICER, CASES, data, "bieu-mau.csv", ReadingChoice())
    assert list(found.failing) == [5]
    assert found.failing[5][0].columns == ("ngay_nop",)
    assert found.stops is None
    assert everything(office) == before
    assert office.journal_kinds() == kinds
    with pytest.raises(Refused):
        office.deliveries.look_over(STRANGER, CASES, data, "bieu-mau.csv")


def test_a_dropped_contract_leaves_the_list_as_it_is(office: Desk) -> None:
    office.published(office.send(LIST, "Mã số,Tên gọi,Số lượng,Ngày ghi", "M1,Một,1,05/01/2026"))
    fewer = replace(LIST_SET, version="2.0.0", columns=LIST_SET.columns[:2], custom={})
    found = outcome(tried(office, fewer))
    assert (found.made, found.released) == (1, 1)
    assert [each.name for each in found.columns] == ["ma", "ten"]
