"""What is found and in which order: groups of words against the index, with one pass each. Pure.

BM25 (Robertson, Zaragoza: The Probabilistic Relevance Framework, 2009) over the weights of
`analysing`, with four things of our own: datasets that have more of the question stand higher,
words side by side count more, what a question adds as filling may be missing, and where diacritics
were typed the datasets that have the whole question with just these come before all others.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tinhdata.catalogue.index import Index, Mask, Scores
from tinhdata.catalogue.understanding import Alternative, Group, Understood

_ENOUGH = 0.5
"""Share of what the best dataset has of the question; with less a dataset is not found."""
_SIDE_BY_SIDE = 0.8
_PAIR_COUNTS = 0.5
"""How much two words side by side count towards that share, against the words themselves."""
_OTHER_MARKS = 0.5
"""How much a word counts that stands there with other diacritics than were typed."""
_HINT = 0.4
_EXACT = 1_000.0
"""Lifts datasets with the whole question in its own diacritics over every other score."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """Which datasets were found (by slot), and how well each fits."""

    found: Mask
    scores: NDArray[np.float64]


def rank(index: Index, question: Understood, seen: Mask, *, whole: bool = False) -> Ranked:
    """Find the datasets among `seen` that a question is about, and weigh them.

    With `whole` only those are found that have every word of it.
    """
    size = index.size
    total = int(np.count_nonzero(seen))
    scores = np.zeros(size)
    covered = np.zeros(size)
    exact = np.ones(size, dtype=np.bool_)
    complete = seen.copy()
    asked = 0.0
    for group in question.groups:
        matched, best = _group(index, group, size)
        matched &= seen
        complete &= matched
        rarity = group.counts * _rarity(total, int(np.count_nonzero(matched)))
        standing = matched.astype(np.float64)
        if group.exact and (here := _exact(index, group, size))[seen].any():
            exact &= here
            standing[matched & ~here] = _OTHER_MARKS
        scores += rarity * best * standing
        covered += rarity * standing
        asked += rarity
    for pair in question.pairs:
        slots, weights = index.weights(pair)
        rarity = _rarity(total, int(np.count_nonzero(seen[slots])))
        scores[slots] += _SIDE_BY_SIDE * rarity * weights
        covered[slots] += _PAIR_COUNTS * rarity
        asked += _PAIR_COUNTS * rarity
    for hint in question.hints:
        slots, weights = index.weights(hint)
        scores[slots] += _HINT * weights
    if not asked:
        return Ranked(seen, scores)
    if whole:
        return Ranked(complete, scores)
    share = covered / asked
    best_share = float(share[seen].max(initial=0.0))
    found = seen & (share >= _ENOUGH * best_share) & (share > 0)
    scores *= share**2
    if any(group.exact for group in question.groups):
        scores[exact & (share >= best_share - 1e-9)] += _EXACT
    return Ranked(found, scores)


def _rarity(total: int, count: int) -> float:
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def _group(index: Index, group: Group, size: int) -> tuple[Mask, Scores]:
    matched = np.zeros(size, dtype=np.bool_)
    best = np.zeros(size, dtype=np.float32)
    for alternative in group.alternatives:
        slots, weights = _alternative(index, alternative)
        matched[slots] = True
        best[slots] = np.maximum(best[slots], weights)
    return matched, best


def _alternative(index: Index, alternative: Alternative) -> tuple[NDArray[np.int32], Scores]:
    """Give the slots that have all terms of an alternative, with the mean of their weights."""
    slots, weights = index.weights(alternative.terms[0])
    for term in alternative.terms[1:]:
        others, more = index.weights(term)
        slots, mine, its = np.intersect1d(slots, others, assume_unique=True, return_indices=True)
        weights = weights[mine] + more[its]
    if alternative.fixed is not None:
        return slots, np.full(len(slots), alternative.fixed, dtype=np.float32)
    return slots, weights * np.float32(alternative.factor / len(alternative.terms))


def _exact(index: Index, group: Group, size: int) -> Mask:
    standing = np.ones(size, dtype=np.bool_)
    for term in group.exact:
        here = np.zeros(size, dtype=np.bool_)
        here[index.weights(term)[0]] = True
        standing &= here
    return standing
