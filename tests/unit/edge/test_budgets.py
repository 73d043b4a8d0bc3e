"""Buckets of tokens: what is left, when to come again, who counts as one."""

from tinhdata.edge.budgets import Buckets, Budget, cost_of, neighbourhood

TEN = Budget(10)


class Watch:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_twice_the_budget_is_there_at_once_and_then_it_comes_back_steadily() -> None:
    watch = Watch()
    buckets = Buckets(watch)
    assert [buckets.take("a", 1, TEN).wait for _ in range(20)] == [0] * 20
    refused = buckets.take("a", 1, TEN)
    assert (refused.left, refused.wait) == (0, 6)
    watch.now += 5.9
    assert buckets.take("a", 1, TEN).wait == 1
    watch.now += 0.2
    assert buckets.take("a", 1, TEN).wait == 0
    watch.now += 3_600
    assert buckets.take("a", 5, TEN).left == 15


def test_one_who_asks_too_much_takes_nothing_from_another() -> None:
    buckets = Buckets(Watch())
    for _ in range(30):
        buckets.take("greedy", 1, TEN)
    assert buckets.take("greedy", 1, TEN).wait > 0
    assert buckets.take("modest", 1, TEN).left == 19


def test_any_number_of_askers_leaves_a_bounded_memory() -> None:
    buckets = Buckets(Watch())
    for number in range(60_000):
        buckets.take(str(number), 1, TEN)
    assert len(buckets._held) == 50_000


def test_an_ipv6_reader_has_one_budget_for_all_addresses_of_the_network() -> None:
    assert neighbourhood("2001:db8:1:2::1") == neighbourhood("2001:db8:1:2:ffff::9")
    assert neighbourhood("2001:db8:1:2::1") != neighbourhood("2001:db8:1:3::1")
    assert neighbourhood("::ffff:192.0.2.1") == "192.0.2.1"
    assert neighbourhood("unix") == "unix"


def test_questions_in_sql_and_files_cost_more_than_a_page() -> None:
    assert cost_of("/api/v1/datasets/x/rows") == 1
    assert cost_of("/api/v1/datasets/x/rows.csv") > 1
    assert cost_of("/api/v1/sql") > 1
    assert cost_of("/api/3/action/datastore_search_sql") > 1
