"""Does the work on a delivery in this process and shows how far it is: rows, rate, time left."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import TypeAlias

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text as Words

from tinhdata.cli.output import Out
from tinhdata.deliveries import Delivery, State
from tinhdata.kernel import Progress as Done
from tinhdata.kernel import Text, t
from tinhdata.work import WorkNotFound, WorkQueue

UNDER_WAY = frozenset({State.RECEIVED, State.CHECKING, State.PUBLISHING})
"""States that work leads out of, without a person."""

_POLL = 0.05
_STAGES = {
    "reading": t("Reading the file"),
    "check": t("Checking the rows"),
}
_IN_ROWS = frozenset({"reading"})

Look: TypeAlias = Callable[[], Delivery]


def finish(out: Out, work: WorkQueue, look: Look, lines: int = 0) -> Delivery:
    """Do work until the delivery that `look` gives needs a person or is at its end.

    `lines` is how many lines the file has, where that is known; the time left rests on it. Other
    processes may do the work as well; who takes a piece does not matter.
    """
    delivery = look()
    if delivery.state not in UNDER_WAY:
        return delivery
    with working(work), _bar(out) as bar:
        shown: tuple[str, TaskID] | None = None
        while delivery.state in UNDER_WAY:
            shown = _show(out, bar, shown, _progress(work, delivery), lines)
            time.sleep(_POLL)
            delivery = look()
    return delivery


@contextmanager
def counting(out: Out, title: Text) -> Iterator[Callable[[Done], None]]:
    """Show the progress of something that is done in this thread and reports by itself."""
    with _bar(out) as bar:
        task = bar.add_task(out.say(title), total=None, in_rows=False)

        def report(done: Done) -> None:
            bar.update(
                task,
                description=f"{out.say(title)}: {done.stage}",
                completed=done.done,
                total=done.total or None,
            )

        yield report


@contextmanager
def working(work: WorkQueue) -> Iterator[None]:
    """Do what waits in a thread of this process as long as the block runs."""
    stop = threading.Event()
    worker = threading.Thread(target=work.run_forever, args=(stop,), name="tinhdata-worker")
    worker.start()
    try:
        yield
    finally:
        stop.set()
        worker.join()


def _progress(work: WorkQueue, delivery: Delivery) -> Done | None:
    if delivery.work is None:
        return None
    try:
        return work.status(delivery.work).progress
    except WorkNotFound:
        return None


def _show(
    out: Out, bar: Progress, shown: tuple[str, TaskID] | None, done: Done | None, lines: int
) -> tuple[str, TaskID] | None:
    if done is None:
        return shown
    if shown is None or shown[0] != done.stage:
        title = _STAGES.get(done.stage, t("Working"))
        if shown is not None:
            bar.stop_task(shown[1])
        task = bar.add_task(out.say(title), total=None, in_rows=done.stage in _IN_ROWS)
        shown = (done.stage, task)
    expected = done.total or (max(lines, done.done) if done.stage in _IN_ROWS else 0)
    bar.update(shown[1], completed=done.done, total=expected or None)
    return shown


def _bar(out: Out) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        _Figures(out),
        console=out.notes,
        transient=True,
        disable=out.is_json or not out.notes.is_terminal,
    )


class _Figures(ProgressColumn):
    """Rows done, rows a second and seconds left, as far as each is known."""

    def __init__(self, out: Out) -> None:
        super().__init__()
        self._out = out

    def render(self, task: Task) -> Words:
        """Give the figures of one stage."""
        out = self._out
        done, total = int(task.completed), task.total
        if not task.fields.get("in_rows"):
            parts = [] if total is None else [f"{done}/{int(total)}"]
        elif total is None:
            parts = [out.say(t("{done} rows", done=done))]
        else:
            parts = [out.say(t("{done} of {total} rows", done=done, total=int(total)))]
        if task.speed and task.fields.get("in_rows"):
            parts.append(out.say(t("{rate} rows/s", rate=int(task.speed))))
        if task.time_remaining and not task.finished:
            parts.append(out.say(t("{seconds} s left", seconds=ceil(task.time_remaining))))
        return Words(" · ".join(parts))
