"""Another portal on a free port of this machine: it lists packages as CKAN does, serves files."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tinhdata.kernel import JSON

Package = dict[str, JSON]


@dataclass(slots=True)
class OtherPortal:
    """What the portal has; a test changes it while it is served. It `fails` so many times."""

    packages: list[Package] = field(default_factory=list)
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fails: int = 0
    breaks_at: int | None = None
    """Start of the page at which the portal goes away."""
    counts: int | None = None
    """What it says that it has, where that is not the truth."""
    url: str = ""


def package(number: int, **other: JSON) -> Package:
    """Give a package with all that a listing of CKAN carries."""
    name = f"bo-du-lieu-{number:03}"
    found: Package = {
        "id": f"0000{number:04}-aaaa-4bbb-8ccc-000000000000",
        "name": name,
        "title": f"Bộ dữ liệu mẫu số {number}",
        "notes": "Số liệu của một cổng khác.",
        "state": "active",
        "private": False,
        "type": "dataset",
        "license_id": "cc-by",
        "license_title": "Creative Commons Attribution",
        "license_url": "https://creativecommons.org/licenses/by/4.0/",
        "author": "Phòng Thống kê",
        "maintainer_email": "thongke@example.vn",
        "metadata_created": "2026-01-05T08:00:00.000000",
        "metadata_modified": "2026-02-05T08:00:00.000000",
        "organization": {"name": "so-mau", "title": "Sở Mẫu"},
        "tags": [{"name": "thong-ke", "display_name": "thống kê"}],
        "groups": [],
        "extras": [],
        "num_resources": 1,
        "resources": [
            {
                "id": f"r-{number}",
                "name": "Bảng số liệu",
                "format": "CSV",
                "mimetype": "text/csv",
                "url": f"https://example.vn/{name}.csv",
                "state": "active",
            }
        ],
    }
    return {**found, **other}


@contextmanager
def other_portal(*packages: Package) -> Iterator[OtherPortal]:
    """Serve a portal with these packages until the block ends."""
    portal = OtherPortal(list(packages))

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            portal.asked.append(self.path)
            parts = urlsplit(self.path)
            if portal.fails > 0:
                portal.fails -= 1
                self._answer(500, "text/plain", b"")
            elif parts.path == "/api/3/action/package_search":
                self._search(parse_qs(parts.query))
            elif self.path in portal.files:
                kind, content = portal.files[self.path]
                self._answer(200, kind, content)
            else:
                self._answer(404, "text/plain", b"")

        def _search(self, query: dict[str, list[str]]) -> None:
            start, rows = int(query["start"][0]), int(query["rows"][0])
            if portal.breaks_at is not None and start >= portal.breaks_at:
                self.connection.close()
                return
            ordered = sorted(portal.packages, key=lambda each: str(each["id"]))
            count = len(ordered) if portal.counts is None else portal.counts
            result = {"count": count, "results": ordered[start : start + rows], "sort": "id asc"}
            body = json.dumps({"help": "", "success": True, "result": result}).encode()
            self._answer(200, "application/json;charset=utf-8", body)

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing; tests have their own output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    portal.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield portal
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
