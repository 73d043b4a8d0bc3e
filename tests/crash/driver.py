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
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from tests.crash.children import LINES, Line, Work, examination, life, look, undisturbed
from tests.crash.files import Act, Mode
from tests.crash.lives import Said
from tests.crash.orders import ORDERS, OUTCOMES, By, Order, Outcome
from tests.crash.traces import Traces


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
        self._events: dict[tuple[Mode, Act], tuple[str, ...]] = {}
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
        self._restore(order.mode, order.act)
        said: list[Said] = []
        died: list[str] = []
        grown: dict[str, int] = {}
        for number, kill in enumerate(order.kills):
            work = life(order, kill, effort.step_at(kill.share), number)
            seconds = kill.share * effort.seconds if kill.by is By.TIME else None
            lines, is_killed = self._child(work, seconds)
            said += [line.said for line in lines if line.said]
            if is_killed:
                died += [
                    next((line.died_at for line in lines if line.died_at), "a moment of the clock")
                ]
            if faults := [line.fault for line in lines if line.fault]:
                return Outcome(died_at=tuple(died), faults=tuple(faults))
            if number == 0:
                grown = self._look(order.mode).since(self._traces[order.mode, order.act])
        events = self._events[order.mode, order.act]
        lines, _ = self._child(examination(order, tuple(said), events, self._scratch))
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
        self._store.mkdir()
        for act in Act:
            shutil.copytree(self._store, self._kept(mode, act))
            self._traces[mode, act] = self._look(mode)
            begun = time.monotonic()
            lines = self._clean(self._child(undisturbed(mode, act)))
            (steps,) = (line.steps for line in lines if line.steps)
            (events,) = (line.events for line in lines if line.events)
            self._efforts[mode, act] = Effort(steps, time.monotonic() - begun)
            self._events[mode, act] = events

    def _clean(self, ended: tuple[Sequence[Line], bool]) -> Sequence[Line]:
        lines, is_killed = ended
        if is_killed or any(line.fault for line in lines):
            raise RuntimeError(f"broke down with nobody disturbing it: {lines}")
        return lines

    def _restore(self, mode: Mode, act: Act) -> None:
        shutil.rmtree(self._store)
        shutil.copytree(self._kept(mode, act), self._store)

    def _kept(self, mode: Mode, act: Act) -> Path:
        return self._folder / "kept" / f"{mode}-before-{act}"

    def _look(self, mode: Mode) -> Traces:
        """Look at the store in a child, since this process opens no database."""
        lines = self._clean(self._child(look(mode, self._scratch)))
        (found,) = (line.grown for line in lines if line.grown)
        return found

    # --- children

    def _child(self, work: Work, seconds: float | None = None) -> tuple[Sequence[Line], bool]:
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
        lines = [LINES.validate_json(line) for line in heard.splitlines()]
        if not is_killed and status != 0 and not any(line.fault for line in lines):
            lines.append(Line(fault=f"a child ended with status {status}"))
        return lines, is_killed


def _be_child(work: Work, store: Path, mouth: int) -> NoReturn:
    def tell(line: Line) -> None:
        # One write at once, unbuffered: what was said is said, even if death comes next.
        os.write(mouth, LINES.dump_json(line, exclude_defaults=True) + b"\n")

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
