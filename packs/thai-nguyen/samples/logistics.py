"""Made-up logistics centres, warehouses and their use; a centre has the room of its stores."""

import math
from collections.abc import Iterator
from datetime import date

from tinhdata.pack import Commune, Row, Samples, World

from ._chung import day_between, districts, near, short

_CENTRES = 9
_STORES = 140
_KINDS = {  # cubic metres from and to, height
    "Kho thường": (2_000, 60_000, 7.0),
    "Kho lạnh": (500, 12_000, 6.0),
    "Kho ngoại quan": (5_000, 40_000, 8.0),
    "Bãi container": (8_000, 90_000, 4.0),
    "Bãi đỗ xe tải": (3_000, 30_000, 3.0),
}
_SERVICES = ("Lưu kho, phân phối", "Lưu kho, thông quan, vận tải", "Gom hàng, đóng gói, vận tải")
_MONTHS = 9


def _code(number: int) -> str:
    return f"LG{number:03}"


def _places(world: World) -> list[Commune]:
    busy = {"Thái Nguyên", "Sông Công", "Phổ Yên", "Phú Bình", "Bắc Kạn"}
    return [commune for commune in world.communes if districts(commune) in busy]


def _centre_rows(world: World) -> Iterator[tuple[Commune, Row]]:
    chance = world.rng("trung-tam-logistics")
    room = _room_of_centres(world)
    for number, commune in enumerate(chance.sample(_places(world), _CENTRES), start=1):
        kind = chance.choices(
            ("Trung tâm logistics", "Cảng cạn", "Điểm tập kết hàng hoá"), (5, 2, 3)
        )[0]
        lat, lon = near(commune, chance)
        yield (
            commune,
            {
                "ma_trung_tam": _code(number),
                "ten": f"{kind} số {number}, {short(commune)} (mô phỏng)",
                "loai": kind,
                "ma_xa": commune.code,
                "dien_tich": round(chance.uniform(3, 60), 1),
                "suc_chua": room[_code(number)],
                "dich_vu": chance.choice(_SERVICES),
                "van_tai_duong_sat": chance.random() < 0.25,
                "trang_thai": "đang xây dựng" if chance.random() < 0.1 else "đang hoạt động",
                "vi_do": lat,
                "kinh_do": lon,
            },
        )


def _centres(world: World) -> Iterator[Row]:
    for _, row in _centre_rows(world):
        yield row


def _sizes(world: World) -> list[tuple[str, str | None, int, float]]:
    """Give kind, centre, cubic metres and floor of each store."""
    chance = world.rng("kho-bai/quy-mo")
    found = []
    for number in range(_STORES):
        kind = chance.choices(tuple(_KINDS), (9, 2, 1, 1.5, 2))[0]
        least, most, height = _KINDS[kind]
        room = round(math.exp(chance.uniform(math.log(least), math.log(most))), -1)
        # The first stores go round the centres, so that each has some.
        centre = _code(number % _CENTRES + 1) if number < 4 * _CENTRES else None
        found.append((kind, centre, int(room), round(room / height)))
    return found


def _room_of_centres(world: World) -> dict[str, int]:
    room: dict[str, int] = {}
    for _, centre, size, _ in _sizes(world):
        if centre is not None:
            room[centre] = room.get(centre, 0) + size
    return room


def _stores(world: World) -> Iterator[Row]:
    chance = world.rng("kho-bai")
    homes = {str(row["ma_trung_tam"]): commune for commune, row in _centre_rows(world)}
    for number, (kind, centre, room, floor) in enumerate(_sizes(world), start=1):
        commune = chance.choice(_places(world)) if centre is None else homes[centre]
        lat, lon = near(commune, chance)
        yield {
            "ma_kho": f"KB{number:04}",
            "ten": f"{kind} số {number:03}, {short(commune)} (mô phỏng)",
            "loai": kind,
            "ma_xa": commune.code,
            "ma_trung_tam": centre,
            "suc_chua": room,
            "dien_tich_san": floor,
            "phong_chay": chance.random() < 0.88,
            "vi_do": lat,
            "kinh_do": lon,
            "cap_nhat": day_between(date(2026, 1, 5), world.day, chance),
        }


def _use(world: World) -> Iterator[Row]:
    chance = world.rng("su-dung-kho-bai-theo-thang")
    for store in world.rows("kho-bai"):
        room = int(str(store["suc_chua"]))
        usual = chance.uniform(0.45, 0.85)
        for month in range(1, _MONTHS + 1):
            used = round(room * min(usual * chance.uniform(0.85, 1.12), 0.98))
            moved = used * chance.uniform(0.15, 0.5)
            # One report has a digit too many.
            slipped = store["ma_kho"] == "KB0050" and month == 7
            yield {
                "ma_kho": store["ma_kho"],
                "thang": date(2026, month, 1),
                "suc_chua": room,
                "su_dung_binh_quan": used * 10 if slipped else used,
                "hang_nhap": round(moved, 1),
                "hang_xuat": round(moved * chance.uniform(0.9, 1.08), 1),
            }


SAMPLES: Samples = {
    "trung-tam-logistics": _centres,
    "kho-bai": _stores,
    "su-dung-kho-bai-theo-thang": _use,
}
