"""Hand-made contexts for the tabs of a dataset."""

from datetime import UTC, date, datetime, timedelta

from tinhdata.kernel import Text
from tinhdata.web.contexts import portal
from tinhdata.web.contexts.filters import ColumnFilter, Download, FilterPanel
from tinhdata.web.contexts.shell import (
    Badge,
    Choice,
    DataTable,
    Header,
    Histogram,
    Pager,
    Portion,
    Tab,
    Tone,
)
from tinhdata.web.contexts.views import DatasetData

NOW = datetime(2026, 11, 23, 2, 15, tzinfo=UTC)
OPEN = Badge(Text("Dữ liệu mở"), Tone.GOOD, "lock-open")
ON_TIME = Badge(Text("Đúng hạn"), Tone.GOOD)


def dataset() -> DatasetData:
    """Give the live table."""
    stations = ("Trung tâm", "Sông Công", "Phổ Yên", "Đại Từ", "Võ Nhai")
    rows = tuple(
        (
            f"TN-{n % 33:03}",
            stations[n % 5],
            f"{8 + n % 15:02}/10/2018 09:{n % 60:02}",
            f"{(n * 7) % 90 + 12},{n % 10}",
            f"{(n * 5) % 60 + 6},{n % 7}",
            f"{20 + n % 9},5",
            None if n % 6 == 0 else f"{60 + n % 39}",
            "Phường Phan Đình Phùng",
        )
        for n in range(1, 31)
    )
    bars = (0.1, 0.35, 0.8, 1.0, 0.7, 0.42, 0.2, 0.12, 0.05, 0.02)
    number = Histogram(bars, "0,4", "1.999,9")
    columns = (
        Header("ma", "Mã trạm", sort="?sort=ma"),
        Header("ten", "Tên trạm", sort="?sort=ten"),
        Header("luc", "Thời điểm đo", "giờ Việt Nam", sort="?sort=luc", sorted="descending"),
        Header("pm10", "PM10", "µg/m³", True, "?sort=pm10", None, number, "0,4 %"),
        Header("pm25", "PM2.5", "µg/m³", True, "?sort=pm25", None, number),
        Header("nhiet", "Nhiệt độ", "°C", True, "?sort=nhiet", None, number),
        Header("am", "Độ ẩm", "%", True, "?sort=am", None, number, "16,7 %"),
        Header("xa", "Xã, phường", sort="?sort=xa"),
    )
    return DatasetData(
        head("Dữ liệu"),
        FilterPanel(
            "/datasets/tram-quan-trac",
            (
                Choice("table", "Bảng", chosen=True, href="?"),
                Choice("chart", "Biểu đồ", href="?"),
            ),
            "",
            (
                ColumnFilter("ten", "Tên trạm", "contains", "song cong"),
                ColumnFilter("pm25", "PM2.5", "range", low="30", unit="µg/m³"),
                ColumnFilter("xa", "Xã, phường", "one", choices=(Choice("1", "Phường Sông Công"),)),
            ),
            (Choice("", "Tên trạm có “song cong”", href="?"), Choice("", "PM2.5 từ 30", href="?")),
            _formats(),
        ),
        DataTable(
            "Số đo chất lượng không khí theo trạm",
            columns,
            rows,
            Pager(1, 30, 8_883, None, "?page=2"),
        ),
        "Số đo của các cảm biến bụi đặt tại trường học và trụ sở xã, ghi khoảng 145 giây một lần.",
        (Choice("", "Luật Bảo vệ môi trường số 72/2020/QH14, Điều 112"),),
        "Phòng Quản lý dữ liệu, Sở Nông nghiệp và Môi trường",
    )


def dictionary() -> portal.DatasetDictionary:
    """Give the dictionary."""
    return portal.DatasetDictionary(
        head("Từ điển"),
        (
            portal.DictionaryEntry(
                "ma_tram",
                "Mã trạm",
                "Mã do Sở cấp cho từng trạm.",
                Text("chữ"),
                None,
                (Text("không được để trống"), Text("dạng TN-000")),
                "TN-014",
                "0 %",
            ),
            portal.DictionaryEntry(
                "pm25",
                "PM2.5",
                "Nồng độ bụi mịn trung bình trong kỳ đo.",
                Text("số"),
                "µg/m³",
                (Text("từ 0 đến 2.000"),),
                "28,7",
                "0,4 %",
            ),
            portal.DictionaryEntry(
                "nguoi_do",
                "Người đo",
                "",
                Text("chữ"),
                None,
                (),
                None,
                "2 %",
                Text("dữ liệu cá nhân"),
            ),
        ),
        ("ma_tram",),
        "/datasets/tram-quan-trac/contract.yaml",
    )


def quality() -> portal.DatasetQuality:
    """Give the quality page."""
    return portal.DatasetQuality(
        head("Chất lượng"),
        "dlv_06f3",
        NOW,
        (
            portal.Measure(
                Text("Đúng"),
                Text("Giá trị đúng kiểu, đúng khoảng, đúng quy tắc."),
                106_400,
                106_596,
            ),
            portal.Measure(Text("Đủ"), Text("Các ô bắt buộc đã có giá trị."), 26_649, 26_649),
            portal.Measure(Text("Sạch"), Text("Không có dòng trùng khoá."), 8_868, 8_883),
            portal.Measure(
                Text("Tham chiếu"),
                Text("Mã có trong danh mục."),
                None,
                None,
                Text("Danh mục xã, phường chưa có bản phát hành nên chưa đối chiếu được."),
            ),
        ),
        (
            portal.RuleLine(
                "pm25.range", "PM2.5 từ 0 đến 2.000", Text("Đúng"), 8_883, 14, "/quarantine"
            ),
            portal.RuleLine(
                "ma_tram.required", "Mã trạm không được để trống", Text("Đủ"), 8_883, 0
            ),
            portal.RuleLine(
                "xa.reference", "Xã, phường có trong danh mục", Text("Tham chiếu"), None, None
            ),
        ),
        112,
        "SELECT count(*) FILTER (WHERE NOT (pm25 BETWEEN 0 AND 2000)) FROM rows",
        "DuckDB 2.0.0",
    )


def releases() -> portal.DatasetReleases:
    """Give the releases."""

    def release(number: int, badge: Badge, reason: str | None = None) -> portal.ReleaseLine:
        return portal.ReleaseLine(
            number,
            f"?release={number}",
            badge,
            NOW - timedelta(days=30 * (7 - number)),
            8_000 + 120 * number,
            24,
            3,
            8,
            "/diff" if number > 1 else None,
            reason,
        )

    return portal.DatasetReleases(
        head("Bản phát hành"),
        (
            release(7, Badge(Text("Hiện hành"), Tone.GOOD)),
            release(6, Badge(Text("Đã thu hồi"), Tone.BAD), "Công bố nhầm bản nháp chưa duyệt."),
            release(5, Badge(Text("Đã thay thế"))),
        ),
        Pager(1, 3, 7, None, "?page=2"),
        "/datasets/tram-quan-trac/withdraw",
    )


def downloads() -> portal.DatasetDownloads:
    """Give the downloads."""
    return portal.DatasetDownloads(
        head("Tải về"),
        _formats(),
        "Sở Nông nghiệp và Môi trường tỉnh Thái Nguyên (2026). "
        "Số đo chất lượng không khí theo trạm, bản phát hành số 7.",
        "9f2c1ab0447d1c8e52c7f5be0d6a3e1190cc7a1d2b3f4e5a6b7c8d9e0f1a2b3c",
        snippets(),
    )


def comparison() -> portal.Comparison:
    """Give a small change between two releases."""
    return portal.Comparison(
        (
            Portion(Text("dòng thêm mới"), 24, "added"),
            Portion(Text("dòng thay đổi"), 8, "changed"),
            Portion(Text("dòng bị bỏ"), 3, "removed"),
            Portion(Text("dòng giữ nguyên"), 1_204, "same"),
        ),
        ("Mã trạm", "Tên trạm", "Xã, phường", "PM2.5 (µg/m³)"),
        (
            portal.Change(
                "changed",
                (
                    ("TN-014", "TN-014"),
                    ("Sông Công", "Sông Công"),
                    ("Phường Sông Công", "Phường Bá Xuyên"),
                    ("31,2", "28,7"),
                ),
            ),
            portal.Change(
                "added",
                (
                    (None, "TN-033"),
                    (None, "Định Hoá"),
                    (None, "Xã Định Hoá"),
                    (None, "12,4"),
                ),
            ),
            portal.Change(
                "removed",
                (
                    ("TN-002", None),
                    ("Trại Cau", None),
                    ("Thị trấn Trại Cau", None),
                    ("40,1", None),
                ),
            ),
        ),
        Pager(1, 3, 35, None, "?page=2"),
    )


def head(current: str) -> portal.DatasetHead:
    """Give what stands above the tabs."""
    base = "/datasets/tram-quan-trac"
    names = ("Dữ liệu", "Từ điển", "Chất lượng", "Bản phát hành", "Tải về", "Trao đổi")
    paths = ("", "/dictionary", "/quality", "/releases", "/downloads", "/discussion")
    counts = (None, 12, None, 7, None, 2)
    return portal.DatasetHead(
        "tram-quan-trac",
        "Số đo chất lượng không khí theo trạm",
        "Sở Nông nghiệp và Môi trường",
        "/agencies/H55.18",
        (OPEN, ON_TIME),
        tuple(
            Tab(Text(name), base + path, name == current, count)
            for name, path, count in zip(names, paths, counts, strict=True)
        ),
        8_883,
        12,
        7,
        NOW - timedelta(hours=5),
        "08/10 – 23/10/2018",
        "CC BY 4.0",
        "1.2.0",
        "98,7 %",
        simulated=True,
        as_of=date(2026, 11, 1) if current == "Từ điển" else None,
        deliver_href=None,
    )


def _formats() -> tuple[Download, ...]:
    base = "/datasets/tram-quan-trac/rows"
    return (
        Download(
            "xlsx",
            Text("Excel (.xlsx)"),
            f"{base}.xlsx",
            Text("Mở ngay bằng Excel, tiêu đề cột tiếng Việt."),
            812_000,
        ),
        Download(
            "csv-bom",
            Text("CSV cho Excel"),
            f"{base}.csv?bom=1",
            Text("UTF-8 có BOM, để Excel đọc đúng dấu."),
            1_204_000,
        ),
        Download(
            "csv",
            Text("CSV"),
            f"{base}.csv",
            Text("UTF-8 theo RFC 4180, cho chương trình."),
            1_203_997,
        ),
        Download("json", Text("JSON"), f"{base}.json", Text("Cho chương trình."), 2_900_400),
        Download(
            "parquet",
            Text("Parquet"),
            f"{base}.parquet",
            Text("Gọn nhất, giữ đúng kiểu dữ liệu."),
            190_120,
        ),
    )


def snippets() -> tuple[portal.Snippet, ...]:
    """Give code that reads the data."""
    address = "https://dulieu.example.vn/api/datasets/tram-quan-trac/rows"
    return (
        portal.Snippet("curl", "sh", f'curl -L "{address}.csv?pm25.from=30" -o tram.csv'),
        portal.Snippet(
            "Python", "python", f'import pandas as pd\n\nrows = pd.read_csv("{address}.csv")'
        ),
    )
