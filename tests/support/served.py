"""The real app on a free port of this machine, for tests that ask over HTTP or with a browser."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from tinhdata.app import create_app
from tinhdata.bootstrap import Platform


@contextmanager
def served(platform: Platform) -> Iterator[str]:
    """Serve `platform` as long as the block runs, and give the address of the site."""
    # With the protocol named, as `serve` does: else each answer waits 40 ms for a confirmation.
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        settings = uvicorn.Config(
            create_app(platform), log_level="error", ws="none", proxy_headers=False
        )
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=20)
