"""The parameters of an action: found in a request and complained about as CKAN does."""

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from starlette.datastructures import ImmutableMultiDict, QueryParams

from tinhdata.api.ckan.problems import BadRequest, invalid
from tinhdata.kernel import JSON

Params: TypeAlias = Mapping[str, JSON]

_NOT_JSON = "Bad request: JSON Error: Error decoding JSON data."
_TRUE = {"true", "t", "yes", "on", "1"}
_LARGEST = 2**31


def from_address(params: QueryParams) -> dict[str, JSON]:
    """Give the parameters of an address: repeated ones as a list."""
    return _mixed(params)


def from_form(form: ImmutableMultiDict[str, str]) -> dict[str, JSON]:
    """Give the parameters of a form; one key without a value is JSON, as curl -d sends it."""
    items = form.multi_items()
    if len(items) == 1 and items[0][1] in {"", "1"}:
        return from_json(items[0][0].encode())
    return _mixed(form)


def from_json(body: bytes) -> dict[str, JSON]:
    """Give the parameters of a JSON body; raises BadRequest."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_NOT_JSON) from error
    if not isinstance(read, dict):
        raise BadRequest("Bad request: Request data JSON needs to be a dictionary.")
    return read


def _mixed(items: ImmutableMultiDict[str, str]) -> dict[str, JSON]:
    found: dict[str, JSON] = {}
    for key in dict.fromkeys(items):
        values = items.getlist(key)
        found[key] = values[0] if len(values) == 1 else list(values)
    return found


def text(params: Params, name: str, default: str = "") -> str:
    """Give a parameter as text; several values count as the first."""
    value = params.get(name)
    if isinstance(value, list) and value:
        value = value[0]
    if value is None or isinstance(value, list | Mapping):
        return default
    return str(value)


def required(params: Params, *names: str, called: str = "") -> str:
    """Give the first of `names` that has a value; raises invalid where none has."""
    for name in names:
        if found := text(params, name).strip():
            return found
    raise invalid({called or names[0]: ["Missing value"]})


def whole(params: Params, name: str, default: int, most: int, least: int = 0) -> int:
    """Give a parameter as a whole number, at most `most`; raises invalid."""
    value = params.get(name)
    if value is None or value == "":
        return default
    try:
        number = int(text(params, name))
    except ValueError as error:
        raise invalid({name: ["Invalid integer"]}) from error
    if not least <= number < _LARGEST:
        raise invalid({name: [f"Must be a number of at least {least}"]})
    return min(number, most)


def yes(params: Params, name: str, default: bool = False) -> bool:
    """Give a parameter as yes or no."""
    value = params.get(name)
    if value is None or value == "":
        return default
    return value if isinstance(value, bool) else text(params, name).lower() in _TRUE


def listed(params: Params, name: str) -> list[str]:
    """Give a parameter as a list: a list, JSON of one, or its parts with commas between."""
    value = params.get(name)
    if isinstance(value, str) and value.lstrip().startswith("["):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise invalid({name: ["Could not parse as valid JSON"]}) from error
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    if isinstance(value, Sequence):
        return [str(part) for part in value if not isinstance(part, list | dict)]
    return [str(value)]


def mapping(params: Params, name: str) -> Mapping[str, JSON]:
    """Give a parameter as an object, or JSON of one; raises invalid."""
    value = params.get(name)
    if isinstance(value, str):
        if not value.strip():
            return {}
        try:
            value = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise invalid({name: ["Cannot parse JSON"]}) from error
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise invalid({name: ["Not a dict"]})
    return value
