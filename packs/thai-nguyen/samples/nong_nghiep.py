"""Made-up farming: land, crops, animals, ponds and farms of the communes; sums add up."""

from collections.abc import Iterator
from datetime import date

from tinhdata.pack import Row, Samples, World

from ._chung import day_between, districts, short, split

_LAND_YEAR = 2025
_SEASONS = ((2025, "Mùa"), (2026, "Đông xuân"))
_TEA_AREA, _TEA = 22_000.0, "CH01"
_MOUNTAIN = {"Võ Nhai", "Pác Nặm", "Ba Bể", "Ngân Sơn", "Bạch Thông", "Chợ Đồn", "Chợ Mới", "Na Rì"}
_TEA_SHARE = {
    "Đại Từ": 6.0,
    "Thái Nguyên": 4.0,
    "Phú Lương": 5.0,
    "Đồng Hỷ": 4.0,
    "Định Hóa": 3.0,
    "Phổ Yên": 2.5,
    "Sông Công": 2.0,
    "Võ Nhai": 2.0,
    "Chợ Đồn": 0.5,
    "Ba Bể": 0.3,
    "Chợ Mới": 0.3,
}
_FAMOUS_FOR_TEA = {"Tân Cương": 3.0, "La Bằng": 1.6, "Vô Tranh": 1.6, "Đại Phúc": 1.8}
_CROPS: tuple[tuple[str, str, str, str, bool], ...] = (
    ("LU01", "Lúa", "cây hằng năm", "Thóc", True),
    ("NG01", "Ngô", "cây hằng năm", "Ngô hạt", False),
    ("KH01", "Khoai lang", "cây hằng năm", "Củ tươi", False),
    ("SA01", "Sắn", "cây hằng năm", "Củ tươi", False),
    ("LA01", "Lạc", "cây hằng năm", "Lạc vỏ", False),
    ("DT01", "Đậu tương", "cây hằng năm", "Đậu hạt", False),
    ("RA01", "Rau các loại", "cây hằng năm", "Rau tươi", True),
    ("DR01", "Dong riềng", "cây hằng năm", "Củ tươi", True),
    (_TEA, "Chè", "cây công nghiệp lâu năm", "Búp tươi", True),
    ("CA01", "Cam, quýt", "cây ăn quả", "Quả tươi", True),
    ("BU01", "Bưởi", "cây ăn quả", "Quả tươi", False),
    ("NA01", "Na", "cây ăn quả", "Quả tươi", True),
    ("NH01", "Nhãn", "cây ăn quả", "Quả tươi", False),
    ("HO01", "Hồng không hạt", "cây ăn quả", "Quả tươi", True),
)
_ANNUAL = {  # share of the land of annual crops, yield in tạ/ha
    "LU01": (0.46, 55.0),
    "NG01": (0.15, 46.0),
    "KH01": (0.03, 68.0),
    "SA01": (0.03, 155.0),
    "LA01": (0.03, 18.5),
    "DT01": (0.02, 16.5),
    "RA01": (0.10, 172.0),
}
_FRUIT = {
    "CA01": (3.0, 95.0),
    "BU01": (2.0, 110.0),
    "NA01": (1.5, 85.0),
    "NH01": (1.5, 62.0),
    "HO01": (1.0, 55.0),
}
_TEA_YIELD = 130.0
_WRONG = frozenset({"05602", "02044"})


def _land(world: World) -> Iterator[Row]:
    chance = world.rng("hien-trang-su-dung-dat")
    for commune in world.communes:
        whole = round(commune.area_km2 * 100, 1)
        built = chance.uniform(0.3, 0.5) if commune.is_ward else chance.uniform(0.1, 0.2)
        unused = chance.uniform(0.003, 0.02)
        forest = chance.uniform(0.05, 0.25) if commune.is_ward else chance.uniform(0.2, 0.45)
        if districts(commune) in _MOUNTAIN:
            built, forest = chance.uniform(0.04, 0.08), chance.uniform(0.7, 0.8)
        farmed = round(whole * (1 - built - unused), 1)
        bare = round(whole * unused, 1)
        wood = round(min(whole * forest, farmed * 0.88), 1)
        water = round((farmed - wood) * chance.uniform(0.01, 0.05), 1)
        other = round((farmed - wood) * chance.uniform(0.002, 0.01), 1)
        yield {
            "ma_xa": commune.code,
            "nam": _LAND_YEAR,
            "tong_dien_tich": whole,
            "dat_nong_nghiep": farmed,
            "dat_san_xuat": round(farmed - wood - water - other, 1),
            "dat_lam_nghiep": wood,
            "dat_thuy_san": water,
            "dat_nong_nghiep_khac": other,
            "dat_phi_nong_nghiep": round(whole - farmed - bare, 1),
            "dat_chua_su_dung": bare,
        }


def _crop_names(_world: World) -> Iterator[Row]:
    for code, name, group, product, is_key in _CROPS:
        yield {
            "ma_cay": code,
            "ten": name,
            "nhom": group,
            "san_pham": product,
            "trong_diem": is_key,
        }


def _tea_land(world: World, cropland: dict[str, float]) -> dict[str, float]:
    """Share the province's tea out over the communes, at most half of the cropland of each."""
    chance = world.rng("dien-tich-che")
    weights = {
        commune.code: cropland[commune.code]
        * _TEA_SHARE.get(districts(commune), 0.0)
        * _FAMOUS_FOR_TEA.get(short(commune), 1.0)
        * chance.uniform(0.7, 1.3)
        for commune in world.communes
    }
    scale = _TEA_AREA / sum(weights.values())
    return {code: min(weight * scale, cropland[code] / 2) for code, weight in weights.items()}


def _crops(world: World) -> Iterator[Row]:
    chance = world.rng("san-xuat-cay-trong-theo-vu")
    land = world.rows("hien-trang-su-dung-dat")
    cropland = {str(row["ma_xa"]): float(str(row["dat_san_xuat"])) for row in land}
    tea = _tea_land(world, cropland)
    for commune in world.communes:
        code = commune.code
        fruit = cropland[code] * chance.uniform(0.04, 0.09)
        lasting = {_TEA: (tea[code], _TEA_YIELD)}
        parts = split(fruit, [share for share, _ in _FRUIT.values()])
        for (crop, (_, harvest)), area in zip(_FRUIT.items(), parts, strict=True):
            lasting[crop] = (area, harvest)
        for crop, (area, harvest) in lasting.items():
            if area >= 1:
                yield _crop(
                    code,
                    _LAND_YEAR,
                    "Cả năm",
                    crop,
                    area,
                    harvest * chance.uniform(0.9, 1.1),
                    chance.uniform(0.9, 0.98),
                )
        free = cropland[code] - fruit - tea[code]
        for year, season in _SEASONS:
            for crop, (share, harvest) in _ANNUAL.items():
                area = free * share * chance.uniform(0.85, 1.15)
                if area >= 1:
                    yield _crop(
                        code,
                        year,
                        season,
                        crop,
                        area,
                        harvest * chance.uniform(0.88, 1.1),
                        chance.uniform(0.97, 1),
                    )
        if districts(commune) in {"Na Rì", "Ba Bể", "Ngân Sơn"}:
            yield _crop(
                code, _LAND_YEAR, "Mùa", "DR01", free * 0.06, 720 * chance.uniform(0.9, 1.1), 1
            )


def _crop(
    commune: str, year: int, season: str, crop: str, area: float, harvest: float, ripe: float
) -> Row:
    sown = round(area, 1)
    ready = round(sown * ripe, 1)
    # Two reports carry the slip of a hand: the area harvested with its comma one place too far.
    slipped = commune in _WRONG and crop == "RA01" and season == "Mùa"
    return {
        "ma_xa": commune,
        "nam": year,
        "vu": season,
        "ma_cay": crop,
        "dien_tich_gieo_trong": sown,
        "dien_tich_thu_hoach": round(ready * 10, 1) if slipped else ready,
        "nang_suat": round(harvest, 1),
        "san_luong": round(ready * round(harvest, 1) / 10, 1),
    }


def _quarter_ends(world: World) -> tuple[date, ...]:
    ends = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))
    return tuple(day for day in ends if day <= world.day)


def _animals(world: World) -> Iterator[Row]:
    chance = world.rng("chan-nuoi-theo-xa")
    homes = {str(row["ma_xa"]): int(str(row["so_ho"])) for row in world.rows("dan-so-theo-xa")}
    kinds = {  # heads a household, share on farms, tonnes a head and quarter
        "Trâu": (0.16, 0.03, 0.02),
        "Bò": (0.14, 0.06, 0.02),
        "Lợn": (2.1, 0.45, 0.045),
        "Gia cầm": (42.0, 0.5, 0.0011),
    }
    for commune in world.communes:
        rural = 0.35 if commune.is_ward else 1.35
        herds = {
            kind: homes[commune.code] * rural * rate * chance.uniform(0.6, 1.5)
            for kind, (rate, _, _) in kinds.items()
        }
        for day in _quarter_ends(world):
            for kind, (_, on_farms, mass) in kinds.items():
                heads = round(herds[kind] * chance.uniform(0.95, 1.06))
                yield {
                    "ma_xa": commune.code,
                    "ngay_thong_ke": day,
                    "vat_nuoi": kind,
                    "so_con": heads,
                    "so_con_tai_trang_trai": round(heads * on_farms * chance.uniform(0.6, 1.3)),
                    "san_luong_xuat_chuong": round(heads * mass * chance.uniform(0.8, 1.2), 1),
                    "ty_le_tiem_phong": _vaccinated(
                        commune.code, kind, day, chance.uniform(72, 98)
                    ),
                }


def _vaccinated(commune: str, kind: str, day: date, rate: float) -> float:
    # One report lost its comma.
    lost = commune in _WRONG and kind == "Lợn" and day.month == 6
    return round(rate * 10) if lost else round(rate, 1)


def _ponds(world: World) -> Iterator[Row]:
    chance = world.rng("nuoi-trong-thuy-san-theo-xa")
    for row in world.rows("hien-trang-su-dung-dat"):
        area = round(float(str(row["dat_thuy_san"])) * chance.uniform(0.8, 0.98), 1)
        fish = round(area * chance.uniform(1.6, 2.8), 1)
        other = round(fish * chance.uniform(0, 0.03), 1)
        yield {
            "ma_xa": row["ma_xa"],
            "nam": _LAND_YEAR,
            "dien_tich_nuoi": area,
            "so_long_be": chance.choice((0, 0, 0, 0, 5, 12, 40)),
            "san_luong_ca": fish,
            "san_luong_khac": other,
            "tong_san_luong": round(fish + other, 1),
        }


def _farms(world: World) -> Iterator[Row]:
    chance = world.rng("co-so-san-xuat-theo-xa")
    coops: dict[str, int] = {}
    for row in world.rows("hop-tac-xa-nong-nghiep"):
        coops[str(row["ma_xa"])] = coops.get(str(row["ma_xa"]), 0) + (row["loai"] == "Hợp tác xã")
    wards = {commune.code for commune in world.communes if commune.is_ward}
    for row in world.rows("dan-so-theo-xa"):
        code = str(row["ma_xa"])
        share = chance.uniform(0.1, 0.25) if code in wards else chance.uniform(0.55, 0.8)
        homes = round(int(str(row["so_ho"])) * share)
        counts = {
            "Hộ": (homes, 2.1, 0.02),
            "Trang trại": (chance.randint(0, 18), 4.0, 0.3),
            "Hợp tác xã": (coops.get(code, 0), 15.0, 0.4),
            "Doanh nghiệp": (chance.randint(0, 5), 22.0, 0.6),
        }
        for kind, (count, hands, logged) in counts.items():
            yield {
                "ma_xa": code,
                "nam": _LAND_YEAR,
                "loai_co_so": kind,
                "so_co_so": count,
                "so_lao_dong": round(count * hands * chance.uniform(0.85, 1.15)),
                "so_co_so_co_nhat_ky": min(count, round(count * logged * chance.uniform(0.3, 1.5))),
            }


def _coops(world: World) -> Iterator[Row]:
    chance = world.rng("hop-tac-xa-nong-nghiep")
    lines = ("Chè", "Rau, quả", "Lúa gạo", "Chăn nuôi", "Thủy sản", "Lâm sản")
    number = 0
    for commune in world.communes:
        likes_tea = _TEA_SHARE.get(districts(commune), 0.0)
        for _ in range(chance.randint(1, 4) + (2 if likes_tea >= 4 else 0)):
            number += 1
            line = chance.choices(lines, (likes_tea * 2, 3, 2, 2.5, 0.6, 1))[0]
            kind = chance.choices(
                ("Hợp tác xã", "Tổ hợp tác", "Cơ sở chế biến", "Doanh nghiệp"), (6, 2, 1.5, 1)
            )[0]
            processes = line == "Chè" or kind in ("Cơ sở chế biến", "Doanh nghiệp")
            yield {
                "ma_co_so": f"CS{number:04}",
                "ten": f"{kind} {line.lower()} {short(commune)} {number:03} (mô phỏng)",
                "loai": kind,
                "ma_xa": commune.code,
                "nganh_chinh": line,
                "so_thanh_vien": chance.randint(7, 160),
                "cong_suat_che_bien": chance.randrange(50, 1200, 10) if processes else None,
                "ngay_thanh_lap": day_between(date(2008, 1, 1), date(2026, 3, 31), chance),
                "trang_thai": "tạm ngừng" if chance.random() < 0.05 else "đang hoạt động",
            }


SAMPLES: Samples = {
    "hien-trang-su-dung-dat": _land,
    "danh-muc-cay-trong": _crop_names,
    "san-xuat-cay-trong-theo-vu": _crops,
    "chan-nuoi-theo-xa": _animals,
    "nuoi-trong-thuy-san-theo-xa": _ponds,
    "co-so-san-xuat-theo-xa": _farms,
    "hop-tac-xa-nong-nghiep": _coops,
}
