"""A part of the province's pack, for tests that need datasets but not all of them."""

import shutil
from collections.abc import Collection
from pathlib import Path

import yaml

from tests.data.expectations import PACK

FIRST = frozenset(
    {
        "chuyen-doi-don-vi-hanh-chinh",
        "dan-so-dien-tich-mat-do",
        "danh-muc-co-quan",
        "danh-muc-don-vi-hanh-chinh",
        "danh-muc-ma-thu-tuc",
        "nhiet-do-trung-binh-thang",
        "quan-trac-bui-khong-khi",
        "quy-mo-don-vi-hanh-chinh-cap-xa",
        "thu-tuc-bo-nganh-cong-bo",
    }
)
"""The datasets whose samples are kept as files; installing these takes a few seconds."""

_FACTS = (
    "agencies.yaml",
    "laws.yaml",
    "databases.yaml",
    "holidays.yaml",
    "units.csv",
    "portal.yaml",
    "feedback.yaml",
    "terms.yaml",
)


def small_pack(folder: Path, datasets: Collection[str] = FIRST) -> Path:
    """Copy the facts of the pack and these datasets with their kept samples into `folder`."""
    folder.mkdir(parents=True)
    for name in _FACTS:
        shutil.copy(PACK / name, folder / name)
    shutil.copytree(PACK / "code-lists", folder / "code-lists")
    head = yaml.safe_load((PACK / "pack.yaml").read_text(encoding="utf-8"))
    head.pop("dictionary", None)
    (folder / "pack.yaml").write_text(yaml.safe_dump(head, allow_unicode=True), encoding="utf-8")
    registers = yaml.safe_load((PACK / "registers.yaml").read_text(encoding="utf-8"))
    for kept in ("services", "plan"):
        if registers[kept]["dataset"] not in datasets:
            registers.pop(kept)
    (folder / "registers.yaml").write_text(
        yaml.safe_dump(registers, allow_unicode=True), encoding="utf-8"
    )
    (folder / "samples").mkdir()
    for dataset in sorted(datasets):
        contract = next((PACK / "contracts").rglob(f"{dataset}.yaml"))
        target = folder / contract.relative_to(PACK)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(contract, target)
        for sample in (PACK / "samples").glob(f"{dataset}.*"):
            shutil.copy(sample, folder / "samples" / sample.name)
    return folder
