"""Walks through a portal's catalogue page by page; a walk can go on where another one ended."""

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from tinhdata.harvest import rules
from tinhdata.harvest.errors import HarvestUnfit
from tinhdata.harvest.model import ExternalEntry, HarvestKind, HarvestPage, Portal
from tinhdata.kernel import JSON, JSONObject, t
from tinhdata.sources import Credentials, Web

PAGE = 100
MOST_PAGES = 2_000
_LARGEST = 20_000_000


class Walk:
    """Reads pages of one portal; requests go to its host only, and to public ones."""

    def __init__(self, portal: Portal, private_hosts: frozenset[str]) -> None:
        self._portal = portal
        self._web = Web(
            portal.url, Credentials(), allowed_hosts=frozenset(), private_hosts=private_hosts
        )

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def page(self, cursor: str | None) -> HarvestPage:
        """Read the page at `cursor`, the first one at None.

        Raises HarvestUnfit, and what a request raises: SourceUnreachable, AddressForbidden.
        """
        match self._portal.kind:
            case HarvestKind.CKAN:
                return self._ckan(int(cursor or 0))
            case HarvestKind.DCAT:
                return self._dcat(cursor or self._portal.url)
            case HarvestKind.FRICTIONLESS:
                return self._package()

    def _ckan(self, start: int) -> HarvestPage:
        base = self._portal.url.rstrip("/")
        asked = f"rows={PAGE}&start={start}&sort=id%20asc"
        answer = self._json(f"{base}/api/3/action/package_search?{asked}")
        result = answer.get("result")
        if answer.get("success") is not True or not isinstance(result, Mapping):
            raise HarvestUnfit(t("The portal does not answer as CKAN does."))
        entries: list[ExternalEntry] = []
        unreadable: list[str] = []
        packages = rules.listed(result.get("results"))
        for package in packages:
            entry = None
            if isinstance(package, Mapping):
                entry = rules.from_ckan(self._portal.id, base, package)
            if entry is not None:
                entries.append(entry)
            elif isinstance(package, Mapping) and not rules.is_closed(package):
                unreadable.append(rules.text_of(package.get("id")))
        total = result.get("count")
        # An empty page is the end, whatever the portal counts: so the harvester of CKAN does it.
        following = str(start + len(packages)) if packages else None
        return HarvestPage(
            tuple(entries),
            following,
            tuple(unreadable),
            len(packages),
            total if isinstance(total, int) else None,
        )

    def _dcat(self, url: str) -> HarvestPage:
        # The library takes long to load; only a walk through graphs pays for it.
        from tinhdata.harvest.graphs import ACCEPT, read_page

        content, media_type = self._bytes(url, ACCEPT)
        return read_page(self._portal.id, url, content, media_type)

    def _package(self) -> HarvestPage:
        entry = rules.from_package(self._portal.id, self._portal.url, self._json(self._portal.url))
        if entry is None:
            raise HarvestUnfit(t("The document is no data package with a title and resources."))
        return HarvestPage((entry,), None, (), 1, 1)

    def _json(self, url: str) -> JSONObject:
        content, _ = self._bytes(url, "application/json")
        try:
            found: JSON = json.loads(content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, Mapping):
            raise HarvestUnfit(
                t("{host} does not answer with the document that was asked for.",
                  host=urlsplit(url).hostname or "–")
            )  # fmt: skip
        return found

    def _bytes(self, url: str, accept: str) -> tuple[bytes, str]:
        body = bytearray()
        with self._web.ask("GET", url, {"Accept": accept}, frozenset({200})) as response:
            for piece in self._web.pieces(response, url):
                body += piece
                if len(body) > _LARGEST:
                    raise HarvestUnfit(
                        t("A page of the catalogue is larger than {size} MB.",
                          size=_LARGEST // 1_000_000)
                    )  # fmt: skip
            return bytes(body), response.headers.get("content-type", "")
