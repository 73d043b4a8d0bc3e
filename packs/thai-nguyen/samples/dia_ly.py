"""The register of geodata layers, made-up works on the water, and simplified outlines."""

import math
from collections.abc import Iterator
from datetime import date

from tinhdata.pack import Row, Samples, World

from ._chung import day_between, districts, near, short

_LAYERS: tuple[tuple[str, str, str, str], ...] = (
    ("Địa giới cấp tỉnh", "Địa giới", "vùng", "H55.07"),
    ("Địa giới cấp xã", "Địa giới", "vùng", "H55.07"),
    ("Điểm địa danh", "Địa giới", "điểm", "H55.07"),
    ("Thửa đất địa chính", "Đất đai", "vùng", "H55.07"),
    ("Hiện trạng sử dụng đất", "Đất đai", "vùng", "H55.07"),
    ("Quy hoạch sử dụng đất", "Đất đai", "vùng", "H55.07"),
    ("Vùng giá đất", "Đất đai", "vùng", "H55.07"),
    ("Vùng trồng chè", "Nông nghiệp", "vùng", "H55.07"),
    ("Vùng trồng lúa", "Nông nghiệp", "vùng", "H55.07"),
    ("Vùng cây ăn quả", "Nông nghiệp", "vùng", "H55.07"),
    ("Cơ sở chăn nuôi tập trung", "Nông nghiệp", "điểm", "H55.07"),
    ("Vùng nuôi trồng thủy sản", "Nông nghiệp", "vùng", "H55.07"),
    ("Hiện trạng rừng", "Lâm nghiệp", "vùng", "H55.07"),
    ("Ranh giới ba loại rừng", "Lâm nghiệp", "vùng", "H55.07"),
    ("Điểm nguy cơ cháy rừng", "Lâm nghiệp", "điểm", "H55.07"),
    ("Hồ chứa và công trình thủy lợi", "Thủy lợi", "điểm", "H55.07"),
    ("Kênh mương", "Thủy lợi", "đường", "H55.07"),
    ("Đê, kè", "Thủy lợi", "đường", "H55.07"),
    ("Sông, suối", "Nước", "đường", "H55.07"),
    ("Hành lang bảo vệ nguồn nước", "Nước", "vùng", "H55.07"),
    ("Giếng khai thác nước dưới đất", "Nước", "điểm", "H55.07"),
    ("Vùng nguy cơ ngập lụt", "Nước", "vùng", "H55.07"),
    ("Điểm nguy cơ sạt lở", "Môi trường", "điểm", "H55.07"),
    ("Trạm quan trắc môi trường", "Môi trường", "điểm", "H55.07"),
    ("Điểm xả thải", "Môi trường", "điểm", "H55.07"),
    ("Bãi chôn lấp, cơ sở xử lý chất thải", "Môi trường", "điểm", "H55.07"),
    ("Khu bảo tồn, đa dạng sinh học", "Môi trường", "vùng", "H55.07"),
    ("Khu vực khoáng sản", "Khoáng sản", "vùng", "H55.07"),
    ("Khu, cụm công nghiệp", "Đất đai", "vùng", "H55.15"),
    ("Tim đường bộ", "Giao thông", "đường", "H55.08"),
    ("Cầu đường bộ", "Giao thông", "điểm", "H55.08"),
    ("Điểm dừng xe buýt", "Giao thông", "điểm", "H55.08"),
)
_SYSTEMS = ("EPSG:9213", "EPSG:9213", "EPSG:9213", "EPSG:3405", "EPSG:4326")
_CORNERS = 6
_KM_PER_DEGREE = 111.32


def _layers(world: World) -> Iterator[Row]:
    chance = world.rng("danh-muc-lop-dia-ly")
    for number, (name, theme, shape, agency) in enumerate(_LAYERS, start=1):
        service = chance.choices(("chưa có", "WMS", "WFS", "OGC API"), (4, 2, 2, 3))[0]
        yield {
            "ma_lop": f"LD{number:03}",
            "ten": name,
            "chu_de": theme,
            "kieu_hinh_hoc": shape,
            "he_quy_chieu": chance.choice(_SYSTEMS),
            "mau_so_ty_le": chance.choice((2_000, 5_000, 10_000, 25_000, 50_000)),
            "so_doi_tuong": round(math.exp(chance.uniform(3, 12))),
            "hinh_hoc_hop_le": round(100 - chance.choice((0, 0.02, 0.08, 0.4, 2.3)), 2),
            "dac_ta_du": chance.random() < 0.7,
            "dich_vu": service,
            "so_he_thong_dung": 0 if service == "chưa có" else chance.randint(0, 7),
            "co_quan_quan_ly": agency,
            "cap_nhat": day_between(date(2024, 6, 1), world.day, chance),
        }


def _works(world: World) -> Iterator[Row]:
    chance = world.rng("cong-trinh-thuy-loi")
    kinds = ("Hồ chứa", "Đập dâng", "Trạm bơm")
    number = 0
    for commune in world.communes:
        for _ in range(chance.randint(1, 2) if commune.is_ward else chance.randint(3, 7)):
            number += 1
            low = districts(commune) in {"Phú Bình", "Phổ Yên", "Sông Công"}
            kind = chance.choices(kinds, (2, 2, 4) if low else (4, 4, 1))[0]
            volume = round(math.exp(chance.uniform(3, 7.5)), 1) if kind == "Hồ chứa" else None
            lat, lon = near(commune, chance)
            yield {
                "ma_cong_trinh": f"TL{number:04}",
                "ten": f"{kind} số {number:03} {short(commune)} (mô phỏng)",
                "loai": kind,
                "ma_xa": commune.code,
                "dung_tich": volume,
                "dien_tich_tuoi": round((volume or 120) / chance.uniform(6, 14), 1),
                "nam_xay_dung": chance.randint(1962, 2022),
                "tinh_trang": chance.choices(("an toàn", "cần theo dõi", "xuống cấp"), (7, 2, 1))[
                    0
                ],
                "vi_do": lat,
                "kinh_do": lon,
            }


def _outlines(world: World) -> Iterator[Row]:
    for commune in world.communes:
        radius = math.sqrt(commune.area_km2 * 2 / (3 * math.sqrt(3)))
        flat = math.cos(math.radians(commune.lat))
        points = []
        for corner in (*range(_CORNERS), 0):
            angle = math.pi / 3 * corner
            lon = commune.lon + radius * math.cos(angle) / _KM_PER_DEGREE / flat
            lat = commune.lat + radius * math.sin(angle) / _KM_PER_DEGREE
            points.append(f"{lon:.6f} {lat:.6f}")
        yield {
            "ma_xa": commune.code,
            "ten": commune.name,
            "dien_tich": commune.area_km2,
            "hinh_hoc": f"POLYGON (({', '.join(points)}))",
        }


SAMPLES: Samples = {
    "danh-muc-lop-dia-ly": _layers,
    "cong-trinh-thuy-loi": _works,
    "ranh-gioi-xa-gian-luoc": _outlines,
}
