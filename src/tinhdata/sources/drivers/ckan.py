"""A resource of a CKAN portal: the file it points to, or the rows of its datastore."""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urljoin

from tinhdata.kernel import JSON, JSONObject, t
from tinhdata.sources.drivers.http import HTTPFile, name_of
from tinhdata.sources.drivers.remote import Fetched
from tinhdata.sources.drivers.web import Web, moment_of
from tinhdata.sources.errors import SourceChanging, SourceUnfit
from tinhdata.sources.model import RemoteFile, TakenFile, WebPlace
from tinhdata.sources.values import text_of

_PAGE = 1_000
_DIGESTS = {32: "md5", 40: "sha1", 64: "sha256"}


class CKAN:
    """One resource; `web` asks the portal's API."""

    def __init__(self, web: Web, place: WebPlace) -> None:
        self._web = web
        self._place = place
        self._api = f"{place.url.rstrip('/')}/api/3/action"

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def files(self, _known: Mapping[str, TakenFile]) -> tuple[RemoteFile, ...]:
        """Describe the resource; its version is what the portal says of its last change."""
        found = self._resource()
        changed = _text(found, "last_modified") or _text(found, "metadata_modified") or ""
        digest = _text(found, "hash").rpartition(":")[2].lower()
        if self._place.datastore:
            total = self._page(0, 0).get("total")
            name = f"{self._place.resource}.csv"
            version = f"datastore {changed} {total}" if changed else None
            return (RemoteFile(name, version, modified=moment_of(changed), resumable=False),)
        url = self._url(found)
        size = found.get("size")
        algorithm = _DIGESTS.get(len(digest))
        return (
            RemoteFile(
                name=str(self._place.resource),
                version=f"resource {changed} {digest} {url}" if changed or digest else None,
                size=size if isinstance(size, int) and size > 0 else None,
                modified=moment_of(changed),
                filename=name_of(url),
                digest=(algorithm, digest) if algorithm else None,
                resumable=False,
            ),
        )

    @contextmanager
    def fetch(self, file: RemoteFile, start: int) -> Iterator[Fetched]:
        """Open the file of the resource, or write its datastore as CSV page by page."""
        if self._place.datastore:
            yield Fetched(0, self._rows())
            return
        linked = HTTPFile(self._web, self._url(self._resource()))
        with linked.fetch(RemoteFile(file.name, None, file.size), 0) as fetched:
            yield fetched

    def is_same(self, file: RemoteFile) -> bool:
        """Ask the portal once more; a datastore that was written to meanwhile is read again."""
        return any(each.version == file.version for each in self.files({}))

    def put_away(self, file: RemoteFile, name: str | None) -> None:
        """Leave the resource: it is not ours."""

    def _resource(self) -> JSONObject:
        return self._action(f"resource_show?id={self._place.resource}")

    def _url(self, resource: JSONObject) -> str:
        url = _text(resource, "url")
        if not url:
            raise _no_answer()
        return urljoin(self._place.url, url)

    def _page(self, offset: int, limit: int) -> JSONObject:
        asked = f"resource_id={self._place.resource}&limit={limit}&offset={offset}&sort=_id"
        return self._action(f"datastore_search?{asked}")

    def _rows(self) -> Iterator[bytes]:
        """Write all rows; one that appears or goes while pages are read makes the total differ."""
        page = self._page(0, _PAGE)
        total, names = page.get("total"), _names(page)
        yield _line(names)
        offset = 0
        while records := _list(page, "records"):
            for record in records:
                if not isinstance(record, Mapping):
                    raise _no_answer()
                yield _line([text_of(record.get(name)) for name in names])
            offset += len(records)
            page = self._page(offset, _PAGE)
            if page.get("total") != total:
                raise SourceChanging(t("The portal's rows changed while they were read."))
        if isinstance(total, int) and offset != total:
            raise SourceChanging(t("The portal's rows changed while they were read."))

    def _action(self, path: str) -> JSONObject:
        answer = self._web.document(f"{self._api}/{path}")
        result = answer.get("result") if isinstance(answer, Mapping) else None
        is_fine = isinstance(answer, Mapping) and answer.get("success") is True
        if not is_fine or not isinstance(result, Mapping):
            raise _no_answer()
        return result


def _text(found: JSONObject, name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""


def _list(found: JSONObject, name: str) -> "list[JSON]":
    value = found.get(name)
    return list(value) if isinstance(value, list | tuple) else []


def _names(page: JSONObject) -> list[str]:
    fields = [each for each in _list(page, "fields") if isinstance(each, Mapping)]
    return [str(each["id"]) for each in fields if "id" in each and each["id"] != "_id"]


def _line(cells: "list[str]") -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()


def _no_answer() -> SourceUnfit:
    return SourceUnfit(
        t("The portal does not answer as CKAN does."),
        fix=t("Check the address of the portal and the id of the resource."),
    )
