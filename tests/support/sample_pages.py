"""One hand-made context for every page, for looking at them and for the tests of their look.

The words stand for what a Vietnamese reader would see; nothing here comes from the platform.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from tests.support.sample_contracts import contract_pages
from tests.support.sample_dataset import (
    NOW,
    OPEN,
    comparison,
    dataset,
    dictionary,
    downloads,
    head,
    quality,
    releases,
    snippets,
)
from tests.support.sample_desk import desk_pages
from tests.support.sample_dictionary import dictionary_pages
from tests.support.sample_feedback import feedback_desk_pages, feedback_pages
from tests.support.sample_sources import source_pages
from tinhdata.catalogue import Piece
from tinhdata.kernel import Text
from tinhdata.web.contexts import portal
from tinhdata.web.contexts.filters import FilterPanel
from tinhdata.web.contexts.shell import (
    Area,
    Badge,
    Choice,
    Context,
    Notice,
    Pager,
    Shell,
    Tone,
    Visitor,
)
from tinhdata.web.contexts.views import DatasetData

LATE = Badge(Text("Trễ 12 ngày"), Tone.LATE)
SIMULATED = Badge(Text("Mô phỏng"), Tone.SIMULATED)


def citizen(here: str = "/") -> Shell:
    """Give the shell of someone who is not signed in."""
    return Shell("vi", here, "Dữ liệu Thái Nguyên", "Cổng dữ liệu tỉnh Thái Nguyên", demo=True)


def officer(here: str = "/desk") -> Shell:
    """Give the shell of an officer."""
    return Shell(
        "vi",
        here,
        "Dữ liệu Thái Nguyên",
        "Cổng dữ liệu tỉnh Thái Nguyên",
        csrf="c" * 32,
        visitor=Visitor(
            "Nguyễn Thị Hoà",
            "Sở Nông nghiệp và Môi trường",
            (Text("Cán bộ dữ liệu"),),
            frozenset(Area),
        ),
        waiting=4,
        demo=True,
    )


def pages() -> Mapping[str, tuple[Context, Shell]]:
    """Give every page with its shell, by a name for files."""
    listed = {name: (page, citizen(_here(page))) for name, page in portal_pages().items()}
    listed |= {name: (page, officer(f"/{name}")) for name, page in desk_pages().items()}
    listed |= {name: (page, officer(f"/{name}")) for name, page in contract_pages().items()}
    listed |= {name: (page, citizen(f"/{name}")) for name, page in dictionary_pages().items()}
    listed |= {name: (page, officer("/sources")) for name, page in source_pages().items()}
    listed |= {name: (page, citizen(f"/{name}")) for name, page in feedback_pages().items()}
    listed |= {name: (page, officer(f"/{name}")) for name, page in feedback_desk_pages().items()}
    listed["sign_in"] = (desk_pages()["sign_in"], citizen("/sign-in"))
    page, shell = listed["problem_500"]
    noticed = Notice(Text("Đã lưu 2 ô."), Tone.GOOD)
    listed["problem_500"] = (page, replace(shell, notices=(noticed,)))
    return listed


def portal_pages() -> Mapping[str, Context]:
    """Give the pages of the open portal."""
    return {
        "home": _home(),
        "datasets": _datasets(),
        "datasets_none": portal.DatasetList(
            "sở đât đai",
            (),
            (),
            (),
            (),
            Pager(0, 0, 0),
            suggestion=Choice("", "sổ đất đai", href="/datasets?q=so+dat+dai"),
            is_bare=False,
        ),
        "dataset": dataset(),
        "dataset_closed": DatasetData(
            head("Dữ liệu"),
            FilterPanel("/datasets/ho-tro", ()),
            None,
            "Danh sách hộ cần hỗ trợ.",
            (),
            None,
            refused=Text(
                "Bộ dữ liệu này dùng riêng cho cơ quan chủ quản. Xin liên hệ cơ quan để hỏi thêm."
            ),
        ),
        "dictionary": dictionary(),
        "quality": quality(),
        "releases": releases(),
        "downloads": downloads(),
        "diff": portal.ReleaseDiff(
            head("Bản phát hành"),
            (Choice("6", "Số 6, 12/10/2026", chosen=True), Choice("5", "Số 5, 11/09/2026")),
            (Choice("7", "Số 7, 12/11/2026", chosen=True), Choice("6", "Số 6, 12/10/2026")),
            comparison(),
            "/datasets/tram-quan-trac/diff",
        ),
        "tombstone": portal.Tombstone(
            "Trạm quan trắc không khí",
            "/datasets/tram-quan-trac",
            6,
            NOW - timedelta(days=42),
            NOW - timedelta(days=30),
            "Công bố nhầm bản nháp chưa được lãnh đạo Sở duyệt.",
            "Luật Dữ liệu số 60/2024/QH15, Điều 13",
            "9f2c1ab0447d1c8e52c7f5be0d6a3e1190cc7a1d2b3f4e5a6b7c8d9e0f1a2b3c",
        ),
        "agencies": portal.AgencyList(
            (
                portal.AgencyLine("H55.18", "Sở Nông nghiệp và Môi trường", 4, 18_204, 1),
                portal.AgencyLine("H55.03", "Văn phòng Uỷ ban nhân dân tỉnh", 3, 1_577, 0),
            ),
            (portal.AgencyLine("H55.71", "Uỷ ban nhân dân phường Phan Đình Phùng", 1, 92, 0),),
            90,
        ),
        "agency": portal.AgencyPage(
            "H55.18",
            "Sở Nông nghiệp và Môi trường",
            "Uỷ ban nhân dân tỉnh",
            None,
            (_line(0), _line(1)),
            _figures()[:3],
        ),
        "developers": portal.Developers(
            "https://dulieu.example.vn/api",
            snippets(),
            (
                ("GET", "/api/datasets?q=", Text("Tìm bộ dữ liệu")),
                (
                    "GET",
                    "/api/datasets/{id}/rows",
                    Text("Đọc các dòng, có lọc, sắp xếp, phân trang"),
                ),
                ("POST", "/api/datasets/{id}/deliveries", Text("Giao một tệp bằng khoá của nguồn")),
            ),
        ),
        "problem_404": portal.ProblemPage(
            404,
            Text("Không tìm thấy trang"),
            Text("Ở địa chỉ này không có bộ dữ liệu nào."),
            Text("Có thể địa chỉ bị gõ thiếu. Hãy tìm theo tên."),
            actions=(Choice("", "Tìm bộ dữ liệu", href="/datasets"),),
        ),
        "problem_500": portal.ProblemPage(
            500,
            Text("Có lỗi ở phía chúng tôi"),
            Text("Việc của bạn chưa được lưu. Bộ phận vận hành đã được báo."),
            Text("Xin thử lại sau ít phút."),
            incident="inc_06f3k2m9",
        ),
    }


def _here(page: Context) -> str:
    if isinstance(page, portal.AgencyList | portal.AgencyPage):
        return "/agencies"
    return "/" if isinstance(page, portal.Home) else "/datasets"


def _line(at: int) -> portal.DatasetLine:
    lines = (
        portal.DatasetLine(
            "tram-quan-trac",
            "Số đo chất lượng không khí theo trạm",
            "Sở Nông nghiệp và Môi trường",
            "Nồng độ bụi PM10, PM2.5, nhiệt độ và độ ẩm đo liên tục tại các trạm trong tỉnh.",
            8_883,
            NOW - timedelta(hours=5),
            (OPEN, SIMULATED),
        ),
        portal.DatasetLine(
            "don-vi-hanh-chinh",
            "Danh mục đơn vị hành chính cấp xã",
            "Sở Nội vụ",
            "92 xã, phường sau sắp xếp ngày 01/7/2025, kèm các đơn vị cũ.",
            92,
            NOW - timedelta(days=3),
            (OPEN,),
            (Piece("Danh mục "), Piece("đơn vị", found=True), Piece(" hành chính cấp xã")),
            Text("cập nhật 3 ngày trước"),
            ("CSV", "XLSX", "JSON", "GeoJSON"),
            (
                portal.Reason(
                    Text("Giá trị của cột “Đơn vị cũ”"),
                    (Piece("…Thị trấn "), Piece("Trại Cau", found=True), Piece("; Xã Hợp Tiến…")),
                ),
            ),
        ),
        portal.DatasetLine(
            "thu-tuc",
            "Danh mục thủ tục hành chính",
            "Văn phòng Uỷ ban nhân dân tỉnh",
            "Mã, tên, lĩnh vực và cơ quan thực hiện của từng thủ tục.",
            1_577,
            NOW - timedelta(days=20),
            (OPEN, LATE),
        ),
    )
    return lines[at]


def _figures() -> tuple[portal.Figure, ...]:
    return (
        portal.Figure(9, Text("bộ dữ liệu đang mở"), "/datasets"),
        portal.Figure(28_470, Text("dòng đã công bố"), "/datasets"),
        portal.Figure(6, Text("cơ quan có dữ liệu"), "/agencies"),
        portal.Figure(14, Text("lần cập nhật trong 30 ngày"), "/datasets?sort=updated"),
    )


def _home() -> portal.Home:
    return portal.Home(
        _figures(),
        (_line(0), _line(1), _line(2)),
        (_line(2),),
        tuple(
            Choice(name, name, count=count, href=f"/datasets?sector={count}")
            for name, count in (
                ("Môi trường", 2),
                ("Nội vụ", 2),
                ("Tư pháp", 1),
                ("Thống kê", 2),
                ("Lao động", 1),
            )
        ),
        (
            Choice("", "xã phường mới", href="/datasets?q=xa+phuong+moi"),
            Choice("", "bụi PM2.5", href="/datasets?q=bui"),
            Choice("", "thủ tục hành chính", href="/datasets?q=thu+tuc"),
        ),
    )


def _datasets() -> portal.DatasetList:
    return portal.DatasetList(
        "khong khi",
        (_line(0), _line(1), _line(2)),
        (
            portal.ListFacet(
                Text("Cơ quan"),
                "agency",
                (
                    Choice("a", "Sở Nông nghiệp và Môi trường", True, 2),
                    Choice("b", "Sở Nội vụ", False, 1),
                ),
                (Choice("c", "Văn phòng Uỷ ban nhân dân tỉnh", False, 1),),
            ),
            portal.ListFacet(
                Text("Mức truy cập"),
                "access_level",
                (Choice("open", Text("Dữ liệu mở"), False, 3),),
            ),
        ),
        (Choice("a", "Sở Nông nghiệp và Môi trường", href="/datasets?q=khong+khi"),),
        (
            Choice("best", Text("Phù hợp nhất"), True, href="/datasets?q=khong+khi"),
            Choice("updated", Text("Mới cập nhật"), href="/datasets?q=khong+khi&sort=updated"),
        ),
        Pager(1, 3, 23, None, "/datasets?page=2"),
        filters=(("agency", "a"),),
        readings=(Text("Đình Cả là tên cũ, nay thuộc Xã Võ Nhai."),),
        is_bare=False,
    )
