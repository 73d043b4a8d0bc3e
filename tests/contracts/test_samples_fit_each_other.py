"""The made-up sectors of the province are consistent with each other: what no one contract says."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import pytest

from tests.data.expectations import PACK
from tinhdata.pack import Row, World, load_pack


@pytest.fixture(scope="module")
def world() -> World:
    return World(load_pack(PACK, None))


def total(rows: Iterable[Row], column: str) -> float:
    return sum(number(row[column]) for row in rows)


def number(value: object) -> float:
    return float(str(value or 0))


def by(rows: Iterable[Row], column: str) -> Mapping[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[str(row[column])].append(row)
    return groups


def test_the_province_has_about_as_many_people_as_it_has(world: World) -> None:
    people = world.rows("dan-so-theo-xa")
    assert {row["ma_xa"] for row in people} == {commune.code for commune in world.communes}
    assert total(people, "dan_so") == pytest.approx(1_800_000, rel=0.001)


def test_the_land_of_a_commune_is_its_area(world: World) -> None:
    land = {row["ma_xa"]: row for row in world.rows("hien-trang-su-dung-dat")}
    for commune in world.communes:
        assert number(land[commune.code]["tong_dien_tich"]) == pytest.approx(
            commune.area_km2 * 100, abs=0.1
        )


def test_no_season_sows_more_than_the_cropland_of_its_commune(world: World) -> None:
    crops = world.rows("san-xuat-cay-trong-theo-vu")
    lasting = by((row for row in crops if row["vu"] == "Cả năm"), "ma_xa")
    for season in ("Mùa", "Đông xuân"):
        sown = by((row for row in crops if row["vu"] == season), "ma_xa")
        for land in world.rows("hien-trang-su-dung-dat"):
            commune = str(land["ma_xa"])
            used = total([*sown[commune], *lasting[commune]], "dien_tich_gieo_trong")
            assert used <= number(land["dat_san_xuat"]) + 0.5


def test_tea_is_grown_as_much_as_the_province_grows(world: World) -> None:
    tea = [row for row in world.rows("san-xuat-cay-trong-theo-vu") if row["ma_cay"] == "CH01"]
    assert total(tea, "dien_tich_gieo_trong") == pytest.approx(22_000, rel=0.05)
    assert total(tea, "san_luong") == pytest.approx(270_000, rel=0.08)


def test_growing_areas_stand_on_the_tea_land_of_their_commune(world: World) -> None:
    tea = {
        str(row["ma_xa"]): number(row["dien_tich_gieo_trong"])
        for row in world.rows("san-xuat-cay-trong-theo-vu")
        if row["ma_cay"] == "CH01"
    }
    for commune, areas in by(world.rows("vung-trong-che"), "ma_xa").items():
        assert total(areas, "dien_tich") <= tea[commune]


def test_no_area_gives_more_leaf_than_it_grows_and_every_lot_has_its_chain(world: World) -> None:
    lots = world.rows("lo-che")
    picked = by(lots, "ma_vung")
    for area in world.rows("vung-trong-che"):
        whole = number(area["san_luong_uoc"]) * 1000
        assert total(picked[str(area["ma_vung"])], "khoi_luong_tuoi") <= whole
    chains = by(world.rows("su-kien-truy-xuat-che"), "ma_lo")
    for lot in lots:
        chain = chains[str(lot["ma_lo"])]
        assert [row["buoc"] for row in chain] == list(range(1, len(chain) + 1))
        assert chain[0]["khoi_luong_vao"] == lot["khoi_luong_tuoi"]
        moments = [datetime.fromisoformat(str(row["thoi_diem"])) for row in chain]
        assert moments == sorted(moments)
        if len(chain) > 1:
            assert chain[1]["khoi_luong_ra"] == lot["khoi_luong_kho"]


def test_each_run_of_readings_over_a_limit_has_an_alert_and_no_alert_is_made_up(
    world: World,
) -> None:
    stations = {str(row["ma_tram"]): row for row in world.rows("tram-quan-trac-tu-dong")}
    limits = {
        (row["ma_giay_phep"], row["thong_so"]): number(row["lon_nhat"])
        for row in world.rows("gioi-han-xa-thai")
        if row["den_ngay"] is None
    }
    first = world.day - timedelta(days=2)
    recent = [
        row
        for row in world.rows("canh-bao-moi-truong")
        if datetime.fromisoformat(str(row["bat_dau"])).date() >= first
    ]
    over = {
        str(row["ma_tram"])
        for row in world.rows("quan-trac-nuoc-thai-tu-dong")
        for parameter, column in (("COD", "cod"), ("TSS", "tss"), ("NH4", "nh4"))
        if number(row[column]) > limits[stations[str(row["ma_tram"])]["ma_giay_phep"], parameter]
    }
    assert over
    assert {str(row["ma_tram"]) for row in recent} == over


def test_a_station_of_waste_water_stands_at_a_discharger_that_must_have_one(world: World) -> None:
    must = {
        row["ma_giay_phep"]
        for row in world.rows("giay-phep-moi-truong")
        if row["phai_quan_trac_tu_dong"]
    }
    stations = [row for row in world.rows("tram-quan-trac-tu-dong") if row["loai"] == "Nước thải"]
    assert {row["ma_giay_phep"] for row in stations} == must
    sent = Counter(row["ma_tram"] for row in world.rows("quan-trac-nuoc-thai-tu-dong"))
    assert set(sent.values()) == {3 * 24 * 12}


def test_bridges_stand_on_their_road_and_buses_go_from_stop_to_stop(world: World) -> None:
    length = {row["ma_duong"]: number(row["chieu_dai"]) for row in world.rows("duong-bo")}
    assert all(
        number(row["ly_trinh"]) <= length[row["ma_duong"]] for row in world.rows("cau-duong-bo")
    )
    routes = {str(row["ma_tuyen"]): row for row in world.rows("tuyen-xe-buyt")}
    for route, stops in by(world.rows("lo-trinh-xe-buyt"), "ma_tuyen").items():
        way = [number(row["cach_dau_tuyen"]) for row in stops]
        assert way == sorted(way)
        assert way[-1] == number(routes[route]["cu_ly"])


def test_a_logistics_centre_has_the_room_of_its_stores(world: World) -> None:
    stores = by(world.rows("kho-bai"), "ma_trung_tam")
    for centre in world.rows("trung-tam-logistics"):
        own = stores[str(centre["ma_trung_tam"])]
        assert total(own, "suc_chua") == number(centre["suc_chua"])
        assert {row["ma_xa"] for row in own} == {centre["ma_xa"]}


def test_vehicles_grow_by_those_that_are_new(world: World) -> None:
    counted = {
        (row["ma_xa"], row["loai_xe"], row["ngay_thong_ke"]): row
        for row in world.rows("phuong-tien-dang-ky-theo-xa")
    }
    before, after = date(2026, 6, 30), date(2026, 9, 30)
    for (commune, kind, day), row in counted.items():
        if day == after:
            older = counted[commune, kind, before]
            grown = number(row["so_xe"]) - number(older["so_xe"])
            assert grown == number(row["dang_ky_moi"])
