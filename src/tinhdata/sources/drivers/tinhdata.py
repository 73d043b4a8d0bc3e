"""A dataset of another instance of this platform: its releases are the marks."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tinhdata.kernel import JSON, t
from tinhdata.sources.drivers.http import HTTPFile
from tinhdata.sources.drivers.remote import Fetched
from tinhdata.sources.drivers.web import Web, moment_of
from tinhdata.sources.errors import SourceUnfit
from tinhdata.sources.model import RemoteFile, TakenFile, WebPlace

_CURRENT = "current"


class Instance:
    """The current release of one dataset; `web` asks the other instance's API."""

    def __init__(self, web: Web, place: WebPlace) -> None:
        self._web = web
        self._dataset = place.dataset or ""
        self._api = f"{place.url.rstrip('/')}/api/v1/datasets/{self._dataset}"

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    def files(self, _known: Mapping[str, TakenFile]) -> tuple[RemoteFile, ...]:
        """Give the current release as a file; none where there is no release."""
        found = self._current()
        if found is None:
            return ()
        number, identity, published = found
        return (
            RemoteFile(
                name=f"{self._dataset}.csv",
                version=f"release {number} {identity}",
                modified=moment_of(published),
                filename=f"{self._dataset}-r{number}.csv",
                resumable=False,
                plain_numbers=True,
            ),
        )

    @contextmanager
    def fetch(self, file: RemoteFile, start: int) -> Iterator[Fetched]:
        """Open the rows of exactly that release."""
        number = (file.version or "").split(" ")[1]
        linked = HTTPFile(self._web, f"{self._api}/rows.csv?release={number}")
        with linked.fetch(RemoteFile(file.name, None), 0) as fetched:
            yield fetched

    def is_same(self, file: RemoteFile) -> bool:
        """Say that it is: a release never changes."""
        return True

    def put_away(self, file: RemoteFile, name: str | None) -> None:
        """Leave the release: it is not ours."""

    def _current(self) -> tuple[int, str, str] | None:
        answer = self._web.document(f"{self._api}/releases")
        for each in answer if isinstance(answer, list) else []:
            if isinstance(each, Mapping) and each.get("state") == _CURRENT:
                return _described(each)
        if not isinstance(answer, list):
            raise _no_answer()
        return None


def _described(release: Mapping[str, JSON]) -> tuple[int, str, str]:
    number, identity = release.get("number"), release.get("id")
    if not isinstance(number, int) or not isinstance(identity, str):
        raise _no_answer()
    return number, identity, str(release.get("published_at") or "")


def _no_answer() -> SourceUnfit:
    return SourceUnfit(
        t("The other instance does not answer as this platform does."),
        fix=t("Check the address and the id of the dataset there."),
    )
