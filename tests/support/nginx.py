"""Starts a real nginx in front of a platform: the machine's own, or Debian's unpacked.

It listens on a free loopback port and ends with the block. The configuration is that of
docs/tutorial/nginx.md, so what is documented is what is tested and measured.
"""

import os
import re
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.daemons import free_port, unpack, wait_until

_ROOT = Path(__file__).resolve().parents[2]
_UNPACKED = _ROOT / "var" / "tools" / "nginx"
_HELP = "No nginx was found and none could be unpacked. Run: sudo apt-get install nginx"
_GUIDE = _ROOT / "docs" / "tutorial" / "nginx.md"


class NoNginx(RuntimeError):
    """There is no nginx; the message holds the line to run."""


def find_nginx() -> Path:
    """Give the nginx of this machine, else the unpacked one, unpacking it first if missing.

    Raises NoNginx with the line to run where neither is possible.
    """
    if on_path := shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        return Path(on_path)
    if not (_UNPACKED / "complete").exists():
        try:
            unpack(_UNPACKED, "nginx", "libpcre2-8-0", "libssl3")
        except (subprocess.CalledProcessError, OSError) as error:
            told = getattr(error, "stderr", "")
            raise NoNginx(f"{_HELP}\n({error}\n{told})") from error
    return _UNPACKED / "usr/sbin/nginx"


def documented_server() -> str:
    """Give the `server` block that the guide tells an operator to write."""
    (block,) = re.findall(r"```nginx\n(.*?)```", _GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


@contextmanager
def nginx(server: str) -> Iterator[str]:
    """Serve one `server` block, in which PORT stands for the port, and give the address."""
    program, port = find_nginx(), free_port()
    with tempfile.TemporaryDirectory(prefix="tinhdata-nginx-") as name:
        folder = Path(name)
        configuration = folder / "nginx.conf"
        configuration.write_text(_configuration(folder, server.replace("PORT", str(port))))
        command = [str(program), "-p", name, "-c", str(configuration), "-e", f"{name}/error.log"]
        with (folder / "out").open("wb") as out:
            process = subprocess.Popen(
                command, stdout=out, stderr=out, cwd=folder, env=_environment(program)
            )
        try:
            if not wait_until(lambda: _answers(port), process):
                told = (folder / "out").read_text() + (folder / "error.log").read_text()
                raise NoNginx(f"nginx did not start:\n{told}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=30)


def _configuration(folder: Path, server: str) -> str:
    # Where we are root its workers would be nobody, who may not enter the store.
    user = "user root;\n" if os.geteuid() == 0 else ""
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"{user}daemon off;\nworker_processes 2;\npid {folder}/pid;\nevents {{}}\n"
        f"http {{\n  access_log off;\n{temporary}{server}\n}}\n"
    )


def _environment(program: Path) -> dict[str, str]:
    if not program.is_relative_to(_UNPACKED):
        return dict(os.environ)
    libraries = [*_UNPACKED.glob("usr/lib/*-linux-gnu*"), *_UNPACKED.glob("lib/*-linux-gnu*")]
    return {**os.environ, "LD_LIBRARY_PATH": ":".join(str(path) for path in libraries)}


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
