"""Simulated totals of work and appraisal by agency. No person is in them."""

from collections.abc import Iterator

from tinhdata.pack import Row, Samples, World

from ._so_lieu import month_end, months, offices, share, split


def work(world: World) -> Iterator[Row]:
    """Give work items of each agency in twelve months, more and more of them in digital form."""
    chance = world.rng("work")
    for office in offices(world):
        is_automatic = office.is_provincial or chance.random() < 0.7
        usual = chance.randint(280, 900) if office.is_provincial else chance.randint(60, 220)
        for step, first in enumerate(months(world, 12)):
            items = round(usual * chance.uniform(0.8, 1.2))
            received = month_end(first)
            yield {
                "co_quan": office.code,
                "thang": first,
                "so_ho_so_cong_viec": items,
                "so_tren_moi_truong_so": share(chance, items, 0.55 + step * 0.015, 0.9),
                "so_dung_han": share(chance, items, 0.85, 1),
                "co_luong_tu_dong": is_automatic,
                "ngay_nhan_gan_nhat": received if is_automatic else None,
            }


def appraisals(world: World) -> Iterator[Row]:
    """Give appraisals of the last four quarters; the grades add up."""
    chance = world.rng("appraisals")
    for office in offices(world):
        staff = chance.randint(40, 160) if office.is_provincial else chance.randint(28, 60)
        for step, first in enumerate(months(world, 12)[::3]):
            grades = split(chance, staff, (18, 62, 18, 2))
            yield {
                "co_quan": office.code,
                "quy_tu_ngay": first,
                "so_phieu": staff,
                "so_phieu_tu_du_lieu": share(chance, staff, 0.35 + step * 0.08, 0.6 + step * 0.1),
                "xuat_sac": grades[0],
                "tot": grades[1],
                "hoan_thanh": grades[2],
                "khong_hoan_thanh": grades[3],
            }


SAMPLES: Samples = {"cong-viec-theo-thang": work, "danh-gia-theo-quy": appraisals}
