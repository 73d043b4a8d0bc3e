"""Raw bytes as they were sent, each file once, named by SHA-256: the only opener of them.

What the bytes mean belongs to `intake`, whose they are to `deliveries`.
"""

from tinhdata.landing.errors import (
    BytesNotFound,
    FileEmpty,
    FileTooLarge,
    RawDoorClosed,
    StoreFull,
)
from tinhdata.landing.model import Damage, Landed
from tinhdata.landing.service import Landing

__all__ = [
    "BytesNotFound",
    "Damage",
    "FileEmpty",
    "FileTooLarge",
    "Landed",
    "Landing",
    "RawDoorClosed",
    "StoreFull",
]
