"""What must be pulled, which files are whole, which addresses are public."""

import ipaddress
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import pytest

from tinhdata.kernel import is_public
from tinhdata.sources import rules
from tinhdata.sources.model import (
    GroupMark,
    MarkValue,
    RemoteFile,
    SeenGroup,
    TableMark,
    TakenFile,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
SPAN = timedelta(minutes=15)


def mark(*, open_for: timedelta) -> TableMark:
    groups = {
        "2026-09": GroupMark(5, "a", "x" * 64, "dlv_1"),
        "2026-10": GroupMark(7, "b", "y" * 64, "dlv_2"),
    }
    return TableMark(
        schema=(("ma", "TEXT"),),
        used=("ma",),
        contract="c",
        delivery="dlv_2",
        top=MarkValue("text", "b"),
        top_seen_at=NOW - open_for,
        pulled_at=NOW,
        groups=MappingProxyType(groups),
    )


SAME = {"2026-09": SeenGroup(5, "a"), "2026-10": SeenGroup(7, "b", recent=2)}


def test_while_rows_may_come_late_the_newest_group_is_doubtful() -> None:
    assert rules.suspects(mark(open_for=timedelta(minutes=14)), SAME, SPAN) == {"2026-10"}
    assert rules.suspects(mark(open_for=timedelta(minutes=15)), SAME, SPAN) == frozenset()


@pytest.mark.parametrize(
    ("seen", "doubtful"),
    [
        ({**SAME, "2026-09": SeenGroup(4, "a")}, {"2026-09"}),
        ({**SAME, "2026-09": SeenGroup(5, "c")}, {"2026-09"}),
        ({**SAME, "2026-11": SeenGroup(1, "d")}, {"2026-11"}),
        ({"2026-10": SAME["2026-10"]}, set()),
    ],
)
def test_a_group_with_another_count_or_mark_is_doubtful(
    seen: dict[str, SeenGroup], doubtful: set[str]
) -> None:
    assert rules.suspects(mark(open_for=SPAN), seen, SPAN) == doubtful


def test_what_waits_to_be_published_goes_along() -> None:
    found = rules.with_unpublished(
        mark(open_for=SPAN), SAME, frozenset({"2026-10"}), frozenset({"dlv_1"})
    )
    assert found == {"2026-09", "2026-10"}


def test_a_period_that_is_gone_cannot_go_along() -> None:
    seen = {"2026-10": SAME["2026-10"]}
    before = mark(open_for=SPAN)
    assert rules.vanished_groups(before, seen) == ("2026-09",)
    assert rules.with_unpublished(before, seen, frozenset(), frozenset({"dlv_1"})) == frozenset()


def test_only_what_was_pulled_names_the_new_delivery() -> None:
    pulled = rules.Pulled(
        (("ma", "TEXT"),), ("ma",), "c", MarkValue("text", "b"), SAME, {"2026-10": "z" * 64}, NOW
    )
    moved = rules.moved_mark(mark(open_for=SPAN), pulled, "dlv_3")
    assert moved.groups["2026-09"].delivery == "dlv_1"
    assert moved.groups["2026-10"] == GroupMark(7, "b", "z" * 64, "dlv_3")
    assert moved.top_seen_at == NOW - SPAN


@pytest.mark.parametrize(
    ("value", "overlap", "bound"),
    [
        (MarkValue("datetime", "2026-11-23T10:00:00"), "PT1H", "2026-11-23T09:00:00"),
        (MarkValue("date", "2026-11-23"), "PT1H", "2026-11-22"),
        (MarkValue("int", "5000"), "10", "4990"),
        (MarkValue("int", "5000"), None, "4000"),
        (MarkValue("text", "abc"), None, "abc"),
    ],
)
def test_the_bound_lies_below_the_mark(value: MarkValue, overlap: str | None, bound: str) -> None:
    assert rules.bound_below(value, overlap).text == bound


def test_columns_that_go_or_change_break_and_new_ones_do_not() -> None:
    schema = (("a", "TEXT"), ("b", "INTEGER"), ("not_pulled", "TEXT"))
    before = TableMark(schema, ("a", "b"), "c", "dlv_1")
    assert rules.schema_change(before, tuple(reversed(schema))) is None
    assert rules.schema_change(before, schema[:2]) is None
    gone = rules.schema_change(before, (("a", "TEXT"),))
    retyped = rules.schema_change(before, (("a", "TEXT"), ("b", "TEXT")))
    added = rules.schema_change(before, (*schema, ("c", "TEXT")))
    assert gone is not None
    assert retyped is not None
    assert added is not None
    assert (gone.breaks, retyped.breaks, added.breaks) == (True, True, False)


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("so-lieu.csv", True),
        ("SO-LIEU.CSV", True),
        ("so-lieu.csv.part", False),
        ("so-lieu.csv.TMP", False),
        ("so-lieu.csv~", False),
        (".so-lieu.csv", False),
        ("so-lieu.csv.sha256", False),
        ("so-lieu.xlsx", False),
    ],
)
def test_half_written_and_hidden_files_are_not_wanted(name: str, wanted: bool) -> None:
    assert rules.is_wanted(name, "*.csv") is wanted


@pytest.mark.parametrize(
    ("modified", "seen_at", "seen_version", "settled"),
    [
        (NOW - timedelta(minutes=2), None, "", True),
        (NOW - timedelta(seconds=30), None, "", False),
        (NOW + timedelta(hours=5), NOW - timedelta(minutes=2), "v", True),
        (NOW + timedelta(hours=5), NOW - timedelta(minutes=2), "w", False),
        (None, NOW - timedelta(minutes=2), "v", True),
        (None, None, "", False),
    ],
)
def test_a_file_is_whole_once_it_has_lain_unchanged(
    modified: datetime | None, seen_at: datetime | None, seen_version: str, settled: bool
) -> None:
    known = None if seen_at is None else TakenFile("a", seen_version, seen_at)
    file = RemoteFile("a", "v", 3, modified)
    assert rules.is_settled(file, known, NOW, timedelta(minutes=1)) is settled


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "ff02::1"),
        "2001:0:5ef5:79fb:0:0:80ff:fffe",
    ],
)
def test_addresses_of_inner_networks_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "203.162.4.191", "2606:4700:4700::1111"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))
