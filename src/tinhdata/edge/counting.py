"""Counts how datasets are used: from the address and the status of an answer, of nobody's doings.

Neither who asked nor from where is looked at, but for whether a reader calls itself a robot.
"""

import re
from collections.abc import Iterable

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tinhdata.edge.files import FileFormat
from tinhdata.edge.guards import HEAD_ONLY
from tinhdata.usage import Act, Usage, Use, is_robot

REST, CKAN, SQL, CATALOGUE, PAGE, EMBED = "rest", "ckan", "sql", "catalogue", "page", "embed"

_USED = "tinhdata.used"
_FILES = "|".join(form.value for form in FileFormat)
_DESK = "deliveries|quarantine|template|statistics"
"""Parts of a dataset that belong to the desk of an officer, or are counts themselves."""
_NAME = r"(?P<dataset>[^/]{1,200})"
_PATHS = (
    (Act.DOWNLOAD, "", re.compile(rf"/datasets/{_NAME}/download\.(?P<form>{_FILES})")),
    (Act.DOWNLOAD, "", re.compile(rf"/api/v1/datasets/{_NAME}/rows\.(?P<form>{_FILES})")),
    (Act.VIEW, EMBED, re.compile(rf"/embed/datasets/{_NAME}(/.*)?")),
    (Act.VIEW, PAGE, re.compile(rf"/datasets/{_NAME}(/[a-z-]+)?(/\d+)?")),
    (Act.CALL, REST, re.compile(rf"/api/v1/datasets/{_NAME}(?!/({_DESK}))(/.*)?")),
    (Act.CALL, CATALOGUE, re.compile(r"/dataset/(?P<dataset>[^/.]{1,200})[./][a-z.0-9]+")),
)
"""Where a dataset is used: what is done there, and in which form where the address says none."""


def use_of(path: str) -> Use | None:
    """Say which dataset an answer at `path` gives, and how; None where it gives none."""
    for act, form, pattern in _PATHS:
        if found := pattern.fullmatch(path):
            named = found.groupdict()
            return Use(named["dataset"], act, form or named["form"])
    return None


def used(request: Request, act: Act, form: str, datasets: Iterable[str]) -> None:
    """Say which datasets the answer to `request` gives, where its address does not say it."""
    request.scope[_USED] = tuple(Use(dataset, act, form) for dataset in datasets)


class Counting:
    """Notes the use of a dataset once its answer has begun."""

    def __init__(self, app: ASGIApp, usage: Usage) -> None:
        self._app = app
        self._usage = usage

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a HEAD uses nothing."""
        if scope["type"] != "http" or HEAD_ONLY in scope:
            await self._app(scope, receive, send)
            return

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._note(scope, message["status"])
            await send(message)

        await self._app(scope, receive, noted)

    def _note(self, scope: Scope, status: int) -> None:
        headers = Headers(scope=scope)
        if not _gives(status, headers.get("range", "")):
            return
        uses: tuple[Use, ...] = scope.get(_USED) or ()
        if not uses and scope["method"] == "GET" and (use := use_of(scope["path"])):
            uses = (use,)
        for use in uses:
            if status != 304 or use.act is not Act.DOWNLOAD:
                by_robot = is_robot(headers.get("user-agent", ""))
                self._usage.note(Use(use.dataset, use.act, use.form, by_robot))


def _gives(status: int, ranges: str) -> bool:
    """Say whether something was given: of a file in several parts only the first one counts."""
    return status in {200, 304} or (status == 206 and ranges.startswith("bytes=0-"))
