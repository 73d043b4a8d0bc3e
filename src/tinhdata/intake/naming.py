"""How a sentence names some of many sheets or files."""

from collections.abc import Sequence

_MOST_NAMED = 5


def some_of(names: Sequence[str]) -> str:
    """Give the first of `names`, as many as a person reads in one sentence."""
    return ", ".join(names[:_MOST_NAMED])
