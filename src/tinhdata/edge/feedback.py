"""What pages and interface share of the closed loop: who sends, which place or filter is meant.

What people may point at is what anyone sees: a place in closed rows is described in words.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote, urlencode

from fastapi import Request
from starlette.datastructures import QueryParams

from tinhdata.access import ANONYMOUS, Actor, ActorKind
from tinhdata.bootstrap import Platform
from tinhdata.catalogue import DatasetRecord, NoSuchRecord
from tinhdata.contracts import AccessLevel, Column, Contract
from tinhdata.edge.budgets import neighbourhood
from tinhdata.edge.errors import FilterInvalid
from tinhdata.edge.filters import plain_value, query_of
from tinhdata.edge.rows import Opened, open_release, visible_columns
from tinhdata.edge.visits import Visit, platform_of
from tinhdata.feedback import (
    Follow,
    Item,
    ItemInvalid,
    ItemUnknown,
    NewFollow,
    NewItem,
    Place,
    SavedFilter,
)
from tinhdata.kernel import Refused, Text, t
from tinhdata.notify import Channel
from tinhdata.warehouse import Filter, NoRelease, Op, Query, Value

_PURPOSE = "pointing at rows"
_LONGEST_ADDRESS = 2_000
_LONGEST_KEY = 300


@dataclass(frozen=True, slots=True)
class Pointing:
    """What an address or form points at, as it came: a column, a release, a row by its key."""

    column: str = ""
    release: str = ""
    key: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Pointed:
    """A place that exists: the release read, its columns, and the row, where one is meant.

    `values` are those of the row by column, nothing where no row is meant.
    """

    contract: Contract
    columns: tuple[Column, ...]
    place: Place
    values: Mapping[str, Value]

    @property
    def key(self) -> tuple[Column, ...]:
        """Give the columns by which a row is named; none where anyone sees not all of them."""
        shown = {column.name: column for column in self.columns}
        names = self.contract.key
        return tuple(shown[name] for name in names) if set(names) <= set(shown) else ()

    @property
    def column(self) -> Column | None:
        """Give the column that is meant."""
        return None if self.place.column is None else self.contract.column(self.place.column)


def record_of(platform: Platform, dataset: str) -> DatasetRecord:
    """Give a dataset that anyone may know of; raises NoSuchRecord."""
    return platform.catalogue.record(dataset, ANONYMOUS)


def pointed(platform: Platform, dataset: str, at: Pointing) -> Pointed:
    """Find the place that is meant, as anyone sees it.

    Raises NoSuchRecord, ReleaseNotFound, ReleaseWithdrawn, and ItemInvalid where there is no such
    column or row; its `where` is `column`, `key` or `k.<column>`.
    """
    record = record_of(platform, dataset)
    opened = _opened(platform, dataset, at.release)
    if opened is None:
        contract = platform.registry.by_hash(record.contract_hash).contract
        found = Pointed(contract, contract.columns, Place(), {})
    else:
        place = Place(release=opened.release.number)
        found = Pointed(opened.contract, visible_columns(opened), place, {})
    if at.column:
        found = replace(found, place=replace(found.place, column=_column(found, at.column)))
    key = {name: value for name, value in (at.key or {}).items() if value.strip()}
    return _with_row(platform, found, opened, key) if key else found


def place_address(platform: Platform, item: Item) -> str | None:
    """Give the address at which the row is read that an item points at, None without a row."""
    if item.dataset is None or not item.place.key:
        return None
    pairs = [("release", str(item.place.release or ""))]
    try:
        record = record_of(platform, item.dataset)
    except NoSuchRecord:
        return None
    contract = platform.registry.by_hash(record.contract_hash).contract
    filterable = {column.name for column in contract.columns if column.filterable}
    named = zip(contract.key, item.place.key, strict=False)
    pairs += [(f"f.{name}.is", value) for name, value in named if name in filterable]
    return f"/datasets/{quote(item.dataset, safe='')}?{urlencode(pairs)}"


def saved_filter(
    platform: Platform, dataset: str, pairs: Iterable[tuple[str, str]]
) -> tuple[SavedFilter, str]:
    """Read the filter of an address as one to follow, and give the address where its rows are read.

    Raises NoSuchRecord, FilterInvalid, NoRelease, and ItemInvalid where the dataset is not open.
    """
    if record_of(platform, dataset).access_level is not AccessLevel.OPEN:
        raise ItemInvalid(
            t("The rows of this dataset are not open."),
            fix=t("Only open datasets can be followed."),
            where="dataset",
        )
    path = f"/datasets/{quote(dataset, safe='')}"
    kept = [(n, v) for n, v in pairs if v.strip() and (n == "q" or n.startswith("f."))]
    if not kept:
        return SavedFilter(), path
    address = f"{path}?{urlencode(kept)}"
    if len(address) > _LONGEST_ADDRESS:
        raise FilterInvalid(
            t("The filter is too long to be kept."), fix=t("Take some of its conditions away.")
        )
    opened = open_release(platform, ANONYMOUS, dataset, QueryParams(), _PURPOSE)
    names = [column.name for column in visible_columns(opened)]
    query = query_of(QueryParams(kept), opened.contract, names, limit=1)
    return SavedFilter(query.filters, query.search), address


def submit(request: Request, visit: Visit, new: NewItem) -> Item:
    """Take what a visitor sends; raises as Feedback.submit."""
    platform = platform_of(request)
    sender = platform.feedback.sender_of(visit.actor, _address(request))
    with platform.db.transaction() as tx:
        return platform.feedback.submit(tx, visit.actor.id, new, sender)


def follow(request: Request, visit: Visit, new: NewFollow) -> Follow:
    """Begin a follow; raises TooManyItems, RecipientInvalid, MailMissing."""
    platform = platform_of(request)
    feedback = platform.feedback
    sender = feedback.sender_of(visit.actor, _address(request))
    with platform.db.transaction() as tx:
        feedback.demand_room(tx, sender)
        return feedback.follows.start(tx, new, sender)


def vote(request: Request, visit: Visit, item_id: str) -> Item:
    """Count the visitor's vote for a public item; raises ItemUnknown."""
    platform = platform_of(request)
    voter = platform.feedback.voter_of(visit.actor, _address(request), item_id)
    with platform.db.transaction() as tx:
        return platform.feedback.vote(tx, item_id, voter)


def unknown_datasets(platform: Platform, actor: Actor) -> frozenset[str]:
    """Give the datasets about which something was said and that `actor` does not know of (more)."""
    return frozenset(
        each for each in platform.feedback.datasets() if not _is_known(platform, actor, each)
    )


def item_for(platform: Platform, visit: Visit, item_id: str) -> Item:
    """Give an item; raises ItemUnknown, also where it is about a dataset unknown to the visitor.

    Whoever answers it reads it all the same.
    """
    item = platform.feedback.get(item_id)
    known = all(_is_known(platform, visit.actor, each) for each in item.datasets)
    if known or platform.feedback.may_answer(visit.actor, item):
        return item
    raise ItemUnknown(
        t("There is no such message."), fix=t("Check the address, or look in the list.")
    )


def _is_known(platform: Platform, actor: Actor, dataset: str) -> bool:
    try:
        platform.catalogue.record(dataset, actor)
    except NoSuchRecord:
        return False
    return True


def is_readable(platform: Platform, visit: Visit, item: Item) -> bool:
    """Say whether the visitor reads what was written: anyone once it is public, who answers now."""
    return item.is_public or (
        visit.actor.kind is not ActorKind.ANONYMOUS
        and platform.feedback.may_answer(visit.actor, item)
    )


def datasets_named(text: str) -> tuple[str, ...]:
    """Read ids of datasets, or addresses of their pages, with blanks or commas between."""
    found = []
    for word in re.split(r"[\s,;]+", text.strip()):
        path = unquote(word.partition("://")[2].partition("/")[2] or word).partition("?")[0]
        parts = path.strip("/").split("/")
        name = parts[1] if len(parts) > 1 and parts[0] in ("datasets", "dataset") else parts[0]
        if name:
            found.append(name)
    return tuple(dict.fromkeys(found))


def channel_of(text: str) -> Channel:
    """Read how somebody wants to be told; raises ItemInvalid."""
    if text in set(Channel):
        return Channel(text)
    raise ItemInvalid(
        t("It is not said how you want to be told."),
        fix=t("Choose mail or webhook."),
        where="channel",
    )


# ----------------------------------------------------------------------------------------------


def _opened(platform: Platform, dataset: str, release: str) -> Opened | None:
    pins = QueryParams({"release": release}) if release else QueryParams()
    try:
        return open_release(platform, ANONYMOUS, dataset, pins, _PURPOSE)
    except (NoRelease, Refused):
        return None


def _column(found: Pointed, name: str) -> str:
    if name not in {column.name for column in found.columns}:
        raise ItemInvalid(
            t("There is no column {column} here.", column=name[:40]),
            fix=t("Choose one from the list."),
            where="column",
        )
    return name


def _with_row(
    platform: Platform, found: Pointed, opened: Opened | None, key: Mapping[str, str]
) -> Pointed:
    if opened is None or not found.key:
        raise _no_row(
            t("Rows of this dataset cannot be pointed at."), t("Say in words which row you mean.")
        )
    filters = tuple(_condition(column, key) for column in found.key)
    names = tuple(column.name for column in found.columns)
    page = platform.warehouse.read(
        opened.permit, opened.release.id, Query(columns=names, filters=filters, limit=1)
    )
    if not page.rows:
        raise _no_row(
            t("Release no. {number} has no such row.", number=str(opened.release.number)),
            t("Copy the key from the table, or leave it empty."),
        )
    values = {c.name: value for c, value in zip(page.columns, page.rows[0], strict=True)}
    written = tuple(each.values[0] for each in filters)
    return replace(found, place=replace(found.place, key=written), values=values)


def _condition(column: Column, key: Mapping[str, str]) -> Filter:
    where, value = f"k.{column.name}", key.get(column.name, "").strip()
    if not value or len(value) > _LONGEST_KEY:
        raise ItemInvalid(
            t("A row is named by its whole key."),
            fix=t("Fill in each part of the key, or leave all of them empty."),
            where=where,
        )
    try:
        return Filter(column.name, Op.EQ, (plain_value(column, where, value),))
    except FilterInvalid as problem:
        raise ItemInvalid(problem.text, fix=problem.fix, where=where) from problem


def _no_row(text: Text, fix: Text) -> ItemInvalid:
    return ItemInvalid(text, fix=fix, where="key")


def _address(request: Request) -> str:
    return neighbourhood(request.client.host if request.client else "")
