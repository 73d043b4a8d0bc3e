"""One served portal for the tests that let other people's clients and validators look at it."""

from dataclasses import dataclass

import httpx

from tinhdata.bootstrap import Platform


@dataclass(frozen=True, slots=True)
class Portal:
    """A platform with some datasets, and where it is served."""

    platform: Platform
    site: str

    def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = path if path.startswith("http") else f"{self.site}{path}"
        return httpx.get(url, headers=named, timeout=60)
