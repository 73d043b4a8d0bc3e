"""Packs as folders: the one of the project, and copies of it with something wrong."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.data.expectations import PACK
from tests.support.small_pack import FIRST, small_pack
from tinhdata.access import AgencyKind
from tinhdata.pack import Certainty, LawStatus, Pack, PackInvalid, load_pack

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack(PACK, TODAY)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a small copy of the pack: its facts and one contract."""
    return small_pack(tmp_path / "pack", {"danh-muc-ma-thu-tuc"})


def change(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def faults(root: Path) -> list[str]:
    with pytest.raises(PackInvalid) as invalid:
        load_pack(root, TODAY)
    return [f"{found.where}: {found.text}" for found in invalid.value.findings]


def test_the_pack_of_the_project_has_no_faults_and_is_complete(pack: Pack) -> None:
    assert (pack.id, pack.province_code, pack.demo) == ("thai-nguyen", "19", True)
    assert len(pack.units) == 92
    assert len(pack.agencies) == 16 + 92
    assert {dataset.contract.id for dataset in pack.datasets} >= FIRST


def test_each_commune_has_a_committee_whose_code_is_marked_as_simulated(pack: Pack) -> None:
    committees = [a for a in pack.agencies if a.agency.kind is AgencyKind.COMMUNE]
    assert len({a.agency.code for a in committees}) == 92
    assert {a.certainty for a in committees} == {Certainty.SIMULATED}
    assert committees[0].agency.name.vi == "Ủy ban nhân dân phường Đức Xuân"


def test_made_up_rows_are_named_so_in_the_contract(pack: Pack) -> None:
    for dataset in pack.datasets:
        assert dataset.contract.simulated == ("(mô phỏng)" in dataset.contract.name.vi)


def test_a_law_that_was_replaced_holds_only_until_then(pack: Pack) -> None:
    decree = pack.laws["urn:vn:nd:13/2023/NĐ-CP"]
    assert decree.holds_on(date(2025, 12, 31))
    assert not decree.holds_on(date(2026, 1, 1))


def test_a_law_whose_force_is_disputed_is_never_a_basis(pack: Pack) -> None:
    disputed = [law for law in pack.laws.values() if law.status is LawStatus.DISPUTED]
    assert disputed
    assert not any(law.holds_on(TODAY) for law in disputed)


def test_the_holidays_make_a_calendar_of_working_days(pack: Pack) -> None:
    assert not pack.calendar.is_working_day(date(2026, 2, 17))
    assert pack.calendar.is_working_day(date(2025, 4, 26))
    assert pack.calendar.next_working_day(date(2026, 4, 25)) == date(2026, 4, 28)


def test_code_lists_keep_the_zeros_of_their_codes(pack: Pack) -> None:
    provinces = {entry.code: entry.label for entry in pack.code_lists["tinh-truoc-01-7-2025"]}
    assert len(provinces) == 63
    assert provinces["06"].in_language("en") == "Bac Kan"


def test_the_copy_is_good_before_anything_is_spoilt(copy: Path) -> None:
    assert len(load_pack(copy, TODAY).datasets) == 1


def test_a_folder_without_pack_yaml_is_no_pack(tmp_path: Path) -> None:
    assert faults(tmp_path) == ["pack.yaml: The file pack.yaml is missing."]


def test_a_key_that_nobody_knows_is_named_with_its_line(copy: Path) -> None:
    change(copy, "laws.yaml", "    status:", "    sttus: x\n    status:")
    (found,) = [fault for fault in faults(copy) if "sttus" in fault]
    line = (copy / "laws.yaml").read_text(encoding="utf-8").splitlines().index("    sttus: x") + 1
    assert found.startswith(f"laws.yaml:{line}: laws.0.sttus")


def test_a_key_that_stands_twice_is_an_error(copy: Path) -> None:
    change(copy, "pack.yaml", "demo: true", "demo: true\ndemo: false")
    assert "the key demo stands twice" in faults(copy)[0]


def test_a_contract_must_rest_on_a_text_that_is_in_force(copy: Path) -> None:
    change(
        copy,
        "contracts/danh-muc-dung-chung/danh-muc-ma-thu-tuc.yaml",
        "urn:vn:nd:118/2025/NĐ-CP",
        "urn:vn:nd:13/2023/NĐ-CP",
    )
    (fault,) = faults(copy)
    assert "urn:vn:nd:13/2023/NĐ-CP does not hold on 2026-11-23" in fault


def test_a_contract_names_only_agencies_and_databases_of_the_pack(copy: Path) -> None:
    name = "contracts/danh-muc-dung-chung/danh-muc-ma-thu-tuc.yaml"
    change(copy, name, "value: H55.01", "value: H55.77")
    change(copy, name, "value: csdl-thu-tuc-hanh-chinh", "value: csdl-khac")
    assert [fault.partition(": ")[2] for fault in faults(copy)] == [
        "There is no agency H55.77.",
        "There is no database csdl-khac.",
    ]


def test_each_contract_file_is_a_dataset_and_stands_after_those_it_refers_to(pack: Pack) -> None:
    order = [dataset.contract.id for dataset in pack.datasets]
    assert len(order) == len(list((PACK / "contracts").rglob("*.yaml")))
    for dataset in pack.datasets:
        at = order.index(dataset.contract.id)
        assert all(order.index(target) < at for target in dataset.refers_to)


def test_a_reference_to_a_dataset_that_is_not_there_is_a_fault(copy: Path) -> None:
    extra = "contracts/danh-muc-dung-chung/danh-muc-co-quan.yaml"
    shutil.copy(PACK / extra, copy / extra)
    (fault,) = faults(copy)
    assert "refers to danh-muc-don-vi-hanh-chinh, which is not in the pack" in fault


def test_datasets_that_refer_to_each_other_are_a_fault(tmp_path: Path) -> None:
    copy = small_pack(tmp_path / "pack", {"danh-muc-co-quan", "danh-muc-don-vi-hanh-chinh"})
    relation = "        relationships:\n          - to: danh-muc-co-quan.ma_co_quan\n"
    before = "        name: loai\n"
    name = "contracts/danh-muc-dung-chung/danh-muc-don-vi-hanh-chinh.yaml"
    change(copy, name, before, before + relation)
    (fault,) = faults(copy)
    assert "refers to danh-muc-co-quan, which refers back to it" in fault


def test_one_dataset_in_two_files_is_a_fault(copy: Path) -> None:
    (first,) = (copy / "contracts").rglob("*.yaml")
    (copy / "contracts" / "noi-vu").mkdir()
    shutil.copy(first, copy / "contracts" / "noi-vu" / first.name)
    assert "contracts: danh-muc-ma-thu-tuc stands 2 times." in faults(copy)


def test_only_gives_what_was_asked_for_and_what_that_refers_to(pack: Pack) -> None:
    kept = pack.only({"danh-muc-co-quan"})
    order = [dataset.contract.id for dataset in kept.datasets]
    assert order == ["danh-muc-don-vi-hanh-chinh", "danh-muc-co-quan"]
    with pytest.raises(KeyError):
        pack.only({"khong-co"})


def test_the_facts_alone_are_read_without_the_contracts() -> None:
    facts = load_pack(PACK, None, contracts=False)
    assert facts.datasets == ()
    assert len(facts.units) == 92


def test_faults_of_a_contract_keep_their_file_and_line(copy: Path) -> None:
    name = "contracts/danh-muc-dung-chung/danh-muc-ma-thu-tuc.yaml"
    change(copy, name, "logicalType: string", "logicalType: text")
    assert any(fault.startswith(f"{name}:") for fault in faults(copy))


def test_a_kept_sample_belongs_to_one_dataset(copy: Path) -> None:
    (copy / "samples" / "danh-muc-ma-thu-tuc.json").write_text("[]", encoding="utf-8")
    (copy / "samples" / "khong-co.csv").write_text("x", encoding="utf-8")
    assert faults(copy) == [
        "samples/danh-muc-ma-thu-tuc.json: danh-muc-ma-thu-tuc has two samples.",
        "samples/khong-co.csv: There is no contract that the sample belongs to.",
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("agencies.yaml", 'parent: "H55.01"', 'parent: "H55.66"', "is below H55.66"),
        ("agencies.yaml", 'code: "H55.03"', 'code: "H55.04"', "H55.04 stands 2 times"),
        ("units.csv", "01843,", "01840,", "01840 stands 2 times"),
        ("units.csv", "phường,22.1658", "phường,thừa,22.1658", "more or fewer cells"),
        ("units.csv", "predecessors", "tien_than", "The columns predecessors are missing"),
        ("databases.yaml", 'agency: "H55.09"', 'agency: "H55.99"', "There is no agency H55.99"),
        ("databases.yaml", "60/2024/QH15", "99/2024/QH15", "is not in laws.yaml"),
        ("laws.yaml", 'valid_to: "2026-07-01"', 'valid_to: "2006-01-01"', "ends before it begins"),
        ("holidays.yaml", '"2025-01-01"', '"2025-02-30"', "holidays.yaml:"),
        ("code-lists/bo-nganh.csv", "Bộ Công Thương,", "Bộ Công an,", "stands 2 times"),
    ],
)
def test_facts_that_contradict_each_other_are_named(
    copy: Path, name: str, old: str, new: str, said: str
) -> None:
    change(copy, name, old, new)
    assert any(said in fault for fault in faults(copy)), faults(copy)
