"""Runs the real platform in processes that are killed, and examines what they left.

`python -m tests.crash.driver FOLDER` reads orders and writes outcomes, one line of JSON each. It
imports everything once and forks a child per start, before any database or thread exists: a start
then costs what opening the store costs.

Iceberg keeps absolute locations, so the store always lies at the same place, and the states before
each act are kept as copies beside it.
"""

import os
import select
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import NoReturn, TypeAlias

from pydantic import TypeAdapter

from tests.crash.account import Auditor, ordered
from tests.crash.clock import MovedClock
from tests.crash.files import DATASETS, Act, Mode, Row, first, published, table_after, third
from tests.crash.lives import People, Said
from tests.crash.moments import Boundary, Steps
from tests.crash.orders import ORDERS, OUTCOMES, By, Kill, Order, Outcome
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


_LINES: TypeAdapter[Line] = TypeAdapter(Line)
Tell: TypeAlias = Callable[[Line], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """What an act costs that nobody disturbs."""

    steps: int
    seconds: float

    def step_at(self, share: float) -> int:
        """Give the step that `share` of them leads to; how many there are varies a little."""
        return 1 + int(share * self.steps * 0.97)


class Lane:
    """One store, the states it is set back to, and the children that work on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store = folder / "store"
        self._scratch = folder / "scratch"
        self._events: dict[tuple[Mode, Act | None], tuple[str, ...]] = {}
        self._efforts: dict[tuple[Mode, Act], Effort] = {}
        self._traces: dict[tuple[Mode, Act], Traces] = {}
        self._scratch.mkdir(parents=True, exist_ok=True)

    def answer(self, order: Order) -> Outcome:
        """Do what `order` says."""
        if (order.mode, order.act) not in self._efforts:
            self._prepare(order.mode)
        effort = self._efforts[order.mode, order.act]
        if not order.kills:
            return Outcome(effort.steps, effort.seconds)
        begun = time.monotonic()
        self._restore(order.mode, _before(order.act))
        said: list[Said] = []
        died: list[str] = []
        grown: dict[str, int] = {}
        for number, kill in enumerate(order.kills):
            life = _life(order, kill, effort.step_at(kill.share), number)
            seconds = kill.share * effort.seconds if kill.by is By.TIME else None
            lines, is_killed = self._child(life, seconds)
            said += [line.said for line in lines if line.said]
            if is_killed:
                died += [next((line.died_at for line in lines if line.died_at), "some moment")]
            if faults := [line.fault for line in lines if line.fault]:
                return Outcome(died_at=tuple(died), faults=tuple(faults))
            if number == 0:
                grown = self._look(order.mode).since(self._traces[order.mode, order.act])
        events = self._events[order.mode, order.act]
        lines, _ = self._child(_examination(order, tuple(said), events, self._scratch))
        return Outcome(
            steps=effort.steps,
            seconds=time.monotonic() - begun,
            died_at=tuple(died),
            grown=grown,
            said=len(said),
            faults=tuple(line.fault for line in lines if line.fault),
        )

    # --- states to begin from

    def _prepare(self, mode: Mode) -> None:
        """Let everything happen undisturbed once; keep the store before each act."""
        shutil.rmtree(self._store, ignore_errors=True)
        self._clean(self._child(_beginning(mode)))
        for act in _ACTS:
            self._keep(mode, _before(act))
            self._traces[mode, act] = self._look(mode)
            begun = time.monotonic()
            lines = self._clean(self._child(_undisturbed(mode, act)))
            (steps,) = (line.steps for line in lines if line.steps)
            (events,) = (line.events for line in lines if line.events)
            self._efforts[mode, act] = Effort(steps, time.monotonic() - begun)
            self._events[mode, act] = events

    def _clean(self, ended: tuple[Sequence[Line], bool]) -> Sequence[Line]:
        lines, is_killed = ended
        if is_killed or any(line.fault for line in lines):
            raise RuntimeError(f"broke down with nobody disturbing it: {lines}")
        return lines

    def _keep(self, mode: Mode, act: Act | None) -> None:
        shutil.copytree(self._store, self._kept(mode, act), dirs_exist_ok=True)

    def _restore(self, mode: Mode, act: Act | None) -> None:
        shutil.rmtree(self._store)
        shutil.copytree(self._kept(mode, act), self._store)

    def _kept(self, mode: Mode, act: Act | None) -> Path:
        return self._folder / "kept" / f"{mode}-after-{act or 'nothing'}"

    def _look(self, mode: Mode) -> Traces:
        """Look at the store in a child, since this process opens no database."""
        lines = self._clean(self._child(_look(mode, self._scratch)))
        (found,) = (line.grown for line in lines if line.grown)
        return found

    # --- children

    def _child(
        self, work: Callable[[Path, Tell], None], seconds: float | None = None
    ) -> tuple[Sequence[Line], bool]:
        """Do `work` in a child, killed after `seconds`; give what it said and if it was killed."""
        ear, mouth = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(ear)
            _be_child(work, self._store, mouth)
        os.close(mouth)
        heard = _listen(ear, child, seconds)
        _, status = os.waitpid(child, 0)
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        lines = [_LINES.validate_json(line) for line in heard.splitlines()]
        if not is_killed and status != 0 and not any(line.fault for line in lines):
            lines.append(Line(fault=f"a child ended with status {status}"))
        return lines, is_killed


def _be_child(work: Callable[[Path, Tell], None], store: Path, mouth: int) -> NoReturn:
    def tell(line: Line) -> None:
        # One write at once, unbuffered: what was said is said, even if death comes next.
        os.write(mouth, _LINES.dump_json(line, exclude_defaults=True) + b"\n")

    status = 1
    try:
        work(store, tell)
        status = 0
    except BaseException:
        sys.setprofile(None)
        tell(Line(fault=traceback.format_exc()[-3000:]))
    finally:
        os._exit(status)


def _listen(ear: int, child: int, seconds: float | None) -> bytes:
    """Read what a child says until it is gone; kill it when its time is over."""
    until = None if seconds is None else time.monotonic() + seconds
    heard = b""
    with os.fdopen(ear, "rb", buffering=0) as pipe:
        while True:
            left = None if until is None else max(until - time.monotonic(), 0)
            ready, _, _ = select.select([pipe], [], [], left)
            if not ready:
                os.kill(child, signal.SIGKILL)
                until = None
                continue
            piece = pipe.read(65_536)
            if not piece:
                return heard
            heard += piece


# --- what children do


def _opened(store: Path, clock: MovedClock) -> Platform:
    settings = Settings(store=store, pack=PACK, demo=True)
    return open_platform(settings, clock)


def _beginning(mode: Mode) -> Callable[[Path, Tell], None]:
    def work(store: Path, _tell: Tell) -> None:
        platform = _opened(store, MovedClock())
        install_pack(platform)
        People(platform, mode).deliver(first(mode))
        platform.close()

    return work


def _undisturbed(mode: Mode, act: Act) -> Callable[[Path, Tell], None]:
    def work(store: Path, tell: Tell) -> None:
        steps = Steps(None, lambda _where: None)
        platform = _opened(store, MovedClock())
        steps.watch()
        platform.work.run_until_idle("crash")
        People(platform, mode).do(act)
        sys.setprofile(None)
        tell(Line(steps=steps.count))
        auditor = Auditor(platform, mode)
        tell(Line(events=tuple(auditor.events())))
        for fault in (*auditor.faults(), *_difference(auditor, table_after(mode, act))):
            tell(Line(fault=fault))
        platform.close()

    return work


def _look(mode: Mode, scratch: Path) -> Callable[[Path, Tell], None]:
    return lambda store, tell: tell(Line(grown=traces(store, DATASETS[mode], scratch)))


def _life(order: Order, kill: Kill, step: int, number: int) -> Callable[[Path, Tell], None]:
    def work(store: Path, tell: Tell) -> None:
        def last_words(where: str) -> None:
            tell(Line(died_at=where))

        platform = _opened(store, MovedClock(number * _LATER))
        if kill.by is By.BOUNDARY:
            Boundary(kill.boundary, kill.times, last_words).watch()
        elif kill.by is By.STEP:
            Steps(step, last_words).watch()
        platform.work.run_until_idle("crash")
        people = People(platform, order.mode, lambda said: tell(Line(said=said)))
        people.do(order.act)

    return work


def _examination(
    order: Order, said: tuple[Said, ...], events: tuple[str, ...], scratch: Path
) -> Callable[[Path, Tell], None]:
    """Restart, let the work finish, look; go on, look; deliver once more and sweep, look.

    What may be published after the restart is what was before the act or what is after it.
    """

    def work(store: Path, tell: Tell) -> None:
        def note(when: str, faults: Sequence[str]) -> None:
            for fault in faults:
                tell(Line(fault=f"{when}: {fault}"))

        mode, act = order.mode, order.act
        clock = MovedClock(len(order.kills) * _LATER)
        platform = _opened(store, clock)
        platform.work.run_until_idle("crash")
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
                note("after going on", [f"the journal says {auditor.events()}"])
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


def main() -> None:
    """Answer orders until there are no more."""
    lane = Lane(Path(sys.argv[1]))
    # Answers have a way of their own: what the platform logs goes to the other one.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        try:
            outcome = lane.answer(ORDERS.validate_json(line))
        except Exception:
            outcome = Outcome(faults=(traceback.format_exc(),))
        answers.write(OUTCOMES.dump_json(outcome) + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
