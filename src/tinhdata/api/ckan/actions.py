"""The actions that CKAN's clients may call, by name, with what help_show says about each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tinhdata.api.ckan import params as read
from tinhdata.api.ckan.activity import package_activity_list, recently_changed
from tinhdata.api.ckan.datastore import datastore_info, datastore_search, datastore_search_sql
from tinhdata.api.ckan.groups import (
    license_list,
    listing,
    packages_of_group,
    showing,
    suggesting,
    tag_autocomplete,
    tag_list,
    tag_search,
    tag_show,
)
from tinhdata.api.ckan.packages import package, resources
from tinhdata.api.ckan.params import Params
from tinhdata.api.ckan.problems import BadRequest, invalid, not_allowed, not_found
from tinhdata.api.ckan.searching import package_autocomplete, package_search
from tinhdata.api.ckan.shelf import Shelf
from tinhdata.kernel import JSON

VERSION = "2.11.0"
"""The version of CKAN whose answers these are; its clients look at it."""

_MOST_NAMES = 100_000
_MOST_PACKAGES = 1_000
_MOST_FOUND = 1_000

Run: TypeAlias = Callable[[Shelf, Params], "JSON | bytes"]
"""An action: gives its result, or the whole envelope as it was written."""


@dataclass(frozen=True, slots=True)
class Action:
    """An action and what is said about it."""

    run: Run
    help: str


def action(name: str) -> Action:
    """Give the action called `name`; raises BadRequest."""
    found = ACTIONS.get(name)
    if found is None:
        raise BadRequest(f"Bad request: Action name not known: {name[:80]}")
    return found


def _status_show(shelf: Shelf, _params: Params) -> JSON:
    portal = shelf.portal
    return {
        "site_title": shelf.say(portal.title),
        "site_description": shelf.say(portal.description),
        "site_url": shelf.site,
        "ckan_version": VERSION,
        "error_emails_to": None,
        "locale_default": shelf.platform.settings.language,
        "extensions": ["activity", "datastore", "dcat"],
    }


def _help_show(_shelf: Shelf, params: Params) -> JSON:
    found = ACTIONS.get(read.required(params, "name"))
    if found is None:
        raise not_found("Action function not found.")
    return found.help


def _package_list(shelf: Shelf, params: Params) -> JSON:
    start = read.whole(params, "offset", 0, _MOST_NAMES)
    limit = read.whole(params, "limit", _MOST_NAMES, _MOST_NAMES)
    return [record.dataset for record in shelf.records][start : start + limit]


def _package_show(shelf: Shelf, params: Params) -> JSON:
    wanted = read.required(params, "id", "name_or_id", called="name_or_id")
    return package(shelf, shelf.record(wanted))


def _packages_with_resources(shelf: Shelf, params: Params) -> JSON:
    limit = read.whole(params, "limit", 100, _MOST_PACKAGES)
    page = read.whole(params, "page", 1, _MOST_NAMES, least=1)
    start = read.whole(params, "offset", (page - 1) * limit, _MOST_NAMES)
    newest = sorted(shelf.records, key=lambda r: (str(r.changed_at or ""), r.dataset), reverse=True)
    return [package(shelf, record) for record in newest[start : start + limit]]


def _resource_show(shelf: Shelf, params: Params) -> JSON:
    record, form = shelf.record_of_resource(read.required(params, "id"))
    found = resources(shelf, record)
    wanted = f"-{form}" if form else ""
    return next(each for each in found if str(each["id"]).endswith(wanted))


def _resource_search(shelf: Shelf, params: Params) -> JSON:
    terms = [term.partition(":") for term in read.listed(params, "query")]
    if not terms or any(not colon for _, colon, _ in terms):
        raise invalid({"query": ["Must be <field>:<value> pair(s)"]})
    start = read.whole(params, "offset", 0, _MOST_NAMES)
    limit = read.whole(params, "limit", _MOST_FOUND, _MOST_FOUND)
    found = [
        each
        for record in shelf.records
        for each in resources(shelf, record)
        if all(part.casefold() in str(each.get(name) or "").casefold() for name, _, part in terms)
    ]
    order = read.text(params, "order_by")
    if order:
        found.sort(key=lambda each: str(each.get(order) or ""))
    return {"count": len(found), "results": found[start : start + limit]}


def _nothing(_shelf: Shelf, _params: Params) -> JSON:
    return []


def _yes(_shelf: Shelf, _params: Params) -> JSON:
    return True


def _signed_in_only(_shelf: Shelf, _params: Params) -> JSON:
    raise not_allowed("Access denied: This needs an account, and accounts are never shown here.")


def _user_show(_shelf: Shelf, _params: Params) -> JSON:
    raise not_found()


ACTIONS: Mapping[str, Action] = {
    "status_show": Action(_status_show, "Give name, address and version of the site."),
    "site_read": Action(_yes, "Say that the site may be read by anyone."),
    "help_show": Action(_help_show, "Give what is said about an action.\n\n:param name: its name"),
    "package_list": Action(
        _package_list,
        "Give the names of all datasets, in order.\n\n:param limit:\n:param offset:",
    ),
    "package_show": Action(
        _package_show,
        "Give everything about a dataset and its files.\n\n:param id: id or name of the dataset",
    ),
    "package_search": Action(
        package_search,
        "Find datasets.\n\n"
        ":param q: words, and field:value in Lucene's syntax\n"
        ":param fq: filters in the same syntax, such as organization:NAME or "
        "metadata_modified:[2026-01-01T00:00:00Z TO *]\n"
        ":param rows: datasets of a page (10, at most 1000)\n:param start: the first one\n"
        ":param sort: such as 'metadata_modified desc'\n"
        ":param facet.field: JSON list of organization, groups, tags, res_format, license_id\n"
        ":param facet.limit:\n:param facet.mincount:\n:param fl: keys of a dataset to give",
    ),
    "package_autocomplete": Action(
        package_autocomplete, "Suggest datasets.\n\n:param q: what was typed\n:param limit:"
    ),
    "current_package_list_with_resources": Action(
        _packages_with_resources,
        "Give datasets with their files, the newest first.\n\n:param limit:\n:param offset:",
    ),
    "package_activity_list": Action(
        package_activity_list, "Give the releases of a dataset.\n\n:param id:\n:param limit:"
    ),
    "recently_changed_packages_activity_list": Action(
        recently_changed, "Give the datasets that changed last.\n\n:param limit:\n:param offset:"
    ),
    "package_relationships_list": Action(_nothing, "Datasets name no relationships here."),
    "resource_show": Action(_resource_show, "Give a file of a dataset.\n\n:param id:"),
    "resource_search": Action(
        _resource_search,
        "Find files.\n\n:param query: field:value, such as format:CSV\n:param order_by:"
        "\n:param offset:\n:param limit:",
    ),
    "resource_view_list": Action(_nothing, "Files have no views of CKAN's."),
    "organization_list": Action(
        listing("organization"),
        "Give the agencies.\n\n:param all_fields:\n:param sort:\n:param limit:\n:param offset:"
        "\n:param organizations: names of some",
    ),
    "organization_show": Action(
        showing("organization"), "Give an agency.\n\n:param id:\n:param include_datasets:"
    ),
    "organization_autocomplete": Action(
        suggesting("organization"), "Suggest agencies.\n\n:param q:\n:param limit:"
    ),
    "organization_list_for_user": Action(_nothing, "Nobody is an editor through this interface."),
    "group_list": Action(
        listing("group"),
        "Give the sectors.\n\n:param all_fields:\n:param sort:\n:param limit:\n:param offset:"
        "\n:param groups: names of some",
    ),
    "group_show": Action(
        showing("group"), "Give a sector.\n\n:param id:\n:param include_datasets:"
    ),
    "group_autocomplete": Action(
        suggesting("group"), "Suggest sectors.\n\n:param q:\n:param limit:"
    ),
    "group_package_show": Action(
        packages_of_group, "Give the datasets of a sector.\n\n:param id:\n:param limit:"
    ),
    "tag_list": Action(tag_list, "Give the keywords.\n\n:param query:\n:param all_fields:"),
    "tag_show": Action(tag_show, "Give a keyword.\n\n:param id:\n:param include_datasets:"),
    "tag_search": Action(tag_search, "Find keywords.\n\n:param query:\n:param limit:"),
    "tag_autocomplete": Action(tag_autocomplete, "Suggest keywords.\n\n:param q:\n:param limit:"),
    "vocabulary_list": Action(_nothing, "Keywords belong to no vocabulary."),
    "license_list": Action(license_list, "Give the terms of use of this portal."),
    "user_list": Action(_nothing, "Accounts are not shown here."),
    "user_show": Action(_user_show, "Accounts are not shown here."),
    "member_list": Action(_signed_in_only, "Members are not shown here."),
    "dashboard_activity_list": Action(_signed_in_only, "This needs an account."),
    "dashboard_new_activities_count": Action(_signed_in_only, "This needs an account."),
    "datastore_search": Action(
        datastore_search,
        "Give rows of a file, with their number as _id.\n\n"
        ":param resource_id: id of the file, or name of the dataset\n"
        ":param filters: {column: value}, {column: [values]}, {column: {gte: 1, lt: 2}}, $and, $or"
        "\n:param q: words, without regard to case and diacritics; or {column: words}\n"
        ":param distinct:\n:param fields:\n:param sort: such as 'year desc'\n"
        ":param limit: 100, at most 32000\n:param offset:\n:param include_total:\n"
        ":param records_format: objects, lists, csv, tsv",
    ),
    "datastore_search_sql": Action(
        datastore_search_sql,
        "Answer one SELECT over open datasets.\n\n:param sql: tables are ids of files or names of "
        "datasets, in double quotes",
    ),
    "datastore_info": Action(datastore_info, "Give the dictionary of a file.\n\n:param id:"),
}
