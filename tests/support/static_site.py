"""Serves ready-made pages and the static files on a free port, with the real security policy."""

import mimetypes
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tinhdata.web.assets import STATIC
from tinhdata.web.contexts.shell import Context, Shell
from tinhdata.web.pages import CONTENT_SECURITY_POLICY, render


@contextmanager
def serve_pages(pages: Mapping[str, tuple[Context, Shell]]) -> Iterator[str]:
    """Serve each page under `/<name>` and give the address of the site."""
    written = {f"/{name}": render(page, shell).encode() for name, (page, shell) in pages.items()}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            if path.startswith("/static/"):
                file = STATIC / path.split("/", 3)[3]
                if file.is_file():
                    self._answer(200, mimetypes.guess_type(file.name)[0] or "", file.read_bytes())
                    return
            if self.headers.get("HX-Request"):
                # A page that waits asks again and again; here it is told that nothing is new.
                self._answer(204, "", b"")
                return
            body = written.get(path)
            self._answer(200 if body else 404, "text/html; charset=utf-8", body or b"")

        def _answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing; tests have their own output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
