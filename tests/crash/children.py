"""What the children of the driver do: start the real platform, let people act, die, or examine."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from pydantic import TypeAdapter

from tests.crash.account import Auditor, ordered
from tests.crash.clock import MovedClock
from tests.crash.files import DATASETS, Act, Mode, Row, published, table_after, third
from tests.crash.lives import People, Said
from tests.crash.moments import Boundary, Steps
from tests.crash.orders import By, Kill, Order
from tests.crash.traces import Traces, files_named, files_there, traces
from tinhdata.bootstrap import Platform, install_pack, open_platform
from tinhdata.settings import Settings

PACK = Path(__file__).parent / "pack"
_ACTS = tuple(Act)
_LATER = timedelta(minutes=2)
"""How far the clock stands ahead after each restart: past every lease."""
_MUCH_LATER = timedelta(days=2)
"""Past every grace period of the sweeps."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a child says while it runs: something acknowledged, a figure, or a fault."""

    said: Said | None = None
    died_at: str | None = None
    steps: int | None = None
    events: tuple[str, ...] | None = None
    grown: Traces | None = None
    fault: str | None = None


LINES: TypeAdapter[Line] = TypeAdapter(Line)
Tell: TypeAlias = Callable[[Line], None]
Work: TypeAlias = Callable[[Path, Tell], None]
"""What a child does with a store, and whom it tells."""


def _opened(store: Path, clock: MovedClock) -> Platform:
    settings = Settings(store=store, pack=PACK, demo=True)
    return open_platform(settings, clock)


def _start(store: Path, act: Act, clock: MovedClock, watch: Callable[[], None]) -> Platform:
    """Start as the program does; a first start is itself what dies, others have only begun."""
    if act is Act.BEGIN:
        watch()
    platform = _opened(store, clock)
    if act is Act.BEGIN:
        install_pack(platform)
    else:
        watch()
    platform.work.run_until_idle("crash")
    return platform


def undisturbed(mode: Mode, act: Act) -> Work:
    """Do `act` with nobody disturbing it; tell its steps, the journal after it, and any fault."""

    def work(store: Path, tell: Tell) -> None:
        steps = Steps(None, lambda _where: None)
        platform = _start(store, act, MovedClock(), steps.watch)
        People(platform, mode).do(act)
        sys.setprofile(None)
        tell(Line(steps=steps.count))
        auditor = Auditor(platform, mode)
        tell(Line(events=tuple(auditor.events())))
        for fault in (*auditor.faults(), *_difference(auditor, table_after(mode, act))):
            tell(Line(fault=fault))
        platform.close()

    return work


def look(mode: Mode, scratch: Path) -> Work:
    """Tell what lies in the store, without opening the platform."""
    return lambda store, tell: tell(Line(grown=traces(store, DATASETS[mode], scratch)))


def life(order: Order, kill: Kill, step: int, number: int) -> Work:
    """Do the act of `order` and die of `kill`, in the start called `number` (from 0)."""

    def work(store: Path, tell: Tell) -> None:
        def last_words(where: str) -> None:
            tell(Line(died_at=where))

        watch: Callable[[], None] = {
            By.BOUNDARY: lambda: Boundary(kill.boundary, kill.times, last_words).watch(),
            By.STEP: lambda: Steps(step, last_words).watch(),
            By.TIME: lambda: None,
        }[kill.by]
        platform = _start(store, order.act, MovedClock(number * _LATER), watch)
        People(platform, order.mode, lambda said: tell(Line(said=said))).do(order.act)

    return work


def examination(
    order: Order, said: tuple[Said, ...], events: tuple[str, ...], scratch: Path
) -> Work:
    """Restart, let the work finish, look; go on, look; deliver once more and sweep, look.

    What may be published after the restart is what was before the act or what is after it.
    """

    def work(store: Path, tell: Tell) -> None:
        def note(when: str, faults: Sequence[str]) -> None:
            for fault in faults:
                tell(Line(fault=f"{when}: {fault}"))

        mode, act = order.mode, order.act
        clock = MovedClock(len(order.kills) * _LATER)
        platform = _start(store, act, clock, lambda: None)
        auditor = Auditor(platform, mode)
        people = People(platform, mode)
        note("after the restart", auditor.faults(said))
        standing = auditor.table()
        possible = [table_after(mode, each) for each in _on_the_way(act)]
        if standing not in [ordered(table) for table in possible]:
            note("after the restart", ["the table is neither what was nor what shall be"])
        if order.comes_back:
            people.do(act)
            standing = table_after(mode, act)
            note("after going on", [*auditor.faults(said), *_difference(auditor, standing)])
            if tuple(auditor.events()) != events:
                note(
                    "after going on",
                    [f"the journal says {auditor.events()} instead of {list(events)}"],
                )
        people.deliver_next()
        coming = published(standing, third(mode))
        clock.move(_MUCH_LATER)
        platform.work.run_until_idle("crash")
        note("in the end", [*auditor.faults(said), *_difference(auditor, coming)])
        platform.close()
        note("in the end", _litter(store, scratch))

    return work


def _difference(auditor: Auditor, wanted: Sequence[Row]) -> list[str]:
    found, rows = auditor.table(), ordered(wanted)
    if found == rows:
        return []
    missing = [row for row in rows if row not in found][:3]
    extra = [row for row in found if row not in rows][:3]
    text = f"the table has {len(found)} rows instead of {len(rows)}"
    return [f"{text}; missing {missing}, too much {extra}"]


def _litter(store: Path, scratch: Path) -> list[str]:
    """Say which files nothing names, and which named ones are gone."""
    there, named = files_there(store), frozenset().union(*files_named(store, scratch))
    found = [f"{name} is named by nothing" for name in sorted(there - named)]
    return found + [f"{name} is gone" for name in sorted(named - there)]


def _before(act: Act) -> Act | None:
    place = _ACTS.index(act)
    return _ACTS[place - 1] if place else None


def _on_the_way(act: Act) -> tuple[Act | None, ...]:
    """Give the acts whose table may stand while `act` is being done."""
    if act is Act.WITHDRAW:
        return (Act.WAIVE, Act.CORRECT, Act.WITHDRAW)
    return (_before(act), act)
