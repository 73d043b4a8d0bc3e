"""Writes the small files beside this one: the layouts and quirks of six kinds of real file.

All values are made up. `expected.yaml` says, by hand, what must become of each; the same input
gives the same rows. Run `python -m tests.data.make` after a change.
"""

import csv
import io
import unicodedata
from pathlib import Path

import openpyxl
import xlwt

HERE = Path(__file__).parent

# The letters of TCVN3 that these files use, typed by hand so that the product's own table is not
# its own judge. The soft hyphen stands for ư.
_TCVN3 = dict(zip("áàảãạâêôơưđăươíìệếộấầ", "¸µ¶·¹©ª«¬\xad®¨\xad¬Ý×ÖÕéÊÇ", strict=True))
_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_NORMALS = (16.0, 17.5, 20.0, 24.0, 27.5, 29.0, 28.5, 28.0, 27.0, 25.0, 21.0, 17.5)


def tcvn3(text: str) -> str:
    """Give `text` as a program of the nineties stored it, read as Latin-1."""
    return "".join(_TCVN3.get(letter, letter) for letter in text)


def climate() -> None:
    """Write an .xls in TCVN3: merged title cells, header in row 5, `Năm` first and last."""
    book = xlwt.Workbook(encoding="cp1252")
    for title, element in (("TB", "Nhiệt độ trung bình (OC)"), ("R", "Lượng mưa tháng (mm)")):
        sheet = book.add_sheet(title)
        sheet.write_merge(0, 0, 0, 10, tcvn3("Trạm: Thái Nguyên"))
        sheet.write_merge(1, 2, 0, 10, tcvn3(f"Yếu tố: {element}"))
        for row, place in enumerate(("21O35'", "105O50'", "36m")):
            sheet.write_merge(row, row, 11, 13, place)
        for column, label in enumerate(("Năm", *_MONTHS, "Năm")):
            sheet.write(4, column, tcvn3(label))
        for row, cells in enumerate(_climate_rows(), start=5):
            for column, value in enumerate(cells):
                sheet.write(row, column, value)
    book.save(HERE / "khi-tuong-tcvn3.xls")


def _climate_rows() -> list[list[object]]:
    rows: list[list[object]] = []
    for year in range(2001, 2021):
        months = [round(normal + (year % 5) / 10, 1) for normal in _NORMALS]
        rows.append([year, *months, sum(months) / 12])
    rows[4][7] = tcvn3("thiếu máy")  # 2005, July: no number
    rows[6][1] = -5.0  # 2007, January: too cold for the place
    rows[8] = [2009, *rows[8][7:13], *rows[8][1:7], rows[8][13]]  # half a year out of step
    rows[10][0] = 2010  # 2010 a second time, with other values
    rows[12][13] = 20.5  # 2013: no mean of its months
    rows[14][2] = "-"  # 2015, February: declared as missing
    return rows


def procedures() -> None:
    """Write an .xlsx with a merged banner, letters and marks apart, several bodies in a cell."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Danh sách TTHC", 0)
    book.remove(book.worksheets[1])
    banner = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập – Tự do – Hạnh phúc\n-----\n\n"
    sheet.append([f"{banner}DANH SÁCH THỦ TỤC HÀNH CHÍNH\n\n"])
    sheet.merge_cells("A1:E1")
    sheet.append(["Mã số", "Tên", "Cơ quan ban hành", "Cơ quan thực hiện", "Lĩnh vực"])
    for number in range(1, 41):
        name = f"Đăng ký việc thử nghiệm số {number} "
        row = [f"1.{900000 + number}", name, "Bộ Tư pháp", "Sở Tư pháp", "Hộ tịch"]
        if number % 3 == 0:
            row[1] = unicodedata.normalize("NFD", name)
        if number % 4 == 0:
            row[3] = "Chủ tịch ủy ban nhân dân cấp tỉnh\nSở Tư Pháp"
        if number % 5 == 0:
            row[3] = ""
        if number == 4:
            row[2:5] = ["Bộ Xây dựng", "Công an cấp Xã", "Quản lý xuất nhập cảnh"]
        if number == 9:
            row[0] = "1900009"
        if number == 14:
            row[1] = ""
        if number == 20:
            row[0] = "1.900019"
        if number == 31:
            row[2] = "Bộ Thử nghiệm"
        sheet.append(row)
    book.save(HERE / "tthc-banner.xlsx")


def statistics() -> None:
    """Write a `;` CSV with byte order mark, CRLF, a title, a blank line and totals."""
    header = ["Cities, provincies"]
    for year in ("2011", "2012", "2013", "2014", "2015", "2016 (*)"):
        header += [f"{year} Area (Km2)", f"{year} Average population (Thous. pers.)"]
        header += [f"{year} Population density (Person/km2)"]
    names = [" WHOLE COUNTRY", "Red River Delta", "Ha Noi", "Vinh Phuc", "Bac Ninh", "Hai Phong"]
    names += ["Northern midlands and mountain areas", "Ha Giang", "Cao Bang", "Bac Kan", "Lao Cai"]
    names += [
        "Thai  Nguyen",
        "Lang Son",
        "Phu Tho",
        "South East",
        "Tay Ninh",
        "Atlantis",
        "Lao Cai",
    ]
    rows: list[list[object]] = [
        [name, *[2000.0 + place, 1000.0 + place, _density(place)] * 6]
        for place, name in enumerate(names)
    ]
    rows[3][1] = "rộng"  # Vinh Phuc, area 2011: no number
    rows[4][2] = 2.0  # Bac Ninh, population 2011: below the least, and no longer fits the density
    rows[8][6] = ".."  # Cao Bang, density 2012: declared as missing
    rows[12][18] = 9.5  # Lang Son, density 2016: below the least
    rows[13][9] = 600.0  # Phu Tho, density 2013: not population by area
    text = io.StringIO()
    text.write('"Area, population and population density by province"\r\n\r\n')
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows([header, *rows])
    (HERE / "thong-ke.csv").write_bytes(text.getvalue().encode("utf-8-sig"))


def _density(place: int) -> float:
    return round((1000.0 + place) * 1000 / (2000.0 + place), 1)


def sensor() -> None:
    """Write a sensor's CSV: 24 names in the header, 22 values in every row."""
    names = "Time;durP1;ratioP1;P1;durP2;ratioP2;P2;SDS_P1;SDS_P2;PMS_P1;PMS_P2;Temp;Humidity;"
    names += "BMP_temperature;BMP_pressure;BME280_temperature;BME280_humidity;BME280_pressure;"
    names += "Samples;Min_cycle;Max_cycle;Signal;HPM_P1;HPM_P2"
    lines = [names]
    for number in range(60):
        day, coarse, fine, heat, damp = "17", f"{30 + number / 10:.2f}", "20.00", "28.60", "95.30"
        match number:
            case 10:
                coarse, fine = "1999.90", "999.90"
            case 20:
                coarse, fine = "15.00", "20.00"
            case 30:
                damp = "99.90"
            case 35:
                heat, damp = "", ""
            case 40:
                day = "32"
            case 45:
                heat = "n/a"
            case 50:
                damp = "120.00"
            case _:
                pass
        moment = f"2018/10/{day} {number // 24:02}:{number % 24 * 2:02}:39"
        tail = ";" * 5 + "642552;216;26622;-64"
        lines.append(f"{moment};;;;;;;{coarse};{fine};;;{heat};{damp};{tail}")
    (HERE / "cam-bien.csv").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="")


def sizes() -> None:
    """Write communes as typed by many hands: `30,509`, `đang cập nhật`, NFD, NBSP, line breaks."""
    header = ["id", "matinh", "ma", "tentinh", "loai", "tenhc", "cay", "dientichkm2", "dansonguoi"]
    header += ["trungtamhc", "kinhdo", "vido", "truocsapnhap", "maxa", "khoa"]
    rows: list[list[str]] = []
    for number in range(1, 51):
        name = f"Thử Nghiệm {number}"
        row = [str(number), "10", f"{number:04}", "tỉnh Thái Nguyên", "xã", name]
        row += [f"0571.{number:04}", f"{40 + number}.5", str(9000 + number)]
        row += [f"Trụ sở xã {name}", "105.924", "21.8287", "Xã Một, Xã Hai", str(900 + number)]
        rows.append([*row, f"10{name}"])
    rows[1][8] = "30,509"
    rows[2][8] = rows[2][9] = "đang cập nhật"
    rows[3][5] = unicodedata.normalize("NFD", rows[3][5])
    rows[4][9] = "UBND xã\xa0Thử Nghiệm"
    rows[5][9] = "Nhà văn hóa\nxã Thử Nghiệm"
    rows[6][13] = "-1"
    rows[7][7] = ""
    rows[8][3] = "tỉnh Ninh BÌnh"
    rows[9][8] = "88"
    rows[14][7] = "0.0"
    rows[19][8] = "653422"
    rows[24][8] = "chín nghìn"
    rows[29][2] = "12"
    rows[34][10] = "1059.24"
    rows[39][4] = "thị trấn"
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    (HERE / "quy-mo-cap-xa.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def old_to_new() -> None:
    """Write pairs of units whose old codes a program turned into `1.0`; one district has none."""
    header = "provinceCode,isMergedProvince,districtCode,districtType,wardCode,wardType,"
    header += "isMergedWard,isDividedWard,province,district,ward,newProvince,newWard,newWardShort,"
    header += "newProvinceCode,newProvinceLat,newProvinceLon,newWardCode,newWardType,newWardLat,"
    header += "newWardLon,newWardAreaKm2"
    rows: list[list[str]] = []
    for number in range(1, 41):
        row = ["6", "True", "62", "Huyện", f"{number}.0", "Xã", "True", "False", "Tỉnh Bắc Kạn"]
        row += ["Huyện Thử Nghiệm", f"Xã Cũ {number}", "Tỉnh Thái Nguyên"]
        row += [f"Xã Mới {number // 4}", f"Mới {number // 4}", "19", "22.0239", "105.824"]
        rows.append([*row, f"{1900 + number // 4:05}", "Xã", "22.3779", "106.059", "154.86"])
    rows[4][4] = rows[4][5] = rows[4][10] = ""
    rows[9][21] = "0.0"
    rows[14][18] = "Phường"
    rows[19][5] = "Thị trấn"
    rows[24][6] = "có lẽ"
    rows[29][17] = "1907"
    rows[34][10] = "XÃ CŨ 35"
    rows[36][21] = ""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header.split(","), *rows])
    (HERE / "chuyen-doi.csv").write_text(text.getvalue(), encoding="utf-8", newline="")


def main() -> None:
    """Write every file."""
    for write in (climate, procedures, statistics, sensor, sizes, old_to_new):
        write()


if __name__ == "__main__":
    main()
