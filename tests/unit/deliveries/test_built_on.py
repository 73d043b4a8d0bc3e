"""Which later releases hold rows of one that is to be withdrawn."""

from collections.abc import Sequence

from tests.unit.deliveries.making import release
from tinhdata.deliveries.rules import built_on
from tinhdata.warehouse import Release, ReleaseKind, ReleaseState


def numbers(of: Release, releases: Sequence[Release], *whole: int) -> list[int]:
    """Give the numbers of what `built_on` finds; `whole` replace the whole table."""
    return [r.number for r in built_on(of, releases, lambda r: r.number in whole)]


def test_a_full_replacement_holds_no_row_of_its_base() -> None:
    chain = [release(1), release(2, 1), release(3, 2)]
    assert numbers(chain[0], chain, 1, 2, 3) == []


def test_appended_releases_hold_everything_before_newest_first() -> None:
    chain = [release(1), release(2, 1), release(3, 2)]
    assert numbers(chain[0], chain) == [3, 2]
    assert numbers(chain[1], chain) == [3]
    assert numbers(chain[2], chain) == []


def test_a_correction_holds_the_rows_it_was_added_to_until_all_is_replaced() -> None:
    chain = [
        release(1),
        release(2, 1, kind=ReleaseKind.CORRECTION),
        release(3, 2),
        release(4, 3, kind=ReleaseKind.CORRECTION),
    ]
    assert numbers(chain[0], chain, 1, 3) == [2]
    assert numbers(chain[2], chain, 1, 3) == [4]


def test_what_is_withdrawn_already_is_not_named_but_still_passes_rows_on() -> None:
    chain = [release(1), release(2, 1, state=ReleaseState.WITHDRAWN), release(3, 2)]
    assert numbers(chain[0], chain) == [3]


def test_a_release_on_another_base_is_not_concerned() -> None:
    # Release 2 was withdrawn, so release 3 was built on release 1 again.
    chain = [release(1), release(2, 1), release(3, 1)]
    assert numbers(chain[1], chain) == []
    assert numbers(chain[0], list(reversed(chain))) == [3, 2]
