"""Simulated rows of trade: supply chains, markets, prices, surveys of consumers, e-commerce."""

from collections.abc import Iterator
from datetime import date

from tinhdata.pack import Row, Samples, World

from ._chung import districts, near, short
from ._so_lieu import months, split
from ._xa_hoi import mondays, quarter_starts, whole

_ROLES = ("Cung cấp nguyên liệu", "Chế biến", "Kho, trung chuyển", "Phân phối, bán ra")
# Chain: activities of its factories, sources outside the province, tonnes a month of one flow.
_CHAINS = {
    "Chè": ({"10"}, 0.0, 60.0),
    "Gỗ": ({"16", "31"}, 0.1, 400.0),
    "Thép": ({"24", "25"}, 0.3, 2500.0),
    "Xi măng": ({"23"}, 0.1, 6000.0),
    "May mặc": ({"14"}, 0.8, 45.0),
    "Điện tử": ({"26"}, 0.9, 30.0),
}
_PRICES = {  # unit, price in đồng
    "Gạo tẻ thường": ("kg", 17_000), "Thịt lợn mông sấn": ("kg", 128_000),
    "Thịt bò thăn": ("kg", 255_000), "Gà ta làm sẵn": ("kg", 145_000), "Trứng gà": ("chục", 34_000),
    "Cá chép": ("kg", 72_000), "Rau cải": ("kg", 18_000), "Cà chua": ("kg", 24_000),
    "Dầu ăn": ("lít", 52_000), "Đường trắng": ("kg", 25_000), "Chè búp khô": ("kg", 180_000),
    "Gas bình 12 kg": ("bình", 445_000),
}  # fmt: skip
_GOODS = ("Thực phẩm tươi", "Thực phẩm chế biến", "Chè, đồ uống", "May mặc", "Đồ gia dụng, điện tử")
_ONLINE = {"Chè, đồ uống": 26_000, "Đặc sản, nông sản": 19_000, "May mặc": 31_000,
    "Đồ gia dụng, điện tử": 22_000, "Thủ công mỹ nghệ": 3_500}  # fmt: skip
_AGES = ("18-29", "30-44", "45-59", "60 trở lên")
_CHANNELS = (
    "Chợ truyền thống",
    "Siêu thị, cửa hàng tiện lợi",
    "Sàn thương mại điện tử",
    "Mạng xã hội",
)
_MEDIA = {"Ngoài trời": 9, "Truyền hình, báo chí": 7, "Mạng xã hội": 30, "Tại điểm bán": 14}


def _nodes(world: World) -> Iterator[Row]:
    chance = world.rng("nut-chuoi-cung-ung")
    number = 0
    for chain, (activities, abroad, _) in _CHAINS.items():
        made = [row for row in world.rows("co-so-cong-nghiep") if row["ma_nganh"] in activities]
        factories = sorted(made, key=lambda row: -whole(row["so_lao_dong"]))[:7]
        stores = chance.sample(world.rows("kho-bai"), 3)
        for role, count in zip(_ROLES, (8, len(factories), len(stores), 6), strict=True):
            for at in range(count):
                number += 1
                factory = factories[at] if role == "Chế biến" else None
                store = stores[at] if role == "Kho, trung chuyển" else None
                outside = chance.random() < (abroad if role == _ROLES[0] else 0.5)
                home = factory or store
                if home is None and not outside:
                    home = {"ma_xa": chance.choice(world.communes).code}
                yield {
                    "ma_nut": f"CU{number:04}",
                    "ten": f"{role}, chuỗi {chain.lower()}, số {number} (mô phỏng)",
                    "vai_tro": role,
                    "chuoi": chain,
                    "ma_co_so": factory["ma_co_so"] if factory else None,
                    "ma_kho": store["ma_kho"] if store else None,
                    "ma_xa": home["ma_xa"] if home else None,
                    "trong_tinh": home is not None,
                }


def _flows(world: World) -> Iterator[Row]:
    """Join each node to the next stage of its chain: raw material, factory, store, outlet."""
    chance = world.rng("canh-chuoi-cung-ung")
    nodes, goods = world.rows("nut-chuoi-cung-ung"), world.rows("san-pham-chuoi-cung-ung")
    number = 0
    for chain, (_, _, usual) in _CHAINS.items():
        own = [row["ma_san_pham"] for row in goods if row["chuoi"] == chain]
        steps = [
            [row for row in nodes if row["chuoi"] == chain and row["vai_tro"] == r] for r in _ROLES
        ]
        for at, product in enumerate((own[0], own[-1], own[-1])):
            links = [(first, chance.choice(steps[at + 1])) for first in steps[at]]
            reached = {id(last) for _, last in links}
            links += [(chance.choice(steps[at]), n) for n in steps[at + 1] if id(n) not in reached]
            for first, last in links:
                number += 1
                inside = bool(first["trong_tinh"]) and bool(last["trong_tinh"])
                yield {
                    "ma_luong": f"LU{number:04}",
                    "nut_dau": first["ma_nut"],
                    "nut_cuoi": last["ma_nut"],
                    "ma_san_pham": product,
                    "khoi_luong_thang": round(usual * chance.uniform(0.3, 2), 1),
                    "cu_ly": chance.randint(3, 70) if inside else chance.randint(60, 1700),
                    "phuong_thuc": "Đường sắt" if chance.random() < 0.08 else "Đường bộ",
                    "so_ngay_du_tru": chance.randint(2, 45),
                }


def _markets(world: World) -> Iterator[Row]:
    chance = world.rng("cho-sieu-thi")
    number = 0
    for commune in world.communes:
        kinds = ["Chợ hạng 3"] if chance.random() < 0.85 else ["Chợ hạng 2"]
        if commune.is_ward:
            kinds += ["Siêu thị", chance.choice(("Chợ hạng 2", "Chợ hạng 1", "Siêu thị"))]
        if commune.is_ward and districts(commune) == "Thái Nguyên":
            kinds.append("Trung tâm thương mại")
        for kind in kinds:
            number += 1
            lat, lon = near(commune, chance)
            yield {
                "ma_cho": f"TM{number:03}",
                "ten": f"{kind} số {number}, {short(commune)} (mô phỏng)",
                "loai": kind,
                "ma_xa": commune.code,
                "so_diem_kinh_doanh": chance.randint(200, 600)
                if kind == "Chợ hạng 1"
                else chance.randint(20, 190),
                "thanh_toan_so": commune.is_ward or chance.random() < 0.35,
                "theo_doi_gia": number % 11 == 1,
                "vi_do": lat,
                "kinh_do": lon,
            }


def _prices(world: World) -> Iterator[Row]:
    chance = world.rng("gia-hang-hoa-theo-tuan")
    watched = [row for row in world.rows("cho-sieu-thi") if row["theo_doi_gia"]]
    for market in watched:
        level = chance.uniform(0.94, 1.07)
        for goods, (unit, usual) in _PRICES.items():
            price = usual * level * chance.uniform(0.97, 1.03)
            for week in mondays(world, 20):
                price *= chance.uniform(0.985, 1.018)
                shown = round(price, -2)
                # Two prices were noted wrongly: in thousands, and with a digit too many.
                if week == date(2026, 8, 3) and market["ma_cho"] == "TM001":
                    slips = {"Cà chua": shown / 1000, "Gas bình 12 kg": shown * 10}
                    shown = slips.get(goods, shown)
                yield {
                    "tuan_tu_ngay": week,
                    "ma_cho": market["ma_cho"],
                    "mat_hang": goods,
                    "don_vi": unit,
                    "gia": round(shown),
                    "co_hang": chance.random() < 0.97,
                }


def _consumers(world: World) -> Iterator[Row]:
    chance = world.rng("khao-sat-tieu-dung")
    for quarter in quarter_starts(world, 4):
        for goods in _GOODS:
            for age in _AGES:
                for area, young in (("Thành thị", 1.3), ("Nông thôn", 0.7)):
                    answers = chance.randint(36, 140)
                    online = young * (1.6 if age in _AGES[:2] else 0.5)
                    shares = split(chance, 1000, (5, 3, 1.5 * online, 1.2 * online))
                    for channel, share in zip(_CHANNELS, shares, strict=True):
                        yield {
                            "quy_tu_ngay": quarter,
                            "nhom_hang": goods,
                            "nhom_tuoi": age,
                            "khu_vuc": area,
                            "kenh_mua": channel,
                            "so_nguoi_tra_loi": answers,
                            "ty_le_chon": share / 10,
                            "chi_tieu_thang": chance.randint(15, 180) * 10,
                            "uu_tien_hang_tinh": chance.random() < 0.55,
                        }


def _advertising(world: World) -> Iterator[Row]:
    chance = world.rng("nhu-cau-quang-cao")
    for quarter in quarter_starts(world, 4):
        for goods in _GOODS:
            for channel, usual in _MEDIA.items():
                brands = max(5, round(usual * chance.uniform(0.6, 1.8)))
                yield {
                    "quy_tu_ngay": quarter,
                    "nhom_hang": goods,
                    "kenh": channel,
                    "so_nhan_hang": brands,
                    "ngan_sach": brands * chance.randint(15, 90),
                    "muon_dung_du_lieu": chance.random() < 0.7,
                }


def _online(world: World) -> Iterator[Row]:
    chance = world.rng("thuong-mai-dien-tu-theo-thang")
    for at, first in enumerate(months(world, 12)):
        for goods, usual in _ONLINE.items():
            orders = round(usual * (1 + at * 0.018) * chance.uniform(0.85, 1.2))
            yield {
                "thang": first,
                "nhom_hang": goods,
                "so_gian_hang": round(usual / 60 * (1 + at * 0.01)),
                "so_don_hang": orders,
                "so_don_ngoai_tinh": round(orders * chance.uniform(0.4, 0.75)),
                "doanh_so": round(orders * chance.uniform(0.14, 0.3)),
            }


SAMPLES: Samples = {
    "nut-chuoi-cung-ung": _nodes,
    "canh-chuoi-cung-ung": _flows,
    "cho-sieu-thi": _markets,
    "gia-hang-hoa-theo-tuan": _prices,
    "khao-sat-tieu-dung": _consumers,
    "nhu-cau-quang-cao": _advertising,
    "thuong-mai-dien-tu-theo-thang": _online,
}
