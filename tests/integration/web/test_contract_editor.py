"""A contract written on a page: findings by line, comparison, dry run, proposal, second person."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import pytest

from tests.data.expectations import PACK
from tests.integration.web.officers import Desk, sit_down
from tests.support.served import served
from tests.support.small_pack import small_pack
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.contracts import example_contract
from tinhdata.registry import ContractState
from tinhdata.settings import Settings

Change = Callable[[str], str]
DATASET = "danh-muc-ma-thu-tuc"
FILE = next(PACK.glob(f"contracts/*/{DATASET}.yaml"))
PARTS = (DATASET, "danh-muc-co-quan", "danh-muc-don-vi-hanh-chinh")


@dataclass
class House:
    """The platform, and the people of the agency that owns the dataset."""

    platform: Platform
    officer: Desk
    approver: Desk
    stranger: Desk
    operator: Desk
    protector: Desk

    def hidden(self, page: str, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', page)
        assert found is not None, name
        return found[1]

    def edit(self, do: str, text: str, by: Desk | None = None, **more: str) -> tuple[int, str]:
        """Send the editor's form as it stands on the page, with `text` typed into it."""
        desk = by or self.officer
        page = desk.get(f"/contracts/{DATASET}/edit")
        fields = {
            "seen": self.hidden(page, "seen"),
            "based_on": self.hidden(page, "based_on"),
            "dataset": DATASET,
            "text": text,
            "do": do,
            **more,
        }
        answer = desk.post(f"/contracts/{DATASET}/edit", fields)
        where = answer.headers.get("location")
        return answer.status_code, desk.get(where) if where else unescape(answer.text)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("editor")
    settings = Settings(store=folder / "store", pack=small_pack(folder / "pack", PARTS), demo=True)
    platform = open_platform(settings)
    install_pack(platform)
    with served(platform) as site, ExitStack() as leaving:
        desks = [
            sit_down(platform, site, login)
            for login in (
                *("canbo.vanphong", "duyet.vanphong", "canbo.nnmt"),
                *("vanhanh", "baove.dulieu"),
            )
        ]
        for desk in desks:
            leaving.callback(desk.client.close)
        yield House(platform, *desks)
    platform.close()


def text_of(house: House) -> str:
    """Give what the editor shows of the version in force."""
    page = house.officer.get(f"/contracts/{DATASET}/edit")
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return found[1]


def versioned(text: str, version: str) -> str:
    return re.sub(r"(?m)^version: .*$", f'version: "{version}"', text)


def version_of(house: House) -> str:
    return house.platform.registry.active(DATASET).version


def test_the_list_leads_to_the_contract_and_names_what_it_is_for(house: House) -> None:
    listed = house.officer.get("/contracts")
    assert f'href="/contracts/{DATASET}"' in listed
    assert "Hợp đồng dữ liệu" in listed
    assert f'href="/contracts/{DATASET}"' not in house.stranger.get("/contracts")
    house.stranger.get(f"/contracts/{DATASET}", 403)
    shown = house.approver.get(f"/contracts/{DATASET}")
    assert "/edit" not in shown
    assert version_of(house) in shown
    assert house.operator.get("/contracts?q=khong+co+gi+nhu+the")
    house.officer.get("/contracts/khong-co", 404)


def test_a_contract_of_the_pack_is_edited_as_the_file_it_came_in(house: House) -> None:
    text = text_of(house)
    assert text == FILE.read_text(encoding="utf-8")
    registered = house.platform.registry.active(DATASET)
    downloaded = house.officer.client.get(
        f"/contracts/{DATASET}/{registered.version}/contract.yaml"
    )
    assert downloaded.text == text
    status, page = house.edit("check", text)
    assert status == 200
    assert "Nội dung hợp lệ" in page


def test_a_mistake_is_found_by_its_line_and_nothing_is_lost(house: House) -> None:
    text = text_of(house).replace("logicalType: string", "logicalType: strnig", 1)
    line = next(n for n, each in enumerate(text.splitlines(), 1) if "strnig" in each)
    for do in ("check", "propose"):
        status, page = house.edit(do, text)
        assert status == (200 if do == "check" else 422)
        assert f'href="#L{line}"' in page
        assert "logicalType: strnig" in page
        assert f'<span id="L{line}" class="marked">' in page
    part = house.officer.post("/contracts/check", {"text": text, "dataset": DATASET})
    assert part.status_code == 200
    assert f"Dòng {line}" in unescape(part.text)
    assert "<html" not in part.text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text + "\nbom: &a [1, 2]\nlai: *a\n", "&"),
        (lambda text: text + "x" * 1_200_000, "dài hơn"),
        (lambda text: text + "y" * 3_000_000, "dài hơn"),
        (lambda text: re.sub(r"(?m)^id: .*$", "id: mot-bo-khac", text), "mot-bo-khac"),
        (lambda text: "[" * 5000, "40"),
        (lambda text: "", "trống"),
    ],
    ids=["anchors", "too-long", "far-too-long", "other-id", "too-deep", "empty"],
)
def test_odd_texts_are_refused_with_a_clear_sentence(
    house: House, change: Change, said: str
) -> None:
    status, page = house.edit("propose", change(text_of(house)))
    assert status == 422
    assert said in page.replace(".", "") or said in page
    assert house.platform.registry.waiting() == ()


def test_the_version_is_offered_and_taken_over_with_one_press(house: House) -> None:
    text = text_of(house).replace("accessLevel, value: open", "accessLevel, value: shared")
    assert text != text_of(house)
    status, page = house.edit("check", text)
    assert "Ghi thành phiên bản 2.0.0" in page
    status, page = house.edit("version", text, next_version="2.0.0")
    assert status == 200
    assert 'version: "2.0.0"' in page
    assert "Người dùng dữ liệu" in page
    assert "Phải sửa theo" in page


def test_a_dry_run_is_seen_beside_the_text(house: House) -> None:
    text = text_of(house).replace("name: Danh mục", "name: Bảng danh mục", 1)
    status, page = house.edit("try", text)
    assert status == 200
    refresh = re.search(r'hx-get="(/contracts/dry-runs/[^"]+)"', page)
    assert refresh is not None
    house.officer.work()
    part = house.officer.get(refresh[1])
    assert "sẽ được phát hành" in part.lower() or "phát hành" in part.lower()
    assert "hx-get" not in part
    # Whoever comes back with the same text sees the result at once.
    status, page = house.edit("check", text)
    assert "hx-get" not in page.split('id="check"')[1]
    house.stranger.get(refresh[1], 403)


def test_two_at_once_are_told_and_the_text_is_kept(house: House) -> None:
    first = versioned(text_of(house), "1.0.1")
    first = re.sub(r'(?m)^  usage: "?', r"\g<0>Bản của người thứ nhất. ", first, count=1)
    page = house.officer.get(f"/contracts/{DATASET}/edit")
    seen, based = house.hidden(page, "seen"), house.hidden(page, "based_on")
    status, shown = house.edit("propose", first, by=house.operator)
    assert status == 303, shown
    assert "Chờ duyệt" in shown
    second = first.replace("người thứ nhất", "người thứ hai").replace("1.0.1", "1.0.2")
    fields = {"seen": seen, "based_on": based, "text": second, "do": "propose"}
    late = house.officer.post(f"/contracts/{DATASET}/edit", fields)
    page = unescape(late.text)
    assert late.status_code == 409
    assert "người thứ hai" in page
    assert "1.0.1" in page
    # Knowing of it, she may insist; then both wait for the approver.
    fields["seen"] = house.hidden(page, "seen")
    assert house.officer.post(f"/contracts/{DATASET}/edit", fields).status_code == 303
    waiting = [each.version for each in house.platform.registry.waiting()]
    assert waiting == ["1.0.1", "1.0.2"]


def test_a_proposal_is_worded_anew_in_place_of_the_old_one(house: House) -> None:
    (first, _) = house.platform.registry.waiting()
    page = house.officer.get(f"/contracts/{DATASET}/edit?from={first.hash}")
    assert "người thứ nhất" in page
    text = house.platform.registry.text(first.hash)
    assert text is not None
    again = text.decode().replace("người thứ nhất", "cả hai").replace("1.0.1", "1.0.3")
    fields = {
        "seen": house.hidden(page, "seen"),
        "based_on": first.hash,
        "text": again,
        "do": "propose",
    }
    assert house.officer.post(f"/contracts/{DATASET}/edit", fields).status_code == 303
    assert house.platform.registry.by_hash(first.hash).state is ContractState.RETIRED


def test_only_a_second_person_decides_and_then_it_is_in_force(house: House) -> None:
    path = f"/contracts/{DATASET}/1.0.3"
    own = house.officer.get(path)
    assert "/approve" not in own
    assert house.officer.post(f"{path}/approve").status_code == 403
    assert house.stranger.post(f"{path}/approve").status_code == 403
    shown = house.approver.get(path)
    assert "Duyệt và cho áp dụng" in shown
    assert "cả hai" in shown
    assert house.approver.post(f"{path}/approve", {"do": "approve"}).status_code == 303
    assert house.platform.registry.active(DATASET).version == "1.0.0"
    assert house.approver.post(f"{path}/activate").status_code == 303
    assert house.platform.registry.active(DATASET).version == "1.0.3"
    assert "cả hai" in text_of(house)
    # What is left of the other proposal can be taken back.
    left = f"/contracts/{DATASET}/1.0.2"
    assert house.officer.post(f"{left}/take-back").status_code == 303
    assert house.platform.registry.waiting() == ()


def test_a_loosened_protection_needs_the_third_persons_signature(house: House) -> None:
    text = text_of(house).replace("secondPerson, value: true", "secondPerson, value: false")
    assert text != text_of(house)
    text = versioned(text, "2.0.0")
    status, page = house.edit("propose", text)
    assert status == 303, page
    path = f"/contracts/{DATASET}/2.0.0"
    shown = house.approver.get(path)
    assert "Nhân sự bảo vệ dữ liệu cá nhân ký trước" in shown
    assert f'action="{path}/approve"' not in shown
    assert f'action="{path}/sign"' not in shown
    assert "ký trước" in house.approver.get("/approvals")
    refused = house.approver.post(f"{path}/approve", {"do": "activate"})
    assert refused.status_code == 409
    for other in (house.officer, house.approver, house.operator):
        assert other.post(f"{path}/sign").status_code == 403
    assert f'href="{path}"' in house.protector.get("/desk")
    assert f'action="{path}/sign"' in house.protector.get(path)
    assert house.protector.post(f"{path}/approve").status_code == 403
    assert house.protector.post(f"{path}/sign").status_code == 303
    assert f'href="{path}"' not in house.protector.get("/desk")
    assert "Nhân sự bảo vệ dữ liệu cá nhân mô phỏng" in house.approver.get(path)
    assert house.approver.post(f"{path}/approve").status_code == 303
    assert house.platform.registry.active(DATASET).version == "2.0.0"


def test_a_new_contract_begins_from_the_example_and_is_the_agencys_own(house: House) -> None:
    page = house.officer.get("/contracts/new")
    assert "danh-muc-vi-du" in page
    agency = house.platform.registry.active(DATASET).contract.agency
    assert f"value: {agency}" in page
    text = (
        example_contract()
        .replace("A99.1", agency)
        .replace("    properties:\n      - id: ma\n", "    properties:\n      - id: ma\n", 1)
    )
    taken = text.replace("id: danh-muc-vi-du", f"id: {DATASET}", 1)
    refused = house.officer.post("/contracts/new", {"text": taken, "do": "propose"})
    assert refused.status_code == 422
    assert DATASET in unescape(refused.text)
    made = house.officer.post("/contracts/new", {"text": text, "do": "propose"})
    assert made.status_code == 303, unescape(made.text)
    shown = house.officer.follow(made)
    assert "chưa có gì để so sánh" in shown.lower() or "đầu tiên" in shown
    assert house.approver.post("/contracts/danh-muc-vi-du/1.0.0/approve").status_code == 303
    assert house.platform.registry.active("danh-muc-vi-du").version == "1.0.0"
    stranger = house.stranger.post("/contracts/new", {"text": text.replace(
        "danh-muc-vi-du", "danh-muc-moi"), "do": "propose"})  # fmt: skip
    assert stranger.status_code == 403
    assert house.approver.client.get("/contracts/new").status_code == 403


def test_a_sample_file_becomes_a_draft_to_be_finished(house: House, tmp_path: Path) -> None:
    file = tmp_path / "cơ sở.csv"
    rows = "\n".join(f"CS{n:03d},Cơ sở số {n},{n * 3},0{n % 9 + 1}/02/2026" for n in range(1, 40))
    file.write_text(f"Mã cơ sở,Tên cơ sở,Số lao động,Ngày mở\n{rows}\n", encoding="utf-8")
    answer = house.officer.post("/contracts/new/draft", file=file)
    page = unescape(answer.text)
    assert answer.status_code == 200, page
    assert "Mã cơ sở" in page
    assert "logicalType: date" in page
    broken = tmp_path / "rong.csv"
    broken.write_text("\n\n", encoding="utf-8")
    refused = house.officer.post("/contracts/new/draft", file=broken)
    assert refused.status_code == 422
    assert house.officer.post("/contracts/new/draft").status_code == 422
