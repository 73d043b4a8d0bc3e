import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tinhdata.journal import Event, EventInvalid, EventKind, Journal
from tinhdata.journal.rules import check_event, check_kind, leaf_hash
from tinhdata.kernel import JSON, SystemClock, new_id

HASH = "0f" * 32


def fits(field_type: str, value: JSON) -> bool:
    kind = EventKind("thing.done", "tests", {"field": field_type})
    check_kind(kind)
    try:
        check_event(kind, Event("thing.done", "system", "thing", {"field": value}))
    except EventInvalid:
        return False
    return True


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        ("int", 0),
        ("int", -12),
        ("bool", True),
        ("id", new_id("dlv")),
        ("code", "H99.18"),
        ("code", "danh-muc-thu"),
        ("code", "01234"),
        ("hash", HASH),
        ("date", "2025-07-01"),
        ("moment", "2025-07-01T00:00:00+00:00"),
        ("int?", None),
        ("code[]", []),
        ("code[]", ["a", "b"]),
        ("hash[]?", None),
    ],
)
def test_a_value_of_its_declared_type_may_be_written(field_type: str, value: JSON) -> None:
    assert fits(field_type, value)


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        ("int", 1.0),
        ("int", True),
        ("int", "1"),
        ("int", None),
        ("bool", 1),
        ("id", "somebody"),
        ("code", "Nguyễn Văn A"),
        ("code", "two words"),
        ("code", "someone@example"),
        ("code", ""),
        ("code", "x" * 121),
        ("code", "line\n"),
        ("hash", HASH.upper()),
        ("hash", HASH[:-1]),
        ("date", "01/07/2025"),
        ("date", "20250701"),
        ("date", "2025-02-30"),
        ("moment", "2025-07-01T00:00:00"),
        ("code[]", ["a", "free text"]),
        ("code[]", "a"),
        ("code", ["a"]),
        ("code", {"a": "b"}),
    ],
)
def test_free_text_floats_and_other_types_are_refused(field_type: str, value: JSON) -> None:
    assert not fits(field_type, value)


@given(st.from_regex(r"\d{9,20}", fullmatch=True))
def test_nothing_that_looks_like_a_citizens_or_telephone_number_is_a_code(number: str) -> None:
    assert not fits("code", number)


def test_a_refusal_does_not_repeat_the_value() -> None:
    kind = EventKind("thing.done", "tests", {"note": "code"})
    with pytest.raises(EventInvalid) as refused:
        check_event(kind, Event("thing.done", "system", "thing", {"note": "Nguyễn Văn A"}))
    assert "Nguyễn" not in str(refused.value)


def test_fields_that_were_not_declared_or_are_missing_are_refused() -> None:
    kind = EventKind("thing.done", "tests", {"rows": "int"})
    with pytest.raises(EventInvalid, match="not declared"):
        check_event(kind, Event("thing.done", "system", "thing", {"rows": 1, "name": "a"}))
    with pytest.raises(EventInvalid, match="rows"):
        check_event(kind, Event("thing.done", "system", "thing"))


@pytest.mark.parametrize(
    ("actor", "subject"), [("Nguyễn Văn A", "thing"), ("system", "a b"), ("", "thing")]
)
def test_actor_and_subject_are_ids_or_codes(actor: str, subject: str) -> None:
    with pytest.raises(EventInvalid):
        check_event(EventKind("thing.done", "tests"), Event("thing.done", actor, subject))


@pytest.mark.parametrize(
    ("name", "field", "field_type"),
    [("done", "a", "int"), ("thing.done", "A", "int"), ("thing.done", "a", "text")],
)
def test_a_malformed_declaration_is_refused(name: str, field: str, field_type: str) -> None:
    with pytest.raises(EventInvalid):
        check_kind(EventKind(name, "tests", {field: field_type}))


def test_a_kind_has_one_declaration() -> None:
    journal = Journal(SystemClock(), b"k" * 32)
    kind = EventKind("thing.done", "tests", {"rows": "int"})
    journal.declare([kind, kind])
    assert journal.kinds == (kind,)
    with pytest.raises(EventInvalid, match="already declared by tests"):
        journal.declare([EventKind("thing.done", "tests", {"rows": "int", "more": "int"})])


def test_the_leaf_hash_is_that_of_rfc_9162() -> None:
    # The leaf of the empty entry, as given by independent implementations of RFC 6962 and 9162.
    empty = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert leaf_hash(b"").hex() == empty
    assert leaf_hash(b"x") == hashlib.sha256(b"\0x").digest()


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Journal(SystemClock(), b"short")
