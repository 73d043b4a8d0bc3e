"""Whatever the file, nothing is lost: the equations of DESIGN.md section 2 hold after every step.

The cases are drawn by hypothesis, always the same ones, so that a failure can be repeated.
"""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.deliveries.broken import BrokenFile, text_files, workbooks
from tests.integration.deliveries.desk import APPROVER, OFFICER, Desk, desk
from tests.integration.deliveries.packing import LIST
from tinhdata.deliveries import Delivery, NotNow, State
from tinhdata.intake import ReadingChoice
from tinhdata.quality import CellMend, ItemState

VALUES = st.sampled_from(("M1", "M42", "5", "x", "01/02/2026", None, "Chợ"))
COLUMNS = st.sampled_from(("ma", "ten", "so", "ngay"))
Mends = list[tuple[int, dict[str, str | None]]]
"""Which of the waiting items, and what its cells shall say."""

WHOLE = st.integers(50, 60).map(
    lambda n: {"ma": f"M{n}", "ten": "Chợ", "so": "5", "ngay": "01/02/2026"}
)
MENDS: st.SearchStrategy[Mends] = st.lists(
    st.tuples(st.integers(0, 20), WHOLE | st.dictionaries(COLUMNS, VALUES, min_size=1, max_size=2)),
    max_size=6,
)
SLOW = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def account_for_lines(office: Desk, delivery: Delivery, file: BrokenFile) -> None:
    """Each line stands in one place: no two items share one, and none lies outside of the file."""
    office.assert_accounts()
    if delivery.units is None:
        return
    if file.lines is not None:
        assert delivery.units.units == file.lines
    lines: set[int] = set()
    for item in office.items(delivery):
        covered = set(range(item.first, item.last + 1))
        assert covered.isdisjoint(lines)
        assert max(covered) <= delivery.units.units
        lines |= covered


def deliver(office: Desk, file: BrokenFile) -> Delivery:
    """Send a file and have it read; where a person must choose, she takes columns as they stand."""
    delivery = office.send_bytes(LIST, file.data, name=file.name)
    if delivery.state is State.CHOOSING:
        names = ("ma", "ten", "so", "ngay")
        choice = ReadingChoice(
            first_header_row=1, header_rows=1, mapping={name: at for at, name in enumerate(names)}
        )
        delivery = office.settled(office.deliveries.choose(OFFICER, delivery.id, choice).id)
    account_for_lines(office, delivery, file)
    return delivery


def mend(office: Desk, delivery: Delivery, mends: Mends) -> None:
    waiting = office.open_items(delivery)
    if waiting:
        chosen = [
            CellMend(waiting[at % len(waiting)], column, to)
            for at, cells in mends
            for column, to in cells.items()
        ]
        office.deliveries.mend(OFFICER, delivery.id, chosen)


def publish(office: Desk, delivery: Delivery) -> Delivery:
    """Publish, over a hold if need be; what nobody may publish is returned."""
    try:
        return office.published(delivery, APPROVER, "Đã xem")
    except NotNow:
        office.deliveries.return_delivery(OFFICER, delivery.id, "Không dùng được")
        return office.get(delivery.id)


def correct(office: Desk, parent: Delivery) -> Delivery | None:
    mended = office.platform.quarantine.mended(parent.id)
    if parent.state is not State.RELEASED or not mended:
        return None
    child = office.settled(office.deliveries.correct(OFFICER, parent.id).id)
    return office.published(child) if child.state is State.CHECKED else child


def live(
    first: BrokenFile,
    second: BrokenFile,
    mends: Mends,
    later: Mends,
    withdraws: bool,
) -> None:
    """Two files of one dataset from receiving to withdrawal, the accounts held at every step."""
    with tempfile.TemporaryDirectory() as folder, desk(Path(folder)) as office:
        one = deliver(office, first)
        if one.report is not None:
            mend(office, one, mends)
            one = publish(office, one)
            account_for_lines(office, one, first)
            if one.state is State.RELEASED:
                check_release(office, one)
                mend(office, one, later)
                child = correct(office, one)
                account_for_lines(office, one, first)
                if child is not None and child.state is State.RELEASED:
                    assert set(child.items).isdisjoint(office.open_items(one))
        two = deliver(office, second)
        if two.report is not None and two.id != one.id:
            two = publish(office, two)
            account_for_lines(office, two, second)
        if two.state is State.RELEASED and two.release is not None:
            office.deliveries.return_items(OFFICER, two.id, (), "Hỏi lại nơi gửi")
            assert office.open_items(two) == []
            if withdraws:
                office.deliveries.withdraw(APPROVER, two.release, "Nhầm", "Điều 5", with_later=True)
        office.assert_accounts()


def check_release(office: Desk, delivery: Delivery) -> None:
    """The release holds what passed and what was mended, each once; copies are linked."""
    release = office.current(LIST)
    assert release.delivery_id == delivery.id
    corrected = [s for s in office.states(delivery).values() if s is ItemState.CORRECTED]
    assert delivery.rows.released <= release.rows <= delivery.rows.released + len(corrected)
    keys = [row[0] for row in office.rows(LIST, "ma")]
    assert len(keys) == len(set(keys)) == release.rows


@SLOW
@given(text_files(), text_files(), MENDS, MENDS, st.booleans())
def test_no_line_of_a_broken_text_file_is_lost(
    first: BrokenFile,
    second: BrokenFile,
    mends: Mends,
    later: Mends,
    withdraws: bool,
) -> None:
    live(first, second, mends, later, withdraws)


@settings(SLOW, max_examples=8)
@given(workbooks(), workbooks() | text_files(), MENDS, MENDS, st.booleans())
def test_no_row_of_a_broken_workbook_is_lost(
    first: BrokenFile,
    second: BrokenFile,
    mends: Mends,
    later: Mends,
    withdraws: bool,
) -> None:
    live(first, second, mends, later, withdraws)
