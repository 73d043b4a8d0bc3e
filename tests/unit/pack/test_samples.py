"""Samples that functions of a pack make: what they are given, how they fail, how written."""

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tests.support.small_pack import small_pack
from tinhdata.contracts import Contract
from tinhdata.edge.language import say
from tinhdata.intake import understand
from tinhdata.pack import SampleForm, SampleUnusable, World, load_pack

UNITS = "danh-muc-don-vi-hanh-chinh"
LISTED = "danh-muc-ma-thu-tuc"
AIR = "quan-trac-bui-khong-khi"
SEVERAL = '''"""Made-up rows."""

def _codes(world):
    for number in range(3):
        yield {"ma": f"1.00000{number}", "ten": world.rng("x").random()}

SAMPLES = {"danh-muc-ma-thu-tuc": _codes}
'''


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Give a copy of the pack with three datasets, one of them without a kept sample."""
    root = small_pack(tmp_path / "pack", {UNITS, LISTED, AIR})
    (root / "samples" / f"{LISTED}.csv").unlink()
    return root


def world_of(root: Path) -> World:
    return World(load_pack(root, None))


def write(root: Path, name: str, text: str) -> None:
    (root / "samples" / name).write_text(text, encoding="utf-8")


def refusal(root: Path, dataset: str = LISTED) -> str:
    with pytest.raises(SampleUnusable) as refused:
        world_of(root).rows(dataset)
    assert refused.value.fix
    return say(refused.value.text, "en")


def first_columns(contract: Contract, count: int) -> tuple[str, ...]:
    return contract.column_names[:count]


def test_a_function_makes_the_rows_and_missing_columns_are_empty(root: Path) -> None:
    name, label, *others = load_pack(root, None).dataset(LISTED).contract.column_names
    made = f"SAMPLES = {{{LISTED!r}: lambda world: [{{{name!r}: '1.000000', {label!r}: 'A'}}]}}"
    write(root, "danh_muc_dung_chung.py", made)
    (row,) = world_of(root).rows(LISTED)
    assert dict(row) == {name: "1.000000", label: "A", **dict.fromkeys(others)}


def test_modules_of_a_sector_may_be_several_and_share_helpers(root: Path) -> None:
    column = first_columns(load_pack(root, None).dataset(LISTED).contract, 1)[0]
    write(root, "_chung.py", "CODE = '1.000001'\n")
    write(
        root,
        "danh_muc_dung_chung_hai.py",
        "from ._chung import CODE\n"
        f"SAMPLES = {{{LISTED!r}: lambda world: [{{{column!r}: CODE}}]}}\n",
    )
    assert world_of(root).rows(LISTED)[0][column] == "1.000001"


def test_a_kept_file_wins_and_gives_what_would_be_released(root: Path) -> None:
    world = world_of(root)
    rows = world.rows(AIR)
    assert isinstance(rows[0]["thoi_diem"], datetime)
    assert isinstance(rows[0]["pm25"], float)
    assert all(row["thoi_diem"] is not None for row in rows)
    assert world.file(AIR, root) == root.resolve() / "samples" / f"{AIR}.csv"


def test_communes_have_their_place_and_size(root: Path) -> None:
    world = world_of(root)
    by_code = {row["ma"]: row for row in world.rows(UNITS)}
    assert len(world.communes) == 92
    for commune in world.communes:
        row = by_code[commune.code]
        assert (commune.name, commune.lat, commune.lon) == (
            row["ten"],
            row["vi_do"],
            row["kinh_do"],
        )
        assert row["dien_tich"] == pytest.approx(Decimal(str(commune.area_km2)))
        assert commune.is_ward == (row["loai"] == "phường")


def test_chance_is_the_same_for_the_same_name_only(root: Path) -> None:
    one, other = world_of(root), world_of(root)
    assert one.rng("a").random() == other.rng("a").random() == 0.12774512596010668
    assert one.rng("a").random() != one.rng("b").random()


def test_rows_are_made_once_and_cannot_be_changed(root: Path) -> None:
    world = world_of(root)
    rows = world.rows(UNITS)
    assert world.rows(UNITS) is rows
    with pytest.raises(TypeError):
        rows[0]["ma"] = "x"  # type: ignore[index]  # that it cannot be is what is tested


def test_samples_that_need_each_other_are_named(root: Path) -> None:
    (root / "samples" / f"{UNITS}.csv").unlink()
    pair = f"{LISTED!r}: lambda w: w.rows({UNITS!r}), {UNITS!r}: lambda w: w.rows({LISTED!r})"
    write(root, "danh_muc_dung_chung.py", f"SAMPLES = {{{pair}}}\n")
    assert refusal(root) == f"These samples need each other: {LISTED} → {UNITS} → {LISTED}."


def test_what_is_missing_is_said_with_where_to_add_it(root: Path) -> None:
    assert refusal(root) == f"The pack has no sample of {LISTED}."
    assert refusal(root, "khong-co") == "The pack has no dataset khong-co."
    world = world_of(root)
    assert not world.has(LISTED)
    with pytest.raises(SampleUnusable):
        world.code_list("khong-co")


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("import nothing_of_that_name\n", "cannot be run: ModuleNotFoundError"),
        ("rows = 1\n", "does not say which samples it makes"),
        (
            f"SAMPLES = {{{LISTED!r}: lambda w: [{{'la': 1}}]}}\n",
            "columns that its contract does not",
        ),
        (f"SAMPLES = {{{LISTED!r}: lambda w: 1 / 0}}\n", "cannot be run: ZeroDivisionError"),
    ],
)
def test_a_module_that_does_not_work_is_named(root: Path, module: str, said: str) -> None:
    write(root, "danh_muc_dung_chung.py", module)
    assert said in refusal(root)


def test_two_functions_for_one_dataset_are_refused(root: Path) -> None:
    for name in ("danh_muc_dung_chung.py", "danh_muc_dung_chung_hai.py"):
        write(root, name, f"SAMPLES = {{{LISTED!r}: lambda world: []}}\n")
    assert refusal(root) == f"Two functions make the sample of {LISTED}."


@pytest.mark.parametrize("form", SampleForm)
def test_every_form_of_file_is_the_same_bytes_each_time_and_understood(
    root: Path, form: SampleForm, tmp_path: Path
) -> None:
    first = world_of(root).write(UNITS, tmp_path / f"one.{form}", form)
    again = world_of(root).write(UNITS, tmp_path / f"two.{form}", form)
    assert first.read_bytes() == again.read_bytes()
    understood = understand(first, first.name, world_of(root).contract(UNITS))
    assert understood.is_ready, understood.refusal
    assert understood.match_percent == 100


def test_values_stand_in_the_files_as_people_write_them(root: Path, tmp_path: Path) -> None:
    world = world_of(root)
    text = world.write(UNITS, tmp_path / "a.csv", SampleForm.CSV).read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0][:3] == ["Mã đơn vị hành chính", "Tên", "Loại"]
    assert rows[1][0] == "01840"
    assert rows[1][-1] == "2025-07-01"
    sheet = openpyxl.load_workbook(world.write(UNITS, tmp_path / "a.xlsx", SampleForm.XLSX)).active
    assert sheet is not None
    line = [cell.value for cell in sheet[2]]
    assert line[0] == "01840"
    assert line[3] == 22.1658
    assert isinstance(line[-1], datetime)
    assert line[-1].date() == date(2025, 7, 1)
    written = world.write(UNITS, tmp_path / "a.json", SampleForm.JSON).read_text(encoding="utf-8")
    (first, *_) = json.loads(written)
    assert (first["ma"], first["vi_do"], first["ngay_hieu_luc"]) == ("01840", 22.1658, "2025-07-01")


def test_everything_lies_before_the_day_of_the_samples(root: Path) -> None:
    assert world_of(root).day == date(2026, 9, 30)
