"""Hand-made contexts for the pages about contracts and for rows entered by hand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from tests.support.sample_values import NAME, NOW
from tinhdata.kernel import Text
from tinhdata.web.contexts import contracts, row_form
from tinhdata.web.contexts.desk import Step
from tinhdata.web.contexts.shell import Badge, Choice, Context, FormState, Pager, Tone

_TEXT = """\
apiVersion: v3.1.0
kind: DataContract
id: quan-trac-vi-du
version: "1.2.0"
name: Quan trắc ví dụ
schema:
  - id: so_do
    name: so_do
    properties:
      - {id: tram, name: ma_tram, logicalType: string, primaryKey: true, classification: public}
"""
_IN_FORCE = Badge(Text("Đang có hiệu lực"), Tone.GOOD)
_WAITS = Badge(Text("Chờ duyệt"), Tone.BUSY)


def contract_pages() -> Mapping[str, Context]:
    """Give the pages about contracts, and the form of rows."""
    return {
        "contracts": contracts.ContractList(
            (
                contracts.ContractLine(
                    "/contracts/a", NAME, "quan-trac-vi-du", "Sở Nông nghiệp và Môi trường",
                    "1.2.0", 12, _IN_FORCE, Badge(Text("Phiên bản 2.0.0 đang chờ"), Tone.BUSY),
                    NOW - timedelta(days=3),
                ),
            ),
            "quan trắc",
            (Choice("waiting", Text("Đang chờ quyết định"), True),),
            Pager(1, 1, 1),
            True,
        ),
        "contract": contracts.ContractPage(
            "quan-trac-vi-du", NAME, "Số đo theo giờ của các trạm.",
            ((Text("Cơ quan"), "Sở Nông nghiệp và Môi trường"), (Text("Số cột"), "12")),
            "/datasets/a", _line("1.2.0", _IN_FORCE), (_line("2.0.0", _WAITS),),
            (_line("1.1.0", Badge(Text("Hết hiệu lực"))),), "/contracts/a/edit", None,
        ),
        "contract_version": _version(),
        "contract_edit": _edit(),
        "contract_new": replace(
            _edit(), title=Text("Soạn hợp đồng mới"), dataset=None, base=None, checked=None,
            draft_action="/contracts/new/draft", form=FormState(),
        ),
        "rows": _rows(),
        "rows_period": replace(
            _rows(), rows=(), asks_period=True, checked=False,
            period=row_form.FormPeriod(
                "Tháng đo", "", "month", (Choice("2026-10", "2026-10"),)
            ),
            form=FormState({}, {"period": Text("Hãy cho biết dữ liệu thuộc kỳ nào.")}),
        ),
        "rows_too_many": replace(_rows(), rows=(), too_many=1_204, checked=False),
    }  # fmt: skip


def _line(version: str, badge: Badge) -> contracts.VersionLine:
    return contracts.VersionLine(
        version, f"/contracts/a/{version}", badge,
        (
            (Text("Đề xuất"), "Nguyễn Thị Hoà", NOW - timedelta(days=2)),
            (Text("Đã duyệt"), "Trần Văn Minh", NOW - timedelta(days=1)),
        ),
        "4f62ad35fc85" * 5, f"/contracts/a/{version}/contract.yaml",
    )  # fmt: skip


def _compared() -> contracts.Compared:
    return contracts.Compared(
        "1.2.0",
        (
            contracts.Axis(
                Text("Người dùng dữ liệu"), Badge(Text("Phải sửa theo"), Tone.BAD),
                (Text("Cột tram nay tên là ma_tram."), Text("Bảng nay tên là so_do_gio.")),
            ),
            contracts.Axis(
                Text("Người giao dữ liệu"),
                Badge(Text("Tệp trước đây đạt có thể không còn đạt"), Tone.BAD),
                (Text("Cột nhiệt độ không được để trống nữa."),),
            ),
            contracts.Axis(
                Text("Quyền riêng tư và pháp lý"), Badge(Text("Không đổi"), Tone.GOOD), ()
            ),
            contracts.Axis(
                Text("Số phiên bản"), Badge(Text("Tăng số thứ nhất"), Tone.BAD),
                (Text("Từ 1.2.0 lên ít nhất 2.0.0."),),
            ),
        ),
        True,
    )  # fmt: skip


def _trial() -> contracts.Trial:
    return contracts.Trial(
        "dry_1", NOW, "quan-trac-11.xlsx", None, "/contracts/dry-runs/dry_1/part",
        headline=Text("Sẽ phát hành 1.204 dòng, giữ lại thêm 37, phát hành thêm 12."),
        tone=Tone.WARN,
        elsewhere=Text("Trong 14 dòng đang chờ của các lượt giao khác, 9 dòng sẽ đạt."),
        rules=(
            contracts.TriedRule(
                Text("Cột Nhiệt độ bắt buộc có giá trị."), 37, None,
                (Text("Dòng 14, cột Nhiệt độ: ô để trống, trong khi cột bắt buộc có giá trị."),),
            ),
            contracts.TriedRule(Text("Cột Độ ẩm không lớn hơn 100."), 0, 12, ()),
        ),
        columns=(
            contracts.TriedColumn("Nhiệt độ", "3 %", None),
            contracts.TriedColumn("Ghi chú", "100 %", Text("Tệp không có cột này.")),
        ),
    )  # fmt: skip


def _version() -> contracts.VersionPage:
    return contracts.VersionPage(
        "quan-trac-vi-du", NAME, "/contracts/a", _line("2.0.0", _WAITS), _compared(), False,
        _trial(), tuple(_TEXT.splitlines()),
        (
            contracts.TextLine("gap", "…"),
            contracts.TextLine("same", "id: quan-trac-vi-du"),
            contracts.TextLine("removed", 'version: "1.2.0"'),
            contracts.TextLine("added", 'version: "2.0.0"'),
        ),
        "/contracts/a/2.0.0", True, False, True, True, "/contracts/a/edit", None, True,
        True, True, FormState({}, {"whole": Text("Hợp đồng đã được duyệt.")}),
    )  # fmt: skip


def _edit() -> contracts.EditContract:
    return contracts.EditContract(
        NAME, "quan-trac-vi-du", "/contracts/a", "/contracts/a/edit", _TEXT, 14, 96, "m", "h",
        Text("Bắt đầu từ phiên bản 1.2.0."),
        contracts.TextChecked(
            (
                contracts.Found(
                    10, Text("logicalType không được là chuoi."),
                    Text("Dùng một trong các giá trị: string, date, number."), Tone.BAD,
                ),
                contracts.Found(3, Text("Bộ dữ liệu chưa có tiếng Anh."), None, Tone.WARN),
            ),
            False, Text("Số chỗ cần sửa: 1."),
            ((Text("Phiên bản 1.2.0 đã được đăng ký với nội dung khác."), None),),
            _compared(), False, "2.0.0",
            replace(_trial(), stage=None), True,
        ),
        form=FormState({"again": "1"}, {"": Text("Trong lúc đó, phiên bản 1.3.0 đã được duyệt.")}),
    )  # fmt: skip


def _rows() -> row_form.RowForm:
    column, cell = row_form.FormColumn, row_form.FormCell
    columns = (
        column("ma", "Mã trạm", True, "text"),
        column("ten", "Tên và địa chỉ của trạm", False, "long"),
        column("loai", "Loại", True, "choice", options=(Choice("kk", "kk – Không khí"),)),
        column("cao", "Độ cao", False, "number", unit="m"),
        column("dat", "Ngày đặt", False, "date", hint="Ngày trạm bắt đầu đo"),
        column("dung", "Đang dùng", True, "tick"),
    )
    good = (cell("T01"), cell("Trạm số 1"), cell("kk"), cell("12,5"), cell("2026-01-05"),
            cell("true"))  # fmt: skip
    bad = (
        cell("t 02", (Text("Dòng 2, cột Mã trạm: “t 02” không đúng mẫu. Ghi như T02."),)),
        cell(""), cell("", (Text("Dòng 2, cột Loại: ô để trống."),)), cell("cao"), cell(""),
        cell("false"),
    )  # fmt: skip
    steps = ("Chọn bộ dữ liệu", "Gửi tệp", "Đối chiếu cột")
    return row_form.RowForm(
        tuple(Step(Text(name), "current" if n == 1 else "ahead") for n, name in enumerate(steps)),
        NAME, "/deliveries/new/a/rows", "/deliveries/new/a", "/template.xlsx",
        Text("Tệp thay toàn bộ bộ dữ liệu."), columns,
        (
            row_form.FormRow(0, 1, good),
            row_form.FormRow(1, 2, bad, (Text("Dòng 2: trùng khoá với dòng 1."),)),
        ),
        200, begun=Text("Các dòng của bản phát hành số 7."), checked=True, failing=1,
    )  # fmt: skip
