"""What changed, as CKAN lists activities: each release of a dataset is one. Nobody is named."""

from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.identities import identity
from tinhdata.api.ckan.packages import moment, package
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.shelf import Shelf
from tinhdata.catalogue import DatasetRecord
from tinhdata.kernel import JSON

_ITEMS = 31
_MOST = 100


def package_activity_list(shelf: Shelf, params: Params) -> JSON:
    """Give the releases of a package, the newest first."""
    record = shelf.record(read.required(params, "id"))
    start = read.whole(params, "offset", 0, 10_000)
    limit = read.whole(params, "limit", _ITEMS, _MOST)
    releases = shelf.platform.warehouse.releases(record.dataset)
    found: list[JSON] = [
        _activity(shelf, record, release.id, release.number, moment(release.published_at))
        for release in releases
    ]
    return found[start : start + limit]


def recently_changed(shelf: Shelf, params: Params) -> JSON:
    """Give the newest change of each package, the newest first."""
    start = read.whole(params, "offset", 0, 10_000)
    limit = read.whole(params, "limit", _ITEMS, _MOST)
    changed = [record for record in shelf.records if record.release is not None]
    changed.sort(key=lambda r: (moment(r.release.at if r.release else None) or "", r.dataset))
    changed.reverse()
    return [
        _activity(shelf, record, last.id, last.number, moment(last.at))
        for record in changed[start : start + limit]
        if (last := record.release) is not None
    ]


def _activity(
    shelf: Shelf, record: DatasetRecord, release: str, number: int, at: str | None
) -> dict[str, JSON]:
    pack = shelf.platform.pack.id
    return {
        "id": identity(pack, "activity", release),
        "timestamp": at,
        "user_id": identity(pack, "user", "platform"),
        "object_id": shelf.package_id(record.dataset),
        "revision_id": None,
        "activity_type": "new package" if number == 1 else "changed package",
        "data": {"package": package(shelf, record), "release": number},
    }
