"""Writes the kept files of `samples/`: facts of the pack as they are, the rest made up.

Run it with no arguments after a change of `units.csv` or `agencies.yaml`; the same input gives the
same rows. `danh-muc-ma-thu-tuc.csv` is a kept list of published facts and is not written here.
Made-up files carry a few wrong rows on purpose, so that quarantine has something to show.
"""

import csv
import io
import math
import random
from pathlib import Path

import openpyxl
import xlwt
import yaml
from openpyxl.styles import Alignment

from tinhdata.vietnam import to_tcvn3

PACK = Path(__file__).parent
HERE = PACK / "samples"

_FORMER_PROVINCES = {"Thái Nguyên": 19, "Bắc Kạn": 6}
_FORMER_DISTRICTS = {
    "Thành phố Bắc Kạn": 58,
    "Huyện Pác Nặm": 60,
    "Huyện Ba Bể": 61,
    "Huyện Ngân Sơn": 62,
    "Huyện Bạch Thông": 63,
    "Huyện Chợ Đồn": 64,
    "Huyện Chợ Mới": 65,
    "Huyện Na Rì": 66,
    "Thành phố Thái Nguyên": 164,
    "Thành phố Sông Công": 165,
    "Huyện Định Hóa": 167,
    "Huyện Phú Lương": 168,
    "Huyện Đồng Hỷ": 169,
    "Huyện Võ Nhai": 170,
    "Huyện Đại Từ": 171,
    "Thành phố Phổ Yên": 172,
    "Huyện Phú Bình": 173,
}
_CODE_STATES = {
    "secondary": "đã thấy trên nguồn công khai",
    "unverified": "chưa xác minh",
    "simulated": "mô phỏng",
}
_KINDS = ("Phường", "Thị trấn", "Xã")
_NORMALS = (16.2, 17.4, 20.1, 23.9, 27.3, 28.8, 28.7, 28.3, 27.2, 24.7, 21.2, 17.6)
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_REGIONS = {
    "Ha Noi": "Red River Delta",
    "Ha Giang": "Northern midlands and mountain areas",
    "Thanh Hoa": "Northern Central area and Central coastal area",
    "Kon Tum": "Central Highlands",
    "Binh Phuoc": "South East",
    "Long An": "Mekong River Delta",
}


def units() -> list[dict[str, str]]:
    """Give the rows of units.csv."""
    with (PACK / "units.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(name: str, header: list[str], rows: list[list[object]]) -> None:
    """Write a CSV as spreadsheets export it: UTF-8 with a byte order mark."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([header, *rows])
    (HERE / name).write_bytes(text.getvalue().encode("utf-8-sig"))


def communes() -> None:
    """Write the communes and wards, as in units.csv."""
    header = ["Mã đơn vị hành chính", "Tên", "Loại", "Vĩ độ", "Kinh độ", "Diện tích (km²)"]
    header += ["Tỉnh cũ", "Huyện cũ", "Đơn vị tiền thân", "Ngày hiệu lực"]
    rows: list[list[object]] = []
    for unit in units():
        year, month, day = unit["effective_from"].split("-")
        rows.append([*list(unit.values())[:9], f"{day}/{month}/{year}"])
    table("danh-muc-don-vi-hanh-chinh.csv", header, rows)


def agencies() -> None:
    """Write the agencies of agencies.yaml, with the People's Committee of each commune."""
    known = yaml.safe_load((PACK / "agencies.yaml").read_text(encoding="utf-8"))
    rows: list[list[object]] = [
        [a["code"], a["name"]["vi"], "tỉnh", a.get("parent", ""), "", _CODE_STATES[a["certainty"]]]
        for a in known["agencies"]
    ]
    pattern = known["communes"]
    for ordinal, unit in enumerate(units(), start=1):
        code = pattern["code"].format(ordinal=f"{ordinal:02}")
        name = pattern["name"]["vi"].format(name=unit["name"][:1].lower() + unit["name"][1:])
        state = _CODE_STATES[pattern["certainty"]]
        rows.append([code, name, "xã", pattern["parent"], unit["code"], state])
    header = ["Mã cơ quan", "Tên cơ quan", "Cấp", "Mã cơ quan cấp trên", "Mã đơn vị hành chính"]
    table("danh-muc-co-quan.csv", [*header, "Tình trạng mã"], rows)


def old_to_new() -> None:
    """Write pairs of old and new commune, where the former district leaves no doubt."""
    header = ["Mã tỉnh cũ", "Tỉnh có sáp nhập", "Mã huyện cũ", "Loại huyện cũ", "Mã xã cũ"]
    header += ["Loại xã cũ", "Xã có sáp nhập", "Xã bị tách", "Tỉnh cũ", "Huyện cũ", "Xã cũ"]
    header += ["Tỉnh mới", "Xã mới", "Tên xã mới", "Mã tỉnh mới", "Mã xã mới", "Loại xã mới"]
    header += ["Vĩ độ xã mới", "Kinh độ xã mới", "Diện tích xã mới (km²)"]
    rows: list[list[object]] = []
    for unit in units():
        if ";" in unit["former_districts"]:
            continue
        district, province = unit["former_districts"], unit["former_province"]
        former = unit["predecessors"].split("; ")
        kind = unit["type"].capitalize()
        for text in former:
            code, _, name = text.rstrip("*").partition(" ")
            is_part = text.endswith("*")
            old_kind = next(k for k in _KINDS if name.startswith(k))
            row: list[object] = [_FORMER_PROVINCES[province], "Có", _FORMER_DISTRICTS[district]]
            row += ["Thành phố" if district.startswith("Thành") else "Huyện", int(code), old_kind]
            row += ["Có" if len(former) > 1 or is_part else "Không", "Có" if is_part else "Không"]
            row += [f"Tỉnh {province}", district, name, "Tỉnh Thái Nguyên", unit["name"]]
            row += [unit["name"].removeprefix(kind).strip(), "19", unit["code"], kind]
            rows.append([*row, unit["lat"], unit["lon"], unit["area_km2"]])
    table("chuyen-doi-don-vi-hanh-chinh.csv", header, rows)


def population(chance: random.Random) -> None:
    """Write a table of the statistics office: title lines, totals, two blanks in a name, `..`."""
    years = ["2011", "2012", "2013", "2014", "2015", "2016 (*)"]
    header = ["Cities, provincies"]
    for year in years:
        header += [f"{year} Area (Km2)", f"{year} Average population (Thous. pers.)"]
        header += [f"{year} Population density (Person/km2)"]
    with (PACK / "code-lists" / "tinh-truoc-01-7-2025.csv").open(encoding="utf-8") as file:
        names = [row["label_en"] for row in csv.DictReader(file)]
    body: list[list[object]] = [[" WHOLE COUNTRY", *_yearly(chance, 331000.0, 88000.0)]]
    for name in names:
        if name in _REGIONS:
            body.append([_REGIONS[name], *_yearly(chance, 40000.0, 15000.0)])
        area, people = chance.uniform(1000, 9000), chance.uniform(400, 2500)
        body.append([name.replace("Thai Nguyen", "Thai  Nguyen"), *_yearly(chance, area, people)])
    next(row for row in body if row[0] == "Kon Tum")[2] = ".."
    next(row for row in body if row[0] == "Ca Mau")[3] = 9999.0
    text = io.StringIO()
    text.write('"Area, population and density by province (simulated)"\r\n\r\n')
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerows([header, *body])
    (HERE / "dan-so-dien-tich-mat-do.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def _yearly(chance: random.Random, area: float, people: float) -> list[object]:
    cells: list[object] = []
    for year in range(6):
        now = people * 1.011**year * chance.uniform(0.998, 1.002)
        cells += [round(area, 1), round(now, 1), round(now * 1000 / area, 1)]
    return cells


def procedures(chance: random.Random) -> None:
    """Write a ministry's list as the national portal exports it: banner, then header."""
    subjects = ("giấy phép", "giấy chứng nhận", "chứng chỉ hành nghề", "giấy xác nhận", "thẻ")
    verbs = ("Cấp", "Cấp lại", "Gia hạn", "Thu hồi", "Điều chỉnh")
    fields = ("Hộ tịch", "Công chứng", "Luật sư", "Chứng thực", "Quản lý xuất nhập cảnh")
    bodies = ("Ủy ban nhân dân cấp xã", "Sở Tư pháp", "Ủy ban nhân dân cấp xã\nSở Tư pháp", "")
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Danh sách TTHC", 0)
    book.remove(book.worksheets[1])
    banner = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc\n\n"
    banner += "DANH SÁCH THỦ TỤC HÀNH CHÍNH\n(dữ liệu mô phỏng)"
    sheet.append([banner])
    sheet.merge_cells("A1:E1")
    sheet["A1"].alignment = Alignment(horizontal="center", wrap_text=True)
    sheet.append(["Mã số", "Tên", "Cơ quan ban hành", "Cơ quan thực hiện", "Lĩnh vực"])
    for number in range(1, 121):
        name = f"{chance.choice(verbs)} {chance.choice(subjects)} mô phỏng số {number}"
        field = chance.choice(fields)
        ministry = "Bộ Công an" if field == fields[-1] else "Bộ Tư pháp"
        if number == 60:
            field, ministry = fields[-1], "Bộ Xây dựng"
        sheet.append([f"9.{number:06}", name, ministry, chance.choice(bodies), field])
    book.save(HERE / "thu-tuc-bo-nganh-cong-bo.xlsx")


def climate(chance: random.Random) -> None:
    """Write a weather station's workbook of the nineties: .xls, letters of TCVN3, `Năm` twice."""
    book = xlwt.Workbook(encoding="cp1252")
    font = xlwt.easyxf("font: name .VnTime")
    for title, shift in (("TB", 0.0), ("Tx", 4.5)):
        sheet = book.add_sheet(title)
        sheet.write_merge(0, 0, 0, 10, to_tcvn3("Trạm: Thái Nguyên (mô phỏng)"), font)
        element = "Nhiệt độ trung bình (OC)" if title == "TB" else "Nhiệt độ cao nhất (OC)"
        sheet.write_merge(1, 2, 0, 10, to_tcvn3(f"Yếu tố: {element}"), font)
        for column, label in enumerate(("Năm", *_ROMAN, "Năm")):
            sheet.write(4, column, to_tcvn3(label), font)
        for row, year in enumerate(range(1991, 2021), start=5):
            months = [round(n + shift + chance.gauss(0, 0.8), 1) for n in _NORMALS]
            if year == 2009 and title == "TB":
                months = [*months[6:], *months[:6]]
            for column, value in enumerate([year, *months, math.fsum(months) / 12]):
                sheet.write(row, column, value)
    book.save(HERE / "nhiet-do-trung-binh-thang.xls")


def dust(chance: random.Random) -> None:
    """Write a sensor's day: 24 names in the header, 22 values in each row, as its firmware does."""
    names = "Time;durP1;ratioP1;P1;durP2;ratioP2;P2;SDS_P1;SDS_P2;PMS_P1;PMS_P2;Temp;Humidity;"
    names += "BMP_temperature;BMP_pressure;BME280_temperature;BME280_humidity;BME280_pressure;"
    names += "Samples;Min_cycle;Max_cycle;Signal;HPM_P1;HPM_P2"
    lines = [names]
    for number in range(288):
        minute = number * 5
        moment = f"2026/11/02 {minute // 60:02}:{minute % 60:02}:{chance.randrange(60):02}"
        coarse = 35 + 15 * math.sin(number / 40) + chance.uniform(-4, 4)
        fine = coarse * chance.uniform(0.55, 0.8)
        heat = 21 + 5 * math.sin((number - 96) / 46) + chance.uniform(-0.3, 0.3)
        damp = min(99.9, 88 - 2.2 * (heat - 21) + chance.uniform(-2, 14))
        dust_cells = f"{coarse:.2f};{fine:.2f}"
        if number == 100:
            dust_cells = "1999.90;999.90"
        elif number == 200:
            dust_cells = f"{fine:.2f};{coarse:.2f}"
        counts = f"{chance.randrange(600000, 650000)};{chance.randrange(215, 235)};26700"
        empty = ";" * 4
        lines.append(
            f"{moment};;;;;;;{dust_cells};;;{heat:.2f};{damp:.2f};{empty};{counts};"
            f"{-chance.randrange(55, 70)}"
        )
    text = "\n".join(lines) + "\n"
    (HERE / "quan-trac-bui-khong-khi.csv").write_text(text, encoding="utf-8", newline="")


def commune_sizes(chance: random.Random) -> None:
    """Write the communes with made-up people and codes; numbers as typed by many hands."""
    header = ["id", "matinh", "ma", "tentinh", "loai", "tenhc", "cay", "dientichkm2", "dansonguoi"]
    header += ["trungtamhc", "kinhdo", "vido", "truocsapnhap", "maxa", "khoa"]
    rows: list[list[object]] = []
    for number, unit in enumerate(units(), start=1):
        kind, name = unit["type"], unit["name"].split(" ", 1)[1]
        people = chance.randrange(4000, 32000)
        written = f"{people:,}" if number % 17 == 0 else str(people)
        if number % 23 == 0:
            written = "đang cập nhật"
        elif number in {14, 47}:
            written = str(people)[:2]
        seat = "đang cập nhật" if number % 6 == 0 else f"Trụ sở mô phỏng, {kind} {name}"
        former = unit["predecessors"].split("; ")
        before = ", ".join(text.rstrip("*").partition(" ")[2] for text in former)
        row: list[object] = [number, "10", f"{number:04}", "tỉnh Thái Nguyên", kind, name]
        row += [f"0900.{number:04}", unit["area_km2"], written, seat, unit["lon"], unit["lat"]]
        rows.append([*row, before, "-1" if number % 31 == 0 else number, f"10{name}"])
    table("quy-mo-don-vi-hanh-chinh-cap-xa.csv", header, rows)


def main() -> None:
    """Write every sample."""
    # Not for secrets: the same seed gives the same made-up rows.
    chance = random.Random(19)  # noqa: S311 - made-up sample rows, no secret
    communes()
    agencies()
    old_to_new()
    for write in (population, procedures, climate, dust, commune_sizes):
        write(chance)


if __name__ == "__main__":
    main()
