"""Simulated rows of labour and insurance: aggregates, vacancies, and people who do not exist.

Insurance numbers begin with 00, which is no province: they can belong to nobody.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from tinhdata.pack import Row, Samples, World

from ._chung import day_between
from ._so_lieu import months, one_of, share, split
from ._xa_hoi import Listed, a_day, enterprises, people, quarter_ends, register

_FORCE, _JOBS = "Lực lượng lao động", "Việc làm, tuyển dụng"
_SKILL, _LOSS = "Trình độ, kỹ năng", "Thất nghiệp, dự báo"
_DATASETS = (
    Listed("Lực lượng lao động theo xã", _FORCE, "luc-luong-lao-dong-theo-xa", 92),
    Listed("Tham gia bảo hiểm xã hội theo xã", _FORCE, "tham-gia-bao-hiem-theo-xa", 31),
    Listed("Việc làm đang tuyển", _JOBS, "viec-lam-trong", 1),
    Listed("Kỹ năng của việc đang tuyển", _SKILL, "ky-nang-yeu-cau", 1),
    Listed("Danh mục kỹ năng nghề", _SKILL, "danh-muc-ky-nang", 366),
    Listed("Khóa đào tạo nghề", _SKILL, "dao-tao-nghe", 31),
    Listed("Doanh nghiệp theo ngành", _JOBS, "doanh-nghiep-theo-nganh", 31),
    Listed("Thất nghiệp, tổng hợp theo xã", _LOSS, None, 31),
    Listed("Dự báo nhu cầu lao động", _LOSS, None, 92),
)
# Skill: English, group, occupation.
_SKILLS = (
    ("Lắp ráp linh kiện điện tử", "Assembling electronic parts", "Kỹ thuật", "82"),
    ("Hàn điện, hàn TIG", "Arc and TIG welding", "Kỹ thuật", "72"),
    ("Vận hành máy CNC", "Running CNC machines", "Kỹ thuật", "72"),
    ("May công nghiệp", "Industrial sewing", "Kỹ thuật", "81"),
    ("Điện công nghiệp", "Industrial electrics", "Kỹ thuật", "74"),
    ("Bảo trì thiết bị", "Maintaining equipment", "Kỹ thuật", "74"),
    ("Kiểm tra chất lượng", "Quality inspection", "Kỹ thuật", "31"),
    ("Chế biến chè", "Tea processing", "Kỹ thuật", "75"),
    ("Trồng chè an toàn", "Growing safe tea", "Kỹ thuật", "61"),
    ("Vận hành xe nâng", "Driving forklifts", "Kỹ thuật", "83"),
    ("Lái xe tải", "Driving lorries", "Kỹ thuật", "83"),
    ("Xây, trát, hoàn thiện", "Bricklaying and finishing", "Kỹ thuật", "71"),
    ("Bảng tính", "Spreadsheets", "Số", None),
    ("Lập trình web", "Web programming", "Số", "25"),
    ("Quản trị cơ sở dữ liệu", "Database administration", "Số", "25"),
    ("Phân tích dữ liệu", "Data analysis", "Số", "25"),
    ("Bán hàng trực tuyến", "Selling online", "Số", "52"),
    ("Hỗ trợ kỹ thuật máy tính", "Computer support", "Số", "35"),
    ("Tiếng Anh giao tiếp", "Spoken English", "Ngoại ngữ", None),
    ("Tiếng Hàn giao tiếp", "Spoken Korean", "Ngoại ngữ", None),
    ("Tiếng Trung giao tiếp", "Spoken Chinese", "Ngoại ngữ", None),
    ("Bán hàng tại quầy", "Counter sales", "Dịch vụ", "52"),
    ("Phục vụ nhà hàng", "Serving in restaurants", "Dịch vụ", "51"),
    ("Chăm sóc người bệnh", "Nursing care", "Dịch vụ", "32"),
    ("Hướng dẫn du lịch", "Guiding visitors", "Dịch vụ", "51"),
    ("Kế toán doanh nghiệp", "Company accounting", "Quản lý", "33"),
    ("Quản lý tổ sản xuất", "Leading a production team", "Quản lý", "31"),
    ("Quản lý kho", "Managing a store", "Quản lý", "43"),
    ("An toàn lao động", "Safety at work", "Nền tảng", None),
    ("Làm việc nhóm", "Working in a team", "Nền tảng", None),
)
_LEVELS = {"Chưa qua đào tạo": 45, "Sơ cấp": 18, "Trung cấp": 14, "Cao đẳng": 10,
    "Đại học trở lên": 13}  # fmt: skip
_WAGES = {"Chưa qua đào tạo": 7000, "Sơ cấp": 8000, "Trung cấp": 9000, "Cao đẳng": 10_500,
    "Đại học trở lên": 13_000}  # fmt: skip
_FAMILY = ("Nguyễn", "Trần", "Lê", "Hoàng", "Dương", "Ma", "Nông", "Lý", "Triệu", "Hà")
_ROUND = ("Giả", "Mẫu", "Thử", "Ví Dụ")
_GIVEN = ("Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười")
_WORKERS, _VACANCIES, _COURSES, _EVENTS = 800, 620, 140, 180
_BEGAN = date(2015, 1, 5)


def _register(world: World) -> Iterator[Row]:
    chance = world.rng("bo-du-lieu-mo-lao-dong/ngay")
    for row in register(world, "LD", "H55.03", _DATASETS):
        published = day_between(date(2025, 9, 1), date(2026, 5, 31), chance)
        yield {**row, "ngay_cong_bo": published if row["bo_du_lieu"] else None}


def _insured(world: World) -> Iterator[Row]:
    chance = world.rng("tham-gia-bao-hiem-theo-xa")
    inhabitants = people(world)
    workers = people(world, "trong_tuoi_lao_dong")
    wards = {commune.code for commune in world.communes if commune.is_ward}
    for code, able in workers.items():
        must = able * (chance.uniform(0.32, 0.5) if code in wards else chance.uniform(0.1, 0.22))
        free, known = able * chance.uniform(0.015, 0.05), chance.uniform(0.93, 0.99)
        for at, first in enumerate(months(world, 12)):
            grown = 1 + at * 0.003
            compulsory, voluntary = round(must * grown), round(free * grown)
            total = compulsory + voluntary
            complete = share(chance, total, known, min(1, known + 0.01))
            matched = share(chance, complete, 0.965 + at * 0.002, 0.97 + at * 0.002)
            yield {
                "ma_xa": code,
                "thang": first,
                "bhxh_bat_buoc": compulsory,
                "bhxh_tu_nguyen": voluntary,
                "tong_bhxh": total,
                "bh_that_nghiep": share(chance, compulsory, 0.9, 0.94),
                "bh_y_te": share(chance, inhabitants[code], 0.93, 0.97),
                "ban_ghi_du_truong": complete,
                "ban_ghi_khop_dinh_danh": matched,
                "ban_ghi_dat": share(chance, matched, 0.97, 0.99),
            }


def _skills(_world: World) -> Iterator[Row]:
    for number, (name, english, group, job) in enumerate(_SKILLS, start=1):
        yield {
            "ma_ky_nang": f"KN{number:03}",
            "ten": name,
            "ten_tieng_anh": english,
            "nhom": group,
            "ma_nghe": job,
        }


def _trades(world: World) -> dict[str, list[str]]:
    """Give the skills of each occupation that has some."""
    found: dict[str, list[str]] = {}
    for row in world.rows("danh-muc-ky-nang"):
        if row["ma_nghe"] is not None:
            found.setdefault(str(row["ma_nghe"]), []).append(str(row["ma_ky_nang"]))
    return found


def _workers(world: World) -> Iterator[Row]:
    chance = world.rng("nguoi-lao-dong")
    jobs = tuple(_trades(world))
    weights = [3 if commune.is_ward else 1 for commune in world.communes]
    numbers = chance.sample(range(100_000_000), _WORKERS)
    for number, tail in enumerate(numbers, start=1):
        born = day_between(date(1968, 1, 1), date(2004, 12, 31), chance)
        adult = max(_BEGAN, born + timedelta(days=18 * 366))
        names = (chance.choice(_FAMILY), chance.choice(_ROUND), chance.choice(_GIVEN))
        yield {
            "ma_lao_dong": f"LD{number:05}",
            "ma_so_bhxh": f"00{tail:08}",
            "ho_ten": " ".join(names),
            "ngay_sinh": born,
            "gioi_tinh": chance.choice(("Nam", "Nữ")),
            "ma_xa": chance.choices(world.communes, weights)[0].code,
            "ma_nghe": chance.choice(jobs),
            "trinh_do": one_of(chance, _LEVELS),
            "ngay_bat_dau_dong": day_between(adult, date(2025, 6, 30), chance),
            "dang_dong": chance.random() < 0.9,
            "khop_dinh_danh": chance.random() < 0.97,
            "xac_nhan_khong_hoc_them": chance.random() < 0.2,
            "xem_duoc_so": chance.random() < 0.9,
        }


def _entries(world: World) -> Iterator[Row]:
    chance = world.rng("so-lao-dong-dien-tu")
    firms, trades = enterprises(world), _trades(world)
    courses: dict[object, list[Row]] = {}
    for row in world.rows("dao-tao-nghe"):
        courses.setdefault(row["ma_nghe"], []).append(row)
    number = 0
    for worker in world.rows("nguoi-lao-dong"):
        job = str(worker["ma_nghe"])
        begun = a_day(worker["ngay_bat_dau_dong"])
        found: list[dict[str, object]] = []
        for at in range(chance.randint(1, 3)):
            ended = day_between(begun, world.day, chance) if at else None
            found.append({"loai": "Làm việc", "tu_ngay": begun, "den_ngay": ended,
                "ma_doanh_nghiep": chance.choice(firms)["ma_so"], "nguon": "Bảo hiểm xã hội",
                "da_xac_minh": True})  # fmt: skip
        known = chance.sample(trades[job], min(len(trades[job]), chance.randint(0, 2)))
        found += [
            {
                "loai": "Kỹ năng được công nhận",
                "ma_ky_nang": skill,
                "tu_ngay": day_between(begun, world.day, chance),
                "nguon": "Doanh nghiệp",
                "da_xac_minh": chance.random() < 0.8,
            }
            for skill in known
        ]
        for course in chance.sample(courses.get(job, []), min(len(courses.get(job, [])), 1)):
            is_firm = course["hinh_thuc"] == "Tại doanh nghiệp"
            found.append({"loai": "Đào tạo tại nơi làm việc" if is_firm else "Đào tạo tại trường",
                "ma_khoa": course["ma_khoa"], "ma_ky_nang": course["ma_ky_nang"],
                "tu_ngay": course["khai_giang"], "den_ngay": course["be_giang"],
                "nguon": "Cơ sở đào tạo", "da_xac_minh": chance.random() < 0.9})  # fmt: skip
        if chance.random() < 0.35:
            found.append({"loai": "Học tập suốt đời", "nguon": "Người lao động khai",
                "tu_ngay": day_between(begun, world.day, chance),
                "da_xac_minh": chance.random() < 0.4})  # fmt: skip
        for entry in found:
            number += 1
            signed = bool(entry["da_xac_minh"]) and chance.random() < 0.85
            # Two entries end before they begin.
            slip = {"den_ngay": date(2014, 12, 31)} if number in (150, 1150) else {}
            yield {"ma_muc": f"SL{number:06}", "ma_lao_dong": worker["ma_lao_dong"],
                "ma_nghe": job, "co_ky_so": signed, **entry, **slip}  # fmt: skip


def _vacancies(world: World) -> Iterator[Row]:
    chance = world.rng("viec-lam-trong")
    firms, trades = enterprises(world), _trades(world)
    names = {str(row["ma_ky_nang"]): str(row["ten"]) for row in world.rows("danh-muc-ky-nang")}
    for number in range(1, _VACANCIES + 1):
        job, level = chance.choice(tuple(trades)), one_of(chance, _LEVELS)
        firm = chance.choice(firms)
        low = _WAGES[level] + chance.randrange(-1000, 2500, 500)
        posted = world.day - timedelta(days=chance.randint(0, 80))
        closes = posted + timedelta(days=chance.randint(15, 60))
        is_filled = chance.random() < 0.15
        yield {
            "ma_viec": f"VL{number:05}",
            "chuc_danh": f"Nhân viên {names[trades[job][0]].lower()} (mô phỏng)",
            "ma_nghe": job,
            "ma_doanh_nghiep": firm["ma_so"],
            "ma_xa": firm["ma_xa"],
            "so_luong": chance.choice((1, 1, 2, 3, 5, 10, 50)),
            "trinh_do": level,
            "luong_tu": low,
            "luong_den": low + chance.randrange(500, 6000, 500),
            "ngay_dang": posted,
            "han_nop": closes,
            "tinh_trang": "đã đủ"
            if is_filled
            else "hết hạn"
            if closes < world.day
            else "đang tuyển",
        }


def _wanted(world: World) -> Iterator[Row]:
    chance = world.rng("ky-nang-yeu-cau")
    trades = _trades(world)
    general = [str(r["ma_ky_nang"]) for r in world.rows("danh-muc-ky-nang") if not r["ma_nghe"]]
    for vacancy in world.rows("viec-lam-trong"):
        own = trades[str(vacancy["ma_nghe"])]
        for skill in [*own[:2], *chance.sample(general, chance.randint(1, 2))]:
            yield {
                "ma_viec": vacancy["ma_viec"],
                "ma_ky_nang": skill,
                "muc_do": one_of(chance, {"cơ bản": 5, "thành thạo": 4, "chuyên sâu": 1}),
                "bat_buoc": skill in own,
            }


def _losses(world: World) -> Iterator[Row]:
    """Give people who lost their work; the best match of each is a vacancy of the occupation."""
    chance = world.rng("su-kien-that-nghiep")
    offers: dict[object, list[object]] = {}
    for vacancy in world.rows("viec-lam-trong"):
        offers.setdefault(vacancy["ma_nghe"], []).append(vacancy["ma_viec"])
    out = [row for row in world.rows("nguoi-lao-dong") if not row["dang_dong"]]
    back = [row for row in world.rows("nguoi-lao-dong") if row["dang_dong"]]
    lost = [*out, *chance.sample(back, max(0, _EVENTS - len(out)))]
    for number, worker in enumerate(lost, start=1):
        left = day_between(date(2026, 1, 5), world.day - timedelta(days=25), chance)
        noted = left + timedelta(days=chance.randint(1, 15))
        is_late = chance.random() < 0.1
        shown = noted + timedelta(days=chance.randint(4, 9) if is_late else chance.randint(0, 3))
        fits = offers.get(worker["ma_nghe"], []) if chance.random() < 0.95 else []
        again = left + timedelta(days=chance.randint(20, 100))
        yield {
            "ma_su_kien": f"TN{number:05}",
            "ma_lao_dong": worker["ma_lao_dong"],
            "ngay_thoi_viec": left,
            "ngay_ghi_nhan": noted,
            "ly_do": one_of(chance, {"Hết hạn hợp đồng": 4, "Thu hẹp sản xuất": 2,
                "Tự xin nghỉ": 3, "Khác": 1}),
            "ngay_goi_y": shown if fits else None,
            "so_viec_goi_y": min(len(fits), chance.randint(1, 8)),
            "ma_viec_phu_hop": chance.choice(fits) if fits else None,
            "ngay_co_viec": again if worker["dang_dong"] and again <= world.day else None,
        }  # fmt: skip


def _force(world: World) -> Iterator[Row]:
    chance = world.rng("luc-luong-lao-dong-theo-xa")
    wards = {commune.code for commune in world.communes if commune.is_ward}
    for code, able in people(world, "trong_tuoi_lao_dong").items():
        weights = (1, 5, 5) if code in wards else (5, 3, 2.5)
        for day in quarter_ends(world, 4):
            force = share(chance, able, 0.9, 0.95)
            idle = share(chance, force, 0.008, 0.024)
            farm, industry, service = split(chance, force - idle, weights)
            yield {
                "ma_xa": code,
                "ngay_thong_ke": day,
                "luc_luong": force,
                "co_viec_lam": force - idle,
                "that_nghiep": idle,
                "nong_nghiep": farm,
                "cong_nghiep": industry,
                "dich_vu": service,
                "da_qua_dao_tao": share(chance, force - idle, 0.3, 0.5),
            }


def _training(world: World) -> Iterator[Row]:
    chance = world.rng("dao-tao-nghe")
    trades = _trades(world)
    names = {str(row["ma_ky_nang"]): str(row["ten"]) for row in world.rows("danh-muc-ky-nang")}
    for number in range(1, _COURSES + 1):
        job = chance.choice(tuple(trades))
        skill = chance.choice(trades[job])
        begins = day_between(date(2025, 1, 6), date(2026, 4, 30), chance)
        learners = chance.randint(15, 60)
        graduates = share(chance, learners, 0.85, 1)
        yield {
            "ma_khoa": f"DT{number:04}",
            "ten": f"Khóa {names[skill].lower()} số {number} (mô phỏng)",
            "co_so": f"Cơ sở đào tạo nghề mô phỏng số {chance.randint(1, 14)}",
            "ma_xa": chance.choice(world.communes).code,
            "ma_nghe": job,
            "ma_ky_nang": skill,
            "cap_hoc": one_of(chance, {"SC": 7, "TC": 2, "CĐ": 1}),
            "hinh_thuc": one_of(chance, {"Tại trường": 5, "Tại doanh nghiệp": 3, "Kết hợp": 2}),
            "khai_giang": begins,
            "be_giang": begins + timedelta(days=chance.choice((45, 60, 90, 120))),
            "so_nguoi_hoc": learners,
            "so_tot_nghiep": graduates,
            "so_co_viec": share(chance, graduates, 0.65, 0.95),
        }


SAMPLES: Samples = {
    "bo-du-lieu-mo-lao-dong": _register,
    "tham-gia-bao-hiem-theo-xa": _insured,
    "danh-muc-ky-nang": _skills,
    "nguoi-lao-dong": _workers,
    "so-lao-dong-dien-tu": _entries,
    "viec-lam-trong": _vacancies,
    "ky-nang-yeu-cau": _wanted,
    "su-kien-that-nghiep": _losses,
    "luc-luong-lao-dong-theo-xa": _force,
    "dao-tao-nghe": _training,
}
