import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tinhdata.access import (
    Access,
    AccessNotFound,
    AccountInvalid,
    ActorKind,
    Agency,
    AgencyKind,
    LoginTaken,
    Person,
    Role,
    SignInPaused,
    SignInRefused,
)
from tinhdata.contracts import Bilingual
from tinhdata.db import Database, Tx
from tinhdata.journal import Entry, Journal
from tinhdata.kernel import FixedClock

PASSWORD = "correct horse battery"
HERE = "192.0.2.1"
OFFICE = Agency("A1.18", Bilingual("Sở Thử", "Test department"), AgencyKind.PROVINCIAL)
OFFICER = frozenset({Role.OFFICER})


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def journal(clock: FixedClock) -> Journal:
    return Journal(clock, b"j" * 32)


@pytest.fixture
def access(database: Database, journal: Journal, clock: FixedClock) -> Access:
    access = Access(database, journal, clock, b"s" * 32)
    with database.transaction() as tx:
        access.add_agency(tx, "pack", OFFICE)
    return access


@pytest.fixture
def officer(access: Access) -> Person:
    return access.add_person("system", "officer", "Nguyễn Thị Hoa", PASSWORD, OFFICER, OFFICE.code)


def entries(database: Database, journal: Journal) -> list[Entry]:
    with database.read() as tx:
        return list(journal.read(tx))


def kinds(database: Database, journal: Journal) -> list[str]:
    return [entry.kind for entry in entries(database, journal)]


def everything_stored(database: Database) -> str:
    with database.read() as tx:
        names = sa.inspect(tx).get_table_names()
        rows = [tx.execute(sa.text(f"SELECT * FROM {name}")).all() for name in names]
    return repr(rows)


def test_an_agency_is_registered_once_and_changed_when_it_changed(
    access: Access, database: Database, journal: Journal
) -> None:
    told: list[str] = []
    listening = Access(
        database,
        journal,
        FixedClock(datetime(2026, 1, 1, tzinfo=UTC)),
        b"s" * 32,
        on_agency=(lambda tx, agency: told.append(agency.name.vi),),
    )
    renamed = Agency(OFFICE.code, Bilingual("Sở Mới"), AgencyKind.PROVINCIAL)
    with database.transaction() as tx:
        assert not listening.add_agency(tx, "pack", OFFICE)
        assert listening.add_agency(tx, "pack", renamed)
    assert access.agencies() == (renamed,)
    assert access.agency(OFFICE.code) == renamed
    assert told == ["Sở Mới"]
    assert kinds(database, journal) == ["agency.registered", "agency.changed"]
    with pytest.raises(AccessNotFound):
        access.agency("A1.99")


def test_a_person_signs_in_and_is_known_by_the_token(access: Access, officer: Person) -> None:
    token = access.sign_in(" Officer ", PASSWORD, HERE)
    session = access.session(token.value)
    assert session is not None
    assert session.actor.id == officer.id
    assert session.actor.kind is ActorKind.PERSON
    assert (session.actor.roles, session.actor.agency) == (OFFICER, OFFICE.code)
    assert session.expires_at == token.expires_at
    assert access.session("another token") is None


def test_neither_password_nor_token_nor_address_is_stored(
    access: Access, officer: Person, database: Database
) -> None:
    token = access.sign_in("officer", PASSWORD, HERE)
    with pytest.raises(SignInRefused):
        access.sign_in("officer", "wrong password", HERE)
    stored = everything_stored(database)
    assert officer.login in stored
    for secret in (PASSWORD, "wrong password", token.value, HERE):
        assert secret not in stored
    assert token.value not in repr(token)


def test_wrong_password_unknown_name_and_closed_account_are_told_apart_by_nothing(
    access: Access, officer: Person
) -> None:
    closed = access.add_person("system", "closed", "Đóng", PASSWORD, OFFICER, OFFICE.code)
    access.close_person("system", closed.id)
    said = set()
    tries = ("officer", "wrong password"), ("nobody", PASSWORD), ("closed", PASSWORD)
    for login, password in tries:
        with pytest.raises(SignInRefused) as refused:
            access.sign_in(login, password, HERE)
        said.add(str(refused.value))
    assert len(said) == 1


def test_an_unknown_name_takes_as_long_as_a_wrong_password(access: Access, officer: Person) -> None:
    def seconds(login: str, address: str) -> float:
        began = time.perf_counter()
        with pytest.raises(SignInRefused):
            access.sign_in(login, "wrong password", address)
        return time.perf_counter() - began

    known = min(seconds("officer", f"a{n}") for n in range(3))
    unknown = min(seconds(f"nobody{n}", f"b{n}") for n in range(3))
    # Without the hash an answer takes a few milliseconds, with it tens of them.
    assert unknown > known / 3


def test_a_session_unused_for_half_an_hour_is_over(
    access: Access, officer: Person, clock: FixedClock
) -> None:
    token = access.sign_in("officer", PASSWORD, HERE).value
    for _ in range(4):
        clock.move(timedelta(minutes=29))
        assert access.session(token) is not None
    clock.move(timedelta(minutes=30))
    assert access.session(token) is None


def test_a_session_in_use_is_over_after_eight_hours(
    access: Access, officer: Person, clock: FixedClock
) -> None:
    token = access.sign_in("officer", PASSWORD, HERE).value
    for _ in range(24):
        assert access.session(token) is not None
        clock.move(timedelta(minutes=20))
    assert access.session(token) is None


def test_signing_in_again_ends_the_session_before_and_signing_out_the_one_now(
    access: Access, officer: Person, database: Database, journal: Journal
) -> None:
    first = access.sign_in("officer", PASSWORD, HERE).value
    second = access.sign_in("officer", PASSWORD, HERE, previous=first).value
    assert first != second
    assert access.session(first) is None
    assert access.session(second) is not None
    access.sign_out(second)
    access.sign_out("no session at all")
    assert access.session(second) is None
    assert kinds(database, journal)[2:] == [
        "session.opened", "session.closed", "session.opened", "session.closed",
    ]  # fmt: skip


def test_each_session_has_its_own_csrf_token(access: Access, officer: Person) -> None:
    tokens = [access.sign_in("officer", PASSWORD, HERE).value for _ in range(2)]
    sessions = [access.session(token) for token in tokens]
    forms = [session.csrf for session in sessions if session is not None]
    assert len(set(forms)) == 2
    again = access.session(tokens[0])
    assert again is not None
    assert again.csrf == forms[0]
    assert not {*forms} & {*tokens}


def fail(access: Access, login: str, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused):
            access.sign_in(login, "wrong password", address)


def test_after_five_wrong_tries_a_login_pauses_longer_and_longer(
    access: Access, officer: Person, clock: FixedClock
) -> None:
    fail(access, "officer", HERE, 5)
    with pytest.raises(SignInPaused) as paused:
        access.sign_in("officer", PASSWORD, "192.0.2.2")
    assert paused.value.seconds == 5
    clock.move(timedelta(seconds=5))
    fail(access, "officer", HERE, 1)
    clock.move(timedelta(seconds=5))
    with pytest.raises(SignInPaused):
        access.sign_in("officer", PASSWORD, HERE)
    clock.move(timedelta(seconds=5))
    access.sign_in("officer", PASSWORD, HERE)
    fail(access, "officer", HERE, 4)


def test_an_address_that_tries_many_names_pauses(
    access: Access, officer: Person, clock: FixedClock
) -> None:
    for number in range(20):
        fail(access, f"name{number}", HERE, 1)
    with pytest.raises(SignInPaused):
        access.sign_in("officer", PASSWORD, HERE)
    access.sign_in("officer", PASSWORD, "192.0.2.2")


def test_an_unknown_name_pauses_just_the_same(access: Access) -> None:
    fail(access, "nobody", HERE, 5)
    with pytest.raises(SignInPaused):
        access.sign_in("nobody", PASSWORD, HERE)


def test_right_sign_ins_do_not_add_up(access: Access, officer: Person) -> None:
    for _ in range(25):
        access.sign_out(access.sign_in("officer", PASSWORD, HERE).value)


def test_wrong_tries_are_forgotten_after_a_day(
    access: Access, officer: Person, clock: FixedClock
) -> None:
    fail(access, "officer", HERE, 4)
    clock.move(timedelta(hours=25))
    fail(access, "officer", HERE, 4)
    access.sign_in("officer", PASSWORD, HERE)


def test_many_tries_at_once_do_not_get_past_the_pause(access: Access, officer: Person) -> None:
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            access.sign_in("officer", "wrong password", HERE)
        except (SignInRefused, SignInPaused) as refused:
            outcomes.append(refused.code)

    attempts = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in attempts:
        thread.start()
    for thread in attempts:
        thread.join()
    assert len(outcomes) == 12
    assert outcomes.count("sign-in-refused") <= 5


def test_failed_sign_ins_are_journalled_without_the_name(
    access: Access, officer: Person, database: Database, journal: Journal
) -> None:
    fail(access, "officer", HERE, 1)
    fail(access, "my-secret-name", HERE, 1)
    failed = [e for e in entries(database, journal) if e.kind == "session.failed"]
    assert [e.actor for e in failed] == [journal.token(officer.id), "anonymous"]
    with database.read() as tx:
        assert "my-secret-name" not in repr(
            tx.execute(sa.text("SELECT * FROM journal_entry")).all()
        )


def test_a_new_password_ends_the_other_sessions(access: Access, officer: Person) -> None:
    here = access.sign_in("officer", PASSWORD, HERE).value
    elsewhere = access.sign_in("officer", PASSWORD, HERE).value
    access.change_password("officer", PASSWORD, "another long one", HERE, keep=here)
    assert access.session(here) is not None
    assert access.session(elsewhere) is None
    access.sign_in("officer", "another long one", HERE)
    with pytest.raises(SignInRefused):
        access.sign_in("officer", PASSWORD, HERE)
    with pytest.raises(SignInRefused):
        access.change_password("officer", "wrong password", "yet another one", HERE)


def test_an_operator_may_give_a_new_password(access: Access, officer: Person) -> None:
    token = access.sign_in("officer", PASSWORD, HERE).value
    access.reset_password("system", officer.id, "given by operator")
    assert access.session(token) is None
    access.sign_in("officer", "given by operator", HERE)
    with pytest.raises(AccountInvalid):
        access.reset_password("system", officer.id, "short")


def test_new_roles_count_from_the_next_request_and_a_closed_account_at_once(
    access: Access, officer: Person, database: Database, journal: Journal
) -> None:
    token = access.sign_in("officer", PASSWORD, HERE).value
    access.set_roles("system", officer.id, frozenset({Role.APPROVER}))
    session = access.session(token)
    assert session is not None
    assert session.actor.roles == {Role.APPROVER}
    access.close_person("system", officer.id)
    assert access.session(token) is None
    assert [p.is_active for p in access.people()] == [False]
    with pytest.raises(AccessNotFound):
        access.actor("officer")
    found = [e for e in entries(database, journal) if e.kind.startswith("person.")]
    assert [e.kind for e in found] == ["person.added", "person.changed", "person.closed"]
    assert {e.subject for e in found} == {journal.token(officer.id)}
    assert found[1].data == {"agency": OFFICE.code, "roles": ["approver"]}


def test_an_account_needs_a_free_login_and_an_agency_that_exists(
    access: Access, officer: Person
) -> None:
    with pytest.raises(LoginTaken):
        access.add_person("system", "OFFICER", "Ai đó", PASSWORD, OFFICER, OFFICE.code)
    with pytest.raises(AccessNotFound):
        access.add_person("system", "other", "Ai đó", PASSWORD, OFFICER, "A1.99")
    with pytest.raises(AccountInvalid):
        access.add_person("system", "other", "Ai đó", PASSWORD, OFFICER, None)
    with pytest.raises(AccountInvalid):
        access.add_person("system", "other", "Ai đó", "short", OFFICER, OFFICE.code)
    operator = frozenset({Role.OPERATOR})
    other = access.add_person("system", "other", "Ai đó", PASSWORD, operator, None)
    assert access.people() == (officer, other) or access.people() == (other, officer)
    assert access.person(other.id) == other
    assert access.actor("other").roles == operator


def test_a_source_key_acts_for_its_agency_on_its_datasets(
    access: Access, database: Database, journal: Journal
) -> None:
    year = timedelta(days=365)
    issued = access.add_source_key("system", "Trạm đo", OFFICE.code, frozenset({"d-one"}), year)
    actor = access.actor_of_key(issued.secret)
    assert actor is not None
    assert (actor.kind, actor.agency, actor.datasets) == (
        ActorKind.SOURCE,
        OFFICE.code,
        frozenset({"d-one"}),
    )
    assert access.source_keys() == (issued.key,)
    assert issued.secret not in everything_stored(database)
    assert issued.secret not in repr(issued)
    (event,) = [e for e in entries(database, journal) if e.kind == "key.issued"]
    assert event.subject == actor.id
    assert event.data["datasets"] == ["d-one"]


def test_a_source_key_is_worthless_when_altered_revoked_or_expired(
    access: Access, clock: FixedClock, database: Database, journal: Journal
) -> None:
    day = timedelta(days=1)
    one = access.add_source_key("system", "một", OFFICE.code, frozenset({"d"}), day)
    two = access.add_source_key("system", "hai", OFFICE.code, frozenset({"d"}), day)
    assert access.actor_of_key(one.secret[:-1] + "!") is None
    assert access.actor_of_key(f"tdk_{one.key.id}_" + two.secret.split("_", 2)[2]) is None
    assert access.actor_of_key("tdk_00000000_nothing") is None
    access.revoke_source_key("system", one.key.id)
    access.revoke_source_key("system", one.key.id)
    assert access.actor_of_key(one.secret) is None
    assert access.actor_of_key(two.secret) is not None
    clock.move(day)
    assert access.actor_of_key(two.secret) is None
    assert kinds(database, journal).count("key.revoked") == 1


def test_a_source_key_needs_datasets_an_end_and_an_agency(access: Access) -> None:
    some = frozenset({"d"})
    with pytest.raises(AccountInvalid):
        access.add_source_key("system", "x", OFFICE.code, frozenset(), timedelta(days=1))
    with pytest.raises(AccountInvalid):
        access.add_source_key("system", "x", OFFICE.code, some, timedelta(days=400))
    with pytest.raises(AccessNotFound):
        access.add_source_key("system", "x", "A1.99", some, timedelta(days=1))
    with pytest.raises(AccessNotFound):
        access.revoke_source_key("system", "00000000")


def test_sweeping_forgets_what_is_over_and_nothing_else(
    access: Access, officer: Person, clock: FixedClock, database: Database
) -> None:
    access.sign_in("officer", PASSWORD, HERE)
    fail(access, "officer", HERE, 2)
    clock.move(timedelta(hours=25))
    token = access.sign_in("officer", PASSWORD, "192.0.2.2").value
    fail(access, "officer", "192.0.2.3", 1)
    access.sweep()
    assert access.session(token) is not None
    with database.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM access_session")).scalar_one() == 1
        assert tx.execute(sa.text("SELECT count(*) FROM access_try")).scalar_one() == 2


def test_a_failing_hook_leaves_no_half_agency(
    access: Access, database: Database, journal: Journal, clock: FixedClock
) -> None:
    def stumble(tx: Tx, agency: Agency) -> None:
        raise RuntimeError(agency.code)

    failing = Access(database, journal, clock, b"s" * 32, on_agency=(stumble,))
    other = Agency("A1.20", Bilingual("Sở Khác"), AgencyKind.PROVINCIAL, OFFICE.code)
    with pytest.raises(RuntimeError), database.transaction() as tx:
        failing.add_agency(tx, "pack", other)
    assert access.agencies() == (OFFICE,)
    assert kinds(database, journal) == ["agency.registered"]
