"""Whether a pattern means the same in every engine: the part of RE2 that Python reads as well."""

import re
from collections.abc import Iterable
from re import _constants as codes  # type: ignore[attr-defined, unused-ignore]  # no public name
from re import _parser as parser  # type: ignore[attr-defined, unused-ignore]  # no public name

from tinhdata.kernel import Text, t

MAX_REPEAT = 1000
"""The largest count that RE2 takes in {n,m}."""

_MOST_WAYS = 1_000_000

_FOREIGN = {
    codes.ASSERT: "(?= (?<=",
    codes.ASSERT_NOT: "(?! (?<!",
    codes.GROUPREF: "\\1",
    codes.GROUPREF_EXISTS: "(?(1)",
    codes.ATOMIC_GROUP: "(?>",
    codes.POSSESSIVE_REPEAT: "*+ ++ ?+",
}
_RE2_ONLY = re.compile(r"\\(?:[pP](?:\{\^?\w+\}|\w)|z)")
"""Unicode classes and the end of text: RE2 has them, Python writes them in another way."""


def fault_of_pattern(pattern: str) -> Text | None:
    """Say why `pattern` cannot be used, None if it can."""
    try:
        tree = parser.parse(python_pattern(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        return t(
            "The pattern {pattern} cannot be read: {detail}.", pattern=pattern, detail=str(error)
        )
    for operation, argument in _operations(tree):
        if operation in _FOREIGN:
            return t(
                "The pattern {pattern} uses {sign}, which database engines do not have.",
                pattern=pattern,
                sign=_FOREIGN[operation],
            )
        if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT) and _count(argument) > MAX_REPEAT:
            return t(
                "The pattern {pattern} repeats more than {limit} times.",
                pattern=pattern,
                limit=MAX_REPEAT,
            )
    if "\\Z" in pattern.replace("\\\\", ""):
        return t("The pattern {pattern} ends in \\Z; write \\z.", pattern=pattern)
    return None


def does_match(pattern: str, value: str) -> bool:
    """Say whether `value` matches all of `pattern`; true where asking might take for ever.

    RE2 reads every pattern in linear time, Python tries one way after another: `(a+)+b` never ends
    there. So a value is only looked at where the ways are few.
    """
    expression = python_pattern(pattern)
    if _ways(parser.parse(expression), len(value)) > _MOST_WAYS:
        return True
    return re.fullmatch(expression, value) is not None


def _ways(tree: Iterable[object], length: int) -> int:
    """Count, never too low, the ways in which `tree` can be laid over a text of `length`."""
    ways = 1
    for node in tree:
        if isinstance(node, tuple):
            ways *= _ways_of(node[0], node[1], length)
        if ways > _MOST_WAYS:
            break
    return ways


def _ways_of(operation: object, argument: object, length: int) -> int:
    if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT) and isinstance(argument, tuple):
        low, high, body = int(argument[0]), min(int(argument[1]), length + 1), argument[2]
        each, ways = _ways(body, length), 0
        for times in range(min(low, high), high + 1):
            ways += each**times if each > 1 else 1
            if ways > _MOST_WAYS:
                break
        return ways
    if operation is codes.BRANCH and isinstance(argument, tuple):
        return sum(_ways(branch, length) for branch in argument[1])
    if operation is codes.SUBPATTERN and isinstance(argument, tuple):
        return _ways(argument[-1], length)
    return 1


def python_pattern(pattern: str) -> str:
    """Give `pattern` as Python reads it; Unicode classes become any letter or digit."""
    return _RE2_ONLY.sub(lambda found: "\\Z" if found[0] == "\\z" else "\\w", pattern)


def _count(argument: object) -> int:
    low, high = (int(end) for end in argument[:2]) if isinstance(argument, tuple) else (0, 0)
    return low if high == int(codes.MAXREPEAT) else high


def _operations(tree: Iterable[object]) -> Iterable[tuple[object, object]]:
    """Walk the parse tree: pairs of an operation and its argument, at any depth."""
    for node in tree:
        if (
            isinstance(node, tuple)
            and len(node) == 2
            and isinstance(node[0], codes._NamedIntConstant)
        ):
            yield node[0], node[1]
            yield from _operations([node[1]])
        elif isinstance(node, parser.SubPattern | tuple | list):
            yield from _operations(node)
