"""Full files of open releases behind nginx as the documentation sets it up."""

import base64
import hashlib
from email.utils import format_datetime
from pathlib import Path

import pytest
from httpx import Client

from tests.data.expectations import PACK
from tests.integration.api.asking import SENSOR
from tests.support.nginx import NoNginx, documented_server, nginx
from tests.support.office import person
from tests.support.served import served
from tinhdata.access import Role
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.settings import Settings

PLAIN = {"Accept-Encoding": "identity"}


def test_nginx_in_front_sends_the_files_and_the_platform_decides(tmp_path: Path) -> None:
    settings = Settings(
        store=tmp_path / "store",
        pack=PACK,
        demo=True,
        open_files=tmp_path / "files",
        accel_redirect="/open-files/",
    )
    platform = open_platform(settings)
    install_pack(platform, only={SENSOR})
    platform.work.run_until_idle("tests")
    try:
        with served(platform) as address, nginx(in_front_of(address, tmp_path / "files")) as front:
            _behind_nginx(platform, front)
    except NoNginx as missing:
        pytest.skip(str(missing))
    finally:
        platform.close()


def in_front_of(address: str, files: Path) -> str:
    """Give the documented server for this machine."""
    server = documented_server()
    for documented, here in (
        ("listen 80;", "listen 127.0.0.1:PORT;"),
        ("http://127.0.0.1:8000", address),
        ("/srv/tinhdata/open-files", str(files)),
    ):
        assert server.count(documented) == 1
        server = server.replace(documented, here)
    return server


def _behind_nginx(platform: Platform, front: str) -> None:
    release = platform.warehouse.current(SENSOR)
    assert release is not None
    (kept,) = (n for n in (platform.settings.open_files or Path()).glob(f"{SENSOR}/*.csv"))
    with Client(base_url=front, headers=PLAIN) as client:
        path = f"/datasets/{SENSOR}/download.csv"
        whole = client.get(path)
        assert whole.content == kept.read_bytes()
        assert whole.headers["Server"].startswith("nginx")
        sha256 = hashlib.sha256(whole.content).hexdigest()
        assert whole.headers["ETag"] == f'"{sha256[:32]}"'
        assert base64.b64encode(bytes.fromhex(sha256)).decode() in whole.headers["Repr-Digest"]
        published = format_datetime(release.published_at, usegmt=True)
        assert whole.headers["Last-Modified"] == published
        assert whole.headers["Content-Disposition"].startswith("attachment")
        assert whole.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert whole.headers["X-Content-Type-Options"] == "nosniff"
        assert client.head(path).headers["Content-Length"] == str(len(whole.content))
        same = {"Range": "bytes=3-9", "If-Range": whole.headers["ETag"]}
        part = client.get(path, headers=same)
        assert (part.status_code, part.content) == (206, whole.content[3:10])
        other = client.get(path, headers={**same, "If-Range": '"x"'})
        assert (other.status_code, other.content) == (200, whole.content)
        assert client.get(path, headers={"Range": "bytes=99999999-"}).status_code == 416
        had = client.get(path, headers={"If-None-Match": whole.headers["ETag"]})
        assert had.status_code == 304
        packed = client.get(path, headers={"Accept-Encoding": "gzip"})
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.content == whole.content
        # By its address nobody reaches the file.
        assert client.get(f"/open-files/{SENSOR}/{kept.name}").status_code == 404
        approver = person(platform, SENSOR, Role.APPROVER)
        platform.deliveries.withdraw(approver, release.id, "nhầm", "Điều 1")
        assert kept.exists()
        assert client.get(f"{path}?release={release.number}").status_code == 410
