"""An officer's and an approver's day on the command line, each on a dataset of his own."""

from pathlib import Path

import openpyxl
import pytest

from tests.integration.cli.running import PACK, Ran, Shell

AIR = "quan-trac-bui-khong-khi"
PEOPLE = "dan-so-dien-tich-mat-do"
OFFICER, APPROVER = "canbo.nnmt", "duyet.nnmt"


def air_lines() -> list[str]:
    return (PACK / "samples" / f"{AIR}.csv").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def bad_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The sample of another day, with a moment that no calendar has."""
    day = 10 + sum(map(ord, request.node.name)) % 15
    lines = [line.replace("2026/11/02", f"2026/10/{day}") for line in air_lines()[:12]]
    lines[2] = lines[2].replace(f"2026/10/{day}", "2026/02/31")
    path = tmp_path / "air.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def delivered(demo: Shell, file: Path, *more: str) -> Ran:
    return demo.json("deliver", AIR, file, "--as", OFFICER, *more)


def test_what_fails_waits_and_comes_later_as_a_correction(
    demo: Shell, bad_file: Path, tmp_path: Path
) -> None:
    checked = delivered(demo, bad_file)
    assert (checked.code, checked.document["state"]) == (6, "checked")
    assert checked.document["rows"] == {
        "made": 11,
        "released": 0,
        "quarantined": 1,
        "linked": 0,
        "waiting": 10,
    }
    again = delivered(demo, bad_file, "--publish")
    assert (again.code, again.document["state"]) == (6, "released")
    assert again.document["is_new"] is False
    listed = demo.run("quarantine", "list", again.text("delivery"), "--as", OFFICER)
    assert listed.code == 0
    assert "2026/02/31" in listed.out
    releases = demo.json("releases", AIR)
    assert again.text("release") in releases.out
    corrected_through_a_workbook(demo, again.text("delivery"), tmp_path / "waiting.xlsx")


def corrected_through_a_workbook(demo: Shell, delivery: str, workbook: Path) -> None:
    exported = demo.json("quarantine export", delivery, workbook, "--as", OFFICER)
    assert (exported.code, exported.document["rows"]) == (0, 1)
    mend(workbook, "2026/02/31", "2026/02/28")
    done = demo.json("quarantine retry", delivery, workbook, "--as", OFFICER, "--publish")
    assert done.code == 0
    assert (done.document["cells"], done.document["passing"]) == (1, [1])
    correction = done.document["correction"]
    assert isinstance(correction, dict)
    assert (correction["state"], correction["parent"]) == ("released", delivery)


def mend(workbook: Path, wrong: str, right: str) -> None:
    book = openpyxl.load_workbook(workbook)
    cells = [
        cell
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(wrong)
    ]
    for cell in cells:
        cell.value = str(cell.value).replace(wrong, right)
    assert cells
    book.save(workbook)


def test_an_approver_and_nobody_else_waives_a_rule(demo: Shell, tmp_path: Path) -> None:
    lines = [line.replace("2026/11/02", "2026/09/05") for line in air_lines()[:5]]
    cells = lines[1].split(";")
    cells[7], cells[8] = "10.00", "20.00"
    lines[1] = ";".join(cells)
    file = tmp_path / "odd.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    delivery = delivered(demo, file, "--publish").text("delivery")
    words = (delivery, "--item", "1", "--reason", "x", "--legal-basis", "y")
    by_officer = demo.json("quarantine waive", *words, "--as", OFFICER)
    assert (by_officer.code, by_officer.problem) == (3, "refused")
    waived = demo.json("quarantine waive", *words, "--as", APPROVER)
    assert (waived.code, waived.document["state"]) == (0, "released")


def test_nobody_delivers_without_a_name_or_for_another_agency(demo: Shell, bad_file: Path) -> None:
    unnamed = demo.json("deliver", AIR, bad_file)
    assert (unnamed.code, unnamed.problem) == (3, "sign-in-needed")
    stranger = demo.json("deliver", AIR, bad_file, "--as", "canbo.noivu")
    assert (stranger.code, stranger.problem) == (3, "refused")
    nobody = demo.json("deliver", AIR, bad_file, "--as", "khong.co")
    assert (nobody.code, nobody.problem) == (4, "access-not-found")


def test_an_unknown_dataset_and_a_missing_file_are_not_found(demo: Shell, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    assert demo.json("deliver", AIR, file, "--as", OFFICER).problem == "file-missing"
    file.write_text("a,b\n", encoding="utf-8")
    unknown = demo.json("deliver", "khong-co", file, "--as", OFFICER)
    assert (unknown.code, unknown.problem) == (4, "no-such-dataset")


def test_a_file_that_is_no_table_is_refused_as_invalid(demo: Shell, tmp_path: Path) -> None:
    file = tmp_path / "photo.csv"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    ran = demo.json("deliver", AIR, file, "--as", OFFICER)
    assert (ran.code, ran.document["state"]) == (5, "refused")


def test_publishing_waits_for_a_second_person_where_the_contract_wants_one(
    demo: Shell, tmp_path: Path
) -> None:
    lines = (PACK / "samples" / f"{PEOPLE}.csv").read_text(encoding="utf-8").splitlines()
    file = tmp_path / "people.csv"
    file.write_text("\n".join([lines[0], *lines[2:]]) + "\n", encoding="utf-8")
    ran = demo.json("deliver", PEOPLE, file, "--as", "canbo.taichinh", "--publish")
    assert ran.document["state"] == "awaiting"
    assert ran.document["release"] is None


def test_work_left_to_a_worker_is_done_by_it(demo: Shell, bad_file: Path) -> None:
    left = delivered(demo, bad_file, "--no-wait")
    assert (left.code, left.document["state"]) == (0, "received")
    worked = demo.json("worker", "--until-idle")
    assert worked.code == 0
    assert delivered(demo, bad_file).document["state"] == "checked"


def test_a_release_that_later_ones_rest_on_goes_only_with_them(demo: Shell, tmp_path: Path) -> None:
    first = published(demo, tmp_path, "2026/08/01")
    second = published(demo, tmp_path, "2026/08/02")
    words = (first, "--reason", "nhầm tệp", "--legal-basis", "QĐ 1", "--as", APPROVER)
    alone = demo.json("withdraw", *words)
    assert (alone.code, alone.problem) == (7, "later-releases")
    both = demo.json("withdraw", *words, "--with-later")
    assert both.code == 0
    gone = both.document["withdrawn"]
    assert isinstance(gone, list)
    lines = [line for line in gone if isinstance(line, dict)]
    assert [line["release"] for line in lines] == [second, first]
    assert {(line["state"], line["reason"]) for line in lines} == {("withdrawn", "nhầm tệp")}
    assert all(line["withdrawn_at"] for line in lines)


def published(demo: Shell, folder: Path, day: str) -> str:
    lines = [line.replace("2026/11/02", day) for line in air_lines()[:6]]
    file = folder / f"{day.replace('/', '')}.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    ran = delivered(demo, file, "--publish")
    assert ran.code == 0, ran.out
    return ran.text("release")


def test_the_doctor_finds_a_file_that_was_altered(demo: Shell) -> None:
    landed = next((demo.store / "landing").glob("??/??/*"))
    before = landed.read_bytes()
    landed.chmod(0o600)
    landed.write_bytes(before + b"x")
    try:
        found = demo.run("doctor")
        assert found.code == 8
        assert "✓ quarantine" in found.out
        assert "✗ landing" in found.out
        assert "backup" in found.out
    finally:
        landed.write_bytes(before)
