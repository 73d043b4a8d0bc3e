"""A pull from a place with files: each new or changed file is one delivery, in order.

A download that breaks off goes on where it broke off, also in another process. A file counts as
taken in the transaction that writes its delivery; only then is it put away at the source.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tinhdata.contracts import LogicalType, NumberForm
from tinhdata.db import Tx
from tinhdata.deliveries import Received
from tinhdata.intake import ReadingChoice
from tinhdata.kernel import Progress, t
from tinhdata.sources import rules, store
from tinhdata.sources.drivers.kinds import open_files
from tinhdata.sources.drivers.remote import FileDriver
from tinhdata.sources.errors import (
    SourceChanging,
    SourcePostponed,
    SourceUnreachable,
    unreachable,
)
from tinhdata.sources.model import AfterTaking, FilePlace, RemoteFile, Source, TakenFile
from tinhdata.sources.parts import Job, SourceParts
from tinhdata.sources.spool import chunks, digest_of, size_of
from tinhdata.sources.tables import too_large

_STAGE = "pulling"
_MOST_FILES = 200
"""Files of one pull; the rest comes with the next one."""

_MOST_STUCK = 3
"""How often a download that brings no byte is begun again before the work itself is put off."""

_LONGEST_SIDECAR = 4_096


class Line:
    """A connection that is opened when it is needed, and again after it broke."""

    def __init__(self, parts: SourceParts, source: Source) -> None:
        self._parts = parts
        self._source = source
        self._stack = ExitStack()
        self._driver: FileDriver | None = None

    @property
    def driver(self) -> FileDriver:
        """Give the open connection."""
        if self._driver is None:
            opening = open_files(
                self._source,
                self._parts.secrets,
                private_hosts=self._parts.private_hosts,
                folders=self._parts.folders,
            )
            self._driver = self._stack.enter_context(opening)
        return self._driver

    def drop(self) -> None:
        """Close the connection, however it is."""
        self._driver = None
        self._stack.close()


def pull_files(job: Job) -> None:
    """Take what is new; raises the Problems of `errors` and of receiving."""
    line = Line(job.parts, job.source)
    try:
        with job.parts.db.read() as tx:
            known = store.files(tx, job.source.id)
        listed = {file.name: file for file in line.driver.files(known)}
        _put_away_rest(job, line, listed, known)
        ready = _ready(job, listed, known)
        if len(ready) > _MOST_FILES:
            job.note(t("{count} files come with the next pull.", count=len(ready) - _MOST_FILES))
        for number, file in enumerate(ready[:_MOST_FILES]):
            job.context.report(Progress(_STAGE, number, len(ready)))
            sidecar = listed.get(f"{file.name}.sha256")
            _take(job, line, _with_digest(line, file, sidecar), known.get(file.name))
    finally:
        line.drop()


def _ready(
    job: Job, listed: Mapping[str, RemoteFile], known: Mapping[str, TakenFile]
) -> tuple[RemoteFile, ...]:
    """Give the files to take now, oldest first; those still being written are noted and wait."""
    place, now = job.source.place, job.parts.clock.now()
    if not isinstance(place, FilePlace):
        return tuple(file for file in listed.values() if rules.is_new(file, known.get(file.name)))
    settle = timedelta(seconds=place.settle_seconds)
    new = [
        file
        for file in listed.values()
        if rules.is_wanted(file.name, place.pattern) and rules.is_new(file, known.get(file.name))
    ]
    ready = [file for file in new if rules.is_settled(file, known.get(file.name), now, settle)]
    waiting = [file for file in new if file not in ready]
    if waiting:
        job.note(t("{count} files are still being written and wait.", count=len(waiting)))
    with job.parts.db.transaction() as tx:
        job.context.guard(tx)
        for file in waiting:
            before = known.get(file.name)
            if before is None or before.version != file.version:
                base = before or TakenFile(file.name, "", now)
                seen = replace(base, version=file.version or "", seen_at=now)
                store.put_file(tx, job.source.id, seen)
    return rules.in_order(ready)


def _with_digest(line: Line, file: RemoteFile, sidecar: RemoteFile | None) -> RemoteFile:
    """Give `file` with the SHA-256 that stands in the file beside it, if there is one."""
    if sidecar is None or file.digest is not None or (sidecar.size or 0) > _LONGEST_SIDECAR:
        return file
    with line.driver.fetch(sidecar, 0) as fetched:
        text = b"".join(fetched.pieces)[:_LONGEST_SIDECAR].decode("ascii", "replace")
    word = text.split()[0].lower() if text.split() else ""
    is_digest = len(word) == 64 and set(word) <= set("0123456789abcdef")
    return replace(file, digest=("sha256", word)) if is_digest else file


def _take(job: Job, line: Line, file: RemoteFile, known: TakenFile | None) -> None:
    with _fetched(job, line, file) as path:
        sha256, size = digest_of(path), size_of(path)
        now = job.parts.clock.now()
        place = job.source.place
        keeps = not isinstance(place, FilePlace) or place.after is AfterTaking.KEEP
        taken = TakenFile(
            file.name, file.version or "", now, file.version or "", sha256, size, None, now, keeps
        )
        if known is not None and known.delivery is not None and known.sha256 == sha256:
            # Touched, but not changed: its delivery stands.
            again = replace(taken, delivery=known.delivery, taken_at=known.taken_at)
            _note_taken(job, again)
        else:
            again = _receive(job, file, path, taken)
    if not keeps:
        _put_away(job, line, file, again)


def _receive(job: Job, file: RemoteFile, path: Path, taken: TakenFile) -> TakenFile:
    held: list[TakenFile] = []

    def after(tx: Tx, received: Received) -> None:
        held.append(replace(taken, delivery=received.delivery.id))
        store.put_file(tx, job.source.id, held[-1])

    job.parts.deliveries.receive(
        job.actor,
        job.source.dataset,
        chunks(path),
        file.filename or file.name,
        source=job.source.actor_id,
        choice=_plain(job) if file.plain_numbers else None,
        alongside=job.alongside(after, taken.size, 0),
    )
    return held[-1]


def _plain(job: Job) -> ReadingChoice:
    """Say how a file is read that a program like ours wrote: decimals have a point."""
    numbers = [c for c in job.contract.columns if c.logical_type is LogicalType.NUMBER]
    free = [c.name for c in numbers if c.number_form is NumberForm.AUTO]
    return ReadingChoice(
        delimiter=",",
        number_forms=dict.fromkeys(free, NumberForm.ENGLISH),
        totals_are_data=True,
    )


def _note_taken(job: Job, taken: TakenFile) -> None:
    with job.parts.db.transaction() as tx:
        job.context.guard(tx)
        store.put_file(tx, job.source.id, taken)


# --- bytes


@contextmanager
def _fetched(job: Job, line: Line, file: RemoteFile) -> Iterator[Path]:
    """Fetch a file whole and checked; its bytes are gone when the block ends without a fault."""
    path = job.folder.part(file)
    stuck = 0
    while not _is_whole(path, file, gathered := _gather(job, line, file, path)):
        stuck = 0 if gathered else stuck + 1
        if stuck >= _MOST_STUCK:
            raise unreachable(file.name, t("the connection breaks off again and again"))
        line.drop()
        if stuck:
            time.sleep(min(0.1 * 2**stuck, 2.0))
    try:
        _check(line, file, path)
    except SourceChanging:
        path.unlink(missing_ok=True)
        raise
    yield path
    path.unlink(missing_ok=True)


def _gather(job: Job, line: Line, file: RemoteFile, path: Path) -> int | None:
    """Fetch what is missing; give how far it got on, None where the stream came to its end."""
    may_go_on = file.resumable and file.version is not None
    begin = size_of(path) if may_go_on else 0
    if file.size is not None and begin > file.size:
        path.unlink()
        begin = 0
    if begin and begin == file.size:
        return None
    try:
        with line.driver.fetch(file, begin) as fetched, path.open("ab") as out:
            out.truncate(fetched.start)
            out.seek(fetched.start)
            for piece in fetched.pieces:
                out.write(piece)
                job.context.report(Progress(_STAGE, out.tell(), file.size or 0))
                if out.tell() > job.parts.size_limit:
                    raise too_large(job.parts.size_limit)
    except SourcePostponed:
        raise
    except SourceUnreachable:
        # A server that always begins anew brings bytes each time and never gets on.
        return max(size_of(path) - begin, 0) if may_go_on else 0
    return None


def _is_whole(path: Path, file: RemoteFile, gathered: int | None) -> bool:
    if gathered is not None:
        return False
    size = size_of(path)
    if file.size is not None and size > file.size:
        path.unlink()
        raise SourceChanging(t("{file} grew while it was fetched.", file=file.name))
    return file.size is None or size == file.size


def _check(line: Line, file: RemoteFile, path: Path) -> None:
    if file.digest is not None:
        algorithm, expected = file.digest
        if digest_of(path, algorithm) != expected:
            raise SourceChanging(
                t("The bytes of {file} are not those that its checksum names.", file=file.name),
                fix=t("Ask who runs the server to put the file there once more."),
            )
    if not line.driver.is_same(file):
        raise SourceChanging(t("{file} changed while it was fetched.", file=file.name))


# --- afterwards


def _put_away(job: Job, line: Line, file: RemoteFile, taken: TakenFile) -> None:
    place = job.source.place
    if not isinstance(place, FilePlace):
        return
    name = None
    if place.after is AfterTaking.ARCHIVE:
        name = f"{(taken.sha256 or '')[:12]}-{file.name}"
    if line.driver.is_same(file):
        line.driver.put_away(file, name)
    _note_taken(job, replace(taken, settled=True))


def _put_away_rest(
    job: Job, line: Line, listed: Mapping[str, RemoteFile], known: Mapping[str, TakenFile]
) -> None:
    """Put away what was taken before a crash came between; a newer file of the name stays."""
    for taken in known.values():
        if taken.settled or taken.delivery is None:
            continue
        file = listed.get(taken.name)
        if file is not None and file.version == taken.taken_version:
            _put_away(job, line, file, taken)
        else:
            _note_taken(job, replace(taken, settled=True))
