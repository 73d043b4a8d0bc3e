"""The files that pages load: their addresses carry a hash of all of them, so they never go stale.

One hash for the whole folder keeps relative addresses between the files valid.
"""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@cache
def bundle_hash() -> str:
    """Give a short hash over name and bytes of every static file."""
    digest = hashlib.sha256()
    for path in sorted(item for item in STATIC.rglob("*") if item.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def asset(name: str) -> str:
    """Give the address of the static file `name`; raises FileNotFoundError for a missing one."""
    if not (STATIC / name).is_file():
        raise FileNotFoundError(f"There is no static file {name!r}. Run: python tools/assets.py")
    return f"/static/{bundle_hash()}/{name}"
