"""The releases of a dataset: their history, two beside each other, what is left of a withdrawn."""

from collections.abc import Sequence

from tinhdata.access import Action, Permit, Resource, decide
from tinhdata.edge.language import day_text
from tinhdata.edge.rows import open_comparison, visible_columns
from tinhdata.kernel import Text, t
from tinhdata.kernel.clock import local_day
from tinhdata.warehouse import Difference, Release, ReleaseState
from tinhdata.web.contexts.portal import (
    Comparison,
    DatasetReleases,
    ReleaseDiff,
    ReleaseLine,
    Tombstone,
)
from tinhdata.web.contexts.shell import Badge, Choice, FormState, Tone
from tinhdata.web.filling.addresses import pager, with_query
from tinhdata.web.filling.comparison import comparison
from tinhdata.web.filling.dataset import PURPOSE, Subject, head

PER_PAGE = 20
DIFFERENCES = 50
_BADGES = {
    ReleaseState.CURRENT: Badge(t("Current"), Tone.GOOD),
    ReleaseState.SUPERSEDED: Badge(t("Replaced"), Tone.CALM),
    ReleaseState.WITHDRAWN: Badge(t("Taken back"), Tone.BAD),
}


def dataset_releases(subject: Subject, page: int, form: FormState | None = None) -> DatasetReleases:
    """Give page `page` of the releases, newest first; `form` is a withdrawal sent incomplete."""
    releases = subject.reader.platform.warehouse.releases(subject.id)
    offset = (page - 1) * PER_PAGE
    shown = releases[offset : offset + PER_PAGE]
    current = next((r for r in releases if r.state is ReleaseState.CURRENT), None)
    withdrawable = current is not None and _may_withdraw(subject)
    return DatasetReleases(
        head=head(subject, "releases"),
        releases=tuple(_line(subject, release, releases) for release in shown),
        pager=pager(offset, len(shown), PER_PAGE, len(releases), subject.path("releases")),
        may_withdraw=subject.path("releases", current.number, "withdraw")
        if current and withdrawable
        else None,
        form=form or FormState(),
        current=current.number if current else None,
    )


def latest_releases(subject: Subject, count: int) -> tuple[tuple[ReleaseLine, ...], int]:
    """Give the last `count` releases, newest first, and how many there are."""
    releases = subject.reader.platform.warehouse.releases(subject.id)
    lines = tuple(_line(subject, release, releases) for release in releases[:count])
    return lines, len(releases)


def tombstone(subject: Subject, release: Release) -> Tombstone | None:
    """Give what is left to see of a withdrawn release; None where it was not withdrawn."""
    withdrawal = release.withdrawal
    if withdrawal is None:
        return None
    return Tombstone(
        dataset=subject.name,
        dataset_href=subject.path(),
        number=release.number,
        published=release.published_at,
        withdrawn=withdrawal.at,
        reason=withdrawal.reason,
        legal_basis=withdrawal.legal_basis or None,
        hash=release.content_hash,
    )


def release_diff(subject: Subject, old: str, new: str, page: int) -> ReleaseDiff:
    """Put two releases beside each other; by default the current one and the one before it.

    Raises Refused where the reader may not see the rows of one of them.
    """
    warehouse = subject.reader.platform.warehouse
    served = [r for r in warehouse.releases(subject.id) if r.state is not ReleaseState.WITHDRAWN]
    later = _numbered(served, new) or (served[0] if served else None)
    earlier = _numbered(served, old) or _before(served, later)
    both = (earlier, later) if earlier and later else None
    return ReleaseDiff(
        head=head(subject, "releases"),
        old=_choices(served, earlier, subject.reader.language),
        new=_choices(served, later, subject.reader.language),
        comparison=_compared(subject, *both, page) if both else None,
        action=subject.path("diff"),
    )


def _compared(subject: Subject, old: Release, new: Release, page: int) -> Comparison:
    reader = subject.reader
    opened = open_comparison(reader.platform, reader.actor, old, new, PURPOSE)
    columns = [column.name for column in visible_columns(opened)]
    offset = (page - 1) * DIFFERENCES
    found: Difference = reader.platform.warehouse.diff(
        opened.permit, old.id, new.id, offset=offset, limit=DIFFERENCES
    )
    here = with_query(subject.path("diff"), {"old": str(old.number), "new": str(new.number)})
    pages = pager(offset, len(found.rows), DIFFERENCES, found.total, here)
    return comparison(found, opened.contract, columns, reader.language, pages)


def _line(subject: Subject, release: Release, all_of_them: Sequence[Release]) -> ReleaseLine:
    counts = release.counts
    base = next((r for r in all_of_them if r.id == release.base_id), None)
    served = release.state is not ReleaseState.WITHDRAWN
    comparable = served and base is not None and base.state is not ReleaseState.WITHDRAWN
    withdrawn = release.withdrawal
    return ReleaseLine(
        number=release.number,
        href=_href(subject, release),
        badge=_BADGES[release.state],
        published=release.published_at,
        rows=release.rows,
        inserted=counts.inserted,
        deleted=counts.deleted,
        updated=counts.updated,
        diff_href=with_query(
            subject.path("diff"), {"old": str(base.number), "new": str(release.number)}
        )
        if base and comparable
        else None,
        withdrawn_reason=withdrawn.reason if withdrawn else None,
    )


def _href(subject: Subject, release: Release) -> str:
    match release.state:
        case ReleaseState.WITHDRAWN:
            return subject.path("releases", release.number)
        case ReleaseState.CURRENT:
            return subject.path()
        case ReleaseState.SUPERSEDED:
            return with_query(subject.path(), {"release": str(release.number)})


def _may_withdraw(subject: Subject) -> bool:
    active = subject.reader.platform.registry.active(subject.id).contract
    asked = decide(subject.reader.actor, Action.WITHDRAW, Resource.of(active), PURPOSE)
    return isinstance(asked, Permit)


def _numbered(releases: Sequence[Release], number: str) -> Release | None:
    return next((release for release in releases if str(release.number) == number), None)


def _before(releases: Sequence[Release], later: Release | None) -> Release | None:
    if later is None:
        return None
    return next((release for release in releases if release.number < later.number), None)


def _choices(
    releases: Sequence[Release], chosen: Release | None, language: str
) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(release.number), _named(release, language), chosen=release is chosen)
        for release in releases
    )


def _named(release: Release, language: str) -> Text:
    day = day_text(local_day(release.published_at), language)
    return t("No. {number}, {day}", number=str(release.number), day=day)
