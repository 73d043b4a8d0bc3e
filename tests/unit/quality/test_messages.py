"""Sentences about cells: the right one for each mistake, in Vietnamese as it is read."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.integration.quality.builders import (
    BOOLEAN,
    DATE,
    INTEGER,
    NUMBER,
    column,
    contract,
)
from tinhdata.access import Action, system_permit
from tinhdata.contracts.model import Bilingual, Column, Reference
from tinhdata.edge.language import say
from tinhdata.quality.messages import bound_text, explain
from tinhdata.quality.model import Reason
from tinhdata.quality.places import UnitPlace
from tinhdata.quality.rules import compile_checks
from tinhdata.quality.showing import fill_reason


def spoken(rule: str, what: Column, cell: str | None, hint: str | None = None) -> str:
    """Say in Vietnamese what an officer reads about `cell` on line 14."""
    of = contract([column("ma"), what], ("ma",))
    permit = system_permit(Action.READ_QUARANTINE, of.id, "test")
    compiled = compile_checks(of, "0" * 64).rule(f"{rule}:{what.name}")
    text, fix = explain(compiled, what, cell, hint)
    reason = Reason(compiled.id, compiled.columns, text, fix)
    shown = fill_reason(reason, of, {what.name: cell}, UnitPlace(14, 14), permit, "vi")
    assert shown.fix is not None
    return f"{say(shown.text, 'vi')} {say(shown.fix, 'vi')}"


def labelled(what: Column, label: str) -> Column:
    return replace(what, label=Bilingual(label))


DAY = labelled(column("ngay", DATE), "Ngày nộp")
NUM = labelled(column("so", NUMBER), "Diện tích")
INT = labelled(column("dem", INTEGER), "Số hộ")


@pytest.mark.parametrize(
    ("rule", "what", "cell", "sentence"),
    [
        (
            "type",
            DAY,
            "31/02/2025",
            "Dòng 14, cột Ngày nộp: “31/02/2025” không có trong lịch. Sửa ngày hoặc để trống.",
        ),
        (
            "type",
            replace(DAY, required=True),
            "31/02/2025",
            "Dòng 14, cột Ngày nộp: “31/02/2025” không có trong lịch. Sửa lại ngày.",
        ),
        (
            "type",
            DAY,
            "1/2/25",
            (
                "Dòng 14, cột Ngày nộp: “1/2/25” chỉ ghi năm bằng hai chữ số. "
                "Ghi năm đủ bốn chữ số, ví dụ 31/12/2025."
            ),
        ),
        (
            "type",
            DAY,
            "02/2025",
            (
                "Dòng 14, cột Ngày nộp: “02/2025” chưa nêu ngày cụ thể. "
                "Ghi đủ ngày, tháng, năm, ví dụ 31/12/2025."
            ),
        ),
        (
            "type",
            DAY,
            "hôm qua",
            (
                "Dòng 14, cột Ngày nộp: “hôm qua” không phải là ngày tháng. "
                "Ghi đủ ngày, tháng, năm, ví dụ 31/12/2025."
            ),
        ),
        (
            "type",
            NUM,
            "1.234",
            (
                "Dòng 14, cột Diện tích: “1.234” có thể hiểu thành hai số khác nhau. "
                "Viết liền phần nghìn, hoặc chọn cách viết số của tệp khi giao."
            ),
        ),
        (
            "type",
            NUM,
            "chưa có",
            (
                "Dòng 14, cột Diện tích: “chưa có” không phải là số. "
                "Ghi số vào ô, hoặc để trống nếu không có số liệu."
            ),
        ),
        (
            "type",
            NUM,
            "12 km2",
            (
                "Dòng 14, cột Diện tích: “12 km2” chưa được viết thành một số. "
                "Chỉ ghi chữ số, ví dụ 1234,5; bỏ đơn vị và ghi chú ra khỏi ô."
            ),
        ),
        (
            "type",
            NUM,
            "5%",
            (
                "Dòng 14, cột Diện tích: “5%” là phần trăm, trong khi cột này không "
                "tính bằng phần trăm. "
                "Ghi số theo đơn vị của cột, không kèm dấu phần trăm."
            ),
        ),
        (
            "type",
            NUM,
            "#REF!",
            (
                "Dòng 14, cột Diện tích: “#REF!” là lỗi công thức của bảng tính. "
                "Sửa công thức trong tệp, hoặc ghi thẳng giá trị."
            ),
        ),
        (
            "type",
            replace(NUM, decimals=1),
            "1,25",
            (
                "Dòng 14, cột Diện tích: “1,25” có quá 1 chữ số thập phân hoặc có "
                "quá nhiều chữ số. Làm tròn số theo quy định của bộ dữ liệu."
            ),
        ),
        (
            "type",
            INT,
            "5,5",
            "Dòng 14, cột Số hộ: “5,5” không phải là số nguyên. Ghi số không có phần thập phân.",
        ),
        (
            "type",
            INT,
            "5.000",
            (
                "Dòng 14, cột Số hộ: “5.000” có thể hiểu thành hai số khác nhau. "
                "Viết liền phần nghìn, hoặc chọn cách viết số của tệp khi giao."
            ),
        ),
        (
            "type",
            labelled(column("co", BOOLEAN), "Đã nộp"),
            "chưa",
            (
                "Dòng 14, cột Đã nộp: “chưa” không phải là có, cũng không phải là không. "
                "Ghi “có” hoặc “không”."
            ),
        ),
        (
            "type",
            labelled(column("ten"), "Tên"),
            "Th\ufffdi",
            (
                "Dòng 14, cột Tên: “Th\ufffdi” có chữ bị hỏng, không đọc được. "
                "Gõ lại nội dung; tệp đã bị lưu sai bảng mã."
            ),
        ),
        (
            "required",
            labelled(column("ten", required=True), "Tên"),
            None,
            (
                "Dòng 14, cột Tên: ô để trống, trong khi cột này bắt buộc có giá trị. "
                "Điền giá trị vào ô."
            ),
        ),
        (
            "minimum",
            replace(NUM, minimum=0, unit="km²"),
            "-1",
            (
                "Dòng 14, cột Diện tích: “-1” nhỏ hơn mức thấp nhất cho phép là 0 km². "
                "Đối chiếu với nguồn; thường là sai một chữ số, sai dấu hoặc sai đơn vị tính."
            ),
        ),
        (
            "max-length",
            labelled(column("ten", max_length=3), "Tên"),
            "quá dài",
            "Dòng 14, cột Tên: nội dung dài hơn 3 ký tự. Rút gọn nội dung.",
        ),
        (
            "min-length",
            labelled(column("ma_xa", min_length=5, max_length=5), "Mã xã"),
            "5443",
            (
                "Dòng 14, cột Mã xã: “5443” phải có đúng 5 ký tự. "
                "Đối chiếu với nguồn; các số 0 ở đầu rất dễ bị mất."
            ),
        ),
        (
            "pattern",
            labelled(column("mst", pattern="[0-9]{10}", semantic_type="tax-code"), "Mã số thuế"),
            "1",
            (
                "Dòng 14, cột Mã số thuế, “1”: Mã số thuế có 10 chữ số, hoặc 10 chữ số và thêm "
                "3 chữ số sau dấu gạch nối, hoặc 12 chữ số. Viết theo mẫu 0100109106."
            ),
        ),
        (
            "allowed",
            labelled(column("gioi", allowed=("Nam", "Nữ")), "Giới tính"),
            "M",
            (
                "Dòng 14, cột Giới tính: “M” không có trong danh sách giá trị. "
                "Ghi một trong các giá trị: Nam, Nữ."
            ),
        ),
        (
            "unique",
            labelled(column("so_hieu", unique=True), "Số hiệu"),
            "12",
            (
                "Dòng 14, cột Số hiệu: “12” xuất hiện nhiều lần trong tệp. "
                "Mỗi giá trị chỉ được có một lần; sửa những dòng ghi sai."
            ),
        ),
        (
            "existing-unique",
            labelled(column("so_hieu", unique=True), "Số hiệu"),
            "12",
            (
                "Dòng 14, cột Số hiệu: “12” đã có trong bảng đang công bố. "
                "Sửa giá trị, hoặc trả lại dòng này nếu trước đây đã giao rồi."
            ),
        ),
    ],
)
def test_a_mistake_is_named_with_line_column_value_and_remedy(
    rule: str, what: Column, cell: str | None, sentence: str
) -> None:
    assert spoken(rule, what, cell) == sentence


def test_a_value_that_looks_like_a_permitted_one_gets_it_proposed() -> None:
    what = labelled(column("gioi", allowed=("Nam", "Nữ")), "Giới tính")
    assert spoken("allowed", what, "nu", "Nữ") == (
        "Dòng 14, cột Giới tính: “nu” không có trong danh sách giá trị. "
        "Có lẽ là “Nữ”; nếu đúng, hãy ghi y như vậy."
    )


def test_a_missing_reference_names_the_dataset_to_look_in() -> None:
    what = replace(labelled(column("xa"), "Mã xã"), reference=Reference("danh-muc", "ma"))
    assert spoken("reference", what, "99999") == (
        "Dòng 14, cột Mã xã: “99999” không có trong bộ dữ liệu danh-muc. "
        "Tra lại giá trị trong bộ dữ liệu đó, hoặc đề nghị bổ sung vào đó trước."
    )


def test_a_failed_check_digit_is_explained_by_its_kind() -> None:
    what = labelled(column("mst", semantic_type="tax-code"), "Mã số thuế")
    assert "“0100109107”" in spoken("semantic", what, "0100109107")


def test_a_long_cell_is_quoted_shortly_and_in_one_line() -> None:
    sentence = spoken("type", DAY, "một\nhai " + "x" * 500)
    assert "“một hai xx" in sentence
    assert len(sentence) < 250


@pytest.mark.parametrize(
    ("bound", "unit", "written"),
    [
        (1900, None, "1900"),
        (5_000_000, "đồng", "5.000.000 đồng"),
        (100, "%", "100%"),
        (Decimal("0.5"), None, "0,5"),
        (Decimal("-12345.5"), None, "-12.345,5"),
        (date(2025, 7, 1), None, "01/07/2025"),
        (datetime(2025, 7, 1, 8, 30), None, "08:30, 01/07/2025"),  # noqa: DTZ001  # as stored
    ],
)
def test_bounds_are_written_as_people_here_write(
    bound: int | Decimal | date, unit: str | None, written: str
) -> None:
    assert say(bound_text(bound, unit), "vi") == written


@pytest.mark.parametrize(
    ("bound", "unit", "written"),
    [
        (1900, None, "1900"),
        (20_000, "kg", "20,000 kg"),
        (Decimal("0.5"), None, "0.5"),
        (date(2025, 7, 1), None, "2025-07-01"),
    ],
)
def test_bounds_are_written_otherwise_for_readers_of_english(
    bound: int | Decimal | date, unit: str | None, written: str
) -> None:
    assert say(bound_text(bound, unit), "en") == written
