"""Roads, made-up bridges, bus routes with their stops and times, vehicles as totals."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tinhdata.pack import Commune, Row, Samples, World

from ._chung import day_between, districts, near, short

_TRUNK: tuple[tuple[str, str, str, float, float], ...] = (
    ("CT0001", "Cao tốc Hà Nội – Thái Nguyên", "Cao tốc", 31.0, 24.0),
    ("CT0002", "Cao tốc Thái Nguyên – Chợ Mới", "Cao tốc", 38.0, 11.0),
    ("QL0003", "Quốc lộ 3", "Quốc lộ", 198.0, 11.0),
    ("QL0037", "Quốc lộ 37", "Quốc lộ", 57.0, 7.0),
    ("QL0101", "Quốc lộ 1B", "Quốc lộ", 45.0, 6.5),
    ("QL0017", "Quốc lộ 17", "Quốc lộ", 34.0, 7.0),
    ("QL0302", "Quốc lộ 3B", "Quốc lộ", 128.0, 6.0),
    ("QL0303", "Quốc lộ 3C", "Quốc lộ", 74.0, 6.0),
    ("QL0279", "Quốc lộ 279", "Quốc lộ", 104.0, 6.0),
)
_PROVINCIAL = (254, 255, 256, 257, 258, 259, 260, 261, 262, 263, 264, 265, 266, 267, 268, 269, 270)
_SURFACES = ("bê tông nhựa", "láng nhựa", "bê tông xi măng", "cấp phối")
_LIMIT = {"tốt": (18, 30), "trung bình": (13, 25), "yếu": (5, 13)}
_VEHICLES = {  # vehicles a person, share that must be inspected
    "Mô tô, xe máy": (0.52, 0.0),
    "Ô tô con": (0.052, 1.0),
    "Ô tô khách": (0.0021, 1.0),
    "Ô tô tải": (0.0125, 1.0),
    "Xe điện": (0.006, 0.4),
    "Xe chuyên dùng": (0.0009, 1.0),
}
_KM_PER_DEGREE = 111.32
_WINDING = 1.3
_CORRIDOR_KM = 4.0
_ROUTES = 18


def _roads(world: World) -> Iterator[Row]:
    chance = world.rng("duong-bo")
    centre = [commune for commune in world.communes if commune.is_ward]
    for code, name, kind, length, width in _TRUNK:
        first, last = chance.choice(centre), chance.choice(world.communes)
        yield _road(world, code, name, kind, length, width, first, last)
    for number in _PROVINCIAL:
        first, last = chance.sample(world.communes, 2)
        length = round(chance.uniform(9, 48), 1)
        yield _road(
            world,
            f"DT{number:04}",
            f"Đường tỉnh ĐT.{number}",
            "Đường tỉnh",
            length,
            5.5,
            first,
            last,
        )
    for number, commune in enumerate(world.communes, start=1):
        other = min(
            (each for each in world.communes if each is not commune),
            key=lambda each: _km(commune.lat, commune.lon, each.lat, each.lon),
        )
        length = round(max(1.0, _km(commune.lat, commune.lon, other.lat, other.lon) * _WINDING), 1)
        name = f"Đường liên xã {short(commune)} – {short(other)} (mô phỏng)"
        yield _road(world, f"DX{number:04}", name, "Đường xã", length, 4.0, commune, other)
    for number, ward in enumerate(centre * 3, start=1):
        name = f"Đường đô thị số {number} {short(ward)} (mô phỏng)"
        length = round(chance.uniform(0.6, 5), 1)
        yield _road(world, f"DD{number:04}", name, "Đường đô thị", length, 10.5, ward, ward)


def _road(
    world: World,
    code: str,
    name: str,
    kind: str,
    length: float,
    width: float,
    first: Commune,
    last: Commune,
) -> Row:
    chance = world.rng(code)
    good = kind in {"Cao tốc", "Quốc lộ", "Đường đô thị"}
    return {
        "ma_duong": code,
        "ten": name,
        "loai": kind,
        "chieu_dai": length,
        "be_rong_mat": width,
        "mat_duong": "bê tông nhựa" if good else chance.choices(_SURFACES, (3, 4, 5, 1))[0],
        "tinh_trang": chance.choices(
            ("tốt", "trung bình", "xấu"), (7, 2, 0.3) if good else (4, 4, 1)
        )[0],
        "xa_dau": first.code,
        "xa_cuoi": last.code,
        "don_vi_quan_ly": "Đơn vị bảo trì đường bộ (mô phỏng)"
        if kind not in {"Đường xã", "Đường đô thị"}
        else f"Ủy ban nhân dân {first.name[:1].lower()}{first.name[1:]}",
        "cap_nhat": day_between(date(2025, 10, 1), world.day, chance),
    }


def _bridges(world: World) -> Iterator[Row]:
    chance = world.rng("cau-duong-bo")
    communes = {commune.code: commune for commune in world.communes}
    number = 0
    for road in world.rows("duong-bo"):
        length = float(str(road["chieu_dai"]))
        for _ in range(round(length / 9 * chance.uniform(0.6, 1.4))):
            number += 1
            commune = communes[str(chance.choice((road["xa_dau"], road["xa_cuoi"])))]
            lat, lon = near(commune, chance)
            state = chance.choices(tuple(_LIMIT), (7, 2.5, 0.5))[0]
            yield {
                "ma_cau": f"CA{number:04}",
                "ten": f"Cầu số {number:03} {short(commune)} (mô phỏng)",
                "ma_duong": road["ma_duong"],
                "ly_trinh": math.floor(chance.uniform(0, length) * 10) / 10,
                "ma_xa": commune.code,
                "chieu_dai": round(math.exp(chance.uniform(2.2, 5.6)), 1),
                "tai_trong": chance.randint(*_LIMIT[state]),
                "nam_xay_dung": chance.randint(1975, 2025),
                "tinh_trang": state,
                "vi_do": lat,
                "kinh_do": lon,
            }


def _stops(world: World) -> Iterator[Row]:
    chance = world.rng("diem-dung-xe-buyt")
    number = 0
    for commune in world.communes:
        for place in range(1, (9 if commune.is_ward else 4)):
            number += 1
            lat, lon = near(commune, chance)
            yield {
                "ma_diem": f"D{number:04}",
                "ten": f"Điểm dừng {place}, {short(commune)} (mô phỏng)",
                "ma_xa": commune.code,
                "vi_do": lat,
                "kinh_do": lon,
                "co_nha_cho": chance.random() < 0.35,
                "tiep_can": chance.random() < 0.25,
            }


@dataclass(frozen=True, slots=True)
class _Line:
    code: str
    first: Commune
    last: Commune
    stops: tuple[tuple[Row, float], ...]
    """The stops with their kilometres from the beginning."""

    @property
    def length(self) -> float:
        return self.stops[-1][1]


def _lines(world: World) -> Iterator[_Line]:
    """Lay lines out from the city to other communes, over the stops that lie along the way."""
    chance = world.rng("tuyen-xe-buyt/duong-di")
    hubs = [commune for commune in world.communes if districts(commune) == "Thái Nguyên"]
    ends = [
        commune
        for commune in world.communes
        if commune.is_ward or short(commune) in {"Đại Từ", "Định Hóa", "Võ Nhai", "Phú Lương"}
    ]
    made = 0
    while made < _ROUTES:
        first, last = chance.choice(hubs), chance.choice(ends)
        stops = _along(world, first, last)
        if first is not last and len(stops) >= 6:
            made += 1
            yield _Line(f"B{made:02}", first, last, stops)


def _along(world: World, first: Commune, last: Commune) -> tuple[tuple[Row, float], ...]:
    flat = math.cos(math.radians(first.lat))
    east, north = (last.lon - first.lon) * flat, last.lat - first.lat
    whole = math.hypot(east, north) or 1.0
    found: list[tuple[float, str, Row]] = []
    for stop in world.rows("diem-dung-xe-buyt"):
        x = (float(str(stop["kinh_do"])) - first.lon) * flat
        y = float(str(stop["vi_do"])) - first.lat
        along, aside = (x * east + y * north) / whole, abs(x * north - y * east) / whole
        if 0 <= along <= whole and aside * _KM_PER_DEGREE <= _CORRIDOR_KM:
            found.append((along, str(stop["ma_diem"]), stop))
    found.sort(key=lambda each: each[:2])
    kilometres, done = [], 0.0
    for at, (_, _, stop) in enumerate(found):
        if at:
            before = found[at - 1][2]
            places = (before["vi_do"], before["kinh_do"], stop["vi_do"], stop["kinh_do"])
            done += _km(*(float(str(place)) for place in places)) * _WINDING
        kilometres.append((stop, round(done, 1)))
    return tuple(kilometres)


def _routes(world: World) -> Iterator[Row]:
    for line in _lines(world):
        chance = world.rng(line.code)
        yield {
            "ma_tuyen": line.code,
            "ten": f"{short(line.first)} – {short(line.last)} (mô phỏng)",
            "cu_ly": max(line.length, 1.0),
            "so_xe": max(2, round(line.length / 3)),
            "gia_ve": round(7 + line.length / 3) * 1000,
            "gio_dau": chance.choice(("05:00", "05:15", "05:30", "06:00")),
            "gio_cuoi": chance.choice(("18:00", "18:30", "19:00", "20:00")),
            "don_vi_van_hanh": f"Đơn vị vận tải số {chance.randint(1, 4)} (mô phỏng)",
        }


def _route_stops(world: World) -> Iterator[Row]:
    for line in _lines(world):
        for order, (stop, kilometre) in enumerate(line.stops, start=1):
            yield {
                "ma_tuyen": line.code,
                "thu_tu": order,
                "ma_diem": stop["ma_diem"],
                "cach_dau_tuyen": kilometre,
                "phut_tu_dau_tuyen": round(kilometre * 2.2 + order * 0.5),
            }


def _trips(world: World) -> Iterator[Row]:
    chance = world.rng("bieu-do-xe-buyt")
    for route in world.rows("tuyen-xe-buyt"):
        first, last = int(str(route["gio_dau"])[:2]), int(str(route["gio_cuoi"])[:2])
        often = chance.choice((2, 3, 3, 4))
        for kind, share in (("ngày làm việc", 1.0), ("ngày nghỉ", 0.75)):
            for hour in range(first, last + 1):
                rush = 1 if hour in (6, 7, 16, 17) else 0
                trips = max(1, round((often + rush) * share))
                yield {
                    "ma_tuyen": route["ma_tuyen"],
                    "loai_ngay": kind,
                    "gio": hour,
                    "so_chuyen": trips,
                    "hanh_khach_binh_quan": round(trips * 2 * chance.uniform(9, 22 + 14 * rush)),
                }


def _vehicles(world: World) -> Iterator[Row]:
    chance = world.rng("phuong-tien-dang-ky-theo-xa")
    ends = (date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30))
    wards = {commune.code for commune in world.communes if commune.is_ward}
    for person in world.rows("dan-so-theo-xa"):
        code = str(person["ma_xa"])
        rich = chance.uniform(1.1, 1.5) if code in wards else chance.uniform(0.7, 1.0)
        for kind, (rate, inspected) in _VEHICLES.items():
            count = round(int(str(person["dan_so"])) * rate * rich)
            for end in ends:
                new = round(
                    count * (0.06 if kind == "Xe điện" else 0.015) * chance.uniform(0.6, 1.4)
                )
                count += new
                yield {
                    "ma_xa": code,
                    "ngay_thong_ke": end,
                    "loai_xe": kind,
                    "so_xe": count,
                    "dang_ky_moi": new,
                    "het_han_kiem_dinh": round(count * inspected * chance.uniform(0.01, 0.04)),
                }


def _km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    east = (other_lon - lon) * math.cos(math.radians(lat))
    return math.hypot(east, other_lat - lat) * _KM_PER_DEGREE


SAMPLES: Samples = {
    "duong-bo": _roads,
    "cau-duong-bo": _bridges,
    "tuyen-xe-buyt": _routes,
    "diem-dung-xe-buyt": _stops,
    "lo-trinh-xe-buyt": _route_stops,
    "bieu-do-xe-buyt": _trips,
    "phuong-tien-dang-ky-theo-xa": _vehicles,
}
