"""Sources at the edges: the console's pages, the interface, the command line."""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from httpx import Client

from tests.integration.cli.running import Shell
from tests.integration.deliveries.packing import LIST
from tests.integration.sources.yard import OPERATOR, Yard, yard
from tests.support.served import served
from tinhdata.access import Role
from tinhdata.edge.visits import SESSION_COOKIE
from tinhdata.kernel import JSON

PASSWORD = "mot-mat-khau-dai-de-thu"
HEADER = "Mã số,Tên gọi,Số lượng,Ngày ghi"


def people(office: Yard) -> None:
    add = office.platform.access.add_person
    add("system:tests", "vanhanh", "Người vận hành", PASSWORD, frozenset({Role.OPERATOR}), None)
    add("system:tests", "canbo", "Cán bộ", PASSWORD, frozenset({Role.OFFICER}), "T01")
    add("system:tests", "noikhac", "Nơi khác", PASSWORD, frozenset({Role.OFFICER}), "T02")


def put(folder: Path, office: Yard, *lines: str) -> None:
    path = folder / "a.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    old = (office.clock.now() - timedelta(hours=1)).timestamp()
    os.utime(path, (old, old))


def definition(folder: Path) -> dict[str, JSON]:
    return {
        "id": "hop-thu",
        "dataset": LIST,
        "kind": "folder",
        "title": "Hộp thư của đội đo",
        "path": str(folder),
        "cycle": "P1D",
        "grace": "PT1H",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "giao-nhan"


@pytest.fixture
def site(office: Yard) -> Iterator[str]:
    people(office)
    with served(office.platform) as address:
        yield address


class Person:
    """A person with a browser, signed in."""

    def __init__(self, office: Yard, address: str, login: str) -> None:
        token = office.platform.access.sign_in(login, PASSWORD, "127.0.0.1").value
        session = office.platform.access.session(token)
        assert session is not None
        self._csrf = session.csrf
        self.client = Client(
            base_url=address,
            cookies={SESSION_COOKIE: token},
            headers={"Accept-Language": "vi"},
            timeout=30,
        )

    def __enter__(self) -> "Person":
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def page(self, path: str, status: int = 200) -> str:
        answer = self.client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    def post(self, path: str, status: int) -> str:
        answer = self.client.post(path, data={"csrf": self._csrf})
        assert answer.status_code == status, answer.text
        return answer.text


def test_an_officer_sees_tries_pulls_and_pauses_the_sources_of_the_agency(
    office: Yard, site: str, folder: Path
) -> None:
    put(folder, office, "M1,Một,1,05/01/2026")
    office.add(definition(folder))
    with Person(office, site, "canbo") as officer:
        listed = officer.page("/sources")
        assert "Hộp thư của đội đo" in listed
        assert "60 phút một lần" in listed
        tried = officer.post("/sources/hop-thu/test", 200)
        assert "Đã kết nối được" in tried
        assert "<td>Một</td>" in tried
        officer.post("/sources/hop-thu/pull", 303)
        office.platform.work.run_until_idle("tests")
        shown = officer.page("/sources/hop-thu")
        assert "Đã giao dữ liệu mới" in shown
        delivery = re.search(r"/deliveries/dlv_[0-9a-z]+", shown)
        assert delivery is not None
        assert "nguồn dữ liệu hop-thu" in officer.page(delivery.group())
        officer.post("/sources/hop-thu/pause", 303)
        assert "Cho chạy lại" in officer.page("/sources/hop-thu")
        officer.post("/sources/hop-thu/resume", 303)
        assert "Tạm dừng" in officer.page("/sources/hop-thu")


def test_two_sources_of_one_dataset_name_each_other(office: Yard, site: str, folder: Path) -> None:
    office.add(definition(folder))
    with Person(office, site, "canbo") as officer:
        assert "nhiều nơi" not in officer.page("/sources/hop-thu")
        office.add({**definition(folder), "id": "hop-thu-hai", "title": "Hộp thư thứ hai"})
        shown = officer.page("/sources/hop-thu")
        assert "Cùng một dữ liệu đang được thu thập ở nhiều nơi" in shown
        assert "/sources/hop-thu-hai" in shown


def test_what_goes_wrong_while_trying_stands_on_the_page(
    office: Yard, site: str, folder: Path
) -> None:
    office.add({**definition(folder), "path": "/etc"})
    with Person(office, site, "canbo") as officer:
        tried = officer.post("/sources/hop-thu/test", 422)
    assert "không nằm trong các thư mục được phép theo dõi" in tried
    assert "Hộp thư của đội đo" in tried


def test_an_alarm_is_among_the_work_of_the_owner_and_of_the_operator(
    office: Yard, site: str, folder: Path
) -> None:
    office.add(definition(folder))
    office.later(hours=26)
    office.platform.work.run_until_idle("tests")
    for login in ("canbo", "vanhanh"):
        with Person(office, site, login) as person:
            work = person.page("/desk")
        assert "Nguồn Hộp thư của đội đo im lặng quá hạn" in work
    with Person(office, site, "noikhac") as stranger:
        assert "Hộp thư" not in stranger.page("/desk")


def test_an_operator_sees_the_shape_of_values_only(office: Yard, site: str, folder: Path) -> None:
    put(folder, office, "M1,Một,1,05/01/2026")
    office.add(definition(folder))
    with Person(office, site, "vanhanh") as operator:
        tried = operator.post("/sources/hop-thu/test", 200)
    assert "<td>xxx</td>" in tried
    assert "Một</td>" not in tried


def test_officers_elsewhere_and_strangers_do_not_learn_of_a_source(
    office: Yard, site: str, folder: Path
) -> None:
    office.add(definition(folder))
    with Person(office, site, "noikhac") as stranger:
        assert "Hộp thư" not in stranger.page("/sources")
        stranger.page("/sources/hop-thu", 404)
        stranger.post("/sources/hop-thu/pull", 404)
    with Client(base_url=site) as anyone:
        assert anyone.get("/sources").status_code == 401
        assert anyone.get("/api/v1/sources").status_code == 401


def test_the_interface_tells_how_a_source_stands_and_not_where_it_lies(
    office: Yard, site: str, folder: Path
) -> None:
    put(folder, office, "M1,Một,1,05/01/2026")
    name = office.add(definition(folder))
    office.pull(name)
    with Person(office, site, "canbo") as officer:
        (listed,) = officer.client.get("/api/v1/sources").json()
        answer = officer.client.get("/api/v1/sources/hop-thu")
        runs = officer.client.get("/api/v1/sources/hop-thu/runs").json()["items"]
        assert officer.client.get("/api/v1/sources/khong-co").status_code == 404
    assert (listed["id"], listed["kind"], listed["enabled"]) == ("hop-thu", "folder", True)
    assert str(folder) not in answer.text
    assert ("delivered", 1) in [(run["outcome"], len(run["deliveries"])) for run in runs]


def test_the_command_line_adds_tries_pulls_pauses_and_removes(tmp_path: Path) -> None:
    folder = tmp_path / "giao-nhan"
    folder.mkdir()
    with yard(tmp_path, folders=(folder,)) as office:
        people(office)
        put(folder, office, "M1,Một,1,05/01/2026")
        store = office.store
    settings = {
        "TINHDATA_PACK": str(tmp_path / "pack"),
        "TINHDATA_DEMO": "true",
        "TINHDATA_SOURCE_FOLDERS": str(folder),
    }
    shell = Shell(store, settings)
    file = tmp_path / "nguon.yaml"
    lines = ("id: hop-thu", f"dataset: {LIST}", "kind: folder", f"path: {folder}")
    file.write_text("\n".join((*lines, 'schedule: {daily: "02:30"}', "enabled: false")))
    refused = shell.json("source add", file, "--as", "canbo")
    assert (refused.code, refused.problem) == (3, "refused")
    assert shell.json("source add", file, "--as", "vanhanh").code == 0
    assert len(shell.json("source list", "--as", "canbo").document["sources"] or ()) == 1  # type: ignore[arg-type] # a list of JSON
    tried = shell.json("source test", "hop-thu", "--as", "canbo")
    assert (tried.code, tried.document["missing"]) == (0, [])
    pulled = shell.json("source pull", "hop-thu", "--as", "canbo")
    assert (pulled.code, pulled.document["outcome"]) == (0, "delivered")
    again = shell.json("source pull", "hop-thu", "--as", "canbo")
    assert (again.code, again.document["outcome"]) == (0, "unchanged")
    assert shell.json("source resume", "hop-thu", "--as", "canbo").document["enabled"] is True
    assert shell.json("source pause", "hop-thu", "--as", "canbo").document["enabled"] is False
    folder.rename(tmp_path / "doi-cho")
    failed = shell.run("source", "pull", "hop-thu", "--as", "canbo")
    assert failed.code == 5
    assert shell.json("source remove", "hop-thu", "--as", "vanhanh").code == 0
    assert shell.json("source pull", "hop-thu", "--as", "vanhanh").problem == "source-unknown"
    file.write_text("id: hop-thu\npassword: lo-mat-khau")
    wrong = shell.json("source add", file, "--as", "vanhanh")
    assert (wrong.code, wrong.problem) == (5, "source-invalid")
    assert "lo-mat-khau" not in wrong.out + wrong.err


def test_the_operator_acts_on_every_source(office: Yard, folder: Path) -> None:
    office.add(definition(folder))
    assert [view.source.id for view in office.sources.list(OPERATOR)] == ["hop-thu"]
