from datetime import UTC, datetime, timedelta

import pytest

from tinhdata.access import AccountInvalid, SignInLimits
from tinhdata.access.credentials import (
    Passwords,
    new_source_key,
    new_token,
    source_key_id,
)
from tinhdata.access.limits import (
    check_login,
    check_password,
    normal_login,
    pause_after,
    session_ends,
)

LIMITS = SignInLimits()
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_pauses_begin_with_the_fifth_wrong_try_and_double_up_to_a_quarter_of_an_hour() -> None:
    seconds = [pause_after(n, 5, LIMITS).total_seconds() for n in (0, 4, 5, 6, 7, 12, 13, 999)]
    assert seconds == [0, 0, 5, 10, 20, 640, 900, 900]


def test_a_session_ends_half_an_hour_after_its_last_use_and_never_later_than_eight_hours() -> None:
    assert session_ends(NOON, NOON, LIMITS) == NOON + timedelta(minutes=30)
    late = NOON + timedelta(hours=7, minutes=50)
    assert session_ends(NOON, late, LIMITS) == NOON + timedelta(hours=8)


@pytest.mark.parametrize("login", ["nguyen.van.a", "so-tai-chinh", "a1b", "an@example"])
def test_plain_login_names_are_fine(login: str) -> None:
    check_login(login)


@pytest.mark.parametrize("login", ["", "ab", "nguyễn", "a b c", "x" * 65, "-abc", "abc\n"])
def test_other_login_names_are_refused(login: str) -> None:
    with pytest.raises(AccountInvalid):
        check_login(login)


def test_a_login_name_has_one_form() -> None:
    assert normal_login("  Nguyen.Van.A ") == "nguyen.van.a"


@pytest.mark.parametrize(
    "password", ["short", "x" * 1001, "xx nguyen.van.a xx", "NGUYEN.VAN.A 2026"]
)
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(AccountInvalid):
        check_password("nguyen.van.a", password, LIMITS)


def test_a_password_is_the_same_however_the_keyboard_composes_its_letters() -> None:
    passwords = Passwords()
    stored = passwords.hash("m\u1eadt kh\u1ea9u d\u00e0i")
    assert passwords.matches(stored, "ma\u0323\u0302t kha\u0302\u0309u da\u0300i")
    assert not passwords.matches(stored, "mat khau dai")


def test_passwords_are_hashed_with_the_parameters_of_the_design() -> None:
    passwords = Passwords()
    stored = passwords.hash("a long password")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.is_outdated(stored)
    assert passwords.is_outdated(stored.replace("t=2", "t=1"))


def test_without_an_account_no_password_matches() -> None:
    passwords = Passwords()
    assert not passwords.matches(None, "anything at all")
    assert not passwords.matches("not a hash", "anything at all")


def test_tokens_have_256_bits_and_never_repeat() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(len(token) >= 43 for token in tokens)


def test_a_source_key_carries_its_public_id() -> None:
    key_id, secret = new_source_key()
    assert secret.startswith(f"tdk_{key_id}_")
    assert len(key_id) == 8
    assert source_key_id(secret) == key_id


@pytest.mark.parametrize("secret", ["", "tdk", "tdk_short_x", "xyz_12345678_x", "tdk_12345678_"])
def test_what_has_not_the_form_of_a_source_key_has_no_id(secret: str) -> None:
    assert source_key_id(secret) is None
