"""`tinhdata harvest`: other portals whose catalogues are read: added, walked through, removed."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

import typer

from tinhdata.cli.desk import Desk, at_desk
from tinhdata.cli.exits import ExitCode
from tinhdata.cli.options import As, AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.harvest import HarvestKind, HarvestRun, HarvestState, Portal, PortalView
from tinhdata.kernel import Text, t

app = typer.Typer(
    help=str(t("Catalogues of other portals: add, list, walk through, pause, remove.")),
    no_args_is_help=True,
)

_POLL = 0.2
_STATES: dict[HarvestState, Text] = {
    HarvestState.RUNNING: t("under way"),
    HarvestState.DONE: t("done"),
    HarvestState.FAILED: t("failed"),
}


@dataclass(frozen=True, slots=True)
class HarvestLine:
    """One walk through a portal and what it changed."""

    run: str
    portal: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    pages: int
    added: int
    changed: int
    unchanged: int
    gone: int
    skipped: int
    problem: Text | None

    @property
    def exit(self) -> ExitCode:
        """Give OK where the walk went through."""
        return ExitCode.UNEXPECTED if self.state == HarvestState.FAILED.value else ExitCode.OK

    def show(self, out: Out) -> None:
        """Write how the walk ended."""
        state = out.say(_STATES[HarvestState(self.state)])
        out.line(t("Harvest of {portal}: {state}.", portal=self.portal, state=state), "bold")
        out.line(
            t(
                "{added} new, {changed} changed, {gone} gone, {unchanged} as before, "
                "{skipped} unreadable.",
                added=self.added,
                changed=self.changed,
                gone=self.gone,
                unchanged=self.unchanged,
                skipped=self.skipped,
            )
        )
        if self.problem is not None:
            out.line(self.problem, "red")


@dataclass(frozen=True, slots=True)
class PortalLine:
    """A portal as it stands."""

    portal: str
    kind: str
    url: str
    title: str
    enabled: bool
    entries: int
    next_due: datetime | None
    last_run: HarvestLine | None

    @property
    def exit(self) -> ExitCode:
        """Give OK: the portal is there."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the portal with its datasets and its next time."""
        out.line(t("Portal {portal}: {title}", portal=self.portal, title=self.title), "bold")
        state = t("in use") if self.enabled else t("paused")
        out.fields(
            [
                (t("State"), out.say(state)),
                (t("Address"), self.url),
                (t("Datasets"), str(self.entries)),
                (t("Next harvest"), out.moment(self.next_due)),
            ]
        )
        if self.last_run is not None:
            self.last_run.show(out)


@dataclass(frozen=True, slots=True)
class PortalList:
    """The portals that are harvested."""

    portals: tuple[PortalLine, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK: a list may be empty."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write every portal."""
        for portal in self.portals:
            portal.show(out)
        if not self.portals:
            out.line(t("No portal is harvested."))


@dataclass(frozen=True, slots=True)
class RemovedPortal:
    """A portal that is forgotten."""

    portal: str
    entries: int

    @property
    def exit(self) -> ExitCode:
        """Give OK: it is gone."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Say what is gone."""
        out.line(
            t(
                "Portal {portal} is forgotten, with {count} datasets.",
                portal=self.portal,
                count=self.entries,
            )
        )


Name = Annotated[str, typer.Argument(help=str(t("Name of the portal.")))]


@app.command(help=str(t("Declare a portal to harvest.")))
def add(
    portal: Name,
    url: Annotated[str, typer.Option("--url", help=str(t("Address of the portal.")))],
    title: Annotated[str, typer.Option("--title", help=str(t("What the portal is called.")))],
    kind: Annotated[
        HarvestKind, typer.Option("--kind", help=str(t("How the portal says what it has.")))
    ] = HarvestKind.CKAN,
    hours: Annotated[
        float, typer.Option("--every", help=str(t("Hours between two walks.")), min=0.25)
    ] = 24,
    login: As = None,
    json: AsJSON = False,
) -> None:
    """Declare a portal, or another address or rhythm of it."""
    with _desk(login, is_json=json) as (out, desk):
        wanted = Portal(portal, kind, url, title, timedelta(hours=hours))
        desk.platform.harvest.add(desk.actor, wanted)
        out.tell(_line(desk.platform.harvest.get(desk.actor, portal)))


@app.command("list", help=str(t("List the portals that are harvested.")))
def list_portals(login: As = None, json: AsJSON = False) -> None:
    """List the portals that are harvested."""
    with _desk(login, is_json=json) as (out, desk):
        out.tell(PortalList(tuple(map(_line, desk.platform.harvest.list(desk.actor)))))


@app.command(help=str(t("Walk through a portal now and wait for the end.")))
def run(portal: Name, login: As = None, json: AsJSON = False) -> None:
    """Walk through a portal now and wait for the end."""
    with _desk(login, is_json=json) as (out, desk):
        platform = desk.platform
        started = platform.harvest.start(desk.actor, portal)
        while True:
            found = platform.harvest.runs(desk.actor, portal, 0, 10).items
            mine = next((each for each in found if each.id == started.id), started)
            if mine.state is not HarvestState.RUNNING:
                break
            if not platform.work.run_once("cli"):
                time.sleep(_POLL)
        out.tell(_run(mine))


@app.command(help=str(t("Walk through a portal no more until it is resumed.")))
def pause(portal: Name, login: As = None, json: AsJSON = False) -> None:
    """Pause a portal."""
    with _desk(login, is_json=json) as (out, desk):
        out.tell(_line(desk.platform.harvest.pause(desk.actor, portal)))


@app.command(help=str(t("Walk through a paused portal again.")))
def resume(portal: Name, login: As = None, json: AsJSON = False) -> None:
    """Resume a portal."""
    with _desk(login, is_json=json) as (out, desk):
        out.tell(_line(desk.platform.harvest.resume(desk.actor, portal)))


@app.command(help=str(t("Forget a portal; its datasets are shown no more.")))
def remove(portal: Name, login: As = None, json: AsJSON = False) -> None:
    """Forget a portal."""
    with _desk(login, is_json=json) as (out, desk):
        gone = desk.platform.harvest.remove(desk.actor, portal)
        out.tell(RemovedPortal(portal, gone))


def _line(view: PortalView) -> PortalLine:
    portal = view.portal
    return PortalLine(
        portal=portal.id,
        kind=portal.kind.value,
        url=portal.url,
        title=portal.title,
        enabled=portal.enabled,
        entries=view.entries,
        next_due=view.next_due,
        last_run=_run(view.last_run) if view.last_run else None,
    )


def _run(run: HarvestRun) -> HarvestLine:
    counts = run.counts
    return HarvestLine(
        run=run.id,
        portal=run.portal,
        state=run.state.value,
        started_at=run.started_at,
        ended_at=run.ended_at,
        pages=run.pages,
        added=counts.added,
        changed=counts.changed,
        unchanged=counts.unchanged,
        gone=counts.gone,
        skipped=counts.skipped,
        problem=run.problem,
    )


@contextmanager
def _desk(login: str | None, *, is_json: bool) -> Iterator[tuple[Out, Desk]]:
    settings = read_settings()
    with telling(settings, is_json=is_json) as out, at_desk(settings, login) as desk:
        yield out, desk
