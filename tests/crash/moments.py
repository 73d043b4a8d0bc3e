"""The moments at which a process kills itself: named boundaries, or the n-th step of its work.

Found by the interpreter's profile hook on code objects, so that nothing in the platform knows of
tests. The hook looks at one thread, the one that works.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Protocol

import tinhdata
from tests.crash.lives import halves
from tinhdata.deliveries.correcting import Correcting
from tinhdata.deliveries.deciding import Deciding
from tinhdata.deliveries.releasing import Releasing
from tinhdata.deliveries.sending import Sending
from tinhdata.deliveries.staging import Staging
from tinhdata.journal import Event, Journal
from tinhdata.landing import Landing
from tinhdata.quality import Quarantine
from tinhdata.warehouse import Warehouse

CALL, RETURN = "call", "return"


class _Function(Protocol):
    __code__: CodeType


@dataclass(frozen=True, slots=True)
class Moment:
    """Entering or leaving a function; of the journal, only for events of one kind."""

    code: CodeType
    on: str
    event: str | None = None

    def is_now(self, frame: FrameType, on: str) -> bool:
        """Say whether the interpreter stands at this moment."""
        if frame.f_code is not self.code or on != self.on:
            return False
        written = frame.f_locals.get("event")
        return self.event is None or (isinstance(written, Event) and written.kind == self.event)


def _entering(function: _Function) -> Moment:
    return Moment(function.__code__, CALL)


def _leaving(function: _Function, event: str | None = None) -> Moment:
    return Moment(function.__code__, RETURN, event)


MOMENTS: Mapping[str, Moment] = {
    # The second piece of a file is asked for by calling the generator again: count 2.
    "landing half written": _entering(halves),
    "bytes fsynced": _leaving(Landing.receive),
    "received, not acknowledged": _leaving(Sending.receive),
    "quarantine file half kept": _leaving(shutil.copyfile),
    "split written": _leaving(Quarantine.keep),
    "mended rows written": _leaving(Correcting.look),
    "inside the check's transaction": _leaving(Journal.append, "delivery.checked"),
    "after the check's transaction": _entering(Staging.drop_but),
    "mends written, not acknowledged": _leaving(Quarantine.mend),
    "decided, not acknowledged": _leaving(Deciding._move),
    "Iceberg committed": _leaving(Warehouse.commit),
    "inside the release's transaction": _leaving(Releasing._write),
    "after the release's transaction": _leaving(Releasing._release),
    "inside the withdrawal's transaction": _leaving(Warehouse.withdraw),
    "withdrawn, not acknowledged": _leaving(Deciding.withdraw),
}

_SOURCE = str(Path(tinhdata.__file__).parent)
_WATCHED = tuple(
    f"{_SOURCE}/{place}"
    for place in (
        "deliveries/",
        "landing/",
        "warehouse/service",
        "warehouse/store",
        "warehouse/files",
        "warehouse/tables",
        "warehouse/writing",
        "quality/service",
        "quality/store",
        "quality/held",
        "quality/files",
        "quality/checking",
        "quality/scan",
        "work/",
        "journal/service",
        "journal/store",
        "catalogue/store",
        "db/engine",
    )
)
_OF_DATABASES = frozenset({"execute", "executemany", "commit", "rollback"})
_OF_FILES = frozenset(
    {
        "close",
        "flock",
        "fsync",
        "link",
        "mkdir",
        "open",
        "rename",
        "replace",
        "rmdir",
        "sendfile",
        "unlink",
        "utime",
        "write",
    }
)
_FILE_KINDS = frozenset({"BufferedWriter", "FileIO", "TextIOWrapper"})
_FILE_MODULES = frozenset({"posix", "fcntl", "io", "_io"})


def is_ours(code: CodeType) -> bool:
    """Say whether entering or leaving `code` is a step: a verb of what keeps the data."""
    return code.co_filename.startswith(_WATCHED) and not code.co_name.startswith("<")


def is_outside(what: object) -> bool:
    """Say whether the library call `what` is a step: a statement, a commit, a file touched."""
    name = getattr(what, "__name__", "")
    if name in _OF_DATABASES:
        return True
    if name not in _OF_FILES:
        return False
    owner = getattr(what, "__self__", None)
    return getattr(owner, "__name__", None) in _FILE_MODULES or type(owner).__name__ in _FILE_KINDS


class Steps:
    """Counts the steps of this thread, and kills the process at one of them."""

    def __init__(self, kill_at: int | None, tell: Callable[[str], None]) -> None:
        self.count = 0
        self._kill_at = kill_at
        self._tell = tell
        # By identity, as hashing a code object costs more than all the rest.
        self._ours: dict[int, bool] = {}

    def watch(self) -> None:
        """Look at this thread from now on."""
        sys.setprofile(self._look)

    def _look(self, frame: FrameType, on: str, what: object) -> None:
        if on in (CALL, RETURN):
            code = frame.f_code
            known = self._ours.get(id(code))
            if known is None:
                known = self._ours[id(code)] = is_ours(code)
            if not known:
                return
        elif not is_outside(what):
            return
        self.count += 1
        if self.count == self._kill_at:
            self._tell(f"{on} {_name(frame, on, what)}")
            die()


def _name(frame: FrameType, on: str, what: object) -> str:
    if on in (CALL, RETURN):
        return frame.f_code.co_qualname
    return str(getattr(what, "__name__", "?"))


class Boundary:
    """Kills the process when the moment called `name` comes for the `times`-th time."""

    def __init__(self, name: str, times: int, tell: Callable[[str], None]) -> None:
        self._moment = MOMENTS[name]
        self._name = name
        self._left = times
        self._tell = tell

    def watch(self) -> None:
        """Look at this thread from now on."""
        sys.setprofile(self._look)

    def _look(self, frame: FrameType, on: str, what: object) -> None:
        if self._moment.is_now(frame, on):
            self._left -= 1
            if self._left == 0:
                self._tell(self._name)
                die()


def die() -> None:
    """End this process as `kill -9` does: nothing is flushed, closed or rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)
