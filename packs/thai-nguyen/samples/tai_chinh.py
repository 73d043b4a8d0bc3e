"""Simulated rows of finance: revenue and spending, enterprises, public investment.

Codes of enterprises begin with 99, which no tax office issues: their check digit is right, and they
can belong to nobody.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from tinhdata.pack import Row, Samples, World
from tinhdata.vietnam import tax_check_digit

from ._chung import day_between
from ._so_lieu import months, one_of, provincial, share, split

_REVENUE = {
    "Thu từ doanh nghiệp nhà nước": 1_250_000,
    "Thu từ doanh nghiệp có vốn đầu tư nước ngoài": 4_800_000,
    "Thu từ khu vực ngoài quốc doanh": 3_100_000,
    "Thuế thu nhập cá nhân": 1_900_000,
    "Thuế bảo vệ môi trường": 720_000,
    "Lệ phí trước bạ": 560_000,
    "Thu phí, lệ phí": 410_000,
    "Thu tiền sử dụng đất": 6_200_000,
    "Thu tiền cho thuê đất": 480_000,
    "Thu xổ số kiến thiết": 60_000,
    "Thu khác ngân sách": 620_000,
    "Thu từ hoạt động xuất, nhập khẩu": 3_300_000,
}
_SPENDING = {
    "Chi đầu tư phát triển": 9_400_000,
    "Chi giáo dục, đào tạo và dạy nghề": 8_600_000,
    "Chi khoa học, công nghệ, đổi mới sáng tạo và chuyển đổi số": 780_000,
    "Chi y tế, dân số và gia đình": 2_150_000,
    "Chi văn hóa, thể thao, phát thanh, truyền hình": 620_000,
    "Chi bảo vệ môi trường": 540_000,
    "Chi hoạt động kinh tế": 2_300_000,
    "Chi quản lý nhà nước, Đảng, đoàn thể": 4_700_000,
    "Chi bảo đảm xã hội": 1_850_000,
    "Chi quốc phòng, an ninh": 980_000,
    "Chi khác": 260_000,
}
_SECTIONS = {"A": 5, "B": 2, "C": 22, "F": 20, "G": 34, "H": 7, "I": 5, "K": 3, "M": 4, "N": 8}
_MANUFACTURING = ("10", "14", "16", "23", "24", "25", "26", "28", "31")
_FIELDS = (
    "giao thông", "giáo dục", "y tế", "nông nghiệp, thủy lợi", "chuyển đổi số",
    "văn hóa, du lịch", "môi trường", "quản lý nhà nước",
)  # fmt: skip
_ENTERPRISES = 1500


def _budget(world: World, name: str, estimates: dict[str, int]) -> Iterator[Row]:
    chance = world.rng(name)
    for item, estimate in estimates.items():
        total = 0
        for first in months(world, 12):
            # An end of year brings more, and the year's total begins again in January.
            factor = 1.6 if first.month == 12 else 0.9
            done = round(estimate / 12 * factor * chance.uniform(0.7, 1.25))
            total = done if first.month == 1 else total + done
            planned = estimate if first.year == world.day.year else round(estimate * 0.92)
            # The first months of the samples stand in the year before: what came earlier is added.
            earlier = round(estimate * 0.92 * 0.72) if first.year < world.day.year else 0
            yield {
                "thang": first,
                "khoan": item,
                "du_toan_nam": planned,
                "thuc_hien_thang": done,
                "luy_ke": total + earlier,
            }


def revenue(world: World) -> Iterator[Row]:
    """Give twelve months of revenue by item; the total grows by the month, from January on."""
    yield from _budget(world, "revenue", _REVENUE)


def spending(world: World) -> Iterator[Row]:
    """Give twelve months of spending by item; the total grows by the month, from January on."""
    yield from _budget(world, "spending", _SPENDING)


def _divisions(world: World) -> dict[str, list[str]]:
    """Give the divisions of each section, from the list of the pack."""
    found: dict[str, list[str]] = {}
    for row in world.rows("danh-muc-nganh-kinh-te"):
        if row["cap"] == 2:
            found.setdefault(str(row["ma_cap_tren"]), []).append(str(row["ma"]))
    return found


def enterprises(world: World) -> Iterator[Row]:
    """Give a register of made-up enterprises, two of them with a wrong code on purpose."""
    chance = world.rng("enterprises")
    divisions = _divisions(world)
    communes = list(world.communes)
    weights = [8 if commune.is_ward else 2 for commune in communes]
    firsts = (f"99{middle:07}" for middle in chance.sample(range(10_000_000), 2 * _ENTERPRISES))
    # Of eleven numbers one has no check digit and belongs to no code.
    usable = [(nine, digit) for nine in firsts if (digit := tax_check_digit(nine)) is not None]
    for number, (nine, digit) in enumerate(usable[:_ENTERPRISES], start=1):
        if number in (400, 900):
            digit = (digit + 1) % 10
        section = one_of(chance, _SECTIONS)
        choices = list(_MANUFACTURING) if section == "C" else divisions[section]
        is_foreign = section == "C" and chance.random() < 0.08
        staff = chance.randint(200, 9000) if is_foreign else chance.choice((2, 4, 6, 9, 15, 30, 80))
        kind = one_of(chance, {"TNHH1": 45, "TNHH2": 25, "CP": 24, "DNTN": 6})
        registered = day_between(date(2005, 1, 1), date(2026, 9, 20), chance)
        yield {
            "ma_so": f"{nine}{digit}",
            "ten": f"Doanh nghiệp mô phỏng số {number}",
            "loai_hinh": kind,
            "ma_nganh": chance.choice(choices),
            "ma_xa": chance.choices(communes, weights)[0].code,
            "ngay_dang_ky": registered,
            "tinh_trang": one_of(chance, {"đang hoạt động": 80, "tạm ngừng": 12, "đã giải thể": 8}),
            "von_dieu_le": staff * chance.randint(60, 400),
            "so_lao_dong": staff,
            "co_von_nuoc_ngoai": is_foreign,
            "dung_api": chance.random() < 0.04,
        }


def by_section(world: World) -> Iterator[Row]:
    """Give what the register adds up to, by section and commune."""
    section_of = {code: letter for letter, codes in _divisions(world).items() for code in codes}
    totals: dict[tuple[str, str], list[int]] = {}
    for row in world.rows("doanh-nghiep"):
        code = str(row["ma_so"])
        is_right = str(tax_check_digit(code[:9])) == code[9]
        if row["tinh_trang"] != "đang hoạt động" or not is_right:
            continue
        key = (str(row["ma_xa"]), section_of[str(row["ma_nganh"])])
        total = totals.setdefault(key, [0, 0, 0])
        total[0] += 1
        total[1] += int(str(row["so_lao_dong"]))
        total[2] += int(str(row["von_dieu_le"]))
    for (commune, section), (count, staff, capital) in sorted(totals.items()):
        yield {
            "ma_xa": commune,
            "ma_nganh": section,
            "ngay_thong_ke": world.day,
            "so_doanh_nghiep": count,
            "so_lao_dong": staff,
            "von_dieu_le": capital,
        }


def projects(world: World) -> Iterator[Row]:
    """Give public investment projects; what was paid never goes past what was planned."""
    chance = world.rng("projects")
    every = provincial(world)
    budgets = split(chance, 9_000_000, [chance.uniform(1, 20) for _ in range(140)])
    for number, planned in enumerate(budgets, start=1):
        begins = day_between(date(2022, 3, 1), date(2026, 6, 30), chance)
        cost = round(planned * chance.uniform(1.6, 5))
        paid = share(chance, planned, 0.2, 0.95)
        earlier = share(chance, cost - planned, 0, 0.9) if begins.year < world.day.year else 0
        field = chance.choice(_FIELDS)
        yield {
            "ma_du_an": f"DA-{number:04}",
            "ten": f"Dự án mô phỏng số {number} về {field}",
            "co_quan": chance.choice(every).code,
            "ma_xa": chance.choice(world.communes).code if chance.random() < 0.85 else None,
            "linh_vuc": field,
            "nhom": one_of(chance, {"C": 80, "B": 17, "A": 3}),
            "tong_muc_dau_tu": cost,
            "ke_hoach_von_nam": planned,
            "giai_ngan_nam": paid,
            "giai_ngan_luy_ke": paid + earlier,
            "khoi_cong": begins,
            "hoan_thanh_ke_hoach": begins + timedelta(days=chance.randint(300, 1500)),
            "phuc_vu_chien_luoc_du_lieu": field == "chuyển đổi số",
        }


SAMPLES: Samples = {
    "thu-ngan-sach-thang": revenue,
    "chi-ngan-sach-thang": spending,
    "doanh-nghiep": enterprises,
    "doanh-nghiep-theo-nganh": by_section,
    "du-an-dau-tu-cong": projects,
}
