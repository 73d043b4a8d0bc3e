"""Fills the pages about other portals."""

from tinhdata.access import Actor
from tinhdata.bootstrap import Platform
from tinhdata.harvest import (
    HarvestKind,
    HarvestRun,
    HarvestState,
    KnownEntry,
    PortalView,
)
from tinhdata.kernel import Problem, Text, t
from tinhdata.web.contexts.harvest import (
    Elsewhere,
    ExternalLine,
    ExternalList,
    ExternalPage,
    FileLine,
    HarvestPage,
    HarvestRow,
)
from tinhdata.web.contexts.shell import Badge, Tone
from tinhdata.web.filling.addresses import pager, with_query
from tinhdata.web.filling.reader import Reader

_PAGE = 20
_SUMMARY = 300
_FIRST = 3


def external_list(reader: Reader, words: str, number: int) -> ExternalList:
    """List the datasets of other portals in which the words stand."""
    found = reader.platform.harvest.entries(words)
    titles = _titles(reader.platform)
    start = (number - 1) * _PAGE
    shown = found[start : start + _PAGE]
    address = with_query("/external", {"q": words})
    return ExternalList(
        words,
        tuple(_line(each, titles, reader.language) for each in shown),
        pager(start, len(shown), _PAGE, len(found), address),
    )


def elsewhere(reader: Reader, words: str) -> Elsewhere | None:
    """Give the first datasets of other portals that the words find; None where there are none."""
    found = reader.platform.harvest.entries(words) if words else ()
    if not found:
        return None
    titles = _titles(reader.platform)
    lines = tuple(_line(each, titles, reader.language) for each in found[:_FIRST])
    return Elsewhere(lines, len(found), with_query("/external", {"q": words}))


def external_page(reader: Reader, entry_id: str) -> ExternalPage:
    """Show one of them; raises NoSuchEntry."""
    known = reader.platform.harvest.entry(entry_id)
    entry, titles = known.entry, _titles(reader.platform)
    is_address = entry.licence.startswith(("http://", "https://"))
    return ExternalPage(
        id=entry.id,
        title=entry.title.in_language(reader.language),
        description=entry.description.in_language(reader.language),
        portal=titles.get(entry.portal, entry.portal),
        publisher=entry.publisher,
        contact=entry.contact,
        licence=entry.licence,
        licence_href=entry.licence if is_address else None,
        landing_page=entry.landing_page,
        keywords=entry.keywords,
        files=tuple(
            FileLine(file.title or file.url, file.format.upper(), file.url) for file in entry.files
        ),
        modified=entry.modified[:10],
        seen=known.changed_at,
        gone=known.gone_at,
    )


def harvest_page(
    platform: Platform,
    actor: Actor,
    values: dict[str, str] | None = None,
    problem: Problem | None = None,
) -> HarvestPage:
    """Give the portals with the form; raises Refused."""
    return HarvestPage(
        rows=tuple(_row(view) for view in platform.harvest.list(actor)),
        kinds=tuple(kind.value for kind in HarvestKind),
        values=values or {},
        problem=problem.text if problem else None,
        fix=problem.fix if problem else None,
    )


def _titles(platform: Platform) -> dict[str, str]:
    return {portal.id: portal.title for portal in platform.harvest.portals()}


def _line(known: KnownEntry, titles: dict[str, str], language: str) -> ExternalLine:
    entry = known.entry
    return ExternalLine(
        href=f"/external/{entry.id}",
        title=entry.title.in_language(language),
        portal=titles.get(entry.portal, entry.portal),
        publisher=entry.publisher,
        summary=entry.description.in_language(language)[:_SUMMARY],
        formats=entry.formats,
    )


def _row(view: PortalView) -> HarvestRow:
    portal, run = view.portal, view.last_run
    return HarvestRow(
        id=portal.id,
        title=portal.title,
        url=portal.url,
        kind=portal.kind.value.upper(),
        entries=view.entries,
        badge=_badge(view, run),
        next_due=view.next_due,
        last_at=run.ended_at if run else None,
        counts=_counts(run) if run else None,
        problem=run.problem if run else None,
        enabled=portal.enabled,
    )


def _badge(view: PortalView, run: HarvestRun | None) -> Badge:
    if not view.portal.enabled:
        return Badge(t("Paused"), Tone.CALM)
    if run is None:
        return Badge(t("Not harvested yet"), Tone.CALM)
    if run.state is HarvestState.RUNNING:
        return Badge(t("Under way"), Tone.BUSY)
    if run.state is HarvestState.FAILED:
        return Badge(t("Failed"), Tone.BAD)
    return Badge(t("Harvested"), Tone.GOOD)


def _counts(run: HarvestRun) -> Text:
    counts = run.counts
    return t(
        "{added} new, {changed} changed, {gone} gone, {unchanged} as before, {skipped} unreadable.",
        added=counts.added,
        changed=counts.changed,
        gone=counts.gone,
        unchanged=counts.unchanged,
        skipped=counts.skipped,
    )
