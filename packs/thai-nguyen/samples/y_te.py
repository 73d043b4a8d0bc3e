"""Simulated rows of health, in aggregate only; small cells of diseases are hidden."""

import math
import random
from collections.abc import Iterator
from datetime import date, timedelta

from tinhdata.pack import Row, Samples, World

from ._chung import districts, near, short
from ._so_lieu import month_end, months, split
from ._xa_hoi import Listed, mondays, people, quarter_ends, register, whole

_CARE, _GUARD = "Khám bệnh, chữa bệnh", "Dự phòng, dịch bệnh"
_CHILDREN, _GOODS, _STAFF = "Dân số, trẻ em", "Dược, thiết bị", "Nhân lực, quản lý"
_COMMUNE = "xã"
# Dataset, and the level that is in charge of it.
_DATASETS = (
    (Listed("Cơ sở y tế", _STAFF, "co-so-y-te", 92), "tỉnh"),
    (Listed("Hoạt động của cơ sở y tế", _CARE, "hoat-dong-co-so-y-te-theo-thang", 31), "tỉnh"),
    (Listed("Nhân lực y tế", _STAFF, "nhan-luc-y-te", 366), "tỉnh"),
    (Listed("Bệnh truyền nhiễm theo xã", _GUARD, "benh-truyen-nhiem-theo-tuan", 7), _COMMUNE),
    (Listed("Bệnh truyền nhiễm toàn tỉnh", _GUARD, "benh-truyen-nhiem-toan-tinh", 7), "tỉnh"),
    (Listed("Tiêm chủng mở rộng", _CHILDREN, "tiem-chung-theo-xa", 92), _COMMUNE),
    (Listed("Dân số theo xã", _CHILDREN, "dan-so-theo-xa", 366), _COMMUNE),
    (Listed("Sức khỏe học đường", _CHILDREN, None, 183), _COMMUNE),
    (Listed("Quản lý bệnh không lây nhiễm", _GUARD, None, 92), _COMMUNE),
    (Listed("Giá dịch vụ khám chữa bệnh", _CARE, None, 183), "tỉnh"),
    (Listed("Cơ sở bán lẻ thuốc", _GOODS, None, 92), "tỉnh"),
    (Listed("Trang thiết bị y tế", _GOODS, None, 366), "tỉnh"),
    (Listed("An toàn thực phẩm", _GUARD, None, 92), _COMMUNE),
)
_DISEASES = {  # cases a week of 10,000 people, month of the peak
    "Sốt xuất huyết": (0.12, 9),
    "Tay chân miệng": (0.35, 5),
    "Cúm": (2.6, 8),
    "Thủy đậu": (0.16, 4),
    "Sởi": (0.03, 5),
}
_VACCINES = {"Lao": 0.97, "Năm trong một, mũi 3": 0.93, "Bại liệt": 0.94, "Sởi, rubella": 0.9}
_WEEKS = 16
_SMALL = 5


def _register(world: World) -> Iterator[Row]:
    chance = world.rng("bo-du-lieu-y-te/cap")
    levels = [level for _, level in _DATASETS]
    rows = register(world, "YT", "H55.12", tuple(entry for entry, _ in _DATASETS))
    for row, level in zip(rows, levels, strict=True):
        # What belongs to the communes is still kept by the department now and then.
        kept = "tỉnh" if level == "tỉnh" or chance.random() < 0.15 else _COMMUNE
        yield {**row, "cap_quan_ly": level, "cap_chu_quan": kept}


def _facilities(world: World) -> Iterator[Row]:
    chance = world.rng("co-so-y-te")
    towns = [commune for commune in world.communes if commune.is_ward]
    plan = [("Bệnh viện", "tỉnh", commune) for commune in chance.choices(towns, k=9)]
    seen: set[str] = set()
    for commune in world.communes:
        if (district := districts(commune)) not in seen:
            seen.add(district)
            plan.append(("Trung tâm y tế", "khu vực", commune))
    plan += [("Trạm y tế", _COMMUNE, commune) for commune in world.communes]
    plan += [("Phòng khám", "khu vực", commune) for commune in chance.choices(towns, k=38)]
    for number, (kind, level, commune) in enumerate(plan, start=1):
        beds = {
            "Bệnh viện": chance.randrange(120, 900, 10),
            "Trung tâm y tế": chance.randrange(80, 260, 10),
            "Trạm y tế": chance.choice((3, 5, 5, 10)),
        }
        lat, lon = near(commune, chance)
        yield {
            "ma_co_so": f"YT{number:03}",
            "ten": f"{kind} mô phỏng số {number}, {short(commune)}",
            "loai": kind,
            "cap": level,
            "hinh_thuc": "Tư nhân" if kind == "Phòng khám" else "Công lập",
            "ma_xa": commune.code,
            "so_giuong": beds.get(kind, 0),
            "kham_bao_hiem": kind != "Phòng khám" or chance.random() < 0.5,
            "co_benh_an_dien_tu": kind == "Bệnh viện" or chance.random() < 0.4,
            "vi_do": lat,
            "kinh_do": lon,
        }


def _activity(world: World) -> Iterator[Row]:
    chance = world.rng("hoat-dong-co-so-y-te-theo-thang")
    inhabitants = people(world)
    for facility in world.rows("co-so-y-te"):
        beds, kind = whole(facility["so_giuong"]), facility["loai"]
        visits = beds * 62 if beds > 20 else inhabitants[str(facility["ma_xa"])] * 0.03
        if kind == "Phòng khám":
            visits = chance.randint(200, 1500)
        for first in months(world, 8):
            seen = round(visits * chance.uniform(0.85, 1.15))
            days = round(beds * 30 * chance.uniform(0.7, 1.05) * (1 if beds > 20 else 0.2))
            # One report has a digit too many.
            slipped = facility["ma_co_so"] == "YT004" and first.month == 6
            yield {
                "ma_co_so": facility["ma_co_so"],
                "thang": first,
                "luot_kham": seen,
                "luot_kham_bao_hiem": round(seen * chance.uniform(0.7, 0.95))
                if facility["kham_bao_hiem"]
                else 0,
                "luot_noi_tru": round(days / chance.uniform(5, 7)),
                "ngay_giuong": days * 10 if slipped else days,
                "so_giuong": beds,
                "luot_chuyen_tuyen": round(seen * chance.uniform(0.01, 0.05)),
                "ngay_bao_cao": min(
                    month_end(first) + timedelta(days=chance.randint(0, 6)), world.day
                ),
            }


def _staff(world: World) -> Iterator[Row]:
    chance = world.rng("nhan-luc-y-te")
    shares = {"Bác sĩ": 3, "Điều dưỡng, hộ sinh": 5, "Dược sĩ": 1, "Kỹ thuật y": 1, "Khác": 2}
    for facility in world.rows("co-so-y-te"):
        beds = whole(facility["so_giuong"])
        staff = round(beds * chance.uniform(0.9, 1.2)) if beds > 20 else chance.randint(6, 16)
        parts = split(chance, staff, list(shares.values()))
        for profession, count in zip(shares, parts, strict=True):
            licensed = 0 if profession == "Khác" else round(count * chance.uniform(0.85, 1))
            yield {
                "ma_co_so": facility["ma_co_so"],
                "nam": world.day.year,
                "chuc_danh": profession,
                "so_nguoi": count,
                "co_giay_phep": licensed,
            }


def _cases(world: World) -> Iterator[tuple[date, str, dict[str, int]]]:
    """Give the true cases of each week and disease by commune; they leave this module hidden."""
    chance = world.rng("benh-truyen-nhiem")
    inhabitants = people(world)
    for week in mondays(world, _WEEKS):
        for disease, (rate, peak) in _DISEASES.items():
            season = 1 + math.cos((week.month - peak) * math.pi / 6)
            yield (
                week,
                disease,
                {
                    commune.code: _drawn(
                        chance, inhabitants[commune.code] / 10_000 * rate * (0.3 + season)
                    )
                    for commune in world.communes
                },
            )


def _drawn(chance: random.Random, mean: float) -> int:
    """Draw a count of rare events with this mean (the product of uniform numbers, after Knuth)."""
    limit, product, count = math.exp(-mean * chance.uniform(0.5, 1.6)), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


def hidden(cases: dict[str, int]) -> set[str]:
    """Give the communes whose cell is hidden, so that the total does not betray a small one.

    Cells of 1 to 4 cases are hidden; with them the next larger ones until there are two that hold
    five cases together, and two empty cells: else as many hidden cells as cases would say that each
    of them holds one. A total below five is hidden itself, and nothing more is needed.
    """
    found = {code for code, count in cases.items() if 0 < count < _SMALL}
    if not found or sum(cases.values()) < _SMALL:
        return found
    larger = sorted((code for code in cases if cases[code] >= _SMALL), key=lambda c: (cases[c], c))
    while larger and (len(found) < 2 or sum(cases[code] for code in found) < _SMALL):
        found.add(larger.pop(0))
    order = sorted(found)
    empty = [code for code in cases if cases[code] == 0]
    start = sum(map(int, order)) % max(1, len(empty))
    return found | set((empty[start:] + empty[:start])[:2])


def _diseases(world: World) -> Iterator[Row]:
    for week, disease, cases in _cases(world):
        covered = hidden(cases)
        for code, count in cases.items():
            yield {
                "tuan_tu_ngay": week,
                "ma_xa": code,
                "benh": disease,
                "so_ca": None if code in covered else count,
                "bi_che": code in covered,
            }


def _totals(world: World) -> Iterator[Row]:
    for week, disease, cases in _cases(world):
        total = sum(cases.values())
        yield {
            "tuan_tu_ngay": week,
            "benh": disease,
            "so_ca": None if 0 < total < _SMALL else total,
        }


def _vaccines(world: World) -> Iterator[Row]:
    chance = world.rng("tiem-chung-theo-xa")
    for code, count in people(world).items():
        children = count * 0.0034
        for day in quarter_ends(world, 3):
            # Children due are counted from January on.
            due = round(children * (day.month // 3) * chance.uniform(0.95, 1.05))
            for vaccine, usual in _VACCINES.items():
                done = min(due, round(due * usual * chance.uniform(0.94, 1.06)))
                yield {
                    "ma_xa": code,
                    "ngay_thong_ke": day,
                    "vac_xin": vaccine,
                    "trong_dien": due,
                    "da_tiem": done,
                    "ty_le": round(done * 100 / due, 1) if due >= _SMALL else None,
                }


SAMPLES: Samples = {
    "bo-du-lieu-y-te": _register,
    "co-so-y-te": _facilities,
    "hoat-dong-co-so-y-te-theo-thang": _activity,
    "nhan-luc-y-te": _staff,
    "benh-truyen-nhiem-theo-tuan": _diseases,
    "benh-truyen-nhiem-toan-tinh": _totals,
    "tiem-chung-theo-xa": _vaccines,
}
