"""Made-up permits, limits, stations, readings and waste; alerts follow from readings and limits."""

import math
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tinhdata.pack import Commune, Row, Samples, World

from ._chung import day_between, districts, near, short, split

_DAYS, _AIR_DAYS = 3, 7
_EVERY = timedelta(minutes=5)
_RIVERS = ("Sông Cầu", "Sông Công", "Sông Đu", "Sông Nghinh Tường", "Suối Cái")
_KINDS = {  # permitted flow from and to, how many
    "Khu công nghiệp": (3_000, 20_000, 8),
    "Cụm công nghiệp": (300, 2_000, 12),
    "Nhà máy": (120, 6_000, 22),
    "Bệnh viện": (60, 800, 8),
    "Bãi chôn lấp": (50, 400, 4),
}
_MUST_MONITOR = 1_400
_LEVELS = {"A": 0.7, "B": 1.0, "C": 1.3}
_UNITS = {
    "Lưu lượng": "m³/h",
    "Nhiệt độ": "°C",
    "pH": "-",
    "COD": "mg/L",
    "TSS": "mg/L",
    "NH4": "mg/L",
}
_COLUMNS = {
    "Lưu lượng": "luu_luong",
    "Nhiệt độ": "nhiet_do",
    "COD": "cod",
    "TSS": "tss",
    "NH4": "nh4",
}
_HANDLED = ("đã khắc phục", "đang xử lý", "báo nhầm do thiết bị")


def _industry(world: World) -> list[Commune]:
    cities = {"Thái Nguyên", "Sông Công", "Phổ Yên", "Bắc Kạn", "Phú Bình"}
    return [commune for commune in world.communes if districts(commune) in cities]


def _permits(world: World) -> Iterator[Row]:
    chance = world.rng("giay-phep-moi-truong")
    places, number = _industry(world), 0
    for kind, (least, most, count) in _KINDS.items():
        for _ in range(count):
            number += 1
            commune = chance.choice(places if kind != "Bệnh viện" else world.communes)
            flow = round(math.exp(chance.uniform(math.log(least), math.log(most))), -1)
            since = day_between(date(2018, 1, 1), date(2026, 3, 31), chance)
            lat, lon = near(commune, chance)
            yield {
                "ma_giay_phep": f"GP{number:04}",
                "ten_co_so": f"{kind} số {number:02}, {short(commune)} (mô phỏng)",
                "loai_co_so": kind,
                "ma_xa": commune.code,
                "luu_luong_cho_phep": flow,
                "nguon_tiep_nhan": chance.choice(_RIVERS),
                "cot_quy_chuan": chance.choices(("A", "B", "C"), (3, 5, 1))[0],
                "ngay_cap": since,
                "het_han": since + timedelta(days=10 * 365),
                "phai_quan_trac_tu_dong": flow >= _MUST_MONITOR,
                "vi_do": lat,
                "kinh_do": lon,
            }


def _limits(world: World) -> Iterator[Row]:
    chance = world.rng("gioi-han-xa-thai")
    for permit in world.rows("giay-phep-moi-truong"):
        level = _LEVELS[str(permit["cot_quy_chuan"])]
        values: dict[str, tuple[float | None, float]] = {
            "Lưu lượng": (None, round(float(str(permit["luu_luong_cho_phep"])) / 24 * 1.5, 1)),
            "Nhiệt độ": (None, 40.0),
            "pH": (6.0, 9.0) if level < 1 else (5.5, 9.0),
            "COD": (None, round(90 * level)),
            "TSS": (None, round(60 * level)),
            "NH4": (None, round(8 * level, 1)),
        }
        since = date.fromisoformat(str(permit["ngay_cap"]))
        tightened = date(2026, 1, 1) if chance.random() < 0.3 and since.year < 2025 else None
        for parameter, (least, most) in values.items():
            row = {
                "ma_giay_phep": permit["ma_giay_phep"],
                "thong_so": parameter,
                "tu_ngay": since,
                "den_ngay": None,
                "nho_nhat": least,
                "lon_nhat": most,
                "don_vi": _UNITS[parameter],
            }
            if tightened is None or parameter not in {"COD", "TSS", "NH4"}:
                yield row
            else:
                yield {**row, "den_ngay": tightened - timedelta(days=1)}
                yield {**row, "tu_ngay": tightened, "lon_nhat": round(most * 0.85, 1)}


def _stations(world: World) -> Iterator[Row]:
    chance = world.rng("tram-quan-trac-tu-dong")
    communes = {commune.code: commune for commune in world.communes}
    permits = [p for p in world.rows("giay-phep-moi-truong") if p["phai_quan_trac_tu_dong"]]
    for number, permit in enumerate(permits, start=1):
        place = communes[str(permit["ma_xa"])]
        yield {
            **_station(world, f"NT{number:03}", "Nước thải", place, len(_UNITS), 5),
            "ma_giay_phep": permit["ma_giay_phep"],
            "vi_do": permit["vi_do"],
            "kinh_do": permit["kinh_do"],
        }
    for number, place in enumerate(chance.sample(_industry(world), 6), start=1):
        yield _station(world, f"KK{number:03}", "Không khí", place, 6, 60)


def _station(
    world: World, code: str, kind: str, commune: Commune, parameters: int, every: int
) -> dict[str, object]:
    chance = world.rng(code)
    lat, lon = near(commune, chance)
    states = ("đang truyền", "mất kết nối", "bảo trì")
    return {
        "ma_tram": code,
        "ten": f"Trạm {kind.lower()} {code}, {short(commune)} (mô phỏng)",
        "loai": kind,
        "ma_giay_phep": None,
        "ma_xa": commune.code,
        "vi_do": lat,
        "kinh_do": lon,
        "so_thong_so": parameters,
        "chu_ky_gui": every,
        "ngay_lap": day_between(date(2019, 1, 1), date(2025, 12, 31), chance),
        "kiem_dinh_den": day_between(date(2026, 10, 15), date(2027, 9, 30), chance),
        "ket_noi": chance.choices(states, (16, 1, 1))[0],
    }


def _limit_of(world: World) -> dict[tuple[str, str], float]:
    """Give the limits that hold on the day of the samples, by permit and parameter."""
    return {
        (str(row["ma_giay_phep"]), str(row["thong_so"])): float(str(row["lon_nhat"]))
        for row in world.rows("gioi-han-xa-thai")
        if row["den_ngay"] is None
    }


def _water(world: World) -> Iterator[Row]:
    limits = _limit_of(world)
    first = datetime.fromisoformat(f"{world.day - timedelta(days=_DAYS - 1)} 00:00:00")
    steps = _DAYS * 24 * 12
    for station in world.rows("tram-quan-trac-tu-dong"):
        if station["loai"] != "Nước thải" or station["ket_noi"] == "mất kết nối":
            continue
        code, permit = str(station["ma_tram"]), str(station["ma_giay_phep"])
        chance = world.rng(f"nuoc-thai/{code}")
        usual = {name: limits[permit, name] * chance.uniform(0.42, 0.68) for name in _COLUMNS}
        usual["Nhiệt độ"] = chance.uniform(26, 31)
        acid = chance.uniform(6.7, 7.6)
        worst = chance.choice(("COD", "TSS", "NH4"))
        begins = chance.randrange(steps) if chance.random() < 0.6 else steps
        lasts, calibrated = chance.randint(4, 18), chance.randrange(100, 250)
        for step in range(steps):
            state = "01" if step % 288 in (calibrated, calibrated + 1) else "00"
            if chance.random() < 0.001:
                state = "02"
            high = 1.9 if begins <= step < begins + lasts else 1.0
            wave = 1 + 0.12 * math.sin(2 * math.pi * (step % 288) / 288 - 1.2)
            row: dict[str, object] = {
                "thoi_diem": first + step * _EVERY,
                "ma_tram": code,
                "ph": round(acid + chance.uniform(-0.15, 0.15), 2),
                "trang_thai": state,
            }
            for name, column in _COLUMNS.items():
                value = usual[name] * wave * chance.uniform(0.94, 1.06)
                places = 2 if name == "NH4" else 1
                row[column] = round(value * (high if name == worst else 1), places)
            if state != "00":
                row.update(dict.fromkeys((*_COLUMNS.values(), "ph")))
            if code == "NT003" and step == 400:
                row["ph"] = 71.2  # the comma was lost on the way
            if code == "NT005" and step == 500:
                row["cod"] = None
            yield row


def _air(world: World) -> Iterator[Row]:
    first = datetime.fromisoformat(f"{world.day - timedelta(days=_AIR_DAYS - 1)} 00:00:00")
    for station in world.rows("tram-quan-trac-tu-dong"):
        if station["loai"] != "Không khí":
            continue
        code = str(station["ma_tram"])
        chance = world.rng(f"khong-khi/{code}")
        dust, rush = chance.uniform(18, 38), 0.0
        for step in range(_AIR_DAYS * 24):
            hour = step % 24
            rush = 0.6 * rush + 0.4 * (1.5 if hour in (6, 7, 8, 17, 18, 19, 22, 23) else 0.85)
            fine = dust * rush * chance.uniform(0.85, 1.2)
            sun = max(0.0, math.sin(math.pi * (hour - 6) / 12))
            row: dict[str, object] = {
                "gio": first + timedelta(hours=step),
                "ma_tram": code,
                "pm25": round(fine, 1),
                "pm10": round(fine * chance.uniform(1.35, 1.7), 1),
                "so2": round(chance.uniform(6, 28) * rush, 1),
                "no2": round(chance.uniform(10, 38) * rush, 1),
                "o3": round(18 + 95 * sun * chance.uniform(0.7, 1.1), 1),
                "co": round(chance.uniform(450, 1500) * rush),
                "ty_le_hop_le": chance.choice((100, 100, 100, 91.7, 83.3)),
            }
            if code == "KK002" and step == 40:
                row["pm10"] = round(fine / 10, 1)
            yield row


def _alerts(world: World) -> Iterator[Row]:
    """Give an alert for each run of readings over the limit, and older ones from August on."""
    chance, limits = world.rng("canh-bao-moi-truong"), _limit_of(world)
    stations = [row for row in world.rows("tram-quan-trac-tu-dong") if row["ma_giay_phep"]]
    permits = {str(row["ma_tram"]): str(row["ma_giay_phep"]) for row in stations}
    found = [*_older(world, permits, limits), *_runs(world, permits, limits)]
    numbers: dict[date, int] = {}
    for begins, station, parameter, value in sorted(found):
        day = begins.date()
        numbers[day] = numbers.get(day, 0) + 1
        sent = begins + timedelta(seconds=chance.randint(20, 280))
        confirmed = sent + timedelta(minutes=chance.randint(5, 900))
        open_still = confirmed.date() > world.day or chance.random() < 0.08
        yield {
            "ma_canh_bao": f"CB{day:%y%m%d}-{numbers[day]:03}",
            "ma_tram": station,
            "thong_so": parameter,
            "bat_dau": begins,
            "gia_tri": value,
            "gioi_han": limits[permits[station], parameter],
            "gui_luc": sent,
            "xac_nhan_luc": None if open_still else confirmed,
            "xu_ly": "chưa xác nhận" if open_still else chance.choices(_HANDLED, (7, 2, 1))[0],
        }


def _runs(
    world: World, permits: dict[str, str], limits: dict[tuple[str, str], float]
) -> Iterator[tuple[datetime, str, str, float]]:
    current: dict[tuple[str, str], tuple[datetime, float]] = {}
    for row in world.rows("quan-trac-nuoc-thai-tu-dong"):
        station = str(row["ma_tram"])
        moment = datetime.fromisoformat(str(row["thoi_diem"]))
        for parameter, column in _COLUMNS.items():
            value = row[column]
            if value is None:
                continue
            at, number = (station, parameter), float(str(value))
            if number > limits[permits[station], parameter]:
                begins, most = current.get(at, (moment, 0.0))
                current[at] = (begins, max(most, number))
            elif at in current:
                begins, most = current.pop(at)
                yield begins, station, parameter, most
    for (station, parameter), (begins, most) in current.items():
        yield begins, station, parameter, most


def _older(
    world: World, permits: dict[str, str], limits: dict[tuple[str, str], float]
) -> Iterator[tuple[datetime, str, str, float]]:
    chance = world.rng("canh-bao-truoc-do")
    last = world.day - timedelta(days=_DAYS)
    for _ in range(70):
        station, parameter = chance.choice(sorted(permits)), chance.choice(("COD", "TSS", "NH4"))
        day = day_between(date(2026, 8, 1), last, chance)
        moment = datetime.fromisoformat(f"{day} {chance.randrange(24):02}:00:00")
        begins = moment + chance.randrange(12) * _EVERY
        limit = limits[permits[station], parameter]
        yield begins, station, parameter, round(limit * chance.uniform(1.02, 1.7) + 0.01, 2)


def _waste(world: World) -> Iterator[Row]:
    chance = world.rng("chat-thai-ran-sinh-hoat")
    wards = {commune.code for commune in world.communes if commune.is_ward}
    for person in world.rows("dan-so-theo-xa"):
        code, is_ward = str(person["ma_xa"]), str(person["ma_xa"]) in wards
        daily = int(str(person["dan_so"])) * (0.00085 if is_ward else 0.00052)
        for end in (date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30)):
            arose = round(daily * 91 * chance.uniform(0.92, 1.08), 1)
            share = chance.uniform(0.95, 1) if is_ward else chance.uniform(0.6, 0.92)
            collected = round(arose * share, 1)
            burnt, buried, reused = split(
                collected, (chance.uniform(0.2, 0.5), chance.uniform(0.3, 0.6), 0.12)
            )
            yield {
                "ma_xa": code,
                "ngay_thong_ke": end,
                "phat_sinh": arose,
                "thu_gom": collected,
                "dot": burnt,
                "chon_lap": buried,
                "tai_che": reused,
            }


SAMPLES: Samples = {
    "giay-phep-moi-truong": _permits,
    "gioi-han-xa-thai": _limits,
    "tram-quan-trac-tu-dong": _stations,
    "quan-trac-nuoc-thai-tu-dong": _water,
    "quan-trac-khong-khi-theo-gio": _air,
    "canh-bao-moi-truong": _alerts,
    "chat-thai-ran-sinh-hoat": _waste,
}
