"""Secrets are opened where they lie, and only where nobody else can read them."""

from pathlib import Path

import pytest

from tinhdata.sources import SecretMissing, Secrets


def secrets(folder: Path) -> Secrets:
    return Secrets(folder, {"SOURCE_SECRET_MOT": "của môi trường"}.get)


def put(folder: Path, mode: int) -> Path:
    path = folder / "mot-cua"
    path.write_text("của tệp\n", encoding="utf-8")
    path.chmod(mode)
    return path


def test_a_secret_comes_from_the_environment_or_a_closed_file(tmp_path: Path) -> None:
    put(tmp_path, 0o600)
    assert secrets(tmp_path).open("env:SOURCE_SECRET_MOT") == "của môi trường"
    assert secrets(tmp_path).open("file:mot-cua") == "của tệp"


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644])
def test_a_file_that_others_may_read_is_not_opened(tmp_path: Path, mode: int) -> None:
    put(tmp_path, mode)
    with pytest.raises(SecretMissing) as refused:
        secrets(tmp_path).open("file:mot-cua")
    assert "của tệp" not in str(refused.value)


@pytest.mark.parametrize("name", ["khong-co", "../mot-cua", "", "a/b", ".."])
def test_nothing_outside_of_the_folder_is_opened(tmp_path: Path, name: str) -> None:
    put(tmp_path, 0o600)
    inner = tmp_path / "keys"
    inner.mkdir()
    with pytest.raises(SecretMissing):
        secrets(inner).open(f"file:{name}")


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "duong-tat").symlink_to(put(tmp_path, 0o600))
    with pytest.raises(SecretMissing):
        secrets(tmp_path).open("file:duong-tat")


def test_what_the_environment_does_not_hold_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(SecretMissing, match="SOURCE_SECRET_HAI"):
        secrets(tmp_path).open("env:SOURCE_SECRET_HAI")
