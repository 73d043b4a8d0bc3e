"""Industry, culture, labour, education and health: rows that agree, and targets that they give."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tinhdata.pack import Row, World, load_pack
from tinhdata.vietnam import (
    Unreadable,
    parse_occupation_code,
    parse_social_insurance_number,
    parse_tax_code,
    parse_vsic_code,
)

PACK = Path(__file__).parents[2] / "packs" / "thai-nguyen"
SECTORS = ("cong-thuong", "van-hoa-du-lich", "lao-dong", "giao-duc", "y-te")


@pytest.fixture(scope="module")
def world() -> World:
    return World(load_pack(PACK, None))


def number(value: object) -> float:
    return float(str(value or 0))


def day(value: object) -> date:
    assert isinstance(value, date), value
    return value


def total(rows: Iterable[Row], column: str) -> float:
    return sum(number(row[column]) for row in rows)


def ratio(rows: Iterable[Row], holds: Callable[[Row], object]) -> float:
    found = [bool(holds(row)) for row in rows]
    assert found
    return sum(found) / len(found)


def by(rows: Iterable[Row], column: str) -> Mapping[object, list[Row]]:
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def last(rows: Iterable[Row], column: str) -> list[Row]:
    """Give the rows of the latest month, week or quarter."""
    listed = list(rows)
    latest = max(day(row[column]) for row in listed)
    return [row for row in listed if row[column] == latest]


def datasets() -> dict[str, list[str]]:
    pack = load_pack(PACK, None)
    return {
        sector: [d.contract.id for d in pack.datasets if d.contract.sector == sector]
        for sector in SECTORS
    }


# Rows that must agree with each other


def test_the_five_sectors_are_there_and_their_samples_stay_small(world: World) -> None:
    found = datasets()
    assert all(len(ids) >= 6 for ids in found.values())
    assert sum(map(len, found.values())) >= 22
    assert sum(len(world.rows(name)) for ids in found.values() for name in ids) <= 40_000


@pytest.mark.parametrize("sector", SECTORS)
def test_every_code_of_a_sample_is_one_of_its_kind_and_every_commune_is_there(
    world: World, sector: str
) -> None:
    communes = {commune.code for commune in world.communes}
    seen: set[object] = set()
    for name in datasets()[sector]:
        for column in world.contract(name).columns:
            values = {row[column.name] for row in world.rows(name)} - {None}
            match column.semantic_type:
                case "commune-code":
                    assert values <= communes, name
                    seen |= values
                case "tax-code":
                    codes = [parse_tax_code(str(value), world.day) for value in values]
                    assert not any(isinstance(code, Unreadable) for code in codes), name
                case "vsic-code":
                    assert not any(
                        isinstance(parse_vsic_code(str(value)), Unreadable) for value in values
                    )
                case "occupation-code":
                    assert not any(
                        isinstance(parse_occupation_code(str(value)), Unreadable)
                        for value in values
                    )
                case _:
                    pass
    assert len(seen) > 50


def test_what_lies_on_the_map_lies_in_the_province(world: World) -> None:
    for names in datasets().values():
        for name in names:
            if "vi_do" in world.contract(name).column_names:
                for row in world.rows(name):
                    assert 21.2 < number(row["vi_do"]) < 22.8, name
                    assert 105.3 < number(row["kinh_do"]) < 106.4, name


def test_the_power_sold_is_what_the_communes_use_and_supply_meets_it(world: World) -> None:
    used = by(world.rows("dien-tieu-thu-theo-xa"), "thang")
    groups = ("cong_nghiep", "thuong_mai", "nong_nghiep", "sinh_hoat", "khac")
    for row in world.rows("can-doi-dien-theo-thang"):
        sold = sum(total(used[row["thang"]], group) for group in groups)
        assert number(row["thuong_pham"]) == pytest.approx(sold, abs=0.1)
        supply = number(row["san_xuat"]) + number(row["nhan_tu_luoi"]) - number(row["ton_that"])
        assert supply == pytest.approx(sold, abs=0.5)
        assert number(row["nhan_tu_luoi"]) > 0
    made = total(world.rows("can-doi-dien-theo-thang"), "san_xuat")
    assert made == pytest.approx(total(world.rows("nha-may-dien"), "san_luong_nam"), rel=0.001)


def test_every_node_of_the_power_network_is_reached_from_every_other(world: World) -> None:
    joined: dict[object, set[object]] = defaultdict(set)
    for line in world.rows("duong-day-dien"):
        joined[line["nut_dau"]].add(line["nut_cuoi"])
        joined[line["nut_cuoi"]].add(line["nut_dau"])
    nodes = {row["ma_nut"] for row in world.rows("nut-luoi-dien")}
    reached, ahead = set[object](), [min(map(str, nodes))]
    while ahead:
        node = ahead.pop()
        if node not in reached:
            reached.add(node)
            ahead += map(str, joined[node])
    assert reached == nodes


def test_each_chain_leads_from_raw_material_to_a_place_of_sale(world: World) -> None:
    nodes = {row["ma_nut"]: row for row in world.rows("nut-chuoi-cung-ung")}
    after: dict[object, set[object]] = defaultdict(set)
    for flow in world.rows("canh-chuoi-cung-ung"):
        first, second = nodes[flow["nut_dau"]], nodes[flow["nut_cuoi"]]
        assert first["chuoi"] == second["chuoi"]
        after[flow["nut_dau"]].add(flow["nut_cuoi"])
    for code, node in nodes.items():
        if node["vai_tro"] == "Cung cấp nguyên liệu":
            stage = {code}
            for _ in range(3):
                stage = {later for here in stage for later in after[here]}
            assert {nodes[here]["vai_tro"] for here in stage} == {"Phân phối, bán ra"}


def test_the_stock_of_a_product_goes_on_from_month_to_month(world: World) -> None:
    for rows in by(world.rows("san-luong-cong-nghiep-theo-thang"), "ma_san_pham").values():
        ordered = sorted(rows, key=lambda row: day(row["thang"]))
        for before, after in pairwise(ordered):
            assert after["ton_dau"] == before["ton_cuoi"]
    value = total(world.rows("san-luong-cong-nghiep-theo-thang"), "gia_tri")
    electronics = [
        row
        for row in world.rows("san-luong-cong-nghiep-theo-thang")
        if row["ma_san_pham"] in {"SP15", "SP16", "SP17", "SP18"}
    ]
    assert total(electronics, "gia_tri") > value / 2


def test_surveys_name_no_group_so_small_that_people_are_recognised(world: World) -> None:
    assert min(number(r["so_nguoi_tra_loi"]) for r in world.rows("khao-sat-tieu-dung")) >= 30
    assert min(number(r["so_nhan_hang"]) for r in world.rows("nhu-cau-quang-cao")) >= 5
    keys = ("quy_tu_ngay", "nhom_hang", "nhom_tuoi", "khu_vuc")
    shares: dict[tuple[object, ...], float] = defaultdict(float)
    for row in world.rows("khao-sat-tieu-dung"):
        shares[tuple(row[key] for key in keys)] += number(row["ty_le_chon"])
    assert all(share == pytest.approx(100) for share in shares.values())


def test_the_visits_of_the_province_are_those_of_its_places(world: World) -> None:
    visits = by(world.rows("khach-theo-diem-du-lich"), "thang")
    for row in world.rows("du-lich-theo-thang"):
        for column in ("tong_luot", "khach_quoc_te"):
            assert number(row[column]) == total(visits[row["thang"]], column)


def test_real_names_are_told_from_made_up_ones(world: World) -> None:
    for name in ("di-san-di-tich", "dia-diem-du-lich"):
        for row in world.rows(name):
            assert row["ten_that"] != ("mô phỏng" in str(row["ten"]))
            assert (row["do_chinh_xac"] == "mô phỏng") != row["ten_that"]


def test_people_of_the_samples_exist_nowhere_and_strangers_see_none_of_them(world: World) -> None:
    workers = world.rows("nguoi-lao-dong")
    assert len({row["ma_so_bhxh"] for row in workers}) == len(workers) == 800
    for row in workers:
        code = str(row["ma_so_bhxh"])
        assert not isinstance(parse_social_insurance_number(code), Unreadable)
        assert code.startswith("00")
    for name in ("nguoi-lao-dong", "so-lao-dong-dien-tu", "su-kien-that-nghiep"):
        contract = world.contract(name)
        assert contract.access_level.value == "private"
        assert all(c.mask for c in contract.columns if c.personal)
        assert any(c.personal for c in contract.columns)


def test_work_and_training_of_a_book_fit_the_worker(world: World) -> None:
    workers = {row["ma_lao_dong"]: row for row in world.rows("nguoi-lao-dong")}
    entries = world.rows("so-lao-dong-dien-tu")
    wrong = [r for r in entries if r["den_ngay"] and day(r["den_ngay"]) < day(r["tu_ngay"])]
    assert len(wrong) == 2
    for row in entries:
        worker = workers[row["ma_lao_dong"]]
        assert row["ma_nghe"] == worker["ma_nghe"]
        assert day(row["tu_ngay"]) <= world.day
        if row["loai"] == "Làm việc":
            assert day(row["tu_ngay"]) >= day(worker["ngay_bat_dau_dong"])


def test_a_suggested_job_is_one_of_the_occupation_and_asks_for_its_skills(world: World) -> None:
    workers = {row["ma_lao_dong"]: row for row in world.rows("nguoi-lao-dong")}
    vacancies = {row["ma_viec"]: row for row in world.rows("viec-lam-trong")}
    asked = by(world.rows("ky-nang-yeu-cau"), "ma_viec")
    assert set(asked) == set(vacancies)
    suggested = [r for r in world.rows("su-kien-that-nghiep") if r["ma_viec_phu_hop"]]
    assert suggested
    for row in suggested:
        job = vacancies[row["ma_viec_phu_hop"]]["ma_nghe"]
        assert job == workers[row["ma_lao_dong"]]["ma_nghe"]


def test_a_programme_counts_its_courses_and_a_school_its_people(world: World) -> None:
    courses = by(world.rows("hoc-phan-dai-hoc"), "ma_chuong_trinh")
    for row in world.rows("nganh-dao-tao-dai-hoc"):
        must = [course for course in courses[row["ma_chuong_trinh"]] if course["bat_buoc"]]
        assert row["so_hoc_phan_bat_buoc"] == len(must)
        assert row["so_hoc_phan_co_hoc_lieu"] == sum(bool(c["co_hoc_lieu_so"]) for c in must)
    schools = {row["ma_truong"]: row for row in world.rows("co-so-giao-duc")}
    for row in world.rows("su-dung-hoc-lieu-theo-truong"):
        for column in ("so_nguoi_hoc", "so_nha_giao"):
            assert row[column] == schools[row["ma_truong"]][column]


def test_an_item_is_of_the_grade_and_subject_of_the_lesson_it_covers(world: World) -> None:
    lessons = {row["ma_yeu_cau"]: row for row in world.rows("yeu-cau-chuong-trinh")}
    items = {row["ma_hoc_lieu"]: row for row in world.rows("hoc-lieu-so")}
    assert {row["lop"] for row in lessons.values()} == set(range(1, 13))
    for row in world.rows("phu-chuong-trinh"):
        lesson, item = lessons[row["ma_yeu_cau"]], items[row["ma_hoc_lieu"]]
        assert (lesson["lop"], lesson["mon"]) == (item["lop"], item["mon"])


def test_every_commune_has_a_health_station_that_reports_each_month(world: World) -> None:
    stations = [row for row in world.rows("co-so-y-te") if row["loai"] == "Trạm y tế"]
    assert {row["ma_xa"] for row in stations} == {commune.code for commune in world.communes}
    reports = by(world.rows("hoat-dong-co-so-y-te-theo-thang"), "ma_co_so")
    assert {len(reports[row["ma_co_so"]]) for row in world.rows("co-so-y-te")} == {8}


def test_no_small_cell_of_a_disease_is_shown_or_can_be_reckoned_from_the_total(
    world: World,
) -> None:
    cells: dict[tuple[object, object], list[Row]] = defaultdict(list)
    for row in world.rows("benh-truyen-nhiem-theo-tuan"):
        shown = row["so_ca"]
        assert shown is None or shown == 0 or number(shown) >= 5
        assert row["bi_che"] == (shown is None)
        cells[row["tuan_tu_ngay"], row["benh"]].append(row)
    hidden_somewhere = 0
    for whole in world.rows("benh-truyen-nhiem-toan-tinh"):
        rows = cells[whole["tuan_tu_ngay"], whole["benh"]]
        hidden = sum(bool(row["bi_che"]) for row in rows)
        left = number(whole["so_ca"]) - total(rows, "so_ca")
        if whole["so_ca"] is None or hidden == 0:
            assert whole["so_ca"] is None or left == 0
            continue
        hidden_somewhere += 1
        # Not one cell, never fewer than five cases together, and not the most that they can hold.
        assert hidden >= 2
        assert 5 <= left < 4 * hidden
    assert hidden_somewhere > 20


def test_children_immunised_are_counted_on_from_quarter_to_quarter(world: World) -> None:
    quarters = by(world.rows("tiem-chung-theo-xa"), "ngay_thong_ke")
    sums = [total(quarters[key], "trong_dien") for key in sorted(quarters, key=str)]
    assert sums == sorted(sums)


# Targets


def fresh(row: Row, world: World) -> bool:
    updated = row["ngay_cap_nhat"]
    return updated is not None and (
        world.day - day(updated) <= timedelta(days=number(row["chu_ky_cap_nhat"]))
    )


def good(row: Row) -> bool:
    return row["diem_chat_luong"] is not None and number(row["diem_chat_luong"]) >= 95


def covered(row: Row) -> bool:
    return number(row["so_doi_tuong_co_du_lieu"]) >= 0.95 * number(row["so_doi_tuong"])


def target_3_2(world: World) -> float:
    rows = world.rows("bo-du-lieu-cong-thuong")
    assert len({row["nhom"] for row in rows}) == 4
    return ratio(
        rows,
        lambda r: fresh(r, world) and good(r) and covered(r) and number(r["luot_dung_90_ngay"]) > 0,
    )


def target_3_3a(world: World) -> float:
    digital = {row["ma_di_san"]: row for row in world.rows("so-hoa-di-san")}

    def is_done(row: Row) -> bool:
        copy = digital[row["ma_di_san"]]
        return (
            copy["so_truong_da_co"] == copy["so_truong_bat_buoc"]
            and number(copy["so_ban_goc_dat"]) >= 1
            and copy["ma_bam_luu_tru"] is not None
            and copy["ngay_kiem_ma_bam"] is not None
            and copy["ma_tra_loi"] == 200
        )

    items = [r for r in world.rows("di-san-di-tich") if r["xep_hang"] != "Cấp tỉnh"]
    assert len(items) > 30
    return ratio(items, is_done)


def target_3_3b(world: World) -> float:
    return ratio(
        world.rows("dia-diem-du-lich"),
        lambda r: (
            r["mo_ta"]
            and r["mo_ta_tieng_anh"]
            and number(r["so_anh"]) > 0
            and r["da_luu_tru"]
            and r["trong_du_lieu_mo"]
            and r["tren_nen_tang"]
        ),
    )


def target_3_4a(world: World) -> float:
    rows = last(world.rows("tham-gia-bao-hiem-theo-xa"), "thang")
    assert len(rows) == len(world.communes)
    return total(rows, "ban_ghi_dat") / total(rows, "tong_bhxh")


def target_3_4b(world: World) -> float:
    entries = by(world.rows("so-lao-dong-dien-tu"), "ma_lao_dong")
    learning = {"Đào tạo tại trường", "Đào tạo tại nơi làm việc", "Học tập suốt đời"}

    def has_book(row: Row) -> bool:
        own = entries[row["ma_lao_dong"]]
        works = any(e["loai"] == "Làm việc" and e["nguon"] == "Bảo hiểm xã hội" for e in own)
        learnt = any(e["loai"] in learning and e["da_xac_minh"] for e in own)
        nothing = bool(row["xac_nhan_khong_hoc_them"])
        return works and (learnt or nothing) and bool(row["xem_duoc_so"])

    return ratio([r for r in world.rows("nguoi-lao-dong") if r["dang_dong"]], has_book)


def target_3_5_open_data(world: World) -> float:
    return ratio(
        world.rows("bo-du-lieu-mo-lao-dong"),
        lambda r: r["ngay_cong_bo"] is not None and fresh(r, world) and good(r),
    )


def target_3_5_suggestions(world: World) -> float:
    return ratio(
        world.rows("su-kien-that-nghiep"),
        lambda r: (
            r["ngay_goi_y"] is not None
            and day(r["ngay_goi_y"]) - day(r["ngay_ghi_nhan"]) <= timedelta(days=3)
        ),
    )


def target_3_6a(world: World) -> float:
    rows = last(world.rows("su-dung-hoc-lieu-theo-truong"), "thang")
    served = total(rows, "nguoi_hoc_duoc_ho_tro") + total(rows, "nha_giao_duoc_ho_tro")
    return served / (total(rows, "so_nguoi_hoc") + total(rows, "so_nha_giao"))


def target_3_6b(world: World) -> float:
    reviewed = {r["ma_hoc_lieu"] for r in world.rows("hoc-lieu-so") if r["ngay_tham_dinh"]}
    met = {
        row["ma_yeu_cau"]
        for row in world.rows("phu-chuong-trinh")
        if row["ma_hoc_lieu"] in reviewed
    }
    return ratio(world.rows("yeu-cau-chuong-trinh"), lambda r: r["ma_yeu_cau"] in met)


def target_3_6c(world: World) -> float:
    ready: dict[str, bool] = defaultdict(bool)
    for row in world.rows("nganh-dao-tao-dai-hoc"):
        share = number(row["so_hoc_phan_co_hoc_lieu"]) / number(row["so_hoc_phan_bat_buoc"])
        ready[str(row["ma_nganh"])] |= share >= 0.8
    return sum(ready.values()) / len(ready)


def target_3_10(world: World) -> float:
    return ratio(
        world.rows("bo-du-lieu-y-te"),
        lambda r: (
            r["cap_quan_ly"] == r["cap_chu_quan"] and fresh(r, world) and good(r) and covered(r)
        ),
    )


@pytest.mark.parametrize(
    ("target", "measure"),
    [
        ("MT-3.2", target_3_2), ("MT-3.3a", target_3_3a), ("MT-3.3b", target_3_3b),
        ("MT-3.4a", target_3_4a), ("MT-3.4b", target_3_4b), ("MT-3.5", target_3_5_open_data),
        ("MT-3.5", target_3_5_suggestions), ("MT-3.6a", target_3_6a), ("MT-3.6b", target_3_6b),
        ("MT-3.6c", target_3_6c), ("MT-3.10", target_3_10),
    ],
)  # fmt: skip
def test_a_target_can_be_computed_and_is_named_in_the_contracts_it_comes_from(
    world: World, target: str, measure: Callable[[World], float]
) -> None:
    # Neither all nor nothing: a dashboard over the samples has something to show.
    assert 0.05 < measure(world) < 1
    texts = [
        file.read_text(encoding="utf-8")
        for sector in SECTORS
        for file in (PACK / "contracts" / sector).glob("*.yaml")
    ]
    assert any(target in text for text in texts)
