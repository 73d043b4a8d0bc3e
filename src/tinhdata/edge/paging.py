"""The addresses of the pages beside one, in an answer and in its header Link (RFC 8288)."""

from collections.abc import Mapping
from urllib.parse import urlencode

from fastapi import Request

from tinhdata.edge.rows import Opened

_OWN = frozenset({"page", "cursor", "release", "as_of"})


def beside(request: Request, opened: Opened, cursor: str) -> str:
    """Give the address of a page beside that of `request`, which stays with this release."""
    kept = [(n, v) for n, v in request.query_params.multi_items() if n not in _OWN and v]
    own = [("release", str(opened.release.number)), ("cursor", cursor)]
    return f"{request.url.path}?{urlencode([*kept, *own])}"


def link_header(pages: Mapping[str, str | None]) -> str:
    """Give the header for the addresses by their relation, nothing where there are none."""
    return ", ".join(f'<{address}>; rel="{name}"' for name, address in pages.items() if address)
