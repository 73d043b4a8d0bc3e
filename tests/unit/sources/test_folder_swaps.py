"""What is put in a file's place after a watched folder was listed is not read."""

import os
from pathlib import Path

import pytest

from tinhdata.sources.drivers.folder import Folder
from tinhdata.sources.errors import AddressForbidden, SourceChanging
from tinhdata.sources.model import FilePlace


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    folder = tmp_path / "den"
    folder.mkdir()
    (folder / "a.csv").write_text("Mã\nA\n")
    return folder


def test_a_file_that_became_a_link_is_not_followed(watched: Path, tmp_path: Path) -> None:
    secret = tmp_path / "khoa"
    secret.write_text("bí mật")
    place = Folder(FilePlace(str(watched)), [watched])
    (listed,) = place.files({})
    (watched / "a.csv").unlink()
    (watched / "a.csv").symlink_to(secret)
    assert not place.is_same(listed)
    with pytest.raises(SourceChanging), place.fetch(listed, 0):
        pass


def test_a_file_that_became_a_pipe_does_not_hold_the_pull_up(watched: Path) -> None:
    place = Folder(FilePlace(str(watched)), [watched])
    (listed,) = place.files({})
    (watched / "a.csv").unlink()
    os.mkfifo(watched / "a.csv")
    with pytest.raises(SourceChanging), place.fetch(listed, 0):
        pass


def test_a_file_that_stayed_is_read(watched: Path) -> None:
    place = Folder(FilePlace(str(watched)), [watched])
    (listed,) = place.files({})
    with place.fetch(listed, 2) as fetched:
        assert b"".join(fetched.pieces) == "Mã\nA\n".encode()[2:]


@pytest.mark.parametrize("path", ["..", "../khac", "a/../../khac", "/etc", "/proc/self"])
def test_a_folder_beside_the_allowed_ones_is_refused(watched: Path, path: str) -> None:
    with pytest.raises(AddressForbidden):
        Folder(FilePlace(str(watched / path)), [watched])


def test_an_archive_may_not_lead_out_either(watched: Path, tmp_path: Path) -> None:
    (watched / "luu").symlink_to(tmp_path)
    for archive in ("luu", "../khac", "/tmp"):
        with pytest.raises(AddressForbidden):
            Folder(FilePlace(str(watched), archive=archive), [watched])
