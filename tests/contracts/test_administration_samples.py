"""The code lists hold together, and each numeric target of administration can be computed."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from tinhdata.pack import Row, World, load_pack
from tinhdata.vietnam import (
    CodeForm,
    DossierCode,
    Unreadable,
    parse_dossier_code,
    parse_legal_document,
    parse_occupation_code,
    parse_old_procedure_code,
    parse_procedure_code,
    parse_tax_code,
    parse_vsic_code,
)

PACK = Path(__file__).parents[2] / "packs" / "thai-nguyen"


@pytest.fixture(scope="module")
def world() -> World:
    return World(load_pack(PACK, None))


def number(value: object) -> int:
    assert isinstance(value, int), value
    return value


def day(value: object) -> date:
    assert isinstance(value, date), value
    return value


def ratio(rows: Iterable[Row], holds: Callable[[Row], object]) -> float:
    found = [bool(holds(row)) for row in rows]
    assert found
    return sum(found) / len(found)


def by(rows: Iterable[Row], column: str) -> Mapping[object, list[Row]]:
    groups: dict[object, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def right(world: World) -> list[Row]:
    """Give the dossiers that quarantine does not hold."""
    rows = world.rows("ho-so-thu-tuc")
    return [row for row in rows if day(row["ngay_hen_tra"]) >= day(row["ngay_tiep_nhan"])]


# Code lists


@pytest.mark.parametrize(
    ("dataset", "sections", "divisions"),
    [("danh-muc-nganh-kinh-te", 22, 87), ("danh-muc-nganh-kinh-te-2018", 21, 88)],
)
def test_an_edition_of_the_economic_classification_has_all_sections_and_divisions(
    world: World, dataset: str, sections: int, divisions: int
) -> None:
    rows = world.rows(dataset)
    counted = Counter(row["cap"] for row in rows)
    assert (counted[1], counted[2]) == (sections, divisions)
    codes = {row["ma"] for row in rows}
    for row in rows:
        code = parse_vsic_code(str(row["ma"]))
        assert not isinstance(code, Unreadable)
        assert code.level == row["cap"]
        assert row["ma_cap_tren"] is None or row["ma_cap_tren"] in codes
        assert code.parent is None or str(code.parent) == row["ma_cap_tren"]


def test_an_edition_ends_on_the_day_the_next_one_begins(world: World) -> None:
    old, new = world.rows("danh-muc-nganh-kinh-te-2018"), world.rows("danh-muc-nganh-kinh-te")
    assert {row["hieu_luc_den"] for row in old} == {date(2025, 11, 15)}
    assert {row["hieu_luc_tu"] for row in new} == {date(2025, 11, 15)}


def test_a_ministry_that_ended_names_one_that_is_there(world: World) -> None:
    rows = world.rows("danh-muc-bo-nganh")
    now = {row["ma"] for row in rows if row["hieu_luc_den"] is None}
    assert len(now) == 17
    assert {row["thay_bang"] for row in rows if row["ma"] not in now} <= now


def test_occupations_have_ten_major_groups_and_every_group_its_parent(world: World) -> None:
    rows = world.rows("danh-muc-nghe-nghiep")
    codes = {str(row["ma"]) for row in rows}
    assert {code for code in codes if len(code) == 1} == set("0123456789")
    for code in codes:
        read = parse_occupation_code(code)
        assert not isinstance(read, Unreadable)
        assert read.parent is None or str(read.parent) in codes


def test_there_are_54_ethnic_groups_in_the_order_of_their_codes(world: World) -> None:
    rows = world.rows("danh-muc-dan-toc")
    assert [row["ma"] for row in rows] == [f"{code:02}" for code in range(1, 55)]
    assert len({row["ten"] for row in rows}) == 54


def test_every_code_list_says_since_when_from_where_and_how_surely(world: World) -> None:
    lists = [
        "danh-muc-nganh-kinh-te", "danh-muc-nganh-kinh-te-2018", "danh-muc-nghe-nghiep",
        "danh-muc-loai-van-ban",
        "danh-muc-linh-vuc-thu-tuc", "danh-muc-don-vi-tinh", "danh-muc-chu-viet-tat",
        "danh-muc-dan-toc", "danh-muc-loai-phuong-tien", "danh-muc-cap-hoc",
        "danh-muc-loai-hinh-doanh-nghiep", "danh-muc-cap-do-an-ninh-mang",
    ]  # fmt: skip
    for name in lists:
        assert not world.contract(name).simulated
        for row in world.rows(name):
            begins, ends = day(row["hieu_luc_tu"]), row["hieu_luc_den"]
            assert ends is None or day(ends) >= begins
            assert row["nguon"]
            assert row["muc_chac_chan"] != "đã đối chiếu văn bản", "nobody has compared one yet"


def test_every_reference_of_the_pack_leads_to_a_key_or_a_unique_column() -> None:
    contracts = {d.contract.id: d.contract for d in load_pack(PACK, None).datasets}
    loose = [
        f"{contract.id}.{column.name} -> {target.id}.{column.reference.column}"
        for contract in contracts.values()
        for column in contract.columns
        if column.reference is not None
        and (target := contracts[column.reference.dataset])
        and target.key != (column.reference.column,)
        and not target.column(column.reference.column).unique
    ]
    assert loose == []


# Rows that must agree with each other


def test_dossier_codes_tell_the_agency_and_the_day_in_their_old_and_new_form(world: World) -> None:
    forms = Counter[CodeForm]()
    for row in world.rows("ho-so-thu-tuc"):
        code = parse_dossier_code(str(row["ma_ho_so"]))
        assert isinstance(code, DossierCode)
        assert code.received == row["ngay_tiep_nhan"]
        assert str(code.agency) == row["co_quan_tiep_nhan"]
        forms[code.agency.form] += 1
    assert min(forms.values()) > 100
    assert set(forms) == set(CodeForm)


def test_the_parts_of_a_dossier_are_as_many_as_it_says(world: World) -> None:
    listed = by(world.rows("thanh-phan-ho-so"), "ma_ho_so")
    assert len(listed) > 1000
    for row in right(world):
        if (parts := listed.get(row["ma_ho_so"])) is not None:
            assert len(parts) == row["so_thanh_phan"]
            assert sum(bool(part["da_so_hoa"]) for part in parts) == row["so_thanh_phan_so_hoa"]
            assert sum(bool(part["ky_so"]) for part in parts) == row["so_thanh_phan_ky_so"]


def test_results_are_issued_once_and_used_only_after_that_by_agencies_that_exist(
    world: World,
) -> None:
    returned = {row["ma_ho_so"]: row["ngay_tra"] for row in world.rows("ho-so-thu-tuc")}
    issued = {}
    for row in world.rows("ket-qua-thu-tuc"):
        assert row["ngay_cap"] == returned[row["ma_ho_so"]]
        issued[row["ma_ket_qua"]] = day(row["ngay_cap"])
    assert len(issued) == len(world.rows("ket-qua-thu-tuc"))
    for row in world.rows("tai-su-dung-ket-qua"):
        assert issued[row["ma_ket_qua"]] <= day(row["ngay_dung"]) <= world.day
        assert row["co_quan_dung"] in world.agencies
        assert not isinstance(parse_legal_document(str(row["can_cu"])), Unreadable)


@pytest.mark.parametrize("dataset", ["thu-ngan-sach-thang", "chi-ngan-sach-thang"])
def test_the_total_since_january_is_the_sum_of_the_months(world: World, dataset: str) -> None:
    for rows in by(world.rows(dataset), "khoan").values():
        total = 0
        for row in sorted(rows, key=lambda row: day(row["thang"])):
            if day(row["thang"]).year == world.day.year:
                total += number(row["thuc_hien_thang"])
                assert row["luy_ke"] == total


def test_enterprises_add_up_to_their_totals_and_all_but_two_codes_are_right(world: World) -> None:
    rows = world.rows("doanh-nghiep")
    codes = [str(row["ma_so"]) for row in rows]
    wrong = [code for code in codes if isinstance(parse_tax_code(code, world.day), Unreadable)]
    assert (len(wrong), len(set(codes))) == (2, len(codes))
    assert {code[:2] for code in codes} == {"99"}
    active = [r for r in rows if r["tinh_trang"] == "đang hoạt động" and r["ma_so"] not in wrong]
    totals = world.rows("doanh-nghiep-theo-nganh")
    assert sum(number(row["so_doanh_nghiep"]) for row in totals) == len(active)
    for column in ("so_lao_dong", "von_dieu_le"):
        assert sum(number(r[column]) for r in totals) == sum(number(r[column]) for r in active)


def test_procedure_codes_are_those_of_today(world: World) -> None:
    for row in world.rows("thu-tuc-cua-tinh"):
        code = str(row["ma_thu_tuc"])
        assert not isinstance(parse_procedure_code(code), Unreadable)
        assert isinstance(parse_old_procedure_code(code), Unreadable)


def test_what_has_happened_lies_before_the_day_of_the_samples(world: World) -> None:
    for dataset, column in (
        ("ho-so-thu-tuc", "ngay_tiep_nhan"), ("ho-so-thu-tuc", "ngay_tra"),
        ("tai-su-dung-ket-qua", "ngay_dung"), ("ke-hoach-du-lieu-mo", "ngay_cong_bo"),
        ("quyet-dinh-dan-du-lieu", "ngay_ban_hanh"), ("giam-sat-he-thong", "ngay_nhat_ky"),
        ("tien-do-csdl-uu-tien", "ngay_dong_bo"), ("bang-dieu-hanh-theo-tuan", "tuan_tu_ngay"),
    ):  # fmt: skip
        days = [day(row[column]) for row in world.rows(dataset) if row[column] is not None]
        assert max(days) <= world.day, dataset


# Targets


def target_1_1(world: World) -> float:
    mandatory = [row for row in world.rows("tieu-chi-trung-tam-du-lieu") if row["bat_buoc"]]
    return ratio(
        mandatory,
        lambda r: r["dat"] and r["xac_nhan_doc_lap"] and day(r["het_han"]) >= world.day,
    )


def target_2_1(world: World) -> float:
    last = max(day(row["thang"]) for row in world.rows("tien-do-csdl-uu-tien"))
    cycles = {r["ma_csdl"]: number(r["chu_ky_cap_nhat"]) for r in world.rows("csdl-uu-tien")}

    def is_done(row: Row) -> bool:
        synced = row["ngay_dong_bo"]
        cycle = timedelta(days=cycles[row["ma_csdl"]])
        return (
            row["so_ban_ghi_so_hoa"] == row["so_ban_ghi_ke_hoach"]
            and synced is not None
            and world.day - day(synced) <= cycle
            and float(str(row["diem_chat_luong"])) >= 95
            and bool(row["co_dich_vu_chia_se"])
            and number(row["co_quan_khac_khai_thac"]) > 0
        )

    rows = [row for row in world.rows("tien-do-csdl-uu-tien") if row["thang"] == last]
    assert len(rows) == len(cycles)
    return ratio(rows, is_done)


def target_2_3(world: World) -> float:
    def is_good(row: Row) -> bool:
        return (
            row["ngay_cong_bo"] is not None
            and row["dinh_dang"] != "PDF"
            and bool(row["co_giay_phep"])
            and float(str(row["diem_chat_luong"])) >= 95
            and float(str(row["ty_le_trung"])) < 5
            and row["so_cot_ca_nhan"] == 0
        )

    agencies = by(world.rows("ke-hoach-du-lieu-mo"), "co_quan")
    assert len(agencies) == 107
    return sum(any(map(is_good, rows)) for rows in agencies.values()) / len(agencies)


def target_2_4(world: World) -> float:
    since = date(2026, 7, 1)
    weeks = by(world.rows("bang-dieu-hanh-theo-tuan"), "co_quan")
    cited = Counter(
        row["co_quan"]
        for row in world.rows("quyet-dinh-dan-du-lieu")
        if day(row["ngay_ban_hanh"]) >= since
    )
    opened = {
        agency: sum(
            number(row["luot_lanh_dao_mo"]) > 0 for row in rows if day(row["tuan_tu_ngay"]) >= since
        )
        for agency, rows in weeks.items()
    }
    return sum(opened[agency] >= 4 and cited[agency] >= 3 for agency in weeks) / len(weeks)


def target_2_5a(world: World) -> float:
    return ratio(
        right(world),
        lambda r: (
            r["so_thanh_phan_ky_so"] == r["so_thanh_phan"]
            and (r["trang_thai"] != "đã trả kết quả" or r["ket_qua_ky_so"])
        ),
    )


def target_2_5b(world: World) -> float:
    used = {row["ma_ket_qua"] for row in world.rows("tai-su-dung-ket-qua")}
    counted = [row for row in world.rows("ket-qua-thu-tuc") if not row["thuoc_csdl_dac_thu"]]
    return ratio(counted, lambda r: r["ma_ket_qua"] in used)


def target_2_6a(world: World) -> float:
    last = max(day(row["thang"]) for row in world.rows("cong-viec-theo-thang"))
    rows = [row for row in world.rows("cong-viec-theo-thang") if row["thang"] == last]
    return ratio(rows, lambda r: r["co_luong_tu_dong"])


def target_2_6b(world: World) -> float:
    work, forms = world.rows("cong-viec-theo-thang"), world.rows("danh-gia-theo-quy")
    digital = sum(number(r["so_tren_moi_truong_so"]) for r in work)
    scored = sum(number(r["so_phieu_tu_du_lieu"]) for r in forms)
    return 0.5 * digital / sum(number(r["so_ho_so_cong_viec"]) for r in work) + (
        0.5 * scored / sum(number(r["so_phieu"]) for r in forms)
    )


def target_2_7(world: World) -> float:
    fit = [row for row in world.rows("thu-tuc-cua-tinh") if row["du_dieu_kien_truc_tuyen"]]
    helped = {
        row["ma_thu_tuc"]
        for row in world.rows("tinh-nang-ai-thu-tuc")
        if row["dang_bat"]
        and number(row["luot_chay_30_ngay"]) > 0
        and float(str(row["do_chinh_xac"])) >= float(str(row["nguong_cong_bo"]))
    }
    return ratio(fit, lambda r: r["ma_thu_tuc"] in helped)


def target_4_1(world: World) -> float:
    layers = ("lop_1_luc_luong", "lop_2_giam_sat", "lop_3_danh_gia", "lop_4_quoc_gia")
    held = [row for row in world.rows("ho-so-cap-do") if row["ma_csdl"] is not None]
    assert len(held) == len(world.rows("csdl-uu-tien"))
    return ratio(
        held,
        lambda r: (
            r["ngay_phe_duyet"] is not None
            and day(r["het_han"]) >= world.day
            and r["so_bien_phap_da_lam"] == r["so_bien_phap_bat_buoc"]
            and all(r[layer] for layer in layers)
        ),
    )


def target_nv_4_1(world: World) -> float:
    last = max(day(row["thang"]) for row in world.rows("luot-goi-lgsp"))
    source = {row["ma_dich_vu"]: row["ma_csdl"] for row in world.rows("dich-vu-lgsp")}
    called = {
        source[row["ma_dich_vu"]]
        for row in world.rows("luot-goi-lgsp")
        if row["thang"] == last and number(row["so_luot_thanh_cong"]) > 0
    }
    shared = [row for row in world.rows("csdl-uu-tien") if row["loai"] == "dùng chung"]
    return ratio(shared, lambda r: r["ma_csdl"] in called)


def target_nv_5_3(world: World) -> float:
    return ratio(
        world.rows("nhan-luc-an-ninh-mang"),
        lambda r: (
            number(r["so_chuyen_gia_co_chung_chi"]) + number(r["so_chuyen_gia_thue"]) >= 1
            and day(r["het_han_som_nhat"]) >= world.day
        ),
    )


def target_nv_5_5(world: World) -> float:
    last = max(day(row["thang"]) for row in world.rows("giam-sat-he-thong"))
    rows = [row for row in world.rows("giam-sat-he-thong") if row["thang"] == last]
    assert len(rows) == len(world.rows("ho-so-cap-do"))
    return ratio(
        rows,
        lambda r: (
            r["ngay_nhat_ky"] is not None
            and world.day - day(r["ngay_nhat_ky"]) <= timedelta(days=1)
        ),
    )


@pytest.mark.parametrize(
    ("target", "measure"),
    [
        ("MT-1.1", target_1_1), ("MT-2.1", target_2_1), ("MT-2.3", target_2_3),
        ("MT-2.4", target_2_4), ("MT-2.5a", target_2_5a), ("MT-2.5b", target_2_5b),
        ("MT-2.6a", target_2_6a), ("MT-2.6b", target_2_6b), ("MT-2.7", target_2_7),
        ("MT-4.1", target_4_1), ("NV-4.1", target_nv_4_1), ("NV-5.3", target_nv_5_3),
        ("NV-5.5", target_nv_5_5),
    ],
)  # fmt: skip
def test_a_target_can_be_computed_and_is_named_in_the_contracts_it_comes_from(
    world: World, target: str, measure: Callable[[World], float]
) -> None:
    # Neither all nor nothing: a dashboard over the samples has something to show.
    assert 0.05 < measure(world) <= 1
    folders = ("hanh-chinh-cong", "du-lieu-so", "an-ninh-mang", "noi-vu")
    texts = [
        file.read_text(encoding="utf-8")
        for folder in folders
        for file in (PACK / "contracts" / folder).glob("*.yaml")
    ]
    assert any(target in text for text in texts)
