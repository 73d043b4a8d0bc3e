"""The page of a reading with a wide table: its columns, units, and what was chosen last time."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.data.expectations import PACK
from tests.integration.deliveries.packing import contract_text
from tests.integration.deliveries.wide_sets import PIGS, PIGS_SET
from tests.integration.web.officers import Desk, sit_down
from tests.support.served import served
from tests.support.small_pack import FIRST
from tinhdata.bootstrap import install_pack, open_platform
from tinhdata.contracts import load_contract
from tinhdata.deliveries import Delivery, State
from tinhdata.settings import Settings

STATISTICS = "dan-so-dien-tich-mat-do"


@pytest.fixture(scope="module")
def officer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    store = tmp_path_factory.mktemp("wide") / "store"
    platform = open_platform(Settings(store=store, pack=PACK, demo=True))
    install_pack(platform, only=FIRST)
    agency = platform.registry.active(STATISTICS).contract.agency
    text = contract_text(replace(PIGS_SET, agency=agency))
    loaded = load_contract(text.encode(), "bang.yaml")
    with platform.db.transaction() as tx:
        platform.registry.propose(tx, "pack", loaded)
        platform.registry.approve(tx, "pack", loaded.hash)
        platform.registry.activate(tx, "pack", loaded.hash)
    with served(platform) as address:
        desk = sit_down(platform, address, "canbo.taichinh")
        yield desk
        desk.client.close()
    platform.close()


def deliver(officer: Desk, folder: Path, *lines: str) -> str:
    path = folder / "lon.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return officer.deliver(PIGS, path)


def state_of(officer: Desk, delivery: str) -> Delivery:
    actor = officer.platform.access.actor("canbo.taichinh")
    return officer.platform.deliveries.get(actor, delivery)


def fields_of(page: str) -> dict[str, str | list[str]]:
    """Give what the form would send as it is shown."""
    selects = re.findall(r'<select[^>]*name="([\w.]+)"(.*?)</select>', page, re.DOTALL)
    found: dict[str, str | list[str]] = {}
    for name, options in selects:
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = chosen.group(1) if chosen else ""
    found["wide-shown"] = "1"
    found["wide"] = re.findall(r'name="wide" value="(\d+)" checked', page)
    return found


def test_the_page_says_which_columns_hold_values_and_in_which_unit(
    officer: Desk, tmp_path: Path
) -> None:
    title = "Đơn vị tính: Nghìn con;;"
    delivery = deliver(officer, tmp_path, title, "Tỉnh;2015;Prel. 2016", "An;1;..")
    page = officer.get(f"/deliveries/{delivery}/understood")
    assert "2 cột theo Năm: 2015 … 2016 (sơ bộ)" in page
    assert "1 dòng của tệp có 2 ô giá trị; 1 ô trống, 1 ô thành dòng dữ liệu" in page
    assert "Tệp ghi “Số con” theo Nghìn con, bộ dữ liệu lưu theo con" in page
    assert '<option value="Nghìn con" selected' in page
    assert "column.so_con" not in page  # nothing to choose: it comes from the headers
    status = officer.get(f"/deliveries/{delivery}")
    assert "1 ô thành dòng dữ liệu" in status
    shown = officer.client.get(f"/api/v1/deliveries/{delivery}").json()
    assert (shown["units"]["spread"], shown["units"]["empty"]) == (2, 1)
    assert shown["understanding"]["units"][0]["factor"] == "1000"
    assert shown["understanding"]["wide"][1]["places"] == {"nam": "Prel. 2016"}


def test_confirming_what_is_shown_reads_nothing_again(officer: Desk, tmp_path: Path) -> None:
    delivery = deliver(officer, tmp_path, "Tỉnh;2001;2002", "Bình;1;2")
    fields = fields_of(officer.get(f"/deliveries/{delivery}/understood"))
    answer = officer.post(f"/deliveries/{delivery}/reading", fields)
    assert answer.status_code == 303
    assert state_of(officer, delivery).state is State.CHECKED


def test_another_unit_and_fewer_columns_are_kept_for_the_next_such_file(
    officer: Desk, tmp_path: Path
) -> None:
    delivery = deliver(officer, tmp_path, "Tỉnh;2011;2012;2013", "Chi;1;2;3")
    fields = fields_of(officer.get(f"/deliveries/{delivery}/understood"))
    fields["unit.so_con"] = "nghìn con"
    fields["wide"] = ["1", "3"]
    answer = officer.post(f"/deliveries/{delivery}/reading", fields)
    officer.work()
    again = state_of(officer, answer.headers["location"].rsplit("/", 1)[1])
    assert again.choice is not None
    assert (again.choice.left_out, dict(again.choice.units)) == ((2,), {"so_con": "nghìn con"})
    assert again.rows.made == 2

    following = deliver(officer, tmp_path, "Tỉnh;2011;2012;2013", "Dũng;4;5;6")
    page = officer.get(f"/deliveries/{following}/understood")
    name = officer.platform.access.actor("canbo.taichinh").name
    assert f"Đọc như lần trước ({name}, " in page
    assert "Đọc lại từ đầu" in page
    assert state_of(officer, following).rows.made == 2
    unchanged = officer.post(f"/deliveries/{following}/reading", fields_of(page))
    assert following in unchanged.headers["location"]

    anew = officer.post(f"/deliveries/{following}/reading", {"again": "start"})
    officer.work()
    fresh = state_of(officer, anew.headers["location"].rsplit("/", 1)[1])
    assert (fresh.rows.made, fresh.state) == (3, State.CHECKED)
    last = deliver(officer, tmp_path, "Tỉnh;2011;2012;2013", "Em;7;8;9")
    assert "Đọc như lần trước" not in officer.get(f"/deliveries/{last}/understood")
    assert state_of(officer, last).rows.made == 3


def test_a_unit_that_is_not_certain_is_asked_on_the_page(officer: Desk, tmp_path: Path) -> None:
    delivery = deliver(officer, tmp_path, "Tỉnh;2005 (tấn)", "Giang;5")
    page = officer.get(f"/deliveries/{delivery}/understood")
    assert "Hãy cho biết các giá trị theo đơn vị nào." in page
    fields = fields_of(page)
    assert fields["unit.so_con"] == ""
    fields["unit.so_con"] = "="
    officer.post(f"/deliveries/{delivery}/reading", fields)
    officer.work()
    assert state_of(officer, delivery).state is State.CHECKED


def test_rows_to_mend_are_labelled_in_the_unit_of_their_file(officer: Desk, tmp_path: Path) -> None:
    title = "Đơn vị tính: Nghìn con;;"
    delivery = deliver(officer, tmp_path, title, "Tỉnh;2015;2016", "Hà;1;hai")
    assert "Số con (Nghìn con)" in officer.get(f"/deliveries/{delivery}/problems")
