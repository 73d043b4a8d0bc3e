"""YAML, read strictly: every node with its line, every scalar as it was written.

What a scalar is (text, number, yes or no) is decided by the place where it stands, not by how it
looks, so `05000`, `NO` and `1.10` stay as typed. That decision belongs to `standard`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import yaml

from tinhdata.contracts.model import Finding, Severity
from tinhdata.kernel import Text, t

MAX_BYTES = 1_000_000
MAX_DEPTH = 40

_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
"""The parser in C is ten times as quick and gives the same events."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value: its text, whether it stood without quotes, its line (1-based)."""

    text: str
    plain: bool
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping with the line it stands in, and its value."""

    key: str
    line: int
    value: "Node"


@dataclass(frozen=True, slots=True)
class Block:
    """A mapping; its keys differ."""

    entries: tuple[Entry, ...]
    line: int

    def get(self, key: str) -> "Node | None":
        """Give the value of `key`, None where it is missing."""
        return next((entry.value for entry in self.entries if entry.key == key), None)


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    nodes: tuple["Node", ...]
    line: int


Node: TypeAlias = "Scalar | Block | Items"


class Unreadable(Exception):
    """The file is not strict YAML; `finding` says where and why. Never leaves this package."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding.text))
        self.finding = finding


def read_yaml(data: bytes, source: str) -> Node:
    """Read the one YAML document in `data`; raises Unreadable at the first fault."""
    return _Reader(_decoded(data, source), source).document()


def _fault(source: str, line: int, code: str, text: Text, fix: Text) -> Unreadable:
    return Unreadable(Finding(f"{source}:{line}", code, Severity.ERROR, text, fix))


def _decoded(data: bytes, source: str) -> str:
    if len(data) > MAX_BYTES:
        raise _fault(
            source,
            1,
            "file-too-long",
            t(
                "The file has {size} bytes; a contract has at most {limit}.",
                size=len(data),
                limit=MAX_BYTES,
            ),
            t("Move long lists into a code-list dataset and refer to it."),
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _fault(
            source,
            line,
            "not-utf-8",
            t("Byte {byte} is not UTF-8.", byte=f"0x{data[error.start]:02x}"),
            t("Save the file as UTF-8."),
        ) from None
    if control := _CONTROL.search(text):
        raise _fault(
            source,
            text.count("\n", 0, control.start()) + 1,
            "control-character",
            t("There is an invisible character U+{code}.", code=f"{ord(control[0]):04X}"),
            t("Delete it."),
        )
    if (tab := text.find("\t")) >= 0:
        raise _fault(
            source,
            text.count("\n", 0, tab) + 1,
            "tab",
            t("There is a tab."),
            t("Indent and separate with spaces."),
        )
    return text


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Reader:
    """Builds nodes from the event stream, so that aliases and tags are seen before they act."""

    def __init__(self, text: str, source: str) -> None:
        self._source = source
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=_LOADER)

    def document(self) -> Node:
        try:
            return self._whole()
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _fault(
                self._source,
                mark.line + 1 if mark else 1,
                "not-yaml",
                t("This is not valid YAML: {detail}.", detail=error.problem or str(error)),
                t(
                    "Check the indentation; put texts with {signs} in quotes.",
                    signs=": # , [ ] { }",
                ),
            ) from None

    def _whole(self) -> Node:
        root: Node | None = None
        for event in self._events:
            match event:
                case yaml.DocumentStartEvent() if root is not None:
                    raise self._fault(
                        event,
                        "several-documents",
                        t("A second document starts here."),
                        t("Write one contract per file."),
                    )
                case yaml.NodeEvent():
                    root = self._node(event, 0)
        if root is None:
            raise _fault(
                self._source,
                1,
                "empty-file",
                t("The file is empty."),
                t("Begin with the example in the reference of contracts."),
            )
        return root

    def _node(self, event: yaml.Event, depth: int) -> Node:
        self._refuse_tricks(event, depth)
        line = _line(event)
        match event:
            case yaml.ScalarEvent():
                return Scalar(event.value, not event.style, line)
            case yaml.SequenceStartEvent():
                return Items(tuple(self._nodes(depth + 1)), line)
            case _:
                return Block(tuple(self._entries(depth + 1)), line)

    def _nodes(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            yield self._node(event, depth)

    def _entries(self, depth: int) -> Iterator[Entry]:
        seen: dict[str, int] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._node(event, depth)
            if not isinstance(key, Scalar):
                raise self._fault(
                    event,
                    "odd-key",
                    t("A key is a list or a mapping here."),
                    t("Put the text in quotes if it begins with {signs}.", signs="[ {"),
                )
            if key.text == "<<":
                raise self._fault(
                    event,
                    "merge-key",
                    t("Merging with << is not read."),
                    t("Write the keys out."),
                )
            if key.text in seen:
                raise self._fault(
                    event,
                    "duplicate-key",
                    t(
                        "The key {key} stands twice, first in line {line}.",
                        key=key.text,
                        line=seen[key.text],
                    ),
                    t("Keep one of the two."),
                )
            seen[key.text] = key.line
            yield Entry(key.text, key.line, self._node(next(self._events), depth))

    def _refuse_tricks(self, event: yaml.Event, depth: int) -> None:
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
            raise self._fault(
                event,
                "anchor",
                t("Anchors (&) and aliases (*) are not read."),
                t("Write the value out; put texts that begin with & or * in quotes."),
            )
        if getattr(event, "tag", None) is not None:
            raise self._fault(
                event,
                "tag",
                t("Tags (!) are not read."),
                t("Take the tag away; put texts that begin with ! in quotes."),
            )
        if depth > MAX_DEPTH:
            raise self._fault(
                event,
                "too-deep",
                t("The nesting is deeper than {limit} levels.", limit=MAX_DEPTH),
                t("Check the brackets."),
            )

    def _fault(self, event: yaml.Event, code: str, text: Text, fix: Text) -> Unreadable:
        return _fault(self._source, _line(event), code, text, fix)
