"""Bytes come in: kept once, recognised when they come again, read as a person says."""

import threading
from pathlib import Path

import pytest

from tests.integration.deliveries.desk import (
    BAD_DAY,
    COLLEAGUE,
    GOOD,
    HEADER,
    OFFICER,
    STRANGER,
    Desk,
)
from tests.integration.deliveries.packing import CASES, CODES, ELSEWHERE, LIST, READINGS
from tinhdata.access import ANONYMOUS
from tinhdata.deliveries import NoSuchDataset, NoSuchDelivery, NotNow, Received, State
from tinhdata.intake import Question, ReadingChoice
from tinhdata.kernel import Refused
from tinhdata.landing import FileEmpty, FileTooLarge
from tinhdata.quality import ItemState

CODE_LINES = ("Mã khu vực,Tên khu vực", "A,Khu A", "B,Khu B")


def test_the_same_bytes_twice_are_the_same_delivery(office: Desk) -> None:
    first = office.send(CODES, *CODE_LINES)
    again = office.deliveries.receive(
        COLLEAGUE, CODES, [("\n".join(CODE_LINES) + "\n").encode()], "ten-khac.csv"
    )
    assert not again.is_new
    assert again.delivery == office.deliveries.get(COLLEAGUE, first.id)
    office.published(first)
    office.send(CODES, *CODE_LINES)
    assert office.get(first.id).state is State.RELEASED
    assert office.deliveries.page(OFFICER, dataset=CODES).total == 1


def test_going_back_to_the_first_version_is_a_third_delivery_and_release(office: Desk) -> None:
    better = (*CODE_LINES, "C,Khu C")
    for lines in (CODE_LINES, better, CODE_LINES):
        office.published(office.send(CODES, *lines))
    assert len(office.numbers(CODES)) == 3
    assert [row[0] for row in office.rows(CODES, "ma")] == ["A", "B"]
    counts = office.current(CODES).counts
    assert (counts.base, counts.deleted, counts.unchanged, counts.rows) == (3, 1, 2, 2)


def test_a_file_is_kept_once_however_often_it_comes(office: Desk) -> None:
    for lines in (CODE_LINES, (*CODE_LINES, "C,Khu C"), CODE_LINES):
        office.published(office.send(CODES, *lines))
    size = len(("\n".join(CODE_LINES) + "\n").encode())
    kept = [p for p in (office.store / "landing").rglob("*") if p.is_file()]
    assert [p.stat().st_size for p in kept].count(size) == 1


def test_a_file_that_is_no_table_is_refused_with_a_way_out(office: Desk) -> None:
    refused = office.send_bytes(CASES, b"%PDF-1.7\n" + bytes(200), name="quyet-dinh.pdf")
    assert refused.state is State.REFUSED
    assert refused.problem is not None
    assert refused.understanding is not None
    assert refused.understanding.refusal is not None
    assert refused.rows.made == 0
    assert office.deliveries.history(OFFICER, refused.id)[-1].text == refused.problem
    with pytest.raises(NotNow):
        office.deliveries.publish(OFFICER, refused.id)


def test_a_mapping_that_cannot_be_told_waits_for_a_person_and_is_then_read_so(
    office: Desk,
) -> None:
    office.codes()
    lines = ("Cột một,Cột hai,Cột ba,Cột bốn,Cột năm", *GOOD)
    waiting = office.send(CASES, *lines)
    assert waiting.state is State.CHOOSING
    assert waiting.understanding is not None
    assert Question.MAPPING in waiting.understanding.questions
    names = ("ma", "nguoi_nop", "khu_vuc", "ngay_nop", "so_tien")
    choice = ReadingChoice(
        first_header_row=1, header_rows=1, mapping={name: at for at, name in enumerate(names)}
    )
    chosen = office.deliveries.choose(OFFICER, waiting.id, choice)
    assert chosen.id == waiting.id
    checked = office.settled(chosen.id)
    assert checked.state is State.CHECKED
    assert (checked.rows.made, checked.rows.waiting) == (3, 3)
    assert office.published(checked).state is State.RELEASED


def test_reading_a_checked_file_another_way_is_a_new_delivery_over_the_same_bytes(
    office: Desk,
) -> None:
    office.codes()
    first = office.cases(*GOOD, BAD_DAY)
    choice = ReadingChoice(mapping={"so_tien": None})
    renewed = office.deliveries.choose(OFFICER, first.id, choice)
    assert renewed.id != first.id
    assert renewed.sha256 == first.sha256
    assert office.settled(renewed.id).state is State.CHECKED
    old = office.get(first.id)
    assert old.state is State.SUPERSEDED
    assert set(office.states(old).values()) == {ItemState.SUPERSEDED}
    with pytest.raises(NotNow):
        office.deliveries.choose(OFFICER, first.id, choice)


def test_a_file_of_a_dataset_that_is_not_there_is_refused_before_a_byte_is_kept(
    office: Desk,
) -> None:
    with pytest.raises(NoSuchDataset) as missing:
        office.send("khong-co", "a,b")
    assert missing.value.fix is not None
    with pytest.raises(NoSuchDelivery):
        office.deliveries.get(OFFICER, "dlv_khong_co")


@pytest.mark.parametrize("dataset", [ELSEWHERE, CASES])
def test_only_officers_of_the_agency_deliver(office: Desk, dataset: str) -> None:
    other = STRANGER if dataset == CASES else OFFICER
    with pytest.raises(Refused):
        office.send(dataset, "Mã,Tên", "1,một", by=other)
    with pytest.raises(Refused):
        office.send(dataset, "Mã,Tên", "1,một", by=ANONYMOUS)
    assert office.deliveries.page(OFFICER).total == 0


def test_an_empty_file_and_one_too_large_leave_no_delivery(office: Desk) -> None:
    with pytest.raises(FileEmpty):
        office.deliveries.receive(OFFICER, LIST, [b""], "trong.csv")
    limit = office.platform.settings.upload_limit_mb
    piece = bytes(1024 * 1024)
    with pytest.raises(FileTooLarge):
        office.deliveries.receive(OFFICER, LIST, (piece for _ in range(limit + 1)), "lon.csv")
    assert office.deliveries.page(OFFICER).total == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\Users\\lan\\hồ sơ.csv", "hồ sơ.csv"),
        ("../../etc/passwd", "passwd"),
        ("a\x1b[31m\u202egpj.csv", "a[31mgpj.csv"),
        ("", "file"),
        ("thư mục/", "file"),
        ("x" * 300 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_of_a_file_name_only_what_is_harmless_is_kept(office: Desk, given: str, kept: str) -> None:
    received = office.deliveries.receive(OFFICER, CODES, [b"a,b\n1,2\n"], given)
    assert received.delivery.filename == kept


def test_two_who_send_the_same_bytes_at_once_make_one_delivery(any_office: Desk) -> None:
    office = any_office
    data = ("\n".join((HEADER, *GOOD)) + "\n").encode()
    start = threading.Barrier(4)
    received: list[Received] = []
    faults: list[BaseException] = []

    def send() -> None:
        start.wait()
        try:
            received.append(office.deliveries.receive(OFFICER, CASES, [data], "tep.csv"))
        except BaseException as error:  # a thread's fault must reach the test
            faults.append(error)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert len({each.delivery.id for each in received}) == 1
    assert [each.is_new for each in received].count(True) == 1
    assert office.settled(received[0].delivery.id).state is State.CHECKED


def test_different_files_sent_at_once_are_all_received(any_office: Desk) -> None:
    office = any_office
    start = threading.Barrier(3)
    received: list[Received] = []

    def send(number: int) -> None:
        start.wait()
        data = f"{HEADER}\nHS00{number},Người {number},A,05/01/2026,1\n".encode()
        received.append(office.deliveries.receive(OFFICER, CASES, [data], "tep.csv"))

    threads = [threading.Thread(target=send, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({each.delivery.id for each in received}) == 3
    assert all(each.is_new for each in received)
    for each in received:
        assert office.settled(each.delivery.id).state is State.CHECKED


def test_a_sample_is_taken_once_and_never_beside_what_people_sent(
    office: Desk, tmp_path: Path
) -> None:
    sample = tmp_path / "mau.csv"
    sample.write_text("\n".join(CODE_LINES) + "\n", encoding="utf-8")
    assert office.deliveries.take_sample(CODES, sample, "pack")
    assert not office.deliveries.take_sample(CODES, sample, "pack")
    assert office.current(CODES).rows == 2
    office.send(READINGS, "Trạm,Ngày đo,Giá trị", "T1,01/01/2026,5")
    assert not office.deliveries.take_sample(READINGS, sample, "pack")
    assert office.numbers(READINGS) == {}
