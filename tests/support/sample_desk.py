"""Hand-made contexts for the pages of the officer's console."""

from collections.abc import Mapping
from datetime import timedelta

from tests.support.sample_people import approvals, people, person
from tests.support.sample_values import NAME, NOW
from tinhdata.kernel import Text
from tinhdata.web.contexts import desk
from tinhdata.web.contexts.portal import Change, Comparison
from tinhdata.web.contexts.shell import Badge, Choice, Context, FormState, Pager, Portion, Tone

_STEPS = ("Chọn bộ dữ liệu", "Gửi tệp", "Đối chiếu cột", "Sửa lỗi", "Xem thay đổi", "Công bố")


def desk_pages() -> Mapping[str, Context]:
    """Give the pages of the console."""
    return {
        "sign_in": desk.SignIn(
            FormState({"login": "hoa.nt"}, {"password": Text("Hãy nhập mật khẩu.")}),
            "/desk",
            (
                ("canbo", "tinh-data-2026", Text("Cán bộ dữ liệu")),
                ("lanhdao", "tinh-data-2026", Text("Người duyệt")),
            ),
        ),
        "account": desk.Account(
            "hoa.nt",
            "Nguyễn Thị Hoà",
            "Sở Nông nghiệp và Môi trường",
            (Text("Cán bộ dữ liệu"),),
        ),
        "my_work": _my_work(),
        "my_work_empty": desk.MyWork((), (), (), True),
        "deliveries": desk.DeliveryList(
            _deliveries(),
            (Choice("a", NAME),),
            (Choice("held", Text("Đang giữ lại"), count=1),),
            Pager(1, 3, 41, None, "?page=2"),
            True,
        ),
        "choose": desk.ChooseDataset(steps(0), _options(), ""),
        "send": desk.SendFile(
            steps(1),
            NAME,
            "/deliveries",
            "/template.xlsx",
            (("Mã trạm", True), ("Thời điểm đo", True), ("PM10", False), ("PM2.5", False)),
            512,
            Text("Tệp mới thay toàn bộ dữ liệu của những tháng có trong tệp."),
        ),
        "understood": _understood(),
        "problems": _problems(),
        "changes": desk.WhatChanges(
            steps(4),
            NAME,
            7,
            _comparison(),
            1_215,
            1_236,
            3,
            (Text("Số dòng tăng nhiều hơn thường lệ."),),
            "/publish",
            Text("Đề nghị công bố"),
            Text("Người duyệt của cơ quan xác nhận trước khi công bố."),
            "/problems",
            return_action="/return",
            mended=2,
        ),
        "status": _status(work=False),
        "status_working": _status(work=True),
        "quarantine": desk.QuarantinePage(
            (Choice("a", NAME, True),),
            (Choice("1", "quan-trac-11.xlsx"),),
            (Choice("luc", "Thời điểm đo"),),
            (Choice("open", Text("Đang chờ"), True),),
            _rules(),
            (
                (Badge(Text("Đang chờ"), Tone.WARN), 14),
                (Badge(Text("Đã sửa"), Tone.GOOD), 96),
                (Badge(Text("Chấp nhận nguyên trạng"), Tone.CALM), 2),
            ),
            _items(),
            Pager(1, 3, 14),
            "/export.xlsx",
            "/upload",
            "/quarantine/decide",
            True,
        ),
        "approvals": approvals(),
        "people": people(),
        "person": person(),
    }


def steps(at: int) -> tuple[desk.Step, ...]:
    """Give the steps of the wizard at step `at`."""
    return tuple(
        desk.Step(
            Text(label), "done" if n < at else "current" if n == at else "ahead", f"/step/{n}"
        )
        for n, label in enumerate(_STEPS)
    )


def _my_work() -> desk.MyWork:
    held = Badge(Text("Đang giữ lại"), Tone.WARN)
    return desk.MyWork(
        (
            desk.Waiting(
                "/deliveries/1/problems",
                Text("Sửa 14 dòng trong tệp quan-trac-11.xlsx"),
                NAME,
                Text("Sửa"),
                NOW - timedelta(hours=3),
                held,
                NOW + timedelta(days=2),
            ),
            desk.Waiting(
                "/approvals",
                Text("Duyệt lượt giao của Trần Văn Bình"),
                "Danh mục thủ tục hành chính",
                Text("Xem và duyệt"),
                NOW - timedelta(days=1),
                Badge(Text("Chờ duyệt"), Tone.BUSY),
            ),
            desk.Waiting(
                "/deliveries/new/x",
                Text("Giao dữ liệu tháng 10"),
                "Lượng mưa theo trạm",
                Text("Giao dữ liệu"),
                NOW - timedelta(days=12),
                Badge(Text("Trễ 12 ngày"), Tone.LATE),
                NOW - timedelta(days=12),
                True,
            ),
        ),
        (
            desk.DueDataset(NAME, "/datasets/a", Badge(Text("Đúng hạn"), Tone.GOOD), NOW),
            desk.DueDataset(
                "Lượng mưa theo trạm", "/datasets/b", Badge(Text("Trễ 12 ngày"), Tone.LATE), None
            ),
        ),
        _deliveries(),
        True,
    )


def _deliveries() -> tuple[desk.DeliveryLine, ...]:
    return (
        desk.DeliveryLine(
            "1",
            "/deliveries/1",
            NAME,
            "quan-trac-11.xlsx",
            NOW,
            "Nguyễn Thị Hoà",
            Badge(Text("Cần sửa"), Tone.WARN),
            1_250,
            14,
        ),
        desk.DeliveryLine(
            "2",
            "/deliveries/2",
            NAME,
            "quan-trac-10.xlsx",
            NOW - timedelta(days=30),
            "Nguyễn Thị Hoà",
            Badge(Text("Đã công bố"), Tone.GOOD),
            1_215,
            0,
            "Bản phát hành số 7",
        ),
        desk.DeliveryLine(
            "3",
            "/deliveries/3",
            NAME,
            "ban-nhap.csv",
            NOW - timedelta(days=31),
            "Trần Văn Bình",
            Badge(Text("Không đọc được"), Tone.BAD),
            None,
            None,
        ),
    )


def _options() -> tuple[desk.DatasetOption, ...]:
    return (
        desk.DatasetOption(
            "/deliveries/new/a",
            NAME,
            "Nồng độ bụi PM10, PM2.5 tại các trạm trong tỉnh.",
            "Sở Nông nghiệp và Môi trường",
            Badge(Text("Đúng hạn"), Tone.GOOD),
            "/a.xlsx",
        ),
        desk.DatasetOption(
            "/deliveries/new/b",
            "Lượng mưa theo trạm",
            "Lượng mưa tháng của 5 trạm.",
            "Sở Nông nghiệp và Môi trường",
            Badge(Text("Trễ 12 ngày"), Tone.LATE),
            "/b.xlsx",
        ),
    )


def _understood() -> desk.Understood:
    headers = (
        Choice("0", "Mã trạm"),
        Choice("1", "Tên trạm đo"),
        Choice("2", "Thời điểm"),
        Choice("3", "Bụi mịn"),
    )

    def options(at: int | None) -> tuple[Choice, ...]:
        return tuple(Choice(h.value, h.label, n == at) for n, h in enumerate(headers))

    exact = Badge(Text("trùng tên"), Tone.GOOD)
    return desk.Understood(
        steps(2),
        NAME,
        "quan-trac-11.xls",
        "/deliveries/1/reading",
        "/deliveries/1/cancel",
        (
            (Text("Trang tính"), "TB thang 11"),
            (Text("Bảng mã"), "TCVN3 (.VnTime)"),
            (Text("Tiêu đề"), "dòng 3 đến 5"),
            (Text("Dòng dữ liệu"), "1.250"),
            (Text("Dòng tổng"), "2, không tính"),
        ),
        (Text("Tệp dùng phông chữ cũ. Chữ đã được chuyển sang Unicode; xin xem kỹ tên trạm."),),
        (
            desk.Match("ma", "Mã trạm", True, options(0), exact, ("TN-014", "TN-015")),
            desk.Match(
                "ten",
                "Tên trạm",
                True,
                options(1),
                Badge(Text("gần giống"), Tone.WARN),
                ("Sông Công", "Phổ Yên"),
            ),
            desk.Match(
                "luc",
                "Thời điểm đo",
                True,
                options(2),
                Badge(Text("tên khác đã khai báo"), Tone.GOOD),
                ("31/02/2026",),
            ),
            desk.Match(
                "nhiet", "Nhiệt độ", False, options(None), Badge(Text("không thấy"), Tone.CALM)
            ),
        ),
        ("Ghi chú", "Người lập biểu"),
        (Choice("TB", "TB thang 11", True), Choice("TX", "Tx")),
        (("TN-014", "Sông Công", "01/11/2026", "28,7"), ("TN-015", "Phổ Yên", None, "31,2")),
        ("Mã trạm", "Tên trạm", "Thời điểm đo", "PM2.5"),
        (Choice("tcvn3", "Sông Công", True), Choice("cp1258", "S«ng C«ng")),
        numbers=(
            desk.NumberWriting(
                "pm25",
                "PM2.5",
                (Choice("auto", Text("theo cách viết trong tệp"), True), Choice("vi", "1.234,5")),
                is_open=True,
            ),
        ),
        passed=((Text("Dòng 1254, dòng tổng"), "Tổng cộng;;;31,2"),),
    )


def _items() -> tuple[desk.HeldItem, ...]:
    waits = Badge(Text("Đang chờ"), Tone.WARN)
    whole = (
        ("Mã trạm", "TN-014"),
        ("Tên trạm", "Sông Công"),
        ("Thời điểm đo", "31/02/2026"),
        ("PM10", "44,1"),
        ("PM2.5", "28,7"),
        ("Độ ẩm", None),
    )
    return (
        desk.HeldItem(
            1,
            Text("Dòng 14"),
            "TN-014, Sông Công",
            waits,
            (
                desk.BadCell(
                    "luc",
                    "Thời điểm đo",
                    "31/02/2026",
                    (Text("“31/02/2026” không có trong lịch."),),
                    (Text("Sửa ngày hoặc để trống."),),
                ),
                desk.BadCell(
                    "pm25",
                    "PM2.5",
                    "28.7O",
                    (Text("“28.7O” không phải là số: ký tự cuối là chữ O."),),
                    (Text("Viết 28,7."),),
                    mended="28,7",
                ),
                desk.BadCell(
                    "xa",
                    "Xã, phường",
                    "P. Sông Cộng",
                    (Text("“P. Sông Cộng” không có trong danh mục."),),
                    (Text("Gần nhất là “Phường Sông Công”."),),
                    options=(Choice("p", "Phường Sông Công"), Choice("q", "Phường Bá Xuyên")),
                ),
            ),
            (),
            whole,
            "/items/1",
        ),
        desk.HeldItem(
            2,
            Text("Dòng 211 và 305"),
            "TN-020",
            waits,
            (),
            (Text("Hai dòng có cùng khoá TN-020, 05/11/2026 nhưng PM10 khác nhau."),),
            whole,
            "/items/2",
        ),
        desk.HeldItem(
            3,
            Text("Dòng 418"),
            "",
            waits,
            (),
            (Text("Dòng này mở dấu ngoặc kép mà không đóng, nên không tách được thành ô."),),
            (),
            "/items/3",
            raw='TN-031;"Võ Nhai;06/11/2026;22,4;18,0',
        ),
    )


def _rules() -> tuple[desk.RuleCount, ...]:
    return (
        desk.RuleCount(Text("Tất cả"), 14, "?", True),
        desk.RuleCount("Ngày không có trong lịch", 8, "?rule=a"),
        desk.RuleCount("Không phải là số", 3, "?rule=b"),
        desk.RuleCount("Không có trong danh mục", 2, "?rule=c"),
        desk.RuleCount("Trùng khoá", 1, "?rule=d"),
    )


def _problems() -> desk.Problems:
    return desk.Problems(
        steps(3),
        NAME,
        "1",
        1_250,
        1_236,
        14,
        1,
        (Text("Số dòng tăng 3 % so với kỳ trước."),),
        None,
        _rules(),
        _items(),
        Pager(1, 3, 14, None, "?page=2"),
        "/export.xlsx",
        "/upload",
        "/recheck",
        "/return",
        "/change",
        "/return-rows",
    )


def _comparison() -> Comparison:
    return Comparison(
        (
            Portion(Text("dòng thêm mới"), 24, "added"),
            Portion(Text("dòng thay đổi"), 8, "changed"),
            Portion(Text("dòng bị bỏ"), 3, "removed"),
            Portion(Text("dòng giữ nguyên"), 1_204, "same"),
        ),
        ("Mã trạm", "Tên trạm", "PM2.5 (µg/m³)"),
        (
            Change("changed", (("TN-014", "TN-014"), ("Sông Công", "Sông Công"), ("31,2", "28,7"))),
            Change("added", ((None, "TN-033"), (None, "Định Hoá"), (None, "12,4"))),
            Change("removed", (("TN-002", None), ("Trại Cau", None), ("40,1", None))),
        ),
        Pager(1, 3, 35, None, "?page=2"),
    )


def _status(work: bool) -> desk.DeliveryPage:
    badge = (
        Badge(Text("Đang kiểm tra"), Tone.BUSY) if work else Badge(Text("Đã công bố"), Tone.GOOD)
    )
    return desk.DeliveryPage(
        steps(3 if work else 6),
        "dlv_06f3k2m9x",
        NAME,
        "/datasets/a",
        "quan-trac-11.xlsx",
        badge,
        Text("Dữ liệu đã được công bố trong bản phát hành số 8."),
        None,
        desk.Work(Text("Đang kiểm tra từng dòng"), 820, 1_250, "/deliveries/1/progress")
        if work
        else None,
        ()
        if work
        else (
            (Text("dòng đọc được"), 1_250),
            (Text("đã công bố"), 1_234),
            (Text("cách ly"), 14),
            (Text("trùng lặp"), 2),
        ),
        (
            (Text("Cỡ tệp"), "184 KB"),
            (Text("SHA-256"), "9f2c1ab0447d…"),
            (Text("Hợp đồng"), "1.2.0"),
        ),
        (
            desk.Moment(NOW, Text("Công bố bản phát hành số 8"), "Lê Minh Châu", "good"),
            desk.Moment(
                NOW - timedelta(hours=1),
                Text("Trả lại để sửa"),
                "Lê Minh Châu",
                "late",
                "Xin xem lại ngày đo ở dòng 14.",
            ),
            desk.Moment(NOW - timedelta(hours=3), Text("Nhận tệp"), "Nguyễn Thị Hoà"),
        ),
        ()
        if work
        else (
            Choice("", "Xem dữ liệu", href="/datasets/a"),
            Choice("", "14 dòng cách ly", href="/q"),
        ),
        retry_action=None if work else "/retry",
        withdraw_action=None if work else "/withdraw",
    )
