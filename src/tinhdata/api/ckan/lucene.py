"""The part of Lucene's syntax that CKAN's clients write, read into a tree. Pure.

Words, "phrases", field:value, field:(a OR b), + - NOT, AND OR, brackets, [a TO b], word*, *:*.
Words side by side must all hold, and OR binds closer than standing side by side: harvesters join
`organization:a OR organization:b` with other conditions by blanks and mean it so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

LONGEST = 4_000
_MOST_PARTS = 400
_DEEPEST = 30


class LuceneUnfit(ValueError):
    """The text is not of the syntax that is read here; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase, of one field or of any; `is_prefix` where it ends with a star."""

    text: str
    field: str | None = None
    is_phrase: bool = False
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Exists:
    """Something stands in the field."""

    field: str


@dataclass(frozen=True, slots=True)
class Between:
    """The field's value lies between two ends; None where an end is open."""

    low: str | None
    high: str | None
    field: str | None = None
    has_low: bool = True
    has_high: bool = True


@dataclass(frozen=True, slots=True)
class Everything:
    """Whatever there is (*:*)."""


@dataclass(frozen=True, slots=True)
class Not:
    """What does not meet a condition."""

    node: "Node"


@dataclass(frozen=True, slots=True)
class And:
    """What meets every one of several conditions."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What meets one of several conditions."""

    nodes: tuple["Node", ...]


Node: TypeAlias = "Term | Exists | Between | Everything | Not | And | Or"

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<phrase>"(?:[^"\\]|\\.)*")
    | (?P<range>[\[{](?:[^\]}"\\]|\\.|"[^"]*")*[\]}])
    | (?P<open>\() | (?P<close>\))
    | (?P<field>(?:[^\W\d]|_)[\w.-]*):(?=\S)
    | (?P<both>&&) | (?P<either>\|\|)
    | (?P<sign>[+!-])(?=[\S])
    | (?P<word>(?:[^\s()"\[\]{}:^~?\\]|\\.)+)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")
_RANGE = re.compile(
    r"""[\[{]\s*(?P<low>"[^"]*"|(?:[^\s\]}"]+))\s+TO\s+(?P<high>"[^"]*"|(?:[^\s\]}"]+))\s*[\]}]""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def parse(text: str) -> Node:
    """Read `text`; raises LuceneUnfit. Nothing, `*` and `*:*` mean everything."""
    if len(text) > LONGEST:
        raise LuceneUnfit(f"longer than {LONGEST} letters")
    tokens = list(_tokens(text))
    if len(tokens) > _MOST_PARTS:
        raise LuceneUnfit(f"more than {_MOST_PARTS} parts")
    if not tokens:
        return Everything()
    reader = _Reader(tokens)
    node = reader.all_of(0)
    if not reader.is_done:
        raise LuceneUnfit(f"'{reader.peek().text[:20]}' is not expected there")
    return node


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        if text.startswith("*:*", at) or text[at:].lstrip().startswith("*:*"):
            at = text.index("*:*", at) + 3
            yield _Token("everything", "*:*")
            continue
        found = _TOKEN.match(text, at)
        if found is None:
            raise LuceneUnfit(f"'{text[at:].strip()[:20]}' cannot be read")
        kind = str(found.lastgroup)
        yield _word(kind, found[kind])
        at = found.end()


def _word(kind: str, text: str) -> _Token:
    if kind == "word" and text in {"AND", "OR", "NOT"}:
        return _Token({"AND": "both", "OR": "either", "NOT": "sign"}[text], text)
    return _Token(kind, text)


class _Reader:
    """Reads tokens from left to right; each method is one rule of the grammar."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def is_done(self) -> bool:
        return self._at == len(self._tokens)

    def peek(self) -> _Token:
        return _Token("end", "") if self.is_done else self._tokens[self._at]

    def all_of(self, depth: int) -> Node:
        """Read conditions that stand side by side."""
        if depth > _DEEPEST:
            raise LuceneUnfit("too many brackets")
        nodes = [self._one_of(depth)]
        while self.peek().kind not in {"end", "close"}:
            nodes.append(self._one_of(depth))
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _one_of(self, depth: int) -> Node:
        nodes = [self._both(depth)]
        while self.peek().kind == "either":
            self._at += 1
            nodes.append(self._both(depth))
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _both(self, depth: int) -> Node:
        nodes = [self._signed(depth)]
        while self.peek().kind == "both":
            self._at += 1
            nodes.append(self._signed(depth))
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _signed(self, depth: int) -> Node:
        token = self.peek()
        if token.kind != "sign":
            return self._condition(depth)
        self._at += 1
        node = self._signed(depth + 1) if depth < _DEEPEST else self._condition(depth)
        return node if token.text == "+" else Not(node)

    def _condition(self, depth: int) -> Node:
        token = self.peek()
        self._at += 1
        match token.kind:
            case "open":
                node = self.all_of(depth + 1)
                if self.peek().kind != "close":
                    raise LuceneUnfit("a bracket is not closed")
                self._at += 1
                return node
            case "field":
                return _in_field(self._condition(depth + 1), token.text)
            case "everything":
                return Everything()
            case "phrase":
                return Term(_plain(token.text[1:-1]), is_phrase=True)
            case "range":
                return _range(token.text)
            case "word":
                return _term(token.text)
            case "end":
                raise LuceneUnfit("something is missing at its end")
            case _:
                raise LuceneUnfit(f"'{token.text[:20]}' is not expected there")


def _term(text: str) -> Node:
    if text == "*":
        return Everything()
    is_prefix = text.endswith("*") and not text.endswith("\\*")
    stem = text[:-1] if is_prefix else text
    if "*" in _ESCAPE.sub("", stem):
        raise LuceneUnfit("a star stands at the end of a word only")
    if stem.startswith("/") and stem.endswith("/") and len(stem) > 1:
        raise LuceneUnfit("regular expressions are not offered")
    return Term(_plain(stem), is_prefix=is_prefix)


def _range(text: str) -> Between:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise LuceneUnfit("a range is written as [from TO to]")
    low, high = (_end(found[name]) for name in ("low", "high"))
    return Between(low, high, has_low=text[0] == "[", has_high=text[-1] == "]")


def _end(text: str) -> str | None:
    return None if text == "*" else _plain(text.strip('"'))


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", text)


def _in_field(node: Node, field: str) -> Node:
    match node:
        case Term() | Between():
            if node.field is not None:
                raise LuceneUnfit("a field stands within another")
            return replace(node, field=field)
        case Everything():
            return Exists(field)
        case Not():
            return Not(_in_field(node.node, field))
        case And() | Or():
            return replace(node, nodes=tuple(_in_field(each, field) for each in node.nodes))
        case Exists():
            raise LuceneUnfit("a field stands within another")


def fields(node: Node) -> frozenset[str]:
    """Give the names of the fields that `node` looks into."""
    match node:
        case Not():
            return fields(node.node)
        case And() | Or():
            return frozenset().union(*map(fields, node.nodes))
        case Everything():
            return frozenset()
        case _:
            return frozenset() if node.field is None else frozenset({node.field})


def words(node: Node) -> tuple[str, ...]:
    """Give the words of no field that whatever is found must hold, so that they may rank it."""
    match node:
        case Term(field=None, is_phrase=False):
            return (node.text,)
        case And():
            return tuple(word for each in node.nodes for word in words(each))
        case _:
            return ()


def without_words(node: Node) -> Node:
    """Give what is left to be met once the words of `words` are met."""
    match node:
        case Term(field=None, is_phrase=False):
            return Everything()
        case And():
            left = tuple(without_words(each) for each in node.nodes)
            return And(left)
        case _:
            return node
