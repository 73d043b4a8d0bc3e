"""Simulated rows of cybersecurity: profiles of systems, monitoring, experts by agency."""

from collections.abc import Iterator
from datetime import date, timedelta

from tinhdata.pack import Row, Samples, World

from ._so_lieu import month_end, months, offices, one_of, share, work_day

_COMMON = (
    ("Cổng dịch vụ công và một cửa điện tử", "H55.02", "3"),
    ("Phần mềm quản lý văn bản và hồ sơ công việc", "H55.01", "3"),
    ("Nền tảng tích hợp, chia sẻ dữ liệu", "H55.09", "3"),
    ("Trung tâm điều hành thông minh", "H55.01", "3"),
    ("Kho dữ liệu dùng chung", "H55.09", "3"),
    ("Cổng dữ liệu mở", "H55.09", "2"),
    ("Thư điện tử công vụ", "H55.09", "2"),
    ("Hội nghị truyền hình", "H55.01", "2"),
)
_MEASURES = {"1": 24, "2": 48, "3": 86, "4": 110}


def profiles(world: World) -> Iterator[Row]:
    """Give common systems, one for each priority database, and the page of each agency."""
    chance = world.rng("profiles")
    wanted: list[tuple[str, str, str, object]] = [(*known, None) for known in _COMMON]
    for row in world.rows("csdl-uu-tien"):
        level = one_of(chance, {"2": 3, "3": 2})
        name = str(row["ten"])
        wanted.append(
            (f"Hệ thống {name[:1].lower()}{name[1:]}", str(row["co_quan"]), level, row["ma_csdl"])
        )
    wanted += [
        (f"Trang thông tin điện tử {office.name}", office.code, "1", None)
        for office in offices(world)
    ]
    for number, (name, agency, level, database) in enumerate(wanted, start=1):
        running = work_day(chance, date(2024, 2, 1), date(2026, 8, 20))
        approved = chance.random() < (0.95 if level == "3" else 0.8)
        day = running - timedelta(days=chance.randint(5, 60)) if approved else None
        if number in (20, 33):
            day = running + timedelta(days=30)
        measures = _MEASURES[level]
        reviewed = work_day(chance, date(2025, 10, 1), world.day)
        has_review = approved and chance.random() < 0.75
        yield {
            "ma_he_thong": f"HT-{number:03}",
            "ten": name,
            "co_quan": agency,
            "ma_csdl": database,
            "cap_do": level,
            "ngay_van_hanh": running,
            "ngay_phe_duyet": day,
            "het_han": None if day is None else day + timedelta(days=3 * 365),
            "so_bien_phap_bat_buoc": measures,
            "so_bien_phap_da_lam": measures
            if chance.random() < 0.55
            else share(chance, measures, 0.6, 0.99),
            "lop_1_luc_luong": chance.random() < 0.9,
            "lop_2_giam_sat": chance.random() < 0.85,
            "lop_3_danh_gia": has_review,
            "lop_4_quoc_gia": level == "3" or chance.random() < 0.7,
            "ngay_danh_gia": reviewed if has_review else None,
        }


def monitoring(world: World) -> Iterator[Row]:
    """Give the last three months of each system."""
    chance = world.rng("monitoring")
    for system in world.rows("ho-so-cap-do"):
        watched = bool(system["lop_2_giam_sat"])
        machines = chance.randint(1, 3) if system["cap_do"] == "1" else chance.randint(4, 40)
        for first in months(world, 3):
            severe = chance.choice((0, 0, 0, 1, 2, 4))
            last = month_end(first) - timedelta(days=chance.choice((0, 0, 0, 0, 6)))
            link = round(chance.uniform(92, 100), 1) if system["lop_4_quoc_gia"] else 0.0
            yield {
                "ma_he_thong": system["ma_he_thong"],
                "thang": first,
                "ngay_nhat_ky": last if watched else None,
                "lop_mang": watched,
                "lop_ung_dung": watched and chance.random() < 0.85,
                "lop_csdl": watched and chance.random() < 0.7,
                "lop_dau_cuoi": watched and chance.random() < 0.8,
                "so_may": machines,
                "so_may_co_phong_ma_doc": share(chance, machines, 0.85, 1),
                "so_lo_hong_nghiem_trong": severe,
                "so_lo_hong_va_dung_han": share(chance, severe, 0.5, 1),
                "ty_le_ket_noi_quoc_gia": link,
            }


def experts(world: World) -> Iterator[Row]:
    """Give each agency with counts of experts; a small commune may hire one or have none."""
    chance = world.rng("experts")
    for office in offices(world):
        own = chance.randint(1, 3) if office.is_provincial else chance.choice((0, 0, 1))
        hired = chance.choice((0, 1)) if own == 0 else 0
        ends = work_day(chance, date(2026, 10, 1), date(2028, 6, 30))
        staff = chance.randint(2, 6) if office.is_provincial else chance.randint(1, 2)
        yield {
            "co_quan": office.code,
            "so_chuyen_gia_co_chung_chi": own,
            "so_chuyen_gia_thue": hired,
            "het_han_som_nhat": ends if own + hired else None,
            "co_dau_moi_du_lieu": chance.random() < 0.92,
            "so_can_bo_phu_trach": staff,
            "so_can_bo_co_chung_nhan": share(chance, staff, 0.3, 1),
        }


SAMPLES: Samples = {
    "ho-so-cap-do": profiles,
    "giam-sat-he-thong": monitoring,
    "nhan-luc-an-ninh-mang": experts,
}
