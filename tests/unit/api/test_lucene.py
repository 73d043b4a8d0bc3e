"""The part of Lucene's syntax that CKAN's clients write, and what it finds."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinhdata.api.ckan.lucene import (
    And,
    Between,
    Everything,
    Exists,
    LuceneUnfit,
    Node,
    Not,
    Or,
    Term,
    parse,
    without_words,
    words,
)
from tinhdata.api.ckan.matching import Document, matches, require_known
from tinhdata.vietnam import fold

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
AIR = Document(
    values={
        "id": ("6f1e",),
        "name": ("khong-khi",),
        "organization": ("h55-07",),
        "groups": ("moi-truong",),
        "tags": ("không khí", "pm2.5"),
        "res_format": ("CSV", "GeoJSON"),
        "license_id": ("CC-BY-4.0",),
        "state": ("active",),
        "extras_access_level": ("open",),
    },
    texts={
        "title": fold("Quan trắc bụi không khí"),
        "notes": fold("Nồng độ bụi PM2.5, PM10 theo giờ tại Thái Nguyên"),
        "text": fold("Quan trắc bụi không khí Nồng độ bụi PM2.5, PM10 theo giờ tại Thái Nguyên"),
    },
    moments={
        "metadata_modified": datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
        "metadata_created": datetime(2025, 1, 2, tzinfo=UTC),
    },
)

TREES: dict[str, Node] = {
    "": Everything(),
    "  ": Everything(),
    "*:*": Everything(),
    "*": Everything(),
    "đất": Term("đất"),
    "đất đai": And((Term("đất"), Term("đai"))),
    '"đất đai"': Term("đất đai", is_phrase=True),
    "name:abc": Term("abc", "name"),
    "name:a*": Term("a", "name", is_prefix=True),
    "tags:*": Exists("tags"),
    "-groups:x": Not(Term("x", "groups")),
    "!groups:x": Not(Term("x", "groups")),
    "NOT groups:x": Not(Term("x", "groups")),
    "+a -b": And((Term("a"), Not(Term("b")))),
    "a AND b": And((Term("a"), Term("b"))),
    "a && b || c": Or((And((Term("a"), Term("b"))), Term("c"))),
    "organization:a OR organization:b": Or((Term("a", "organization"), Term("b", "organization"))),
    "organization:(a OR b)": Or((Term("a", "organization"), Term("b", "organization"))),
    'tags:("a b" OR c)': Or((Term("a b", "tags", is_phrase=True), Term("c", "tags"))),
    "m organization:a OR organization:b -groups:x": And(
        (
            Term("m"),
            Or((Term("a", "organization"), Term("b", "organization"))),
            Not(Term("x", "groups")),
        )
    ),
    "(a OR b) AND c": And((Or((Term("a"), Term("b"))), Term("c"))),
    "metadata_modified:[2026-01-01T00:00:00Z TO *]": Between(
        "2026-01-01T00:00:00Z", None, "metadata_modified"
    ),
    "metadata_modified:{* TO 2026-01-01}": Between(
        None, "2026-01-01", "metadata_modified", has_low=False, has_high=False
    ),
    "name:quan\\-trac\\:x": Term("quan-trac:x", "name"),
    "a - b": And((Term("a"), Term("-"), Term("b"))),
    "extras_access_level:open": Term("open", "extras_access_level"),
    "c/d a-b a+b giá_2025": And((Term("c/d"), Term("a-b"), Term("a+b"), Term("giá_2025"))),
}


@pytest.mark.parametrize("text", TREES)
def test_a_question_is_read(text: str) -> None:
    assert parse(text) == TREES[text]


UNFIT = (
    "(a",
    "a)",
    "()",
    "a AND",
    "OR a",
    "AND",
    "NOT",
    "name:",
    'name:"x',
    "[a TO b",
    "[a b]",
    "name:[a b]",
    "a~2",
    "a^4",
    "a?c",
    "*abc",
    "a*c",
    "/regex/",
    "{!join from=a to=b}",
    "a:b:c",
    "name:(title:x)",
    "12:30",
    "x" * 4_001,
    "(" * 40 + "a" + ")" * 40,
    "a " * 500,
    "NOT " * 40 + "a",
)


@pytest.mark.parametrize("text", UNFIT)
def test_what_is_outside_of_it_is_refused(text: str) -> None:
    with pytest.raises(LuceneUnfit):
        parse(text)


FINDS = {
    "*:*": True,
    "title:bui": True,
    "title:Bụi": True,
    "title:bu": False,
    "title:bu*": True,
    'title:"bụi không"': True,
    'title:"không bụi"': False,
    "notes:thai": True,
    "organization:h55-07": True,
    "organization:H55-07": True,
    "organization:h55": False,
    "organization:h55*": True,
    "organization:a OR organization:h55-07": True,
    "-groups:moi-truong": False,
    "groups:moi-truong AND -tags:đất": True,
    'tags:"không khí"': True,
    "res_format:csv": True,
    "res_format:(PDF OR GeoJSON)": True,
    "license_id:*": True,
    "author:*": False,
    "title:*": True,
    "metadata_modified:[2026-11-01T00:00:00Z TO *]": True,
    "metadata_modified:[2026-11-21 TO *]": False,
    "metadata_modified:[NOW-7DAYS TO NOW]": True,
    "metadata_modified:[NOW-1DAY/DAY TO *]": False,
    "metadata_modified:[NOW-1MONTH TO NOW]": True,
    'metadata_modified:["2026-11-20T08:00:00Z" TO *]': True,
    "metadata_modified:{2026-11-20T08:00:00Z TO *]": False,
    "metadata_created:[2024 TO 2025]": False,
    "metadata_created:[2024 TO 2026]": True,
    "extras_access_level:open": True,
    "extras_nothing:x": False,
    "name:[a TO m]": True,
    "name:[l TO z]": False,
    "state:active dataset_type:dataset": False,
}


@pytest.mark.parametrize("text", FINDS)
def test_a_dataset_meets_a_condition_or_not(text: str) -> None:
    node = parse(text)
    require_known(node, NOW)
    assert matches(node, AIR, NOW) is FINDS[text]


@pytest.mark.parametrize(
    "text",
    [
        "nosuch:x",
        "metadata_modified:[yesterday TO *]",
        "metadata_modified:[NOW-1EON TO *]",
        "metadata_created:2025-13-01",
        "-(a OR nosuch:*)",
        "metadata_modified:[NOW+99999YEARS TO *]",
    ],
)
def test_unknown_fields_and_moments_are_refused_before_anything_is_looked_at(text: str) -> None:
    with pytest.raises(LuceneUnfit):
        require_known(parse(text), NOW)


def test_free_words_are_left_to_the_search_and_the_rest_is_met_here() -> None:
    node = parse("bụi tags:x -rác pm*")
    assert words(node) == ("bụi", "pm")
    assert not matches(without_words(node), AIR, NOW)
    assert matches(without_words(parse("bụi tags:pm2.5 -rác")), AIR, NOW)
    # Words that need not hold, or must not, cannot rank what is found.
    assert words(parse("a OR b")) == ()
    assert words(parse("-a")) == ()
    assert words(parse('"a b"')) == ()


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab:()"[]{}*-+!&|\\ TOANDR đ/~^?', max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = parse(text)
    except LuceneUnfit:
        return
    assert matches(without_words(node), AIR, NOW) in {True, False}
