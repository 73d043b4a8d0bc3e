"""Table, chart, map and files of a dataset under one filter, and what its page says of it."""

import hashlib
import html
import json
import re
import sqlite3
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pyogrio
import pytest
import shapely
from httpx import Client

from tests.support.office import office, person, send, settled
from tests.support.served import served
from tests.unit.web.test_drawing import drawn_area
from tinhdata.access import Role
from tinhdata.bootstrap import Platform
from tinhdata.edge.visits import SESSION_COOKIE

UNITS = "danh-muc-don-vi-hanh-chinh"
PEOPLE = "dan-so-theo-xa"
AREAS = "ranh-gioi-xa-gian-luoc"
STATISTICS = "dan-so-dien-tich-mat-do"
"""Rows without any place."""

POWER = "dien-tieu-thu-theo-xa"
"""Rows of communes and months."""

SENSOR = "quan-trac-bui-khong-khi"
BOUNDARIES = Path(__file__).parents[4] / "shared" / "reference" / "boundaries"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    store = tmp_path_factory.mktemp("places") / "store"
    with office(store, datasets={UNITS, PEOPLE, AREAS, STATISTICS, POWER, SENSOR}) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(platform: Platform) -> Iterator[Client]:
    headers = {"Accept-Language": "vi"}
    with served(platform) as address, Client(base_url=address, headers=headers) as client:
        yield client


def test_rows_that_name_a_code_lie_where_the_code_lies(site: Client) -> None:
    units = {row["ma"]: row for row in site.get(f"/api/v1/datasets/{UNITS}/rows").json()["rows"]}
    layer = site.get(f"/datasets/{PEOPLE}/download.geojson").json()
    rows = site.get(f"/datasets/{PEOPLE}/download.json").json()["rows"]
    assert [feature["properties"] for feature in layer["features"]] == rows
    for feature in layer["features"]:
        unit = units[feature["properties"]["ma_xa"]]
        assert feature["geometry"]["coordinates"] == [unit["kinh_do"], unit["vi_do"]]


def test_a_geopackage_holds_exactly_the_rows_that_are_filtered(
    site: Client, tmp_path: Path
) -> None:
    asked = {"f.ma_xa.is": "01840"}
    answer = site.get(f"/datasets/{PEOPLE}/download.gpkg", params=asked)
    assert answer.headers["content-type"] == "application/geopackage+sqlite3"
    path = tmp_path / "lop.gpkg"
    path.write_bytes(answer.content)
    meta, _, shapes, values = pyogrio.raw.read(str(path))
    rows = site.get(f"/datasets/{PEOPLE}/download.json", params=asked).json()["rows"]
    assert meta["crs"] == "EPSG:4326"
    assert len(shapes) == len(rows) > 0
    found = dict(zip(meta["fields"], values, strict=True))
    assert list(found["ma_xa"]) == [row["ma_xa"] for row in rows]
    assert list(found) == list(rows[0])
    with closing(sqlite3.connect(path)) as db:
        (about,) = db.execute("SELECT identifier || description FROM gpkg_contents").fetchone()
        assert "01840" in about
        assert "mô phỏng" in about


def test_a_geopackage_of_areas_gives_back_each_area(site: Client, tmp_path: Path) -> None:
    path = tmp_path / "lop.gpkg"
    path.write_bytes(site.get(f"/datasets/{AREAS}/download.gpkg").content)
    meta, _, shapes, _ = pyogrio.raw.read(str(path))
    rows = site.get(f"/datasets/{AREAS}/download.csv").text.count("POLYGON")
    assert len([shape for shape in shapes if shape is not None]) == rows
    assert "hinh_hoc" not in list(meta["fields"])


def test_rows_without_a_place_are_offered_no_layer(site: Client) -> None:
    for form in ("geojson", "gpkg"):
        assert site.get(f"/datasets/{STATISTICS}/download.{form}").status_code == 422
        assert f"download.{form}" not in site.get(f"/datasets/{STATISTICS}/downloads").text
        assert f"download.{form}" in site.get(f"/datasets/{PEOPLE}/downloads").text


@pytest.mark.parametrize("form", ["csv", "xlsx", "json", "jsonl", "parquet", "geojson", "gpkg"])
def test_every_file_of_filtered_rows_comes_with_the_hash_of_its_bytes(
    form: str, site: Client
) -> None:
    address = f"/datasets/{PEOPLE}/download.{form}?f.ma_xa.is=01840"
    answer = site.get(address, headers={"Accept-Encoding": "identity"})
    said = answer.headers["repr-digest"].removeprefix("sha-256=:").removesuffix(":")
    assert b64decode(said) == hashlib.sha256(answer.content).digest()
    again = site.get(f"/datasets/{PEOPLE}/download.{form}.sha256?f.ma_xa.is=01840")
    digest, _, name = again.text.strip().partition("  ")
    assert digest == hashlib.sha256(answer.content).hexdigest()
    assert f'filename="{name}"' in answer.headers["content-disposition"]


def test_the_map_of_json_is_that_of_the_interface(site: Client) -> None:
    ours = json.loads(site.get(f"/datasets/{PEOPLE}/download.geojson").text)
    theirs = json.loads(site.get(f"/api/v1/datasets/{PEOPLE}/rows.geojson").text)
    assert ours == theirs


# -- charts ---------------------------------------------------------------------------------------

CELL = re.compile(r"<td class=\"right\">([^<]*)</td>")
BAR = re.compile(r'<rect class="plus" width="([\d.]+)"')


def picture_of(page: str) -> str:
    """Give the part of a page that holds the picture and its table."""
    return html.unescape(page.partition('<section class="picture"')[2].partition("</section>")[0])


def as_numbers(page: str) -> list[float]:
    """Give the measures of the table behind a picture, read as Vietnamese writes them."""
    cells = CELL.findall(picture_of(page))
    return [float(cell.replace(".", "").replace(",", ".")) for cell in cells]


@pytest.mark.parametrize(
    ("dataset", "by", "measure", "narrowed"),
    [
        (PEOPLE, "ma_xa", "sum:dan_so", {}),
        (PEOPLE, "ma_xa", "avg:mat_do", {"f.dan_so.from": "20000"}),
        (UNITS, "loai", "count", {}),
        (UNITS, "tinh_cu", "sum:dien_tich", {"f.loai": "xã"}),
        (POWER, "thang:month", "sum:so_khach_hang", {"f.ma_xa.is": "01840"}),
    ],
)
def test_a_chart_shows_the_groups_of_the_interface(
    dataset: str, by: str, measure: str, narrowed: dict[str, str], site: Client
) -> None:
    asked = {"by": by, "measure": measure, **narrowed}
    sort = {} if ":" in by else {"sort": f"-{measure}"}
    found = site.get(f"/api/v1/datasets/{dataset}/groups", params={**asked, **sort}).json()
    page = site.get(f"/datasets/{dataset}/chart", params=asked).text
    values = [group[measure] for group in found["groups"]][:50]
    assert as_numbers(page) == pytest.approx(values, abs=0.05)
    if ":" not in by:
        lengths = [float(width) / 1000 for width in BAR.findall(picture_of(page))]
        assert lengths == pytest.approx([v / max(values) for v in values], abs=1e-3)


def test_a_chart_without_a_wish_draws_what_tells_most(site: Client) -> None:
    months = picture_of(site.get(f"/datasets/{POWER}/chart").text)
    assert 'class="line"' in months
    assert "theo tháng" in months.partition("</h3>")[0]
    communes = picture_of(site.get(f"/datasets/{PEOPLE}/chart").text)
    assert "Tổng dân số" in communes.partition("</h3>")[0]
    assert "Phường Linh Sơn" in communes
    assert 'class="line"' not in communes


def test_moments_of_one_day_are_a_line_of_their_average(site: Client) -> None:
    found = picture_of(site.get(f"/datasets/{SENSOR}/chart").text)
    assert 'class="line"' in found
    assert "Trung bình" in found.partition("</h3>")[0]
    rows = site.get(f"/api/v1/datasets/{SENSOR}/rows").json()["total"]
    assert found.count("h0") == len(CELL.findall(found)) == rows


def test_each_group_leads_to_its_own_rows(site: Client) -> None:
    asked = {"by": "loai", "measure": "count"}
    page = site.get(f"/datasets/{UNITS}/chart", params=asked).text
    for href, count in zip(
        re.findall(r'<th scope="row"><a href="([^"]+)"', picture_of(page)),
        as_numbers(page),
        strict=True,
    ):
        rows = site.get(
            html.unescape(href).replace(f"/datasets/{UNITS}", f"/api/v1/datasets/{UNITS}/rows")
        )
        assert rows.json()["total"] == count


def test_the_filter_goes_along_from_view_to_view_and_into_the_files(site: Client) -> None:
    for view in ("", "/chart", "/map"):
        page = html.unescape(site.get(f"/datasets/{PEOPLE}{view}?f.ma_xa.is=01840").text)
        for other in ("", "/chart", "/map"):
            assert f'href="/datasets/{PEOPLE}{other}?f.ma_xa.is=01840"' in page
        for form in ("csv", "xlsx", "json", "jsonl", "parquet", "geojson", "gpkg"):
            assert f'href="/datasets/{PEOPLE}/download.{form}?f.ma_xa.is=01840"' in page
        assert '<input type="hidden" name="f.ma_xa.is" value="01840">' in page
        assert "01840" in page.partition('<p class="chips">')[2].partition("</p>")[0]


def test_a_sum_over_several_periods_says_so_and_offers_the_latest(site: Client) -> None:
    page = site.get(f"/datasets/{POWER}/map?measure=sum:so_khach_hang").text
    assert "Số liệu của nhiều kỳ đang được cộng lại" in page
    found = re.search(r'<a href="([^"]+)">Chỉ xem kỳ mới nhất', page)
    assert found is not None
    latest = html.unescape(found[1])
    assert "f.thang.is=2026-09-01" in latest
    assert "cộng lại" not in site.get(latest).text


@pytest.mark.parametrize("asked", ["by=khong_co", "by=ma_xa&measure=sum:ma_xa", "by=ma_xa,nam"])
def test_a_chart_of_what_is_not_there_is_refused_with_a_way_on(asked: str, site: Client) -> None:
    answer = site.get(f"/datasets/{PEOPLE}/chart?{asked}")
    assert answer.status_code in {400, 422}
    assert "<h1>" in answer.text


# -- maps -----------------------------------------------------------------------------------------


def test_circles_lie_where_the_communes_lie_and_their_areas_stand_for_the_values(
    site: Client,
) -> None:
    page = picture_of(site.get(f"/datasets/{PEOPLE}/map?measure=sum:dan_so").text)
    drawn = re.findall(
        r'<circle class="plus" cx="([\d.]+)" cy="([\d.]+)" r="([\d.]+)"><title>([^:]+):', page
    )
    units = {row["ten"]: row for row in site.get(f"/api/v1/datasets/{UNITS}/rows").json()["rows"]}
    people = {
        group["ma_xa"]: group["sum:dan_so"]
        for group in site.get(
            f"/api/v1/datasets/{PEOPLE}/groups?by=ma_xa&measure=sum:dan_so"
        ).json()["groups"]
    }
    assert len(drawn) == 92
    most = max(people.values())
    for x, y, radius, name in drawn:
        unit = units[name]
        assert float(radius) == pytest.approx(48 * (people[unit["ma"]] / most) ** 0.5, abs=0.06)
        others = [
            (float(x) < float(other_x)) == (unit["kinh_do"] < units[other]["kinh_do"])
            and (float(y) < float(other_y)) == (unit["vi_do"] > units[other]["vi_do"])
            for other_x, other_y, _, other in drawn
            if abs(float(x) - float(other_x)) > 1 and abs(float(y) - float(other_y)) > 1
        ]
        assert all(others)


def areas_of(page: str) -> list[tuple[str, int | None, str]]:
    """Give path, class and words of each area that a page draws."""
    found = re.findall(
        r'<path class="area(?: step-(\d))?" d="([^"]+)">(?:<title>([^<]+)</title>)?', page
    )
    return [(path, int(step) if step else None, said) for step, path, said in found]


def test_areas_are_coloured_once_a_layer_is_released_and_hold_their_communes(site: Client) -> None:
    page = picture_of(site.get(f"/datasets/{PEOPLE}/map?measure=avg:mat_do").text)
    areas = areas_of(page)
    assert len(areas) == 92
    assert {step for _, step, _ in areas} == {0, 1, 2, 3, 4}
    density = [
        (float(said.rpartition(": ")[2].replace(".", "").replace(",", ".")), step)
        for _, step, said in areas
    ]
    assert [step for _, step in sorted(density)] == sorted(step or 0 for _, step in density)
    assert "<circle" not in page.partition("map-legend")[0]
    circles = picture_of(site.get(f"/datasets/{PEOPLE}/map?measure=avg:mat_do&style=circles").text)
    places = re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="[\d.]+"><title>([^<]+)<', circles)
    by_words = {said: shapely.Point(float(x), float(y)) for x, y, said in places}
    for path, _, said in areas:
        assert drawn_area(path).contains(by_words[said])


def test_rows_with_shapes_of_their_own_are_drawn_as_they_are(site: Client) -> None:
    page = picture_of(site.get(f"/datasets/{AREAS}/map").text)
    rows = site.get(f"/api/v1/datasets/{AREAS}/rows?limit=200").json()["total"]
    assert len(areas_of(page)) == rows
    assert len(areas_of(picture_of(site.get(f"/datasets/{AREAS}/map?f.ma_xa.is=01840").text))) == 1


def test_rows_without_a_place_have_no_map(site: Client) -> None:
    assert f"/datasets/{STATISTICS}/map" not in site.get(f"/datasets/{STATISTICS}").text
    assert "Chưa vẽ được bản đồ" in site.get(f"/datasets/{STATISTICS}/map").text


def test_the_areas_of_the_real_communes_are_drawn_once_they_are_delivered(
    platform: Platform, site: Client, tmp_path: Path
) -> None:
    real = BOUNDARIES / "thai-nguyen-communes-92-simplified-150m.geojson"
    if not real.is_file():
        pytest.skip("the real boundaries do not lie beside the project")
    features = json.loads(real.read_text("utf-8"))["features"]
    for feature in features:
        said = feature["properties"]
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        parts = shapely.get_parts(shapely.get_parts(shape))
        largest = max(parts, key=lambda part: float(part.area))
        feature["geometry"] = json.loads(shapely.to_geojson(largest))
        feature["properties"] = {
            "Mã xã, phường": said["code"], "Tên": said["fullName"], "Diện tích": said["areaKm2"],
        }  # fmt: skip
    path = tmp_path / "ranh-gioi.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    officer = person(platform, AREAS, Role.OFFICER)
    delivery = settled(platform, officer, send(platform, officer, AREAS, path).delivery.id)
    platform.deliveries.publish(officer, delivery.id, "")
    platform.deliveries.approve(person(platform, AREAS, Role.APPROVER), delivery.id)
    settled(platform, officer, delivery.id)

    page = site.get(f"/datasets/{PEOPLE}/map?measure=avg:mat_do").text
    areas = areas_of(picture_of(page))
    assert len(areas) == 92
    assert sum(path.count(" ") + path.count("-") for path, _, _ in areas) > 4 * 6 * 92
    assert "bản phát hành số 2" in page
    assert len(page) < 200_000


# -- frames on other pages ------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["", "/chart", "/map"])
def test_only_frames_may_stand_on_pages_of_others(view: str, site: Client) -> None:
    frame = site.get(f"/embed/datasets/{PEOPLE}{view}?f.dan_so.from=40000")
    rules = frame.headers["content-security-policy"]
    assert "frame-ancestors *" in rules
    assert "script-src" not in rules
    assert "default-src 'none'" in rules
    assert "<script" not in frame.text
    assert "<form" not in frame.text
    page = site.get(f"/datasets/{PEOPLE}{view}?f.dan_so.from=40000")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    snippet = html.unescape(html.unescape(page.text))
    assert f"/embed/datasets/{PEOPLE}{view}?f.dan_so.from=40000&lang=vi" in snippet
    assert f'/datasets/{PEOPLE}{view}?f.dan_so.from=40000"' in frame.text
    assert "Sở Tài chính" in frame.text
    # Within a frame only frames may open; everything else opens beside it.
    for link in re.findall(r"<a [^>]+>", frame.text):
        assert 'target="_blank"' in link or 'href="/embed/' in link


def test_a_frame_shows_what_the_page_shows(site: Client) -> None:
    query = "by=ma_xa&measure=sum:so_ho&f.dan_so.from=30000"
    page = CELL.findall(picture_of(site.get(f"/datasets/{PEOPLE}/chart?{query}").text))
    assert CELL.findall(site.get(f"/embed/datasets/{PEOPLE}/chart?{query}").text) == page != []
    english = site.get(f"/embed/datasets/{PEOPLE}/chart?{query}&lang=en").text
    assert '<html lang="en">' in english
    assert "Sum of households" in english


def test_a_frame_knows_nobody(platform: Platform, site: Client) -> None:
    token = f"{SESSION_COOKIE}=whatever"
    frame = site.get(f"/embed/datasets/{PEOPLE}", headers={"Cookie": token})
    assert frame.status_code == 200
    assert 'name="csrf"' not in frame.text


# -- below the rows -------------------------------------------------------------------------------


def test_the_page_says_how_far_to_rely_on_the_rows(platform: Platform, site: Client) -> None:
    page = html.unescape(site.get(f"/datasets/{SENSOR}").text)
    trust = page.partition('id="trust"')[2].partition("</section>\n<section aria-labelledby")[0]
    for dimension in ("Đúng", "Đủ", "Sạch", "Sống", "Thống nhất", "Dùng chung"):
        assert f"<h3>{dimension}</h3>" in trust
    assert trust.count("chưa đo") == 2
    assert "Cam kết cập nhật" in trust
    assert "dòng đang cách ly" in trust
    report = page.partition('class="failed"')[2].partition("</ul>")[0]
    rules = re.findall(r'href="([^"]+rule=[^"]+)"', report)
    assert rules
    assert site.get(rules[0]).status_code == 200
    whole = site.get(f"/api/v1/datasets/{SENSOR}/rows").json()["total"]
    counts = {
        name: site.get(f"/api/v1/datasets/{SENSOR}/groups?by=nhiet_do&measure=count:{name}")
        for name in re.findall(r"dictionary#(\w+)", trust)[:1]
    }
    for name, groups in counts.items():
        filled = sum(group[f"count:{name}"] for group in groups.json()["groups"])
        assert f"{100 * filled // whole} %" in trust


def test_code_reads_exactly_the_rows_that_are_filtered(site: Client) -> None:
    page = html.unescape(site.get(f"/datasets/{PEOPLE}?f.dan_so.from=40000&sort=-dan_so").text)
    code = page.partition('class="programs"')[2].partition("</section>")[0]
    addresses = set(re.findall(r"https?://[^\"'\s<>]+/api/v1/datasets/[^\"'\s<>]+", code))
    expected = site.get(f"/api/v1/datasets/{PEOPLE}/rows?f.dan_so.from=40000").json()["total"]
    forms = {address.partition("?")[0].rpartition("/")[2] for address in addresses}
    assert forms == {"rows.csv", "rows.parquet", "rows.geojson", "rows"}
    (csv,) = (address for address in addresses if "rows.csv" in address)
    assert site.get(csv).text.count("\n") == expected + 1
    (rows,) = (address for address in addresses if "rows?" in address)
    assert site.get(rows).json()["total"] == expected
    for name in ("curl", "Python (pandas)", "Excel (Power Query)", "QGIS (Python)", "CKAN"):
        assert f"<summary>{name}</summary>" in page


def test_the_page_names_what_stands_beside_the_dataset(site: Client) -> None:
    people = html.unescape(site.get(f"/datasets/{PEOPLE}").text)
    related = people.partition('id="related"')[2]
    assert f'href="/datasets/{UNITS}"' in related.partition("</ul>")[0]
    units = html.unescape(site.get(f"/datasets/{UNITS}").text).partition('id="related"')[2]
    assert f'href="/datasets/{PEOPLE}"' in units.partition("</ul>")[0]
    assert "bản phát hành số 1" in people.partition('id="cite"')[2]
    assert f"/datasets/{PEOPLE}?release=1" in people.partition('id="cite"')[2]
    assert 'name="as_of"' in people


def test_the_dictionary_says_from_where_to_where_each_column_reaches(site: Client) -> None:
    page = html.unescape(site.get(f"/datasets/{PEOPLE}/dictionary").text)
    asked = {"by": "nam", "measure": "min:dan_so,max:dan_so"}
    (group,) = site.get(f"/api/v1/datasets/{PEOPLE}/groups", params=asked).json()["groups"]
    low, high = (f"{group[f'{end}:dan_so']:,}".replace(",", ".") for end in ("min", "max"))
    assert f"từ {low} đến {high}; khoảng" in page
    assert "luôn cùng một giá trị" in page.partition('id="nam"')[2].partition("</tr>")[0]


def test_a_download_is_what_the_table_shows(site: Client) -> None:
    query = "f.dan_so.from=40000&sort=-dan_so"
    page = html.unescape(site.get(f"/datasets/{PEOPLE}?{query}").text)
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    shown = re.findall(r'<td data-label="Mã xã, phường"[^>]*>(\d+)<span', body)
    rows = site.get(f"/datasets/{PEOPLE}/download.json?{query}").json()["rows"]
    assert [row["ma_xa"] for row in rows] == shown != []
    units = {
        row["ma"]: row["ten"] for row in site.get(f"/api/v1/datasets/{UNITS}/rows").json()["rows"]
    }
    names = re.findall(r'<span class="named">([^<]+)</span>', body)
    assert names == [units[code] for code in shown]


def test_a_page_of_each_kind_stays_within_its_bytes(site: Client) -> None:
    for path in (f"/datasets/{SENSOR}", f"/datasets/{POWER}/chart", f"/datasets/{PEOPLE}/map"):
        page = site.get(path, headers={"Accept-Encoding": "identity"}).text
        files = set(re.findall(r'(?:href|src)="(/static/[^"#]+\.(?:css|js))', page))
        total = sum(_packed(site, address) for address in {path, *files})
        assert total < 100_000, path


def _packed(site: Client, address: str) -> int:
    with site.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        return sum(len(piece) for piece in answer.iter_raw())


def test_a_frame_of_what_is_not_there_says_so(site: Client) -> None:
    for path in ("", "/chart", "/map"):
        assert site.get(f"/embed/datasets/khong-co{path}").status_code == 404
