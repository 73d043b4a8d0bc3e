"""CKAN's envelope around every answer: help, success, result or error; and JSONP."""

import json
import re
from collections.abc import Mapping

from fastapi.responses import Response

from tinhdata.edge.sending import is_known
from tinhdata.kernel import JSON, sha256_hex

_JSON = "application/json;charset=utf-8"
_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)


def succeeded(site: str, action: str, result: JSON) -> bytes:
    """Write the answer of an action. What is not ASCII is escaped, as CKAN does."""
    envelope = {"help": _help(site, action), "success": True, "result": result}
    return json.dumps(envelope, separators=(", ", ": ")).encode()


def around_rows(site: str, action: str, result: Mapping[str, JSON], records: str) -> bytes:
    """Write the answer of an action whose `records` are JSON that was written already."""
    plain = json.dumps(dict(result), separators=(", ", ": "))
    inner = f'{plain[:-1]}, "records": {records}}}' if result else f'{{"records": {records}}}'
    said = json.dumps(_help(site, action))
    return f'{{"help": {said}, "success": true, "result": {inner}}}'.encode()


def failed(site: str, action: str, error: Mapping[str, JSON]) -> bytes:
    """Write that an action could not be done."""
    envelope = {"help": _help(site, action), "success": False, "error": dict(error)}
    return json.dumps(envelope).encode()


def _help(site: str, action: str) -> str:
    return f"{site}/api/3/action/help_show?name={action}"


def answered(
    body: bytes,
    status: int,
    headers: Mapping[str, str] | None = None,
    callback: str | None = None,
    if_none_match: str | None = None,
) -> Response:
    """Answer with `body`, with a tag that says whether it changed; as a call of `callback`."""
    media_type = _JSON
    if callback is not None:
        body = callback.encode() + b"(" + body + b");"
        media_type = "application/javascript"
    given = dict(headers or {})
    if status == 200:
        tag = f'W/"{sha256_hex(body)[:32]}"'
        given |= {"ETag": tag, "Cache-Control": "public, no-cache"}
        if is_known(if_none_match, tag):
            return Response(status_code=304, headers=given)
    return Response(body, status, headers=given, media_type=media_type)


def is_callback(name: str) -> bool:
    """Say whether `name` is the name of a function and nothing else."""
    return _CALLBACK.fullmatch(name) is not None
