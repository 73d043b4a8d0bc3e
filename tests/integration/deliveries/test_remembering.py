"""A choice of how a file is read holds for the next files of the same source with that header."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO
from typing import TypeAlias

import openpyxl
import pytest

from tests.integration.deliveries.desk import (
    COLLEAGUE,
    OFFICER,
    STRANGER,
    Desk,
    actor,
)
from tests.integration.deliveries.packing import LIST, Col, Set
from tinhdata.access import Actor, ActorKind, Role
from tinhdata.deliveries import Delivery, State
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import Refused, new_id

HEADER = "Số hiệu riêng,Tên gọi,Số lượng"
CHOICE = ReadingChoice(mapping={"ma": 0})
SUPPLIER = actor("noigui", "T02", Role.OFFICER)
Cells: TypeAlias = Sequence[str | int]
YIELDS = Set(
    "san-luong-thu",
    (
        Col("ma", "Mã số", key=1, required=True),
        Col("san_luong", "Sản lượng", "number", custom={"unit": "tấn", "decimals": 3}),
    ),
)


HEAD: Cells = ["Mã số", "Tên gọi", "Số lượng"]


def book_of(**sheets: Sequence[Cells]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def sent(office: Desk, *lines: str, by: Actor = OFFICER, header: str = HEADER) -> Delivery:
    return office.send(LIST, header, *lines, by=by)


def chosen(office: Desk, delivery: Delivery, choice: ReadingChoice = CHOICE) -> Delivery:
    return office.settled(office.deliveries.choose(COLLEAGUE, delivery.id, choice).id)


@pytest.fixture
def taught(office: Desk) -> Delivery:
    first = sent(office, "M1,Một,1")
    assert first.state is State.CHOOSING
    return chosen(office, first)


def test_the_next_file_with_that_header_is_read_as_it_was_chosen(
    office: Desk, taught: Delivery
) -> None:
    following = sent(office, "M2,Hai,2")
    assert following.state is State.CHECKED
    assert following.choice is None
    recalled = office.deliveries.read_as_before(OFFICER, following.id)
    assert recalled is not None
    assert (recalled.delivery, recalled.chosen_by) == (taught.id, COLLEAGUE.id)
    assert recalled.choice == CHOICE
    assert office.deliveries.read_as_before(OFFICER, taught.id) is None


def test_case_marks_and_blanks_of_the_header_make_no_difference(
    office: Desk, taught: Delivery
) -> None:
    assert taught.state is State.CHECKED
    same = sent(office, "M2,Hai,2", header="SO HIEU RIENG, ten goi,số  lượng")
    assert same.state is State.CHECKED
    other = sent(office, "M2,Hai,2", header="Số hiệu khác,Tên gọi,Số lượng")
    assert other.state is State.CHOOSING


def test_a_choice_for_a_file_that_never_passed_the_reading_is_not_kept(office: Desk) -> None:
    first = sent(office, "M1,Một,1")
    assert chosen(office, first, ReadingChoice(first_header_row=900)).state is State.CHOOSING
    assert sent(office, "M2,Hai,2").state is State.CHOOSING


def test_another_choice_takes_its_place_and_the_empty_one_forgets_it(
    office: Desk, taught: Delivery
) -> None:
    without = ReadingChoice(mapping={"ma": 0, "so": None})
    again = chosen(office, taught, without)
    recalled = office.deliveries.read_as_before(OFFICER, sent(office, "M3,Ba,3").id)
    assert recalled is not None
    assert (recalled.choice, recalled.delivery) == (without, again.id)
    anew = chosen(office, again, ReadingChoice())
    assert anew.state is State.CHOOSING  # nothing is read yet, so nothing is forgotten either
    assert office.deliveries.forget_reading(OFFICER, again.id) == 1
    assert sent(office, "M4,Bốn,4").state is State.CHOOSING


def test_reading_a_recalled_file_by_itself_forgets_what_was_kept(office: Desk) -> None:
    header = "Mã số,Tên gọi,Số lượng"
    first = sent(office, "M1,Một,1", header=header)
    chosen(office, first, ReadingChoice(mapping={"so": None}))
    recalled = sent(office, "M2,Hai,2", header=header)
    assert office.deliveries.read_as_before(OFFICER, recalled.id) is not None
    again = chosen(office, recalled, ReadingChoice())
    assert again.state is State.CHECKED
    following = sent(office, "M3,Ba,3", header=header)
    assert office.deliveries.read_as_before(OFFICER, following.id) is None
    with office.platform.db.read() as tx:
        said = office.platform.journal.read(tx, kind="delivery.reading")
    assert [entry.data["kept"] for entry in said] == [True, False]


def test_what_no_longer_fits_is_not_used_and_said(office: Desk) -> None:
    names = "Mã số,Tên gọi,Số lượng"
    first = sent(office, "(a),(b),(c)", "M1,Một,1", header=names)
    both = ReadingChoice(header_rows=2, mapping={"ma": 0, "ten": 1, "so": 2})
    assert chosen(office, first, both).rows.made == 1
    following = sent(office, "M5,Năm,5", "M6,Sáu,6", header=names)
    assert following.state is State.CHECKED
    assert following.rows.made == 2
    assert following.understanding is not None
    assert any("last time" in str(note) for note in following.understanding.notes)


def test_nothing_passes_from_one_agency_or_source_to_another(
    office: Desk, taught: Delivery
) -> None:
    assert taught.state is State.CHECKED
    key = Actor(new_id("key"), "máy", ActorKind.SOURCE, frozenset(), "T01", frozenset({LIST}))
    received = office.deliveries.receive(
        key, LIST, [f"{HEADER}\nM7,Bảy,7\n".encode()], "t.csv", source="api"
    )
    by_key = office.settled(received.delivery.id)
    assert by_key.state is State.CHOOSING
    assert chosen(office, by_key).state is State.CHECKED
    received = office.deliveries.receive(
        key, LIST, [f"{HEADER}\nM8,Tám,8\n".encode()], "t.csv", source="api"
    )
    assert office.settled(received.delivery.id).state is State.CHECKED


@pytest.mark.parametrize(("title", "factor"), [("tấn", 1), ("nghìn tấn", 1_000)])
def test_a_unit_chosen_for_one_file_says_nothing_of_one_that_names_another(
    office: Desk, title: str, factor: int
) -> None:
    office.registered(YIELDS)
    lines = ("Mã số,Sản lượng", "M1,5")
    first = office.send(YIELDS.id, "ĐVT: tạ,", "ĐVT: kg,", *lines)
    assert first.state is State.CHOOSING
    assert chosen(office, first, ReadingChoice(units={"san_luong": "kg"})).state is State.CHECKED
    following = office.send(YIELDS.id, f"ĐVT: {title},", *lines)
    assert following.state is State.CHECKED
    assert office.deliveries.read_as_before(OFFICER, following.id) is None
    assert following.understanding is not None
    assert following.understanding.scales.get("san_luong", Decimal(1)) == factor


def test_a_unit_chosen_with_its_column_does_not_overrule_what_a_file_says_above(
    office: Desk,
) -> None:
    office.registered(YIELDS)
    lines = ("Mã số,Con số", "M1,5")
    choice = ReadingChoice(mapping={"san_luong": 1}, units={"san_luong": "tạ"})
    chosen(office, office.send(YIELDS.id, *lines), choice)
    same = office.send(YIELDS.id, *lines, "M2,6")
    assert office.deliveries.read_as_before(OFFICER, same.id) is not None
    other = office.send(YIELDS.id, "ĐVT: nghìn tấn,", *lines)
    assert office.deliveries.read_as_before(OFFICER, other.id) is None


def test_old_letters_chosen_for_one_file_say_nothing_of_one_in_unicode(office: Desk) -> None:
    header = "Ma so,Ten goi,So luong"
    old = f"{header}\nM1,".encode() + b"H\xe0 N\xf4i,1\n"
    first = office.send_bytes(LIST, old)
    chosen(office, first, ReadingChoice(encoding="windows-1258"))
    again = office.send_bytes(LIST, old.replace(b"M1", b"M2"))
    assert office.deliveries.read_as_before(OFFICER, again.id) is not None
    following = sent(office, "M3,Dân tộc,3", header=header)
    assert office.deliveries.read_as_before(OFFICER, following.id) is None
    office.published(following)
    assert office.rows(LIST, "ten") == [("Dân tộc",)]


def test_the_sheet_chosen_among_some_is_asked_again_when_there_are_others(office: Desk) -> None:
    one: list[Cells] = [HEAD, ["M1", "Một", 1]]
    two: list[Cells] = [HEAD, ["M2", "Hai", 2]]
    first = office.send_bytes(LIST, book_of(T1=one, T2=two), name="a.xlsx")
    assert first.state is State.CHOOSING
    assert chosen(office, first, ReadingChoice(sheets=("T2",))).state is State.CHECKED
    same = office.send_bytes(LIST, book_of(T1=two, T2=one), name="b.xlsx")
    assert same.state is State.CHECKED
    more = office.send_bytes(LIST, book_of(T1=one, T2=two, T3=two), name="c.xlsx")
    assert more.state is State.CHOOSING


def test_a_mapping_holds_for_a_sheet_with_another_name(office: Desk) -> None:
    head: Cells = HEADER.split(",")
    first = office.send_bytes(LIST, book_of(T1=[head, ["M1", "Một", 1]]), name="a.xlsx")
    assert chosen(office, first).state is State.CHECKED
    following = office.send_bytes(LIST, book_of(T2=[head, ["M2", "Hai", 2]]), name="b.xlsx")
    assert following.state is State.CHECKED


def test_only_who_may_mend_a_delivery_may_make_it_forget(office: Desk, taught: Delivery) -> None:
    with pytest.raises(Refused):
        office.deliveries.forget_reading(STRANGER, taught.id)
    assert office.deliveries.forget_reading(OFFICER, taught.id) == 1
    assert office.deliveries.forget_reading(OFFICER, taught.id) == 0
    assert sent(office, "M2,Hai,2").state is State.CHOOSING
