"""Simulated rows of education: schools, the frame of lessons, items that cover it, universities."""

from collections.abc import Iterator
from datetime import date

from tinhdata.pack import Row, Samples, World

from ._chung import day_between, near, short
from ._so_lieu import months, one_of, share
from ._xa_hoi import people, whole

# Level: name, pupils of 1000 people, pupils of a school, of a class, teachers of a class.
_LEVELS = {
    "MG": ("Trường mầm non", 48, 420, 26, 1.9),
    "TH": ("Trường tiểu học", 92, 640, 31, 1.4),
    "THCS": ("Trường trung học cơ sở", 63, 520, 36, 1.9),
    "THPT": ("Trường trung học phổ thông", 27, 1350, 41, 2.2),
}
# Subject: its mark in codes, first and last grade, lessons a grade.
_SUBJECTS = {
    "Tiếng Việt": ("TV", 1, 5, 18), "Toán": ("TO", 1, 12, 14), "Đạo đức": ("DD", 1, 5, 8),
    "Tự nhiên và Xã hội": ("TNX", 1, 3, 9), "Ngoại ngữ": ("NN", 3, 12, 10),
    "Khoa học": ("KH", 4, 5, 9), "Tin học": ("TI", 3, 12, 8), "Ngữ văn": ("NV", 6, 12, 14),
    "Khoa học tự nhiên": ("KTN", 6, 9, 16), "Lịch sử và Địa lí": ("LSD", 4, 9, 12),
    "Giáo dục công dân": ("CD", 6, 9, 7), "Lịch sử": ("LS", 10, 12, 10),
    "Vật lí": ("VL", 10, 12, 12), "Hóa học": ("HH", 10, 12, 12), "Sinh học": ("SH", 10, 12, 11),
    "Giáo dục địa phương": ("DP", 6, 12, 5),
}  # fmt: skip
_KINDS = {
    "Bài giảng điện tử": ("SCORM 1.2", "SCORM 2004", "H5P"),
    "Video": ("MP4",),
    "Bài tập, đề kiểm tra": ("H5P", "SCORM 2004"),
    "Mô phỏng, thí nghiệm ảo": ("H5P", "SCORM 2004"),
    "Sách, giáo trình số": ("PDF", "EPUB"),
}
_WEAK = frozenset({"DP", "DD", "CD"})
_FIELDS = (
    ("7140202", "Giáo dục Tiểu học"), ("7140201", "Giáo dục Mầm non"),
    ("7140209", "Sư phạm Toán học"), ("7140217", "Sư phạm Ngữ văn"),
    ("7140231", "Sư phạm Tiếng Anh"), ("7220201", "Ngôn ngữ Anh"), ("7310101", "Kinh tế"),
    ("7340101", "Quản trị kinh doanh"), ("7340201", "Tài chính - Ngân hàng"),
    ("7340301", "Kế toán"), ("7380101", "Luật"), ("7480101", "Khoa học máy tính"),
    ("7480103", "Kỹ thuật phần mềm"), ("7480201", "Công nghệ thông tin"),
    ("7510605", "Logistics và Quản lý chuỗi cung ứng"), ("7520103", "Kỹ thuật cơ khí"),
    ("7520114", "Kỹ thuật cơ điện tử"), ("7520201", "Kỹ thuật điện"),
    ("7520216", "Kỹ thuật điều khiển và tự động hóa"), ("7580201", "Kỹ thuật xây dựng"),
    ("7620105", "Chăn nuôi"), ("7620110", "Khoa học cây trồng"), ("7640101", "Thú y"),
    ("7720101", "Y khoa"), ("7720201", "Dược học"), ("7720301", "Điều dưỡng"),
    ("7810103", "Quản trị dịch vụ du lịch và lữ hành"), ("7850103", "Quản lý đất đai"),
)  # fmt: skip
_UNIVERSITIES = tuple(f"Cơ sở giáo dục đại học mô phỏng số {number}" for number in range(1, 8))


def _level(grade: int) -> str:
    return "TH" if grade <= 5 else "THCS" if grade <= 9 else "THPT"


def _schools(world: World) -> Iterator[Row]:
    chance = world.rng("co-so-giao-duc")
    inhabitants = people(world)
    number = 0
    for commune in world.communes:
        for level, (kind, rate, size, in_class, per_class) in _LEVELS.items():
            pupils = inhabitants[commune.code] * rate / 1000
            if level == "THPT" and pupils < 260 and chance.random() < 0.6:
                continue
            count = max(1, round(pupils / size))
            for _ in range(count):
                number += 1
                learners = max(60, round(pupils / count * chance.uniform(0.8, 1.2)))
                classes = max(3, round(learners / in_class))
                lat, lon = near(commune, chance)
                yield {
                    "ma_truong": f"TR{number:04}",
                    "ten": f"{kind} mô phỏng số {number}, {short(commune)}",
                    "cap_hoc": level,
                    "loai_hinh": one_of(chance, {"Công lập": 94, "Tư thục": 6}),
                    "ma_xa": commune.code,
                    "so_lop": classes,
                    "so_nguoi_hoc": learners,
                    "so_nha_giao": round(classes * per_class * chance.uniform(0.95, 1.05)),
                    "dat_chuan_quoc_gia": chance.random() < 0.83,
                    "vi_do": lat,
                    "kinh_do": lon,
                }


def _lessons(world: World) -> Iterator[Row]:
    chance = world.rng("yeu-cau-chuong-trinh")
    for subject, (mark, first, last, lessons) in _SUBJECTS.items():
        for grade in range(first, last + 1):
            for lesson in range(1, lessons + 1):
                yield {
                    "ma_yeu_cau": f"L{grade:02}-{mark}-{lesson:02}",
                    "cap_hoc": _level(grade),
                    "lop": grade,
                    "mon": subject,
                    "bai": lesson,
                    "ten": f"Bài {lesson} môn {subject} lớp {grade} (mô phỏng)",
                    "so_tiet": chance.randint(1, 6),
                }


def _covered(world: World) -> Iterator[tuple[Row, int]]:
    """Give each lesson with the number of items made for it; some have none yet."""
    chance = world.rng("hoc-lieu/so-luong")
    for row in world.rows("yeu-cau-chuong-trinh"):
        is_weak = str(row["ma_yeu_cau"]).split("-")[1] in _WEAK
        yield row, chance.choices((0, 1, 2), (25, 60, 15) if is_weak else (6, 66, 28))[0]


def _items(world: World) -> Iterator[Row]:
    chance = world.rng("hoc-lieu-so")
    schools = [row["ma_truong"] for row in world.rows("co-so-giao-duc") if row["cap_hoc"] != "MG"]
    number = 0
    for lesson, count in _covered(world):
        for _ in range(count):
            number += 1
            kind = one_of(chance, {"Bài giảng điện tử": 45, "Video": 20, "Bài tập, đề kiểm tra": 22,
                "Mô phỏng, thí nghiệm ảo": 5, "Sách, giáo trình số": 8})  # fmt: skip
            is_local = chance.random() < 0.7
            reviewed = day_between(date(2024, 9, 5), world.day, chance)
            yield {
                "ma_hoc_lieu": f"HL{number:05}",
                "ten": f"{kind}: {lesson['ten']}",
                "loai": kind,
                "mon": lesson["mon"],
                "lop": lesson["lop"],
                "dinh_dang": chance.choice(_KINDS[kind]),
                "ngon_ngu": "en" if lesson["mon"] == "Ngoại ngữ" else "vi",
                "giay_phep": one_of(
                    chance, {"CC-BY-4.0": 50, "CC-BY-SA-4.0": 20, "Dùng trong ngành": 30}
                ),
                "ma_truong": chance.choice(schools) if is_local else None,
                "ngay_tham_dinh": reviewed if chance.random() < 0.93 else None,
                "luot_dung": round(chance.expovariate(1 / 180)),
                "dia_chi": f"https://hoclieu.example.vn/HL{number:05}",
            }


def _coverage(world: World) -> Iterator[Row]:
    chance = world.rng("phu-chuong-trinh")
    items = iter(world.rows("hoc-lieu-so"))
    for lesson, count in _covered(world):
        for _ in range(count):
            yield {
                "ma_yeu_cau": lesson["ma_yeu_cau"],
                "ma_hoc_lieu": next(items)["ma_hoc_lieu"],
                "muc_dap_ung": "cả bài" if chance.random() < 0.85 else "một phần",
            }


def _use(world: World) -> Iterator[Row]:
    chance = world.rng("su-dung-hoc-lieu-theo-truong")
    for school in world.rows("co-so-giao-duc"):
        if school["cap_hoc"] == "MG":
            continue
        usual = chance.uniform(0.7, 0.98)
        for first in months(world, 4):
            rest = 0.6 if first.month in (6, 7) else 1.0
            pupils, teachers = whole(school["so_nguoi_hoc"]), whole(school["so_nha_giao"])
            active = share(chance, pupils, usual * rest, min(1.0, usual * rest + 0.04))
            yield {
                "ma_truong": school["ma_truong"],
                "thang": first,
                "so_nguoi_hoc": pupils,
                "nguoi_hoc_duoc_ho_tro": active,
                "so_nha_giao": teachers,
                "nha_giao_duoc_ho_tro": share(chance, teachers, 0.85 * rest, 1.0 * rest),
                "luot_mo": round(active * chance.uniform(2, 14)),
            }


def _courses(world: World) -> Iterator[tuple[Row, tuple[Row, ...]]]:
    """Give each programme with its courses; the numbers of the one are counted in the other."""
    chance = world.rng("nganh-dao-tao-dai-hoc")
    number = 0
    for code, name in _FIELDS:
        for level, first, likely in (("ĐH", "7", 1.0), ("THS", "8", 0.4), ("TS", "9", 0.15)):
            if chance.random() > likely:
                continue
            number += 1
            count = chance.randint(24, 36) if level == "ĐH" else chance.randint(8, 14)
            ready = chance.choices((1.0, 0.88, 0.55, 0.2), (15, 33, 32, 20))[0]
            courses: tuple[Row, ...] = tuple(
                {
                    "ma_chuong_trinh": f"CT{number:03}",
                    "thu_tu": at,
                    "ten": f"Học phần {at} ngành {name} (mô phỏng)",
                    "so_tin_chi": chance.choice((2, 3, 3, 4)),
                    "bat_buoc": at <= count * 0.8,
                    "co_hoc_lieu_so": chance.random() < ready,
                }
                for at in range(1, count + 1)
            )
            must = [course for course in courses if course["bat_buoc"]]
            yield (
                {
                    "ma_chuong_trinh": f"CT{number:03}",
                    "ma_nganh": first + code[1:],
                    "ten": name,
                    "co_so": chance.choice(_UNIVERSITIES),
                    "cap_hoc": level,
                    "so_hoc_phan_bat_buoc": len(must),
                    "so_hoc_phan_co_hoc_lieu": sum(bool(c["co_hoc_lieu_so"]) for c in must),
                    "so_sinh_vien": chance.randint(90, 2400) if level == "ĐH" else 40,
                },
                courses,
            )


def _programmes(world: World) -> Iterator[Row]:
    for programme, _ in _courses(world):
        yield programme


def _all_courses(world: World) -> Iterator[Row]:
    for _, courses in _courses(world):
        yield from courses


SAMPLES: Samples = {
    "co-so-giao-duc": _schools,
    "yeu-cau-chuong-trinh": _lessons,
    "hoc-lieu-so": _items,
    "phu-chuong-trinh": _coverage,
    "su-dung-hoc-lieu-theo-truong": _use,
    "nganh-dao-tao-dai-hoc": _programmes,
    "hoc-phan-dai-hoc": _all_courses,
}
