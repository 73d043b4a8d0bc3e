"""A text for people: an English sentence with named places, translated only where it is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TypeAlias

from tinhdata.kernel.json import JSON, JSONObject

Param: TypeAlias = "str | int | float | Text"


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence and the values of its named places.

    `msgid` is the English sentence and the key of its translation; `params` fill `{names}` in it.
    """

    msgid: str
    params: Mapping[str, Param] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        """Give the English sentence with its values."""
        return fill(self.msgid, {name: str(value) for name, value in self.params.items()})

    def to_json(self) -> JSONObject:
        """Give the text as a JSON object that `from_json` reads back."""
        params: dict[str, JSON] = {
            name: value.to_json() if isinstance(value, Text) else value
            for name, value in self.params.items()
        }
        return {"msgid": self.msgid, "params": params}

    @classmethod
    def from_json(cls, value: JSON) -> "Text":
        """Read what `to_json` wrote; raises ValueError on anything else."""
        if not isinstance(value, Mapping) or not isinstance(value.get("msgid"), str):
            raise ValueError("not a stored text")
        params = value.get("params")
        if not isinstance(params, Mapping):
            raise ValueError("not a stored text")
        return cls(str(value["msgid"]), {name: _param(item) for name, item in params.items()})


def t(msgid: str, /, **params: Param) -> Text:
    """Mark `msgid` for translation and bind its values. The name is what extraction looks for."""
    return Text(msgid, params)


def fill(template: str, values: Mapping[str, str]) -> str:
    """Put `values` into the `{names}` of `template`; braces inside values are plain text."""
    pieces: list[str] = []
    rest = template
    while True:
        before, brace, after = rest.partition("{")
        pieces.append(before)
        if not brace:
            return "".join(pieces)
        name, closing, tail = after.partition("}")
        if closing and name in values:
            pieces.append(values[name])
            rest = tail
        else:
            pieces.append("{")
            rest = after


def _param(value: JSON) -> Param:
    if isinstance(value, Mapping):
        return Text.from_json(value)
    if isinstance(value, str | int | float):
        return value
    raise ValueError("not a stored text")
