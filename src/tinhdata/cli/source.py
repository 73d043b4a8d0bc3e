"""`tinhdata source`: places that data is pulled from: added, tried, pulled, paused, removed."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from tinhdata.cli.desk import Desk, at_desk
from tinhdata.cli.errors import FileMissing
from tinhdata.cli.exits import ExitCode, exit_of_code
from tinhdata.cli.options import As, AsJSON
from tinhdata.cli.output import Out
from tinhdata.cli.telling import read_settings, telling
from tinhdata.kernel import Text, t
from tinhdata.sources import Look, Outcome, Run, SourceView, parse_document

app = typer.Typer(
    help=str(t("Sources that data is pulled from: add, try, pull, pause, remove.")),
    no_args_is_help=True,
)

_POLL = 0.2
_STATES: dict[Outcome, Text] = {
    Outcome.RUNNING: t("under way"),
    Outcome.DELIVERED: t("something new was delivered"),
    Outcome.UNCHANGED: t("nothing new"),
    Outcome.POSTPONED: t("put off by the server"),
    Outcome.FAILED: t("failed"),
}


@dataclass(frozen=True, slots=True)
class RunLine:
    """One pull and what became of it."""

    run: str
    source: str
    outcome: str
    started_at: datetime
    ended_at: datetime | None
    attempts: int
    bytes: int
    rows: int
    deliveries: tuple[str, ...]
    problem: Text | None
    problem_code: str | None
    notes: tuple[Text, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK where the pull went through, else the code of its problem."""
        if self.problem_code is None:
            return ExitCode.OK
        return exit_of_code(self.problem_code)

    def show(self, out: Out) -> None:
        """Write how the pull ended."""
        state = out.say(_STATES[Outcome(self.outcome)])
        out.line(t("Pull of {source}: {state}.", source=self.source, state=state), "bold")
        if self.problem is not None:
            out.line(self.problem, "red")
        for note in self.notes:
            out.line(note)
        for delivery in self.deliveries:
            out.line(t("Delivery {delivery}", delivery=delivery), "green")


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """Something that is wrong with a source until it ends by itself."""

    kind: str
    since: datetime
    text: Text


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source as it stands."""

    source: str
    dataset: str
    kind: str
    enabled: bool
    mark: str | None
    data_at: datetime | None
    next_due: datetime | None
    last_run: RunLine | None
    alarms: tuple[AlarmLine, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK: the source is there."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write the source with its next time and what is wrong."""
        out.line(
            t(
                "Source {source} of the kind {kind} for {dataset}",
                source=self.source,
                kind=self.kind,
                dataset=self.dataset,
            ),
            "bold",
        )
        state = t("in use") if self.enabled else t("paused")
        out.fields(
            [
                (t("State"), out.say(state)),
                (t("Next pull"), out.moment(self.next_due)),
                (t("Brought something"), out.moment(self.data_at)),
                (t("Mark"), self.mark or "–"),
            ]
        )
        for alarm in self.alarms:
            out.line(alarm.text, "red")


@dataclass(frozen=True, slots=True)
class SourceList:
    """The sources that a person may know of."""

    sources: tuple[SourceLine, ...]

    @property
    def exit(self) -> ExitCode:
        """Give OK, also where alarms stand: the list is what was asked for."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write one line for each source."""
        if not self.sources:
            out.line(t("There are no sources yet. Add one with tinhdata source add."))
            return
        heads = (t("Source"), t("Dataset"), t("Kind"), t("State"), t("Next pull"), t("Alarm"))
        out.table(heads, [_cells(line, out) for line in self.sources])


@dataclass(frozen=True, slots=True)
class Seen:
    """A column at the source and the contract's column that takes it (null: none)."""

    name: str
    type: str
    column: str | None


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file at the source."""

    name: str
    size: int | None
    modified: datetime | None


@dataclass(frozen=True, slots=True)
class LookResult:
    """What a source shows; values are covered or masked."""

    source: str
    columns: tuple[Seen, ...]
    missing: tuple[str, ...]
    files: tuple[SeenFile, ...]
    rows: tuple[tuple[str | None, ...], ...]
    notes: tuple[Text, ...]

    @property
    def exit(self) -> ExitCode:
        """Give WAITING where the contract has columns that nothing was found for."""
        return ExitCode.WAITING if self.missing else ExitCode.OK

    def show(self, out: Out) -> None:
        """Write columns, files and notes."""
        out.line(t("The connection to {source} works.", source=self.source), "bold")
        if self.columns:
            heads = (t("Column at the source"), t("Type"), t("Column of the contract"))
            out.table(heads, [(c.name, c.type, c.column or "–") for c in self.columns])
        if self.missing:
            names = ", ".join(self.missing)
            out.line(t("Not found at the source: {columns}", columns=names), "red")
        for file in self.files:
            out.line(f"{file.name}  {out.number(file.size)}  {out.moment(file.modified)}")
        for note in self.notes:
            out.line(note)


@dataclass(frozen=True, slots=True)
class Removed:
    """A source that is no more; what it delivered stays."""

    source: str

    @property
    def exit(self) -> ExitCode:
        """Give OK."""
        return ExitCode.OK

    def show(self, out: Out) -> None:
        """Write that it is gone."""
        out.line(t("Source {source} is removed; its deliveries stay.", source=self.source))


Id = Annotated[str, typer.Argument(help=str(t("Id of the source.")))]


def add(
    file: Annotated[Path, typer.Argument(help=str(t("The definition, a YAML file.")))],
    login: As = None,
    json: AsJSON = False,
) -> None:
    """Add a source, or change the one with its id; secrets stand in it by reference only."""
    with _desk(login, is_json=json) as (out, desk):
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            raise FileMissing(
                t("The file {file} cannot be read.", file=str(file)),
                fix=t("Check its name and whether you may read it."),
            ) from None
        source = desk.platform.sources.add(desk.actor, parse_document(text))
        out.tell(_line(desk.platform.sources.get(desk.actor, source.id)))


def list_sources(login: As = None, json: AsJSON = False) -> None:
    """List the sources that the person may know of."""
    with _desk(login, is_json=json) as (out, desk):
        found = desk.platform.sources.list(desk.actor)
        out.tell(SourceList(tuple(_line(view) for view in found)))


def try_source(source: Id, login: As = None, json: AsJSON = False) -> None:
    """Connect and say what is there and how it fits the contract; nothing is delivered."""
    with _desk(login, is_json=json) as (out, desk):
        out.tell(_look(source, desk.platform.sources.test(desk.actor, source)))


def pull(
    source: Id,
    login: As = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help=str(t("Leave the work to a running worker.")))
    ] = False,
    json: AsJSON = False,
) -> None:
    """Pull now, do the work in this process, say what came of it."""
    with _desk(login, is_json=json) as (out, desk):
        work = desk.platform.sources.pull(desk.actor, source)
        while not no_wait and not desk.platform.work.status(work).is_finished:
            if not desk.platform.work.run_once("tinhdata-cli"):
                time.sleep(_POLL)
        if not no_wait:
            desk.platform.work.run_until_idle("tinhdata-cli")
        run = desk.platform.sources.run_of(work)
        if run is None:
            out.tell(_line(desk.platform.sources.get(desk.actor, source)))
        else:
            out.tell(_run(run))


def pause(source: Id, login: As = None, json: AsJSON = False) -> None:
    """Pull a source no more until it is resumed."""
    with _desk(login, is_json=json) as (out, desk):
        desk.platform.sources.pause(desk.actor, source)
        out.tell(_line(desk.platform.sources.get(desk.actor, source)))


def resume(source: Id, login: As = None, json: AsJSON = False) -> None:
    """Pull a source in its rhythm again."""
    with _desk(login, is_json=json) as (out, desk):
        desk.platform.sources.resume(desk.actor, source)
        out.tell(_line(desk.platform.sources.get(desk.actor, source)))


def remove(source: Id, login: As = None, json: AsJSON = False) -> None:
    """Forget a source; its runs and deliveries stay."""
    with _desk(login, is_json=json) as (out, desk):
        desk.platform.sources.remove(desk.actor, source)
        out.tell(Removed(source))


app.command("add", help=str(t("Add a source from a YAML file, or change it.")))(add)
app.command("list", help=str(t("List the sources.")))(list_sources)
app.command("test", help=str(t("Try the connection: columns, first rows, how they fit.")))(
    try_source
)
app.command("pull", help=str(t("Pull a source now.")))(pull)
app.command("pause", help=str(t("Pause a source.")))(pause)
app.command("resume", help=str(t("Let a paused source run again.")))(resume)
app.command("remove", help=str(t("Remove a source.")))(remove)


@contextmanager
def _desk(login: str | None, *, is_json: bool) -> Iterator[tuple[Out, Desk]]:
    settings = read_settings()
    with telling(settings, is_json=is_json) as out, at_desk(settings, login) as desk:
        yield out, desk


def _line(view: SourceView) -> SourceLine:
    source = view.source
    return SourceLine(
        source=source.id,
        dataset=source.dataset,
        kind=source.kind.value,
        enabled=view.enabled,
        mark=view.mark,
        data_at=view.data_at,
        next_due=view.next_due,
        last_run=None if view.last_run is None else _run(view.last_run),
        alarms=tuple(AlarmLine(a.kind.value, a.since, a.text) for a in view.alarms),
    )


def _run(run: Run) -> RunLine:
    return RunLine(
        run=run.id,
        source=run.source,
        outcome=run.outcome.value,
        started_at=run.started_at,
        ended_at=run.ended_at,
        attempts=run.attempts,
        bytes=run.bytes,
        rows=run.rows,
        deliveries=run.deliveries,
        problem=run.problem,
        problem_code=run.problem_code,
        notes=run.notes,
    )


def _look(source: str, look: Look) -> LookResult:
    return LookResult(
        source=source,
        columns=tuple(Seen(c.name, c.type, c.column) for c in look.columns),
        missing=look.missing,
        files=tuple(SeenFile(f.name, f.size, f.modified) for f in look.files),
        rows=look.rows,
        notes=look.notes,
    )


def _cells(line: SourceLine, out: Out) -> Sequence[str]:
    state = out.say(t("in use") if line.enabled else t("paused"))
    alarm = out.say(line.alarms[0].text) if line.alarms else "–"
    return (line.source, line.dataset, line.kind, state, out.moment(line.next_due), alarm)
