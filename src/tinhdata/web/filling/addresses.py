"""Addresses of pages, and how their query strings change. Pure."""

from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import quote, urlencode

from tinhdata.kernel import Page
from tinhdata.web.contexts.shell import Pager

T = TypeVar("T")

_LONGEST_NUMBER = 9
"""Digits; longer numbers overflow what databases count with."""


def dataset_path(dataset: str, *parts: str | int) -> str:
    """Give the address of a dataset, or of a page below it."""
    below = "".join(f"/{quote(str(part), safe='')}" for part in parts)
    return f"/datasets/{quote(dataset, safe='')}{below}"


def with_query(path: str, values: Mapping[str, str | None] | Iterable[tuple[str, str]]) -> str:
    """Put `values` behind `path`; empty ones are left out."""
    pairs = values.items() if isinstance(values, Mapping) else values
    kept = [(name, value) for name, value in pairs if value]
    return f"{path}?{urlencode(kept)}" if kept else path


def yes_no(value: bool) -> str:
    """Write a yes or no as an address does."""
    return "1" if value else "0"


def page_number(value: str | None) -> int:
    """Read the number of a page from an address: 1 for what is none."""
    return max(1, whole_number(value or "") or 1)


def whole_number(value: str) -> int | None:
    """Read a count or place that a form or address names; None for what no table ever reaches."""
    is_one = value.isascii() and value.isdigit() and len(value) <= _LONGEST_NUMBER
    return int(value) if is_one else None


def pager(offset: int, shown: int, limit: int, total: int, address: str) -> Pager:
    """Say where in a list we are; `address` leads to its first page and may hold a query."""
    number = offset // limit + 1
    return Pager(
        first=offset + 1 if shown else 0,
        last=offset + shown,
        total=total,
        previous=_numbered(address, number - 1) if number > 1 else None,
        next=_numbered(address, number + 1) if offset + shown < total else None,
    )


def pager_of(page: Page[T], address: str) -> Pager:
    """Say where in a list `page` is."""
    return pager(page.offset, len(page.items), page.limit, page.total, address)


def _numbered(address: str, number: int) -> str:
    if number == 1:
        return address
    return f"{address}{'&' if '?' in address else '?'}page={number}"
