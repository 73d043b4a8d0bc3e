"""Files that come with a request, spooled to disk piece by piece: never whole in memory."""

import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from tinhdata.edge.errors import BodyTooLarge, RequestInvalid, UploadMissing
from tinhdata.edge.visits import platform_of
from tinhdata.kernel import t

_IN_MEMORY = 1 << 20
_CHUNK = 1 << 18
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in: its name as the sender calls it, its bytes, the form's other fields."""

    filename: str
    file: BinaryIO = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)

    def chunks(self) -> Iterator[bytes]:
        """Give the bytes in pieces, from the start."""
        self.file.seek(0)
        while piece := self.file.read(_CHUNK):
            yield piece

    def copy_to(self, path: Path) -> None:
        """Write the bytes to `path`, for readers that need a path."""
        with path.open("wb") as target:
            target.writelines(self.chunks())


async def upload_of(request: Request, name: str = "file") -> AsyncIterator[Upload]:
    """Take in the request's file: the field `name` of a form, or the body itself.

    A body that is no form is named by the parameter `filename`. The file is gone after the
    request. Raises UploadMissing, BodyTooLarge, RequestInvalid.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        async for upload in _of_form(request, name):
            yield upload
        return
    limit = platform_of(request).settings.upload_limit_mb << 20
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        size = 0
        async for piece in request.stream():
            size += len(piece)
            if size > limit:
                raise BodyTooLarge(limit)
            await run_in_threadpool(spool.write, piece)
        if size == 0:
            raise UploadMissing
        spool.seek(0)
        filename = plain_name(request.query_params.get("filename", ""))
        yield Upload(filename, cast(BinaryIO, spool), {})


async def file_of(request: Request) -> AsyncIterator[Upload]:
    """Give `upload_of` in the form that FastAPI's Depends takes."""
    async for upload in upload_of(request):
        yield upload


def plain_name(name: str) -> str:
    """Give a file's name without folders and control characters, never empty.

    The name is only shown and repeated; nothing is ever stored under it.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable()).strip()
    return kept[-_LONGEST_NAME:] or "unnamed"


def temporary_folder(request: Request) -> "tempfile.TemporaryDirectory[str]":
    """Give a folder in the store that is gone after use, for libraries that want paths."""
    folder = platform_of(request).settings.store / "temporary"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return tempfile.TemporaryDirectory(prefix="request-", dir=folder)


async def _of_form(request: Request, name: str) -> AsyncIterator[Upload]:
    try:
        form = await request.form(max_files=1, max_fields=50)
    except MultiPartException as error:
        raise RequestInvalid(
            t("The form could not be read."),
            fix=t("Send the file as one part called “{name}” of multipart/form-data.", name=name),
        ) from error
    try:
        yield _file_in(form, name)
    finally:
        await form.close()


def _file_in(form: FormData, name: str) -> Upload:
    given = form.get(name)
    # A file field that nobody filled comes as a part without a name.
    if not isinstance(given, UploadFile) or not given.filename:
        raise UploadMissing
    fields = {key: value for key, value in form.items() if isinstance(value, str)}
    return Upload(plain_name(given.filename), given.file, fields)
