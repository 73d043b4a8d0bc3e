"""From an address to rows that may be read: which release, under whose permit, which columns."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from starlette.datastructures import QueryParams

from tinhdata.access import Action, Actor, Permit, Resource, require
from tinhdata.bootstrap import Platform
from tinhdata.contracts import Column, Contract
from tinhdata.edge.errors import FilterInvalid
from tinhdata.kernel import t
from tinhdata.kernel.clock import VIETNAM_TIME
from tinhdata.warehouse import (
    NoRelease,
    Release,
    ReleaseNotFound,
    ReleaseState,
    ReleaseWithdrawn,
)


@dataclass(frozen=True, slots=True)
class Opened:
    """A release that an actor may read. The contract is the release's own."""

    contract: Contract
    contract_hash: str
    release: Release
    permit: Permit


def open_release(
    platform: Platform, actor: Actor, dataset: str, params: QueryParams, purpose: str
) -> Opened:
    """Open the release that `params` name (release=, as_of=), by default the current one.

    Raises NoSuchRecord, NoRelease, ReleaseNotFound, ReleaseWithdrawn, FilterInvalid, Refused and
    SignInNeeded. A dataset that is hidden from `actor` is answered like one that does not exist.
    """

    def opened() -> Opened:
        platform.catalogue.record(dataset, actor)
        release = release_of(platform, dataset, params)
        return open_one(platform, actor, release, purpose)

    if params.get("as_of"):
        return opened()
    question = ("opened", actor, dataset, params.get("release"), purpose)
    return platform.standing.remembered(question, opened)


def open_one(platform: Platform, actor: Actor, release: Release, purpose: str) -> Opened:
    """Open `release`; raises Refused, SignInNeeded, ReleaseWithdrawn."""
    active = platform.registry.active(release.dataset)
    is_own = active.hash == release.contract_hash
    own = active if is_own else platform.registry.by_hash(release.contract_hash)
    resource = readable_resource(own.contract, active.contract)
    permit = require(actor, Action.READ_ROWS, resource, purpose)
    if release.state is ReleaseState.WITHDRAWN:
        raise ReleaseWithdrawn(
            t(
                "Release {number} of {dataset} was withdrawn and is served no more.",
                number=release.number,
                dataset=release.dataset,
            ),
            fix=t("Read the current release; the reason stands on the withdrawn one's page."),
        )
    return Opened(own.contract, own.hash, release, permit)


def release_of(platform: Platform, dataset: str, params: QueryParams) -> Release:
    """Find the release that `params` name, withdrawn or not; raises as `open_release`."""
    if number := params.get("release"):
        return _numbered(platform, dataset, number)
    if moment := params.get("as_of"):
        return platform.warehouse.as_of(dataset, moment_of(moment))
    release = platform.warehouse.current(dataset)
    if release is None:
        raise NoRelease(
            t("{dataset} has no release yet.", dataset=dataset),
            fix=t("Come back later; its page says when it is to be updated."),
        )
    return release


def moment_of(text: str) -> datetime:
    """Read a day (its end in Việt Nam) or an ISO moment; raises FilterInvalid."""
    try:
        if len(text) == len("2025-07-01"):
            day = date.fromisoformat(text)
            return datetime.combine(day, time.max, VIETNAM_TIME).astimezone(UTC)
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=VIETNAM_TIME)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise FilterInvalid(
            t("“{value}” is not a day or moment.", value=text[:40]),
            fix=t("Write a day as 2025-07-01 or a moment as 2025-07-01T14:30."),
            where="as_of",
        ) from error


def open_comparison(
    platform: Platform, actor: Actor, old: Release, new: Release, purpose: str
) -> Opened:
    """Open `new` for a comparison with `old`: what either of them hides stays hidden.

    Raises Refused, SignInNeeded, ReleaseWithdrawn.
    """
    opened = open_one(platform, actor, new, purpose)
    active = platform.registry.active(new.dataset).contract
    before = open_one(platform, actor, old, purpose).contract
    resource = readable_resource(opened.contract, active, before)
    return replace(opened, permit=require(actor, Action.READ_ROWS, resource, purpose))


def readable_resource(own: Contract, active: Contract, *others: Contract) -> Resource:
    """Give a release of contract `own` as a resource, under the rules of today."""
    return Resource.of_release(own, active, *others)


def visible_columns(opened: Opened) -> tuple[Column, ...]:
    """Give the columns that the permit shows, in the order of the contract."""
    shown = opened.permit.columns
    return tuple(c for c in opened.contract.columns if shown is None or c.name in shown)


def _numbered(platform: Platform, dataset: str, number: str) -> Release:
    for release in platform.warehouse.releases(dataset):
        if str(release.number) == number:
            return release
    raise ReleaseNotFound(
        t("{dataset} has no release number {number}.", dataset=dataset, number=number[:20]),
        fix=t("Choose one from the dataset's list of releases."),
    )
