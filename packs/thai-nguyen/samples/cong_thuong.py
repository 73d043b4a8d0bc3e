"""Simulated rows of energy and industry: the network, use of power, parks, facilities, output."""

from collections.abc import Iterator
from datetime import date

from tinhdata.pack import Row, Samples, World

from ._chung import day_between, districts, near, short
from ._so_lieu import months
from ._xa_hoi import Listed, a_day, enterprises, people, register, whole

_ENERGY, _INDUSTRY = "a. Năng lượng", "b. Công nghiệp và chuỗi cung ứng"
_LOGISTICS, _MARKET = "c. Logistics và kho bãi", "d. Thị trường và tiêu dùng"
_DATASETS = (
    Listed("Nút lưới điện", _ENERGY, "nut-luoi-dien", 92),
    Listed("Đường dây truyền tải, phân phối điện", _ENERGY, "duong-day-dien", 92),
    Listed("Nhà máy điện", _ENERGY, "nha-may-dien", 366),
    Listed("Điện tiêu thụ theo xã và tháng", _ENERGY, "dien-tieu-thu-theo-xa", 31),
    Listed("Cân đối điện theo tháng", _ENERGY, "can-doi-dien-theo-thang", 31),
    Listed("Xăng dầu, khí đốt trên địa bàn", _ENERGY, None, 31),
    Listed("Khu, cụm công nghiệp", _INDUSTRY, "khu-cum-cong-nghiep", 92),
    Listed("Cơ sở sản xuất công nghiệp", _INDUSTRY, "co-so-cong-nghiep", 92),
    Listed("Sản lượng công nghiệp theo tháng", _INDUSTRY, "san-luong-cong-nghiep-theo-thang", 31),
    Listed("Nút chuỗi cung ứng", _INDUSTRY, "nut-chuoi-cung-ung", 92),
    Listed("Luồng hàng của chuỗi cung ứng", _INDUSTRY, "canh-chuoi-cung-ung", 92),
    Listed("Trung tâm logistics", _LOGISTICS, "trung-tam-logistics", 92),
    Listed("Kho, bãi", _LOGISTICS, "kho-bai", 31),
    Listed("Sử dụng kho, bãi theo tháng", _LOGISTICS, "su-dung-kho-bai-theo-thang", 31),
    Listed("Chợ, siêu thị, trung tâm thương mại", _MARKET, "cho-sieu-thi", 366),
    Listed("Giá hàng hoá theo tuần", _MARKET, "gia-hang-hoa-theo-tuan", 7),
    Listed("Khảo sát tiêu dùng ẩn danh", _MARKET, "khao-sat-tieu-dung", 92),
    Listed("Nhu cầu quảng cáo của nhãn hàng", _MARKET, "nhu-cau-quang-cao", 92),
    Listed("Thương mại điện tử theo tháng", _MARKET, "thuong-mai-dien-tu-theo-thang", 31),
)
# Kind, number, highest voltages in kV, capacity in MVA from and to.
_NODES = (
    ("Nguồn phát", 12, (22, 35, 110), (5.0, 130.0)),
    ("Trạm truyền tải", 4, (220,), (250.0, 500.0)),
    ("Trạm phân phối", 26, (110,), (40.0, 126.0)),
    ("Phụ tải lớn", 22, (22, 35, 110), (5.0, 80.0)),
)
_PLANTS = ("Nhiệt điện than",) * 2 + ("Thủy điện",) * 6 + ("Điện mặt trời",) * 3
_HOURS = {"Nhiệt điện than": 5600, "Thủy điện": 3300, "Điện mặt trời": 1200}
_MAKERS = frozenset(str(code) for code in range(10, 34))
_GROUPS = ("cong_nghiep", "thuong_mai", "nong_nghiep", "sinh_hoat", "khac")
_RISE = (1.0, 0.98, 0.95, 0.93, 0.9, 0.97, 1.05, 1.2, 1.24, 1.18, 1.12, 1.02)
_INDUSTRIAL = {"Phổ Yên": 3.2, "Sông Công": 1.6, "Thái Nguyên": 1.0, "Phú Bình": 0.8}
# Code, name, stage, chain, activity, unit, output a month, value of a unit in tỷ đồng.
_GOODS = (
    ("SP01", "Chè búp tươi", "Nguyên liệu", "Chè", "10", "tấn", 22_000, 0.009),
    ("SP02", "Chè khô sơ chế", "Bán thành phẩm", "Chè", "10", "tấn", 4_600, 0.11),
    ("SP03", "Chè đóng gói", "Thành phẩm", "Chè", "10", "tấn", 3_900, 0.21),
    ("SP04", "Gỗ rừng trồng", "Nguyên liệu", "Gỗ", "16", "m³", 42_000, 0.0012),
    ("SP05", "Gỗ xẻ, ván bóc", "Bán thành phẩm", "Gỗ", "16", "m³", 21_000, 0.0031),
    ("SP06", "Ván ép, đồ gỗ", "Thành phẩm", "Gỗ", "31", "m³", 9_800, 0.0078),
    ("SP07", "Quặng sắt", "Nguyên liệu", "Thép", "07", "tấn", 96_000, 0.0011),
    ("SP08", "Phôi thép", "Bán thành phẩm", "Thép", "24", "tấn", 61_000, 0.0125),
    ("SP09", "Thép cán", "Thành phẩm", "Thép", "24", "tấn", 118_000, 0.0148),
    ("SP10", "Đá vôi, sét", "Nguyên liệu", "Xi măng", "08", "tấn", 310_000, 0.00009),
    ("SP11", "Clanh-ke", "Bán thành phẩm", "Xi măng", "23", "tấn", 190_000, 0.0007),
    ("SP12", "Xi măng", "Thành phẩm", "Xi măng", "23", "tấn", 230_000, 0.0011),
    ("SP13", "Vải, phụ liệu may", "Nguyên liệu", "May mặc", "13", "tấn", 1_900, 0.12),
    ("SP14", "Sản phẩm may", "Thành phẩm", "May mặc", "14", "nghìn chiếc", 7_800, 0.09),
    ("SP15", "Linh kiện, bản mạch", "Nguyên liệu", "Điện tử", "26", "nghìn chiếc", 61_000, 0.06),
    ("SP16", "Mô-đun màn hình", "Bán thành phẩm", "Điện tử", "26", "nghìn chiếc", 21_000, 0.31),
    ("SP17", "Điện thoại thông minh", "Thành phẩm", "Điện tử", "26", "nghìn chiếc", 7_600, 5.2),
    ("SP18", "Máy tính bảng", "Thành phẩm", "Điện tử", "26", "nghìn chiếc", 1_250, 4.4),
)  # fmt: skip


def _register(world: World) -> Iterator[Row]:
    yield from register(world, "CT", "H55.06", _DATASETS)


def _nodes(world: World) -> Iterator[Row]:
    chance = world.rng("nut-luoi-dien")
    number = 0
    for kind, count, voltages, (least, most) in _NODES:
        for commune in chance.sample(world.communes, count):
            number += 1
            lat, lon = near(commune, chance)
            yield {
                "ma_nut": f"ND{number:03}",
                "ten": f"{kind} {short(commune)} số {number} (mô phỏng)",
                "loai": kind,
                "cap_dien_ap": chance.choice(voltages),
                "cong_suat": round(chance.uniform(least, most), 1),
                "ma_xa": commune.code,
                "vi_do": lat,
                "kinh_do": lon,
            }


def _lines(world: World) -> Iterator[Row]:
    """Hang every source and every load on the network, so that no node stands alone."""
    chance = world.rng("duong-day-dien")
    nodes = world.rows("nut-luoi-dien")
    kinds = {kind: [row for row in nodes if row["loai"] == kind] for kind, *_ in _NODES}
    big, small = kinds["Trạm truyền tải"], kinds["Trạm phân phối"]
    ends = [(big[at], big[(at + 1) % len(big)]) for at in range(len(big))]
    ends += [(source, chance.choice(small)) for source in kinds["Nguồn phát"]]
    ends += [(chance.choice(big), station) for station in small]
    ends += [(small[at], small[at + 1]) for at in range(0, len(small) - 1, 2)]
    ends += [(chance.choice(small), load) for load in kinds["Phụ tải lớn"]]
    for number, (first, last) in enumerate(ends, start=1):
        across = (float(str(first["vi_do"])) - float(str(last["vi_do"]))) * 111.3
        along = (float(str(first["kinh_do"])) - float(str(last["kinh_do"]))) * 103.4
        yield {
            "ma_duong_day": f"DD{number:03}",
            "nut_dau": first["ma_nut"],
            "nut_cuoi": last["ma_nut"],
            "cap_dien_ap": min(whole(first["cap_dien_ap"]), whole(last["cap_dien_ap"])),
            "chieu_dai": round(max(0.4, (across**2 + along**2) ** 0.5 * 1.18), 1),
            "kha_nang_tai": round(
                1.2 * min(float(str(first["cong_suat"])), float(str(last["cong_suat"]))), 1
            ),
            "mang_tai_cao_nhat": round(chance.uniform(25, 96), 1),
            "tinh_trang": "đang sửa chữa" if chance.random() < 0.04 else "đang vận hành",
        }


def _plants(world: World) -> Iterator[Row]:
    chance = world.rng("nha-may-dien")
    sources = [row for row in world.rows("nut-luoi-dien") if row["loai"] == "Nguồn phát"]
    kinds = (*_PLANTS, "Điện sinh khối, rác")
    for number, (kind, node) in enumerate(zip(kinds, sources, strict=True), start=1):
        power = round(float(str(node["cong_suat"])) * 0.9, 1)
        yield {
            "ma_nha_may": f"NM{number:02}",
            "ten": f"Nhà máy {kind.lower()} số {number} (mô phỏng)",
            "nguon": kind,
            "ma_nut": node["ma_nut"],
            "cong_suat_dat": power,
            "san_luong_nam": round(power * _HOURS.get(kind, 4200) * chance.uniform(0.9, 1.1)),
            "nam_van_hanh": chance.randint(1998, 2025),
        }


def _use(world: World) -> Iterator[Row]:
    chance = world.rng("dien-tieu-thu-theo-xa")
    homes = people(world, "so_ho")
    for commune in world.communes:
        families = homes[commune.code]
        industry = _INDUSTRIAL.get(districts(commune), 0.08) * (1.6 if commune.is_ward else 0.6)
        usual = (industry, 0.06 if commune.is_ward else 0.02, 0.012, 0.19, 0.01)
        shares = [families * rate * chance.uniform(0.7, 1.3) for rate in usual]
        for first in months(world, 12):
            rise = _RISE[first.month - 1]
            parts = [
                round(part * (rise if name == "sinh_hoat" else chance.uniform(0.93, 1.07)), 1)
                for name, part in zip(_GROUPS, shares, strict=True)
            ]
            # One report lost its comma.
            slipped = commune.code == "05800" and first.month == 5
            yield {
                "ma_xa": commune.code,
                "thang": first,
                "so_khach_hang": round(families * 1.08),
                **dict(zip(_GROUPS, parts, strict=True)),
                "tong": round(sum(parts), 1) * (10 if slipped else 1),
            }


def _balance(world: World) -> Iterator[Row]:
    chance = world.rng("can-doi-dien-theo-thang")
    sold: dict[date, float] = {}
    for row in world.rows("dien-tieu-thu-theo-xa"):
        first = a_day(row["thang"])
        used = sum(float(str(row[name])) for name in _GROUPS)
        sold[first] = sold.get(first, 0.0) + used
    made = sum(float(str(row["san_luong_nam"])) for row in world.rows("nha-may-dien"))
    rough = [made * chance.uniform(0.8, 1.2) for _ in sold]
    scale = made / sum(rough)
    for (first, total), produced in zip(sold.items(), rough, strict=True):
        own, total = round(produced * scale, 1), round(total, 1)
        lost = round(total * chance.uniform(0.034, 0.046), 1)
        yield {
            "thang": first,
            "san_xuat": own,
            "nhan_tu_luoi": round(total + lost - own, 1),
            "ton_that": lost,
            "thuong_pham": total,
            "cong_suat_cuc_dai": round((total + lost) / 720 * chance.uniform(1.25, 1.4), 1),
        }


def _parks(world: World) -> Iterator[Row]:
    chance = world.rng("khu-cum-cong-nghiep")
    busy = [commune for commune in world.communes if districts(commune) in _INDUSTRIAL]
    for kind, prefix, count, (least, most) in (
        ("Khu công nghiệp", "KCN", 9, (100, 650)),
        ("Cụm công nghiệp", "CCN", 28, (15, 75)),
    ):
        for number in range(1, count + 1):
            commune = chance.choice(busy if prefix == "KCN" else world.communes)
            area = round(chance.uniform(least, most), 1)
            room = round(area * chance.uniform(0.62, 0.74), 1)
            lat, lon = near(commune, chance)
            yield {
                "ma_khu": f"{prefix}{number:02}",
                "ten": f"{kind} mô phỏng số {number}, {short(commune)}",
                "loai": kind,
                "ma_xa": commune.code,
                "dien_tich": area,
                "dien_tich_cho_thue": room,
                "da_cho_thue": round(room * chance.uniform(0.35, 0.98), 1),
                "xu_ly_nuoc_thai": prefix == "KCN" or chance.random() < 0.5,
                "vi_do": lat,
                "kinh_do": lon,
            }


def _facilities(world: World) -> Iterator[Row]:
    chance = world.rng("co-so-cong-nghiep")
    parks: dict[object, list[Row]] = {}
    for row in world.rows("khu-cum-cong-nghiep"):
        parks.setdefault(row["ma_xa"], []).append(row)
    communes = {commune.code: commune for commune in world.communes}
    for number, firm in enumerate(enterprises(world, _MAKERS), start=1):
        commune = communes[str(firm["ma_xa"])]
        near_by = parks.get(commune.code)
        lat, lon = near(commune, chance)
        staff = whole(firm["so_lao_dong"])
        yield {
            "ma_co_so": f"CN{number:04}",
            "ten": f"Cơ sở sản xuất mô phỏng số {number}, {short(commune)}",
            "ma_doanh_nghiep": firm["ma_so"],
            "ma_nganh": firm["ma_nganh"],
            "ma_khu": chance.choice(near_by)["ma_khu"] if near_by and staff > 20 else None,
            "ma_xa": commune.code,
            "so_lao_dong": staff,
            "dien_nang_nam": round(staff * chance.uniform(4, 18)),
            "vi_do": lat,
            "kinh_do": lon,
            "cap_nhat": day_between(date(2026, 1, 5), world.day, chance),
        }


def _goods(_world: World) -> Iterator[Row]:
    for code, name, stage, chain, activity, unit, _, _ in _GOODS:
        yield {
            "ma_san_pham": code,
            "ten": name,
            "bac": stage,
            "chuoi": chain,
            "ma_nganh": activity,
            "don_vi": unit,
        }


def _output(world: World) -> Iterator[Row]:
    chance = world.rng("san-luong-cong-nghiep-theo-thang")
    for code, _, _, _, _, _, usual, price in _GOODS:
        stock = round(usual * 0.3, 1)
        for first in months(world, 12):
            made = round(usual * chance.uniform(0.88, 1.1), 1)
            sold = round(min(made + stock, made * chance.uniform(0.9, 1.08)), 1)
            left = round(stock + made - sold, 1)
            yield {
                "thang": first,
                "ma_san_pham": code,
                "ton_dau": stock,
                "san_xuat": made,
                "tieu_thu": sold,
                "ton_cuoi": left,
                "gia_tri": round(made * price, 1),
            }
            stock = left


SAMPLES: Samples = {
    "bo-du-lieu-cong-thuong": _register,
    "nut-luoi-dien": _nodes,
    "duong-day-dien": _lines,
    "nha-may-dien": _plants,
    "dien-tieu-thu-theo-xa": _use,
    "can-doi-dien-theo-thang": _balance,
    "khu-cum-cong-nghiep": _parks,
    "co-so-cong-nghiep": _facilities,
    "san-pham-chuoi-cung-ung": _goods,
    "san-luong-cong-nghiep-theo-thang": _output,
}
