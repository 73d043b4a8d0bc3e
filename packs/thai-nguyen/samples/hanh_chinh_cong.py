"""Simulated rows of public administration: procedures, dossiers, results and their reuse."""

import random
from collections.abc import Iterator
from datetime import date, timedelta

from tinhdata.pack import Row, Samples, World
from tinhdata.vietnam import AgencyCode, CodeForm

from ._so_lieu import Office, month_end, months, offices, one_of, share, work_day

_DOSSIERS = 6000
_FIELDS = {"Hộ tịch": "btp-ho-tich", "Chứng thực": "btp-chung-thuc"}
_OLD_CODES_UNTIL = date(2025, 12, 31)
_PAPERS = (
    "Tờ khai theo mẫu", "Giấy tờ tùy thân", "Giấy chứng sinh", "Giấy xác nhận cư trú",
    "Giấy chứng nhận kết hôn", "Văn bản cần chứng thực", "Giấy ủy quyền",
)  # fmt: skip
_FROM_DATA = frozenset(("Giấy tờ tùy thân", "Giấy xác nhận cư trú", "Giấy chứng nhận kết hôn"))
_FEATURES = (
    "kiểm tra thành phần hồ sơ", "tự điền biểu mẫu", "phân loại hồ sơ", "tra cứu có trích nguồn",
    "dự báo trễ hạn",
)  # fmt: skip


def procedures(world: World) -> Iterator[Row]:
    """Give the published codes, with a made-up level, online state and size of dossier."""
    chance = world.rng("procedures")
    for row in world.rows("danh-muc-ma-thu-tuc"):
        name = str(row["ten"])
        is_provincial = "công chứng" in name or "nước ngoài" in name
        online = one_of(chance, {"toàn trình": 5, "một phần": 3, "chưa cung cấp": 2})
        if "lưu động" in name:
            online = "chưa cung cấp"
        yield {
            "ma_thu_tuc": row["ma_thu_tuc"],
            "ten": name,
            "linh_vuc": _FIELDS[str(row["linh_vuc"])],
            "cap": "tỉnh" if is_provincial else "xã",
            "co_quan": "H55.04",
            "du_dieu_kien_truc_tuyen": online != "chưa cung cấp" or chance.random() < 0.2,
            "muc_truc_tuyen": online,
            "so_thanh_phan": chance.randint(1, 4),
            "thoi_han": chance.choice((0, 1, 2, 3, 5, 7, 10, 15)),
            "le_phi": chance.choice((0, 0, 0, 8000, 10000, 15000, 30000, 75000)),
        }


def _dossier_code(office: Office, received: date, number: int) -> str:
    """Give the code: agencies of the province kept the old form until the end of 2025."""
    code = AgencyCode(tuple(office.code.split(".")), CodeForm.NEW)
    old = code.in_old_form() if office.is_provincial and received <= _OLD_CODES_UNTIL else None
    return f"{old or code}-{received:%y%m%d}-{number:04}"


def dossiers(world: World) -> Iterator[Row]:
    """Give about six thousand dossiers of twelve months; a few rows break a rule on purpose."""
    chance = world.rng("dossiers")
    known = world.rows("thu-tuc-cua-tinh")
    local = [row for row in known if row["cap"] == "xã"]
    upper = [row for row in known if row["cap"] == "tỉnh"]
    every = offices(world)
    communes = [office for office in every if office.commune is not None]
    weights = [5 if office.name.startswith("Ủy ban nhân dân phường") else 2 for office in communes]
    justice = [office for office in every if office.code in ("H55.02", "H55.04")]
    numbers: dict[tuple[str, date], int] = {}
    for first in months(world, 12):
        # People come less in the month of Tết.
        for at in range(_DOSSIERS // 12 - (120 if first.month == 2 else 0)):
            is_local = chance.random() < 0.85
            office = chance.choices(communes, weights)[0] if is_local else chance.choice(justice)
            procedure = chance.choice(local if is_local else upper)
            received = work_day(chance, first, month_end(first))
            key = (office.code, received)
            numbers[key] = numbers.get(key, 0) + 1
            code = _dossier_code(office, received, numbers[key])
            row = _dossier(world, chance, procedure, received)
            wrong = first == date(2026, 3, 1) and at in (11, 12)
            if wrong:
                row["ngay_hen_tra"] = received - timedelta(days=10)
            yield {
                "ma_ho_so": code,
                "ma_thu_tuc": procedure["ma_thu_tuc"],
                "co_quan_tiep_nhan": office.code,
                "ma_xa": office.commune,
                **row,
            }


def _dossier(
    world: World, chance: random.Random, procedure: Row, received: date
) -> dict[str, object]:
    limit, parts = procedure["thoi_han"], procedure["so_thanh_phan"]
    assert isinstance(limit, int) and isinstance(parts, int)  # noqa: S101, PT018 - our own rows
    due = received + timedelta(days=limit + limit // 5 * 2)
    took = max(0, round(chance.gauss(limit * 0.8, 1 + limit * 0.25)))
    returned: date | None = received + timedelta(days=took)
    state = "từ chối, có lý do" if chance.random() < 0.02 else "đã trả kết quả"
    if returned is not None and returned > world.day:
        returned, state = None, "đang giải quyết"
    digitised = parts if chance.random() < 0.88 else share(chance, parts, 0, 0.9)
    signed = digitised if chance.random() < 0.8 else share(chance, digitised, 0, 0.9)
    is_done = state == "đã trả kết quả"
    has_result = is_done and chance.random() < 0.92
    ways = {"trực tiếp": 30, "trực tuyến một phần": 15, "bưu chính công ích": 3}
    if procedure["muc_truc_tuyen"] == "toàn trình":
        ways["trực tuyến toàn trình"] = 60
    return {
        "doi_tuong": "cá nhân" if chance.random() < 0.9 else "tổ chức",
        "kenh": one_of(chance, ways),
        "ngay_tiep_nhan": received,
        "ngay_hen_tra": due,
        "ngay_tra": returned,
        "trang_thai": state,
        "so_thanh_phan": parts,
        "so_thanh_phan_so_hoa": digitised,
        "so_thanh_phan_ky_so": signed,
        "so_thanh_phan_co_cau_truc": share(chance, digitised, 0.2, 0.7),
        "ket_qua_dien_tu": has_result,
        "ket_qua_ky_so": has_result and chance.random() < 0.96,
    }


def _right(row: Row) -> bool:
    """Say whether the dossier passes its rules, so that others may refer to it."""
    due, received = row["ngay_hen_tra"], row["ngay_tiep_nhan"]
    return isinstance(due, date) and isinstance(received, date) and due >= received


def parts(world: World) -> Iterator[Row]:
    """Give the parts of the dossiers of the last three months, as many as each dossier says."""
    chance = world.rng("parts")
    since = months(world, 3)[0]
    for row in world.rows("ho-so-thu-tuc"):
        received = row["ngay_tiep_nhan"]
        if not isinstance(received, date) or received < since or not _right(row):
            continue
        count, digitised = int(str(row["so_thanh_phan"])), int(str(row["so_thanh_phan_so_hoa"]))
        signed = int(str(row["so_thanh_phan_ky_so"]))
        structured = int(str(row["so_thanh_phan_co_cau_truc"]))
        for order, paper in enumerate(chance.sample(_PAPERS, count), start=1):
            can_be = paper in _FROM_DATA
            yield {
                "ma_ho_so": row["ma_ho_so"],
                "thu_tu": order,
                "loai_giay_to": paper,
                "da_so_hoa": order <= digitised,
                "ky_so": order <= signed,
                "co_cau_truc": order <= structured,
                "co_the_thay_bang_du_lieu": can_be,
                "da_thay_bang_du_lieu": can_be and chance.random() < 0.6,
            }


def results(world: World) -> Iterator[Row]:
    """Give one result for each dossier that was returned with an electronic one."""
    chance = world.rng("results")
    number = 0
    for row in world.rows("ho-so-thu-tuc"):
        if not row["ket_qua_dien_tu"] or not _right(row):
            continue
        number += 1
        yield {
            "ma_ket_qua": f"KQ-{number:08}",
            "ma_ho_so": row["ma_ho_so"],
            "ngay_cap": row["ngay_tra"],
            "loai_ket_qua": chance.choice(
                ("Giấy khai sinh", "Trích lục hộ tịch", "Bản sao chứng thực", "Giấy xác nhận")
            ),
            "ky_so": row["ket_qua_ky_so"],
            "luu_tai_kho": bool(row["ket_qua_ky_so"]) and chance.random() < 0.9,
            "thuoc_csdl_dac_thu": chance.random() < 0.06,
        }


def reuses(world: World) -> Iterator[Row]:
    """Give uses of kept results after their day of issue, a little below the target of 80%."""
    chance = world.rng("reuses")
    by_day: dict[date, list[object]] = {}
    for row in world.rows("ho-so-thu-tuc"):
        day = row["ngay_tiep_nhan"]
        if isinstance(day, date) and _right(row):
            by_day.setdefault(day, []).append(row["ma_ho_so"])
    every = offices(world)
    number = 0
    for result in world.rows("ket-qua-thu-tuc"):
        issued = result["ngay_cap"]
        if not isinstance(issued, date) or not result["luu_tai_kho"] or chance.random() > 0.78:
            continue
        for _ in range(chance.choice((1, 1, 1, 2))):
            day = work_day(chance, issued, world.day)
            way = one_of(
                chance,
                {"tự điền": 4, "thay thành phần hồ sơ": 3, "chia sẻ cho cơ quan khác": 3},
            )
            own = by_day.get(day, [])
            inside = way != "chia sẻ cho cơ quan khác" and bool(own)
            number += 1
            yield {
                "ma_su_kien": f"SD-{number:08}",
                "ma_ket_qua": result["ma_ket_qua"],
                "ngay_dung": day,
                "co_quan_dung": chance.choice(every).code,
                "hinh_thuc": way if inside else "chia sẻ cho cơ quan khác",
                "ma_ho_so_dung": chance.choice(own) if inside else None,
                "can_cu": "118/2025/NĐ-CP" if inside else "278/2025/NĐ-CP",
            }


def features(world: World) -> Iterator[Row]:
    """Give features of artificial intelligence for procedures that are fit to be online."""
    chance = world.rng("features")
    for row in world.rows("thu-tuc-cua-tinh"):
        if not row["du_dieu_kien_truc_tuyen"]:
            continue
        for feature in chance.sample(_FEATURES, chance.randint(0, 3)):
            is_on = chance.random() < 0.7
            yield {
                "ma_thu_tuc": row["ma_thu_tuc"],
                "tinh_nang": feature,
                "dang_bat": is_on,
                "ngay_bat": work_day(chance, date(2026, 1, 5), world.day) if is_on else None,
                "luot_chay_30_ngay": chance.randint(0, 60) if is_on else 0,
                "do_chinh_xac": round(chance.uniform(82, 98), 1) if is_on else None,
                "nguong_cong_bo": 90.0,
                "nguoi_quyet_dinh": True,
                "muc_rui_ro": "trung bình" if feature == "phân loại hồ sơ" else "thấp",
            }


SAMPLES: Samples = {
    "thu-tuc-cua-tinh": procedures,
    "ho-so-thu-tuc": dossiers,
    "thanh-phan-ho-so": parts,
    "ket-qua-thu-tuc": results,
    "tai-su-dung-ket-qua": reuses,
    "tinh-nang-ai-thu-tuc": features,
}
