"""A line between the platform and a server of a test that breaks after so many bytes."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Cutter:
    """A port that leads to a server; each connection ends after `cut_after` bytes of answers."""

    port: int
    cut_after: int | None = None


@contextmanager
def cutter(host: str, port: int) -> Iterator[Cutter]:
    """Lead a new port to `host`:`port` as long as the block runs."""
    listening = socket.create_server(("127.0.0.1", 0))
    found = Cutter(listening.getsockname()[1])

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listening.accept()
                server = socket.create_connection((host, port))
                for way in (_answers, _questions):
                    threading.Thread(
                        target=way, args=(server, client, found.cut_after), daemon=True
                    ).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield found
    finally:
        listening.close()


def _answers(server: socket.socket, client: socket.socket, left: int | None) -> None:
    with contextlib.suppress(OSError):
        while left != 0 and (data := server.recv(4_096)):
            piece = data[:left]
            client.sendall(piece)
            left = None if left is None else left - len(piece)
    for line in (server, client):
        with contextlib.suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        line.close()


def _questions(server: socket.socket, client: socket.socket, _left: int | None) -> None:
    with contextlib.suppress(OSError):
        while data := client.recv(4_096):
            server.sendall(data)
    with contextlib.suppress(OSError):
        server.shutdown(socket.SHUT_RDWR)
