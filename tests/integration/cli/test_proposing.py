"""A contract proposed, tried out and decided on the command line, each by who may."""

import re
from pathlib import Path

from tests.integration.cli.running import PACK, Shell

PROCEDURES = "danh-muc-ma-thu-tuc"
FILE = next(PACK.glob(f"contracts/*/{PROCEDURES}.yaml"))
OFFICER, APPROVER, STRANGER = "canbo.vanphong", "duyet.vanphong", "canbo.nnmt"


def changed(path: Path, version: str, *changes: tuple[str, str]) -> Path:
    """Write the contract of the pack with another version and other changes."""
    text = re.sub(r"(?m)^version: .*$", f'version: "{version}"', FILE.read_text("utf-8"))
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_contract_is_tried_proposed_approved_and_put_into_force(
    demo: Shell, tmp_path: Path
) -> None:
    file = changed(tmp_path / "a.yaml", "1.0.1", ('  usage: "', '  usage: "Bản sửa lời. '))
    tried = demo.json("contract dry-run", file, "--as", OFFICER)
    assert (tried.code, tried.document["state"]) == (0, "done"), tried.err
    assert (tried.document["newly_held"], tried.document["newly_released"]) == (0, 0)
    assert tried.document["made"] == tried.document["released"]

    refused = demo.json("contract propose", file, "--as", STRANGER)
    assert (refused.code, refused.problem) == (3, "refused")
    made = demo.json("contract propose", file, "--as", OFFICER)
    assert (made.code, made.document["state"]) == (0, "proposed")
    own = demo.json("contract approve", made.text("hash"), "--as", OFFICER)
    assert own.code == 3
    done = demo.json("contract approve", made.text("hash"), "--as", APPROVER, "--activate")
    assert (done.code, done.document["state"]) == (0, "active")
    again = demo.json("contract approve", made.text("hash"), "--as", APPROVER)
    assert (again.code, again.problem) == (7, "contract-wrong-state")


def test_a_dry_run_that_holds_rows_says_so_by_its_code(demo: Shell, tmp_path: Path) -> None:
    file = changed(tmp_path / "b.yaml", "3.0.0", ("minLength: 5", "minLength: 40"))
    ran = demo.run("contract", "dry-run", file, "--as", OFFICER)
    assert ran.code == 6, ran.out + ran.err
    assert re.search(r"newly hold [1-9]", ran.out)
    broken = tmp_path / "c.yaml"
    broken.write_text("id: x\nid: y\n", encoding="utf-8")
    assert demo.json("contract dry-run", broken, "--as", OFFICER).problem == "contract-invalid"
    assert demo.json("contract dry-run", tmp_path / "no.yaml", "--as", OFFICER).code == 4
