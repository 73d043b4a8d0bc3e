"""Organizations, groups, tags and licences as CKAN shows them. Members are never named."""

from collections.abc import Callable, Iterable

from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.packages import absolute, group_of, organization_of, package, tag_of
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.shelf import Named, Shelf
from tinhdata.catalogue import DatasetRecord
from tinhdata.kernel import JSON
from tinhdata.standards import known_licences
from tinhdata.vietnam import fold

MOST_PACKAGES = 1_000
_MOST_NAMES = 10_000
_KINDS = {"organization": "organizations", "group": "groups"}


def listing(kind: str) -> Callable[[Shelf, Params], JSON]:
    """Give the action that lists organizations or groups."""

    def run(shelf: Shelf, params: Params) -> JSON:
        found = _chosen(shelf, kind, read.listed(params, _KINDS[kind]))
        found = _sorted(shelf, kind, found, read.text(params, "sort"))
        start = read.whole(params, "offset", 0, _MOST_NAMES)
        limit = read.whole(params, "limit", _MOST_NAMES, _MOST_NAMES)
        shown = found[start : start + limit]
        if not read.yes(params, "all_fields"):
            return [each.name for each in shown]
        return [described(shelf, kind, each) for each in shown]

    return run


def showing(kind: str) -> Callable[[Shelf, Params], JSON]:
    """Give the action that shows an organization or a group."""

    def run(shelf: Shelf, params: Params) -> JSON:
        named = shelf.one_of(_all(shelf, kind), read.required(params, "id"))
        said = described(shelf, kind, named)
        if read.yes(params, "include_datasets"):
            said["packages"] = [
                package(shelf, each) for each in _packages(shelf, kind, named)[:MOST_PACKAGES]
            ]
        return {**said, "users": [], "groups": [], "tags": []}

    return run


def suggesting(kind: str) -> Callable[[Shelf, Params], JSON]:
    """Give the action that completes the name of an organization or a group."""

    def run(shelf: Shelf, params: Params) -> JSON:
        wanted = fold(read.text(params, "q"))
        limit = read.whole(params, "limit", 20, 100)
        found = [
            each for each in _all(shelf, kind) if wanted in fold(each.title) or wanted in each.name
        ]
        return [{"id": e.id, "name": e.name, "title": e.title} for e in found[:limit]]

    return run


def packages_of_group(shelf: Shelf, params: Params) -> JSON:
    """Give the packages of a group."""
    named = shelf.one_of(shelf.groups, read.required(params, "id"))
    limit = read.whole(params, "limit", MOST_PACKAGES, MOST_PACKAGES)
    return [package(shelf, each) for each in _packages(shelf, "group", named)[:limit]]


def described(shelf: Shelf, kind: str, named: Named) -> dict[str, JSON]:
    """Give everything about an organization or a group but its packages."""
    base = organization_of(shelf, named) if kind == "organization" else group_of(named)
    return {
        **base,
        "type": kind,
        "display_name": named.title,
        "package_count": shelf.counts[kind, named.key],
        "num_followers": 0,
        "image_url": "",
        "image_display_url": "",
        "is_organization": kind == "organization",
        "approval_status": "approved",
        "state": "active",
        "created": None,
        "extras": [{"key": "code", "value": named.key}],
    }


def tag_list(shelf: Shelf, params: Params) -> JSON:
    """Give the names of all tags, or of those that hold `query`."""
    if read.text(params, "vocabulary_id"):
        return []
    found = _tags_with(shelf, read.text(params, "query"))
    if read.yes(params, "all_fields"):
        return [tag_of(each) for each in found]
    return [each.name for each in found]


def tag_show(shelf: Shelf, params: Params) -> JSON:
    """Show a tag, and its packages where they are asked for."""
    named = shelf.one_of(shelf.tags, read.required(params, "id"))
    said = tag_of(named)
    if read.yes(params, "include_datasets"):
        records = [record for record in shelf.records if named.key in record.tags]
        said["packages"] = [package(shelf, record) for record in records[:MOST_PACKAGES]]
    return said


def tag_search(shelf: Shelf, params: Params) -> JSON:
    """Find tags by a part of their name."""
    found = _tags_with(shelf, " ".join(read.listed(params, "query")))
    start = read.whole(params, "offset", 0, _MOST_NAMES)
    limit = read.whole(params, "limit", 100, _MOST_NAMES)
    return {"count": len(found), "results": [tag_of(e) for e in found[start : start + limit]]}


def tag_autocomplete(shelf: Shelf, params: Params) -> JSON:
    """Complete the name of a tag."""
    wanted = read.text(params, "q") or read.text(params, "query")
    limit = read.whole(params, "limit", 10, 100)
    return [each.name for each in _tags_with(shelf, wanted)[:limit]]


def license_list(shelf: Shelf, _params: Params) -> JSON:
    """Give the terms of use that the portal names."""
    known = known_licences()
    return [
        {
            "id": code,
            "title": shelf.say(licence.name),
            "url": absolute(shelf, licence.address),
            "status": "active",
            "od_conformance": "approved" if code in known else "not reviewed",
            "osd_conformance": "not reviewed",
            "is_okd_compliant": code in known,
            "domain_content": True,
            "domain_data": True,
            "domain_software": False,
            "family": "",
            "maintainer": "",
        }
        for code, licence in sorted(shelf.portal.licences.items())
    ]


def _tags_with(shelf: Shelf, part: str) -> list[Named]:
    wanted = fold(part)
    return [each for each in shelf.tags if wanted in fold(each.name)]


def _all(shelf: Shelf, kind: str) -> tuple[Named, ...]:
    return shelf.organizations if kind == "organization" else shelf.groups


def _chosen(shelf: Shelf, kind: str, names: list[str]) -> list[Named]:
    every = _all(shelf, kind)
    return [each for each in every if not names or each.name in names or each.id in names]


def _sorted(shelf: Shelf, kind: str, found: Iterable[Named], order: str) -> list[Named]:
    field, _, way = order.strip().partition(" ")
    if field in {"package_count", "packages"}:
        return sorted(
            found, key=lambda e: (shelf.counts[kind, e.key], e.name), reverse=way != "asc"
        )
    if field == "title":
        return sorted(found, key=lambda e: fold(e.title), reverse=way == "desc")
    return sorted(found, key=lambda each: each.name, reverse=way == "desc")


def _packages(shelf: Shelf, kind: str, named: Named) -> list[DatasetRecord]:
    if kind == "organization":
        return [record for record in shelf.records if record.agency == named.key]
    return [record for record in shelf.records if record.sector == named.key]
