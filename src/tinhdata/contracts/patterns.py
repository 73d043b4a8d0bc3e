"""Whether a pattern means the same in every engine: the part of RE2 that Python reads as well."""

import re
from collections.abc import Iterable
from re import _constants as codes  # type: ignore[attr-defined]  # the parse tree has no public name
from re import _parser as parser  # type: ignore[attr-defined]  # the parse tree has no public name

from tinhdata.kernel import Text, t

MAX_REPEAT = 1000
"""The largest count that RE2 takes in {n,m}."""

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
