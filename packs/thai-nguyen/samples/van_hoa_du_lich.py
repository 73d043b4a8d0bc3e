"""Simulated rows of heritage and tourism.

Names marked as real are public names of places and customs; their rank, decision, area and state
are made up all the same. Only four places have coordinates of their own, to about one kilometre.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, timedelta

from tinhdata.pack import Row, Samples, World

from ._chung import day_between, near, short
from ._so_lieu import months, one_of
from ._xa_hoi import whole

_HISTORY, _ARTS, _SCENERY = "Lịch sử", "Kiến trúc nghệ thuật", "Danh lam thắng cảnh"
_CUSTOM, _SPECIAL, _NATIONAL = "Di sản phi vật thể", "Quốc gia đặc biệt", "Quốc gia"
# Real names: Vietnamese, English, kind, rank (made up), commune.
_REAL = (
    ("An toàn khu (ATK) Định Hóa", "Định Hóa Safety Zone", _HISTORY, _SPECIAL, "05602"),
    ("Hồ Ba Bể", "Ba Bể Lake", _SCENERY, _SPECIAL, "01906"),
    ("An toàn khu (ATK) Chợ Đồn", "Chợ Đồn Safety Zone", _HISTORY, _SPECIAL, "02071"),
    ("Bảo tàng Văn hóa các dân tộc Việt Nam", "Museum of the Cultures of Vietnam's Ethnic Groups",
     "Bảo tàng, sưu tập", _NATIONAL, "05443"),
    ("Hồ Núi Cốc", "Núi Cốc Lake", _SCENERY, _NATIONAL, "05488"),
    ("Đền Đuổm", "Đuổm Temple", _HISTORY, _NATIONAL, "05611"),
    ("Chùa Hang", "Hang Pagoda", _ARTS, _NATIONAL, "05710"),
    ("Chùa Phù Liễn", "Phù Liễn Pagoda", _ARTS, _NATIONAL, "05443"),
    ("Hang Phượng Hoàng, suối Mỏ Gà", "Phượng Hoàng Cave and Mỏ Gà Stream", _SCENERY, _NATIONAL,
     "05716"),
    ("Di chỉ khảo cổ Thần Sa", "Thần Sa Archaeological Site", "Khảo cổ", _NATIONAL, "05725"),
    ("Nhà tù Chợ Chu", "Chợ Chu Prison", _HISTORY, _NATIONAL, "05569"),
    ("Động Nàng Tiên", "Nàng Tiên Cave", _SCENERY, _NATIONAL, "02155"),
    ("Động Puông", "Puông Cave", _SCENERY, _NATIONAL, "01906"),
    ("Nghi lễ Then của người Tày", "Then Ritual of the Tày", _CUSTOM, _NATIONAL, "01912"),
    ("Lễ hội Lồng tồng ATK Định Hóa", "Lồng Tồng Festival of Định Hóa", _CUSTOM, _NATIONAL,
     "05602"),
    ("Múa rối cạn của người Tày Thẩm Rộc", "Dry Puppetry of the Tày of Thẩm Rộc", _CUSTOM,
     _NATIONAL, "05587"),
    ("Múa Tắc xình của người Sán Chay", "Tắc Xình Dance of the Sán Chay", _CUSTOM, _NATIONAL,
     "05611"),
    ("Nghề trồng và chế biến chè Tân Cương", "Growing and Making Tea in Tân Cương", _CUSTOM,
     _NATIONAL, "05503"),
)  # fmt: skip
_KNOWN = {
    "An toàn khu (ATK) Định Hóa": (21.81, 105.52),
    "Hồ Ba Bể": (22.41, 105.61),
    "Hồ Núi Cốc": (21.58, 105.70),
    "Bảo tàng Văn hóa các dân tộc Việt Nam": (21.59, 105.84),
}
_LOCAL = {  # kinds of made-up monuments: English word, kind
    "Đình": ("Communal House", _ARTS),
    "Chùa": ("Pagoda", _ARTS),
    "Đền": ("Temple", _HISTORY),
    "Di tích cách mạng": ("Revolutionary Site", _HISTORY),
}
_PLACES = {  # made-up places: kind, English word
    "Đồi chè": ("Đồi chè, nông nghiệp", "Tea Hills"),
    "Bản du lịch cộng đồng": ("Du lịch cộng đồng", "Community Village"),
    "Thác": ("Hồ, thác, hang động", "Waterfall"),
    "Hang": ("Hồ, thác, hang động", "Cave"),
    "Hồ": ("Hồ, thác, hang động", "Lake"),
}
_OF_HERITAGE = {_SCENERY: _SCENERY, "Bảo tàng, sưu tập": "Bảo tàng, công trình"}
_LODGING = {
    "Khách sạn": (22, 110),
    "Nhà nghỉ": (8, 25),
    "Nhà ở có phòng cho khách du lịch thuê": (3, 10),
    "Khu nghỉ dưỡng": (30, 90),
}
_SEASON = (0.9, 1.7, 1.4, 1.2, 1.1, 1.15, 1.2, 1.0, 0.95, 1.05, 1.0, 0.85)
_FIELDS = 18


def _heritage(world: World) -> Iterator[Row]:
    chance = world.rng("di-san-di-tich")
    communes = {commune.code: commune for commune in world.communes}
    named = [(*entry, True) for entry in _REAL]
    for number in range(1, 73):
        commune = chance.choice(world.communes)
        kind = one_of(chance, {"Đình": 4, "Chùa": 3, "Đền": 2, "Di tích cách mạng": 3})
        english, sort = _LOCAL[kind]
        rank = _NATIONAL if number <= 24 else "Cấp tỉnh"
        name = f"{kind} mô phỏng số {number}, {short(commune)}"
        title = f"Simulated {english} No. {number}, {short(commune)}"
        named.append((name, title, sort, rank, commune.code, False))
    for number, (name, english, sort, rank, code, is_real) in enumerate(named, start=1):
        known, commune = _KNOWN.get(name), communes[code]
        lat, lon = known or ((commune.lat, commune.lon) if is_real else near(commune, chance))
        yield {
            "ma_di_san": f"DS{number:03}",
            "ten": name,
            "ten_tieng_anh": english,
            "ten_that": is_real,
            "loai": sort,
            "xep_hang": rank,
            "quyet_dinh": f"MP-{number:03} (mô phỏng)",
            "ngay_xep_hang": day_between(date(1993, 1, 1), date(2025, 12, 1), chance),
            "ma_xa": code,
            "dien_tich_bao_ve": None if sort == _CUSTOM else round(chance.uniform(0.2, 40), 1),
            "hien_trang": one_of(chance, {"tốt": 6, "cần tu bổ": 3, "xuống cấp": 1}),
            "vi_do": lat,
            "kinh_do": lon,
            "do_chinh_xac": "khoảng 1 km" if known else "tâm xã" if is_real else "mô phỏng",
        }


def _digital(world: World) -> Iterator[Row]:
    chance = world.rng("so-hoa-di-san")
    for row in world.rows("di-san-di-tich"):
        code = str(row["ma_di_san"])
        likely = 0.55 if row["xep_hang"] == "Cấp tỉnh" else 0.86
        is_done = chance.random() < likely
        originals = chance.randint(12, 160) if is_done else chance.randint(0, 8)
        kept = is_done or chance.random() < 0.2
        yield {
            "ma_di_san": code,
            "so_truong_bat_buoc": _FIELDS,
            "so_truong_da_co": _FIELDS if is_done else chance.randint(9, _FIELDS),
            "so_ban_goc": originals,
            "so_ban_goc_dat": round(originals * (0.9 if is_done else 0.3)),
            "co_mo_hinh_3d": is_done and row["loai"] != _CUSTOM and chance.random() < 0.4,
            "co_iiif": is_done and chance.random() < 0.7,
            "ma_bam_luu_tru": hashlib.sha256(f"mô phỏng {code}".encode()).hexdigest()
            if kept
            else None,
            "ngay_kiem_ma_bam": world.day - timedelta(days=chance.randint(1, 90)) if kept else None,
            "trang_cong_khai": f"https://disan.example.vn/{code}" if is_done else None,
            "ma_tra_loi": (404 if chance.random() < 0.04 else 200) if is_done else None,
            "quyen_su_dung": "Ghi nguồn khi dùng" if kept else None,
        }


def _place_names(world: World) -> Iterator[dict[str, object]]:
    """Give names, kinds and places: what is to be seen of the heritage, then made-up places."""
    chance = world.rng("dia-diem-du-lich/ten")
    for row in world.rows("di-san-di-tich"):
        if row["loai"] != _CUSTOM and row["xep_hang"] != "Cấp tỉnh":
            kind = _OF_HERITAGE.get(str(row["loai"]), "Di tích, lễ hội")
            same = ("ten", "ten_tieng_anh", "ten_that", "ma_di_san", "ma_xa", "vi_do", "kinh_do")
            yield {**{name: row[name] for name in (*same, "do_chinh_xac")}, "loai": kind}
    for number in range(1, 46):
        word = chance.choice(tuple(_PLACES))
        commune = chance.choice(world.communes)
        lat, lon = near(commune, chance)
        yield {
            "ten": f"{word} mô phỏng số {number}, {short(commune)}",
            "ten_tieng_anh": f"Simulated {_PLACES[word][1]} No. {number}, {short(commune)}",
            "ten_that": False,
            "loai": _PLACES[word][0],
            "ma_di_san": None,
            "ma_xa": commune.code,
            "vi_do": lat,
            "kinh_do": lon,
            "do_chinh_xac": "mô phỏng",
        }


def _places(world: World) -> Iterator[Row]:
    chance = world.rng("dia-diem-du-lich")
    names = {commune.code: short(commune) for commune in world.communes}
    for number, row in enumerate(_place_names(world), start=1):
        is_done = chance.random() < 0.88
        where = names[str(row["ma_xa"])]
        yield {
            "ma_diem": f"DL{number:03}",
            **row,
            "mo_ta": f"{row['ten']} là điểm tham quan tại {where}. Lời giới thiệu mô phỏng.",
            "mo_ta_tieng_anh": f"{row['ten_tieng_anh']} is a place to visit in {where}. Simulated."
            if is_done or chance.random() < 0.3
            else None,
            "so_anh": chance.randint(4, 40) if is_done else chance.randint(0, 3),
            "da_luu_tru": is_done,
            "trong_du_lieu_mo": is_done or chance.random() < 0.4,
            "tren_nen_tang": is_done and chance.random() < 0.97,
        }


def _lodging(world: World) -> Iterator[Row]:
    chance = world.rng("co-so-luu-tru")
    weights = [9 if commune.is_ward else 2 for commune in world.communes]
    for number in range(1, 191):
        commune = chance.choices(world.communes, weights)[0]
        kind = one_of(chance, dict(zip(_LODGING, (24, 50, 22, 4), strict=True)))
        rooms = chance.randint(*_LODGING[kind])
        lat, lon = near(commune, chance)
        yield {
            "ma_co_so": f"LT{number:03}",
            "ten": f"Cơ sở lưu trú mô phỏng số {number}, {short(commune)}",
            "loai": kind,
            "hang_sao": min(5, 1 + rooms // 28)
            if kind in ("Khách sạn", "Khu nghỉ dưỡng")
            else None,
            "so_phong": rooms,
            "so_giuong": round(rooms * chance.uniform(1.1, 1.9)),
            "ma_xa": commune.code,
            "vi_do": lat,
            "kinh_do": lon,
            "phuc_vu_tieng_anh": rooms > 30 or chance.random() < 0.2,
        }


def _visits(world: World) -> Iterator[Row]:
    chance = world.rng("khach-theo-diem-du-lich")
    for place in world.rows("dia-diem-du-lich"):
        usual = 3500 * chance.uniform(0.3, 2) * (11 if place["ma_di_san"] in _famous() else 1)
        for first in months(world, 12):
            home = round(usual * _SEASON[first.month - 1] * chance.uniform(0.85, 1.15))
            foreign = round(home * chance.uniform(0.005, 0.04))
            yield {
                "ma_diem": place["ma_diem"],
                "thang": first,
                "khach_trong_nuoc": home,
                "khach_quoc_te": foreign,
                "tong_luot": home + foreign,
            }


def _famous() -> set[str]:
    return {f"DS{number:03}" for number, entry in enumerate(_REAL, 1) if entry[0] in _KNOWN}


def _totals(world: World) -> Iterator[Row]:
    chance = world.rng("du-lich-theo-thang")
    visits = world.rows("khach-theo-diem-du-lich")
    for first in months(world, 12):
        rows = [row for row in visits if row["thang"] == first]
        total = sum(whole(row["tong_luot"]) for row in rows)
        yield {
            "thang": first,
            "tong_luot": total,
            "khach_quoc_te": sum(whole(row["khach_quoc_te"]) for row in rows),
            "khach_luu_tru": round(total * chance.uniform(0.24, 0.32)),
            "doanh_thu": round(total * chance.uniform(0.00085, 0.0011), 1),
        }


def _events(world: World) -> Iterator[Row]:
    chance = world.rng("le-hoi-su-kien")
    places = world.rows("dia-diem-du-lich")
    kinds = {
        "Lễ hội truyền thống": "Traditional Festival",
        "Văn hóa, nghệ thuật": "Arts Week",
        "Thể thao": "Sports Games",
        "Xúc tiến du lịch": "Tourism Fair",
    }
    for number in range(1, 61):
        kind = one_of(chance, dict(zip(kinds, (8, 4, 3, 2), strict=True)))
        place = chance.choice(places)
        first = day_between(date(2026, 1, 2), world.day - timedelta(days=8), chance)
        yield {
            "ma_su_kien": f"SK{number:03}",
            "ten": f"{kind} mô phỏng số {number}",
            "ten_tieng_anh": f"Simulated {kinds[kind]} No. {number}",
            "loai": kind,
            "tu_ngay": first,
            "den_ngay": first + timedelta(days=chance.randint(0, 6)),
            "ma_xa": place["ma_xa"],
            "ma_diem": place["ma_diem"],
            "so_nguoi_du_kien": chance.randrange(200, 20_000, 100),
        }


SAMPLES: Samples = {
    "di-san-di-tich": _heritage,
    "so-hoa-di-san": _digital,
    "dia-diem-du-lich": _places,
    "co-so-luu-tru": _lodging,
    "khach-theo-diem-du-lich": _visits,
    "du-lich-theo-thang": _totals,
    "le-hoi-su-kien": _events,
}
