"""How failed rules stand in the words of a row's mask, and the SQL conditions over them. Pure."""

from collections.abc import Iterable, Sequence

from tinhdata.contracts.model import Severity
from tinhdata.quality.model import BITS_PER_WORD, CheckPlan, Rule

RAISING = (Severity.ERROR, Severity.CRITICAL)
"""How grave a failed rule is that keeps its row out of the release."""


def words_of(bits: int) -> int:
    """Say how many words `bits` bits take."""
    return -(-bits // BITS_PER_WORD) or 1


def bit_value(bit: int) -> str:
    """Give the value of `bit` in its word, as SQL."""
    return f"{1 << (bit % BITS_PER_WORD)}::BIGINT"


def has_bit(prefix: str, bit: int) -> str:
    """Write the condition that `bit` stands in the words called `prefix`."""
    return f"({prefix}{bit // BITS_PER_WORD} & {bit_value(bit)}) <> 0"


def any_bit(prefix: str, rules: Sequence[Rule], words: int) -> str:
    """Write the condition that one of `rules` failed, over words called `prefix`."""
    masks = enumerate(mask_values(rules, words))
    pieces = [f"({prefix}{word} & {mask}::BIGINT) <> 0" for word, mask in masks if mask]
    return f"({' OR '.join(pieces)})" if pieces else "false"


def mask_values(rules: Sequence[Rule], words: int) -> list[int]:
    """Give for each of `words` words the bits of `rules` in it."""
    masks = [0] * words
    for rule in rules:
        if rule.bit is not None:
            masks[rule.bit // BITS_PER_WORD] |= 1 << (rule.bit % BITS_PER_WORD)
    return masks


def raising(plan: CheckPlan) -> list[Rule]:
    """Give the rules that keep a row out of the release."""
    return [rule for rule in plan.masked if rule.severity in RAISING]


def row_errors(plan: CheckPlan, prefix: str = "_m") -> str:
    """Write the condition that a row fails a rule that keeps it out of the release."""
    return any_bit(prefix, raising(plan), plan.words)


def has_value(plan: CheckPlan, columns: Iterable[str]) -> str:
    """Write the condition that one of `columns` has a value, over the words `_f<n>`."""
    names = plan.contract.column_names
    return f"({' OR '.join(has_bit('_f', names.index(column)) for column in columns)})"
