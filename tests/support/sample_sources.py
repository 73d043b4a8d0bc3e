"""Hand-made contexts of the pages of pulled sources."""

from collections.abc import Mapping
from datetime import timedelta

from tests.support.sample_values import NOW
from tinhdata.kernel import Text
from tinhdata.web.contexts import sources
from tinhdata.web.contexts.shell import Badge, Context, Notice, Pager, Tone

_GOOD = Badge(Text("Chạy theo lịch"), Tone.GOOD)
_SILENT = Badge(Text("Im lặng quá hạn"), Tone.LATE)
_NEW = Badge(Text("Đã giao dữ liệu mới"), Tone.GOOD)
_FAILED = Badge(Text("Không lấy được"), Tone.BAD)
_WHY = Text("10.20.0.5/motcua không trả lời: kết nối bị mất hoặc bị từ chối (08006)")


def source_pages() -> Mapping[str, Context]:
    """Give the list, an empty list, a source with everything, one that only looks."""
    return {
        "sources": sources.SourcesPage(
            (
                _row("mot-cua", "Hệ thống một cửa điện tử của Sở Nông nghiệp và Môi trường", True),
                _row("tram-bui", "Hộp thư SFTP của đội quan trắc", False),
            )
        ),
        "sources_none": sources.SourcesPage(()),
        "source": _source(look=_look()),
        "source_refused": _source(
            look=sources.LookShown(
                Notice(_WHY, Tone.BAD, Text("Hãy kiểm tra địa chỉ, cổng và đường mạng."))
            ),
        ),
    }


def _row(name: str, title: str, is_silent: bool) -> sources.SourceRow:
    return sources.SourceRow(
        href=f"/sources/{name}",
        name=title,
        id=name,
        dataset="Hồ sơ thủ tục hành chính đã tiếp nhận",
        kind=Text("cơ sở dữ liệu PostgreSQL"),
        badge=_SILENT if is_silent else _GOOD,
        rhythm=Text("hằng ngày lúc 02:30"),
        next_due=NOW + timedelta(hours=9),
        last_at=NOW - timedelta(hours=15),
        last=_FAILED if is_silent else _NEW,
        data_at=NOW - timedelta(days=3),
        alarms=(Text("Nguồn không có dữ liệu mới lâu hơn chu kỳ cho phép."),) if is_silent else (),
    )


def _source(look: sources.LookShown) -> sources.SourcePage:
    return sources.SourcePage(
        name="Hệ thống một cửa điện tử",
        badge=_SILENT,
        dataset="Hồ sơ thủ tục hành chính đã tiếp nhận",
        dataset_href="/datasets/ho-so",
        facts=(
            (Text("Loại"), Text("cơ sở dữ liệu PostgreSQL")),
            (Text("Lịch lấy"), Text("hằng ngày lúc 02:30")),
            (Text("Mã"), "mot-cua"),
            (Text("Mốc"), "2026-11-20T16:40:11.204512"),
        ),
        next_due=NOW + timedelta(hours=9),
        data_at=NOW - timedelta(days=3),
        alarms=(
            (
                Text("Nguồn không có dữ liệu mới lâu hơn chu kỳ cho phép."),
                NOW - timedelta(hours=20),
            ),
        ),
        runs=(
            _run(_FAILED, (_WHY,), 0),
            _run(_NEW, (), 1_204),
        ),
        pager=Pager(1, 2, 41, next="/sources/mot-cua?page=2"),
        action="/sources/mot-cua",
        enabled=True,
        is_busy=False,
        look=look,
    )


def _run(badge: Badge, notes: tuple[Text, ...], rows: int) -> sources.RunRow:
    return sources.RunRow(
        started_at=NOW - timedelta(hours=15),
        badge=badge,
        bytes=rows * 180,
        rows=rows,
        deliveries=("dlv_01",) if rows else (),
        notes=notes,
        by=Text("hệ thống"),
    )


def _look() -> sources.LookShown:
    return sources.LookShown(
        notice=Notice(Text("Đã kết nối được. Việc thử này không giao dữ liệu nào."), Tone.WARN),
        columns=(
            sources.LookColumn("ma_ho_so", "VARCHAR(40)", "ma_ho_so"),
            sources.LookColumn("ngay_nop", "DATE", "ngay_nop"),
            sources.LookColumn("so_cccd", "VARCHAR(12)", None),
        ),
        missing=("nguoi_nop",),
        headers=("ma_ho_so", "ngay_nop"),
        rows=(("H55.18-261105-0012", "2026-11-05"), ("H55.18-261105-0013", None)),
        files=(sources.LookFile("ho-so-thang-10.xlsx", 48_213, NOW - timedelta(days=2)),),
        notes=(Text("Nguồn không có cột cap_nhat dùng làm mốc."),),
    )
