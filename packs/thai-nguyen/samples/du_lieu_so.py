"""Simulated rows about data itself: databases, open data, shared services, the data centre."""

from collections.abc import Iterator
from datetime import date, timedelta

from tinhdata.pack import Row, Samples, World

from ._so_lieu import Office, month_end, months, offices, one_of, provincial, share, work_day

_SUBJECTS = (
    ("Đất đai", "H55.07"), ("Nông nghiệp", "H55.07"), ("Quan trắc môi trường", "H55.07"),
    ("Nền địa lý", "H55.07"), ("Tài nguyên nước", "H55.07"), ("Khoáng sản", "H55.07"),
    ("Vùng trồng chè", "H55.07"), ("Rừng và lâm nghiệp", "H55.07"), ("Công nghiệp", "H55.06"),
    ("Thương mại và giá cả", "H55.06"), ("Năng lượng", "H55.06"), ("Cụm công nghiệp", "H55.06"),
    ("Khu công nghiệp", "H55.15"), ("Giao thông", "H55.08"), ("Quy hoạch xây dựng", "H55.08"),
    ("Nhà ở", "H55.08"), ("Hạ tầng kỹ thuật đô thị", "H55.08"), ("Giáo dục", "H55.11"),
    ("Học liệu số", "H55.11"), ("Giáo dục nghề nghiệp", "H55.11"), ("Cơ sở y tế", "H55.12"),
    ("Dân số và sức khỏe", "H55.12"), ("An toàn thực phẩm", "H55.12"), ("Di sản", "H55.10"),
    ("Du lịch", "H55.10"), ("Thể thao", "H55.10"), ("Cán bộ, công chức, viên chức", "H55.03"),
    ("Lao động, việc làm", "H55.03"), ("Người có công", "H55.03"), ("Địa giới", "H55.03"),
    ("Hộ tịch", "H55.04"), ("Văn bản pháp luật", "H55.04"), ("Công chứng", "H55.04"),
    ("Ngân sách", "H55.05"), ("Doanh nghiệp", "H55.05"), ("Đầu tư công", "H55.05"),
    ("Giá và tài sản công", "H55.05"), ("Thủ tục hành chính", "H55.01"),
    ("Hồ sơ thủ tục hành chính", "H55.02"), ("Chỉ tiêu điều hành", "H55.01"),
    ("Danh mục dùng chung", "H55.09"), ("Dân tộc, tôn giáo", "H55.13"),
)  # fmt: skip
_SHARED = 8
"""How many of the last subjects are shared databases, the others sectoral."""

_GROUPS = (
    ("nguồn điện", "Nguồn điện dự phòng đủ tải"), ("nguồn điện", "Chuyển nguồn tự động"),
    ("làm mát", "Nhiệt độ, độ ẩm phòng máy trong ngưỡng"), ("làm mát", "Điều hòa dự phòng"),
    ("mạng", "Hai đường truyền độc lập"), ("mạng", "Phân vùng mạng theo chức năng"),
    ("máy chủ, lưu trữ", "Cụm ảo hóa có dự phòng"), ("máy chủ, lưu trữ", "Lưu trữ có dự phòng"),
    ("an ninh vật lý", "Kiểm soát vào ra hai lớp"), ("an ninh vật lý", "Lưu hình camera"),
    ("an ninh mạng", "Xác thực nhiều yếu tố cho quản trị"), ("an ninh mạng", "Nhật ký tập trung"),
    ("phòng cháy, chữa cháy", "Báo cháy sớm"), ("phòng cháy, chữa cháy", "Chữa cháy bằng khí"),
    ("vận hành", "Quy trình vận hành được ban hành"), ("vận hành", "Trực vận hành 24/7"),
    ("dự phòng, khôi phục", "Sao lưu theo nguyên tắc 3-2-1"),
    ("dự phòng, khôi phục", "Diễn tập khôi phục hằng năm"),
)  # fmt: skip
_FIRST_WEEK = date(2025, 9, 29)


def databases(world: World) -> Iterator[Row]:
    """Give the register of priority databases."""
    chance = world.rng("databases")
    for number, (subject, agency) in enumerate(_SUBJECTS, start=1):
        is_shared = number > len(_SUBJECTS) - _SHARED
        yield {
            "ma_csdl": f"CSDL-{number:03}",
            "ten": f"Cơ sở dữ liệu {subject[0].lower()}{subject[1:]}",
            "loai": "dùng chung" if is_shared else "chuyên ngành",
            "co_quan": agency,
            "so_ban_ghi_ke_hoach": chance.randint(2, 900) * 1000,
            "chu_ky_cap_nhat": chance.choice((1, 7, 30, 30, 90)),
            "ngay_phe_duyet": date(2025, 12, 26),
            "noi_qua_lgsp": is_shared or chance.random() < 0.7,
        }


def progress(world: World) -> Iterator[Row]:
    """Give each database in each of twelve months: digitised more and more, never less."""
    chance = world.rng("progress")
    for row in world.rows("csdl-uu-tien"):
        planned, cycle = int(str(row["so_ban_ghi_ke_hoach"])), int(str(row["chu_ky_cap_nhat"]))
        done = share(chance, planned, 0.3, 0.85)
        quality = chance.uniform(80, 96)
        for step, first in enumerate(months(world, 12)):
            done = min(planned, done + share(chance, planned, 0, 0.09))
            quality = min(99.9, quality + chance.uniform(-0.4, 1))
            has_service = bool(row["noi_qua_lgsp"]) and step > 1
            late = cycle * (3 if chance.random() < 0.12 else 1)
            last = month_end(first) - timedelta(days=chance.randint(0, min(late, 25)))
            yield {
                "ma_csdl": row["ma_csdl"],
                "thang": first,
                "so_ban_ghi_ke_hoach": planned,
                "so_ban_ghi_so_hoa": done,
                "ngay_dong_bo": last if step or has_service else None,
                "diem_chat_luong": round(quality, 1),
                "co_dich_vu_chia_se": has_service,
                "luot_khai_thac_30_ngay": chance.randint(0, 4000) if has_service else 0,
                "co_quan_khac_khai_thac": chance.randint(0, 14) if has_service else 0,
            }


def open_data(world: World) -> Iterator[Row]:
    """Give what every agency has to open; one row on purpose holds a personal column."""
    chance = world.rng("open data")
    number = 0
    for office in offices(world):
        for name in _open_names(office):
            number += 1
            planned = work_day(chance, date(2026, 1, 5), date(2026, 12, 20))
            done = planned + timedelta(days=chance.randint(-20, 40))
            opened = done if done <= world.day and chance.random() < 0.85 else None
            updated = None if opened is None else work_day(chance, opened, world.day)
            form = one_of(chance, {"CSV": 6, "JSON": 2, "XLSX": 3, "GeoJSON": 1, "PDF": 1})
            yield {
                "ma_bo": f"DLM-{number:04}",
                "co_quan": office.code,
                "ten": name,
                "ngay_ke_hoach": planned,
                "ngay_cong_bo": opened,
                "ngay_cap_nhat": updated,
                "chu_ky": chance.choice((1, 3, 3, 6)),
                "dinh_dang": None if opened is None else form,
                "co_giay_phep": opened is not None,
                "diem_chat_luong": None if opened is None else round(chance.uniform(85, 100), 1),
                "ty_le_trung": None if opened is None else round(chance.uniform(0, 6), 1),
                "so_cot_ca_nhan": 1 if number == 77 else 0,
            }


def _open_names(office: Office) -> tuple[str, ...]:
    place = office.name.removeprefix("Ủy ban nhân dân ")
    if not office.is_provincial:
        return (f"Thông báo và lịch tiếp công dân, {place}", f"Số liệu kinh tế - xã hội, {place}")
    return (
        f"Danh mục dịch vụ công, {place}",
        f"Số liệu thống kê theo tháng, {place}",
        f"Danh sách đơn vị trực thuộc, {place}",
    )


def dashboards(world: World) -> Iterator[Row]:
    """Give dashboards of provincial agencies in 52 weeks."""
    chance = world.rng("dashboards")
    for office in provincial(world):
        indicators = chance.randint(8, 40)
        habit = chance.uniform(0.3, 1)
        for week in range(52):
            alerts = chance.randint(0, 4)
            yield {
                "co_quan": office.code,
                "tuan_tu_ngay": _FIRST_WEEK + timedelta(days=7 * week),
                "so_chi_so": indicators,
                "so_chi_so_tuoi": share(chance, indicators, 0.75, 1),
                "luot_lanh_dao_mo": chance.randint(1, 12) if chance.random() < habit else 0,
                "so_canh_bao": alerts,
                "so_canh_bao_da_giao_viec": share(chance, alerts, 0.5, 1),
            }


def decisions(world: World) -> Iterator[Row]:
    """Give documents of provincial agencies that cite a dataset of this pack."""
    chance = world.rng("decisions")
    sources = (
        ("Tỷ lệ hồ sơ đúng hạn", "ho-so-thu-tuc"), ("Thu ngân sách lũy kế", "thu-ngan-sach-thang"),
        ("Giải ngân vốn đầu tư công", "du-an-dau-tu-cong"),
        ("Tỷ lệ số hóa cơ sở dữ liệu", "tien-do-csdl-uu-tien"),
        ("Số doanh nghiệp đang hoạt động", "doanh-nghiep-theo-nganh"),
        ("Bụi mịn trung bình ngày", "quan-trac-bui-khong-khi"),
    )  # fmt: skip
    number = 0
    for office in provincial(world):
        for first in months(world, 12):
            for _ in range(chance.choice((0, 1, 1, 2, 3))):
                number += 1
                kind, letters = chance.choice((("QĐ", "QĐ"), ("KH", "KH"), ("TB", "TB")))
                indicator, dataset = chance.choice(sources)
                yield {
                    "ma": f"QD-{number:05}",
                    "co_quan": office.code,
                    "so_ky_hieu": f"{9000 + number}/{letters}-MP",
                    "loai_van_ban": kind,
                    "ngay_ban_hanh": work_day(chance, first, month_end(first)),
                    "chi_so": indicator,
                    "bo_du_lieu": dataset,
                    "tu_du_bao": chance.random() < 0.15,
                }


def criteria(world: World) -> Iterator[Row]:
    """Give criteria of the data centre: each subject checked at several places of it."""
    chance = world.rng("criteria")
    places = ("Phòng máy 1", "Phòng máy 2", "Khu vận hành", "Điểm dự phòng")
    pairs = [(group, f"{text}, {place}") for group, text in _GROUPS for place in places]
    for number, (group, text) in enumerate(pairs, start=1):
        met = chance.random() < 0.86
        checked = work_day(chance, date(2026, 1, 5), world.day) if met else None
        yield {
            "ma_tieu_chi": f"TC-{number:03}",
            "nhom": group,
            "noi_dung": text,
            "tieu_chuan": "TCVN 14423:2026" if group == "an ninh mạng" else "116/2025/QH15",
            "bat_buoc": chance.random() < 0.85,
            "dat": met,
            "bang_chung": f"BC-MP-{number:03}" if met else None,
            "ngay_kiem_tra": checked,
            "het_han": None if checked is None else checked + timedelta(days=365),
            "xac_nhan_doc_lap": met and chance.random() < 0.8,
        }


def operation(world: World) -> Iterator[Row]:
    """Give six months of the systems in the data centre."""
    chance = world.rng("operation")
    for system in world.rows("ho-so-cap-do"):
        for first in months(world, 6):
            days = (month_end(first) - first).days + 1
            minutes = days * 1440
            tested = chance.random() < 0.3
            yield {
                "ma_he_thong": system["ma_he_thong"],
                "thang": first,
                "so_phut": minutes,
                "so_phut_san_sang": minutes - chance.choice((0, 0, 5, 30, 120, 400)),
                "so_lan_sao_luu": days - chance.choice((0, 0, 0, 1, 3)),
                "so_lan_sao_luu_ke_hoach": days,
                "khoi_phuc_thu_dat": tested,
                "rto_phut": chance.randint(15, 240) if tested else None,
            }


def services(world: World) -> Iterator[Row]:
    """Give services of the databases that are connected."""
    chance = world.rng("services")
    number = 0
    for row in world.rows("csdl-uu-tien"):
        if not row["noi_qua_lgsp"]:
            continue
        for kind in chance.sample(("Tra cứu", "Đồng bộ", "Thống kê"), chance.randint(1, 2)):
            number += 1
            ready = work_day(chance, date(2025, 7, 1), date(2025, 12, 20))
            yield {
                "ma_dich_vu": f"DV-{number:03}",
                "ten": f"{kind} {str(row['ten'])[:1].lower()}{str(row['ten'])[1:]}",
                "ma_csdl": row["ma_csdl"],
                "co_quan": row["co_quan"],
                "co_hop_dong_du_lieu": chance.random() < 0.8,
                "co_tai_lieu": chance.random() < 0.9,
                "co_sla": chance.random() < 0.7,
                "ngay_san_sang": ready,
                "ngay_cong_bo": ready + timedelta(days=chance.choice((0, 1, 1, 1, 4))),
                "pham_vi": "ngoài tỉnh" if chance.random() < 0.25 else "trong tỉnh",
            }


def calls(world: World) -> Iterator[Row]:
    """Give calls of each service in twelve months, in totals."""
    chance = world.rng("calls")
    for service in world.rows("dich-vu-lgsp"):
        usual = chance.choice((40, 300, 2500, 20000))
        for first in months(world, 12):
            count = round(usual * chance.uniform(0.5, 1.6))
            yield {
                "ma_dich_vu": service["ma_dich_vu"],
                "thang": first,
                "so_luot": count,
                "so_luot_thanh_cong": share(chance, count, 0.965, 1),
                "so_luot_qua_nen_tang_quoc_gia": share(chance, count, 0, 0.4),
                "do_tre_p95": chance.randint(80, 2400),
                "so_co_quan_goi": chance.randint(1, 18),
            }


def trainings(world: World) -> Iterator[Row]:
    """Give courses of the last twelve months; learners only as numbers."""
    chance = world.rng("trainings")
    subjects = {
        "quản trị dữ liệu": 4, "phân tích dữ liệu": 3, "kết nối, chia sẻ dữ liệu": 2,
        "dữ liệu mở": 2, "an ninh mạng": 4, "bảo vệ dữ liệu cá nhân": 3,
        "kỹ năng số cho người dân": 5,
    }  # fmt: skip
    every = provincial(world)
    for number in range(1, 91):
        subject = one_of(chance, subjects)
        is_public = subject == "kỹ năng số cho người dân"
        begins = work_day(chance, date(2025, 10, 1), date(2026, 9, 15))
        enrolled = chance.randint(200, 1800) if is_public else chance.randint(20, 90)
        finished = share(chance, enrolled, 0.6 if is_public else 0.85, 1)
        before = round(chance.uniform(3.5, 6), 1)
        yield {
            "ma_lop": f"TH-{number:04}",
            "ten": f"Lớp {subject} số {number} (mô phỏng)",
            "chu_de": subject,
            "hinh_thuc": "trực tuyến" if is_public else chance.choice(("trực tiếp", "kết hợp")),
            "co_quan": chance.choice(every).code,
            "ngay_bat_dau": begins,
            "ngay_ket_thuc": begins + timedelta(days=chance.choice((1, 2, 3, 5, 14))),
            "so_dang_ky": enrolled,
            "so_hoan_thanh": finished,
            "so_chung_nhan": share(chance, finished, 0.8, 1),
            "diem_truoc": before,
            "diem_sau": round(before + chance.uniform(0.5, 3), 1),
        }


SAMPLES: Samples = {
    "csdl-uu-tien": databases,
    "tien-do-csdl-uu-tien": progress,
    "ke-hoach-du-lieu-mo": open_data,
    "bang-dieu-hanh-theo-tuan": dashboards,
    "quyet-dinh-dan-du-lieu": decisions,
    "tieu-chi-trung-tam-du-lieu": criteria,
    "van-hanh-trung-tam-du-lieu": operation,
    "dich-vu-lgsp": services,
    "luot-goi-lgsp": calls,
    "lop-tap-huan": trainings,
}
