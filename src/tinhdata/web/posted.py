"""What came in a form: read with a limit on its size, and believed only with its token."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive

from tinhdata.access import SignInNeeded
from tinhdata.edge.errors import BodyTooLarge
from tinhdata.edge.visits import (
    Visit,
    platform_of,
    require_csrf,
    require_own_site,
    visit_of,
)
from tinhdata.kernel import Problem, Text, t
from tinhdata.web.contexts.shell import FormState

_CHUNK = 1 << 20
_OTHER_FIELDS = 1 << 20
"""Bytes that a form may have besides its file."""
_MOST_FIELDS = 12_000
"""A form of rows has a field for each cell: 200 rows of up to 50 columns, and some besides."""
_OVER = ("Field exceeded", "Part exceeded", "Too many")
"""How Starlette says that a field is too long, or that there are too many of them."""
_DRAINED = 2
"""A form up to so many times too large is read to its end, so that the answer is seen."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The fields and files of a form; nothing of it where it was `too_large`."""

    values: Mapping[str, tuple[str, ...]]
    files: Mapping[str, UploadFile]
    too_large: bool = False

    def get(self, name: str) -> str:
        """Give the first value of a field as it came, empty where there is none."""
        return self.values.get(name, ("",))[0]

    def text(self, name: str) -> str:
        """Give the first value of a field without blanks around it."""
        return self.get(name).strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Give every value of a field."""
        return self.values.get(name, ())

    def starting(self, prefix: str) -> Mapping[str, str]:
        """Give the fields whose names start with `prefix`, by the rest of their names."""
        return {
            name.removeprefix(prefix): values[0]
            for name, values in self.values.items()
            if name.startswith(prefix)
        }

    def chunks(self, name: str) -> Iterator[bytes]:
        """Give the bytes of a file piece by piece; nothing where none was sent."""
        upload = self.files.get(name)
        while upload is not None and (chunk := upload.file.read(_CHUNK)):
            yield chunk

    def again(self, **errors: Text) -> FormState:
        """Give what was typed, for showing the form once more with what is wrong at its fields."""
        typed = {name: values[0] for name, values in self.values.items() if name not in _SECRET}
        return FormState(typed, {_FIELDS.get(name, name): text for name, text in errors.items()})


_SECRET = frozenset({"password", "old", "new", "csrf"})
_FIELDS = {"whole": ""}
"""The error of a form as a whole stands under the empty name."""


def said(problem: Problem) -> Text:
    """Give what a problem says, and how to mend it, as one text."""
    if problem.fix is None:
        return problem.text
    return Text("{text} {fix}", {"text": problem.text, "fix": problem.fix})


def reading(request: Request) -> Visit:
    """Give who reads a page of the console; raises SignInNeeded."""
    visit = visit_of(request)
    if visit.session is None:
        raise SignInNeeded(
            t("This page is for officers who are signed in."), fix=t("Sign in, then go on here.")
        )
    return visit


def acting(request: Request, form: Posted) -> Visit:
    """Give who sent a form; raises SignInNeeded, and CsrfMissing where it is not our own form.

    Raises BodyTooLarge where it was so large that nothing of it was read.
    """
    visit = reading(request)
    if form.too_large:
        raise BodyTooLarge(_OTHER_FIELDS)
    require_csrf(visit, form.get("csrf"))
    return visit


def visiting(request: Request, form: Posted) -> Visit:
    """Give who sent a form that anyone may send; raises CsrfMissing where another site sent it.

    Raises BodyTooLarge where it was so large that nothing of it was read.
    """
    visit = visit_of(request)
    if form.too_large:
        raise BodyTooLarge(_OTHER_FIELDS)
    if visit.session is None:
        require_own_site(request)
    else:
        require_csrf(visit, form.get("csrf"))
    return visit


class _TooMuch(Exception):
    """More bytes came than a form may have."""


class _Counted:
    """Passes on what is received until it is too much."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0

    async def __call__(self) -> Message:
        """Give the next message; raises _TooMuch."""
        message = await self._receive()
        self._count(message)
        if self._seen <= self._limit:
            return message
        while message.get("more_body", False) and self._seen <= self._limit * _DRAINED:
            message = await self._receive()
            self._count(message)
        raise _TooMuch

    def _count(self, message: Message) -> None:
        self._seen += len(message.get("body", b""))


async def _posted(request: Request) -> AsyncIterator[Posted]:
    # Only a living session may bring a file; a cookie that merely looks like one may not.
    room = platform_of(request).settings.upload_limit_mb << 20 if visit_of(request).session else 0
    limit = room + _OTHER_FIELDS
    counted = Request(request.scope, _Counted(request.receive, limit))
    try:
        form = await counted.form(max_files=4, max_fields=_MOST_FIELDS, max_part_size=_OTHER_FIELDS)
    except _TooMuch:
        yield Posted({}, {}, too_large=True)
        return
    except HTTPException as error:
        if not str(error.detail).startswith(_OVER):
            raise
        yield Posted({}, {}, too_large=True)
        return
    try:
        yield _read(form)
    finally:
        await form.close()


def _read(form: FormData) -> Posted:
    values: dict[str, tuple[str, ...]] = {}
    files: dict[str, UploadFile] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            # No keyboard types a NUL, and PostgreSQL stores none.
            values[name] = (*values.get(name, ()), value.replace("\0", ""))
        elif value.filename:
            files[name] = value
    return Posted(values, files)


Form = Annotated[Posted, Depends(_posted)]
"""A handler's parameter: the form that was sent."""
