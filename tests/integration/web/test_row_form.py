"""Rows typed into a form: an ordinary delivery, with every cell's fault beside the cell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest
import yaml

from tests.integration.deliveries.packing import CODES, LIST, READINGS, write_pack
from tests.integration.web.officers import Desk, sit_down
from tests.support.served import served
from tinhdata.access import Action, system_permit
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.deliveries import State
from tinhdata.settings import Settings
from tinhdata.warehouse import Query, Sort, Value

_HIDDEN = re.compile(r'name="row" value="(\d+)"')


@dataclass
class House:
    """A platform over the small pack and the people of its first agency."""

    platform: Platform
    officer: Desk
    approver: Desk
    stranger: Desk

    def send(
        self,
        dataset: str,
        rows: Sequence[Mapping[str, str]],
        do: str = "check",
        period: str = "",
        by: Desk | None = None,
    ) -> tuple[int, str, str]:
        """Send the form; give the status, the page and where the answer leads."""
        fields: dict[str, str | Sequence[str]] = {
            "do": do,
            "period": period,
            "row": [str(number) for number in range(len(rows))],
        }
        for number, row in enumerate(rows):
            fields |= {f"c.{number}.{name}": value for name, value in row.items()}
        answer = (by or self.officer).post(f"/deliveries/new/{dataset}/rows", fields)
        return answer.status_code, unescape(answer.text), answer.headers.get("location", "")

    def published(self, dataset: str, rows: Sequence[Mapping[str, str]], period: str = "") -> str:
        """Send rows, and have them checked and published; give the delivery's id."""
        status, page, where = self.send(dataset, rows, "send", period)
        assert status == 303, page
        self.officer.work()
        delivery = where.rpartition("/")[2]
        assert self.officer.post(f"/deliveries/{delivery}/publish").status_code == 303
        self.officer.work()
        return delivery

    def rows(self, dataset: str) -> list[tuple[Value, ...]]:
        release = self.platform.warehouse.current(dataset)
        assert release is not None
        permit = system_permit(Action.READ_ROWS, dataset, "test")
        query = Query(sort=tuple(Sort(name) for name in release.shape.key), limit=1_000)
        return list(self.platform.warehouse.read(permit, release.id, query).rows)


def people() -> list[dict[str, object]]:
    return [
        {"login": f"{role}.{agency}", "name": f"Mô phỏng {role} {agency}", "roles": [role],
         "agency": agency}
        for agency in ("T01", "T02")
        for role in ("officer", "approver")
    ]  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("rows")
    pack = write_pack(folder / "pack")
    head = yaml.safe_load((pack / "pack.yaml").read_text(encoding="utf-8"))
    head["people"] = people()
    (pack / "pack.yaml").write_text(yaml.safe_dump(head, allow_unicode=True), encoding="utf-8")
    platform = open_platform(Settings(store=folder / "store", pack=pack, demo=True))
    install_pack(platform)
    with served(platform) as site, ExitStack() as leaving:
        desks = [
            sit_down(platform, site, login)
            for login in ("officer.T01", "approver.T01", "officer.T02")
        ]
        for desk in desks:
            leaving.callback(desk.client.close)
        yield House(platform, *desks)
    platform.close()


CODES_ROWS = [{"ma": "A", "ten": "Khu A"}, {"ma": "B", "ten": "Khu B"}]


def item(ma: str, ten: str = "Tên", so: str = "1", ngay: str = "2026-01-05") -> dict[str, str]:
    return {"ma": ma, "ten": ten, "so": so, "ngay": ngay}


def test_the_page_of_a_file_leads_to_the_form(house: House) -> None:
    assert f'href="/deliveries/new/{LIST}/rows"' in house.officer.get(f"/deliveries/new/{LIST}")
    page = house.officer.get(f"/deliveries/new/{LIST}/rows")
    assert len(_HIDDEN.findall(page)) >= 3
    assert 'type="date"' in page
    house.stranger.get(f"/deliveries/new/{LIST}/rows", 403)
    house.approver.get(f"/deliveries/new/{LIST}/rows", 403)


def test_rows_come_and_go_without_a_script_and_nothing_typed_is_lost(house: House) -> None:
    rows = [item("M1", "Một"), item("M2", "Hai"), item("M3", "Ba")]
    status, page, _ = house.send(LIST, rows, "remove.1")
    assert status == 200
    assert _HIDDEN.findall(page)[:2] == ["0", "2"]
    assert "Hai" not in page
    assert all(word in page for word in ("Một", "Ba", "2026-01-05"))
    status, page, _ = house.send(LIST, rows, "add.10")
    assert len(_HIDDEN.findall(page)) == 13
    many = [item(f"M{n}") for n in range(198)]
    status, page, _ = house.send(LIST, many, "add.10")
    assert len(_HIDDEN.findall(page)) == 200


def test_each_fault_stands_at_its_cell_and_the_text_stays(house: House) -> None:
    rows = [item("M1"), item("sai", so="nhiều"), {"ma": "", "ten": ""}, item("M1", "Khác")]
    status, page, _ = house.send(LIST, rows)
    assert status == 200
    for cell in ("c-1-ma", "c-1-so"):
        assert f'id="{cell}-wrong"' in page
    assert 'id="c-0-so-wrong"' not in page
    assert 'value="nhiều"' in page
    assert "Dòng 2, cột Mã số" in page
    assert 'href="#r-1"' in page
    assert "Có 3 dòng cần sửa" in page  # two rows with one key contradict each other
    status, page, _ = house.send(LIST, rows, "send")
    assert status == 422
    assert "Vẫn gửi" in page
    status, page, _ = house.send(LIST, [{"ma": "", "ten": "", "so": "", "ngay": ""}], "send")
    assert (status, "ít nhất một dòng" in page) == (422, True)


def test_sent_rows_are_a_delivery_that_is_published_as_any(house: House) -> None:
    house.published(CODES, CODES_ROWS)
    assert house.rows(CODES) == [("A", "Khu A"), ("B", "Khu B")]
    delivery = house.published(LIST, [item("M1", "Một", "123"), item("M2")])
    found = house.platform.deliveries.get(house.platform.access.actor("officer.T01"), delivery)
    assert (found.source, found.state) == ("form", State.RELEASED)
    assert [row[0] for row in house.rows(LIST)] == ["M1", "M2"]
    page = house.officer.get(f"/deliveries/new/{LIST}/rows")
    assert 'value="Một"' in page
    assert 'value="123"' in page
    assert "bản phát hành số 1" in page


def test_rows_with_faults_are_sent_all_the_same_where_one_insists(house: House) -> None:
    rows = [item("M1", "Một"), item("M7", so="5000")]
    status, _, where = house.send(LIST, rows, "send.anyway")
    assert status == 303
    house.officer.work()
    found = house.platform.deliveries.get(
        house.platform.access.actor("officer.T01"), where.rpartition("/")[2]
    )
    assert (found.rows.waiting, found.rows.quarantined) == (1, 1)


def test_the_same_rows_again_are_the_same_delivery(house: House) -> None:
    rows = [item("M1", "Một lần nữa")]
    first = house.send(LIST, rows, "send")[2]
    assert house.send(LIST, rows, "send")[2] == first


def test_texts_with_line_ends_commas_and_quotes_arrive_as_typed(house: House) -> None:
    odd = 'Dòng một,\r\ndòng "hai"; Tổng cộng'
    rows = [item("M1", odd), item("M2", "Tổng cộng"), item("M5", so="99999")]
    status, page, _ = house.send(LIST, rows)
    assert status == 200
    # The third row is the one at fault, though the first is two lines of the file.
    assert 'id="c-2-so-wrong"' in page
    assert 'id="c-1-so-wrong"' not in page
    house.published(LIST, rows[:2])
    assert [row[1] for row in house.rows(LIST)] == ['Dòng một,\ndòng "hai"; Tổng cộng', "Tổng cộng"]


def test_numbers_are_read_as_the_page_is_written(house: House) -> None:
    status, page, _ = house.send(
        READINGS, [{"tram": "T1", "ngay": "2026-01-05", "gia_tri": "1,5"}], "check", "2026-01"
    )
    assert status == 200
    assert "Mọi dòng đều đạt" in page
    house.published(
        READINGS,
        [
            {"tram": "T1", "ngay": "2026-01-05", "gia_tri": "1,5"},
            {"tram": "T2", "ngay": "2026-01-06", "gia_tri": "2"},
        ],
        "2026-01",
    )
    assert [float(str(row[2])) for row in house.rows(READINGS)] == [1.5, 2.0]


def test_a_period_is_chosen_first_and_only_its_rows_are_replaced(house: House) -> None:
    page = house.officer.get(f"/deliveries/new/{READINGS}/rows")
    assert 'type="month"' in page
    assert "period=2026-01" in page
    wrong = house.officer.get(f"/deliveries/new/{READINGS}/rows?period=2026-13", 422)
    assert "kỳ nào" in wrong
    shown = house.officer.get(f"/deliveries/new/{READINGS}/rows?period=2026-01")
    assert 'value="1,5"' in shown
    assert "Kỳ này chưa có dòng nào" in house.officer.get(
        f"/deliveries/new/{READINGS}/rows?period=2026-02"
    )
    february = [{"tram": "T1", "ngay": "2026-02-05", "gia_tri": "3"}]
    status, page, _ = house.send(
        READINGS, [{"tram": "T1", "ngay": "2026-03-05", "gia_tri": "3"}], "send", "2026-02"
    )
    assert status == 422
    assert "không thuộc kỳ" in page
    house.published(READINGS, february, "2026-02")
    assert [row[0] for row in house.rows(READINGS)] == ["T1", "T1", "T2"]
    assert house.send(READINGS, february, "send")[0] == 422  # no period


def test_more_rows_than_a_form_holds_are_a_matter_for_a_file(house: House, tmp_path: Path) -> None:
    lines = "\n".join(f"M{n},Tên {n},1,05/01/2026" for n in range(201))
    path = tmp_path / "nhieu.csv"
    path.write_text(f"Mã số,Tên gọi,Số lượng,Ngày ghi\n{lines}\n", encoding="utf-8")
    delivery = house.officer.deliver(LIST, path)
    assert house.officer.post(f"/deliveries/{delivery}/publish").status_code == 303
    house.officer.work()
    assert "/rows" not in house.officer.get(f"/deliveries/new/{LIST}")
    page = house.officer.get(f"/deliveries/new/{LIST}/rows")
    assert "nhiều nhất 200" in page
    assert "template.xlsx" in page
    status, page, _ = house.send(LIST, [item(f"M{n}") for n in range(201)], "send")
    assert status == 422
