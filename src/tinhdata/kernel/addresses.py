"""Network addresses: which of them are of the internet at large, and what those of the web name."""

import ipaddress
from typing import TypeAlias
from urllib.parse import SplitResult, urlsplit

IPAddress: TypeAlias = "ipaddress.IPv4Address | ipaddress.IPv6Address"


def web_parts(address: str) -> SplitResult | None:
    """Take the address of a page apart; None where it is none, whatever was typed."""
    try:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0:
            return parts
    except ValueError:  # brackets without end, letters that stand for others, ports past the last
        return None
    return None


def is_public(address: IPAddress) -> bool:
    """Say whether an address is one of the internet at large.

    Addresses that carry an IPv4 address inside (mapped, 6to4, Teredo, NAT64) are judged by it.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address.teredo is not None:
            inner = address.teredo[1]
        if inner is None and address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
